/* SPDX-License-Identifier: GPL-2.0 */
/* port_alloc.h - allocate a port for a new BIB entry (RFC 6146 s3.5.1.1) */
#ifndef NAT64_PORT_ALLOC_H
#define NAT64_PORT_ALLOC_H

#include <linux/in6.h>
#include "table/config.h"
#include "table/pool4.h"

__be32 nat64_port_alloc_predict(struct nat64_instance *inst,
				const struct nat64_config *cfg,
				enum nat64_proto proto,
				const struct in6_addr *addr6, u32 mark);
int nat64_port_alloc(struct nat64_instance *inst,
		     const struct nat64_config *cfg, enum nat64_proto proto,
		     const struct in6_addr *addr6, __be16 port6, u32 mark,
		     __be32 own, struct nat64_port_alloc *alloc);
int nat64_port_alloc_peek(struct nat64_instance *inst,
			  const struct nat64_config *cfg,
			  enum nat64_proto proto, const struct in6_addr *addr6,
			  __be16 port6, u32 mark, __be32 own,
			  struct nat64_port_alloc *alloc);

#endif /* NAT64_PORT_ALLOC_H */
