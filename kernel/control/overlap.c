// SPDX-License-Identifier: GPL-2.0
/*
 * overlap.c - pool6 prefixes that cover what is no remote IPv4 host
 *
 * An inside host whose address is in pool6 cannot be told from a packet that
 * has been translated (RFC 6146 s5.4): no packet of it is ever translated. So
 * there are no static BIB entries for one, in whatever instance, and dynamic
 * entries end when a prefix comes that covers their host.
 *
 * A prefix may cover an address of the router, which stays the router's:
 * path/local.c. The operator is warned.
 *
 * Everything here runs in process context with nat64_net.mutex held.
 */
#include "control/nl.h"

#include "control/statics.h"
#include "path/path.h"
#include "table/expire.h"

/**
 * struct nat64_overlap - what a walk looks for
 */
struct nat64_overlap {
	/** @cfg: the configuration with the prefixes */
	const struct nat64_config *cfg;
	/** @key: IPv6 side of a static entry that they cover */
	struct nat64_bib_key key;
	/** @found: there is such an entry */
	bool found;
};

static void nat64_overlap_visit(struct nat64_instance *inst,
				struct nat64_bib *bib,
				struct nat64_walk_budget *budget, void *arg)
{
	struct nat64_overlap *overlap = arg;

	if (!nat64_bib_is_static(bib) ||
	    nat64_config_pool6(overlap->cfg, &bib->key.addr6) < 0)
		return;
	overlap->key = bib->key;
	overlap->found = true;
}

/**
 * nat64_overlap_hosts - refuse prefixes that cover hosts of static BIB entries
 * @nn: the instances
 * @self: an instance whose entries do not count, or NULL
 * @cfg: the configuration with the prefixes
 * @extack: where the entry is named
 * @bad: set to the prefix of @cfg that is to blame
 *
 * Return: NULL if they cover none, or a sentence that says so.
 */
const char *nat64_overlap_hosts(struct nat64_net *nn,
				const struct nat64_instance *self,
				const struct nat64_config *cfg,
				struct netlink_ext_ack *extack,
				const void **bad)
{
	struct nat64_overlap overlap = { .cfg = cfg };
	struct nat64_instance *inst;

	list_for_each_entry(inst, &nn->instances, node) {
		if (inst == self || !inst->n_static)
			continue;
		nat64_walk(inst, nat64_overlap_visit, &overlap);
		if (!overlap.found)
			continue;
		*bad = &cfg->pool6[nat64_config_pool6(cfg, &overlap.key.addr6)];
		nat64_nl_name(extack, &overlap.key.addr6, &overlap.key.port6,
			      sizeof(overlap.key.port6));
		return "the pool6 prefix covers the host of a static BIB entry: delete it first";
	}
	return NULL;
}

/**
 * nat64_overlap_host - refuse a host of a static BIB entry that is in pool6
 * @cfg: the configuration with the prefixes
 * @addr: the address of the host
 * @extack: where the prefix is named
 *
 * Return: NULL if it is not, or a sentence that says so.
 */
const char *nat64_overlap_host(const struct nat64_config *cfg,
			       const struct in6_addr *addr,
			       struct netlink_ext_ack *extack)
{
	int place = nat64_config_pool6(cfg, addr);

	if (place < 0)
		return NULL;
	nat64_nl_name(extack, &cfg->pool6[place].addr, &cfg->pool6[place].len,
		      sizeof(cfg->pool6[place].len));
	return "the IPv6 address of the BIB entry is inside pool6";
}

/**
 * nat64_overlap_others - refuse a host that is in pool6 of other instances
 * @nn: the instances
 * @self: the instance of the static BIB entry, or NULL for a new one
 * @addr: the address of the host
 * @extack: where the prefix is named
 *
 * Return: NULL if it is not, or a sentence that says so.
 */
const char *nat64_overlap_others(struct nat64_net *nn,
				 const struct nat64_instance *self,
				 const struct in6_addr *addr,
				 struct netlink_ext_ack *extack)
{
	struct nat64_instance *inst;
	const char *why = NULL;

	list_for_each_entry(inst, &nn->instances, node) {
		if (inst != self)
			why = nat64_overlap_host(nat64_instance_config(inst),
						 addr, extack);
		if (why)
			break;
	}
	return why;
}

/**
 * nat64_overlap_statics - the same for all that an instance is to have
 * @nn: the instances
 * @self: the instance, or NULL for a new one; checked against its new prefixes
 *	already
 * @st: the entries
 * @extack: where the prefix is named
 * @attr: set to the attribute of the entry that is to blame
 *
 * Return: NULL, or a sentence that says what is wrong.
 */
const char *nat64_overlap_statics(struct nat64_net *nn,
				  const struct nat64_instance *self,
				  const struct nat64_statics *st,
				  struct netlink_ext_ack *extack,
				  const struct nlattr **attr)
{
	const char *why;
	unsigned int i;

	for (i = 0; i < st->n; i++, cond_resched()) {
		why = nat64_overlap_others(nn, self, &st->row[i].key.addr6,
					   extack);
		if (!why)
			continue;
		*attr = st->row[i].attr;
		return why;
	}
	return NULL;
}

static void nat64_overlap_end_bib(struct nat64_instance *inst,
				  struct nat64_bib *bib,
				  struct nat64_walk_budget *budget, void *arg)
{
	const struct nat64_config *cfg = arg;

	if (budget->ending == bib ||
	    nat64_config_pool6(cfg, &bib->key.addr6) >= 0)
		nat64_bib_remove(inst, bib, budget);
}

/**
 * nat64_overlap_end - end the BIB entries of hosts that prefixes cover
 * @nn: the instances
 * @self: the instance with the prefixes, whose packets see them; its own entries
 *	are not looked at
 *
 * Waits until no packet makes an entry by the prefixes that were before.
 */
void nat64_overlap_end(struct nat64_net *nn, struct nat64_instance *self)
{
	const struct nat64_config *cfg = nat64_instance_config(self);
	struct nat64_instance *inst;

	if (list_is_singular(&nn->instances))
		return;
	synchronize_net();
	list_for_each_entry(inst, &nn->instances, node)
		if (inst != self)
			nat64_walk(inst, nat64_overlap_end_bib, (void *)cfg);
}

/**
 * nat64_overlap_warn - warn of a prefix that covers an address of the router
 * @net: the network namespace
 * @prefix: the prefixes
 * @n: how many
 * @extack: where to, with a request that succeeds
 */
void nat64_overlap_warn(struct net *net, const struct nat64_prefix6 *prefix,
			unsigned int n, struct netlink_ext_ack *extack)
{
	struct in6_addr addr;

	if (!nat64_find_own6(net, prefix, n, &addr))
		return;
	nat64_nl_refuse(extack, NULL,
			"pool6 covers an address of the router: that stays reachable, but hosts beside it cannot use the NAT64",
			0);
	nat64_nl_name(extack, &addr, NULL, 0);
}
