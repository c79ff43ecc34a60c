/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fixture.h - an instance of its own for each test, with the sources of tables
 *
 * test->priv is the struct fixture. When a test ends, its tables are emptied;
 * what is left behind makes the end of a cache complain.
 */
#ifndef NAT64_KUNIT_FIXTURE_H
#define NAT64_KUNIT_FIXTURE_H

#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>
#include "util.h"

/* The module's own caches may be there, under the same names. */
#define kmem_cache_create(name, ...) \
	kmem_cache_create("kunit_" name, __VA_ARGS__)

/* The clock by which ports are held down: tests move it. */
static time64_t fixture_clock = 1000;

#define ktime_get_seconds() READ_ONCE(fixture_clock)

#include "../../kernel/rfc/rfc6052.c"
#include "../../kernel/rfc/tcp_fsm.c"
#include "../../kernel/table/bib.c"
#include "../../kernel/table/bib_end.c"
#include "../../kernel/table/bib_hash.c"
#include "../../kernel/table/bib_static.c"
#include "../../kernel/table/books.c"
#include "../../kernel/table/config.c"
#include "../../kernel/table/entry.c"
#include "../../kernel/table/event.c"
#include "../../kernel/table/exhausted.c"
#include "../../kernel/table/expire.c"
#include "../../kernel/table/host6.c"
#include "../../kernel/table/lifetime.c"
#include "../../kernel/table/limit.c"
#include "../../kernel/table/page.c"
#include "../../kernel/table/pool4.c"
#include "../../kernel/table/pool4_set.c"
#include "../../kernel/table/port_alloc.c"
#include "../../kernel/table/reclaim.c"
#include "../../kernel/table/remote.c"
#include "../../kernel/table/session.c"
#include "../../kernel/table/session_walk.c"
#include "../../kernel/table/stats.c"
#include "../../kernel/table/usage.c"
#include "../../kernel/table/walk.c"

/* Room for pool4 entries in a test's configuration. */
#define FIXTURE_ENTRIES 64

#define PROTO_BITS (BIT(NAT64_TCP) | BIT(NAT64_UDP) | BIT(NAT64_ICMP))

struct fixture {
	struct nat64_instance inst;
	struct nat64_config *cfg;
	/* The test takes ports without BIB entries, or entries without ports. */
	bool parts;
};

static inline void fixture_enter(void)
{
	local_bh_disable();
	rcu_read_lock();
}

static inline void fixture_leave(void)
{
	rcu_read_unlock();
	local_bh_enable();
}

static inline void fixture_remove(struct nat64_instance *inst,
				  struct nat64_bib *bib,
				  struct nat64_walk_budget *budget, void *arg)
{
	nat64_bib_remove(inst, bib, budget);
}

static inline int fixture_tables(struct nat64_instance *inst)
{
	nat64_pool4_table_init(inst);
	inst->net = &init_net;
	inst->stats = nat64_stats_alloc();
	if (!inst->stats)
		return -ENOMEM;
	return percpu_counter_init(&inst->n_bibs, 0, GFP_KERNEL)	     ?:
		       percpu_counter_init(&inst->n_sessions, 0, GFP_KERNEL) ?:
		       nat64_bib_table_init(inst)			     ?:
		       nat64_remote_table_init(inst)			     ?:
		       nat64_session_table_init(inst)			     ?:
		       nat64_host6_table_init(inst);
}

static inline int fixture_init(struct kunit *test)
{
	struct fixture *fx = kunit_kzalloc(test, sizeof(*fx), GFP_KERNEL);
	int err;

	if (!fx)
		return -ENOMEM;
	err = nat64_pool4_init()	   ?:
		      nat64_host6_init()   ?:
		      nat64_bib_init()	   ?:
		      nat64_remote_init()  ?:
		      nat64_session_init() ?:
					     fixture_tables(&fx->inst);
	if (err)
		return err;
	fx->cfg = nat64_config_alloc(FIXTURE_ENTRIES);
	if (!fx->cfg)
		return -ENOMEM;
	RCU_INIT_POINTER(fx->inst.config, fx->cfg);
	test->priv = fx;
	return 0;
}

