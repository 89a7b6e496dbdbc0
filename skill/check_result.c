#include "skill/check_result.h"

#include "base/doc.h"
#include "base/map.h"
#include "base/xml.h"

#define SKILLS_MAX 10000
#define COST_MAX_USD 1000000.0

enum outcome { PASSED, FAILED, SKIPPED };

struct counting {
	struct arena *a;
	struct check_result *out;
	size_t cap;
	struct map seen; /* skill → place in counts, + 1 */
};

static struct check_count *count_of(struct counting *c, struct str skill)
{
	struct check_result *out = c->out;
	size_t at = (size_t)map_find(&c->seen, skill);
	if (at || out->count > SKILLS_MAX)
		return &out->counts[at ? at - 1 : SKILLS_MAX];
	map_set(&c->seen, skill, (void *)(out->count + 1));
	ARENA_GROW(c->a, out->counts, out->count, c->cap);
	out->counts[out->count] = (struct check_count){.skill = arena_str(c->a, skill)};
	return &out->counts[out->count++];
}

static void count_case(struct counting *c, struct str skill, enum outcome o, double cost_usd)
{
	struct check_count *n = count_of(c, skill);
	*(o == PASSED ? &n->passed : o == FAILED ? &n->failed : &n->skipped) += 1;
	if (cost_usd > 0 && cost_usd < COST_MAX_USD)
		n->cost_microusd += (int64_t)(cost_usd * 1e6 + 0.5);
}

/* --- promptfoo ----------------------------------------------------------------------------------------------------- */

static double number(const struct doc_node *n)
{
	return !n		      ? 0
	       : n->type == DOC_INT   ? (double)n->integer
	       : n->type == DOC_FLOAT ? n->number
				      : 0;
}

/* metadata.skill, as `aspora test --promptfoo` writes it; else the provider's label. */
static struct str skill_of(const struct doc_node *r)
{
	static const char *const places[] = {"testCase.metadata.skill", "metadata.skill",
					     "provider.label"};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct doc_node *n = doc_find_path(r, places[i]);
		if (n && n->type == DOC_STRING && str_find_byte(n->text, '/', 0) > 0)
			return n->text;
	}
	return STR("");
}

static void read_promptfoo(struct counting *c, const struct doc_node *root,
			   const struct doc_node *list)
{
	c->out->format = "promptfoo";
	c->out->tool = STR("promptfoo");
	const struct doc_node *version = doc_find_path(root, "metadata.promptfooVersion");
	if (version && version->type == DOC_STRING)
		c->out->version = arena_str(c->a, version->text);
	for (size_t i = 0; i < list->list.count; i++) {
		const struct doc_node *r = list->list.items[i];
		/* failureReason 2 is an error of the provider: it did not pass, whatever success says. */
		bool passed = doc_bool(r, "success", false) && doc_int(r, "failureReason", 0) == 0;
		count_case(c, skill_of(r), passed ? PASSED : FAILED, number(doc_find(r, "cost")));
	}
}

/* --- SARIF ----------------------------------------------------------------------------------------------------------- */

static void read_sarif_run(struct counting *c, const struct doc_node *run)
{
	const struct doc_node *driver = doc_find_path(run, "tool.driver");
	const struct doc_node *list = doc_find(run, "results");
	bool failed = false;
	if (!c->out->tool.len) {
		c->out->tool = arena_str(c->a, doc_text(driver, "name"));
		c->out->version = arena_str(c->a, doc_text(driver, "version"));
	}
	for (size_t i = 0; list && list->type == DOC_LIST && i < list->list.count; i++) {
		const struct doc_node *r = list->list.items[i];
		struct str level = doc_text(r, "level"), kind = doc_text(r, "kind");
		/* SARIF 2.1.0, 3.27.9 and 3.27.10: a kind other than fail has no level; the level of a failure is warning when it is left out. */
		bool fails = str_eqz(level, "error") && (!kind.len || str_eqz(kind, "fail"));
		failed |= fails;
		if (fails)
			count_case(c, STR(""), FAILED, 0);
	}
	if (!failed)
		count_case(c, STR(""), PASSED, 0);
}

