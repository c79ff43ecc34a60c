/* SPDX-License-Identifier: GPL-2.0 */
/*
 * path.h - the path of a packet
 *
 * How a packet comes:
 *	hook.c		netfilter hooks: which instance a packet is for
 *	device.c	network devices: what is routed into them
 *	fastpath.c	established flows, straight from device to device
 *	local.c		packets of the router itself, or for the NAT64
 *	handle.c	one packet: reassembly, segmentation, verdicts
 *	fragment.c	reassembly, and fragments to IPv6
 * With state:
 *	translate64.c	RFC 6146 s3.4 to s3.8, from IPv6
 *	translate46.c	RFC 6146 s3.4 to s3.7, from IPv4
 *	admit.c		policy, hop limit, and keys that exclude packets
 *	outgoing.c	RFC 6146 s3.6: the outgoing tuple
 *	filtering.c	RFC 6146 s3.5: BIB and session
 *	incoming_syn.c	RFC 6146 s3.5.2.2: unsolicited SYNs
 *	own_address.c	without pool4: addresses that the router has lost
 *	route.c		route lookup and MTU
 *	route_cache.c	the routes that sessions share
 *	hairpin.c	RFC 6146 s3.8: from one IPv6 host to another
 * Without:
 *	siit_address.c	RFC 7757: the addresses of a stateless translator
 *	siit64.c	from IPv6
 *	siit46.c	from IPv4
 * How it goes:
 *	output.c	FORWARD, POSTROUTING, fragmentation
 *	icmp_error.c	ICMP errors of our own
 *	discard.c	drops and their reasons
 * Beside it:
 *	probe.c		probes of idle TCP connections
 *	trace.c		dry runs
 *	tracepoint.c	tracepoints
 *
 * The steps of a packet run with softirqs off and under the RCU read lock; each
 * other function states its context.
 */
#ifndef NAT64_PATH_H
#define NAT64_PATH_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/xfrm.h>
#include "packet/packet.h"
#include "path/trace.h"
#include "rfc/tcp_fsm.h"
#include "table/bib.h"
#include "table/state.h"

/**
 * struct nat64_flow - BIB entry and session of a packet
 */
struct nat64_flow {
	/** @bib: BIB entry, or NULL */
	struct nat64_bib *bib;
	/** @ses: session, or NULL */
	struct nat64_session *ses;
};

/**
 * nat64_is_syn - check for a TCP segment that opens a connection
 * @pkt: the packet
 * @from6: the packet is from the IPv6 side
 *
 * Return: true if it is.
 */
static inline bool nat64_is_syn(const struct nat64_pkt *pkt, bool from6)
{
	enum nat64_tcp_event event = nat64_tcp_event(from6, pkt->tcp_flags);

	return pkt->proto == NAT64_TCP &&
	       (event == NAT64_TCP_V6_SYN || event == NAT64_TCP_V4_SYN);
}

/**
 * nat64_count - count a packet that was not translated
 * @inst: the instance
 * @is6: it is an IPv6 packet
 * @stat: the reason
 *
 * Context: softirqs off.
 */
static inline void nat64_count(struct nat64_instance *inst, bool is6,
			       enum nat64_stat stat)
{
	nat64_stats_inc(inst->stats, is6 ? NAT64_STAT_RECEIVED6 :
					   NAT64_STAT_RECEIVED4);
	nat64_stats_inc(inst->stats, stat);
}

/**
 * nat64_count_translated - count a translated packet
 * @inst: the instance
 * @is6: it was an IPv6 packet
 * @pkt: the packet
 * @fast: it took the fast path
 *
 * Context: softirqs off.
 */
static inline void nat64_count_translated(struct nat64_instance *inst, bool is6,
					  const struct nat64_pkt *pkt,
					  bool fast)
{
	if (fast)
		nat64_stats_inc(inst->stats, is6 ? NAT64_STAT_FASTPATH64 :
						   NAT64_STAT_FASTPATH46);
	else
		nat64_stats_inc(inst->stats, is6 ? NAT64_STAT_TRANSLATED64 :
						   NAT64_STAT_TRANSLATED46);
	nat64_stats_add(inst->stats, is6 ? NAT64_STAT_BYTES64 :
					   NAT64_STAT_BYTES46, pkt->len);
}

