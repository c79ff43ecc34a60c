// SPDX-License-Identifier: GPL-2.0
/* walk.c - walks over all ports and BIB entries of an instance */
#include "table/walk.h"

#include "table/entry.h"
#include "table/state.h"

/**
 * nat64_pool4_next_page - find the next page of a walk over all ports
 * @inst: the instance
 * @cursor: where to resume; all zero to start. It is set to the page that is
 *	returned; add NAT64_PAGE_PORTS to its port to continue after it
 *
 * The order is by address, protocol and port, so a walk may be interrupted and
 * resumed while entries come and go.
 *
 * Context: RCU read lock.
 *
 * Return: a page, or NULL at the end.
 */
struct nat64_port_page *nat64_pool4_next_page(struct nat64_instance *inst,
					      struct nat64_cursor *cursor)
{
	unsigned long addr = cursor->addr;
	struct nat64_addr4 *addr4;

	while ((addr4 = xa_find(&inst->addrs, &cursor->addr, U32_MAX,
				XA_PRESENT))) {
		/* The address where the walk stopped may have been freed. */
		if (cursor->addr != addr) {
			cursor->proto = 0;
			cursor->port = 0;
		}
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
		addr = ++cursor->addr;
	}
	return NULL;
}

/**
 * nat64_walk_pages - visit all pages of ports, in slices
 * @inst: the instance
 * @visit: called for each page, for some ports at a time
 * @arg: argument for @visit
 *
 * Context: process.
 */
void nat64_walk_pages(struct nat64_instance *inst, nat64_visit_page *visit,
		      void *arg)
{
	struct nat64_cursor cursor = {}, before;
	struct nat64_port_page *page;
	struct nat64_walk_budget budget = {};

	do {
		before = cursor;
		nat64_walk_budget_begin(&budget);
		page = nat64_pool4_next_page(inst, &cursor);
		/* The page where the last slice stopped may have been freed. */
		if (memcmp(&before, &cursor, sizeof(cursor)))
			budget.within = false;
		if (page)
			cursor.port =
				round_down(cursor.port, NAT64_PAGE_PORTS) +
				visit(inst, &cursor, page, &budget, arg);
		nat64_walk_budget_end();
	} while (page);
}

/**
 * struct nat64_walk - a walk over BIB entries
 */
struct nat64_walk {
	/** @visit: called for each */
	nat64_visit *visit;
	/** @arg: argument for @visit */
	void *arg;
};

/**
 * nat64_walk_next - find the next port of a page that is taken
 * @page: the page
 * @i: the first port to look at
 * @budget: of the walk; a walk that stopped inside the entry of port @i resumes
 *	there only if the port is still taken
 *
 * Return: the port, or NAT64_PAGE_PORTS if there is none.
 */
unsigned int nat64_walk_next(const struct nat64_port_page *page, unsigned int i,
			     struct nat64_walk_budget *budget)
{
	unsigned int next = find_next_bit(page->used, NAT64_PAGE_PORTS, i);

	if (next != i)
		budget->within = false;
	return next;
}

static unsigned int nat64_walk_page(struct nat64_instance *inst,
				    const struct nat64_cursor *cursor,
				    struct nat64_port_page *page,
				    struct nat64_walk_budget *budget, void *arg)
{
	unsigned int i = cursor->port % NAT64_PAGE_PORTS;
	const struct nat64_walk *walk = arg;

	for (;; i++) {
		struct nat64_bib *bib;

		i = nat64_walk_next(page, i, budget);
		if (i == NAT64_PAGE_PORTS || !nat64_walk_budget_take(budget))
			break;
		/* It may differ from the entry that was here when a slice ended. */
		bib = nat64_page_bib(page, i);
		if (bib)
			walk->visit(inst, bib, budget, walk->arg);
		else
			budget->within = false;
		if (budget->within)
			break;
	}
	return i;
}

/**
 * nat64_walk - visit all BIB entries
 * @inst: the instance
 * @visit: called for each; it may remove the entry
 * @arg: argument for @visit
 *
 * Context: process.
 */
void nat64_walk(struct nat64_instance *inst, nat64_visit *visit, void *arg)
{
	struct nat64_walk walk = { .visit = visit, .arg = arg };

	nat64_walk_pages(inst, nat64_walk_page, &walk);
}
