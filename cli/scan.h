/*
 * `aspora scan`: what its parts share. verb_scan.c has the options and walks the paths, scan_jsonl.c answers lines.
 */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "cli/cli.h"
#include "guard/guard.h"
#include "skill/finding.h"

struct scan {
	const struct guard_rules *rules;
	struct guard_options options;
	struct guard_policy policy;
	struct findings found; /* of all paths */
	size_t files, bytes, skipped;
	bool blocked; /* something was found that blocks */
};

/* One {"id","text"} a line from standard input, one {"id","findings"} a line to standard output, in order, as they come. */
NODISCARD int cli_scan_lines(struct scan *s, struct err *err);

#endif
