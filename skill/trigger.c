#include "skill/trigger.h"

#include "base/clock.h"
#include "skill/route.h"

#define ALWAYS_DEFAULT_MS 60000
#define ALWAYS_MIN_MS 1000
#define ALWAYS_MAX_MS 86400000
#define ALERT_MAX_BYTES 128

static int parse_command(struct arena *a, struct str text, struct trigger *t, struct err *err)
{
	struct pattern *p;
	t->text = text;
	return pattern_parse(a, text, &p, err);
}

static int parse_cron(struct arena *a UNUSED, struct str text, struct trigger *t, struct err *err)
{
	t->text = text;
	return cron_parse(text, &t->cron, err);
}

static bool alert_ok(struct str s)
{
	if (!s.len || s.len > ALERT_MAX_BYTES)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		bool inner = (c == '.' || c == '-' || c == '_') && i > 0 && i + 1 < s.len;
		if (!word && !inner)
			return false;
	}
	return true;
}

static int parse_alert(struct arena *a UNUSED, struct str text, struct trigger *t, struct err *err)
{
	t->text = text;
	if (alert_ok(text))
		return 0;
	err_set(err, ERR_INVALID, "\"%.*s\" is not an alert's name", (int)MIN(text.len, (size_t)80),
		text.p ? text.p : "");
	return err_remedy(err,
			  "write a-z, 0-9 and inner dots, hyphens and underscores, at most %d "
			  "bytes, such as order.stuck",
			  ALERT_MAX_BYTES);
}

static int parse_always(struct arena *a UNUSED, struct str text, struct trigger *t, struct err *err)
{
	t->text = text;
	t->min_interval_ms = ALWAYS_DEFAULT_MS;
	if (!text.len)
		return 0;
	struct err why = ERR_INIT;
	if (duration_parse(text, &t->min_interval_ms, &why) == 0 &&
	    t->min_interval_ms >= ALWAYS_MIN_MS && t->min_interval_ms <= ALWAYS_MAX_MS)
		return 0;
	err_set(err, ERR_INVALID, "\"%.*s\" is not a least time between two starts: %s",
		STR_ARG(text), why.code ? why.msg : "it is not within 1s and 1d");
	return err_remedy(err, "write always: 5m, or always alone for 1m");
}

static const struct {
	const char *name;
	const char *rule;
	const char *example;
	int (*parse)(struct arena *a, struct str text, struct trigger *t, struct err *err);
} kinds_of_trigger[] = {
	[TRIGGER_COMMAND] = {"command", "SK-TRIGGER-COMMAND", "command: order status {order_id}",
			     parse_command},
	[TRIGGER_CRON] = {"cron", "SK-TRIGGER-CRON", "cron: weekdays 09:00 Asia/Dubai", parse_cron},
	[TRIGGER_ALERT] = {"alert", "SK-TRIGGER-ALERT", "alert: order.stuck", parse_alert},
	[TRIGGER_ALWAYS] = {"always", "SK-TRIGGER-ALWAYS", "always: 5m", parse_always},
};

const char *trigger_kind_name(enum trigger_kind k)
{
	return kinds_of_trigger[k].name;
}

/* What one call of triggers_parse carries along. */
struct parse {
	struct arena *arena;
	struct str domain, skill, path;
	struct findings *findings;
	struct trigger *items;
	size_t count, cap;
};

/* The place that a finding or trigger is at: a node, or the key before it. */
struct place {
	uint32_t line, column, start, end;
};

static struct place place_of(const struct doc_node *n)
{
	return (struct place){n->line, n->column, n->offset, n->end};
}

static struct place place_of_key(const struct doc_pair *p)
{
	return (struct place){p->key_line, p->key_column, p->key_offset,
			      p->key_offset + (uint32_t)p->key.len};
}

static struct finding *slip(struct parse *p, const char *rule, struct place at, struct err *err)
{
	struct finding f = {.rule = rule,
			    .severity = SEVERITY_DENY,
			    .domain = p->domain,
			    .skill = p->skill,
			    .path = p->path,
			    .start = at.start,
			    .end = at.end,
			    .line = at.line,
			    .column = at.column,
			    .message = str_of(err->msg),
			    .remedy = str_of(err->remedy)};
	return findings_add(p->findings, &f);
}

