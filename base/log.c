#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log_int.h"

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static struct {
	enum log_format format;
	enum log_level least;
	const char *role;
	char reconcile[64];
} setup = {LOG_LOGFMT, LOG_INFO_, NULL, ""};

void log_setup(enum log_format format, enum log_level least, const char *role)
{
	setup.format = format;
	setup.least = least;
	setup.role = role;
}

void log_reconcile_id(const char *id)
{
	snprintf(setup.reconcile, sizeof(setup.reconcile), "%s", id ? id : "");
}

void log_head(struct log_line *l, enum log_level level, const char *event)
{
	char ts[32];
	log_line_begin(l, setup.format);
	log_line_add(l, "ts", str_of(clock_format(clock_wall(&clock_real), ts)));
	log_line_add(l, "level", str_of(level_names[level]));
	if (setup.role)
		log_line_add(l, "role", str_of(setup.role));
	log_line_add(l, "event", str_of(event));
	if (*setup.reconcile)
		log_line_add(l, "reconcile", str_of(setup.reconcile));
}

static void add_err(struct log_line *l, const struct err *err)
{
	char where[ERR_PATH_MAX + 32];
	log_line_add(l, "error", str_of(err_text(err->code)));
	log_line_add(l, "msg", str_of(err->msg));
	if (*err->where.path) {
		size_t len = (size_t)snprintf(where, sizeof(where), "%s", err->where.path);
		if (err->where.line)
			snprintf(where + len, sizeof(where) - len, ":%u:%u", err->where.line,
				 err->where.column);
		log_line_add(l, "where", str_of(where));
	}
	if (*err->remedy)
		log_line_add(l, "remedy", str_of(err->remedy));
	if (*err->sqlstate)
		log_line_add(l, "sqlstate", str_of(err->sqlstate));
	if (err->origin && setup.least == LOG_DEBUG_)
		log_line_add(l, "origin", str_of(err->origin));
}

static void add_pairs(struct log_line *l, va_list ap)
{
	for (const char *key; (key = va_arg(ap, const char *));) {
		const char *value = va_arg(ap, const char *);
		if (value)
			log_line_add(l, key, str_of(value));
	}
}

void log_event(enum log_level level, const char *event, ...)
{
	struct log_line line;
	va_list ap;
	if (level < setup.least)
		return;
	log_head(&line, level, event);
	va_start(ap, event);
	add_pairs(&line, ap);
	va_end(ap);
	log_sink_write(log_line_end(&line));
}

void log_err(enum log_level level, const char *event, const struct err *err, ...)
{
	struct log_line line;
	va_list ap;
	if (level < setup.least)
		return;
	log_head(&line, level, event);
	add_err(&line, err);
	va_start(ap, err);
	add_pairs(&line, ap);
	va_end(ap);
	log_sink_write(log_line_end(&line));
}
