A watch goes on: over broken connections, over positions that are gone, and past what concerns nobody. The gateway here says what a script says.
#needs python3

  $ serve() { python3 "$ROOT/tests/cli/scripted_gateway.py" "$1" & until [ -s "$1.address" ]; do sleep 0.05; done; ASPORA_SERVER=$(cat "$1.address"); export ASPORA_SERVER; }
  $ skill() { printf '{"kind":"Skill","metadata":{"domain":"ecm","name":"%s","resourceVersion":"%s"},"spec":{"role":"%s"},"status":{"phase":"Ready"}}' "$1" "$2" "$3"; }
  $ list() { printf '{"body":{"kind":"SkillList","metadata":{"resourceVersion":"%s"},"items":[%s]}}\n' "$1" "$2"; }
  $ event() { printf '{"type":"%s","resourceVersion":"%s","object":%s}' "$1" "$2" "$3"; }
  $ gone='{"type":"ERROR","resourceVersion":"i1.4","object":{"status":410,"code":"gone","detail":"too slow"}}'
  $ { list i1.1 "$(skill a i1.1 manager),$(skill b i1.1 field)"
  > echo "{\"lines\":[$(event BOOKMARK i1.2 '{"kind":"Skill","metadata":{"resourceVersion":"i1.2"}}'),$(event MODIFIED i1.3 "$(skill a i1.3 specialist)")]}"
  > echo "{\"lines\":[$(event MODIFIED i1.3 "$(skill a i1.3 specialist)"),$(event ADDED i1.4 "$(skill c i1.4 field)"),$gone]}"
  > list i1.9 "$(skill a i1.3 specialist),$(skill d i1.9 field)"
  > echo '{"status":410,"body":{"status":410,"code":"gone","detail":"another incarnation"}}'
  > list i2.1 "$(skill a i1.3 specialist),$(skill d i1.9 field)"
  > echo "{\"lines\":[$(event DELETED i2.2 '{"kind":"Skill","metadata":{"domain":"ecm","name":"d","resourceVersion":"i2.2"}}')],\"hold\":true}"
  > } > script
  $ serve $PWD/script
  $ aspora get skills -w -o custom-columns=NAME:.metadata.name,ROLE:.spec.role,AT:.metadata.resourceVersion --timeout 3s
  NAME   ROLE      AT
  a      manager   i1.1
  b      field     i1.1
  a      specialist   i1.3
  c      field        i1.4
  aspora: skill/ecm/b is gone
  aspora: skill/ecm/c is gone
  d      field        i1.9
  aspora: skill/ecm/d is gone
  $ cat script.requests
  /api/v1/skills?limit=500
  /api/v1/skills?watch=1&resourceVersion=i1.1
  /api/v1/skills?watch=1&resourceVersion=i1.3
  /api/v1/skills?limit=500
  /api/v1/skills?watch=1&resourceVersion=i1.9
  /api/v1/skills?limit=500
  /api/v1/skills?watch=1&resourceVersion=i2.1
  $ kill $!; wait

What happened is a column, and a member for programs.
  $ { list i1.1 "$(skill a i1.1 manager)"; echo "{\"lines\":[$(event MODIFIED i1.3 "$(skill a i1.3 field)"),$(event DELETED i1.4 '{"kind":"Skill","metadata":{"domain":"ecm","name":"a"}}')],\"hold\":true}"; } > events
  $ cp events again; serve $PWD/events
  $ aspora watch sk --output-watch-events --timeout 1s
  EVENT      DOMAIN   NAME   ROLE      READY   STATUS   VERSION   AGE
  ADDED      ecm      a      manager   -       -        -         -
  MODIFIED   ecm      a      field     -       -        -         -
  DELETED    ecm      a      -         -       -        -         -
  $ kill $!; wait; serve $PWD/again
  $ aspora watch sk --output-watch-events --timeout 1s -o json
  {"type":"ADDED","object":{"kind":"Skill","metadata":{"domain":"ecm","name":"a","resourceVersion":"i1.1"},"spec":{"role":"manager"},"status":{"phase":"Ready"}}}
  {"type":"MODIFIED","object":{"kind":"Skill","metadata":{"domain":"ecm","name":"a","resourceVersion":"i1.3"},"spec":{"role":"field"},"status":{"phase":"Ready"}}}
  {"type":"DELETED","object":{"kind":"Skill","metadata":{"domain":"ecm","name":"a"}}}
  $ kill $!; wait

