/* Old skills, for differences in words and for holding a bad one back: out of the snapshot before, or out of the store. */
#include "agent/context_doc.h"
#include "agent/sync_compose.h"
#include "agent/sync_int.h"

/* More than so many are not worth the reading: a release that changes everything is described by its size. */
#define OLD_FROM_STORE_MAX 64
#define CONTEXTS_MAX 1024 /* small documents; and without one its skill counts as having grown */

static struct skill *from_previous(const struct pass *p, const struct deployed_skill *d)
{
	struct domain *domain = p->previous ? snapshot_domain(p->previous, d->domain) : NULL;
	struct domain_skill *ds = domain ? domain_skill_find(domain, d->name) : NULL;
	if (!ds || !digest_equal(&ds->skill->content, &d->content))
		return NULL;
	return skill_ref(ds->skill);
}

static int load(void *state, const struct deployed_skill *d, struct skill **ret, struct err *err)
{
	struct pass *p = state;
	*ret = from_previous(p, d);
	if (*ret || p->old_read >= OLD_FROM_STORE_MAX)
		return 0;
	p->old_read++;
	int rc = sync_read_skill(p->s, p->arena, d, ret, err);
	/* Its bytes may have been retired; then there are no words, and that is all. */
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

/* The snapshot before says it, where it is what was released: its context is the one that is deployed. */
static const struct config *effective_before(const struct pass *p, const struct deployed_skill *d)
{
	struct domain *domain = p->previous ? snapshot_domain(p->previous, d->domain) : NULL;
	struct domain_skill *ds = domain ? domain_skill_find(domain, d->name) : NULL;
	bool same = ds && digest_equal(&ds->context, &d->context) &&
		    digest_equal(&ds->skill->content, &d->content);
	return same ? &ds->effective : NULL;
}

static int effective(void *state, const struct deployed_skill *d, struct arena *a,
		     const struct config **ret, struct err *err)
{
	struct pass *p = state;
	struct str document;
	*ret = effective_before(p, d);
	if (*ret || p->contexts_read >= CONTEXTS_MAX)
		return 0;
	p->contexts_read++;
	int rc = store_context_read(p->s->ctx->store, a, &d->context, &document, err);
	if (rc < 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	struct config *config = arena_alloc(a, sizeof(*config));
	/* One that an earlier release wrote in its own way is not known. */
	if (context_doc_config(a, document, config, NULL) == 0)
		*ret = config;
	return 0;
}

struct plan_old sync_old(struct pass *p)
{
	return (struct plan_old){.load = load, .state = p, .effective = effective};
}
