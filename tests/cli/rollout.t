The rollout of a skill: watched, paused, undone. Here a real asporad with a PostgreSQL of its own.
#needs asporad
#needs bwrap

  $ . "$ROOT/tests/cli/gateway.sh"
  $ aspora wait skill/ecm/order-details --timeout 60s
  skill ecm/order-details: condition=Ready
  $ change() { (cd "$REPO" && sed -i "s/$1/$2/" skills/ecm/order-details/code/handler.py && git commit -q -am "$3") && aspora sync main > /dev/null; }
  $ short() { mask | sed -E 's/[0-9a-f]{12}/VERSION/g'; }

status waits until what is wanted serves.
  $ aspora rollout status ecm/order-details
  skill ecm/order-details: 2b6c48b5c0a8 is rolled out
  $ aspora rollout status skill/ecm/order-details --watch=false; aspora rollout status sk ecm/order-details --timeout 5s
  skill ecm/order-details: 2b6c48b5c0a8 is rolled out
  skill ecm/order-details: 2b6c48b5c0a8 is rolled out
  $ change "Order " "Order: " "a colon"; aspora rollout status ecm/order-details --timeout 60s | tail -n 1 | short
  skill ecm/order-details: VERSION is rolled out
  $ aspora run order status 17
  Order: 17 is shipped: handed to the carrier on 2026-02-17.

A paused rollout goes no step further, and says so everywhere.
  $ aspora rollout pause ecm/order-details --reason "until the audit"
  paused the rollout of skill ecm/order-details
  $ change "Order: " "Order no. " "a number"
  $ aspora rollout status ecm/order-details 2>&1 | short; aspora rollout status ecm/order-details > /dev/null 2>&1
  aspora: skill ecm/order-details: RolloutPaused: key:ana paused its rollout: until the audit; VERSION serves on (aspora rollout resume ecm/order-details)
  [5]
  $ aspora rollout status ecm/order-details --watch=false > /dev/null 2>&1
  [5]
  $ aspora get skill ecm/order-details -o custom-columns=STATUS:.status.conditions[Stalled].reason,READY:.status.conditions[Ready].reason,BY:.status.paused.by,WHY:.status.paused.reason
  STATUS          READY         BY        WHY
  RolloutPaused   NewRevision   key:ana   until the audit
  $ aspora describe skill ecm/order-details --no-events | sed -n '/Stalled/,$p' | short
    Stalled      True     RolloutPaused
        key:ana paused its rollout: until the audit; VERSION serves on
        -> aspora rollout resume ecm/order-details
  $ aspora run order status 17
  Order: 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora rollout undo ecm/order-details --yes
  aspora: the rollout of skill ecm/order-details is paused, and would not go back (`aspora rollout resume ecm/order-details` first)
  [5]
  $ aspora audit --kind Skill -o json | grep -o '"paused[^,}]*'; aspora audit --kind Skill --no-headers | grep -o 'paused.*'; aspora audit --kind Wish --no-headers | grep -c suspend
  "paused": "until the audit"
  paused: until the audit
  1
  $ aspora rollout pause ecm/order-detials
  aspora: there is no skill ecm/order-detials (did you mean ecm/order-details?)
  [4]
  $ aspora rollout resume ecm/order-details; aspora rollout status ecm/order-details --timeout 60s | tail -n 1 | short
  resumed the rollout of skill ecm/order-details
  skill ecm/order-details: VERSION is rolled out
  $ aspora run order status 17
  Order no. 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora rollout resume ecm/order-details
  aspora: the rollout of skill ecm/order-details is not paused (`aspora get skills` lists them)
  [4]
  $ aspora get skill ecm/order-details -o jsonpath=status.paused
  

A pause may end by itself.
  $ aspora rollout pause ecm/order-details --ttl 1s -o jsonpath='{.status.phase} {.spec.body.kind}'
  done Rollout
  $ aspora wait skill/ecm/order-details --for condition=Stalled=False --timeout 30s
  skill ecm/order-details: condition=Stalled=False

