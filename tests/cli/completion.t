completion prints scripts; what may come next comes from the tables.

  $ aspora complete -- aspora va
  validate
  $ aspora complete -- aspora "" | wc -l
  47
  $ aspora complete -- aspora list --
  --output
  --no-headers
  --folder
  $ aspora complete -- aspora list -o j
  json
  jsonpath
  $ aspora complete -- aspora --folder . lis
  list
  $ aspora complete -- aspora validate --profile ""
  lenient
  strict
  portable
  $ aspora complete -- aspora create ""
  skill
  $ aspora complete -- aspora create skill a/b --lang s
  shell
  $ aspora complete -- aspora get do
  domains
  $ aspora complete -- aspora schema con
  config
  context
  $ aspora complete -- aspora help des
  describe
  $ aspora complete -- aspora complet
  completion

Names come from the folder.
  $ cd "$EXAMPLES" && aspora complete -- aspora validate ecm
  ecm
  ecm/manager
  ecm/order-details
  ecm/triage-and-assign
  $ aspora complete -- aspora test w
  wealth
  wealth/portfolio-summary

Where none can be had there are none.
  $ cd / && aspora complete -- aspora validate ecm
  $ ASPORA_SERVER=127.0.0.1:1 aspora complete -- aspora get skills ""
  $ aspora complete

Contexts come from the configuration.
  $ aspora config set-context prod --server https://aspora.example.com > /dev/null; aspora complete -- aspora config use-context ""
  prod
  $ aspora complete -- aspora get skills --context p
  prod

The scripts.
  $ aspora completion bash
  # aspora completion bash: source it, or put it into /etc/bash_completion.d
  _aspora() {
  	local IFS=$'\n'
  	COMPREPLY=($(aspora complete -- "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null))
  }
  complete -o default -F _aspora aspora
  $ eval "$(aspora completion bash)" && COMP_WORDS=(aspora sch) COMP_CWORD=1 && _aspora && echo "${COMPREPLY[@]}"
  schema
  $ COMP_WORDS=(aspora schema "") COMP_CWORD=2 && _aspora && echo "${COMPREPLY[@]}"
  config context result frontmatter
  $ complete -p aspora
  complete -o default -F _aspora aspora
  $ aspora completion zsh
  #compdef aspora
  # aspora completion zsh: source it, or put it into $fpath as _aspora
  _aspora() {
  	local -a found
  	found=(${(f)"$(aspora complete -- "${(@)words[1,CURRENT]}" 2>/dev/null)"})
  	(( $#found )) && compadd -a found || _files
  }
  compdef _aspora aspora
  $ aspora completion fish
  # aspora completion fish: source it, or put it into ~/.config/fish/completions/aspora.fish
  complete -c aspora -a '(aspora complete -- (commandline -opc) (commandline -ct) 2>/dev/null)'
  $ aspora completion tcsh
  aspora: aspora completion has no "tcsh" (did you mean "aspora completion bash"?)
  [2]
