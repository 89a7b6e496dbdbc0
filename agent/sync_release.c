/* What was admitted, as one transaction: verdicts, versions, contexts, release, and what is known afterwards. */
#include "agent/sync_int.h"
#include "agent/sync_refuse.h"
#include "agent/sync_version.h"
#include "base/mem.h"

/* The rows of one release, gathered before the transaction begins. */
struct rows {
	struct release_domain *domains;
	size_t domain_count;
	struct release_skill *skills;
	size_t skill_count;
	struct version_row *versions;
	size_t version_count;
	struct release_platform platform;
	bool has_platform;
};

static bool name_in(const struct str *list, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], name))
			return true;
	return false;
}

static bool is_among(const struct quarantine *list, size_t count, struct str domain,
		     struct str skill, const struct digest *content)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].domain, domain) && str_eq(list[i].skill, skill) &&
		    digest_equal(&list[i].content, content))
			return true;
	return false;
}

static bool is_quarantined(const struct pass *p, struct str domain, struct str skill,
			   const struct digest *content)
{
	const struct sync_holds *h = &p->s->holds;
	return !is_among(p->freed, p->freed_count, domain, skill, content) &&
	       is_among(h->quarantined, h->quarantined_count, domain, skill, content);
}

/* --- domains and skills --------------------------------------------------------------------------------------- */

static struct str detail_json(struct arena *a, const struct skill_change *c)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	if (c->detail_count == 0)
		return STR_NULL;
	json_init(&j, &out);
	json_object(&j);
	json_array_in(&j, "changes");
	for (size_t i = 0; i < c->detail_count; i++)
		json_add_str(&j, c->details[i].text);
	json_end(&j);
	json_end(&j);
	return arena_str(a, buf_str(&out));
}

/* One skill of an admitted domain; false when it is held back. */
static bool add_skill(struct pass *p, struct rows *r, const struct admission_domain *ad,
		      const struct skill_change *c)
{
	const struct domain *d = ad->release;
	if (name_in(ad->held, ad->held_count, c->name))
		return false;
	struct release_skill *row = &r->skills[r->skill_count];
	*row = (struct release_skill){.op = c->op,
				      .domain = c->domain,
				      .name = c->name,
				      .detail_json = detail_json(p->arena, c)};
	if (c->op != CHANGE_DELETE) {
		const struct domain_skill *ds = domain_skill_find(d, c->name);
		if (!ds || is_quarantined(p, c->domain, c->name, &ds->skill->content))
			return false;
		const struct config *e = &ds->effective;
		row->tree = ds->skill->tree;
		row->content = ds->skill->content;
		row->runtime = ds->runtime;
		row->context = ds->context;
		row->concurrency = e->limits.concurrency;
		row->per_minute = e->limits.per_minute;
		row->per_run_microusd = e->budget.per_run_microusd;
		row->per_day_microusd = e->budget.per_day_microusd;
		row->timeout_ms = e->limits.timeout_ms;
		r->versions[r->version_count++] = (struct version_row){d, ds};
	}
	r->skill_count++;
	return true;
}

static void add_file(struct manifest *m, const struct domain_file *f)
{
	m->files[m->count++] = (struct manifest_file){
		.path = f->path, .mode = TREE_MODE_FILE, .size = f->size, .digest = f->digest};
	m->bytes += f->size;
}

/* What an overlay or a rollback puts together again: without its configuration the domain would lose its limits. */
static struct str manifest_of_domain(struct arena *a, const struct domain *d)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct manifest m = {.files = arena_array(a, d->file_count + 1, sizeof(*m.files))};
	struct json j;
	/* In the order of paths, the configuration in its place among the others. */
	const struct domain_file *config = d->config_file.path.len ? &d->config_file : NULL;
	for (size_t i = 0; i < d->file_count; i++) {
		if (config && str_cmp(config->path, d->files[i].path) < 0) {
			add_file(&m, config);
			config = NULL;
		}
		add_file(&m, &d->files[i]);
	}
	if (config)
		add_file(&m, config);
	json_init(&j, &out);
	manifest_json(&j, &m);
	return arena_str(a, buf_str(&out));
}

/* Empty when others see what they saw: the store has it, and half a thousand skills need not be written again for one. */
static struct str exposes_of(struct pass *p, const struct admission_domain *ad)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	if (ad->op == CHANGE_UPDATE && ad->exposes_same)
		return STR_NULL;
	json_init(&j, &out);
	surface_json(&j, &ad->surface);
	return arena_str(p->arena, buf_str(&out));
}

