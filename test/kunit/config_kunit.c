// SPDX-License-Identifier: GPL-2.0
/* config_kunit.c - what an operator has set: keys, pool6 and pool4 */
#include "fixture.h"

static struct nat64_pool4_entry entry_of(const char *addr, u8 len, u16 min,
					 u16 max, u8 protos, u32 mark)
{
	struct nat64_pool4_entry entry = {
		.addr = ntohl(test_addr4(addr)),
		.len = len,
		.mark = mark,
		.protos = protos,
		.n_ranges = 1,
		.ranges[0] = { min, max },
	};

	return entry;
}

/* 2.0: the constants of RFC 6146 s4 and RFC 7915 s4.1 are the defaults. */
static void defaults_are_the_rfcs(struct kunit *test)
{
	static const u16 rfc1191[] = {
		65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68
	};
	struct fixture *fx = test->priv;
	const struct nat64_keys *keys = &fx->cfg->keys;

	KUNIT_EXPECT_EQ(test, keys->udp_timeout, 300);
	KUNIT_EXPECT_EQ(test, keys->tcp_est_timeout, 7200);
	KUNIT_EXPECT_EQ(test, keys->tcp_trans_timeout, 240);
	KUNIT_EXPECT_EQ(test, keys->icmp_timeout, 60);
	KUNIT_EXPECT_EQ(test, keys->xlat.lowest_ipv6_mtu, 1280);
	KUNIT_EXPECT_TRUE(test, keys->manually_enabled);
	KUNIT_EXPECT_FALSE(test, keys->xlat.zeroize_traffic_class);
	KUNIT_EXPECT_FALSE(test, keys->xlat.override_tos);
	KUNIT_EXPECT_FALSE(test, keys->address_dependent_filtering);
	KUNIT_EXPECT_FALSE(test, keys->drop_externally_initiated_tcp);
	KUNIT_EXPECT_FALSE(test, keys->handle_rst_during_fin_rcv);
	KUNIT_EXPECT_TRUE(test, keys->source_icmpv6_errors_better);
	KUNIT_EXPECT_TRUE(test, keys->forward_chain);
	KUNIT_ASSERT_EQ(test, keys->xlat.n_plateaus, ARRAY_SIZE(rfc1191));
	test_octets(test, keys->xlat.mtu_plateaus, rfc1191, sizeof(rfc1191),
		    "plateaus");
	KUNIT_EXPECT_EQ(test, fx->cfg->pool4.n, 0);
	KUNIT_EXPECT_EQ(test, fx->cfg->n_pool6, 0);
}

/* What RFCs say beyond RFC 6146 holds unless the operator changes it. */
static void later_defaults_are_the_rfcs(struct kunit *test)
{
	struct fixture *fx = test->priv;
	const struct nat64_keys *keys = &fx->cfg->keys;

	KUNIT_EXPECT_EQ(test, keys->tcp_open_timeout, 240);
	KUNIT_EXPECT_TRUE(test, keys->tcp_probe);
	KUNIT_EXPECT_EQ(test, keys->maximum_simultaneous_opens, 256);
	KUNIT_EXPECT_EQ(test, keys->hold_down_time, 120);
	KUNIT_EXPECT_EQ(test, keys->hold_down_ports, 65536);
	KUNIT_EXPECT_TRUE(test, keys->inbound_refresh);
	KUNIT_EXPECT_FALSE(test, keys->port_dependent_filtering);
	KUNIT_EXPECT_TRUE(test, keys->preserve_port_parity);
	KUNIT_EXPECT_TRUE(test, keys->wkp_strict);
	KUNIT_EXPECT_FALSE(test, keys->xlat.udp6_zero_checksum);
	KUNIT_EXPECT_FALSE(test, keys->xlat.drop_udp4_zero_checksum);
	KUNIT_EXPECT_EQ(test, keys->xlat.mss_clamp, 0);
	KUNIT_EXPECT_EQ(test, keys->rfc6791_len, 0);
	KUNIT_EXPECT_TRUE(test, keys->send_icmp_errors);
	KUNIT_EXPECT_FALSE(test, keys->answer_unmapped);
}

