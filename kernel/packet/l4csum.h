/* SPDX-License-Identifier: GPL-2.0 */
/*
 * l4csum.h - transport checksums in every state of offload
 *
 * A checksum that covers the packet is brought up to date by a difference, so
 * that a wrong one stays wrong. One that hardware is still to complete
 * (CHECKSUM_PARTIAL) holds the sum of the pseudo header only, in which only
 * the addresses change.
 */
#ifndef NAT64_L4CSUM_H
#define NAT64_L4CSUM_H

#include <linux/skbuff.h>

void nat64_l4csum_ports(struct sk_buff *skb, u8 l4, __sum16 diff,
			__sum16 addr_diff);
void nat64_l4csum_udp6(struct sk_buff *skb, const struct in6_addr *saddr,
		       const struct in6_addr *daddr);

#endif /* NAT64_L4CSUM_H */
