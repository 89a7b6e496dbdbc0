/*
 * What people type who come from kubectl, Flux or Argo CD, and what it is here: verbs, options and kinds that there are not, each with what to type
 * instead. Where the habit can simply be followed, the verb follows it and has no row here.
 */
#ifndef CLI_ELSEWHERE_H
#define CLI_ELSEWHERE_H

#include "base/arena.h"
#include "base/err.h"
#include "skill/kind.h"

struct cli_elsewhere {
	const char *of; /* verbs: the verb; options: the verb, NULL is any */
	const char *
		word; /* verbs: the word after it, NULL is any; options and kinds: the word itself */
	const char *instead; /* NULL ends */
};
extern const struct cli_elsewhere cli_elsewhere_verbs[], cli_elsewhere_options[],
	cli_elsewhere_kinds[];

/* "app", "list"; next is the word after it, or NULL. NULL: nothing is known of it. Static storage, as below. */
const char *cli_elsewhere_verb(const char *verb, const char *next);
/* "--template", "-k", of this verb or of any. */
const char *cli_elsewhere_option(const char *verb, const char *option);
/* The plural of the kind here, "instances" for "pods"; or, where there is none, a sentence. */
const char *cli_elsewhere_kind(const char *word);
/* Adds to err what such a kind is here. True when it is known. */
bool cli_elsewhere_kind_say(const char *word, struct err *err);

/*
 * A path, or a template of them, with the fields that every object has here by another name: metadata.namespace, metadata.creationTimestamp. In the arena.
 */
char *cli_elsewhere_path(struct arena *a, const char *text);
/* The same of a field selector, which of events also knows kubectl's involvedObject.name, type and reason. */
char *cli_elsewhere_selector(struct arena *a, const struct kind *k, const char *text);

#endif