history has the releases that changed it, and undo goes back.
  $ aspora rollout history ecm/order-details -o jsonpath='{range .items[*]}{.release.metadata.name} {.metadata.source.name} {.release.spec.message}{"\n"}{end}'
  3 main a number
  2 main a colon
  1 main as it is
  $ aspora rollout history ecm/order-details --limit 1 | head -n 1
  RELEASE   VERSION        KIND   SOURCE   REVISION       BY    AGE   MESSAGE
  $ aspora rollout history ecm/order-details --revision 2 | short | head -n 9
  Skill:      ecm/order-details
  Release:    2
  Created:    TIME
  By:         Ana
  Message:    a colon
  Source:     main
  Revision:   COMMIT
  Version:    DIGEST
  
  $ aspora rollout history ecm/order-details --revision 2 -o jsonpath='{.status.at}' | short
  REVISION
  $ aspora rollout history ecm/order-details --revision 99
  aspora: there is no Release "99"
  [4]
  $ aspora rollout undo ecm/order-details
  aspora: there is no terminal to ask whether to go on (add --yes to roll back, or --dry-run to see what would happen)
  [2]
  $ aspora rollout undo ecm/order-details --dry-run | short
  ~ ecm/order-details  update
        handler changed (code/handler.py, 1480 → 1477 bytes)
  would deploy 1 domain
  $ aspora rollout undo ecm/order-details --to-revision 1 --yes --reason "it was better" | short
  ~ ecm/order-details  update
        handler changed (code/handler.py, 1480 → 1476 bytes)
  deployed 1 domain (release 4)
  $ aspora rollout status ecm/order-details --timeout 60s | tail -n 1 | short
  skill ecm/order-details: VERSION is rolled out
  $ aspora run order status 17
  Order 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora rollout undo ecm/order-details --to-revision 77 --yes
  aspora: there is no release 77
  [4]

What was refused does not come.
  $ (cd "$REPO" && sed -i 's/per_run_usd: .*/per_run_usd: 0.90/' skills/ecm/order-details/aspora.config.yaml && git commit -q -am dearer); aspora sync main > /dev/null 2>&1; aspora rollout status ecm/order-details 2>&1 | short
  aspora: skill ecm/order-details: AdmissionDenied: skills/ecm/order-details/aspora.config.yaml:2:16: budget.per_run_usd is 0.9, but the domain allows at most 0.25 (revision VERSION) (write 0.25 or less, or have it changed there)

Slips.
  $ aspora rollout
  aspora: aspora rollout needs to be told what (it is: aspora rollout {status | history | undo | pause | resume} DOMAIN/SKILL)
  [2]
  $ aspora rollout staus ecm/order-details
  aspora: aspora rollout has no "staus" (did you mean "aspora rollout status"?)
  [2]
  $ aspora rollout status
  aspora: aspora rollout needs one more word (it is: aspora rollout {status | history | undo | pause | resume} DOMAIN/SKILL)
  [2]
  $ aspora rollout status order-details
  aspora: "order-details" is no skill: aspora rollout needs DOMAIN/NAME (it is: aspora rollout {status | history | undo | pause | resume} DOMAIN/SKILL)
  [2]
  $ aspora rollout status domain/ecm
  aspora: this is about skills, not about domains (it is: aspora rollout {status | history | undo | pause | resume} DOMAIN/SKILL)
  [2]
  $ aspora rollout status skill
  aspora: which skill? (it is: aspora rollout {status | history | undo | pause | resume} DOMAIN/SKILL)
  [2]
  $ aspora rollout status ecm/nobody
  aspora: there is no Skill "ecm/nobody"
  [4]
  $ aspora rollout history ecm/order-details --limit 0
  aspora: --limit is from 1 to 1000 (it is: aspora rollout {status | history | undo | pause | resume} DOMAIN/SKILL)
  [2]
  $ aspora rollout status ecm/order-details --watch=no
  aspora: --watch cannot be "no" (it is one of: true, false)
  [2]
  $ aspora complete -- aspora rollout ""
  status
  history
  undo
  pause
  resume
  $ aspora complete -- aspora rollout undo ecm/o
  ecm/order-details
