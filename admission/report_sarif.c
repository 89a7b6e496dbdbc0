/*
 * SARIF 2.1.0 (OASIS): what GitHub code scanning, Azure DevOps and editors read. Columns are characters, offsets bytes; a certain replacement is a fix.
 */
#include "admission/report_int.h"

#include "base/map.h"
#include "skill/skill_rule.h"

#define SCHEMA                                                                                     \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                      \
	"sarif-schema-2.1.0.json"

/* Rules of the table come first, at their index; those of the parser follow as they are met. */
struct sarif {
	struct json j;
	struct map parser_rules; /* id → index + 1 */
	size_t table_rules; /* of the table that were written */
	report_help_fn help; /* of rules of others; NULL: none are */
	void *help_state;
	const struct report_opts *o;
};

static const char *level_of(enum severity s)
{
	return s == SEVERITY_DENY ? "error" : s == SEVERITY_WARN ? "warning" : "note";
}

static void text_member(struct json *j, const char *key, struct str text)
{
	json_object_in(j, key);
	json_str(j, "text", text);
	json_end(j);
}

/* --- rules -------------------------------------------------------------------------------------------------- */

static void rule_json(struct sarif *s, const struct rule *r)
{
	json_object(&s->j);
	json_strz(&s->j, "id", r->id);
	text_member(&s->j, "shortDescription", str_of(r->sentence));
	text_member(&s->j, "help", str_of(r->advice));
	if (s->o && s->o->manual_url) {
		CLEANUP(buf_release) struct buf url = BUF_INIT(2048);
		buf_addf(&url, "%s#%s", s->o->manual_url, r->id);
		json_str(&s->j, "helpUri", buf_str(&url));
	}
	json_object_in(&s->j, "defaultConfiguration");
	json_strz(&s->j, "level", level_of(r->severity));
	json_end(&s->j);
	json_object_in(&s->j, "properties");
	json_array_in(&s->j, "tags");
	json_addz(&s->j, r->family);
	json_end(&s->j);
	json_end(&s->j);
	json_end(&s->j);
}

static void add_parser_rule(void *state, const struct finding *f)
{
	struct sarif *s = state;
	struct str id = str_of(f->rule);
	if ((s->table_rules && rule_find(id)) || map_find(&s->parser_rules, id))
		return;
	map_set(&s->parser_rules, id, (void *)(s->table_rules + s->parser_rules.live + 1));
	json_object(&s->j);
	json_str(&s->j, "id", id);
	const struct skill_rule *known = skill_rule_find(f->rule);
	const char *help = s->help ? s->help(s->help_state, f->rule)
			   : known ? known->help
				   : "The document can be read without doubt.";
	text_member(&s->j, "shortDescription", str_of(help));
	json_end(&s->j);
}

static size_t rule_index(const struct sarif *s, struct str id)
{
	const struct rule *r = s->table_rules ? rule_find(id) : NULL;
	return r ? (size_t)(r - rules) : (size_t)map_find(&s->parser_rules, id) - 1;
}

/* --- places --------------------------------------------------------------------------------------------------- */

static void uri_member(struct json *j, struct str path)
{
	static const char hex[] = "0123456789ABCDEF";
	CLEANUP(buf_release) struct buf uri = BUF_INIT(8192);
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~/", c)) {
			buf_add_char(&uri, (char)c);
			continue;
		}
		buf_add_char(&uri, '%');
		buf_add_char(&uri, hex[c >> 4]);
		buf_add_char(&uri, hex[c & 15]);
	}
	json_str(j, "uri", buf_str(&uri));
}

static void artifact_member(struct json *j, struct str path)
{
	json_object_in(j, "artifactLocation");
	uri_member(j, path);
	json_strz(j, "uriBaseId", "%SRCROOT%");
	json_end(j);
}

