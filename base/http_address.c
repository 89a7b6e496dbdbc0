/*
 * Which addresses are of the public Internet: the IANA special-purpose registries (RFC 6890 and
 * its successors) as tables.
 */
#include "base/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>

static const struct {
	uint32_t net;
	unsigned bits;
	enum http_address kind;
} v4[] = {
	{0x00000000, 8, HTTP_ADDRESS_NEVER}, /* 0.0.0.0/8: this host */
	{0x0A000000, 8, HTTP_ADDRESS_PRIVATE}, /* 10.0.0.0/8 */
	{0x64400000, 10, HTTP_ADDRESS_PRIVATE}, /* 100.64.0.0/10: carrier NAT */
	{0x7F000000, 8, HTTP_ADDRESS_PRIVATE}, /* 127.0.0.0/8: loopback */
	{0xA9FE0000, 16, HTTP_ADDRESS_NEVER}, /* 169.254.0.0/16: link-local, cloud metadata */
	{0xAC100000, 12, HTTP_ADDRESS_PRIVATE}, /* 172.16.0.0/12 */
	{0xC0000000, 24, HTTP_ADDRESS_NEVER}, /* 192.0.0.0/24: protocol assignments */
	{0xC0000200, 24, HTTP_ADDRESS_NEVER}, /* 192.0.2.0/24: documentation */
	{0xC0586300, 24, HTTP_ADDRESS_NEVER}, /* 192.88.99.0/24: 6to4 relays, retired */
	{0xC0A80000, 16, HTTP_ADDRESS_PRIVATE}, /* 192.168.0.0/16 */
	{0xC6120000, 15, HTTP_ADDRESS_PRIVATE}, /* 198.18.0.0/15: benchmarks */
	{0xC6336400, 24, HTTP_ADDRESS_NEVER}, /* 198.51.100.0/24: documentation */
	{0xCB007100, 24, HTTP_ADDRESS_NEVER}, /* 203.0.113.0/24: documentation */
	{0xE0000000, 3, HTTP_ADDRESS_NEVER}, /* 224.0.0.0/4 multicast, 240.0.0.0/4, broadcast */
};

static enum http_address classify_v4(uint32_t a)
{
	for (size_t i = 0; i < ARRAY_SIZE(v4); i++)
		if ((a ^ v4[i].net) >> (32 - v4[i].bits) == 0)
			return v4[i].kind;
	return HTTP_ADDRESS_PUBLIC;
}

static const struct {
	uint8_t net[16];
	unsigned bits;
	enum http_address kind;
	int v4_at; /* an IPv4 address stands at this byte and decides; 0: none */
} v6[] = {
	{{[15] = 1}, 128, HTTP_ADDRESS_PRIVATE, 0}, /* ::1: loopback */
	{{[10] = 0xFF, 0xFF}, 96, HTTP_ADDRESS_NEVER, 12}, /* ::ffff:0:0/96: mapped */
	{{0x00, 0x64, 0xFF, 0x9B}, 96, HTTP_ADDRESS_NEVER, 12}, /* 64:ff9b::/96: NAT64 */
	{{0xFC}, 7, HTTP_ADDRESS_PRIVATE, 0}, /* fc00::/7: unique local */
	{{0x20, 0x01, 0x0D, 0xB8}, 32, HTTP_ADDRESS_NEVER, 0}, /* 2001:db8::/32: documentation */
	{{0x20, 0x01}, 23, HTTP_ADDRESS_NEVER, 0}, /* 2001::/23: Teredo and others */
	{{0x20, 0x02}, 16, HTTP_ADDRESS_NEVER, 2}, /* 2002::/16: 6to4 */
	{{0x3F, 0xFF}, 20, HTTP_ADDRESS_NEVER, 0}, /* 3fff::/20: documentation */
	{{0x20}, 3, HTTP_ADDRESS_PUBLIC, 0}, /* 2000::/3: global unicast */
};

static bool prefix_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static enum http_address classify_v6(const uint8_t a[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(v6); i++) {
		if (!prefix_equal(a, v6[i].net, v6[i].bits))
			continue;
		if (!v6[i].v4_at)
			return v6[i].kind;
		uint32_t inner;
		memcpy(&inner, a + v6[i].v4_at, sizeof(inner));
		return classify_v4(ntohl(inner));
	}
	/* Link-local, multicast, the unspecified address, and what nobody has been given. */
	return HTTP_ADDRESS_NEVER;
}

enum http_address http_address_of(const struct sockaddr *addr)
{
	if (addr->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, addr, sizeof(in));
		return classify_v4(ntohl(in.sin_addr.s_addr));
	}
	if (addr->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, addr, sizeof(in6));
		return classify_v6(in6.sin6_addr.s6_addr);
	}
	return HTTP_ADDRESS_NEVER;
}

bool http_address_is_private(const struct sockaddr *addr)
{
	return http_address_of(addr) != HTTP_ADDRESS_PUBLIC;
}
