explain says what the tables say.

  $ aspora explain
  aspora.config.yaml, at the top of the repository, of a domain, and of a skill:
  
    budget     What runs may cost.
    limits     What one run, and all runs of a skill, may use.
    runtime    The sandbox that runs are in.
    handler    The program that answers.
    model      The language model that a skill uses.
    mcp        Tool servers, and who may call which tool.
    routing    Requests that pass from one domain to another.
    guard      What happens to personal data, secrets and smuggled orders.
    tests      What must be tested before a change is deployed.
    policy     What is admitted.
    context    What skills may cost in a model's context, before they have done anything.
    rollout    How a new version takes over from the old one.
    feedback   Learning from people's corrections.
    format     How SKILL.md is read.
    labels     Labels of the domain, by which it is found; those that are set over the API hold where this says nothing.
    models     The language models that exist, each under a short name, with their prices.
  
  `aspora explain SECTION` lists its fields.
  $ aspora explain config | head -n 1
  aspora.config.yaml, at the top of the repository, of a domain, and of a skill:
  $ aspora explain budget
  budget: a section
    What runs may cost.
  
    levels    platform, domain, skill
  
    per_run_usd          The most that one run may spend on models, in US dollars; a run that reaches it is stopped.
    per_day_usd          The most that all runs of one day may spend together, in US dollars; after that new runs wait for the next day.
  $ aspora explain budget.per_run_usd
  budget.per_run_usd: US dollars such as 0.25
    The most that one run may spend on models, in US dollars; a run that reaches it is stopped.
  
    levels    platform, domain, skill
    cascade   A lower level may only make it less.
    default   1
    range     0 to 1000
    example   per_run_usd: 0.50
  $ aspora explain limits.timeout
  limits.timeout: a duration such as 90s
    How long one run may take before it is stopped.
  
    levels    platform, domain, skill
    cascade   A lower level may only make it less.
    default   30s
    range     100ms to 6h
    example   timeout: 90s
  $ aspora explain runtime.isolation
  runtime.isolation: one of process, namespace, vm
    How strongly a run is walled off from its host: process, namespace (a container) or vm (a virtual machine).
  
    levels    platform, domain, skill
    cascade   A lower level may only make it stricter.
    default   namespace
    example   isolation: vm
  $ aspora explain mcp.servers
  mcp.servers: entries under names of your own, of the fields below
    The tool servers (MCP) that exist, each under a short name.
  
    levels    platform
    cascade   A lower level may set it to something else.
    example   servers: {erp: {url: "https://erp.example.com/mcp", tools: [get_invoice]}}
  
    url                  Where the server is reached, for a server on the network.
    command              The program to start, for a server on the same machine.
    credential           Where the server's secret is kept: env:NAME or file:/path.
    tools                The tools of this server that may be used at all; none are when it is empty.
    domains              The domains that may use this server; all may when it is empty.
  $ aspora explain mcp.servers.redshift.url
  mcp.servers.redshift.url: text
    Where the server is reached, for a server on the network.
  
    example   url: https://erp.example.com/mcp
  $ aspora explain models.provider
  models.provider: a name of a-z, 0-9 and single hyphens
    Who runs the model.
  
    required  yes
    example   provider: anthropic
  $ aspora explain AD-TESTS-001
  AD-TESTS-001 (tests): A skill has tests that check something.
  
    looks at  tests/ of each skill
    severity  deny; policy.rules may set another
    advice    add cases to tests/cases.md
  $ aspora explain SK-ROLE
  SK-ROLE: The role is manager, specialist or field.
  
    lenient   deny
    strict    deny
    portable  deny
  $ aspora explain SK-FRONT-FLOW
  SK-FRONT-FLOW: Lists and maps of the frontmatter are written on lines of their own, not in brackets.
  
    lenient   says nothing
    strict    deny
    portable  deny
  $ aspora explain skill
  Skill: One skill as it is wanted and as it runs.
  
    names     skills, skill, sk
    identity  a name within a domain
    verbs     list, get, apply, patch, delete
  
    DOMAIN     metadata.domain
    NAME       metadata.name
    ROLE       spec.role
    READY      status.conditions[Ready].status
    STATUS     status.conditions
    VERSION    status.digest
    AGE        metadata.createdAt
    TRIGGER    spec.triggers (wide)
    SOURCE     metadata.source.name (wide)
    REVISION   metadata.source.revision (wide)
    HANDLER    spec.handler (wide)
    MESSAGE    status.conditions (wide)
  
    apiVersion           text         aspora/v1.
    kind                 text         The kind of object.
    metadata             object       What identifies it, and where it came from.
    spec                 object       What is wanted.
    status               object       How it is.
  $ aspora explain skill.status
  skill.status: object
    How it is.
  
    observedGeneration   integer      The generation that the status speaks of.
    phase                text         In one word how it is.
    conditions           list         How it is, condition by condition: Ready, Reconciling, Stalled.
    digest               text         Of the content that serves; of a domain, of the candidate that was admitted.
    overlay              boolean      Whether it comes from an overlay over its domain.
    desired              object       The version that is wanted.
    serving              object       The version that answers.
    candidate            object       The version that is to take over; null: none.
    paused               object       Who paused its rollout, why and until when; null: nobody.
    instances            object       Its sandboxes, counted.
  $ aspora explain Domain.metadata.name
  domain.metadata.name: text
    Its name, within its domain where it has one.
  
    column    NAME of `aspora get domains`

  $ aspora explain per_run_usd
  aspora: "per_run_usd" is no field, rule or kind (did you mean budget.per_run_usd?)
  [4]
  $ aspora explain budgets
  aspora: "budgets" is no field, rule or kind (did you mean budget?)
  [4]
  $ aspora explain AD-TEST-001
  aspora: "AD-TEST-001" is no field, rule or kind (did you mean AD-TESTS-001?)
  [4]
  $ aspora explain nothing-like-it
  aspora: "nothing-like-it" is no field, rule or kind (`aspora explain` lists the sections of aspora.config.yaml)
  [4]
  $ aspora explain skill.nothing
  aspora: skills have no field "nothing" (`aspora explain skill --recursive` lists them)
  [4]
  $ aspora explain a b
  aspora: aspora explain does not know what to do with "b" (it is: aspora explain [FIELD | RULE | KIND[.FIELD]])
  [2]

