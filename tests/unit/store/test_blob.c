/* Blobs: each once, in bounded memory, and collected only when nothing names them. */
#include <sys/resource.h>

#include "base/mem.h"
#include "store/blob.h"
#include "store/source.h"
#include "store/release.h"
#include "tests/unit/store/help_release.h"

static struct str text_of(int i, char out[64])
{
	snprintf(out, 64, "file number %d", i);
	return str_of(out);
}

static void add(struct blob_writer *w, struct str bytes)
{
	struct digest d = blob_digest(bytes);
	assert_ok(store_blob_writer_add(w, &d, bytes, &support_err));
}

START_TEST(a_blob_is_stored_once_and_read_back)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct digest d, again;
	assert_ok(store_blob_put(s, NULL, STR("hello\0world"), &d, &support_err));
	assert_ok(store_blob_put(s, NULL, STR("hello\0world"), &again, &support_err));
	ck_assert(digest_equal(&d, &again));
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 1);
	CLEANUP(buf_release) struct buf out = BUF_INIT(100);
	assert_ok(store_blob_read(s, &d, &out, &support_err));
	ck_assert(str_eq(buf_str(&out), STR("hello\0world")));
	/* The empty file is a file. */
	assert_ok(store_blob_put(s, NULL, STR_NULL, &d, &support_err));
	buf_reset(&out);
	assert_ok(store_blob_read(s, &d, &out, &support_err));
	ck_assert_uint_eq(out.len, 0);
	struct digest none = word_digest("none");
	assert_err(store_blob_read(s, &none, &out, &support_err), ERR_NOT_FOUND, "is not stored");
	struct buf small = BUF_INIT(4);
	assert_ok(store_blob_put(s, NULL, STR("12345"), &d, &support_err));
	struct blob_reader reader = store_blob_reader(s);
	assert_err(reader.read(reader.state, &d, &small, &support_err), ERR_TOO_LARGE,
		   "stored file");
	buf_release(&small);
}
END_TEST

START_TEST(the_writer_leaves_out_what_is_known)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct blob_writer *w = NULL;
	char text[64];
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	for (int i = 0; i < 10; i++)
		add(w, text_of(i % 5, text));
	assert_ok(store_blob_writer_flush(w, &support_err));
	assert_ok(store_blob_writer_flush(w, &support_err)); /* nothing left */
	struct blob_writer_stats st;
	store_blob_writer_stats(w, &st);
	ck_assert_uint_eq(st.added, 10);
	ck_assert_uint_eq(st.written, 5);
	store_blob_writer_close(w);
	/* The next writer asks. */
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	for (int i = 3; i < 8; i++)
		add(w, text_of(i, text));
	assert_ok(store_blob_writer_flush(w, &support_err));
	store_blob_writer_stats(w, &st);
	ck_assert_uint_eq(st.known, 2);
	ck_assert_uint_eq(st.written, 3);
	store_blob_writer_close(w);
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 8);
	/* The connection is an ordinary one after COPY. */
	struct digest d = blob_digest(text_of(7, text));
	CLEANUP(buf_release) struct buf out = BUF_INIT(100);
	assert_ok(store_blob_read(s, &d, &out, &support_err));
}
END_TEST

START_TEST(a_blob_that_somebody_stores_meanwhile_is_no_conflict)
{
	struct store *s = support_pg_open(STORE_SYNC), *g = support_pg_open(STORE_GATEWAY);
	struct blob_writer *w = NULL;
	/* It believes the store to be empty, and so does not ask. */
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	add(w, STR("one"));
	add(w, STR("two"));
	assert_ok(store_blob_put(g, NULL, STR("two"), NULL, &support_err));
	assert_ok(store_blob_writer_flush(w, &support_err));
	store_blob_writer_close(w);
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 2);
}
END_TEST

START_TEST(a_batch_ends_at_its_limits)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct blob_writer *w = NULL;
	char text[64];
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	for (int i = 0; i < 999; i++)
		add(w, text_of(i, text));
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 0);
	add(w, text_of(999, text));
	/* The first is on its way, and has arrived when the second sets out. */
	CLEANUP_FREE char *big = mem_zalloc(5 * 1024 * 1024);
	add(w, str_make(big, 5 * 1024 * 1024));
	ck_assert_int_eq(support_pg_int("select count(*) from blob where size < 1000"), 1000);
	assert_ok(store_blob_writer_flush(w, &support_err));
	ck_assert_int_eq(support_pg_int("select max(size) from blob"), 5 * 1024 * 1024);
	store_blob_writer_close(w);
}
END_TEST

