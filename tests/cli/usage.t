What stands on every command line.

  $ aspora
  Usage: aspora VERB [OPTION ...]
  
  Skills for AI agents, kept in Git: write them, judge them, see them run.
  
  In a skills repository, without a server:
    create       Make the files of a new skill.
    validate     Read the files and say what is wrong with them.
    fix          Write the corrections that are certain.
    list         List the skills of the folder.
    explain      Explain a field of aspora.config.yaml, a rule, or a kind of object.
    schema       Print a JSON Schema.
    test         Run the cases of tests/cases.md in sandboxes, and compare.
    scan         Find personal data, secrets and smuggled instructions in files.
    mcp          Pin the tools of an MCP server, or say what became of them.
    fmt          Put the frontmatter of SKILL.md into its canonical order.
    config       Keep the addresses and keys of gateways.
    api-resources List the kinds of objects, and their short names.
    completion   Print a script that lets a shell complete verbs, options and names.
    help         Say what there is, or more about one verb.
  
  With a gateway:
    admit        Say whether the folder may be released, as asporad would.
    check        Post what a test tool found to the gateway.
    diff         Say in words what changes between a commit and the folder.
    status       Say how the platform is: sources, domains, executions, who leads.
    get          Show objects of a kind.
    watch        Show objects of a kind, and go on with what changes.
    describe     Show objects in full: why it is as it is, and what happened lately.
    tree         Show domains, their managers, skills and routes as a tree.
    why          Say why a skill is what it is: commit, signature, verdict, release, instance, bytes.
    top          Show what skills or domains have run, taken and cost of late.
    apply        Deploy skills or domains from files, without a repository.
    label        Set labels of objects, take them away, show them.
    delete       Take away what was applied, overlays, quarantines, approvals, keys; end executions.
    adopt        Hand a domain to another source.
    approve      Approve a change that waits for a person, list approvals, take one back.
    rollback     Go back to an earlier version of a skill or domain.
    rollout      Watch, pause and undo the rollout of a skill.
    history      Show the releases of a domain, or the versions of a skill, newest first.
    sync         Look at a source now, or at all of them, and deploy what is new.
    suspend      Hold a source, domain or skill as it is.
    resume       Let a suspended object go on.
    quarantine   List versions that are kept from being deployed, add one, clear them.
    overlay      List what was applied over a domain for a while, or take it off now.
    run          Run a skill, by name or by a text that leads to it.
    wait         Wait until objects are as they should be.
    cancel       End an execution that waits or runs.
    logs         Show what happened during an execution, and what its handler said.
    events       Show what happened, the newest last.
    audit        Show who did what, the newest first; also what was refused.
    verify       Verify receipts, the hash chain, and the deployed bytes.
    auth         Show whose key this is, and what it may do.
    key          Make, list and revoke API keys.
    version      Print the version, and that of the gateway where one is named.
  
  `aspora VERB --help` says more about one; aspora(1) says it all.
  [2]
  $ aspora --help | head -n 3
  Usage: aspora VERB [OPTION ...]
  
  Skills for AI agents, kept in Git: write them, judge them, see them run.
  $ aspora --version; aspora version
  aspora 0.1.0
  aspora 0.1.0
  $ aspora help | head -n 1
  Usage: aspora VERB [OPTION ...]
  $ aspora help list
  Usage: aspora list [DOMAIN | DIR] [OPTION ...]
  
  List the skills of the folder.
  
  Options:
    -o, --output=FORMAT  How to print: table, wide, json, yaml, name,
                         jsonpath=PATH or custom-columns=TITLE:PATH,….
        --no-headers     Leave out a table's first line.
    -C, --folder=DIR     The skills repository; the folder with skills/ at or
                         above this one when left out.
  $ aspora list --help | head -n 1
  Usage: aspora list [DOMAIN | DIR] [OPTION ...]
  $ aspora help nothing
  aspora: there is no verb "nothing" (`aspora help` lists them)
  [2]
  $ aspora vlidate
  aspora: there is no verb "vlidate" (did you mean "aspora validate"?)
  [2]
  $ aspora nothing-like-it
  aspora: there is no verb "nothing-like-it" (`aspora help` lists them)
  [2]
  $ aspora --nothing
  aspora: unknown option --nothing
  [2]
  $ aspora list --folde .
  aspora: unknown option --folde (did you mean --folder?)
  [2]
  $ aspora list --folder
  aspora: --folder needs a value (write --folder=DIR)
  [2]
  $ aspora list -Z
  aspora: unknown option -Z
  [2]
  $ aspora -C "$EXAMPLES" list hr -o name
  skill/hr/resume-screen
  $ aspora --folder="$EXAMPLES" list hr -o name
  skill/hr/resume-screen

