#include "runtime/bundle.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <signal.h>

#include "base/child.h"
#include "tests/unit/runtime/rig.h"

static struct rig rig;
static struct digest key;
static char *root;

static void set_up(void)
{
	free(root);
	root = io_join(support_dir(), "bundles");
	run_result_release(&rig.result);
	rig_init(&rig, NULL, "");
	rig_file(&rig, "SKILL.md", STR("# no\n"), false);
	rig_file(&rig, "code/handler.sh", STR("echo 1\n"), true);
	rig_file(&rig, "code/lib/deep/x.txt", STR("deep"), false);
	rig_file(&rig, "data/empty", STR(""), false);
	key = rig_digest(&rig);
}

static int prepare(struct bundle *b)
{
	memset(&support_err, 0, sizeof(support_err));
	return bundle_prepare(root, &key, &rig.manifest, &rig.reader, b, &support_err);
}

static size_t entries(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n ? n - 2 : 0;
}

static mode_t mode_of(const struct bundle *b, const char *name)
{
	CLEANUP_FREE char *path = io_join(b->path, name);
	struct stat st;
	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(a_bundle_has_the_files_a_sandbox_may_see_and_no_more)
{
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	set_up();
	umask(077); /* a daemon's umask must not close it to the sandbox's user */
	assert_ok(prepare(&b));
	umask(022);
	ck_assert(!b.reused);
	ck_assert_uint_eq(mode_of(&b, "."), 0755);
	ck_assert_uint_eq(mode_of(&b, "code"), 0755);
	ck_assert_uint_eq(mode_of(&b, "code/lib/deep"), 0755);
	ck_assert_uint_eq(mode_of(&b, "code/handler.sh"), 0555);
	ck_assert_uint_eq(mode_of(&b, "code/lib/deep/x.txt"), 0444);
	ck_assert_uint_eq(mode_of(&b, "data/empty"), 0444);
	ck_assert_uint_eq(entries(b.path), 2);
	ck_assert_uint_eq(entries(root), 1);
	assert_ok(bundle_verify(b.path, &rig.manifest, &support_err));
}
END_TEST

START_TEST(a_good_bundle_is_used_again_without_reading_a_blob)
{
	CLEANUP(bundle_release) struct bundle a = BUNDLE_INIT;
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	set_up();
	assert_ok(prepare(&a));
	ck_assert_int_eq(rig.reads, 3);
	assert_ok(prepare(&b));
	ck_assert(b.reused);
	ck_assert_int_eq(rig.reads, 3);
	ck_assert_str_eq(a.path, b.path);
}
END_TEST

static void damage_bytes(const char *path)
{
	CLEANUP_FREE char *f = io_join(path, "code/handler.sh");
	chmod(f, 0755);
	assert_ok(io_write_file(f, STR("echo 2\n"), 0555, &support_err));
	chmod(f, 0555);
}
static void damage_mode(const char *path)
{
	CLEANUP_FREE char *f = io_join(path, "code/handler.sh");
	chmod(f, 0444);
}
static void damage_missing(const char *path)
{
	CLEANUP_FREE char *f = io_join(path, "data/empty");
	unlink(f);
}
static void damage_extra(const char *path)
{
	CLEANUP_FREE char *f = io_join(path, "code/json.py");
	assert_ok(io_write_file(f, STR("evil"), 0444, &support_err));
}
static void damage_symlink(const char *path)
{
	CLEANUP_FREE char *f = io_join(path, "data/empty");
	unlink(f);
	ck_assert_int_eq(symlink("/etc/passwd", f), 0);
}
static void damage_all(const char *path)
{
	assert_ok(io_remove_tree(path, &support_err));
	ck_assert_int_eq(mkdir(path, 0755), 0);
}

START_TEST(a_damaged_bundle_is_built_again)
{
	static const struct {
		void (*damage)(const char *path);
		const char *says;
	} rows[] = {
		{damage_bytes, "code/handler.sh in the bundle has other bytes"},
		{damage_mode, "code/handler.sh is missing from the bundle or is another kind"},
		{damage_missing, "data/empty is missing from the bundle"},
		{damage_extra, "the bundle has 4 files, not 3"},
		{damage_symlink, "data/empty is missing from the bundle or is another kind"},
		{damage_all, "is missing from the bundle"},
	};
	CLEANUP(bundle_release) struct bundle a = BUNDLE_INIT;
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	set_up();
	assert_ok(prepare(&a));
	rows[_i].damage(a.path);
	assert_err(bundle_verify(a.path, &rig.manifest, &support_err), ERR_CONFLICT, rows[_i].says);
	assert_ok(prepare(&b));
	ck_assert(!b.reused);
	assert_ok(bundle_verify(b.path, &rig.manifest, &support_err));
	ck_assert_uint_eq(entries(root), 1);
}
END_TEST

static int wrong_blob(void *state, const struct digest *blob, struct buf *out, struct err *err)
{
	(void)blob;
	(void)err;
	buf_addz(out, state);
	return 0;
}

START_TEST(bytes_of_another_digest_make_no_bundle)
{
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	static char same_size[] = "echo 2\n", longer[] = "echo 1\n\n", shorter[] = "echo";
	char *const wrong[] = {same_size, longer, shorter};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		set_up();
		rig.reader = (struct blob_reader){wrong_blob, wrong[i]};
		assert_err(prepare(&b), ERR_INVALID,
			   "the bytes of code/handler.sh are not those of its digest");
		ck_assert_uint_eq(entries(root), 0);
	}
	set_up();
	rig.files[2].digest.bytes[0] ^= 1;
	assert_err(prepare(&b), ERR_INVALID, "the bytes of code/lib/deep/x.txt are not those");
	ck_assert_uint_eq(entries(root), 0);
}
END_TEST

