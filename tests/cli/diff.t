diff says in words what changes.

  $ cd "$EXAMPLES" && git init -q -b main . && git add -A && git commit -q -m first
  $ aspora diff
  no changes
  $ sed -i 's/per_run_usd: .*/per_run_usd: 0.20/' skills/ecm/order-details/aspora.config.yaml
  $ sed -i 's/command: order status {order_id}/command: where is order {order_id}/' skills/ecm/order-details/SKILL.md
  $ rm -r skills/hr && aspora create skill wealth/fees > /dev/null
  $ aspora diff
  ~ ecm/order-details  update
      ! budget per run 0.1 → 0.2 USD
      ! new trigger command: where is order {order_id}
        no longer has the trigger command: order status {order_id}
  - hr/resume-screen  delete
  + wealth/fees  create
        role specialist
      ! new trigger command: wealth fees {text}
        handler code/handler.py
  1 to create, 1 to update, 1 to delete, 7 unchanged
  [1]
  $ aspora diff ecm
  ~ ecm/order-details  update
      ! budget per run 0.1 → 0.2 USD
      ! new trigger command: where is order {order_id}
        no longer has the trigger command: order status {order_id}
  0 to create, 1 to update, 0 to delete, 2 unchanged
  [1]
  $ aspora diff --base main -o json hr
  {"summary":{"create":0,"update":0,"delete":1,"unchanged":0},"domains":[{"name":"hr","op":"delete","policyChanged":false,"unchanged":0,"skills":[{"name":"resume-screen","op":"delete","from":"418b16a4080e45e4c2f02fe4bad56c942ced8c04ffb245fbc157d2afea27e107","runtimeChanged":true,"contextChanged":true,"details":[]}]}],"findings":[]}
  [1]
  $ git add -A && git commit -q -m second && aspora diff
  no changes
  $ git tag v2 && aspora diff --base v2
  no changes
  $ aspora diff --base $(git rev-parse HEAD^) --commit v2 frm
  no changes

A commit may stand where a domain may, before it or alone; what is before it is reached as Git writes it.
  $ aspora diff HEAD~1 ecm
  ~ ecm/order-details  update
      ! budget per run 0.1 → 0.2 USD
      ! new trigger command: where is order {order_id}
        no longer has the trigger command: order status {order_id}
  0 to create, 1 to update, 0 to delete, 2 unchanged
  [1]
  $ aspora diff HEAD~ hr && echo nothing
  - hr/resume-screen  delete
  0 to create, 0 to update, 1 to delete, 0 unchanged
  [1]
  $ aspora diff main
  no changes
  $ aspora diff $(git rev-parse --short HEAD^) frm
  no changes
  $ aspora admit -q HEAD~1
  hr: denied (delete, 1 skill)
    hr: deny AD-DELETE-001: deletes the only skill of the domain (resume-screen)
        bring them back, or have somebody confirm the deletion of 100 % of hr: aspora sync --confirm-deletion hr
  2 domains allowed, 1 denied; 1 to correct, 0 to look at
  [6]
  $ aspora admit -q @^ frm
  nothing to judge
  $ aspora diff HEAD~7
  aspora: "HEAD~7" goes back further than the history does (git log shows what there is)
  [4]
  $ aspora diff HEAD^{tree}
  aspora: "HEAD^{tree}" is not a revision (write a branch, a tag or a commit id, and ~N for what came N commits before it: HEAD~1)
  [3]
  $ aspora diff nowhere
  aspora: there is no domain "nowhere" here
  [4]
  $ aspora diff HEAD~1 nowhere
  aspora: there is no domain "nowhere" here
  [4]
  $ aspora diff --base v2 HEAD~1 ecm
  aspora: "HEAD~1" and --base both say what to compare with (it is: aspora diff [COMMIT] [DOMAIN | DIR] | -f PATH)
  [2]
  $ git branch ecm HEAD~1 && aspora diff ecm
  no changes
  $ aspora diff --base nowhere
  aspora: $DIR/examples has no branch or tag "nowhere" (fetch it first: git fetch)
  [4]
  $ aspora diff -o xml
  aspora: --output cannot be "xml" (it is one of: text, json, sarif, junit, markdown, github, gitlab)
  [2]
  $ aspora diff -o sarfi
  aspora: --output cannot be "sarfi" (did you mean sarif?)
  [2]

