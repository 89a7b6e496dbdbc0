/*
 * XML, read strictly and within limits: what test tools write (JUnit). Elements, attributes and text are told one after another; nothing is kept. A
 * document type is refused, and with it every entity but the five of XML itself, so there is nothing to expand and nothing to fetch. Read with expat.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/err.h"
#include "base/str.h"

struct xml_limits {
	size_t bytes; /* of the document */
	unsigned depth;
	size_t elements;
	size_t attribute_bytes; /* of one value */
};
extern const struct xml_limits xml_limits_default; /* 32 MiB, 64, 200,000, 64 KiB */

struct xml_attribute {
	struct str name, value;
};

/* Any may be NULL. Names and values live for the call only. A negative return ends the reading with that code. */
struct xml_handler {
	int (*open)(void *state, struct str name, const struct xml_attribute *attributes,
		    size_t count, struct err *err);
	int (*close)(void *state, struct str name, struct err *err);
	int (*text)(void *state, struct str text, struct err *err); /* in pieces */
	void *state;
};

/* NULL when absent. */
const struct xml_attribute *xml_attribute_find(const struct xml_attribute *list, size_t count,
					       const char *name);
/* path names the document in errors. Errors: ERR_SYNTAX, ERR_INVALID (a document type), ERR_TOO_LARGE, each with its place; the handler's. */
NODISCARD int xml_read(struct str text, const struct xml_limits *limits, const char *path,
		       const struct xml_handler *h, struct err *err);

#endif
