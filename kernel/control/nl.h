/* SPDX-License-Identifier: GPL-2.0 */
/* nl.h - helpers of the netlink files; each object has its own file */
#ifndef NAT64_CONTROL_NL_H
#define NAT64_CONTROL_NL_H

#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "compat.h"
#include "table/bib.h"
#include "table/state.h"

struct nat64_event_ops;
struct nat64_static_set;

/**
 * struct nat64_filter - which BIB entries or sessions a request means
 */
struct nat64_filter {
	/** @addr6: prefix of the IPv6 host */
	struct in6_addr addr6;
	/** @addr4: IPv4 prefix, in network byte order */
	__be32 addr4;
	/** @mask4: mask of @addr4 */
	__be32 mask4;
	/** @port: port of either side, in network byte order */
	__be16 port;
	/** @len6: length of @addr6 */
	u8 len6;
	/** @state: enum nat64_state */
	u8 state;
	/** @proto: enum nat64_proto */
	u8 proto;
	/** @has_proto: @proto must match */
	bool has_proto;
	/** @has_addr6: @addr6 must match */
	bool has_addr6;
	/** @has_addr4: @addr4 must match */
	bool has_addr4;
	/** @has_port: @port must match */
	bool has_port;
	/** @has_state: @state must match */
	bool has_state;
	/** @is_static: only static BIB entries match */
	bool is_static;
};

/**
 * struct nat64_nl_bib - a BIB entry that a request names
 */
struct nat64_nl_bib {
	/** @key: IPv6 side and protocol */
	struct nat64_bib_key key;
	/** @addr4: IPv4 side, in network byte order */
	__be32 addr4;
	/** @port4: IPv4 side, in network byte order */
	__be16 port4;
	/** @has6: the IPv6 side is given */
	bool has6;
	/** @has4: the IPv4 side is given */
	bool has4;
};

/**
 * typedef nat64_nl_put_bib - put what a dump shows of a BIB entry
 * @skb: where to put messages
 * @cb: the dump
 * @inst: the instance
 * @bib: the entry
 * @filter: what the request means
 *
 * Context: RCU read lock. Called again for the same entry after each error.
 *
 * Return: 0; -EMSGSIZE if there is no room for more; or -EAGAIN to be called
 * again after a chance to schedule.
 */
typedef int nat64_nl_put_bib(struct sk_buff *skb, struct netlink_callback *cb,
			     struct nat64_instance *inst,
			     struct nat64_bib *bib,
			     const struct nat64_filter *filter);

/**
 * struct nat64_dump - position of a dump, in netlink_callback.ctx
 */
struct nat64_dump {
	/** @instance: number of instances that are done */
	unsigned int instance;
	/** @item: likewise items of that instance, or sessions of @bib */
	unsigned int item;
	/** @bib: the current entry; only to be compared, never dereferenced */
	const struct nat64_bib *bib;
	/** @dst4: remote of the next session, if @item is not 0 */
	__be32 dst4;
	/** @dport: its port, in network byte order */
	__be16 dport;
	/** @of_sessions: the filter is one of sessions, not of BIB entries */
	bool of_sessions;
	/** @cursor: position among the BIB entries of the instance */
	struct nat64_cursor cursor;
	/** @put: what is shown of each */
	nat64_nl_put_bib *put;
};

/**
 * enum nat64_nl_group - multicast groups of the family
 * @NAT64_NL_INSTANCE: NAT64_MCGRP_INSTANCE
 * @NAT64_NL_POOL6: NAT64_MCGRP_POOL6
 * @NAT64_NL_POOL4: NAT64_MCGRP_POOL4
 * @NAT64_NL_CONFIG: NAT64_MCGRP_CONFIG
 * @NAT64_NL_BIB: NAT64_MCGRP_BIB
 * @NAT64_NL_SESSION: NAT64_MCGRP_SESSION
 * @NAT64_NL_ALARM: NAT64_MCGRP_ALARM
 * @NAT64_NL_EAM: NAT64_MCGRP_EAM
 * @NAT64_NL_DENYLIST: NAT64_MCGRP_DENYLIST
 * @NAT64_NL_GROUPS: how many there are
 */
