// SPDX-License-Identifier: GPL-2.0
/*
 * device.c - network devices of the kind "nat64": what is routed into them
 *
 * An instance gets its packets from a device or from the hooks of hook.c. What is
 * sent into the device is translated and received from it in the other family, as from
 * a tunnel: the stack routes it into the device and out of it.
 *
 * A device belongs to one instance at most, and both know each other:
 *
 *	_claim()	the device is found or created; no packet passes
 *	_attach()	the instance has started: packets find it, and the
 *			device has a carrier
 *	_release()	no packet finds the instance any longer (those that have
 *			found it are waited for by instance.c); a device that
 *			_claim() has created is deleted
 *
 * A device may be deleted at any time, by an operator, with its network namespace
 * or with the module: then the instance goes on without one. All of that happens
 * under RTNL, which is taken after nat64_net.mutex, if that is taken at all.
 */
#include "path/path.h"

#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/rtnetlink.h>
#include "compat.h"
#include "packet/geometry.h"

/* Octets by which translation makes a packet longer, at most. */
#define NAT64_DEVICE_GROWTH (NAT64_HEADER_DIFF + sizeof(struct frag_hdr))

/* All that geometry.c translates as one packet. */
#define NAT64_DEVICE_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | \
			       NETIF_F_HIGHDMA | NETIF_F_HW_CSUM | \
			       NETIF_F_ALL_TSO | NETIF_F_GSO_UDP_L4 | \
			       NETIF_F_GSO_FRAGLIST)

/**
 * struct nat64_device - what a device knows; changed under RTNL
 */
struct nat64_device {
	/** @inst: its instance, for packets; NULL until that has started */
	struct nat64_instance __rcu *inst;
	/** @owner: its instance, or NULL */
	struct nat64_instance *owner;
	/** @created: with its instance, and deleted with it */
	bool created;
};

/* Trim padding. Returns true for a packet that is too short, too. */
static bool nat64_device_trim(struct sk_buff *skb, unsigned int len)
{
	return skb->len <= len || !pskb_trim_rcsum(skb, len);
}

/* Do what ip_rcv() does: a packet socket may have sent anything. */
static bool nat64_device_valid4(struct sk_buff *skb)
{
	const struct iphdr *iph;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*iph)) || ip_hdr(skb)->version != 4 ||
	    ip_hdr(skb)->ihl < 5 || !pskb_may_pull(skb, ip_hdrlen(skb)))
		return false;
	iph = ip_hdr(skb);
	if (ip_fast_csum(iph, iph->ihl))
		return false;
	len = ntohs(iph->tot_len);
	/* A large GSO packet may have no total length. */
	if (skb_is_gso(skb))
		return !len || len == skb->len;
	return len >= ip_hdrlen(skb) && len <= skb->len &&
	       nat64_device_trim(skb, len);
}

/*
 * Do what ipv6_rcv() does; nat64_parse6() finds a packet that is shorter than its
 * header says. Multicast is what the stack sends to this link only.
 */
static bool nat64_device_valid6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = ipv6_hdr(skb);
	len = ntohs(ip6h->payload_len);
	if (ip6h->version != 6 || ipv6_addr_is_multicast(&ip6h->daddr))
		return false;
	if (skb_is_gso(skb))
		return !len || len + sizeof(*ip6h) == skb->len;
	return nat64_device_trim(skb, len + sizeof(*ip6h));
}

static bool nat64_device_valid(struct sk_buff *skb)
{
	skb_reset_network_header(skb);
	if (skb_vlan_tag_present(skb))
		return false;
	if (skb->protocol == htons(ETH_P_IPV6))
		return nat64_device_valid6(skb);
	return skb->protocol == htons(ETH_P_IP) && nat64_device_valid4(skb);
}

/*
 * Find out how an instance translates the destination of an IPv6 packet: set
 * @rx->siit, or @rx->pool6. Returns false if it does not.
 */
static bool nat64_device_match6(struct nat64_received *rx,
				const struct sk_buff *skb,
				struct nat64_siit *siit)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int idx;

	if (nat64_config_is_siit(rx->cfg)) {
		if (!nat64_siit_match6(rx->cfg, ip6h, siit))
			return false;
		rx->siit = siit;
		nat64_trace_instance(rx->trace, rx->inst, siit->dprefix);
		nat64_trace_siit6(rx->trace, rx->cfg, ip6h, siit);
		return true;
	}
	idx = nat64_config_pool6(rx->cfg, &ip6h->daddr);
	if (idx < 0)
		return false;
	rx->pool6 = idx;
	nat64_trace_instance(rx->trace, rx->inst, &rx->cfg->pool6[idx]);
	return true;
}

