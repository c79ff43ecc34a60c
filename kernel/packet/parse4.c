// SPDX-License-Identifier: GPL-2.0
/* parse4.c - parse an IPv4 packet (RFC 6146 s3.4, RFC 7915 s4.1) */
#include "packet/parse.h"

#include <net/ip.h>
#include "rfc/address.h"

/* Refuse an unexpired source route (RFC 7915 s4.1) and malformed options. */
static noinline enum nat64_verdict nat64_options4(struct nat64_pkt *pkt,
						  unsigned int ihl)
{
	u8 buf[MAX_IPOPTLEN], *opt;
	unsigned int n = ihl - sizeof(struct iphdr), i = 0;

	opt = skb_header_pointer(pkt->skb, sizeof(struct iphdr), n, buf);
	if (!opt)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	while (i < n && opt[i] != IPOPT_END) {
		unsigned int len;

		if (opt[i] == IPOPT_NOOP) {
			i++;
			continue;
		}
		if (i + 1 >= n || opt[i + 1] < 2 || opt[i + 1] > n - i)
			return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
		len = opt[i + 1];
		if (opt[i] == IPOPT_LSRR || opt[i] == IPOPT_SSRR) {
			if (len < 3)
				return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
			if (opt[i + 2] <= len)
				return nat64_drop_reply(pkt,
						NAT64_STAT_DROP_SOURCE_ROUTE,
						ICMP_DEST_UNREACH,
						ICMP_SR_FAILED, 0);
		}
		i += len;
	}
	return NAT64_CONTINUE;
}

/* Parse the transport header of the packet that an ICMP error quotes. */
static enum nat64_verdict nat64_quote4_ports(struct nat64_pkt *pkt, u8 protocol)
{
	union nat64_l4hdr buf, *l4;

	pkt->quote.protocol = protocol;
	if (nat64_quote_opaque(pkt)) {
		pkt->t4.sport = 0;
		pkt->t4.dport = 0;
		return NAT64_CONTINUE;
	}
	l4 = skb_header_pointer(pkt->skb, pkt->quote.thoff, 8, &buf);
	if (!l4)
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);

	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
		if (!nat64_quote_has_bib(pkt, protocol))
			break;
		pkt->proto = protocol == IPPROTO_TCP ? NAT64_TCP : NAT64_UDP;
		pkt->t4.dport = l4->ports[0];
		pkt->t4.sport = l4->ports[1];
		return NAT64_CONTINUE;
	case IPPROTO_ICMP:
		if (l4->icmp.type != ICMP_ECHO &&
		    l4->icmp.type != ICMP_ECHOREPLY)
			break;
		pkt->proto = NAT64_ICMP;
		pkt->t4.sport = l4->icmp.un.echo.id;
		pkt->t4.dport = l4->icmp.un.echo.id;
		return NAT64_CONTINUE;
	}
	return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
}

/* Verify the checksum of the quoted header (RFC 5508 REQ-3 a). */
static bool nat64_quote4_valid(const struct nat64_pkt *pkt, unsigned int ihl)
{
	return pkt->quote.off + ihl <= pkt->skb->len &&
	       !csum_fold(skb_checksum(pkt->skb, pkt->quote.off, ihl, 0));
}

/* Parse the packet that an ICMP error quotes: the incoming tuple, swapped. */
static enum nat64_verdict nat64_quote4(struct nat64_pkt *pkt)
{
	struct nat64_quote *quote = &pkt->quote;
	struct iphdr buf, *iph;

	quote->off = pkt->thoff + sizeof(struct icmphdr);
	iph = skb_header_pointer(pkt->skb, quote->off, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    (iph->frag_off & htons(IP_OFFSET) && !pkt->stateless))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	quote->thoff = quote->off + iph->ihl * 4;
	if (!nat64_quote4_valid(pkt, iph->ihl * 4))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	quote->frag = ntohs(iph->frag_off) & (IP_MF | IP_OFFSET);
	quote->fragment = quote->frag;
	quote->id = htonl(ntohs(iph->id));
	pkt->t4.saddr = iph->daddr;
	pkt->t4.daddr = iph->saddr;
	return nat64_quote4_ports(pkt, iph->protocol);
}

static noinline enum nat64_verdict nat64_parse_icmp4(struct nat64_pkt *pkt)
{
	struct icmphdr buf, *icmp;

	icmp = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(buf), &buf);
	if (!icmp)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	pkt->proto = NAT64_ICMP;
	if (!nat64_icmp_xlat46(icmp->type, icmp->code, &pkt->icmp_xlat))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_TYPE);

	if (pkt->icmp_xlat.rest == NAT64_ICMP_ID) {
		pkt->t4.sport = icmp->un.echo.id;
		pkt->t4.dport = icmp->un.echo.id;
		return NAT64_CONTINUE;
	}
	pkt->is_error = true;
	if (csum_fold(skb_checksum(pkt->skb, pkt->thoff, nat64_l4_len(pkt), 0)))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_CHECKSUM);
	return nat64_quote4(pkt);
}

