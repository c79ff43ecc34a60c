/* SPDX-License-Identifier: GPL-2.0 */
/*
 * page.h - memory for the ports of pool4
 *
 * Ports of an address are dense, so they are indexed, not hashed: an address
 * and protocol has a table of 128 pages of 512 ports. Table and pages are
 * created when first used, and freed when none of their ports is. A page is the
 * allocation map (a bit a port) and the IPv4 side of the BIB (a pointer a port)
 * at once.
 */
#ifndef NAT64_PAGE_H
#define NAT64_PAGE_H

#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/llist.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>
#include "rfc/tuple.h"

struct nat64_bib;
struct nat64_instance;

#define NAT64_PAGE_SHIFT	9
/* Ports of a page. */
#define NAT64_PAGE_PORTS	BIT(NAT64_PAGE_SHIFT)
/* Pages of an address and protocol. */
#define NAT64_PAGES		(65536 >> NAT64_PAGE_SHIFT)

/* Jiffies until expiry visits a page in which nothing will expire. */
#define NAT64_PAGE_NEVER	(U32_MAX >> 2)

/**
 * struct nat64_port_page - 512 ports of an address and protocol
 */
struct nat64_port_page {
	/** @due: when expiry visits it: nat64_page_due() */
	u32 due;
	/**
	 * @users: ports that are taken or being taken, and one for the table; 0
	 * if it has left the table and is about to be freed
	 */
	atomic_t users;
	/** @used: the ports that are taken; changed by atomic bit operations */
	DECLARE_BITMAP(used, NAT64_PAGE_PORTS);
	/**
	 * @bib: BIB entries, for nat64_page_bib(); NULL also while an entry is
	 * created or removed; an XArray value, the second in which it was freed,
	 * for a port that is held down
	 */
	struct nat64_bib __rcu *bib[NAT64_PAGE_PORTS];
	/** @link: node in the list of pages to free */
	struct llist_node link;
};

/**
 * nat64_page_bib - the BIB entry of a port
 * @page: the page of the port
 * @port: which port of the page
 *
 * Context: RCU read lock.
 *
 * Return: the entry, or NULL.
 */
static inline struct nat64_bib *nat64_page_bib(struct nat64_port_page *page,
					       unsigned int port)
{
	struct nat64_bib *bib = rcu_dereference(page->bib[port]);

	return unlikely(xa_is_value(bib)) ? NULL : bib;
}

/**
 * nat64_page_due - let expiry look at a page in time
 * @page: the page
 * @when: jiffies when something of it may expire
 *
 * At any time, @page->due is no later than the first end of what expiry has to
 * find there: of a session that stays idle, of a hold-down, of an idle page.
 * Who adds something, or lets it end earlier than before, calls this
 * afterwards, and it can only bring the time forward. Expiry alone puts it off:
 * before it looks at the page, as far as it goes, and when it has looked, it
 * brings it forward to the first end that it found. So what comes in between is
 * either seen by expiry or brings the time forward itself. A session that lives
 * longer than was thought changes nothing: expiry looks at it once too often.
 */
static inline void nat64_page_due(struct nat64_port_page *page, u32 when)
{
	u32 due, seen;

	/*
	 * What was added is there before @due is read: pairs with the xchg() of
	 * nat64_expire_page(), which writes @due before it looks.
	 */
	smp_mb();
	due = READ_ONCE(page->due);
	while ((s32)(when - due) < 0) {
		seen = cmpxchg(&page->due, due, when);
		if (seen == due)
			break;
		due = seen;
	}
}

/**
 * struct nat64_ports - the ports of an address and protocol
 */
struct nat64_ports {
	/** @host: the address, in host byte order */
	u32 host;
	/** @proto: enum nat64_proto */
	u32 proto;
	/**
	 * @full: pages whose even, or odd, ports are all taken; hints, changed
	 * atomically: nat64_page_mark()
	 */
	unsigned long full[2][BITS_TO_LONGS(NAT64_PAGES)];
	/** @n_pages: pages; protected by nat64_instance.pages_lock */
	u32 n_pages;
	/** @page: the pages; changed under nat64_instance.pages_lock */
	struct nat64_port_page __rcu *page[NAT64_PAGES];
	/** @link: node in the list of tables to free */
	struct llist_node link;
};

/**
 * struct nat64_addr4 - an IPv4 address of pool4
 */
struct nat64_addr4 {
	/** @ports: by protocol; changed under nat64_instance.pages_lock */
	struct nat64_ports __rcu *ports[NAT64_PROTOS];
	/** @hosts6: IPv6 hosts that have this address */
	atomic_t hosts6;
	/** @link: node in the list of addresses to free */
	struct llist_node link;
};

/**
 * struct nat64_cursor - how far a walk over all BIB entries has come
 */
struct nat64_cursor {
	/** @addr: address, in host byte order; beyond 2^32: the end */
	unsigned long addr;
	/** @proto: enum nat64_proto */
	unsigned int proto;
	/** @port: the port to resume at */
	unsigned int port;
};

int nat64_pool4_init(void);
void nat64_pool4_exit(void);
void nat64_pool4_table_init(struct nat64_instance *inst);
struct nat64_ports *nat64_pool4_ports(struct nat64_instance *inst,
				      enum nat64_proto proto, u32 host);
struct nat64_port_page *nat64_page_get(struct nat64_instance *inst,
				       enum nat64_proto proto, u32 host,
				       unsigned int i);
void nat64_page_put(struct nat64_port_page *page);
void nat64_page_trim(struct nat64_instance *inst,
		     const struct nat64_cursor *cursor,
		     struct nat64_port_page *page);
void nat64_pool4_count_host6(struct nat64_instance *inst, __be32 addr, int n);
void nat64_pool4_destroy(struct nat64_instance *inst);

#endif /* NAT64_PAGE_H */
