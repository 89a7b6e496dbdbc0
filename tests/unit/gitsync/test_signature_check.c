/* Signatures as the real programs make them, looked at by the real programs. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/signature_check.h"
#include "tests/unit/gitsync/help_sign.h"

static char *dir, *repo, *ana, *eve, *scratch;
static struct buf ssh = BUF_INIT(1 << 16), revoked = BUF_INIT(1 << 16), openpgp = BUF_INIT(1 << 16);
static struct signature got[8];

static void setup(void)
{
	dir = mem_strdup(support_dir());
	repo = io_join(dir, "skills.git");
	scratch = io_join(dir, "scratch");
	git("/", "init -q --bare -b main %s", repo);
	ana = ssh_key_new(dir, "ana");
	eve = ssh_key_new(dir, "eve");
	buf_reset(&ssh);
	buf_reset(&revoked);
	buf_reset(&openpgp);
	buf_addf(&ssh, "ana@example.com %s\n", ssh_key_public(ana));
}

static struct signature_opts opts(const struct tree_id *ids, size_t count)
{
	return (struct signature_opts){
		.repo = repo,
		.ids = ids,
		.count = count,
		.signers = {buf_str(&ssh), buf_str(&revoked), buf_str(&openpgp)},
		.scratch = scratch,
		.wall_ms = 60000};
}

static const struct signature *look(const char *id)
{
	struct tree_id t = id_from(id);
	struct signature_opts o = opts(&t, 1);
	assert_ok(signature_run(&o, got, &support_err));
	ck_assert_msg(!io_exists(o.scratch), "%s is left", o.scratch);
	return &got[0];
}

static void is(const char *id, enum signature_state state, const char *signer, const char *key)
{
	const struct signature *s = look(id);
	ck_assert_msg(s->state == state, "%s: %s %s", id, signature_state_name(s->state),
		      s->detail);
	ck_assert_str_eq(s->signer, signer);
	ck_assert_str_eq(s->key, key);
}

START_TEST(an_ssh_signature_is_told_by_its_principal)
{
	setup();
	is(commit_ssh(repo, ana, "one"), SIGNATURE_GOOD, "ana@example.com", ssh_key_print(ana));
	ck_assert_int_eq(got[0].kind, SIGNATURE_SSH);
	is(commit_ssh(repo, eve, "two"), SIGNATURE_UNTRUSTED, "", ssh_key_print(eve));
	is(commit_plain(repo, "three"), SIGNATURE_NONE, "", "");
	ck_assert_int_eq(got[0].kind, SIGNATURE_NO_KIND);
	is(commit_tampered(repo, commit_ssh(repo, ana, "four")), SIGNATURE_BAD, "",
	   ssh_key_print(ana));
}
END_TEST

/* Empty lines are no mistake of the operator's; a line without a key is one, and is told. */
START_TEST(a_list_may_have_empty_lines)
{
	setup();
	buf_reset(&ssh);
	buf_addf(&ssh, "\n# who may\n \t\nana@example.com %s\n\n", ssh_key_public(ana));
	is(commit_ssh(repo, ana, "one"), SIGNATURE_GOOD, "ana@example.com", ssh_key_print(ana));
	is(commit_ssh(repo, eve, "two"), SIGNATURE_UNTRUSTED, "", ssh_key_print(eve));
	ck_assert_str_eq(got[0].detail, "");
	buf_addz(&ssh, "eve@example.com");
	is(commit_ssh(repo, eve, "three"), SIGNATURE_UNTRUSTED, "", ssh_key_print(eve));
	ck_assert_str_eq(got[0].detail, "allowed_signers:6: missing key");
}
END_TEST

START_TEST(without_signers_every_key_is_nobodys)
{
	setup();
	const char *id = commit_ssh(repo, ana, "one");
	buf_reset(&ssh);
	is(id, SIGNATURE_UNTRUSTED, "", ssh_key_print(ana));
}
END_TEST

START_TEST(a_key_has_its_time_and_its_use)
{
	setup();
	const char *id = commit_ssh(repo, ana, "one");
	buf_reset(&ssh);
	buf_addf(&ssh, "ana@example.com valid-before=\"20200101\" %s\n", ssh_key_public(ana));
	is(id, SIGNATURE_EXPIRED, "", ssh_key_print(ana));
	ck_assert_msg(strstr(got[0].detail, "allowed_signers:1: key has expired"), "%s",
		      got[0].detail);
	buf_reset(&ssh);
	buf_addf(&ssh, "ana@example.com valid-after=\"20990101\" %s\n", ssh_key_public(ana));
	is(id, SIGNATURE_EXPIRED, "", ssh_key_print(ana));
	/* The same key once more, and valid. */
	buf_addf(&ssh, "ana@example.com namespaces=\"git\" %s\n", ssh_key_public(ana));
	is(id, SIGNATURE_GOOD, "ana@example.com", ssh_key_print(ana));
	buf_reset(&ssh);
	buf_addf(&ssh, "ana@example.com namespaces=\"file\" %s\n", ssh_key_public(ana));
	is(id, SIGNATURE_UNTRUSTED, "", ssh_key_print(ana));
}
END_TEST

