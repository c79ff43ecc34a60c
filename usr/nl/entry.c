// SPDX-License-Identifier: GPL-2.0
/* entry.c - entries of an instance's tables: to the kernel, from it */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "nl/entry.h"
#include "nl/nl.h"

/**
 * prefix6_put() - put an IPv6 prefix into a request
 * @msg: the request
 * @type: the attribute, a nest of enum nat64_prefix6_attr
 * @prefix: the prefix
 *
 * Return: 0, or -ENOMEM if the request is full.
 */
int prefix6_put(struct nl_msg *msg, int type, const struct prefix6 *prefix)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	if (!nest || nla_put(msg, NAT64_PREFIX6_A_ADDR, 16, &prefix->addr) ||
	    nla_put_u8(msg, NAT64_PREFIX6_A_LEN, prefix->len))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/* What an attribute with a length has; without it, the whole address. */
static __u8 length_of(struct nlattr *attr, __u8 whole)
{
	return attr ? nla_get_u8(attr) : whole;
}

static void read_addr6(struct in6_addr *addr, struct nlattr *attr)
{
	memcpy(addr, nla_data(attr), sizeof(*addr));
}

/**
 * prefix6_read() - read an IPv6 prefix of the kernel
 * @prefix: where to store it
 * @nest: the prefix, may be NULL
 *
 * Return: false if there is none.
 */
bool prefix6_read(struct prefix6 *prefix, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_PREFIX6_A_MAX + 1] = {
		[NAT64_PREFIX6_A_ADDR] = { .minlen = 16 },
		[NAT64_PREFIX6_A_LEN] = { .type = NLA_U8 },
	};
	struct nlattr *attrs[NAT64_PREFIX6_A_MAX + 1];

	if (!nl64_nested(attrs, NAT64_PREFIX6_A_MAX, nest, policy) ||
	    !attrs[NAT64_PREFIX6_A_ADDR])
		return false;
	read_addr6(&prefix->addr, attrs[NAT64_PREFIX6_A_ADDR]);
	prefix->len = length_of(attrs[NAT64_PREFIX6_A_LEN], 128);
	return true;
}

/**
 * prefix4_put() - put an IPv4 prefix into a request
 * @msg: the request
 * @type: the attribute, a nest of enum nat64_prefix4_attr
 * @prefix: the prefix
 *
 * Return: 0, or -ENOMEM if the request is full.
 */
int prefix4_put(struct nl_msg *msg, int type, const struct prefix4 *prefix)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	if (!nest ||
	    nla_put_u32(msg, NAT64_PREFIX4_A_ADDR, prefix->addr.s_addr) ||
	    nla_put_u8(msg, NAT64_PREFIX4_A_LEN, prefix->len))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * prefix4_read() - read an IPv4 prefix of the kernel
 * @prefix: where to store it
 * @nest: the prefix, may be NULL
 *
 * Return: false if there is none.
 */
bool prefix4_read(struct prefix4 *prefix, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_PREFIX4_A_MAX + 1] = {
		[NAT64_PREFIX4_A_ADDR] = { .type = NLA_U32 },
		[NAT64_PREFIX4_A_LEN] = { .type = NLA_U8 },
	};
	struct nlattr *attrs[NAT64_PREFIX4_A_MAX + 1];

	if (!nl64_nested(attrs, NAT64_PREFIX4_A_MAX, nest, policy) ||
	    !attrs[NAT64_PREFIX4_A_ADDR])
		return false;
	prefix->addr.s_addr = nla_get_u32(attrs[NAT64_PREFIX4_A_ADDR]);
	prefix->len = length_of(attrs[NAT64_PREFIX4_A_LEN], 32);
	return true;
}

/**
 * pool6_put() - put a pool6 prefix into a request
 * @msg: the request
 * @prefix: the prefix
 *
 * Return: 0, or -ENOMEM if the request is full.
 */
int pool6_put(struct nl_msg *msg, const struct prefix6 *prefix)
{
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_POOL6 | NLA_F_NESTED);

	if (!nest || nla_put(msg, NAT64_POOL6_A_ADDR, 16, &prefix->addr) ||
	    nla_put_u8(msg, NAT64_POOL6_A_LEN, prefix->len))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * pool6_read() - read a pool6 prefix of the kernel
 * @prefix: where to store it
 * @nest: the prefix, may be NULL
 *
 * Return: false if there is none.
 */
