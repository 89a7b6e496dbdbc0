"""Skills that the gateway keeps in memory are what the database would have said, whatever changes."""
import json
import os
import random
import threading

import pytest

from gateway_api import Api
from system import System

RATES = {"rate": 100000, "burst": 100000}


@pytest.fixture(scope="module")
def s():
    with System() as system:
        system.init_repo()
        system.gateway_options(**RATES)
        system.deploy()
        yield system


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.key("ana", "admin"))


@pytest.fixture(scope="module")
def plain(s, api):
    """A second gateway on the same database that may keep nothing."""
    url = "postgresql:///aspora?host=%s&user=aspora" % os.path.join(s.state, "run").replace("/", "%2F")
    with System(roles="gateway", database=url) as other:
        other.gateway_options(kept=1, **RATES)
        other.write_conf(sources="")
        other.start()
        yield Api(other.gateway(), api.key)


def metric(api, name):
    return next(float(line.split()[1]) for line in api.get("/metrics").text.splitlines() if line.startswith(name + " "))


def complete(s, api):
    """Everything is kept and nothing is stale: lists come from memory."""
    s.wait("all skills to be kept", lambda: metric(api, "aspora_kept_bytes") > 1000 and metric(api, "aspora_kept_stale") == 0, 20)


def same(s, api, plain, path="/api/v1/skills"):
    """Both say the same at the same revision; what changes while it is asked for is asked for again."""
    def look():
        a, b = api.get(path), plain.get(path)
        if a.json["metadata"]["resourceVersion"] != b.json["metadata"]["resourceVersion"]:
            return False
        if a.json["items"] == b.json["items"]:
            return True
        found.append([(x, y) for x, y in zip(a.json["items"], b.json["items"]) if x != y][:1] or "other names")
        return False
    found = []
    try:
        s.wait("the same list from memory and from the database", look, 15)
    except AssertionError:
        raise AssertionError("%s differ: %s" % (path, json.dumps(found[-1:], indent=1)[:3000]))


def everything(s, api, plain):
    same(s, api, plain)
    same(s, api, plain, "/api/v1/domains/ecm/skills")
    for item in plain.items("/api/v1/skills"):
        path = "/api/v1/domains/%(domain)s/skills/%(name)s" % item["metadata"]
        s.wait("the same " + path, lambda path=path: api.get(path).json == plain.get(path).json, 15)


def test_what_is_kept_is_what_the_database_says_after_every_kind_of_change(s, api, plain):
    everything(s, api, plain)
    complete(s, api)
    everything(s, api, plain)
    skill = "skills/ecm/order-details/SKILL.md"
    before = s.read(skill)
    s.write(skill, before + "\nA further line.\n")
    s.wait_observed(s.push("another version"))
    everything(s, api, plain)
    s.wait_converged()
    everything(s, api, plain)
    for body in ({"kind": "Skill", "domain": "ecm", "name": "order-details"}, {"kind": "Domain", "name": "ecm"}, {"kind": "Source", "name": "main"}):
        assert api.post("/api/v1/suspensions?wait=20s", dict(body, reason="a test")).status == 200
        everything(s, api, plain)
        assert api.post("/api/v1/resumptions?wait=20s", body).status == 200
        everything(s, api, plain)
    s.write(skill, before.replace("name: order-details", "name: another-name"))
    s.wait_observed(s.push("what is refused"))
    everything(s, api, plain)
    assert any(c["reason"] == "AdmissionDenied" for i in api.items("/api/v1/skills") for c in i["status"]["conditions"])
    s.write(skill, before)
    s.wait_observed(s.push("as it was"))
    everything(s, api, plain)
    s.git("rm", "-rq", "skills/ecm/triage-and-assign")
    s.wait_observed(s.push("one less"))
    everything(s, api, plain)
    s.wait_converged()
    everything(s, api, plain)
    complete(s, api)
    everything(s, api, plain)


