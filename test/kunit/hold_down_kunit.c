// SPDX-License-Identifier: GPL-2.0
/*
 * hold_down_kunit.c - ports that wait before they serve again (RFC 6888 REQ-8)
 *
 * The configuration is as it is made: 120 seconds, 65536 ports. The clock has
 * whole seconds only: when it says 120, less may have passed, so no case asks
 * what is true just then.
 */
#include "fixture.h"

#define HOLD 120

/* A pool of so many ports from 2000 on. */
static void pool_of(struct kunit *test, u32 n)
{
	fixture_pool4(test, "192.0.2.1", 32, 2000, 2000 + n - 1, PROTO_BITS, 0);
}

static int held(struct kunit *test)
{
	struct fixture *fx = test->priv;

	return atomic_read(&fx->inst.n_held);
}

/* Make an entry of host 1 and remove it again. */
static u16 use(struct kunit *test, enum nat64_proto proto, u16 port)
{
	struct nat64_bib *bib = fixture_bib(test, proto, 1, port);
	u16 port4 = ntohs(bib->port4);

	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib, true));
	return port4;
}

/* Is there a port to be had? If so, it is given back at once. */
static int try_alloc(struct kunit *test, enum nat64_proto proto)
{
	struct nat64_port_alloc alloc;
	int err = fixture_alloc(test, proto, 2, 3000, &alloc);

	if (!err)
		fixture_cancel(test, proto, &alloc);
	return err;
}

static const u8 holding_protos[] = { NAT64_UDP, NAT64_ICMP };

static void proto_desc(const u8 *proto, char *desc)
{
	strscpy(desc, *proto == NAT64_UDP ? "UDP" : "ICMP",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(proto, holding_protos, proto_desc);

/* 6888-8: not before its time, but then. */
static void a_freed_port_waits(struct kunit *test)
{
	u8 proto = *(const u8 *)test->param_value;

	pool_of(test, 1);
	use(test, proto, 1000);
	KUNIT_EXPECT_EQ(test, held(test), 1);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_PORT_HELD), 1);
	KUNIT_EXPECT_EQ(test, try_alloc(test, proto), -EBUSY);
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, try_alloc(test, proto), -EBUSY);
	fixture_clock += HOLD - 1;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, try_alloc(test, proto), -EBUSY);
	KUNIT_EXPECT_EQ(test, held(test), 1);
	fixture_clock += 2;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, try_alloc(test, proto), 0);
	KUNIT_EXPECT_EQ(test, held(test), 0);
	/* It serves again, and waits again. */
	use(test, proto, 1000);
	KUNIT_EXPECT_EQ(test, try_alloc(test, proto), -EBUSY);
}

/* Likewise for its last owner, which may be another program by now. */
static void its_last_owner_waits_as_well(struct kunit *test)
{
	struct nat64_port_alloc alloc;

	pool_of(test, 1);
	use(test, NAT64_UDP, 1000);
	KUNIT_EXPECT_EQ(test, fixture_alloc(test, NAT64_UDP, 1, 1000, &alloc),
			-EBUSY);
}

#define PAGE_OF_PORTS ((int)NAT64_PAGE_PORTS)

/* Each has a time of its own; a full page serves again port by port. */
static void ports_come_back_one_by_one(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;
	u16 port[PAGE_OF_PORTS];
	int i;

	fx->parts = true;
	fx->cfg->keys.hold_down_time = 1000 * HOLD;
	/* A page, so that the hint that it is full is set. */
	fixture_pool4(test, "192.0.2.1", 32, 2048, 2047 + PAGE_OF_PORTS,
		      PROTO_BITS, 0);
	for (i = 0; i < PAGE_OF_PORTS; i++) {
		port[i] = use(test, NAT64_UDP, 1000 + i);
		fixture_clock += 2;
	}
	KUNIT_EXPECT_EQ(test, held(test), PAGE_OF_PORTS);
	KUNIT_EXPECT_EQ(test, try_alloc(test, NAT64_UDP), -EBUSY);
	fixture_clock += 1000 * HOLD + 1 - 2 * PAGE_OF_PORTS;
	for (i = 0; i < PAGE_OF_PORTS; i++) {
		fixture_expire(test);
		KUNIT_EXPECT_EQ(test, held(test), PAGE_OF_PORTS - 1 - i);
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_UDP, 2, 3000, &alloc),
				0);
		KUNIT_EXPECT_EQ(test, ntohs(alloc.port), port[i]);
		KUNIT_EXPECT_EQ(test, try_alloc(test, NAT64_UDP), -EBUSY);
		fixture_clock += 2;
	}
}

