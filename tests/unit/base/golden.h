/*
 * Cases in a text file: a line "## name", the input, then one line ">> " with what must come
 * out. The input is everything between, without the last line break; "\xHH" in it stands for a
 * byte.
 */
#ifndef TESTS_UNIT_BASE_GOLDEN_H
#define TESTS_UNIT_BASE_GOLDEN_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

/* Appends what the input gives, in the form the file expects. */
typedef void (*golden_fn)(struct buf *out, struct str input);

static inline void golden_unescape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char byte;
		if (str_starts(str_sub(s, i, s.len), STR("\\x")) &&
		    hex_parse(str_sub(s, i + 2, i + 4), &byte, 1)) {
			buf_add_u8(out, byte);
			i += 3;
		} else {
			buf_add_char(out, s.p[i]);
		}
	}
}

static inline bool golden_case(struct str name, struct str input, struct str expect, golden_fn run)
{
	CLEANUP(buf_release) struct buf in = BUF_INIT(BUF_MAX), got = BUF_INIT(BUF_MAX);
	golden_unescape(&in, input);
	run(&got, buf_str(&in));
	if (str_eq(buf_str(&got), expect))
		return true;
	fprintf(stderr, "%.*s\n  wanted: %.*s\n  got:    %s\n", STR_ARG(name), STR_ARG(expect),
		buf_cstr(&got));
	return false;
}

/* Runs every case of tests/unit/base/<file>; fails after the last when some differ. */
static inline void golden_run(const char *file, golden_fn run)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	CLEANUP_FREE char *path = mem_printf("%s/tests/unit/base/%s", support_root(), file);
	assert_ok(io_read_file(path, &text, &support_err));
	struct str rest = buf_str(&text), line, name = STR_NULL;
	size_t from = 0;
	unsigned count = 0, failed = 0;
	while (str_split(&rest, '\n', &line)) {
		size_t at = (size_t)(line.p - text.data);
		if (str_starts(line, STR("## "))) {
			name = str_sub(line, 3, line.len);
			from = at + line.len + 1;
		} else if (name.len && str_starts(line, STR(">> "))) {
			struct str input = str_sub(buf_str(&text), from, at > from ? at - 1 : from);
			failed += !golden_case(name, input, str_sub(line, 3, line.len), run);
			count++;
			name = STR_NULL;
		}
	}
	ck_assert_msg(failed == 0, "%u of %u cases of %s differ", failed, count, file);
	ck_assert_uint_gt(count, 0);
}

#endif
