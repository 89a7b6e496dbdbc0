/* Wishes that hold something back, or let it go on: quarantines and suspensions. */
#include "agent/sync_wish.h"

/* --- quarantines ------------------------------------------------------------------------------------------------------ */

int wish_quarantine(struct store_txn *t, struct hand *h, struct buf *said, struct err *err)
{
	struct quarantine q = {.domain = h->w->domain,
			       .skill = wish_text(h, "skill"),
			       .cause = STR("operator"),
			       .reason = wish_reason(h, "quarantined"),
			       .by = h->w->requested_by};
	if (!digest_parse(wish_text(h, "content"), &q.content))
		return err_set(err, ERR_INVALID, "content must be the 64 hex digits of a version");
	buf_addf(said, "quarantined %.*s/%.*s", STR_ARG(q.domain), STR_ARG(q.skill));
	return store_quarantine_put(t, &q, 1, err);
}

int wish_clear(struct store_txn *t, struct hand *h, struct buf *said, struct err *err)
{
	struct digest content = {{0}};
	int64_t cleared = 0;
	struct str text = wish_text(h, "content"), skill = wish_text(h, "skill");
	if (text.len && !digest_parse(text, &content))
		return err_set(err, ERR_INVALID, "content must be the 64 hex digits of a version");
	int rc = store_quarantine_clear(t, h->w->domain, skill, &content, &cleared, err);
	if (rc == 0 && cleared == 0)
		rc = err_set(err, ERR_NOT_FOUND, "nothing of %.*s/%.*s is in quarantine",
			     STR_ARG(h->w->domain), STR_ARG(skill));
	buf_addf(said, "cleared %lld", (long long)cleared);
	return rc;
}

/* --- names that exist ----------------------------------------------------------------------------------------------- */

struct names {
	struct arena *a;
	const char **items;
	size_t count, cap;
};

static void add_name(struct names *n, struct str domain, struct str name)
{
	ARENA_GROW(n->a, n->items, n->count, n->cap);
	n->items[n->count++] = arena_printf(n->a, "%.*s%s%.*s", STR_ARG(domain),
					    domain.len ? "/" : "", STR_ARG(name));
}

/* What of this kind could be suspended. */
static int names_of(struct hand *h, struct str kind, struct names *ret, struct err *err)
{
	const struct deployed *d = h->s->deployed;
	struct store_source *sources = NULL;
	size_t count = 0;
	int rc = str_eqz(kind, "Source")
			 ? store_source_list(h->s->ctx->store, h->a, &sources, &count, err)
			 : 0;
	for (size_t i = 0; i < count; i++)
		add_name(ret, STR_NULL, sources[i].name);
	for (size_t i = 0; str_eqz(kind, "Domain") && i < h->s->owner_count; i++)
		add_name(ret, STR_NULL, h->s->owners[i].domain);
	bool skills = str_eqz(kind, "Skill") || str_eqz(kind, "Rollout");
	for (size_t i = 0; skills && i < d->skill_count; i++)
		add_name(ret, d->skills[i].domain, d->skills[i].name);
	return rc;
}

static int suspended_names(struct hand *h, struct str kind, struct names *ret, struct err *err)
{
	struct suspension *list = NULL;
	size_t count = 0;
	int rc = store_suspension_list(h->s->ctx->store, h->a, &list, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (str_eq(list[i].kind, kind))
			add_name(ret, list[i].domain, list[i].name);
	return rc;
}

static const char *word_of(struct str kind)
{
	return str_eqz(kind, "Source") ? "source" : str_eqz(kind, "Domain") ? "domain" : "skill";
}

static bool is_rollout(struct hand *h)
{
	return str_eqz(wish_text(h, "kind"), "Rollout");
}

/* "skill ecm/manager". */
static const char *subject(struct hand *h)
{
	struct names one = {.a = h->a};
	add_name(&one, h->w->domain, wish_text(h, "name"));
	return arena_printf(h->a, "%s %s", word_of(wish_text(h, "kind")), one.items[0]);
}

/* Errors: ERR_NOT_FOUND with the nearest, when what the wish names is not among them. */
static int check_name(struct hand *h, const struct names *n, bool suspend, struct err *err)
{
	const char *word = word_of(wish_text(h, "kind"));
	const char *name = subject(h) + strlen(word) + 1;
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->items[i], name) == 0)
			return 0;
	if (suspend)
		err_set(err, ERR_NOT_FOUND, "there is no %s %s", word, name);
	else
		err_set(err, ERR_NOT_FOUND, "%s%s %s is not %s",
			is_rollout(h) ? "the rollout of " : "", word, name,
			is_rollout(h) ? "paused" : "suspended");
	const char *near = str_nearest(str_of(name), n->items, n->count);
	if (near)
		return err_remedy(err, "did you mean %s?", near);
	return err_remedy(err, "`aspora get %ss` lists them", word);
}

int wish_suspend_check(struct hand *h, struct err *err)
{
	struct names names = {.a = h->a};
	int rc = names_of(h, wish_text(h, "kind"), &names, err);
	return rc < 0 ? rc : check_name(h, &names, true, err);
}

int wish_resume_check(struct hand *h, struct err *err)
{
	struct names names = {.a = h->a};
	int rc = suspended_names(h, wish_text(h, "kind"), &names, err);
	return rc < 0 ? rc : check_name(h, &names, false, err);
}

/* --- suspensions ---------------------------------------------------------------------------------------------------- */

int wish_suspend(struct store_txn *t, struct hand *h, struct buf *said, struct err *err)
{
	int64_t ttl = doc_int(h->body, "ttl_ms", 0);
	const struct suspension s = {.kind = wish_text(h, "kind"),
				     .domain = h->w->domain,
				     .name = wish_text(h, "name"),
				     .by = h->w->requested_by,
				     .reason = wish_text(h, "reason"),
				     .expires_ms = ttl ? clock_wall(h->s->ctx->clock) + ttl : 0};
	buf_addf(said, "%s %s", is_rollout(h) ? "paused the rollout of" : "suspended", subject(h));
	return store_suspend(t, &s, err);
}

int wish_resume(struct store_txn *t, struct hand *h, struct buf *said, struct err *err)
{
	buf_addf(said, "resumed %s%s", is_rollout(h) ? "the rollout of " : "", subject(h));
	return store_resume(t, wish_text(h, "kind"), h->w->domain, wish_text(h, "name"), err);
}
