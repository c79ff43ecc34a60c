// SPDX-License-Identifier: GPL-2.0
/* trace.c - the steps of a dry run */
#include "path/path.h"

#include <net/dst.h>
#include "table/lifetime.h"

/**
 * nat64_trace_add - record one more step
 * @trace: the dry run
 * @step: the step
 *
 * Return: the step, for its details; the last is overwritten when there are too
 * many.
 */
struct nat64_note *nat64_trace_add(struct nat64_trace *trace,
				   enum nat64_step step)
{
	struct nat64_note *note;

	if (trace->n < NAT64_TRACE_STEPS)
		trace->n++;
	note = &trace->note[trace->n - 1];
	memset(note, 0, sizeof(*note));
	note->step = step;
	return note;
}

/* The protocol of a packet or, of an ICMP error with a tuple, of its quote. */
static u8 nat64_note_proto(const struct nat64_pkt *pkt)
{
	return pkt->stateless ? pkt->l4 : nat64_proto_number(pkt->proto);
}

/**
 * nat64_note_instance - record the instance that a packet is for
 * @trace: the dry run
 * @inst: the instance
 * @prefix: prefix of the IPv6 destination; NULL for an IPv4 packet
 */
void nat64_note_instance(struct nat64_trace *trace,
			 const struct nat64_instance *inst,
			 const struct nat64_prefix6 *prefix)
{
	struct nat64_note *note = nat64_trace_add(trace, NAT64_STEP_INSTANCE);

	note->has = NAT64_HAS(INSTANCE);
	strscpy(note->instance, inst->name, sizeof(note->instance));
	if (!prefix)
		return;
	note->has |= NAT64_HAS(POOL6);
	note->pool6 = *prefix;
}

/* Record how one address of a packet to a stateless translator translates. */
static void nat64_note_address(struct nat64_trace *trace,
			       const struct nat64_note *known,
			       const struct nat64_eam *eam,
			       const struct nat64_prefix6 *prefix)
{
	struct nat64_note *note = nat64_trace_add(trace, NAT64_STEP_ADDRESS);

	note->has = known->has;
	note->t6 = known->t6;
	note->t4 = known->t4;
	if (eam) {
		note->has |= NAT64_HAS(EAM);
		note->eam = *eam;
	} else if (prefix) {
		note->has |= NAT64_HAS(POOL6);
		note->pool6 = *prefix;
	}
}

/* Record that the source of a packet does not translate. */
static void nat64_note_no_source(struct nat64_trace *trace,
				 const struct nat64_note *known, u32 has)
{
	struct nat64_note *note = nat64_trace_add(trace, NAT64_STEP_NO_ADDRESS);

	note->has = has;
	note->t6 = known->t6;
	note->t4 = known->t4;
}

/**
 * nat64_note_siit6 - record the addresses of an IPv6 packet without state
 * @trace: the dry run
 * @cfg: the configuration
 * @ip6h: the IPv6 header of the packet
 * @siit: what its addresses become
 */
void nat64_note_siit6(struct nat64_trace *trace, const struct nat64_config *cfg,
		      const struct ipv6hdr *ip6h, const struct nat64_siit *siit)
{
	struct nat64_note known = {
		.has = NAT64_HAS(DST6) | NAT64_HAS(DST4),
		.t6 = { .saddr = ip6h->saddr, .daddr = ip6h->daddr },
		.t4 = { .saddr = siit->saddr4, .daddr = siit->daddr4 },
	};

	nat64_note_address(trace, &known,
			   nat64_eam_find6(cfg->eamt, &ip6h->daddr),
			   siit->dprefix);
	known.has = NAT64_HAS(SRC6) | NAT64_HAS(SRC4);
	if (siit->has_source)
		nat64_note_address(trace, &known,
				   nat64_eam_find6(cfg->eamt, &ip6h->saddr),
				   siit->sprefix);
	else
		nat64_note_no_source(trace, &known, NAT64_HAS(SRC6));
}

/* The prefix of pool6 that an address is in, or NULL. */
static const struct nat64_prefix6 *
nat64_note_prefix(const struct nat64_config *cfg, const struct in6_addr *addr)
{
	int idx = nat64_config_pool6(cfg, addr);

	return idx < 0 ? NULL : &cfg->pool6[idx];
}

/**
 * nat64_note_siit4 - record the addresses of an IPv4 packet without state
 * @trace: the dry run
 * @cfg: the configuration
 * @iph: the IPv4 header of the packet
 * @siit: what its addresses become
 */
