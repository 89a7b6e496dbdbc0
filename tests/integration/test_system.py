"""The main job, end to end: a push becomes running, routable skills; what is refused changes nothing."""
import json
import os
import signal
import subprocess
import time

import pytest

from system import System, run

ROLES = "sync,control,runner"
NINE = 9

FINE = """---
name: %(name)s
description: Says its own name. Use it in tests.
domain: %(domain)s
role: %(role)s
trigger:
  command: say %(domain)s %(name)s
---

# %(name)s

Says its name.
"""
CASES = "# Cases\n\n## It answers\n### Input\nhello\n### Expect\n- contains \"%s\"\n"


def add_skill(s, domain, name, role="manager", said=None, tests=True):
    root = "skills/%s/%s/" % (domain, name)
    s.write(root + "SKILL.md", FINE % {"domain": domain, "name": name, "role": role})
    s.write(root + "code/handler.sh", "#!/bin/sh\ncat >/dev/null\necho '{\"output\":\"%s\"}'\n" % (said or name), 0o755)
    if tests:
        s.write(root + "tests/cases.md", CASES % name)


@pytest.fixture(scope="module")
def examples():
    with System(ROLES) as s:
        s.init_repo()
        s.first = s.deploy()
        yield s


def settle(s):
    """Leaves the examples as they were."""
    s.git("reset", "-q", "--hard")
    s.git("checkout", "-q", s.first, "--", ".")
    s.git("clean", "-qfd")
    commit = s.push("as it was")
    s.wait_observed(commit)
    s.wait_converged()


def test_every_example_becomes_ready(examples):
    assert examples.one("select count(*) from rollout where slot = 'stable' and until is null")[0] == NINE
    assert examples.conditions()["Ready"]["status"] == "True"


def test_every_example_runs(examples):
    assert examples.execute("ecm/order-details", {"order_id": "17"})["result"]["output"]["state"] == "shipped"
    assert examples.execute("ecm/triage-and-assign", {"problem": "refund", "amount": 12800})["result"]["output"]["urgency"] == "urgent"
    assert examples.execute("frm/rule-simulation", {"amount": 800, "country": "AE"})["result"]["output"]["caught"] == 2
    assert examples.execute("frm/alert-review", {"alert_id": "A-3"})["result"]["output"]["recommendation"] == "escalate"
    assert examples.execute("hr/resume-screen", {"vacancy": "data-analyst", "resume": "5 years of SQL and Excel"})["result"]["output"]["verdict"] == "invite"
    assert examples.execute("wealth/portfolio-summary", {"client": "amina"})["result"]["output"]["largest"] == "equity"
    assert examples.execute("platform/classifier", {"text": "Where is my order?"})["result"]["output"]["domain"] == "ecm"


def test_a_manager_forwards_and_the_child_runs(examples):
    done = examples.execute("ecm/manager", {"text": "where is 17", "order_id": "17"})
    child = done["result"]["forwarded"]
    state, parent = examples.wait("the child", lambda: examples.one(
        "select state, parent from execution where id = %s and ended_at is not null", child))
    assert (state, parent) == ("succeeded", done["id"])


def test_a_good_edit_is_deployed_and_old_rows_stay(examples):
    before = examples.content("ecm", "order-details")
    examples.edit("skills/ecm/order-details/SKILL.md", "last movement**", "latest movement**")
    commit = examples.push("say latest")
    examples.wait_observed(commit)
    examples.wait_converged()
    assert examples.content("ecm", "order-details") != before
    assert examples.one("select count(*) from desired where domain = 'ecm' and skill = 'order-details'")[0] >= 2
    assert examples.one("select released_revision from source where name = 'main'")[0] == commit
    settle(examples)


