// SPDX-License-Identifier: GPL-2.0
/*
 * overlap.c - reject overlaps between the instances of a network namespace
 *
 * Their pools are disjoint, so that one instance at most translates a packet;
 * stateless instances, which also look at the source, may share a pool6.
 *
 * A packet of an IPv6 host whose address is in pool6 of a NAT64 looks like one
 * that has been translated (RFC 6146 s5.4), and never is. So no instance has a
 * static BIB entry for such a host, and dynamic entries end when a new prefix
 * covers their host (nat64_instance_end_covered()).
 *
 * A prefix may cover an address of the router, which stays the router's:
 * path/local.c. The operator is warned.
 *
 * Everything here runs in process context with nat64_net.mutex held.
 */
#include "control/overlap.h"

#include "control/instance.h"
#include "control/nl.h"
#include "control/static_set.h"
#include "control/userns.h"
#include "path/path.h"
#include "table/walk.h"

/* Set @bad to the prefix or the entry of @a that is to blame, if any is. */
static const char *nat64_overlap_configs(const struct nat64_config *a,
					 const struct nat64_config *b,
					 const void **bad)
{
	int i, j;
	bool stateful = !nat64_config_is_siit(a) && !nat64_config_is_siit(b);
	bool stateless = nat64_config_is_siit(a) && nat64_config_is_siit(b);

	for (i = 0; i < a->n_pool6 && !stateless; i++) {
		*bad = &a->pool6[i];
		for (j = 0; j < b->n_pool6; j++)
			if (a->pool6[i].len && b->pool6[j].len &&
			    nat64_rfc6052_overlap(&a->pool6[i], &b->pool6[j]))
				return "the pool6 prefix overlaps one of another instance";
	}
	for (i = 0; i < a->pool4.n; i++, cond_resched()) {
		*bad = &a->pool4.entry[i];
		for (j = 0; j < b->pool4.n; j++)
			if (nat64_pool4_entries_overlap(&a->pool4.entry[i],
							&b->pool4.entry[j]))
				return "the pool4 entry overlaps one of another instance";
	}
	*bad = NULL;
	if (stateful && !a->pool4.n && !b->pool4.n)
		return "another instance uses the router's own addresses: give this one a pool4";
	return NULL;
}

static const char *nat64_overlap_too_many4(const struct net *net,
					   const struct nat64_config *cfg,
					   const void **bad)
{
	u64 most = nat64_userns_limit(net, U32_MAX, NAT64_USERNS_ADDRESSES_MAX);
	u64 n = 0;
	int i;

	for (i = 0; i < cfg->pool4.n; i++) {
		*bad = &cfg->pool4.entry[i];
		n += 1ULL << (32 - cfg->pool4.entry[i].len);
		if (n > most)
			return "in a user namespace, pool4 holds 4096 addresses at most";
	}
	*bad = NULL;
	return NULL;
}

/**
 * nat64_overlap_instances - refuse pools that overlap those of other instances
 * @net: the network namespace; its nat64_net is locked
 * @self: the instance that @cfg is for, or NULL for a new one
 * @cfg: the configuration
 * @bad: set to the prefix or the pool4 entry of @cfg that is to blame, or NULL
 *
 * So is one instance more than the network namespace may have.
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: NULL, or a sentence that says what is wrong.
 */
const char *nat64_overlap_instances(struct net *net,
				    const struct nat64_instance *self,
				    const struct nat64_config *cfg,
				    const void **bad)
{
	struct nat64_net *nn = nat64_net(net);
	struct nat64_instance *inst;
	unsigned int n = 0;
	const char *why;

	why = nat64_overlap_too_many4(net, cfg, bad);
	if (why)
		return why;
	list_for_each_entry(inst, &nn->instances, node) {
		if (inst == self)
			continue;
		n++;
		why = nat64_overlap_configs(cfg, nat64_instance_config(inst),
					    bad);
		if (why)
			return why;
	}
	if (!self && n >= nat64_userns_limit(net, NAT64_INSTANCES_MAX,
					     NAT64_USERNS_INSTANCES_MAX))
		return "the network namespace has as many instances as it can hold";
	return NULL;
}

