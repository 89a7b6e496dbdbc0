/* The line that a finding is about, made fit to be shown beside it. */
#include "skill/finding.h"
#include "skill/text.h"

#define BEFORE 60 /* bytes of a long line that are shown before its place */
#define CUT "\xe2\x80\xa6" /* the ellipsis: there was more */

static bool inside_rune(struct str text, size_t at)
{
	return at < text.len && ((unsigned char)text.p[at] & 0xC0) == 0x80;
}

static size_t line_start(struct str text, size_t at)
{
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(struct str text, size_t at)
{
	ptrdiff_t eol = str_find_byte(text, '\n', at);
	size_t end = eol < 0 ? text.len : (size_t)eol;
	return end > at && text.p[end - 1] == '\r' ? end - 1 : end;
}

/* Appends bytes of the line as they may be shown; returns how many characters that were. */
static uint32_t add(struct buf *out, struct str bytes)
{
	size_t from = out->len;
	uint32_t count = 0;
	for (size_t at = 0; at < bytes.len;) {
		ptrdiff_t tab = str_find_byte(bytes, '\t', at);
		size_t end = tab < 0 ? bytes.len : (size_t)tab;
		text_escape(out, str_sub(bytes, at, end), 0);
		if (tab >= 0)
			buf_add_char(out, ' ');
		at = end + 1;
	}
	for (size_t i = from; i < out->len; i++)
		count += ((unsigned char)out->data[i] & 0xC0) != 0x80;
	return count;
}

void finding_quote(struct findings *f, struct finding *at, struct str text, size_t start,
		   size_t end)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT((size_t)16 * FINDING_QUOTE_BYTES);
	start = MIN(start, text.len);
	size_t from = line_start(text, start), to = MAX(line_end(text, start), start);
	bool head = to - from > FINDING_QUOTE_BYTES && start - from > BEFORE;
	if (head)
		from = start - BEFORE;
	bool tail = to - from > FINDING_QUOTE_BYTES;
	if (tail)
		to = from + FINDING_QUOTE_BYTES;
	while (inside_rune(text, from))
		from++;
	while (to > start && inside_rune(text, to))
		to--;
	end = MAX(MIN(end, to), start);
	if (from >= to)
		return; /* an empty line shows nothing */
	at->quote_at = head ? add(&out, STR(CUT)) : 0;
	at->quote_at += add(&out, str_make(text.p + from, start - from));
	at->quote_len = add(&out, str_make(text.p + start, end - start));
	at->quote_len = MAX(at->quote_len, 1); /* a place is shown as one character */
	add(&out, str_make(text.p + end, to - end));
	if (tail)
		add(&out, STR(CUT));
	at->quote = arena_str(f->arena, buf_str(&out));
}