/**
 * nat64_has_policy - check whether there is any IPsec policy
 * @net: the network namespace
 * @dir: XFRM_POLICY_FWD or XFRM_POLICY_OUT
 *
 * Return: true if there is one, or if the default is to block.
 */
static inline bool nat64_has_policy(const struct net *net, int dir)
{
#ifdef CONFIG_XFRM
	return net->xfrm.policy_count[dir] ||
	       net->xfrm.policy_default[dir] != XFRM_USERPOLICY_ACCEPT;
#else
	return false;
#endif
}

/**
 * nat64_output_dev - get the device that a translated packet leaves by
 * @pkt: the packet
 *
 * Return: that of its route, or the one of ours that it comes out of.
 */
static inline struct net_device *nat64_output_dev(const struct nat64_pkt *pkt)
{
	return pkt->dst ? pkt->dst->dev : pkt->skb->dev;
}

/* device.c */
int nat64_device_init(void);
void nat64_device_exit(void);
const char *nat64_device_check(struct net *net, const char *name);
int nat64_device_claim(struct nat64_instance *inst, const char *name,
		       const char **why);
void nat64_device_attach(struct nat64_instance *inst);
void nat64_device_release(struct nat64_instance *inst);
bool nat64_device_name(const struct nat64_instance *inst, char *name);
void nat64_device_trace(struct sk_buff *skb, struct net *net,
			struct nat64_trace *trace);

/* fastpath.c */
int nat64_fastpath_init(void);
void nat64_fastpath_exit(void);
void nat64_fastpath_sync(struct net *net, const struct net_device *gone);
void nat64_fastpath_stop(struct net *net);

/**
 * struct nat64_received - what is known of a packet before it is parsed
 */
struct nat64_received {
	/** @inst: the instance */
	struct nat64_instance *inst;
	/** @cfg: its configuration */
	const struct nat64_config *cfg;
	/** @state: the hook that it is at; in a device, nat64_prerouting() there */
	const struct nf_hook_state *state;
	/** @trace: where to record a dry run, or NULL */
	struct nat64_trace *trace;
	/** @siit: what its addresses become, at a stateless translator; else NULL */
	const struct nat64_siit *siit;
	/** @pool6: index of the prefix of its IPv6 destination */
	u8 pool6;
	/** @is6: it is an IPv6 packet */
	bool is6;
	/** @device: it was sent into the device of the instance */
	bool device;
};

/**
 * nat64_prerouting - view a packet as netfilter does at PREROUTING
 * @skb: the packet
 * @net: its network namespace
 *
 * Return: the state of the hook.
 */
static inline struct nf_hook_state nat64_prerouting(const struct sk_buff *skb,
						    struct net *net)
{
	return (struct nf_hook_state){
		.hook = NF_INET_PRE_ROUTING,
		.pf = skb->protocol == htons(ETH_P_IPV6) ? NFPROTO_IPV6 :
							   NFPROTO_IPV4,
		.in = skb->dev,
		.net = net,
	};
}

/* handle.c */
unsigned int nat64_handle(const struct nat64_received *rx, struct sk_buff *skb);
unsigned int nat64_handle_refuse(const struct nat64_received *rx,
				 struct sk_buff *skb, enum nat64_stat stat);
void nat64_handle_turn_back(const struct nat64_received *rx,
			    struct sk_buff *skb, enum nat64_stat stat);

/* hook.c */
int nat64_hook_register(struct net *net);
void nat64_hook_unregister(struct net *net);
void nat64_hook_drain(struct net *net);
void nat64_hook_trace(struct sk_buff *skb, struct net *net,
		      struct nat64_trace *trace);

/**
 * struct nat64_cb6 - control block of a packet translated to IPv6
 */
