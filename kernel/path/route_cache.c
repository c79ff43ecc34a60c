// SPDX-License-Identifier: GPL-2.0
/*
 * route_cache.c - the routes that established sessions share
 *
 * A route to thousands of destinations is one object of the routing table, so a
 * session does not hold a route but its id in this cache, which also has the key
 * of the lookup. When the route becomes invalid, so does the id: the next packet
 * looks up a route again.
 */
#include "path/path.h"

#include <linux/hash.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/ip6_route.h>

/*
 * An IPv6 route is one object a CPU. A slot is filled at most once a second, so
 * with 23 bits for the rest of an id, none is reused within the lifetime of an
 * idle TCP session.
 */
#define NAT64_ROUTE_BITS 9
#define NAT64_ROUTE_SLOTS BIT(NAT64_ROUTE_BITS)
/* Number of slots a route may have: two in the same would displace each other. */
#define NAT64_ROUTE_WAYS 4

/**
 * struct nat64_route - a cached route
 */
struct nat64_route {
	/** @dst: the route, with a reference */
	struct dst_entry *dst;
	/** @id: its id; the low bits are the slot */
	u32 id;
	/** @cookie: of an IPv6 route, for dst_check() */
	u32 cookie;
	/** @key: the key of the lookup, without addresses */
	struct nat64_route_key key;
	/** @since: jiffies when it was cached */
	u32 since;
	/** @rcu: frees it when no packet uses it any longer */
	struct rcu_head rcu;
};

/**
 * struct nat64_routes - the route cache of an instance
 */
struct nat64_routes {
	/** @slot: routes, read under RCU */
	struct nat64_route __rcu *slot[NAT64_ROUTE_SLOTS];
	/** @lock: protects @last, and changes of @slot; softirqs are off */
	spinlock_t lock;
	/** @last: the last id, without the bits of the slot */
	u32 last;
};

/**
 * nat64_routes_alloc - allocate the route cache of an instance
 *
 * Return: the cache, or NULL; nat64_routes_free() frees it.
 */
struct nat64_routes *nat64_routes_alloc(void)
{
	struct nat64_routes *routes = kzalloc(sizeof(*routes), GFP_KERNEL_ACCOUNT);

	if (routes)
		spin_lock_init(&routes->lock);
	return routes;
}

static void nat64_route_free(struct rcu_head *rcu)
{
	struct nat64_route *route = container_of(rcu, struct nat64_route, rcu);

	dst_release(route->dst);
	kfree(route);
}

/* Put @route, which may be NULL, into a slot; locked. */
static void nat64_route_replace(struct nat64_routes *routes, unsigned int i,
				struct nat64_route *route)
{
	struct nat64_route *old;

	old = rcu_replace_pointer(routes->slot[i], route,
				  lockdep_is_held(&routes->lock));
	if (old)
		call_rcu(&old->rcu, nat64_route_free);
}

/**
 * nat64_routes_flush - release all routes
 * @inst: the instance
 */
void nat64_routes_flush(struct nat64_instance *inst)
{
	struct nat64_routes *routes = inst->routes;
	unsigned int i;

	spin_lock_bh(&routes->lock);
	for (i = 0; i < NAT64_ROUTE_SLOTS; i++)
		nat64_route_replace(routes, i, NULL);
	spin_unlock_bh(&routes->lock);
}

/**
 * nat64_routes_free - undo nat64_routes_alloc()
 * @inst: the instance, which no packet finds any longer
 */
void nat64_routes_free(struct nat64_instance *inst)
{
	if (inst->routes)
		nat64_routes_flush(inst);
	kfree(inst->routes);
}

static bool nat64_route_valid(const struct nat64_route *route)
{
	return dst_check(route->dst, route->cookie);
}

/**
 * nat64_routes_expire - release routes that are no longer valid
 * @inst: the instance
 *
 * Context: process.
 */
void nat64_routes_expire(struct nat64_instance *inst)
{
	struct nat64_routes *routes = inst->routes;
	unsigned int i;

	spin_lock_bh(&routes->lock);
	for (i = 0; i < NAT64_ROUTE_SLOTS; i++) {
		struct nat64_route *route;

		route = rcu_dereference_protected(routes->slot[i],
						  lockdep_is_held(&routes->lock));
		if (route && !nat64_route_valid(route))
			nat64_route_replace(routes, i, NULL);
	}
	spin_unlock_bh(&routes->lock);
}

