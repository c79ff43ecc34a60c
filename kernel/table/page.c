// SPDX-License-Identifier: GPL-2.0
/*
 * page.c - memory for the ports of pool4
 *
 * Ports are chosen at random (RFC 6056), so a few sessions touch all pages of
 * an address, and senders decide how many addresses are touched. The key
 * maximum-sessions, or 65536 if that is more, bounds the memory of an instance
 * for ports. A page without used ports is freed after a while, and so are ports
 * and address when it was their last.
 *
 * Finding a page takes no lock. A CPU that takes a port counts as a user of the
 * page first. Decrementing the count from one, which is the table's, to zero
 * frees the page: it has no user then, and gets none.
 */
#include "table/page.h"

#include <linux/slab.h>
#include "table/state.h"
#include "table/reclaim.h"

/* Jiffies that a page without used ports is kept. */
#define NAT64_PAGE_IDLE (60 * HZ)

/* The unit of memory accounting, in octets. */
#define NAT64_MEMORY_UNIT 64

/* An object, and its share of the unused end of a slab, up to an eighth. */
#define NAT64_MEMORY_UNITS(size) DIV_ROUND_UP((size) / 8 * 9, NAT64_MEMORY_UNIT)

/* Memory is granted for the ports of so many sessions, or of maximum-sessions. */
#define NAT64_MEMORY_SESSIONS 65536

/* A node of an XArray, which may serve a single address. */
#define NAT64_MEMORY_ADDR \
	NAT64_MEMORY_UNITS(sizeof(struct nat64_addr4) + sizeof(struct xa_node))
#define NAT64_MEMORY_PORTS NAT64_MEMORY_UNITS(sizeof(struct nat64_ports))
#define NAT64_MEMORY_PAGE NAT64_MEMORY_UNITS(sizeof(struct nat64_port_page))

static struct kmem_cache *page_cache;
static struct kmem_cache *ports_cache;
static struct nat64_reclaim pages_dead;
static struct nat64_reclaim ports_dead;
static struct nat64_reclaim addrs_dead;

static void nat64_page_free(struct llist_node *link)
{
	kmem_cache_free(page_cache,
			container_of(link, struct nat64_port_page, link));
}

static void nat64_ports_free(struct llist_node *link)
{
	kmem_cache_free(ports_cache,
			container_of(link, struct nat64_ports, link));
}

static void nat64_addr4_free(struct llist_node *link)
{
	kfree(container_of(link, struct nat64_addr4, link));
}

/**
 * nat64_pool4_init - create the slab caches that all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_pool4_init(void)
{
	nat64_reclaim_init(&pages_dead, nat64_page_free);
	nat64_reclaim_init(&ports_dead, nat64_ports_free);
	nat64_reclaim_init(&addrs_dead, nat64_addr4_free);
	/* Align to cache lines: an allocation reads one or two of them. */
	page_cache = kmem_cache_create("nat64_port_page",
				       sizeof(struct nat64_port_page), 64, 0,
				       NULL);
	if (!page_cache)
		return -ENOMEM;
	ports_cache = kmem_cache_create("nat64_ports",
					sizeof(struct nat64_ports), 64, 0,
					NULL);
	if (ports_cache)
		return 0;
	kmem_cache_destroy(page_cache);
	return -ENOMEM;
}

/**
 * nat64_pool4_exit - undo nat64_pool4_init(); no instance is left
 */
void nat64_pool4_exit(void)
{
	nat64_reclaim_flush(&pages_dead);
	nat64_reclaim_flush(&ports_dead);
	nat64_reclaim_flush(&addrs_dead);
	kmem_cache_destroy(ports_cache);
	kmem_cache_destroy(page_cache);
}

/**
 * nat64_pool4_table_init - initialise the transport addresses of an instance
 * @inst: the instance
 */
void nat64_pool4_table_init(struct nat64_instance *inst)
{
	xa_init_flags(&inst->addrs, XA_FLAGS_LOCK_BH);
	spin_lock_init(&inst->pages_lock);
}

/* The slot of an address in the cache of ports, used if it is empty. */
static struct nat64_ports __rcu **nat64_pool4_near(struct nat64_instance *inst,
						   enum nat64_proto proto,
						   u32 host)
{
	return &inst->near[(host * 4 + proto) % NAT64_NEAR];
}

/**
 * nat64_pool4_ports - look up the ports of an address
 * @inst: the instance
 * @proto: protocol
 * @host: the address, in host byte order
 *
 * Context: RCU read lock.
 *
 * Return: the ports, or NULL if none of them has been used for a while.
 */
struct nat64_ports *nat64_pool4_ports(struct nat64_instance *inst,
				      enum nat64_proto proto, u32 host)
{
	struct nat64_addr4 *addr4;
	struct nat64_ports *ports;

