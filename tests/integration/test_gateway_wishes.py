"""What people ask for through the gateway and sync carries out: uploads, rollbacks, holds; each with its outcome."""
import base64

import pytest

from gateway_api import Api
from system import System
from test_system import FINE

HANDLER = "#!/bin/sh\ncat >/dev/null\necho '\"%s\"'\n"
CASES = "# Cases\n" + "".join("\n## Case %d\n### Input\nhello\n### Expect\n- contains \"%%(said)s\"\n" % i for i in (1, 2))


@pytest.fixture(scope="module")
def s():
    with System() as system:
        system.init_repo()
        system.deploy()
        system.keys = {r: system.key(r, r) for r in ("viewer", "operator", "approver", "ci-bot", "admin")}
        system.keys["lab"] = system.key("lab", "operator", "lab")
        yield system


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.keys["admin"])


def as_(s, api, who):
    return Api(api.address, s.keys[who])


def files(domain, name, said="hello", tests=True):
    root = "skills/%s/%s/" % (domain, name)
    out = [{"path": root + "SKILL.md", "content": FINE % {"domain": domain, "name": name, "role": "manager"}},
           {"path": root + "code/handler.sh", "mode": "100755", "contentBase64": base64.b64encode((HANDLER % said).encode()).decode()}]
    if tests:
        out.append({"path": root + "tests/cases.md", "content": CASES % {"said": said}})
    return out


def wished(r, status=200):
    assert r.status == status, r
    assert r.json["kind"] == "Wish" and r.headers["Location"] == "/api/v1/wishes/" + r.json["metadata"]["name"]
    return r.json


def upload(api, list_, status=200, **more):
    return wished(api.post("/api/v1/uploads?wait=30s", dict({"files": list_}, **more)), status)


def said(s, api, skill):
    s.wait_converged()
    r = api.post("/api/v1/executions?wait=30s", {"skill": skill})
    assert r.status == 200 and r.json["status"]["phase"] == "succeeded", r
    return r.json["status"]["result"]["output"]


def test_an_upload_becomes_a_skill_that_runs(s, api):
    w = upload(api, files("lab", "greeter"), reason="try it")
    assert w["status"]["phase"] == "done" and w["spec"]["kind"] == "apply" and w["spec"]["requestedBy"] == "key:admin"
    assert w["status"]["result"]["release"] > 1
    assert said(s, api, "lab/greeter") == "hello"
    o = api.get("/api/v1/domains/lab/skills/greeter").json
    assert o["metadata"]["source"]["name"] == "apply" and o["status"]["phase"] == "Ready"
    again = api.get("/api/v1/wishes/" + w["metadata"]["name"])
    assert again.status == 200 and again.json["status"] == w["status"]
    # The same once more changes nothing.
    before = api.get("/api/v1/releases?limit=1").json["items"][0]["metadata"]["name"]
    upload(api, files("lab", "greeter"))
    assert api.get("/api/v1/releases?limit=1").json["items"][0]["metadata"]["name"] == before


def test_an_upload_of_what_was_read_finds_it_so_or_is_refused(s, api):
    upload(api, files("lab", "versioned"))

    def version(path):
        return api.get("/api/v1/domains/" + path).json["metadata"]["resourceVersion"]
    # A rollout that goes on changes the skill, too.
    s.wait_converged()
    s.wait("a skill at rest", lambda: s.one("select count(*) = 1 from instance where skill = 'versioned' and state = 'ready'")[0])
    skill = version("lab/skills/versioned")
    upload(api, files("lab", "versioned", "once"), resourceVersion=skill)
    # The second of two who read the same; nothing of it is there.
    r = api.post("/api/v1/uploads?wait=30s", {"files": files("lab", "versioned", "twice"), "resourceVersion": skill})
    assert r.status == 409 and "skill lab/versioned is at" in r.json["detail"] and "not at " + skill in r.json["detail"], r
    r = api.post("/api/v1/uploads?wait=30s", {"files": files("lab", "versioned", "twice")}, headers={"If-Match": '"%s"' % skill})
    assert r.status == 409, r
    assert said(s, api, "lab/versioned") == "once"
    # Files of the domain, or of several skills of it: the domain's version.
    memory = [{"path": "skills/lab/DOMAIN.md", "content": "# Lab\n\nKnows.\n"}]
    upload(api, memory, resourceVersion=version("lab"))
    for list_ in (memory, files("lab", "versioned", "twice") + files("lab", "greeter"), [dict(memory[0], path="skills/lab/runbooks/a.md")]):
        r = api.post("/api/v1/uploads?wait=30s", {"files": list_, "resourceVersion": "i1.1"})
        assert r.status == 409 and "domain lab is at" in r.json["detail"], r
    r = api.post("/api/v1/uploads", {"files": files("lab", "a") + files("lab2", "b"), "resourceVersion": skill})
    assert r.status == 422 and "of several domains: lab, lab2" in r.json["detail"] and "one domain or one skill at a time" in r.json["remedy"], r
    r = api.post("/api/v1/uploads?wait=30s", {"files": files("lab", "never-there"), "resourceVersion": skill})
    assert r.status == 404 and "there is no skill lab/never-there" in r.json["detail"], r


