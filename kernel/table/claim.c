// SPDX-License-Identifier: GPL-2.0
/*
 * claim.c - an IPv4 transport address for a new BIB entry (RFC 6146 s3.5.1.1,
 *	s3.5.2.3)
 *
 * First the address, then the port: the address that the inside host has
 * already, else one that a keyed hash of it chooses; of that a port of the same
 * range class and parity, at a place nobody can foresee (RFC 6056). The search
 * looks at a bit for an address, and at one for 512 ports of it, so it ends soon,
 * however full the pool is.
 */
#include "table/pool4.h"

#include <linux/random.h>
#include <linux/siphash.h>
#include <net/ip.h>
#include "table/instance.h"
#include "table/spent.h"
#include "table/subscriber.h"

/* The first port behind the well-known ones (RFC 6146 s3.5.1.1). */
#define NAT64_PORT_USER 1024

/*
 * Pages that are searched for a port of the right parity before any free port
 * is taken: keeps the time constant when the pool is nearly full.
 */
#define NAT64_PARITY_PAGES 2

/*
 * Addresses in which a port is looked for in vain before the pool counts as
 * full. It is of interest when pool4 has just changed: then it is learned anew
 * which addresses have none left.
 */
#define NAT64_SEARCH_TRIES 256

/**
 * struct nat64_search - what a port is looked for
 */
struct nat64_search {
	/** @inst: the instance */
	struct nat64_instance *inst;
	/** @cfg: its configuration */
	const struct nat64_config *cfg;
	/** @claim: where to put the transport address */
	struct nat64_claim *claim;
	/** @mark: mark of the packet */
	u32 mark;
	/** @look: only look: take nothing, and make nothing */
	bool look;
	/** @proto: protocol */
	enum nat64_proto proto;
	/** @port6: port of the inside host, in host byte order */
	u16 port6;
};

/* A number below @n that nobody can foresee (RFC 6056 s3.3.1). */
static u32 nat64_claim_random(u32 n)
{
	return n > 1 ? reciprocal_scale(get_random_u32(), n) : 0;
}

/*
 * Take, or @look for, the first free port of @parity between @min and @max, or
 * return -1.
 */
static int nat64_page_take_from(struct nat64_port_page *page, bool look,
				unsigned int min, unsigned int max, int parity)
{
	unsigned int port = min;

	for (;; port++) {
		port = find_next_zero_bit(page->used, max + 1, port);
		if (port > max)
			return -1;
		if ((parity < 0 || (port & 1) == parity) &&
		    (look || !test_and_set_bit(port, page->used)))
			return port;
	}
}

/*
 * Take a port of a page between @min and @max (ports of the page), of the
 * parity of @parity if that is 0 or 1; @start or what follows it, if that is
 * possible. Returns the port, or -1.
 */
static int nat64_page_take(struct nat64_port_page *page, bool look,
			   unsigned int start, unsigned int min,
			   unsigned int max, int parity)
{
	int port = nat64_page_take_from(page, look, start, max, parity);

	if (port < 0 && start > min)
		port = nat64_page_take_from(page, look, min, start - 1, parity);
	return port;
}

/* A page that has never been used stands in for those that are not there. */
static struct nat64_port_page nat64_page_unused;
static struct nat64_ports nat64_ports_unused;

static struct nat64_port_page *nat64_search_page(const struct nat64_search *s,
						 struct nat64_ports *ports,
						 unsigned int i)
{
	if (s->look)
		return rcu_dereference(ports->page[i]) ?: &nat64_page_unused;
	return nat64_pool4_make_page(ports, s->proto, i);
}

static struct nat64_ports *nat64_search_ports(const struct nat64_search *s,
					      u32 host)
{
	if (s->look)
		return nat64_pool4_ports(s->inst, s->proto, host) ?:
		       &nat64_ports_unused;
	return nat64_pool4_make_ports(s->inst, s->proto, host);
}

/*
 * Take a port of an address between @min and @max. Returns 0, -EBUSY if all
 * are taken, or -ENOMEM.
 */
