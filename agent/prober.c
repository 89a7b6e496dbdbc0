#include "agent/prober.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "agent/material.h"
#include "base/io.h"
#include "base/mem.h"
#include "runtime/execute.h"

struct prober {
	struct prober_opts o;
	struct probe_list list; /* what it was given; the first `told` have been answered */
	size_t told;
	struct child child;
	int fd;
	struct loop_source *watch;
	struct buf in;
};

/* --- lists -------------------------------------------------------------------------------------------------- */

static struct str own(struct str s)
{
	return str_make(mem_strndup(s.len ? s.p : "", s.len), s.len);
}

static void drop_text(struct str s)
{
	free((char *)(uintptr_t)s.p);
}

void probe_list_add(struct probe_list *l, const struct probe *p)
{
	GROW(l->items, l->count, l->cap);
	struct probe *n = &l->items[l->count++];
	*n = *p;
	n->key.domain = own(p->key.domain);
	n->key.skill = own(p->key.skill);
	n->cause = own(p->cause);
	n->reason = own(p->reason);
	n->message = own(p->message);
	n->driver = own(p->driver);
}

static void release_one(struct probe *p)
{
	drop_text(p->key.domain);
	drop_text(p->key.skill);
	drop_text(p->cause);
	drop_text(p->reason);
	drop_text(p->message);
	drop_text(p->driver);
}

void probe_list_drop(struct probe_list *l, size_t count)
{
	for (size_t i = 0; i < count; i++)
		release_one(&l->items[i]);
	if (count)
		memmove(l->items, l->items + count, (l->count - count) * sizeof(*l->items));
	l->count -= count;
}

void probe_list_cut(struct probe_list *l, size_t count)
{
	while (l->count > count)
		release_one(&l->items[--l->count]);
}

void probe_list_release(struct probe_list *l)
{
	probe_list_cut(l, 0);
	free(l->items);
	*l = (struct probe_list){0};
}

void probe_outcome(const struct probe *p, struct arena *a, struct instance *ret)
{
	*ret = (struct instance){.key = {arena_str(a, p->key.domain), arena_str(a, p->key.skill),
					 p->key.content, p->key.runtime},
				 .state = p->state,
				 .driver = arena_str(a, p->driver),
				 .cause = arena_str(a, p->cause),
				 .reason = arena_str(a, p->reason),
				 .message = arena_str(a, p->message)};
	memcpy(ret->id, p->id, sizeof(ret->id));
}

/* --- in the child ------------------------------------------------------------------------------------------- */

struct work {
	const struct prober_opts *o;
	const struct probe_list *list;
	int fd;
};

static const char *reason_of(int rc)
{
	switch (rc) {
	case ERR_MODEL:
		return "ModelNotConfigured";
	case ERR_SANDBOX:
	case ERR_UNAVAILABLE:
	case ERR_UNSUPPORTED:
		return "SandboxUnavailable";
	default:
		return "HandlerNotReady";
	}
}

static int try_one(const struct work *w, struct store *store, const struct probe *p,
		   struct run_result *r, struct err *err)
{
	CLEANUP(material_release) struct material m = {0};
	struct run_request req;
	int rc = material_load(store, w->o->ctx->config, &p->key, &m, err);
	if (rc < 0)
		return rc;
	material_request(&m, p->id, &req);
	return runtime_probe_version(w->o->runtime, &req, r, err);
}

static int answer(const struct work *w, const struct probe *p, int rc, const struct run_result *r,
		  const struct err *why)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT(64 * 1024);
	struct err err = ERR_INIT;
	char text[ERR_MSG_MAX + 512];
	struct json j;
	json_init(&j, &line);
	json_object(&j);
	json_strz(&j, "id", p->id);
	json_bool(&j, "ok", rc == 0);
	json_strz(&j, "driver", r->driver);
	if (rc < 0) {
		json_strz(&j, "cause", r->content_fault ? "content" : "environment");
		json_strz(&j, "reason", reason_of(rc));
		json_strz(&j, "message", err_format(why, text, sizeof(text)));
	}
	json_end(&j);
	buf_add_char(&line, '\n');
	return io_write_all(w->fd, buf_str(&line), &err);
}

