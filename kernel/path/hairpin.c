// SPDX-License-Identifier: GPL-2.0
/*
 * hairpin.c - packets from one IPv6 host to another (RFC 6146 s3.8)
 *
 * A packet to the IPv4 transport address of another IPv6 host is translated to
 * IPv4 and then to IPv6 again, so that the other host sees, and answers to, the
 * IPv4 transport address of the sender.
 */
#include "path/path.h"

/**
 * nat64_is_hairpin - check whether a packet to IPv4 is for pool4
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with the destination of @pkt->t4
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: true if the destination is an IPv4 transport address of ours.
 */
bool nat64_is_hairpin(struct nat64_instance *inst,
		      const struct nat64_config *cfg,
		      const struct nat64_pkt *pkt)
{
	/* The identifier of a query is not known yet: decide by address. */
	if (pkt->proto == NAT64_ICMP && !pkt->is_error)
		return nat64_pool4_set_has_addr(&cfg->pool4, NAT64_ICMP,
						pkt->t4.daddr);
	return nat64_pool4_find(inst, pkt->proto, pkt->t4.daddr,
				pkt->t4.dport) ||
	       nat64_pool4_set_has(&cfg->pool4, pkt->proto, pkt->t4.daddr,
				   pkt->t4.dport);
}

/**
 * nat64_hairpin_fits - check whether a packet fits the link of the other host
 * @inst: the instance
 * @pkt: the packet, as it was received; nat64_is_hairpin()
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE, or NAT64_DROP with Packet Too Big.
 */
enum nat64_verdict nat64_hairpin_fits(struct nat64_instance *inst,
				      struct nat64_pkt *pkt)
{
	const struct nat64_bib *bib;

	bib = nat64_pool4_find(inst, pkt->proto, pkt->t4.daddr, pkt->t4.dport);
	if (!bib || pkt->is_error)
		return NAT64_CONTINUE;
	return nat64_mtu66(pkt, inst->net, &bib->key.addr6);
}

/**
 * nat64_hairpin - translate a packet to IPv6 again
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, translated to IPv4
 *
 * The packet is handled as if it had been received from the IPv4 side. If no
 * BIB entry has its destination, that is an address of the router.
 *
 * Warning: may reallocate the data of the skb.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE if it is ready to leave, or another verdict.
 */
enum nat64_verdict nat64_hairpin(struct nat64_instance *inst,
				 const struct nat64_config *cfg,
				 struct nat64_pkt *pkt)
{
	struct nat64_acct *acct = pkt->acct;
	enum nat64_verdict verdict;
	__be32 own;

	pkt->hairpin = true;
	pkt->acct = NULL;
	nat64_trace_hairpin(pkt);
	if (pkt->frag_max)
		pkt->frag_max -= NAT64_FRAGMENT_DIFF;
	verdict = nat64_translate46(inst, cfg, pkt);
	pkt->acct = acct;
	if (verdict == NAT64_ACCEPT)
		return nat64_route4(inst, pkt, NULL, &own);
	return verdict;
}
