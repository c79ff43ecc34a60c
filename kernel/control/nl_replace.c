// SPDX-License-Identifier: GPL-2.0
/* nl_replace.c - set all of an instance in one request */
#include "control/nl.h"

#include "control/instance.h"
#include "control/overlap.h"
#include "control/replace.h"
#include "control/static_set.h"
#include "path/path.h"

/* Read pools and keys; those that are absent have their defaults. */
static struct nat64_config *nat64_nl_replace_config(struct genl_info *info)
{
	struct nat64_config *cfg = nat64_nl_instance_config(info);
	int err;

	if (IS_ERR(cfg) || !info->attrs[NAT64_A_CONFIG])
		return cfg;
	err = nat64_nl_get_keys(info, cfg);
	if (!err)
		return cfg;
	nat64_nl_config_free(cfg);
	return ERR_PTR(err);
}

static int nat64_nl_replace_new(struct genl_info *info,
				struct nat64_config *cfg,
				struct nat64_static_set *set)
{
	const char *name = nla_data(info->attrs[NAT64_A_INSTANCE]);
	struct nat64_instance *inst;
	int err;

	inst = nat64_instance_create(genl_info_net(info), name, cfg);
	if (IS_ERR(inst))
		return PTR_ERR(inst);
	err = nat64_nl_instance_claim(info, inst);
	if (!err)
		err = nat64_nl_prepare_static_set(info, inst, set);
	if (!err) {
		nat64_static_set_commit(inst, set);
		err = nat64_nl_instance_start(info, inst);
	}
	if (err)
		nat64_instance_discard(inst);
	return err;
}

static int nat64_nl_replace_old(struct genl_info *info,
				struct nat64_instance *inst,
				struct nat64_config *cfg,
				struct nat64_static_set *set)
{
	bool gone = inst->by_device && !rcu_access_pointer(inst->dev);
	char name[IFNAMSIZ];
	int err;

	strscpy(name, inst->device, sizeof(name));
	err = gone ? nat64_nl_instance_claim(info, inst) : 0;
	if (err)
		return err;
	err = nat64_nl_prepare_static_set(info, inst, set);
	if (err && gone) {
		nat64_device_release(inst);
		strscpy(inst->device, name, sizeof(inst->device));
	}
	if (err)
		return err;
	nat64_device_attach(inst);
	nat64_config_settle_pool6(cfg, nat64_instance_config(inst));
	nat64_instance_replace(inst, cfg, set);
	return 0;
}

/* Check whether the instance has, or may get, the device of the request. */
static int nat64_nl_replace_device(struct genl_info *info,
				   const struct nat64_instance *inst)
{
	const struct nlattr *attr = info->attrs[NAT64_A_DEVICE];
	bool exists = false;
	char name[IFNAMSIZ];
	const char *why;

	if (inst && inst->by_device)
		exists = nat64_device_name(inst, name);
	if (inst && (inst->by_device != !!attr ||
		     (exists && strcmp(name, nla_data(attr)))))
		return nat64_nl_refuse(info->extack,
				       attr ?: info->attrs[NAT64_A_INSTANCE],
				       "an instance of this name exists, with another device or none: delete it first or choose another name",
				       -EEXIST);
	if (!attr || exists)
		return 0;
	why = nat64_device_check(genl_info_net(info), nla_data(attr));
	return why ? nat64_nl_refuse(info->extack, attr, why, -EEXIST) : 0;
}

/* With the instances locked. @done: the instance owns the configuration. */
static int nat64_nl_replace(struct genl_info *info, struct nat64_config *cfg,
			    struct nat64_static_set *set, bool *done)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	const struct nlattr *attr;
	struct nat64_instance *inst;
	const char *why;
	int err;

	inst = nat64_instance_find(nn, nla_data(info->attrs[NAT64_A_INSTANCE]));
	if (inst && nat64_instance_config(inst)->type != cfg->type)
		return nat64_nl_refuse(info->extack,
				       info->attrs[NAT64_A_INSTANCE],
				       "an instance of this name has another type: delete it first or choose another name",
				       -EEXIST);
	err = nat64_nl_replace_device(info, inst);
	if (err)
		return err;
	why = nat64_nl_instance_conflict(info, inst, cfg, &attr);
	if (why)
		return nat64_nl_refuse(info->extack, attr, why, -EEXIST);
	why = nat64_overlap_static_set(nn, inst, set, info->extack, &attr);
	if (why)
		return nat64_nl_refuse(info->extack, attr, why, -EINVAL);
	if (!info->attrs[NAT64_A_CHECK]) {
		err = inst ? nat64_nl_replace_old(info, inst, cfg, set) :
			     nat64_nl_replace_new(info, cfg, set);
		if (err)
			return err;
		*done = true;
	}
	nat64_overlap_warn(genl_info_net(info), cfg->pool6, cfg->n_pool6,
			   info->extack);
	return 0;
}

/**
 * nat64_nl_instance_replace - NAT64_CMD_INSTANCE_REPLACE
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_instance_replace(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_net *nn = nat64_net(genl_info_net(info));
	struct nat64_static_set *set;
	struct nat64_config *cfg;
	bool done = false;
	int err;

	err = nat64_nl_instance_name(info);
	if (err)
		return err;
	cfg = nat64_nl_replace_config(info);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	set = nat64_nl_get_static_set(info, cfg);
	if (IS_ERR(set)) {
		nat64_nl_config_free(cfg);
		return PTR_ERR(set);
	}

	mutex_lock(&nn->mutex);
	err = nat64_nl_replace(info, cfg, set, &done);
	mutex_unlock(&nn->mutex);
	if (!done)
		nat64_nl_config_free(cfg);
	nat64_static_set_free(set);
	return err;
}
