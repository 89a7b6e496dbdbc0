/*
 * The formats of reports, as verbs take them with -o.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "admission/report.h"

/* name NULL: text. Errors: ERR_USAGE, with the nearest or all of them. */
NODISCARD int cli_report_format(const char *name, const struct report_format **ret,
				struct err *err);

#endif
