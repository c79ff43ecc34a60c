// SPDX-License-Identifier: GPL-2.0
/*
 * admit.c - admit packets, or refuse them as a router does
 *
 * By IPsec policy and egress filters, hop limit, and the configuration keys that
 * exclude certain packets, before any state is created (RFC 7915 s4.4, s5.4).
 */
#include "path/path.h"

#include <linux/bpf-cgroup.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/xfrm.h>

/*
 * Run the egress filters of the sender's cgroup on the packet as it was sent, as
 * if the NAT64 were another router; they also see the translated packet.
 */
static noinline bool nat64_egress_allows(const struct nat64_pkt *pkt)
{
	struct sock *sk = pkt->sk;
	int err = BPF_CGROUP_RUN_PROG_INET_EGRESS(sk, pkt->skb);

	return err == NET_XMIT_SUCCESS || err == NET_XMIT_CN;
}

/* Check IPsec policy for forwarding a packet, as it was received. */
static bool nat64_policy_allows(const struct nat64_pkt *pkt)
{
	/* Routing into a device has checked it. */
	if (pkt->hairpin || pkt->device)
		return true;
	if (pkt->local)
		return nat64_egress_allows(pkt);
	if (pkt->skb->protocol == htons(ETH_P_IP))
		return xfrm4_policy_check(NULL, XFRM_POLICY_FWD, pkt->skb);
	return xfrm6_policy_check(NULL, XFRM_POLICY_FWD, pkt->skb);
}

/**
 * nat64_admit64 - check whether an IPv6 packet may be translated
 * @cfg: the configuration
 * @pkt: the packet, parsed
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_admit64(const struct nat64_config *cfg,
				 struct nat64_pkt *pkt)
{
	if (!nat64_policy_allows(pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_POLICY);
	if (pkt->ttl <= 1 && nat64_lowers_ttl(pkt))
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_HOP_LIMIT,
					ICMPV6_TIME_EXCEED,
					ICMPV6_EXC_HOPLIMIT, 0);
	if (cfg->keys.drop_icmpv6_info && pkt->icmp_xlat.rest == NAT64_ICMP_ID)
		return nat64_drop(pkt, NAT64_STAT_DROP_ICMP_INFO);
	if (pkt->no_check && !cfg->keys.xlat.udp6_zero_checksum)
		return nat64_drop(pkt, NAT64_STAT_DROP_CHECKSUM);
	return NAT64_CONTINUE;
}

/**
 * nat64_admit46 - check whether an IPv4 packet may be translated
 * @pkt: the packet, parsed
 *
 * A packet on its second pass has been admitted on its first.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: NAT64_CONTINUE or NAT64_DROP.
 */
enum nat64_verdict nat64_admit46(struct nat64_pkt *pkt)
{
	if (!nat64_policy_allows(pkt))
		return nat64_drop(pkt, NAT64_STAT_DROP_POLICY);
	if (pkt->ttl <= 1 && !pkt->hairpin && nat64_lowers_ttl(pkt))
		return nat64_drop_reply(pkt, NAT64_STAT_DROP_HOP_LIMIT,
					ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	return NAT64_CONTINUE;
}
