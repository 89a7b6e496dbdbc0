#include "agent/gateway/server.h"

#include "agent/gateway/server_int.h"
#include "base/crypto.h"
#include "base/mem.h"

#define TICK_MS 100

struct str gw_field(const struct gw_request *q, const char *name)
{
	const struct http_span *v = http_field(q->bytes, q->head, name);
	return v ? str_make(q->bytes + v->at, v->len) : STR_NULL;
}

unsigned gw_field_count(const struct gw_request *q, const char *name)
{
	unsigned n = 0;
	for (size_t i = 0; i < q->head->field_count; i++) {
		struct http_span s = q->head->fields[i].name;
		n += str_eq_nocase(str_make(q->bytes + s.at, s.len), str_of(name));
	}
	return n;
}

/* Deadlines are looked at a few times a second, and only while there is a connection. */
static void on_tick(struct loop *l, void *state)
{
	struct gw_server *s = state;
	int64_t now = clock_mono(loop_clock(l));
	if (s->paused)
		gw_listeners_pause(s, false);
	bool cut = s->draining && now >= s->drain_until_ms;
	for (struct gw_conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		if (cut)
			gw_conn_close(c);
		else
			gw_conn_tick(c, now);
	}
	s->ticking = s->conns || s->paused;
	loop_timer_reset(s->tick, s->ticking ? TICK_MS : -1);
}

void gw_server_tick_on(struct gw_server *s)
{
	if (!s->ticking)
		loop_timer_reset(s->tick, TICK_MS);
	s->ticking = true;
}

struct gw_server *gw_server_new(const struct gw_server_opts *o)
{
	struct gw_server *s = mem_zalloc(sizeof(*s));
	s->opts = *o;
	s->tick = loop_add_timer(o->loop, -1, on_tick, s);
	base62_random(s->id_prefix, sizeof(s->id_prefix) - 1);
	return s;
}

void gw_server_free(struct gw_server *s)
{
	if (!s)
		return;
	s->opts.drained = NULL;
	gw_listeners_close(s);
	while (s->conns)
		gw_conn_close(s->conns);
	loop_remove(s->tick);
	gw_tls_free(s->tls);
	free(s);
}

void gw_server_tls(struct gw_server *s, struct gw_tls *t)
{
	gw_tls_free(s->tls);
	s->tls = t;
}

void gw_server_wake(struct gw_server *s)
{
	if (s->stats.waiting == 0)
		return;
	for (struct gw_conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		gw_conn_wake(c);
	}
}

size_t gw_server_waiting(const struct gw_server *s)
{
	return s->stats.waiting;
}

void gw_server_stats(const struct gw_server *s, struct gw_server_stats *ret)
{
	*ret = s->stats;
}

void gw_server_drain(struct gw_server *s, int64_t grace_ms)
{
	s->draining = true;
	s->drain_until_ms = clock_mono(loop_clock(s->opts.loop)) + grace_ms;
	gw_listeners_close(s);
	for (struct gw_conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		/* Who waits is told how far it has come. */
		c->reply.until_ms = 0;
		if (c->phase == CONN_HEAD && c->in.len == 0)
			gw_conn_close(c);
	}
	if (!s->conns && s->opts.drained)
		s->opts.drained(s->opts.handler.state);
}
