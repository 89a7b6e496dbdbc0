#include "store/object.h"

#include "base/clock.h"
#include "skill/kind.h"
#include "store/txn_int.h"

/* How a kind's objects are ordered, and so what its keys are. */
enum order {
	BY_NAME, /* domain and name, or name */
	BY_NUMBER, /* a number, newest first */
	BY_ID, /* text with the time in front, newest first */
	BY_ID_UP, /* the same, oldest first */
	BY_REVISION, /* revision and name, newest first */
};

/* The filters of a statement, in its order: what f1 … f3 mean. */
enum filter { NONE, DOMAIN, SKILL, STATE, ABOUT_KIND, ABOUT_NAME, NAME, AT };

static const struct object_kind {
	const char *kind;
	const struct stmt *stmt;
	enum order order;
	enum filter filters[3];
	const struct stmt *at; /* as it was; f1 is the revision. NULL: nothing is kept */
} object_kinds[] = {
	{"Skill", &sql_object_skill, BY_NAME, {AT, NONE, NONE}, &sql_object_skill_at},
	{"Domain", &sql_object_domain, BY_NAME, {AT, NONE, NONE}, &sql_object_domain_at},
	{"Platform", &sql_object_platform, BY_NAME, {NONE, NONE, NONE}},
	{"Source", &sql_object_source, BY_NAME, {NONE, NONE, NONE}},
	{"Key", &sql_object_key, BY_NAME, {NONE, NONE, NONE}},
	{"Route", &sql_object_route, BY_NAME, {SKILL, STATE, NONE}},
	{"Release", &sql_object_release, BY_NUMBER, {DOMAIN, NONE, NONE}},
	{"Quarantine", &sql_object_quarantine, BY_NUMBER, {DOMAIN, SKILL, NONE}},
	{"Approval", &sql_object_approval, BY_NUMBER, {DOMAIN, STATE, NONE}},
	{"Event", &sql_object_event, BY_NUMBER, {ABOUT_KIND, DOMAIN, ABOUT_NAME}},
	{"Admission", &sql_object_admission, BY_REVISION, {DOMAIN, STATE, NAME}},
	{"Instance", &sql_object_instance, BY_ID_UP, {DOMAIN, SKILL, STATE}},
	{"Execution", &sql_object_execution, BY_ID, {NONE, NONE, NONE}},
};

/* Above every name (ASCII) and every id, in any collation. */
#define LAST_NAME "\x7f"
#define LAST_ID "zzzz"
#define LAST_NUMBER "9223372036854775807"

struct bounds {
	char from1[160], from2[800], to1[160], to2[800];
};

static const struct object_kind *find(const char *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(object_kinds); i++)
		if (strcmp(object_kinds[i].kind, kind) == 0)
			return &object_kinds[i];
	return NULL;
}

static int not_there(const struct object_query *q, struct err *err)
{
	if (q->at && q->domain.len)
		return err_set(err, ERR_NOT_FOUND, "there was no %s \"%.*s/%.*s\" at revision %lld",
			       q->kind, STR_ARG(q->domain), STR_ARG(q->name), (long long)q->at);
	if (q->at)
		return err_set(err, ERR_NOT_FOUND, "there was no %s \"%.*s\" at revision %lld",
			       q->kind, STR_ARG(q->name), (long long)q->at);
	if (q->domain.len && q->name.len)
		return err_set(err, ERR_NOT_FOUND, "there is no %s \"%.*s/%.*s\"", q->kind,
			       STR_ARG(q->domain), STR_ARG(q->name));
	return err_set(err, ERR_NOT_FOUND, "there is no %s \"%.*s\"", q->kind, STR_ARG(q->name));
}

