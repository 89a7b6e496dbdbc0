/* The change log: dense, in order, complete; and honest when history is gone. */
#include <sys/wait.h>

#include "store/change.h"
#include "tests/unit/support_pg.h"

START_TEST(positions_are_written_and_read_back)
{
	static const char *const good[] = {"i1.0",
					   "i3.4711",
					   "i3.4711.5",
					   "i3.4711-1a2b3c4d",
					   "i3.4711.0-00000000",
					   "i1.9223372036854775807"};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct store_rv v;
		char out[RV_MAX];
		assert_ok(store_rv_parse(str_of(good[i]), &v, &support_err));
		ck_assert_str_eq(store_rv_format(&v, out), good[i]);
	}
	static const char *const bad[] = {"",
					  "i",
					  "i1",
					  "i1.",
					  "i0.1",
					  "1.2",
					  "i1.2.3.4",
					  "i1.-2",
					  "i1.2-",
					  "i1.2-1a2b3c4",
					  "i1.2-1a2b3c4dd",
					  "i1.2-xxxxxxxx",
					  "i1.9223372036854775808",
					  "i1.2.2147483648",
					  "i01.2",
					  "i1.2 ",
					  "i1..2"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct store_rv v;
		assert_err(store_rv_parse(str_of(bad[i]), &v, &support_err), ERR_INVALID,
			   "is not a resourceVersion");
	}
}
END_TEST

static int64_t write_changes(struct store *s, const struct lease *l, const char *kind, int count)
{
	struct store_txn *t = NULL;
	int64_t rev = 0;
	assert_ok(store_txn_begin(s, STORE_FENCED, "tester", l, &t, &support_err));
	for (int i = 0; i < count; i++) {
		char name[16];
		snprintf(name, sizeof(name), "n%d", i);
		store_txn_change(t, kind, STR("ecm"), str_of(name), STORE_CREATE,
				 STR("{\"a\": [1, 2]}"));
	}
	assert_ok(store_txn_commit(t, &rev, &support_err));
	store_txn_end(t);
	return rev;
}

START_TEST(a_reader_gets_every_change_once_in_order_also_in_small_pieces)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	for (int i = 1; i <= 4; i++)
		write_changes(s, l, "Skill", i);
	for (size_t limit = 1; limit <= 11; limit++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
		struct store_rv at = {1, 0, -1, false, 0};
		int64_t rev = 1;
		int ord = 0, seen = 0;
		for (;;) {
			struct change *list = NULL;
			size_t n = 0;
			assert_ok(
				store_change_read(s, a, &at, NULL, limit, &list, &n, &support_err));
			for (size_t i = 0; i < n; i++) {
				ck_assert_int_eq(list[i].rev, rev);
				ck_assert_int_eq(list[i].ord, ord);
				ck_assert_int_eq(list[i].last, ord == rev - 1);
				assert_str(list[i].actor, "tester");
				assert_str(list[i].object, "{\"a\": [1, 2]}");
				if (list[i].last) {
					rev++;
					ord = 0;
				} else {
					ord++;
				}
				seen++;
			}
			/* The position survives being written down. */
			char text[RV_MAX];
			assert_ok(store_rv_parse(str_of(store_rv_format(&at, text)), &at,
						 &support_err));
			if (n < limit)
				break;
		}
		ck_assert_int_eq(seen, 10);
		ck_assert_int_eq(at.rev, 4);
		ck_assert_int_eq(at.ord, -1);
	}
}
END_TEST

/* Reads on to the end in pieces; returns how many there were, and checks that they are dense and that the last ones say so. */
static int read_tail(struct store *g, struct store_rv *at, size_t limit)
{
	int seen = 0;
	for (size_t n = limit; n == limit;) {
		CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
		struct change *list = NULL;
		struct store_rv before = *at;
		assert_ok(store_change_tail(g, a, at, limit, &list, &n, &support_err));
		for (size_t i = 0; i < n; i++, seen++) {
			const struct change *c = &list[i];
			bool fresh = before.ord < 0;
			ck_assert_int_eq(c->rev, before.rev + fresh);
			ck_assert_int_eq(c->ord, fresh ? 0 : before.ord + 1);
			before = store_change_at(c, 1);
		}
		ck_assert_int_eq(at->rev, before.rev);
		ck_assert_int_eq(at->ord, before.ord);
	}
	return seen;
}

