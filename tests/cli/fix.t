fix writes what is certain, and shows it first.

  $ cd "$EXAMPLES" && aspora fix
  aspora: there is nothing that can be corrected for certain
  $ sed -i 's/^name: order-details/name: order-detail/; s/^description:/descripton:/' skills/ecm/order-details/SKILL.md
  $ sed -i 's/per_run_usd: .*/per_run_usd: 9/' skills/hr/aspora.config.yaml
  $ aspora validate
  skills/ecm/order-details/SKILL.md:2:1: warn SK-DESCRIPTION-MISSING: there is no description; the first paragraph is taken for it
      write description: what the skill does, and when to use it
  skills/ecm/order-details/SKILL.md:2:7: deny SK-NAME-FOLDER: the name is "order-detail", but the skill's folder is "order-details"
      write name: order-details, or rename the folder
  skills/ecm/order-details/SKILL.md:3:1: warn SK-FRONT-KEY: there is no field "descripton"; it has no effect
      write description
  skills/hr/aspora.config.yaml:2:16: deny SK-CASCADE: budget.per_run_usd is 9, but the platform allows at most 0.5
      write 0.5 or less, or have it changed there
      see aspora.config.yaml:8:16
  9 skills in 5 domains: 2 to correct, 2 to look at
  [3]
  $ aspora fix --dry-run
  --- a/skills/ecm/order-details/SKILL.md
  +++ b/skills/ecm/order-details/SKILL.md
  @@ -1,6 +1,6 @@
   ---
  -name: order-detail
  -descripton: Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
  +name: order-details
  +description: Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
   domain: ecm
   role: specialist
   trigger:
  --- a/skills/hr/aspora.config.yaml
  +++ b/skills/hr/aspora.config.yaml
  @@ -1,3 +1,3 @@
   budget:
  -  per_run_usd: 9
  +  per_run_usd: 0.5
     per_day_usd: 20
  aspora: nothing was written
  $ aspora fix
  --- a/skills/ecm/order-details/SKILL.md
  +++ b/skills/ecm/order-details/SKILL.md
  @@ -1,6 +1,6 @@
   ---
  -name: order-detail
  -descripton: Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
  +name: order-details
  +description: Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
   domain: ecm
   role: specialist
   trigger:
  --- a/skills/hr/aspora.config.yaml
  +++ b/skills/hr/aspora.config.yaml
  @@ -1,3 +1,3 @@
   budget:
  -  per_run_usd: 9
  +  per_run_usd: 0.5
     per_day_usd: 20
  aspora: nothing was written; --yes writes it
  [1]
  $ aspora fix hr --yes > hr.diff; cat hr.diff
  aspora: 1 correction written to 1 file
  --- a/skills/hr/aspora.config.yaml
  +++ b/skills/hr/aspora.config.yaml
  @@ -1,3 +1,3 @@
   budget:
  -  per_run_usd: 9
  +  per_run_usd: 0.5
     per_day_usd: 20
  $ aspora fix -y
  --- a/skills/ecm/order-details/SKILL.md
  +++ b/skills/ecm/order-details/SKILL.md
  @@ -1,6 +1,6 @@
   ---
  -name: order-detail
  -descripton: Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
  +name: order-details
  +description: Looks up one order and says its state, amount and last movement. Use when somebody asks about an order by number.
   domain: ecm
   role: specialist
   trigger:
  aspora: 2 corrections written to 1 file
  $ aspora validate
  9 skills in 5 domains: fine
  $ aspora fix --yes
  aspora: there is nothing that can be corrected for certain

The difference is one that patch takes.
  $ git init -q . && git add -A && git commit -q -m fixed && patch -R -p1 < hr.diff && git diff --stat
  patching file skills/hr/aspora.config.yaml
   skills/hr/aspora.config.yaml | 2 +-
   1 file changed, 1 insertion(+), 1 deletion(-)

And one that git applies, with several places in a file, a file without a last line end, and one of other line ends: what is there then is what fix writes.
  $ git checkout -q . && sed -i 's/^name: order-details/name: order-detail/; s/^description:/descripton:/' skills/ecm/order-details/SKILL.md
  $ printf 'budget:\n  per_run_usd: 9\n  per_day_usd: 20\nlimits:\n  timout: 5s\n\n\n\n\n\n\n\n\n  memry: 64Mi' > skills/hr/resume-screen/aspora.config.yaml
  $ sed -i 's/^name: .*/name: resume-scren/; s/$/\r/' skills/hr/resume-screen/SKILL.md
  $ aspora fix --dry-run > ../dry.diff 2> /dev/null; grep -c '^@@' ../dry.diff; grep -c 'No newline' ../dry.diff
  4
  2
  $ cp -r . ../applied && (cd ../applied && git apply --check ../dry.diff && git apply ../dry.diff) && aspora fix --yes > /dev/null 2>&1; diff -r skills ../applied/skills && echo same
  same
  $ git checkout -q . && rm -r ../applied ../dry.diff

A file keeps its mode and its other bytes.
  $ chmod 600 skills/ecm/manager/SKILL.md && sed -i 's/^name: manager/name: manger/' skills/ecm/manager/SKILL.md
  $ aspora fix ecm/manager --yes 2>&1 | tail -n 1; stat -c %a skills/ecm/manager/SKILL.md; head -n 2 skills/ecm/manager/SKILL.md
  aspora: 1 correction written to 1 file
  600
  ---
  name: manager

  $ aspora fix nothing
  aspora: there is no domain "nothing" here
  [4]
