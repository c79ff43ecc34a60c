/* SPDX-License-Identifier: GPL-2.0 */
/*
 * packet.h - a packet on its way through the translator
 *
 * It is parsed and validated once, into offsets and copies; what follows
 * relies on them and keeps no pointer into the skb across a call that may
 * reallocate its data.
 */
#ifndef NAT64_PACKET_H
#define NAT64_PACKET_H

#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/tcp.h>
#include <linux/nat64.h>
#include "packet/params.h"
#include "rfc/icmp_map.h"
#include "rfc/tuple.h"

struct nat64_acct;

struct nat64_trace;

/**
 * enum nat64_verdict - what is to become of a packet
 * @NAT64_CONTINUE: the next step
 * @NAT64_ACCEPT: not ours: it goes on as if we were not there
 * @NAT64_DROP: the caller frees it
 * @NAT64_STOLEN: it is gone
 * @NAT64_HELD: it is kept, and counts as dropped
 * @NAT64_DEFRAG: a fragment: reassemble and begin again
 * @NAT64_SEGMENT: a GSO packet that has to be cut first; it is as it was
 */
enum nat64_verdict {
	NAT64_CONTINUE,
	NAT64_ACCEPT,
	NAT64_DROP,
	NAT64_STOLEN,
	NAT64_HELD,
	NAT64_DEFRAG,
	NAT64_SEGMENT,
};

/**
 * struct nat64_quote - the packet inside an ICMP error
 */
struct nat64_quote {
	/** @off: offset of its IP header from the outer one, in bytes */
	u16 off;
	/** @thoff: offset of its transport header from the outer IP header */
	u16 thoff;
	/** @fragment: it has an IPv6 Fragment Header */
	bool fragment;
	/** @more: its More Fragments flag */
	bool more;
	/** @id: identification of its Fragment Header, in network byte order */
	__be32 id;
};

/**
 * struct nat64_pkt - a packet on its way through the translator
 *
 * Begin one with nat64_pkt_begin(). Flags that are tested together do not lie
 * together: they would be read as a word, which waits for the stores of all its
 * octets.
 */
struct nat64_pkt {
	/** @skb: the packet; owned by whoever owns the struct */
	struct sk_buff *skb;
	/**
	 * @trace: the packet is none: what would be done with it is written
	 * down here, and nothing that others could see is done; else NULL
	 */
	struct nat64_trace *trace;
	/**
	 * @t6: addresses and ports on the IPv6 side, in the direction of the
	 * packet; for an ICMP error those of a packet that goes its way, that
	 * is, the quoted ones, swapped (RFC 6146 s3.4). The suffix of a
	 * destination inside pool6 is as the translator would send it.
	 */
	struct nat64_tuple6 t6;
	/** @t4: likewise on the IPv4 side */
	struct nat64_tuple4 t4;
	/** @error_src: IPv6 source of a translated ICMP error */
	struct in6_addr error_src;
	/** @quote: of an ICMP error */
	struct nat64_quote quote;
	/** @mtus: of the links on both sides (egress) */
	struct nat64_mtus mtus;
	/** @len: length as received, in bytes */
	u32 len;
	/** @local: a program on the router has sent it */
	bool local;
	/** @pool6: place of the prefix that the IPv6 peer is in */
	u8 pool6;
	/** @no_check: a UDP packet without checksum */
	bool no_check;
	/** @reply_code: code of the error to send to its source */
	u8 reply_code;
	/** @reply_info: second word of that error */
	u32 reply_info;
	/** @stat: the counter for the verdict, unless it is CONTINUE */
	enum nat64_stat stat;
	/** @sk: if it is @local, the socket of that program, or NULL */
	struct sock *sk;
	/** @dst: route of the translated packet, or NULL */
	struct dst_entry *dst;
	/** @acct: where its session counts it: table/acct.h; or NULL */
	struct nat64_acct *acct;
	/**
	 * @error_src4: IPv4 source of a translated ICMP error, in network byte
	 * order; 0: that of the inside host, which has sent it itself
	 */
	__be32 error_src4;
	/** @fragment: IPv6: it has a Fragment Header, or had fragments */
	bool fragment;
	/** @icmp_xlat: what an ICMP message becomes */
	struct nat64_icmp_xlat icmp_xlat;
	/**
	 * @frag_id: identification: of a Fragment Header, or for one that is
	 * to be made
	 */
	__be32 frag_id;
	/** @thoff: offset of the transport header from the IP header, in bytes */
	u16 thoff;
	/** @frag_max: largest of the fragments it was made from, or 0 */
	u16 frag_max;
	/** @proto: enum nat64_proto; for an ICMP error that of the quote */
	u8 proto;
	/** @l4: IPPROTO_TCP, _UDP or _ICMP: what the packet itself carries */
	u8 l4;
	/** @ttl: TTL or hop limit as received */
	u8 ttl;
	/** @tcp_flags: octet 13 of the TCP header */
	u8 tcp_flags;
	/** @is_error: an ICMP error */
	bool is_error;
	/** @addressed: IPv4: @t4 is complete, even if the packet is refused */
	bool addressed;
	/** @df: IPv4: Don't Fragment */
	bool df;
	/** @dst_held: @dst has a reference; else the RCU read lock keeps it */
	bool dst_held;
	/** @hairpin: it has been translated to IPv4 already */
	bool hairpin;
	/** @csum_diff: difference of its checksum as IPv4 to that as IPv6 */
	__sum16 csum_diff;
	/** @reply_type: type of the error to send to its source; 0: none */
	u8 reply_type;
};