static int prober_main(void *state)
{
	const struct work *w = state;
	CLEANUP(store_closep) struct store *store = NULL;
	struct err err = ERR_INIT;
	struct store_opts so = {.application = "asporad prober"};
	signal(SIGPIPE, SIG_DFL);
	if (store_open(w->o->ctx->access, STORE_RUNNER, &so, &store, &err) < 0) {
		log_err(LOG_WARN_, "prober.no_store", &err, NULL);
		return 1;
	}
	for (size_t i = 0; i < w->list->count; i++) {
		struct run_result r;
		struct err why = ERR_INIT;
		run_result_init(&r);
		int rc = try_one(w, store, &w->list->items[i], &r, &why);
		int sent = answer(w, &w->list->items[i], rc, &r, &why);
		run_result_release(&r);
		if (sent < 0)
			return 1;
	}
	return 0;
}

/* --- in the runner ------------------------------------------------------------------------------------------ */

/* Answers come in the order in which they were asked. */
static void take_line(struct prober *p, struct str line)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	struct err err = ERR_INIT;
	const struct doc_node *root = NULL;
	if (p->told >= p->list.count ||
	    doc_parse_json(a, line, &doc_limits_json, "prober", &root, &err) < 0)
		return;
	struct probe *asked = &p->list.items[p->told++];
	struct probe found = *asked;
	found.state = doc_bool(root, "ok", false) ? INSTANCE_READY : INSTANCE_FAILED;
	found.cause = doc_text(root, "cause");
	found.reason = doc_text(root, "reason");
	found.message = doc_text(root, "message");
	found.driver = doc_text(root, "driver");
	p->o.probed(p->o.state, &found);
}

static void take_lines(struct prober *p)
{
	ptrdiff_t end;
	size_t from = 0;
	while ((end = str_find_byte(buf_str(&p->in), '\n', from)) >= 0) {
		take_line(p, str_sub(buf_str(&p->in), from, (size_t)end));
		from = (size_t)end + 1;
	}
	if (from) {
		memmove(p->in.data, p->in.data + from, p->in.len - from);
		p->in.len -= from;
	}
}

/* The prober has ended before its list: what it had not answered failed for a reason of the environment. */
static void give_back(struct prober *p)
{
	while (p->told < p->list.count) {
		struct probe lost = p->list.items[p->told++];
		lost.state = INSTANCE_FAILED;
		lost.cause = STR("environment");
		lost.reason = STR("HandlerNotReady");
		lost.message =
			STR("the process that tried it ended before it could say how it went");
		p->o.probed(p->o.state, &lost);
	}
}

static void readable(struct loop *l, int fd, uint32_t events, void *state)
{
	struct prober *p = state;
	(void)l;
	(void)events;
	char *room = buf_reserve(&p->in, 16384);
	ssize_t n = room ? read(fd, room, 16384) : 0;
	if (n > 0) {
		buf_grew(&p->in, (size_t)n);
		take_lines(p);
		return;
	}
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	loop_remove(p->watch);
	p->watch = NULL;
	child_stop(&p->child, 1000);
	give_back(p);
	p->o.idle(p->o.state);
}

int prober_start(const struct prober_opts *o, struct probe_list *from, struct prober **ret,
		 struct err *err)
{
	struct prober *p = mem_zalloc(sizeof(*p));
	int ends[2] = {-1, -1};
	p->o = *o;
	p->child = (struct child)CHILD_INIT;
	p->fd = -1;
	buf_init(&p->in, 16 * 1024 * 1024);
	int rc = io_pipe(ends, err);
	if (rc == 0) {
		size_t take = MIN(from->count, (size_t)PROBE_BATCH);
		for (size_t i = 0; i < take; i++)
			probe_list_add(&p->list, &from->items[i]);
		struct work w = {&p->o, &p->list, ends[1]};
		rc = child_fork(&p->child, prober_main, &w, &ends[1], 1, err);
		close(ends[1]);
		p->fd = ends[0];
		if (rc == 0)
			rc = loop_add_fd(o->loop, p->fd, EPOLLIN, readable, p, &p->watch, err);
		if (rc == 0)
			probe_list_drop(from, take);
	}
	if (rc < 0) {
		prober_free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

bool prober_is_running(const struct prober *p)
{
	return p->watch != NULL;
}

void prober_free(struct prober *p)
{
	if (!p)
		return;
	loop_remove(p->watch);
	child_stop(&p->child, 0);
	if (p->fd >= 0)
		close(p->fd);
	probe_list_release(&p->list);
	buf_release(&p->in);
	free(p);
}
