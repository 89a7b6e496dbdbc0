"""What people approve: one change of one domain, each person once, never one's own; the change goes on by itself, and nobody else waits."""
import json
import os
import subprocess

import pytest

from system import BUILD, System, run, skill_files, upload

ASPORA = os.path.join(BUILD, "bin", "aspora")
CONFIG = "skills/ecm/aspora.config.yaml"
SKILL = "skills/ecm/order-details/SKILL.md"


@pytest.fixture(scope="module", name="s")
def system():
    with System(roles="sync,control,gateway") as s:
        s.init_repo()
        s.push("as it is")
        s.start()
        s.gateway()
        s.wait("the first release", lambda: s.rows("select 1 from release"))
        s.keys = {name: s.make_key(name, role, *more) for name, role, *more in [
            ("ana", "approver"), ("bob", "approver"), ("cyd", "approver", "--domains", "ecm"), ("dan", "approver", "--domains", "hr"),
            ("test", "approver"), ("op", "operator"), ("eye", "viewer"), ("root", "admin")]}
        s.write(CONFIG, s.read(CONFIG) + "policy:\n  approvals: 1\n")
        s.first = s.push("ecm wants somebody to look at it")
        s.wait_observed(s.first)
        yield s


def aspora(s, who, *argv):
    return subprocess.run([ASPORA, *argv], cwd=s.work, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], "HOME": s.home, "ASPORA_SERVER": s.address(), "ASPORA_KEY": s.keys[who]})


def condition(s, path, kind):
    return {c["type"]: c for c in s.api("GET", path)[1]["status"]["conditions"]}[kind]


def held(s, domain="ecm"):
    """The admission that the domain's newest commit is held by."""
    items = s.api("GET", "domains/%s/admissions?verdict=deny" % domain)[1]["items"]
    return next((a for a in items if a["status"]["holds"]), None)


def approve(s, who, candidate=None, headers=None, query="", **body):
    candidate = candidate or held(s)["spec"]["candidate"]
    return s.api("POST", "admissions/%s/approvals%s" % (candidate, query), {"domain": "ecm", **body}, key=s.keys[who], headers=headers)[:2]


def change(s, words):
    """Another content of the domain, waited for until it is held."""
    text = s.read(SKILL)
    head = text[text.index("\n# ") + 1:].split("\n")[0]
    s.edit(SKILL, head, "# " + words)
    commit = s.push(words)
    s.wait_observed(commit)
    assert held(s)["metadata"]["source"]["revision"] == commit
    return commit


def released(s, commit, domain="ecm"):
    return s.rows("select 1 from release_item where domain = %s and revision = %s and until is null", domain, commit)


def reason(s):
    return condition(s, "domains/ecm", "Reconciling")["reason"]


def test_a_change_waits_for_a_person_visibly_and_in_nobodys_way(s):
    waits = condition(s, "domains/ecm", "Reconciling")
    assert (waits["status"], waits["reason"]) == ("True", "WaitingForApproval")
    assert "0 of the 1 people that must approve it have" in waits["message"] and s.first[:12] in waits["message"]
    assert waits["remedy"].endswith("aspora approve ecm")
    assert condition(s, "domains/ecm", "Stalled")["status"] == "False"
    assert condition(s, "domains/ecm/skills/order-details", "Reconciling")["reason"] == "WaitingForApproval"
    assert (s.conditions()["Ready"]["status"], s.conditions()["Ready"]["reason"]) == ("Unknown", "WaitingForApproval")
    assert s.conditions()["Reconciling"]["remedy"].endswith("has to look at it: aspora approve ecm")
    assert s.conditions()["Stalled"]["status"] == "False"
    a = held(s)
    assert (a["status"]["phase"], a["status"]["waitsFor"], a["status"]["approvals"]) == ("Waiting", "WaitingForApproval", [])
    assert a["spec"]["author"] == "Test <test@example.com>"
    # Another domain's change goes by.
    s.edit("skills/hr/DOMAIN.md", s.read("skills/hr/DOMAIN.md"), "People.\n")
    second = s.push("hr goes on")
    s.wait("hr's release", lambda: released(s, second, "hr"))
    assert held(s)["spec"]["candidate"] == a["spec"]["candidate"] and reason(s) == "WaitingForApproval"


