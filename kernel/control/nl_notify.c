// SPDX-License-Identifier: GPL-2.0
/*
 * nl_notify.c - notify of changes by an operator, and of alarms
 *
 * They are sent as they happen; BIB entries and sessions are in nl_event.c.
 */
#include "control/nl.h"

#include "control/instance.h"
#include "control/notify.h"

static void nat64_nl_notify_instance(struct nat64_instance *inst, u8 cmd)
{
	struct sk_buff *skb;
	int err = 0;
	bool whole;
	void *hdr;

	if (!nat64_nl_listens(inst, NAT64_NL_INSTANCE))
		return;
	skb = nat64_nl_event_new(inst, cmd, &hdr);
	if (!skb)
		return;
	if (cmd == NAT64_CMD_INSTANCE_ADD_NTF)
		err = nat64_nl_put_instance(skb, inst, &whole);
	nat64_nl_event_send(inst, NAT64_NL_INSTANCE, skb, hdr, err);
}

static void nat64_nl_notify_pool6(const struct nat64_instance *inst, u8 cmd,
				  const struct nat64_prefix6 *prefix)
{
	struct sk_buff *skb;
	void *hdr;

	skb = nat64_nl_event_new(inst, cmd, &hdr);
	if (skb)
		nat64_nl_event_send(inst, NAT64_NL_POOL6, skb, hdr,
				    nat64_nl_put_pool6(skb, NAT64_A_POOL6,
						       prefix));
}

/* Notify of each prefix that @from has and @to has not. */
static void nat64_nl_compare_pool6(const struct nat64_instance *inst, u8 cmd,
				   const struct nat64_config *from,
				   const struct nat64_config *to)
{
	int i;

	for (i = 0; i < from->n_pool6; i++)
		if (from->pool6[i].len &&
		    nat64_config_find_pool6(to, &from->pool6[i]) < 0)
			nat64_nl_notify_pool6(inst, cmd, &from->pool6[i]);
}

static void nat64_nl_notify_pool4(const struct nat64_instance *inst, u8 cmd,
				  const struct nat64_pool4_entry *row)
{
	struct sk_buff *skb;
	void *hdr;

	skb = nat64_nl_event_new(inst, cmd, &hdr);
	if (skb)
		nat64_nl_event_send(inst, NAT64_NL_POOL4, skb, hdr,
				    nat64_nl_put_pool4(skb, row));
}

static bool nat64_nl_has_row(const struct nat64_config *cfg,
			     const struct nat64_pool4_entry *row)
{
	int i = nat64_pool4_set_last(&cfg->pool4, row->addr);

	for (; i >= 0 && cfg->pool4.entry[i].addr == row->addr; i--) {
		const struct nat64_pool4_entry *r = &cfg->pool4.entry[i];

		if (r->len == row->len && r->mark == row->mark &&
		    r->protos == row->protos && r->n_ranges == row->n_ranges &&
		    !memcmp(r->ranges, row->ranges,
			    r->n_ranges * sizeof(r->ranges[0])))
			return true;
	}
	return false;
}

static void nat64_nl_compare_pool4(const struct nat64_instance *inst, u8 cmd,
				   const struct nat64_config *from,
				   const struct nat64_config *to)
{
	int i;

	for (i = 0; i < from->pool4.n; i++) {
		if (!nat64_nl_has_row(to, &from->pool4.entry[i]))
			nat64_nl_notify_pool4(inst, cmd, &from->pool4.entry[i]);
		cond_resched();
	}
}

static void nat64_nl_compare_eam(const struct nat64_instance *inst, u8 cmd,
				 struct nat64_eamt *from, struct nat64_eamt *to)
{
	const struct nat64_eam_entry *entry, *other;
	unsigned long index;

	xa_for_each(&from->entries, index, entry) {
		other = nat64_eam_exact6(to, &entry->eam.addr6, entry->eam.len6);
		if (!other || other->eam.addr4 != entry->eam.addr4 ||
		    other->eam.len4 != entry->eam.len4)
			nat64_nl_notify_eam(inst, cmd, &entry->eam);
		cond_resched();
	}
}

static void nat64_nl_compare_denylist(const struct nat64_instance *inst, u8 cmd,
				      struct nat64_eamt *from,
				      struct nat64_eamt *to)
{
	const struct nat64_denied *denied;
	const struct nat64_lpm_key *key;
	unsigned long index;

	xa_for_each(&from->denylist, index, denied) {
		key = &denied->node.key;
		if (!nat64_denylist_exact(to, key->addr.s6_addr32[0], key->len))
			nat64_nl_notify_denied(inst, cmd, denied);
	}
}

static void nat64_nl_compare_eamt(const struct nat64_instance *inst,
				  struct nat64_eamt *old, struct nat64_eamt *new)
{
	if (old == new)
		return;
	if (nat64_nl_listens(inst, NAT64_NL_EAM)) {
		nat64_nl_compare_eam(inst, NAT64_CMD_EAM_DEL_NTF, old, new);
		nat64_nl_compare_eam(inst, NAT64_CMD_EAM_ADD_NTF, new, old);
	}
	if (nat64_nl_listens(inst, NAT64_NL_DENYLIST)) {
		nat64_nl_compare_denylist(inst, NAT64_CMD_DENYLIST_DEL_NTF, old,
					  new);
		nat64_nl_compare_denylist(inst, NAT64_CMD_DENYLIST_ADD_NTF, new,
					  old);
	}
}

