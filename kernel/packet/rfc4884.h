/* SPDX-License-Identifier: GPL-2.0 */
/* rfc4884.h - quoted packet and extensions of an ICMP error (RFC 4884) */
#ifndef NAT64_RFC4884_H
#define NAT64_RFC4884_H

#include <linux/icmp.h>
#include "packet/packet.h"

/**
 * struct nat64_layout - the layout of an ICMP error
 */
struct nat64_layout {
	/** @hdr: new IP header of the quoted packet */
	const void *hdr;
	/** @hdr_len: length of @hdr, in bytes */
	unsigned int hdr_len;
	/** @unit_in: unit of the length attribute received, in bytes; 0: none */
	unsigned int unit_in;
	/** @unit_out: unit of the one to send, in bytes; 0: none */
	unsigned int unit_out;
	/** @length: length attribute received, in @unit_in */
	unsigned int length;
	/**
	 * @object: an object to append to the extensions (RFC 4884 s8), of
	 * @object_len bytes, a multiple of four
	 */
	const void *object;
	/** @object_len: its length, in bytes; 0: none */
	unsigned int object_len;
	/** @max: maximum length of the new ICMP message, in bytes */
	unsigned int max;
};

int nat64_quote_layout(struct nat64_pkt *pkt, const struct nat64_layout *lay,
		       unsigned int *quoted);
void nat64_quote_ports(u8 *l4, unsigned int len, enum nat64_proto proto,
		       __be16 sport, __be16 dport, __sum16 diff);

#endif /* NAT64_RFC4884_H */
