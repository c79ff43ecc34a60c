// SPDX-License-Identifier: GPL-2.0
/* icmp64.c - ICMPv6 messages become ICMP messages (RFC 7915 s5.2, s5.3) */
#include "packet/icmp.h"

#include <linux/icmpv6.h>
#include <net/ip.h>
#include "packet/geometry.h"
#include "packet/rfc4884.h"
#include "packet/xlat.h"

/* Compute the difference of checksums: only ICMPv6 covers a pseudo header. */
static __sum16 nat64_icmp64_diff(__wsum pseudo, u8 type6, __be16 id6, u8 type4,
				 __be16 id4)
{
	__wsum from = csum_add(pseudo, nat64_csum_be16(htons(type6 << 8)));
	__wsum to = nat64_csum_be16(htons(type4 << 8));

	return nat64_csum_diff(csum_add(from, nat64_csum_be16(id6)),
			       csum_add(to, nat64_csum_be16(id4)));
}

/**
 * nat64_icmp64_query - translate an echo request or reply
 * @pkt: the packet; its new header is in place, its transport header writable
 * @in6: its IPv6 header
 */
void nat64_icmp64_query(struct nat64_pkt *pkt, const struct ipv6hdr *in6)
{
	unsigned int len = pkt->skb->len - sizeof(struct iphdr);
	struct icmphdr *icmp = icmp_hdr(pkt->skb);
	__sum16 diff;

	diff = nat64_icmp64_diff(nat64_xlat_icmp6_pseudo(&in6->saddr,
							 &in6->daddr, len),
				 icmp->type, icmp->un.echo.id,
				 pkt->icmp_xlat.type, pkt->t4.sport);
	icmp->type = pkt->icmp_xlat.type;
	icmp->un.echo.id = pkt->t4.sport;
	icmp->checksum = nat64_csum_apply(icmp->checksum, diff);
}

/* Translate the quoted IPv6 header; the TTL is not decremented (RFC 7915 s5.3). */
static void nat64_icmp64_quote_header(const struct nat64_pkt *pkt,
				      const struct ipv6hdr *in6,
				      struct iphdr *iph)
{
	unsigned int skipped = pkt->quote.thoff - pkt->quote.off - sizeof(*in6);
	unsigned int len = ntohs(in6->payload_len);

	len = len > skipped ? len - skipped : 0;
	memset(iph, 0, sizeof(*iph));
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = ipv6_get_dsfield(in6);
	iph->tot_len = htons(min_t(unsigned int, sizeof(*iph) + len, 65535));
	iph->id = pkt->quote.fragment ? htons(ntohl(pkt->quote.id)) : 0;
	iph->frag_off = nat64_xlat_df(sizeof(*iph) + len, pkt->quote.fragment);
	iph->frag_off |= htons(pkt->quote.frag);
	iph->ttl = in6->hop_limit;
	iph->protocol = pkt->quote.protocol;
	/* The quoted packet has the opposite direction. */
	iph->saddr = pkt->t4.daddr;
	iph->daddr = pkt->t4.saddr;
	ip_send_check(iph);
}

/* The difference that translation makes to the checksum of the quoted packet. */
static __sum16 nat64_icmp64_quote_diff(const struct nat64_pkt *pkt,
				       const struct iphdr *iph, u8 type6)
{
	unsigned int len = ntohs(iph->tot_len) - sizeof(*iph);
	__wsum from, to;

	if (pkt->proto == NAT64_ICMP)
		return nat64_icmp64_diff(nat64_xlat_icmp6_pseudo(&pkt->t6.saddr,
						&pkt->t6.daddr, len),
					 type6, pkt->t6.sport,
					 type6 == ICMPV6_ECHO_REQUEST ?
					 ICMP_ECHO : ICMP_ECHOREPLY,
					 pkt->t4.sport);
	from = nat64_csum_addr6(&pkt->t6.saddr, &pkt->t6.daddr);
	to = nat64_csum_addr4(pkt->t4.saddr, pkt->t4.daddr);
	return nat64_csum_diff(csum_add(from, nat64_csum_be16(pkt->t6.sport)),
			       csum_add(to, nat64_csum_be16(pkt->t4.sport)));
}

/* Translate the ICMPv6 header; @length is the attribute of RFC 4884. */
static void nat64_icmp64_header(const struct nat64_pkt *pkt,
				struct icmphdr *icmp, u8 length)
{
	u32 rest = ntohl(icmp->un.gateway), word = (u32)length << 16;

