#include "gitsync/url.h"

#include <arpa/inet.h>

#include "base/http.h"

int url_address_check(const struct sockaddr *address, const struct url_policy *policy,
		      const char *host, struct err *err)
{
	enum http_address kind = http_address_of(address);
	if (kind == HTTP_ADDRESS_PUBLIC || (kind == HTTP_ADDRESS_PRIVATE && policy->allow_private))
		return 0;
	char text[INET6_ADDRSTRLEN] = "an address that is neither IPv4 nor IPv6";
	const void *in = NULL;
	if (address->sa_family == AF_INET)
		in = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	else if (address->sa_family == AF_INET6)
		in = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	if (in)
		(void)inet_ntop(address->sa_family, in, text, sizeof(text));
	if (kind == HTTP_ADDRESS_PRIVATE) {
		err_set(err, ERR_DENIED, "the Git host %s is at %s, a loopback or private address",
			host, text);
		return err_remedy(err, "set allow_private: true for this source in asporad.conf if "
				       "that is meant");
	}
	err_set(err, ERR_DENIED,
		"the Git host %s is at %s, a link-local, multicast or reserved address", host,
		text);
	return err_remedy(err, "no Git server is reached at such an address; write another host");
}