static u32 tcp_seconds(int state)
{
	switch (state) {
	case NAT64_STATE_V4_INIT:
	case NAT64_STATE_V6_INIT:
		return 30;
	case NAT64_STATE_ESTABLISHED:
	case NAT64_STATE_V4_FIN:
	case NAT64_STATE_V6_FIN:
		return 8000;
	}
	return 250;
}

/* Each state has the lifetime of its key. */
static void derive_gives_each_state_its_lifetime(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_keys *keys = &fx->cfg->keys;
	int state;

	keys->tcp_est_timeout = 8000;
	keys->tcp_trans_timeout = 250;
	keys->tcp_open_timeout = 30;
	keys->udp_timeout = 130;
	keys->icmp_timeout = 70;
	nat64_config_derive(fx->cfg);
	for (state = 0; state < __NAT64_STATE_MAX; state++) {
		KUNIT_EXPECT_EQ(test, fx->cfg->timeout[NAT64_TCP][state],
				tcp_seconds(state) * HZ);
		KUNIT_EXPECT_EQ(test, fx->cfg->timeout[NAT64_UDP][state],
				130 * HZ);
		KUNIT_EXPECT_EQ(test, fx->cfg->timeout[NAT64_ICMP][state],
				70 * HZ);
	}
}

static const char *add_pool6(struct kunit *test, const char *addr, u8 len)
{
	struct nat64_prefix6 prefix = { .addr = test_addr6(addr), .len = len };
	struct fixture *fx = test->priv;

	return nat64_config_add_pool6(fx->cfg, &prefix);
}

static int find_pool6(struct kunit *test, const char *addr, u8 len)
{
	struct nat64_prefix6 prefix = { .addr = test_addr6(addr), .len = len };
	struct fixture *fx = test->priv;

	return nat64_config_find_pool6(fx->cfg, &prefix);
}

/* 6146-1, 6052-1 */
static void pool6_takes_prefixes_that_do_not_overlap(struct kunit *test)
{
	struct in6_addr inside = test_addr6("64:ff9b::192.0.2.1");
	struct in6_addr outside = test_addr6("64:ff9b:0:0:1::1");
	struct fixture *fx = test->priv;

	KUNIT_EXPECT_NULL(test, add_pool6(test, "64:ff9b::", 96));
	KUNIT_EXPECT_NULL(test, add_pool6(test, "2001:db8:1::", 48));
	KUNIT_EXPECT_NOT_NULL(test, add_pool6(test, "64:ff9b::", 96));
	KUNIT_EXPECT_NOT_NULL(test, add_pool6(test, "64:ff9b::", 32));
	KUNIT_EXPECT_NOT_NULL(test, add_pool6(test, "2001:db8:1:2::", 64));
	KUNIT_EXPECT_NOT_NULL(test, add_pool6(test, "2001:db8:2::", 47));
	KUNIT_EXPECT_EQ(test, find_pool6(test, "64:ff9b::", 96), 0);
	KUNIT_EXPECT_EQ(test, find_pool6(test, "2001:db8:1::", 48), 1);
	KUNIT_EXPECT_EQ(test, find_pool6(test, "2001:db8:1::", 64), -1);
	KUNIT_EXPECT_EQ(test, find_pool6(test, "::", 0), -1);
	KUNIT_EXPECT_EQ(test, nat64_config_pool6(fx->cfg, &inside), 0);
	KUNIT_EXPECT_EQ(test, nat64_config_pool6(fx->cfg, &outside), -1);
}

/* A prefix keeps its place, since sessions know it by that. */
static void pool6_reuses_the_first_free_index(struct kunit *test)
{
	struct fixture *fx = test->priv;
	char text[64];
	int i;

	for (i = 0; i < NAT64_POOL6_MAX; i++) {
		snprintf(text, sizeof(text), "2001:db8:%x::", i);
		KUNIT_EXPECT_NULL(test, add_pool6(test, text, 48));
		KUNIT_EXPECT_EQ(test, find_pool6(test, text, 48), i);
	}
	KUNIT_EXPECT_NOT_NULL(test, add_pool6(test, "64:ff9b::", 96));
	fx->cfg->pool6[3].len = 0;
	fx->cfg->pool6[9].len = 0;
	KUNIT_EXPECT_EQ(test, find_pool6(test, "2001:db8:3::", 48), -1);
	KUNIT_EXPECT_NULL(test, add_pool6(test, "64:ff9b::", 96));
	KUNIT_EXPECT_EQ(test, find_pool6(test, "64:ff9b::", 96), 3);
	KUNIT_EXPECT_EQ(test, find_pool6(test, "2001:db8:f::", 48), 15);
	KUNIT_EXPECT_EQ(test, fx->cfg->n_pool6, NAT64_POOL6_MAX);
}

