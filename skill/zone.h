/*
 * Time zones from the system's tz files (TZif, RFC 8536), read by us: mktime() knows one zone a process, and the environment is no place
 * to switch it. A zone is a sequence of spans of constant offset; after the last one that the file lists, its POSIX rule goes on for ever.
 *
 * Files are looked for in $TZDIR, else /usr/share/zoneinfo. "UTC" needs none.
 */
#ifndef SKILL_ZONE_H
#define SKILL_ZONE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define ZONE_NAME_MAX 63

struct zone;

struct zone_span {
	int64_t start_s, end_s; /* UTC seconds, end excluded; INT64_MIN, INT64_MAX where open */
	int32_t offset_s; /* east of UTC */
	int32_t before_s; /* the offset before start_s; equal to offset_s when there is no before */
};

/*
 * Gives. Errors: ERR_INVALID when it is not a zone's name (with the nearest one), ERR_UNSUPPORTED when this host has no tz files,
 * ERR_SYNTAX for a broken file, ERR_IO.
 */
NODISCARD int zone_open(struct str name, struct zone **ret, struct err *err);
/* The same from the bytes of a TZif file. */
NODISCARD int zone_parse(struct str tzif, struct zone **ret, struct err *err);
void zone_free(struct zone *z);
void zone_freep(struct zone **z);

void zone_span_at(const struct zone *z, int64_t utc_s, struct zone_span *ret);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. month 1..12, day 1..31. */
int64_t calendar_days(int64_t year, int month, int day);
void calendar_date(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day);
int calendar_weekday(int64_t days); /* 0 is Sunday */
int calendar_month_days(int64_t year, int month);

#endif
