#include "skill/verdict.h"

#include "tests/unit/support.h"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new(8 << 20);
}

/* A domain of two skills, made by hand. */
static struct domain *sample(void)
{
	static struct trigger triggers[] = {
		{.kind = TRIGGER_COMMAND,
		 .text = {"order status {id}", 17},
		 .line = 5,
		 .column = 14},
		{.kind = TRIGGER_ALERT, .text = {"order.stuck", 11}},
		{.kind = TRIGGER_CRON, .text = {"hourly", 6}},
		{.kind = TRIGGER_COMMAND, .text = {"find {id}", 9}},
	};
	static struct config_forward forwards[] = {
		{{NULL, 0}, {NULL, 0}, {"frm/z", 5}},
		{{"ecm", 3}, {"escalate {x}", 12}, {"frm/a", 5}},
	};
	static struct config_doc config;
	static struct skill details, manager;
	static struct domain_skill skills[2];
	static struct domain d;
	config.values.routing.forwards = (struct field_list){forwards, 2};
	details = (struct skill){.domain = STR("ecm"),
				 .name = STR("details"),
				 .path = STR("skills/ecm/details"),
				 .role = ROLE_SPECIALIST,
				 .triggers = triggers,
				 .trigger_count = 4,
				 .config = &config};
	manager = (struct skill){.domain = STR("ecm"),
				 .name = STR("manager"),
				 .path = STR("skills/ecm/manager"),
				 .role = ROLE_MANAGER};
	skills[0] = (struct domain_skill){.skill = &details};
	skills[1] = (struct domain_skill){.skill = &manager};
	d = (struct domain){
		.name = STR("ecm"), .skills = skills, .skill_count = 2, .config = &config};
	return &d;
}

static const char *json_of(const struct surface *s)
{
	static char text[4096];
	CLEANUP(buf_release) struct buf out = BUF_INIT(4000);
	struct json j;
	json_init(&j, &out);
	surface_json(&j, s);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

static const char golden[] =
	"{\"domain\":\"ecm\",\"skills\":[{\"name\":\"details\",\"role\":\"specialist\","
	"\"patterns\":["
	"\"find {id}\",\"order status {id}\"],\"alerts\":[\"order.stuck\"],\"forwards\":[\"frm/a\","
	"\"frm/z\"],\"path\":\"skills/ecm/details/SKILL.md\",\"line\":5,\"column\":14},{\"name\":"
	"\"manager\",\"role\":\"manager\",\"patterns\":[],\"alerts\":[],\"forwards\":[],\"path\":"
	"\"skills/ecm/manager/SKILL.md\",\"line\":1,\"column\":1}],\"forwards\":[{\"whenDomain\":"
	"\"ecm\",\"whenText\":\"escalate {x}\",\"forwardTo\":\"frm/a\"},{\"whenDomain\":\"\","
	"\"whenText\":\"\",\"forwardTo\":\"frm/z\"}]}";

START_TEST(a_surface_shows_names_roles_routes_and_forwards)
{
	struct surface s;
	setup();
	surface_of(arena, sample(), &s);
	ck_assert_str_eq(json_of(&s), golden);
}
END_TEST

static int read_back(const char *json, struct surface *ret)
{
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(arena, str_of(json), &doc_limits_json, "t", &n, &support_err));
	return surface_from_json(arena, n, ret, &support_err);
}

START_TEST(a_surface_is_read_back)
{
	struct surface s, back;
	setup();
	surface_of(arena, sample(), &s);
	assert_ok(read_back(golden, &back));
	ck_assert_str_eq(json_of(&back), golden);
	struct digest a = surface_digest(&s, 1), b = surface_digest(&back, 1);
	ck_assert(digest_equal(&a, &b));
}
END_TEST

