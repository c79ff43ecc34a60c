// SPDX-License-Identifier: GPL-2.0
/* pool4.c - the IPv4 transport addresses and who has them */
#include "table/pool4.h"

#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/ip.h>
#include "table/bib.h"
#include "table/instance.h"

/* The first port behind the well-known ones (RFC 6146 s3.5.1.1). */
#define NAT64_PORT_USER 1024

/*
 * Pages that are searched for a port of the right parity before any free port
 * is taken: keeps the time constant when the pool is nearly full.
 */
#define NAT64_PARITY_PAGES 4

static struct kmem_cache *page_cache;
static siphash_key_t addr_key __read_mostly;

/**
 * nat64_pool4_init - what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_pool4_init(void)
{
	get_random_bytes(&addr_key, sizeof(addr_key));
	page_cache = kmem_cache_create("nat64_port_page",
				       sizeof(struct nat64_port_page), 0, 0,
				       NULL);
	return page_cache ? 0 : -ENOMEM;
}

/**
 * nat64_pool4_exit - undo nat64_pool4_init()
 */
void nat64_pool4_exit(void)
{
	kmem_cache_destroy(page_cache);
}

static struct nat64_ports *nat64_pool4_ports(struct nat64_instance *inst,
					     enum nat64_proto proto, u32 host)
{
	struct nat64_addr4 *addr4 = xa_load(&inst->addrs, host);

	return addr4 ? rcu_dereference(addr4->ports[proto]) : NULL;
}

/**
 * nat64_pool4_find - the BIB entry of an IPv4 transport address
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
	return rcu_dereference(page->bib[p % NAT64_PAGE_PORTS]);
}

/* Find or make the ports of an address; NULL if there is no memory. */
static struct nat64_ports *nat64_pool4_make_ports(struct nat64_instance *inst,
						  enum nat64_proto proto,
						  u32 host)
{
	struct nat64_addr4 *addr4 = xa_load(&inst->addrs, host), *other;
	struct nat64_ports *ports, *old;

	if (!addr4) {
		addr4 = kzalloc(sizeof(*addr4), GFP_ATOMIC);
		if (!addr4)
			return NULL;
		other = xa_cmpxchg_bh(&inst->addrs, host, NULL, addr4,
				      GFP_ATOMIC);
		if (other) {
			kfree(addr4);
			if (xa_is_err(other))
				return NULL;
			addr4 = other;
		}
	}

	ports = rcu_dereference(addr4->ports[proto]);
	if (ports)
		return ports;
	ports = kzalloc(sizeof(*ports), GFP_ATOMIC);
	if (!ports)
		return NULL;
	old = unrcu_pointer(cmpxchg(&addr4->ports[proto], NULL,
				    RCU_INITIALIZER(ports)));
	if (!old)
		return ports;
	kfree(ports);
	return old;
}

/* Find or make a page of ports; NULL if there is no memory. */
static struct nat64_port_page *nat64_pool4_make_page(struct nat64_ports *ports,
						     enum nat64_proto proto,
						     unsigned int i)
{
	struct nat64_port_page *page = rcu_dereference(ports->page[i]), *old;

	if (page)
		return page;
	page = kmem_cache_zalloc(page_cache, GFP_ATOMIC);
	if (!page)
		return NULL;
	/* Port 0 is reserved in TCP and UDP; ICMP identifier 0 is not. */
	if (!i && proto != NAT64_ICMP)
		__set_bit(0, page->used);
	old = unrcu_pointer(cmpxchg(&ports->page[i], NULL,
				    RCU_INITIALIZER(page)));
	if (!old)
		return page;
	kmem_cache_free(page_cache, page);
	return old;
}

static void nat64_pool4_mark_full(struct nat64_ports *ports,
				  const struct nat64_port_page *page,
				  unsigned int i)
{
	if (!bitmap_full(page->used, NAT64_PAGE_PORTS))
		return;
	set_bit(i, ports->full);
	/* A port may have come back before the hint was set: look after it. */
	smp_mb__after_atomic();
	if (!bitmap_full(page->used, NAT64_PAGE_PORTS))
		clear_bit(i, ports->full);
}

/*
 * Take a port of a page between @min and @max (ports of the page), of the
 * parity of @parity if that is 0 or 1. Starts at a place nobody can foresee
 * (RFC 6056). Returns the port, or -1.
 */
