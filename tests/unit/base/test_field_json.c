#include "base/field.h"
#include "base/json.h"
#include "tests/unit/support.h"

struct inner {
	struct str key;
	int64_t cost_microusd;
	struct field_strings tools;
};
struct outer {
	struct str name;
	int level;
	bool on;
	int64_t count, wait_ms, bytes, share;
	struct {
		int64_t pids;
	} limits;
	struct field_list servers;
};
static const char *const levels[] = {"low", "high", NULL};
static const struct field inner_fields[] = {
	{"cost", FIELD_MONEY, offsetof(struct inner, cost_microusd), FIELD_REQUIRED},
	{"tools", FIELD_STRINGS, offsetof(struct inner, tools)},
	FIELD_END};
static const struct field limit_fields[] = {{"pids", FIELD_INT, 0, 0, 1, 99, NULL, NULL, 0, "7"},
					    FIELD_END};
static const struct field outer_fields[] = {
	{"name", FIELD_STRING, offsetof(struct outer, name)},
	{"level", FIELD_ENUM, offsetof(struct outer, level), 0, 0, 0, levels},
	{"on", FIELD_BOOL, offsetof(struct outer, on)},
	{"count", FIELD_INT, offsetof(struct outer, count), 0, 1, 10},
	{"wait", FIELD_DURATION, offsetof(struct outer, wait_ms)},
	{"size", FIELD_SIZE, offsetof(struct outer, bytes)},
	{"share", FIELD_PERCENT, offsetof(struct outer, share)},
	{"limits", FIELD_OBJECT, offsetof(struct outer, limits), 0, 0, 0, NULL, limit_fields},
	{"servers", FIELD_MAP, offsetof(struct outer, servers), 0, 0, 0, NULL, inner_fields,
	 sizeof(struct inner)},
	FIELD_END};

static void round_trip(const char *yaml, const char *want)
{
	struct arena *a = arena_new(1 << 20);
	struct field_decode how = {.arena = a, .path = "x"};
	struct outer first, second;
	const struct doc_node *n;
	struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	assert_ok(doc_parse_yaml(a, str_of(yaml), &doc_limits_yaml, "x", 0, &n, &support_err));
	assert_ok(field_decode(&how, outer_fields, n, &first, &support_err));
	json_init(&j, &out);
	field_json(&j, outer_fields, &first);
	assert_str(buf_str(&out), want);
	assert_ok(doc_parse_json(a, buf_str(&out), &doc_limits_json, "y", &n, &support_err));
	assert_ok(field_decode(&how, outer_fields, n, &second, &support_err));
	for (const struct field *f = outer_fields; f->name; f++)
		ck_assert_msg(field_equal(f, &first, &second), "%s differs", f->name);
	buf_release(&out);
	arena_free(a);
}

START_TEST(a_struct_survives_the_way_to_json_and_back)
{
	round_trip("name: \"a \\\"b\\\"\"\nlevel: high\non: true\ncount: 10\nwait: 1h30m\nsize: "
		   "64Mi\nshare: 12.5%\n"
		   "servers: {redshift: {cost: 0.25, tools: [q, r]}, slack: {cost: 3}}\n",
		   "{\"name\":\"a "
		   "\\\"b\\\"\",\"level\":\"high\",\"on\":true,\"count\":10,\"wait\":\"1h30m\","
		   "\"size\":\"64Mi\","
		   "\"share\":\"12.5%\",\"limits\":{\"pids\":7},\"servers\":{\"redshift\":{"
		   "\"cost\":\"0.25\",\"tools\":[\"q\",\"r\"]},"
		   "\"slack\":{\"cost\":\"3\"}}}");
}
END_TEST

START_TEST(what_was_not_set_and_has_no_default_is_left_out)
{
	round_trip("{}", "{\"on\":false,\"limits\":{\"pids\":7}}");
}
END_TEST

/* A model that costs nothing: zero is a price, and the document is read again. */
START_TEST(what_is_required_is_there_even_when_it_is_zero)
{
	round_trip(
		"servers: {free: {cost: 0}}",
		"{\"on\":false,\"limits\":{\"pids\":7},\"servers\":{\"free\":{\"cost\":\"0\"}}}");
}
END_TEST

static const struct support_case cases[] = {CASE(a_struct_survives_the_way_to_json_and_back),
					    CASE(what_was_not_set_and_has_no_default_is_left_out),
					    CASE(what_is_required_is_there_even_when_it_is_zero),
					    {0}};

int main(void)
{
	return support_main("base/field_json", cases);
}
