#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/http.h"
#include "tests/unit/support.h"

static const struct {
	const char *text;
	bool private_;
} rows[] = {
	{"8.8.8.8", false},
	{"1.1.1.1", false},
	{"9.255.255.255", false},
	{"10.0.0.0", true},
	{"10.255.255.255", true},
	{"11.0.0.0", false},
	{"100.63.255.255", false},
	{"100.64.0.0", true},
	{"100.127.255.255", true},
	{"100.128.0.0", false},
	{"126.255.255.255", false},
	{"127.0.0.1", true},
	{"127.255.255.255", true},
	{"169.253.255.255", false},
	{"169.254.169.254", true},
	{"172.15.255.255", false},
	{"172.16.0.0", true},
	{"172.31.255.255", true},
	{"172.32.0.0", false},
	{"192.0.0.1", true},
	{"192.0.2.1", true},
	{"192.167.255.255", false},
	{"192.168.0.1", true},
	{"192.169.0.0", false},
	{"198.17.255.255", false},
	{"198.18.0.0", true},
	{"198.19.255.255", true},
	{"198.20.0.0", false},
	{"203.0.113.9", true},
	{"223.255.255.255", false},
	{"224.0.0.1", true},
	{"239.1.1.1", true},
	{"240.0.0.0", true},
	{"255.255.255.255", true},
	{"0.0.0.0", true},
	{"0.1.2.3", true},
	{"::", true},
	{"::1", true},
	{"::2", true},
	{"::ffff:8.8.8.8", false},
	{"::ffff:10.0.0.1", true},
	{"::8.8.8.8", true},
	{"64:ff9b::8.8.8.8", false},
	{"64:ff9b::127.0.0.1", true},
	{"64:ff9b:1::1", true},
	{"100::1", true},
	{"2001::1", true},
	{"2001:db8::1", true},
	{"2001:4860:4860::8888", false},
	{"2002:0808:0808::1", false},
	{"2002:7f00:1::1", true},
	{"2606:4700::1111", false},
	{"3fff::1", true},
	{"3fff:1000::1", false},
	{"4000::1", true},
	{"fc00::1", true},
	{"fdff::1", true},
	{"fe80::1", true},
	{"fec0::1", true},
	{"ff02::1", true},
};

START_TEST(addresses_are_told_apart)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sockaddr_storage ss = {0};
		struct sockaddr_in *in = (struct sockaddr_in *)&ss;
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;
		if (strchr(rows[i].text, ':')) {
			ss.ss_family = AF_INET6;
			ck_assert_int_eq(inet_pton(AF_INET6, rows[i].text, &in6->sin6_addr), 1);
		} else {
			ss.ss_family = AF_INET;
			ck_assert_int_eq(inet_pton(AF_INET, rows[i].text, &in->sin_addr), 1);
		}
		ck_assert_msg(http_address_is_private((struct sockaddr *)&ss) == rows[i].private_,
			      "%s", rows[i].text);
	}
	struct sockaddr_storage other = {.ss_family = AF_UNIX};
	ck_assert(http_address_is_private((struct sockaddr *)&other));
}
END_TEST

static const struct support_case cases[] = {CASE(addresses_are_told_apart), {0}};

int main(void)
{
	return support_main("base/http_address", cases);
}
