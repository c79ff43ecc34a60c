// SPDX-License-Identifier: GPL-2.0
/*
 * nl_event.c - what happens, for those who listen
 *
 * Changes by an operator and alarms are sent as they come. BIB entries and
 * sessions, of which there may be many, are sent by a worker, as many in one
 * datagram as it holds. Each has a number; who sees a gap knows how many were
 * lost, and if nothing follows a message tells the last number.
 */
#include "control/nl.h"

#include "table/event.h"

/* Bytes of a datagram with events: some sixty of them. */
#define NAT64_BATCH_SIZE (SKB_WITH_OVERHEAD(SZ_16K) - NLMSG_HDRLEN)

const struct genl_multicast_group nat64_mcgrps[] = {
	[NAT64_NL_INSTANCE] = { .name = NAT64_MCGRP_INSTANCE },
	[NAT64_NL_POOL6] = { .name = NAT64_MCGRP_POOL6 },
	[NAT64_NL_POOL4] = { .name = NAT64_MCGRP_POOL4 },
	[NAT64_NL_CONFIG] = { .name = NAT64_MCGRP_CONFIG },
	/* To listen costs packets time: not for everybody. */
	[NAT64_NL_BIB] = {
		.name = NAT64_MCGRP_BIB,
		.flags = NAT64_MCAST_ADMIN,
	},
	[NAT64_NL_SESSION] = {
		.name = NAT64_MCGRP_SESSION,
		.flags = NAT64_MCAST_ADMIN,
	},
	[NAT64_NL_ALARM] = { .name = NAT64_MCGRP_ALARM },
};

static bool nat64_nl_listens(const struct nat64_instance *inst,
			     enum nat64_nl_group group)
{
	return genl_has_listeners(&nat64_family, inst->net, group);
}

/* Begin a message; returns its header for genlmsg_end(), or NULL. */
static void *nat64_nl_event_begin(struct sk_buff *skb,
				  const struct nat64_instance *inst, u8 cmd,
				  u64 time)
{
	void *hdr = genlmsg_put(skb, 0, 0, &nat64_family, 0, cmd);

	if (!hdr)
		return NULL;
	if (nla_put_string(skb, NAT64_A_INSTANCE, inst->name) ||
	    nla_put_u64_64bit(skb, NAT64_A_TIME, time, NAT64_A_PAD)) {
		genlmsg_cancel(skb, hdr);
		return NULL;
	}
	return hdr;
}

/* A message of its own; follow with nat64_nl_event_send(). */
static struct sk_buff *nat64_nl_event_new(const struct nat64_instance *inst,
					  u8 cmd, void **hdr)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = nat64_nl_event_begin(skb, inst, cmd, ktime_get_real_ns());
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int nat64_nl_multicast(const struct nat64_instance *inst,
			      enum nat64_nl_group group, struct sk_buff *skb)
{
	return genlmsg_multicast_netns(&nat64_family, inst->net, skb, 0, group,
				       GFP_KERNEL);
}

/* Send a message if what was put into it had room (@err is 0). */
static void nat64_nl_event_send(const struct nat64_instance *inst,
				enum nat64_nl_group group, struct sk_buff *skb,
				void *hdr, int err)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	nat64_nl_multicast(inst, group, skb);
}

/**
 * nat64_nl_event_instance - an instance has come, goes, or was flushed
 * @inst: the instance
 * @cmd: NAT64_CMD_INSTANCE_ADD_NTF, _DEL_NTF or _FLUSH_NTF
 *
 * Context: process.
 */
void nat64_nl_event_instance(struct nat64_instance *inst, u8 cmd)
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

