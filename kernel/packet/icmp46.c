// SPDX-License-Identifier: GPL-2.0
/* icmp46.c - ICMP messages become ICMPv6 messages (RFC 7915 s4.2, s4.3) */
#include "packet/icmp.h"

#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include "packet/geometry.h"
#include "packet/rfc4884.h"
#include "packet/xlat.h"

/* Compute the difference of checksums: only ICMPv6 covers a pseudo header. */
static __sum16 nat64_icmp46_diff(__wsum pseudo, u8 type4, __be16 id4, u8 type6,
				 __be16 id6)
{
	__wsum from = nat64_csum_be16(htons(type4 << 8));
	__wsum to = csum_add(pseudo, nat64_csum_be16(htons(type6 << 8)));

	return nat64_csum_diff(csum_add(from, nat64_csum_be16(id4)),
			       csum_add(to, nat64_csum_be16(id6)));
}

/**
 * nat64_icmp46_query - translate an echo request or reply
 * @pkt: the packet; its new header is in place, its transport header writable
 * @saddr: its IPv6 source
 * @daddr: its IPv6 destination
 */
void nat64_icmp46_query(struct nat64_pkt *pkt, const struct in6_addr *saddr,
			const struct in6_addr *daddr)
{
	unsigned int len = pkt->skb->len - sizeof(struct ipv6hdr);
	struct icmphdr *icmp = icmp_hdr(pkt->skb);
	__sum16 diff;

	diff = nat64_icmp46_diff(nat64_xlat_icmp6_pseudo(saddr, daddr, len),
				 icmp->type, icmp->un.echo.id,
				 pkt->icmp_xlat.type, pkt->t6.dport);
	icmp->type = pkt->icmp_xlat.type;
	icmp->un.echo.id = pkt->t6.dport;
	icmp->checksum = nat64_csum_apply(icmp->checksum, diff);
}

/**
 * struct nat64_quoted6 - headers of a quoted IPv6 packet
 */
struct nat64_quoted6 {
	/** @ip6: the IPv6 header */
	struct ipv6hdr ip6;
	/** @frag: of a fragment */
	struct frag_hdr frag;
};

/* The payload length of the quoted packet, according to its header. */
static unsigned int nat64_icmp46_quote_len(const struct iphdr *in4)
{
	unsigned int len = ntohs(in4->tot_len), ihl = in4->ihl * 4;

	return len > ihl ? len - ihl : 0;
}

/*
 * Translate the quoted IPv4 header; the hop limit is not decremented (RFC 7915
 * s4.3). Returns its length.
 */
static unsigned int nat64_icmp46_quote_header(const struct nat64_pkt *pkt,
					      const struct iphdr *in4,
					      struct nat64_quoted6 *quoted)
{
	unsigned int len = nat64_icmp46_quote_len(in4);
	struct ipv6hdr *ip6h = &quoted->ip6;
	u8 nexthdr = in4->protocol;

	if (nexthdr == IPPROTO_ICMP)
		nexthdr = NEXTHDR_ICMP;
	memset(quoted, 0, sizeof(*quoted));
	if (pkt->quote.fragment)
		len += sizeof(quoted->frag);
	ip6_flow_hdr(ip6h, in4->tos, 0);
	ip6h->payload_len = htons(min_t(unsigned int, len, IPV6_MAXPLEN));
	ip6h->nexthdr = nexthdr;
	ip6h->hop_limit = in4->ttl;
	/* The quoted packet has the opposite direction. */
	ip6h->saddr = pkt->t6.daddr;
	ip6h->daddr = pkt->t6.saddr;
	if (!pkt->quote.fragment)
		return sizeof(quoted->ip6);

	ip6h->nexthdr = NEXTHDR_FRAGMENT;
	quoted->frag.nexthdr = nexthdr;
	quoted->frag.frag_off = htons((pkt->quote.frag & IP_OFFSET) << 3);
	if (pkt->quote.frag & IP_MF)
		quoted->frag.frag_off |= htons(IP6_MF);
	quoted->frag.identification = pkt->quote.id;
	return sizeof(*quoted);
}

/* The difference that translation makes to the checksum of the quoted packet. */
static __sum16 nat64_icmp46_quote_diff(const struct nat64_pkt *pkt,
				       const struct iphdr *in4, u8 type4)
{
	unsigned int len = nat64_icmp46_quote_len(in4);
	__wsum from, to;

	if (pkt->proto == NAT64_ICMP)
		return nat64_icmp46_diff(nat64_xlat_icmp6_pseudo(&pkt->t6.saddr,
						&pkt->t6.daddr, len),
					 type4, pkt->t4.dport,
					 type4 == ICMP_ECHO ?
					 ICMPV6_ECHO_REQUEST :
					 ICMPV6_ECHO_REPLY,
					 pkt->t6.dport);
	from = nat64_csum_addr4(pkt->t4.saddr, pkt->t4.daddr);
	to = nat64_csum_addr6(&pkt->t6.saddr, &pkt->t6.daddr);
	return nat64_csum_diff(csum_add(from, nat64_csum_be16(pkt->t4.dport)),
			       csum_add(to, nat64_csum_be16(pkt->t6.dport)));
}

