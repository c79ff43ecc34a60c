/* SPDX-License-Identifier: GPL-2.0 */
/* filter.h - the options that choose BIB entries or sessions */
#ifndef NAT64CTL_FILTER_H
#define NAT64CTL_FILTER_H

#include <netlink/msg.h>

#include "cli/args.h"
#include "cli/opts.h"

int filter_put(struct nl_msg *msg, const struct opts *opts);

#endif /* NAT64CTL_FILTER_H */
