#include "tests/unit/skill/golden.h"

#include <glob.h>
#include <time.h>

#include "skill/cases.h"
#include "skill/digest.h"
#include "skill/skill.h"
#include "skill/skill_rule.h"

static void say_list(struct buf *out, const char *before, struct findings *list)
{
	findings_sort(list);
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *f = &list->items[i];
		buf_addz(out, before);
		finding_text(out, f);
		if (f->replacement.p)
			buf_addf(out, "    replace %u..%u by \"%.*s\"\n", f->start, f->end,
				 STR_ARG(f->replacement));
	}
}

static void skill_case(struct str name, struct str input, struct buf *out)
{
	CLEANUP(skill_unrefp) struct skill *s = skill_parse_text(STR("ecm"), STR("order"), input);
	(void)name;
	say_list(out, "", &s->findings);
	if (!out->len)
		buf_addz(out, "fine");
	/* Whatever is offered as a replacement lies inside the file. */
	for (size_t i = 0; i < s->findings.count; i++)
		ck_assert(s->findings.items[i].start <= s->findings.items[i].end &&
			  s->findings.items[i].end <= input.len);
}

static void profile_case(struct str name, struct str input, struct buf *out)
{
	CLEANUP(skill_unrefp) struct skill *s = skill_parse_text(STR("ecm"), STR("order"), input);
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	(void)name;
	say_list(out, "lenient: ", &s->findings);
	for (int p = PROFILE_STRICT; p <= PROFILE_PORTABLE; p++) {
		struct findings more;
		char before[32];
		findings_init(&more, a);
		skill_profile_findings(s, (enum profile)p, &more);
		snprintf(before, sizeof(before), "%s: ", profile_name((enum profile)p));
		say_list(out, before, &more);
	}
	if (!out->len)
		buf_addz(out, "fine");
}

START_TEST(every_skill_is_judged_with_these_words)
{
	golden_run("skill.txt", skill_case);
}
END_TEST

START_TEST(stricter_profiles_say_more)
{
	golden_run("profile.txt", profile_case);
}
END_TEST

START_TEST(a_replacement_makes_the_file_right)
{
	static const char *const slips[] = {
		"# Orders\n\nLook it up.\n",
		"---\nname: orders\ndescription: x\n---\n",
		"---\ndescription: x\n---\n",
		"---\nname: order\ndescription: Finds orders. Use when: asked\n---\n",
		"---\nname: order\ndescription: x\nrole: specalist\n---\n",
		"---\nname: order\ndescription: x\ndomain: frm\n---\n",
		"---\nname: order\ndescripton: x\n---\n",
		"\n\n---\nname: order\ndescription: x\n---\n",
		"\xef\xbb\xbf---\nname: order\ndescription: x\n---\n",
		"---\nname: order\n---\n# T\n\nSays \"so\": yes.\n",
		("---\nname: order\ndescription: x\n---\na\xe2\x80\x8b"
		 "b\n"),
	};
	for (size_t i = 0; i < ARRAY_SIZE(slips); i++) {
		struct str text = str_of(slips[i]);
		CLEANUP(buf_release) struct buf now = BUF_INIT(1 << 16);
		buf_add_str(&now, text);
		/* One at a time, as spans move. */
		for (int round = 0; round < 5; round++) {
			CLEANUP(skill_unrefp)
			struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&now));
			const struct finding *fix = NULL;
			for (size_t k = 0; k < s->findings.count; k++)
				if (s->findings.items[k].replacement.p)
					fix = &s->findings.items[k];
			if (!fix) {
				ck_assert_msg(s->findings.count == 0, "%s: %.*s", slips[i],
					      STR_ARG(s->findings.items[0].message));
				break;
			}
			CLEANUP(buf_release) struct buf next = BUF_INIT(1 << 16);
			buf_add_str(&next, str_sub(buf_str(&now), 0, fix->start));
			buf_add_str(&next, fix->replacement);
			buf_add_str(&next, str_sub(buf_str(&now), fix->end, SIZE_MAX));
			buf_reset(&now);
			buf_add_str(&now, buf_str(&next));
			ck_assert_msg(round < 4, "%s: never right", slips[i]);
		}
	}
}
END_TEST

