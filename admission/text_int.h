/*
 * Inside text_facts_make(): what is looked for in SKILL.md. text_facts.c gathers and packs; the searches are pure functions over bytes.
 */
#ifndef ADMISSION_TEXT_INT_H
#define ADMISSION_TEXT_INT_H

#include "admission/memory.h"

struct text_span {
	size_t start, end;
};

/* Each finds the first at or after from, and gives where the search goes on (ret->end or later); false when there is none. */
bool text_find_remote(struct str text, size_t from, struct text_span *ret);
bool text_find_batch(struct str text, size_t from, struct text_span *ret);
bool text_find_runbook(struct str text, size_t from, struct text_span *ret);
bool text_find_script(struct str text, size_t from, struct text_span *ret);
bool text_find_comment(struct str text, size_t from, struct text_span *ret);
bool text_find_hidden(struct str text, size_t from, struct text_span *ret);
bool text_find_address(struct str text, size_t from, struct text_span *ret);
bool text_find_quoted(struct str text, size_t from, struct text_span *ret);
/* The phrases that such words begin with, in lower case, one after the other; NULL past the last. */
const char *text_address(size_t index);
/* Either of the two stands somewhere: one look instead of two, for nearly every text has neither. */
bool text_has_address(struct str text);
/* So it is with comments and hidden elements: without '<' and "]:" there is none. */
bool text_has_channel(struct str text);
/* Inside a fence nothing is hidden or loaded: it is shown as it stands. The end of the fence that opens at `at`, or `at`. */
size_t text_fence_end(struct str text, size_t at);
bool text_find_mention(struct str text, size_t from, struct text_span *ret);

#endif
