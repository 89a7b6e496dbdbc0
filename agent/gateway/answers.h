/*
 * The functions that answer routes, one each; the table in routes.c names them. How they work is said in gateway.h.
 */
#ifndef AGENT_GATEWAY_ANSWERS_H
#define AGENT_GATEWAY_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"

struct gw_call;
struct kind;
struct json;
struct change;
struct err;

/* Bodies of requests, also for the OpenAPI document. */
extern const struct field gw_run_fields[], gw_key_fields[], gw_check_fields[], gw_login_fields[];

int gw_health(struct gw_call *c, struct err *err);
int gw_ready(struct gw_call *c, struct err *err);
int gw_metrics_page(struct gw_call *c, struct err *err);
int gw_status(struct gw_call *c, struct err *err);
int gw_routing(struct gw_call *c, struct err *err);
int gw_version(struct gw_call *c, struct err *err);
int gw_whoami(struct gw_call *c, struct err *err);
int gw_access(struct gw_call *c, struct err *err);
int gw_web_file(struct gw_call *c, struct err *err);
int gw_session_create(struct gw_call *c, struct err *err);
int gw_session_get(struct gw_call *c, struct err *err);
int gw_session_delete(struct gw_call *c, struct err *err);
int gw_logins_list(struct gw_call *c, struct err *err);
int gw_login_go(struct gw_call *c, struct err *err);
int gw_login_back(struct gw_call *c, struct err *err);
int gw_skill_page(struct gw_call *c, struct err *err);
int gw_skill_history(struct gw_call *c, struct err *err);
int gw_audit_list(struct gw_call *c, struct err *err);
int gw_audit_verify(struct gw_call *c, struct err *err);
int gw_audit_skills(struct gw_call *c, struct err *err);
int gw_receipts(struct gw_call *c, struct err *err);
int gw_top(struct gw_call *c, struct err *err);
int gw_key_create(struct gw_call *c, struct err *err);
int gw_key_revoke(struct gw_call *c, struct err *err);
int gw_changes(struct gw_call *c, struct err *err);
int gw_openapi(struct gw_call *c, struct err *err);
/* A list's route with watch=1, and the change log's (kind NULL): answers with a stream (watch.c). */
int gw_watch(struct gw_call *c, const struct kind *kind, struct err *err);
bool gw_wants_watch(const struct gw_call *c);
/* One entry of the change log, as an object. */
void gw_change_json(struct json *j, int64_t incarnation, const struct change *c);
int gw_object_list(struct gw_call *c, struct err *err);
int gw_object_get(struct gw_call *c, struct err *err);
int gw_check_post(struct gw_call *c, struct err *err);
int gw_check_list(struct gw_call *c, struct err *err);
int gw_approval_create(struct gw_call *c, struct err *err);
int gw_approval_list(struct gw_call *c, struct err *err);
int gw_approval_delete(struct gw_call *c, struct err *err);
int gw_execution_create(struct gw_call *c, struct err *err);
int gw_execution_get(struct gw_call *c, struct err *err);
int gw_execution_steps(struct gw_call *c, struct err *err);
int gw_execution_cancel(struct gw_call *c, struct err *err);

#endif