START_TEST(a_skill_is_what_its_text_says)
{
	CLEANUP(skill_unrefp)
	struct skill *s =
		skill_parse_text(STR("ecm"), STR("order"),
				 STR("---\n"
				     "name: order\n"
				     "description: >\n  Finds an order.\n  Use when asked.\n"
				     "license: MIT\n"
				     "allowed-tools: Read, Bash(git add:*) mcp__erp__get\n"
				     "metadata:\n  aspora.role: field\n"
				     "trigger:\n  - \"command: order status {order_id}\"\n  - "
				     "\"alert: order.stuck\"\n"
				     "---\n"
				     "# Order *details*\n\nText\n"));
	ck_assert_uint_eq(s->findings.count, 0);
	assert_str(s->path, "skills/ecm/order");
	assert_str(s->title, "Order details");
	assert_str(s->description, "Finds an order. Use when asked.");
	ck_assert(!s->description_derived);
	assert_str(s->license, "MIT");
	ck_assert_int_eq(s->role, ROLE_FIELD);
	ck_assert(s->role_set);
	ck_assert_uint_eq(s->allowed_tools.count, 3);
	assert_str(s->allowed_tools.items[1], "Bash(git add:*)");
	ck_assert_uint_eq(s->trigger_count, 2);
	assert_str(s->triggers[0].text, "order status {order_id}");
	ck_assert_int_eq(s->triggers[1].kind, TRIGGER_ALERT);
	/* The place of a trigger is one of the file. */
	ck_assert_uint_eq(s->triggers[1].line, 12);
	assert_str(str_sub(s->md_text, s->triggers[1].start, s->triggers[1].end),
		   "\"alert: order.stuck\"");
	ck_assert_uint_eq(s->front_line, 2);
	ck_assert_uint_eq(s->front_end_line, 13);
	ck_assert_uint_eq(s->body_line, 14);
	assert_str(s->body, "# Order *details*\n\nText\n");
}
END_TEST

START_TEST(a_skill_without_a_role_is_a_specialist)
{
	CLEANUP(skill_unrefp)
	struct skill *s = skill_parse_text(STR("ecm"), STR("order"),
					   STR("---\nname: order\n---\nFinds it.\n"));
	ck_assert_int_eq(s->role, ROLE_SPECIALIST);
	ck_assert(!s->role_set);
	assert_str(s->description, "Finds it.");
	ck_assert(s->description_derived);
}
END_TEST

START_TEST(reserved_names_are_refused)
{
	static const char *const names[] = {"con", "nul", "com1", "lpt9", "aspora"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char text[100];
		snprintf(text, sizeof(text), "---\nname: %s\ndescription: x\n---\n", names[i]);
		CLEANUP(skill_unrefp)
		struct skill *s = skill_parse_text(STR("ecm"), str_of(names[i]), str_of(text));
		ck_assert_uint_eq(s->findings.count, 1);
		ck_assert_str_eq(s->findings.items[0].rule, "SK-NAME-RESERVED");
		ck_assert_uint_gt(s->findings.items[0].remedy.len, 0);
	}
	CLEANUP(skill_unrefp)
	struct skill *s = skill_parse_text(STR("ecm"), STR("com10"),
					   STR("---\nname: com10\ndescription: x\n---\n"));
	ck_assert_uint_eq(s->findings.count, 0);
}
END_TEST

static void said(const struct skill *s, unsigned line, const char *rule, const char *part)
{
	const struct finding *f = &s->findings.items[0];
	ck_assert_str_eq(f->rule, rule);
	ck_assert_msg(str_find(f->message, str_of(part), 0) >= 0, "\"%.*s\" lacks \"%s\"",
		      STR_ARG(f->message), part);
	ck_assert_uint_eq(f->line, line);
	ck_assert_uint_gt(f->remedy.len, 0);
}

/* --- limits ------------------------------------------------------------------------------------------ */

static void repeat(struct buf *out, const char *z, size_t total)
{
	size_t n = strlen(z);
	while (out->len + n <= total)
		buf_add(out, z, n);
	while (out->len < total)
		buf_add_char(out, '\n');
}

START_TEST(skill_md_ends_at_128_kib)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	buf_addz(&b, "---\nname: order\ndescription: x\n---\n");
	repeat(&b, "word ", SKILL_MD_MAX);
	for (int past = 0; past <= 1; past++) {
		CLEANUP(skill_unrefp)
		struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&b));
		ck_assert_uint_eq(s->findings.count, past);
		if (past)
			assert_str(s->findings.items[0].message,
				   "the file has 131073 bytes; at most 131072 are allowed");
		buf_add_char(&b, '\n');
	}
	CLEANUP(buf_release) struct buf huge = BUF_INIT(32 << 20);
	repeat(&huge, buf_cstr(&b), 100 * SKILL_MD_MAX);
	CLEANUP(skill_unrefp)
	struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&huge));
	ck_assert_uint_eq(s->findings.count, 1);
	assert_str(s->findings.items[0].message,
		   "the file has 13107200 bytes; at most 131072 are allowed");
	ck_assert_uint_gt(s->findings.items[0].remedy.len, 0);
}
END_TEST