/* Sessions know a prefix by its place, which a new configuration leaves it. */
static void pool6_keeps_places_when_it_is_replaced(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_config *old;
	char text[32];
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "2001:db8:%x::", i);
		add_pool6(test, text, 48);
	}
	old = nat64_config_copy(fx->cfg, 0);
	KUNIT_ASSERT_NOT_NULL(test, old);
	memset(fx->cfg->pool6, 0, sizeof(fx->cfg->pool6));
	add_pool6(test, "64:ff9b::", 96);
	add_pool6(test, "2001:db8:2::", 48);
	nat64_config_settle_pool6(fx->cfg, old);
	KUNIT_EXPECT_EQ(test, find_pool6(test, "2001:db8:2::", 48), 2);
	KUNIT_EXPECT_EQ(test, find_pool6(test, "64:ff9b::", 96), 3);
	KUNIT_EXPECT_EQ(test, fx->cfg->n_pool6, 4);

	/* None of 16 is left empty for any of 16 others. */
	memset(fx->cfg->pool6, 0, sizeof(fx->cfg->pool6));
	memset(old->pool6, 0, sizeof(old->pool6));
	for (i = 0; i < NAT64_POOL6_MAX; i++) {
		snprintf(text, sizeof(text), "2001:db8:%x::", i);
		add_pool6(test, text, 48);
	}
	memcpy(old->pool6, fx->cfg->pool6, sizeof(old->pool6));
	old->n_pool6 = NAT64_POOL6_MAX;
	memset(fx->cfg->pool6, 0, sizeof(fx->cfg->pool6));
	for (i = 0; i < NAT64_POOL6_MAX; i++) {
		snprintf(text, sizeof(text), "2001:db8:%x::", i + 0x100);
		add_pool6(test, text, 48);
	}
	nat64_config_settle_pool6(fx->cfg, old);
	for (i = 0; i < NAT64_POOL6_MAX; i++) {
		snprintf(text, sizeof(text), "2001:db8:%x::", i + 0x100);
		KUNIT_EXPECT_GE(test, find_pool6(test, text, 48), 0);
	}
	kvfree(old);
}

struct overlap_case {
	const char *name;
	const char *a, *b;
	u8 alen, blen;
	u16 amin, amax, bmin, bmax;
	u8 aprotos, bprotos;
	u32 amark, bmark;
	bool overlap;
};

#define T BIT(NAT64_TCP)
#define U BIT(NAT64_UDP)

static const struct overlap_case overlap_cases[] = {
	{ "the same", "192.0.2.1", "192.0.2.1", 32, 32, 1, 9, 1, 9, T, T, 0, 0,
	  true },
	{ "other protocol", "192.0.2.1", "192.0.2.1", 32, 32, 1, 9, 1, 9, T, U,
	  0, 0, false },
	{ "a protocol in common", "192.0.2.1", "192.0.2.1", 32, 32, 1, 9, 1, 9,
	  T | U, U, 0, 0, true },
	{ "other mark", "192.0.2.1", "192.0.2.1", 32, 32, 1, 9, 1, 9, T, T, 0,
	  7, true },
	{ "ports that touch", "192.0.2.1", "192.0.2.1", 32, 32, 1, 9, 10, 19, T,
	  T, 0, 0, false },
	{ "one port in common", "192.0.2.1", "192.0.2.1", 32, 32, 1, 10, 10, 19,
	  T, T, 0, 0, true },
	{ "ports inside", "192.0.2.1", "192.0.2.1", 32, 32, 1, 65535, 80, 80, T,
	  T, 0, 0, true },
	{ "other address", "192.0.2.1", "192.0.2.2", 32, 32, 1, 9, 1, 9, T, T,
	  0, 0, false },
	{ "address inside", "192.0.2.0", "192.0.2.255", 24, 32, 1, 9, 1, 9, T,
	  T, 0, 0, true },
	{ "address behind", "192.0.2.0", "192.0.3.0", 24, 32, 1, 9, 1, 9, T, T,
	  0, 0, false },
	{ "prefix inside", "192.0.2.0", "192.0.2.64", 24, 26, 1, 9, 1, 9, T, T,
	  0, 0, true },
	{ "prefix beside", "192.0.2.0", "192.0.2.64", 26, 26, 1, 9, 1, 9, T, T,
	  0, 0, false },
};

