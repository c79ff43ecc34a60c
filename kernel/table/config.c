// SPDX-License-Identifier: GPL-2.0
/* config.c - the configuration of an instance: keys and pool6 */
#include "table/config.h"

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "rfc/rfc6146.h"
#include "table/exhausted.h"

/* Memory for a session with its BIB entry and its share of the tables. */
#define NAT64_SESSION_MEMORY 128

/* RFC 1191 s7 */
static const u16 plateaus[] = {
	65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68
};

static const struct nat64_keys defaults = {
	.manually_enabled = true,
	.source_icmpv6_errors_better = true,
	.forward_chain = true,
	.tcp_probe = true,
	.inbound_refresh = true,
	.preserve_port_parity = true,
	.wkp_strict = true,
	.send_icmp_errors = true,
	.xlat.lowest_ipv6_mtu = 1280,
	.tcp_est_timeout = NAT64_TCP_EST,
	.tcp_trans_timeout = NAT64_TCP_TRANS,
	.udp_timeout = NAT64_UDP_DEFAULT,
	.icmp_timeout = NAT64_ICMP_DEFAULT,
	.maximum_sessions_per_bib = 65536,
	.tcp_open_timeout = NAT64_TCP_TRANS,
	.maximum_simultaneous_opens = 256,
	.hold_down_time = 2 * 60, /* RFC 6888 REQ-8 */
	.hold_down_ports = 65536,
	.eam_hairpin_mode = NAT64_EAM_HAIRPIN_INTRINSIC,
};

/* As many sessions as fill a third of the memory. */
static u32 nat64_config_sessions(void)
{
	u64 memory = (u64)totalram_pages() << PAGE_SHIFT;

	return clamp_t(u64, div_u64(memory, 3 * NAT64_SESSION_MEMORY), 65536,
		       0x7fffffff);
}

/**
 * nat64_config_alloc - a configuration with every key at its default
 * @n_pool4: room for so many pool4 entries
 *
 * Return: the configuration, or NULL; nat64_config_free_rcu() or kvfree()
 * frees it.
 */
struct nat64_config *nat64_config_alloc(unsigned int n_pool4)
{
	struct nat64_config *cfg;

