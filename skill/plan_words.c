/*
 * Two versions of a skill in the words of a reviewer.
 */
#include "base/mem.h"
#include "skill/plan_int.h"
#include "skill/route.h"

void detail_add(struct details *d, const char *field, unsigned flags, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(2048);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	ARENA_GROW(d->arena, d->items, d->count, d->cap);
	d->items[d->count++] = (struct change_detail){.field = field,
						      .text = arena_str(d->arena, buf_str(&text)),
						      .growth = flags & DETAIL_GROWTH,
						      .rollout = flags & DETAIL_ROLLOUT};
}

/* --- triggers ---------------------------------------------------------------------------------------------------- */

static bool has_trigger(const struct skill *s, const struct trigger *t)
{
	for (size_t i = 0; s && i < s->trigger_count; i++) {
		if (s->triggers[i].kind == t->kind && str_eq(s->triggers[i].text, t->text))
			return true;
	}
	return false;
}

/* The command of `from` that is gone from `other` and that t covers, or that covers t. */
static const struct trigger *widened(struct arena *a, const struct skill *old,
				     const struct skill *now, const struct trigger *t)
{
	struct pattern *p, *q;
	if (t->kind != TRIGGER_COMMAND || pattern_parse(a, t->text, &p, NULL) < 0)
		return NULL;
	for (size_t i = 0; old && i < old->trigger_count; i++) {
		const struct trigger *o = &old->triggers[i];
		if (o->kind == TRIGGER_COMMAND && !has_trigger(now, o) &&
		    pattern_parse(a, o->text, &q, NULL) == 0 && pattern_covers(p, q))
			return o;
	}
	return NULL;
}

void difference_triggers(struct details *d, const struct skill *old, const struct skill *now)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(1 << 20);
	for (size_t i = 0; i < now->trigger_count; i++) {
		const struct trigger *t = &now->triggers[i];
		if (has_trigger(old, t))
			continue;
		CLEANUP(buf_release) struct buf text = BUF_INIT(1024);
		const struct trigger *was = widened(scratch, old, now, t);
		trigger_text(&text, t);
		if (was)
			detail_add(d, "trigger", DETAIL_GROWTH,
				   "trigger now also matches %s (was %.*s)", buf_cstr(&text),
				   STR_ARG(was->text));
		else
			detail_add(d, "trigger", DETAIL_GROWTH, "new trigger %s", buf_cstr(&text));
	}
	for (size_t i = 0; old && i < old->trigger_count; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(1024);
		const struct trigger *t = &old->triggers[i];
		trigger_text(&text, t);
		if (!has_trigger(now, t))
			detail_add(d, "trigger", 0, "no longer has the trigger %s",
				   buf_cstr(&text));
	}
}

/* --- text -------------------------------------------------------------------------------------------------------- */

struct lines {
	struct str *items;
	size_t count, cap;
};

static void lines_release(struct lines *l)
{
	free(l->items);
}

static int line_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void lines_of(struct lines *l, struct str text)
{
	struct str line;
	while (str_split(&text, '\n', &line)) {
		GROW(l->items, l->count, l->cap);
		l->items[l->count++] = line;
	}
	if (l->count)
		qsort(l->items, l->count, sizeof(*l->items), line_order);
}

/* By merging the sorted lines: a line that only moved is no difference. */
void difference_lines(struct str old, struct str now, size_t *ret_added, size_t *ret_removed)
{
	CLEANUP(lines_release) struct lines a = {0};
	CLEANUP(lines_release) struct lines b = {0};
	size_t i = 0, k = 0, added = 0, removed = 0;
	lines_of(&a, old);
	lines_of(&b, now);
	while (i < a.count || k < b.count) {
		int c = i == a.count ? 1 : k == b.count ? -1 : str_cmp(a.items[i], b.items[k]);
		added += c > 0;
		removed += c < 0;
		i += c <= 0;
		k += c >= 0;
	}
	*ret_added = added;
	*ret_removed = removed;
}

static void difference_text(struct details *d, const struct skill *old, const struct skill *now)
{
	size_t added, removed;
	if (!str_eq(old->title, now->title))
		detail_add(d, "title", 0, "title \"%.*s\" → \"%.*s\"", STR_ARG(old->title),
			   STR_ARG(now->title));
	if (!str_eq(old->description, now->description))
		detail_add(d, "description", 0, "description changed");
	if (!old->text_arena || !now->text_arena) {
		const struct manifest_file *a = manifest_find(&old->manifest, STR(SKILL_FILE));
		const struct manifest_file *b = manifest_find(&now->manifest, STR(SKILL_FILE));
		if (!a || !b || !digest_equal(&a->digest, &b->digest))
			detail_add(d, "body", 0, SKILL_FILE " changed");
		return;
	}
	if (str_eq(old->body, now->body))
		return;
	difference_lines(old->body, now->body, &added, &removed);
	if (!added && !removed)
		detail_add(d, "body", 0, "text changed: lines moved");
	else
		detail_add(d, "body", 0, "text changed: +%zu −%zu line%s", added, removed,
			   added + removed == 1 ? "" : "s");
}

/* --- all of it --------------------------------------------------------------------------------------------------- */

static const struct list_words tool_words = {"allowed-tools", "new allowed tool",
					     "no longer allows the tool", DETAIL_GROWTH, 0};

static void introduce(struct details *d, const struct skill *s, const struct config *eff)
{
	struct field_strings none = {NULL, 0};
	detail_add(d, "role", 0, "role %s", role_name(s->role));
	difference_triggers(d, NULL, s);
	difference_strings(d, &tool_words, &none, &s->allowed_tools);
	if (eff)
		difference_config(d, NULL, eff);
	detail_add(d, "handler", DETAIL_ROLLOUT, s->handler.len ? "handler %.*s" : "no handler",
		   STR_ARG(s->handler));
}

void difference_skill(const struct config_doc *domain, struct arena *a, const struct skill *old,
		      const struct config *old_eff, const struct skill *new_,
		      const struct config *new_eff, struct change_detail **ret, size_t *ret_count)
{
	struct details d = {.arena = a, .skill = new_->config, .domain = domain};
	if (!old) {
		introduce(&d, new_, new_eff);
	} else {
		if (old->role != new_->role)
			detail_add(&d, "role", new_->role == ROLE_FIELD ? DETAIL_GROWTH : 0,
				   "role %s → %s", role_name(old->role), role_name(new_->role));
		if (old_eff && new_eff)
			difference_config(&d, old_eff, new_eff);
		difference_triggers(&d, old, new_);
		difference_strings(&d, &tool_words, &old->allowed_tools, &new_->allowed_tools);
		difference_files(&d, old, new_);
		difference_text(&d, old, new_);
		if (!d.count && !digest_equal(&old->content, &new_->content))
			detail_add(&d, "files", 0, "files changed, but nothing that they mean");
	}
	*ret = d.items;
	*ret_count = d.count;
}

void skill_difference(struct arena *a, const struct skill *old, const struct config *old_eff,
		      const struct skill *new_, const struct config *new_eff,
		      struct change_detail **ret, size_t *ret_count)
{
	difference_skill(NULL, a, old, old_eff, new_, new_eff, ret, ret_count);
}
