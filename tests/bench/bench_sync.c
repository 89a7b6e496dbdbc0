/*
 * The sync role, driven by hand: its own loop, lease, ticks and passes, but each step begins when a command says so, and is timed.
 *
 *	bench_sync CONFIG		then one command a line; each answers with a line of JSON
 *	look	looks at every source: the first time this is the cold pass, later a change, or an idle tick when nothing has moved
 *	drift	forgets what is known of the database and compares all of it with the tree
 *	routes	compiles the routes of what was synchronised, as the gateway does, and keeps them
 *	guard	looks through every file of what was synchronised once more, with a guard that knows none: what of the cold pass is its work
 *	rss	what the process holds
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "agent/sync_int.h"
#include "base/mem.h"
#include "gitsync/tree_git.h"
#include "skill/route.h"
#include "tests/bench/floor_parse.h"

struct stopwatch {
	double wall, cpu;
	struct store_stats stats;
};

static struct route_table *routes;

static struct stopwatch watch_start(struct sync *s)
{
	struct stopwatch w;
	store_stats(s->ctx->store, &w.stats);
	w.wall = now_s(CLOCK_MONOTONIC);
	w.cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
	return w;
}

/* `fetched` is the moment when what had to come was there, by both clocks. */
static void watch_tell(struct sync *s, const struct stopwatch *from,
		       const struct stopwatch *fetched)
{
	struct store_stats now;
	struct rusage u;
	double wall = now_s(CLOCK_MONOTONIC), cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
	store_stats(s->ctx->store, &now);
	getrusage(RUSAGE_SELF, &u);
	const struct snapshot *snap = s->sources[0].snapshot;
	printf("{\"wall\":%.9f,\"after_fetch\":%.9f,\"cpu\":%.9f,\"cpu_after_fetch\":%.9f,"
	       "\"round_trips\":%llu,"
	       "\"statements\":%llu,\"commits\":%llu,\"peak_kb\":%ld,\"blobs\":%zu,\"parsed\":%zu,"
	       "\"skills\":%zu}\n",
	       wall - from->wall, wall - fetched->wall, cpu - from->cpu, cpu - fetched->cpu,
	       (unsigned long long)(now.round_trips - from->stats.round_trips),
	       (unsigned long long)(now.statements - from->stats.statements),
	       (unsigned long long)(now.commits - from->stats.commits), u.ru_maxrss,
	       snap ? snap->cost.blobs_read : 0, snap ? snap->cost.skills_parsed : 0,
	       snap ? snap->skill_count : 0);
}

static bool wait_for_jobs(struct sync *s)
{
	bool any = false;
	for (size_t i = 0; i < s->source_count; i++) {
		struct sync_source *src = &s->sources[i];
		struct pollfd p = {.events = POLLIN};
		any = any || src->job;
		while (src->job && !remote_job_poll(src->job)) {
			p.fd = remote_job_fd(src->job);
			poll(&p, 1, 1000);
		}
	}
	return any;
}

static int look(struct worker *w, struct sync *s, struct err *err)
{
	bool more = false;
	for (size_t i = 0; i < s->source_count; i++)
		s->sources[i].due_ms = 0;
	struct stopwatch from = watch_start(s);
	int rc = sync_tick(w, s, &more, err);
	struct stopwatch fetched = from;
	if (rc == 0 && wait_for_jobs(s)) {
		fetched = watch_start(s);
		rc = sync_tick(w, s, &more, err);
	}
	while (rc == 0 && more)
		rc = sync_tick(w, s, &more, err);
	if (rc == 0)
		watch_tell(s, &from, &fetched);
	return rc;
}

static int drift(struct worker *w, struct sync *s, struct err *err)
{
	bool more = false;
	struct stopwatch from = watch_start(s);
	sync_forget(s);
	for (size_t i = 0; i < s->source_count; i++)
		s->sources[i].tip_is_new = true;
	int rc = sync_tick(w, s, &more, err);
	if (rc == 0)
		watch_tell(s, &from, &from);
	return rc;
}

static int compile_routes(struct sync *s, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct snapshot *snap = s->sources[0].snapshot;
	struct route *list = arena_array(a, snap->skill_count + 1, sizeof(*list));
	struct stopwatch from = watch_start(s);
	size_t n = 0;
	for (size_t i = 0; i < snap->domain_count; i++)
		for (size_t k = 0; k < snap->domains[i]->skill_count; k++) {
			const struct domain_skill *ds = &snap->domains[i]->skills[k];
			struct route_version *v = arena_alloc(a, sizeof(*v));
			*v = (struct route_version){ds->skill->content, ds->runtime, 1000000,
						    ROUTE_LIVE};
			if (!ds->skill->trigger_count)
				continue;
			list[n++] = (struct route){.domain = ds->skill->domain,
						   .skill = ds->skill->name,
						   .kind = ds->skill->triggers[0].kind,
						   .pattern = ds->skill->triggers[0].text,
						   .path = ds->skill->path,
						   .versions = v,
						   .version_count = 1};
		}
	route_table_unref(routes);
	routes = NULL;
	int rc = route_table_build(list, n, NULL, &routes, NULL, err);
	if (rc == 0)
		watch_tell(s, &from, &from);
	return rc;
}

