"""Signatures of commits, made by the real ssh-keygen, gpg and git: who signed is shown, and where the operator asks for it nothing else goes on."""
import json
import os
import subprocess

import pytest

from system import GIT, System, run
from test_cli_operators import Cli
from test_system import add_skill

ROLES = "sync,control,runner,gateway"


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


def sign_with(s, key=None, gnupg=None):
    """What the next commit in the working tree is signed with."""
    s.git("config", "commit.gpgsign", "true" if key or gnupg else "false")
    if key:
        s.git("config", "gpg.format", "ssh")
        s.git("config", "user.signingkey", key)
    if gnupg:
        s.git("config", "gpg.format", "openpgp")
        s.git("config", "user.signingkey", "bob@example.com")


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


def denied(s, revision):
    """The finding that refused it."""
    def ask():
        row = s.one("select findings from verdict where revision = %s and not allow order by created_at desc limit 1", revision)
        return row and [f for f in row[0] if f["rule"] == "AD-SIGN-001"]
    return s.wait("the refusal of " + revision[:12], ask)[0]


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