/* Likewise, for tests whose tables need not agree. */
static inline int fixture_init_parts(struct kunit *test)
{
	struct fixture *fx;
	int err = fixture_init(test);

	if (err)
		return err;
	fx = test->priv;
	fx->parts = true;
	return 0;
}

/* The tables agree with each other. */
static inline void fixture_books(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_books *books;
	unsigned int i;

	books = kunit_kzalloc(test, sizeof(*books), GFP_KERNEL);
	if (!books || fx->parts)
		return;
	nat64_books_check(&fx->inst, books);
	KUNIT_EXPECT_FALSE(test, books->moving);
	KUNIT_EXPECT_EQ(test, books->n_faults, 0);
	for (i = 0; i < min_t(u32, books->n_faults, NAT64_BOOKS_FAULTS); i++)
		kunit_err(test, "%s\n", books->fault[i]);
}

static inline void fixture_exit(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_instance *inst;

	if (!fx)
		return;
	inst = &fx->inst;
	fixture_books(test);
	nat64_walk(inst, fixture_remove, NULL);
	fixture_books(test);
	KUNIT_EXPECT_EQ(test, percpu_counter_sum(&inst->n_bibs), 0);
	KUNIT_EXPECT_EQ(test, percpu_counter_sum(&inst->n_sessions), 0);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, atomic_read(&inst->hosts6.nelems), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&inst->remotes.nelems), 0);
	nat64_host6_table_exit(inst);
	nat64_session_table_exit(inst);
	nat64_remote_table_exit(inst);
	nat64_bib_table_exit(inst);
	nat64_pool4_destroy(inst);
	percpu_counter_destroy(&inst->n_sessions);
	percpu_counter_destroy(&inst->n_bibs);
	free_percpu(inst->stats);
	nat64_exhausted_put(fx->cfg->pool4.exhausted);
	kvfree(fx->cfg);
	nat64_session_exit();
	nat64_remote_exit();
	nat64_bib_exit();
	nat64_host6_exit();
	nat64_pool4_exit();
}

/* Pool4 has changed. */
static inline void fixture_exhausted(struct kunit *test)
{
	struct fixture *fx = test->priv;

	nat64_pool4_set_sort(&fx->cfg->pool4);
	nat64_exhausted_put(fx->cfg->pool4.exhausted);
	nat64_exhausted_attach(&fx->cfg->pool4, NULL);
	KUNIT_ASSERT_EQ(test, !fx->cfg->pool4.exhausted, !fx->cfg->pool4.n);
}

/* Add ADDR/LEN ports MIN to MAX; the configuration is not copied. */
static inline void fixture_pool4(struct kunit *test, const char *addr, u8 len,
				 u16 min, u16 max, u8 protos, u32 mark)
{
	struct fixture *fx = test->priv;
	struct nat64_pool4_entry entry = {
		.addr = ntohl(test_addr4(addr)),
		.len = len,
		.mark = mark,
		.protos = protos,
		.n_ranges = 1,
		.ranges[0] = { min, max },
	};

	KUNIT_ASSERT_NULL(test, nat64_pool4_set_add(&fx->cfg->pool4, &entry));
	fixture_exhausted(test);
}

/* fixture_init(), with all ports of ADDR/LEN in pool4 */
static inline int fixture_init_pool(struct kunit *test, const char *addr,
				    u8 len)
{
	int err = fixture_init(test);

	if (!err)
		fixture_pool4(test, addr, len, 1, 65535, PROTO_BITS, 0);
	return err;
}

/* Likewise, with those of 192.0.2.1 */
static inline int fixture_init_address(struct kunit *test)
{
	return fixture_init_pool(test, "192.0.2.1", 32);
}

/* The IPv6 hosts of the tests: 2001:db8::N. */
static inline struct in6_addr fixture_host(u32 n)
{
	struct in6_addr addr = test_addr6("2001:db8::");

	addr.s6_addr32[3] = htonl(n);
	return addr;
}