static bool trigger_same(const struct trigger *a, const struct trigger *b)
{
	return a->kind == b->kind && str_eq_nocase(a->text, b->text);
}

static void add(struct parse *p, enum trigger_kind kind, struct str text, struct place at)
{
	struct err err = ERR_INIT;
	struct trigger t = {.kind = kind,
			    .line = at.line,
			    .column = at.column,
			    .start = at.start,
			    .end = at.end};
	if (kinds_of_trigger[kind].parse(p->arena, str_trim(text), &t, &err) < 0) {
		slip(p, kinds_of_trigger[kind].rule, at, &err);
		return;
	}
	for (size_t i = 0; i < p->count; i++) {
		if (!trigger_same(&p->items[i], &t))
			continue;
		err_set(&err, ERR_INVALID, "the trigger \"%s: %.*s\" stands twice",
			kinds_of_trigger[kind].name, STR_ARG(t.text));
		err_remedy(&err, "remove one of the two");
		slip(p, "SK-TRIGGER-TWICE", at, &err)->severity = SEVERITY_WARN;
		return;
	}
	if (p->count == TRIGGERS_MAX) {
		err_set(&err, ERR_TOO_LARGE, "a skill has at most %d triggers", TRIGGERS_MAX);
		err_remedy(&err, "split the skill, or widen a pattern with a {placeholder}");
		slip(p, "SK-TRIGGER-COUNT", at, &err);
		return;
	}
	ARENA_GROW(p->arena, p->items, p->count, p->cap);
	t.text = arena_str(p->arena, t.text);
	p->items[p->count++] = t;
}

static bool kind_named(struct str name, enum trigger_kind *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds_of_trigger); i++) {
		if (str_eqz(name, kinds_of_trigger[i].name)) {
			*ret = (enum trigger_kind)i;
			return true;
		}
	}
	return false;
}

static void unknown_kind(struct parse *p, struct str name, struct place at)
{
	struct err err = ERR_INIT;
	const char *names[ARRAY_SIZE(kinds_of_trigger)];
	for (size_t i = 0; i < ARRAY_SIZE(kinds_of_trigger); i++)
		names[i] = kinds_of_trigger[i].name;
	err_set(&err, ERR_INVALID, "\"%.*s\" is not a kind of trigger",
		(int)MIN(name.len, (size_t)80), name.p ? name.p : "");
	const char *near = str_nearest(name, names, ARRAY_SIZE(names));
	if (near)
		err_remedy(&err, "did you mean %s?", near);
	else
		err_remedy(&err, "write command, cron, alert or always");
	struct finding *f = slip(p, "SK-TRIGGER-KIND", at, &err);
	/* Certain only where the span is exactly the mistyped word. */
	if (near && at.end - at.start == name.len)
		f->replacement = str_of(near);
}

static void wrong_form(struct parse *p, const struct doc_node *n, const char *example)
{
	struct err err = ERR_INIT;
	err_set(&err, ERR_INVALID, "a trigger is text, not %s", doc_type_name(n->type));
	if (n->type == DOC_MAP)
		err_remedy(&err, "text that begins with { needs quotes: \"{name} status\"");
	else
		err_remedy(&err, "write %s", example);
	slip(p, "SK-TRIGGER-FORM", place_of(n), &err);
}

static bool is_scalar(const struct doc_node *n)
{
	return n->type != DOC_LIST && n->type != DOC_MAP;
}

/* The value of a kind's key: text, or a list of texts. */
static void value_of_kind(struct parse *p, enum trigger_kind kind, const struct doc_node *n)
{
	bool list = n->type == DOC_LIST;
	for (size_t i = 0; i < (list ? n->list.count : 1); i++) {
		const struct doc_node *v = list ? n->list.items[i] : n;
		bool empty = v->type == DOC_NULL && kind == TRIGGER_ALWAYS;
		if (is_scalar(v) && (v->type != DOC_NULL || empty))
			add(p, kind, v->type == DOC_NULL ? STR_NULL : v->text, place_of(v));
		else
			wrong_form(p, v, kinds_of_trigger[kind].example);
	}
}

