/* SPDX-License-Identifier: GPL-2.0 */
/* packet.h - packets for a trace */
#ifndef NAT64CTL_PACKET_H
#define NAT64CTL_PACKET_H

#include <stddef.h>

#include "cli/args.h"

/* The longest packet that fits into an attribute with what else it may hold. */
#define PACKET_MAX 65496

/**
 * struct packet - a packet to be made
 * @src: where it comes from
 * @dst: where it goes, of the same family
 * @proto: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP: an echo request
 * @flags: the flags of TCP, as in its header
 * @ttl: TTL or hop limit
 * @length: its length with all headers; 0: that of the headers
 */
struct packet {
	struct endpoint src;
	struct endpoint dst;
	__u8 proto;
	__u8 flags;
	__u8 ttl;
	__u32 length;
};

size_t packet_make(const struct packet *packet, __u8 *bytes);
int packet_flags(const char *word, __u8 *flags);
int packet_hex(const char *word, __u8 *bytes, size_t *len);

#endif /* NAT64CTL_PACKET_H */