static void overlap_desc(const struct overlap_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(overlap, overlap_cases, overlap_desc);

/* 6146-3: a transport address is in one entry only. */
static void rows_overlap_if_they_share_an_address(struct kunit *test)
{
	const struct overlap_case *c = test->param_value;
	struct nat64_pool4_entry a =
		entry_of(c->a, c->alen, c->amin, c->amax, c->aprotos, c->amark);
	struct nat64_pool4_entry b =
		entry_of(c->b, c->blen, c->bmin, c->bmax, c->bprotos, c->bmark);
	struct fixture *fx = test->priv;

	KUNIT_EXPECT_EQ(test, nat64_pool4_entries_overlap(&a, &b), c->overlap);
	KUNIT_EXPECT_EQ(test, nat64_pool4_entries_overlap(&b, &a), c->overlap);
	KUNIT_EXPECT_NULL(test, nat64_pool4_set_add(&fx->cfg->pool4, &a));
	KUNIT_EXPECT_EQ(test, !nat64_pool4_set_add(&fx->cfg->pool4, &b),
			!c->overlap);
	KUNIT_EXPECT_EQ(test, fx->cfg->pool4.n, c->overlap ? 1 : 2);
}

/*
 * An entry's ranges rise and leave room between them; 6146-3: a transport address
 * is in one entry only.
 */
static void expect_tidy(struct kunit *test, const struct nat64_config *cfg)
{
	int i, j;

	for (i = 0; i < cfg->pool4.n; i++) {
		const struct nat64_pool4_entry *entry = &cfg->pool4.entry[i];

		KUNIT_EXPECT_NE(test, entry->protos, 0);
		KUNIT_EXPECT_GT(test, entry->n_ranges, 0);
		for (j = 0; j < entry->n_ranges; j++)
			KUNIT_EXPECT_LE(test, entry->ranges[j].min,
					entry->ranges[j].max);
		for (j = 1; j < entry->n_ranges; j++)
			KUNIT_EXPECT_LT(test, entry->ranges[j - 1].max + 1,
					entry->ranges[j].min);
		for (j = 0; j < i; j++) {
			const struct nat64_pool4_entry *other =
				&cfg->pool4.entry[j];

			KUNIT_EXPECT_FALSE(test,
					   nat64_pool4_entries_overlap(entry,
								       other));
		}
	}
}

static bool has4(struct kunit *test, u8 proto, const char *addr, u16 port)
{
	struct fixture *fx = test->priv;

	return nat64_pool4_set_has(&fx->cfg->pool4, proto, test_addr4(addr),
				   htons(port));
}

static const char *del(struct kunit *test, const char *addr, u8 len, u16 min,
		       u16 max, u8 protos, u32 mark)
{
	struct nat64_pool4_entry what =
		entry_of(addr, len, min, max, protos, mark);
	struct fixture *fx = test->priv;

	return nat64_pool4_set_del(&fx->cfg->pool4, &what);
}

/* Ports and protocols that remain stay, in an entry of their own if need be. */
static void del_leaves_what_was_not_named(struct kunit *test)
{
	struct fixture *fx = test->priv;

	fixture_pool4(test, "192.0.2.0", 24, 1, 65535, PROTO_BITS, 5);
	KUNIT_EXPECT_NULL(test, del(test, "192.0.2.0", 24, 100, 199, T, 5));
	expect_tidy(test, fx->cfg);
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_TCP, "192.0.2.0", 99));
	KUNIT_EXPECT_FALSE(test, has4(test, NAT64_TCP, "192.0.2.0", 100));
	KUNIT_EXPECT_FALSE(test, has4(test, NAT64_TCP, "192.0.2.255", 199));
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_TCP, "192.0.2.255", 200));
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_TCP, "192.0.2.9", 65535));
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_UDP, "192.0.2.9", 150));
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_ICMP, "192.0.2.9", 150));
	KUNIT_EXPECT_FALSE(test, has4(test, NAT64_UDP, "192.0.3.0", 150));
	KUNIT_EXPECT_FALSE(test, has4(test, NAT64_UDP, "192.0.1.255", 150));

	KUNIT_EXPECT_NULL(test, del(test, "192.0.2.0", 24, 0, 65535, PROTO_BITS,
				    5));
	KUNIT_EXPECT_EQ(test, fx->cfg->pool4.n, 0);
}

