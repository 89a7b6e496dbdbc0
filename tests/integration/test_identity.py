"""Keys over the API, what each may do, the audit trail, and what `aspora verify` finds that was changed behind our back."""
import base64
import glob
import json
import os
import subprocess
import time

import pytest

from gateway_api import Api
from system import BUILD, System

TAMPERED = 20


@pytest.fixture(scope="module")
def s():
    with System() as system:
        system.init_repo()
        system.deploy()
        system.admin = system.key("root", "admin")
        yield system


@pytest.fixture(scope="module")
def api(s):
    return Api(s.gateway(), s.admin)


def aspora(s, *args, key=None):
    env = dict(os.environ, ASPORA_SERVER=s.gateway(), ASPORA_KEY=key or s.admin, HOME=s.home)
    return subprocess.run([os.path.join(BUILD, "bin", "aspora"), *args], capture_output=True, text=True, env=env)


def new_key(api, name, role="viewer", domains=None, **more):
    body = dict(more, name=name, role=role)
    if domains:
        body["domains"] = domains
    r = api.post("/api/v1/keys", body)
    assert r.status == 201, r
    return r.json["key"]


@pytest.mark.serial
def test_a_key_made_over_the_api_works_until_it_is_revoked(s, api):
    mine = Api(api.address, new_key(api, "made", "operator", ["ecm", "hr"]))
    me = mine.get("/api/v1/whoami").json
    assert me["name"] == "made" and me["role"] == "operator" and me["domains"] == ["ecm", "hr"]
    assert api.call("DELETE", "/api/v1/keys/made").status == 200
    time.sleep(1.05)
    assert mine.get("/api/v1/whoami").status == 401


@pytest.mark.parametrize("body,status,says", [
    ({"name": "root"}, 409, "a key of this name exists already"),
    ({"name": "x", "role": "god"}, 422, "\"god\" is not a role"),
    ({"name": "x", "days": 366}, 422, "a key cannot live for 366 days"),
    ({"name": "x", "days": -1}, 422, ""),
    ({"name": "x", "domains": ["No Name"]}, 422, "a domain of the key"),
    ({"role": "viewer"}, 422, "name"),
    ({"name": "x", "rolle": "viewer"}, 422, "there is no such field"),
])
def test_a_key_that_cannot_be_is_refused(api, body, status, says):
    r = api.post("/api/v1/keys", body)
    assert r.status == status and says in r.json["detail"], r
    assert "aspora_" not in r.text


def test_a_key_is_shown_once_and_kept_nowhere(s, api):
    """A dump of the whole database, and all that was logged: no part of a key's secret half, whatever was done with it."""
    text = new_key(api, "canary", "operator", ["ecm"])
    mine = Api(api.address, text)
    assert mine.get("/api/v1/whoami").json["id"] == text[:15]
    assert mine.post("/api/v1/suspensions?wait=30s", {"kind": "Skill", "domain": "ecm", "name": "order-details"}).status == 200
    assert mine.post("/api/v1/resumptions?wait=30s", {"kind": "Skill", "domain": "ecm", "name": "order-details"}).status == 200
    assert Api(api.address, text[:-1] + "!").get("/api/v1/whoami").status == 401
    s.wait("word of its use", lambda: s.one("select 1 from key where name = 'canary' and last_used_at is not null"))
    dump = os.path.join(s.home, "dump")
    pg_dump = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_dump"))[-1]
    subprocess.run([pg_dump, "-h", os.path.join(s.state, "run"), "-U", "aspora", "-f", dump, "aspora"], check=True, capture_output=True)
    with open(dump, encoding="utf-8", errors="replace") as f, open(s.log, encoding="utf-8") as log:
        dumped, logged = f.read(), log.read()
    assert text[:15] in dumped  # what is public of it
    secret = text[15:43]
    for form in (secret, secret[:12], secret[-12:], secret.encode().hex(), base64.b64encode(secret.encode()).decode()[:30]):
        assert form not in dumped and form not in logged, form
    keys = [k for k in api.items("/api/v1/keys") if k["metadata"]["name"] == "canary"]
    assert secret not in json.dumps(keys) and keys[0]["spec"]["role"] == "operator"


