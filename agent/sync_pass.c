/* One tree from snapshot to release: what it wants, what changes, what is admitted, what is held back. */
#include "agent/sync_pass.h"

#include "admission/report.h"
#include "agent/sync_int.h"
#include "base/mem.h"

/* Where what is read goes while it is at hand. */
struct keeping {
	struct blob_writer *blobs;
	struct admit_memory *texts;
	struct admit_guard *guard;
	struct worker *worker;
};

static int keep_blob(void *state, const struct digest *digest, struct str bytes, struct err *err)
{
	struct keeping *k = state;
	worker_pulse(
		k->worker); /* a first look at a large repository takes longer than a lease lives */
	admit_guard_note(k->guard, digest, bytes);
	return store_blob_writer_add(k->blobs, digest, bytes, err);
}

static int keep_text(void *state, struct tree_source *t, const struct skill *s, struct err *err)
{
	struct keeping *k = state;
	(void)t;
	(void)err;
	admit_memory_note(k->texts, s);
	return 0;
}

static int build_snapshot(struct pass *p, bool platform_from_tree, struct err *err)
{
	sync_make_guard(p->s);
	struct keeping keeping = {.texts = p->texts, .guard = p->s->guard, .worker = p->s->worker};
	const struct snapshot_opts o = {.subpath = p->subpath,
					.platform = p->s->platform,
					.firm_text = p->s->firm_text,
					.platform_from_tree = platform_from_tree,
					.on_blob = keep_blob,
					.on_skill = p->texts ? keep_text : NULL,
					.shrink = p->texts != NULL,
					.state = &keeping};
	int rc = p->blobs ? 0 : store_blob_writer_open(p->s->ctx->store, &p->blobs, err);
	if (rc < 0)
		return rc;
	keeping.blobs = p->blobs;
	snapshot_unref(p->snapshot);
	p->snapshot = NULL;
	rc = snapshot_build(p->tree, &p->source, p->previous, &o, &p->snapshot, err);
	return rc < 0 ? rc : store_blob_writer_settle(p->blobs, err);
}

static int make_plan(struct pass *p, struct err *err)
{
	const struct plan_scope scope = {.domains = p->domains,
					 .infer_deletes = p->infer_deletes,
					 .source = p->source.name,
					 .rules_version = RULES_VERSION};
	plan_free(p->plan);
	p->plan = NULL;
	const struct plan_old old = sync_old(p);
	return plan_make(p->snapshot, p->s->deployed, &scope, &old, &p->plan, err);
}

/* --- who may --------------------------------------------------------------------------------------------------- */

static void refuse(struct pass *p, struct str domain, const char *why)
{
	ARENA_GROW(p->arena, p->refused, p->refused_count, p->refused_cap);
	p->refused[p->refused_count++] =
		str_of(arena_printf(p->arena, "%.*s: %s", STR_ARG(domain), why));
}

static bool is_suspended(const struct sync_holds *h, struct str domain, struct str skill)
{
	for (size_t i = 0; i < h->suspended_count; i++) {
		const struct suspension *u = &h->suspended[i];
		if (str_eqz(u->kind, "Domain") && str_eq(u->name, domain))
			return true;
		if (skill.len && str_eqz(u->kind, "Skill") && str_eq(u->domain, domain) &&
		    str_eq(u->name, skill))
			return true;
	}
	return false;
}

/* Why this source may not change the domain now, or NULL. */
static const char *domain_is_barred(struct pass *p, struct str domain)
{
	const struct sync_holds *h = &p->s->holds;
	struct str owner = sync_owner(p->s, domain);
	const struct overlay *overlay = sync_overlay(p->s, domain);
	if (is_suspended(h, domain, STR_NULL))
		return "it is suspended; resume it to let changes through";
	if (overlay && !p->overlay && !p->lifts_overlay &&
	    !str_eqz(overlay->source, p->source.name)) {
		p->under_overlay = true;
		return "an overlay lies over it until it expires, is ended or adopted";
	}
	if (owner.len && !str_eqz(owner, p->source.name) && !p->overlay &&
	    strcmp(p->kind, "rollback") != 0)
		return arena_printf(p->arena, "it belongs to source %.*s", STR_ARG(owner));
	return NULL;
}