bool pool6_read(struct prefix6 *prefix, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_POOL6_A_MAX + 1] = {
		[NAT64_POOL6_A_ADDR] = { .minlen = 16 },
		[NAT64_POOL6_A_LEN] = { .type = NLA_U8 },
	};
	struct nlattr *attrs[NAT64_POOL6_A_MAX + 1];

	if (!nl64_nested(attrs, NAT64_POOL6_A_MAX, nest, policy) ||
	    !attrs[NAT64_POOL6_A_ADDR] || !attrs[NAT64_POOL6_A_LEN])
		return false;
	read_addr6(&prefix->addr, attrs[NAT64_POOL6_A_ADDR]);
	prefix->len = nla_get_u8(attrs[NAT64_POOL6_A_LEN]);
	return true;
}

static int put_range(struct nl_msg *msg, const struct port_range *range)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, NAT64_POOL4_A_PORTS | NLA_F_NESTED);
	if (!nest || nla_put_u16(msg, NAT64_PORTS_A_MIN, range->min) ||
	    nla_put_u16(msg, NAT64_PORTS_A_MAX, range->max))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * pool4_put() - put a pool4 entry into a request
 * @msg: the request
 * @entry: the entry
 *
 * Return: 0, or -ENOMEM if the request is full.
 */
int pool4_put(struct nl_msg *msg, const struct pool4_entry *entry)
{
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_POOL4 | NLA_F_NESTED);
	size_t i;

	if (!nest ||
	    nla_put_u32(msg, NAT64_POOL4_A_ADDR, entry->prefix.addr.s_addr) ||
	    nla_put_u8(msg, NAT64_POOL4_A_LEN, entry->prefix.len) ||
	    (entry->proto &&
	     nla_put_u8(msg, NAT64_POOL4_A_PROTO, entry->proto)) ||
	    nla_put_u32(msg, NAT64_POOL4_A_MARK, entry->mark))
		return -ENOMEM;
	for (i = 0; i < entry->ports.n; i++) {
		if (put_range(msg, &entry->ports.range[i]))
			return -ENOMEM;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static bool read_range(struct port_range *range, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_PORTS_A_COUNT + 1] = {
		[NAT64_PORTS_A_MIN] = { .type = NLA_U16 },
		[NAT64_PORTS_A_MAX] = { .type = NLA_U16 },
	};
	struct nlattr *attrs[NAT64_PORTS_A_COUNT + 1];

	if (!nl64_nested(attrs, NAT64_PORTS_A_COUNT, nest, policy) ||
	    !attrs[NAT64_PORTS_A_MIN] || !attrs[NAT64_PORTS_A_MAX])
		return false;
	range->min = nla_get_u16(attrs[NAT64_PORTS_A_MIN]);
	range->max = nla_get_u16(attrs[NAT64_PORTS_A_MAX]);
	return true;
}

static void read_ports(struct port_list *ports, struct nlattr *nest)
{
	struct nlattr *attr;
	int rest;

	ports->n = 0;
	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) == NAT64_POOL4_A_PORTS &&
		    ports->n < ARRAY_SIZE(ports->range) &&
		    read_range(&ports->range[ports->n], attr))
			ports->n++;
	}
}

/**
 * pool4_read() - read a pool4 entry of the kernel
 * @entry: where to store it
 * @nest: the entry, may be NULL
 *
 * Return: false if there is none.
 */
bool pool4_read(struct pool4_entry *entry, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_POOL4_A_MAX + 1] = {
		[NAT64_POOL4_A_ADDR] = { .type = NLA_U32 },
		[NAT64_POOL4_A_LEN] = { .type = NLA_U8 },
		[NAT64_POOL4_A_PROTO] = { .type = NLA_U8 },
		[NAT64_POOL4_A_PORTS] = { .type = NLA_NESTED },
		[NAT64_POOL4_A_MARK] = { .type = NLA_U32 },
	};
	struct nlattr *attrs[NAT64_POOL4_A_MAX + 1], *attr;

	if (!nl64_nested(attrs, NAT64_POOL4_A_MAX, nest, policy) ||
	    !attrs[NAT64_POOL4_A_ADDR])
		return false;
	entry->prefix.addr.s_addr = nla_get_u32(attrs[NAT64_POOL4_A_ADDR]);
	entry->prefix.len = length_of(attrs[NAT64_POOL4_A_LEN], 32);
	attr = attrs[NAT64_POOL4_A_PROTO];
	entry->proto = attr ? nla_get_u8(attr) : 0;
	attr = attrs[NAT64_POOL4_A_MARK];
	entry->mark = attr ? nla_get_u32(attr) : 0;
	read_ports(&entry->ports, nest);
	return true;
}