@pytest.mark.serial
def test_a_revoked_key_is_refused_by_every_gateway_within_a_second(s, api):
    database = "host=%s user=aspora dbname=aspora" % os.path.join(s.state, "run")
    with System(roles="gateway", database=database) as other:
        other.write_conf(sources="")
        other.start()
        key = new_key(api, "everywhere", "viewer")
        both = [Api(api.address, key), Api(other.gateway(), key)]
        assert [a.get("/api/v1/whoami").status for a in both] == [200, 200]
        assert api.call("DELETE", "/api/v1/keys/everywhere").status == 200
        began = time.monotonic()
        for a in both:
            s.wait("the refusal", lambda a=a: a.get("/api/v1/whoami").status == 401, 5)
        assert time.monotonic() - began < 1.5


def test_one_that_is_not_there_cannot_be_revoked(api):
    assert api.call("DELETE", "/api/v1/keys/nobody").status == 404
    assert api.post("/api/v1/keys/nobody/revoke").status == 404


def test_access_agrees_with_what_happens(api):
    """Every row of what the gateway says one may do, tried: roles × routes × domains."""
    for role in ("viewer", "operator", "approver", "ci-bot", "admin"):
        for domains in (None, ["ecm"]):
            mine = Api(api.address, new_key(api, "try-%s-%s" % (role, "all" if domains is None else "ecm"), role, domains))
            for of in ("", "ecm", "frm"):
                rows = mine.get("/api/v1/access" + ("?of=" + of if of else "")).json["items"]
                assert len(rows) > 50
                for row in rows:
                    path = row["path"].replace("{domain}", of or "ecm").replace("{name}", "zz")
                    r = mine.call(row["method"], path, {} if row["method"] == "POST" else None)
                    if row["allowed"]:
                        assert r.status not in (401, 403, 405), (role, of, row, r)
                    else:
                        assert row["reason"], row
                        if "may not" in row["reason"] or "all domains" in row["reason"]:
                            assert r.status == 403, (role, of, row, r)


def test_can_i_answers_for_scripts(s, api):
    eva = new_key(api, "eva", "viewer", ["frm"])
    r = aspora(s, "auth", "can-i", "rollback", "domains", key=eva)
    assert (r.returncode, r.stdout) == (1, "no\n") and "role viewer may not" in r.stderr
    r = aspora(s, "auth", "can-i", "get", "sk", "-d", "ecm", key=eva)
    assert (r.returncode, r.stdout) == (1, "no\n") and "does not cover domain \"ecm\"" in r.stderr
    r = aspora(s, "auth", "can-i", "get", "skill", "-d", "frm", key=eva)
    assert (r.returncode, r.stdout, r.stderr) == (0, "yes\n", "")
    r = aspora(s, "auth", "can-i", "fly", "skills", key=eva)
    assert r.returncode == 2 and "nobody can fly skills" in r.stderr and "run" in r.stderr


# --- the audit trail -----------------------------------------------------------------------------------------------------


def entries(api, **query):
    return api.items("/api/v1/audit?" + "&".join("%s=%s" % kv for kv in query.items()))


def test_every_change_names_who_asked_and_refusals_are_kept(s, api):
    bob = Api(api.address, new_key(api, "bob", "viewer"))
    assert bob.post("/api/v1/rollbacks", {"domain": "ecm"}).status == 403
    r = api.post("/api/v1/suspensions?wait=30s", {"kind": "Domain", "name": "hr", "reason": "a try"})
    assert r.status == 200, r
    assert api.post("/api/v1/resumptions?wait=30s", {"kind": "Domain", "name": "hr"}).status == 200
    s.wait("the refusal", lambda: entries(api, kind="Request", actor="key:bob"))
    refused = entries(api, kind="Request", actor="key:bob")[0]
    assert refused["object"]["path"] == "/api/v1/rollbacks" and refused["object"]["status"] == 403
    wishes = [e["object"]["wish"] for e in entries(api, kind="Wish", actor="key:root")]
    assert wishes[:2] == ["resume", "suspend"]
    made = [e for e in entries(api, kind="Key") if e["name"] == "bob"]
    assert made and made[0]["actor"] == "key:root" and made[0]["op"] == "create"
    ran = api.post("/api/v1/executions?wait=30s", {"skill": "ecm/order-details", "input": {"order_id": "17"}}).json
    s.wait("the execution in the chain", lambda: entries(api, kind="Execution", actor="key:root"))
    assert entries(api, kind="Execution", actor="key:root")[0]["name"] == ran["metadata"]["name"]


