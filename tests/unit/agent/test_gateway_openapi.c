/* The tables of the OpenAPI document are whole: every route, parameter and shape has its row. */
#include <stdlib.h>

#include "agent/gateway/openapi.h"
#include "base/mem.h"
#include "tests/unit/support.h"

static struct gw_route *routes;

static const struct gw_route *route(const char *method, const char *pattern)
{
	for (const struct gw_route *r = routes; r->method; r++)
		if (strcmp(r->method, method) == 0 && strcmp(r->pattern, pattern) == 0)
			return r;
	ck_abort_msg("there is no route %s %s", method, pattern);
	return NULL;
}

/* What a writer of the document writes, parsed again. */
static const struct doc_node *parsed(struct buf *text)
{
	static struct arena *arena;
	const struct doc_node *n = NULL;
	if (!arena)
		arena = arena_new((size_t)16 << 20);
	assert_ok(doc_parse_json(arena, arena_str(arena, buf_str(text)), &doc_limits_json, "text",
				 &n, &support_err));
	return n;
}

START_TEST(every_route_says_what_it_takes_and_answers)
{
	routes = gw_routes_new(NULL);
	for (const struct gw_route *r = routes; r->method; r++) {
		struct openapi_answer a;
		ck_assert_msg(openapi_answer_of(r, &a), "%s %s is not described", r->method,
			      r->pattern);
		ck_assert_msg(a.statuses[0] >= 200, "%s %s answers nothing", r->method, r->pattern);
		ck_assert_msg((r->body_max > 0) == (a.body || a.takes), "%s %s: body", r->method,
			      r->pattern);
		ck_assert_msg(!a.shape || openapi_shape_is_known(a.shape), "there is no shape %s",
			      a.shape);
		ck_assert_msg(!a.takes || openapi_shape_is_known(a.takes), "there is no shape %s",
			      a.takes);
		/* Only what has no JSON is without a shape. */
		ck_assert_msg(a.shape || a.media || a.statuses[0] != 200, "%s %s has no shape",
			      r->method, r->pattern);
	}
	free(routes);
}
END_TEST

START_TEST(every_parameter_is_described)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct json j;
	routes = gw_routes_new(NULL);
	json_init(&j, &text);
	json_array(&j);
	for (const struct gw_route *r = routes; r->method; r++)
		for (size_t i = 0; r->query && r->query[i]; i++)
			ck_assert_msg(openapi_parameter(&j, r->query[i], "query"),
				      "%s %s: %s is not described", r->method, r->pattern,
				      r->query[i]);
	ck_assert(openapi_parameter(&j, "domain", "path"));
	ck_assert(openapi_parameter(&j, "digest", "path"));
	ck_assert(!openapi_parameter(&j, "colour", "query"));
	json_end(&j);
	const struct doc_node *n = parsed(&text);
	for (size_t i = 0; i < n->list.count; i++) {
		const struct doc_node *schema = doc_find(n->list.items[i], "schema");
		ck_assert_int_eq(schema->type, DOC_MAP);
		ck_assert(doc_text(n->list.items[i], "description").len > 0);
	}
	/* A segment of a path is there and not empty; a key of a query may be empty. */
	const struct doc_node *path = n->list.items[n->list.count - 2];
	ck_assert(doc_bool(path, "required", false));
	ck_assert_int_eq(doc_int(doc_find(path, "schema"), "minLength", 0), 1);
	free(routes);
}
END_TEST

START_TEST(routes_listen_to_the_heads_fields_that_mean_something_to_them)
{
	static const struct {
		const char *method, *pattern, *names;
	} want[] = {
		{"GET", "/api/v1/skills", "If-None-Match Last-Event-ID "},
		{"GET", "/api/v1/version", ""},
		{"PATCH", "/api/v1/domains/{name}", "If-Match Idempotency-Key "},
		{"DELETE", "/api/v1/keys/{name}", "If-Match "},
		{"POST", "/api/v1/executions", "Idempotency-Key "},
		{"POST", "/api/v1/rollbacks", "If-Match Idempotency-Key "},
		{"POST", "/api/v1/admissions/{digest}/approvals", "Idempotency-Key "},
		{"POST", "/api/v1/admissions/{digest}/checks", ""},
		{"DELETE", "/api/v1/approvals/{name}", ""},
	};
	routes = gw_routes_new(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX), names = BUF_INIT(1024);
		struct json j;
		json_init(&j, &text);
		json_array(&j);
		openapi_head_parameters(&j, route(want[i].method, want[i].pattern));
		json_end(&j);
		const struct doc_node *n = parsed(&text);
		for (size_t k = 0; k < n->list.count; k++)
			buf_addf(&names, "%.*s ", STR_ARG(doc_text(n->list.items[k], "name")));
		assert_str(buf_str(&names), want[i].names);
	}
	free(routes);
}
END_TEST

