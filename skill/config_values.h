/*
 * What aspora.config.yaml can say, as C: one struct with a member for every row of the field table in
 * skill/config_table.c, and the choices that the rows name. skill/config.h says how it is read and joined.
 */
#ifndef SKILL_CONFIG_VALUES_H
#define SKILL_CONFIG_VALUES_H

#include "base/field.h"
#include "base/guard_mode.h"

enum role { ROLE_MANAGER, ROLE_SPECIALIST, ROLE_FIELD };
const char *role_name(enum role r);

enum admission_unit { UNIT_SKILL, UNIT_DOMAIN, UNIT_REPOSITORY }; /* stricter rises */
enum isolation {
	ISOLATION_PROCESS,
	ISOLATION_NAMESPACE,
	ISOLATION_VM
}; /* stricter rises; namespace is the default */
enum rollout_strategy { ROLLOUT_IMMEDIATE, ROLLOUT_SHADOW, ROLLOUT_CANARY };
/* How strictly SKILL.md is read: as agents do, as the reference validator does, or so that every client takes it. */
enum profile { PROFILE_LENIENT, PROFILE_STRICT, PROFILE_PORTABLE };
const char *profile_name(enum profile p);
enum growth_policy { GROWTH_ALLOW, GROWTH_APPROVE }; /* stricter rises */
enum rule_mode { RULE_OFF, RULE_WARN, RULE_DENY };

/* platform only: models, by the tier names that skills use. */
struct config_model {
	struct str key; /* tier: "small", "large" */
	struct str provider; /* "anthropic", "openai", … */
	struct str id; /* the provider's model id */
	int64_t input_microusd_per_mtok, output_microusd_per_mtok; /* required: never guessed */
	struct field_strings roles; /* that may use it; empty: all */
};

/* platform: what exists; domain: which of them may be used. */
struct config_mcp_server {
	struct str key;
	struct str url;
	struct str command;
	struct str credential; /* env:NAME or file:PATH; empty: none */
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
	int mode; /* enum rule_mode */
	struct str reason;
	struct str until; /* date, empty: none */
	uint32_t line, column, offset; /* of the key; line 0: not known */
};

/* policy.freeze: a time in which nothing changes. Dates for once, times of day (and days of the week) for ever again; admission/rule_freeze.c reads them. */
struct config_freeze {
	struct str from, until; /* "2026-12-20", "2026-12-20 18:00" or "18:00" */
	struct field_strings days; /* "fri"; only with times of day; empty: every day */
	struct str zone; /* IANA name */
	struct str reason;
};

struct config_env {
	struct str key;
	struct str value; /* a literal, or a reference for secrets */
};

struct config_label {
	struct str key, value; /* skill/label.h */
};

struct config {
	struct field_list labels; /* struct config_label; of a domain */
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
		struct field_strings tools; /* what the skill calls: "server.tool" */
		struct field_strings
			allow; /* what may be called here: "server", "server.tool" or "server.read_*" */
		bool allow_limited; /* some level has set allow; else every server's own list holds */
		bool pinned; /* every tool used must be in mcp.lock */
	} mcp;
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
		int growth; /* enum growth_policy */
		int64_t approvals;
		struct field_list freeze; /* struct config_freeze */
	} policy;
	struct {
		int64_t metadata_tokens, body_tokens, domain_tokens;
	} context;
	struct {
		int strategy;
		int64_t canary_millionths, hold_ms, drain_ms;
	} rollout;
	struct {
		bool enabled;
		int64_t min_accept_millionths;
	} feedback;
	struct {
		int profile; /* enum profile */
	} format;
	struct field_list models; /* struct config_model; platform only */
};

#endif
