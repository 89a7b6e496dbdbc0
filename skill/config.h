/*
 * aspora.config.yaml: one file name, one schema, three levels. Every field is declared once, in skill/config_table.c; from
 * the row come the decoder, the cascade, `aspora explain`, the JSON Schema and aspora-config(5).
 *
 * A lower level may add detail and tighten limits, never loosen them. The rule is a column of the table: LOWER (the number may only
 * fall), HIGHER (only rise), SUBSET (lists may only shrink), STRICTER (enum index may only rise), OVERRIDE (free), ONLY (may stand
 * at the named levels only), MERGE (maps join, a key set above may not be set again).
 */
#ifndef SKILL_CONFIG_H
#define SKILL_CONFIG_H

#include "base/field.h"
#include "skill/finding.h"

#define CONFIG_FILE "aspora.config.yaml"

enum config_level { LEVEL_PLATFORM, LEVEL_DOMAIN, LEVEL_SKILL };
const char *config_level_name(enum config_level l);

enum role { ROLE_MANAGER, ROLE_SPECIALIST, ROLE_FIELD };
const char *role_name(enum role r);

enum guard_mode { GUARD_OFF, GUARD_WARN, GUARD_REDACT, GUARD_BLOCK }; /* stricter rises */
enum admission_unit { UNIT_SKILL, UNIT_DOMAIN, UNIT_REPOSITORY }; /* stricter rises */
enum isolation {
	ISOLATION_PROCESS,
	ISOLATION_NAMESPACE,
	ISOLATION_VM
}; /* stricter rises; namespace is the default */
enum rollout_strategy { ROLLOUT_IMMEDIATE, ROLLOUT_SHADOW, ROLLOUT_CANARY };

/* platform only: models, by the tier names that skills use. */
struct config_model {
	struct str key; /* tier: "small", "large" */
	struct str provider; /* "anthropic", "openai", … */
	struct str id; /* the provider's model id */
	int64_t input_microusd_per_mtok,
		output_microusd_per_mtok; /* unknown price is an error, never zero: -1 */
	struct field_strings roles; /* that may use it; empty: all */
};

/* platform: what exists; domain: which of them may be used. */
struct config_mcp_server {
	struct str key;
	struct str url;
	struct str command;
	struct str credential; /* env:NAME or file:PATH */
	struct field_strings tools; /* approved tools; empty: none */
	struct field_strings domains; /* that may use it; empty: all */
};

struct config_forward { /* routing.when / then */
	struct str when_domain; /* the caller's domain; empty: any that policy lets */
	struct str when_text; /* a command pattern or empty */
	struct str forward_to; /* "domain/skill" */
};

struct config_rule_mode { /* policy.rules: AD-BUDGET-001: {mode: warn, reason: …, until: 2026-12-31} */
	struct str key;
	int mode; /* 0 off, 1 warn, 2 deny */
	struct str reason;
	struct str until; /* date, empty: none */
};

struct config_env {
	struct str key;
	struct str value; /* a literal, or a reference for secrets */
};

struct config {
	struct {
		int64_t per_run_microusd, per_day_microusd;
	} budget;
	struct {
		int64_t timeout_ms, memory_bytes, cpu_millis, pids, output_bytes, tmp_bytes,
			concurrency, per_minute;
	} limits;
	struct {
		int isolation;
		struct str driver;
		int64_t pool;
		bool network;
		struct field_list env;
	} runtime;
	struct {
		struct str file;
		int64_t start_timeout_ms;
	} handler; /* file empty: code/handler.* is looked for */
	struct {
		struct str tier;
	} model;
	struct {
		struct field_list servers;
		struct field_strings tools;
		struct field_strings allow;
	} mcp; /* tools: "server.tool" */
	struct {
		struct field_list forwards;
	} routing;
	struct {
		int pii, secrets, injection;
	} guard; /* enum guard_mode */
	struct {
		int64_t min_cases;
		struct field_strings required;
		int64_t pass_rate_millionths;
	} tests;
	struct {
		int unit;
		int64_t max_delete_millionths;
		struct field_list rules;
		struct field_strings capabilities;
		bool stop_on_violation;
	} policy;
	struct {
		int strategy;
		int64_t canary_millionths, hold_ms, drain_ms;
	} rollout;
	struct {
		bool enabled;
		int64_t min_accept_millionths;
	} feedback;
	struct {
		struct str profile;
	} format; /* lenient | strict | portable */
	struct field_list models; /* struct config_model; platform only */
};

/* One decoded file. Immutable, in its arena. */
struct config_doc {
	enum config_level level;
	struct str path;
	struct tree_id blob;
	struct config values; /* defaults where not set */
	struct field_set set; /* what the file sets, and where */
	const struct doc_node *root;
};

extern const struct field config_fields[];

/* Decodes the text of one file. Unknown keys and other slips that only warn go to f. Errors: ERR_SYNTAX, ERR_INVALID with the place. */
NODISCARD int config_decode(struct arena *a, enum config_level level, struct str path,
			    const struct tree_id *blob, struct str text, struct findings *f,
			    struct str domain, struct str skill, struct config_doc **ret,
			    struct err *err);

/* Where an effective value came from. */
struct config_origin {
	const struct field *field;
	const char *dotted;
	const struct config_doc *doc; /* NULL: the built-in default */
	const struct doc_node *node;
};

/*
 * The effective configuration of a skill (or, with skill NULL, of a domain): platform, then domain, then skill; any may be NULL. A value that
 * loosens a limit is a deny finding "SK-CASCADE" that names both places, and the stricter value holds. Values point into the docs' arenas.
 */
void config_cascade(const struct config_doc *platform, const struct config_doc *domain,
		    const struct config_doc *skill, struct config *ret, struct findings *f,
		    struct str domain_name, struct str skill_name);
/* Every field of the effective configuration with its origin, for `aspora explain --effective`; in a. */
void config_origins(struct arena *a, const struct config_doc *platform,
		    const struct config_doc *domain, const struct config_doc *skill,
		    struct config_origin **ret, size_t *ret_count);

/* What the file at this level adds to policy, canonically, for the policy digest; and to a skill's sandbox, for the runtime digest. */
void config_canonical_policy(struct buf *out, const struct config_doc *doc);
void config_canonical_runtime(struct buf *out, const struct config *effective);

/* The JSON Schema for editors (2020-12, complete document). */
void config_schema(struct buf *out);

#endif