Of what is named, and in a state, nothing else is shown; what leaves the state is gone.
  $ run() { printf '{"kind":"Execution","metadata":{"domain":"ecm","name":"%s"},"status":{"phase":"%s"}}' "$1" "$2"; }
  $ { list i1.1 "$(run E1 queued),$(run E2 running)"; echo "{\"lines\":[$(event MODIFIED i1.2 "$(run E1 running)"),$(event MODIFIED i1.3 "$(run E2 succeeded)"),$(event ADDED i1.4 "$(run E3 queued)")],\"hold\":true}"; } > states
  $ serve $PWD/states
  $ aspora watch exec --state running -o name --timeout 1s
  execution/ecm/E2
  execution/ecm/E1
  aspora: execution/ecm/E2 is gone
  $ kill $!; wait
  $ { echo "{\"body\":$(skill b i1.1 field)}"; list i1.1 "$(skill a i1.1 manager),$(skill b i1.1 field)"; echo "{\"lines\":[$(event MODIFIED i1.2 "$(skill a i1.2 field)"),$(event MODIFIED i1.3 "$(skill b i1.3 manager)")],\"hold\":true}"; } > names
  $ serve $PWD/names
  $ aspora get skill ecm/b -w -o jsonpath='{.metadata.name} {.spec.role}' --timeout 1s
  b field
  b manager
  $ cat names.requests; kill $!; wait
  /api/v1/domains/ecm/skills/b
  /api/v1/skills?domain=ecm&limit=500
  /api/v1/skills?domain=ecm&watch=1&resourceVersion=i1.1

Routes and quarantines are watched like everything else, and asked for once.
  $ held() { printf '{"kind":"Quarantine","metadata":{"domain":"ecm","name":"7"}}'; }
  $ { list i1.1 ""; echo "{\"lines\":[$(event ADDED i1.2 "$(held)"),$(event DELETED i1.3 "$(held)")],\"hold\":true}"; } > held
  $ serve $PWD/held
  $ aspora get quarantines -w -o name --timeout 1s; cat held.requests; kill $!; wait
  quarantine/ecm/7
  aspora: quarantine/ecm/7 is gone
  /api/v1/quarantines?limit=500
  /api/v1/quarantines?watch=1&resourceVersion=i1.1

An error that no other try would mend ends it.
  $ { list i1.1 ""; echo '{"status":401,"body":{"status":401,"code":"unauthenticated","detail":"the key is not valid"}}'; } > refused
  $ serve $PWD/refused
  $ aspora watch skills --timeout 5s; kill $!; wait
  aspora: no skills
  aspora: the key is not valid (give one by --key, ASPORA_KEY or a context; `asporad key create` makes one)
  $ { list i1.1 ""; echo '{"lines":["no object of a watch"]}'; echo '{"lines":[{"type":"ERROR","resourceVersion":"","object":{"status":403,"code":"denied","detail":"not any more"}}]}'; } > denied
  $ serve $PWD/denied
  $ aspora watch skills --timeout 5s; kill $!; wait
  aspora: no skills
  aspora: not any more
  $ aspora watch skills --server 127.0.0.1:1 > /dev/null 2>&1
  [9]
  $ aspora watch skills --sort-by a
  aspora: unknown option --sort-by
  [2]
  $ aspora get skills -w --sort-by a
  aspora: --watch and --sort-by exclude each other (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get skills -w --at i1.1
  aspora: --watch and --at exclude each other (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
  $ aspora get skills ecm/a -l team=x
  aspora: objects are named or selected, not both (it is: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH)
  [2]