/* As an element. start and end may both be 0. */
static void location_json(struct json *j, struct str path, uint32_t line, uint32_t column,
			  uint32_t start, uint32_t end)
{
	json_object(j);
	json_object_in(j, "physicalLocation");
	artifact_member(j, path);
	if (line) {
		json_object_in(j, "region");
		json_int(j, "startLine", line);
		if (column)
			json_int(j, "startColumn", column);
		if (end > start) {
			json_int(j, "byteOffset", start);
			json_int(j, "byteLength", end - start);
		}
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static void fixes_member(struct json *j, const struct finding *f)
{
	json_array_in(j, "fixes");
	json_object(j);
	text_member(j, "description", f->remedy);
	json_array_in(j, "artifactChanges");
	json_object(j);
	artifact_member(j, f->path);
	json_array_in(j, "replacements");
	json_object(j);
	json_object_in(j, "deletedRegion");
	json_int(j, "byteOffset", f->start);
	json_int(j, "byteLength", f->end - f->start);
	json_end(j);
	text_member(j, "insertedContent", f->replacement);
	json_end(j);
	json_end(j);
	json_end(j);
	json_end(j);
	json_end(j);
	json_end(j);
}

/* --- results ---------------------------------------------------------------------------------------------------- */

static void message_member(struct json *j, const struct finding *f)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(16 * 1024);
	buf_add_str(&text, f->message);
	if (f->remedy.len) {
		buf_addz(&text, ". To correct it: ");
		buf_add_str(&text, f->remedy);
	}
	buf_add_char(&text, '.');
	text_member(j, "message", buf_str(&text));
}

static void properties_member(struct json *j, const struct finding *f)
{
	json_object_in(j, "properties");
	if (f->domain.len)
		json_str(j, "domain", f->domain);
	if (f->skill.len)
		json_str(j, "skill", f->skill);
	json_end(j);
}

static void result_json(void *state, const struct finding *f)
{
	struct sarif *s = state;
	struct json *j = &s->j;
	char print[17];
	json_object(j);
	json_strz(j, "ruleId", f->rule);
	json_int(j, "ruleIndex", (int64_t)rule_index(s, str_of(f->rule)));
	json_strz(j, "level", level_of(f->severity));
	message_member(j, f);
	json_array_in(j, "locations");
	if (f->path.len)
		location_json(j, f->path, f->line, f->column, f->start, f->end);
	json_end(j);
	if (f->related_path.len) {
		json_array_in(j, "relatedLocations");
		location_json(j, f->related_path, f->related_line, f->related_column, 0, 0);
		json_end(j);
	}
	json_object_in(j, "partialFingerprints");
	json_strz(j, "aspora/v1", finding_fingerprint(f, print));
	json_end(j);
	if (f->replacement.p && f->path.len)
		fixes_member(j, f);
	properties_member(j, f);
	json_end(j);
}

/* "tool": the rules of the table when they are wanted, then those of the findings. */
static void begin_run(struct sarif *s)
{
	json_object(&s->j);
	json_strz(&s->j, "$schema", SCHEMA);
	json_strz(&s->j, "version", "2.1.0");
	json_array_in(&s->j, "runs");
	json_object(&s->j);
	json_object_in(&s->j, "tool");
	json_object_in(&s->j, "driver");
	json_strz(&s->j, "name", "aspora");
	json_strz(&s->j, "version", ASPORA_VERSION);
	json_array_in(&s->j, "rules");
	for (size_t i = 0; i < s->table_rules; i++)
		rule_json(s, &rules[i]);
}

static void begin_results(struct sarif *s)
{
	json_end(&s->j);
	json_end(&s->j);
	json_end(&s->j);
	json_strz(&s->j, "columnKind", "unicodeCodePoints");
	json_array_in(&s->j, "results");
}

static void end_run(struct sarif *s, struct buf *out)
{
	json_end(&s->j);
	json_end(&s->j);
	json_end(&s->j);
	buf_add_char(out, '\n');
	map_release(&s->parser_rules);
}

void report_sarif_findings(struct buf *out, const struct findings *f, report_help_fn help,
			   void *state)
{
	struct sarif s = {.parser_rules = MAP_INIT, .help = help, .help_state = state};
	json_init(&s.j, out);
	begin_run(&s);
	for (size_t i = 0; i < f->count; i++)
		add_parser_rule(&s, &f->items[i]);
	begin_results(&s);
	for (size_t i = 0; i < f->count; i++)
		result_json(&s, &f->items[i]);
	json_end(&s.j);
	end_run(&s, out);
}

static void growth_member(void *state, const struct skill_change *c, const struct change_detail *d)
{
	struct json *j = state;
	json_object(j);
	json_str(j, "domain", c->domain);
	json_str(j, "skill", c->name);
	json_strz(j, "field", d->field);
	json_str(j, "text", d->text);
	json_end(j);
}

/* What the change gives skills is no result: nothing has to be done about it. */
static void run_properties(struct json *j, const struct admission *a)
{
	json_object_in(j, "properties");
	json_strz(j, "revision", a->snapshot->source.revision);
	json_array_in(j, "growth");
	for (size_t i = 0; i < a->domain_count; i++)
		report_each_growth(a->domains[i].change, growth_member, j);
	json_end(j);
	json_end(j);
}

static void write_sarif(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	struct sarif s = {.parser_rules = MAP_INIT, .table_rules = rule_count(), .o = o};
	json_init(&s.j, out);
	begin_run(&s);
	report_each_finding(a, add_parser_rule, &s);
	begin_results(&s);
	report_each_finding(a, result_json, &s);
	json_end(&s.j);
	run_properties(&s.j, a);
	end_run(&s, out);
}

/* --- a difference ----------------------------------------------------------------------------------------------- */

static const char *help_difference(void *state, const char *id)
{
	const struct skill_rule *known = skill_rule_find(id);
	(void)state;
	if (strcmp(id, "growth") == 0)
		return "A change gives the skill more than it had.";
	if (strcmp(id, "change") == 0)
		return "Something differs.";
	return known ? known->help : "The document can be read without doubt.";
}

/* Here what the change gives skills is a result: it is what was asked for. */
static void write_sarif_difference(struct buf *out, const struct report_difference *d,
				   const struct report_opts *o)
{
	struct sarif s = {.parser_rules = MAP_INIT, .help = help_difference, .o = o};
	json_init(&s.j, out);
	begin_run(&s);
	report_each_change(d, add_parser_rule, &s);
	begin_results(&s);
	report_each_change(d, result_json, &s);
	json_end(&s.j);
	end_run(&s, out);
}

const struct report_format report_sarif = {"sarif", "application/sarif+json",
					   "SARIF 2.1.0, for code scanning and editors.",
					   write_sarif, write_sarif_difference};
