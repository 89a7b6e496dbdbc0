/*
 * Who else may say who somebody is: issuers of OpenID Connect, in asporad.conf, and which of their tokens stand for which role and domains. Everything is
 * exact: issuer, audience, algorithms; a token for which no rule speaks is nobody's.
 */
#ifndef AGENT_CONFIG_OIDC_H
#define AGENT_CONFIG_OIDC_H

#include "base/field.h"

/* A claim and the values of which one must be it; '*' stands for anything but '/', "**" for anything. */
struct agent_claim {
	struct str key; /* its name */
	struct field_strings values;
};

struct agent_oidc_rule {
	struct str role;
	struct field_strings domains; /* names, or "*" */
	struct field_list claims; /* struct agent_claim; all must hold */
};

struct agent_oidc {
	struct str key; /* our name for it */
	struct str issuer, audience;
	struct field_strings algorithms;
	int64_t leeway_ms; /* of clocks */
	int64_t lifetime_ms; /* the longest that a token may have to live */
	struct str name; /* claim that names who asks */
	struct str ca_file;
	bool allow_private, allow_plain;
	struct field_list rules; /* struct agent_oidc_rule; the first that holds speaks */
	struct {
		struct str client_id; /* empty: no login of browsers */
		struct str client_secret; /* env:NAME or file:PATH; empty: a public client */
		struct str label;
		struct field_strings scopes;
		int64_t session_ms;
	} login;
};

extern const struct field agent_oidc_fields[];

/* What one row cannot say alone. path is that of the file, map the node of `oidc`. Errors: ERR_INVALID with the place. */
NODISCARD int agent_oidc_check(const struct field_list *issuers, struct str gateway_url,
			       const struct doc_node *map, const char *path, struct err *err);
/*
 * Whether an address of this issuer may be asked: https, or plain HTTP to this machine where allow_plain is.
 */
bool agent_oidc_url_ok(const struct agent_oidc *o, struct str url);

#endif
