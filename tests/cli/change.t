Labels, deletion and dry runs, with a real asporad that follows the examples.

  $ . $ROOT/tests/cli/gateway.sh
  $ aspora wait domain ecm --timeout 60s >/dev/null
  $ aspora label --help | head -n 12
  Usage: aspora label KIND NAME... KEY=VALUE... KEY-... [OPTION ...]
  
  Set labels of objects, take them away, show them.
  
  KEY=VALUE sets a label and KEY- takes it away, of skills, domains and sources,
  which may also be written KIND/NAME. A label has a name of letters, digits, '-', '_'
  and '.', perhaps below a domain name and a slash, and a value of the same or none.
  What stands below metadata: in SKILL.md is of Git and is changed there.
  
      aspora label skill ecm/order-details team=billing old-
      aspora label skills -l team=billing tier=gold --overwrite
      aspora label domain/ecm --list
  $ aspora label skill ecm/order-details team=orders tier=gold
  skill/ecm/order-details labeled
  $ aspora label skill ecm/order-details team=orders
  skill/ecm/order-details not labeled
  $ aspora label skill ecm/order-details team=billing
  aspora: skill/ecm/order-details: label team is "orders" already (add --overwrite to make it "billing")
  [5]
  $ aspora label skill ecm/order-details team=billing --overwrite
  skill/ecm/order-details labeled
  $ aspora label skill/ecm/order-details --list
  skill/ecm/order-details:
    team=billing
    tier=gold
  $ aspora label skill/ecm/order-details tier- absent-
  aspora: skill/ecm/order-details: label "absent" not found
  skill/ecm/order-details unlabeled
  $ aspora label skill/ecm/order-details --list
  skill/ecm/order-details:
    team=billing
  $ aspora get skills -l team=billing -o name
  skill/ecm/order-details
  $ aspora get skills -l '!team' -o name | wc -l
  8
  $ aspora label sk/ecm/order-details team- -o name
  skill/ecm/order-details
  $ aspora label domain ecm frm region=eu
  domain/ecm labeled
  domain/frm labeled
  $ aspora label domains -l region=eu region- seen=1
  domain/ecm labeled
  domain/frm labeled
  $ aspora label domains --all seen- --dry-run
  aspora: domain/hr: label "seen" not found
  aspora: domain/platform: label "seen" not found
  aspora: domain/wealth: label "seen" not found
  domain/ecm unlabeled (server dry run)
  domain/frm unlabeled (server dry run)
  domain/hr not labeled (server dry run)
  domain/platform not labeled (server dry run)
  domain/wealth not labeled (server dry run)
  $ aspora label domains --all seen- --dry-run=client
  aspora: domain/hr: label "seen" not found
  aspora: domain/platform: label "seen" not found
  aspora: domain/wealth: label "seen" not found
  domain/ecm unlabeled (client dry run)
  domain/frm unlabeled (client dry run)
  domain/hr not labeled (client dry run)
  domain/platform not labeled (client dry run)
  domain/wealth not labeled (client dry run)
  $ aspora label domains -l seen=1 seen-
  domain/ecm unlabeled
  domain/frm unlabeled
  $ aspora label domain hr a=1 --dry-run -o jsonpath='{.metadata.labels}'; echo
  {"a":"1"}
  
  $ aspora label domain hr --list
  domain/hr:
  $ aspora label source main watched=yes -o json | jq -c '[.kind, .metadata.labels]'
  ["Source",{"watched":"yes"}]
  $ aspora label source main watched-
  source/main unlabeled

