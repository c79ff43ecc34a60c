// SPDX-License-Identifier: GPL-2.0
/* books_kunit.c - what of the tables disagrees is noticed, and said */
#include "fixture.h"

/* Two entries, the first with two sessions; the second is static. */
struct desk {
	struct nat64_instance *inst;
	struct nat64_bib *bib;
	struct nat64_session_more *more;
	struct nat64_port_page *page;
	unsigned int port;
};

static void counted_bibs(struct desk *d, bool back)
{
	percpu_counter_add(&d->inst->n_bibs, back ? -1 : 1);
}

static void counted_sessions(struct desk *d, bool back)
{
	percpu_counter_add(&d->inst->n_sessions, back ? -1 : 1);
}

static void counted_statics(struct desk *d, bool back)
{
	d->inst->n_static += back ? -1 : 1;
}

static void counted_held(struct desk *d, bool back)
{
	atomic_add(back ? -1 : 1, &d->inst->n_held);
}

static void counted_by_entry(struct desk *d, bool back)
{
	d->bib->n_sessions += back ? -1 : 1;
}

static void counted_by_host(struct desk *d, bool back)
{
	struct nat64_host6 *host6;

	fixture_enter();
	host6 = rhashtable_lookup(&d->inst->hosts6, &d->bib->key.addr6,
				  host6_params);
	refcount_set(&host6->n_bibs, back ? 1 : 2);
	fixture_leave();
}

static void counted_by_address(struct desk *d, bool back)
{
	fixture_enter();
	nat64_pool4_count_host6(d->inst, d->bib->addr4, back ? -1 : 1);
	fixture_leave();
}

static void counted_by_remote(struct desk *d, bool back)
{
	fixture_enter();
	nat64_remote_find(d->inst, d->bib, d->more->s.dst4)->n_sessions +=
		back ? -1 : 1;
	fixture_leave();
}

static void port_is_free(struct desk *d, bool back)
{
	change_bit(d->port, d->page->used);
}

static void port_without_entry(struct desk *d, bool back)
{
	change_bit(d->port ^ 1, d->page->used);
}

static void pointer_is_lost(struct desk *d, bool back)
{
	RCU_INIT_POINTER(d->page->bib[d->port], back ? d->bib : NULL);
}

static void entry_has_ended(struct desk *d, bool back)
{
	d->bib->state = back ? NAT64_BIB_LIVE : NAT64_BIB_DEAD;
}

static void entry_of_another_port(struct desk *d, bool back)
{
	d->bib->port4 ^= htons(1);
}

static void entry_without_ipv6(struct desk *d, bool back)
{
	fixture_enter();
	if (back)
		nat64_bib_hash_insert(&d->inst->bibs, d->bib);
	else
		nat64_bib_hash_remove(&d->inst->bibs, d->bib);
	fixture_leave();
}

static void session_has_ended(struct desk *d, bool back)
{
	d->more->s.state = back ? NAT64_STATE_ESTABLISHED : NAT64_STATE_CLOSED;
}

static void session_is_lost(struct desk *d, bool back)
{
	if (back)
		rhashtable_insert_fast(&d->inst->sessions, &d->more->node,
				       session_params);
	else
		rhashtable_remove_fast(&d->inst->sessions, &d->more->node,
				       session_params);
}

static void session_of_no_remote(struct desk *d, bool back)
{
	fixture_enter();
	if (back)
		nat64_remote_get(d->inst, d->bib, d->more->s.dst4);
	else
		nat64_remote_put(d->inst, d->bib, d->more->s.dst4);
	fixture_leave();
}

struct fault_case {
	const char *name, *words;
	void (*turn)(struct desk *d, bool back);
};

