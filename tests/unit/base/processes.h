/*
 * Shell scripts run to their end, and processes waited for, for the tests of children.
 */
#ifndef TESTS_UNIT_BASE_PROCESSES_H
#define TESTS_UNIT_BASE_PROCESSES_H

#include "tests/unit/support.h"

#include <poll.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SECOND 1000

/* Runs a shell script to its end and gives its output, which must fit. */
static inline struct child_end shell(const char *script, struct buf *out)
{
	struct child_opts o = {.argv = ARGV("sh", "-c", script)};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, out, NULL, 30 * SECOND, &end, &support_err));
	return end;
}

/* True once no process of that number runs any more (a zombie does not run). */
static inline bool is_gone(pid_t pid)
{
	CLEANUP_FREE char *path = mem_printf("/proc/%d/stat", (int)pid);
	CLEANUP(buf_release) struct buf stat = BUF_INIT(4096);
	if (io_read_file(path, &stat, NULL) < 0)
		return true;
	ptrdiff_t paren = str_find(buf_str(&stat), STR(") "), 0);
	return paren < 0 || stat.data[paren + 2] == 'Z' || stat.data[paren + 2] == 'X';
}

static inline void wait_until_gone(pid_t pid)
{
	int64_t deadline = clock_mono(&clock_real) + 20 * SECOND;
	while (!is_gone(pid)) {
		ck_assert_msg(clock_mono(&clock_real) < deadline, "process %d lives on", (int)pid);
		poll(NULL, 0, 2);
	}
}

static inline pid_t pid_in(struct buf *out)
{
	int64_t pid;
	ck_assert(str_to_i64(str_trim(buf_str(out)), &pid));
	return (pid_t)pid;
}

/* A descriptor of a new file with this text. */
static inline int file_with(const char *text)
{
	FILE *f = tmpfile();
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fflush(f);
	rewind(f);
	int fd = dup(fileno(f));
	fclose(f);
	return fd;
}

#endif
