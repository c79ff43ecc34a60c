// SPDX-License-Identifier: GPL-2.0
/* page_kunit.c - memory for the ports of pool4: it is bounded, and given back */
#include "fixture.h"
#include "fault.h"

/* Allocated ports: more than there are pages for, if all were drawn. */
#define ALLOCS 8000

/* What a test has allocated, and a naive table of it. */
struct held {
	struct nat64_port_alloc alloc[ALLOCS];
	u8 proto[ALLOCS];
	int n;
	struct xarray table;
};

static struct held *held_new(struct kunit *test)
{
	struct held *held = kvzalloc(sizeof(*held), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, held);
	xa_init(&held->table);
	return held;
}

static void held_free(struct held *held)
{
	xa_destroy(&held->table);
	kvfree(held);
}

static unsigned long place(enum nat64_proto proto,
			   const struct nat64_port_alloc *alloc)
{
	return ((unsigned long)ntohl(alloc->addr) << 18) |
	       (unsigned long)ntohs(alloc->port) << 2 | proto;
}

/* Host N allocates a port, which no other has. */
static int held_alloc(struct kunit *test, struct held *held,
		      enum nat64_proto proto, u32 n)
{
	struct nat64_port_alloc *alloc = &held->alloc[held->n];
	int err = fixture_alloc(test, proto, n, 5000 + n, alloc);

	if (err)
		return err;
	KUNIT_EXPECT_EQ_MSG(test,
			    xa_insert(&held->table, place(proto, alloc),
				      xa_mk_value(1), GFP_KERNEL),
			    0, "%pI4:%u is given out twice", &alloc->addr,
			    ntohs(alloc->port));
	held->proto[held->n++] = proto;
	return 0;
}

static void held_give(struct kunit *test, struct held *held, int i)
{
	fixture_cancel(test, held->proto[i], &held->alloc[i]);
	KUNIT_EXPECT_NOT_NULL(test,
			      xa_erase(&held->table,
				       place(held->proto[i], &held->alloc[i])));
	held->n--;
	held->alloc[i] = held->alloc[held->n];
	held->proto[i] = held->proto[held->n];
}

/* What the pages of an address take, and that their users are counted. */
static u32 count_ports(struct kunit *test, const struct nat64_ports *ports)
{
	u32 units = NAT64_MEMORY_PORTS, n = 0;
	struct nat64_port_page *page;
	int i;

	for (i = 0; i < NAT64_PAGES; i++) {
		page = rcu_dereference_raw(ports->page[i]);
		if (!page)
			continue;
		n++;
		units += NAT64_MEMORY_PAGE;
		KUNIT_EXPECT_EQ(test, atomic_read(&page->users), 1 +
				bitmap_weight(page->used, NAT64_PAGE_PORTS));
	}
	KUNIT_EXPECT_EQ(test, ports->n_pages, n);
	KUNIT_EXPECT_GT(test, n, 0);
	return units;
}

/* What is counted is what there is. */
static void expect_counted(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_addr4 *addr4;
	struct nat64_ports *ports;
	unsigned long host;
	u32 units = 0;
	int proto;

	xa_for_each(&fx->inst.addrs, host, addr4) {
		units += NAT64_MEMORY_ADDR;
		for (proto = 0; proto < NAT64_PROTOS; proto++) {
			ports = rcu_dereference_raw(addr4->ports[proto]);
			if (ports)
				units += count_ports(test, ports);
		}
	}
	KUNIT_EXPECT_EQ(test, fx->inst.pages_memory, units);
}

static void expect_nothing(struct kunit *test)
{
	struct fixture *fx = test->priv;

	KUNIT_EXPECT_EQ(test, fx->inst.pages_memory, 0);
	KUNIT_EXPECT_TRUE(test, xa_empty(&fx->inst.addrs));
	KUNIT_EXPECT_NULL(test, memchr_inv(fx->inst.near, 0,
					   sizeof(fx->inst.near)));
}

/* Ports come and go; when all have gone, so has the memory. */
static void memory_is_given_back(struct kunit *test)
{
	struct held *held = held_new(test);
	struct rnd_state rnd;
	int i;

	test_seed(test, &rnd);
	fixture_pool4(test, "192.0.2.0", 26, 0, 65535, PROTO_BITS, 0);
	for (i = 0; i < 2 * ALLOCS; i++) {
		u32 r = prandom_u32_state(&rnd);

		if (r % 3 || !held->n)
			KUNIT_ASSERT_EQ(test, held_alloc(test, held, r / 3 % 3,
							 r % 1000), 0);
		else
			held_give(test, held, r / 3 % held->n);
		if (held->n == ALLOCS)
			held_give(test, held, r % ALLOCS);
		if (!(i % 1000)) {
			fixture_expire(test);
			expect_counted(test);
		}
	}
	while (held->n)
		held_give(test, held, held->n - 1);
	expect_counted(test);
	fixture_expire(test);
	expect_nothing(test);
	held_free(held);
}

/*
 * More hosts than there is memory for a page each: the bound holds, and those
 * that come later get ports of the pages that are there.
 */
