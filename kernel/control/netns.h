/* SPDX-License-Identifier: GPL-2.0 */
/* netns.h - what each network namespace has of ours, and how it ends */
#ifndef NAT64_NETNS_H
#define NAT64_NETNS_H

int nat64_netns_init(void);
void nat64_netns_close(void);
void nat64_netns_exit(void);

#endif /* NAT64_NETNS_H */
