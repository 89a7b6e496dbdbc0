/* The table of routes: whole, unambiguous, and none without a rule who may use it. */
#include <stdlib.h>

#include "agent/gateway/gateway.h"
#include "tests/unit/support.h"

static struct gw_route *routes;
static size_t count;
static struct arena *arena;
static struct str params[GW_PARAMS_MAX];
static char allow[64];
static const struct gw_route *found;

static void load(void)
{
	arena = arena_new(1024 * 1024);
	routes = gw_routes_new(&count);
}

static int match(const char *method, const char *path)
{
	struct gw_target t;
	if (!routes)
		load();
	assert_ok(gw_target_parse(arena, str_of(path), STR(""), &t, &support_err));
	return gw_route_match(routes, str_of(method), &t, &found, params, allow, &support_err);
}

START_TEST(only_health_and_the_dashboards_door_are_open_to_everybody)
{
	load();
	ck_assert_uint_gt(count, 40);
	for (size_t i = 0; i < count; i++) {
		/* The dashboard's files say nothing of what is deployed; a login asks for a key, or somebody who knows. */
		bool health = strcmp(routes[i].pattern, "/healthz") == 0 ||
			      strcmp(routes[i].pattern, "/readyz") == 0 ||
			      strcmp(routes[i].pattern, "/") == 0 ||
			      strcmp(routes[i].pattern, "/assets/{name}") == 0 ||
			      strncmp(routes[i].pattern, "/ui/login", 9) == 0 ||
			      (strcmp(routes[i].pattern, "/ui/session") == 0 &&
			       strcmp(routes[i].method, "POST") == 0);
		ck_assert_msg((routes[i].roles == 0) == health, "%s %s has no rule",
			      routes[i].method, routes[i].pattern);
		ck_assert_msg(health || routes[i].roles & GW_ADMIN, "%s shuts admins out",
			      routes[i].pattern);
	}
}
END_TEST

START_TEST(every_route_with_a_rule_has_a_name_to_ask_about)
{
	load();
	for (size_t i = 0; i < count; i++) {
		struct gw_action a;
		if (routes[i].roles)
			ck_assert_msg(gw_route_action(&routes[i], &a) && a.verb && a.noun,
				      "%s %s: nobody can ask `auth can-i` about it",
				      routes[i].method, routes[i].pattern);
	}
}
END_TEST

START_TEST(viewers_and_approvers_change_only_what_is_theirs)
{
	load();
	for (size_t i = 0; i < count; i++) {
		const struct gw_route *r = &routes[i];
		/* Logging oneself out is everybody's. */
		if (strcmp(r->method, "GET") == 0 || strcmp(r->pattern, "/ui/session") == 0)
			continue;
		ck_assert_msg(!(r->roles & GW_VIEWER), "a viewer may %s %s", r->method, r->pattern);
		if (r->roles & GW_APPROVER)
			ck_assert_msg(strstr(r->pattern, "rollbacks") ||
					      strstr(r->pattern, "quarantines") ||
					      strstr(r->pattern, "adoptions") ||
					      strstr(r->pattern, "approvals"),
				      "an approver may %s %s", r->method, r->pattern);
		if (r->roles & GW_CI_BOT)
			ck_assert_msg(strstr(r->pattern, "uploads") || strstr(r->pattern, "sync") ||
					      strstr(r->pattern, "checks"),
				      "a ci-bot may %s %s", r->method, r->pattern);
	}
}
END_TEST

START_TEST(every_row_is_whole)
{
	load();
	for (size_t i = 0; i < count; i++) {
		const struct gw_route *r = &routes[i];
		ck_assert_msg(r->run && r->help && r->help[0], "%s has no function or help",
			      r->pattern);
		ck_assert_msg(r->pattern[0] == '/' && strlen(r->pattern) + 1 < sizeof(r->pattern),
			      "\"%s\" is cut off or no path", r->pattern);
		ck_assert_msg(strcmp(r->method, "GET") != 0 || r->body_max == 0,
			      "GET %s takes a body", r->pattern);
		size_t names = 0;
		for (const char *p = r->pattern; (p = strchr(p, '{')); p++)
			names++;
		ck_assert_uint_le(names, GW_PARAMS_MAX);
	}
}
END_TEST

/* Two rows that match one request would leave it to their order who answers. */
START_TEST(a_row_answers_its_own_pattern)
{
	load();
	for (size_t i = 0; i < count; i++) {
		char path[128] = "";
		for (const char *p = routes[i].pattern; *p; p++) {
			size_t n = strlen(path);
			if (*p != '{') {
				path[n] = *p;
				continue;
			}
			snprintf(path + n, sizeof(path) - n, "zz");
			p = strchr(p, '}');
		}
		assert_ok(match(routes[i].method, path));
		ck_assert_msg(found == &routes[i] || strcmp(found->pattern, routes[i].pattern) != 0,
			      "%s %s stands twice", routes[i].method, routes[i].pattern);
		ck_assert_msg(found == &routes[i] || strstr(routes[i].pattern, "{"),
			      "%s is hidden by %s", routes[i].pattern, found->pattern);
	}
}
END_TEST

