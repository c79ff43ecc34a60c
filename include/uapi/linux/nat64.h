/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * nat64.h - the generic netlink interface of the nat64 module
 *
 * include/nat64.yaml describes the same interface in words. Addresses and
 * ports are in network byte order; every other number is in host order.
 *
 * Programs and modules of different versions work together by these rules:
 *
 * - Values are only added, at the end of their enum and before its last member.
 *   None changes its number, type or meaning, and none is removed: an unused one
 *   keeps its number.
 * - A module refuses a request with an attribute that it does not know, also
 *   inside nests, or that only replies have, rather than ignore it. It refuses
 *   an unknown command with -EOPNOTSUPP. So a new program finds out what an old
 *   module cannot do.
 * - The reader of a reply or an event ignores attributes that it does not know,
 *   and takes unknown values of an enum for "something else". A module may omit
 *   what replies did not have at first.
 * - Reading configuration and statistics requires no capability; everything
 *   else requires CAP_NET_ADMIN in the user namespace that owns the network
 *   namespace: to change something, to read or count BIB entries and sessions,
 *   to read the usage of pool4, and to trace.
 * - A request without a newer attribute means what it meant before the attribute
 *   existed; the default of a new configuration key is the former behaviour.
 * - A refusal has a sentence (NLMSGERR_ATTR_MSG) and either the attribute to
 *   blame (NLMSGERR_ATTR_OFFS) or the one that is missing
 *   (NLMSGERR_ATTR_MISS_TYPE, _MISS_NEST). The sentence is for people and may
 *   change; the errno does not.
 * - A sentence that comes with success is a warning.
 * - If a sentence is about an object that is not in the request,
 *   NLMSGERR_ATTR_COOKIE contains the object; its length identifies the type:
 *   an IPv6 address (16 octets), followed by a prefix length (17) or by a port
 *   (18). Kernels that have no room for it there, such as 7.2, leave it out.
 * - NAT64_GENL_VERSION changes only if one of these rules is broken, and the
 *   name of the family changes with it: no program needs to check it, and the
 *   version in the header of a request is ignored.
 */
#ifndef _UAPI_LINUX_NAT64_H
#define _UAPI_LINUX_NAT64_H

#define NAT64_GENL_NAME		"nat64"
#define NAT64_GENL_VERSION	1

/*
 * Multicast groups: events in the network namespace of the socket. Joining bib
 * or session takes CAP_NET_ADMIN.
 */
#define NAT64_MCGRP_INSTANCE	"instance"
#define NAT64_MCGRP_POOL6	"pool6"
#define NAT64_MCGRP_POOL4	"pool4"
#define NAT64_MCGRP_CONFIG	"config"
#define NAT64_MCGRP_BIB		"bib"
#define NAT64_MCGRP_SESSION	"session"
#define NAT64_MCGRP_ALARM	"alarm"
#define NAT64_MCGRP_EAM		"eam"
#define NAT64_MCGRP_DENYLIST	"denylist"

/* The longest instance name, without the terminating zero. */
#define NAT64_NAME_MAX		15
/* The most instances of a network namespace. */
#define NAT64_INSTANCES_MAX	64
/* The most pool6 prefixes of an instance. */
#define NAT64_POOL6_MAX		16
/* The most pool4 entries of an instance. */
#define NAT64_POOL4_MAX		1024
/* The most port ranges of a pool4 entry. */
#define NAT64_PORTS_MAX		32
/* The most static BIB entries of an instance. */
#define NAT64_BIB_STATIC_MAX	65536
/* The most entries of the Explicit Address Mapping Table of an instance. */
#define NAT64_EAM_MAX		1048576
/* The most denylist prefixes of an instance. */
#define NAT64_DENYLIST_MAX	4096
/* The shortest pool4 prefix. */
#define NAT64_POOL4_LEN_MIN	12
/* The most entries of the mtu-plateaus key (RFC 1191 s7). */
#define NAT64_PLATEAUS_MAX	32
/* Value of the mss-clamp key: the MSS that fits both links. */
#define NAT64_MSS_CLAMP_PMTU	1
/* The most devices of the fastpath key. */
#define NAT64_FASTPATH_MAX	8

/*
 * Limits of a network namespace that a user namespace other than the initial
 * one owns, so that its users cannot take all memory of the machine.
 */
/* The most instances of it. */
#define NAT64_USERNS_INSTANCES_MAX	4
/* The most addresses in all pool4 entries of an instance. */
#define NAT64_USERNS_ADDRESSES_MAX	4096
/* The most static BIB entries of an instance. */
#define NAT64_USERNS_BIB_STATIC_MAX	1024
/* The most EAM entries of an instance. */
#define NAT64_USERNS_EAM_MAX		1024
/* The greatest value, and the default, of the key maximum-sessions. */
#define NAT64_USERNS_SESSIONS_MAX	65536
/* The greatest value of the key maximum-simultaneous-opens. */
#define NAT64_USERNS_OPENS_MAX		256

