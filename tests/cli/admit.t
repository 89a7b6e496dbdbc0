admit judges as asporad would.

  $ cd "$EXAMPLES" && aspora admit
  platform configuration: allowed
  ecm: allowed (create, 3 skills)
    grows: manager: new trigger command: order help {question}
    grows: order-details: new trigger command: order status {order_id}
    grows: order-details: new tool redshift.query
    grows: triage-and-assign: new trigger command: triage order {order_id} {problem}
    grows: triage-and-assign: new trigger alert: order.stuck
  frm: allowed (create, 3 skills)
    grows: alert-review: new trigger command: review alert {alert_id}
    grows: alert-review: new trigger alert: fraud.alert
    grows: manager: new trigger command: fraud help {question}
    grows: rule-simulation: new trigger command: simulate rule over {amount} in {country}
    grows: rule-simulation: new trigger command: simulate rule over {amount}
    grows: rule-simulation: new tool redshift.query
  hr: allowed (create, 1 skill)
    grows: resume-screen: new trigger command: screen resume for {vacancy}
  platform: allowed (create, 1 skill)
    grows: classifier: new trigger command: classify {text}
    grows: classifier: new forward to ecm/manager
    grows: classifier: new forward to frm/manager
  wealth: allowed (create, 1 skill)
    grows: portfolio-summary: new trigger command: portfolio summary {client}
    grows: portfolio-summary: new trigger cron: weekdays 07:30 Asia/Dubai
  5 domains allowed, 0 denied
  $ aspora admit ecm
  platform configuration: allowed
  ecm: allowed (create, 3 skills)
    grows: manager: new trigger command: order help {question}
    grows: order-details: new trigger command: order status {order_id}
    grows: order-details: new tool redshift.query
    grows: triage-and-assign: new trigger command: triage order {order_id} {problem}
    grows: triage-and-assign: new trigger alert: order.stuck
  1 domain allowed, 0 denied
  $ aspora admit platform -q
  1 domain allowed, 0 denied

