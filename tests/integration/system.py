"""A real asporad with its own PostgreSQL and Git repository, for tests: start, push, wait for a state by asking for it."""
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import psycopg2

import gateway_api

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("ASPORA_BUILD", os.path.join(ROOT, "build"))
EXAMPLES = os.path.join(ROOT, "examples", "skills-repo")
GIT = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false",
       "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]


SKILL = """---
name: %(name)s
description: Says what it was told to say. Use it in tests.
domain: %(domain)s
role: %(role)s
trigger:
  command: %(command)s
---

# %(name)s

Says what it was told to say.
"""
CASES = "# Cases\n\n## It answers\n### Input\nhello\n### Expect\n- contains \"%s\"\n"
SAYS = "#!/bin/sh\ncat >/dev/null\necho '{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillResult\",\"output\":\"%s\"}'\n"


def skill_files(domain, name, said="hello", role="specialist", command=None, handler=None, config=None, tests=True):
    """path → (text, mode) of a small skill, as Git, apply and hand-made trees need them."""
    root = "skills/%s/%s/" % (domain, name)
    words = {"domain": domain, "name": name, "role": role, "command": command or "say %s %s" % (domain, name)}
    out = {root + "SKILL.md": (SKILL % words, 0o644), root + "code/handler.sh": (handler or SAYS % said, 0o755)}
    if tests:
        out[root + "tests/cases.md"] = (CASES % said, 0o644)
    if config:
        out[root + "aspora.config.yaml"] = (config, 0o644)
    return out


def upload(*skills, **more):
    """The body of an upload, of what skill_files() gave."""
    files = [{"path": path, "mode": "100755" if mode & 0o100 else "100644", "content": text}
             for files in skills for path, (text, mode) in files.items()]
    return dict(more, files=files)


def run(argv, **kw):
    kw.setdefault("check", True)
    return subprocess.run(argv, capture_output=True, text=True, **kw)


def migrated_cluster(folder):
    """The path of a cluster with our schema, made by the first who asks: what initdb and the migrations take is most of a start.

    No test cuts the power, so it does not wait for the disk. What was committed outlives any kill of a process all the same."""
    made = os.path.join(folder, "state", "postgres")
    with open(os.path.join(folder, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "done")):
            conf = os.path.join(folder, "asporad.conf")
            with open(conf, "w", encoding="utf-8") as f:
                f.write("state: %s\n" % os.path.join(folder, "state"))
            run([os.path.join(BUILD, "bin", "asporad"), "--config", conf, "db", "migrate"])
            with open(os.path.join(made, "postgresql.conf"), "a", encoding="ascii") as f:
                f.write("fsync = off\nfull_page_writes = off\n")
            open(os.path.join(folder, "done"), "w", encoding="ascii").close()
    return made


