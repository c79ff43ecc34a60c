// SPDX-License-Identifier: GPL-2.0
/*
 * netlink.c - the generic netlink family and what its objects share
 *
 * Each command has a policy of its own, so that an attribute which it does not
 * know is refused and not ignored. Configuration and statistics may be read by
 * all users in the network namespace. To change something, to read BIB entries
 * and sessions, which say who talks to whom, and whatever visits all of them,
 * takes CAP_NET_ADMIN in its user namespace.
 */
#include "control/netlink.h"

#include "control/nl_check.h"

#define NAT64_POLICY_INSTANCE \
	[NAT64_A_INSTANCE] = { .type = NLA_NUL_STRING, .len = NAT64_NAME_MAX }

static const struct nla_policy policy_instance[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
};

static const struct nla_policy policy_instance_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
};

static const struct nla_policy policy_pool6[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
};

static const struct nla_policy policy_pool6_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_pool4[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
};

static const struct nla_policy policy_pool4_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_usage[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_USAGE] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_bib[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_policy),
};

static const struct nla_policy policy_bib_add[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_policy),
	[NAT64_A_EXCL] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_filter[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_FILTER] = NLA_POLICY_NESTED(nat64_filter_policy),
};

static const struct nla_policy policy_config[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_FORCE] = { .type = NLA_FLAG },
	[NAT64_A_CONFIG] = NLA_POLICY_NESTED(nat64_config_policy),
};

static const struct nla_policy policy_replace[NAT64_A_MAX + 1] = {
	NAT64_POLICY_INSTANCE,
	[NAT64_A_POOL6] = NLA_POLICY_NESTED(nat64_pool6_policy),
	[NAT64_A_POOL4] = NLA_POLICY_NESTED(nat64_pool4_policy),
	[NAT64_A_BIB] = NLA_POLICY_NESTED(nat64_bib_policy),
	[NAT64_A_CONFIG] = NLA_POLICY_NESTED(nat64_config_policy),
	[NAT64_A_FORCE] = { .type = NLA_FLAG },
	[NAT64_A_CHECK] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_trace[NAT64_A_MAX + 1] = {
	[NAT64_A_TRACE] = NLA_POLICY_NESTED(nat64_trace_policy),
};

const struct nla_policy nat64_filter_policy[NAT64_FILTER_A_MAX + 1] = {
	[NAT64_FILTER_A_PROTO] = { .type = NLA_U8 },
	[NAT64_FILTER_A_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_FILTER_A_LEN6] = NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_FILTER_A_ADDR4] = { .type = NLA_BE32, .len = sizeof(__be32) },
	[NAT64_FILTER_A_LEN4] = NLA_POLICY_MAX(NLA_U8, 32),
	[NAT64_FILTER_A_PORT] = { .type = NLA_BE16, .len = sizeof(__be16) },
	[NAT64_FILTER_A_STATE] = NLA_POLICY_RANGE(NLA_U8, NAT64_STATE_V4_INIT,
						  NAT64_STATE_MAX),
	[NAT64_FILTER_A_STATIC] = { .type = NLA_FLAG },
};

#define NAT64_OP_DO(op, attrs, func) {			\
	.cmd = NAT64_CMD_##op,				\
	.flags = GENL_UNS_ADMIN_PERM,			\
	.policy = attrs,				\
	.maxattr = NAT64_A_MAX,				\
	.doit = func,					\
}

#define NAT64_OP_READ(op, attrs, func) {		\
	.cmd = NAT64_CMD_##op,				\
	.policy = attrs,				\
	.maxattr = NAT64_A_MAX,				\
	.doit = func,					\
}

#define NAT64_OP_DUMP(op, attrs, func) {		\
	.cmd = NAT64_CMD_##op,				\
	.policy = attrs,				\
	.maxattr = NAT64_A_MAX,				\
	.dumpit = func,					\
}

#define NAT64_OP_DUMP_ADMIN(op, attrs, func) {		\
	.cmd = NAT64_CMD_##op,				\
	.flags = GENL_UNS_ADMIN_PERM,			\
	.policy = attrs,				\
	.maxattr = NAT64_A_MAX,				\
	.dumpit = func,					\
}