Results go to stdout, all else to stderr.
  $ aspora -C "$EXAMPLES" validate 2>/dev/null
  9 skills in 5 domains: fine
  $ aspora -C "$EXAMPLES" validate nothing 2>/dev/null
  [4]
  $ aspora list >/dev/full -C "$EXAMPLES"
  aspora: cannot write: No space left on device
  [12]

Verbs of kubectl, Flux and Argo CD say what they are here.
  $ aspora edit skill ecm/manager
  aspora: there is no verb "edit" (change the files in Git and push, or `aspora apply -f` them)
  [2]
  $ aspora reconcile source main
  aspora: there is no verb "reconcile" (`aspora sync SOURCE` looks at a source now; `aspora get sources` lists them)
  [2]
  $ aspora exec
  aspora: there is no verb "exec" (a sandbox has no way in: `aspora run` runs a skill, and `aspora logs` shows what it said)
  [2]
  $ for v in patch replace set annotate scale autoscale attach cordon refresh trace undo pause cluster-info api-versions login; do aspora $v 2>&1 | sed 's/.*(//; s/)$//'; done
  change the files in Git and push, or `aspora apply -f` them
  `aspora apply -f` does
  change the files in Git and push, or `aspora apply -f` them
  `aspora label` gives objects labels
  limits.concurrency and runtime.pool of aspora.config.yaml say how many run
  limits.concurrency and runtime.pool of aspora.config.yaml say how many run
  `aspora logs -f EXECUTION` follows an execution
  `aspora suspend` holds a source, a domain or a skill
  `aspora sync SOURCE` looks at a source now; `aspora get sources` lists them
  `aspora why DOMAIN/SKILL` says where it comes from
  `aspora rollout undo DOMAIN/SKILL`, or `aspora rollback DOMAIN`
  `aspora rollout pause DOMAIN/SKILL`, or `aspora suspend`
  `aspora status` says how the platform is
  `aspora api-resources` lists the kinds
  `aspora config set-context NAME --server URL --key KEY` keeps a gateway and a key
  $ aspora rolout
  aspora: there is no verb "rolout" (did you mean "aspora rollout"?)
  [2]

The kinds.
  $ aspora api-resources
  NAME          SHORTNAMES   APIVERSION   NAMESPACED   KIND
  platforms     plat         aspora/v1    false        Platform
  domains       dom          aspora/v1    false        Domain
  skills        sk           aspora/v1    true         Skill
  routes        rt           aspora/v1    true         Route
  sources       src          aspora/v1    false        Source
  releases      rel          aspora/v1    false        Release
  admissions    adm          aspora/v1    true         Admission
  instances     inst         aspora/v1    true         Instance
  executions    exec         aspora/v1    true         Execution
  events        ev           aspora/v1    false        Event
  keys          k            aspora/v1    false        Key
  quarantines   qua          aspora/v1    true         Quarantine
  approvals     appr         aspora/v1    true         Approval
  $ aspora api-resources -o wide --no-headers | head -n 2
  platforms     plat   aspora/v1   false   Platform     list,get                      The platform's configuration: models, MCP servers, budgets, guard, required checks.
  domains       dom    aspora/v1   false   Domain       list,get,apply,patch,delete   A team's skills, with what they share: policy, memory, runbooks. The unit of admission.
  $ aspora api-resources -o name | tail -n 1
  approvals
  $ aspora api-resources skills
  aspora: aspora api-resources does not know what to do with "skills" (it is: aspora api-resources)
  [2]
