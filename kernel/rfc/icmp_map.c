// SPDX-License-Identifier: GPL-2.0
/* icmp_map.c - types, codes, pointers and MTUs of ICMP (RFC 7915 s4.2, s5.2) */
#include "rfc/icmp_map.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>

struct nat64_icmp_row {
	u8 type, code;
	struct nat64_icmp_xlat xlat;
};

/* RFC 7915 s5.2; what is not here is dropped. */
static const struct nat64_icmp_row rows64[] = {
	{ ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE,
	  { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH } },
	{ ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED,
	  { ICMP_DEST_UNREACH, ICMP_HOST_ANO } },
	{ ICMPV6_DEST_UNREACH, ICMPV6_NOT_NEIGHBOUR,
	  { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH } },
	{ ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH,
	  { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH } },
	{ ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH,
	  { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH } },
	{ ICMPV6_PKT_TOOBIG, 0,
	  { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, NAT64_ICMP_MTU } },
	{ ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT,
	  { ICMP_TIME_EXCEEDED, ICMP_EXC_TTL } },
	{ ICMPV6_TIME_EXCEED, ICMPV6_EXC_FRAGTIME,
	  { ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME } },
	{ ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD,
	  { ICMP_PARAMETERPROB, 0, NAT64_ICMP_POINTER } },
	{ ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR,
	  { ICMP_DEST_UNREACH, ICMP_PROT_UNREACH } },
	{ ICMPV6_ECHO_REQUEST, 0, { ICMP_ECHO, 0, NAT64_ICMP_ID } },
	{ ICMPV6_ECHO_REPLY, 0, { ICMP_ECHOREPLY, 0, NAT64_ICMP_ID } },
};

/* RFC 7915 s4.2; what is not here is dropped. */
static const struct nat64_icmp_row rows46[] = {
	{ ICMP_ECHOREPLY, 0, { ICMPV6_ECHO_REPLY, 0, NAT64_ICMP_ID } },
	{ ICMP_ECHO, 0, { ICMPV6_ECHO_REQUEST, 0, NAT64_ICMP_ID } },
	{ ICMP_DEST_UNREACH, ICMP_NET_UNREACH,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNREACH,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_PROT_UNREACH,
	  { ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR, NAT64_ICMP_POINTER,
	    offsetof(struct ipv6hdr, nexthdr) } },
	{ ICMP_DEST_UNREACH, ICMP_PORT_UNREACH,
	  { ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH } },
	{ ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
	  { ICMPV6_PKT_TOOBIG, 0, NAT64_ICMP_MTU } },
	{ ICMP_DEST_UNREACH, ICMP_SR_FAILED,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_NET_UNKNOWN,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNKNOWN,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_HOST_ISOLATED,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_NET_ANO,
	  { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED } },
	{ ICMP_DEST_UNREACH, ICMP_HOST_ANO,
	  { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED } },
	{ ICMP_DEST_UNREACH, ICMP_NET_UNR_TOS,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNR_TOS,
	  { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } },
	{ ICMP_DEST_UNREACH, ICMP_PKT_FILTERED,
	  { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED } },
	{ ICMP_DEST_UNREACH, ICMP_PREC_CUTOFF,
	  { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED } },
	{ ICMP_TIME_EXCEEDED, ICMP_EXC_TTL,
	  { ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT } },
	{ ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME,
	  { ICMPV6_TIME_EXCEED, ICMPV6_EXC_FRAGTIME } },
	{ ICMP_PARAMETERPROB, 0,
	  { ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, NAT64_ICMP_POINTER } },
	/* Code 2 is "bad length" (RFC 1122 has 1, "missing option"). */
	{ ICMP_PARAMETERPROB, 2,
	  { ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, NAT64_ICMP_POINTER } },
};

static bool nat64_icmp_find(const struct nat64_icmp_row *rows, unsigned int n,
			    u8 type, u8 code, struct nat64_icmp_xlat *xlat)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (rows[i].type != type || rows[i].code != code)
			continue;
		*xlat = rows[i].xlat;
		return true;
	}
	return false;
}

/**
 * nat64_icmp_xlat64 - translate the type and code of an ICMPv6 message
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @xlat: where to put what it becomes
 *
 * Return: false if it is to be dropped (RFC 7915 s5.2).
 */
