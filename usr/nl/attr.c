// SPDX-License-Identifier: GPL-2.0
/* attr.c - attributes of the kernel's messages: printed, or in words */
#include <arpa/inet.h>

#include "nl/attr.h"

/**
 * attr_text6() - an IPv6 transport address in words
 * @text: ENDPOINT_TEXT bytes
 * @addr: attribute with the address, may be NULL
 * @port: attribute with the port, may be NULL
 *
 * Return: @text.
 */
const char *attr_text6(char *text, struct nlattr *addr, struct nlattr *port)
{
	char buf[INET6_ADDRSTRLEN] = "?";

	if (addr)
		inet_ntop(AF_INET6, nla_data(addr), buf, sizeof(buf));
	snprintf(text, ENDPOINT_TEXT, "[%s]:%u", buf,
		 port ? ntohs(nla_get_u16(port)) : 0);
	return text;
}

/**
 * attr_text4() - an IPv4 transport address in words
 * @text: ENDPOINT_TEXT bytes
 * @addr: attribute with the address, may be NULL
 * @port: attribute with the port, may be NULL
 *
 * Return: @text.
 */
const char *attr_text4(char *text, struct nlattr *addr, struct nlattr *port)
{
	char buf[INET_ADDRSTRLEN] = "?";

	if (addr)
		inet_ntop(AF_INET, nla_data(addr), buf, sizeof(buf));
	snprintf(text, ENDPOINT_TEXT, "%s:%u", buf,
		 port ? ntohs(nla_get_u16(port)) : 0);
	return text;
}

/**
 * attr_addr6() - print an IPv6 address if there is one
 * @out: the output
 * @key: its key
 * @addr: the attribute, may be NULL
 */
void attr_addr6(struct out *out, const char *key, struct nlattr *addr)
{
	char text[INET6_ADDRSTRLEN];

	if (addr)
		out_string(out, key, inet_ntop(AF_INET6, nla_data(addr), text,
					       sizeof(text)));
}

/**
 * attr_addr4() - print an IPv4 address if there is one
 * @out: the output
 * @key: its key
 * @addr: the attribute, may be NULL
 */
void attr_addr4(struct out *out, const char *key, struct nlattr *addr)
{
	char text[INET_ADDRSTRLEN];

	if (addr)
		out_string(out, key, inet_ntop(AF_INET, nla_data(addr), text,
					       sizeof(text)));
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
