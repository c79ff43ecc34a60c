// SPDX-License-Identifier: GPL-2.0
/* parse6.c - parse an IPv6 packet (RFC 6146 s3.4, RFC 7915 s5.1) */
#include "packet/parse.h"

#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include "rfc/address.h"

/* No legitimate packet has more extension headers. */
#define NAT64_EXTENSIONS_MAX 8

/**
 * struct nat64_chain6 - a chain of IPv6 extension headers
 */
struct nat64_chain6 {
	/** @off: offset of what follows the chain, from the network header */
	unsigned int off;
	/** @id: identification of the Fragment Header */
	__be32 id;
	/** @nexthdr: protocol of what follows */
	u8 nexthdr;
	/** @frag: its Flags and Fragment Offset as IPv4 has them */
	u16 frag;
	/** @fragment: there is a Fragment Header */
	bool fragment;
};

/* Refuse a source route with segments left (RFC 7915 s5.1). */
static enum nat64_verdict nat64_routing6(struct nat64_pkt *pkt,
					 unsigned int off)
{
	struct ipv6_rt_hdr buf, *rh;

	rh = skb_header_pointer(pkt->skb, off, sizeof(buf), &buf);
	if (!rh)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	if (!rh->segments_left)
		return NAT64_CONTINUE;
	off += offsetof(struct ipv6_rt_hdr, segments_left);
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_SOURCE_ROUTE,
				ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, off);
}

/* Convert the offset and flag of a Fragment Header to those of IPv4. */
static u16 nat64_frag64(__be16 frag_off)
{
	return (ntohs(frag_off) >> 3) |
	       (frag_off & htons(IP6_MF) ? IP_MF : 0);
}

/* Skip the extension headers that IPv4 does not have. */
static noinline enum nat64_verdict nat64_chain6(struct nat64_pkt *pkt,
						struct nat64_chain6 *chain)
{
	enum nat64_verdict verdict;
	int i;

	/* One more than there may be extension headers: to find what follows them. */
	for (i = 0; i <= NAT64_EXTENSIONS_MAX; i++) {
		struct frag_hdr fbuf, *fh;
		struct ipv6_opt_hdr buf, *opt;

		switch (chain->nexthdr) {
		case NEXTHDR_ROUTING:
			verdict = nat64_routing6(pkt, chain->off);
			if (verdict != NAT64_CONTINUE)
				return verdict;
			fallthrough;
		case NEXTHDR_HOP:
		case NEXTHDR_DEST:
			/* After the Fragment Header: RFC 7915 s5.1.1. */
			if (chain->fragment)
				return nat64_drop(pkt,
						  NAT64_STAT_DROP_EXTENSION);
			opt = skb_header_pointer(pkt->skb, chain->off,
						 sizeof(buf), &buf);
			if (!opt)
				return nat64_drop(pkt,
						  NAT64_STAT_DROP_TRUNCATED);
			/* Hop-by-Hop Options must come first. */
			if (chain->nexthdr == NEXTHDR_HOP && i)
				return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
			chain->off += ipv6_optlen(opt);
			chain->nexthdr = opt->nexthdr;
			break;
		case NEXTHDR_FRAGMENT:
			if (chain->fragment)
				return nat64_drop(pkt,
						  NAT64_STAT_DROP_EXTENSION);
			fh = skb_header_pointer(pkt->skb, chain->off,
						sizeof(fbuf), &fbuf);
			if (!fh)
				return nat64_drop(pkt,
						  NAT64_STAT_DROP_TRUNCATED);
			chain->fragment = true;
			chain->frag = nat64_frag64(fh->frag_off);
			chain->id = fh->identification;
			chain->off += sizeof(*fh);
			chain->nexthdr = fh->nexthdr;
			/* Only the first fragment has the headers after it. */
			if (chain->frag & IP_OFFSET)
				return NAT64_CONTINUE;
			break;
		default:
			return NAT64_CONTINUE;
		}
	}
	return nat64_drop(pkt, NAT64_STAT_DROP_EXTENSION);
}

