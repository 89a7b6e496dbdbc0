#include "cli/cli.h"

#include <stdio.h>

#include "base/io.h"
#include "skill/text.h"

static bool progress_shown;

int cli_write(const struct buf *out, struct err *err)
{
	int rc = buf_check(out, "the output", err);
	if (rc == 0)
		rc = io_write_all(STDOUT_FILENO, buf_str(out), err);
	return rc;
}

static void clear_progress(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

void cli_say(const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT(8 * 1024);
	CLEANUP(buf_release) struct buf safe = BUF_INIT(BUF_MAX);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&line, fmt, ap);
	va_end(ap);
	text_escape(&safe, buf_str(&line), 0);
	clear_progress();
	fprintf(stderr, "aspora: %s\n", buf_cstr(&safe));
}

void cli_say_error(const struct err *err)
{
	char text[ERR_MSG_MAX + ERR_PATH_MAX + 320];
	/* err_set() has already taken out what a terminal must not see; newlines of a long explanation stay. */
	clear_progress();
	fprintf(stderr, "aspora: %s\n", err_format(err, text, sizeof(text)));
}

void cli_progress(const struct cli *c, const char *fmt, ...)
{
	if (!c->terminal_err)
		return;
	char line[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	CLEANUP(buf_release) struct buf safe = BUF_INIT(1024);
	text_escape(&safe, str_of(line), 79);
	fprintf(stderr, "\r\033[K%s", buf_cstr(&safe));
	fflush(stderr);
	progress_shown = true;
}

void cli_progress_end(const struct cli *c)
{
	(void)c;
	clear_progress();
}

bool cli_confirm(const struct cli *c, const char *question)
{
	if (!c->terminal_in || !c->terminal_err)
		return false;
	char answer[16] = "";
	clear_progress();
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	struct str word = str_trim(str_of(answer));
	return str_eq_nocase(word, STR("y")) || str_eq_nocase(word, STR("yes"));
}

int cli_usage(const struct cli *c, struct err *err, const char *fmt, ...)
{
	char line[ERR_MSG_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	err_set(err, ERR_USAGE, "%s", line);
	err_remedy(err, "it is: aspora %s%s%s", c->verb->name, *c->verb->usage ? " " : "",
		   c->verb->usage);
	return ERR_USAGE;
}
