"""The dashboard: what its files and sessions answer, and all of it in a real Chromium (tests/browser/dashboard.mjs)."""
import json
import os
import shutil
import subprocess

import pytest

from gateway_api import Api
from system import ROOT, System

BROWSER = os.path.join(ROOT, "tests", "browser")


@pytest.fixture(scope="module")
def s():
    with System() as system:
        system.init_repo()
        system.deploy()
        system.keys = {r: system.key("the-" + r, r) for r in ("admin", "viewer", "approver")}
        yield system


@pytest.fixture(scope="module")
def nobody(s):
    return Api(s.gateway())


def test_its_files_are_served_with_a_strict_policy(nobody):
    for path, type_ in [("/", "text/html"), ("/assets/app.js", "text/javascript"), ("/assets/app.css", "text/css"), ("/assets/icon.svg", "image/svg+xml")]:
        r = nobody.get(path)
        assert r.status == 200 and r.headers["Content-Type"].startswith(type_), (path, r)
        policy = r.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and r.headers["X-Content-Type-Options"] == "nosniff"
        again = nobody.get(path, headers={"If-None-Match": r.headers["ETag"]})
        assert again.status == 304 and again.text == ""
    assert "<script>" not in nobody.get("/").text and " on" + "load=" not in nobody.get("/").text
    assert nobody.get("/assets/nothing.js").status == 404


def login(nobody, key):
    r = nobody.post("/ui/session", {"key": key})
    cookie = (r.headers["Set-Cookie"] or "").split(";")[0] if r.status == 200 else None
    return r, cookie


def test_a_session_stands_for_its_key_and_changes_need_its_token(s, nobody):
    r, cookie = login(nobody, s.keys["admin"])
    assert r.status == 200 and "HttpOnly" in r.headers["Set-Cookie"] and "SameSite=Strict" in r.headers["Set-Cookie"]
    assert s.keys["admin"] not in r.text
    token = r.json["csrf"]
    assert nobody.get("/api/v1/whoami", headers={"Cookie": cookie}).json["name"] == "the-admin"
    assert nobody.get("/ui/session", headers={"Cookie": "x=1; " + cookie + "; y=2"}).json["csrf"] == token
    body = {"kind": "Domain", "name": "hr"}
    for headers in ({"Cookie": cookie}, {"Cookie": cookie, "X-CSRF-Token": token[:-1] + "!"}, {"Cookie": cookie, "X-CSRF-Token": ""}):
        r = nobody.post("/api/v1/suspensions?wait=30s", body, headers=headers)
        assert r.status == 403 and "token of its session" in r.json["detail"], r
    good = {"Cookie": cookie, "X-CSRF-Token": token}
    assert nobody.post("/api/v1/suspensions?wait=30s", body, headers=good).status == 200
    assert nobody.post("/api/v1/resumptions?wait=30s", body, headers=good).status == 200
    assert nobody.call("DELETE", "/ui/session", headers={"Cookie": cookie}).status == 403
    assert nobody.call("DELETE", "/ui/session", headers=good).status == 204
    assert nobody.get("/api/v1/whoami", headers={"Cookie": cookie}).status == 401


def test_a_session_is_used_from_its_own_site_alone(s, nobody):
    r, cookie = login(nobody, s.keys["admin"])
    own = "http://" + nobody.address
    for headers, status in [({}, 200), ({"Origin": own}, 200), ({"Origin": own.upper().replace("HTTP", "http")}, 200),
                            ({"Origin": "http://evil.example"}, 403), ({"Origin": own + ".evil.example"}, 403), ({"Origin": "null"}, 403),
                            ({"Origin": ""}, 403), ({"Origin": "http://"}, 403), ({"Origin": own, "Host": "evil.example"}, 403)]:
        r2 = nobody.get("/api/v1/whoami", headers=dict(headers, Cookie=cookie))
        assert r2.status == status and (status == 200 or "from another site" in r2.json["detail"]), (headers, r2)
    # A key is sent by no browser by itself: where it comes from says nothing.
    assert Api(nobody.address, s.keys["admin"]).get("/api/v1/whoami", headers={"Origin": "http://evil.example"}).status == 200


def test_a_session_ends_with_its_key(s, nobody):
    key = s.key("passing", "viewer")
    r, cookie = login(nobody, key)
    assert r.status == 200
    subprocess.run(s.argv("key", "revoke", "passing"), check=True, capture_output=True)
    s.wait("the session's end", lambda: nobody.get("/api/v1/whoami", headers={"Cookie": cookie}).status == 401, 5)


@pytest.mark.parametrize("body,status", [({"key": "aspora_wrong"}, 401), ({"key": ""}, 422), ({}, 422), ({"kay": "x"}, 422)])
def test_a_login_that_is_none_is_refused(nobody, body, status):
    r = nobody.post("/ui/session", body)
    assert r.status == status and "Set-Cookie" not in r.headers, r


def test_cookies_that_are_not_ours_stand_for_nobody(nobody):
    for cookie in ("aspora_session=", "aspora_session=" + "a" * 32, "aspora_session", "=;;=", "aspora_session=" + "a" * 5000):
        assert nobody.get("/api/v1/whoami", headers={"Cookie": cookie}).status == 401, cookie[:40]


def test_the_page_of_a_skill_is_html_that_runs_nothing(s):
    api = Api(s.gateway(), s.keys["viewer"])
    page = api.get("/api/v1/domains/ecm/skills/order-details/page").json
    assert "<p>" in page["html"] and "---" not in page["html"][:20] and "SKILL.md" in [f["path"] for f in page["files"]]
    assert api.get("/api/v1/domains/ecm/skills/nobody/page").status == 404
    ecm = Api(s.gateway(), s.key("frm-only", "viewer", "frm"))
    assert ecm.get("/api/v1/domains/ecm/skills/order-details/page").status == 404


def test_a_domain_with_runbooks_and_a_configuration_can_be_rolled_back(s):
    s.edit("skills/frm/manager/SKILL.md", "# ", "# The ")
    s.wait_observed(s.push("a word"))
    api = Api(s.gateway(), s.keys["admin"])
    r = api.post("/api/v1/rollbacks?wait=30s", {"domain": "frm", "to": "1", "dryRun": True})
    assert r.status == 200 and "manager" in json.dumps(r.json["status"]["result"]), r


def chromium():
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_all_pages_in_chromium(s):
    if not chromium():
        pytest.skip("no Chromium on this machine")
    if not os.path.isdir(os.path.join(BROWSER, "node_modules")):
        pytest.skip("the packages of tests/browser are not installed: script/bootstrap")
    r = subprocess.run(["node", os.path.join(BROWSER, "dashboard.mjs"), s.gateway(), s.keys["admin"], s.keys["viewer"], s.keys["approver"], s.work],
                       capture_output=True, text=True, timeout=240, env=dict(os.environ, CHROMIUM=chromium()))
    bad = [line for line in r.stdout.splitlines() if line.startswith("not ok")]
    good = [line for line in r.stdout.splitlines() if line.startswith("ok ")]
    assert not bad and r.returncode == 0, "\n".join(bad) + r.stderr[-2000:]
    assert len(good) >= 22, r.stdout