/* Every "$ref" below n leads to a member of schemas. */
static void check_refs(const struct doc_node *n, const struct doc_node *schemas)
{
	for (size_t i = 0; n->type == DOC_LIST && i < n->list.count; i++)
		check_refs(n->list.items[i], schemas);
	for (size_t i = 0; n->type == DOC_MAP && i < n->map.count; i++) {
		const struct doc_pair *p = &n->map.pairs[i];
		if (!str_eqz(p->key, "$ref")) {
			check_refs(p->value, schemas);
			continue;
		}
		struct str prefix = STR("#/components/schemas/");
		ck_assert(str_starts(p->value->text, prefix));
		CLEANUP_FREE char *name = mem_strndup(p->value->text.p + prefix.len,
						      p->value->text.len - prefix.len);
		ck_assert_msg(doc_find(schemas, name) != NULL, "nothing is called %s", name);
		ck_assert(openapi_shape_is_known(name));
	}
}

static const struct doc_node *shapes(void)
{
	static struct buf text = BUF_INIT(BUF_MAX);
	struct json j;
	buf_reset(&text);
	json_init(&j, &text);
	json_object(&j);
	openapi_shapes(&j);
	json_end(&j);
	return parsed(&text);
}

START_TEST(shapes_are_made_of_shapes)
{
	const struct doc_node *all = shapes();
	check_refs(all, all);
	ck_assert(!openapi_shape_is_known("Skil"));
	ck_assert(!openapi_shape_is_known("SkillListed"));
	for (const struct kind *k = kinds; k->name; k++)
		ck_assert_ptr_nonnull(doc_find(all, k->name));
}
END_TEST

START_TEST(members_are_required_unless_they_may_be_missing)
{
	const struct doc_node *problem = doc_find(shapes(), "Problem");
	const struct doc_node *required = doc_find(problem, "required");
	ck_assert_uint_eq(required->list.count, 5);
	ck_assert_ptr_nonnull(doc_find(doc_find(problem, "properties"), "remedy"));
	for (size_t i = 0; i < required->list.count; i++)
		ck_assert(!str_eqz(required->list.items[i]->text, "remedy"));
}
END_TEST

START_TEST(what_comes_in_is_taken_to_the_letter_and_what_goes_out_may_grow)
{
	const struct doc_node *all = shapes();
	ck_assert(!doc_bool(doc_find(all, "Patch"), "additionalProperties", true));
	ck_assert(!doc_bool(doc_find(all, "PatchSpec"), "additionalProperties", true));
	ck_assert_ptr_null(doc_find(doc_find(all, "Wish"), "additionalProperties"));
	ck_assert_ptr_null(doc_find(doc_find(all, "Skill"), "additionalProperties"));
}
END_TEST

START_TEST(kinds_and_lists_say_which_they_are)
{
	const struct doc_node *all = shapes();
	const struct doc_node *list = doc_find(doc_find(all, "SkillList"), "properties");
	assert_str(doc_text(doc_find(list, "kind"), "const"), "SkillList");
	assert_str(doc_text(doc_find(doc_find(list, "items"), "items"), "$ref"),
		   "#/components/schemas/Skill");
	ck_assert_ptr_null(doc_find(list, "status"));
	const struct doc_node *one = doc_find(doc_find(all, "Skill"), "properties");
	assert_str(doc_text(doc_find(one, "kind"), "const"), "Skill");
	ck_assert_ptr_nonnull(doc_find(one, "status"));
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_route_says_what_it_takes_and_answers),
	CASE(every_parameter_is_described),
	CASE(routes_listen_to_the_heads_fields_that_mean_something_to_them),
	CASE(shapes_are_made_of_shapes),
	CASE(members_are_required_unless_they_may_be_missing),
	CASE(what_comes_in_is_taken_to_the_letter_and_what_goes_out_may_grow),
	CASE(kinds_and_lists_say_which_they_are),
	{0},
};

int main(void)
{
	return support_main("agent/gateway_openapi", cases);
}