/* Names in which the next one is the same with a byte that none has. */
static void bounds_by_name(const struct object_query *q, const struct object_cursor *c,
			   bool namespaced, struct bounds *b)
{
	struct str first = namespaced ? q->domain : q->name;
	snprintf(b->from1, sizeof(b->from1), "%.*s", STR_ARG(first));
	snprintf(b->to1, sizeof(b->to1), "%.*s", STR_ARG(first.len ? first : STR(LAST_NAME)));
	if (namespaced) {
		snprintf(b->from2, sizeof(b->from2), "%.*s", STR_ARG(q->name));
		snprintf(b->to2, sizeof(b->to2), "%.*s",
			 STR_ARG(q->name.len ? q->name : STR(LAST_NAME)));
	}
	if (q->first_name.len) {
		snprintf(b->from1, sizeof(b->from1), "%.*s", STR_ARG(q->first_domain));
		snprintf(b->from2, sizeof(b->from2), "%.*s", STR_ARG(q->first_name));
		snprintf(b->to1, sizeof(b->to1), "%.*s", STR_ARG(q->last_domain));
		snprintf(b->to2, sizeof(b->to2), "%.*s", STR_ARG(q->last_name));
	}
	if (!c->set)
		return;
	snprintf(b->from1, sizeof(b->from1), "%s%s", c->key1, namespaced ? "" : "\x01");
	if (namespaced)
		snprintf(b->from2, sizeof(b->from2), "%s\x01", c->key2);
}

static int bounds_by_number(const struct object_query *q, const struct object_cursor *c,
			    struct bounds *b, struct err *err)
{
	int64_t n = INT64_MAX;
	if (q->name.len && (!str_to_i64(q->name, &n) || n < 0))
		return not_there(q, err);
	snprintf(b->to1, sizeof(b->to1), "%lld", q->name.len ? (long long)n : 0LL);
	if (c->set && (!str_to_i64(str_of(c->key1), &n) || n < 1))
		return err_set(err, ERR_INVALID, "this \"continue\" is none of %s", q->kind);
	if (c->set)
		n--;
	snprintf(b->from1, sizeof(b->from1), "%lld", (long long)n);
	return 0;
}

static int bounds_by_revision(const struct object_query *q, const struct object_cursor *c,
			      struct bounds *b, struct err *err)
{
	int64_t n = INT64_MAX;
	if (c->set && (!str_to_i64(str_of(c->key1), &n) || n < 0))
		return err_set(err, ERR_INVALID, "this \"continue\" is none of %s", q->kind);
	snprintf(b->from1, sizeof(b->from1), "%lld", (long long)n);
	snprintf(b->from2, sizeof(b->from2), "%s%s", c->key2, c->set ? "\x01" : "");
	snprintf(b->to1, sizeof(b->to1), "0");
	return 0;
}

static void bounds_by_id(const struct object_query *q, const struct object_cursor *c, bool up,
			 struct bounds *b)
{
	struct str low = q->name, high = q->name.len ? q->name : STR(LAST_ID);
	if (c->set && up)
		low = str_of(c->key1);
	else if (c->set)
		high = str_of(c->key1);
	snprintf(b->from1, sizeof(b->from1), "%.*s", STR_ARG(up ? low : high));
	snprintf(b->to1, sizeof(b->to1), "%.*s", STR_ARG(up ? high : low));
	snprintf(b->from2, sizeof(b->from2), "%s", c->set ? c->key1 : "");
}

static int bounds_of(const struct object_kind *k, const struct object_query *q,
		     const struct object_cursor *c, struct bounds *b, struct err *err)
{
	memset(b, 0, sizeof(*b));
	switch (k->order) {
	case BY_NAME:
		bounds_by_name(q, c, kind_find(str_of(k->kind))->namespaced, b);
		return 0;
	case BY_NUMBER:
		return bounds_by_number(q, c, b, err);
	case BY_REVISION:
		return bounds_by_revision(q, c, b, err);
	case BY_ID:
	case BY_ID_UP:
		bounds_by_id(q, c, k->order == BY_ID_UP, b);
		break;
	}
	return 0;
}

static struct str filter_value(const struct object_query *q, enum filter f)
{
	switch (f) {
	case DOMAIN:
		return q->domain;
	case SKILL:
		return q->skill;
	case STATE:
		return q->state;
	case ABOUT_KIND:
		return q->about_kind;
	case ABOUT_NAME:
		return q->about_name;
	case NAME:
		return q->name;
	case AT:
	case NONE:
		break;
	}
	return STR_NULL;
}