/* Likewise of an IPv4 packet. */
static bool nat64_device_match4(struct nat64_received *rx,
				const struct sk_buff *skb,
				struct nat64_siit *siit)
{
	if (nat64_config_is_siit(rx->cfg)) {
		if (!nat64_siit_match4(rx->cfg, rx->state->net, skb, siit))
			return false;
		rx->siit = siit;
		nat64_trace_instance(rx->trace, rx->inst, NULL);
		nat64_trace_siit4(rx->trace, rx->cfg, ip_hdr(skb), siit);
		return true;
	}
	nat64_trace_instance(rx->trace, rx->inst, NULL);
	return nat64_is_pool4(rx->inst, rx->cfg, ntohl(ip_hdr(skb)->daddr));
}

/*
 * Translate a packet that is sent into the device of an instance, with a valid IP
 * header in its linear part. Consumes it, unless @trace records a dry run. What has
 * come out of the device does not go into it again. Softirqs are off.
 */
static void nat64_device_send(struct sk_buff *skb, struct nat64_instance *inst,
			      struct nat64_trace *trace)
{
	const struct nf_hook_state state = nat64_prerouting(skb, inst->net);
	bool is6 = state.pf == NFPROTO_IPV6;
	struct nat64_received rx = {
		.inst = inst, .cfg = rcu_dereference(inst->config),
		.state = &state, .trace = trace, .is6 = is6, .device = true,
	};
	struct nat64_siit siit;

	if (skb->skb_iif == skb->dev->ifindex)
		nat64_handle_turn_back(&rx, skb, NAT64_STAT_DROP_LOOP);
	else if (is6 ? !nat64_device_match6(&rx, skb, &siit) :
		 !nat64_device_match4(&rx, skb, &siit))
		nat64_handle_turn_back(&rx, skb,
				       NAT64_STAT_DROP_NOT_TRANSLATABLE);
	else if (is6 && !rx.siit &&
		 nat64_is_translated6(inst->net, &ipv6_hdr(skb)->saddr))
		nat64_handle_refuse(&rx, skb, NAT64_STAT_DROP_SOURCE_IN_POOL6);
	else
		nat64_handle(&rx, skb);
}

static netdev_tx_t nat64_device_xmit(struct sk_buff *skb,
				     struct net_device *dev)
{
	struct nat64_device *device = netdev_priv(dev);
	struct nat64_instance *inst;