/**
 * enum nat64_cmd - generic netlink commands of the family
 * @NAT64_CMD_UNSPEC: not used
 * @NAT64_CMD_INSTANCE_ADD: do: create INSTANCE of TYPE. A NAT64 has POOL6 (one
 *	or more; none means 64:ff9b::/96) and POOL4 (any number; none means the
 *	router's own addresses); a stateless translator has POOL6 (any number).
 *	With DEVICE it translates what is routed into that device, and a NAT64
 *	needs POOL4
 * @NAT64_CMD_INSTANCE_DEL: do: delete INSTANCE and all it has
 * @NAT64_CMD_INSTANCE_FLUSH: do: end dynamic BIB entries and all sessions
 * @NAT64_CMD_INSTANCE_GET: dump: one message an instance: INSTANCE, TYPE,
 *	DEVICE and DEVICE_GONE if it has one, POOL6s and, of a NAT64, the first
 *	POOL4s that fit (POOL4_GET has all),
 *	BIB_COUNT, SESSION_COUNT; of a stateless translator, EAM_COUNT
 * @NAT64_CMD_POOL6_ADD: do: add POOL6 to INSTANCE; as with POOL4_ADD and
 *	BIB_ADD, one that exists is no error, unless the request has EXCL
 * @NAT64_CMD_POOL6_DEL: do: remove POOL6 and the sessions that use it
 * @NAT64_CMD_POOL6_GET: dump: one message a prefix: INSTANCE, POOL6
 * @NAT64_CMD_POOL4_ADD: do: add POOL4 to INSTANCE
 * @NAT64_CMD_POOL4_DEL: do: remove POOL4 (ports and protocols that remain
 *	stay) and the BIB entries in it
 * @NAT64_CMD_POOL4_FLUSH: do: remove every POOL4 of INSTANCE
 * @NAT64_CMD_POOL4_GET: dump: one message an entry: INSTANCE, POOL4; with the
 *	flag USAGE, which takes CAP_NET_ADMIN, POOL4 has its usage
 * @NAT64_CMD_BIB_ADD: do: add each BIB (one or more) to INSTANCE as a static
 *	entry, all or none; the extended acknowledgment has the one refused
 * @NAT64_CMD_BIB_DEL: do: remove a BIB entry, static or not, with its sessions;
 *	either side may be left out
 * @NAT64_CMD_BIB_GET: dump: one message an entry: INSTANCE, BIB; FILTER limits
 * @NAT64_CMD_SESSION_FLUSH: do: end the sessions that FILTER matches; replies
 *	SESSION_COUNT, their number
 * @NAT64_CMD_SESSION_GET: dump: one message a session: INSTANCE, SESSION;
 *	FILTER limits
 * @NAT64_CMD_SESSION_COUNT: do: replies SESSION_COUNT; FILTER limits
 * @NAT64_CMD_CONFIG_SET: do: change the keys in CONFIG, all or none; FORCE lets
 *	timeouts be shorter than an RFC allows
 * @NAT64_CMD_CONFIG_GET: do: replies INSTANCE, CONFIG with every key that its
 *	type of instance has
 * @NAT64_CMD_STATS_GET: dump: one message an instance: INSTANCE, STATS and, of a
 *	NAT64, BIB_COUNT, SESSION_COUNT, SUBSCRIBER_COUNT; of a stateless
 *	translator, EAM_COUNT
 * @NAT64_CMD_INSTANCE_REPLACE: do: set all of INSTANCE to POOL6, CONFIG (a key
 *	that is absent has its default) and, of a NAT64, POOL4 and BIB (static
 *	entries), or EAM and DENYLIST of a stateless translator, all or nothing;
 *	create it, of TYPE and with DEVICE, if it does not exist. BIB entries and sessions that
 *	stay valid survive. FORCE is as in CONFIG_SET; with CHECK nothing is
 *	changed
 * @NAT64_CMD_INSTANCE_ADD_NTF: to NAT64_MCGRP_INSTANCE: INSTANCE exists; as
 *	INSTANCE_GET, and TIME. Keys that differ from their defaults follow, as
 *	CONFIG_NTF
 * @NAT64_CMD_INSTANCE_DEL_NTF: to NAT64_MCGRP_INSTANCE: INSTANCE is deleted,
 *	with all it had; TIME
 * @NAT64_CMD_INSTANCE_FLUSH_NTF: to NAT64_MCGRP_INSTANCE: INSTANCE_FLUSH was
 *	carried out; TIME
 * @NAT64_CMD_POOL6_ADD_NTF: to NAT64_MCGRP_POOL6: INSTANCE has a new POOL6; TIME
 * @NAT64_CMD_POOL6_DEL_NTF: to NAT64_MCGRP_POOL6: INSTANCE has lost POOL6; TIME
 * @NAT64_CMD_POOL4_ADD_NTF: to NAT64_MCGRP_POOL4: INSTANCE has a new POOL4, an
 *	attribute for each of its protocols; TIME
 * @NAT64_CMD_POOL4_DEL_NTF: to NAT64_MCGRP_POOL4: INSTANCE has lost POOL4; an
 *	entry of which a part remains is lost, and that part is new; TIME
 * @NAT64_CMD_CONFIG_NTF: to NAT64_MCGRP_CONFIG: the keys in CONFIG, those that
 *	have changed, of INSTANCE; TIME
 * @NAT64_CMD_BIB_NEW_NTF: to NAT64_MCGRP_BIB, if the key logging-bib is on:
 *	INSTANCE, TIME, SEQ, BIB
 * @NAT64_CMD_BIB_END_NTF: likewise: a BIB entry has ended. A dynamic one that
 *	INSTANCE_REPLACE makes a static one ends, and a static one is new
 * @NAT64_CMD_BIB_LOST_NTF: to NAT64_MCGRP_BIB: INSTANCE, TIME, SEQ, that of the
 *	last event: a listener has lost those up to it that it has not seen
 * @NAT64_CMD_SESSION_NEW_NTF: to NAT64_MCGRP_SESSION, if the key
 *	logging-session is on: INSTANCE, TIME, SEQ, SESSION
 * @NAT64_CMD_SESSION_END_NTF: likewise: a session has ended; SESSION has its
 *	last state
 * @NAT64_CMD_SESSION_LOST_NTF: to NAT64_MCGRP_SESSION: as BIB_LOST_NTF
 * @NAT64_CMD_ALARM_NTF: to NAT64_MCGRP_ALARM, once a second at most for each
 *	kind: INSTANCE, TIME, ALARM
 * @NAT64_CMD_TRACE: do: report what the translator would do with the packet in
 *	TRACE, and why: replies STEPs, of which the last is the verdict. No
 *	packet is sent, no table and no counter changes
 * @NAT64_CMD_BIB_COUNT: do: replies BIB_COUNT; FILTER limits
 * @NAT64_CMD_INSTANCE_CHECK: do: compare the tables of INSTANCE; replies
 *	BIB_COUNT and SESSION_COUNT, as found in them, FAULT_COUNT, the first
 *	FAULTs, and MOVING
 * @NAT64_CMD_EAM_ADD: do: add each EAM (one or more) to INSTANCE, all or none;
 *	one that exists is no error, unless the request has EXCL
 * @NAT64_CMD_EAM_DEL: do: remove EAM; either side may be left out
 * @NAT64_CMD_EAM_FLUSH: do: remove every EAM of INSTANCE
 * @NAT64_CMD_EAM_GET: dump: one message an entry: INSTANCE, EAM
 * @NAT64_CMD_DENYLIST_ADD: do: add DENYLIST (one or more), as EAM_ADD
 * @NAT64_CMD_DENYLIST_DEL: do: remove DENYLIST
 * @NAT64_CMD_DENYLIST_FLUSH: do: remove every DENYLIST of INSTANCE
 * @NAT64_CMD_DENYLIST_GET: dump: one message a prefix: INSTANCE, DENYLIST
 * @NAT64_CMD_EAM_ADD_NTF: to NAT64_MCGRP_EAM: INSTANCE has a new EAM; TIME
 * @NAT64_CMD_EAM_DEL_NTF: to NAT64_MCGRP_EAM: INSTANCE has lost EAM; TIME
 * @NAT64_CMD_DENYLIST_ADD_NTF: to NAT64_MCGRP_DENYLIST: INSTANCE has a new
 *	DENYLIST; TIME
 * @NAT64_CMD_DENYLIST_DEL_NTF: to NAT64_MCGRP_DENYLIST: INSTANCE has lost
 *	DENYLIST; TIME
 * @__NAT64_CMD_MAX: internal
 */
enum nat64_cmd {
	NAT64_CMD_UNSPEC,
	NAT64_CMD_INSTANCE_ADD,
	NAT64_CMD_INSTANCE_DEL,
	NAT64_CMD_INSTANCE_FLUSH,
	NAT64_CMD_INSTANCE_GET,
	NAT64_CMD_POOL6_ADD,
	NAT64_CMD_POOL6_DEL,
	NAT64_CMD_POOL6_GET,
	NAT64_CMD_POOL4_ADD,
	NAT64_CMD_POOL4_DEL,
	NAT64_CMD_POOL4_FLUSH,
	NAT64_CMD_POOL4_GET,
	NAT64_CMD_BIB_ADD,
	NAT64_CMD_BIB_DEL,
	NAT64_CMD_BIB_GET,
	NAT64_CMD_SESSION_FLUSH,
	NAT64_CMD_SESSION_GET,
	NAT64_CMD_SESSION_COUNT,
	NAT64_CMD_CONFIG_SET,
	NAT64_CMD_CONFIG_GET,
	NAT64_CMD_STATS_GET,
	NAT64_CMD_INSTANCE_REPLACE,
	NAT64_CMD_INSTANCE_ADD_NTF,
	NAT64_CMD_INSTANCE_DEL_NTF,
	NAT64_CMD_INSTANCE_FLUSH_NTF,
	NAT64_CMD_POOL6_ADD_NTF,
	NAT64_CMD_POOL6_DEL_NTF,
	NAT64_CMD_POOL4_ADD_NTF,
	NAT64_CMD_POOL4_DEL_NTF,
	NAT64_CMD_CONFIG_NTF,
	NAT64_CMD_BIB_NEW_NTF,
	NAT64_CMD_BIB_END_NTF,
	NAT64_CMD_BIB_LOST_NTF,
	NAT64_CMD_SESSION_NEW_NTF,
	NAT64_CMD_SESSION_END_NTF,
	NAT64_CMD_SESSION_LOST_NTF,
	NAT64_CMD_ALARM_NTF,
	NAT64_CMD_TRACE,
	NAT64_CMD_BIB_COUNT,
	NAT64_CMD_INSTANCE_CHECK,
	NAT64_CMD_EAM_ADD,
	NAT64_CMD_EAM_DEL,
	NAT64_CMD_EAM_FLUSH,
	NAT64_CMD_EAM_GET,
	NAT64_CMD_DENYLIST_ADD,
	NAT64_CMD_DENYLIST_DEL,
	NAT64_CMD_DENYLIST_FLUSH,
	NAT64_CMD_DENYLIST_GET,
	NAT64_CMD_EAM_ADD_NTF,
	NAT64_CMD_EAM_DEL_NTF,
	NAT64_CMD_DENYLIST_ADD_NTF,
	NAT64_CMD_DENYLIST_DEL_NTF,
	__NAT64_CMD_MAX
};

#define NAT64_CMD_MAX (__NAT64_CMD_MAX - 1)

