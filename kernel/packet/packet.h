/* SPDX-License-Identifier: GPL-2.0 */
/*
 * packet.h - a packet in translation
 *
 * It is parsed and validated once, into offsets and copies, on which all steps
 * rely. They keep no pointer into the skb across a call that may reallocate its
 * data.
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
 * enum nat64_verdict - what happens to a packet next
 * @NAT64_CONTINUE: the next step
 * @NAT64_ACCEPT: it is not ours: the stack continues with it
 * @NAT64_DROP: the caller frees it
 * @NAT64_STOLEN: the skb is no longer the caller's
 * @NAT64_HELD: the skb is kept for later, and counted as dropped
 * @NAT64_DEFRAG: it is a fragment: reassemble, then parse again
 * @NAT64_SEGMENT: it is a GSO packet, unchanged, that must be segmented first
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
 * struct nat64_quote - the packet that an ICMP error quotes
 */
struct nat64_quote {
	/** @off: offset of its IP header from the outer one, in bytes */
	u16 off;
	/** @thoff: offset of its transport header from the outer IP header */
	u16 thoff;
	/** @frag: its Flags and Fragment Offset as IPv4 has them, without DF */
	u16 frag;
	/** @fragment: it has an IPv6 Fragment Header */
	bool fragment;
	/** @opaque: nothing after its IP header is translated */
	bool opaque;
	/** @protocol: its protocol, as IPv4 numbers it */
	u8 protocol;
	/** @id: identification of its Fragment Header, in network byte order */
	__be32 id;
};

/**
 * struct nat64_pkt - a packet and what is known of it
 *
 * Begin one with nat64_pkt_begin(). Each member has one owner, named in brackets,
 * which alone sets it:
 *
 *	hook	how the packet was received: path/handle.c, path/fastpath.c
 *	parse	what it is: packet/parse4.c, packet/parse6.c
 *	tuple	the outgoing tuple (RFC 6146 s3.6): path/outgoing.c
 *	egress	where it leaves: path/translate64.c, path/route.c
 *	state	its BIB entry and session (RFC 6146 s3.5): path/filtering.c
 *	verdict	nat64_drop(), nat64_drop_reply(), nat64_accept()
 *
 * Hairpinning parses the packet again. Flags that are tested together do not lie
 * together: they would be read as a word, which waits for the stores of all its
 * octets.
 */
