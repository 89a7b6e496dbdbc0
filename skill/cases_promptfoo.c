/*
 * Cases as promptfoo has them (its 0.121, by its documentation and as tried): assertions that need no model. JSON strings are YAML double-quoted
 * scalars, so every text is written as one.
 */
#include "skill/cases_int.h"
#include "skill/execution.h"

static void scalar(struct buf *out, const char *indent_key, struct str value)
{
	CLEANUP(buf_release) struct buf quoted = BUF_INIT(BUF_MAX);
	json_quote(&quoted, value);
	struct str s = buf_str(&quoted);
	buf_addz(out, indent_key);
	for (size_t pos = 0; pos < s.len;) {
		size_t from = pos;
		uint32_t rune = str_next_rune(s, &pos);
		/* What hides from a reviewer, and what YAML calls unprintable, is written as its escape. */
		if (rune_is_deceptive(rune) || rune == 0xFFFE || rune == 0xFFFF)
			buf_addf(out, "\\U%08x", rune);
		else
			buf_add(out, s.p + from, pos - from);
	}
	buf_add_char(out, '\n');
}

/* promptfoo renders templates in variables and values; text that looks like one is taken literally. */
static void literal(struct buf *out, const char *indent_key, struct str value)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT(BUF_MAX);
	bool template = str_find(value, STR("{{"), 0) >= 0 || str_find(value, STR("{%"), 0) >= 0 ||
			str_find(value, STR("{#"), 0) >= 0;
	if (template)
		buf_addf(&raw, "{%% raw %%}%.*s{%% endraw %%}", STR_ARG(value));
	scalar(out, indent_key, template ? buf_str(&raw) : value);
}

/* A JavaScript expression that reads what the provider printed: a SkillResult, or any JSON, or text. */
#define JS_RESULT                                                                                  \
	"((r) => r && r.kind === \"SkillResult\" ? r : {output: r})"                               \
	"((() => { try { return JSON.parse(output); } catch (e) { return output; } })())"
#define JS_TEXTS                                                                                   \
	"((s) => [s.text, typeof s.output === \"string\" ? s.output : JSON.stringify(s.output)]"   \
	".filter((t) => typeof t === \"string\"))(" JS_RESULT ")"

static void js_path(struct buf *js, struct str path)
{
	struct field_step step;
	buf_addz(js, "[");
	for (bool first = true; path.len && field_path_next(&path, &step); first = false) {
		buf_addz(js, first ? "" : ", ");
		if (step.name.p)
			json_quote(js, step.name);
		else
			buf_addf(js, "%llu", (unsigned long long)step.index);
	}
	buf_addz(js, "].reduce((o, k) => o == null ? undefined : o[k], " JS_RESULT ".output)");
}

/* The same bytes for equal JSON (RFC 8785), which is how we write what is expected. */
#define JS_CANON                                                                                   \
	"(function c(v) { return v && typeof v === \"object\" ? Array.isArray(v) ? \"[\" + "       \
	"v.map(c).join() + \"]\" : \"{\" + Object.keys(v).sort().map((k) => JSON.stringify(k) + "  \
	"\":\" + c(v[k])).join() + \"}\" : JSON.stringify(v); })"

/* The test of one text t. */
static void js_test(struct buf *js, const struct expect *e)
{
	if (e->regex) {
		buf_addz(js, "new RegExp(");
		json_quote(js, e->value);
		buf_addf(js, "%s).test(t)", e->nocase ? ", \"i\"" : "");
	} else {
		buf_addz(js, e->kind == EXPECT_CONTAINS ? "t.includes(" : "t === ");
		json_quote(js, e->value);
		buf_addz(js, e->kind == EXPECT_CONTAINS ? ")" : "");
	}
}

/* The value as canonical JSON, when it is JSON and is to be equalled; false otherwise. */
static bool canonical(struct buf *out, const struct expect *e)
{
	const struct doc_node *n = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	if (e->regex || e->kind == EXPECT_CONTAINS ||
	    doc_parse_json(a, e->value, &doc_limits_json, NULL, &n, NULL) < 0)
		return false;
	doc_write_json(out, n, 0, true);
	return true;
}

/* An expression that is true when what is expected (or must not be) is there. */
static void js_holds(struct buf *js, const struct expect *e)
{
	CLEANUP(buf_release) struct buf value = BUF_INIT(BUF_MAX), json = BUF_INIT(BUF_MAX);
	bool field = e->kind == EXPECT_FIELD;
	if (field)
		js_path(&value, e->field);
	else
		buf_addz(&value, JS_RESULT ".output");
	buf_addz(js, field ? "((v) => v !== undefined && " : "(");
	if (canonical(&json, e)) {
		buf_addf(js, JS_CANON "(%s) === ", field ? "v" : buf_cstr(&value));
		json_quote(js, buf_str(&json));
		buf_addz(js, " || ");
	}
	if (field)
		buf_addz(js, "((t) => ");
	else
		buf_addz(js, JS_TEXTS ".some((t) => ");
	js_test(js, e);
	buf_addz(js, field ? ")(typeof v === \"string\" ? v : JSON.stringify(v)))(" : ")");
	if (field)
		buf_add_str(js, buf_str(&value));
	buf_add_char(js, ')');
}

static void assertion(struct buf *out, const struct expect *e)
{
	CLEANUP(buf_release) struct buf js = BUF_INIT(BUF_MAX), metric = BUF_INIT(BUF_MAX);
	if (e->negated)
		buf_add_char(&js, '!');
	js_holds(&js, e);
	expect_text(&metric, e);
	buf_addz(out, "      - type: javascript\n");
	literal(out, "        value: ", buf_str(&js));
	literal(out, "        metric: ", buf_str(&metric));
}

void cases_promptfoo(struct buf *out, struct str domain, struct str skill,
		     const struct skill_case *cases, size_t count)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(BUF_MAX), command = BUF_INIT(BUF_MAX);
	buf_addf(&name, "%.*s/%.*s", STR_ARG(domain), STR_ARG(skill));
	buf_addf(&command, "exec:aspora run %s --promptfoo", buf_cstr(&name));
	buf_addz(out, "# Made from tests/cases.md, which is the file to edit.\n");
	scalar(out, "description: ", buf_str(&name));
	buf_addz(out, "prompts:\n  - \"{{input}}\"\nproviders:\n");
	scalar(out, "  - id: ", buf_str(&command));
	scalar(out, "    label: ", buf_str(&name));
	buf_addz(out, "tests:\n");
	for (size_t i = 0; i < count; i++) {
		literal(out, "  - description: ", cases[i].name);
		literal(out, "    vars:\n      input: ", cases[i].input);
		scalar(out, "    metadata:\n      skill: ", buf_str(&name));
		buf_addf(out, "      case: %zu\n      line: %u\n    assert:\n", i + 1,
			 cases[i].line);
		for (size_t k = 0; k < cases[i].expect_count; k++)
			assertion(out, &cases[i].expects[k]);
	}
}