/**
 * struct nat64_overlap - a search for a static entry that prefixes cover
 */
struct nat64_overlap {
	/** @cfg: the configuration with the prefixes */
	const struct nat64_config *cfg;
	/** @key: IPv6 side of the entry */
	struct nat64_bib_key key;
	/** @found: there is one */
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
 * @self: an instance whose entries are not considered, or NULL
 * @cfg: the configuration with the prefixes
 * @extack: where to name the entry
 * @bad: set to the prefix of @cfg that is to blame
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: NULL, or a sentence that says what is wrong.
 */
const char *nat64_overlap_hosts(struct nat64_net *nn,
				const struct nat64_instance *self,
				const struct nat64_config *cfg,
				struct netlink_ext_ack *extack,
				const void **bad)
{
	struct nat64_overlap overlap = { .cfg = cfg };
	struct nat64_instance *inst;

	if (nat64_config_is_siit(cfg))
		return NULL;
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
 * @extack: where to name the prefix
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: NULL, or a sentence that says what is wrong.
 */
const char *nat64_overlap_host(const struct nat64_config *cfg,
			       const struct in6_addr *addr,
			       struct netlink_ext_ack *extack)
{
	int idx = nat64_config_is_siit(cfg) ? -1 : nat64_config_pool6(cfg, addr);

	if (idx < 0)
		return NULL;
	nat64_nl_name(extack, &cfg->pool6[idx].addr, &cfg->pool6[idx].len,
		      sizeof(cfg->pool6[idx].len));
	return "the IPv6 address of the BIB entry is inside pool6";
}

/**
 * nat64_overlap_others - refuse a host that is in pool6 of other instances
 * @nn: the instances
 * @self: the instance of the static BIB entry, or NULL for a new one
 * @addr: the address of the host
 * @extack: where to name the prefix
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: NULL, or a sentence that says what is wrong.
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
 * nat64_overlap_static_set - refuse hosts that are in pool6 of other instances
 * @nn: the instances
 * @self: the instance of the entries, or NULL for a new one; they have been
 *	checked against its prefixes
 * @set: the entries
 * @extack: where to name the prefix
 * @attr: set to the attribute of the entry that is to blame
 *
 * Context: process, with nat64_net.mutex held.
 *
 * Return: NULL, or a sentence that says what is wrong.
 */
const char *nat64_overlap_static_set(struct nat64_net *nn,
				     const struct nat64_instance *self,
				     const struct nat64_static_set *set,
				     struct netlink_ext_ack *extack,
				     const struct nlattr **attr)
{
	const char *why;
	unsigned int i;

	for (i = 0; i < set->n; i++, cond_resched()) {
		why = nat64_overlap_others(nn, self, &set->row[i].key.addr6,
					   extack);
		if (!why)
			continue;
		*attr = set->row[i].attr;
		return why;
	}
	return NULL;
}

/**
 * nat64_overlap_warn - warn of a prefix that covers an address of the router
 * @net: the network namespace
 * @prefix: the prefixes
 * @n: number of prefixes
 * @extack: where to warn; the request succeeds
 *
 * Context: process, with nat64_net.mutex held.
 */
void nat64_overlap_warn(struct net *net, const struct nat64_prefix6 *prefix,
			unsigned int n, struct netlink_ext_ack *extack)
{
	struct in6_addr addr;

	if (!nat64_find_own6(net, prefix, n, &addr))
		return;
	nat64_nl_refuse(extack, NULL,
			"pool6 covers an address of the router: it stays reachable, but other hosts in the prefix cannot use the NAT64",
			0);
	nat64_nl_name(extack, &addr, NULL, 0);
}
