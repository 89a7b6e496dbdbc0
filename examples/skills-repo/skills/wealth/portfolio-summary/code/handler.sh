#!/bin/sh
# Add up a client's holdings by asset class. The context is one JSON document on stdin; data/holdings.csv is client,class,value.
context=$(tr -d '\n')
client=$(printf '%s' "$context" | sed -n 's/.*"client"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' | tr '[:upper:]' '[:lower:]')
# Words that name nobody are no question about everybody.
case $client$context in
'{'*'"kind":"command"'*)
	printf '{"apiVersion":"aspora/v1","kind":"SkillResult","output":{"found":false,"message":"whose portfolio? Say for example: portfolio summary amina"}}\n'
	exit 0 ;;
esac
# Without a client (the morning run) every portfolio is added up together.
awk -F, -v client="$client" '
NR > 1 && (client == "" || $1 == client) { sum[$2] += $3; total += $3 }
END {
	printf "{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillResult\",\"output\":{\"client\":\"%s\"", client
	if (total == 0) {
		printf ",\"found\":false,\"message\":\"there are no holdings\"}}\n"
		exit
	}
	best = ""
	for (class in sum)
		if (best == "" || sum[class] > sum[best] || (sum[class] == sum[best] && class < best))
			best = class
	printf ",\"found\":true,\"total\":%d,\"largest\":\"%s\",\"share_percent\":%d}}\n", total, best, sum[best] * 100 / total + 0.5
}' "$(dirname "$0")/../data/holdings.csv"
