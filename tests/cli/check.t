check post says what a test tool found, for the content that it ran on; --dry-run shows what would be posted.

  $ mask() { sed -E 's/\b[0-9a-f]{64}\b/DIGEST/g'; }
  $ cd "$EXAMPLES"
  $ cat >results.json <<'END'
  > {"results": {"results": [
  >   {"success": true, "cost": 0.0025, "testCase": {"metadata": {"skill": "ecm/order-details"}}},
  >   {"success": false, "failureReason": 1, "testCase": {"metadata": {"skill": "ecm/order-details"}}},
  >   {"success": true, "testCase": {"metadata": {"skill": "ecm/manager"}}}]},
  >  "metadata": {"promptfooVersion": "0.121.3"}}
  > END
  $ aspora check post --name promptfoo --from results.json --link https://ci.example.com/7 --dry-run | mask
  {"skill":"ecm/order-details","digest":"DIGEST","name":"promptfoo","tool":"promptfoo","version":"0.121.3","passed":1,"failed":1,"skipped":0,"costUsd":"0.002500","link":"https://ci.example.com/7"}
  {"skill":"ecm/manager","digest":"DIGEST","name":"promptfoo","tool":"promptfoo","version":"0.121.3","passed":1,"failed":0,"skipped":0,"link":"https://ci.example.com/7"}
  $ aspora check post ecm/manager --name promptfoo --from results.json --dry-run | mask
  {"skill":"ecm/manager","digest":"DIGEST","name":"promptfoo","tool":"promptfoo","version":"0.121.3","passed":1,"failed":0,"skipped":0}
  $ aspora check post hr --name promptfoo --from results.json --dry-run
  aspora: results.json has no test of what is meant
  [4]
  $ cat >junit.xml <<'END'
  > <testsuites><testsuite name="pytest">
  > <testcase name="a"/><testcase name="b"><skipped/></testcase>
  > </testsuite></testsuites>
  > END
  $ aspora check post ecm/order-details --name deepeval --from junit.xml --tool-version 2.5 --dry-run | mask
  {"skill":"ecm/order-details","digest":"DIGEST","name":"deepeval","tool":"pytest","version":"2.5","passed":1,"failed":0,"skipped":1}
  $ aspora check post ecm --name deepeval --from junit.xml --dry-run
  aspora: aspora check needs a skill, as DOMAIN/NAME (junit.xml does not say which skill it is about: name it, or --all for every skill)
  [2]
  $ aspora check post ecm --name deepeval --from junit.xml --all --dry-run | mask
  {"skill":"ecm/manager","digest":"DIGEST","name":"deepeval","tool":"pytest","passed":1,"failed":0,"skipped":1}
  {"skill":"ecm/order-details","digest":"DIGEST","name":"deepeval","tool":"pytest","passed":1,"failed":0,"skipped":1}
  {"skill":"ecm/triage-and-assign","digest":"DIGEST","name":"deepeval","tool":"pytest","passed":1,"failed":0,"skipped":1}

What is no result, or of no skill here, is told.

  $ sed -i 's/ecm.manager/ecm\/nobody/' results.json; aspora check post --name promptfoo --from results.json --dry-run >/dev/null
  aspora: results.json tests ecm/nobody, which is not here
  [4]
  $ echo '<testsuites/>' >junit.xml; aspora check post ecm/manager --name deepeval --from junit.xml --dry-run
  aspora: junit.xml: there is no test in it (look whether the tool ran at all)
  [3]
  $ echo '{"a": 1}' >junit.xml; aspora check post ecm/manager --name deepeval --from junit.xml --dry-run
  aspora: junit.xml: these are no results that can be read (give promptfoo's JSON (promptfoo eval -o results.json), JUnit XML (pytest --junitxml=results.xml) or SARIF)
  [3]
  $ aspora check post ecm/manager --name deepeval
  aspora: check post needs --name, what the check is called, and --from, what the tool wrote (it is: aspora check post [DOMAIN/NAME | DOMAIN | DIR] --name NAME --from FILE)
  [2]
  $ aspora check post ecm/manager --name "Deep Eval" --from junit.xml
  aspora: "Deep Eval" cannot be a check: only a-z, 0-9 and hyphens may be in it (write "deep-eval")
  [3]
  $ aspora check get --name a --from b
  aspora: aspora check has no "get" (it is: aspora check post [DOMAIN/NAME | DOMAIN | DIR] --name NAME --from FILE)
  [2]
  $ aspora --server http://127.0.0.1:1 check post ecm/manager --name deepeval --from missing.xml
  aspora: cannot open missing.xml: No such file or directory
  [4]
  $ rm results.json junit.xml
