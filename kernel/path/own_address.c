// SPDX-License-Identifier: GPL-2.0
/*
 * own_address.c - remove mappings whose address the router has lost
 *
 * Without a pool4, the router's own source address for a destination is used. It
 * may be lost: a lease ends, a PPPoE session is dialled again. Established
 * packets need no check for that: the kernel invalidates all routes when an
 * address is removed, so that the next packet of a session looks up its route
 * again, and only then the address.
 *
 * address		packets of its mappings	the mappings
 * present		translated		stay
 * lost, no other	dropped, ICMPv6 1/3	stay for NAT64_OWN_GRACE: the same
 *						  address often comes back
 * lost, another	dropped, ICMPv6 1/3	end within a second; the next packet
 *						  creates one at the new address
 *
 * A device that goes down and up keeps its addresses, and the mappings stay.
 * Static entries stay, too, since the operator has added them, but translate only
 * while the address is present.
 */
#include "path/path.h"

#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <net/route.h>
#include "table/bib_end.h"
#include "table/walk.h"

/* How long mappings wait for a lost address to come back. */
#define NAT64_OWN_GRACE (10 * HZ)

/* Mark in nat64_instance.addrs: the router does not have the address. */
#define NAT64_OWN_GONE XA_MARK_1

/* Check for an address of the router, on any device; RCU read lock. */
static bool nat64_own_has(struct net *net, __be32 addr)
{
	return __ip_dev_find(net, addr, false);
}

/**
 * nat64_own_lost - check whether the router has lost the address of a mapping
 * @inst: the instance
 * @cfg: its configuration
 * @pkt: a packet from the IPv6 side, with @pkt->t4
 * @bib: its BIB entry
 *
 * Context: softirqs off, RCU read lock. Not needed with a cached route.
 *
 * Return: true if it has; @pkt is marked to be dropped, with Address Unreachable.
 */
bool nat64_own_lost(struct nat64_instance *inst, const struct nat64_config *cfg,
		    struct nat64_pkt *pkt, const struct nat64_bib *bib)
{
	__be32 own = 0;

	if (cfg->pool4.n || likely(nat64_own_has(inst->net, bib->addr4)))
		return false;
	/* If there is another address now, expiry need not wait. */
	pkt->t4.saddr = 0;
	if (!nat64_is_dry_run(pkt) && !bib->is_static &&
	    nat64_route4(inst, pkt, NULL, &own) == NAT64_CONTINUE && own)
		WRITE_ONCE(inst->own_moved, 1);
	nat64_drop_reply(pkt, NAT64_STAT_DROP_ADDRESS_GONE,
			 ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
	return true;
}

static bool nat64_own_any(const struct nat64_bib *bib,
			  struct nat64_session *ses, void *arg)
{
	return true;
}

/*
 * Close the sessions of a lost address; the mapping ends with the last. It is not
 * removed by force: without nat64_net.mutex, a request may have pinned it.
 */
static void nat64_own_end(struct nat64_instance *inst, struct nat64_bib *bib,
			  struct nat64_walk_budget *budget, void *arg)
{
	if (!nat64_bib_is_static(bib) &&
	    !rcu_dereference(inst->config)->pool4.n &&
	    !nat64_own_has(inst->net, bib->addr4))
		nat64_bib_close_sessions(inst, bib, budget, nat64_own_any,
					 NULL);
	else
		budget->within = false;
}

/* Check all addresses that mappings have had; true if one was just lost. */
static bool nat64_own_scan(struct nat64_instance *inst)
{
	unsigned long host = 0;
	bool gone = false;
	void *addr4;

	xa_for_each(&inst->addrs, host, addr4) {
		bool has, known = xa_get_mark(&inst->addrs, host, NAT64_OWN_GONE);

		rcu_read_lock();
		has = nat64_own_has(inst->net, htonl(host));
		rcu_read_unlock();
		if (has == known) {
			xa_lock_bh(&inst->addrs);
			if (has)
				__xa_clear_mark(&inst->addrs, host,
						NAT64_OWN_GONE);
			else
				__xa_set_mark(&inst->addrs, host,
					      NAT64_OWN_GONE);
			xa_unlock_bh(&inst->addrs);
			gone |= !has;
		}
		cond_resched();
	}
	return gone;
}

static bool nat64_own_serves(struct nat64_instance *inst)
{
	bool serves;

	rcu_read_lock();
	serves = !rcu_dereference(inst->config)->pool4.n;
	rcu_read_unlock();
	return serves;
}

/**
 * nat64_own_expire - end mappings whose address the router has lost
 * @inst: the instance
 *
 * Called once a second by the expiry worker. The generation of the kernel's
 * routes shows that addresses may have changed, so that no notifier, and no lock
 * under RTNL, is needed.
 *
 * Context: process.
 */
void nat64_own_expire(struct nat64_instance *inst)
{
	bool moved = READ_ONCE(inst->own_moved) && xchg(&inst->own_moved, 0);
	int genid = rt_genid_ipv4(inst->net);

	if (!nat64_own_serves(inst))
		return;
	if (inst->own_genid != genid) {
		inst->own_genid = genid;
		if (nat64_own_scan(inst))
			inst->own_gone = (u32)jiffies | 1;
	}
	if (!moved && (!inst->own_gone ||
		       (s32)((u32)jiffies - inst->own_gone) < NAT64_OWN_GRACE))
		return;
	inst->own_gone = 0;
	nat64_walk(inst, nat64_own_end, NULL);
}
