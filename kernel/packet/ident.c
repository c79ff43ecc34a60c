// SPDX-License-Identifier: GPL-2.0
/*
 * ident.c - identifications of IPv4 packets that may be fragmented
 *	(RFC 7915 s5.1, RFC 6864 s5.3.1)
 *
 * A pair of addresses shares a sequence with few others and with no other CPU, so
 * that a value is reused only after 65,535 others. The kernel's generator shares
 * its sequences between CPUs, which costs each packet two contended cache lines.
 */
#include "packet/packet.h"

#include <linux/hash.h>
#include <linux/percpu.h>
#include <linux/random.h>

#define NAT64_IDENT_BITS 9

static DEFINE_PER_CPU(u16 [BIT(NAT64_IDENT_BITS)], idents);
static u32 ident_secret __read_mostly;

/**
 * nat64_ident_init - initialize the sequences with unpredictable values
 */
void nat64_ident_init(void)
{
	int cpu;

	ident_secret = get_random_u32();
	for_each_possible_cpu(cpu)
		get_random_bytes(per_cpu(idents, cpu), sizeof(idents));
}

/**
 * nat64_ident - get the next identification
 * @saddr: source of the packet, in network byte order
 * @daddr: its destination, in network byte order
 * @n: number of packets: the segments of a GSO packet
 *
 * Context: softirqs off.
 *
 * Return: the identification of the first of them, in network byte order.
 */
__be16 nat64_ident(__be32 saddr, __be32 daddr, unsigned int n)
{
	u32 pair = hash_32((__force u32)saddr ^ ident_secret, 32) ^
		   (__force u32)daddr;
	u16 *next = this_cpu_ptr(idents) + hash_32(pair, NAT64_IDENT_BITS);
	u16 id = *next;

	*next = id + n;
	return htons(id);
}