/*
 * Check for a protocol that only IPv6 has. A stateless translator copies the
 * number, so the payload would become an extension header, or ICMPv6 that no
 * IPv4 filter has inspected. Only the translator may add a Fragment Header.
 */
static bool nat64_protocol_is_ipv6(u8 protocol)
{
	return protocol == NEXTHDR_HOP || protocol == NEXTHDR_ROUTING ||
	       protocol == NEXTHDR_FRAGMENT || protocol == NEXTHDR_DEST ||
	       protocol == NEXTHDR_ICMP;
}

static enum nat64_verdict nat64_refuse4(struct nat64_pkt *pkt)
{
	return nat64_drop_reply(pkt, NAT64_STAT_DROP_PROTOCOL,
				ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
}

static enum nat64_verdict nat64_parse4_l4(struct nat64_pkt *pkt, u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return nat64_parse_tcp(pkt, &pkt->t4.sport, &pkt->t4.dport);
	case IPPROTO_UDP:
		return nat64_parse_udp(pkt, &pkt->t4.sport, &pkt->t4.dport);
	case IPPROTO_ICMP:
		return nat64_parse_icmp4(pkt);
	}
	if (pkt->stateless)
		return nat64_parse_other(pkt, &pkt->t4.sport, &pkt->t4.dport);
	return nat64_refuse4(pkt);
}

/**
 * nat64_parse4 - parse an IPv4 packet
 * @pkt: the packet; its skb begins with the IPv4 header, of which 20 octets
 *	are in the linear part
 *
 * Sets the members of @pkt that describe the incoming packet, with @pkt->t4. A
 * packet that is refused for its source or its options has @pkt->addressed, so
 * that the caller can look up whether the NAT64 or the router has to refuse it.
 *
 * Context: does not change the skb.
 *
 * Return: NAT64_CONTINUE; NAT64_DEFRAG for a fragment, unless @pkt->stateless; or
 * a verdict.
 */
enum nat64_verdict nat64_parse4(struct nat64_pkt *pkt)
{
	const struct iphdr *iph = ip_hdr(pkt->skb);
	unsigned int ihl = iph->ihl * 4;
	u8 protocol = iph->protocol;
	enum nat64_verdict verdict, options;
	__be32 saddr = iph->saddr;

	if (ip_is_fragment(iph) && !pkt->stateless)
		return NAT64_DEFRAG;
	if (ihl < sizeof(*iph))
		return nat64_drop(pkt, NAT64_STAT_DROP_HEADER);
	/* A large GSO packet may have no total length. */
	if ((ntohs(iph->tot_len) != pkt->skb->len &&
	     !(skb_is_gso(pkt->skb) && !iph->tot_len)) ||
	    ihl > pkt->skb->len)
		return nat64_drop(pkt, NAT64_STAT_DROP_TRUNCATED);
	pkt->t4.saddr = saddr;
	pkt->t4.daddr = iph->daddr;
	pkt->ttl = iph->ttl;
	/* RFC 7915 s4.1: the upper half of an identification is zero. */
	pkt->frag_id = htonl(ntohs(iph->id));
	pkt->thoff = ihl;
	pkt->frag = ntohs(iph->frag_off) & (IP_MF | IP_OFFSET);
	pkt->l4 = protocol;
	pkt->opaque = false;
	pkt->is_error = false;
	pkt->addressed = false;
	/* On its second pass a packet has the control block of IPv6. */
	if (!pkt->hairpin)
		pkt->frag_max = nat64_parse_frag_max(pkt->skb,
						     sizeof(struct iphdr),
						     IPCB(pkt->skb)->frag_max_size);
	/* A sender of fragments lets routers fragment. */
	pkt->df = (iph->frag_off & htons(IP_DF)) && !pkt->frag_max;

	/* The tuple first: the caller needs it for a refused packet, too. */
	if (nat64_protocol_is_ipv6(protocol))
		verdict = nat64_refuse4(pkt);
	else
		verdict = pkt->frag ? nat64_parse_fragment(pkt) :
				      NAT64_CONTINUE;
	if (verdict == NAT64_CONTINUE && !pkt->opaque)
		verdict = nat64_parse4_l4(pkt, protocol);
	pkt->addressed = verdict == NAT64_CONTINUE;
	if (ihl > sizeof(*iph)) {
		options = nat64_options4(pkt, ihl);
		if (options != NAT64_CONTINUE)
			return options;
	}
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_parse_offload(pkt);
	/* An ICMP error may have any source (RFC 7915 s4.1). */
	if (verdict == NAT64_CONTINUE && !pkt->is_error &&
	    !nat64_address4_forwardable(saddr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	return verdict;
}
