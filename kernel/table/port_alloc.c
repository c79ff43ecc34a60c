// SPDX-License-Identifier: GPL-2.0
/*
 * port_alloc.c - allocate an IPv4 transport address for a new BIB entry
 *	(RFC 6146 s3.5.1.1, s3.5.2.3)
 *
 * First the address, then the port. The address is the one that the IPv6 host
 * already has, else one that a keyed hash of the host chooses. The port is of
 * the same range class and parity, at an unpredictable place (RFC 6056). The
 * search reads one bit per address, and one per 256 ports of a parity, so it is
 * short even if the pool is nearly full. The order of the search does not depend
 * on how full the pool is (RFC 4787 REQ-11).
 *
 * The file is long because the steps of one search share struct nat64_search.
 */
#include "table/port_alloc.h"

#include <linux/random.h>
#include <linux/siphash.h>
#include <net/ip.h>
#include "table/exhausted.h"
#include "table/host6.h"
#include "table/state.h"

/* The first port after the well-known ports (RFC 6146 s3.5.1.1). */
#define NAT64_PORT_USER 1024

/*
 * The number of addresses without a free port after which a search gives up and
 * the pool counts as full. The limit only matters after pool4 has changed, while
 * searches find out again which addresses are exhausted.
 */
#define NAT64_SEARCH_TRIES 256

/**
 * struct nat64_search - a search for a port
 */
struct nat64_search {
	/** @inst: the instance */
	struct nat64_instance *inst;
	/** @cfg: its configuration */
	const struct nat64_config *cfg;
	/** @alloc: where to put the transport address */
	struct nat64_port_alloc *alloc;
	/** @mark: mark of the packet */
	u32 mark;
	/**
	 * @look: dry run: take no port, create no page, and ignore the hints,
	 * so that the result is exact
	 */
	bool look;
	/** @scarce: no page can be created: use the existing ones */
	bool scarce;
	/** @proto: protocol */
	enum nat64_proto proto;
	/** @port6: port of the IPv6 host, in host byte order */
	u16 port6;
};

/* Return an unpredictable number in [0, n) (RFC 6056 s3.3.1). */
static u32 nat64_port_alloc_random(u32 n)
{
	return n > 1 ? reciprocal_scale(get_random_u32(), n) : 0;
}

/*
 * Take, or @look for, the first free port of @parity between @min and @max, or
 * return -1.
 */
static int nat64_page_take_from(struct nat64_port_page *page, bool look,
				unsigned int min, unsigned int max,
				unsigned int parity)
{
	int port = nat64_page_seek(page, min, max, parity);

	while (port >= 0 && !look && test_and_set_bit(port, page->used))
		port = nat64_page_seek(page, port, max, parity);
	return port;
}

/*
 * Take a port of @parity of a page between @min and @max (ports of the page);
 * @start or what follows it, if that is possible. Returns the port, or -1.
 */
static int nat64_page_take(struct nat64_port_page *page, bool look,
			   unsigned int start, unsigned int min,
			   unsigned int max, unsigned int parity)
{
	int port = nat64_page_take_from(page, look, start, max, parity);

	if (port < 0 && start > min)
		port = nat64_page_take_from(page, look, min, start - 1, parity);
	return port;
}

/* Stand in for pages, and ports of an address, that do not exist. */
static struct nat64_port_page nat64_page_unused;
static struct nat64_ports nat64_ports_unused;

/*
 * The page to take a port from, to be put, or to look at; NULL if it is not
 * there and cannot be made.
 */
static struct nat64_port_page *nat64_search_page(struct nat64_search *s,
						 struct nat64_ports *ports,
						 u32 host, unsigned int i)
{
	struct nat64_port_page *page = rcu_dereference(ports->page[i]);

	if (s->look)
		return page ?: &nat64_page_unused;
	if (s->scarce && !page)
		return NULL;
	page = nat64_page_get(s->inst, s->proto, host, i);
	if (!page)
		s->scarce = true;
	return page;
}

