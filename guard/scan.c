#include "guard/guard.h"

#include "base/clock.h"
#include "guard/scan_int.h"
#include "guard/validate_int.h"

#define SCRATCH_MAX ((size_t)256 << 20)
#define SCRATCH_KEPT ((size_t)512 << 10) /* between scans */
#define FOLD_KEPT ((size_t)1 << 20)
#define PIECE ((size_t)64 << 10) /* between two looks at the clock */
#define STEPS_PER_LOOK 512
#define DEPTH_MAX 2

/* --- limits --------------------------------------------------------------------------------------------- */

static int scan_fail(struct guard_scan *s, const char *why)
{
	if (!s->failed)
		s->failed = err_set(s->err, ERR_TOO_LARGE, "the guard gave up: %s", why);
	return s->failed;
}

bool guard_scan_go_on(struct guard_scan *s, unsigned steps)
{
	if (s->failed)
		return false;
	if ((s->steps += steps) < STEPS_PER_LOOK)
		return true;
	s->steps = 0;
	if (clock_mono(&clock_real) > s->deadline_ms)
		scan_fail(s, "the text took longer than its time");
	else if (arena_full(s->scratch) || arena_full(s->out))
		scan_fail(s, "the text took more than its memory");
	return !s->failed;
}

/* --- findings ------------------------------------------------------------------------------------------ */

static void map_span(const struct frame *f, size_t *start, size_t *end, const char **encoding)
{
	for (; f; f = f->outer) {
		if (f->encoding) {
			*start = f->base;
			*end = f->end;
			*encoding = f->encoding;
		} else if (f->view) {
			guard_view_span(f->view, *start, *end, start, end);
			*start += f->base;
			*end += f->base;
		}
	}
}

static bool is_example(const struct guard_pattern *p, struct str value)
{
	for (size_t i = 0; i < p->row.examples.count; i++)
		if (str_eq(p->row.examples.items[i], value))
			return true;
	return false;
}

void guard_report(struct guard_scan *s, const struct guard_pattern *p, size_t start, size_t end,
		  unsigned confidence)
{
	struct guard_findings *all = s->found;
	struct guard_finding f = {.rule = &p->rule,
				  .confidence = confidence ? confidence : p->rule.confidence};
	if (f.confidence < s->opt.confidence || !(s->opt.categories >> p->rule.category & 1) ||
	    is_example(p, str_sub(s->frame->text, start, end)))
		return;
	map_span(s->frame, &start, &end, &f.encoding);
	f.start = start;
	f.end = end;
	if (all->count >= GUARD_FINDINGS_MAX) {
		scan_fail(s, "there are more than 1000 findings");
		return;
	}
	ARENA_GROW(s->out, all->items, all->count, all->cap);
	all->items[all->count++] = f;
}

/* --- one text ------------------------------------------------------------------------------------------ */

/* "&#105;", "&shy;": something that folds to other bytes. */
static bool is_entity(struct str text, size_t at)
{
	size_t i = at + 1;
	while (i < text.len && i - at < 12 &&
	       ((text.p[i] | 0x20) >= 'a'
			? (text.p[i] | 0x20) <= 'z'
			: (text.p[i] == '#' || (text.p[i] >= '0' && text.p[i] <= '9'))))
		i++;
	return i > at + 1 && i < text.len && (text.p[i] == ';' || text.p[at + 1] == '#');
}

static bool try_lead(struct guard_scan *s, uint32_t index, uint32_t rules, size_t at)
{
	const struct guard_lead *lead = &s->rules->leads[index];
	for (uint32_t i = 0; i < lead->count; i++)
		if ((i > 31 || rules >> i & 1) &&
		    !guard_scan_try(s, s->rules->patterns[lead->patterns[i]], at))
			return false;
	return true;
}

static bool on_hit(void *state, uint32_t tag, size_t at)
{
	struct guard_scan *s = state;
	if (tag == LEAD_ENTITY) {
		if (is_entity(s->frame->text, at))
			guard_scan_want_fold(s, at);
		return guard_scan_go_on(s, 1);
	}
	if (tag == LEAD_ALLOW) {
		if (s->frame->outer || s->opt.no_allow)
			return true;
		ARENA_GROW(s->scratch, s->allows, s->allow_count, s->allow_cap);
		s->allows[s->allow_count++] = at;
		return true;
	}
	if (tag >= LEAD_FOLDED) {
		guard_scan_folded_hit(s, tag - LEAD_FOLDED, at);
		return guard_scan_go_on(s, 1);
	}
	return try_lead(s, tag, UINT32_MAX, at);
}

