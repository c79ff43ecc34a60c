/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - every difference between the kernels from 6.1 to 6.18
 *
 * Nothing else in the module may ask for a version. What changed its name or
 * its arguments gets a name of ours here.
 */
#ifndef NAT64_COMPAT_H
#define NAT64_COMPAT_H

#include <linux/version.h>
#include <net/genetlink.h>

/* skb_gso_segment() moved out of netdevice.h in 6.5. */
#ifdef NAT64_HAVE_NET_GSO_H
#include <net/gso.h>
#else
#include <linux/netdevice.h>
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

/* Kernels before 6.1.68 let everybody into every group. */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define NAT64_MCAST_ADMIN GENL_MCAST_CAP_NET_ADMIN
#else
#define NAT64_MCAST_ADMIN 0
#endif

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

#endif /* NAT64_COMPAT_H */
