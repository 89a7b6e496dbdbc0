/* What a skill was, version by version, with the releases that brought them. */
#include "skill/kind.h"
#include "store/object.h"
#include "tests/unit/store/help_release.h"
#include "tests/unit/support_pg.h"

static struct arena *a;

static const struct doc_node *history(struct store *g, const char *skill, int64_t limit,
				      size_t want)
{
	struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *n = NULL;
	size_t count = 99;
	assert_ok(store_skill_history(g, STR("ecm"), str_of(skill), limit, &out, &count,
				      &support_err));
	ck_assert_uint_eq(count, want);
	assert_ok(doc_parse_json(a, arena_str(a, buf_str(&out)), &doc_limits_json, "history", &n,
				 &support_err));
	ck_assert_uint_eq(n->list.count, want);
	buf_release(&out);
	return n;
}

static void is(const struct doc_node *list, size_t i, const char *path, const char *want)
{
	struct str text = kind_text(list->list.items[i], path);
	ck_assert_msg(str_eqz(text, want), "%s of %zu is \"%.*s\"", path, i, STR_ARG(text));
}

START_TEST(versions_come_newest_first_each_with_its_release)
{
	a = arena_new(16 << 20);
	struct store *sync = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(sync, "sync");
	struct support_skill order = {.name = "order", .content = "one"};
	struct support_skill other = {.name = "other", .content = "x"};
	support_release(sync, l, "ecm", "c1", &order, 1);
	support_release(sync, l, "ecm", "c2", &other, 1);
	order.content = "two";
	support_release(sync, l, "ecm", "c3", &order, 1);
	order.content = "one";
	support_release(sync, l, "ecm", "c4", &order, 1);
	struct store *g = support_pg_open(STORE_GATEWAY);
	const struct doc_node *n = history(g, "order", 100, 3);
	is(n, 0, "kind", "SkillVersion");
	is(n, 0, "metadata.name", "order");
	is(n, 0, "status.phase", "Current");
	is(n, 1, "status.phase", "Past");
	is(n, 2, "status.phase", "Past");
	is(n, 0, "release.metadata.name", "4");
	is(n, 1, "release.metadata.name", "3");
	is(n, 2, "release.metadata.name", "1");
	/* The same content twice is two stretches: somebody went back. */
	ck_assert(str_eq(kind_text(n->list.items[0], "status.digest"),
			 kind_text(n->list.items[2], "status.digest")));
	ck_assert(!str_eq(kind_text(n->list.items[0], "status.digest"),
			  kind_text(n->list.items[1], "status.digest")));
	/* Where one ends the next begins. */
	ck_assert(str_eq(kind_text(n->list.items[1], "status.until"),
			 kind_text(n->list.items[0], "status.since")));
	ck_assert_int_eq(kind_path(n->list.items[0], "status.until")->type, DOC_NULL);
	ck_assert_int_eq(kind_path(n->list.items[1], "status.desired.release")->integer, 3);
	/* At its limits, and one past. */
	n = history(g, "order", 1, 1);
	is(n, 0, "release.metadata.name", "4");
	history(g, "order", 3, 3);
	history(g, "other", 100, 1);
	history(g, "nobody", 100, 0);
	arena_free(a);
}
END_TEST

static const struct support_case cases[] = {CASE(versions_come_newest_first_each_with_its_release),
					    {0}};

int main(void)
{
	return support_pg_main("store/skill_history", cases);
}
