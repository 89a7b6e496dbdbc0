# For tests of verbs that need a gateway: a repository with the examples in $REPO, an asporad that follows it with a PostgreSQL of its own, and a key.
# Sourced; all of it ends with the shell.
# shellcheck shell=bash
STATE=$PWD/state
REPO=$PWD/repo
mkdir "$STATE"
cp -r "$EXAMPLES" "$REPO"
git -C "$REPO" init -q -b main && git -C "$REPO" add -A && git -C "$REPO" commit -q -m "as it is"
cat >asporad.conf <<END
state: $STATE
gateway: {listen: "127.0.0.1:0"}
sources:
  main: {url: "file://$REPO", allow_local: true, poll: 1h}
END
asporad --config asporad.conf >asporad.log 2>&1 </dev/null &
ASPORAD=$!
end_asporad() {
	kill "$ASPORAD" 2>/dev/null
	wait "$ASPORAD" 2>/dev/null
}
trap end_asporad EXIT
until [ -s "$STATE/gateway/address" ]; do
	kill -0 "$ASPORAD" 2>/dev/null || { cat asporad.log; break; }
	sleep 0.1
done
ASPORA_SERVER=$(cat "$STATE/gateway/address")
ASPORA_KEY=$(asporad --config asporad.conf key create --name ana --role admin 2>/dev/null)
export ASPORA_SERVER ASPORA_KEY
# What differs from run to run.
mask() {
	sed -E -e "s|$ASPORA_SERVER|SERVER|g" -e 's/EXEC-[0-9]{14}-[0-9a-f]{16}/EXEC-1/g' -e 's/INST-[0-9]{14}-[0-9a-f]{16}/INST-1/g' \
		-e 's/WISH-[0-9]{14}-[0-9a-f]{16}/WISH-1/g' -e 's/"?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"?/UUID/g' -e 's/\b[0-9a-f]{64}\b/DIGEST/g' -e 's/\b[0-9a-f]{40}\b/COMMIT/g' \
		-e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g' -e 's/ +[0-9]+(ms|s|m[0-9]+s|m) *$/  AGE/' -e 's/\([0-9]+s ago\)/(AGE ago)/' -e 's/^( *)[0-9]+(s|m) +/\1AGE   /' -e 's/ [0-9]+s +file:/ AGE   file:/' \
		-e 's/i1\.[0-9]+(-[0-9a-f]{8})?/REVISION/g' -e 's/sync@[a-zA-Z0-9.-]+/sync@HOST/g' -e 's|runner/[a-zA-Z0-9.-]+|runner/HOST|' -e 's/claimedBy: .*/claimedBy: HOST/' "$@"
}
