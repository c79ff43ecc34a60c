// SPDX-License-Identifier: GPL-2.0
/* limit.c - limits on the number of sessions */
#include "table/limit.h"

#include <linux/jiffies.h>
#include "table/entry.h"
#include "table/state.h"

/* The share of a limit for sessions that start on this side. */
static u32 nat64_limit_share(u32 max, bool from6)
{
	return from6 ? max : max - max / 2;
}

static int nat64_limit_error(bool from6)
{
	return from6 ? -EUSERS : -EDQUOT;
}

/**
 * nat64_limit_instance - check whether an instance may have one more session
 * @inst: the instance
 * @cfg: its configuration
 * @from6: an IPv6 host starts the session
 *
 * Near the limit the count is exact, which takes a lock that all CPUs share.
 * So a full table is remembered until the next jiffy: packets that are refused one
 * after the other take no lock.
 *
 * Return: 0, or -EUSERS if an IPv6 host, -EDQUOT if an IPv4 host may start none.
 */
int nat64_limit_instance(struct nat64_instance *inst,
			 const struct nat64_config *cfg, bool from6)
{
	u32 max = nat64_limit_share(cfg->keys.maximum_sessions, from6);
	/* Not 0, which stands for never. */
	u32 now = (u32)jiffies | 1;

	if (READ_ONCE(inst->full[from6]) == now)
		return nat64_limit_error(from6);
	if (percpu_counter_compare(&inst->n_sessions, max) < 0)
		return 0;
	WRITE_ONCE(inst->full[from6], now);
	return nat64_limit_error(from6);
}

/**
 * nat64_limit_session - check whether a BIB entry may have one more session
 * @inst: the instance
 * @cfg: its configuration
 * @bib: the entry; locked, if the answer is to last
 * @from6: an IPv6 host begins the session
 *
 * Return: as of nat64_limit_instance().
 */
int nat64_limit_session(struct nat64_instance *inst,
			const struct nat64_config *cfg,
			const struct nat64_bib *bib, bool from6)
{
	u32 max = nat64_limit_share(cfg->keys.maximum_sessions_per_bib, from6);

	if (READ_ONCE(bib->n_sessions) >= max)
		return nat64_limit_error(from6);
	return nat64_limit_instance(inst, cfg, from6);
}

/**
 * nat64_limit_relax - forget that the table is full
 * @inst: the instance, which has a session less or a higher limit now
 */
void nat64_limit_relax(struct nat64_instance *inst)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(inst->full); i++)
		if (READ_ONCE(inst->full[i]))
			WRITE_ONCE(inst->full[i], 0);
}