static bool nat64_route_is(const struct nat64_route *route,
			   const struct nat64_route_key *key)
{
	return route->key.mark == key->mark && route->key.iif == key->iif &&
	       route->key.tos == key->tos;
}

/**
 * nat64_route_get - return the cached route with this id
 * @inst: the instance
 * @id: the id; 0: none
 * @key: the key that a lookup for the packet would have
 *
 * Context: RCU read lock, which protects the route.
 *
 * Return: the route, without a reference; or NULL.
 */
struct dst_entry *nat64_route_get(struct nat64_instance *inst, u32 id,
				  const struct nat64_route_key *key)
{
	const struct nat64_route *route;

	route = rcu_dereference(inst->routes->slot[id % NAT64_ROUTE_SLOTS]);
	if (!route || route->id != id || !nat64_route_is(route, key))
		return NULL;
	return dst_check(route->dst, route->cookie);
}

/* Jiffies since a route was cached; U32_MAX without a valid one. */
static u32 nat64_route_age(const struct nat64_route *route)
{
	if (!route || !nat64_route_valid(route))
		return U32_MAX;
	return (u32)jiffies - route->since;
}

/* The slots of a route are this one ^ 0 to NAT64_ROUTE_WAYS - 1. */
static unsigned int nat64_route_slot(const struct dst_entry *dst,
				     const struct nat64_route_key *key)
{
	return hash_ptr(dst, NAT64_ROUTE_BITS) ^
	       hash_32(key->mark ^ key->iif << 8 ^ key->tos, NAT64_ROUTE_BITS);
}

/*
 * Look up a route. Returns its id, or 0 and sets @oldest to the slot to use: -1
 * if all have routes that are not a second old. Under RCU; without the lock, the
 * result may be stale.
 */
static u32 nat64_route_find(struct nat64_routes *routes,
			    const struct dst_entry *dst, u32 cookie,
			    const struct nat64_route_key *key, int *oldest)
{
	unsigned int slot = nat64_route_slot(dst, key), way;
	const struct nat64_route *route;
	u32 most = HZ - 1, age;

	*oldest = -1;
	for (way = 0; way < NAT64_ROUTE_WAYS; way++) {
		route = rcu_dereference(routes->slot[slot ^ way]);
		if (route && route->dst == dst && route->cookie == cookie &&
		    nat64_route_is(route, key))
			return route->id;
		age = nat64_route_age(route);
		if (age > most) {
			most = age;
			*oldest = slot ^ way;
		}
	}
	return 0;
}

/* Put @route into slot @i; locked. Returns its id. */
static u32 nat64_route_put(struct nat64_routes *routes, unsigned int i,
			   struct nat64_route *route)
{
	routes->last++;
	/* Not 0, which means none. */
	if (!(u32)(routes->last << NAT64_ROUTE_BITS))
		routes->last++;
	route->id = routes->last << NAT64_ROUTE_BITS | i;
	nat64_route_replace(routes, i, route);
	return route->id;
}

/**
 * nat64_route_keep - cache a route
 * @inst: the instance
 * @dst: the route
 * @key: the key of its lookup, without addresses
 *
 * A valid route keeps its slot for a second, so that many of them do not displace
 * each other with every packet. The lock is taken only to insert a route, at most
 * once a second and slot.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: its id, or 0 if there is no room for it now.
 */
u32 nat64_route_keep(struct nat64_instance *inst, struct dst_entry *dst,
		     const struct nat64_route_key *key)
{
	struct nat64_routes *routes = inst->routes;
	struct nat64_route *route;
	u32 cookie = 0, id;
	int oldest;

	if (dst->ops->family == AF_INET6)
		cookie = rt6_get_cookie((struct rt6_info *)dst);
	id = nat64_route_find(routes, dst, cookie, key, &oldest);
	if (id || oldest < 0)
		return id;
	route = kmalloc(sizeof(*route), GFP_ATOMIC | __GFP_NOWARN);
	if (!route)
		return 0;
	dst_hold(dst);
	route->dst = dst;
	route->cookie = cookie;
	route->key = *key;
	route->since = (u32)jiffies;

	spin_lock(&routes->lock);
	/* Another CPU may have inserted it first. */
	id = nat64_route_find(routes, dst, cookie, key, &oldest);
	if (!id && oldest >= 0) {
		id = nat64_route_put(routes, oldest, route);
		route = NULL;
	}
	spin_unlock(&routes->lock);
	if (route)
		nat64_route_free(&route->rcu);
	return id;
}
