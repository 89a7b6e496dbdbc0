/* What PostgreSQL's refusals mean: code by SQLSTATE, and for constraints of ours a sentence of ours. */
#include <string.h>

#include "store/wire_int.h"

struct state {
	const char *prefix; /* of the SQLSTATE; the first that fits holds */
	int code;
	const char *remedy;
};
static const struct state states[] = {
	{"AF001", ERR_FENCED, ""},
	{"AC001", ERR_CONFLICT, ""},
	{"AC002", ERR_CONFLICT, "read it again, and ask with the resourceVersion it has then"},
	{"AN001", ERR_NOT_FOUND, ""},
	{"AQ001", ERR_QUOTA, ""},
	{"23505", ERR_CONFLICT, ""},
	{"42501", ERR_DENIED,
	 "run the statements of `asporad db bootstrap-sql` as the database's administrator"},
	{"28", ERR_DENIED, "check the user, password and pg_hba.conf of the `database` URL"},
	{"3D000", ERR_UNAVAILABLE,
	 "create the database, or correct its name in the `database` URL"},
	{"40", ERR_UNAVAILABLE, ""},
	{"55P03", ERR_UNAVAILABLE, ""},
	{"25006", ERR_UNAVAILABLE,
	 "this is a standby or read-only server; name the primary in the `database` URL"},
	{"53", ERR_UNAVAILABLE, ""},
	{"57014", ERR_TIMEOUT, ""},
	{"57", ERR_UNAVAILABLE, ""},
	{"58", ERR_UNAVAILABLE, ""},
	{"08", ERR_UNAVAILABLE, ""},
	{"25P03", ERR_UNAVAILABLE, ""},
};

struct constraint {
	const char *name;
	int code;
	const char
		*sentence; /* all that is said: PostgreSQL's own words are of columns and values */
	const char *remedy; /* NULL: none */
};
static const struct constraint constraints[] = {
	{"release_item_domain_candidate_policy_surface_allow_fkey", ERR_DENIED,
	 "the candidate has no allow verdict: only what was admitted can be released"},
	{"desired_release_domain_fkey", ERR_DENIED,
	 "a skill can only be set in a release of its domain"},
	{"desired_domain_skill_content_runtime_fkey", ERR_DATABASE,
	 "the version to be released is not stored"},
	{"desired_context_fkey", ERR_DATABASE, "the context to be released is not stored"},
	{"release_pkey", ERR_CONFLICT, "another release was written meanwhile"},
	{"release_previous_key", ERR_CONFLICT, "another release was written meanwhile"},
	{"inbox_file_digest_fkey", ERR_DATABASE, "a file of the upload is not stored"},
	{"rollout_stable", ERR_CONFLICT, "the skill has a stable version already"},
	{"rollout_candidate", ERR_CONFLICT, "the skill has a candidate already"},
	{"instance_live", ERR_CONFLICT, "an instance of this version lives on this host already"},
	{"key_name_key", ERR_CONFLICT, "a key of this name exists already",
	 "choose another name: it stays taken after a key was revoked, so that what was done with "
	 "it stays told apart"},
	{"route_version_weights", ERR_INVALID, NULL},
};

static const struct constraint *constraint_of(const PGresult *res)
{
	const char *name = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
	for (size_t i = 0; name && i < ARRAY_SIZE(constraints); i++) {
		if (!strcmp(constraints[i].name, name))
			return &constraints[i];
	}
	return NULL;
}

static const struct state *state_of(const char *sqlstate)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (!strncmp(states[i].prefix, sqlstate, strlen(states[i].prefix)))
			return &states[i];
	}
	return NULL;
}

int pg_error(const PGresult *res, const char *doing, struct err *err)
{
	const char *sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *primary = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
	/* A refused row is shown whole by PostgreSQL: what is in it is nobody's business but the database's. */
	if (detail && !strncmp(detail, "Failing row", 11))
		detail = NULL;
	if (!sqlstate) /* libpq's own words: the connection broke */
		sqlstate = "08006";
	const struct constraint *c = constraint_of(res);
	const struct state *s = state_of(sqlstate);
	int code = c ? c->code : s ? s->code : ERR_DATABASE;
	if (c && c->sentence)
		err_set(err, code, "%s", c->sentence);
	else if (sqlstate[0] == 'A' && primary) /* our own words, see store/schema */
		err_set(err, code, "%s", primary);
	else
		err_set(err, code, "PostgreSQL refused %s: %s%s%s", doing,
			primary ? primary : PQresultErrorMessage(res), detail ? " " : "",
			detail ? detail : "");
	if (err)
		snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", sqlstate);
	if (c && c->remedy)
		err_remedy(err, "%s", c->remedy);
	else if (s && s->remedy[0] && !c)
		err_remedy(err, "%s", s->remedy);
	return code;
}

int pg_connection_error(PGconn *pg, const char *doing, struct err *err)
{
	const char *words = pg ? PQerrorMessage(pg) : "the connection is lost";
	size_t len = strcspn(words, "\n");
	err_set(err, ERR_UNAVAILABLE, "PostgreSQL went away during %s: %.*s", doing, (int)len,
		words);
	if (err)
		snprintf(err->sqlstate, sizeof(err->sqlstate), "08006");
	return ERR_UNAVAILABLE;
}

enum store_retry store_retry(const struct err *err)
{
	const char *s = err->sqlstate;
	if (err->code == ERR_FENCED)
		return STORE_RETRY_FENCED;
	if (!strcmp(s, "40001") || !strcmp(s, "40P01") || !strcmp(s, "55P03"))
		return STORE_RETRY_NOW;
	if (err->code == ERR_UNAVAILABLE)
		return STORE_RETRY_RECONNECT;
	return STORE_RETRY_NEVER;
}