static void add_batch(struct blob_writer *w, int from)
{
	char text[64];
	for (int i = 0; i < 1000; i++)
		add(w, text_of(from + i, text));
}

START_TEST(a_batch_on_its_way_gives_in_to_who_stores_the_same)
{
	struct store *s = support_pg_open(STORE_SYNC), *g = support_pg_open(STORE_GATEWAY);
	struct blob_writer *w = NULL;
	struct blob_writer_stats stats;
	char text[64];
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	add_batch(w, 0);
	add_batch(w, 1000);
	/* The third is known to nobody when it is asked whether anything is there at all. */
	for (int i = 2000; i < 2999; i++)
		add(w, text_of(i, text));
	assert_ok(store_blob_put(g, NULL, text_of(2500, text), NULL, &support_err));
	assert_ok(store_blob_writer_flush(w, &support_err));
	store_blob_writer_stats(w, &stats);
	ck_assert_uint_eq(stats.added, 2999);
	ck_assert_uint_eq(stats.written + stats.known, 2999);
	store_blob_writer_close(w);
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 2999);
}
END_TEST

START_TEST(a_writer_that_is_closed_on_its_way_leaves_the_connection_to_others)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct blob_writer *w = NULL;
	struct store_tick now = {0};
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	add_batch(w, 0);
	store_blob_writer_close(w);
	assert_ok(store_tick(s, &now, &support_err));
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 1000);
}
END_TEST

static int collect(void *state, const struct manifest_file *f, struct str bytes, struct err *err)
{
	(void)err;
	buf_addf(state, "%.*s=%.*s;", STR_ARG(f->path), STR_ARG(bytes));
	return 0;
}

static int refuse(void *state, const struct manifest_file *f, struct str bytes, struct err *err)
{
	(void)state;
	(void)f;
	(void)bytes;
	return err_set(err, ERR_CANCELLED, "enough");
}

START_TEST(the_files_of_a_manifest_come_in_its_order)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct manifest_file files[3] = {{.path = STR("a"), .size = 1},
					 {.path = STR("b"), .size = 2},
					 {.path = STR("c"), .size = 1}};
	assert_ok(store_blob_put(s, NULL, STR("1"), &files[0].digest, &support_err));
	assert_ok(store_blob_put(s, NULL, STR("22"), &files[1].digest, &support_err));
	files[2].digest = files[0].digest; /* two files may be one blob */
	struct manifest m = {files, 3, 4};
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
	assert_ok(store_blob_each(s, &m, collect, &out, &support_err));
	ck_assert_str_eq(buf_cstr(&out), "a=1;b=22;c=1;");
	assert_err(store_blob_each(s, &m, refuse, NULL, &support_err), ERR_CANCELLED, "enough");
	files[1].digest = word_digest("never");
	assert_err(store_blob_each(s, &m, collect, &out, &support_err), ERR_NOT_FOUND,
		   "the bytes of b are not stored");
}
END_TEST