/**
 * nat64_pkt_begin - nothing is known of a packet yet
 * @pkt: where to put it
 * @skb: the packet
 * @pool6: place of the prefix that its IPv6 destination is in, if it has one
 * @local: a program on the router has sent it
 *
 * To zero all of the struct would cost as much as to parse the packet: what is
 * always set before it is read is left alone. Debugging kernels fill it with
 * what would be noticed.
 */
static inline void nat64_pkt_begin(struct nat64_pkt *pkt, struct sk_buff *skb,
				   u8 pool6, bool local)
{
	if (IS_ENABLED(CONFIG_KASAN))
		memset(pkt, 0xa5, sizeof(*pkt));
	pkt->skb = skb;
	pkt->len = skb->len;
	pkt->pool6 = pool6;
	pkt->local = local;
	pkt->t4 = (struct nat64_tuple4){};
	pkt->mtus = (struct nat64_mtus){};
	pkt->dst = NULL;
	pkt->acct = NULL;
	pkt->trace = NULL;
	pkt->error_src4 = 0;
	pkt->icmp_xlat = (struct nat64_icmp_xlat){};
	pkt->frag_id = 0;
	pkt->thoff = 0;
	pkt->frag_max = 0;
	pkt->proto = 0;
	pkt->l4 = 0;
	pkt->ttl = 0;
	pkt->tcp_flags = 0;
	pkt->is_error = false;
	pkt->addressed = false;
	pkt->fragment = false;
	pkt->df = false;
	pkt->no_check = false;
	pkt->dst_held = false;
	pkt->hairpin = false;
	pkt->csum_diff = 0;
	pkt->reply_type = 0;
}

/**
 * nat64_drop - drop a packet
 * @pkt: the packet
 * @stat: the reason
 *
 * Return: NAT64_DROP.
 */
static inline enum nat64_verdict nat64_drop(struct nat64_pkt *pkt,
					    enum nat64_stat stat)
{
	pkt->stat = stat;
	pkt->reply_type = 0;
	return NAT64_DROP;
}

/**
 * nat64_drop_reply - drop a packet and tell its source
 * @pkt: the packet, as it was received
 * @stat: the reason
 * @type: type of the ICMP error, of the packet's own family
 * @code: its code
 * @info: its second word, in host byte order
 *
 * The error is only marked here; path/icmp_error.c sends it.
 *
 * Return: NAT64_DROP.
 */
static inline enum nat64_verdict nat64_drop_reply(struct nat64_pkt *pkt,
						  enum nat64_stat stat, u8 type,
						  u8 code, u32 info)
{
	enum nat64_verdict verdict = nat64_drop(pkt, stat);

	pkt->reply_type = type;
	pkt->reply_code = code;
	pkt->reply_info = info;
	return verdict;
}

/**
 * nat64_accept - let a packet pass untranslated
 * @pkt: the packet
 * @stat: the reason
 *
 * Return: NAT64_ACCEPT.
 */
static inline enum nat64_verdict nat64_accept(struct nat64_pkt *pkt,
					      enum nat64_stat stat)
{
	pkt->stat = stat;
	return NAT64_ACCEPT;
}

/**
 * nat64_l4_len - length of a packet from its transport header on
 * @pkt: the packet
 *
 * Return: bytes; of all segments together for a GSO packet.
 */
static inline unsigned int nat64_l4_len(const struct nat64_pkt *pkt)
{
	return pkt->skb->len - pkt->thoff;
}

/**
 * nat64_l4_end - how much of a packet translation writes
 * @pkt: the packet
 *
 * Return: offset from the network header of the end of its transport header.
 */
static inline unsigned int nat64_l4_end(const struct nat64_pkt *pkt)
{
	if (pkt->l4 == IPPROTO_TCP)
		return pkt->thoff + sizeof(struct tcphdr);
	return pkt->thoff + sizeof(struct udphdr);
}

/**
 * nat64_mss_clamps - check whether the MSS of a packet may have to be lowered
 * @pkt: the packet
 * @params: parameters of the translation
 *
 * Return: true for a SYN, if the operator clamps the MSS.
 */
static inline bool nat64_mss_clamps(const struct nat64_pkt *pkt,
				    const struct nat64_xlat_params *params)
{
	return unlikely(params->mss_clamp) && pkt->l4 == IPPROTO_TCP &&
	       (pkt->tcp_flags & TCPHDR_SYN);
}

void nat64_ident_init(void);
__be16 nat64_ident(__be32 saddr, __be32 daddr, unsigned int n);
enum nat64_verdict nat64_parse6(struct nat64_pkt *pkt);
enum nat64_verdict nat64_parse4(struct nat64_pkt *pkt);
enum nat64_verdict nat64_xlat64(struct nat64_pkt *pkt,
				const struct nat64_xlat_params *params);
enum nat64_verdict nat64_xlat46(struct nat64_pkt *pkt,
				const struct nat64_xlat_params *params,
				unsigned int headroom);
enum nat64_verdict nat64_mss_clamp(struct nat64_pkt *pkt,
				   const struct nat64_xlat_params *params);

#endif /* NAT64_PACKET_H */