enum nat64_nl_group {
	NAT64_NL_INSTANCE,
	NAT64_NL_POOL6,
	NAT64_NL_POOL4,
	NAT64_NL_CONFIG,
	NAT64_NL_BIB,
	NAT64_NL_SESSION,
	NAT64_NL_ALARM,
	NAT64_NL_EAM,
	NAT64_NL_DENYLIST,
	NAT64_NL_GROUPS,
};

extern struct genl_family nat64_family;
extern const struct genl_multicast_group nat64_mcgrps[NAT64_NL_GROUPS];
extern const struct nla_policy nat64_pool6_policy[NAT64_POOL6_A_MAX + 1];
extern const struct nla_policy nat64_pool4_policy[NAT64_POOL4_A_MAX + 1];
extern const struct nla_policy nat64_bib_policy[NAT64_BIB_A_MAX + 1];
extern const struct nla_policy nat64_config_policy[NAT64_CONFIG_A_MAX + 1];
extern const struct nla_policy nat64_filter_policy[NAT64_FILTER_A_MAX + 1];
extern const struct nla_policy nat64_eam_policy[NAT64_EAM_A_MAX + 1];
extern const struct nla_policy nat64_prefix4_policy[NAT64_PREFIX4_A_MAX + 1];
extern const struct nla_policy nat64_trace_policy[NAT64_TRACE_A_MAX + 1];

int nat64_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		    const char *why, int err);
void nat64_nl_name(struct netlink_ext_ack *extack, const struct in6_addr *addr,
		   const void *more, size_t size);
int nat64_nl_lacks(struct netlink_ext_ack *extack, const struct nlattr *nest,
		   u16 type, const char *why);
int nat64_nl_present(struct genl_info *info, const struct nlattr *attr,
		     const char *why);
struct nat64_instance *nat64_nl_lock(struct genl_info *info);
struct nat64_instance *nat64_nl_lock_nat64(struct genl_info *info);
struct nat64_instance *nat64_nl_lock_siit(struct genl_info *info);
void nat64_nl_unlock(struct genl_info *info);
struct nat64_eamt *nat64_nl_eamt(struct nat64_instance *inst);
int nat64_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		  int (*fill)(struct sk_buff *skb, struct netlink_callback *cb,
			      struct nat64_instance *inst));
void *nat64_nl_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		   const struct nat64_instance *inst);
struct sk_buff *nat64_nl_reply(struct genl_info *info, u8 cmd,
			       const struct nat64_instance *inst, size_t size,
			       void **hdr);
int nat64_nl_number(struct genl_info *info, const struct nat64_instance *inst,
		    int type, u64 n);
int nat64_nl_put_counts(struct sk_buff *skb, struct nat64_instance *inst);
int nat64_nl_get_proto(u8 number);

/* filter */
int nat64_nl_get_filter(struct nlattr **attrs, bool of_sessions,
			struct nat64_filter *filter,
			struct netlink_ext_ack *extack);
/* walk */
int nat64_nl_walk_dump(struct sk_buff *skb, struct netlink_callback *cb,
		       nat64_nl_put_bib *put, bool of_sessions);
/* multicast */
bool nat64_nl_listens(const struct nat64_instance *inst,
		      enum nat64_nl_group group);
void *nat64_nl_event_begin(struct sk_buff *skb,
			   const struct nat64_instance *inst, u8 cmd, u64 time);
struct sk_buff *nat64_nl_event_new(const struct nat64_instance *inst, u8 cmd,
				   void **hdr);
int nat64_nl_multicast(const struct nat64_instance *inst,
		       enum nat64_nl_group group, struct sk_buff *skb);
void nat64_nl_event_send(const struct nat64_instance *inst,
			 enum nat64_nl_group group, struct sk_buff *skb,
			 void *hdr, int err);
/* events */
extern const struct nat64_event_ops nat64_nl_event_ops;
/* instance */
int nat64_nl_instance_name(struct genl_info *info);
int nat64_nl_instance_claim(struct genl_info *info,
			    struct nat64_instance *inst);
