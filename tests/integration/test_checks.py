"""Results that CI bots post: waited for, for exactly one content, and never in anybody else's way."""
import json
import os
import subprocess

import pytest

from system import BUILD, System, run

ASPORA = os.path.join(BUILD, "bin", "aspora")
WHERE = "skills/ecm/order-details/"


@pytest.fixture(scope="module", name="s")
def system():
    with System(roles="sync,control,runner,gateway") as s:
        s.init_repo()
        s.push("as it is")
        s.start()
        s.gateway()
        s.wait("the first release", lambda: s.rows("select 1 from release"))
        yield s


def bot(s, *domains):
    return run(s.argv_of("key", "create", "--name", "bot-%d" % len(s.rows("select 1 from key")), "--role", "ci-bot",
                         *(["--domains", ",".join(domains)] if domains else []))).stdout.strip()


def aspora(s, key, *argv):
    return subprocess.run([ASPORA, *argv], cwd=s.work, capture_output=True, text=True, timeout=60, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": s.home, "ASPORA_SERVER": s.address(), "ASPORA_KEY": key})


def results(s, passed, failed=0, skill="ecm/order-details"):
    path = os.path.join(s.home, "results.json")
    tests = [{"success": i < passed, "failureReason": 0, "cost": 0.001, "testCase": {"metadata": {"skill": skill}}}
             for i in range(passed + failed)]
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"results": {"results": tests}, "metadata": {"promptfooVersion": "0.121.0"}}, f)
    return path


def condition(s, path, kind):
    return {c["type"]: c for c in s.api("GET", path)[1]["status"]["conditions"]}[kind]


def wanted(s):
    return s.rows("select encode(content, 'hex') from desired where domain = 'ecm' and skill = 'order-details' and until is null")[0][0]


def test_a_change_waits_for_the_check_and_goes_on_when_it_is_posted(s):
    before = wanted(s)
    s.write("skills/ecm/aspora.config.yaml", s.read("skills/ecm/aspora.config.yaml") + "tests:\n  required: [promptfoo]\n")
    commit = s.push("ecm wants promptfoo")
    s.wait_observed(commit)
    waits = condition(s, "domains/ecm", "Reconciling")
    assert (waits["status"], waits["reason"]) == ("True", "WaitingForChecks")
    assert "promptfoo" in waits["message"]
    assert condition(s, "domains/ecm", "Stalled")["status"] == "False"
    assert condition(s, "domains/ecm/skills/order-details", "Reconciling")["reason"] == "WaitingForChecks"
    ready = s.conditions()["Ready"]
    assert (ready["status"], ready["reason"]) == ("Unknown", "WaitingForChecks")
    assert s.conditions()["Reconciling"]["status"] == "True" and s.conditions()["Stalled"]["status"] == "False"
    key = bot(s, "ecm")
    # Another domain's change is not in the way of it, nor it of the other's.
    s.edit("skills/hr/DOMAIN.md", s.read("skills/hr/DOMAIN.md"), "People.\n")
    second = s.push("hr goes on")
    s.wait("hr's release", lambda: s.rows("select 1 from release where revision = %s", second))
    assert wanted(s) == before
    # One check of three: two of them still wait.
    done = aspora(s, key, "check", "post", "ecm/order-details", "--name", "promptfoo", "--from", results(s, 3))
    assert done.returncode == 0, done.stderr
    assert "posted promptfoo of 1 skill" in done.stderr
    skills = [k for (k,) in s.rows("select skill from desired where domain = 'ecm' and until is null")]
    for name in skills:
        aspora(s, key, "check", "post", "--name", "promptfoo", "--from", results(s, 3, skill="ecm/" + name))
    s.wait("ecm's release", lambda: s.rows("select 1 from verdict where domain = 'ecm' and allow and revision = %s", second))
    s.wait("nothing to wait for", lambda: condition(s, "domains/ecm", "Reconciling")["reason"] != "WaitingForChecks")
    assert s.rows("select tool, version, passed_count, cost_microusd, by from posted_check where skill = 'order-details'") == [
        ("promptfoo", "0.121.0", 3, 3000, s.rows("select by from posted_check limit 1")[0][0])]


def test_too_few_passed_is_a_denial_and_new_content_waits_anew(s):
    key = bot(s, "ecm")
    s.edit(WHERE + "SKILL.md", "# Order details", "# Details of an order")
    commit = s.push("other content")
    s.wait_observed(commit)
    assert condition(s, "domains/ecm", "Reconciling")["reason"] == "WaitingForChecks"
    assert aspora(s, key, "check", "post", "--name", "promptfoo", "--from", results(s, 2, 1)).returncode == 0
    s.wait("the denial", lambda: condition(s, "domains/ecm", "Stalled")["reason"] == "AdmissionDenied")
    assert "2 of 3" in condition(s, "domains/ecm", "Stalled")["message"]
    # The same content again, and better.
    assert aspora(s, key, "check", "post", "--name", "promptfoo", "--from", results(s, 3)).returncode == 0
    s.edit(WHERE + "SKILL.md", "# Details of an order", "# Details of one order")
    newer = s.push("newer content")
    s.wait_observed(newer)
    assert condition(s, "domains/ecm", "Reconciling")["reason"] == "WaitingForChecks"
    # A restart forgets nothing of it.
    s.stop()
    s.start()
    s.gateway()
    assert aspora(s, key, "check", "post", "--name", "promptfoo", "--from", results(s, 3)).returncode == 0
    s.wait("the release", lambda: s.rows("select 1 from release where revision = %s", newer))


@pytest.mark.parametrize("change,status,words", [
    ({"passed": 0}, 422, "ran nothing"),
    ({"passed": -1}, 422, "passed"),
    ({"link": "javascript:alert(1)"}, 422, "no web address"),
    ({"tool": "a\nb"}, 422, "one line"),
    ({"digest": "0" * 64}, 422, "not the one of the path"),
    ({"skill": "order-details"}, 422, "order-details"),
    ({"skill": "hr/leave"}, 403, "does not cover"),
    ({"colour": 1}, 422, "colour"),
])
def test_what_is_no_result_is_refused(s, change, status, words):
    body = {"skill": "ecm/order-details", "name": "promptfoo", "passed": 1, **change}
    code, answer = s.api("POST", "admissions/%s/checks" % ("a" * 64), body, key=bot(s, "ecm"))[:2]
    assert code == status and words in json.dumps(answer), (code, answer)


def test_keys_of_readers_may_not_post_and_may_read(s):
    viewer = run(s.argv_of("key", "create", "--name", "eye", "--role", "viewer")).stdout.strip()
    body = {"skill": "ecm/order-details", "name": "promptfoo", "passed": 1}
    assert s.api("POST", "admissions/%s/checks" % ("a" * 64), body, key=viewer)[0] == 403
    assert s.api("POST", "admissions/%s/checks" % "A" * 64, body)[0] in (404, 422)
    code, answer = s.api("GET", "admissions/%s/checks" % wanted(s), key=viewer)[:2]
    assert code == 200 and [i["name"] for i in answer["items"]] == ["promptfoo"] and answer["items"][0]["passed"] == 3


def test_the_verdict_of_a_job_is_posted_too(s):
    done = aspora(s, bot(s), "admit", "ecm", "--post", "--link", "https://ci.example.com/7")
    assert "posted the verdict of 3 skills" in done.stderr, done.stderr
    assert s.rows("select distinct tool, passed_count, url from posted_check where name = 'admission'") == [
        ("aspora", 1, "https://ci.example.com/7")]