/**
 * enum nat64_attr - attributes of every command's message
 * @NAT64_A_UNSPEC: not used
 * @NAT64_A_PAD: padding of 64-bit attributes
 * @NAT64_A_INSTANCE: string, name of the instance: letters, digits, '-', '_'
 *	and '.'; in a dump request it limits the dump to that instance
 * @NAT64_A_POOL6: nest of enum nat64_pool6_attr, may repeat
 * @NAT64_A_POOL4: nest of enum nat64_pool4_attr, may repeat
 * @NAT64_A_BIB: nest of enum nat64_bib_attr; in BIB_ADD and INSTANCE_REPLACE it
 *	may repeat
 * @NAT64_A_SESSION: nest of enum nat64_session_attr
 * @NAT64_A_FILTER: nest of enum nat64_filter_attr
 * @NAT64_A_CONFIG: nest of enum nat64_config_attr
 * @NAT64_A_STATS: nest of enum nat64_stat, each u64
 * @NAT64_A_BIB_COUNT: u64, BIB entries that exist
 * @NAT64_A_SESSION_COUNT: u64, sessions that exist
 * @NAT64_A_FORCE: flag, in CONFIG_SET and INSTANCE_REPLACE: lifetimes may
 *	be 1 second and more, shorter than an RFC allows
 * @NAT64_A_CHECK: flag, in INSTANCE_REPLACE: only check whether it would succeed
 * @NAT64_A_TIME: u64, when it happened: nanoseconds of CLOCK_REALTIME
 * @NAT64_A_SEQ: u64, number of the event among those of its instance and
 *	multicast group, from 1; a gap means that some were lost
 * @NAT64_A_ALARM: nest of enum nat64_alarm_attr
 * @NAT64_A_TRACE: nest of enum nat64_trace_attr
 * @NAT64_A_STEP: nest of enum nat64_step_attr, may repeat, in order
 * @NAT64_A_USAGE: flag, in POOL4_GET: report the usage of each entry
 * @NAT64_A_SUBSCRIBER_COUNT: u64, IPv6 hosts that have BIB entries
 * @NAT64_A_FAULT: string, a disagreement between the tables; may repeat
 * @NAT64_A_FAULT_COUNT: u32, number of disagreements
 * @NAT64_A_MOVING: flag, in INSTANCE_CHECK: BIB entries and sessions kept
 *	changing, so each entry was only checked by itself
 * @NAT64_A_EXCL: flag, in POOL6_ADD, POOL4_ADD, BIB_ADD, EAM_ADD and
 *	DENYLIST_ADD: refuse what exists; generic netlink takes no NLM_F_EXCL
 * @NAT64_A_TYPE: u8, enum nat64_type; NAT64_TYPE_NAT64 if absent
 * @NAT64_A_EAM: nest of enum nat64_eam_attr; in EAM_ADD and INSTANCE_REPLACE it
 *	may repeat
 * @NAT64_A_DENYLIST: nest of enum nat64_prefix4_attr; in DENYLIST_ADD and
 *	INSTANCE_REPLACE it may repeat
 * @NAT64_A_EAM_COUNT: u64, EAM entries that exist
 * @NAT64_A_DEVICE: string, name of the network device of the instance, of the
 *	kind "nat64": one that exists and no instance has, or it is created and
 *	deleted with the instance
 * @NAT64_A_DEVICE_GONE: flag: the device has been deleted, so nothing is
 *	translated; INSTANCE_REPLACE creates it again
 * @__NAT64_A_MAX: internal
 */
enum nat64_attr {
	NAT64_A_UNSPEC,
	NAT64_A_PAD,
	NAT64_A_INSTANCE,
	NAT64_A_POOL6,
	NAT64_A_POOL4,
	NAT64_A_BIB,
	NAT64_A_SESSION,
	NAT64_A_FILTER,
	NAT64_A_CONFIG,
	NAT64_A_STATS,
	NAT64_A_BIB_COUNT,
	NAT64_A_SESSION_COUNT,
	NAT64_A_FORCE,
	NAT64_A_CHECK,
	NAT64_A_TIME,
	NAT64_A_SEQ,
	NAT64_A_ALARM,
	NAT64_A_TRACE,
	NAT64_A_STEP,
	NAT64_A_USAGE,
	NAT64_A_SUBSCRIBER_COUNT,
	NAT64_A_FAULT,
	NAT64_A_FAULT_COUNT,
	NAT64_A_MOVING,
	NAT64_A_EXCL,
	NAT64_A_TYPE,
	NAT64_A_EAM,
	NAT64_A_DENYLIST,
	NAT64_A_EAM_COUNT,
	NAT64_A_DEVICE,
	NAT64_A_DEVICE_GONE,
	__NAT64_A_MAX
};

#define NAT64_A_MAX (__NAT64_A_MAX - 1)

/**
 * enum nat64_type - types of instances
 * @NAT64_TYPE_NAT64: a stateful NAT64 (RFC 6146)
 * @NAT64_TYPE_SIIT: a stateless translator (RFC 7915) with explicit address
 *	mappings (RFC 7757)
 * @__NAT64_TYPE_MAX: internal
 */
enum nat64_type {
	NAT64_TYPE_NAT64,
	NAT64_TYPE_SIIT,
	__NAT64_TYPE_MAX
};

#define NAT64_TYPE_MAX (__NAT64_TYPE_MAX - 1)

/**
 * enum nat64_pool6_attr - an IPv6 prefix that embeds IPv4 (RFC 6052)
 * @NAT64_POOL6_A_UNSPEC: not used
 * @NAT64_POOL6_A_ADDR: 16 bytes, the prefix; bits after its length are zero
 * @NAT64_POOL6_A_LEN: u8, 32, 40, 48, 56, 64 or 96
 * @__NAT64_POOL6_A_MAX: internal
 */
enum nat64_pool6_attr {
	NAT64_POOL6_A_UNSPEC,
	NAT64_POOL6_A_ADDR,
	NAT64_POOL6_A_LEN,
	__NAT64_POOL6_A_MAX
};

#define NAT64_POOL6_A_MAX (__NAT64_POOL6_A_MAX - 1)

/**
 * enum nat64_pool4_attr - IPv4 transport addresses that are shared
 * @NAT64_POOL4_A_UNSPEC: not used
 * @NAT64_POOL4_A_ADDR: be32, the address or prefix
 * @NAT64_POOL4_A_LEN: u8, prefix length, 12 to 32; 32 if absent
 * @NAT64_POOL4_A_PROTO: u8, IPPROTO_TCP, _UDP or _ICMP; absent: all three
 * @NAT64_POOL4_A_PORTS: nest of enum nat64_ports_attr, may repeat; absent: 1 to
 *	65535, and 0 as well for ICMP identifiers
 * @NAT64_POOL4_A_MARK: u32, it is for packets with this mark; 0 if absent
 * @NAT64_POOL4_A_PAD: padding of the others
 * @NAT64_POOL4_A_USAGE: nest of enum nat64_usage_attr, one per protocol;
 *	in replies
 * @NAT64_POOL4_A_SUBSCRIBERS: u64, IPv6 hosts whose IPv4 address is in the
 *	entry, in replies
 * @__NAT64_POOL4_A_MAX: internal
 */
enum nat64_pool4_attr {
	NAT64_POOL4_A_UNSPEC,
	NAT64_POOL4_A_ADDR,
	NAT64_POOL4_A_LEN,
	NAT64_POOL4_A_PROTO,
	NAT64_POOL4_A_PORTS,
	NAT64_POOL4_A_MARK,
	NAT64_POOL4_A_PAD,
	NAT64_POOL4_A_USAGE,
	NAT64_POOL4_A_SUBSCRIBERS,
	__NAT64_POOL4_A_MAX
};

#define NAT64_POOL4_A_MAX (__NAT64_POOL4_A_MAX - 1)

/**
 * enum nat64_usage_attr - usage of a pool4 entry
 * @NAT64_USAGE_A_UNSPEC: not used
 * @NAT64_USAGE_A_PAD: padding of the others
 * @NAT64_USAGE_A_PROTO: u8, IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 * @NAT64_USAGE_A_PORTS: u64, ports or identifiers of the entry, of all its
 *	addresses
 * @NAT64_USAGE_A_USED: u64, those of them that have a BIB entry or are held down
 * @__NAT64_USAGE_A_MAX: internal
 */
enum nat64_usage_attr {
	NAT64_USAGE_A_UNSPEC,
	NAT64_USAGE_A_PAD,
	NAT64_USAGE_A_PROTO,
	NAT64_USAGE_A_PORTS,
	NAT64_USAGE_A_USED,
	__NAT64_USAGE_A_MAX
};

#define NAT64_USAGE_A_MAX (__NAT64_USAGE_A_MAX - 1)

