/*
 * The published JSON Schemas of the two documents at the ends of an execution. A SkillContext may gain members in later
 * versions (a handler ignores what it does not know); a SkillResult may not have unknown ones (see execution.h).
 */
#include "skill/execution.h"
#include "skill/kind.h"

#define NAME_RE "[a-z0-9]+(-[a-z0-9]+)*"

static const char context_schema[] =
	"{\n"
	"  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	"  \"$id\": \"urn:aspora:schema:v1:SkillContext\",\n"
	"  \"title\": \"SkillContext\",\n"
	"  \"description\": \"What a skill's handler reads from standard input.\",\n"
	"  \"type\": \"object\",\n"
	"  \"required\": [\"apiVersion\", \"kind\", \"execution\", \"skill\", \"mode\", \"input\", "
	"\"attempt\"],\n"
	"  \"properties\": {\n"
	"    \"apiVersion\": {\"const\": \"" API_VERSION "\"},\n"
	"    \"kind\": {\"const\": \"SkillContext\"},\n"
	"    \"execution\": {\"type\": \"string\", \"pattern\": "
	"\"^EXEC-[0-9]{14}-[0-9a-f]{16}$\",\n"
	"      \"description\": \"The execution's id.\"},\n"
	"    \"skill\": {\"type\": \"string\", \"pattern\": \"^" NAME_RE "/" NAME_RE "$\",\n"
	"      \"description\": \"The skill that runs, domain/name.\"},\n"
	"    \"mode\": {\"enum\": [\"live\", \"shadow\", \"test\", \"replay\"],\n"
	"      \"description\": \"Only live runs may have outside effects.\"},\n"
	"    \"session\": {\"type\": \"string\", \"description\": \"The conversation it belongs "
	"to.\"},\n"
	"    \"trigger\": {\n"
	"      \"type\": \"object\",\n"
	"      \"description\": \"Why it runs.\",\n"
	"      \"required\": [\"kind\"],\n"
	"      \"properties\": {\n"
	"        \"kind\": {\"type\": \"string\", \"description\": \"command, cron, alert, always, "
	"name or forward.\"},\n"
	"        \"text\": {\"type\": \"string\", \"description\": \"The words that were "
	"routed.\"},\n"
	"        \"params\": {\"type\": \"object\", \"additionalProperties\": {\"type\": "
	"\"string\"},\n"
	"          \"description\": \"What the command's placeholders stood for.\"}\n"
	"      }\n"
	"    },\n"
	"    \"input\": {\"description\": \"What the caller gave; {} when nothing.\"},\n"
	"    \"deadline\": {\"type\": \"string\", \"format\": \"date-time\",\n"
	"      \"description\": \"When the handler is killed.\"},\n"
	"    \"attempt\": {\"type\": \"integer\", \"minimum\": 1, \"description\": \"1 for the "
	"first.\"},\n"
	"    \"parent\": {\"type\": \"string\", \"description\": \"The execution that forwarded to "
	"this one.\"}\n"
	"  }\n"
	"}\n";

static const char result_schema[] =
	"{\n"
	"  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	"  \"$id\": \"urn:aspora:schema:v1:SkillResult\",\n"
	"  \"title\": \"SkillResult\",\n"
	"  \"description\": \"What a skill's handler prints. Any other JSON value is taken as the "
	"output.\",\n"
	"  \"type\": \"object\",\n"
	"  \"required\": [\"apiVersion\", \"kind\"],\n"
	"  \"additionalProperties\": false,\n"
	"  \"properties\": {\n"
	"    \"apiVersion\": {\"const\": \"" API_VERSION "\"},\n"
	"    \"kind\": {\"const\": \"SkillResult\"},\n"
	"    \"output\": {\"description\": \"The result, for programs.\"},\n"
	"    \"text\": {\"type\": \"string\", \"description\": \"The result, for people.\"},\n"
	"    \"forward\": {\"type\": \"string\", \"pattern\": \"^" NAME_RE "/" NAME_RE "$\",\n"
	"      \"description\": \"The skill that should go on with it; routing policy must name "
	"it.\"},\n"
	"    \"metrics\": {\"type\": \"object\", \"additionalProperties\": {\"type\": "
	"\"number\"},\n"
	"      \"description\": \"Numbers to be kept beside the execution.\"}\n"
	"  }\n"
	"}\n";

void skill_context_schema(struct buf *out)
{
	buf_addz(out, context_schema);
}

void skill_result_schema(struct buf *out)
{
	buf_addz(out, result_schema);
}
