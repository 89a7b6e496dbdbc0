#define PCRE2_CODE_UNIT_WIDTH 8

#include "base/regex.h"

#include <assert.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

#define PATTERN_MAX 4096
#define PATTERN_LONG 16384
#define SUBJECT_MAX ((size_t)64 * 1024)
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 10000
#define HEAP_LIMIT_KIB (16 * 1024)
#define JIT_STACK_MAX ((size_t)1024 * 1024)

struct regex {
	pcre2_code *code;
	size_t subject_limit;
	bool jit_wanted; /* and not tried yet */
	bool jit; /* there is one */
};

/* One process, no threads: what a match needs besides its pattern is made once and kept. */
static struct {
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack;
	int64_t deadline_ms; /* of regex_budget(); 0: none */
	bool offset_limited; /* in the context, by the last match */
} shared;

static void *or_abort(void *p)
{
	if (!p)
		mem_exhausted();
	return p;
}

static void shared_init(void)
{
	if (shared.context)
		return;
	shared.context = or_abort(pcre2_match_context_create(NULL));
	shared.data = or_abort(pcre2_match_data_create(REGEX_GROUPS_MAX, NULL));
	pcre2_set_match_limit(shared.context, MATCH_LIMIT);
	pcre2_set_depth_limit(shared.context, DEPTH_LIMIT);
	pcre2_set_heap_limit(shared.context, HEAP_LIMIT_KIB);
	/* NULL where there is no JIT; the interpreter needs none. */
	shared.stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
	if (shared.stack)
		pcre2_jit_stack_assign(shared.context, NULL, shared.stack);
}

/* --- compiling -------------------------------------------------------------------------------- */

static int compile_error(struct str pattern, int number, size_t offset, struct err *err)
{
	PCRE2_UCHAR text[160];
	pcre2_get_error_message(number, text, sizeof(text));
	err_set(err, ERR_INVALID, "the pattern \"%.*s%s\" is wrong at its byte %zu: %s",
		(int)MIN(pattern.len, 60), pattern.p, pattern.len > 60 ? "…" : "", offset + 1,
		(const char *)text);
	if (number == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH)
		err_remedy(err, "give the lookbehind a fixed length: no *, + or {n,m} in it");
	else
		err_remedy(
			err,
			"write \\ before a character that stands for itself, such as \\( or \\[");
	return ERR_INVALID;
}

static uint32_t compile_options(unsigned flags)
{
	/* NEVER_*: a pattern from a document may not switch modes on by itself with (*UTF). */
	uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C |
			   PCRE2_USE_OFFSET_LIMIT;
	if (flags & REGEX_NOCASE)
		options |= PCRE2_CASELESS;
	if (flags & (REGEX_ANCHORED | REGEX_WHOLE))
		options |= PCRE2_ANCHORED;
	/*
	 * At one place the expression itself fails soonest. PCRE2 would first look for the last byte that a match needs,
	 * kilobytes ahead, at every try.
	 */
	if ((flags & (REGEX_ANCHORED | REGEX_WHOLE)) == REGEX_ANCHORED)
		options |= PCRE2_NO_START_OPTIMIZE;
	if (flags & REGEX_WHOLE)
		options |= PCRE2_ENDANCHORED;
	return options;
}

int regex_compile(struct str pattern, unsigned flags, struct regex **ret, struct err *err)
{
	int number;
	size_t offset;
	int most = flags & REGEX_LONG ? PATTERN_LONG : PATTERN_MAX;
	if (pattern.len > (size_t)most)
		return err_set(err, ERR_TOO_LARGE,
			       "the pattern has %zu bytes, more than the limit of %d", pattern.len,
			       most);
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.len,
					 compile_options(flags), &number, &offset, NULL);
	if (!code)
		return compile_error(pattern, number, offset, err);
	struct regex *re = mem_zalloc(sizeof(*re));
	re->code = code;
	re->subject_limit = SUBJECT_MAX;
	re->jit_wanted = true;
	if (!(flags & REGEX_LAZY_JIT)) {
		/* Without it the interpreter matches. */
		re->jit = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
		re->jit_wanted = false;
	}
	*ret = re;
	return 0;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_code_free(re->code);
	free(re);
}

void regex_freep(struct regex **re)
{
	regex_free(*re);
}

int regex_group(const struct regex *re, const char *name)
{
	int number = pcre2_substring_number_from_name(re->code, (PCRE2_SPTR)name);
	return number > 0 && number < REGEX_GROUPS_MAX ? number : -1;
}

void regex_subject_limit(struct regex *re, size_t bytes)
{
	re->subject_limit = bytes;
}

/* --- matching --------------------------------------------------------------------------------- */

void regex_budget(int64_t ms)
{
	shared.deadline_ms = ms > 0 ? clock_mono(&clock_real) + ms : 0;
}

static int match_error(int rc, struct err *err)
{
	PCRE2_UCHAR text[120];
	switch (rc) {
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_JIT_STACKLIMIT:
		err_set(err, ERR_TOO_LARGE, "the pattern takes too many steps on this text");
		err_remedy(err, "avoid repeats inside repeats, such as (a+)+");
		return ERR_TOO_LARGE;
	default:
		pcre2_get_error_message(rc, text, sizeof(text));
		return err_set(err, ERR_INTERNAL, "matching failed: %s", (const char *)text);
	}
}

static void jit_now(struct regex *re)
{
	if (!re->jit_wanted)
		return;
	re->jit = pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) == 0;
	re->jit_wanted = false;
}

