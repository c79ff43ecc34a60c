// SPDX-License-Identifier: GPL-2.0
/*
 * instance.c - instances come, change and go
 *
 * Everything here runs in process context with nat64_net.mutex held.
 *
 * An instance goes in this order: no packet finds it again (it is off the list,
 * the hooks go with the last one); packets on their way end (synchronize_net);
 * expiry stops; the tables are emptied, which is told, then freed.
 */
#include "control/instance.h"

#include <linux/ctype.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/route.h>
#include "control/nl.h"
#include "control/netns.h"
#include "control/statics.h"
#include "path/path.h"
#include "table/event.h"
#include "table/exhausted.h"
#include "table/expire.h"
#include "table/host6.h"
#include "table/limit.h"
#include "table/remote.h"
#include "table/session.h"

static bool nat64_closing;

/**
 * nat64_instance_check_name - may an instance have this name?
 * @name: the name
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
 * nat64_instance_find - an instance by its name
 * @nn: the instances, locked
 * @name: the name
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
 * nat64_instance_config - the configuration, for whoever may change it
 * @inst: the instance; its nat64_net is locked
 *
 * Return: the configuration.
 */
struct nat64_config *nat64_instance_config(struct nat64_instance *inst)
{
	return rcu_dereference_protected(inst->config,
				lockdep_is_held(&nat64_net(inst->net)->mutex));
}

/* Sets @bad to the prefix or the entry of @a that is to blame, if any is. */
static const char *nat64_instance_conflict_with(const struct nat64_config *a,
						const struct nat64_config *b,
						const void **bad)
{
	int i, j;

	for (i = 0; i < a->n_pool6; i++) {
		*bad = &a->pool6[i];
		for (j = 0; j < b->n_pool6; j++)
			if (a->pool6[i].len && b->pool6[j].len &&
			    nat64_rfc6052_overlap(&a->pool6[i], &b->pool6[j]))
				return "the pool6 prefix overlaps one of another instance";
	}
	for (i = 0; i < a->n_pool4; i++, cond_resched()) {
		*bad = &a->pool4[i];
		for (j = 0; j < b->n_pool4; j++)
			if (nat64_pool4_rows_overlap(&a->pool4[i],
						     &b->pool4[j]))
				return "the pool4 entry overlaps one of another instance";
	}
	*bad = NULL;
	if (!a->n_pool4 && !b->n_pool4)
		return "another instance uses the router's own addresses: give this one a pool4";
	return NULL;
}

static const char *nat64_instance_too_many4(const struct net *net,
					    const struct nat64_config *cfg,
					    const void **bad)
{
	u64 most = nat64_netns_most(net, U32_MAX, NAT64_USERNS_ADDRESSES_MAX);
	u64 n = 0;
	int i;

	for (i = 0; i < cfg->n_pool4; i++) {
		*bad = &cfg->pool4[i];
		n += 1ULL << (32 - cfg->pool4[i].len);
		if (n > most)
			return "in a user namespace, pool4 holds 4096 addresses at most";
	}
	*bad = NULL;
	return NULL;
}

/**
 * nat64_instance_conflict - may an instance have a configuration beside others?
 * @net: the network namespace; its nat64_net is locked
 * @self: the instance that it is for; NULL for one more
 * @cfg: the configuration
 * @bad: set to the prefix or the pool4 entry of @cfg that is to blame, or NULL
 *
 * Return: NULL if it may, or a sentence that says why not.
 */
