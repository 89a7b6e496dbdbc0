"""Watches: what changes, as it changes, to many at once; in order, without gaps, and never further back than is kept."""
import json
import socket
import threading

import pytest

from gateway_api import Api
from system import System, run, skill_files
from test_gateway_wishes import files, upload


@pytest.fixture(scope="module")
def s():
    with System() as system:
        system.init_repo()
        system.edit("aspora.config.yaml", "min_cases: 2\n", "min_cases: 1\npolicy: {max_delete: 100%}\n")
        system.deploy()
        system.keys = {"admin": system.key("admin", "admin"), "lab": system.key("lab", "operator", "lab")}
        yield system


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.keys["admin"])


class Watch:
    """One open watch; events are dicts. Server-Sent Events have their id as "id"."""

    def __init__(self, api, path, **fields):
        self.s = socket.create_connection((api.host, api.port), timeout=15)
        head = "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" % (path, api.key)
        head += "".join("%s: %s\r\n" % (k.replace("_", "-"), v) for k, v in fields.items())
        self.s.sendall((head + "\r\n").encode())
        self.f = self.s.makefile("rb")
        self.status = int(self.f.readline().split()[1])
        self.headers = {}
        while (line := self.f.readline().strip()):
            name, _, value = line.decode().partition(": ")
            self.headers[name.lower()] = value
        self.sse = self.headers.get("content-type") == "text/event-stream"
        self.text, self.ended = b"", False
        if self.status != 200:
            self.problem = json.loads(self.f.read(int(self.headers["content-length"])))

    def _line(self):
        while b"\n" not in self.text and not self.ended:
            size = int(self.f.readline(), 16)
            self.text += self.f.read(size)
            self.f.readline()
            self.ended = size == 0
        line, _, self.text = self.text.partition(b"\n")
        return line.decode()

    def next(self):
        id_ = None
        while True:
            line = self._line()
            if self.ended and not line and not self.text:
                return None
            if self.sse and line.startswith("id: "):
                id_ = line[4:]
            elif self.sse and line.startswith("data: "):
                return dict(json.loads(line[6:]), id=id_)
            elif not self.sse and line:
                return json.loads(line)

    def until(self, what):
        seen = []
        while True:
            e = self.next()
            if what is None and e is None:
                return seen
            assert e is not None, seen[-5:]
            seen.append(e)
            if what and what(e):
                return seen

    def close(self):
        self.f.close()
        self.s.close()


def name(e):
    m = e["object"].get("metadata", {})
    return m.get("domain", ""), m.get("name", "")


def is_about(domain, skill, type_=None):
    return lambda e: name(e) == (domain, skill) and type_ in (None, e["type"])


def bookmarked(e):
    return e["type"] == "BOOKMARK"


def ready(e):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in e["object"].get("status", {}).get("conditions", []))


def test_a_skill_is_added_changes_and_is_deleted_before_the_eyes_of_a_watcher(s, api):
    listed = api.get("/api/v1/skills").json
    w = Watch(api, "/api/v1/skills?watch=1&resourceVersion=" + listed["metadata"]["resourceVersion"])
    assert w.status == 200 and w.headers["content-type"] == "application/x-ndjson"
    assert w.next()["type"] == "BOOKMARK"
    upload(api, files("watched", "one", "first") + files("watched", "two"), applySet="watched")
    seen = w.until(lambda e: is_about("watched", "one")(e) and ready(e))
    assert [e["type"] for e in seen if name(e) == ("watched", "one")][0] == "ADDED"
    assert seen[-1]["object"]["kind"] == "Skill" and seen[-1]["object"]["spec"]
    upload(api, files("watched", "one", "second") + files("watched", "two"), applySet="watched")
    seen = w.until(lambda e: is_about("watched", "one")(e) and ready(e)
                   and e["object"]["status"]["digest"] == e["object"]["status"]["desired"]["content"])
    assert {e["type"] for e in seen} <= {"MODIFIED", "BOOKMARK"}
    s.put(skill_files("tree", "one", role="manager"))
    s.put(skill_files("tree", "two"))
    s.put(skill_files("tree", "three"))
    s.wait_observed(s.push("three skills"))
    w.until(lambda e: is_about("tree", "two")(e) and ready(e))
    s.git("rm", "-rq", "skills/tree/two")
    s.push("two go")
    gone = w.until(is_about("tree", "two", "DELETED"))[-1]
    assert gone["object"] == {"apiVersion": "aspora/v1", "kind": "Skill", "metadata": {
        "domain": "tree", "name": "two", "resourceVersion": gone["resourceVersion"]}}
    w.close()


