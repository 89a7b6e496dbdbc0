/*
 * Verdicts, versions, releases: how what was admitted becomes the deployed state.
 *
 * The caller (sync, under its lease): 1. bytes of new files by blob_writer or store_blob_put() 2. in one FENCED transaction:
 * store_verdict_put() for what was judged, store_version_put() and store_context_put() for what is new, store_release_write(), commit. One changed
 * skill so costs one round trip (two with blobs written ahead). For a cold start versions and contexts may be written ahead in chunks, in STORE_APPEND
 * transactions.
 *
 * The database refuses a release of what was not admitted: release_item has a foreign key to its allow verdict, desired to release_item.
 */
#ifndef STORE_RELEASE_H
#define STORE_RELEASE_H

#include "skill/manifest.h"
#include "skill/plan.h"
#include "skill/verdict.h"
#include "store/change.h"
#include "store/receipt.h"

/* Records a verdict, signed; one that is there already stays. seen: where the candidate was seen; author: who wrote it (may be empty). Logs an Admission. */
NODISCARD int store_verdict_put(struct store_txn *t, const struct verdict *v,
				const struct source_ref *seen, struct str author,
				const struct store_signer *signer, struct err *err);
enum store_answer { STORE_UNKNOWN, STORE_ALLOW, STORE_DENY };
/* What the store knows of a candidate, with findings (may be NULL) read back. */
NODISCARD int store_verdict_find(struct store *s, const struct verdict_key *key,
				 enum store_answer *ret, struct findings *findings,
				 struct err *err);

struct store_version {
	struct str domain, skill;
	struct digest content, runtime;
	struct str role, title, description, handler;
	const struct manifest *manifest;
	struct str triggers_json; /* [{kind, pattern, path, line, column}] */
	struct str spec_json; /* Skill.spec */
};
/* Known ones stay as they are. One statement for all. */
NODISCARD int store_version_put(struct store_txn *t, const struct store_version *v, size_t count,
				struct err *err);
/* NULL result with 0 when absent; manifest and text in a. */
NODISCARD int store_version_find(struct store *s, struct arena *a, struct str domain,
				 struct str skill, const struct digest *content,
				 const struct digest *runtime, struct store_version **ret,
				 struct err *err);
struct store_context {
	struct digest context;
	struct str document_json; /* see the table's comment */
};
NODISCARD int store_context_put(struct store_txn *t, const struct store_context *c, size_t count,
				struct err *err);
/* ERR_NOT_FOUND. */
NODISCARD int store_context_read(struct store *s, struct arena *a, const struct digest *context,
				 struct str *ret_document, struct err *err);

struct release_domain {
	enum change_op op; /* not NONE */
	struct str name;
	struct source_ref source;
	bool overlay;
	struct tree_id tree;
	struct digest candidate, policy, surface; /* of the allow verdict; not for DELETE */
	struct str exposes_json, manifest_json,
		spec_json; /* surface_json(); own files; Domain.spec */
};

struct release_skill {
	enum change_op op;
	struct str domain, name;
	struct tree_id tree;
	struct digest content, runtime, context;
	int64_t concurrency, per_minute, per_run_microusd, per_day_microusd,
		timeout_ms; /* 0: none */
	struct str detail_json; /* the difference in words, for the change log; STR_NULL: none */
};

struct release_platform {
	struct source_ref source;
	struct digest digest;
	struct digest firm; /* blob of FIRM.md; zero: none */
	struct str config_json;
};

struct release {
	const char *kind; /* "sync", "apply", "rollback", "overlay", "expiry", "adopt" */
	struct source_ref source;
	struct str message;
	struct str author; /* of the commit, "Ana <ana@example.com>"; empty: the actor */
	const struct release_domain *domains;
	size_t domain_count;
	const struct release_skill *skills; /* each of a domain above */
	size_t skill_count;
	const struct release_platform *platform; /* NULL: unchanged */
};

/*
 * Writes it, with a change row per release, domain and skill. Claims unowned domains for the source. *ret_id is its number. Reads the head of the chain of
 * releases once per connection. Errors (most of them from commit): ERR_DATABASE when the database refuses (not admitted, unknown version), ERR_CONFLICT (another
 * source owns a domain and this is not an overlay).
 */
NODISCARD int store_release_write(struct store_txn *t, const struct release *r,
				  const struct store_signer *signer, int64_t *ret_id,
				  struct err *err);

/* The deployed state, as plan_make() takes it; at 0: now, else as of that revision. Gives an arena of its own; store_deployed_free(). */
NODISCARD int store_deployed_load(struct store *s, int64_t at, struct deployed **ret,
				  struct err *err);
void store_deployed_free(struct deployed *d);
void store_deployed_freep(struct deployed **d);

/* All that sync keeps in memory of what it leads. */
struct store_led {
	struct deployed *deployed; /* store_deployed_free() */
	struct domain_owner *owners; /* by domain */
	size_t owner_count;
	struct overlay *overlays; /* by domain */
	size_t overlay_count;
	struct release_platform *platform; /* NULL: none was released */
	struct str firm_text; /* of its FIRM.md */
};
/* In one round trip; in a, but for the deployed state. Errors: the store's; ERR_NOT_FOUND when FIRM.md is not stored. */
NODISCARD int store_led_load(struct store *s, struct arena *a, struct store_led *ret,
			     struct err *err);

/* What the other domains expose now, by domain, parsed; `except` (may be empty) is left out. */
NODISCARD int store_surfaces_load(struct store *s, struct arena *a, struct str except,
				  struct surface **ret, size_t *ret_count, struct err *err);
/* The domain's own files (DOMAIN.md, runbooks, its configuration), as of a revision (0: now), in a; none when it was not deployed. */
NODISCARD int store_domain_files(struct store *s, struct arena *a, struct str domain, int64_t at,
				 struct manifest *ret, struct err *err);
/* Platform as released; NULL result with 0 when none was. */
NODISCARD int store_platform_load(struct store *s, struct arena *a, int64_t at,
				  struct release_platform **ret, struct err *err);

struct release_info {
	int64_t id, rev, at_ms;
	struct str kind, source, revision, message, author, actor;
	int created, updated, deleted;
};
/* Newest first, below `before` (0: from the newest), of one domain (empty: all). */
NODISCARD int store_release_history(struct store *s, struct arena *a, struct str domain,
				    int64_t before, size_t limit, struct release_info **ret,
				    size_t *ret_count, struct err *err);
/* ERR_NOT_FOUND. */
NODISCARD int store_release_find(struct store *s, struct arena *a, int64_t id,
				 struct release_info *ret, struct err *err);
/* What a skill was at revision `at` (0: now); false in *ret_found when it was not deployed. */
struct desired_skill {
	struct str domain, name;
	struct digest content, runtime, context;
	struct tree_id tree;
	int64_t generation, since, until, release; /* until 0: now */
};
NODISCARD int store_desired_at(struct store *s, struct arena *a, struct str domain,
			       struct str skill, int64_t at, struct desired_skill *ret,
			       bool *ret_found, struct err *err);
/* Every stretch of a skill, newest first. */
NODISCARD int store_desired_history(struct store *s, struct arena *a, struct str domain,
				    struct str skill, size_t limit, struct desired_skill **ret,
				    size_t *ret_count, struct err *err);
/* Verifies hashes and signatures of releases [from, to]; signer NULL: each by the key it names. *ret_bad: first bad one or 0. */
NODISCARD int store_release_verify(struct store *s, int64_t from, int64_t to, const uint8_t *signer,
				   int64_t *ret_bad, struct err *err);

#endif
