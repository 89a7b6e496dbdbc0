/*
 * A streaming JSON writer: what we produce ourselves, straight into a struct buf. Commas and
 * nesting are kept by the writer; strings are escaped (control bytes, U+2028/9, and invalid
 * UTF-8 as U+FFFD).
 *
 *	struct json j; json_init(&j, &out);
 *	json_object(&j);
 *	json_str(&j, "name", name);            a member of the open object
 *	json_array_in(&j, "items");            opens "items": [
 *	json_add_int(&j, 3);                   an element of the open array
 *	json_end(&j);                          closes the innermost
 *	json_end(&j);
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

#define JSON_DEPTH_MAX 64

struct json {
	struct buf *out;
	unsigned depth;
	uint64_t array_bits; /* bit d: level d + 1 is an array */
	uint64_t some_bits; /* bit d: level d + 1 has an element */
	bool after_key;
};

void json_init(struct json *j, struct buf *out);
/* Elements: the top value, or of the open array. */
void json_object(struct json *j);
void json_array(struct json *j);
void json_add_str(struct json *j, struct str s);
void json_addz(struct json *j, const char *z); /* NULL writes null */
void json_add_int(struct json *j, int64_t v);
void json_add_double(struct json *j, double v); /* as json_number() */
void json_add_bool(struct json *j, bool v);
void json_add_null(struct json *j);
void json_add_raw(struct json *j, struct str json_text); /* trusted, already JSON */
/* Members of the open object. */
void json_key(struct json *j, const char *key); /* the next json_add_* is its value */
void json_key_str(struct json *j, struct str key);
void json_object_in(struct json *j, const char *key);
void json_array_in(struct json *j, const char *key);
void json_str(struct json *j, const char *key, struct str s);
void json_strz(struct json *j, const char *key, const char *z);
void json_int(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_raw(struct json *j, const char *key, struct str json_text);
void json_end(struct json *j);

/* The escaped string alone, quotes included. */
void json_quote(struct buf *out, struct str s);
/* The same in the one form of RFC 8785: only what JSON forbids is escaped. */
void json_quote_canonical(struct buf *out, struct str s);
/*
 * A number as ECMAScript and RFC 8785 write it: the fewest digits that read back equal. Not
 * finite: null.
 */
void json_number(struct buf *out, double v);

/*
 * An RFC 9457 problem document for err: type "urn:aspora:error:<text>", title, status, detail,
 * code, and, where known, where {path,line,column} and remedy.
 */
void json_problem(struct buf *out, const struct err *err);

#endif