bool nat64_icmp_xlat64(u8 type, u8 code, struct nat64_icmp_xlat *xlat)
{
	return nat64_icmp_find(rows64, ARRAY_SIZE(rows64), type, code, xlat);
}

/**
 * nat64_icmp_xlat46 - translate the type and code of an ICMPv4 message
 * @type: ICMPv4 type
 * @code: ICMPv4 code
 * @xlat: where to put what it becomes
 *
 * Return: false if it is to be dropped (RFC 7915 s4.2).
 */
bool nat64_icmp_xlat46(u8 type, u8 code, struct nat64_icmp_xlat *xlat)
{
	return nat64_icmp_find(rows46, ARRAY_SIZE(rows46), type, code, xlat);
}

/**
 * nat64_icmp_pointer64 - translate a pointer into an IPv6 header
 * @pointer: offset into the IPv6 packet
 *
 * Return: offset into the IPv4 packet (RFC 7915 figure 6), or -1.
 */
int nat64_icmp_pointer64(u32 pointer)
{
	static const s8 map[] = { 0, 1, -1, -1, 2, 2, 9, 8 };

	if (pointer < ARRAY_SIZE(map))
		return map[pointer];
	if (pointer < offsetof(struct ipv6hdr, daddr))
		return offsetof(struct iphdr, saddr);
	if (pointer < sizeof(struct ipv6hdr))
		return offsetof(struct iphdr, daddr);
	return -1;
}

/**
 * nat64_icmp_pointer46 - translate a pointer into an IPv4 header
 * @pointer: offset into the IPv4 packet
 *
 * Return: offset into the IPv6 packet (RFC 7915 figure 3), or -1.
 */
int nat64_icmp_pointer46(u8 pointer)
{
	static const s8 map[] = { 0, 1, 4, 4, -1, -1, -1, -1, 7, 6, -1, -1 };

	if (pointer < ARRAY_SIZE(map))
		return map[pointer];
	if (pointer < offsetof(struct iphdr, daddr))
		return offsetof(struct ipv6hdr, saddr);
	if (pointer < sizeof(struct iphdr))
		return offsetof(struct ipv6hdr, daddr);
	return -1;
}

/**
 * nat64_icmp_mtu64 - MTU of Fragmentation Needed for a Packet Too Big
 * @mtu: MTU of the Packet Too Big, in bytes
 * @links: the links of this router
 * @fragment: the quoted packet has a Fragment Header, which IPv4 spares
 *
 * Return: MTU in bytes (RFC 7915 s5.2), 68 (RFC 791) to 65535.
 */
u32 nat64_icmp_mtu64(u32 mtu, const struct nat64_mtus *links, bool fragment)
{
	u32 diff = fragment ? NAT64_FRAGMENT_DIFF : NAT64_HEADER_DIFF;

	mtu = min(mtu, links->mtu6 ?: U32_MAX);
	if (links->mtu4)
		mtu = min_t(u64, mtu, links->mtu4 + (u64)NAT64_HEADER_DIFF);
	return clamp_t(u32, mtu < diff ? 0 : mtu - diff, 68, 65535);
}

/**
 * nat64_icmp_mtu46 - MTU of Packet Too Big for a Fragmentation Needed
 * @mtu: MTU of the Fragmentation Needed, in bytes; 0 from old routers
 * @links: the links of this router
 * @total_len: Total Length of the quoted packet, in bytes
 * @plateaus: guesses for MTUs that are 0, falling (RFC 1191 s7)
 * @n: number of @plateaus
 *
 * Return: MTU in bytes (RFC 7915 s4.2), 1280 or more.
 */
u32 nat64_icmp_mtu46(u32 mtu, const struct nat64_mtus *links, u32 total_len,
		     const u16 *plateaus, unsigned int n)
{
	unsigned int i;

	for (i = 0; !mtu && i < n; i++)
		if (plateaus[i] < total_len)
			mtu = plateaus[i];

	mtu = min(mtu, links->mtu4 ?: U32_MAX);
	mtu = min(mtu + (u32)NAT64_HEADER_DIFF, links->mtu6 ?: U32_MAX);
	return max_t(u32, mtu, IPV6_MIN_MTU);
}
