/*
 * Whether an output is what a case expects.
 */
#include "base/regex.h"
#include "skill/cases_int.h"
#include "skill/kind.h"
#include "skill/text.h"

/* What a case looks at. */
struct output {
	const struct doc_node *value; /* the output itself */
	struct str text; /* for people; p NULL: none */
	struct str plain; /* the output as text */
	struct buf json; /* owns plain when it is no string */
};

static void open_output(struct output *o, const struct doc_node *n)
{
	buf_init(&o->json, BUF_MAX);
	o->text = STR_NULL;
	o->value = n;
	if (str_eqz(doc_text(n, "kind"), "SkillResult")) {
		o->text = doc_text(n, "text");
		o->value = doc_find(n, "output");
	}
	if (o->value && o->value->type == DOC_STRING) {
		o->plain = o->value->text;
	} else if (o->value) {
		doc_write_json(&o->json, o->value, 0, false);
		o->plain = buf_str(&o->json);
	} else {
		o->plain = STR("null");
	}
}

static bool json_equal(struct str want, const struct doc_node *have)
{
	const struct doc_node *n = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	return have && doc_parse_json(a, want, &doc_limits_json, NULL, &n, NULL) == 0 &&
	       doc_equal(n, have);
}

static bool matches(const struct expect *e, struct str s)
{
	CLEANUP(regex_freep) struct regex *re = NULL;
	if (regex_compile(e->value, e->nocase ? REGEX_NOCASE : 0, &re, NULL) < 0)
		return false;
	regex_subject_limit(re, (size_t)2 << 20);
	return regex_match(re, s, 0, NULL, NULL) > 0;
}

static const struct doc_node *field_of(const struct doc_node *n, struct str path)
{
	struct field_step step;
	while (n && path.len && field_path_next(&path, &step)) {
		if (step.name.p) {
			const struct doc_pair *pair = doc_find_pair(n, step.name);
			n = pair ? pair->value : NULL;
		} else {
			bool there = n->type == DOC_LIST && step.index < n->list.count;
			n = there ? n->list.items[step.index] : NULL;
		}
	}
	return n;
}

static bool one(const struct expect *e, const struct doc_node *value, struct str s)
{
	if (e->regex)
		return matches(e, s);
	if (e->kind == EXPECT_CONTAINS)
		return str_find(s, e->value, 0) >= 0;
	return str_eq(s, e->value) || (value && json_equal(e->value, value));
}

/* Whether what is expected (or must not be) is there. Says in *have what was looked at. */
static bool holds(const struct expect *e, const struct output *o, struct buf *have)
{
	if (e->kind == EXPECT_FIELD) {
		const struct doc_node *n = field_of(o->value, e->field);
		if (!n) {
			buf_addz(have, "is not there");
			return false;
		}
		CLEANUP(buf_release) struct buf json = BUF_INIT(BUF_MAX);
		bool scalar = n->type != DOC_LIST && n->type != DOC_MAP;
		if (!scalar)
			doc_write_json(&json, n, 0, false);
		struct str s = scalar ? n->text : buf_str(&json);
		buf_addz(have, "is \"");
		text_escape(have, s, 200);
		buf_add_char(have, '"');
		return one(e, n, s);
	}
	buf_addz(have, "the output is \"");
	text_escape(have, o->text.p ? o->text : o->plain, 200);
	buf_add_char(have, '"');
	return (o->text.p && one(e, NULL, o->text)) || one(e, o->value, o->plain);
}

static bool check(const struct expect *e, const struct output *o, struct buf *why)
{
	CLEANUP(buf_release) struct buf have = BUF_INIT(4096);
	if (holds(e, o, &have) != e->negated)
		return true;
	expect_text(why, e);
	buf_addf(why, ", but %s\n", buf_cstr(&have));
	return false;
}

size_t case_check(const struct skill_case *c, struct str output_json, struct buf *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	const struct doc_node *n = NULL;
	struct err err = ERR_INIT;
	size_t failed = 0;
	if (doc_parse_json(a, output_json, &doc_limits_json, NULL, &n, &err) < 0) {
		buf_addf(why, "the output is not JSON: %s\n", err.msg);
		return c->expect_count;
	}
	struct output o;
	open_output(&o, n);
	for (size_t i = 0; i < c->expect_count; i++)
		failed += !check(&c->expects[i], &o, why);
	buf_release(&o.json);
	return failed;
}