What is refused, with what to write instead.

  $ aspora label
  aspora: aspora label needs to be told what (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill
  aspora: say which label: KEY=VALUE sets one, KEY- takes it away (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill a=b
  aspora: say which skill: a name, -l SELECTOR or --all (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label a=b
  aspora: say what: a kind and a name (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill ecm/order-details
  aspora: say which label: KEY=VALUE sets one, KEY- takes it away (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill ecm/order-details a
  aspora: say which label: KEY=VALUE sets one, KEY- takes it away (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill ecm/order-details 'a b=c'
  aspora: "a b" is no name of a label (write for example team or example.com/team: at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends)
  [3]
  $ aspora label skill ecm/order-details '=c'
  aspora: "" is no name of a label (write for example team or example.com/team: at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends)
  [3]
  $ aspora label skill ecm/order-details 'a=b c'
  aspora: label a: "b c" is no value of a label (write at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends; or nothing)
  [3]
  $ aspora label skill ecm/order-details a=1 a-
  aspora: label a is named twice (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill ecm/order-details a=1 ecm/manager
  aspora: "ecm/manager" stands behind the labels: objects come first (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill ecm/ordr-details a=1
  aspora: there is no Skill "ecm/ordr-details" (did you mean ecm/order-details?)
  [4]
  $ aspora label skil ecm/order-details a=1
  aspora: there is no kind "skil" (did you mean skill?)
  [2]
  $ aspora label skills ecm/order-details --all a=1
  aspora: names do not go together with -l and --all (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill order-details a=1
  aspora: the skill "order-details" is named without its domain (write DOMAIN/order-details, or add -d DOMAIN)
  [2]
  $ aspora label skill/ecm/order-details frm a=1
  aspora: "frm" stands among objects written KIND/NAME (it is: aspora label KIND NAME... KEY=VALUE... KEY-...)
  [2]
  $ aspora label skill/ecm/order-details a=1 --resource-version soon
  aspora: "soon" is no resourceVersion
  [2]
  $ aspora label skill/ecm/order-details a=1 --resource-version i1.1 2>&1 | mask
  aspora: skill ecm/order-details is at REVISION now, not at REVISION (read it again, and ask with the resourceVersion it has then)
  $ aspora label skill/ecm/order-details a=1 --overwrit
  aspora: unknown option --overwrit (did you mean --overwrite?)
  [2]
  $ aspora label skill/ecm/order-details a=1 --dry-run=maybe
  aspora: --dry-run cannot be "maybe" (it is one of: server, client, none)
  [2]

Deletion: what was applied goes, what Git has does not.

  $ aspora delete --help | head -n 12
  Usage: aspora delete KIND NAME... | KIND/NAME... | -f PATH [OPTION ...]
  
  Take away what was applied, overlays, quarantines, approvals, keys; end executions.
  
  A skill or a domain is deleted if it came by `aspora apply`; what Git has is deleted
  in Git. `delete overlay DOMAIN` takes an overlay off, `delete quarantine ID` lets a
  version be deployed again, `delete approval ID` takes it back, `delete key NAME`
  revokes it, and `delete execution ID` ends what runs. Objects may also be written
  KIND/NAME.
  
  Where something that serves goes away, a person is asked first, unless --yes is given.
  
  $ mkdir -p new/skills/shop/boss/code new/skills/shop/boss/tests && cp $EXAMPLES/aspora.config.yaml new/
  $ printf -- '---\nname: boss\ndescription: Says hello. Use it in tests.\ndomain: shop\nrole: manager\ntrigger:\n  command: shop hello\n---\n\n# Boss\n\nSays hello.\n' >new/skills/shop/boss/SKILL.md
  $ printf '#!/bin/sh\ncat >/dev/null\necho "hello"\n' >new/skills/shop/boss/code/handler.sh; chmod +x new/skills/shop/boss/code/handler.sh
  $ printf '# Cases\n\n## One\n### Input\nx\n### Expect\n- contains "hello"\n\n## Two\n### Input\ny\n### Expect\n- contains "hello"\n' >new/skills/shop/boss/tests/cases.md
  $ aspora apply -f new --dry-run=client
  3 files would be sent (client dry run)
  $ aspora apply -f new --dry-run=server | tail -n 1
  would deploy 1 domain
  $ aspora get domain shop --no-headers 2>&1 | cut -c1-40
  aspora: there is no Domain "shop" (`aspo
  $ aspora apply -f new | tail -n 1
  deployed 1 domain (release 2)
  $ aspora delete domain shop
  aspora: delete asks before it takes away domain/shop, and there is nobody to answer (add --yes)
  [2]
  $ aspora delete domain shop --dry-run
  domain/shop deleted (server dry run)
  $ aspora delete domain shop --dry-run=client -o name
  domain/shop
  $ aspora delete domain shop --yes
  domain/shop deleted
  $ aspora delete domain shop --yes --ignore-not-found
  $ aspora delete skill ecm/order-details --yes
  aspora: domain ecm belongs to source main, a Git repository (delete it in Git: git rm -r skills/ecm/order-details, commit and push)
  [5]
  $ aspora delete domain ecm --yes
  aspora: domain ecm belongs to source main, a Git repository (delete it in Git: git rm -r skills/ecm, commit and push)
  [5]
  $ aspora delete overlay ecm --yes
  aspora: there is no overlay over domain ecm
  [4]
  $ aspora delete overlay ecm --yes --ignore-not-found
  $ aspora quarantine add hr/leave-balance 1111111111111111111111111111111111111111111111111111111111111111
  quarantined hr/leave-balance
  $ aspora delete quarantine 1 --dry-run
  quarantine/hr/1 cleared (server dry run)
  $ aspora delete quarantine 1
  quarantine/hr/1 cleared
  $ aspora delete quarantine 1
  aspora: there is no Quarantine "1" (`aspora get quarantines` lists them)
  [4]
  $ aspora key create passing >/dev/null 2>&1; aspora delete key passing
  aspora: delete asks before it takes away key/passing, and there is nobody to answer (add --yes)
  [2]
  $ aspora delete key passing --yes
  key/passing revoked
  $ aspora delete execution EXEC-20260101000000-0000000000000000
  aspora: there is no Execution "EXEC-20260101000000-0000000000000000" (`aspora get executions` lists them)
  [4]
  $ aspora delete execution EXEC-20260101000000-0000000000000000 --ignore-not-found
  $ aspora delete skills -l team=nobody --yes

What cannot be deleted.

  $ aspora delete
  aspora: say what: a kind and a name (it is: aspora delete KIND NAME... | KIND/NAME... | -f PATH)
  [2]
  $ aspora delete skill
  aspora: say which skill: a name, -l SELECTOR or --all (it is: aspora delete KIND NAME... | KIND/NAME... | -f PATH)
  [2]
  $ aspora delete source main
  aspora: sources cannot be deleted (a source is taken out of asporad.conf; what it deployed stays until its domains are handed over or deleted)
  [2]
  $ aspora delete release 1
  aspora: releases cannot be deleted (skills, domains, overlays, quarantines, approvals, keys and executions can be)
  [2]
  $ aspora delete instances --all
  aspora: instances cannot be deleted (instances follow what is deployed: roll back, or suspend)
  [2]
  $ aspora delete domain hr -o json
  aspora: delete prints no json: the objects are gone (-o name prints their names)
  [2]
  $ aspora delete domain hr ecm --resource-version i1.1 --yes
  aspora: --resource-version is of one object, and 2 are named (it is: aspora delete KIND NAME... | KIND/NAME... | -f PATH)
  [2]
  $ aspora delete domain hr --all
  aspora: names do not go together with -l and --all (it is: aspora delete KIND NAME... | KIND/NAME... | -f PATH)
  [2]
  $ aspora delete key
  aspora: say which key: a name, -l SELECTOR or --all (it is: aspora delete KIND NAME... | KIND/NAME... | -f PATH)
  [2]
  $ aspora delete domain hr --ye
  aspora: unknown option --ye (did you mean --yes?)
  [2]
