#include "base/field.h"
#include "base/json.h"
#include "tests/unit/base/field_sample.h"
#include "tests/unit/base/golden.h"

static struct arena *arena;

static void fresh_arena(void)
{
	arena_free(arena);
	arena = arena_new(16u << 20);
}

static int decode(const char *yaml, struct sample *ret, struct field_decode *how, struct err *err)
{
	const struct doc_node *n;
	how->arena = arena;
	how->path = "f.yaml";
	assert_ok(doc_parse_yaml(arena, str_of(yaml), &doc_limits_yaml, "f.yaml", 0, &n,
				 &support_err));
	memset(ret, 0xAA, sizeof(*ret));
	return field_decode(how, sample_fields, n, ret, err);
}

/* Only the fields that the document had, as a person would write them; or the error. */
static void decode_and_format(struct buf *out, struct str input)
{
	struct err err = ERR_INIT;
	struct sample s;
	struct field_set set = {0};
	struct field_decode how = {.set = &set};
	char line[2048];
	fresh_arena();
	CLEANUP_FREE char *yaml = mem_strndup(input.p, input.len);
	CLEANUP_FREE char *named = mem_printf("name: n\n%s", yaml);
	bool alone = str_starts(input, STR("!"));
	if (decode(alone ? yaml + 2 : named, &s, &how, &err) < 0) {
		buf_addz(out, err_format(&err, line, sizeof(line)));
		return;
	}
	for (const struct field *f = sample_fields; f->name; f++)
		for (size_t i = 0; i < set.count; i++)
			if (set.items[i].field == f && (alone || f != sample_fields)) {
				buf_addf(out, "%s%s=", out->len ? " " : "", f->name);
				field_format(out, f, (char *)&s + f->offset);
			}
}

START_TEST(every_case_of_the_file_holds)
{
	golden_run("field.cases", decode_and_format);
}
END_TEST

START_TEST(defaults_fill_what_the_document_leaves_out)
{
	struct sample s;
	struct field_decode how = {0};
	fresh_arena();
	assert_ok(decode("name: n\nrouting: [{when: x}]\nservers: {a: {url: u}}\n", &s, &how,
			 &support_err));
	assert_str(s.description, "none: yet");
	ck_assert_int_eq(s.role, 1);
	ck_assert(s.active);
	ck_assert_int_eq(s.replicas, 1);
	ck_assert_int_eq(s.offset, 0);
	ck_assert_int_eq(s.budget.per_run_microusd, 0);
	ck_assert_int_eq(s.budget.per_month_microusd, 100500000);
	ck_assert_int_eq(s.timeout_ms, 0);
	ck_assert_uint_eq(s.tools.count, 2);
	assert_str(s.tools.items[1], "write");
	ck_assert_ptr_null(s.extra);
	const struct route *r = s.routing.items;
	ck_assert_int_eq(r->weight_millionths, 1000000);
	ck_assert_uint_eq(r->forward_to.count, 0);
	const struct server *v = s.servers.items;
	assert_str(v->key, "a");
	ck_assert_int_eq(v->timeout_ms, 30000);
	ck_assert_ptr_null(v->token.p);
}
END_TEST

START_TEST(an_empty_document_is_an_empty_map)
{
	struct sample s;
	struct field_decode how = {0};
	fresh_arena();
	assert_err(decode("", &s, &how, &support_err), ERR_INVALID,
		   "name: it is required and missing");
	ck_assert_uint_eq(support_err.where.line, 1);
	field_defaults(arena, sample_fields, &s);
	ck_assert_int_eq(s.budget.per_month_microusd, 100500000);
	ck_assert_ptr_null(s.name.p);
}
END_TEST

START_TEST(the_set_says_what_was_written_and_where)
{
	struct sample s;
	struct field_set set = {0};
	struct field_decode how = {.set = &set};
	fresh_arena();
	assert_ok(decode("name: n\nbudget:\n  per_run_usd: 1\nrouting:\n  - when: a\n  - when: b\n"
			 "servers:\n  x: {url: u}\n",
			 &s, &how, &support_err));
	static const char *const want[] = {
		"name",	   "budget.per_run_usd", "budget", "routing[0].when", "routing[1].when",
		"routing", "servers.x.url",	 "servers"};
	ck_assert_uint_eq(set.count, ARRAY_SIZE(want));
	for (size_t i = 0; i < set.count; i++) {
		ck_assert_str_eq(set.items[i].dotted, want[i]);
		ck_assert_ptr_eq(set.items[i].field, field_find(sample_fields, want[i]));
	}
	ck_assert_uint_eq(set.items[1].node->line, 3);
	ck_assert_uint_eq(set.items[1].node->column, 16);
}
END_TEST

