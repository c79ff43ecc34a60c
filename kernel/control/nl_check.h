/* SPDX-License-Identifier: GPL-2.0 */
/* nl_check.h - do the tables of an instance agree with each other? */
#ifndef NAT64_CONTROL_NL_CHECK_H
#define NAT64_CONTROL_NL_CHECK_H

struct genl_info;
struct sk_buff;

int nat64_nl_instance_check(struct sk_buff *skb, struct genl_info *info);

#endif /* NAT64_CONTROL_NL_CHECK_H */
