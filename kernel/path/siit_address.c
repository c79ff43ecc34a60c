// SPDX-License-Identifier: GPL-2.0
/*
 * siit_address.c - the addresses of a stateless translator (RFC 7757, RFC 6052)
 *
 * The entry of the Explicit Address Mapping Table with the longest prefix
 * translates an address, or else a prefix of pool6. A packet is translated if both
 * its addresses are. That is decided before anything after the addresses is
 * looked at, so that packets of others pass, however odd they are.
 *
 * IPv4 addresses that cannot be forwarded do not translate. Of the others, pool6
 * translates all but those of the router, those on the denylist and, in
 * 64:ff9b::/96, private ones.
 */
#include "path/path.h"

#include <net/ip.h>
#include <net/route.h>
#include "rfc/address.h"

/**
 * nat64_siit_addr4 - translate an IPv6 address
 * @cfg: the configuration
 * @addr: the address
 * @to: set to the IPv4 address, in network byte order
 * @prefix: set to the prefix of pool6 that it is in, or NULL if an EAM entry
 *	translates it
 *
 * Context: RCU read lock.
 *
 * Return: true if it translates.
 */
bool nat64_siit_addr4(const struct nat64_config *cfg,
		      const struct in6_addr *addr, __be32 *to,
		      const struct nat64_prefix6 **prefix)
{
	const struct nat64_eam *eam = nat64_eam_find6(cfg->eamt, addr);
	int idx;

	*prefix = NULL;
	if (eam) {
		*to = nat64_eam_to4(eam, addr);
		return true;
	}
	idx = nat64_config_pool6(cfg, addr);
	if (idx < 0)
		return false;
	*prefix = &cfg->pool6[idx];
	*to = nat64_rfc6052_extract(*prefix, addr);
	return true;
}

/* The prefix of pool6 for packets to IPv6: the first. */
static const struct nat64_prefix6 *
nat64_siit_prefix(const struct nat64_config *cfg)
{
	int i;

	for (i = 0; i < cfg->n_pool6; i++)
		if (cfg->pool6[i].len)
			return &cfg->pool6[i];
	return NULL;
}

/* Check whether pool6 translates an IPv4 address. */
static bool nat64_siit_embeds(const struct nat64_config *cfg, struct net *net,
			      const struct net_device *dev, __be32 addr,
			      const struct nat64_prefix6 *prefix)
{
	return nat64_may_embed(cfg, prefix, addr) &&
	       !nat64_denylist_has(cfg->eamt, addr) &&
	       inet_addr_type_dev_table(net, dev, addr) == RTN_UNICAST;
}

/**
 * nat64_siit_addr6 - translate an IPv4 address
 * @cfg: the configuration
 * @net: the network namespace
 * @dev: the device that the packet with it has come from
 * @addr: the address, in network byte order
 * @by_eam: EAM entries may translate it
 * @to: set to the IPv6 address
 *
 * Context: RCU read lock.
 *
 * Return: true if it translates.
 */
bool nat64_siit_addr6(const struct nat64_config *cfg, struct net *net,
		      const struct net_device *dev, __be32 addr, bool by_eam,
		      struct in6_addr *to)
{
	const struct nat64_prefix6 *prefix;
	const struct nat64_eam *eam;

	if (!nat64_address4_forwardable(addr))
		return false;
	eam = by_eam ? nat64_eam_find4(cfg->eamt, addr) : NULL;
	if (eam) {
		nat64_eam_to6(eam, addr, to);
		return true;
	}
	prefix = nat64_siit_prefix(cfg);
	if (!prefix || !nat64_siit_embeds(cfg, net, dev, addr, prefix))
		return false;
	nat64_rfc6052_embed(prefix, addr, to);
	return true;
}

/**
 * nat64_siit_match6 - translate the addresses of an IPv6 packet
 * @cfg: the configuration
 * @ip6h: its IPv6 header
 * @siit: set to the addresses
 *
 * Context: RCU read lock.
 *
 * Return: true if the destination translates.
 */
bool nat64_siit_match6(const struct nat64_config *cfg,
		       const struct ipv6hdr *ip6h, struct nat64_siit *siit)
{
	if (!nat64_siit_addr4(cfg, &ip6h->daddr, &siit->daddr4, &siit->dprefix))
		return false;
	siit->has_source = nat64_siit_addr4(cfg, &ip6h->saddr, &siit->saddr4,
					    &siit->sprefix);
	return true;
}

/**
 * nat64_siit_match4 - translate the addresses of an IPv4 packet
 * @cfg: the configuration
 * @net: its network namespace
 * @skb: the packet
 * @siit: set to the addresses
 *
 * Whether EAM entries translate the source depends, with simple hairpinning, on
 * whether the packet is an ICMP error (RFC 7757 s4.2.1): nat64_siit46() decides that.
 *
 * Context: RCU read lock.
 *
 * Return: true if the destination translates.
 */
bool nat64_siit_match4(const struct nat64_config *cfg, struct net *net,
		       const struct sk_buff *skb, struct nat64_siit *siit)
{
	bool by_eam = cfg->keys.eam_hairpin_mode != NAT64_EAM_HAIRPIN_SIMPLE ||
		      ip_hdr(skb)->protocol == IPPROTO_ICMP;

	if (!nat64_siit_addr6(cfg, net, skb->dev, ip_hdr(skb)->daddr, true,
			      &siit->daddr6))
		return false;
	siit->has_source = nat64_siit_addr6(cfg, net, skb->dev,
					    ip_hdr(skb)->saddr, by_eam,
					    &siit->saddr6);
	return true;
}
