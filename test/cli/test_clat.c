// SPDX-License-Identifier: GPL-2.0
/* test_clat.c - addresses, sizes and rules of a CLAT */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "clat/clat.h"

static struct in6_addr addr6(const char *text)
{
	struct in6_addr addr;

	assert_int_equal(inet_pton(AF_INET6, text, &addr), 1);
	return addr;
}

static void assert_addr6(const struct in6_addr *addr, const char *expected)
{
	char text[INET6_ADDRSTRLEN];

	assert_string_equal(inet_ntop(AF_INET6, addr, text, sizeof(text)),
			    expected);
}

static struct prefix4 prefix4(const char *text, int len)
{
	struct prefix4 prefix = { .len = len };

	assert_int_equal(inet_pton(AF_INET, text, &prefix.addr), 1);
	return prefix;
}

/* 6877: a fragment header fits, too */
static void test_mtu(void **state)
{
	assert_int_equal(clat_mtu4(1500), 1472);
	assert_int_equal(clat_mtu4(1280), 1252);
	assert_int_equal(clat_mtu4(1000), 1252);
	assert_int_equal(clat_mtu4(9000), 8972);
	assert_int_equal(clat_mtu4(65536), 65507);
	assert_int_equal(clat_mtu4(0), 1252);
}

static void test_network(void **state)
{
	static const struct {
		const char *addr;
		unsigned int len;
		const char *network;
		unsigned int network_len;
	} cases[] = {
		{ "2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::", 64 },
		{ "2001:db8:1:2:3:4:5:6", 48, "2001:db8:1:2::", 64 },
		{ "2001:db8:1:2:3:4:5:6", 112, "2001:db8:1:2:3:4:5:0", 112 },
		{ "2001:db8:1:2:3:4:5:ffff", 90, "2001:db8:1:2:3:0:0:0", 90 },
		{ "2001:db8:1:2:3:4:5:6", 113, NULL, 0 },
		{ "2001:db8:1:2:3:4:5:6", 128, NULL, 0 },
	};
	struct prefix6 network;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct in6_addr addr = addr6(cases[i].addr), expected;

		assert_int_equal(clat_network(&addr, cases[i].len, &network),
				 !!cases[i].network);
		if (!cases[i].network)
			continue;
		expected = addr6(cases[i].network);
		assert_memory_equal(&network.addr, &expected, sizeof(expected));
		assert_int_equal(network.len, cases[i].network_len);
	}
}

/* RFC 5453 */
static void test_reserved(void **state)
{
	static const struct {
		const char *addr;
		bool reserved;
	} cases[] = {
		{ "2001:db8::", true },
		{ "2001:db8::1", false },
		{ "2001:db8::200:5eff:fe00:5213", true },
		{ "2001:db8::200:5eff:fd00:5213", false },
		{ "2001:db8::fdff:ffff:ffff:ff80", true },
		{ "2001:db8::fdff:ffff:ffff:ffff", true },
		{ "2001:db8::fdff:ffff:ffff:ff7f", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct in6_addr addr = addr6(cases[i].addr);

		assert_int_equal(clat_reserved(&addr), cases[i].reserved);
	}
}

/* 7136: no bit of the interface identifier has a meaning */
static void test_address(void **state)
{
	struct prefix6 network = { addr6("2001:db8:1:2::"), 64 };
	__u8 random[16];
	struct in6_addr addr;

	memset(random, 0xff, sizeof(random));
	clat_address(&network, random, &addr);
	assert_addr6(&addr, "2001:db8:1:2:ffff:ffff:ffff:ffff");
	random[8] = 0x03;
	clat_address(&network, random, &addr);
	assert_addr6(&addr, "2001:db8:1:2:3ff:ffff:ffff:ffff");
	network.len = 90;
	clat_address(&network, random, &addr);
	assert_addr6(&addr, "2001:db8:1:2:0:3f:ffff:ffff");
	memset(random, 0, sizeof(random));
	clat_address(&network, random, &addr);
	assert_addr6(&addr, "2001:db8:1:2::");
}

static void test_embed(void **state)
{
	const struct prefix6 own = { addr6("2001:db8:f::"), 64 };
	const struct prefix4 host = prefix4("192.0.0.1", 32);
	const struct prefix4 lan = prefix4("192.168.7.0", 24);
	struct prefix6 prefix;

	clat_embed(&own, &host, &prefix);
	assert_addr6(&prefix.addr, "2001:db8:f::c000:1");
	assert_int_equal(prefix.len, 128);
	clat_embed(&own, &lan, &prefix);
	assert_addr6(&prefix.addr, "2001:db8:f::c0a8:700");
	assert_int_equal(prefix.len, 120);
}

static void test_nft(void **state)
{
	struct clat_lans lans = { .n = 2 };
	char text[CLAT_NFT_TEXT];
	size_t i;

	lans.prefix[0] = prefix4("192.168.7.0", 24);
	lans.prefix[1] = prefix4("10.0.0.0", 8);
	assert_int_equal(clat_nft(text, sizeof(text), &lans, 1472), 0);
	assert_non_null(strstr(text, "ip saddr { 192.168.7.0/24, 10.0.0.0/8 } snat to 192.0.0.1\n"));
	assert_non_null(strstr(text, "maxseg size set 1432\n"));
	/* What is there of an earlier one goes first. */
	assert_ptr_equal(strstr(text, "table ip nat64_clat {}\ndelete table ip nat64_clat\n"),
			 text);
	lans.n = CLAT_LANS;
	for (i = 0; i < CLAT_LANS; i++)
		lans.prefix[i] = prefix4("255.255.255.252", 30);
	assert_int_equal(clat_nft(text, sizeof(text), &lans, 65507), 0);
	assert_int_equal(clat_nft(text, 100, &lans, 1472), -1);
}

static void test_same(void **state)
{
	struct clat_plan a = {
		.pref64 = { addr6("64:ff9b::"), 96 },
		.uplink = { .ifindex = 2, .name = "eth0" },
		.addr6 = addr6("2001:db8::1"),
		.mtu6 = 1500,
	};
	struct clat_plan b = a;

	b.mtu6 = 1400;
	assert_true(clat_same(&a, &b));
	b.uplink.ifindex = 3;
	assert_false(clat_same(&a, &b));
	b = a;
	b.addr6 = addr6("2001:db8::2");
	assert_false(clat_same(&a, &b));
	b = a;
	b.pref64.len = 64;
	assert_false(clat_same(&a, &b));
	b = a;
	b.pref64.addr = addr6("2001:db8:64::");
	assert_false(clat_same(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mtu),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_embed),
		cmocka_unit_test(test_nft),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
