#include "agent/handoff.h"

#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

START_TEST(what_goes_in_comes_out)
{
	int ends[2];
	CLEANUP(handoff_release) struct handoff in = {.once = true};
	CLEANUP(handoff_release) struct handoff out = {0};
	in.config_path = mem_strdup("/etc/a \"b\".conf");
	in.access.conninfo = mem_strdup("host=/run/x dbname=aspora");
	in.access.set_role = true;
	secret_set(&in.access.password, STR("p\\w\"\n"));
	memcpy(in.instance, "0123456789abcdef0123456789abcdef0123", 37);
	assert_ok(io_pipe(ends, &support_err));
	assert_ok(handoff_write(ends[1], &in, &support_err));
	close(ends[1]);
	assert_ok(handoff_read(ends[0], &out, &support_err));
	close(ends[0]);
	ck_assert_str_eq(out.config_path, in.config_path);
	ck_assert_str_eq(out.access.conninfo, in.access.conninfo);
	ck_assert_str_eq(out.instance, in.instance);
	ck_assert_ptr_null(out.state);
	ck_assert(out.once && out.access.set_role);
	ck_assert(secret_equal(&out.access.password, STR("p\\w\"\n")));
}
END_TEST

START_TEST(a_torn_handoff_is_an_error)
{
	int ends[2];
	struct handoff out = {0};
	assert_ok(io_pipe(ends, &support_err));
	assert_ok(io_write_all(ends[1], STR("{\"config\":\"x"), &support_err));
	close(ends[1]);
	assert_err(handoff_read(ends[0], &out, &support_err), ERR_SYNTAX, "");
	close(ends[0]);
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_goes_in_comes_out), CASE(a_torn_handoff_is_an_error), {0}};

int main(void)
{
	return support_main("agent/handoff", cases);
}
