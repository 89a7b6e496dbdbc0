Skills of the folder run in sandboxes without a server.
#needs asporad
#needs bwrap

  $ cd "$EXAMPLES" && aspora run ecm/order-details --local --input '{"order_id": "17"}'
  Order 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora run order status 17 --local
  Order 17 is shipped: handed to the carrier on 2026-02-17.
  $ aspora run ecm/manager --local -i "where is 17" -o json
  {
    "apiVersion": "aspora/v1",
    "kind": "SkillResult",
    "output": {
      "skill": "order-details",
      "reason": "a question about one order"
    },
    "forward": "ecm/order-details"
  }
  $ aspora run frm/rule-simulation -l -i '{"amount": 800, "country": "AE"}' -o yaml
  apiVersion: aspora/v1
  kind: SkillResult
  output:
    rule: over 800 in AE
    caught: 2
    missed: 2
    bothered: 1
    precision: 0.67
    recall: 0.5
    recommended: true
  $ echo '{"client": "amina"}' > in.json; aspora run wealth/portfolio-summary -l -i @in.json; aspora run -l wealth/portfolio-summary -i - < in.json
  {
    "client": "amina",
    "found": true,
    "total": 100000,
    "largest": "equity",
    "share_percent": 60
  }
  {
    "client": "amina",
    "found": true,
    "total": 100000,
    "largest": "equity",
    "share_percent": 60
  }
  $ aspora run -l skills/hr/resume-screen -i '{"vacancy": "data-analyst", "resume": "SQL"}' | head -n 3
  {
    "vacancy": "data-analyst",
    "score": 2,
  $ aspora run ecm/order-details --promptfoo '{"order_id": "17"}' '{}' '{}'
  {"apiVersion":"aspora/v1","kind":"SkillResult","output":{"found":true,"order":"17","state":"shipped","amount":"129.90 EUR","last_movement":{"when":"2026-02-17","what":"handed to the carrier"},"message":"Order 17 is shipped: handed to the carrier on 2026-02-17."},"text":"Order 17 is shipped: handed to the carrier on 2026-02-17."}
  $ aspora run ecm/order-details --promptfoo 'about 17' | head -c 50; echo
  {"apiVersion":"aspora/v1","kind":"SkillResult","ou

test compiles the cases of one skill for promptfoo, and runs nothing then.
  $ aspora test ecm/order-details -o promptfoo | cut -c 1-60
  # Made from tests/cases.md, which is the file to edit.
  description: "ecm/order-details"
  prompts:
    - "{{input}}"
  providers:
    - id: "exec:aspora run ecm/order-details --promptfoo"
      label: "ecm/order-details"
  tests:
    - description: "Order 17 is found"
      vars:
        input: "{\"order_id\": \"17\"}"
      metadata:
        skill: "ecm/order-details"
        case: 1
        line: 3
      assert:
        - type: javascript
          value: "((v) => v !== undefined && ((t) => t === \"s
          metric: "field state must equal \"shipped\""
        - type: javascript
          value: "(((s) => [s.text, typeof s.output === \"stri
          metric: "must contain \"carrier\""
    - description: "An unknown order is said to be unknown"
      vars:
        input: "{\"order_id\": \"99999\"}"
      metadata:
        skill: "ecm/order-details"
        case: 2
        line: 12
      assert:
        - type: javascript
          value: "(((s) => [s.text, typeof s.output === \"stri
          metric: "must contain \"no order 99999\""
        - type: javascript
          value: "!(((s) => [s.text, typeof s.output === \"str
          metric: "must not contain \"shipped\""
  $ aspora test skills/ecm/order-details -o promptfoo | cmp - <(aspora test ecm/order-details -o promptfoo) && echo the same
  the same
  $ aspora test -o promptfoo
  aspora: aspora test needs a skill, as DOMAIN/NAME (it is: aspora test [DOMAIN/NAME | DOMAIN | DIR])
  [2]
  $ aspora test ecm -o promptfoo
  aspora: aspora test needs a skill, as DOMAIN/NAME (it is: aspora test [DOMAIN/NAME | DOMAIN | DIR])
  [2]
  $ aspora test ecm/order-detail -o promptfoo
  aspora: there is no skill ecm/order-detail here (did you mean "ecm/order-details"?)
  [4]
  $ aspora test ecm/order-details -o promptfoo --case 17
  aspora: -o promptfoo takes all cases; promptfoo eval --filter-pattern chooses among them (it is: aspora test [DOMAIN/NAME | DOMAIN | DIR])
  [2]
  $ mv skills/hr/resume-screen/tests/cases.md ../cases.md; aspora test hr/resume-screen -o promptfoo; echo '# None' > skills/hr/resume-screen/tests/cases.md; aspora test hr/resume-screen -o promptfoo; mv ../cases.md skills/hr/resume-screen/tests/cases.md
  aspora: hr/resume-screen has no test case that can be read (cases are in its tests/cases.md; aspora validate says what is wrong with them)
  aspora: hr/resume-screen has no test case that can be read (cases are in its tests/cases.md; aspora validate says what is wrong with them)
  $ aspora test ecm/order-details -o promptfo
  aspora: --output cannot be "promptfo" (did you mean promptfoo? It is one of: text, json, junit, promptfoo)
  [2]

test runs the cases.
  $ aspora test
  ecm/manager
    ok    A number goes to order details
    ok    Trouble goes to triage
  ecm/order-details
    ok    Order 17 is found
    ok    An unknown order is said to be unknown
  ecm/triage-and-assign
    ok    A refund of a large order is urgent
    ok    A late small order is low
  frm/alert-review
    ok    A name on a watch list is escalated
    ok    A payment at night alone is closed
  frm/manager
    ok    A question about a threshold
    ok    An alert
  frm/rule-simulation
    ok    A rule over 800 in the Emirates
    ok    A rule that bothers more than it catches
  hr/resume-screen
    ok    All required skills
    ok    A required skill is missing
  platform/classifier
    ok    An order question goes to ecm
    ok    A fraud alert goes to frm
    ok    Nothing recognised goes to a person
  wealth/portfolio-summary
    ok    Amina holds mostly equity
    ok    A client without holdings
  19 passed, 0 failed, 0 skipped
  $ aspora test ecm/order-details --case unknown
  ecm/order-details
    ok    An unknown order is said to be unknown
  1 passed, 0 failed, 0 skipped
  $ aspora test hr -o json
  {"apiVersion":"aspora/v1","kind":"TestReport","passed":2,"failed":0,"skipped":0,"cases":[{"domain":"hr","skill":"resume-screen","content":"418b16a4080e45e4c2f02fe4bad56c942ced8c04ffb245fbc157d2afea27e107","case":"All required skills","line":3,"passed":true,"skipped":false,"why":""},{"domain":"hr","skill":"resume-screen","content":"418b16a4080e45e4c2f02fe4bad56c942ced8c04ffb245fbc157d2afea27e107","case":"A required skill is missing","line":12,"passed":true,"skipped":false,"why":""}]}
  $ sed -i 's/field state equals "shipped"/field state equals "lost"/' skills/ecm/order-details/tests/cases.md && aspora test ecm/order-details
  ecm/order-details
    FAIL  Order 17 is found
          skills/ecm/order-details/tests/cases.md:3
          field state must equal "lost", but is "shipped"
    ok    An unknown order is said to be unknown
  1 passed, 1 failed, 0 skipped
  [1]
  $ aspora test ecm/order-details -o junit
  <?xml version="1.0" encoding="UTF-8"?>
  <testsuites>
  <testsuite name="aspora test" tests="2" failures="1" skipped="0">
  <testcase classname="ecm.order-details" name="Order 17 is found" file="skills/ecm/order-details/tests/cases.md" line="3"><failure>field state must equal &#34;lost&#34;, but is &#34;shipped&#34;
  </failure></testcase>
  <testcase classname="ecm.order-details" name="An unknown order is said to be unknown" file="skills/ecm/order-details/tests/cases.md" line="12"/>
  </testsuite>
  </testsuites>
  [1]
  $ aspora test ecm/order-details --case nothing
  aspora: there is no test case with such a name (cases are in tests/cases.md of each skill)
  [4]

What goes wrong is the skill's own fault, or is not.
  $ printf 'import sys\nprint("half a thought", file=sys.stderr)\nsys.exit(3)\n' > skills/hr/resume-screen/code/handler.py
  $ aspora run -l hr/resume-screen -i '{}'
  half a thought
  aspora: the handler ended with exit status 3: half a thought
  [16]
  $ aspora test hr 2>/dev/null
  hr/resume-screen
    FAIL  All required skills
          skills/hr/resume-screen/tests/cases.md:3
          the handler ended with exit status 3: half a thought
          stderr: half a thought
    FAIL  A required skill is missing
          skills/hr/resume-screen/tests/cases.md:12
          the handler ended with exit status 3: half a thought
          stderr: half a thought
  0 passed, 2 failed, 0 skipped
  [1]
  $ printf 'print("no json")\n' > skills/hr/resume-screen/code/handler.py; aspora run -l hr/resume-screen
  aspora: the handler's output is not one JSON value (this is not JSON: invalid token near 'no'); it begins with "no json" (print one JSON value to standard output and nothing else; diagnostics go to standard error)
  [16]
  $ printf 'while True: pass\n' > skills/hr/resume-screen/code/handler.py; printf 'limits:\n  timeout: 300ms\n' > skills/hr/resume-screen/aspora.config.yaml; aspora run -l hr/resume-screen
  aspora: the handler ran longer than 300ms (make it faster, or raise limits.timeout as far as the domain lets you)
  [16]
  $ rm -r skills/hr/resume-screen/code; aspora run -l hr/resume-screen; aspora test hr
  aspora: hr/resume-screen has no handler, and no model is configured that could follow its text (add code/handler.py (or .js, .sh) beside SKILL.md)
  hr/resume-screen
    skip  All required skills
          it has no handler, and no model is configured here
    skip  A required skill is missing
          it has no handler, and no model is configured here
  0 passed, 0 failed, 2 skipped
  $ sed -i 's/^role: .*/role: boss/' skills/ecm/manager/SKILL.md; aspora run -l ecm/manager; aspora test ecm/manager
  aspora: skills/ecm/manager/SKILL.md:5:7: there is no role "boss" (write manager, specialist or field)
  ecm/manager
    FAIL  A number goes to order details
          skills/ecm/manager/tests/cases.md:3
          skills/ecm/manager/SKILL.md:5:7: there is no role "boss" (write manager, specialist or field)
    FAIL  Trouble goes to triage
          skills/ecm/manager/tests/cases.md:9
          skills/ecm/manager/SKILL.md:5:7: there is no role "boss" (write manager, specialist or field)
  0 passed, 2 failed, 0 skipped
  [1]

  $ aspora run -l ecm/nobody
  aspora: there is no skill ecm/nobody here (`aspora create skill ecm/nobody` makes one)
  [4]
  $ aspora run -l ecm
  aspora: aspora run needs a skill, as DOMAIN/NAME (it is: aspora run DOMAIN/NAME [TEXT ...] | TEXT ...)
  [2]
  $ aspora run -l nothing of the kind
  aspora: no skill has a command that "nothing of the kind" matches (`aspora list` shows the commands; a skill is named as DOMAIN/NAME)
  [4]
  $ aspora run -l ecm/order-details -i '{"order_id": }'
  aspora: --input:1:14: this is not JSON: unexpected token near '}'
  [3]
  $ aspora run -l ecm/order-details -i @nowhere
  aspora: cannot open nowhere: No such file or directory
  [4]
  $ aspora run
  aspora: aspora run needs to be told what (it is: aspora run DOMAIN/NAME [TEXT ...] | TEXT ...)
  [2]
  $ aspora test nothing
  aspora: there is no domain "nothing" here
  [4]

A secret comes from the environment of who runs it, and from nowhere else.
  $ mkdir -p ../sec/skills/hr/s/code && cd ../sec && printf -- '---\nname: s\ndescription: Says. Use it.\n---\n# S\n' > skills/hr/s/SKILL.md
  $ printf 'runtime:\n  env:\n    CRM: "secret:crm-token"\n' > skills/hr/s/aspora.config.yaml
  $ cat > skills/hr/s/code/handler.sh <<'END'
  > #!/bin/sh
  > cat >/dev/null
  > echo "{\"output\":\"$CRM\"}"
  > END
  $ chmod +x skills/hr/s/code/handler.sh; aspora run --local hr/s
  aspora: environment variable CRM: the secret "crm-token" is not known here (give it for this run: ASPORA_SECRET_CRM_TOKEN=... aspora run --local ...)
  [4]
  $ ASPORA_SECRET_CRM_TOKEN=hush aspora run --local hr/s
  {
    "output": "hush"
  }
  $ sed -i 's/secret:crm-token/env:HOME/' skills/hr/s/aspora.config.yaml && aspora run --local hr/s
  aspora: skills/hr/s/aspora.config.yaml:3:10: the value of "CRM" cannot stand here: it names what the server would have to open, and no repository may (write secret:NAME, and have an operator add NAME under secrets: in asporad.conf; a secret that has been in a repository must be changed)
  [3]
