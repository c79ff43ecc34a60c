/* SPDX-License-Identifier: GPL-2.0 */
/* expire.h - walks over all BIB entries: expiry and removal */
#ifndef NAT64_EXPIRE_H
#define NAT64_EXPIRE_H

#include "table/bib.h"
#include "table/session.h"

/**
 * struct nat64_expire_ops - what the end of a lifetime sends; the tables
 *	themselves know no packets
 */
struct nat64_expire_ops {
	/**
	 * @probe: a TCP session was idle for its lifetime; called with softirqs
	 * off and the RCU read lock, no lock held
	 */
	void (*probe)(struct nat64_instance *inst,
		      const struct nat64_config *cfg,
		      const struct nat64_bib *bib,
		      const struct nat64_session *ses);
	/** @tick: once a second; process context */
	void (*tick)(struct nat64_instance *inst);
};

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
 * @cursor: where they begin
 * @page: the page
 * @budget: how far to go
 * @arg: of the walk
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the port of the page to go on with; NAT64_PAGE_PORTS at its end.
 */
typedef unsigned int nat64_visit_page(struct nat64_instance *inst,
				      const struct nat64_cursor *cursor,
				      struct nat64_port_page *page,
				      struct nat64_walk_budget *budget,
				      void *arg);

void nat64_expire_start(struct nat64_instance *inst,
			const struct nat64_expire_ops *ops);
void nat64_expire_stop(struct nat64_instance *inst);
void nat64_walk_pages(struct nat64_instance *inst, nat64_visit_page *visit,
		      void *arg);
void nat64_walk(struct nat64_instance *inst, nat64_visit *visit, void *arg);

#endif /* NAT64_EXPIRE_H */
