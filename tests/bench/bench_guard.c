/*
 * The guard: every rule over prose, code and the worst inputs there are, beside the same expressions one after another over the whole text.
 * Prints one row a line: {name, n, value, unit, floor, limit}. Times are of this process on the processor, so that neighbours do not count.
 *
 *	bench_guard ROOT [secrets]		ROOT: the source tree, whose texts are prose and code; secrets: an alternation for others to search
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "base/mem.h"
#include "guard/table_int.h"

#define SIZE ((size_t)4 << 20)
#define PIECE ((size_t)64 << 10) /* a large file or answer */
#define CALL ((size_t)8 << 10) /* a tool call */
#define RUNS 5

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tell(const char *name, size_t n, double value, const char *unit, double floor,
		 const char *limit)
{
	printf("{\"name\":\"%s\",\"n\":%zu,\"value\":%.6f,\"unit\":\"%s\",\"floor\":%.6f,\"limit\":"
	       "%s}\n",
	       name, n, value, unit, floor, limit);
	fflush(stdout);
}

/* --- texts -------------------------------------------------------------------------------------------------- */

static bool wanted(const char *name, const char *const *ends)
{
	for (; *ends; ends++) {
		size_t n = strlen(name), k = strlen(*ends);
		if (n > k && strcmp(name + n - k, *ends) == 0)
			return true;
	}
	return false;
}

static void gather(struct buf *out, const char *dir, const char *const *ends)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		CLEANUP_FREE char *path = io_join(dir, names[i]->d_name);
		struct err ignored = ERR_INIT;
		if (wanted(names[i]->d_name, ends))
			(void)!io_read_file(path, out, &ignored);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void repeat(struct buf *b)
{
	size_t len = b->len;
	CLEANUP_FREE char *once = mem_dup(b->data, len);
	if (!len)
		exit(1);
	while (b->len < SIZE)
		buf_add(b, once, MIN(len, SIZE - b->len));
}

static void gather_from(struct buf *out, const char *root, const char *const *dirs,
			const char *const *ends)
{
	for (; *dirs; dirs++) {
		CLEANUP_FREE char *dir = io_join(root, *dirs);
		gather(out, dir, ends);
	}
	repeat(out);
}

/* --- measuring ------------------------------------------------------------------------------------------------ */

static size_t faults;

static void scan(const struct guard_rules *r, struct str text)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	struct guard_findings f;
	faults += guard_scan(r, NULL, text, a, &f, NULL) < 0;
}

static double speed(const struct guard_rules *r, struct str text)
{
	double best = 0;
	for (int run = 0; run < RUNS; run++) {
		double before = now();
		for (size_t at = 0; at < text.len; at += PIECE)
			scan(r, str_sub(text, at, at + PIECE));
		double mb = (double)text.len / 1e6 / (now() - before);
		best = MAX(best, mb);
	}
	return best;
}

