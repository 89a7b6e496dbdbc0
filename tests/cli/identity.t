Keys, what they may do, the audit trail and its verification: with a real asporad.
#needs asporad
#needs bwrap

  $ . "$ROOT/tests/cli/gateway.sh"
  $ for d in ecm frm hr platform wealth; do aspora wait domain $d --timeout 60s; done
  domain ecm: condition=Ready
  domain frm: condition=Ready
  domain hr: condition=Ready
  domain platform: condition=Ready
  domain wealth: condition=Ready
  $ aspora key create bob --role viewer --domains ecm >bob.key; cut -c1-7 bob.key
  aspora_
  $ aspora key list --no-headers | mask | sed 's/  */ /g'
  ana admin * 89d - AGE
  bob viewer ecm 89d - AGE
  $ aspora key create bob -o json
  aspora: a key of this name exists already (choose another name: it stays taken after a key was revoked, so that what was done with it stays told apart)
  [5]
  $ aspora key create eve --role god
  aspora: "god" is not a role (use viewer, operator, approver, ci-bot or admin)
  [3]
  $ aspora key create
  aspora: create needs the name of a key (it is: aspora key {list | create NAME | revoke NAME})
  [2]
  $ aspora key list x
  aspora: list takes no operands (it is: aspora key {list | create NAME | revoke NAME})
  [2]
  $ aspora key revoke bob --days 3
  aspora: --role, --domains and --days are of create (it is: aspora key {list | create NAME | revoke NAME})
  [2]
  $ aspora key rotate bob
  aspora: aspora key has no "rotate" (it is: aspora key {list | create NAME | revoke NAME})
  [2]
  $ aspora auth whoami --key file:$PWD/bob.key -o json | sed 's/aspora_......../ID/; s/"20.*Z"/"WHEN"/'
  {
    "name": "bob",
    "id": "ID",
    "role": "viewer",
    "domains": [
      "ecm"
    ],
    "expiresAt": "WHEN",
    "actor": "key:bob"
  }
  $ aspora auth whoami now
  aspora: whoami takes nothing more (it is: aspora auth {whoami | can-i VERB RESOURCE | can-i --list})
  [2]
  $ aspora auth can-i rollback domains --key file:$PWD/bob.key
  no
  aspora: role viewer may not; operator, approver, admin may
  [1]
  $ aspora auth can-i get skills -d frm --key file:$PWD/bob.key
  no
  aspora: the key does not cover domain "frm"
  [1]
  $ aspora auth can-i get sk -d ecm --key file:$PWD/bob.key
  yes
  $ aspora auth can-i fly skills
  aspora: nobody can fly skills: there is no such thing (skills: list, get, patch, delete, verify, top, run, quarantine)
  [2]
  $ aspora auth can-i get
  aspora: can-i needs a verb and a resource: rollback domains (it is: aspora auth {whoami | can-i VERB RESOURCE | can-i --list})
  [2]
  $ aspora auth can-i --list --no-headers --key file:$PWD/bob.key | grep -c true
  39
  $ aspora key create x --key file:$PWD/bob.key
  aspora: role viewer may not do this (ask somebody with a key of role admin)
  [6]
  $ until aspora audit --kind Request --actor key:bob --no-headers 2>/dev/null | grep -q .; do sleep 0.1; done
  $ aspora audit --kind Request --actor key:bob --no-headers | awk '{print $2, $3, $4, $7, $8, $9, $10, $11}'
  key:bob create Request POST /api/v1/keys refused with 403
  $ aspora suspend domain ecm --reason "month end"
  suspended domain ecm
  $ aspora audit --actor key:ana --kind Wish --no-headers | mask
  AGE   key:ana   create   Wish   -   WISH-1   suspend
  $ aspora audit --since soon
  aspora: since=soon is neither a duration nor a time (write for example 24h, or 2026-02-18T12:00:00Z)
  [2]
  $ aspora audit --limit 0
  aspora: --limit is from 1 to 500 (it is: aspora audit)
  [2]
  $ aspora verify --signer $STATE/keys/release.pub --save r.jsonl | sed -E 's/[0-9]+ revisions up to [0-9]+/N revisions up to N/;s/, [0-9]+ signed/, N signed/' | mask
  releases     1 receipts hold, each follows the one before
  chain        N revisions up to N hold, N signed checkpoints
  skills       9 with 49 files are what was admitted
  signed by    DIGEST
  $ aspora verify r.jsonl --signer $STATE/keys/release.pub | sed 's/, [0-9] checkpoints/, N checkpoints/' | mask
  1 releases, 0 verdicts, N checkpoints hold
  signed by DIGEST
  $ sed 's/domain create ecm/domain create ecn/' r.jsonl >forged.jsonl; aspora verify forged.jsonl
  aspora: forged.jsonl:1: the signature does not hold (keep this answer, and compare with a copy of the database that you trust)
  [20]
  $ aspora verify asporad.conf
  aspora: asporad.conf:1:1:1: this is not JSON: invalid token near 'state'
  [3]
  $ aspora verify --signer nothing
  aspora: cannot open nothing: No such file or directory
  [4]
  $ aspora key revoke bob; aspora key revoke bob2
  key/bob revoked
  aspora: there is no key "bob2"
  [4]