/* The time that counts is that of the configuration now. */
static void a_changed_time_counts_at_once(struct kunit *test)
{
	struct fixture *fx = test->priv;

	pool_of(test, 1);
	use(test, NAT64_UDP, 1000);
	fixture_clock += HOLD;
	fx->cfg->keys.hold_down_time = 2 * HOLD;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, try_alloc(test, NAT64_UDP), -EBUSY);
	fx->cfg->keys.hold_down_time = 0;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, held(test), 0);
	use(test, NAT64_UDP, 1000);
	KUNIT_EXPECT_EQ(test, held(test), 0);
	KUNIT_EXPECT_EQ(test, try_alloc(test, NAT64_UDP), 0);
}

/* 6888-8: so many, so that who frees many does not exhaust the pool. */
static void only_so_many_ports_wait(struct kunit *test)
{
	struct fixture *fx = test->priv;
	int i;

	pool_of(test, 10);
	fx->cfg->keys.hold_down_ports = 3;
	for (i = 0; i < 30; i++) {
		use(test, i & 1 ? NAT64_UDP : NAT64_ICMP, 1000);
		KUNIT_EXPECT_EQ(test, held(test), min(i + 1, 3));
	}
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_PORT_HELD), 3);
	fixture_clock += HOLD + 1;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, held(test), 0);
	use(test, NAT64_UDP, 1000);
	KUNIT_EXPECT_EQ(test, held(test), 1);
	fx->cfg->keys.hold_down_ports = 0;
	use(test, NAT64_UDP, 1000);
	KUNIT_EXPECT_EQ(test, held(test), 1);
}

/* A static entry, or a remote that is waited for, gets the port it asks for. */
static void a_held_port_can_be_requested(struct kunit *test)
{
	__be32 addr = test_addr4("192.0.2.1");
	struct nat64_port_alloc alloc;
	struct nat64_bib *bib;

	pool_of(test, 1);
	use(test, NAT64_UDP, 1000);
	bib = fixture_static(test, NAT64_UDP, 5, 5000, "192.0.2.1", 2000);
	KUNIT_EXPECT_EQ(test, held(test), 0);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find4(test, NAT64_UDP, addr, 2000),
			    bib);
	KUNIT_EXPECT_EQ(test, fixture_alloc_fixed(test, NAT64_UDP, addr, 2000,
						  &alloc), -EBUSY);
	/* Its time was that of the last owner. */
	fixture_clock += HOLD + 1;
	fixture_expire(test);
	KUNIT_EXPECT_PTR_EQ(test, fixture_find4(test, NAT64_UDP, addr, 2000),
			    bib);
	KUNIT_EXPECT_EQ(test, try_alloc(test, NAT64_UDP), -EBUSY);
}

/* A port that is allocated, but not published yet, is not held down. */
static void an_allocated_port_is_not_given_back(struct kunit *test)
{
	struct nat64_port_alloc alloc;

	pool_of(test, 1);
	use(test, NAT64_UDP, 1000);
	KUNIT_ASSERT_EQ(test,
			fixture_alloc_fixed(test, NAT64_UDP,
					    test_addr4("192.0.2.1"), 2000,
					    &alloc),
			0);
	fixture_clock += 10 * HOLD;
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, try_alloc(test, NAT64_UDP), -EBUSY);
	fixture_cancel(test, NAT64_UDP, &alloc);
	KUNIT_EXPECT_EQ(test, held(test), 0);
	KUNIT_EXPECT_EQ(test, try_alloc(test, NAT64_UDP), 0);
}

struct free_case {
	const char *name;
	u8 proto;
	bool is_static, by_address, by_port;
};

/* 6888-8 a, b: TCP is followed; filtering keeps packets of others out. */
static const struct free_case free_cases[] = {
	{ "TCP", NAT64_TCP },
	{ "static UDP", NAT64_UDP, true },
	{ "static ICMP", NAT64_ICMP, true },
	{ "UDP, address-dependent filtering", NAT64_UDP, false, true },
	{ "ICMP, address-dependent filtering", NAT64_ICMP, false, true },
	{ "UDP, port-dependent filtering", NAT64_UDP, false, false, true },
};

