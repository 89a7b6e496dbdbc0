#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
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
	server_start(&s->server, kind, s->dir, arg, NULL);
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
		   "certificate of localhost is not trusted");
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
		   "certificate of 127.0.0.1 is not trusted");
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

static const struct support_case cases[] = {
	CASE(git_protocol_brings_only_what_is_new), CASE(http_brings_only_what_is_new),
	CASE(https_with_a_named_authority_works),   CASE(https_without_the_authority_is_refused),
	CASE(https_for_another_name_is_refused),    CASE(ssh_with_a_pinned_host_key_works),
	CASE(ssh_takes_the_key_from_a_secret),	    {0},
};
int main(void)
{
	return support_main("gitsync/network", cases);
}