/**
 * enum nat64_ports_attr - a range of ports or ICMP identifiers
 * @NAT64_PORTS_A_UNSPEC: not used
 * @NAT64_PORTS_A_MIN: u16 in host order, the first
 * @NAT64_PORTS_A_MAX: u16 in host order, the last
 * @__NAT64_PORTS_A_LAST: internal
 */
enum nat64_ports_attr {
	NAT64_PORTS_A_UNSPEC,
	NAT64_PORTS_A_MIN,
	NAT64_PORTS_A_MAX,
	__NAT64_PORTS_A_LAST
};

#define NAT64_PORTS_A_COUNT (__NAT64_PORTS_A_LAST - 1)

/**
 * enum nat64_bib_attr - a Binding Information Base entry (RFC 6146 s3.1)
 * @NAT64_BIB_A_UNSPEC: not used
 * @NAT64_BIB_A_PROTO: u8, IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 * @NAT64_BIB_A_ADDR6: 16 bytes, address of the IPv6 host
 * @NAT64_BIB_A_PORT6: be16, its port or ICMP identifier
 * @NAT64_BIB_A_ADDR4: be32, IPv4 address that it is mapped to
 * @NAT64_BIB_A_PORT4: be16, port or ICMP identifier that it is mapped to
 * @NAT64_BIB_A_STATIC: flag, added by an administrator, does not expire
 * @NAT64_BIB_A_SESSIONS: u32, sessions of the entry
 * @NAT64_BIB_A_BEGAN: u64, when it began: nanoseconds of CLOCK_REALTIME; only
 *	of those that began while a key logging-bib, logging-session or
 *	accounting was on, and of static ones
 * @NAT64_BIB_A_PAD: padding of 64-bit attributes
 * @__NAT64_BIB_A_MAX: internal
 */
enum nat64_bib_attr {
	NAT64_BIB_A_UNSPEC,
	NAT64_BIB_A_PROTO,
	NAT64_BIB_A_ADDR6,
	NAT64_BIB_A_PORT6,
	NAT64_BIB_A_ADDR4,
	NAT64_BIB_A_PORT4,
	NAT64_BIB_A_STATIC,
	NAT64_BIB_A_SESSIONS,
	NAT64_BIB_A_BEGAN,
	NAT64_BIB_A_PAD,
	__NAT64_BIB_A_MAX
};

#define NAT64_BIB_A_MAX (__NAT64_BIB_A_MAX - 1)

/**
 * enum nat64_state - state of a session (RFC 6146 s3.5.2.2)
 * @NAT64_STATE_CLOSED: no session
 * @NAT64_STATE_V4_INIT: a SYN came from the IPv4 side
 * @NAT64_STATE_V6_INIT: a SYN came from the IPv6 side
 * @NAT64_STATE_ESTABLISHED: both sides sent a SYN; every UDP and ICMP session
 * @NAT64_STATE_V4_FIN: the IPv4 side has closed its half
 * @NAT64_STATE_V6_FIN: the IPv6 side has closed its half
 * @NAT64_STATE_V4_V6_FIN: both sides have closed theirs
 * @NAT64_STATE_TRANS: about to expire, unless more packets arrive
 * @__NAT64_STATE_MAX: internal
 */
enum nat64_state {
	NAT64_STATE_CLOSED,
	NAT64_STATE_V4_INIT,
	NAT64_STATE_V6_INIT,
	NAT64_STATE_ESTABLISHED,
	NAT64_STATE_V4_FIN,
	NAT64_STATE_V6_FIN,
	NAT64_STATE_V4_V6_FIN,
	NAT64_STATE_TRANS,
	__NAT64_STATE_MAX
};

#define NAT64_STATE_MAX (__NAT64_STATE_MAX - 1)

/**
 * enum nat64_session_attr - a session table entry (RFC 6146 s3.1)
 * @NAT64_SESSION_A_UNSPEC: not used
 * @NAT64_SESSION_A_PROTO: u8, IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 * @NAT64_SESSION_A_SRC6: 16 bytes, address of the IPv6 host (X')
 * @NAT64_SESSION_A_SPORT6: be16, its port or ICMP identifier (x)
 * @NAT64_SESSION_A_DST6: 16 bytes, the remote embedded in pool6 (Y')
 * @NAT64_SESSION_A_DPORT6: be16, the remote's port (y); 0 for ICMP
 * @NAT64_SESSION_A_SRC4: be32, IPv4 address that the host is mapped to (T)
 * @NAT64_SESSION_A_SPORT4: be16, its port or ICMP identifier (t)
 * @NAT64_SESSION_A_DST4: be32, the remote IPv4 host (Z)
 * @NAT64_SESSION_A_DPORT4: be16, the remote's port (z); 0 for ICMP
 * @NAT64_SESSION_A_STATE: u8, enum nat64_state
 * @NAT64_SESSION_A_EXPIRES: u32, milliseconds until it expires if idle
 * @NAT64_SESSION_A_BEGAN: u64, when it began: nanoseconds of CLOCK_REALTIME;
 *	only of those that began while a key logging-session or accounting was on
 * @NAT64_SESSION_A_PACKETS64: u64, packets translated to IPv4; this and what
 *	follows only of those that began while the key accounting was on
 * @NAT64_SESSION_A_BYTES64: u64, bytes of the IPv6 packets translated to IPv4
 * @NAT64_SESSION_A_PACKETS46: u64, packets translated to IPv6
 * @NAT64_SESSION_A_BYTES46: u64, bytes of the IPv4 packets translated to IPv6
 * @NAT64_SESSION_A_PAD: padding of 64-bit attributes
 * @__NAT64_SESSION_A_MAX: internal
 */
enum nat64_session_attr {
	NAT64_SESSION_A_UNSPEC,
	NAT64_SESSION_A_PROTO,
	NAT64_SESSION_A_SRC6,
	NAT64_SESSION_A_SPORT6,
	NAT64_SESSION_A_DST6,
	NAT64_SESSION_A_DPORT6,
	NAT64_SESSION_A_SRC4,
	NAT64_SESSION_A_SPORT4,
	NAT64_SESSION_A_DST4,
	NAT64_SESSION_A_DPORT4,
	NAT64_SESSION_A_STATE,
	NAT64_SESSION_A_EXPIRES,
	NAT64_SESSION_A_BEGAN,
	NAT64_SESSION_A_PACKETS64,
	NAT64_SESSION_A_BYTES64,
	NAT64_SESSION_A_PACKETS46,
	NAT64_SESSION_A_BYTES46,
	NAT64_SESSION_A_PAD,
	__NAT64_SESSION_A_MAX
};

#define NAT64_SESSION_A_MAX (__NAT64_SESSION_A_MAX - 1)

/**
 * enum nat64_alarm - conditions that need an operator's attention
 * @NAT64_ALARM_UNSPEC: not used
 * @NAT64_ALARM_POOL4_EXHAUSTED: packets were dropped because every port of pool4
 *	for their mark and protocol is in use
 * @NAT64_ALARM_TABLE_FULL: packets were dropped because maximum-sessions or
 *	maximum-sessions-per-bib is reached
 * @__NAT64_ALARM_MAX: internal
 */
enum nat64_alarm {
	NAT64_ALARM_UNSPEC,
	NAT64_ALARM_POOL4_EXHAUSTED,
	NAT64_ALARM_TABLE_FULL,
	__NAT64_ALARM_MAX
};

#define NAT64_ALARM_MAX (__NAT64_ALARM_MAX - 1)

/**
 * enum nat64_alarm_attr - an alarm
 * @NAT64_ALARM_A_UNSPEC: not used
 * @NAT64_ALARM_A_KIND: u8, enum nat64_alarm
 * @NAT64_ALARM_A_COUNT: u64, packets since the last alarm of the kind
 * @NAT64_ALARM_A_PROTO: u8, of the last packet: IPPROTO_TCP, IPPROTO_UDP or
 *	IPPROTO_ICMP; POOL4_EXHAUSTED only
 * @NAT64_ALARM_A_MARK: u32, its mark; POOL4_EXHAUSTED only
 * @NAT64_ALARM_A_PAD: padding of 64-bit attributes
 * @__NAT64_ALARM_A_MAX: internal
 */
enum nat64_alarm_attr {
	NAT64_ALARM_A_UNSPEC,
	NAT64_ALARM_A_KIND,
	NAT64_ALARM_A_COUNT,
	NAT64_ALARM_A_PROTO,
	NAT64_ALARM_A_MARK,
	NAT64_ALARM_A_PAD,
	__NAT64_ALARM_A_MAX
};

