/*
 * Cells of `get`: a column's path walked in an object, and its form (age, money, …).
 */
#include "base/buf.h"
#include "base/clock.h"
#include "skill/kind.h"
#include "skill/text.h"

/* One step of a path: "conditions[Ready]" is a key and a selector. */
static const struct doc_node *step(const struct doc_node *n, struct str part)
{
	ptrdiff_t open = str_find_byte(part, '[', 0);
	struct str key = open < 0 ? part : str_sub(part, 0, (size_t)open);
	const struct doc_pair *pair = doc_find_pair(n, key);
	n = pair ? pair->value : NULL;
	if (open < 0 || !n)
		return n;
	struct str select = str_sub(part, (size_t)open + 1, part.len ? part.len - 1 : 0);
	if (n->type != DOC_LIST)
		return NULL;
	uint64_t index;
	if (str_to_u64(select, &index))
		return index < n->list.count ? n->list.items[index] : NULL;
	for (size_t i = 0; i < n->list.count; i++) {
		if (str_eq(doc_text(n->list.items[i], "type"), select))
			return n->list.items[i];
	}
	return NULL;
}

const struct doc_node *kind_path(const struct doc_node *object, const char *path)
{
	struct str rest = str_of(path), part;
	const struct doc_node *n = object;
	while (n && str_split(&rest, '.', &part))
		n = step(n, part);
	return n;
}

struct str kind_text(const struct doc_node *object, const char *path)
{
	const struct doc_node *n = object ? kind_path(object, path) : NULL;
	return n && n->type == DOC_STRING ? n->text : STR_NULL;
}

struct age_unit {
	int64_t below_s, unit_s, minor_s; /* minor 0: the larger unit alone */
	char unit, minor;
};

/* The steps of kubectl's ages: the nearer, the finer. */
static const struct age_unit age_units[] = {
	{120, 1, 0, 's', 0},
	{600, 60, 1, 'm', 's'},
	{3 * 3600, 60, 0, 'm', 0},
	{8 * 3600, 3600, 60, 'h', 'm'},
	{48 * 3600, 3600, 0, 'h', 0},
	{8 * 86400, 86400, 3600, 'd', 'h'},
	{730 * 86400, 86400, 0, 'd', 0},
	{8 * 365 * (int64_t)86400, 365 * 86400, 86400, 'y', 'd'},
	{INT64_MAX, 365 * 86400, 0, 'y', 0}, /* ends the search */
};

char *kind_age(int64_t ms, char out[32])
{
	/* A span of centuries is a broken clock; it is cut, not overflowed. */
	int64_t s = ms < 0 ? 0 : MIN(ms / 1000, (int64_t)999 * 365 * 86400);
	const struct age_unit *u = age_units;
	while (s >= u->below_s)
		u++;
	int64_t minor = u->minor_s ? s % u->unit_s / u->minor_s : 0;
	if (minor)
		snprintf(out, 32, "%d%c%d%c", (int)(s / u->unit_s), u->unit, (int)minor, u->minor);
	else
		snprintf(out, 32, "%d%c", (int)(s / u->unit_s), u->unit);
	return out;
}

static void form_text(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	switch (n->type) {
	case DOC_NULL:
		return;
	case DOC_LIST:
		for (size_t i = 0; i < n->list.count; i++) {
			if (i)
				buf_add_char(out, ',');
			form_text(out, n->list.items[i], now_ms);
		}
		return;
	case DOC_MAP:
		doc_write_json(out, n, 0, false);
		return;
	default:
		text_escape(out, n->text, 0); /* must not steer a terminal or break a row */
	}
}

static void form_age(struct buf *out, const struct doc_node *n, int64_t now_ms)
{
	int64_t at;
	char text[32];
	if (n->type == DOC_STRING && clock_parse(n->text, &at, NULL) == 0)
		buf_addz(out, kind_age(now_ms - at, text));
}

