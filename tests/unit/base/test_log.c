#include "tests/unit/support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/child.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"

static int reader = -1;

/* Standard error becomes a pipe that we read. */
static void catch (void)
{
	int fds[2];
	assert_ok(io_pipe(fds, &support_err));
	assert_ok(io_set_nonblock(fds[0], true, &support_err));
	ck_assert_int_eq(dup2(fds[1], 2), 2);
	close(fds[1]);
	if (reader >= 0)
		close(reader);
	reader = fds[0];
}

/* What was logged since, less the time stamps. */
static const char *caught(void)
{
	static char text[1 << 17];
	size_t len = 0;
	for (ssize_t n; (n = read(reader, text + len, sizeof(text) - 1 - len)) > 0;)
		len += (size_t)n;
	text[len] = '\0';
	return text;
}

static const char *without_time(const char *line)
{
	const char *level = strstr(line, "level=");
	ck_assert_msg(level == line + strlen("ts=2026-02-18T12:00:00.000Z "), "%s", line);
	return level;
}

START_TEST(a_line_has_time_level_role_event_and_pairs)
{
	catch ();
	log_setup(LOG_LOGFMT, LOG_INFO_, "sync");
	log_event(LOG_INFO_, "release.written", "source", "main", "left_out", NULL, "revision",
		  "i3.4", NULL);
	ck_assert_str_eq(without_time(caught()), "level=info role=sync event=release.written "
						 "source=main revision=i3.4\n");
	log_reconcile_id("rec-1");
	log_event(LOG_ERROR_, "x", NULL);
	ck_assert_str_eq(without_time(caught()), "level=error role=sync event=x reconcile=rec-1\n");
	log_reconcile_id(NULL);
	log_setup(LOG_LOGFMT, LOG_WARN_, NULL);
	log_event(LOG_INFO_, "x", NULL);
	log_event(LOG_WARN_, "y", NULL);
	ck_assert_str_eq(without_time(caught()), "level=warn event=y\n");
}
END_TEST

START_TEST(logfmt_quotes_what_could_be_mistaken)
{
	static const struct {
		const char *value, *written;
	} table[] = {
		{"plain-1.2/3:x", "plain-1.2/3:x"},
		{"", "\"\""},
		{"two words", "\"two words\""},
		{"a=b", "\"a=b\""},
		{"say \"hi\"", "\"say \\\"hi\\\"\""},
		{"back\\slash", "\"back\\\\slash\""},
		{"line\nfeed\r\ttab", "\"line\\nfeed\\r\\ttab\""},
		{"\x1b[31m", "\"\\u001b[31m\""},
		{"\x7f", "\"\\u007f\""},
		{"\u202egnp", "\"\\u202egnp\""},
		{"caf\u00e9", "\"caf\u00e9\""},
		{"bad\xff"
		 "byte",
		 "\"bad\\ufffdbyte\""},
		{"\U000e0041", "\"\\udb40\\udc41\""},
		{"\U0001f600", "\"\U0001f600\""},
		{"\ufffd", "\"\ufffd\""},
	};
	char expected[128];
	catch ();
	log_event(LOG_INFO_, "e", "v", table[_i].value, "after", "1", NULL);
	snprintf(expected, sizeof(expected), "level=info event=e v=%s after=1\n",
		 table[_i].written);
	ck_assert_str_eq(without_time(caught()), expected);
}
END_TEST

START_TEST(json_lines_are_json)
{
	catch ();
	log_setup(LOG_JSON, LOG_INFO_, "gateway");
	log_event(LOG_INFO_, "e", "v", "say \"hi\"\n\x1b", "w", "", NULL);
	const char *line = caught();
	ck_assert_int_eq(strncmp(line, "{\"ts\":\"", 7), 0);
	ck_assert_str_eq(strchr(line, ',') + 1,
			 "\"level\":\"info\",\"role\":\"gateway\",\"event\":\"e\","
			 "\"v\":\"say \\\"hi\\\"\\n\\u001b\",\"w\":\"\"}\n");
}
END_TEST

START_TEST(an_error_brings_its_fields)
{
	struct err err = ERR_INIT;
	err_at(&err, ERR_SYNTAX, "SKILL.md", 3, 7, "a colon is missing");
	err_remedy(&err, "write name: value");
	memcpy(err.sqlstate, "23505", 6);
	catch ();
	log_err(LOG_WARN_, "skill.refused", &err, "domain", "ecm", NULL);
	ck_assert_str_eq(
		without_time(caught()),
		"level=warn event=skill.refused error=syntax msg=\"a colon is missing\" "
		"where=SKILL.md:3:7 remedy=\"write name: value\" sqlstate=23505 domain=ecm\n");
	log_setup(LOG_LOGFMT, LOG_DEBUG_, NULL);
	err_set(&err, ERR_IO, "x");
	log_err(LOG_DEBUG_, "e", &err, NULL);
	ck_assert_ptr_nonnull(
		strstr(caught(), "error=io msg=x origin=tests/unit/base/test_log.c:"));
}
END_TEST

