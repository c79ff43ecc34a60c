/* SPDX-License-Identifier: GPL-2.0 */
/* instance.h - instances come, change and go */
#ifndef NAT64_CONTROL_INSTANCE_H
#define NAT64_CONTROL_INSTANCE_H

#include <linux/netlink.h>
#include "table/bib.h"
#include "table/instance.h"

struct nat64_statics;

const char *nat64_instance_check_name(const char *name);
struct nat64_instance *nat64_instance_find(struct nat64_net *nn,
					   const char *name);
const char *nat64_instance_conflict(struct net *net,
				    const struct nat64_instance *self,
				    const struct nat64_config *cfg,
				    const void **bad);
struct nat64_instance *nat64_instance_create(struct net *net, const char *name,
					     struct nat64_config *cfg);
int nat64_instance_start(struct nat64_instance *inst);
void nat64_instance_discard(struct nat64_instance *inst);
void nat64_instance_del(struct nat64_instance *inst);
void nat64_instance_end(struct nat64_instance *inst);
void nat64_instance_refuse(void);
void nat64_instance_flush(struct nat64_instance *inst);
struct nat64_config *nat64_instance_config(struct nat64_instance *inst);
void nat64_instance_replace(struct nat64_instance *inst,
			    struct nat64_config *cfg,
			    struct nat64_statics *statics);
void nat64_instance_swap(struct nat64_instance *inst,
			 struct nat64_config *cfg);
bool nat64_instance_serves(struct net *net, const struct nat64_config *cfg,
			   enum nat64_proto proto, __be32 addr, __be16 port);

/* overlap.c */
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
const char *nat64_overlap_statics(struct nat64_net *nn,
				  const struct nat64_instance *self,
				  const struct nat64_statics *st,
				  struct netlink_ext_ack *extack,
				  const struct nlattr **attr);
void nat64_overlap_end(struct nat64_net *nn, struct nat64_instance *self);
void nat64_overlap_warn(struct net *net, const struct nat64_prefix6 *prefix,
			unsigned int n, struct netlink_ext_ack *extack);

#endif /* NAT64_CONTROL_INSTANCE_H */
