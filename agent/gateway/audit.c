#include "agent/gateway/audit.h"

#include "base/json.h"
#include "base/mem.h"
#include "store/txn.h"

struct note {
	char *actor, *request, *method, *path, *domain;
	int status;
	bool written; /* in the transaction under way; others may come while it is */
};

struct gw_audit {
	struct note notes[GW_AUDIT_MAX]; /* oldest first */
	size_t count;
	uint64_t lost; /* since the last write */
};

static void note_release(struct note *n)
{
	free(n->actor);
	free(n->request);
	free(n->method);
	free(n->path);
	free(n->domain);
}

struct gw_audit *gw_audit_new(void)
{
	return mem_zalloc(sizeof(struct gw_audit));
}

void gw_audit_free(struct gw_audit *a)
{
	for (size_t i = 0; a && i < a->count; i++)
		note_release(&a->notes[i]);
	free(a);
}

static void drop(struct gw_audit *a, size_t i)
{
	note_release(&a->notes[i]);
	memmove(&a->notes[i], &a->notes[i + 1], (a->count - i - 1) * sizeof(a->notes[0]));
	a->count--;
}

void gw_audit_note(struct gw_audit *a, const struct gw_refusal *r)
{
	if (a->count == GW_AUDIT_MAX) {
		drop(a, 0);
		a->lost++;
	}
	a->notes[a->count++] = (struct note){
		.actor = mem_strdup(r->actor),
		.request = mem_strdup(r->request),
		.method = mem_strndup(r->method.p, MIN(r->method.len, 16)),
		.path = mem_strndup(r->path.p, MIN(r->path.len, 200)),
		.domain = mem_strndup(r->domain.len ? r->domain.p : "", MIN(r->domain.len, 64)),
		.status = r->status};
}

bool gw_audit_pending(const struct gw_audit *a)
{
	return a->count > 0;
}

static void put(struct store_txn *t, const struct note *n, uint64_t lost)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(8192);
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_strz(&j, "actor", n->actor);
	json_strz(&j, "method", n->method);
	json_strz(&j, "path", n->path);
	json_int(&j, "status", n->status);
	if (lost)
		json_int(&j, "notWritten", (int64_t)lost);
	json_end(&j);
	store_txn_change(t, "Request", str_of(n->domain), str_of(n->request), STORE_CREATE,
			 buf_str(&text));
}

static void settle(struct gw_audit *a, bool written)
{
	for (size_t i = a->count; i-- > 0;) {
		if (a->notes[i].written && written)
			drop(a, i);
		else
			a->notes[i].written = false;
	}
}

/* All of the first one's actor, in one revision. */
static int flush_actor(struct gw_audit *a, struct store *s, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP_FREE char *actor = mem_strdup(a->notes[0].actor);
	uint64_t lost = a->lost;
	int rc = store_txn_begin(s, STORE_CONDITIONAL, actor, NULL, &t, err);
	for (size_t i = 0; rc == 0 && i < a->count; i++) {
		if (strcmp(a->notes[i].actor, actor) != 0)
			continue;
		put(t, &a->notes[i], i == 0 ? lost : 0);
		a->notes[i].written = true;
	}
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	settle(a, rc == 0);
	if (rc == 0)
		a->lost -= lost;
	return rc;
}

int gw_audit_flush(struct gw_audit *a, struct store *s, struct err *err)
{
	int rc = 0;
	while (rc == 0 && a->count)
		rc = flush_actor(a, s, err);
	return rc;
}
