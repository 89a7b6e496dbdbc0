#include "tests/unit/support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

/* Keeps a text until the end of the test, which runs in a process of its own. */
static const char *keep(char *text)
{
	static struct arena *kept;
	if (!kept)
		kept = arena_new(BUF_MAX);
	const char *copy = arena_strdup(kept, text);
	free(text);
	return copy;
}

/* A path below a folder of this test's own; NULL is the folder. */
static const char *under(const char *name)
{
	static const char *root;
	if (!root)
		root = keep(mem_strdup(support_dir()));
	return name ? keep(io_join(root, name)) : root;
}

static void write_text(const char *path, const char *text)
{
	assert_ok(io_write_file(path, str_of(text), 0644, &support_err));
}

static size_t entries_of(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;
	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

START_TEST(a_file_is_read_up_to_the_limit_and_not_past_it)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(5);
	const char *path = under("f");
	write_text(path, "12345");
	assert_ok(io_read_file(path, &b, &support_err));
	assert_str(buf_str(&b), "12345");
	buf_reset(&b);
	write_text(path, "123456");
	assert_err(io_read_file(path, &b, &support_err), ERR_TOO_LARGE,
		   "f is larger than its limit of 5 bytes");
	buf_reset(&b);
	write_text(path, "");
	assert_ok(io_read_file(path, &b, &support_err));
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(reading_appends_and_large_files_come_whole)
{
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX), b = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, 'x', 300000);
	assert_ok(io_write_file(under("f"), buf_str(&big), 0600, &support_err));
	buf_addz(&b, "head:");
	assert_ok(io_read_file(under("f"), &b, &support_err));
	ck_assert_uint_eq(b.len, 300005);
	ck_assert_int_eq(strncmp(buf_cstr(&b), "head:xxx", 8), 0);
}
END_TEST

START_TEST(what_cannot_be_read_says_why)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(5);
	assert_err(io_read_file("/no/such/file", &b, &support_err), ERR_NOT_FOUND,
		   "cannot open /no/such/file: No such file or directory");
	assert_err(io_read_file("/etc/passwd/x", &b, &support_err), ERR_NOT_FOUND,
		   "Not a directory");
	assert_err(io_read_file(under(NULL), &b, &support_err), ERR_IO, "Is a directory");
	assert_err(io_read_fd(9999, &b, &support_err), ERR_IO, "Bad file descriptor");
}
END_TEST

START_TEST(a_written_file_has_its_mode_and_leaves_nothing_beside_it)
{
	struct stat st;
	umask(077);
	const char *path = under("f");
	assert_ok(io_write_file(path, STR("one"), 0644, &support_err));
	assert_ok(io_write_file(path, STR("two"), 0640, &support_err));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(entries_of(under(NULL)), 1);
	CLEANUP(buf_release) struct buf b = BUF_INIT(16);
	assert_ok(io_read_file(path, &b, &support_err));
	assert_str(buf_str(&b), "two");
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_old_file_and_nothing_else)
{
	const char *path = under("taken");
	assert_ok(io_mkdirs(under("taken/inner"), 0755, &support_err));
	assert_err(io_write_file(path, STR("x"), 0644, &support_err), ERR_IO, "cannot replace");
	ck_assert_uint_eq(entries_of(under(NULL)), 1);
	assert_err(io_write_file("/no/such/folder/f", STR("x"), 0644, &support_err), ERR_NOT_FOUND,
		   "cannot create a file beside /no/such/folder/f");
	assert_err(io_write_all(9999, STR("x"), &support_err), ERR_IO, "cannot write");
}
END_TEST

START_TEST(a_file_is_written_without_a_folder_in_its_name)
{
	ck_assert_int_eq(chdir(under(NULL)), 0);
	assert_ok(io_write_file("plain", STR("x"), 0644, &support_err));
	ck_assert(io_exists("plain"));
	ck_assert(!io_exists("other"));
}
END_TEST

START_TEST(folders_are_made_on_the_way)
{
	assert_ok(io_mkdirs(under("a/b//c/"), 0755, &support_err));
	assert_ok(io_mkdirs(under("a/b/c"), 0755, &support_err));
	ck_assert(io_exists(under("a/b/c")));
	write_text(under("file"), "x");
	assert_err(io_mkdirs(under("file/x"), 0755, &support_err), ERR_IO,
		   "cannot make the folder");
	assert_err(io_mkdirs(under("file"), 0755, &support_err), ERR_IO, "File exists");
	assert_ok(io_mkdirs("/", 0755, &support_err));
}
END_TEST

/* --- removing -------------------------------------------------------------------------------- */

