Verbs that ask a gateway: here a real asporad with a PostgreSQL of its own.
#needs asporad
#needs bwrap

  $ . "$ROOT/tests/cli/gateway.sh"
  $ aspora wait skill/ecm/order-details --timeout 60s
  skill ecm/order-details: condition=Ready
  $ for d in ecm frm hr platform wealth; do aspora wait domain $d --timeout 60s; done
  domain ecm: condition=Ready
  domain frm: condition=Ready
  domain hr: condition=Ready
  domain platform: condition=Ready
  domain wealth: condition=Ready

get lists and shows.
  $ aspora get skills | mask
  DOMAIN     NAME                ROLE         READY   STATUS   VERSION        AGE
  ecm        manager             manager      True    Ready    1b3af832f09b  AGE
  ecm        order-details       specialist   True    Ready    2b6c48b5c0a8  AGE
  ecm        triage-and-assign   specialist   True    Ready    d5db2e4ada02  AGE
  frm        alert-review        specialist   True    Ready    e4b59057de51  AGE
  frm        manager             manager      True    Ready    1e2b85c0c874  AGE
  frm        rule-simulation     specialist   True    Ready    8d878d713b41  AGE
  hr         resume-screen       specialist   True    Ready    418b16a4080e  AGE
  platform   classifier          manager      True    Ready    7e06c7669813  AGE
  wealth     portfolio-summary   specialist   True    Ready    1a969434f4ee  AGE
  $ aspora get skills -d frm -o name
  skill/frm/alert-review
  skill/frm/manager
  skill/frm/rule-simulation
  $ aspora get skill ecm/manager -o name; aspora get sk/ecm/manager -o name; aspora get skill manager -d ecm -o name
  skill/ecm/manager
  skill/ecm/manager
  skill/ecm/manager
  $ aspora get skills ecm/manager hr/resume-screen -o jsonpath=spec.role
  manager
  specialist
  $ aspora get skill/ecm/manager skill/frm/manager -o name
  skill/ecm/manager
  skill/frm/manager
  $ aspora get domains | mask
  NAME       READY   STATUS   SKILLS   OWNER   VERSION        AGE
  ecm        True    Ready    3        main    265f2908f78f  AGE
  frm        True    Ready    3        main    75a3f6e9b0c8  AGE
  hr         True    Ready    1        main    cda1dac6bbd6  AGE
  platform   True    Ready    1        main    aae8de425a2e  AGE
  wealth     True    Ready    1        main    56920d4efa05  AGE
  $ aspora get domain ecm -o json | mask | head -n 12
  {
    "apiVersion": "aspora/v1",
    "kind": "Domain",
    "metadata": {
      "name": "ecm",
      "uid": UUID,
      "generation": 1,
      "resourceVersion": "REVISION",
      "labels": {},
      "createdAt": "TIME",
      "source": {
        "name": "main",
  $ aspora get sources | mask
  NAME   READY   STATUS                    URL                                         BRANCH   REVISION       AGE
  main   True    ReconciliationSucceeded   file://$DIR/work/repo   main     63984557e21e  AGE
  $ aspora get releases | mask
  NAME   SOURCE   REVISION       DOMAINS                      CHANGES   BY    AGE
  1      main     63984557e21e   ecm,frm,hr,platform,wealth   +9        Ana  AGE
  $ aspora get routes -d frm --no-headers
  frm   alert-review      alert     fraud.alert                                e4b59057de51   100%
  frm   alert-review      command   review alert {alert_id}                    e4b59057de51   100%
  frm   manager           command   fraud help {question}                      1e2b85c0c874   100%
  frm   rule-simulation   command   simulate rule over {amount}                8d878d713b41   100%
  frm   rule-simulation   command   simulate rule over {amount} in {country}   8d878d713b41   100%
  $ aspora get routes --skill ecm/order-details --no-headers
  ecm   order-details   command   order status {order_id}   2b6c48b5c0a8   100%
  $ aspora get skills --sort-by metadata.name -o name | head -n 3
  skill/frm/alert-review
  skill/platform/classifier
  skill/ecm/manager
  $ aspora get skills -o jsonpath=status.conditions[Ready].status | sort | uniq -c
        9 True
  $ aspora get quarantines
  aspora: no quarantines
  $ aspora get skill ecm/order-details -o yaml | mask | head -n 14
  apiVersion: aspora/v1
  kind: Skill
  metadata:
    domain: ecm
    name: order-details
    uid: UUID
    generation: 1
    resourceVersion: REVISION
    labels: {}
    createdAt: "TIME"
    source:
      name: main
      revision: "COMMIT"
      path: skills/ecm/order-details
  $ aspora get skill ecm/order-details --at i1.1
  aspora: there was no Skill "ecm/order-details" at revision 1
  [4]
  $ aspora get executions
  aspora: no executions

What was is kept: by revision, commit, time.
  $ aspora get skills -d frm --at now | mask
  DOMAIN   NAME              ROLE         READY   STATUS   VERSION        AGE
  frm      alert-review      specialist   -       -        e4b59057de51  AGE
  frm      manager           manager      -       -        1e2b85c0c874  AGE
  frm      rule-simulation   specialist   -       -        8d878d713b41  AGE
  $ aspora get domains --at 0s -o custom-columns=NAME:.metadata.name,SKILLS:.status.skills,PHASE:.status.phase
  NAME       SKILLS   PHASE
  ecm        3        Past
  frm        3        Past
  hr         1        Past
  platform   1        Past
  wealth     1        Past
  $ aspora get skills --at $(git -C "$REPO" rev-parse --short=9 HEAD) -o name | wc -l
  9
  $ aspora get domain ecm --at $(aspora get domain ecm -o jsonpath={.metadata.resourceVersion}) -o jsonpath='{.status.phase} {.status.skills}'
  Past 3
  $ aspora get skills --at 2h 2>&1 | mask; aspora get skills --at 2020-01-01
  aspora: there was nothing yet at TIME
  aspora: there was nothing yet at 2020-01-01T00:00:00.000Z
  [4]
  $ aspora get skills --at 0a1b2c3d4e
  aspora: commit 0a1b2c3d4e was never released
  [4]
  $ aspora get domain nobody --at now 2>&1 | sed 's/revision [0-9]*/revision N/'
  aspora: there was no Domain "nobody" at revision N
  $ aspora get routes --at 2h
  aspora: --at: only skills and domains are kept as they were, not routes (`aspora get releases` and `aspora audit` say what was done)
  [2]
  $ aspora get skills --at 2126-01-01
  aspora: 2126-01-01 has not come yet
  [2]

Selectors, templates and columns are kubectl's.
  $ aspora get skills --field-selector spec.role=manager --no-headers -o custom-columns=N:.metadata.name,D:.metadata.domain --sort-by '{.metadata.domain}'
  manager      ecm
  manager      frm
  classifier   platform
  $ aspora get skills -n frm -o jsonpath='{range .items[?(@.spec.role=="specialist")]}{.metadata.name}{"\t"}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'
  alert-review	True
  rule-simulation	True
  $ aspora get skills -l team=x
  aspora: no skills that fit
  $ aspora get skills -l 'team in (x'
  aspora: labelSelector: "team in (x" is not understood (write for example team=billing, tier!=gold, env in (prod,stage), !legacy)
  [2]
  $ aspora get skill ecm/manager --show-labels | awk '{print $1, $2, $NF}'
  DOMAIN NAME LABELS
  ecm manager -
  $ aspora get skill ecm/manager ecm/nobody --ignore-not-found -o name
  skill/ecm/manager
  $ aspora get skill ecm/nobody --ignore-not-found
  $ aspora get skills --sort-by '{.a'
  aspora: --sort-by: "{.a" is no JSONPath: a brace is not closed, or stands twice at character 1 (write something like {.metadata.name}, {.status.conditions[?(@.type=="Ready")].status} or {range .items[*]}{.metadata.name}{"\n"}{end})
  [2]

Every field that an object has is explained.
  $ cat > paths.py <<'END'
  > import json, sys
  > def walk(n, p, out):
  >     if isinstance(n, dict) and p != "spec.config" and not p.endswith(("labels", "error", "result")):
  >         for k, v in n.items(): walk(v, p + "." + k if p else k, out)
  >     elif isinstance(n, list) and n and isinstance(n[0], dict) and not p.endswith("findings"): walk(n[0], p, out)
  >     else: out.add(p)
  > out = set()
  > for item in json.load(sys.stdin)["items"]: walk(item, "", out)
  > print("\n".join(sorted(out)))
  > END
  $ for k in platform domain skill route source release admission instance event key; do aspora get $k -o json | python3 paths.py | while read -r p; do aspora explain "$k.$p" > /dev/null || echo "$k.$p"; done; done

Names are completed from the gateway.
  $ aspora complete -- aspora get skill frm/
  frm/alert-review
  frm/manager
  frm/rule-simulation
  $ aspora complete -- aspora describe skill/ecm/o
  skill/ecm/order-details
  $ aspora complete -- aspora get skills -d w
  wealth
  $ aspora complete -- aspora run hr
  hr/resume-screen

run runs, by name and by text, and waits.
  $ aspora run order status 17
  Order 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora run ecm/order-details --input '{"order_id": "18"}'
  Order 18 is delivered: delivered to the front desk on 2026-02-11.
  $ aspora run ecm/order-details --input "what about 17?"
  Order 17 is shipped: handed to the carrier on 2026-02-17.
  $ echo '{"order_id": "99"}' | aspora run ecm/order-details -i -
  There is no order 99. Please check the number.
  $ aspora run ecm/manager -i "where is 17"
  Order 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora run ecm/order-details -i '{"order_id": "17"}' -o yaml | mask | tail -n 25
    cancelRequested: false
    claimedBy: HOST
    result:
      apiVersion: aspora/v1
      kind: SkillResult
      output:
        found: true
        order: "17"
        state: shipped
        amount: "129.90 EUR"
        last_movement:
          when: "2026-02-17"
          what: handed to the carrier
        message: "Order 17 is shipped: handed to the carrier on 2026-02-17."
      text: "Order 17 is shipped: handed to the carrier on 2026-02-17."
    error: null
    forwarded: ""
    conditions:
      - type: Ready
        status: "True"
        reason: Succeeded
        message: ""
        blockedBy: ""
        remedy: ""
        lastTransitionTime: "TIME"
  $ NAME=$(aspora run --no-wait order status 17); echo "$NAME" | mask; aspora wait "$NAME" --for status.phase=succeeded | mask
  execution/EXEC-1
  execution EXEC-1: status.phase=succeeded
  $ aspora run nothing of the kind
  aspora: no skill answers "nothing of the kind" (name the skill, or write it the way a trigger has it: `aspora get routes` lists them)
  [4]
  $ aspora run ecm/order-detials
  aspora: skill ecm/order-detials is not deployed (did you mean ecm/order-details?)
  [4]
  $ aspora run ecm/order-details --input '{"order_id": '
  aspora: --input:1:13: the document ends before it is complete (close every string, array and object)
  [3]
  $ aspora run ecm/order-details --input @nowhere.json
  aspora: cannot open nowhere.json: No such file or directory
  [4]
  $ aspora get executions --skill ecm/order-details -o jsonpath=status.phase | sort | uniq
  succeeded
  $ aspora cancel EXEC-20260101000000-0123456789abcdef
  aspora: there is no execution EXEC-20260101000000-0123456789abcdef
  [4]

describe says all of one.
  $ aspora describe skill ecm/order-details | mask | sed -n '/^Conditions/,$p'
  Conditions:
    Ready        True     Ready
        2b6c48b5c0a8 serves
    Reconciling  False    Ready
    Stalled      False    Ready
  
  Events:
    AGE   TYPE     REASON     MESSAGE
    AGE   Normal   Promoted   it is ready, and answers from now on
  $ aspora describe skill ecm/order-details --no-events | mask | sed '/^Conditions/,$d'
  Name:       order-details
  Domain:     ecm
  Kind:       Skill
  Source:     main
  Revision:   COMMIT
  Path:       skills/ecm/order-details
  Created:    TIME (AGE ago)
  
  Spec:
    title: Order details
    description: Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
    role: specialist
    triggers: command: order status {order_id}
    handler: code/handler.py
    files: 6
    cases: 2
    budget: per_run_usd 0.1, per_day_usd 20
    limits: timeout 10s, memory 128Mi, cpu_millis 1000, processes 64, output 1Mi, disk 64Mi, concurrency 4, per_minute 60
    runtime: isolation namespace, pool 0, network false
    model: tier small
    (all settings: aspora describe skill ecm/order-details -o yaml)
  
  Status:
    observedGeneration: 1
    phase: Ready
    digest: 2b6c48b5c0a8
    desired: content 2b6c48b5c0a8, runtime 156e6cd44e1c, context f24f9554c44b, release 1
    serving: content 2b6c48b5c0a8, runtime 156e6cd44e1c
    instances: ready 1, starting 0
    overlay: false
  
  $ aspora describe domain ecm --no-events | mask | sed -n '/^Spec/,/^Status/p'
  Spec:
    skills: 3
    budget: per_run_usd 0.25, per_day_usd 60
    limits: timeout 20s, memory 256Mi, cpu_millis 1000, processes 64, output 1Mi, disk 64Mi, concurrency 4, per_minute 60
    runtime: isolation namespace, pool 0, network false
    model: tier small
    (all settings: aspora describe domain ecm -o yaml)
  
  Status:
  $ aspora describe skill ecm/order-details -o yaml | sed -n '/^  config:/,/^    limits:/p'
    config:
      budget:
        per_run_usd: "0.1"
        per_day_usd: "20"
      limits:
  $ aspora describe skill ecm/order-details -o name
  skill/ecm/order-details
  $ aspora describe source main | mask
  Name:       main
  Kind:       Source
  Source:     main
  Revision:   COMMIT
  Created:    TIME (AGE ago)
  
  Spec:
    url: file://$DIR/work/repo
    kind: git
    branch: main
    platform: true
  
  Status:
    observedGeneration: 1
    phase: Ready
    revision: 63984557e21e
    releasedRevision: 63984557e21e
    fetchedAt: TIME
    domains: ecm, frm, hr, platform, wealth
    failures: 0
    requestToken: 0
    handledToken: 0
    declared: true
    suspended: false
    signature: state unchecked
  
  Conditions:
    Ready        True     ReconciliationSucceeded
        deployed 5 domains
    Stalled      False    ReconciliationSucceeded
        deployed 5 domains

cancel takes an execution as others name it.
  $ NAME=$(aspora run --no-wait order status 17 | sed s,execution/,,); aspora wait execution "$NAME" --for status.phase=succeeded | mask
  execution EXEC-1: status.phase=succeeded
  $ aspora cancel "$NAME" 2>&1 | mask; aspora cancel "execution/$NAME" 2>&1 | mask; aspora cancel "exec/ecm/$NAME" 2>&1 | mask
  aspora: execution EXEC-1 has succeeded already (what ran is a record: it is removed by itself after retention.executions of asporad.conf)
  aspora: execution EXEC-1 has succeeded already (what ran is a record: it is removed by itself after retention.executions of asporad.conf)
  aspora: execution EXEC-1 has succeeded already (what ran is a record: it is removed by itself after retention.executions of asporad.conf)
  $ aspora cancel skill/ecm/manager
  aspora: a skill cannot be cancelled: only an execution can (it is: aspora cancel EXECUTION)
  [2]

A name that is taken is taken.
  $ asporad --config asporad.conf key create --name ana --role admin
  asporad: a key of this name exists already (choose another name: it stays taken after a key was revoked, so that what was done with it stays told apart)
  [5]

A route's name is typed without quotes.
  $ aspora get routes -d ecm -o name
  route/ecm/manager.command.order-help-question-6e1e89
  route/ecm/order-details.command.order-status-order-id-62d0a6
  route/ecm/triage-and-assign.alert.order-stuck-7cd5aa
  route/ecm/triage-and-assign.command.triage-order-order-id-problem-a509d4
  $ aspora get $(aspora get routes -d ecm -o name | sed -n 2p) | mask
  DOMAIN   SKILL           KIND      PATTERN                   VERSION        WEIGHT
  ecm      order-details   command   order status {order_id}   2b6c48b5c0a8   100%
  $ aspora describe route ecm/$(aspora get routes -d ecm -o jsonpath=metadata.name | head -n 1) --no-events | mask
  Name:       manager.command.order-help-question-6e1e89
  Domain:     ecm
  Kind:       Route
  Path:       skills/ecm/manager/SKILL.md
  
  Spec:
    skill: manager
    kind: command
    pattern: order help {question}
    versions:
      - content 1b3af832f09b, runtime dc7b1eda1682, weightMillionths 1000000, mode live
  
  Status:
    phase: Ready

status says how it all is.
  $ aspora status | mask | sed -E 's/[0-9]+ (succeeded|queued|running)/N \1/g; s/, N [a-z]+//'
  gateway     http://SERVER, version 0.1.0
  release     1, at REVISION
  leads       control/0, runner/HOST, sync/0
  skills      9 Ready
  rollouts    9 stable
  instances   9 ready
  executions  N succeeded
  
  SOURCE   READY   STATUS                    REVISION       FETCHED   URL
  main     True    ReconciliationSucceeded   63984557e21e   AGE   file://$DIR/work/repo
  
  DOMAIN     OWNER   SKILLS   READY   FAILED
  ecm        main    3        3       0
  frm        main    3        3       0
  hr         main    1        1       0
  platform   main    1        1       0
  wealth     main    1        1       0
  $ aspora status -o json | head -n 3
  {
    "apiVersion": "aspora/v1",
    "kind": "Status",

A push that is refused is told where it is looked for.
  $ cd "$REPO" && sed -i 's/per_run_usd: .*/per_run_usd: 0.90/' skills/ecm/order-details/aspora.config.yaml && git commit -q -am "dearer" && cd ..
  $ curl -sS -X POST -H "Authorization: Bearer $ASPORA_KEY" -H 'Content-Type: application/json' -d '{}' "http://$ASPORA_SERVER/api/v1/sources/main/sync?wait=60s" > /dev/null
  $ aspora wait skill/ecm/order-details --for condition=Stalled --timeout 60s
  skill ecm/order-details: condition=Stalled
  $ aspora describe skill ecm/order-details --no-events | mask | sed -n '/Stalled/,$p'
    Stalled      True     AdmissionDenied
        skills/ecm/order-details/aspora.config.yaml:2:16: budget.per_run_usd is 0.9, but the domain allows at most 0.25 (revision 85381c324323)
        blocked by Admission/ecm
        -> write 0.25 or less, or have it changed there
  $ aspora get admissions -d ecm --state deny | mask
  DOMAIN   NAME                         VERDICT   FINDINGS   APPROVED BY   CANDIDATE      REVISION       AGE
  ecm      24a3ce3359e8-2297cc-13f0e3   Denied    1          -             24a3ce3359e8   85381c324323  AGE
  $ aspora get skills -d ecm | mask; aspora get domains | mask | head -n 2
  DOMAIN   NAME                ROLE         READY   STATUS            VERSION        AGE
  ecm      manager             manager      True    AdmissionDenied   1b3af832f09b  AGE
  ecm      order-details       specialist   True    AdmissionDenied   2b6c48b5c0a8  AGE
  ecm      triage-and-assign   specialist   True    AdmissionDenied   d5db2e4ada02  AGE
  NAME       READY   STATUS            SKILLS   OWNER   VERSION        AGE
  ecm        True    AdmissionDenied   3        main    265f2908f78f  AGE
  $ aspora describe domain ecm | mask | sed -n '/^Findings/,/^Events/p'
  Findings:
    skills/ecm/order-details/aspora.config.yaml:2:16: deny SK-CASCADE: budget.per_run_usd is 0.9, but the domain allows at most 0.25
        2 |   per_run_usd: 0.90
          |                ^~~~
        write 0.25 or less, or have it changed there
        see skills/ecm/aspora.config.yaml:3:16
  
  Events:
  $ aspora get skill ecm/order-details -o jsonpath=status.conditions[Ready].status
  True

wait gives up, and says why.
  $ aspora wait skill/ecm/order-details --for condition=Stalled=False --timeout 500ms | mask
  aspora: skill ecm/order-details is not as it should be: status.conditions[Stalled].status is not False; skills/ecm/order-details/aspora.config.yaml:2:16: budget.per_run_usd is 0.9, but the domain allows at most 0.25 (revision 85381c324323) (`aspora describe skill ecm/order-details` says more)
  $ aspora wait skill/ecm/nobody --timeout 500ms
  aspora: skill ecm/nobody has not come to be
  [8]
  $ aspora wait skill/ecm/manager --for delete --timeout 500ms
  aspora: skill ecm/manager is still there
  [8]
  $ aspora wait skill/ecm/nobody --for delete
  skill ecm/nobody: delete
  $ aspora wait skill/ecm/manager --for=jsonpath='{.status.phase}'=Ready; aspora wait skill/ecm/manager --for=jsonpath='{.status.conditions[?(@.type=="Ready")].status}'=True; aspora wait skill manager -n ecm --for=jsonpath='{.metadata.uid}' ; aspora wait skill/ecm/manager --for=create
  skill ecm/manager: jsonpath={.status.phase}=Ready
  skill ecm/manager: jsonpath={.status.conditions[?(@.type=="Ready")].status}=True
  skill ecm/manager: jsonpath={.metadata.uid}
  skill ecm/manager: create
  $ aspora wait skill/ecm/manager --for=jsonpath='{.status.nothing}' --timeout 300ms | mask
  aspora: skill ecm/manager is not as it should be: {.status.nothing} is not there; the domain was refused: skills/ecm/order-details/aspora.config.yaml:2:16: budget.per_run_usd is 0.9, but the domain allows at most 0.25 (revision 85381c324323) (`aspora describe skill ecm/manager` says more)
  $ aspora wait skill/ecm/manager --for=condition=Ready=true; aspora wait skill/ecm/nobody --for=create --timeout 300ms
  skill ecm/manager: condition=Ready=true
  aspora: skill ecm/nobody has not come to be
  [8]
  $ aspora wait skill/ecm/manager --for=jsonpath='{.status[}'=x
  aspora: --for: ".status[" is no JSONPath: brackets are empty at character 9 (write something like {.metadata.name}, {.status.conditions[?(@.type=="Ready")].status} or {range .items[*]}{.metadata.name}{"\n"}{end})
  [2]
  $ aspora events --for skill/ecm/manager -w --timeout 500ms | awk '{print $3}'; aspora events -n hr -w --timeout 300ms -o jsonpath='{.status.reason}' | sort -u
  REASON
  Promoted
  Promoted
  Released
  $ aspora wait skill/ecm/manager --for status.phase=Ready
  skill ecm/manager: status.phase=Ready
  $ aspora wait skill/ecm/manager --for Ready
  aspora: --for=Ready says not what to wait for (it is: aspora wait KIND NAME... | KIND/NAME... | KIND -l SELECTOR | KIND --all | -f PATH)
  [2]
  $ aspora wait skills
  aspora: say which skills: a name, -l SELECTOR or --all (it is: aspora wait KIND NAME... | KIND/NAME... | KIND -l SELECTOR | KIND --all | -f PATH)
  [2]
  $ aspora wait nothing/x
  aspora: there is no kind "nothing" (it is one of: platforms, domains, skills, routes, sources, releases, admissions, instances, executions, events, keys, quarantines, approvals)
  [2]

The examples of the manual run as they are written.
  $ "$ROOT/tests/cli/man-examples" aspora.1 gateway > commands; bash -e commands > printed 2>&1 || { echo "status $?"; cat printed; }
  $ wc -l < commands
  6

A watch prints what there is, and then what changes.
  $ BEFORE=$(aspora get executions -o name | wc -l); aspora get executions -o name -w --timeout 4s > watched &
  $ until [ -s watched ]; do sleep 0.1; done; aspora run order status 18; wait %+; sort -u watched | wc -l | xargs expr -$BEFORE +
  Order 18 is delivered: delivered to the front desk on 2026-02-11.
  1

What kubectl's users write is taken as they mean it.
  $ aspora get sk -o=name -n=frm; aspora -n frm get skills -o name --no-headers=true | wc -l; aspora get skills --all-namespaces -o name | wc -l
  skill/frm/alert-review
  skill/frm/manager
  skill/frm/rule-simulation
  3
  9
  $ aspora get domains,sources -o name
  domain/ecm
  domain/frm
  domain/hr
  domain/platform
  domain/wealth
  source/main
  $ aspora get all -o jsonpath='{range .items[*]}{.kind}{"\n"}{end}' | sort | uniq -c
        5 Domain
       13 Route
        9 Skill
        1 Source
  $ aspora get domains,sources -o custom-columns=N:.metadata.name | tail -n 2; aspora get sk,dom -d hr --no-headers | awk '{print $1}'
  N
  main
  hr
  
  ecm
  frm
  hr
  platform
  wealth
  $ aspora get domains,skils
  aspora: there is no kind "skils" (did you mean skills?)
  [2]
  $ aspora get skills,domains ecm
  aspora: the skill "ecm" is named without its domain (write DOMAIN/ecm, or add -d DOMAIN)
  [2]
  $ aspora get ns; aspora get pods
  aspora: there is no kind "ns" (here they are domains)
  aspora: there is no kind "pods" (here they are instances)
  [2]
  $ aspora wait --for=condition=Ready domains --all --timeout=20s; aspora wait --for=delete quarantines --all
  domain ecm: condition=Ready
  domain frm: condition=Ready
  domain hr: condition=Ready
  domain platform: condition=Ready
  domain wealth: condition=Ready
  $ aspora wait skill/ecm/manager --all
  aspora: names do not go together with -l and --all (it is: aspora wait KIND NAME... | KIND/NAME... | KIND -l SELECTOR | KIND --all | -f PATH)
  [2]
  $ aspora run ecm/order-details -- order status 17
  Order 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora run ecm/order-details what about 18?
  Order 18 is delivered: delivered to the front desk on 2026-02-11.
  $ aspora run ecm/order-details order status 17 --input x
  aspora: --input says what the skill is given, and so does "order" (it is: aspora run DOMAIN/NAME [TEXT ...] | TEXT ...)
  [2]
  $ aspora logs ecm/order-details | head -n 1 | awk '{print $2}'; aspora logs skill/ecm/order-details -o json | grep -c '"at"' | sed 's/[0-9]*/N/'; aspora logs "$(aspora get exec -s ecm/order-details -o name | head -n 1)" | wc -l | sed 's/[0-9]*/N/'
  invoked
  N
  N
  $ aspora logs wealth/portfolio-summary
  aspora: skill wealth/portfolio-summary has not run yet (`aspora run wealth/portfolio-summary` runs it)
  [4]
  $ aspora logs domain/ecm
  aspora: this is about skills, not about domains (it is: aspora logs EXECUTION | DOMAIN/SKILL)
  [2]
  $ aspora rollout status manager -n ecm --watch; aspora why manager -n frm | head -n 1
  aspora: skill ecm/manager: AdmissionDenied: the domain was refused: skills/ecm/order-details/aspora.config.yaml:2:16: budget.per_run_usd is 0.9, but the domain allows at most 0.25 (revision 85381c324323) (write 0.25 or less, or have it changed there)
  skill frm/manager: 1e2b85c0c874 serves
  $ aspora get skills --watch=yes
  aspora: --watch takes no value (write --watch)
  [2]

Slips are told with what to write.
  $ aspora get skil
  aspora: there is no kind "skil" (did you mean skill?)
  [2]
  $ aspora get
  aspora: say what: a kind, or -f PATH (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get skill manager
  aspora: the skill "manager" is named without its domain (write DOMAIN/manager, or add -d DOMAIN)
  [2]
  $ aspora get skills domains/ecm
  aspora: there is no Skill "domains/ecm" (`aspora get skills` lists them)
  [4]
  $ aspora get skill/ecm/manager domain/ecm | mask
  DOMAIN   NAME      ROLE      READY   STATUS            VERSION        AGE
  ecm      manager   manager   True    AdmissionDenied   1b3af832f09b  AGE
  
  NAME   READY   STATUS            SKILLS   OWNER   VERSION        AGE
  ecm    True    AdmissionDenied   3        main    265f2908f78f  AGE
  $ aspora get skill ecm/order-detials
  aspora: there is no Skill "ecm/order-detials" (did you mean ecm/order-details?)
  [4]
  $ aspora get skills --stat Ready
  aspora: unknown option --stat (did you mean --state?)
  [2]
  $ aspora get skills -o jsno
  aspora: --output cannot be "jsno" (did you mean json?)
  [2]
  $ aspora describe skills -d ecm | grep ^Name; aspora describe skill/hr/resume-screen domain/hr --show-events=false | grep -E '^(Name|Kind|Events)'
  Name:       manager
  Name:       order-details
  Name:       triage-and-assign
  Name:       resume-screen
  Kind:       Skill
  Name:       hr
  Kind:       Domain
  $ aspora get skill ecm/nobody -o json
  aspora: there is no Skill "ecm/nobody" (`aspora get skills` lists them)
  [4]
  $ aspora get domains --at i9.1
  aspora: revision i9.1 is of another incarnation of the store
  [10]
  $ aspora get skill ecm/manager --at nonsense
  aspora: "nonsense" is no moment (write a revision (i1.47), a commit, a time (2026-11-24T10:00:00Z, 2026-11-24) or how long ago (2h))
  [2]

Who asks is known by a key.
  $ ASPORA_KEY= aspora get skills
  aspora: no API key was sent (give one by --key, ASPORA_KEY or a context; `asporad key create` makes one)
  [7]
  $ aspora get skills --key wrong
  aspora: the key is not valid (the key is unknown, revoked or expired: `asporad key create` makes another)
  [7]
  $ aspora get skills --key env:NO_SUCH_VARIABLE
  aspora: the API key: the secret's environment variable NO_SUCH_VARIABLE is not set (set NO_SUCH_VARIABLE in the environment of the process)
  [4]
  $ echo "$ASPORA_KEY" > key && ASPORA_KEY= aspora get domains --key file:$PWD/key -o name | head -n 1
  domain/ecm
  $ READER=$(asporad --config asporad.conf key create --name eva --role viewer --domains frm 2>/dev/null)
  $ aspora get skills --key $READER -o name
  skill/frm/alert-review
  skill/frm/manager
  skill/frm/rule-simulation
  $ aspora get skill ecm/manager --key $READER
  aspora: there is no domain "ecm" (`aspora get skills` lists them)
  [4]
  $ aspora run ecm/order-details --key $READER
  aspora: role viewer may not do this (ask somebody with a key of role operator, admin)
  [6]
  $ aspora run frm/manager --key $READER
  aspora: role viewer may not do this (ask somebody with a key of role operator, admin)
  [6]

Where it is looked for.
  $ aspora get skills --server "unix:$STATE/gateway/gateway.sock" -o name | head -n 1
  skill/ecm/manager
  $ aspora get skills --server http://127.0.0.1:1 2>&1 | sed 's/: [^:]*refused[^)]*/: refused/; s/after [0-9]* ms/after N ms/'
  aspora: the gateway at http://127.0.0.1:1 (--server): http://127.0.0.1:1 cannot be reached: Failed to connect to 127.0.0.1 port 1 after N ms: Couldn't connect to server (is asporad running there? --server, ASPORA_SERVER or `aspora config set-context` name another)
  $ aspora get skills --server 127.0.0.1:1 >/dev/null 2>&1
  [9]
  $ aspora get skills --server ftp://x
  aspora: "ftp://x" (--server) is no address of a gateway (write HOST:PORT, http://HOST:PORT, https://HOST or unix:/PATH)
  [2]
  $ aspora config set-context here --server $ASPORA_SERVER --key file:$PWD/key -d hr | mask
  context here made
  $ unset ASPORA_SERVER ASPORA_KEY
  $ aspora get skills -o name
  skill/hr/resume-screen
  $ aspora get skills -A -o name | wc -l
  9
  $ aspora get skills --context there
  aspora: there is no context "there" in $DIR/home/.config/aspora/config.yaml (did you mean here?)
  [4]
