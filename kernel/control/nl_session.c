// SPDX-License-Identifier: GPL-2.0
/* nl_session.c - the object "session" */
#include "control/nl.h"

#include "table/acct.h"
#include "table/bib_end.h"
#include "table/lifetime.h"
#include "table/session.h"
#include "table/session_walk.h"
#include "table/walk.h"

/**
 * nat64_nl_put_account - put the age and the counters of a session
 * @skb: the message, inside NAT64_A_SESSION; it stays the caller's
 * @began: nanoseconds of CLOCK_REALTIME; 0 if unknown
 * @counted: @packets and @bytes are known
 * @packets: packets to IPv4, to IPv6
 * @bytes: likewise
 *
 * Context: any.
 *
 * Return: 0 or -EMSGSIZE.
 */
int nat64_nl_put_account(struct sk_buff *skb, u64 began, bool counted,
			 const u64 packets[2], const u64 bytes[2])
{
	if (began && nla_put_u64_64bit(skb, NAT64_SESSION_A_BEGAN, began,
				       NAT64_SESSION_A_PAD))
		return -EMSGSIZE;
	if (!counted)
		return 0;
	if (nla_put_u64_64bit(skb, NAT64_SESSION_A_PACKETS64, packets[0],
			      NAT64_SESSION_A_PAD) ||
	    nla_put_u64_64bit(skb, NAT64_SESSION_A_BYTES64, bytes[0],
			      NAT64_SESSION_A_PAD) ||
	    nla_put_u64_64bit(skb, NAT64_SESSION_A_PACKETS46, packets[1],
			      NAT64_SESSION_A_PAD) ||
	    nla_put_u64_64bit(skb, NAT64_SESSION_A_BYTES46, bytes[1],
			      NAT64_SESSION_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static bool nat64_nl_session_match(const struct nat64_bib *bib,
				   const struct nat64_session *ses,
				   const struct nat64_filter *f)
{
	u8 state = READ_ONCE(ses->state);

	if (state == NAT64_STATE_CLOSED)
		return false;
	return (!f->has_proto || bib->key.proto == f->proto) &&
	       (!f->has_state || (bib->key.proto == NAT64_TCP &&
				  state == f->state)) &&
	       (!f->has_addr6 || ipv6_prefix_equal(&bib->key.addr6, &f->addr6,
						   f->len6)) &&
	       (!f->has_addr4 || !((bib->addr4 ^ f->addr4) & f->mask4) ||
		!((ses->dst4 ^ f->addr4) & f->mask4)) &&
	       (!f->has_port || bib->key.port6 == f->port ||
		bib->port4 == f->port || ses->dport == f->port);
}

static u32 nat64_nl_session_expires(const struct nat64_config *cfg,
				    const struct nat64_bib *bib,
				    const struct nat64_session *ses)
{
	u32 timeout = cfg->timeout[bib->key.proto][READ_ONCE(ses->state)];
	u32 age = nat64_session_age(ses);

	return age < timeout ? jiffies_to_msecs(timeout - age) : 0;
}

/* Put the accounting of a session, if it has any. */
static int nat64_nl_session_put_acct(struct sk_buff *skb,
				     const struct nat64_bib *bib,
				     const struct nat64_session *ses)
{
	const struct nat64_acct *acct = nat64_acct_of(bib, ses);
	u64 packets[2], bytes[2];
	int i;

	if (!acct)
		return 0;
	for (i = 0; i < 2; i++) {
		packets[i] = atomic64_read(&acct->packets[i]);
		bytes[i] = atomic64_read(&acct->bytes[i]);
	}
	return nat64_nl_put_account(skb, READ_ONCE(acct->began),
				    nat64_acct_counted(bib, ses), packets,
				    bytes);
}

static int nat64_nl_session_fill(struct sk_buff *skb,
				 struct nat64_instance *inst,
				 const struct nat64_bib *bib,
				 const struct nat64_session *ses)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	u8 idx = nat64_session_pool6(READ_ONCE(ses->pool6_csum));
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_SESSION);
	struct in6_addr dst6 = {};

	if (cfg->pool6[idx].len)
		nat64_rfc6052_embed(&cfg->pool6[idx], ses->dst4, &dst6);
	if (!nest ||
	    nla_put_u8(skb, NAT64_SESSION_A_PROTO,
		       nat64_proto_number(bib->key.proto)) ||
	    nla_put_in6_addr(skb, NAT64_SESSION_A_SRC6, &bib->key.addr6) ||
	    nla_put_be16(skb, NAT64_SESSION_A_SPORT6, bib->key.port6) ||
	    nla_put_in6_addr(skb, NAT64_SESSION_A_DST6, &dst6) ||
	    nla_put_be16(skb, NAT64_SESSION_A_DPORT6, ses->dport) ||
	    nla_put_in_addr(skb, NAT64_SESSION_A_SRC4, bib->addr4) ||
	    nla_put_be16(skb, NAT64_SESSION_A_SPORT4, bib->port4) ||
	    nla_put_in_addr(skb, NAT64_SESSION_A_DST4, ses->dst4) ||
	    nla_put_be16(skb, NAT64_SESSION_A_DPORT4, ses->dport) ||
	    nla_put_u8(skb, NAT64_SESSION_A_STATE, READ_ONCE(ses->state)) ||
	    nla_put_u32(skb, NAT64_SESSION_A_EXPIRES,
			nat64_nl_session_expires(cfg, bib, ses)) ||
	    nat64_nl_session_put_acct(skb, bib, ses))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_nl_session_put_one(struct sk_buff *skb,
				    struct netlink_callback *cb,
				    struct nat64_instance *inst,
				    const struct nat64_bib *bib,
				    const struct nat64_session *ses,
				    const struct nat64_filter *filter)
{
	void *hdr;

	if (!nat64_nl_session_match(bib, ses, filter))
		return 0;
	hdr = nat64_nl_put(skb, cb, NAT64_CMD_SESSION_GET, inst);
	if (!hdr)
		return -EMSGSIZE;
	if (nat64_nl_session_fill(skb, inst, bib, ses)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/*
 * Find the session at which a dump continues: the one that did not fit, if it
 * still exists, else the one after as many as were shown.
 */
static struct nat64_session_more *
nat64_nl_session_from(struct nat64_instance *inst, struct nat64_bib *bib,
		      const struct nat64_dump *dump)
{
	struct nat64_session_more *more = nat64_session_others(bib);
	struct nat64_session *ses = NULL;
	unsigned int i = 1;

	if (dump->item)
		ses = nat64_session_find(inst, bib, dump->dst4, dump->dport);
	if (ses && ses != &bib->first)
		return container_of(ses, struct nat64_session_more, s);
	hlist_for_each_entry_from_rcu(more, sibling)
		if (i++ >= dump->item)
			return more;
	return NULL;
}

/* Sessions of an entry that a dump visits before it may schedule. */
#define NAT64_NL_SESSIONS 256

/*
 * Put the sessions of an entry. If the datagram is full in the middle of them,
 * the dump remembers the next one. New ones are inserted at the front, where it
 * has been already.
 */
static int nat64_nl_session_put(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct nat64_instance *inst,
				struct nat64_bib *bib,
				const struct nat64_filter *filter)
{
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	struct nat64_session_more *more;
	unsigned int shown = dump->item ?: 1;
	int left = NAT64_NL_SESSIONS;
	int err = 0;

	if (!dump->item)
		err = nat64_nl_session_put_one(skb, cb, inst, bib, &bib->first,
					       filter);
	if (err)
		return err;
	more = nat64_nl_session_from(inst, bib, dump);
	hlist_for_each_entry_from_rcu(more, sibling) {
		err = left-- ? nat64_nl_session_put_one(skb, cb, inst, bib,
							&more->s, filter) :
			       -EAGAIN;
		if (err) {
			dump->item = shown;
			dump->dst4 = more->s.dst4;
			dump->dport = more->s.dport;
			return err;
		}
		shown++;
	}
	dump->item = 0;
	return 0;
}

/**
 * nat64_nl_session_dump - NAT64_CMD_SESSION_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_session_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_walk_dump(skb, cb, nat64_nl_session_put, true);
}

/**
 * struct nat64_nl_tally - number of the sessions that match
 */
struct nat64_nl_tally {
	/** @filter: what the request means */
	struct nat64_filter filter;
	/** @n: the number */
	u64 n;
	/** @of_entry: how many of them belong to the current entry */
	u64 of_entry;
};

static void nat64_nl_session_tally(struct nat64_instance *inst,
				   struct nat64_bib *bib,
				   struct nat64_walk_budget *budget, void *arg)
{
	struct nat64_nl_tally *tally = arg;
	bool again = budget->within;
	struct nat64_session *ses;

	ses = nat64_session_first(inst, bib, budget);
	if (ses == &bib->first) {
		/* The entry is visited again: do not count it twice. */
		if (again)
			tally->n -= tally->of_entry;
		tally->of_entry = 0;
	}
	for (; ses; ses = nat64_session_next(bib, budget, ses)) {
		bool match = nat64_nl_session_match(bib, ses, &tally->filter);

		tally->n += match;
		tally->of_entry += match;
	}
}

static bool nat64_nl_session_matches(const struct nat64_bib *bib,
				     struct nat64_session *ses,
				     void *arg)
{
	return nat64_nl_session_match(bib, ses, arg);
}

static void nat64_nl_session_close(struct nat64_instance *inst,
				   struct nat64_bib *bib,
				   struct nat64_walk_budget *budget, void *arg)
{
	struct nat64_nl_tally *tally = arg;

	tally->n += nat64_bib_close_sessions(inst, bib, budget,
					     nat64_nl_session_matches,
					     &tally->filter);
}

/**
 * nat64_nl_session_walk - NAT64_CMD_SESSION_COUNT, NAT64_CMD_SESSION_FLUSH
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Answers with the number of sessions that were counted or closed.
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_session_walk(struct sk_buff *skb, struct genl_info *info)
{
	u8 cmd = info->genlhdr->cmd;
	struct nat64_nl_tally tally = {};
	struct nat64_instance *inst;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = nat64_nl_get_filter(info->attrs, true, &tally.filter,
				  info->extack);
	if (err)
		return err;
	inst = nat64_nl_lock_nat64(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	msg = nat64_nl_reply(info, cmd, inst, nla_total_size_64bit(sizeof(u64)),
			     &hdr);
	if (msg)
		nat64_walk(inst, cmd == NAT64_CMD_SESSION_FLUSH ?
			   nat64_nl_session_close : nat64_nl_session_tally,
			   &tally);
	nat64_nl_unlock(info);
	if (!msg)
		return -ENOMEM;
	if (nla_put_u64_64bit(msg, NAT64_A_SESSION_COUNT, tally.n,
			      NAT64_A_PAD)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
