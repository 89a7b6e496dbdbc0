#include "base/opt.h"
#include "base/str.h"

#define WIDTH 80
#define INDENT 2
#define GAP 2
/* Wider left sides stand on a line of their own. */
#define LEFT_MAX 30

static void left_side(struct buf *out, const struct opt *o)
{
	if (o->letter)
		buf_addf(out, "-%c, ", o->letter);
	else
		buf_addz(out, "    ");
	buf_addf(out, "--%s", o->name);
	if (o->type != OPT_FLAG)
		buf_addf(out, o->type == OPT_WORD ? "[=%s]" : "=%s", o->arg ? o->arg : "VALUE");
}

static void right_side(struct buf *out, const struct opt *o)
{
	buf_addz(out, o->help ? o->help : "");
	for (size_t i = 0; o->choices && o->choices[i]; i++)
		buf_addf(out, "%s%s", i ? ", " : out->len ? " (" : "(", o->choices[i]);
	if (o->choices && o->choices[0])
		buf_add_char(out, ')');
	if (o->type == OPT_STRINGS)
		buf_addz(out, out->len ? " (may be repeated)" : "(may be repeated)");
}

static size_t width_of(struct str s)
{
	size_t pos = 0, width = 0;
	for (; pos < s.len; width++)
		str_next_rune(s, &pos);
	return width;
}

/* Words from `column` on, broken at WIDTH; a word longer than a line is left whole. */
static void wrap(struct buf *out, struct str text, size_t column)
{
	struct str word;
	size_t at = column;
	while (str_split(&text, ' ', &word)) {
		size_t width = width_of(word);
		if (width == 0)
			continue;
		if (at > column && at + 1 + width > WIDTH) {
			buf_add_char(out, '\n');
			buf_add_repeat(out, ' ', column);
			at = column;
		} else if (at > column) {
			buf_add_char(out, ' ');
			at++;
		}
		buf_add_str(out, word);
		at += width;
	}
}

static size_t left_column(const struct opt *opts)
{
	size_t widest = 0;
	for (; opts->name; opts++) {
		CLEANUP(buf_release) struct buf left = BUF_INIT(BUF_MAX);
		left_side(&left, opts);
		if (left.len <= LEFT_MAX)
			widest = MAX(widest, left.len);
	}
	return INDENT + widest + GAP;
}

void opt_help(struct buf *out, const struct opt *opts)
{
	size_t column = left_column(opts);
	for (; opts->name; opts++) {
		CLEANUP(buf_release) struct buf left = BUF_INIT(BUF_MAX);
		CLEANUP(buf_release) struct buf right = BUF_INIT(BUF_MAX);
		left_side(&left, opts);
		right_side(&right, opts);
		buf_add_repeat(out, ' ', INDENT);
		buf_add_str(out, buf_str(&left));
		if (right.len && INDENT + left.len + GAP > column) {
			buf_add_char(out, '\n');
			buf_add_repeat(out, ' ', column);
		} else if (right.len) {
			buf_add_repeat(out, ' ', column - INDENT - left.len);
		}
		wrap(out, buf_str(&right), column);
		buf_add_char(out, '\n');
	}
}
