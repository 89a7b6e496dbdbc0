"""What people ask for through the gateway while things break: uploads, overlays, rollbacks, holds, cancels; and what must come of each.

A plan is made while the world is at rest, so that what each wish must come to is known before it is sent: plan(), then send(). Every wish is
posted with an Idempotency-Key and posted again until it is acknowledged, as a careful client would. The domain LAB belongs to uploads alone;
the others belong to Git, and a wish about one of those has it to itself while it is carried out (`taken`).
"""
import hashlib
import http.client
import struct
import time

LAB = "lab"
SLOW = "slow"
LAB_SKILLS = ("red", "green", "blue", "white", "black")
LAB_MOST = 8
PATIENCE = 20  # seconds in which a gateway that died must have answered again


def blake(tag, data):
    return hashlib.blake2b(tag.encode() + b"\0" + data, digest_size=32).digest()


def field(data):
    data = data.encode() if isinstance(data, str) else bytes(data)
    return struct.pack(">I", len(data)) + data


def mode(path):
    return 0o100755 if path.startswith("code/") else 0o100644


def digests(files):
    return {path: blake("aspora.blob.v1", text.encode()).hex() for path, text in files.items()}


def content(have):
    """The content digest of {path: blob digest}."""
    return blake("aspora.content.v1", b"".join(field(p) + field("%o" % mode(p)) + field(bytes.fromhex(have[p]))
                                               for p in sorted(have, key=str.encode))).hex()


class Wish:
    """One request, what must come of it, and what the world is like afterwards."""

    def __init__(self, what, path, body, then=None, code=None, releases=0, touches=0, rows=None, files=0):
        self.what, self.path, self.body, self.then = what, path, body, then
        self.code = code  # of the problem it must end in; None: done
        self.releases = releases  # how many carry its id; None: not asked
        self.touches = touches  # how many skills those change
        self.rows = rows  # (SQL that counts what it alone made, how many)
        self.files = files
        self.key = self.id = None


