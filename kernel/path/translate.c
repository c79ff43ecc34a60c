// SPDX-License-Identifier: GPL-2.0
/*
 * translate.c - the steps of RFC 6146 s3, one function a direction
 *
 * What can refuse a packet comes before what makes state for it: parsing, hop
 * limit, route and size first, then the tables, then the headers.
 */
#include "path/path.h"

#include <linux/bpf-cgroup.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <net/tcp.h>
#include <net/xfrm.h>
#include "rfc/address.h"
#include "table/acct.h"
#include "table/port_alloc.h"

/* RFC 6052 s3.1: 64:ff9b::/96 does not stand for private addresses. */
static bool nat64_may_embed(const struct nat64_config *cfg,
			    const struct nat64_prefix6 *prefix, __be32 addr)
{
	return !cfg->keys.wkp_strict || !nat64_rfc6052_is_wkp(prefix) ||
	       nat64_address4_global(addr);
}

/**
 * nat64_peer4 - the IPv4 destination of a packet to pool6 (RFC 6146 s3.6)
 * @cfg: the configuration
 * @pkt: the packet, with @pkt->t6, which loses a suffix of the destination; gets
 *	the destination of @pkt->t4
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_peer4(const struct nat64_config *cfg,
			       struct nat64_pkt *pkt)
{
	const struct nat64_prefix6 *prefix = &cfg->pool6[pkt->pool6];
	__be32 addr;

	/* An ICMP error goes to where the packet that it quotes came from. */
	if (pkt->is_error && !nat64_rfc6052_contains(prefix, &pkt->t6.daddr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INNER);
	addr = nat64_rfc6052_extract(prefix, &pkt->t6.daddr);
	if (!nat64_address4_forwardable(addr))
		return nat64_drop(pkt, NAT64_STAT_DROP_ADDRESS4);
	if (!nat64_may_embed(cfg, prefix, addr))
		return nat64_drop(pkt, NAT64_STAT_DROP_WKP_PRIVATE);
	pkt->t4.daddr = addr;
	pkt->t4.dport = pkt->t6.dport;
	/* Whatever the suffix, it is one destination (RFC 6052 s2.2). */
	if (prefix->len != 96 && !pkt->is_error)
		nat64_rfc6052_embed(prefix, addr, &pkt->t6.daddr);
	return NAT64_CONTINUE;
}

/*
 * The egress filters of the cgroup that has sent a packet see it as it was sent,
 * as they would if the NAT64 were another router; those see it as it leaves, too.
 */
static bool nat64_egress_allows(const struct nat64_pkt *pkt)
{
	struct sock *sk = pkt->sk;
	int err = BPF_CGROUP_RUN_PROG_INET_EGRESS(sk, pkt->skb);

	return err == NET_XMIT_SUCCESS || err == NET_XMIT_CN;
}

/* IPsec policy for packets that are forwarded, as they were received. */
static bool nat64_policy_allows(const struct nat64_pkt *pkt)
{
	if (pkt->hairpin)
		return true;
	if (pkt->local)
		return nat64_egress_allows(pkt);
	if (pkt->skb->protocol == htons(ETH_P_IP))
		return xfrm4_policy_check(NULL, XFRM_POLICY_FWD, pkt->skb);
	return xfrm6_policy_check(NULL, XFRM_POLICY_FWD, pkt->skb);
}

/* Is the IPv4 destination one of our own transport addresses? */
static bool nat64_is_hairpin(struct nat64_instance *inst,
			     const struct nat64_config *cfg,
			     const struct nat64_pkt *pkt)
{
	/* The identifier of a query is not known yet: the address decides. */
	if (pkt->proto == NAT64_ICMP && !pkt->is_error)
		return nat64_pool4_set_has_addr(&cfg->pool4, NAT64_ICMP,
						pkt->t4.daddr);
	return nat64_pool4_find(inst, pkt->proto, pkt->t4.daddr,
				pkt->t4.dport) ||
	       nat64_pool4_set_has(&cfg->pool4, pkt->proto, pkt->t4.daddr,
				   pkt->t4.dport);
}

/* Has another than the inside host itself sent an ICMPv6 error? */
static bool nat64_is_foreign(const struct nat64_pkt *pkt)
{
	return pkt->is_error && !ipv6_addr_equal(&ipv6_hdr(pkt->skb)->saddr,
						 &pkt->t6.saddr);
}

