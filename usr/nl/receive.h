/* SPDX-License-Identifier: GPL-2.0 */
/* receive.h - messages of the kernel, and of nobody else */
#ifndef NAT64CTL_RECEIVE_H
#define NAT64CTL_RECEIVE_H

#include <netlink/netlink.h>
#include <stdbool.h>

void nl64_from_kernel(struct nl_sock *sock);

#endif /* NAT64CTL_RECEIVE_H */