In every format that admit has: what changes is a note, and what could not be read an error.
  $ sed -i 's/per_run_usd: .*/per_run_usd: 0.30/' skills/ecm/order-details/aspora.config.yaml && sed -i 1d skills/frm/alert-review/SKILL.md
  $ aspora diff
  ~ ecm/order-details  update
      ! budget per run 0.2 → 0.3 USD, past the limit of 0.25 USD
  ~ frm/alert-review  update
        no longer has the trigger command: review alert {alert_id}
        no longer has the trigger alert: fraud.alert
        title "Alert review" → ""
        description changed
        text changed: +0 −8 lines
  0 to create, 2 to update, 0 to delete, 7 unchanged
  refused in reading:
    skills/ecm/order-details/aspora.config.yaml:2:16: deny SK-CASCADE: budget.per_run_usd is 0.3, but the domain allows at most 0.25
        write 0.25 or less, or have it changed there
        see skills/ecm/aspora.config.yaml:3:16
    skills/frm/alert-review/SKILL.md:1:1: deny SK-FRONT-MISSING: the file does not begin with a frontmatter
        begin it with the lines: ---, name: alert-review, description: what it does and when to use it, ---
  [1]
  $ aspora diff -o json frm | grep -o '"findings":.*'
  "findings":[{"rule":"SK-FRONT-MISSING","severity":"deny","domain":"frm","skill":"alert-review","path":"skills/frm/alert-review/SKILL.md","blob":"5ee49687889437c15b6e063245e8f8b852fd1908","line":1,"column":1,"message":"the file does not begin with a frontmatter","remedy":"begin it with the lines: ---, name: alert-review, description: what it does and when to use it, ---","replacement":"---\nname: alert-review\n---\n\n","fingerprint":"92d556b7d7dbf6af"}]}
  $ aspora diff -o sarif > ../diff.sarif; "$ROOT/tests/schema/validate" < ../diff.sarif; grep -o '"ruleId":"[^"]*"' ../diff.sarif
  valid
  "ruleId":"SK-CASCADE"
  "ruleId":"growth"
  "ruleId":"SK-FRONT-MISSING"
  "ruleId":"change"
  $ aspora diff -o junit
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites name="aspora diff">
    <testsuite name="ecm" tests="2" failures="1" errors="0" skipped="0" time="0">
      <properties>
        <property name="growth" value="order-details: budget per run 0.2 → 0.3 USD, past the limit of 0.25 USD"/>
      </properties>
      <testcase classname="ecm" name="(domain)" time="0">
      </testcase>
      <testcase classname="ecm" name="order-details" time="0">
        <failure type="SK-CASCADE" message="budget.per_run_usd is 0.3, but the domain allows at most 0.25">skills/ecm/order-details/aspora.config.yaml:2:16: deny SK-CASCADE: budget.per_run_usd is 0.3, but the domain allows at most 0.25&#10;    write 0.25 or less, or have it changed there&#10;    see skills/ecm/aspora.config.yaml:3:16&#10;</failure>
        <system-out>skills/ecm/order-details/SKILL.md:1:1: note growth: ecm/order-details (update): ! budget per run 0.2 → 0.3 USD, past the limit of 0.25 USD&#10;</system-out>
      </testcase>
    </testsuite>
    <testsuite name="frm" tests="2" failures="1" errors="0" skipped="0" time="0">
      <testcase classname="frm" name="(domain)" time="0">
      </testcase>
      <testcase classname="frm" name="alert-review" time="0">
        <failure type="SK-FRONT-MISSING" message="the file does not begin with a frontmatter">skills/frm/alert-review/SKILL.md:1:1: deny SK-FRONT-MISSING: the file does not begin with a frontmatter&#10;    begin it with the lines: ---, name: alert-review, description: what it does and when to use it, ---&#10;</failure>
        <system-out>skills/frm/alert-review/SKILL.md:1:1: note change: frm/alert-review (update): no longer has the trigger command: review alert {alert_id}; no longer has the trigger alert: fraud.alert; title &quot;Alert review&quot; → &quot;&quot;; description changed; text changed: +0 −8 lines&#10;</system-out>
      </testcase>
    </testsuite>
  </testsuites>
  [1]
  $ aspora diff -o markdown
  <!-- aspora-difference -->
  ## Difference
  
  0 to create, 2 to update, 0 to delete, 7 unchanged.
  
  ### Refused in reading
  
  Findings:
  
  - **denied**, SK-CASCADE, skills/ecm/order\-details/aspora.config.yaml line 2: budget.per\_run\_usd is 0.3, but the domain allows at most 0.25  
    _write 0.25 or less, or have it changed there_
  - **denied**, SK-FRONT-MISSING, skills/frm/alert\-review/SKILL.md line 1: the file does not begin with a frontmatter  
    _begin it with the lines&#58; \-\-\-, name&#58; alert\-review, description&#58; what it does and when to use it, \-\-\-_
  
  ### ecm
  
  More than it had:
  
  - order\-details: budget per run 0.2 → 0.3 USD, past the limit of 0.25 USD
  
  Costs:
  
  | skill | a run, USD | a day, USD | always loaded, tokens | when used, tokens |
  |---|---|---|---|---|
  | order\-details | 0.20 → 0.25 | 20.00 | 30 | 87 |
  
  Changes:
  
  - order\-details (update): budget per run 0.2 → 0.3 USD, past the limit of 0.25 USD
  
  ### frm
  
  Costs:
  
  | skill | a run, USD | a day, USD | always loaded, tokens | when used, tokens |
  |---|---|---|---|---|
  | alert\-review | 0.20 | 30.00 | 30 → 3 (-27) | 83 → 0 (-83) |
  
  Changes:
  
  - alert\-review (update): no longer has the trigger command&#58; review alert \{alert\_id\}; no longer has the trigger alert&#58; fraud.alert; title "Alert review" → ""; description changed; text changed&#58; \+0 −8 lines
  [1]
  $ aspora diff -o github
  ::error file=skills/ecm/order-details/aspora.config.yaml,line=2,col=16,title=SK-CASCADE::budget.per_run_usd is 0.3, but the domain allows at most 0.25%0Awrite 0.25 or less, or have it changed there
  ::notice file=skills/ecm/order-details/SKILL.md,line=1,col=1,title=growth::ecm/order-details (update): ! budget per run 0.2 → 0.3 USD, past the limit of 0.25 USD
  ::error file=skills/frm/alert-review/SKILL.md,line=1,col=1,title=SK-FRONT-MISSING::the file does not begin with a frontmatter%0Abegin it with the lines: ---, name: alert-review, description: what it does and when to use it, ---
  ::notice file=skills/frm/alert-review/SKILL.md,line=1,col=1,title=change::frm/alert-review (update): no longer has the trigger command: review alert {alert_id}; no longer has the trigger alert: fraud.alert; title "Alert review" → ""; description changed; text changed: +0 −8 lines
  [1]
  $ aspora diff -o gitlab ecm
  [{"description":"budget.per_run_usd is 0.3, but the domain allows at most 0.25 (write 0.25 or less, or have it changed there)","check_name":"SK-CASCADE","fingerprint":"8116407f13511e38","severity":"blocker","location":{"path":"skills/ecm/order-details/aspora.config.yaml","lines":{"begin":2}}},{"description":"ecm/order-details (update): ! budget per run 0.2 → 0.3 USD, past the limit of 0.25 USD","check_name":"growth","fingerprint":"6551f9b2a8fc256e","severity":"info","location":{"path":"skills/ecm/order-details/SKILL.md","lines":{"begin":1}}}]
  [1]
  $ aspora diff -o github wealth

