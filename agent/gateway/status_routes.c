/* The platform at a glance: what `aspora status` shows. */
#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/object.h"
#include "store/source.h"

struct counts {
	struct object_count *list;
	size_t count;
};

static int64_t total(const struct counts *n, const char *metric, const char *label,
		     struct str domain)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->list[i].metric, metric) == 0 &&
		    (!label || str_eqz(n->list[i].label, label)) &&
		    (!domain.p || str_eq(n->list[i].domain, domain)))
			sum += n->list[i].value;
	return sum;
}

/* {"Ready": 3, "Failed": 1}: one member per label. */
static void by_label(struct json *j, const char *key, const struct counts *n, const char *metric)
{
	json_object_in(j, key);
	for (size_t i = 0; i < n->count; i++) {
		if (strcmp(n->list[i].metric, metric) != 0)
			continue;
		/* Rows are ordered by label: the first of one stands for all of them. */
		if (i > 0 && strcmp(n->list[i - 1].metric, metric) == 0 &&
		    str_eq(n->list[i - 1].label, n->list[i].label))
			continue;
		CLEANUP_FREE char *label = mem_strndup(n->list[i].label.p, n->list[i].label.len);
		json_int(j, label, total(n, metric, label, STR_NULL));
	}
	json_end(j);
}

static void leases_json(struct json *j, const struct counts *n)
{
	json_array_in(j, "leases");
	for (size_t i = 0; i < n->count; i++) {
		if (strcmp(n->list[i].metric, "leases") != 0)
			continue;
		json_object(j);
		json_str(j, "name", n->list[i].label);
		json_str(j, "holder", n->list[i].domain);
		json_int(j, "leftMs", n->list[i].value);
		json_end(j);
	}
	json_end(j);
}

static int sources_json(struct json *j, struct gw_call *c, struct err *err)
{
	struct store_source *list = NULL;
	size_t count = 0;
	char when[32];
	int rc = store_source_list(c->g->store, c->arena, &list, &count, err);
	if (rc < 0)
		return rc;
	json_array_in(j, "sources");
	for (size_t i = 0; i < count; i++) {
		json_object(j);
		json_str(j, "name", list[i].name);
		json_str(j, "kind", list[i].kind);
		json_str(j, "url", list[i].url);
		json_str(j, "observedRevision", list[i].observed_revision);
		json_str(j, "releasedRevision", list[i].released_revision);
		if (list[i].observed_ms)
			json_strz(j, "fetchedAt", clock_format(list[i].observed_ms, when));
		json_int(j, "failures", list[i].failures);
		json_bool(j, "suspended", list[i].suspended);
		json_bool(j, "declared", list[i].declared);
		json_raw(j, "conditions",
			 list[i].conditions_json.len ? list[i].conditions_json : STR("[]"));
		json_end(j);
	}
	json_end(j);
	return 0;
}

static int domains_json(struct json *j, struct gw_call *c, const struct counts *n, struct err *err)
{
	struct domain_owner *list = NULL;
	size_t count = 0;
	int rc = store_domain_owners(c->g->store, c->arena, &list, &count, err);
	if (rc < 0)
		return rc;
	json_array_in(j, "domains");
	for (size_t i = 0; i < count; i++) {
		if (!gw_covers(&c->who, list[i].domain))
			continue;
		json_object(j);
		json_str(j, "name", list[i].domain);
		json_str(j, "owner", list[i].source);
		json_int(j, "skills", total(n, "skills", NULL, list[i].domain));
		json_int(j, "ready", total(n, "skills", "Ready", list[i].domain));
		json_int(j, "failed", total(n, "skills", "Failed", list[i].domain));
		json_end(j);
	}
	json_end(j);
	return 0;
}

static void limits_json(struct json *j, const struct gateway *g)
{
	json_object_in(j, "limits");
	json_int(j, "connections", g->config->gateway.max_connections);
	json_int(j, "connectionsPerAddress", g->config->gateway.per_address);
	json_int(j, "uploadBytes", (int64_t)GW_UPLOAD_BYTES);
	json_int(j, "executionSlots", g->config->runner.slots);
	json_end(j);
}

/* As it is now; from a job. */
static int write_status(struct gw_call *c, struct err *err)
{
	struct counts n = {0};
	struct store_head head;
	struct json j;
	char rv[RV_MAX];
	int rc = store_head(c->g->store, &head, err);
	if (rc == 0)
		rc = store_object_counts(c->g->store, c->arena, &n.list, &n.count, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "Status");
	json_object_in(&j, "metadata");
	json_strz(&j, "resourceVersion", store_rv_format(&head.at, rv));
	json_end(&j);
	json_object_in(&j, "status");
	json_strz(&j, "version", ASPORA_VERSION);
	json_strz(&j, "host", c->g->ctx->host);
	json_int(&j, "release", total(&n, "release", NULL, STR_NULL));
	leases_json(&j, &n);
	rc = sources_json(&j, c, err);
	if (rc == 0)
		rc = domains_json(&j, c, &n, err);
	by_label(&j, "skills", &n, "skills");
	by_label(&j, "rollouts", &n, "rollouts");
	by_label(&j, "instances", &n, "instances");
	by_label(&j, "executions", &n, "executions");
	json_int(&j, "queued", total(&n, "queue", NULL, STR_NULL));
	json_int(&j, "queueOldestMs", total(&n, "queue_oldest_ms", NULL, STR_NULL));
	json_int(&j, "quarantines", total(&n, "quarantines", NULL, STR_NULL));
	json_int(&j, "suspensions", total(&n, "suspensions", NULL, STR_NULL));
	json_int(&j, "overlays", total(&n, "overlays", NULL, STR_NULL));
	json_int(&j, "wishesOpen", total(&n, "wishes_open", NULL, STR_NULL));
	json_int(&j, "databaseBytes", total(&n, "database_bytes", NULL, STR_NULL));
	limits_json(&j, c->g);
	json_end(&j);
	json_end(&j);
	buf_add_char(&c->reply->body, '\n');
	return rc;
}

int gw_status(struct gw_call *c, struct err *err)
{
	struct gw_said *said = c->g->said;
	int64_t now = clock_mono(c->g->ctx->clock);
	uint64_t mark = gw_said_mark(said);
	struct str text = gw_said_find(said, c->who.domains, now);
	if (text.len) {
		c->reply->status = 200;
		c->reply->type = "application/json";
		buf_add_str(&c->reply->body, text);
		return 0;
	}
	if (!c->g->store)
		return GW_ASK;
	int rc = write_status(c, err);
	if (rc == 0)
		gw_said_put(said, c->who.domains, now, mark, buf_str(&c->reply->body));
	return rc;
}