/*
 * A deletion is only inferred from what is this source's own. Under an overlay of ours that is what the overlay brought; the domain is another's,
 * and nobody has asked for its end.
 */
static bool is_not_ours_to_miss(const struct pass *p, const struct domain_change *d)
{
	struct str owner = sync_owner(p->s, d->name);
	return d->op == CHANGE_DELETE && owner.len && !str_eqz(owner, p->source.name);
}

/* Takes out of the plan what may not change, before anybody judges it. */
static int bar_domains(struct pass *p, struct err *err)
{
	size_t kept = 0;
	if (p->plan->domain_count == 0)
		return 0;
	int rc = sync_load_holds(p->s, err);
	for (size_t i = 0; rc == 0 && i < p->plan->domain_count; i++) {
		struct domain_change *d = &p->plan->domains[i];
		if (is_not_ours_to_miss(p, d))
			continue;
		const char *why = domain_is_barred(p, d->name);
		if (why) {
			refuse(p, d->name, why);
			continue;
		}
		size_t skills = 0;
		for (size_t k = 0; k < d->skill_count; k++) {
			if (is_suspended(&p->s->holds, d->name, d->skills[k].name))
				p->held_count++;
			else
				d->skills[skills++] = d->skills[k];
		}
		if (skills < d->skill_count) {
			ARENA_GROW(p->arena, p->incomplete, p->incomplete_count, p->incomplete_cap);
			p->incomplete[p->incomplete_count++] = d->name;
		}
		d->skill_count = skills;
		p->plan->domains[kept++] = *d;
	}
	if (rc == 0)
		p->plan->domain_count = kept;
	return rc;
}

/* --- judging -------------------------------------------------------------------------------------------------- */

static bool platform_differs(const struct pass *p)
{
	return p->platform_from_tree && !sync_platform_is(p->s, p->snapshot);
}

static int grow(void *state, struct skill *skill, struct err *err)
{
	struct pass *p = state;
	return skill_grow(skill, p->tree, err);
}

static int judge_once(struct pass *p, const struct admit_facts *facts, struct err *err)
{
	const struct plan_old old = sync_old(p);
	admit_guard_source(p->s->guard, p->tree);
	const struct admit_opts o = {.snapshot = p->snapshot,
				     .plan = p->plan,
				     .released_platform = p->s->platform,
				     .platform_changed = platform_differs(p),
				     .deployed = p->s->surfaces,
				     .have = p->s->deployed,
				     .old = &old,
				     .facts = facts,
				     .memory = p->texts,
				     .guard = p->s->guard,
				     .grow = grow,
				     .grow_state = p};
	admission_free(p->admission);
	p->admission = NULL;
	int rc = admit_plan(&o, &p->admission, err);
	admit_guard_source(p->s->guard, NULL);
	return rc;
}

/* The skill of d that a finding is about, where it may not have been able to say the place: in SKILL.md's frontmatter, in a list of its configuration. */
static struct domain_skill *placeless(const struct domain *d, const struct finding *f)
{
	bool front = str_ends(f->path, STR("/" SKILL_FILE)) && f->line == 1 && f->column == 1;
	struct str rest = f->path, part[4] = {STR_NULL};
	size_t parts = 0;
	if (!front && !str_ends(f->path, STR("/" CONFIG_FILE)))
		return NULL;
	/* skills/DOMAIN/SKILL/FILE */
	while (parts < 4 && str_split(&rest, '/', &part[parts]))
		parts++;
	return parts == 4 && !rest.len ? domain_skill_find(d, part[2]) : NULL;
}

/* Brings the texts back of what something was said about: findings say where in the frontmatter, and not only in which file. */
static int grow_told(struct pass *p, bool *ret_any, struct err *err)
{
	*ret_any = false;
	for (size_t i = 0; i < p->admission->domain_count; i++) {
		const struct admission_domain *ad = &p->admission->domains[i];
		struct domain *d = ad->change->to ? snapshot_domain(p->snapshot, ad->name) : NULL;
		for (size_t k = 0; d && k < ad->verdict.findings.count; k++) {
			struct domain_skill *ds = placeless(d, &ad->verdict.findings.items[k]);
			int rc = ds ? skill_grow(ds->skill, p->tree, err) : 0;
			if (rc < 0)
				return rc;
			*ret_any |= ds != NULL;
		}
	}
	return 0;
}