static struct str spec_of_domain(struct arena *a, const struct domain *d)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	const struct field_list *labels = &d->effective.labels;
	const struct config_label *items = labels->items;
	json_object(&j);
	if (labels->count)
		json_object_in(&j, "labels");
	for (size_t i = 0; i < labels->count; i++) {
		json_key_str(&j, items[i].key);
		json_add_str(&j, items[i].value);
	}
	if (labels->count)
		json_end(&j);
	json_int(&j, "skills", (int64_t)d->skill_count);
	json_key(&j, "config");
	field_json(&j, config_fields, &d->effective);
	json_end(&j);
	return arena_str(a, buf_str(&out));
}

static const struct verdict *verdict_of(const struct admission_domain *ad)
{
	return ad->reduced ? ad->reduced : &ad->verdict;
}

static bool is_releasable(const struct admission_domain *ad)
{
	return ad->release || (ad->op == CHANGE_DELETE && ad->verdict.allow);
}

static void add_domain(struct pass *p, struct rows *r, const struct admission_domain *ad)
{
	const struct verdict *v = verdict_of(ad);
	size_t held = 0;
	for (size_t i = 0; i < ad->change->skill_count; i++)
		held += !add_skill(p, r, ad, &ad->change->skills[i]);
	p->held_count += held;
	/* All that would change is held back: there is nothing to release. */
	if (held && held == ad->change->skill_count && ad->op == CHANGE_UPDATE)
		return;
	struct release_domain *row = &r->domains[r->domain_count++];
	*row = (struct release_domain){
		/* A new verdict alone, under another policy, is an update of the domain's row. */
		.op = ad->op == CHANGE_NONE ? CHANGE_UPDATE : ad->op,
		.name = ad->name,
		.source = p->source,
		.overlay = p->overlay};
	if (ad->op == CHANGE_DELETE)
		return;
	row->candidate = v->key.candidate;
	row->policy = v->key.policy;
	row->surface = v->key.surface;
	/* With something held back the domain is not what its tree says: without the tree's id the next pass looks at every skill. */
	if (held == 0 && !ad->reduced && !name_in(p->incomplete, p->incomplete_count, ad->name))
		row->tree = ad->release->tree;
	row->exposes_json = exposes_of(p, ad);
	row->manifest_json = manifest_of_domain(p->arena, ad->release);
	row->spec_json = spec_of_domain(p->arena, ad->release);
}

static int add_platform(struct pass *p, struct rows *r, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(256 * 1024);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	bool judged_well = !p->admission->platform_judged || p->admission->platform.allow;
	if (!p->platform_from_tree || !judged_well ||
	    (sync_platform_is(p->s, p->snapshot) && p->s->deployed->platform_source.name[0]))
		return 0;
	if (p->snapshot->platform) {
		int rc = tree_read(p->tree, &p->snapshot->platform->blob, &text, err);
		if (rc < 0)
			return rc;
	}
	json_init(&j, &out);
	json_object(&j);
	json_strz(&j, "path", CONFIG_FILE);
	json_str(&j, "text", buf_str(&text));
	json_end(&j);
	r->has_platform = true;
	r->platform = (struct release_platform){.source = p->source,
						.digest = p->snapshot->platform_digest,
						.firm = p->snapshot->firm,
						.config_json = arena_str(p->arena, buf_str(&out))};
	return 0;
}

static int gather(struct pass *p, struct rows *r, struct err *err)
{
	size_t skills = 0;
	for (size_t i = 0; i < p->plan->domain_count; i++)
		skills += p->plan->domains[i].skill_count;
	r->domains = arena_array(p->arena, p->admission->domain_count + 1, sizeof(*r->domains));
	r->skills = arena_array(p->arena, skills + 1, sizeof(*r->skills));
	r->versions = arena_array(p->arena, skills + 1, sizeof(*r->versions));
	for (size_t i = 0; i < p->admission->domain_count; i++)
		if (is_releasable(&p->admission->domains[i]))
			add_domain(p, r, &p->admission->domains[i]);
	p->released_domains = r->domain_count;
	return add_platform(p, r, err);
}

/* --- the transaction -------------------------------------------------------------------------------------------- */

