/* SPDX-License-Identifier: GPL-2.0 */
/* entry.h - entries of an instance's tables: to the kernel, from it */
#ifndef NAT64CTL_ENTRY_H
#define NAT64CTL_ENTRY_H

#include <json-c/json.h>
#include <netlink/msg.h>

#include "cli/args.h"

/**
 * struct pool4_entry - an entry of pool4
 * @prefix: its prefix
 * @proto: its protocol, or 0 for all three
 * @mark: its mark
 * @ports: its ports, rising and not touching one another; none: all there are
 */
struct pool4_entry {
	struct prefix4 prefix;
	__u8 proto;
	__u32 mark;
	struct port_list ports;
};

/**
 * struct bib_entry - an entry of the BIB
 * @proto: its protocol
 * @is_static: made by the operator
 * @side6: its IPv6 transport address
 * @side4: its IPv4 transport address
 */
struct bib_entry {
	__u8 proto;
	bool is_static;
	struct endpoint side6;
	struct endpoint side4;
};

/**
 * struct eam_entry - an explicit address mapping
 * @prefix6: its IPv6 side
 * @prefix4: its IPv4 side
 */
struct eam_entry {
	struct prefix6 prefix6;
	struct prefix4 prefix4;
};

int prefix6_put(struct nl_msg *msg, int type, const struct prefix6 *prefix);
bool prefix6_read(struct prefix6 *prefix, struct nlattr *nest);
int prefix4_put(struct nl_msg *msg, int type, const struct prefix4 *prefix);
bool prefix4_read(struct prefix4 *prefix, struct nlattr *nest);

int pool6_put(struct nl_msg *msg, const struct prefix6 *prefix);
bool pool6_read(struct prefix6 *prefix, struct nlattr *nest);

int pool4_put(struct nl_msg *msg, const struct pool4_entry *entry);
bool pool4_read(struct pool4_entry *entry, struct nlattr *nest);
bool pool4_overlap(const struct pool4_entry *a, const struct pool4_entry *b);
const char *pool4_proto(const struct pool4_entry *entry);
struct json_object *pool4_json(const struct pool4_entry *entry, bool name_all);

int bib_put(struct nl_msg *msg, __u8 proto, const struct endpoint *side6,
	    const struct endpoint *side4);
bool bib_read(struct bib_entry *entry, struct nlattr *nest);

int eam_put(struct nl_msg *msg, const struct prefix6 *prefix6,
	    const struct prefix4 *prefix4);
bool eam_read(struct eam_entry *entry, struct nlattr *nest);

#endif /* NAT64CTL_ENTRY_H */