static void search(struct guard_scan *s, const struct literal_set *set)
{
	struct str text = s->frame->text;
	for (size_t from = 0; from < text.len && guard_scan_go_on(s, STEPS_PER_LOOK); from += PIECE)
		if (!literal_search(set, LITERAL_BEST, text, from, MIN(from + PIECE, text.len),
				    on_hit, s))
			return;
}

static void scan_frame(struct guard_scan *s, struct frame *f)
{
	struct frame *outer = s->frame;
	f->seen = arena_array(s->scratch, s->rules->count + 1, sizeof(*f->seen));
	s->frame = f;
	validate_forget();
	bool non_ascii = guard_scan_mark_runes(s);
	search(s, s->rules->original);
	guard_scan_phrases(s);
	guard_scan_digits(s);
	for (size_t i = 0; i < s->rules->detector_count && guard_scan_go_on(s, 64); i++)
		s->rules->detectors[i]->detector(s, s->rules->detectors[i], f->text, non_ascii);
	guard_scan_mark_disguises(s);
	guard_scan_windows(s);
	if (!s->failed && f->depth < DEPTH_MAX)
		guard_decode(s, f->text);
	s->frame = outer;
}

void guard_scan_window(struct guard_scan *s, const struct guard_view *view, size_t base,
		       const struct folded_hit *hits, size_t count)
{
	size_t size = s->rules->count * sizeof(*s->view_seen);
	struct frame f = {.text = view->text,
			  .outer = s->frame,
			  .view = view,
			  .base = base,
			  .depth = s->frame->depth};
	if (!s->view_seen)
		s->view_seen = arena_alloc(s->scratch, size);
	memset(s->view_seen, 0, size);
	f.seen = s->view_seen;
	validate_forget();
	s->frame = &f;
	if (!hits)
		search(s, s->rules->view);
	for (size_t i = 0; i < count; i++)
		if (!try_lead(s, hits[i].lead, hits[i].rules,
			      guard_view_at(view, hits[i].at - base)))
			break;
	s->frame = f.outer;
}

void guard_scan_part(struct guard_scan *s, struct str decoded, size_t start, size_t end,
		     const char *encoding)
{
	struct frame f = {.text = decoded,
			  .outer = s->frame,
			  .base = start,
			  .end = end,
			  .encoding = encoding,
			  .depth = s->frame->depth + 1};
	if (guard_scan_go_on(s, 16))
		scan_frame(s, &f);
}

struct arena *guard_scan_arena(struct guard_scan *s)
{
	return s->scratch;
}

/* --- a scan ---------------------------------------------------------------------------------------------- */

/* Made once and kept: one scan at a time, and most of them short. */
static void make_scratch(struct guard_scan *s)
{
	static struct arena *scratch, *fold;
	if (!scratch) {
		scratch = arena_new_sized(SCRATCH_MAX, SCRATCH_KEPT);
		fold = arena_new_sized(SCRATCH_MAX, FOLD_KEPT);
	}
	s->scratch = scratch;
	s->fold = fold;
}

int guard_scan(const struct guard_rules *r, const struct guard_options *opt, struct str text,
	       struct arena *a, struct guard_findings *ret, struct err *err)
{
	struct guard_scan s = {.rules = r, .text = text, .out = a, .found = ret, .err = err};
	memset(ret, 0, sizeof(*ret));
	if (opt)
		s.opt = *opt;
	if (!s.opt.categories)
		s.opt.categories = (1u << GUARD_CATEGORIES) - 1;
	if (!s.opt.confidence)
		s.opt.confidence = 50;
	if (!s.opt.budget_ms)
		s.opt.budget_ms = 1000 + (int64_t)(text.len >> 14);
	if (text.len > GUARD_TEXT_MAX)
		return scan_fail(&s, "the text has more than 64 MiB");
	if (!text.len)
		return 0;
	make_scratch(&s);
	s.deadline_ms = clock_mono(&clock_real) + s.opt.budget_ms;
	struct frame f = {.text = text};
	scan_frame(&s, &f);
	guard_scan_finish(&s);
	arena_reset(s.scratch);
	arena_reset(s.fold);
	return s.failed;
}
