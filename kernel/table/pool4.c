// SPDX-License-Identifier: GPL-2.0
/* pool4.c - IPv4 transport addresses and the BIB entries that own them */
#include "table/pool4.h"

#include <linux/timekeeping.h>
#include "table/entry.h"
#include "table/exhausted.h"
#include "table/state.h"

/* The clock of the hold-down, in seconds. */
static unsigned long nat64_pool4_now(void)
{
	return ktime_get_seconds() & LONG_MAX;
}

/**
 * nat64_pool4_find - look up the BIB entry of an IPv4 transport address
 * @inst: the instance
 * @proto: protocol
 * @addr: address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Context: RCU read lock.
 *
 * Return: the entry, or NULL.
 */
struct nat64_bib *nat64_pool4_find(struct nat64_instance *inst,
				   enum nat64_proto proto, __be32 addr,
				   __be16 port)
{
	struct nat64_ports *ports = nat64_pool4_ports(inst, proto, ntohl(addr));
	struct nat64_port_page *page;
	u16 p = ntohs(port);

	if (!ports)
		return NULL;
	page = rcu_dereference(ports->page[p >> NAT64_PAGE_SHIFT]);
	if (!page)
		return NULL;
	return nat64_page_bib(page, p % NAT64_PAGE_PORTS);
}

/* Port 0 is reserved in TCP and UDP; ICMP identifier 0 is not. */
static bool nat64_pool4_is_reserved(enum nat64_proto proto, __be16 port)
{
	return !port && proto != NAT64_ICMP;
}

/**
 * nat64_pool4_is_free - check whether a transport address could be allocated
 * @inst: the instance
 * @proto: protocol
 * @addr: address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Context: RCU read lock.
 *
 * Return: true if nat64_port_alloc_fixed() would succeed now.
 */
bool nat64_pool4_is_free(struct nat64_instance *inst, enum nat64_proto proto,
			 __be32 addr, __be16 port)
{
	struct nat64_ports *ports = nat64_pool4_ports(inst, proto, ntohl(addr));
	u16 p = ntohs(port), bit = p % NAT64_PAGE_PORTS;
	struct nat64_port_page *page;

	if (nat64_pool4_is_reserved(proto, port))
		return false;
	page = ports ? rcu_dereference(ports->page[p >> NAT64_PAGE_SHIFT]) :
		       NULL;
	return !page || !test_bit(bit, page->used) ||
	       xa_is_value(rcu_access_pointer(page->bib[bit]));
}

/* The ports of a word of a page that are even. */
#define NAT64_PAGE_EVEN (~0UL / 3)

/**
 * nat64_page_seek - find a free port of a page
 * @page: the page
 * @min: the first port of it to look at
 * @max: the last
 * @parity: 0 for an even, 1 for an odd port
 *
 * Return: the first that is free, or -1.
 */
int nat64_page_seek(const struct nat64_port_page *page, unsigned int min,
		    unsigned int max, unsigned int parity)
{
	unsigned long mask = BITMAP_FIRST_WORD_MASK(min), free;
	unsigned int i, port;

	for (i = BIT_WORD(min); i <= BIT_WORD(max); i++) {
		free = ~READ_ONCE(page->used[i]) & mask &
		       NAT64_PAGE_EVEN << parity;
		if (free) {
			port = i * BITS_PER_LONG + __ffs(free);
			return port <= max ? port : -1;
		}
		mask = ~0UL;
	}
	return -1;
}

static bool nat64_page_full(const struct nat64_port_page *page,
			    unsigned int parity)
{
	return nat64_page_seek(page, 0, NAT64_PAGE_PORTS - 1, parity) < 0;
}

/**
 * nat64_page_mark - let searches skip a page that is full
 * @ports: the ports of an address
 * @page: the page, of which a port has just been taken
 * @i: index of the page
 * @parity: parity of the port
 *
 * The hint may be missing, but must not stay when a port is free: first a port
 * is taken or released, then the hint is set or cleared.
 */
