/* SPDX-License-Identifier: GPL-2.0 */
/* tuple.h - transport addresses of a packet (RFC 6146 s2, s3.4) */
#ifndef NAT64_TUPLE_H
#define NAT64_TUPLE_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>

/**
 * enum nat64_proto - the protocols that have a BIB and a session table
 * @NAT64_TCP: TCP
 * @NAT64_UDP: UDP
 * @NAT64_ICMP: ICMP and ICMPv6 queries
 * @NAT64_PROTOS: how many there are
 */
enum nat64_proto {
	NAT64_TCP,
	NAT64_UDP,
	NAT64_ICMP,
	NAT64_PROTOS
};

/**
 * struct nat64_tuple6 - addresses and ports of an IPv6 packet
 *
 * The 3-tuple of an ICMP query has its identifier in both ports.
 */
struct nat64_tuple6 {
	/** @saddr: source address */
	struct in6_addr saddr;
	/** @daddr: destination address */
	struct in6_addr daddr;
	/** @sport: source port, in network byte order */
	__be16 sport;
	/** @dport: destination port, in network byte order */
	__be16 dport;
};

/**
 * struct nat64_tuple4 - addresses and ports of an IPv4 packet
 *
 * The 3-tuple of an ICMP query has its identifier in both ports.
 */
struct nat64_tuple4 {
	/** @saddr: source address, in network byte order */
	__be32 saddr;
	/** @daddr: destination address, in network byte order */
	__be32 daddr;
	/** @sport: source port, in network byte order */
	__be16 sport;
	/** @dport: destination port, in network byte order */
	__be16 dport;
};

/**
 * nat64_proto_number - number of a protocol in IPv4 headers
 * @proto: the protocol
 *
 * Return: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP.
 */
static inline u8 nat64_proto_number(enum nat64_proto proto)
{
	static const u8 number[] = {
		[NAT64_TCP] = IPPROTO_TCP,
		[NAT64_UDP] = IPPROTO_UDP,
		[NAT64_ICMP] = IPPROTO_ICMP,
	};

	return number[proto];
}

#endif /* NAT64_TUPLE_H */
