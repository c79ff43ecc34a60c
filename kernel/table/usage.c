// SPDX-License-Identifier: GPL-2.0
/* usage.c - count the ports of a pool4 entry that are in use */
#include "table/usage.h"

#include <linux/sched.h>
#include "table/page.h"
#include "table/state.h"

/* Count the bits of a page that are set from @min to @max. */
static unsigned int nat64_page_weight(const struct nat64_port_page *page,
				      unsigned int min, unsigned int max)
{
	unsigned int n = 0, bit = min;

	if (!min && max == NAT64_PAGE_PORTS - 1)
		return bitmap_weight(page->used, NAT64_PAGE_PORTS);
	for_each_set_bit_from(bit, page->used, max + 1)
		n++;
	return n;
}

/* Count the ports from @min to @max that are taken. */
static unsigned int nat64_ports_weight(const struct nat64_ports *ports, u32 min,
				       u32 max)
{
	unsigned int first = min >> NAT64_PAGE_SHIFT;
	unsigned int last = max >> NAT64_PAGE_SHIFT, i, n = 0;

	for (i = first; i <= last; i++) {
		const struct nat64_port_page *page;

		page = rcu_dereference(ports->page[i]);
		if (page)
			n += nat64_page_weight(page, i == first ?
					       min % NAT64_PAGE_PORTS : 0,
					       i == last ?
					       max % NAT64_PAGE_PORTS :
					       NAT64_PAGE_PORTS - 1);
	}
	return n;
}

/* Add the used ports of an address; if @addr4 is NULL, all ports of @entry. */
static void nat64_usage_add(const struct nat64_addr4 *addr4,
			    const struct nat64_pool4_entry *entry,
			    enum nat64_proto proto, struct nat64_usage *usage)
{
	const struct nat64_ports *ports = NULL;
	int i;

	if (addr4)
		ports = rcu_dereference(addr4->ports[proto]);
	for (i = 0; i < entry->n_ranges; i++) {
		/* Port 0 is reserved in TCP and UDP. */
		u32 min = max_t(u32, entry->ranges[i].min, proto != NAT64_ICMP);
		u32 max = entry->ranges[i].max;

		if (!addr4)
			usage->ports[proto] += (u64)(max + 1 - min)
					       << (32 - entry->len);
		else if (ports)
			usage->used[proto] += nat64_ports_weight(ports, min,
								 max);
	}
}

/**
 * nat64_pool4_usage - count the ports of a pool4 entry that are in use
 * @inst: the instance
 * @entry: the entry
 * @usage: set to the counts
 *
 * Reads one bit for each port of each page.
 *
 * Context: process; sleeps.
 */
void nat64_pool4_usage(struct nat64_instance *inst,
		       const struct nat64_pool4_entry *entry,
		       struct nat64_usage *usage)
{
	unsigned long host = entry->addr;
	unsigned long last =
		entry->addr + (u32)((1ULL << (32 - entry->len)) - 1);
	const struct nat64_addr4 *addr4;
	int proto;

	memset(usage, 0, sizeof(*usage));
	for (proto = 0; proto < NAT64_PROTOS; proto++)
		if (entry->protos & BIT(proto))
			nat64_usage_add(NULL, entry, proto, usage);
	rcu_read_lock();
	xa_for_each_range(&inst->addrs, host, addr4, entry->addr, last) {
		usage->hosts6 += atomic_read(&addr4->hosts6);
		for (proto = 0; proto < NAT64_PROTOS; proto++)
			if (entry->protos & BIT(proto))
				nat64_usage_add(addr4, entry, proto, usage);
		/* The walk goes on by address: this one may go meanwhile. */
		rcu_read_unlock();
		cond_resched();
		rcu_read_lock();
	}
	rcu_read_unlock();
}
