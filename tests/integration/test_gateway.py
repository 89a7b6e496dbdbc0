"""The gateway over HTTP, on a whole asporad: who may what, lists and objects, executions, and what is refused."""
import base64
import http.client
import json
import os
import re
import signal
import socket
import threading
import time
from urllib.parse import quote

import pytest

from gateway_api import Api
from system import System, run

ROLE_NAMES = ["viewer", "operator", "approver", "ci-bot", "admin"]
KINDS = ["platforms", "domains", "skills", "routes", "sources", "releases", "admissions", "instances", "executions", "events",
         "keys", "quarantines"]
NAMESPACED = {"skills", "routes", "admissions", "instances", "executions", "quarantines"}


@pytest.fixture(scope="module")
def s():
    with System() as system:
        system.init_repo()
        system.deploy()
        system.keys = {r: system.key("the-" + r, r) for r in ROLE_NAMES}
        system.keys["ecm"] = system.key("ecm-operator", "operator", "ecm")
        system.keys["frm"] = system.key("frm-operator", "operator", "frm")
        yield system


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.keys["admin"])


def as_(s, api, who):
    return Api(api.address, s.keys[who])


@pytest.fixture(scope="module")
def ran(api):
    """One execution that has ended."""
    r = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/order-details", "input": {"order_id": "17"}})
    assert r.status == 200, r
    return r.json


# --- who may what ------------------------------------------------------------------------------------------------------


def operations(api):
    """(method, path with names filled in, roles, all domains) of every route, from the table that answers them."""
    found = []
    for path, methods in api.get("/api/v1/openapi.json").json["paths"].items():
        target = path.replace("{domain}", "ecm").replace("{name}", "zz")
        for method, o in methods.items():
            found.append((method.upper(), target, o["x-aspora-roles"], o["x-aspora-all-domains"]))
    assert len(found) > 50
    return found


def test_nothing_but_health_and_the_login_is_open_without_a_key(api):
    nobody = Api(api.address)
    for method, path, roles, _ in operations(api):
        r = nobody.call(method, path, {} if method == "POST" else None)
        if not roles:
            # The dashboard's own files, and where a browser shows its key.
            assert (path in ("/healthz", "/readyz", "/", "/ui/logins") and r.status == 200) or \
                (path in ("/assets/zz", "/ui/login/zz", "/ui/login/zz/back") and r.status == 404) or \
                (method, path) == ("POST", "/ui/session") and r.status == 422
            continue
        assert r.status == 401, (method, path, r)
        assert r.code == "unauthenticated" and r.headers["WWW-Authenticate"].startswith("Bearer")
    # Not even what there is.
    for method, path in [("GET", "/nothing"), ("GET", "/api/v1/nothing"), ("PUT", "/api/v1/skills"), ("GET", "/api/v1/skills?x=y")]:
        assert nobody.call(method, path).status == 401, path


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_each_role_may_what_the_table_says_and_nothing_else(s, api, role):
    mine = as_(s, api, role)
    for method, path, roles, _ in operations(api):
        if not roles:
            continue
        r = mine.call(method, path, {} if method == "POST" else None)
        if role in roles:
            assert r.status not in (401, 403, 405), (method, path, r)
        else:
            assert r.status == 403 and r.code == "denied", (method, path, r)
            assert "ask somebody with a key of role" in r.json["remedy"]


def test_what_concerns_all_needs_a_key_for_all(s, api):
    ecm = as_(s, api, "ecm")
    for method, path, roles, everything in operations(api):
        if everything and "operator" in roles:
            r = ecm.call(method, path, {} if method == "POST" else None)
            assert r.status == 403 and "all domains" in r.json["detail"], (path, r)
    r = ecm.post("/api/v1/suspensions", {"kind": "Source", "name": "main"})
    assert r.status == 403 and "all domains" in r.json["detail"]


def test_another_domain_is_not_there(s, api, ran):
    ecm = as_(s, api, "ecm")
    other = api.post("/api/v1/executions?wait=30s", {"skill": "frm/alert-review", "input": {"alert_id": "A-3"}}).json
    for kind in NAMESPACED:
        # The platform's own (its verdicts) are everybody's.
        assert all(o["metadata"]["domain"] in ("ecm", "") for o in ecm.items("/api/v1/" + kind)), kind
        assert ecm.get("/api/v1/%s?domain=frm" % kind).status == 404, kind
        assert ecm.get("/api/v1/domains/frm/" + kind).status == 404, kind
        assert ecm.get("/api/v1/domains/frm/%s/x" % kind).status == 404, kind
    assert [d["metadata"]["name"] for d in ecm.items("/api/v1/domains")] == ["ecm"]
    assert ecm.get("/api/v1/domains/frm").status == 404
    id_ = other["metadata"]["name"]
    assert ecm.get("/api/v1/executions/" + id_).status == 404
    assert ecm.get("/api/v1/executions/%s/steps" % id_).status == 404
    assert ecm.post("/api/v1/executions/%s/cancel" % id_).status == 404
    assert ecm.get("/api/v1/executions/" + ran["metadata"]["name"]).status == 200
    assert ecm.post("/api/v1/executions", {"skill": "frm/alert-review"}).status == 404
    assert ecm.post("/api/v1/executions", {"text": "review alert A-3"}).status == 404
    assert ecm.post("/api/v1/rollbacks", {"domain": "frm"}).status == 403
    assert ecm.post("/api/v1/suspensions", {"kind": "Skill", "domain": "frm", "name": "manager"}).status == 403
    assert ecm.post("/api/v1/suspensions", {"kind": "Domain", "name": "frm"}).status == 403
    r = ecm.post("/api/v1/uploads", {"files": [{"path": "skills/frm/x/SKILL.md", "content": "x"}]})
    assert r.status == 403 and '"frm"' in r.json["detail"]
    assert {c["domain"] for c in ecm.get("/api/v1/changes?since=i1.0").json["items"]} <= {"", "ecm"}


@pytest.mark.serial
def test_a_key_ends_within_a_second_of_its_revoking(s, api):
    mine = Api(api.address, s.key("short-lived", "viewer"))
    assert mine.get("/api/v1/whoami").json["name"] == "short-lived"
    run(s.argv("key", "revoke", "short-lived"))
    time.sleep(1.05)
    assert mine.get("/api/v1/whoami").status == 401
    state = {k["metadata"]["name"]: k["status"]["phase"] for k in api.items("/api/v1/keys")}
    assert state["short-lived"] == "Revoked" and state["the-admin"] == "Ready"


