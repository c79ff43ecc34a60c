/* SPDX-License-Identifier: GPL-2.0 */
/* pool4.h - IPv4 transport addresses and the BIB entries that own them */
#ifndef NAT64_POOL4_H
#define NAT64_POOL4_H

#include "table/page.h"

/**
 * struct nat64_port_alloc - a transport address that is being given out
 */
struct nat64_port_alloc {
	/** @page: the page that holds the port */
	struct nat64_port_page *page;
	/** @addr: the address, in network byte order */
	__be32 addr;
	/** @port: the port or identifier, in network byte order */
	__be16 port;
	/** @pairs: the IPv6 host gets this address from now on */
	bool pairs;
	/** @last: nothing else of its page could be given out */
	bool last;
};

struct nat64_bib *nat64_pool4_find(struct nat64_instance *inst,
				   enum nat64_proto proto, __be32 addr,
				   __be16 port);
bool nat64_pool4_is_free(struct nat64_instance *inst, enum nat64_proto proto,
			 __be32 addr, __be16 port);
int nat64_page_seek(const struct nat64_port_page *page, unsigned int min,
		    unsigned int max, unsigned int parity);
void nat64_page_mark(struct nat64_ports *ports,
		     const struct nat64_port_page *page, unsigned int i,
		     unsigned int parity);
int nat64_port_alloc_fixed(struct nat64_instance *inst, enum nat64_proto proto,
			   __be32 addr, __be16 port,
			   struct nat64_port_alloc *alloc);
void nat64_pool4_publish(const struct nat64_port_alloc *alloc,
			 struct nat64_bib *bib);
void nat64_pool4_due(struct nat64_instance *inst, enum nat64_proto proto,
		     __be32 addr, __be16 port, u32 when);
void nat64_port_alloc_cancel(struct nat64_instance *inst,
			     enum nat64_proto proto,
			     const struct nat64_port_alloc *alloc);
void nat64_pool4_release(struct nat64_instance *inst, enum nat64_proto proto,
			 __be32 addr, __be16 port, bool hold);
u32 nat64_pool4_unhold(struct nat64_instance *inst,
		       const struct nat64_cursor *cursor,
		       struct nat64_port_page *page, unsigned int port,
		       u32 seconds);

#endif /* NAT64_POOL4_H */
