"""Repositories that wish us ill, and servers that do: what is bad is named and left out, and everybody else goes on."""
import os
import re
import subprocess

import pytest

import git_servers
from system import GIT, System, run, skill_files

ROLES = "sync,control,runner"
PLATFORM = "tests: {min_cases: 1}\npolicy: {max_delete: 100%}\n"


# --- objects by hand ----------------------------------------------------------------------------------------------

class Objects:
    """Writes Git objects that no Git command would make."""

    def __init__(self, repo):
        self.repo = repo

    def write(self, kind, data):
        p = subprocess.run(GIT + ["-C", self.repo, "hash-object", "--literally", "-t", kind, "-w", "--stdin"], input=data,
                           capture_output=True, check=True)
        return p.stdout.decode().strip()

    def blob(self, data=b"x\n"):
        return self.write("blob", data)

    def tree(self, entries, sort=True):
        """entries: (mode, name, id), as they are; Git's order unless told otherwise."""
        if sort:
            entries = sorted(entries, key=lambda e: e[1] + (b"/" if e[0].lstrip("0") == "40000" else b""))
        return self.write("tree", b"".join(b"%s %s\0%s" % (m.encode(), n, bytes.fromhex(i)) for m, n, i in entries))

    def folder(self, files):
        """path → (text, mode), as a tree."""
        entries, below = [], {}
        for path, (text, mode) in files.items():
            first, _, rest = path.partition("/")
            if rest:
                below.setdefault(first, {})[rest] = (text, mode)
            else:
                entries.append(("100755" if mode & 0o100 else "100644", first.encode(), self.blob(text.encode())))
        for name, inside in below.items():
            entries.append(("40000", name.encode(), self.folder(inside)))
        return self.tree(entries)

    def entries(self, tree):
        out = subprocess.run(GIT + ["-C", self.repo, "ls-tree", "-z", tree], capture_output=True, check=True).stdout
        found = []
        for line in out.split(b"\0")[:-1]:
            head, name = line.split(b"\t", 1)
            mode, _, id_ = head.decode().split()
            found.append((mode.lstrip("0"), name, id_))
        return found

    def replaced(self, tree, path, id_):
        """tree, with the folder at path being id_."""
        first, _, rest = path.partition("/")
        entries = self.entries(tree)
        old = next((i for m, n, i in entries if n.decode() == first), None)
        new = id_ if not rest else self.replaced(old, rest, id_)
        return self.tree([e for e in entries if e[1].decode() != first] + [("40000", first.encode(), new)])

    def commit(self, tree, parent, message):
        return run(GIT + ["-C", self.repo, "commit-tree", tree, "-p", parent, "-m", message]).stdout.strip()

    def tip(self):
        return run(GIT + ["-C", self.repo, "rev-parse", "refs/heads/main"]).stdout.strip()

    def set(self, commit):
        run(GIT + ["-C", self.repo, "update-ref", "refs/heads/main", commit])


def good(domain, said):
    return skill_files(domain, "a", said)


def inside(o, *more, sort=True):
    """The folder of skill "a", with more entries in it."""
    skill = o.folder({p[len("skills/bad/a/"):]: v for p, v in good("bad", "bad").items()})
    return o.tree(o.entries(skill) + list(more), sort=sort)


def deep(o, levels):
    tree = o.tree([("100644", b"deep.md", o.blob())])
    for _ in range(levels):
        tree = o.tree([("40000", b"d", tree)])
    return tree


def bomb(o):
    """20 folders of 20 of 20 of 20 files, in a handful of objects."""
    tree, mode = o.blob(), "100644"
    for level in range(4):
        tree, mode = o.tree([(mode, b"%02d" % k, tree) for k in range(20)]), "40000"
    return tree


def entry(name, mode="100644"):
    return lambda o: inside(o, (mode, name, o.blob()))