static const struct genl_ops ops[] = {
	NAT64_OP_DO(INSTANCE_ADD, policy_instance_add, nat64_nl_instance_add),
	NAT64_OP_DO(INSTANCE_DEL, policy_instance, nat64_nl_instance_del),
	NAT64_OP_DO(INSTANCE_FLUSH, policy_instance, nat64_nl_instance_flush),
	NAT64_OP_DUMP(INSTANCE_GET, policy_instance, nat64_nl_instance_dump),
	NAT64_OP_DO(POOL6_ADD, policy_pool6_add, nat64_nl_pool6_add),
	NAT64_OP_DO(POOL6_DEL, policy_pool6, nat64_nl_pool6_del),
	NAT64_OP_DUMP(POOL6_GET, policy_instance, nat64_nl_pool6_dump),
	NAT64_OP_DO(POOL4_ADD, policy_pool4_add, nat64_nl_pool4_add),
	NAT64_OP_DO(POOL4_DEL, policy_pool4, nat64_nl_pool4_del),
	NAT64_OP_DO(POOL4_FLUSH, policy_instance, nat64_nl_pool4_flush),
	NAT64_OP_DUMP(POOL4_GET, policy_usage, nat64_nl_pool4_dump),
	NAT64_OP_DO(BIB_ADD, policy_bib_add, nat64_nl_bib_add),
	NAT64_OP_DO(BIB_DEL, policy_bib, nat64_nl_bib_del),
	NAT64_OP_DUMP_ADMIN(BIB_GET, policy_filter, nat64_nl_bib_dump),
	NAT64_OP_DO(SESSION_FLUSH, policy_filter, nat64_nl_session_flush),
	NAT64_OP_DUMP_ADMIN(SESSION_GET, policy_filter, nat64_nl_session_dump),
	NAT64_OP_DO(SESSION_COUNT, policy_filter, nat64_nl_session_count),
	NAT64_OP_DO(CONFIG_SET, policy_config, nat64_nl_config_set),
	NAT64_OP_READ(CONFIG_GET, policy_instance, nat64_nl_config_get),
	NAT64_OP_DUMP(STATS_GET, policy_instance, nat64_nl_stats_dump),
	NAT64_OP_DO(INSTANCE_REPLACE, policy_replace, nat64_nl_instance_replace),
	NAT64_OP_DO(TRACE, policy_trace, nat64_nl_trace),
	NAT64_OP_DO(BIB_COUNT, policy_filter, nat64_nl_bib_count),
	NAT64_OP_DO(INSTANCE_CHECK, policy_instance, nat64_nl_instance_check),
};

struct genl_family nat64_family __ro_after_init = {
	.name = NAT64_GENL_NAME,
	.version = NAT64_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = nat64_mcgrps,
	.n_mcgrps = ARRAY_SIZE(nat64_mcgrps),
};

/**
 * nat64_nl_refuse - refuse a request in words
 * @extack: where the words go
 * @attr: the attribute that is to blame, or NULL
 * @why: a sentence that stays valid
 * @err: negative errno
 *
 * Return: @err.
 */
int nat64_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		    const char *why, int err)
{
	if (extack) {
		extack->_msg = why;
		extack->bad_attr = attr;
	}
	return err;
}

/**
 * nat64_nl_name - name what a refusal or a warning speaks of
 * @extack: where to: NLMSGERR_ATTR_COOKIE
 * @addr: an IPv6 address
 * @more: its prefix length (u8), its port (__be16), or NULL
 * @size: bytes of @more, which tell what it is
 *
 * Words cannot: they have to stay valid.
 */
void nat64_nl_name(struct netlink_ext_ack *extack, const struct in6_addr *addr,
		   const void *more, size_t size)
{
	BUILD_BUG_ON(sizeof(extack->cookie) < sizeof(*addr) + sizeof(__be16));
	if (!extack)
		return;
	memcpy(extack->cookie, addr, sizeof(*addr));
	if (size)
		memcpy(extack->cookie + sizeof(*addr), more, size);
	extack->cookie_len = sizeof(*addr) + size;
}

/**
 * nat64_nl_lacks - refuse a request because it is not complete
 * @extack: where the words go
 * @nest: the attribute that lacks another inside; NULL: the request itself does
 * @type: type of the attribute that is not there
 * @why: a sentence that stays valid
 *
 * Return: -EINVAL.
 */
int nat64_nl_lacks(struct netlink_ext_ack *extack, const struct nlattr *nest,
		   u16 type, const char *why)
{
	NL_SET_ERR_ATTR_MISS(extack, nest, type);
	return nat64_nl_refuse(extack, nest, why, -EINVAL);
}

/**
 * nat64_nl_present - answer a request to add what is there already
 * @info: the request
 * @attr: the attribute that names it
 * @why: a sentence that stays valid
 *
 * That is no mistake, unless NAT64_A_EXCL asks for something new.
 *
 * Return: 0 or -EEXIST.
 */
int nat64_nl_present(struct genl_info *info, const struct nlattr *attr,
		     const char *why)
{
	if (!info->attrs[NAT64_A_EXCL])
		return 0;
	return nat64_nl_refuse(info->extack, attr, why, -EEXIST);
}