START_TEST(who_follows_the_log_gets_the_same_and_is_told_whether_it_moved)
{
	struct store *s = support_pg_open(STORE_SYNC), *g = support_pg_open(STORE_GATEWAY);
	struct lease *l = support_pg_lease(s, "sync");
	bool moved = true;
	assert_ok(store_scope(g, STR("*"), &support_err));
	for (int i = 1; i <= 4; i++)
		write_changes(s, l, "Skill", i);
	for (size_t limit = 1; limit <= 11; limit++) {
		struct store_rv at = {.incarnation = 1, .ord = -1};
		assert_ok(store_change_moved(g, &at, &moved, &support_err));
		ck_assert(moved);
		ck_assert_int_eq(read_tail(g, &at, limit), 10);
		ck_assert_int_eq(at.rev, 4);
		ck_assert_int_eq(at.ord, -1);
		assert_ok(store_change_moved(g, &at, &moved, &support_err));
		ck_assert(!moved);
		ck_assert_int_eq(read_tail(g, &at, limit), 0);
	}
	/* In the middle of a revision, or in another history, there is always something to look at. */
	assert_ok(store_change_moved(g, &(struct store_rv){.incarnation = 1, .rev = 4, .ord = 1},
				     &moved, &support_err));
	ck_assert(moved);
	assert_ok(store_change_moved(g, &(struct store_rv){.incarnation = 2, .rev = 4, .ord = -1},
				     &moved, &support_err));
	ck_assert(moved);
}
END_TEST

/* What was prepared while the table was small is not planned again soon: 10,000 changes took 5 s when each looked for the one after it. */
START_TEST(a_great_many_changes_at_once_are_read_quickly_by_who_followed_few)
{
	struct store *s = support_pg_open(STORE_SYNC), *g = support_pg_open(STORE_GATEWAY);
	struct lease *l = support_pg_lease(s, "sync");
	struct store_rv at = {.incarnation = 1, .ord = -1};
	assert_ok(store_scope(g, STR("*"), &support_err));
	for (int i = 0; i < 8; i++) {
		write_changes(s, l, "Skill", 1);
		ck_assert_int_eq(read_tail(g, &at, 1000), 1);
	}
	write_changes(s, l, "Skill", 10000);
	int64_t began = clock_real.mono_ms(NULL);
	ck_assert_int_eq(read_tail(g, &at, 1000), 10000);
	ck_assert_int_lt(clock_real.mono_ms(NULL) - began, 3000);
}
END_TEST

static int read_page(struct store *g, struct store_rv *at, const struct change_filter *f)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct change *list = NULL;
	size_t n = 0;
	assert_ok(store_change_read(g, a, at, f, 1000, &list, &n, &support_err));
	return (int)n;
}

/* The same of who reads from a position, with a filter and without: each page is one walk over what it passes. */
START_TEST(a_great_many_changes_at_once_are_read_quickly_by_who_read_few)
{
	/* As PostgreSQL does it by itself where the values of the first few looks make no difference. */
	struct store *s = support_pg_open(STORE_SYNC);
	support_pg_run("do $$ begin execute format('alter database %%I set plan_cache_mode = "
		       "force_generic_plan', current_database()); end $$");
	struct store *g = support_pg_open(STORE_GATEWAY);
	struct lease *l = support_pg_lease(s, "sync");
	static const struct change_filter filters[] = {{.kind = NULL}, {.kind = "Skill"}};
	struct store_rv at[] = {{.incarnation = 1, .ord = -1}, {.incarnation = 1, .ord = -1}};
	assert_ok(store_scope(g, STR("*"), &support_err));
	for (int i = 0; i < 8; i++)
		write_changes(s, l, "Skill", 1);
	/* Known to be small, when the statement is prepared. */
	support_pg_run("vacuum analyze change");
	for (size_t f = 0; f < ARRAY_SIZE(filters); f++)
		ck_assert_int_eq(read_page(g, &at[f], &filters[f]), 8);
	write_changes(s, l, "Skill", 10000);
	int64_t began = clock_real.mono_ms(NULL);
	for (size_t f = 0; f < ARRAY_SIZE(filters); f++) {
		int seen = 0;
		for (int n = 1000; n == 1000;)
			seen += n = read_page(g, &at[f], &filters[f]);
		ck_assert_int_eq(seen, 10000);
		ck_assert_int_eq(at[f].rev, 9);
		ck_assert_int_eq(at[f].ord, -1);
	}
	ck_assert_int_lt(clock_real.mono_ms(NULL) - began, 2500);
}
END_TEST

