// SPDX-License-Identifier: GPL-2.0
/* address_kunit.c - addresses that must not be translated */
#include "util.h"

#include "rfc/address.h"

struct addr4_case {
	const char *addr;
	bool forwardable, global;
};

/* Both edges of every range, and their neighbours. */
static const struct addr4_case addr4_cases[] = {
	/* 7915-3, RFC 1812 s5.3.7 */
	{ "0.0.0.0", false, false },
	{ "0.0.0.1", false, false },
	{ "0.255.255.255", false, false },
	{ "1.0.0.0", true, true },
	{ "126.255.255.255", true, true },
	{ "127.0.0.0", false, false },
	{ "127.0.0.1", false, false },
	{ "127.255.255.255", false, false },
	{ "128.0.0.0", true, true },
	{ "223.255.255.255", true, true },
	{ "224.0.0.0", false, false },
	{ "239.255.255.255", false, false },
	{ "240.0.0.0", false, false },
	{ "255.255.255.254", false, false },
	{ "255.255.255.255", false, false },
	/* 6052-3: RFC 1918, RFC 6598, RFC 3927 */
	{ "9.255.255.255", true, true },
	{ "10.0.0.0", true, false },
	{ "10.255.255.255", true, false },
	{ "11.0.0.0", true, true },
	{ "172.15.255.255", true, true },
	{ "172.16.0.0", true, false },
	{ "172.31.255.255", true, false },
	{ "172.32.0.0", true, true },
	{ "192.167.255.255", true, true },
	{ "192.168.0.0", true, false },
	{ "192.168.255.255", true, false },
	{ "192.169.0.0", true, true },
	{ "100.63.255.255", true, true },
	{ "100.64.0.0", true, false },
	{ "100.127.255.255", true, false },
	{ "100.128.0.0", true, true },
	{ "169.253.255.255", true, true },
	{ "169.254.0.0", true, false },
	{ "169.254.255.255", true, false },
	{ "169.255.0.0", true, true },
	/* D5: documentation and benchmarking stay out of the ban. */
	{ "192.0.2.1", true, true },
	{ "198.51.100.1", true, true },
	{ "203.0.113.255", true, true },
	{ "198.18.0.1", true, true },
};

static void addr4_desc(const struct addr4_case *c, char *desc)
{
	strscpy(desc, c->addr, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(addr4, addr4_cases, addr4_desc);

static void address4_edges(struct kunit *test)
{
	const struct addr4_case *c = test->param_value;
	__be32 addr = test_addr4(c->addr);

	KUNIT_EXPECT_EQ(test, nat64_address4_forwardable(addr), c->forwardable);
	KUNIT_EXPECT_EQ(test, nat64_address4_global(addr), c->global);
}

struct addr6_case {
	const char *addr;
	bool forwardable;
};

/* 7915-25 */
static const struct addr6_case addr6_cases[] = {
	{ "::", false },
	{ "::1", false },
	{ "::2", true },
	{ "fe7f:ffff::1", true },
	{ "fe80::", false },
	{ "fe80::1", false },
	{ "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
	{ "fec0::1", true },
	{ "feff:ffff::", true },
	{ "ff00::", false },
	{ "ff02::1", false },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
	{ "::ffff:0.0.0.0", false },
	{ "::ffff:192.0.2.1", false },
	{ "::ffff:255.255.255.255", false },
	{ "::fffe:192.0.2.1", true },
	{ "::1:ffff:192.0.2.1", true },
	{ "2000::", true },
	{ "2001:db8::1", true },
	{ "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true },
	{ "1fff:ffff::1", true },
	{ "4000::1", true },
	{ "64:ff9b::192.0.2.1", true },
	{ "fc00::1", true },
	{ "fdff::1", true },
};

static void addr6_desc(const struct addr6_case *c, char *desc)
{
	strscpy(desc, c->addr, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(addr6, addr6_cases, addr6_desc);

static void address6_edges(struct kunit *test)
{
	const struct addr6_case *c = test->param_value;
	struct in6_addr addr = test_addr6(c->addr);

	KUNIT_EXPECT_EQ(test, nat64_address6_forwardable(&addr),
			c->forwardable);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(address4_edges, addr4_gen_params), /* 7915-3 6052-3 D5 */
	KUNIT_CASE_PARAM(address6_edges, addr6_gen_params), /* 7915-25 */
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_address",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
