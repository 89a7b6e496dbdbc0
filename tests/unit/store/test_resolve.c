/* Names of hosts: what needs to be looked up, what comes of it, and that nobody waits for it longer than they want. */
#include "store/resolve_int.h"

#include "tests/unit/support.h"

static const struct {
	const char *hosts;
	bool needed;
} hosts[] = {
	{NULL, false},
	{"", false},
	{"/run/pg", false},
	{"@abstract", false},
	{"127.0.0.1", false},
	{"::1", false},
	{"10.0.0.1,10.0.0.2", false},
	{"db", true},
	{"127.0.0.1,db.example", true},
	{"/run/pg,localhost", true},
	{"127.0.0.1.example", true},
	{"127.0.0", true},
};

START_TEST(only_names_are_looked_up)
{
	ck_assert_int_eq(resolve_is_needed(hosts[_i].hosts), hosts[_i].needed);
}
END_TEST

static int waits;

static int wait_for_it(void *state, int fd, short events, int64_t deadline_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	(void)state;
	waits++;
	return poll(&p, 1, (int)MAX(0, deadline_ms - clock_real.mono_ms(NULL))) > 0 ? 0 : -1;
}

static int resolve(const char *list, const char *ports, struct resolved *r)
{
	const struct resolve_opts o = {.wait = wait_for_it,
				       .deadline_ms = clock_real.mono_ms(NULL) + 20000};
	return resolve_hosts(list, ports, &o, r, &support_err);
}

static size_t commas(const struct buf *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == ',';
	return n;
}

START_TEST(a_name_becomes_its_addresses_and_keeps_its_name)
{
	CLEANUP(resolved_release) struct resolved r = RESOLVED_INIT;
	waits = 0;
	assert_ok(resolve("localhost", "5433", &r));
	/* It is waited for, and not in the resolver. */
	ck_assert_int_gt(waits, 0);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&r.hosts), "localhost"));
	ck_assert(strstr(buf_cstr(&r.addresses), "127.0.0.1") ||
		  strstr(buf_cstr(&r.addresses), "::1"));
	ck_assert_uint_eq(commas(&r.hosts), commas(&r.addresses));
	ck_assert_uint_eq(commas(&r.hosts), commas(&r.ports));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&r.ports), "5433"));
}
END_TEST

START_TEST(what_is_no_name_stays_as_it_is_in_its_place)
{
	CLEANUP(resolved_release) struct resolved r = RESOLVED_INIT;
	assert_ok(resolve("/run/pg,127.0.0.2,::1", "1,2,3", &r));
	ck_assert_str_eq(buf_cstr(&r.hosts), "/run/pg,127.0.0.2,::1");
	ck_assert_str_eq(buf_cstr(&r.addresses), ",127.0.0.2,::1");
	ck_assert_str_eq(buf_cstr(&r.ports), "1,2,3");
}
END_TEST

START_TEST(one_port_is_for_all_and_no_port_is_none)
{
	CLEANUP(resolved_release) struct resolved r = RESOLVED_INIT, none = RESOLVED_INIT;
	assert_ok(resolve("127.0.0.1,127.0.0.2", "7", &r));
	ck_assert_str_eq(buf_cstr(&r.ports), "7,7");
	assert_ok(resolve("127.0.0.1,127.0.0.2", NULL, &none));
	ck_assert_str_eq(buf_cstr(&none.ports), ",");
	ck_assert_str_eq(buf_cstr(&none.addresses), "127.0.0.1,127.0.0.2");
}
END_TEST

START_TEST(a_name_that_is_none_is_said_and_another_of_the_list_will_do)
{
	CLEANUP(resolved_release) struct resolved r = RESOLVED_INIT, other = RESOLVED_INIT;
	assert_err(resolve("no-such-host.invalid", NULL, &r), ERR_UNAVAILABLE,
		   "the database's host cannot be found: no-such-host.invalid: ");
	assert_ok(resolve("no-such-host.invalid,127.0.0.3", "1,2", &other));
	ck_assert_str_eq(buf_cstr(&other.hosts), "127.0.0.3");
	ck_assert_str_eq(buf_cstr(&other.addresses), "127.0.0.3");
	ck_assert_str_eq(buf_cstr(&other.ports), "2");
}
END_TEST

START_TEST(a_list_that_is_too_long_is_refused_and_not_cut)
{
	CLEANUP(resolved_release) struct resolved r = RESOLVED_INIT, fits = RESOLVED_INIT;
	CLEANUP(buf_release) struct buf list = BUF_INIT(1 << 20);
	for (int i = 0; i < 1638; i++)
		buf_addf(&list, "%s127.0.0.%d", i ? "," : "", i % 10);
	assert_ok(resolve(buf_cstr(&list), NULL, &fits));
	ck_assert_uint_eq(fits.hosts.len, list.len);
	ck_assert_uint_eq(commas(&fits.addresses), 1637);
	buf_addz(&list, ",127.0.0.1");
	assert_err(resolve(buf_cstr(&list), NULL, &r), ERR_UNAVAILABLE, "too many addresses");
	ck_assert_uint_eq(r.hosts.len, 0);
}
END_TEST

static int give_up(void *state, int fd, short events, int64_t deadline_ms)
{
	(void)state, (void)fd, (void)events, (void)deadline_ms;
	return -1;
}

START_TEST(who_gives_up_is_told_so_and_no_child_is_left)
{
	CLEANUP(resolved_release) struct resolved r = RESOLVED_INIT;
	const struct resolve_opts o = {.wait = give_up};
	assert_err(resolve_hosts("localhost", NULL, &o, &r, &support_err), ERR_UNAVAILABLE,
		   "was not found in time");
	ck_assert_uint_eq(r.hosts.len, 0);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE_LOOP(only_names_are_looked_up, (int)ARRAY_SIZE(hosts)),
		CASE(a_name_becomes_its_addresses_and_keeps_its_name),
		CASE(what_is_no_name_stays_as_it_is_in_its_place),
		CASE(one_port_is_for_all_and_no_port_is_none),
		CASE(a_name_that_is_none_is_said_and_another_of_the_list_will_do),
		CASE(a_list_that_is_too_long_is_refused_and_not_cut),
		CASE(who_gives_up_is_told_so_and_no_child_is_left),
		{0},
	};
	return support_main("store/resolve", cases);
}
