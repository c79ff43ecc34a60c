// SPDX-License-Identifier: GPL-2.0
/* replace.c - a new configuration in place of the old one */
#include "control/replace.h"

#include "control/instance.h"
#include "control/static_set.h"
#include "path/path.h"
#include "table/bib_end.h"
#include "table/exhausted.h"
#include "table/limit.h"
#include "table/walk.h"

/**
 * struct nat64_instance_keep - what survives a new configuration
 */
struct nat64_instance_keep {
	/** @old: the old configuration */
	const struct nat64_config *old;
	/** @cfg: the new configuration */
	const struct nat64_config *cfg;
	/** @set: the new static BIB entries; NULL: the old ones stay */
	const struct nat64_static_set *set;
	/** @pool6: pool6 has changed */
	bool pool6;
	/** @pool4: pool4 has changed */
	bool pool4;
};

/* The slot in pool6 may be reused: the prefix of the session is gone. */
static bool nat64_instance_prefix_gone(const struct nat64_bib *bib,
				       struct nat64_session *ses,
				       void *arg)
{
	const struct nat64_instance_keep *keep = arg;
	u8 idx = nat64_session_pool6(ses->pool6_csum);

	return !keep->cfg->pool6[idx].len ||
	       memcmp(&keep->cfg->pool6[idx], &keep->old->pool6[idx],
		      sizeof(keep->cfg->pool6[idx]));
}

static bool nat64_instance_bib_gone(struct net *net,
				    const struct nat64_instance_keep *keep,
				    const struct nat64_bib *bib)
{
	if (keep->set && nat64_bib_is_static(bib) &&
	    !nat64_static_set_has(keep->set, bib))
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
		nat64_bib_close_sessions(inst, bib, budget,
					 nat64_instance_prefix_gone, arg);
}

/**
 * nat64_instance_replace - replace the configuration
 * @inst: the instance; its nat64_net is locked
 * @cfg: the new configuration, which the instance owns from now on
 * @set: the new static BIB entries, from nat64_static_set_prepare(); NULL: the
 *	old ones stay
 *
 * BIB entries and sessions that the new configuration does not allow end. The
 * tables of a stateless translator are freed if @cfg has others. This cannot fail.
 *
 * Context: process, with nat64_net.mutex held; waits for an RCU grace period.
 */
void nat64_instance_replace(struct nat64_instance *inst,
			    struct nat64_config *cfg,
			    struct nat64_static_set *set)
{
	struct nat64_config *old = nat64_instance_config(inst);
	struct nat64_instance_keep keep = {
		.old = old, .cfg = cfg, .set = set,
	};

	nat64_config_derive(cfg);
	keep.pool6 = memcmp(old->pool6, cfg->pool6, sizeof(old->pool6));
	keep.pool4 =
		old->pool4.n != cfg->pool4.n ||
		memcmp(old->pool4.entry, cfg->pool4.entry,
		       array_size(old->pool4.n, sizeof(old->pool4.entry[0])));
	nat64_exhausted_attach(&cfg->pool4, keep.pool4 ? NULL : &old->pool4);
	rcu_assign_pointer(inst->past, old);
	rcu_assign_pointer(inst->config, cfg);
	nat64_limit_relax(inst);
	/*
	 * Lifetimes may be shorter now. Pairs with the xchg() of
	 * nat64_expire_work(): who sees this sees the configuration.
	 */
	smp_store_release(&inst->rescan, 1);
	nat64_net(inst->net)->generation++;
	if (keep.pool6)
		nat64_local_sync(inst->net, cfg);
	nat64_fastpath_sync(inst->net, NULL);
	if (keep.pool6 || keep.pool4 || set) {
		/* No packet inserts state by the old one after this. */
		synchronize_net();
		if (set)
			nat64_static_set_commit(inst, set);
		/* A cached route may belong to another IPv6 host now. */
		nat64_routes_flush(inst);
		nat64_walk(inst, nat64_instance_keep_bib, &keep);
	}
	if (keep.pool6)
		nat64_instance_end_covered(inst);
	RCU_INIT_POINTER(inst->past, NULL);
	nat64_notify->replaced(inst, old, cfg);
	if (old->eamt != cfg->eamt) {
		synchronize_net();
		nat64_eamt_free(old->eamt);
	}
	nat64_config_free_rcu(old);
}