static const struct fault_case fault_cases[] = {
	{ "BIB entries", "BIB entries on ports: 2, but counted: 3",
	  counted_bibs },
	{ "sessions", "sessions of BIB entries: 2, but counted: 3",
	  counted_sessions },
	{ "static entries", "static BIB entries: 1, but counted: 2",
	  counted_statics },
	{ "ports held down", "ports held down: 0, but counted: 1",
	  counted_held },
	{ "sessions of an entry", "as many sessions as it counts",
	  counted_by_entry },
	{ "entries of a host", "on ports: 2, but counted by their hosts: 3",
	  counted_by_host },
	{ "hosts of an address", "address: 2, but counted by the addresses: 3",
	  counted_by_address },
	{ "sessions of a remote",
	  "the first: 1, but counted by their remotes: 2", counted_by_remote },
	{ "a free port", "has an owner and is free", port_is_free },
	{ "a port without owner", "is taken and has no owner",
	  port_without_entry },
	{ "a lost pointer", "is taken and has no owner", pointer_is_lost },
	{ "an ended entry", "is on its port and does not live",
	  entry_has_ended },
	{ "another port", "is on the port of another", entry_of_another_port },
	{ "no IPv6 side", "is not found by its IPv6 side", entry_without_ipv6 },
	{ "an ended session", "has a session that has ended",
	  session_has_ended },
	{ "a lost session", "has a session that is not found",
	  session_is_lost },
	{ "no remote", "has a session with an unknown remote",
	  session_of_no_remote },
};

static void fault_desc(const struct fault_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fault, fault_cases, fault_desc);

static void disagreements_are_reported(struct kunit *test)
{
	const struct fault_case *c = test->param_value;
	struct nat64_books *books = kunit_kzalloc(test, sizeof(*books),
						  GFP_KERNEL);
	struct fixture *fx = test->priv;
	struct desk d = { .inst = &fx->inst };
	struct nat64_session *ses;
	struct nat64_ports *ports;
	bool said = false;
	u16 port4;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, books);
	fixture_static(test, NAT64_TCP, 2, 2000, "192.0.2.1", 2000);
	d.bib = fixture_bib(test, NAT64_UDP, 1, 4000);
	ses = fixture_add(test, d.bib, "198.51.100.2", 80);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ses));
	d.more = container_of(ses, struct nat64_session_more, s);
	port4 = ntohs(d.bib->port4);
	d.port = port4 % NAT64_PAGE_PORTS;
	fixture_enter();
	ports = nat64_pool4_ports(d.inst, NAT64_UDP, ntohl(d.bib->addr4));
	d.page = rcu_dereference(ports->page[port4 >> NAT64_PAGE_SHIFT]);
	fixture_leave();

	c->turn(&d, false);
	nat64_books_check(d.inst, books);
	c->turn(&d, true);
	KUNIT_EXPECT_FALSE(test, books->moving);
	KUNIT_EXPECT_GE(test, books->n_faults, 1);
	for (i = 0; i < min_t(u32, books->n_faults, NAT64_BOOKS_FAULTS); i++) {
		kunit_info(test, "%s\n", books->fault[i]);
		said |= !!strstr(books->fault[i], c->words);
	}
	KUNIT_EXPECT_TRUE(test, said);
}

/* More goes wrong than there is room for: it is counted. */
static void faults_are_counted_beyond_their_room(struct kunit *test)
{
	struct nat64_books *books = kunit_kzalloc(test, sizeof(*books),
						  GFP_KERNEL);
	struct fixture *fx = test->priv;
	struct nat64_bib *bib[3 * NAT64_BOOKS_FAULTS];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, books);
	for (i = 0; i < ARRAY_SIZE(bib); i++) {
		bib[i] = fixture_bib(test, NAT64_UDP, 1, 4000 + i);
		bib[i]->n_sessions++;
	}
	nat64_books_check(&fx->inst, books);
	KUNIT_EXPECT_EQ(test, books->n_faults, ARRAY_SIZE(bib));
	for (i = 0; i < ARRAY_SIZE(bib); i++)
		bib[i]->n_sessions--;
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(disagreements_are_reported, fault_gen_params),
	KUNIT_CASE(faults_are_counted_beyond_their_room),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_books",
	.init = fixture_init_address,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_LICENSE("GPL");
