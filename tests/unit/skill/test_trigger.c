#include "skill/trigger.h"

#include "tests/unit/support.h"

static struct arena *arena;
static struct findings findings;
static struct trigger *triggers;
static size_t count;

static void setup(void)
{
	if (!arena)
		arena = arena_new(8 << 20);
	findings_init(&findings, arena);
}

/* Parses the value of `trigger:` in a YAML text. */
static void parse(const char *yaml)
{
	const struct doc_node *n = NULL;
	setup();
	assert_ok(doc_parse_yaml(arena, str_of(yaml), &doc_limits_yaml, "SKILL.md", 1, &n,
				 &support_err));
	triggers_parse(arena, doc_find(n, "trigger"), STR("ecm"), STR("order-details"),
		       STR("skills/ecm/order-details/SKILL.md"), &findings, &triggers, &count);
}

/* The triggers as one line. */
static const char *parsed(const char *yaml)
{
	static char text[4096];
	CLEANUP(buf_release) struct buf out = BUF_INIT(4000);
	parse(yaml);
	ck_assert_msg(findings.count == 0, "%s: %.*s", yaml, STR_ARG(findings.items[0].message));
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_addz(&out, " | ");
		trigger_text(&out, &triggers[i]);
	}
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

static const struct finding *refused(const char *yaml, const char *rule, const char *message,
				     const char *remedy)
{
	parse(yaml);
	ck_assert_msg(findings.count == 1, "%s gave %zu findings", yaml, findings.count);
	const struct finding *f = &findings.items[0];
	ck_assert_str_eq(f->rule, rule);
	ck_assert_msg(str_find(f->message, str_of(message), 0) >= 0, "\"%.*s\" lacks \"%s\"",
		      STR_ARG(f->message), message);
	ck_assert_msg(str_find(f->remedy, str_of(remedy), 0) >= 0, "\"%.*s\" lacks \"%s\"",
		      STR_ARG(f->remedy), remedy);
	assert_str(f->domain, "ecm");
	assert_str(f->skill, "order-details");
	assert_str(f->path, "skills/ecm/order-details/SKILL.md");
	return f;
}

START_TEST(a_trigger_is_a_map_a_list_or_text)
{
	ck_assert_str_eq(parsed("trigger:\n  command: order status {order_id}\n"),
			 "command: order status {order_id}");
	ck_assert_str_eq(
		parsed("trigger:\n  - command: a {x}\n  - alert: order.stuck\n  - always\n"),
		"command: a {x} | alert: order.stuck | always");
	ck_assert_str_eq(parsed("trigger:\n  command: a {x}\n  cron: weekdays 09:00\n"),
			 "command: a {x} | cron: weekdays 09:00");
	ck_assert_str_eq(parsed("trigger:\n  command:\n    - a {x}\n    - b {x}\n"),
			 "command: a {x} | command: b {x}");
	ck_assert_str_eq(parsed("trigger: \"command: order status {id}\"\n"),
			 "command: order status {id}");
	ck_assert_str_eq(parsed("trigger: always\n"), "always");
	ck_assert_str_eq(parsed("trigger:\n  always: 5m\n"), "always: 5m");
	ck_assert_str_eq(parsed("trigger:\n  always:\n"), "always");
	ck_assert_str_eq(parsed("trigger:\n  cron: 0 9 * * 1-5 UTC\n"), "cron: 0 9 * * 1-5 UTC");
	ck_assert_str_eq(parsed("trigger:\n  command: 17\n"), "command: 17");
	ck_assert_str_eq(parsed("trigger: {command: \"a {x}\"}\n"), "command: a {x}");
}
END_TEST

