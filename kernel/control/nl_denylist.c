// SPDX-License-Identifier: GPL-2.0
/* nl_denylist.c - the object "denylist" */
#include "control/nl.h"

#include "control/userns.h"

const struct nla_policy nat64_prefix4_policy[NAT64_PREFIX4_A_MAX + 1] = {
	[NAT64_PREFIX4_A_ADDR] = { .type = NLA_BE32, .len = sizeof(__be32) },
	[NAT64_PREFIX4_A_LEN] = { .type = NLA_U8 },
};

static int nat64_nl_get_denied(const struct nlattr *attr, __be32 *addr, u8 *len,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PREFIX4_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_PREFIX4_A_MAX, attr,
			       nat64_prefix4_policy, extack);
	if (err)
		return err;
	if (!tb[NAT64_PREFIX4_A_ADDR])
		return nat64_nl_lacks(extack, attr, NAT64_PREFIX4_A_ADDR,
				      "a denylist prefix needs an address");
	*addr = nla_get_in_addr(tb[NAT64_PREFIX4_A_ADDR]);
	*len = tb[NAT64_PREFIX4_A_LEN] ? nla_get_u8(tb[NAT64_PREFIX4_A_LEN]) :
					 32;
	if (*len > 32)
		return nat64_nl_refuse(extack, attr,
				       "the length of an IPv4 prefix is 0 to 32",
				       -EINVAL);
	if (ntohl(*addr) & (u32)(0xffffffffULL >> *len))
		return nat64_nl_refuse(extack, attr,
				       "the IPv4 prefix has bits set after its length: set them to zero",
				       -EINVAL);
	return 0;
}

static int nat64_nl_put_denied(struct sk_buff *skb,
			       const struct nat64_denied *denied)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_DENYLIST);
	const struct nat64_lpm_key *key = &denied->node.key;

	if (!nest || nla_put_in_addr(skb, NAT64_PREFIX4_A_ADDR,
				     key->addr.s6_addr32[0]) ||
	    nla_put_u8(skb, NAT64_PREFIX4_A_LEN, key->len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nat64_nl_add_denied - add a prefix to a denylist
 * @info: the request
 * @eamt: the tables
 * @attr: NAT64_A_DENYLIST
 * @added: set to whether it was not there
 *
 * Context: process; with nat64_net.mutex held, if an instance has the tables.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_add_denied(struct genl_info *info, struct nat64_eamt *eamt,
			const struct nlattr *attr, bool *added)
{
	__be32 addr;
	int err;
	u8 len;

	*added = false;
	err = nat64_nl_get_denied(attr, &addr, &len, info->extack);
	if (err)
		return err;
	if (nat64_denylist_exact(eamt, addr, len))
		return nat64_nl_present(info, attr,
					"the denylist has the prefix already");
	if (eamt->n_denied >= nat64_userns_limit(genl_info_net(info),
						 NAT64_DENYLIST_MAX,
						 NAT64_USERNS_EAM_MAX))
		return nat64_nl_refuse(info->extack, attr,
				       "the denylist has as many prefixes as it can hold",
				       -ENOSPC);
	*added = true;
	return nat64_denylist_add(eamt, addr, len);
}

/**
 * nat64_nl_notify_denied - notify of a change of a denylist
 * @inst: the instance
 * @cmd: NAT64_CMD_DENYLIST_ADD_NTF or NAT64_CMD_DENYLIST_DEL_NTF
 * @denied: the prefix
 *
 * Context: process, with nat64_net.mutex held.
 */
void nat64_nl_notify_denied(const struct nat64_instance *inst, u8 cmd,
			    const struct nat64_denied *denied)
{
	struct sk_buff *skb;
	void *hdr;

	if (!nat64_nl_listens(inst, NAT64_NL_DENYLIST))
		return;
	skb = nat64_nl_event_new(inst, cmd, &hdr);
	if (skb)
		nat64_nl_event_send(inst, NAT64_NL_DENYLIST, skb, hdr,
				    nat64_nl_put_denied(skb, denied));
}

static struct nat64_denied *nat64_nl_find_denied(struct nat64_eamt *eamt,
						 const struct nlattr *attr)
{
	__be32 addr;
	u8 len;

	return nat64_nl_get_denied(attr, &addr, &len, NULL) ? NULL :
	       nat64_denylist_exact(eamt, addr, len);
}

/*
 * Finish adding the prefixes of a request: they are notified, or removed again if
 * it fails. The n-th bit of @added says that the n-th is new.
 */
static void nat64_nl_finish_denied(struct genl_info *info,
				   struct nat64_instance *inst,
				   const unsigned long *added, unsigned int n,
				   int err)
{
	struct nat64_eamt *eamt = nat64_nl_eamt(inst);
	struct nat64_denied *denied;
	const struct nlattr *attr;
	unsigned int i = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAT64_A_DENYLIST || i == n ||
		    !test_bit(i++, added))
			continue;
		denied = nat64_nl_find_denied(eamt, attr);
		if (denied && err)
			nat64_denylist_del(eamt, denied);
		else if (denied)
			nat64_nl_notify_denied(inst,
					       NAT64_CMD_DENYLIST_ADD_NTF,
					       denied);
	}
}

