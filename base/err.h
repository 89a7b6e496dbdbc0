/*
 * One error value: owned by the caller, set once where the failure was born, no allocation.
 *
 * A fallible function returns 0, or a negative ERR_* code after filling the struct err that it was
 * given as its last argument. On success it leaves it alone. The caller: 1. declares
 * `struct err err = ERR_INIT;` 2. passes &err 3. branches on the returned code where it must, and
 * otherwise returns it. err may be NULL where nobody wants the words.
 *
 * Only agent/ and cli/ print or log errors. A bug is assert(), never an error value.
 * (crun's libcrun_error_t parameter, libgit2's named codes, pgBackRest's one table.)
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdint.h>

#include "base/compiler.h"

enum err_code {
	ERR_OK = 0,
	ERR_BASE_ = -1000,
#define E(name, text, exit_status, http_status, help) ERR_##name,
#include "base/err.def"
#undef E
	ERR_END_
};

#define ERR_MSG_MAX 768
#define ERR_PATH_MAX 256

/* A place in a document that a person wrote. line and column count from 1; 0 is "not known". */
struct err_where {
	char path[ERR_PATH_MAX];
	uint32_t line;
	uint32_t column;
};

struct err {
	int code; /* ERR_* or ERR_OK */
	int sys; /* errno, or 0 */
	char sqlstate[6]; /* PostgreSQL's five characters, or "" */
	const char *origin; /* file:line of the source that set it; static */
	struct err_where where; /* of the document at fault; path "" when none */
	char msg[ERR_MSG_MAX]; /* one sentence: what is wrong */
	char remedy[256]; /* what to write or do instead; "" when there is no sure advice */
};

#define ERR_INIT                                                                                   \
	{                                                                                          \
		0                                                                                  \
	}
#define ERR_STR2_(x) #x
#define ERR_STR_(x) ERR_STR2_(x)
#define ERR_HERE_ __FILE__ ":" ERR_STR_(__LINE__)

/*
 * Sets err (may be NULL) and returns code. The message is cut at ERR_MSG_MAX - 1 bytes, never inside a
 * UTF-8 sequence. Words often quote foreign text, so what must not reach a terminal (invalid UTF-8, and
 * rune_is_deceptive(): escapes, bidi controls) becomes '?'; tab and newline stay. The arguments may
 * point into err.
 */
#define err_set(err, code, ...) err_set_(err, code, 0, ERR_HERE_, __VA_ARGS__)
/* The same, with an errno whose text is appended to the message (": No such file or directory"). */
#define err_sys(err, code, errnum, ...) err_set_(err, code, errnum, ERR_HERE_, __VA_ARGS__)
/* Sets err at a place in a document and returns code. */
#define err_at(err, code, path, line, column, ...)                                                 \
	err_at_(err, code, ERR_HERE_, path, line, column, __VA_ARGS__)

int err_set_(struct err *err, int code, int sys, const char *origin, const char *fmt, ...)
	PRINTF(5, 6);
int err_at_(struct err *err, int code, const char *origin, const char *path, uint32_t line,
	    uint32_t column, const char *fmt, ...) PRINTF(7, 8);

/* Adds what to do instead; call after setting. Returns err->code, or ERR_INTERNAL when err is NULL. */
int err_remedy(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/*
 * Puts words and ": " before the message ("reading skills/ecm: ..."), keeps code and place. Returns as
 * err_remedy().
 */
int err_context(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/*
 * Ends the process where an error can only be a bug of ours (a table compiled in that does not parse): says
 * "what: message" and aborts.
 */
NORETURN void err_bug(const struct err *err, const char *what);

/* Names the document, for code that knows the place but not the file's name. */
void err_path(struct err *err, const char *path);

/* The columns of err.def; code may be any int (an unknown one reads as internal). Static strings. */
const char *err_text(int code);
const char *err_help(int code);
int err_exit_status(int code); /* ERR_OK gives 0 */
int err_http_status(int code); /* ERR_OK gives 200 */
/* The code whose stable text this is, or 0. */
int err_from_text(const char *text);

/*
 * Writes "path:line:col: message (remedy)" into out, always NUL-terminated, parts left out when not
 * known. Returns out.
 */
char *err_format(const struct err *err, char *out, size_t out_size);

#endif
