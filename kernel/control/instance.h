/* SPDX-License-Identifier: GPL-2.0 */
/* instance.h - instances come, change and go */
#ifndef NAT64_CONTROL_INSTANCE_H
#define NAT64_CONTROL_INSTANCE_H

#include <linux/netlink.h>
#include "table/bib.h"
#include "table/instance.h"

int nat64_instance_init(void);
void nat64_instance_exit(void);
const char *nat64_instance_check_name(const char *name);
struct nat64_instance *nat64_instance_find(struct nat64_net *nn,
					   const char *name);
const char *nat64_instance_conflict(struct nat64_net *nn,
				    const struct nat64_instance *self,
				    const struct nat64_config *cfg);
int nat64_instance_add(struct net *net, const char *name,
		       struct nat64_config *cfg);
void nat64_instance_del(struct nat64_instance *inst);
void nat64_instance_flush(struct nat64_instance *inst);
struct nat64_config *nat64_instance_config(struct nat64_instance *inst);
void nat64_instance_swap(struct nat64_instance *inst,
			 struct nat64_config *cfg);
bool nat64_instance_serves(struct nat64_instance *inst,
			   const struct nat64_config *cfg,
			   enum nat64_proto proto, __be32 addr, __be16 port);

#endif /* NAT64_CONTROL_INSTANCE_H */