/* The next page with a port of @parity, or at least @end. */
static unsigned int nat64_search_next(const struct nat64_search *s,
				      const struct nat64_ports *ports,
				      unsigned int i, unsigned int end,
				      unsigned int parity)
{
	if (s->look)
		return i;
	return find_next_zero_bit(ports->full[parity], end, i);
}

/* Finish with a page, of which a port has been taken or none was free. */
static void nat64_search_done(const struct nat64_search *s,
			      struct nat64_ports *ports,
			      struct nat64_port_page *page, unsigned int i,
			      int port, unsigned int parity)
{
	if (s->look)
		return;
	if (ports != &nat64_ports_unused)
		nat64_page_mark(ports, page, i, parity);
	if (port < 0)
		nat64_page_put(page);
}

/*
 * Take a port of @parity of an address between @min and @max. Returns 0, -EBUSY
 * if all are taken, or -ENOMEM if there is no page for those that are not.
 */
static int nat64_ports_take(struct nat64_search *s, u32 host, u32 min, u32 max,
			    unsigned int parity)
{
	struct nat64_ports *ports = nat64_pool4_ports(s->inst, s->proto, host) ?:
				    &nat64_ports_unused;
	unsigned int first = min >> NAT64_PAGE_SHIFT;
	unsigned int last = max >> NAT64_PAGE_SHIFT;
	u32 any = min + nat64_port_alloc_random(max - min + 1);
	unsigned int start = any >> NAT64_PAGE_SHIFT;
	unsigned int from, end, i;
	int err = -EBUSY;

	if (s->scarce && ports == &nat64_ports_unused)
		return -ENOMEM;
	/* Search from a random page to the end, then from the first page. */
	for (from = start, end = last + 1;; from = first, end = start) {
		for (i = from; i < end; i++) {
			struct nat64_port_page *page;
			unsigned int lo, hi;
			int port;

			i = nat64_search_next(s, ports, i, end, parity);
			if (i >= end)
				break;
			page = nat64_search_page(s, ports, host, i);
			if (!page) {
				err = -ENOMEM;
				continue;
			}
			lo = i == first ? min % NAT64_PAGE_PORTS : 0;
			hi = i == last ? max % NAT64_PAGE_PORTS :
					 NAT64_PAGE_PORTS - 1;
			/* The random port was for another page: draw again. */
			if (i != start)
				any = lo + nat64_port_alloc_random(hi - lo + 1);
			port = nat64_page_take(page, s->look,
					       any % NAT64_PAGE_PORTS, lo, hi,
					       parity);
			nat64_search_done(s, ports, page, i, port, parity);
			if (port < 0)
				continue;
			s->alloc->page = page;
			s->alloc->last =
				nat64_page_seek(page, lo, hi, parity) < 0 &&
				nat64_page_seek(page, lo, hi, !parity) < 0;
			s->alloc->port = htons((i << NAT64_PAGE_SHIFT) + port);
			return 0;
		}
		if (from == first)
			return err;
	}
}

/* Combine the results of two searches: -ENOMEM if either lacked only memory. */
static int nat64_search_worse(int err, int other)
{
	return err == -ENOMEM ? err : other;
}

/* Check whether to continue the search elsewhere. */
static bool nat64_search_in_vain(int err)
{
	return err == -EBUSY || err == -ENOMEM;
}

/*
 * Take a port of any of the ranges that lies between @min and @max. Returns 0,
 * -EBUSY or -ENOMEM.
 */
static int nat64_ranges_take(struct nat64_search *s, u32 host,
			     const struct nat64_ports_range *ranges, int n,
			     u32 min, u32 max, unsigned int parity)
{
	unsigned int start = nat64_port_alloc_random(n);
	int i, err, all = -EBUSY;

	for (i = 0; i < n; i++) {
		const struct nat64_ports_range *r = &ranges[(start + i) % n];
		u32 lo = max_t(u32, min, r->min);
		u32 hi = min_t(u32, max, r->max);

		if (lo > hi)
			continue;
		err = nat64_ports_take(s, host, lo, hi, parity);
		if (!nat64_search_in_vain(err))
			return err;
		all = nat64_search_worse(all, err);
	}
	return all;
}