	if (pkt->icmp_xlat.rest == NAT64_ICMP_MTU)
		word |= nat64_icmp_mtu64(rest, &pkt->mtus,
					 pkt->quote.fragment);
	else if (pkt->icmp_xlat.rest == NAT64_ICMP_POINTER)
		word |= (u32)nat64_icmp_pointer64(rest) << 24;
	icmp->type = pkt->icmp_xlat.type;
	icmp->code = pkt->icmp_xlat.code;
	icmp->checksum = 0;
	icmp->un.gateway = htonl(word);
}

/* RFC 5837 s4: class of the object; input interface, identified by its address */
#define NAT64_CLASS_INTERFACE 2
#define NAT64_INTERFACE_IN_ADDR 0x04
#define NAT64_AFI_IPV6 2

/**
 * struct nat64_interface_info - Interface Information Object (RFC 5837 s4)
 */
struct nat64_interface_info {
	/** @hdr: the header of the object */
	struct icmp_extobj_hdr hdr;
	/** @afi: Address Family Identifier, in network byte order */
	__be16 afi;
	/** @reserved: zero */
	__be16 reserved;
	/** @addr: the address */
	struct in6_addr addr;
};

/* RFC 6791 s4: report the IPv6 address of a router without IPv4 address. */
static void nat64_icmp64_sender(const struct nat64_pkt *pkt,
				struct nat64_interface_info *info)
{
	info->hdr.length = htons(sizeof(*info));
	info->hdr.class_num = NAT64_CLASS_INTERFACE;
	info->hdr.class_type = NAT64_INTERFACE_IN_ADDR;
	info->afi = htons(NAT64_AFI_IPV6);
	info->reserved = 0;
	info->addr = ipv6_hdr(pkt->skb)->saddr;
}

/**
 * nat64_icmp64_error - translate an ICMPv6 error
 * @pkt: the packet, with its old outer header
 *
 * All but the outer header is ICMP afterwards, checksum included.
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_icmp64_error(struct nat64_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	struct nat64_interface_info sender;
	struct iphdr quoted;
	struct nat64_layout lay = {
		.hdr = &quoted,
		.hdr_len = sizeof(quoted),
		.unit_out = 4,
		.object = &sender,
		.object_len = pkt->anonymous && pkt->error_src4 ?
			      sizeof(sender) : 0,
		/* RFC 1812 s4.3.2.3 */
		.max = 576 - sizeof(struct iphdr),
	};
	struct icmp6hdr *icmp6;
	struct icmphdr *icmp;
	unsigned int len;
	__sum16 diff = 0;
	int length;
	u8 *l4;

	if (nat64_geometry_writable(skb, skb->len))
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);
	icmp6 = (struct icmp6hdr *)(skb->data + pkt->thoff);
	if (pkt->icmp_xlat.rest == NAT64_ICMP_POINTER &&
	    !pkt->icmp_xlat.pointer &&
	    nat64_icmp_pointer64(ntohl(icmp6->icmp6_pointer)) < 0)
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_TYPE);
	/* RFC 4884 s4.5: the length is in the first octet of the second word. */
	if (icmp6->icmp6_type == ICMPV6_DEST_UNREACH ||
	    icmp6->icmp6_type == ICMPV6_TIME_EXCEED) {
		lay.unit_in = 8;
		lay.length = icmp6->icmp6_dataun.un_data8[0];
	}

	nat64_icmp64_sender(pkt, &sender);
	l4 = skb->data + pkt->quote.thoff;
	nat64_icmp64_quote_header(pkt, (void *)(skb->data + pkt->quote.off),
				  &quoted);
	if (!pkt->quote.opaque)
		diff = nat64_icmp64_quote_diff(pkt, &quoted, *l4);
	length = nat64_quote_layout(pkt, &lay, &len);
	if (length < 0)
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_MEMORY);

	icmp = (struct icmphdr *)(skb->data + pkt->thoff);
	l4 = (u8 *)(icmp + 1) + sizeof(quoted);
	if (!pkt->quote.opaque)
		nat64_quote_ports(l4, len - sizeof(quoted), pkt->proto,
				  pkt->t4.dport, pkt->t4.sport, diff);
	if (pkt->proto == NAT64_ICMP && !pkt->quote.opaque)
		*l4 = *l4 == ICMPV6_ECHO_REQUEST ? ICMP_ECHO : ICMP_ECHOREPLY;
	nat64_icmp64_header(pkt, icmp, length);
	icmp->checksum = ip_compute_csum(icmp, nat64_l4_len(pkt));
	skb->ip_summed = CHECKSUM_NONE;
	return NAT64_CONTINUE;
}