START_TEST(no_path_leaves_the_bundle)
{
	static const char *const bad[] = {"/etc/x", "../x", "a/../../x", "a/./x", "a//x",
					  "a/",	    "",	    "..",	 "."};
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		set_up();
		rig.files[2].path = str_of(bad[i]);
		assert_err(prepare(&b), ERR_INVALID, "would not be inside the bundle");
		ck_assert_uint_eq(entries(root), 0);
	}
	set_up();
	rig.files[2].path = STR("a\0b");
	assert_err(prepare(&b), ERR_INVALID, "would not be inside the bundle");
}
END_TEST

START_TEST(files_are_counted_and_weighed)
{
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	set_up();
	rig.files[1].size = BUNDLE_BYTES_MAX;
	rig.files[2].size = 1;
	assert_err(prepare(&b), ERR_TOO_LARGE, "more than 67108864 bytes");
	set_up();
	CLEANUP_FREE struct manifest_file *many = mem_array(BUNDLE_FILES_MAX + 1, sizeof(*many));
	for (size_t i = 0; i <= BUNDLE_FILES_MAX; i++)
		many[i] = rig.files[3];
	rig.manifest = (struct manifest){many, BUNDLE_FILES_MAX + 1, 0};
	assert_err(prepare(&b), ERR_TOO_LARGE, "4097 files, more than 4096");
}
END_TEST

/* Killed at any moment, a builder leaves the whole bundle or none, and leavings that collection takes. */
static int killed_builder(void *state)
{
	struct bundle b = BUNDLE_INIT;
	(void)state;
	return prepare(&b) < 0;
}

static int read_and_die(void *state, const struct digest *blob, struct buf *out, struct err *err)
{
	struct rig *r = state;
	if (r->reads == 1)
		raise(SIGKILL);
	return rig_read(state, blob, out, err);
}

START_TEST(a_killed_builder_leaves_no_part_of_a_bundle)
{
	struct child c = CHILD_INIT;
	struct child_end end;
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	set_up();
	rig.reader.read = read_and_die;
	assert_ok(child_fork(&c, killed_builder, NULL, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 20000, &end, &support_err));
	ck_assert(!end.exited);
	char hex[DIGEST_HEX + 1];
	CLEANUP_FREE char *final = io_join(root, digest_hex(&key, hex));
	ck_assert(!io_exists(final));
	ck_assert_uint_eq(entries(root), 1);
	rig.reader.read = rig_read;
	assert_ok(prepare(&b));
	/* Young leavings may be another's work in progress. */
	size_t removed = 9;
	int64_t now = clock_wall(&clock_real);
	assert_ok(bundle_collect(root, &key, 1, now, &removed, &support_err));
	ck_assert_uint_eq(removed, 0);
	assert_ok(bundle_collect(root, &key, 1, now + 3601 * 1000, &removed, &support_err));
	ck_assert_uint_eq(removed, 1);
	ck_assert_uint_eq(entries(root), 1);
	assert_ok(bundle_verify(b.path, &rig.manifest, &support_err));
}
END_TEST

#define BUILDERS 4
START_TEST(builders_that_race_all_get_the_whole_bundle)
{
	struct child c[BUILDERS];
	struct child_end end;
	set_up();
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < BUILDERS; i++)
			assert_ok(child_fork(&c[i], killed_builder, NULL, NULL, 0, &support_err));
		for (int i = 0; i < BUILDERS; i++) {
			assert_ok(child_wait(&c[i], 20000, &end, &support_err));
			ck_assert(end.exited && end.status == 0);
		}
		ck_assert_uint_eq(entries(root), 1);
		assert_ok(io_remove_tree(root, &support_err));
	}
}
END_TEST

START_TEST(collection_keeps_what_is_live_and_what_is_not_ours)
{
	CLEANUP(bundle_release) struct bundle a = BUNDLE_INIT;
	CLEANUP(bundle_release) struct bundle b = BUNDLE_INIT;
	size_t removed;
	set_up();
	assert_ok(prepare(&a));
	struct digest live = key;
	key.bytes[0] ^= 1;
	assert_ok(prepare(&b));
	CLEANUP_FREE char *other = io_join(root, "README");
	assert_ok(io_write_file(other, STR("x"), 0644, &support_err));
	assert_ok(bundle_collect(root, &live, 1, clock_wall(&clock_real), &removed, &support_err));
	ck_assert_uint_eq(removed, 1);
	ck_assert(io_exists(a.path) && !io_exists(b.path) && io_exists(other));
	assert_ok(bundle_collect(root, NULL, 0, clock_wall(&clock_real), &removed, &support_err));
	ck_assert_uint_eq(removed, 1);
	ck_assert(io_exists(other));
	CLEANUP_FREE char *absent = io_join(root, "absent");
	assert_ok(bundle_collect(absent, NULL, 0, 0, &removed, &support_err));
	ck_assert_uint_eq(removed, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_bundle_has_the_files_a_sandbox_may_see_and_no_more),
	CASE(a_good_bundle_is_used_again_without_reading_a_blob),
	CASE_LOOP(a_damaged_bundle_is_built_again, 6),
	CASE(bytes_of_another_digest_make_no_bundle),
	CASE(no_path_leaves_the_bundle),
	CASE(files_are_counted_and_weighed),
	CASE(a_killed_builder_leaves_no_part_of_a_bundle),
	CASE(builders_that_race_all_get_the_whole_bundle),
	CASE(collection_keeps_what_is_live_and_what_is_not_ours),
	{0},
};

int main(void)
{
	return support_main("runtime/bundle", cases);
}