/* Parse the transport header of the packet that an ICMPv6 error quotes. */
static enum nat64_verdict nat64_quote6_ports(struct nat64_pkt *pkt, u8 nexthdr)
{
	union nat64_l4hdr buf, *l4;

	pkt->quote.protocol = nexthdr == NEXTHDR_ICMP ? IPPROTO_ICMP : nexthdr;
	if (nat64_quote_opaque(pkt)) {
		pkt->t6.sport = 0;
		pkt->t6.dport = 0;
		return NAT64_CONTINUE;
	}
	/* Eight octets suffice for all protocols (RFC 6146 s3.4). */
	l4 = skb_header_pointer(pkt->skb, pkt->quote.thoff, 8, &buf);
	if (!l4)
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);

	switch (nexthdr) {
	case NEXTHDR_TCP:
	case NEXTHDR_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
		if (!nat64_quote_has_bib(pkt, nexthdr))
			break;
		pkt->proto = nexthdr == NEXTHDR_TCP ? NAT64_TCP : NAT64_UDP;
		pkt->t6.dport = l4->ports[0];
		pkt->t6.sport = l4->ports[1];
		return NAT64_CONTINUE;
	case NEXTHDR_ICMP:
		if (l4->icmp.type != ICMPV6_ECHO_REQUEST &&
		    l4->icmp.type != ICMPV6_ECHO_REPLY)
			break;
		pkt->proto = NAT64_ICMP;
		pkt->t6.sport = l4->icmp.un.echo.id;
		pkt->t6.dport = l4->icmp.un.echo.id;
		return NAT64_CONTINUE;
	}
	return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
}

/* Parse the packet that an ICMPv6 error quotes: the incoming tuple, swapped. */
static enum nat64_verdict nat64_quote6(struct nat64_pkt *pkt)
{
	struct nat64_quote *quote = &pkt->quote;
	struct nat64_chain6 chain = {};
	struct ipv6hdr buf, *ip6h;

	quote->off = pkt->thoff + sizeof(struct icmp6hdr);
	ip6h = skb_header_pointer(pkt->skb, quote->off, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	pkt->t6.saddr = ip6h->daddr;
	pkt->t6.daddr = ip6h->saddr;

	chain.off = quote->off + sizeof(*ip6h);
	chain.nexthdr = ip6h->nexthdr;
	/* What follows the headers is copied, with state or without. */
	if (nat64_chain6(pkt, &chain) != NAT64_CONTINUE ||
	    chain.off > pkt->skb->len ||
	    (chain.frag & IP_OFFSET && !pkt->stateless)) {
		pkt->reply_type = 0;
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	}
	quote->thoff = chain.off;
	quote->fragment = chain.fragment;
	quote->frag = chain.frag;
	quote->id = chain.id;
	return nat64_quote6_ports(pkt, chain.nexthdr);
}

static bool nat64_icmp6_valid(struct sk_buff *skb, unsigned int thoff)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int len = skb->len - thoff;

	return !csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				IPPROTO_ICMPV6,
				skb_checksum(skb, thoff, len, 0));
}

static noinline enum nat64_verdict nat64_parse_icmp6(struct nat64_pkt *pkt)
{
	struct icmp6hdr buf, *icmp;

	icmp = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(buf), &buf);
	if (!icmp)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	pkt->proto = NAT64_ICMP;
	if (!nat64_icmp_xlat64(icmp->icmp6_type, icmp->icmp6_code,
			       &pkt->icmp_xlat))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_TYPE);

	if (pkt->icmp_xlat.rest == NAT64_ICMP_ID) {
		pkt->t6.sport = icmp->icmp6_identifier;
		pkt->t6.dport = icmp->icmp6_identifier;
		return NAT64_CONTINUE;
	}
	pkt->is_error = true;
	if (!nat64_icmp6_valid(pkt->skb, pkt->thoff))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_CHECKSUM);
	return nat64_quote6(pkt);
}

