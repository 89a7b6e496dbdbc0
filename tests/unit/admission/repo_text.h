/*
 * Repositories as text: how fixtures of admission/ are written.
 */
#ifndef TESTS_UNIT_ADMISSION_REPO_TEXT_H
#define TESTS_UNIT_ADMISSION_REPO_TEXT_H

#include "tests/unit/admission/repo.h"

/* "@ path" begins a file, "@- path" takes one (or a folder) away. Lines of '!' are given to option. */
static inline void world_read(struct world *w, struct str text,
			      void (*option)(struct world *w, struct str line, void *state),
			      void *state)
{
	struct str path = STR_NULL, line;
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	while (true) {
		bool more = str_split(&text, '\n', &line);
		bool mark = !more || str_starts(line, STR("@ ")) || str_starts(line, STR("@- ")) ||
			    str_starts(line, STR("! "));
		if (mark && path.len) {
			world_put_str(w, path, buf_str(&body));
			buf_reset(&body);
			path = STR_NULL;
		}
		if (!more)
			return;
		if (str_starts(line, STR("@ ")))
			path = str_trim(str_sub(line, 2, line.len));
		else if (str_starts(line, STR("@- ")))
			world_remove(w, str_trim(str_sub(line, 3, line.len)));
		else if (str_starts(line, STR("! ")) && option)
			option(w, str_trim(str_sub(line, 2, line.len)), state);
		else if (path.len) {
			buf_add_str(&body, line);
			buf_add_char(&body, '\n');
		}
	}
}

static inline void world_base(struct world *w)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	char path[4096];
	snprintf(path, sizeof(path), "%s/tests/unit/admission/fixtures/base.txt", support_root());
	assert_ok(io_read_file(path, &text, &support_err));
	world_read(w, arena_str(w->arena, buf_str(&text)), NULL, NULL);
}

#endif
