create skill makes the files of a skill that passes as it is.

  $ cd "$EXAMPLES" && aspora create skill ecm/invoice-check
  skills/ecm/invoice-check/SKILL.md
  skills/ecm/invoice-check/aspora.config.yaml
  skills/ecm/invoice-check/code/handler.py
  skills/ecm/invoice-check/fixtures/example.json
  skills/ecm/invoice-check/tests/cases.md
  $ aspora create skill frm/blocklist --lang shell --role field
  skills/frm/blocklist/SKILL.md
  skills/frm/blocklist/aspora.config.yaml
  skills/frm/blocklist/code/handler.sh
  skills/frm/blocklist/fixtures/example.json
  skills/frm/blocklist/tests/cases.md
  $ aspora create skill newteam/greeter --lang javascript -r manager
  skills/newteam/greeter/SKILL.md
  skills/newteam/greeter/aspora.config.yaml
  skills/newteam/greeter/code/handler.js
  skills/newteam/greeter/fixtures/example.json
  skills/newteam/greeter/tests/cases.md
  $ aspora validate
  12 skills in 6 domains: fine
  $ aspora admit -q
  6 domains allowed, 0 denied
  $ aspora list -o name newteam
  skill/newteam/greeter
  $ head -n 8 skills/newteam/greeter/SKILL.md
  ---
  name: greeter
  description: Decides which skill of its domain answers a request. Use when somebody writes "newteam greeter" and what it is about.
  domain: newteam
  role: manager
  trigger:
    command: newteam greeter {text}
  ---
  $ stat -c %A skills/frm/blocklist/code/handler.sh
  -rwxr-xr-x

From a folder below, the files still go to the repository.
  $ cd skills/hr && aspora create skill hr/leave-days | head -n 1; ls; cd ../..
  skills/hr/leave-days/SKILL.md
  DOMAIN.md
  aspora.config.yaml
  leave-days
  resume-screen

Into a folder that has no skills yet.
  $ mkdir ../fresh && aspora create skill a/b -C ../fresh | head -n 1; ls ../fresh
  skills/a/b/SKILL.md
  skills

  $ aspora create skill ecm/invoice-check
  aspora: ecm/invoice-check is already there: skills/ecm/invoice-check (take another name, or edit what is there)
  [5]
  $ aspora create skill ecm/Invoice_Check
  aspora: "Invoice_Check" cannot be a skill name: only a-z, 0-9 and hyphens may be in it (write "invoice-check")
  [3]
  $ aspora create skill invoice-check
  aspora: "invoice-check" names no domain (write domain/name, such as ecm/order-details)
  [3]
  $ aspora create skill ecm/x --lang cobol
  aspora: there is no handler to start from in "cobol" (write python, javascript or shell)
  [3]
  $ aspora create skill ecm/x --role boss
  aspora: --role cannot be "boss" (it is one of: manager, specialist, field)
  [2]
  $ aspora create skill
  aspora: aspora create needs one more word (it is: aspora create skill DOMAIN/NAME)
  [2]
  $ aspora create domain x
  aspora: aspora create has no "domain" (it is: aspora create skill DOMAIN/NAME)
  [2]
  $ aspora create
  aspora: aspora create needs to be told what (it is: aspora create skill DOMAIN/NAME)
  [2]
  $ cd / && aspora create skill ecm/x
  aspora: there is no skills/ folder in / or above it (go to a skills repository; --folder DIR begins one in DIR)
  [4]