def test_keys_are_never_shown_again(s, api):
    text = api.get("/api/v1/keys").text + run(s.argv("key", "list")).stdout
    with open(s.log, encoding="utf-8") as f:
        text += f.read()
    for key in s.keys.values():
        assert key not in text and key[15:43] not in text


def test_the_use_of_a_key_is_noted(s, api):
    s.wait("last use", lambda: api.get("/api/v1/keys/the-admin").json["status"]["lastUsedAt"], 20)


# --- lists and objects ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_listed_and_got(api, ran, kind):
    r = api.get("/api/v1/" + kind)
    assert r.status == 200 and r.headers["Content-Type"] == "application/json"
    whole = r.json
    assert whole["apiVersion"] == "aspora/v1" and whole["kind"].endswith("List")
    assert whole["metadata"]["resourceVersion"].startswith("i1.") and whole["metadata"]["continue"] == ""
    for o in whole["items"][:3]:
        m = o["metadata"]
        name = quote(m["name"], safe="")
        places = ["/api/v1/%s/%s" % (kind, name)] if kind not in ("skills", "routes") else []
        if kind in NAMESPACED and m["domain"]:
            places.append("/api/v1/domains/%s/%s/%s" % (m["domain"], kind, name))
        for where in places:
            one = api.get(where)
            assert one.status == 200, (where, one)
            assert one.json["metadata"]["name"] == m["name"] and one.json["kind"] == o["kind"]
    assert whole["items"] or kind in ("quarantines", "events")


def test_a_skill_says_how_it_is(api):
    o = api.get("/api/v1/domains/ecm/skills/order-details").json
    assert o["spec"]["role"] == "specialist" and "command: order status {order_id}" in o["spec"]["triggers"]
    assert o["status"]["phase"] == "Ready" and len(o["status"]["digest"]) == 64
    c = {c["type"]: c for c in o["status"]["conditions"]}
    assert c["Ready"]["status"] == "True" and c["Stalled"]["status"] == "False" and c["Reconciling"]["status"] == "False"
    assert o["metadata"]["source"] == {"name": "main", "revision": o["metadata"]["source"]["revision"], "path": "skills/ecm/order-details"}


def test_an_etag_saves_what_the_client_has(s, api):
    for path in ["/api/v1/skills", "/api/v1/domains/ecm/skills/manager", "/api/v1/releases?limit=1"]:
        first = api.get(path)
        tag = first.headers["ETag"]
        assert tag.startswith('W/"') and first.headers["Cache-Control"] == "private, no-cache"
        for given in [tag, tag[2:], '"other", ' + tag, "*"]:
            again = api.get(path, headers={"If-None-Match": given})
            assert again.status == 304 and again.text == "" and again.headers["ETag"] == tag, (path, given)
        for given in ['"other"', tag[:-2] + '"', "nonsense"]:
            assert api.get(path, headers={"If-None-Match": given}).status == 200, (path, given)
    head = api.call("HEAD", "/api/v1/skills")
    assert head.status == 200 and head.text == "" and int(head.headers["Content-Length"]) > 1000


def test_pages_cover_everything_once(api):
    want = [(o["metadata"]["domain"], o["metadata"]["name"]) for o in api.items("/api/v1/skills")]
    for limit in (1, 2, 4, 9, 1000):
        got, token, pages = [], "", 0
        while True:
            r = api.get("/api/v1/skills?limit=%d%s" % (limit, "&continue=" + token if token else "")).json
            got += [(o["metadata"]["domain"], o["metadata"]["name"]) for o in r["items"]]
            assert len(r["items"]) <= limit
            token, pages = r["metadata"]["continue"], pages + 1
            if not token:
                break
        assert got == want, limit


@pytest.mark.parametrize("query,status", [
    ("limit=0", 400), ("limit=-1", 400), ("limit=1000000000", 400), ("limit=1001", 400), ("limit=x", 400), ("limit=", 400),
    ("limit=1.5", 400), ("limit=01", 400), ("continue=x", 400), ("continue=c1.1.zz.00", 400), ("continue=c1.1.6563", 200),
    ("continue=c1.7.65636d.61", 410), ("continue=c1.1.00.00", 400), ("continue=c2.1.65.65", 400), ("limit=1&limit=2", 400),
    ("labelSelector=a", 200), ("labelSelector=%3Da", 400), ("lable=a", 400), ("domain=nowhere", 200), ("domain=..%2f", 200)])
def test_queries_are_strict(api, query, status):
    assert api.get("/api/v1/skills?" + query).status == status


def test_the_past_is_there(s, api):
    here = api.get("/api/v1/domains/ecm/skills/manager").json
    rv = here["metadata"]["resourceVersion"]
    then = api.get("/api/v1/domains/ecm/skills/manager?at=" + rv).json
    assert then["status"]["phase"] == "Past" and then["status"]["digest"] == here["status"]["desired"]["content"]
    assert api.get("/api/v1/domains/ecm/skills/manager?at=i1.1").status == 404
    assert api.get("/api/v1/domains/ecm/skills/manager?at=i2.1").status == 410
    assert api.get("/api/v1/domains/ecm/skills/manager?at=i1.999999").status == 410
    assert api.get("/api/v1/domains/ecm/skills/manager?at=yesterday").status == 400


def test_what_is_not_there_suggests_what_is(api):
    r = api.get("/api/v1/domains/ecm/skills/order-detail")
    assert r.status == 404 and r.json["remedy"] == "did you mean ecm/order-details?"
    assert "order-detail" in r.json["detail"]
    r = api.get("/api/v1/skils")
    assert r.status == 404 and r.json["remedy"] == 'did you mean "skills"?'
    r = api.get("/api/v1/executions?stat=queued")
    assert r.status == 400 and r.json["remedy"] == 'did you mean "state"?'


def test_another_method_is_told_which_there_are(api):
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW"):
        r = api.call(method, "/api/v1/skills")
        assert r.status == 405 and r.headers["Allow"] == "GET, HEAD", method


def test_the_change_log_is_read_from_a_position(api):
    whole = api.get("/api/v1/changes?since=i1.0&limit=1000").json
    assert whole["items"][0]["resourceVersion"] == "i1.1" and not whole["metadata"]["more"]
    at, seen = "i1.0", []
    while True:
        r = api.get("/api/v1/changes?limit=7&since=" + at).json
        seen += r["items"]
        at = r["metadata"]["resourceVersion"]
        if not r["metadata"]["more"]:
            break
    assert seen[:len(whole["items"])] == whole["items"]
    assert api.get("/api/v1/changes").json["items"] == []
    assert {c["kind"] for c in api.get("/api/v1/changes?since=i1.0&kind=releases").json["items"]} == {"Release"}
    for since, status in [("x", 400), ("i9.1", 410), ("i1.99999999", 410), ("i1.2-00000000", 410)]:
        assert api.get("/api/v1/changes?since=" + since).status == status, since


