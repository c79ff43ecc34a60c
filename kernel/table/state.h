/* SPDX-License-Identifier: GPL-2.0 */
/* state.h - a NAT64 and the instances of a network namespace */
#ifndef NAT64_STATE_H
#define NAT64_STATE_H

#include <linux/mutex.h>
#include <linux/percpu_counter.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "table/bib_hash.h"
#include "table/config.h"
#include "table/stats.h"

/* Slots of nat64_instance.near: enough for an IPv4 /24, with all protocols. */
#define NAT64_NEAR 1024

struct nat64_events;
struct nat64_expire_ops;
struct nat64_ports;
struct nat64_routes;
struct nat64_syns;

/**
 * struct nat64_instance - an instance: a NAT64 or a stateless translator
 *
 * Lives from control/instance.c's add to its delete. Packets reach it through
 * RCU only; everything that changes its configuration holds the mutex of its
 * struct nat64_net.
 */
struct nat64_instance {
	/** @node: node in nat64_net.instances */
	struct list_head node;
	/** @net: its network namespace */
	struct net *net;
	/** @config: the configuration */
	struct nat64_config __rcu *config;
	/**
	 * @past: the previous configuration, while BIB entries and sessions
	 * that @config does not allow are removed; or NULL
	 */
	const struct nat64_config __rcu *past;
	/** @stats: counters */
	struct nat64_stats __percpu *stats;
	/** @bibs: BIB entries by IPv6 transport address and protocol */
	struct nat64_bib_hash bibs;
	/** @sessions: struct nat64_session_more by BIB entry and remote */
	struct rhashtable sessions;
	/** @remotes: struct nat64_remote by BIB entry and IPv4 address */
	struct rhashtable remotes;
	/** @hosts6: struct nat64_host6 by IPv6 address */
	struct rhashtable hosts6;
	/** @addrs: struct nat64_addr4 by IPv4 address in host byte order */
	struct xarray addrs;
	/**
	 * @pages_lock: protects which addresses, ports of addresses and pages
	 * there are, and @pages_memory; softirqs are off
	 */
	spinlock_t pages_lock;
	/** @pages_memory: memory that they take, in units of table/page.c */
	u32 pages_memory;
	/**
	 * @fastpath: numbers of the devices of the key, or 0; changed under
	 * nat64_net.ingress_mutex
	 */
	int fastpath[NAT64_FASTPATH_MAX];
	/** @near: cache of the ports of addresses: nat64_pool4_ports() */
	struct nat64_ports __rcu *near[NAT64_NEAR];
	/** @syns: SYNs that wait for the IPv6 host: path/incoming_syn.c */
	struct nat64_syns *syns;
	/** @routes: cached routes of its sessions: path/route_cache.c */
	struct nat64_routes *routes;
	/** @n_bibs: number of BIB entries */
	struct percpu_counter n_bibs;
	/** @n_sessions: number of sessions */
	struct percpu_counter n_sessions;
	/**
	 * @full: jiffies when there last were too many sessions to begin one
	 * from IPv4, from IPv6: table/limit.c
	 */
	u32 full[2];
	/** @n_static: static BIB entries; protected by nat64_net.mutex */
	u32 n_static;
	/** @events: recorded events: table/event.c; or NULL */
	struct nat64_events *events;
	/** @exhausted_mark: mark of the last packet for which pool4 had no port */
	u32 exhausted_mark;
	/** @exhausted_proto: its protocol, enum nat64_proto */
	u8 exhausted_proto;
	/** @alarmed: what was counted at the last alarm, by enum nat64_alarm */
	u64 alarmed[__NAT64_ALARM_MAX];
	/** @n_held: number of ports that are held down */
	atomic_t n_held;
	/** @rescan: lifetimes have changed: expiry must visit all pages */
	u32 rescan;
	/**
	 * @own_genid: generation of the routes when the router's addresses were
	 * last looked at, by expiry: path/own_address.c
	 */
	int own_genid;
	/** @own_gone: jiffies when one of them was found to have gone, or 0 */
	u32 own_gone;
	/** @own_moved: a new address has replaced one that has gone */
	u32 own_moved;
	/** @expire: removes what has expired */
	struct delayed_work expire;
	/** @expire_ops: what it calls */
	const struct nat64_expire_ops *expire_ops;
	/**
	 * @by_device: it translates what is routed into its device, not what the
	 * hooks see; set before any packet finds it
	 */
	bool by_device;
	/**
	 * @dev: its device, or NULL if that has been deleted; changed under RTNL
	 */
	struct net_device __rcu *dev;
	/** @device: the name that its device was given */
	char device[IFNAMSIZ];
	/** @name: its name */
	char name[NAT64_NAME_MAX + 1];
};

/**
 * struct nat64_net - the instances of a network namespace
 */
struct nat64_net {
	/**
	 * @mutex: protects the other members and all configurations. It is held
	 * while all BIB entries are visited: never take it under RTNL
	 */
	struct mutex mutex;
	/**
	 * @instances: struct nat64_instance, read under RCU; changed under both
	 * mutexes, so that either keeps it as it is
	 */
	struct list_head instances;
	/**
	 * @covers_own: a pool6 prefix covers, or has covered, an IPv6 address
	 * of the router; never unset
	 */
	bool covers_own;
	/** @n_siit: number of stateless translators among them without a device */
	unsigned int n_siit;
	/** @generation: changes with what a dump of instances or pools shows */
	unsigned int generation;
	/**
	 * @ingress_mutex: protects the members that follow it, up to
	 * @ingress_hooks; taken under RTNL or @mutex, and held for as long as
	 * devices are looked up
	 */
	struct mutex ingress_mutex;
	/** @exiting: the namespace is exiting: attach no more ingress hooks */
	bool exiting;
	/** @ingress_hooks: struct nat64_ingress, the devices of the fast path */
	struct list_head ingress_hooks;
	/** @hooked: the netfilter hooks are registered */
	bool hooked;
	/** @pins: it holds a reference to the module until it ends */
	bool pins;
	/** @checking: bit 0: the books of an instance are being checked */
	unsigned long checking;
};

extern unsigned int nat64_net_id;

/**
 * nat64_net - return the instances of a network namespace
 * @net: the namespace
 *
 * Return: the instances and their lock.
 */
static inline struct nat64_net *nat64_net(struct net *net)
{
	return net_generic(net, nat64_net_id);
}

/**
 * nat64_has_stateless - check for stateless translators
 * @net: the network namespace
 *
 * Return: true if there is one without a device, which the hooks serve.
 */
static inline bool nat64_has_stateless(struct net *net)
{
	return unlikely(READ_ONCE(nat64_net(net)->n_siit));
}

#endif /* NAT64_STATE_H */
