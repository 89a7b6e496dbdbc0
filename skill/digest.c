#include "skill/digest.h"

#include <stdio.h>

#include "skill/digest_int.h"

static void record_file(struct buf *b, const struct manifest_file *f)
{
	char mode[16];
	record_str(b, f->path);
	record_str(b, str_make(mode, (size_t)snprintf(mode, sizeof(mode), "%o", f->mode)));
	record_digest(b, &f->digest);
}

struct digest skill_digest_content(const struct manifest *m)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < m->count; i++)
		record_file(&b, &m->files[i]);
	return digest_tagged("aspora.content.v1", buf_str(&b));
}

bool skill_file_is_runtime(struct str path)
{
	bool top = str_find_byte(path, '/', 0) < 0;
	if (str_starts(path, STR("tests/")) || str_starts(path, STR("evals/")) ||
	    str_starts(path, STR("fixtures/")))
		return false;
	return !(top && (str_ends(path, STR(".md")) || str_eqz(path, CONFIG_FILE)));
}

struct digest skill_digest_runtime(const struct skill *s, const struct config *effective)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	uint64_t n = 0;
	for (size_t i = 0; i < s->manifest.count; i++)
		n += skill_file_is_runtime(s->manifest.files[i].path);
	record_u64(&b, n);
	for (size_t i = 0; i < s->manifest.count; i++)
		if (skill_file_is_runtime(s->manifest.files[i].path))
			record_file(&b, &s->manifest.files[i]);
	record_str(&b, s->handler);
	config_canonical_runtime(&b, effective);
	return digest_tagged("aspora.runtime.v1", buf_str(&b));
}

/* --- context ----------------------------------------------------------------------------------- */

static const struct digest nothing;

static void record_domain_file(struct buf *b, const struct domain *d, const char *name)
{
	const struct digest *found = &nothing;
	for (size_t i = 0; i < d->file_count; i++)
		if (str_eqz(d->files[i].path, name))
			found = &d->files[i].digest;
	record_str(b, str_of(name));
	record_digest(b, found);
}

static void record_skill_file(struct buf *b, const struct skill *s, const char *name)
{
	const struct manifest_file *f = manifest_find(&s->manifest, str_of(name));
	record_str(b, str_of(name));
	record_digest(b, f ? &f->digest : &nothing);
}

static bool is_runbook(const struct domain_file *f)
{
	return str_starts(f->path, STR("runbooks/"));
}

struct digest skill_digest_context(const struct snapshot *snap, const struct domain *d,
				   const struct domain_skill *ds)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	bool field = ds->skill->role == ROLE_FIELD;
	uint64_t runbooks = 0;
	record_str(&b, STR("FIRM.md"));
	record_digest(&b, &snap->firm);
	record_domain_file(&b, d, "DOMAIN.md");
	record_domain_file(&b, d, "DECISIONS.md");
	record_domain_file(&b, d, "GUARDRAILS.md");
	record_skill_file(&b, ds->skill, "DECISIONS.md");
	record_skill_file(&b, ds->skill, "GUARDRAILS.md");
	for (size_t i = 0; field && i < d->file_count; i++)
		runbooks += is_runbook(&d->files[i]);
	record_u64(&b, runbooks);
	for (size_t i = 0; field && i < d->file_count; i++) {
		if (!is_runbook(&d->files[i]))
			continue;
		record_str(&b, d->files[i].path);
		record_digest(&b, &d->files[i].digest);
	}
	config_canonical_context(&b, &ds->effective);
	return digest_tagged("aspora.context.v1", buf_str(&b));
}

/* --- domain and policy --------------------------------------------------------------------------- */

struct digest domain_digest(const struct snapshot *snap, const struct domain *d)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	(void)snap;
	record_str(&b, d->name);
	if (d->broken) {
		record_str(&b, str_make((const char *)d->tree.bytes, d->tree.len));
		return digest_tagged("aspora.broken.v1", buf_str(&b));
	}
	record_u64(&b, d->skill_count);
	for (size_t i = 0; i < d->skill_count; i++) {
		const struct domain_skill *ds = &d->skills[i];
		record_str(&b, ds->skill->name);
		record_digest(&b, &ds->skill->content);
		record_digest(&b, &ds->runtime);
		record_digest(&b, &ds->context);
	}
	record_u64(&b, d->file_count);
	for (size_t i = 0; i < d->file_count; i++) {
		record_str(&b, d->files[i].path);
		record_digest(&b, &d->files[i].digest);
	}
	config_canonical_policy(&b, d->config);
	return digest_tagged("aspora.domain.v1", buf_str(&b));
}

struct digest policy_digest(const struct config_doc *platform, const struct config_doc *domain,
			    uint32_t rules_version)
{
	CLEANUP(buf_release)
	struct buf b = BUF_INIT(BUF_MAX), p = BUF_INIT(BUF_MAX), d = BUF_INIT(BUF_MAX);
	config_canonical_policy(&p, platform);
	config_canonical_policy(&d, domain);
	record_u64(&b, rules_version);
	record_str(&b, buf_str(&p));
	record_str(&b, buf_str(&d));
	return digest_tagged("aspora.policy.v1", buf_str(&b));
}
