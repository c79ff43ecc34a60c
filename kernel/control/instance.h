/* SPDX-License-Identifier: GPL-2.0 */
/* instance.h - the life of an instance */
#ifndef NAT64_CONTROL_INSTANCE_H
#define NAT64_CONTROL_INSTANCE_H

#include "control/notify.h"
#include "table/bib.h"
#include "table/state.h"

extern const struct nat64_notify_ops *nat64_notify;

void nat64_instance_init(const struct nat64_notify_ops *ops);
const char *nat64_instance_check_name(const char *name);
struct nat64_instance *nat64_instance_find(struct nat64_net *nn,
					   const char *name);
struct nat64_config *nat64_instance_config(struct nat64_instance *inst);
struct nat64_instance *nat64_instance_create(struct net *net, const char *name,
					     struct nat64_config *cfg);
int nat64_instance_start(struct nat64_instance *inst);
void nat64_instance_discard(struct nat64_instance *inst);
void nat64_instance_del(struct nat64_instance *inst);
void nat64_instance_end(struct nat64_instance *inst);
void nat64_instance_refuse(void);
void nat64_instance_flush(struct nat64_instance *inst);
void nat64_instance_end_covered(struct nat64_instance *self);
bool nat64_instance_serves(struct net *net, const struct nat64_config *cfg,
			   enum nat64_proto proto, __be32 addr, __be16 port);

#endif /* NAT64_CONTROL_INSTANCE_H */
