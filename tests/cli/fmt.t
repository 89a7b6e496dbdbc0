fmt puts the frontmatter into one order; comments go with the field below them, and nothing else is touched.

  $ cd "$EXAMPLES" && aspora fmt --check
  $ cat >skills/ecm/order-details/SKILL.md <<'END'
  > ---
  > # who answers
  > role: specialist
  > trigger:
  >   - command: order status {order_id}
  >   - alert: order.stuck
  > allowed-tools: [Read, Bash]
  > # what for
  > description: |
  >   Looks up one order.
  > 
  >   # this is text
  > name: order-details
  > owner: me
  > metadata:
  >   team: 7
  > ---
  > # Order details
  > Look it up.
  > END
  $ aspora fmt --check
  skills/ecm/order-details/SKILL.md
  [1]
  $ aspora fmt --diff
  --- a/skills/ecm/order-details/SKILL.md
  +++ b/skills/ecm/order-details/SKILL.md
  @@ -1,16 +1,16 @@
   ---
  -# who answers
  -role: specialist
  -trigger:
  -  - command: order status {order_id}
  -  - alert: order.stuck
  -allowed-tools: [Read, Bash]
  +name: order-details
   # what for
   description: |
     Looks up one order.
   
     # this is text
  -name: order-details
  +allowed-tools: [Read, Bash]
  +# who answers
  +role: specialist
  +trigger:
  +  - command: order status {order_id}
  +  - alert: order.stuck
   owner: me
   metadata:
     team: 7
  [1]
  $ aspora fmt ecm/order-details
  skills/ecm/order-details/SKILL.md
  $ aspora fmt --check; head -8 skills/ecm/order-details/SKILL.md
  ---
  name: order-details
  # what for
  description: |
    Looks up one order.
  
    # this is text
  allowed-tools: [Read, Bash]

The portable form is one that the open format knows, and says the same.

  $ aspora list ecm/order-details -o json >before
  $ aspora validate --profile portable ecm/order-details
  skills/ecm/order-details/SKILL.md:8:16: deny SK-FRONT-FLOW: brackets are no part of the YAML that every client reads
      write each entry on a line of its own
  skills/ecm/order-details/SKILL.md:8:16: deny SK-TOOLS: allowed-tools is a list, and only some clients read one
      write allowed-tools: Read Bash
  skills/ecm/order-details/SKILL.md:10:1: deny SK-FRONT-SHORT: domain, role and trigger are fields of Aspora, not of the open format
      write them below metadata: as aspora.domain, aspora.role and aspora.trigger
  skills/ecm/order-details/SKILL.md:14:1: deny SK-FRONT-KEY: there is no field "owner"; it has no effect
      move it below metadata:, indented, or delete it
  1 skill in 1 domain: 4 to correct
  [3]
  $ aspora fmt --portable ecm/order-details
  skills/ecm/order-details/SKILL.md
  $ sed '/^---$/q' skills/ecm/order-details/SKILL.md; sed -n '2,/^---$/p' skills/ecm/order-details/SKILL.md
  ---
  name: order-details
  # what for
  description: |
    Looks up one order.
  
    # this is text
  allowed-tools: "Read Bash"
  metadata:
    aspora.role: "specialist"
    aspora.trigger: "command: order status {order_id}\nalert: order.stuck"
    owner: "me"
    team: "7"
  ---
  $ aspora validate --profile portable ecm/order-details
  1 skill in 1 domain: fine
  $ aspora fmt --portable --check ecm/order-details
  $ aspora list ecm/order-details -o json >after; sed -E 's/"(digest|content|runtime|context)": ?"[0-9a-f]*"//' before >a; sed -E 's/"(digest|content|runtime|context)": ?"[0-9a-f]*"//' after >b; cmp a b && rm a b before after

What cannot be read is left as it is.

  $ sed -i 's/^name: .*/name: [x/' skills/ecm/order-details/SKILL.md; aspora fmt ecm/order-details; aspora fmt ecm/nobody
  aspora: there is no skill ecm/nobody here (`aspora create skill ecm/nobody` makes one)
  [4]