static void bind_query(struct bind *b, const struct object_kind *k, const struct object_query *q,
		       const struct bounds *at, size_t limit)
{
	bind_textz(b, at->from1);
	bind_textz(b, at->from2);
	bind_textz(b, at->to1);
	bind_textz(b, at->to2);
	bind_i64(b, (int64_t)limit);
	if (k->order == BY_ID) {
		bind_text(b, q->domain);
		bind_text(b, q->skill);
		bind_text(b, q->session);
		bind_text(b, q->state);
		bind_text(b, q->mode);
		bind_text(b, q->requested_by);
		bind_bool(b, q->whole);
		return;
	}
	char rev[24];
	snprintf(rev, sizeof(rev), "%lld", (long long)q->at);
	for (size_t i = 0; i < ARRAY_SIZE(k->filters); i++)
		bind_text(b, k->filters[i] == AT ? str_of(rev) : filter_value(q, k->filters[i]));
}

static void move_on(struct object_cursor *c, struct str key1, struct str key2)
{
	snprintf(c->key1, sizeof(c->key1), "%.*s", STR_ARG(key1));
	snprintf(c->key2, sizeof(c->key2), "%.*s", STR_ARG(key2));
	c->set = true;
}

/* Foreign text in the keys: what PostgreSQL would refuse as text is none of ours. */
static bool is_sane(struct str s, size_t most)
{
	return s.len < most && str_is_utf8(s, NULL) && str_find_byte(s, '\0', 0) < 0;
}

static int bind_page(const struct object_query *q, const struct object_cursor *cursor,
		     struct bind *b, struct err *err)
{
	const struct object_kind *k = find(q->kind);
	struct bounds at;
	if (!k)
		return err_set(err, ERR_UNSUPPORTED, "objects of kind %s are not listed", q->kind);
	if (q->at && !k->at)
		return err_set(err, ERR_UNSUPPORTED, "objects of kind %s are not kept as they were",
			       q->kind);
	if (!is_sane(q->name, sizeof(at.from2) - 2) || !is_sane(q->domain, sizeof(at.from1) - 2) ||
	    (k->order != BY_NAME && !is_sane(q->name, sizeof(at.from1) - 2)))
		return not_there(q, err);
	int rc = bounds_of(k, q, cursor, &at, err);
	if (rc < 0)
		return rc;
	*b = (struct bind)BIND(q->at ? k->at : k->stmt);
	bind_query(b, k, q, &at, MIN(q->limit, (size_t)OBJECT_PAGE_MAX));
	return 0;
}

int store_object_page(struct store *s, const struct object_query *q, struct object_cursor *cursor,
		      struct buf *out, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = {0};
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	*ret_count = 0;
	int rc = bind_page(q, cursor, &b, err);
	if (rc == 0)
		rc = wire_query(s, &b, &rows, err);
	if (rc < 0)
		return rc;
	const size_t mark = out->len;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct str key1 = row_text(&c), key2 = row_text(&c), json = row_text(&c);
		if (q->seen) {
			q->seen(q->seen_state, key1, key2, json);
		} else if (!q->wanted || q->wanted(q->wanted_state, json)) {
			if (out->len > mark)
				buf_add_char(out, ',');
			buf_add_str(out, json);
		}
		if (i == rows.count - 1)
			move_on(cursor, key1, key2);
	}
	*ret_count = (size_t)rows.count;
	return 0;
}

int store_object_read(struct store_txn *t, const struct object_query *q, struct buf *out,
		      struct err *err)
{
	CLEANUP(bind_release) struct bind b = {0};
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	const struct object_cursor from_the_first = {0};
	struct object_query one = *q;
	one.limit = 1;
	one.whole = true;
	int rc = bind_page(&one, &from_the_first, &b, err);
	if (rc == 0)
		rc = txn_query(t, &b, &rows, err);
	if (rc < 0 || rows.count == 0)
		return rc < 0 ? rc : not_there(q, err);
	struct row c = row_of(&rows, 0);
	(void)row_text(&c);
	(void)row_text(&c);
	buf_add_str(out, row_text(&c));
	return 0;
}

