// SPDX-License-Identifier: GPL-2.0
/* nl_instance.c - the object "instance" */
#include "control/nl.h"

#include "control/instance.h"
#include "control/overlap.h"
#include "control/userns.h"
#include "path/path.h"

/* Read the pools of a request into a configuration with room for them. */
static int nat64_nl_instance_pools(struct genl_info *info,
				   struct nat64_config *cfg)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nat64_pool4_entry row;
	struct nat64_prefix6 prefix;
	const struct nlattr *attr;
	const char *why;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		why = NULL;
		if (nla_type(attr) == NAT64_A_POOL6) {
			err = nat64_nl_get_pool6(attr, &prefix, extack);
			if (err)
				return err;
			why = nat64_config_add_pool6(cfg, &prefix);
		} else if (nla_type(attr) == NAT64_A_POOL4) {
			err = nat64_nl_get_pool4(attr, &row, extack);
			if (err)
				return err;
			why = nat64_pool4_set_add(&cfg->pool4, &row);
		}
		if (why)
			return nat64_nl_refuse(extack, attr, why, -EINVAL);
		cond_resched();
	}
	return 0;
}

/* Read the type of the instance, and what goes with it. */
static int nat64_nl_instance_type(struct genl_info *info,
				  struct nat64_config *cfg)
{
	static const char * const foreign[] = {
		[NAT64_A_POOL4] = "a stateless instance has no pool4",
		[NAT64_A_BIB] = "a stateless instance has no BIB entries",
		[NAT64_A_EAM] = "only an instance of type siit has EAM entries",
		[NAT64_A_DENYLIST] = "only an instance of type siit has a denylist",
	};
	const struct nlattr *attr = info->attrs[NAT64_A_TYPE];
	unsigned int i;
	bool siit;

	cfg->type = attr ? nla_get_u8(attr) : NAT64_TYPE_NAT64;
	if (cfg->type > NAT64_TYPE_MAX)
		return nat64_nl_refuse(info->extack, attr,
				       "the type of an instance is nat64 or siit",
				       -EINVAL);
	for (i = 0; i < ARRAY_SIZE(foreign); i++) {
		siit = i == NAT64_A_EAM || i == NAT64_A_DENYLIST;
		if (foreign[i] && info->attrs[i] &&
		    siit != nat64_config_is_siit(cfg))
			return nat64_nl_refuse(info->extack, info->attrs[i],
					       foreign[i], -EINVAL);
	}
	if (!nat64_config_is_siit(cfg))
		return 0;
	cfg->eamt = nat64_eamt_alloc();
	return cfg->eamt ? nat64_nl_get_eamt(info, cfg->eamt) : -ENOMEM;
}

/**
 * nat64_nl_config_free - free a configuration that no instance has
 * @cfg: the configuration, from nat64_nl_instance_config()
 *
 * Context: process; may sleep.
 */
void nat64_nl_config_free(struct nat64_config *cfg)
{
	nat64_eamt_free(cfg->eamt);
	kvfree(cfg);
}

/* RFC 6146 s3.5.4: the default is the Well-Known Prefix. */
static void nat64_nl_instance_wkp(struct nat64_config *cfg)
{
	static const struct nat64_prefix6 wkp = {
		.addr = { .s6_addr = { 0x00, 0x64, 0xff, 0x9b } },
		.len = 96,
	};

	if (!cfg->n_pool6 && !nat64_config_is_siit(cfg))
		nat64_config_add_pool6(cfg, &wkp);
}

/* The router's own addresses are not routed into a device. */
static int nat64_nl_instance_device(struct genl_info *info,
				    const struct nat64_config *cfg)
{
	const struct nlattr *attr = info->attrs[NAT64_A_DEVICE];

	if (!attr || nat64_config_is_siit(cfg) || cfg->pool4.n)
		return 0;
	return nat64_nl_refuse(info->extack, attr,
			       "a NAT64 with a device needs pool4: what is for the router's own addresses is not routed into a device",
			       -EINVAL);
}

/**
 * nat64_nl_instance_config - make a configuration from the tables of a request
 * @info: the request, parsed
 *
 * Context: process; may sleep.
 *
 * Return: a configuration with every key at its default, for
 * nat64_nl_config_free(), or an ERR_PTR.
 */
struct nat64_config *nat64_nl_instance_config(struct genl_info *info)
{
	const struct nlattr *attr;
	struct nat64_config *cfg;
	unsigned int n = 0;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == NAT64_A_POOL4;
	cfg = nat64_config_alloc(min_t(unsigned int, n, NAT64_POOL4_MAX));
	if (!cfg)
		return ERR_PTR(-ENOMEM);
	cfg->keys.maximum_sessions =
		min(cfg->keys.maximum_sessions,
		    nat64_userns_limit(genl_info_net(info), U32_MAX,
				       NAT64_USERNS_SESSIONS_MAX));
	err = nat64_nl_instance_type(info, cfg);
	if (!err)
		err = nat64_nl_instance_pools(info, cfg);
	if (err) {
		nat64_nl_config_free(cfg);
		return ERR_PTR(err);
	}
	nat64_nl_instance_wkp(cfg);
	err = nat64_nl_instance_device(info, cfg);
	if (err) {
		nat64_nl_config_free(cfg);
		return ERR_PTR(err);
	}
	return cfg;
}