static inline struct nat64_bib_key fixture_key(enum nat64_proto proto, u32 n,
					       u16 port)
{
	struct nat64_bib_key key = {
		.addr6 = fixture_host(n), .port6 = htons(port), .proto = proto,
	};

	return key;
}

static inline int fixture_alloc(struct kunit *test, enum nat64_proto proto,
				u32 n, u16 port, struct nat64_port_alloc *alloc)
{
	struct fixture *fx = test->priv;
	struct in6_addr addr6 = fixture_host(n);
	int err;

	fixture_enter();
	err = nat64_port_alloc(&fx->inst, fx->cfg, proto, &addr6, htons(port),
			       0, 0, alloc);
	fixture_leave();
	return err;
}

static inline int fixture_alloc_fixed(struct kunit *test,
				      enum nat64_proto proto, __be32 addr,
				      u16 port, struct nat64_port_alloc *alloc)
{
	struct fixture *fx = test->priv;
	int err;

	fixture_enter();
	err = nat64_port_alloc_fixed(&fx->inst, proto, addr, htons(port),
				     alloc);
	fixture_leave();
	return err;
}

static inline void fixture_cancel(struct kunit *test, enum nat64_proto proto,
				  const struct nat64_port_alloc *alloc)
{
	struct fixture *fx = test->priv;

	fixture_enter();
	nat64_port_alloc_cancel(&fx->inst, proto, alloc);
	fixture_leave();
}

/* The IPv4 address that host N is known to have, or 0. */
static inline __be32 fixture_addr4(struct kunit *test, u32 n)
{
	struct fixture *fx = test->priv;
	struct in6_addr addr6 = fixture_host(n);
	__be32 addr4;

	fixture_enter();
	addr4 = nat64_host6_addr4(&fx->inst, &addr6);
	fixture_leave();
	return addr4;
}

/* One pass of the worker that expires, over everything. */
static inline void fixture_expire(struct kunit *test)
{
	struct fixture *fx = test->priv;
	u32 all = 1;

	nat64_walk_pages(&fx->inst, nat64_expire_page, &all);
}

/* A session with REMOTE:PORT that has just begun. */
static inline struct nat64_session fixture_session(const char *remote, u16 port,
						   enum nat64_state state)
{
	struct nat64_session ses = {
		.dst4 = test_addr4(remote),
		.dport = htons(port),
		.state = state,
		.last_seen = (u32)jiffies,
	};

	return ses;
}

/* A dynamic BIB entry of host N; its first session is with 198.51.100.1:80. */
static inline struct nat64_bib *fixture_bib(struct kunit *test,
					    enum nat64_proto proto, u32 n,
					    u16 port)
{
	struct nat64_session first = fixture_session("198.51.100.1", 80,
						     NAT64_STATE_ESTABLISHED);
	struct nat64_bib_key key = fixture_key(proto, n, port);
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;
	struct nat64_bib *bib;

	KUNIT_ASSERT_EQ(test, fixture_alloc(test, proto, n, port, &alloc), 0);
	fixture_enter();
	bib = nat64_bib_insert(&fx->inst, &key, &alloc, &first);
	fixture_leave();
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(bib));
	return bib;
}

/* Add a static entry as control/static_set.c does. */
static inline struct nat64_bib *
fixture_add_static(struct nat64_instance *inst, const struct nat64_bib_key *key,
		   const struct nat64_port_alloc *alloc)
{
	struct nat64_bib *bib = nat64_bib_create_static(inst, key, alloc), *old;

	if (!bib) {
		nat64_port_alloc_cancel(inst, key->proto, alloc);
		return ERR_PTR(-ENOMEM);
	}
	old = nat64_bib_reserve(inst, bib);
	if (!old) {
		nat64_bib_activate(inst, bib, alloc);
		return bib;
	}
	nat64_bib_discard(inst, bib, false);
	nat64_port_alloc_cancel(inst, key->proto, alloc);
	return IS_ERR(old) ? old : ERR_PTR(-EEXIST);
}

