/*
 * What `aspora create skill` makes is admitted as it is: alone, in every role and language, and two of one name in two domains.
 */
#include "skill/scaffold.h"

#include "admission/admit.h"
#include "tests/unit/support.h"

static struct arena *arena;
static struct tree_file all[16];
static size_t count;

static void make(const char *domain, enum role role, const char *language)
{
	struct tree_file *files = NULL;
	size_t n = 0;
	assert_ok(scaffold_skill(arena, str_of(domain), STR("order-details"), role, language,
				 &files, &n, &support_err));
	memcpy(all + count, files, n * sizeof(*files));
	count += n;
}

static void assert_admitted(void)
{
	static const struct source_ref source = {"main", "0123"};
	static const struct snapshot_opts plain = {.platform_from_tree = true};
	static const struct admit_facts facts = {.now_ms = 1771416030000};
	CLEANUP(snapshot_unrefp) struct snapshot *s = NULL;
	CLEANUP(plan_freep) struct plan *p = NULL;
	CLEANUP(admission_freep) struct admission *a = NULL;
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	struct deployed nothing = {.arena = arena};
	assert_ok(tree_memory_open(all, count, "rev", &t, &support_err));
	assert_ok(snapshot_build(t, &source, NULL, &plain, &s, &support_err));
	assert_ok(plan_make(s, &nothing, NULL, NULL, &p, &support_err));
	struct admit_opts o = {.snapshot = s, .plan = p, .facts = &facts};
	assert_ok(admit_plan(&o, &a, &support_err));
	CLEANUP(buf_release) struct buf said = BUF_INIT(1 << 16);
	for (size_t i = 0; i < a->domain_count; i++) {
		const struct findings *f = &a->domains[i].verdict.findings;
		for (size_t k = 0; k < f->count; k++)
			finding_text(&said, &f->items[k]);
	}
	ck_assert_msg(a->allow, "%s", buf_cstr(&said));
	ck_assert_str_eq(buf_cstr(&said), "");
}

START_TEST(a_new_skill_is_admitted_in_every_role_and_language)
{
	arena = arena_new(16 << 20);
	count = 0;
	make("ecm", (enum role)(_i % 3), scaffold_languages[_i / 3]);
	assert_admitted();
	arena_freep(&arena);
}
END_TEST

START_TEST(two_of_one_name_in_two_domains_do_not_collide)
{
	arena = arena_new(16 << 20);
	count = 0;
	make("ecm", ROLE_SPECIALIST, "python");
	make("frm", ROLE_SPECIALIST, "shell");
	assert_admitted();
	arena_freep(&arena);
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(a_new_skill_is_admitted_in_every_role_and_language, 9),
	CASE(two_of_one_name_in_two_domains_do_not_collide),
	{0},
};

int main(void)
{
	return support_main("admission/scaffold", cases);
}
