"""A small installation to break: a bare Git repository of shell skills, asporad with its private PostgreSQL, and a pen to change it all.

One world serves many experiments. It remembers what it pushed, which domains were good at which commit, and every write that the
gateway or the database acknowledged, so that the oracle can ask for it afterwards.
"""
import glob
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2
import psycopg2.extras

import oracle
import wishes

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "faults"
ASPORAD = BUILD / "bin" / "asporad"
FINAL = ("succeeded", "failed", "cancelled")

SKILL = """---
name: {name}
description: Adds up the numbers of a list, edition {edition}. Use when somebody asks for the sum of {name}.
domain: {domain}
role: specialist
trigger:
  - command: sum {domain} {name} {{what}}
---

# {name}

Add up what is there. Edition {edition}.
"""
HANDLER = """#!/bin/sh
# Edition {edition}.
cat >/dev/null
echo '{{"apiVersion":"aspora/v1","kind":"SkillResult","output":{{"edition":{edition}}}}}'
"""
CASES = """# Cases

## It says its edition
### Input
```json
{"what": "all"}
```
### Expect
- contains "edition"

## It never says nothing
### Input
```json
{"what": "none"}
```
### Expect
- contains "edition"
"""
PLATFORM = """budget:
  per_run_usd: 0.50
  per_day_usd: 200
limits:
  timeout: 30s
  memory: 256Mi
tests:
  min_cases: 2
"""
DOMAIN = """budget:
  per_run_usd: 0.10
  per_day_usd: 20
"""


def sh(*argv, **kw):
    return subprocess.run(argv, check=True, capture_output=True, text=True, **kw).stdout