static inline struct nat64_bib *fixture_static(struct kunit *test,
					       enum nat64_proto proto, u32 n,
					       u16 port, const char *addr4,
					       u16 port4)
{
	struct nat64_bib_key key = fixture_key(proto, n, port);
	struct fixture *fx = test->priv;
	struct nat64_port_alloc alloc;
	struct nat64_bib *bib;

	KUNIT_ASSERT_EQ(test,
			fixture_alloc_fixed(test, proto, test_addr4(addr4),
					    port4, &alloc),
			0);
	fixture_enter();
	bib = fixture_add_static(&fx->inst, &key, &alloc);
	fixture_leave();
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(bib));
	return bib;
}

static inline struct nat64_session *fixture_add_from(struct kunit *test,
						     struct nat64_bib *bib,
						     const char *remote,
						     u16 port, bool from6)
{
	struct nat64_session init =
		fixture_session(remote, port, NAT64_STATE_ESTABLISHED);
	struct fixture *fx = test->priv;
	struct nat64_session *ses;

	fixture_enter();
	ses = nat64_session_open(&fx->inst, fx->cfg, bib, &init, from6);
	fixture_leave();
	return ses;
}

static inline struct nat64_session *fixture_add(struct kunit *test,
						struct nat64_bib *bib,
						const char *remote, u16 port)
{
	return fixture_add_from(test, bib, remote, port, true);
}

static inline struct nat64_bib *fixture_find4(struct kunit *test,
					      enum nat64_proto proto,
					      __be32 addr, u16 port)
{
	struct fixture *fx = test->priv;
	struct nat64_bib *bib;

	fixture_enter();
	bib = nat64_pool4_find(&fx->inst, proto, addr, htons(port));
	fixture_leave();
	return bib;
}

static inline struct nat64_bib *fixture_find6(struct kunit *test,
					      enum nat64_proto proto, u32 n,
					      u16 port)
{
	struct nat64_bib_key key = fixture_key(proto, n, port);
	struct fixture *fx = test->priv;
	struct nat64_bib *bib;

	fixture_enter();
	bib = nat64_bib_find6(&fx->inst, &key);
	fixture_leave();
	return bib;
}

static inline struct nat64_session *fixture_find(struct kunit *test,
						 struct nat64_bib *bib,
						 const char *remote, u16 port)
{
	struct fixture *fx = test->priv;
	struct nat64_session *ses;

	fixture_enter();
	ses = nat64_session_find(&fx->inst, bib, test_addr4(remote),
				 htons(port));
	fixture_leave();
	return ses;
}

/* Refill a budget; this has no end by the clock. */
static inline void fixture_budget(struct nat64_walk_budget *budget, int visits)
{
	budget->left = visits;
	budget->until = U64_MAX;
}

static inline bool fixture_remove_bib(struct kunit *test, struct nat64_bib *bib,
				      bool force)
{
	struct fixture *fx = test->priv;
	struct nat64_walk_budget budget = {};
	bool done;

	fixture_enter();
	fixture_budget(&budget, INT_MAX);
	done = force ? nat64_bib_remove(&fx->inst, bib, &budget) :
		       nat64_bib_remove_idle(&fx->inst, bib);
	fixture_leave();
	return done;
}

static inline u64 fixture_stat(struct kunit *test, enum nat64_stat stat)
{
	struct fixture *fx = test->priv;
	u64 sum[__NAT64_STAT_MAX];

	nat64_stats_sum(fx->inst.stats, sum);
	return sum[stat];
}

static inline s64 fixture_bibs(struct kunit *test)
{
	struct fixture *fx = test->priv;

	return percpu_counter_sum(&fx->inst.n_bibs);
}

static inline s64 fixture_sessions(struct kunit *test)
{
	struct fixture *fx = test->priv;

	return percpu_counter_sum(&fx->inst.n_sessions);
}

#endif /* NAT64_KUNIT_FIXTURE_H */