/* An empty list is all ports, and identifier 0 of ICMP. */
static bool ports_overlap(const struct port_list *a, const struct port_list *b)
{
	size_t i, j;

	if (!a->n || !b->n)
		return true;
	for (i = 0; i < a->n; i++) {
		for (j = 0; j < b->n; j++) {
			if (a->range[i].min <= b->range[j].max &&
			    b->range[j].min <= a->range[i].max)
				return true;
		}
	}
	return false;
}

/**
 * pool4_overlap() - check whether two pool4 entries share a transport address
 * @a: an entry
 * @b: an entry
 *
 * Return: true if they do.
 */
bool pool4_overlap(const struct pool4_entry *a, const struct pool4_entry *b)
{
	const struct pool4_entry *wide = a->prefix.len < b->prefix.len ? a : b;
	const struct pool4_entry *narrow = a == wide ? b : a;

	return (!a->proto || !b->proto || a->proto == b->proto) &&
	       prefix4_contains(&wide->prefix, narrow->prefix.addr) &&
	       ports_overlap(&a->ports, &b->ports);
}

/**
 * pool4_proto() - name the protocol of a pool4 entry
 * @entry: the entry
 *
 * Return: its name, or "all".
 */
const char *pool4_proto(const struct pool4_entry *entry)
{
	return entry->proto ? args_proto_name(entry->proto) : "all";
}

static struct json_object *ports_json(const struct port_list *ports)
{
	struct json_object *array = json_object_new_array();
	char text[RANGE_TEXT];
	size_t i;

	for (i = 0; i < ports->n; i++) {
		text_range(text, &ports->range[i]);
		json_object_array_add(array, json_object_new_string(text));
	}
	if (!ports->n)
		json_object_array_add(array, json_object_new_string(PORTS_ALL));
	return array;
}

/**
 * pool4_json() - write a pool4 entry in JSON
 * @entry: the entry
 * @name_all: name the ports even if the entry has all of them
 *
 * Return: an object with the members prefix, proto, mark and ports.
 */
struct json_object *pool4_json(const struct pool4_entry *entry, bool name_all)
{
	struct json_object *object = json_object_new_object();
	char prefix[PREFIX_TEXT];

	text_prefix4(prefix, &entry->prefix);
	json_object_object_add(object, "prefix",
			       json_object_new_string(prefix));
	json_object_object_add(object, "proto",
			       json_object_new_string(pool4_proto(entry)));
	json_object_object_add(object, "mark",
			       json_object_new_uint64(entry->mark));
	if (entry->ports.n || name_all)
		json_object_object_add(object, "ports",
				       ports_json(&entry->ports));
	return object;
}

/**
 * bib_put() - put a BIB entry into a request
 * @msg: the request
 * @proto: its protocol
 * @side6: its IPv6 transport address, or NULL to leave it out
 * @side4: its IPv4 transport address, likewise
 *
 * Return: 0, or -ENOMEM if the request is full.
 */
int bib_put(struct nl_msg *msg, __u8 proto, const struct endpoint *side6,
	    const struct endpoint *side4)
{
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_BIB | NLA_F_NESTED);

	if (!nest || nla_put_u8(msg, NAT64_BIB_A_PROTO, proto))
		return -ENOMEM;
	if (side6 &&
	    (nla_put(msg, NAT64_BIB_A_ADDR6, 16, &side6->addr6) ||
	     nla_put_u16(msg, NAT64_BIB_A_PORT6, htons(side6->port))))
		return -ENOMEM;
	if (side4 &&
	    (nla_put_u32(msg, NAT64_BIB_A_ADDR4, side4->addr4.s_addr) ||
	     nla_put_u16(msg, NAT64_BIB_A_PORT4, htons(side4->port))))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * bib_read() - read a BIB entry of the kernel
 * @entry: where to store it; what lies between its members becomes zero, too
 * @nest: the entry, may be NULL
 *
 * Return: false if there is none.
 */