/*
 * The IPv4 source of an error of a router that has no IPv4 address (RFC 6791
 * s3.2): of the pool for it, at random (s5), or the translator's own.
 */
static __be32 nat64_foreign_src(const struct nat64_config *cfg, __be32 own)
{
	u32 bits = cfg->keys.rfc6791_len;

	if (!bits)
		return own;
	bits = bits < 32 ? get_random_u32() >> bits : 0;
	return htonl(cfg->keys.rfc6791_addr | bits);
}

/* Does a packet from one inside host to another fit the other's link? */
static enum nat64_verdict nat64_fits66(struct nat64_instance *inst,
				       struct nat64_pkt *pkt)
{
	const struct nat64_bib *bib;

	bib = nat64_pool4_find(inst, pkt->proto, pkt->t4.daddr, pkt->t4.dport);
	if (!bib || pkt->is_error)
		return NAT64_CONTINUE;
	return nat64_mtu66(pkt, inst->net, &bib->key.addr6);
}

/* The IPv4 source of a packet, or what it will be if there is room. */
static void nat64_source4(struct nat64_instance *inst,
			  const struct nat64_config *cfg, struct nat64_pkt *pkt,
			  const struct nat64_flow *flow)
{
	if (flow->bib) {
		pkt->t4.saddr = flow->bib->addr4;
		pkt->t4.sport = flow->bib->port4;
		return;
	}
	pkt->t4.saddr = nat64_port_alloc_predict(inst, cfg, pkt->proto,
						 &pkt->t6.saddr,
						 pkt->skb->mark);
}

/* Route and size of a packet that leaves by IPv4. */
static enum nat64_verdict nat64_fits64(struct nat64_instance *inst,
				       struct nat64_pkt *pkt,
				       struct nat64_session *ses, __be32 *own)
{
	enum nat64_verdict verdict;

	verdict = nat64_route4(inst, pkt, ses, own);
	return verdict == NAT64_CONTINUE ? nat64_mtu64(pkt) : verdict;
}

/* Is its MSS to be looked at? */
static bool nat64_clamps(const struct nat64_config *cfg,
			 const struct nat64_pkt *pkt)
{
	return unlikely(cfg->keys.xlat.mss_clamp) && pkt->l4 == IPPROTO_TCP &&
	       (pkt->tcp_flags & TCPHDR_SYN);
}

/*
 * RFC 6146 s3.8: the translated packet is handled as if it had come from the
 * IPv4 side. If no inside host has that address, it is the router's own.
 */
static enum nat64_verdict nat64_hairpin(struct nat64_instance *inst,
					const struct nat64_config *cfg,
					struct nat64_pkt *pkt)
{
	struct nat64_acct *acct = pkt->acct;
	enum nat64_verdict verdict;
	__be32 own;

	pkt->hairpin = true;
	pkt->acct = NULL;
	if (unlikely(pkt->trace))
		nat64_trace_hairpin(pkt);
	if (pkt->frag_max)
		pkt->frag_max -= NAT64_FRAGMENT_DIFF;
	verdict = nat64_translate46(inst, cfg, pkt);
	pkt->acct = acct;
	if (verdict == NAT64_ACCEPT)
		return nat64_route4(inst, pkt, NULL, &own);
	return verdict;
}

/**
 * nat64_translate64 - translate an IPv6 packet to IPv4
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet, with its prefix in @pkt->pool6
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE if it is ready to leave, by IPv4 or, to another
 * inside host, by IPv6; or a verdict.
 */
enum nat64_verdict nat64_translate64(struct nat64_instance *inst,
				     const struct nat64_config *cfg,
				     struct nat64_pkt *pkt)
{
	enum nat64_verdict verdict;
	struct nat64_flow flow;
	bool hairpin, foreign, known;
	__be32 own = 0, guess;