def test_who_may_not_approve_is_told_why(s):
    for who, status, words in [("op", 403, "role operator may not"), ("eye", 403, "role viewer may not"), ("dan", 403, "does not cover"),
                               ("test", 403, "wrote this change, and test is taken for the same person")]:
        code, answer = approve(s, who)
        assert code == status and words in answer["detail"], (who, code, answer)
    assert "have somebody else with role approver run aspora approve ecm" in approve(s, "test")[1]["remedy"]
    assert s.rows("select 1 from approval") == []


@pytest.mark.parametrize("more,status,words", [
    ({"candidate": "a" * 64}, 404, "no candidate aaaaaaaaaaaa of domain ecm has been judged"),
    ({"candidate": "xyz"}, 422, "names no candidate"),
    ({"for": "fun"}, 422, "nothing that can be approved"),
    ({"for": "growth"}, 409, "nothing of it waits for an approval of growth"),
    ({"ttl": "31d"}, 422, "30 days at most"),
    ({"reason": "x" * 5000}, 413, "reason has more than 4096 bytes"),
    ({"revision": "123"}, 422, "too short to name a commit"),
    ({"revision": "0000000"}, 409, "not of 0000000"),
    ({"domain": "hr"}, 404, "of domain hr has been judged"),
    ({"domain": ""}, 422, "domain"),
    ({"query": "?dryRun=Some"}, 400, "dryRun=Some is not known"),
    ({"colour": 1}, 422, "colour"),
])
def test_what_cannot_be_approved_is_refused(s, more, status, words):
    code, answer = approve(s, "ana", **more)
    assert code == status and words in answer["detail"], (code, answer)


def test_a_dry_run_says_what_would_be_and_leaves_nothing(s):
    code, answer = approve(s, "ana", query="?dryRun=All", reason="looks fine")
    assert code == 200 and answer["kind"] == "Approval" and answer["status"]["phase"] == "Holding"
    assert (answer["spec"]["actor"], answer["spec"]["reason"], answer["spec"]["for"]) == ("key:ana", "looks fine", "review")
    assert s.rows("select 1 from approval") == []
    done = aspora(s, "ana", "approve", "ecm", "--dry-run")
    assert done.returncode == 0 and "(server dry run)" in done.stdout, done
    done = aspora(s, "ana", "approve", "ecm", "--dry-run=client")
    assert done.returncode == 0 and "review: 0 of the 1 people that must approve it have" in done.stderr, done


def test_once_approved_it_goes_on_by_itself_and_says_who(s):
    done = aspora(s, "ana", "approve", "ecm")
    assert done.returncode == 2 and "add --yes" in done.stderr, done
    candidate = held(s)["spec"]["candidate"]
    done = aspora(s, "ana", "approve", "ecm", "--yes", "--revision", s.git("rev-parse", "HEAD").strip()[:12], "--reason", "read it")
    assert done.returncode == 0 and "given: review of ecm " + candidate[:12] in done.stdout, done
    s.wait("ecm's release", lambda: s.rows("select 1 from release_item where domain = 'ecm' and encode(candidate, 'hex') = %s and until is null", candidate))
    s.wait("nothing to wait for", lambda: reason(s) != "WaitingForApproval")
    allowed = s.api("GET", "domains/ecm/admissions?verdict=allow")[1]["items"][0]
    assert [(x["by"], x["for"], x["reason"]) for x in allowed["status"]["approvals"]] == [("key:ana", "review", "read it")]
    assert any("1 of the 1 people that must approve it has: key:ana" in f["message"] for f in allowed["status"]["findings"])
    said = aspora(s, "eye", "describe", "admission", "ecm/" + allowed["metadata"]["name"]).stdout
    assert "key:ana" in said
    table = aspora(s, "eye", "get", "approvals", "-d", "ecm").stdout
    assert table.split()[:8] == ["DOMAIN", "NAME", "FOR", "BY", "STATE", "CANDIDATE", "EXPIRES", "AGE"] and "key:ana" in table and "Holding" in table
    assert table == aspora(s, "eye", "approve", "--list", "ecm").stdout
    entry = s.api("GET", "audit?kind=Approval&limit=1")[1]["items"][0]
    assert (entry["actor"], entry["op"], entry["object"]["for"], entry["object"]["candidate"]) == ("key:ana", "create", "review", candidate)
    # What is deployed needs nobody any more.
    code, answer = approve(s, "bob", candidate)
    assert code == 409 and "it is deployed" in answer["detail"]