int store_object_get(struct store *s, const struct object_query *q, struct buf *out,
		     struct err *err)
{
	struct object_query one = *q;
	struct object_cursor cursor = {0};
	size_t count = 0;
	one.limit = 1;
	one.whole = true;
	int rc = store_object_page(s, &one, &cursor, out, &count, err);
	return rc < 0 || count ? rc : not_there(q, err);
}

static int revision_at(struct store *s, int64_t at_ms, struct str commit, int64_t *ret,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_revision_at);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	bind_time(&b, at_ms);
	bind_text(&b, commit);
	int rc = wire_query(s, &b, &rows, err);
	if (rc < 0)
		return rc;
	struct row c = row_of(&rows, 0);
	*ret = row_i64(&c);
	return 0;
}

int store_revision_at_time(struct store *s, int64_t at_ms, int64_t *ret, struct err *err)
{
	char at[32];
	int64_t rev = 0;
	int rc = revision_at(s, at_ms, STR(""), &rev, err);
	if (rc == 0 && rev == 0)
		return err_set(err, ERR_NOT_FOUND, "there was nothing yet at %s",
			       clock_format(at_ms, at));
	if (rc == 0)
		*ret = rev;
	return rc;
}

int store_revision_of_commit(struct store *s, struct str commit, int64_t *ret, struct err *err)
{
	int64_t rev = 0;
	int rc = revision_at(s, 0, commit, &rev, err);
	if (rc == 0 && rev == 0)
		return err_set(err, ERR_NOT_FOUND, "commit %.*s was never released",
			       STR_ARG(commit));
	if (rc == 0)
		*ret = rev;
	return rc;
}

int store_object_has_handler(struct store *s, struct str domain, struct str skill, bool *ret_found,
			     bool *ret_handler, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_object_handler);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	bind_text(&b, domain);
	bind_text(&b, skill);
	int rc = wire_query(s, &b, &rows, err);
	if (rc < 0)
		return rc;
	*ret_found = rows.count > 0;
	*ret_handler = false;
	if (rows.count) {
		struct row c = row_of(&rows, 0);
		*ret_handler = row_text(&c).len > 0;
	}
	return 0;
}

int store_object_nearest_skill(struct store *s, struct str skill, char out[132], struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_skill_names);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	size_t best = SIZE_MAX;
	out[0] = '\0';
	int rc = wire_query(s, &b, &rows, err);
	for (int i = 0; rc == 0 && i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct str name = row_text(&c);
		size_t distance = str_distance(skill, name);
		if (distance < best && distance <= 2 + skill.len / 3) {
			best = distance;
			snprintf(out, 132, "%.*s", STR_ARG(name));
		}
	}
	return rc;
}

static void read_count(struct row *c, struct arena *a, void *ret)
{
	struct object_count *n = ret;
	n->metric = row_copy(c, a).p;
	n->label = row_copy(c, a);
	n->domain = row_copy(c, a);
	n->value = row_i64(c);
}

int store_object_counts(struct store *s, struct arena *a, struct object_count **ret,
			size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_object_counts);
	return wire_list(s, &b, &(struct row_list){a, read_count, sizeof(**ret), ret, ret_count},
			 err);
}

/* The objects of a statement that has one a row, as a JSON list. */
static int append_list(struct store *s, struct bind *b, struct buf *out, size_t *ret_count,
		       struct err *err)
{
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int rc = wire_query(s, b, &rows, err);
	if (rc < 0)
		return rc;
	buf_add_char(out, '[');
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		if (i)
			buf_add_char(out, ',');
		buf_add_str(out, row_text(&c));
	}
	buf_add_char(out, ']');
	*ret_count = (size_t)rows.count;
	return 0;
}

int store_top(struct store *s, const struct top_query *q, struct buf *out, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_top);
	size_t count;
	bind_time(&b, q->since_ms);
	bind_text(&b, q->domain);
	bind_bool(&b, q->by_domain);
	bind_i64(&b, q->limit);
	return append_list(s, &b, out, &count, err);
}

int store_skill_history(struct store *s, struct str domain, struct str skill, int64_t limit,
			struct buf *out, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_object_skill_history);
	bind_text(&b, domain);
	bind_text(&b, skill);
	bind_i64(&b, limit);
	return append_list(s, &b, out, ret_count, err);
}