static int judge(struct pass *p, struct err *err)
{
	struct admit_facts facts;
	bool grown = false;
	int rc = pass_facts(p, &facts, err);
	if (rc == 0 && (p->plan->domain_count || platform_differs(p)))
		rc = sync_load_surfaces(p->s, err);
	if (rc == 0)
		rc = judge_once(p, &facts, err);
	if (rc == 0 && p->texts)
		rc = grow_told(p, &grown, err);
	if (rc == 0 && grown)
		rc = judge_once(p, &facts, err);
	if (grown)
		snapshot_shrink(p->snapshot);
	return rc;
}

static int look(struct pass *p, bool platform_from_tree, struct err *err)
{
	int rc = build_snapshot(p, platform_from_tree, err);
	if (rc == 0)
		rc = make_plan(p, err);
	if (rc == 0)
		rc = bar_domains(p, err);
	return rc == 0 ? judge(p, err) : rc;
}

/*
 * A platform configuration that is refused must not shape the domains that come with it: they are looked at again
 * under the one that is released.
 */
static int look_again_without_platform(struct pass *p, struct err *err)
{
	struct findings said;
	findings_init(&said, p->arena);
	findings_append(&said, &p->admission->platform.findings);
	struct verdict refused = p->admission->platform;
	p->refused_count = 0;
	p->incomplete_count = 0;
	p->held_count = 0;
	p->platform_from_tree = false;
	int rc = look(p, false, err);
	if (rc < 0)
		return rc;
	refused.findings = said;
	p->admission->platform = refused;
	p->admission->platform_judged = true;
	p->admission->allow = false;
	return 0;
}

/*
 * A rollback that somebody insists on: the verdict says who, is signed as such, and stands under a policy of its own, so that nobody takes it
 * for what today's policy says.
 */
static void force(struct pass *p)
{
	for (size_t i = 0; i < p->admission->domain_count; i++) {
		struct admission_domain *ad = &p->admission->domains[i];
		if (ad->verdict.allow || !ad->change->to)
			continue;
		CLEANUP(buf_release) struct buf key = BUF_INIT(1024);
		buf_add(&key, ad->verdict.key.policy.bytes, DIGEST_SIZE);
		buf_addz(&key, p->actor);
		ad->verdict.key.policy = digest_tagged("aspora.policy.forced.v1", buf_str(&key));
		ad->verdict.allow = true;
		ad->release = ad->change->to;
		findings_addf(&ad->verdict.findings, "AD-FORCED", SEVERITY_NOTE, ad->name, STR_NULL,
			      "admitted against policy because %s insists", p->actor);
		p->admission->allowed++;
		p->admission->denied--;
	}
}

int pass_run(struct pass *p, struct err *err)
{
	p->arena = arena_new(1024 * 1024 * 1024);
	int rc = look(p, p->platform_from_tree, err);
	if (rc == 0 && p->admission->platform_judged && !p->admission->platform.allow &&
	    p->s->platform)
		rc = look_again_without_platform(p, err);
	if (rc == 0 && p->force)
		force(p);
	return rc == 0 ? pass_write(p, err) : rc;
}

void pass_release(struct pass *p)
{
	admission_free(p->admission);
	plan_free(p->plan);
	snapshot_unref(p->snapshot);
	store_blob_writer_close(p->blobs);
	arena_free(p->arena);
	p->admission = NULL;
	p->plan = NULL;
	p->snapshot = NULL;
	p->blobs = NULL;
	p->arena = NULL;
}

const char *pass_waits_for(const struct pass *p)
{
	const struct admission *a = p->admission;
	const char *reason = NULL;
	if (p->refused_count || findings_count(&a->repository, SEVERITY_DENY) ||
	    (a->platform_judged && !a->platform.allow))
		return NULL;
	for (size_t i = 0; i < a->domain_count; i++) {
		const char *one = a->domains[i].waits_for;
		if (a->domains[i].verdict.allow)
			continue;
		if (!one)
			return NULL;
		if (!reason || strcmp(one, WAITS_FOR_APPROVAL) == 0)
			reason = one;
	}
	return reason;
}

/* --- in words -------------------------------------------------------------------------------------------------- */

