// SPDX-License-Identifier: GPL-2.0
/* eam_kunit.c - explicit address mappings and their table (RFC 7757) */
#include "util.h"

#include "../../kernel/rfc/rfc7757.c"
#include "../../kernel/table/lpm.c"
#include "../../kernel/table/eam.c"

static struct nat64_eam eam_of(const char *six, u8 len6, const char *four,
			       u8 len4)
{
	struct nat64_eam eam = {
		.addr6 = test_addr6(six), .addr4 = test_addr4(four),
		.len6 = len6, .len4 = len4,
	};

	return eam;
}

/* RFC 7757 figure 1, and the rows of figure 7 for each. */
struct example {
	const char *prefix6;
	u8 len6;
	const char *prefix4;
	u8 len4;
	const char *addr4;
	const char *addr6;
};

static const struct example examples[] = {
	{ "2001:db8:aaaa::", 128, "192.0.2.1", 32, "192.0.2.1",
	  "2001:db8:aaaa::" },
	{ "2001:db8:bbbb::b", 128, "192.0.2.2", 32, "192.0.2.2",
	  "2001:db8:bbbb::b" },
	{ "2001:db8:cccc::", 124, "192.0.2.16", 28, "192.0.2.16",
	  "2001:db8:cccc::" },
	{ "2001:db8:cccc::", 124, "192.0.2.16", 28, "192.0.2.24",
	  "2001:db8:cccc::8" },
	{ "2001:db8:cccc::", 124, "192.0.2.16", 28, "192.0.2.31",
	  "2001:db8:cccc::f" },
	{ "2001:db8:dddd::", 64, "192.0.2.128", 26, "192.0.2.128",
	  "2001:db8:dddd::" },
	{ "2001:db8:dddd::", 64, "192.0.2.128", 26, "192.0.2.152",
	  "2001:db8:dddd:0:6000::" },
	{ "2001:db8:dddd::", 64, "192.0.2.128", 26, "192.0.2.183",
	  "2001:db8:dddd:0:dc00::" },
	{ "2001:db8:dddd::", 64, "192.0.2.128", 26, "192.0.2.191",
	  "2001:db8:dddd:0:fc00::" },
	{ "2001:db8:eeee:8::", 62, "192.0.2.192", 29, "192.0.2.195",
	  "2001:db8:eeee:9:8000::" },
	{ "64:ff9b::", 127, "192.0.2.224", 31, "192.0.2.225", "64:ff9b::1" },
	/* RFC 7757 A.2: IVI */
	{ "2001:db8:ff00::", 40, "0.0.0.0", 0, "192.0.2.33",
	  "2001:db8:ffc0:2:2100::" },
	/* prefixes that end at the edges of words */
	{ "2000::", 3, "0.0.0.0", 0, "192.0.2.33", "3800:44:2000::" },
	{ "2001:db8::", 32, "0.0.0.0", 0, "192.0.2.33", "2001:db8:c000:221::" },
	{ "2001:db8::", 96, "0.0.0.0", 0, "192.0.2.33", "2001:db8::c000:221" },
	{ "2001:db8::", 96, "192.0.2.33", 32, "192.0.2.33", "2001:db8::" },
};

static void example_desc(const struct example *e, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s/%u %s", e->prefix6, e->len6,
		 e->addr4);
}

KUNIT_ARRAY_PARAM(example, examples, example_desc);

/* 7757 s3.3, appendix B */
static void an_address_becomes_the_rfcs_example(struct kunit *test)
{
	const struct example *e = test->param_value;
	struct nat64_eam eam = eam_of(e->prefix6, e->len6, e->prefix4, e->len4);
	struct in6_addr six = test_addr6(e->addr6), got;

	KUNIT_ASSERT_NULL(test, nat64_eam_check(&eam));
	memset(&got, 0xee, sizeof(got));
	nat64_eam_to6(&eam, test_addr4(e->addr4), &got);
	test_octets(test, &got, &six, sizeof(got), "IPv6 address");
	KUNIT_EXPECT_EQ(test, (u32)nat64_eam_to4(&eam, &six),
			(u32)test_addr4(e->addr4));
}

static void what_follows_the_ipv4_suffix_is_ignored(struct kunit *test)
{
	struct nat64_eam eam = eam_of("2001:db8:dddd::", 64, "192.0.2.128", 26);
	struct in6_addr six = test_addr6("2001:db8:dddd:0:63ff:ffff:ffff:ffff");

	KUNIT_EXPECT_EQ(test, (u32)nat64_eam_to4(&eam, &six),
			(u32)test_addr4("192.0.2.152"));
}

static void expect_validity(struct kunit *test, const struct nat64_eam *eam,
			    unsigned int n, bool valid)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		KUNIT_EXPECT_EQ_MSG(test, !nat64_eam_check(&eam[i]), valid,
				    "mapping %u", i);
}

