/*
 * Identifiers that people see, and what names may look like.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

#define NAME_MAX_BYTES 64
#define UUID_TEXT 36

void id_uuid(char out[UUID_TEXT + 1]); /* version 4 */
/* "EXEC-20260218120000-" and 16 hex digits of 64 random bits: prefix is "EXEC", "UPL", …  out: 64 bytes. */
char *id_make(const char *prefix, const struct clock *clock, char out[64]);

/* A domain or skill name: a-z, 0-9, single inner hyphens, 1 to 64 bytes. Errors: ERR_INVALID, what and why. */
NODISCARD int name_check(struct str name, const char *what, struct err *err);
/* "domain/name" into its parts (which point into s). */
NODISCARD int name_split(struct str s, struct str *ret_domain, struct str *ret_name,
			 struct err *err);
/* The name made legal ("Order Details!" gives "order-details"), for suggestions; out: 65 bytes; "" if nothing is left. */
char *name_suggest(struct str s, char out[NAME_MAX_BYTES + 1]);

#endif
