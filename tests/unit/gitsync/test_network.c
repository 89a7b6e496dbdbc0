#include <poll.h>
#include <stdio.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/gitsync/help_git.h"
#include "tests/unit/gitsync/help_server.h"

/* One repository served in some way, and a mirror for it. */
struct scene {
	char *repo, *dir, *mirror, *url;
	struct server server;
	struct remote_opts o;
	struct secret token, key;
	struct remote_result r;
};
#define SCENE_INIT                                                                                 \
	{                                                                                          \
		.server = SERVER_INIT, .token = SECRET_INIT, .key = SECRET_INIT                    \
	}

static void scene_start(struct scene *s, const char *kind, const char *arg)
{
	s->repo = repo_new();
	s->dir = dir_of(s->repo);
	s->mirror = fresh_mirror();
	server_start(&s->server, kind, s->dir, arg, NULL); /* arg: the login that http asks for */
	s->url = server_url(&s->server, "skills.git");
	s->o = fetch_opts(s->url, s->mirror);
}

static void scene_end(struct scene *s)
{
	server_stop(&s->server);
	remote_result_release(&s->r);
	secret_release(&s->token);
	secret_release(&s->key);
	free(s->repo);
	free(s->dir);
	free(s->mirror);
	free(s->url);
}

static void fetch(struct scene *s)
{
	remote_result_release(&s->r);
	assert_ok(remote_run(&s->o, &s->r, &support_err));
}

static void expect_head(struct scene *s)
{
	ck_assert_uint_eq(s->r.ref_count, 1);
	ck_assert_str_eq(hex_of_id(&s->r.refs[0].id), git(s->repo, "rev-parse refs/heads/main"));
	ck_assert_str_eq(git(s->mirror, "rev-parse refs/heads/main"), hex_of_id(&s->r.refs[0].id));
	git(s->mirror, "fsck --full --strict");
}

/* First everything, then nothing, then one commit. */
static void fetch_thrice(struct scene *s)
{
	fetch(s);
	expect_head(s);
	ck_assert(s->r.fetched);
	ck_assert_uint_eq(s->r.refs[0].was.len, 0);
	ck_assert_str_eq(s->r.head, "refs/heads/main");
	struct tree_id first = s->r.refs[0].id;
	fetch(s);
	ck_assert(!s->r.fetched);
	ck_assert(tree_id_equal(&s->r.refs[0].id, &first));
	ck_assert(tree_id_equal(&s->r.refs[0].was, &first));
	repo_commit(s->repo, "skills/ecm/order/SKILL.md", "# Order\n");
	fetch(s);
	expect_head(s);
	ck_assert(s->r.fetched);
	ck_assert(tree_id_equal(&s->r.refs[0].was, &first));
	ck_assert_uint_eq(s->r.objects, 6); /* a commit, four trees, a blob */
}

START_TEST(git_protocol_brings_only_what_is_new)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "daemon", NULL);
	fetch_thrice(&s);
}
END_TEST

START_TEST(http_brings_only_what_is_new)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "http", NULL);
	fetch_thrice(&s);
}
END_TEST

START_TEST(https_with_a_named_authority_works)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "https", NULL);
	s.o.auth.ca_file = s.server.extra[0];
	fetch_thrice(&s);
}
END_TEST

START_TEST(https_without_the_authority_is_refused)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "https", NULL);
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_DENIED,
		   "the certificate of https://localhost");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "ca_file"));
}
END_TEST

START_TEST(https_for_another_name_is_refused)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "https", NULL);
	s.o.auth.ca_file = s.server.extra[0];
	snprintf(s.o.url.host, sizeof(s.o.url.host), "127.0.0.1");
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_DENIED,
		   "the certificate of https://127.0.0.1");
}
END_TEST

START_TEST(ssh_with_a_pinned_host_key_works)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "ssh", NULL);
	s.o.auth.ssh_key_file = s.server.extra[0];
	s.o.auth.known_hosts = s.server.extra[1];
	fetch_thrice(&s);
}
END_TEST

START_TEST(ssh_takes_the_key_from_a_secret)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "ssh", NULL);
	CLEANUP_FREE char *reference = mem_printf("file:%s", s.server.extra[0]);
	assert_ok(secret_resolve(&s.key, str_of(reference), &support_err));
	s.o.auth.ssh_key = &s.key;
	s.o.auth.known_hosts = s.server.extra[1];
	fetch(&s);
	expect_head(&s);
}
END_TEST

START_TEST(a_host_key_that_is_not_listed_is_refused)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "ssh", NULL);
	CLEANUP_FREE char *empty = mem_printf("%s/known_hosts", support_dir());
	assert_ok(io_write_file(empty, STR("# nobody\n"), 0600, &support_err));
	s.o.auth.ssh_key_file = s.server.extra[0];
	s.o.auth.known_hosts = empty;
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_DENIED,
		   "the ssh-ed25519 key of host 127.0.0.1 (SHA256:");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "ssh-keyscan -p "));
	s.o.auth.known_hosts = NULL;
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_DENIED, "no known_hosts file says");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "known_hosts: "));
	s.o.auth.known_hosts = "/nonexistent/known_hosts";
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_NOT_FOUND, "/nonexistent/known_hosts");
}
END_TEST