What is as unreadable as it was is no difference, and neither is a folder that cannot be a domain and could not before.
  $ git checkout -q . && mkdir 'skills/No Domain' && aspora diff -o github
  ::error file=skills/No Domain,title=SK-DOMAIN-NAME::"No Domain" cannot be a domain name: only a-z, 0-9 and hyphens may be in it%0Arename the folder: write "no-domain"
  [1]
  $ for f in text json sarif junit markdown github gitlab; do aspora diff -o $f wealth > ../none || echo $f $?; grep -c SK-DOMAIN-NAME ../none; done
  text 1
  1
  json 1
  1
  sarif 1
  1
  junit 1
  1
  markdown 1
  1
  github 1
  1
  gitlab 1
  1
  $ sed -i 1d skills/frm/alert-review/SKILL.md && touch 'skills/No Domain/x' && git add -A && git commit -q -m third && aspora diff && aspora diff -o github; git reset -q --hard HEAD~1; rm -rf 'skills/No Domain'
  no changes

A repository below the top of the work tree.
  $ mkdir ../whole && cp -r . ../whole/sub && rm -rf ../whole/sub/.git && cd ../whole && git init -q -b main . && git add -A && git commit -q -m first
  $ cd sub && aspora diff && rm -r skills/frm && aspora diff
  no changes
  - frm/alert-review  delete
  - frm/manager  delete
  - frm/rule-simulation  delete
  0 to create, 0 to update, 3 to delete, 6 unchanged
  [1]

  $ cd ../../work && mkdir skills && aspora diff
  aspora: $DIR/work is not in a Git repository (run this inside a clone of the skills repository)
  [4]
