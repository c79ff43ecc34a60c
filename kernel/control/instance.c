// SPDX-License-Identifier: GPL-2.0
/*
 * instance.c - the life of an instance
 *
 * Everything here runs in process context with nat64_net.mutex held.
 *
 *	_create()   its tables are empty, and no packet finds it; static BIB
 *		    entries may be added
 *	_start()    packets find it by the list, and the hooks are there; or
 *		    _discard(), as if it had never been
 *	_flush()    its sessions end, and it goes on; see also replace.c
 *	_del()	    or _end(), if the whole network namespace ends
 *
 * It is deleted in this order: it leaves the list and its device, and the hooks
 * leave with the last one, so that no packet finds it again; packets that have found
 * it are waited for (synchronize_net(); the kernel does so if the namespace ends);
 * expiry stops; its tables are emptied, with notifications; notification stops;
 * the tables are freed.
 */
#include "control/instance.h"

#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/route.h>
#include "path/path.h"
#include "table/bib_end.h"
#include "table/event.h"
#include "table/exhausted.h"
#include "table/expire.h"
#include "table/host6.h"
#include "table/remote.h"
#include "table/session.h"
#include "table/walk.h"

const struct nat64_notify_ops *nat64_notify __ro_after_init;
static bool nat64_closing;

/**
 * nat64_instance_init - choose who is notified of what happens to instances
 * @ops: the operations
 *
 * Context: process, during module initialisation.
 */
void __init nat64_instance_init(const struct nat64_notify_ops *ops)
{
	nat64_notify = ops;
}

/**
 * nat64_instance_check_name - check whether an instance may have a name
 * @name: the name
 *
 * Context: any.
 *
 * Return: NULL if it may, or a sentence that says why not.
 */
const char *nat64_instance_check_name(const char *name)
{
	const char *c;

	if (!*name)
		return "the name of an instance must not be empty";
	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("-_.", *c)))
			return "an instance's name has letters, digits, '-', '_' and '.' only";
	return NULL;
}

/**
 * nat64_instance_find - look up an instance by its name
 * @nn: the network namespace, locked
 * @name: the name
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: the instance, or NULL.
 */
struct nat64_instance *nat64_instance_find(struct nat64_net *nn,
					   const char *name)
{
	struct nat64_instance *inst;

	lockdep_assert_held(&nn->mutex);
	list_for_each_entry(inst, &nn->instances, node)
		if (!strcmp(inst->name, name))
			return inst;
	return NULL;
}

/**
 * nat64_instance_config - return the configuration to a caller with the lock
 * @inst: the instance; its nat64_net is locked
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: the configuration.
 */
struct nat64_config *nat64_instance_config(struct nat64_instance *inst)
{
	return rcu_dereference_protected(inst->config,
				lockdep_is_held(&nat64_net(inst->net)->mutex));
}

static void nat64_instance_free(struct nat64_instance *inst)
{
	nat64_routes_free(inst);
	nat64_syns_free(inst);
	percpu_counter_destroy(&inst->n_sessions);
	percpu_counter_destroy(&inst->n_bibs);
	free_percpu(inst->stats);
	kfree(inst);
}

static struct nat64_instance *nat64_instance_alloc(struct net *net,
						   const char *name)
{
	struct nat64_instance *inst = kzalloc(sizeof(*inst), GFP_KERNEL_ACCOUNT);

	if (!inst)
		return NULL;
	inst->net = net;
	strscpy(inst->name, name, sizeof(inst->name));
	nat64_pool4_table_init(inst);
	inst->stats = nat64_stats_alloc();
	inst->syns = nat64_syns_alloc();
	inst->routes = nat64_routes_alloc();
	if (!inst->stats || !inst->syns || !inst->routes ||
	    percpu_counter_init(&inst->n_bibs, 0, GFP_KERNEL_ACCOUNT) ||
	    percpu_counter_init(&inst->n_sessions, 0, GFP_KERNEL_ACCOUNT)) {
		nat64_instance_free(inst);
		return NULL;
	}
	return inst;
}

static void nat64_instance_tick(struct nat64_instance *inst)
{
	nat64_syns_expire(inst);
	nat64_routes_expire(inst);
	nat64_own_expire(inst);
	nat64_notify->tick(inst);
}

static const struct nat64_expire_ops nat64_instance_expire_ops = {
	.probe = nat64_probe,
	.tick = nat64_instance_tick,
};

static int nat64_instance_tables(struct nat64_instance *inst)
{
	int err;

	err = nat64_bib_table_init(inst);
	if (err)
		return err;
	err = nat64_remote_table_init(inst);
	if (err)
		goto err_remote;
	err = nat64_session_table_init(inst);
	if (err)
		goto err_session;
	err = nat64_host6_table_init(inst);
	if (!err)
		return 0;
	nat64_session_table_exit(inst);
err_session:
	nat64_remote_table_exit(inst);
err_remote:
	nat64_bib_table_exit(inst);
	return err;
}