def test_lists_go_on_and_are_selected_as_from_the_database(s, api, plain):
    complete(s, api)
    for path in ("/api/v1/skills?fieldSelector=status.phase%3DReady", "/api/v1/skills?fieldSelector=metadata.name%3Dorder-details",
                 "/api/v1/skills?domain=ecm", "/api/v1/skills?domain=none", "/api/v1/skills?labelSelector=a%3Db"):
        same(s, api, plain, path)
    for limit in (1, 2, 3, 1000):
        names, token = [], ""
        while True:
            a = api.get("/api/v1/skills?limit=%d&continue=%s" % (limit, token)).json
            b = plain.get("/api/v1/skills?limit=%d&continue=%s" % (limit, token)).json
            assert a["items"] == b["items"] and a["metadata"]["continue"] == b["metadata"]["continue"], (limit, token)
            assert len(a["items"]) <= limit
            names += [i["metadata"]["name"] for i in a["items"]]
            token = a["metadata"]["continue"]
            if not token:
                break
        assert names == [i["metadata"]["name"] for i in plain.items("/api/v1/skills")]
    assert api.get("/api/v1/skills?continue=nonsense").status == 400


def test_a_key_sees_its_own_domains_of_what_is_kept(s, api, plain):
    complete(s, api)
    key = s.key("ecm-only", "viewer", domains="ecm")
    mine = Api(s.gateway(), key)
    found = mine.items("/api/v1/skills")
    assert found and {i["metadata"]["domain"] for i in found} == {"ecm"}
    assert found == [i for i in api.items("/api/v1/skills") if i["metadata"]["domain"] == "ecm"]
    other = next(i["metadata"] for i in api.items("/api/v1/skills") if i["metadata"]["domain"] != "ecm")
    assert mine.get("/api/v1/domains/%(domain)s/skills/%(name)s" % other).status == 404


def test_a_list_that_has_not_changed_is_not_sent_again(s, api, plain):
    complete(s, api)
    r = api.get("/api/v1/skills")
    tag = r.headers["ETag"]
    again = api.get("/api/v1/skills", headers={"If-None-Match": tag})
    assert again.status == 304 and again.text == ""
    assert plain.get("/api/v1/skills", headers={"If-None-Match": tag}).status == 304
    s.key("moves-the-revision-on", "viewer")
    assert api.get("/api/v1/skills", headers={"If-None-Match": tag}).status == 200
    one = api.get("/api/v1/domains/ecm/skills/order-details")
    assert plain.get("/api/v1/domains/ecm/skills/order-details").headers["ETag"] == one.headers["ETag"]
    assert api.get("/api/v1/domains/ecm/skills/order-details", headers={"If-None-Match": one.headers["ETag"]}).status == 304


def test_whoever_asks_after_a_commit_sees_it(s, api):
    """Not a moment later: the gateway looks at the log for each request, whatever wake-ups are on their way."""
    complete(s, api)
    dice, stop, failed = random.Random(7), threading.Event(), []

    def others():
        while not stop.is_set():
            if api.get("/api/v1/domains/ecm/skills/order-details").status != 200:
                failed.append("a read beside")
    beside = [threading.Thread(target=others) for _ in range(3)]
    for t in beside:
        t.start()
    c = s.connect()
    try:
        for n in range(60):
            name = "order-details" if dice.random() < 0.5 else "manager"
            c.cursor().execute("""with st as (update store set rev = rev + 1, hash = sha256(hash || int8send(rev + 1)) where id = 1 returning rev, hash),
r as (insert into revision (revision, actor, token, body, hash) select rev, 'test', uuid_send(gen_random_uuid()), sha256('x'), hash from st),
d as (update desired set generation = %s where domain = 'ecm' and skill = %s and until is null),
c as (insert into change (revision, ord, kind, domain, name, op, object) select rev, 0, 'Skill', 'ecm', %s, 'update', '{}' from st)
select 1""", (1000 + n, name, name))
            found = api.get("/api/v1/domains/ecm/skills/" + name).json["metadata"]["generation"]
            listed = next(i["metadata"]["generation"] for i in api.items("/api/v1/skills") if i["metadata"]["name"] == name and i["metadata"]["domain"] == "ecm")
            assert (found, listed) == (1000 + n, 1000 + n)
    finally:
        stop.set()
        for t in beside:
            t.join()
    assert not failed