def test_the_status_shows_the_platform(api):
    st = api.get("/api/v1/status").json["status"]
    assert {lease["name"].split("/")[0] for lease in st["leases"]} == {"sync", "control", "runner"}
    assert st["sources"][0]["name"] == "main" and st["sources"][0]["conditions"][0]["status"] == "True"
    assert {d["name"]: (d["skills"], d["ready"]) for d in st["domains"]}["ecm"] == (3, 3)
    assert st["skills"] == {"Ready": 9} and st["release"] >= 1


def test_the_status_is_from_memory_for_a_moment_and_never_older_than_a_change(s, api):
    def jobs():
        text = api.get("/metrics").text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith('aspora_store_jobs_total{lane="people"'))

    def suspended():
        return {x["name"]: x["suspended"] for x in api.get("/api/v1/status").json["status"]["sources"]}["main"]
    assert suspended() is False
    r = api.post("/api/v1/suspensions?wait=30s", {"kind": "Source", "name": "main"})
    assert r.status == 200, r
    assert suspended() is True
    assert api.post("/api/v1/resumptions?wait=30s", {"kind": "Source", "name": "main"}).status == 200
    assert suspended() is False
    # What is asked for again within the moment is no job on a lane; the page of metrics is one itself.
    before = jobs()
    for _ in range(30):
        assert suspended() is False
    assert jobs() - before < 20
    # Who sees less is not told what was said to who sees all.
    api.get("/api/v1/status")
    mine = {d["name"] for d in as_(s, api, "ecm").get("/api/v1/status").json["status"]["domains"]}
    assert mine == {"ecm"} < {d["name"] for d in api.get("/api/v1/status").json["status"]["domains"]}


def test_a_text_or_an_alert_is_told_which_skill_answers_it(s, api):
    s.wait_converged()
    r = api.get("/api/v1/routing?text=order%20status%2017")
    assert r.status == 200, r
    assert r.json["kind"] == "Routing" and r.json["metadata"] == {"domain": "ecm", "name": "order-details"}
    spec = r.json["spec"]
    assert spec["kind"] == "command" and spec["pattern"] == "order status {order_id}" and r.json["status"] == {"params": {"order_id": "17"}}
    route = next(o for o in api.items("/api/v1/domains/ecm/routes?skill=order-details") if o["spec"]["pattern"] == spec["pattern"])
    assert spec == route["spec"] and spec["versions"][0]["content"] == s.content("ecm", "order-details")
    # The same once more, now that the table is in memory; and as soon as a promotion is there.
    assert api.get("/api/v1/routing?text=ORDER%20%20status%20%2017").json["status"] == {"params": {"order_id": "17"}}
    for query, status, words in (
            ("", 400, "neither a text nor an alert"), ("?text=a&alert=b", 400, "both"), ("?text=%s" % ("x" * 4097), 413, "at most 4096"),
            ("?text=order%20statu%2017", 404, "no skill answers"), ("?alert=never.heard", 404, 'no skill listens to the alert "never.heard"')):
        said = api.get("/api/v1/routing" + query)
        assert said.status == status and words in said.json["detail"] and said.json.get("remedy", "x"), (query, said)
    # A skill of a domain that the key does not cover does not answer.
    assert api.get("/api/v1/routing?alert=fraud.alert").json["metadata"] == {"domain": "frm", "name": "alert-review"}
    assert as_(s, api, "ecm").get("/api/v1/routing?alert=fraud.alert").status == 404


def test_the_metrics_page_can_be_read(api):
    api.get("/api/v1/skills")
    r = api.get("/metrics")
    assert r.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    names, typed = set(), {}
    for line in r.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in typed
            typed[name] = kind
        elif not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            float(value)
            names.add(name.split("{")[0])
    for name in names:
        base = next(n for n in (name, name.rsplit("_", 1)[0]) if n in typed)
        assert base.startswith("aspora_") and (typed[base] != "counter" or base.endswith("_total")), name
    assert 'aspora_skills{state="Ready",domain="ecm"} 3' in r.text
    assert 'aspora_http_requests_total{method="GET",route="/api/v1/skills",code="2xx"}' in r.text
    assert "aspora_lease_seconds{lease=\"sync/0\"" in r.text


def test_the_unix_socket_is_the_same_door(s, api):
    c = http.client.HTTPConnection("local")
    c.sock = socket.socket(socket.AF_UNIX)
    c.sock.connect(os.path.join(s.state, "gateway", "gateway.sock"))
    c.request("GET", "/api/v1/whoami")
    assert c.getresponse().status == 401
    c.close()
    c.sock = socket.socket(socket.AF_UNIX)
    c.sock.connect(os.path.join(s.state, "gateway", "gateway.sock"))
    c.request("GET", "/api/v1/whoami", headers={"Authorization": "Bearer " + s.keys["viewer"]})
    assert json.loads(c.getresponse().read())["role"] == "viewer"
    c.close()


# --- bodies and targets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw,status,words", [
    (b"", 400, "needs a JSON body"), (b"{", 400, "ends before it is complete"), (b"[]", 422, "must be an object, not a list"), (b"null", 422, "must be an object"),
    (b'{"skill":"a/b","skill":"a/c"}', 422, "written twice"), (b'{"skill":"a/b"} x', 400, ""), (b'{"skill":5}', 422, "skill"),
    (b'{"skill":"a/b","role":"admin"}', 422, "role: there is no such field"), (b'{"skill":"a b"}', 422, ""),
    (b'{"skill":"../x"}', 422, ""), (b'{"skill":"a/b","mode":"lve"}', 422, "mode"), (b'{"skill":"a/b","mode":"replay"}', 422, "mode"),
    (b'{"skill":"a/b","deadline":"-1s"}', 422, "deadline"), (b'{"skill":"a/b","deadline":"2d"}', 422, "deadline"),
    (b'{"skill":"a/b","input":' + b"[" * 70 + b"]" * 70 + b"}", 413, ""), (b'\xff{"skill":"a/b"}', 422, "UTF-8"),
    (b'{"skill":"a/b","input":"\\u0000"}', 422, "NUL")])
