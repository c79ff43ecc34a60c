// SPDX-License-Identifier: GPL-2.0
/* nl.c - the generic netlink family, and helpers of all its objects */
#include "control/nl.h"

#include "control/instance.h"

/* Its operations and groups are in netlink.c. */
struct genl_family nat64_family __ro_after_init = {
	.name = NAT64_GENL_NAME,
	.version = NAT64_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
};

/**
 * nat64_nl_refuse - refuse a request and say why
 * @extack: where to say it, or NULL
 * @attr: the attribute that is to blame, or NULL
 * @why: a sentence that stays valid
 * @err: negative errno
 *
 * Context: any.
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
 * nat64_nl_name - name the object of a refusal or a warning
 * @extack: where to name it (NLMSGERR_ATTR_COOKIE), or NULL
 * @addr: an IPv6 address
 * @more: its prefix length (u8), its port (__be16), or NULL
 * @size: size of @more in bytes, by which user space knows what it is
 *
 * The sentence cannot name it, as it has to stay valid. Kernels without room for
 * it (NAT64_ACK_NAMES) leave it out.
 *
 * Context: any.
 */
void nat64_nl_name(struct netlink_ext_ack *extack, const struct in6_addr *addr,
		   const void *more, size_t size)
{
	if (!extack || !NAT64_ACK_NAMES)
		return;
	memcpy(extack->cookie, addr, sizeof(*addr));
	if (size)
		memcpy(extack->cookie + sizeof(*addr), more, size);
	extack->cookie_len = sizeof(*addr) + size;
}

/**
 * nat64_nl_lacks - refuse a request that lacks an attribute
 * @extack: where to say it
 * @nest: the nest that lacks the attribute; NULL: the request itself does
 * @type: type of the attribute
 * @why: a sentence that stays valid
 *
 * Context: any.
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
 * nat64_nl_present - answer a request to add what exists
 * @info: the request
 * @attr: the attribute that names it
 * @why: a sentence that stays valid
 *
 * That is no error, unless NAT64_A_EXCL asks for something new.
 *
 * Context: any.
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
 * nat64_nl_lock - lock the instances and look up that of a request
 * @info: the request
 *
 * Context: process, without RTNL; takes nat64_net.mutex if it succeeds.
 *
 * Return: the instance, locked until nat64_nl_unlock(); or an ERR_PTR, with
 * nothing locked.
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

static struct nat64_instance *nat64_nl_lock_type(struct genl_info *info,
						 enum nat64_type type,
						 const char *why)
{
	struct nat64_instance *inst = nat64_nl_lock(info);

	if (IS_ERR(inst) || nat64_instance_config(inst)->type == type)
		return inst;
	nat64_nl_unlock(info);
	return ERR_PTR(nat64_nl_refuse(info->extack,
				       info->attrs[NAT64_A_INSTANCE], why,
				       -EOPNOTSUPP));
}

/**
 * nat64_nl_lock_nat64 - as nat64_nl_lock(), for what only a NAT64 has
 * @info: the request
 *
 * Context: process, without RTNL; takes nat64_net.mutex if it succeeds.
 *
 * Return: the instance, locked until nat64_nl_unlock(); or an ERR_PTR.
 */
struct nat64_instance *nat64_nl_lock_nat64(struct genl_info *info)
{
	return nat64_nl_lock_type(info, NAT64_TYPE_NAT64,
				  "the instance is stateless: it has neither pool4 nor BIB entries nor sessions");
}

/**
 * nat64_nl_lock_siit - as nat64_nl_lock(), for what only a stateless one has
 * @info: the request
 *
 * Context: process, without RTNL; takes nat64_net.mutex if it succeeds.
 *
 * Return: the instance, locked until nat64_nl_unlock(); or an ERR_PTR.
 */
struct nat64_instance *nat64_nl_lock_siit(struct genl_info *info)
{
	return nat64_nl_lock_type(info, NAT64_TYPE_SIIT,
				  "the instance is a stateful NAT64: only one of type siit has EAM entries and a denylist");
}

/**
 * nat64_nl_eamt - return the tables of a stateless translator
 * @inst: the instance; its nat64_net is locked
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: the tables; NULL for a NAT64.
 */
struct nat64_eamt *nat64_nl_eamt(struct nat64_instance *inst)
{
	return nat64_instance_config(inst)->eamt;
}

/**
 * nat64_nl_unlock - undo nat64_nl_lock()
 * @info: the request
 *
 * Context: process; releases nat64_net.mutex.
 */
void nat64_nl_unlock(struct genl_info *info)
{
	mutex_unlock(&nat64_net(genl_info_net(info))->mutex);
}

/* Return the instance that a dump is at; NULL at its end. */
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
 * nat64_nl_dump - dump one instance or all of them
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 * @fill: puts the messages of an instance, from the position of the dump on;
 *	returns -EMSGSIZE if there is no room for more
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
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
 * @skb: where to put it; it stays the caller's
 * @cb: the dump
 * @cmd: command
 * @inst: the instance that it is about
 *
 * Context: any.
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
 * Context: process; may sleep.
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
 * nat64_nl_put_counts - put the number of BIB entries and of sessions
 * @skb: the message, which stays the caller's
 * @inst: the instance
 *
 * Context: any.
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
 * nat64_nl_get_proto - convert an IP protocol number
 * @number: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_ICMP
 *
 * Context: any.
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
 * Context: process; may sleep.
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