bool bib_read(struct bib_entry *entry, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_BIB_A_MAX + 1] = {
		[NAT64_BIB_A_PROTO] = { .type = NLA_U8 },
		[NAT64_BIB_A_ADDR6] = { .minlen = 16 },
		[NAT64_BIB_A_PORT6] = { .type = NLA_U16 },
		[NAT64_BIB_A_ADDR4] = { .type = NLA_U32 },
		[NAT64_BIB_A_PORT4] = { .type = NLA_U16 },
	};
	struct nlattr *attrs[NAT64_BIB_A_MAX + 1];
	int i;

	if (!nl64_nested(attrs, NAT64_BIB_A_MAX, nest, policy))
		return false;
	for (i = NAT64_BIB_A_PROTO; i <= NAT64_BIB_A_PORT4; i++) {
		if (!attrs[i])
			return false;
	}
	memset(entry, 0, sizeof(*entry));
	entry->proto = nla_get_u8(attrs[NAT64_BIB_A_PROTO]);
	entry->is_static = attrs[NAT64_BIB_A_STATIC];
	entry->side6.is6 = true;
	read_addr6(&entry->side6.addr6, attrs[NAT64_BIB_A_ADDR6]);
	entry->side6.port = ntohs(nla_get_u16(attrs[NAT64_BIB_A_PORT6]));
	entry->side4.addr4.s_addr = nla_get_u32(attrs[NAT64_BIB_A_ADDR4]);
	entry->side4.port = ntohs(nla_get_u16(attrs[NAT64_BIB_A_PORT4]));
	return true;
}

/**
 * eam_put() - put an explicit address mapping into a request
 * @msg: the request
 * @prefix6: its IPv6 side, or NULL to leave it out
 * @prefix4: its IPv4 side, likewise
 *
 * Return: 0, or -ENOMEM if the request is full.
 */
int eam_put(struct nl_msg *msg, const struct prefix6 *prefix6,
	    const struct prefix4 *prefix4)
{
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_EAM | NLA_F_NESTED);

	if (!nest)
		return -ENOMEM;
	if (prefix6 &&
	    (nla_put(msg, NAT64_EAM_A_ADDR6, 16, &prefix6->addr) ||
	     nla_put_u8(msg, NAT64_EAM_A_LEN6, prefix6->len)))
		return -ENOMEM;
	if (prefix4 &&
	    (nla_put_u32(msg, NAT64_EAM_A_ADDR4, prefix4->addr.s_addr) ||
	     nla_put_u8(msg, NAT64_EAM_A_LEN4, prefix4->len)))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * eam_read() - read an explicit address mapping of the kernel
 * @entry: where to store it
 * @nest: the mapping, may be NULL
 *
 * Return: false if there is none.
 */
bool eam_read(struct eam_entry *entry, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_EAM_A_MAX + 1] = {
		[NAT64_EAM_A_ADDR6] = { .minlen = 16 },
		[NAT64_EAM_A_LEN6] = { .type = NLA_U8 },
		[NAT64_EAM_A_ADDR4] = { .type = NLA_U32 },
		[NAT64_EAM_A_LEN4] = { .type = NLA_U8 },
	};
	struct nlattr *attrs[NAT64_EAM_A_MAX + 1];

	if (!nl64_nested(attrs, NAT64_EAM_A_MAX, nest, policy) ||
	    !attrs[NAT64_EAM_A_ADDR6] || !attrs[NAT64_EAM_A_ADDR4])
		return false;
	read_addr6(&entry->prefix6.addr, attrs[NAT64_EAM_A_ADDR6]);
	entry->prefix6.len = length_of(attrs[NAT64_EAM_A_LEN6], 128);
	entry->prefix4.addr.s_addr = nla_get_u32(attrs[NAT64_EAM_A_ADDR4]);
	entry->prefix4.len = length_of(attrs[NAT64_EAM_A_LEN4], 32);
	return true;
}
