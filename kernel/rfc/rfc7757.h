/* SPDX-License-Identifier: GPL-2.0 */
/* rfc7757.h - explicit address mappings (RFC 7757 s3) */
#ifndef NAT64_RFC7757_H
#define NAT64_RFC7757_H

#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct nat64_eam - an explicit address mapping
 */
struct nat64_eam {
	/** @addr6: IPv6 prefix; bits after @len6 are zero */
	struct in6_addr addr6;
	/** @addr4: IPv4 prefix, in network byte order; likewise with @len4 */
	__be32 addr4;
	/** @len6: length of @addr6, 0 to 128 */
	u8 len6;
	/** @len4: length of @addr4, 0 to 32 */
	u8 len4;
};

const char *nat64_eam_check(const struct nat64_eam *eam);
__be32 nat64_eam_to4(const struct nat64_eam *eam, const struct in6_addr *addr);
void nat64_eam_to6(const struct nat64_eam *eam, __be32 addr,
		   struct in6_addr *to);

#endif /* NAT64_RFC7757_H */