#define NAT64_ALARM_A_MAX (__NAT64_ALARM_A_MAX - 1)

/**
 * enum nat64_filter_attr - which BIB entries or sessions; all that are given
 *	must match
 * @NAT64_FILTER_A_UNSPEC: not used
 * @NAT64_FILTER_A_PROTO: u8, IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 * @NAT64_FILTER_A_ADDR6: 16 bytes, the IPv6 host is in this prefix
 * @NAT64_FILTER_A_LEN6: u8, length of ADDR6; 128 if absent
 * @NAT64_FILTER_A_ADDR4: be32, the host's or the remote's IPv4 address is in
 *	this prefix
 * @NAT64_FILTER_A_LEN4: u8, length of ADDR4; 32 if absent
 * @NAT64_FILTER_A_PORT: be16, a port on any side is this one
 * @NAT64_FILTER_A_STATE: u8, enum nat64_state; refused in BIB_*
 * @NAT64_FILTER_A_STATIC: flag, static BIB entries only; refused in SESSION_*
 * @__NAT64_FILTER_A_MAX: internal
 */
enum nat64_filter_attr {
	NAT64_FILTER_A_UNSPEC,
	NAT64_FILTER_A_PROTO,
	NAT64_FILTER_A_ADDR6,
	NAT64_FILTER_A_LEN6,
	NAT64_FILTER_A_ADDR4,
	NAT64_FILTER_A_LEN4,
	NAT64_FILTER_A_PORT,
	NAT64_FILTER_A_STATE,
	NAT64_FILTER_A_STATIC,
	__NAT64_FILTER_A_MAX
};

#define NAT64_FILTER_A_MAX (__NAT64_FILTER_A_MAX - 1)

/**
 * enum nat64_prefix4_attr - an IPv4 prefix; an empty nest means none
 * @NAT64_PREFIX4_A_UNSPEC: not used
 * @NAT64_PREFIX4_A_ADDR: be32, the prefix; bits after its length are zero
 * @NAT64_PREFIX4_A_LEN: u8, its length, 1 to 32; 32 if absent
 * @__NAT64_PREFIX4_A_MAX: internal
 */
enum nat64_prefix4_attr {
	NAT64_PREFIX4_A_UNSPEC,
	NAT64_PREFIX4_A_ADDR,
	NAT64_PREFIX4_A_LEN,
	__NAT64_PREFIX4_A_MAX
};

#define NAT64_PREFIX4_A_MAX (__NAT64_PREFIX4_A_MAX - 1)

/**
 * enum nat64_prefix6_attr - an IPv6 prefix; an empty nest means none
 * @NAT64_PREFIX6_A_UNSPEC: not used
 * @NAT64_PREFIX6_A_ADDR: 16 bytes, the prefix; bits after its length are zero
 * @NAT64_PREFIX6_A_LEN: u8, its length, 1 to 128; 128 if absent
 * @__NAT64_PREFIX6_A_MAX: internal
 */
enum nat64_prefix6_attr {
	NAT64_PREFIX6_A_UNSPEC,
	NAT64_PREFIX6_A_ADDR,
	NAT64_PREFIX6_A_LEN,
	__NAT64_PREFIX6_A_MAX
};

#define NAT64_PREFIX6_A_MAX (__NAT64_PREFIX6_A_MAX - 1)

/**
 * enum nat64_eam_attr - an explicit address mapping (RFC 7757 s3)
 *
 * The bits of an address after the prefix of one side become those after the
 * prefix of the other side. So the IPv4 suffix is no longer than the IPv6 suffix.
 *
 * @NAT64_EAM_A_UNSPEC: not used
 * @NAT64_EAM_A_ADDR6: 16 bytes, the IPv6 prefix; bits after its length are zero
 * @NAT64_EAM_A_LEN6: u8, its length, 0 to 128; 128 if absent
 * @NAT64_EAM_A_ADDR4: be32, the IPv4 prefix; bits after its length are zero
 * @NAT64_EAM_A_LEN4: u8, its length, 0 to 32; 32 if absent
 * @__NAT64_EAM_A_MAX: internal
 */
enum nat64_eam_attr {
	NAT64_EAM_A_UNSPEC,
	NAT64_EAM_A_ADDR6,
	NAT64_EAM_A_LEN6,
	NAT64_EAM_A_ADDR4,
	NAT64_EAM_A_LEN4,
	__NAT64_EAM_A_MAX
};

#define NAT64_EAM_A_MAX (__NAT64_EAM_A_MAX - 1)

/**
 * enum nat64_eam_hairpin - hairpinning of packets between IPv6 nodes that both
 *	have explicit address mappings (RFC 7757 s4.2)
 * @NAT64_EAM_HAIRPIN_OFF: none
 * @NAT64_EAM_HAIRPIN_SIMPLE: the IPv4 network returns them (s4.2.1)
 * @NAT64_EAM_HAIRPIN_INTRINSIC: the translator returns them (s4.2.2)
 * @__NAT64_EAM_HAIRPIN_MAX: internal
 */
enum nat64_eam_hairpin {
	NAT64_EAM_HAIRPIN_OFF,
	NAT64_EAM_HAIRPIN_SIMPLE,
	NAT64_EAM_HAIRPIN_INTRINSIC,
	__NAT64_EAM_HAIRPIN_MAX
};

#define NAT64_EAM_HAIRPIN_MAX (__NAT64_EAM_HAIRPIN_MAX - 1)

/**
 * enum nat64_fastpath_attr - names of network devices; an empty nest means none
 * @NAT64_FASTPATH_A_UNSPEC: not used
 * @NAT64_FASTPATH_A_DEV: NUL-terminated string of 1 to 15 characters, may repeat
 *	up to NAT64_FASTPATH_MAX times; no name twice
 * @__NAT64_FASTPATH_A_MAX: internal
 */
enum nat64_fastpath_attr {
	NAT64_FASTPATH_A_UNSPEC,
	NAT64_FASTPATH_A_DEV,
	__NAT64_FASTPATH_A_MAX
};

#define NAT64_FASTPATH_A_MAX (__NAT64_FASTPATH_A_MAX - 1)