static void nat64_nl_event_pool6(const struct nat64_instance *inst, u8 cmd,
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

/* What @from has and @to has not. */
static void nat64_nl_compare_pool6(const struct nat64_instance *inst, u8 cmd,
				   const struct nat64_config *from,
				   const struct nat64_config *to)
{
	int i;

	for (i = 0; i < from->n_pool6; i++)
		if (from->pool6[i].len &&
		    nat64_config_find_pool6(to, &from->pool6[i]) < 0)
			nat64_nl_event_pool6(inst, cmd, &from->pool6[i]);
}

static void nat64_nl_event_pool4(const struct nat64_instance *inst, u8 cmd,
				 const struct nat64_pool4_row *row)
{
	struct sk_buff *skb;
	void *hdr;

	skb = nat64_nl_event_new(inst, cmd, &hdr);
	if (skb)
		nat64_nl_event_send(inst, NAT64_NL_POOL4, skb, hdr,
				    nat64_nl_put_pool4(skb, row));
}

static bool nat64_nl_has_row(const struct nat64_config *cfg,
			     const struct nat64_pool4_row *row)
{
	int i = nat64_config_last4(cfg, row->addr);

	for (; i >= 0 && cfg->pool4[i].addr == row->addr; i--) {
		const struct nat64_pool4_row *r = &cfg->pool4[i];

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

	for (i = 0; i < from->n_pool4; i++) {
		if (!nat64_nl_has_row(to, &from->pool4[i]))
			nat64_nl_event_pool4(inst, cmd, &from->pool4[i]);
		cond_resched();
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
				    nat64_nl_put_keys(skb, &cfg->keys,
						      &old->keys));
}

/**
 * nat64_nl_event_config - an instance has a new configuration
 * @inst: the instance
 * @old: what it had
 * @cfg: what it has
 *
 * Context: process.
 */
void nat64_nl_event_config(struct nat64_instance *inst,
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
	nat64_nl_compare_keys(inst, old, cfg);
}

/**
 * nat64_nl_event_start - there is a new instance
 * @inst: the instance
 *
 * What it has is in the message, but for its keys: those that differ from their
 * defaults are told as a change.
 *
 * Context: process.
 */
void nat64_nl_event_start(struct nat64_instance *inst)
{
	struct nat64_config *usual = nat64_config_alloc(0);

	nat64_nl_event_instance(inst, NAT64_CMD_INSTANCE_ADD_NTF);
	if (usual)
		nat64_nl_compare_keys(inst, usual, nat64_instance_config(inst));
	kvfree(usual);
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

static void nat64_nl_event_alarm(const struct nat64_instance *inst,
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

/**
 * nat64_nl_event_alarms - tell what has gone wrong since the last call
 * @inst: the instance
 *
 * The packets themselves count only what they count anyway.
 *
 * Context: process; once a second.
 */
void nat64_nl_event_alarms(struct nat64_instance *inst)
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
			nat64_nl_event_alarm(inst, kind, now - seen);
	}
}

/**
 * struct nat64_nl_batch - a datagram of events that is being filled
 */
struct nat64_nl_batch {
	/** @skb: the datagram, or NULL */
	struct sk_buff *skb;
	/** @n: how many there are in it */
	unsigned int n;
};

static const struct {
	enum nat64_nl_group group;
	u8 lost;
} nat64_nl_objects[NAT64_EVENT_OBJECTS] = {
	[NAT64_EVENT_BIB] = { NAT64_NL_BIB, NAT64_CMD_BIB_LOST_NTF },
	[NAT64_EVENT_SESSION] = { NAT64_NL_SESSION, NAT64_CMD_SESSION_LOST_NTF },
};

static bool nat64_nl_event_listens(const struct nat64_instance *inst,
				   enum nat64_event_object object)
{
	return nat64_nl_listens(inst, nat64_nl_objects[object].group);
}

static void nat64_nl_count(struct nat64_instance *inst, enum nat64_stat stat,
			   u64 n)
{
	local_bh_disable();
	nat64_stats_add(inst->stats, stat, n);
	local_bh_enable();
}

/* So many events were lost; their numbers are gone already. */
static void nat64_nl_lost(struct nat64_instance *inst,
			  enum nat64_event_object object, u64 n)
{
	if (!n)
		return;
	nat64_event_tally(inst, object)->owes = true;
	nat64_nl_count(inst, NAT64_STAT_EVENTS_LOST, n);
}

static void nat64_nl_batch_send(struct nat64_instance *inst,
				enum nat64_event_object object,
				struct nat64_nl_batch *batch)
{
	int err;

	if (!batch->skb)
		return;
	err = nat64_nl_multicast(inst, nat64_nl_objects[object].group,
				 batch->skb);
	if (!err)
		nat64_nl_count(inst, NAT64_STAT_EVENTS_SENT, batch->n);
	else if (err != -ESRCH)		/* that is: nobody listens any more */
		nat64_nl_lost(inst, object, batch->n);
	batch->skb = NULL;
	batch->n = 0;
}

static int nat64_nl_event_put_bib(struct sk_buff *skb,
				  const struct nat64_event *event)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_BIB);

	if (!nest ||
	    nla_put_u8(skb, NAT64_BIB_A_PROTO,
		       nat64_proto_number(event->proto)) ||
	    nla_put_in6_addr(skb, NAT64_BIB_A_ADDR6, &event->addr6) ||
	    nla_put_be16(skb, NAT64_BIB_A_PORT6, event->port6) ||
	    nla_put_in_addr(skb, NAT64_BIB_A_ADDR4, event->addr4) ||
	    nla_put_be16(skb, NAT64_BIB_A_PORT4, event->port4) ||
	    (event->is_static && nla_put_flag(skb, NAT64_BIB_A_STATIC)) ||
	    (event->began && nla_put_u64_64bit(skb, NAT64_BIB_A_BEGAN,
					       event->began, NAT64_BIB_A_PAD)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_nl_event_put_session(struct sk_buff *skb,
				      const struct nat64_event *event)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_SESSION);

	if (!nest ||
	    nla_put_u8(skb, NAT64_SESSION_A_PROTO,
		       nat64_proto_number(event->proto)) ||
	    nla_put_in6_addr(skb, NAT64_SESSION_A_SRC6, &event->addr6) ||
	    nla_put_be16(skb, NAT64_SESSION_A_SPORT6, event->port6) ||
	    nla_put_in6_addr(skb, NAT64_SESSION_A_DST6, &event->dst6) ||
	    nla_put_be16(skb, NAT64_SESSION_A_DPORT6, event->dport) ||
	    nla_put_in_addr(skb, NAT64_SESSION_A_SRC4, event->addr4) ||
	    nla_put_be16(skb, NAT64_SESSION_A_SPORT4, event->port4) ||
	    nla_put_in_addr(skb, NAT64_SESSION_A_DST4, event->dst4) ||
	    nla_put_be16(skb, NAT64_SESSION_A_DPORT4, event->dport) ||
	    nla_put_u8(skb, NAT64_SESSION_A_STATE, event->state) ||
	    nat64_nl_put_account(skb, event->began, event->counted,
				 event->packets, event->bytes))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_nl_put_event(struct sk_buff *skb,
			      const struct nat64_instance *inst,
			      const struct nat64_event *event, u64 seq)
{
	static const u8 cmds[] = {
		[NAT64_EVENT_BIB_NEW] = NAT64_CMD_BIB_NEW_NTF,
		[NAT64_EVENT_BIB_END] = NAT64_CMD_BIB_END_NTF,
		[NAT64_EVENT_SESSION_NEW] = NAT64_CMD_SESSION_NEW_NTF,
		[NAT64_EVENT_SESSION_END] = NAT64_CMD_SESSION_END_NTF,
	};
	void *hdr = nat64_nl_event_begin(skb, inst, cmds[event->kind],
					 event->time);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, NAT64_A_SEQ, seq, NAT64_A_PAD) ||
	    (nat64_event_object(event->kind) == NAT64_EVENT_BIB ?
	     nat64_nl_event_put_bib(skb, event) :
	     nat64_nl_event_put_session(skb, event))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static void nat64_nl_batch_add(struct nat64_instance *inst,
			       struct nat64_nl_batch *batch,
			       const struct nat64_event *event)
{
	enum nat64_event_object object = nat64_event_object(event->kind);
	u64 seq = ++nat64_event_tally(inst, object)->seq;

	if (batch->skb && nat64_nl_put_event(batch->skb, inst, event, seq))
		nat64_nl_batch_send(inst, object, batch);
	else if (batch->skb)
		goto added;
	batch->skb = nlmsg_new(NAT64_BATCH_SIZE, GFP_KERNEL);
	if (!batch->skb) {
		nat64_nl_lost(inst, object, 1);
		return;
	}
	nat64_nl_put_event(batch->skb, inst, event, seq);
added:
	batch->n++;
}

/* If events were lost, tell the last number; false if that is lost, too. */
static bool nat64_nl_tell_lost(struct nat64_instance *inst,
			       enum nat64_event_object object)
{
	struct nat64_event_tally *tally = nat64_event_tally(inst, object);
	struct sk_buff *skb;
	void *hdr;
	int err;

	if (!tally->owes)
		return true;
	skb = nat64_nl_event_new(inst, nat64_nl_objects[object].lost, &hdr);
	if (!skb)
		return false;
	if (nla_put_u64_64bit(skb, NAT64_A_SEQ, tally->seq, NAT64_A_PAD)) {
		nlmsg_free(skb);
		return false;
	}
	genlmsg_end(skb, hdr);
	err = nat64_nl_multicast(inst, nat64_nl_objects[object].group, skb);
	tally->owes = err && err != -ESRCH;
	return !tally->owes;
}

static bool nat64_nl_tell(struct nat64_instance *inst)
{
	struct nat64_nl_batch batch[NAT64_EVENT_OBJECTS] = {};
	u64 lost[NAT64_EVENT_OBJECTS] = {};
	const struct nat64_event *event;
	bool again = false;
	int i;

	nat64_event_take(inst, lost);
	while ((event = nat64_event_next(inst))) {
		nat64_nl_batch_add(inst, &batch[nat64_event_object(event->kind)],
				   event);
		cond_resched();
	}
	for (i = 0; i < NAT64_EVENT_OBJECTS; i++) {
		nat64_nl_batch_send(inst, i, &batch[i]);
		/* They came when there was no room any more: the last ones. */
		nat64_event_tally(inst, i)->seq += lost[i];
		nat64_nl_lost(inst, i, lost[i]);
		again |= !nat64_nl_tell_lost(inst, i);
	}
	return again;
}

const struct nat64_event_ops nat64_nl_event_ops = {
	.listens = nat64_nl_event_listens,
	.tell = nat64_nl_tell,
};
