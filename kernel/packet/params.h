/* SPDX-License-Identifier: GPL-2.0 */
/* params.h - configurable parameters of the translation (RFC 7915) */
#ifndef NAT64_PARAMS_H
#define NAT64_PARAMS_H

#include <linux/nat64.h>
#include <linux/types.h>

/**
 * struct nat64_xlat_params - parameters of the translation of headers
 *
 * They depend on no state, so that every kind of translator can have them.
 */
struct nat64_xlat_params {
	/** @zeroize_traffic_class: send IPv6 with traffic class 0 (s4.1) */
	bool zeroize_traffic_class;
	/** @override_tos: send IPv4 with @tos instead of the class (s5.1) */
	bool override_tos;
	/** @tos: the TOS octet */
	u8 tos;
	/** @udp6_zero_checksum: translate IPv6 UDP without checksum (s5.1) */
	bool udp6_zero_checksum;
	/** @drop_udp4_zero_checksum: drop IPv4 UDP without checksum (s4.5) */
	bool drop_udp4_zero_checksum;
	/** @n_plateaus: number of @mtu_plateaus in use */
	u8 n_plateaus;
	/**
	 * @mtu_plateaus: bytes, descending: MTUs to guess for a router that
	 * reports none (s4.2)
	 */
	u16 mtu_plateaus[NAT64_PLATEAUS_MAX];
	/**
	 * @lowest_ipv6_mtu: largest IPv6 packet, in bytes, to make of an IPv4
	 * packet that may be fragmented (s4.1)
	 */
	u32 lowest_ipv6_mtu;
	/**
	 * @mss_clamp: largest MSS to let through, in bytes; 0: any;
	 * NAT64_MSS_CLAMP_PMTU: what fits the links of both sides
	 */
	u32 mss_clamp;
};

#endif /* NAT64_PARAMS_H */
