/*
 * Servers that misbehave: each fetch ends within its limits, says what happened, and gives nothing away.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/gitsync/help_git.h"
#include "tests/unit/gitsync/help_server.h"

#define CANARY "canary-7f3a9c-token"

struct scene {
	char *mirror, *url;
	struct server server;
	struct secret token;
	struct remote_opts o;
	struct remote_result r;
	int64_t started;
};
#define SCENE_INIT                                                                                 \
	{                                                                                          \
		.server = SERVER_INIT, .token = SECRET_INIT                                        \
	}

static void scene_start(struct scene *s, const char *root, const char *how, const char *arg)
{
	server_start(&s->server, "bad", root, how, arg);
	s->mirror = fresh_mirror();
	s->url = server_url(&s->server, "skills.git");
	s->o = fetch_opts(s->url, s->mirror);
	s->o.limits.wall_ms = 20000;
	s->o.limits.stall_ms = 1000;
	secret_set(&s->token, STR(CANARY));
	s->o.auth.token = &s->token;
	s->started = clock_mono(&clock_real);
}

static void scene_end(struct scene *s)
{
	server_stop(&s->server);
	secret_release(&s->token);
	remote_result_release(&s->r);
	free(s->mirror);
	free(s->url);
}

static int64_t took(const struct scene *s)
{
	return clock_mono(&clock_real) - s->started;
}

/* The failure names the address and never the token. */
static void expect(struct scene *s, int code, const char *part)
{
	assert_err(remote_run(&s->o, &s->r, &support_err), code, part);
	ck_assert_ptr_nonnull(strstr(support_err.msg, s->server.url));
	ck_assert_ptr_null(strstr(support_err.msg, CANARY));
	ck_assert_ptr_null(strstr(support_err.remedy, CANARY));
}

static void read_record(const struct scene *s, struct buf *out)
{
	assert_ok(io_read_file(s->server.extra[0], out, &support_err));
}

START_TEST(a_mute_server_is_left_at_the_stall_deadline)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "mute", NULL);
	expect(&s, ERR_TIMEOUT, "stalled while waiting for the server's first answer: 0 bytes in");
	ck_assert_int_ge(took(&s), 1000);
	ck_assert_int_lt(took(&s), 3000);
}
END_TEST

START_TEST(a_mute_server_is_left_at_the_wall_deadline_when_that_is_nearer)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "mute", NULL);
	s.o.limits.wall_ms = 300;
	expect(&s, ERR_TIMEOUT,
	       "took longer than 300 ms while waiting for the server's first answer");
	ck_assert_int_lt(took(&s), 2000);
}
END_TEST

START_TEST(a_mute_git_daemon_is_left)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "mute", NULL);
	s.o.url.scheme = URL_GIT;
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_TIMEOUT, "stalled while waiting");
	ck_assert_int_lt(took(&s), 3000);
}
END_TEST

START_TEST(a_mute_ssh_server_is_left)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "mute", NULL);
	s.o.url.scheme = URL_SSH;
	snprintf(s.o.url.user, sizeof(s.o.url.user), "git");
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_TIMEOUT, "stalled while");
	ck_assert_int_lt(took(&s), 3000);
}
END_TEST

START_TEST(one_byte_a_second_is_a_stall)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "trickle", NULL);
	s.o.limits.stall_ms = 2500;
	expect(&s, ERR_TIMEOUT, "stalled while waiting for the server's first answer: ");
	ck_assert_int_lt(took(&s), 4500);
}
END_TEST

START_TEST(a_list_of_refs_at_one_byte_a_second_is_a_stall)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "slow-refs", NULL);
	s.o.limits.stall_ms = 2500;
	expect(&s, ERR_TIMEOUT, "stalled while");
	ck_assert_int_lt(took(&s), 8000);
}
END_TEST

START_TEST(a_redirect_is_not_followed)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	CLEANUP(buf_release) struct buf record = BUF_INIT(1 << 16);
	scene_start(&s, "/", "redirect", NULL);
	expect(&s, ERR_DENIED, "redirects to another address, which is never followed");
	read_record(&s, &record);
	assert_str(buf_str(&record), "");
}
END_TEST

START_TEST(a_server_that_refuses_the_token_is_asked_once)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	CLEANUP(buf_release) struct buf record = BUF_INIT(1 << 16);
	scene_start(&s, "/", "unauthorized", NULL);
	expect(&s, ERR_UNAUTHENTICATED, "the server does not accept the token");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "make a new token"));
	read_record(&s, &record);
	assert_str(buf_str(&record), "x-access-token:" CANARY "\n");
}
END_TEST

