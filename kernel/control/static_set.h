/* SPDX-License-Identifier: GPL-2.0 */
/*
 * static_set.h - static BIB entries that an instance gets, all or none of them
 *
 * All that may fail is in nat64_static_set_prepare(), which changes nothing
 * that an operator sees: it allocates the entries and their ports, and inserts
 * them into the table of the IPv6 side, where they rest. An entry that is in
 * the way is pinned, so that it still exists when nat64_static_set_commit()
 * puts the new one in its place; or it is an error, if the set displaces none.
 * Packets of a host and port whose entry rests are dropped until it is
 * committed or undone.
 *
 * A row takes these steps, all with nat64_net.mutex held, so that only packets
 * and expiry interfere; the states are those of a BIB entry (table/):
 *
 *   step       the entry (@bib)             what is in its way (@rival6 on its
 *                                           IPv6 side, @rival4 on its port)
 *   ---------  ---------------------------  ----------------------------------
 *   prepare:
 *     pin      the rival itself, if it has  PINNED or static: its sessions go
 *              both sides: nothing to make  on, and it stays without them
 *     alloc    its port, unless the rival   likewise
 *              has that
 *     make     NEW, in no table             likewise
 *     reserve  NEW, on its IPv6 side,       likewise
 *              unless a rival is there
 *   commit:
 *     clear    NEW                          DEAD, UNLINKED when its sessions
 *                                           have ended; a place of it that a
 *                                           row needs goes to that row, and
 *                                           the other is free
 *     start    LIVE and static: made by     (none is left)
 *              _activate(), or the rival
 *              by _make_static()
 *   undo       UNLINKED; its port is free   LIVE again; ends if it is idle
 */
#ifndef NAT64_CONTROL_STATIC_SET_H
#define NAT64_CONTROL_STATIC_SET_H

#include <linux/list.h>
#include "table/bib.h"

/**
 * struct nat64_static - a static BIB entry of a set
 */
struct nat64_static {
	/** @key: IPv6 side and protocol */
	struct nat64_bib_key key;
	/** @addr4: IPv4 side, in network byte order */
	__be32 addr4;
	/** @port4: IPv4 side, in network byte order */
	__be16 port4;
	/** @made: @bib is new */
	bool made;
	/** @reserved: it is in the table of the IPv6 side */
	bool reserved;
	/** @allocated: it has its port */
	bool allocated;
	/** @pinned6: @rival6 is pinned for this entry */
	bool pinned6;
	/** @pinned4: @rival4 is pinned for this entry */
	bool pinned4;
	/** @alloc: its port */
	struct nat64_port_alloc alloc;
	/** @bib: the entry */
	struct nat64_bib *bib;
	/** @rival6: the entry that has the IPv6 side, or NULL */
	struct nat64_bib *rival6;
	/** @rival4: the entry that has the port, or NULL */
	struct nat64_bib *rival4;
	/** @hash6: node among rows of the same hash of the IPv6 side */
	struct hlist_node hash6;
	/** @hash4: node among rows of the same hash of the IPv4 side */
	struct hlist_node hash4;
	/** @attr: its attribute in the request */
	const void *attr;
};

/**
 * struct nat64_static_set - the entries
 */
struct nat64_static_set {
	/** @seed: of the hashes */
	u32 seed;
	/** @bits: logarithm of the size of both tables */
	unsigned int bits;
	/** @n: number of @row that are used */
	unsigned int n;
	/** @displaces: an entry in the way ends; false: it is an error */
	bool displaces;
	/** @hash6: struct nat64_static by IPv6 side, followed by @hash4 */
	struct hlist_head *hash6;
	/** @hash4: struct nat64_static by IPv4 side */
	struct hlist_head *hash4;
	/** @row: the entries */
	struct nat64_static row[];
};

struct nat64_static_set *nat64_static_set_alloc(unsigned int n);
void nat64_static_set_free(struct nat64_static_set *set);
const char *nat64_static_set_add(struct nat64_static_set *set,
				 const struct nat64_static *row);
bool nat64_static_set_has(const struct nat64_static_set *set,
			  const struct nat64_bib *bib);
int nat64_static_set_prepare(struct nat64_instance *inst,
			     struct nat64_static_set *set, const void **bad);
void nat64_static_set_commit(struct nat64_instance *inst,
			     struct nat64_static_set *set);

#endif /* NAT64_CONTROL_STATIC_SET_H */
