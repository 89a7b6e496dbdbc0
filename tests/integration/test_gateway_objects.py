"""What people change of an object itself: labels, holds, deletion; each only while it is still what they have read, where they say so."""
import concurrent.futures
import http.client
import json

import pytest

import system
from gateway_api import Api
from system import System, upload

MERGE = {"Content-Type": "application/merge-patch+json"}
SKILL = "/api/v1/domains/ecm/skills/order-details"
LABELLED = """---
name: labelled
description: Has labels in its frontmatter. Use it in tests.
domain: lab
role: specialist
trigger:
  command: say labelled
metadata:
  team: billing
  example.com/tier: gold
  note: not a label, it has spaces
  aspora.unknown: x
---

# labelled

Says hello.
"""


@pytest.fixture(scope="module")
def s():
    with System() as it:
        it.init_repo()
        it.deploy()
        it.keys = {r: it.key(r, r) for r in ("viewer", "operator", "approver", "ci-bot", "admin")}
        it.keys["hr"] = it.key("hr", "operator", "hr")
        yield it


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.keys["admin"])


def as_(s, api, who):
    return Api(api.address, s.keys[who])


def patch(api, path, body, headers=None, query=""):
    return api.call("PATCH", path + query, body, headers=dict(MERGE, **(headers or {})))


def label(api, path, headers=None, query="", version=None, **labels):
    metadata = {"labels": labels}
    if version:
        metadata["resourceVersion"] = version
    return patch(api, path, {"metadata": metadata}, headers, query)


def version(api, path=SKILL):
    r = api.get(path)
    assert r.status == 200, r
    return r.json["metadata"]["resourceVersion"]


def labels(api, path=SKILL):
    return api.get(path).json["metadata"]["labels"]


def skill(domain, name, tests=True, **how):
    """With as many cases as the examples' policy asks for."""
    files = system.skill_files(domain, name, tests=tests, **how)
    if tests:
        path = "skills/%s/%s/tests/cases.md" % (domain, name)
        files[path] = (files[path][0] + "\n## It answers again\n### Input\nagain\n### Expect\n- contains \"hello\"\n", 0o644)
    return files


def apply(api, *skills, **more):
    r = api.post("/api/v1/uploads?wait=30s", upload(*skills, **more))
    assert r.status == 200, r
    return r.json


def wished(r, status=200):
    assert r.status == status, r
    return r.json