What holds for a skill, and who says so.
  $ cd "$EXAMPLES" && aspora explain --effective ecm/manager budget
  budget.per_run_usd: 0.02                # skills/ecm/manager/aspora.config.yaml:2:16
  budget.per_day_usd: 10                  # skills/ecm/manager/aspora.config.yaml:3:16
  $ aspora explain --effective ecm limits
  limits.timeout: 20s                     # skills/ecm/aspora.config.yaml:6:12
  limits.memory: 256Mi                    # aspora.config.yaml:12:11
  limits.cpu_millis: 1000                 # default
  limits.processes: 64                    # default
  limits.output: 1Mi                      # default
  limits.disk: 64Mi                       # default
  limits.concurrency: 4                   # default
  limits.per_minute: 60                   # default
  $ aspora explain --effective skills/frm/rule-simulation mcp.tools
  mcp.tools: [redshift.query]             # skills/frm/rule-simulation/aspora.config.yaml:7:10
  $ aspora explain -e ecm/manager | wc -l
  49
  $ aspora explain -e ecm/manager nothing
  aspora: "nothing" is no field, rule or kind (`aspora explain` lists the sections of aspora.config.yaml)
  [4]
  $ aspora explain -e ecm/nobody
  aspora: there is no skill ecm/nobody here (`aspora create skill ecm/nobody` makes one)
  [4]
  $ cd / && aspora explain -e ecm/manager
  aspora: there is no skills/ folder in / or above it (go to a skills repository, or name it with --folder DIR)
  [4]

