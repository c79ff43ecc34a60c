/* SPDX-License-Identifier: GPL-2.0 */
/* netlink.h - the commands of the generic netlink family */
#ifndef NAT64_CONTROL_NETLINK_H
#define NAT64_CONTROL_NETLINK_H

int nat64_netlink_init(void);
void nat64_netlink_exit(void);

#endif /* NAT64_CONTROL_NETLINK_H */