START_TEST(a_tree_goes_and_what_its_links_point_to_stays)
{
	assert_ok(io_mkdirs(under("tree/a/b"), 0755, &support_err));
	assert_ok(io_mkdirs(under("outside"), 0755, &support_err));
	write_text(under("tree/a/b/f"), "x");
	write_text(under("outside/keep"), "x");
	ck_assert_int_eq(symlink("../outside", under("tree/link")), 0);
	ck_assert_int_eq(symlink("/no/where", under("tree/a/dangling")), 0);
	ck_assert_int_eq(mkfifo(under("tree/fifo"), 0600), 0);
	assert_ok(io_remove_tree(under("tree"), &support_err));
	ck_assert(!io_exists(under("tree")));
	ck_assert(io_exists(under("outside/keep")));
	assert_ok(io_remove_tree(under("tree"), &support_err)); /* absent is fine */
	ck_assert_int_eq(symlink("outside", under("link")), 0);
	assert_ok(io_remove_tree(under("link"), &support_err));
	assert_ok(io_remove_tree(under("outside/keep"), &support_err)); /* a file is a tree, too */
	ck_assert_uint_eq(entries_of(under("outside")), 0);
}
END_TEST

START_TEST(a_tree_deeper_than_paths_and_descriptors_allow_goes)
{
	/* 3,000 folders of 200 characters: 600 KB of path, far past PATH_MAX. */
	char name[201];
	memset(name, 'd', 200);
	name[200] = '\0';
	assert_ok(io_mkdirs(under("deep"), 0755, &support_err));
	ck_assert_int_eq(chdir(under("deep")), 0);
	for (int i = 0; i < 3000; i++) {
		ck_assert_int_eq(mkdir(name, 0755), 0);
		if (i % 100 == 0)
			close(open("file", O_CREAT | O_WRONLY, 0600));
		ck_assert_int_eq(chdir(name), 0);
	}
	ck_assert_int_eq(chdir("/"), 0);
	assert_ok(io_remove_tree(under("deep"), &support_err));
	ck_assert(!io_exists(under("deep")));
}
END_TEST

START_TEST(a_wide_tree_goes)
{
	assert_ok(io_mkdirs(under("wide"), 0755, &support_err));
	for (int i = 0; i < 2000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "wide/%d", i);
		close(open(under(name), O_CREAT | O_WRONLY, 0600));
	}
	assert_ok(io_remove_tree(under("wide"), &support_err));
	ck_assert(!io_exists(under("wide")));
}
END_TEST

