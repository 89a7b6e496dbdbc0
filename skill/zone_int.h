/*
 * What zone.c and zone_rule.c share: the POSIX rule at the end of a TZif file, "CET-1CEST,M3.5.0,M10.5.0/3".
 */
#ifndef SKILL_ZONE_INT_H
#define SKILL_ZONE_INT_H

#include "skill/zone.h"

enum zone_day_kind {
	DAY_JULIAN, /* Jn: 1..365, 29 February is never counted */
	DAY_OF_YEAR, /* n: 0..365 */
	DAY_OF_MONTH_WEEK, /* Mm.w.d */
};

struct zone_change {
	enum zone_day_kind kind;
	int month, week, day;
	int32_t time_s; /* local, from midnight; -167 to 167 hours */
};

struct zone_rule {
	bool dst; /* false: standard_s for ever */
	int32_t standard_s, summer_s; /* east of UTC */
	struct zone_change to_summer, to_standard;
};

NODISCARD int zone_rule_parse(struct str text, struct zone_rule *ret, struct err *err);
void zone_rule_span(const struct zone_rule *r, int64_t utc_s, struct zone_span *ret);

#endif