static void invalid_mappings_are_refused(struct kunit *test)
{
	const struct nat64_eam bad[] = {
		eam_of("2001:db8::", 120, "192.0.2.0", 23),
		eam_of("2001:db8::", 129, "192.0.2.0", 32),
		eam_of("2001:db8::", 120, "192.0.2.0", 33),
		eam_of("2001:db8::1", 127, "192.0.2.0", 31),
		eam_of("2001:db8::", 127, "192.0.2.1", 31),
		eam_of("ff02::", 120, "192.0.2.0", 24),
		eam_of("fe80::", 120, "192.0.2.0", 24),
		eam_of("::1", 128, "192.0.2.0", 32),
		eam_of("::ffff:0:0", 96, "0.0.0.0", 0),
		eam_of("::", 128, "192.0.2.0", 32),
		eam_of("::", 96, "0.0.0.0", 0),
		eam_of("::", 0, "0.0.0.0", 0),
		eam_of("f000::", 4, "0.0.0.0", 0),
		eam_of("fe00::", 7, "0.0.0.0", 0),
		eam_of("2001:db8::", 120, "127.0.0.0", 24),
		eam_of("2001:db8::", 96, "0.0.0.0", 8),
		eam_of("2001:db8::", 96, "224.0.0.0", 4),
		eam_of("2001:db8::", 96, "224.0.0.0", 3),
		eam_of("2001:db8::", 128, "255.255.255.255", 32),
	};

	expect_validity(test, bad, ARRAY_SIZE(bad), false);
}

static void mappings_that_cover_forwarded_ipv4_addresses_are_valid(struct kunit *test)
{
	const struct nat64_eam good[] = {
		eam_of("2001:db8::", 96, "0.0.0.0", 0),
		eam_of("2001:db8::", 97, "0.0.0.0", 1),
		eam_of("2001:db8::", 98, "192.0.0.0", 2),
		eam_of("2001:db8::", 103, "126.0.0.0", 7),
		eam_of("2001:db8::", 104, "1.0.0.0", 8),
	};

	expect_validity(test, good, ARRAY_SIZE(good), true);
}

static struct nat64_eamt *table_of(struct kunit *test,
				   const struct nat64_eam *eam, unsigned int n)
{
	struct nat64_eamt *eamt = nat64_eamt_alloc();
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, eamt);
	for (i = 0; i < n; i++)
		KUNIT_ASSERT_EQ(test, nat64_eam_add(eamt, &eam[i]), 0);
	KUNIT_EXPECT_EQ(test, eamt->n_entries, n);
	return eamt;
}

/* 7757 s3.3, s5 */
static void the_longest_prefix_is_found(struct kunit *test)
{
	const struct nat64_eam eam[] = {
		eam_of("2001:db8::", 32, "192.0.0.0", 8),
		eam_of("2001:db8:0:1::", 64, "192.0.2.0", 24),
		eam_of("2001:db8:0:1::7", 128, "192.0.2.7", 32),
		eam_of("::", 0, "0.0.0.0", 0),
	};
	static const struct {
		const char *six, *four;
		int entry;
	} lookups[] = {
		{ "2001:db8:0:1::7", "192.0.2.7", 2 },
		{ "2001:db8:0:1::8", "192.0.2.8", 1 },
		{ "2001:db8:0:2::7", "192.0.3.7", 0 },
		{ "2001:db9::", "193.0.0.0", 3 },
	};
	struct nat64_eamt *eamt = table_of(test, eam, ARRAY_SIZE(eam));
	const struct nat64_eam *got;
	struct in6_addr six;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(lookups); i++) {
		six = test_addr6(lookups[i].six);
		got = nat64_eam_find6(eamt, &six);
		KUNIT_ASSERT_NOT_NULL(test, got);
		KUNIT_EXPECT_EQ(test, memcmp(got, &eam[lookups[i].entry],
					     sizeof(*got)), 0);
		got = nat64_eam_find4(eamt, test_addr4(lookups[i].four));
		KUNIT_ASSERT_NOT_NULL(test, got);
		KUNIT_EXPECT_EQ(test, memcmp(got, &eam[lookups[i].entry],
					     sizeof(*got)), 0);
	}
	rcu_read_unlock();
	nat64_eamt_free(eamt);
}

static void a_prefix_belongs_to_one_entry(struct kunit *test)
{
	const struct nat64_eam eam[] = {
		eam_of("2001:db8::1", 128, "192.0.2.1", 32),
		eam_of("2001:db8::1", 128, "192.0.2.2", 32),
		eam_of("2001:db8::2", 128, "192.0.2.1", 32),
	};
	struct nat64_eamt *eamt = table_of(test, eam, 1);

	KUNIT_EXPECT_EQ(test, nat64_eam_add(eamt, &eam[1]), -EEXIST);
	KUNIT_EXPECT_EQ(test, nat64_eam_add(eamt, &eam[2]), -EEXIST);
	KUNIT_EXPECT_EQ(test, eamt->n_entries, 1U);
	/* A refused entry has left neither of its prefixes behind. */
	KUNIT_EXPECT_NULL(test, nat64_eam_exact6(eamt, &eam[2].addr6, 128));
	KUNIT_EXPECT_NULL(test, nat64_eam_exact4(eamt, eam[1].addr4, 32));
	nat64_eamt_free(eamt);
}

