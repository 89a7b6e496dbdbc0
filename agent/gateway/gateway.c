/* The gateway role: its loop, its listeners, its end. */
#include "agent/gateway/gateway.h"

#include <signal.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

#define POLL_MS 500 /* while a request waits: a lost wake-up costs no more */
#define IDLE_MS 5000
#define HELD_BYTES ((size_t)256 * 1024 * 1024)
#define IDLE_TIMEOUT_MS 75000
#define SEND_TIMEOUT_MS 30000

static void on_poll(struct loop *l, void *state)
{
	struct gateway *g = state;
	(void)l;
	gw_store_pump(g);
	/* A lost connection has set the timer by its own back-off. */
	if (g->store_ok)
		loop_timer_reset(g->poll, gw_server_waiting(g->server) ? POLL_MS : IDLE_MS);
	gw_store_care(g);
	gw_kept_care(g);
}

static void on_drained(void *state)
{
	loop_stop(((struct gateway *)state)->loop);
}

static void on_stop(struct loop *l, int signal_number, void *state)
{
	struct gateway *g = state;
	(void)l;
	(void)signal_number;
	gw_server_drain(g->server, GW_DRAIN_MS);
}

/* The address, port 0 resolved, where scripts and people on this machine find it. */
static int publish(struct gateway *g, const char *address, struct err *err)
{
	CLEANUP_FREE char *path = agent_state_path(g->config, "gateway/address");
	CLEANUP_FREE char *line = mem_printf("%s%s\n", g->ctx->tls ? "https://" : "", address);
	return io_write_file(path, str_of(line), 0644, err);
}

/* As publish() wrote it. */
static struct str without_scheme(struct str address)
{
	struct str https = STR("https://");
	return str_starts(address, https) ? str_sub(address, https.len, address.len) : address;
}

/* "Any port" means the same one again after a restart, where it is still free: clients know it by then. */
static struct str last_address(struct gateway *g, struct buf *text)
{
	struct err ignored = ERR_INIT;
	CLEANUP_FREE char *path = agent_state_path(g->config, "gateway/address");
	if (!str_ends(g->config->gateway.listen, STR(":0")) ||
	    io_read_file(path, text, &ignored) < 0)
		return STR_NULL;
	return without_scheme(str_trim(buf_str(text)));
}

static int listen_tcp(struct gateway *g, char address[64], struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(256);
	struct err ignored = ERR_INIT;
	struct str last = last_address(g, &text);
	if (last.len && gw_server_listen_tcp(g->server, last, address, &ignored) == 0)
		return 0;
	return gw_server_listen_tcp(g->server, g->config->gateway.listen, address, err);
}

static int listen_all(struct gateway *g, struct err *err)
{
	char address[64];
	CLEANUP_FREE char *socket_path =
		g->config->gateway.socket.len
			? mem_strndup(g->config->gateway.socket.p, g->config->gateway.socket.len)
			: agent_state_path(g->config, "gateway/gateway.sock");
	int rc = listen_tcp(g, address, err);
	if (rc == 0)
		rc = gw_server_listen_unix(g->server, socket_path, err);
	if (rc == 0)
		rc = publish(g, address, err);
	if (rc == 0)
		log_event(LOG_INFO_, "gateway.listening", "address", address, "scheme",
			  g->ctx->tls ? "https" : "http", "socket", socket_path, NULL);
	return rc;
}

static int open_all(struct gateway *g, struct err *err)
{
	int rc = loop_open(g->ctx->clock, &g->loop, err);
	if (rc < 0)
		return rc;
	g->poll = loop_add_timer(g->loop, IDLE_MS, on_poll, g);
	g->hub = gw_hub_new(g);
	g->kept = gw_kept_new((size_t)g->config->gateway.kept_bytes);
	g->said = gw_said_new();
	g->keys = gw_keys_new(g->ctx->clock);
	g->oidc = gw_oidc_new(g->config, g->loop, g->ctx->clock);
	g->audit = gw_audit_new();
	g->sessions = gw_sessions_new(g->ctx->clock);
	g->logins = gw_logins_new(g->ctx->clock);
	g->routes = gw_routes_new(&g->route_count);
	g->metrics.routes = mem_array(g->route_count + 1, sizeof(*g->metrics.routes));
	g->metrics.started_ms = clock_wall(g->ctx->clock);
	const struct agent_config *c = g->config;
	struct gw_server_opts o = {.loop = g->loop,
				   .handler = gw_dispatch,
				   .max_connections = (size_t)c->gateway.max_connections,
				   .per_address = (size_t)c->gateway.per_address,
				   .held_bytes = HELD_BYTES,
				   .header_timeout_ms = c->gateway.header_timeout_ms,
				   .body_timeout_ms = c->gateway.body_timeout_ms,
				   .idle_timeout_ms = IDLE_TIMEOUT_MS,
				   .send_timeout_ms = SEND_TIMEOUT_MS,
				   .drained = on_drained};
	const struct gw_limits_opts limits = {.rate = c->gateway.rate,
					      .burst = c->gateway.burst,
					      .people = o.max_connections * 3 / 4 + 1,
					      .programs = o.max_connections / 4 + 1};
	g->limits = gw_limits_new(&limits);
	o.handler.state = g;
	g->server = gw_server_new(&o);
	g->store_ok = !store_is_lost(g->ctx->store);
	g->lanes = gw_lanes_new(g, g->ctx->store);
	/* What is kept watches too. */
	gw_hub_join(g);
	if ((rc = loop_add_signal(g->loop, SIGTERM, on_stop, g, err)) < 0)
		return rc;
	rc = gw_tls_begin(g, err);
	return rc < 0 ? rc : listen_all(g, err);
}

/* What was noted and not written: the connection of the log is its role's again, and blocks. */
static void last_words(struct gateway *g)
{
	struct err err = ERR_INIT;
	struct store *s = g->ctx->store;
	if (!g->lanes || store_is_lost(s))
		return;
	int rc = store_scope(s, STR("*"), &err);
	if (rc < 0 || gw_keys_flush(g->keys, s, &err) < 0)
		log_err(LOG_WARN_, "key.use_not_noted", &err, NULL);
	if (rc < 0 || (gw_audit_pending(g->audit) && gw_audit_flush(g->audit, s, &err) < 0))
		log_err(LOG_WARN_, "audit.not_written", &err, NULL);
}

int role_gateway_run(struct role_ctx *ctx, struct err *err)
{
	struct gateway g = {.ctx = ctx, .config = ctx->config};
	int rc = open_all(&g, err);
	if (rc == 0)
		rc = loop_run(g.loop, err);
	gw_lanes_free(g.lanes);
	gw_server_free(g.server);
	last_words(&g);
	gw_audit_free(g.audit);
	gw_sessions_free(g.sessions);
	gw_logins_free(g.logins);
	gw_keys_free(g.keys);
	gw_oidc_free(g.oidc);
	gw_hub_free(g.hub);
	gw_limits_free(g.limits);
	gw_kept_free(g.kept);
	gw_said_free(g.said);
	route_table_unref(g.table);
	free(g.routes);
	free(g.metrics.routes);
	loop_close(g.loop);
	return rc;
}
