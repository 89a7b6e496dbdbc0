/* Wishes: what people asked for through the gateway, carried out one by one, each with its result on its own row. */
#include "agent/sync_wish.h"

#include "base/fault.h"
#include "store/meta.h"

#define WISHES_AT_ONCE 32

int wish_begin(struct hand *h, struct store_txn **ret, struct err *err)
{
	return store_txn_begin(h->s->ctx->store, STORE_FENCED, h->actor, worker_lease(h->s->worker),
			       ret, err);
}

typedef int change_fn(struct store_txn *t, struct hand *h, struct buf *said, struct err *err);

int wish_settle(struct store_txn *t, struct hand *h, struct str result, const struct err *why,
		struct err *err)
{
	CLEANUP(buf_release) struct buf problem = BUF_INIT(64 * 1024);
	if (why)
		json_problem(&problem, why);
	return store_wish_settle(t, str_of(h->w->id), result, buf_str(&problem), err);
}

static void expect(struct store_txn *t, struct hand *h)
{
	const struct doc_node *e = doc_find(h->body, "expect");
	struct str kind = doc_text(e, "kind");
	if (e)
		store_object_expect(t, arena_strndup(h->a, kind.p, kind.len), doc_text(e, "domain"),
				    doc_text(e, "name"), doc_text(e, "version"));
}

int wish_before(struct store_txn *t, struct pass *p, void *state, struct err *err)
{
	struct hand *h = state;
	(void)p;
	expect(t, h);
	return h->makes_set ? store_source_apply_set(t, h->w->source, err) : 0;
}

/* A dry run of a small wish: all of it, up to the COMMIT. */
static int rehearse(struct hand *h, change_fn *change, struct buf *said, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int rc = wish_begin(h, &t, err);
	if (rc == 0)
		expect(t, h);
	if (rc == 0)
		rc = change(t, h, said, err);
	return rc < 0 ? rc : store_txn_rehearse(t, err);
}

/* The whole of a small wish: one change and the answer, in one transaction. */
static int simply(struct hand *h, change_fn *change, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP(buf_release) struct buf said = BUF_INIT(4096);
	CLEANUP(buf_release) struct buf result = BUF_INIT(16384);
	struct json j;
	bool dry_run = h->w->dry_run;
	int rc = dry_run ? rehearse(h, change, &said, err) : 0;
	if (rc == 0)
		rc = wish_begin(h, &t, err);
	if (rc == 0 && !dry_run)
		expect(t, h);
	if (rc == 0 && !dry_run)
		rc = change(t, h, &said, err);
	json_init(&j, &result);
	json_object(&j);
	json_str(&j, "summary", buf_str(&said));
	json_bool(&j, "dryRun", dry_run);
	json_end(&j);
	if (rc == 0)
		rc = wish_settle(t, h, buf_str(&result), NULL, err);
	return rc < 0 ? rc : store_txn_commit(t, NULL, err);
}

struct str wish_text(const struct hand *h, const char *key)
{
	return doc_text(h->body, key);
}

/* What is held back always says why, if only who wanted it. */
struct str wish_reason(const struct hand *h, const char *what)
{
	struct str reason = str_trim(wish_text(h, "reason"));
	return reason.len ? reason
			  : str_of(arena_printf(h->a, "%s by %.*s", what,
						STR_ARG(h->w->requested_by)));
}

/* --- the small ones --------------------------------------------------------------------------------------------------- */

static int change_adopt(struct store_txn *t, struct hand *h, struct buf *said, struct err *err)
{
	struct str to = wish_text(h, "to");
	if (!sync_source_named(h->s, to)) {
		err_set(err, ERR_NOT_FOUND, "there is no source \"%.*s\"", STR_ARG(to));
		err_remedy(err, "aspora get sources lists them");
		return ERR_NOT_FOUND;
	}
	int rc = sync_overlay(h->s, h->w->domain)
			 ? store_overlay_end(t, h->w->domain, "adopted", err)
			 : 0;
	buf_addf(said, "%.*s belongs to source %.*s now", STR_ARG(h->w->domain), STR_ARG(to));
	return rc < 0 ? rc : store_domain_transfer(t, h->w->domain, to, err);
}

static int change_overlay_end(struct store_txn *t, struct hand *h, struct buf *said,
			      struct err *err)
{
	buf_addf(said, "the overlay over %.*s is gone", STR_ARG(h->w->domain));
	return store_overlay_end(t, h->w->domain, "removed", err);
}

static int also_lift(struct store_txn *t, struct pass *p, void *state, struct err *err)
{
	struct hand *h = state;
	CLEANUP(buf_release) struct buf report = BUF_INIT(BUF_MAX);
	int rc = p->dry_run && !p->rehearsing ? 0
					      : store_overlay_end(t, h->w->domain, "removed", err);
	if (rc < 0 || p->rehearsing)
		return rc;
	pass_report_json(p, &report);
	return wish_settle(t, h, buf_str(&report), NULL, err);
}

