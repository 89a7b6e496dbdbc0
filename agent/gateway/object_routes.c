/* Lists and single objects of every kind. */
#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/object.h"

#define PAGE 500 /* of lists without a limit: read and sent piece by piece */
#define LIMIT_MAX 1000

/* A list that is sent page by page. */
struct listing {
	struct gw_call *call;
	struct object_query query;
	struct object_cursor cursor;
	struct selector selector;
	bool some; /* an object was written */
};

/* --- continue ---------------------------------------------------------------------------------------------------------- */

/* "c1.INCARNATION.HEX.HEX": the last keys seen, of this incarnation. */
static void continue_write(struct buf *out, int64_t incarnation, const struct object_cursor *c)
{
	buf_addf(out, "c1.%lld.", (long long)incarnation);
	hex_add(out, c->key1, strlen(c->key1));
	buf_add_char(out, '.');
	hex_add(out, c->key2, strlen(c->key2));
}

static bool key_read(struct str hex, char *out, size_t size)
{
	if (hex.len % 2 || hex.len / 2 >= size || !hex_parse(hex, out, hex.len / 2))
		return false;
	out[hex.len / 2] = '\0';
	struct str text = str_make(out, hex.len / 2);
	return strlen(out) == text.len && str_is_utf8(text, NULL);
}

/* ?continue=, where it is there. */
static int continue_read(struct gw_call *call, int64_t incarnation, struct object_cursor *c,
			 struct err *err)
{
	struct str rest = gw_call_query(call, "continue"), version, number, key1, key2 = STR("");
	int64_t of;
	if (!rest.len)
		return 0;
	bool fine = str_split(&rest, '.', &version) && str_eqz(version, "c1") &&
		    str_split(&rest, '.', &number) && str_to_i64(number, &of) &&
		    str_split(&rest, '.', &key1) && key_read(key1, c->key1, sizeof(c->key1));
	if (fine && rest.len)
		fine = str_split(&rest, '.', &key2) && rest.len == 0 &&
		       key_read(key2, c->key2, sizeof(c->key2));
	if (!fine)
		return err_set(err, ERR_USAGE, "continue is none that a list gave");
	if (of != incarnation)
		return err_set(err, ERR_GONE,
			       "continue is of another incarnation of the store; list again");
	c->set = true;
	return 0;
}

/* --- as it was ----------------------------------------------------------------------------------------------------------- */

static bool is_commit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return s.len >= 7 && s.len <= 64;
}

/* at= into a revision: a number, "i1.47", a time, or the first digits of a commit. */
static int read_at(struct gw_call *c, const struct store_rv *head, int64_t *ret, struct err *err)
{
	struct store *s = c->g->store;
	struct str at = gw_call_query(c, "at");
	struct store_rv rv = {0};
	int64_t when;
	if (!at.len)
		return 0;
	if (clock_parse(at, &when, NULL) == 0)
		return store_revision_at_time(s, when, ret, err);
	if (is_commit(at) && !str_to_i64(at, &rv.rev))
		return store_revision_of_commit(s, at, ret, err);
	if (!rv.rev && !str_to_i64(at, &rv.rev) && store_rv_parse(at, &rv, err) < 0) {
		err_set(err, ERR_USAGE, "at=%.*s is no revision, commit or time", STR_ARG(at));
		return err_remedy(err, "write one such as i1.47 or 2026-11-24T10:00:00Z");
	}
	if (rv.incarnation && rv.incarnation != head->incarnation)
		return err_set(err, ERR_GONE,
			       "revision %.*s is of another incarnation of the store", STR_ARG(at));
	if (rv.rev > head->rev)
		return err_set(err, ERR_GONE, "revision %.*s is not there yet", STR_ARG(at));
	*ret = MAX(rv.rev, 1);
	return 0;
}

/* --- lists --------------------------------------------------------------------------------------------------------------- */

