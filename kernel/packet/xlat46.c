// SPDX-License-Identifier: GPL-2.0
/* xlat46.c - rewrite an IPv4 packet as IPv6 (RFC 7915 s4.1) */
#include "packet/xlat.h"

#include <net/ip.h>
#include "packet/geometry.h"
#include "packet/icmp.h"
#include "packet/l4csum.h"

/* Write the Fragment Header of a packet that is a fragment. */
static noinline void nat64_xlat46_fragment(const struct nat64_pkt *pkt,
					   u8 nexthdr)
{
	struct frag_hdr *fh = (struct frag_hdr *)(ipv6_hdr(pkt->skb) + 1);

	fh->nexthdr = nexthdr;
	fh->reserved = 0;
	fh->frag_off = htons((pkt->frag & IP_OFFSET) << 3);
	if (pkt->frag & IP_MF)
		fh->frag_off |= htons(IP6_MF);
	fh->identification = pkt->frag_id;
}

static void nat64_xlat46_header(struct nat64_pkt *pkt,
				const struct nat64_xlat_params *params,
				const struct iphdr *in4)
{
	u8 nexthdr = pkt->l4 == IPPROTO_ICMP ? NEXTHDR_ICMP : pkt->l4;
	struct ipv6hdr *ip6h = ipv6_hdr(pkt->skb);
	unsigned int len = pkt->skb->len - sizeof(*ip6h);

	/* The flow label is zero (RFC 7915 s4.1). */
	ip6_flow_hdr(ip6h, params->zeroize_traffic_class ? 0 : in4->tos, 0);
	/* 0 for a GSO packet that is too large for the field (RFC 2675). */
	ip6h->payload_len = len > IPV6_MAXPLEN ? 0 : htons(len);
	ip6h->nexthdr = nexthdr;
	ip6h->hop_limit = pkt->hairpin || !nat64_lowers_ttl(pkt) ? pkt->ttl :
								  pkt->ttl - 1;
	ip6h->saddr = pkt->is_error ? pkt->error_src : pkt->t6.saddr;
	ip6h->daddr = pkt->t6.daddr;
	if (unlikely(pkt->frag)) {
		ip6h->nexthdr = NEXTHDR_FRAGMENT;
		nat64_xlat46_fragment(pkt, nexthdr);
	}
}

static int nat64_xlat46_ports(struct nat64_pkt *pkt, const struct iphdr *in4)
{
	struct sk_buff *skb = pkt->skb;
	__sum16 check = pkt->l4 == IPPROTO_TCP ? tcp_hdr(skb)->check :
						 udp_hdr(skb)->check;
	enum nat64_l4csum state = nat64_l4csum_state(skb, pkt->thoff, pkt->l4,
						     check);
	__sum16 diff = nat64_csum_reverse(pkt->csum_diff);

	udp_hdr(skb)->dest = pkt->t6.dport;
	if (state == NAT64_L4CSUM_NONE)
		return nat64_l4csum_udp6(skb, &pkt->t6.saddr, &pkt->t6.daddr);
	if (state == NAT64_L4CSUM_PSEUDO)
		diff = nat64_csum_diff(nat64_csum_addr4(in4->saddr, in4->daddr),
				       nat64_csum_addr6(&pkt->t6.saddr,
							&pkt->t6.daddr));
	nat64_l4csum_update(skb, pkt->l4, state, diff);
	return 0;
}

/**
 * nat64_xlat46 - rewrite an IPv4 packet as IPv6
 * @pkt: the packet, parsed, with @pkt->t6 and @pkt->csum_diff
 * @params: parameters of the translation
 * @headroom: headroom that the output device needs, in bytes
 *
 * A GSO packet stays one packet if possible.
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE, NAT64_SEGMENT or NAT64_DROP.
 */
enum nat64_verdict nat64_xlat46(struct nat64_pkt *pkt,
				const struct nat64_xlat_params *params,
				unsigned int headroom)
{
	unsigned int header = nat64_xlat46_len(pkt);
	struct sk_buff *skb = pkt->skb;
	enum nat64_verdict verdict;
	struct iphdr in4;

	if (skb_is_gso(skb) && !nat64_geometry_one(skb, false))
		return NAT64_SEGMENT;
	if (pkt->is_error) {
		verdict = nat64_icmp46_error(pkt, params);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	} else if (pkt->l4 == IPPROTO_ICMP &&
		   nat64_l4csum_complete(skb, pkt->thoff)) {
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	}
	if (nat64_geometry_writable(skb, nat64_l4_end(pkt)))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);

	in4 = *ip_hdr(skb);
	if (nat64_geometry46(skb, pkt->thoff, header, headroom))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	nat64_xlat46_header(pkt, params, &in4);
	pkt->thoff = header;
	if (unlikely(pkt->opaque))
		return NAT64_CONTINUE;
	if (pkt->is_error)
		nat64_icmp46_error_csum(pkt);
	else if (pkt->l4 == IPPROTO_ICMP)
		nat64_icmp46_query(pkt, &pkt->t6.saddr, &pkt->t6.daddr);
	else if (nat64_xlat46_ports(pkt, &in4))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	return NAT64_CONTINUE;
}
