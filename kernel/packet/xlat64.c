// SPDX-License-Identifier: GPL-2.0
/* xlat64.c - rewrite an IPv6 packet as IPv4 (RFC 7915 s5.1) */
#include "packet/xlat.h"

#include <net/ip.h>
#include "packet/geometry.h"
#include "packet/icmp.h"
#include "packet/l4csum.h"

/*
 * Get the identification (RFC 7915 s5.1, RFC 6864 s4): any value for a packet
 * that is never fragmented; that of the Fragment Header for an atomic fragment.
 */
static __be16 nat64_xlat64_id(const struct nat64_pkt *pkt, __be16 frag_off,
			      __be32 saddr)
{
	if (frag_off & htons(IP_DF))
		return 0;
	if (pkt->fragment && !pkt->frag_max)
		return htons(ntohl(pkt->frag_id));
	return nat64_ident(saddr, pkt->t4.daddr,
			   max_t(int, 1, skb_shinfo(pkt->skb)->gso_segs));
}

static void nat64_xlat64_header(struct nat64_pkt *pkt,
				const struct nat64_xlat_params *params,
				const struct ipv6hdr *in6)
{
	struct iphdr *iph = ip_hdr(pkt->skb);
	unsigned int segment = nat64_geometry_segment(pkt->skb, sizeof(*iph));
	__be16 frag_off = nat64_xlat_df(sizeof(*iph) + segment, pkt->fragment) |
			  htons(pkt->frag);
	__be32 saddr = pkt->error_src4 ?: pkt->t4.saddr;
	__be16 id = nat64_xlat64_id(pkt, frag_off, saddr);
	u8 tos = params->override_tos ? params->tos : ipv6_get_dsfield(in6);
	u8 ttl = nat64_lowers_ttl(pkt) ? pkt->ttl - 1 : pkt->ttl;
	__wsum sum = nat64_csum_addr4(saddr, pkt->t4.daddr);

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = tos;
	iph->tot_len = htons(pkt->skb->len);
	iph->id = id;
	iph->frag_off = frag_off;
	iph->ttl = ttl;
	iph->protocol = pkt->l4;
	iph->saddr = saddr;
	iph->daddr = pkt->t4.daddr;
	/* Not by reading the header back, which would wait for the stores. */
	sum = csum_add(sum, nat64_csum_be16(htons(0x4500 | tos)));
	sum = csum_add(sum, nat64_csum_be16(htons(pkt->skb->len)));
	sum = csum_add(sum, nat64_csum_be16(id));
	sum = csum_add(sum, nat64_csum_be16(frag_off));
	sum = csum_add(sum, nat64_csum_be16(htons(ttl << 8 | pkt->l4)));
	iph->check = csum_fold(sum);
}

/* The difference that translation makes to a checksum. */
static __sum16 nat64_xlat64_diff(const struct nat64_pkt *pkt,
				 const struct ipv6hdr *in6,
				 enum nat64_l4csum state)
{
	__wsum suffix;

	if (state == NAT64_L4CSUM_PSEUDO)
		return nat64_csum_diff(nat64_csum_addr6(&in6->saddr,
							&in6->daddr),
				       nat64_csum_addr4(pkt->t4.saddr,
							pkt->t4.daddr));
	if (likely(ipv6_addr_equal(&in6->daddr, &pkt->t6.daddr)))
		return pkt->csum_diff;
	/* The difference of the session excludes the suffix (RFC 6052 s2.2). */
	suffix = csum_partial(&in6->daddr, sizeof(in6->daddr), 0);
	return nat64_csum_join(nat64_csum_diff(suffix,
				csum_partial(&pkt->t6.daddr,
					     sizeof(pkt->t6.daddr), 0)),
			       pkt->csum_diff);
}

static void nat64_xlat64_ports(struct nat64_pkt *pkt,
			       const struct ipv6hdr *in6)
{
	struct sk_buff *skb = pkt->skb;
	__sum16 check = pkt->l4 == IPPROTO_TCP ? tcp_hdr(skb)->check :
						 udp_hdr(skb)->check;
	enum nat64_l4csum state = nat64_l4csum_state(skb, sizeof(struct iphdr),
						     pkt->l4, check);

	/* TCP and UDP begin alike: source port, destination port. */
	udp_hdr(skb)->source = pkt->t4.sport;
	/* RFC 6935: a UDP packet without checksum stays without. */
	if (state != NAT64_L4CSUM_NONE)
		nat64_l4csum_update(skb, pkt->l4, state,
				    nat64_xlat64_diff(pkt, in6, state));
}

/**
 * nat64_xlat64 - rewrite an IPv6 packet as IPv4
 * @pkt: the packet, parsed, with @pkt->t4 and @pkt->csum_diff
 * @params: parameters of the translation
 *
 * A GSO packet stays one packet if possible.
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE, NAT64_SEGMENT or NAT64_DROP.
 */
enum nat64_verdict nat64_xlat64(struct nat64_pkt *pkt,
				const struct nat64_xlat_params *params)
{
	struct sk_buff *skb = pkt->skb;
	enum nat64_verdict verdict;
	struct ipv6hdr in6;

	if (skb_is_gso(skb) && !nat64_geometry_one(skb, true))
		return NAT64_SEGMENT;
	if (pkt->is_error) {
		verdict = nat64_icmp64_error(pkt);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	} else if (pkt->l4 == IPPROTO_ICMP &&
		   nat64_l4csum_complete(skb, pkt->thoff)) {
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	}
	if (nat64_geometry_writable(skb, nat64_l4_end(pkt)))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);

	in6 = *ipv6_hdr(skb);
	nat64_geometry64(skb, pkt->thoff);
	nat64_xlat64_header(pkt, params, &in6);
	if (unlikely(pkt->opaque))
		goto out;
	if (pkt->l4 != IPPROTO_ICMP)
		nat64_xlat64_ports(pkt, &in6);
	else if (!pkt->is_error)
		nat64_icmp64_query(pkt, &in6);
out:
	pkt->thoff = sizeof(struct iphdr);
	return NAT64_CONTINUE;
}
