/* What other tools have and this one has not: no row may go stale. */
#include "cli/elsewhere.h"

#include "base/mem.h"
#include "skill/kind.h"
#include "tests/unit/cli/help_cli.h"

/* Every verb that the advice names is one. */
static void names_verbs(const char *advice)
{
	for (const char *p = advice; (p = strstr(p, "`aspora ")); p++) {
		struct str rest = str_of(p + strlen("`aspora ")), verb;
		ck_assert(str_split(&rest, ' ', &verb));
		ptrdiff_t end = str_find_byte(verb, '`', 0);
		if (end >= 0)
			verb = str_sub(verb, 0, (size_t)end);
		if (str_eqz(verb, "VERB"))
			continue;
		CLEANUP_FREE char *name = mem_strndup(verb.p, verb.len);
		ck_assert_msg(cli_verb_find(name), "\"%s\" names no verb: %s", advice, name);
	}
}

static bool has_word(const struct cli_verb *v, const char *word)
{
	for (size_t i = 0; v->words && v->words[i]; i++)
		if (strcmp(v->words[i], word) == 0)
			return true;
	return false;
}

START_TEST(no_verb_of_another_tool_is_one_of_ours)
{
	for (const struct cli_elsewhere *e = cli_elsewhere_verbs; e->instead; e++) {
		const struct cli_verb *v = cli_verb_find(e->of);
		names_verbs(e->instead);
		ck_assert_msg(!v || (e->word && v->words), "%s is a verb", e->of);
		if (v)
			ck_assert_msg(!has_word(v, e->word), "%s %s is there", e->of, e->word);
	}
}
END_TEST

START_TEST(a_row_for_one_word_stands_before_the_row_for_any)
{
	for (const struct cli_elsewhere *e = cli_elsewhere_verbs; e->instead; e++)
		ck_assert_str_eq(cli_elsewhere_verb(e->of, e->word), e->instead);
}
END_TEST

static bool has_option(const struct cli_verb *v, const char *option)
{
	struct opt opts[CLI_OPTIONS_MAX + 1];
	bool found = false;
	cli_options(help_command(NULL), v, opts);
	for (const struct opt *o = opts; o->name; o++)
		found = found || (option[1] == '-' ? strcmp(option + 2, o->name) == 0
						   : option[1] == o->letter);
	return found;
}

START_TEST(no_option_of_another_tool_is_one_of_ours)
{
	for (const struct cli_elsewhere *e = cli_elsewhere_options; e->instead; e++) {
		const struct cli_verb *v = e->of ? cli_verb_find(e->of) : NULL;
		names_verbs(e->instead);
		ck_assert_msg(!e->of || v, "%s is no verb", e->of);
		if (v)
			ck_assert_msg(!has_option(v, e->word), "%s has %s", e->of, e->word);
		/* Options in a row are told by their first letter that is unknown. */
		ck_assert_msg(e->word[1] == '-' || strlen(e->word) == 2, "%s", e->word);
	}
}
END_TEST

START_TEST(an_option_of_one_verb_is_stronger_than_one_of_any)
{
	ck_assert_ptr_null(cli_elsewhere_option("get", "--image"));
	ck_assert_ptr_nonnull(strstr(cli_elsewhere_option("run", "--image"), "aspora run"));
	ck_assert_ptr_nonnull(strstr(cli_elsewhere_option("get", "--template"), "jsonpath"));
	ck_assert_ptr_nonnull(strstr(cli_elsewhere_option("logs", "--kind"), "aspora events"));
	ck_assert_ptr_null(cli_elsewhere_option("get", "--nothing"));
}
END_TEST

START_TEST(every_kind_of_another_tool_is_a_kind_here)
{
	for (const struct cli_elsewhere *e = cli_elsewhere_kinds; e->instead; e++) {
		const struct kind *k = kind_find(str_of(e->instead));
		/* Or a sentence, where there is none. */
		if (strchr(e->instead, ' '))
			names_verbs(e->instead);
		else
			ck_assert_msg(k && strcmp(k->plural, e->instead) == 0, "%s", e->instead);
		ck_assert_msg(!kind_find(str_of(e->word)), "%s is a kind", e->word);
	}
	ck_assert_str_eq(cli_elsewhere_kind("PODS"), "instances");
	ck_assert_ptr_null(cli_elsewhere_kind("nothing"));
}
END_TEST

