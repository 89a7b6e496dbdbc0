/*
 * Triggers, as the frontmatter writes them:
 *   command: order status {order_id}          words and {placeholders}, see route.h
 *   cron: weekdays 09:00 Asia/Dubai           or five fields and a zone; also "daily 07:30", "hourly", "every 15m", "mon,thu 08:00"
 *   alert: order.stuck
 *   always                                    started again after each end, with a minimum interval: "always: 5m" (default 1m)
 * One, or a list of them, or one text with each on a line of its own; a map may hold several kinds, and a kind may hold a list. Triggers live in the frontmatter only.
 */
#ifndef SKILL_TRIGGER_H
#define SKILL_TRIGGER_H

#include "base/doc.h"
#include "skill/finding.h"

enum trigger_kind { TRIGGER_COMMAND, TRIGGER_CRON, TRIGGER_ALERT, TRIGGER_ALWAYS };
const char *trigger_kind_name(enum trigger_kind k);

#define TRIGGERS_MAX 16 /* of one skill */

/*
 * A cron schedule as bit sets. zone is an IANA name; resolved against the system's tz files when due times are computed.
 *
 * Summer time, as Vixie cron and its heirs do it. A schedule that names hours runs once: at a local time that does not exist it runs at the moment
 * when the clock jumps, at one that exists twice it runs the first time. A schedule of every hour follows the clock: what does
 * not exist is left out, what exists twice runs twice.
 */
struct cron {
	uint64_t minutes; /* bits 0..59 */
	uint32_t hours; /* 0..23 */
	uint32_t days; /* 1..31 */
	uint16_t months; /* 1..12 */
	uint8_t weekdays; /* 0..6, 0 is Sunday */
	bool day_or_weekday; /* both restricted (neither begins with '*'): either matches, as cron does */
	int64_t every_ms; /* "every 15m", counted from 1970-01-01T00:00Z; 0: by fields */
	char zone[64]; /* "UTC" when none was written */
};

struct trigger {
	enum trigger_kind kind;
	struct str text; /* after the kind: the pattern, the schedule as written, the alert name */
	struct cron cron;
	int64_t min_interval_ms; /* always */
	uint32_t line, column, start, end;
};

/*
 * Parses the value of `trigger:` (text, map or list) into a; bad ones are deny findings "SK-TRIGGER-…" with remedy. NULL or a DOC_NULL
 * node is no trigger. Spans (start, end) of triggers and findings are of the parsed text, as those of value are; a caller whose text
 * began later in its file moves them.
 */
void triggers_parse(struct arena *a, const struct doc_node *value, struct str domain,
		    struct str skill, struct str path, struct findings *f, struct trigger **ret,
		    size_t *ret_count);
/* One trigger as one line, "command: order status {order_id}"; what the store and answers keep. */
void trigger_text(struct buf *out, const struct trigger *t);
/* Reads back what trigger_text wrote; text is copied into a. Errors: ERR_INVALID. */
NODISCARD int trigger_from_text(struct arena *a, struct str text, struct trigger *ret,
				struct err *err);

/*
 * Errors: ERR_INVALID with what is wrong and what to write. An unknown zone is an error where the host has tz files; where it has none, the
 * name is taken on trust and cron_check_zone() tells the process that has to compute due times.
 */
NODISCARD int cron_parse(struct str text, struct cron *ret, struct err *err);
NODISCARD int cron_check_zone(const struct cron *c, struct err *err);
/* First due time after from_wall_ms; -1 when there is none within ten years or the zone cannot be resolved. */
int64_t cron_next(const struct cron *c, int64_t from_wall_ms);

#endif
