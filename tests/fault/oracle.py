"""The oracle: what must hold after every experiment, asked of the database, the disk, the kernel, and Git. It knows nothing of what was done.

check(world) returns a list of "I2: what is wrong", the first violated invariant first. Everything that we sign or chain is recomputed
here in a second implementation (hashlib, libsodium), from the formats that the headers write down.
"""
import base64
import ctypes
import hashlib
import os
import pathlib
import struct
import subprocess
import time

import wishes
from wishes import blake, field

sodium = None


def signature_holds(signature, text, key):
    global sodium
    if sodium is None:
        sodium = ctypes.CDLL("libsodium.so.23")
    return sodium.crypto_sign_verify_detached(bytes(signature), text.encode(), ctypes.c_ulonglong(len(text.encode())), bytes(key)) == 0


# --- the database's own story ---


def binding(w):
    """I1, I12: every desired skill is bound to an allow verdict, and its manifest to blobs that are what their digests say."""
    for r in w.rows("""select d.domain, d.skill from desired d where not exists (select from release_item i join verdict v
            on (v.domain, v.candidate, v.policy, v.surface) = (i.domain, i.candidate, i.policy, i.surface)
            where i.release = d.release and i.domain = d.domain and v.allow and v.rev <= d.since)"""):
        yield "I1: %s/%s is desired without an allow verdict before it" % (r["domain"], r["skill"])
    for r in w.rows("""select r.domain, r.skill from route_version r where r.until is null and not exists
            (select from desired d where (d.domain, d.skill, d.content, d.runtime) = (r.domain, r.skill, r.content, r.runtime))"""):
        yield "I1: %s/%s serves a version that was never desired" % (r["domain"], r["skill"])
    for i in w.rows("""select i.id, i.domain, i.skill from instance i where not exists (select from desired d
            where (d.domain, d.skill, d.content, d.runtime) = (i.domain, i.skill, i.content, i.runtime) and d.since <= i.rev)"""):
        yield "I1: instance %s is of a version of %s/%s that was not desired before it" % (i["id"], i["domain"], i["skill"])
    for v in w.rows("select distinct on (domain, skill, content) domain, skill, content, manifest from version"):
        records = b"".join(field(f["path"]) + field("%o" % mode_of(f["mode"])) + field(bytes.fromhex(f["digest"])) for f in v["manifest"])
        if blake("aspora.content.v1", records) != bytes(v["content"]):
            yield "I1: the content digest of %s/%s %s is not that of its manifest" % (v["domain"], v["skill"], bytes(v["content"]).hex()[:12])
        have = {b["digest"] for b in w.rows("select encode(digest, 'hex') as digest from blob where digest = any(%s)",
                                             [bytes.fromhex(f["digest"]) for f in v["manifest"]])}
        for f in v["manifest"]:
            if f["digest"] not in have:
                yield "I1: %s/%s: the blob of %s is not stored" % (v["domain"], v["skill"], f["path"])


def fail_closed(w):
    """I12: nothing is released that no verdict allows, and a verdict that denies says so in its receipt."""
    for r in w.rows("""select i.release, i.domain from release_item i where i.op <> 'delete' and not exists (select from verdict v
            where (v.domain, v.candidate, v.policy, v.surface) = (i.domain, i.candidate, i.policy, i.surface) and v.allow)"""):
        yield "I12: release %s carries %s, which no verdict allows" % (r["release"], r["domain"])
    for v in w.rows("select domain, rev from verdict where allow and exists (select from json_array_elements(findings) f "
                    "where f->>'severity' = 'deny')"):
        yield "I12: the verdict of revision %s on %s allows what a finding denies" % (v["rev"], v["domain"])


def mode_of(mode):
    return int(str(mode), 8) if isinstance(mode, str) else mode


