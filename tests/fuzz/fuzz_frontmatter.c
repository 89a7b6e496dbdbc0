/*
 * SKILL.md: whatever it is, it becomes a skill; every finding has a rule of the list, words, and a place inside the file; what the small part
 * says stands without the text; and the time for it has a bound (libFuzzer's own).
 */
#include "skill/skill.h"
#include "skill/skill_rule.h"
#include "tests/fuzz/fuzz.h"

static void check_findings(const struct findings *list, size_t size)
{
	FUZZ_CHECK(list->count <= FINDINGS_MAX);
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *f = &list->items[i];
		CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
		FUZZ_CHECK(skill_rule_find(f->rule));
		FUZZ_CHECK(f->message.len > 0);
		FUZZ_CHECK(f->start <= f->end && f->end <= size);
		finding_text(&text, f);
		for (size_t k = 0; k < text.len; k++)
			FUZZ_CHECK((unsigned char)text.data[k] >= 0x20 || text.data[k] == '\n');
		FUZZ_CHECK(str_is_utf8(buf_str(&text), NULL));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct err err;
	static int ready = 1;
	if (ready == 1)
		ready = crypto_init(&err);
	FUZZ_CHECK(ready == 0);
	struct str text = str_make((const char *)data, size);
	struct skill *s = skill_parse_text(STR("ecm"), STR("order"), text);
	check_findings(&s->findings, size);
	check_findings(&s->stricter, size);
	for (size_t i = 0; i < s->link_count; i++)
		FUZZ_CHECK(s->links[i].line >= 1 && s->links[i].start <= s->links[i].end &&
			   s->links[i].end <= size);
	for (size_t i = 0; i < s->trigger_count; i++)
		FUZZ_CHECK(s->triggers[i].end <= size);
	FUZZ_CHECK(str_is_utf8(s->title, NULL) && str_is_utf8(s->description, NULL));
	/* A skill that nothing is said against has a name that is its folder's, and a description. */
	if (!findings_count(&s->findings, SEVERITY_DENY))
		FUZZ_CHECK(s->description.len > 0 && s->front);
	skill_shrink(s);
	check_findings(&s->findings, size);
	skill_unref(s);
	return 0;
}
