#include "admission/report_int.h"
#include "skill/kind.h"

static void digest_member(struct json *j, const char *key, const struct digest *d)
{
	char hex[DIGEST_HEX + 1];
	json_strz(j, key, digest_hex(d, hex));
}

static void key_member(struct json *j, const struct verdict *v)
{
	json_object_in(j, "key");
	digest_member(j, "candidate", &v->key.candidate);
	digest_member(j, "policy", &v->key.policy);
	digest_member(j, "surface", &v->key.surface);
	json_end(j);
}

static void findings_member(struct json *j, const struct findings *f)
{
	json_key(j, "findings");
	findings_json(j, f);
}

static void growth_one(void *state, const struct skill_change *c, const struct change_detail *d)
{
	struct json *j = state;
	json_object(j);
	json_str(j, "skill", c->name);
	json_strz(j, "field", d->field);
	json_str(j, "text", d->text);
	json_end(j);
}

static void changes_member(struct json *j, const struct domain_change *c)
{
	json_array_in(j, "changes");
	for (size_t i = 0; c && i < c->skill_count; i++) {
		json_object(j);
		json_str(j, "skill", c->skills[i].name);
		json_strz(j, "op", change_op_name(c->skills[i].op));
		json_array_in(j, "details");
		for (size_t k = 0; k < c->skills[i].detail_count; k++)
			change_detail_json(j, &c->skills[i].details[k]);
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

static void domain_json(struct json *j, const struct admission_domain *d)
{
	json_object(j);
	json_str(j, "name", d->name);
	json_strz(j, "op", change_op_name(d->op));
	json_bool(j, "allow", d->verdict.allow);
	json_bool(j, "waiting", d->waits_for != NULL);
	json_bool(j, "released", d->release != NULL);
	json_array_in(j, "held");
	for (size_t i = 0; i < d->held_count; i++)
		json_add_str(j, d->held[i]);
	json_end(j);
	key_member(j, &d->verdict);
	findings_member(j, &d->verdict.findings);
	json_array_in(j, "growth");
	report_each_growth(d->change, growth_one, j);
	json_end(j);
	changes_member(j, d->change);
	json_end(j);
}

static void summary_member(struct json *j, const struct admission *a)
{
	struct report_counts c;
	report_count(a, &c);
	json_object_in(j, "summary");
	json_int(j, "domains", (int64_t)a->domain_count);
	json_int(j, "allowed", (int64_t)a->allowed);
	json_int(j, "denied", (int64_t)a->denied);
	json_int(j, "deny", (int64_t)c.deny);
	json_int(j, "warn", (int64_t)c.warn);
	json_int(j, "note", (int64_t)c.note);
	json_end(j);
}

static void mark_used(void *state, const struct finding *f)
{
	bool *used = state;
	const struct rule *r = rule_find(str_of(f->rule));
	if (r)
		used[r - rules] = true;
}

static void rules_member(struct json *j, const struct admission *a, const struct report_opts *o)
{
	bool used[RULES_MAX] = {false};
	report_each_finding(a, mark_used, used);
	json_array_in(j, "rules");
	for (size_t i = 0; rules[i].id; i++) {
		if (!used[i])
			continue;
		json_object(j);
		json_strz(j, "id", rules[i].id);
		json_strz(j, "family", rules[i].family);
		json_strz(j, "sentence", rules[i].sentence);
		json_strz(j, "advice", rules[i].advice);
		if (o && o->manual_url) {
			CLEANUP(buf_release) struct buf url = BUF_INIT(2048);
			buf_addf(&url, "%s#%s", o->manual_url, rules[i].id);
			json_str(j, "manual", buf_str(&url));
		}
		json_end(j);
	}
	json_end(j);
}

static void write_json(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "AdmissionReport");
	json_int(&j, "version", 1);
	json_int(&j, "rulesVersion", RULES_VERSION);
	json_bool(&j, "allow", a->allow);
	json_object_in(&j, "source");
	json_strz(&j, "name", a->snapshot->source.name);
	json_strz(&j, "revision", a->snapshot->source.revision);
	json_end(&j);
	summary_member(&j, a);
	findings_member(&j, &a->repository);
	if (a->platform_judged) {
		json_object_in(&j, "platform");
		json_bool(&j, "allow", a->platform.allow);
		key_member(&j, &a->platform);
		findings_member(&j, &a->platform.findings);
		json_end(&j);
	}
	json_array_in(&j, "domains");
	for (size_t i = 0; i < a->domain_count; i++)
		domain_json(&j, &a->domains[i]);
	json_end(&j);
	rules_member(&j, a, o);
	json_end(&j);
	buf_add_char(out, '\n');
}

static void write_json_difference(struct buf *out, const struct report_difference *d,
				  const struct report_opts *o)
{
	struct json j;
	(void)o;
	json_init(&j, out);
	json_object(&j);
	plan_json_members(&j, d->plan);
	json_array_in(&j, "findings");
	for (size_t i = 0; d->refused && i < d->refused->count; i++)
		finding_json(&j, &d->refused->items[i]);
	json_end(&j);
	json_end(&j);
	buf_add_char(out, '\n');
}

const struct report_format report_json = {
	"json", "application/json", "For programs: the whole admission, version 1 of its shape.",
	write_json, write_json_difference};
