"""The oracle must be able to fail: each line damages one thing, in a transaction that is rolled back or on the disk, and the invariant of
that name must be missed. An invariant for which nothing here stands is one that nobody has seen fail, and counts as failed.
"""
import subprocess
import sys

import oracle

# What the schema itself refuses is done behind its back.
BARE = "set local session_replication_role = replica; "
TWICE = BARE + """drop index instance_live; insert into instance select (jsonb_populate_record(i, jsonb_build_object('id', i.id || n, 'state', 'ready',
    'ended_at', null))).* from instance i, generate_series(1, 2) n where id = (select min(id) from instance)"""
ENDED_TWICE = BARE + """insert into change select (jsonb_populate_record(c, jsonb_build_object('ord', c.ord + 1000))).* from change c
    where kind = 'Execution' and object->>'state' = 'succeeded'"""
RAN_TWICE = BARE + """insert into execution_step select (jsonb_populate_record(s, jsonb_build_object('ord', s.ord + 1000))).*
    from execution_step s where kind = 'sandbox.started'"""

DAMAGE = (
    ("I1", "update version set manifest = '[]' where skill = 'one'"),
    ("I1", "update blob set bytes = bytes || 'x', size = size + 1 where digest = (select digest from blob order by 1 limit 1)"),
    ("I1", BARE + "delete from blob where digest = (select decode(manifest->0->>'digest', 'hex') from version where skill = 'one' limit 1)"),
    ("I1", BARE + "update desired set since = since + 1000000, until = null where skill = 'one'"),
    ("I1", BARE + "update route_version set content = sha256('x') where skill = 'one'"),
    ("I1", BARE + "update verdict set rev = rev + 1000000"),
    ("I2", "update desired set until = since + 1 where skill = 'one' and until is null"),
    ("I2", "update route_version set until = since + 1 where skill = 'one' and until is null"),
    ("I2", BARE + "update route_version set weight = 999999 where skill = 'one' and until is null"),
    ("I2", "update release set updated = updated + 1 where revision like 'WISH-%'"),
    ("I2", "update inbox set state = 'failed', error = '{\"code\":\"denied\",\"detail\":\"x\"}'"),
    ("I2", "insert into suspension (kind, name, by, since) values ('Domain', 'alpha', 'key:sweep', 1)"),
    ("I2", "insert into quarantine (domain, skill, content, cause, reason, by, since) "
           "values ('alpha', 'one', sha256('x'), 'operator', 'x', 'key:sweep', 1)"),
    ("I3", "insert into event (kind, domain, name, type, reason, message, reporter, count) "
           "values ('Skill', 'alpha', 'one', 'Normal', 'Promoted', 'again', 'control', 2)"),
    ("I3", "delete from event where reason = 'Promoted' and name = 'one'"),
    ("I3", TWICE),
    ("I4", "update revision set revision = revision + 1 where revision = (select max(revision) from revision)"),
    ("I4", "update store set rev = rev + 1"),
    ("I4", BARE + "delete from revision where revision = (select max(revision) - 1 from revision)"),
    ("I4", BARE + "update change set ord = ord + 100000 where revision = (select max(revision) from revision)"),
    ("I6", "update revision set epoch = 1000 where revision = (select min(revision) from revision where lease = 'control/0')"),
    ("I9", "delete from execution"),
    ("I9", "delete from inbox"),
    ("I9", "delete from inbox_file where path like '%/red/SKILL.md'"),
    ("I10", "insert into inbox (id, kind, requested_by, request_digest) values ('WISH-0', 'suspend', 'key:sweep', sha256('x'))"),
    ("I10", "update release_item set revision = 'x' where revision like 'WISH-%'; update release set revision = 'x' where revision like 'WISH-%'"),
    ("I10", BARE + "drop index execution_idempotency; update execution set requested_by = 'key:x', idempotency_key = 'one'"),
    ("I10", ENDED_TWICE),
    ("I10", RAN_TWICE),
    ("I12", BARE + "update verdict set allow = false where domain = 'alpha'"),
    ("I12", BARE + "delete from verdict where domain = 'alpha'"),
    ("I12", "update verdict set findings = '[{\"rule\":\"AD-X\",\"severity\":\"deny\",\"message\":\"x\"}]' where allow and domain = 'alpha'"),
    ("I13", "update desired set per_run_microusd = 500000 where domain = 'alpha' and skill = 'one' and until is null"),
    ("I15", "update change set object = '{\"x\":1}' where revision = (select max(revision) from change)"),
    ("I15", BARE + "delete from change where revision = (select max(revision) from change)"),
    ("I15", "update revision set actor = 'key:x' where revision = (select max(revision) from revision)"),
    ("I15", "update revision set hash = sha256('x') where revision = (select max(revision) from revision)"),
    ("I15", "update release set record = record || 'x' where id = (select max(id) from release)"),
    ("I15", "update release set signature = decode(repeat('00', 64), 'hex') where id = (select max(id) from release)"),
    ("I15", "update verdict set signature = decode(repeat('00', 64), 'hex')"),
    ("I15", "update verdict set record = replace(record, 'verdict allow', 'verdict deny')"),
    ("I17", "update instance set state = 'failed', ended_at = now(), reason = '' where skill = 'one'"),
    ("I17", BARE + "update execution set state = 'failed', result = null, error = '{}' where id = (select min(id) from execution)"),
    ("I17", BARE + "update inbox set state = 'failed', error = '{}' where id = (select min(id) from inbox)"),
    ("I17", BARE + "update verdict set allow = false, findings = '[]' where domain = 'alpha'"),
)


