// SPDX-License-Identifier: GPL-2.0
/* config.c - what an operator has set: keys, pool6 and pool4 */
#include "table/config.h"

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
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
	.tcp_est_timeout = 2 * 60 * 60,		/* TCP_EST, RFC 6146 s4 */
	.tcp_trans_timeout = 4 * 60,		/* TCP_TRANS */
	.udp_timeout = 5 * 60,			/* UDP_DEFAULT */
	.icmp_timeout = 60,			/* ICMP_DEFAULT */
	.maximum_sessions_per_bib = 65536,
	.tcp_open_timeout = 4 * 60,		/* TCP_TRANS */
	.maximum_simultaneous_opens = 256,
	.hold_down_time = 2 * 60,		/* RFC 6888 REQ-8 */
	.hold_down_ports = 65536,
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

	cfg = kvzalloc(struct_size(cfg, pool4, n_pool4), GFP_KERNEL_ACCOUNT);
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
	memcpy(cfg, old, struct_size(old, pool4, old->n_pool4));
	cfg->exhausted = NULL;
	return cfg;
}

/* Put the entries in the order of their marks, and count their addresses. */
static void nat64_config_sort4(struct nat64_config *cfg)
{
	u32 n[NAT64_PROTOS] = {};
	int i, j, proto;

	for (i = 0; i < cfg->n_pool4; i++) {
		for (j = i; j && cfg->pool4[cfg->pool4[j - 1].nth].mark >
				 cfg->pool4[i].mark; j--)
			cfg->pool4[j].nth = cfg->pool4[j - 1].nth;
		cfg->pool4[j].nth = i;
	}
	for (i = 0; i < cfg->n_pool4; i++) {
		struct nat64_pool4_row *row = &cfg->pool4[cfg->pool4[i].nth];

		row->turn = i;
		for (proto = 0; proto < NAT64_PROTOS; proto++) {
			if (row->protos & BIT(proto))
				n[proto] += 1U << (32 - row->len);
			row->total[proto] = n[proto];
		}
	}
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
	nat64_config_sort4(cfg);
}

static void nat64_config_free(struct rcu_head *rcu)
{
	struct nat64_config *cfg = container_of(rcu, struct nat64_config, rcu);

	nat64_exhausted_put(cfg->exhausted);
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
	int i, place = -1;

	if (why)
		return why;
	for (i = NAT64_POOL6_MAX - 1; i >= 0; i--) {
		if (!cfg->pool6[i].len)
			place = i;
		else if (nat64_rfc6052_overlap(&cfg->pool6[i], prefix))
			return "the pool6 prefix overlaps one that the instance has";
	}
	if (place < 0)
		return "the instance has as many pool6 prefixes as it can hold";
	cfg->pool6[place] = *prefix;
	cfg->n_pool6 = max_t(int, cfg->n_pool6, place + 1);
	return NULL;
}

