// SPDX-License-Identifier: GPL-2.0
/*
 * nl_trace.c - report what the translator would do with a packet
 *
 * The packet of a request is put into an skb as the network stack would pass it
 * to the hooks, and refused if the stack would drop it.
 */
#include "control/nl.h"

#include <linux/netdevice.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include "path/path.h"

/* Octets before the packet, for what translation adds and a link header. */
#define NAT64_TRACE_HEADROOM 128
/* Octets of a reply: a step takes 200 at most. */
#define NAT64_TRACE_ANSWER (NAT64_TRACE_STEPS * 256)

const struct nla_policy nat64_trace_policy[NAT64_TRACE_A_MAX + 1] = {
	[NAT64_TRACE_A_PACKET] = { .type = NLA_BINARY },
	[NAT64_TRACE_A_DEV] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
	[NAT64_TRACE_A_MARK] = { .type = NLA_U32 },
};

/* Do what ip_rcv() does with a packet. */
static const char *nat64_nl_receive4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (skb->len < sizeof(*iph) || iph->ihl < 5 || skb->len < iph->ihl * 4)
		return "the packet is shorter than its IPv4 header";
	if (ip_fast_csum(iph, iph->ihl))
		return "the checksum of the IPv4 header is wrong: the stack would drop the packet";
	if (ntohs(iph->tot_len) > skb->len ||
	    ntohs(iph->tot_len) < iph->ihl * 4)
		return "the length in the IPv4 header does not fit the packet";
	skb_trim(skb, ntohs(iph->tot_len));
	skb_set_transport_header(skb, iph->ihl * 4);
	skb->protocol = htons(ETH_P_IP);
	return NULL;
}

/* Do what ipv6_rcv() does with a packet. */
static const char *nat64_nl_receive6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int len;

	if (skb->len < sizeof(*ip6h))
		return "the packet is shorter than its IPv6 header";
	len = ntohs(ip6h->payload_len) + sizeof(*ip6h);
	if (len > skb->len)
		return "the packet is shorter than the length in its IPv6 header";
	if (ipv6_addr_is_multicast(&ip6h->saddr) ||
	    ipv6_addr_loopback(&ip6h->saddr) ||
	    ipv6_addr_loopback(&ip6h->daddr))
		return "the network stack drops a packet with these addresses from a device";
	skb_trim(skb, len);
	skb_set_transport_header(skb, sizeof(*ip6h));
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	skb->protocol = htons(ETH_P_IPV6);
	return NULL;
}

static const char *nat64_nl_receive(struct sk_buff *skb)
{
	skb_reset_network_header(skb);
	if (skb->len && *skb->data >> 4 == 4)
		return nat64_nl_receive4(skb);
	if (skb->len && *skb->data >> 4 == 6)
		return nat64_nl_receive6(skb);
	return "the packet begins neither with an IPv4 nor with an IPv6 header";
}

static struct sk_buff *nat64_nl_get_packet(struct nlattr **tb,
					   struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[NAT64_TRACE_A_PACKET];
	struct sk_buff *skb;
	const char *why;

	skb = alloc_skb(NAT64_TRACE_HEADROOM + nla_len(attr),
			GFP_KERNEL | __GFP_NOWARN);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	skb_reserve(skb, NAT64_TRACE_HEADROOM);
	skb_put_data(skb, nla_data(attr), nla_len(attr));
	why = nat64_nl_receive(skb);
	if (why) {
		kfree_skb(skb);
		return ERR_PTR(nat64_nl_refuse(extack, attr, why, -EINVAL));
	}
	if (tb[NAT64_TRACE_A_MARK])
		skb->mark = nla_get_u32(tb[NAT64_TRACE_A_MARK]);
	return skb;
}

/* Look up a route to the source of a packet; returns it or an ERR_PTR. */
static struct dst_entry *nat64_nl_way_back(const struct sk_buff *skb,
					   struct net *net)
{
	struct dst_entry *dst;
	struct rtable *rt;

	if (skb->protocol == htons(ETH_P_IPV6)) {
		struct flowi6 fl6 = { .daddr = ipv6_hdr(skb)->saddr };

		dst = ip6_route_output(net, NULL, &fl6);
		if (!dst->error)
			return dst;
		dst_release(dst);
	} else {
		struct flowi4 fl4 = { .daddr = ip_hdr(skb)->saddr };

		rt = ip_route_output_key(net, &fl4);
		if (!IS_ERR(rt))
			return &rt->dst;
	}
	return ERR_PTR(-ENETUNREACH);
}

/* Set the input device, which the RCU read lock keeps alive. */
static const char *nat64_nl_set_dev(struct sk_buff *skb, struct net *net,
				    const struct nlattr *name)
{
	struct dst_entry *dst;

	if (name) {
		skb->dev = dev_get_by_name_rcu(net, nla_data(name));
		if (!skb->dev)
			return "there is no device of this name: see 'ip link'";
	} else {
		dst = nat64_nl_way_back(skb, net);
		if (IS_ERR(dst))
			return "no route leads back to the source of the packet: name its device";
		skb->dev = READ_ONCE(dst->dev);
		dst_release(dst);
		if (skb->dev->flags & IFF_LOOPBACK)
			return "the source of the packet is the router itself: name its device";
	}
	skb->skb_iif = skb->dev->ifindex;
	return NULL;
}

static int nat64_nl_put_step(struct sk_buff *msg, const struct nat64_note *note)
{
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_STEP);
	u32 has = note->has;

