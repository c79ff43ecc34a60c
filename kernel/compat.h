/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - every difference between the kernels from 6.1 to 7.2
 *
 * No other file may test the kernel version. A function whose name or arguments
 * changed has a wrapper here.
 */
#ifndef NAT64_COMPAT_H
#define NAT64_COMPAT_H

#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

/* skb_gso_segment() moved out of netdevice.h in 6.5. */
#ifdef NAT64_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

/*
 * A variable that its function sets itself: kernels zero what is on the stack
 * (CONFIG_INIT_STACK_ALL_ZERO), with compilers that know how not to.
 */
#if __has_attribute(__uninitialized__)
#define NAT64_UNINITIALIZED __attribute__((__uninitialized__))
#else
#define NAT64_UNINITIALIZED
#endif

/**
 * nat64_nf_drop - drop a packet and say why
 * @skb: the packet
 * @reason: why, for those who trace
 * @err: why, for the program that has sent it; positive errno
 * @local: there is such a program
 *
 * Before 6.7, either the program is told or those who trace.
 *
 * Return: a verdict for netfilter: NF_STOLEN, or NF_DROP if netfilter frees it.
 */
static inline unsigned int nat64_nf_drop(struct sk_buff *skb,
					 enum skb_drop_reason reason, u16 err,
					 bool local)
{
#ifdef NAT64_HAVE_NF_DROP_REASON
	return NF_DROP_REASON(skb, reason, err);
#else
	if (local)
		return NF_DROP_ERR(-err);
	kfree_skb_reason(skb, reason);
	return NF_STOLEN;
#endif
}

/* Kernels before 6.1.68 let everybody into every group. */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define NAT64_MCAST_ADMIN GENL_MCAST_CAP_NET_ADMIN
#else
#define NAT64_MCAST_ADMIN 0
#endif

/*
 * An acknowledgment has room for an IPv6 address and a port (20 bytes in 6.12,
 * 8 in 7.2); without it, a refusal says what is wrong, but not with whom.
 */
#define NAT64_ACK_NAMES \
	(sizeof(struct in6_addr) + sizeof(__be16) <= NETLINK_MAX_COOKIE_LEN)

/**
 * nat64_dump_attrs - the attributes of a dump request
 * @cb: the dump
 *
 * Return: the parsed attributes, indexed by type.
 */
static inline struct nlattr **nat64_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* system_unbound_wq got another name, and 7.2 complains of the old one. */
#ifdef NAT64_HAVE_SYSTEM_DFL_WQ
#define NAT64_UNBOUND_WQ system_dfl_wq
#else
#define NAT64_UNBOUND_WQ system_unbound_wq
#endif

/**
 * nat64_dev_lockless - let all CPUs send by a device at the same time
 * @dev: the device
 */
static inline void nat64_dev_lockless(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/**
 * nat64_dev_stays - keep a device in its network namespace
 * @dev: the device
 */
static inline void nat64_dev_stays(struct net_device *dev)
{
#ifdef NETIF_F_NETNS_LOCAL
	dev->features |= NETIF_F_NETNS_LOCAL;
#elif defined(NAT64_HAVE_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#else
	dev->netns_local = true;
#endif
}

#endif /* NAT64_COMPAT_H */