def race(calls):
    """All at once; their statuses, sorted."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return sorted(r.status for r in pool.map(lambda f: f(), calls))


# --- labels --------------------------------------------------------------------------------------------------------------


def test_a_label_is_set_changed_and_taken_away(api):
    before = version(api)
    r = label(api, SKILL, team="orders", tier="gold")
    assert r.status == 200 and r.json["kind"] == "Skill", r
    assert r.json["metadata"]["labels"] == {"team": "orders", "tier": "gold"}
    assert r.json["metadata"]["resourceVersion"] != before
    assert label(api, SKILL, team="billing").json["metadata"]["labels"] == {"team": "billing", "tier": "gold"}
    assert label(api, SKILL, tier=None).json["metadata"]["labels"] == {"team": "billing"}
    assert labels(api) == {"team": "billing"}
    r = patch(api, SKILL, {"metadata": {"labels": None}})
    assert r.status == 200 and r.json["metadata"]["labels"] == {}


@pytest.mark.parametrize("path", ["/api/v1/domains/hr", "/api/v1/sources/main"])
def test_domains_and_sources_have_labels_too(api, path):
    assert label(api, path, region="eu").json["metadata"]["labels"] == {"region": "eu"}
    assert labels(api, path) == {"region": "eu"}
    assert label(api, path, region=None).json["metadata"]["labels"] == {}


def test_a_patch_that_changes_nothing_is_no_revision(api):
    label(api, SKILL, team="orders")
    before = version(api)
    assert label(api, SKILL, team="orders", absent=None).json["metadata"]["resourceVersion"] == before
    assert patch(api, SKILL, {}).json["metadata"]["resourceVersion"] == before
    label(api, SKILL, team=None)


def test_a_label_selects_and_is_seen_by_a_watch(s, api):
    at = api.get("/api/v1/skills?limit=1").json["metadata"]["resourceVersion"]
    label(api, SKILL, picked="yes")
    names = [o["metadata"]["name"] for o in api.items("/api/v1/skills?labelSelector=picked%3Dyes")]
    assert names == ["order-details"]
    # One that waits on from before sees the object as it is now.
    c = http.client.HTTPConnection(api.host, api.port, timeout=20)
    c.request("GET", "/api/v1/skills?watch=1&resourceVersion=%s&labelSelector=picked" % at, headers={"Authorization": "Bearer " + api.key})
    events = iter(c.getresponse().readline, b"")
    seen = next(e for e in map(json.loads, events) if e["type"] != "BOOKMARK")
    c.close()
    assert seen["type"] == "MODIFIED" and seen["object"]["metadata"]["labels"] == {"picked": "yes"}
    label(api, SKILL, picked=None)


def test_a_label_is_in_the_log_and_the_chain_names_who_set_it(s, api):
    mine = as_(s, api, "operator")
    assert label(mine, SKILL, chained="1").status == 200
    row = s.one("select r.actor, c.object from change c join revision r using (revision) where c.kind = 'Skill' and c.name = 'order-details'"
                " order by revision desc limit 1")
    assert row == ("key:operator", {"labels": {"chained": "1"}})
    assert api.get("/api/v1/audit/verify").status == 200
    label(api, SKILL, chained=None)


def test_what_git_says_wins_and_names_its_owner(s, api):
    s.put(skill("lab2", "labelled", role="manager", command="say labelled"))
    s.write("skills/lab2/labelled/SKILL.md", LABELLED.replace("domain: lab", "domain: lab2").replace("specialist", "manager"))
    s.wait_observed(s.push("labels in Git"))
    path = "/api/v1/domains/lab2/skills/labelled"
    assert labels(api, path) == {"team": "billing", "example.com/tier": "gold"}
    for value in ("orders", None):
        r = label(api, path, team=value)
        assert r.status == 409 and r.code == "conflict", r
        assert r.json["detail"] == "label team of lab2/labelled is \"billing\" in source main, which is where it is set"
        assert r.json["remedy"] == "change it below metadata: in skills/lab2/labelled/SKILL.md"
    # To say what Git says is no conflict; what Git does not say is free.
    assert label(api, path, team="billing", own="1").status == 200
    assert labels(api, path) == {"team": "billing", "example.com/tier": "gold", "own": "1"}
    # All that are ours go; Git's stay.
    assert patch(api, path, {"metadata": {"labels": None}}).json["metadata"]["labels"] == {"team": "billing", "example.com/tier": "gold"}
    # What people had set before Git did: Git's word, from then on.
    label(api, path, later="mine")
    s.edit("skills/lab2/labelled/SKILL.md", "  team: billing\n", "  team: billing\n  later: gits\n")
    s.wait_observed(s.push("Git says it now"))
    assert labels(api, path)["later"] == "gits"
    assert api.items("/api/v1/skills?labelSelector=later%3Dgits")[0]["metadata"]["name"] == "labelled"


def test_a_domain_has_the_labels_of_its_configuration(s, api):
    s.put(skill("lab3", "boss", role="manager"))
    s.write("skills/lab3/aspora.config.yaml", "labels:\n  team: billing\n  example.com/tier: {value: gold}\n")
    s.wait_observed(s.push("a domain with labels"))
    path = "/api/v1/domains/lab3"
    assert labels(api, path) == {"team": "billing", "example.com/tier": "gold"}
    assert [o["metadata"]["name"] for o in api.items("/api/v1/domains?labelSelector=team%3Dbilling")] == ["lab3"]
    revision = api.get(path).json["metadata"]["resourceVersion"]
    r = label(api, path, team="orders")
    assert r.status == 409 and r.json["detail"] == "label team of domain lab3 is \"billing\" in source main, which is where it is set", r
    assert r.json["remedy"] == "change it below labels: in skills/lab3/aspora.config.yaml"
    assert label(api, path, team="billing", own="1").json["metadata"]["labels"] == {"team": "billing", "example.com/tier": "gold", "own": "1"}
    # Git takes one away, and changes the other; the past keeps what it was, and what people set stays.
    s.write("skills/lab3/aspora.config.yaml", "labels: {team: orders}\n")
    s.wait_observed(s.push("another label"))
    assert labels(api, path) == {"team": "orders", "own": "1"}
    assert api.get(path + "?at=" + revision).json["metadata"]["labels"] == {"team": "billing", "example.com/tier": "gold"}
    assert api.items("/api/v1/domains?labelSelector=team%3Dbilling") == []
    # Not everything is a label, and a skill's configuration has none.
    for text, says in (("labels: {team: a b}\n", "\"a b\" is no value of a label"), ("labels: {-x: a}\n", "\"-x\" is no name of a label")):
        s.write("skills/lab3/aspora.config.yaml", text)
        s.wait_observed(s.push("no label"))
        found = [f["message"] for f in api.get(path).json["status"]["findings"]]
        assert any(says in m for m in found), found
    assert labels(api, path) == {"team": "orders", "own": "1"}


@pytest.mark.parametrize("body,status,says", [
    ({"metadata": {"labels": {"a b": "x"}}}, 422, "\"a b\" is no name of a label"),
    ({"metadata": {"labels": {"-a": "x"}}}, 422, "\"-a\" is no name of a label"),
    ({"metadata": {"labels": {"a": "x y"}}}, 422, "label a: \"x y\" is no value of a label"),
    ({"metadata": {"labels": {"a": "x" * 64}}}, 422, "is no value of a label"),
    ({"metadata": {"labels": {"a": 1}}}, 422, "label a must be a text, or null to take it away, not a whole number"),
    ({"metadata": {"labels": ["a"]}}, 422, "metadata.labels must be an object, not a list"),
    ({"metadata": {"labels": {"l%d" % i: "" for i in range(65)}}}, 422, "65 labels; at most 64"),
    ({"metadata": {"uid": "x"}}, 422, "metadata.uid cannot be patched"),
    ({"metadata": {"name": "other"}}, 422, "metadata.name is not \"order-details\""),
    ({"metadata": {"resourceVersion": 3}}, 422, "metadata.resourceVersion cannot be patched"),
    ({"spec": {"trigger": "x"}}, 422, "spec.trigger cannot be patched"),
    ({"spec": {"suspended": "yes"}}, 422, "spec.suspended must be true or false, not text"),
    ({"status": {}}, 422, "status cannot be patched"),
    ({"kind": "Domain"}, 422, "kind is not \"Skill\""),
    ({"metadata": None}, 422, "metadata must be an object, not "),
    ({"metadata": {"labels": {}}, "spec": {"suspended": True}}, 422, "are in one patch"),
    ([], 422, "the body must be an object, not a list"),
])
def test_what_cannot_be_patched_is_refused(api, body, status, says):
    before = version(api)
    r = patch(api, SKILL, body)
    assert r.status == status and says in r.json["detail"], r
    assert version(api) == before


def test_a_patch_says_what_it_is(api):
    r = api.call("PATCH", SKILL, {"metadata": {}})
    assert r.status == 415 and r.json["detail"] == "the body must be application/merge-patch+json"
    assert api.call("PATCH", "/api/v1/releases/1", {}, headers=MERGE).status == 405
    assert label(api, "/api/v1/domains/ecm/skills/nobody", a="b").status == 404


def test_labels_go_with_the_object(s, api):
    apply(api, skill("brief", "one", role="manager"), skill("brief", "two"))
    path = "/api/v1/domains/brief/skills/two"
    label(api, path, of="the-old-one")
    assert labels(api, path) == {"of": "the-old-one"}
    wished(api.call("DELETE", path + "?wait=30s"))
    s.wait("its end", lambda: api.get(path).status == 404)
    apply(api, skill("brief", "two"))
    assert labels(api, path) == {}


# --- only while it is so ---------------------------------------------------------------------------------------------------


def test_a_stale_version_is_a_conflict_that_tells_the_current_one(api):
    old = version(api)
    assert label(api, SKILL, a="1", version=old).status == 200
    now = version(api)
    for r in (label(api, SKILL, a="2", version=old), label(api, SKILL, {"If-Match": "\"%s\"" % old}, a="2"),
              label(api, SKILL, query="?resourceVersion=" + old, a="2")):
        assert r.status == 409 and r.code == "conflict", r
        assert r.json["detail"] == "skill ecm/order-details is at %s now, not at %s" % (now, old)
        assert "read it again" in r.json["remedy"]
    # Also when nothing would change: who asks wants to know.
    assert label(api, SKILL, a="1", version=old).status == 409
    assert labels(api)["a"] == "1"
    assert label(api, SKILL, {"If-Match": "*"}, a=None).status == 200


@pytest.mark.parametrize("headers,query,says", [
    ({"If-Match": "i1.4"}, "", "If-Match: i1.4 is no resourceVersion between quotes"),
    ({"If-Match": "W/\"i1.4\""}, "", "is no resourceVersion between quotes"),
    ({"If-Match": "\"i1.4\", \"i1.5\""}, "", "is no resourceVersion between quotes"),
    ({"If-Match": "\"soon\""}, "", "\"soon\" is no resourceVersion"),
    ({"If-Match": "\"i1.4\""}, "?resourceVersion=i1.5", "the request names two versions: i1.4 and i1.5"),
    ({}, "?dryRun=yes", "dryRun=yes is not known"),
])
def test_a_version_that_is_none_is_refused(api, headers, query, says):
    r = label(api, SKILL, headers, query, a="1")
    assert r.status == 400 and says in r.json["detail"], r


def test_of_many_who_read_the_same_one_writes(s, api):
    for path in (SKILL, "/api/v1/domains/hr", "/api/v1/sources/main"):
        at = version(api, path)
        assert race([lambda i=i: label(api, path, raced=str(i), version=at) for i in range(8)]) == [200] + [409] * 7
        label(api, path, raced=None)


def test_of_many_who_read_the_same_one_suspends(s, api):
    at = version(api)
    body = {"kind": "Skill", "domain": "ecm", "name": "order-details", "resourceVersion": at}
    assert race([lambda i=i: api.post("/api/v1/suspensions?wait=60s", dict(body, reason=str(i))) for i in range(6)]) == [200] + [409] * 5
    assert version(api) != at
    # A label and a hold race as well.
    at = version(api)
    got = race([lambda: label(api, SKILL, raced="x", version=at),
                lambda: api.post("/api/v1/resumptions?wait=60s", dict(body, resourceVersion=at))])
    assert got == [200, 409]
    api.post("/api/v1/resumptions?wait=60s", {"kind": "Skill", "domain": "ecm", "name": "order-details"})
    label(api, SKILL, raced=None)


@pytest.mark.parametrize("path,body", [
    ("rollbacks", {"domain": "ecm"}), ("rollbacks", {"domain": "ecm", "skill": "order-details"}),
    ("quarantines", {"domain": "ecm", "skill": "order-details", "content": "0" * 64}),
    ("quarantines/clear", {"domain": "ecm", "skill": "order-details"}),
    ("adoptions", {"domain": "ecm", "to": "main"}), ("overlays/end", {"domain": "ecm"}),
    ("suspensions", {"kind": "Domain", "name": "ecm"}), ("suspensions", {"kind": "Source", "name": "main"}),
])
def test_every_wish_about_an_object_takes_a_version(s, api, path, body):
    before = s.one("select count(*) from inbox")
    r = api.post("/api/v1/" + path, dict(body, resourceVersion="i1.1"))
    assert r.status == 409 and " now, not at i1.1" in r.json["detail"], r
    r = api.post("/api/v1/" + path, body, headers={"If-Match": "\"i1.1\""})
    assert r.status == 409, r
    assert s.one("select count(*) from inbox") == before


def test_sync_looks_again_when_nobody_else_can_write(s, api):
    """What was current when the wish was recorded, and is not when it is carried out."""
    at = version(api)
    s.rows("insert into inbox (id, kind, domain, requested_by, body, request_digest) values"
           " ('WISH-late', 'suspend', 'ecm', 'key:admin', %s, sha256('x'))",
           json.dumps({"kind": "Skill", "name": "order-details", "reason": "late",
                       "expect": {"kind": "Skill", "domain": "ecm", "name": "order-details", "version": "i1.1"}}))
    r = api.get("/api/v1/wishes/WISH-late?wait=30s")
    assert r.json["status"]["phase"] == "failed" and r.json["status"]["error"]["status"] == 409, r
    assert r.json["status"]["error"]["detail"] == "skill ecm/order-details is at %s now, not at i1.1" % at
    assert version(api) == at


def test_a_suspension_by_patch_is_a_wish(api):
    at = version(api)
    r = patch(api, SKILL, {"spec": {"suspended": True}, "metadata": {"resourceVersion": at}}, query="?wait=30s&reason=by%20patch")
    assert wished(r)["spec"]["kind"] == "suspend"
    o = api.get(SKILL).json
    stalled = [c for c in o["status"]["conditions"] if c["type"] == "Stalled"][0]
    assert stalled["reason"] == "Suspended" and "by patch" in stalled["message"]
    assert patch(api, SKILL, {"spec": {"suspended": False}, "metadata": {"resourceVersion": at}}, query="?wait=30s").status == 409
    assert wished(patch(api, SKILL, {"spec": {"suspended": False}}, query="?wait=30s"))["spec"]["kind"] == "resume"
    # What is not suspended cannot go on.
    assert patch(api, SKILL, {"spec": {"suspended": False}}, query="?wait=30s").status == 404


def test_versions_in_the_store_are_those_that_objects_show(s, api):
    """The function that conditions ask, and the statements that make objects, say the same."""
    for o in api.items("/api/v1/skills"):
        m = o["metadata"]
        assert s.one("select aspora_version(aspora_object_rev('Skill', %s, %s))", m["domain"], m["name"]) == (m["resourceVersion"],)
    for kind, plural in (("Domain", "domains"), ("Source", "sources")):
        for o in api.items("/api/v1/" + plural):
            m = o["metadata"]
            assert s.one("select aspora_version(aspora_object_rev(%s, '', %s))", kind, m["name"]) == (m["resourceVersion"],), m


# --- deleting --------------------------------------------------------------------------------------------------------------


def test_an_applied_skill_is_deleted_and_the_others_stay(s, api):
    apply(api, skill("shop", "boss", role="manager"), skill("shop", "old"), skill("shop", "kept"))
    s.wait_converged()
    kept = s.content("shop", "kept")
    path = "/api/v1/domains/shop/skills/old"
    w = wished(api.call("DELETE", path + "?wait=30s&reason=no%20longer%20sold"))
    assert w["spec"]["kind"] == "delete" and w["status"]["result"]["plan"]["summary"]["delete"] == 1
    assert s.content("shop", "old") is None and s.content("shop", "kept") == kept
    release = api.get("/api/v1/releases?limit=1").json["items"][0]
    assert "no longer sold" in json.dumps(release)
    s.wait("its end", lambda: api.get(path).status == 404)


def test_an_applied_domain_is_deleted_whole(s, api):
    apply(api, skill("gone", "boss", role="manager"), skill("gone", "other"))
    w = wished(api.call("DELETE", "/api/v1/domains/gone?wait=30s"))
    assert w["status"]["result"]["plan"]["summary"]["delete"] == 2
    assert s.one("select count(*) from desired where domain = 'gone' and until is null") == (0,)
    assert s.one("select count(*) from desired where domain = 'ecm' and until is null")[0] > 0


@pytest.mark.parametrize("path,remedy", [
    ("domains/ecm", "delete it in Git: git rm -r skills/ecm, commit and push"),
    ("domains/ecm/skills/order-details", "delete it in Git: git rm -r skills/ecm/order-details, commit and push"),
])
def test_what_git_has_is_deleted_in_git(s, api, path, remedy):
    before = s.one("select max(id) from release")
    w = wished(api.call("DELETE", "/api/v1/" + path + "?wait=30s"), 409)
    assert w["status"]["error"]["detail"] == "domain ecm belongs to source main, a Git repository"
    assert w["status"]["error"]["remedy"] == remedy
    assert s.one("select max(id) from release") == before


def test_a_deletion_can_be_stale_rehearsed_or_of_nothing(s, api):
    apply(api, skill("shop2", "boss", role="manager"), skill("shop2", "old"))
    path = "/api/v1/domains/shop2/skills/old"
    at = version(api, path)
    label(api, path, touched="1")
    assert api.call("DELETE", path, headers={"If-Match": "\"%s\"" % at}).status == 409
    before = s.one("select max(id) from release")
    w = wished(api.call("DELETE", path + "?wait=30s&dryRun=All"))
    assert w["status"]["result"]["dryRun"] and w["status"]["result"]["plan"]["summary"]["delete"] == 1
    assert s.one("select max(id) from release") == before and s.content("shop2", "old")
    assert api.call("DELETE", "/api/v1/domains/shop2/skills/nobody").status == 404
    assert api.call("DELETE", "/api/v1/domains/nobody").status == 404


def test_an_overlay_is_taken_off(s, api):
    over = upload(skill("ecm", "on-top"), override=True, ttl="1h")
    assert api.post("/api/v1/uploads?wait=30s", over).status == 200
    assert api.get("/api/v1/domains/ecm").json["status"]["overlay"]
    assert wished(api.call("DELETE", "/api/v1/domains/ecm/overlay?wait=30s"))["spec"]["kind"] == "overlay-end"
    assert api.get("/api/v1/domains/ecm").json["status"]["overlay"] is None
    s.wait("what Git has", lambda: s.content("ecm", "on-top") is None)
    w = wished(api.call("DELETE", "/api/v1/domains/ecm/overlay?wait=30s"), 404)
    assert w["status"]["error"]["detail"] == "there is no overlay over domain ecm"


def test_a_quarantine_is_lifted_by_its_name(s, api):
    for content in ("a" * 64, "b" * 64):
        assert api.post("/api/v1/quarantines?wait=30s", {"domain": "hr", "skill": "leave-balance", "content": content}).status == 200
    held = api.items("/api/v1/quarantines?domain=hr")
    assert len(held) == 2
    name = held[0]["metadata"]["name"]
    r = api.call("DELETE", "/api/v1/quarantines/%s?resourceVersion=i1.1" % name)
    assert r.status == 409 and r.json["detail"].startswith("quarantine %s is at " % name)
    wished(api.call("DELETE", "/api/v1/quarantines/%s?wait=30s&resourceVersion=%s" % (name, held[0]["metadata"]["resourceVersion"])))
    left = api.items("/api/v1/quarantines?domain=hr")
    assert [q["metadata"]["name"] for q in left] == [held[1]["metadata"]["name"]]
    assert api.call("DELETE", "/api/v1/quarantines/" + name).status == 404
    assert api.call("DELETE", "/api/v1/quarantines/nine").status == 404
    wished(api.call("DELETE", "/api/v1/quarantines/%s?wait=30s" % left[0]["metadata"]["name"]))


def test_a_key_is_revoked_only_as_it_was_read(s, api):
    assert api.post("/api/v1/keys", {"name": "passing"}).status == 201
    r = api.call("DELETE", "/api/v1/keys/passing", headers={"If-Match": "\"i1.1\""})
    assert r.status == 409 and "key passing is at " in r.json["detail"], r
    at = version(api, "/api/v1/keys/passing")
    assert race([lambda: api.call("DELETE", "/api/v1/keys/passing", headers={"If-Match": "\"%s\"" % at})
                 for _ in range(4)]).count(200) == 1


# --- dry runs --------------------------------------------------------------------------------------------------------------


def test_a_dry_run_leaves_nothing_but_its_row(s, api):
    tables = ("release", "release_item", "desired", "version", "verdict", "domain", "source", "suspension", "quarantine", "overlay", "object_meta")

    def counts():
        return {t: s.one("select count(*) from %s" % t)[0] for t in tables}
    before = counts()
    r = api.post("/api/v1/uploads?wait=30s&dryRun=All", upload(skill("fresh", "boss", role="manager"), applySet="never-seen"))
    w = wished(r)
    assert w["spec"]["dryRun"] and w["status"]["result"]["allow"] and w["status"]["result"]["plan"]["summary"]["create"] == 1
    assert w["status"]["result"]["release"] == 0 and w["status"]["result"]["summary"] == "would deploy 1 domain"
    wished(api.post("/api/v1/suspensions?wait=30s&dryRun=All", {"kind": "Domain", "name": "ecm"}))
    wished(api.post("/api/v1/uploads?wait=30s", upload(skill("ecm", "on-top"), override=True, ttl="1h", dryRun=True)))
    wished(api.post("/api/v1/quarantines?wait=30s&dryRun=All", {"domain": "hr", "skill": "leave-balance", "content": "c" * 64}))
    r = label(api, SKILL, query="?dryRun=All", tried="1")
    assert r.status == 200 and r.json["metadata"]["labels"]["tried"] == "1"
    assert counts() == before and "tried" not in labels(api)
    asked = s.one("select count(*) from change where kind = 'Wish' and name = %s and object ->> 'dryRun' = 'true'", w["metadata"]["name"])
    assert asked == (1,)


def test_a_dry_run_finds_what_the_real_one_would(s, api):
    w = wished(api.post("/api/v1/uploads?wait=30s&dryRun=All", upload(skill("fresh", "boss", role="manager", tests=False))))
    result = w["status"]["result"]
    assert not result["allow"] and "tests" in json.dumps(result["admission"])
    w = wished(api.post("/api/v1/uploads?wait=30s&dryRun=All", upload(skill("ecm", "intruder"))))
    assert not w["status"]["result"]["allow"] and "ecm: it belongs to source main" in w["status"]["result"]["refused"]
    # What is not there is not there in a rehearsal either.
    assert api.post("/api/v1/resumptions?wait=30s&dryRun=All", {"kind": "Domain", "name": "ecm"}).status == 404
    assert api.post("/api/v1/overlays/end?wait=30s&dryRun=All", {"domain": "ecm"}).status == 404


# --- who may ---------------------------------------------------------------------------------------------------------------


def test_only_who_operates_a_domain_changes_its_objects(s, api):
    hr = as_(s, api, "hr")
    assert label(hr, "/api/v1/domains/hr", mine="1").status == 200
    assert label(hr, SKILL, mine="1").status == 404
    assert label(hr, "/api/v1/sources/main", mine="1").status == 403
    assert hr.call("DELETE", SKILL).status == 404
    for who in ("viewer", "approver", "ci-bot"):
        r = label(as_(s, api, who), SKILL, mine="1")
        assert r.status == 403 and "role %s may not" % who in r.json["detail"], r
        assert as_(s, api, who).call("DELETE", SKILL).status == 403
    label(api, "/api/v1/domains/hr", mine=None)
    refused = s.wait("the refusal's row", lambda: s.one(
        "select object ->> 'status' from change where kind = 'Request' and object ->> 'method' = 'PATCH'"
        " and object ->> 'actor' = 'key:viewer' limit 1"))
    assert refused == ("403",)