static void read_filters(struct gw_call *c, struct object_query *q)
{
	bool event = strcmp(q->kind, "Event") == 0, route = strcmp(q->kind, "Route") == 0;
	q->domain = gw_call_domain(c);
	q->skill = gw_call_query(c, "skill");
	q->state = gw_call_query(c, route ? "kind" : "state");
	if (strcmp(q->kind, "Admission") == 0)
		q->state = gw_call_query(c, "verdict");
	if (strcmp(q->kind, "Approval") == 0)
		q->state = gw_call_query(c, "digest");
	q->session = gw_call_query(c, "session");
	q->mode = gw_call_query(c, "mode");
	q->requested_by = gw_call_query(c, "requestedBy");
	if (event) {
		const struct kind *about = kind_find(gw_call_query(c, "kind"));
		q->about_kind = about ? str_of(about->name) : gw_call_query(c, "kind");
		q->about_name = gw_call_query(c, "name");
	}
}

static int list_more(void *state, struct buf *out)
{
	struct listing *l = state;
	struct gateway *g = l->call->g;
	struct err err = ERR_INIT;
	size_t count = 0, mark = out->len;
	if (!g->store)
		return GW_MORE_ASK;
	if (l->some)
		buf_add_char(out, ',');
	size_t begun = out->len;
	int rc = gw_store_as(g, l->call->who.domains, &err);
	if (rc == 0)
		rc = store_object_page(g->store, &l->query, &l->cursor, out, &count, &err);
	if (rc < 0) {
		log_err(LOG_ERROR_, "list.broken_off", &err, "kind", l->query.kind, NULL);
		return rc;
	}
	if (out->len == begun)
		out->len = mark;
	else
		l->some = true;
	if (count == l->query.limit)
		return GW_MORE_ON;
	buf_addz(out, "]}\n");
	return GW_MORE_END;
}

static void list_head(struct buf *out, const char *kind, const struct store_rv *at,
		      struct str token, struct str items)
{
	char rv[RV_MAX];
	buf_addf(out,
		 "{\"apiVersion\":\"" API_VERSION "\",\"kind\":\"%sList\",\"metadata\":{"
		 "\"resourceVersion\":\"%s\",\"continue\":\"%.*s\"},\"items\":[",
		 kind, store_rv_format(at, rv), STR_ARG(token));
	buf_add_str(out, items);
}

/* Kinds of which every change has a revision: a list is the same while the head is. */
static bool follows_revisions(const char *kind)
{
	static const char *const others[] = {"Execution", "Event", "Key", "Source"};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(others[i], kind) == 0)
			return false;
	return true;
}

static bool is_wanted(void *state, struct str json)
{
	const struct listing *l = state;
	return selector_fits_text(&l->selector, json);
}

static int read_selectors(struct listing *l, struct err *err)
{
	struct gw_call *c = l->call;
	int rc = gw_call_selector(c, &l->selector, err);
	if (rc == 0 && l->selector.count) {
		l->query.wanted = is_wanted;
		l->query.wanted_state = l;
	}
	return rc;
}

/* --- lists of what is kept ------------------------------------------------------------------------------------------------ */

#define WALK_MOST 1000 /* objects looked at before others have their turn */

static bool is_listed(const struct listing *l, struct str domain)
{
	return gw_covers(&l->call->who, domain) &&
	       (l->query.domain.len == 0 || str_eq(domain, l->query.domain));
}

static void move_to(struct object_cursor *at, const struct kept_skill *s)
{
	snprintf(at->key1, sizeof(at->key1), "%.*s", STR_ARG(s->domain));
	snprintf(at->key2, sizeof(at->key2), "%.*s", STR_ARG(s->name));
	at->set = true;
}

/* Where the list goes on. */
static size_t next_kept(const struct listing *l)
{
	const struct object_cursor *c = &l->cursor;
	return gw_kept_after(l->call->g->kept, str_of(c->set ? c->key1 : ""),
			     str_of(c->set ? c->key2 : ""));
}

/*
 * At most `most` objects that the caller sees, of which *ret_seen were looked at, until the page is full. True: that was the last; false: there may be more,
 * or the next one (*ret_stale) has to be asked for again.
 */
