/* API keys over the API: made and revoked by an admin. The key itself is in one answer and nowhere else. */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "store/meta.h"

struct key_body {
	struct str name, role;
	struct field_strings domains;
	int64_t days;
};

#define B(member) offsetof(struct key_body, member)
const struct field gw_key_fields[] = {
	{"name", FIELD_NAME, B(name), FIELD_REQUIRED, .help = "What it is for."},
	{"role", FIELD_STRING, B(role),
	 .help = "viewer, operator, approver, ci-bot or admin; viewer when left out."},
	{"domains", FIELD_STRINGS, B(domains), .help = "What it may touch; all when left out."},
	{"days", FIELD_INT, B(days), .help = "How long it is good; 90 when left out."},
	FIELD_END};
#undef B

/* "ecm,frm", as the store takes it. */
static struct str joined(struct gw_call *c, const struct field_strings *names)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	for (size_t i = 0; i < names->count; i++) {
		if (i)
			buf_add_char(&out, ',');
		buf_add_str(&out, names->items[i]);
	}
	return arena_str(c->arena, buf_str(&out));
}

static void answer_key(struct gw_call *c, const struct key_new *k, const char *id,
		       const struct secret *key)
{
	struct json j;
	struct str rest = k->domains.len ? k->domains : STR("*"), one;
	gw_call_json(c, 201, &j);
	gw_object_begin(&j, "NewKey");
	json_object_in(&j, "metadata");
	json_str(&j, "name", k->name);
	json_end(&j);
	json_object_in(&j, "spec");
	json_strz(&j, "id", id);
	json_str(&j, "role", k->role);
	json_array_in(&j, "domains");
	while (str_split(&rest, ',', &one))
		json_add_str(&j, one);
	json_end(&j);
	json_int(&j, "days", k->days ? k->days : KEY_DAYS_DEFAULT);
	json_end(&j);
	/* The one place where a key is told: who made it asked for it, and it is not to be had again. */
	json_str(&j, "key", secret_lend(key));
	json_end(&j);
	gw_reply_field(c->reply, "Location", "/api/v1/keys/%.*s", STR_ARG(k->name));
}

int gw_key_create(struct gw_call *c, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	struct key_body b = {0};
	char id[KEY_ID + 1];
	int rc = gw_call_body(c, gw_key_fields, &b, err);
	if (rc < 0)
		return rc;
	const struct key_new k = {.name = b.name,
				  .role = b.role.len ? b.role : STR("viewer"),
				  .domains = joined(c, &b.domains),
				  .days = b.days};
	rc = store_txn_begin(c->g->store, STORE_CONDITIONAL, c->who.actor, NULL, &t, err);
	if (rc == 0)
		rc = store_key_create(t, &k, &key, id, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc == 0)
		answer_key(c, &k, id, &key);
	return rc;
}

int gw_key_revoke(struct gw_call *c, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	struct wish_body b = {0}; /* what it says beside: version, dryRun */
	struct json j;
	int rc = gw_wish_query(c, &b, err);
	if (rc == 0)
		rc = store_txn_begin(c->g->store, STORE_CONDITIONAL, c->who.actor, NULL, &t, err);
	if (rc == 0 && b.version.len)
		store_object_expect(t, "Key", STR_NULL, c->params[0], b.version);
	if (rc == 0)
		rc = store_key_revoke(t, c->params[0], err);
	if (rc == 0)
		rc = b.dry_run ? store_txn_rehearse(t, err) : store_txn_commit(t, NULL, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "Status");
	json_str(&j, "revoked", c->params[0]);
	json_end(&j);
	return 0;
}
