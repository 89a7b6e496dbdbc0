/* Which skill would answer a text or an alert, and with which versions: out of the table in memory, where that is as new as the store. */
#include "agent/gateway/gateway.h"
#include "store/object.h"

int gw_no_route(struct gw_call *c, struct str text, struct str alert, struct err *err)
{
	char near[132] = "";
	struct err ignored = ERR_INIT;
	if (alert.len)
		return err_set(err, ERR_NOT_FOUND, "no skill listens to the alert \"%.*s\"",
			       STR_ARG(alert));
	err_set(err, ERR_NOT_FOUND, "no skill answers \"%.*s\"", STR_ARG(str_sub(text, 0, 120)));
	if (store_object_nearest_skill(c->g->store, text, near, &ignored) == 0 && near[0])
		return err_remedy(err, "name the skill: is %s meant?", near);
	return err_remedy(err, "name the skill, or write it the way a trigger has it: `aspora get "
			       "routes` lists them");
}

static void versions_json(struct json *j, const struct route *r)
{
	char hex[DIGEST_HEX + 1];
	json_array_in(j, "versions");
	for (size_t i = 0; i < r->version_count; i++) {
		const struct route_version *v = &r->versions[i];
		json_object(j);
		json_strz(j, "content", digest_hex(&v->content, hex));
		json_strz(j, "runtime", digest_hex(&v->runtime, hex));
		json_int(j, "weightMillionths", v->weight_millionths);
		json_strz(j, "mode", v->mode == ROUTE_SHADOW ? "shadow" : "live");
		json_end(j);
	}
	json_end(j);
}

/* The spec is that of a Route. */
static void match_json(struct gw_call *c, const struct route_match *m)
{
	const struct route *r = m->route;
	struct json j;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "Routing");
	json_object_in(&j, "metadata");
	json_str(&j, "domain", r->domain);
	json_str(&j, "name", r->skill);
	json_end(&j);
	json_object_in(&j, "spec");
	json_str(&j, "skill", r->skill);
	json_strz(&j, "kind", trigger_kind_name(r->kind));
	json_str(&j, "pattern", r->pattern);
	versions_json(&j, r);
	json_end(&j);
	json_object_in(&j, "status");
	json_object_in(&j, "params");
	for (size_t i = 0; i < m->param_count; i++) {
		json_key_str(&j, m->params[i].name);
		json_add_str(&j, m->params[i].value);
	}
	json_end(&j);
	json_end(&j);
	json_end(&j);
	buf_add_char(&c->reply->body, '\n');
}

static int check_question(struct str text, struct str alert, struct err *err)
{
	if (!text.len == !alert.len) {
		err_set(err, ERR_USAGE, "%s",
			text.len ? "text and alert are both given"
				 : "neither a text nor an alert is given");
		return err_remedy(err, "ask with text= for what somebody writes, or with alert= "
				       "for the name of an alert");
	}
	if (text.len > ROUTE_TEXT_MAX)
		return err_set(err, ERR_TOO_LARGE,
			       "text has %zu bytes; at most %d are looked at for a skill", text.len,
			       ROUTE_TEXT_MAX);
	return 0;
}

int gw_routing(struct gw_call *c, struct err *err)
{
	struct gateway *g = c->g;
	struct str text = gw_call_query(c, "text"), alert = gw_call_query(c, "alert");
	struct route_table *table = gw_route_table_now(g);
	struct route_match m = {0};
	int rc = check_question(text, alert, err);
	if (rc == 0 && !g->store && !table)
		return GW_ASK;
	if (rc == 0 && g->store)
		rc = gw_route_table(g, &table, err);
	if (rc < 0)
		return rc;
	bool found = alert.len ? route_lookup_alert(table, alert, &m)
			       : route_lookup(table, text, &m);
	if (found && gw_covers(&c->who, m.route->domain)) {
		match_json(c, &m);
		return 0;
	}
	/* Which one may be meant, only the store knows. */
	if (!g->store)
		return GW_ASK;
	rc = gw_store_as(g, c->who.domains, err);
	return rc < 0 ? rc : gw_no_route(c, text, alert, err);
}
