"""Logging in to the dashboard at a real provider: the whole flow as a browser goes it, what must not work, and in a real Chromium."""
import base64
import hashlib
import http.client
import os
import re
import shutil
import subprocess
import time
import urllib.parse

import pytest

from gateway_api import Api
from provider import Provider, free_port
from system import ROOT, System

CLIENTS = ("dashboard", "posting", "public", "es256")
ISSUER = """
  %(name)s:
    issuer: %(issuer)s
    audience: https://aspora.test
    algorithms: [RS256, ES256]
    name: email
    allow_plain: true
    rules:
    - {role: operator, domains: ["*"], claims: {groups: operators}}
    - {role: viewer, domains: [ecm], claims: {groups: reviewers}}
    login: {client_id: %(client)s, label: "House %(name)s", scopes: [openid, email, groups]%(secret)s}
"""


@pytest.fixture(scope="module")
def s():
    with System(roles="gateway") as system:
        port = free_port()
        system.url = "http://localhost:%d" % port  # another site than the provider's 127.0.0.1
        system.gateway_conf = "listen: \"127.0.0.1:%d\", url: \"%s\"" % (port, system.url)
        system.extra = "oidc:"
        system.providers = {}
        try:
            for client in CLIENTS:
                p = Provider(system.url + "/ui/login/%s/back" % client)
                system.providers[client] = p
                secret = os.path.join(system.home, client)
                with open(secret, "w", encoding="utf-8") as f:
                    f.write("a secret: of/" + client + "\n")
                os.chmod(secret, 0o644)
                system.extra += ISSUER % {"name": client, "issuer": p.issuer, "client": client,
                                          "secret": "" if client == "public" else ", client_secret: \"file:%s\"" % secret}
            # One that does not know where we say that browsers come back to, and one that is nowhere.
            system.extra += ISSUER % {"name": "gone", "issuer": "http://127.0.0.1:1", "client": "x", "secret": ""}
            system.write_conf(sources="")
            system.start()
            system.gateway()
            for client in CLIENTS:
                system.wait("the keys of " + client, lambda c=client: system.logged("event=oidc.keys_fetched issuer=" + c))
            yield system
        finally:
            for p in system.providers.values():
                p.__exit__()


class Browser:
    """Cookies by host and port, redirects one by one."""

    def __init__(self):
        self.jar = {}

    def go(self, url, form=None):
        """One request: status, headers, text."""
        u = urllib.parse.urlsplit(url)
        jar = self.jar.setdefault(u.netloc, {})
        c = http.client.HTTPConnection(u.hostname.replace("localhost", "127.0.0.1"), u.port, timeout=30)
        headers = {"Cookie": "; ".join("%s=%s" % kv for kv in jar.items()), "Host": u.netloc}
        body = urllib.parse.urlencode(form) if form else None
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        c.request("POST" if form else "GET", u.path + ("?" + u.query if u.query else ""), body, headers)
        r = c.getresponse()
        text = r.read().decode()
        for line in r.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            if value and "Max-Age=0" not in line:
                jar[name] = value
            else:
                jar.pop(name, None)
        c.close()
        return r.status, r.headers, text

    def follow(self, url, until, form=None):
        """Goes on until a redirect to `until`: that address."""
        for _ in range(12):
            status, headers, text = self.go(url, form)
            form = None
            if status in (302, 303):
                url = urllib.parse.urljoin(url, headers["Location"])
                if url.startswith(until):
                    return url
                continue
            action = re.search(r'action="([^"]+)"', text)
            assert status == 200 and action, (status, url, text[:500])
            prompt = re.search(r'name="prompt" value="(\w+)"', text).group(1)
            form = {"prompt": prompt, "login": self.person, "password": "any"} if prompt == "login" else {"prompt": prompt}
            url = urllib.parse.urljoin(url, action.group(1))
        raise AssertionError("too many steps: " + url)

    def to_provider(self, s, client, person):
        """Logs in there; the address that leads back here."""
        self.person = person
        status, headers, _ = self.go(s.url + "/ui/login/" + client)
        assert status == 303
        return self.follow(headers["Location"], s.url + "/ui/login/" + client + "/back")


def session_of(s, b):
    cookie = b.jar[urllib.parse.urlsplit(s.url).netloc].get("aspora_session")
    return {"Cookie": "aspora_session=" + cookie} if cookie else None


