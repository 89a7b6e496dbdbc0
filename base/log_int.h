/* The inside of the log: log.c says what is in a line, log_line.c how it is written, log_sink.c where to. */
#ifndef BASE_LOG_INT_H
#define BASE_LOG_INT_H

#include "base/log.h"
#include "base/str.h"

#define LOG_LINE_MAX 8192

struct log_line {
	enum log_format format;
	size_t len;
	bool cut;
	char data[LOG_LINE_MAX];
};

void log_line_begin(struct log_line *l, enum log_format format);
/* key is one of our own words; value may be anything. */
void log_line_add(struct log_line *l, const char *key, struct str value);
struct str log_line_end(struct log_line *l); /* with its newline; points into l */

/* Begins a line with what every line has. */
void log_head(struct log_line *l, enum log_level level, const char *event);
/* Writes a line to standard error, or counts it as dropped. Never blocks. */
void log_sink_write(struct str line);

#endif
