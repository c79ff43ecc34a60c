/* SPDX-License-Identifier: GPL-2.0 */
/* parse.h - parts common to the parsers of both families */
#ifndef NAT64_PARSE_H
#define NAT64_PARSE_H

#include <linux/icmp.h>
#include <linux/udp.h>
#include <net/tcp.h>
#include "packet/geometry.h"
#include "packet/packet.h"

/**
 * union nat64_l4hdr - room for a copy of any transport header
 */
union nat64_l4hdr {
	/** @tcp: TCP */
	struct tcphdr tcp;
	/** @udp: UDP */
	struct udphdr udp;
	/** @icmp: ICMP; ICMPv6 has the same shape */
	struct icmphdr icmp;
	/** @ports: of TCP and UDP: source and destination */
	__be16 ports[2];
};

/**
 * nat64_parse_frag_max - get the size of the fragments of a packet
 * @skb: the packet
 * @headers: length of the headers of a fragment of SKB_GSO_UDP, in bytes
 * @received: size of the largest fragment it was reassembled from, or 0
 *
 * Return: length of the largest fragment with its headers, in bytes, or 0.
 */
static inline u16 nat64_parse_frag_max(const struct sk_buff *skb,
				       unsigned int headers, u16 received)
{
	if (likely(!skb_is_gso(skb)) || !nat64_geometry_is_single(skb))
		return received;
	return min_t(unsigned int, headers + skb_shinfo(skb)->gso_size,
		     U16_MAX);
}

/**
 * nat64_parse_offload - check the offload state of a packet against its headers
 * @pkt: the packet; @pkt->thoff and @pkt->l4 are set
 *
 * The checksum offset and the GSO type come from the sender, which may be a
 * container or a virtual machine.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
static inline enum nat64_verdict nat64_parse_offload(struct nat64_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;

	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    !nat64_l4csum_agrees(skb, pkt->thoff, pkt->l4))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	if (skb_is_gso(skb) && !nat64_geometry_agrees(skb, pkt->l4))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	return NAT64_CONTINUE;
}

/**
 * nat64_parse_tcp - parse a TCP header
 * @pkt: the packet; @pkt->thoff is set
 * @sport: set to its source port, in network byte order
 * @dport: set to its destination port, in network byte order
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
static inline enum nat64_verdict nat64_parse_tcp(struct nat64_pkt *pkt,
						 __be16 *sport, __be16 *dport)
{
	struct tcphdr buf, *th;

	th = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(buf), &buf);
	if (!th)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	if (th->doff < 5 || th->doff * 4 > nat64_l4_len(pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	*sport = th->source;
	*dport = th->dest;
	pkt->tcp_flags = tcp_flag_byte(th);
	pkt->proto = NAT64_TCP;
	return NAT64_CONTINUE;
}

/**
 * nat64_parse_udp - parse a UDP header
 * @pkt: the packet; @pkt->thoff is set
 * @sport: set to its source port, in network byte order
 * @dport: set to its destination port, in network byte order
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
static inline enum nat64_verdict nat64_parse_udp(struct nat64_pkt *pkt,
						 __be16 *sport, __be16 *dport)
{
	struct udphdr buf, *uh;
	unsigned int len;

	uh = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(buf), &buf);
	if (!uh)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	len = ntohs(uh->len);
	/* Segmentation sets the length; SKB_GSO_UDP is fragmented instead. */
	if (nat64_geometry_is_single(pkt->skb) &&
	    (len < sizeof(*uh) || len > nat64_l4_len(pkt)))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	pkt->no_check = !uh->check;
	*sport = uh->source;
	*dport = uh->dest;
	pkt->proto = NAT64_UDP;
	return NAT64_CONTINUE;
}

#endif /* NAT64_PARSE_H */
