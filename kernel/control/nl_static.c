// SPDX-License-Identifier: GPL-2.0
/* nl_static.c - the static BIB entries of a request, all or none */
#include "control/nl.h"

#include "control/instance.h"
#include "control/overlap.h"
#include "control/static_set.h"
#include "control/userns.h"

/* Return NULL if an instance may have the entry, or say why not. */
static const char *nat64_nl_check_static(struct net *net,
					 const struct nat64_config *cfg,
					 const struct nat64_nl_bib *bib)
{
	int type = ipv6_addr_type(&bib->key.addr6);

	if (!bib->has6 || !bib->has4)
		return "a static BIB entry needs an IPv6 and an IPv4 transport address";
	if (!(type & IPV6_ADDR_UNICAST) ||
	    (type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK)))
		return "the IPv6 address of the BIB entry is not a unicast address";
	if (nat64_config_pool6(cfg, &bib->key.addr6) >= 0)
		return "the IPv6 address of the BIB entry is inside pool6";
	if (bib->key.proto != NAT64_ICMP && (!bib->key.port6 || !bib->port4))
		return "port 0 is reserved: ports of a BIB entry are 1 to 65535";
	if (nat64_instance_serves(net, cfg, bib->key.proto, bib->addr4,
				  bib->port4))
		return NULL;
	return cfg->pool4.n ?
		"the IPv4 side of the BIB entry is not in pool4: add it there first" :
		"the IPv4 side of the BIB entry is not local, or is in ip_local_port_range";
}

static u32 nat64_nl_most_static(const struct net *net)
{
	return nat64_userns_limit(net, NAT64_BIB_STATIC_MAX,
				  NAT64_USERNS_BIB_STATIC_MAX);
}

static int nat64_nl_too_many_static(struct genl_info *info,
				    const struct nlattr *attr)
{
	const char *why = "an instance holds 65536 static BIB entries at most";

	if (nat64_nl_most_static(genl_info_net(info)) < NAT64_BIB_STATIC_MAX)
		why = "in a user namespace, an instance holds 1024 static BIB entries at most";
	return nat64_nl_refuse(info->extack, attr, why, -EINVAL);
}

/* Add the entry of an attribute to the set. */
static int nat64_nl_add_static(struct genl_info *info,
			       const struct nat64_config *cfg,
			       struct nat64_static_set *set,
			       const struct nlattr *attr)
{
	struct nat64_static row = { .attr = attr };
	struct nat64_nl_bib bib;
	const char *why;
	int err;

	err = nat64_nl_get_bib(attr, &bib, info->extack);
	if (err)
		return err;
	row.key = bib.key;
	row.addr4 = bib.addr4;
	row.port4 = bib.port4;
	why = nat64_nl_check_static(genl_info_net(info), cfg, &bib);
	if (!why)
		why = nat64_static_set_add(set, &row);
	return why ? nat64_nl_refuse(info->extack, attr, why, -EINVAL) : 0;
}

/**
 * nat64_nl_get_static_set - read every NAT64_A_BIB of a request
 * @info: the request
 * @cfg: the configuration that allows the entries
 *
 * Context: process; with nat64_net.mutex held, if an instance has @cfg.
 *
 * Return: the entries, for nat64_static_set_free(), or an ERR_PTR.
 */
struct nat64_static_set *
nat64_nl_get_static_set(struct genl_info *info, const struct nat64_config *cfg)
{
	u32 most = nat64_nl_most_static(genl_info_net(info));
	struct nat64_static_set *set;
	const struct nlattr *attr;
	unsigned int n = 0;
	int err = 0, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		if (nla_type(attr) == NAT64_A_BIB && ++n > most)
			return ERR_PTR(nat64_nl_too_many_static(info, attr));
	set = nat64_static_set_alloc(n);
	if (!set)
		return ERR_PTR(-ENOMEM);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == NAT64_A_BIB)
			err = nat64_nl_add_static(info, cfg, set, attr);
		if (err)
			break;
		cond_resched();
	}
	if (!err)
		return set;
	nat64_static_set_free(set);
	return ERR_PTR(err);
}

/**
 * nat64_nl_prepare_static_set - prepare the entries, or say which cannot be had
 * @info: the request
 * @inst: the instance; its nat64_net is locked
 * @set: the entries
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: 0, or a negative errno, and nothing has changed.
 */
int nat64_nl_prepare_static_set(struct genl_info *info,
				struct nat64_instance *inst,
				struct nat64_static_set *set)
{
	const char *why = "there is no memory left for the BIB entry";
	const void *bad;
	int err = nat64_static_set_prepare(inst, set, &bad);

	switch (err) {
	case 0:
		return 0;
	case -EAGAIN:
		why = "packets keep taking a transport address of the BIB entry: try again";
		err = -EBUSY;
		break;
	case -EBUSY:
		why = "the IPv4 transport address is in use by another BIB entry";
		break;
	case -EEXIST:
		why = "the IPv6 transport address has another BIB entry already";
		err = -EBUSY;
		break;
	}
	return nat64_nl_refuse(info->extack, bad, why, err);
}

/* Entries start and end to be static only while nat64_net is locked. */
static bool nat64_nl_is_present(struct nat64_instance *inst,
				const struct nat64_static *row)
{
	struct nat64_bib *bib;
	bool present;

	rcu_read_lock();
	bib = nat64_bib_find6(inst, &row->key);
	present = bib && nat64_bib_is_static(bib) &&
		  bib->addr4 == row->addr4 && bib->port4 == row->port4;
	rcu_read_unlock();
	return present;
}

/*
 * Check what depends on which entries are static already, before any entry is
 * prepared: undoing that would give up the hold-down of their ports.
 */
static int nat64_nl_check_new(struct genl_info *info,
			      struct nat64_instance *inst,
			      const struct nat64_static_set *set)
{
	u32 n = inst->n_static, most = nat64_nl_most_static(inst->net);
	unsigned int i;
	int err = 0;

	for (i = 0; i < set->n && !err; i++) {
		const struct nat64_static *row = &set->row[i];

		if (nat64_nl_is_present(inst, row))
			err = nat64_nl_present(info, row->attr,
					       "the static BIB entry is there already");
		else if (++n > most)
			err = nat64_nl_too_many_static(info, row->attr);
		cond_resched();
	}
	return err;
}

static int nat64_nl_bib_add_set(struct genl_info *info,
				struct nat64_instance *inst,
				struct nat64_static_set *set)
{
	const struct nlattr *attr;
	const char *why;
	int err;

	why = nat64_overlap_static_set(nat64_net(inst->net), inst, set,
				       info->extack, &attr);
	if (why)
		return nat64_nl_refuse(info->extack, attr, why, -EINVAL);
	err = nat64_nl_check_new(info, inst, set);
	if (err)
		return err;
	set->displaces = false;
	err = nat64_nl_prepare_static_set(info, inst, set);
	if (!err)
		nat64_static_set_commit(inst, set);
	return err;
}

/**
 * nat64_nl_bib_add - NAT64_CMD_BIB_ADD
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_bib_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_static_set *set;
	struct nat64_instance *inst;
	int err;

	if (!info->attrs[NAT64_A_BIB])
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_BIB,
				      "the request names no BIB entry");
	inst = nat64_nl_lock_nat64(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	set = nat64_nl_get_static_set(info, nat64_instance_config(inst));
	err = IS_ERR(set) ? PTR_ERR(set) :
			    nat64_nl_bib_add_set(info, inst, set);
	nat64_nl_unlock(info);
	if (!IS_ERR(set))
		nat64_static_set_free(set);
	return err;
}