struct nat64_cb6 {
	/** @parm: of the IPv6 stack */
	struct inet6_skb_parm parm;
	/** @frag_id: identification for its fragments */
	__be32 frag_id;
	/** @frag_max: maximum size of its fragments, or 0: not fragmented */
	u16 frag_max;
};

/**
 * nat64_cb6 - get the control block of a packet translated to IPv6
 * @skb: the packet
 *
 * Return: the control block.
 */
static inline struct nat64_cb6 *nat64_cb6(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct nat64_cb6) > sizeof(skb->cb));
	return (struct nat64_cb6 *)skb->cb;
}

/* fragment.c */
enum nat64_verdict nat64_defrag6(struct nat64_pkt *pkt, struct net *net);
enum nat64_verdict nat64_defrag4(struct nat64_pkt *pkt, struct net *net);
void nat64_fragment_plan6(const struct nat64_config *cfg,
			  struct nat64_pkt *pkt);
int nat64_fragment6(struct net *net, struct sock *sk, struct sk_buff *skb,
		    int (*output)(struct net *net, struct sock *sk,
				  struct sk_buff *skb));

/**
 * nat64_is_output - check whether a packet is at the hook of local output
 * @state: the hook
 *
 * Return: true if a local program has sent it.
 */
static inline bool nat64_is_output(const struct nf_hook_state *state)
{
	return state->hook == NF_INET_LOCAL_OUT;
}

/**
 * struct nat64_match - the instance that an IPv6 packet is for
 */
struct nat64_match {
	/** @inst: the instance */
	struct nat64_instance *inst;
	/** @cfg: its configuration */
	const struct nat64_config *cfg;
	/** @pool6: index of the prefix of the destination; only if it continues */
	u8 pool6;
};

/* local.c */
int nat64_local_init(void);
void nat64_local_exit(void);
void nat64_local_sync(struct net *net, const struct nat64_config *cfg);
bool nat64_find_own6(struct net *net, const struct nat64_prefix6 *prefix,
		     unsigned int n, struct in6_addr *addr);
bool nat64_is_bridged(const struct sk_buff *skb);
bool nat64_is_to_own6(const struct sk_buff *skb,
		      const struct nf_hook_state *state);
bool nat64_is_returning(const struct sk_buff *skb,
			const struct nf_hook_state *state);
bool nat64_is_ndisc(const struct sk_buff *skb);
bool nat64_is_pool4(struct nat64_instance *inst,
		    const struct nat64_config *cfg, u32 host);
bool nat64_is_translated6(struct net *net, const struct in6_addr *saddr);
enum nat64_verdict nat64_match6(const struct sk_buff *skb,
				const struct nf_hook_state *state,
				struct nat64_match *match);
bool nat64_is_local4(struct nat64_pkt *pkt, struct net *net);
bool nat64_is_own4(const struct nat64_instance *inst,
		   const struct nat64_config *cfg, struct nat64_pkt *pkt,
		   const struct nat64_bib *bib, bool refused);

/* admit.c */
enum nat64_verdict nat64_admit64(const struct nat64_config *cfg,
				 struct nat64_pkt *pkt);
enum nat64_verdict nat64_admit46(struct nat64_pkt *pkt);

/* outgoing.c */
bool nat64_may_embed(const struct nat64_config *cfg,
		     const struct nat64_prefix6 *prefix, __be32 addr);
void nat64_router_src4(const struct nat64_config *cfg, struct nat64_pkt *pkt,
		       __be32 own);
enum nat64_verdict nat64_extract4(const struct nat64_config *cfg,
				  struct nat64_pkt *pkt);
enum nat64_verdict nat64_embed6(const struct nat64_config *cfg,
				struct nat64_pkt *pkt,
				const struct nat64_flow *flow);

/* translate46.c */
enum nat64_verdict nat64_rewrite46(const struct nat64_config *cfg,
				   struct nat64_pkt *pkt);
enum nat64_verdict nat64_translate46(struct nat64_instance *inst,
				     const struct nat64_config *cfg,
				     struct nat64_pkt *pkt);

/* hairpin.c */
bool nat64_is_hairpin(struct nat64_instance *inst,
		      const struct nat64_config *cfg,
		      const struct nat64_pkt *pkt);