static enum nat64_verdict nat64_parse6_l4(struct nat64_pkt *pkt,
					  const struct nat64_chain6 *chain)
{
	switch (chain->nexthdr) {
	case NEXTHDR_TCP:
		pkt->l4 = IPPROTO_TCP;
		return nat64_parse_tcp(pkt, &pkt->t6.sport, &pkt->t6.dport);
	case NEXTHDR_UDP:
		pkt->l4 = IPPROTO_UDP;
		return nat64_parse_udp(pkt, &pkt->t6.sport, &pkt->t6.dport);
	case NEXTHDR_ICMP:
		pkt->l4 = IPPROTO_ICMP;
		return nat64_parse_icmp6(pkt);
	case NEXTHDR_AUTH:
		if (chain->fragment)
			return nat64_drop(pkt, NAT64_STAT_DROP_EXTENSION);
	}
	pkt->l4 = chain->nexthdr;
	if (pkt->stateless && chain->nexthdr != IPPROTO_ICMP)
		return nat64_parse_other(pkt, &pkt->t6.sport, &pkt->t6.dport);
	/* RFC 6146 s3.4 requires this code, not Parameter Problem. */
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_PROTOCOL,
				ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
}

/**
 * nat64_parse6 - parse an IPv6 packet
 * @pkt: the packet; its skb begins with the IPv6 header, of which 40 octets
 *	are in the linear part
 *
 * Sets the members of @pkt that describe the incoming packet, with @pkt->t6.
 *
 * Context: does not change the skb.
 *
 * Return: NAT64_CONTINUE; NAT64_DEFRAG for a fragment, unless @pkt->stateless; or
 * a verdict.
 */
enum nat64_verdict nat64_parse6(struct nat64_pkt *pkt)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(pkt->skb);
	struct nat64_chain6 chain = {
		.off = sizeof(*ip6h), .nexthdr = ip6h->nexthdr,
	};
	unsigned int len = ntohs(ip6h->payload_len) + sizeof(*ip6h);
	enum nat64_verdict verdict;

	/* A large GSO packet has no payload length, nor has a jumbogram. */
	if (len != pkt->skb->len &&
	    !(skb_is_gso(pkt->skb) && !ip6h->payload_len))
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	if (!nat64_address6_forwardable(&ip6h->saddr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS6);
	pkt->t6.saddr = ip6h->saddr;
	pkt->t6.daddr = ip6h->daddr;
	pkt->ttl = ip6h->hop_limit;
	pkt->frag_max = nat64_parse_frag_max(pkt->skb, sizeof(*ip6h) +
						       sizeof(struct frag_hdr),
					     IP6CB(pkt->skb)->frag_max_size);

	if (unlikely(chain.nexthdr != NEXTHDR_TCP && chain.nexthdr != NEXTHDR_UDP)) {
		verdict = nat64_chain6(pkt, &chain);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	}
	if (chain.frag && !pkt->stateless)
		return NAT64_DEFRAG;
	pkt->thoff = chain.off;
	pkt->fragment = chain.fragment || pkt->frag_max;
	pkt->frag_id = chain.id;
	pkt->frag = chain.frag;
	if (pkt->thoff > pkt->skb->len)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);

	/* It must fit the Total Length of IPv4 (RFC 791 s3.1). */
	if (nat64_geometry_is_single(pkt->skb) &&
	    sizeof(struct iphdr) + nat64_l4_len(pkt) > IP_MAX_MTU)
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_TOO_BIG,
					ICMPV6_PKT_TOOBIG, 0,
					IP_MAX_MTU + NAT64_HEADER_DIFF);
	if (unlikely(pkt->frag)) {
		pkt->l4 = chain.nexthdr == NEXTHDR_ICMP ? IPPROTO_ICMP :
							  chain.nexthdr;
		verdict = nat64_parse_fragment(pkt);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	}
	/* A later fragment has no transport header, but offload state. */
	if (!pkt->opaque)
		verdict = nat64_parse6_l4(pkt, &chain);
	return verdict == NAT64_CONTINUE ? nat64_parse_offload(pkt) : verdict;
}