def test_bodies_are_strict(api, raw, status, words):
    r = api.post("/api/v1/executions", raw=raw)
    assert r.status == status, r
    assert words in r.json["detail"] and r.json["type"] == "urn:aspora:error:" + r.code and r.json["status"] == status
    assert r.headers["Content-Type"] == "application/problem+json" and r.headers["Aspora-Request"]


def test_bodies_are_json_and_not_too_large(api):
    r = api.post("/api/v1/executions", raw=b"skill=a/b", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert r.status == 415
    assert api.post("/api/v1/executions", raw=b"{}", headers={"Content-Type": "application/json; charset=utf-8"}).status == 422
    value = {"skill": "ecm/order-details", "input": "x" * (250 * 1024)}
    assert api.post("/api/v1/executions", value).status == 201
    value["input"] = ["x" * 200000] * 6
    r = api.post("/api/v1/executions", value)
    assert r.status == 413 and "1114112" in r.json["detail"]
    assert api.call("GET", "/api/v1/skills", raw=b"x").status == 413


@pytest.mark.parametrize("target", [
    "/api/v1/skills%00", "/api/v1/%2e%2e/v1/skills", "/api/v1/../v1/skills", "/api/v1/./skills", "/api/v1/skills/", "/api//v1/skills",
    "/api/v1%2fskills", "/api/v1/domains/ecm/skills/%2e%2e%2fx", "/api/v1/skills?a=%00", "/api/v1/skills%0d%0aX:y", "/api/v1/%c0%ae%c0%ae",
    "/api/v1/skills%", "/api/v1/skills%zz", "/api\\v1\\skills%5c"])
def test_targets_are_strict(api, target):
    assert api.path(target) == 400


def test_odd_names_are_not_found(api):
    for target in ["/api/v1/domains/ecm/skills/..;", "/api/v1/domains/ecm/skills/%252e%252e", "/api/v1/domains/ecm/skills/';drop",
                   "/api/v1/domains/ecm/skills/ORDER-DETAILS", "/api/v1/domains/ecm/skills/" + "x" * 7000, "/api/v1/executions/" + "x" * 7000,
                   "/api/v1/releases/99999999999999999999", "/api/v1/releases/x", "/api/v1/wishes/x", "/api/v1/domains/%22/skills/x"]:
        assert api.path(target) == 404, target
    assert api.path("/api/v1/" + "x" * 8192) == 414


# --- what no client library sends (raw bytes; the numbers are those of the list of bad inputs) ------------------------------------


def head(api, more="", method="GET", target="/api/v1/whoami", key=True):
    auth = "Authorization: Bearer %s\r\n" % api.key if key else ""
    return "%s %s HTTP/1.1\r\nHost: x\r\n%s%s" % (method, target, auth, more)


def statuses(api, text):
    """Of every answer that comes back for these bytes."""
    said = api.send(text if isinstance(text, bytes) else text.encode("latin-1"))
    found = [int(n) for n in re.findall(r"^HTTP/1\.1 ([0-9]{3})", said, re.M)]
    assert found, (text[:200], said[:200])
    assert not any(n in (500, 502) for n in found), said[:600]
    assert api.key not in said
    return found


POST = dict(method="POST", target="/api/v1/executions")
SMUGGLED = "GET /api/v1/whoami HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("fields,body,status", [
    ("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 400),
    ("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n", 400),
    ("Content-Length: 2\r\nContent-Length: 2", "{}", 400),
    ("Content-Length: 2\r\nContent-Length: 3", "{}", 400),
    ("Content-Length: 2, 2", "{}", 400),
    ("Content-Length: +2", "{}", 400),
    ("Content-Length: 0x2", "{}", 400),
    ("Content-Length: -2", "{}", 400),
    ("Content-Length: 18446744073709551618", "{}", 400),
    ("Content-Length: 2 ; x", "{}", 400),
    ("Host: y\r\nContent-Length: 2", "{}", 400),
    ("Authorization: Bearer x\r\nContent-Length: 2", "{}", 400),
    ("Transfer-Encoding: gzip", "", 501),
    ("Transfer-Encoding: gzip, chunked", "0\r\n\r\n", 501),
    ("Transfer-Encoding: chunked, chunked", "0\r\n\r\n", 501),
    ("Transfer-Encoding: chunked;q=1", "0\r\n\r\n", 501),
    ("Transfer-Encoding: xchunked", "0\r\n\r\n", 501),
    ("Transfer-Encoding : chunked", "0\r\n\r\n", 400),
    ("Transfer-Encoding:\r\n chunked", "0\r\n\r\n", 400),
    ("X: y\r\n continued", "", 400),
    ("X : y", "", 400),
    ("X: y\nZ: w", "", 400),
    ("X: y\rZ: w", "", 400),
    ("X: a\0b", "", 400),
    ("X\0: b", "", 400),
    ("X: a\x1bb", "", 400),
    ("no colon", "", 400)])
def test_a_request_that_two_readers_could_read_differently_ends_its_connection(api, fields, body, status):
    """59, 60, 61: lengths that contradict, codings, folded and bare lines. What stands behind it is never read as a request."""
    assert statuses(api, head(api, fields + "\r\n\r\n" + body + SMUGGLED, **POST)) == [status]


@pytest.mark.parametrize("body", ["5\r\n{}", "2;x=y\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n", "0x2\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n",
                                  "2\r\n{}0\r\n\r\n", "2\r\n{}\r\n0\r\nX: y\r\n\r\n", " 2\r\n{}\r\n0\r\n\r\n"])
def test_chunks_are_strict_on_the_wire(api, body):
    """60: exactly chunked, and chunks exactly as they must be."""
    more = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    said = api.send(head(api, more + body, **POST).encode())
    assert said == "" if body == "5\r\n{}" else said.startswith("HTTP/1.1 400"), said
    # The same in order is understood: the body is there, and says nothing of what to run.
    assert statuses(api, head(api, more + "2\r\n{}\r\n0\r\n\r\n", **POST)) == [422]


def test_a_host_is_named_once_and_is_no_other(api):
    """62: Host missing, twice, or beside a whole URL."""
    key = "Authorization: Bearer %s\r\n\r\n" % api.key
    assert statuses(api, "GET /api/v1/whoami HTTP/1.1\r\n" + key) == [400]
    assert statuses(api, "GET /api/v1/whoami HTTP/1.1\r\nHost: a\r\nHost: a\r\n" + key) == [400]
    for target in ("http://evil.example/api/v1/whoami", "https://x/", "//evil.example/api/v1/whoami", "x:80", "*"):
        assert statuses(api, "GET %s HTTP/1.1\r\nHost: x\r\n%s" % (target, key)) == [400], target


