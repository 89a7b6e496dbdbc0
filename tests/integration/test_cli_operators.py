"""The verbs of aspora that ask a running asporad for something: each once as it should be, and as it should not."""
import json
import os
import pty
import re
import shutil
import subprocess

import pytest

from system import BUILD, System, run
from test_system import add_skill

ROLES = "sync,control,runner,gateway"
ASPORA = os.path.join(BUILD, "bin", "aspora")


class Cli:
    """aspora against one System, with a key."""

    def __init__(self, system):
        self.s = system
        at = os.path.join(system.state, "gateway", "address")
        system.wait("the gateway", lambda: os.path.exists(at))
        with open(at, encoding="ascii") as f:
            self.server = "http://" + f.read().strip()
        self.key = self.make_key("tester", "operator")

    def make_key(self, name, role):
        return run([os.path.join(BUILD, "bin", "asporad"), "--config", self.s.conf, "key", "create", "--name", name,
                    "--role", role]).stdout.strip()

    def env(self, **more):
        return {"PATH": os.environ["PATH"], "HOME": self.s.home, "ASPORA_SERVER": self.server, "ASPORA_KEY": self.key, **more}

    def run(self, *argv, cwd=None, **env):
        return subprocess.run([ASPORA, *argv], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              cwd=cwd or self.s.home, env=self.env(**env), check=False)

    def good(self, *argv, **kw):
        done = self.run(*argv, **kw)
        assert done.returncode == 0, (argv, done.stdout, done.stderr)
        return done.stdout

    def bad(self, status, *argv, **kw):
        done = self.run(*argv, **kw)
        assert done.returncode == status, (argv, done.returncode, done.stdout, done.stderr)
        return done

    def answering(self, answer, *argv):
        """The verb on a terminal, with a person who answers its question."""
        parent, child = pty.openpty()
        with subprocess.Popen([ASPORA, *argv], stdin=child, stdout=subprocess.PIPE, stderr=child, cwd=self.s.home,
                              env=self.env(TERM="dumb")) as p:
            os.close(child)
            seen = b""
            while b"[y/N]" not in seen:
                seen += os.read(parent, 4096)
            os.write(parent, answer.encode() + b"\n")
            out = p.stdout.read().decode()
            p.wait()
            try:
                while piece := os.read(parent, 4096):
                    seen += piece
            except OSError:
                pass  # the end of a terminal nobody holds
            os.close(parent)
        return p.returncode, out, seen.decode()


@pytest.fixture(scope="module")
def cli():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        add_skill(s, "team", "two", role="specialist")
        s.push("two skills")
        s.start()
        s.wait_converged()
        yield Cli(s)


class Folder:
    """A skills folder that is in no repository."""

    def __init__(self, home, name):
        self.root = os.path.join(home, name)

    def write(self, path, text, mode=0o644):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(full, mode)

    def path(self, *parts):
        return os.path.join(self.root, *parts)


@pytest.fixture
def folder(cli, request):
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name)
    f = Folder(cli.s.home, name)
    yield f
    shutil.rmtree(f.root, ignore_errors=True)


def edit_and_push(cli, said):
    """Another version of team/one, deployed."""
    before = cli.s.content("team", "one")
    cli.s.write("skills/team/one/code/handler.sh", "#!/bin/sh\necho 'at work' >&2\ncat >/dev/null\necho '{\"output\":\"%s\"}'\n" % said, 0o755)
    commit = cli.s.push("say " + said)
    cli.s.wait_observed(commit)
    cli.s.wait_converged()
    after = cli.s.content("team", "one")
    assert after != before
    return before, after


# --- apply ----------------------------------------------------------------------------------------------------------