/* A match that starts at `from` or after, and not after `last`. */
static int match_window(struct regex *re, struct str subject, size_t from, size_t last)
{
	pcre2_set_offset_limit(shared.context, last);
	shared.offset_limited = last != PCRE2_UNSET;
	PCRE2_SPTR p = (PCRE2_SPTR)(subject.p ? subject.p : "");
	int rc = pcre2_match(re->code, p, subject.len, from, 0, shared.data, shared.context);
	/*
	 * The JIT's stack is fixed; the interpreter keeps its own on the heap, under the heap
	 * limit.
	 */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(re->code, p, subject.len, from, PCRE2_NO_JIT, shared.data,
				 shared.context);
	return rc;
}

static int out_of_time(struct err *err)
{
	err_set(err, ERR_TOO_LARGE, "matching took longer than its time");
	err_remedy(err, "anchor the pattern, or avoid repeats at its start");
	return ERR_TOO_LARGE;
}

/*
 * The match limit starts anew at each start offset, so that a*b on a long row of "a" never
 * trips it and still takes seconds. Under a budget the starts are tried window by window and
 * the clock is looked at between them; windows grow while they are quick.
 */
static int match_in_time(struct regex *re, struct str subject, size_t from, int *ret_rc,
			 struct err *err)
{
	size_t window = 64;
	int64_t before = clock_mono(&clock_real);
	do {
		if (before >= shared.deadline_ms)
			return out_of_time(err);
		size_t last = subject.len - from < window ? subject.len : from + window;
		*ret_rc = match_window(re, subject, from, last);
		if (*ret_rc != PCRE2_ERROR_NOMATCH || last == subject.len)
			return 0;
		int64_t now = clock_mono(&clock_real);
		window = now == before ? window * 4 : MAX(window / 2, (size_t)16);
		before = now;
		from = last + 1;
	} while (from <= subject.len);
	return 0;
}

static void copy_spans(struct regex_span *spans, unsigned wanted, int count)
{
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(shared.data);
	for (unsigned i = 0; i < wanted; i++) {
		bool took_part = (int)i < count && pairs[2 * i] != PCRE2_UNSET;
		spans[i].start = took_part ? pairs[2 * i] : SIZE_MAX;
		spans[i].end = took_part ? pairs[2 * i + 1] : SIZE_MAX;
	}
}

int regex_match(struct regex *re, struct str subject, size_t from,
		struct regex_span spans[REGEX_GROUPS_MAX], struct err *err)
{
	int rc;
	shared_init();
	assert(from <= subject.len);
	if (subject.len > re->subject_limit)
		return err_set(err, ERR_TOO_LARGE,
			       "the text to match has %zu bytes, more than the limit of %zu",
			       subject.len, re->subject_limit);
	jit_now(re);
	if (!shared.deadline_ms) {
		rc = match_window(re, subject, from, PCRE2_UNSET);
	} else {
		int failed = match_in_time(re, subject, from, &rc, err);
		if (failed < 0)
			return failed;
	}
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0)
		return match_error(rc, err);
	/* 0 says that there were more groups than we keep. */
	if (spans)
		copy_spans(spans, REGEX_GROUPS_MAX, rc == 0 ? REGEX_GROUPS_MAX : rc);
	return 1;
}

int regex_match_here(struct regex *re, struct str subject, size_t at, struct regex_span *spans,
		     unsigned count, struct err *err)
{
	assert(at <= subject.len && count <= REGEX_GROUPS_MAX);
	if (UNLIKELY(re->jit_wanted || !shared.context)) {
		shared_init();
		jit_now(re);
	}
	/* Whatever another match has left there: an anchored one has no last start. */
	if (UNLIKELY(shared.offset_limited)) {
		pcre2_set_offset_limit(shared.context, PCRE2_UNSET);
		shared.offset_limited = false;
	}
	int rc = PCRE2_ERROR_JIT_STACKLIMIT;
	if (re->jit)
		rc = pcre2_jit_match(re->code, (PCRE2_SPTR)subject.p, subject.len, at, 0,
				     shared.data, shared.context);
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(re->code, (PCRE2_SPTR)subject.p, subject.len, at, PCRE2_NO_JIT,
				 shared.data, shared.context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0)
		return match_error(rc, err);
	copy_spans(spans, count, rc == 0 ? REGEX_GROUPS_MAX : rc);
	return 1;
}

/* --- what a pattern says of its texts --------------------------------------------------------- */

static void add_byte(uint8_t set[32], unsigned b)
{
	set[b >> 3] |= (uint8_t)(1u << (b & 7));
}

void regex_first_bytes(struct str pattern, unsigned flags, uint8_t ret[32])
{
	int number;
	size_t offset;
	uint32_t type = 0, first = 0;
	const uint8_t *bitmap = NULL;
	/* PCRE2 works the set out for unanchored patterns only. */
	uint32_t options = compile_options(flags & REGEX_NOCASE);
	memset(ret, 0xFF, 32);
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.len,
					 options, &number, &offset, NULL);
	if (!code)
		return;
	pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODETYPE, &type);
	pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODEUNIT, &first);
	pcre2_pattern_info(code, PCRE2_INFO_FIRSTBITMAP, &bitmap);
	if (type == 1) {
		memset(ret, 0, 32);
		add_byte(ret, first & 0xFF);
		/* PCRE2 does not say whether it is case-blind: (?i) may stand in the pattern. */
		if (((first | 0x20) >= 'a') && ((first | 0x20) <= 'z'))
			add_byte(ret, (first ^ 0x20) & 0xFF);
	} else if (bitmap) {
		memcpy(ret, bitmap, 32);
	}
	pcre2_code_free(code);
}
