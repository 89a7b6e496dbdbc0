/* What a text says to models and not to people, and what it says that is not so: what to look for is in text_channel.c. */
#include "admission/rule_int.h"

#define WORDS_SHOWN 60

static const char *shown(const struct rule_in *in, struct str words)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT(1024);
	struct str s = str_trim(words);
	size_t end = 0;
	while (end < s.len && end < WORDS_SHOWN)
		(void)str_next_rune(s, &end);
	for (size_t i = 0; i < end; i++)
		buf_add_char(&line, strchr("\n\r\t", s.p[i]) ? ' ' : s.p[i]);
	return arena_printf(in->arena, "%s%s", buf_cstr(&line), end < s.len ? "…" : "");
}

int rule_text_hidden(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		struct finding *f;
		if (t->kind == TEXT_COMMENT) {
			f = rule_say(in, out, "hidden text speaks to agents: \"%s\"",
				     shown(in, t->words));
		} else if (t->kind == TEXT_HIDDEN) {
			f = rule_say(in, out, "much text that nobody sees: \"%s\"",
				     shown(in, t->words));
			f->severity = SEVERITY_WARN;
		} else {
			continue;
		}
		rule_at_text(in, f, t);
	}
	return 0;
}

int rule_text_address(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		if (t->kind != TEXT_ADDRESS && t->kind != TEXT_QUOTED)
			continue;
		struct finding *f = rule_say(in, out, "\"%s\" speaks to whatever model reads it",
					     shown(in, t->words));
		if (t->kind == TEXT_QUOTED)
			f->severity = SEVERITY_WARN;
		rule_at_text(in, f, t);
	}
	return 0;
}

int rule_text_script(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		if (t->kind != TEXT_SCRIPT || manifest_find(&s->manifest, t->words))
			continue;
		struct finding *f = rule_say(in, out, "names the script %.*s, which is not there",
					     STR_ARG(t->words));
		if (s->handler.len)
			finding_remedy(out, f, "write %.*s, or add the script",
				       STR_ARG(s->handler));
		rule_at_text(in, f, t);
	}
	return 0;
}