static void nat64_instance_notify_static(struct nat64_instance *inst,
					 struct nat64_bib *bib,
					 struct nat64_walk_budget *budget,
					 void *arg)
{
	if (nat64_bib_is_static(bib))
		nat64_event_bib(inst, bib, NAT64_EVENT_BIB_NEW);
}

/* Its static BIB entries were added before notification started. */
static void nat64_instance_notify_start(struct nat64_instance *inst)
{
	nat64_notify->started(inst);
	if (inst->n_static)
		nat64_walk(inst, nat64_instance_notify_static, NULL);
}

/**
 * nat64_instance_create - create an instance that no packet finds yet
 * @net: the network namespace; its nat64_net is locked
 * @name: a checked name that no other has
 * @cfg: a checked configuration
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: the instance, for nat64_instance_start() or _discard(), or an
 * ERR_PTR.
 */
struct nat64_instance *nat64_instance_create(struct net *net, const char *name,
					     struct nat64_config *cfg)
{
	struct nat64_instance *inst = nat64_instance_alloc(net, name);
	int err;

	if (!inst)
		return ERR_PTR(-ENOMEM);
	err = nat64_instance_tables(inst);
	if (err) {
		nat64_instance_free(inst);
		return ERR_PTR(err);
	}
	nat64_config_derive(cfg);
	RCU_INIT_POINTER(inst->config, cfg);
	return inst;
}

/* Check for a stateless translator of what the hooks see. */
static bool nat64_instance_is_hooked_siit(struct nat64_instance *inst)
{
	return nat64_config_is_siit(nat64_instance_config(inst)) &&
	       !inst->by_device;
}

static void nat64_instance_list(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);

	mutex_lock(&nn->ingress_mutex);
	list_add_tail_rcu(&inst->node, &nn->instances);
	mutex_unlock(&nn->ingress_mutex);
	if (nat64_instance_is_hooked_siit(inst))
		WRITE_ONCE(nn->n_siit, nn->n_siit + 1);
	nn->generation++;
	nat64_local_sync(inst->net, nat64_instance_config(inst));
	nat64_fastpath_sync(inst->net, NULL);
}

static void nat64_instance_unlist(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);

	mutex_lock(&nn->ingress_mutex);
	list_del_rcu(&inst->node);
	mutex_unlock(&nn->ingress_mutex);
	if (nat64_instance_is_hooked_siit(inst))
		WRITE_ONCE(nn->n_siit, nn->n_siit - 1);
	nn->generation++;
	nat64_fastpath_sync(inst->net, NULL);
}

static void nat64_instance_end_covered_bib(struct nat64_instance *inst,
					   struct nat64_bib *bib,
					   struct nat64_walk_budget *budget,
					   void *arg)
{
	const struct nat64_config *cfg = arg;

	if (budget->ending == bib ||
	    nat64_config_pool6(cfg, &bib->key.addr6) >= 0)
		nat64_bib_remove(inst, bib, budget);
}

/**
 * nat64_instance_end_covered - end BIB entries of hosts that are in pool6 now
 * @self: the instance with the new prefixes, which its packets see already; its
 *	nat64_net is locked
 *
 * The entries are those of other instances: see overlap.c. Waits until no
 * packet inserts an entry that the old prefixes allowed.
 *
 * Context: process, with nat64_net.mutex held; waits for an RCU grace period.
 */
void nat64_instance_end_covered(struct nat64_instance *self)
{
	const struct nat64_config *cfg = nat64_instance_config(self);
	struct nat64_net *nn = nat64_net(self->net);
	struct nat64_instance *inst;

	if (list_is_singular(&nn->instances) || nat64_config_is_siit(cfg))
		return;
	synchronize_net();
	list_for_each_entry(inst, &nn->instances, node)
		if (inst != self)
			nat64_walk(inst, nat64_instance_end_covered_bib,
				   (void *)cfg);
}

/*
 * The owner of a user namespace can keep translated packets in queues of user space,
 * however often nat64_hook_drain() empties them: while a batch of verdicts is
 * carried out, its packets are in no queue, and each may enter one again. They
 * are freed with the network namespace, so pin the module until then. Returns
 * false if the module is being unloaded.
 */
static bool nat64_instance_pin(struct nat64_net *nn, const struct net *net)
{
	if (!nn->pins && net->user_ns != &init_user_ns)
		nn->pins = try_module_get(THIS_MODULE);
	return nn->pins || net->user_ns == &init_user_ns;
}

/**
 * nat64_instance_start - let packets find an instance
 * @inst: the instance, from nat64_instance_create(); its nat64_net is locked
 *
 * No event of it is notified before, so that one that is discarded is never
 * announced.
 *
 * Context: process, with nat64_net.mutex held; waits for an RCU grace period.
 *
 * Return: 0, and the instance owns its configuration; or a negative errno.
 */