static bool walk_kept(struct listing *l, size_t most, struct buf *out, size_t *ret_seen,
		      bool *ret_stale)
{
	struct gateway *g = l->call->g;
	int64_t now = clock_mono(g->ctx->clock);
	size_t i = next_kept(l), count = gw_kept_count(g->kept), walked = 0;
	*ret_seen = 0;
	*ret_stale = false;
	for (; i < count && *ret_seen < most && walked < WALK_MOST && out->len < GW_PAGE_BYTES;
	     i++, walked++) {
		struct kept_skill s = gw_kept_at(g->kept, i, now);
		bool listed = is_listed(l, s.domain);
		if (listed && s.json.len == 0) {
			*ret_stale = true;
			return false;
		}
		move_to(&l->cursor, &s);
		if (!listed)
			continue;
		++*ret_seen;
		if (l->query.wanted && !l->query.wanted(l, s.json))
			continue;
		if (l->some)
			buf_add_char(out, ',');
		buf_add_str(out, s.json);
		l->some = true;
	}
	return i >= count;
}

/* Piece by piece out of memory; in a job what is stale is asked for again on the way. */
static int kept_more(void *state, struct buf *out)
{
	struct listing *l = state;
	struct gateway *g = l->call->g;
	struct err err = ERR_INIT;
	size_t seen, mark = out->len;
	bool stale;
	if (!gw_kept_is_complete(g->kept))
		return list_more(l, out);
	if (walk_kept(l, SIZE_MAX, out, &seen, &stale)) {
		buf_addz(out, "]}\n");
		return GW_MORE_END;
	}
	if (!stale || out->len > mark)
		return GW_MORE_ON;
	if (!g->store)
		return GW_MORE_ASK;
	int rc = gw_kept_mend(g, next_kept(l), &err);
	if (rc < 0)
		log_err(LOG_ERROR_, "list.broken_off", &err, "kind", l->query.kind, NULL);
	return rc < 0 ? rc : GW_MORE_ON;
}

/* GW_ASK: not all of it is kept. */
static int list_kept(struct gw_call *c, struct listing *l, int64_t limit, struct err *err)
{
	CLEANUP(buf_release) struct buf items = BUF_INIT(BUF_MAX), token = BUF_INIT(4096);
	const struct store_rv at = c->g->hub->at;
	char rv[RV_MAX];
	size_t seen = 0;
	bool stale = false;
	if (!gw_kept_is_complete(c->g->kept))
		return GW_ASK;
	int rc = continue_read(c, at.incarnation, &l->cursor, err);
	if (rc < 0)
		return rc;
	if (gw_call_etag(c, str_of(store_rv_format(&at, rv))))
		return 0;
	size_t most = limit ? (size_t)limit : SIZE_MAX;
	bool over = false;
	do {
		size_t some = 0;
		over = walk_kept(l, most - seen, &items, &some, &stale);
		seen += some;
	} while (limit && !over && !stale && seen < most);
	if (limit && stale)
		return GW_ASK;
	if (limit && seen == most)
		continue_write(&token, at.incarnation, &l->cursor);
	c->reply->status = 200;
	c->reply->type = "application/json";
	list_head(&c->reply->body, l->query.kind, &at, buf_str(&token), buf_str(&items));
	if (limit || over) {
		buf_addz(&c->reply->body, "]}\n");
		return 0;
	}
	c->reply->more = kept_more;
	c->reply->state = l;
	return 0;
}

static int list_stored(struct gw_call *c, struct listing *l, int64_t limit, struct err *err)
{
	CLEANUP(buf_release) struct buf items = BUF_INIT(BUF_MAX), token = BUF_INIT(4096);
	struct store_head head;
	char rv[RV_MAX];
	size_t count = 0;
	int rc = store_head(c->g->store, &head, err);
	if (rc == 0)
		rc = continue_read(c, head.at.incarnation, &l->cursor, err);
	if (rc == 0)
		rc = read_at(c, &head.at, &l->query.at, err);
	if (rc < 0)
		return rc;
	if (!l->query.at && follows_revisions(l->query.kind) &&
	    gw_call_etag(c, str_of(store_rv_format(&head.at, rv))))
		return 0;
	l->query.limit = limit ? (size_t)limit : PAGE;
	rc = store_object_page(c->g->store, &l->query, &l->cursor, &items, &count, err);
	if (rc < 0)
		return rc;
	bool more = count == l->query.limit;
	if (more && limit)
		continue_write(&token, head.at.incarnation, &l->cursor);
	c->reply->status = 200;
	c->reply->type = "application/json";
	list_head(&c->reply->body, l->query.kind, &head.at, buf_str(&token), buf_str(&items));
	l->some = items.len > 0;
	if (more && !limit) {
		c->reply->more = list_more;
		c->reply->state = l;
	} else {
		buf_addz(&c->reply->body, "]}\n");
	}
	return 0;
}

