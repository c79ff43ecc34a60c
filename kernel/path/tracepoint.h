/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracepoint.h - tracepoints of translated and dropped packets
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nat64

#if !defined(NAT64_TRACEPOINT_H) || defined(TRACE_HEADER_MULTI_READ)
#define NAT64_TRACEPOINT_H

#include <linux/tracepoint.h>
#include "packet/packet.h"
#include "table/state.h"

/* The reasons, by the names and in the order of nat64ctl. */
#define NAT64_TRACE_REASONS						\
	EM(DROP_SOURCE_IN_POOL6, "source-in-pool6")			\
	EM(DROP_ADDRESS6, "address6")					\
	EM(DROP_ADDRESS4, "address4")					\
	EM(DROP_WKP_PRIVATE, "wkp-private")				\
	EM(DROP_TRUNCATED, "truncated")					\
	EM(DROP_HEADER, "header")					\
	EM(DROP_EXTENSION, "extension")					\
	EM(DROP_SOURCE_ROUTE, "source-route")				\
	EM(DROP_FRAGMENT, "fragment")					\
	EM(DROP_PROTOCOL, "protocol")					\
	EM(DROP_ICMP_TYPE, "icmp-type")					\
	EM(DROP_ICMP_CHECKSUM, "icmp-checksum")				\
	EM(DROP_ICMP_INNER, "icmp-inner")				\
	EM(DROP_ICMP_INFO, "icmp-info")					\
	EM(DROP_CHECKSUM, "checksum")					\
	EM(DROP_HOP_LIMIT, "hop-limit")					\
	EM(DROP_NO_ROUTE, "no-route")					\
	EM(DROP_TOO_BIG, "too-big")					\
	EM(DROP_NO_BIB, "no-bib")					\
	EM(DROP_NO_SESSION, "no-session")				\
	EM(DROP_FILTERED, "filtered")					\
	EM(DROP_NO_POOL4, "no-pool4")					\
	EM(DROP_POOL4_EXHAUSTED, "pool4-exhausted")			\
	EM(DROP_SESSION_LIMIT, "session-limit")				\
	EM(DROP_NO_MEMORY, "no-memory")					\
	EM(DROP_LRO, "lro")						\
	EM(DROP_POLICY, "policy")					\
	EM(DROP_SYN_STORED, "syn-stored")				\
	EM(DROP_SYN_LIMIT, "syn-limit")					\
	EM(DROP_LOOP, "loop")						\
	EM(DROP_INBOUND_LIMIT, "inbound-limit")				\
	EM(DROP_ADDRESS_GONE, "address-gone")				\
	EM_LAST(DROP_NOT_TRANSLATABLE, "not-translatable")

#undef EM
#undef EM_LAST
#define EM(stat, name) TRACE_DEFINE_ENUM(NAT64_STAT_##stat);
#define EM_LAST(stat, name) TRACE_DEFINE_ENUM(NAT64_STAT_##stat);
NAT64_TRACE_REASONS

#undef EM
#undef EM_LAST
#define EM(stat, name) { NAT64_STAT_##stat, name },
#define EM_LAST(stat, name) { NAT64_STAT_##stat, name }

/*
 * A translated packet is about to be sent. With hairpinning, the IPv6 side is that
 * of the second translation.
 */
TRACE_EVENT(nat64_translate,
	TP_PROTO(const struct nat64_instance *inst,
		 const struct nat64_pkt *pkt, bool from6),
	TP_ARGS(inst, pkt, from6),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__array(char, instance, NAT64_NAME_MAX + 1)
		__array(u8, src6, 16)
		__array(u8, dst6, 16)
		__array(u8, src4, 4)
		__array(u8, dst4, 4)
		__field(u16, sport6)
		__field(u16, dport6)
		__field(u16, sport4)
		__field(u16, dport4)
		__field(u32, len)
		__field(u8, protocol)
		__field(bool, from6)
		__field(bool, hairpin)
		__field(bool, error)
	),
	TP_fast_assign(
		__entry->skbaddr = pkt->skb;
		memcpy(__entry->instance, inst->name, sizeof(inst->name));
		memcpy(__entry->src6, &pkt->t6.saddr, 16);
		memcpy(__entry->dst6, &pkt->t6.daddr, 16);
		memcpy(__entry->src4, &pkt->t4.saddr, 4);
		memcpy(__entry->dst4, &pkt->t4.daddr, 4);
		__entry->sport6 = ntohs(pkt->t6.sport);
		__entry->dport6 = ntohs(pkt->t6.dport);
		__entry->sport4 = ntohs(pkt->t4.sport);
		__entry->dport4 = ntohs(pkt->t4.dport);
		__entry->len = pkt->len;
		__entry->protocol = nat64_proto_number(pkt->proto);
		__entry->from6 = from6;
		__entry->hairpin = pkt->hairpin;
		__entry->error = pkt->is_error;
	),
	TP_printk("instance=%s %s%s%s protocol=%u [%pI6c]:%u > [%pI6c]:%u %s %pI4:%u > %pI4:%u len=%u skbaddr=%p",
		  __entry->instance, __entry->from6 ? "6to4" : "4to6",
		  __entry->hairpin ? " hairpin" : "",
		  __entry->error ? " icmp-error-about" : "",
		  __entry->protocol, __entry->src6, __entry->sport6,
		  __entry->dst6, __entry->dport6,
		  __entry->from6 ? "->" : "<-", __entry->src4,
		  __entry->sport4, __entry->dst4, __entry->dport4,
		  __entry->len, __entry->skbaddr)
);

/* A packet is dropped, or stored as an unsolicited SYN. */
TRACE_EVENT(nat64_drop,
	TP_PROTO(const struct nat64_instance *inst, const struct sk_buff *skb,
		 bool is6, enum nat64_stat reason),
	TP_ARGS(inst, skb, is6, reason),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__array(char, instance, NAT64_NAME_MAX + 1)
		__field(u32, reason)
		__field(u16, protocol)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		memcpy(__entry->instance, inst->name, sizeof(inst->name));
		__entry->reason = reason;
		__entry->protocol = is6 ? ETH_P_IPV6 : ETH_P_IP;
	),
	TP_printk("instance=%s protocol=0x%04x reason=%s skbaddr=%p",
		  __entry->instance, __entry->protocol,
		  __print_symbolic(__entry->reason, NAT64_TRACE_REASONS),
		  __entry->skbaddr)
);

#endif /* NAT64_TRACEPOINT_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH path
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE tracepoint
#include <trace/define_trace.h>
