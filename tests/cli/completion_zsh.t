What zsh is offered.
#needs zsh

  $ cat > try <<'END'
  > compdef() { print "compdef $*"; }
  > compadd() { print -l -- "${(P@)2}"; }
  > _files() { print "files"; }
  > source <(aspora completion zsh)
  > words=("$@") CURRENT=$#
  > _aspora
  > END
  $ zsh -f try aspora sch
  compdef _aspora aspora
  schema
  $ zsh -f try aspora rollout ""
  compdef _aspora aspora
  status
  history
  undo
  pause
  resume
  $ zsh -f try aspora get skills -o custom
  compdef _aspora aspora
  custom-columns
  $ cd "$EXAMPLES" && zsh -f "$OLDPWD/try" aspora validate ecm/
  compdef _aspora aspora
  ecm/manager
  ecm/order-details
  ecm/triage-and-assign
  $ zsh -f "$OLDPWD/try" aspora scan SK
  compdef _aspora aspora
  files
