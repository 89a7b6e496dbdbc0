/*
 * Jobs as the sync role runs them: several at once, in one loop.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "tests/unit/gitsync/help_git.h"
#include "tests/unit/gitsync/help_server.h"

struct fetching {
	struct remote_job *job;
	struct loop_source *source;
	struct remote_result result;
	struct err err;
	int rc;
	unsigned *left;
	int64_t ended;
};

static void on_ready(struct loop *l, int fd, uint32_t events, void *state)
{
	struct fetching *f = state;
	(void)fd;
	(void)events;
	if (!remote_job_poll(f->job))
		return;
	loop_remove(f->source);
	f->rc = remote_job_finish(f->job, &f->result, &f->err);
	f->ended = clock_mono(&clock_real);
	if (--*f->left == 0)
		loop_stop(l);
}

START_TEST(a_slow_source_does_not_hold_up_the_others)
{
	CLEANUP(server_stop) struct server mute = SERVER_INIT;
	server_start(&mute, "bad", "/", "mute", NULL);
	CLEANUP_FREE char *slow_url = server_url(&mute, "x.git");
	CLEANUP_FREE char *repo = repo_new();
	struct fetching jobs[4] = {0};
	struct remote_opts opts[4];
	char *mirrors[4];
	struct loop *l = NULL;
	unsigned left = ARRAY_SIZE(jobs);
	assert_ok(loop_open(&clock_real, &l, &support_err));
	int64_t t = clock_mono(&clock_real);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		mirrors[i] = fresh_mirror();
		opts[i] = fetch_opts(i ? repo : slow_url, mirrors[i]);
		opts[i].limits.stall_ms = 1500;
		jobs[i].left = &left;
		assert_ok(remote_job_start(&opts[i], &jobs[i].job, &support_err));
		assert_ok(loop_add_fd(l, remote_job_fd(jobs[i].job), 1, on_ready, &jobs[i],
				      &jobs[i].source, &support_err));
	}
	assert_ok(loop_run(l, &support_err));
	ck_assert_int_eq(jobs[0].rc, ERR_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(jobs[0].err.msg, "stalled while"));
	for (size_t i = 1; i < ARRAY_SIZE(jobs); i++) {
		ck_assert_msg(jobs[i].rc == 0, "%s", jobs[i].err.msg);
		ck_assert_int_lt(jobs[i].ended - t, 1400);
		remote_result_release(&jobs[i].result);
	}
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		free(mirrors[i]);
	loop_close(l);
}
END_TEST

START_TEST(two_fetches_into_one_mirror_do_not_meet)
{
	CLEANUP(server_stop) struct server mute = SERVER_INIT;
	server_start(&mute, "bad", "/", "mute", NULL);
	CLEANUP_FREE char *url = server_url(&mute, "x.git");
	CLEANUP_FREE char *mirror = fresh_mirror();
	struct remote_opts o = fetch_opts(url, mirror);
	struct remote_job *first = NULL, *second = NULL;
	assert_ok(remote_job_start(&o, &first, &support_err));
	assert_err(remote_job_start(&o, &second, &support_err), ERR_CONFLICT,
		   "is being fetched into already");
	remote_job_free(first);
	/* The lock goes with the process, however it ends. */
	assert_ok(remote_job_start(&o, &second, &support_err));
	remote_job_free(second);
	remote_job_free(NULL);
}
END_TEST

START_TEST(a_job_may_be_given_up)
{
	CLEANUP(server_stop) struct server mute = SERVER_INIT;
	server_start(&mute, "bad", "/", "mute", NULL);
	CLEANUP_FREE char *url = server_url(&mute, "x.git");
	struct remote_opts o = fetch_opts(url, NULL);
	struct remote_job *job = NULL;
	struct remote_result r;
	assert_ok(remote_job_start(&o, &job, &support_err));
	assert_err(remote_job_finish(job, &r, &support_err), ERR_CANCELLED,
		   "was ended before it was done");
}
END_TEST

START_TEST(refs_are_checked_before_anything_starts)
{
	static const char *const bad[] = {
		"main", "refs/", "refs/heads/..", "refs/heads/a b", "refs/*x",
		"",	"*",	 "refs/heads/*/x"};
	CLEANUP_FREE char *repo = repo_new();
	struct remote_opts o = fetch_opts(repo, NULL);
	struct remote_job *job = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		o.refs = &bad[i];
		assert_err(remote_job_start(&o, &job, &support_err), ERR_INVALID,
			   "no full name of a reference");
		ck_assert_ptr_nonnull(strstr(support_err.remedy, "refs/heads/main"));
	}
	const char *many[REMOTE_REFS_MAX + 1];
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = "refs/heads/main";
	o.refs = many;
	o.ref_count = ARRAY_SIZE(many);
	assert_err(remote_job_start(&o, &job, &support_err), ERR_INVALID,
		   "65 refs are asked for; 1 to 64 can be");
	o.ref_count = 0;
	assert_err(remote_job_start(&o, &job, &support_err), ERR_INVALID, "0 refs are asked for");
	struct remote_result r = {0};
	o.ref_count = REMOTE_REFS_MAX;
	assert_ok(remote_run(&o, &r, &support_err));
	remote_result_release(&r);
}
END_TEST

/* The figures that hostile remotes are measured by; each is tried at itself and one past it with smaller numbers elsewhere. */
START_TEST(what_is_not_said_has_these_limits)
{
	const struct remote_limits *l = &remote_limits_default;
	ck_assert_int_eq(l->wall_ms, 60000);
	ck_assert_int_eq(l->stall_ms, 10000);
	ck_assert_uint_eq(l->refs, 10000);
	ck_assert_uint_eq(l->objects, 200000);
	/* A file of over 5 MiB denies its skill; it does not keep the others from being fetched. */
	ck_assert_uint_eq(l->object_bytes, 64u << 20);
	ck_assert_uint_eq(l->pack_bytes, 256u << 20);
}
END_TEST

