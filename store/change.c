#include "store/change.h"

#include <assert.h>

#include "store/txn_int.h"

#define VERIFY_BATCH 500

static uint32_t check_of(const struct digest *hash)
{
	return (uint32_t)hash->bytes[0] << 24 | (uint32_t)hash->bytes[1] << 16 |
	       (uint32_t)hash->bytes[2] << 8 | hash->bytes[3];
}

char *store_rv_format(const struct store_rv *v, char out[RV_MAX])
{
	int n = snprintf(out, RV_MAX, "i%lld.%lld", (long long)v->incarnation, (long long)v->rev);
	if (v->ord >= 0)
		n += snprintf(out + n, RV_MAX - (size_t)n, ".%d", v->ord);
	if (v->has_check)
		snprintf(out + n, RV_MAX - (size_t)n, "-%08x", v->check);
	return out;
}

static bool number_of(struct str s, int64_t max, int64_t *ret)
{
	return str_to_i64(s, ret) && *ret >= 0 && *ret <= max;
}

static bool parse_check(struct str hex, struct store_rv *v)
{
	uint8_t bytes[4];
	if (hex.len != 8 || !hex_parse(hex, bytes, 4))
		return false;
	v->check = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
		   bytes[3];
	v->has_check = true;
	return true;
}

static bool parse(struct str s, struct store_rv *v)
{
	*v = (struct store_rv){.ord = -1};
	if (s.len < 4 || s.len >= RV_MAX || s.p[0] != 'i')
		return false;
	ptrdiff_t dash = str_find_byte(s, '-', 0);
	if (dash >= 0 && !parse_check(str_sub(s, (size_t)dash + 1, s.len), v))
		return false;
	struct str rest = str_sub(s, 1, dash >= 0 ? (size_t)dash : s.len), piece;
	int64_t parts[3] = {0, 0, -1};
	size_t n = 0;
	while (str_split(&rest, '.', &piece)) {
		if (n == 3 || !number_of(piece, n == 2 ? INT32_MAX : INT64_MAX, &parts[n]))
			return false;
		n++;
	}
	v->incarnation = parts[0];
	v->rev = parts[1];
	v->ord = (int32_t)parts[2];
	return n >= 2 && v->incarnation > 0;
}

int store_rv_parse(struct str s, struct store_rv *ret, struct err *err)
{
	struct store_rv v;
	if (!parse(s, &v)) {
		err_set(err, ERR_INVALID, "\"%.*s\" is not a resourceVersion", (int)MIN(s.len, 80),
			s.p ? s.p : "");
		return err_remedy(err, "use one that a list or a watch gave, such as \"i1.42\"");
	}
	*ret = v;
	return 0;
}

int store_head(struct store *s, struct store_head *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_head);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	ret->at = (struct store_rv){.incarnation = row_i64(&c), .ord = -1, .has_check = true};
	ret->at.rev = row_i64(&c);
	struct digest hash = row_digest(&c);
	ret->hash = hash;
	ret->at.check = check_of(&hash);
	ret->floor = row_i64(&c);
	ret->age_ms = row_null(&c) ? -1 : row_i64(&c);
	return 0;
}

int store_change_moved(struct store *s, const struct store_rv *at, bool *ret_moved, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_head_rev);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	int64_t incarnation = row_i64(&c), rev = row_i64(&c);
	*ret_moved = incarnation != at->incarnation || rev != at->rev || at->ord >= 0;
	return 0;
}

static int gone(const struct store_rv *at, const char *why, struct err *err)
{
	char text[RV_MAX];
	err_set(err, ERR_GONE, "%s %s", store_rv_format(at, text), why);
	return err_remedy(err, "list again and watch from there");
}

/* Whether what the reader has seen is a part of our history. */
static int check_position(struct store *s, const struct store_rv *at, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_change_hash_at);
	/* A position inside a revision vouches for the one before it; its own hash is the reader's as well. */
	bind_i64(&b, at->rev);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	int64_t incarnation = row_i64(&c), head = row_i64(&c), floor = row_i64(&c);
	struct digest hash = row_digest(&c);
	if (at->incarnation != incarnation)
		return gone(at, "is of another incarnation of the database", err);
	if (at->rev < floor || (at->rev == floor && at->ord >= 0))
		return gone(at, "is older than the history that is kept", err);
	if (at->rev > head)
		return gone(at, "is newer than the database: it has lost revisions", err);
	if (at->has_check && at->rev > 0 && at->check != check_of(&hash))
		return gone(at, "is of another history of the database", err);
	return 0;
}

