// SPDX-License-Identifier: GPL-2.0
/*
 * netns.c - the state of each network namespace, and its removal
 *
 * A namespace that ends has no socket left and so no request, but it has
 * devices. It ends in this order:
 * - pre_exit: the hooks are unregistered, and no device gets one again.
 * - The kernel waits for packets that are on their way (synchronize_rcu()).
 * - Devices are unregistered, and ours leave their instances (path/device.c). A
 *   veth device goes with its peer, which may be in another namespace: perhaps
 *   while pre_exit runs, hence nat64_net.ingress_mutex.
 * - exit: the instances are deleted, see instance.c.
 * - exit_batch: their RCU callbacks are waited for, before IPv6 and IPv4 free
 *   the counters to which the release of a route writes. What user namespaces
 *   hold of the module is released.
 *
 * The order in which the module is unloaded is in main.c.
 */
#include "control/netns.h"

#include <linux/rtnetlink.h>
#include "control/instance.h"
#include "path/path.h"

unsigned int nat64_net_id __read_mostly;

/*
 * RTNL is taken under nat64_net.mutex (path/device.c). Teach lockdep at once: then
 * it reports a caller that takes the mutex under RTNL and so would
 * keep RTNL for as long as a walk over all BIB entries takes.
 */
static void nat64_netns_teach(struct nat64_net *nn)
{
	if (!IS_ENABLED(CONFIG_PROVE_LOCKING))
		return;
	mutex_lock(&nn->mutex);
	rtnl_lock();
	rtnl_unlock();
	mutex_unlock(&nn->mutex);
}

static int __net_init nat64_netns_start(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);

	mutex_init(&nn->mutex);
	INIT_LIST_HEAD(&nn->instances);
	mutex_init(&nn->ingress_mutex);
	INIT_LIST_HEAD(&nn->ingress_hooks);
	nat64_netns_teach(nn);
	return 0;
}

static void __net_exit nat64_netns_pre_exit(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);

	mutex_lock(&nn->mutex);
	nat64_fastpath_stop(net);
	if (nn->hooked)
		nat64_hook_unregister(net);
	nn->hooked = false;
	mutex_unlock(&nn->mutex);
}

static void __net_exit nat64_netns_end(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);
	struct nat64_instance *inst, *next;

	mutex_lock(&nn->mutex);
	if (!list_empty(&nn->instances))
		nat64_hook_drain(net);
	list_for_each_entry_safe(inst, next, &nn->instances, node)
		nat64_instance_end(inst);
	mutex_unlock(&nn->mutex);
}

/*
 * The callbacks of an instance call dst_release(), which has a callback of its
 * own: in kernels without ac888d58869b that writes to a counter of the
 * namespace.
 */
static void __net_exit nat64_netns_exit_batch(struct list_head *nets)
{
	struct net *net;

	rcu_barrier();
	rcu_barrier();
	/* The module is not unloaded before this returns: that waits for namespaces. */
	list_for_each_entry(net, nets, exit_list)
		if (nat64_net(net)->pins)
			module_put(THIS_MODULE);
}

static struct pernet_operations nat64_netns_ops = {
	.init = nat64_netns_start,
	.pre_exit = nat64_netns_pre_exit,
	.exit = nat64_netns_end,
	.exit_batch = nat64_netns_exit_batch,
	.id = &nat64_net_id,
	.size = sizeof(struct nat64_net),
};

/**
 * nat64_netns_init - prepare every network namespace for instances
 *
 * Context: process, without RTNL, which registering the notifier takes.
 *
 * Return: 0 or a negative errno.
 */
int nat64_netns_init(void)
{
	int err = register_pernet_subsys(&nat64_netns_ops);

	if (err)
		return err;
	err = nat64_fastpath_init();
	if (err)
		goto err_fastpath;
	err = nat64_local_init();
	if (!err)
		return 0;
	nat64_fastpath_exit();
err_fastpath:
	unregister_pernet_subsys(&nat64_netns_ops);
	return err;
}

/*
 * Release @net and return the namespace after it, held; of NULL, the first one.
 * One that is ending is skipped, as exit deletes its instances.
 */
static struct net *nat64_netns_next(struct net *net)
{
	struct net *next = net ?: list_entry(&net_namespace_list, struct net,
					     list);
	bool held = false;

	/* Not held while instances are deleted: RTNL may wait for it. */
	down_read(&net_rwsem);
	list_for_each_entry_continue(next, &net_namespace_list, list) {
		held = maybe_get_net(next);
		if (held)
			break;
	}
	up_read(&net_rwsem);
	if (net)
		put_net(net);
	return held ? next : NULL;
}

static void nat64_netns_close_one(struct net *net)
{
	struct nat64_net *nn = nat64_net(net);
	struct nat64_instance *inst, *next;

	mutex_lock(&nn->mutex);
	list_for_each_entry_safe(inst, next, &nn->instances, node)
		nat64_instance_del(inst);
	mutex_unlock(&nn->mutex);
}

/**
 * nat64_netns_close - delete all instances while listeners can be notified
 *
 * A namespace that is ending has no listener: nat64_netns_exit() waits for it.
 *
 * Context: process, without RTNL; takes nat64_net.mutex of each namespace in
 * turn.
 */
void nat64_netns_close(void)
{
	struct net *net = NULL;

	/* A namespace that is created from now on gets no instance. */
	nat64_instance_refuse();
	while ((net = nat64_netns_next(net)))
		nat64_netns_close_one(net);
}

/**
 * nat64_netns_exit - let go of every network namespace
 *
 * Context: process, without RTNL; waits for namespaces that are ending.
 */
void nat64_netns_exit(void)
{
	nat64_local_exit();
	nat64_fastpath_exit();
	unregister_pernet_subsys(&nat64_netns_ops);
}
