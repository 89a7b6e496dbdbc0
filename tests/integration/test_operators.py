"""What operators do through the gateway: apply, overlay, roll back, hold, run; who may; what was; what is said."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

import pytest

from system import System, run, skill_files, upload

PLATFORM = "tests: {min_cases: 1}\npolicy: {max_delete: 100%}\n"


def said(s, skill, timeout="30s", **body):
    status, doc = s.api("POST", "executions", dict({"skill": skill, "input": {}}, **body), wait=timeout)
    assert status == 200, doc
    return doc["status"]["result"]["output"]


def wait_said(s, skill, what, timeout=30):
    """Asked only while something serves and it is what is wanted: an answer that is not it is then final."""
    domain, name = skill.split("/")
    s.wait("%s at what is desired" % skill, lambda: s.one(
        "select 1 from desired d join rollout r using (domain, skill, content, runtime) where d.domain = %s and d.skill = %s"
        " and r.slot = 'stable' and r.until is null and d.until is null", domain, name), timeout)
    assert said(s, skill) == what


def stable(s, skill):
    domain, name = skill.split("/")
    return s.one("select 1 from rollout where domain = %s and skill = %s and slot = 'stable' and until is null", domain, name)


def skill_of(s, skill):
    return s.api("GET", "domains/%s/skills/%s" % tuple(skill.split("/")))


def condition(doc, kind):
    return next(c for c in doc["status"]["conditions"] if c["type"] == kind)


def commit(s, *files, message="a change"):
    for f in files:
        s.put(f)
    revision = s.push(message)
    s.wait_observed(revision)
    return revision


def apply(s, *files, **more):
    return s.wish("uploads", upload(*files, **more))


@pytest.fixture(scope="module")
def s():
    with System() as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", PLATFORM)
        s.put(skill_files("git", "one"))
        s.put(skill_files("git", "two"))
        s.push("first")
        s.start()
        s.wait_converged()
        yield s


# --- apply ------------------------------------------------------------------------------------------------------

def test_an_upload_makes_a_domain_that_the_apply_set_owns(s):
    status, result = apply(s, skill_files("mine", "a", "first"), reason="try it")
    assert status == 200 and result["release"] > 0 and result["allow"], result
    wait_said(s, "mine/a", "first")
    status, doc = s.api("GET", "domains/mine")
    assert (status, doc["status"]["owner"]) == (200, "apply")


def test_an_upload_again_replaces_the_skill_and_leaves_its_neighbours(s):
    apply(s, skill_files("mine2", "a"), skill_files("mine2", "b"))
    status, result = apply(s, skill_files("mine2", "a", "second"))
    assert status == 200 and result["release"], result
    wait_said(s, "mine2/a", "second")
    assert said(s, "mine2/b") == "hello"


def test_an_upload_over_a_domain_of_git_is_refused_with_a_remedy(s):
    before = s.content("git", "one")
    status, problem = apply(s, skill_files("git", "one", "mine"))
    assert (status, problem["code"]) == (409, "conflict"), problem
    assert "git: it belongs to source main" in problem["detail"]
    assert "--override --ttl" in problem["remedy"]
    assert s.content("git", "one") == before


def test_an_upload_that_policy_refuses_says_where_and_changes_nothing(s):
    status, doc = s.api("POST", "uploads", upload(skill_files("untested", "a", tests=False)), wait="60s")
    assert status == 403, doc
    assert doc["status"]["error"]["code"] == "denied" and doc["status"]["error"]["remedy"]
    findings = [f for d in doc["status"]["result"]["admission"]["domains"] for f in d["findings"]]
    assert any(f["rule"].startswith("AD-TESTS") and f["path"].startswith("skills/untested/a/") and f["remedy"] for f in findings), findings
    assert s.one("select 1 from desired where domain = 'untested'") is None


def test_an_upload_outside_of_skills_is_refused_at_once(s):
    status, problem = s.api("POST", "uploads", {"files": [{"path": "FIRM.md", "content": "x"}]})
    assert (status, problem["code"]) == (422, "invalid")
    assert "FIRM.md is not below skills/DOMAIN/" in problem["detail"] and "platform's source" in problem["remedy"]


def test_a_dry_run_reports_its_plan_and_changes_nothing(s):
    rev = s.one("select max(id) from release")[0]
    status, result = apply(s, skill_files("dry", "a"), dryRun=True)
    assert status == 200 and result["dryRun"] is True and not result["release"], result
    assert "would deploy 1 domain" in result["summary"]
    assert any(d["name"] == "dry" and d["op"] == "create" for d in result["plan"]["domains"]), result["plan"]
    assert s.one("select max(id) from release")[0] == rev
    assert s.one("select 1 from domain where name = 'dry'") is None
    assert s.one("select 1 from source where name = 'apply-dry'") is None


def test_pruning_stays_within_the_apply_set(s):
    apply(s, skill_files("set-a", "x"), skill_files("set-a", "y"), applySet="set-a")
    apply(s, skill_files("set-b", "x"), applySet="set-b")
    status, result = apply(s, skill_files("set-a", "x"), applySet="set-a", prune=True)
    assert status == 200, result
    left = {tuple(r) for r in s.rows("select domain, skill from desired where until is null")}
    assert ("set-a", "x") in left and ("set-b", "x") in left and ("git", "one") in left and ("git", "two") in left
    assert ("set-a", "y") not in left


def test_without_prune_nothing_is_deleted(s):
    apply(s, skill_files("keep", "x"), skill_files("keep", "y"), applySet="keep")
    apply(s, skill_files("keep", "x", "other"), applySet="keep")
    assert s.content("keep", "y")


# --- overlays ---------------------------------------------------------------------------------------------------

def test_an_overlay_shows_and_ends_by_itself_and_git_holds_again(s):
    before = s.content("git", "one")
    status, result = apply(s, skill_files("git", "one", "overlaid"), override=True, ttl="4s", reason="incident 7")
    assert status == 200 and result["release"], result
    status, doc = s.api("GET", "domains/git")
    assert doc["status"]["overlay"]["by"] == "key:t" and doc["status"]["owner"] == "main"
    status, doc = skill_of(s, "git/one")
    assert doc["status"]["overlay"] is True
    wait_said(s, "git/one", "overlaid", 10)
    s.wait("the overlay's end", lambda: s.content("git", "one") == before, 20)
    assert s.api("GET", "domains/git")[1]["status"]["overlay"] is None
    wait_said(s, "git/one", "hello")
    reasons = {e["status"]["reason"] for e in s.api("GET", "events?name=git")[1]["items"]}
    assert "OverlayExpired" in reasons


def test_an_overlay_needs_an_end(s):
    status, problem = apply(s, skill_files("git", "one", "for ever"), override=True)
    assert (status, problem["code"]) == (422, "invalid")
    assert "time to live" in problem["detail"] and problem["remedy"] == "add --ttl 2h"


def test_a_commit_under_an_overlay_holds_once_the_overlay_is_taken_off(s):
    apply(s, skill_files("git", "one", "overlaid"), override=True, ttl="1h")
    over = s.content("git", "one")
    commit(s, skill_files("git", "one", "from git"))
    assert s.content("git", "one") == over
    assert "left alone git: an overlay lies over it" in s.conditions()["Ready"]["message"]
    status, result = s.wish("overlays/end", {"domain": "git"})
    assert status == 200 and "overlay over git is gone" in result["summary"], result
    s.wait("git's content", lambda: s.content("git", "one") != over)
    wait_said(s, "git/one", "from git")


def test_what_is_put_together_again_keeps_the_domains_configuration(s):
    commit(s, {"skills/frugal/aspora.config.yaml": ("budget: {per_run_usd: 0.07, per_day_usd: 3}\n", 0o644)},
           skill_files("frugal", "a", "v1"), skill_files("frugal", "b", "v1"))
    commit(s, skill_files("frugal", "a", "v2"))
    wait_said(s, "frugal/a", "v2")

    def others():
        return s.rows("select context, generation, per_run_microusd from desired where domain = 'frugal' and skill = 'b' and until is null")

    before = others()
    assert before[0][2] == 70000
    status, result = apply(s, skill_files("frugal", "a", "laid over"), override=True, ttl="2h")
    assert status == 200 and result["plan"]["summary"]["update"] == 1, result
    assert others() == before
    assert s.wish("overlays/end", {"domain": "frugal"})[0] == 200
    s.wait("v2", lambda: s.one("select 1 from overlay where domain = 'frugal' and until is not null") and others() == before)
    assert s.wish("rollbacks", {"domain": "frugal", "skill": "a"})[0] == 200
    assert others() == before
    assert s.one("select per_run_microusd from desired where domain = 'frugal' and skill = 'a' and until is null") == (70000,)


def test_a_rollback_goes_back_to_other_content_past_what_only_the_context_changed(s):
    commit(s, skill_files("story", "a", "v1"))
    commit(s, skill_files("story", "a", "v2"))
    commit(s, {"skills/story/DOMAIN.md": ("# Story\n\nAnother knowledge.\n", 0o644)})
    assert s.one("select count(*) from desired where domain = 'story' and skill = 'a'") == (3,)
    assert s.wish("rollbacks", {"domain": "story", "skill": "a"})[0] == 200
    wait_said(s, "story/a", "v1")


@pytest.mark.parametrize("ends", ["by itself", "when it is taken off"])
def test_an_overlay_over_what_was_rolled_back_leaves_it_rolled_back(s, ends):
    domain = "held-" + ends.split()[0]
    commit(s, skill_files(domain, "a", "v1"))
    wait_said(s, domain + "/a", "v1")
    commit(s, skill_files(domain, "a", "v2"))
    wait_said(s, domain + "/a", "v2")
    assert s.wish("rollbacks", {"domain": domain, "skill": "a"})[0] == 200
    before = s.content(domain, "a")
    status, result = apply(s, skill_files(domain, "a", "laid over"), override=True, ttl="2s" if ends == "by itself" else "2h")
    assert status == 200 and s.content(domain, "a") != before, result
    if ends != "by itself":
        assert s.wish("overlays/end", {"domain": domain})[0] == 200
    # What Git has is in quarantine: neither that may come back, nor may the overlay's content stay.
    s.wait("the overlay's end", lambda: s.one("select 1 from overlay where domain = %s and until is not null", domain), 20)
    assert s.content(domain, "a") == before
    wait_said(s, domain + "/a", "v1")
    commit(s, skill_files(domain, "a", "v3"))
    wait_said(s, domain + "/a", "v3")


def test_an_overlay_over_an_applied_domain_restores_it(s):
    apply(s, skill_files("owned", "a", "original"), applySet="owners")
    before = s.content("owned", "a")
    status, result = apply(s, skill_files("owned", "a", "over"), applySet="others", override=True, ttl="2s")
    assert status == 200, result
    assert s.content("owned", "a") != before
    s.wait("the original", lambda: s.content("owned", "a") == before, 20)
    wait_said(s, "owned/a", "original")


def test_two_overlays_restore_what_lay_below_both(s):
    apply(s, skill_files("owned3", "a", "original"), applySet="owners")
    before = s.content("owned3", "a")
    for words in ("over", "and over"):
        assert apply(s, skill_files("owned3", "a", words), applySet="others", override=True, ttl="2s")[0] == 200
    s.wait("the original", lambda: s.content("owned3", "a") == before, 20)


def test_an_overlay_taken_off_an_applied_domain_restores_it_too(s):
    apply(s, skill_files("owned2", "a", "original"), applySet="owners")
    before = s.content("owned2", "a")
    apply(s, skill_files("owned2", "a", "over"), applySet="others", override=True, ttl="1h")
    assert s.content("owned2", "a") != before
    assert s.wish("overlays/end", {"domain": "owned2"})[0] == 200
    s.wait("the original", lambda: s.content("owned2", "a") == before, 20)


def test_adopting_hands_a_domain_to_a_source(s):
    apply(s, skill_files("adopted", "a", "applied"))
    commit(s, skill_files("adopted", "a", "from git"))
    assert "left alone adopted: it belongs to source apply" in s.conditions()["Ready"]["message"]
    applied = s.content("adopted", "a")
    status, result = s.wish("adoptions", {"domain": "adopted", "to": "main"})
    assert status == 200 and "adopted belongs to source main now" in result["summary"], result
    s.wait("git's content", lambda: s.content("adopted", "a") != applied)
    wait_said(s, "adopted/a", "from git")
    assert s.api("GET", "domains/adopted")[1]["status"]["owner"] == "main"
    assert s.conditions()["Ready"]["status"] == "True"
    status, problem = s.wish("adoptions", {"domain": "adopted", "to": "nowhere"})
    assert (status, problem["code"]) == (404, "not-found") and problem["remedy"]


# --- rollback ---------------------------------------------------------------------------------------------------

def test_a_skill_rolls_back_and_stays_there_until_new_content_comes(s):
    commit(s, skill_files("roll", "a", "v1"), skill_files("roll", "b", "b1"))
    v1 = s.content("roll", "a")
    commit(s, skill_files("roll", "a", "v2"), skill_files("roll", "b", "b2"))
    v2, b2 = s.content("roll", "a"), s.content("roll", "b")
    status, plan = s.wish("rollbacks", {"domain": "roll", "skill": "a", "dryRun": True})
    assert status == 200 and s.content("roll", "a") == v2 and "would deploy" in plan["summary"], plan
    assert s.one("select 1 from quarantine where domain = 'roll'") is None
    status, result = s.wish("rollbacks", {"domain": "roll", "skill": "a", "reason": "v2 is wrong"})
    assert status == 200 and result["release"], result
    assert (s.content("roll", "a"), s.content("roll", "b")) == (v1, b2)
    held = s.rows("select encode(content, 'hex'), cause, reason, by from quarantine where domain = 'roll' and until is null")
    assert held == [(v2, "rollback", "v2 is wrong", "key:t")]
    wait_said(s, "roll/a", "v1")
    status, doc = skill_of(s, "roll/a")
    stalled = condition(doc, "Stalled")
    assert stalled["reason"] == "RolledBack" and "v2 is wrong" in stalled["message"] and stalled["remedy"]
    # Git still says v2: another commit with the same content deploys nothing of it.
    commit(s, {"skills/roll/DOMAIN.md": ("# Roll\n\nRolls.\n", 0o644)})
    assert s.content("roll", "a") == v1
    # New content is a new digest.
    commit(s, skill_files("roll", "a", "v3"))
    assert s.content("roll", "a") not in (v1, v2)
    wait_said(s, "roll/a", "v3")
    # The quarantined content, pushed again, stays out.
    v3 = s.content("roll", "a")
    commit(s, skill_files("roll", "a", "v2"))
    assert s.content("roll", "a") == v3
    # Until somebody clears it.
    status, result = s.wish("quarantines/clear", {"domain": "roll", "skill": "a"})
    assert status == 200 and result["summary"] == "cleared 1", result
    s.wait("v2", lambda: s.content("roll", "a") == v2)
    wait_said(s, "roll/a", "v2")


def test_a_domain_rolls_back_to_a_release(s):
    commit(s, skill_files("rolls", "a", "v1"), skill_files("rolls", "b", "v1"))
    first = s.api("GET", "domains/rolls")[1]["status"]["release"]
    one = s.content("rolls", "a"), s.content("rolls", "b")
    commit(s, skill_files("rolls", "a", "v2"))
    commit(s, skill_files("rolls", "b", "v3"))
    status, result = s.wish("rollbacks", {"domain": "rolls", "to": "release %d" % first})
    assert status == 200 and result["release"], result
    assert (s.content("rolls", "a"), s.content("rolls", "b")) == one
    assert s.one("select count(*) from quarantine where domain = 'rolls' and until is null")[0] == 2
    wait_said(s, "rolls/a", "v1")


def test_a_domain_rolls_back_to_what_was_before(s):
    commit(s, skill_files("rolled", "a", "v1"))
    v1 = s.content("rolled", "a")
    commit(s, skill_files("rolled", "a", "v2"))
    assert s.wish("rollbacks", {"domain": "rolled"})[0] == 200
    assert s.content("rolled", "a") == v1


def test_an_applied_domain_rolls_back_too(s):
    apply(s, skill_files("rollapply", "a", "v1"))
    v1 = s.content("rollapply", "a")
    apply(s, skill_files("rollapply", "a", "v2"))
    assert s.wish("rollbacks", {"domain": "rollapply", "skill": "a"})[0] == 200
    assert s.content("rollapply", "a") == v1
    # What was rolled back is held for apply as well, and said so.
    status, result = apply(s, skill_files("rollapply", "a", "v2"))
    assert "held 1 skill" in result["summary"], (status, result)
    assert s.content("rollapply", "a") == v1


@pytest.mark.parametrize("body,words", [
    ({"domain": "git", "to": "release 999999"}, "999999"),
    ({"domain": "nowhere"}, "nowhere"),
    ({"domain": "git", "skill": "never"}, "no earlier version"),
    ({"domain": "git", "skill": "two"}, "no earlier version"),
])
def test_an_unknown_target_is_not_found(s, body, words):
    status, problem = s.wish("rollbacks", body)
    assert (status, problem["code"]) == (404, "not-found"), problem
    assert words in problem["detail"]


def test_an_operator_quarantines_a_version(s):
    commit(s, skill_files("held", "a", "v1"))
    digest = s.content("held", "a")
    status, result = s.wish("quarantines", {"domain": "held", "skill": "a", "content": digest, "reason": "leaks"})
    assert status == 200, result
    commit(s, skill_files("held", "a", "v2"))
    v2 = s.content("held", "a")
    assert v2 != digest
    commit(s, skill_files("held", "a", "v1"))
    assert s.content("held", "a") == v2
    status, problem = s.wish("quarantines", {"domain": "held", "skill": "a", "content": "12ab"})
    assert status == 422 and "64 hex digits" in problem["detail"]
    status, problem = s.wish("quarantines/clear", {"domain": "held", "skill": "other"})
    assert status == 404 and "nothing of held/other is in quarantine" in problem["detail"]


# --- suspension -------------------------------------------------------------------------------------------------

def test_a_suspended_skill_stays_until_it_is_resumed(s):
    commit(s, skill_files("still", "a", "v1"), skill_files("still", "b", "v1"))
    a, b = s.content("still", "a"), s.content("still", "b")
    assert s.wish("suspensions", {"kind": "Skill", "domain": "still", "name": "a", "reason": "audit"})[0] == 200
    stalled = condition(skill_of(s, "still/a")[1], "Stalled")
    assert stalled["reason"] == "Suspended" and "audit" in stalled["message"]
    commit(s, skill_files("still", "a", "v2"), skill_files("still", "b", "v2"))
    assert s.content("still", "a") == a and s.content("still", "b") != b
    assert s.wish("resumptions", {"kind": "Skill", "domain": "still", "name": "a"})[0] == 200
    s.wait("v2", lambda: s.content("still", "a") != a)


def test_a_suspended_domain_goes_on_when_its_time_is_over(s):
    commit(s, skill_files("paused", "a", "v1"))
    a = s.content("paused", "a")
    assert s.wish("suspensions", {"kind": "Domain", "name": "paused", "ttl": "4s"})[0] == 200
    commit(s, skill_files("paused", "a", "v2"))
    assert s.content("paused", "a") == a
    assert "left alone paused: it is suspended" in s.conditions()["Ready"]["message"]
    s.wait("v2", lambda: s.content("paused", "a") != a, 20)


def test_what_was_lifted_just_before_a_death_is_looked_at_by_the_next(s):
    commit(s, skill_files("lifted", "a", "v1"))
    a = s.content("lifted", "a")
    assert s.wish("suspensions", {"kind": "Domain", "name": "lifted"})[0] == 200
    commit(s, skill_files("lifted", "a", "v2"))
    assert s.content("lifted", "a") == a
    s.stop(signal.SIGKILL)
    # As sync had committed it, and was to look again.
    s.rows("update suspension set until = since + 1, ended_by = 'key:t' where name = 'lifted' and until is null")
    s.start()
    s.wait("v2", lambda: s.content("lifted", "a") != a)


def test_a_suspended_source_is_not_looked_at(s):
    commit(s, skill_files("srcsus", "a", "v1"))
    a = s.content("srcsus", "a")
    assert s.wish("suspensions", {"kind": "Source", "name": "main"})[0] == 200
    s.put(skill_files("srcsus", "a", "v2"))
    pushed = s.push("while suspended")
    # Another wish is through: the look that could have followed it is, too.
    assert apply(s, skill_files("srcmark", "a"))[0] == 200
    assert s.one("select observed_revision from source where name = 'main'")[0] != pushed
    assert s.content("srcsus", "a") == a
    assert s.wish("resumptions", {"kind": "Source", "name": "main"})[0] == 200
    s.wait_observed(pushed)
    assert s.content("srcsus", "a") != a


def test_who_asks_for_a_look_at_a_suspended_source_is_told_at_once(s):
    assert s.wish("suspensions", {"kind": "Source", "name": "main", "reason": "month end"})[0] == 200
    s.put(skill_files("srcasked", "a"))
    pushed = s.push("while suspended, and asked for")
    began = time.monotonic()
    code, answer = s.wish("sources/main/sync", {})
    assert code == 409, answer
    assert answer["detail"].startswith("source main is not looked at: ") and answer["detail"].endswith(" suspended it: month end")
    assert answer["remedy"] == "resume it, which looks at once: aspora resume source main"
    assert time.monotonic() - began < 10
    assert s.one("select count(*) from inbox where state in ('pending', 'taken')") == (0,)
    # The request stands all the same: a resumption looks without another.
    assert s.wish("resumptions", {"kind": "Source", "name": "main"})[0] == 200
    s.wait_observed(pushed)
    assert s.wish("sources/main/sync", {})[0] == 200


def test_a_suspended_source_is_looked_at_again_when_its_time_is_over(s):
    assert s.wish("suspensions", {"kind": "Source", "name": "main", "ttl": "2s"})[0] == 200
    s.put(skill_files("srcttl", "a"))
    pushed = s.push("while suspended for a while")
    s.wait_observed(pushed, 20)
    assert s.one("select ended_by from suspension where kind = 'Source' order by id desc limit 1") == ("expiry",)
    assert s.content("srcttl", "a")


def test_what_cannot_be_suspended_is_said(s):
    status, problem = s.api("POST", "suspensions", {"kind": "Release", "name": "1"})
    assert status == 422 and "Source, Domain and Skill can" in problem["detail"]
    status, problem = s.wish("resumptions", {"kind": "Domain", "name": "git"})
    assert status == 404, problem


# --- sources ----------------------------------------------------------------------------------------------------

def test_a_sync_request_waits_for_its_own_look(s):
    s.put(skill_files("asked", "a", "now"))
    revision = s.push("asked for")
    status, result = s.wish("sources/main/sync")
    assert status == 200, result
    assert s.one("select observed_revision from source where name = 'main'")[0] == revision
    status, result = s.wish("sources/main/sync")
    assert (status, result["summary"]) == (200, "nothing new")
    status, problem = s.api("POST", "sources/nowhere/sync")
    assert (status, problem["code"]) == (404, "not-found")


# --- executions -------------------------------------------------------------------------------------------------

HEAD = '{"apiVersion":"aspora/v1","kind":"SkillResult",'
HANDLERS = {
    "echo": "#!/bin/sh\nprintf '%%s\"output\":' '%s'; cat; printf '}'\n" % HEAD,
    "exits": "#!/bin/sh\ncat >/dev/null\necho 'no such order' >&2\nexit 3\n",
    "garbles": "#!/bin/sh\ncat >/dev/null\necho 'not json'\n",
    "hangs": "#!/bin/sh\ncat >/dev/null\nsleep 60\n",
    "eats": "#!/usr/bin/python3\nimport sys\nsys.stdin.read()\nx = bytearray(512 * 1024 * 1024)\nprint('{\"output\": %d}' % len(x))\n",
    "slow": "#!/bin/sh\ncat >/dev/null\nsleep 60\n",
    "sends": "#!/bin/sh\ncat >/dev/null\necho '%s\"output\":1,\"forward\":\"run/echo\"}'\n" % HEAD,
}
CONFIGS = {"hangs": "limits: {timeout: 1s}\n", "eats": "limits: {memory: 64Mi}\n"}


@pytest.fixture(scope="module")
def runs(s):
    files = []
    for name, handler in HANDLERS.items():
        f = skill_files("run", name, handler=handler, config=CONFIGS.get(name),
                        command="find order {order_id}" if name == "echo" else None)
        if handler.startswith("#!/usr/bin/python3"):
            f["skills/run/%s/code/handler.py" % name] = (handler, 0o755)
            del f["skills/run/%s/code/handler.sh" % name]
        files.append(f)
    commit(s, *files)
    s.wait("the runs", lambda: s.one("select count(*) from rollout where domain = 'run' and slot = 'stable' and until is null")[0] == len(HANDLERS))
    return s


def execute(s, body, wait="30s", **kw):
    return s.api("POST", "executions", body, wait=wait, **kw)


def test_a_skill_runs_by_its_name(runs):
    status, doc = execute(runs, {"skill": "run/echo", "input": {"n": 7}, "session": "s-1"})
    assert (status, doc["status"]["phase"]) == (200, "succeeded"), doc
    context = doc["status"]["result"]["output"]
    assert context["input"] == {"n": 7} and context["trigger"]["kind"] == "explicit"
    assert doc["spec"]["requestedBy"] == "key:t" and doc["spec"]["session"] == "s-1"
    assert doc["status"]["content"] == runs.content("run", "echo")
    status, steps = runs.api("GET", "executions/%s/steps" % doc["metadata"]["name"])
    assert status == 200 and steps["state"] == "succeeded" and steps["items"]


def test_a_skill_runs_by_text(runs):
    status, doc = execute(runs, {"text": "find order 17"})
    assert status == 200, doc
    assert doc["spec"]["skill"] == "echo"
    assert doc["status"]["result"]["output"]["trigger"]["params"] == {"order_id": "17"}
    status, problem = execute(runs, {"text": "find nothing at all"})
    assert (status, problem["code"]) == (404, "not-found") and problem["remedy"]


def test_one_idempotency_key_is_one_execution(runs):
    head = {"Idempotency-Key": "once-17"}
    status, first = execute(runs, {"skill": "run/echo", "input": 1}, headers=head)
    assert status == 200
    status, again = execute(runs, {"skill": "run/echo", "input": 1}, headers=head)
    assert status == 200 and again["metadata"]["name"] == first["metadata"]["name"]
    status, problem = execute(runs, {"skill": "run/echo", "input": 2}, headers=head)
    assert (status, problem["code"]) == (409, "conflict"), problem


@pytest.mark.parametrize("name,code,words,remedy", [
    ("exits", "handler-exit", ["exit", "3", "no such order"], None),
    ("garbles", "handler-output", ["handler"], True),
    ("hangs", "handler-timeout", ["ran longer than 1s"], True),
    ("eats", "handler-memory", ["more than 64 MiB"], True),
])
def test_what_a_handler_did_wrong_has_its_own_error(runs, name, code, words, remedy):
    status, doc = execute(runs, {"skill": "run/" + name})
    assert (status, doc["status"]["phase"]) == (200, "failed"), doc
    problem = doc["status"]["error"]
    assert problem["code"] == code, problem
    for word in words:
        assert word in problem["detail"], problem
    assert not remedy or problem["remedy"], problem


def test_a_forward_is_followed_to_its_end(runs):
    status, doc = execute(runs, {"skill": "run/sends", "input": {"n": 1}})
    assert status == 200 and doc["spec"]["skill"] == "echo", doc
    parent = doc["spec"]["parent"]
    status, above = runs.api("GET", "executions/" + parent)
    assert above["spec"]["skill"] == "sends" and above["status"]["forwarded"] == doc["metadata"]["name"]


def test_an_execution_is_cancelled(runs):
    status, doc = execute(runs, {"skill": "run/slow"}, wait=None)
    assert status == 201
    name = doc["metadata"]["name"]
    runs.wait("its run", lambda: runs.one("select 1 from execution where id = %s and state = 'running'", name))
    status, doc = runs.api("DELETE", "executions/" + name)
    assert status in (200, 202)
    began = time.monotonic()
    status, doc = runs.api("GET", "executions/" + name, wait="20s")
    assert (status, doc["status"]["phase"]) == (200, "cancelled"), doc
    assert time.monotonic() - began < 10


def test_a_deadline_ends_an_execution(runs):
    status, doc = execute(runs, {"skill": "run/slow", "deadline": "1s"})
    assert (status, doc["status"]["phase"]) == (200, "failed"), doc
    assert doc["status"]["error"]["code"] in ("timeout", "handler-timeout"), doc["status"]["error"]


def test_a_wait_that_is_over_says_accepted(runs):
    status, doc = execute(runs, {"skill": "run/slow"}, wait="300ms")
    assert status == 202 and doc["status"]["phase"] in ("queued", "running")
    runs.api("DELETE", "executions/" + doc["metadata"]["name"])


def test_an_unknown_skill_is_not_found(runs):
    status, problem = execute(runs, {"skill": "run/ecko"})
    assert (status, problem["code"]) == (404, "not-found"), problem
    assert "run/ecko" in problem["detail"] and "run/echo" in problem["remedy"]


# --- keys -------------------------------------------------------------------------------------------------------

def test_what_each_role_may(s):
    keys = {role: s.make_key("role-" + role, role) for role in ("viewer", "operator", "approver", "ci-bot")}
    asks = {"list": ("GET", "skills", None), "run": ("POST", "executions", {"skill": "git/two"}),
            "apply": ("POST", "uploads", upload(skill_files("roles", "a"))),
            "try": ("POST", "uploads", upload(skill_files("roles", "a"), dryRun=True)),
            "rollback": ("POST", "rollbacks", {"domain": "nowhere"}), "keys": ("GET", "keys", None),
            "sync": ("POST", "sources/main/sync", None)}
    may = {"viewer": {"list"}, "operator": {"list", "run", "apply", "try", "rollback", "sync"},
           "approver": {"list", "rollback"}, "ci-bot": {"list", "try", "sync"}}
    for role, key in keys.items():
        for what, (method, path, body) in asks.items():
            status, doc = s.api(method, path, body, key=key)
            assert (status != 403) == (what in may[role]), (role, what, status, doc)
            if status == 403:
                assert doc["code"] == "denied"


def test_nothing_but_health_is_open_without_a_key(s):
    assert s.api("GET", "/healthz", key="")[0] == 200
    assert s.api("GET", "/readyz", key="")[0] == 200
    for path in ("/api/v1/skills", "/metrics", "/api/v1/version", "/api/v1/executions/EXEC-1"):
        status, problem = s.api("GET", path, key="")
        assert (status, problem["code"]) == (401, "unauthenticated") and "key create" in problem["remedy"]
    assert s.api("GET", "skills", key="aspora_" + "0" * 40)[0] == 401


def test_a_key_of_one_domain_sees_and_touches_no_other(s):
    key = s.make_key("scoped", "operator", "--domains", "git")
    status, doc = s.api("GET", "skills", key=key)
    assert {o["metadata"]["domain"] for o in doc["items"]} == {"git"}
    assert {o["metadata"]["name"] for o in s.api("GET", "domains", key=key)[1]["items"]} == {"git"}
    apply(s, skill_files("secretive", "a"))
    wait_said(s, "secretive/a", "hello")
    assert s.api("GET", "domains/secretive/skills/a", key=key)[0] in (403, 404)
    assert s.api("POST", "executions", {"skill": "secretive/a"}, key=key)[0] in (403, 404)
    assert s.api("POST", "uploads", upload(skill_files("secretive", "a", "x")), key=key)[0] in (403, 404)
    assert s.api("POST", "rollbacks", {"domain": "secretive"}, key=key)[0] in (403, 404)
    assert s.api("POST", "suspensions", {"kind": "Domain", "name": "secretive"}, key=key)[0] in (403, 404)
    status, other = execute(s, {"skill": "secretive/a"})
    assert s.api("GET", "executions/" + other["metadata"]["name"], key=key)[0] == 404
    assert s.api("DELETE", "executions/" + other["metadata"]["name"], key=key)[0] == 404
    assert s.api("POST", "executions", {"skill": "git/two"}, wait="30s", key=key)[0] == 200
    assert not [e for e in s.api("GET", "events", key=key)[1]["items"] if "secretive" in json.dumps(e)]
    assert not [e for e in s.api("GET", "changes?since=i1.1", key=key)[1].get("items", []) if "secretive" in json.dumps(e)]


def test_a_key_that_suspends_or_syncs_a_whole_source_covers_every_domain(s):
    key = s.make_key("scoped-source", "operator", "--domains", "git")
    status, problem = s.api("POST", "suspensions", {"kind": "Source", "name": "main"}, key=key)
    assert status == 403, problem


@pytest.mark.serial
def test_a_revoked_key_is_refused_within_a_second(s):
    key = s.make_key("gone", "viewer")
    assert s.api("GET", "whoami", key=key)[1]["role"] == "viewer"
    run(s.argv_of("key", "revoke", "gone"))
    began = time.monotonic()
    s.wait("the refusal", lambda: s.api("GET", "whoami", key=key)[0] == 401, 5)
    assert time.monotonic() - began < 1.5


def test_an_expired_key_is_refused(s):
    key = s.make_key("old", "viewer", "--days", "1")
    assert s.api("GET", "whoami", key=key)[0] == 200
    s.rows("update key set created_at = now() - interval '2 days', expires_at = now() - interval '1 second' where name = 'old'")
    s.wait("the refusal", lambda: s.api("GET", "whoami", key=key)[0] == 401, 5)


# --- what was ---------------------------------------------------------------------------------------------------

def test_a_skill_is_shown_as_it_was(s):
    commit(s, skill_files("past", "a", "v1"))
    v1, at = s.content("past", "a"), s.api("GET", "releases?limit=1")[1]["metadata"]["resourceVersion"]
    commit(s, skill_files("past", "a", "v2"))
    status, then = s.api("GET", "domains/past/skills/a?at=" + at)
    assert status == 200 and v1 in json.dumps(then), then
    assert v1 != s.content("past", "a") and v1 not in json.dumps(skill_of(s, "past/a")[1]["status"]["desired"])
    status, problem = s.api("GET", "domains/past/skills/a?at=i1.99999999")
    assert (status, problem["code"]) == (410, "gone")
    status, problem = s.api("GET", "domains/past/skills/a?at=yesterday")
    assert status == 400 and "i1.47" in problem["remedy"]
    releases = s.api("GET", "releases?domain=past")
    assert releases[0] == 200 and len(releases[1]["items"]) == 2, releases


def test_changes_are_read_from_where_one_was(s):
    at = s.api("GET", "changes")[1]["metadata"]["resourceVersion"]
    commit(s, skill_files("noted", "a"))
    status, doc = s.api("GET", "changes?since=%s&domain=noted" % at)
    assert status == 200 and {c["domain"] for c in doc["items"]} == {"noted"}
    assert any(c["kind"] == "Skill" and c["name"] == "a" for c in doc["items"]), doc["items"]
    assert s.api("GET", "changes?since=i999.1")[0] == 410


def test_events_say_what_was_released_and_refused(s):
    commit(s, skill_files("telling", "a"))
    commit(s, skill_files("telling", "b", tests=False))
    status, doc = s.api("GET", "events?kind=Domain&name=telling")
    by = {e["status"]["reason"]: e["status"] for e in doc["items"]}
    assert "Released" in by and by["AdmissionDenied"]["type"] == "Warning"
    assert "skills/telling/b/" in by["AdmissionDenied"]["message"]
    shutil.rmtree(os.path.join(s.work, "skills/telling/b"))
    commit(s)


SAMPLE = re.compile(r'^[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? -?[0-9.e+-]+(?:Inf)?$')


def test_metrics_are_in_prometheus_form(s):
    execute(s, {"skill": "git/two"})
    status, page = s.api("GET", "/metrics", text=True)
    assert status == 200 and page.endswith("\n")
    typed, seen = {}, set()
    for line in page.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ", 3)
            assert name not in typed, "twice: " + name
            typed[name] = kind
        elif not line.startswith("# HELP "):
            assert SAMPLE.match(line), line
            name = re.match("[a-z_]+", line).group()
            base = re.sub("_(bucket|sum|count)$", "", name)
            assert name in typed or typed.get(base) == "histogram", line
            assert line.rsplit(" ", 1)[0] not in seen, "twice: " + line
            seen.add(line.rsplit(" ", 1)[0])
    assert typed["aspora_http_requests_total"] == "counter"
    assert "aspora_executions" in typed


# --- the process ------------------------------------------------------------------------------------------------

def test_a_reload_of_a_bad_file_keeps_what_runs(s):
    before, text = s.roles_running(), open(s.conf, encoding="utf-8").read()
    try:
        with open(s.conf, "a", encoding="utf-8") as f:
            f.write("lease: {ttl: 1s, renew: 5s}\n")
        s.process.send_signal(signal.SIGHUP)
        line = s.wait("the refusal", lambda: s.logged("config.") and [x for x in s.logged("lease.renew") if "config." in x])[0]
        assert "asporad.conf:" in line and "a third of lease.ttl" in line
        assert s.roles_running() == before
        assert s.api("GET", "/readyz", key="")[0] == 200
    finally:
        with open(s.conf, "w", encoding="utf-8") as f:
            f.write(text)


def test_the_role_processes_never_ended(s):
    assert not s.logged("role.ended"), s.logged("role.ended")


# --- systems of their own ---------------------------------------------------------------------------------------

def test_sources_that_vanish_delete_nothing_and_a_second_one_may_not_take_a_domain():
    with System("sync,control,runner") as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", PLATFORM)
        s.put(skill_files("first", "a"))
        s.push("first")
        other = os.path.join(s.home, "other.git")
        run(["git", "clone", "-q", "--bare", s.repo, other])
        s.put(skill_files("first", "a", "mine"))
        s.git("commit", "-q", "-a", "-m", "claims it")
        s.git("push", "-q", other, "HEAD:refs/heads/main")
        sources = "  main: {url: \"file://%s\", poll: 500ms, allow_local: true, platform: true}\n"
        second = "  other: {url: \"file://%s\", poll: 500ms, allow_local: true}\n" % other
        s.write_conf(sources % s.repo + second)
        s.start()
        s.wait_converged()
        s.wait("both looked", lambda: s.one("select count(*) from source where observed_revision <> ''")[0] == 2)
        owner, = s.one("select source from domain where name = 'first'")
        loser = {"main": "other", "other": "main"}[owner]
        told = s.conditions(loser)
        if loser == "other":
            assert told["Ready"]["status"] == "False"
            assert "left alone first: it belongs to source main" in told["Ready"]["message"]
            assert told["Ready"]["remedy"]
        deployed = lambda: set(s.rows("select domain, skill, encode(content, 'hex') from desired where until is null"))
        before = deployed()
        s.stop()
        s.write_conf(second if owner == "main" else sources % s.repo)
        s.start()
        s.wait("the row's end", lambda: s.one("select 1 from source where name = %s and not declared", owner))
        s.put(skill_files("later", "a"))
        s.git("push", "-q", "-f", other, "HEAD:refs/heads/main")
        s.push("later")
        s.git("push", "-q", "-f", other, "HEAD:refs/heads/main")
        s.wait("the later domain", lambda: s.content("later", "a"))
        assert before <= deployed()
        assert s.one("select source from domain where name = 'first'")[0] == owner
        # And a repository that is no longer there.
        shutil.rmtree(other if owner == "main" else s.repo)
        s.wait("the failure", lambda: s.conditions(loser)["Ready"]["reason"] == "FetchFailed")
        assert s.content("first", "a") and s.content("later", "a")


def test_with_skills_as_unit_the_rest_of_a_domain_goes_on():
    with System("sync,control,runner") as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", PLATFORM.replace("policy: {", "policy: {unit: skill, "))
        s.put(skill_files("unit", "good", "v1"))
        s.put(skill_files("unit", "bad", "v1"))
        s.push("first")
        s.start()
        s.wait_converged()
        good, bad = s.content("unit", "good"), s.content("unit", "bad")
        s.put(skill_files("unit", "good", "v2"))
        s.put(skill_files("unit", "bad", "v2"))
        os.unlink(os.path.join(s.work, "skills/unit/bad/tests/cases.md"))
        s.wait_observed(s.push("half of it bad"))
        assert s.content("unit", "good") != good and s.content("unit", "bad") == bad
        assert s.conditions()["Ready"]["reason"] == "AdmissionDenied"
        s.put(skill_files("unit", "bad", "v2"))
        s.wait_observed(s.push("all good"))
        assert s.content("unit", "bad") != bad
        assert s.conditions()["Ready"]["status"] == "True"


# make test-postgres names another version.
PG_BIN = [os.environ["ASPORA_PG_BINDIR"]] if "ASPORA_PG_BINDIR" in os.environ else sorted(glob.glob("/usr/lib/postgresql/*/bin"))


@pytest.fixture(scope="module")
def database():
    """A cluster of our own, beside any that asporad makes; the owner's URL."""
    if not PG_BIN:
        pytest.skip("initdb is not installed")
    home = tempfile.mkdtemp(prefix="aspora-it-pg-")
    data, as_user = os.path.join(home, "data"), []
    if os.getuid() == 0:
        shutil.chown(home, "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    tools = lambda *argv: run([*as_user, os.path.join(PG_BIN[-1], argv[0]), *argv[1:]], cwd="/")
    tools("initdb", "-D", data, "-U", "boss", "-A", "trust", "-N")
    tools("pg_ctl", "-D", data, "-w", "-l", os.path.join(home, "log"), "-o",
          "-c listen_addresses='' -k %s -c fsync=off" % home, "start")
    try:
        yield home
    finally:
        tools("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def test_any_database_url_will_do(database):
    psql = lambda text: run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", database, "-U", "boss", "-d", "postgres"], input=text)
    psql("create role aspora login createrole;\ncreate database aspora owner aspora;\n")
    url = "postgresql://aspora@/aspora?host=" + urllib.parse.quote(database, safe="")
    with System(database=url) as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", PLATFORM)
        s.put(skill_files("far", "a"))
        s.push("first")
        s.start()
        s.wait_converged()
        assert said(s, "far/a") == "hello"
        assert apply(s, skill_files("far2", "a", "there"))[0] == 200
        wait_said(s, "far2/a", "there")
        assert not os.path.exists(os.path.join(s.state, "postgres"))
        assert s.stop() == 0


# --- who and why ------------------------------------------------------------------------------------------------

def test_a_release_names_who_wrote_the_commit_and_who_wrote_it_down(s):
    s.put(skill_files("git", "one", "by ana"))
    s.git("add", "-A")
    s.git("commit", "-q", "--author", "Ana <ana@example.com>", "-m", "in her words")
    s.git("push", "-q", "origin", "HEAD:refs/heads/main")
    s.wait_observed(s.git("rev-parse", "HEAD"))
    newest = s.api("GET", "releases?limit=1")[1]["items"][0]
    assert newest["status"]["by"] == "Ana", newest
    assert newest["status"]["author"] == "Ana <ana@example.com>"
    assert newest["status"]["actor"].startswith("sync@")
    # What somebody asked the gateway for is by who asked.
    status, result = apply(s, skill_files("mine", "by", "by whom"), reason="who")
    assert status == 200, result
    newest = s.api("GET", "releases?limit=1")[1]["items"][0]
    assert newest["status"]["by"] == newest["status"]["actor"] != "", newest


def test_words_of_a_commit_that_are_no_text_do_not_stop_a_source(s):
    s.put(skill_files("git", "one", "in latin"))
    s.git("add", "-A")
    tree = s.git("write-tree")
    data = ("tree %s\nparent %s\nauthor J\xf8rn <j@example.com> 1700000000 +0000\ncommitter J\xf8rn <j@example.com> 1700000000 +0000\n\n"
            "p\xe5 dansk\n" % (tree, s.git("rev-parse", "HEAD"))).encode("latin-1")
    commit_id = subprocess.run(["git", "-C", s.work, "hash-object", "-t", "commit", "-w", "--stdin"], input=data, check=True,
                               capture_output=True).stdout.decode().strip()
    s.git("reset", "-q", "--hard", commit_id)
    s.git("push", "-q", "origin", "HEAD:refs/heads/main")
    s.wait_observed(commit_id)
    newest = s.api("GET", "releases?limit=1")[1]["items"][0]
    assert newest["spec"]["message"] == "p\\xe5 dansk" and newest["status"]["by"] == "J\\xf8rn", newest


def test_an_overlay_over_one_skill_leaves_its_siblings_as_they_were(s):
    def others():
        return s.rows("select skill, content, runtime, context, timeout_ms, per_run_microusd, per_day_microusd, concurrency, per_minute"
                      " from desired where domain = 'sib' and skill <> 'one' and until is null order by skill")

    s.put({"skills/sib/aspora.config.yaml": ("limits: {timeout: 9s}\nbudget: {per_run_usd: 0.5}\n", 0o644)})
    commit(s, skill_files("sib", "one"), skill_files("sib", "two", config="limits: {timeout: 4s}\n"), skill_files("sib", "three"))
    before = others()
    assert [r[4] for r in before] == [9000, 4000], before
    for more in (skill_files("sib", "one", "over"), skill_files("sib", "one", "over", config="limits: {timeout: 2s}\n")):
        status, result = apply(s, more, override=True, ttl="1h")
        assert status == 200 and [k["name"] for k in result["plan"]["domains"][0]["skills"]] == ["one"], result
        assert others() == before
    assert s.wish("overlays/end", {"domain": "sib"})[0] == 200
    s.wait("the end", lambda: s.one("select timeout_ms from desired where domain = 'sib' and skill = 'one' and until is null") == (9000,))
    assert others() == before


def test_a_rewrite_of_what_was_only_refused_is_held_too(s):
    refused = commit(s, skill_files("rewrite", "a", tests=False))
    s.git("commit", "-q", "--amend", "-m", "as if it had never been")
    s.git("push", "-q", "-f", "origin", "HEAD:refs/heads/main")
    held = s.wait("the hold", lambda: s.conditions()["Stalled"]["reason"] == "HistoryRewritten" and s.conditions()["Stalled"])
    assert "does not follow " + refused[:12] in held["message"], held
    s.git("reset", "-q", "--hard", refused)
    s.git("rm", "-qr", "skills/rewrite")
    s.wait_observed(s.push("on top of it", force=True))
    assert s.conditions()["Ready"]["status"] == "True"
