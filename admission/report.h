/*
 * Reports: an admission in the words of who reads it. A format is a row: text for a terminal, json for programs (shape below), and SARIF, JUnit,
 * Markdown and forge annotations beside them. Same admission, same bytes.
 *
 * JSON, version 1 (members may be added, none changes its meaning):
 *	{"apiVersion":"aspora/v1","kind":"AdmissionReport","version":1,"rulesVersion":1,"allow":false,"source":{"name","revision"},
 *	 "summary":{"domains","allowed","denied","deny","warn","note"},
 *	 "findings":[…of the repository…],
 *	 "platform":{"allow","key","findings"} (when judged),
 *	 "domains":[{"name","op","allow","waiting","released","held":["skill"],"key":{"candidate","policy","surface"},
 *	             "findings":[…],"growth":[{"skill","field","text"}],
 *	             "changes":[{"skill","op","details":[{"field","text","growth","rollout"}]}]}],
 *	 "rules":[{"id","family","sentence","advice","manual"?} of admission rules with findings]}
 * A finding is as finding_json() writes it. A difference is as plan_json() writes a plan, with "findings" of what was refused in reading.
 */
#ifndef ADMISSION_REPORT_H
#define ADMISSION_REPORT_H

#include "admission/admit.h"

struct report_opts {
	bool color; /* text only */
	bool quiet; /* text: no notes, and only domains with something to say */
	const char *manual_url; /* prefix of links to rules' sections; NULL: names only */
	const char *link; /* where all of it is, for a report that has to be cut; NULL: not said */
};

/* What differs between two states, before anybody judges it: `aspora diff`. */
struct report_difference {
	const struct plan *plan;
	const struct findings *refused; /* what of it is refused in reading; NULL: nothing */
};

struct report_format {
	const char *name; /* "text", "json", "sarif", … : what -o takes */
	const char *media_type;
	const char *help; /* one sentence */
	void (*write)(struct buf *out, const struct admission *a, const struct report_opts *o);
	void (*write_difference)(struct buf *out, const struct report_difference *d,
				 const struct report_opts *o);
};

extern const struct report_format *const report_formats[]; /* NULL ends */
const struct report_format *report_format_find(struct str name); /* NULL when absent */

/* What a rule that admission does not know looks for, by id; static or as long as the call. */
typedef const char *(*report_help_fn)(void *state, const char *id);
/* SARIF of findings that are no admission's (`aspora scan`). */
void report_sarif_findings(struct buf *out, const struct findings *f, report_help_fn help,
			   void *state);

/* The exit status of `aspora admit`: 0 all allowed, that of ERR_DENIED otherwise. */
int report_exit_status(const struct admission *a);

#endif