/* Take a port of @parity, else one of the other parity; returns likewise. */
static int nat64_ranges_any(struct nat64_search *s, u32 host,
			    const struct nat64_ports_range *ranges, int n,
			    u32 min, u32 max, unsigned int parity)
{
	int err = nat64_ranges_take(s, host, ranges, n, min, max, parity);
	int other;

	if (!nat64_search_in_vain(err))
		return err;
	other = nat64_ranges_take(s, host, ranges, n, min, max, !parity);
	return nat64_search_in_vain(other) ? nat64_search_worse(err, other) :
					     other;
}

/*
 * Take a port of an address (RFC 6146 s3.5.1.1, s3.5.2.3): one of the IPv6
 * port's range class and, for UDP, parity; else one of its class; else any one.
 * Returns 0, -EBUSY or -ENOMEM.
 */
static int nat64_search_addr(struct nat64_search *s, u32 host,
			     const struct nat64_ports_range *ranges, int n)
{
	bool user = s->port6 >= NAT64_PORT_USER;
	u32 min = user ? NAT64_PORT_USER : 0;
	u32 max = user ? 65535 : NAT64_PORT_USER - 1;
	unsigned int parity = nat64_port_alloc_random(2);
	/* Port 0 is reserved in TCP and UDP; ICMP identifier 0 is not. */
	u32 zero = s->proto != NAT64_ICMP;
	int err = -EBUSY, other;

	s->alloc->addr = htonl(host);
	if (s->proto == NAT64_UDP && s->cfg->keys.preserve_port_parity)
		parity = s->port6 & 1;
	if (s->proto != NAT64_ICMP)
		err = nat64_ranges_any(s, host, ranges, n, max(min, zero), max,
				       parity);
	if (!nat64_search_in_vain(err))
		return err;
	other = nat64_ranges_any(s, host, ranges, n, zero, 65535, parity);
	return nat64_search_in_vain(other) ? nat64_search_worse(err, other) :
					     other;
}

/* The router's own address: the ports that its own programs do not get. */
static int nat64_search_own(struct nat64_search *s, __be32 own)
{
	struct nat64_ports_range ranges[2];
	int low, high, n = 0;

	if (!own)
		return -EADDRNOTAVAIL;
	inet_get_local_port_range(s->inst->net, &low, &high);
	if (low > NAT64_PORT_USER) {
		ranges[n].min = NAT64_PORT_USER;
		ranges[n++].max = low - 1;
	}
	if (high < 65535) {
		ranges[n].min = max(high + 1, NAT64_PORT_USER);
		ranges[n++].max = 65535;
	}
	return nat64_search_addr(s, ntohl(own), ranges, n);
}

/* Check whether an entry serves the packet. */
static bool nat64_search_serves(const struct nat64_search *s,
				const struct nat64_pool4_entry *entry)
{
	return entry->mark == s->mark && (entry->protos & BIT(s->proto));
}

/*
 * Mark an address of an entry as exhausted if it still is. The ports themselves
 * decide, as other hints may be about to change.
 */
static void nat64_search_exhausted(const struct nat64_search *s,
				   const struct nat64_pool4_entry *entry,
				   u32 host)
{
	u32 at = nat64_pool4_set_rank(&s->cfg->pool4, s->proto, entry, host);
	struct nat64_search again = *s;
	struct nat64_port_alloc ignored;

	again.look = true;
	again.alloc = &ignored;
	nat64_exhausted_set(&s->cfg->pool4, s->proto, at, true);
	/* One may have come back in the meantime. */
	if (nat64_search_addr(&again, host, entry->ranges, entry->n_ranges) !=
	    -EBUSY)
		nat64_exhausted_set(&s->cfg->pool4, s->proto, at, false);
}

