/*
 * Logs are events with fields: one line of logfmt or JSON to stderr. Event names are constants, listed in
 * asporad(8). Values are escaped (no CR, LF, ESC, bidi or invalid UTF-8 reaches a terminal) and cut at 8 KiB a line.
 * Only agent/ and cli/ call this; a blocked sink drops lines and counts them, it never blocks a process.
 *
 *	log_event(LOG_INFO, "release.written", "source", name, "revision", oid, NULL);
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };
enum log_format { LOG_LOGFMT, LOG_JSON };

void log_setup(enum log_format format, enum log_level least, const char *role); /* keeps role */
/* Carried by every following line until set again; NULL clears. Copied. */
void log_reconcile_id(const char *id);
/* Pairs of key and value (both const char *; a NULL value leaves the pair out), ended by NULL. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));
/* The same with the fields of err (code, msg, where, remedy, sqlstate, origin at debug). */
void log_err(enum log_level level, const char *event, const struct err *err, ...)
	__attribute__((sentinel));
uint64_t log_dropped(void);

#endif