/**
 * enum nat64_config_attr - configuration keys of an instance
 *
 * nat64ctl names a key as its enumerator, in lower case with '-' for '_':
 * NAT64_CONFIG_A_UDP_TIMEOUT is udp-timeout. Booleans are u8, 0 or 1.
 * With the flag FORCE, lifetimes may be 1 second and more.
 *
 * @NAT64_CONFIG_A_UNSPEC: not used
 * @NAT64_CONFIG_A_MANUALLY_ENABLED: bool; off: packets pass untranslated
 * @NAT64_CONFIG_A_LOWEST_IPV6_MTU: u32, 1280 to 65535 bytes (RFC 7915 s4.1):
 *	IPv4 packets that may be fragmented become IPv6 packets of at most this
 * @NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS: bool; IPv4 to IPv6: traffic class 0
 *	instead of the TOS
 * @NAT64_CONFIG_A_OVERRIDE_TOS: bool; IPv6 to IPv4: use the key tos instead of
 *	the traffic class
 * @NAT64_CONFIG_A_TOS: u8, 0 to 255
 * @NAT64_CONFIG_A_MTU_PLATEAUS: array of u16 in host order, descending, 1 to 32
 *	entries of 68 bytes or more (RFC 1191 s7)
 * @NAT64_CONFIG_A_ADDRESS_DEPENDENT_FILTERING: bool; IPv4 hosts that the IPv6
 *	host has not sent to are refused (RFC 4787 s5)
 * @NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP: bool; TCP connections are
 *	opened from the IPv6 side only
 * @NAT64_CONFIG_A_DROP_ICMPV6_INFO: bool; no pings from the IPv6 side
 * @NAT64_CONFIG_A_SOURCE_ICMPV6_ERRORS_BETTER: bool; an ICMP error from IPv4
 *	shows its real sender, embedded in pool6
 * @NAT64_CONFIG_A_HANDLE_RST_DURING_FIN_RCV: bool; a RST after a FIN shortens
 *	the lifetime of the session to tcp-trans-timeout (RFC 7857 s2.2)
 * @NAT64_CONFIG_A_TCP_EST_TIMEOUT: u32, seconds, 7200 (RFC 6146 s4) to
 *	1000000
 * @NAT64_CONFIG_A_TCP_TRANS_TIMEOUT: u32, seconds, 240 (RFC 5382 REQ-5) to
 *	1000000
 * @NAT64_CONFIG_A_UDP_TIMEOUT: u32, seconds, 120 (RFC 4787 REQ-5) to 1000000
 * @NAT64_CONFIG_A_ICMP_TIMEOUT: u32, seconds, 60 (RFC 5508 REQ-2) to 1000000
 * @NAT64_CONFIG_A_FORWARD_CHAIN: bool; translated packets pass the netfilter
 *	chain FORWARD of the family they leave in
 * @NAT64_CONFIG_A_MAXIMUM_SESSIONS: u32, limit on the sessions of the instance;
 *	IPv4 hosts start them in the first half only
 * @NAT64_CONFIG_A_MAXIMUM_SESSIONS_PER_BIB: u32, limit on those of a BIB entry;
 *	likewise
 * @NAT64_CONFIG_A_TCP_OPEN_TIMEOUT: u32, seconds, 1 to 1000000: lifetime of a
 *	TCP session of which one side only has sent a SYN (RFC 7857 s2.1)
 * @NAT64_CONFIG_A_TCP_PROBE: bool; an established TCP session is probed before
 *	it expires (RFC 6146 s3.5.2.2)
 * @NAT64_CONFIG_A_MAXIMUM_SIMULTANEOUS_OPENS: u32, 0 to 65535: limit on
 *	SYNs from the IPv4 side that are stored for 6 s, as the IPv6 host may be
 *	opening the same connection (RFC 6146 s3.5.2.2)
 * @NAT64_CONFIG_A_HOLD_DOWN_TIME: u32, seconds, 0 to 86400: hold-down time
 *	of a released UDP port or ICMP identifier (RFC 6888 REQ-8)
 * @NAT64_CONFIG_A_HOLD_DOWN_PORTS: u32, 0 to 2147483647: limit on those that are
 *	held down in the instance
 * @NAT64_CONFIG_A_INBOUND_REFRESH: bool; packets from the IPv4 side refresh UDP
 *	and ICMP sessions (RFC 4787 REQ-6)
 * @NAT64_CONFIG_A_PORT_DEPENDENT_FILTERING: bool; IPv4 transport addresses that
 *	the IPv6 host has not sent to are refused (RFC 4787 s5)
 * @NAT64_CONFIG_A_PRESERVE_PORT_PARITY: bool; an even UDP port gets an even one,
 *	an odd port an odd one (RFC 4787 REQ-4, RFC 7857 s8)
 * @NAT64_CONFIG_A_WKP_STRICT: bool; private IPv4 addresses inside 64:ff9b::/96
 *	are refused (RFC 6052 s3.1)
 * @NAT64_CONFIG_A_UDP6_ZERO_CHECKSUM: bool; IPv6 UDP packets without a checksum
 *	become IPv4 ones without (RFC 6935); off: they are dropped
 * @NAT64_CONFIG_A_DROP_UDP4_ZERO_CHECKSUM: bool; IPv4 UDP packets without a
 *	checksum are dropped; off: it is computed (RFC 7915 s4.5)
 * @NAT64_CONFIG_A_MSS_CLAMP: u32, greatest MSS of a TCP SYN: 0: any,
 *	NAT64_MSS_CLAMP_PMTU: what fits both links, else 88 to 65495 bytes
 * @NAT64_CONFIG_A_RFC6791V4_PREFIX: nest of enum nat64_prefix4_attr, source of
 *	ICMP errors from IPv6 routers that have no IPv4 address (RFC 6791);
 *	none: an address of the router itself
 * @NAT64_CONFIG_A_SEND_ICMP_ERRORS: bool; refused packets are answered with ICMP
 *	errors (RFC 7915 s4.4, s5.4), as often as the kernel's limits allow
 * @NAT64_CONFIG_A_ANSWER_UNMAPPED: bool; IPv4 packets to pool4 without a BIB
 *	entry are answered with ICMP errors (RFC 6146 s3.5.1, s3.5.3)
 * @NAT64_CONFIG_A_FASTPATH: nest of enum nat64_fastpath_attr, devices at whose
 *	ingress established flows are translated, unseen by netfilter and the
 *	rest of the stack; a device need not exist yet
 * @NAT64_CONFIG_A_LOGGING_BIB: bool; new and ended BIB entries are notified to
 *	the multicast group bib
 * @NAT64_CONFIG_A_LOGGING_SESSION: bool; new and ended sessions are notified to
 *	the multicast group session
 * @NAT64_CONFIG_A_ACCOUNTING: bool; packets and bytes of sessions are counted,
 *	if their BIB entry began while it was on
 * @NAT64_CONFIG_A_AMEND_UDP_CHECKSUM_ZERO: bool; stateless: an IPv4 UDP packet
 *	without a checksum gets one; off: it is dropped (RFC 7915 s4.5)
 * @NAT64_CONFIG_A_EAM_HAIRPIN_MODE: u8, enum nat64_eam_hairpin; stateless
 * @NAT64_CONFIG_A_RFC6791V6_PREFIX: nest of enum nat64_prefix6_attr, stateless:
 *	source of ICMPv4 errors from routers whose address does not translate; none:
 *	the router's own address
 * @__NAT64_CONFIG_A_MAX: internal
 */
enum nat64_config_attr {
	NAT64_CONFIG_A_UNSPEC,
	NAT64_CONFIG_A_MANUALLY_ENABLED,
	NAT64_CONFIG_A_LOWEST_IPV6_MTU,
	NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS,
	NAT64_CONFIG_A_OVERRIDE_TOS,
	NAT64_CONFIG_A_TOS,
	NAT64_CONFIG_A_MTU_PLATEAUS,
	NAT64_CONFIG_A_ADDRESS_DEPENDENT_FILTERING,
	NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP,
	NAT64_CONFIG_A_DROP_ICMPV6_INFO,
	NAT64_CONFIG_A_SOURCE_ICMPV6_ERRORS_BETTER,
	NAT64_CONFIG_A_HANDLE_RST_DURING_FIN_RCV,
	NAT64_CONFIG_A_TCP_EST_TIMEOUT,
	NAT64_CONFIG_A_TCP_TRANS_TIMEOUT,
	NAT64_CONFIG_A_UDP_TIMEOUT,
	NAT64_CONFIG_A_ICMP_TIMEOUT,
	NAT64_CONFIG_A_FORWARD_CHAIN,
	NAT64_CONFIG_A_MAXIMUM_SESSIONS,
	NAT64_CONFIG_A_MAXIMUM_SESSIONS_PER_BIB,
	NAT64_CONFIG_A_TCP_OPEN_TIMEOUT,
	NAT64_CONFIG_A_TCP_PROBE,
	NAT64_CONFIG_A_MAXIMUM_SIMULTANEOUS_OPENS,
	NAT64_CONFIG_A_HOLD_DOWN_TIME,
	NAT64_CONFIG_A_HOLD_DOWN_PORTS,
	NAT64_CONFIG_A_INBOUND_REFRESH,
	NAT64_CONFIG_A_PORT_DEPENDENT_FILTERING,
	NAT64_CONFIG_A_PRESERVE_PORT_PARITY,
	NAT64_CONFIG_A_WKP_STRICT,
	NAT64_CONFIG_A_UDP6_ZERO_CHECKSUM,
	NAT64_CONFIG_A_DROP_UDP4_ZERO_CHECKSUM,
	NAT64_CONFIG_A_MSS_CLAMP,
	NAT64_CONFIG_A_RFC6791V4_PREFIX,
	NAT64_CONFIG_A_SEND_ICMP_ERRORS,
	NAT64_CONFIG_A_ANSWER_UNMAPPED,
	NAT64_CONFIG_A_FASTPATH,
	NAT64_CONFIG_A_LOGGING_BIB,
	NAT64_CONFIG_A_LOGGING_SESSION,
	NAT64_CONFIG_A_ACCOUNTING,
	NAT64_CONFIG_A_AMEND_UDP_CHECKSUM_ZERO,
	NAT64_CONFIG_A_EAM_HAIRPIN_MODE,
	NAT64_CONFIG_A_RFC6791V6_PREFIX,
	__NAT64_CONFIG_A_MAX
};

#define NAT64_CONFIG_A_MAX (__NAT64_CONFIG_A_MAX - 1)