/* An entry for all ports is shown without them; the rest of it is not. */
static void del_leaves_an_entry_with_its_ports(struct kunit *test)
{
	struct nat64_pool4_entry all = entry_of("192.0.2.0", 24, 0, 65535,
						T | U, 0);
	struct fixture *fx = test->priv;
	int i;

	all.all_ports = true;
	KUNIT_ASSERT_NULL(test, nat64_pool4_set_add(&fx->cfg->pool4, &all));
	KUNIT_EXPECT_NULL(test, del(test, "192.0.2.0", 24, 100, 199, T, 0));
	KUNIT_ASSERT_EQ(test, fx->cfg->pool4.n, 2);
	for (i = 0; i < 2; i++) {
		const struct nat64_pool4_entry *entry =
			&fx->cfg->pool4.entry[i];

		KUNIT_EXPECT_EQ(test, entry->all_ports, entry->protos == U);
		KUNIT_EXPECT_EQ(test, entry->n_ranges,
				entry->protos == U ? 1 : 2);
	}
}

/* The last entry that begins below an address may end below it, too. */
static void a_narrow_entry_does_not_hide_a_wide_one(struct kunit *test)
{
	fixture_pool4(test, "192.0.2.0", 24, 1, 9, T, 0);
	fixture_pool4(test, "192.0.2.4", 32, 10, 19, T, 0);
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_TCP, "192.0.2.4", 9));
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_TCP, "192.0.2.4", 10));
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_TCP, "192.0.2.200", 9));
	KUNIT_EXPECT_FALSE(test, has4(test, NAT64_TCP, "192.0.2.200", 10));
	KUNIT_EXPECT_FALSE(test, has4(test, NAT64_TCP, "192.0.3.0", 9));
}

static bool serves4(struct kunit *test, u8 proto, u32 mark, u16 port)
{
	struct fixture *fx = test->priv;

	return nat64_pool4_set_serves(&fx->cfg->pool4, proto, mark,
				      test_addr4("192.0.2.1"), htons(port));
}

/* The ports of an address may be divided between marks. */
static void a_port_serves_the_mark_of_its_entry(struct kunit *test)
{
	fixture_pool4(test, "192.0.2.1", 32, 1, 999, T, 0);
	fixture_pool4(test, "192.0.2.1", 32, 1000, 1999, T, 5);
	KUNIT_EXPECT_TRUE(test, serves4(test, NAT64_TCP, 0, 999));
	KUNIT_EXPECT_TRUE(test, serves4(test, NAT64_TCP, 5, 1000));
	KUNIT_EXPECT_FALSE(test, serves4(test, NAT64_TCP, 5, 999));
	KUNIT_EXPECT_FALSE(test, serves4(test, NAT64_TCP, 0, 1000));
	KUNIT_EXPECT_FALSE(test, serves4(test, NAT64_UDP, 5, 1000));
	KUNIT_EXPECT_FALSE(test, serves4(test, NAT64_TCP, 5, 2000));
}