/*
 * Translate the ICMP header; @length is the attribute of RFC 4884, @quoted_len
 * the Total Length of the quoted packet. Returns false without an equivalent.
 */
static bool nat64_icmp46_header(const struct nat64_pkt *pkt,
				const struct nat64_xlat_params *params,
				struct icmp6hdr *icmp6, u8 length,
				unsigned int quoted_len)
{
	/* Pointer and MTU share the word: octet 4, octets 6 and 7. */
	u32 rest = ntohl(icmp6->icmp6_dataun.un_data32[0]);
	int pointer = pkt->icmp_xlat.pointer;
	u32 word = 0;

	switch (pkt->icmp_xlat.rest) {
	case NAT64_ICMP_MTU:
		word = nat64_icmp_mtu46(rest & 0xffff, &pkt->mtus, quoted_len,
					params->mtu_plateaus,
					params->n_plateaus);
		break;
	case NAT64_ICMP_POINTER:
		if (!pointer)
			pointer = nat64_icmp_pointer46(rest >> 24);
		if (pointer < 0)
			return false;
		word = pointer;
		break;
	default:
		word = (u32)length << 24;
	}
	icmp6->icmp6_type = pkt->icmp_xlat.type;
	icmp6->icmp6_code = pkt->icmp_xlat.code;
	icmp6->icmp6_cksum = 0;
	icmp6->icmp6_dataun.un_data32[0] = htonl(word);
	return true;
}

/**
 * nat64_icmp46_error - translate an ICMP error
 * @pkt: the packet, with its old outer header
 * @params: parameters of the translation
 *
 * All but the outer header is ICMPv6 afterwards; the checksum, which covers
 * the outer addresses, follows with nat64_icmp46_error_csum().
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_icmp46_error(struct nat64_pkt *pkt,
				      const struct nat64_xlat_params *params)
{
	struct sk_buff *skb = pkt->skb;
	struct nat64_quoted6 quoted;
	struct nat64_layout lay = {
		.hdr = &quoted,
		.unit_in = 4,
		.unit_out = pkt->icmp_xlat.rest == NAT64_ICMP_ZERO ? 8 : 0,
		/* RFC 4443 s2.4 (c) */
		.max = IPV6_MIN_MTU - sizeof(struct ipv6hdr),
	};
	unsigned int len, quoted_len;
	const struct iphdr *in4;
	struct icmphdr *icmp;
	__sum16 diff = 0;
	int length;
	u8 *l4;

	if (nat64_geometry_writable(skb, skb->len))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	icmp = (struct icmphdr *)(skb->data + pkt->thoff);
	in4 = (const struct iphdr *)(skb->data + pkt->quote.off);
	quoted_len = ntohs(in4->tot_len);
	/* RFC 4884 s4.1: the length is in the second octet of that word. */
	lay.length = ntohs(icmp->un.frag.__unused) & 0xff;

	l4 = skb->data + pkt->quote.thoff;
	lay.hdr_len = nat64_icmp46_quote_header(pkt, in4, &quoted);
	if (!pkt->quote.opaque)
		diff = nat64_icmp46_quote_diff(pkt, in4, *l4);
	length = nat64_quote_layout(pkt, &lay, &len);
	if (length < 0)
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);

	icmp = (struct icmphdr *)(skb->data + pkt->thoff);
	l4 = (u8 *)(icmp + 1) + lay.hdr_len;
	if (!pkt->quote.opaque)
		nat64_quote_ports(l4, len - lay.hdr_len, pkt->proto,
				  pkt->t6.dport, pkt->t6.sport, diff);
	if (pkt->proto == NAT64_ICMP && !pkt->quote.opaque)
		*l4 = *l4 == ICMP_ECHO ? ICMPV6_ECHO_REQUEST :
					 ICMPV6_ECHO_REPLY;
	if (!nat64_icmp46_header(pkt, params, (struct icmp6hdr *)icmp, length,
				 quoted_len))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_TYPE);
	skb->ip_summed = CHECKSUM_NONE;
	return NAT64_CONTINUE;
}

/**
 * nat64_icmp46_error_csum - checksum of a translated ICMP error
 * @pkt: the packet, linear, with its new outer header
 */
void nat64_icmp46_error_csum(struct nat64_pkt *pkt)
{
	struct icmp6hdr *icmp6 = icmp6_hdr(pkt->skb);
	unsigned int len = pkt->skb->len - sizeof(struct ipv6hdr);
	const struct ipv6hdr *ip6h = ipv6_hdr(pkt->skb);

	icmp6->icmp6_cksum = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
					     IPPROTO_ICMPV6,
					     csum_partial(icmp6, len, 0));
}