START_TEST(a_line_ends_at_8_kib_and_is_still_a_line)
{
	/* Values of any length around the limit, in both forms, of bytes that need no, some and most escaping. */
	static const char *const units[] = {"x", "\u00e9", "\"", "\x1b", "\U000e0041"};
	const char *unit = units[_i % 5];
	bool json = _i / 5;
	size_t unit_len = strlen(unit);
	char *value = mem_alloc(10000);
	log_setup(json ? LOG_JSON : LOG_LOGFMT, LOG_INFO_, NULL);
	for (size_t n = 600 / unit_len; n * unit_len < 8400; n += n < 640 ? 1 : 7) {
		for (size_t i = 0; i < n; i++)
			memcpy(value + i * unit_len, unit, unit_len);
		value[n * unit_len] = '\0';
		catch ();
		log_event(LOG_INFO_, "e", "v", value, "after", "1", NULL);
		const char *line = caught();
		size_t len = strlen(line);
		ck_assert_uint_le(len, 8192);
		ck_assert(str_is_utf8(str_of(line), NULL));
		ck_assert_ptr_eq(strchr(line, '\n'), line + len - 1);
		bool whole = str_ends(str_of(line),
				      json ? STR("\"after\":\"1\"}\n") : STR(" after=1\n"));
		bool cut = str_ends(str_of(line),
				    json ? STR("\",\"cut\":\"true\"}\n") : STR(" cut=true\n"));
		ck_assert(whole != cut);
	}
	ck_assert_uint_eq(log_dropped(), 0);
	free(value);
}
END_TEST

START_TEST(a_blocked_pipe_drops_lines_and_counts_them)
{
	char value[1001];
	memset(value, 'x', 1000);
	value[1000] = '\0';
	catch ();
	for (int i = 0; i < 200; i++) /* 200 KB into 64 KiB that nobody reads */
		log_event(LOG_INFO_, "e", "v", value, NULL);
	uint64_t dropped = log_dropped();
	ck_assert_uint_gt(dropped, 100);
	ck_assert_uint_lt(dropped, 200);
	ck_assert_int_eq(fcntl(2, F_GETFL) & O_NONBLOCK, 0); /* others share this description */
	/* Every line that comes is whole; the first after the block says how many are missing. */
	size_t lines = 0;
	struct str rest = str_of(caught()), line;
	for (; str_split(&rest, '\n', &line); lines++)
		ck_assert(str_starts(line, STR("ts=")));
	log_event(LOG_INFO_, "again", NULL);
	CLEANUP_FREE char *text = mem_strdup(caught());
	char expected[64];
	if (lines + dropped < 200) { /* the rest of a line that went out in part comes first */
		ck_assert_int_eq(*text, 'x');
		lines++;
	}
	ck_assert_uint_eq(lines + dropped, 200);
	snprintf(expected, sizeof(expected), "event=log.dropped total=%d\n", (int)dropped);
	ck_assert_ptr_nonnull(strstr(text, expected));
	ck_assert_ptr_nonnull(strstr(text, "event=again\n"));
	log_event(LOG_INFO_, "more", NULL);
	ck_assert_ptr_null(strstr(caught(), "log.dropped"));
	ck_assert_uint_eq(log_dropped(), dropped);
}
END_TEST

START_TEST(a_socket_and_a_file_serve_as_well)
{
	int fds[2];
	char line[256];
	assert_ok(io_socketpair(fds, &support_err));
	ck_assert_int_eq(dup2(fds[1], 2), 2);
	log_event(LOG_INFO_, "to.socket", NULL);
	ssize_t n = read(fds[0], line, sizeof(line));
	ck_assert_int_gt(n, 0);
	ck_assert(str_ends(str_make(line, (size_t)n), STR("event=to.socket\n")));
	for (int i = 0; i < 20000; i++)
		log_event(LOG_INFO_, "to.socket", NULL);
	ck_assert_uint_gt(log_dropped(), 0);
	CLEANUP_FREE char *path = io_join(support_dir(), "log");
	CLEANUP_FD int file = open(path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(dup2(file, 2), 2);
	log_event(LOG_INFO_, "to.file", NULL);
	CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
	assert_ok(io_read_file(path, &b, &support_err));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "event=to.file\n"));
}
END_TEST

/* Another user's pipe cannot be opened a second time. Says 0 when lines were dropped and none blocked. */
static int log_as_nobody(void *state UNUSED)
{
	char value[3000];
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534) ||
	    open("/proc/self/fd/2", O_WRONLY) >= 0)
		return 2;
	for (int i = 0; i < 100; i++)
		log_event(LOG_INFO_, "e", "v", value, NULL);
	return log_dropped() > 50 ? 0 : 1;
}

START_TEST(a_pipe_of_another_user_does_not_block_either)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	if (getuid() != 0)
		SKIP("only root can become another user");
	catch ();
	assert_ok(child_fork(&c, log_as_nobody, NULL, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert_int_eq(end.status, 0);
	struct str rest = str_of(caught()), line;
	size_t lines = 0;
	for (; str_split(&rest, '\n', &line); lines++)
		ck_assert(str_starts(line, STR("ts=")) &&
			  (!rest.len || str_ends(line, STR("xxx"))));
	ck_assert_uint_gt(lines, 10);
}
END_TEST

START_TEST(a_closed_standard_error_drops_and_does_not_fail)
{
	close(2);
	errno = 77;
	log_event(LOG_INFO_, "e", NULL);
	ck_assert_int_eq(errno, 77);
	ck_assert_uint_eq(log_dropped(), 1);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_line_has_time_level_role_event_and_pairs),
	CASE_LOOP(logfmt_quotes_what_could_be_mistaken, 15),
	CASE(json_lines_are_json),
	CASE(an_error_brings_its_fields),
	CASE_LOOP(a_line_ends_at_8_kib_and_is_still_a_line, 10),
	CASE(a_blocked_pipe_drops_lines_and_counts_them),
	CASE(a_socket_and_a_file_serve_as_well),
	CASE(a_pipe_of_another_user_does_not_block_either),
	CASE(a_closed_standard_error_drops_and_does_not_fail),
	{0},
};

int main(void)
{
	return support_main("base/log", cases);
}
