// SPDX-License-Identifier: GPL-2.0
/* nl_eam.c - the object "eam" */
#include "control/nl.h"

#include "control/userns.h"

const struct nla_policy nat64_eam_policy[NAT64_EAM_A_MAX + 1] = {
	[NAT64_EAM_A_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_EAM_A_LEN6] = { .type = NLA_U8 },
	[NAT64_EAM_A_ADDR4] = { .type = NLA_BE32, .len = sizeof(__be32) },
	[NAT64_EAM_A_LEN4] = { .type = NLA_U8 },
};

/* Read an entry; @has6 and @has4 are set to whether it has that side. */
static int nat64_nl_parse_eam(const struct nlattr *attr, struct nat64_eam *eam,
			      bool *has6, bool *has4,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_EAM_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_EAM_A_MAX, attr, nat64_eam_policy,
			       extack);
	if (err)
		return err;
	memset(eam, 0, sizeof(*eam));
	*has6 = tb[NAT64_EAM_A_ADDR6];
	*has4 = tb[NAT64_EAM_A_ADDR4];
	if (*has6)
		eam->addr6 = nla_get_in6_addr(tb[NAT64_EAM_A_ADDR6]);
	if (*has4)
		eam->addr4 = nla_get_in_addr(tb[NAT64_EAM_A_ADDR4]);
	eam->len6 = tb[NAT64_EAM_A_LEN6] ? nla_get_u8(tb[NAT64_EAM_A_LEN6]) :
					   128;
	eam->len4 = tb[NAT64_EAM_A_LEN4] ? nla_get_u8(tb[NAT64_EAM_A_LEN4]) :
					   32;
	return 0;
}

static int nat64_nl_get_eam(const struct nlattr *attr, struct nat64_eam *eam,
			    struct netlink_ext_ack *extack)
{
	bool has6, has4;
	const char *why;
	int err;

	err = nat64_nl_parse_eam(attr, eam, &has6, &has4, extack);
	if (err)
		return err;
	if (!has6 || !has4)
		return nat64_nl_lacks(extack, attr, has6 ? NAT64_EAM_A_ADDR4 :
							   NAT64_EAM_A_ADDR6,
				      "an EAM entry needs an IPv6 and an IPv4 prefix");
	why = nat64_eam_check(eam);
	return why ? nat64_nl_refuse(extack, attr, why, -EINVAL) : 0;
}

/**
 * nat64_nl_put_eam - write an EAM entry
 * @skb: the message, which stays the caller's
 * @type: the attribute, a nest of enum nat64_eam_attr
 * @eam: the entry
 *
 * Context: any.
 *
 * Return: 0 or -EMSGSIZE.
 */
int nat64_nl_put_eam(struct sk_buff *skb, int type, const struct nat64_eam *eam)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest || nla_put_in6_addr(skb, NAT64_EAM_A_ADDR6, &eam->addr6) ||
	    nla_put_u8(skb, NAT64_EAM_A_LEN6, eam->len6) ||
	    nla_put_in_addr(skb, NAT64_EAM_A_ADDR4, eam->addr4) ||
	    nla_put_u8(skb, NAT64_EAM_A_LEN4, eam->len4))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nat64_nl_notify_eam - notify of a change of EAM entries
 * @inst: the instance
 * @cmd: NAT64_CMD_EAM_ADD_NTF or NAT64_CMD_EAM_DEL_NTF
 * @eam: the entry
 *
 * Context: process, with nat64_net.mutex held.
 */
void nat64_nl_notify_eam(const struct nat64_instance *inst, u8 cmd,
			 const struct nat64_eam *eam)
{
	struct sk_buff *skb;
	void *hdr;

	if (!nat64_nl_listens(inst, NAT64_NL_EAM))
		return;
	skb = nat64_nl_event_new(inst, cmd, &hdr);
	if (skb)
		nat64_nl_event_send(inst, NAT64_NL_EAM, skb, hdr,
				    nat64_nl_put_eam(skb, NAT64_A_EAM, eam));
}

static bool nat64_nl_same_eam(const struct nat64_eam_entry *entry,
			      const struct nat64_eam *eam)
{
	return entry->eam.len6 == eam->len6 && entry->eam.len4 == eam->len4 &&
	       entry->eam.addr4 == eam->addr4 &&
	       ipv6_addr_equal(&entry->eam.addr6, &eam->addr6);
}

