Of two commits only the domains that differ are read again; of the others what an earlier run kept is enough. The verdict is the same.

  $ cd "$EXAMPLES" && export XDG_CACHE_HOME=$PWD/../cache && git init -q -b main . && git add -A && git commit -q -m first
  $ both() { aspora admit --base HEAD~1 --commit HEAD -o json > ../a.json; echo $?; aspora admit --base HEAD~1 --commit HEAD -o json --no-cache > ../b.json; cmp ../a.json ../b.json && echo same; }
  $ sed -i 's/command: order status {order_id}/command: review alert {alert_id}/' skills/ecm/order-details/SKILL.md && git commit -qam collision
  $ both; ls ../cache/aspora/domains | wc -l
  6
  same
  6

A trigger of a domain that is not read again is met all the same.
  $ both; aspora admit --base HEAD~1 --commit HEAD -q
  6
  same
  ecm: denied (update, 1 skill)
    skills/ecm/order-details/SKILL.md:7:12: deny AD-ROUTE-001: "review alert {alert_id}" collides with "review alert {alert_id}" of frm/alert-review: both match "review alert alert_id"
        7 |   command: review alert {alert_id}
          |            ^~~~~~~~~~~~~~~~~~~~~~~
        put a word into the pattern that tells it from the other
        see skills/frm/alert-review/SKILL.md:7:14
    grows: order-details: new trigger command: review alert {alert_id}
  0 domains allowed, 1 denied; 1 to correct, 0 to look at
  [6]

What is damaged, cut, empty or foreign is read from the repository.
  $ for f in ../cache/aspora/domains/*; do echo x >> $f; done; both
  6
  same
  $ for f in ../cache/aspora/domains/*; do : > $f; done; both
  6
  same
  $ for f in ../cache/aspora/domains/*; do echo '{}' > $f; done; both
  6
  same
  $ rm ../cache/aspora/domains/* && both && set -- ../cache/aspora/domains/* && cp $1 ../one && for f; do cp ../one $f; done; both
  6
  same
  6
  same
  $ rm -r ../cache && echo no folder > ../cache && both; rm ../cache
  6
  same
  $ (unset XDG_CACHE_HOME HOME; both); XDG_CACHE_HOME=relative both; ls -d relative
  6
  same
  6
  same
  ls: cannot access 'relative': No such file or directory
  [2]
  $ both > ../c; stat -c %a ../cache/aspora/domains ../cache/aspora/domains/* | sort -u; for f in ../cache/aspora/domains/*; do echo x >> $f; done; both > ../c; grep -lx x ../cache/aspora/domains/* | wc -l
  600
  700
  0

A link into another domain has that one read, and the root's own files all.
  $ git reset -q --hard HEAD~1 && printf '\nSee [it](../../frm/DOMAIN.md) and [that](../../frm/nowhere.md).\n' >> skills/ecm/manager/SKILL.md && git commit -qam link && both; both
  6
  same
  6
  same
  $ echo More. >> FIRM.md && git commit -qam firm && both; both
  6
  same
  6
  same
  $ git rm -rq skills/wealth && git commit -qm gone && both; both
  6
  same
  6
  same
  $ git mv skills/hr skills/people && sed -i 's/^domain: hr/domain: people/' skills/people/*/SKILL.md && git commit -qam moved && both; both
  6
  same
  6
  same
  $ git commit -q --allow-empty -m nothing && both; aspora admit --base HEAD~1 --commit HEAD
  0
  same
  nothing to judge
  signatures: not looked at; --signers FILE names who may sign
