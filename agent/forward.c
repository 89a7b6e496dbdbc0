#include "agent/forward.h"

#include "agent/keeper.h"
#include "base/id.h"
#include "store/execution.h"

bool forward_is_allowed(const struct config *effective, struct str from_domain,
			struct str to_domain, struct str to_skill)
{
	if (str_eq(from_domain, to_domain))
		return true;
	const struct config_forward *f = effective->routing.forwards.items;
	for (size_t i = 0; i < effective->routing.forwards.count; i++) {
		struct str rest = f[i].forward_to, domain;
		if (!str_split(&rest, '/', &domain) || !str_eq(domain, to_domain) ||
		    !str_eq(rest, to_skill))
			continue;
		if (f[i].when_domain.len == 0 || str_eq(f[i].when_domain, from_domain))
			return true;
	}
	return false;
}

/* How many parents stand above e; a chain that is too long is a circle in all but name. */
static int count_hops(struct store *s, const struct execution *e, int *ret, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	struct execution up = *e;
	for (*ret = 0; up.parent.len && *ret <= FORWARD_HOPS_MAX; ++*ret) {
		struct str parent = up.parent;
		int rc = store_execution_get(s, a, parent, &up, err);
		if (rc == ERR_NOT_FOUND)
			return 0;
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check(struct store *s, const struct execution *e, const struct config *effective,
		 struct str target, struct str *ret_domain, struct str *ret_skill, struct err *err)
{
	int hops = 0;
	if (name_split(target, ret_domain, ret_skill, err) < 0)
		return err_set(err, ERR_HANDLER_OUTPUT,
			       "the result forwards to \"%.*s\", which is not a domain/skill",
			       STR_ARG(target));
	if (!forward_is_allowed(effective, e->domain, *ret_domain, *ret_skill)) {
		err_set(err, ERR_DENIED,
			"%.*s/%.*s may not forward to %.*s: it is in another domain",
			STR_ARG(e->domain), STR_ARG(e->skill), STR_ARG(target));
		err_remedy(err,
			   "add - then: {forward_to: %.*s} to routing.forwards in its "
			   "aspora.config.yaml",
			   STR_ARG(target));
		return ERR_DENIED;
	}
	int rc = count_hops(s, e, &hops, err);
	if (rc == 0 && hops >= FORWARD_HOPS_MAX)
		rc = err_set(err, ERR_CONFLICT, "the chain of forwards is longer than %d",
			     FORWARD_HOPS_MAX);
	return rc;
}

int forward_result(struct store *s, const struct execution *e, const struct config *effective,
		   struct buf *result, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const struct doc_node *root = NULL;
	struct str domain, skill;
	static const struct doc_limits limits = {4 * EXECUTION_RESULT_MAX, 128, 1000000,
						 4 * EXECUTION_RESULT_MAX};
	int rc = doc_parse_json(a, buf_str(result), &limits, "result", &root, err);
	struct str target = rc < 0 ? STR_NULL : doc_text(root, "forward");
	if (rc < 0 || target.len == 0)
		return rc;
	if ((rc = check(s, e, effective, target, &domain, &skill, err)) < 0)
		return rc;
	struct execution child = {.mode = e->mode,
				  .domain = domain,
				  .skill = skill,
				  .session = e->session,
				  .parent = str_of(e->id),
				  .attempt = 1,
				  .requested_by = e->requested_by,
				  .deadline_ms = e->deadline_ms,
				  .trigger_json = e->trigger_json,
				  .input_json = e->input_json};
	id_make("EXEC", &clock_real, child.id);
	char key[96];
	snprintf(key, sizeof(key), "forward:%s", e->id);
	struct enqueue q = {.e = &child, .idempotency_key = str_of(key)};
	char id[64];
	bool existing;
	if ((rc = store_execution_enqueue(s, &q, id, &existing, err)) < 0)
		return rc;
	/* The result is an object: the new member goes before its last brace. */
	while (result->len && result->data[result->len - 1] != '}')
		result->len--;
	result->len--;
	buf_addf(result, ",\"forwarded\":\"%s\"}", id);
	return buf_check(result, "the result", err);
}
