validate reads the files and says what is wrong with them.

The examples are fine.
  $ cd "$EXAMPLES" && aspora validate
  9 skills in 5 domains: fine
  $ aspora validate --profile portable 2>&1 | head -n 4
  skills/ecm/manager/SKILL.md:4:1: deny SK-FRONT-SHORT: domain, role and trigger are fields of Aspora, not of the open format
      write them below metadata: as aspora.domain, aspora.role and aspora.trigger
  skills/ecm/order-details/SKILL.md:4:1: deny SK-FRONT-SHORT: domain, role and trigger are fields of Aspora, not of the open format
      write them below metadata: as aspora.domain, aspora.role and aspora.trigger
  $ aspora validate ecm/order-details
  1 skill in 1 domain: fine
  $ aspora validate ecm
  3 skills in 1 domain: fine
  $ aspora validate -o json
  {"apiVersion":"aspora/v1","kind":"ValidationReport","valid":true,"skills":9,"domains":5,"deny":0,"warn":0,"note":0,"findings":[]}

From below, by the folder.
  $ cd skills/frm && aspora validate . && aspora validate manager && cd ../..
  3 skills in 1 domain: fine
  1 skill in 1 domain: fine

Bad ones are told with the place and what to write.
  $ sed -i 's/^role: specialist/role: boss/' skills/ecm/order-details/SKILL.md
  $ printf 'budget:\n  per_run_usd: 9\n  per_rum: 1\n' > skills/hr/resume-screen/aspora.config.yaml
  $ printf '## A case\n### Input\nhello\n### Expect\n- looks nice\n' > skills/wealth/portfolio-summary/tests/cases.md
  $ aspora validate
  skills/ecm/order-details/SKILL.md:5:7: deny SK-ROLE: there is no role "boss"
      write manager, specialist or field
  skills/hr/resume-screen/aspora.config.yaml:2:16: deny SK-CASCADE: budget.per_run_usd is 9, but the domain allows at most 0.2
      write 0.2 or less, or have it changed there
      see skills/hr/aspora.config.yaml:2:16
  skills/hr/resume-screen/aspora.config.yaml:3:3: warn SK-CONFIG-UNKNOWN: there is no setting "budget.per_rum"; it has no effect
      remove it, or see `aspora explain config` for what there is
  skills/wealth/portfolio-summary/tests/cases.md:1:1: warn AD-TESTS-001: no test checks anything, and at least 2 must
      write in tests/cases.md: ## What is tested, ### Input and what is asked, ### Expect and a list such as - contains "shipped"
      see aspora.config.yaml:14:14
  skills/wealth/portfolio-summary/tests/cases.md:5:3: deny SK-CASES-EXPECT: "looks" is not an expectation
      write contains "…", equals "…", matches /…/ or field a.b equals "…", each with must not before it if need be
  9 skills in 5 domains: 3 to correct, 2 to look at
  [3]
  $ aspora validate frm
  3 skills in 1 domain: fine
  $ aspora validate hr/resume-screen -o json
  {"apiVersion":"aspora/v1","kind":"ValidationReport","valid":false,"skills":1,"domains":1,"deny":1,"warn":1,"note":0,"findings":[{"rule":"SK-CASCADE","severity":"deny","domain":"hr","skill":"resume-screen","path":"skills/hr/resume-screen/aspora.config.yaml","blob":"6b003616fcc7db43d3b5d80db688171ea3300d5805fdded833b9215b8b94030a","line":2,"column":16,"start":23,"end":24,"message":"budget.per_run_usd is 9, but the domain allows at most 0.2","remedy":"write 0.2 or less, or have it changed there","replacement":"0.2","related":{"path":"skills/hr/aspora.config.yaml","line":2,"column":16},"fingerprint":"9e5867d47b4c8b50"},{"rule":"SK-CONFIG-UNKNOWN","severity":"warn","domain":"hr","skill":"resume-screen","path":"skills/hr/resume-screen/aspora.config.yaml","blob":"6b003616fcc7db43d3b5d80db688171ea3300d5805fdded833b9215b8b94030a","line":3,"column":3,"start":27,"end":34,"message":"there is no setting \"budget.per_rum\"; it has no effect","remedy":"remove it, or see `aspora explain config` for what there is","fingerprint":"c223ba9925db460f"}]}
  [3]

What is not there is said with the nearest.
  $ aspora validate ecn
  aspora: there is no domain "ecn" here (did you mean "ecm"?)
  [4]
  $ aspora validate ecm/order-detials
  aspora: there is no skill ecm/order-detials here (did you mean "ecm/order-details"?)
  [4]
  $ aspora validate ecm/none-such
  aspora: there is no skill ecm/none-such here (`aspora create skill ecm/none-such` makes one)
  [4]
  $ aspora validate Bad_Name
  aspora: "Bad_Name" cannot be a domain: only a-z, 0-9 and hyphens may be in it (write "bad-name")
  [3]
  $ cd "$HOME" && aspora validate
  aspora: there is no skills/ folder in $DIR/home or above it (go to a skills repository, or name it with --folder DIR)
  [4]
  $ aspora validate --folder "$EXAMPLES" ecm/manager
  1 skill in 1 domain: fine
  $ aspora validate --folder /nowhere
  aspora: the folder "/nowhere": No such file or directory
  [4]
  $ aspora validate --profile lax
  aspora: --profile cannot be "lax" (it is one of: lenient, strict, portable)
  [2]
  $ aspora validate a b
  aspora: aspora validate does not know what to do with "b" (it is: aspora validate [DOMAIN/NAME | DOMAIN | DIR])
  [2]

A skill that admission would want tests of is told so before the merge.
  $ cp -r "$ROOT/examples/skills-repo" ../few && cd ../few && rm -r skills/wealth/portfolio-summary/tests && aspora validate wealth
  skills/wealth/portfolio-summary/SKILL.md:1:1: warn AD-TESTS-001: there are no tests, and at least 2 must check something
      write in tests/cases.md: ## What is tested, ### Input and what is asked, ### Expect and a list such as - contains "shipped"
      see aspora.config.yaml:14:14
  1 skill in 1 domain: 1 to look at