def test_apply_deploys_a_folder_and_says_what_changed(cli, folder):
    add_skill(folder, "ops", "check")
    tried = cli.good("apply", "-f", folder.root, "--dry-run")
    assert "+ ops/check  create\n" in tried and "    ! new trigger command: say ops check\n" in tried
    assert tried.endswith("would deploy 1 domain\n")
    assert cli.s.content("ops", "check") is None
    done = cli.good("apply", "-f", folder.root, "--set", "hand", "--reason", "try it")
    assert re.search(r"^deployed 1 domain \(release \d+\)$", done, re.M)
    assert cli.s.content("ops", "check")
    assert cli.good("history", "ops", "-o", "jsonpath=metadata.source.name") == "hand\n"
    assert cli.good("apply", "-f", folder.root, "--set", "hand") == "nothing to deploy\n"


def test_apply_takes_one_skill_by_folder_file_or_name_and_leaves_the_others(cli, folder):
    add_skill(folder, "solo", "a")
    add_skill(folder, "solo", "b", role="specialist")
    cli.good("apply", "-f", folder.path("skills/solo/a"), "--set", "solo")
    assert cli.s.content("solo", "a") and cli.s.content("solo", "b") is None
    cli.good("apply", "-f", folder.path("skills/solo/b/SKILL.md"), "--set", "solo")
    assert cli.s.content("solo", "a") and cli.s.content("solo", "b")
    add_skill(folder, "solo", "b", role="specialist", said="again")
    assert "~ solo/b  update" in cli.good("apply", "-f", "solo/b", "--set", "solo", cwd=folder.root)


def test_apply_with_prune_deletes_what_is_not_among_the_files(cli, folder):
    add_skill(folder, "less", "keep")
    for i in range(9):
        add_skill(folder, "less", "keep-%d" % i, role="specialist")
    add_skill(folder, "less", "drop", role="specialist")
    cli.good("apply", "-f", folder.root, "--set", "less")
    shutil.rmtree(folder.path("skills/less/drop"))
    assert cli.good("apply", "-f", folder.root, "--set", "less") == "nothing to deploy\n"
    assert "- less/drop  delete" in cli.good("apply", "-f", folder.root, "--set", "less", "--prune")
    assert cli.s.content("less", "keep") and cli.s.content("less", "drop") is None


def test_apply_says_each_finding_that_denies_with_place_and_remedy(cli, folder):
    add_skill(folder, "poor", "untested", tests=False)
    done = cli.bad(6, "apply", "-f", folder.root, "--set", "poor")
    assert re.search(r"^skills/poor/untested/SKILL\.md:\d+:\d+: deny AD-TESTS-001: .+\n +\S+", done.stdout, re.M), done.stdout
    assert "aspora: nothing to deploy; refused 1: poor (" in done.stderr
    tried = cli.bad(6, "apply", "-f", folder.root, "--set", "poor", "--dry-run")
    assert "deny AD-TESTS-001" in tried.stdout and tried.stdout.endswith("nothing to deploy; refused 1: poor\n")
    assert tried.stderr == ""


def test_apply_of_what_belongs_to_a_repository_is_a_conflict_unless_laid_over(cli, folder):
    add_skill(folder, "team", "two", role="specialist", said="hot")
    before = cli.s.content("team", "two")
    done = cli.bad(5, "apply", "-f", folder.path("skills/team/two"))
    assert "left alone team: it belongs to source main" in done.stderr and "--override --ttl 2h" in done.stderr
    assert cli.s.content("team", "two") == before
    laid = cli.good("apply", "-f", folder.path("skills/team/two"), "--override", "--ttl", "2h", "--reason", "hotfix")
    assert "~ team/two  update" in laid and "team/one" not in laid
    assert cli.s.content("team", "two") != before
    # Adopted by its owner, the overlay ends, and what the repository says holds again.
    assert cli.good("adopt", "team", "--to", "main") == "team belongs to source main now\n"
    cli.s.wait("the repository's version", lambda: cli.s.content("team", "two") == before)


