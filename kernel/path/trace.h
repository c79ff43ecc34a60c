/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace.h - dry runs: what would be done with a packet, step by step
 *
 * A packet with nat64_pkt.trace was not received. It takes the same path as
 * others, but creates, changes and sends nothing: each step is recorded instead.
 * For other packets, everything here is one branch that is not taken.
 */
#ifndef NAT64_TRACE_H
#define NAT64_TRACE_H

#include <linux/bits.h>
#include <linux/if.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/nat64.h>
#include "packet/packet.h"
#include "rfc/rfc6052.h"
#include "rfc/rfc7757.h"
#include "rfc/tuple.h"

struct nat64_port_alloc;
struct nat64_config;
struct nat64_flow;
struct nat64_instance;
struct nat64_siit;

/* Maximum number of steps; the last is overwritten by those that follow. */
#define NAT64_TRACE_STEPS 32

/* Bit of nat64_note.has for an attribute. */
#define NAT64_HAS(attr) BIT(NAT64_STEP_A_##attr)

/* The members of a tuple. */
#define NAT64_HAS_ADDRS6 (NAT64_HAS(SRC6) | NAT64_HAS(DST6))
#define NAT64_HAS_ADDRS4 (NAT64_HAS(SRC4) | NAT64_HAS(DST4))
#define NAT64_HAS_PORTS6 (NAT64_HAS(SPORT6) | NAT64_HAS(DPORT6))
#define NAT64_HAS_PORTS4 (NAT64_HAS(SPORT4) | NAT64_HAS(DPORT4))

/**
 * struct nat64_note - a step; enum nat64_step_attr describes its members
 */
struct nat64_note {
	/** @step: enum nat64_step */
	enum nat64_step step;
	/** @has: bits of enum nat64_step_attr, of what else is known */
	u32 has;
	/** @instance: name of the instance */
	char instance[NAT64_NAME_MAX + 1];
	/** @dev: name of a device */
	char dev[IFNAMSIZ];
	/** @pool6: a prefix */
	struct nat64_prefix6 pool6;
	/** @eam: an EAM entry */
	struct nat64_eam eam;
	/** @t6: addresses and ports */
	struct nat64_tuple6 t6;
	/** @t4: addresses and ports */
	struct nat64_tuple4 t4;
	/** @mark: mark of the packet */
	u32 mark;
	/** @expires: milliseconds */
	u32 expires;
	/** @key: enum nat64_config_attr */
	u32 key;
	/** @mtu: bytes */
	u32 mtu;
	/** @len: bytes */
	u32 len;
	/** @stat: enum nat64_stat */
	u32 stat;
	/** @proto: protocol, as IPv4 numbers it */
	u8 proto;
	/** @state: enum nat64_state */
	u8 state;
	/** @icmp_type: of an error */
	u8 icmp_type;
	/** @icmp_code: of an error */
	u8 icmp_code;
};

/**
 * struct nat64_trace - a dry run
 */
struct nat64_trace {
	/** @n: number of steps */
	unsigned int n;
	/** @any_port: its source port would be chosen at random */
	bool any_port;
	/** @note: the steps */
	struct nat64_note note[NAT64_TRACE_STEPS];
};

struct nat64_note *nat64_trace_add(struct nat64_trace *trace,
				   enum nat64_step step);
void nat64_note_instance(struct nat64_trace *trace,
			 const struct nat64_instance *inst,
			 const struct nat64_prefix6 *prefix);
void nat64_note_siit6(struct nat64_trace *trace, const struct nat64_config *cfg,
		      const struct ipv6hdr *ip6h,
		      const struct nat64_siit *siit);
void nat64_note_siit4(struct nat64_trace *trace, const struct nat64_config *cfg,
		      const struct iphdr *iph, const struct nat64_siit *siit);
void nat64_note_tuple(const struct nat64_pkt *pkt, bool is6);
void nat64_note_flow(const struct nat64_config *cfg,
		     const struct nat64_pkt *pkt,
		     const struct nat64_flow *flow);
void nat64_note_session(const struct nat64_config *cfg,
			const struct nat64_pkt *pkt, bool from6,
			const struct nat64_flow *flow);
void nat64_note_key(const struct nat64_pkt *pkt, enum nat64_config_attr key);
void nat64_note_mapping(const struct nat64_pkt *pkt,
			const struct nat64_port_alloc *alloc, bool fixed);
void nat64_note_state(const struct nat64_pkt *pkt, enum nat64_step step,
		      enum nat64_state state);
void nat64_note_route(const struct nat64_pkt *pkt);
void nat64_note_verdict(const struct nat64_instance *inst,
			const struct nat64_config *cfg,
			const struct nat64_pkt *pkt,
			enum nat64_verdict verdict);

/**
 * nat64_is_dry_run - check whether a packet must change nothing
 * @pkt: the packet
 *
 * Return: true if it only shows what would be done with it.
 */
static inline bool nat64_is_dry_run(const struct nat64_pkt *pkt)
{
	return unlikely(pkt->trace);
}

static inline void nat64_trace_instance(struct nat64_trace *trace,
					const struct nat64_instance *inst,
					const struct nat64_prefix6 *prefix)
{
	if (unlikely(trace))
		nat64_note_instance(trace, inst, prefix);
}

static inline void nat64_trace_siit6(struct nat64_trace *trace,
				     const struct nat64_config *cfg,
				     const struct ipv6hdr *ip6h,
				     const struct nat64_siit *siit)
{
	if (unlikely(trace))
		nat64_note_siit6(trace, cfg, ip6h, siit);
}

static inline void nat64_trace_siit4(struct nat64_trace *trace,
				     const struct nat64_config *cfg,
				     const struct iphdr *iph,
				     const struct nat64_siit *siit)
{
	if (unlikely(trace))
		nat64_note_siit4(trace, cfg, iph, siit);
}

static inline void nat64_trace_tuple(const struct nat64_pkt *pkt, bool is6)
{
	if (nat64_is_dry_run(pkt))
		nat64_note_tuple(pkt, is6);
}

static inline void nat64_trace_flow(const struct nat64_config *cfg,
				    const struct nat64_pkt *pkt,
				    const struct nat64_flow *flow)
{
	if (nat64_is_dry_run(pkt))
		nat64_note_flow(cfg, pkt, flow);
}

static inline void nat64_trace_key(const struct nat64_pkt *pkt,
				   enum nat64_config_attr key)
{
	if (nat64_is_dry_run(pkt))
		nat64_note_key(pkt, key);
}

static inline void nat64_trace_mapping(const struct nat64_pkt *pkt,
				       const struct nat64_port_alloc *alloc,
				       bool fixed)
{
	if (nat64_is_dry_run(pkt))
		nat64_note_mapping(pkt, alloc, fixed);
}

static inline void nat64_trace_route(const struct nat64_pkt *pkt)
{
	if (nat64_is_dry_run(pkt) && pkt->dst)
		nat64_note_route(pkt);
}

static inline void nat64_trace_hairpin(const struct nat64_pkt *pkt)
{
	if (nat64_is_dry_run(pkt))
		nat64_trace_add(pkt->trace, NAT64_STEP_HAIRPIN);
}

#endif /* NAT64_TRACE_H */
