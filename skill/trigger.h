/*
 * Triggers, as the frontmatter writes them:
 *   command: order status {order_id}          words and {placeholders}; matched case-blind, white space folded
 *   cron: weekdays 09:00 Asia/Dubai           or five fields and a zone; also "daily 07:30", "hourly", "every 15m"
 *   alert: order.stuck
 *   always                                    started again after each end, with a minimum interval
 * One, or a list of them. Triggers live in the frontmatter only.
 */
#ifndef SKILL_TRIGGER_H
#define SKILL_TRIGGER_H

#include "base/doc.h"
#include "skill/finding.h"

enum trigger_kind { TRIGGER_COMMAND, TRIGGER_CRON, TRIGGER_ALERT, TRIGGER_ALWAYS };
const char *trigger_kind_name(enum trigger_kind k);

/* A cron schedule as bit sets. zone is an IANA name; resolved against the system's tz files when due times are computed. */
struct cron {
	uint64_t minutes; /* bits 0..59 */
	uint32_t hours; /* 0..23 */
	uint32_t days; /* 1..31 */
	uint16_t months; /* 1..12 */
	uint8_t weekdays; /* 0..6, 0 is Sunday */
	bool day_or_weekday; /* both restricted: either matches, as cron does */
	int64_t every_ms; /* "every 15m"; 0: by fields */
	char zone[64]; /* "UTC" when none was written */
};

struct trigger {
	enum trigger_kind kind;
	struct str text; /* after the kind: the pattern, the schedule as written, the alert name */
	struct cron cron;
	int64_t min_interval_ms; /* always */
	uint32_t line, column, start, end;
};

/* Parses the value of `trigger:` (text, map or list) into a; bad ones are deny findings "SK-TRIGGER-…" with remedy. */
void triggers_parse(struct arena *a, const struct doc_node *value, struct str domain,
		    struct str skill, struct str path, struct findings *f, struct trigger **ret,
		    size_t *ret_count);
NODISCARD int cron_parse(struct str text, struct cron *ret, struct err *err);
/* First due time after from_wall_ms, or -1 within five years. */
int64_t cron_next(const struct cron *c, int64_t from_wall_ms);

#endif