class Wishes:
    def __init__(self, w):
        self.w = w
        self.all = []
        self.cancelled = []
        self.lab = {}  # skill: {path: text} as it must be deployed
        self.editions = {}  # content: {path: text} of LAB
        self.held = {}  # domain: {skill: {path: digest}}: suspended or overlaid, whatever its source says
        self.suspended = set()  # domains
        self.overlaid = set()  # domains
        self.quarantined = {}  # (domain, skill): {content}
        self.kept = {}  # (domain, skill) of Git: {path: digest} instead of what is in quarantine
        self.complaints = []
        self.number = 0

    # --- what must be ---

    def wanted(self, domain, git):
        """{skill: {path: digest}} of a domain; git: what its newest good commit has."""
        if domain in self.held:
            return self.held[domain]
        if domain == LAB:
            return {s: digests(f) for s, f in self.lab.items()}
        want = dict(git)
        for (d, s), files in self.kept.items():
            if d == domain and s in want and content(want[s]) in self.quarantined.get((d, s), ()):
                want[s] = files
        return want

    def rest(self):
        """Domains of Git about which a wish may be made: nothing is refused or held there."""
        return [d for d in self.w.domains if d not in self.w.bad and d not in self.held]

    def reason(self):
        self.number += 1
        return "wish %d" % self.number

    def edition(self, domain, skill, tests=True):
        return self.w.skill_files(domain, skill, tests)

    # --- uploads ---

    def upload(self, domain, skills, more, **kw):
        files = [{"path": "skills/%s/%s/%s" % (domain, s, p), "content": text, "mode": "%o" % mode(p)}
                 for s, have in skills.items() for p, text in have.items()]
        return Wish(kw.pop("what"), "uploads", dict({"files": files}, **more), files=len(files), **kw)

    def put_lab(self, skills):
        def then(_):
            self.lab.update(skills)
        return then

    def begin(self):
        """LAB's first skills: the same for every world."""
        skills = {s: self.edition(LAB, s) for s in LAB_SKILLS}
        skills[SLOW] = dict(self.edition(LAB, SLOW))
        skills[SLOW]["code/handler.sh"] = "#!/bin/sh\ncat >/dev/null\nsleep 60\necho '{\"output\":\"late\"}'\n"
        self.learn(skills)
        return self.upload(LAB, skills, {"reason": self.reason()}, what="upload all of lab", releases=1,
                           touches=len(skills), then=self.put_lab(skills))

    def learn(self, skills):
        for files in skills.values():
            self.editions[content(digests(files))] = files

    def lab_free(self, used):
        return [s for s in sorted(self.lab) if s != SLOW and (LAB, s) not in used]

    def apply_edit(self, used):
        free = self.lab_free(used)
        if not free:
            return None
        names = self.w.random.sample(free, min(len(free), self.w.random.randint(1, 2)))
        return self.apply_skills(used, {s: self.edition(LAB, s) for s in names}, "edit")

    def apply_new(self, used):
        if len(self.lab) >= LAB_MOST or (LAB, "") in used:
            return None
        self.w.fresh_name += 1
        name = "extra-%d" % self.w.fresh_name
        return self.apply_skills(used, {name: self.edition(LAB, name)}, "add")

    def apply_skills(self, used, skills, what):
        used.update((LAB, s) for s in skills)
        self.learn(skills)
        barred = LAB in self.suspended
        return self.upload(LAB, skills, {"reason": self.reason()}, what="%s lab/%s" % (what, ",".join(skills)),
                           code="conflict" if barred else None, releases=0 if barred else 1, touches=0 if barred else len(skills),
                           then=None if barred else self.put_lab(skills))

    def apply_again(self, used):
        """What is deployed already: done, and nothing is released."""
        free = self.lab_free(used)
        if not free or LAB in self.suspended:
            return None
        name = self.w.random.choice(free)
        used.add((LAB, name))
        return self.upload(LAB, {name: self.lab[name]}, {"reason": self.reason()}, what="the same lab/%s" % name)

    def apply_pruned(self, used):
        if LAB in self.suspended or len(self.lab) < 6 or any(d == LAB for d, _ in used):
            return None
        gone = self.w.random.choice(self.lab_free(used))
        left = {s: f for s, f in self.lab.items() if s != gone}
        used.update((LAB, s) for s in self.lab)

        def then(_):
            del self.lab[gone]
        return self.upload(LAB, left, {"reason": self.reason(), "prune": True}, what="prune lab/%s" % gone, releases=1, touches=1,
                           then=then)

    def apply_refused(self, used):
        free = self.lab_free(used)
        if not free:
            return None
        name = self.w.random.choice(free)
        used.add((LAB, name))
        return self.upload(LAB, {name: self.edition(LAB, name, tests=False)}, {"reason": self.reason()},
                           what="lab/%s without tests" % name, code="conflict" if LAB in self.suspended else "denied")

    def apply_foreign(self, used):
        domain = self.w.random.choice(self.w.domains)
        if domain in self.held:
            return None
        skill = self.w.random.choice(self.w.skills[domain])
        return self.upload(domain, {skill: self.edition(domain, skill)}, {"reason": self.reason()},
                           what="upload of Git's %s/%s" % (domain, skill), code="conflict")

    def apply_dry(self, used):
        if LAB in self.suspended or (LAB, "") in used:
            return None
        name = self.w.random.choice(sorted(self.lab))
        return self.upload(LAB, {name: self.edition(LAB, name)}, {"reason": self.reason(), "dryRun": True}, what="try lab/%s" % name)

    # --- overlays ---

    def take_domain(self, used):
        free = [d for d in self.rest() if not any(u == d for u, _ in used)]
        if len(free) < 2:  # one is left for Git
            return None
        domain = self.w.random.choice(sorted(free))
        used.add((domain, ""))
        return domain

    def overlay(self, used):
        domain = self.take_domain(used)
        if domain is None:
            return None
        skill = self.w.random.choice(self.w.skills[domain])
        files, reason = self.edition(domain, skill), self.reason()
        short = self.w.random.random() < 0.4
        laid = dict(self.w.expected(domain))
        laid[skill] = digests(files)

        def then(_):
            if not short:
                self.held[domain] = laid
                self.overlaid.add(domain)
        # A short one is gone again when the world is at rest.
        return self.upload(domain, {skill: files}, {"reason": reason, "override": True, "ttl": "1s" if short else "2h"},
                           what="%s overlay over %s/%s" % ("short" if short else "long", domain, skill), releases=1, touches=1, then=then,
                           rows=("select count(*) as n from overlay where inbox = %(id)s", 1))

    def overlay_ends(self, used):
        if not self.overlaid:
            return None
        domain = self.w.random.choice(sorted(self.overlaid))
        if (domain, "") in used:
            return None
        used.add((domain, ""))

        def then(_):
            self.overlaid.discard(domain)
            del self.held[domain]
            self.w.caught_up(domain)
        # What is adopted stays where its new owner brings nothing.
        if self.w.random.random() < 0.3 and not any(v and d == domain for (d, _), v in self.quarantined.items()):
            return Wish("adopt %s" % domain, "adoptions", {"domain": domain, "to": "main", "reason": self.reason()}, then)
        return Wish("end of the overlay over %s" % domain, "overlays/end", {"domain": domain, "reason": self.reason()}, then)

    # --- rollbacks and quarantine ---

    def rollback(self, used):
        """One skill, of LAB or of Git, to what it was before."""
        if self.w.random.random() < 0.5:
            free = self.lab_free(used) if LAB not in self.suspended else []
            domain, skill = LAB, self.w.random.choice(free) if free else None
        else:
            domain = self.take_domain(used)
            skill = self.w.random.choice(self.w.skills[domain]) if domain else None
        if skill is None:
            return None
        used.add((domain, skill))
        reason = self.reason()
        body = {"domain": domain, "skill": skill, "reason": reason}
        past = self.w.rows("""select d.since, encode(d.content, 'hex') as content, v.manifest from desired d
            join version v using (domain, skill, content, runtime) where domain = %s and skill = %s order by since desc""", domain, skill)
        past = past[:1] + [p for p in past if p["content"] != past[0]["content"]][:1]
        if len(past) < 2:
            return Wish("rollback of %s/%s, which has no past" % (domain, skill), "rollbacks", body, code="not-found")
        later = {r["c"] for r in self.w.rows("""select distinct encode(content, 'hex') as c from desired
            where domain = %s and skill = %s and since > %s""", domain, skill, past[1]["since"])} - {past[1]["content"]}
        already = self.quarantined.get((domain, skill), set())

        def then(_):
            self.quarantined[(domain, skill)] = (already | later) - {past[1]["content"]}
            if domain == LAB:
                self.lab[skill] = self.editions[past[1]["content"]]
            else:
                self.kept[(domain, skill)] = {f["path"]: f["digest"] for f in past[1]["manifest"]}
        return Wish("rollback of %s/%s" % (domain, skill), "rollbacks", body, then, releases=1, touches=1,
                    rows=("select count(*) as n from quarantine where cause = 'rollback' and reason = %(reason)s", len(later - already)))

    def quarantine(self, used):
        """An edition that was never deployed is put in quarantine, and then uploaded: it is held back."""
        free = self.lab_free(used)
        if not free or LAB in self.suspended:
            return None
        name = self.w.random.choice(free)
        used.add((LAB, name))
        files, reason = self.edition(LAB, name), self.reason()
        self.learn({name: files})
        digest = content(digests(files))

        def then(_):
            self.quarantined.setdefault((LAB, name), set()).add(digest)
        return [Wish("quarantine of lab/%s" % name, "quarantines", {"domain": LAB, "skill": name, "content": digest, "reason": reason}, then,
                     rows=("select count(*) as n from quarantine where cause = 'operator' and reason = %(reason)s", 1)),
                self.upload(LAB, {name: files}, {"reason": self.reason()}, what="lab/%s, which is in quarantine" % name)]

    def clear(self, used):
        some = sorted(k for k, v in self.quarantined.items() if v and k not in used and (k[0] == LAB or k[0] in self.rest()))
        some = [k for k in some if k[0] == LAB or not any(u == k[0] for u, _ in used)]
        if not some:
            return Wish("clear of nothing", "quarantines/clear", {"domain": LAB, "skill": SLOW, "reason": self.reason()}, code="not-found")
        key = self.w.random.choice(some)
        used.add(key)
        used.add((key[0], "") if key[0] != LAB else key)

        def then(_):
            self.quarantined.pop(key)
            self.kept.pop(key, None)
        return Wish("clear of %s/%s" % key, "quarantines/clear", {"domain": key[0], "skill": key[1], "reason": self.reason()}, then)

    # --- suspensions ---

    def suspend(self, used):
        if self.w.random.random() < 0.3 and not any(d == LAB for d, _ in used) and LAB not in self.held:
            domain = LAB
        else:
            domain = self.take_domain(used)
        if domain is None:
            return None
        used.add((domain, ""))
        if domain == LAB:
            used.update((LAB, s) for s in self.lab)
        frozen, reason = self.w.expected(domain), self.reason()

        def then(_):
            self.suspended.add(domain)
            self.held[domain] = frozen
        return Wish("suspension of %s" % domain, "suspensions", {"kind": "Domain", "name": domain, "reason": reason}, then,
                    rows=("select count(*) as n from suspension where reason = %(reason)s", 1))

    def suspend_source(self, used):
        if ("main", "source") in used:
            return None
        used.add(("main", "source"))
        return Wish("suspension of the source for a second", "suspensions",
                    {"kind": "Source", "name": "main", "ttl": "1s", "reason": self.reason()},
                    rows=("select count(*) as n from suspension where reason = %(reason)s", 1))

    def resume(self, used):
        some = sorted(d for d in self.suspended if not any(u == d for u, _ in used))
        if not some:
            return Wish("resumption of nothing", "resumptions", {"kind": "Skill", "domain": LAB, "name": SLOW, "reason": self.reason()},
                        code="not-found")
        domain = self.w.random.choice(some)
        used.add((domain, ""))
        if domain == LAB:
            used.update((LAB, s) for s in self.lab)

        def then(_):
            self.suspended.discard(domain)
            del self.held[domain]
            self.w.caught_up(domain)
        return Wish("resumption of %s" % domain, "resumptions", {"kind": "Domain", "name": domain, "reason": self.reason()}, then)

    def look(self, used):
        if ("main", "source") in used:
            return None
        used.add(("main", "source"))
        return Wish("a look at the source", "sources/main/sync", {"reason": self.reason()}, releases=None)

    # --- plans ---

    KINDS = (apply_edit, apply_edit, apply_new, apply_again, apply_pruned, apply_refused, apply_foreign, apply_dry, overlay, overlay_ends,
             overlay_ends, rollback, rollback, rollback, quarantine, clear, clear, suspend, resume, resume, suspend_source, look)

    def plan(self, count):
        """(wishes, domains that Git must leave alone meanwhile). Asked for while the world is at rest."""
        used, wishes = set(), []
        for kind in self.w.random.sample(self.KINDS, min(3 * count, len(self.KINDS))):
            if len(wishes) >= count:
                break
            made = kind(self, used)
            wishes += made if isinstance(made, list) else [made] if made else []
        for wish in wishes:
            wish.key = "W%016x" % self.w.random.getrandbits(64)
        return wishes, {d for d, _ in used}

    # --- sending ---

    def post(self, path, body, key):
        """(status, document), posted until somebody answers for the outcome."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            try:
                status, said = self.w.request("POST", "/api/v1/" + path, body, {"Idempotency-Key": key} if key else {})
            except (OSError, ValueError, http.client.HTTPException):
                status, said = None, None
            if status is not None and status < 500:
                return status, said
            time.sleep(0.02)
        self.complaints.append("I9: %s was not answered within %d s: %s %s" % (path, PATIENCE, status, said))
        return None, None

    def send(self, wishes):
        for wish in wishes:
            _, said = self.post(wish.path, wish.body, wish.key)
            if said is None:
                return
            if said.get("kind") != "Wish":
                self.complaints.append("I9: %s was not taken: %s" % (wish.what, said))
                return
            wish.id = said["metadata"]["name"]
            self.all.append(wish)
            if wish.then:
                wish.then(wish)
            self.again(wish)

    def again(self, wish):
        """I10: the same key is the same wish, and with another body none."""
        dice = self.w.random.random()
        if dice < 0.3:
            _, said = self.post(wish.path, wish.body, wish.key)
            if said is not None and said.get("metadata", {}).get("name") != wish.id:
                self.complaints.append("I10: the key of %s gave %s, then %s" % (wish.what, wish.id, said))
        elif dice < 0.4 and wish.path != "sources/main/sync":
            status, said = self.post(wish.path, dict(wish.body, reason="another"), wish.key)
            if status is not None and status != 409:
                self.complaints.append("I10: the key of %s with another body: %s %s" % (wish.what, status, said))

    def cancel_one(self):
        """Starts what would take a minute, and takes it back: now, or when it runs."""
        key = "C%016x" % self.w.random.getrandbits(64)
        _, said = self.post("executions", {"skill": "%s/%s" % (LAB, SLOW), "input": {}}, key)
        if said is None:
            return
        identity = said["metadata"]["name"]
        self.w.acknowledged[identity] = key
        began = time.monotonic()
        while self.w.random.random() < 0.9 and time.monotonic() - began < 1:
            if self.w.one("select state from execution where id = %s", identity) == "running":
                break
            time.sleep(0.02)
        status, said = self.post("executions/%s/cancel" % identity, None, None)
        if status is not None and status >= 300:
            self.complaints.append("I9: the cancel of %s: %s %s" % (identity, status, said))
        elif status is not None:
            self.cancelled.append(identity)


# --- the oracle's part ---


def check(w):
    """Every accepted wish is carried out, once, and comes to what it must."""
    s = w.wishes
    yield from s.complaints
    s.complaints = []
    have = {r["id"]: r for r in w.rows("""select i.id, i.state, i.error, i.body->>'reason' as reason, i.result->>'summary' as summary,
        (select count(*) from inbox_file f where f.inbox = i.id) as files,
        (select count(*) from release r where r.revision = i.id) as releases,
        (select coalesce(sum(created + updated + deleted), 0) from release r where r.revision = i.id) as touches from inbox i""")}
    for wish in s.all:
        r = have.pop(wish.id, None)
        if r is None:
            yield "I9: %s (%s) was accepted and is gone" % (wish.id, wish.what)
            continue
        code = (r["error"] or {}).get("code")
        if r["state"] != ("failed" if wish.code else "done") or code != wish.code:
            yield "I2: %s (%s) is %s, not %s: %s" % (wish.id, wish.what, r["state"], wish.code or "done", r["error"])
        if r["files"] != wish.files:
            yield "I9: %s (%s) has %s of its %s files" % (wish.id, wish.what, r["files"], wish.files)
        if wish.releases is not None and r["releases"] != wish.releases:
            yield "I10: %s (%s) made %s releases, not %s; it says: %s" % (wish.id, wish.what, r["releases"], wish.releases, r["summary"])
        if wish.releases is not None and r["touches"] != wish.touches:
            yield "I2: %s (%s) changed %s skills, not %s; it says: %s" % (wish.id, wish.what, r["touches"], wish.touches, r["summary"])
        if wish.rows:
            n = w.rows(wish.rows[0] % {"id": "%s", "reason": "%s"}, wish.id if "%(id)s" in wish.rows[0] else wish.body["reason"])[0]["n"]
            if n != wish.rows[1]:
                yield "I10: %s (%s) made %s rows, not %s" % (wish.id, wish.what, n, wish.rows[1])
    for identity in have:
        yield "I10: nobody asked for %s" % identity
    for identity in s.cancelled:
        state = w.one("select state from execution where id = %s", identity)
        if state != "cancelled":
            yield "I9: %s was cancelled and is %s" % (identity, state)
    yield from holds(w, s)


def holds(w, s):
    """I2: what is held back is what was asked for, no more and no less."""
    now = {(r["domain"], r["skill"], r["content"]) for r in
           w.rows("select domain, skill, encode(content, 'hex') as content from quarantine where until is null")}
    want = {(d, k, c) for (d, k), contents in s.quarantined.items() for c in contents}
    for d, k, c in sorted(now ^ want):
        yield "I2: %s/%s %s %s in quarantine" % (d, k, c[:12], "is" if (d, k, c) in now else "is not")
    now = {r["name"] for r in w.rows("select name from suspension where until is null")}
    if now != s.suspended:
        yield "I2: suspended are %s, not %s" % (sorted(now), sorted(s.suspended))
    now = {r["domain"] for r in w.rows("select domain from overlay where until is null")}
    if now != s.overlaid:
        yield "I2: overlaid are %s, not %s" % (sorted(now), sorted(s.overlaid))


__all__ = ["LAB", "SLOW", "Wish", "Wishes", "check", "content", "digests", "mode"]