/* The bytes are read before the clock runs. */
static int look_through(struct admit_guard *g, const struct skill *sk, struct tree_source *t,
			double *cpu, struct err *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(BUF_MAX);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sk->manifest.count; i++) {
		buf_reset(&bytes);
		rc = tree_read(t, &sk->manifest.files[i].blob, &bytes, err);
		double from = now_s(CLOCK_PROCESS_CPUTIME_ID);
		if (rc == 0)
			admit_guard_note(g, &sk->manifest.files[i].digest, buf_str(&bytes));
		*cpu += now_s(CLOCK_PROCESS_CPUTIME_ID) - from;
	}
	return rc;
}

static int guard(struct sync *s, struct err *err)
{
	CLEANUP(admit_guard_freep) struct admit_guard *g = admit_guard_new(guard_rules_builtin());
	CLEANUP(mirror_closep) struct mirror *m = NULL;
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	const struct sync_source *src = &s->sources[0];
	double cpu = 0;
	int rc = mirror_open(src->mirror_path, false, &m, err);
	if (rc == 0)
		rc = tree_git_open(m, &src->tip, &t, err);
	for (size_t i = 0; rc == 0 && i < src->snapshot->domain_count; i++) {
		const struct domain *d = src->snapshot->domains[i];
		for (size_t k = 0; rc == 0 && k < d->skill_count; k++)
			rc = look_through(g, d->skills[k].skill, t, &cpu, err);
	}
	if (rc == 0)
		printf("{\"cpu\":%.9f,\"files\":%zu}\n", cpu, admit_guard_count(g));
	return rc;
}

static void rss(void)
{
	char line[256];
	long now = 0, peak = 0;
	FILE *f = fopen("/proc/self/status", "re");
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "VmRSS: %ld", &now);
		sscanf(line, "VmHWM: %ld", &peak);
	}
	if (f)
		fclose(f);
	printf("{\"rss_kb\":%ld,\"peak_kb\":%ld}\n", now, peak);
}

/* One command a tick, so that the worker keeps its lease between them. */
static int command_tick(struct worker *w, void *state, bool *ret_more, struct err *err)
{
	struct sync *s = state;
	char line[64];
	int rc = 0;
	*ret_more = true;
	s->worker = w;
	if (!fgets(line, sizeof(line), stdin)) {
		raise(SIGTERM);
		return 0;
	}
	line[strcspn(line, "\n")] = 0;
	if (strcmp(line, "look") == 0)
		rc = look(w, s, err);
	else if (strcmp(line, "drift") == 0)
		rc = drift(w, s, err);
	else if (strcmp(line, "routes") == 0)
		rc = compile_routes(s, err);
	else if (strcmp(line, "guard") == 0)
		rc = guard(s, err);
	else if (strcmp(line, "rss") == 0)
		rss();
	else
		rc = err_set(err, ERR_USAGE, "there is no command \"%s\"", line);
	if (rc < 0) {
		fprintf(stderr, "bench_sync: %s: %s\n", line, err->msg);
		exit(1);
	}
	fflush(stdout);
	return 0;
}

static int run(const char *path, struct err *err)
{
	CLEANUP(agent_config_freep) struct agent_config *config = NULL;
	CLEANUP(store_access_release) struct store_access access = STORE_ACCESS_INIT;
	CLEANUP(store_closep) struct store *store = NULL;
	int rc = agent_config_load(path, &config, err);
	if (rc == 0)
		rc = store_access_from_url(&access, config->database, err);
	const struct store_opts o = {.listen = true};
	if (rc == 0)
		rc = store_open(&access, STORE_SYNC, &o, &store, err);
	if (rc < 0)
		return rc;
	log_setup(LOG_LOGFMT, LOG_WARN_, "bench");
	struct role_ctx ctx = {.role = agent_role_find("sync"),
			       .config = config,
			       .clock = &clock_real,
			       .store = store,
			       .access = &access};
	snprintf(ctx.host, sizeof(ctx.host), "bench");
	struct sync s;
	rc = sync_open(&s, &ctx, err);
	if (rc == 0) {
		struct worker_opts w = sync_worker_opts;
		w.tick = command_tick;
		w.state = &s;
		rc = worker_run(&ctx, &w, err);
	}
	sync_close(&s);
	return rc;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (argc != 2 || crypto_init(&err) < 0)
		return 2;
	int rc = run(argv[1], &err);
	if (rc < 0)
		fprintf(stderr, "bench_sync: %s\n", err.msg);
	route_table_unref(routes);
	return rc < 0;
}
