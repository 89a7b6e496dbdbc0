Every example answers a text that is routed to it, or says what it needs.
#needs asporad
#needs bwrap
#needs node
  $ cd "$EXAMPLES"; ask() { aspora run --local -o yaml "$@" 2>/dev/null | sed 1,2d; }
  $ ask classify my refund is late
  output:
    domain: ecm
    confidence: 1.0
    words:
      - refund
  $ ask order status 17
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
  $ ask order status 99
  output:
    found: false
    message: There is no order 99. Please check the number.
  text: There is no order 99. Please check the number.
  $ ask order help where is 17
  output:
    skill: order-details
    reason: a question about one order
  forward: ecm/order-details
  $ ask order help my parcel 17 is late
  output:
    skill: triage-and-assign
    reason: something is wrong with an order
  forward: ecm/triage-and-assign
  $ ask order help hello
  output:
    skill: null
    reason: ask about one order by its number, or say what went wrong
  $ ask triage order 17 it is broken and late
  output:
    urgency: normal
    points: 3
    team: warehouse
    order: "17"
  $ ask review alert a-3
  output:
    alert: A-3
    found: true
    score: 11
    signals:
      - watch_list
      - night
    recommendation: escalate
  $ ask review alert A-9
  output:
    alert: A-9
    found: false
    recommendation: escalate
    reason: there is no such alert
  $ ask fraud help simulate a rule over 500
  output:
    skill: rule-simulation
    reason: a question about a rule
  forward: frm/rule-simulation
  $ ask fraud help please look at alert A-3
  output:
    skill: alert-review
    reason: a question about an alert
  forward: frm/alert-review
  $ ask fraud help hello
  output:
    skill: null
    reason: a rule, or an alert?
  $ ask simulate rule over 1,000 in ae
  output:
    rule: over 1000 in AE
    caught: 1
    missed: 3
    bothered: 1
    precision: 0.5
    recall: 0.25
    recommended: true
  $ ask simulate rule over 500
  output:
    rule: over 500
    caught: 4
    missed: 0
    bothered: 4
    precision: 0.5
    recall: 1.0
    recommended: true
  $ ask screen resume for data analyst
  output:
    vacancy: data-analyst
    verdict: needs a person
    reason: "there is no résumé to read: give it as the input \"resume\""
  $ ask screen resume for astronaut
  output:
    vacancy: astronaut
    verdict: needs a person
    reason: there is no such vacancy
  $ ask portfolio summary amina
  output:
    client: amina
    found: true
    total: 100000
    largest: equity
    share_percent: 60
  $ ask portfolio summary nobody
  output:
    client: nobody
    found: false
    message: there are no holdings

What a manager forwards is what somebody wrote, without the words of a command.
  $ ask ecm/triage-and-assign -i "my parcel 17 is broken"
  output:
    urgency: normal
    points: 2
    team: warehouse
    order: "17"
  $ ask ecm/triage-and-assign -i "it is late"
  output:
    urgency: low
    points: 1
    team: logistics
    order: ""
  $ ask ecm/order-details -i "where is 17?"
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
  $ ask ecm/order-details -i "where is it?"
  output:
    found: false
    message: There is no order without a number. Please check the number.
  text: There is no order without a number. Please check the number.
  $ ask frm/rule-simulation -i "what if we stopped over 800 in AE"
  output:
    rule: over 800 in AE
    caught: 2
    missed: 2
    bothered: 1
    precision: 0.67
    recall: 0.5
    recommended: true
  $ ask frm/rule-simulation -i "what if the threshold were 10"
  output:
    rule: over 10
    caught: 4
    missed: 0
    bothered: 8
    precision: 0.33
    recall: 1.0
    recommended: false
  $ aspora run --local frm/rule-simulation -i "what if?" 2>&1 | tail -n 1
  aspora: the handler ended with exit status 1: the amount is missing: say for example 'simulate rule over 500 in AE'
  $ ask frm/alert-review -i "please look at alert A-3"
  output:
    alert: A-3
    found: true
    score: 11
    signals:
      - watch_list
      - night
    recommendation: escalate
  $ ask frm/alert-review -i "something is suspicious"
  output:
    found: false
    reason: which alert? Say for example 'review alert A-1'
  $ ask hr/resume-screen -i "I know SQL"
  output:
    verdict: needs a person
    reason: for which vacancy? Give it as the input "vacancy"
  $ ask hr/resume-screen -i '{"vacancy": "Data Analyst", "resume": "3 years of SQL and Excel"}'
  output:
    vacancy: data-analyst
    score: 6
    of: 8
    required:
      - SQL
      - Excel
    wished: []
    missing: []
    years: 3
    verdict: invite
  $ ask wealth/portfolio-summary -i "what does everybody own?"
  output:
    found: false
    message: "whose portfolio? Say for example: portfolio summary amina"
  $ ask platform/classifier -i "hello"
  output:
    domain: null
    confidence: 0
    reason: no domain stands out; ask a person

A text that no command knows is refused before anything runs.
  $ aspora run --local sing a song
  aspora: no skill has a command that "sing a song" matches (`aspora list` shows the commands; a skill is named as DOMAIN/NAME)
  [4]
