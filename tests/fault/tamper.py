"""The oracle must be able to fail: each line damages one thing in a transaction that is rolled back, and the invariant must be missed."""
import oracle

DAMAGE = (
    ("I15", "update change set object = '{\"x\":1}' where revision = (select max(revision) from change)"),
    ("I15", "update revision set hash = sha256('x') where revision = (select max(revision) from revision)"),
    ("I4", "update revision set revision = revision + 1 where revision = (select max(revision) from revision)"),
    ("I4", "update store set rev = rev + 1"),
    ("I6", "update revision set epoch = 1000 where revision = (select min(revision) from revision where lease = 'control/0')"),
    ("I15", "update release set record = record || 'x' where id = (select max(id) from release)"),
    ("I15", "update verdict set signature = decode(repeat('00', 64), 'hex')"),
    ("I1", "update version set manifest = '[]' where skill = 'one'"),
    ("I1", "update blob set bytes = bytes || 'x', size = size + 1 where digest = (select digest from blob order by 1 limit 1)"),
    ("I2", "update desired set until = since + 1 where skill = 'one' and until is null"),
    ("I2", "update route_version set until = since + 1 where skill = 'one' and until is null"),
    ("I3", "insert into event (kind, domain, name, type, reason, message, reporter, count) "
           "values ('Skill', 'alpha', 'one', 'Normal', 'Promoted', 'again', 'control', 2)"),
    ("I17", "update instance set state = 'failed', ended_at = now(), reason = '' where skill = 'one'"),
    ("I9", "delete from execution"),
)


def noticed(w, want):
    w.chain_checked = None
    w.blobs_seen = set()
    return any(line.startswith(want + ":") for line in oracle.check(w))


def run(w, say):
    """(passed, failed)"""
    passed = failed = 0
    bundle = next(p for p in (w.state / "bundles").iterdir() if not p.name.startswith("."))
    for want, sql in DAMAGE:
        w.rows("begin")
        w.rows(sql)
        ok = noticed(w, want)
        w.rows("rollback")
        passed, failed = passed + ok, failed + (not ok)
        if not ok:
            say("FAILED: the oracle does not see %s after: %s" % (want, sql))
    extra = bundle / "extra"
    bundle.chmod(0o755)
    extra.write_text("x")
    ok = noticed(w, "I11")
    extra.unlink()
    passed, failed = passed + ok, failed + (not ok)
    if not ok:
        say("FAILED: the oracle does not see a file too much in a bundle")
    bad = oracle.check(w)
    if bad:
        failed += 1
        say("FAILED: the oracle complains of a whole world: " + bad[0])
    return passed, failed
