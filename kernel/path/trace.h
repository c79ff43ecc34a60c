/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace.h - what would be done with a packet, step by step
 *
 * A packet whose nat64_pkt.trace is set is none that came: it goes the same way
 * as the others, but where they make, change or send something, it is only
 * written down here that they would.
 */
#ifndef NAT64_TRACE_H
#define NAT64_TRACE_H

#include <linux/bits.h>
#include <linux/if.h>
#include <linux/nat64.h>
#include "rfc/rfc6052.h"
#include "rfc/tuple.h"

/* The most steps; what follows them is written over the last. */
#define NAT64_TRACE_STEPS 32

/* Bit of nat64_note.has for an attribute. */
#define NAT64_HAS(attr) BIT(NAT64_STEP_A_##attr)

/* What a tuple has of each family. */
#define NAT64_HAS_ADDRS6 (NAT64_HAS(SRC6) | NAT64_HAS(DST6))
#define NAT64_HAS_ADDRS4 (NAT64_HAS(SRC4) | NAT64_HAS(DST4))
#define NAT64_HAS_PORTS6 (NAT64_HAS(SPORT6) | NAT64_HAS(DPORT6))
#define NAT64_HAS_PORTS4 (NAT64_HAS(SPORT4) | NAT64_HAS(DPORT4))

/**
 * struct nat64_note - a step; enum nat64_step_attr tells what its members are
 */
struct nat64_note {
	/** @step: enum nat64_step */
	enum nat64_step step;
	/** @has: bits of enum nat64_step_attr, of what else is known */
	u32 has;
	/** @instance: name of the instance */
	char instance[NAT64_NAME_MAX + 1];
	/** @dev: name of a device */
	char dev[IFNAMSIZ];
	/** @pool6: a prefix */
	struct nat64_prefix6 pool6;
	/** @t6: addresses and ports */
	struct nat64_tuple6 t6;
	/** @t4: addresses and ports */
	struct nat64_tuple4 t4;
	/** @mark: mark of the packet */
	u32 mark;
	/** @expires: milliseconds */
	u32 expires;
	/** @key: enum nat64_config_attr */
	u32 key;
	/** @mtu: bytes */
	u32 mtu;
	/** @len: bytes */
	u32 len;
	/** @stat: enum nat64_stat */
	u32 stat;
	/** @proto: enum nat64_proto */
	u8 proto;
	/** @state: enum nat64_state */
	u8 state;
	/** @icmp_type: of an error */
	u8 icmp_type;
	/** @icmp_code: of an error */
	u8 icmp_code;
};

/**
 * struct nat64_trace - the steps of a packet
 */
struct nat64_trace {
	/** @n: how many there are */
	unsigned int n;
	/** @any_port: its source port will be left to chance */
	bool any_port;
	/** @note: the steps */
	struct nat64_note note[NAT64_TRACE_STEPS];
};

struct nat64_note *nat64_trace_add(struct nat64_trace *trace,
				   enum nat64_step step);

#endif /* NAT64_TRACE_H */