@pytest.mark.parametrize("argv,status,words", [
    ([], 2, "apply needs -f"),
    (["-f", "./nothing"], 4, "./nothing: No such file or directory"),
    (["-f", "."], 4, "there is no skills/ folder in"),
    (["-f", "work/aspora.config.yaml"], 3, "is no file of a domain"),
    (["-f", "work", "--override"], 2, "add --ttl 2h"),
    (["-f", "work", "--ttl", "2h"], 2, "--ttl is for --override"),
    (["-f", "work", "-o", "jsom"], 2, "did you mean json?"),
    (["-f", "work", "--prun"], 2, "did you mean --prune"),
])
def test_apply_refuses_what_makes_no_sense(cli, argv, status, words):
    done = cli.bad(status, "apply", *argv)
    assert words in done.stderr and done.stdout == ""


def test_apply_prints_the_wish_as_json_and_keeps_the_exit_status(cli, folder):
    add_skill(folder, "team", "one", said="mine")
    done = cli.bad(5, "apply", "-f", folder.root, "-o", "json")
    wish = json.loads(done.stdout)
    assert (wish["kind"], wish["status"]["phase"], wish["status"]["error"]["code"]) == ("Wish", "failed", "conflict")
    assert wish["status"]["result"]["refused"] == ["team: it belongs to source main"]
    assert cli.bad(5, "apply", "-f", folder.root, "-o", "jsonpath=status.phase").stdout == "failed\n"


def test_a_wish_that_is_not_waited_for_is_recorded(cli, folder):
    add_skill(folder, "later", "one")
    done = cli.good("apply", "-f", folder.root, "--set", "later", "--wait", "0s")
    assert re.fullmatch(r"recorded as WISH-[0-9a-f-]+\n", done)
    cli.s.wait("the deployment", lambda: cli.s.content("later", "one"))


# --- overlays -------------------------------------------------------------------------------------------------------


def test_an_overlay_is_listed_and_taken_off_before_its_time(cli, folder):
    before = cli.s.content("team", "two")
    assert cli.run("overlay", "list").stderr == "aspora: there is no overlay\n"
    add_skill(folder, "team", "two", role="specialist", said="for now")
    cli.good("apply", "-f", folder.path("skills/team/two"), "--override", "--ttl", "2h", "--set", "hot")
    rows = [line.split() for line in cli.good("overlay", "list").splitlines()]
    assert rows[0] == ["DOMAIN", "OWNER", "FROM", "BY", "EXPIRES"] and rows[1][:4] == ["team", "main", "hot", "key:tester"], rows
    assert cli.good("overlay", "list", "team", "-o", "name") == "domain/team\n"
    assert cli.good("overlay", "list", "other", "-o", "name") == ""
    # Others are told what to do about it.
    add_skill(folder, "team", "two", role="specialist", said="colder")
    done = cli.bad(5, "apply", "-f", folder.path("skills/team/two"), "--set", "cold")
    assert "an overlay lies over it" in done.stderr and "aspora overlay end DOMAIN" in done.stderr
    assert cli.good("overlay", "end", "team", "--reason", "over") == "the overlay over team is gone\n"
    cli.s.wait("the repository's version", lambda: cli.s.content("team", "two") == before)
    assert "there is no overlay over domain team" in cli.bad(4, "overlay", "end", "team").stderr


@pytest.mark.parametrize("argv,words", [
    (["end"], "end needs the domain"),
    (["end", "team/one"], "write team"),
    (["ends", "team"], "did you mean \"aspora overlay end\"?"),
    ([], "needs to be told what"),
])
def test_overlay_refuses_what_makes_no_sense(cli, argv, words):
    assert words in cli.bad(2, "overlay", *argv).stderr


def test_prune_leaves_alone_what_the_same_set_only_lies_over(cli, folder):
    add_skill(folder, "pruned", "a")
    cli.good("apply", "-f", folder.root, "--set", "pruning")
    before = cli.s.content("team", "two")
    add_skill(folder, "team", "two", role="specialist", said="laid over")
    cli.good("apply", "-f", folder.path("skills/team/two"), "--override", "--ttl", "2h", "--set", "pruning")
    over = cli.s.content("team", "two")
    assert over != before
    shutil.rmtree(folder.path("skills/team"))
    add_skill(folder, "pruned", "a", said="again")
    done = cli.good("apply", "-f", folder.root, "--set", "pruning", "--prune")
    assert "~ pruned/a  update" in done and "team" not in done, done
    assert cli.s.content("team", "two") == over
    cli.good("overlay", "end", "team")
    cli.s.wait("the repository's version", lambda: cli.s.content("team", "two") == before)


