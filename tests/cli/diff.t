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
  {"summary":{"create":0,"update":0,"delete":1,"unchanged":0},"domains":[{"name":"hr","op":"delete","policyChanged":false,"unchanged":0,"skills":[{"name":"resume-screen","op":"delete","from":"418b16a4080e45e4c2f02fe4bad56c942ced8c04ffb245fbc157d2afea27e107","runtimeChanged":true,"contextChanged":true,"details":[]}]}]}
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
  aspora: --output cannot be "xml" (it is one of: text, json)
  [2]

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
