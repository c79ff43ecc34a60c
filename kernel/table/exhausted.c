// SPDX-License-Identifier: GPL-2.0
/* exhausted.c - the addresses of pool4 that have no port left */
#include "table/exhausted.h"

#include <linux/bitmap.h>
#include <linux/slab.h>
#include "table/state.h"

/* Addresses, of all protocols, that are worth a bit: 8 MiB. */
#define NAT64_EXHAUSTED_MAX BIT(26)

static struct nat64_exhausted *
nat64_exhausted_alloc(const struct nat64_config *cfg)
{
	u32 from[NAT64_PROTOS];
	struct nat64_exhausted *exhausted;
	u64 n = 0;
	int proto;

	for (proto = 0; proto < NAT64_PROTOS; proto++) {
		from[proto] = n;
		n += nat64_config_addrs4(cfg, proto);
	}
	if (!n || n > NAT64_EXHAUSTED_MAX)
		return NULL;
	exhausted = kvzalloc(struct_size(exhausted, bits, BITS_TO_LONGS(n)),
			     GFP_KERNEL_ACCOUNT);
	if (!exhausted)
		return NULL;
	refcount_set(&exhausted->users, 1);
	memcpy(exhausted->from, from, sizeof(from));
	return exhausted;
}

/**
 * nat64_exhausted_attach - be ready to note which addresses have no port left
 * @cfg: a configuration that no packet sees yet
 * @same: one that is followed still and has the same pool4, or NULL
 *
 * Without memory there are no bits, and a search gives up after some addresses.
 */
void nat64_exhausted_attach(struct nat64_config *cfg,
			    const struct nat64_config *same)
{
	cfg->exhausted = same ? same->exhausted : nat64_exhausted_alloc(cfg);
	if (same && cfg->exhausted)
		refcount_inc(&cfg->exhausted->users);
}

/**
 * nat64_exhausted_put - a configuration goes
 * @exhausted: its bits, or NULL
 */
void nat64_exhausted_put(struct nat64_exhausted *exhausted)
{
	if (exhausted && refcount_dec_and_test(&exhausted->users))
		kvfree(exhausted);
}

/**
 * nat64_exhausted_next - the next address that may have a port
 * @cfg: the configuration
 * @proto: protocol
 * @at: the first to look at, in the order of nat64_config_nth4()
 * @end: the one behind the last
 *
 * Return: the address; at least @end if there is none.
 */
u32 nat64_exhausted_next(const struct nat64_config *cfg, enum nat64_proto proto,
			 u32 at, u32 end)
{
	const struct nat64_exhausted *exhausted = cfg->exhausted;
	u32 from;

	if (!exhausted)
		return at;
	from = exhausted->from[proto];
	return find_next_zero_bit(exhausted->bits, from + end, from + at) -
	       from;
}

/**
 * nat64_exhausted_set - note whether an address has no port left
 * @cfg: the configuration
 * @proto: protocol
 * @at: the address, in the order of nat64_config_nth4()
 * @is: it has none; look for one once more afterwards
 */
void nat64_exhausted_set(const struct nat64_config *cfg, enum nat64_proto proto,
			 u32 at, bool is)
{
	struct nat64_exhausted *exhausted = cfg->exhausted;

	if (!exhausted)
		return;
	if (is) {
		WRITE_ONCE(exhausted->any, true);
		set_bit(exhausted->from[proto] + at, exhausted->bits);
		/* Pairs with nat64_page_release(): one of us sees the other. */
		smp_mb__after_atomic();
	} else {
		clear_bit(exhausted->from[proto] + at, exhausted->bits);
	}
}

/**
 * nat64_exhausted_port_back - a port may be given out again
 * @inst: the instance
 * @proto: protocol
 * @host: its address, in host byte order
 * @port: the port, in host byte order; its bit in the page is clear already, with
 *	a full barrier after
 *
 * Context: RCU read lock.
 */
void nat64_exhausted_port_back(struct nat64_instance *inst,
			       enum nat64_proto proto, u32 host, u16 port)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	const struct nat64_exhausted *exhausted = cfg->exhausted;
	u32 at;

	if (!exhausted || likely(!READ_ONCE(exhausted->any)))
		return;
	if (!nat64_config_place4(cfg, proto, host, port, &at))
		return;
	if (test_bit(exhausted->from[proto] + at, exhausted->bits))
		nat64_exhausted_set(cfg, proto, at, false);
}