def blobs(w):
    """I1: every blob is what its digest says. Those that were looked at before are not read again: they cannot change."""
    seen = w.__dict__.setdefault("blobs_seen", set())
    for r in w.rows("select digest from blob"):
        digest = bytes(r["digest"])
        if digest in seen:
            continue
        data = bytes(w.one("select bytes from blob where digest = %s", digest))
        if digest not in (blake("aspora.blob.v1", data), blake("aspora.transcript.v1", data)):
            yield "I1: blob %s is not what its digest says" % digest.hex()[:12]
        seen.add(digest)


def git_files(w, commit, domain):
    """{skill: {path: blob digest}} as Git has it, read once."""
    known = w.__dict__.setdefault("git_known", {})
    if (commit, domain) not in known:
        known[(commit, domain)] = read_git(w, commit, domain)
    return known[(commit, domain)]


def read_git(w, commit, domain):
    found = {}
    listing = subprocess.run(["git", "-C", str(w.bare), "ls-tree", "-r", "-z", commit, "skills/%s/" % domain],
                             check=True, capture_output=True).stdout.decode()
    entries = [e.split("\t", 1) for e in listing.split("\0") if e]
    wanted = "".join(e[0].split(" ")[2] + "\n" for e in entries)
    out = subprocess.run(["git", "-C", str(w.bare), "cat-file", "--batch"], input=wanted.encode(), check=True, capture_output=True).stdout
    at = 0
    for _, path in entries:
        end = out.index(b"\n", at)
        size = int(out[at:end].split(b" ")[2])
        data = out[end + 1:end + 1 + size]
        at = end + 2 + size
        parts = path.split("/", 3)
        if len(parts) == 4:
            found.setdefault(parts[2], {})[parts[3]] = blake("aspora.blob.v1", data).hex()
    return {s: f for s, f in found.items() if "SKILL.md" in f}


def newest(w):
    """I2, I13: what is desired is the newest admitted content that is not held back, and that serves; a refused domain keeps what it had."""
    have, serves = {}, {}
    for r in w.rows("""select d.domain, d.skill, v.manifest, exists (select from route_version r where
            (r.domain, r.skill, r.content, r.runtime) = (d.domain, d.skill, d.content, d.runtime) and r.until is null and r.mode = 'live'
            and r.weight = 1000000) as serves from desired d join version v using (domain, skill, content, runtime) where d.until is null"""):
        have.setdefault(r["domain"], {})[r["skill"]] = {f["path"]: f["digest"] for f in r["manifest"]}
        serves[(r["domain"], r["skill"])] = r["serves"]
    for domain in sorted({*w.good_at, *have, wishes.LAB}):
        want, is_ = w.expected(domain), have.get(domain, {})
        name = "I13" if domain in w.bad or domain in w.wishes.held else "I2"
        for skill in sorted(set(is_) | set(want)):
            if is_.get(skill) != want.get(skill):
                yield "%s: %s/%s is not as it must be since %s (%s%s)" % (
                    name, domain, skill, w.good_at.get(domain, "the last upload")[:12],
                    "absent" if skill not in is_ else "too much" if skill not in want else "other files", last_refusal(w, domain))
    # Whoever put the domain together, from Git or from the store: its own configuration holds.
    for r in w.rows("select domain, skill, per_run_microusd as limit from desired where until is null and per_run_microusd is distinct from "
                    "case when domain = %s then 500000 else 100000 end", wishes.LAB):
        yield "I13: %s/%s has lost its domain's limits: %s micro-dollars a run" % (r["domain"], r["skill"], r["limit"])
    for (domain, skill), fine in serves.items():
        if not fine:
            yield "I2: %s/%s is desired and no route leads to it" % (domain, skill)
    for r in w.rows("select domain, skill from route_version where until is null and (domain, skill) not in "
                    "(select domain, skill from desired where until is null)"):
        yield "I2: %s/%s serves and is not desired any more" % (r["domain"], r["skill"])


