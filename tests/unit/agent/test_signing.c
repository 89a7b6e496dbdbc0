/* The operator's files of signers: read once, read again when they change, and what was known then forgotten. */
#include "agent/signing.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

static char *ssh, *openpgp;
static struct signing *g;
static const struct signature good = {SIGNATURE_GOOD, SIGNATURE_SSH, "ana", "SHA256:x", ""};

static void write_to(const char *path, const char *text)
{
	assert_ok(io_write_file(path, str_of(text), 0600, &support_err));
}

static void set_up(bool with_openpgp)
{
	char *dir = mem_strdup(support_dir());
	ssh = io_join(dir, "allowed");
	openpgp = io_join(dir, "keys");
	free(dir);
	write_to(ssh, "ana ssh-ed25519 AAAA\n");
	write_to(openpgp, "a key\n");
	const struct agent_signers files = {.ssh = str_of(ssh),
					    .openpgp = with_openpgp ? str_of(openpgp) : STR_NULL};
	g = signing_new(&files);
}

static void tear_down(void)
{
	signing_free(g);
	free(ssh);
	free(openpgp);
	g = NULL;
}

static struct tree_id commit(uint8_t n)
{
	return (struct tree_id){.len = 20, .bytes = {n, n}};
}

START_TEST(files_are_stale_until_they_are_read)
{
	set_up(true);
	ck_assert(signing_is_stale(g));
	assert_ok(signing_read(g, &support_err));
	ck_assert(!signing_is_stale(g));
	struct signers s = signing_signers(g);
	assert_str(s.ssh, "ana ssh-ed25519 AAAA\n");
	assert_str(s.openpgp, "a key\n");
	ck_assert_uint_eq(s.revoked.len, 0);
	tear_down();
}
END_TEST

START_TEST(another_file_forgets_what_was_known)
{
	set_up(true);
	struct tree_id one = commit(1), two = commit(2);
	assert_ok(signing_read(g, &support_err));
	ck_assert_ptr_null(signing_find(g, &one));
	signing_learn(g, &one, &good);
	ck_assert(signature_equal(signing_find(g, &one), &good));
	ck_assert_ptr_null(signing_find(g, &two));
	/* The same bytes in another file are the same signers. */
	write_to(ssh, "ana ssh-ed25519 AAAA\n");
	ck_assert(signing_is_stale(g));
	assert_ok(signing_read(g, &support_err));
	ck_assert_ptr_nonnull(signing_find(g, &one));
	write_to(openpgp, "b key\n");
	ck_assert(signing_is_stale(g));
	ck_assert_ptr_nonnull(signing_find(g, &one));
	assert_ok(signing_read(g, &support_err));
	ck_assert_ptr_null(signing_find(g, &one));
	assert_str(signing_signers(g).openpgp, "b key\n");
	tear_down();
}
END_TEST

/* A line that moves from one file to the other makes other signers of the same bytes. */
START_TEST(which_file_a_byte_stands_in_counts)
{
	set_up(true);
	struct tree_id one = commit(1);
	write_to(ssh, "ab");
	write_to(openpgp, "c");
	assert_ok(signing_read(g, &support_err));
	signing_learn(g, &one, &good);
	write_to(ssh, "a");
	write_to(openpgp, "bc");
	assert_ok(signing_read(g, &support_err));
	ck_assert_ptr_null(signing_find(g, &one));
	tear_down();
}
END_TEST

START_TEST(what_was_not_looked_at_is_not_learnt)
{
	static const struct signature unchecked = {0};
	set_up(false);
	struct tree_id one = commit(1);
	assert_ok(signing_read(g, &support_err));
	signing_learn(g, &one, &unchecked);
	ck_assert_ptr_null(signing_find(g, &one));
	signing_learn(g, &one, &good);
	signing_forget(g);
	ck_assert_ptr_null(signing_find(g, &one));
	ck_assert(signing_is_stale(g));
	tear_down();
}
END_TEST

START_TEST(what_is_remembered_has_an_end)
{
	set_up(false);
	assert_ok(signing_read(g, &support_err));
	for (uint32_t i = 0; i < 8 * SIGNATURE_COMMITS_MAX + 1; i++) {
		struct tree_id id = {.len = 20};
		memcpy(id.bytes, &i, sizeof(i));
		signing_learn(g, &id, &good);
	}
	struct tree_id first = {.len = 20}, last = {.len = 20};
	uint32_t n = 8 * SIGNATURE_COMMITS_MAX;
	memcpy(last.bytes, &n, sizeof(n));
	ck_assert_ptr_null(signing_find(g, &first));
	ck_assert_ptr_nonnull(signing_find(g, &last));
	tear_down();
}
END_TEST

static void fails(int code, const char *words)
{
	assert_err(signing_read(g, &support_err), code, words);
	ck_assert_str_eq(support_err.remedy,
			 "name a file that the account of asporad's roles can read");
	/* They are looked for again until they can be read. */
	ck_assert(signing_is_stale(g));
}

START_TEST(a_file_that_cannot_be_read_says_which)
{
	set_up(true);
	assert_ok(signing_read(g, &support_err));
	unlink(ssh);
	ck_assert(signing_is_stale(g));
	fails(ERR_NOT_FOUND, "signers.ssh: cannot open ");
	/* A pipe that nobody writes to would be waited for. */
	ck_assert_int_eq(mkfifo(ssh, 0600), 0);
	fails(ERR_INVALID, "is not a file");
	unlink(ssh);
	CLEANUP(buf_release) struct buf large = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < SIGNERS_MAX_BYTES; i++)
		buf_add_char(&large, 'a');
	write_to(ssh, buf_cstr(&large));
	assert_ok(signing_read(g, &support_err));
	buf_add_char(&large, 'a');
	write_to(ssh, buf_cstr(&large));
	fails(ERR_TOO_LARGE, "signers.ssh: ");
	write_to(ssh, "");
	assert_ok(signing_read(g, &support_err));
	ck_assert_uint_eq(signing_signers(g).ssh.len, 0);
	tear_down();
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {CASE(files_are_stale_until_they_are_read),
						    CASE(another_file_forgets_what_was_known),
						    CASE(which_file_a_byte_stands_in_counts),
						    CASE(what_was_not_looked_at_is_not_learnt),
						    CASE(what_is_remembered_has_an_end),
						    CASE(a_file_that_cannot_be_read_says_which),
						    {0}};
	return support_main("agent/signing", cases);
}