/**
 * enum nat64_trace_attr - the packet of a trace
 * @NAT64_TRACE_A_UNSPEC: not used
 * @NAT64_TRACE_A_PACKET: binary, the packet from its IP header on
 * @NAT64_TRACE_A_DEV: NUL-terminated string, its input device; absent: the
 *	device of the route to its source
 * @NAT64_TRACE_A_MARK: u32, its mark; 0 if absent
 * @__NAT64_TRACE_A_MAX: internal
 */
enum nat64_trace_attr {
	NAT64_TRACE_A_UNSPEC,
	NAT64_TRACE_A_PACKET,
	NAT64_TRACE_A_DEV,
	NAT64_TRACE_A_MARK,
	__NAT64_TRACE_A_MAX
};

#define NAT64_TRACE_A_MAX (__NAT64_TRACE_A_MAX - 1)

/**
 * enum nat64_step - what the translator does with a packet, step by step
 * @NAT64_STEP_UNSPEC: not used
 * @NAT64_STEP_INPUT: it arrives on DEV with MARK
 * @NAT64_STEP_INSTANCE: INSTANCE translates it, as POOL6 or pool4 has its
 *	destination
 * @NAT64_STEP_TUPLE: what it is looked up by (RFC 6146 s3.4): PROTO and SRC6,
 *	SPORT6, DST6, DPORT6 or SRC4, SPORT4, DST4, DPORT4; with IS_ERROR that of
 *	the packet that an ICMP error quotes, reversed
 * @NAT64_STEP_BIB: it has a BIB entry: PROTO, SRC6, SPORT6, SRC4, SPORT4, STATIC
 * @NAT64_STEP_NO_BIB: it has none
 * @NAT64_STEP_SESSION: it has a session: STATE, EXPIRES; 0: it has ended
 * @NAT64_STEP_NO_SESSION: it has none
 * @NAT64_STEP_KEY: KEY decides what follows
 * @NAT64_STEP_MAPPING: it would get a BIB entry with SRC4; SPORT4 only if it
 *	is not random
 * @NAT64_STEP_NEW_SESSION: it would start a session in STATE
 * @NAT64_STEP_STATE: it would change its session to STATE
 * @NAT64_STEP_ROUTE: it has a route by DEV with MTU
 * @NAT64_STEP_HAIRPIN: its destination is another IPv6 host: what follows is
 *	as if it had arrived from IPv4
 * @NAT64_STEP_TRANSLATED: verdict: it leaves as SRC4, SPORT4, DST4, DPORT4 or
 *	SRC6, SPORT6, DST6, DPORT6 by DEV, with INSTANCE and LEN; a random
 *	port is absent
 * @NAT64_STEP_PASSED: verdict: it is passed on untranslated; STAT if it was for
 *	an INSTANCE
 * @NAT64_STEP_DROPPED: verdict: it is dropped: INSTANCE, STAT; with ICMP_TYPE
 *	and ICMP_CODE if its source gets an error
 * @NAT64_STEP_FRAGMENT: verdict: it waits for the rest of its packet
 * @NAT64_STEP_ADDRESS: stateless: SRC6 and SRC4, or DST6 and DST4, translate by
 *	EAM or POOL6
 * @NAT64_STEP_NO_ADDRESS: stateless: SRC6, DST6, SRC4 or DST4 does not translate
 * @__NAT64_STEP_MAX: internal
 */
enum nat64_step {
	NAT64_STEP_UNSPEC,
	NAT64_STEP_INPUT,
	NAT64_STEP_INSTANCE,
	NAT64_STEP_TUPLE,
	NAT64_STEP_BIB,
	NAT64_STEP_NO_BIB,
	NAT64_STEP_SESSION,
	NAT64_STEP_NO_SESSION,
	NAT64_STEP_KEY,
	NAT64_STEP_MAPPING,
	NAT64_STEP_NEW_SESSION,
	NAT64_STEP_STATE,
	NAT64_STEP_ROUTE,
	NAT64_STEP_HAIRPIN,
	NAT64_STEP_TRANSLATED,
	NAT64_STEP_PASSED,
	NAT64_STEP_DROPPED,
	NAT64_STEP_FRAGMENT,
	NAT64_STEP_ADDRESS,
	NAT64_STEP_NO_ADDRESS,
	__NAT64_STEP_MAX
};

#define NAT64_STEP_MAX (__NAT64_STEP_MAX - 1)

/**
 * enum nat64_step_attr - a step of a trace
 * @NAT64_STEP_A_UNSPEC: not used
 * @NAT64_STEP_A_STEP: u32, enum nat64_step
 * @NAT64_STEP_A_INSTANCE: string
 * @NAT64_STEP_A_DEV: string, name of a device
 * @NAT64_STEP_A_MARK: u32
 * @NAT64_STEP_A_POOL6: nest of enum nat64_pool6_attr
 * @NAT64_STEP_A_PROTO: u8, IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 * @NAT64_STEP_A_SRC6: 16 bytes
 * @NAT64_STEP_A_SPORT6: be16, port or ICMP identifier
 * @NAT64_STEP_A_DST6: 16 bytes
 * @NAT64_STEP_A_DPORT6: be16
 * @NAT64_STEP_A_SRC4: be32
 * @NAT64_STEP_A_SPORT4: be16, port or ICMP identifier
 * @NAT64_STEP_A_DST4: be32
 * @NAT64_STEP_A_DPORT4: be16
 * @NAT64_STEP_A_STATIC: flag
 * @NAT64_STEP_A_IS_ERROR: flag
 * @NAT64_STEP_A_STATE: u8, enum nat64_state
 * @NAT64_STEP_A_EXPIRES: u32, milliseconds
 * @NAT64_STEP_A_KEY: u32, enum nat64_config_attr
 * @NAT64_STEP_A_MTU: u32, bytes
 * @NAT64_STEP_A_LEN: u32, bytes from the IP header on
 * @NAT64_STEP_A_STAT: u32, enum nat64_stat: the counter that would count it
 * @NAT64_STEP_A_ICMP_TYPE: u8, of an error in the family of the packet
 * @NAT64_STEP_A_ICMP_CODE: u8
 * @NAT64_STEP_A_EAM: nest of enum nat64_eam_attr
 * @__NAT64_STEP_A_MAX: internal
 */
enum nat64_step_attr {
	NAT64_STEP_A_UNSPEC,
	NAT64_STEP_A_STEP,
	NAT64_STEP_A_INSTANCE,
	NAT64_STEP_A_DEV,
	NAT64_STEP_A_MARK,
	NAT64_STEP_A_POOL6,
	NAT64_STEP_A_PROTO,
	NAT64_STEP_A_SRC6,
	NAT64_STEP_A_SPORT6,
	NAT64_STEP_A_DST6,
	NAT64_STEP_A_DPORT6,
	NAT64_STEP_A_SRC4,
	NAT64_STEP_A_SPORT4,
	NAT64_STEP_A_DST4,
	NAT64_STEP_A_DPORT4,
	NAT64_STEP_A_STATIC,
	NAT64_STEP_A_IS_ERROR,
	NAT64_STEP_A_STATE,
	NAT64_STEP_A_EXPIRES,
	NAT64_STEP_A_KEY,
	NAT64_STEP_A_MTU,
	NAT64_STEP_A_LEN,
	NAT64_STEP_A_STAT,
	NAT64_STEP_A_ICMP_TYPE,
	NAT64_STEP_A_ICMP_CODE,
	NAT64_STEP_A_EAM,
	__NAT64_STEP_A_MAX
};

#define NAT64_STEP_A_MAX (__NAT64_STEP_A_MAX - 1)