def test_a_watcher_sees_every_change_of_the_log_once_and_in_order_wherever_it_begins(s, api):
    upload(api, files("logged", "one"))
    s.wait_converged()
    whole = api.get("/api/v1/changes?since=i1.0").json
    assert not whole["metadata"]["more"]
    w = Watch(api, "/api/v1/changes?watch=1&resourceVersion=i1.0")
    seen = [e for e in w.until(bookmarked) if e["type"] != "BOOKMARK"]
    w.close()
    assert [e["object"] for e in seen[:len(whole["items"])]] == whole["items"]
    assert {"create": "ADDED", "update": "MODIFIED", "delete": "DELETED"}[seen[0]["object"]["op"]] == seen[0]["type"]
    for at in (0, 1, len(seen) // 2, len(seen) - 2):
        again = Watch(api, "/api/v1/changes?watch=1&resourceVersion=" + seen[at]["resourceVersion"])
        rest = [e for e in again.until(bookmarked) if e["type"] != "BOOKMARK"]
        assert [e["resourceVersion"] for e in rest][:len(seen) - at - 1] == [e["resourceVersion"] for e in seen[at + 1:]]
        again.close()


def test_browsers_get_the_same_as_server_sent_events_and_go_on_from_the_last_one(s, api):
    w = Watch(api, "/api/v1/changes?watch=1&kind=Skill", Accept="text/event-stream")
    assert w.sse and w.headers["cache-control"] == "no-store"
    w.until(bookmarked)
    upload(api, files("browsed", "one"))
    first = w.until(lambda e: e["object"].get("name") == "one")[-1]
    assert first["id"] == first["resourceVersion"] and first["object"]["kind"] == "Skill"
    rest = [e["id"] for e in w.until(lambda e: "promoted" in json.dumps(e["object"]) or "stable" in json.dumps(e["object"]))]
    w.close()
    again = Watch(api, "/api/v1/changes?watch=1&kind=Skill", Accept="text/event-stream", Last_Event_ID=first["id"])
    assert [e["id"] for e in (again.next() for _ in rest)] == rest
    again.close()


def test_events_and_executions_are_told_as_they_happen(s, api):
    rv = api.get("/api/v1/events").json["metadata"]["resourceVersion"]
    events, mine = Watch(api, "/api/v1/events?watch=1&domain=ecm"), Watch(api, "/api/v1/executions?watch=1&skill=order-details&domain=ecm")
    about = Watch(api, "/api/v1/events?watch=1&kind=Domain&name=shouting")
    for w in (events, mine, about):
        w.until(bookmarked)
    r = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/order-details", "input": {"order_id": "17"}})
    name_of = r.json["metadata"]["name"]
    ended = mine.until(lambda e: e["object"]["metadata"].get("name") == name_of and e["object"]["status"]["phase"] == "succeeded")[-1]
    assert ended["object"]["spec"]["skill"] == "order-details"
    upload(api, files("shouting", "one"))
    said = about.until(lambda e: e["type"] == "ADDED")[-1]
    assert said["object"]["kind"] == "Event" and said["object"]["status"]["object"] == "Domain/shouting"
    again = Watch(api, "/api/v1/events?watch=1&kind=Domain&name=shouting&resourceVersion=" + rv)
    assert name(again.next()) == name(said)
    for w in (events, mine, about, again):
        w.close()


def at_rest(s, domain, skill):
    """Its only version serves, and the one before is gone."""
    s.wait_converged()
    s.wait("the rollouts' end", lambda: s.one("select count(*) = 1 from rollout where domain = %s and skill = %s and until is null", domain, skill)[0])


def routed(e):
    return e["type"], e["object"].get("spec", {}).get("pattern")


def test_routes_are_told_as_they_come_change_and_go(s, api):
    rv = api.get("/api/v1/routes").json["metadata"]["resourceVersion"]
    w = Watch(api, "/api/v1/routes?watch=1&domain=routed")
    kinds = Watch(api, "/api/v1/routes?watch=1&domain=routed&kind=command")
    other = Watch(api, "/api/v1/routes?watch=1&domain=routed&skill=two")
    for each in (w, kinds, other):
        each.until(bookmarked)
    s.put(skill_files("routed", "two", role="manager"))
    s.put(skill_files("routed", "one"))
    text = s.read("skills/routed/one/SKILL.md")
    s.wait_observed(s.push("two skills with routes"))
    at_rest(s, "routed", "one")
    listed = {o["metadata"]["name"]: o for o in api.items("/api/v1/domains/routed/routes")}
    assert len(listed) >= 2
    # Every route that there is has been told of as it is, and as new.
    seen, news = {}, set()
    while {n: seen.get(n) for n in listed} != listed:
        e = w.next()
        if e["type"] != "BOOKMARK":
            assert e["object"]["kind"] == "Route", e
            seen[name(e)[1]] = e["object"]
            news |= {name(e)[1]} if e["type"] == "ADDED" else set()
    assert news == set(listed)
    # Another trigger in the place of one: one goes, one comes, in one revision; who goes on from the first of them is told of both.
    was = [o for o in listed.values() if o["spec"]["skill"] == "one"]
    trigger = text[text.index("trigger:"):].split("---")[0]
    s.write("skills/routed/one/SKILL.md", text.replace(trigger, "trigger:\n  command: quite other words {here}\n"))
    s.wait_observed(s.push("another trigger"))
    found = {}
    while set(found) != {"ADDED", "DELETED"}:
        e = w.next()
        if e["type"] == "DELETED" or routed(e) == ("ADDED", "quite other words {here}"):
            found[e["type"]] = e
    assert name(found["DELETED"]) == ("routed", was[0]["metadata"]["name"]) and list(found["DELETED"]["object"]) == ["apiVersion", "kind", "metadata"]
    again = Watch(api, "/api/v1/routes?watch=1&domain=routed&resourceVersion=" + list(found.values())[0]["resourceVersion"])
    assert {(e["type"], name(e)) for e in (again.next(), again.next())} == {(e["type"], name(e)) for e in found.values()}
    # From before all of it: what is there by now, and what has gone.
    back = Watch(api, "/api/v1/routes?watch=1&domain=routed&resourceVersion=" + rv)
    found = {}
    for e in back.until(bookmarked):
        if e["type"] == "DELETED":
            found.pop(name(e)[1], None)
        elif e["type"] != "BOOKMARK":
            found[name(e)[1]] = e["object"]["spec"]["pattern"]
    now = {o["metadata"]["name"]: o["spec"]["pattern"] for o in api.items("/api/v1/domains/routed/routes")}
    assert found == now and "quite other words {here}" in found.values()
    s.git("rm", "-rq", "skills/routed/one")
    s.push("one goes")
    w.until(lambda e: e["type"] == "DELETED" and name(e)[1] in now and now[name(e)[1]] == "quite other words {here}")
    upload(api, files("after", "routes"))
    # What is filtered: nothing of the other skill, and no route of another kind.
    seen = other.until(lambda e: name(e)[1].startswith("two."))
    assert {name(e)[1].split(".")[0] for e in seen if e["type"] != "BOOKMARK"} == {"two"}
    assert all(e["type"] in ("BOOKMARK", "DELETED") or e["object"]["spec"]["kind"] == "command" for e in kinds.until(
        lambda e: routed(e)[1] == "quite other words {here}"))
    for each in (w, kinds, other, again, back):
        each.close()


def test_quarantines_are_told_as_they_are_put_and_cleared(s, api):
    w = Watch(api, "/api/v1/quarantines?watch=1")
    mine = Watch(Api(api.address, s.keys["lab"]), "/api/v1/quarantines?watch=1")
    for each in (w, mine):
        each.until(bookmarked)
    body = {"domain": "hr", "skill": "leave-balance", "content": "d" * 64}
    assert api.post("/api/v1/quarantines?wait=30s", dict(body, reason="a test")).status == 200
    put = w.until(lambda e: e["type"] == "ADDED")[-1]
    assert put["object"] == api.items("/api/v1/quarantines?domain=hr")[0] and put["object"]["spec"]["reason"] == "a test"
    # The same once more changes nothing, and nothing is told; that it was cleared is.
    assert api.post("/api/v1/quarantines?wait=30s", body).status == 200
    assert api.post("/api/v1/quarantines/clear?wait=30s", body).status == 200
    last = w.next()
    assert last["type"] == "DELETED" and name(last) == ("hr", put["object"]["metadata"]["name"]), last
    upload(api, files("lab", "held"))
    digest = s.content("lab", "held")
    assert api.post("/api/v1/quarantines?wait=30s", {"domain": "lab", "skill": "held", "content": digest}).status == 200
    seen = [e for e in mine.until(lambda e: e["type"] == "ADDED") if e["type"] != "BOOKMARK"]
    assert [name(e)[0] for e in seen] == ["lab"]
    assert api.post("/api/v1/quarantines/clear?wait=30s", {"domain": "lab", "skill": "held"}).status == 200
    for each in (w, mine):
        each.close()


def test_filters_of_lists_are_those_of_their_watches(s, api):
    asked = "/api/v1/executions?watch=1&session=the-one&requestedBy=key:admin&mode=live&state=succeeded"
    w, none = Watch(api, asked), Watch(api, asked.replace("the-one", "another,one"))
    denied = Watch(api, "/api/v1/admissions?watch=1&verdict=deny")
    for each in (w, none, denied):
        each.until(bookmarked)
    for session in ("not-it", "the-one"):
        r = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/order-details", "input": {"order_id": "17"}, "session": session})
        assert r.status == 200, r
    seen = [e for e in w.until(lambda e: e["type"] == "MODIFIED" or e["type"] == "ADDED")]
    assert seen[-1]["object"]["spec"]["session"] == "the-one" and seen[-1]["object"]["status"]["phase"] == "succeeded"
    upload(api, files("lab", "untested", tests=False), status=403)
    upload(api, files("lab", "fine"))
    seen = denied.until(lambda e: e["type"] == "ADDED")
    assert seen[-1]["object"]["status"]["verdict"] == "deny"
    for each in (w, none, denied):
        each.close()


def test_a_position_that_is_no_more_is_answered_410_and_what_is_none_400(api):
    for rv in ("i7.3", "i1.99999999", "i1.3-00000000"):
        w = Watch(api, "/api/v1/skills?watch=1&resourceVersion=" + rv)
        assert w.status == 410 and w.problem["code"] == "gone" and "list again" in w.problem["remedy"], rv
    assert Watch(api, "/api/v1/skills?watch=1&resourceVersion=yesterday").status == 400
    for kind in ("routes", "quarantines", "admissions", "keys", "platforms"):
        assert Watch(api, "/api/v1/%s?watch=1&resourceVersion=i7.3" % kind).status == 410, kind


def test_a_watcher_sees_its_own_domains_only(s, api):
    lab = Api(api.address, s.keys["lab"])
    mine, all_ = Watch(lab, "/api/v1/skills?watch=1"), Watch(api, "/api/v1/skills?watch=1")
    log = Watch(lab, "/api/v1/changes?watch=1")
    upload(api, files("elsewhere", "one"))
    all_.until(is_about("elsewhere", "one"))
    upload(api, files("lab", "one"))
    assert {name(e)[0] for e in mine.until(is_about("lab", "one")) if e["type"] != "BOOKMARK"} == {"lab"}
    seen = log.until(lambda e: e["object"].get("name") == "one")
    assert {e["object"].get("domain", "") for e in seen} <= {"", "lab"}
    assert Watch(lab, "/api/v1/domains/ecm/skills?watch=1").status == 404
    for w in (mine, all_, log):
        w.close()


def test_a_watch_ends_when_its_key_is_revoked(s, api):
    mine = Api(api.address, s.key("passing", "viewer"))
    w = Watch(mine, "/api/v1/skills?watch=1")
    w.until(bookmarked)
    run(s.argv("key", "revoke", "passing"))
    last = w.until(lambda e: e["type"] == "ERROR")[-1]
    assert last["object"]["code"] == "unauthenticated" and w.next() is None
    w.close()


def test_who_takes_nothing_is_cut_off_and_costs_the_others_nothing(s, api):
    lazy = socket.create_connection((api.host, api.port))
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.sendall(("GET /api/v1/changes?watch=1&resourceVersion=i1.0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % api.key).encode())
    others = [Watch(api, "/api/v1/changes?watch=1") for _ in range(20)]
    for w in others:
        w.until(bookmarked)
    upload(api, files("many", "one"))
    for w in others:
        w.until(lambda e: e["object"].get("name") == "one")
        w.close()
    lazy.close()


MANY = """with s as (update store set rev = rev + 1, hash = sha256(hash || int8send(rev + 1)) where id = 1 returning rev, hash),
r as (insert into revision (revision, actor, token, body, hash) select rev, 'many', uuid_send(gen_random_uuid()), sha256('x'), hash from s),
c as (insert into change (revision, ord, kind, domain, name, op, object)
	select rev, n, 'Many', '', n::text, 'update', json_build_object('text', repeat('x', 300)) from s, generate_series(0, 4999) n)
select rev, pg_notify('aspora', '') from s"""


def test_a_watcher_that_falls_behind_the_ring_is_told_and_goes_on_without_a_gap(s, api):
    """12 times 5,000 changes: more than the ring's 16,384 and more than sockets hold."""
    slow = Watch(api, "/api/v1/changes?watch=1")
    slow.until(bookmarked)
    quick = Watch(api, "/api/v1/changes?watch=1")
    quick.until(bookmarked)
    for _ in range(12):
        rev = s.one(MANY)[0]
        # One that reads keeps up with it meanwhile.
        quick.until(lambda e, rev=rev: e["resourceVersion"].startswith("i1.%d-" % rev))
    got, last = [], None

    def note(e):
        if e["object"]["kind"] == "Many":  # an instance may still be on its way to what it is
            assert e["type"] == "MODIFIED", e
            got.append(e["object"]["name"])

    while (e := slow.next()) is not None and e["type"] != "ERROR":
        last = e["resourceVersion"]
        note(e)
    assert e and e["object"]["code"] == "gone" and "too slowly" in e["object"]["detail"] and "watch again" in e["object"]["remedy"], e
    assert slow.next() is None
    assert len(got) < 60000
    again = Watch(api, "/api/v1/changes?watch=1&resourceVersion=" + last)
    while len(got) < 60000:
        note(again.next())
    assert got == [str(n) for _ in range(12) for n in range(5000)]
    assert "aspora_watch_cut_total 1" in api.get("/metrics").text
    for w in (again, quick):
        w.close()


def test_lists_and_watches_take_selectors(s, api):
    def names(query):
        return [o["metadata"]["name"] for o in api.items("/api/v1/skills?" + query)]
    s.wait_converged()
    everything = api.items("/api/v1/skills")
    managers = [o["metadata"]["name"] for o in everything if o["spec"]["role"] == "manager"]
    assert managers and len(managers) < len(everything)
    assert names("fieldSelector=spec.role%3Dmanager") == managers
    assert len(names("fieldSelector=spec.role!%3Dmanager")) == len(everything) - len(managers)
    assert names("labelSelector=team%3Dx") == [] and len(names("labelSelector=!team")) == len(everything)
    # Page by page as well; the last one says that it is.
    got, token = [], ""
    for _ in range(len(everything) + 1):
        page = api.get("/api/v1/skills?limit=2&fieldSelector=spec.role%3Dmanager&continue=" + token).json
        got += [o["metadata"]["name"] for o in page["items"]]
        token = page["metadata"]["continue"]
        if not token:
            break
    assert got == managers and not token
    r = api.get("/api/v1/skills?fieldSelector=spec.role")
    assert r.status == 400 and "fieldSelector" in r.json["detail"] and "write for example" in r.json["remedy"]
    w = Watch(api, "/api/v1/skills?watch=1&fieldSelector=metadata.name%3Dchosen")
    w.until(bookmarked)
    upload(api, files("choice", "ignored"))
    upload(api, files("choice", "chosen"))
    assert {name(e)[1] for e in w.until(is_about("choice", "chosen")) if e["type"] in ("ADDED", "MODIFIED")} == {"chosen"}
    w.close()


def test_a_key_that_asks_too_fast_is_told_to_wait_and_nobody_else_is(tmp_path):
    with System(roles="gateway", config="") as slow:
        slow.gateway_options(rate=1, burst=3)
        slow.write_conf(sources="")
        slow.start()
        one, other = Api(slow.gateway(), slow.key("one", "viewer")), Api(slow.gateway(), slow.key("other", "viewer"))
        replies = [one.get("/api/v1/whoami") for _ in range(3)]
        while replies[-1].status == 200 and len(replies) < 100:  # it is given one more each second
            replies.append(one.get("/api/v1/whoami"))
        assert [r.status for r in replies][:3] == [200] * 3 and replies[-1].status == 429
        assert replies[-1].code == "quota" and int(replies[-1].headers["Retry-After"]) >= 1
        assert other.get("/api/v1/whoami").status == 200
        assert all(one.get("/healthz").status == 200 for _ in range(10))


def test_a_drain_ends_watches_whole(s, api):
    w = Watch(api, "/api/v1/skills?watch=1")
    w.until(bookmarked)
    reader = threading.Thread(target=lambda: w.until(None))
    reader.start()
    s.stop()
    s.start()
    reader.join(20)
    assert not reader.is_alive() and w.ended
    w.close()