static void memory_is_bounded(struct kunit *test)
{
	struct held *held = held_new(test);
	struct fixture *fx = test->priv;
	u32 max;
	int i;

	fx->cfg->keys.maximum_sessions = 1000;
	fixture_pool4(test, "10.0.0.0", 20, 0, 65535, PROTO_BITS, 0);
	for (i = 0; i < ALLOCS; i++)
		KUNIT_ASSERT_EQ(test, held_alloc(test, held, i % 3, i), 0);
	expect_counted(test);
	/* 4 MiB, and nearly all of it. */
	max = 65536;
	KUNIT_EXPECT_LE(test, fx->inst.pages_memory, max);
	KUNIT_EXPECT_GE(test, fx->inst.pages_memory, max - 200);
	while (held->n)
		held_give(test, held, held->n - 1);
	fixture_expire(test);
	expect_nothing(test);
	held_free(held);
}

/* The bound grows with maximum-sessions: 64 octets each. */
static void more_sessions_have_more_memory(struct kunit *test)
{
	struct held *held = held_new(test);
	struct fixture *fx = test->priv;
	int i;

	fx->cfg->keys.maximum_sessions = 200000;
	fixture_pool4(test, "10.0.0.0", 20, 0, 65535, PROTO_BITS, 0);
	for (i = 0; i < ALLOCS; i++)
		KUNIT_ASSERT_EQ(test, held_alloc(test, held, i % 3, i), 0);
	KUNIT_EXPECT_LE(test, fx->inst.pages_memory, 200000);
	KUNIT_EXPECT_GE(test, fx->inst.pages_memory, 200000 - 200);
	while (held->n)
		held_give(test, held, held->n - 1);
	held_free(held);
}

static struct nat64_port_page *page_of(struct kunit *test,
				       enum nat64_proto proto,
				       const struct nat64_port_alloc *alloc)
{
	struct fixture *fx = test->priv;
	struct nat64_port_page *page;
	struct nat64_ports *ports;

	fixture_enter();
	ports = nat64_pool4_ports(&fx->inst, proto, ntohl(alloc->addr));
	page = ports ? rcu_dereference(ports->page[ntohs(alloc->port) >>
						   NAT64_PAGE_SHIFT]) :
		       NULL;
	fixture_leave();
	return page;
}

/* Only what is due is looked at. */
static void expire_due(struct kunit *test)
{
	struct fixture *fx = test->priv;
	u32 all = 0;

	nat64_walk_pages(&fx->inst, nat64_expire_page, &all);
}

/* A page stays for a minute after its last port, for flows come and go. */
static void a_page_stays_for_a_minute(struct kunit *test)
{
	struct nat64_port_page *page;
	struct nat64_port_alloc alloc;
	s32 left;

	fixture_pool4(test, "192.0.2.1", 32, 0, 65535, PROTO_BITS, 0);
	KUNIT_ASSERT_EQ(test, fixture_alloc(test, NAT64_UDP, 1, 4000, &alloc),
			0);
	page = page_of(test, NAT64_UDP, &alloc);
	KUNIT_ASSERT_NOT_NULL(test, page);
	/* As after expiry has been there. */
	page->due = (u32)jiffies + NAT64_PAGE_NEVER;
	fixture_cancel(test, NAT64_UDP, &alloc);
	left = page->due - (u32)jiffies;
	KUNIT_EXPECT_LE(test, left, 60 * HZ);
	KUNIT_EXPECT_GE(test, left, 50 * HZ);
	expire_due(test);
	KUNIT_EXPECT_PTR_EQ(test, page_of(test, NAT64_UDP, &alloc), page);
	page->due = (u32)jiffies;
	expire_due(test);
	KUNIT_EXPECT_NULL(test, page_of(test, NAT64_UDP, &alloc));
	expect_nothing(test);
}

/* So does one that was made for a port that another CPU then took. */
static void a_page_without_a_port_goes(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_port_page *page;

	fixture_enter();
	page = nat64_page_get(&fx->inst, NAT64_TCP, 0xc0000201, 5);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_LE(test, page->due - (u32)jiffies, 60 * HZ);
	nat64_page_put(page);
	fixture_leave();
	fixture_expire(test);
	expect_nothing(test);
}

/* Who has found a page that is freed before a port is taken gets another. */
static void a_page_that_goes_is_not_used(struct kunit *test)
{
	struct nat64_cursor cursor = {
		.addr = 0xc0000201, .proto = NAT64_TCP, .port = 5 * 512,
	};
	struct fixture *fx = test->priv;
	struct nat64_port_page *page, *again;

	fixture_enter();
	page = nat64_page_get(&fx->inst, NAT64_TCP, 0xc0000201, 5);
	KUNIT_ASSERT_NOT_NULL(test, page);
	/* Not while somebody uses it. */
	nat64_page_trim(&fx->inst, &cursor, page);
	KUNIT_EXPECT_EQ(test, atomic_read(&page->users), 2);
	nat64_page_put(page);
	nat64_page_trim(&fx->inst, &cursor, page);
	KUNIT_EXPECT_EQ(test, atomic_read(&page->users), 0);
	KUNIT_EXPECT_FALSE(test, atomic_inc_not_zero(&page->users));
	again = nat64_page_get(&fx->inst, NAT64_TCP, 0xc0000201, 5);
	KUNIT_ASSERT_NOT_NULL(test, again);
	KUNIT_EXPECT_PTR_NE(test, again, page);
	nat64_page_put(again);
	fixture_leave();
	fixture_expire(test);
	expect_nothing(test);
}

