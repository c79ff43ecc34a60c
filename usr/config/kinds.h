/* SPDX-License-Identifier: GPL-2.0 */
/* kinds.h - the kinds of values of keys: read, written and checked */
#ifndef NAT64CTL_KINDS_H
#define NAT64CTL_KINDS_H

#include <json-c/json.h>

#include "nl/nl.h"

/**
 * enum kind - what a key holds
 * @KIND_BOOL: on or off, u8
 * @KIND_BYTE: 0 to 255, u8
 * @KIND_NUMBER: u32
 * @KIND_SECONDS: u32
 * @KIND_PLATEAUS: array of u16
 * @KIND_MSS: u32, of which 0 and NAT64_MSS_CLAMP_PMTU are words
 * @KIND_PREFIX: nest of enum nat64_prefix4_attr
 * @KIND_PREFIX6: nest of enum nat64_prefix6_attr
 * @KIND_DEVICES: nest of enum nat64_fastpath_attr
 * @KIND_HAIRPIN: u8, enum nat64_eam_hairpin
 */
enum kind {
	KIND_BOOL,
	KIND_BYTE,
	KIND_NUMBER,
	KIND_SECONDS,
	KIND_PLATEAUS,
	KIND_MSS,
	KIND_PREFIX,
	KIND_PREFIX6,
	KIND_DEVICES,
	KIND_HAIRPIN
};

/**
 * struct kind_ops - how the values of a kind are read, written and checked
 * @values: what 'config set' takes, as a pattern
 * @json_values: what a file may have, in words
 * @type: JSON type of a value in a file, which may also be a string
 * @size: the least length of its attribute
 * @put: puts a word, as 'config set' takes it, into a request; returns 0, or a
 *	negative number with the mistake in args_why()
 * @text: writes a value as such a word
 * @json: makes a value for JSON; NULL: the word
 * @check: checks a value, in the words of the module; NULL: any is right that
 *	is within the limits of the key
 */
struct kind_ops {
	const char *values;
	const char *json_values;
	enum json_type type;
	int size;
	int (*put)(struct nl_msg *msg, int key, const char *word);
	void (*text)(char *text, size_t size, struct nlattr *attr);
	struct json_object *(*json)(struct nlattr *attr);
	int (*check)(struct nlattr *attr);
};

extern const struct kind_ops kinds[];

#endif /* NAT64CTL_KINDS_H */
