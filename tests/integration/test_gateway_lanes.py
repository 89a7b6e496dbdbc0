"""A statement that is held up in the database holds up who needs it, and nobody else."""
import os
import re
import signal
import socket
import struct
import threading
import time

import pytest

from gateway_api import Api
from system import System
from test_gateway_watch import Watch

pytestmark = pytest.mark.serial

QUICK = 0.1  # seconds: what must not wait for the statement that is held up
QUEUE = 512  # requests of people that wait for one of their lanes


@pytest.fixture(scope="module")
def s():
    with System(roles="gateway,sync") as system:
        system.init_repo()
        system.gateway_options(per_address=2000, max_connections=2000, rate=100000, burst=100000)
        first = system.push("the examples")
        system.start()
        system.wait_observed(first)
        yield system


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.key("ana", "admin"))


class Held:
    """Tables that nobody can read meanwhile."""

    def __init__(self, s, *tables):
        self.s, self.tables = s, tables

    def __enter__(self):
        self.c = self.s.connect()
        self.c.autocommit = False
        for t in self.tables:
            self.c.cursor().execute("lock table %s in access exclusive mode" % t)
        return self

    def __exit__(self, *_):
        self.c.rollback()
        self.c.close()

    def waiting(self):
        """How many statements of the gateway wait for a lock."""
        return self.s.one("select count(*) from pg_locks where not granted and relation is not null")[0]


class Later(threading.Thread):
    def __init__(self, call):
        super().__init__(daemon=True)
        self.call, self.answer = call, None
        self.start()

    def run(self):
        self.answer = self.call()


def took(call, want=200):
    began = time.monotonic()
    r = call()
    seconds = time.monotonic() - began
    assert r.status == want, r
    return seconds


def best_of(n, call):
    """This machine is shared: what can be quick was quick once."""
    return min(took(call) for _ in range(n))