START_TEST(no_trigger_is_fine)
{
	ck_assert_str_eq(parsed("name: x\n"), "");
	ck_assert_str_eq(parsed("trigger:\n"), "");
	ck_assert_str_eq(parsed("trigger: []\n"), "");
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(parsed_values_are_kept_with_their_place)
{
	parse("name: x\ntrigger:\n  - command: order status {id}\n  - always: 90s\n  - cron: every "
	      "2h\n");
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(triggers[0].kind, TRIGGER_COMMAND);
	ck_assert_uint_eq(triggers[0].line, 4); /* the text began on line 2 of its file */
	ck_assert_uint_eq(triggers[0].column, 14);
	ck_assert_uint_eq(triggers[0].start, 30);
	ck_assert_uint_eq(triggers[0].end, 47);
	ck_assert_int_eq(triggers[1].min_interval_ms, 90000);
	ck_assert_int_eq(triggers[2].cron.every_ms, 7200000);
	parse("trigger: always\n");
	ck_assert_int_eq(triggers[0].min_interval_ms, 60000);
}
END_TEST

START_TEST(a_mistyped_kind_gets_its_replacement)
{
	const char *yaml = "trigger:\n  comand: order status {id}\n";
	const struct finding *f = refused(yaml, "SK-TRIGGER-KIND",
					  "\"comand\" is not a kind of trigger",
					  "did you mean command?");
	assert_str(f->replacement, "command");
	assert_str(str_sub(str_of(yaml), f->start, f->end), "comand");
	ck_assert_uint_eq(f->line, 3);
	ck_assert_uint_eq(f->column, 3);
	ck_assert_int_eq(f->severity, SEVERITY_DENY);
	f = refused("trigger:\n  webhook: x\n", "SK-TRIGGER-KIND", "\"webhook\" is not a kind",
		    "write command, cron, alert or always");
	ck_assert_ptr_null(f->replacement.p);
}
END_TEST

START_TEST(bad_triggers_say_what_to_write)
{
	refused("trigger: order status {id}\n", "SK-TRIGGER-KIND", "does not say what kind",
		"command: order status {id}");
	refused("trigger: command\n", "SK-TRIGGER-KIND", "does not say what kind",
		"command: command");
	refused("trigger: 17\n", "SK-TRIGGER-FORM", "a trigger is text, not", "write command: ");
	refused("trigger:\n  - [a]\n", "SK-TRIGGER-FORM", "a trigger is text, not a list",
		"write command: ");
}
END_TEST

START_TEST(a_pattern_that_yaml_takes_for_a_map_needs_quotes)
{
	refused("trigger:\n  command: {id}\n", "SK-TRIGGER-FORM", "a trigger is text, not",
		"text that begins with { needs quotes");
	refused("trigger:\n  command:\n", "SK-TRIGGER-FORM", "a trigger is text, not",
		"command: order status {order_id}");
	refused("trigger:\n  command: [[a]]\n", "SK-TRIGGER-FORM", "not a list", "write command:");
}
END_TEST

START_TEST(each_kind_checks_its_words)
{
	refused("trigger:\n  command: \"{a} {b}\"\n", "SK-TRIGGER-COMMAND",
		"would match everything", "at least one word");
	refused("trigger:\n  command: \"\"\n", "SK-TRIGGER-COMMAND", "the pattern is empty", "");
	refused("trigger:\n  cron: weekday 09:00\n", "SK-TRIGGER-CRON", "begins no schedule",
		"did you mean weekdays?");
	refused("trigger:\n  alert: Order Stuck\n", "SK-TRIGGER-ALERT",
		"\"Order Stuck\" is not an alert's name", "such as order.stuck");
	refused("trigger:\n  alert: .stuck\n", "SK-TRIGGER-ALERT", "", "");
	refused("trigger:\n  alert: stuck.\n", "SK-TRIGGER-ALERT", "", "");
	refused("trigger:\n  always: now\n", "SK-TRIGGER-ALWAYS", "least time between two starts",
		"always: 5m");
	refused("trigger:\n  always: 999ms\n", "SK-TRIGGER-ALWAYS", "not within 1s and 1d", "");
	refused("trigger:\n  always: 1d1s\n", "SK-TRIGGER-ALWAYS", "", "");
	parse("trigger:\n  - always: 1s\n  - always: 1d\n");
	ck_assert_uint_eq(findings.count, 0);
}
END_TEST

START_TEST(an_alert_name_has_at_most_128_bytes)
{
	char yaml[200] = "trigger:\n  alert: ";
	size_t at = strlen(yaml);
	memset(yaml + at, 'a', 128);
	parse(yaml);
	ck_assert_uint_eq(count, 1);
	yaml[at + 128] = 'a';
	refused(yaml, "SK-TRIGGER-ALERT", "is not an alert's name", "at most 128 bytes");
}
END_TEST

START_TEST(one_bad_trigger_does_not_hide_the_others)
{
	parse("trigger:\n  - command: a {x}\n  - cron: never\n  - alert: B\n  - alert: ok\n");
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_uint_eq(findings.items[0].line, 4);
	ck_assert_uint_eq(findings.items[1].line, 5);
}
END_TEST

START_TEST(the_same_trigger_twice_is_a_warning)
{
	const struct finding *f =
		refused("trigger:\n  - command: Order {x}\n  - command: order {x}\n",
			"SK-TRIGGER-TWICE", "\"command: order {x}\" stands twice", "remove one");
	ck_assert_int_eq(f->severity, SEVERITY_WARN);
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(a_skill_has_at_most_16_triggers)
{
	CLEANUP(buf_release) struct buf yaml = BUF_INIT(4096);
	buf_addz(&yaml, "trigger:\n");
	for (int i = 0; i < TRIGGERS_MAX; i++)
		buf_addf(&yaml, "  - alert: a%d\n", i);
	parse(buf_cstr(&yaml));
	ck_assert_uint_eq(count, 16);
	ck_assert_uint_eq(findings.count, 0);
	buf_addz(&yaml, "  - alert: more\n");
	refused(buf_cstr(&yaml), "SK-TRIGGER-COUNT", "at most 16 triggers", "split the skill");
	ck_assert_uint_eq(count, 16);
}
END_TEST

START_TEST(text_forms_are_read_back)
{
	static const char *const texts[] = {"command: order status {id}", "cron: weekdays 09:00",
					    "alert: order.stuck", "always", "always: 5m"};
	setup();
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct trigger t;
		CLEANUP(buf_release) struct buf out = BUF_INIT(256);
		assert_ok(trigger_from_text(arena, str_of(texts[i]), &t, &support_err));
		trigger_text(&out, &t);
		ck_assert_str_eq(buf_cstr(&out), texts[i]);
	}
	struct trigger t;
	assert_err(trigger_from_text(arena, STR("webhook: x"), &t, &support_err), ERR_INVALID,
		   "\"webhook: x\" is not a trigger");
	assert_err(trigger_from_text(arena, STR("cron: x"), &t, &support_err), ERR_INVALID,
		   "begins no schedule");
	assert_err(trigger_from_text(arena, STR(""), &t, &support_err), ERR_INVALID,
		   "\"\" is not a trigger");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_trigger_is_a_map_a_list_or_text),
	CASE(no_trigger_is_fine),
	CASE(parsed_values_are_kept_with_their_place),
	CASE(a_mistyped_kind_gets_its_replacement),
	CASE(bad_triggers_say_what_to_write),
	CASE(a_pattern_that_yaml_takes_for_a_map_needs_quotes),
	CASE(each_kind_checks_its_words),
	CASE(an_alert_name_has_at_most_128_bytes),
	CASE(one_bad_trigger_does_not_hide_the_others),
	CASE(the_same_trigger_twice_is_a_warning),
	CASE(a_skill_has_at_most_16_triggers),
	CASE(text_forms_are_read_back),
	{0},
};

int main(void)
{
	return support_main("skill/trigger", cases);
}
