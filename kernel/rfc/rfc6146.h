/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rfc6146.h - protocol constants (RFC 6146 s4), in seconds
 *
 * FRAGMENT_MIN is at least 2 seconds: fragments are reassembled by the kernel,
 * whose net.ipv4.ipfrag_time and net.ipv6.ip6frag_time are longer by default.
 */
#ifndef NAT64_RFC6146_H
#define NAT64_RFC6146_H

/* A UDP session is kept for at least this long (RFC 4787 REQ-5). */
#define NAT64_UDP_MIN		(2 * 60)
#define NAT64_UDP_DEFAULT	(5 * 60)

/* TCP_EST and TCP_TRANS add up to the 2 hours and 4 minutes of RFC 5382. */
#define NAT64_TCP_EST		(2 * 60 * 60)
#define NAT64_TCP_TRANS		(4 * 60)

/* How long a SYN from the IPv4 side waits for one from the IPv6 side. */
#define NAT64_TCP_INCOMING_SYN	6

#define NAT64_ICMP_DEFAULT	60

#endif /* NAT64_RFC6146_H */
