"""Tokens instead of keys, of a real provider: its access tokens, those that forges give their CI, keys that rotate, a provider that is down."""
import base64
import json
import os
import subprocess
import time

import pytest

from gateway_api import Api
from provider import Provider
from system import BUILD, System

AUDIENCE = "https://aspora.test"
CONF = """
oidc:
  house:
    issuer: %(issuer)s
    audience: https://aspora.test
    algorithms: [RS256, ES256, EdDSA]
    allow_private: true
    allow_plain: true
    rules:
    - role: ci-bot
      domains: [ecm]
      claims: {repository: octo/skills, ref: [refs/heads/main, "refs/heads/release/*"], environment: production}
    - role: ci-bot
      domains: [frm]
      claims: {project_path: group/skills, ref: main, ref_protected: "true"}
    - {role: viewer, domains: ["*"], claims: {team: robots}}
    - {role: admin, domains: ["*"], claims: {email: "*@example.com", groups: operators}}
"""


@pytest.fixture(scope="module")
def provider():
    with Provider() as p:
        yield p


@pytest.fixture(scope="module")
def s(provider):
    with System() as system:
        system.init_repo()
        first = system.push("the examples")
        system.extra = CONF % {"issuer": provider.issuer}
        system.start()
        system.wait_observed(first)
        system.gateway()
        system.wait("the provider's keys", lambda: system.logged("event=oidc.keys_fetched"))
        yield system


def times(ago=0, life=300):
    now = int(time.time()) - ago
    return {"iat": now, "nbf": now, "exp": now + life}


def github(provider, repository="octo/skills", ref="refs/heads/main", **more):
    """As token.actions.githubusercontent.com signs them."""
    claims = {"aud": AUDIENCE, "sub": "repo:%s:ref:%s" % (repository, ref), "repository": repository, "ref": ref, "environment": "production",
              "repository_owner": repository.split("/")[0], "actor": "octocat", "workflow": "ci", "event_name": "push", **times(), **more}
    return provider.sign(**claims)


def gitlab(provider, **more):
    claims = {"aud": AUDIENCE, "sub": "project_path:group/skills:ref_type:branch:ref:main", "project_path": "group/skills", "ref": "main",
              "ref_protected": "true", "ref_type": "branch", "namespace_path": "group", "pipeline_source": "push", **times(), **more}
    return provider.sign(**claims)


def whoami(s, token):
    return Api(s.gateway(), token).get("/api/v1/whoami")


def test_an_access_token_of_the_provider_is_taken(s, provider):
    token = provider.access_token()
    me = whoami(s, token)
    assert me.status == 200 and (me.json["role"], me.json["domains"]) == ("viewer", ["*"]), me
    assert me.json["issuer"] == "house" and me.json["subject"] == "robot" and me.json["actor"] == "oidc:house:robot" and me.json["expiresAt"] > "20"
    skills = Api(s.gateway(), token).get("/api/v1/skills")
    assert skills.status == 200 and len(skills.json["items"]) >= 9
    assert Api(s.gateway(), token).post("/api/v1/rollbacks", {"domain": "ecm"}).status == 403


def test_tokens_of_a_forges_ci_stand_for_ci_bot_by_repository_and_branch(s, provider):
    me = whoami(s, github(provider))
    assert (me.json["role"], me.json["domains"]) == ("ci-bot", ["ecm"]), me
    assert me.json["subject"] == "repo:octo/skills:ref:refs/heads/main"
    me = whoami(s, gitlab(provider))
    assert (me.json["role"], me.json["domains"]) == ("ci-bot", ["frm"]), me
    assert whoami(s, github(provider, ref="refs/heads/release/1.2")).status == 200
    for token in (github(provider, repository="octo/other"), github(provider, repository="evil/skills"), github(provider, ref="refs/heads/topic"),
                  github(provider, ref="refs/heads/release/1/2"), github(provider, ref="refs/pull/7/merge"), github(provider, environment="staging"),
                  gitlab(provider, ref="topic"), gitlab(provider, ref_protected="false"), gitlab(provider, project_path="group/skills/more"),
                  gitlab(provider, project_path="Group/skills")):
        r = whoami(s, token)
        assert r.status == 403 and "no rule of oidc.house lets it in" in r.json["detail"], r


