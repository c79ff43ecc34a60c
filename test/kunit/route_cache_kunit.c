// SPDX-License-Identifier: GPL-2.0
/* route_cache_kunit.c - the routes that sessions share, with fake routes */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/hash.h>
#include <linux/spinlock.h>

/* How often a lock was taken. */
static unsigned int locked;

#define spin_lock(lock) (locked++, spin_lock(lock))

#include "../../kernel/path/route_cache.c"

#define WAYS 4

static bool valid[WAYS + 1];

/* The index of a test's route in valid[]. */
static struct dst_entry *check_route(struct dst_entry *dst, u32 cookie)
{
	return valid[dst->tclassid] ? dst : NULL;
}

static struct dst_ops route_ops = {
	.family = AF_INET,
	.check = check_route,
};

static struct dst_entry routes[WAYS + 1];
static struct nat64_instance instance;

static int route_cache_init(struct kunit *test)
{
	int i;

	instance.routes = nat64_routes_alloc();
	if (!instance.routes)
		return -ENOMEM;
	for (i = 0; i <= WAYS; i++) {
		memset(&routes[i], 0, sizeof(routes[i]));
		routes[i].ops = &route_ops;
		routes[i].obsolete = DST_OBSOLETE_FORCE_CHK;
		routes[i].tclassid = i;
		atomic_set(&routes[i].__refcnt, 1);
		valid[i] = true;
	}
	return 0;
}

/* Freeing the cache releases all routes. */
static void route_cache_exit(struct kunit *test)
{
	int i;

	nat64_routes_free(&instance);
	rcu_barrier();
	for (i = 0; i <= WAYS; i++)
		KUNIT_EXPECT_EQ(test, atomic_read(&routes[i].__refcnt), 1);
}

/* Find keys for @routes that have the same hash. */
static void alike(struct nat64_route_key *keys)
{
	u32 mark = 0;
	int i;

	for (i = 0; i <= WAYS; i++) {
		u32 hash = hash_ptr(&routes[i], NAT64_ROUTE_BITS);

		do
			mark++;
		while (hash_32(mark, NAT64_ROUTE_BITS) != hash);
		keys[i] = (struct nat64_route_key){ .mark = mark };
	}
}

static u32 keep(int i, const struct nat64_route_key *key)
{
	u32 id;

	local_bh_disable();
	rcu_read_lock();
	id = nat64_route_keep(&instance, &routes[i], key);
	rcu_read_unlock();
	local_bh_enable();
	return id;
}

static struct dst_entry *get(u32 id, const struct nat64_route_key *key)
{
	struct dst_entry *dst;

	rcu_read_lock();
	dst = nat64_route_get(&instance, id, key);
	rcu_read_unlock();
	return dst;
}

/* Make a route older. */
static void earlier(u32 id, u32 time)
{
	struct nat64_route *route;

	route = rcu_dereference_protected(instance.routes->slot[id %
							NAT64_ROUTE_SLOTS],
					  true);
	route->since -= time;
}

/* The two routes of a flow never displace each other, whatever their hash. */
static void routes_of_one_hash_are_kept_side_by_side(struct kunit *test)
{
	struct nat64_route_key keys[WAYS + 1];
	u32 id[WAYS];
	int i;

	alike(keys);
	for (i = 0; i < WAYS; i++)
		id[i] = keep(i, &keys[i]);
	for (i = 0; i < WAYS; i++) {
		KUNIT_EXPECT_NE(test, id[i], 0);
		KUNIT_EXPECT_PTR_EQ(test, get(id[i], &keys[i]), &routes[i]);
		KUNIT_EXPECT_EQ(test, keep(i, &keys[i]), id[i]);
	}
}

/* One more route replaces one of those that fill the slots. */
static void takes_the_place_of(struct kunit *test,
			       const struct nat64_route_key *keys,
			       const u32 *id, int gone)
{
	u32 last = keep(WAYS, &keys[WAYS]);
	int i;

	KUNIT_EXPECT_PTR_EQ(test, get(last, &keys[WAYS]), &routes[WAYS]);
	for (i = 0; i < WAYS; i++)
		KUNIT_EXPECT_PTR_EQ(test, get(id[i], &keys[i]),
				    i == gone ? NULL : &routes[i]);
}

/* An id is only valid with the key of its lookup. */
static void a_route_is_for_its_key_alone(struct kunit *test)
{
	const struct nat64_route_key key = { .mark = 1, .iif = 2, .tos = 4 };
	struct nat64_route_key other = key;
	u32 id = keep(0, &key);

	KUNIT_EXPECT_PTR_EQ(test, get(id, &key), &routes[0]);
	other.mark++;
	KUNIT_EXPECT_NULL(test, get(id, &other));
	other = key;
	other.iif++;
	KUNIT_EXPECT_NULL(test, get(id, &other));
	other = key;
	other.tos++;
	KUNIT_EXPECT_NULL(test, get(id, &other));
	KUNIT_EXPECT_NULL(test, get(0, &key));
}

/* Flows that share a route, or find no room, take no lock. */
static void only_what_is_put_takes_the_lock(struct kunit *test)
{
	struct nat64_route_key keys[WAYS + 1];
	int i;

	alike(keys);
	for (i = 0; i < WAYS; i++)
		keep(i, &keys[i]);
	locked = 0;
	for (i = 0; i < WAYS; i++)
		KUNIT_EXPECT_NE(test, keep(i, &keys[i]), 0);
	KUNIT_EXPECT_EQ(test, keep(WAYS, &keys[WAYS]), 0);
	KUNIT_EXPECT_EQ(test, locked, 0);
}

/* One too many is refused for a second, then replaces the oldest. */
static void the_oldest_goes_after_a_second(struct kunit *test)
{
	struct nat64_route_key keys[WAYS + 1];
	u32 id[WAYS];
	int i;

	alike(keys);
	for (i = 0; i < WAYS; i++)
		id[i] = keep(i, &keys[i]);
	KUNIT_EXPECT_EQ(test, keep(WAYS, &keys[WAYS]), 0);
	for (i = 0; i < WAYS; i++)
		earlier(id[i], HZ + (i == 2));
	takes_the_place_of(test, keys, id, 2);
}

/* An invalid route is not found, and is replaced first, whatever its age. */
static void a_route_that_is_not_valid_goes_first(struct kunit *test)
{
	struct nat64_route_key keys[WAYS + 1];
	u32 id[WAYS];
	int i;

	alike(keys);
	for (i = 0; i < WAYS; i++)
		id[i] = keep(i, &keys[i]);
	for (i = 0; i < WAYS; i++)
		if (i != 1)
			earlier(id[i], 2 * HZ);
	valid[1] = false;
	KUNIT_EXPECT_NULL(test, get(id[1], &keys[1]));
	takes_the_place_of(test, keys, id, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(routes_of_one_hash_are_kept_side_by_side),
	KUNIT_CASE(a_route_is_for_its_key_alone),
	KUNIT_CASE(only_what_is_put_takes_the_lock),
	KUNIT_CASE(the_oldest_goes_after_a_second),
	KUNIT_CASE(a_route_that_is_not_valid_goes_first),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_route_cache",
	.init = route_cache_init,
	.exit = route_cache_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_LICENSE("GPL");
