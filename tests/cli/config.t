config keeps the addresses and keys of gateways.

  $ aspora config view
  # $DIR/home/.config/aspora/config.yaml
  $ aspora config set-context prod --server https://aspora.example.com --key file:/etc/aspora.key
  context prod made
  $ aspora config set-context local --server unix:/run/aspora.sock --key asp_secret -d ecm
  context local made
  $ aspora config view
  # $DIR/home/.config/aspora/config.yaml
  * prod
      server: https://aspora.example.com
      key: file:/etc/aspora.key
    local
      server: unix:/run/aspora.sock
      key: (hidden)
      domain: ecm
  $ aspora config use-context local
  context local is current
  $ aspora config set-context local -d frm
  context local changed
  $ aspora config view
  # $DIR/home/.config/aspora/config.yaml
    prod
      server: https://aspora.example.com
      key: file:/etc/aspora.key
  * local
      server: unix:/run/aspora.sock
      key: (hidden)
      domain: frm
  $ cat "$HOME/.config/aspora/config.yaml"; stat -c %a "$HOME/.config/aspora/config.yaml"
  current: "local"
  contexts:
    "prod":
      server: "https://aspora.example.com"
      key: "file:/etc/aspora.key"
    "local":
      server: "unix:/run/aspora.sock"
      key: "asp_secret"
      domain: "frm"
  600
  $ aspora config delete-context prod && aspora config view
  context prod deleted
  # $DIR/home/.config/aspora/config.yaml
  * local
      server: unix:/run/aspora.sock
      key: (hidden)
      domain: frm

  $ aspora config set-context far --server https://far.example --certificate-authority ca.pem --token-command "my-login  --audience aspora"
  context far made
  $ aspora config set-context local --insecure-skip-tls-verify --token-file /run/token
  context local changed
  $ aspora config view | sed 1d
  * local
      server: unix:/run/aspora.sock
      key: (hidden)
      domain: frm
      insecure-skip-tls-verify: true
      token-file: /run/token
    far
      server: https://far.example
      certificate-authority: $DIR/work/ca.pem
      token-command: my-login --audience aspora
  $ sed -n '/far/,$p' "$HOME/.config/aspora/config.yaml"
    "far":
      server: "https://far.example"
      certificate-authority: "$DIR/work/ca.pem"
      token-command: ["my-login", "--audience", "aspora"]
  $ aspora config set-context far --certificate-authority "" --token-command "" > /dev/null; aspora config set-context local --token-file "" --certificate-authority "" > /dev/null; aspora config view | sed 1d
  * local
      server: unix:/run/aspora.sock
      key: (hidden)
      domain: frm
    far
      server: https://far.example
  $ aspora config delete-context far
  context far deleted

get-contexts and current-context, as kubectl has them.
  $ aspora config get-contexts
  CURRENT   NAME    SERVER                  DOMAIN
  *         local   unix:/run/aspora.sock   frm
  $ aspora config set-context other --server https://other.example --key asp_hush > /dev/null; aspora config get-contexts -o wide; aspora config get-contexts -o name
  CURRENT   NAME    SERVER                  DOMAIN   KEY
  *         local   unix:/run/aspora.sock   frm      (hidden)
  -         other   https://other.example   -        (hidden)
  local
  other
  $ aspora config get-contexts other -o jsonpath='{.items[*].spec.key}'; aspora config get-contexts --no-headers local
  (hidden)
  *   local   unix:/run/aspora.sock   frm
  $ aspora config current-context
  local
  $ aspora config set-context --current -n hr && aspora config get-contexts local --no-headers
  context local changed
  *   local   unix:/run/aspora.sock   hr
  $ aspora config set-context --current -d frm
  context local changed
  $ aspora config delete-context other
  context other deleted
  $ aspora config get-contexts nobody
  aspora: there is no context "nobody" in $DIR/home/.config/aspora/config.yaml (`aspora config set-context nobody --server URL` makes it)
  [4]
  $ XDG_CONFIG_HOME=$PWD/none aspora config get-contexts
  aspora: no contexts
  $ XDG_CONFIG_HOME=$PWD/none aspora config current-context
  aspora: no context is current (`aspora config use-context NAME` makes one so)
  [4]
  $ XDG_CONFIG_HOME=$PWD/none aspora config set-context --current -d ecm
  aspora: aspora config set-context needs the name of a context (it is: aspora config get-contexts | current-context | set-context NAME | use-context NAME | rename-context NAME NEW | delete-context NAME | view)
  [2]
  $ aspora config get-contexts -o jsno
  aspora: --output cannot be "jsno" (did you mean json?)
  [2]

  $ aspora config use-context lokal
  aspora: there is no context "lokal" in $DIR/home/.config/aspora/config.yaml (did you mean local?)
  [4]
  $ aspora config use-context nothing-like-it
  aspora: there is no context "nothing-like-it" in $DIR/home/.config/aspora/config.yaml (`aspora config set-context nothing-like-it --server URL` makes it)
  [4]
  $ aspora config delete-context prod
  aspora: there is no context "prod" in $DIR/home/.config/aspora/config.yaml (`aspora config set-context prod --server URL` makes it)
  [4]
  $ aspora config set-context new
  aspora: a new context needs --server (it is: aspora config get-contexts | current-context | set-context NAME | use-context NAME | rename-context NAME NEW | delete-context NAME | view)
  [2]
  $ aspora config set-context
  aspora: aspora config set-context needs the name of a context (it is: aspora config get-contexts | current-context | set-context NAME | use-context NAME | rename-context NAME NEW | delete-context NAME | view)
  [2]
  $ aspora config
  aspora: aspora config needs to be told what (it is: aspora config get-contexts | current-context | set-context NAME | use-context NAME | rename-context NAME NEW | delete-context NAME | view)
  [2]
  $ aspora config set-contxt
  aspora: aspora config has no "set-contxt" (did you mean "aspora config set-context"?)
  [2]
  $ aspora get skills --context lokal
  aspora: there is no context "lokal" in $DIR/home/.config/aspora/config.yaml (did you mean local?)
  [4]
  $ XDG_CONFIG_HOME=$PWD/other aspora config view
  # $DIR/work/other/aspora/config.yaml

A file that cannot be read is told with the place.
  $ printf 'contexts:\n  a: {sever: x}\n' > "$HOME/.config/aspora/config.yaml"; aspora config view
  aspora: $DIR/home/.config/aspora/config.yaml:2:7: contexts.a.sever: there is no such field (did you mean server?)
  [3]
  $ printf 'contexts: [\n' > "$HOME/.config/aspora/config.yaml"; aspora get skills
  aspora: $DIR/home/.config/aspora/config.yaml:2:1: a value is missing here (write the value, or null, or put a text of such characters in quotes)
  [3]