START_TEST(an_unknown_verb_is_told_with_what_it_is_here)
{
	static const struct {
		const char *verb, *next, *remedy;
	} rows[] = {
		{"app", "list", "type `aspora get domains`"},
		{"app", "fly", "an application is a domain here"},
		{"app", NULL, "an application is a domain here"},
		{"reconcile", "source", "`aspora sync SOURCE`"},
		{"gte", NULL, "did you mean \"aspora get\"?"},
		{"zzzzzzzz", NULL, "`aspora help` lists them"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_err(cli_verb_unknown(rows[i].verb, rows[i].next, &support_err), ERR_USAGE,
			   "there is no verb");
		ck_assert_msg(strstr(support_err.remedy, rows[i].remedy), "%s: %s", rows[i].verb,
			      support_err.remedy);
	}
}
END_TEST

START_TEST(a_kind_is_told_by_its_name_here_or_in_a_sentence)
{
	struct err err = ERR_INIT;
	err_set(&err, ERR_USAGE, "x");
	ck_assert(cli_elsewhere_kind_say("po", &err));
	ck_assert_str_eq(err.remedy, "here they are instances");
	ck_assert(cli_elsewhere_kind_say("Nodes", &err));
	ck_assert_str_eq(err.remedy,
			 "`aspora get instances -o wide` names the node that each runs on");
	ck_assert(!cli_elsewhere_kind_say("nothing", &err));
}
END_TEST

START_TEST(fields_that_have_another_name_here_are_taken_as_meant)
{
	static const struct {
		const char *there, *here;
	} rows[] = {
		{"", ""},
		{".metadata.name", ".metadata.name"},
		{".metadata.namespace", ".metadata.domain"},
		{"{.metadata.namespace}/{.metadata.name}", "{.metadata.domain}/{.metadata.name}"},
		{"NS:.metadata.namespace,AGE:.metadata.creationTimestamp",
		 "NS:.metadata.domain,AGE:.metadata.createdAt"},
		{"metadata.namespac", "metadata.namespac"},
	};
	struct cli *c = help_command(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_str_eq(cli_elsewhere_path(c->arena, rows[i].there), rows[i].here);
}
END_TEST

START_TEST(selectors_of_events_are_taken_as_kubectl_writes_them)
{
	static const struct {
		const char *kind, *there, *here;
	} rows[] = {
		{"Event", "type=Warning", "status.type=Warning"},
		{"Event", "type!=Normal,reason=Released",
		 "status.type!=Normal,status.reason=Released"},
		{"Event", "involvedObject.name=a,involvedObject.kind=Skill",
		 "spec.name=a,spec.kind=Skill"},
		{"Event", "involvedObject.namespace=ecm", "spec.domain=ecm"},
		{"Event", "status.type=Warning", "status.type=Warning"},
		{"Skill", "type=Warning", "type=Warning"},
		{"Skill", "metadata.namespace=ecm,metadata.name=a",
		 "metadata.domain=ecm,metadata.name=a"},
		{"Skill", "nothing", "nothing"},
	};
	struct cli *c = help_command(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_str_eq(cli_elsewhere_selector(c->arena, kind_find(str_of(rows[i].kind)),
							rows[i].there),
				 rows[i].here);
}
END_TEST

static const struct support_case cases[] = {
	CASE(no_verb_of_another_tool_is_one_of_ours),
	CASE(a_row_for_one_word_stands_before_the_row_for_any),
	CASE(no_option_of_another_tool_is_one_of_ours),
	CASE(an_option_of_one_verb_is_stronger_than_one_of_any),
	CASE(every_kind_of_another_tool_is_a_kind_here),
	CASE(a_kind_is_told_by_its_name_here_or_in_a_sentence),
	CASE(fields_that_have_another_name_here_are_taken_as_meant),
	CASE(selectors_of_events_are_taken_as_kubectl_writes_them),
	CASE(an_unknown_verb_is_told_with_what_it_is_here),
	{0}};

int main(void)
{
	return support_main("cli/elsewhere", cases);
}