def test_the_trail_is_paged_and_bounded(api):
    whole = entries(api, limit=40)
    assert len(whole) == 40
    seen, before = [], None
    while True:
        page = entries(api, limit=7, **({"before": before} if before else {}))
        seen += page
        if len(page) < 7 or len(seen) > 60:
            break
        before = page[-1]["position"]
    positions = [e["position"] for e in seen]
    at = positions.index(whole[0]["position"])  # what came meanwhile stands above
    assert positions[at:at + 40] == [e["position"] for e in whole]
    assert len(set(positions)) == len(positions)
    assert entries(api, since="2100-01-01T00:00:00Z") == []
    for bad in ("before=x", "before=1", "since=soon", "limit=501"):
        assert api.get("/api/v1/audit?" + bad).status == 400, bad


def test_an_auditor_of_one_domain_sees_no_other(api):
    ecm = Api(api.address, new_key(api, "ecm-audit", "approver", ["ecm"]))
    assert {e["domain"] for e in entries(ecm, limit=500)} <= {"", "ecm"}
    assert ecm.get("/api/v1/audit?domain=frm").status == 404
    assert ecm.get("/api/v1/audit/verify").status == 403
    viewer = Api(api.address, new_key(api, "no-auditor", "viewer"))
    assert viewer.get("/api/v1/audit").status == 403


# --- verify ----------------------------------------------------------------------------------------------------------------


def test_verify_holds_and_its_receipts_hold_without_a_gateway(s):
    pub = os.path.join(s.state, "keys", "release.pub")
    saved = os.path.join(s.home, "receipts.jsonl")
    s.wait("a checkpoint", lambda: s.one("select count(*) from checkpoint")[0])
    r = aspora(s, "verify", "--signer", pub, "--save", saved)
    assert r.returncode == 0, r
    assert "9 with" in r.stdout and "signed checkpoints" in r.stdout and "not pinned" not in r.stdout
    r = aspora(s, "verify", saved, "--signer", pub, "--server", "127.0.0.1:1")
    assert r.returncode == 0 and "1 releases" in r.stdout, r
    with open(saved, encoding="utf-8") as f:
        lines = f.read().splitlines()
    forged = json.loads(lines[0])
    forged["text"] = forged["text"].replace("domain create ecm", "domain create ecn")
    with open(saved, "w", encoding="utf-8") as f:
        f.write(json.dumps(forged) + "\n")
    r = aspora(s, "verify", saved)
    assert r.returncode == TAMPERED and "the signature does not hold" in r.stderr
    other = "ab" * 32
    r = aspora(s, "verify", "--signer", other)
    assert r.returncode == TAMPERED and "another key signed it" in r.stderr


def put_back(s, sql, undo, *args):
    s.rows(sql, *args)
    try:
        return aspora(s, "verify")
    finally:
        s.rows(undo, *args)


def test_verify_finds_bytes_that_were_changed(s):
    digest, size = s.one("select decode(m ->> 'digest', 'hex'), (m ->> 'size')::int from version, json_array_elements(manifest) m "
                         "where skill = 'order-details' and m ->> 'path' like 'code/%%' limit 1")
    before = s.one("select bytes from blob where digest = %s", digest)[0]
    s.rows("update blob set bytes = set_byte(bytes, 3, (get_byte(bytes, 3) + 1) %% 256) where digest = %s", digest)
    r = aspora(s, "verify")
    s.rows("update blob set bytes = %s where digest = %s", before, digest)
    assert r.returncode == TAMPERED and "ecm/order-details: code/" in r.stderr and "another digest" in r.stderr, r
    assert aspora(s, "verify").returncode == 0
    assert size == len(bytes(before))


def test_verify_finds_a_change_of_the_log(s):
    r = put_back(s, "update change set name = name || 'x' where revision = 2 and ord = 0",
                 "update change set name = left(name, -1) where revision = 2 and ord = 0")
    assert r.returncode == TAMPERED and "the hash chain does not hold at revision 2" in r.stderr, r


def test_verify_finds_a_chain_that_was_made_anew_after_its_checkpoint(s):
    rev, record = s.one("select rev, record from checkpoint order by rev limit 1")
    r = put_back(s, "update checkpoint set record = replace(record, 'hash ', 'hash 0') where rev = %s",
                 "update checkpoint set record = replace(record, 'hash 0', 'hash ') where rev = %s", rev)
    assert r.returncode == TAMPERED and "checkpoint of revision" in r.stderr, r
    s.rows("update checkpoint set record = %s where rev = %s", record, rev)
    assert aspora(s, "verify").returncode == 0