void nat64_note_siit4(struct nat64_trace *trace, const struct nat64_config *cfg,
		      const struct iphdr *iph, const struct nat64_siit *siit)
{
	struct nat64_note known = {
		.has = NAT64_HAS(DST6) | NAT64_HAS(DST4),
		.t6 = { .saddr = siit->saddr6, .daddr = siit->daddr6 },
		.t4 = { .saddr = iph->saddr, .daddr = iph->daddr },
	};

	nat64_note_address(trace, &known, nat64_eam_find4(cfg->eamt, iph->daddr),
			   nat64_note_prefix(cfg, &siit->daddr6));
	known.has = NAT64_HAS(SRC6) | NAT64_HAS(SRC4);
	if (siit->has_source)
		nat64_note_address(trace, &known,
				   nat64_eam_find4(cfg->eamt, iph->saddr),
				   nat64_note_prefix(cfg, &siit->saddr6));
	else
		nat64_note_no_source(trace, &known, NAT64_HAS(SRC4));
}

/**
 * nat64_note_tuple - record the tuple of a parsed packet
 * @pkt: the packet
 * @is6: it is an IPv6 packet
 */
void nat64_note_tuple(const struct nat64_pkt *pkt, bool is6)
{
	struct nat64_note *note;

	note = nat64_trace_add(pkt->trace, NAT64_STEP_TUPLE);
	note->has = NAT64_HAS(PROTO);
	note->has |= is6 ? NAT64_HAS_ADDRS6 | NAT64_HAS_PORTS6 :
			   NAT64_HAS_ADDRS4 | NAT64_HAS_PORTS4;
	if (pkt->opaque)
		note->has &= ~(NAT64_HAS_PORTS6 | NAT64_HAS_PORTS4);
	if (pkt->is_error)
		note->has |= NAT64_HAS(IS_ERROR);
	else if (pkt->hairpin && pkt->trace->any_port)
		note->has &= ~NAT64_HAS(SPORT4);
	note->proto = nat64_note_proto(pkt);
	note->t6 = pkt->t6;
	note->t4 = pkt->t4;
}

static void nat64_note_bib(struct nat64_trace *trace,
			   const struct nat64_bib *bib)
{
	struct nat64_note *note = nat64_trace_add(trace, NAT64_STEP_BIB);

	note->has = NAT64_HAS(PROTO) | NAT64_HAS(SRC6) | NAT64_HAS(SPORT6) |
		    NAT64_HAS(SRC4) | NAT64_HAS(SPORT4);
	if (nat64_bib_is_static(bib))
		note->has |= NAT64_HAS(STATIC);
	note->proto = nat64_proto_number(bib->key.proto);
	note->t6.saddr = bib->key.addr6;
	note->t6.sport = bib->key.port6;
	note->t4.saddr = bib->addr4;
	note->t4.sport = bib->port4;
}

/**
 * nat64_note_flow - record the BIB/session lookup
 * @cfg: the configuration
 * @pkt: the packet
 * @flow: its BIB entry and session
 */
void nat64_note_flow(const struct nat64_config *cfg,
		     const struct nat64_pkt *pkt,
		     const struct nat64_flow *flow)
{
	struct nat64_note *note;
	u8 state;

	if (!flow->bib) {
		nat64_trace_add(pkt->trace, NAT64_STEP_NO_BIB);
		return;
	}
	nat64_note_bib(pkt->trace, flow->bib);
	if (pkt->is_error)
		return;
	state = flow->ses ? READ_ONCE(flow->ses->state) : NAT64_STATE_CLOSED;
	if (state == NAT64_STATE_CLOSED) {
		nat64_trace_add(pkt->trace, NAT64_STEP_NO_SESSION);
		return;
	}
	note = nat64_trace_add(pkt->trace, NAT64_STEP_SESSION);
	note->has = NAT64_HAS(PROTO) | NAT64_HAS(STATE) | NAT64_HAS(EXPIRES);
	note->proto = nat64_note_proto(pkt);
	note->state = state;
	note->expires = jiffies_to_msecs(nat64_session_left(cfg, flow->bib,
							    flow->ses));
}

/**
 * nat64_note_state - record the state that a session would have
 * @pkt: the packet
 * @step: NAT64_STEP_NEW_SESSION or NAT64_STEP_STATE
 * @state: the state
 */
void nat64_note_state(const struct nat64_pkt *pkt, enum nat64_step step,
		      enum nat64_state state)
{
	struct nat64_note *note = nat64_trace_add(pkt->trace, step);

	note->has = NAT64_HAS(PROTO) | NAT64_HAS(STATE);
	note->proto = nat64_note_proto(pkt);
	note->state = state;
}

/**
 * nat64_note_session - record how a packet would change its session
 * @cfg: the configuration
 * @pkt: the packet
 * @from6: the packet is from the IPv6 side
 * @flow: its BIB entry and session
 */
void nat64_note_session(const struct nat64_config *cfg,
			const struct nat64_pkt *pkt, bool from6,
			const struct nat64_flow *flow)
{
	u8 state = READ_ONCE(flow->ses->state);
	struct nat64_tcp_step step;

	if (pkt->proto != NAT64_TCP)
		return;
	step = nat64_tcp_step(state, nat64_tcp_event(from6, pkt->tcp_flags),
			      cfg->keys.handle_rst_during_fin_rcv);
	if (step.next != state)
		nat64_note_state(pkt, NAT64_STEP_STATE, step.next);
}

