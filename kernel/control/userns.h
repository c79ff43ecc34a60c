/* SPDX-License-Identifier: GPL-2.0 */
/* userns.h - limits of a network namespace that any user can create */
#ifndef NAT64_CONTROL_USERNS_H
#define NAT64_CONTROL_USERNS_H

#include <linux/user_namespace.h>
#include <net/net_namespace.h>

/**
 * nat64_userns_limit - choose a limit by the owner of a network namespace
 * @net: the network namespace
 * @first: the limit if the initial user namespace owns it
 * @others: the limit if another owns it, which any user of the machine may
 *	create
 *
 * Context: any.
 *
 * Return: @first or @others.
 */
static inline u32 nat64_userns_limit(const struct net *net, u32 first,
				     u32 others)
{
	return net->user_ns == &init_user_ns ? first : others;
}

#endif /* NAT64_CONTROL_USERNS_H */
