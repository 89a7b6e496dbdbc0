/* DELETE of what sync takes away: skills and domains that were applied, overlays, quarantines. */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "store/inbox.h"
#include "store/object.h"

int gw_object_delete(struct gw_call *c, struct err *err)
{
	bool skill = strcmp(c->route->kind->name, "Skill") == 0;
	struct wish_body b = {.skill = skill ? c->params[1] : STR_NULL};
	struct wish w = {.kind = STR("delete"), .domain = c->params[0]};
	const struct wish_about about = {.kind = c->route->kind->name,
					 .domain = skill ? c->params[0] : STR_NULL,
					 .name = c->params[skill]};
	const struct object_query q = {
		.kind = about.kind, .domain = about.domain, .name = about.name};
	CLEANUP(buf_release) struct buf object = BUF_INIT(BUF_MAX);
	int rc = store_object_get(c->g->store, &q, &object, err);
	return rc < 0 ? rc : gw_wish_record(c, &w, &b, &about, NULL, 0, err);
}

int gw_overlay_delete(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	struct wish w = {.kind = STR("overlay-end"), .domain = c->params[0]};
	const struct wish_about about = {.kind = "Domain", .name = c->params[0]};
	return gw_wish_record(c, &w, &b, &about, NULL, 0, err);
}

/* One content, by the name of its quarantine. */
int gw_quarantine_delete(struct gw_call *c, struct err *err)
{
	const struct object_query q = {.kind = "Quarantine", .name = c->params[0]};
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	const struct doc_node *object = NULL;
	int rc = store_object_get(c->g->store, &q, &text, err);
	if (rc == 0)
		rc = doc_parse_json(c->arena, arena_str(c->arena, buf_str(&text)), &doc_limits_json,
				    "quarantine", &object, err);
	if (rc < 0)
		return rc;
	const struct doc_node *spec = doc_find(object, "spec");
	struct wish_body b = {.skill = doc_text(spec, "skill"),
			      .content = doc_text(spec, "digest")};
	struct wish w = {.kind = STR("clear"),
			 .domain = doc_text(doc_find(object, "metadata"), "domain")};
	const struct wish_about about = {.kind = "Quarantine", .name = c->params[0]};
	return gw_wish_record(c, &w, &b, &about, NULL, 0, err);
}