def test_each_person_counts_once_and_two_are_two(s):
    s.edit(CONFIG, "approvals: 1", "approvals: 2")
    change(s, "Orders in detail")
    code, first = approve(s, "ana", headers={"Idempotency-Key": "one"})
    assert code == 201
    s.wait("1 of 2", lambda: "1 of the 2 people that must approve it has: key:ana" in condition(s, "domains/ecm", "Reconciling")["message"])
    # The same request is answered as it was; another one of the same person is none.
    assert approve(s, "ana", headers={"Idempotency-Key": "one"}) == (200, first)
    code, answer = approve(s, "ana", headers={"Idempotency-Key": "one"}, reason="other")
    assert code == 409 and "has asked for something else" in answer["detail"]
    code, answer = approve(s, "ana")
    assert code == 409 and "already: approval " + first["metadata"]["name"] in answer["detail"] and "another approver" in answer["remedy"]
    assert held(s)["status"]["phase"] == "Waiting" and [x["by"] for x in held(s)["status"]["approvals"]] == ["key:ana"]
    commit = s.git("rev-parse", "HEAD").strip()
    assert approve(s, "cyd")[0] == 201
    s.wait("ecm's release", lambda: released(s, commit))
    # What is deployed was approved: it does not wait again because others change.
    s.edit("skills/hr/DOMAIN.md", s.read("skills/hr/DOMAIN.md"), "People, again.\n")
    later = s.push("hr again")
    s.wait_observed(later)
    assert released(s, later, "hr") and not held(s) and reason(s) != "WaitingForApproval"
    assert released(s, commit) and s.rows("select 1 from release_item where domain = 'ecm' and revision = %s", later) == []
    assert aspora(s, "bob", "approve", "ecm", "--yes").returncode == 5


def test_a_newer_push_has_to_be_approved_anew(s):
    change(s, "Orders, once more")
    old = held(s)["spec"]["candidate"]
    assert approve(s, "ana")[0] == 201
    s.wait("1 of 2", lambda: "1 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    commit = change(s, "Orders, and again")
    assert "0 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"]
    code, answer = approve(s, "bob", old)
    assert code == 409 and "a newer change of domain ecm, %s, has taken its place" % held(s)["spec"]["candidate"][:12] in answer["detail"]
    assert answer["remedy"].endswith("aspora approve ecm")
    assert approve(s, "ana")[0] == 201 and approve(s, "bob")[0] == 201
    s.wait("the newer one's release", lambda: released(s, commit))


