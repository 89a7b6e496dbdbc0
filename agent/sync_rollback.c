/* Rollback: what was deployed before comes back out of the store, and what came after it goes into quarantine. */
#include "agent/sync_compose.h"
#include "agent/sync_wish.h"

#define HISTORY_MAX 1000

/* The last stretch with other content: one under another context is no other version. */
static int version_before(struct hand *h, struct str skill, int64_t *ret, struct err *err)
{
	struct desired_skill *list = NULL;
	size_t count = 0, i = 1;
	int rc = store_desired_history(h->s->ctx->store, h->a, h->w->domain, skill, HISTORY_MAX,
				       &list, &count, err);
	while (i < count && digest_equal(&list[i].content, &list[0].content))
		i++;
	if (rc == 0 && i >= count)
		rc = err_set(err, ERR_NOT_FOUND, "there is no earlier version to go back to");
	*ret = rc == 0 ? list[i].since : 0;
	return rc;
}

/* "release 12", "12", "i3.47", or nothing: the stretch before this one. */
static int rollback_target(struct hand *h, struct str skill, int64_t *ret, struct err *err)
{
	struct str to = str_trim(wish_text(h, "to"));
	uint64_t number;
	struct store_rv rv;
	struct release_info info;
	if (str_starts(to, STR("release ")))
		to = str_sub(to, 8, to.len);
	if (str_to_u64(to, &number)) {
		int rc = store_release_find(h->s->ctx->store, h->a, (int64_t)number, &info, err);
		*ret = info.rev;
		return rc;
	}
	if (to.len) {
		int rc = store_rv_parse(to, &rv, err);
		*ret = rv.rev;
		return rc;
	}
	if (skill.len)
		return version_before(h, skill, ret, err);
	struct release_info *list = NULL;
	size_t count = 0;
	int rc = store_release_history(h->s->ctx->store, h->a, h->w->domain, 0, 2, &list, &count,
				       err);
	if (rc == 0 && count < 2)
		rc = err_set(err, ERR_NOT_FOUND,
			     "there is no earlier release of %.*s to go back to",
			     STR_ARG(h->w->domain));
	*ret = rc == 0 ? list[1].rev : 0;
	return rc;
}

static int quarantine_later(struct hand *h, struct str skill, int64_t target, size_t *cap,
			    struct err *err)
{
	struct digest *contents = NULL;
	size_t count = 0;
	int rc = store_rollback_contents(h->s->ctx->store, h->a, h->w->domain, skill, target,
					 &contents, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		ARENA_GROW(h->a, h->quarantine, h->quarantine_count, *cap);
		h->quarantine[h->quarantine_count++] =
			(struct quarantine){.domain = h->w->domain,
					    .skill = skill,
					    .content = contents[i],
					    .cause = STR("rollback"),
					    .reason = wish_reason(h, "rolled back"),
					    .by = h->w->requested_by};
	}
	return rc;
}

static void free_one(struct hand *h, struct str skill, const struct digest *content, size_t *cap)
{
	ARENA_GROW(h->a, h->freed, h->freed_count, *cap);
	h->freed[h->freed_count++] = (struct quarantine){
		.domain = h->w->domain, .skill = arena_str(h->a, skill), .content = *content};
}

/* What comes back must not be held by an earlier rollback; of a domain that is also what is not deployed now. */
static int free_target(struct hand *h, struct str skill, int64_t target, struct err *err)
{
	CLEANUP(store_deployed_freep) struct deployed *then = NULL;
	struct desired_skill old;
	bool found = false;
	size_t cap = 0;
	int rc;
	if (skill.len) {
		rc = store_desired_at(h->s->ctx->store, h->a, h->w->domain, skill, target, &old,
				      &found, err);
		if (rc == 0 && found)
			free_one(h, skill, &old.content, &cap);
		return rc;
	}
	rc = store_deployed_load(h->s->ctx->store, target, &then, err);
	for (size_t i = 0; rc == 0 && i < then->skill_count; i++)
		if (str_eq(then->skills[i].domain, h->w->domain))
			free_one(h, then->skills[i].name, &then->skills[i].content, &cap);
	return rc;
}

int wish_rollback(struct hand *h, struct err *err)
{
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	struct str skill = wish_text(h, "skill"), owner = sync_owner(h->s, h->w->domain);
	char domain[NAME_MAX_BYTES + 1];
	const char *scope[] = {domain, NULL};
	struct pass p = {.kind = "rollback",
			 .message = wish_text(h, "reason"),
			 .infer_deletes = true,
			 .domains = scope,
			 .force = doc_bool(h->body, "force", false)};
	int64_t target = 0;
	size_t cap = 0;
	snprintf(domain, sizeof(domain), "%.*s", STR_ARG(h->w->domain));
	int rc = rollback_target(h, skill, &target, err);
	for (size_t i = 0; rc == 0 && i < h->s->deployed->skill_count; i++) {
		const struct deployed_skill *d = &h->s->deployed->skills[i];
		if (!str_eq(d->domain, h->w->domain) || (skill.len && !str_eq(d->name, skill)))
			continue;
		rc = quarantine_later(h, d->name, target, &cap, err);
	}
	if (rc == 0)
		rc = free_target(h, skill, target, err);
	if (rc == 0)
		rc = sync_compose(h->s, h->a, h->w->domain, skill, target, NULL, 0, &tree, err);
	if (rc < 0)
		return rc;
	p.tree = tree;
	snprintf(p.source.name, sizeof(p.source.name), "%.*s", STR_ARG(owner));
	return wish_pass(h, &p, err);
}