START_TEST(a_login_without_a_token_says_where_to_put_one)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "unauthorized", NULL);
	s.o.auth.token = NULL;
	expect(&s, ERR_UNAUTHENTICATED, "the server asks for a login (HTTP status 401)");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "token: file:"));
}
END_TEST

static const struct status {
	const char *status;
	int code;
	const char *part;
} statuses[] = {
	{"404", ERR_NOT_FOUND, "the server has no such repository"},
	{"403", ERR_UNAUTHENTICATED, "forbids reading the repository (HTTP status 403)"},
	{"429", ERR_UNAVAILABLE, "come back later (HTTP status 429)"},
	{"500", ERR_UNAVAILABLE, "the server has failed (HTTP status 500)"},
	{"599", ERR_UNAVAILABLE, "the server has failed (HTTP status 599)"},
	{"204", ERR_GIT, "answers what no Git server does (HTTP status 204)"},
	{"418", ERR_GIT, "answers what no Git server does (HTTP status 418)"},
};

START_TEST(an_http_status_gets_its_own_words)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "status", statuses[_i].status);
	expect(&s, statuses[_i].code, statuses[_i].part);
}
END_TEST

START_TEST(a_page_for_people_is_no_git_server)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "html", NULL);
	expect(&s, ERR_GIT, "what answers there is no Git server (content type \"text/html\")");
}
END_TEST

START_TEST(as_many_refs_as_allowed_are_read)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "refs", "10000");
	s.o.mirror = NULL;
	assert_ok(remote_run(&s.o, &s.r, &support_err));
	ck_assert_uint_eq(s.r.refs[0].id.len, 0); /* there is no main among them */
}
END_TEST

static const char *const too_many[] = {"10001", "50000"};

START_TEST(more_refs_than_allowed_are_refused)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	CLEANUP_FREE char *part = mem_printf("shows %s refs; at most 10000", too_many[_i]);
	scene_start(&s, "/", "refs", too_many[_i]);
	s.o.limits.stall_ms = 8000;
	expect(&s, ERR_TOO_LARGE, part);
}
END_TEST

START_TEST(a_list_of_refs_without_end_is_cut)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "endless", NULL);
	s.o.limits.wall_ms = 30000;
	expect(&s, ERR_TOO_LARGE, "the list of refs has more than 11288576 bytes");
}
END_TEST

START_TEST(a_sha256_repository_is_named_as_such)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "sha256", NULL);
	expect(&s, ERR_UNSUPPORTED, "SHA-256");
}
END_TEST

START_TEST(impossible_ref_names_are_refused)
{
	static const char *const refs[] = {"refs/pull/*"};
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "names", NULL);
	s.o.refs = refs;
	s.o.mirror = NULL;
	expect(&s, ERR_GIT, "a ref with an impossible name");
}
END_TEST

/* A repository of some size behind a relay that breaks it. */
static char *big_repo(void)
{
	char *repo = repo_new();
	CLEANUP(buf_release) struct buf noise = BUF_INIT(1 << 20);
	uint32_t x = 1;
	while (noise.len < 60000) {
		x = x * 1664525 + 1013904223;
		buf_addf(&noise, "%08x", x);
	}
	repo_commit(repo, "skills/ecm/order/SKILL.md", buf_cstr(&noise));
	return repo;
}

static const char *const cuts[] = {"0", "100", "400", "4096", "8192", "12288", "16384"};

START_TEST(a_connection_cut_anywhere_is_an_error_and_leaves_no_ref)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	CLEANUP(server_stop) struct server honest = SERVER_INIT;
	CLEANUP_FREE char *repo = big_repo();
	CLEANUP_FREE char *dir = dir_of(repo);
	server_start(&honest, "http", dir, NULL, NULL);
	scene_start(&s, honest.url, "cut", cuts[_i]);
	memset(&support_err, 0, sizeof(support_err));
	int rc = remote_run(&s.o, &s.r, &support_err);
	ck_assert_msg(rc == ERR_GIT || rc == ERR_UNAVAILABLE, "cut at %s: %s: %s", cuts[_i],
		      err_text(rc), support_err.msg);
	ck_assert_int_lt(took(&s), 10000);
	if (io_exists(s.mirror))
		ck_assert_str_eq(git(s.mirror, "for-each-ref refs/heads"), "");
	/* The same mirror is good for the honest server. */
	CLEANUP_FREE char *url = server_url(&honest, "skills.git");
	struct remote_opts o = fetch_opts(url, s.mirror);
	assert_ok(remote_run(&o, &s.r, &support_err));
	git(s.mirror, "fsck --full");
}
END_TEST

