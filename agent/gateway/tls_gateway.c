/* The gateway's certificate: the first pair at its start, later ones as they come, and word of one that is running out. */
#include <sys/epoll.h>

#include "agent/gateway/gateway.h"
#include "agent/gateway/tls.h"
#include "agent/gateway/tls_files.h"

#define FIRST_MS 10000
#define SOON_MS ((int64_t)14 * 24 * 3600 * 1000)
#define LOOK_MS ((int64_t)12 * 3600 * 1000)

static void say(const struct gateway *g, const struct gw_tls_about *about)
{
	char until[32];
	int64_t left = about->not_after_ms - clock_wall(g->ctx->clock);
	clock_format(about->not_after_ms, until);
	log_event(LOG_INFO_, "tls.loaded", "names", about->names, "until", until, NULL);
	if (left < 0)
		log_event(LOG_ERROR_, "tls.expired", "names", about->names, "until", until, NULL);
	else if (left < SOON_MS)
		log_event(LOG_WARN_, "tls.expires_soon", "names", about->names, "until", until,
			  NULL);
}

/* An expired pair is better than none at the start, and worse than the one in use later. */
static int take_pair(struct gateway *g, const struct tls_pair *p, bool first, struct err *err)
{
	CLEANUP(gw_tls_freep) struct gw_tls *t = NULL;
	char until[32];
	int rc = gw_tls_new(buf_str(&p->certificate), secret_lend(&p->key), &t, err);
	if (rc < 0)
		return rc;
	int64_t not_after_ms = gw_tls_about(t)->not_after_ms;
	if (!first && not_after_ms < clock_wall(g->ctx->clock))
		return err_set(err, ERR_INVALID, "tls.certificate: it has expired at %s",
			       clock_format(not_after_ms, until));
	g->tls_about = *gw_tls_about(t);
	gw_server_tls(g->server, TAKE_PTR(t));
	say(g, &g->tls_about);
	return 0;
}

static void on_files(struct loop *l, int fd, uint32_t events, void *state)
{
	struct gateway *g = state;
	struct err err = ERR_INIT;
	CLEANUP(tls_pair_release) struct tls_pair p = {BUF_INIT(0), SECRET_INIT};
	(void)l;
	(void)fd;
	(void)events;
	int rc = tls_files_next(g->ctx->tls, 0, &p, &err);
	if (rc == ERR_TIMEOUT)
		return;
	if (rc == ERR_UNAVAILABLE) {
		log_err(LOG_ERROR_, "tls.watch_lost", &err, NULL);
		loop_remove(g->tls_watch);
		g->tls_watch = NULL;
		return;
	}
	if (rc == 0)
		rc = take_pair(g, &p, false, &err);
	if (rc < 0)
		log_err(LOG_ERROR_, "tls.kept_old", &err, NULL);
}

static void on_look(struct loop *l, void *state)
{
	struct gateway *g = state;
	(void)l;
	if (g->tls_about.not_after_ms - clock_wall(g->ctx->clock) < SOON_MS)
		say(g, &g->tls_about);
	loop_timer_reset(g->tls_look, LOOK_MS);
}

int gw_tls_begin(struct gateway *g, struct err *err)
{
	CLEANUP(tls_pair_release) struct tls_pair p = {BUF_INIT(0), SECRET_INIT};
	if (!g->ctx->tls)
		return 0;
	int rc = tls_files_next(g->ctx->tls, FIRST_MS, &p, err);
	if (rc == 0)
		rc = take_pair(g, &p, true, err);
	if (rc < 0)
		return rc;
	g->tls_look = loop_add_timer(g->loop, LOOK_MS, on_look, g);
	return loop_add_fd(g->loop, tls_files_fd(g->ctx->tls), EPOLLIN, on_files, g, &g->tls_watch,
			   err);
}