START_TEST(a_key_that_the_server_does_not_know_is_told)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "ssh", NULL);
	CLEANUP_FREE char *stranger = mem_printf("%.*s/stranger",
						 (int)(strlen(s.server.extra[0]) - strlen("/user")),
						 s.server.extra[0]);
	s.o.auth.ssh_key_file = stranger;
	s.o.auth.known_hosts = s.server.extra[1];
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_UNAUTHENTICATED,
		   "does not accept the key for user");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "deploy keys"));
	s.o.auth.ssh_key_file = NULL;
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_UNAUTHENTICATED,
		   "the server asks for a key");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "ssh_key: "));
}
END_TEST

static const char *const kinds[] = {"daemon", "http", "ssh"};

START_TEST(a_repository_that_does_not_exist_is_not_found)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, kinds[_i], NULL);
	s.o.auth.ssh_key_file = s.server.extra[0];
	s.o.auth.known_hosts = s.server.extra[1];
	CLEANUP_FREE char *url = server_url(&s.server, "other.git");
	assert_ok(url_parse(str_of(url), &open_policy, &s.o.url, &support_err));
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_NOT_FOUND, "no such repository");
	ck_assert_ptr_nonnull(strstr(support_err.msg, url));
}
END_TEST

START_TEST(a_token_opens_a_closed_repository)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "http", "x-access-token:let-me-in");
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_UNAUTHENTICATED, "asks for a login");
	secret_set(&s.token, STR("wrong"));
	s.o.auth.token = &s.token;
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_UNAUTHENTICATED,
		   "does not accept the token");
	secret_release(&s.token);
	secret_set(&s.token, STR("let-me-in"));
	fetch_thrice(&s);
	s.o.auth.token_user = "somebody-else";
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_UNAUTHENTICATED,
		   "does not accept the token");
}
END_TEST

START_TEST(what_a_server_sends_has_budgets)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, kinds[_i], NULL);
	s.o.auth.ssh_key_file = s.server.extra[0];
	s.o.auth.known_hosts = s.server.extra[1];
	CLEANUP(buf_release) struct buf noise = BUF_INIT(1 << 20);
	for (uint32_t x = 1; noise.len < 400000; x = x * 1664525 + 1013904223)
		buf_addf(&noise, "%08x", x);
	repo_commit(s.repo, "noise.md", buf_cstr(&noise));
	s.o.limits.objects = 5; /* two commits, two trees, two blobs */
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_TOO_LARGE,
		   "sends more than 5 objects");
	s.o.limits.objects = 6;
	s.o.limits.pack_bytes = 50000;
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_TOO_LARGE,
		   "more than 50000 bytes of objects");
	s.o.limits.pack_bytes = 0;
	s.o.limits.object_bytes = 100000;
	memset(&support_err, 0, sizeof(support_err));
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_TOO_LARGE,
		   "at most 100000 are accepted");
	ck_assert_str_eq(git(s.mirror, "for-each-ref"), "");
	s.o.limits.object_bytes = 0;
	fetch(&s);
	expect_head(&s);
}
END_TEST

START_TEST(what_is_fetched_is_what_was_seen_while_others_push)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "daemon", NULL);
	for (int i = 0; i < 12; i++) {
		char text[32];
		struct remote_job *job = NULL;
		snprintf(text, sizeof(text), "edit %d\n", i);
		assert_ok(remote_job_start(&s.o, &job, &support_err));
		repo_commit(s.repo, "a", text);
		while (!remote_job_poll(job)) {
			struct pollfd p = {remote_job_fd(job), POLLIN, 0};
			ck_assert_int_ge(poll(&p, 1, 30000), 0);
		}
		remote_result_release(&s.r);
		assert_ok(remote_job_finish(job, &s.r, &support_err));
		/* Before or after the push, and whole. */
		ck_assert_str_eq(git(s.mirror, "rev-parse main"), hex_of_id(&s.r.refs[0].id));
		git(s.mirror, "rev-list --objects main");
	}
}
END_TEST

START_TEST(a_fetch_killed_at_any_moment_leaves_a_good_mirror)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "daemon", NULL);
	fetch(&s);
	for (int i = 0; i < 40; i++) {
		char text[32];
		struct remote_job *job = NULL;
		snprintf(text, sizeof(text), "edit %d\n", i);
		repo_commit(s.repo, "a", text);
		assert_ok(remote_job_start(&s.o, &job, &support_err));
		struct pollfd p = {remote_job_fd(job), POLLIN, 0};
		(void)poll(&p, 1, i * 2); /* a little later each time */
		remote_job_free(job);
		git(s.mirror, "fsck --connectivity-only");
	}
	fetch(&s);
	expect_head(&s);
	ck_assert(!s.r.healed);
}
END_TEST

static const struct support_case cases[] = {
	CASE(git_protocol_brings_only_what_is_new),
	CASE(http_brings_only_what_is_new),
	CASE(https_with_a_named_authority_works),
	CASE(https_without_the_authority_is_refused),
	CASE(https_for_another_name_is_refused),
	CASE(ssh_with_a_pinned_host_key_works),
	CASE(ssh_takes_the_key_from_a_secret),
	CASE(a_host_key_that_is_not_listed_is_refused),
	CASE(a_key_that_the_server_does_not_know_is_told),
	CASE_LOOP(a_repository_that_does_not_exist_is_not_found, ARRAY_SIZE(kinds)),
	CASE(a_token_opens_a_closed_repository),
	CASE_LOOP(what_a_server_sends_has_budgets, ARRAY_SIZE(kinds)),
	CASE(what_is_fetched_is_what_was_seen_while_others_push),
	CASE(a_fetch_killed_at_any_moment_leaves_a_good_mirror),
	{0},
};
int main(void)
{
	return support_main("gitsync/network", cases);
}