def missed(w, want):
    w.chain_checked = None
    w.blobs_seen = set()
    return any(line.startswith(want + ":") for line in oracle.check(w))


class Damage:
    def __init__(self, w, say):
        self.w, self.say = w, say
        self.passed = self.failed = 0
        self.seen = set()

    def judge(self, want, ok, what):
        self.seen.add(want)
        self.passed, self.failed = self.passed + bool(ok), self.failed + (not ok)
        if not ok:
            self.say("FAILED: the oracle does not see %s after: %s" % (want, what))

    def database(self):
        for want, sql in DAMAGE:
            self.w.rows("begin")
            try:
                self.w.rows(sql)
                ok = missed(self.w, want)
            finally:
                self.w.rows("rollback")
            self.judge(want, ok, sql)

    def last_good(self):
        """I13: a domain that is refused lost what it had."""
        self.w.bad.add("alpha")
        self.w.rows("begin")
        self.w.rows("update desired set until = since + 1 where domain = 'alpha' and skill = 'one' and until is null")
        self.judge("I13", missed(self.w, "I13"), "a refused domain without its last good version")
        self.w.rows("rollback")
        self.w.bad.discard("alpha")

    def bundles(self):
        """I11, on the disk: a file too much, one too few, one of other bytes, a folder of no version."""
        root = self.w.state / "bundles"
        bundle = next(p for p in root.iterdir() if not p.name.startswith("."))
        file = next(p for p in bundle.rglob("*") if p.is_file())
        bundle.chmod(0o755)
        extra, aside = bundle / "extra", root / ".aside"
        extra.write_text("x")
        self.judge("I11", any(oracle.bundles(self.w)), "a file too much in a bundle")
        extra.unlink()
        file.parent.chmod(0o755)
        text, mode = file.read_bytes(), file.stat().st_mode
        file.rename(aside)
        self.judge("I11", any(oracle.bundles(self.w)), "a file too few in a bundle")
        file.write_bytes(text + b"x")
        self.judge("I11", any(oracle.bundles(self.w)), "a file of other bytes in a bundle")
        file.unlink()
        aside.rename(file)
        file.chmod(mode)
        other = root / ("0" * 64)
        other.mkdir()
        self.judge("I11", any(oracle.bundles(self.w)), "a bundle of no version")
        other.rmdir()

    def left_over(self):
        """I8: a process that works in one of our bundles, and no row that knows of it."""
        p = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()", str(self.w.state / "bundles" / "x")],
                             stdin=subprocess.PIPE)
        try:
            self.judge("I8", any(line.startswith("I8:") for line in oracle.no_zombies(self.w, 0)), "a process that was left over")
        finally:
            p.stdin.close()
            p.wait()

    def answers(self):
        """I12, I17: what a client must never be told, each through the door that every answer of a sweep passes."""
        told = (
            ("I12", ("GET", "/api/v1/skills", 200, [], False)),
            ("I12", ("GET", "/metrics", 404, {"code": "not-found", "detail": "x"}, False)),
            ("I17", ("GET", "/api/v1/skills", 500, {"code": "internal", "detail": "x"}, True)),
            ("I17", ("GET", "/api/v1/skills", 404, "nothing here", True)),
            ("I17", ("POST", "/api/v1/uploads", 400, {"code": "invalid"}, True)),
        )
        for want, answer in told:
            self.w.complaints += oracle.judge_answer(*answer)
            self.judge(want, any([line.startswith(want + ":") for line in oracle.answers(self.w)]), "the answer %s" % (answer,))
        for answer in (("GET", "/healthz", 200, "ok", False), ("GET", "/api/v1/skills", 401, {"code": "x", "detail": "x"}, False),
                       ("POST", "/api/v1/uploads", 409, {"kind": "Wish"}, True)):
            if list(oracle.judge_answer(*answer)):
                self.failed += 1
                self.say("FAILED: the oracle complains of the answer %s" % (answer,))


def run(w, say):
    """(passed, failed)"""
    d = Damage(w, say)
    d.database()
    d.last_good()
    d.bundles()
    d.left_over()
    d.answers()
    for name in oracle.INVARIANTS:
        if name not in d.seen:
            d.judge(name, False, "nothing: no damage is known")
    w.chain_checked = None
    bad = oracle.check(w)
    if bad:
        d.failed += 1
        say("FAILED: the oracle complains of a whole world: " + bad[0])
    return d.passed, d.failed
