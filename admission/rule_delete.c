#include "admission/rule_int.h"

#define NAMES_SHOWN 5

/* In hundredths of a percent, upwards: what is shown is what must be confirmed. */
static int64_t share(size_t part, size_t whole)
{
	return whole ? (int64_t)((part * 10000 + whole - 1) / whole) * 100 : 0;
}

static bool within(size_t part, size_t whole, int64_t limit)
{
	return part < whole && (double)part * 1000000 <= (double)limit * (double)whole;
}

static int64_t limit_of(const struct rule_in *in, bool repository)
{
	struct config by_default;
	if (!repository && in->domain)
		return in->domain_effective->policy.max_delete_millionths;
	if (in->policy->platform)
		return in->policy->platform->values.policy.max_delete_millionths;
	field_defaults(in->arena, config_fields, &by_default);
	return by_default.policy.max_delete_millionths;
}

/* A person said yes, to at least this much, and it still holds. */
static const struct admit_confirmation *confirmed(const struct rule_in *in, int64_t part,
						  bool repository)
{
	for (size_t i = 0; i < in->facts->confirmation_count; i++) {
		const struct admit_confirmation *c = &in->facts->confirmations[i];
		/* Who confirms one change has been shown the whole of it; else a domain's word says nothing of the others. */
		bool here = !c->domain.len || !repository || c->bound;
		if (here && rule_confirms(in, c, "deletion") && c->up_to_millionths >= part)
			return c;
	}
	return NULL;
}

static void name_deleted(const struct rule_in *in, struct buf *out)
{
	size_t said = 0;
	for (size_t i = 0; i < in->change->skill_count; i++) {
		if (in->change->skills[i].op != CHANGE_DELETE || said++ >= NAMES_SHOWN)
			continue;
		buf_addz(out, said > 1 ? ", " : "");
		buf_add_str(out, in->change->skills[i].name);
	}
	if (said > NAMES_SHOWN)
		buf_addf(out, " and %zu more", said - NAMES_SHOWN);
}

static void judge(const struct rule_in *in, struct findings *out, size_t part, size_t whole,
		  bool repository)
{
	int64_t is = share(part, whole), limit = limit_of(in, repository);
	char a[32], b[32];
	if (!part || within(part, whole, limit))
		return;
	const struct admit_confirmation *c = confirmed(in, is, repository);
	if (c) {
		rule_rests_on(in, "deletion of %zu of %zu confirmed by %.*s", part, whole,
			      STR_ARG(c->by));
		struct finding *f = rule_say(
			in, out, "the deletion of %zu of %zu skills was confirmed by %.*s: %.*s",
			part, whole, STR_ARG(c->by), STR_ARG(c->reason));
		f->severity = SEVERITY_NOTE;
		f->remedy = STR_NULL;
		return;
	}
	CLEANUP(buf_release) struct buf names = BUF_INIT(2048);
	name_deleted(in, &names);
	rule_rests_on(in, "deletion of %zu of %zu not confirmed", part, whole);
	struct finding *f;
	const char *of = repository ? "of the repository" : "of the domain";
	if (part >= whole && whole == 1)
		f = rule_say(in, out, "deletes the only skill %s (%s)", of, buf_cstr(&names));
	else if (part >= whole)
		f = rule_say(in, out, "deletes all %zu skills %s (%s)", whole, of,
			     buf_cstr(&names));
	else
		f = rule_say(in, out,
			     "deletes %zu of %zu skills %s (%s), which is %s; up to %s may go "
			     "unconfirmed",
			     part, whole, of, buf_cstr(&names), rule_percent(is, a),
			     rule_percent(limit, b));
	finding_remedy(
		out, f,
		"bring them back, or have somebody confirm the deletion of %s %s%.*s: aspora sync "
		"--confirm-deletion %.*s",
		rule_percent(is, a), repository ? "of the repository" : "of ",
		repository ? 0 : (int)in->name.len, in->name.p ? in->name.p : "",
		repository ? 3 : (int)in->name.len, repository ? "'*'" : in->name.p);
	rule_relate_field(in, f, "policy.max_delete");
}

int rule_delete_share(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	if (!in->change)
		return 0;
	size_t before = out->count;
	judge(in, out, in->change->deleted, in->deployed_skills, false);
	if (out->count == before && in->change->deleted)
		judge(in, out, in->repository_deleted, in->repository_skills, true);
	return 0;
}