static void nat64_nl_compare_keys(const struct nat64_instance *inst,
				  const struct nat64_config *old,
				  const struct nat64_config *cfg)
{
	struct sk_buff *skb;
	void *hdr;

	if (!nat64_nl_listens(inst, NAT64_NL_CONFIG) ||
	    !memcmp(&old->keys, &cfg->keys, sizeof(cfg->keys)))
		return;
	skb = nat64_nl_event_new(inst, NAT64_CMD_CONFIG_NTF, &hdr);
	if (skb)
		nat64_nl_event_send(inst, NAT64_NL_CONFIG, skb, hdr,
				    nat64_nl_put_keys(skb, cfg, old));
}

static void nat64_nl_notify_replaced(struct nat64_instance *inst,
				     const struct nat64_config *old,
				     const struct nat64_config *cfg)
{
	if (nat64_nl_listens(inst, NAT64_NL_POOL6)) {
		nat64_nl_compare_pool6(inst, NAT64_CMD_POOL6_DEL_NTF, old, cfg);
		nat64_nl_compare_pool6(inst, NAT64_CMD_POOL6_ADD_NTF, cfg, old);
	}
	if (nat64_nl_listens(inst, NAT64_NL_POOL4)) {
		nat64_nl_compare_pool4(inst, NAT64_CMD_POOL4_DEL_NTF, old, cfg);
		nat64_nl_compare_pool4(inst, NAT64_CMD_POOL4_ADD_NTF, cfg, old);
	}
	nat64_nl_compare_eamt(inst, old->eamt, cfg->eamt);
	nat64_nl_compare_keys(inst, old, cfg);
}

/*
 * The message has the pools of the instance but not its keys: those that differ
 * from their defaults are notified as a change.
 */
static void nat64_nl_notify_started(struct nat64_instance *inst)
{
	struct nat64_config *defaults = nat64_config_alloc(0);

	nat64_nl_notify_instance(inst, NAT64_CMD_INSTANCE_ADD_NTF);
	if (defaults)
		nat64_nl_compare_keys(inst, defaults,
				      nat64_instance_config(inst));
	kvfree(defaults);
}

static void nat64_nl_notify_flushed(struct nat64_instance *inst)
{
	nat64_nl_notify_instance(inst, NAT64_CMD_INSTANCE_FLUSH_NTF);
}

static void nat64_nl_notify_deleted(struct nat64_instance *inst)
{
	nat64_nl_notify_instance(inst, NAT64_CMD_INSTANCE_DEL_NTF);
}

static int nat64_nl_put_alarm(struct sk_buff *skb,
			      const struct nat64_instance *inst,
			      enum nat64_alarm kind, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_ALARM);

	if (!nest || nla_put_u8(skb, NAT64_ALARM_A_KIND, kind) ||
	    nla_put_u64_64bit(skb, NAT64_ALARM_A_COUNT, count,
			      NAT64_ALARM_A_PAD))
		return -EMSGSIZE;
	if (kind == NAT64_ALARM_POOL4_EXHAUSTED &&
	    (nla_put_u8(skb, NAT64_ALARM_A_PROTO,
			nat64_proto_number(READ_ONCE(inst->exhausted_proto))) ||
	     nla_put_u32(skb, NAT64_ALARM_A_MARK,
			 READ_ONCE(inst->exhausted_mark))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static void nat64_nl_notify_alarm(const struct nat64_instance *inst,
				  enum nat64_alarm kind, u64 count)
{
	struct sk_buff *skb;
	void *hdr;

	if (!nat64_nl_listens(inst, NAT64_NL_ALARM))
		return;
	skb = nat64_nl_event_new(inst, NAT64_CMD_ALARM_NTF, &hdr);
	if (skb)
		nat64_nl_event_send(inst, NAT64_NL_ALARM, skb, hdr,
				    nat64_nl_put_alarm(skb, inst, kind,
						       count));
}

/*
 * Once a second: alarms cost packets nothing, as they come from counters that
 * there are anyway.
 */
static void nat64_nl_notify_alarms(struct nat64_instance *inst)
{
	static const enum nat64_stat stat[] = {
		[NAT64_ALARM_POOL4_EXHAUSTED] = NAT64_STAT_DROP_POOL4_EXHAUSTED,
		[NAT64_ALARM_TABLE_FULL] = NAT64_STAT_DROP_SESSION_LIMIT,
	};
	int kind;

	for (kind = 1; kind <= NAT64_ALARM_MAX; kind++) {
		u64 seen = inst->alarmed[kind];
		u64 now = nat64_stats_get(inst->stats, stat[kind]);

		inst->alarmed[kind] = now;
		if (now != seen)
			nat64_nl_notify_alarm(inst, kind, now - seen);
	}
}

const struct nat64_notify_ops nat64_nl_notify_ops = {
	.events = &nat64_nl_event_ops,
	.started = nat64_nl_notify_started,
	.replaced = nat64_nl_notify_replaced,
	.flushed = nat64_nl_notify_flushed,
	.deleted = nat64_nl_notify_deleted,
	.tick = nat64_nl_notify_alarms,
};
