// SPDX-License-Identifier: GPL-2.0
/*
 * nl_event.c - notify of BIB entries and sessions
 *
 * There may be many, so a worker sends them, as many in one datagram as it
 * holds. Each has a number: a listener that sees a gap knows how many were
 * lost, and if none follows, a message reports the last number.
 */
#include "control/nl.h"

#include "table/event.h"

/* Bytes of a datagram with events: some sixty of them. */
#define NAT64_BATCH_SIZE (SKB_WITH_OVERHEAD(SZ_16K) - NLMSG_HDRLEN)

/**
 * struct nat64_nl_batch - a datagram that is filled with events
 */
struct nat64_nl_batch {
	/** @skb: the datagram, or NULL */
	struct sk_buff *skb;
	/** @n: number of events in it */
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

/* Account for @n lost events, whose numbers have been used already. */
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
	else if (err != -ESRCH)		/* no listener is left */
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

/* If events were lost, report the last number; false if that is lost, too. */
static bool nat64_nl_notify_lost(struct nat64_instance *inst,
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

static bool nat64_nl_notify(struct nat64_instance *inst)
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
		/* They found no room, so they are the last ones. */
		nat64_event_tally(inst, i)->seq += lost[i];
		nat64_nl_lost(inst, i, lost[i]);
		again |= !nat64_nl_notify_lost(inst, i);
	}
	return again;
}

const struct nat64_event_ops nat64_nl_event_ops = {
	.listens = nat64_nl_event_listens,
	.report = nat64_nl_notify,
};