static int nat64_page_take(struct nat64_port_page *page, unsigned int min,
			   unsigned int max, int parity)
{
	unsigned int n = max - min + 1;
	unsigned int i, port, start = reciprocal_scale(get_random_u32(), n);

	for (i = 0; i < n; i++) {
		port = min + (start + i) % n;
		if (parity >= 0 && (port & 1) != parity)
			continue;
		if (!test_bit(port, page->used) &&
		    !test_and_set_bit(port, page->used))
			return port;
	}
	return -1;
}

/*
 * Take a port of an address between @min and @max. Returns 0, -EBUSY if all
 * are taken, or -ENOMEM.
 */
static int nat64_ports_take(struct nat64_ports *ports, enum nat64_proto proto,
			    u32 min, u32 max, int parity,
			    struct nat64_claim *claim)
{
	unsigned int first = min >> NAT64_PAGE_SHIFT;
	unsigned int last = max >> NAT64_PAGE_SHIFT;
	unsigned int n = last - first + 1, tries = 0;
	unsigned int start, from, end, i;

	start = first + reciprocal_scale(get_random_u32(), n);
	/* Twice over the hints: from a random page up, then from the first. */
	for (from = start, end = last + 1;; from = first, end = start) {
		for (i = from; i < end; i++) {
			struct nat64_port_page *page;
			unsigned int lo, hi;
			int port;

			i = find_next_zero_bit(ports->full, end, i);
			if (i >= end)
				break;
			if (parity >= 0 && tries++ == NAT64_PARITY_PAGES)
				return -EBUSY;
			page = nat64_pool4_make_page(ports, proto, i);
			if (!page)
				return -ENOMEM;
			lo = i == first ? min % NAT64_PAGE_PORTS : 0;
			hi = i == last ? max % NAT64_PAGE_PORTS :
					 NAT64_PAGE_PORTS - 1;
			port = nat64_page_take(page, lo, hi, parity);
			nat64_pool4_mark_full(ports, page, i);
			if (port < 0)
				continue;
			claim->page = page;
			claim->port = htons((i << NAT64_PAGE_SHIFT) + port);
			return 0;
		}
		if (from == first)
			return -EBUSY;
	}
}

/*
 * Take a port of any of the ranges that lies between @min and @max. Returns 0,
 * -EBUSY or -ENOMEM.
 */
static int nat64_ranges_take(struct nat64_ports *ports, enum nat64_proto proto,
			     const struct nat64_ports_range *ranges, int n,
			     u32 min, u32 max, int parity,
			     struct nat64_claim *claim)
{
	unsigned int start = reciprocal_scale(get_random_u32(), n);
	int i, err;

	for (i = 0; i < n; i++) {
		const struct nat64_ports_range *r = &ranges[(start + i) % n];
		u32 lo = max_t(u32, min, r->min);
		u32 hi = min_t(u32, max, r->max);

		if (lo > hi)
			continue;
		err = nat64_ports_take(ports, proto, lo, hi, parity, claim);
		if (err != -EBUSY)
			return err;
	}
	return -EBUSY;
}

/*
 * Take a port of an address for @port6: of its range class and, for UDP, its
 * parity; else of its class; else any (RFC 6146 s3.5.1.1, s3.5.2.3).
 */
static int nat64_addr4_take(struct nat64_instance *inst, enum nat64_proto proto,
			    u32 host, const struct nat64_ports_range *ranges,
			    int n, __be16 port6, struct nat64_claim *claim)
{
	bool user = ntohs(port6) >= NAT64_PORT_USER;
	u32 min = user ? NAT64_PORT_USER : 0;
	u32 max = user ? 65535 : NAT64_PORT_USER - 1;
	struct nat64_ports *ports;
	int err = -EBUSY;

	if (!n)
		return -EBUSY;
	ports = nat64_pool4_make_ports(inst, proto, host);
	if (!ports)
		return -ENOMEM;
	claim->addr = htonl(host);

	if (proto == NAT64_UDP)
		err = nat64_ranges_take(ports, proto, ranges, n, min, max,
					ntohs(port6) & 1, claim);
	if (err == -EBUSY && proto != NAT64_ICMP)
		err = nat64_ranges_take(ports, proto, ranges, n, min, max, -1,
					claim);
	if (err == -EBUSY)
		err = nat64_ranges_take(ports, proto, ranges, n, 0, 65535, -1,
					claim);
	return err;
}

