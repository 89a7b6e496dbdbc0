#include "cli/when.h"

#include "base/clock.h"

#define DAY_MS ((int64_t)86400000)

static bool is_all(struct str s, const char *of)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr(of, s.p[i]))
			return false;
	return s.len > 0;
}

/* "i1.47", "i1.47-0a1b2c3d", "47", and the first digits of a commit. */
static bool is_position(struct str s)
{
	if (str_starts(s, STR("i")))
		return is_all(str_sub(s, 1, s.len), "0123456789.-abcdef");
	return is_all(s, "0123456789") || (s.len >= 7 && is_all(s, "0123456789abcdef"));
}

static int time_of(struct str s, int64_t now, int64_t *ret)
{
	char day[32];
	int64_t span;
	if (str_eqz(s, "now"))
		*ret = now;
	else if (str_eqz(s, "yesterday"))
		*ret = now - DAY_MS;
	else if (duration_parse(s, &span, NULL) == 0)
		*ret = now - span;
	else if (s.len == 10 && snprintf(day, sizeof(day), "%.*sT00:00:00Z", STR_ARG(s)) > 0)
		return clock_parse(str_of(day), ret, NULL);
	else
		return clock_parse(s, ret, NULL);
	return 0;
}

int cli_when(struct cli *c, const char *word, const char **ret, struct err *err)
{
	struct str s = word ? str_of(word) : STR_NULL;
	int64_t now = clock_wall(&clock_real), at = 0;
	char text[32];
	if (!word || is_position(s)) {
		*ret = word;
		return 0;
	}
	if (time_of(s, now, &at) < 0) {
		err_set(err, ERR_USAGE, "\"%s\" is no moment", word);
		return err_remedy(err, "write a revision (i1.47), a commit, a time "
				       "(2026-11-24T10:00:00Z, 2026-11-24) or how long ago (2h)");
	}
	/* A little ahead may be a clock that differs; the gateway takes that for now. */
	if (at > now + DAY_MS)
		return err_set(err, ERR_USAGE, "%s has not come yet", word);
	*ret = arena_strdup(c->arena, clock_format(at, text));
	return 0;
}