enum nat64_verdict nat64_hairpin_fits(struct nat64_instance *inst,
				      struct nat64_pkt *pkt);
enum nat64_verdict nat64_hairpin(struct nat64_instance *inst,
				 const struct nat64_config *cfg,
				 struct nat64_pkt *pkt);

/* translate64.c */
enum nat64_verdict nat64_rewrite64(const struct nat64_config *cfg,
				   struct nat64_pkt *pkt);
enum nat64_verdict nat64_translate64(struct nat64_instance *inst,
				     const struct nat64_config *cfg,
				     struct nat64_pkt *pkt);

/**
 * struct nat64_siit - what the addresses of a packet become without state
 */
struct nat64_siit {
	/** @saddr6: of an IPv4 packet: what its source becomes, if @has_source */
	struct in6_addr saddr6;
	/** @daddr6: what its destination becomes */
	struct in6_addr daddr6;
	/**
	 * @saddr4: of an IPv6 packet: what its source becomes, if @has_source, in
	 * network byte order
	 */
	__be32 saddr4;
	/** @daddr4: what its destination becomes */
	__be32 daddr4;
	/**
	 * @sprefix: the prefix of pool6 that its source is in; NULL if an EAM entry
	 * translates it, or nothing does
	 */
	const struct nat64_prefix6 *sprefix;
	/** @dprefix: likewise of its destination */
	const struct nat64_prefix6 *dprefix;
	/** @has_source: the source translates */
	bool has_source;
};

/* siit_address.c */
bool nat64_siit_addr4(const struct nat64_config *cfg,
		      const struct in6_addr *addr, __be32 *to,
		      const struct nat64_prefix6 **prefix);
bool nat64_siit_addr6(const struct nat64_config *cfg, struct net *net,
		      const struct net_device *dev, __be32 addr, bool by_eam,
		      struct in6_addr *to);
bool nat64_siit_match6(const struct nat64_config *cfg,
		       const struct ipv6hdr *ip6h, struct nat64_siit *siit);
bool nat64_siit_match4(const struct nat64_config *cfg, struct net *net,
		       const struct sk_buff *skb, struct nat64_siit *siit);

/* siit46.c */
enum nat64_verdict nat64_siit46(struct nat64_instance *inst,
				const struct nat64_config *cfg,
				struct nat64_pkt *pkt,
				const struct nat64_siit *siit);

/* siit64.c */
enum nat64_verdict nat64_siit64(struct nat64_instance *inst,
				const struct nat64_config *cfg,
				struct nat64_pkt *pkt,
				const struct nat64_siit *siit);

/* filtering.c */
enum nat64_verdict nat64_drop_key(struct nat64_pkt *pkt,
				  enum nat64_config_attr key);
void nat64_lookup64(struct nat64_instance *inst, const struct nat64_pkt *pkt,
		    struct nat64_flow *flow);
void nat64_lookup46(struct nat64_instance *inst, const struct nat64_pkt *pkt,
		    struct nat64_flow *flow);
void nat64_update64(struct nat64_instance *inst, const struct nat64_config *cfg,
		    struct nat64_pkt *pkt, const struct nat64_flow *flow);
void nat64_update46(struct nat64_instance *inst, const struct nat64_config *cfg,
		    struct nat64_pkt *pkt, const struct nat64_flow *flow);
enum nat64_verdict nat64_filter64(struct nat64_instance *inst,
				  const struct nat64_config *cfg,
				  struct nat64_pkt *pkt,
				  struct nat64_flow *flow);
enum nat64_verdict nat64_filter46(struct nat64_instance *inst,
				  const struct nat64_config *cfg,
				  struct nat64_pkt *pkt,
				  struct nat64_flow *flow);

/* route.c */
void nat64_route_set(struct nat64_pkt *pkt, struct dst_entry *dst, bool held);
bool nat64_route4_by_ports(const struct net *net);
bool nat64_route4_known(struct nat64_instance *inst, struct nat64_pkt *pkt,
			const struct nat64_session *ses);