def test_raw_bytes_in_a_target_are_refused(api):
    """61, 63: NUL, blanks, control and high bytes as they are; encoded ones are tested above."""
    for odd in ("\0", "\t", " ", "\x0b", "\x7f", "\xff", "\xc0\xae"):
        assert statuses(api, head(api, "\r\n", target="/api/v1/skills%sx" % odd)) == [400], repr(odd)
    for target in ("/api/v1/domains/%252e%252e", "/api/v1/..;/skills", "/api/v1/domains/ecm/skills/%E2%80%AE"):
        assert statuses(api, head(api, "\r\n", target=target)) == [404], target


def test_heads_have_limits_on_the_wire(api):
    """64: a head of 16 KiB and one past, 64 fields and one past, a target of 8 KiB and one past."""
    def sized(n):
        bare = head(api, "Connection: close\r\nX: \r\n\r\n")
        return bare.replace("X: ", "X: " + "x" * (n - len(bare)))
    assert statuses(api, sized(16 * 1024)) == [200]
    assert statuses(api, sized(16 * 1024 + 1)) == [431]
    assert statuses(api, sized(160 * 1024)) == [431]
    have = 3
    fields = lambda n: head(api, "Connection: close\r\n" + "".join("X%d: y\r\n" % i for i in range(n - have)) + "\r\n")
    assert statuses(api, fields(64)) == [200]
    assert statuses(api, fields(65)) == [431]
    long = "/api/v1/whoami?x="
    for n, status in [(8 * 1024, 400), (8 * 1024 + 1, 414)]:
        assert statuses(api, head(api, "Connection: close\r\n\r\n", target=long + "y" * (n - len(long)))) == [status], n


def test_methods_that_are_none_of_ours(api):
    """65: TRACE shows nothing back, CONNECT and a method of its own are refused with what there is."""
    said = api.send(head(api, "X-Secret: squirrel\r\nConnection: close\r\n\r\n", method="TRACE").encode())
    assert said.startswith("HTTP/1.1 405") and "\r\nAllow: GET, HEAD\r\n" in said and "squirrel" not in said
    assert statuses(api, head(api, "\r\n", method="CONNECT", target="x:443")) == [400]
    for method in ("get", "G E T", "GET\0", "", "G" * 64):
        found = statuses(api, head(api, "Connection: close\r\n\r\n", method=method))
        assert len(found) == 1 and found[0] in (400, 405), (method, found)


def test_ranges_and_preconditions_that_mean_nothing_here_change_nothing(api):
    """66: an unknown range unit or nonsense is a whole answer, never a part of one."""
    whole = api.get("/api/v1/skills").json["items"]
    for given in ("bytes=0-1", "bytes=-1", "bytes=9-1", "bytes=0-0,0-0,0-0", "lines=1", "bytes=" + "0-," * 1000, "x"):
        r = api.get("/api/v1/skills", headers={"Range": given})
        assert r.status == 200 and r.json["items"] == whole and "Content-Range" not in r.headers, given
    for name in ("If-Match", "If-Unmodified-Since", "If-Modified-Since", "If-Range"):
        assert api.get("/api/v1/skills", headers={name: '"nonsense'}).status == 200, name
    assert statuses(api, head(api, "If-None-Match: a\r\nIf-None-Match: b\r\n\r\n")) == [400]


def test_an_idempotency_key_is_given_once(api):
    """67: the rest of it is tested with executions."""
    two = "Idempotency-Key: a\r\nIdempotency-Key: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    assert statuses(api, head(api, two, **POST)) == [400]


def test_a_cursor_of_another_domain_shows_nothing_of_it(s, api):
    """68: a cursor is a place, not a permission."""
    ecm = as_(s, api, "ecm")
    mine = [(o["metadata"]["domain"], o["metadata"]["name"]) for o in ecm.items("/api/v1/skills")]
    first = api.get("/api/v1/skills?limit=1").json["metadata"]["continue"]
    place = first.rsplit(".", 2)[0]
    for domain, name in [("aaa", "a"), ("ecm", "manager"), ("frm", "alert-review"), ("zzz", "z")]:
        r = ecm.get("/api/v1/skills?continue=%s.%s.%s" % (place, domain.encode().hex(), name.encode().hex()))
        assert r.status == 200, r
        got = [(o["metadata"]["domain"], o["metadata"]["name"]) for o in r.json["items"]]
        assert got == [x for x in mine if x > (domain, name)], (domain, name)
    for odd in (first + "0", first[:-1], first.upper(), first + ".00", "c1", "c1...", "%20" + first, first.replace("c1.", "c1.-")):
        assert ecm.get("/api/v1/skills?continue=" + odd).status in (400, 410), odd


@pytest.mark.parametrize("path", ["executions", "suspensions", "resumptions", "rollbacks", "uploads", "keys"])
def test_a_body_sets_nothing_that_it_may_not(api, path):
    """69: fields of who asks are no fields of what is asked."""
    for field in ("tenant_id", "admin", "actor", "id", "__proto__", "metadata"):
        r = api.post("/api/v1/" + path, {field: "x"})
        assert r.status == 422 and field in r.json["detail"] and "no such field" in r.json["detail"], (path, r)


def test_an_id_is_a_name_and_nothing_else(s, api, ran):
    """70: of another domain, with dots, with SQL, of 10 KiB: not there, in the same words as anything that is not there."""
    frm = as_(s, api, "frm")
    id_ = ran["metadata"]["name"]
    assert statuses(frm, head(frm, "Connection: close\r\n\r\n", target="/api/v1/executions/" + id_)) == [404]
    for path in ("executions/%s/steps", "executions/%s", "domains/frm/executions/%s", "admissions/%s/checks", "wishes/%s", "releases/%s", "quarantines/%s",
                 "instances/%s", "domains/frm/skills/%s"):
        for odd in ("%2e%2e%2fx", "..%2fx", "../x", "./x"):
            assert statuses(frm, head(frm, "Connection: close\r\n\r\n", target="/api/v1/" + path % odd)) == [400], (path, odd)
        for odd in ("'%20or%201=1--", "1;drop%20table%20execution", "%27)%20union%20select%20key", "%25", "$1", "%F0%9F%92%A9", "x" * 4000, "-1", "1e9",
                    "99999999999999999999"):
            found = statuses(frm, head(frm, "Connection: close\r\n\r\n", target="/api/v1/" + path % odd))
            assert found == [422 if path.endswith("checks") else 404], (path, odd, found)
        assert statuses(frm, head(frm, "\r\n", target="/api/v1/" + path % ("x" * 10240))) == [414]
    assert s.one("select count(*) from execution where id = %s", id_)[0] == 1