/* Take a port of an address of an entry. Returns 0, -EBUSY or -ENOMEM. */
static int nat64_search_entry(struct nat64_search *s,
			      const struct nat64_pool4_entry *entry, u32 host)
{
	int err = nat64_search_addr(s, host, entry->ranges, entry->n_ranges);

	if (!s->look && (err == -EBUSY || (!err && s->alloc->last)))
		nat64_search_exhausted(s, entry, host);
	return err;
}

/*
 * Take a port of the address that the IPv6 host already has. Returns 0, -EBUSY or
 * -ENOMEM, or -EADDRNOTAVAIL if pool4 has lost the address.
 */
static int nat64_search_paired(struct nat64_search *s, u32 host)
{
	int i = s->cfg->pool4.n, all = -EADDRNOTAVAIL, err;
	u32 at;

	while ((i = nat64_pool4_set_next(&s->cfg->pool4, host, i)) >= 0) {
		const struct nat64_pool4_entry *entry = &s->cfg->pool4.entry[i];

		if (entry->mark != s->mark)
			continue;
		all = nat64_search_worse(all, -EBUSY);
		if (!nat64_search_serves(s, entry))
			continue;
		at = nat64_pool4_set_rank(&s->cfg->pool4, s->proto, entry,
					  host);
		if (nat64_exhausted_next(&s->cfg->pool4, s->proto, at,
					 at + 1) != at)
			continue;
		err = nat64_search_entry(s, entry, host);
		if (!nat64_search_in_vain(err))
			return err;
		all = nat64_search_worse(all, err);
	}
	return all;
}

/* Take a port of the addresses with ranks from @at to @end - 1. */
static int nat64_search_span(struct nat64_search *s, u32 at, u32 end,
			     unsigned int *tries)
{
	const struct nat64_pool4_entry *entry;
	int err, all = -EBUSY;
	u32 host;

	for (;; at++) {
		at = nat64_exhausted_next(&s->cfg->pool4, s->proto, at, end);
		if (at >= end || !*tries)
			return all;
		(*tries)--;
		entry = nat64_pool4_set_at_rank(&s->cfg->pool4, s->proto, at,
						&host);
		err = nat64_search_entry(s, entry, host);
		if (!nat64_search_in_vain(err))
			return err;
		all = nat64_search_worse(all, err);
	}
}

/* Check whether any entry of an address serves the packet. */
static bool nat64_search_has(const struct nat64_search *s, u32 host)
{
	int i = s->cfg->pool4.n;

	while ((i = nat64_pool4_set_next(&s->cfg->pool4, host, i)) >= 0)
		if (nat64_search_serves(s, &s->cfg->pool4.entry[i]))
			return true;
	return false;
}

/**
 * nat64_port_alloc_predict - predict the address that is tried first
 * @inst: the instance
 * @cfg: its configuration
 * @proto: protocol
 * @addr6: address of the IPv6 host
 * @mark: mark of its packet
 *
 * Routes may depend on it, and are looked up before there is state.
 *
 * Context: RCU read lock.
 *
 * Return: the address, in network byte order; 0 if pool4 has none.
 */
__be32 nat64_port_alloc_predict(struct nat64_instance *inst,
				const struct nat64_config *cfg,
				enum nat64_proto proto,
				const struct in6_addr *addr6, u32 mark)
{
	struct nat64_search s = {
		.inst = inst, .cfg = cfg, .mark = mark, .proto = proto,
	};
	__be32 paired = nat64_host6_addr4(inst, addr6);
	u32 total, first, host;

	if (paired && nat64_search_has(&s, ntohl(paired)))
		return paired;
	total = nat64_pool4_set_count_mark(&cfg->pool4, proto, mark, &first);
	if (!total)
		return 0;
	nat64_pool4_set_at_rank(&cfg->pool4, proto,
				first + nat64_host6_hash(addr6, total), &host);
	return htonl(host);
}