/**
 * nat64_nl_instance_name - check the name of an instance that may be new
 * @info: the request, parsed
 *
 * Context: any.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_name(struct genl_info *info)
{
	struct nlattr *name = info->attrs[NAT64_A_INSTANCE];
	const char *why;

	if (!name)
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_INSTANCE,
				      "the request names no instance");
	why = nat64_instance_check_name(nla_data(name));
	return why ? nat64_nl_refuse(info->extack, name, why, -EINVAL) : 0;
}

static bool nat64_nl_is_row(const struct nlattr *attr,
			    const struct nat64_pool4_entry *bad)
{
	struct nat64_pool4_entry row;

	return !nat64_nl_get_pool4(attr, &row, NULL) && row.addr == bad->addr &&
	       row.len == bad->len && nat64_pool4_entries_overlap(&row, bad);
}

static bool nat64_nl_is_prefix(const struct nlattr *attr,
			       const struct nat64_prefix6 *bad)
{
	struct nat64_prefix6 prefix;

	return !nat64_nl_get_pool6(attr, &prefix, NULL) &&
	       nat64_rfc6052_overlap(&prefix, bad);
}

/*
 * Find the attribute from which a prefix or an entry of a configuration comes:
 * the name of the instance if none does, as for the default prefix.
 */
static const struct nlattr *
nat64_nl_instance_attr(struct genl_info *info, const struct nat64_config *cfg,
		       const void *bad)
{
	bool is_row = (const u8 *)bad >= (const u8 *)cfg->pool4.entry;
	int type = is_row ? NAT64_A_POOL4 : NAT64_A_POOL6, rem;
	const struct nlattr *attr;

	if (!bad)
		return info->attrs[NAT64_A_INSTANCE];
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != type)
			continue;
		if (is_row ? nat64_nl_is_row(attr, bad) :
			     nat64_nl_is_prefix(attr, bad))
			return attr;
	}
	return info->attrs[NAT64_A_INSTANCE];
}

/**
 * nat64_nl_instance_conflict - refuse what an instance cannot share with others
 * @info: the request
 * @inst: the instance that it is for; NULL for a new one
 * @cfg: the configuration from it
 * @attr: set to the attribute that is to blame, or NULL if none is
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: NULL, or a sentence that says what is wrong.
 */
const char *nat64_nl_instance_conflict(struct genl_info *info,
				       const struct nat64_instance *inst,
				       const struct nat64_config *cfg,
				       const struct nlattr **attr)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	const void *bad;
	const char *why;

	why = nat64_overlap_instances(genl_info_net(info), inst, cfg, &bad);
	if (!why)
		why = nat64_overlap_hosts(nn, inst, cfg, info->extack, &bad);
	*attr = why ? nat64_nl_instance_attr(info, cfg, bad) : NULL;
	return why;
}

/**
 * nat64_nl_instance_claim - give an instance the device that a request names
 * @info: the request
 * @inst: the instance, which has none
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_claim(struct genl_info *info, struct nat64_instance *inst)
{
	const struct nlattr *attr = info->attrs[NAT64_A_DEVICE];
	const char *why;
	int err;

	if (!attr)
		return 0;
	err = nat64_device_claim(inst, nla_data(attr), &why);
	return why ? nat64_nl_refuse(info->extack, attr, why, err) : err;
}

/**
 * nat64_nl_instance_start - let packets find an instance
 * @info: the request that creates it
 * @inst: the instance; its nat64_net is locked
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: 0; or a negative errno, with a reason if the request can do something.
 */
int nat64_nl_instance_start(struct genl_info *info, struct nat64_instance *inst)
{
	int err = nat64_instance_start(inst);

	return err == -E2BIG ?
	       nat64_nl_refuse(info->extack, info->attrs[NAT64_A_INSTANCE],
			       "netfilter has no room for another hook: delete base chains of this namespace",
			       err) : err;
}

static int nat64_nl_instance_new(struct genl_info *info,
				 struct nat64_config *cfg)
{
	struct nat64_instance *inst;
	const struct nlattr *attr;
	const char *why;
	int err;

