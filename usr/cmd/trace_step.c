// SPDX-License-Identifier: GPL-2.0
/*
 * trace_step.c - the attributes of a step of a trace
 *
 * A kernel module may be newer or older than this command: no step has to have
 * an attribute.
 */
#include <netinet/in.h>
#include <string.h>

#include "cli/args.h"
#include "cmd/trace_step.h"
#include "config/keys.h"

/**
 * step_byte() - read a u8
 * @a: the attributes
 * @type: the type of the attribute
 *
 * Return: its value; 0 if there is none.
 */
__u8 step_byte(struct nlattr **a, int type)
{
	return a[type] ? nla_get_u8(a[type]) : 0;
}

/**
 * step_number() - read a u32
 * @a: the attributes
 * @type: the type of the attribute
 *
 * Return: its value; 0 if there is none.
 */
__u32 step_number(struct nlattr **a, int type)
{
	return a[type] ? nla_get_u32(a[type]) : 0;
}

/**
 * step_is_tcp() - check whether a step is about TCP, which alone has states
 * @a: the attributes
 *
 * Return: true if it is.
 */
bool step_is_tcp(struct nlattr **a)
{
	return step_byte(a, NAT64_STEP_A_PROTO) == IPPROTO_TCP;
}

/**
 * step_is_verdict() - check whether a step says what becomes of the packet
 * @step: enum nat64_step
 *
 * Return: true if it does.
 */
bool step_is_verdict(__u32 step)
{
	return step >= NAT64_STEP_TRANSLATED && step <= NAT64_STEP_FRAGMENT;
}

/**
 * step_proto() - name the protocol
 * @a: the attributes
 *
 * A stateless instance translates any protocol, and ICMP may be that of IPv6.
 *
 * Return: the name, or NULL if it is not one of those that a NAT64 translates.
 */
const char *step_proto(struct nlattr **a)
{
	__u8 proto = step_byte(a, NAT64_STEP_A_PROTO);

	if (proto == IPPROTO_ICMPV6)
		proto = IPPROTO_ICMP;
	return memchr(args_all_protos, proto, sizeof(args_all_protos)) ?
	       args_proto_name(proto) : NULL;
}

/**
 * step_state() - name the state of the session
 * @a: the attributes
 *
 * Return: the name.
 */
const char *step_state(struct nlattr **a)
{
	return step_is_tcp(a) ?
	       args_state_name(step_byte(a, NAT64_STEP_A_STATE)) : "idle timer";
}

/**
 * step_key() - name the key that decides
 * @a: the attributes
 *
 * Return: the name, or "unknown".
 */
const char *step_key(struct nlattr **a)
{
	__u32 key = step_number(a, NAT64_STEP_A_KEY);

	return key && key < KEY_COUNT ? key_name(key) : "unknown";
}
