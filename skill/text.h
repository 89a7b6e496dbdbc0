/*
 * Words from repositories, made safe to show: on a terminal, in a log, in a message that quotes them.
 */
#ifndef SKILL_TEXT_H
#define SKILL_TEXT_H

#include "base/buf.h"

/*
 * Appends s with control bytes, bytes that are not UTF-8 and deceptive characters written as \n, \x1b or \u{200c}. Stops with "..."
 * after most bytes of output (0: no limit).
 */
void text_escape(struct buf *out, struct str s, size_t most);
/* The same into out, NUL-terminated and cut to its size. Returns out. */
char *text_quote(struct str s, char *out, size_t out_size);

#endif
