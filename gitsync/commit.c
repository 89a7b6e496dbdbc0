#include "gitsync/commit.h"

#include <string.h>

#include "gitsync/git_int.h"

/* Where parsing stands: header lines are taken off `rest` one by one. */
struct reader {
	struct str rest;
	struct str
		line; /* the current header, continuation lines included, without its last newline */
	struct str key, value;
	size_t from; /* of line in raw */
	const struct commit *c;
	struct err *err;
};

static int bad(struct reader *r, int code, const char *what)
{
	char hex[65];
	(void)err_set(r->err, code, "commit %s %s", tree_id_hex(&r->c->id, hex), what);
	if (code == ERR_TOO_LARGE)
		return err_remedy(r->err, "make the commit again, smaller");
	return err_remedy(r->err, "make the commit again with a current Git, for example "
				  "git commit --amend --no-edit");
}

/* 1: a header line was read; 0: the blank line that ends the header; negative: an error. */
static int next_header(struct reader *r)
{
	ptrdiff_t end = str_find_byte(r->rest, '\n', 0);
	if (end < 0)
		return bad(r, ERR_GIT, "has a header without end");
	r->from = (size_t)(r->rest.p - r->c->raw.p);
	if (end == 0) {
		r->rest = str_sub(r->rest, 1, r->rest.len);
		r->key = STR_NULL;
		return 0;
	}
	while ((size_t)end + 1 < r->rest.len && r->rest.p[end + 1] == ' ') {
		end = str_find_byte(r->rest, '\n', (size_t)end + 1);
		if (end < 0)
			return bad(r, ERR_GIT, "has a header without end");
	}
	r->line = str_sub(r->rest, 0, (size_t)end);
	r->rest = str_sub(r->rest, (size_t)end + 1, r->rest.len);
	if (memchr(r->line.p, 0, r->line.len))
		return bad(r, ERR_GIT, "has a NUL byte in its header");
	ptrdiff_t space = str_find_byte(r->line, ' ', 0);
	if (space <= 0)
		return bad(r, ERR_GIT, "has a header line without a value");
	r->key = str_sub(r->line, 0, (size_t)space);
	r->value = str_sub(r->line, (size_t)space + 1, r->line.len);
	return 1;
}

static bool parse_id(struct str hex, struct tree_id *ret)
{
	git_oid oid;
	if (!oid_parse(hex, &oid))
		return false;
	*ret = id_of(&oid);
	return true;
}

static int take_tree(struct reader *r, struct commit *c)
{
	int rc = next_header(r);
	if (rc < 0)
		return rc;
	if (rc == 0 || !str_eqz(r->key, "tree") || !parse_id(r->value, &c->tree))
		return bad(r, ERR_GIT, "does not begin with its tree");
	return next_header(r);
}

static int take_parents(struct reader *r, struct arena *a, struct commit *c)
{
	size_t cap = 0;
	int rc = 1;
	while (rc == 1 && str_eqz(r->key, "parent")) {
		if (c->parent_count == COMMIT_PARENTS_MAX)
			return bad(r, ERR_TOO_LARGE, "has more than 64 parents");
		ARENA_GROW(a, c->parents, c->parent_count, cap);
		if (!parse_id(r->value, &c->parents[c->parent_count++]))
			return bad(r, ERR_GIT, "names a parent that is no object id");
		rc = next_header(r);
	}
	return rc;
}

