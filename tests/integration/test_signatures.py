"""Signatures of commits, made by the real ssh-keygen, gpg and git: who signed is shown, and where the operator asks for it nothing else goes on."""
import json
import os
import subprocess

import pytest

from system import BUILD, GIT, System, run
from test_cli_operators import Cli
from test_system import add_skill

ROLES = "sync,control,runner,gateway"
ASPORA = os.path.join(BUILD, "bin", "aspora")


class Signers:
    """Keys in a folder, and the operator's files that name some of them."""

    def __init__(self, home):
        self.home = home
        self.allowed = os.path.join(home, "allowed_signers")
        self.revoked = os.path.join(home, "revoked_keys")
        self.openpgp = os.path.join(home, "signers.asc")
        self.gnupg = os.path.join(home, "gnupg")
        self.lines = []
        for name in ("ana", "eve", "old"):
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.key(name)])
        os.mkdir(self.gnupg, 0o700)
        self.gpg("--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "Bob <bob@example.com>", "ed25519", "sign", "0")
        self.trust("ana")
        self.write(self.revoked, "")
        self.write(self.openpgp, self.gpg("--batch", "--export", "--armor").stdout)

    def key(self, name):
        return os.path.join(self.home, name)

    def public(self, name):
        with open(self.key(name) + ".pub", encoding="utf-8") as f:
            return f.read().strip()

    def fingerprint(self, name):
        return run(["ssh-keygen", "-l", "-f", self.key(name)]).stdout.split()[1]

    def write(self, path, text):
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.rename(path + ".new", path)

    def trust(self, name, options=""):
        self.lines.append("%s@example.com %s %s\n" % (name, options, self.public(name)))
        self.write(self.allowed, "".join(self.lines))

    def revoke(self, name):
        self.write(self.revoked, self.public(name) + "\n")

    def gpg(self, *argv):
        return run(["gpg", *argv], env=dict(os.environ, GNUPGHOME=self.gnupg))

    def stop(self):
        """gpg leaves an agent behind: this one, and no other."""
        subprocess.run(["gpgconf", "--kill", "all"], env=dict(os.environ, GNUPGHOME=self.gnupg), check=False)

    def conf(self, repo, more=""):
        return ("  main: {url: \"file://%s\", poll: 500ms, allow_local: true%s, signers: {ssh: \"%s\", revoked: \"%s\", openpgp: \"%s\"}}\n"
                % (repo, more, self.allowed, self.revoked, self.openpgp))


def commit(s, key=None, gnupg=None, message="a change"):
    sign = ["-S" + key] if key else ["-Sbob@example.com"] if gnupg else ["--no-gpg-sign"]
    form = ["-c", "gpg.format=%s" % ("openpgp" if gnupg else "ssh")]
    env = dict(os.environ, GNUPGHOME=gnupg or "/nonexistent")
    run(GIT + ["-C", s.work, "add", "-A"])
    run(GIT + form + ["-C", s.work, "commit", "-q", "--allow-empty", *sign, "-m", message], env=env)
    return s.git("rev-parse", "HEAD")


def push(s, **kw):
    made = commit(s, **kw)
    s.git("push", "-q", "origin", "HEAD:refs/heads/main")
    return made


def stored(s, revision):
    return s.one("select state, kind, signer, key, detail from signature where source = 'main' and revision = %s and until is null",
                 revision)


def wait_stored(s, revision, state):
    return s.wait("%s as %s" % (revision[:12], state), lambda: (lambda r: r if r and r[0] == state else None)(stored(s, revision)))


def refused(s, revision, *words):
    """The source says that this commit deploys nothing, and why; what it says."""
    def ask():
        ready = s.conditions().get("Ready", {})
        return s.one("select 1 from source where name = 'main' and observed_revision = %s", revision) and \
            ready.get("reason") == "SignatureInvalid" and ready
    ready = s.wait("the refusal of " + revision[:12], ask)
    for w in words:
        assert w in ready["message"], ready
    row = s.one("select findings from verdict where revision = %s and not allow and domain = 'team' order by created_at desc limit 1", revision)
    finding = [f for f in row[0] if f["rule"] == "AD-SIGN-001"][0]
    assert finding["message"] in ready["message"] and finding["remedy"] == ready["remedy"]
    return ready


def released(s, revision):
    s.wait("the release of " + revision[:12], lambda: s.one("select 1 from source where name = 'main' and released_revision = %s", revision))


def change(s, word):
    """Something to deploy."""
    add_skill(s, "team", "one", said=word)


@pytest.fixture(scope="module")
def shown():
    """A source that shows who signed, with a gateway."""
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.signers = Signers(s.home)
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        s.first = push(s, key=s.signers.key("ana"), message="first")
        s.write_conf(s.signers.conf(s.repo))
        s.start()
        s.wait_converged()
        s.cli = Cli(s)
        yield s
        s.signers.stop()


def test_a_signed_commit_is_told_by_its_signer(shown):
    s = shown
    key = s.signers.fingerprint("ana")
    assert stored(s, s.first) == ("good", "ssh", "ana@example.com", key, "")
    page = s.cli.good("why", "team/one")
    assert "  ok signature  signed by ana@example.com (ssh %s)\n" % key in page, page
    doc = json.loads(s.cli.good("why", "team/one", "-o", "json"))
    assert doc["status"]["signature"] == {"state": "good", "kind": "ssh", "signer": "ana@example.com", "key": key, "detail": ""}
    assert [k["state"] for k in doc["status"]["links"] if k["name"] == "signature"] == ["holds"]
    release = json.loads(s.cli.good("get", "release", "1", "-o", "json"))
    assert release["status"]["signature"]["signer"] == "ana@example.com"
    assert "ana@example.com" in s.cli.good("describe", "release", "1")
    source = json.loads(s.cli.good("get", "source", "main", "-o", "json"))
    assert source["status"]["signature"]["key"] == key and source["spec"]["signatures"] == "shown"
    verdicts = json.loads(s.cli.good("get", "admissions", "-d", "team", "-o", "json"))["items"]
    assert [v["status"]["signature"]["state"] for v in verdicts] == ["good"]


def test_what_is_only_shown_goes_on_whoever_signed_it(shown):
    s = shown
    change(s, "unsigned")
    plain = push(s)
    released(s, plain)
    assert stored(s, plain) == ("unsigned", "", "", "", "")
    s.wait_converged()
    assert "  ?? signature  not signed\n" in s.cli.good("why", "team/one")
    change(s, "openpgp")
    bob = push(s, gnupg=s.signers.gnupg)
    released(s, bob)
    state, kind, signer, key, _ = stored(s, bob)
    assert (state, kind, signer) == ("good", "openpgp", "Bob <bob@example.com>")
    assert key in s.signers.gpg("--batch", "--with-colons", "--list-keys").stdout


def test_a_key_that_is_added_later_is_known_from_then_on(shown):
    s = shown
    change(s, "eve")
    eve = push(s, key=s.signers.key("eve"))
    released(s, eve)
    print_ = s.signers.fingerprint("eve")
    assert stored(s, eve) == ("untrusted", "ssh", "", print_, "")
    s.wait_converged()
    assert "  ?? signature  signed with a key that nobody trusts (ssh %s)\n" % print_ in s.cli.good("why", "team/one")
    before = s.one("select rev from store")[0]
    s.signers.trust("eve")
    wait_stored(s, eve, "good")
    assert "  ok signature  signed by eve@example.com (ssh %s)\n" % print_ in s.cli.good("why", "team/one")
    # What it was taken for before stays, and whoever watches the release or the verdict hears of it.
    assert s.one("select count(*) from signature where revision = %s", eve)[0] == 2
    changed = s.rows("select distinct kind from change where revision > %s and kind in ('Source', 'Release', 'Admission')", before)
    assert sorted(k for k, in changed) == ["Admission", "Release", "Source"]
    # Nothing was judged or released again for it.
    assert s.one("select count(*) from release where revision = %s", eve)[0] == 1


def test_nothing_new_costs_no_look(shown):
    s = shown
    fetched = s.one("select rev from store")[0]
    s.cli.good("sync", "main")
    assert s.one("select count(*) from signature where since > %s", fetched)[0] == 0
    assert not os.path.exists(os.path.join(s.state, "mirrors", "main.git.signing"))


def test_signers_that_cannot_be_read_stop_nothing_where_they_only_show(shown):
    s = shown
    os.rename(s.signers.allowed, s.signers.allowed + ".away")
    change(s, "away")
    made = push(s, key=s.signers.key("ana"))
    released(s, made)
    assert stored(s, made) is None
    line = s.wait("the log", lambda: s.logged("source.signatures_unread"))[0]
    assert "signers.ssh: cannot open" in line and "level=warn" in line
    os.rename(s.signers.allowed + ".away", s.signers.allowed)
    wait_stored(s, made, "good")
    assert len(s.logged("source.signatures_unread")) == 1


def test_a_rollback_is_told_with_the_signature_of_the_commit_that_it_brought_back(shown):
    s = shown
    status, report = s.wish("rollbacks", {"domain": "team", "to": "1", "reason": "as it was"})
    assert status in (200, 201, 202), report
    s.wait_converged()
    number = str(s.one("select max(id) from release")[0])
    release = json.loads(s.cli.good("get", "release", number, "-o", "json"))
    assert (release["spec"]["kind"], release["status"]["signature"]["state"]) == ("rollback", "unchecked")
    page = s.cli.good("why", "team/one")
    assert "brought back by" in page and "  ok signature  signed by ana@example.com (ssh %s)\n" % s.signers.fingerprint("ana") in page, page


# --- required ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def required():
    """A source that has to be signed from its second commit on, and beside it one of which nobody asks anything."""
    with System("sync,gateway") as s:
        s.init_repo(source=None)
        s.signers = Signers(s.home)
        s.signers.trust("old", "valid-before=\"20200101\"")
        s.write("aspora.config.yaml", "tests: {min_cases: 1}\n")
        add_skill(s, "team", "one")
        s.since = push(s, message="before anybody signed")
        s.other = System(home=s.home)
        s.other.repo, s.other.work = os.path.join(s.home, "other.git"), os.path.join(s.home, "other")
        s.other.init_repo(source=None)
        add_skill(s.other, "side", "two")
        push(s.other)
        s.configure = lambda since: s.write_conf(
            s.signers.conf(s.repo, ", platform: true, allow_rewrite: true, signatures: required").replace(
                "openpgp:", "since: \"%s\", openpgp:" % since) +
            "  other: {url: \"file://%s\", poll: 500ms, allow_local: true}\n" % s.other.repo)
        s.configure(s.since)
        s.start()
        released(s, s.since)
        s.cli = Cli(s)
        s.good = s.since
        yield s
        s.signers.stop()


@pytest.fixture
def fresh(required):
    """Its branch at the last good commit."""
    s = required
    s.git("reset", "-q", "--hard", s.good)
    s.git("push", "-q", "-f", "origin", "HEAD:refs/heads/main")
    s.wait("the last good commit", lambda: s.conditions().get("Ready", {}).get("status") == "True" and
           s.one("select 1 from source where name = 'main' and observed_revision = %s", s.good))
    s.before = s.content("team", "one")
    return s


def good_again(s, revision):
    """It went on by itself."""
    released(s, revision)
    s.good = revision
    assert s.content("team", "one") != s.before


def test_history_that_the_operator_answers_for_is_not_asked_for(fresh):
    assert fresh.one("select count(*) from release where revision = %s", fresh.since)[0] == 1
    assert stored(fresh, fresh.since)[0] == "unsigned"
    source = json.loads(fresh.cli.good("get", "source", "main", "-o", "json"))
    assert source["spec"]["signatures"] == "required"


def test_a_signed_commit_is_deployed(fresh):
    s = fresh
    change(s, "signed")
    made = push(s, key=s.signers.key("ana"))
    good_again(s, made)
    verdict = s.one("select allow from verdict where revision = %s and domain = 'team'", made)
    assert verdict == (True,)


def test_a_signed_commit_that_changes_nothing_releases_nothing(fresh):
    s = fresh
    releases, verdicts = [s.one("select count(*) from " + t)[0] for t in ("release where source = 'main'", "verdict where source = 'main'")]
    s.write("README", "words\n")
    made = push(s, key=s.signers.key("ana"))
    s.wait_observed(made)
    assert wait_stored(s, made, "good")
    assert s.one("select count(*) from release where source = 'main'")[0] == releases
    assert s.one("select count(*) from verdict where source = 'main'")[0] == verdicts


def test_an_unsigned_commit_deploys_nothing_and_others_go_on(fresh):
    s = fresh
    change(s, "nobody")
    made = push(s)
    ready = refused(s, made, "refused 1: team", "commit %s by Test <test@example.com> is not signed" % made[:12])
    assert "git commit --amend" in ready["remedy"] and "signers.since" in ready["remedy"]
    assert s.content("team", "one") == s.before
    add_skill(s.other, "side", "two", said="goes on %s" % made[:4])
    side = push(s.other)
    s.wait("the other source", lambda: s.one("select 1 from source where name = 'other' and released_revision = %s", side))
    asked = s.cli.run("sync", "main")
    assert asked.returncode == 6 and "SignatureInvalid" in asked.stderr, (asked.returncode, asked.stderr)
    assert "AD-SIGN-001" in s.cli.good("describe", "domain", "team")
    # One that is signed does not cover for it.
    change(s, "on top")
    top = push(s, key=s.signers.key("ana"))
    refused(s, top, "commit %s by Test" % made[:12])
    assert s.content("team", "one") == s.before


def test_the_wrong_key_deploys_nothing_until_the_operator_adds_it(fresh):
    s = fresh
    change(s, "eve")
    made = push(s, key=s.signers.key("eve"))
    ready = refused(s, made, "is signed with a key that nobody trusts (ssh %s)" % s.signers.fingerprint("eve"))
    assert "the operator adds it to the source's signers" in ready["remedy"]
    assert s.content("team", "one") == s.before
    s.signers.trust("eve")
    good_again(s, made)
    assert stored(s, made)[:3] == ("good", "ssh", "eve@example.com")
    s.wait("an end of the trouble", lambda: s.conditions()["Ready"]["status"] == "True")


def test_a_tampered_commit_deploys_nothing(fresh):
    s = fresh
    change(s, "tampered")
    made = commit(s, key=s.signers.key("ana"), message="what ana signed")
    raw = s.git("cat-file", "commit", made).replace("what ana signed", "what eve wrote")
    forged = run(GIT + ["-C", s.work, "hash-object", "-t", "commit", "-w", "--stdin"], input=raw + "\n").stdout.strip()
    s.git("push", "-q", "origin", forged + ":refs/heads/main")
    refused(s, forged, "is signed, but the signature does not hold (ssh %s)" % s.signers.fingerprint("ana"))
    assert stored(s, forged)[0] == "bad"
    assert s.content("team", "one") == s.before


def test_a_key_past_its_time_deploys_nothing(fresh):
    s = fresh
    change(s, "old")
    made = push(s, key=s.signers.key("old"))
    ready = refused(s, made, "is signed with a key that was not valid then (ssh %s)" % s.signers.fingerprint("old"), "valid-before 2020-01-01")
    assert "lengthens its time" in ready["remedy"]
    assert s.content("team", "one") == s.before


def test_a_revoked_key_deploys_nothing_until_it_is_taken_back(fresh):
    s = fresh
    s.signers.revoke("ana")
    change(s, "revoked")
    made = push(s, key=s.signers.key("ana"))
    refused(s, made, "is signed with a key that was revoked, that of ana@example.com")
    assert s.content("team", "one") == s.before
    s.signers.write(s.signers.revoked, "")
    good_again(s, made)


def test_a_signed_merge_does_not_cover_for_what_it_brings(fresh):
    s = fresh
    s.git("checkout", "-q", "-b", "side")
    change(s, "side")
    side = commit(s, message="on the side")
    s.git("checkout", "-q", "-")
    add_skill(s, "team", "three")
    commit(s, key=s.signers.key("ana"))
    run(GIT + ["-c", "gpg.format=ssh", "-C", s.work, "merge", "-q", "--no-ff", "-S" + s.signers.key("ana"), "-m", "merge", "side"])
    s.git("branch", "-q", "-D", "side")
    made = s.git("rev-parse", "HEAD")
    s.git("push", "-q", "origin", "HEAD:refs/heads/main")
    refused(s, made, "commit %s by Test <test@example.com> is not signed" % side[:12])
    assert stored(s, made)[0] == "good"
    assert s.content("team", "one") == s.before and s.content("team", "three") is None


def offline(s, base, made):
    """The verdict of a laptop that has the operator's files."""
    done = subprocess.run([ASPORA, "admit", "--base", base, "--commit", made, "--signers", s.signers.allowed, "--signers", s.signers.openpgp,
                           "--revoked", s.signers.revoked, "--signed-since", s.since, "-o", "json"],
                          cwd=s.work, capture_output=True, text=True, timeout=60, check=False, env={"PATH": os.environ["PATH"], "HOME": s.home})
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_the_verdict_on_a_laptop_is_the_one_of_asporad(fresh):
    s = fresh
    for how in ({}, {"key": s.signers.key("late2")}, {"gnupg": s.signers.gnupg}):
        if "key" in how:
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", how["key"]])
        s.git("reset", "-q", "--hard", s.good)
        change(s, "offline " + str(sorted(how)))
        made = commit(s, **how)
        report = offline(s, s.good, made)
        s.git("push", "-q", "-f", "origin", "HEAD:refs/heads/main")
        s.wait_observed(made)
        team = [d for d in report["domains"] if d["name"] == "team"][0]
        # What it saw of the other source's domain the laptop has not: the surface is another.
        key = [bytes.fromhex(team["key"][k]) for k in ("candidate", "policy")]
        row = s.one("select allow, findings from verdict where domain = 'team' and candidate = %s and policy = %s", *key)
        assert row == (team["allow"], team["findings"]), how
        assert team["allow"] == ("gnupg" in how)
        if team["allow"]:
            good_again(s, made)


def test_an_unsigned_commit_with_nothing_to_deploy_is_told_all_the_same(fresh):
    s = fresh
    s.write("README", "words\n")
    made = push(s)
    s.wait_observed(made)
    ready = s.wait("a word", lambda: (lambda c: c if "will be refused" in c["message"] else None)(s.conditions()["Ready"]))
    assert ready["status"] == "True"
    assert "commit %s by Test <test@example.com> is not signed: what follows it will be refused" % made[:12] in ready["message"]
    change(s, "after the README")
    refused(s, push(s, key=s.signers.key("ana")), "commit %s by Test" % made[:12])


def test_signers_that_went_away_are_told_once_and_their_return_too(fresh):
    s = fresh
    os.rename(s.signers.allowed, s.signers.allowed + ".away")
    s.wait("the trouble", lambda: s.conditions()["Ready"]["reason"] == "SignaturesNotRead")
    assert s.conditions()["Stalled"]["status"] == "True"
    # It stays so while it is tried again: nothing flaps.
    since, looks = s.conditions()["Ready"]["lastTransitionTime"], len(s.logged("signers.ssh: cannot open"))
    s.wait("two more looks", lambda: len(s.logged("signers.ssh: cannot open")) > looks + 1)
    assert (s.conditions()["Ready"]["reason"], s.conditions()["Ready"]["lastTransitionTime"]) == ("SignaturesNotRead", since)
    os.rename(s.signers.allowed + ".away", s.signers.allowed)
    s.wait("an end of the trouble", lambda: s.conditions()["Ready"]["status"] == "True", 60)


def test_several_are_counted(fresh):
    s = fresh
    change(s, "many")
    commit(s)
    commit(s, key=s.signers.key("ana"))
    made = push(s)
    refused(s, made, "commit %s by Test" % made[:12], "; of 3 commits that came, 1 more is not signed well")


def test_signers_that_cannot_be_read_let_nothing_through(fresh):
    s = fresh
    os.rename(s.signers.allowed, s.signers.allowed + ".away")
    change(s, "away")
    made = push(s, key=s.signers.key("ana"))
    ready = s.wait("the trouble", lambda: (lambda c: c if c.get("reason") == "SignaturesNotRead" else None)(s.conditions()["Ready"]))
    assert "signers.ssh: cannot open" in ready["message"] and "can read" in ready["remedy"], ready
    assert s.content("team", "one") == s.before
    os.rename(s.signers.allowed + ".away", s.signers.allowed)
    good_again(s, made)


def test_a_key_that_was_added_while_nobody_looked_counts_after_a_start(fresh):
    s = fresh
    key = s.signers.key("late")
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
    change(s, "late")
    made = push(s, key=key)
    refused(s, made, "a key that nobody trusts")
    s.stop()
    s.signers.trust("late")
    s.start()
    good_again(s, made)


def test_more_commits_than_are_looked_at_are_an_error_with_a_way_out(fresh):
    s = fresh
    tree, parent, stream = s.git("rev-parse", "HEAD^{tree}"), s.git("rev-parse", "HEAD"), []
    for i in range(1001):
        stream.append("commit refs/heads/many\ncommitter Test <test@example.com> %d +0000\ndata 1\nx\n%s" %
                      (1700000000 + i, "from %s\n" % parent if i == 0 else ""))
    run(GIT + ["-C", s.work, "fast-import", "--quiet"], input="\n".join(stream))
    s.git("reset", "-q", "--hard", "many")
    s.git("branch", "-q", "-D", "many")
    assert s.git("rev-parse", "HEAD^{tree}") == tree
    base = s.git("rev-parse", "HEAD")
    s.git("push", "-q", "origin", "HEAD:refs/heads/main")
    ready = s.wait("the trouble", lambda: (lambda c: c if c.get("reason") == "SignaturesNotRead" else None)(s.conditions()["Ready"]))
    assert "more than 1000 commits came since the released %s" % s.good[:12] in ready["message"], ready
    assert "signers.since" in ready["remedy"]
    s.stop()
    s.configure(base)
    s.start()
    change(s, "after many")
    made = push(s, key=s.signers.key("ana"))
    good_again(s, made)
