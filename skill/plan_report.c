#include "skill/plan.h"
#include "skill/text.h"

static void json_digest(struct json *j, const char *key, const struct digest *d)
{
	char hex[DIGEST_HEX + 1];
	if (!digest_is_zero(d))
		json_strz(j, key, digest_hex(d, hex));
}

void change_detail_json(struct json *j, const struct change_detail *d)
{
	json_object(j);
	json_strz(j, "field", d->field);
	json_str(j, "text", d->text);
	json_bool(j, "growth", d->growth);
	json_bool(j, "rollout", d->rollout);
	json_end(j);
}

static void skill_json(struct json *j, const struct skill_change *c)
{
	json_object(j);
	json_str(j, "name", c->name);
	json_strz(j, "op", change_op_name(c->op));
	json_digest(j, "from", &c->from_content);
	json_digest(j, "to", &c->to_content);
	json_bool(j, "runtimeChanged", c->runtime_changed);
	json_bool(j, "contextChanged", c->context_changed);
	json_array_in(j, "details");
	for (size_t i = 0; i < c->detail_count; i++)
		change_detail_json(j, &c->details[i]);
	json_end(j);
	json_end(j);
}

void plan_json_members(struct json *j, const struct plan *p)
{
	json_object_in(j, "summary");
	json_int(j, "create", (int64_t)p->created);
	json_int(j, "update", (int64_t)p->updated);
	json_int(j, "delete", (int64_t)p->deleted);
	json_int(j, "unchanged", (int64_t)p->unchanged);
	json_end(j);
	json_array_in(j, "domains");
	for (size_t i = 0; i < p->domain_count; i++) {
		const struct domain_change *d = &p->domains[i];
		json_object(j);
		json_str(j, "name", d->name);
		json_strz(j, "op", change_op_name(d->op));
		json_bool(j, "policyChanged", d->policy_changed);
		json_int(j, "unchanged", (int64_t)d->unchanged);
		json_array_in(j, "skills");
		for (size_t k = 0; k < d->skill_count; k++)
			skill_json(j, &d->skills[k]);
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

void plan_json(struct json *j, const struct plan *p)
{
	json_object(j);
	plan_json_members(j, p);
	json_end(j);
}

static const char op_marks[] = {
	[CHANGE_NONE] = ' ', [CHANGE_CREATE] = '+', [CHANGE_UPDATE] = '~', [CHANGE_DELETE] = '-'};

static void skill_text(struct buf *out, const struct skill_change *c)
{
	buf_addf(out, "%c %.*s/%.*s  %s\n", op_marks[c->op], STR_ARG(c->domain), STR_ARG(c->name),
		 change_op_name(c->op));
	for (size_t i = 0; i < c->detail_count; i++) {
		buf_addf(out, "    %c ", c->details[i].growth ? '!' : ' ');
		text_escape(out, c->details[i].text, 0);
		buf_add_char(out, '\n');
	}
}

/* A domain whose own files changed, or whose policy did, but none of its skills. */
static void domain_text(struct buf *out, const struct domain_change *d)
{
	if (d->skill_count)
		return;
	buf_addf(out, "%c %.*s  %s\n", op_marks[d->op], STR_ARG(d->name),
		 d->op == CHANGE_NONE ? "policy" : change_op_name(d->op));
	if (d->op == CHANGE_UPDATE)
		buf_addz(out, "      its own files or configuration changed\n");
	if (d->policy_changed)
		buf_addz(out, "      policy changed: it is admitted anew\n");
}

void plan_text(struct buf *out, const struct plan *p)
{
	if (!p->domain_count) {
		buf_addz(out, "no changes\n");
		return;
	}
	for (size_t i = 0; i < p->domain_count; i++) {
		domain_text(out, &p->domains[i]);
		for (size_t k = 0; k < p->domains[i].skill_count; k++)
			skill_text(out, &p->domains[i].skills[k]);
	}
	buf_addf(out, "%zu to create, %zu to update, %zu to delete, %zu unchanged\n", p->created,
		 p->updated, p->deleted, p->unchanged);
}