void nat64_page_mark(struct nat64_ports *ports,
		     const struct nat64_port_page *page, unsigned int i,
		     unsigned int parity)
{
	if (!nat64_page_full(page, parity))
		return;
	set_bit(i, ports->full[parity]);
	/* Pairs with nat64_page_release(): one of us sees the other. */
	smp_mb__after_atomic();
	if (!nat64_page_full(page, parity))
		clear_bit(i, ports->full[parity]);
}

/* End the hold-down of a port; false if it is not held down. */
static bool nat64_page_unhold(struct nat64_instance *inst,
			      struct nat64_port_page *page, unsigned int port)
{
	struct nat64_bib *held = rcu_access_pointer(page->bib[port]);

	if (!xa_is_value(held) ||
	    unrcu_pointer(cmpxchg(&page->bib[port], RCU_INITIALIZER(held),
				  NULL)) != held)
		return false;
	atomic_dec(&inst->n_held);
	return true;
}

/**
 * nat64_port_alloc_fixed - allocate a given IPv4 transport address
 * @inst: the instance
 * @proto: protocol
 * @addr: address, in network byte order
 * @port: port or identifier, in network byte order
 * @alloc: set to the transport address
 *
 * A port that is held down is available, as an administrator or a remote asks
 * for this very port.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: 0, -EBUSY if it is taken, or -ENOMEM.
 */
int nat64_port_alloc_fixed(struct nat64_instance *inst, enum nat64_proto proto,
			   __be32 addr, __be16 port,
			   struct nat64_port_alloc *alloc)
{
	u16 p = ntohs(port), i = p >> NAT64_PAGE_SHIFT;
	u16 bit = p % NAT64_PAGE_PORTS;

	if (nat64_pool4_is_reserved(proto, port))
		return -EBUSY;
	alloc->addr = addr;
	alloc->port = port;
	alloc->pairs = false;
	alloc->page = nat64_page_get(inst, proto, ntohl(addr), i);
	if (!alloc->page)
		return -ENOMEM;
	if (!test_and_set_bit(bit, alloc->page->used)) {
		nat64_page_mark(nat64_pool4_ports(inst, proto, ntohl(addr)),
				alloc->page, i, bit & 1);
		return 0;
	}
	/* One that is held down is counted as a user already. */
	nat64_page_put(alloc->page);
	return nat64_page_unhold(inst, alloc->page, bit) ? 0 : -EBUSY;
}

/**
 * nat64_pool4_publish - let IPv4 packets find a new BIB entry
 * @alloc: its transport address
 * @bib: the entry, complete
 */
void nat64_pool4_publish(const struct nat64_port_alloc *alloc,
			 struct nat64_bib *bib)
{
	u16 bit = ntohs(alloc->port) % NAT64_PAGE_PORTS;

	rcu_assign_pointer(alloc->page->bib[bit], bib);
}

/**
 * nat64_pool4_due - let expiry visit a BIB entry in time
 * @inst: the instance
 * @proto: protocol
 * @addr: its address, in network byte order
 * @port: its port or identifier, in network byte order
 * @when: time, in jiffies, when a session of it may expire
 *
 * Context: RCU read lock.
 */
void nat64_pool4_due(struct nat64_instance *inst, enum nat64_proto proto,
		     __be32 addr, __be16 port, u32 when)
{
	struct nat64_ports *ports = nat64_pool4_ports(inst, proto, ntohl(addr));
	struct nat64_port_page *page = NULL;

	if (ports)
		page = rcu_dereference(ports->page[ntohs(port) >>
						   NAT64_PAGE_SHIFT]);
	if (page)
		nat64_page_due(page, when);
}

/**
 * nat64_port_alloc_cancel - release a transport address that was not published
 * @inst: the instance
 * @proto: protocol
 * @alloc: the transport address
 *
 * Context: RCU read lock.
 */