def test_what_is_deleted_in_a_folder_is_deleted_by_apply(cli, folder):
    add_skill(folder, "tidy", "a")
    folder.write("skills/tidy/DOMAIN.md", "# Tidy\n")
    cli.good("apply", "-f", folder.root, "--set", "tidy")
    before = cli.s.one("select candidate from release_item where domain = 'tidy' and until is null")
    folder.write("skills/tidy/a/notes.md", "# Notes\n")
    folder.write("skills/tidy/GUARDRAILS.md", "# Never\n")
    folder.write("skills/tidy/aspora.config.yaml", "limits: {timeout: 7s}\n")
    for path in ("skills/tidy", "skills/tidy/a", folder.root):
        path = path if os.path.isabs(path) else folder.path(path)
        cli.good("apply", "-f", path, "--set", "tidy")
    assert cli.s.one("select candidate from release_item where domain = 'tidy' and until is null") != before
    os.unlink(folder.path("skills/tidy/a/notes.md"))
    os.unlink(folder.path("skills/tidy/GUARDRAILS.md"))
    os.unlink(folder.path("skills/tidy/aspora.config.yaml"))
    cli.good("apply", "-f", folder.path("skills/tidy"), "--set", "tidy")
    assert cli.s.one("select candidate from release_item where domain = 'tidy' and until is null") == before
    # One skill's folder says nothing of its domain's own files.
    cli.good("apply", "-f", folder.path("skills/tidy/a"), "--set", "tidy")
    assert cli.s.one("select candidate from release_item where domain = 'tidy' and until is null") == before


# --- adopt ----------------------------------------------------------------------------------------------------------


def test_adopt_hands_a_domain_over(cli, folder):
    add_skill(folder, "given", "one")
    cli.good("apply", "-f", folder.root, "--set", "given")
    shutil.copytree(folder.path("skills/given/one"), os.path.join(cli.s.work, "skills/given/one"), dirs_exist_ok=True)
    cli.s.wait_observed(cli.s.push("take given in"))
    add_skill(folder, "given", "one", said="something else")
    assert "it belongs to source given" in cli.bad(5, "apply", "-f", folder.root, "--set", "other").stderr
    assert cli.good("adopt", "given", "--to", "main", "--reason", "it is in Git now") == "given belongs to source main now\n"
    assert "it belongs to source main" in cli.bad(5, "apply", "-f", folder.root, "--set", "given").stderr


def test_adopt_needs_a_source_that_exists(cli):
    assert "there is no source \"nowhere\"" in cli.bad(4, "adopt", "team", "--to", "nowhere").stderr
    assert "adopt needs --to" in cli.bad(2, "adopt", "team").stderr


# --- rollback, history, quarantine -------------------------------------------------------------------------------


def test_rollback_asks_first_and_goes_back(cli):
    before, after = edit_and_push(cli, "oops")
    status, out, seen = cli.answering("n", "rollback", "team/one")
    assert status == 19 and "nothing was changed" in seen
    assert "~ team/one  update\n" in out and "would deploy 1 domain\n" in out
    assert cli.s.content("team", "one") == after
    status, out, seen = cli.answering("y", "rollback", "team/one", "--reason", "it says oops")
    assert status == 0 and "Go on? [y/N]" in seen, seen
    assert re.search(r"^deployed 1 domain \(release \d+\)$", out, re.M)
    assert cli.s.content("team", "one") == before
    # What came after is in quarantine, and so stays away although it is the newest in Git.
    held = cli.good("quarantine", "list", "team/one")
    assert after[:12] in held and "it says oops" in held
    cli.good("sync", "main")
    assert cli.s.content("team", "one") == before
    versions = cli.good("history", "team/one", "--no-headers").splitlines()
    assert [line.split()[1] for line in versions[:3]] == [before[:12], after[:12], before[:12]]
    assert [line.split()[2] for line in versions[:3]] == ["rollback", "sync", "sync"]
    # Cleared, it is deployed again.
    assert cli.good("quarantine", "clear", "team/one", after[:10]) == "cleared 1\n"
    cli.s.wait("the newest version", lambda: cli.s.content("team", "one") == after)