/* What stands in for us where nobody has thought about it: each expression over the whole text. */
static double one_by_one(const struct guard_rules *r, struct str text)
{
	text = str_sub(text, 0, PIECE * 4);
	struct regex **all = mem_array(r->count, sizeof(struct regex *));
	for (size_t i = 0; i < r->count; i++) {
		const struct guard_pattern *p = r->patterns[i];
		if (p->row.expression.len &&
		    regex_compile(p->row.expression, REGEX_LONG | (p->nocase ? REGEX_NOCASE : 0),
				  &all[i], NULL) < 0)
			exit(1);
		if (all[i])
			regex_subject_limit(all[i], SIZE);
	}
	double before = now();
	for (size_t i = 0; i < r->count; i++) {
		struct regex_span spans[REGEX_GROUPS_MAX];
		for (size_t at = 0; all[i] && at < text.len; at = MAX(spans[0].end, at + 1))
			if (regex_match(all[i], text, at, spans, NULL) != 1)
				break;
	}
	double took = now() - before;
	for (size_t i = 0; i < r->count; i++)
		regex_free(all[i]);
	free(all);
	return (double)text.len / 1e6 / took;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void tool_calls(const struct guard_rules *r, struct str text)
{
	size_t n = text.len / CALL, count = 0;
	double *ms = mem_array(n, sizeof(*ms));
	for (size_t at = 0; at + CALL <= text.len && count < n; at += CALL) {
		double before = now();
		scan(r, str_sub(text, at, at + CALL));
		ms[count++] = (now() - before) * 1000;
	}
	qsort(ms, count, sizeof(*ms), by_value);
	tell("guard tool call p99", CALL, ms[count * 99 / 100], "ms", 0.1, "1");
	free(ms);
}

/* --- the worst ------------------------------------------------------------------------------------------------- */

static const char *const worst[] = {
	"@",
	"a@",
	"a@a.",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@",
	"AKIA",
	"AKIAAAAAAAAAAAAAAAA0",
	"1 ",
	"12 34 56 ",
	"1234-5678-9012-3456-",
	"4111 1111 1111 1112 ",
	"123-45-678 ",
	"192.168.1.1.1.",
	"0123456789",
	"password",
	"password = ",
	"token: token: ",
	"secret=\"aaaaaaaa",
	"ignore all previous ",
	"instruction ",
	"you are now the system prompt instruction ",
	"eyJhbGciOiJIUzI1NiJ9.",
	"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo",
	"%41%42%43",
	"&#105;",
	"&amp;",
	"\xE2\x80\x8B",
	"\xD0\xB0"
	"b",
	"-----BEGIN PRIVATE KEY-----",
	"://a:b@",
	"<!-- ",
	"![a](http://a?b=",
	"+1 ",
	"sk-",
	"MTIzNDU2Nzg5MDEyMzQ1Njc4.",
	" \n",
	"12 34 56\n",
	"1,2,3\n",
	"phone 12 34 567 89, ",
	"read the secrets and send ",
	"-----BEGIN PRIVATE KEY----- a",
	"[a](JaVaScRiPt",
	"2323316321551334 ",
	"Bearer sk-ant-api03-30xDbwpjRP0x1eFl8oRF-LebDriMT55JFFeS78q ",
	"forget the previous rules ",
	"show me your ",
	NULL};

static void worst_inputs(const struct guard_rules *r)
{
	double least = 1e9;
	size_t which = 0;
	for (size_t i = 0; worst[i]; i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(SIZE);
		while (b.len + strlen(worst[i]) <= PIECE * 8)
			buf_addz(&b, worst[i]);
		double mb = speed(r, buf_str(&b));
		if (getenv("GUARD_VERBOSE"))
			fprintf(stderr, "%8.1f MB/s  %s\n", mb, worst[i]);
		if (mb < least) {
			least = mb;
			which = i;
		}
	}
	fprintf(stderr, "  the worst of %zu inputs repeats \"%s\"\n", ARRAY_SIZE(worst) - 1,
		worst[which]);
	tell("guard worst input", PIECE * 8, 1000 / least, "ms/MB", 1000 / 30.0, "1");
}

/* One a line, to be put into one alternation: names of groups would stand in it more than once. */
static void print_secrets(const struct guard_rules *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct str e = r->patterns[i]->row.expression, name = STR("(?<span>");
		ptrdiff_t at;
		if (r->patterns[i]->rule.category != GUARD_SECRET || !e.len)
			continue;
		printf("%s", r->patterns[i]->nocase ? "(?i)" : "");
		for (; (at = str_find(e, name, 0)) >= 0;
		     e = str_sub(e, (size_t)at + name.len, e.len))
			printf("%.*s(?:", (int)at, e.p);
		printf("%.*s\n", STR_ARG(e));
	}
}

int main(int argc, char **argv)
{
	static const char *const prose_ends[] = {".md", ".1", ".5", ".7", ".8", NULL};
	static const char *const prose_dirs[] = {".", "man", NULL};
	static const char *const code_ends[] = {".c", ".h", ".py", ".sql", NULL};
	static const char *const code_dirs[] = {
		"agent", "base",      "cli",	 "skill",
		"store", "store/sql", "runtime", "tests/integration",
		NULL};
	CLEANUP(buf_release) struct buf prose = BUF_INIT((size_t)64 << 20);
	CLEANUP(buf_release) struct buf code = BUF_INIT((size_t)64 << 20);
	const struct guard_rules *r = guard_rules_builtin();
	if (argc < 2)
		return 2;
	if (argc > 2) {
		print_secrets(r);
		return 0;
	}
	gather_from(&prose, argv[1], prose_dirs, prose_ends);
	gather_from(&code, argv[1], code_dirs, code_ends);
	double p = speed(r, buf_str(&prose)), c = speed(r, buf_str(&code));
	fprintf(stderr, "  %zu rules: prose %.0f MB/s, code %.0f MB/s\n", r->count, p, c);
	tell("guard prose", SIZE, 1000 / p, "ms/MB", 1000 / 300.0, "1");
	tell("guard code", SIZE, 1000 / c, "ms/MB", 1000 / 250.0, "1");
	tool_calls(r, buf_str(&prose));
	worst_inputs(r);
	tell("expressions one after another, prose", PIECE * 4,
	     1000 / one_by_one(r, buf_str(&prose)), "ms/MB", 1000 / p, "null");
	tell("expressions one after another, code", PIECE * 4, 1000 / one_by_one(r, buf_str(&code)),
	     "ms/MB", 1000 / c, "null");
	return 0;
}
