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
    ("I3", "delete from event where reason = 'Promoted' and name = 'one'"),
    ("I9", "delete from execution"),
    ("I9", "delete from inbox"),
    ("I9", "delete from inbox_file where path like '%/red/SKILL.md'"),
    ("I10", "insert into inbox (id, kind, requested_by, request_digest) values ('WISH-0', 'suspend', 'key:sweep', sha256('x'))"),
    ("I10", "update release_item set revision = 'x' where revision like 'WISH-%'; update release set revision = 'x' where revision like 'WISH-%'"),
    ("I2", "update release set updated = updated + 1 where revision like 'WISH-%'"),
    ("I2", "update inbox set state = 'failed', error = '{\"code\":\"denied\",\"detail\":\"x\"}'"),
    ("I2", "insert into suspension (kind, name, by, since) values ('Domain', 'alpha', 'key:sweep', 1)"),
    ("I2", "insert into quarantine (domain, skill, content, cause, reason, by, since) "
           "values ('alpha', 'one', sha256('x'), 'operator', 'x', 'key:sweep', 1)"),
    ("I13", "update desired set per_run_microusd = 500000 where domain = 'alpha' and skill = 'one' and until is null"),
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
