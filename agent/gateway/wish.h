/*
 * Wishes: what people ask for and sync carries out. wish_fields.c has the bodies, wish_routes.c records and answers, upload_routes.c, delete_routes.c and
 * patch_routes.c are the routes that need more than that.
 */
#ifndef AGENT_GATEWAY_WISH_H
#define AGENT_GATEWAY_WISH_H

#include "base/field.h"

struct gw_call;
struct upload_file;
struct wish;

struct upload_entry {
	struct str path, mode, content, content_base64;
};

struct wish_body {
	struct str domain, skill, to, reason, content, kind, name, apply_set;
	struct str version; /* resourceVersion: only while the object is so */
	bool dry_run, force, prune, override;
	int64_t ttl_ms;
	struct field_strings confirm, folders;
	struct field_list files; /* struct upload_entry */
};

/* The object that a wish changes. kind NULL: several, or none. */
struct wish_about {
	const char *kind; /* "Skill" */
	struct str domain, name; /* domain: of skills */
};

extern const struct field gw_upload_fields[], gw_rollback_fields[], gw_quarantine_fields[],
	gw_clear_fields[], gw_suspension_fields[], gw_resumption_fields[], gw_adoption_fields[],
	gw_sync_fields[], gw_overlay_end_fields[], gw_approval_fields[], gw_cancel_fields[];

/* --- wish_fields.c --- */

/* ?dryRun=All, ?reason= and ?resourceVersion= or If-Match, where a body may have said it too. Errors: ERR_USAGE. */
NODISCARD int gw_wish_query(struct gw_call *c, struct wish_body *b, struct err *err);
/* What sync reads: the body's members under the inbox's own names. In c's arena. */
struct str gw_wish_text(struct gw_call *c, const struct wish_body *b, const struct wish_about *o);

/* --- wish_routes.c --- */

/*
 * Records w (kind, domain, source; the rest is filled here) with what the body says, and answers. Errors: ERR_CONFLICT when the object is not any more what
 * b->version says; sync looks again.
 */
NODISCARD int gw_wish_record(struct gw_call *c, struct wish *w, struct wish_body *b,
			     const struct wish_about *about, const struct upload_file *files,
			     size_t file_count, struct err *err);
/* What an Idempotency-Key of who asks stands for, at least 64 bytes. Errors: ERR_USAGE. */
NODISCARD int gw_wish_key(const struct gw_call *c, struct str key, char id[64], struct err *err);
/* "suspend" or "resume" of what b names by kind, domain and name. */
NODISCARD int gw_wish_hold(struct gw_call *c, struct wish_body *b, const char *kind,
			   struct err *err);

int gw_rollback_create(struct gw_call *c, struct err *err);
int gw_source_sync(struct gw_call *c, struct err *err);
int gw_suspension_create(struct gw_call *c, struct err *err);
int gw_resume_create(struct gw_call *c, struct err *err);
int gw_quarantine_create(struct gw_call *c, struct err *err);
int gw_quarantine_clear(struct gw_call *c, struct err *err);
int gw_adoption_create(struct gw_call *c, struct err *err);
int gw_overlay_end(struct gw_call *c, struct err *err);
int gw_wish_get(struct gw_call *c, struct err *err);

int gw_upload_create(struct gw_call *c, struct err *err);
int gw_object_patch(struct gw_call *c, struct err *err);
int gw_object_delete(struct gw_call *c, struct err *err);
int gw_overlay_delete(struct gw_call *c, struct err *err);
int gw_quarantine_delete(struct gw_call *c, struct err *err);

#endif
