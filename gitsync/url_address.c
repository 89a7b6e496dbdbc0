#include "gitsync/url.h"

#include <arpa/inet.h>
#include <string.h>

/*
 * Address ranges nobody reaches by accident (IANA special-purpose registries, RFC 6890). "operator": reached when
 * allow_private is set; "never": no Git server is there, and link-local is where clouds serve machine credentials.
 */
enum reach { REACH_OPERATOR, REACH_NEVER, REACH_INNER };

struct range {
	const char *prefix;
	unsigned bits;
	enum reach reach;
	const char *kind;
	unsigned inner_at; /* REACH_INNER: byte where the IPv4 address inside begins */
};

static const struct range v4_ranges[] = {
	{"127.0.0.0", 8, REACH_OPERATOR, "loopback"},
	{"10.0.0.0", 8, REACH_OPERATOR, "private"},
	{"172.16.0.0", 12, REACH_OPERATOR, "private"},
	{"192.168.0.0", 16, REACH_OPERATOR, "private"},
	{"100.64.0.0", 10, REACH_OPERATOR, "shared (carrier)"},
	{"169.254.0.0", 16, REACH_NEVER, "link-local"},
	{"0.0.0.0", 8, REACH_NEVER, "unspecified"},
	{"192.0.0.0", 24, REACH_NEVER, "reserved"},
	{"192.0.2.0", 24, REACH_NEVER, "documentation"},
	{"198.51.100.0", 24, REACH_NEVER, "documentation"},
	{"203.0.113.0", 24, REACH_NEVER, "documentation"},
	{"192.88.99.0", 24, REACH_NEVER, "reserved"},
	{"198.18.0.0", 15, REACH_NEVER, "benchmarking"},
	{"224.0.0.0", 4, REACH_NEVER, "multicast"},
	{"240.0.0.0", 4, REACH_NEVER, "reserved"},
};

static const struct range v6_ranges[] = {
	{"::1", 128, REACH_OPERATOR, "loopback"},
	{"::", 128, REACH_NEVER, "unspecified"},
	{"::ffff:0:0", 96, REACH_INNER, "IPv4-mapped", 12},
	{"::", 96, REACH_INNER, "IPv4-compatible", 12},
	{"64:ff9b::", 96, REACH_INNER, "NAT64", 12},
	{"64:ff9b:1::", 48, REACH_NEVER, "local NAT64"},
	{"2002::", 16, REACH_INNER, "6to4", 2},
	{"2001::", 23, REACH_NEVER, "reserved"},
	{"2001:db8::", 32, REACH_NEVER, "documentation"},
	{"100::", 64, REACH_NEVER, "discard-only"},
	{"fc00::", 7, REACH_OPERATOR, "private"},
	{"fe80::", 10, REACH_NEVER, "link-local"},
	{"fec0::", 10, REACH_NEVER, "site-local"},
	{"ff00::", 8, REACH_NEVER, "multicast"},
};

static bool in_range(const uint8_t *address, int family, const struct range *r)
{
	uint8_t prefix[16] = {0};
	if (inet_pton(family, r->prefix, prefix) != 1)
		return false;
	unsigned whole = r->bits / 8, rest = r->bits % 8;
	if (memcmp(address, prefix, whole) != 0)
		return false;
	uint8_t mask = (uint8_t)(0xff00u >> rest);
	return rest == 0 || ((address[whole] ^ prefix[whole]) & mask) == 0;
}

static const struct range *range_of(const uint8_t *address, int family)
{
	const struct range *table = family == AF_INET ? v4_ranges : v6_ranges;
	size_t count = family == AF_INET ? ARRAY_SIZE(v4_ranges) : ARRAY_SIZE(v6_ranges);
	for (size_t i = 0; i < count; i++)
		if (in_range(address, family, &table[i]))
			return &table[i];
	return NULL;
}

int url_address_check(const struct sockaddr *address, const struct url_policy *policy,
		      const char *host, struct err *err)
{
	const uint8_t *bytes = NULL;
	if (address->sa_family == AF_INET)
		bytes = (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)
				->sin_addr;
	else if (address->sa_family == AF_INET6)
		bytes = (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)address)
				->sin6_addr;
	else
		return err_set(err, ERR_DENIED, "%s has an address that is neither IPv4 nor IPv6",
			       host);

	const struct range *r = range_of(bytes, address->sa_family);
	if (r && r->reach == REACH_INNER)
		r = range_of(bytes + r->inner_at, AF_INET);
	if (!r || (r->reach == REACH_OPERATOR && policy->allow_private))
		return 0;
	char text[INET6_ADDRSTRLEN] = "?";
	(void)inet_ntop(address->sa_family, bytes, text, sizeof(text));
	err_set(err, ERR_DENIED, "the Git host %s is at %s, a %s address", host, text, r->kind);
	if (r->reach == REACH_OPERATOR)
		return err_remedy(err, "set allow_private: true for this source in asporad.conf if "
				       "that is meant");
	return err_remedy(err, "no Git server is reached at such an address; write another host");
}