START_TEST(every_kind_is_listed_and_got_where_its_table_says)
{
	load();
	for (const struct kind *k = kinds; k->name; k++) {
		char path[128];
		snprintf(path, sizeof(path), "/api/v1/%s", k->plural);
		assert_ok(match("GET", path));
		ck_assert_ptr_eq(found->kind, k);
		ck_assert_uint_eq(found->verb, VERB_LIST);
		snprintf(path, sizeof(path),
			 k->namespaced ? "/api/v1/domains/ecm/%s/x" : "/api/v1/%s/x", k->plural);
		assert_ok(match("GET", path));
		ck_assert_ptr_eq(found->kind, k);
		ck_assert_uint_eq(found->verb, VERB_GET);
		assert_str(params[k->namespaced], "x");
		if (!k->namespaced)
			continue;
		assert_str(params[0], "ecm");
		snprintf(path, sizeof(path), "/api/v1/domains/ecm/%s", k->plural);
		assert_ok(match("GET", path));
		ck_assert_uint_eq(found->verb, VERB_LIST);
	}
}
END_TEST

START_TEST(another_method_is_told_which_ones_there_are)
{
	assert_err(match("PUT", "/api/v1/executions"), ERR_USAGE, "does not take PUT");
	ck_assert_str_eq(allow, "GET, HEAD, POST");
	assert_err(match("DELETE", "/healthz"), ERR_USAGE, "it takes GET, HEAD");
	assert_err(match("TRACE", "/api/v1/skills"), ERR_USAGE, "does not take TRACE");
	assert_err(match("get", "/api/v1/skills"), ERR_USAGE, "does not take get");
	assert_ok(match("HEAD", "/api/v1/skills"));
	assert_ok(match("DELETE", "/api/v1/executions/EXEC-1"));
}
END_TEST

START_TEST(unknown_paths_suggest_what_is_near)
{
	assert_err(match("GET", "/api/v1/skils"), ERR_NOT_FOUND, "no such resource");
	ck_assert_str_eq(support_err.remedy, "did you mean \"skills\"?");
	assert_err(match("GET", "/api/v1/domains/ecm/skill/x"), ERR_NOT_FOUND, "no such resource");
	ck_assert_str_eq(support_err.remedy, "did you mean \"skills\"?");
	assert_err(match("GET", "/api/v1/sk"), ERR_NOT_FOUND, "no such resource");
	ck_assert_str_eq(support_err.remedy, "did you mean \"skills\"?");
	assert_err(match("GET", "/nothing"), ERR_NOT_FOUND, "no such resource");
	ck_assert_str_eq(support_err.remedy, "");
	assert_err(match("GET", "/api/v1/skills/a/b/c"), ERR_NOT_FOUND, "no such resource");
	assert_err(match("GET", "/API/v1/skills"), ERR_NOT_FOUND, "no such resource");
}
END_TEST

START_TEST(query_keys_are_those_of_the_row)
{
	struct gw_target t;
	assert_ok(match("GET", "/api/v1/executions"));
	assert_ok(gw_target_parse(arena, STR("/x"), STR("domain=ecm&state=queued&limit=5"), &t,
				  &support_err));
	assert_ok(gw_route_query(found, &t, &support_err));
	assert_ok(gw_target_parse(arena, STR("/x"), STR("limt=5"), &t, &support_err));
	assert_err(gw_route_query(found, &t, &support_err), ERR_USAGE,
		   "no query parameter \"limt\"");
	ck_assert_str_eq(support_err.remedy, "did you mean \"limit\"?");
	/* Below a domain it is named already. */
	assert_ok(match("GET", "/api/v1/domains/ecm/executions"));
	assert_ok(gw_target_parse(arena, STR("/x"), STR("domain=ecm"), &t, &support_err));
	assert_err(gw_route_query(found, &t, &support_err), ERR_USAGE, "\"domain\"");
	assert_ok(match("GET", "/healthz"));
	assert_err(gw_route_query(found, &t, &support_err), ERR_USAGE, "\"domain\"");
}
END_TEST

static const struct support_case cases[] = {
	CASE(only_health_and_the_dashboards_door_are_open_to_everybody),
	CASE(every_route_with_a_rule_has_a_name_to_ask_about),
	CASE(viewers_and_approvers_change_only_what_is_theirs),
	CASE(every_row_is_whole),
	CASE(a_row_answers_its_own_pattern),
	CASE(every_kind_is_listed_and_got_where_its_table_says),
	CASE(another_method_is_told_which_ones_there_are),
	CASE(unknown_paths_suggest_what_is_near),
	CASE(query_keys_are_those_of_the_row),
	{0}};

int main(void)
{
	return support_main("agent/gateway_routes", cases);
}