def test_what_it_may_do_is_its_role_in_its_domains(s, provider):
    ci = Api(s.gateway(), github(provider))
    assert {i["metadata"]["domain"] for i in ci.get("/api/v1/skills").json["items"]} == {"ecm"}
    assert ci.get("/api/v1/domains/frm/skills/manager").status == 404
    assert ci.post("/api/v1/executions", {"skill": "ecm/order-details"}).status == 403
    assert ci.post("/api/v1/keys", {"name": "mine"}).status == 403
    assert ci.get("/api/v1/access").json["role"] == "ci-bot"


def test_tokens_that_are_not_for_now_or_not_for_us_say_why(s, provider):
    for token, says in [
            (github(provider, **times(ago=400)), "it has expired at"),
            (github(provider, nbf=int(time.time()) + 120), "it is not valid before"),
            (github(provider, aud="https://github.com/octo"), "it is not for \"https://aspora.test\""),
            (github(provider, iss="https://token.actions.githubusercontent.com"), "its issuer (iss) is none"),
            (provider.sign(key="stranger", header={"kid": "r1"}, aud=AUDIENCE, sub="x", **times()), "its signature does not hold"),
            (provider.sign(header={"jku": "http://127.0.0.1:1/"}, aud=AUDIENCE, sub="x", **times()), "(jku)"),
            ("a.b.c", "not base64url"), ("." * 20, "not of three parts")]:
        r = whoami(s, token)
        assert r.status == 401 and says in r.json["detail"], r
        assert r.headers["WWW-Authenticate"] == "Bearer realm=\"aspora\""


def part(v):
    return base64.urlsafe_b64encode(v if isinstance(v, bytes) else json.dumps(v).encode()).rstrip(b"=").decode()


def signed(provider, header=None, **claims):
    """Of the key that the provider shows: all that is wrong with it is what is said here. None takes a claim out."""
    all_ = {"aud": AUDIENCE, "sub": "x", "team": "robots", **times(), **claims}
    return provider.sign(header=header, **{k: v for k, v in all_.items() if v is not None})


def forged(provider, header=None, payload=None):
    """Another header or payload before a signature that was right."""
    h, p, sig = signed(provider).split(".")
    return ".".join([h if header is None else part(header), p if payload is None else part(payload), sig])


def spaced(token, at):
    return token[:at] + " " + token[at:]


# Number in the list of bad inputs, what is sent, what is said of it.
BAD = [
    (75, lambda p: forged(p, {"alg": "none", "kid": "r1"}), "alg"), (75, lambda p: forged(p, {"alg": "None", "kid": "r1"}), "alg"),
    (75, lambda p: forged(p, {"alg": "NONE", "kid": "r1"}), "alg"), (75, lambda p: forged(p, {"alg": "HS256", "kid": "r1"}), "alg"),
    (75, lambda p: forged(p, {"alg": "EdDSA", "kid": "r1"}), ""), (75, lambda p: forged(p, {"kid": "r1"}), "alg"),
    (76, lambda p: signed(p, {"jku": "http://127.0.0.1:1/"}), "jku"), (76, lambda p: signed(p, {"x5u": "http://127.0.0.1:1/"}), "x5u"),
    (76, lambda p: signed(p, {"jwk": {"kty": "OKP"}}), "jwk"), (76, lambda p: forged(p, {"alg": "RS256", "kid": "r1", "crit": ["x"], "x": 1}), "crit"),
    (76, lambda p: forged(p, {"alg": "RS256", "kid": "r1", "b64": False}), "b64"), (76, lambda p: signed(p, {"zip": "DEF"}), "zip"),
    (77, lambda p: ".".join(signed(p).split(".")[:2]), "three parts"), (77, lambda p: signed(p) + ".x", "three parts"),
    (77, lambda p: signed(p) + "=", "base64url"), (77, lambda p: spaced(signed(p), 30), ""), (77, lambda p: signed(p)[:-2] + "+/", "base64url"),
    (77, lambda p: forged(p, None, b"[]"), "object"), (77, lambda p: forged(p, None, b'{"sub":"x","sub":"y"}'), "twice"),
    (78, lambda p: signed(p, iss=p.issuer + "/"), "its issuer"), (78, lambda p: signed(p, iss=p.issuer.replace("http", "HTTP")), "its issuer"),
    (78, lambda p: signed(p, aud=None), "aud"), (78, lambda p: signed(p, aud=["https://a.test", "https://b.test"]), "it is not for"),
    (78, lambda p: signed(p, exp=None), "exp"), (78, lambda p: signed(p, exp="never"), "exp"), (78, lambda p: signed(p, exp=10 ** 18), "exp"),
    (78, lambda p: signed(p, nbf=int(time.time()) + 90), "not valid before"), (78, lambda p: signed(p, iat=int(time.time()) + 90), "iat"),
    (79, lambda p: forged(p, {"alg": "RS256", "kid": "../../keys/release.pub"}), ""), (79, lambda p: forged(p, {"alg": "RS256", "kid": "k" * 4000}), "kid"),
    (79, lambda p: forged(p, {"alg": "RS256", "kid": 7}), "kid"),
]