def last_refusal(w, domain):
    refusal = w.rows("select allow, findings from verdict where domain = %s order by rev desc limit 1", domain)
    return "" if not refusal or refusal[0]["allow"] else "; its last verdict denies: " + "; ".join(
        str(f.get("message")) for f in refusal[0]["findings"])


def no_duplicates(w):
    """I3: one promotion per generation; one live instance per version, host and replica; one version that answers."""
    for r in w.rows("""select domain, skill, generation, count(*) as n from rollout where slot in ('stable', 'draining')
            group by 1, 2, 3 having count(*) > 1"""):
        yield "I3: %s/%s generation %s was promoted %s times" % (r["domain"], r["skill"], r["generation"], r["n"])
    # Content that comes back after a rollback or an overlay is another generation of the same revision.
    for r in w.rows("""select e.domain, e.name, e.revision, e.count, d.n from event e, lateral (select count(*) as n from desired d
            where (d.domain, d.skill, encode(d.content, 'hex')) = (e.domain, e.name, e.revision)) d
            where e.reason = 'Promoted' and e.count > d.n"""):
        yield "I3: the promotion of %s/%s %s was told %s times for %s" % (r["domain"], r["name"], r["revision"][:12], r["count"], r["n"])
    for r in w.rows("""select domain, skill, encode(content, 'hex') as content from route_version v where until is null and not exists
            (select from event e where (e.domain, e.name, e.revision, e.reason) = (v.domain, v.skill, encode(v.content, 'hex'), 'Promoted'))"""):
        yield "I3: that %s/%s %s was promoted was never told" % (r["domain"], r["skill"], r["content"][:12])
    for r in w.rows("""select domain, skill, host, replica, count(*) as n from instance where state in ('starting', 'ready', 'draining')
            group by domain, skill, content, runtime, host, replica having count(*) > 1"""):
        yield "I3: %s/%s has %s live instances on %s, replica %s" % (r["domain"], r["skill"], r["n"], r["host"], r["replica"])
    for r in w.rows("""select domain, skill, since from desired d where exists (select from desired e where
            (e.domain, e.skill) = (d.domain, d.skill) and e.since > d.since and (d.until is null or e.since < d.until))"""):
        yield "I3: %s/%s has two desired rows at once after revision %s" % (r["domain"], r["skill"], r["since"])


def chain(w):
    """I4, I15: revisions are dense; each body is that of its changes, each hash that of its predecessor; none is without a change."""
    store = w.rows("select rev, hash, floor, floor_hash from store")[0]
    start = getattr(w, "chain_checked", None) or (store["floor"], bytes(store["floor_hash"]))
    rev, previous = start
    changes = {}
    for c in w.rows("select revision, ord, kind, domain, name, op, object::text as object from change where revision > %s order by 1, 2", rev):
        changes.setdefault(c["revision"], []).append(c)
    for r in w.rows("select revision, actor, body, hash from revision where revision > %s order by 1", rev):
        if r["revision"] != rev + 1:
            yield "I4: after revision %s comes %s" % (rev, r["revision"])
            return
        rev = r["revision"]
        if rev not in changes:
            yield "I15: revision %s has no change" % rev
            return
        body = field(r["actor"])
        for n, c in enumerate(changes[rev]):
            if c["ord"] != n:
                yield "I4: revision %s has change %s where %s should be" % (rev, c["ord"], n)
            body += field(struct.pack(">I", c["ord"])) + b"".join(field(c[k]) for k in ("kind", "domain", "name", "op", "object"))
        body = blake("aspora.change.v1", body)
        if body != bytes(r["body"]):
            yield "I15: the body of revision %s is not that of its changes" % rev
        previous = hashlib.sha256(previous + struct.pack(">q", rev) + body).digest()
        if previous != bytes(r["hash"]):
            yield "I15: the chain breaks at revision %s" % rev
            return
    if rev != store["rev"] or previous != bytes(store["hash"]):
        yield "I4: the store says revision %s, the log ends with %s" % (store["rev"], rev)
    w.chain_checked = (rev, previous)