int nat64_instance_start(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);
	int err;

	if (READ_ONCE(nat64_closing))
		return -ESHUTDOWN;
	err = nat64_event_start(inst, nat64_notify->events);
	if (err)
		return err;
	if (!nn->hooked) {
		/* Before the hooks, which may queue packets at once. */
		err = nat64_instance_pin(nn, inst->net) ?
		      nat64_hook_register(inst->net) : -ESHUTDOWN;
		if (err)
			goto err_hook;
		nn->hooked = true;
	}
	nat64_exhausted_attach(&nat64_instance_config(inst)->pool4, NULL);
	nat64_expire_start(inst, &nat64_instance_expire_ops);
	nat64_instance_list(inst);
	nat64_instance_end_covered(inst);
	nat64_device_attach(inst);
	nat64_instance_notify_start(inst);
	return 0;

err_hook:
	nat64_event_stop(inst);
	return err;
}

static void nat64_instance_remove_bib(struct nat64_instance *inst,
				      struct nat64_bib *bib,
				      struct nat64_walk_budget *budget,
				      void *arg)
{
	nat64_bib_remove(inst, bib, budget);
}

static void nat64_instance_release(struct nat64_instance *inst)
{
	nat64_host6_table_exit(inst);
	nat64_session_table_exit(inst);
	nat64_remote_table_exit(inst);
	nat64_bib_table_exit(inst);
	nat64_pool4_destroy(inst);
	nat64_instance_free(inst);
}

/**
 * nat64_instance_discard - free an instance that was never started
 * @inst: the instance; its configuration stays
 *
 * Context: process, with nat64_net.mutex held.
 */
void nat64_instance_discard(struct nat64_instance *inst)
{
	nat64_device_release(inst);
	nat64_walk(inst, nat64_instance_remove_bib, NULL);
	nat64_instance_release(inst);
}

/* The rest of the order above, when no packet can find the instance. */
static void nat64_instance_destroy(struct nat64_instance *inst)
{
	struct nat64_config *cfg = rcu_dereference_protected(inst->config, true);

	nat64_expire_stop(inst);
	nat64_walk(inst, nat64_instance_remove_bib, NULL);
	nat64_event_stop(inst);
	nat64_notify->deleted(inst);
	nat64_instance_release(inst);
	nat64_eamt_free(cfg->eamt);
	nat64_config_free_rcu(cfg);
}

/**
 * nat64_instance_end - delete an instance of a network namespace that ends
 * @inst: the instance; its nat64_net is locked, the hooks are gone, and no
 *	packet is left that has found it
 *
 * Context: process, with nat64_net.mutex held.
 */
void nat64_instance_end(struct nat64_instance *inst)
{
	nat64_instance_unlist(inst);
	nat64_instance_destroy(inst);
}

/**
 * nat64_instance_del - delete an instance
 * @inst: the instance; its nat64_net is locked
 *
 * Context: process, with nat64_net.mutex held; waits for an RCU grace period.
 */
void nat64_instance_del(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);

	nat64_instance_unlist(inst);
	nat64_device_release(inst);
	if (list_empty(&nn->instances)) {
		nat64_hook_unregister(inst->net);
		nn->hooked = false;
	}
	synchronize_net();
	if (!nn->hooked)
		nat64_hook_drain(inst->net);
	nat64_instance_destroy(inst);
}

static bool nat64_instance_any_session(const struct nat64_bib *bib,
				       struct nat64_session *ses,
				       void *arg)
{
	return true;
}

static void nat64_instance_flush_bib(struct nat64_instance *inst,
				     struct nat64_bib *bib,
				     struct nat64_walk_budget *budget,
				     void *arg)
{
	nat64_bib_close_sessions(inst, bib, budget, nat64_instance_any_session,
				 NULL);
}

/**
 * nat64_instance_flush - end all sessions, and with them dynamic BIB entries
 * @inst: the instance; its nat64_net is locked
 *
 * Context: process, with nat64_net.mutex held.
 */
void nat64_instance_flush(struct nat64_instance *inst)
{
	nat64_walk(inst, nat64_instance_flush_bib, NULL);
	nat64_syns_flush(inst);
	nat64_notify->flushed(inst);
}

/**
 * nat64_instance_serves - check whether a static BIB entry may have an address
 * @net: the network namespace
 * @cfg: the configuration: pool4, or without one the router's own addresses
 * @proto: protocol
 * @addr: IPv4 address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Context: process or softirq.
 *
 * Return: true if it may.
 */
bool nat64_instance_serves(struct net *net, const struct nat64_config *cfg,
			   enum nat64_proto proto, __be32 addr, __be16 port)
{
	int low, high;

	if (cfg->pool4.n)
		return nat64_pool4_set_has(&cfg->pool4, proto, addr, port);
	if (inet_addr_type(net, addr) != RTN_LOCAL)
		return false;
	inet_get_local_port_range(net, &low, &high);
	return ntohs(port) < low || ntohs(port) > high;
}

/**
 * nat64_instance_refuse - refuse new instances, as the module is unloaded
 *
 * One may still be starting: take nat64_net.mutex before you look for it.
 *
 * Context: any.
 */
void nat64_instance_refuse(void)
{
	WRITE_ONCE(nat64_closing, true);
}
