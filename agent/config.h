/*
 * asporad.conf: what the operator decides, as opposed to what a repository may say. YAML, one field table (aspora-style
 * messages with file, line and column); asporad.conf(5) is written from the same rows. Who may sign, which repositories
 * are read, whether private addresses or local paths are allowed: all of it lives here and never in a repository.
 *
 * The caller: 1. agent_config_load() 2. reads 3. agent_config_free(). Values are owned by the config.
 */
#ifndef AGENT_CONFIG_H
#define AGENT_CONFIG_H

#include "agent/config_oidc.h"
#include "agent/config_signers.h"
#include "base/field.h"
#include "base/log.h"

#define AGENT_CONFIG_FILE ASPORA_SYSCONFDIR "/aspora/asporad.conf"

struct agent_source {
	struct str key; /* its name */
	struct str url;
	struct str branch; /* "main" */
	struct str path; /* where the skills tree lies in the repository; empty: the root */
	int64_t poll_ms;
	bool platform; /* platform policy and FIRM.md come from this one */
	bool allow_local, allow_private,
		allow_plain; /* file:// and paths; private addresses; git:// and http:// */
	bool allow_rewrite; /* a non-fast-forward is followed instead of held */
	struct str token; /* env:NAME or file:PATH */
	struct str ssh_key, known_hosts, ca_file; /* file paths */
	int64_t fetch_timeout_ms, stall_timeout_ms;
	int signatures; /* enum agent_signatures */
	struct agent_signers signers;
};

/* A secret that skills may name ("secret:NAME"), and who may have it. */
struct agent_secret {
	struct str key;
	struct str from; /* env:NAME or file:PATH */
	struct field_strings domains; /* names, or "*" */
};

struct agent_config {
	struct arena *arena;
	struct str path; /* the file it came from; empty: none */
	struct str state;
	struct str database;
	struct str libexec;
	struct str user; /* unprivileged account of the roles when started as root; empty: found */
	struct {
		struct str listen; /* "127.0.0.1:8440"; port 0: any */
		struct str url; /* what people write to reach it; empty: not said */
		struct str socket; /* path of a Unix socket; empty: STATE/gateway/gateway.sock */
		int64_t max_connections, per_address, rate, burst, body_bytes, header_timeout_ms,
			body_timeout_ms, kept_bytes;
	} gateway;
	struct {
		struct str certificate, key; /* paths; empty: plain HTTP */
	} tls;
	struct {
		struct str driver;
		int64_t slots; /* executions at once on this host */
		int64_t drain_ms;
		bool guard_fail_open;
	} runner;
	struct {
		int64_t ttl_ms, renew_ms;
	} lease;
	struct {
		int64_t executions_ms, events_ms, changes_ms; /* how long ended ones are kept */
	} retention;
	struct {
		int format, level; /* enum log_format, enum log_level */
	} log;
	struct field_list sources; /* struct agent_source */
	struct field_list secrets; /* struct agent_secret */
	struct field_list oidc; /* struct agent_oidc */
	struct agent_note {
		struct str text;
	} * notes; /* warnings about unknown keys, for --check-config */
	size_t note_count, note_cap;
};

extern const struct field agent_config_fields[];

/*
 * Reads path, or only the defaults when path is NULL. Errors: ERR_NOT_FOUND, ERR_SYNTAX, ERR_INVALID with the place and what to
 * write. Gives.
 */
NODISCARD int agent_config_load(const char *path, struct agent_config **ret, struct err *err);
void agent_config_free(struct agent_config *c);
void agent_config_freep(struct agent_config **c);

const struct agent_source *agent_config_source(const struct agent_config *c,
					       struct str name); /* NULL when absent */
const struct agent_secret *agent_config_secret(const struct agent_config *c,
					       struct str name); /* NULL when absent */
size_t agent_config_source_count(const struct agent_config *c);
const struct agent_source *agent_config_source_at(const struct agent_config *c, size_t i);
/* "STATE/name"; gives. */
char *agent_state_path(const struct agent_config *c, const char *name);

#endif
