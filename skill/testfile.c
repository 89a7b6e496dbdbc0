#include "skill/testfile.h"

#include <ctype.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/doc.h"

#define TESTFILE_BYTES                                                                             \
	((size_t)16 << 20) /* of parsed trees; files themselves are limited by the tree rules */

/* --- promptfoo ------------------------------------------------------------------------------------------ */

static bool has_asserts(const struct doc_node *test)
{
	const struct doc_node *list = doc_find(test, "assert");
	for (size_t i = 0; list && list->type == DOC_LIST && i < list->list.count; i++)
		if (doc_text(list->list.items[i], "type").len)
			return true;
	return false;
}

static size_t count_promptfoo(const struct doc_node *root)
{
	const struct doc_node *tests = doc_find(root, "tests");
	bool all = has_asserts(doc_find(root, "defaultTest"));
	size_t n = 0;
	for (size_t i = 0; tests && tests->type == DOC_LIST && i < tests->list.count; i++)
		n += tests->list.items[i]->type == DOC_MAP &&
		     (all || has_asserts(tests->list.items[i]));
	return n;
}

/* "ecm/order-details" in "exec:aspora run ecm/order-details --promptfoo", and not in "ecm/order-details-2". */
static bool names_skill(struct str text, struct str skill)
{
	ptrdiff_t at = 0;
	for (; (at = str_find(text, skill, (size_t)at)) >= 0; at++) {
		size_t end = (size_t)at + skill.len;
		char before = at ? text.p[at - 1] : ' ', after = end < text.len ? text.p[end] : ' ';
		if (!strchr("/-_.", before) && !isalnum((unsigned char)before) && after != '-' &&
		    after != '_' && !isalnum((unsigned char)after))
			return true;
	}
	return str_find(text, STR("../code/"), 0) >= 0 ||
	       str_find(text, STR("../SKILL.md"), 0) >= 0;
}

/* A text, an object with an id, or a list of those. */
static bool points_at(const struct doc_node *n, struct str skill)
{
	bool found = false;
	if (n && n->type == DOC_STRING)
		return names_skill(n->text, skill);
	for (size_t i = 0; n && n->type == DOC_LIST && i < n->list.count && !found; i++)
		found = points_at(n->list.items[i], skill);
	for (size_t i = 0; n && n->type == DOC_MAP && i < n->map.count && !found; i++)
		found = points_at(n->map.pairs[i].value, skill);
	return found;
}

/* --- Agent Skills evals ------------------------------------------------------------------------------------ */

static bool says_what_is_expected(const struct doc_node *eval)
{
	static const char *const lists[] = {"expectations", "assertions"};
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct doc_node *l = doc_find(eval, lists[i]);
		if (l && l->type == DOC_LIST && l->list.count)
			return true;
	}
	return doc_text(eval, "expected_output").len > 0;
}

static size_t count_evals(const struct doc_node *root)
{
	const struct doc_node *evals = root->type == DOC_LIST ? root : doc_find(root, "evals");
	size_t n = 0;
	for (size_t i = 0; evals && evals->type == DOC_LIST && i < evals->list.count; i++)
		n += says_what_is_expected(evals->list.items[i]);
	return n;
}

/* --- Python ---------------------------------------------------------------------------------------------------- */

static bool starts_word(struct str line, const char *word)
{
	size_t n = strlen(word);
	return str_starts(line, str_make(word, n)) &&
	       (line.len == n || line.p[n] == ' ' || line.p[n] == '(' || line.p[n] == '\t');
}

static bool asserts(struct str line)
{
	return starts_word(line, "assert") || starts_word(line, "await assert_test") ||
	       starts_word(line, "assert_test");
}

static size_t indent_of(struct str line)
{
	size_t n = 0;
	while (n < line.len && (line.p[n] == ' ' || line.p[n] == '\t'))
		n++;
	return n;
}

/* How often """ or ''' stands in the line: an odd number opens or closes a text. */
static size_t count_quotes(struct str line)
{
	size_t n = 0;
	for (size_t i = 0; i + 2 < line.len; i++)
		if ((line.p[i] == '"' || line.p[i] == '\'') && line.p[i + 1] == line.p[i] &&
		    line.p[i + 2] == line.p[i]) {
			n++;
			i += 2;
		}
	return n;
}

/* Read line by line, not as Python: enough to tell a test that checks from one that cannot fail. */
static size_t count_python(struct str text)
{
	bool in_test = false, in_text = false, counted = false;
	size_t n = 0, at = 0;
	struct str line;
	while (str_split(&text, '\n', &line)) {
		size_t indent = indent_of(line);
		bool was_text = in_text;
		if (count_quotes(line) % 2)
			in_text = !in_text;
		line = str_trim(line);
		if (was_text || !line.len || line.p[0] == '#')
			continue;
		if (in_test && indent <= at && !str_starts(line, STR(")")))
			in_test = false;
		if (str_starts(line, STR("def test_")) ||
		    str_starts(line, STR("async def test_"))) {
			in_test = true;
			counted = false;
			at = indent;
		} else if (in_test && !counted && asserts(line)) {
			counted = true;
			n++;
		}
	}
	return n;
}

/* --- files ------------------------------------------------------------------------------------------------------- */

enum kind { NONE, PROMPTFOO_YAML, PROMPTFOO_JSON, EVALS, PYTHON };

static enum kind kind_of(struct str path)
{
	const struct str folder = STR("tests/");
	if (!str_starts(path, folder))
		return NONE;
	struct str name = str_sub(path, folder.len, path.len);
	if (str_eqz(name, "promptfooconfig.yaml") || str_eqz(name, "promptfooconfig.yml"))
		return PROMPTFOO_YAML;
	if (str_eqz(name, "promptfooconfig.json"))
		return PROMPTFOO_JSON;
	if (str_eqz(name, "evals.json"))
		return EVALS;
	if (str_starts(name, STR("test_")) && str_ends(name, STR(".py")) &&
	    str_find_byte(name, '/', 0) < 0)
		return PYTHON;
	return NONE;
}

bool testfile_is(struct str path)
{
	return kind_of(path) != NONE;
}

int testfile_count(struct str path, struct str bytes, struct str skill, struct test_counts *t,
		   struct err *err)
{
	enum kind kind = kind_of(path);
	const struct doc_node *root = NULL;
	char name[256];
	if (kind == NONE)
		return 0;
	if (kind == PYTHON) {
		t->deepeval += count_python(bytes);
		return 0;
	}
	snprintf(name, sizeof(name), "%.*s", STR_ARG(path));
	CLEANUP(arena_freep) struct arena *a = arena_new(TESTFILE_BYTES);
	int rc = kind == PROMPTFOO_YAML
			 ? doc_parse_yaml(a, bytes, &doc_limits_yaml, name, 0, &root, err)
			 : doc_parse_json(a, bytes, &doc_limits_json, name, &root, err);
	if (rc < 0)
		return rc;
	if (kind == EVALS) {
		t->evals += count_evals(root);
		return 0;
	}
	t->promptfoo += count_promptfoo(root);
	t->promptfoo_elsewhere |= !points_at(doc_find(root, "providers"), skill) &&
				  !points_at(doc_find(root, "targets"), skill) &&
				  !points_at(doc_find(root, "prompts"), skill);
	return 0;
}