def test_browsers_are_told_nothing_by_default(s, api):
    """71: a key in a cookie is no session, and no other origin is let in; sessions and their tokens are tested with the dashboard."""
    nobody = Api(api.address)
    r = nobody.get("/api/v1/skills", headers={"Cookie": "key=%s; Authorization=Bearer %s" % (api.key, api.key)})
    assert r.status == 401
    for origin in ("null", "http://evil.example", "http://" + api.address):
        for method in ("GET", "OPTIONS"):
            r = api.call(method, "/api/v1/skills", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
            assert r.status == (200 if method == "GET" else 405)
            assert not [h for h in r.headers if h.lower().startswith("access-control-")] and "Set-Cookie" not in r.headers


def test_nothing_is_upgraded_and_only_a_body_may_be_expected(api):
    """72: no other protocol behind the same port."""
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    for upgrade in ("websocket", "h2c", "TLS/1.2"):
        said = api.send(head(api, "Connection: Upgrade, close\r\nUpgrade: %s\r\n%s\r\n" % (upgrade, key)).encode())
        assert said.startswith("HTTP/1.1 200 "), (upgrade, said[:100])
    assert statuses(api, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == [400]
    for expect in ("100-continue, x", "200-ok", ""):
        assert statuses(api, head(api, "Expect: %s\r\nContent-Length: 2\r\n\r\n{}" % expect, **POST))[-1] in (415, 417), expect
    assert statuses(api, head(api, "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n")) == [400]


def flipped(key, at):
    return key[:at] + ("a" if key[at] != "a" else "b") + key[at + 1:]


def test_a_key_is_one_key_in_one_place(s, api):
    """73: all that is almost a key is refused in the words of one that is unknown."""
    key = s.keys["viewer"]
    nobody = Api(api.address)
    said = set()
    for odd in (key[:-1], key + "a", key[1:], key.upper(), key.swapcase(), flipped(key, len(key) - 1), flipped(key, 20), "aspora_",
                key.replace("aspora_", "other_x"), key + " " + key, key[:30] + " " + key[31:], '"%s"' % key, "x" * 8000):
        r = nobody.get("/api/v1/whoami", headers={"Authorization": "Bearer " + odd})
        assert r.status == 401 and key not in r.text, odd
        said.add(r.json["detail"])
    assert said == {"the key is not valid"}
    for query in ("key=", "access_token=", "authorization=Bearer%20", "api_key="):
        r = nobody.get("/api/v1/whoami?" + query + key)
        assert r.status == 401 and key not in r.text
        # Nor beside one that is right: what stands in a URL is in every log on the way.
        r = api.get("/api/v1/whoami?" + query + key)
        assert r.status == 400 and key not in r.text
    for name in ("X-API-Key", "Proxy-Authorization", "Authorisation"):
        assert nobody.get("/api/v1/whoami", headers={name: "Bearer " + key}).status == 401
    with open(s.log, encoding="utf-8") as f:
        assert key not in f.read()


def test_a_key_that_is_over_is_like_one_that_never_was(s, api):
    """73: expired, revoked, and given twice."""
    keys = {name: s.key(name, "viewer") for name in ("late", "gone", "good")}
    asks = "GET /api/v1/whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n"
    for key in keys.values():
        assert statuses(api, asks % ("Authorization: Bearer %s\r\n" % key)) == [200]
    s.rows("update key set expires_at = clock_timestamp() - interval '1 second', created_at = clock_timestamp() - interval '2 days' where name = 'late'")
    assert api.call("DELETE", "/api/v1/keys/gone").status == 200
    time.sleep(1.1)  # as long as a key is believed
    for name in ("late", "gone"):
        said = api.send((asks % ("Authorization: Bearer %s\r\n" % keys[name])).encode())
        assert said.startswith("HTTP/1.1 401 ") and '"detail":"the key is not valid"' in said and keys[name] not in said, (name, said)
    good = "Authorization: Bearer %s\r\n" % keys["good"]
    for two in (good + good, good + "authorization: Bearer %s\r\n" % keys["late"], "Authorization: Bearer %s\r\n" % keys["gone"] + good):
        assert statuses(api, asks % two) == [400], two
    assert statuses(api, asks % good) == [200]


def test_only_bearer_is_a_scheme(s, api):
    """74: misspelt, other schemes, two values in one field or in two."""
    nobody = Api(api.address)
    key = s.keys["viewer"]
    for good in ("Bearer " + key, "bearer " + key, "BEARER   " + key):
        assert nobody.get("/api/v1/whoami", headers={"Authorization": good}).status == 200, good
    for odd in ("", key, "Bearer", "Bearer ", "Bearr " + key, "Bearer:" + key, "Bearer=" + key, "Token " + key, "Bearer\t" + key,
                "Basic " + base64.b64encode(("viewer:" + key).encode()).decode(), "Digest username=x", "Bearer %s, Bearer %s" % (key, key)):
        r = nobody.get("/api/v1/whoami", headers={"Authorization": odd})
        assert r.status == 401 and r.headers["WWW-Authenticate"].startswith("Bearer"), odd
    two = "GET /api/v1/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nAUTHORIZATION: Bearer %s\r\n\r\n"
    assert statuses(api, two % (key, key)) == [400]


def token(header, payload, signature=b"x"):
    def part(v):
        raw = v if isinstance(v, bytes) else json.dumps(v).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return ".".join([part(header), part(payload), part(signature)])


CLAIMS = {"iss": "https://issuer.example", "aud": "aspora", "sub": "the-admin", "exp": 4102444800, "role": "admin"}


@pytest.mark.parametrize("bearer", [
    token({"alg": "none"}, CLAIMS, b""), token({"alg": "None"}, CLAIMS), token({"alg": "NONE"}, CLAIMS), token({"alg": "HS256"}, CLAIMS),
    token({"alg": "RS256", "jku": "http://127.0.0.1:1/keys"}, CLAIMS), token({"alg": "RS256", "x5u": "file:///etc/passwd"}, CLAIMS),
    token({"alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA"}}, CLAIMS), token({"alg": "EdDSA", "crit": ["x"], "x": 1}, CLAIMS),
    token({"alg": "EdDSA", "b64": False}, CLAIMS), token({"alg": "EdDSA", "zip": "DEF"}, CLAIMS),
    token({"alg": "none"}, CLAIMS).rsplit(".", 1)[0], token({"alg": "none"}, CLAIMS) + ".x", token({"alg": "none"}, CLAIMS) + "==",
    token({"alg": "none"}, b"[]"), token({"alg": "none"}, b'{"role":"viewer","role":"admin"}'), "..", ".", "a.b.c",
    token({"alg": "none"}, dict(CLAIMS, exp="never")), token({"alg": "none"}, dict(CLAIMS, exp=10 ** 18)),
    token({"alg": "EdDSA", "kid": "../../keys/release.pub"}, CLAIMS), token({"alg": "EdDSA", "kid": "k" * 4000}, CLAIMS),
    token({"alg": "EdDSA", "typ": "id_token"}, CLAIMS)])
def test_a_token_of_an_issuer_is_no_key(api, bearer):
    """75, 76, 77, 78, 79: no issuer is trusted, so no token is, whatever it says of itself; nothing of it is fetched or shown."""
    r = Api(api.address).get("/api/v1/whoami", headers={"Authorization": "Bearer " + bearer})
    assert r.status == 401 and r.json["detail"] == "the key is not valid" and (len(bearer) < 9 or bearer not in r.text)


def test_nothing_answers_for_an_issuer(api):
    """80, 81: there is no key set, callback or login to attack: the same answer as anywhere that nothing is."""
    nobody = Api(api.address)
    for path in ("/.well-known/jwks.json", "/.well-known/openid-configuration", "/callback?code=x&state=y", "/login", "/oauth2/token",
                 "/api/v1/login?redirect_uri=http://evil.example"):
        r = nobody.get(path)
        assert r.status == 401 and "Location" not in r.headers, path
        r = api.get(path)
        assert r.status == 404 and "Location" not in r.headers, path


def test_a_large_token_is_refused_with_its_head(api):
    """77, 79: 16 KiB of token and 1 MiB of kid do not get past the head's limit."""
    for n in (16 * 1024, 64 * 1024):
        assert statuses(api, "GET /api/v1/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % ("x" * n)) == [431]


# --- executions ----------------------------------------------------------------------------------------------------------------


def test_a_skill_runs_by_name_and_by_text(api):
    r = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/order-details", "input": {"order_id": "17"}})
    assert r.status == 200 and r.json["status"]["phase"] == "succeeded" and r.json["spec"]["input"] == {"order_id": "17"}
    assert r.json["status"]["result"]["output"]["state"] == "shipped"
    assert r.headers["Location"] == "/api/v1/executions/" + r.json["metadata"]["name"]
    r = api.post("/api/v1/executions?wait=30s", {"text": "  Order   STATUS 17 "})
    assert r.status == 200 and r.json["spec"]["trigger"]["params"] == {"order_id": "17"}
    assert r.json["spec"]["skill"] == "order-details" and r.json["status"]["result"]["output"]["order"] == "17"


def test_a_wait_follows_forwards(api):
    r = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/manager", "input": {"text": "where is 17", "order_id": "17"}})
    assert r.status == 200 and r.json["spec"]["skill"] == "order-details"
    parent = api.get("/api/v1/executions/" + r.json["spec"]["parent"]).json
    assert parent["spec"]["skill"] == "manager" and parent["status"]["forwarded"] == r.json["metadata"]["name"]


def test_without_a_wait_it_is_accepted_and_can_be_followed(api):
    r = api.post("/api/v1/executions", {"skill": "ecm/order-details", "input": {"order_id": "18"}, "session": "s-1"})
    assert r.status == 201 and r.json["status"]["phase"] in ("queued", "claimed", "running")
    id_ = r.json["metadata"]["name"]
    done = api.get("/api/v1/executions/%s?wait=30s" % id_)
    assert done.status == 200 and done.json["status"]["phase"] == "succeeded"
    steps, after = [], -1
    while True:
        page = api.get("/api/v1/executions/%s/steps?wait=5s&after=%d" % (id_, after)).json
        steps += page["items"]
        after = page["next"]
        if not page["items"]:
            break
    assert page["state"] == "succeeded" and [x["kind"] for x in steps][-1] == "sandbox.ended"
    assert api.get("/api/v1/executions/%s/steps" % id_).json["items"] == steps
    assert [o["metadata"]["name"] for o in api.items("/api/v1/executions?session=s-1")] == [id_]
    # What ran is a record: neither a cancel nor a deletion does anything, and both say so.
    for method, path in (("POST", "/cancel"), ("DELETE", "")):
        r = api.call(method, "/api/v1/executions/" + id_ + path, {} if method == "POST" else None)
        assert r.status == 409 and "has succeeded already" in r.json["detail"] and "retention.executions" in r.json["remedy"], r


def test_the_same_key_runs_once(s, api):
    body = {"skill": "ecm/order-details", "input": {"order_id": "17"}}
    first = api.post("/api/v1/executions?wait=30s", body, headers={"Idempotency-Key": "k-1"})
    again = api.post("/api/v1/executions?wait=30s", body, headers={"Idempotency-Key": "k-1"})
    assert first.status == again.status == 200 and first.json["metadata"]["name"] == again.json["metadata"]["name"]
    assert "Idempotent-Replayed" not in first.headers and again.headers["Idempotent-Replayed"] == "true"
    other = dict(body, input={"order_id": "18"})
    r = api.post("/api/v1/executions", other, headers={"Idempotency-Key": "k-1"})
    assert r.status == 409 and r.code == "conflict"
    # Somebody else's keys are somebody else's.
    r = as_(s, api, "operator").post("/api/v1/executions", other, headers={"Idempotency-Key": "k-1"})
    assert r.status == 201
    assert api.post("/api/v1/executions", body, headers={"Idempotency-Key": "k" * 128}).status == 201
    assert api.post("/api/v1/executions", body, headers={"Idempotency-Key": "k" * 129}).status == 400
    assert api.post("/api/v1/executions", body, headers={"Idempotency-Key": ""}).status == 400
    ids = []

    def once():
        ids.append(api.post("/api/v1/executions", body, headers={"Idempotency-Key": "k-many"}).json["metadata"]["name"])
    threads = [threading.Thread(target=once) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(ids) == 8 and len(set(ids)) == 1


def test_what_cannot_run_is_said_to(api):
    r = api.post("/api/v1/executions", {"skill": "ecm/order-detials"})
    assert r.status == 404 and "ecm/order-details" in r.json["remedy"]
    r = api.post("/api/v1/executions", {"text": "sing me a song"})
    assert r.status == 404 and "sing me a song" in r.json["detail"] and r.json["remedy"]
    assert api.post("/api/v1/executions", {}).status == 422
    assert api.post("/api/v1/executions", {"text": "x" * 5000}).status == 404
    assert api.post("/api/v1/executions?wait=x", {"skill": "ecm/manager"}).status == 400
    assert api.post("/api/v1/executions?wait=11m", {"skill": "ecm/manager"}).status == 400


def test_a_wait_that_is_over_says_how_far_it_is_and_a_cancel_ends_it(s, api):
    held = {"kind": "Skill", "domain": "ecm", "name": "triage-and-assign", "reason": "maintenance"}
    r = api.post("/api/v1/suspensions?wait=20s", held)
    assert r.status == 200 and r.json["status"]["phase"] == "done", r
    skill = api.get("/api/v1/domains/ecm/skills/triage-and-assign").json
    stalled = {c["type"]: c for c in skill["status"]["conditions"]}["Stalled"]
    assert stalled["reason"] == "Suspended" and stalled["message"] == "key:the-admin suspended it: maintenance"
    from_ = time.monotonic()
    r = api.post("/api/v1/executions?wait=400ms", {"skill": "ecm/triage-and-assign", "input": {"problem": "x"}})
    took = time.monotonic() - from_
    assert r.status == 202 and r.json["status"]["phase"] == "queued" and 0.35 < took < 3
    id_ = r.json["metadata"]["name"]
    answers = []
    t = threading.Thread(target=lambda: answers.append(api.get("/api/v1/executions/%s?wait=30s" % id_)))
    t.start()
    assert as_(s, api, "viewer").post("/api/v1/executions/%s/cancel" % id_).status == 403
    version = api.get("/api/v1/executions/" + id_).json["metadata"]["resourceVersion"]
    one = "/api/v1/executions/" + id_
    for method, path, headers, status in (
            ("DELETE", one + "?resourceVersion=i1.999", None, 409), ("POST", one + "/cancel?resourceVersion=i1.999", None, 409),
            ("DELETE", one, {"If-Match": '"i1.999"'}, 409), ("DELETE", one + "?resourceVersion=x", None, 400), ("DELETE", one, {"If-Match": "i1.9"}, 400)):
        r = api.call(method, path, {} if method == "POST" else None, headers=headers)
        assert r.status == status, (method, path, headers, r)
        assert status != 409 or version + " now, not at i1.999" in r.json["detail"], r
    r = api.post(one + "/cancel", {"resourceVersion": "i1.999"})
    assert r.status == 409, r
    r = api.post(one + "/cancel", {"reason": "x"})
    assert r.status == 422 and "there is no such field" in r.json["detail"], r
    r = api.call("DELETE", one, headers={"If-Match": '"%s"' % version})
    assert r.status == 200 and r.json["status"]["phase"] == "cancelled" and r.json["metadata"]["resourceVersion"] != version, r
    # Asked for again it is so already; deleted it is not.
    assert api.post(one + "/cancel").status == 200
    r = api.call("DELETE", one)
    assert r.status == 409 and "was cancelled already" in r.json["detail"] and "record" in r.json["remedy"], r
    t.join(10)
    assert answers and answers[0].json["status"]["phase"] == "cancelled"
    r = api.post("/api/v1/resumptions?wait=20s", {k: held[k] for k in ("kind", "domain", "name")})
    assert r.status == 200
    assert api.post("/api/v1/resumptions?wait=20s", {k: held[k] for k in ("kind", "domain", "name")}).status == 404
    r = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/triage-and-assign", "input": {"problem": "refund", "amount": 5}})
    assert r.json["status"]["phase"] == "succeeded"


def test_many_wait_at_once(api):
    answers = []

    def one(i):
        answers.append(api.post("/api/v1/executions?wait=60s", {"skill": "ecm/order-details", "input": {"order_id": str(17 + i % 2)}}).status)
    threads = [threading.Thread(target=one, args=(i,)) for i in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert answers == [200] * 20


# --- under load and faults -----------------------------------------------------------------------------------------------------


@pytest.mark.serial
def test_tricklers_do_not_hold_others_up(api):
    slow = []
    for i in range(40):
        c = socket.create_connection((api.host, api.port), timeout=10)
        c.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        slow.append(c)
    times = []
    for i in range(200):
        slow[i % 40].sendall(b"a")
        from_ = time.monotonic()
        assert api.get("/healthz").status == 200
        times.append(time.monotonic() - from_)
    for c in slow:
        c.close()
    assert sorted(times)[197] < 0.1, sorted(times)[-5:]


def test_the_gateway_outlives_its_database(s, api):
    before = s.roles_running()["gateway"]
    with open(os.path.join(s.state, "postgres", "postmaster.pid"), encoding="utf-8") as f:
        postmaster = int(f.readline())
    os.kill(postmaster, signal.SIGKILL)
    assert api.get("/healthz").status == 200
    seen = set()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        r = api.get("/api/v1/skills?limit=1")
        seen.add(r.status)
        if r.status == 200 and s.logged("event=postgres.restarted"):
            break
        time.sleep(0.05)
    assert r.status == 200 and seen <= {200, 503}, (seen, s.tail())
    r = api.post("/api/v1/executions?wait=40s", {"skill": "ecm/order-details", "input": {"order_id": "17"}})
    assert r.status == 200 and r.json["status"]["phase"] == "succeeded", (r, s.tail())
    assert s.roles_running()["gateway"] == before


def test_a_stop_answers_who_waits_and_another_gateway_takes_over(s, api):
    api.post("/api/v1/suspensions?wait=20s", {"kind": "Skill", "domain": "hr", "name": "resume-screen"})
    pid = s.roles_running()["gateway"]
    answers = []

    def wait():
        answers.append(api.post("/api/v1/executions?wait=60s", {"skill": "hr/resume-screen"}))
    t = threading.Thread(target=wait)
    t.start()
    s.wait("a queued one", lambda: s.one("select 1 from execution where skill = 'resume-screen' and state = 'queued'"))
    os.kill(pid, signal.SIGTERM)
    t.join(10)
    assert answers and answers[0].status == 202 and answers[0].headers["Connection"] == "close"
    s.wait("another gateway", lambda: s.roles_running().get("gateway", pid) != pid)
    api.__init__(s.gateway(), api.key)
    assert api.post("/api/v1/resumptions?wait=20s", {"kind": "Skill", "domain": "hr", "name": "resume-screen"}).status == 200
