/* SPDX-License-Identifier: GPL-2.0 */
/* overlap.h - reject overlaps between the instances of a network namespace */
#ifndef NAT64_CONTROL_OVERLAP_H
#define NAT64_CONTROL_OVERLAP_H

#include <linux/netlink.h>
#include "table/state.h"

struct nat64_static_set;

const char *nat64_overlap_instances(struct net *net,
				    const struct nat64_instance *self,
				    const struct nat64_config *cfg,
				    const void **bad);
const char *nat64_overlap_hosts(struct nat64_net *nn,
				const struct nat64_instance *self,
				const struct nat64_config *cfg,
				struct netlink_ext_ack *extack,
				const void **bad);
const char *nat64_overlap_host(const struct nat64_config *cfg,
			       const struct in6_addr *addr,
			       struct netlink_ext_ack *extack);
const char *nat64_overlap_others(struct nat64_net *nn,
				 const struct nat64_instance *self,
				 const struct in6_addr *addr,
				 struct netlink_ext_ack *extack);
const char *nat64_overlap_static_set(struct nat64_net *nn,
				     const struct nat64_instance *self,
				     const struct nat64_static_set *set,
				     struct netlink_ext_ack *extack,
				     const struct nlattr **attr);
void nat64_overlap_warn(struct net *net, const struct nat64_prefix6 *prefix,
			unsigned int n, struct netlink_ext_ack *extack);

#endif /* NAT64_CONTROL_OVERLAP_H */
