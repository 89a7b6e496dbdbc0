/*
 * What the files of cron share: its fields.
 */
#ifndef SKILL_CRON_INT_H
#define SKILL_CRON_INT_H

#include "skill/trigger.h"
#include "skill/zone.h"

#define CRON_ALL_HOURS 0xffffffu
#define CRON_ALL_DAYS 0xfffffffeu
#define CRON_ALL_MONTHS 0x1ffeu

struct cron_field {
	const char *name;
	int min, max;
	const char *const *names; /* three letters, from min on; NULL: numbers only */
	const char *const *long_names;
};

extern const struct cron_field cron_fields[5]; /* minute, hour, day, month, weekday */
#define cron_weekday_field cron_fields[4]

/* "*", "5", "1-5", "*\/15", "10-50/20", "mon,wed", and lists of them, into bits. Errors: ERR_INVALID. */
NODISCARD int cron_field_parse(const struct cron_field *f, struct str text, uint64_t *ret_bits,
			       struct err *err);
int cron_two_digits(struct str s); /* 0..99, or -1 */

#endif
