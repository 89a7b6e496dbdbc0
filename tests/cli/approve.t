What people approve. Here a real asporad with a PostgreSQL of its own, and the keys of three who may.
#needs asporad
#needs bwrap

  $ . "$ROOT/tests/cli/gateway.sh"
  $ aspora sync main > /dev/null
  $ for who in bob cyd eve; do asporad --config asporad.conf key create --name $who --role approver 2> /dev/null > $who.key; done
  $ asporad --config asporad.conf key create --name far --role approver --domains hr 2> /dev/null > far.key
  $ as() { key=$1; shift; ASPORA_KEY=$(cat $key.key) aspora "$@"; }
  $ short() { mask | sed -E -e 's/\b[0-9a-f]{12}-[0-9a-f]{6}-[0-9a-f]{6}\b/ADMISSION/g' -e 's/\b[0-9a-f]{12}\b/SHORT/g' -e 's/ +[0-9]+[dhms][0-9hms]* +([0-9]+(ms|s|m[0-9]+s|m)|AGE)/   TIME   AGE/'; }
  $ change() { (cd "$REPO" && git add -A && git commit -q -m "$1") && aspora sync main 2> /dev/null | short; }

Who has the command in his hands without a change that waits is told what is wrong.
  $ aspora approve
  aspora: approve needs a DOMAIN or an ADMISSION (it is: aspora approve {DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID)
  [2]
  $ as bob approve ecm --yes
  aspora: nothing of domain ecm waits for approval (aspora describe domain ecm shows how it is)
  [5]
  $ as bob approve --list
  aspora: no approvals
  $ as bob approve ecm --for fun --yes
  aspora: --for=fun is nothing that can be approved: it is review, growth, deletion or freeze (it is: aspora approve {DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID)
  [2]
  $ as bob approve --list --revoke 1; as bob approve ecm --revoke 1; as bob approve --revoke 1 --reason no
  aspora: --list and --revoke exclude each other (it is: aspora approve {DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID)
  aspora: --revoke names the approval, and needs nothing beside (it is: aspora approve {DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID)
  aspora: --for, --revision, --reason and --ttl are of an approval that is given (it is: aspora approve {DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID)
  [2]
  $ as bob approve --revoke 1
  aspora: there is no approval "1"
  [4]

A change that waits says so, with the command that ends it.
  $ printf 'policy:\n  approvals: 2\n' >> "$REPO/skills/ecm/aspora.config.yaml"; echo "Ask for the number first." >> "$REPO/skills/ecm/order-details/SKILL.md"; change "two have to look at it"
  main: ~ ecm/order-details  update
        policy approvals 0 → 2
        SKILL.md changed
  ecm: deny AD-REVIEW-001: 0 of the 2 people that must approve it have
      have somebody else with role approver look at it: aspora approve ecm
      see skills/ecm/aspora.config.yaml:8:14
  nothing to deploy; waiting 1: ecm; the other 4 domains are up to date
  $ aspora describe domain ecm --no-events | sed -n '/^Conditions/,$p' | short
  Conditions:
    Ready        True     Ready
        3 of 3 skills ready
    Reconciling  True     WaitingForApproval
        0 of the 2 people that must approve it have (revision SHORT)
        blocked by Admission/ecm
        -> have somebody else with role approver look at it: aspora approve ecm
    Stalled      False    Ready
  
  Findings:
    ecm: deny AD-REVIEW-001: 0 of the 2 people that must approve it have
        have somebody else with role approver look at it: aspora approve ecm
        see skills/ecm/aspora.config.yaml:8:14
  $ aspora get domains ecm --no-headers | short
  ecm   True   WaitingForApproval   3   main   SHORT  AGE
  $ aspora get admissions -d ecm --field-selector status.phase=Waiting -o custom-columns=STATE:.status.phase,FOR:.status.waitsFor,BY:.status.approvals[*].by | short
  STATE     FOR                  BY
  Waiting   WaitingForApproval   -
  $ as bob auth can-i approve domains; aspora auth can-i list approvals
  yes
  yes
  $ aspora get admissions -d ecm --state deny | short
  DOMAIN   NAME                         VERDICT   FINDINGS   APPROVED BY   CANDIDATE      REVISION       AGE
  ecm      ADMISSION   Waiting   1          -             SHORT   SHORT  AGE
  $ aspora get source main -o jsonpath='{.status.conditions[?(@.type=="Reconciling")].remedy}'
  somebody with role approver, who did not write it, has to look at it: aspora approve ecm

Approving asks first; who may not is told why.
  $ as bob approve ecm
  aspora: approve asks before it approves, and there is nobody to answer (add --yes)
  [2]
  $ as bob approve ecm --dry-run=client 2>&1 | short
  aspora: domain ecm, candidate SHORT, revision SHORT by Ana <ana@example.com>
  aspora:   review: 0 of the 2 people that must approve it have
  $ as bob approve ecm --dry-run | short
  approval/1 given: review of ecm SHORT (server dry run)
  $ as bob approve ecm --yes --revision 1234567 2>&1 | short
  aspora: it is of revision SHORT, not of 1234567 (look at what that brought, and leave --revision out)
  $ as far approve ecm --yes
  aspora: there is no domain "ecm"
  [4]
  $ as bob approve ecm --yes --reason "read it" | short; as bob approve ecm --yes
  approval/2 given: review of ecm SHORT
  aspora: you have approved it already: approval 2 (each person counts once: another approver is needed)
  [5]
  $ as bob approve ecm --yes --for growth
  aspora: nothing of it waits for an approval of growth (it asks for review)
  [5]
  $ as bob approve --list ecm | short; as bob get approvals -o name
  DOMAIN   NAME   FOR      BY        STATE     CANDIDATE      EXPIRES   AGE
  ecm      2      review   key:bob   Holding   SHORT   TIME   AGE
  approval/ecm/2
  $ aspora describe approval 2 --no-events | short
  Name:       2
  Domain:     ecm
  Kind:       Approval
  Created:    TIME (AGE ago)
  
  Spec:
    for: review
    digest: SHORT
    base: SHORT
    actor: key:bob
    reason: read it
    revision: SHORT
    expiresAt: TIME
  
  Status:
    phase: Holding
  $ aspora explain approval.spec.base; aspora explain admission.status.waitsFor
  approval.spec.base: text
    The candidate that was deployed then: the approval is good in its place only; zeros: there was none.
  admission.status.waitsFor: text
    WaitingForApproval or WaitingForChecks while others have to speak; else empty.
  $ as cyd approve --revoke 2
  aspora: approval 2 is key:bob's (ask who gave it, or somebody with a key of role admin)
  [6]
  $ as bob approve --revoke 2 | short; as bob approve --revoke 2
  approval/2 taken back: review of ecm SHORT
  aspora: approval 2 holds no more (aspora get approvals shows what has become of it)
  [5]
  $ as cyd approve ecm --yes -o json | short
  {
    "apiVersion": "aspora/v1",
    "kind": "Approval",
    "metadata": {
      "domain": "ecm",
      "name": "3",
      "uid": UUID,
      "generation": 1,
      "resourceVersion": "REVISION",
      "labels": {},
      "createdAt": "TIME"
    },
    "spec": {
      "for": "review",
      "digest": "DIGEST",
      "base": "DIGEST",
      "actor": "key:cyd",
      "reason": "",
      "revision": "COMMIT",
      "expiresAt": "TIME"
    },
    "status": {
      "phase": "Holding",
      "withdrawnBy": "",
      "withdrawnAt": null,
      "conditions": []
    }
  }
  $ as bob approve $(aspora get admissions -d ecm --field-selector status.phase=Waiting -o jsonpath='{.items[0].metadata.name}') --yes | short
  approval/4 given: review of ecm SHORT
  $ until aspora get admissions -d ecm --no-headers | head -n 1 | grep -q Allowed; do sleep 0.1; done; aspora get admissions -d ecm -o json | grep -o '[0-9] of the [0-9] people.*key[^"]*' | head -n 1
  2 of the 2 people that must approve it have: key:cyd, key:bob
  $ aspora get admissions -d ecm | short
  DOMAIN   NAME                         VERDICT   FINDINGS   APPROVED BY       CANDIDATE      REVISION       AGE
  ecm      ADMISSION   Allowed   1          key:bob,key:cyd   SHORT   SHORT  AGE
  ecm      ADMISSION   Waited    1          key:bob,key:cyd   SHORT   SHORT  AGE
  ecm      ADMISSION   Waited    1          key:bob,key:cyd   SHORT   SHORT  AGE
  ecm      ADMISSION   Waited    1          key:bob,key:cyd   SHORT   SHORT  AGE
  ecm      ADMISSION   Allowed   0          -                 SHORT   SHORT  AGE
  $ aspora audit --kind Approval --no-headers | wc -l
  4
  $ aspora rollout status ecm/order-details --timeout 60s | tail -n 1 | short; aspora why ecm/order-details | grep verdict | short
  skill ecm/order-details: SHORT is rolled out
    ok verdict    allow ADMISSION, 1 findings, approved by key:cyd, key:bob, its receipt holds

What would delete too much, and what comes during a freeze, can be approved as well, as exactly this.
  $ git -C "$REPO" rm -q -r skills/hr; change "without people"
  main: - hr/resume-screen  delete
  hr: deny AD-DELETE-001: deletes the only skill of the domain (resume-screen)
      bring them back, or have somebody confirm the deletion of 100 % of hr: aspora sync --confirm-deletion hr
  nothing to deploy; refused 1: hr; the other 4 domains are up to date
  $ as bob approve hr --yes | short
  approval/5 given: deletion of hr SHORT
  $ aspora wait domain/hr --for=jsonpath='{.status.conditions[0].reason}'=Deleting --timeout 20s
  domain hr: jsonpath={.status.conditions[0].reason}=Deleting
  $ aspora get domains --no-headers | awk '{ print $1, $3 }'
  ecm Ready
  frm Ready
  hr Deleting
  platform Ready
  wealth Ready
