/* SPDX-License-Identifier: GPL-2.0 */
/* netns.h - the state of each network namespace, and its removal */
#ifndef NAT64_CONTROL_NETNS_H
#define NAT64_CONTROL_NETNS_H

int nat64_netns_init(void);
void nat64_netns_close(void);
void nat64_netns_exit(void);

#endif /* NAT64_CONTROL_NETNS_H */
