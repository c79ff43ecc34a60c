/* SPDX-License-Identifier: GPL-2.0 */
/* netns.h - what each network namespace has of ours, and how it ends */
#ifndef NAT64_NETNS_H
#define NAT64_NETNS_H

#include <linux/user_namespace.h>
#include <net/net_namespace.h>

/**
 * nat64_netns_most - how much of something a network namespace may have
 * @net: the network namespace
 * @first: if it belongs to the first user namespace, that of the machine
 * @others: if it belongs to another, which any user of the machine may make
 *
 * Return: @first or @others.
 */
static inline u32 nat64_netns_most(const struct net *net, u32 first, u32 others)
{
	return net->user_ns == &init_user_ns ? first : others;
}

int nat64_netns_init(void);
void nat64_netns_close(void);
void nat64_netns_exit(void);

#endif /* NAT64_NETNS_H */
