/*
 * `aspora get` and `aspora watch`, as their files share them: what is asked for (get_parse.c), as it is (verb_get.c), as it changes (get_watch.c).
 */
#ifndef CLI_GET_H
#define CLI_GET_H

#include "cli/output.h"
#include "cli/resource.h"

struct cli_get_options {
	const char *domain, *skill, *state, *labels, *fields, *sort, *at, *about, *types;
	struct opt_strings files, label_columns;
	bool all, watch, watch_only, events, show_labels, ignore_missing;
	int64_t timeout_ms, chunk;
};
extern struct cli_get_options cli_get_options;

/* What is asked for of one kind: objects by name, or a list of them. */
struct getting {
	struct cli_gateway *g;
	struct cli_ref *refs; /* at least one; all of one kind */
	size_t count, cap;
	struct cli_view view;
	bool list; /* then the one ref is without a name */
};
struct gettings {
	struct getting *items; /* in the order in which the kinds were named */
	size_t count, cap;
};

/*
 * Operands and -f: KIND, KIND1,KIND2, all, KIND NAME..., KIND/NAME... In the command's arena. Errors: ERR_USAGE, those of cli_ref_parse() and
 * cli_file_refs().
 */
NODISCARD int cli_get_parse(struct cli_gateway *g, struct gettings *ret, struct err *err);
/* The path of the list with what narrows it; *ret lives with the command. Errors: ERR_USAGE. */
NODISCARD int cli_get_path(struct getting *w, const char **ret, struct err *err);

/* The objects as they are now, in the order in which they are shown. */
NODISCARD int cli_get_fetch(struct getting *w, const struct doc_node ***ret, size_t *ret_count,
			    struct err *err);
/* For a table: with a member for each column that an option has added. objects is changed. */
void cli_get_add_labels(const struct getting *w, const struct doc_node **objects, size_t count);

/* As they change, until --timeout. */
NODISCARD int cli_get_watch(struct getting *w, struct err *err);

#endif
