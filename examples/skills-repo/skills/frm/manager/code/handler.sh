#!/bin/sh
# Decide which fraud skill answers. The context is one JSON document on stdin.
text=$(tr -d '\n' | tr '[:upper:]' '[:lower:]')
case $text in
*simulate* | *"what if"* | *threshold* | *rule*)
	skill=rule-simulation reason="a question about a rule" ;;
*alert* | *case* | *suspicious*)
	skill=alert-review reason="a question about an alert" ;;
*)
	printf '{"apiVersion":"aspora/v1","kind":"SkillResult","output":{"skill":null,"reason":"a rule, or an alert?"}}\n'
	exit 0 ;;
esac
printf '{"apiVersion":"aspora/v1","kind":"SkillResult","forward":"frm/%s","output":{"skill":"%s","reason":"%s"}}\n' \
	"$skill" "$skill" "$reason"
