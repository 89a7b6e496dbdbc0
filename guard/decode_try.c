/*
 * What is tried where an encoded part may be. What does not decode to text is dropped at once.
 */
#include "guard/decode_try.h"

#define PARTS_MAX 64
#define TRIES_MAX 20000 /* candidates that turned out to be none */
#define RUN_LEAST 20 /* letters of base64: fifteen bytes, less than any order or key */
#define PAIRS_LEAST 8 /* of hex */
#define CUTS_MOST 5 /* places in front of base85 that may belong to what stands before: name=" */

static bool may_try(struct decode *d, size_t at, size_t done)
{
	return at >= done && d->parts < PARTS_MAX && d->decoded < DECODED_MAX &&
	       d->tries++ < TRIES_MAX;
}

/* Scans what was decoded if it is text. */
static bool scan_part(struct decode *d, size_t start, size_t end, const char *encoding)
{
	size_t most = DECODED_MAX - d->decoded;
	d->out->len = MIN(d->out->len, most);
	if (!decode_is_text(d->out))
		return false;
	d->parts++;
	d->decoded += d->out->len;
	guard_scan_part(d->scan, buf_str(d->out), start, end, encoding);
	return true;
}

/* What starts with bytes that are no text is not decoded to its end. */
#define PROBE 32
#define HEX_PROBE 96

static bool try_base64(struct decode *d, size_t at)
{
	struct str head = str_sub(d->text, 0, at + PROBE);
	if (!decode_base64_probe(d->text, at))
		return false;
	buf_reset(d->out);
	decode_base64(head, at, d->out);
	if (d->out->len < RUN_LEAST / 2 || !decode_is_text(d->out))
		return false;
	buf_reset(d->out);
	size_t end = decode_base64(d->text, at, d->out);
	if (end - at < RUN_LEAST)
		return false;
	d->done = end;
	return scan_part(d, at, end, "base64");
}

/*
 * Whether what begins here, within what was decoded and was no text, cannot be text either: its first bytes tell. A long row of hex
 * would be decoded from each of its groups to its end.
 */
static bool is_no_text(struct decode *d, size_t at)
{
	if (at >= d->hex_done)
		return false;
	if (d->row.pairs && d->row.pairs <= DECODED_MAX - d->decoded &&
	    decode_hex_row_is_odd(&d->row, d->text, at))
		return true;
	buf_reset(d->out);
	decode_hex(str_sub(d->text, 0, at + HEX_PROBE), at, d->out);
	size_t bad = d->out->len;
	return !str_is_utf8(buf_str(d->out), &bad) && bad < PROBE && bad + 4 <= d->out->len &&
	       !memchr(d->out->data, 0, d->out->len);
}

#define ROW_LEAST 256 /* bytes of hex worth to be remembered */

static bool try_hex(struct decode *d, size_t at)
{
	if (is_no_text(d, at))
		return false;
	buf_reset(d->out);
	size_t end = decode_hex(d->text, at, d->out);
	d->hex_done = MAX(end, at + 1);
	if (d->out->len < PAIRS_LEAST || !scan_part(d, at, end, "hex")) {
		if (end - at >= ROW_LEAST)
			decode_hex_row(d->text, at, guard_scan_arena(d->scan), &d->row);
		return false;
	}
	d->done = end;
	return true;
}

/* Letters of one case with a digit among the first: of 150 rows of 24 random signs one has none, names of code nearly all. */
static bool may_be_base32(struct str run)
{
	size_t upper = 0, lower = 0, digits = 0, most = MIN(run.len, (size_t)24);
	for (size_t i = 0; i < most; i++) {
		unsigned char c = (unsigned char)run.p[i];
		digits += (unsigned char)(c - '0') < 10;
		upper += (unsigned char)(c - 'A') < 26;
		lower += (unsigned char)(c - 'a') < 26;
	}
	return digits && (!upper || !lower) && digits + upper + lower == most;
}

/* A run that is neither hex nor base64. */
static void try_other_run(struct decode *d, size_t at, size_t end)
{
	size_t part;
	while (at < end && strchr("+/-_", d->text.p[at]))
		at++;
	if (end - at < RUN_LEAST)
		return;
	if (may_be_base32(str_sub(d->text, at, end)) &&
	    (part = decode_base32(d->text, at, d->out)) > at) {
		d->done = MAX(part, end);
		scan_part(d, at, part, "base32");
		return;
	}
	if (at >= d->number_done && (unsigned char)(d->text.p[at] - '0') < 10) {
		part = decode_numbers(d->text, at, d->out);
		d->number_done = part;
		if (d->out->len) {
			scan_part(d, at, part, "numbers");
			return;
		}
	}
	buf_reset(d->out);
	if (decode_joined(d->text, at, end, d->out) > at)
		scan_part(d, at, end, "joined");
}

/* A run of the letters of base64: hex, base64, or base64 behind a separator that belongs to what stands before. */
static void try_run(struct decode *d, size_t at)
{
	size_t start = at, end = at;
	while (start > d->done && is_base64(d->text.p[start - 1]))
		start--;
	while (end < d->text.len && is_base64(d->text.p[end]))
		end++;
	size_t hex =
		start +
		(end - start > 2 && d->text.p[start] == '0' && d->text.p[start + 1] == 'x' ? 2 : 0);
	size_t digits = hex;
	while (hex < end && is_hex(d->text.p[hex]))
		hex++;
	d->done = end;
	if (hex == end && end - digits >= 2 * PAIRS_LEAST && try_hex(d, digits))
		return;
	size_t run = start;
	for (unsigned cuts = 0; cuts < 4 && end - start >= RUN_LEAST && d->done == end; cuts++) {
		if (try_base64(d, start))
			return;
		while (start < end && !strchr("+/-_", d->text.p[start]))
			start++;
		start++;
	}
	try_other_run(d, run, end);
}