static int remove_as_nobody(void *state)
{
	if (getuid() == 0 && (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
		return 2;
	return io_remove_tree(state, NULL) == 0 ? 0 : 1;
}

START_TEST(an_owner_removes_what_he_took_permissions_from)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	/* The folder of the test program is for its owner only. */
	char dir[] = "/tmp/aspora-test-XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(dir));
	CLEANUP_FREE char *inner = io_join(dir, "a/b/c"), *b = io_join(dir, "a/b"),
			  *a = io_join(dir, "a");
	assert_ok(io_mkdirs(inner, 0755, &support_err));
	if (getuid() == 0)
		ck_assert(chown(inner, 65534, 65534) == 0 && chown(b, 65534, 65534) == 0 &&
			  chown(a, 65534, 65534) == 0 && chown(dir, 65534, 65534) == 0);
	ck_assert(chmod(inner, 0) == 0 && chmod(b, 0) == 0 && chmod(a, 0500) == 0);
	assert_ok(child_fork(&c, remove_as_nobody, a, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	bool gone = !io_exists(a);
	assert_ok(io_remove_tree(dir, &support_err));
	ck_assert_int_eq(end.status, 0);
	ck_assert(gone);
}
END_TEST

/* --- a root and a relative path -------------------------------------------------------------- */

START_TEST(what_lies_beneath_opens)
{
	int fd;
	CLEANUP(buf_release) struct buf b = BUF_INIT(16);
	assert_ok(io_mkdirs(under("a/b"), 0755, &support_err));
	write_text(under("a/b/f"), "text");
	CLEANUP_FD int dir = open(under(NULL), O_RDONLY | O_DIRECTORY);
	assert_ok(io_open_beneath(dir, "a/b/../b/f", O_RDONLY, 0, &fd, &support_err));
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_ok(io_read_fd(fd, &b, &support_err));
	assert_str(buf_str(&b), "text");
	close(fd);
	assert_ok(io_open_beneath(dir, "a/new", O_WRONLY | O_CREAT | O_EXCL, 0600, &fd,
				  &support_err));
	close(fd);
	ck_assert(io_exists(under("a/new")));
}
END_TEST

START_TEST(nothing_opens_outside_or_through_a_link)
{
	static const struct {
		const char *path;
		int code;
		const char *part;
	} table[] = {
		{"../f", ERR_DENIED, "../f leads out of its folder"},
		{"sub/../../f", ERR_DENIED, "leads out of its folder"},
		{"/etc/passwd", ERR_DENIED, "leads out of its folder"},
		{"inside", ERR_DENIED, "inside goes through a symbolic link"},
		{"outside", ERR_DENIED, "goes through a symbolic link"},
		{"folder/f", ERR_DENIED, "goes through a symbolic link"},
		{"none", ERR_NOT_FOUND, "cannot open none: No such file"},
		{"f/x", ERR_NOT_FOUND, "Not a directory"},
		{"", ERR_NOT_FOUND, "No such file"},
	};
	assert_ok(io_mkdirs(under("root/sub"), 0755, &support_err));
	write_text(under("f"), "outside");
	write_text(under("root/f"), "inside");
	ck_assert_int_eq(symlink("f", under("root/inside")), 0);
	ck_assert_int_eq(symlink("../f", under("root/outside")), 0);
	ck_assert_int_eq(symlink("sub", under("root/folder")), 0);
	CLEANUP_FD int dir = open(under("root"), O_RDONLY | O_DIRECTORY);
	int fd = -7;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_err(io_open_beneath(dir, table[i].path, O_RDONLY, 0, &fd, &support_err),
			   table[i].code, table[i].part);
	ck_assert_int_eq(fd, -7);
}
END_TEST

/* --- the rest -------------------------------------------------------------------------------- */

START_TEST(pipes_and_sockets_close_on_exec)
{
	int fds[2];
	assert_ok(io_pipe(fds, &support_err));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
	assert_ok(io_set_nonblock(fds[0], true, &support_err));
	char byte;
	ck_assert_int_eq(read(fds[0], &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
	assert_ok(io_set_nonblock(fds[0], false, &support_err));
	ck_assert_int_eq(fcntl(fds[0], F_GETFL) & O_NONBLOCK, 0);
	assert_ok(io_socketpair(fds, &support_err));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
	assert_err(io_set_nonblock(9999, true, &support_err), ERR_IO,
		   "cannot change descriptor 9999");
}
END_TEST

START_TEST(a_reader_that_is_gone_is_an_error_of_the_write)
{
	int fds[2];
	signal(SIGPIPE, SIG_IGN);
	assert_ok(io_pipe(fds, &support_err));
	close(fds[0]);
	assert_err(io_write_all(fds[1], STR("x"), &support_err), ERR_IO, "Broken pipe");
	assert_ok(io_write_all(fds[1], STR_NULL, &support_err));
}
END_TEST

START_TEST(temporary_folders_are_ours_alone)
{
	CLEANUP_FREE char *a = NULL, *b = NULL;
	struct stat st;
	setenv("TMPDIR", under(NULL), 1);
	assert_ok(io_temp_dir("aspora", &a, &support_err));
	assert_ok(io_temp_dir("aspora", &b, &support_err));
	ck_assert_str_ne(a, b);
	ck_assert(str_starts(str_of(a), str_of(under("aspora-"))));
	ck_assert_int_eq(stat(a, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	setenv("TMPDIR", "/no/such", 1);
	char *none = NULL;
	assert_err(io_temp_dir("x", &none, &support_err), ERR_IO,
		   "cannot make a temporary folder /no/such/x-");
	ck_assert_ptr_null(none);
}
END_TEST

START_TEST(paths_are_joined_with_one_slash)
{
	ck_assert_str_eq(keep(io_join("a", "b")), "a/b");
	ck_assert_str_eq(keep(io_join("a/", "b")), "a/b");
	ck_assert_str_eq(keep(io_join("", "b")), "b");
	ck_assert_str_eq(keep(io_join("/", "b")), "/b");
	setenv("XDG_CONFIG_HOME", "/conf", 1);
	ck_assert_str_eq(keep(io_config_path("aspora")), "/conf/aspora");
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", "/home/x", 1);
	ck_assert_str_eq(keep(io_config_path("aspora")), "/home/x/.config/aspora");
	unsetenv("HOME");
	ck_assert_ptr_nonnull(strstr(keep(io_config_path("aspora")), "/.config/aspora"));
	ck_assert(io_exists(keep(io_join(keep(io_self_dir()), "test_io"))));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_file_is_read_up_to_the_limit_and_not_past_it),
	CASE(reading_appends_and_large_files_come_whole),
	CASE(what_cannot_be_read_says_why),
	CASE(a_written_file_has_its_mode_and_leaves_nothing_beside_it),
	CASE(a_write_that_fails_leaves_the_old_file_and_nothing_else),
	CASE(a_file_is_written_without_a_folder_in_its_name),
	CASE(folders_are_made_on_the_way),
	CASE(a_tree_goes_and_what_its_links_point_to_stays),
	CASE(a_tree_deeper_than_paths_and_descriptors_allow_goes),
	CASE(a_wide_tree_goes),
	CASE(an_owner_removes_what_he_took_permissions_from),
	CASE(what_lies_beneath_opens),
	CASE(nothing_opens_outside_or_through_a_link),
	CASE(pipes_and_sockets_close_on_exec),
	CASE(a_reader_that_is_gone_is_an_error_of_the_write),
	CASE(temporary_folders_are_ours_alone),
	CASE(paths_are_joined_with_one_slash),
	{0},
};

int main(void)
{
	return support_main("base/io", cases);
}
