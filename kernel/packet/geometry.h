/* SPDX-License-Identifier: GPL-2.0 */
/*
 * geometry.h - room for the new header, and what the stack knows of its place
 *
 * Only the shape of the skb changes here; the headers are written elsewhere.
 */
#ifndef NAT64_GEOMETRY_H
#define NAT64_GEOMETRY_H

#include <linux/skbuff.h>

int nat64_geometry_writable(struct sk_buff *skb, unsigned int len);
bool nat64_geometry_unlist(struct sk_buff *skb, bool is6);
void nat64_geometry64(struct sk_buff *skb, unsigned int thoff);
int nat64_geometry46(struct sk_buff *skb, unsigned int thoff,
		     unsigned int headroom);
unsigned int nat64_geometry_segment(const struct sk_buff *skb,
				    unsigned int thoff);

#endif /* NAT64_GEOMETRY_H */