/* What stood in the way has changed: every source looks at its newest commit again. */
static void look_again(struct hand *h)
{
	sync_forget(h->s);
	for (size_t i = 0; i < h->s->source_count; i++)
		sync_source_again(&h->s->sources[i]);
}

static int do_overlay_end(struct hand *h, struct err *err)
{
	struct str domain = h->w->domain;
	int64_t base = 0;
	int rc = sync_overlay(h->s, domain) ? sync_overlay_below(h->s, domain, &base, err) : 0;
	if (rc == 0 && base) {
		struct pass p = {.kind = "expiry",
				 .actor = h->actor,
				 .message = wish_text(h, "reason"),
				 .dry_run = h->w->dry_run,
				 .before = wish_before,
				 .also = also_lift,
				 .state = h};
		rc = sync_restore(h->s, &p, domain, base, err);
	} else if (rc == 0) {
		rc = simply(h, change_overlay_end, err);
	}
	if (rc == 0 && !h->w->dry_run)
		look_again(h);
	return rc;
}

static int change_sync(struct store_txn *t, struct hand *h, struct buf *said, struct err *err)
{
	(void)t;
	if (!sync_source_named(h->s, h->w->source))
		return err_set(err, ERR_NOT_FOUND, "source %.*s is not configured here",
			       STR_ARG(h->w->source));
	buf_addz(said, "it was looked at just now");
	return 0;
}

static const struct wish_kind {
	const char *name;
	int (*pass)(struct hand *h, struct err *err);
	change_fn *change;
	int (*check)(struct hand *h, struct err *err); /* before its transaction; NULL: none */
} kinds_of_wish[] = {
	{"apply", wish_apply, NULL, NULL},
	{"delete", wish_delete, NULL, NULL},
	{"rollback", wish_rollback, NULL, NULL},
	{"quarantine", NULL, wish_quarantine, NULL},
	{"clear", NULL, wish_clear, NULL},
	{"suspend", NULL, wish_suspend, wish_suspend_check},
	{"resume", NULL, wish_resume, wish_resume_check},
	{"adopt", NULL, change_adopt, NULL},
	{"overlay-end", do_overlay_end, NULL, NULL},
	{"sync", NULL, change_sync, NULL},
};

/* Before anything is done for it: what is stale now will not be less so. */
static int is_current(struct hand *h, struct err *err)
{
	const struct doc_node *e = doc_find(h->body, "expect");
	struct str kind = doc_text(e, "kind");
	if (!e)
		return 0;
	return store_object_is(h->s->ctx->store, arena_strndup(h->a, kind.p, kind.len),
			       doc_text(e, "domain"), doc_text(e, "name"), doc_text(e, "version"),
			       err);
}

static int carry_out(struct hand *h, struct err *err)
{
	if (FAULT("wish.carry_out"))
		return err_set(err, ERR_UNAVAILABLE, "injected fault");
	int rc = doc_parse_json(h->a, h->w->body_json, &doc_limits_json, "the request", &h->body,
				err);
	if (rc == 0)
		rc = is_current(h, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ARRAY_SIZE(kinds_of_wish); i++) {
		const struct wish_kind *k = &kinds_of_wish[i];
		if (!str_eqz(h->w->kind, k->name))
			continue;
		if (k->pass)
			return k->pass(h, err);
		rc = k->check ? k->check(h, err) : 0;
		if (rc == 0)
			rc = simply(h, k->change, err);
		if (rc == 0 && k->change != change_sync && !h->w->dry_run)
			look_again(h);
		return rc;
	}
	return err_set(err, ERR_INVALID, "there is no wish of kind %.*s", STR_ARG(h->w->kind));
}

/* The fault lies in the wish, not in us or the database: it is answered, and the next one goes on. */
static bool is_its_own_fault(int rc, const struct err *why)
{
	/* Data that a constraint refuses, it refuses again: all who wait behind it would wait for ever. */
	if (rc == ERR_DATABASE &&
	    (memcmp(why->sqlstate, "22", 2) == 0 || memcmp(why->sqlstate, "23", 2) == 0))
		return true;
	/* Two releases at once: only one of the two can be the wish's, and the next try reads what the other wrote. */
	if (rc == ERR_CONFLICT && memcmp(why->sqlstate, "23", 2) == 0)
		return false;
	return rc == ERR_INVALID || rc == ERR_NOT_FOUND || rc == ERR_CONFLICT || rc == ERR_DENIED ||
	       rc == ERR_TOO_LARGE || rc == ERR_SYNTAX || rc == ERR_UNSUPPORTED || rc == ERR_GONE;
}