class World:
    def __init__(self, seed, domains=("alpha", "beta", "gamma"), skills=("one", "two", "three", "four", "five")):
        self.random = random.Random(seed)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="aspora-fault."))
        self.home.chmod(0o755)
        self.state = self.home / "state"
        self.bare = self.home / "skills.git"
        self.work = self.home / "work"
        self.domains = list(domains)
        self.skills = {d: list(skills) for d in domains}
        self.good_at = {}  # domain: commit of which it is deployed
        self.bad = set()  # domains that are refused now
        self.edition = 0
        self.fresh_name = 0
        self.acknowledged = {}  # execution id: idempotency key or None
        self.keys = {}  # idempotency key: (skill, id)
        self.process = None
        self.log = self.home / "asporad.log"
        self.connection = None
        self.key = None
        self.extra = []
        self.roles = "sync,control,runner,gateway"
        self.complaints = []  # answers of the gateway that nobody must get
        self.wishes = wishes.Wishes(self)
        self._repository()
        self.config = self.home / "asporad.conf"
        self.write_config(self.config, self.state)

    # --- the repository ---

    def git(self, *argv, where=None):
        return sh("git", "-c", "user.name=Mara", "-c", "user.email=mara@example.com", "-c", "commit.gpgsign=false",
                  "-C", str(where or self.work), *argv)

    def _repository(self):
        sh("git", "init", "-q", "--bare", "-b", "main", str(self.bare))
        sh("git", "init", "-q", "-b", "main", str(self.work))
        self.git("remote", "add", "origin", str(self.bare))
        (self.work / "aspora.config.yaml").write_text(PLATFORM)
        for domain in self.domains:
            folder = self.work / "skills" / domain
            folder.mkdir(parents=True)
            (folder / "DOMAIN.md").write_text("# %s\n\nWe add up.\n" % domain)
            (folder / "aspora.config.yaml").write_text(DOMAIN)
            for skill in self.skills[domain]:
                self.write_skill(domain, skill)
        self.push("begin")
        self.good_at = {d: self.head for d in self.domains}

    def folder(self, domain, skill):
        return self.work / "skills" / domain / skill

    def skill_files(self, domain, skill, tests=True):
        """{path: text} of a new edition."""
        self.edition += 1
        files = {"SKILL.md": SKILL.format(name=skill, domain=domain, edition=self.edition),
                 "code/handler.sh": HANDLER.format(edition=self.edition)}
        return dict(files, **{"tests/cases.md": CASES}) if tests else files

    def write_skill(self, domain, skill, tests=True):
        folder = self.folder(domain, skill)
        shutil.rmtree(folder, ignore_errors=True)
        for path, text in self.skill_files(domain, skill, tests).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(wishes.mode(path) & 0o777)

    def push(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        self.git("push", "-q", "origin", "main")
        self.head = self.git("rev-parse", "HEAD").strip()

    def change(self, taken=()):
        """One commit that touches one or two skills, now and then with a deletion, a new skill, or a bad one. Domains that are
        taken have a wish made about them meanwhile, and those that are held are only edited."""
        said = []
        for domain in list(self.bad):
            for skill in self.skills[domain]:
                if not (self.folder(domain, skill) / "tests" / "cases.md").exists():
                    self.write_skill(domain, skill)
                    said.append("mend %s/%s" % (domain, skill))
            self.bad.discard(domain)
        free = [d for d in self.domains if d not in taken]
        if not free:  # wishes are about all of them: a commit that is about none
            self.edition += 1
            (self.work / "NOTES.md").write_text("Edition %d.\n" % self.edition)
            said.append("note")
        for domain in self.random.sample(free, min(self.random.randint(1, 2), len(free))):
            skill = self.random.choice(self.skills[domain])
            dice = self.random.random()
            if domain in self.wishes.held:
                dice = 1
            if dice < 0.15 and len(self.skills[domain]) > 4:  # more than a quarter of a domain would be refused
                shutil.rmtree(self.folder(domain, skill))
                self.skills[domain].remove(skill)
                said.append("delete %s/%s" % (domain, skill))
            elif dice < 0.28 and len(self.skills[domain]) < 9:
                self.fresh_name += 1
                name = "extra-%d" % self.fresh_name
                self.skills[domain].append(name)
                self.write_skill(domain, name)
                said.append("add %s/%s" % (domain, name))
            elif dice < 0.45 and dice >= 0.28:
                self.write_skill(domain, skill, tests=False)
                self.bad.add(domain)
                said.append("break %s/%s" % (domain, skill))
            else:
                self.write_skill(domain, skill)
                said.append("edit %s/%s" % (domain, skill))
        self.push(", ".join(said))
        for domain in self.domains:
            self.caught_up(domain)
        return said

    def caught_up(self, domain):
        """Nothing but its own content keeps a domain from being as the newest commit has it."""
        if domain in self.domains and domain not in self.bad and domain not in self.wishes.held:
            self.good_at[domain] = self.head

    def expected(self, domain):
        """{skill: {path: digest}} of what must be deployed."""
        git = oracle.git_files(self, self.good_at[domain], domain) if domain in self.good_at else {}
        return self.wishes.wanted(domain, git)

    # --- asporad ---

    def write_config(self, path, state, more=""):
        path.write_text("""state: %s
gateway:
  listen: 127.0.0.1:0
runner:
  drain: 0s
  slots: 2
lease:
  ttl: 2s
  renew: 500ms
sources:
  main:
    url: "file://%s"
    branch: main
    poll: 500ms
    allow_local: true
%s""" % (state, self.bare, more))

    def start(self, wrap=None, argv=None, config=None):
        """wrap: {role: words}, for the first start of that role."""
        env = dict(os.environ, PGOPTIONS="")
        for role, words in (wrap or {}).items():
            env["ASPORA_WRAP_" + role.upper()] = words
        log = open(self.log, "ab")
        command = [str(ASPORAD), "--config", str(config or self.config), "--roles", self.roles] + (argv or [])
        process = subprocess.Popen(command, env=env, stderr=log, stdout=log, stdin=subprocess.DEVNULL, start_new_session=True)
        log.close()
        return process

    def begin(self):
        """Up, with what Git has and what is uploaded first; None, or why not."""
        self.up()
        _, why = self.settle(60)
        if why:
            return why
        self.api_key()
        first = self.wishes.begin()
        first.key = "begin"
        self.wishes.send([first])
        return self.settle(60)[1]

    def up(self, wrap=None):
        self.process = self.start(wrap)

    def down(self, number=signal.SIGTERM):
        if self.connection:
            self.connection.close()
            self.connection = None
        if self.process:
            self.process.send_signal(number)
            try:
                self.process.wait(45)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("asporad did not stop within 45 s of signal %d" % number)
            self.process = None

    def alive(self):
        return self.process and self.process.poll() is None

    def roles_running(self, parent=None):
        """{role: pid} of the children of asporad."""
        parent = (parent or self.process).pid
        found = {}
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                pid, rest = open(path).read().split(" (", 1)
                state, ppid = rest.rsplit(") ", 1)[1].split(" ")[:2]
                words = open("/proc/%s/cmdline" % pid).read().split("\0")
            except (OSError, ValueError):
                continue
            role = words[words.index("role") + 1] if "role" in words else words[0].partition("asporad: ")[2]
            if int(ppid) == parent and role and state != "Z":
                found[role] = int(pid)
        return found

    def postmaster(self):
        try:
            return int((self.state / "postgres" / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None

    # --- the database ---

    def dsn(self):
        return "host=%s user=aspora dbname=aspora options='-c search_path=aspora' connect_timeout=3" % (self.state / "run")

    def rows(self, sql, *args):
        """Asks as the owner, connecting again when the server was restarted under us."""
        for attempt in range(60):
            try:
                if self.connection is None or self.connection.closed:
                    self.connection = psycopg2.connect(self.dsn(), cursor_factory=psycopg2.extras.RealDictCursor)
                    self.connection.autocommit = True
                with self.connection.cursor() as c:
                    c.execute(sql, args or None)
                    return c.fetchall() if c.description else []
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                if self.connection:
                    self.connection.close()
                self.connection = None
                if attempt == 59:
                    raise
                time.sleep(0.05)

    def one(self, sql, *args):
        return next(iter(self.rows(sql, *args)[0].values()))

    # --- wishes ---

    def ask(self, domain, skill):
        """Asks for one execution; what was acknowledged must be found afterwards."""
        return self.post(domain, skill, "K%016x" % self.random.getrandbits(64))

    def quick(self, taken=()):
        """Deployed skills that answer at once: what waits while its domain is suspended does not, and what the newest commit deletes may not."""
        return [r for r in self.rows("select domain, skill from desired where until is null order by 1, 2")
                if r["skill"] != wishes.SLOW and r["domain"] not in taken and r["domain"] not in self.wishes.suspended
                and r["skill"] in self.skills.get(r["domain"], self.wishes.lab)]

    def api_key(self):
        if self.key is None:
            self.key = sh(str(ASPORAD), "--config", str(self.config), "key", "create", "--name", "sweep", "--role", "admin").strip()
        return self.key

    def request(self, method, path, body=None, headers=None, timeout=5):
        address = (self.state / "gateway" / "address").read_text().strip()
        c = http.client.HTTPConnection(address, timeout=timeout)
        fields = {"Authorization": "Bearer " + self.api_key(), "Content-Type": "application/json"}
        fields.update(headers or {})
        try:
            c.request(method, path, json.dumps(body) if body is not None else None, {k: v for k, v in fields.items() if v is not None})
            r = c.getresponse()
            text = r.read().decode()
            said = json.loads(text) if text.startswith(("{", "[")) else text
        finally:
            c.close()
        self.complaints += oracle.judge_answer(method, path, r.status, said, fields["Authorization"] is not None)
        return r.status, said

    def post(self, domain, skill, name):
        """Its id; False when the skill has gone meanwhile; None when nothing was acknowledged: then it may have happened or not."""
        try:
            status, body = self.request("POST", "/api/v1/executions", {"skill": "%s/%s" % (domain, skill), "input": {"what": "all"}},
                                        {"Idempotency-Key": name})
        except (OSError, http.client.HTTPException, ValueError):
            return None
        if status == 404:
            return False
        if status not in (200, 201, 202):
            return None
        identity = body.get("id") or body.get("metadata", {}).get("name")
        if name in self.keys and self.keys[name][1] != identity:
            raise AssertionError("I10: the idempotency key %s gave %s, then %s" % (name, self.keys[name][1], identity))
        self.keys[name] = ("%s/%s" % (domain, skill), identity)
        self.acknowledged[identity] = name
        return identity

    # --- convergence ---

    def unsettled(self):
        """Why the world is not yet as it must become; None when it is."""
        source = self.rows("select observed_revision, conditions::text from source where name = 'main'")
        if not source or source[0]["observed_revision"] != self.head:
            return "sync has observed %s, not %s" % (source and source[0]["observed_revision"], self.head)
        r = self.rows("""select
            (select string_agg(d.domain || '/' || d.skill, ' ') from desired d where d.until is null and not exists (
                select from rollout r where r.domain = d.domain and r.skill = d.skill and r.content = d.content and r.runtime = d.runtime
                and r.until is null and r.slot = 'stable')) as waiting,
            (select string_agg(r.domain || '/' || r.skill, ' ') from rollout r where r.until is null and r.slot = 'stable' and not exists (
                select from desired d where d.domain = r.domain and d.skill = r.skill and d.until is null)) as leaving,
            (select string_agg(r.domain || '/' || r.skill || ' ' || r.slot || ' ' || r.state || ' ' || r.reason || ' ' || r.message, '; ')
                from rollout r where r.until is null and r.slot <> 'stable') as moving,
            (select string_agg(i.domain || '/' || i.skill || ' ' || i.state, '; ') from instance i where i.state in ('starting', 'draining'))
                as starting,
            (select string_agg(format('%s %s of %s/%s, attempt %s%s', id, state, domain, skill, attempt, ' not before ' || not_before), '; ')
                from execution where state not in ('succeeded', 'failed', 'cancelled')) as running,
            (select count(*) from execution where unlogged) as unlogged,
            (select string_agg(id, ' ') from inbox where state in ('pending', 'taken')) as wishes,
            (select string_agg(domain, ' ') from overlay where until is null and expires_at < now() + interval '1 hour') as overlaid,
            (select string_agg(name, ' ') from suspension where until is null and expires_at is not null) as suspended""")[0]
        said = ["%s: %s" % (k, v) for k, v in r.items() if v]
        # A hold that was lifted is followed by a look at the source that no row announces.
        return "; ".join(said) or next(oracle.newest(self), None)

    def settle(self, seconds=30):
        """Waits by asking. Returns (seconds it took, None) or (seconds, why not)."""
        began = time.monotonic()
        why = "nothing was asked"
        while time.monotonic() - began < seconds:
            if not self.alive():
                return time.monotonic() - began, "asporad ended by itself; see %s" % self.log
            try:
                why = self.unsettled()
            except psycopg2.Error as e:
                why = "the database does not answer: %s" % str(e).strip()
            if why is None:
                return time.monotonic() - began, None
            time.sleep(0.03)
        return time.monotonic() - began, why

    def close(self, keep=False):
        for p in self.extra:
            if p.poll() is None:
                p.send_signal(signal.SIGCONT)
                p.terminate()
                p.wait(45)
        try:
            self.down()
        finally:
            if not keep:
                shutil.rmtree(self.home, ignore_errors=True)


def cannot_trace():
    """Why strace cannot be used here; None when it can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    r = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, text=True)
    if r.returncode != 0:
        return "strace may not trace here: %s" % r.stderr.strip().split("\n")[-1]
    return None
