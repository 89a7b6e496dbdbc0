What fish is offered.
#needs fish

  $ try() { fish --no-config -c "aspora completion fish | source; complete -C '$1'"; }
  $ try "aspora sch"
  schema
  $ try "aspora rollout " | sort
  history
  pause
  resume
  status
  undo
  $ try "aspora validate --profile " | sort
  lenient
  portable
  strict
  $ cd "$EXAMPLES" && try "aspora validate ecm/" | sort
  ecm/manager
  ecm/order-details
  ecm/triage-and-assign
