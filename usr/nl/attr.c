// SPDX-License-Identifier: GPL-2.0
/* attr.c - attributes of the kernel's messages: printed, or in words */
#include <arpa/inet.h>

#include "nl/attr.h"

/**
 * attr_address() - an address in words
 * @text: INET6_ADDRSTRLEN bytes
 * @addr: attribute with an IPv6 or an IPv4 address, may be NULL
 *
 * Return: @text, or "?" if there is no address.
 */
const char *attr_address(char *text, struct nlattr *addr)
{
	return addr ? inet_ntop(nla_len(addr) < 16 ? AF_INET : AF_INET6,
				nla_data(addr), text, INET6_ADDRSTRLEN) : "?";
}

/**
 * attr_text() - a transport address in words
 * @text: ENDPOINT_TEXT bytes
 * @is6: it is one of IPv6
 * @addr: attribute with the address, may be NULL
 * @port: attribute with the port, may be NULL
 *
 * Return: @text.
 */
const char *attr_text(char *text, bool is6, struct nlattr *addr,
		      struct nlattr *port)
{
	char buf[INET6_ADDRSTRLEN];

	snprintf(text, ENDPOINT_TEXT, is6 ? "[%s]:%u" : "%s:%u",
		 attr_address(buf, addr), port ? ntohs(nla_get_u16(port)) : 0);
	return text;
}

/**
 * attr_addr() - print an address if there is one
 * @out: the output
 * @key: its key
 * @addr: attribute with an IPv6 or an IPv4 address, may be NULL
 */
void attr_addr(struct out *out, const char *key, struct nlattr *addr)
{
	char text[INET6_ADDRSTRLEN];

	if (addr)
		out_string(out, key, attr_address(text, addr));
}

/**
 * attr_port() - print a port if there is one
 * @out: the output
 * @key: its key
 * @port: the attribute, may be NULL
 */
void attr_port(struct out *out, const char *key, struct nlattr *port)
{
	if (port)
		out_number(out, key, ntohs(nla_get_u16(port)));
}

/**
 * attr_time() - print a point in time if it is known; JSON only
 * @out: the output
 * @key: its key
 * @time: the attribute, nanoseconds since 1970; may be NULL
 */
void attr_time(struct out *out, const char *key, struct nlattr *time)
{
	char text[40];

	if (time && out_is_json(out))
		out_string(out, key, out_time(text, sizeof(text),
					      nla_get_u64(time)));
}