static int nat64_ports_take(const struct nat64_search *s,
			    struct nat64_ports *ports, u32 min, u32 max,
			    int parity)
{
	unsigned int first = min >> NAT64_PAGE_SHIFT;
	unsigned int last = max >> NAT64_PAGE_SHIFT;
	unsigned int tries = 0;
	unsigned int start, from, end, i;
	u32 any = min + nat64_claim_random(max - min + 1);

	start = any >> NAT64_PAGE_SHIFT;
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
			page = nat64_search_page(s, ports, i);
			if (!page)
				return -ENOMEM;
			lo = i == first ? min % NAT64_PAGE_PORTS : 0;
			hi = i == last ? max % NAT64_PAGE_PORTS :
					 NAT64_PAGE_PORTS - 1;
			/* What was drawn was a port of another page. */
			if (i != start)
				any = lo + nat64_claim_random(hi - lo + 1);
			port = nat64_page_take(page, s->look,
					       any % NAT64_PAGE_PORTS, lo, hi,
					       parity);
			if (!s->look)
				nat64_pool4_mark_full(ports, page, i);
			if (port < 0)
				continue;
			s->claim->page = page;
			s->claim->last = nat64_page_take_from(page, true, lo,
							      hi, -1) < 0;
			s->claim->port = htons((i << NAT64_PAGE_SHIFT) + port);
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
static int nat64_ranges_take(const struct nat64_search *s,
			     struct nat64_ports *ports,
			     const struct nat64_ports_range *ranges, int n,
			     u32 min, u32 max, int parity)
{
	unsigned int start = nat64_claim_random(n);
	int i, err;

	for (i = 0; i < n; i++) {
		const struct nat64_ports_range *r = &ranges[(start + i) % n];
		u32 lo = max_t(u32, min, r->min);
		u32 hi = min_t(u32, max, r->max);

		if (lo > hi)
			continue;
		err = nat64_ports_take(s, ports, lo, hi, parity);
		if (err != -EBUSY)
			return err;
	}
	return -EBUSY;
}

/*
 * Take a port of an address: of the inside port's range class and, for UDP, its
 * parity; else of its class; else any (RFC 6146 s3.5.1.1, s3.5.2.3). Returns 0,
 * -EBUSY or -ENOMEM.
 */
static int nat64_search_addr(const struct nat64_search *s, u32 host,
			     const struct nat64_ports_range *ranges, int n)
{
	bool user = s->port6 >= NAT64_PORT_USER;
	u32 min = user ? NAT64_PORT_USER : 0;
	u32 max = user ? 65535 : NAT64_PORT_USER - 1;
	struct nat64_ports *ports;
	int err = -EBUSY;

	if (!n)
		return -EBUSY;
	ports = nat64_search_ports(s, host);
	if (!ports)
		return -ENOMEM;
	s->claim->addr = htonl(host);

	if (s->proto == NAT64_UDP && s->cfg->keys.preserve_port_parity)
		err = nat64_ranges_take(s, ports, ranges, n, min, max,
					s->port6 & 1);
	if (err == -EBUSY && s->proto != NAT64_ICMP)
		err = nat64_ranges_take(s, ports, ranges, n, min, max, -1);
	if (err == -EBUSY)
		err = nat64_ranges_take(s, ports, ranges, n, 0, 65535, -1);
	return err;
}

/* The router's own address: the ports that its own programs do not get. */
static int nat64_search_own(const struct nat64_search *s, __be32 own)
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

/* Does an entry serve the packet? */
static bool nat64_search_serves(const struct nat64_search *s,
				const struct nat64_pool4_row *row)
{
	return row->mark == s->mark && (row->protos & BIT(s->proto));
}

/* Note that an address of an entry has no port left, if that is still so. */
static void nat64_search_spend(const struct nat64_search *s,
			       const struct nat64_pool4_row *row, u32 host)
{
	u32 at = nat64_config_at4(s->cfg, s->proto, row, host);
	struct nat64_search again = *s;
	struct nat64_claim ignored;

	again.look = true;
	again.claim = &ignored;
	nat64_spent_set(s->cfg, s->proto, at, true);
	/* One may have come back in the meantime. */
	if (nat64_search_addr(&again, host, row->ranges, row->n_ranges) !=
	    -EBUSY)
		nat64_spent_set(s->cfg, s->proto, at, false);
}

/* A port of an address of an entry. Returns 0, -EBUSY or -ENOMEM. */
static int nat64_search_row(const struct nat64_search *s,
			    const struct nat64_pool4_row *row, u32 host)
{
	int err = nat64_search_addr(s, host, row->ranges, row->n_ranges);

	if (!s->look && (err == -EBUSY || (!err && s->claim->last)))
		nat64_search_spend(s, row, host);
	return err;
}

/*
 * A port of the address that the inside host has already. Returns 0, -EBUSY or
 * -ENOMEM, or -EADDRNOTAVAIL if pool4 has lost the address.
 */
static int nat64_search_paired(const struct nat64_search *s, u32 host)
{
	int i = s->cfg->n_pool4, err = -EADDRNOTAVAIL;
	u32 at;

	while ((i = nat64_config_next4(s->cfg, host, i)) >= 0) {
		const struct nat64_pool4_row *row = &s->cfg->pool4[i];

		if (row->mark != s->mark)
			continue;
		err = -EBUSY;
		if (!nat64_search_serves(s, row))
			continue;
		at = nat64_config_at4(s->cfg, s->proto, row, host);
		if (nat64_spent_next(s->cfg, s->proto, at, at + 1) != at)
			continue;
		err = nat64_search_row(s, row, host);
		if (err != -EBUSY)
			return err;
	}
	return err;
}

/* A port of the addresses from @at to the one before @end. */
static int nat64_search_span(const struct nat64_search *s, u32 at, u32 end,
			     unsigned int *tries)
{
	const struct nat64_pool4_row *row;
	u32 host;
	int err;

	for (;; at++) {
		at = nat64_spent_next(s->cfg, s->proto, at, end);
		if (at >= end || !*tries)
			return -EBUSY;
		(*tries)--;
		row = nat64_config_nth4(s->cfg, s->proto, at, &host);
		err = nat64_search_row(s, row, host);
		if (err != -EBUSY)
			return err;
	}
}

/* Does an address serve the packet? */
static bool nat64_search_has(const struct nat64_search *s, u32 host)
{
	int i = s->cfg->n_pool4;

	while ((i = nat64_config_next4(s->cfg, host, i)) >= 0)
		if (nat64_search_serves(s, &s->cfg->pool4[i]))
			return true;
	return false;
}

/**
 * nat64_pool4_guess - the address that nat64_pool4_claim() will try first
 * @inst: the instance
 * @cfg: its configuration
 * @proto: protocol
 * @addr6: IPv6 address that asks
 * @mark: mark of its packet
 *
 * Routes may depend on it, and are looked up before there is state.
 *
 * Context: RCU read lock.
 *
 * Return: the address, in network byte order; 0 if pool4 has none.
 */
__be32 nat64_pool4_guess(struct nat64_instance *inst,
			 const struct nat64_config *cfg, enum nat64_proto proto,
			 const struct in6_addr *addr6, u32 mark)
{
	struct nat64_search s = {
		.inst = inst, .cfg = cfg, .mark = mark, .proto = proto,
	};
	__be32 paired = nat64_subscriber_addr4(inst, addr6);
	u32 total, first, host;

	if (paired && nat64_search_has(&s, ntohl(paired)))
		return paired;
	total = nat64_config_mark4(cfg, proto, mark, &first);
	if (!total)
		return 0;
	nat64_config_nth4(cfg, proto,
			  first + nat64_subscriber_choice(addr6, total), &host);
	return htonl(host);
}

/* Any address of pool4: the inside host's own first. */
static int nat64_search_any(const struct nat64_search *s,
			    const struct in6_addr *addr6, __be32 own)
{
	unsigned int tries = NAT64_SEARCH_TRIES;
	u32 total, first, chosen;
	__be32 paired;
	int err;

	s->claim->pairs = false;
	if (!s->cfg->n_pool4)
		return nat64_search_own(s, own);
	total = nat64_config_mark4(s->cfg, s->proto, s->mark, &first);
	if (!total)
		return -EADDRNOTAVAIL;
	paired = nat64_subscriber_addr4(s->inst, addr6);
	if (paired) {
		err = nat64_search_paired(s, ntohl(paired));
		if (err != -EBUSY && err != -EADDRNOTAVAIL)
			return err;
		s->claim->pairs = err == -EADDRNOTAVAIL;
	}
	chosen = first + nat64_subscriber_choice(addr6, total);
	err = nat64_search_span(s, chosen, first + total, &tries);
	return err == -EBUSY ? nat64_search_span(s, first, chosen, &tries) :
			       err;
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
 * An inside host has the same IPv4 address in all protocols (RFC 6146
 * s3.5.1.1, RFC 6888 REQ-2); only if that has no port left does another serve.
 *
 * Context: softirqs off, RCU read lock. Claiming a port is one atomic bit
 * operation.
 *
 * Return: 0, -EADDRNOTAVAIL if no pool4 entry is for @mark and @proto, -EBUSY
 * if all ports are taken, or -ENOMEM.
 */
int nat64_pool4_claim(struct nat64_instance *inst,
		      const struct nat64_config *cfg, enum nat64_proto proto,
		      const struct in6_addr *addr6, __be16 port6, u32 mark,
		      __be32 own, struct nat64_claim *claim)
{
	const struct nat64_search s = {
		.inst = inst, .cfg = cfg, .claim = claim, .mark = mark,
		.proto = proto, .port6 = ntohs(port6),
	};

	return nat64_search_any(&s, addr6, own);
}

/**
 * nat64_pool4_look - see what nat64_pool4_claim() would do
 * @inst: the instance
 * @cfg: its configuration
 * @proto: protocol
 * @addr6: IPv6 address that would ask
 * @port6: its port, in network byte order
 * @mark: mark of its packet
 * @own: as of nat64_pool4_claim()
 * @claim: where to put a transport address that is free: the address is the one
 *	that would be given out, the port one of those that might
 *
 * Context: softirqs off, RCU read lock. Changes nothing.
 *
 * Return: what nat64_pool4_claim() would return, but for -ENOMEM.
 */
int nat64_pool4_look(struct nat64_instance *inst,
		     const struct nat64_config *cfg, enum nat64_proto proto,
		     const struct in6_addr *addr6, __be16 port6, u32 mark,
		     __be32 own, struct nat64_claim *claim)
{
	const struct nat64_search s = {
		.inst = inst, .cfg = cfg, .claim = claim, .mark = mark,
		.proto = proto, .port6 = ntohs(port6), .look = true,
	};

	return nat64_search_any(&s, addr6, own);
}