START_TEST(only_what_nothing_names_is_collected)
{
	struct store *s = support_pg_open(STORE_SYNC), *c = support_pg_open(STORE_CONTROL);
	struct lease *l = support_pg_lease(s, "sync");
	support_declare(s, l, (const char *const[]){"main", NULL});
	struct digest in_version, in_context, in_platform, orphan, fresh;
	assert_ok(store_blob_put(s, NULL, STR("version"), &in_version, &support_err));
	assert_ok(store_blob_put(s, NULL, STR("context"), &in_context, &support_err));
	assert_ok(store_blob_put(s, NULL, STR("platform"), &in_platform, &support_err));
	assert_ok(store_blob_put(s, NULL, STR("orphan"), &orphan, &support_err));
	support_pg_run("update blob set seen_at = now() - interval '2 days'");
	assert_ok(store_blob_put(s, NULL, STR("fresh"), &fresh, &support_err));
	struct manifest_file f = {
		.path = STR("a"), .mode = TREE_MODE_FILE, .size = 7, .digest = in_version};
	struct manifest m = {&f, 1, 7};
	struct store_version v = {.domain = STR("ecm"),
				  .skill = STR("a"),
				  .content = word_digest("a"),
				  .runtime = word_digest("a"),
				  .role = STR("field"),
				  .manifest = &m};
	char document[200], hex[DIGEST_HEX + 1];
	snprintf(document, sizeof(document), "{\"files\":[{\"digest\":\"%s\"}]}",
		 digest_hex(&in_context, hex));
	struct store_context ctx = {word_digest("ctx"), str_of(document)};
	struct release_platform p = {
		.source = {"main", "r"}, .digest = word_digest("p"), .firm = in_platform};
	struct release r = {.kind = "sync", .source = p.source, .platform = &p};
	struct store_txn *t = NULL;
	int64_t id, deleted = -1;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	assert_ok(store_version_put(t, &v, 1, &support_err));
	assert_ok(store_context_put(t, &ctx, 1, &support_err));
	assert_ok(store_release_write(t, &r, support_signer(), &id, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	assert_ok(store_blob_collect(c, 86400000, 100, &deleted, &support_err));
	ck_assert_int_eq(deleted, 1);
	ck_assert_int_eq(support_pg_int("select count(*) from blob where bytes = 'orphan'"), 0);
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 4);
	/* Storing it again saves an orphan from the next collection. */
	assert_ok(store_blob_put(s, NULL, STR("orphan"), NULL, &support_err));
	support_pg_run("update blob set seen_at = now() - interval '2 days'");
	assert_ok(store_blob_put(s, NULL, STR("orphan"), NULL, &support_err));
	assert_ok(store_blob_collect(c, 86400000, 100, &deleted, &support_err));
	ck_assert_int_eq(deleted, 1); /* "fresh", which is old now */
	ck_assert_int_eq(support_pg_int("select count(*) from blob where bytes = 'orphan'"), 1);
	/* A version is read back with its manifest. */
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct store_version *found = NULL;
	assert_ok(store_version_find(s, a, STR("ecm"), STR("a"), &v.content, &v.runtime, &found,
				     &support_err));
	ck_assert_uint_eq(found->manifest->count, 1);
	ck_assert(digest_equal(&found->manifest->files[0].digest, &in_version));
	struct str doc;
	assert_ok(store_context_read(s, a, &ctx.context, &doc, &support_err));
	assert_str(doc, document);
	struct digest other = word_digest("other");
	assert_ok(store_version_find(s, a, STR("ecm"), STR("a"), &other, &v.runtime, &found,
				     &support_err));
	ck_assert_ptr_null(found);
	assert_err(store_context_read(s, a, &other, &doc, &support_err), ERR_NOT_FOUND, "context");
}
END_TEST

START_TEST(eighty_thousand_files_pass_through_in_bounded_memory)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct blob_writer *w = NULL;
	CLEANUP_FREE char *file = mem_zalloc(1800);
	memset(file, 'x', 1800);
	struct rusage before, after;
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	for (int i = 0; i < 3000; i++) { /* warm */
		memcpy(file, &i, sizeof(i));
		add(w, str_make(file, 1800));
	}
	getrusage(RUSAGE_SELF, &before);
	int64_t t0 = clock_real.mono_ms(NULL);
	for (int i = 3000; i < 80000; i++) {
		memcpy(file, &i, sizeof(i));
		add(w, str_make(file, 1800));
	}
	assert_ok(store_blob_writer_flush(w, &support_err));
	getrusage(RUSAGE_SELF, &after);
	struct blob_writer_stats st;
	store_blob_writer_stats(w, &st);
	ck_assert_uint_eq(st.written, 80000);
	fprintf(stderr, "77,000 files, %.0f MB: %lld ms, %ld KiB more\n", 77000 * 1800 / 1e6,
		(long long)(clock_real.mono_ms(NULL) - t0), after.ru_maxrss - before.ru_maxrss);
#ifndef __SANITIZE_ADDRESS__
	/* 138 MB went through; what stays is 32 bytes and a little for each digest. */
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 24 * 1024);
#endif
	store_blob_writer_close(w);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_blob_is_stored_once_and_read_back),
	CASE(the_writer_leaves_out_what_is_known),
	CASE(a_blob_that_somebody_stores_meanwhile_is_no_conflict),
	CASE(a_batch_ends_at_its_limits),
	CASE(a_batch_on_its_way_gives_in_to_who_stores_the_same),
	CASE(a_writer_that_is_closed_on_its_way_leaves_the_connection_to_others),
	CASE(the_files_of_a_manifest_come_in_its_order),
	CASE(only_what_nothing_names_is_collected),
	CASE_SLOW(eighty_thousand_files_pass_through_in_bounded_memory, 180),
	{0},
};

int main(void)
{
	return support_pg_main("store/blob", cases);
}