/* Nobody else is to die of it: said to who asked, and the next one goes on. */
static int give_up(struct store_txn *t, struct hand *h, struct err *err)
{
	struct err why = ERR_INIT;
	err_set(&why, ERR_INTERNAL, "given up: sync ended %d times while carrying it out",
		SYNC_ATTEMPTS);
	err_remedy(&why, "asporad's log says what ended it (role.ended); ask again once that is "
			 "mended, and report it");
	log_err(LOG_ERROR_, "wish.given_up", &why, "wish", h->w->id, "kind", h->w->kind.p, NULL);
	/* Of the domain, so that those who may see that see it; of none, of the source. */
	bool named = h->w->domain.len > 0;
	struct str about = named ? h->w->domain : h->w->source;
	struct str text =
		str_of(arena_printf(h->a, "%.*s %s: %s", STR_ARG(h->w->kind), h->w->id, why.msg));
	int rc = about.len ? sync_event(t, named ? "Domain" : "Source", STR_NULL, about, true,
					"CrashLoop", text, "", err)
			   : 0;
	return rc < 0 ? rc : wish_settle(t, h, STR_NULL, &why, err);
}

/* Written down before it is carried out: each process that does not live to settle it is one attempt. */
static int take(struct hand *h, bool *ret_gave_up, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	struct sync *s = h->s;
	int attempts = 0;
	int rc = wish_begin(h, &t, err);
	if (rc == 0)
		rc = store_wish_take(t, str_of(h->w->id), worker_lease(s->worker),
				     strcmp(s->taken, h->w->id) == 0, &attempts, err);
	*ret_gave_up = attempts > SYNC_ATTEMPTS;
	if (rc == 0 && *ret_gave_up)
		rc = give_up(t, h, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc == 0)
		snprintf(s->taken, sizeof(s->taken), "%s", h->w->id);
	return rc;
}

static int answer_fault(struct hand *h, const struct err *why, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	log_err(LOG_INFO_, "wish.refused", why, "kind", h->w->kind.p, NULL);
	int rc = wish_begin(h, &t, err);
	if (rc == 0)
		rc = wish_settle(t, h, STR_NULL, why, err);
	return rc < 0 ? rc : store_txn_commit(t, NULL, err);
}

static const struct suspension *suspension_of(const struct sync *s, const char *source)
{
	for (size_t i = 0; i < s->holds.suspended_count; i++)
		if (str_eqz(s->holds.suspended[i].kind, "Source") &&
		    str_eqz(s->holds.suspended[i].name, source))
			return &s->holds.suspended[i];
	return NULL;
}

/* The look that a sync wish asks for will answer it, with what its author confirms; at a suspended source there is none until it is resumed. */
static int await_look(struct hand *h, struct sync_source *src, struct err *err)
{
	struct err ignored = ERR_INIT, why = ERR_INIT;
	int rc = sync_load_holds(h->s, err);
	if (rc < 0)
		return rc;
	const struct suspension *u = suspension_of(h->s, src->name);
	if (u) {
		err_set(&why, ERR_CONFLICT, "source %s is not looked at: %.*s suspended it%s%.*s",
			src->name, STR_ARG(u->by), u->reason.len ? ": " : "", STR_ARG(u->reason));
		err_remedy(&why, "resume it, which looks at once: aspora resume source %s",
			   src->name);
		return answer_fault(h, &why, err);
	}
	if (!src->confirm_arena && doc_parse_json(h->a, h->w->body_json, &doc_limits_json,
						  "the request", &h->body, &ignored) == 0)
		sync_source_confirm(src, h->body, h->w->requested_by);
	return 0;
}

static int one_wish(struct sync *s, const struct wish *w, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(512 * 1024 * 1024);
	struct hand h = {.s = s, .w = w, .a = a};
	struct err why = ERR_INIT;
	snprintf(h.actor, sizeof(h.actor), "%.*s", STR_ARG(w->requested_by));
	/* A source's look answers these; one that was over before the wish was there is answered here. */
	struct sync_source *src = sync_source_named(s, w->source);
	if (str_eqz(w->kind, "sync") && src && src->handled_token < w->request_token)
		return await_look(&h, src, err);
	log_reconcile_id(w->id);
	bool gave_up = false;
	int rc = sync_load(s, err);
	if (rc == 0)
		rc = take(&h, &gave_up, err);
	if (rc == 0 && !gave_up && (rc = carry_out(&h, &why)) < 0) {
		if (is_its_own_fault(rc, &why))
			rc = answer_fault(&h, &why, err);
		else
			*err = why;
	}
	log_reconcile_id(NULL);
	return rc;
}

int sync_wishes_tick(struct sync *s, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	struct wish *list = NULL;
	size_t count = 0;
	int rc = store_wish_open(s->ctx->store, a, worker_lease(s->worker), WISHES_AT_ONCE, &list,
				 &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = one_wish(s, &list[i], err);
		/* It may have been one to hold something back. */
		sync_forget_holds(s);
	}
	if (rc == 0 && count == WISHES_AT_ONCE)
		worker_wake(s->worker);
	return rc;
}