static void read_change(struct row *c, struct arena *a, void *ret)
{
	struct change *e = ret;
	e->rev = row_i64(c);
	e->ord = (int32_t)row_i64(c);
	e->last = row_bool(c);
	e->at_ms = row_time(c);
	e->actor = row_copy(c, a);
	e->kind = row_copy(c, a);
	e->domain = row_copy(c, a);
	e->name = row_copy(c, a);
	e->op = row_copy(c, a);
	e->object = row_copy(c, a);
	e->hash = row_digest(c);
}

int store_change_read(struct store *s, struct arena *a, struct store_rv *at,
		      const struct change_filter *filter, size_t limit, struct change **ret,
		      size_t *ret_count, struct err *err)
{
	static const struct change_filter all;
	const struct change_filter *f = filter ? filter : &all;
	/* Where a reader stands that has read to the end: taken before reading, so that nothing is passed over. */
	struct store_head head;
	int r = store_head(s, &head, err);
	if (r < 0)
		return r;
	r = check_position(s, at, err);
	if (r < 0)
		return r;
	CLEANUP(bind_release) struct bind b = BIND(&sql_change_read);
	bind_i64(&b, at->rev);
	bind_i32(&b, at->ord < 0 ? INT32_MAX : at->ord);
	bind_i64(&b, (int64_t)limit);
	bind_text_or_null(&b, str_of(f->kind));
	bind_text_or_null(&b, f->domain);
	bind_text_or_null(&b, f->name);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	struct change *list = arena_array(a, (size_t)rows.count + 1, sizeof(*list));
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		read_change(&c, a, &list[i]);
	}
	*ret = list;
	*ret_count = (size_t)rows.count;
	const struct change *last = rows.count ? &list[rows.count - 1] : NULL;
	if (last && ((size_t)rows.count == limit || last->rev >= head.at.rev))
		*at = (struct store_rv){at->incarnation, last->rev, last->last ? -1 : last->ord,
					true, check_of(&last->hash)};
	else if (head.at.rev > at->rev)
		*at = head.at;
	return 0;
}

int store_audit_list(struct store *s, struct arena *a, const struct audit_query *q, size_t limit,
		     struct change **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_audit_list);
	bind_i64(&b, q->before_rev ? q->before_rev : INT64_MAX);
	bind_i32(&b, q->before_rev ? q->before_ord : INT32_MAX);
	bind_i64(&b, (int64_t)limit);
	bind_text_or_null(&b, q->actor);
	bind_text_or_null(&b, str_of(q->kind));
	bind_text_or_null(&b, q->domain);
	bind_text_or_null(&b, q->name);
	bind_time(&b, q->since_ms);
	return wire_list(s, &b, &(struct row_list){a, read_change, sizeof(**ret), ret, ret_count},
			 err);
}

struct store_rv store_change_at(const struct change *c, int64_t incarnation)
{
	return (struct store_rv){incarnation, c->rev, c->last ? -1 : c->ord, true,
				 check_of(&c->hash)};
}

int store_change_tail(struct store *s, struct arena *a, struct store_rv *at, size_t limit,
		      struct change **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_change_tail);
	bind_i64(&b, at->rev);
	bind_i32(&b, at->ord < 0 ? INT32_MAX : at->ord);
	bind_i64(&b, (int64_t)limit);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	*ret = arena_array(a, (size_t)rows.count + 1, sizeof(**ret));
	*ret_count = (size_t)rows.count;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		read_change(&c, a, &(*ret)[i]);
		if (row_i64(&c) != at->incarnation)
			return gone(at, "is of another incarnation of the database", err);
	}
	if (rows.count)
		*at = store_change_at(&(*ret)[rows.count - 1], at->incarnation);
	return 0;
}

int store_change_compact(struct store *s, const struct lease *lease, int64_t rev,
			 int64_t *ret_removed, struct err *err)
{
	int64_t removed = 0, floor = 0;
	do {
		CLEANUP(bind_release) struct bind b = BIND(&sql_change_compact);
		bind_textz(&b, lease->name);
		bind_i64(&b, lease->epoch);
		bind_i64(&b, rev);
		bind_i64(&b, 5000);
		CLEANUP(rows_release) struct rows rows = ROWS_INIT;
		int r = wire_query(s, &b, &rows, err);
		if (r < 0)
			return r;
		struct row c = row_of(&rows, 0);
		int64_t now = row_i64(&c);
		if (row_null(&c))
			return err_set(err, ERR_FENCED,
				       "the lease %s has passed to another process", lease->name);
		floor = row_i64(&c);
		removed += now;
		if (!now)
			break;
	} while (floor < rev);
	*ret_removed = removed;
	return 0;
}

