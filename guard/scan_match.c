#include "guard/scan_int.h"
#include "guard/validate_int.h"

/* --- words near by ----------------------------------------------------------------------------------------- */

static bool is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
	return is_small((char)(c | 0x20));
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

#define SHORT_WORD 4 /* a word so short must stand alone: "pan" is not in "pane" */

static bool word_at(struct str text, size_t at, struct str word)
{
	if (text.len - at < word.len || !str_eq_nocase(str_make(text.p + at, word.len), word))
		return false;
	size_t end = at + word.len;
	if (word.len > SHORT_WORD || end >= text.len || !is_letter(word.p[word.len - 1]))
		return true;
	/* "nhs_number", "nhsNumber" and "NHS2" begin with the word. */
	return !is_letter(text.p[end]) || (is_small(text.p[end - 1]) && !is_small(text.p[end]));
}

static bool any_word(const struct guard_pattern *p, struct str text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (!p->near_start[(uint8_t)text.p[i]])
			continue;
		if (i && is_word(text.p[i]) && is_word(text.p[i - 1]) && text.p[i - 1] != '_')
			continue;
		for (size_t w = 0; w < p->row.near.count; w++)
			if (word_at(text, i, p->row.near.items[w]))
				return true;
	}
	return false;
}

/* A cell of a table is what its column's head says. */
static bool in_column(const struct guard_pattern *p, struct str text, size_t start)
{
	struct str head = validate_column(text, start);
	return any_word(p, head, 0, head.len);
}

static bool is_near(const struct guard_pattern *p, struct str text, size_t start, size_t end)
{
	size_t within = (size_t)p->row.near_within;
	return !p->row.near.count ||
	       any_word(p, text, start > within ? start - within : 0, start) ||
	       any_word(p, text, end, text.len - end > within ? end + within : text.len) ||
	       in_column(p, text, start);
}

/* --- one try ------------------------------------------------------------------------------------------------ */

static size_t step_back(const struct guard_pattern *p, struct str text, size_t hit)
{
	size_t at = hit, most = (size_t)p->row.back_max;
	while (at > 0 && hit - at < most && guard_class_has(p->back, text.p[at - 1]))
		at--;
	/* A match cannot begin with these. */
	while (at < hit && !guard_class_has(p->first, text.p[at]))
		at++;
	return at;
}

static void check_match(struct guard_scan *s, const struct guard_pattern *p, size_t start,
			size_t end)
{
	unsigned confidence = p->rule.confidence;
	struct str text = s->frame->text;
	/* The cheaper first: validators look far. */
	if (!is_near(p, text, start, end))
		return;
	if (p->validator && !p->validator(text, start, end, &confidence))
		return;
	guard_report(s, p, start, end, MAX(confidence, 1u));
}

#define AHEAD_AFTER 4 /* tries that failed: most texts have few, and looking ahead costs as much */

/* Whether no match can begin in [at, last], for what must be ahead of its start is too far away. Looked for once at every place. */
static bool lacks_ahead(struct guard_scan *s, const struct guard_pattern *p,
			struct guard_seen *seen, size_t at, size_t last)
{
	struct regex_span found[REGEX_GROUPS_MAX];
	if (!p->row.ahead.len || seen->failed < AHEAD_AFTER)
		return false;
	if (at < seen->ahead_from || at > seen->ahead_at) {
		if (guard_pattern_ahead_ready(s->rules->patterns[p->index], NULL) < 0)
			return false;
		int rc = regex_match(p->ahead, s->frame->text, at, found, NULL);
		if (rc < 0)
			return false;
		seen->ahead_from = at;
		seen->ahead_at = rc ? found[0].start : SIZE_MAX;
	}
	return seen->ahead_at > last && seen->ahead_at - last > p->longest;
}

/*
 * Matches at `at`, or behind a lead of at most `last` - `at` bytes. What has a body is tried only where one of the words begins with which
 * it does.
 */
static int match(struct guard_scan *s, const struct guard_pattern *p, size_t at, size_t last,
		 struct regex_span *spans, unsigned count)
{
	struct str text = s->frame->text;
	if (!p->body)
		return regex_match_here(p->regex, text, at, spans, count, s->err);
	for (size_t to = MIN(last, text.len - 1) + 1;; at++) {
		at = needs_table_next(s->rules->needs->starts, text, at, to, p->starts);
		if (at == SIZE_MAX)
			return 0;
		int rc = regex_match_here(p->regex, text, at, spans, count, s->err);
		if (rc != 0)
			return rc;
	}
}

bool guard_scan_try(struct guard_scan *s, const struct guard_pattern *p, size_t hit)
{
	struct guard_seen *seen = &s->frame->seen[p->index];
	struct str text = s->frame->text;
	struct regex_span spans[REGEX_GROUPS_MAX];
	if (!(s->opt.categories >> p->rule.category & 1) || hit < seen->matched)
		return true;
	/* The rules are immutable but for what is compiled when first needed. */
	if (!p->regex && guard_pattern_ready(s->rules->patterns[p->index], s->err) < 0) {
		s->failed = ERR_INVALID;
		return false;
	}
	size_t at = p->has_back ? step_back(p, text, hit) : hit, last = at + p->lead;
	if (p->lead) {
		at = MAX(at, seen->covered);
		if (at > last || at >= text.len)
			return true;
	}
	if (seen->at == at + 1 || !guard_class_has(p->first, text.p[at]))
		return true;
	seen->at = at + 1;
	if (at > 0 && guard_class_has(p->not_behind, text.p[at - 1]))
		return guard_scan_go_on(s, 1);
	unsigned span = p->span_group > 0 ? (unsigned)p->span_group : 0;
	size_t to = p->body ? last : at + p->lead; /* where the last try of this one is */
	int rc = lacks_ahead(s, p, seen, at, to) ? 0 : match(s, p, at, to, spans, span + 1);
	if (rc < 0) {
		s->failed = rc;
		err_context(s->err, "rule %s", p->rule.id);
		return false;
	}
	if (p->lead && rc == 0) {
		seen->covered = to + 1;
	} else if (p->lead && rc == 1 && spans[span].start > last) {
		/* Another hit leads there. */
		seen->covered = spans[span].start;
		rc = 0;
	}
	seen->failed = rc == 1 ? 0 : seen->failed + 1;
	if (rc == 1) {
		seen->matched = spans[0].end;
		if (spans[span].start != SIZE_MAX && spans[span].end > spans[span].start)
			check_match(s, p, spans[span].start, spans[span].end);
	}
	return guard_scan_go_on(s, 1);
}