START_TEST(a_revoked_key_is_no_bad_signature)
{
	setup();
	const char *id = commit_ssh(repo, ana, "one");
	buf_addf(&revoked, "%s\n", ssh_key_public(ana));
	is(id, SIGNATURE_REVOKED, "ana@example.com", ssh_key_print(ana));
	is(commit_tampered(repo, id), SIGNATURE_BAD, "", ssh_key_print(ana));
	buf_reset(&revoked);
	buf_addf(&revoked, "%s\n", ssh_key_public(eve));
	is(commit_ssh(repo, ana, "two"), SIGNATURE_GOOD, "ana@example.com", ssh_key_print(ana));
}
END_TEST

/* A list of revocations as ssh-keygen -k makes it is bytes, not lines. */
START_TEST(a_revocation_list_serves_too)
{
	setup();
	const char *id = commit_ssh(repo, ana, "one");
	CLEANUP_FREE char *krl = io_join(dir, "krl");
	tool(dir, NULL, "ssh-keygen -q -k -f %s %s.pub", krl, ana);
	assert_ok(io_read_file(krl, &revoked, &support_err));
	is(id, SIGNATURE_REVOKED, "ana@example.com", ssh_key_print(ana));
}
END_TEST

static const char *gpg_print(const char *home)
{
	static char print[64];
	struct str rest = str_of(tool(dir, home, "gpg --batch --with-colons --list-keys")), line;
	while (str_split(&rest, '\n', &line))
		if (str_starts(line, STR("fpr:"))) {
			snprintf(print, sizeof(print), "%.*s", STR_ARG(str_sub(line, 12, 52)));
			break;
		}
	return print;
}

static void trust(const char *home)
{
	buf_reset(&openpgp);
	buf_addz(&openpgp, tool(dir, home, "gpg --batch --export --armor"));
}

START_TEST(an_openpgp_signature_is_told_by_its_user)
{
	setup();
	CLEANUP_FREE char *bob = gpg_new(dir, "bob", "0");
	char id[64];
	snprintf(id, sizeof(id), "%s", commit_gpg(repo, bob, "bob@example.com", "one"));
	is(id, SIGNATURE_UNTRUSTED, "", gpg_print(bob));
	trust(bob);
	is(id, SIGNATURE_GOOD, "bob <bob@example.com>", gpg_print(bob));
	ck_assert_int_eq(got[0].kind, SIGNATURE_OPENPGP);
	is(commit_tampered(repo, id), SIGNATURE_BAD, "bob <bob@example.com>", gpg_print(bob) + 24);
	is(commit_ssh(repo, ana, "two"), SIGNATURE_GOOD, "ana@example.com", ssh_key_print(ana));
	/* Revoked by its owner, who made this list when the key was made. */
	CLEANUP_FREE char *list = mem_printf("%s/openpgp-revocs.d/%s.rev", bob, gpg_print(bob));
	CLEANUP_FREE char *opened = mem_printf("%s/opened", bob);
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
	assert_ok(io_read_file(list, &text, &support_err));
	ptrdiff_t at = str_find(buf_str(&text), STR(":-----BEGIN"), 0);
	ck_assert_int_ge(at, 0);
	assert_ok(io_write_file(opened, str_sub(buf_str(&text), (size_t)at + 1, text.len), 0600,
				&support_err));
	tool(dir, bob, "gpg --batch --quiet --import %s", opened);
	trust(bob);
	is(id, SIGNATURE_REVOKED, "bob <bob@example.com>", gpg_print(bob));
	gpg_stop(bob);
}
END_TEST

START_TEST(an_openpgp_key_expires)
{
	setup();
	CLEANUP_FREE char *bob = gpg_new(dir, "bob", "seconds=2");
	char id[64];
	snprintf(id, sizeof(id), "%s", commit_gpg(repo, bob, "bob@example.com", "one"));
	trust(bob);
	int64_t until = clock_mono(&clock_real) + 20000;
	while (look(id)->state == SIGNATURE_GOOD && clock_mono(&clock_real) < until)
		;
	ck_assert_int_eq(got[0].state, SIGNATURE_EXPIRED);
	ck_assert_str_eq(got[0].detail, "the key has expired");
	gpg_stop(bob);
}
END_TEST