/* The router's own address: the ports that its own programs do not get. */
static int nat64_pool4_claim_own(struct nat64_instance *inst,
				 enum nat64_proto proto, __be32 own,
				 __be16 port6, struct nat64_claim *claim)
{
	struct nat64_ports_range ranges[2];
	int low, high, n = 0;

	if (!own)
		return -EADDRNOTAVAIL;
	inet_get_local_port_range(inst->net, &low, &high);
	if (low > NAT64_PORT_USER) {
		ranges[n].min = NAT64_PORT_USER;
		ranges[n++].max = low - 1;
	}
	if (high < 65535) {
		ranges[n].min = max(high + 1, NAT64_PORT_USER);
		ranges[n++].max = 65535;
	}
	return nat64_addr4_take(inst, proto, ntohl(own), ranges, n, port6,
				claim);
}

/**
 * nat64_pool4_claim - give out an IPv4 transport address
 * @inst: the instance
 * @cfg: its configuration
 * @proto: protocol
 * @addr6: IPv6 address that asks
 * @port6: its port, in network byte order
 * @mark: mark of its packet
 * @own: the router's address towards the packet's destination, in network byte
 *	order, or 0; serves if pool4 is empty
 * @claim: where to put the transport address; follow with
 *	nat64_pool4_publish() or nat64_pool4_unclaim()
 *
 * An IPv6 address has the same IPv4 address in all protocols (RFC 6146
 * s3.5.1.1, RFC 6888 REQ-2): a keyed hash of it chooses, and only if that
 * address has no port left does the next one serve.
 *
 * Context: softirqs off, RCU read lock. Claiming a port is one atomic bit
 * operation; the search looks at a bit for 64 ports.
 *
 * Return: 0, -EADDRNOTAVAIL if no pool4 entry is for @mark and @proto, -EBUSY
 * if all ports are taken, or -ENOMEM.
 */
int nat64_pool4_claim(struct nat64_instance *inst,
		      const struct nat64_config *cfg, enum nat64_proto proto,
		      const struct in6_addr *addr6, __be16 port6, u32 mark,
		      __be32 own, struct nat64_claim *claim)
{
	u32 total = 0, skip, pass, i;
	int err = -EADDRNOTAVAIL;

	if (!cfg->n_pool4)
		return nat64_pool4_claim_own(inst, proto, own, port6, claim);

	for (i = 0; i < cfg->n_pool4; i++)
		if (cfg->pool4[i].mark == mark &&
		    (cfg->pool4[i].protos & BIT(proto)))
			total += 1U << (32 - cfg->pool4[i].len);
	if (!total)
		return err;

	skip = reciprocal_scale(siphash(addr6, sizeof(*addr6), &addr_key),
				total);
	/* From the chosen address to the last, then from the first to it. */
	for (pass = 0; pass < 2; pass++) {
		u32 from = pass ? 0 : skip, to = pass ? skip : total;
		u32 seen = 0;

		for (i = 0; i < cfg->n_pool4 && seen < to; i++) {
			const struct nat64_pool4_row *row = &cfg->pool4[i];
			u32 n = 1U << (32 - row->len), j;

			if (row->mark != mark || !(row->protos & BIT(proto)))
				continue;
			j = from > seen ? from - seen : 0;
			for (; j < n && seen + j < to; j++) {
				err = nat64_addr4_take(inst, proto,
						       row->addr + j,
						       row->ranges,
						       row->n_ranges, port6,
						       claim);
				if (err != -EBUSY)
					return err;
			}
			seen += n;
		}
	}
	return err;
}

/**
 * nat64_pool4_claim_fixed - give out one certain IPv4 transport address
 * @inst: the instance
 * @proto: protocol
 * @addr: address, in network byte order
 * @port: port or identifier, in network byte order
 * @claim: where to put it
 *
 * Context: RCU read lock.
 *
 * Return: 0, -EBUSY if it is taken, or -ENOMEM.
 */
int nat64_pool4_claim_fixed(struct nat64_instance *inst, enum nat64_proto proto,
			    __be32 addr, __be16 port,
			    struct nat64_claim *claim)
{
	struct nat64_ports *ports;
	u16 p = ntohs(port);