void nat64_port_alloc_cancel(struct nat64_instance *inst,
			     enum nat64_proto proto,
			     const struct nat64_port_alloc *alloc)
{
	nat64_pool4_release(inst, proto, alloc->addr, alloc->port, false);
}

/* Free a port of a page. */
static void nat64_page_release(struct nat64_instance *inst,
			       struct nat64_ports *ports,
			       struct nat64_port_page *page, unsigned int i,
			       unsigned int port)
{
	RCU_INIT_POINTER(page->bib[port], NULL);
	/* Clear the pointer before another CPU can take the port. */
	smp_mb__before_atomic();
	clear_bit(port, page->used);
	/*
	 * First the port, then the hints: pairs with nat64_page_mark() and with
	 * nat64_exhausted_set(), each of which sets its hint and looks again.
	 */
	smp_mb__after_atomic();
	if (test_bit(i, ports->full[port & 1]))
		clear_bit(i, ports->full[port & 1]);
	nat64_exhausted_port_back(&rcu_dereference(inst->config)->pool4,
				  ports->proto, ports->host,
				  (i << NAT64_PAGE_SHIFT) + port);
	nat64_page_put(page);
}

/* Count a port to hold down; false if the limit is reached. */
static bool nat64_pool4_may_hold(struct nat64_instance *inst)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);

	if (!cfg->keys.hold_down_time)
		return false;
	if (atomic_inc_return(&inst->n_held) <= cfg->keys.hold_down_ports)
		return true;
	atomic_dec(&inst->n_held);
	return false;
}

/**
 * nat64_pool4_release - release the transport address of a BIB entry
 * @inst: the instance
 * @proto: protocol
 * @addr: address, in network byte order
 * @port: port or identifier, in network byte order
 * @hold: hold it down for a while (RFC 6888 REQ-8), if the configuration says so
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_pool4_release(struct nat64_instance *inst, enum nat64_proto proto,
			 __be32 addr, __be16 port, bool hold)
{
	struct nat64_ports *ports = nat64_pool4_ports(inst, proto, ntohl(addr));
	u16 p = ntohs(port), i = p >> NAT64_PAGE_SHIFT;
	struct nat64_port_page *page;

	if (WARN_ON_ONCE(!ports))
		return;
	page = rcu_dereference(ports->page[i]);
	if (WARN_ON_ONCE(!page))
		return;

	p %= NAT64_PAGE_PORTS;
	if (!hold || !nat64_pool4_may_hold(inst)) {
		nat64_page_release(inst, ports, page, i, p);
		return;
	}
	nat64_stats_inc(inst->stats, NAT64_STAT_PORT_HELD);
	RCU_INIT_POINTER(page->bib[p],
			 (struct nat64_bib *)xa_mk_value(nat64_pool4_now()));
	nat64_page_due(page, (u32)jiffies + HZ);
}

/**
 * nat64_pool4_unhold - release a port that was held down for long enough
 * @inst: the instance
 * @cursor: a page, as returned by nat64_pool4_next_page()
 * @page: that page
 * @port: port of the page
 * @seconds: the hold-down time
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: seconds until the end of its hold-down; 0 if it is not held down.
 */
u32 nat64_pool4_unhold(struct nat64_instance *inst,
		       const struct nat64_cursor *cursor,
		       struct nat64_port_page *page, unsigned int port,
		       u32 seconds)
{
	struct nat64_bib *held = rcu_access_pointer(page->bib[port]);
	unsigned long age;

	if (!xa_is_value(held))
		return 0;
	age = nat64_pool4_now() - xa_to_value(held);
	if (age <= seconds && seconds)
		return seconds + 1 - age;
	if (nat64_page_unhold(inst, page, port))
		nat64_page_release(inst,
				   nat64_pool4_ports(inst, cursor->proto,
						     cursor->addr),
				   page, cursor->port >> NAT64_PAGE_SHIFT,
				   port);
	return 0;
}
