What people type who know kubectl, Flux or Argo CD: it works, or says what to type. Here a real asporad with a PostgreSQL of its own.
#needs asporad
#needs bwrap

  $ . "$ROOT/tests/cli/gateway.sh"
  $ cd "$REPO"
  $ aspora wait --for=condition=ready domain ecm frm hr platform wealth --timeout=60s
  domain ecm: condition=ready
  domain frm: condition=ready
  domain hr: condition=ready
  domain platform: condition=ready
  domain wealth: condition=ready
  $ aspora wait --for=condition=ready skills --all --timeout=60s >/dev/null
  $ aspora wait skills --all -n ecm --timeout 60s
  skill ecm/manager: condition=Ready
  skill ecm/order-details: condition=Ready
  skill ecm/triage-and-assign: condition=Ready
  $ ages() { mask | sed -E 's/ [0-9]+(ms|s|m[0-9]*s?)( |$)/ AGE\2/g; s/\b[0-9a-f]{12}\b/VERSION/g'; }

get: several kinds, names of several kinds, files.

  $ aspora get skill/ecm/manager domain/ecm skill/hr/resume-screen | ages
  DOMAIN   NAME            ROLE         READY   STATUS   VERSION        AGE
  ecm      manager         manager      True    Ready    VERSION  AGE
  hr       resume-screen   specialist   True    Ready    VERSION  AGE
  
  NAME   READY   STATUS   SKILLS   OWNER   VERSION        AGE
  ecm    True    Ready    3        main    VERSION  AGE
  $ aspora get domain/hr skill/hr/resume-screen -o name
  domain/hr
  skill/hr/resume-screen
  $ aspora get domain/hr skill/hr/resume-screen -o jsonpath='{range .items[*]}{.kind}{" "}{end}'
  Domain Skill 
  $ aspora get skill,route ecm/order-details -o name
  skill/ecm/order-details
  aspora: there is no Route "ecm/order-details" (`aspora get routes` lists them)
  [4]
  $ aspora get domain,skill hr -d hr --ignore-not-found -o name
  domain/hr
  $ aspora get skill/ecm/manager hr
  aspora: "hr" stands among objects written KIND/NAME (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get all ecm
  aspora: all kinds are listed, and "ecm" is a name (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get skills,skills
  aspora: skills are named twice (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get skills,domains -w
  aspora: one kind is watched at a time, not skills and domains (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get -f skills/ecm -o name
  skill/ecm/manager
  skill/ecm/order-details
  skill/ecm/triage-and-assign
  $ aspora get -f skills/ecm/manager/SKILL.md -f hr -o name
  skill/ecm/manager
  skill/hr/resume-screen
  $ aspora -C "$REPO" get -f skills/hr/resume-screen -o custom-columns=SKILL:.metadata.name,PHASE:.status.phase
  SKILL           PHASE
  resume-screen   Ready
  $ aspora get -f skills/ecm/DOMAIN.md
  aspora: skills/ecm/DOMAIN.md is a file of no skill (name the domain: domain/ecm)
  [3]
  $ aspora get -f skills/none
  aspora: skills/none: No such file or directory
  [4]
  $ aspora get -f skills/ecm skills
  aspora: -f says which objects: "skills" is too much (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get sources git
  aspora: there is no Source "git" (`aspora get sources` lists them)
  [4]

Labels as columns, and lists in pieces.

  $ aspora label skills ecm/manager ecm/order-details team=orders example.com/tier=gold >/dev/null; aspora label skill hr/resume-screen team=people >/dev/null
  $ aspora get skills -L team -l team | ages
  DOMAIN   NAME            ROLE         READY   STATUS   VERSION        AGE   TEAM
  ecm      manager         manager      True    Ready    VERSION   AGE    orders
  ecm      order-details   specialist   True    Ready    VERSION   AGE    orders
  hr       resume-screen   specialist   True    Ready    VERSION   AGE    people
  $ aspora get skill ecm/manager -L team,example.com/tier -L none --show-labels | ages
  DOMAIN   NAME      ROLE      READY   STATUS   VERSION        AGE   TEAM     TIER   NONE   LABELS
  ecm      manager   manager   True    Ready    VERSION   AGE    orders   gold   -      team=orders,example.com/tier=gold
  $ aspora get skill ecm/manager domain/ecm -L team
  aspora: there is no Skill "domain/ecm" (`aspora get skills` lists them)
  [4]
  $ aspora get skills --chunk-size 2 -o name | wc -l
  9
  $ aspora get skills --chunk-size 0 --no-headers=true | wc -l
  9
  $ aspora get skills --chunk-size=-1; aspora get skills --chunk-size 1001
  aspora: --chunk-size is from 1 to 1000, or 0 for 500 (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  aspora: --chunk-size is from 1 to 1000, or 0 for 500 (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]

Events: of an object, of a type, by kubectl's time.

  $ aspora get events --for domain/hr | ages
  AGE   TYPE     REASON     OBJECT      MESSAGE
  AGE   Normal   Released   Domain/hr   revision VERSION of source main
  $ aspora get events --for skill/resume-screen -n hr
  aspora: the query has "domain" twice
  [2]
  $ aspora events --for skill/hr/resume-screen --types Normal | ages
  AGE   TYPE     REASON     OBJECT                   MESSAGE
  AGE   Normal   Promoted   Skill/hr/resume-screen   it is ready, and answers from now on
  $ aspora get events --types Warning -o name; aspora events --types=warning
  aspora: no events that fit
  $ aspora events --types urgent
  aspora: --types: there is no type "urgent" (it is Normal or Warning)
  [2]
  $ aspora get skills --for skill/ecm/manager
  aspora: --for is about events, not about skills (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get events --sort-by=.lastTimestamp -o jsonpath='{.items[0].metadata.createdAt}' >oldest; aspora get events -o jsonpath='{.items[0].metadata.createdAt}' | cmp - oldest

  $ aspora get events --for skill/hr/resume-screen -w --timeout 1s | ages; aspora events --types Warning -w --timeout 300ms
  AGE   TYPE     REASON     OBJECT                   MESSAGE
  AGE   Normal   Promoted   Skill/hr/resume-screen   it is ready, and answers from now on
  aspora: no events that fit

Watching: only what changes.

  $ aspora get skills -d hr --watch-only --timeout 500ms
  $ aspora get skills -d hr --watch-only --output-watch-events -o json --timeout 60s >watched & WATCH=$!
  $ until [ -s watched ]; do aspora label skill hr/resume-screen team=people$((N++)) --overwrite >/dev/null; sleep 0.1; done; kill $WATCH; wait $WATCH 2>/dev/null; head -n 1 watched | cut -c1-24
  {"type":"MODIFIED","obje

describe: several, by label, by file.

  $ aspora describe -f skills/hr --show-events=false | head -n 6 | sed 's/[0-9a-f]\{40\}/COMMIT/'
  Name:       resume-screen
  Domain:     hr
  Kind:       Skill
  Source:     main
  Revision:   COMMIT
  Path:       skills/hr/resume-screen
  $ aspora describe skills -l team=orders --no-events | grep ^Name
  Name:       manager
  Name:       order-details
  $ aspora describe domains | grep -c '^Events'
  5
  $ aspora describe skill ecm/manager ecm/order-details -o name
  skill/ecm/manager
  skill/ecm/order-details
  $ aspora describe skill/ecm/manager domain/hr skill/ecm/order-details -o name
  skill/ecm/manager
  domain/hr
  skill/ecm/order-details
  $ aspora describe skill/ecm/manager domain/hr -o wide --no-headers | awk '{print $1, $2}'; aspora describe skill/ecm/manager domain/hr -o jsonpath='{.items[*].kind}'
  ecm manager
   
  hr True
  Skill Domain
  $ aspora label domain/hr skill/hr/resume-screen seen=yes -o name; aspora label skills -l team=nobody seen=yes -o json | head -n 4
  domain/hr
  skill/hr/resume-screen
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": []
  $ aspora describe skills -l team=nobody
  aspora: there is none that fits
  $ aspora describe skill ecm/manager ecm/nobody
  aspora: there is no Skill "ecm/nobody" (`aspora get skills` lists them)
  [4]
  $ aspora describe
  aspora: say what: a kind and a name (it is: aspora describe KIND [NAME...] | KIND/NAME... | -f PATH)
  [2]

wait: several, by label, by file; what is gone, what is there.

  $ aspora wait skill/ecm/manager domain/hr --for=condition=READY
  skill ecm/manager: condition=READY
  domain hr: condition=READY
  $ aspora wait -f skills/ecm
  skill ecm/manager: condition=Ready
  skill ecm/order-details: condition=Ready
  skill ecm/triage-and-assign: condition=Ready
  $ aspora wait skills -l team=orders --for=jsonpath='{.status.phase}'=Ready
  skill ecm/manager: jsonpath={.status.phase}=Ready
  skill ecm/order-details: jsonpath={.status.phase}=Ready
  $ aspora wait skills -l team=nobody; aspora wait skills -l team=nobody --for=delete
  aspora: nothing that fits is there to wait for
  $ aspora wait skills --all --for=create
  aspora: --for=create is for objects that are named (it is: aspora wait KIND NAME... | KIND/NAME... | KIND -l SELECTOR | KIND --all | -f PATH)
  [2]
  $ aspora wait skill ecm/manager --for=delete --timeout=0s
  aspora: skill ecm/manager is still there
  [8]
  $ aspora wait events --all
  aspora: events do not change: nothing is to be waited for (it is: aspora wait KIND NAME... | KIND/NAME... | KIND -l SELECTOR | KIND --all | -f PATH)
  [2]

diff and delete: files against what is deployed.

  $ aspora diff -f skills/ecm
  $ sed -i 's/per_run_usd: .*/per_run_usd: 0.03/' skills/ecm/manager/aspora.config.yaml
  $ aspora diff -f skills/ecm
  ~ ecm/manager  update
      ! budget per run 0.02 → 0.03 USD
  [1]
  $ aspora diff -f skills/ecm -o github
  ::notice file=skills/ecm/manager/SKILL.md,line=1,col=1,title=growth::ecm/manager (update): ! budget per run 0.02 → 0.03 USD
  [1]
  $ aspora diff -f skills/ecm -o sarif | "$ROOT/tests/schema/validate"
  valid
  $ aspora diff -f skills/ecm/manager/aspora.config.yaml -o json | head -n 12
  {
    "summary": {
      "create": 0,
      "update": 1,
      "delete": 0,
      "unchanged": 2
    },
    "domains": [
      {
        "name": "ecm",
        "op": "update",
        "policyChanged": false,
  $ sed -i 's/per_run_usd: .*/per_run_usd: 9/' skills/ecm/manager/aspora.config.yaml
  $ aspora diff -f ecm/manager
  ~ ecm/manager  update
      ! budget per run 0.02 → 9 USD, past the limit of 0.25 USD
  aspora: this would be denied; `aspora apply --dry-run` with the same files says why
  [1]
  $ git checkout -q .
  $ sed -i 's/per_run_usd: .*/per_run_usd: 0.03/' skills/ecm/manager/aspora.config.yaml; aspora suspend domain ecm; aspora diff -f skills/ecm; aspora resume domain ecm; git checkout -q .
  suspended domain ecm
  aspora: not compared: ecm: it is suspended; resume it to let changes through
  resumed domain ecm
  $ aspora diff -f skills/ecm HEAD; aspora diff -f /none
  aspora: -f is compared with what is deployed, and with nothing else (it is: aspora diff [COMMIT] [DOMAIN | DIR] | -f PATH)
  aspora: /none: No such file or directory
  [4]
  $ ASPORA_KEY=$(asporad --config ../asporad.conf key create --name eve --role viewer 2>/dev/null) aspora diff -f skills/ecm
  aspora: role viewer may not do this (ask somebody with a key of role operator, ci-bot, admin)
  [6]
  $ aspora create skill lab/one >/dev/null && aspora diff -f skills/lab | head -n 1
  + lab/one  create
  $ aspora apply -f skills/lab | tail -n 1; aspora diff -f skills/lab && aspora delete -f skills/lab --dry-run=client
  deployed 1 domain (release 2)
  skill/lab/one deleted (client dry run)
  $ aspora delete -f skills/lab --yes; aspora delete -f skills/lab --yes --ignore-not-found
  skill/lab/one deleted
  $ aspora apply -f -; aspora diff -f https://example.com/x.yaml; aspora get -f /; aspora delete skill lab/one --wait=false
  aspora: a skill is a folder of files, and standard input is none (write them below skills/DOMAIN/NAME/, and name that folder)
  aspora: https://example.com/x.yaml is an address, and files are taken from here (clone the repository, or let asporad follow it: a source in asporad.conf)
  aspora: there is no skills/ folder in / or above it (go to a skills repository, or name it with --folder DIR)
  aspora: --wait: "false" is not a duration: a number is missing (--wait says how long: write --wait=0s not to wait)
  [2]
  $ aspora delete -f skills/lab skill; aspora delete -f skills/ecm --all
  aspora: -f says which objects: a name beside it is too much (it is: aspora delete KIND NAME... | KIND/NAME... | -f PATH)
  aspora: -f says which objects: --all is too much (it is: aspora delete KIND NAME... | KIND/NAME... | -f PATH)
  [2]

logs.

  $ aspora run ecm/order-details -- order status 17 >/dev/null; aspora logs --tail 1 skill/ecm/order-details | wc -l
  1
  $ aspora logs -n ecm order-details --tail=2 -o json | grep -c '"kind"'
  3
  $ aspora logs --tail -2 ecm/order-details; aspora logs
  aspora: --tail is a number of steps, or -1 for all (it is: aspora logs EXECUTION | DOMAIN/SKILL)
  aspora: aspora logs needs to be told what (it is: aspora logs EXECUTION | DOMAIN/SKILL)
  [2]

The gateway: which one, how long.

  $ aspora version; aspora version --client; aspora version -o json | sed 's|"schema": .*|"schema": N|'; aspora version --client -o yaml
  aspora 0.1.0
  gateway 0.1.0
  aspora 0.1.0
  {
    "client": {
      "version": "0.1.0",
      "apiVersion": "aspora/v1"
    },
    "gateway": {
      "version": "0.1.0",
      "apiVersion": "aspora/v1",
      "schema": N
    }
  }
  client:
    version: "0.1.0"
    apiVersion: aspora/v1
  $ aspora version --server http://127.0.0.1:1 2>&1 | cut -c1-60
  aspora 0.1.0
  aspora: the gateway at http://127.0.0.1:1 (--server): http:/
  $ aspora get skills --request-timeout 1ms 2>&1 | sed -E 's/: http.*//' | mask
  aspora: the gateway at http://SERVER (ASPORA_SERVER)
  $ cat >contexts.yaml <<END
  > current: far
  > contexts:
  >   far: {server: "http://127.0.0.1:1"}
  >   near: {server: "http://$ASPORA_SERVER", key: "$ASPORA_KEY", domain: hr}
  > END
  $ ASPORA_CONFIG=$PWD/contexts.yaml ASPORA_CONTEXT=near ASPORA_SERVER= aspora get skills -o name
  skill/hr/resume-screen
  $ ASPORA_CONFIG=$PWD/contexts.yaml ASPORA_SERVER= aspora wait skill resume-screen --context near
  skill hr/resume-screen: condition=Ready
  $ ASPORA_CONFIG=$PWD/contexts.yaml ASPORA_SERVER= ASPORA_CONTEXT=near aspora events --for skill/resume-screen | ages; ASPORA_CONFIG=$PWD/contexts.yaml ASPORA_SERVER= ASPORA_CONTEXT=near aspora events -o jsonpath='{.items[*].metadata.domain}' | tr ' ' '\n' | sort -u; ASPORA_CONFIG=$PWD/contexts.yaml ASPORA_SERVER= ASPORA_CONTEXT=near aspora events -A -o jsonpath='{.items[*].spec.kind}' | tr ' ' '\n' | sort -u
  AGE   TYPE     REASON     OBJECT                   MESSAGE
  AGE   Normal   Promoted   Skill/hr/resume-screen   it is ready, and answers from now on
  hr
  Domain
  Skill
  $ ASPORA_CONFIG=$PWD/contexts.yaml ASPORA_SERVER= ASPORA_CONTEXT=none aspora get skills
  aspora: there is no context "none" in $DIR/work/repo/contexts.yaml (`aspora config set-context none --server URL` makes it)
  [4]
  $ ASPORA_CONFIG=$PWD/contexts.yaml aspora config get-contexts -o name
  far
  near
  $ ASPORA_CONFIG=/a:/b ASPORA_SERVER= aspora get skills
  aspora: ASPORA_CONFIG names one file, and "/a:/b" is none (files are not merged: put the contexts into one)
  [2]

Output, with the names that fields have in kubectl.

  $ aspora get skills -d hr -o custom-columns=NS:.metadata.namespace,N:.metadata.name,AT:.metadata.creationTimestamp | mask
  NS   N               AT
  hr   resume-screen   TIME
  $ aspora get skill hr/resume-screen -o jsonpath='{.metadata.namespace}/{.metadata.name}'; aspora get skills --field-selector metadata.namespace=hr -o name
  hr/resume-screen
  skill/hr/resume-screen
  $ aspora get events --field-selector type=Normal,reason=Promoted,involvedObject.name=resume-screen -o name | wc -l
  1
  $ aspora wait skill/hr/resume-screen --for=jsonpath='{.metadata.namespace}'=hr
  skill hr/resume-screen: jsonpath={.metadata.namespace}=hr

  $ aspora get skills -o go-template='{{.items}}'; aspora get skills -o jsonpath-file=x
  aspora: --output cannot be "go-template={{.items}}" (there are no Go templates: write -o jsonpath='{.metadata.name}' or -o custom-columns=NAME:.metadata.name)
  aspora: --output cannot be "jsonpath-file=x" (write what it is to print behind -o jsonpath= or -o custom-columns=, such as "$(cat FILE)")
  [2]
  $ aspora api-resources -o name --namespaced=false --verbs=patch; aspora api-resources --verbs=fly
  domains
  sources
  aspora: no kind has all of that
  $ aspora top --all-namespaces >/dev/null; aspora tree --all-namespaces | wc -l
  28
  $ aspora tree domain hr | ages; aspora tree -n hr | head -n 1 | ages; aspora tree skill/ecm/manager
  ok hr  main@VERSION
  `-- ok resume-screen  specialist  VERSION
      `-- command: screen resume for {vacancy}
  ok hr  main@VERSION
  aspora: a tree is of a domain, not of skills (type `aspora tree ecm`)
  [2]

What there is not.

  $ for v in "app list" "app get x" "app diff x" "app sync x" "app history x" "app rollback x" "app wait x" "app fly" "proj list" "account can-i" "login x"; do aspora $v; done
  aspora: there is no verb "app" (type `aspora get domains`)
  aspora: there is no verb "app" (type `aspora describe domain DOMAIN`)
  aspora: there is no verb "app" (type `aspora diff -f PATH`, or `aspora diff --from RELEASE DOMAIN`)
  aspora: there is no verb "app" (`aspora sync SOURCE` looks at a source now; `aspora get sources` lists them)
  aspora: there is no verb "app" (type `aspora history DOMAIN`)
  aspora: there is no verb "app" (type `aspora rollback DOMAIN --to RELEASE`)
  aspora: there is no verb "app" (type `aspora wait domain DOMAIN`)
  aspora: there is no verb "app" (an application is a domain here: `aspora get domains`, `aspora describe domain DOMAIN`)
  aspora: there is no verb "proj" (a domain is what a project is; its policy is in skills/DOMAIN/aspora.config.yaml)
  aspora: there is no verb "account" (type `aspora auth can-i VERB KIND`)
  aspora: there is no verb "login" (`aspora config set-context NAME --server URL --key KEY` keeps a gateway and a key)
  [2]
  $ for v in "reconcile source git main" "get kustomizations" "suspend kustomization x" "trace skill x" "export source x" "stats" "bootstrap" "tree kustomization x" "logs --all-namespaces" "check --pre"; do aspora $v; done
  aspora: there is no verb "reconcile" (`aspora sync SOURCE` looks at a source now; `aspora get sources` lists them)
  aspora: there is no kind "kustomizations" (here they are domains)
  aspora: "kustomization" cannot be suspended (a source, a domain and a skill can)
  aspora: there is no verb "trace" (`aspora why DOMAIN/SKILL` says where it comes from)
  aspora: there is no verb "export" (`aspora get KIND NAME -o yaml` prints an object)
  aspora: there is no verb "stats" (`aspora status` says how the platform is, and `aspora top` what it costs)
  aspora: there is no verb "bootstrap" (asporad is installed by its package or by `make install`; asporad(8) says how it is run)
  aspora: there is no kind "kustomization" (here they are domains)
  aspora: unknown option --all-namespaces (what the platform does is in `aspora events`, and its own log is asporad's)
  aspora: unknown option --pre (`aspora status` says how the platform is)
  [2]
  $ for v in "edit skill x" "rollout restart skill/x" "create -f x" "create namespace x" "apply -k x" "apply --server-side -f x" "delete --grace-period=0 skill x" "logs -p x" "run x --image y" "port-forward x" "get pods" "get deploy" "get nodes" "get cm" "get secrets" "top pods" "config view --minify" "config set-cluster x" "get --raw /x" "get sk --kubeconfig x" "get sk -v=6" "get sk --as ana" "get sk --token x"; do aspora $v; done
  aspora: there is no verb "edit" (change the files in Git and push, or `aspora apply -f` them)
  aspora: aspora rollout has no "restart" (a sandbox serves one run and another takes its place; new content is a new rollout)
  aspora: unknown option -f (type `aspora apply -f PATH`)
  aspora: aspora create has no "namespace" (a folder below skills/ is a domain: `aspora create skill DOMAIN/NAME`)
  aspora: unknown option -k (there are no templates: -f takes a folder as it is)
  aspora: unknown option --server-side (it is always so: leave it out)
  aspora: unknown option --grace-period (leave it out: what is deleted finishes the sessions that it has)
  aspora: unknown option -p (`aspora get executions --skill DOMAIN/NAME` lists earlier ones for `aspora logs EXECUTION`)
  aspora: unknown option --image (what is run is deployed already: `aspora run DOMAIN/NAME`)
  aspora: there is no verb "port-forward" (a sandbox has no way in: `aspora run` runs a skill, and `aspora logs` shows what it said)
  aspora: there is no kind "pods" (here they are instances)
  aspora: there is no kind "deploy" (here they are skills)
  aspora: there is no kind "nodes" (`aspora get instances -o wide` names the node that each runs on)
  aspora: there is no kind "cm" (configuration is in Git: `aspora explain --effective DOMAIN/NAME` says what holds)
  aspora: there is no kind "secrets" (secrets are references in asporad.conf (env:NAME, file:/PATH), never objects)
  aspora: there is no top of "pods" (`aspora top skills` and `aspora top domains` there are)
  aspora: unknown option --minify (`aspora config get-contexts NAME -o yaml` prints one context)
  aspora: aspora config has no "set-cluster" (`aspora config set-context NAME --server URL --key KEY` keeps a gateway and a key)
  aspora: unknown option --raw (-o json prints an object as the gateway has it; aspora-api(7) has the paths)
  aspora: unknown option --kubeconfig (ASPORA_CONFIG names a file of contexts, and --context one of them)
  aspora: unknown option -v (what was asked and answered is in asporad's log and in `aspora audit`)
  aspora: unknown option --as (use a key of the role that you mean: --key)
  aspora: unknown option --token (--key takes an API key, and ASPORA_TOKEN a token of OpenID Connect)
  [2]
