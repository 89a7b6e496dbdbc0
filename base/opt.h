/*
 * Command lines: one table of options per verb gives parsing, help and completion. GNU style: "--name=value", "--name value",
 * "-n value", "-n=value", "--flag=false", "--" ends options, options and operands may mix. Mistyped options suggest the nearest.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* OPT_WORD: one of choices, behind '=' only; alone, the option means the first of them. */
enum opt_type { OPT_FLAG, OPT_STRING, OPT_STRINGS, OPT_INT, OPT_DURATION, OPT_WORD };
/* Whether the next word is its value when none stands behind '='. */
static inline bool opt_takes_next(enum opt_type type)
{
	return type != OPT_FLAG && type != OPT_WORD;
}

struct opt {
	const char *name; /* long name without dashes */
	char letter; /* 0: none */
	enum opt_type type;
	void *value; /* bool *, const char **, struct opt_strings *, int64_t *, int64_t * (ms), const char ** */
	const char *arg; /* what help calls the value */
	const char *help; /* one sentence */
	const char *const *choices; /* NULL-terminated, for OPT_STRING (NULL: any) and OPT_WORD */
};
#define OPT_END                                                                                    \
	{                                                                                          \
		0                                                                                  \
	}

struct opt_strings {
	const char **items;
	size_t count, cap;
};
void opt_strings_release(struct opt_strings *s);

/*
 * Parses argv[1..]; operands are moved to the front of argv after argv[0] and *ret_operands counts them. Errors:
 * ERR_USAGE with what and the nearest name.
 */
NODISCARD int opt_parse(int argc, char **argv, const struct opt *opts, int *ret_operands,
			struct err *err);
void opt_help(struct buf *out, const struct opt *opts); /* aligned, two columns */

#endif
