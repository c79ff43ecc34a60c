// SPDX-License-Identifier: GPL-2.0
/* nl_instance.c - the object "instance" */
#include "control/netlink.h"

/* The pools of a request, into a configuration with room for them. */
static int nat64_nl_instance_pools(struct genl_info *info,
				   struct nat64_config *cfg)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nat64_pool4_row row;
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
			why = nat64_config_add_pool4(cfg, &row);
		}
		if (why)
			return nat64_nl_refuse(extack, attr, why, -EINVAL);
		cond_resched();
	}
	return 0;
}

/* RFC 6146 s3.5.4: without another prefix, the Well-Known Prefix. */
static void nat64_nl_instance_wkp(struct nat64_config *cfg)
{
	static const struct nat64_prefix6 wkp = {
		.addr = { .s6_addr = { 0x00, 0x64, 0xff, 0x9b } },
		.len = 96,
	};

	if (!cfg->n_pool6)
		nat64_config_add_pool6(cfg, &wkp);
}

static struct nat64_config *nat64_nl_instance_config(struct genl_info *info)
{
	const struct nlattr *attr;
	struct nat64_config *cfg;
	unsigned int n = 0;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == NAT64_A_POOL4;
	cfg = nat64_config_alloc(n);
	if (!cfg)
		return ERR_PTR(-ENOMEM);
	err = nat64_nl_instance_pools(info, cfg);
	if (err) {
		kvfree(cfg);
		return ERR_PTR(err);
	}
	nat64_nl_instance_wkp(cfg);
	return cfg;
}

/**
 * nat64_nl_instance_add - NAT64_CMD_INSTANCE_ADD
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nlattr *name = info->attrs[NAT64_A_INSTANCE];
	struct nat64_config *cfg;
	const char *why;
	int err;

	if (!name)
		return nat64_nl_refuse(info->extack, NULL,
				       "the request names no instance",
				       -EINVAL);
	why = nat64_instance_check_name(nla_data(name));
	if (why)
		return nat64_nl_refuse(info->extack, name, why, -EINVAL);
	cfg = nat64_nl_instance_config(info);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);

	mutex_lock(&nn->mutex);
	if (nat64_instance_find(nn, nla_data(name))) {
		err = nat64_nl_refuse(info->extack, name,
				      "an instance of this name exists: delete it first or choose another name",
				      -EEXIST);
	} else {
		why = nat64_instance_conflict(nn, NULL, cfg);
		err = why ? nat64_nl_refuse(info->extack, NULL, why, -EEXIST) :
			    nat64_instance_add(genl_info_net(info),
					       nla_data(name), cfg);
	}
	mutex_unlock(&nn->mutex);
	if (err)
		kvfree(cfg);
	return err;
}

/**
 * nat64_nl_instance_del - NAT64_CMD_INSTANCE_DEL
 * @skb: the request
 * @info: the request, parsed
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
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst = nat64_nl_lock(info);

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	nat64_instance_flush(inst);
	nat64_nl_unlock(info);
	return 0;
}

/*
 * A message has room for the first pool4 entries only; POOL4_GET shows all.
 */
#define NAT64_NL_INSTANCE_POOL4 8

static int nat64_nl_instance_fill(struct sk_buff *skb,
				  struct netlink_callback *cb,
				  struct nat64_instance *inst)
{
	const struct nat64_config *cfg = nat64_instance_config(inst);
	void *hdr = nat64_nl_put(skb, cb, NAT64_CMD_INSTANCE_GET, inst);
	int i;

	if (!hdr)
		return -EMSGSIZE;
	for (i = 0; i < cfg->n_pool6; i++)
		if (cfg->pool6[i].len && nat64_nl_put_pool6(skb, &cfg->pool6[i]))
			goto full;
	for (i = 0; i < min_t(int, cfg->n_pool4, NAT64_NL_INSTANCE_POOL4); i++)
		if (nat64_nl_put_pool4(skb, &cfg->pool4[i]))
			goto full;
	if (nat64_nl_put_counts(skb, inst))
		goto full;
	genlmsg_end(skb, hdr);
	return 0;
full:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

/**
 * nat64_nl_instance_dump - NAT64_CMD_INSTANCE_GET
 * @skb: where to put messages
 * @cb: the dump
 *
 * Return: length of @skb, or a negative errno.
 */
int nat64_nl_instance_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_nl_dump(skb, cb, nat64_nl_instance_fill);
}