struct warned {
	unsigned count;
	char text[512];
};

static void on_warn(void *state, const char *path, const struct doc_pair *pair, const char *dotted,
		    const char *nearest)
{
	struct warned *w = state;
	size_t len = strlen(w->text);
	snprintf(w->text + len, sizeof(w->text) - len, "%s:%u %s (%s)\n", path, pair->key_line,
		 dotted, nearest ? nearest : "-");
	w->count++;
}

START_TEST(unknown_keys_only_warn_when_asked)
{
	struct sample s;
	struct warned w = {0};
	struct field_decode how = {
		.unknown = FIELD_UNKNOWN_WARN, .warn = on_warn, .warn_state = &w};
	fresh_arena();
	assert_ok(decode("name: n\nnmae: x\nbudget: {per_run: 1}\nzzzzzzzzzz: 1\n", &s, &how,
			 &support_err));
	ck_assert_str_eq(w.text, "f.yaml:2 nmae (name)\nf.yaml:3 budget.per_run (-)\n"
				 "f.yaml:4 zzzzzzzzzz (-)\n");
	how.warn = NULL;
	assert_ok(decode("name: n\nnmae: x\n", &s, &how, &support_err));
}
END_TEST

START_TEST(a_secret_is_in_no_message)
{
	static const char *const rows[] = {
		"servers: {a: {url: u, token: hunter2}}",
		"servers: {a: {url: u, token: 1234567}}",
		"servers: {a: {url: u, token: [hunter2]}}",
		"servers: {a: {url: u, token: \"env\"}}",
		"servers: {a: {url: u, token: true}}",
		"servers: {a: {url: u, token: file:relative}}",
		"servers: {a: {url: u, token: }}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sample s;
		struct field_decode how = {0};
		char line[2048];
		fresh_arena();
		CLEANUP_FREE char *yaml = mem_printf("name: n\n%s\n", rows[i]);
		assert_err(decode(yaml, &s, &how, &support_err), ERR_INVALID, "servers.a.token: ");
		err_format(&support_err, line, sizeof(line));
		ck_assert_msg(!strstr(line, "hunter2") && !strstr(line, "1234567"), "%s", line);
		ck_assert_ptr_nonnull(strstr(line, "env:NAME"));
	}
	struct sample s;
	struct field_decode how = {0};
	assert_ok(decode("name: n\nservers: {a: {url: u, token: env:X}}", &s, &how, &support_err));
}
END_TEST