/*
 * Add an entry; @added is set if it was not there. A prefix belongs to one entry,
 * but may contain those of others (RFC 7757 s5).
 */
static int nat64_nl_add_eam(struct genl_info *info, struct nat64_eamt *eamt,
			    const struct nlattr *attr, bool *added)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nat64_eam_entry *by6, *by4;
	struct nat64_eam eam;
	int err;

	*added = false;
	err = nat64_nl_get_eam(attr, &eam, extack);
	if (err)
		return err;
	by6 = nat64_eam_exact6(eamt, &eam.addr6, eam.len6);
	by4 = nat64_eam_exact4(eamt, eam.addr4, eam.len4);
	if (by6 && nat64_nl_same_eam(by6, &eam))
		return nat64_nl_present(info, attr,
					"the EAM entry is there already");
	if (by6)
		return nat64_nl_refuse(extack, attr,
				       "the IPv6 prefix has another EAM entry already: delete that first",
				       -EEXIST);
	if (by4)
		return nat64_nl_refuse(extack, attr,
				       "the IPv4 prefix has another EAM entry already: delete that first",
				       -EEXIST);
	if (eamt->n_entries >= nat64_userns_limit(genl_info_net(info),
						  NAT64_EAM_MAX,
						  NAT64_USERNS_EAM_MAX))
		return nat64_nl_refuse(extack, attr,
				       "the instance has as many EAM entries as it can hold",
				       -ENOSPC);
	*added = true;
	return nat64_eam_add(eamt, &eam);
}

/**
 * nat64_nl_get_eamt - read every NAT64_A_EAM and NAT64_A_DENYLIST of a request
 * @info: the request
 * @eamt: where to put them, empty
 *
 * Context: process; with nat64_net.mutex held, if an instance has the tables.
 *
 * Return: 0, or a negative errno, and @eamt has some of them.
 */
int nat64_nl_get_eamt(struct genl_info *info, struct nat64_eamt *eamt)
{
	const struct nlattr *attr;
	int err = 0, rem;
	bool added;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == NAT64_A_EAM)
			err = nat64_nl_add_eam(info, eamt, attr, &added);
		else if (nla_type(attr) == NAT64_A_DENYLIST)
			err = nat64_nl_add_denied(info, eamt, attr, &added);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/* Find the entry of an attribute that has been read once. */
static struct nat64_eam_entry *nat64_nl_find_eam(struct nat64_eamt *eamt,
						 const struct nlattr *attr)
{
	struct nat64_eam eam;

	return nat64_nl_get_eam(attr, &eam, NULL) ? NULL :
	       nat64_eam_exact6(eamt, &eam.addr6, eam.len6);
}

/*
 * Finish adding the entries of a request up to @end: they are notified, or removed
 * again if the request fails. The n-th bit of @added says that the n-th is new.
 */
static void nat64_nl_finish_eam(struct genl_info *info,
				struct nat64_instance *inst,
				struct nat64_eamt *eamt,
				const unsigned long *added,
				const struct nlattr *end, int err)
{
	struct nat64_eam_entry *entry;
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (attr == end)
			return;
		if (nla_type(attr) != NAT64_A_EAM || !test_bit(n++, added))
			continue;
		entry = nat64_nl_find_eam(eamt, attr);
		if (!entry)
			continue;
		if (err)
			nat64_eam_del(eamt, entry);
		else
			nat64_nl_notify_eam(inst, NAT64_CMD_EAM_ADD_NTF,
					    &entry->eam);
		cond_resched();
	}
}

static int nat64_nl_add_eams(struct genl_info *info,
			     struct nat64_instance *inst, unsigned long *added)
{
	struct nat64_eamt *eamt = nat64_nl_eamt(inst);
	const struct nlattr *attr, *end = NULL;
	unsigned int n = 0;
	int err = 0, rem;
	bool new;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAT64_A_EAM)
			continue;
		err = nat64_nl_add_eam(info, eamt, attr, &new);
		if (err) {
			end = attr;
			break;
		}
		__assign_bit(n++, added, new);
		cond_resched();
	}
	nat64_nl_finish_eam(info, inst, eamt, added, end, err);
	nat64_net(inst->net)->generation++;
	return err;
}