int nat64_nl_instance_start(struct genl_info *info,
			    struct nat64_instance *inst);
struct nat64_config *nat64_nl_instance_config(struct genl_info *info);
void nat64_nl_config_free(struct nat64_config *cfg);
const char *nat64_nl_instance_conflict(struct genl_info *info,
				       const struct nat64_instance *inst,
				       const struct nat64_config *cfg,
				       const struct nlattr **attr);
int nat64_nl_put_instance(struct sk_buff *skb, struct nat64_instance *inst,
			  bool *whole);
int nat64_nl_instance_add(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_instance_del(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_instance_flush(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_instance_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nat64_nl_instance_check(struct sk_buff *skb, struct genl_info *info);
/* pool6 */
int nat64_nl_get_pool6(const struct nlattr *attr, struct nat64_prefix6 *prefix,
		       struct netlink_ext_ack *extack);
int nat64_nl_put_pool6(struct sk_buff *skb, int type,
		       const struct nat64_prefix6 *prefix);
int nat64_nl_pool6_change(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_pool6_dump(struct sk_buff *skb, struct netlink_callback *cb);
/* pool4 */
int nat64_nl_get_pool4(const struct nlattr *attr, struct nat64_pool4_entry *row,
		       struct netlink_ext_ack *extack);
int nat64_nl_put_pool4(struct sk_buff *skb,
		       const struct nat64_pool4_entry *row);
int nat64_nl_pool4_change(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_pool4_dump(struct sk_buff *skb, struct netlink_callback *cb);
/* bib */
int nat64_nl_get_bib(const struct nlattr *attr, struct nat64_nl_bib *bib,
		     struct netlink_ext_ack *extack);
int nat64_nl_bib_del(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_bib_count(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_bib_dump(struct sk_buff *skb, struct netlink_callback *cb);
/* static BIB entries */
struct nat64_static_set *
nat64_nl_get_static_set(struct genl_info *info, const struct nat64_config *cfg);
int nat64_nl_prepare_static_set(struct genl_info *info,
				struct nat64_instance *inst,
				struct nat64_static_set *set);
int nat64_nl_bib_add(struct sk_buff *skb, struct genl_info *info);
/* session */
int nat64_nl_put_account(struct sk_buff *skb, u64 began, bool counted,
			 const u64 packets[2], const u64 bytes[2]);
int nat64_nl_session_walk(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_session_dump(struct sk_buff *skb, struct netlink_callback *cb);
/* keys */
int nat64_nl_get_keys(struct genl_info *info, struct nat64_config *cfg);
int nat64_nl_put_keys(struct sk_buff *skb, const struct nat64_config *cfg,
		      const struct nat64_config *unless);
/* config */
int nat64_nl_config_set(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_config_get(struct sk_buff *skb, struct genl_info *info);
/* everything an instance is */
int nat64_nl_instance_replace(struct sk_buff *skb, struct genl_info *info);
/* eam */
int nat64_nl_put_eam(struct sk_buff *skb, int type,
		     const struct nat64_eam *eam);
int nat64_nl_get_eamt(struct genl_info *info, struct nat64_eamt *eamt);
void nat64_nl_notify_eam(const struct nat64_instance *inst, u8 cmd,
			 const struct nat64_eam *eam);
int nat64_nl_eam_add(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_eam_del(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_eam_flush(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_eam_dump(struct sk_buff *skb, struct netlink_callback *cb);
/* denylist */
int nat64_nl_add_denied(struct genl_info *info, struct nat64_eamt *eamt,
			const struct nlattr *attr, bool *added);
void nat64_nl_notify_denied(const struct nat64_instance *inst, u8 cmd,
			    const struct nat64_denied *denied);
int nat64_nl_denylist_add(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_denylist_del(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_denylist_flush(struct sk_buff *skb, struct genl_info *info);
int nat64_nl_denylist_dump(struct sk_buff *skb, struct netlink_callback *cb);
/* trace */
int nat64_nl_trace(struct sk_buff *skb, struct genl_info *info);
/* stats */
int nat64_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* NAT64_CONTROL_NL_H */