static void try_percent(struct decode *d, size_t at)
{
	buf_reset(d->out);
	size_t start, end = decode_percent(d->text, at, &start, d->out);
	d->percent_done = MAX(end, at + 1);
	if (d->out->len + 6 <= end - start && scan_part(d, start, end, "url"))
		d->done = MAX(d->done, end);
}

static void try_entities(struct decode *d, size_t at)
{
	buf_reset(d->out);
	size_t end = decode_entities(d->text, at, d->out);
	d->hex_done = MAX(end, at + 1);
	if (d->out->len >= PAIRS_LEAST && scan_part(d, at, end, "html"))
		d->done = MAX(d->done, end);
}

static void try_rot13(struct decode *d, size_t at)
{
	buf_reset(d->out);
	size_t start, end = decode_rot13(d->text, at, &start, d->out);
	d->rot13_done = MAX(end, at + 1);
	unsigned before = decode_english(str_sub(d->text, start, end));
	if (decode_english(buf_str(d->out)) >= 2 + 2 * before)
		scan_part(d, start, end, "rot13");
}

static bool is_number(char c)
{
	return (unsigned char)(c - '0') < 10 || (c && strchr(" ,.-/\n", c));
}

/* The stretch of 64 bytes at `at` is digits, dots and dashes for the greater part; what they say may begin before it. */
void decode_try_numbers(struct decode *d, size_t at)
{
	if (!may_try(d, at, d->number_done))
		return;
	size_t stop = MIN(d->text.len, at + 64), start = stop, longest = 0, end;
	for (size_t i = at, run = 0; i < stop; i++) {
		run = is_number(d->text.p[i]) ? run + 1 : 0;
		start = run > longest ? i + 1 - run : start;
		longest = MAX(longest, run);
	}
	size_t first = MAX(d->number_done, at > 64 ? at - 64 : 0);
	while (start <= at && start > first && is_number(d->text.p[start - 1]))
		start--;
	while (start < stop && strchr(" ,/\n", d->text.p[start]) && d->text.p[start])
		start++;
	d->number_done = at + 16;
	if (start >= stop)
		return;
	bool morse = d->text.p[start] == '.' || d->text.p[start] == '-';
	end = morse ? decode_morse(d->text, start, d->out) : decode_numbers(d->text, start, d->out);
	d->number_done = MAX(end, d->number_done);
	if (d->out->len)
		scan_part(d, start, end, morse ? "morse" : "numbers");
}

/* Many signs without a blank. */
void decode_try_dense(struct decode *d, size_t at)
{
	if (!may_try(d, at, d->dense_done))
		return;
	size_t start = at + 32, end;
	while (start > d->dense_done && at < start + 64 && d->text.p[start - 1] > ' ')
		start--;
	for (unsigned cuts = 0; cuts < CUTS_MOST; cuts++) {
		if ((end = decode_base85(d->text, start, d->out)) > start) {
			d->dense_done = end;
			scan_part(d, start, end, "base85");
			return;
		}
		while (start < at + 32 && !strchr("\"'=(:>", d->text.p[start]))
			start++;
		start++;
	}
	/* It would have begun where the signs begin. */
	for (end = at + 32; end < d->text.len && end - at < 4096 && d->text.p[end] > ' ';)
		end++;
	d->dense_done = end;
}

/* Whether the escape at `at` is one of four and more within a few words. */
static bool is_dotted_with(struct str text, size_t at)
{
	unsigned count = 0;
	size_t end = MIN(text.len, at + 64);
	for (size_t i = at; i + 2 < end; i++)
		count += text.p[i] == text.p[at] &&
			 (text.p[i] == '\\' ? strchr("ux0123", text.p[i + 1]) != NULL
					    : is_hex(text.p[i + 1]) && is_hex(text.p[i + 2]));
	return count >= 4 && (text.p[at] == '\\' || text.p[at] == '=');
}

static void try_line(struct decode *d, size_t at, bool quoted)
{
	size_t start, end;
	buf_reset(d->out);
	end = quoted ? decode_quoted(d->text, at, &start, d->out)
		     : decode_escapes(d->text, at, &start, d->out);
	d->line_done = MAX(end, at + 1);
	if (d->out->len + 6 <= end - start)
		scan_part(d, start, end, quoted ? "quoted-printable" : "escapes");
}

static void try_at(struct decode *d, const struct decode_marks *m, uint64_t bit, size_t at)
{
	if (at < d->done)
		return;
	if (m->percent & bit && d->text.p[at] == '%' && may_try(d, at, d->percent_done))
		try_percent(d, at);
	if (m->entity & bit && may_try(d, at, d->hex_done))
		try_entities(d, at);
	if ((m->escape | m->pairs) & bit && may_try(d, at, d->hex_done))
		try_hex(d, at);
	if ((m->percent | m->escape) & bit && at >= d->done && is_dotted_with(d->text, at) &&
	    may_try(d, at, d->line_done))
		try_line(d, at, d->text.p[at] == '=');
	if (m->rotated & bit && may_try(d, at, d->rot13_done))
		try_rot13(d, at);
}

void decode_try_marks(struct decode *d, const struct decode_marks *m, uint64_t runs, uint64_t rest,
		      size_t base)
{
	for (; runs; runs &= runs - 1) {
		size_t at = base + (size_t)__builtin_ctzll(runs);
		if (may_try(d, at, d->done))
			try_run(d, at);
	}
	for (; rest; rest &= rest - 1)
		try_at(d, m, rest & -rest, base + (size_t)__builtin_ctzll(rest));
}