	ports = rcu_dereference(*nat64_pool4_near(inst, proto, host));
	if (likely(ports) && ports->host == host && ports->proto == proto)
		return ports;
	addr4 = xa_load(&inst->addrs, host);
	return addr4 ? rcu_dereference(addr4->ports[proto]) : NULL;
}

/* Count memory of @units; false if the instance may have no more. */
static bool nat64_pages_charge(struct nat64_instance *inst, u32 units)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	u32 max = max_t(u32, cfg->keys.maximum_sessions, NAT64_MEMORY_SESSIONS);

	lockdep_assert_held(&inst->pages_lock);
	if (inst->pages_memory + units > max)
		return false;
	inst->pages_memory += units;
	return true;
}

/* Find or make an address; locked. */
static struct nat64_addr4 *nat64_addr4_make(struct nat64_instance *inst,
					    u32 host)
{
	struct nat64_addr4 *addr4 = xa_load(&inst->addrs, host);

	if (addr4 || !nat64_pages_charge(inst, NAT64_MEMORY_ADDR))
		return addr4;
	addr4 = kzalloc(sizeof(*addr4), GFP_ATOMIC | __GFP_NOWARN);
	if (addr4 && !xa_err(xa_store(&inst->addrs, host, addr4,
				      GFP_ATOMIC | __GFP_NOWARN)))
		return addr4;
	kfree(addr4);
	inst->pages_memory -= NAT64_MEMORY_ADDR;
	return NULL;
}

/* Free an address without ports and hosts; locked. */
static void nat64_addr4_drop(struct nat64_instance *inst,
			     struct nat64_addr4 *addr4, u32 host)
{
	int proto;

	if (atomic_read(&addr4->hosts6))
		return;
	for (proto = 0; proto < NAT64_PROTOS; proto++)
		if (rcu_access_pointer(addr4->ports[proto]))
			return;
	xa_erase(&inst->addrs, host);
	nat64_reclaim(&addrs_dead, &addr4->link);
	inst->pages_memory -= NAT64_MEMORY_ADDR;
}

/* Find or make the ports of an address; locked. */
static struct nat64_ports *nat64_ports_make(struct nat64_instance *inst,
					    enum nat64_proto proto, u32 host)
{
	struct nat64_addr4 *addr4 = nat64_addr4_make(inst, host);
	struct nat64_ports __rcu **near;
	struct nat64_ports *ports;

	if (!addr4)
		return NULL;
	ports = rcu_dereference_protected(addr4->ports[proto],
					  lockdep_is_held(&inst->pages_lock));
	if (ports)
		return ports;
	if (!nat64_pages_charge(inst, NAT64_MEMORY_PORTS))
		goto err_charge;
	ports = kmem_cache_zalloc(ports_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!ports)
		goto err_alloc;
	ports->host = host;
	ports->proto = proto;
	rcu_assign_pointer(addr4->ports[proto], ports);
	near = nat64_pool4_near(inst, proto, host);
	if (!rcu_access_pointer(*near))
		rcu_assign_pointer(*near, ports);
	return ports;

err_alloc:
	inst->pages_memory -= NAT64_MEMORY_PORTS;
err_charge:
	nat64_addr4_drop(inst, addr4, host);
	return NULL;
}

/* Free the ports of an address, if none of them has a page; locked. */
static void nat64_ports_drop(struct nat64_instance *inst,
			     struct nat64_ports *ports)
{
	struct nat64_ports __rcu **near;
	struct nat64_addr4 *addr4;

	if (ports->n_pages)
		return;
	addr4 = xa_load(&inst->addrs, ports->host);
	near = nat64_pool4_near(inst, ports->proto, ports->host);
	if (rcu_access_pointer(*near) == ports)
		RCU_INIT_POINTER(*near, NULL);
	RCU_INIT_POINTER(addr4->ports[ports->proto], NULL);
	nat64_reclaim(&ports_dead, &ports->link);
	inst->pages_memory -= NAT64_MEMORY_PORTS;
	nat64_addr4_drop(inst, addr4, ports->host);
}

/* Make a page of which the caller is a user; locked. */
static struct nat64_port_page *nat64_page_make(struct nat64_instance *inst,
					       struct nat64_ports *ports,
					       unsigned int i)
{
	struct nat64_port_page *page;

	if (!nat64_pages_charge(inst, NAT64_MEMORY_PAGE))
		return NULL;
	page = kmem_cache_zalloc(page_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!page) {
		inst->pages_memory -= NAT64_MEMORY_PAGE;
		return NULL;
	}
	/* One user for the table, one for the caller. */
	atomic_set(&page->users, 2);
	page->due = (u32)jiffies + NAT64_PAGE_IDLE;
	ports->n_pages++;
	rcu_assign_pointer(ports->page[i], page);
	return page;
}

