#include "admission/admit.h"

#include "admission/rule_int.h"
#include "skill/digest.h"

#define IN_FORCE_BYTES (64 * 1024)

/* --- policy over what a rule said ------------------------------------------------------------------------ */

static void at_setting(struct finding *f, const struct rule_setting *s)
{
	f->severity = SEVERITY_NOTE;
	if (!s->doc)
		return;
	f->path = s->doc->path;
	f->blob = s->doc->blob;
	f->line = s->line;
	f->column = s->column;
}

/* One line that says which waiver is at work, and why. */
static void note_waiver(const struct rule_in *in, struct findings *out,
			const struct rule_setting *s, size_t waived)
{
	struct finding *f = rule_say_of(
		in, out, STR_NULL, "%s by policy%s%.*s: %.*s (%zu %s)", rule_mode_name(s->mode),
		s->until.len ? " until the end of " : "", STR_ARG(s->until), STR_ARG(s->reason),
		waived, waived == 1 ? "finding" : "findings");
	f->remedy = STR_NULL;
	at_setting(f, s);
}

static void note_expired(const struct rule_in *in, struct findings *out,
			 const struct rule_setting *s)
{
	struct finding *f = rule_say_of(in, out, STR_NULL, "the waiver of %s ended with %.*s",
					in->rule->id, STR_ARG(s->until));
	f->remedy = STR("correct what it waived, or have the platform policy renew it");
	at_setting(f, s);
}

/* Gives the findings from index `from` on the severity that policy says. */
static void apply_policy(const struct rule_in *in, size_t rule_index, struct findings *out,
			 size_t from)
{
	size_t to = out->count, waived = 0;
	struct rule_setting base = in->policy->settings[rule_index];
	for (size_t i = from; i < to; i++) {
		struct finding *f = &out->items[i];
		enum severity said = f->severity;
		if (said == SEVERITY_NOTE)
			continue;
		f->severity = base.mode == RULE_DENY   ? SEVERITY_DENY
			      : base.mode == RULE_WARN ? SEVERITY_WARN
						       : SEVERITY_NOTE;
		/* What the rule itself makes less of stays so. */
		if (said < in->rule->severity)
			f->severity = MIN(f->severity, said);
		waived += base.waived;
	}
	if (waived)
		note_waiver(in, out, &base, waived);
	if (to > from && base.expired) {
		note_expired(in, out, &base);
		rule_rests_on(in, "%s waiver ended", in->rule->id);
	}
}

/* --- calling ---------------------------------------------------------------------------------------------- */

/* A rule that fails says nothing that can be trusted: it denies. */
static void call(struct rule_in *in, struct findings *out)
{
	struct err err = ERR_INIT;
	size_t from = out->count;
	int rc = in->rule->check(in, out, &err);
	if (rc >= 0)
		return;
	out->count = from;
	struct finding *f = findings_addf(out, "AD-INTERNAL-001", SEVERITY_DENY, in->name,
					  in->skill ? in->skill->skill->name : STR_NULL,
					  "rule %s could not be decided: %s", in->rule->id,
					  err.msg[0] ? err.msg : err_text(rc));
	f->remedy = STR("what cannot be decided is denied; report this with the document at hand");
}

static void run_skills(struct rule_in *in, struct findings *out)
{
	const struct rule_index *x = in->index;
	bool alone = !(in->rule->scope & RULE_BESIDE);
	for (size_t i = 0; in->domain && i < in->domain->skill_count; i++) {
		const struct judged_skill *k = &x->judged->skills[i];
		size_t said = out->count, rests = in->in_force->len;
		if (!k->text || (alone && k->silent))
			continue;
		in->skill = &in->domain->skills[i];
		in->text = k->text;
		in->crowded = k->crowded;
		in->effective = rule_effective(x, in->domain, i);
		call(in, out);
		x->spoke[i] |= alone && (out->count > said || in->in_force->len > rests);
	}
	in->skill = NULL;
	in->text = NULL;
}

static void run_rules(struct rule_in *in, bool platform, struct findings *out)
{
	const struct rule *table = in->table ? in->table : rules;
	for (size_t i = 0; table[i].id; i++) {
		size_t from = out->count;
		in->rule = &table[i];
		if (!table[i].check)
			continue;
		if (platform ? table[i].scope & RULE_PLATFORM : table[i].scope & RULE_DOMAIN)
			call(in, out);
		if (!platform && (table[i].scope & RULE_SKILL))
			run_skills(in, out);
		if (!table[i].fixed && out->count > from)
			apply_policy(in, i, out, from);
	}
}