	skb_tx_timestamp(skb);
	rcu_read_lock();
	inst = rcu_dereference(device->inst);
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb) {
		dev_core_stats_tx_dropped_inc(dev);
	} else if (inst && nat64_device_valid(skb)) {
		/* The queueing discipline has used it. */
		memset(skb->cb, 0, sizeof(skb->cb));
		nat64_device_send(skb, inst, NULL);
	} else {
		dev_core_stats_tx_dropped_inc(dev);
		kfree_skb(skb);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int nat64_device_dev_init(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

/* The last that a device does under RTNL: no packet is in it any longer. */
static void nat64_device_dev_uninit(struct net_device *dev)
{
	struct nat64_device *device = netdev_priv(dev);

	RCU_INIT_POINTER(device->inst, NULL);
	if (device->owner)
		RCU_INIT_POINTER(device->owner->dev, NULL);
	device->owner = NULL;
}

/* Nothing is on its link but what is routed there: no link-local address. */
static int nat64_device_open(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	return 0;
}

static void nat64_device_stats(struct net_device *dev,
			       struct rtnl_link_stats64 *stats)
{
	dev_fetch_sw_netstats(stats, dev->tstats);
}

static void nat64_device_free(struct net_device *dev)
{
	free_percpu(dev->tstats);
}

static const struct net_device_ops nat64_device_ops = {
	.ndo_init = nat64_device_dev_init,
	.ndo_uninit = nat64_device_dev_uninit,
	.ndo_open = nat64_device_open,
	.ndo_start_xmit = nat64_device_xmit,
	.ndo_get_stats64 = nat64_device_stats,
};

static const struct device_type nat64_device_type = { .name = "nat64" };

static void nat64_device_setup(struct net_device *dev)
{
	dev->netdev_ops = &nat64_device_ops;
	dev->priv_destructor = nat64_device_free;
	dev->needs_free_netdev = true;
	SET_NETDEV_DEVTYPE(dev, &nat64_device_type);
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->needed_headroom = NAT64_DEVICE_GROWTH + ETH_HLEN;
	dev->mtu = ETH_DATA_LEN;
	dev->min_mtu = IPV6_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU;
	dev->features |= NAT64_DEVICE_FEATURES;
	dev->hw_features |= NAT64_DEVICE_FEATURES;
	nat64_dev_lockless(dev);
	nat64_dev_stays(dev);
	/* Errors are sent by the route that a packet came by. */
	netif_keep_dst(dev);
	netif_set_tso_max_size(dev, NAT64_GSO_MAX);
	netif_carrier_off(dev);
}

static struct rtnl_link_ops nat64_device_link_ops __read_mostly = {
	.kind = "nat64",
	.priv_size = sizeof(struct nat64_device),
	.setup = nat64_device_setup,
};

/* Look up a device that an instance may take: NULL if there is none; RTNL. */
static struct net_device *nat64_device_find(struct net *net, const char *name,
					    const char **why)
{
	struct net_device *dev = __dev_get_by_name(net, name);
	const struct nat64_device *device;

	*why = NULL;
	if (!dev_valid_name(name) || strchr(name, '%')) {
		*why = "this cannot be the name of a device";
	} else if (dev && dev->rtnl_link_ops != &nat64_device_link_ops) {
		*why = "a device of this name exists and is not of type nat64: choose another name";
	} else if (dev) {
		device = netdev_priv(dev);
		if (device->owner)
			*why = "another instance has this device: choose another name";
	}
	return dev;
}

/**
 * nat64_device_check - check whether an instance may take or create a device
 * @net: the network namespace
 * @name: name of the device
 *
 * Context: process. Takes RTNL.
 *
 * Return: NULL, or a sentence that says why it may not.
 */
const char *nat64_device_check(struct net *net, const char *name)
{
	const char *why;

	rtnl_lock();
	nat64_device_find(net, name, &why);
	rtnl_unlock();
	return why;
}

/* Create a device, under RTNL; returns it or an ERR_PTR. */
static struct net_device *nat64_device_create(struct net *net, const char *name)
{
	struct nat64_device *device;
	struct net_device *dev;
	int err;

	dev = alloc_netdev(sizeof(*device), name, NET_NAME_USER,
			   nat64_device_setup);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev_net_set(dev, net);
	dev->rtnl_link_ops = &nat64_device_link_ops;
	device = netdev_priv(dev);
	device->created = true;
	err = register_netdevice(dev);
	if (!err)
		return dev;
	free_netdev(dev);
	return ERR_PTR(err);
}

/**
 * nat64_device_claim - give an instance its device
 * @inst: the instance; its nat64_net is locked
 * @name: name of the device, which is created if there is none
 * @why: set to NULL, or to a sentence that says why it cannot have it
 *
 * Context: process. Takes RTNL.
 *
 * Return: 0 or a negative errno.
 */
int nat64_device_claim(struct nat64_instance *inst, const char *name,
		       const char **why)
{
	struct nat64_device *device;
	struct net_device *dev;
	int err = 0;

	inst->by_device = true;
	rtnl_lock();
	dev = nat64_device_find(inst->net, name, why);
	if (*why)
		err = -EEXIST;
	else if (!dev)
		dev = nat64_device_create(inst->net, name);
	if (!err)
		err = PTR_ERR_OR_ZERO(dev);
	if (!err) {
		device = netdev_priv(dev);
		device->owner = inst;
		/* @name may be another name of the device. */
		strscpy(inst->device, dev->name, sizeof(inst->device));
		rcu_assign_pointer(inst->dev, dev);
	}
	rtnl_unlock();
	return err;
}

/* Get the device of an instance, or NULL; under RTNL. */
static struct net_device *nat64_device_of(const struct nat64_instance *inst)
{
	return rtnl_dereference(inst->dev);
}

/**
 * nat64_device_attach - let packets in a device find its instance
 * @inst: the instance, which has started; its nat64_net is locked
 *
 * Context: process. Takes RTNL.
 */
void nat64_device_attach(struct nat64_instance *inst)
{
	struct nat64_device *device;
	struct net_device *dev;

	if (!inst->by_device)
		return;
	rtnl_lock();
	dev = nat64_device_of(inst);
	if (dev) {
		device = netdev_priv(dev);
		rcu_assign_pointer(device->inst, inst);
		netif_carrier_on(dev);
	}
	rtnl_unlock();
}

/**
 * nat64_device_release - take the device of an instance from it
 * @inst: the instance; its nat64_net is locked
 *
 * Packets that have found the instance may still be on their way, until
 * synchronize_net() returns.
 *
 * Context: process. Takes RTNL.
 */
void nat64_device_release(struct nat64_instance *inst)
{
	struct nat64_device *device;
	struct net_device *dev;

	if (!rcu_access_pointer(inst->dev))
		return;
	rtnl_lock();
	dev = nat64_device_of(inst);
	if (dev) {
		device = netdev_priv(dev);
		RCU_INIT_POINTER(device->inst, NULL);
		RCU_INIT_POINTER(inst->dev, NULL);
		device->owner = NULL;
		if (device->created)
			unregister_netdevice(dev);
		else
			netif_carrier_off(dev);
	}
	rtnl_unlock();
}

/**
 * nat64_device_name - get the name of the device of an instance
 * @inst: the instance, which has one; its nat64_net is locked
 * @name: set to its present name, or to its last one if it has been deleted;
 *	IFNAMSIZ octets
 *
 * Return: false if the device has been deleted.
 */
bool nat64_device_name(const struct nat64_instance *inst, char *name)
{
	const struct net_device *dev;

	rcu_read_lock();
	dev = rcu_dereference(inst->dev);
	strscpy(name, dev ? dev->name : inst->device, IFNAMSIZ);
	rcu_read_unlock();
	return dev;
}

/* Get the device that a packet would be routed into, or NULL. */
static struct net_device *nat64_device_to(const struct sk_buff *skb,
					  struct net *net)
{
	int master = l3mdev_master_ifindex_rcu(skb->dev);
	struct net_device *dev = NULL;
	struct dst_entry *dst;
	struct rtable *rt;

	if (skb->protocol == htons(ETH_P_IPV6)) {
		struct flowi6 fl6 = {
			.flowi6_oif = master, .flowi6_mark = skb->mark,
			.daddr = ipv6_hdr(skb)->daddr,
		};

		dst = ip6_route_output(net, NULL, &fl6);
	} else {
		struct flowi4 fl4 = {
			.flowi4_oif = master, .flowi4_mark = skb->mark,
			.daddr = ip_hdr(skb)->daddr,
		};

		rt = ip_route_output_key(net, &fl4);
		if (IS_ERR(rt))
			return NULL;
		dst = &rt->dst;
	}
	if (!dst->error && dst->dev->rtnl_link_ops == &nat64_device_link_ops)
		dev = dst->dev;
	dst_release(dst);
	return dev;
}

/**
 * nat64_device_trace - record what would be done with a packet in a device
 * @skb: a packet that no hook translates; stays the caller's
 * @net: its network namespace
 * @trace: the dry run, whose last step, that the packet passes, is replaced
 *
 * Context: RCU read lock.
 */
void nat64_device_trace(struct sk_buff *skb, struct net *net,
			struct nat64_trace *trace)
{
	struct net_device *dev = nat64_device_to(skb, net);
	struct nat64_instance *inst;
	struct nat64_note *note;

	if (!dev)
		return;
	inst = rcu_dereference(((struct nat64_device *)netdev_priv(dev))->inst);
	/* What passed the hooks has not passed the device yet. */
	trace->n--;
	note = nat64_trace_add(trace, NAT64_STEP_ROUTE);
	note->has = BIT(NAT64_STEP_A_DEV) | BIT(NAT64_STEP_A_MTU);
	strscpy(note->dev, dev->name, sizeof(note->dev));
	note->mtu = READ_ONCE(dev->mtu);
	/* In a VRF, a packet has come from the VRF's device. */
	skb->skb_iif = l3mdev_master_ifindex_rcu(skb->dev) ?: skb->skb_iif;
	skb->dev = dev;
	if (!inst) {
		nat64_trace_add(trace, NAT64_STEP_PASSED);
		return;
	}
	local_bh_disable();
	nat64_device_send(skb, inst, trace);
	local_bh_enable();
}

/**
 * nat64_device_init - let devices be created
 *
 * Return: 0 or a negative errno.
 */
int nat64_device_init(void)
{
	return rtnl_link_register(&nat64_device_link_ops);
}

/**
 * nat64_device_exit - delete all devices
 */
void nat64_device_exit(void)
{
	rtnl_link_unregister(&nat64_device_link_ops);
}