START_TEST(a_filter_passes_over_the_rest_and_moves_the_position)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	write_changes(s, l, "Skill", 1);
	write_changes(s, l, "Route", 2);
	write_changes(s, l, "Skill", 1);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct store_rv at = {1, 0, -1, false, 0};
	struct change *list = NULL;
	size_t n = 0;
	struct change_filter f = {.kind = "Route", .name = STR("n1")};
	assert_ok(store_change_read(s, a, &at, &f, 10, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(list[0].rev, 2);
	ck_assert_int_eq(at.rev, 3);
	assert_ok(store_change_read(s, a, &at, &f, 10, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(lost_history_is_told_and_never_passed_over)
{
	struct store *s = support_pg_open(STORE_SYNC), *c = support_pg_open(STORE_CONTROL);
	struct lease *l = support_pg_lease(s, "sync"), *cl = support_pg_lease(c, "control");
	for (int i = 0; i < 10; i++)
		write_changes(s, l, "Skill", 2);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct change *list = NULL;
	size_t n = 0;
	struct store_head head;
	assert_ok(store_head(s, &head, &support_err));
	ck_assert_int_eq(head.at.rev, 10);
	ck_assert_int_ge(head.age_ms, 0);
	int64_t removed = 0;
	assert_ok(store_change_compact(c, cl, 6, &removed, &support_err));
	ck_assert_int_eq(removed, 6);
	ck_assert_int_eq(support_pg_int("select min(revision) from change"), 7);
	const struct {
		struct store_rv at;
		const char *why; /* NULL: fine */
	} looks[] = {
		{{1, 5, -1, false, 0}, "older than the history"},
		{{1, 6, 0, false, 0}, "older than the history"},
		{{1, 6, -1, false, 0}, NULL},
		{{1, 10, -1, false, 0}, NULL},
		{{1, 11, -1, false, 0}, "has lost revisions"},
		{{2, 8, -1, false, 0}, "another incarnation"},
		{{1, 8, -1, true, 12345}, "another history"},
		{head.at, NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		struct store_rv at = looks[i].at;
		if (looks[i].why)
			assert_err(store_change_read(s, a, &at, NULL, 100, &list, &n, &support_err),
				   ERR_GONE, looks[i].why);
		else
			assert_ok(store_change_read(s, a, &at, NULL, 100, &list, &n, &support_err));
	}
	/* Compaction never passes the head, and is fenced. */
	assert_ok(store_change_compact(c, cl, 1000, &removed, &support_err));
	ck_assert_int_eq(removed, 4);
	struct store_rv end = head.at;
	assert_ok(store_change_read(s, a, &end, NULL, 100, &list, &n, &support_err));
	write_changes(s, l, "Skill", 1);
	support_pg_run("update lease set epoch = epoch + 1 where name = 'control/0'");
	assert_err(store_change_compact(c, cl, 11, &removed, &support_err), ERR_FENCED,
		   "control/0");
	ck_assert_int_eq(support_pg_int("select floor from store"), 10);
}
END_TEST

START_TEST(a_restored_database_that_went_on_is_another_history)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	write_changes(s, l, "Skill", 1);
	write_changes(s, l, "Skill", 1);
	struct store_head seen, now;
	assert_ok(store_head(s, &seen, &support_err));
	/* Back to revision 1, then on with something else. */
	support_pg_run(
		"delete from change where revision = 2; delete from revision where revision = 2; "
		"update store set rev = 1, hash = (select hash from revision where revision = 1)");
	write_changes(s, l, "Route", 1);
	assert_ok(store_head(s, &now, &support_err));
	ck_assert_int_eq(now.at.rev, seen.at.rev);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct change *list = NULL;
	size_t n = 0;
	assert_err(store_change_read(s, a, &seen.at, NULL, 10, &list, &n, &support_err), ERR_GONE,
		   "another history");
}
END_TEST

START_TEST(the_floor_follows_age_and_number)
{
	struct store *s = support_pg_open(STORE_SYNC), *c = support_pg_open(STORE_CONTROL);
	struct lease *l = support_pg_lease(s, "sync");
	for (int i = 0; i < 10; i++)
		write_changes(s, l, "Skill", 1);
	int64_t rev;
	assert_ok(store_change_floor(c, 60000, 1000, &rev, &support_err));
	ck_assert_int_eq(rev, 0);
	assert_ok(store_change_floor(c, 60000, 3, &rev, &support_err));
	ck_assert_int_eq(rev, 7);
	support_pg_run("update revision set at = at - interval '2 minutes' where revision <= 8");
	assert_ok(store_change_floor(c, 60000, 1000, &rev, &support_err));
	ck_assert_int_eq(rev, 8);
}
END_TEST

START_TEST(every_single_tampering_breaks_the_chain_where_it_is)
{
	struct store *s = support_pg_open(STORE_SYNC), *c = support_pg_open(STORE_CONTROL);
	struct lease *l = support_pg_lease(s, "sync"), *cl = support_pg_lease(c, "control");
	for (int i = 0; i < 12; i++)
		write_changes(s, l, "Skill", 1 + i % 3);
	int64_t bad = -1, removed;
	assert_ok(store_change_verify(s, 1, 12, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
	static const char *const tampering[] = {
		"update change set name = 'x' where revision = 5 and ord = 0",
		"update change set object = '{}' where revision = 5 and ord = 1",
		"update change set op = 'delete' where revision = 5 and ord = 0",
		"delete from change where revision = 5 and ord = 1",
		"delete from change where revision = 5",
		"update revision set actor = 'someone' where revision = 5",
		"update revision set body = sha256('x') where revision = 5",
		"update revision set hash = sha256('x') where revision = 5",
		"delete from revision where revision = 5",
		"insert into change values (5, 9, 'Skill', 'ecm', 'n', 'create', '{}')",
	};
	for (size_t i = 0; i < ARRAY_SIZE(tampering); i++) {
		support_pg_run("create table keep_r as table revision; create table keep_c as "
			       "table change");
		support_pg_run("%s", tampering[i]);
		assert_ok(store_change_verify(s, 1, 12, &bad, &support_err));
		ck_assert_msg(bad == 5, "%s: found at %lld", tampering[i], (long long)bad);
		support_pg_run("truncate revision, change; insert into revision table keep_r; "
			       "insert into change table keep_c; "
			       "drop table keep_r, keep_c");
	}
	/* After compaction verification begins above the floor. */
	assert_ok(store_change_compact(c, cl, 4, &removed, &support_err));
	assert_ok(store_change_verify(s, 5, 12, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
	assert_err(store_change_verify(s, 4, 12, &bad, &support_err), ERR_GONE, "not kept");
}
END_TEST

/* Writes 60 revisions of one to three changes each, named WRITER-SEQUENCE. */
static int writer(int id)
{
	struct store *s = support_pg_open(STORE_GATEWAY);
	for (int seq = 0; seq < 60;) {
		struct store_txn *t = NULL;
		if (store_txn_begin(s, STORE_CONDITIONAL, "writer", NULL, &t, &support_err) < 0)
			return 1;
		for (int i = 0; i <= seq % 3; i++) {
			char name[32];
			snprintf(name, sizeof(name), "%d-%d", id, seq);
			store_txn_change(t, "Key", STR_NULL, str_of(name), STORE_UPDATE, STR_NULL);
		}
		int r = store_txn_commit(t, NULL, &support_err);
		store_txn_end(t);
		if (r >= 0)
			seq++;
		else if (store_retry(&support_err) != STORE_RETRY_NOW)
			return 2;
	}
	return 0;
}

START_TEST(a_watcher_beside_eight_writers_misses_nothing)
{
	enum { WRITERS = 8, EACH = 60 };
	struct store *s = support_pg_listen(STORE_GATEWAY);
	pid_t pids[WRITERS];
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(writer(i));
	}
	struct store_rv at = {1, 0, -1, false, 0};
	int64_t rev = 0, deadline = clock_real.mono_ms(NULL) + 60000;
	int next[WRITERS] = {0}, ord = 0;
	while (rev < WRITERS * EACH && clock_real.mono_ms(NULL) < deadline) {
		CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
		struct change *list = NULL;
		size_t n = 0;
		bool woken;
		assert_ok(store_change_read(s, a, &at, NULL, 7, &list, &n, &support_err));
		for (size_t i = 0; i < n; i++) {
			ck_assert_int_eq(list[i].rev, rev + 1); /* contiguous */
			ck_assert_int_eq(list[i].ord, ord);
			int w = list[i].name.p[0] - '0';
			int64_t seq;
			ck_assert(str_to_i64(str_sub(list[i].name, 2, list[i].name.len), &seq));
			ck_assert_int_eq(seq, next[w]); /* each writer's own order */
			ord++;
			if (list[i].last) {
				rev++;
				next[w]++;
				ord = 0;
			}
		}
		if (n < 7)
			assert_ok(store_wait(s, 1000, &woken, &support_err));
	}
	ck_assert_int_eq(rev, WRITERS * EACH);
	for (int i = 0; i < WRITERS; i++) {
		int status;
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(next[i], EACH);
	}
	int64_t bad = -1;
	assert_ok(store_change_verify(s, 1, rev, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(positions_are_written_and_read_back),
	CASE(a_reader_gets_every_change_once_in_order_also_in_small_pieces),
	CASE(who_follows_the_log_gets_the_same_and_is_told_whether_it_moved),
	CASE_SLOW(a_great_many_changes_at_once_are_read_quickly_by_who_followed_few, 60),
	CASE(a_great_many_changes_at_once_are_read_quickly_by_who_read_few),
	CASE(a_filter_passes_over_the_rest_and_moves_the_position),
	CASE(lost_history_is_told_and_never_passed_over),
	CASE(a_restored_database_that_went_on_is_another_history),
	CASE(the_floor_follows_age_and_number),
	CASE(every_single_tampering_breaks_the_chain_where_it_is),
	CASE_SLOW(a_watcher_beside_eight_writers_misses_nothing, 120),
	{0},
};

int main(void)
{
	return support_pg_main("store/change", cases);
}
