// SPDX-License-Identifier: GPL-2.0
/* nl_config.c - the object "config" */
#include "control/nl.h"

#include "control/instance.h"
#include "control/replace.h"

/**
 * nat64_nl_config_set - NAT64_CMD_CONFIG_SET
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_config_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nat64_config *old;
	struct nat64_instance *inst;
	struct nat64_config *cfg;
	int err;

	if (!info->attrs[NAT64_A_CONFIG])
		return nat64_nl_lacks(info->extack, NULL, NAT64_A_CONFIG,
				      "the request sets no key");
	inst = nat64_nl_lock(info);
	if (IS_ERR(inst))
		return PTR_ERR(inst);

	old = nat64_instance_config(inst);
	cfg = nat64_config_copy(old, old->pool4.n);
	err = cfg ? nat64_nl_get_keys(info, cfg) : -ENOMEM;
	if (err)
		kvfree(cfg);
	else
		nat64_instance_replace(inst, cfg, NULL);
	nat64_nl_unlock(info);
	return err;
}

/**
 * nat64_nl_config_get - NAT64_CMD_CONFIG_GET
 * @skb: the request, which netlink frees
 * @info: the request, parsed
 *
 * Context: process, without RTNL; takes nat64_net.mutex.
 *
 * Return: 0 or a negative errno.
 */
int nat64_nl_config_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_instance *inst = nat64_nl_lock(info);
	struct sk_buff *msg;
	int err = -ENOMEM;
	void *hdr;

	if (IS_ERR(inst))
		return PTR_ERR(inst);
	msg = nat64_nl_reply(info, NAT64_CMD_CONFIG_GET, inst,
			     NLMSG_DEFAULT_SIZE, &hdr);
	if (msg)
		err = nat64_nl_put_keys(msg, nat64_instance_config(inst), NULL);
	nat64_nl_unlock(info);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
