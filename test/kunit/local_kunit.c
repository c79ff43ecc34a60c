// SPDX-License-Identifier: GPL-2.0
/* local_kunit.c - which instance an IPv6 packet is for (RFC 6146 s3.5, s5.4) */
#include "fixture.h"

#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/netns/generic.h>

/* The instances of a namespace of its own, and the addresses of its router. */
static struct nat64_net test_nn;
#define nat64_net(net) (&test_nn)
#define ipv6_chk_addr(net, addr, dev, strict) local_is_own(addr)
#define skb_dst(skb) (&local_dst)

#define OUTSIDE "2001:db8:1::2"		/* a host */
#define OWN_OUTSIDE "2001:db8:1::1"	/* an address of the router */
#define IN_ONE "64:ff9b::c000:201"
#define IN_TWO "2001:db8:64::c000:201"
#define OWN_IN_TWO "2001:db8:64::1"

static struct dst_entry local_dst;

static bool local_is_own(const struct in6_addr *addr)
{
	struct in6_addr outside = test_addr6(OWN_OUTSIDE);
	struct in6_addr inside = test_addr6(OWN_IN_TWO);

	return ipv6_addr_equal(addr, &outside) ||
	       ipv6_addr_equal(addr, &inside);
}

#include "../../kernel/path/local.c"

struct local_instances {
	struct nat64_instance inst[2];
	struct nat64_config *cfg[2];
	struct net_device dev;
	struct sk_buff skb;
	struct ipv6hdr ip6h;
};

static int local_init(struct kunit *test)
{
	static const char * const prefix[] = { "64:ff9b::", "2001:db8:64::" };
	struct local_instances *w;
	int i;

	w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	if (!w)
		return -ENOMEM;
	test->priv = w;
	INIT_LIST_HEAD(&test_nn.instances);
	test_nn.covers_own = false;
	for (i = 0; i < 2; i++) {
		w->cfg[i] = kunit_kzalloc(test, sizeof(*w->cfg[i]), GFP_KERNEL);
		if (!w->cfg[i])
			return -ENOMEM;
		w->cfg[i]->n_pool6 = 1;
		w->cfg[i]->pool6[0].addr = test_addr6(prefix[i]);
		w->cfg[i]->pool6[0].len = 96;
		RCU_INIT_POINTER(w->inst[i].config, w->cfg[i]);
		list_add_tail(&w->inst[i].node, &test_nn.instances);
	}
	w->skb.head = (u8 *)&w->ip6h;
	w->skb.data = w->skb.head;
	return 0;
}

enum way { WIRE, LO, OUTPUT };

struct local_case {
	const char *src, *dst;
	enum way way;
	enum nat64_verdict verdict;
	int inst;
};

static void local_check(struct kunit *test, const struct local_case *c)
{
	struct local_instances *w = test->priv;
	struct nf_hook_state state = {
		.hook = c->way == OUTPUT ? NF_INET_LOCAL_OUT :
					   NF_INET_PRE_ROUTING,
		.pf = NFPROTO_IPV6,
		.in = &w->dev,
		.net = &init_net,
	};
	struct nat64_match match = {};

	w->dev.flags = c->way == LO ? IFF_LOOPBACK : 0;
	w->ip6h.saddr = test_addr6(c->src);
	w->ip6h.daddr = test_addr6(c->dst);
	rcu_read_lock();
	KUNIT_EXPECT_EQ_MSG(test, nat64_match6(&w->skb, &state, &match),
			    c->verdict, "%s to %s, way %d", c->src, c->dst,
			    c->way);
	rcu_read_unlock();
	if (c->verdict != NAT64_ACCEPT)
		KUNIT_EXPECT_PTR_EQ_MSG(test, match.inst, &w->inst[c->inst],
					"%s to %s, way %d", c->src, c->dst,
					c->way);
}

