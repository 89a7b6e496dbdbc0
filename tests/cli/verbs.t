Every verb: its help, what it prints, its JSON and what it says of a slip. Here those that no other file has; a real asporad with a PostgreSQL of its own.
#needs asporad
#needs bwrap

  $ "$ROOT/tests/cli/goldens"
  every verb has golden tests of its help, of what it prints, of its JSON and of an error

How each is used, in two lines.

  $ for v in $(aspora help 2>&1 | sed -nE 's/^  ([a-z-]+) +[A-Z].*/\1/p'); do aspora "$v" --help | sed -n '1p;3p'; done
  Usage: aspora create skill DOMAIN/NAME [OPTION ...]
  Make the files of a new skill.
  Usage: aspora validate [DOMAIN/NAME | DOMAIN | DIR] [OPTION ...]
  Read the files and say what is wrong with them.
  Usage: aspora fix [DOMAIN/NAME | DOMAIN | DIR] [OPTION ...]
  Write the corrections that are certain.
  Usage: aspora list [DOMAIN | DIR] [OPTION ...]
  List the skills of the folder.
  Usage: aspora explain [FIELD | RULE | KIND[.FIELD]] [OPTION ...]
  Explain a field of aspora.config.yaml, a rule, or a kind of object.
  Usage: aspora schema [config | context | result | frontmatter] [OPTION ...]
  Print a JSON Schema.
  Usage: aspora test [DOMAIN/NAME | DOMAIN | DIR] [OPTION ...]
  Run the cases of tests/cases.md in sandboxes, and compare.
  Usage: aspora scan PATH... | - [OPTION ...]
  Find personal data, secrets and smuggled instructions in files.
  Usage: aspora mcp lock | verify SERVER --from FILE [OPTION ...]
  Pin the tools of an MCP server, or say what became of them.
  Usage: aspora fmt [DOMAIN/NAME | DOMAIN | DIR] [OPTION ...]
  Put the frontmatter of SKILL.md into its canonical order.
  Usage: aspora config get-contexts | current-context | set-context NAME | use-context NAME | rename-context NAME NEW | delete-context NAME | view [OPTION ...]
  Keep the addresses and keys of gateways.
  Usage: aspora api-resources [OPTION ...]
  List the kinds of objects, and their short names.
  Usage: aspora completion bash | zsh | fish [OPTION ...]
  Print a script that lets a shell complete verbs, options and names.
  Usage: aspora help [VERB] [OPTION ...]
  Say what there is, or more about one verb.
  Usage: aspora admit [COMMIT] [DOMAIN | DIR] [OPTION ...]
  Say whether the folder may be released, as asporad would.
  Usage: aspora check post [DOMAIN/NAME | DOMAIN | DIR] --name NAME --from FILE [OPTION ...]
  Post what a test tool found to the gateway.
  Usage: aspora diff [COMMIT] [DOMAIN | DIR] | -f PATH [OPTION ...]
  Say in words what changes between a commit and the folder.
  Usage: aspora status [OPTION ...]
  Say how the platform is: sources, domains, executions, who leads.
  Usage: aspora get KIND [NAME ...] | KIND/NAME ... | -f PATH [OPTION ...]
  Show objects of a kind.
  Usage: aspora watch KIND [NAME ...] | KIND/NAME ... | -f PATH [OPTION ...]
  Show objects of a kind, and go on with what changes.
  Usage: aspora describe KIND [NAME...] | KIND/NAME... | -f PATH [OPTION ...]
  Show objects in full: why it is as it is, and what happened lately.
  Usage: aspora tree [DOMAIN] [OPTION ...]
  Show domains, their managers, skills and routes as a tree.
  Usage: aspora why DOMAIN/SKILL [OPTION ...]
  Say why a skill is what it is: commit, signature, verdict, release, instance, bytes.
  Usage: aspora top [skills | domains] [OPTION ...]
  Show what skills or domains have run, taken and cost of late.
  Usage: aspora apply -f PATH... [OPTION ...]
  Deploy skills or domains from files, without a repository.
  Usage: aspora label KIND NAME... KEY=VALUE... KEY-... [OPTION ...]
  Set labels of objects, take them away, show them.
  Usage: aspora delete KIND NAME... | KIND/NAME... | -f PATH [OPTION ...]
  Take away what was applied, overlays, quarantines, approvals, keys; end executions.
  Usage: aspora adopt DOMAIN --to SOURCE [OPTION ...]
  Hand a domain to another source.
  Usage: aspora approve {DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID [OPTION ...]
  Approve a change that waits for a person, list approvals, take one back.
  Usage: aspora rollback DOMAIN[/SKILL] [--to RELEASE] [OPTION ...]
  Go back to an earlier version of a skill or domain.
  Usage: aspora rollout {status | history | undo | pause | resume} DOMAIN/SKILL [OPTION ...]
  Watch, pause and undo the rollout of a skill.
  Usage: aspora history DOMAIN[/SKILL] [OPTION ...]
  Show the releases of a domain, or the versions of a skill, newest first.
  Usage: aspora sync [SOURCE] [OPTION ...]
  Look at a source now, or at all of them, and deploy what is new.
  Usage: aspora suspend {source | domain | skill} NAME [OPTION ...]
  Hold a source, domain or skill as it is.
  Usage: aspora resume {source | domain | skill} NAME [OPTION ...]
  Let a suspended object go on.
  Usage: aspora quarantine {list [DOMAIN[/SKILL]] | add SKILL VERSION | clear SKILL [VERSION]} [OPTION ...]
  List versions that are kept from being deployed, add one, clear them.
  Usage: aspora overlay {list [DOMAIN] | end DOMAIN} [OPTION ...]
  List what was applied over a domain for a while, or take it off now.
  Usage: aspora run DOMAIN/NAME [TEXT ...] | TEXT ... [OPTION ...]
  Run a skill, by name or by a text that leads to it.
  Usage: aspora wait KIND NAME... | KIND/NAME... | KIND -l SELECTOR | KIND --all | -f PATH [OPTION ...]
  Wait until objects are as they should be.
  Usage: aspora cancel EXECUTION [OPTION ...]
  End an execution that waits or runs.
  Usage: aspora logs EXECUTION | DOMAIN/SKILL [OPTION ...]
  Show what happened during an execution, and what its handler said.
  Usage: aspora events [OPTION ...]
  Show what happened, the newest last.
  Usage: aspora audit [OPTION ...]
  Show who did what, the newest first; also what was refused.
  Usage: aspora verify [FILE ...] [OPTION ...]
  Verify receipts, the hash chain, and the deployed bytes.
  Usage: aspora auth {whoami | can-i VERB RESOURCE | can-i --list} [OPTION ...]
  Show whose key this is, and what it may do.
  Usage: aspora key {list | create NAME | revoke NAME} [OPTION ...]
  Make, list and revoke API keys.
  Usage: aspora version [OPTION ...]
  Print the version, and that of the gateway where one is named.

  $ . "$ROOT/tests/cli/gateway.sh"
  $ aspora wait domain ecm frm hr platform wealth --timeout 60s >/dev/null; aspora wait skills --all --timeout 60s >/dev/null
  $ ages() { mask | sed -E 's/ [0-9]+(ms|s|m[0-9]*s?)( |$)/ AGE\2/g; s/\b[0-9a-f]{12}\b/VERSION/g; s/VERSION-[0-9a-f]{6}-[0-9a-f]{6}/ADMISSION/'; }
  $ git -C "$REPO" config user.email ana@example.com; cd "$REPO"
  $ sed -i 's/^Look up/Find/' skills/ecm/order-details/SKILL.md && git commit -qam "find" && aspora sync main | tail -n 1; aspora rollout status ecm/order-details --timeout 60s | tail -n 1 | ages
  deployed 1 domain (release 2)
  skill ecm/order-details: VERSION is rolled out

history and rollback.

  $ aspora history ecm | ages; aspora history ecm/order-details | ages; aspora history ecm/order-details -o wide --limit 1 --no-headers | ages
  NAME   SOURCE   REVISION       DOMAINS                      CHANGES   BY    AGE
  2      main     VERSION   ecm                          ~1        Ana  AGE
  1      main     VERSION   ecm,frm,hr,platform,wealth   +9        Ana  AGE
  RELEASE   VERSION        KIND   SOURCE   REVISION       BY    AGE   MESSAGE
  2         VERSION   sync   main     VERSION   Ana   AGE    find
  1         VERSION   sync   main     VERSION   Ana   AGE    as it is
  2   VERSION   sync   main   VERSION   Ana   AGE   find   sync@HOST   DIGEST
  $ aspora history ecm/order-details --limit 1 -o json | mask | sed '/"spec": {/,/^      },/d' | head -n 12
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": [
      {
        "apiVersion": "aspora/v1",
        "kind": "SkillVersion",
        "metadata": {
          "domain": "ecm",
          "name": "order-details",
          "uid": UUID,
          "generation": 2,
  $ aspora history ecm/order-detials; aspora history nowhere; aspora history ecm --limit 0
  aspora: there is no Skill "ecm/order-detials", and there was none (did you mean ecm/order-details?)
  aspora: there is no Domain "nowhere"
  aspora: --limit is from 1 to 1000 (it is: aspora history DOMAIN[/SKILL])
  [2]
  $ aspora rollback ecm/order-details --dry-run
  ~ ecm/order-details  update
        text changed: +1 −1 lines
  would deploy 1 domain
  $ aspora rollback ecm/order-details --dry-run -o json | mask | grep -E '"(kind|phase|summary)": "'
    "kind": "Wish",
      "kind": "rollback",
      "phase": "done",
        "summary": "would deploy 1 domain",
          "kind": "AdmissionReport",
  $ aspora rollback ecm/order-details --yes --reason "too short"
  ~ ecm/order-details  update
        text changed: +1 −1 lines
  deployed 1 domain (release 3)
  $ aspora rollback ecm/order-details --to 2 --dry-run; aspora get quarantines --no-headers | wc -l
  ~ ecm/order-details  update
        text changed: +1 −1 lines
  would deploy 1 domain
  1
  $ aspora rollback ecm/order-details; aspora rollback ecm/order-details --to 99 --yes; aspora rollback nowhere --yes
  aspora: there is no terminal to ask whether to go on (add --yes to roll back, or --dry-run to see what would happen)
  aspora: there is no release 99
  aspora: there is no earlier release of nowhere to go back to
  [4]

quarantine, overlay, adopt.

  $ aspora quarantine list ecm | ages
  DOMAIN   SKILL           VERSION        REASON      BY        AGE
  ecm      order-details   VERSION   too short   key:ana  AGE
  $ aspora quarantine list -o json | mask | grep -E '"(kind|cause|reason|actor)"'
    "kind": "List",
        "kind": "Quarantine",
          "cause": "rollback",
          "reason": "too short",
          "actor": "key:ana"
  $ aspora quarantine clear ecm/order-details; aspora quarantine list; aspora quarantine clear ecm/order-details
  cleared 1
  aspora: nothing is in quarantine
  aspora: nothing of ecm/order-details is in quarantine
  [4]
  $ aspora quarantine add ecm/order-details 123; aspora quarantine forget ecm/order-details
  aspora: no version of ecm/order-details that is wanted or serves begins with "123" (`aspora history ecm/order-details` lists versions; all 64 digits name any)
  aspora: aspora quarantine has no "forget" (it is: aspora quarantine {list [DOMAIN[/SKILL]] | add SKILL VERSION | clear SKILL [VERSION]})
  [2]
  $ aspora sync main -o json | mask | grep -E '"(kind|phase|summary)"'
    "kind": "Wish",
      "kind": "sync",
      "phase": "done",
        "summary": "nothing new"
  $ sed -i 's/^Find/Seek/' skills/ecm/order-details/SKILL.md; aspora apply -f skills/ecm/order-details; aspora apply
  aspora: nothing to deploy; left alone ecm: it belongs to source main (change it where it comes from, or lay an overlay over it for a while: --override --ttl 2h)
  aspora: apply needs -f: what to apply (`aspora apply -f .` applies the skills of this folder)
  [2]
  $ aspora apply -f skills/ecm/order-details --override --ttl 2h --reason "a trial" -o json | mask | grep -E '"(kind|phase|summary)": "'
    "kind": "Wish",
      "kind": "apply",
      "phase": "done",
        "summary": "deployed 1 domain",
          "kind": "AdmissionReport",
  $ aspora overlay list | sed -E 's/ (1h59m|119m|2h)[0-9ms]*$/ LEFT/'
  DOMAIN   OWNER   FROM    BY        EXPIRES
  ecm      main    apply   key:ana   LEFT
  $ aspora overlay list ecm -o json | mask | grep -E '"(kind|by)"'
    "kind": "List",
        "kind": "Domain",
            "by": "key:ana",
  $ aspora get domain ecm -o custom-columns=OWNER:.status.owner,FROM:.metadata.source.name; aspora get domain ecm --at now --no-headers -o custom-columns=OWNER:.status.owner,FROM:.metadata.source.name
  OWNER   FROM
  main    apply
  main   apply
  $ aspora overlay end ecm; aspora overlay list; aspora overlay end ecm; aspora overlay take ecm
  the overlay over ecm is gone
  aspora: there is no overlay
  aspora: there is no overlay over domain ecm
  aspora: aspora overlay has no "take" (it is: aspora overlay {list [DOMAIN] | end DOMAIN})
  [2]
  $ git checkout -q . && aspora create skill lab/one >/dev/null && aspora apply -f skills/lab | tail -n 1
  deployed 1 domain (release 7)
  $ aspora adopt lab --to nowhere; aspora adopt lab
  aspora: there is no source "nowhere" (aspora get sources lists them)
  aspora: adopt needs --to: which source is the domain's from now on (it is: aspora adopt DOMAIN --to SOURCE)
  [2]
  $ aspora wait skill lab/one --timeout 60s >/dev/null; aspora adopt lab --to main; aspora get domain lab -o wide | ages
  lab belongs to source main now
  NAME   READY   STATUS   SKILLS   OWNER   VERSION        AGE   REVISION       POLICY         MESSAGE
  lab    True    Ready    1        main    VERSION   AGE    WISH-2026112   VERSION   1 of 1 skills ready
  $ aspora adopt lab --to main -o json | mask | grep -E '"(kind|phase|code)"'
    "kind": "Wish",
      "kind": "adopt",
      "phase": "done",

suspend and resume.

  $ aspora suspend skill hr/resume-screen --reason "a look" -o json | mask | grep -E '"(kind|phase|summary)"'
    "kind": "Wish",
      "kind": "suspend",
        "kind": "Skill",
      "phase": "done",
        "summary": "suspended skill hr/resume-screen",
  $ aspora resume skill hr/resume-screen -o json | mask | grep -E '"(kind|phase|summary)"'
    "kind": "Wish",
      "kind": "resume",
        "kind": "Skill",
      "phase": "done",
        "summary": "resumed skill hr/resume-screen",
  $ aspora resume skill hr/resume-screen
  aspora: skill hr/resume-screen is not suspended (`aspora get skills` lists them)
  [4]

approve: a change that waits for a person.

  $ git add -A && git commit -qm "lab" && aspora sync main >/dev/null
  $ printf 'policy: {growth: approve}\n' >> skills/hr/aspora.config.yaml && git commit -qam "growth is approved" && aspora sync main | tail -n 1
  deployed 1 domain (release 8)
  $ sed -i 's/^  command: .*/  command: screen any resume for {vacancy}/' skills/hr/resume-screen/SKILL.md && git commit -qam "any" && aspora sync main | tail -n 1
  nothing to deploy; waiting 1: hr; the other 5 domains are up to date
  $ BOB=$(asporad --config ../asporad.conf key create --name bob --role approver 2>/dev/null)
  $ aspora approve hr --yes; aspora approve ecm --yes --key "$BOB"; aspora approve
  aspora: Ana <ana@example.com> wrote this change, and ana is taken for the same person (nobody approves what he wrote: have somebody else with role approver run aspora approve hr)
  aspora: nothing of domain ecm waits for approval (aspora describe domain ecm shows how it is)
  aspora: approve needs a DOMAIN or an ADMISSION (it is: aspora approve {DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID)
  [2]
  $ aspora approve hr --dry-run --key "$BOB" | ages
  approval/1 given: growth of hr VERSION (server dry run)
  $ aspora approve hr --yes --reason "fine" --key "$BOB" | ages
  approval/2 given: growth of hr VERSION
  $ aspora approve --list hr | ages | sed 's/6d23h/LEFT/'
  DOMAIN   NAME   FOR      BY        STATE     CANDIDATE      EXPIRES   AGE
  hr       2      growth   key:bob   Holding   VERSION   LEFT  AGE
  $ aspora approve --list -o json | mask | grep -E '"(kind|by|for|reason)"'
    "kind": "List",
        "kind": "Approval",
          "for": "growth",
          "reason": "fine",

  $ until [ "$(aspora history hr/resume-screen --limit 1 -o jsonpath=release.spec.message)" = any ]; do sleep 0.1; done

JSON of what is printed as a table elsewhere.

  $ aspora api-resources --namespaced -o json | head -n 12
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": [
      {
        "metadata": {
          "name": "skills"
        },
        "spec": {
          "singular": "skill",
          "short": "sk",
          "apiVersion": "aspora/v1",
  $ aspora config get-contexts -o json
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": []
  }
  $ aspora describe domain hr -o json | mask | head -n 4; aspora describe domain hr -o json | mask | grep -c '"conditions"'
  {
    "apiVersion": "aspora/v1",
    "kind": "Domain",
    "metadata": {
  1
  $ aspora events --limit 1 -o json | mask | sed -n '1,6p'
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": [
      {
        "apiVersion": "aspora/v1",
  $ aspora rollout history hr/resume-screen --limit 1 -o json | mask | grep -E '"(kind|message)": "'
    "kind": "List",
        "kind": "SkillVersion",
            "kind": "sync",
            "message": "any"
  $ aspora run ecm/order-details -- order status 17 >/dev/null; aspora top --limit 1 -o json | mask | sed -n '1,9p'
  {
    "apiVersion": "aspora/v1",
    "kind": "List",
    "items": [
      {
        "metadata": {
          "domain": "ecm",
          "name": "order-details"
        },
  $ aspora status --server http://127.0.0.1:1 2>&1 | cut -c1-60
  aspora: the gateway at http://127.0.0.1:1 (--server): http:/
  $ aspora get skills -o json --server nonsense
  aspora: "nonsense" (--server) is no address of a gateway (write HOST:PORT, http://HOST:PORT, https://HOST or unix:/PATH)
  [2]
