/*
 * Routes made by hand, and ten thousand made by rule.
 */
#ifndef TESTS_UNIT_SKILL_ROUTES_H
#define TESTS_UNIT_SKILL_ROUTES_H

#include "skill/route_int.h"
#include "tests/unit/support.h"

UNUSED static struct route_version stable = {.weight_millionths = 1000000};

static inline struct route route_of(const char *domain, const char *skill, const char *pattern)
{
	return (struct route){.domain = str_of(domain),
			      .skill = str_of(skill),
			      .kind = TRIGGER_COMMAND,
			      .pattern = str_of(pattern),
			      .path = STR("skills/x/SKILL.md"),
			      .line = 7,
			      .column = 12,
			      .versions = &stable,
			      .version_count = 1};
}

static inline struct route_table *build(const struct route *routes, size_t count)
{
	struct route_table *t = NULL;
	assert_ok(route_table_build(routes, count, NULL, &t, NULL, &support_err));
	return t;
}

/* "domain/skill name=value …" of the answer, or "-". */
static inline const char *answer(const struct route_table *t, const char *text)
{
	static char out[512];
	struct route_match m;
	if (!route_lookup(t, str_of(text), &m)) {
		ck_assert_ptr_null(m.route);
		return "-";
	}
	int n = snprintf(out, sizeof(out), "%.*s/%.*s", STR_ARG(m.route->domain),
			 STR_ARG(m.route->skill));
	for (size_t i = 0; i < m.param_count; i++)
		n += snprintf(out + n, sizeof(out) - (size_t)n, " %.*s=%.*s",
			      STR_ARG(m.params[i].name), STR_ARG(m.params[i].value));
	return out;
}

#define MANY 10000

/* Commands as people write them: verbs, things, and placeholders in between. */
static inline struct route *many(size_t count, char (**ret_text)[64])
{
	static const char *const verbs[] = {"show",  "list",   "find",	"check",   "open",
					    "close", "review", "score", "explain", "compare"};
	static const char *const things[] = {"order",	 "invoice", "alert", "rule",  "payment",
					     "customer", "refund",  "case",  "limit", "report"};
	struct route *r = calloc(count, sizeof(*r));
	char(*text)[64] = calloc(2 * count, sizeof(*text));
	for (size_t i = 0; i < count; i++) {
		char *name = text[2 * i], *p = text[2 * i + 1];
		const char *verb = verbs[i % 10], *thing = things[i / 10 % 10];
		size_t n = i / 100;
		snprintf(name, 64, "skill-%zu", i);
		switch (i / 1000 % 5) {
		case 0:
			snprintf(p, 64, "/%s-%s-%zu {id}", verb, thing, n);
			break;
		case 1:
			snprintf(p, 64, "%s {id} %s of team%zu", verb, thing, n);
			break;
		case 2:
			snprintf(p, 64, "%s %s {a} in team%zu {b}", verb, thing, n);
			break;
		case 3:
			snprintf(p, 64, "please %s the %s of team%zu", verb, thing, n);
			break;
		default:
			snprintf(p, 64, "team%zu %s {what} %s {rest}", n, verb, thing);
		}
		r[i] = route_of("dom", name, p);
	}
	*ret_text = text;
	return r;
}

/* A text that the pattern matches. */
static inline void text_for(const char *pattern, char out[128])
{
	size_t n = 0;
	for (const char *p = pattern; *p; p++) {
		if (*p == '{') {
			n += (size_t)snprintf(out + n, 128 - n, "X%zu", n);
			p = strchr(p, '}');
		} else {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
}

#endif