def outcome(s, b, back):
    status, headers, text = b.go(back)
    assert status == 303 and text == "" and headers["Referrer-Policy"] == "no-referrer", (status, text)
    return headers["Location"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_person_logs_in_at_the_provider(s, client):
    b = Browser()
    back = b.to_provider(s, client, "otto")
    assert outcome(s, b, back) == "/"
    api = Api(s.gateway())
    me = api.get("/api/v1/whoami", headers=session_of(s, b)).json
    assert (me["name"], me["subject"], me["issuer"], me["role"], me["domains"]) == ("otto@example.com", "otto", client, "operator", ["*"])
    assert me["actor"] == "oidc:%s:otto@example.com" % client
    left = time.mktime(time.strptime(me["expiresAt"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.gmtime())
    assert 8 * 3600 - 120 < left <= 8 * 3600 + 5
    assert s.logged("event=login.succeeded actor=oidc:%s:otto@example.com" % client)
    # The login's own cookie is gone.
    assert "aspora_login" not in b.jar[urllib.parse.urlsplit(s.url).netloc]


def test_what_is_sent_to_the_provider_is_what_the_standards_want(s):
    b = Browser()
    status, headers, _ = b.go(s.url + "/ui/login/dashboard")
    where, _, query = headers["Location"].partition("?")
    q = dict(urllib.parse.parse_qsl(query))
    assert status == 303 and where == s.providers["dashboard"].issuer + "/auth"
    assert q["response_type"] == "code" and q["client_id"] == "dashboard" and q["scope"] == "openid email groups"
    assert q["redirect_uri"] == s.url + "/ui/login/dashboard/back"
    assert q["code_challenge_method"] == "S256" and len(q["code_challenge"]) == 43
    assert len(q["state"]) >= 43 and len(q["nonce"]) >= 43 and q["state"] != q["nonce"]
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/ui/login" in cookie and "Max-Age=600" in cookie
    again = dict(urllib.parse.parse_qsl(b.go(s.url + "/ui/login/dashboard")[1]["Location"].partition("?")[2]))
    assert all(again[k] != q[k] for k in ("state", "nonce", "code_challenge"))
    assert base64.urlsafe_b64encode(hashlib.sha256(b"").digest()).decode().rstrip("=") != q["code_challenge"]


def test_a_session_is_worth_what_the_rule_gave_and_needs_its_token(s):
    b = Browser()
    assert outcome(s, b, b.to_provider(s, "dashboard", "rita")) == "/"
    api, cookie = Api(s.gateway()), session_of(s, b)
    who = api.get("/ui/session", headers=cookie).json
    assert (who["name"], who["role"], who["domains"]) == ("rita@example.com", "viewer", ["ecm"])
    assert api.get("/api/v1/skills?domain=frm", headers=cookie).status == 404
    assert api.post("/api/v1/rollbacks", {"domain": "ecm"}, headers=cookie).status == 403
    assert "token of its session" in api.post("/api/v1/rollbacks", {"domain": "ecm"}, headers=cookie).json["detail"]
    good = dict(cookie, **{"X-CSRF-Token": who["csrf"]})
    assert "role viewer may not do this" in api.post("/api/v1/rollbacks", {"domain": "ecm"}, headers=good).json["detail"]
    s.wait("the refusal in the audit trail", lambda: s.one("select 1 from change where object ->> 'actor' = 'oidc:dashboard:rita@example.com'"))
    assert api.call("DELETE", "/ui/session", headers=good).status == 204
    assert api.get("/api/v1/whoami", headers=cookie).status == 401


def test_who_has_no_rule_gets_no_session(s):
    b = Browser()
    assert outcome(s, b, b.to_provider(s, "dashboard", "eve")) == "/#/login/denied"
    assert session_of(s, b) is None
    assert "no rule of oidc.dashboard lets it in" in s.logged("event=login.failed")[-1]


def test_an_answer_is_good_once_and_for_its_browser(s):
    b = Browser()
    back = b.to_provider(s, "dashboard", "otto")
    assert outcome(s, Browser(), back) == "/#/login/expired"  # somebody else's browser, which ends it
    assert outcome(s, b, back) == "/#/login/expired"
    back = b.to_provider(s, "dashboard", "otto")
    assert outcome(s, b, back) == "/"
    assert outcome(s, b, back) == "/#/login/expired"
    # The state of one issuer is none of another's.
    back = b.to_provider(s, "dashboard", "otto")
    assert outcome(s, b, back.replace("/ui/login/dashboard/", "/ui/login/posting/")) == "/#/login/expired"


def test_a_code_of_another_login_is_refused(s):
    """Code injection: my code with your state. PKCE and nonce are what it breaks on."""
    mine, yours = Browser(), Browser()
    a, b = mine.to_provider(s, "dashboard", "otto"), yours.to_provider(s, "dashboard", "rita")
    code = lambda url: dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))["code"]  # noqa: E731
    assert outcome(s, yours, b.replace(code(b), code(a))) == "/#/login/refused"
    assert session_of(s, yours) is None
    assert "the issuer refuses (400): invalid_grant" in s.logged("event=login.failed")[-1]


@pytest.mark.parametrize("change,why", [
    (lambda q: dict(q, iss="https://evil.example"), "refused"),
    (lambda q: dict(q, code="x" * 43), "refused"),
    (lambda q: {k: v for k, v in q.items() if k != "code"}, "refused"),
    (lambda q: dict({k: v for k, v in q.items() if k != "code"}, error="access_denied", error_description="no <b>"), "refused"),
    (lambda q: dict(q, state=q["state"][:-1]), "expired"),
    (lambda q: dict(q, state=""), "expired"),
    (lambda q: {k: v for k, v in q.items() if k != "state"}, "expired"),
    (lambda q: {}, "expired"),
])
def test_an_answer_that_was_changed_is_refused(s, change, why):
    b = Browser()
    address, _, query = b.to_provider(s, "dashboard", "otto").partition("?")
    q = change(dict(urllib.parse.parse_qsl(query)))
    assert outcome(s, b, address + "?" + urllib.parse.urlencode(q)) == "/#/login/" + why
    assert session_of(s, b) is None


def test_parameters_that_no_issuer_sends_are_no_request(s):
    status, _, _ = Browser().go(s.url + "/ui/login/dashboard/back?code=x&state=y&redirect=//evil.example")
    assert status == 400
    assert Browser().go(s.url + "/ui/login/nobody")[0] == 404
    assert Browser().go(s.url + "/ui/login/nobody/back?code=x")[0] == 404


def test_an_issuer_that_cannot_be_reached_is_said_to_be(s):
    assert outcome(s, Browser(), s.url + "/ui/login/gone") == "/#/login/unavailable"
    b = Browser()
    back = b.to_provider(s, "posting", "otto")
    s.providers["posting"].state(down=True)
    assert outcome(s, b, back) == "/#/login/refused"  # it answered 503
    s.providers["posting"].state(down=False)


def test_a_token_of_a_login_is_no_key_to_the_api(s):
    now = int(time.time())
    claims = {"sub": "otto", "groups": ["operators"], "iat": now, "exp": now + 60}
    p = s.providers["dashboard"]
    r = Api(s.gateway(), p.sign(aud="dashboard", nonce="n", **claims)).get("/api/v1/whoami")
    assert r.status == 401 and "it is not for \"https://aspora.test\"" in r.json["detail"], r
    assert Api(s.gateway(), p.sign(aud="https://aspora.test", **claims)).get("/api/v1/whoami").status == 200


def test_the_login_page_learns_whom_it_can_ask(s):
    items = Api(s.gateway()).get("/ui/logins").json["items"]
    assert items == [{"name": n, "label": "House " + n} for n in (*CLIENTS, "gone")]


def test_nothing_secret_is_in_the_log(s):
    with open(s.log, encoding="utf-8") as f:
        text = f.read()
    assert "a secret: of/" not in text and "code=" not in text and "eyJ" not in text


def test_in_chromium(s):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    folder = os.path.join(ROOT, "tests", "browser")
    if not chromium:
        pytest.skip("no Chromium on this machine")
    if not os.path.isdir(os.path.join(folder, "node_modules")):
        pytest.skip("the packages of tests/browser are not installed: script/bootstrap")
    r = subprocess.run(["node", os.path.join(folder, "login.mjs"), s.url, "House dashboard", "otto"], capture_output=True, text=True, timeout=240,
                       env=dict(os.environ, CHROMIUM=chromium))
    bad = [line for line in r.stdout.splitlines() if line.startswith("not ok")]
    assert not bad and r.returncode == 0, "\n".join(bad) + r.stderr[-2000:]
    assert len([line for line in r.stdout.splitlines() if line.startswith("ok ")]) == 4, r.stdout