REFUSALS = [
    ("hr", "resume-screen", "AD-TESTS-001", "skills/hr/resume-screen/SKILL.md:",
     lambda s: subprocess.run(["rm", "-r", os.path.join(s.work, "skills/hr/resume-screen/tests")], check=True)),
    ("ecm", "manager", "SK-CASCADE", "skills/ecm/manager/aspora.config.yaml:2:16",
     lambda s: s.edit("skills/ecm/manager/aspora.config.yaml", "per_run_usd: 0.02", "per_run_usd: 9.00")),
    ("ecm", "order-details", "AD-TOOLS", "skills/ecm/order-details/aspora.config.yaml:",
     lambda s: s.edit("skills/ecm/order-details/aspora.config.yaml", "redshift.query", "redshift.drop")),
    ("frm", "manager", "SK-", "skills/frm/manager/SKILL.md:",
     lambda s: s.edit("skills/frm/manager/SKILL.md", "name: manager", "name: [manager")),
    ("wealth", "portfolio-summary", "AD-REF", "skills/wealth/portfolio-summary/SKILL.md:",
     lambda s: s.edit("skills/wealth/portfolio-summary/SKILL.md", "# Portfolio summary", "# Portfolio summary\n\nSee [it](missing.md).")),
]


@pytest.mark.parametrize("domain,skill,rule,where,change", REFUSALS, ids=[r[2] for r in REFUSALS])
def test_what_is_refused_says_where_and_changes_nothing(examples, domain, skill, rule, where, change):
    before = examples.content(domain, skill)
    change(examples)
    commit = examples.push("bad")
    examples.wait_observed(commit)
    assert examples.content(domain, skill) == before
    findings = examples.one("select findings from verdict where domain = %s and not allow and revision = %s", domain, commit)[0]
    denies = [f for f in findings if f["severity"] == "deny"]
    assert any(f["rule"].startswith(rule) and ("%s:%d:%d" % (f["path"], f["line"], f["column"])).startswith(where) and f["remedy"]
               for f in denies), denies
    ready = examples.conditions()["Ready"]
    assert (ready["status"], ready["reason"]) == ("False", "AdmissionDenied")
    # The old version still answers.
    assert examples.one("select count(*) from rollout where domain = %s and skill = %s and slot = 'stable' and until is null",
                        domain, skill)[0] == 1
    settle(examples)


def refused(s):
    """Domains whose denial holds, as their objects tell."""
    return {d for d in ("ecm", "frm", "hr", "platform", "wealth") if s.one("select 1 from aspora_denial(%s)", d)}


def test_a_domain_put_right_is_not_stalled_because_another_still_is(examples):
    bad = [("ecm", "skills/ecm/order-details/aspora.config.yaml", "redshift.query", "redshift.drop"),
           ("frm", "skills/frm/manager/SKILL.md", "name: manager", "name: [manager")]
    for _, path, old, new in bad:
        examples.edit(path, old, new)
    examples.wait_observed(examples.push("two bad domains"))
    assert refused(examples) == {"ecm", "frm"}
    ready = examples.conditions()["Ready"]
    assert ready["message"] == "nothing to deploy; refused 2: ecm, frm; the other 3 domains are up to date"
    assert ready["remedy"] == ("aspora describe domain ecm, aspora describe domain frm show each finding;"
                               " correct it and push again")
    _, path, old, new = bad[0]
    examples.edit(path, new, old)
    second = examples.push("one of them put right")
    examples.wait_observed(second)
    assert refused(examples) == {"frm"}
    assert examples.conditions()["Stalled"]["status"] == "True"
    # The same mistake again was judged before, and is refused all the same.
    examples.edit(path, old, new)
    examples.wait_observed(examples.push("wrong again"))
    assert refused(examples) == {"ecm", "frm"}
    messages = [m for (m,) in examples.rows("select message from event where name = 'ecm' and reason = 'AdmissionDenied'")]
    assert messages and not [m for m in messages if "\n" in m or "\\n" in m], messages
    settle(examples)
    assert refused(examples) == set()
    assert examples.conditions()["Stalled"]["status"] == "False"