static void free_desc(const struct free_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(free, free_cases, free_desc);

static void some_ports_need_not_wait(struct kunit *test)
{
	const struct free_case *c = test->param_value;
	struct fixture *fx = test->priv;
	struct nat64_bib *bib;

	pool_of(test, 1);
	fx->cfg->keys.address_dependent_filtering = c->by_address;
	fx->cfg->keys.port_dependent_filtering = c->by_port;
	if (c->is_static)
		bib = fixture_static(test, c->proto, 1, 1000, "192.0.2.1",
				     2000);
	else
		bib = fixture_bib(test, c->proto, 1, 1000);
	fixture_remove_bib(test, bib, true);
	KUNIT_EXPECT_EQ(test, held(test), 0);
	KUNIT_EXPECT_EQ(test, fixture_stat(test, NAT64_STAT_PORT_HELD), 0);
	KUNIT_EXPECT_EQ(test, try_alloc(test, c->proto), 0);
}

static void count_visit(struct nat64_instance *inst, struct nat64_bib *bib,
			struct nat64_walk_budget *budget, void *arg)
{
	(*(int *)arg)++;
}

/* No packet finds it, no walk meets it. */
static void a_held_port_is_no_entry(struct kunit *test)
{
	__be32 addr = test_addr4("192.0.2.1");
	struct fixture *fx = test->priv;
	u16 port;
	int n = 0;

	pool_of(test, 2);
	port = use(test, NAT64_UDP, 1000);
	KUNIT_EXPECT_NULL(test, fixture_find4(test, NAT64_UDP, addr, port));
	nat64_walk(&fx->inst, count_visit, &n);
	KUNIT_EXPECT_EQ(test, n, 0);
	fixture_bib(test, NAT64_UDP, 1, 1001);
	nat64_walk(&fx->inst, count_visit, &n);
	KUNIT_EXPECT_EQ(test, n, 1);
	/* Two passes, and its sessions: nothing to expire. */
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, fixture_bibs(test), 1);
}

/* The pool goes while ports wait: kmemleak and the end of the cache tell. */
static void the_pool_may_go_with_held_ports(struct kunit *test)
{
	int i;

	fixture_pool4(test, "192.0.2.0", 30, 1, 65535, PROTO_BITS, 0);
	for (i = 0; i < 300; i++)
		use(test, i % NAT64_PROTOS, 1000 + i);
	KUNIT_EXPECT_EQ(test, held(test), 200);
}

#define RANDOM_PORTS 80

/* What a naive model knows of a port. */
struct naive_port {
	struct nat64_bib *bib;
	time64_t until;		/* held down; 0: it is not */
};

static int naive_free(const struct naive_port *naive)
{
	int i, n = 0;

	for (i = 0; i < RANDOM_PORTS; i++)
		n += !naive[i].bib && !naive[i].until;
	return n;
}

static void naive_pass(struct naive_port *naive)
{
	int i;

	for (i = 0; i < RANDOM_PORTS; i++)
		if (naive[i].until <= fixture_clock)
			naive[i].until = 0;
}

/* Entries come and go and time passes; a naive model says which are free. */
static void random_use_agrees_with_a_naive_model(struct kunit *test)
{
	static struct naive_port naive[RANDOM_PORTS];
	struct nat64_port_alloc alloc;
	struct rnd_state rnd;
	int i, err;

	test_seed(test, &rnd);
	memset(naive, 0, sizeof(naive));
	pool_of(test, RANDOM_PORTS);
	for (i = 0; i < 6000; i++) {
		u32 r = prandom_u32_state(&rnd);
		struct naive_port *port = &naive[(r >> 8) % RANDOM_PORTS];

		err = fixture_alloc(test, NAT64_UDP, 1, r >> 16, &alloc);
		KUNIT_ASSERT_EQ(test, err, naive_free(naive) ? 0 : -EBUSY);
		if (!err)
			fixture_cancel(test, NAT64_UDP, &alloc);
		if (!err && r & 1) {
			struct nat64_bib *bib;

			bib = fixture_bib(test, NAT64_UDP, 1, i);
			port = &naive[ntohs(bib->port4) - 2000];
			KUNIT_ASSERT_NULL(test, port->bib);
			KUNIT_ASSERT_EQ(test, port->until, 0);
			port->bib = bib;
		} else if (port->bib) {
			fixture_remove_bib(test, port->bib, true);
			port->bib = NULL;
			port->until = fixture_clock + HOLD;
		}
		/* Ports are freed at even seconds, looked for at odd ones. */
		fixture_clock += (r >> 30) * 2;
		if (r & 4) {
			fixture_clock++;
			fixture_expire(test);
			naive_pass(naive);
			fixture_clock++;
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_freed_port_waits, proto_gen_params), /* 6888-8 */
	KUNIT_CASE(its_last_owner_waits_as_well), /* 6888-8 */
	KUNIT_CASE(ports_come_back_one_by_one), /* 6888-8 */
	KUNIT_CASE(a_changed_time_counts_at_once), /* 6888-8 */
	KUNIT_CASE(only_so_many_ports_wait), /* 6888-8 */
	KUNIT_CASE(a_held_port_can_be_requested),
	KUNIT_CASE(an_allocated_port_is_not_given_back),
	KUNIT_CASE_PARAM(some_ports_need_not_wait,
			 free_gen_params), /* 6888-8 */
	KUNIT_CASE(a_held_port_is_no_entry), /* 6888-8 */
	KUNIT_CASE(the_pool_may_go_with_held_ports),
	KUNIT_CASE(random_use_agrees_with_a_naive_model), /* 6888-8 */
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_hold_down",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