def test_a_sync_of_a_source_that_was_read_finds_it_so_or_is_refused(s, api):
    version = api.get("/api/v1/sources/main").json["metadata"]["resourceVersion"]
    wished(api.post("/api/v1/sources/main/sync?wait=30s&resourceVersion=" + version))
    for more in ({"body": {"resourceVersion": "i1.1"}}, {"headers": {"If-Match": '"i1.1"'}}):
        r = api.post("/api/v1/sources/main/sync?wait=30s", **more)
        assert r.status == 409 and "source main is at" in r.json["detail"], r


def test_without_a_wait_the_outcome_can_be_asked_for(s, api):
    r = api.post("/api/v1/uploads", {"files": files("lab", "second")})
    w = wished(r, 202)
    assert w["status"]["phase"] == "pending"
    done = api.get(r.headers["Location"] + "?wait=30s")
    assert done.status == 200 and done.json["status"]["phase"] == "done"
    # Whose it is not, and who does not see all, does not see it.
    assert as_(s, api, "lab").get(r.headers["Location"]).status == 404
    mine = upload(as_(s, api, "lab"), files("lab", "second", "changed"))
    assert as_(s, api, "lab").get("/api/v1/wishes/" + mine["metadata"]["name"]).status == 200


def test_the_same_key_asks_once(s, api):
    head = {"Idempotency-Key": "w-1"}
    first = wished(api.post("/api/v1/uploads", {"files": files("lab", "keyed")}, headers=head), 202)
    name = first["metadata"]["name"]
    again = wished(api.post("/api/v1/uploads?wait=30s", {"files": files("lab", "keyed")}, headers=head))
    assert again["metadata"]["name"] == name and again["status"]["phase"] == "done"
    # Whoever lost the answer finds it, done long ago.
    late = wished(api.post("/api/v1/uploads", {"files": files("lab", "keyed")}, headers=head))
    assert late["metadata"]["name"] == name and late["status"] == again["status"]
    assert s.one("select count(distinct release) from release_item where revision = %s", name) == (1,)
    for other in ({"files": files("lab", "keyed", "other")}, {"files": files("lab", "keyed"), "reason": "x"}):
        r = api.post("/api/v1/uploads", other, headers=head)
        assert r.status == 409 and r.json["detail"] == "the Idempotency-Key has asked for something else before", r
    r = api.post("/api/v1/quarantines/clear", {"domain": "lab", "skill": "keyed"}, headers=head)
    assert r.status == 409, r
    # Another's key of the same name is another's.
    theirs = wished(as_(s, api, "operator").post("/api/v1/uploads?wait=30s", {"files": files("lab", "keyed")}, headers=head))
    assert theirs["metadata"]["name"] != name
    for bad in ("", "k" * 129):
        assert api.post("/api/v1/uploads", {"files": files("lab", "keyed")}, headers={"Idempotency-Key": bad}).status == 400