START_TEST(only_listing_needs_no_mirror)
{
	CLEANUP_FREE char *repo = repo_new();
	struct remote_opts o = fetch_opts(repo, NULL);
	CLEANUP(remote_result_release) struct remote_result r = {0};
	assert_ok(remote_run(&o, &r, &support_err));
	ck_assert(!r.fetched);
	ck_assert_str_eq(hex_of_id(&r.refs[0].id), git(repo, "rev-parse main"));
}
END_TEST

START_TEST(a_mirror_that_cannot_be_written_is_told)
{
	CLEANUP_FREE char *repo = repo_new();
	struct remote_opts o = fetch_opts(repo, "/proc/aspora/mirror.git");
	struct remote_job *job = NULL;
	memset(&support_err, 0, sizeof(support_err));
	int rc = remote_job_start(&o, &job, &support_err);
	ck_assert_msg(rc == ERR_IO || rc == ERR_NOT_FOUND, "%s", err_text(rc));
	ck_assert_ptr_nonnull(strstr(support_err.msg, "/proc/aspora"));
}
END_TEST

START_TEST(nothing_is_left_open_after_a_hundred_fetches)
{
	CLEANUP_FREE char *repo = repo_new();
	CLEANUP_FREE char *mirror = fresh_mirror();
	struct remote_opts o = fetch_opts(repo, mirror);
	int before = -1;
	for (int i = 0; i < 100; i++) {
		struct remote_result r = {0};
		assert_ok(remote_run(&o, &r, &support_err));
		remote_result_release(&r);
		int next = dup(0);
		close(next);
		if (before < 0)
			before = next;
		ck_assert_int_eq(next, before);
	}
}
END_TEST

/* The one child this process has. */
static pid_t only_child(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
	CLEANUP_FREE char *path = mem_printf("/proc/self/task/%d/children", (int)getpid());
	int64_t pid = 0;
	assert_ok(io_read_file(path, &b, &support_err));
	ck_assert(str_to_i64(str_trim(buf_str(&b)), &pid));
	return (pid_t)pid;
}

START_TEST(a_starter_fetches_for_each_of_its_sources)
{
	CLEANUP_FREE char *repo = repo_new();
	CLEANUP_FREE char *one = fresh_mirror();
	struct remote_opts a = fetch_opts(repo, one), b = fetch_opts(repo, NULL);
	struct remote_opts *const list[] = {&a, &b};
	struct remote_starter *s = NULL;
	assert_ok(remote_starter_open(list, ARRAY_SIZE(list), &s, &support_err));
	for (int i = 0; i < 3; i++)
		for (size_t k = 0; k < ARRAY_SIZE(list); k++) {
			struct remote_result r = {0};
			assert_ok(remote_run(list[k], &r, &support_err));
			ck_assert_int_eq(r.fetched, i == 0 && k == 0);
			ck_assert_str_eq(hex_of_id(&r.refs[0].id), git(repo, "rev-parse main"));
			remote_result_release(&r);
		}
	/* All that was started has been waited for. */
	ck_assert_int_gt(only_child(), 0);
	remote_starter_close(s);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(a_starter_keeps_the_lock_and_the_deadline)
{
	CLEANUP(server_stop) struct server mute = SERVER_INIT;
	server_start(&mute, "bad", "/", "mute", NULL);
	CLEANUP_FREE char *url = server_url(&mute, "x.git");
	CLEANUP_FREE char *mirror = fresh_mirror();
	struct remote_opts o = fetch_opts(url, mirror);
	struct remote_opts *const list[] = {&o};
	struct remote_starter *s = NULL;
	struct remote_job *first = NULL, *second = NULL;
	struct remote_result r;
	o.limits.stall_ms = 300;
	assert_ok(remote_starter_open(list, 1, &s, &support_err));
	assert_ok(remote_job_start(&o, &first, &support_err));
	assert_err(remote_job_start(&o, &second, &support_err), ERR_CONFLICT,
		   "is being fetched into already");
	remote_job_free(first);
	assert_err(remote_run(&o, &r, &support_err), ERR_TIMEOUT, "stalled while");
	remote_starter_close(s);
}
END_TEST

START_TEST(a_starter_that_dies_is_done_without)
{
	CLEANUP_FREE char *repo = repo_new();
	struct remote_opts o = fetch_opts(repo, NULL);
	struct remote_opts *const list[] = {&o};
	struct remote_starter *s = NULL;
	assert_ok(remote_starter_open(list, 1, &s, &support_err));
	kill(only_child(), SIGKILL);
	for (int i = 0; i < 3; i++) {
		struct remote_result r = {0};
		assert_ok(remote_run(&o, &r, &support_err));
		ck_assert_str_eq(hex_of_id(&r.refs[0].id), git(repo, "rev-parse main"));
		remote_result_release(&r);
	}
	remote_starter_close(s);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_slow_source_does_not_hold_up_the_others),
	CASE(two_fetches_into_one_mirror_do_not_meet),
	CASE(a_job_may_be_given_up),
	CASE(refs_are_checked_before_anything_starts),
	CASE(what_is_not_said_has_these_limits),
	CASE(only_listing_needs_no_mirror),
	CASE(a_mirror_that_cannot_be_written_is_told),
	CASE(nothing_is_left_open_after_a_hundred_fetches),
	CASE(a_starter_fetches_for_each_of_its_sources),
	CASE(a_starter_keeps_the_lock_and_the_deadline),
	CASE(a_starter_that_dies_is_done_without),
	{0},
};
int main(void)
{
	return support_main("gitsync/job", cases);
}
