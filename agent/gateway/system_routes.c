/* What is asked of the gateway itself: health, its version, who asks, the change log. */
#include "agent/gateway/gateway.h"
#include "store/migrate.h"

#define CHANGES_MAX 1000

int gw_health(struct gw_call *c, struct err *err)
{
	struct json j;
	(void)err;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "status", "alive");
	json_end(&j);
	return 0;
}

int gw_ready(struct gw_call *c, struct err *err)
{
	struct store_head head;
	struct json j;
	int rc = gw_store_as(c->g, "*", err);
	if (rc == 0)
		rc = store_head(c->g->store, &head, err);
	if (rc < 0)
		/* Anybody may ask: the words say no more than that. */
		return err_set(err, ERR_UNAVAILABLE, "the database is not reachable now");
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "status", "ready");
	json_end(&j);
	return 0;
}

int gw_version(struct gw_call *c, struct err *err)
{
	struct json j;
	(void)err;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "version", ASPORA_VERSION);
	json_strz(&j, "apiVersion", API_VERSION);
	json_int(&j, "schema", store_schema_version());
	json_end(&j);
	return 0;
}

int gw_whoami(struct gw_call *c, struct err *err)
{
	struct json j;
	struct str rest = str_of(c->who.domains), one;
	char until[32];
	(void)err;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "name", c->who.name);
	json_strz(&j, "id", c->who.id);
	json_strz(&j, "role", c->who.role_name);
	json_array_in(&j, "domains");
	while (str_split(&rest, ',', &one))
		json_add_str(&j, one);
	json_end(&j);
	if (c->who.expires_ms)
		json_strz(&j, "expiresAt", clock_format(c->who.expires_ms, until));
	if (c->who.issuer[0]) {
		json_strz(&j, "issuer", c->who.issuer);
		json_strz(&j, "subject", c->who.subject);
	}
	json_strz(&j, "actor", c->who.actor);
	json_end(&j);
	return 0;
}

/* --- the change log ---------------------------------------------------------------------------------------------------- */

void gw_change_json(struct json *j, int64_t incarnation, const struct change *c)
{
	char rv[RV_MAX], at[32];
	const struct store_rv where = {
		.incarnation = incarnation, .rev = c->rev, .ord = c->last ? -1 : c->ord};
	json_object(j);
	json_strz(j, "resourceVersion", store_rv_format(&where, rv));
	json_strz(j, "at", clock_format(c->at_ms, at));
	json_str(j, "actor", c->actor);
	json_str(j, "op", c->op);
	json_str(j, "kind", c->kind);
	json_str(j, "domain", c->domain);
	json_str(j, "name", c->name);
	json_raw(j, "object", c->object.len ? c->object : STR("{}"));
	json_end(j);
}

int gw_changes(struct gw_call *c, struct err *err)
{
	struct change *changes = NULL;
	struct store_head head;
	struct store_rv at;
	struct json j;
	size_t count = 0;
	int64_t limit = CHANGES_MAX;
	char rv[RV_MAX];
	struct str since = gw_call_query(c, "since"), kind = gw_call_query(c, "kind");
	const struct kind *k = kind.len ? kind_find(kind) : NULL;
	if (kind.len && !k)
		return err_set(err, ERR_USAGE, "there is no kind \"%.*s\"", STR_ARG(kind));
	const struct change_filter f = {.kind = k ? k->name : NULL,
					.domain = gw_call_query(c, "domain")};
	if (gw_wants_watch(c))
		return gw_watch(c, NULL, err);
	int rc = gw_call_number(c, "limit", 1, CHANGES_MAX, &limit, err);
	if (rc == 0)
		rc = store_head(c->g->store, &head, err);
	at = head.at;
	if (rc == 0 && since.len && store_rv_parse(since, &at, err) < 0)
		rc = err_set(err, ERR_USAGE, "since=%.*s is no resourceVersion", STR_ARG(since));
	if (rc == 0 && since.len)
		rc = store_change_read(c->g->store, c->arena, &at, &f, (size_t)limit, &changes,
				       &count, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "ChangeList");
	json_object_in(&j, "metadata");
	json_strz(&j, "resourceVersion", store_rv_format(&at, rv));
	json_bool(&j, "more", count == (size_t)limit);
	json_end(&j);
	json_array_in(&j, "items");
	for (size_t i = 0; i < count; i++)
		gw_change_json(&j, head.at.incarnation, &changes[i]);
	json_end(&j);
	json_end(&j);
	return 0;
}
