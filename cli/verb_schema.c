/* aspora schema: the JSON Schemas, for editors and for whoever writes handlers. */
#include "base/json.h"
#include "cli/verbs.h"
#include "skill/config.h"
#include "skill/execution.h"

/* clang-format off */
static const struct front_key {
	const char *name, *help, *schema;
} front_keys[] = {
	{"name", "The skill's name: that of its folder.",
	 "\"type\":\"string\",\"pattern\":\"^[a-z0-9]+(-[a-z0-9]+)*$\",\"maxLength\":64"},
	{"description", "What the skill does, and when to use it.",
	 "\"type\":\"string\",\"minLength\":1,\"maxLength\":1024"},
	{"domain", "The skill's domain: the folder above its own.",
	 "\"type\":\"string\",\"pattern\":\"^[a-z0-9]+(-[a-z0-9]+)*$\",\"maxLength\":64"},
	{"role", "What the skill is among those of its domain.",
	 "\"enum\":[\"manager\",\"specialist\",\"field\"]"},
	{"trigger", "What starts the skill: one trigger, or a list of them.",
	 "\"oneOf\":[{\"$ref\":\"#/$defs/trigger\"},{\"type\":\"array\",\"maxItems\":16,"
	 "\"items\":{\"$ref\":\"#/$defs/trigger\"}}]"},
	{"license", "The licence of the skill.", "\"type\":\"string\""},
	{"compatibility", "What the skill needs where it runs.", "\"type\":\"string\",\"maxLength\":500"},
	{"allowed-tools", "Tools that a client may let the skill use without asking.",
	 "\"type\":[\"string\",\"array\"]"},
	{"metadata", "Further keys of other programs.", "\"type\":\"object\""},
};
/* clang-format on */

static const char trigger_schema[] =
	"{\"type\":[\"object\",\"string\"],\"properties\":{"
	"\"command\":{\"description\":\"Words and {placeholders}: order status {order_id}.\","
	"\"type\":[\"string\",\"array\"]},"
	"\"cron\":{\"description\":\"A schedule: weekdays 09:00 Asia/Dubai.\","
	"\"type\":[\"string\",\"array\"]},"
	"\"alert\":{\"description\":\"The name of an alert.\",\"type\":[\"string\",\"array\"]},"
	"\"always\":{\"description\":\"Kept running; started again after this long.\","
	"\"type\":[\"string\",\"null\"]}},\"additionalProperties\":false}";

static void front_schema(struct buf *out)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_strz(&j, "$id", "urn:aspora:schema:frontmatter:v1");
	json_strz(&j, "title", "Frontmatter of SKILL.md");
	json_strz(&j, "type", "object");
	json_array_in(&j, "required");
	json_addz(&j, "name");
	json_addz(&j, "description");
	json_end(&j);
	json_object_in(&j, "properties");
	for (size_t i = 0; i < ARRAY_SIZE(front_keys); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
		buf_addz(&text, "{\"description\":");
		json_quote(&text, str_of(front_keys[i].help));
		buf_addf(&text, ",%s}", front_keys[i].schema);
		json_raw(&j, front_keys[i].name, buf_str(&text));
	}
	json_end(&j);
	json_object_in(&j, "$defs");
	json_raw(&j, "trigger", str_of(trigger_schema));
	json_end(&j);
	json_end(&j);
}

static const char *const names[] = {"config", "context", "result", "frontmatter", NULL};
static void (*const writers[])(struct buf *out) = {config_schema, skill_context_schema,
						   skill_result_schema, front_schema};

static int schema(struct cli *c, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *n = NULL;
	size_t i = 0;
	while (c->operand_count && strcmp(names[i], c->operands[0]) != 0)
		i++;
	writers[i](&text);
	int rc = doc_parse_json(c->arena, buf_str(&text), &doc_limits_json, "", &n, err);
	if (rc < 0)
		return rc;
	doc_write_json(&out, n, 2, false);
	buf_add_char(&out, '\n');
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_schema = {
	.name = "schema",
	.usage = "[config | context | result | frontmatter]",
	.help = "Print a JSON Schema.",
	.about = "    config       aspora.config.yaml (when left out)\n"
		 "    context      SkillContext: what a handler is given\n"
		 "    result       SkillResult: what a handler prints\n"
		 "    frontmatter  the head of SKILL.md\n\n"
		 "Editors check and complete with it: put\n"
		 "    # yaml-language-server: $schema=FILE\n"
		 "on the first line of aspora.config.yaml.",
	.words = names,
	.most = 1,
	.run = schema,
};