/**
 * nat64_nl_lock - lock the instances and find the one a request names
 * @info: the request
 *
 * Return: the instance, locked until nat64_nl_unlock(); or an ERR_PTR, nothing
 * locked.
 */
struct nat64_instance *nat64_nl_lock(struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nlattr *name = info->attrs[NAT64_A_INSTANCE];
	struct nat64_instance *inst;

	if (!name)
		return ERR_PTR(nat64_nl_lacks(info->extack, NULL,
					      NAT64_A_INSTANCE,
					      "the request names no instance"));
	mutex_lock(&nn->mutex);
	inst = nat64_instance_find(nn, nla_data(name));
	if (inst)
		return inst;
	mutex_unlock(&nn->mutex);
	return ERR_PTR(nat64_nl_refuse(info->extack, name,
				       "there is no instance of this name: see 'instance show'",
				       -ENOENT));
}

/**
 * nat64_nl_unlock - undo nat64_nl_lock()
 * @info: the request
 */
void nat64_nl_unlock(struct genl_info *info)
{
	mutex_unlock(&nat64_net(genl_info_net(info))->mutex);
}

/* The instance a dump is at; NULL at the end. */
static struct nat64_instance *nat64_nl_next(struct netlink_callback *cb,
					    struct nat64_net *nn)
{
	const struct nlattr *name = nat64_dump_attrs(cb)[NAT64_A_INSTANCE];
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	struct nat64_instance *inst;
	unsigned int i = 0;

	if (name && !nat64_instance_find(nn, nla_data(name)))
		return ERR_PTR(nat64_nl_refuse(cb->extack, name,
					       "there is no instance of this name: see 'instance show'",
					       -ENOENT));
	list_for_each_entry(inst, &nn->instances, node) {
		if (i++ < dump->instance)
			continue;
		if (!name || !strcmp(inst->name, nla_data(name)))
			return inst;
		dump->instance++;
	}
	return NULL;
}

/**
 * nat64_nl_dump - dump something of one or all instances
 * @skb: where to put messages
 * @cb: the dump
 * @fill: puts the messages of an instance, from where the dump is; returns
 *	-EMSGSIZE if there is no room for more
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		  int (*fill)(struct sk_buff *skb, struct netlink_callback *cb,
			      struct nat64_instance *inst))
{
	struct nat64_net *nn = nat64_net(sock_net(skb->sk));
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	struct nat64_instance *inst;
	int err = 0;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	mutex_lock(&nn->mutex);
	cb->seq = nn->generation;
	while (!IS_ERR_OR_NULL(inst = nat64_nl_next(cb, nn))) {
		err = fill(skb, cb, inst);
		if (err)
			break;
		dump->instance++;
	}
	mutex_unlock(&nn->mutex);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	return err && err != -EMSGSIZE ? err : skb->len;
}

/**
 * nat64_nl_put - begin a message of a dump
 * @skb: where to put it
 * @cb: the dump
 * @cmd: command
 * @inst: the instance that it is about
 *
 * Return: its header for genlmsg_end(), or NULL if there is no room.
 */
void *nat64_nl_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		   const struct nat64_instance *inst)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &nat64_family, NLM_F_MULTI,
				cmd);

	if (!hdr)
		return NULL;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_string(skb, NAT64_A_INSTANCE, inst->name)) {
		genlmsg_cancel(skb, hdr);
		return NULL;
	}
	return hdr;
}

/**
 * nat64_nl_reply - begin the answer to a request
 * @info: the request
 * @cmd: command
 * @inst: the instance that it is about
 * @size: room for attributes, in bytes
 * @hdr: where to put its header for genlmsg_end()
 *
 * Return: the message, which the caller sends or frees, or NULL.
 */
struct sk_buff *nat64_nl_reply(struct genl_info *info, u8 cmd,
			       const struct nat64_instance *inst, size_t size,
			       void **hdr)
{
	struct sk_buff *msg;

	msg = genlmsg_new(size + nla_total_size(NAT64_NAME_MAX + 1),
			  GFP_KERNEL);
	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &nat64_family, 0, cmd);
	if (*hdr && !nla_put_string(msg, NAT64_A_INSTANCE, inst->name))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/**
 * nat64_nl_put_counts - say how full the tables of an instance are
 * @skb: the message
 * @inst: the instance
 *
 * Return: 0 or -EMSGSIZE.
 */