int store_change_floor(struct store *s, int64_t keep_ms, int64_t max_revs, int64_t *ret_rev,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_change_floor);
	bind_i64(&b, keep_ms);
	bind_i64(&b, max_revs);
	return wire_number(s, &b, ret_rev, err);
}

/* One revision of the chain while its change rows pass by. */
struct walk {
	int64_t rev;
	struct digest before; /* hash of the revision before */
	struct digest body, hash; /* as stored */
	struct change_hash changes;
	bool open;
};

static bool close_revision(struct walk *w)
{
	if (!w->open)
		return true;
	w->open = false;
	struct digest body = change_hash_end(&w->changes);
	CLEANUP(buf_release) struct buf text = BUF_INIT(256);
	buf_add(&text, w->before.bytes, DIGEST_SIZE);
	buf_add_u64(&text, (uint64_t)w->rev);
	buf_add(&text, body.bytes, DIGEST_SIZE);
	struct digest hash;
	crypto_sha256(buf_str(&text), hash.bytes);
	w->before = w->hash;
	return digest_equal(&body, &w->body) && digest_equal(&hash, &w->hash);
}

/* The first revision in the rows that does not hold, or 0. Ends with the last one open. */
static int64_t walk_rows(struct walk *w, const struct rows *rows)
{
	for (int i = 0; i < rows->count; i++) {
		struct row c = row_of(rows, i);
		int64_t rev = row_i64(&c);
		struct str actor = row_text(&c);
		struct digest body = row_digest(&c), hash = row_digest(&c);
		if (!w->open || rev != w->rev) {
			int64_t was = w->rev;
			if (!close_revision(w))
				return was;
			if (rev != was + 1)
				return was + 1; /* a gap */
			w->rev = rev;
			w->body = body;
			w->hash = hash;
			w->open = true;
			change_hash_begin(&w->changes, actor);
		}
		if (row_null(&c))
			continue; /* all its changes are gone: the body will not fit */
		struct str kind = row_text(&c), domain = row_text(&c), name = row_text(&c),
			   op = row_text(&c), object = row_text(&c);
		change_hash_add(&w->changes, kind, domain, name, op, object);
	}
	return 0;
}

/* The hash of the revision before `from`; ERR_GONE when it is not kept. */
static int hash_before(struct store *s, int64_t from, struct digest *ret, int64_t *ret_head,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_change_hash_at);
	bind_i64(&b, from - 1);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	row_skip(&c);
	*ret_head = row_i64(&c);
	int64_t floor = row_i64(&c);
	if (row_null(&c)) {
		err_set(err, ERR_GONE, "revision %lld is not kept: history begins after %lld",
			(long long)from, (long long)floor);
		return err_remedy(err, "verify from %lld on", (long long)floor + 1);
	}
	*ret = row_digest(&c);
	return 0;
}

int store_change_verify(struct store *s, int64_t from, int64_t to, int64_t *ret_bad,
			struct err *err)
{
	struct walk w = {.rev = from - 1};
	int64_t head = 0;
	int r = hash_before(s, from, &w.before, &head, err);
	if (r < 0)
		return r;
	to = MIN(to, head);
	*ret_bad = 0;
	for (int64_t at = from; at <= to; at += VERIFY_BATCH) {
		CLEANUP(bind_release) struct bind b = BIND(&sql_change_chain);
		bind_i64(&b, at);
		bind_i64(&b, MIN(at + VERIFY_BATCH - 1, to));
		CLEANUP(rows_release) struct rows rows = ROWS_INIT;
		r = wire_query(s, &b, &rows, err);
		if (r < 0)
			return r;
		*ret_bad = walk_rows(&w, &rows);
		if (!*ret_bad && !close_revision(&w))
			*ret_bad = w.rev;
		if (!*ret_bad && w.rev < MIN(at + VERIFY_BATCH - 1, to))
			*ret_bad = w.rev + 1;
		if (*ret_bad)
			return 0;
	}
	return 0;
}
