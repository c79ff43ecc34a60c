// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - load and unload the module
 *
 * Each part is initialised before the parts that need it, and freed after them.
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "control/instance.h"
#include "control/netlink.h"
#include "control/netns.h"
#include "nat64.h"
#include "packet/packet.h"
#include "path/path.h"
#include "table/bib.h"
#include "table/host6.h"
#include "table/page.h"
#include "table/remote.h"
#include "table/session.h"

static int __init nat64_init(void)
{
	int err;

	nat64_ident_init();
	nat64_instance_init(&nat64_nl_notify_ops);
	err = nat64_pool4_init();
	if (err)
		return err;
	err = nat64_host6_init();
	if (err)
		goto err_host6;
	err = nat64_bib_init();
	if (err)
		goto err_bib;
	err = nat64_remote_init();
	if (err)
		goto err_remote;
	err = nat64_session_init();
	if (err)
		goto err_session;
	err = nat64_netns_init();
	if (err)
		goto err_netns;
	err = nat64_device_init();
	if (err)
		goto err_device;
	err = nat64_netlink_init();
	if (err)
		goto err_netlink;
	pr_info("version %s\n", NAT64_VERSION);
	return 0;

err_netlink:
	nat64_device_exit();
err_device:
	nat64_netns_exit();
err_netns:
	nat64_session_exit();
err_session:
	nat64_remote_exit();
err_remote:
	nat64_bib_exit();
err_bib:
	nat64_host6_exit();
err_host6:
	nat64_pool4_exit();
	return err;
}

/*
 * Instances are deleted (instance.c) while their listeners can be notified, and
 * none starts any more; then no request is left, nor a device of ours, nor a
 * namespace (netns.c) or a device that knows the module. What the tables of all
 * instances share is freed when no RCU callback of theirs is pending.
 */
static void __exit nat64_exit(void)
{
	nat64_netns_close();
	nat64_netlink_exit();
	nat64_device_exit();
	nat64_netns_exit();
	rcu_barrier();
	nat64_session_exit();
	nat64_remote_exit();
	nat64_bib_exit();
	nat64_host6_exit();
	nat64_pool4_exit();
}

module_init(nat64_init);
module_exit(nat64_exit);
MODULE_DESCRIPTION("Stateful NAT64 (RFC 6146)");
MODULE_AUTHOR("The nat64 project");
MODULE_VERSION(NAT64_VERSION);
MODULE_LICENSE("GPL");
MODULE_ALIAS_GENL_FAMILY(NAT64_GENL_NAME);
MODULE_ALIAS_RTNL_LINK("nat64");