const char *nat64_instance_conflict(struct net *net,
				    const struct nat64_instance *self,
				    const struct nat64_config *cfg,
				    const void **bad)
{
	struct nat64_net *nn = nat64_net(net);
	struct nat64_instance *inst;
	unsigned int n = 0;
	const char *why;

	why = nat64_instance_too_many4(net, cfg, bad);
	if (why)
		return why;
	list_for_each_entry(inst, &nn->instances, node) {
		if (inst == self)
			continue;
		n++;
		why = nat64_instance_conflict_with(cfg,
						   nat64_instance_config(inst),
						   bad);
		if (why)
			return why;
	}
	if (!self && n >= nat64_netns_most(net, NAT64_INSTANCES_MAX,
					   NAT64_USERNS_INSTANCES_MAX))
		return "the network namespace has as many instances as it can hold";
	return NULL;
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
	nat64_nl_event_alarms(inst);
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

static void nat64_instance_tell_static(struct nat64_instance *inst,
				       struct nat64_bib *bib,
				       struct nat64_walk_budget *budget,
				       void *arg)
{
	if (nat64_bib_is_static(bib))
		nat64_event_bib(inst, bib, NAT64_EVENT_BIB_NEW);
}

/* What it has been given before anybody could be told. */
static void nat64_instance_tell(struct nat64_instance *inst)
{
	nat64_nl_event_start(inst);
	if (inst->n_static)
		nat64_walk(inst, nat64_instance_tell_static, NULL);
}

/**
 * nat64_instance_create - make an instance that no packet sees yet
 * @net: the network namespace; its nat64_net is locked
 * @name: a checked name that no other has
 * @cfg: a checked configuration
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

static void nat64_instance_list(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);

	mutex_lock(&nn->tap_mutex);
	list_add_tail_rcu(&inst->node, &nn->instances);
	mutex_unlock(&nn->tap_mutex);
	nn->generation++;
	nat64_local_sync(inst->net, nat64_instance_config(inst));
	nat64_fastpath_sync(inst->net, NULL);
}

static void nat64_instance_unlist(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);

	mutex_lock(&nn->tap_mutex);
	list_del_rcu(&inst->node);
	mutex_unlock(&nn->tap_mutex);
	nn->generation++;
	nat64_fastpath_sync(inst->net, NULL);
}

/**
 * nat64_instance_start - let an instance see packets
 * @inst: the instance, from nat64_instance_create(); its nat64_net is locked
 *
 * Nothing that happens to it is told before, so that one which is discarded
 * has never been.
 *
 * Return: 0, and its configuration is its own; or a negative errno.
 */
int nat64_instance_start(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);
	int err;

	if (READ_ONCE(nat64_closing))
		return -ESHUTDOWN;
	err = nat64_event_start(inst, &nat64_nl_event_ops);
	if (err)
		return err;
	if (!nn->hooked) {
		err = nat64_hook_register(inst->net);
		if (err)
			goto err_hook;
		nn->hooked = true;
	}
	nat64_exhausted_attach(nat64_instance_config(inst), NULL);
	nat64_expire_start(inst, &nat64_instance_expire_ops);
	nat64_instance_list(inst);
	nat64_overlap_end(nn, inst);
	nat64_instance_tell(inst);
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
 */
void nat64_instance_discard(struct nat64_instance *inst)
{
	nat64_walk(inst, nat64_instance_remove_bib, NULL);
	nat64_instance_release(inst);
}

/* What is left when no packet can find it any more. */
static void nat64_instance_destroy(struct nat64_instance *inst)
{
	struct nat64_config *cfg = rcu_dereference_protected(inst->config, true);

	nat64_expire_stop(inst);
	nat64_walk(inst, nat64_instance_remove_bib, NULL);
	nat64_event_stop(inst);
	nat64_nl_event_instance(inst, NAT64_CMD_INSTANCE_DEL_NTF);
	nat64_instance_release(inst);
	nat64_config_free_rcu(cfg);
}

/**
 * nat64_instance_end - delete an instance that no packet can find
 * @inst: the instance; its nat64_net is locked, the hooks are gone, and packets
 *	that were on their way have ended
 */
void nat64_instance_end(struct nat64_instance *inst)
{
	nat64_instance_unlist(inst);
	nat64_instance_destroy(inst);
}

/**
 * nat64_instance_del - delete an instance and all it holds
 * @inst: the instance; its nat64_net is locked
 */
void nat64_instance_del(struct nat64_instance *inst)
{
	struct nat64_net *nn = nat64_net(inst->net);

	nat64_instance_unlist(inst);
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
	nat64_session_close_if(inst, bib, budget, nat64_instance_any_session,
			       NULL);
}

/**
 * nat64_instance_flush - forget dynamic BIB entries and all sessions
 * @inst: the instance; its nat64_net is locked
 */
void nat64_instance_flush(struct nat64_instance *inst)
{
	nat64_walk(inst, nat64_instance_flush_bib, NULL);
	nat64_syns_flush(inst);
	nat64_nl_event_instance(inst, NAT64_CMD_INSTANCE_FLUSH_NTF);
}

/**
 * nat64_instance_serves - does a configuration give out a transport address?
 * @net: the network namespace
 * @cfg: the configuration
 * @proto: protocol
 * @addr: address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Return: true if it does.
 */
bool nat64_instance_serves(struct net *net, const struct nat64_config *cfg,
			   enum nat64_proto proto, __be32 addr, __be16 port)
{
	int low, high;

	if (cfg->n_pool4)
		return nat64_config_has4(cfg, proto, addr, port);
	if (inet_addr_type(net, addr) != RTN_LOCAL)
		return false;
	inet_get_local_port_range(net, &low, &high);
	return ntohs(port) < low || ntohs(port) > high;
}

/**
 * struct nat64_instance_keep - what outlives a change of the configuration
 */
struct nat64_instance_keep {
	/** @old: the configuration that was */
	const struct nat64_config *old;
	/** @cfg: the new configuration */
	const struct nat64_config *cfg;
	/** @statics: the static BIB entries from now on; NULL: those there are */
	const struct nat64_statics *statics;
	/** @pool6: pool6 has changed */
	bool pool6;
	/** @pool4: pool4 has changed */
	bool pool4;
};

/* A place that another prefix has now is as good as empty. */
static bool nat64_instance_prefix_gone(const struct nat64_bib *bib,
				       struct nat64_session *ses,
				       void *arg)
{
	const struct nat64_instance_keep *keep = arg;
	u8 place = nat64_session_pool6(ses->via);

	return !keep->cfg->pool6[place].len ||
	       memcmp(&keep->cfg->pool6[place], &keep->old->pool6[place],
		      sizeof(keep->cfg->pool6[place]));
}

static bool nat64_instance_bib_gone(struct net *net,
				    const struct nat64_instance_keep *keep,
				    const struct nat64_bib *bib)
{
	if (keep->statics && nat64_bib_is_static(bib) &&
	    !nat64_statics_has(keep->statics, bib))
		return true;
	if (keep->pool6 && nat64_config_pool6(keep->cfg, &bib->key.addr6) >= 0)
		return true;
	return keep->pool4 &&
	       !nat64_instance_serves(net, keep->cfg, bib->key.proto,
				      bib->addr4, bib->port4);
}

static void nat64_instance_keep_bib(struct nat64_instance *inst,
				    struct nat64_bib *bib,
				    struct nat64_walk_budget *budget, void *arg)
{
	if (budget->ending == bib ||
	    nat64_instance_bib_gone(inst->net, arg, bib))
		nat64_bib_remove(inst, bib, budget);
	else
		nat64_session_close_if(inst, bib, budget,
				       nat64_instance_prefix_gone, arg);
}

/**
 * nat64_instance_replace - put a new configuration in place of the old one
 * @inst: the instance; its nat64_net is locked
 * @cfg: the new configuration; belongs to the instance now
 * @statics: the static BIB entries from now on, from nat64_statics_prepare();
 *	NULL: those that are there
 *
 * BIB entries and sessions that the new one has no place for end.
 */
void nat64_instance_replace(struct nat64_instance *inst,
			    struct nat64_config *cfg,
			    struct nat64_statics *statics)
{
	struct nat64_config *old = nat64_instance_config(inst);
	struct nat64_instance_keep keep = {
		.old = old, .cfg = cfg, .statics = statics,
	};

	nat64_config_derive(cfg);
	keep.pool6 = memcmp(old->pool6, cfg->pool6, sizeof(old->pool6));
	keep.pool4 = old->n_pool4 != cfg->n_pool4 ||
		     memcmp(old->pool4, cfg->pool4,
			    array_size(old->n_pool4, sizeof(old->pool4[0])));
	nat64_exhausted_attach(cfg, keep.pool4 ? NULL : old);
	rcu_assign_pointer(inst->past, old);
	rcu_assign_pointer(inst->config, cfg);
	nat64_limit_relax(inst);
	/*
	 * Lifetimes may be shorter now. First the configuration, then the word:
	 * pairs with the xchg() of nat64_expire_work().
	 */
	smp_store_release(&inst->rescan, 1);
	nat64_net(inst->net)->generation++;
	if (keep.pool6)
		nat64_local_sync(inst->net, cfg);
	nat64_fastpath_sync(inst->net, NULL);
	if (keep.pool6 || keep.pool4 || statics) {
		/* Nobody makes state by the old one from here on. */
		synchronize_net();
		if (statics)
			nat64_statics_commit(inst, statics);
		/* What left by a route may now be for another inside host. */
		nat64_routes_flush(inst);
		nat64_walk(inst, nat64_instance_keep_bib, &keep);
	}
	if (keep.pool6)
		nat64_overlap_end(nat64_net(inst->net), inst);
	RCU_INIT_POINTER(inst->past, NULL);
	nat64_nl_event_config(inst, old, cfg);
	nat64_config_free_rcu(old);
}

/**
 * nat64_instance_swap - the same, but the static BIB entries stay
 * @inst: the instance; its nat64_net is locked
 * @cfg: the new configuration; belongs to the instance now
 */
void nat64_instance_swap(struct nat64_instance *inst, struct nat64_config *cfg)
{
	nat64_instance_replace(inst, cfg, NULL);
}

/**
 * nat64_instance_refuse - let no instance start from now on: the module goes
 *
 * One may still be starting: take nat64_net.mutex before looking for it.
 */
void nat64_instance_refuse(void)
{
	WRITE_ONCE(nat64_closing, true);
}
