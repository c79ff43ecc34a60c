// SPDX-License-Identifier: GPL-2.0
/*
 * route_cache.c - the ways out that established sessions share
 *
 * A route to thousands of destinations is one object of the routing table, so
 * a session does not hold a route but the number of one that is kept here with
 * all that it was looked up by. The number is of no use any more when the route
 * is not: a packet then looks for a new one.
 */
#include "path/path.h"

#include <linux/hash.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/ip6_route.h>

/*
 * Routes of IPv6 are one object a CPU. A slot gets a route once a second at most,
 * so with 23 bits for the rest of a number, none comes again within the lifetime
 * of an idle TCP session.
 */
#define NAT64_ROUTE_BITS 9
#define NAT64_ROUTE_SLOTS BIT(NAT64_ROUTE_BITS)
/* Slots that a route may have: two that share one push each other out. */
#define NAT64_ROUTE_WAYS 4

/**
 * struct nat64_route - a way out
 */
struct nat64_route {
	/** @dst: the route, with a reference */
	struct dst_entry *dst;
	/** @id: its number; the low bits are its slot */
	u32 id;
	/** @cookie: of an IPv6 route, to see if it is valid still */
	u32 cookie;
	/** @key: what it was looked up by, besides addresses */
	struct nat64_route_key key;
	/** @since: jiffies when it was put here */
	u32 since;
	/** @rcu: frees it when no packet uses it any more */
	struct rcu_head rcu;
};

/**
 * struct nat64_routes - the ways out of an instance
 */
struct nat64_routes {
	/** @slot: routes, read under RCU */
	struct nat64_route __rcu *slot[NAT64_ROUTE_SLOTS];
	/** @lock: protects what follows, and changes of @slot; softirqs are off */
	spinlock_t lock;
	/** @last: the number given last, without the bits of the slot */
	u32 last;
};

/**
 * nat64_routes_alloc - make room for the routes of an instance
 *
 * Return: the room, or NULL; nat64_routes_free() frees it.
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
 * nat64_routes_flush - let go of all routes
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
 * @inst: the instance, which no packet finds any more
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
 * nat64_routes_expire - let go of routes that are not valid any more
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
 * nat64_route_get - the route of a number
 * @inst: the instance
 * @id: the number; 0: none
 * @key: what the packet would be looked up by
 *
 * Context: RCU read lock, which the route is good for.
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

/* Jiffies since a route was put here; most, if there is none that is valid. */
static u32 nat64_route_age(const struct nat64_route *route)
{
	if (!route || !nat64_route_valid(route))
		return U32_MAX;
	return (u32)jiffies - route->since;
}

/* The slots that a route may have are this one ^ 0 to NAT64_ROUTE_WAYS - 1. */
static unsigned int nat64_route_slot(const struct dst_entry *dst,
				     const struct nat64_route_key *key)
{
	return hash_ptr(dst, NAT64_ROUTE_BITS) ^
	       hash_32(key->mark ^ key->iif << 8 ^ key->tos, NAT64_ROUTE_BITS);
}

/*
 * Look for a route. Returns its number, or 0, and then in @oldest the slot for
 * it; -1 if all are in use by routes that have just come. Under RCU; what is
 * found may change unless it is locked.
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

/* Put @route into slot @i; locked. Returns its number. */
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
 * nat64_route_keep - find or make a number for a route that was looked up
 * @inst: the instance
 * @dst: the route
 * @key: what it was looked up by, besides addresses
 *
 * A valid route that has just come keeps its slot, so that many of them do not
 * push each other out with every packet. A lock is taken only to put a route
 * here, once a second and slot at most: packets that find no slot, or the
 * number that another flow has got, do without.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the number, or 0 if there is no room for it now.
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
	/* Another CPU may have been faster. */
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