/* A port that is held down keeps its page. */
static void a_port_that_is_held_keeps_its_page(struct kunit *test)
{
	struct nat64_port_alloc alloc;
	struct nat64_bib *bib;

	fixture_pool4(test, "192.0.2.1", 32, 0, 65535, PROTO_BITS, 0);
	bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	alloc.addr = bib->addr4;
	alloc.port = bib->port4;
	KUNIT_EXPECT_TRUE(test, fixture_remove_bib(test, bib, true));
	fixture_expire(test);
	KUNIT_EXPECT_NOT_NULL(test, page_of(test, NAT64_UDP, &alloc));
	expect_counted(test);
	fixture_clock += 1000;
	fixture_expire(test);
	fixture_expire(test);
	expect_nothing(test);
}

/* A host keeps its address, although its ports there have gone. */
static void an_address_stays_as_long_as_it_has_a_host(struct kunit *test)
{
	struct nat64_port_alloc alloc, elsewhere = {};
	struct fixture *fx = test->priv;
	struct nat64_host6 *host6;
	struct in6_addr addr6 = fixture_host(1);

	fixture_pool4(test, "192.0.2.1", 32, 0, 65535, PROTO_BITS, 0);
	KUNIT_ASSERT_EQ(test, fixture_alloc(test, NAT64_UDP, 1, 4000, &alloc),
			0);
	elsewhere.addr = alloc.addr;
	fixture_enter();
	host6 = nat64_host6_get(&fx->inst, &addr6);
	KUNIT_ASSERT_NOT_NULL(test, host6);
	nat64_host6_pair(&fx->inst, host6, elsewhere.addr);
	fixture_leave();
	fixture_cancel(test, NAT64_UDP, &alloc);
	fixture_expire(test);
	KUNIT_EXPECT_EQ(test, fx->inst.pages_memory, NAT64_MEMORY_ADDR);
	fixture_enter();
	nat64_host6_put(&fx->inst, &addr6);
	fixture_leave();
	expect_nothing(test);
}

/* Whichever allocation fails, nothing is counted that is not there. */
static void without_memory_nothing_is_left_behind(struct kunit *test)
{
	struct nat64_port_alloc alloc;
	int n, err;

	fault_init(test);
	fixture_pool4(test, "192.0.2.1", 32, 0, 65535, PROTO_BITS, 0);
	for (n = 1; n < 20; n++) {
		bool fired;

		fault_begin(n);
		err = fixture_alloc(test, NAT64_UDP, 1, 4000, &alloc);
		fired = fault_end();
		expect_counted(test);
		if (!err)
			fixture_cancel(test, NAT64_UDP, &alloc);
		else
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		fixture_expire(test);
		expect_nothing(test);
		if (!fired)
			break;
	}
	KUNIT_EXPECT_LT(test, n, 20);
}

/* Nor is a port refused while a page that is there has one. */
static void without_memory_the_pages_serve(struct kunit *test)
{
	struct held *held = held_new(test);
	int i;

	fault_init(test);
	fixture_pool4(test, "192.0.2.1", 32, 0, 65535, PROTO_BITS, 0);
	KUNIT_ASSERT_EQ(test, held_alloc(test, held, NAT64_TCP, 1), 0);
	for (i = 0; i < 500; i++) {
		fault_begin(1);
		KUNIT_ASSERT_EQ(test,
				fixture_alloc(test, NAT64_TCP, i, i + 2000,
					      &held->alloc[held->n]),
				0);
		fault_end();
		held->proto[held->n] = NAT64_TCP;
		KUNIT_ASSERT_EQ(test,
				xa_insert(&held->table,
					  place(NAT64_TCP,
						&held->alloc[held->n]),
					  xa_mk_value(1), GFP_KERNEL), 0);
		held->n++;
	}
	while (held->n)
		held_give(test, held, held->n - 1);
	fixture_expire(test);
	expect_nothing(test);
	held_free(held);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(memory_is_given_back),
	KUNIT_CASE(memory_is_bounded),
	KUNIT_CASE(more_sessions_have_more_memory),
	KUNIT_CASE(a_page_stays_for_a_minute),
	KUNIT_CASE(a_page_without_a_port_goes),
	KUNIT_CASE(a_page_that_goes_is_not_used),
	KUNIT_CASE(a_port_that_is_held_keeps_its_page),
	KUNIT_CASE(an_address_stays_as_long_as_it_has_a_host),
	KUNIT_CASE(without_memory_nothing_is_left_behind),
	KUNIT_CASE(without_memory_the_pages_serve),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_page",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