/**
 * nat64_nl_denylist_add - NAT64_CMD_DENYLIST_ADD
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_denylist_add(struct sk_buff *skb, struct genl_info *info)
{
	DECLARE_BITMAP(added, NAT64_DENYLIST_MAX) = {};
	struct nat64_instance *inst;
	const struct nlattr *attr;
	unsigned int n = 0;
	int err = 0, rem;
	bool new;

	if (!info->attrs[NAT64_A_DENYLIST])
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_DENYLIST,
				      "the request names no prefix");
	inst = nat64_nl_lock_siit(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAT64_A_DENYLIST)
			continue;
		err = n < NAT64_DENYLIST_MAX ?
		      nat64_nl_add_denied(info, nat64_nl_eamt(inst), attr,
					  &new) :
		      nat64_nl_refuse(info->extack, attr,
				      "the denylist has as many prefixes as it can hold",
				      -ENOSPC);
		if (err)
			break;
		__assign_bit(n++, added, new);
	}
	nat64_nl_finish_denied(info, inst, added, n, err);
	nat64_net(inst->net)->generation++;
	nat64_nl_unlock(info);
	return err;
}

/**
 * nat64_nl_denylist_del - NAT64_CMD_DENYLIST_DEL
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_denylist_del(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[NAT64_A_DENYLIST];
	struct nat64_instance *inst;
	struct nat64_denied *denied;
	__be32 addr;
	int err;
	u8 len;

	if (!attr)
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_DENYLIST,
				      "the request names no prefix");
	err = nat64_nl_get_denied(attr, &addr, &len, info->extack);
	if (err)
		return err;
	inst = nat64_nl_lock_siit(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	denied = nat64_denylist_exact(nat64_nl_eamt(inst), addr, len);
	if (denied) {
		nat64_nl_notify_denied(inst, NAT64_CMD_DENYLIST_DEL_NTF,
				       denied);
		nat64_denylist_del(nat64_nl_eamt(inst), denied);
		nat64_net(inst->net)->generation++;
	} else {
		err = nat64_nl_refuse(info->extack, attr,
				      "the denylist has no such prefix: see 'denylist show'",
				      -ENOENT);
	}
	nat64_nl_unlock(info);
	return err;
}

/**
 * nat64_nl_denylist_flush - NAT64_CMD_DENYLIST_FLUSH
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_denylist_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst = nat64_nl_lock_siit(info);
	struct nat64_denied *denied;
	struct nat64_eamt *eamt;
	unsigned long index;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	eamt = nat64_nl_eamt(inst);
	xa_for_each(&eamt->denylist, index, denied) {
		nat64_nl_notify_denied(inst, NAT64_CMD_DENYLIST_DEL_NTF,
				       denied);
		nat64_denylist_del(eamt, denied);
	}
	nat64_net(inst->net)->generation++;
	nat64_nl_unlock(info);
	return 0;
}

static int nat64_nl_denylist_fill(struct sk_buff *skb,
				  struct netlink_callback *cb,
				  struct nat64_instance *inst)
{
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	struct nat64_eamt *eamt = nat64_nl_eamt(inst);
	struct nat64_denied *denied;
	unsigned long index;
	void *hdr;

	if (!eamt)
		return 0;
	xa_for_each_start(&eamt->denylist, index, denied, dump->item) {
		dump->item = index;
		hdr = nat64_nl_put(skb, cb, NAT64_CMD_DENYLIST_GET, inst);
		if (!hdr)
			return -EMSGSIZE;
		if (nat64_nl_put_denied(skb, denied)) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	dump->item = 0;
	return 0;
}

/**
 * nat64_nl_denylist_dump - NAT64_CMD_DENYLIST_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_denylist_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_dump(skb, cb, nat64_nl_denylist_fill);
}
