// SPDX-License-Identifier: GPL-2.0
/*
 * probe.c - probe idle TCP connections (RFC 6146 s3.5.2.2, ESTABLISHED)
 *
 * The IPv6 host receives a segment that it must answer: no data, sequence and
 * acknowledgment number 0, no flag except ACK. The answer, an ACK if the
 * connection exists and a RST if not, is translated and updates the session.
 */
#include "path/path.h"

#include <linux/tcp.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>

/* Headers of a probe, in bytes. */
#define NAT64_PROBE_LEN (sizeof(struct ipv6hdr) + sizeof(struct tcphdr))

static void nat64_probe_headers(struct sk_buff *skb, const struct flowi6 *fl6,
				u8 hop_limit)
{
	struct ipv6hdr *ip6h = skb_put_zero(skb, NAT64_PROBE_LEN);
	struct tcphdr *th = (struct tcphdr *)(ip6h + 1);

	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(*ip6h));
	skb->protocol = htons(ETH_P_IPV6);
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->payload_len = htons(sizeof(*th));
	ip6h->nexthdr = IPPROTO_TCP;
	ip6h->hop_limit = hop_limit;
	ip6h->saddr = fl6->saddr;
	ip6h->daddr = fl6->daddr;
	th->source = fl6->fl6_sport;
	th->dest = fl6->fl6_dport;
	th->doff = sizeof(*th) / 4;
	th->ack = 1;
	th->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, sizeof(*th),
				    IPPROTO_TCP,
				    csum_partial(th, sizeof(*th), 0));
}

/**
 * nat64_probe - probe an idle TCP session
 * @inst: the instance
 * @cfg: its configuration
 * @bib: BIB entry of the session
 * @ses: the session, or a copy
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_probe(struct nat64_instance *inst, const struct nat64_config *cfg,
		 const struct nat64_bib *bib, const struct nat64_session *ses)
{
	u8 idx = nat64_session_pool6(ses->pool6_csum);
	struct flowi6 fl6 = {
		.flowi6_proto = IPPROTO_TCP,
		.daddr = bib->key.addr6,
		.fl6_sport = ses->dport,
		.fl6_dport = bib->key.port6,
	};
	struct dst_entry *dst;
	struct sk_buff *skb;

	if (!cfg->keys.tcp_probe || !cfg->pool6[idx].len)
		return;
	nat64_rfc6052_embed(&cfg->pool6[idx], ses->dst4, &fl6.saddr);
	dst = ip6_route_output(inst->net, NULL, &fl6);
	if (dst->error)
		goto err_route;
	skb = alloc_skb(LL_RESERVED_SPACE(dst->dev) + NAT64_PROBE_LEN,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		goto err_route;
	skb_reserve(skb, LL_RESERVED_SPACE(dst->dev));
	nat64_probe_headers(skb, &fl6, ip6_dst_hoplimit(dst));
	skb_dst_set(skb, dst);
	if (!ip6_local_out(inst->net, NULL, skb))
		nat64_stats_inc(inst->stats, NAT64_STAT_PROBE_SENT);
	return;

err_route:
	dst_release(dst);
}
