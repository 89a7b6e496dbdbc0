/*
 * Table-shaped tests: a text file of cases, each an input and the exact words it must give.
 *
 *	== the name of the case
 *	input lines
 *	-- expected
 *	lines of findings
 *
 * A line "#" first in the file is a comment. In inputs \xNN, \e, \n, \t, \\ and \u{X} stand for what they say, so that hostile bytes
 * can be read by people.
 */
#ifndef TESTS_UNIT_SKILL_GOLDEN_H
#define TESTS_UNIT_SKILL_GOLDEN_H

#include "tests/unit/support.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/io.h"

/* Appends to out what the program says about the input. */
typedef void (*golden_fn)(struct str name, struct str input, struct buf *out);

static inline void golden_rune(struct buf *out, uint32_t r)
{
	char u[4];
	size_t n = r < 0x80 ? 1 : r < 0x800 ? 2 : r < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; r >>= 6)
		u[i] = (char)(0x80 | (r & 0x3F));
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	u[0] = (char)(lead[n] | r);
	buf_add(out, u, n);
}

static inline void golden_unescape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned value = 0;
		int used = 0;
		if (s.p[i] != '\\' || i + 1 == s.len) {
			buf_add_char(out, s.p[i]);
			continue;
		}
		char tail[16];
		snprintf(tail, sizeof(tail), "%.*s", (int)MIN(s.len - i - 1, 15u), s.p + i + 1);
		if (sscanf(tail, "x%2x%n", &value, &used) == 1 && used == 3)
			buf_add_char(out, (char)value);
		else if (sscanf(tail, "u{%x}%n", &value, &used) == 1 && used)
			golden_rune(out, value);
		else if ((used = 1) && tail[0] == 'n')
			buf_add_char(out, '\n');
		else if (tail[0] == 't')
			buf_add_char(out, '\t');
		else if (tail[0] == 'e')
			buf_add_char(out, '\x1b');
		else
			buf_add_char(out, tail[0]);
		i += (size_t)used;
	}
}

/*
 * Runs every case of tests/unit/FILE. With GOLDEN_WRITE=1 in the environment the expected words are written anew (and the
 * difference is for a person to read before it is committed).
 */
static inline void golden_run_file(const char *file, golden_fn fn)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	CLEANUP(buf_release) struct buf fresh = BUF_INIT(1 << 20);
	CLEANUP(buf_release) struct buf failed = BUF_INIT(1 << 20);
	size_t cases = 0;
	ck_assert_int_gt(asprintf(&path, "%s/tests/unit/%s", support_root(), file), 0);
	assert_ok(io_read_file(path, &text, &support_err));
	struct str rest = buf_str(&text);
	while (rest.len) {
		ptrdiff_t next = str_starts(rest, STR("== ")) ? 0 : str_find(rest, STR("\n== "), 0);
		size_t skip = next < 0 ? rest.len : next == 0 ? 0 : (size_t)next + 1;
		buf_add_str(&fresh, str_sub(rest, 0, skip));
		rest = str_sub(rest, skip, SIZE_MAX);
		if (!rest.len)
			break;
		ptrdiff_t eol = str_find_byte(rest, '\n', 0),
			  mid = str_find(rest, STR("\n--\n"), 0);
		ck_assert_msg(eol > 0 && mid > 0, "%s: case %zu is not of the form", file, cases);
		ptrdiff_t end = str_find(rest, STR("\n== "), (size_t)mid + 3);
		struct str name = str_sub(rest, 3, (size_t)eol);
		struct str input = str_sub(rest, (size_t)eol + 1, (size_t)mid);
		struct str want = str_sub(rest, (size_t)mid + 4,
					  end < 0 ? rest.len : (size_t)end + 1);
		CLEANUP(buf_release) struct buf in = BUF_INIT(1 << 20);
		CLEANUP(buf_release) struct buf got = BUF_INIT(1 << 20);
		golden_unescape(&in, input);
		fn(name, buf_str(&in), &got);
		cases++;
		struct str trimmed = str_trim(want), said = str_trim(buf_str(&got));
		if (!str_eq(trimmed, said))
			buf_addf(&failed, "%s: %.*s\n-- wanted\n%.*s\n-- got\n%.*s\n", file,
				 STR_ARG(name), STR_ARG(trimmed), STR_ARG(said));
		buf_add_str(&fresh, str_sub(rest, 0, (size_t)mid + 4));
		buf_add_str(&fresh, said);
		buf_addz(&fresh, said.len ? "\n\n" : "\n");
		rest = end < 0 ? STR("") : str_sub(rest, (size_t)end + 1, SIZE_MAX);
	}
	if (getenv("GOLDEN_WRITE"))
		assert_ok(io_write_file(path, buf_str(&fresh), 0644, &support_err));
	ck_assert_msg(cases > 0, "%s has no cases", file);
	fputs(buf_cstr(&failed), stdout);
	fflush(stdout);
	ck_assert_msg(failed.len == 0, "words differ; see above");
}

/* The same for tests/unit/skill/golden/FILE. */
static inline void golden_run(const char *file, golden_fn fn)
{
	CLEANUP_FREE char *path = NULL;
	ck_assert_int_gt(asprintf(&path, "skill/golden/%s", file), 0);
	golden_run_file(path, fn);
}

#endif