def test_the_same_key_looks_once(s, api):
    before = s.one("select request_token from source where name = 'main'")[0]
    looks = [wished(api.post("/api/v1/sources/main/sync?wait=30s", headers={"Idempotency-Key": "look"})) for _ in range(3)]
    assert len({w["metadata"]["name"] for w in looks}) == 1 and looks[2]["status"]["phase"] == "done"
    assert s.one("select request_token from source where name = 'main'")[0] == before + 1
    assert api.post("/api/v1/sources/main/sync", {"reason": "another"}, headers={"Idempotency-Key": "look"}).status == 409


def test_a_dry_run_says_what_would_happen(s, api):
    before = api.get("/api/v1/releases?limit=1").json["items"][0]["metadata"]["name"]
    ci = as_(s, api, "ci-bot")
    w = upload(ci, files("lab", "greeter", "good morning"), dryRun=True)
    assert w["spec"]["dryRun"] and w["status"]["phase"] == "done" and w["status"]["result"]["plan"]["summary"]["update"] == 1
    assert api.get("/api/v1/releases?limit=1").json["items"][0]["metadata"]["name"] == before
    r = ci.post("/api/v1/uploads", {"files": files("lab", "greeter", "good morning")})
    assert r.status == 403 and "dryRun" in r.json["detail"]


def test_what_policy_refuses_is_answered_with_its_findings(s, api):
    w = upload(api, files("lab", "untested", tests=False), 403)
    assert w["status"]["phase"] == "failed" and w["status"]["error"]["code"] == "denied"
    text = str(w["status"]["result"])
    assert "skills/lab/untested" in text and "tests" in text
    assert api.get("/api/v1/domains/lab/skills/untested").status == 404
    assert said(s, api, "lab/greeter") == "hello"


def test_a_domain_of_git_is_not_applied_to(s, api):
    w = upload(api, files("ecm", "intruder"), 409)
    assert w["status"]["error"]["code"] == "conflict" and "override" in w["status"]["error"]["remedy"]
    r = api.post("/api/v1/uploads?wait=20s", {"files": files("ecm", "intruder"), "override": True})
    assert r.status == 422 and "time to live" in r.json["status"]["error"]["detail"], r


@pytest.mark.parametrize("body,status,words", [
    ({"files": []}, 422, "files is empty"),
    ({}, 422, "files"),
    ({"files": [{"path": "FIRM.md", "content": "x"}]}, 422, "not below skills/DOMAIN/"),
    ({"files": [{"path": "skills/lab/x/SKILL.md", "content": "x", "mode": "120000"}]}, 422, "neither 100644 nor 100755"),
    ({"files": [{"path": "skills/lab/x/SKILL.md", "contentBase64": "%%%"}]}, 422, "is not base64"),
    ({"files": [{"path": "skills/lab/x/SKILL.md", "content": "x", "contentBase64": "eA=="}]}, 422, "content and contentBase64"),
    ({"files": [{"path": "skills/lab/x/a", "content": "x"}, {"path": "skills/lab/x/a", "content": "y"}]}, 422, "twice"),
    ({"files": [{"path": "skills/lab/../ecm/SKILL.md", "content": "x"}]}, 422, ".."),
    ({"files": [{"path": "/skills/lab/SKILL.md", "content": "x"}]}, 422, "skills/DOMAIN/"),
    ({"files": [{"content": "x"}]}, 422, "path"),
    ({"file": []}, 422, "did you mean files?"),
    ({"files": [{"path": "skills/lab/x/SKILL.md", "content": "x"}], "ttl": "-1h"}, 422, "ttl"),
    ({"files": [{"path": "skills/lab/x/SKILL.md", "content": "x"}], "admin": True}, 422, "admin"),
])
def test_uploads_are_strict(api, body, status, words):
    r = api.post("/api/v1/uploads?wait=10s", body)
    assert r.status == status and words in r.text, r