static bool is_left_alone(const struct pass *p, struct str domain)
{
	for (size_t i = 0; i < p->refused_count; i++)
		if (str_starts(p->refused[i], domain) && p->refused[i].p[domain.len] == ':')
			return true;
	return false;
}

/* Domains of the tree that are deployed as they are in it. */
static size_t up_to_date(const struct pass *p)
{
	size_t same = 0;
	for (size_t i = 0; i < p->snapshot->domain_count; i++) {
		struct str name = p->snapshot->domains[i]->name;
		bool changes = is_left_alone(p, name);
		for (size_t k = 0; k < p->plan->domain_count && !changes; k++)
			changes = str_eq(p->plan->domains[k].name, name);
		same += !changes;
	}
	return same;
}

/* "; refused 2: ecm, frm": those that are at fault, or those that wait for others. */
static void add_domains(const struct pass *p, bool waiting, struct buf *out)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(BUF_MAX);
	size_t n = 0;
	for (size_t i = 0; i < p->admission->domain_count; i++) {
		const struct admission_domain *d = &p->admission->domains[i];
		if (!d->verdict.allow && !d->waits_for == !waiting)
			buf_addf(&names, "%s%.*s", n++ ? ", " : "", STR_ARG(d->name));
	}
	if (n)
		buf_addf(out, "; %s %zu: %s", waiting ? "waiting" : "refused", n, buf_cstr(&names));
}

static void add_denied(const struct pass *p, struct buf *out)
{
	add_domains(p, false, out);
	add_domains(p, true, out);
	/* Only a whole repository was compared with all that is deployed. */
	size_t same = p->infer_deletes ? up_to_date(p) : 0;
	if (same == 1)
		buf_addz(out, "; the other domain is up to date");
	else if (same)
		buf_addf(out, "; the other %zu domains are up to date", same);
}

/* The repository's root or the platform's own files were refused: no domain's name would tell. */
static void add_platform_refusal(const struct pass *p, struct buf *out)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(16 * 1024);
	const struct findings *f = &p->admission->platform.findings;
	if (!p->admission->platform_judged || p->admission->platform.allow)
		return;
	for (size_t i = 0; i < f->count && words.len == 0; i++) {
		struct finding one = f->items[i];
		one.quote = STR_NULL; /* a summary has no room for lines */
		if (one.severity == SEVERITY_DENY)
			finding_text(&words, &one);
	}
	buf_addf(out, "; refused the platform: %.*s", STR_ARG(str_trim(buf_str(&words))));
}

void pass_summary(const struct pass *p, struct buf *out)
{
	size_t denied = 0;
	for (size_t i = 0; i < p->admission->domain_count; i++)
		denied += !p->admission->domains[i].verdict.allow;
	if (p->released_domains)
		buf_addf(out, "%s %zu domain%s", p->dry_run ? "would deploy" : "deployed",
			 p->released_domains, p->released_domains == 1 ? "" : "s");
	else
		buf_addz(out, "nothing to deploy");
	if (denied)
		add_denied(p, out);
	add_platform_refusal(p, out);
	for (size_t i = 0; i < p->refused_count; i++)
		buf_addf(out, "; left alone %.*s", STR_ARG(p->refused[i]));
	if (p->held_count)
		buf_addf(out, "; held %zu skill%s", p->held_count, p->held_count == 1 ? "" : "s");
}

void pass_report_json(const struct pass *p, struct buf *out)
{
	CLEANUP(buf_release) struct buf report = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf words = BUF_INIT(BUF_MAX);
	const struct report_format *json_format = report_format_find(STR("json"));
	const struct report_opts ro = {0};
	struct json j;
	pass_summary(p, &words);
	json_format->write(&report, p->admission, &ro);
	json_init(&j, out);
	json_object(&j);
	json_str(&j, "summary", buf_str(&words));
	json_bool(&j, "dryRun", p->dry_run);
	json_int(&j, "release", p->release_id);
	json_bool(&j, "allow", p->admission->allow && p->refused_count == 0);
	json_array_in(&j, "refused");
	for (size_t i = 0; i < p->refused_count; i++)
		json_add_str(&j, p->refused[i]);
	json_end(&j);
	json_key(&j, "plan");
	plan_json(&j, p->plan);
	json_raw(&j, "admission", buf_str(&report));
	json_end(&j);
}