def test_a_handler_that_does_not_start_is_quarantined_and_the_old_one_serves(examples):
    examples.edit("skills/ecm/order-details/code/handler.py", "import json", "import jso n")
    commit = examples.push("broken")
    examples.wait_observed(commit)
    cause, reason = examples.wait("quarantine", lambda: examples.one(
        "select cause, reason from quarantine where domain = 'ecm' and skill = 'order-details' and cleared_at is null"
        if examples.one("select 1 from information_schema.columns where table_schema = 'aspora' and table_name = 'quarantine'"
                        " and column_name = 'cleared_at'") else
        "select cause, reason from quarantine where domain = 'ecm' and skill = 'order-details'"))
    assert cause == "start"
    assert "SyntaxError" in reason and "handler.py" in reason
    assert examples.execute("ecm/order-details", {"order_id": "17"})["result"]["output"]["state"] == "shipped"
    settle(examples)


def test_deleting_almost_everything_is_refused(examples):
    subprocess.run(["rm", "-r"] + [os.path.join(examples.work, "skills", d) for d in ("ecm", "frm", "hr", "wealth")], check=True)
    commit = examples.push("gone")
    examples.wait_observed(commit)
    assert examples.one("select count(distinct domain) from desired where until is null")[0] == 5
    settle(examples)


def test_a_rewritten_history_is_held(examples):
    before = examples.one("select released_revision from source where name = 'main'")[0]
    examples.git("checkout", "-q", "--orphan", "other")
    examples.edit("skills/hr/DOMAIN.md", "never count", "do not count")
    examples.push("another history", force=True)
    held = examples.wait("hold", lambda: examples.conditions()["Stalled"]["reason"] == "HistoryRewritten" and examples.conditions()["Stalled"])
    assert held["status"] == "True" and "allow_rewrite" in held["remedy"]
    assert examples.one("select released_revision from source where name = 'main'")[0] == before
    examples.git("checkout", "-q", "-f", "main") if examples.git("branch", "--list", "main") else examples.git("checkout", "-q", "-f", "master")
    examples.git("push", "-q", "-f", "origin", "HEAD:refs/heads/main")
    examples.wait("the end of the hold", lambda: examples.conditions()["Stalled"]["status"] == "False")
    settle(examples)


def test_an_idle_agent_writes_nothing_but_leases(examples):
    examples.wait("quiet", lambda: not examples.one("select 1 from execution where unlogged limit 1"))
    rev = examples.one("select rev from store")[0]
    count = "select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables where relname <> 'lease'"
    time.sleep(1.5)  # statistics of earlier transactions arrive late
    before = examples.one(count)[0]
    time.sleep(2.5)
    assert examples.one("select rev from store")[0] == rev
    assert examples.one(count)[0] == before


def test_one_bad_skill_in_a_hundred_over_ten_domains():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        for d in range(10):
            for k in range(10):
                add_skill(s, "team-%d" % d, "skill-%d" % k)
        first = s.push("a hundred")
        s.start()
        s.wait_observed(first)
        s.wait_converged(timeout=120)
        old = dict(((d, k), c) for d, k, c in s.rows("select domain, skill, content from desired where until is null"))
        assert len(old) == 100
        for d in range(10):
            for k in range(10):
                add_skill(s, "team-%d" % d, "skill-%d" % k, said="skill-%d again" % k)
        subprocess.run(["rm", "-r", os.path.join(s.work, "skills/team-7/skill-3/tests")], check=True)
        second = s.push("a hundred again, one without tests")
        s.wait_observed(second)
        s.wait_converged(timeout=120)
        new = dict(((d, k), c) for d, k, c in s.rows("select domain, skill, content from desired where until is null"))
        changed = {key[0] for key in old if bytes(old[key]) != bytes(new[key])}
        assert changed == {"team-%d" % d for d in range(10) if d != 7}
        assert all(bytes(old[key]) == bytes(new[key]) for key in old if key[0] == "team-7")
        message = s.one("select message from event where name = 'team-7' and reason = 'AdmissionDenied'")[0]
        assert "skills/team-7/skill-3/" in message and "AD-TESTS-001" in message


