/* SPDX-License-Identifier: GPL-2.0 */
/* attr.h - attributes of the kernel's messages: printed, or in words */
#ifndef NAT64CTL_ATTR_H
#define NAT64CTL_ATTR_H

#include <netlink/attr.h>

#include "cli/out.h"

const char *attr_address(char *text, struct nlattr *addr);
const char *attr_text(char *text, bool is6, struct nlattr *addr,
		      struct nlattr *port);
void attr_addr(struct out *out, const char *key, struct nlattr *addr);
void attr_port(struct out *out, const char *key, struct nlattr *port);
void attr_time(struct out *out, const char *key, struct nlattr *time);

#endif /* NAT64CTL_ATTR_H */