	ports = nat64_pool4_make_ports(inst, proto, ntohl(addr));
	if (!ports)
		return -ENOMEM;
	claim->addr = addr;
	claim->port = port;
	claim->page = nat64_pool4_make_page(ports, proto,
					    p >> NAT64_PAGE_SHIFT);
	if (!claim->page)
		return -ENOMEM;
	if (test_and_set_bit(p % NAT64_PAGE_PORTS, claim->page->used))
		return -EBUSY;
	nat64_pool4_mark_full(ports, claim->page, p >> NAT64_PAGE_SHIFT);
	return 0;
}

/**
 * nat64_pool4_publish - let IPv4 packets find a new BIB entry
 * @claim: its transport address
 * @bib: the entry, complete
 */
void nat64_pool4_publish(const struct nat64_claim *claim, struct nat64_bib *bib)
{
	rcu_assign_pointer(claim->page->bib[ntohs(claim->port) %
					    NAT64_PAGE_PORTS], bib);
}

/**
 * nat64_pool4_unclaim - give back a transport address that was not published
 * @inst: the instance
 * @proto: protocol
 * @claim: the transport address
 *
 * Context: RCU read lock.
 */
void nat64_pool4_unclaim(struct nat64_instance *inst, enum nat64_proto proto,
			 const struct nat64_claim *claim)
{
	nat64_pool4_release(inst, proto, claim->addr, claim->port);
}

/**
 * nat64_pool4_release - give back the transport address of a BIB entry
 * @inst: the instance
 * @proto: protocol
 * @addr: address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Context: RCU read lock.
 */
void nat64_pool4_release(struct nat64_instance *inst, enum nat64_proto proto,
			 __be32 addr, __be16 port)
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
	RCU_INIT_POINTER(page->bib[p], NULL);
	/* Whoever takes the port next must not find its pointer cleared late. */
	smp_mb__before_atomic();
	clear_bit(p, page->used);
	/* Pairs with nat64_pool4_mark_full(): first the port, then the hint. */
	smp_mb__after_atomic();
	if (test_bit(i, ports->full))
		clear_bit(i, ports->full);
}

/**
 * nat64_pool4_next_page - go on with a walk over all BIB entries
 * @inst: the instance
 * @cursor: where to go on; all zero to begin. It is set to the page that is
 *	returned; add NAT64_PAGE_PORTS to its port to go on behind it
 *
 * The order is that of addresses, protocols and ports, so a walk may be
 * interrupted and resumed while entries come and go.
 *
 * Context: RCU read lock.
 *
 * Return: a page, or NULL at the end.
 */
struct nat64_port_page *nat64_pool4_next_page(struct nat64_instance *inst,
					      struct nat64_cursor *cursor)
{
	struct nat64_addr4 *addr4;

	while ((addr4 = xa_find(&inst->addrs, &cursor->addr, U32_MAX,
				XA_PRESENT))) {
		for (; cursor->proto < NAT64_PROTOS; cursor->proto++) {
			struct nat64_ports *ports;

			ports = rcu_dereference(addr4->ports[cursor->proto]);
			for (; ports && cursor->port < 65536;
			     cursor->port = round_down(cursor->port,
						       NAT64_PAGE_PORTS) +
					    NAT64_PAGE_PORTS) {
				struct nat64_port_page *page;

				page = rcu_dereference(ports->page[cursor->port >>
							NAT64_PAGE_SHIFT]);
				if (page)
					return page;
			}
			cursor->port = 0;
		}
		cursor->proto = 0;
		if (cursor->addr == U32_MAX)
			return NULL;
		cursor->addr++;
	}
	return NULL;
}

/**
 * nat64_pool4_destroy - free everything
 * @inst: the instance, which has no BIB entry and no reader any more
 */
void nat64_pool4_destroy(struct nat64_instance *inst)
{
	struct nat64_addr4 *addr4;
	unsigned long host;
	int proto, i;

	xa_for_each(&inst->addrs, host, addr4) {
		for (proto = 0; proto < NAT64_PROTOS; proto++) {
			struct nat64_ports *ports;

			ports = rcu_dereference_raw(addr4->ports[proto]);
			for (i = 0; ports && i < NAT64_PAGES; i++) {
				struct nat64_port_page *page;

				page = rcu_dereference_raw(ports->page[i]);
				if (page)
					kmem_cache_free(page_cache, page);
			}
			kfree(ports);
		}
		kfree(addr4);
	}
	xa_destroy(&inst->addrs);
}