static void a_removed_entry_is_not_found(struct kunit *test)
{
	const struct nat64_eam eam[] = {
		eam_of("2001:db8::1", 128, "192.0.2.1", 32),
		eam_of("2001:db8::", 120, "192.0.2.0", 24),
	};
	struct nat64_eamt *eamt = table_of(test, eam, 2);
	const struct nat64_eam *got;

	nat64_eam_del(eamt, nat64_eam_exact6(eamt, &eam[0].addr6, 128));
	KUNIT_EXPECT_EQ(test, eamt->n_entries, 1U);
	rcu_read_lock();
	got = nat64_eam_find4(eamt, eam[0].addr4);
	KUNIT_ASSERT_NOT_NULL(test, got);
	KUNIT_EXPECT_EQ(test, got->len4, 24);
	rcu_read_unlock();
	/* Its length costs no lookup any more. */
	KUNIT_EXPECT_EQ(test, bitmap_weight(eamt->by6.lengths,
					    NAT64_LPM_LENGTHS), 1);
	nat64_eam_del(eamt, nat64_eam_exact4(eamt, eam[1].addr4, 24));
	KUNIT_EXPECT_TRUE(test, bitmap_empty(eamt->by4.lengths,
					     NAT64_LPM_LENGTHS));
	nat64_eamt_free(eamt);
}

/* The cost of a lookup depends on the number of lengths, not of entries. */
static void many_entries_of_one_length_take_one_lookup(struct kunit *test)
{
	struct nat64_eamt *eamt = nat64_eamt_alloc();
	struct nat64_eam eam = eam_of("2001:db8::", 128, "10.0.0.0", 32);
	const struct nat64_eam *got;
	unsigned int i, n = 20000;

	KUNIT_ASSERT_NOT_NULL(test, eamt);
	for (i = 0; i < n; i++) {
		eam.addr6.s6_addr32[3] = htonl(i);
		eam.addr4 = htonl(0x0a000000 + i);
		KUNIT_ASSERT_EQ(test, nat64_eam_add(eamt, &eam), 0);
	}
	rcu_read_lock();
	got = nat64_eam_find4(eamt, htonl(0x0a000000 + n / 2));
	KUNIT_ASSERT_NOT_NULL(test, got);
	KUNIT_EXPECT_EQ(test, ntohl(got->addr6.s6_addr32[3]), n / 2);
	KUNIT_EXPECT_NULL(test, nat64_eam_find4(eamt, htonl(0x0a000000 + n)));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, bitmap_weight(eamt->by4.lengths,
					    NAT64_LPM_LENGTHS), 1);
	nat64_eamt_free(eamt);
}

static void the_denylist_has_the_addresses_of_its_prefixes(struct kunit *test)
{
	struct nat64_eamt *eamt = nat64_eamt_alloc();

	KUNIT_ASSERT_NOT_NULL(test, eamt);
	KUNIT_EXPECT_EQ(test, nat64_denylist_add(eamt, test_addr4("192.0.2.0"),
						 24), 0);
	KUNIT_EXPECT_EQ(test, nat64_denylist_add(eamt, test_addr4("192.0.2.0"),
						 24), -EEXIST);
	KUNIT_EXPECT_EQ(test, eamt->n_denied, 1U);
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, nat64_denylist_has(eamt,
						   test_addr4("192.0.2.255")));
	KUNIT_EXPECT_FALSE(test, nat64_denylist_has(eamt,
						    test_addr4("192.0.3.0")));
	rcu_read_unlock();
	nat64_denylist_del(eamt, nat64_denylist_exact(eamt,
						      test_addr4("192.0.2.0"),
						      24));
	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, nat64_denylist_has(eamt,
						    test_addr4("192.0.2.1")));
	rcu_read_unlock();
	nat64_eamt_free(eamt);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(an_address_becomes_the_rfcs_example,
			 example_gen_params), /* 7757-1 7757-3 */
	KUNIT_CASE(what_follows_the_ipv4_suffix_is_ignored), /* 7757-3 */
	KUNIT_CASE(invalid_mappings_are_refused), /* 7757-2 */
	KUNIT_CASE(mappings_that_cover_forwarded_ipv4_addresses_are_valid),
	KUNIT_CASE(the_longest_prefix_is_found), /* 7757-3 7757-5 */
	KUNIT_CASE(a_prefix_belongs_to_one_entry), /* 7757-5 */
	KUNIT_CASE(a_removed_entry_is_not_found),
	KUNIT_CASE(many_entries_of_one_length_take_one_lookup),
	KUNIT_CASE(the_denylist_has_the_addresses_of_its_prefixes),
	{}
};

static struct kunit_suite suite = {
	.name = "nat64_eam",
	.test_cases = cases,
};

kunit_test_suite(suite);
MODULE_LICENSE("GPL");