/**
 * nat64_note_key - record that a configuration key decides
 * @pkt: the packet
 * @key: the key
 */
void nat64_note_key(const struct nat64_pkt *pkt, enum nat64_config_attr key)
{
	struct nat64_note *note = nat64_trace_add(pkt->trace, NAT64_STEP_KEY);

	note->has = NAT64_HAS(KEY);
	note->key = key;
}

/**
 * nat64_note_mapping - record the BIB entry that would be created
 * @pkt: the packet
 * @alloc: its IPv4 side
 * @fixed: the port is determined, not any one that is free
 */
void nat64_note_mapping(const struct nat64_pkt *pkt,
			const struct nat64_port_alloc *alloc, bool fixed)
{
	struct nat64_note *note;

	note = nat64_trace_add(pkt->trace, NAT64_STEP_MAPPING);
	note->has = NAT64_HAS(PROTO) | NAT64_HAS(SRC4) | NAT64_HAS(MARK);
	if (fixed)
		note->has |= NAT64_HAS(SPORT4);
	pkt->trace->any_port = !fixed;
	note->proto = nat64_note_proto(pkt);
	note->mark = pkt->skb->mark;
	note->t4.saddr = alloc->addr;
	note->t4.sport = alloc->port;
}

/**
 * nat64_note_route - record the selected route
 * @pkt: the packet, with its route
 */
void nat64_note_route(const struct nat64_pkt *pkt)
{
	struct nat64_note *note = nat64_trace_add(pkt->trace, NAT64_STEP_ROUTE);

	note->has = NAT64_HAS(DEV) | NAT64_HAS(MTU);
	strscpy(note->dev, pkt->dst->dev->name, sizeof(note->dev));
	note->mtu = dst_mtu(pkt->dst);
}

static void nat64_note_translated(const struct nat64_pkt *pkt,
				  struct nat64_note *note)
{
	bool is6 = pkt->skb->protocol == htons(ETH_P_IPV6);
	bool any = pkt->trace->any_port && !(is6 && pkt->proto == NAT64_ICMP);

	note->has |= NAT64_HAS(PROTO) | NAT64_HAS(DEV) | NAT64_HAS(LEN);
	note->has |= is6 ? NAT64_HAS_ADDRS6 : NAT64_HAS_ADDRS4;
	note->t6 = pkt->t6;
	note->t4 = pkt->t4;
	/* The addresses of an ICMP error are not those of the quoted packet. */
	if (is6) {
		note->t6.saddr = ipv6_hdr(pkt->skb)->saddr;
		note->t6.daddr = ipv6_hdr(pkt->skb)->daddr;
	} else {
		note->t4.saddr = ip_hdr(pkt->skb)->saddr;
		note->t4.daddr = ip_hdr(pkt->skb)->daddr;
	}
	if (pkt->is_error)
		note->has |= NAT64_HAS(IS_ERROR);
	else if (!pkt->opaque)
		note->has |= is6 ? NAT64_HAS_PORTS6 : NAT64_HAS_PORTS4;
	if (any)
		note->has &= ~(NAT64_HAS(SPORT6) | NAT64_HAS(SPORT4));
	if (any && pkt->proto == NAT64_ICMP)
		note->has &= ~NAT64_HAS(DPORT4);
	note->proto = nat64_note_proto(pkt);
	note->len = pkt->skb->len;
	strscpy(note->dev, nat64_output_dev(pkt)->name, sizeof(note->dev));
}

/**
 * nat64_note_verdict - record what would become of the packet
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: the packet
 * @verdict: the verdict, with nat64_pkt.stat
 */
void nat64_note_verdict(const struct nat64_instance *inst,
			const struct nat64_config *cfg,
			const struct nat64_pkt *pkt,
			enum nat64_verdict verdict)
{
	struct nat64_note *note;

	note = nat64_trace_add(pkt->trace, NAT64_STEP_DROPPED);
	note->has = NAT64_HAS(INSTANCE);
	strscpy(note->instance, inst->name, sizeof(note->instance));
	switch (verdict) {
	case NAT64_CONTINUE:
		note->step = NAT64_STEP_TRANSLATED;
		nat64_note_translated(pkt, note);
		return;
	case NAT64_DEFRAG:
		note->step = NAT64_STEP_FRAGMENT;
		return;
	case NAT64_ACCEPT:
		note->step = NAT64_STEP_PASSED;
		break;
	default:
		if (nat64_icmp_error_allowed(cfg, pkt))
			note->has |= NAT64_HAS(ICMP_TYPE) |
				     NAT64_HAS(ICMP_CODE);
	}
	note->has |= NAT64_HAS(STAT);
	note->stat = pkt->stat;
	note->icmp_type = pkt->reply_type;
	note->icmp_code = pkt->reply_code;
}