START_TEST(rows_are_found_by_path)
{
	static const struct {
		const char *dotted, *name;
	} rows[] = {
		{"name", "name"},
		{"budget", "budget"},
		{"budget.per_run_usd", "per_run_usd"},
		{"routing.when", "when"},
		{"routing[12].when", "when"},
		{"servers.x.url", "url"},
		{"servers.url", "url"},
		{"servers.x", "servers"},
		{"budget.nothing", NULL},
		{"nothing", NULL},
		{"name.more", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct field *f = field_find(sample_fields, rows[i].dotted);
		ck_assert_msg(!f == !rows[i].name, "%s", rows[i].dotted);
		if (f)
			ck_assert_str_eq(f->name, rows[i].name);
	}
}
END_TEST

START_TEST(equality_is_deep)
{
	static const struct {
		const char *a, *b, *field;
		bool equal;
	} rows[] = {
		{"name: n", "name: n", "name", true},
		{"name: n", "name: m", "name", false},
		{"name: n\nrole: field", "name: n", "role", false},
		{"name: n\nrole: specialist", "name: n", "role", true},
		{"name: n\nactive: false", "name: n", "active", false},
		{"name: n\ntimeout: 60s", "name: n\ntimeout: 1m", "timeout", true},
		{"name: n\nmemory: 1Mi", "name: n\nmemory: 1024Ki", "memory", true},
		{"name: n\nmemory: 1Mi", "name: n\nmemory: 1025Ki", "memory", false},
		{"name: n\nbudget: {per_run_usd: 1}", "name: n\nbudget: {per_run_usd: \"1.0\"}",
		 "budget", true},
		{"name: n\nbudget: {per_run_usd: 1}", "name: n\nbudget: {}", "budget", false},
		{"name: n\ntools: [a, b]", "name: n\ntools: [b, a]", "tools", false},
		{"name: n\ntools: [a, b]", "name: n\ntools: [a]", "tools", false},
		{"name: n\ntools: a", "name: n\ntools: [a]", "tools", true},
		{"name: n\nrouting: [{when: a}]", "name: n\nrouting: [{when: a, weight: 1}]",
		 "routing", true},
		{"name: n\nrouting: [{when: a}]", "name: n\nrouting: [{when: b}]", "routing",
		 false},
		{"name: n\nrouting: [{when: a}]", "name: n\nrouting: []", "routing", false},
		{"name: n\nservers: {a: {url: u}, b: {url: v}}",
		 "name: n\nservers: {b: {url: v}, a: {url: u}}", "servers", true},
		{"name: n\nservers: {a: {url: u}, b: {url: v}}",
		 "name: n\nservers: {b: {url: u}, a: {url: v}}", "servers", false},
		{"name: n\nservers: {a: {url: u}}", "name: n\nservers: {b: {url: u}}", "servers",
		 false},
		{"name: n\nextra: {x: [1]}", "name: n\nextra:\n  x:\n  - 1", "extra", true},
		{"name: n\nextra: 1", "name: n", "extra", false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sample a, b;
		struct field_decode how = {0};
		fresh_arena();
		assert_ok(decode(rows[i].a, &a, &how, &support_err));
		assert_ok(decode(rows[i].b, &b, &how, &support_err));
		const struct field *f = field_find(sample_fields, rows[i].field);
		ck_assert_msg(field_equal(f, &a, &b) == rows[i].equal, "%s / %s", rows[i].a,
			      rows[i].b);
		ck_assert(field_equal(f, &b, &a) == rows[i].equal);
	}
}
END_TEST

START_TEST(the_schema_says_the_same_as_the_table)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	field_schema(&j, budget_fields, false);
	ck_assert_str_eq(buf_cstr(&out),
			 "{\"type\":\"object\",\"properties\":{"
			 "\"per_run_usd\":{\"description\":\"Most that one run may "
			 "cost.\",\"type\":[\"number\","
			 "\"string\"],\"pattern\":\"^[0-9]+(\\\\.[0-9]{1,6})?$\",\"minimum\":0,"
			 "\"maximum\":5,"
			 "\"examples\":[0.25]},"
			 "\"per_month_usd\":{\"type\":[\"number\",\"string\"],\"pattern\":"
			 "\"^[0-9]+(\\\\.[0-9]{1,6})?$\",\"minimum\":0,\"default\":100.5}},"
			 "\"additionalProperties\":false}");
	buf_reset(&out);
	json_init(&j, &out);
	field_schema(&j, sample_fields, true);
	fresh_arena();
	const struct doc_node *n;
	assert_ok(
		doc_parse_json(arena, buf_str(&out), &doc_limits_json, "schema", &n, &support_err));
	ck_assert_ptr_null(doc_find(n, "additionalProperties"));
	assert_str(doc_find(n, "required")->list.items[0]->text, "name");
	ck_assert_uint_eq(doc_find(n, "required")->list.count, 1);
	ck_assert_uint_eq(doc_find_path(n, "properties.role.enum")->list.count, 3);
	assert_str(doc_text(doc_find_path(n, "properties.role"), "default"), "specialist");
	assert_str(doc_text(doc_find_path(n, "properties.description"), "default"), "none: yet");
	ck_assert_int_eq(doc_int(doc_find_path(n, "properties.replicas"), "maximum", 0), 10);
	ck_assert_int_eq(doc_int(doc_find_path(n, "properties.replicas"), "default", 0), 1);
	assert_str(doc_text(doc_find_path(n, "properties.budget"), "type"), "object");
	assert_str(doc_text(doc_find_path(n, "properties.routing.items"), "type"), "object");
	ck_assert_int_eq(doc_int(doc_find_path(n, "properties.routing.items.properties.forward_to"),
				 "minItems", 0),
			 1);
	assert_str(doc_text(doc_find_path(
				    n, "properties.servers.additionalProperties.properties.token"),
			    "pattern"),
		   "^(env:|file:/)");
	ck_assert_uint_eq(doc_find_path(n, "properties.tools.default")->list.count, 2);
	ck_assert_uint_eq(doc_find_path(n, "properties.extra")->map.count, 0);
}
END_TEST

START_TEST(money_from_json_is_as_exact)
{
	const struct doc_node *n;
	struct budget b;
	fresh_arena();
	struct field_decode how = {.arena = arena, .path = "f.json"};
	assert_ok(doc_parse_json(
		arena, STR("{\"per_run_usd\": 0.1, \"per_month_usd\": 4503599627.370497}"),
		&doc_limits_json, "f.json", &n, &support_err));
	assert_ok(field_decode(&how, budget_fields, n, &b, &support_err));
	ck_assert_int_eq(b.per_run_microusd, 100000);
	ck_assert_int_eq(b.per_month_microusd, 4503599627370497);
	assert_ok(doc_parse_json(arena, STR("{\"per_run_usd\":\n \"x\"}"), &doc_limits_json,
				 "f.json", &n, &support_err));
	assert_err(field_decode(&how, budget_fields, n, &b, &support_err), ERR_INVALID,
		   "found text \"x\"");
	ck_assert_uint_eq(support_err.where.line, 2);
}
END_TEST

START_TEST(decoding_needs_no_error_value)
{
	struct sample s;
	struct field_decode how = {0};
	fresh_arena();
	ck_assert_int_eq(decode("name: n\nactive: yes", &s, &how, NULL), ERR_INVALID);
	ck_assert_int_eq(decode("name: n\nx: yes", &s, &how, NULL), ERR_INVALID);
}
END_TEST

struct variable {
	struct str key, value;
	int64_t weight;
};
struct variables {
	struct field_list env;
};
static const struct field variable_fields[] = {{.name = "value",
						.type = FIELD_STRING,
						.offset = offsetof(struct variable, value),
						.flags = FIELD_REQUIRED,
						.help = "What it holds."},
					       {.name = "weight",
						.type = FIELD_INT,
						.offset = offsetof(struct variable, weight),
						.dflt = "3",
						.help = "How much."},
					       FIELD_END};
static const struct field variables_fields[] = {{.name = "env",
						 .type = FIELD_MAP,
						 .offset = offsetof(struct variables, env),
						 .flags = FIELD_SHORT,
						 .sub = variable_fields,
						 .sub_size = sizeof(struct variable),
						 .help = "Variables."},
						FIELD_END};

START_TEST(a_short_element_is_its_first_field)
{
	const struct doc_node *n;
	struct variables v;
	fresh_arena();
	struct field_decode how = {.arena = arena, .path = "f.yaml"};
	assert_ok(doc_parse_yaml(arena, STR("env: {A: one, B: {value: two, weight: 5}}"),
				 &doc_limits_yaml, "f.yaml", 0, &n, &support_err));
	assert_ok(field_decode(&how, variables_fields, n, &v, &support_err));
	const struct variable *items = v.env.items;
	ck_assert_uint_eq(v.env.count, 2);
	assert_str(items[0].key, "A");
	assert_str(items[0].value, "one");
	ck_assert_int_eq(items[0].weight, 3);
	assert_str(items[1].value, "two");
	ck_assert_int_eq(items[1].weight, 5);
	assert_ok(doc_parse_yaml(arena, STR("env:\n  PORT: 80"), &doc_limits_yaml, "f.yaml", 0, &n,
				 &support_err));
	assert_err(field_decode(&how, variables_fields, n, &v, &support_err), ERR_INVALID,
		   "env.PORT: expected text, found the number 80");
	ck_assert_str_eq(support_err.remedy, "write PORT: \"80\"");
	assert_ok(doc_parse_yaml(arena, STR("env: {A: }"), &doc_limits_yaml, "f.yaml", 0, &n,
				 &support_err));
	assert_err(field_decode(&how, variables_fields, n, &v, &support_err), ERR_INVALID,
		   "env.A.value: it is required and missing");
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct json j;
	json_init(&j, &out);
	field_schema(&j, variables_fields, false);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out),
				     "\"additionalProperties\":{\"anyOf\":[{\"type\":\"string\"},"
				     "{\"type\":\"object\","));
}
END_TEST

static const struct support_case cases[] = {CASE(every_case_of_the_file_holds),
					    CASE(defaults_fill_what_the_document_leaves_out),
					    CASE(an_empty_document_is_an_empty_map),
					    CASE(the_set_says_what_was_written_and_where),
					    CASE(unknown_keys_only_warn_when_asked),
					    CASE(a_secret_is_in_no_message),
					    CASE(rows_are_found_by_path),
					    CASE(equality_is_deep),
					    CASE(the_schema_says_the_same_as_the_table),
					    CASE(money_from_json_is_as_exact),
					    CASE(decoding_needs_no_error_value),
					    CASE(a_short_element_is_its_first_field),
					    {0}};

int main(void)
{
	return support_main("base/field", cases);
}