def test_tokens_with_a_flaw_are_refused_on_the_wire(s, provider):
    """75 to 79, of an issuer that is trusted and but for the flaw right: refused, with a word of why, and nothing of it is fetched or shown."""
    api = Api(s.gateway())
    ask = "GET /api/v1/whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n"
    assert api.send((ask % signed(provider)).encode()).startswith("HTTP/1.1 200 ")
    wrong = []
    for number, make, says in BAD:
        token = make(provider)
        head, _, body = api.send((ask % token).encode()).partition("\r\n\r\n")
        fine = head.startswith("HTTP/1.1 401 ") and "WWW-Authenticate: Bearer" in head and says in json.loads(body)["detail"] and token not in body
        wrong += [] if fine else [(number, head[:20], body)]
    assert not wrong, "\n".join(str(w) for w in wrong)
    assert api.send((ask % signed(provider)).encode()).startswith("HTTP/1.1 200 ")


def test_a_token_in_the_address_is_refused(s, provider):
    nobody, token = Api(s.gateway()), github(provider)
    for query in ("access_token=", "token=", "key=", "authorization=Bearer%20"):
        assert nobody.get("/api/v1/whoami?" + query + token).status == 401
        assert Api(s.gateway(), token).get("/api/v1/whoami?" + query + token).status == 400
    # Keys and tokens are told apart: neither is tried as the other.
    assert "the key is not valid" in whoami(s, "aspora_" + "x" * 42).json["detail"]


def test_an_email_counts_when_it_was_checked(s, provider):
    claims = dict(aud=AUDIENCE, sub="u1", email="otto@example.com", groups=["operators"], **times())
    assert whoami(s, provider.sign(email_verified=True, **claims)).json["role"] == "admin"
    for proof in ({}, {"email_verified": False}, {"email_verified": "no"}):
        assert whoami(s, provider.sign(**claims, **proof)).status == 403


def test_the_audit_trail_names_the_subject(s, provider):
    boss = Api(s.gateway(), provider.sign(aud=AUDIENCE, sub="otto", email="otto@example.com", email_verified=True, groups=["operators"], **times()))
    assert boss.post("/api/v1/suspensions?wait=30s", {"kind": "Domain", "name": "hr", "reason": "a try"}).status == 200
    assert boss.post("/api/v1/resumptions?wait=30s", {"kind": "Domain", "name": "hr"}).status == 200
    wishes = boss.items("/api/v1/audit?kind=Wish&actor=oidc:house:otto")
    assert [w["object"]["wish"] for w in wishes[:2]] == ["resume", "suspend"]
    ci = Api(s.gateway(), github(provider))
    assert ci.post("/api/v1/rollbacks", {"domain": "ecm"}).status == 403
    actor = "oidc:house:repo:octo/skills:ref:refs/heads/main"
    s.wait("the refusal", lambda: boss.items("/api/v1/audit?kind=Request&actor=" + actor))


