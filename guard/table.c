#include "guard/guard.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "guard/expression_int.h"

static const char *const categories[] = {"pii", "secret", "injection", NULL};
static const char *const views[] = {"bytes", "folded", NULL};

#define ROW(member) offsetof(struct guard_row, member)
static const struct field row_fields[] = {
	{"id", FIELD_NAME, ROW(id), FIELD_REQUIRED | FIELD_NONEMPTY, .help = "Its name."},
	{"category", FIELD_ENUM, ROW(category), FIELD_REQUIRED, .choices = categories,
	 .help = "What kind of thing it finds."},
	{"type", FIELD_NAME, ROW(type), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .help = "What a placeholder calls it."},
	{"says", FIELD_STRING, ROW(says), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .help = "Half a sentence."},
	{"remedy", FIELD_STRING, ROW(remedy), .help = "What to write instead."},
	{"confidence", FIELD_INT, ROW(confidence), FIELD_REQUIRED, .min = 1, .max = 100,
	 .help = "Percent."},
	{"view", FIELD_ENUM, ROW(view), .choices = views, .dflt = "bytes",
	 .help = "What it looks at."},
	{"literals", FIELD_STRINGS, ROW(literals), .help = "One stands in every match."},
	{"nocase", FIELD_BOOL, ROW(nocase), .help = "Either case."},
	{"digits", FIELD_ANY, ROW(digits), .help = "Least and most digits of a run."},
	{"first", FIELD_ANY, ROW(first), .help = "Least and most digits of the run's first group."},
	{"groups", FIELD_STRINGS, ROW(groups), .help = "Digits of its first groups."},
	{"after", FIELD_STRING, ROW(after), .help = "Bytes that may follow the first group."},
	{"back", FIELD_STRING, ROW(back), .help = "Bytes to step back over."},
	{"back_max", FIELD_INT, ROW(back_max), .min = 1, .max = 4096, .dflt = "64",
	 .help = "How many."},
	{"expression", FIELD_STRING, ROW(expression), .help = "Matched at that place."},
	{"ahead", FIELD_STRING, ROW(ahead), .help = "What must follow for a match."},
	{"validator", FIELD_STRING, ROW(validator), .help = "A check in code."},
	{"near", FIELD_STRINGS, ROW(near), .help = "Words, one of which stands near."},
	{"near_within", FIELD_INT, ROW(near_within), .min = 1, .max = 1024, .dflt = "48",
	 .help = "How near, in bytes."},
	{"detector", FIELD_STRING, ROW(detector), .help = "A detector in code."},
	{"examples", FIELD_STRINGS, ROW(examples), .help = "Values never reported."},
	{"match", FIELD_STRINGS, ROW(match), .help = "Texts with something to find."},
	{"reject", FIELD_STRINGS, ROW(reject), .help = "Texts without."},
	FIELD_END};

static const struct doc_limits table_limits = {(size_t)4 << 20, 8, 200000, 16 * 1024};
#define EXPRESSION_MAX ((size_t)16 << 10)
#define TABLE_ARENA ((size_t)64 << 20)

/* --- one row ------------------------------------------------------------------------------------------ */

static const char *cstr(struct arena *a, struct str s)
{
	return s.p ? arena_strndup(a, s.p, s.len) : "";
}

static int check_pair(const char *name, const struct doc_node *n, const char *key, uint8_t *least,
		      uint8_t *most, struct err *err)
{
	const struct doc_node *lo = NULL, *hi = NULL;
	if (n && n->type == DOC_LIST && n->list.count == 2) {
		lo = n->list.items[0];
		hi = n->list.items[1];
	}
	if (!lo || lo->type != DOC_INT || hi->type != DOC_INT || lo->integer < 1 ||
	    hi->integer < lo->integer || hi->integer > 32) {
		doc_err(err, ERR_INVALID, name, n, "%s is not two numbers from 1 to 32", key);
		err_remedy(err, "write the least and the most, such as [13, 19]");
		return ERR_INVALID;
	}
	*least = (uint8_t)lo->integer;
	*most = (uint8_t)hi->integer;
	return 0;
}

static int set_digits(const char *name, struct guard_pattern *p, struct err *err)
{
	int r;
	if (!p->row.digits)
		return 0;
	if ((r = check_pair(name, p->row.digits, "digits", &p->digits_least, &p->digits_most,
			    err)) < 0)
		return r;
	p->first_least = 1;
	p->first_most = p->digits_most;
	if (p->row.first)
		return check_pair(name, p->row.first, "first", &p->first_least, &p->first_most,
				  err);
	return 0;
}

static int set_code(const char *name, struct guard_pattern *p, struct err *err)
{
	const struct guard_row *row = &p->row;
	char word[64];
	snprintf(word, sizeof(word), "%.*s", STR_ARG(row->validator));
	if (row->validator.len && !(p->validator = guard_validator_find(word)))
		return doc_err(err, ERR_INVALID, name, doc_find(p->node, "validator"),
			       "there is no validator \"%.*s\"", STR_ARG(row->validator));
	snprintf(word, sizeof(word), "%.*s", STR_ARG(row->detector));
	if (row->detector.len && !(p->detector = guard_detector_find(word)))
		return doc_err(err, ERR_INVALID, name, doc_find(p->node, "detector"),
			       "there is no detector \"%.*s\"", STR_ARG(row->detector));
	return 0;
}

