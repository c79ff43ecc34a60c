/* SPDX-License-Identifier: GPL-2.0 */
/* parse.h - what the parsers of both families share */
#ifndef NAT64_PARSE_H
#define NAT64_PARSE_H

#include <linux/icmp.h>
#include <linux/udp.h>
#include <net/tcp.h>
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
 * nat64_parse_tcp - look at a TCP header
 * @pkt: the packet; @pkt->thoff is set
 * @sport: where to put its source port, in network byte order
 * @dport: where to put its destination port, in network byte order
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
 * nat64_parse_udp - look at a UDP header
 * @pkt: the packet; @pkt->thoff is set
 * @sport: where to put its source port, in network byte order
 * @dport: where to put its destination port, in network byte order
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
	if (!skb_is_gso(pkt->skb) &&
	    (len < sizeof(*uh) || len > nat64_l4_len(pkt)))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	pkt->no_check = !uh->check && pkt->skb->ip_summed != CHECKSUM_PARTIAL;
	*sport = uh->source;
	*dport = uh->dest;
	pkt->proto = NAT64_UDP;
	return NAT64_CONTINUE;
}

#endif /* NAT64_PARSE_H */
