list shows the skills of the folder.

  $ cd "$EXAMPLES" && aspora list
  DOMAIN     NAME                ROLE         HANDLER           CASES   TRIGGER                                                                                  VALID
  ecm        manager             manager      code/handler.js   2       command: order help {question}                                                           True
  ecm        order-details       specialist   code/handler.py   2       command: order status {order_id}                                                         True
  ecm        triage-and-assign   specialist   code/handler.js   2       command: triage order {order_id} {problem},alert: order.stuck                            True
  frm        alert-review        specialist   code/handler.js   2       command: review alert {alert_id},alert: fraud.alert                                      True
  frm        manager             manager      code/handler.sh   2       command: fraud help {question}                                                           True
  frm        rule-simulation     specialist   code/handler.py   2       command: simulate rule over {amount} in {country},command: simulate rule over {amount}   True
  hr         resume-screen       specialist   code/handler.py   2       command: screen resume for {vacancy}                                                     True
  platform   classifier          manager      code/handler.py   3       command: classify {text}                                                                 True
  wealth     portfolio-summary   specialist   code/handler.sh   2       command: portfolio summary {client},cron: weekdays 07:30 Asia/Dubai                      True
  $ aspora list -o wide ecm
  DOMAIN   NAME                ROLE         HANDLER           CASES   TRIGGER                                                         VALID   VERSION        BUDGET           DESCRIPTION
  ecm      manager             manager      code/handler.js   2       command: order help {question}                                  True    1b3af832f09b   0.02 USD a run   Sends a question about an order to the skill that answers it. Use for any order question that names no skill.
  ecm      order-details       specialist   code/handler.py   2       command: order status {order_id}                                True    2b6c48b5c0a8   0.1 USD a run    Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
  ecm      triage-and-assign   specialist   code/handler.js   2       command: triage order {order_id} {problem},alert: order.stuck   True    d5db2e4ada02   0.1 USD a run    Judges how urgent a problem with an order is and assigns it to a team. Use for stuck, late, broken or refunded orders.
  $ aspora list -o name
  skill/ecm/manager
  skill/ecm/order-details
  skill/ecm/triage-and-assign
  skill/frm/alert-review
  skill/frm/manager
  skill/frm/rule-simulation
  skill/hr/resume-screen
  skill/platform/classifier
  skill/wealth/portfolio-summary
  $ aspora list -o json wealth
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": [
      {
        "apiVersion": "aspora/v1",
        "kind": "Skill",
        "metadata": {
          "domain": "wealth",
          "name": "portfolio-summary",
          "source": {
            "name": "folder",
            "path": "skills/wealth/portfolio-summary"
          }
        },
        "spec": {
          "role": "specialist",
          "description": "Adds up a portfolio by asset class and says which share is the largest. Use when a client asks what they own.",
          "handler": "code/handler.sh",
          "triggers": [
            "command: portfolio summary {client}",
            "cron: weekdays 07:30 Asia/Dubai"
          ],
          "cases": 2,
          "budget": "0.1 USD a run"
        },
        "status": {
          "digest": "1a969434f4ee21dbc88509b99577c3293b5f46aff553dfe6143278045b1805bf",
          "conditions": [
            {
              "type": "Valid",
              "status": "True"
            }
          ]
        }
      }
    ]
  }
  $ aspora list -o yaml hr
  apiVersion: aspora/v1
  kind: List
  items:
    - apiVersion: aspora/v1
      kind: Skill
      metadata:
        domain: hr
        name: resume-screen
        source:
          name: folder
          path: skills/hr/resume-screen
      spec:
        role: specialist
        description: Scores a résumé against what a vacancy asks for, by written rules. Use to sort applications before a person reads them.
        handler: code/handler.py
        triggers:
          - "command: screen resume for {vacancy}"
        cases: 2
        budget: "0.2 USD a run"
      status:
        digest: "418b16a4080e45e4c2f02fe4bad56c942ced8c04ffb245fbc157d2afea27e107"
        conditions:
          - type: Valid
            status: "True"
  $ aspora list -o jsonpath={.items[*].metadata.name} ecm
  manager order-details triage-and-assign
  $ aspora list -o jsonpath=status.conditions[Valid].status hr
  True
  $ aspora list -o jsonpath=spec.triggers wealth
  ["command: portfolio summary {client}","cron: weekdays 07:30 Asia/Dubai"]
  $ aspora list --no-headers hr
  hr   resume-screen   specialist   code/handler.py   2   command: screen resume for {vacancy}   True
  $ aspora list -C . frm -o name
  skill/frm/alert-review
  skill/frm/manager
  skill/frm/rule-simulation

A skill that cannot be read is listed all the same.
  $ printf 'no frontmatter\n' > skills/hr/resume-screen/SKILL.md && aspora list hr
  DOMAIN   NAME            ROLE         HANDLER           CASES   TRIGGER   VALID
  hr       resume-screen   specialist   code/handler.py   2       -         False

  $ aspora list -o tabel
  aspora: --output cannot be "tabel" (did you mean table?)
  [2]
  $ aspora list -o jsonpath
  aspora: --output jsonpath needs a path (write -o jsonpath={.status.phase})
  [2]
  $ aspora list -o json=x
  aspora: --output cannot be "json=x" (it is one of: table, wide, json, yaml, name, jsonpath=PATH, custom-columns=TITLE:PATH)
  [2]
  $ mkdir -p empty/skills && cd empty && aspora list
  aspora: there are no skills here; `aspora create skill DOMAIN/NAME` makes one
  $ aspora list -o json
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": []
  }