int nat64_nl_put_counts(struct sk_buff *skb, struct nat64_instance *inst)
{
	if (nla_put_u64_64bit(skb, NAT64_A_BIB_COUNT,
			      percpu_counter_sum_positive(&inst->n_bibs),
			      NAT64_A_PAD) ||
	    nla_put_u64_64bit(skb, NAT64_A_SESSION_COUNT,
			      percpu_counter_sum_positive(&inst->n_sessions),
			      NAT64_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * nat64_nl_get_proto - the protocol of a number
 * @number: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 *
 * Return: enum nat64_proto, or -1.
 */
int nat64_nl_get_proto(u8 number)
{
	int proto;

	for (proto = 0; proto < NAT64_PROTOS; proto++)
		if (nat64_proto_number(proto) == number)
			return proto;
	return -1;
}

/**
 * nat64_nl_number - answer a request with a number
 * @info: the request
 * @inst: the instance that it is about
 * @type: attribute that the number goes into
 * @n: the number
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_number(struct genl_info *info, const struct nat64_instance *inst,
		    int type, u64 n)
{
	struct sk_buff *msg;
	void *hdr;

	msg = nat64_nl_reply(info, info->genlhdr->cmd, inst,
			     nla_total_size_64bit(sizeof(n)), &hdr);
	if (!msg)
		return -ENOMEM;
	if (nla_put_u64_64bit(msg, type, n, NAT64_A_PAD)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/**
 * nat64_nl_get_filter - the filter of a request
 * @attrs: attributes of the request
 * @of_sessions: it is about sessions; false: about BIB entries
 * @filter: where to put it; matches everything if there is none
 * @extack: where a refusal is explained
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_get_filter(struct nlattr **attrs, bool of_sessions,
			struct nat64_filter *filter,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_FILTER_A_MAX + 1] = {};
	int err, proto, len4 = 32;

	memset(filter, 0, sizeof(*filter));
	if (!attrs[NAT64_A_FILTER])
		return 0;
	err = nla_parse_nested(tb, NAT64_FILTER_A_MAX, attrs[NAT64_A_FILTER],
			       nat64_filter_policy, extack);
	if (err)
		return err;
	/* A flush must not end more than was meant. */
	if (of_sessions && tb[NAT64_FILTER_A_STATIC])
		return nat64_nl_refuse(extack, tb[NAT64_FILTER_A_STATIC],
				       "sessions are not static: only BIB entries can be chosen by that",
				       -EINVAL);
	if (!of_sessions && tb[NAT64_FILTER_A_STATE])
		return nat64_nl_refuse(extack, tb[NAT64_FILTER_A_STATE],
				       "BIB entries have no state: only sessions can be chosen by it",
				       -EINVAL);

	if (tb[NAT64_FILTER_A_PROTO]) {
		proto = nat64_nl_get_proto(nla_get_u8(tb[NAT64_FILTER_A_PROTO]));
		if (proto < 0)
			return nat64_nl_refuse(extack, tb[NAT64_FILTER_A_PROTO],
					       "the protocol must be tcp, udp or icmp",
					       -EINVAL);
		filter->proto = proto;
		filter->has_proto = true;
	}
	filter->has_addr6 = tb[NAT64_FILTER_A_ADDR6];
	if (filter->has_addr6)
		filter->addr6 = nla_get_in6_addr(tb[NAT64_FILTER_A_ADDR6]);
	filter->len6 = 128;
	if (tb[NAT64_FILTER_A_LEN6])
		filter->len6 = nla_get_u8(tb[NAT64_FILTER_A_LEN6]);
	filter->has_addr4 = tb[NAT64_FILTER_A_ADDR4];
	if (filter->has_addr4)
		filter->addr4 = nla_get_in_addr(tb[NAT64_FILTER_A_ADDR4]);
	if (tb[NAT64_FILTER_A_LEN4])
		len4 = nla_get_u8(tb[NAT64_FILTER_A_LEN4]);
	filter->mask4 = len4 ? htonl(~0U << (32 - len4)) : 0;
	filter->has_port = tb[NAT64_FILTER_A_PORT];
	if (filter->has_port)
		filter->port = nla_get_be16(tb[NAT64_FILTER_A_PORT]);
	filter->is_static = tb[NAT64_FILTER_A_STATIC];
	filter->has_state = tb[NAT64_FILTER_A_STATE];
	if (filter->has_state)
		filter->state = nla_get_u8(tb[NAT64_FILTER_A_STATE]);
	return 0;
}

/**
 * nat64_netlink_init - open the interface
 *
 * Return: 0 or a negative errno.
 */
int nat64_netlink_init(void)
{
	return genl_register_family(&nat64_family);
}

/**
 * nat64_netlink_exit - close the interface; no request is on its way after it
 */
void nat64_netlink_exit(void)
{
	genl_unregister_family(&nat64_family);
}
