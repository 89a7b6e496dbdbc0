/*
 * Route functions of wishes (wish_routes.c).
 */
#ifndef AGENT_GATEWAY_WISH_H
#define AGENT_GATEWAY_WISH_H

#include "base/err.h"

struct gw_call;

int gw_upload_create(struct gw_call *c, struct err *err);
int gw_rollback_create(struct gw_call *c, struct err *err);
int gw_source_sync(struct gw_call *c, struct err *err);
int gw_suspension_create(struct gw_call *c, struct err *err);
int gw_resume_create(struct gw_call *c, struct err *err);
int gw_quarantine_create(struct gw_call *c, struct err *err);
int gw_quarantine_clear(struct gw_call *c, struct err *err);
int gw_adoption_create(struct gw_call *c, struct err *err);
int gw_overlay_end(struct gw_call *c, struct err *err);
int gw_wish_get(struct gw_call *c, struct err *err);

#endif
