// SPDX-License-Identifier: GPL-2.0
/* nl_walk.c - dump every BIB entry of an instance, or the sessions of each */
#include "control/nl.h"
#include "table/walk.h"

/* Dump the entries of a page, from the position of the dump on. */
static int nat64_nl_walk_page(struct sk_buff *skb, struct netlink_callback *cb,
			      struct nat64_instance *inst,
			      struct nat64_port_page *page,
			      const struct nat64_filter *filter)
{
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	struct nat64_cursor *cursor = &dump->cursor;
	unsigned int i = cursor->port % NAT64_PAGE_PORTS;
	unsigned int first = cursor->port - i;
	struct nat64_bib *bib;
	int err;

	for (;; i++) {
		i = find_next_bit(page->used, NAT64_PAGE_PORTS, i);
		cursor->port = first + i;
		if (i == NAT64_PAGE_PORTS)
			return 0;
		bib = nat64_page_bib(page, i);
		/* The position among sessions is that of another entry. */
		if (bib != dump->bib)
			dump->item = 0;
		dump->bib = bib;
		err = bib ? dump->put(skb, cb, inst, bib, filter) : 0;
		if (err)
			return err;
	}
}

/* Dump the entries of an instance, likewise. */
static int nat64_nl_walk_fill(struct sk_buff *skb, struct netlink_callback *cb,
			      struct nat64_instance *inst)
{
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	struct nat64_cursor *cursor = &dump->cursor;
	struct nat64_port_page *page;
	struct nat64_filter filter;
	int err;

	err = nat64_nl_get_filter(nat64_dump_attrs(cb), dump->of_sessions,
				  &filter, cb->extack);
	rcu_read_lock();
	while (!err && (page = nat64_pool4_next_page(inst, cursor))) {
		err = nat64_nl_walk_page(skb, cb, inst, page, &filter);
		if (err == -EAGAIN)
			err = 0;
		rcu_read_unlock();
		cond_resched();
		rcu_read_lock();
	}
	rcu_read_unlock();
	if (!err) {
		memset(cursor, 0, sizeof(*cursor));
		dump->bib = NULL;
	}
	return err;
}

/**
 * nat64_nl_walk_dump - dump every BIB entry, or the sessions of each
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 * @put: puts the messages of an entry
 * @of_sessions: the filter is one of sessions, not of BIB entries
 *
 * The order is that of IPv4 transport addresses, so entries that are added or
 * removed between two datagrams do not disturb the others.
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_walk_dump(struct sk_buff *skb, struct netlink_callback *cb,
		       nat64_nl_put_bib *put, bool of_sessions)
{
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;

	dump->put = put;
	dump->of_sessions = of_sessions;
	return nat64_nl_dump(skb, cb, nat64_nl_walk_fill);
}
