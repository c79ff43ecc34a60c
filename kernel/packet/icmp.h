/* SPDX-License-Identifier: GPL-2.0 */
/* icmp.h - translation of ICMP messages (RFC 7915 s4.2, s4.3, s5.2, s5.3) */
#ifndef NAT64_ICMP_H
#define NAT64_ICMP_H

#include <linux/icmp.h>
#include "packet/packet.h"

void nat64_icmp64_query(struct nat64_pkt *pkt, const struct ipv6hdr *in6);
enum nat64_verdict nat64_icmp64_error(struct nat64_pkt *pkt);
void nat64_icmp46_query(struct nat64_pkt *pkt, const struct in6_addr *saddr,
			const struct in6_addr *daddr);
enum nat64_verdict nat64_icmp46_error(struct nat64_pkt *pkt,
				      const struct nat64_xlat_params *params);
void nat64_icmp46_error_csum(struct nat64_pkt *pkt);

#endif /* NAT64_ICMP_H */