START_TEST(what_is_no_surface_is_refused_by_its_member)
{
	struct surface s;
	setup();
	assert_err(read_back("{}", &s), ERR_INVALID, "whose \"domain\" is not text");
	assert_err(read_back("[]", &s), ERR_INVALID, "\"domain\"");
	assert_err(read_back("{\"domain\":\"a\",\"skills\":{},\"forwards\":[]}", &s), ERR_INVALID,
		   "whose \"skills\" is not a list");
	assert_err(read_back("{\"domain\":\"a\",\"skills\":[3],\"forwards\":[]}", &s), ERR_INVALID,
		   "\"name\"");
	assert_err(read_back("{\"domain\":\"a\",\"skills\":[{\"name\":\"b\",\"role\":\"boss\"}],"
			     "\"forwards\":[]}",
			     &s),
		   ERR_INVALID, "the role \"boss\"");
	assert_err(read_back("{\"domain\":\"a\",\"skills\":[{\"name\":\"b\",\"role\":\"field\","
			     "\"patterns\":[1]}],\"forwards\":[]}",
			     &s),
		   ERR_INVALID, "not text in \"patterns\"");
	assert_err(read_back("{\"domain\":\"a\",\"skills\":[],\"forwards\":[{}]}", &s), ERR_INVALID,
		   "whose \"whenDomain\" is not text");
	assert_ok(read_back("{\"domain\":\"a\",\"skills\":[],\"forwards\":[]}", &s));
}
END_TEST

START_TEST(the_digest_is_that_of_the_specification)
{
	char hex[DIGEST_HEX + 1];
	struct surface s;
	struct digest d;
	setup();
	surface_of(arena, sample(), &s);
	d = surface_digest(&s, 1);
	ck_assert_str_eq(digest_hex(&d, hex),
			 "9e57c8908c26ae1c18270ca5416178fdbc4d2aaa851f7aa535cb651647b83e2b");
	d = surface_digest(NULL, 0);
	ck_assert_str_eq(digest_hex(&d, hex),
			 "2ffe95ab68f41d0e39865b095b2f5beaac91cd1bda1b84ef8e82eabf571c8fdd");
}
END_TEST

START_TEST(places_do_not_count_but_everything_else_does)
{
	struct surface s, t;
	setup();
	surface_of(arena, sample(), &s);
	surface_of(arena, sample(), &t);
	struct digest same, was = surface_digest(&s, 1);
	t.skills[0].line = 77;
	t.skills[0].path = STR("elsewhere");
	same = surface_digest(&t, 1);
	ck_assert(digest_equal(&was, &same));
#define COUNTS(change)                                                                             \
	do {                                                                                       \
		surface_of(arena, sample(), &t);                                                   \
		change;                                                                            \
		struct digest other = surface_digest(&t, 1);                                       \
		ck_assert_msg(!digest_equal(&was, &other), #change);                               \
	} while (0)
	COUNTS(t.domain = STR("frm"));
	COUNTS(t.skills[0].name = STR("detail"));
	COUNTS(t.skills[0].role = ROLE_FIELD);
	COUNTS(t.skills[0].pattern_count = 1);
	COUNTS(t.skills[0].alert_count = 0);
	COUNTS(t.skills[0].forward_count = 1);
	COUNTS(t.skill_count = 1);
	COUNTS(t.forwards[0].when_text = STR("x"));
	COUNTS(t.forward_count = 1);
	/* A pattern that becomes an alert is not the same bytes. */
	COUNTS((t.skills[0].alerts = t.skills[0].patterns, t.skills[0].alert_count = 2,
		t.skills[0].pattern_count = 0));
	struct surface two[2] = {s, s};
	struct digest both = surface_digest(two, 2);
	ck_assert(!digest_equal(&was, &both));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_surface_shows_names_roles_routes_and_forwards),
	CASE(a_surface_is_read_back),
	CASE(what_is_no_surface_is_refused_by_its_member),
	CASE(the_digest_is_that_of_the_specification),
	CASE(places_do_not_count_but_everything_else_does),
	{0},
};

int main(void)
{
	return support_main("skill/verdict", cases);
}