A skill without tests is refused, with the file and what to do; other domains are not held back by it.
  $ rm -r skills/ecm/order-details/tests && aspora admit -q
  ecm: denied (create, 3 skills)
    skills/ecm/order-details/SKILL.md:1:1: deny AD-TESTS-001: there are no tests, and at least 2 must check something
        write in tests/cases.md: ## What is tested, ### Input and what is asked, ### Expect and a list such as - contains "shipped"
        see aspora.config.yaml:14:14
    grows: manager: new trigger command: order help {question}
    grows: order-details: new trigger command: order status {order_id}
    grows: order-details: new tool redshift.query
    grows: triage-and-assign: new trigger command: triage order {order_id} {problem}
    grows: triage-and-assign: new trigger alert: order.stuck
  platform: allowed (create, 1 skill)
    skills/platform/classifier/aspora.config.yaml:7:26: warn AD-ROUTE-003: forwards to ecm/manager, which is not admitted yet
        7 |     - then: {forward_to: ecm/manager}
          |                          ^~~~~~~~~~~
        until it is, requests are not passed on
    grows: classifier: new trigger command: classify {text}
    grows: classifier: new forward to ecm/manager
    grows: classifier: new forward to frm/manager
  4 domains allowed, 1 denied; 1 to correct, 1 to look at
  [6]
  $ aspora admit -q -o github
  ::error file=skills/ecm/order-details/SKILL.md,line=1,col=1,title=AD-TESTS-001::there are no tests, and at least 2 must check something%0Awrite in tests/cases.md: ## What is tested, ### Input and what is asked, ### Expect and a list such as - contains "shipped"
  ::warning file=skills/platform/classifier/aspora.config.yaml,line=7,col=26,title=AD-ROUTE-003::forwards to ecm/manager, which is not admitted yet%0Auntil it is, requests are not passed on
  ::notice file=skills/ecm/manager/SKILL.md,line=1,col=1,title=growth::manager gets more than it had: new trigger command: order help {question}
  ::notice file=skills/ecm/order-details/SKILL.md,line=1,col=1,title=growth::order-details gets more than it had: new trigger command: order status {order_id}
  ::notice file=skills/ecm/order-details/SKILL.md,line=1,col=1,title=growth::order-details gets more than it had: new tool redshift.query
  ::notice file=skills/ecm/triage-and-assign/SKILL.md,line=1,col=1,title=growth::triage-and-assign gets more than it had: new trigger command: triage order {order_id} {problem}
  ::notice file=skills/ecm/triage-and-assign/SKILL.md,line=1,col=1,title=growth::triage-and-assign gets more than it had: new trigger alert: order.stuck
  ::notice file=skills/frm/alert-review/SKILL.md,line=1,col=1,title=growth::alert-review gets more than it had: new trigger command: review alert {alert_id}
  ::notice file=skills/frm/alert-review/SKILL.md,line=1,col=1,title=growth::alert-review gets more than it had: new trigger alert: fraud.alert
  ::notice file=skills/frm/manager/SKILL.md,line=1,col=1,title=growth::manager gets more than it had: new trigger command: fraud help {question}
  ::notice file=skills/frm/rule-simulation/SKILL.md,line=1,col=1,title=growth::rule-simulation gets more than it had: new trigger command: simulate rule over {amount} in {country}
  ::notice file=skills/frm/rule-simulation/SKILL.md,line=1,col=1,title=growth::rule-simulation gets more than it had: new trigger command: simulate rule over {amount}
  ::notice file=skills/frm/rule-simulation/SKILL.md,line=1,col=1,title=growth::rule-simulation gets more than it had: new tool redshift.query
  ::notice file=skills/hr/resume-screen/SKILL.md,line=1,col=1,title=growth::resume-screen gets more than it had: new trigger command: screen resume for {vacancy}
  ::notice file=skills/platform/classifier/SKILL.md,line=1,col=1,title=growth::classifier gets more than it had: new trigger command: classify {text}
  ::notice file=skills/platform/classifier/SKILL.md,line=1,col=1,title=growth::classifier gets more than it had: new forward to ecm/manager
  ::notice file=skills/platform/classifier/SKILL.md,line=1,col=1,title=growth::classifier gets more than it had: new forward to frm/manager
  ::notice file=skills/wealth/portfolio-summary/SKILL.md,line=1,col=1,title=growth::portfolio-summary gets more than it had: new trigger command: portfolio summary {client}
  ::notice file=skills/wealth/portfolio-summary/SKILL.md,line=1,col=1,title=growth::portfolio-summary gets more than it had: new trigger cron: weekdays 07:30 Asia/Dubai
  [6]
  $ aspora admit -o sarif | "$ROOT/tests/schema/validate"
  valid
  $ aspora admit -o json | head -c 120; echo
  {"apiVersion":"aspora/v1","kind":"AdmissionReport","version":1,"rulesVersion":5,"allow":false,"source":{"name":"folder",

Over the domain's limit.
  $ sed -i 's/per_run_usd: .*/per_run_usd: 0.90/' skills/frm/rule-simulation/aspora.config.yaml && aspora admit frm -q
  frm: denied (create, 3 skills)
    skills/frm/rule-simulation/aspora.config.yaml:2:16: deny SK-CASCADE: budget.per_run_usd is 0.9, but the domain allows at most 0.5
        2 |   per_run_usd: 0.90
          |                ^~~~
        write 0.5 or less, or have it changed there
        see skills/frm/aspora.config.yaml:2:16
    grows: alert-review: new trigger command: review alert {alert_id}
    grows: alert-review: new trigger alert: fraud.alert
    grows: manager: new trigger command: fraud help {question}
    grows: rule-simulation: new trigger command: simulate rule over {amount} in {country}
    grows: rule-simulation: new trigger command: simulate rule over {amount}
    grows: rule-simulation: new tool redshift.query
  0 domains allowed, 1 denied; 1 to correct, 0 to look at
  [6]

Against a commit, only what differs is judged.
  $ git init -q -b main . && git add -A && git commit -q -m "as it is"
  $ aspora admit --base main
  nothing to judge
  signatures: not looked at; --signers FILE names who may sign
  $ git checkout -q -b change && sed -i 's/per_run_usd: .*/per_run_usd: 0.15/' skills/hr/aspora.config.yaml
  $ aspora admit --base main
  hr: allowed (update, 1 skill)
  1 domain allowed, 0 denied
  signatures: not looked at; --signers FILE names who may sign
  $ git commit -q -am "hr is cheaper" && aspora admit --base main --commit change
  hr: allowed (update, 1 skill)
  1 domain allowed, 0 denied
  signatures: not looked at; --signers FILE names who may sign
  $ git rm -rq skills/hr skills/wealth skills/platform && aspora admit --base main
  hr: denied (delete, 1 skill)
    hr: deny AD-DELETE-001: deletes the only skill of the domain (resume-screen)
        bring them back, or have somebody confirm the deletion of 100 % of hr: aspora sync --confirm-deletion hr
  platform: denied (delete, 1 skill)
    platform: deny AD-DELETE-001: deletes the only skill of the domain (classifier)
        bring them back, or have somebody confirm the deletion of 100 % of platform: aspora sync --confirm-deletion platform
  wealth: denied (delete, 1 skill)
    wealth: deny AD-DELETE-001: deletes the only skill of the domain (portfolio-summary)
        bring them back, or have somebody confirm the deletion of 100 % of wealth: aspora sync --confirm-deletion wealth
  0 domains allowed, 3 denied; 3 to correct, 0 to look at
  signatures: not looked at; --signers FILE names who may sign
  [6]

The platform's policy of the base judges its successor.
  $ git reset -q --hard && sed -i 's/min_cases: 2/min_cases: 0/' aspora.config.yaml && aspora admit --base main
  platform configuration: allowed
  ecm: denied (none)
    skills/ecm/order-details/SKILL.md:1:1: deny AD-TESTS-001: there are no tests, and at least 2 must check something
        write in tests/cases.md: ## What is tested, ### Input and what is asked, ### Expect and a list such as - contains "shipped"
        see aspora.config.yaml:14:14
  frm: denied (none)
    skills/frm/rule-simulation/aspora.config.yaml:2:16: deny SK-CASCADE: budget.per_run_usd is 0.9, but the domain allows at most 0.5
        2 |   per_run_usd: 0.90
          |                ^~~~
        write 0.5 or less, or have it changed there
        see skills/frm/aspora.config.yaml:2:16
  hr: allowed (update, 1 skill)
    grows: resume-screen: tests min cases 2 → 0
  platform: allowed (none)
  wealth: allowed (none)
  3 domains allowed, 2 denied; 2 to correct, 0 to look at
  signatures: not looked at; --signers FILE names who may sign
  [6]

A key in FIRM.md refuses the root's own files; the domains are looked at under those of the base.
  $ git reset -q --hard && echo 'The bucket is read with AKIAQ3EGRLV5OX6TFZYN.' >> FIRM.md && aspora admit --base HEAD -q
  platform configuration: denied
    FIRM.md:7:25: deny AD-GUARD-002: an AWS access key (guard rule secret-aws-access-key)
        7 | The bucket is read with ********************.
          |                         ^~~~~~~~~~~~~~~~~~~~
        name a secret in the configuration instead ("secret:NAME"); or allow it with a comment in its line or the one before: guard:allow secret-aws-access-key REASON
  0 domains allowed, 0 denied, the platform configuration denied; 1 to correct, 0 to look at
  [6]
  $ sed -i 's/^role: .*/role: field/' skills/wealth/portfolio-summary/SKILL.md && aspora admit --base HEAD -q -o json | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["allow"], r["platform"]["allow"], [d["name"] for d in r["domains"]])'
  False False ['wealth']
  $ git checkout -q FIRM.md && echo '# desk@bank.ae # guard:allow pii-email everybody knows it' >> aspora.config.yaml && aspora admit --base HEAD wealth
  platform configuration: allowed
    aspora.config.yaml:22:3: note AD-GUARD-001: an e-mail address (guard rule pii-email), allowed: everybody knows it
  wealth: allowed (update, 1 skill)
    grows: portfolio-summary: role specialist → field
  1 domain allowed, 0 denied
  signatures: not looked at; --signers FILE names who may sign
  $ git reset -q --hard

Who signed the commits is asked where somebody says who may; only then, and of every commit that came.
  $ mkdir ../keys && for k in ana eve; do ssh-keygen -q -t ed25519 -N '' -C $k -f ../keys/$k; done; echo "ana@example.com $(cat ../keys/ana.pub)" > ../keys/allowed
  $ prints() { aspora admit "$@" | sed -E 's/SHA256:[A-Za-z0-9+\/]+/PRINT/; s/commit [0-9a-f]{12}/commit COMMIT/'; return ${PIPESTATUS[0]}; }
  $ sign() { git -c user.name=Ana -c user.email=ana@example.com -c gpg.format=ssh commit -q --allow-empty -S../keys/$1 -m "$2"; }
  $ BASE=$(git rev-parse HEAD) && echo 'Think twice.' >> skills/hr/resume-screen/SKILL.md && git add -A && sign ana 'twice' && prints --base $BASE --commit HEAD --signers ../keys/allowed
  hr: allowed (update, 1 skill)
  1 domain allowed, 0 denied
  signatures: 1 commit looked at
  $ git -c user.name=Eve -c user.email=eve@example.com commit -q --allow-empty -m 'unsigned' && sign ana 'on top' && prints --base $BASE --signers ../keys/allowed
  hr: denied (update, 1 skill)
    hr: deny AD-SIGN-001: commit COMMIT by Ana <ana@example.com> is not signed
        sign it (git commit --amend --no-edit -S) and push it with allow_rewrite, or the operator looks at it and names it as signers.since of the source
  0 domains allowed, 1 denied; 1 to correct, 0 to look at
  signatures: 3 commits looked at
  [6]
  $ prints --base $BASE --signers ../keys/allowed --signed-since HEAD~1
  hr: allowed (update, 1 skill)
  1 domain allowed, 0 denied
  signatures: 1 commit looked at
  $ sign eve 'by eve' && prints --base $BASE --signers ../keys/allowed --signed-since HEAD~2 -q
  hr: denied (update, 1 skill)
    hr: deny AD-SIGN-001: commit COMMIT by Ana <ana@example.com> is signed with a key that nobody trusts (ssh PRINT)
        if the key is that of somebody who may sign, the operator adds it to the source's signers; it is judged again by itself
  0 domains allowed, 1 denied; 1 to correct, 0 to look at
  [6]
  $ cp ../keys/ana.pub ../keys/revoked && prints --base $BASE --commit $BASE~0 --signers ../keys/allowed; prints --base $BASE --commit HEAD~3 --signers ../keys/allowed --revoked ../keys/revoked -q
  nothing to judge
  signatures: 1 commit looked at
  hr: denied (update, 1 skill)
    hr: deny AD-SIGN-001: commit COMMIT by Ana <ana@example.com> is signed with a key that was revoked, that of ana@example.com (ssh PRINT)
        sign it (git commit --amend --no-edit -S) and push it with allow_rewrite, or the operator looks at it and names it as signers.since of the source
  0 domains allowed, 1 denied; 1 to correct, 0 to look at
  [6]
  $ aspora admit --base $BASE --signed-since HEAD
  aspora: --signed-since goes with --signers (it is: aspora admit [COMMIT] [DOMAIN | DIR])
  [2]
  $ aspora admit --base $BASE --signers ../keys/allowed --signed-since nowhere
  aspora: --signed-since: $DIR/examples has no branch or tag "nowhere" (fetch it first: git fetch)
  [4]
  $ aspora admit --base $BASE --signers ../keys/nowhere
  aspora: cannot open ../keys/nowhere: No such file or directory
  [4]
  $ git reset -q --hard $BASE

  $ aspora admit --base nowhere
  aspora: $DIR/examples has no branch or tag "nowhere" (fetch it first: git fetch)
  [4]
  $ aspora admit --base HEAD~3
  aspora: "HEAD~3" goes back further than the history does (git log shows what there is)
  [4]
  $ aspora admit -o srif
  aspora: --output cannot be "srif" (did you mean sarif?)
  [2]
  $ aspora admit -o nothing
  aspora: --output cannot be "nothing" (it is one of: text, json, sarif, junit, markdown, github, gitlab)
  [2]
  $ aspora admit nothing
  aspora: there is no domain "nothing" here
  [4]
  $ cd ../work && mkdir skills && aspora admit --base main
  aspora: $DIR/work is not in a Git repository (run this inside a clone of the skills repository)
  [4]
