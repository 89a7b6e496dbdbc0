aspora(1) says what the program does; the other pages are held by tests/integration/test_manual.py.
#needs asporad
#needs bwrap

What is made from tables is up to date.
  $ between() { sed -n "/^..\" Begin $1:/,/^..\" End $1\$/p" "$ROOT/man/aspora.1" | sed '1d;$d'; }
  $ for s in verbs options formats reasons exit; do between $s > page; aspora explain --mdoc $s > table; test -s page && cmp page table || echo "$s: run make man"; done

Every verb has a section.
  $ aspora help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | while read -r v; do grep -q "^.Ss $v\$" "$ROOT/man/aspora.1" || echo "$v"; done

The examples run as they are written.
  $ cd "$EXAMPLES" && git init -q -b main . && git add -A && git commit -q -m "as it is"
  $ "$ROOT/tests/cli/man-examples" aspora.1 | tee commands
  aspora create skill ecm/invoice-check --lang python
  aspora validate ecm/invoice-check
  aspora test ecm/invoice-check
  aspora run ecm/invoice-check --local --input "invoice 12"
  aspora diff --base main || test $? -eq 1
  aspora admit --base main
  aspora admit --base main -o sarif > findings.sarif
  aspora explain budget.per_run_usd
  aspora explain --effective ecm/order-details budget
  aspora schema config > aspora.config.schema.json
  aspora config set-context prod --server https://aspora.example.com --key env:ASPORA_PROD_KEY
  $ bash -e commands > printed 2>&1 || { echo "status $?"; cat printed; }
  $ wc -l < findings.sarif; head -n 2 aspora.config.schema.json
  1
  {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