	cfg = kvzalloc(struct_size(cfg, pool4.entry, n_pool4),
		       GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return NULL;
	cfg->keys = defaults;
	cfg->keys.maximum_sessions = nat64_config_sessions();
	memcpy(cfg->keys.xlat.mtu_plateaus, plateaus, sizeof(plateaus));
	cfg->keys.xlat.n_plateaus = ARRAY_SIZE(plateaus);
	nat64_config_derive(cfg);
	return cfg;
}

/**
 * nat64_config_copy - copy a configuration to change it
 * @old: what to copy
 * @n_pool4: room for so many pool4 entries, at least those of @old
 *
 * Return: the copy, or NULL.
 */
struct nat64_config *nat64_config_copy(const struct nat64_config *old,
				       unsigned int n_pool4)
{
	struct nat64_config *cfg = nat64_config_alloc(n_pool4);

	if (!cfg)
		return NULL;
	memcpy(cfg, old, struct_size(old, pool4.entry, old->pool4.n));
	cfg->pool4.exhausted = NULL;
	return cfg;
}

/**
 * nat64_config_derive - work out what follows from the keys and from pool4
 * @cfg: a configuration that is not published yet
 */
void nat64_config_derive(struct nat64_config *cfg)
{
	const struct nat64_keys *keys = &cfg->keys;
	u32 *tcp = cfg->timeout[NAT64_TCP];
	int state;

	for (state = 0; state < __NAT64_STATE_MAX; state++) {
		tcp[state] = keys->tcp_trans_timeout * HZ;
		cfg->timeout[NAT64_UDP][state] = keys->udp_timeout * HZ;
		cfg->timeout[NAT64_ICMP][state] = keys->icmp_timeout * HZ;
	}
	tcp[NAT64_STATE_V4_INIT] = keys->tcp_open_timeout * HZ;
	tcp[NAT64_STATE_V6_INIT] = keys->tcp_open_timeout * HZ;
	tcp[NAT64_STATE_ESTABLISHED] = keys->tcp_est_timeout * HZ;
	tcp[NAT64_STATE_V4_FIN] = keys->tcp_est_timeout * HZ;
	tcp[NAT64_STATE_V6_FIN] = keys->tcp_est_timeout * HZ;
	nat64_pool4_set_sort(&cfg->pool4);
}

static void nat64_config_free(struct rcu_head *rcu)
{
	struct nat64_config *cfg = container_of(rcu, struct nat64_config, rcu);

	nat64_exhausted_put(cfg->pool4.exhausted);
	kvfree(cfg);
}

/**
 * nat64_config_free_rcu - free a configuration when no packet uses it
 * @cfg: the configuration, no longer published
 */
void nat64_config_free_rcu(struct nat64_config *cfg)
{
	call_rcu(&cfg->rcu, nat64_config_free);
}

/**
 * nat64_config_add_pool6 - add a prefix
 * @cfg: a configuration that is not published yet
 * @prefix: the prefix
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_config_add_pool6(struct nat64_config *cfg,
				   const struct nat64_prefix6 *prefix)
{
	const char *why = nat64_rfc6052_check(prefix);
	int i, idx = -1;

	if (why)
		return why;
	for (i = NAT64_POOL6_MAX - 1; i >= 0; i--) {
		if (!cfg->pool6[i].len)
			idx = i;
		else if (nat64_rfc6052_overlap(&cfg->pool6[i], prefix))
			return "the pool6 prefix overlaps one that the instance has";
	}
	if (idx < 0)
		return "the instance has as many pool6 prefixes as it can hold";
	cfg->pool6[idx] = *prefix;
	cfg->n_pool6 = max_t(int, cfg->n_pool6, idx + 1);
	return NULL;
}

/**
 * nat64_config_find_pool6 - index of a prefix
 * @cfg: the configuration
 * @prefix: the prefix
 *
 * Return: its index, or -1 if it is not there.
 */
int nat64_config_find_pool6(const struct nat64_config *cfg,
			    const struct nat64_prefix6 *prefix)
{
	int i;

	for (i = 0; i < cfg->n_pool6; i++)
		if (cfg->pool6[i].len && cfg->pool6[i].len == prefix->len &&
		    !memcmp(&cfg->pool6[i].addr, &prefix->addr,
			    sizeof(prefix->addr)))
			return i;
	return -1;
}

/* Find a slot for a new prefix, preferably one that no session refers to. */
static int nat64_config_new_idx(const struct nat64_config *cfg,
				const struct nat64_config *old)
{
	int i;

	for (i = 0; i < NAT64_POOL6_MAX; i++)
		if (!cfg->pool6[i].len && !old->pool6[i].len)
			return i;
	for (i = 0; cfg->pool6[i].len; i++)
		continue;
	return i;
}

/**
 * nat64_config_settle_pool6 - keep prefixes in their previous slots
 * @cfg: a configuration that is not published yet
 * @old: the configuration that it replaces
 */
void nat64_config_settle_pool6(struct nat64_config *cfg,
			       const struct nat64_config *old)
{
	struct nat64_prefix6 want[NAT64_POOL6_MAX];
	int i, idx;

	memcpy(want, cfg->pool6, sizeof(want));
	memset(cfg->pool6, 0, sizeof(cfg->pool6));
	for (i = 0; i < NAT64_POOL6_MAX; i++) {
		idx = nat64_config_find_pool6(old, &want[i]);
		if (idx < 0)
			continue;
		cfg->pool6[idx] = want[i];
		want[i].len = 0;
	}
	for (i = 0; i < NAT64_POOL6_MAX; i++)
		if (want[i].len)
			cfg->pool6[nat64_config_new_idx(cfg, old)] = want[i];
	cfg->n_pool6 = 0;
	for (i = 0; i < NAT64_POOL6_MAX; i++)
		if (cfg->pool6[i].len)
			cfg->n_pool6 = i + 1;
}