START_TEST(frontmatter_ends_at_64_kib)
{
	for (int past = 0; past <= 1; past++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
		buf_addz(&b, "---\nname: order\ndescription: x\n#");
		repeat(&b, "c", 65536 - 1 + past);
		buf_addz(&b, "\n---\n");
		CLEANUP(skill_unrefp)
		struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&b));
		ck_assert_uint_eq(s->findings.count, past);
		if (past)
			said(s, 0, "SK-FRONT-YAML",
			     "the text has 65537 bytes, more than the limit of 65536");
	}
}
END_TEST

/* A list item is one event, and the list and the map around it are some. */
START_TEST(frontmatter_ends_at_10000_values)
{
	size_t fine = 0;
	for (size_t items = 9900; items <= 10100; items++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
		buf_addz(&b, "---\nname: order\ndescription: x\nallowed-tools: [");
		for (size_t i = 0; i < items; i++)
			buf_addz(&b, "x, ");
		buf_addz(&b, "x]\n---\n");
		CLEANUP(skill_unrefp)
		struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&b));
		if (s->findings.count &&
		    str_eqz(str_of(s->findings.items[0].rule), "SK-FRONT-YAML")) {
			said(s, 5, "SK-FRONT-YAML", "more than 10000 values");
			ck_assert_uint_eq(fine, items - 1);
			return;
		}
		fine = items;
		if (items < 9980)
			items += 19;
	}
	ck_abort_msg("no end at 10000");
}
END_TEST

START_TEST(frontmatter_ends_at_depth_32)
{
	for (int past = 0; past <= 1; past++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
		buf_addz(&b, "---\nname: order\ndescription: x\nlicense: x\nmetadata: ");
		buf_add_repeat(&b, '[', 31 + past);
		buf_add_repeat(&b, ']', 31 + past);
		buf_addz(&b, "\n---\n");
		CLEANUP(skill_unrefp)
		struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&b));
		ck_assert_uint_eq(s->findings.count, 1);
		ck_assert_str_eq(s->findings.items[0].rule,
				 past ? "SK-FRONT-YAML" : "SK-FRONT-TYPE");
	}
}
END_TEST

START_TEST(a_body_ends_at_8192_brackets)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	buf_addz(&b, "---\nname: order\ndescription: x\n---\n");
	buf_add_repeat(&b, '[', SKILL_BRACKETS_MAX);
	for (int past = 0; past <= 1; past++) {
		CLEANUP(skill_unrefp)
		struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&b));
		ck_assert_uint_eq(s->findings.count, past);
		if (past)
			ck_assert_str_eq(s->findings.items[0].rule, "SK-BODY-BRACKETS");
		buf_add_char(&b, '[');
	}
}
END_TEST

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* T7: text made to be slow. A second is a hundred times what the worst of them takes when optimised. */
START_TEST(no_text_takes_a_second)
{
	static const char *const units[] = {
		"![[]()",
		"[",
		"![",
		"[a](",
		"[](x)",
		"[![a](b)](c)",
		"[\n![a](b)\n](c)",
		"a**b",
		"*a_ ",
		"`",
		"> ",
		"- ",
		"[a]: b\n",
		"[a](<b",
		"<!--",
		"\xe2\x80\xae",
		"\t- ",
		"[aaaa](zzzz) ",
		"&#",
		"\\",
	};
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	buf_addz(&b, "---\nname: order\ndescription: x\n---\n");
	repeat(&b, units[_i], SKILL_MD_MAX);
	double begin = cpu_s();
	CLEANUP(skill_unrefp)
	struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&b));
	double took = cpu_s() - begin;
	ck_assert_msg(took < 1.0, "\"%s\" took %.2f s", units[_i], took);
	ck_assert_uint_le(s->findings.count, FINDINGS_MAX);
	ck_assert_uint_le(s->link_count, SKILL_BRACKETS_MAX);
}
END_TEST

START_TEST(no_frontmatter_takes_a_second)
{
	static const char *const units[] = {"[",   "{a: ", "- ",    "a: b\n", "? ",
					    "&a ", "\"",   "a:\n ", "|\n"};
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	buf_addz(&b, "---\nname: ");
	repeat(&b, units[_i], 65000);
	buf_addz(&b, "\n---\n");
	double begin = cpu_s();
	CLEANUP(skill_unrefp)
	struct skill *s = skill_parse_text(STR("ecm"), STR("order"), buf_str(&b));
	ck_assert_msg(cpu_s() - begin < 1.0, "\"%s\" took %.2f s", units[_i], cpu_s() - begin);
	ck_assert_uint_gt(s->findings.count, 0);
}
END_TEST