def fenced(w):
    """I6: once a lease's next epoch has written, no older one writes."""
    for r in w.rows("""select a.revision, a.lease, a.epoch from (select revision, lease, epoch,
            max(epoch) over (partition by lease order by revision) as highest from revision where lease is not null) a
            where a.epoch < a.highest"""):
        yield "I6: revision %s was written by %s under the old epoch %s" % (r["revision"], r["lease"], r["epoch"])


def receipts(w):
    """I15: the release chain, and every signature."""
    previous, signers = b"\0" * 32, set()
    for n, r in enumerate(w.rows("select id, record, previous, hash, signer, signature from release order by id"), 1):
        if r["id"] != n:
            yield "I4: release %s where %s should be" % (r["id"], n)
        if bytes(r["previous"]) != previous or "\nprevious %s\n" % previous.hex() not in r["record"]:
            yield "I15: release %s does not follow the one before it" % r["id"]
        previous = blake("aspora.release.v1", r["record"].encode())
        if previous != bytes(r["hash"]):
            yield "I15: the hash of release %s is not that of its record" % r["id"]
        if not signature_holds(r["signature"], r["record"], r["signer"]):
            yield "I15: the signature of release %s does not hold" % r["id"]
        signers.add(bytes(r["signer"]))
    for v in w.rows("select domain, allow, candidate, record, findings::text as findings, signer, signature from verdict"):
        lines = v["record"].split("\n")
        findings = hashlib.blake2b(v["findings"].encode(), digest_size=32).hexdigest()
        for want in ("domain " + v["domain"], "verdict " + ("allow" if v["allow"] else "deny"),
                     "candidate " + bytes(v["candidate"]).hex(), "findings " + findings):
            if want not in lines:
                yield "I15: the receipt of a verdict on %s lacks \"%s\"" % (v["domain"], want)
        if not signature_holds(v["signature"], v["record"], v["signer"]):
            yield "I15: the signature of a verdict on %s does not hold" % v["domain"]
        signers.add(bytes(v["signer"]))
    if len(signers) > 1 + len(w.extra):
        yield "I15: %s keys have signed for %s installations; a restart made another" % (len(signers), 1 + len(w.extra))


def acknowledged(w):
    """I9, I10: what was acknowledged is there, once, and came to an end."""
    have = {r["id"]: r for r in w.rows("select id, state, idempotency_key from execution")}
    for identity in w.acknowledged:
        if identity not in have:
            yield "I9: %s was acknowledged and is gone" % identity
    for r in w.rows("select requested_by, idempotency_key, count(*) as n from execution where idempotency_key is not null "
                    "group by 1, 2 having count(*) > 1"):
        yield "I10: the idempotency key %s made %s executions" % (r["idempotency_key"], r["n"])
    for r in w.rows("""select name, count(*) as n from change where kind = 'Execution' and object->>'state' in ('succeeded', 'failed', 'cancelled')
            group by 1 having count(*) > 1"""):
        yield "I10: %s came to an end %s times" % (r["name"], r["n"])
    for r in w.rows("""select e.id, e.attempt, count(*) as n from execution e join execution_step s on s.execution = e.id
            where s.kind = 'sandbox.started' group by 1, 2 having count(*) > e.attempt"""):
        yield "I10: %s was started %s times in %s attempts" % (r["id"], r["n"], r["attempt"])


def clean_errors(w):
    """I17: whatever failed or was refused says with which code, and what was wrong."""
    for r in w.rows("select id, error from execution where state = 'failed'"):
        yield from said("execution " + r["id"], r["error"])
    for r in w.rows("select id, error from inbox where state = 'failed'"):
        yield from said("wish " + r["id"], r["error"])
    for r in w.rows("select domain, findings from verdict where not allow"):
        findings = r["findings"] if isinstance(r["findings"], list) else r["findings"].get("findings", [])
        if not any(f.get("rule") and f.get("message") for f in findings):
            yield "I17: a refusal of %s has no finding with a rule and a message" % r["domain"]
    for r in w.rows("select id, state, reason, message from instance where state = 'failed' and (reason = '' or message = '')"):
        yield "I17: instance %s failed without a word" % r["id"]