class System:
    """One state folder. `with System() as s: s.push(…); s.start(); s.wait(…)`."""

    def __init__(self, roles=None, config="", database=None, home=None):
        self.home = home or tempfile.mkdtemp(prefix="aspora-it-")
        self.owns_home = home is None
        os.chmod(self.home, 0o755)
        self.roles, self.extra, self.database = roles, config, database
        self.gateway_conf = "listen: \"127.0.0.1:0\""
        self.repo = os.path.join(self.home, "skills.git")
        self.work = os.path.join(self.home, "work")
        self.state = os.path.join(self.home, "state")
        self.conf = os.path.join(self.home, "asporad.conf")
        self.log = os.path.join(self.home, "asporad.log")
        self.process = None

    # --- the repository ---------------------------------------------------------------------------------------
    def init_repo(self, source=EXAMPLES):
        run(GIT + ["init", "-q", "--bare", self.repo])
        run(GIT + ["init", "-q", self.work])
        run(GIT + ["-C", self.work, "remote", "add", "origin", self.repo])
        if source:
            shutil.copytree(source, self.work, dirs_exist_ok=True)
        return self

    def write(self, path, text, mode=0o644):
        full = os.path.join(self.work, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(full, mode)

    def read(self, path):
        with open(os.path.join(self.work, path), encoding="utf-8") as f:
            return f.read()

    def put(self, files, folder=""):
        """folder: in the working tree, or a path of its own."""
        for path, (text, mode) in files.items():
            self.write(os.path.join(folder, path), text, mode)

    def edit(self, path, old, new):
        text = self.read(path)
        assert old in text, (path, old)
        self.write(path, text.replace(old, new))

    def git(self, *args):
        return run(GIT + ["-C", self.work] + list(args)).stdout.strip()

    def push(self, message="a change", force=False):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.git("push", "-q", *(["-f"] if force else []), "origin", "HEAD:refs/heads/main")
        return self.git("rev-parse", "HEAD")

    # --- the process ------------------------------------------------------------------------------------------
    def write_conf(self, sources=None):
        text = "state: %s\ngateway: {%s}\n" % (self.state, self.gateway_conf)
        if self.database:
            text += "database: \"%s\"\n" % self.database
        if sources is None:
            sources = "  main: {url: \"file://%s\", poll: 500ms, allow_local: true}\n" % self.repo
        text += "sources:\n" + sources if sources else ""
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(text + self.extra)

    def argv(self, *more):
        argv = [os.path.join(BUILD, "bin", "asporad"), "--config", self.conf]
        if self.roles:
            argv += ["--roles", self.roles]
        return argv + list(more)

    def gateway_options(self, **options):
        """Of the gateway's section; before the configuration is written."""
        self.gateway_conf += "".join(", %s: %s" % o for o in options.items())

    def copy_cluster(self):
        """The first start finds a cluster that is ready; tests of a first start run asporad themselves."""
        shared, own = os.environ.get("ASPORA_IT_SHARED"), os.path.join(self.state, "postgres")
        if shared and not self.database and not os.path.exists(own):
            os.makedirs(self.state, 0o711, exist_ok=True)
            run(["cp", "-a", "--reflink=auto", migrated_cluster(shared), own])

    def start(self, *more):
        if not os.path.exists(self.conf):
            self.write_conf()
        self.copy_cluster()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.argv(*more), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def deploy(self, message="the examples"):
        """What stands in the working tree is pushed, and everything has started and serves it. Returns the commit."""
        commit = self.push(message)
        self.start()
        self.wait_observed(commit)
        self.wait_converged()
        return commit

    def stop(self, sig=signal.SIGTERM, timeout=60):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
            self.process.wait(timeout)
        status = self.process.returncode if self.process else None
        self.process = None
        return status

    def roles_running(self):
        """Role name → pid of the children of our asporad."""
        out = {}
        for line in run(["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], check=False).stdout.splitlines():
            pid, _, args = line.strip().partition(" ")
            if args.startswith("asporad: "):
                out[args.partition(": ")[2]] = int(pid)
        return out

    # --- the gateway ------------------------------------------------------------------------------------------
    def address(self):
        path = os.path.join(self.state, "gateway", "address")

        def ask():
            if not os.path.exists(path):
                return None
            with open(path, encoding="utf-8") as f:
                return f.read().strip()

        return self.wait("the gateway's address", ask)

    def make_key(self, name="t", role="admin", *more):
        return run(self.argv_of("key", "create", "--name", name, "--role", role, *more)).stdout.strip()

    def argv_of(self, *verb):
        return [os.path.join(BUILD, "bin", "asporad"), "--config", self.conf, *verb]

    def api(self, method, path, body=None, wait=None, key=None, headers=None, text=False):
        """One request: status and document. key: "" for none; the admin's when left out."""
        if key is None:
            self.admin_key = key = getattr(self, "admin_key", None) or self.make_key()
        if not path.startswith("/"):
            path = "/api/v1/" + path
        if wait:
            path += ("&" if "?" in path else "?") + "wait=" + wait
        data = json.dumps(body).encode() if body is not None else b"{}" if method == "POST" else None
        q = urllib.request.Request("http://" + self.address() + path, data, dict(headers or {}), method=method)
        if key:
            q.add_header("Authorization", "Bearer " + key)
        if data is not None:
            q.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(q, timeout=90) as r:
                status, said = r.status, r.read()
        except urllib.error.HTTPError as e:
            status, said = e.code, e.read()
        return status, said.decode() if text else json.loads(said)

    def wish(self, path, body=None, **kw):
        """Asks for something and waits: status of the answer, what came of it."""
        status, doc = self.api("POST", path, body, wait="60s", **kw)
        outcome = doc.get("status")
        if not isinstance(outcome, dict):
            return status, doc  # a problem: it was refused at once
        return status, outcome.get("error") or outcome.get("result") or doc

    def logged(self, text):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return [line for line in f if text in line]

    # --- the gateway ------------------------------------------------------------------------------------------
    def gateway(self, timeout=30):
        """Address of the gateway, once it says that it is ready."""
        path = os.path.join(self.state, "gateway", "address")

        def ready():
            try:
                with open(path, encoding="utf-8") as f:
                    address = f.read().strip()
                url = address if "://" in address else "http://" + address
                with urllib.request.urlopen(url + "/readyz", timeout=5, context=gateway_api.anybody()) as r:
                    return address if r.status == 200 else None
            except OSError:
                return None
        return self.wait("the gateway", ready, timeout)

    def key(self, name, role="admin", domains="*", days=0):
        """Makes an API key; its text."""
        argv = self.argv("key", "create", name, "--role", role, "--domains", domains)
        return run(argv + (["--days", str(days)] if days else [])).stdout.strip()

    # --- the store --------------------------------------------------------------------------------------------
    def connect(self):
        if self.database:
            c = psycopg2.connect(self.database, options="-c search_path=aspora")
        else:
            c = psycopg2.connect(host=os.path.join(self.state, "run"), user="aspora", dbname="aspora",
                                 options="-c search_path=aspora")
        c.autocommit = True
        return c

    def rows(self, sql, *args):
        c = self.connect()
        try:
            cur = c.cursor()
            cur.execute(sql, args)
            return cur.fetchall() if cur.description else []
        finally:
            c.close()

    def one(self, sql, *args):
        found = self.rows(sql, *args)
        return found[0] if found else None

    def wait(self, what, ask, timeout=30):
        """Asks until the answer is true; the answer. Not reached: the log's end tells why."""
        end = time.monotonic() + timeout
        last = None
        while time.monotonic() < end:
            try:
                last = ask()
                if last:
                    return last
            except psycopg2.Error as e:
                last = e
            assert self.process is None or self.process.poll() is None, "asporad ended: " + self.tail()
            time.sleep(0.05)
        raise AssertionError("%s was not reached in %ss; last: %r\n%s" % (what, timeout, last, self.tail()))

    def tail(self, lines=25):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return "".join(f.readlines()[-lines:])

    def wait_observed(self, commit, timeout=30):
        return self.wait("source at " + commit[:12],
                         lambda: self.one("select 1 from source where observed_revision = %s", commit), timeout)

    def wait_converged(self, timeout=60):
        """Every desired skill serves: its stable slot is what is desired."""
        return self.wait("convergence", lambda: self.one(
            "select count(*) > 0 and bool_and(exists (select 1 from rollout r where r.domain = d.domain and r.skill = d.skill"
            " and r.content = d.content and r.runtime = d.runtime and r.slot = 'stable' and r.until is null))"
            " from desired d where d.until is null")[0], timeout)

    def content(self, domain, skill):
        row = self.one("select encode(content, 'hex') from desired where domain = %s and skill = %s and until is null", domain, skill)
        return row[0] if row else None

    def conditions(self, source="main"):
        row = self.one("select conditions from source where name = %s", source)
        return {c["type"]: c for c in (row[0] if row else [])}

    def execute(self, skill, value, timeout=30):
        """Runs a skill through the queue, as the gateway would."""
        domain, name = skill.split("/")
        id_ = "EXEC-IT-%d" % time.monotonic_ns()
        self.rows("insert into execution(id, domain, skill, requested_by, request_digest, input, deadline_at)"
                  " values (%s, %s, %s, 'test', sha256(%s), %s, now() + interval '30s')",
                  id_, domain, name, id_.encode(), json.dumps(value))
        row = self.wait("the end of " + id_, lambda: self.one(
            "select state, result, error from execution where id = %s and ended_at is not null", id_), timeout)
        return {"id": id_, "state": row[0], "result": row[1], "error": row[2]}

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()
        if self.owns_home:
            shutil.rmtree(self.home, ignore_errors=True)
