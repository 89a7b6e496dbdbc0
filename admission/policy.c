#include "admission/policy.h"

#include "admission/rule.h"
#include "admission/rule_int.h"
#include "skill/digest.h"

const char *rule_mode_name(int mode)
{
	static const char *const names[] = {"off", "warn", "deny"};
	return names[mode];
}

bool policy_day_end(struct str day, int64_t *ret_ms)
{
	char text[32];
	if (day.len != 10)
		return false;
	memcpy(text, day.p, 10);
	memcpy(text + 10, "T00:00:00Z", 11);
	if (clock_parse(str_of(text), ret_ms, NULL) < 0)
		return false;
	*ret_ms += 24 * 60 * 60 * 1000LL;
	return true;
}

void policy_rule_place(const struct config_doc *doc, const struct config_rule_mode *m,
		       struct finding *f)
{
	f->path = doc->path;
	f->blob = doc->blob;
	if (!m->line) {
		rule_at_field(f, doc, "policy.rules");
		return;
	}
	f->line = m->line;
	f->column = m->column;
	f->start = m->offset;
	f->end = m->offset + (uint32_t)m->key.len;
}

static enum rule_mode rule_own_mode(const struct rule *r)
{
	return r->severity == SEVERITY_DENY ? RULE_DENY : RULE_WARN;
}

static void place(struct rule_setting *s, const struct config_doc *doc,
		  const struct config_rule_mode *m)
{
	struct finding at = {0};
	policy_rule_place(doc, m, &at);
	s->doc = doc;
	s->line = at.line;
	s->column = at.column;
}

/* What one line of policy.rules does to the setting so far. It may raise the mode; at the platform it may also waive. */
static void apply(struct rule_setting *s, const struct rule *r, const struct config_rule_mode *m,
		  const struct config_doc *doc, int64_t now_ms)
{
	if (r->fixed)
		return;
	if ((int)s->mode > m->mode && doc->level != LEVEL_PLATFORM)
		return;
	bool waives = m->mode < (int)rule_own_mode(r);
	int64_t end;
	if (waives && !str_trim(m->reason).len && !s->waived)
		return;
	if (waives && m->until.len) {
		if (!policy_day_end(m->until, &end))
			return;
		if (end <= now_ms) {
			s->expired = true;
			s->until = m->until;
			place(s, doc, m);
			return;
		}
	}
	*s = (struct rule_setting){.mode = m->mode,
				   .waived = waives,
				   .reason = m->reason.len ? m->reason : s->reason,
				   .until = m->until};
	place(s, doc, m);
}

const struct config_rule_mode *policy_line(const struct config_doc *doc, const char *id)
{
	if (!doc)
		return NULL;
	const struct config_rule_mode *m = doc->values.policy.rules.items;
	for (size_t i = 0; i < doc->values.policy.rules.count; i++)
		if (str_eqz(m[i].key, id))
			return &m[i];
	return NULL;
}

void policy_make(struct arena *a, const struct config_doc *platform,
		 const struct config_doc *domain, const struct admit_facts *facts,
		 struct policy *ret)
{
	*ret = (struct policy){.platform = platform,
			       .domain = domain,
			       .now_ms = facts->now_ms,
			       .digest = policy_digest(platform, domain, RULES_VERSION)};
	size_t n = rule_count();
	ret->settings = arena_array(a, n, sizeof(*ret->settings));
	for (size_t i = 0; i < n; i++) {
		struct rule_setting *s = &ret->settings[i];
		s->mode = rule_own_mode(&rules[i]);
		const struct config_rule_mode *m = policy_line(platform, rules[i].id);
		if (m)
			apply(s, &rules[i], m, platform, facts->now_ms);
		m = policy_line(domain, rules[i].id);
		if (m)
			apply(s, &rules[i], m, domain, facts->now_ms);
	}
}