	verdict = nat64_parse6(pkt);			/* s3.4 */
	if (verdict != NAT64_CONTINUE)
		return verdict;
	if (unlikely(pkt->trace))
		nat64_trace_tuple(pkt, true);
	if (!nat64_policy_allows(pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_POLICY);
	if (pkt->ttl <= 1 && !pkt->local)
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_HOP_LIMIT,
					ICMPV6_TIME_EXCEED,
					ICMPV6_EXC_HOPLIMIT, 0);
	if (cfg->keys.drop_icmpv6_info && pkt->kind.rest == NAT64_ICMP_ID)
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INFO);
	if (pkt->no_check && !cfg->keys.xlat.udp6_zero_checksum)
		return nat64_drop(pkt, NAT64_STAT_DROP_CHECKSUM);
	verdict = nat64_peer4(cfg, pkt);
	if (verdict != NAT64_CONTINUE)
		return verdict;

	nat64_find64(inst, pkt, &flow);
	if (unlikely(pkt->trace))
		nat64_trace_flow(cfg, pkt, &flow);
	foreign = nat64_is_foreign(pkt);
	if (!foreign)
		nat64_source4(inst, cfg, pkt, &flow);
	guess = pkt->t4.saddr;
	/* A session that knows a route does not come back to us. */
	known = flow.ses && !foreign && nat64_route4_known(inst, pkt, flow.ses);
	hairpin = !known && nat64_is_hairpin(inst, cfg, pkt);
	if (known)
		verdict = nat64_mtu64(pkt);
	else if (flow.bib && nat64_own_lost(inst, cfg, pkt, flow.bib))
		verdict = NAT64_DROP;
	else if (hairpin)
		verdict = nat64_fits66(inst, pkt);
	else
		verdict = nat64_fits64(inst, pkt, foreign ? NULL : flow.ses,
				       &own);
	if (verdict != NAT64_CONTINUE)
		return verdict;
	if (foreign)
		pkt->error_src4 = nat64_foreign_src(cfg, own);
	if (!flow.bib)
		pkt->t4.saddr = own;
	verdict = nat64_filter64(inst, cfg, pkt, &flow);	/* s3.5 */
	if (verdict != NAT64_CONTINUE)
		return verdict;
	/* Now that the source is known, it may choose another route. */
	if (!flow.bib && !hairpin &&
	    (pkt->t4.saddr != guess || nat64_route4_by_ports(inst->net))) {
		verdict = nat64_route4(inst, pkt, NULL, &own);
		if (verdict != NAT64_CONTINUE)
			return verdict;
	}

	verdict = nat64_xlat64(pkt, &cfg->keys.xlat);	/* s3.6, s3.7 */
	if (verdict == NAT64_CONTINUE && nat64_clamps(cfg, pkt))
		verdict = nat64_mss_clamp(pkt, &cfg->keys.xlat);
	if (verdict == NAT64_CONTINUE && hairpin)
		verdict = nat64_hairpin(inst, cfg, pkt);	/* s3.8 */
	if (verdict == NAT64_CONTINUE)
		nat64_acct_add(pkt->acct, true, pkt->len);
	return verdict;
}

/* A SYN to pool4 that has no BIB entry. */
static enum nat64_verdict nat64_unasked_syn(struct nat64_instance *inst,
					    const struct nat64_config *cfg,
					    struct nat64_pkt *pkt)
{
	if (cfg->keys.drop_externally_initiated_tcp)
		return nat64_drop_key(pkt,
				NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP);
	return nat64_syn_store(inst, cfg, pkt);
}

/* A packet to pool4 that has no BIB entry. */
static enum nat64_verdict nat64_no_bib46(struct nat64_instance *inst,
					 const struct nat64_config *cfg,
					 struct nat64_pkt *pkt)
{
	if (!pkt->is_error && nat64_is_syn(pkt, false))
		return nat64_unasked_syn(inst, cfg, pkt);
	if (cfg->keys.answer_unmapped && !pkt->is_error &&
	    pkt->proto != NAT64_TCP)
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_NO_BIB,
					ICMP_DEST_UNREACH,
					pkt->proto == NAT64_UDP ?
					ICMP_PORT_UNREACH : ICMP_HOST_UNREACH,
					0);
	return nat64_drop(pkt, NAT64_STAT_DROP_NO_BIB);
}

/*
 * A packet that must not be translated: dropped if it is for the NAT64, as the
 * parser has said; but the router may have a use for it.
 */
static enum nat64_verdict nat64_refused46(struct nat64_instance *inst,
					  const struct nat64_config *cfg,
					  struct nat64_pkt *pkt)
{
	struct nat64_flow flow = {};

	if (pkt->addressed)
		nat64_find46(inst, pkt, &flow);
	if (!pkt->hairpin && !flow.ses &&
	    nat64_is_own4(inst, cfg, pkt, flow.bib, true))
		return nat64_accept(pkt, NAT64_STAT_PASS_LOCAL);
	return NAT64_DROP;
}

