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
 * nat64_parse_is_transport - check for a protocol that translation changes
 * @l4: the protocol, as IPv4 numbers it
 *
 * UDP-Lite and DCCP have ports and a checksum, which covers a pseudo header, where
 * UDP has them.
 *
 * Return: true if its checksum covers addresses.
 */
static inline bool nat64_parse_is_transport(u8 l4)
{
	return l4 == IPPROTO_TCP || l4 == IPPROTO_UDP || l4 == IPPROTO_ICMP ||
	       l4 == IPPROTO_UDPLITE || l4 == IPPROTO_DCCP;
}

/**
 * nat64_parse_fragment - check a fragment that is translated by itself
 * @pkt: the packet; @pkt->thoff, @pkt->l4 and @pkt->frag are set
 *
 * The checksum of ICMPv6 covers the length of the whole message, which a fragment
 * does not tell (RFC 7915 s4.2, s5.2).
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
static inline enum nat64_verdict nat64_parse_fragment(struct nat64_pkt *pkt)
{
	unsigned int offset = (pkt->frag & IP_OFFSET) * 8;
	unsigned int len = nat64_l4_len(pkt);

	if (skb_is_gso(pkt->skb) || !len || ((pkt->frag & IP_MF) && len % 8) ||
	    sizeof(struct iphdr) + offset + len > IP_MAX_MTU)
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	if (pkt->l4 == IPPROTO_ICMP)
		return nat64_drop(pkt, NAT64_STAT_DROP_FRAGMENT);
	pkt->opaque = offset;
	return NAT64_CONTINUE;
}

/**
 * nat64_parse_other - parse the header of a protocol that has no BIB
 * @pkt: the packet; @pkt->thoff and @pkt->l4 are set
 * @sport: set to its source port, in network byte order, or 0
 * @dport: set to its destination port, in network byte order, or 0
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
static inline enum nat64_verdict nat64_parse_other(struct nat64_pkt *pkt,
						   __be16 *sport, __be16 *dport)
{
	struct udphdr buf, *uh;

	*sport = 0;
	*dport = 0;
	if (!nat64_parse_is_transport(pkt->l4)) {
		pkt->opaque = true;
		return NAT64_CONTINUE;
	}
	uh = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(buf), &buf);
	if (!uh)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	*sport = uh->source;
	*dport = uh->dest;
	return NAT64_CONTINUE;
}

/**
 * nat64_parse_opaque - check the offload state of an opaque packet
 * @pkt: the packet; @pkt->thoff is set
 *
 * What the device is to write must lie after the IP header.
 *
 * Return: NAT64_CONTINUE, NAT64_SEGMENT or NAT64_DROP.
 */
static inline enum nat64_verdict nat64_parse_opaque(struct nat64_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;

	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_checksum_start_offset(skb) < (int)pkt->thoff)
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	return skb_is_gso(skb) ? NAT64_SEGMENT : NAT64_CONTINUE;
}

/**
 * nat64_quote_opaque - check for a quoted packet with no transport header to parse
 * @pkt: an ICMP error; the quote's offsets, protocol and fragment are set
 *
 * Sets @pkt->quote.opaque. A stateless translator needs no more than the quoted IP
 * header, however little is quoted.
 *
 * Return: true if it has none.
 */
static inline bool nat64_quote_opaque(struct nat64_pkt *pkt)
{
	struct nat64_quote *quote = &pkt->quote;

	quote->opaque = pkt->stateless &&
			((quote->frag & IP_OFFSET) ||
			 quote->thoff + 8 > pkt->skb->len ||
			 !nat64_parse_is_transport(quote->protocol));
	return quote->opaque;
}

/**
 * nat64_quote_has_bib - check whether a quoted protocol can be translated
 * @pkt: an ICMP error
 * @l4: a protocol with ports
 *
 * Return: false for UDP-Lite and DCCP, unless @pkt->stateless.
 */
static inline bool nat64_quote_has_bib(const struct nat64_pkt *pkt, u8 l4)
{
	return pkt->stateless || l4 == IPPROTO_TCP || l4 == IPPROTO_UDP;
}

/**
 * nat64_parse_offload - check the offload state of a packet against its headers
 * @pkt: the packet; @pkt->thoff and @pkt->l4 are set
 *
 * The checksum offset and the GSO type come from the sender, which may be a
 * container or a virtual machine.
 *
 * Return: NAT64_CONTINUE, NAT64_SEGMENT or NAT64_DROP.
 */
static inline enum nat64_verdict nat64_parse_offload(struct nat64_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;

	if (unlikely(pkt->opaque))
		return nat64_parse_opaque(pkt);
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
	if (th->doff < 5 ||
	    (!pkt->frag && th->doff * 4 > nat64_l4_len(pkt)))
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
	if (nat64_geometry_is_single(pkt->skb) && !pkt->frag &&
	    (len < sizeof(*uh) || len > nat64_l4_len(pkt)))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	pkt->no_check = !uh->check;
	*sport = uh->source;
	*dport = uh->dest;
	pkt->proto = NAT64_UDP;
	return NAT64_CONTINUE;
}

#endif /* NAT64_PARSE_H */