def test_rollback_to_a_release_by_number(cli):
    release = cli.good("history", "team", "--no-headers", "--limit", "1").split()[0]
    before, after = edit_and_push(cli, "further")
    tried = cli.good("rollback", "team", "--to", release, "--dry-run")
    assert "~ team/one  update" in tried and cli.s.content("team", "one") == after
    cli.good("rollback", "team", "--to", release, "--yes")
    assert cli.s.content("team", "one") == before
    cli.good("quarantine", "clear", "team/one")
    cli.s.wait("the newest version", lambda: cli.s.content("team", "one") == after)


def test_rollback_refuses_what_makes_no_sense(cli):
    done = cli.bad(2, "rollback", "team/one")
    assert "there is no terminal to ask" in done.stderr and "add --yes" in done.stderr
    assert "there is no release 9999" in cli.bad(4, "rollback", "team", "--to", "9999", "--yes").stderr
    assert "no earlier version" in cli.bad(4, "rollback", "team/nobody", "--yes").stderr


def test_a_refused_rollback_puts_nothing_in_quarantine(cli, folder):
    add_skill(folder, "team", "two", role="specialist", said="over")
    cli.good("apply", "-f", folder.path("skills/team/two"), "--override", "--ttl", "2h")
    laid = cli.s.content("team", "two")
    done = cli.bad(5, "rollback", "team/two", "--yes")
    assert "an overlay lies over it" in done.stderr
    assert cli.run("quarantine", "list", "team/two").stdout == ""
    assert cli.s.content("team", "two") == laid
    cli.good("adopt", "team", "--to", "main")
    cli.s.wait("the repository's version", lambda: cli.s.content("team", "two") != laid)


def test_history_lists_the_releases_of_a_domain(cli):
    table = cli.good("history", "team").splitlines()
    assert table[0].split()[:3] == ["NAME", "SOURCE", "REVISION"] and table[-1].startswith("1 ")
    listed = json.loads(cli.good("history", "team", "-o", "json"))
    assert [int(r["metadata"]["name"]) for r in listed["items"]] == sorted(
        (int(r["metadata"]["name"]) for r in listed["items"]), reverse=True)
    assert all("team" in r["status"]["domains"] for r in listed["items"])
    assert "there is no" in cli.bad(4, "history", "nobody").stderr
    assert "team/nobody" in cli.bad(4, "history", "team/nobody").stderr
    assert "--limit is from 1 to 1000" in cli.bad(2, "history", "team", "--limit", "0").stderr


def test_quarantine_adds_and_clears_by_first_digits(cli):
    before, after = edit_and_push(cli, "suspicious")
    assert cli.good("quarantine", "add", "team/one", after[:8], "--reason", "looks odd") == "quarantined team/one\n"
    assert cli.good("quarantine", "list", "team", "-o", "jsonpath=spec.digest") == after + "\n"
    assert "in quarantine begins with \"0000\"" in cli.bad(4, "quarantine", "clear", "team/one", "0000").stderr
    assert cli.good("quarantine", "clear", "team/one") == "cleared 1\n"
    assert "nothing of team/one is in quarantine" in cli.bad(4, "quarantine", "clear", "team/one").stderr
    empty = cli.run("quarantine", "list")
    assert (empty.returncode, empty.stdout, empty.stderr) == (0, "", "aspora: nothing is in quarantine\n")


@pytest.mark.parametrize("argv,words", [
    (["lst"], "did you mean \"aspora quarantine list\"?"),
    (["add", "team", "00"], "\"team\" is no skill"),
    (["add", "team/one"], "add needs a version"),
    (["clear"], "clear needs a skill"),
    (["list", "team", "one"], "list takes one"),
])
def test_quarantine_refuses_what_makes_no_sense(cli, argv, words):
    assert words in cli.bad(2, "quarantine", *argv).stderr


