/*
 * The kinds, as rows of one table: REST routes, columns of `get`, completions, access and the manual come from it. A kind exists
 * when it has a row here.
 */
#ifndef SKILL_KIND_H
#define SKILL_KIND_H

#include "base/doc.h"
#include "base/str.h"

#define API_VERSION "aspora/v1"

enum kind_verb {
	VERB_LIST = 1,
	VERB_GET = 2,
	VERB_APPLY = 4,
	VERB_PATCH = 8,
	VERB_DELETE = 16,
	VERB_CREATE = 32
};

struct kind_column {
	const char *title; /* "READY" */
	/*
	 * Dotted into the object: "status.conditions[Ready].status". A form before it says how it reads: "@age metadata.createdAt" (how
	 * long ago), "@until spec.expiresAt" (how long yet), "@short status.digest" (12 characters), "@usd status.costMicrousd",
	 * "@percent spec.weightMillionths", "@duration status.durationMs", "@count status.findings" (of a list), "@status
	 * status.conditions" (the reason of what needs a person, else of what is under way, else of Ready), "@why" (the words of the same), "@labels metadata.labels" ("a=b,c=d").
	 */
	const char *path;
	bool wide; /* only with -o wide */
};

struct kind {
	const char *name; /* "Skill" */
	const char *plural; /* "skills": the path segment */
	const char *singular; /* "skill" */
	const char *short_name;
	bool namespaced; /* metadata.domain is part of the identity */
	unsigned verbs;
	const struct kind_column *columns; /* title NULL ends */
	const char *help;
};

extern const struct kind kinds[]; /* name NULL ends */
/* By name, plural, singular or short name, case-blind; NULL when none. */
const struct kind *kind_find(struct str word);
const char *kind_nearest(struct str word); /* for "did you mean" */
/*
 * The text of a column for an object document; now_ms for ages ("5m", "3d2h"). "<none>" never: empty cells are "-". Lists are joined with
 * commas. What could steer a terminal or break a row (control and bidi characters, newlines) is escaped.
 */
void kind_cell(struct buf *out, const struct kind_column *c, const struct doc_node *object,
	       int64_t now_ms);
/* Dotted lookup that also knows conditions[Type] and list indexes [0]; NULL when absent. */
const struct doc_node *kind_path(const struct doc_node *object, const char *path);
/* The text at such a path; STR_NULL when it is absent, of another type, or object is NULL. */
struct str kind_text(const struct doc_node *object, const char *path);
/* An age as kubectl writes it: "45s", "5m10s", "3h", "2d4h", "3y"; negative ones read "0s". out needs 16 bytes; returns it. */
char *kind_age(int64_t ms, char out[32]);

#endif