/* "+0430": minutes east. Git lets any four digits pass; so do we, the moment itself is UTC. */
static bool parse_zone(struct str s, int *ret)
{
	if (s.len != 5 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	int n = 0;
	for (size_t i = 1; i < 5; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (s.p[i] - '0');
	}
	n = n / 100 * 60 + n % 100;
	*ret = s.p[0] == '-' ? -n : n;
	return true;
}

/* "Name <email> 1700000000 +0000" */
static bool parse_person(struct str v, struct commit_person *p)
{
	ptrdiff_t open = str_find_byte(v, '<', 0);
	ptrdiff_t close = open < 0 ? -1 : str_find_byte(v, '>', (size_t)open);
	if (close < 0 || (size_t)close + 2 > v.len || v.p[close + 1] != ' ' ||
	    str_find_byte(v, '<', (size_t)open + 1) >= 0 || memchr(v.p, '\n', v.len))
		return false;
	p->name = str_trim(str_sub(v, 0, (size_t)open));
	p->email = str_sub(v, (size_t)open + 1, (size_t)close);
	struct str rest = str_sub(v, (size_t)close + 2, v.len), when;
	uint64_t seconds;
	if (!str_split(&rest, ' ', &when) || !str_to_u64(when, &seconds) || seconds > 253402300799)
		return false;
	p->when_ms = (int64_t)seconds * 1000;
	return parse_zone(rest, &p->zone_minutes);
}

static int take_person(struct reader *r, const char *key, struct commit_person *p)
{
	if (!str_eqz(r->key, key) || !parse_person(r->value, p)) {
		char what[64];
		snprintf(what, sizeof(what), "has no proper %s line in its place", key);
		return bad(r, ERR_GIT, what);
	}
	return next_header(r);
}

static int take_signature(struct reader *r, struct commit *c)
{
	if (c->signature.p)
		return bad(r, ERR_GIT, "has more than one signature");
	if (r->value.len > COMMIT_SIGNATURE_MAX_BYTES)
		return bad(r, ERR_TOO_LARGE, "has a signature of more than 8 KiB");
	c->signature = r->value;
	c->signature_from = r->from;
	c->signature_to = r->from + r->line.len + 1;
	return 0;
}

/* What may follow: encoding, mergetag, gpgsig, and headers of other tools. The first four kinds may not come again. */
static int take_rest(struct reader *r, int rc, struct commit *c)
{
	while (rc == 1) {
		static const char *const early[] = {"tree", "parent", "author", "committer"};
		for (size_t i = 0; i < ARRAY_SIZE(early); i++)
			if (str_eqz(r->key, early[i]))
				return bad(r, ERR_GIT, "has its header lines out of order");
		if (str_eqz(r->key, "gpgsig") || str_eqz(r->key, "gpgsig-sha256")) {
			int e = take_signature(r, c);
			if (e < 0)
				return e;
		}
		rc = next_header(r);
	}
	return rc;
}

static int check_dates(struct reader *r, const struct commit *c, int64_t now_ms)
{
	if (now_ms == 0)
		return 0;
	if (c->author.when_ms > now_ms + COMMIT_FUTURE_MS ||
	    c->committer.when_ms > now_ms + COMMIT_FUTURE_MS) {
		(void)bad(r, ERR_GIT, "is dated more than a day in the future");
		return err_remedy(r->err, "set the clock of the machine that makes commits, and "
					  "commit again");
	}
	return 0;
}

int commit_parse(struct str raw, const struct tree_id *id, int64_t now_ms, struct arena *a,
		 struct commit *ret, struct err *err)
{
	struct commit c = {.id = *id};
	struct reader r = {.c = &c, .err = err};
	if (raw.len > COMMIT_MAX_BYTES)
		return bad(&r, ERR_TOO_LARGE, "has more than 64 KiB");
	c.raw = arena_str(a, raw);
	r.rest = c.raw;
	int rc = take_tree(&r, &c);
	if (rc == 1)
		rc = take_parents(&r, a, &c);
	if (rc == 1)
		rc = take_person(&r, "author", &c.author);
	else if (rc == 0)
		rc = bad(&r, ERR_GIT, "has no author");
	if (rc == 1)
		rc = take_person(&r, "committer", &c.committer);
	else if (rc == 0)
		rc = bad(&r, ERR_GIT, "has no committer");
	if (rc >= 0)
		rc = take_rest(&r, rc, &c);
	if (rc < 0 || (rc = check_dates(&r, &c, now_ms)) < 0)
		return rc;
	c.message = r.rest;
	struct str body = c.message;
	while (body.len && body.p[0] == '\n')
		body = str_sub(body, 1, body.len);
	ptrdiff_t end = str_find_byte(body, '\n', 0);
	c.subject = str_trim(end < 0 ? body : str_sub(body, 0, (size_t)end));
	if ((rc = arena_check(a, "a commit", err)) < 0)
		return rc;
	*ret = c;
	return 0;
}

void commit_signed_payload(const struct commit *c, struct buf *out)
{
	buf_add_str(out, str_sub(c->raw, 0, c->signature_from));
	buf_add_str(out, str_sub(c->raw, c->signature_to, c->raw.len));
}