/**
 * nat64_config_find_pool6 - place of a prefix
 * @cfg: the configuration
 * @prefix: the prefix
 *
 * Return: its place, or -1 if it is not there.
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

/* A place for a new prefix: one of which no session knows, if there is one. */
static int nat64_config_new_place(const struct nat64_config *cfg,
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
 * nat64_config_settle_pool6 - give prefixes the places that they had
 * @cfg: a configuration that is not published yet
 * @old: the one that it follows
 */
void nat64_config_settle_pool6(struct nat64_config *cfg,
			       const struct nat64_config *old)
{
	struct nat64_prefix6 want[NAT64_POOL6_MAX];
	int i, place;

	memcpy(want, cfg->pool6, sizeof(want));
	memset(cfg->pool6, 0, sizeof(cfg->pool6));
	for (i = 0; i < NAT64_POOL6_MAX; i++) {
		place = nat64_config_find_pool6(old, &want[i]);
		if (place < 0)
			continue;
		cfg->pool6[place] = want[i];
		want[i].len = 0;
	}
	for (i = 0; i < NAT64_POOL6_MAX; i++)
		if (want[i].len)
			cfg->pool6[nat64_config_new_place(cfg, old)] = want[i];
	cfg->n_pool6 = 0;
	for (i = 0; i < NAT64_POOL6_MAX; i++)
		if (cfg->pool6[i].len)
			cfg->n_pool6 = i + 1;
}

static bool nat64_ranges_overlap(const struct nat64_pool4_row *a,
				 const struct nat64_pool4_row *b)
{
	int i = 0, j = 0;

	/* Both rise, so each range is passed once. */
	while (i < a->n_ranges && j < b->n_ranges) {
		if (a->ranges[i].max < b->ranges[j].min)
			i++;
		else if (b->ranges[j].max < a->ranges[i].min)
			j++;
		else
			return true;
	}
	return false;
}

/**
 * nat64_pool4_rows_overlap - do two pool4 entries share a transport address?
 * @a: an entry
 * @b: an entry
 *
 * The mark does not matter: it says who may use a transport address, not
 * which one it is.
 *
 * Return: true if they do.
 */
bool nat64_pool4_rows_overlap(const struct nat64_pool4_row *a,
			      const struct nat64_pool4_row *b)
{
	const struct nat64_pool4_row *wide = a->len < b->len ? a : b;

	return (a->protos & b->protos) &&
	       nat64_row_contains(wide, a == wide ? b->addr : a->addr) &&
	       nat64_ranges_overlap(a, b);
}

/* Work out how far the entries reach, from a place on. */
static void nat64_config_reach4(struct nat64_config *cfg, int i)
{
	for (; i < cfg->n_pool4; i++) {
		struct nat64_pool4_row *row = &cfg->pool4[i];

		row->reach = row->addr + (row->len < 32 ? U32_MAX >> row->len : 0);
		if (i)
			row->reach = max(row->reach, row[-1].reach);
	}
}

/* Put an entry behind those of lower or equal address. */
static void nat64_config_insert4(struct nat64_config *cfg,
				 const struct nat64_pool4_row *row)
{
	int at = nat64_config_last4(cfg, row->addr) + 1;

	memmove(&cfg->pool4[at + 1], &cfg->pool4[at],
		array_size(cfg->n_pool4 - at, sizeof(*row)));
	cfg->pool4[at] = *row;
	cfg->n_pool4++;
	nat64_config_reach4(cfg, at);
}

/**
 * nat64_config_last4 - the last entry that may hold an address
 * @cfg: the configuration
 * @host: the address, in host byte order
 *
 * Return: place of the last entry whose address is not above it, or -1.
 */
int nat64_config_last4(const struct nat64_config *cfg, u32 host)
{
	int low = 0, high = cfg->n_pool4;

	while (low < high) {
		int mid = (low + high) / 2;

		if (cfg->pool4[mid].addr <= host)
			low = mid + 1;
		else
			high = mid;
	}
	return low - 1;
}

/**
 * nat64_config_add_pool4 - add a pool4 entry
 * @cfg: a configuration that is not published yet, with room for one more
 * @row: the entry, valid in itself
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_config_add_pool4(struct nat64_config *cfg,
				   const struct nat64_pool4_row *row)
{
	int i;

	if (cfg->n_pool4 == NAT64_POOL4_MAX)
		return "the instance has as many pool4 entries as it can hold";
	for (i = 0; i < cfg->n_pool4; i++)
		if (nat64_pool4_rows_overlap(&cfg->pool4[i], row))
			return "the pool4 entry overlaps one that the instance has";
	nat64_config_insert4(cfg, row);
	return NULL;
}

/* Take the ports of @what out of @row; false if there is no room for the rest. */
static bool nat64_ranges_cut(struct nat64_pool4_row *row,
			     const struct nat64_pool4_row *what)
{
	struct nat64_ports_range left[NAT64_PORTS_MAX];
	int i, j, n = 0;

	for (i = 0; i < row->n_ranges; i++) {
		u32 from = row->ranges[i].min, to = row->ranges[i].max;

		for (j = 0; j < what->n_ranges && from <= to; j++) {
			u32 min = what->ranges[j].min, max = what->ranges[j].max;

			if (max < from || min > to)
				continue;
			if (min > from) {
				if (n == NAT64_PORTS_MAX)
					return false;
				left[n].min = from;
				left[n++].max = min - 1;
			}
			from = max + 1;
		}
		if (from > to)
			continue;
		if (n == NAT64_PORTS_MAX)
			return false;
		left[n].min = from;
		left[n++].max = to;
	}
	memcpy(row->ranges, left, n * sizeof(left[0]));
	row->n_ranges = n;
	row->all_ports = false;
	return true;
}

/**
 * nat64_config_del_pool4 - take protocols and ports out of pool4
 * @cfg: a configuration that is not published yet, with room for twice the
 *	entries it has
 * @what: prefix, mark, protocols and ports to take out
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_config_del_pool4(struct nat64_config *cfg,
				   const struct nat64_pool4_row *what)
{
	bool found = false;
	int i, n;

	for (i = 0; i < cfg->n_pool4; i++) {
		struct nat64_pool4_row *row = &cfg->pool4[i];
		struct nat64_pool4_row rest;

		if (row->addr != what->addr || row->len != what->len ||
		    row->mark != what->mark ||
		    !nat64_pool4_rows_overlap(row, what))
			continue;
		found = true;
		rest = *row;
		rest.protos &= what->protos;
		row->protos &= ~what->protos;
		if (!nat64_ranges_cut(&rest, what))
			return "too many port ranges would remain: delete the entry, add it anew";
		if (rest.n_ranges)
			nat64_config_insert4(cfg, &rest);
	}
	if (!found)
		return "the instance has no such pool4 entry: see 'pool4 show'";

	for (n = 0, i = 0; i < cfg->n_pool4; i++)
		if (cfg->pool4[i].protos)
			cfg->pool4[n++] = cfg->pool4[i];
	cfg->n_pool4 = n;
	nat64_config_reach4(cfg, 0);
	if (n > NAT64_POOL4_MAX)
		return "more pool4 entries would remain than an instance can hold";
	return NULL;
}

/**
 * nat64_config_has_addr4 - has pool4 a port of an address?
 * @cfg: the configuration
 * @proto: protocol
 * @addr: IPv4 address, in network byte order
 *
 * Return: true if it has.
 */
bool nat64_config_has_addr4(const struct nat64_config *cfg,
			    enum nat64_proto proto, __be32 addr)
{
	u32 host = ntohl(addr);
	int i = cfg->n_pool4;

	while ((i = nat64_config_next4(cfg, host, i)) >= 0)
		if (cfg->pool4[i].protos & BIT(proto))
			return true;
	return false;
}

/* The entry that a transport address is in, or NULL. */
static const struct nat64_pool4_row *
nat64_config_row4(const struct nat64_config *cfg, enum nat64_proto proto,
		  __be32 addr, __be16 port)
{
	u32 host = ntohl(addr);
	u16 p = ntohs(port);
	int i = cfg->n_pool4, j;

	while ((i = nat64_config_next4(cfg, host, i)) >= 0) {
		const struct nat64_pool4_row *row = &cfg->pool4[i];

		if (!(row->protos & BIT(proto)))
			continue;
		for (j = 0; j < row->n_ranges; j++)
			if (p >= row->ranges[j].min && p <= row->ranges[j].max)
				return row;
	}
	return NULL;
}

/* The entry that is the @i-th in the order of their marks. */
static const struct nat64_pool4_row *
nat64_config_turn4(const struct nat64_config *cfg, int i)
{
	return &cfg->pool4[cfg->pool4[i].nth];
}

/* Addresses that the first @n entries have in the order of their marks. */
static u32 nat64_config_total4(const struct nat64_config *cfg,
			       enum nat64_proto proto, int n)
{
	return n ? nat64_config_turn4(cfg, n - 1)->total[proto] : 0;
}

/**
 * nat64_config_addrs4 - how many addresses pool4 has for a protocol
 * @cfg: the configuration
 * @proto: protocol
 *
 * Return: their number; one that is in two entries counts twice.
 */
u32 nat64_config_addrs4(const struct nat64_config *cfg, enum nat64_proto proto)
{
	return nat64_config_total4(cfg, proto, cfg->n_pool4);
}

/* How many entries have a mark below @mark. */
static int nat64_config_below4(const struct nat64_config *cfg, u64 mark)
{
	int low = 0, high = cfg->n_pool4;

	while (low < high) {
		int mid = (low + high) / 2;

		if (nat64_config_turn4(cfg, mid)->mark < mark)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * nat64_config_mark4 - the addresses of pool4 for certain packets
 * @cfg: the configuration
 * @proto: protocol
 * @mark: mark of the packets
 * @first: set to the first of them, for nat64_config_nth4()
 *
 * Return: how many there are.
 */
u32 nat64_config_mark4(const struct nat64_config *cfg, enum nat64_proto proto,
		       u32 mark, u32 *first)
{
	int low = nat64_config_below4(cfg, mark);
	int high = nat64_config_below4(cfg, (u64)mark + 1);

	*first = nat64_config_total4(cfg, proto, low);
	return nat64_config_total4(cfg, proto, high) - *first;
}

/**
 * nat64_config_nth4 - an address of pool4
 * @cfg: the configuration
 * @proto: protocol
 * @at: which one, below nat64_config_addrs4()
 * @host: set to the address, in host byte order
 *
 * Return: the entry that it is in.
 */
const struct nat64_pool4_row *nat64_config_nth4(const struct nat64_config *cfg,
						enum nat64_proto proto, u32 at,
						u32 *host)
{
	const struct nat64_pool4_row *row;
	int low = 0, high = cfg->n_pool4;

	while (low < high) {
		int mid = (low + high) / 2;

		if (nat64_config_turn4(cfg, mid)->total[proto] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	row = nat64_config_turn4(cfg, low);
	*host = row->addr + at - nat64_config_total4(cfg, proto, low);
	return row;
}

/**
 * nat64_config_at4 - which address of pool4 an address of an entry is
 * @cfg: the configuration
 * @proto: protocol
 * @row: the entry
 * @host: the address, in host byte order
 *
 * Return: what nat64_config_nth4() takes.
 */
u32 nat64_config_at4(const struct nat64_config *cfg, enum nat64_proto proto,
		     const struct nat64_pool4_row *row, u32 host)
{
	return nat64_config_total4(cfg, proto, row->turn) + host - row->addr;
}

/**
 * nat64_config_place4 - which address of pool4 a transport address belongs to
 * @cfg: the configuration
 * @proto: protocol
 * @host: the address, in host byte order
 * @port: port or identifier, in host byte order
 * @at: set to what nat64_config_nth4() takes
 *
 * Return: false if pool4 does not have it.
 */
bool nat64_config_place4(const struct nat64_config *cfg, enum nat64_proto proto,
			 u32 host, u16 port, u32 *at)
{
	const struct nat64_pool4_row *row;

	row = nat64_config_row4(cfg, proto, htonl(host), htons(port));
	if (!row)
		return false;
	*at = nat64_config_at4(cfg, proto, row, host);
	return true;
}

/**
 * nat64_config_has4 - is a transport address in pool4?
 * @cfg: the configuration
 * @proto: protocol
 * @addr: IPv4 address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Return: true if it is.
 */
bool nat64_config_has4(const struct nat64_config *cfg, enum nat64_proto proto,
		       __be32 addr, __be16 port)
{
	return nat64_config_row4(cfg, proto, addr, port);
}

/**
 * nat64_config_serves - is a transport address in pool4 for certain packets?
 * @cfg: the configuration
 * @proto: protocol
 * @mark: mark of the packets
 * @addr: IPv4 address, in network byte order
 * @port: port or identifier, in network byte order
 *
 * Return: true if it is.
 */
bool nat64_config_serves(const struct nat64_config *cfg, enum nat64_proto proto,
			 u32 mark, __be32 addr, __be16 port)
{
	const struct nat64_pool4_row *row;

	row = nat64_config_row4(cfg, proto, addr, port);
	return row && row->mark == mark;
}
