#include "agent/verb.h"

#include "base/mem.h"
#include "store/migrate.h"

const struct verb verbs[] = {
	{"key", "key create|list|revoke ...", "Make, list or revoke API keys.", verb_key},
	{"db", "db bootstrap-sql|migrate", "What a DBA must run; or bring the schema up to date.",
	 verb_db},
	{"executor", "executor --local DIR ...",
	 "Run one skill of a folder in a sandbox, without a server.", verb_executor},
	{0}};

int verb_store_open(const struct verb_opts *o, struct verb_store *ret, struct err *err)
{
	memset(ret, 0, sizeof(*ret));
	int rc = agent_config_load(o->config_path, &ret->config, err);
	if (rc < 0)
		return rc;
	if (o->state)
		ret->config->state = str_of(o->state);
	if (o->database)
		ret->config->database = str_of(o->database);
	CLEANUP_FREE char *state = mem_strndup(ret->config->state.p, ret->config->state.len);
	if (ret->config->database.len) {
		rc = store_access_from_url(&ret->owner, ret->config->database, err);
	} else {
		struct store_cluster_opts c = {.dir = state};
		rc = store_cluster_visit(state, &ret->owner, err);
		if (rc == ERR_NOT_FOUND) {
			rc = store_cluster_start(&c, &ret->cluster, err);
			if (rc == 0)
				rc = store_cluster_access(ret->cluster, STORE_OWNER, &ret->owner,
							  err);
		}
	}
	int applied = 0;
	if (rc == 0)
		rc = store_migrate(&ret->owner, &applied, err);
	struct store_opts so = {.application = "asporad verb"};
	if (rc == 0)
		rc = store_open(&ret->owner, STORE_OWNER, &so, &ret->store, err);
	if (rc < 0)
		verb_store_close(ret);
	return rc;
}

void verb_store_close(struct verb_store *v)
{
	struct err err = ERR_INIT;
	store_close(v->store);
	/* One that ran before us goes on running. */
	if (v->cluster && !store_cluster_adopted(v->cluster))
		(void)!store_cluster_stop(v->cluster, &err);
	store_cluster_free(v->cluster);
	store_access_release(&v->owner);
	agent_config_free(v->config);
	memset(v, 0, sizeof(*v));
}