/**
 * enum nat64_stat - counters of an instance, each an u64 attribute in STATS
 *
 * nat64ctl names a counter as its enumerator, in lower case with '-' for '_'.
 * Counters whose name starts with DROP are of packets that were dropped, those
 * with PASS of packets that were passed on untranslated.
 *
 * @NAT64_STAT_PAD: padding of the others
 * @NAT64_STAT_RECEIVED6: IPv6 packets to pool6
 * @NAT64_STAT_RECEIVED4: IPv4 packets to pool4
 * @NAT64_STAT_TRANSLATED64: packets translated to IPv4
 * @NAT64_STAT_TRANSLATED46: packets translated to IPv6
 * @NAT64_STAT_BYTES64: bytes of IPv6 packets translated to IPv4
 * @NAT64_STAT_BYTES46: bytes of IPv4 packets translated to IPv6
 * @NAT64_STAT_HAIRPINNED: packets from one IPv6 host to another
 * @NAT64_STAT_BIB_CREATED: dynamic BIB entries that began
 * @NAT64_STAT_BIB_EXPIRED: dynamic BIB entries that ended
 * @NAT64_STAT_SESSION_CREATED: sessions that began
 * @NAT64_STAT_SESSION_EXPIRED: sessions that ended
 * @NAT64_STAT_ICMP6_SENT: ICMPv6 errors sent by the translator
 * @NAT64_STAT_ICMP4_SENT: ICMPv4 errors sent by the translator
 * @NAT64_STAT_PASS_DISABLED: the key manually-enabled is off
 * @NAT64_STAT_PASS_LOCAL: to a local socket, to a local address with no BIB
 *	entry, or to a port outside pool4
 * @NAT64_STAT_PASS_NOT_TRANSLATABLE: stateless: the destination translates, but
 *	the source does not
 * @NAT64_STAT_DROP_SOURCE_IN_POOL6: an IPv6 source inside pool6 (RFC 6146 s3.5,
 *	s5.4)
 * @NAT64_STAT_DROP_ADDRESS6: an IPv6 source that cannot be forwarded
 * @NAT64_STAT_DROP_ADDRESS4: an IPv4 source or destination that cannot be
 *	forwarded
 * @NAT64_STAT_DROP_WKP_PRIVATE: a private IPv4 address inside 64:ff9b::/96
 *	(RFC 6052 s3.1)
 * @NAT64_STAT_DROP_TRUNCATED: shorter than its headers say
 * @NAT64_STAT_DROP_HEADER: a header that is not valid
 * @NAT64_STAT_DROP_EXTENSION: extension headers that cannot be translated
 * @NAT64_STAT_DROP_SOURCE_ROUTE: an unexpired source route
 * @NAT64_STAT_DROP_FRAGMENT: fragments that overlap or cannot be reassembled
 * @NAT64_STAT_DROP_PROTOCOL: not TCP, UDP or ICMP
 * @NAT64_STAT_DROP_ICMP_TYPE: an ICMP type or code with no equivalent
 * @NAT64_STAT_DROP_ICMP_CHECKSUM: an ICMP error with a wrong checksum
 * @NAT64_STAT_DROP_ICMP_INNER: an ICMP error whose quoted packet is not
 *	translatable
 * @NAT64_STAT_DROP_ICMP_INFO: the key drop-icmpv6-info is on
 * @NAT64_STAT_DROP_CHECKSUM: a wrong or missing checksum
 * @NAT64_STAT_DROP_HOP_LIMIT: hop limit or TTL used up
 * @NAT64_STAT_DROP_NO_ROUTE: no route to its destination
 * @NAT64_STAT_DROP_TOO_BIG: larger than the next link and not fragmentable, or
 *	larger than an IPv4 packet can be
 * @NAT64_STAT_DROP_NO_BIB: no BIB entry for it
 * @NAT64_STAT_DROP_NO_SESSION: no session for it, and it may not start one
 * @NAT64_STAT_DROP_FILTERED: refused by the filtering keys
 * @NAT64_STAT_DROP_NO_POOL4: no pool4 entry for its mark and protocol
 * @NAT64_STAT_DROP_POOL4_EXHAUSTED: every port of pool4 is in use
 * @NAT64_STAT_DROP_SESSION_LIMIT: maximum-sessions or -per-bib reached
 * @NAT64_STAT_DROP_NO_MEMORY: no memory
 * @NAT64_STAT_DROP_LRO: made by large receive offload, cannot be forwarded
 * @NAT64_STAT_DROP_POLICY: refused by an IPsec policy, or by an egress filter
 *	of the cgroup of its sender
 * @NAT64_STAT_PROBE_SENT: probes of idle TCP sessions (RFC 6146 s3.5.2.2)
 * @NAT64_STAT_PORT_HELD: released ports and identifiers that were held down
 *	(RFC 6888 REQ-8)
 * @NAT64_STAT_DROP_SYN_STORED: IPv4 SYNs stored for a simultaneous open (RFC
 *	6146 s3.5.2.2)
 * @NAT64_STAT_DROP_SYN_LIMIT: maximum-simultaneous-opens reached
 * @NAT64_STAT_FASTPATH64: those of RECEIVED6 and TRANSLATED64 that were
 *	translated at the ingress of a device
 * @NAT64_STAT_FASTPATH46: those of RECEIVED4 and TRANSLATED46 that were
 *	translated at the ingress of a device
 * @NAT64_STAT_EVENTS_SENT: events of the groups bib and session that were sent
 * @NAT64_STAT_EVENTS_LOST: those that were not, or did not reach every listener
 * @NAT64_STAT_DROP_LOOP: returned to the NAT64 too often
 * @NAT64_STAT_DROP_INBOUND_LIMIT: half of maximum-sessions or -per-bib is in
 *	use: IPv4 hosts start no sessions
 * @NAT64_STAT_DROP_ADDRESS_GONE: without pool4: the IPv4 address of its BIB
 *	entry is no longer the router's
 * @NAT64_STAT_DROP_NOT_TRANSLATABLE: sent into the device of the instance, which
 *	does not translate it
 * @__NAT64_STAT_MAX: internal
 */
enum nat64_stat {
	NAT64_STAT_PAD,
	NAT64_STAT_RECEIVED6,
	NAT64_STAT_RECEIVED4,
	NAT64_STAT_TRANSLATED64,
	NAT64_STAT_TRANSLATED46,
	NAT64_STAT_BYTES64,
	NAT64_STAT_BYTES46,
	NAT64_STAT_HAIRPINNED,
	NAT64_STAT_BIB_CREATED,
	NAT64_STAT_BIB_EXPIRED,
	NAT64_STAT_SESSION_CREATED,
	NAT64_STAT_SESSION_EXPIRED,
	NAT64_STAT_ICMP6_SENT,
	NAT64_STAT_ICMP4_SENT,
	NAT64_STAT_PASS_DISABLED,
	NAT64_STAT_PASS_LOCAL,
	NAT64_STAT_PASS_NOT_TRANSLATABLE,
	NAT64_STAT_DROP_SOURCE_IN_POOL6,
	NAT64_STAT_DROP_ADDRESS6,
	NAT64_STAT_DROP_ADDRESS4,
	NAT64_STAT_DROP_WKP_PRIVATE,
	NAT64_STAT_DROP_TRUNCATED,
	NAT64_STAT_DROP_HEADER,
	NAT64_STAT_DROP_EXTENSION,
	NAT64_STAT_DROP_SOURCE_ROUTE,
	NAT64_STAT_DROP_FRAGMENT,
	NAT64_STAT_DROP_PROTOCOL,
	NAT64_STAT_DROP_ICMP_TYPE,
	NAT64_STAT_DROP_ICMP_CHECKSUM,
	NAT64_STAT_DROP_ICMP_INNER,
	NAT64_STAT_DROP_ICMP_INFO,
	NAT64_STAT_DROP_CHECKSUM,
	NAT64_STAT_DROP_HOP_LIMIT,
	NAT64_STAT_DROP_NO_ROUTE,
	NAT64_STAT_DROP_TOO_BIG,
	NAT64_STAT_DROP_NO_BIB,
	NAT64_STAT_DROP_NO_SESSION,
	NAT64_STAT_DROP_FILTERED,
	NAT64_STAT_DROP_NO_POOL4,
	NAT64_STAT_DROP_POOL4_EXHAUSTED,
	NAT64_STAT_DROP_SESSION_LIMIT,
	NAT64_STAT_DROP_NO_MEMORY,
	NAT64_STAT_DROP_LRO,
	NAT64_STAT_DROP_POLICY,
	NAT64_STAT_PROBE_SENT,
	NAT64_STAT_PORT_HELD,
	NAT64_STAT_DROP_SYN_STORED,
	NAT64_STAT_DROP_SYN_LIMIT,
	NAT64_STAT_FASTPATH64,
	NAT64_STAT_FASTPATH46,
	NAT64_STAT_EVENTS_SENT,
	NAT64_STAT_EVENTS_LOST,
	NAT64_STAT_DROP_LOOP,
	NAT64_STAT_DROP_INBOUND_LIMIT,
	NAT64_STAT_DROP_ADDRESS_GONE,
	NAT64_STAT_DROP_NOT_TRANSLATABLE,
	__NAT64_STAT_MAX
};

#define NAT64_STAT_MAX (__NAT64_STAT_MAX - 1)

#endif /* _UAPI_LINUX_NAT64_H */