static int set_back(const char *name, struct guard_pattern *p, struct err *err)
{
	if (!p->row.back.len)
		return 0;
	struct err why = ERR_INIT;
	p->has_back = true;
	if (guard_class_parse(p->row.back, p->back, &why) < 0)
		return doc_err(err, ERR_INVALID, name, doc_find(p->node, "back"), "back: %s",
			       why.msg);
	return 0;
}

static void set_near(struct guard_pattern *p)
{
	for (size_t i = 0; i < p->row.near.count; i++) {
		uint8_t b = (uint8_t)p->row.near.items[i].p[0];
		p->near_start[b] = true;
		if ((b | 0x20) >= 'a' && (b | 0x20) <= 'z')
			p->near_start[b ^ 0x20] = true;
	}
}

/* Runs of digits are led to their rules by a bit each. */
static int count_digits(struct guard_rules *r, const struct guard_pattern *p, struct err *err)
{
	if (!p->digits_least || ++r->digit_count <= GUARD_DIGITS_MAX)
		return 0;
	return doc_err(err, ERR_TOO_LARGE, r->name, p->node,
		       "more than %d rules are led from digits", GUARD_DIGITS_MAX);
}

static int make_pattern(struct guard_rules *r, const struct doc_node *node, bool trusted,
			struct err *err)
{
	int rc;
	struct guard_pattern *p = arena_alloc(r->arena, sizeof(*p));
	const struct field_decode how = {.arena = r->arena, .path = r->name};
	if ((rc = field_decode(&how, row_fields, node, &p->row, err)) < 0)
		return rc;
	if (!trusted && (rc = guard_row_check(r->name, &p->row, node, err)) < 0)
		return rc;
	p->node = node;
	p->rule = (struct guard_rule){.id = cstr(r->arena, p->row.id),
				      .type = cstr(r->arena, p->row.type),
				      .category = (enum guard_category)p->row.category,
				      .confidence = (unsigned)p->row.confidence,
				      .says = cstr(r->arena, p->row.says),
				      .remedy = cstr(r->arena, p->row.remedy)};
	p->folded = p->row.view == 1;
	p->nocase = p->row.nocase;
	p->index = (uint32_t)r->count;
	set_near(p);
	if ((rc = set_digits(r->name, p, err)) < 0 ||
	    (rc = guard_pattern_shapes(r->name, p, err)) < 0 ||
	    (rc = set_code(r->name, p, err)) < 0 || (rc = set_back(r->name, p, err)) < 0 ||
	    (rc = count_digits(r, p, err)) < 0)
		return rc;
	if (guard_rules_find(r, p->rule.id))
		return doc_err(err, ERR_INVALID, r->name, doc_find(node, "id"),
			       "there is a rule \"%s\" above already", p->rule.id);
	r->patterns[r->count++] = p;
	if (trusted)
		return 0;
	rc = guard_pattern_ready(p, err);
	return rc < 0 ? rc : guard_pattern_ahead_ready(p, err);
}

/* ".{0,90}?(?<span>": the same tried at each place up to the hit. Only where it goes over all that was stepped back over. */
size_t guard_pattern_lead(const struct guard_pattern *p, size_t *ret_body)
{
	struct str e = p->row.expression;
	size_t at = 1, n = 0;
	if (!p->folded || !p->has_back || !str_starts(e, STR(".{0,")))
		return 0;
	for (at = 4; at < e.len && e.p[at] >= '0' && e.p[at] <= '9' && n < 10000; at++)
		n = n * 10 + (size_t)(e.p[at] - '0');
	*ret_body = at + 2;
	bool leads = str_starts(str_sub(e, at, e.len), STR("}?(?<span>"));
	return leads && n >= (size_t)p->row.back_max ? n : 0;
}

static void set_behind(struct guard_pattern *p)
{
	struct str e = p->row.expression;
	uint8_t class[32];
	bool digit;
	while (guard_lookbehind(&e, &digit, class))
		for (size_t i = 0; !digit && i < sizeof(class); i++)
			p->not_behind[i] |= class[i];
}

static int expression_error(const struct guard_pattern *p, const char *key, int rc, struct err *err)
{
	const struct doc_node *at = doc_find(p->node, key);
	if (err && at) {
		err->where.line = at->line;
		err->where.column = at->column;
	}
	err_context(err, "%s", p->rule.id);
	return rc;
}

