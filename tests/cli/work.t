The folder beside a commit: what Git's index knows is not read again, and the verdict is the one of reading everything, to the byte.

  $ cd "$EXAMPLES" && export XDG_CACHE_HOME=$PWD/../cache && git init -q -b main . && git add -A && git commit -q -m first && git tag base
  $ cat > ../same.sh <<'EOF'
  > admit() { aspora admit --base base -o json "$@"; }
  > # Twice, so that what the first run keeps is used, beside all read.
  > same() { admit --no-cache > ../all.json; was=$?; for i in 1 2; do admit > ../some.json; [ $? = $was ] && cmp ../all.json ../some.json || return 1; done; echo same $was; }
  > # The same files, ignored ones too, in a commit of another clone.
  > commit() { rm -rf ../copy; cp -a . ../copy; (cd ../copy && rm -f .git/index && git config core.autocrlf false && git add -A -f && git commit -q --allow-empty -m copy && admit --commit HEAD --no-cache | sed 's/"revision":"[0-9a-f]*"/"revision":"folder"/' | cmp - ../all.json && echo as committed); }
  > # Until the index is newer than all files: else it says nothing of those of the same tick.
  > settle() { git update-index -q --refresh; touch ../mark; until [ .git/index -nt ../mark ]; do touch .git/index; done; }
  > anew() { git reset -q --hard base; git clean -qffdx; settle; }
  > EOF
  $ . ../same.sh; settle; same; commit
  same 0
  as committed

Edited, with and without another size; what the index knows of a file holds no longer then.
  $ sed -i 's/command: order status {order_id}/command: review alert {alert_id}/' skills/ecm/order-details/SKILL.md && same; commit
  same 6
  as committed
  $ anew; sed -i 's/order status/order statuS/' skills/ecm/order-details/SKILL.md && same; commit
  same 0
  as committed
  $ anew; touch skills/ecm/order-details/SKILL.md && same; commit
  same 0
  as committed
  $ printf '\n' >> FIRM.md && same; commit
  same 0
  as committed

Added, staged or not, in a skill, as a skill, as a domain; and folders with nothing in them.
  $ anew; echo '[x](nowhere.md)' > skills/ecm/order-details/MORE.md && same; commit
  same 0
  as committed
  $ git add -A && same; commit
  same 0
  as committed
  $ aspora create skill wealth/fees > ../out && same; commit
  same 0
  as committed
  $ mkdir -p skills/new/one && cp skills/hr/resume-screen/SKILL.md skills/new/one && same; commit
  same 6
  as committed
  $ anew; mkdir -p skills/empty/inner skills/hr/nothing && same
  same 6

Deleted, from the folder, from the index, from both.
  $ anew; rm skills/ecm/order-details/tests/cases.md && same; commit
  same 6
  as committed
  $ git rm -q --cached skills/ecm/order-details/tests/cases.md && same; commit
  same 6
  as committed
  $ anew; git rm -q --cached skills/ecm/order-details/tests/cases.md && same; commit
  same 0
  as committed
  $ anew; rm -r skills/hr && same; commit
  same 6
  as committed
  $ anew; git rm -rq skills/hr && same; commit
  same 6
  as committed