# --- sync, suspend, resume -----------------------------------------------------------------------------------------


def test_sync_looks_now_and_says_what_came_of_it(cli):
    add_skill(cli.s, "team", "three", role="specialist")
    cli.s.push("a third")
    out = cli.good("sync")
    assert out.startswith("main: ") and cli.s.content("team", "three")
    assert cli.good("sync", "main").startswith("main: ")
    assert "there is no Git source \"mian\"" in cli.bad(4, "sync", "mian").stderr


def test_sync_ends_with_the_status_of_a_refusal(cli):
    cli.s.git("rm", "-rq", "skills/team/two/tests")
    cli.s.push("without tests")
    done = cli.bad(6, "sync", "main")
    assert "source main is not ready, AdmissionDenied: " in done.stderr
    cli.s.git("revert", "--no-edit", "HEAD")
    cli.s.push("with them")
    cli.good("sync", "main")


def test_suspend_holds_a_source_and_resume_lets_it_go_on(cli):
    assert cli.good("suspend", "source", "main", "--ttl", "1h", "--reason", "holiday") == "suspended source main\n"
    before = cli.s.content("team", "one")
    cli.s.write("skills/team/one/code/handler.sh", "#!/bin/sh\ncat >/dev/null\necho '{\"output\":\"held\"}'\n", 0o755)
    cli.s.push("while suspended")
    cli.run("sync", "main", "--wait", "2s")
    assert cli.s.content("team", "one") == before
    assert cli.good("resume", "source", "main") == "resumed source main\n"
    cli.s.wait("the new version", lambda: cli.s.content("team", "one") != before)
    assert "source main is not suspended" in cli.bad(4, "resume", "source", "main").stderr


def test_suspend_holds_one_skill_by_its_whole_name(cli):
    assert cli.good("suspend", "sk", "team/one") == "suspended skill team/one\n"
    assert cli.s.one("select domain, name from suspension where until is null") == ("team", "one")
    assert cli.good("resume", "skill", "team/one") == "resumed skill team/one\n"


@pytest.mark.parametrize("argv,words", [
    (["skill", "team/onne"], "there is no skill team/onne (did you mean team/one?)"),
    (["skill", "nowhere/at-all"], "there is no skill nowhere/at-all (`aspora get skills` lists them)"),
    (["domain", "taem"], "there is no domain taem (did you mean team?)"),
    (["source", "mian"], "there is no source mian (did you mean main?)"),
])
def test_what_is_suspended_must_be_there(cli, argv, words):
    assert words in cli.bad(4, "suspend", *argv).stderr
    assert cli.s.one("select count(*) from suspension where name = %s", argv[1].split("/")[-1]) == (0,)


def test_what_is_resumed_must_be_suspended(cli):
    cli.good("suspend", "skill", "team/one")
    assert "skill team/onne is not suspended (did you mean team/one?)" in cli.bad(4, "resume", "skill", "team/onne").stderr
    assert "skill team/two is not suspended" in cli.bad(4, "resume", "skill", "team/two").stderr
    assert cli.good("resume", "skill", "team/one") == "resumed skill team/one\n"


@pytest.mark.parametrize("argv,words", [
    (["skil", "team/one"], "did you mean \"aspora suspend skill\"?"),
    (["release", "1"], "a source, a domain and a skill can"),
    (["skill", "team"], "\"team\" is no skill"),
    (["source"], "needs one more word"),
    (["source", "main", "--ttl", "soon"], "--ttl"),
])
def test_suspend_refuses_what_makes_no_sense(cli, argv, words):
    assert words in cli.bad(2, "suspend", *argv).stderr


# --- logs, events ---------------------------------------------------------------------------------------------------