/* Search all addresses of pool4, that of the IPv6 host first. */
static int nat64_search_any(struct nat64_search *s,
			    const struct in6_addr *addr6, __be32 own)
{
	unsigned int tries = NAT64_SEARCH_TRIES;
	int err, all = -EBUSY;
	u32 total, first, chosen;
	__be32 paired;

	s->alloc->pairs = false;
	if (!s->cfg->pool4.n)
		return nat64_search_own(s, own);
	total = nat64_pool4_set_count_mark(&s->cfg->pool4, s->proto, s->mark,
					   &first);
	if (!total)
		return -EADDRNOTAVAIL;
	paired = nat64_host6_addr4(s->inst, addr6);
	if (paired) {
		err = nat64_search_paired(s, ntohl(paired));
		s->alloc->pairs = err == -EADDRNOTAVAIL;
		if (!nat64_search_in_vain(err) && !s->alloc->pairs)
			return err;
		all = nat64_search_worse(err, all);
	}
	chosen = first + nat64_host6_hash(addr6, total);
	err = nat64_search_span(s, chosen, first + total, &tries);
	if (!nat64_search_in_vain(err))
		return err;
	all = nat64_search_worse(all, err);
	err = nat64_search_span(s, first, chosen, &tries);
	return nat64_search_in_vain(err) ? nat64_search_worse(all, err) : err;
}

/**
 * nat64_port_alloc - allocate an IPv4 transport address
 * @inst: the instance
 * @cfg: its configuration
 * @proto: protocol
 * @addr6: address of the IPv6 host
 * @port6: its port, in network byte order
 * @mark: mark of its packet
 * @own: the router's address towards the packet's destination, in network byte
 *	order, or 0; used if pool4 is empty
 * @alloc: set to the transport address; follow with nat64_pool4_publish() or
 *	nat64_port_alloc_cancel()
 *
 * An IPv6 host has the same IPv4 address in all protocols (RFC 6146 s3.5.1.1,
 * RFC 6888 REQ-2); another one is used only if that has no free port.
 *
 * Context: softirqs off, RCU read lock. Taking a port is one atomic bit
 * operation.
 *
 * Return: 0, -EADDRNOTAVAIL if no pool4 entry is for @mark and @proto, -EBUSY
 * if all ports are taken, or -ENOMEM.
 */
int nat64_port_alloc(struct nat64_instance *inst,
		     const struct nat64_config *cfg, enum nat64_proto proto,
		     const struct in6_addr *addr6, __be16 port6, u32 mark,
		     __be32 own, struct nat64_port_alloc *alloc)
{
	struct nat64_search s = {
		.inst = inst,
		.cfg = cfg,
		.alloc = alloc,
		.mark = mark,
		.proto = proto,
		.port6 = ntohs(port6),
	};

	return nat64_search_any(&s, addr6, own);
}

/**
 * nat64_port_alloc_peek - report what nat64_port_alloc() would do
 * @inst: the instance
 * @cfg: its configuration
 * @proto: protocol
 * @addr6: address of the IPv6 host
 * @port6: its port, in network byte order
 * @mark: mark of its packet
 * @own: as of nat64_port_alloc()
 * @alloc: set to a free transport address: the address that would be allocated,
 *	and one of the ports that might be
 *
 * Context: softirqs off, RCU read lock. Changes nothing.
 *
 * Return: as nat64_port_alloc(), but for -ENOMEM.
 */
int nat64_port_alloc_peek(struct nat64_instance *inst,
			  const struct nat64_config *cfg,
			  enum nat64_proto proto, const struct in6_addr *addr6,
			  __be16 port6, u32 mark, __be32 own,
			  struct nat64_port_alloc *alloc)
{
	struct nat64_search s = {
		.inst = inst,
		.cfg = cfg,
		.alloc = alloc,
		.mark = mark,
		.proto = proto,
		.port6 = ntohs(port6),
		.look = true,
	};

	return nat64_search_any(&s, addr6, own);
}