def ask(api, path):
    c = socket.create_connection((api.host, api.port), timeout=20)
    c.sendall(("GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % (path, api.key)).encode())
    return c


def head(c):
    text = b""
    while b"\r\n\r\n" not in text:
        got = c.recv(65536)
        if not got:
            break
        text += got
    return text.decode("latin-1")


def test_health_watches_and_other_reads_go_on_beside_a_statement_that_is_held_up(s, api):
    w = Watch(api, "/api/v1/changes?watch=1")
    assert w.next()["type"] == "BOOKMARK"
    api.get("/api/v1/executions")
    with Held(s, "release") as held:
        late = Later(lambda: api.get("/api/v1/releases/1"))
        s.wait("the read to be held up", lambda: held.waiting() == 1, 5)
        assert best_of(5, lambda: api.get("/healthz")) < QUICK
        assert best_of(5, lambda: api.get("/api/v1/whoami")) < QUICK
        assert best_of(5, lambda: api.get("/api/v1/executions")) < QUICK
        assert best_of(5, lambda: api.get("/api/v1/sources")) < QUICK
        began = time.monotonic()
        s.key("said-to-watchers", "viewer")
        e = w.next()
        assert e["type"] == "ADDED" and e["object"]["kind"] == "Key", e
        assert late.answer is None and time.monotonic() - began < 1
    late.join(10)
    assert late.answer.status == 200 and late.answer.json["metadata"]["name"] == "1"
    w.close()


def test_a_watcher_of_what_is_held_up_waits_and_the_others_do_not(s, api):
    releases, log = Watch(api, "/api/v1/releases?watch=1"), Watch(api, "/api/v1/changes?watch=1")
    assert releases.next()["type"] == "BOOKMARK" and log.next()["type"] == "BOOKMARK"
    change = """with s as (update store set rev = rev + 1, hash = sha256(hash || int8send(rev + 1)) where id = 1 returning rev, hash),
r as (insert into revision (revision, actor, token, body, hash) select rev, 'test', uuid_send(gen_random_uuid()), sha256('x'), hash from s),
c as (insert into change (revision, ord, kind, domain, name, op, object) select rev, 0, 'Release', '', '1', 'update', '{}' from s)
select pg_notify('aspora', '') from s"""
    with Held(s, "release") as held:
        s.rows(change)
        s.wait("the object to be held up", lambda: held.waiting() == 1, 5)
        e = log.next()
        assert (e["type"], e["object"]["name"]) == ("MODIFIED", "1"), e
        assert best_of(3, lambda: api.get("/api/v1/executions")) < QUICK
    e = releases.next()
    assert (e["type"], e["object"]["metadata"]["name"]) == ("MODIFIED", "1"), e
    releases.close()
    log.close()


def test_the_lanes_of_clients_that_went_away_are_free_again(s, api):
    with Held(s, "release") as held:
        gone = [ask(api, "/api/v1/releases/1") for _ in range(6)]
        s.wait("all lanes to be held up", lambda: held.waiting() == 4, 5)
        for c in gone:
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            c.close()
        # Locks are waited for 2 s: what is sooner is not their end.
        assert took(lambda: api.get("/api/v1/executions")) < 1.5
    assert took(lambda: api.get("/api/v1/releases")) < 5


def test_people_and_programs_have_lanes_of_their_own(s, api):
    bot = Api(s.gateway(), s.key("bot", "ci-bot"))
    bot.get("/api/v1/executions")
    with Held(s, "release") as held:
        stuck = [ask(api, "/api/v1/releases/1") for _ in range(4)]
        s.wait("all lanes of people to be held up", lambda: held.waiting() == 4, 5)
        assert best_of(3, lambda: bot.get("/api/v1/executions")) < QUICK
    for c in stuck:
        assert head(c).startswith("HTTP/1.1 200")
        c.close()


def test_a_full_queue_is_said_at_once_and_when_to_come_again(s, api):
    with Held(s, "release") as held:
        stuck = [ask(api, "/api/v1/releases/1") for _ in range(4)]
        s.wait("all lanes to be held up", lambda: held.waiting() == 4, 5)
        stuck += [ask(api, "/api/v1/executions?limit=1") for _ in range(QUEUE)]
        refused = ask(api, "/api/v1/executions?limit=1")
        said = head(refused)
        assert said.startswith("HTTP/1.1 503") and "Retry-After: 1" in said and "too busy" in said, said
        assert took(lambda: api.get("/healthz")) < 1
    for c in stuck:
        assert head(c).split(" ")[1] in ("200", "503")
        c.close()
    assert api.get("/api/v1/executions").status == 200


def test_who_closed_its_side_and_waits_gets_its_answer(s, api):
    with Held(s, "release") as held:
        c = ask(api, "/api/v1/releases/1")
        c.shutdown(socket.SHUT_WR)
        s.wait("the read to be held up", lambda: held.waiting() == 1, 5)
    assert head(c).startswith("HTTP/1.1 200")
    c.close()


def test_requests_that_come_before_their_turn_are_answered_in_order(s, api):
    text = "".join("GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % (path, api.key) for path in
                   ("/api/v1/releases/1", "/healthz", "/api/v1/domains/ecm", "/api/v1/nothing"))
    with Held(s, "release") as held:
        c = socket.create_connection((api.host, api.port), timeout=20)
        c.sendall(text.encode())
        s.wait("the first to be held up", lambda: held.waiting() == 1, 5)
    got = b""
    while got.count(b"HTTP/1.1 ") < 4 or b"there is no such resource" not in got:
        got += c.recv(65536)
    assert re.findall(rb"HTTP/1.1 (\d+)", got) == [b"200", b"200", b"200", b"404"]
    assert got.index(b'"Release"') < got.index(b"alive") < got.index(b'"Domain"')
    c.close()


def carry(a, b):
    while data := a.recv(65536):
        b.sendall(data)
    b.shutdown(socket.SHUT_WR)


def over_tcp(path):
    """PostgreSQL's socket behind a port of this machine; the port."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            a, b = door.accept()[0], socket.socket(socket.AF_UNIX)
            b.connect(path)
            for pair in ((a, b), (b, a)):
                threading.Thread(target=carry, args=pair, daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    return door.getsockname()[1]


def test_a_database_whose_host_has_a_name_is_reached_by_every_lane(s, api):
    """The name is looked up beside the loop (tests/unit/store/test_resolve.c); nobody answers at the first of the hosts."""
    port = over_tcp(os.path.join(s.state, "run", ".s.PGSQL.5432"))
    url = "postgresql://aspora@localhost:1,localhost:%d/aspora?sslmode=disable&gssencmode=disable" % port
    with System(roles="gateway", database=url) as other:
        other.write_conf(sources="")
        other.start()
        far = Api(other.gateway(), api.key)
        replies = []
        many = [threading.Thread(target=lambda: replies.append(far.get("/api/v1/releases/1"))) for _ in range(12)]
        for t in many:
            t.start()
        for t in many:
            t.join()
        assert [r.status for r in replies] == [200] * 12, replies
        assert far.get("/api/v1/skills").json["items"] == api.get("/api/v1/skills").json["items"]
        assert Watch(far, "/api/v1/skills?watch=1").next()["type"] == "BOOKMARK"


def test_a_stop_does_not_wait_for_a_statement_that_is_held_up(s, api):
    with Held(s, "release") as held:
        c = ask(api, "/api/v1/releases/1")
        s.wait("the read to be held up", lambda: held.waiting() == 1, 5)
        pid = s.roles_running()["gateway"]
        os.kill(pid, signal.SIGTERM)
        # Who waits has the time of a drain; then it is cut.
        s.wait("the gateway's end", lambda: s.roles_running().get("gateway") != pid, 8)
        c.close()
    assert Api(s.gateway(), api.key).get("/api/v1/releases").status == 200