int guard_pattern_ahead_ready(struct guard_pattern *p, struct err *err)
{
	unsigned flags = REGEX_LAZY_JIT | REGEX_LONG | (p->nocase ? REGEX_NOCASE : 0);
	if (p->ahead || !p->row.ahead.len)
		return 0;
	int rc = regex_compile(p->row.ahead, flags, &p->ahead, err);
	if (rc < 0)
		return expression_error(p, "ahead", rc, err);
	regex_subject_limit(p->ahead, GUARD_TEXT_MAX);
	p->longest = expression_longest(p->row.expression);
	return 0;
}

int guard_pattern_ready(struct guard_pattern *p, struct err *err)
{
	unsigned flags = REGEX_ANCHORED | REGEX_LAZY_JIT | (p->nocase ? REGEX_NOCASE : 0);
	if (p->regex || !p->row.expression.len)
		return 0;
	/* What is wrong is said of the expression as it stands. */
	CLEANUP(buf_release) struct buf faster = BUF_INIT(EXPRESSION_MAX);
	struct str e = str_sub(p->row.expression, p->body, p->row.expression.len);
	guard_expression_rewrite(e, p->nocase, &faster);
	int rc = regex_compile(buf_str(&faster), flags | REGEX_LONG, &p->regex, NULL);
	if (rc < 0)
		rc = regex_compile(e, flags, &p->regex, err);
	if (rc < 0)
		return expression_error(p, "expression", rc, err);
	p->span_group = regex_group(p->regex, "span");
	size_t body;
	p->lead = guard_pattern_lead(p, &body);
	set_behind(p);
	regex_first_bytes(p->row.expression, flags, p->first);
	return 0;
}

/* --- the table ------------------------------------------------------------------------------------------ */

static int read_table(struct guard_rules *r, struct str yaml, bool trusted, struct err *err)
{
	int rc;
	const struct doc_node *root, *list;
	if ((rc = doc_parse_yaml(r->arena, yaml, &table_limits, r->name, 0, &root, err)) < 0)
		return rc;
	for (size_t i = 0; root->type == DOC_MAP && i < root->map.count; i++)
		if (!str_eqz(root->map.pairs[i].key, "patterns"))
			return err_at(err, ERR_INVALID, r->name, root->map.pairs[i].key_line,
				      root->map.pairs[i].key_column,
				      "unknown key \"%.*s\": a table has \"patterns\" alone",
				      STR_ARG(root->map.pairs[i].key));
	list = doc_find(root, "patterns");
	if (!list || list->type != DOC_LIST)
		return doc_err(err, ERR_INVALID, r->name, list ? list : root,
			       "a table is a map with a list \"patterns\"");
	if (list->list.count > GUARD_PATTERNS_MAX)
		return doc_err(err, ERR_TOO_LARGE, r->name, list,
			       "the table has %zu rules, more than the limit of %d",
			       list->list.count, GUARD_PATTERNS_MAX);
	r->patterns = arena_array(r->arena, list->list.count + 1, sizeof(*r->patterns));
	for (size_t i = 0; i < list->list.count; i++)
		if ((rc = make_pattern(r, list->list.items[i], trusted, err)) < 0) {
			err_path(err, r->name);
			return rc;
		}
	return arena_check(r->arena, "the table", err);
}

static int load(struct str yaml, const char *name, bool trusted, struct guard_rules **ret,
		struct err *err)
{
	CLEANUP(guard_rules_freep) struct guard_rules *r = mem_zalloc(sizeof(*r));
	r->arena = arena_new(TABLE_ARENA);
	r->name = arena_strdup(r->arena, name);
	int rc = read_table(r, yaml, trusted, err);
	if (rc < 0)
		return rc;
	guard_rules_index(r);
	*ret = TAKE_PTR(r);
	return 0;
}

int guard_rules_load(struct str yaml, const char *name, struct guard_rules **ret, struct err *err)
{
	return load(yaml, name, false, ret, err);
}

const struct guard_rules *guard_rules_builtin(void)
{
	static struct guard_rules *builtin;
	struct err err = ERR_INIT;
	/* Its checks and its examples have been tried by the tests of the build. */
	if (!builtin && load(str_make(guard_table_text, guard_table_size), "guard/patterns.yaml",
			     true, &builtin, &err) < 0)
		err_bug(&err, "the guard's rules");
	return builtin;
}

static void free_pattern(struct guard_pattern *p)
{
	regex_free(p->regex);
	regex_free(p->ahead);
}

void guard_rules_free(struct guard_rules *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++)
		free_pattern(r->patterns[i]);
	literal_set_free(r->original);
	literal_set_free(r->view);
	arena_free(r->arena);
	free(r);
}

void guard_rules_freep(struct guard_rules **r)
{
	guard_rules_free(*r);
}

size_t guard_rules_count(const struct guard_rules *r)
{
	return r->count;
}

const struct guard_rule *guard_rules_at(const struct guard_rules *r, size_t i)
{
	return &r->patterns[i]->rule;
}

const struct guard_rule *guard_rules_find(const struct guard_rules *r, const char *id)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->patterns[i]->rule.id, id) == 0)
			return &r->patterns[i]->rule;
	return NULL;
}

const char *guard_category_name(enum guard_category c)
{
	return categories[c];
}