static const struct local_case plain[] = {
	{ OUTSIDE, OUTSIDE, WIRE, NAT64_ACCEPT },
	{ OUTSIDE, IN_ONE, WIRE, NAT64_CONTINUE, 0 },
	{ OUTSIDE, IN_TWO, WIRE, NAT64_CONTINUE, 1 },
	{ OUTSIDE, IN_TWO, LO, NAT64_CONTINUE, 1 },
	{ OUTSIDE, IN_TWO, OUTPUT, NAT64_CONTINUE, 1 },
	/* From the wire nothing has such a source, whatever its destination. */
	{ IN_ONE, OUTSIDE, WIRE, NAT64_DROP, 0 },
	{ IN_TWO, OUTSIDE, WIRE, NAT64_DROP, 1 },
	/* Translated packets are accepted, but never to pool6 again. */
	{ IN_ONE, OUTSIDE, LO, NAT64_ACCEPT },
	{ IN_TWO, OUTSIDE, OUTPUT, NAT64_ACCEPT },
	{ IN_ONE, IN_ONE, OUTPUT, NAT64_DROP, 0 },
	{ IN_ONE, IN_TWO, OUTPUT, NAT64_DROP, 0 },
	{ IN_TWO, IN_ONE, OUTPUT, NAT64_DROP, 1 },
	{ IN_TWO, IN_ONE, LO, NAT64_DROP, 1 },
	{ IN_ONE, IN_TWO, WIRE, NAT64_DROP, 0 },
	/* Addresses of the router in pool6 have not been looked for. */
	{ OUTSIDE, OWN_IN_TWO, WIRE, NAT64_CONTINUE, 1 },
};

static void what_is_translated_is_not_translated_again(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		local_check(test, &plain[i]);
}

static const struct local_case covered[] = {
	{ OUTSIDE, OWN_IN_TWO, WIRE, NAT64_ACCEPT },
	{ IN_TWO, OWN_IN_TWO, WIRE, NAT64_ACCEPT },
	{ IN_TWO, OWN_OUTSIDE, WIRE, NAT64_ACCEPT },
	{ OWN_IN_TWO, IN_TWO, OUTPUT, NAT64_ACCEPT },
	{ OWN_IN_TWO, OUTSIDE, OUTPUT, NAT64_ACCEPT },
	{ OWN_IN_TWO, OWN_IN_TWO, LO, NAT64_ACCEPT },
	/* All else is as it was; its own address does not come by a wire. */
	{ OUTSIDE, IN_TWO, WIRE, NAT64_CONTINUE, 1 },
	{ IN_TWO, OUTSIDE, WIRE, NAT64_DROP, 1 },
	{ OWN_IN_TWO, IN_TWO, WIRE, NAT64_DROP, 1 },
	{ IN_TWO, IN_ONE, OUTPUT, NAT64_DROP, 1 },
	{ OWN_OUTSIDE, IN_TWO, OUTPUT, NAT64_CONTINUE, 1 },
};

static void addresses_of_the_router_in_pool6_stay_its_own(struct kunit *test)
{
	unsigned int i;

	WRITE_ONCE(test_nn.covers_own, true);
	for (i = 0; i < ARRAY_SIZE(covered); i++)
		local_check(test, &covered[i]);
}

static const struct local_case beside_device[] = {
	/* What is for the NAT64 with the device is routed there. */
	{ OUTSIDE, IN_ONE, WIRE, NAT64_ACCEPT },
	{ IN_ONE, OUTSIDE, WIRE, NAT64_ACCEPT },
	/* The other translates its own packets, but none that it translated. */
	{ OUTSIDE, IN_TWO, WIRE, NAT64_CONTINUE, 1 },
	{ IN_ONE, IN_TWO, WIRE, NAT64_DROP, 1 },
	{ IN_ONE, IN_TWO, OUTPUT, NAT64_DROP, 1 },
};

static void the_hooks_leave_packets_to_a_nat64_with_a_device(struct kunit *test)
{
	struct local_instances *w = test->priv;
	unsigned int i;

	w->inst[0].by_device = true;
	for (i = 0; i < ARRAY_SIZE(beside_device); i++)
		local_check(test, &beside_device[i]);
}

static struct kunit_case local_cases[] = {
	KUNIT_CASE(what_is_translated_is_not_translated_again),
						/* 6146-4 6146-5.4 */
	KUNIT_CASE(addresses_of_the_router_in_pool6_stay_its_own),
	KUNIT_CASE(the_hooks_leave_packets_to_a_nat64_with_a_device),
	{}
};

static struct kunit_suite local_suite = {
	.name = "nat64_local",
	.init = local_init,
	.test_cases = local_cases,
};

kunit_test_suite(local_suite);

MODULE_LICENSE("GPL");