/* The prefix of a session; of a new one, that of its BIB entry's first. */
static const struct nat64_prefix6 *
nat64_prefix46(const struct nat64_config *cfg, struct nat64_pkt *pkt,
	       const struct nat64_flow *flow)
{
	const struct nat64_session *ses = flow->ses ?: &flow->bib->first;
	u32 via = READ_ONCE(ses->via);
	unsigned int place = nat64_session_pool6(via);

	/* Of one reading: the prefix and what belongs to it. */
	pkt->diff = nat64_session_diff(via);
	/* The prefix that a static entry began with may be gone. */
	if (!flow->ses && !cfg->pool6[place].len)
		for (place = 0; place < NAT64_POOL6_MAX - 1; place++)
			if (cfg->pool6[place].len)
				break;
	pkt->pool6 = place;
	return cfg->pool6[place].len ? &cfg->pool6[place] : NULL;
}

/**
 * nat64_addresses46 - the IPv6 addresses of a packet to pool4 (RFC 6146 s3.6)
 * @cfg: the configuration
 * @pkt: the packet, with @pkt->t4; gets @pkt->t6 and @pkt->error_src, and
 *	@pkt->diff if it has a session
 * @flow: its state, with a BIB entry
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_addresses46(const struct nat64_config *cfg,
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

	/* RFC 6146 s3.7 would hide the router that reports the error. */
	pkt->error_src = pkt->t6.saddr;
	sender = ip_hdr(pkt->skb)->saddr;
	if (cfg->keys.source_icmpv6_errors_better &&
	    nat64_may_embed(cfg, prefix, sender))
		nat64_rfc6052_embed(prefix, sender, &pkt->error_src);
	return NAT64_CONTINUE;
}

/**
 * nat64_translate46 - translate an IPv4 packet to IPv6
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet
 *
 * Warning: may reallocate the data of the skb.
 *
 * Return: NAT64_CONTINUE if it is ready to leave by IPv6, or a verdict.
 */
enum nat64_verdict nat64_translate46(struct nat64_instance *inst,
				     const struct nat64_config *cfg,
				     struct nat64_pkt *pkt)
{
	unsigned int len = pkt->skb->len;
	enum nat64_verdict verdict;
	struct nat64_flow flow;

	verdict = nat64_parse4(pkt);			/* s3.4 */
	if (verdict == NAT64_DEFRAG)
		return verdict;
	if (verdict != NAT64_CONTINUE)
		return nat64_refused46(inst, cfg, pkt);
	if (unlikely(pkt->trace))
		nat64_trace_tuple(pkt, false);
	nat64_find46(inst, pkt, &flow);
	if (unlikely(pkt->trace))
		nat64_trace_flow(cfg, pkt, &flow);
	/* Another inside host means the mapping, not a program beside it. */
	if (unlikely(!flow.ses) && !(pkt->hairpin && flow.bib) &&
	    nat64_is_own4(inst, cfg, pkt, flow.bib, false))
		return nat64_accept(pkt, NAT64_STAT_PASS_LOCAL);
	if (pkt->no_check && cfg->keys.xlat.drop_udp4_zero_checksum)
		return nat64_drop(pkt, NAT64_STAT_DROP_CHECKSUM);
	if (!flow.bib)
		return nat64_no_bib46(inst, cfg, pkt);
	if (!nat64_policy_allows(pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_POLICY);
	if (pkt->ttl <= 1 && !pkt->hairpin && !pkt->local)
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_HOP_LIMIT,
					ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	verdict = nat64_addresses46(cfg, pkt, &flow);
	if (verdict != NAT64_CONTINUE)
		return verdict;

	verdict = nat64_route6(inst, pkt, flow.ses);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_mtu46(pkt);
	if (verdict == NAT64_CONTINUE)
		verdict = nat64_filter46(inst, cfg, pkt, &flow);	/* s3.5 */
	if (verdict != NAT64_CONTINUE)
		return verdict;
	/* s3.6, s3.7 */
	verdict = nat64_xlat46(pkt, &cfg->keys.xlat, LL_RESERVED_SPACE(pkt->dst->dev) +
					 pkt->dst->header_len);
	if (verdict == NAT64_CONTINUE && nat64_clamps(cfg, pkt))
		verdict = nat64_mss_clamp(pkt, &cfg->keys.xlat);
	if (verdict == NAT64_CONTINUE)
		nat64_acct_add(pkt->acct, false, len);
	return verdict;
}
