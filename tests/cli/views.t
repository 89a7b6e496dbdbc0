What belongs to what, why a skill is what it is, and what it cost. Here a real asporad with a PostgreSQL of its own.
#needs asporad
#needs bwrap

  $ . "$ROOT/tests/cli/gateway.sh"
  $ for d in ecm frm hr platform wealth; do aspora wait domain $d --timeout 60s; done
  domain ecm: condition=Ready
  domain frm: condition=Ready
  domain hr: condition=Ready
  domain platform: condition=Ready
  domain wealth: condition=Ready
  $ ages() { mask | sed -E 's/[0-9]+(ms|s|m|h|d)[0-9a-z]* ago/AGE ago/; s/[0-9a-f]{12}/VERSION/g; s/bubblewrap on [a-zA-Z0-9.-]+/bubblewrap on HOST/; s/VERSION-[0-9a-f]{6}-[0-9a-f]{6}/ADMISSION/'; }

tree.
  $ aspora tree | ages
  ok ecm  main@VERSION
  `-- ok manager  manager  VERSION
      |-- command: order help {question}
      |-- ok order-details  specialist  VERSION
      |   `-- command: order status {order_id}
      `-- ok triage-and-assign  specialist  VERSION
          |-- alert: order.stuck
          `-- command: triage order {order_id} {problem}
  ok frm  main@VERSION
  `-- ok manager  manager  VERSION
      |-- command: fraud help {question}
      |-- ok alert-review  specialist  VERSION
      |   |-- alert: fraud.alert
      |   `-- command: review alert {alert_id}
      `-- ok rule-simulation  specialist  VERSION
          |-- command: simulate rule over {amount}
          `-- command: simulate rule over {amount} in {country}
  ok hr  main@VERSION
  `-- ok resume-screen  specialist  VERSION
      `-- command: screen resume for {vacancy}
  ok platform  main@VERSION
  `-- ok classifier  manager  VERSION
      `-- command: classify {text}
  ok wealth  main@VERSION
  `-- ok portfolio-summary  specialist  VERSION
      |-- command: portfolio summary {client}
      `-- cron: weekdays 07:30 Asia/Dubai
  $ aspora tree ecm | ages; aspora tree domain/hr | head -n 1 | ages
  ok ecm  main@VERSION
  `-- ok manager  manager  VERSION
      |-- command: order help {question}
      |-- ok order-details  specialist  VERSION
      |   `-- command: order status {order_id}
      `-- ok triage-and-assign  specialist  VERSION
          |-- alert: order.stuck
          `-- command: triage order {order_id} {problem}
  ok hr  main@VERSION
  $ aspora tree frm -o json | ages | head -n 24
  {
    "apiVersion": "aspora/v1",
    "kind": "Tree",
    "items": [
      {
        "name": "frm",
        "ready": "True",
        "status": "Ready",
        "digest": "DIGEST",
        "source": "main",
        "revision": "COMMIT",
        "skills": [
          {
            "name": "manager",
            "ready": "True",
            "status": "Ready",
            "digest": "DIGEST",
            "role": "manager",
            "routes": [
              {
                "kind": "command",
                "pattern": "fraud help {question}"
              }
            ],
  $ aspora tree frm -o yaml | ages | head -n 6
  apiVersion: aspora/v1
  kind: Tree
  items:
    - name: frm
      ready: "True"
      status: Ready
  $ aspora tree nobody
  aspora: there is no Domain "nobody"
  [4]
  $ aspora tree ecm -o wide
  aspora: --output cannot be "wide" (it is one of: text, json, yaml)
  [2]
  $ aspora tree ecm hr
  aspora: aspora tree does not know what to do with "hr" (it is: aspora tree [DOMAIN])
  [2]
  $ LC_ALL=C.UTF-8 python3 -c 'import pty; pty.spawn(["env", "TERM=xterm", "NO_COLOR=1", "aspora", "tree", "hr"])' < /dev/null | tr -d '\r' | ages
  ✔ hr  main@VERSION
  └── ✔ resume-screen  specialist  VERSION
      └── command: screen resume for {vacancy}
  $ LC_ALL=C python3 -c 'import pty; pty.spawn(["env", "TERM=xterm", "aspora", "tree", "hr"])' < /dev/null | tr -d '\r' | ages | cat -v
  ^[[32mok^[[0m hr  main@VERSION
  `-- ^[[32mok^[[0m resume-screen  specialist  VERSION
      `-- command: screen resume for {vacancy}

why.
  $ aspora why ecm/order-details | ages
  skill ecm/order-details: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    ok release    1, its receipt holds
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted
  $ aspora why skill ecm/order-details -o json | ages
  {
    "apiVersion": "aspora/v1",
    "kind": "Why",
    "metadata": {
      "domain": "ecm",
      "name": "order-details"
    },
    "status": {
      "serving": "DIGEST",
      "wanted": "DIGEST",
      "revision": "COMMIT",
      "release": "1",
      "holds": true,
      "signature": {
        "state": "unchecked",
        "kind": "",
        "signer": "",
        "key": "",
        "detail": ""
      },
      "links": [
        {
          "name": "commit",
          "state": "holds",
          "message": "VERSION of main by Ana, AGE ago: \"as it is\""
        },
        {
          "name": "signature",
          "state": "unknown",
          "message": "not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)"
        },
        {
          "name": "verdict",
          "state": "holds",
          "message": "allow ADMISSION, 0 findings, its receipt holds"
        },
        {
          "name": "release",
          "state": "holds",
          "message": "1, its receipt holds"
        },
        {
          "name": "instance",
          "state": "holds",
          "message": "INST-1, bubblewrap on HOST"
        },
        {
          "name": "bytes",
          "state": "holds",
          "message": "the files hash to VERSION, as they were admitted"
        }
      ]
    }
  }
  $ aspora why sk/ecm/manager --signer "$STATE/keys/release.pub" | ages | tail -n 4
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    ok release    1, its receipt holds
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted
  $ printf '%064d' 1 > other.pub; aspora why ecm/manager --signer other.pub | ages; aspora why ecm/manager --signer other.pub > /dev/null
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    !! verdict    the verdict's receipt: another key signed it
    !! release    1: its receipt: another key signed it
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted
  [20]
  $ READER=$(asporad --config asporad.conf key create --name eva --role viewer --domains ecm 2>/dev/null)
  $ aspora why ecm/manager --key $READER | ages
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    ?? release    1; its receipt needs a key for all domains
    ok instance   INST-1, bubblewrap on HOST
    ?? bytes      hashing them needs a key of role operator, approver or admin
  $ aspora why ecm/nobody
  aspora: there is no Skill "ecm/nobody"
  [4]
  $ aspora why domain/ecm
  aspora: this is about skills, not about domains (it is: aspora why DOMAIN/SKILL)
  [2]
  $ aspora why
  aspora: aspora why needs to be told what (it is: aspora why DOMAIN/SKILL)
  [2]

A rollback is told with the commit that it brought back, and what was verified goes on to hold.
  $ (cd "$REPO" && sed -i 's/Order /Order: /' skills/ecm/order-details/code/handler.py && git commit -q -am "a colon") && aspora sync main > /dev/null && aspora rollout status ecm/order-details > /dev/null
  $ aspora rollout undo ecm/order-details --yes > /dev/null; aspora rollout status ecm/order-details | tail -n 1
  skill ecm/order-details: 2b6c48b5c0a8 is rolled out
  $ aspora why ecm/order-details | ages
  skill ecm/order-details: VERSION serves
  
    ok commit     VERSION of main, brought back by key:ana (rollback), AGE ago
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    ok release    3, its receipt holds
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted
  $ aspora verify | head -n 1
  releases     3 receipts hold, each follows the one before

A link that is broken is told. The gateway here says what the real one said, but for one thing.
  $ api() { curl -s -H "Authorization: Bearer $ASPORA_KEY" "http://$REAL/api/v1/$1"; }
  $ REAL=$ASPORA_SERVER; CONTENT=$(aspora get skill ecm/manager -o jsonpath=status.desired.content)
  $ record() { for p in domains/ecm/skills/manager "domains/ecm/skills/manager/history?limit=1000" releases/1 "admissions?domain=ecm&verdict=allow" "receipts?after=0&limit=1" "instances?domain=ecm&skill=manager" "audit/skills?domain=ecm"; do printf '{"body":%s}\n' "$(api "$p")"; done; }
  $ record > good
  $ broken() { sed -E "$1" good > script; rm -f script.address; python3 "$ROOT/tests/cli/scripted_gateway.py" "$PWD/script" & until [ -s script.address ]; do sleep 0.05; done; aspora why ecm/manager --server "$(cat script.address)" | ages; kill %+; wait %+ 2> /dev/null; true; }
  $ broken ''
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    ok release    1, its receipt holds
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted
  $ sed 's/\?.*//' script.requests
  /api/v1/domains/ecm/skills/manager
  /api/v1/domains/ecm/skills/manager/history
  /api/v1/releases/1
  /api/v1/admissions
  /api/v1/receipts
  /api/v1/instances
  /api/v1/audit/skills
  $ broken 's/"signature" : "..../"signature" : "AAAA/g'
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    !! verdict    the verdict's receipt: the signature does not hold
    ok release    1, its receipt holds
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted
  $ broken 's/"signature":"..../"signature":"AAAA/g'
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    !! release    1: its receipt: the signature does not hold
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted
  $ broken "s/\"problems\":\[\]/\"problems\":[{\"skill\":\"ecm\/manager\",\"problem\":\"SKILL.md is not what was admitted\"}]/"
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    ok release    1, its receipt holds
    ok instance   INST-1, bubblewrap on HOST
    !! bytes      SKILL.md is not what was admitted
  $ broken 's/"phase" : "ready"/"phase" : "failed"/g'
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    ok verdict    allow ADMISSION, 0 findings, its receipt holds
    ok release    1, its receipt holds
    !! instance   no sandbox of VERSION is ready
    ok bytes      the files hash to VERSION, as they were admitted
  $ broken '/AdmissionList/s/"candidate" : "./"candidate" : "x/g'
  skill ecm/manager: VERSION serves
  
    ok commit     VERSION of main by Ana, AGE ago: "as it is"
    ?? signature  not looked at: nobody was named who may sign for main (signers of the source in asporad.conf)
    !! verdict    nobody allowed VERSION of ecm
    ok release    1, its receipt holds
    ok instance   INST-1, bubblewrap on HOST
    ok bytes      the files hash to VERSION, as they were admitted

top.
  $ for i in 17 18 99; do aspora run order status $i; done > /dev/null; aspora run hr/resume-screen -i '{"vacancy": 7}' > /dev/null 2>&1; aspora run ecm/order-details --mode test -i '{"order_id": "17"}' > /dev/null
  $ times() { sed -E 's/ [0-9.]+(ms|s)( |$)/ TIME\2/g; s/ [0-9.]+(ms|s)( |$)/ TIME\2/g; s/ +/ /g'; }
  $ aspora top -d ecm | times
  DOMAIN NAME RUNS FAILED ACCEPT COST P50 P95
  ecm order-details 3 0 100% 0.00 TIME TIME
  $ aspora top domains -d ecm --since 1h -o wide | times
  NAME RUNS FAILED ACCEPT COST P50 P95 OPEN CANCELLED
  ecm 3 0 100% 0.00 TIME TIME 0 0
  $ aspora top sk -d ecm -o jsonpath='{range .items[*]}{.metadata.domain}/{.metadata.name} {.status.runs} {.status.acceptMillionths}{"\n"}{end}'
  ecm/order-details 3 1000000
  $ aspora top -d ecm -o name; aspora top domain -o name --sort-by name | head -n 1; aspora top --limit 1 -o name --sort-by runs
  skill/ecm/order-details
  domain/ecm
  skill/ecm/order-details
  $ aspora top -d wealth
  aspora: nothing has run since then
  $ aspora top --since 0s
  aspora: nothing has run since then
  $ aspora top domian
  aspora: there is no top of "domian" (did you mean "aspora top domains"?)
  [2]
  $ aspora top executions
  aspora: there is no top of "executions" (it is: aspora top [skills | domains])
  [2]
  $ aspora top --sort-by cots
  aspora: --sort-by cannot be "cots" (did you mean cost? It is one of: cost, runs, failed, p50, p95, accept, name)
  [2]
  $ aspora top --since nonsense
  aspora: "nonsense" is no moment (write a revision (i1.47), a commit, a time (2026-11-24T10:00:00Z, 2026-11-24) or how long ago (2h))
  [2]
  $ aspora top --limit -1
  aspora: --limit is from 1 to 1000 (it is: aspora top [skills | domains])
  [2]
  $ curl -s -H "Authorization: Bearer $ASPORA_KEY" "http://$ASPORA_SERVER/api/v1/top?by=routes" | grep -o '"detail":"[^"]*'
  "detail":"by=routes is neither skills nor domains
  $ curl -s -H "Authorization: Bearer $ASPORA_KEY" "http://$ASPORA_SERVER/api/v1/top?since=soon" | grep -o '"detail":"[^"]*'
  "detail":"since=soon is neither a time nor a span
  $ aspora top --key $READER -o name
  skill/ecm/order-details

diff --from.
  $ aspora diff --from 1 | ages
  no changes
  $ (cd "$REPO" && sed -i 's/per_run_usd: .*/per_run_usd: 0.20/' skills/ecm/order-details/aspora.config.yaml && sed -i 's/^trigger:.*/&/; s/order status {order_id}/state of {order_id}/' skills/ecm/order-details/SKILL.md && rm -r skills/wealth && mkdir -p skills/hr/extra && cp -r skills/hr/resume-screen/* skills/hr/extra/ && sed -i 's/^name: .*/name: extra/; s/screen resume for {vacancy}/extra for {vacancy}/' skills/hr/extra/SKILL.md && git add -A && git commit -q -m "many things"); aspora sync main --confirm-deletion wealth > synced 2>&1 || cat synced
  $ aspora diff --from 3
  ~ ecm/order-details  update
      ! budget per_run_usd 0.1 → 0.2
        new trigger command: state of {order_id}
        no longer answers command: order status {order_id}
  + hr/extra  create
  - wealth/portfolio-summary  delete
  1 to create, 1 to update, 1 to delete, 7 unchanged
  [1]
  $ aspora diff --from 3 -o github
  ::notice file=skills/ecm/order-details/SKILL.md,line=1,col=1,title=growth::ecm/order-details (update): ! budget per_run_usd 0.1 → 0.2; new trigger command: state of {order_id}; no longer answers command: order status {order_id}
  ::notice file=skills/hr/extra/SKILL.md,line=1,col=1,title=change::hr/extra (create)
  ::notice file=skills/wealth/portfolio-summary/SKILL.md,line=1,col=1,title=change::wealth/portfolio-summary (delete)
  [1]
  $ aspora diff --from 3 -o markdown ecm | tail -3
  Changes:
  
  - order\-details (update): budget per\_run\_usd 0.1 → 0.2; new trigger command&#58; state of \{order\_id\}; no longer answers command&#58; order status \{order\_id\}
  $ aspora diff --from 3 ecm > /dev/null
  [1]
  $ aspora diff --from 3 -o json hr | ages
  {"apiVersion":"aspora/v1","kind":"Difference","unchanged":1,"skills":[{"domain":"hr","name":"extra","op":"create","from":"","to":"DIGEST","changes":[]}]}
  $ aspora diff --from $(git -C "$REPO" rev-parse HEAD~2) --to 2 ecm | ages
  ~ ecm/order-details  update
        its files changed
  0 to create, 1 to update, 0 to delete, 2 unchanged
  $ aspora diff --from 2h 2>&1 | mask
  aspora: there was nothing yet at TIME
  $ aspora diff --from 77
  aspora: there is no Release "77"
  [4]
  $ aspora diff --from 1 --base HEAD
  aspora: --from is about what is deployed, and --base about the folder (it is: aspora diff [COMMIT] [DOMAIN | DIR] | -f PATH)
  [2]
  $ aspora diff --to 1
  aspora: --to needs --from (it is: aspora diff [COMMIT] [DOMAIN | DIR] | -f PATH)
  [2]
  $ aspora diff --from 1 ecm hr
  aspora: --from takes a domain, and "hr" is one word too many (it is: aspora diff [COMMIT] [DOMAIN | DIR] | -f PATH)
  [2]
  $ aspora diff --from nonsense
  aspora: "nonsense" is no moment (write a revision (i1.47), a commit, a time (2026-11-24T10:00:00Z, 2026-11-24) or how long ago (2h))
  [2]

Who signed the commit is told as sync found it, and whose key it was where nobody trusts it.
  $ as() { broken "s/\"state\" : \"unchecked\", \"kind\" : \"\", \"signer\" : \"\", \"key\" : \"\", \"detail\" : \"\"/\"state\" : \"$1\", \"kind\" : \"$2\", \"signer\" : \"$3\", \"key\" : \"$4\", \"detail\" : \"$5\"/" | grep signature; }
  $ as good ssh ana@example.com SHA256:abc
    ok signature  signed by ana@example.com (ssh SHA256:abc)
  $ as unsigned
    ?? signature  not signed
  $ as untrusted ssh '' SHA256:abc
    ?? signature  signed with a key that nobody trusts (ssh SHA256:abc)
  $ as expired openpgp 'Bob <bob@example.com>' 0123 'the key has expired'
    ?? signature  signed with a key that was not valid then, that of Bob <bob@example.com> (openpgp 0123): the key has expired
  $ as revoked ssh ana@example.com SHA256:abc
    ?? signature  signed with a key that was revoked, that of ana@example.com (ssh SHA256:abc)
  $ as bad ssh '' SHA256:abc
    !! signature  signed, but the signature does not hold (ssh SHA256:abc)
  $ as unread x509
    ?? signature  signed in a way that cannot be read (x509)
  $ as great ssh
    ?? signature  the gateway does not say who signed the commit