def test_who_approves_by_a_login_is_its_subject_and_counts_once(s, provider):
    def login(sub, email):
        return Api(s.gateway(), provider.sign(aud=AUDIENCE, sub=sub, email=email, email_verified=True, groups=["operators"], **times()))
    s.write("skills/wealth/aspora.config.yaml", s.read("skills/wealth/aspora.config.yaml") + "policy:\n  approvals: 2\n")
    commit = s.push("two for wealth")
    s.wait_observed(commit)
    otto = login("otto", "otto@example.com")
    held = [a for a in otto.items("/api/v1/domains/wealth/admissions?verdict=deny") if a["status"]["holds"]][0]
    path, body = "/api/v1/admissions/%s/approvals" % held["spec"]["candidate"], {"domain": "wealth"}
    # The author's address, whoever the subject is.
    r = login("u9", "test@example.com").post(path, body)
    assert r.status == 403 and "is taken for the same person" in r.json["detail"], r
    assert otto.post(path, body).status == 201
    r = login("otto", "another-name@example.com").post(path, body)
    assert r.status == 409 and "you have approved it already" in r.json["detail"], r
    assert login("ute", "ute@example.com").post(path, body).status == 201
    s.wait("the release", lambda: s.rows("select 1 from release_item where domain = 'wealth' and revision = %s and until is null", commit))
    assert s.rows("select person, key from approval order by id") == [("oidc:house:otto", ""), ("oidc:house:ute", "")]


def test_how_old_its_keys_are_is_a_metric(s):
    text = Api(s.gateway(), s.key("meter", "viewer")).get("/metrics").text
    age = [line.split() for line in text.splitlines() if line.startswith("aspora_oidc_keys_age_seconds{")]
    assert len(age) == 1 and age[0][0].endswith("{issuer=\"house\"}") and 0 <= float(age[0][1]) < 600, age


def test_a_watch_ends_with_its_token(s, provider):
    token = github(provider, **times(life=2))
    began = time.monotonic()
    r = Api(s.gateway(), token).get("/api/v1/skills?watch=1")
    assert r.status == 200 and "expired" in r.text.splitlines()[-1], r
    assert time.monotonic() - began < 20


# --- the command line in CI ------------------------------------------------------------------------------------------------


def aspora(s, *args, cwd=None, **env):
    base = {k: v for k, v in os.environ.items() if not k.startswith(("ASPORA_", "ACTIONS_"))}
    base.update(dict(ASPORA_SERVER=s.gateway(), HOME=s.home, XDG_CONFIG_HOME=os.path.join(s.home, "xdg")), **env)
    return subprocess.run([os.path.join(BUILD, "bin", "aspora"), *args], capture_output=True, text=True, env=base, cwd=cwd)


def test_ci_posts_its_check_without_a_stored_secret(s, provider):
    results = os.path.join(s.home, "results.xml")
    with open(results, "w", encoding="utf-8") as f:
        f.write("<testsuite><testcase name='a'/><testcase name='b'/></testsuite>")
    post = ("check", "post", "ecm/order-details", "--name", "unit", "--from", results)
    r = aspora(s, *post, cwd=s.work, ASPORA_TOKEN=github(provider))
    assert r.returncode == 0, r
    assert s.one("select by, passed_count from posted_check where name = 'unit'") == ("oidc:house:repo:octo/skills:ref:refs/heads/main", 2)
    r = aspora(s, *post, cwd=s.work, ASPORA_TOKEN=gitlab(provider))
    assert r.returncode in (4, 6), r  # of another domain
    r = aspora(s, *post, cwd=s.work, ASPORA_TOKEN=github(provider, ref="refs/pull/7/merge"))
    assert r.returncode == 6 and "no rule of oidc.house lets it in" in r.stderr, r
    r = aspora(s, *post, cwd=s.work, ASPORA_TOKEN=github(provider, **times(ago=999)))
    assert r.returncode == 7 and "it has expired" in r.stderr and "get a new token from its issuer" in r.stderr, r


