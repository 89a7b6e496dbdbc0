/*
 * labelSelector and fieldSelector of a list or watch, as Kubernetes writes them: terms separated by commas, all of which must hold.
 *
 *	labelSelector: team=billing, tier!=gold, env in (prod,stage), env notin (dev), team, !team
 *	fieldSelector: status.phase=Ready, spec.role!=manager, status.conditions[Ready].status==True
 */
#ifndef AGENT_GATEWAY_SELECTOR_H
#define AGENT_GATEWAY_SELECTOR_H

#include "base/arena.h"
#include "base/doc.h"

#define SELECTOR_TERMS_MAX 32
#define SELECTOR_VALUES_MAX 32

struct selector_term {
	bool label; /* key is one of a label; else a path into the object */
	const char *key;
	enum { SELECT_IN, SELECT_NOT_IN, SELECT_THERE, SELECT_NOT_THERE } op;
	struct str values[SELECTOR_VALUES_MAX];
	size_t value_count;
};

struct selector {
	struct selector_term terms[SELECTOR_TERMS_MAX];
	size_t count;
};

/* Adds the terms of a text; empty: none. Points into the arena. Errors: ERR_USAGE with the term. */
NODISCARD int selector_labels(struct selector *s, struct arena *a, struct str text,
			      struct err *err);
NODISCARD int selector_fields(struct selector *s, struct arena *a, struct str text,
			      struct err *err);
/* One more term: this field has this value, whatever characters are in it. field is static. Errors: ERR_USAGE when there are too many. */
NODISCARD int selector_field_is(struct selector *s, const char *field, struct str value,
				struct err *err);
bool selector_fits(const struct selector *s, const struct doc_node *object);
/* The same of an object's text. What cannot be read fits nothing. */
bool selector_fits_text(const struct selector *s, struct str json);

#endif
