/* SPDX-License-Identifier: GPL-2.0 */
/* walk.h - walks over all ports and BIB entries of an instance */
#ifndef NAT64_WALK_H
#define NAT64_WALK_H

#include "table/page.h"
#include "table/walk_budget.h"

/**
 * typedef nat64_visit - what a walk does with an entry
 * @inst: the instance
 * @bib: the entry
 * @budget: how far to go among its sessions: if @budget->within is set, this is
 *	called for the same port again
 * @arg: of the walk
 *
 * Context: softirqs off, RCU read lock.
 */
typedef void nat64_visit(struct nat64_instance *inst, struct nat64_bib *bib,
			 struct nat64_walk_budget *budget, void *arg);

/**
 * typedef nat64_visit_page - what a walk does with some ports of a page
 * @inst: the instance
 * @cursor: the first of the ports
 * @page: the page
 * @budget: how far to go
 * @arg: of the walk
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the port of the page to resume at; NAT64_PAGE_PORTS at its end.
 */
typedef unsigned int nat64_visit_page(struct nat64_instance *inst,
				      const struct nat64_cursor *cursor,
				      struct nat64_port_page *page,
				      struct nat64_walk_budget *budget,
				      void *arg);

struct nat64_port_page *nat64_pool4_next_page(struct nat64_instance *inst,
					      struct nat64_cursor *cursor);
unsigned int nat64_walk_next(const struct nat64_port_page *page, unsigned int i,
			     struct nat64_walk_budget *budget);
void nat64_walk_pages(struct nat64_instance *inst, nat64_visit_page *visit,
		      void *arg);
void nat64_walk(struct nat64_instance *inst, nat64_visit *visit, void *arg);

#endif /* NAT64_WALK_H */
