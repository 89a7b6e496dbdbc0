/*
 * Routing: lookups, a swap and the making of the table, for 100 and 10,000 command patterns, beside the loop over compiled expressions that it stands
 * in for. Prints one row a line: {name, n, value, unit, floor, limit}.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "skill/route.h"
#include "tests/bench/floor_parse.h"

#define MANY 10000
#define RUNS 9
#define BATCH 20000

static char pattern[MANY][64], name[MANY][24], text[MANY][64];
static struct route routes[MANY];
static struct route_version version = {.weight_millionths = 1000000};

static void make(void)
{
	static const char *const verb[] = {"show", "order", "check", "list", "explain"};
	static const char *const noun[] = {"status", "history", "limit", "rule", "case", "trend"};
	for (unsigned i = 0; i < MANY; i++) {
		const char *v = verb[i % 5], *w = noun[i / 5 % 6];
		snprintf(name[i], sizeof(name[i]), "skill-%u", i);
		snprintf(pattern[i], sizeof(pattern[i]),
			 i % 3 ? "%s %s %05u {item}" : "%s {item} of %s %05u", v, w, i);
		snprintf(text[i], sizeof(text[i]), i % 3 ? "%s %s %05u A-17" : "%s A-17 of %s %05u",
			 v, w, i);
		routes[i] = (struct route){.domain = STR("bench"),
					   .skill = str_of(name[i]),
					   .kind = TRIGGER_COMMAND,
					   .pattern = str_of(pattern[i]),
					   .path = STR("SKILL.md"),
					   .versions = &version,
					   .version_count = 1};
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double middle(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

static void tell(const char *what, size_t n, double value, const char *unit, double floor,
		 const char *limit)
{
	printf("{\"name\":\"%s\",\"n\":%zu,\"value\":%.9f,\"unit\":\"%s\",\"floor\":%.9f,\"limit\":"
	       "%s}\n",
	       what, n, value, unit, floor, limit);
}

static struct route_table *build(size_t n)
{
	struct route_table *t = NULL;
	struct err err = ERR_INIT;
	if (route_table_build(routes, n, NULL, &t, NULL, &err) < 0) {
		fprintf(stderr, "bench_route: %s\n", err.msg);
		exit(1);
	}
	return t;
}

#define HANDFUL 64

/*
 * A request's text has just been read when it is looked up: a handful is copied before the clock runs, so that neither table pays for the memory that
 * ten thousand texts lie in. By CPU, since others may run in between.
 */
static double batch_us(const struct route_table *t, size_t n, unsigned *most)
{
	static char hot[HANDFUL][sizeof(*text)];
	struct route_match m;
	double spent = 0;
	for (size_t i = 0; i < BATCH; i += HANDFUL) {
		for (size_t k = 0; k < HANDFUL; k++)
			memcpy(hot[k], text[(i + k) * 7919 % n], sizeof(*hot));
		double from = now_s(CLOCK_PROCESS_CPUTIME_ID);
		for (size_t k = 0; k < HANDFUL; k++) {
			if (!route_lookup(t, str_of(hot[k]), &m))
				exit(1);
			*most = MAX(*most, m.tried);
		}
		spent += now_s(CLOCK_PROCESS_CPUTIME_ID) - from;
	}
	return spent * 1e6 / BATCH;
}

/* In turns, so that what slows the machine down slows both. */
static void lookup_us(const struct route_table *small, const struct route_table *large,
		      double *ret_few, double *ret_many, unsigned *ret_most)
{
	double few[RUNS], many[RUNS];
	*ret_most = 0;
	for (int k = 0; k < RUNS; k++) {
		few[k] = batch_us(small, 100, ret_most);
		many[k] = batch_us(large, MANY, ret_most);
	}
	*ret_few = middle(few, RUNS);
	*ret_many = middle(many, RUNS);
}

static double lookup_p99_us(const struct route_table *t)
{
	static double v[BATCH];
	struct route_match m;
	for (size_t i = 0; i < BATCH; i++) {
		double from = now_s(CLOCK_MONOTONIC);
		(void)route_lookup(t, str_of(text[i * 7919 % MANY]), &m);
		v[i] = (now_s(CLOCK_MONOTONIC) - from) * 1e6;
	}
	qsort(v, BATCH, sizeof(*v), by_value);
	return v[BATCH * 99 / 100];
}

