scan finds what the guard's rules look for, in files and in lines.

  $ mkdir -p docs/.git
  $ printf 'write to asha.menon@bank.ae\nkey AKIAQ3EGRLV5OX6TFZYN\n' > docs/a.md
  $ printf 'asha.menon@bank.ae\n' > docs/.git/b.md
  $ printf '\0asha.menon@bank.ae\n' > docs/picture
  $ printf 'nothing here\n' > clean.md
  $ aspora scan docs
  docs/a.md:1:10: deny pii-email: an e-mail address
  docs/a.md:2:5: deny secret-aws-access-key: an AWS access key
      name a secret in the configuration instead ("secret:NAME")
  [6]
  $ aspora scan clean.md
  $ aspora scan - < docs/a.md
  -:1:10: deny pii-email: an e-mail address
  -:2:5: deny secret-aws-access-key: an AWS access key
      name a secret in the configuration instead ("secret:NAME")
  [6]
  $ aspora scan -m pii=off -m secret=warn docs
  docs/a.md:2:5: warn secret-aws-access-key: an AWS access key
      name a secret in the configuration instead ("secret:NAME")
  $ aspora scan -m pii-email=warn -m secret-aws-access-key=off docs
  docs/a.md:1:10: warn pii-email: an e-mail address
  $ aspora scan -o json docs
  {"apiVersion":"aspora/v1","kind":"ScanReport","clean":false,"files":1,"bytes":53,"skipped":1,"findings":[{"rule":"pii-email","severity":"deny","path":"docs/a.md","line":1,"column":10,"start":9,"end":27,"message":"an e-mail address","fingerprint":"78fed48aeeae185c"},{"rule":"secret-aws-access-key","severity":"deny","path":"docs/a.md","line":2,"column":5,"start":32,"end":52,"message":"an AWS access key","remedy":"name a secret in the configuration instead (\"secret:NAME\")","fingerprint":"32596d2fd80a0f00"}]}
  [6]
  $ aspora scan -o sarif docs | python3 -c 'import json,sys; r=json.load(sys.stdin)["runs"][0]; print([x["ruleId"] for x in r["results"]], len(r["tool"]["driver"]["rules"]))'
  ['pii-email', 'secret-aws-access-key'] 2
  $ aspora scan -o sarif docs | "$ROOT/tests/schema/validate"
  valid

What a comment allows, with a reason, is a note; without one it is not allowed.

  $ printf '<!-- guard:allow pii-email the desk is public -->\ndesk@bank.ae\nother@bank.ae\n' > allow.md
  $ aspora scan allow.md
  allow.md:2:1: note pii-email: an e-mail address, allowed: the desk is public
  allow.md:3:1: deny pii-email: an e-mail address
  [6]
  $ printf 'desk@bank.ae # guard:allow pii-email\ndesk@bank.ae # guard:allow pii-emil it is public\n' > allow.md
  $ aspora scan -m pii=warn allow.md
  allow.md:1:1: warn pii-email: an e-mail address
  allow.md:1:16: warn guard-allow: guard:allow pii-email gives no reason: write one after the rule
  allow.md:2:1: warn pii-email: an e-mail address
  allow.md:2:16: warn guard-allow: guard:allow names no rule: there is none "pii-emil"

Redacted text keeps its meaning: one value, one placeholder.

  $ printf 'from a@bank.ae to b@bank.ae, copy a@bank.ae\n' | aspora scan --redact -
  from <email:1> to <email:2>, copy <email:1>

Lines of JSON, for batches.

  $ printf '{"id":1,"text":"write to asha.menon@bank.ae"}\n{"id":"two","text":"\\u00e9 \\u0000 asha.menon@bank.ae"}\n{"id":3,"text":""}\n' | aspora scan --jsonl
  {"id":1,"findings":[{"rule":"pii-email","category":"pii","type":"email","start":9,"end":27,"confidence":0.9}]}
  {"id":"two","findings":[{"rule":"pii-email","category":"pii","type":"email","start":5,"end":23,"confidence":0.9}]}
  {"id":3,"findings":[]}
  $ printf 'no json\n{"id":4}' | aspora scan --jsonl
  {"id":null,"findings":[],"error":"this is not JSON: invalid token near 'no'"}
  {"id":4,"findings":[],"error":"a line is an object with \"id\" and \"text\""}
  $ aspora scan --jsonl docs
  aspora: --jsonl reads standard input and no files (it is: aspora scan PATH... | -)
  [2]

A table of one's own, and what is wrong with it.

  $ cat > own.yaml <<'END'
  > patterns:
  >   - id: secret-badge
  >     category: secret
  >     type: badge
  >     says: the number of a badge
  >     confidence: 90
  >     literals: ["BADGE-"]
  >     expression: 'BADGE-[0-9]{4}'
  >     match: ["«BADGE-1234»"]
  >     reject: ["BADGE-x"]
  > END
  $ echo BADGE-1234 | aspora scan --patterns own.yaml -
  -:1:1: deny secret-badge: the number of a badge
  [6]
  $ sed -i 's/{4}/+/' own.yaml; aspora scan --patterns own.yaml clean.md
  aspora: own.yaml:8:17: the expression of secret-badge repeats without a bound at its byte 12 (write the most that can be, such as {1,64})
  [3]
  $ sed -i 's/expression:/expresion:/' own.yaml; aspora scan --patterns own.yaml clean.md
  aspora: own.yaml:8:5: expresion: there is no such field (did you mean expression?)
  [3]

  $ aspora scan
  aspora: name files or folders, or - for standard input (it is: aspora scan PATH... | -)
  [2]
  $ aspora scan -m pii=loud clean.md
  aspora: "pii=loud" is not WHAT=off, warn, redact or block (it is: aspora scan PATH... | -)
  [2]
  $ aspora scan -m pi=off clean.md
  aspora: "pi" is neither pii, secret, injection nor a rule (it is: aspora scan PATH... | -)
  [2]
  $ aspora scan --redact docs clean.md
  aspora: --redact takes one file, or - (it is: aspora scan PATH... | -)
  [2]
  $ aspora scan nowhere
  aspora: nowhere: No such file or directory
  [4]