def test_logs_show_the_steps_and_what_the_handler_said(cli):
    edit_and_push(cli, "logged")
    done = cli.s.execute("team/one", {})
    lines = cli.good("logs", done["id"]).splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z  \S", line) for line in lines)
    assert any(re.search(r"  stderr +at work$", line) for line in lines), lines
    assert cli.good("logs", "-f", done["id"]).splitlines() == lines
    steps = [json.loads(line) for line in cli.good("logs", "-f", done["id"], "-o", "json").splitlines()]
    assert len(steps) == len(lines) and {"at", "kind", "data"} == set(steps[0])


def test_logs_followed_end_with_the_execution(cli):
    cli.s.write("skills/team/one/code/handler.sh",
                "#!/bin/sh\ncat >/dev/null\necho begun >&2\nsleep 2\necho ended >&2\necho '{\"output\":\"slow\"}'\n", 0o755)
    cli.s.wait_observed(cli.s.push("slow"))
    cli.s.wait_converged()
    id_ = "EXEC-IT-FOLLOW"
    cli.s.rows("insert into execution(id, domain, skill, requested_by, request_digest, input, deadline_at)"
               " values (%s, 'team', 'one', 'test', sha256('x'), '{}', now() + interval '30s')", id_)
    out = cli.good("logs", "-f", id_)
    assert cli.s.one("select state from execution where id = %s", id_)[0] == "succeeded"
    assert re.search(r"  stderr +begun$", out, re.M) and re.search(r"  stderr +ended$", out, re.M)


def test_logs_of_no_execution_are_not_found(cli):
    assert "there is no execution EXEC-no" in cli.bad(4, "logs", "EXEC-no").stderr


def test_events_are_shown_the_newest_last(cli):
    table = cli.good("events", "--for", "skill/team/one").splitlines()
    assert table[0].split() == ["AGE", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert all("Skill/team/one" in line for line in table[1:]) and len(table) > 1
    items = json.loads(cli.good("events", "-d", "team", "-o", "json"))["items"]
    numbers = [int(e["metadata"]["name"]) for e in items]
    assert numbers == sorted(numbers) and {e["spec"]["domain"] for e in items} == {"team"}
    last = json.loads(cli.good("events", "-d", "team", "-o", "json", "--limit", "1"))["items"]
    assert [int(e["metadata"]["name"]) for e in last] == numbers[-1:]


@pytest.mark.parametrize("argv,words", [
    (["--for", "skil/team/one"], "did you mean --for skill"),
    (["--for", "team"], "--for needs KIND/NAME"),
    (["--for", "skill/team/one", "-d", "other"], "--for skill/team/one is in domain team, and --domain says other"),
    (["--limit", "1001"], "--limit is from 1 to 1000"),
])
def test_events_refuse_what_makes_no_sense(cli, argv, words):
    assert words in cli.bad(2, "events", *argv).stderr


# --- who asks -------------------------------------------------------------------------------------------------------


VERBS = [["apply", "-f", "work"], ["adopt", "team", "--to", "main"], ["rollback", "team", "--yes"], ["history", "team"], ["sync", "main"],
         ["suspend", "source", "main"], ["resume", "source", "main"], ["quarantine", "list"], ["quarantine", "clear", "team/one"],
         ["logs", "EXEC-1"], ["events"]]


@pytest.mark.parametrize("argv", VERBS, ids=lambda v: "-".join(v[:2]))
def test_every_verb_needs_a_key_and_a_gateway(cli, argv):
    assert "key" in cli.bad(7, *argv, ASPORA_KEY="").stderr
    assert "is asporad running there?" in cli.bad(9, *argv, ASPORA_SERVER="http://127.0.0.1:1").stderr


def test_a_viewer_may_look_and_change_nothing(cli):
    key = cli.make_key("looker", "viewer")
    assert cli.run("history", "team", ASPORA_KEY=key).returncode == 0
    assert cli.run("events", ASPORA_KEY=key).returncode == 0
    for argv in VERBS:
        if argv[0] in ("apply", "adopt", "rollback", "sync", "suspend", "resume") or argv[1:2] == ["clear"]:
            assert "viewer" in cli.bad(6, *argv, ASPORA_KEY=key).stderr
