/* A snapshot's life, and what is asked of it. */
#include "skill/snapshot.h"

#include "base/mem.h"
#include "skill/snapshot_int.h"

struct shared_config *shared_config_new(void)
{
	struct shared_config *c = mem_zalloc(sizeof(*c));
	c->refs = 1;
	c->arena = arena_new(4 << 20);
	return c;
}

struct shared_config *shared_config_ref(struct shared_config *c)
{
	if (c)
		c->refs++;
	return c;
}

void shared_config_unref(struct shared_config *c)
{
	if (!c || --c->refs > 0)
		return;
	arena_free(c->arena);
	free(c);
}

struct domain *domain_ref(struct domain *d)
{
	d->refs++;
	return d;
}

void domain_unref(struct domain *d)
{
	if (!d || --d->refs > 0)
		return;
	for (size_t i = 0; i < d->skill_count; i++)
		skill_unref(d->skills[i].skill);
	shared_config_unref(d->platform);
	shared_config_unref(d->own);
	arena_free(d->arena);
	free(d);
}

void domain_unrefp(struct domain **d)
{
	domain_unref(*d);
	*d = NULL;
}

struct snapshot *snapshot_ref(struct snapshot *s)
{
	s->refs++;
	return s;
}

void snapshot_unref(struct snapshot *s)
{
	if (!s || --s->refs > 0)
		return;
	for (size_t i = 0; i < s->domain_count; i++)
		domain_unref(s->domains[i]);
	shared_config_unref(s->shared);
	arena_free(s->arena);
	free(s);
}

void snapshot_unrefp(struct snapshot **s)
{
	snapshot_unref(*s);
	*s = NULL;
}

/* --- looking -------------------------------------------------------------------------------------- */

struct domain *snapshot_domain(const struct snapshot *s, struct str name)
{
	size_t low = 0, high = s ? s->domain_count : 0;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = str_cmp(s->domains[mid]->name, name);
		if (order == 0)
			return s->domains[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

struct domain_skill *domain_skill_find(const struct domain *d, struct str name)
{
	size_t low = 0, high = d ? d->skill_count : 0;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = str_cmp(d->skills[mid].skill->name, name);
		if (order == 0)
			return &d->skills[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

bool snapshot_refused(const struct snapshot *s)
{
	for (size_t i = 0; i < s->findings.count; i++)
		if (s->findings.items[i].severity == SEVERITY_DENY &&
		    !s->findings.items[i].domain.len)
			return true;
	return false;
}

bool snapshot_same_platform(const struct snapshot *a, const struct snapshot *b)
{
	return digest_equal(&a->platform_digest, &b->platform_digest) &&
	       digest_equal(&a->platform_file.digest, &b->platform_file.digest) &&
	       digest_equal(&a->firm, &b->firm);
}

bool domain_refused(const struct domain *d)
{
	if (findings_count(&d->findings, SEVERITY_DENY))
		return true;
	for (size_t i = 0; i < d->skill_count; i++)
		if (findings_count(&d->skills[i].findings, SEVERITY_DENY) ||
		    findings_count(&d->skills[i].skill->findings, SEVERITY_DENY))
			return true;
	return false;
}

void domain_findings(const struct domain *d, struct findings *f)
{
	findings_append(f, &d->findings);
	for (size_t i = 0; i < d->skill_count; i++) {
		findings_append(f, &d->skills[i].skill->findings);
		findings_append(f, &d->skills[i].findings);
	}
}

void snapshot_findings(const struct snapshot *s, struct findings *f)
{
	findings_append(f, &s->findings);
	for (size_t i = 0; i < s->domain_count; i++)
		domain_findings(s->domains[i], f);
}

/* --- text parts ------------------------------------------------------------------------------------- */

int domain_grow(struct domain *d, struct tree_source *t, struct err *err)
{
	for (size_t i = 0; i < d->skill_count; i++) {
		int rc = skill_grow(d->skills[i].skill, t, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void domain_shrink(struct domain *d)
{
	for (size_t i = 0; i < d->skill_count; i++)
		skill_shrink(d->skills[i].skill);
}

void snapshot_shrink(struct snapshot *s)
{
	for (size_t i = 0; i < s->domain_count; i++)
		domain_shrink(s->domains[i]);
}