START_TEST(keys_that_are_none_are_the_operators_error)
{
	setup();
	CLEANUP_FREE char *bob = gpg_new(dir, "bob", "0");
	struct tree_id id = id_from(commit_gpg(repo, bob, "bob@example.com", "one"));
	buf_addz(&openpgp, "these are no keys\n");
	struct signature_opts o = opts(&id, 1);
	assert_err(signature_run(&o, got, &support_err), ERR_INVALID,
		   "looking at the signatures of 1 commit: gpg takes no keys from signers.openpgp");
	ck_assert_str_eq(support_err.remedy, "write it with gpg --export --armor ana@example.com");
	ck_assert(!io_exists(o.scratch));
	/* An SSH signature has nothing to do with them. */
	is(commit_ssh(repo, ana, "two"), SIGNATURE_GOOD, "ana@example.com", ssh_key_print(ana));
	gpg_stop(bob);
}
END_TEST

/* What the repository says of programs, replacements and hooks is nothing to us. */
START_TEST(the_repository_names_no_program)
{
	setup();
	CLEANUP_FREE char *trap = io_join(dir, "trap"), *sprung = io_join(dir, "sprung");
	CLEANUP_FREE char *script = mem_printf("#!/bin/sh\ntouch %s\nexit 0\n", sprung);
	assert_ok(io_write_file(trap, str_of(script), 0700, &support_err));
	char good[64], bad[64];
	snprintf(good, sizeof(good), "%s", commit_ssh(repo, ana, "one"));
	snprintf(bad, sizeof(bad), "%s", commit_ssh(repo, eve, "two"));
	static const char *const keys[] = {"gpg.program", "gpg.ssh.program", "gpg.openpgp.program",
					   "gpg.x509.program", "core.fsmonitor"};
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		git(repo, "config %s %s", keys[i], trap);
	git(repo, "config gpg.ssh.allowedSignersFile %s/mine", dir);
	git(repo, "config core.hooksPath %s", dir);
	CLEANUP_FREE char *mine = io_join(dir, "mine");
	CLEANUP_FREE char *line = mem_printf("eve@example.com %s\n", ssh_key_public(eve));
	assert_ok(io_write_file(mine, str_of(line), 0600, &support_err));
	git(repo, "replace %s %s", bad, good);
	is(bad, SIGNATURE_UNTRUSTED, "", ssh_key_print(eve));
	is(good, SIGNATURE_GOOD, "ana@example.com", ssh_key_print(ana));
	ck_assert(!io_exists(sprung));
}
END_TEST

START_TEST(many_commits_are_told_in_their_order)
{
	setup();
	struct tree_id ids[5] = {
		id_from(commit_ssh(repo, ana, "one")), id_from(commit_plain(repo, "two")),
		id_from(commit_ssh(repo, eve, "three")), id_from(commit_ssh(repo, ana, "four"))};
	/* A commit of two signatures cannot be read, and stops nobody. */
	CLEANUP(buf_release) struct buf raw = BUF_INIT(1 << 16);
	buf_addz(&raw, git(repo, "cat-file commit %s", hex_of_id(&ids[0])));
	ptrdiff_t at = str_find(buf_str(&raw), STR("gpgsig"), 0),
		  end = str_find(buf_str(&raw), STR("\n\n"), 0);
	CLEANUP(buf_release) struct buf twice = BUF_INIT(1 << 16);
	buf_add_str(&twice, str_sub(buf_str(&raw), 0, (size_t)end + 1));
	buf_add_str(&twice, str_sub(buf_str(&raw), (size_t)at, raw.len));
	buf_add_char(&twice, '\n');
	ids[4] = id_from(repo_raw(repo, "commit", buf_str(&twice)));
	struct signature_opts o = opts(ids, 5);
	assert_ok(signature_run(&o, got, &support_err));
	static const enum signature_state want[] = {SIGNATURE_GOOD, SIGNATURE_NONE,
						    SIGNATURE_UNTRUSTED, SIGNATURE_GOOD,
						    SIGNATURE_UNREAD};
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		ck_assert_msg(got[i].state == want[i], "%zu: %s", i,
			      signature_state_name(got[i].state));
	ck_assert_msg(strstr(got[4].detail, "has more than one signature"), "%s", got[4].detail);
}
END_TEST

