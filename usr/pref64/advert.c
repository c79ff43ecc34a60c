// SPDX-License-Identifier: GPL-2.0
/* advert.c - the PREF64 options of a router advertisement (RFC 8781) */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netlink/attr.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "pref64/pref64.h"

#define OPTION_PREF64 38
#define OPTION_PREF64_SIZE 16
#define PREFIX_OCTETS 12
/* The lifetime is counted in units of 8 seconds, in the upper 13 bits of 16. */
#define LIFETIME_MASK 0xfff8
#define PLC_MASK 7

/**
 * pref64_option() - read an option of neighbour discovery as a PREF64 option
 * @data: the option, with its type and length
 * @len: octets that there are
 * @option: where to store it
 *
 * Return: false if it is another option, or one to ignore: its length is not 16
 * octets, the code of its prefix length is unknown (RFC 8781 s4), or the prefix
 * cannot be that of a NAT64.
 */
bool pref64_option(const void *data, size_t len, struct pref64_option *option)
{
	static const __u8 lengths[] = { 96, 64, 56, 48, 40, 32 };
	const __u8 *octets = data;
	__u16 word;

	if (len < OPTION_PREF64_SIZE || octets[0] != OPTION_PREF64 ||
	    octets[1] * 8 != OPTION_PREF64_SIZE)
		return false;
	word = octets[2] << 8 | octets[3];
	if ((word & PLC_MASK) >= ARRAY_SIZE(lengths))
		return false;
	memset(option, 0, sizeof(*option));
	/* The scaled lifetime times 8 is the field without the code. */
	option->lifetime = word & LIFETIME_MASK;
	option->prefix.len = lengths[word & PLC_MASK];
	memcpy(&option->prefix.addr, octets + 4, PREFIX_OCTETS);
	pref64_mask(&option->prefix);
	return pref64_usable(&option->prefix);
}

/* Every option has a length, and none ends after the advertisement. */
static bool is_whole(const __u8 *octets, size_t len)
{
	size_t size;

	for (; len; octets += size, len -= size) {
		if (len < 2)
			return false;
		size = octets[1] * 8;
		if (!size || size > len)
			return false;
	}
	return true;
}

/**
 * pref64_advert() - find the PREF64 options of a router advertisement
 * @data: the ICMPv6 message, whose checksum is right
 * @len: its length
 * @options: where to store them, PREF64_OPTIONS at most
 *
 * Return: how many there are; -EBADMSG if it is no router advertisement, or one
 * to discard as a whole (RFC 4861 s6.1.2).
 */
int pref64_advert(const void *data, size_t len, struct pref64_option *options)
{
	const struct nd_router_advert *advert = data;
	const __u8 *octets = data;
	size_t at = sizeof(*advert);
	int n = 0;

	if (len < at || octets[0] != ND_ROUTER_ADVERT || octets[1] ||
	    !is_whole(octets + at, len - at))
		return -EBADMSG;
	for (; at < len && n < PREF64_OPTIONS; at += octets[at + 1] * 8)
		n += pref64_option(octets + at, len - at, &options[n]);
	return n;
}

/**
 * pref64_useropt() - find the PREF64 options that the kernel hands on
 * @data: the RTM_NEWNDUSEROPT message, without its header
 * @len: its length
 * @options: where to store them, PREF64_OPTIONS at most
 * @ifindex: where to store the device
 * @router: where to store the router
 *
 * Return: how many there are; -EBADMSG if the message makes no sense.
 */
int pref64_useropt(const void *data, size_t len, struct pref64_option *options,
		   unsigned int *ifindex, struct in6_addr *router)
{
	const size_t head = NLMSG_ALIGN(sizeof(struct nduseroptmsg));
	const __u8 *octets = data;
	struct nduseroptmsg msg;
	struct nlattr *attr;
	size_t at, end;
	int n = 0;

	if (len < head)
		return -EBADMSG;
	memcpy(&msg, data, sizeof(msg));
	end = head + msg.nduseropt_opts_len;
	if (msg.nduseropt_family != AF_INET6 || end > len ||
	    msg.nduseropt_icmp_type != ND_ROUTER_ADVERT ||
	    msg.nduseropt_icmp_code || !is_whole(octets + head, end - head))
		return -EBADMSG;
	for (at = head; at < end && n < PREF64_OPTIONS; at += octets[at + 1] * 8)
		n += pref64_option(octets + at, end - at, &options[n]);
	at = NLMSG_ALIGN(end);
	attr = at < len ? nla_find((void *)(octets + at), len - at,
				   NDUSEROPT_SRCADDR) : NULL;
	if (!attr || nla_len(attr) != sizeof(*router))
		return -EBADMSG;
	memcpy(router, nla_data(attr), sizeof(*router));
	*ifindex = msg.nduseropt_ifindex;
	return n;
}
