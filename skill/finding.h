/*
 * A finding: something a rule, the parser or the guard has to say about a document. Parsers, admission rules and
 * the guard all speak in these; reports (text, JSON, SARIF, …) are written from them.
 */
#ifndef SKILL_FINDING_H
#define SKILL_FINDING_H

#include "base/arena.h"
#include "base/crypto.h"
#include "base/doc.h"
#include "base/json.h"
#include "skill/tree.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARN, SEVERITY_DENY };
const char *severity_name(enum severity s);

struct finding {
	const char *rule; /* "AD-TESTS-001"; parser findings are "SK-…", listed in skill/rule.def */
	enum severity severity;
	struct str domain; /* whose verdict it belongs to; empty: the platform's */
	struct str skill; /* empty: the domain itself */
	struct str path; /* in the repository; empty: no document */
	struct tree_id blob; /* the bytes the span points into */
	uint32_t start,
		end; /* byte span; start == end: a place, both 0 with line 0: the whole file */
	uint32_t line, column; /* of start, from 1 */
	struct str message; /* one sentence: what is wrong */
	struct str remedy; /* what to write instead; may be empty */
	struct str replacement; /* exact bytes for the span, when certain; p NULL: none */
	struct str
		related_path; /* the other side: the level that set a limit, the colliding route; may be empty */
	uint32_t related_line, related_column;
	struct str quote; /* the line it is about, cut and made safe to show; empty: not at hand */
	uint32_t quote_at, quote_len; /* the span in it, in characters; quote_len is at least 1 */
};

/*
 * One list holds at most FINDINGS_MAX. Past it the last item is "SK-TOO-MANY", which carries the worst severity
 * of what it stands for, so that a flood can neither fill the memory nor hide a deny.
 */
#define FINDINGS_MAX 1000

struct findings {
	struct finding *items;
	size_t count, cap;
	struct arena *arena; /* where items and their words live */
};

void findings_init(struct findings *f, struct arena *a);
/* Adds a copy; all strings are copied into the arena. Returns the stored one. */
struct finding *findings_add(struct findings *f, const struct finding *proto);
/* The common form: severity and message; fill in the rest through the returned pointer (strings must live in f->arena). */
struct finding *findings_addf(struct findings *f, const char *rule, enum severity s,
			      struct str domain, struct str skill, const char *fmt, ...)
	PRINTF(6, 7);
/* From an error with a place. */
struct finding *findings_add_err(struct findings *f, const char *rule, enum severity s,
				 struct str domain, struct str skill, const struct err *err);
void findings_append(struct findings *f, const struct findings *more);
size_t findings_count(const struct findings *f, enum severity at_least);
/* By path, line, column, rule, message; stable. Of equal ones the most severe stays. */
void findings_sort(struct findings *f);
/* Moves what kept a document from being read to the front, in its order: the rest may only follow from it. */
void findings_unread_first(struct findings *f);

/* Sets start, end, line and column (in characters) for the bytes [start, end) of text. */
void finding_span(struct finding *f, struct str text, size_t start, size_t end);
/* The byte in text of a finding's line and column. */
size_t finding_offset(const struct finding *f, struct str text);
/* The same from a node of the document; line 0 nodes (JSON) leave no place. */
void finding_at_node(struct finding *f, const struct doc_node *n);
/*
 * Quotes the line that holds the bytes [start, end) of text: at most FINDING_QUOTE_BYTES around start, escaped, tabs as blanks. What must
 * not be shown has been overwritten by the caller.
 */
#define FINDING_QUOTE_BYTES 160
void finding_quote(struct findings *f, struct finding *at, struct str text, size_t start,
		   size_t end);
/* remedy and replacement, formatted into f's arena. */
void finding_remedy(struct findings *f, struct finding *at, const char *fmt, ...) PRINTF(3, 4);
void finding_replace(struct findings *f, struct finding *at, const char *fmt, ...) PRINTF(3, 4);

/*
 * Stable across unrelated edits: BLAKE2b of rule, domain, skill, path, and the words with digits folded, not of line numbers. 16 hex digits.
 */
char *finding_fingerprint(const struct finding *f, char out[17]);
void finding_json(struct json *j, const struct finding *f); /* as an element */
void findings_json(struct json *j, const struct findings *f); /* an array element */
/* Reads back what findings_json wrote; strings point into the arena of f. */
NODISCARD int findings_from_json(struct findings *f, const struct doc_node *array, struct err *err);
/*
 * "path:line:col: deny AD-TESTS-001: message", the quoted line with its place underlined, an indented remedy line, and one for the other side. What repositories
 * wrote is escaped (text_escape()), so that it is safe on a terminal.
 */
void finding_text(struct buf *out, const struct finding *f);

#endif