def test_a_large_upload_is_taken_and_a_larger_one_refused(api):
    big = [{"path": "skills/lab/greeter/fixtures/%d.txt" % i, "content": "x" * 900000} for i in range(6)]
    r = api.post("/api/v1/uploads?wait=60s", {"files": files("lab", "greeter") + big, "dryRun": True})
    assert r.status == 200, r
    said_ = api.send(("POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                      "Content-Length: %d\r\n\r\n" % (api.key, 128 * 1024 * 1024 + 1)).encode())
    assert said_.startswith("HTTP/1.1 413 ")


def test_a_rollback_goes_back_and_holds_what_came_after(s, api):
    upload(api, files("lab", "greeter", "two"))
    assert said(s, api, "lab/greeter") == "two"
    plan = wished(api.post("/api/v1/rollbacks?wait=20s", {"domain": "lab", "skill": "greeter", "dryRun": True}))
    assert plan["status"]["result"]["plan"]["summary"]["update"] == 1
    assert said(s, api, "lab/greeter") == "two"
    w = wished(as_(s, api, "approver").post("/api/v1/rollbacks?wait=20s", {"domain": "lab", "skill": "greeter", "reason": "too curt"}))
    assert w["status"]["phase"] == "done"
    assert said(s, api, "lab/greeter") == "hello"
    held = api.items("/api/v1/quarantines?skill=greeter")
    assert held[0]["spec"]["cause"] == "rollback" and held[0]["spec"]["reason"] == "too curt" and held[0]["spec"]["actor"] == "key:approver"
    c = {c["type"]: c for c in api.get("/api/v1/domains/lab/skills/greeter").json["status"]["conditions"]}
    assert c["Ready"]["status"] == "True" and c["Stalled"]["reason"] == "RolledBack"
    assert api.get("/api/v1/releases?limit=1").json["items"][0]["spec"]["kind"] == "rollback"
    # What is held is not deployed again until somebody says so.
    digest = held[0]["spec"]["digest"]
    upload(api, files("lab", "greeter", "two"))
    assert said(s, api, "lab/greeter") == "hello"
    w = wished(api.post("/api/v1/quarantines/clear?wait=20s", {"domain": "lab", "skill": "greeter", "content": digest}))
    assert w["status"]["result"]["summary"] == "cleared 1"
    assert api.items("/api/v1/quarantines?skill=greeter") == []
    upload(api, files("lab", "greeter", "two"))
    assert said(s, api, "lab/greeter") == "two"


def test_the_history_of_a_skill_is_one_answer(s, api):
    path = "/api/v1/domains/lab/skills/greeter/history"
    versions = api.get(path).json["items"]
    assert [v["status"]["phase"] for v in versions] == ["Current"] + ["Past"] * (len(versions) - 1) and len(versions) >= 3
    numbers = [int(v["release"]["metadata"]["name"]) for v in versions]
    assert numbers == sorted(numbers, reverse=True)
    assert "rollback" in [v["release"]["spec"]["kind"] for v in versions]
    assert versions[0]["release"]["status"]["by"] and versions[0]["metadata"]["source"]["name"] == "apply"
    assert api.get(path + "?limit=1").json["items"] == versions[:1]
    for query, status in [("?limit=0", 400), ("?limit=1001", 400), ("?limit=x", 400), ("?nothing=1", 400), ("?limit=1000", 200)]:
        assert api.get(path + query).status == status, query
    r = api.get("/api/v1/domains/lab/skills/greetr/history")
    assert r.status == 404 and "there was none" in r.json["detail"] and r.json["remedy"] == "did you mean lab/greeter?"
    # Of another domain nothing is told, not even that it is there.
    other = "/api/v1/domains/hr/skills/resume-screen/history"
    assert api.get(other).status == 200 and as_(s, api, "lab").get(other).status == 404


def test_what_cannot_be_rolled_back_or_cleared_is_said_to(api):
    r = api.post("/api/v1/rollbacks?wait=20s", {"domain": "lab", "skill": "greeter", "to": "release 9999"})
    assert r.status == 404 and r.json["status"]["error"]["detail"] == "there is no release 9999"
    assert api.post("/api/v1/rollbacks?wait=20s", {"domain": "lab", "skill": "greeter", "to": "yesterday"}).status == 422
    assert api.post("/api/v1/rollbacks", {"skill": "greeter"}).status == 422
    r = api.post("/api/v1/quarantines/clear?wait=20s", {"domain": "lab", "skill": "greeter"})
    assert r.status == 404
    r = api.post("/api/v1/quarantines?wait=20s", {"domain": "lab", "skill": "greeter", "content": "xyz", "reason": "x"})
    assert r.status == 422 and "64 hex digits" in r.text


def test_a_source_is_looked_at_when_asked(s, api):
    commit = s.push("nothing of note")
    w = wished(as_(s, api, "ci-bot").post("/api/v1/sources/main/sync?wait=30s"))
    assert w["status"]["phase"] == "done"
    assert api.get("/api/v1/sources/main").json["status"]["revision"] == commit
    r = api.post("/api/v1/sources/mian/sync")
    assert r.status == 404 and "mian" in r.json["detail"]
    assert api.post("/api/v1/sources/apply/sync").status == 404
    # Many at once are each answered.
    ids = [wished(api.post("/api/v1/sources/main/sync"), 202)["metadata"]["name"] for _ in range(10)]
    assert {api.get("/api/v1/wishes/%s?wait=30s" % i).json["status"]["phase"] for i in ids} == {"done"}


def test_a_suspended_domain_keeps_what_it_has(s, api):
    r = api.post("/api/v1/suspensions?wait=20s", {"kind": "Domain", "name": "lab", "reason": "freeze", "ttl": "1h"})
    assert wished(r)["status"]["phase"] == "done"
    c = {c["type"]: c for c in api.get("/api/v1/domains/lab").json["status"]["conditions"]}
    assert c["Stalled"]["reason"] == "Suspended" and "freeze" in c["Stalled"]["message"]
    api.post("/api/v1/uploads?wait=20s", {"files": files("lab", "greeter", "three")})
    assert api.get("/api/v1/domains/lab/skills/greeter").json["status"]["phase"] in ("Ready", "Starting")
    assert s.content("lab", "greeter") == api.get("/api/v1/domains/lab/skills/greeter").json["status"]["digest"]
    wished(api.post("/api/v1/resumptions?wait=20s", {"kind": "domain", "name": "lab"}))
    for bad in ({"kind": "Release", "name": "1"}, {"kind": "Skill", "name": "x"}, {"kind": "Skill", "domain": "lab", "name": ""}, {"name": "x"}):
        assert api.post("/api/v1/suspensions", bad).status == 422, bad


def test_an_overlay_lies_over_git_until_it_is_taken_off(s, api):
    before = s.content("hr", "resume-screen")
    changed = [{"path": "skills/hr/resume-screen/code/handler.py", "mode": "100755",
                "content": "import json, sys\njson.load(sys.stdin)\nprint(json.dumps('overlaid'))\n"}]
    r = api.post("/api/v1/uploads?wait=30s", {"files": changed, "override": True, "ttl": "2h", "reason": "hotfix"})
    assert r.status == 200, r
    s.wait("the overlay", lambda: s.content("hr", "resume-screen") != before)
    assert said(s, api, "hr/resume-screen") == "overlaid"
    assert api.get("/api/v1/domains/hr").json["status"]["overlay"]["by"] == "key:admin"
    assert api.get("/api/v1/domains/hr/skills/resume-screen").json["status"]["overlay"] is True
    wished(api.post("/api/v1/overlays/end?wait=20s", {"domain": "hr"}))
    s.wait("what Git has", lambda: s.content("hr", "resume-screen") == before)


def test_a_domain_is_handed_to_another_source(s, api):
    w = api.post("/api/v1/adoptions?wait=20s", {"domain": "lab", "to": "nowhere"})
    assert w.status == 404 and w.json["status"]["error"]["remedy"]
    for f in files("lab", "greeter", "from git") + files("lab", "second"):
        s.write(f["path"], f.get("content") or base64.b64decode(f["contentBase64"]).decode(), 0o755 if "mode" in f else 0o644)
    s.push("lab comes to git")
    wished(as_(s, api, "approver").post("/api/v1/adoptions?wait=20s", {"domain": "lab", "to": "main", "reason": "moved"}))
    api.post("/api/v1/sources/main/sync?wait=30s")
    s.wait("git's content", lambda: api.get("/api/v1/domains/lab").json["metadata"]["source"]["name"] == "main")
    assert said(s, api, "lab/greeter") == "from git"