def test_what_was_taken_back_and_what_a_revoked_key_gave_count_for_nothing(s):
    commit = change(s, "Details of orders")
    name = approve(s, "ana")[1]["metadata"]["name"]
    s.wait("1 of 2", lambda: "1 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    done = aspora(s, "bob", "approve", "--revoke", name)
    assert done.returncode != 0 and "approval %s is key:ana's" % name in done.stderr, done
    assert s.api("DELETE", "approvals/" + name, key=s.keys["dan"])[0] == 404 and s.api("DELETE", "approvals/nought", key=s.keys["ana"])[0] == 404
    done = aspora(s, "ana", "approve", "--revoke", name, "--dry-run")
    assert done.returncode == 0 and "(server dry run)" in done.stdout, done
    done = aspora(s, "ana", "approve", "--revoke", name)
    assert done.returncode == 0 and "approval/%s taken back: review of ecm" % name in done.stdout, done
    s.wait("0 of 2", lambda: "0 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    assert s.api("GET", "approvals/" + name)[1]["status"]["phase"] == "Withdrawn"
    code, answer = s.api("DELETE", "approvals/" + name, key=s.keys["ana"])[:2]
    assert code == 409 and "holds no more" in answer["detail"]
    # The key of one who approved is revoked before the other has: it has not been approved by who the key was made for.
    key = s.make_key("eve", "approver")
    s.keys["eve"] = key
    assert approve(s, "eve")[0] == 201
    s.wait("1 of 2", lambda: "1 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    assert s.api("DELETE", "keys/eve", key=s.keys["root"])[0] == 200
    s.wait("0 of 2", lambda: "0 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    assert s.rows("select withdrawn_by from approval where by = 'key:eve'") == [("key:root, with key eve",)]
    # So it is when the key is revoked on the server.
    s.keys["fay"] = s.make_key("fay", "approver")
    assert approve(s, "fay")[0] == 201
    s.wait("1 of 2", lambda: "1 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    run(s.argv("key", "revoke", "fay"))
    s.wait("0 of 2", lambda: "0 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    assert approve(s, "bob")[0] == 201 and not released(s, commit)
    assert approve(s, "ana")[0] == 201
    s.wait("the release", lambda: released(s, commit))


def test_one_that_has_expired_counts_for_nothing_and_can_be_given_again(s):
    commit = change(s, "Order, in detail")
    assert approve(s, "ana", ttl="1s")[0] == 201
    s.wait("its end", lambda: "0 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"] and s.rows(
        "select 1 from approval where by = 'key:ana' and expires_at < now() and withdrawn_at is null"))
    assert approve(s, "bob")[0] == 201 and approve(s, "ana")[0] == 201
    s.wait("the release", lambda: released(s, commit))
    assert s.rows("select count(*) from approval where by = 'key:ana' and withdrawn_at = expires_at") == [(1,)]


def test_a_restart_forgets_nothing_of_it(s):
    commit = change(s, "Details: orders")
    assert approve(s, "ana")[0] == 201
    s.wait("1 of 2", lambda: "1 of the 2" in condition(s, "domains/ecm", "Reconciling")["message"])
    s.stop()
    s.start()
    s.gateway()
    assert approve(s, "bob")[0] == 201
    s.wait("the release", lambda: released(s, commit))


def test_approvals_can_be_watched(s):
    commit = change(s, "Orders, watched")
    watch = subprocess.Popen([ASPORA, "get", "approvals", "-w", "-o", "jsonpath={.spec.actor} {.status.phase}{\"\\n\"}"], cwd=s.work, stdout=subprocess.PIPE, text=True,
                             env={"PATH": os.environ["PATH"], "HOME": s.home, "ASPORA_SERVER": s.address(), "ASPORA_KEY": s.keys["eye"]})
    lines = iter(watch.stdout.readline, "")
    try:
        assert next(lines)
        assert approve(s, "bob", reason="watched")[0] == 201
        while next(lines).strip() != "key:bob Holding":
            pass
    finally:
        watch.kill()
        watch.wait()
    assert approve(s, "ana")[0] == 201
    s.wait("the release", lambda: released(s, commit))


def test_growth_is_approved_for_itself(s):
    s.edit(CONFIG, "approvals: 2", "approvals: 1\n  growth: approve")
    commit = s.push("policy first")
    s.wait_observed(commit)
    assert aspora(s, "ana", "approve", "ecm", "--yes").returncode == 0
    s.wait("the release", lambda: released(s, commit))
    s.edit("skills/ecm/order-details/aspora.config.yaml", "per_day_usd: 20", "per_day_usd: 25")
    commit = s.push("a larger budget")
    s.wait_observed(commit)
    waits = condition(s, "domains/ecm", "Reconciling")
    assert waits["reason"] == "WaitingForApproval" and "budget per day 20 → 25 USD" in waits["message"]
    assert waits["remedy"].endswith("aspora approve ecm --for growth")
    # The review is one thing, what grows another.
    assert approve(s, "ana")[0] == 201
    s.wait("the review", lambda: "AD-REVIEW-001" not in [f["rule"] for f in held(s)["status"]["findings"] if f["severity"] == "deny"])
    code, answer = approve(s, "bob")
    assert code == 409 and answer["remedy"] == "it asks for growth"
    assert not released(s, commit) and reason(s) == "WaitingForApproval"
    done = aspora(s, "bob", "approve", "ecm", "--yes", "--for=fun")
    assert done.returncode == 2 and "it is review, growth, deletion or freeze" in done.stderr
    done = aspora(s, "bob", "approve", "ecm", "--yes", "-o", "name")
    assert done.returncode == 0 and done.stdout.startswith("approval/ecm/"), done
    s.wait("the release", lambda: released(s, commit))
    assert s.rows("select kind, by from approval where revision = %s order by id", commit) == [("review", "key:ana"), ("growth", "key:bob")]


def test_a_deletion_and_a_freeze_are_approved_as_exactly_this(s):
    s.write("skills/hr/aspora.config.yaml", s.read("skills/hr/aspora.config.yaml")
            + "policy:\n  freeze: [{from: 2020-01-01, until: 2099-01-01, zone: UTC, reason: for ever}]\n")
    commit = s.push("hr is frozen")
    s.wait_observed(commit)
    assert condition(s, "domains/hr", "Stalled")["reason"] == "AdmissionDenied"
    code, answer = approve(s, "dan", held(s, "hr")["spec"]["candidate"], domain="hr")
    assert code == 409 and answer["remedy"] == "it asks for freeze"
    assert aspora(s, "dan", "approve", "hr", "--yes", "--for", "freeze").returncode == 0
    s.wait("the release in spite of it", lambda: released(s, commit, "hr"))
    s.git("rm", "-q", "-r", "skills/wealth")
    commit = s.push("without wealth")
    s.wait_observed(commit)
    assert aspora(s, "dan", "approve", "wealth", "--yes").returncode == 4
    assert aspora(s, "bob", "approve", "wealth", "--yes").returncode == 0
    s.wait("the deletion", lambda: not s.rows("select 1 from desired where domain = 'wealth' and until is null"))
    # It comes again, and is deleted again: that is another deletion.
    s.git("checkout", "-q", "HEAD~1", "--", "skills/wealth")
    s.wait_observed(s.push("wealth again"))
    s.edit("skills/wealth/DOMAIN.md", s.read("skills/wealth/DOMAIN.md"), "Wealth, anew.\n")
    s.wait_observed(s.push("and other"))
    s.git("rm", "-q", "-r", "skills/wealth")
    s.wait_observed(s.push("without wealth, again"))
    assert "deletes the only skill" in condition(s, "domains/wealth", "Stalled")["message"]
    assert s.rows("select 1 from desired where domain = 'wealth' and until is null")


def test_a_rollback_needs_nobody_again(s):
    before = s.rows("select release from release_item where domain = 'ecm' and since < (select since from release_item where domain = 'ecm' and until is null) order by since desc limit 1")[0][0]
    done = aspora(s, "op", "rollback", "ecm", "--to", str(before), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert s.rows("select r.kind from release r join release_item i on i.release = r.id where i.domain = 'ecm' and i.until is null") == [("rollback",)]


def test_what_was_applied_is_approved_and_applied_again(s):
    till = skill_files("shop", "till")
    cases, mode = till["skills/shop/till/tests/cases.md"]
    till["skills/shop/till/tests/cases.md"] = (cases + cases[cases.index("## "):].replace("It answers", "It answers again"), mode)
    files = upload(till, {"skills/shop/aspora.config.yaml": ("policy:\n  approvals: 1\n", 0o644)})
    code, wish = s.api("POST", "uploads?wait=30s", files, key=s.keys["root"])[:2]
    assert "0 of the 1 people" in json.dumps(wish), (code, wish["status"])
    candidate = s.rows("select encode(candidate, 'hex') from verdict where domain = 'shop'")[0][0]
    code, answer = approve(s, "root", candidate, domain="shop")
    assert code == 403 and "key:root wrote this change" in answer["detail"]
    assert aspora(s, "bob", "approve", "shop", "--yes").returncode == 0
    code, wish = s.api("POST", "uploads?wait=30s", files, key=s.keys["root"])[:2]
    assert code == 200 and wish["status"]["result"]["release"] > 0, (code, wish["status"])