START_TEST(a_commit_that_is_not_there_is_an_error)
{
	setup();
	struct tree_id ids[2] = {id_from(commit_ssh(repo, ana, "one")),
				 id_from("1234567890123456789012345678901234567890")};
	struct signature_opts o = opts(ids, 2);
	assert_err(signature_run(&o, got, &support_err), ERR_NOT_FOUND,
		   "looking at the signatures of 2 commits");
	/* What was known before it is kept. */
	ck_assert_int_eq(got[0].state, SIGNATURE_GOOD);
	ck_assert_int_eq(got[1].state, SIGNATURE_UNCHECKED);
	o.count = 0;
	assert_err(signature_run(&o, got, &support_err), ERR_INVALID, "0 commits");
	o.count = SIGNATURE_COMMITS_MAX + 1;
	assert_err(signature_run(&o, got, &support_err), ERR_INVALID, "1001 commits");
}
END_TEST

/* A program that does not end is ended, and the job says that it was too late. */
START_TEST(a_deadline_is_kept)
{
	setup();
	CLEANUP_FREE char *bin = io_join(dir, "bin"), *fake = io_join(dir, "bin/git");
	struct tree_id id = id_from(commit_ssh(repo, ana, "one"));
	assert_ok(io_mkdirs(bin, 0700, &support_err));
	assert_ok(io_write_file(fake, STR("#!/bin/sh\nexec tail -f /dev/null\n"), 0700,
				&support_err));
	CLEANUP_FREE char *path = mem_printf("%s:%s", bin, getenv("PATH"));
	CLEANUP_FREE char *before = mem_strdup(getenv("PATH"));
	setenv("PATH", path, 1);
	struct signature_opts o = opts(&id, 1);
	o.wall_ms = 200;
	assert_err(signature_run(&o, got, &support_err), ERR_TIMEOUT, "did not end within");
	setenv("PATH", "/nonexistent", 1);
	assert_err(signature_run(&o, got, &support_err), ERR_NOT_FOUND, "git is not in PATH");
	ck_assert_str_eq(support_err.remedy, "signatures are looked at with git: install it");
	setenv("PATH", before, 1);
	/* Ended by whoever started it. */
	struct signature_job *j = NULL;
	assert_ok(signature_job_start(&o, &j, &support_err));
	ck_assert_int_ge(signature_job_fd(j), 0);
	signature_job_free(j);
	ck_assert(!io_exists(o.scratch));
}
END_TEST

/* git that prints without end, or dies, has not said that a signature is good. */
START_TEST(what_git_does_wrong_trusts_nobody)
{
	setup();
	CLEANUP_FREE char *bin = io_join(dir, "bin"), *fake = io_join(dir, "bin/git");
	char id[64];
	snprintf(id, sizeof(id), "%s", commit_ssh(repo, ana, "one"));
	assert_ok(io_mkdirs(bin, 0700, &support_err));
	CLEANUP_FREE char *path = mem_printf("%s:%s", bin, getenv("PATH"));
	CLEANUP_FREE char *before = mem_strdup(getenv("PATH"));
	setenv("PATH", path, 1);
	assert_ok(io_write_file(fake, STR("#!/bin/sh\nexec cat /dev/zero\n"), 0700, &support_err));
	is(id, SIGNATURE_UNREAD, "", ssh_key_print(ana));
	ck_assert_str_eq(got[0].detail, "git said too much of it");
	assert_ok(io_write_file(fake,
				STR("#!/bin/sh\necho 'Good \"git\" signature for x with Y key "
				    "SHA256:z'\nkill -9 $$\n"),
				0700, &support_err));
	is(id, SIGNATURE_BAD, "", ssh_key_print(ana));
	setenv("PATH", before, 1);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE_SLOW(an_ssh_signature_is_told_by_its_principal, 60),
		CASE_SLOW(a_list_may_have_empty_lines, 60),
		CASE_SLOW(without_signers_every_key_is_nobodys, 60),
		CASE_SLOW(a_key_has_its_time_and_its_use, 60),
		CASE_SLOW(a_revoked_key_is_no_bad_signature, 60),
		CASE_SLOW(a_revocation_list_serves_too, 60),
		CASE_SLOW(an_openpgp_signature_is_told_by_its_user, 60),
		CASE_SLOW(an_openpgp_key_expires, 60),
		CASE_SLOW(keys_that_are_none_are_the_operators_error, 60),
		CASE_SLOW(the_repository_names_no_program, 60),
		CASE_SLOW(many_commits_are_told_in_their_order, 60),
		CASE_SLOW(a_commit_that_is_not_there_is_an_error, 60),
		CASE_SLOW(a_deadline_is_kept, 60),
		CASE_SLOW(what_git_does_wrong_trusts_nobody, 60),
		{0}};
	return support_main("gitsync/signature_check", cases);
}