static const char *const flips[] = {"9", "11", "40", "300", "2000", "9000"};

START_TEST(a_pack_with_a_wrong_bit_is_refused)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	CLEANUP(server_stop) struct server honest = SERVER_INIT;
	CLEANUP_FREE char *repo = big_repo();
	CLEANUP_FREE char *dir = dir_of(repo);
	server_start(&honest, "http", dir, NULL, NULL);
	scene_start(&s, honest.url, "flip", flips[_i]);
	memset(&support_err, 0, sizeof(support_err));
	int rc = remote_run(&s.o, &s.r, &support_err);
	ck_assert_msg(rc == ERR_GIT || rc == ERR_TOO_LARGE || rc == ERR_TIMEOUT ||
			      rc == ERR_UNAVAILABLE,
		      "flip at %s: %s: %s", flips[_i], err_text(rc), support_err.msg);
	ck_assert_str_eq(git(s.mirror, "for-each-ref refs/heads"), "");
}
END_TEST

START_TEST(nobody_listening_is_told_at_once)
{
	CLEANUP_FREE char *mirror = fresh_mirror();
	struct remote_opts o = fetch_opts("http://127.0.0.1:1/skills.git", mirror);
	struct remote_result r = {0};
	assert_err(remote_run(&o, &r, &support_err), ERR_UNAVAILABLE,
		   "Failed to connect to 127.0.0.1 port 1");
}
END_TEST

START_TEST(nobody_listening_is_told_for_every_protocol)
{
	static const char *const urls[] = {"git://127.0.0.1:1/skills.git",
					   "ssh://git@127.0.0.1:1/skills.git"};
	struct remote_opts o = fetch_opts(urls[_i], NULL);
	struct remote_result r = {0};
	assert_err(remote_run(&o, &r, &support_err), ERR_UNAVAILABLE,
		   "cannot connect to 127.0.0.1 (127.0.0.1) port 1: Connection refused");
}
END_TEST

START_TEST(a_host_without_address_is_told)
{
	struct remote_opts o = fetch_opts("http://skills.invalid/skills.git", NULL);
	struct remote_result r = {0};
	assert_err(remote_run(&o, &r, &support_err), ERR_UNAVAILABLE,
		   "Could not resolve host: skills.invalid");
}
END_TEST

/* The name is innocent; where it leads is not. */
START_TEST(a_name_that_leads_to_loopback_is_refused)
{
	CLEANUP(scene_end) struct scene s = SCENE_INIT;
	scene_start(&s, "/", "mute", NULL);
	snprintf(s.o.url.host, sizeof(s.o.url.host), "localhost");
	s.o.url.scheme = _i == 0 ? URL_HTTP : _i == 1 ? URL_GIT : URL_SSH;
	s.o.policy.allow_private = false;
	assert_err(remote_run(&s.o, &s.r, &support_err), ERR_DENIED,
		   _i == 0 ? "not an address of the public Internet"
			   : "a loopback or private address");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "allow_private: true"));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_mute_server_is_left_at_the_stall_deadline),
	CASE(a_mute_server_is_left_at_the_wall_deadline_when_that_is_nearer),
	CASE(a_mute_git_daemon_is_left),
	CASE(a_mute_ssh_server_is_left),
	CASE(one_byte_a_second_is_a_stall),
	CASE(a_list_of_refs_at_one_byte_a_second_is_a_stall),
	CASE(a_redirect_is_not_followed),
	CASE(a_server_that_refuses_the_token_is_asked_once),
	CASE(a_login_without_a_token_says_where_to_put_one),
	CASE_LOOP(an_http_status_gets_its_own_words, ARRAY_SIZE(statuses)),
	CASE(a_page_for_people_is_no_git_server),
	CASE(as_many_refs_as_allowed_are_read),
	CASE_LOOP(more_refs_than_allowed_are_refused, ARRAY_SIZE(too_many)),
	CASE(a_list_of_refs_without_end_is_cut),
	CASE(a_sha256_repository_is_named_as_such),
	CASE(impossible_ref_names_are_refused),
	CASE_LOOP(a_connection_cut_anywhere_is_an_error_and_leaves_no_ref, ARRAY_SIZE(cuts)),
	CASE_LOOP(a_pack_with_a_wrong_bit_is_refused, ARRAY_SIZE(flips)),
	CASE(nobody_listening_is_told_at_once),
	CASE_LOOP(nobody_listening_is_told_for_every_protocol, 2),
	CASE(a_host_without_address_is_told),
	CASE_LOOP(a_name_that_leads_to_loopback_is_refused, 3),
	{0},
};
int main(void)
{
	return support_main("gitsync/hostile", cases);
}