/**
 * nat64_page_get - find or create a page, to take a port of it
 * @inst: the instance
 * @proto: protocol
 * @host: the address, in host byte order
 * @i: index of the page
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the page, for nat64_page_put(); or NULL if there is none, and no
 * memory or the limit of the instance is reached.
 */
struct nat64_port_page *nat64_page_get(struct nat64_instance *inst,
				       enum nat64_proto proto, u32 host,
				       unsigned int i)
{
	struct nat64_ports *ports = nat64_pool4_ports(inst, proto, host);
	struct nat64_port_page *page;

	page = ports ? rcu_dereference(ports->page[i]) : NULL;
	if (likely(page && atomic_inc_not_zero(&page->users)))
		return page;

	spin_lock(&inst->pages_lock);
	ports = nat64_ports_make(inst, proto, host);
	if (!ports) {
		spin_unlock(&inst->pages_lock);
		return NULL;
	}
	page = rcu_dereference_protected(ports->page[i],
					 lockdep_is_held(&inst->pages_lock));
	/* A page that is in the table is not freed without the lock. */
	if (page)
		atomic_inc(&page->users);
	else
		page = nat64_page_make(inst, ports, i);
	nat64_ports_drop(inst, ports);
	spin_unlock(&inst->pages_lock);
	return page;
}

/**
 * nat64_page_put - stop being a user of a page
 * @page: the page, of which the caller has not taken a port, or has cleared it
 *
 * After the last user, expiry visits the page, and frees it.
 *
 * Context: RCU read lock.
 */
void nat64_page_put(struct nat64_port_page *page)
{
	if (atomic_dec_return(&page->users) == 1)
		nat64_page_due(page, (u32)jiffies + NAT64_PAGE_IDLE);
}

/**
 * nat64_page_trim - free a page without used ports
 * @inst: the instance
 * @cursor: the page, as returned by nat64_pool4_next_page()
 * @page: that page
 *
 * Context: softirqs off, RCU read lock; only from the expiry worker.
 */
void nat64_page_trim(struct nat64_instance *inst,
		     const struct nat64_cursor *cursor,
		     struct nat64_port_page *page)
{
	unsigned int i = cursor->port >> NAT64_PAGE_SHIFT;
	struct nat64_ports *ports;

	if (atomic_read(&page->users) != 1)
		return;
	spin_lock(&inst->pages_lock);
	if (atomic_cmpxchg(&page->users, 1, 0) == 1) {
		ports = nat64_pool4_ports(inst, cursor->proto, cursor->addr);
		RCU_INIT_POINTER(ports->page[i], NULL);
		ports->n_pages--;
		nat64_reclaim(&pages_dead, &page->link);
		inst->pages_memory -= NAT64_MEMORY_PAGE;
		nat64_ports_drop(inst, ports);
	}
	spin_unlock(&inst->pages_lock);
}

/**
 * nat64_pool4_count_host6 - count an IPv6 host for its IPv4 address
 * @inst: the instance
 * @addr: the address, in network byte order; to add one, the caller has allocated
 *	a port of it
 * @n: 1 or -1
 *
 * Context: softirqs off, RCU read lock.
 */
void nat64_pool4_count_host6(struct nat64_instance *inst, __be32 addr, int n)
{
	struct nat64_addr4 *addr4 = xa_load(&inst->addrs, ntohl(addr));

	if (!addr4 || atomic_add_return(n, &addr4->hosts6))
		return;
	/* Its ports may have been freed before. */
	spin_lock(&inst->pages_lock);
	if (xa_load(&inst->addrs, ntohl(addr)) == addr4)
		nat64_addr4_drop(inst, addr4, ntohl(addr));
	spin_unlock(&inst->pages_lock);
}

static void nat64_ports_destroy(struct nat64_ports *ports)
{
	struct nat64_port_page *page;
	int i;

	for (i = 0; i < NAT64_PAGES; i++) {
		page = rcu_dereference_raw(ports->page[i]);
		if (page)
			kmem_cache_free(page_cache, page);
	}
	kmem_cache_free(ports_cache, ports);
}

/**
 * nat64_pool4_destroy - free all pages, ports and addresses
 * @inst: the instance, which has no BIB entry and no reader
 */
void nat64_pool4_destroy(struct nat64_instance *inst)
{
	struct nat64_addr4 *addr4;
	struct nat64_ports *ports;
	unsigned long host;
	int proto;

	xa_for_each(&inst->addrs, host, addr4) {
		for (proto = 0; proto < NAT64_PROTOS; proto++) {
			ports = rcu_dereference_raw(addr4->ports[proto]);
			if (ports)
				nat64_ports_destroy(ports);
		}
		kfree(addr4);
		cond_resched();
	}
	xa_destroy(&inst->addrs);
}
