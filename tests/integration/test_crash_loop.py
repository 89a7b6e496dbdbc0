"""What ends sync each time ends it three times, and not for ever: a wish is given up, a commit is held, and everything else goes on."""
import os
import signal

import pytest

from gateway_api import Api
from system import System, skill_files, upload
from test_gateway_wishes import CASES


@pytest.fixture(scope="module")
def s():
    with System() as system:
        system.init_repo()
        system.deploy()
        yield system


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.key("crash", "admin"))


def bomb(domain):
    out = skill_files(domain, "bomb", role="manager")
    out["skills/%s/bomb/tests/cases.md" % domain] = (CASES % {"said": "hello"}, 0o644)
    return out


class Blocked:
    """While it lasts no release can be written: whoever is to write one stands still there, and can be killed at it."""

    def __init__(self, system):
        self.system = system

    def __enter__(self):
        self.connection = self.system.connect()
        self.connection.autocommit = False
        self.connection.cursor().execute("lock table release in share mode")
        return self

    def __exit__(self, *exc):
        self.connection.close()

    def kill_sync(self):
        """Kills sync once it stands there."""
        waiting = ("select a.pid from pg_locks k join pg_stat_activity a using (pid) where not k.granted"
                   " and k.relation = 'aspora.release'::regclass")
        backend = self.system.wait("sync at the lock", lambda: self.system.one(waiting), timeout=20)[0]
        os.kill(self.system.roles_running()["sync"], signal.SIGKILL)
        # Its session does not see that nobody is there any more as long as it waits for the lock.
        self.system.rows("select pg_terminate_backend(%s)", backend)
        self.system.wait("its session's end", lambda: not self.system.one("select from pg_stat_activity where pid = %s", backend))



def test_a_wish_that_ends_sync_three_times_fails_and_the_next_one_is_carried_out(s, api):
    with Blocked(s) as block:
        w = api.post("/api/v1/uploads", upload(bomb("lab"))).json["metadata"]["name"]
        for attempt in (1, 2, 3):
            block.kill_sync()
            assert s.one("select attempts, state from inbox where id = %s", w)[:2] == (attempt, "taken")
        r = api.get("/api/v1/wishes/%s?wait=30s" % w)
        assert r.json["status"]["phase"] == "failed", r
        error = r.json["status"]["error"]
        assert error["code"] == "internal" and "sync ended 3 times while carrying it out" in error["detail"]
        assert "ask again" in error["remedy"]
    assert s.logged("wish.given_up")
    assert s.one("select count(*) from event where reason = 'CrashLoop' and message like %s", "%" + w + "%")[0] == 1
    # The same once more, with nothing in its way, goes through.
    r = api.post("/api/v1/uploads?wait=30s", upload(bomb("lab")))
    assert r.status == 200 and r.json["status"]["phase"] == "done", r


def test_a_commit_that_ends_sync_is_held_and_tried_again_when_somebody_asks(s, api):
    before = s.one("select released_revision from source where name = 'main'")[0]
    s.put(bomb("crash"))
    # A process that has finished a pass does not count its next one: those after a death do.
    old = s.roles_running()["sync"]
    os.kill(old, signal.SIGKILL)
    s.wait("another sync", lambda: s.roles_running().get("sync") not in (None, old) and s.one("select until > clock_timestamp() from lease where name = 'sync/0'")[0])
    with Blocked(s) as block:
        bad = s.push("a bomb")
        for _ in range(3):
            block.kill_sync()
        held = s.wait("the hold", lambda: s.conditions()["Stalled"]["reason"] == "CrashLoop" and s.conditions()["Stalled"], timeout=60)
        assert held["status"] == "True" and "sync ended 3 times while judging %s" % bad[:12] in held["message"]
        assert "aspora sync" in held["remedy"]
        assert s.one("select released_revision from source where name = 'main'")[0] == before
        # Held: wishes that write no release are carried out meanwhile.
        assert api.post("/api/v1/suspensions?wait=20s", {"kind": "Domain", "name": "hr", "reason": "x"}).status == 200
        assert api.post("/api/v1/resumptions?wait=20s", {"kind": "Domain", "name": "hr"}).status == 200
    assert s.conditions()["Stalled"]["reason"] == "CrashLoop"
    r = api.post("/api/v1/sources/main/sync?wait=30s")
    assert r.status == 200, r
    s.wait("its release", lambda: s.one("select released_revision from source where name = 'main'")[0] == bad)
    assert s.conditions()["Stalled"]["status"] == "False" and s.one("select tries from source where name = 'main'")[0] == 0