static int put_denial(struct pass *p, struct store_txn *t, const struct admission_domain *ad,
		      struct err *err)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(16 * 1024);
	denial_text(&words, &ad->verdict.findings);
	return sync_event(t, "Domain", STR_NULL, ad->name, !ad->waits_for,
			  ad->waits_for ? ad->waits_for : "AdmissionDenied", buf_str(&words),
			  p->source.revision, err);
}

static int put_verdict(struct pass *p, struct store_txn *t, const struct verdict *v,
		       struct err *err)
{
	return store_verdict_put(t, v, &p->source, pass_author(p), &p->s->signer, err);
}

static int put_verdicts(struct pass *p, struct store_txn *t, struct err *err)
{
	int rc = 0;
	if (p->admission->platform_judged)
		rc = put_verdict(p, t, &p->admission->platform, err);
	for (size_t i = 0; rc == 0 && i < p->admission->domain_count; i++) {
		const struct admission_domain *ad = &p->admission->domains[i];
		rc = put_verdict(p, t, &ad->verdict, err);
		if (rc == 0 && ad->reduced)
			rc = put_verdict(p, t, ad->reduced, err);
		if (rc == 0 && !ad->verdict.allow)
			rc = put_denial(p, t, ad, err);
	}
	return rc;
}

static int put_release(struct pass *p, struct store_txn *t, const struct rows *r, struct err *err)
{
	if (r->domain_count == 0 && !r->has_platform)
		return 0;
	int rc = sync_versions_put(p, t, r->versions, r->version_count, err);
	const struct release release = {.kind = p->kind,
					.source = p->source,
					.message = p->message,
					.author = p->author,
					.domains = r->domains,
					.domain_count = r->domain_count,
					.skills = r->skills,
					.skill_count = r->skill_count,
					.platform = r->has_platform ? &r->platform : NULL};
	if (rc == 0)
		rc = store_release_write(t, &release, &p->s->signer, &p->release_id, err);
	for (size_t i = 0; rc == 0 && i < r->domain_count; i++) {
		CLEANUP_FREE char *text = mem_printf("revision %.12s of source %s",
						     p->source.revision, p->source.name);
		rc = sync_event(t, "Domain", STR_NULL, r->domains[i].name, false, "Released",
				str_of(text), p->source.revision, err);
	}
	return rc;
}

static int begin(struct pass *p, struct store_txn **ret, struct err *err)
{
	return store_txn_begin(p->s->ctx->store, STORE_FENCED, p->actor, worker_lease(p->s->worker),
			       ret, err);
}

static int write_all(struct pass *p, struct rows *r, struct store_txn **ret, struct err *err)
{
	int rc = begin(p, ret, err);
	if (rc == 0 && p->before)
		rc = p->before(*ret, p, p->state, err);
	if (rc == 0)
		rc = store_blob_writer_join(p->blobs, *ret, err);
	if (rc == 0)
		rc = put_verdicts(p, *ret, err);
	return rc < 0 ? rc : put_release(p, *ret, r, err);
}

/*
 * A dry run is the real thing, to the last statement before COMMIT, which comes to nothing: what the database would refuse, it refuses here. Its report is
 * then written by itself.
 */
static int rehearse(struct pass *p, struct store_txn **t, struct err *err)
{
	p->rehearsing = true;
	int rc = p->also ? p->also(*t, p, p->state, err) : 0;
	if (rc == 0)
		rc = store_txn_rehearse(*t, err);
	p->rehearsing = false;
	p->release_id = 0;
	store_txn_end(*t);
	*t = NULL;
	return rc;
}

int pass_write(struct pass *p, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	struct rows r = {0};
	int rc = gather(p, &r, err);
	bool nothing = p->quiet && rc == 0 && p->admission->domain_count == 0 && !r.has_platform &&
		       !p->admission->platform_judged && p->admission->allow &&
		       p->refused_count == 0;
	if (nothing)
		return store_blob_writer_flush(p->blobs, err);
	if (rc == 0)
		rc = write_all(p, &r, &t, err);
	if (rc == 0 && p->dry_run)
		rc = rehearse(p, &t, err);
	if (rc == 0 && p->dry_run && p->also)
		rc = begin(p, &t, err);
	if (rc == 0 && p->also)
		rc = p->also(t, p, p->state, err);
	if (rc == 0 && t)
		rc = store_txn_commit(t, &p->rev, err);
	if (rc == 0 && !p->dry_run && p->release_id)
		sync_learn(p->s, p);
	return rc;
}