/* Prefix and mark must be those of an entry. */
static void del_refuses_what_is_not_there(struct kunit *test)
{
	struct fixture *fx = test->priv;

	fixture_pool4(test, "192.0.2.0", 24, 1, 1000, T | U, 5);
	KUNIT_EXPECT_NOT_NULL(test, del(test, "192.0.2.0", 24, 1, 9, T, 0));
	KUNIT_EXPECT_NOT_NULL(test, del(test, "192.0.2.0", 25, 1, 9, T, 5));
	KUNIT_EXPECT_NOT_NULL(test, del(test, "192.0.2.1", 32, 1, 9, T, 5));
	KUNIT_EXPECT_NOT_NULL(test, del(test, "192.0.2.0", 24, 1001, 2000, T,
					5));
	KUNIT_EXPECT_NOT_NULL(test, del(test, "192.0.2.0", 24, 1, 9,
					BIT(NAT64_ICMP), 5));
	KUNIT_EXPECT_EQ(test, fx->cfg->pool4.n, 1);
	KUNIT_EXPECT_TRUE(test, has4(test, NAT64_TCP, "192.0.2.0", 1));
}

/* An entry that would need more ranges than it can hold. */
static void del_refuses_too_many_ranges(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_pool4_entry entry = entry_of("192.0.2.0", 24, 0, 5, T, 0);
	int i;

	for (i = 0; i < NAT64_PORTS_MAX; i++) {
		entry.ranges[i].min = i * 10;
		entry.ranges[i].max = i * 10 + 5;
	}
	entry.n_ranges = NAT64_PORTS_MAX;
	KUNIT_ASSERT_NULL(test, nat64_pool4_set_add(&fx->cfg->pool4, &entry));
	KUNIT_EXPECT_NOT_NULL(test, del(test, "192.0.2.0", 24, 2, 3, T, 0));
}

#define RANDOM_PORTS 40

static void random_entry(struct rnd_state *rnd, struct nat64_pool4_entry *entry)
{
	u32 r = prandom_u32_state(rnd), port = 0;

	memset(entry, 0, sizeof(*entry));
	entry->addr = 0xc0000200 + (r & 1);
	entry->len = 32;
	entry->mark = r >> 1 & 1;
	entry->protos = 1 + (r >> 8) % 7;
	while (entry->n_ranges < 4) {
		u32 min = port + (r >> 16) % 12, max = min + (r >> 20) % 6;

		if (max >= RANDOM_PORTS)
			break;
		entry->ranges[entry->n_ranges].min = min;
		entry->ranges[entry->n_ranges++].max = max;
		port = max + 2;
		r = prandom_u32_state(rnd);
	}
}

/* Set or clear what a entry names; is any of it set? */
static bool naive_mark(bool naive[2][NAT64_PROTOS][RANDOM_PORTS],
		       const struct nat64_pool4_entry *entry, int value)
{
	bool any = false;
	int proto, i, p;

	for (proto = 0; proto < NAT64_PROTOS; proto++)
		for (i = 0; i < entry->n_ranges; i++)
			for (p = entry->ranges[i].min;
			     p <= entry->ranges[i].max; p++) {
				bool *bit = &naive[entry->addr & 1][proto][p];

				if (!(entry->protos & BIT(proto)))
					continue;
				any |= *bit;
				if (value >= 0)
					*bit = value;
			}
	return any;
}

static void expect_naive(struct kunit *test,
			 bool naive[2][2][NAT64_PROTOS][RANDOM_PORTS])
{
	static const char * const addrs[] = { "192.0.2.0", "192.0.2.1" };
	int a, proto, port;

	for (a = 0; a < 2; a++)
		for (proto = 0; proto < NAT64_PROTOS; proto++)
			for (port = 0; port < RANDOM_PORTS; port++)
				KUNIT_EXPECT_EQ(test,
						naive[0][a][proto][port] ||
						naive[1][a][proto][port],
						has4(test, proto, addrs[a],
						     port));
}

/* Random entries are added and parts of them taken out, against a naive map. */
static void random_rows_agree_with_a_naive_map(struct kunit *test)
{
	static bool naive[2][2][NAT64_PROTOS][RANDOM_PORTS];
	struct fixture *fx = test->priv;
	struct nat64_pool4_entry entry;
	struct rnd_state rnd;
	int i;

	test_seed(test, &rnd);
	memset(naive, 0, sizeof(naive));
	for (i = 0; i < 1500; i++) {
		bool taken, add = prandom_u32_state(&rnd) & 1;

		/* Taking out needs room for twice the entries. */
		random_entry(&rnd, &entry);
		if (!entry.n_ranges || (add && fx->cfg->pool4.n > 20))
			continue;
		if (add) {
			taken = naive_mark(naive[0], &entry, -1) ||
				naive_mark(naive[1], &entry, -1);
			KUNIT_ASSERT_EQ(test,
					!nat64_pool4_set_add(&fx->cfg->pool4,
							     &entry),
					!taken);
			if (!taken)
				naive_mark(naive[entry.mark], &entry, 1);
		} else {
			taken = naive_mark(naive[entry.mark], &entry, -1);
			KUNIT_ASSERT_EQ(test,
					!nat64_pool4_set_del(&fx->cfg->pool4,
							     &entry),
					taken);
			naive_mark(naive[entry.mark], &entry, 0);
		}
		KUNIT_ASSERT_LT(test, fx->cfg->pool4.n, FIXTURE_ENTRIES / 2);
		expect_tidy(test, fx->cfg);
		expect_naive(test, naive);
	}
}

