// SPDX-License-Identifier: GPL-2.0
/*
 * mss.c - the MSS option of a SYN (RFC 9293 s3.7.1)
 *
 * A segment that fits the links of both sides is never too big, even where the
 * errors that would report it are lost.
 */
#include "packet/packet.h"

#include <net/checksum.h>
#include <net/tcp.h>
#include "packet/geometry.h"
#include "packet/l4csum.h"

/* Headers of a segment on either side, in bytes. */
#define NAT64_MSS_HEADERS4 (sizeof(struct iphdr) + sizeof(struct tcphdr))
#define NAT64_MSS_HEADERS6 (sizeof(struct ipv6hdr) + sizeof(struct tcphdr))

/* The largest MSS to let through. */
static u32 nat64_mss_limit(const struct nat64_pkt *pkt,
			   const struct nat64_xlat_params *params)
{
	u32 mtu4 = pkt->mtus.mtu4, mtu6 = pkt->mtus.mtu6, limit = U16_MAX;

	if (params->mss_clamp != NAT64_MSS_CLAMP_PMTU)
		return params->mss_clamp;
	/* With hairpinning there is no IPv4 link: its MTU is 0. */
	if (mtu4 > NAT64_MSS_HEADERS4)
		limit = min_t(u32, limit, mtu4 - NAT64_MSS_HEADERS4);
	if (mtu6)
		limit = min_t(u32, limit, max_t(u32, mtu6, IPV6_MIN_MTU) -
					  NAT64_MSS_HEADERS6);
	return limit;
}

/* Find the MSS in the options of a TCP header; returns its offset, or 0. */
static unsigned int nat64_mss_find(const struct tcphdr *th)
{
	const u8 *opt = (const u8 *)th;
	unsigned int i = sizeof(*th), end = th->doff * 4;

	while (i < end && opt[i] != TCPOPT_EOL) {
		if (opt[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (i + 1 >= end || opt[i + 1] < 2 || opt[i + 1] > end - i)
			return 0;
		if (opt[i] == TCPOPT_MSS && opt[i + 1] == TCPOLEN_MSS)
			return i + 2;
		i += opt[i + 1];
	}
	return 0;
}

/**
 * nat64_mss_clamp - lower the MSS that a SYN announces
 * @pkt: the packet, translated
 * @params: parameters of the translation
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_mss_clamp(struct nat64_pkt *pkt,
				   const struct nat64_xlat_params *params)
{
	u32 limit = nat64_mss_limit(pkt, params), mss;
	struct sk_buff *skb = pkt->skb;
	struct tcphdr *th;
	unsigned int at;
	__be16 old, new;
	u8 *field;

	if (nat64_geometry_writable(skb, pkt->thoff + tcp_hdrlen(skb)))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	th = tcp_hdr(skb);
	/*
	 * The length is read a second time: a packet socket may have changed it in
	 * the meantime, in pages that it shares with user space.
	 */
	if (th->doff * 4 < sizeof(*th) ||
	    pkt->thoff + th->doff * 4 > skb_headlen(skb))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	at = nat64_mss_find(th);
	if (!at)
		return NAT64_CONTINUE;
	field = (u8 *)th + at;
	mss = field[0] << 8 | field[1];
	if (mss <= limit)
		return NAT64_CONTINUE;
	field[0] = limit >> 8;
	field[1] = limit;
	/* At an odd offset, the octets are in two words of the checksum. */
	old = at & 1 ? htons(swab16(mss)) : htons(mss);
	new = at & 1 ? htons(swab16(limit)) : htons(limit);
	if (nat64_l4csum_state(skb, pkt->thoff, IPPROTO_TCP, th->check) ==
	    NAT64_L4CSUM_FULL)
		csum_replace2(&th->check, old, new);
	return NAT64_CONTINUE;
}
