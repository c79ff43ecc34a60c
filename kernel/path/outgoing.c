// SPDX-License-Identifier: GPL-2.0
/*
 * outgoing.c - the outgoing tuple of a packet (RFC 6146 s3.6)
 *
 * Addresses are extracted from and embedded in the prefixes of pool6; the IPv4
 * source of a packet to IPv4 is that of its BIB entry: path/filtering.c.
 */
#include "path/path.h"

#include <linux/random.h>
#include <net/ip.h>
#include "rfc/address.h"

/**
 * nat64_may_embed - check whether a prefix may represent an IPv4 address
 * @cfg: the configuration
 * @prefix: the prefix
 * @addr: the address, in network byte order
 *
 * RFC 6052 s3.1: 64:ff9b::/96 must not represent private addresses.
 *
 * Return: true if it may.
 */
bool nat64_may_embed(const struct nat64_config *cfg,
		     const struct nat64_prefix6 *prefix, __be32 addr)
{
	return !cfg->keys.wkp_strict || !nat64_rfc6052_is_wkp(prefix) ||
	       nat64_address4_global(addr);
}

/**
 * nat64_router_src4 - select the IPv4 source of an error of a router without IPv4
 * @cfg: the configuration
 * @pkt: the ICMP error
 * @own: the translator's own source address, in network byte order
 *
 * Sets @pkt->anonymous, and @pkt->error_src4 to a random address of the configured
 * prefix (RFC 6791 s5), or to the translator's own (s3.2).
 */
void nat64_router_src4(const struct nat64_config *cfg, struct nat64_pkt *pkt,
		       __be32 own)
{
	u32 bits = cfg->keys.rfc6791_len;

	pkt->anonymous = true;
	pkt->error_src4 = own;
	if (!bits)
		return;
	bits = bits < 32 ? get_random_u32() >> bits : 0;
	pkt->error_src4 = htonl(cfg->keys.rfc6791_addr | bits);
}

/**
 * nat64_extract4 - compute the IPv4 destination of a packet to pool6
 * @cfg: the configuration
 * @pkt: the packet, with @pkt->t6
 *
 * Sets the destination of @pkt->t4, and clears the suffix of that of @pkt->t6.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_extract4(const struct nat64_config *cfg,
				  struct nat64_pkt *pkt)
{
	const struct nat64_prefix6 *prefix = &cfg->pool6[pkt->pool6];
	__be32 addr;

	/* An ICMP error is for the source of the packet that it quotes. */
	if (pkt->is_error && !nat64_rfc6052_contains(prefix, &pkt->t6.daddr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	addr = nat64_rfc6052_extract(prefix, &pkt->t6.daddr);
	if (!nat64_address4_forwardable(addr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	if (!nat64_may_embed(cfg, prefix, addr))
		return nat64_drop(pkt, NAT64_STAT_DROP_WKP_PRIVATE);
	pkt->t4.daddr = addr;
	pkt->t4.dport = pkt->t6.dport;
	/* The suffix does not distinguish destinations (RFC 6052 s2.2). */
	if (prefix->len != 96 && !pkt->is_error)
		nat64_rfc6052_embed(prefix, addr, &pkt->t6.daddr);
	return NAT64_CONTINUE;
}

/* Get the prefix of a session; for a new one, that of the BIB entry's first. */
static const struct nat64_prefix6 *
nat64_prefix46(const struct nat64_config *cfg, struct nat64_pkt *pkt,
	       const struct nat64_flow *flow)
{
	const struct nat64_session *ses = flow->ses ?: &flow->bib->first;
	u32 word = READ_ONCE(ses->pool6_csum);
	unsigned int idx = nat64_session_pool6(word);

	/* Prefix and checksum difference must be from a single read. */
	pkt->csum_diff = nat64_session_diff(word);
	/* The prefix of a static entry may have been removed. */
	if (!flow->ses && !cfg->pool6[idx].len)
		for (idx = 0; idx < NAT64_POOL6_MAX - 1; idx++)
			if (cfg->pool6[idx].len)
				break;
	pkt->pool6 = idx;
	return cfg->pool6[idx].len ? &cfg->pool6[idx] : NULL;
}

/**
 * nat64_embed6 - compute the IPv6 addresses and ports of a packet to pool4
 * @cfg: the configuration
 * @pkt: the packet, with @pkt->t4
 * @flow: its BIB entry, and its session or NULL
 *
 * Sets @pkt->t6, @pkt->pool6, @pkt->csum_diff and, for an ICMP error,
 * @pkt->error_src.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_embed6(const struct nat64_config *cfg,
				struct nat64_pkt *pkt,
				const struct nat64_flow *flow)
{
	const struct nat64_prefix6 *prefix = nat64_prefix46(cfg, pkt, flow);
	__be32 sender;

	if (!prefix)
		return nat64_drop(pkt, NAT64_STAT_DROP_NO_SESSION);
	nat64_rfc6052_embed(prefix, pkt->t4.saddr, &pkt->t6.saddr);
	pkt->t6.sport = pkt->t4.sport;
	pkt->t6.daddr = flow->bib->key.addr6;
	pkt->t6.dport = flow->bib->key.port6;
	if (pkt->proto == NAT64_ICMP)
		pkt->t6.sport = pkt->t6.dport;
	if (!nat64_may_embed(cfg, prefix, pkt->t4.saddr))
		return nat64_drop(pkt, NAT64_STAT_DROP_WKP_PRIVATE);
	if (!pkt->is_error)
		return NAT64_CONTINUE;

	/* The source by RFC 6146 s3.7 hides the router that sent the error. */
	pkt->error_src = pkt->t6.saddr;
	sender = ip_hdr(pkt->skb)->saddr;
	if (cfg->keys.source_icmpv6_errors_better &&
	    nat64_may_embed(cfg, prefix, sender))
		nat64_rfc6052_embed(prefix, sender, &pkt->error_src);
	return NAT64_CONTINUE;
}