static void read_sarif(struct counting *c, const struct doc_node *runs)
{
	c->out->format = "sarif";
	for (size_t i = 0; i < runs->list.count; i++)
		read_sarif_run(c, runs->list.items[i]);
}

/* --- JUnit ------------------------------------------------------------------------------------------------------------ */

struct junit {
	struct counting *c;
	unsigned depth, case_depth; /* of the open case; 0: none */
	enum outcome outcome;
	bool is_junit;
};

static int junit_open(void *state, struct str name, const struct xml_attribute *list, size_t count,
		      struct err *err)
{
	struct junit *j = state;
	(void)err;
	if (j->depth++ == 0)
		j->is_junit = str_eqz(name, "testsuites") || str_eqz(name, "testsuite");
	const struct xml_attribute *suite = xml_attribute_find(list, count, "name");
	if (str_eqz(name, "testsuite") && suite && !j->c->out->tool.len)
		j->c->out->tool = arena_str(j->c->a, suite->value);
	if (str_eqz(name, "testcase") && !j->case_depth) {
		j->case_depth = j->depth;
		j->outcome = PASSED;
	} else if (j->case_depth && (str_eqz(name, "failure") || str_eqz(name, "error"))) {
		j->outcome = FAILED;
	} else if (j->case_depth && str_eqz(name, "skipped") && j->outcome == PASSED) {
		j->outcome = SKIPPED;
	}
	return 0;
}

static int junit_close(void *state, struct str name, struct err *err)
{
	struct junit *j = state;
	(void)name;
	(void)err;
	if (j->case_depth && j->depth == j->case_depth) {
		count_case(j->c, STR(""), j->outcome, 0);
		j->case_depth = 0;
	}
	j->depth--;
	return 0;
}

static int unknown(const char *path, struct err *err)
{
	err_at(err, ERR_INVALID, path, 0, 0, "these are no results that can be read");
	return err_remedy(err, "give promptfoo's JSON (promptfoo eval -o results.json), JUnit XML "
			       "(pytest --junitxml=results.xml) or SARIF");
}

static int read_junit(struct counting *c, struct str text, const char *path, struct err *err)
{
	struct junit j = {.c = c};
	const struct xml_handler h = {junit_open, junit_close, NULL, &j};
	c->out->format = "junit";
	int rc = xml_read(text, &xml_limits_default, path, &h, err);
	return rc == 0 && !j.is_junit ? unknown(path, err) : rc;
}

/* --- which ------------------------------------------------------------------------------------------------------------- */

static int read_json(struct counting *c, struct str text, const char *path, struct err *err)
{
	static const struct doc_limits limits = {(size_t)64 << 20, 64, 5000000, (size_t)8 << 20};
	const struct doc_node *root = NULL;
	int rc = doc_parse_json(c->a, text, &limits, path, &root, err);
	if (rc < 0)
		return rc;
	const struct doc_node *list = doc_find_path(root, "results.results");
	const struct doc_node *runs = doc_find(root, "runs");
	if (!list)
		list = doc_find(root, "results");
	if (list && list->type == DOC_LIST)
		read_promptfoo(c, root, list);
	else if (runs && runs->type == DOC_LIST && doc_find(root, "version"))
		read_sarif(c, runs);
	else
		return unknown(path, err);
	return 0;
}

int check_result_read(struct arena *a, struct str text, const char *path, struct check_result *ret,
		      struct err *err)
{
	struct check_result out = {.tool = STR(""), .version = STR("")};
	struct counting c = {.a = a, .out = &out, .seen = MAP_INIT};
	struct str first = str_trim(text);
	int rc = str_starts(first, STR("<")) ? read_junit(&c, text, path, err)
					     : read_json(&c, text, path, err);
	map_release(&c.seen);
	if (rc < 0)
		return rc;
	if (out.count > SKILLS_MAX)
		return err_at(err, ERR_TOO_LARGE, path, 0, 0, "it is about more than %d skills",
			      SKILLS_MAX);
	if (!out.count) {
		err_at(err, ERR_INVALID, path, 0, 0, "there is no test in it");
		return err_remedy(err, "look whether the tool ran at all");
	}
	*ret = out;
	return 0;
}