Renamed; another mode; in the index only.
  $ anew; git mv skills/hr skills/people && sed -i 's/^domain: hr/domain: people/' skills/people/*/SKILL.md && same; commit
  same 6
  as committed
  $ anew; mv skills/ecm/DECISIONS.md skills/ecm/decided.md && same; commit
  same 0
  as committed
  $ anew; chmod +x skills/ecm/order-details/SKILL.md && same; commit
  same 0
  as committed
  $ git config core.fileMode false && same; git config core.fileMode true
  same 0
  $ anew; echo 'Only staged.' >> skills/ecm/manager/SKILL.md && git add -A && git show base:skills/ecm/manager/SKILL.md > skills/ecm/manager/SKILL.md && same; commit
  same 0
  as committed

Ignored: the folder is what is judged, and not what would be added.
  $ anew; echo '*.secret' > .gitignore && echo 'key: AKIAQ3EGRIUDKWUB7LXC' > skills/ecm/order-details/a.secret && same; commit; grep -c a.secret ../all.json
  same 6
  as committed
  1
  $ git add .gitignore && git commit -qm ignore && same
  same 6

Links and submodules are refused, and never followed.
  $ anew; ln -s SKILL.md skills/ecm/order-details/link.md && same; commit
  same 6
  as committed
  $ git add -A && git commit -qm link && git tag -f base-link > ../out && same
  same 6
  $ git reset -q --hard base && git init -q ../module && (cd ../module && echo x > x.md && git add -A && git commit -qm x) && git -c protocol.file.allow=always submodule --quiet add ../module skills/ecm/order-details/module && same
  same 6
  $ git commit -qm module && same; rm -rf skills/ecm/order-details/module && mkdir skills/ecm/order-details/module && same
  same 6
  same 6
  $ git reset -q --hard base; rm -rf .git/modules

Other line ends in the folder than in the commit, by any of the ways to ask for them; and what was asked for is forgotten.
  $ anew; git config core.autocrlf true && rm -r skills && git checkout -q -f base -- skills && grep -c $'\r' skills/ecm/manager/SKILL.md > ../crlf; test -s ../crlf && same
  same 0
  $ git config --unset core.autocrlf; same
  same 0
  $ anew; rm -r skills; git checkout -q -f base -- skills; echo '*.md eol=crlf' > .gitattributes; rm -r skills/ecm; git checkout -q -f base -- skills && same
  same 0
  $ rm .gitattributes && same
  same 0

A filter that leaves the size alone: the index is not asked where one is named, wherever that is.
  $ anew; rm -r skills; git checkout -q -f base -- skills; git config filter.up.smudge 'tr a-z A-Z' && git config filter.up.clean 'tr A-Z a-z'
  $ put() { rm -r skills/hr && git checkout -q -f base -- skills/hr; head -2 skills/hr/resume-screen/SKILL.md | tail -1; settle; }
  $ echo 'SKILL.md filter=up' > .git/info/attributes && put && same; rm .git/info/attributes
  NAME: RESUME-SCREEN
  same 6
  $ echo 'SKILL.md filter=up' > skills/hr/.gitattributes && rm skills/hr/resume-screen/SKILL.md && git checkout -q -f base -- skills/hr/resume-screen && same
  same 6
  $ git add -A && settle && same; rm skills/hr/.gitattributes && same
  same 6
  same 6
  $ mkdir -p ~/.config/git && echo 'SKILL.md filter=up' > ~/.config/git/attributes && anew; put; same; rm ~/.config/git/attributes
  NAME: RESUME-SCREEN
  same 6
  $ anew; rm -r skills; git checkout -q -f base -- skills; same
  same 0

Marks by which Git itself would not look at a file; what is only meant to be added; a merge that is not over.
  $ anew; git update-index --assume-unchanged skills/hr/resume-screen/SKILL.md && git update-index --skip-worktree skills/ecm/manager/SKILL.md && echo x >> skills/hr/resume-screen/SKILL.md && rm skills/ecm/manager/SKILL.md && same; commit
  same 6
  as committed
  $ git update-index --no-assume-unchanged skills/hr/resume-screen/SKILL.md && git update-index --no-skip-worktree skills/ecm/manager/SKILL.md; anew; echo '# X' > skills/ecm/manager/X.md && git add -N skills/ecm/manager/X.md && same; commit
  same 0
  as committed
  $ anew; git checkout -q -b other && echo one >> skills/ecm/manager/SKILL.md && git commit -qam one && git checkout -q -b third base && echo two >> skills/ecm/manager/SKILL.md && git commit -qam two && git merge -q other > ../out; git ls-files -u | wc -l; same; commit
  3
  same 0
  as committed
  $ git merge --abort; git checkout -q main

Every form of an index, and none at all.
  $ for version in 2 3 4; do anew; git update-index --index-version $version; echo $version >> skills/ecm/manager/SKILL.md; same; done; commit
  same 0
  same 0
  same 0
  as committed
  $ anew; git update-index --split-index && same; git update-index --no-split-index
  same 0
  $ git sparse-checkout set --cone --sparse-index skills/ecm 2> ../out && same; git sparse-checkout disable && same
  same 6
  same 0
  $ rm .git/index && same; echo DIRC > .git/index && same; git ls-files base > ../out 2>&1; rm .git/index; git reset -q
  same 0
  same 0

The cache may be anywhere, nowhere or spoilt.
  $ anew; echo more >> skills/ecm/manager/SKILL.md; (unset XDG_CACHE_HOME HOME; same); for f in ../cache/aspora/domains/*; do echo x >> $f; done; same; rm -r ../cache; same
  same 0
  same 0
  same 0

A folder below the top of the work tree, a linked work tree, a bare neighbour, and one domain of it.
  $ mkdir ../whole && cp -r . ../whole/sub && rm -rf ../whole/sub/.git && cd ../whole && git init -q -b main . && git add -A && git commit -q -m first && git tag base && settle && cd sub && same
  same 0
  $ echo 'See [it](../../frm/DOMAIN.md).' >> skills/ecm/manager/SKILL.md && rm -r skills/wealth && same
  same 6
  $ echo '* filter=up' > ../.gitattributes && same; rm ../.gitattributes
  same 6
  $ git stash -q && git worktree add -q ../../linked base 2> ../../out && cd ../../linked/sub && mkdir -p skills/none && echo more >> skills/hr/resume-screen/SKILL.md && same
  same 0
  $ admit hr > ../../some.json; admit --no-cache hr | cmp - ../../some.json && echo same
  same