	why = nat64_nl_instance_conflict(info, NULL, cfg, &attr);
	if (why)
		return nat64_nl_refuse(info->extack, attr, why, -EEXIST);
	inst = nat64_instance_create(genl_info_net(info),
				     nla_data(info->attrs[NAT64_A_INSTANCE]),
				     cfg);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = nat64_nl_instance_claim(info, inst);
	if (!err)
		err = nat64_nl_instance_start(info, inst);
	if (err)
		nat64_instance_discard(inst);
	else
		nat64_overlap_warn(inst->net, cfg->pool6, cfg->n_pool6,
				   info->extack);
	return err;
}

/**
 * nat64_nl_instance_add - NAT64_CMD_INSTANCE_ADD
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nlattr *name = info->attrs[NAT64_A_INSTANCE];
	struct nat64_config *cfg;
	int err;

	err = nat64_nl_instance_name(info);
	if (err)
		return err;
	cfg = nat64_nl_instance_config(info);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);

	mutex_lock(&nn->mutex);
	if (nat64_instance_find(nn, nla_data(name))) {
		err = nat64_nl_refuse(info->extack, name,
				      "an instance of this name exists: delete it first or choose another name",
				      -EEXIST);
	} else {
		err = nat64_nl_instance_new(info, cfg);
	}
	mutex_unlock(&nn->mutex);
	if (err)
		nat64_nl_config_free(cfg);
	return err;
}

/**
 * nat64_nl_instance_del - NAT64_CMD_INSTANCE_DEL
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst = nat64_nl_lock(info);

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	nat64_instance_del(inst);
	nat64_nl_unlock(info);
	return 0;
}

/**
 * nat64_nl_instance_flush - NAT64_CMD_INSTANCE_FLUSH
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst = nat64_nl_lock_nat64(info);

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	nat64_instance_flush(inst);
	nat64_nl_unlock(info);
	return 0;
}

/*
 * A message has room for the first pool4 entries only; POOL4_GET has all.
 */
#define NAT64_NL_INSTANCE_POOL4 8

/* Put the first pool4 entries; false if there is no room for all of them. */
static bool nat64_nl_put_first4(struct sk_buff *skb,
				const struct nat64_config *cfg)
{
	int i, n = min_t(int, cfg->pool4.n, NAT64_NL_INSTANCE_POOL4);

	for (i = 0; i < n; i++) {
		const void *end = skb_tail_pointer(skb);

		if (nat64_nl_put_pool4(skb, &cfg->pool4.entry[i])) {
			nlmsg_trim(skb, end);
			return false;
		}
	}
	return true;
}

static int nat64_nl_put_device(struct sk_buff *skb,
			       const struct nat64_instance *inst)
{
	char name[IFNAMSIZ];
	bool exists;

	if (!inst->by_device)
		return 0;
	exists = nat64_device_name(inst, name);
	if (nla_put_string(skb, NAT64_A_DEVICE, name))
		return -EMSGSIZE;
	return exists ? 0 : nla_put_flag(skb, NAT64_A_DEVICE_GONE);
}

/**
 * nat64_nl_put_instance - put the pools and the counts of an instance
 * @skb: the message, which stays the caller's
 * @inst: the instance; its nat64_net is locked
 * @whole: set to whether there was room for all that a message should have; if
 *	not, the last pool4 entries are missing
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: 0 or -EMSGSIZE.
 */
int nat64_nl_put_instance(struct sk_buff *skb, struct nat64_instance *inst,
			  bool *whole)
{
	const struct nat64_config *cfg = nat64_instance_config(inst);
	int i;

	for (i = 0; i < cfg->n_pool6; i++)
		if (cfg->pool6[i].len &&
		    nat64_nl_put_pool6(skb, NAT64_A_POOL6, &cfg->pool6[i]))
			return -EMSGSIZE;
	if (nla_put_u8(skb, NAT64_A_TYPE, cfg->type) ||
	    nat64_nl_put_device(skb, inst))
		return -EMSGSIZE;
	*whole = true;
	if (nat64_config_is_siit(cfg))
		return nla_put_u64_64bit(skb, NAT64_A_EAM_COUNT,
					 cfg->eamt->n_entries, NAT64_A_PAD);
	if (nat64_nl_put_counts(skb, inst))
		return -EMSGSIZE;
	*whole = nat64_nl_put_first4(skb, cfg);
	return 0;
}

static int nat64_nl_instance_fill(struct sk_buff *skb,
				  struct netlink_callback *cb,
				  struct nat64_instance *inst)
{
	bool first = !skb->len, whole;
	void *hdr = nat64_nl_put(skb, cb, NAT64_CMD_INSTANCE_GET, inst);

	if (!hdr)
		return -EMSGSIZE;
	/* If it is incomplete after others, a new datagram has more room. */
	if (nat64_nl_put_instance(skb, inst, &whole) || (!whole && !first)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * nat64_nl_instance_dump - NAT64_CMD_INSTANCE_GET
 * @skb: where to put messages; netlink sends it
 * @cb: the dump
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_instance_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_dump(skb, cb, nat64_nl_instance_fill);
}