What is written in SKILL.md and tests/cases.md has its words too.
  $ aspora explain trigger
  trigger: what a skill answers to, in the frontmatter of SKILL.md; one, or a list.
  
    command: order status {order_id}           words that somebody writes; {name} takes one, {name...} the rest
    alert: order.stuck                         an alert of this name
    cron: weekdays 09:00 Asia/Dubai            a schedule in words, or five fields and a zone
    always                                     kept running: started again after each end
  
  Two skills may not answer the same words: `aspora admit` names both. aspora-skill(5) has all of it.
  $ aspora explain cases
  tests/cases.md: the tests of a skill, as an analyst writes them.
  
    ## It finds the order                      a case, and what it is about
    ### Input
    order status 17                            what is asked: text, or JSON in a fence marked json
    ### Expect
    - contains "shipped"                       also: equals "...", matches /.../, field a.b equals "..."
    - must not contain "error"                 any of them, refused
  
  How many are wanted is tests.min_cases. `aspora test` runs them. aspora-skill(5) has all of it.
  $ aspora explain Triggers | head -n 1; aspora explain cases.md | head -n 1
  trigger: what a skill answers to, in the frontmatter of SKILL.md; one, or a list.
  tests/cases.md: the tests of a skill, as an analyst writes them.

Fields of objects, and what of them is configuration.
  $ aspora explain skill.status.serving
  skill.status.serving: object
    The version that answers.
  
    content              text         Digest of its files.
    runtime              text         Digest of what a sandbox can see of it.
  $ aspora explain sk.spec.role
  skill.spec.role: text
    manager, specialist or field.
  
    column    ROLE of `aspora get skills`
  $ aspora explain skill.spec.config | head -n 6
  skill.spec.config: object
    The configuration in force, after the cascade; its fields are those of aspora.config.yaml.
  
    budget               object       What runs may cost.
    limits               object       What one run, and all runs of a skill, may use.
    runtime              object       The sandbox that runs are in.
  $ aspora explain skill.spec.config.budget.per_run_usd
  budget.per_run_usd: US dollars such as 0.25
    The most that one run may spend on models, in US dollars; a run that reaches it is stopped.
  
    levels    platform, domain, skill
    cascade   A lower level may only make it less.
    default   1
    range     0 to 1000
    example   per_run_usd: 0.50
  $ aspora explain release.status --recursive
  release.status
    phase                    text
    conditions               list
      type                   text
      status                 text
      reason                 text
      message                text
      blockedBy              text
      remedy                 text
      lastTransitionTime     time
    domains                  list of text
    summary                  text
    created                  integer
    updated                  integer
    deleted                  integer
    by                       text
    author                   text
    actor                    text
    digest                   text
    previous                 text
    revision                 text
    items                    list
      domain                 text
      op                     text
      source                 text
      revision               text
      overlay                boolean
      candidate              text
      policy                 text
    signature                object
      state                  text
      kind                   text
      signer                 text
      key                    text
      detail                 text
  $ aspora explain key --recursive | tail -n 12
      phase                  text
      conditions             list
        type                 text
        status               text
        reason               text
        message              text
        blockedBy            text
        remedy               text
        lastTransitionTime   time
      lastUsedAt             time
      revokedAt              time
      revokedBy              text
  $ aspora explain skill --recursive | grep -c .
  158
  $ aspora explain skill.status.servin
  aspora: skills have no field "status.servin" (did you mean skill.status.serving?)
  [4]
  $ aspora explain skill.costMicrousd
  aspora: skills have no field "costMicrousd" (`aspora explain skill --recursive` lists them)
  [4]
  $ aspora explain execution.durationMs
  aspora: executions have no field "durationMs" (did you mean execution.status.durationMs?)
  [4]
  $ aspora explain skill.spec.config.budget.per_rum_usd
  aspora: skills have no field "spec.config.budget.per_rum_usd" (`aspora explain skill --recursive` lists them)
  [4]
