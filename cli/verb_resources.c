/* aspora api-resources: the kinds of objects that there are. */
#include "base/json.h"
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/verbs.h"

static struct {
	const char *namespaced, *verbs;
} o;

static const char *const truths[] = {"true", "false", NULL};
static const struct opt options[] = {
	{"namespaced", 0, OPT_WORD, &o.namespaced, "true|false",
	 "Only kinds whose objects belong to a domain, or only the others.", truths},
	{"verbs", 0, OPT_STRING, &o.verbs, "LIST",
	 "Only kinds that have all of these: list, get, create, apply, patch, delete.", NULL},
	OPT_END,
};

static bool has(const struct kind *k, struct str verb)
{
	const char *names[CLI_KIND_VERBS];
	size_t count;
	cli_kind_verbs(k->verbs, names, &count);
	for (size_t i = 0; i < count; i++)
		if (str_eqz(verb, names[i]))
			return true;
	return false;
}

static bool is_wanted(const struct kind *k)
{
	struct str rest = o.verbs ? str_of(o.verbs) : STR_NULL, verb;
	if (o.namespaced && k->namespaced != (strcmp(o.namespaced, "true") == 0))
		return false;
	while (str_split(&rest, ',', &verb))
		if (!has(k, verb))
			return false;
	return true;
}

static void verbs(struct json *j, unsigned set)
{
	const char *names[CLI_KIND_VERBS];
	size_t count;
	cli_kind_verbs(set, names, &count);
	json_array_in(j, "verbs");
	for (size_t i = 0; i < count; i++)
		json_addz(j, names[i]);
	json_end(j);
}

static int as_object(struct cli *c, const struct kind *k, const struct doc_node **ret,
		     struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(64 * 1024);
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_object_in(&j, "metadata");
	json_strz(&j, "name", k->plural);
	json_end(&j);
	json_object_in(&j, "spec");
	json_strz(&j, "singular", k->singular);
	json_strz(&j, "short", k->short_name);
	json_strz(&j, "apiVersion", API_VERSION);
	json_bool(&j, "namespaced", k->namespaced);
	json_strz(&j, "kind", k->name);
	verbs(&j, k->verbs);
	json_strz(&j, "help", k->help);
	json_end(&j);
	json_end(&j);
	return doc_parse_json(c->arena, buf_str(&text), &doc_limits_json, "kind", ret, err);
}

static int resources(struct cli *c, struct err *err)
{
	static const struct kind_column columns[] = {{"NAME", "metadata.name", false},
						     {"SHORTNAMES", "spec.short", false},
						     {"APIVERSION", "spec.apiVersion", false},
						     {"NAMESPACED", "spec.namespaced", false},
						     {"KIND", "spec.kind", false},
						     {"VERBS", "spec.verbs", true},
						     {"DESCRIPTION", "spec.help", true},
						     {NULL, NULL, false}};
	struct cli_view v = {
		.columns = columns, .word = "", .list = true, .none = "no kind has all of that"};
	const struct doc_node *objects[64];
	size_t count = 0;
	for (const struct kind *k = kinds; k->name && count < ARRAY_SIZE(objects); k++) {
		if (!is_wanted(k))
			continue;
		int rc = as_object(c, k, &objects[count++], err);
		if (rc < 0)
			return rc;
	}
	return cli_print(c, &v, objects, count, err);
}

const struct cli_verb cli_verb_resources = {
	.name = "api-resources",
	.usage = "",
	.help = "List the kinds of objects, and their short names.",
	.about = "A kind is NAMESPACED when its objects belong to a domain. `aspora explain KIND` "
		 "says\n"
		 "more about one.",
	.options = options,
	.uses = CLI_USES_OUTPUT,
	.run = resources,
};
