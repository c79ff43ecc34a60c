/* SPDX-License-Identifier: GPL-2.0 */
/* netns.h - the network namespace of a command */
#ifndef NAT64CTL_NETNS_H
#define NAT64CTL_NETNS_H

#include "nl/nl.h"

int nl64_enter(struct nl64 *nl, const char *netns);

#endif /* NAT64CTL_NETNS_H */