static void form_until(struct buf *out, const struct doc_node *n, int64_t now_ms)
{
	int64_t at;
	char text[32];
	if (n->type != DOC_STRING || clock_parse(n->text, &at, NULL) < 0)
		return;
	buf_addz(out, at <= now_ms ? "expired" : kind_age(at - now_ms, text));
}

static void form_short(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	if (n->type == DOC_STRING)
		text_escape(out, str_sub(n->text, 0, 12), 0);
}

static void form_usd(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	if (n->type != DOC_INT)
		return;
	char fraction[8];
	snprintf(fraction, sizeof(fraction), "%06d", (int)llabs(n->integer % 1000000));
	size_t digits = 6;
	while (digits > 2 && fraction[digits - 1] == '0')
		digits--;
	buf_addf(out, "%s%lld.%.*s", n->integer < 0 ? "-" : "", llabs(n->integer / 1000000),
		 (int)digits, fraction);
}

static void form_percent(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	if (n->type != DOC_INT)
		return;
	buf_addf(out, "%lld", (long long)(n->integer / 10000));
	if (n->integer % 10000 / 1000)
		buf_addf(out, ".%lld", (long long)(n->integer % 10000 / 1000));
	buf_add_char(out, '%');
}

static void form_duration(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	char text[32];
	if (n->type == DOC_INT)
		buf_addz(out, duration_format(n->integer, text));
}

static void form_count(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	size_t count = n->type == DOC_LIST ? n->list.count : n->type == DOC_MAP ? n->map.count : 0;
	buf_addf(out, "%zu", count);
}

/* "team=billing,tier=gold" */
static void form_labels(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	for (size_t i = 0; n->type == DOC_MAP && i < n->map.count; i++) {
		if (i)
			buf_add_char(out, ',');
		text_escape(out, n->map.pairs[i].key, 0);
		buf_add_char(out, '=');
		form_text(out, n->map.pairs[i].value, now_ms);
	}
}

/*
 * The condition that a person would want to know first: what needs them, else what is under way, else Ready, which `ready` asks for outright.
 */
static const struct doc_node *telling(const struct doc_node *n, bool ready)
{
	static const char *const order[] = {"Stalled", "Reconciling", "Ready"};
	for (size_t i = ready ? 2 : 0; n->type == DOC_LIST && i < ARRAY_SIZE(order); i++)
		for (size_t k = 0; k < n->list.count; k++) {
			const struct doc_node *c = n->list.items[k];
			bool holds = i == 2 || str_eqz(doc_text(c, "status"), "True");
			if (!str_eqz(doc_text(c, "type"), order[i]) || !holds)
				continue;
			return c;
		}
	return NULL;
}

static void form_status(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	text_escape(out, doc_text(telling(n, false), "reason"), 0);
}

static void form_why(struct buf *out, const struct doc_node *n, int64_t now_ms UNUSED)
{
	struct str words = doc_text(telling(n, false), "message");
	text_escape(out, words.len ? words : doc_text(telling(n, true), "message"), 0);
}

static const struct {
	const char *prefix;
	void (*write)(struct buf *out, const struct doc_node *n, int64_t now_ms);
} forms[] = {
	{"@age ", form_age},
	{"@until ", form_until},
	{"@short ", form_short},
	{"@usd ", form_usd},
	{"@percent ", form_percent},
	{"@duration ", form_duration},
	{"@count ", form_count},
	{"@status ", form_status},
	{"@why ", form_why},
	{"@labels ", form_labels},
	{"", form_text},
};

void kind_cell(struct buf *out, const struct kind_column *c, const struct doc_node *object,
	       int64_t now_ms)
{
	size_t before = out->len, i = 0;
	while (strncmp(c->path, forms[i].prefix, strlen(forms[i].prefix)) != 0)
		i++;
	const struct doc_node *n = kind_path(object, c->path + strlen(forms[i].prefix));
	if (n)
		forms[i].write(out, n, now_ms);
	if (out->len == before)
		buf_add_char(out, '-');
}
