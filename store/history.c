/* What was: releases, stretches of skills, and whether the chain of releases holds. */
#include "store/receipt_int.h"
#include "store/wire_int.h"

static void read_info(struct row *c, struct arena *a, void *ret)
{
	struct release_info *e = ret;
	e->id = row_i64(c);
	e->rev = row_i64(c);
	e->at_ms = row_time(c);
	e->kind = row_copy(c, a);
	e->source = row_copy(c, a);
	e->revision = row_copy(c, a);
	e->message = row_copy(c, a);
	e->author = row_copy(c, a);
	e->actor = row_copy(c, a);
	e->created = (int)row_i64(c);
	e->updated = (int)row_i64(c);
	e->deleted = (int)row_i64(c);
}

int store_release_history(struct store *s, struct arena *a, struct str domain, int64_t before,
			  size_t limit, struct release_info **ret, size_t *ret_count,
			  struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_release_history);
	bind_text_or_null(&b, domain);
	bind_i64_or_null(&b, before);
	bind_i64(&b, (int64_t)limit);
	return wire_list(s, &b, &(struct row_list){a, read_info, sizeof(**ret), ret, ret_count},
			 err);
}

int store_release_find(struct store *s, struct arena *a, int64_t id, struct release_info *ret,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_release_find);
	bind_i64(&b, id);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, "there is no release %lld", (long long)id);
	if (r < 0)
		return r;
	read_info(&c, a, ret);
	return 0;
}

static void read_desired(struct row *c, struct arena *a, void *into)
{
	struct desired_skill *ret = into;
	(void)a;
	ret->content = row_digest(c);
	ret->runtime = row_digest(c);
	ret->context = row_digest(c);
	ret->tree = row_tree(c);
	ret->generation = row_i64(c);
	ret->since = row_i64(c);
	ret->until = row_i64(c);
	ret->release = row_i64(c);
}

int store_desired_at(struct store *s, struct arena *a, struct str domain, struct str skill,
		     int64_t at, struct desired_skill *ret, bool *ret_found, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_desired_at);
	bind_text(&b, domain);
	bind_text(&b, skill);
	bind_i64_or_null(&b, at);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_find(s, &b, &rows, &c, err);
	if (r < 0)
		return r;
	*ret_found = r > 0;
	if (!r)
		return 0;
	ret->domain = arena_str(a, domain);
	ret->name = arena_str(a, skill);
	read_desired(&c, a, ret);
	return 0;
}

int store_desired_history(struct store *s, struct arena *a, struct str domain, struct str skill,
			  size_t limit, struct desired_skill **ret, size_t *ret_count,
			  struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_desired_history);
	bind_text(&b, domain);
	bind_text(&b, skill);
	bind_i64(&b, (int64_t)limit);
	int r = wire_list(s, &b, &(struct row_list){a, read_desired, sizeof(**ret), ret, ret_count},
			  err);
	for (size_t i = 0; r == 0 && i < *ret_count; i++) {
		(*ret)[i].domain = arena_str(a, domain);
		(*ret)[i].name = arena_str(a, skill);
	}
	return r;
}

struct link {
	int64_t id;
	struct digest hash;
};

/* One release against the one before it (id 0: not known). */
static bool holds(struct row *c, const struct link *before, const uint8_t *signer, struct link *ret)
{
	ret->id = row_i64(c);
	struct str record = row_text(c);
	struct digest previous = row_digest(c);
	ret->hash = row_digest(c);
	struct str key = row_text(c), signature = row_text(c);
	struct digest hash = receipt_release_hash(record);
	if (key.len != SIGN_PUBLIC_SIZE || signature.len != SIGN_SIZE ||
	    !digest_equal(&hash, &ret->hash))
		return false;
	if (signer && memcmp(signer, key.p, SIGN_PUBLIC_SIZE) != 0)
		return false;
	if (!sign_verify((const uint8_t *)key.p, record, (const uint8_t *)signature.p))
		return false;
	/* The record itself names its number and predecessor: rows cannot be exchanged. */
	char head[256], hex[DIGEST_HEX + 1];
	snprintf(head, sizeof(head), "aspora.release.v1\nrelease %lld\nprevious %s\n",
		 (long long)ret->id, digest_hex(&previous, hex));
	if (!str_starts(record, str_of(head)))
		return false;
	if (ret->id == 1)
		return digest_is_zero(&previous);
	return !before->id || (ret->id == before->id + 1 && digest_equal(&previous, &before->hash));
}

int store_release_verify(struct store *s, int64_t from, int64_t to, const uint8_t *signer,
			 int64_t *ret_bad, struct err *err)
{
	struct link before = {0};
	for (int64_t at = from; at <= to; at += 200) {
		CLEANUP(bind_release) struct bind b = BIND(&sql_release_chain);
		bind_i64(&b, at);
		bind_i64(&b, MIN(at + 199, to));
		CLEANUP(rows_release) struct rows rows = ROWS_INIT;
		int r = wire_query(s, &b, &rows, err);
		if (r < 0)
			return r;
		for (int i = 0; i < rows.count; i++) {
			struct row c = row_of(&rows, i);
			struct link now = {0};
			if (!holds(&c, &before, signer, &now)) {
				*ret_bad = now.id;
				return 0;
			}
			before = now;
		}
		/* A gap: the first one missing. */
		int64_t last = MIN(at + 199, to);
		if (before.id < last) {
			*ret_bad = before.id ? before.id + 1 : at;
			return 0;
		}
	}
	*ret_bad = 0;
	return 0;
}