/* "{item}" is any one word. */
static pcre2_code *compile(const char *p)
{
	char expression[160];
	const char *at = strstr(p, "{item}");
	int code;
	PCRE2_SIZE offset;
	snprintf(expression, sizeof(expression), "^%.*s(\\S+)%s$", (int)(at - p), p, at + 6);
	pcre2_code *c = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, PCRE2_CASELESS,
				      &code, &offset, NULL);
	if (!c || pcre2_jit_compile(c, PCRE2_JIT_COMPLETE) < 0)
		exit(1);
	return c;
}

/* The first of all expressions that matches. */
static double naive_us(pcre2_code **all, pcre2_match_data *m)
{
	enum { TRIES = 150 };
	double from = now_s(CLOCK_MONOTONIC);
	for (size_t i = 0; i < TRIES; i++) {
		const char *s = text[i * 7919 % MANY];
		size_t k = 0;
		while (k < MANY &&
		       pcre2_jit_match(all[k], (PCRE2_SPTR)s, strlen(s), 0, 0, m, NULL) < 0)
			k++;
		if (k == MANY)
			exit(1);
	}
	return (now_s(CLOCK_MONOTONIC) - from) * 1e6 / TRIES;
}

static double swap_us(struct route_table *t)
{
	double v[201];
	struct err err = ERR_INIT;
	for (size_t k = 0; k < ARRAY_SIZE(v); k++) {
		size_t i = k * 37 % MANY;
		struct route_version other = {.weight_millionths = 1000000};
		struct route r = routes[i];
		struct route_table *next = NULL;
		other.content.bytes[0] = (uint8_t)(k + 1);
		r.versions = &other;
		double from = now_s(CLOCK_MONOTONIC);
		if (route_table_change(t, r.domain, r.skill, &r, 1, &next, &err) < 0)
			exit(1);
		v[k] = (now_s(CLOCK_MONOTONIC) - from) * 1e6;
		route_table_unref(next);
	}
	return middle(v, ARRAY_SIZE(v));
}

int main(void)
{
	struct err err = ERR_INIT;
	static pcre2_code *all[MANY];
	double builds[RUNS];
	unsigned most = 0;
	if (crypto_init(&err) < 0)
		return 2;
	make();
	double from = now_s(CLOCK_MONOTONIC);
	for (size_t i = 0; i < MANY; i++)
		all[i] = compile(pattern[i]);
	double compile_ms = (now_s(CLOCK_MONOTONIC) - from) * 1e3;
	pcre2_match_data *m = pcre2_match_data_create(4, NULL);
	for (int k = 0; k < RUNS; k++) {
		from = now_s(CLOCK_MONOTONIC);
		route_table_unref(build(MANY));
		builds[k] = (now_s(CLOCK_MONOTONIC) - from) * 1e3;
	}
	CLEANUP(route_table_unrefp) struct route_table *small = build(100);
	CLEANUP(route_table_unrefp) struct route_table *large = build(MANY);
	double few, many;
	lookup_us(small, large, &few, &many, &most);
	tell("route lookup, over 300,000/s", MANY, many, "us", 1e6 / 300000, "1.0");
	tell("route lookup, over the loop of expressions", MANY, many, "us", naive_us(all, m),
	     "0.002");
	tell("route lookup, p99", MANY, lookup_p99_us(large), "us", 20, "1.0");
	tell("route lookup, 10,000 over 100", MANY, many, "us", few, "1.5");
	tell("route lookup, patterns tried at most", MANY, most, "count", 4, "1.0");
	tell("swap of one route", MANY, swap_us(large), "us", 1000, "1.0");
	tell("route table made, over compile and JIT", MANY, middle(builds, RUNS), "ms", compile_ms,
	     "1.3");
	for (size_t i = 0; i < MANY; i++)
		pcre2_code_free(all[i]);
	pcre2_match_data_free(m);
	return 0;
}