struct nat64_pkt {
	/** @skb: the packet; owned by the owner of the struct (hook) */
	struct sk_buff *skb;
	/**
	 * @trace: a dry run: nothing changes, each step is recorded here; else
	 * NULL (hook)
	 */
	struct nat64_trace *trace;
	/**
	 * @t6: addresses and ports on the IPv6 side, in the direction of the
	 * packet; those of an ICMP error are the quoted ones, swapped (RFC 6146
	 * s3.4). A destination inside pool6 has the suffix that the translator
	 * would send (parse from IPv6; tuple from IPv4)
	 */
	struct nat64_tuple6 t6;
	/**
	 * @t4: likewise on the IPv4 side (parse from IPv4; from IPv6, tuple for
	 * the destination, egress for the source by which a route is looked up,
	 * and then state for that of the BIB entry)
	 */
	struct nat64_tuple4 t4;
	/** @error_src: IPv6 source of a translated ICMP error (tuple) */
	struct in6_addr error_src;
	/** @quote: the packet that an ICMP error quotes (parse) */
	struct nat64_quote quote;
	/** @mtus: of the links on both sides (egress) */
	struct nat64_mtus mtus;
	/** @len: length as received, in bytes (hook) */
	u32 len;
	/** @local: sent by a local program (hook) */
	bool local;
	/**
	 * @stateless: for a stateless translator, which translates fragments one
	 * by one, and any protocol (hook)
	 */
	bool stateless;
	/**
	 * @pool6: index of the prefix of the remote endpoint (hook from IPv6,
	 * tuple from IPv4)
	 */
	u8 pool6;
	/**
	 * @device: sent into a device of ours, and to come out of it: routing
	 * before and after it lowers the hop limit and finds the next link (hook)
	 */
	bool device;
	/** @no_check: a UDP packet without checksum (parse) */
	bool no_check;
	/** @reply_code: code of the error to send to its source (verdict) */
	u8 reply_code;
	/** @reply_info: second word of that error, host byte order (verdict) */
	u32 reply_info;
	/** @stat: the counter for the verdict, unless CONTINUE (verdict) */
	enum nat64_stat stat;
	/** @sk: socket of the program that sent it, if @local, or NULL (hook) */
	struct sock *sk;
	/** @dst: route of the translated packet, or NULL (egress) */
	struct dst_entry *dst;
	/** @acct: accounting of its session, or NULL (state) */
	struct nat64_acct *acct;
	/**
	 * @error_src4: IPv4 source of a translated ICMP error, in network byte
	 * order; 0: that of @t4, since the IPv6 host has sent it (egress)
	 */
	__be32 error_src4;
	/**
	 * @anonymous: IPv6: an ICMP error from a router whose address does not
	 * translate (RFC 6791) (egress)
	 */
	bool anonymous;
	/** @fragment: IPv6: has a Fragment Header, or had fragments (parse) */
	bool fragment;
	/**
	 * @opaque: nothing after its IP header is translated: a fragment other
	 * than the first, or a protocol whose checksum covers no addresses
	 * (parse)
	 */
	bool opaque;
	/**
	 * @frag: of a fragment: Flags and Fragment Offset as IPv4 has them, in
	 * host byte order, without DF; else 0 (parse)
	 */
	u16 frag;
	/** @icmp_xlat: what an ICMP message becomes (parse) */
	struct nat64_icmp_xlat icmp_xlat;
	/**
	 * @frag_id: identification: of its Fragment Header, or for the one that
	 * it gets, in network byte order (parse)
	 */
	__be32 frag_id;
	/**
	 * @thoff: offset of the transport header from the IP header, in bytes
	 * (parse, and translation of the headers)
	 */
	u16 thoff;
	/** @frag_max: largest fragment it was made from, in bytes, or 0 (parse) */
	u16 frag_max;
	/** @proto: enum nat64_proto; of an ICMP error, of the quote (parse) */
	u8 proto;
	/** @l4: protocol of the packet itself, as IPv4 numbers it (parse) */
	u8 l4;
	/** @ttl: TTL or hop limit as received (parse) */
	u8 ttl;
	/** @tcp_flags: octet 13 of the TCP header (parse) */
	u8 tcp_flags;
	/** @is_error: an ICMP error (parse) */
	bool is_error;
	/** @addressed: IPv4: @t4 is complete, even if it is refused (parse) */
	bool addressed;
	/** @df: IPv4: Don't Fragment (parse) */
	bool df;
	/** @dst_held: @dst has a reference; else RCU protects it (egress) */
	bool dst_held;
	/** @hairpin: its second pass: already translated to IPv4 (hairpin.c) */
	bool hairpin;
	/**
	 * @csum_diff: difference of its checksum as IPv4 to that as IPv6 (state,
	 * from IPv4 also tuple)
	 */
	__sum16 csum_diff;
	/** @reply_type: type of the error to send to its source, or 0 (verdict) */
	u8 reply_type;
};

/**
 * nat64_pkt_begin - initialize a packet
 * @pkt: the packet
 * @skb: its skb
 * @pool6: index of the prefix of its IPv6 destination, if it has one
 * @local: sent by a local program
 *
 * Zeroing the whole struct would cost as much as parsing the packet: members
 * that are always set before they are read stay as they are. Debugging kernels
 * poison them.
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
	pkt->stateless = false;
	pkt->device = false;
	pkt->anonymous = false;
	pkt->opaque = false;
	pkt->frag = 0;
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
 * nat64_drop_reply - drop a packet and report an error to its source
 * @pkt: the packet, as it was received
 * @stat: the reason
 * @type: type of the ICMP error, of the packet's own family
 * @code: its code
 * @info: its second word, in host byte order
 *
 * Marks the packet only; path/icmp_error.c sends the error.
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
 * nat64_l4_len - get the length of a packet from its transport header on
 * @pkt: the packet
 *
 * Return: bytes; of all segments together for a GSO packet.
 */
static inline unsigned int nat64_l4_len(const struct nat64_pkt *pkt)
{
	return pkt->skb->len - pkt->thoff;
}

/**
 * nat64_l4_end - get the length of the part of a packet that is rewritten
 * @pkt: the packet
 *
 * Return: offset from the network header of the end of its transport header.
 */
static inline unsigned int nat64_l4_end(const struct nat64_pkt *pkt)
{
	if (unlikely(pkt->opaque))
		return pkt->thoff;
	if (pkt->l4 == IPPROTO_TCP)
		return pkt->thoff + sizeof(struct tcphdr);
	return pkt->thoff + sizeof(struct udphdr);
}

/**
 * nat64_lowers_ttl - check whether translation lowers the hop limit
 * @pkt: the packet
 *
 * RFC 7915 s4.1, s5.1: a translator is a router, which lowers it once.
 *
 * Return: false for a packet of a local program, and in a device, into and out of
 * which it is routed.
 */
static inline bool nat64_lowers_ttl(const struct nat64_pkt *pkt)
{
	return !pkt->local && !pkt->device;
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
	       !pkt->frag && (pkt->tcp_flags & TCPHDR_SYN);
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