def test_in_github_actions_the_runner_is_asked(s, provider):
    runner = {"ACTIONS_ID_TOKEN_REQUEST_URL": provider.issuer + "/test/runner?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of the runner"}
    r = aspora(s, "auth", "whoami", ASPORA_AUDIENCE=AUDIENCE, **runner)
    assert r.returncode == 0 and "repo:octo/skills:environment:production" in r.stdout, r
    r = aspora(s, "auth", "whoami", ASPORA_AUDIENCE="https://other.test/?a=b&audience=" + AUDIENCE, **runner)
    assert r.returncode == 7 and "it is not for" in r.stderr, r
    r = aspora(s, "auth", "whoami", ASPORA_AUDIENCE=AUDIENCE, **dict(runner, ACTIONS_ID_TOKEN_REQUEST_TOKEN="wrong"))
    assert r.returncode == 7 and "asking GitHub's runner for a token: it answered 401" in r.stderr and "id-token: write" in r.stderr, r
    # Without an audience it is nobody's business that we run there.
    assert "no API key was sent" in aspora(s, "auth", "whoami", **runner).stderr


def test_whoami_shows_issuer_subject_role_and_expiry(s, provider):
    r = aspora(s, "auth", "whoami", "-o", "json", ASPORA_TOKEN=github(provider))
    me = json.loads(r.stdout)
    assert (me["issuer"], me["subject"], me["role"]) == ("house", "repo:octo/skills:ref:refs/heads/main", "ci-bot") and me["expiresAt"]
    table = aspora(s, "auth", "whoami", ASPORA_TOKEN=github(provider)).stdout
    assert table.split("\n")[0].split() == ["NAME", "ROLE", "DOMAINS", "EXPIRES", "ISSUER", "SUBJECT"], table
    assert "house" in table and "ci-bot" in table


def test_a_context_runs_the_program_that_gets_the_token(s, provider):
    program = os.path.join(s.home, "login")
    with open(program, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\nprintf '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%%s\"}}' '%s'\n" % github(provider))
    os.chmod(program, 0o700)
    assert aspora(s, "config", "set-context", "ci", "--server", s.gateway(), "--token-command", program).returncode == 0
    r = aspora(s, "auth", "whoami", ASPORA_SERVER="")
    assert r.returncode == 0 and "ci-bot" in r.stdout, r


# --- keys come and go; last, for they change the provider ------------------------------------------------------------------------


def test_a_rotated_key_is_fetched_when_it_is_seen_and_strangers_cause_no_storm(s, provider):
    new = provider.sign(key="new", aud=AUDIENCE, sub="x", team="robots", **times())
    before, began = provider.seen()["keys"], time.monotonic()

    def no_storm():
        """Once in ten seconds, however many ask."""
        asked = provider.seen()["keys"] - before
        assert asked <= 1 + (time.monotonic() - began) // 10, asked

    stranger = provider.sign(key="stranger", aud=AUDIENCE, sub="x", team="robots", **times())
    for _ in range(50):
        assert whoami(s, stranger).status in (401, 503)
    no_storm()
    provider.state(publish_new=True)
    s.wait("the new key", lambda: whoami(s, new).status == 200, 30)
    no_storm()
    # The command line waits by itself while the gateway says "again in a second".
    assert aspora(s, "auth", "whoami", ASPORA_TOKEN=new).returncode == 0


def test_a_provider_that_is_down_costs_nothing_while_its_keys_are_known(s, provider):
    token = github(provider)
    provider.state(down=True)
    stranger = provider.sign(key="stranger", aud=AUDIENCE, sub="x", **times())
    s.wait("the failed look", lambda: whoami(s, stranger).status in (401, 503) and s.logged("event=oidc.keys_not_fetched"), 30)
    assert "answered 503" in s.logged("event=oidc.keys_not_fetched")[-1]
    assert whoami(s, token).status == 200
    # A gateway that starts meanwhile knows nothing, says so, and serves keys.
    pid = s.roles_running()["gateway"]
    os.kill(pid, 9)
    s.wait("another gateway", lambda: s.roles_running().get("gateway") not in (None, pid))
    s.gateway()
    r = whoami(s, token)
    assert r.status == 503 and r.headers["Retry-After"] == "1" and "the keys of the issuer house are not known yet" in r.json["detail"], r
    assert whoami(s, s.key("while-down", "viewer")).status == 200
    provider.state(down=False)
    s.wait("the keys again", lambda: whoami(s, token).status == 200, 60)
