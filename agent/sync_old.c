/* Old skills, for differences in words and for holding a bad one back: out of the snapshot before, or out of the store. */
#include "agent/context_doc.h"
#include "agent/sync_compose.h"
#include "agent/sync_int.h"

/* More than so many are not worth the reading: a release that changes everything is described by its size. */
#define OLD_FROM_STORE_MAX 64

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

static int effective(void *state, const struct deployed_skill *d, struct arena *a,
		     const struct config **ret, struct err *err)
{
	struct pass *p = state;
	struct str document;
	*ret = NULL;
	if (p->old_read >= OLD_FROM_STORE_MAX)
		return 0;
	int rc = store_context_read(p->s->ctx->store, a, &d->context, &document, err);
	if (rc < 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	struct config *config = arena_alloc(a, sizeof(*config));
	if ((rc = context_doc_config(a, document, config, err)) == 0)
		*ret = config;
	return rc;
}

struct plan_old sync_old(struct pass *p)
{
	return (struct plan_old){
		.load = load, .state = p, .effective = p->previous ? NULL : effective};
}
