#include "tests/unit/agent/help_version.h"

#include "base/mem.h"

void version_set_up(driver_fake_fn script, struct role_ctx *ctx, struct runtime **ret)
{
	static struct agent_config *config;
	static const char text[] = "#!/bin/sh\n";
	char hex[DIGEST_HEX + 1];
	struct digest d = blob_digest(str_of(text));
	CLEANUP_FREE char *init = mem_printf("%s/libexec/aspora-init", support_build());
	driver_fake_script(script, NULL);
	execution_serve(&plain, 1);
	support_pg_run("insert into blob (digest, size, bytes) values (decode('%s', 'hex'), %zu, "
		       "'\\x%s')",
		       digest_hex(&d, hex), sizeof(text) - 1, "23212f62696e2f73680a");
	support_pg_run("update version set handler = 'code/handler.sh', spec = "
		       "'{\"config\": {\"runtime\": {\"driver\": \"fake\", \"isolation\": "
		       "\"process\"}}}', manifest = "
		       "'[{\"path\":\"code/"
		       "handler.sh\",\"mode\":\"100755\",\"size\":10,\"digest\":\"%s\"}]'",
		       hex);
	support_pg_run("insert into instance (id, domain, skill, content, runtime, state, host, "
		       "boot_id, epoch, rev) "
		       "select 'INST-1', domain, skill, content, runtime, 'ready', 'here', 'boot', "
		       "1, 1 from version");
	assert_ok(agent_config_load(NULL, &config, &support_err));
	assert_ok(
		runtime_open(&(struct runtime_opts){.state_dir = support_dir(), .init_path = init},
			     ret, &support_err));
	*ctx = (struct role_ctx){
		.config = config, .clock = &clock_real, .access = support_pg_access(STORE_RUNNER)};
	snprintf(ctx->host, sizeof(ctx->host), "here");
}
