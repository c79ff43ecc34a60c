/* SPDX-License-Identifier: GPL-2.0 */
/* rt_request.h - requests of rtnetlink, for rt.c and rt_addr.c */
#ifndef NAT64CTL_RT_REQUEST_H
#define NAT64CTL_RT_REQUEST_H

#include "clat/rt.h"

struct nl_msg *rt_message(int type, int flags, const void *head, size_t len);
int rt_request(struct rt *rt, struct nl_msg *msg,
	       void (*each)(struct nlmsghdr *hdr, void *arg), void *arg);
int rt_dump(struct rt *rt, int type, int family,
	    void (*each)(struct nlmsghdr *hdr, void *arg), void *arg, size_t *n);

#endif /* NAT64CTL_RT_REQUEST_H */