def lives(pid):
    """Whether it runs: who has ended and waits for its new parent does not."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_agent_finds_its_database_again():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        s.push("first")
        s.start()
        s.wait_converged()
        postmaster = int(open(os.path.join(s.state, "postgres", "postmaster.pid"), encoding="ascii").readline())
        leases = dict(s.rows("select name, epoch from lease"))
        roles = s.roles_running()
        killed = s.one("select clock_timestamp()")[0]
        s.stop(signal.SIGKILL)
        s.wait("the end of its roles", lambda: not any(lives(pid) for pid in roles.values()), 10)
        assert s.one("select count(*) from desired where until is null")[0] == 1  # it outlived us
        add_skill(s, "team", "two", role="specialist")
        s.push("second")
        s.start()
        # Whoever held the leases is dead for certain, so that their 15 seconds need not run out; by the database's clock.
        assert s.wait("the next epochs", lambda: s.one("select bool_and(epoch = (%s::json->>name)::int + 1) from lease", json.dumps(leases))[0], 14)
        took = s.one("select extract(epoch from max(acquired_at) - %s)::float8 from lease", killed)[0]
        assert took < 10, took
        assert s.logged("event=lease.inherited")
        s.wait("two skills", lambda: s.one("select count(*) from rollout where slot = 'stable' and until is null")[0] == 2)
        assert int(open(os.path.join(s.state, "postgres", "postmaster.pid"), encoding="ascii").readline()) == postmaster
        os.kill(postmaster, signal.SIGKILL)
        add_skill(s, "team", "three", role="specialist")
        s.push("third")
        s.wait("three skills", lambda: s.one("select count(*) from rollout where slot = 'stable' and until is null")[0] == 3, 60)


def test_a_stopped_asporad_is_not_dead():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.push("nothing")
        s.start()
        s.wait("the leads", lambda: s.one("select count(*) from lease where until > clock_timestamp()")[0] == 3)
        roles = s.roles_running()
        first, s.process = s.process, None
        for pid in [first.pid, *roles.values()]:
            os.kill(pid, signal.SIGSTOP)
        try:
            stopped = s.one("select min(until) from lease")[0]
            s.start("--state", os.path.join(s.home, "state-2"), "--database", "host=%s/run user=aspora dbname=aspora" % s.state)
            s.wait("the take-over", lambda: s.one("select bool_and(epoch = 2) from lease")[0])
            assert s.one("select min(acquired_at) >= %s from lease", stopped)[0]
            assert not s.logged("event=lease.inherited")
        finally:
            for pid in [first.pid, *roles.values()]:
                os.kill(pid, signal.SIGCONT)
            s.stop()
            first.terminate()
            first.wait(60)


def test_processes_are_named_after_their_roles():
    with System() as s:
        s.init_repo(source=None)
        s.push("nothing")
        s.start()
        s.wait("four roles", lambda: len(s.roles_running()) == 4)
        shown = run(["ps", "-o", "comm=,args=", "--ppid", str(s.process.pid)]).stdout.splitlines()
        assert {tuple(line.split(None, 1)) for line in shown} >= {
            ("asporad", "asporad: " + role) for role in ("gateway", "sync", "control", "runner")}, shown


def test_once_brings_everything_up_to_date_and_ends():
    with System() as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        s.push("first")
        s.write_conf()
        done = run(s.argv("--once"), check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        again = run(s.argv("--once"), check=False, timeout=120)
        assert again.returncode == 0, again.stderr
        assert "schema.migrated" not in again.stderr
        s.start("--roles", "control")
        assert s.wait("the rollout", lambda: s.one("select count(*) from rollout where slot = 'stable' and until is null"))[0] == 1
        assert s.one("select count(*) from release")[0] == 1


def test_a_deletion_goes_through_once_it_is_confirmed(examples):
    subprocess.run(["rm", "-r", os.path.join(examples.work, "skills", "wealth")], check=True)
    commit = examples.push("wealth is gone")
    examples.wait_observed(commit)
    assert examples.content("wealth", "portfolio-summary")
    examples.rows("with t as (update source set request_token = request_token + 1 where name = 'main' returning request_token)"
                  " insert into inbox(id, kind, source, requested_by, request_token, body, request_digest)"
                  " select 'WISH-IT-1', 'sync', 'main', 'user:test', request_token, %s, sha256('x') from t", '{"confirm": ["wealth"]}')
    examples.wait("the answer", lambda: examples.one("select 1 from inbox where id = 'WISH-IT-1' and state = 'done'"))
    assert examples.content("wealth", "portfolio-summary") is None
    settle(examples)


def test_a_source_that_cannot_be_opened_stops_no_other():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        s.push("first")
        s.write_conf("  good: {url: \"file://%s\", poll: 500ms, allow_local: true, platform: true}\n"
                     "  bad: {url: \"file:///nowhere/skills.git\"}\n" % s.repo)
        check = run(s.argv("--check-config"), check=False)
        assert check.returncode == 3 and "source bad" in check.stderr and "allow_local" in check.stderr
        s.start()
        s.wait_converged()
        bad = s.wait("its condition", lambda: s.conditions("bad").get("Stalled"))
        assert bad["status"] == "True" and "allow_local" in bad["message"] + bad["remedy"]
        assert len(s.logged("role=parent event=role.ended")) == 0


def test_once_ends_with_a_skill_that_needs_a_model():
    with System() as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        add_skill(s, "team", "two", role="specialist")
        subprocess.run(["rm", "-r", os.path.join(s.work, "skills/team/two/code")], check=True)
        s.push("one of them only has words")
        s.write_conf()
        done = run(s.argv("--once"), check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        s.start("--roles", "control")
        reasons = s.wait("instances", lambda: dict(s.rows("select skill, reason from instance")))
        assert reasons["two"] == "ModelNotConfigured"


def test_a_version_that_is_replaced_while_it_is_tried_holds_nothing_up():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        s.push("first")
        s.start()
        s.wait_converged()
        # Its check takes long enough for the next push to come before it ends.
        os.remove(os.path.join(s.work, "skills/team/one/code/handler.sh"))
        s.write("skills/team/one/code/handler.py", "x = [\n" + "  {'a': [1, 2, 3]},\n" * 150000 + "]\nprint('{}')\n")
        s.push("slow to check")
        slow = s.wait("the slow one to be tried", lambda: s.one("select id from instance where state = 'starting'"))[0]
        s.write("skills/team/one/code/handler.py", "print('{\"output\":\"quick\"}')\n")
        s.push("quick")
        # Ready or not, its outcome is written before it is ended, and neither is refused.
        s.wait("the end of the slow one", lambda: s.one("select 1 from instance where id = %s and ended_at is not null", slow))
        s.wait_converged()
        assert s.execute("team/one", {})["result"]["output"] == {"output": "quick"}
        assert not s.logged("tick.failed")


def test_the_command_line_confirms_a_deletion():
    with System() as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "keep", "one")
        add_skill(s, "drop", "two")
        s.push("two domains")
        s.start()
        s.wait_converged()
        subprocess.run(["rm", "-r", os.path.join(s.work, "skills/drop")], check=True)
        s.wait_observed(s.push("one is gone"))
        assert s.content("drop", "two")
        address = open(os.path.join(s.state, "gateway", "address"), encoding="ascii").read().strip()
        key = run(s.argv("key", "create", "--name", "t", "--role", "admin")).stdout.strip()
        done = run([os.path.join(os.path.dirname(s.argv()[0]), "aspora"), "sync", "main", "--confirm-deletion", "*", "--confirm-deletion", "drop",
                    "--server", "http://" + address, "--key", key], check=False)
        assert done.returncode == 0, (done.stdout + done.stderr, s.rows("select body, result from inbox"))
        s.wait("the deletion", lambda: s.content("drop", "two") is None)
        assert s.content("keep", "one")


def test_once_ends_non_zero_when_a_domain_was_refused_and_names_it():
    with System() as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "fine", "a")
        add_skill(s, "poor", "b", tests=False)
        s.push("one of each")
        s.write_conf()
        done = run(s.argv("--once"), check=False, timeout=120)
        assert done.returncode == 6, done.stderr
        said = [line for line in done.stderr.splitlines() if "event=once.incomplete" in line]
        assert len(said) == 1 and "source=main" in said[0] and "domains=poor" in said[0], done.stderr