bool nat64_route6_known(struct nat64_instance *inst, struct nat64_pkt *pkt,
			const struct nat64_session *ses);
enum nat64_verdict nat64_route4(struct nat64_instance *inst,
				struct nat64_pkt *pkt,
				struct nat64_session *ses, __be32 *own);
enum nat64_verdict nat64_route6_fib(struct nat64_instance *inst,
				    struct nat64_pkt *pkt);
enum nat64_verdict nat64_route6_policy(struct nat64_instance *inst,
				       struct nat64_pkt *pkt,
				       const struct in6_addr *saddr);
enum nat64_verdict nat64_route6(struct nat64_instance *inst,
				struct nat64_pkt *pkt,
				struct nat64_session *ses);
enum nat64_verdict nat64_mtu64(struct nat64_pkt *pkt);
enum nat64_verdict nat64_mtu46(struct nat64_pkt *pkt);
enum nat64_verdict nat64_mtu66(struct nat64_pkt *pkt, struct net *net,
			       const struct in6_addr *daddr);

/**
 * struct nat64_route_key - the key of a route lookup, without addresses
 */
struct nat64_route_key {
	/** @mark: mark of the packet */
	u32 mark;
	/** @iif: its input device */
	int iif;
	/** @tos: its TOS or traffic class */
	u8 tos;
};

/* route_cache.c */
struct nat64_routes *nat64_routes_alloc(void);
void nat64_routes_free(struct nat64_instance *inst);
void nat64_routes_flush(struct nat64_instance *inst);
void nat64_routes_expire(struct nat64_instance *inst);
struct dst_entry *nat64_route_get(struct nat64_instance *inst, u32 id,
				  const struct nat64_route_key *key);
u32 nat64_route_keep(struct nat64_instance *inst, struct dst_entry *dst,
		     const struct nat64_route_key *key);

/* output.c */
bool nat64_is_too_deep(void);
void nat64_scrub(struct sk_buff *skb);
void nat64_set_priority4(struct net *net, struct sk_buff *skb);
unsigned int nat64_output_device(const struct nat64_config *cfg,
				 struct nat64_pkt *pkt);
unsigned int nat64_output(struct nat64_instance *inst,
			  const struct nat64_config *cfg,
			  struct nat64_pkt *pkt);

/* discard.c */
unsigned int nat64_discard(struct sk_buff *skb, enum nat64_stat stat,
			   bool local);
void nat64_count_drop(struct nat64_instance *inst, bool is6,
		      const struct sk_buff *skb, enum nat64_stat stat);

/* icmp_error.c */
bool nat64_icmp_error_allowed(const struct nat64_config *cfg,
			      const struct nat64_pkt *pkt);
void nat64_icmp_mark(struct sk_buff *skb, const struct nf_hook_state *state);
void nat64_icmp_error(struct nat64_instance *inst,
		      const struct nat64_config *cfg, struct nat64_pkt *pkt);

/* incoming_syn.c */
struct nat64_syns *nat64_syns_alloc(void);
void nat64_syns_free(struct nat64_instance *inst);
void nat64_syns_flush(struct nat64_instance *inst);
void nat64_syns_expire(struct nat64_instance *inst);
enum nat64_verdict nat64_syn_store(struct nat64_instance *inst,
				   const struct nat64_config *cfg,
				   struct nat64_pkt *pkt);
bool nat64_syn_any(const struct nat64_instance *inst);
bool nat64_syn_wanted(struct nat64_instance *inst, const struct nat64_pkt *pkt,
		      __be32 addr);
bool nat64_syn_take(struct nat64_instance *inst, const struct nat64_pkt *pkt);

/* own_address.c */
bool nat64_own_lost(struct nat64_instance *inst, const struct nat64_config *cfg,
		    struct nat64_pkt *pkt, const struct nat64_bib *bib);
void nat64_own_expire(struct nat64_instance *inst);

/* probe.c */
void nat64_probe(struct nat64_instance *inst, const struct nat64_config *cfg,
		 const struct nat64_bib *bib, const struct nat64_session *ses);

#endif /* NAT64_PATH_H */