/*
 * What the cascade says under the platform configuration that judges, when the snapshot was resolved under another (its successor): each skill must hold
 * under both.
 */
static void cascade_again(const struct rule_in *in, struct findings *out)
{
	const struct domain *d = in->domain;
	struct config ignored;
	if (in->policy->platform == in->snap->platform)
		return;
	config_cascade(in->policy->platform, d->config, NULL, &ignored, out, d->name, STR_NULL);
	for (size_t i = 0; i < d->skill_count; i++) {
		const struct skill *s = d->skills[i].skill;
		if (s->config)
			config_cascade(in->policy->platform, d->config, s->config, &ignored, out,
				       d->name, s->name);
	}
}

static void said_before(const struct rule_in *in, struct findings *out)
{
	domain_findings(in->domain, out);
	cascade_again(in, out);
}

/* --- the verdict --------------------------------------------------------------------------------------------- */

static struct digest policy_key(const struct policy *p, const struct buf *in_force)
{
	if (!in_force->len)
		return p->digest;
	struct hasher h;
	static const char tag[] = "aspora.policy.in-force.v1"; /* with its NUL */
	hasher_init(&h);
	hasher_add(&h, tag, sizeof(tag));
	hasher_add(&h, p->digest.bytes, DIGEST_SIZE);
	hasher_add(&h, in_force->data, in_force->len);
	return hasher_end(&h);
}

/* What is judged of the root: what the configuration says, its bytes (the guard reads comments too), and FIRM.md. */
static struct digest platform_candidate(const struct snapshot *s)
{
	struct hasher h;
	static const char tag[] = "aspora.platform.v1"; /* with its NUL */
	hasher_init(&h);
	hasher_add(&h, tag, sizeof(tag));
	hasher_add(&h, s->platform_digest.bytes, DIGEST_SIZE);
	hasher_add(&h, s->platform_file.digest.bytes, DIGEST_SIZE);
	hasher_add(&h, s->firm.bytes, DIGEST_SIZE);
	return hasher_end(&h);
}

/* A skill whose text nobody has at hand cannot be judged. */
static void check_texts(const struct rule_in *in, struct findings *out)
{
	for (size_t i = 0; in->domain && i < in->domain->skill_count; i++)
		if (!in->index->judged->skills[i].text)
			findings_addf(out, "AD-INTERNAL-001", SEVERITY_DENY, in->name,
				      in->domain->skills[i].skill->name,
				      "the text of the skill is not at hand");
}

/* Patterns that all begin with a placeholder could each meet all others: past a limit nobody compares them. */
static void check_visits(const struct rule_in *in, struct findings *out)
{
	if (in->index->route_visits <= ROUTE_VISITS_MAX)
		return;
	findings_addf(out, "AD-INTERNAL-001", SEVERITY_DENY, in->name, STR_NULL,
		      "its triggers are too alike to be compared with all others")
		->remedy = STR("begin each pattern with words of its own");
}

/* Sentences that do not fit would be missing from the key: then nothing is allowed under it. */
static void check_in_force(const struct rule_in *in, struct findings *out)
{
	if (in->in_force->overflow)
		findings_addf(out, "AD-INTERNAL-001", SEVERITY_DENY, in->name, STR_NULL,
			      "the verdict rests on more facts than fit into its key");
}

void admit_domain(struct arena *a, const struct rule_in *given, struct verdict *ret)
{
	CLEANUP(rule_index_release) struct rule_index index;
	CLEANUP(buf_release) struct buf in_force = BUF_INIT(IN_FORCE_BYTES);
	struct rule_in in = *given;
	bool platform = !in.domain && !in.change;
	in.arena = a;
	rule_index_init(&index, &in);
	in.index = &index;
	in.domain_effective = index.domain_effective;
	in.in_force = &in_force;

	*ret = (struct verdict){.rules_version = RULES_VERSION};
	findings_init(&ret->findings, a);
	if (in.domain)
		said_before(&in, &ret->findings);
	run_rules(&in, platform, &ret->findings);
	check_texts(&in, &ret->findings);
	check_visits(&in, &ret->findings);
	check_in_force(&in, &ret->findings);
	findings_sort(&ret->findings);
	findings_unread_first(&ret->findings);
	ret->allow = findings_count(&ret->findings, SEVERITY_DENY) == 0;
	ret->key.domain = arena_str(a, in.name);
	if (in.domain)
		ret->key.candidate = in.domain->candidate;
	else if (platform)
		ret->key.candidate = platform_candidate(in.snap);
	ret->key.policy = policy_key(in.policy, &in_force);
	ret->key.surface = surface_view_digest(in.surfaces, in.name);
	rule_index_learn(&index, &in);
}