/* "command: order status {id}" as one quoted text, or "always". */
static void value_of_text(struct parse *p, const struct doc_node *n)
{
	enum trigger_kind kind;
	ptrdiff_t colon = str_find_byte(n->text, ':', 0);
	struct str name = colon < 0 ? n->text : str_sub(n->text, 0, (size_t)colon);
	if (kind_named(str_trim(name), &kind) && (colon >= 0 || kind == TRIGGER_ALWAYS)) {
		add(p, kind,
		    colon < 0 ? STR_NULL : str_sub(n->text, (size_t)colon + 1, n->text.len),
		    place_of(n));
		return;
	}
	struct err err = ERR_INIT;
	err_set(&err, ERR_INVALID, "\"%.*s\" does not say what kind of trigger it is",
		(int)MIN(n->text.len, (size_t)80), n->text.p);
	err_remedy(&err, "write below it, indented: command: %.*s",
		   (int)MIN(n->text.len, (size_t)80), n->text.p);
	slip(p, "SK-TRIGGER-KIND", place_of(n), &err);
}

/* One text, or several on lines of their own: the form that fits where only text may stand. */
static void values_of_lines(struct parse *p, const struct doc_node *n)
{
	struct str rest = str_trim(n->text), line;
	if (str_find_byte(rest, '\n', 0) < 0) {
		value_of_text(p, n);
		return;
	}
	while (str_split(&rest, '\n', &line)) {
		struct doc_node one = *n;
		one.text = str_trim(line);
		if (one.text.len)
			value_of_text(p, &one);
	}
}

static void value(struct parse *p, const struct doc_node *n)
{
	enum trigger_kind kind;
	if (n->type == DOC_STRING) {
		values_of_lines(p, n);
		return;
	}
	if (n->type != DOC_MAP) {
		wrong_form(p, n, kinds_of_trigger[TRIGGER_COMMAND].example);
		return;
	}
	for (size_t i = 0; i < n->map.count; i++) {
		const struct doc_pair *pair = &n->map.pairs[i];
		if (kind_named(pair->key, &kind))
			value_of_kind(p, kind, pair->value);
		else
			unknown_kind(p, pair->key, place_of_key(pair));
	}
}

void triggers_parse(struct arena *a, const struct doc_node *value_node, struct str domain,
		    struct str skill, struct str path, struct findings *f, struct trigger **ret,
		    size_t *ret_count)
{
	struct parse p = {
		.arena = a, .domain = domain, .skill = skill, .path = path, .findings = f};
	bool none = !value_node || value_node->type == DOC_NULL;
	if (!none && value_node->type == DOC_LIST) {
		for (size_t i = 0; i < value_node->list.count; i++)
			value(&p, value_node->list.items[i]);
	} else if (!none) {
		value(&p, value_node);
	}
	*ret = p.items;
	*ret_count = p.count;
}

void trigger_text(struct buf *out, const struct trigger *t)
{
	buf_addz(out, trigger_kind_name(t->kind));
	if (t->text.len)
		buf_addf(out, ": %.*s", STR_ARG(t->text));
}

int trigger_from_text(struct arena *a, struct str text, struct trigger *ret, struct err *err)
{
	enum trigger_kind kind;
	struct str copy = arena_str(a, text);
	ptrdiff_t colon = str_find_byte(copy, ':', 0);
	struct str name = colon < 0 ? copy : str_sub(copy, 0, (size_t)colon);
	if (!kind_named(str_trim(name), &kind)) {
		err_set(err, ERR_INVALID, "\"%.*s\" is not a trigger",
			(int)MIN(text.len, (size_t)80), text.p ? text.p : "");
		return err_remedy(err, "write %s", kinds_of_trigger[TRIGGER_COMMAND].example);
	}
	struct trigger t = {.kind = kind};
	struct str rest = colon < 0 ? STR_NULL : str_sub(copy, (size_t)colon + 1, copy.len);
	int rc = kinds_of_trigger[kind].parse(a, str_trim(rest), &t, err);
	if (rc < 0)
		return rc;
	*ret = t;
	return 0;
}