/**
 * nat64_nl_eam_add - NAT64_CMD_EAM_ADD
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_eam_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst;
	const struct nlattr *attr;
	unsigned long *added;
	unsigned int n = 0;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == NAT64_A_EAM;
	if (!n)
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_EAM,
				      "the request names no EAM entry");
	added = kvcalloc(BITS_TO_LONGS(n), sizeof(long), GFP_KERNEL_ACCOUNT);
	if (!added)
		return -ENOMEM;
	inst = nat64_nl_lock_siit(info);
	if (IS_ERR(inst)) {
		err = PTR_ERR(inst);
	} else {
		err = nat64_nl_add_eams(info, inst, added);
		nat64_nl_unlock(info);
	}
	kvfree(added);
	return err;
}

/* Find the entry that a request to delete one means. */
static struct nat64_eam_entry *nat64_nl_which_eam(struct nat64_eamt *eamt,
						  const struct nat64_eam *eam,
						  bool has6, bool has4)
{
	struct nat64_eam_entry *entry;

	entry = has6 ? nat64_eam_exact6(eamt, &eam->addr6, eam->len6) :
		       nat64_eam_exact4(eamt, eam->addr4, eam->len4);
	if (entry && has6 && has4 && !nat64_nl_same_eam(entry, eam))
		return NULL;
	return entry;
}

/**
 * nat64_nl_eam_del - NAT64_CMD_EAM_DEL
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_eam_del(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[NAT64_A_EAM];
	struct nat64_eam_entry *entry;
	struct nat64_instance *inst;
	struct nat64_eam eam;
	bool has6, has4;
	int err;

	if (!attr)
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_EAM,
				      "the request names no EAM entry");
	err = nat64_nl_parse_eam(attr, &eam, &has6, &has4, info->extack);
	if (err)
		return err;
	if ((!has6 && !has4) || eam.len6 > 128 || eam.len4 > 32)
		return nat64_nl_refuse(info->extack, attr,
				       "name the EAM entry by its IPv6 or its IPv4 prefix",
				       -EINVAL);
	inst = nat64_nl_lock_siit(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	entry = nat64_nl_which_eam(nat64_nl_eamt(inst), &eam, has6, has4);
	if (entry) {
		nat64_nl_notify_eam(inst, NAT64_CMD_EAM_DEL_NTF, &entry->eam);
		nat64_eam_del(nat64_nl_eamt(inst), entry);
		nat64_net(inst->net)->generation++;
	} else {
		err = nat64_nl_refuse(info->extack, attr,
				      "there is no such EAM entry: see 'eam show'",
				      -ENOENT);
	}
	nat64_nl_unlock(info);
	return err;
}

/**
 * nat64_nl_eam_flush - NAT64_CMD_EAM_FLUSH
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_eam_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst = nat64_nl_lock_siit(info);
	struct nat64_eam_entry *entry;
	struct nat64_eamt *eamt;
	unsigned long index;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	eamt = nat64_nl_eamt(inst);
	xa_for_each(&eamt->entries, index, entry) {
		nat64_nl_notify_eam(inst, NAT64_CMD_EAM_DEL_NTF, &entry->eam);
		nat64_eam_del(eamt, entry);
		cond_resched();
	}
	nat64_net(inst->net)->generation++;
	nat64_nl_unlock(info);
	return 0;
}

static int nat64_nl_eam_fill(struct sk_buff *skb, struct netlink_callback *cb,
			     struct nat64_instance *inst)
{
	struct nat64_dump *dump = (struct nat64_dump *)cb->ctx;
	struct nat64_eamt *eamt = nat64_nl_eamt(inst);
	struct nat64_eam_entry *entry;
	unsigned long index;
	void *hdr;

	if (!eamt)
		return 0;
	xa_for_each_start(&eamt->entries, index, entry, dump->item) {
		dump->item = index;
		hdr = nat64_nl_put(skb, cb, NAT64_CMD_EAM_GET, inst);
		if (!hdr)
			return -EMSGSIZE;
		if (nat64_nl_put_eam(skb, NAT64_A_EAM, &entry->eam)) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	dump->item = 0;
	return 0;
}

/**
 * nat64_nl_eam_dump - NAT64_CMD_EAM_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_eam_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_dump(skb, cb, nat64_nl_eam_fill);
}