#define NAT64_PUT(put, attr, ...) \
	((has & NAT64_HAS(attr)) && (put)(msg, NAT64_STEP_A_##attr, __VA_ARGS__))
	if (!nest || nla_put_u32(msg, NAT64_STEP_A_STEP, note->step) ||
	    NAT64_PUT(nla_put_string, INSTANCE, note->instance) ||
	    NAT64_PUT(nla_put_string, DEV, note->dev) ||
	    NAT64_PUT(nla_put_u32, MARK, note->mark) ||
	    ((has & NAT64_HAS(POOL6)) &&
	     nat64_nl_put_pool6(msg, NAT64_STEP_A_POOL6, &note->pool6)) ||
	    ((has & NAT64_HAS(EAM)) &&
	     nat64_nl_put_eam(msg, NAT64_STEP_A_EAM, &note->eam)) ||
	    NAT64_PUT(nla_put_u8, PROTO, note->proto) ||
	    NAT64_PUT(nla_put_in6_addr, SRC6, &note->t6.saddr) ||
	    NAT64_PUT(nla_put_be16, SPORT6, note->t6.sport) ||
	    NAT64_PUT(nla_put_in6_addr, DST6, &note->t6.daddr) ||
	    NAT64_PUT(nla_put_be16, DPORT6, note->t6.dport) ||
	    NAT64_PUT(nla_put_in_addr, SRC4, note->t4.saddr) ||
	    NAT64_PUT(nla_put_be16, SPORT4, note->t4.sport) ||
	    NAT64_PUT(nla_put_in_addr, DST4, note->t4.daddr) ||
	    NAT64_PUT(nla_put_be16, DPORT4, note->t4.dport) ||
	    ((has & NAT64_HAS(STATIC)) &&
	     nla_put_flag(msg, NAT64_STEP_A_STATIC)) ||
	    ((has & NAT64_HAS(IS_ERROR)) &&
	     nla_put_flag(msg, NAT64_STEP_A_IS_ERROR)) ||
	    NAT64_PUT(nla_put_u8, STATE, note->state) ||
	    NAT64_PUT(nla_put_u32, EXPIRES, note->expires) ||
	    NAT64_PUT(nla_put_u32, KEY, note->key) ||
	    NAT64_PUT(nla_put_u32, MTU, note->mtu) ||
	    NAT64_PUT(nla_put_u32, LEN, note->len) ||
	    NAT64_PUT(nla_put_u32, STAT, note->stat) ||
	    NAT64_PUT(nla_put_u8, ICMP_TYPE, note->icmp_type) ||
	    NAT64_PUT(nla_put_u8, ICMP_CODE, note->icmp_code))
		return -EMSGSIZE;
#undef NAT64_PUT
	nla_nest_end(msg, nest);
	return 0;
}

static int nat64_nl_trace_answer(struct genl_info *info,
				 const struct nat64_trace *trace)
{
	struct sk_buff *msg = genlmsg_new(NAT64_TRACE_ANSWER, GFP_KERNEL);
	unsigned int i;
	void *hdr;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &nat64_family, 0, NAT64_CMD_TRACE);
	for (i = 0; hdr && i < trace->n; i++) {
		if (nat64_nl_put_step(msg, &trace->note[i]))
			hdr = NULL;
	}
	if (!hdr) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* Trace the packet from its input device on. */
static const char *nat64_nl_trace_packet(struct sk_buff *skb, struct net *net,
					 const struct nlattr *name,
					 struct nat64_trace *trace)
{
	struct nat64_note *note;
	const char *why;

	rcu_read_lock();
	why = nat64_nl_set_dev(skb, net, name);
	if (!why) {
		note = nat64_trace_add(trace, NAT64_STEP_INPUT);
		note->has = NAT64_HAS(DEV) | NAT64_HAS(MARK);
		strscpy(note->dev, skb->dev->name, sizeof(note->dev));
		note->mark = skb->mark;
		nat64_hook_trace(skb, net, trace);
		if (trace->note[trace->n - 1].step == NAT64_STEP_PASSED)
			nat64_device_trace(skb, net, trace);
	}
	rcu_read_unlock();
	return why;
}

/**
 * nat64_nl_trace - NAT64_CMD_TRACE
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes the RCU read lock, but no mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_trace(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NAT64_A_TRACE], *name;
	struct nlattr *tb[NAT64_TRACE_A_MAX + 1];
	struct net *net = genl_info_net(info);
	struct nat64_trace *trace;
	struct sk_buff *packet;
	const char *why;
	int err;

	if (!attr)
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_TRACE,
				      "the request has no packet");
	err = nla_parse_nested(tb, NAT64_TRACE_A_MAX, attr, nat64_trace_policy,
			       info->extack);
	if (err)
		return err;
	if (!tb[NAT64_TRACE_A_PACKET])
		return nat64_nl_lacks(info->extack, attr, NAT64_TRACE_A_PACKET,
				      "the request has no packet");
	packet = nat64_nl_get_packet(tb, info->extack);
	if (IS_ERR(packet))
		return PTR_ERR(packet);
	trace = kzalloc(sizeof(*trace), GFP_KERNEL);
	if (!trace) {
		kfree_skb(packet);
		return -ENOMEM;
	}
	name = tb[NAT64_TRACE_A_DEV];
	why = nat64_nl_trace_packet(packet, net, name, trace);
	err = why ? nat64_nl_refuse(info->extack,
				    name ?: tb[NAT64_TRACE_A_PACKET], why,
				    -EINVAL) :
		    nat64_nl_trace_answer(info, trace);
	kfree(trace);
	kfree_skb(packet);
	return err;
}
