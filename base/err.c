#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

struct row {
	const char *text;
	const char *help;
	int exit_status;
	int http_status;
};

static const struct row rows[] = {
#define E(name, text, exit_status, http_status, help) {text, help, exit_status, http_status},
#include "base/err.def"
#undef E
};

static const struct row *row_of(int code)
{
	if (code <= ERR_BASE_ || code >= ERR_END_)
		return &rows[ERR_INTERNAL - ERR_BASE_ - 1];
	return &rows[code - ERR_BASE_ - 1];
}

/* Bytes of z, at most max, that do not end inside a UTF-8 sequence. */
static size_t whole_runes(const char *z, size_t max)
{
	size_t end = strnlen(z, max);
	if (z[end] == '\0')
		return end;
	size_t start = end;
	while (start > 0 && end - start < 3 && ((unsigned char)z[start] & 0xC0) == 0x80)
		start--;
	return ((unsigned char)z[start] & 0xC0) == 0x80 ? end : start;
}

/* Copies what fits, never half a character, and writes '?' for what must not reach a terminal. */
static void put(char *out, size_t out_size, const char *z)
{
	size_t len = strlen(z);
	if (len > out_size - 1)
		len = whole_runes(z, out_size - 1);
	struct str s = str_make(z, len);
	size_t pos = 0;
	while (pos < s.len) {
		size_t start = pos;
		uint32_t rune = str_next_rune(s, &pos);
		bool invalid = rune == 0xFFFD && pos - start == 1;
		if (invalid || rune_is_deceptive(rune)) {
			*out++ = '?';
		} else {
			memcpy(out, z + start, pos - start);
			out += pos - start;
		}
	}
	*out = '\0';
}

/* One byte more than fits, so that put() can tell a cut from an end. */
static void format(char out[ERR_MSG_MAX + 4], const char *fmt, va_list ap)
{
	if (vsnprintf(out, ERR_MSG_MAX + 4, fmt, ap) < 0)
		snprintf(out, ERR_MSG_MAX + 4, "(message cannot be formatted)");
}

/* The words may point into err itself, so they are complete before err is touched. */
static int fill(struct err *err, int code, int sys, const char *origin, const char *words)
{
	memset(err, 0, sizeof(*err));
	err->code = code;
	err->sys = sys;
	err->origin = origin;
	put(err->msg, sizeof(err->msg), words);
	return code;
}

int err_set_(struct err *err, int code, int sys, const char *origin, const char *fmt, ...)
{
	if (!err)
		return code;
	char words[ERR_MSG_MAX + 4];
	va_list ap;
	va_start(ap, fmt);
	format(words, fmt, ap);
	va_end(ap);
	if (sys) {
		char text[128];
		size_t len = strlen(words);
		snprintf(words + len, sizeof(words) - len, ": %s",
			 strerror_r(sys, text, sizeof(text)));
	}
	return fill(err, code, sys, origin, words);
}

int err_at_(struct err *err, int code, const char *origin, const char *path, uint32_t line,
	    uint32_t column, const char *fmt, ...)
{
	if (!err)
		return code;
	char words[ERR_MSG_MAX + 4], file[ERR_PATH_MAX];
	va_list ap;
	va_start(ap, fmt);
	format(words, fmt, ap);
	va_end(ap);
	put(file, sizeof(file), path ? path : "");
	fill(err, code, 0, origin, words);
	memcpy(err->where.path, file, sizeof(file));
	err->where.line = line;
	err->where.column = column;
	return code;
}

int err_remedy(struct err *err, const char *fmt, ...)
{
	if (!err)
		return ERR_INTERNAL;
	char words[ERR_MSG_MAX + 4];
	va_list ap;
	va_start(ap, fmt);
	format(words, fmt, ap);
	va_end(ap);
	put(err->remedy, sizeof(err->remedy), words);
	return err->code;
}

int err_context(struct err *err, const char *fmt, ...)
{
	if (!err)
		return ERR_INTERNAL;
	char words[ERR_MSG_MAX + 4];
	va_list ap;
	va_start(ap, fmt);
	format(words, fmt, ap);
	va_end(ap);
	size_t len = strlen(words);
	snprintf(words + len, sizeof(words) - len, ": %s", err->msg);
	put(err->msg, sizeof(err->msg), words);
	return err->code;
}

void err_bug(const struct err *err, const char *what)
{
	char out[ERR_PATH_MAX + ERR_MSG_MAX + 512];
	dprintf(STDERR_FILENO, "bug: %s: %s\n", what, err_format(err, out, sizeof(out)));
	abort();
}

void err_path(struct err *err, const char *path)
{
	if (err)
		put(err->where.path, sizeof(err->where.path), path ? path : "");
}

const char *err_text(int code)
{
	return code == ERR_OK ? "ok" : row_of(code)->text;
}

const char *err_help(int code)
{
	return code == ERR_OK ? "it worked" : row_of(code)->help;
}

int err_exit_status(int code)
{
	return code == ERR_OK ? 0 : row_of(code)->exit_status;
}

int err_http_status(int code)
{
	return code == ERR_OK ? 200 : row_of(code)->http_status;
}

int err_from_text(const char *text)
{
	for (size_t i = 0; text && i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].text, text) == 0)
			return ERR_BASE_ + 1 + (int)i;
	return ERR_OK;
}

char *err_format(const struct err *err, char *out, size_t out_size)
{
	char line[24] = "", column[24] = "";
	const char *path = err->where.path;
	if (err->where.line)
		snprintf(line, sizeof(line), "%s%u", *path ? ":" : "line ", err->where.line);
	if (err->where.line && err->where.column)
		snprintf(column, sizeof(column), ":%u", err->where.column);
	char whole[ERR_PATH_MAX + ERR_MSG_MAX + sizeof(err->remedy) + 64];
	snprintf(whole, sizeof(whole), "%s%s%s%s%s%s%s%s", path, line, column,
		 *path || *line ? ": " : "", *err->msg ? err->msg : err_text(err->code),
		 *err->remedy ? " (" : "", err->remedy, *err->remedy ? ")" : "");
	if (out_size > 0)
		put(out, out_size, whole);
	return out;
}
