/* SPDX-License-Identifier: GPL-2.0 */
/* replace.h - a new configuration in place of the old one */
#ifndef NAT64_CONTROL_REPLACE_H
#define NAT64_CONTROL_REPLACE_H

struct nat64_config;
struct nat64_instance;
struct nat64_static_set;

void nat64_instance_replace(struct nat64_instance *inst,
			    struct nat64_config *cfg,
			    struct nat64_static_set *set);

#endif /* NAT64_CONTROL_REPLACE_H */