/* A copy has all of it, and is its own. */
static void a_copy_is_complete_and_apart(struct kunit *test)
{
	struct fixture *fx = test->priv;
	struct nat64_config *copy;

	add_pool6(test, "64:ff9b::", 96);
	fixture_pool4(test, "192.0.2.0", 24, 1, 1000, T | U, 5);
	fixture_pool4(test, "192.0.3.0", 24, 1, 1000, T | U, 6);
	fx->cfg->keys.udp_timeout = 123;
	nat64_config_derive(fx->cfg);
	copy = nat64_config_copy(fx->cfg, fx->cfg->pool4.n + 1);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	/* That is for who publishes it. */
	KUNIT_EXPECT_NULL(test, copy->pool4.exhausted);
	copy->pool4.exhausted = fx->cfg->pool4.exhausted;
	test_octets(test, copy, fx->cfg, struct_size(copy, pool4.entry, 2),
		    "copy");
	copy->pool4.exhausted = NULL;
	copy->pool4.entry[0].protos = 0;
	copy->pool6[0].len = 0;
	copy->keys.udp_timeout = 456;
	KUNIT_EXPECT_EQ(test, fx->cfg->pool4.entry[0].protos, T | U);
	KUNIT_EXPECT_EQ(test, fx->cfg->pool6[0].len, 96);
	KUNIT_EXPECT_EQ(test, fx->cfg->keys.udp_timeout, 123);
	nat64_config_free_rcu(copy);
}

/* The most entries there may be. */
static void pool4_has_a_limit(struct kunit *test)
{
	struct nat64_config *cfg = nat64_config_alloc(NAT64_POOL4_MAX + 1);
	struct nat64_pool4_entry entry = entry_of("192.0.2.0", 32, 0, 0, T, 0);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	for (i = 0; i < NAT64_POOL4_MAX; i++, entry.addr++)
		KUNIT_EXPECT_NULL(test,
				  nat64_pool4_set_add(&cfg->pool4, &entry));
	KUNIT_EXPECT_NOT_NULL(test, nat64_pool4_set_add(&cfg->pool4, &entry));
	KUNIT_EXPECT_EQ(test, cfg->pool4.n, NAT64_POOL4_MAX);
	kvfree(cfg);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(defaults_are_the_rfcs),
	KUNIT_CASE(later_defaults_are_the_rfcs),
	KUNIT_CASE(derive_gives_each_state_its_lifetime),
	KUNIT_CASE(pool6_takes_prefixes_that_do_not_overlap),
	KUNIT_CASE(pool6_reuses_the_first_free_index),
	KUNIT_CASE(pool6_keeps_places_when_it_is_replaced),
	KUNIT_CASE_PARAM(rows_overlap_if_they_share_an_address,
			 overlap_gen_params),
	KUNIT_CASE(del_leaves_what_was_not_named),
	KUNIT_CASE(del_leaves_an_entry_with_its_ports),
	KUNIT_CASE(a_narrow_entry_does_not_hide_a_wide_one),
	KUNIT_CASE(a_port_serves_the_mark_of_its_entry),
	KUNIT_CASE(del_refuses_what_is_not_there),
	KUNIT_CASE(del_refuses_too_many_ranges),
	KUNIT_CASE(random_rows_agree_with_a_naive_map),
	KUNIT_CASE(a_copy_is_complete_and_apart),
	KUNIT_CASE(pool4_has_a_limit),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_config",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