# What is wrong → a skill's folder with that in it, and words that the finding must have.
BAD = {
    "dot-dot": (entry(b".."), ['".."', "another folder"]),
    "dot": (entry(b"."), ['"."', "another folder"]),
    "git": (entry(b".git"), ['".git"', "Git's own folder"]),
    "git-upper": (entry(b".GIT"), ['".GIT"', "Git's own folder"]),
    "git-mixed": (entry(b".gIt"), ['".gIt"', "Git's own folder"]),
    "git-short": (entry(b"git~1"), ['"git~1"', "Git's own folder"]),
    "git-dot": (entry(b".git."), ['".git."', "Git's own folder"]),
    "git-space": (entry(b".git "), ['".git "', "Git's own folder"]),
    "git-invisible": (entry(b".git\xe2\x80\x8c"), ["Git's own folder"]),
    "slash": (entry(b"a/b"), ['"a/b"', "/ or \\"]),
    "backslash": (entry(b"a\\b"), ["/ or \\"]),
    "newline": (entry(b"a\nb"), ["control character"]),
    "escape": (entry(b"a\x1b[31mb"), ["control character"]),
    "delete": (entry(b"a\x7f"), ["control character"]),
    "not-utf8": (entry(b"a\xff\xfe"), ["not valid UTF-8"]),
    "bidi": (entry("a\u202ecod.exe".encode()), ["direction-changing"]),
    "twice": (lambda o: inside(o, ("100644", b"x", o.blob()), ("100644", b"x", o.blob(b"y\n"))), ['"x" stands twice']),
    "case": (lambda o: inside(o, ("100644", b"Notes.md", o.blob()), ("100644", b"notes.md", o.blob())), ["only in letter case"]),
    "name-256": (entry(b"n" * 256), ["256 bytes", "at most 255"]),
    "symlink": (lambda o: inside(o, ("120000", b"link", o.blob(b"SKILL.md"))), ['"link" is a symbolic link']),
    "symlink-out": (lambda o: inside(o, ("120000", b"link", o.blob(b"/etc/passwd"))), ['"link" is a symbolic link']),
    "gitlink": (lambda o: inside(o, ("160000", b"sub", "1" * 40)), ['"sub" is a submodule']),
    "gitmodules": (entry(b".gitmodules"), [".gitmodules", "never followed"]),
    "mode-666": (entry(b"odd", "100666"), ['"odd" has the mode', "100666"]),
    "mode-664": (entry(b"odd", "100664"), ['"odd" has the mode', "100664"]),
    "mode-40777": (lambda o: inside(o, ("40777", b"odd", o.tree([("100644", b"f", o.blob())]))), ['"odd" has the mode', "040777"]),
    "too-deep": (lambda o: inside(o, ("40000", b"d", deep(o, 16))), ["16"]),
    "bomb": (lambda o: inside(o, ("40000", b"boom", bomb(o))), ["more than"]),
    "blob-over-5-MiB": (lambda o: inside(o, ("100644", b"big.bin", o.blob(b"x" * (5 * 1024 * 1024 + 1)))), ["big.bin|5"]),
    "lfs-pointer": (lambda o: inside(o, ("100644", b"data.csv", o.blob(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"))), ["Git LFS"]),
}


class Hostile:
    def __init__(self, s):
        self.s, self.o = s, Objects(s.repo)
        self.count = 0

    def push(self, folder):
        """One commit: a new good domain's content, and the skill folder given as the bad domain's."""
        self.count += 1
        base = self.o.tip()
        tree = run(GIT + ["-C", self.s.repo, "rev-parse", base + "^{tree}"]).stdout.strip()
        fine = self.o.folder({p[len("skills/good/"):]: v for p, v in good("good", "good %d" % self.count).items()})
        tree = self.o.replaced(tree, "skills/good", fine)
        tree = self.o.replaced(tree, "skills/bad/a", folder)
        commit = self.o.commit(tree, base, "hostile %d" % self.count)
        self.o.set(commit)
        return commit


@pytest.fixture(scope="module")
def hostile():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.write("aspora.config.yaml", PLATFORM)
        s.put(good("good", "good"))
        s.put(good("bad", "bad"))
        s.push("first")
        s.start()
        s.wait_converged()
        s.pids = s.roles_running()
        assert set(s.pids) == {"sync", "control", "runner"}
        yield Hostile(s)


@pytest.mark.parametrize("what", BAD)
def test_a_bad_tree_is_named_and_holds_nobody_else(hostile, what):
    make, words = BAD[what]
    s = hostile.s
    old_bad, old_good = s.content("bad", "a"), s.content("good", "a")
    commit = hostile.push(make(hostile.o))
    s.wait_observed(commit, 15)
    assert s.content("bad", "a") == old_bad
    assert s.content("good", "a") != old_good, s.conditions()
    findings, = s.one("select findings from verdict where domain = 'bad' and not allow and revision = %s", commit)
    denies = [f for f in findings if f["severity"] == "deny"]
    assert denies and all(f["path"].startswith("skills/bad") for f in denies), denies
    told = [f for f in denies if all(any(w in f["message"] + f["path"] for w in word.split("|")) for word in words)]
    assert told and told[0]["remedy"], denies
    # What people read has no byte in it that a terminal would obey.
    assert not any(ord(c) < 32 or ord(c) == 127 for f in denies for c in f["message"] + f["path"]), denies
    ready = s.conditions()["Ready"]
    assert (ready["status"], ready["reason"]) == ("False", "AdmissionDenied") and "bad" in ready["message"]
    assert s.roles_running() == s.pids


def test_the_depth_and_size_just_allowed_are_deployed(hostile):
    o, s = hostile.o, hostile.s
    commit = hostile.push(inside(o, ("100644", b"n" * 255, o.blob()), ("40000", b"d", deep(o, 10)),
                                 ("100644", b"big.bin", o.blob(b"x" * (5 * 1024 * 1024)))))
    s.wait_observed(commit, 30)
    assert s.one("select findings from verdict where domain = 'bad' and not allow and revision = %s", commit) is None
    assert s.conditions()["Ready"]["status"] == "True", s.conditions()
    assert s.roles_running() == s.pids


def test_gitattributes_are_ignored_and_reported(hostile):
    o, s = hostile.o, hostile.s
    commit = hostile.push(inside(o, ("100644", b".gitattributes", o.blob(b"*.md filter=evil ident working-tree-encoding=UTF-16\n"))))
    s.wait_observed(commit, 15)
    assert s.conditions()["Ready"]["status"] == "True"
    findings, = s.one("select findings from verdict where domain = 'bad' and allow and revision = %s", commit)
    assert [f for f in findings if f["path"].endswith("a/.gitattributes") and f["severity"] != "deny"], findings


def test_bad_entries_beside_the_domains_hold_only_themselves(hostile):
    o, s = hostile.o, hostile.s
    base = o.tip()
    tree = run(GIT + ["-C", s.repo, "rev-parse", base + "^{tree}"]).stdout.strip()
    root = o.tree(o.entries(tree) + [("160000", b"vendor", "2" * 40)])
    commit = o.commit(root, base, "a submodule beside")
    o.set(commit)
    s.wait("an answer", lambda: s.one("select 1 from source where observed_revision = %s", commit)
           or s.conditions()["Ready"]["reason"] == "FetchFailed")
    ready = s.conditions()["Ready"]
    if ready["status"] != "True":
        assert "vendor" in ready["message"] and ready["remedy"], ready
    assert s.content("good", "a") and s.content("bad", "a")
    o.set(o.commit(tree, commit, "without it"))
    s.wait_observed(o.tip())
    assert s.roles_running() == s.pids


def test_no_role_ended_because_of_a_repository(hostile):
    assert hostile.s.roles_running() == hostile.s.pids
    assert not hostile.s.logged("role.ended")


# --- servers ------------------------------------------------------------------------------------------------------

def source(name, url, **more):
    words = dict({"poll": "500ms", "allow_private": "true", "allow_plain": "true"}, **more)
    return "  %s: {url: \"%s\", %s}\n" % (name, url, ", ".join("%s: %s" % kv for kv in words.items()))


def test_sources_over_every_protocol_and_a_mute_one_that_holds_nobody():
    with System(ROLES) as s:
        s.init_repo(source=None)
        repos = {}
        for name in ("http", "git", "ssh"):
            repos[name] = os.path.join(s.home, "served", name + ".git")
            os.makedirs(os.path.dirname(repos[name]), exist_ok=True)
            run(GIT + ["init", "-q", "--bare", repos[name]])
            s.git("checkout", "-q", "--orphan", "of-" + name)
            subprocess.run(["rm", "-rf", os.path.join(s.work, "skills")], check=True)
            s.put(good("via-" + name, "v1"))
            if name == "http":
                s.write("aspora.config.yaml", PLATFORM)
            s.git("add", "-A")
            s.git("commit", "-q", "-m", "over " + name)
            s.git("push", "-q", repos[name], "HEAD:refs/heads/main")
        served = os.path.join(s.home, "served")
        with git_servers.Http(served) as http, git_servers.Daemon(served) as daemon, git_servers.Ssh(served) as ssh, \
                git_servers.Bad(served, "mute") as mute:
            # asporad's roles are no root: what they must read is theirs.
            for path in (ssh.dir, ssh.key, ssh.known_hosts):
                run(["chown", account(), path])
            s.write_conf(source("http", http.url("http.git"), platform="true") + source("git", daemon.url("git.git"))
                         + source("ssh", ssh.url("ssh.git"), ssh_key=ssh.key, known_hosts=ssh.known_hosts)
                         + source("mute", mute.url("skills.git"), fetch_timeout="3s", stall_timeout="2s"))
            s.start()
            for name in repos:
                s.wait("via-" + name, lambda n=name: s.content("via-" + n, "a"), 30)
            failed = s.wait("the mute one's failure", lambda: s.conditions("mute").get("Ready", {}).get("reason") == "FetchFailed"
                            and s.conditions("mute")["Ready"], 20)
            assert "127.0.0.1" in failed["message"] and re.search("stalled .*: 0 bytes in 2[0-9]{3} ms", failed["message"]), failed
            # While it is asked again and again, the others follow what is pushed.
            for name in repos:
                before = s.content("via-" + name, "a")
                s.git("checkout", "-q", "-f", "of-" + name)
                s.put(good("via-" + name, "v2"))
                s.git("add", "-A")
                s.git("commit", "-q", "-m", "again")
                s.git("push", "-q", repos[name], "HEAD:refs/heads/main")
                s.wait("v2 via-" + name, lambda n=name, b=before: s.content("via-" + n, "a") != b, 15)
            assert s.conditions("mute")["Ready"]["reason"] == "FetchFailed"


def account():
    """The account that asporad's roles take when started by root."""
    if os.getuid() != 0:
        return str(os.getuid())
    for name in ("aspora", "postgres", "nobody"):
        if run(["id", "-u", name], check=False).returncode == 0:
            return name
    return "root"


def test_a_plain_address_needs_the_operators_word():
    with System(ROLES) as s:
        s.init_repo(source=None)
        s.write_conf("  main: {url: \"git://127.0.0.1:9/x.git\", poll: 500ms}\n")
        done = run(s.argv_of("--check-config"), check=False)
        if done.returncode == 0:
            done = run(s.argv("--once"), check=False, timeout=60)
        assert done.returncode != 0
        assert "allow_plain" in done.stdout + done.stderr