/* --- links ------------------------------------------------------------------------------------------- */

START_TEST(links_stand_where_they_are_told_to)
{
	static const struct {
		const char *target;
		uint32_t line, column;
	} want[] = {
		{"a.md", 5, 12},
		{"b.md", 6, 9},
		{"img/c.png", 8, 8},
		{"d.md", 9, 18},
		{"https://e.example/", 11, 2},
		{"f.md", 12, 1},
		{"g h.md", 13, 6},
		{"i.md", 14, 14},
	};
	CLEANUP(skill_unrefp)
	struct skill *s = skill_parse_text(STR("ecm"), STR("order"),
					   STR("---\nname: order\ndescription: x\n---\n"
					       "Z\xc3\xbcrich [a](a.md)\n"
					       "and [b](b.md)\n"
					       "\n"
					       "- ![c](img/c.png)\n"
					       "   - deep [d.md](d.md) x\n"
					       "\n"
					       "<https://e.example/>\n"
					       "[f] by reference\n"
					       "[g](<g h.md>) x\n"
					       "x [a](no [i](i.md) x\n"
					       "\n"
					       "`[not](a.link)`\n"
					       "\n"
					       "[f]: f.md\n"));
	ck_assert_uint_eq(s->findings.count, 0);
	for (size_t i = 0; i < ARRAY_SIZE(want) && i < s->link_count; i++) {
		assert_str(s->links[i].target, want[i].target);
		if (strcmp(want[i].target, "f.md") == 0)
			continue; /* where it is written is far from where it is used */
		ck_assert_msg(s->links[i].line == want[i].line &&
				      s->links[i].column == want[i].column,
			      "%s: %u:%u", want[i].target, s->links[i].line, s->links[i].column);
		assert_str(str_sub(s->md_text, s->links[i].start, s->links[i].end), want[i].target);
	}
	ck_assert_uint_eq(s->link_count, ARRAY_SIZE(want));
}
END_TEST

START_TEST(every_rule_of_reading_is_in_the_list)
{
	for (const struct skill_rule *r = skill_rules; r->id; r++) {
		ck_assert_msg(!r[1].id || strcmp(r->id, r[1].id) < 0, "%s is out of order",
			      r[1].id);
		ck_assert_ptr_eq(skill_rule_find(r->id), r);
		ck_assert_msg(r->help[strlen(r->help) - 1] == '.', "%s: no sentence", r->id);
	}
	ck_assert_ptr_null(skill_rule_find("SK-NONE"));
	ck_assert_ptr_null(skill_rule_find("SK-ZZZ"));
	/* Every id in the sources is listed. */
	CLEANUP_FREE char *pattern = io_join(support_root(), "skill/*.c");
	glob_t files;
	size_t ids = 0;
	ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
		assert_ok(io_read_file(files.gl_pathv[i], &text, &support_err));
		struct str t = buf_str(&text);
		for (ptrdiff_t at = 0; (at = str_find(t, STR("\"SK-"), (size_t)at)) >= 0; at++) {
			char id[64];
			size_t end = (size_t)at + 1;
			while (end < t.len && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ-", t.p[end]))
				end++;
			snprintf(id, sizeof(id), "%.*s", STR_ARG(str_sub(t, (size_t)at + 1, end)));
			if ((end < t.len && t.p[end] != '"') || t.p[end - 1] == '-')
				continue; /* a prefix, not an id */
			ck_assert_msg(skill_rule_find(id), "%s: %s is in no list",
				      files.gl_pathv[i], id);
			ids++;
		}
	}
	globfree(&files);
	ck_assert_uint_gt(ids, 50);
}
END_TEST

static const struct support_case cases[] = {CASE(every_skill_is_judged_with_these_words),
					    CASE(stricter_profiles_say_more),
					    CASE(a_replacement_makes_the_file_right),
					    CASE(a_skill_is_what_its_text_says),
					    CASE(a_skill_without_a_role_is_a_specialist),
					    CASE(reserved_names_are_refused),
					    CASE(skill_md_ends_at_128_kib),
					    CASE(frontmatter_ends_at_64_kib),
					    CASE(frontmatter_ends_at_10000_values),
					    CASE(frontmatter_ends_at_depth_32),
					    CASE(a_body_ends_at_8192_brackets),
					    CASE_LOOP(no_text_takes_a_second, 20),
					    CASE_LOOP(no_frontmatter_takes_a_second, 9),
					    CASE(links_stand_where_they_are_told_to),
					    CASE(every_rule_of_reading_is_in_the_list),
					    {0}};

int main(void)
{
	return support_main("skill/skill", cases);
}
