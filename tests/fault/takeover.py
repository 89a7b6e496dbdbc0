"""Two asporad on one database: one holds each lease, and when it is killed or stopped the lead moves in time and nothing stale is written."""
import os
import signal
import time

import oracle
import world

TTL = 2.0  # world.write_config()
ROLES = ("sync", "control", "runner")
PATIENCE = 30  # of the test; what is allowed is judged by the database's clock


class Failure(Exception):
    pass


def lease(w, role):
    """(epoch, pid of the holder, when it was taken), or None while nobody holds it."""
    rows = w.rows("select epoch, holder, acquired_at from lease where name like %s and until > clock_timestamp()", role + "/%")
    if len(rows) > 1:
        raise Failure("I6: the lease %s has %d rows" % (role, len(rows)))
    return (rows[0]["epoch"], int(rows[0]["holder"].split(":")[2]), rows[0]["acquired_at"]) if rows else None


def wait_for(what, ask, seconds):
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        got = ask()
        if got:
            return got
        time.sleep(0.01)
    raise Failure("%s: not within %.1f s" % (what, seconds))


def second(w):
    state = w.home / "state-2"
    config = w.home / "asporad-2.conf"
    w.write_config(config, state, "database: \"host=%s user=aspora dbname=aspora\"\n" % (w.state / "run"))
    p = w.start(config=config, argv=["--roles", "sync,control,runner"])
    w.extra.append(p)
    return p


def one(w, number, others):
    role = w.random.choice(ROLES)
    how = signal.SIGSTOP if number % 2 else signal.SIGKILL
    # One that was killed again and again is started again ever more slowly: two must be there for the lead to move.
    wait_for("two of " + role, lambda: all(role in w.roles_running(p) for p in others), PATIENCE)
    epoch, pid, _ = wait_for("a holder of " + role, lambda: lease(w, role), PATIENCE)
    homes = [w.roles_running(p) for p in others]
    if pid not in [h.get(role) for h in homes]:
        raise Failure("I6: the lease of %s is held by %d, which is none of ours: %s" % (role, pid, homes))
    wishes, taken = w.wishes.plan(1)
    said = w.change(taken) + [wish.what for wish in wishes]
    killed_at = w.one("select clock_timestamp()")
    os.kill(pid, how)
    try:
        after, taker, taken_at = wait_for("the take-over of %s after %s of %d" % (role, how.name, pid),
                                          lambda: (lambda l: l and l[0] > epoch and l)(lease(w, role)), PATIENCE)
        took = (taken_at - killed_at).total_seconds()
        if took > TTL + 2:
            raise Failure("I6: the lead of %s moved %.2f s after %s, more than %.1f s" % (role, took, how.name, TTL + 2))
        if after != epoch + 1 or taker == pid:
            raise Failure("I6: after epoch %d of %d comes %d of %d" % (epoch, pid, after, taker))
        w.wishes.send(wishes)
        _, why = w.settle(30)
        if why:
            raise Failure("I2: %s after %s: %s" % (role, ", ".join(said), why))
    finally:
        if how == signal.SIGSTOP:
            os.kill(pid, signal.SIGCONT)
    if how == signal.SIGSTOP:
        # Awake again it must see that it does not lead: whatever it had begun comes to nothing.
        w.change()
        _, why = w.settle(30)
        if why:
            raise Failure("I2: after the stopped %s went on: %s" % (role, why))
        now = wait_for("a holder of " + role, lambda: lease(w, role), PATIENCE)
        if now[0] != after:
            raise Failure("I6: the stopped %s took the lead back: epoch %s, was %d" % (role, now, after))
    bad = oracle.check(w)
    if bad:
        raise Failure("; ".join(bad[:3]))
    return role, how.name, took


def run(count, seed, say):
    """(passed, failed, slowest take-over in seconds)."""
    passed, failed, slowest = 0, 0, 0.0
    w = world.World("%s:takeover" % seed)
    keep = False
    try:
        why = w.begin()
        if why:
            say("FAILED: take-over: the world did not begin: " + why)
            return 0, 1, 0.0
        others = [w.process, second(w)]
        wait_for("the second asporad", lambda: len(w.roles_running(others[1])) == 3, 20)
        for n in range(count):
            try:
                _, _, took = one(w, n, others)
                slowest = max(slowest, took)
                passed += 1
            except Failure as e:
                failed += 1
                say("FAILED: take-over %d, seed %s: %s" % (n, seed, e))
                keep = True
                if failed > 3:
                    break
        stale = w.one("""select count(*) from (select epoch, max(epoch) over (partition by lease order by revision) as highest
            from revision where lease is not null) a where epoch < highest""")
        say("take-over: %d done, slowest %.2f s (limit %.1f s), %d stale writes" % (passed + failed, slowest, TTL + 2, stale))
    finally:
        if keep:
            say("its log: %s" % keep_log(w))
        w.close()
    return passed, failed, slowest


def keep_log(w):
    path = "/tmp/aspora-fault-takeover.%d.log" % os.getpid()
    with open(path, "wb") as out:
        out.write(w.log.read_bytes())
    return path