def judge_answer(method, path, status, said, known):
    """I12, I17: what the gateway may answer: nothing to strangers, and never that it does not know what went wrong."""
    if not known and status != 401 and path != "/healthz":
        yield "I12: %s %s was answered with %s to nobody" % (method, path, status)
    if status == 500:
        yield "I17: %s %s was answered with 500: %s" % (method, path, said)
    if status >= 400 and not (isinstance(said, dict) and (said.get("kind") == "Wish" or said.get("code") and said.get("detail"))):
        yield "I17: %s %s was answered with %s, without a code or a detail: %s" % (method, path, status, said)


def answers(w):
    """I12, I17: what clients were told."""
    yield from w.complaints
    w.complaints = []


def said(what, error):
    if not isinstance(error, dict) or not (error.get("code") or error.get("type")) or not (error.get("detail") or error.get("message")):
        yield "I17: %s failed without a code or a message: %s" % (what, error)


# --- the host ---


def owner(w):
    return blake("aspora.owner.v1", str(w.state).encode()).hex()[:12]


def leftovers(w):
    """Control groups and processes of our owner; at rest there are none, for the pool is 0."""
    mark = "aspora-" + owner(w)
    found = set()
    for top in [pathlib.Path("/sys/fs/cgroup")]:
        for folder, names, _ in os.walk(top):
            found |= {"control group " + os.path.join(folder, n) for n in names if n.startswith(mark)}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if mark in open("/proc/%s/cgroup" % pid).read():
                found.add("process %s in our control group" % pid)
            words = open("/proc/%s/cmdline" % pid, "rb").read()
            if str(w.state / "bundles").encode() in words:
                found.add("process %s: %s" % (pid, words.replace(b"\0", b" ").decode(errors="replace")[:80]))
        except OSError:
            continue
    return sorted(found)


def no_zombies(w, seconds=5):
    """I8: when nothing runs according to the store, nothing runs."""
    began = time.monotonic()
    found = leftovers(w)
    while found and time.monotonic() - began < seconds:
        time.sleep(0.05)
        found = leftovers(w)
    for f in found[:3]:
        yield "I8: left over: " + f


def is_runtime(path):
    top = "/" not in path
    return not (path.startswith(("tests/", "evals/", "fixtures/")) or top and (path.endswith(".md") or path == "aspora.config.yaml"))


def bundles(w):
    """I11: a bundle on disk is whole, whatever was killed while it was made."""
    root = w.state / "bundles"
    if not root.exists():
        return
    manifests = {bytes(r["runtime"]).hex(): r["manifest"] for r in w.rows("select runtime, manifest from version")}
    for folder in root.iterdir():
        if folder.name.startswith("."):
            continue
        manifest = manifests.get(folder.name)
        if manifest is None:
            yield "I11: bundle %s is of no known version" % folder.name[:12]
            continue
        want = {f["path"]: f["digest"] for f in manifest if is_runtime(f["path"])}
        have = {str(p.relative_to(folder)): blake("aspora.blob.v1", p.read_bytes()).hex() for p in folder.rglob("*") if p.is_file()}
        if have != want:
            yield "I11: bundle %s differs from its manifest" % folder.name[:12]


# Those of the list that this oracle asks after, each by its name in what it yields; tamper.py shows of each that it can be missed.
INVARIANTS = ("I1", "I2", "I3", "I4", "I6", "I8", "I9", "I10", "I11", "I12", "I13", "I15", "I17")

CHECKS = (binding, fail_closed, blobs, newest, no_duplicates, chain, fenced, receipts, acknowledged, wishes.check, answers, clean_errors, no_zombies,
          bundles)


def check(w):
    return [line for c in CHECKS for line in c(w)]
