/* What a run is made of: the version's files and limits, and the secrets that the operator gave to its domain. */
#include "agent/material.h"

#include "base/io.h"
#include "tests/unit/store/help_execution.h"

static const char conf[] = "secrets:\n"
			   "  crm: {from: \"env:TEST_CRM\", domains: [ecm, hr]}\n"
			   "  all: {from: \"env:TEST_ALL\", domains: [\"*\"]}\n"
			   "  other: {from: \"env:TEST_OTHER\", domains: [frm]}\n"
			   "  lost: {from: \"env:TEST_LOST\", domains: [ecm]}\n"
			   "runner: {driver: bubblewrap}\n";

static struct agent_config *config(void)
{
	static struct agent_config *c;
	CLEANUP_FREE char *path = io_join(support_dir(), "asporad.conf");
	assert_ok(io_write_file(path, str_of(conf), 0600, &support_err));
	assert_ok(agent_config_load(path, &c, &support_err));
	setenv("TEST_CRM", "hunter2", 1);
	setenv("TEST_ALL", "for everybody", 1);
	setenv("TEST_OTHER", "not yours", 1);
	unsetenv("TEST_LOST");
	return c;
}

/* ecm/triage at v1 with this spec. */
static void serve(const char *spec)
{
	execution_serve(&plain, 1);
	support_pg_run("update version set spec = '{\"config\": %s}'", spec);
}

static int load(struct material *m)
{
	struct rollout_key key = support_key("ecm", "triage", "v1");
	return material_load(runner, config(), &key, m, &support_err);
}

START_TEST(a_version_brings_its_handler_limits_and_driver)
{
	CLEANUP(material_release) struct material m = {0};
	struct run_request req;
	serve("{\"limits\": {\"timeout\": \"7s\", \"memory\": \"128Mi\"}, \"runtime\": "
	      "{\"network\": true}}");
	assert_ok(load(&m));
	material_request(&m, "INST-1", &req);
	ck_assert_str_eq(req.instance, "INST-1");
	assert_str(req.handler, "code/handler.py");
	assert_str(req.driver, "bubblewrap"); /* the operator's, where the version names none */
	ck_assert_int_eq(req.limits.timeout_ms, 7000);
	ck_assert_int_eq(req.limits.memory_bytes, 128 << 20);
	ck_assert(req.network);
	ck_assert_uint_eq(req.env_count, 0);
	struct digest v1 = word_digest("v1");
	ck_assert(digest_equal(&req.runtime, &v1));
}
END_TEST

START_TEST(a_version_may_name_its_driver)
{
	CLEANUP(material_release) struct material m = {0};
	serve("{\"runtime\": {\"driver\": \"microvm\"}}");
	assert_ok(load(&m));
	assert_str(m.driver, "microvm");
}
END_TEST

START_TEST(secrets_become_values_only_here)
{
	CLEANUP(material_release) struct material m = {0};
	serve("{\"runtime\": {\"env\": {\"CRM\": \"secret:crm\", \"ALL\": \"secret:all\", "
	      "\"MODE\": \"fast\"}}}");
	assert_ok(load(&m));
	ck_assert_uint_eq(m.env_count, 3);
	for (size_t i = 0; i < m.env_count; i++) {
		const char *want = str_eqz(m.env[i].name, "CRM")   ? "hunter2"
				   : str_eqz(m.env[i].name, "ALL") ? "for everybody"
								   : "fast";
		assert_str(m.env[i].value, want);
	}
	ck_assert_int_eq(
		support_pg_int("select count(*) from version where spec::text like '%%hunter2%%'"),
		0);
}
END_TEST

static const struct bad {
	const char *value;
	int code;
	const char *part, *remedy;
} bads[] = {
	{"secret:other", ERR_DENIED,
	 "environment variable X: the secret \"other\" is not given to domain ecm",
	 "domains: [ecm]"},
	{"secret:nowhere", ERR_DENIED, "the secret \"nowhere\" is not given to domain ecm", ""},
	{"secret:", ERR_DENIED, "the secret \"\" is not given to domain ecm", ""},
	{"env:TEST_OTHER", ERR_DENIED, "would have us open what a repository names",
	 "write secret:NAME"},
	{"file:/etc/shadow", ERR_DENIED, "would have us open what a repository names",
	 "write secret:NAME"},
	{"secret:lost", ERR_NOT_FOUND, "TEST_LOST", ""},
};

START_TEST(what_is_not_given_to_the_domain_is_denied)
{
	CLEANUP(material_release) struct material m = {0};
	char spec[200];
	snprintf(spec, sizeof(spec), "{\"runtime\": {\"env\": {\"X\": \"%s\"}}}", bads[_i].value);
	serve(spec);
	assert_err(load(&m), bads[_i].code, bads[_i].part);
	ck_assert_msg(strstr(support_err.remedy, bads[_i].remedy) != NULL, "%s",
		      support_err.remedy);
	ck_assert_ptr_null(strstr(support_err.msg, "not yours"));
}
END_TEST

START_TEST(a_version_without_a_handler_waits_for_a_model)
{
	CLEANUP(material_release) struct material m = {0};
	serve("{}");
	support_pg_run("update version set handler = ''");
	assert_err(load(&m), ERR_MODEL, "ecm/triage has no handler");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "code/handler.py"));
}
END_TEST

START_TEST(a_version_that_is_not_stored_is_named)
{
	CLEANUP(material_release) struct material m = {0};
	serve("{}");
	struct rollout_key key = support_key("ecm", "triage", "v2");
	assert_err(material_load(runner, config(), &key, &m, &support_err), ERR_NOT_FOUND,
		   "version of ecm/triage is not in the store");
	material_release(&m);
	material_release(&m); /* twice is fine */
}
END_TEST

START_TEST(files_are_read_from_the_store_as_they_are_asked_for)
{
	CLEANUP(material_release) struct material m = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	serve("{}");
	struct digest d = blob_digest(STR("#!/bin/sh\n"));
	char hex[DIGEST_HEX + 1];
	support_pg_run("insert into blob (digest, size, bytes) values (decode('%s', 'hex'), 10, "
		       "'#!/bin/sh' || "
		       "chr(10)::bytea)",
		       digest_hex(&d, hex));
	support_pg_run(
		"update version set manifest = '[{\"path\":\"code/handler.py\",\"mode\":\"100755\","
		"\"size\":10,\"digest\":\"%s\"}]'",
		hex);
	assert_ok(load(&m));
	ck_assert_uint_eq(m.version->manifest->count, 1);
	ck_assert_ptr_nonnull(manifest_find(m.version->manifest, STR("code/handler.py")));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_version_brings_its_handler_limits_and_driver),
	CASE(a_version_may_name_its_driver),
	CASE(secrets_become_values_only_here),
	CASE_LOOP(what_is_not_given_to_the_domain_is_denied, ARRAY_SIZE(bads)),
	CASE(a_version_without_a_handler_waits_for_a_model),
	CASE(a_version_that_is_not_stored_is_named),
	CASE(files_are_read_from_the_store_as_they_are_asked_for),
	{0},
};

int main(void)
{
	return support_pg_main("agent/material", cases);
}