int gw_object_list(struct gw_call *c, struct err *err)
{
	struct listing *l = arena_alloc(c->arena, sizeof(*l));
	int64_t limit = 0;
	if (gw_wants_watch(c))
		return gw_watch(c, c->route->kind, err);
	*l = (struct listing){.call = c, .query = {.kind = c->route->kind->name}};
	read_filters(c, &l->query);
	int rc = gw_call_number(c, "limit", 1, LIMIT_MAX, &limit, err);
	if (rc == 0)
		rc = read_selectors(l, err);
	if (rc < 0)
		return rc;
	/* Outside of a job: what is in memory, or nothing. */
	return c->g->store ? list_stored(c, l, limit, err) : list_kept(c, l, limit, err);
}

/* --- one ---------------------------------------------------------------------------------------------------------------------- */

void gw_suggest_skill(struct gw_call *c, struct str domain, struct str name, struct err *err)
{
	struct err ignored = ERR_INIT;
	char near[132];
	CLEANUP_FREE char *full = mem_printf("%.*s/%.*s", STR_ARG(domain), STR_ARG(name));
	if (store_object_nearest_skill(c->g->store, str_of(full), near, &ignored) == 0 && near[0])
		err_remedy(err, "did you mean %s?", near);
}

/* A skill is made of a dozen tables; asked for again before something touches it, it is as it was. */
static int get_skill(struct gw_call *c, const struct object_query *q, const char **tag,
		     struct err *err)
{
	struct gateway *g = c->g;
	int64_t now = clock_mono(g->ctx->clock), rev = gw_kept_rev(g);
	struct buf *body = &c->reply->body;
	struct str text = gw_kept_find(g->kept, q->domain, q->name, now, tag);
	if (!g->store && text.len == 0)
		return GW_ASK;
	if (!g->store) {
		buf_add_str(body, text);
		return 0;
	}
	*tag = NULL;
	int rc = store_object_get(g->store, q, body, err);
	if (rc == 0)
		gw_kept_put(g->kept, q->domain, q->name, rev, now, buf_str(body));
	return rc;
}

static int get_now(struct gw_call *c, const struct object_query *q, const char **tag,
		   struct err *err)
{
	if (strcmp(q->kind, "Skill") == 0)
		return get_skill(c, q, tag, err);
	return store_object_get(c->g->store, q, &c->reply->body, err);
}

int gw_object_get(struct gw_call *c, struct err *err)
{
	bool namespaced = strstr(c->route->pattern, "{domain}") != NULL;
	struct object_query q = {.kind = c->route->kind->name,
				 .domain = namespaced ? c->params[0] : STR_NULL,
				 .name = c->params[namespaced]};
	struct store_head head;
	char hex[DIGEST_HEX + 1];
	const char *tag = NULL;
	bool past = gw_call_query(c, "at").len > 0;
	int rc = past ? store_head(c->g->store, &head, err) : 0;
	if (rc == 0 && past)
		rc = read_at(c, &head.at, &q.at, err);
	if (rc == 0)
		rc = past ? store_object_get(c->g->store, &q, &c->reply->body, err)
			  : get_now(c, &q, &tag, err);
	if (rc == ERR_NOT_FOUND && !past && strcmp(q.kind, "Skill") == 0)
		gw_suggest_skill(c, q.domain, q.name, err);
	if (rc != 0)
		return rc;
	if (!tag) {
		struct digest d = digest_tagged("aspora.etag", buf_str(&c->reply->body));
		tag = digest_hex(&d, hex);
	}
	c->reply->status = 200;
	c->reply->type = "application/json";
	if (!gw_call_etag(c, str_make(tag, GW_KEPT_TAG - 1)))
		buf_add_char(&c->reply->body, '\n');
	return 0;
}
