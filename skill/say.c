#include <stdio.h>

#include "skill/skill_int.h"
#include "skill/skill_rule.h"

static struct finding *add(const struct said_of *of, const char *rule, const char *fmt, va_list ap)
	PRINTF(3, 0);
static struct finding *add(const struct said_of *of, const char *rule, const char *fmt, va_list ap)
{
	char text[1024];
	const struct skill_rule *r = skill_rule_find(rule);
	int severity = r ? r->severity[PROFILE_LENIENT] : SEVERITY_DENY;
	struct findings *to = of->findings;
	vsnprintf(text, sizeof(text), fmt, ap);
	if (severity == SEVERITY_NONE) {
		to = of->stricter ? of->stricter : of->findings;
		severity = SEVERITY_NOTE;
	}
	return findings_add(to, &(struct finding){.rule = rule,
						  .severity = (enum severity)severity,
						  .domain = of->domain,
						  .skill = of->skill,
						  .path = of->path,
						  .blob = of->blob,
						  .message = str_of(text)});
}

struct finding *say(const struct said_of *of, const char *rule, size_t start, size_t end,
		    const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct finding *f = add(of, rule, fmt, ap);
	va_end(ap);
	/* What no longer fits is not looked at, and its place would take long to count. */
	if (of->text.p && of->findings->count < FINDINGS_MAX)
		finding_span(f, of->text, start, end);
	return f;
}

struct finding *say_node(const struct said_of *of, const char *rule, const struct doc_node *n,
			 const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct finding *f = add(of, rule, fmt, ap);
	va_end(ap);
	if (n)
		finding_at_node(f, n);
	return f;
}

static struct str format(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);
static struct str format(struct arena *a, const char *fmt, va_list ap)
{
	char text[2048];
	int len = vsnprintf(text, sizeof(text), fmt, ap);
	return arena_str(a, str_make(text, MIN((size_t)MAX(len, 0), sizeof(text) - 1)));
}

void say_remedy(const struct said_of *of, struct finding *f, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	f->remedy = format(of->findings->arena, fmt, ap);
	va_end(ap);
}

void say_replace(const struct said_of *of, struct finding *f, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	f->replacement = format(of->findings->arena, fmt, ap);
	va_end(ap);
}

void skill_profile_findings(const struct skill *s, enum profile p, struct findings *f)
{
	const struct findings *lists[] = {&s->findings, &s->stricter};
	for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct finding *from = &lists[l]->items[i];
			const struct skill_rule *r = skill_rule_find(from->rule);
			int severity = r ? r->severity[p] : (int)from->severity;
			bool more = l == 1 ? severity != SEVERITY_NONE
					   : severity > (int)from->severity;
			if (more)
				findings_add(f, from)->severity = (enum severity)severity;
		}
	}
}
