// SPDX-License-Identifier: GPL-2.0
/* test_pref64.c - what nat64ctl pref64 makes of options, answers and changes */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/rtnetlink.h>

#include "pref64/found.h"
#include "pref64/resolve.h"

static struct prefix6 prefix(const char *addr, int len)
{
	struct prefix6 prefix = { .len = len };

	assert_int_equal(inet_pton(AF_INET6, addr, &prefix.addr), 1);
	return prefix;
}

/* What @prefixes are, with blanks in between */
static const char *words(const struct prefix6 *prefixes, size_t n)
{
	static char text[1024];
	size_t at = 0, i;

	*text = '\0';
	for (i = 0; i < n; i++) {
		char one[64];

		at += snprintf(text + at, sizeof(text) - at, "%s%s",
			       i ? " " : "",
			       pref64_text(one, sizeof(one), &prefixes[i]));
	}
	return text;
}

static void test_usable(void **state)
{
	static const struct {
		const char *addr;
		int len;
		bool usable;
	} cases[] = {
		{ "64:ff9b::", 96, true },
		{ "64:ff9b:1::", 48, true },
		{ "64:ff9b:1:fffe::", 64, true },
		{ "2001:db8::", 32, true },
		{ "2001:db8::", 96, true },
		{ "3fff:ffff::", 40, true },
		{ "fc00::", 32, true },
		{ "fdff:1::", 56, true },
		{ "2001:db8::", 33, false },
		{ "2001:db8::", 72, false },
		{ "2001:db8::", 128, false },
		{ "2001:db8::", 0, false },
		{ "2001:db8:0:0:100::", 96, false },
		{ "64:ff9b::", 64, false },
		{ "64:ff9b:0:0:0:1::", 96, false },
		{ "64:ff9b:1::", 40, false },
		{ "64:ff9b:2::", 48, false },
		{ "::", 96, false },
		{ "::ffff:0:0", 96, false },
		{ "4000::", 32, false },
		{ "1fff::", 32, false },
		{ "fe80::", 64, false },
		{ "fec0::", 64, false },
		{ "ff02::", 96, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct prefix6 one = prefix(cases[i].addr, cases[i].len);

		print_message("# %s/%d\n", cases[i].addr, cases[i].len);
		assert_int_equal(pref64_usable(&one), cases[i].usable);
	}
}

/* 2001:db8:1:2:3:4::/96 in an option, but for the "u" octet */
#define OPTION(word) 38, 2, (word) >> 8, (word) & 0xff, 0x20, 1, 0xd, 0xb8, \
	0, 1, 0, 2, 0, 3, 0, 4

static void test_option(void **state)
{
	static const char *const expected[] = {
		"2001:db8:1:2:3:4::/96", "2001:db8:1:2::/64",
		"2001:db8:1::/56", "2001:db8:1::/48", "2001:db8::/40",
		"2001:db8::/32",
	};
	struct pref64_option option;
	size_t i, len;

	for (i = 0; i < 8; i++) {
		__u8 data[] = { OPTION(0x708 | i) };

		assert_int_equal(pref64_option(data, sizeof(data), &option),
				 i < ARRAY_SIZE(expected));
		if (i >= ARRAY_SIZE(expected))
			continue;
		assert_string_equal(words(&option.prefix, 1), expected[i]);
		assert_int_equal(option.lifetime, 1800);
		for (len = 0; len < sizeof(data); len++)
			assert_false(pref64_option(data, len, &option));
		data[1] = 1;
		assert_false(pref64_option(data, sizeof(data), &option));
		data[1] = 2;
		data[0] = 25;
		assert_false(pref64_option(data, sizeof(data), &option));
	}
	{
		__u8 longest[] = { OPTION(0xfff8) }, ended[] = { OPTION(0) };

		assert_true(pref64_option(longest, 16, &option));
		assert_int_equal(option.lifetime, 65528);
		assert_true(pref64_option(ended, 16, &option));
		assert_int_equal(option.lifetime, 0);
	}
}

static void test_advert(void **state)
{
	__u8 whole[] = {
		134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0,
		1, 1, 2, 0, 0, 0, 0, 1, OPTION(8), OPTION(9),
	};
	__u8 many[16 + 16 * (PREF64_OPTIONS + 4)] = { 134 };
	struct pref64_option options[PREF64_OPTIONS];
	const __u8 option[] = { OPTION(8) };
	size_t len, i;

	assert_int_equal(pref64_advert(whole, sizeof(whole), options), 2);
	assert_string_equal(words(&options[1].prefix, 1), "2001:db8:1:2::/64");
	for (len = 0; len < sizeof(whole); len++) {
		/* The end of the memory is the end of the message. */
		__u8 *part = malloc(len + !len);

		memcpy(part, whole, len);
		assert_int_equal(pref64_advert(part, len, options),
				 len == 16 || len == 24 ? 0 :
				 len == 40 ? 1 : -EBADMSG);
		free(part);
	}
	for (i = 16; i + 16 <= sizeof(many); i += 16)
		memcpy(many + i, option, sizeof(option));
	assert_int_equal(pref64_advert(many, sizeof(many), options),
			 PREF64_OPTIONS);
	whole[17] = 0;
	assert_int_equal(pref64_advert(whole, sizeof(whole), options), -EBADMSG);
	whole[17] = 1;
	whole[1] = 1;
	assert_int_equal(pref64_advert(whole, sizeof(whole), options), -EBADMSG);
}

static void test_useropt(void **state)
{
	struct {
		struct nduseroptmsg head;
		__u8 option[16];
		struct nlattr attr;
		struct in6_addr router;
	} msg = {
		.head = {
			.nduseropt_family = AF_INET6,
			.nduseropt_opts_len = 16,
			.nduseropt_ifindex = 7,
			.nduseropt_icmp_type = 134,
		},
		.option = { OPTION(8) },
		.attr = { 20, NDUSEROPT_SRCADDR },
		.router = { .s6_addr = { 0xfe, 0x80, [15] = 1 } },
	}, bad;
	struct pref64_option options[PREF64_OPTIONS];
	struct in6_addr router;
	unsigned int ifindex;
	size_t len;

	assert_int_equal(pref64_useropt(&msg, sizeof(msg), options, &ifindex,
					&router), 1);
	assert_int_equal(ifindex, 7);
	assert_memory_equal(&router, &msg.router, sizeof(router));
	for (len = 0; len < sizeof(msg); len++) {
		void *part = malloc(len + !len);

		memcpy(part, &msg, len);
		assert_int_equal(pref64_useropt(part, len, options, &ifindex,
						&router), -EBADMSG);
		free(part);
	}
	bad = msg;
	bad.head.nduseropt_opts_len = 0xffff;
	assert_int_equal(pref64_useropt(&bad, sizeof(bad), options, &ifindex,
					&router), -EBADMSG);
	bad = msg;
	bad.head.nduseropt_icmp_type = 137;
	assert_int_equal(pref64_useropt(&bad, sizeof(bad), options, &ifindex,
					&router), -EBADMSG);
	bad = msg;
	bad.option[1] = 0;
	assert_int_equal(pref64_useropt(&bad, sizeof(bad), options, &ifindex,
					&router), -EBADMSG);
}

/* The prefixes of addresses, up to a NULL pointer, are @expected. */
static void finds(const char *expected, ...)
{
	struct in6_addr addrs[16];
	struct prefix6 found[16];
	const char *word;
	va_list ap;
	size_t n = 0;

	va_start(ap, expected);
	while ((word = va_arg(ap, const char *)))
		assert_int_equal(inet_pton(AF_INET6, word, &addrs[n++]), 1);
	va_end(ap);
	n = pref64_find(addrs, n, found, ARRAY_SIZE(found));
	assert_string_equal(words(found, n), expected);
}

static void test_find(void **state)
{
	/* RFC 6052 s2.4, with the well-known addresses */
	finds("2001:db8::/32", "2001:db8:c000:aa::", NULL);
	finds("2001:db8:100::/40", "2001:db8:1c0:0:aa::", NULL);
	finds("2001:db8:122::/48", "2001:db8:122:c000:0:aa00::", NULL);
	finds("2001:db8:122:300::/56", "2001:db8:122:3c0:0:ab::", NULL);
	finds("2001:db8:122:344::/64", "2001:db8:122:344:c0:0:ab00::", NULL);
	finds("2001:db8:122:344::/96", "2001:db8:122:344::c000:ab", NULL);
	/* Order, and each once */
	finds("64:ff9b::/96 2001:db8::/96", "64:ff9b::c000:aa",
	      "2001:db8::c000:ab", "64:ff9b::c000:ab", "2001:db8::c000:aa",
	      NULL);
	/* A suffix is ignored (RFC 6052 s2.2), the "u" octet is not. */
	finds("2001:db8::/32", "2001:db8:c000:aa:0:1:2:3", NULL);
	finds("", "2001:db8:c000:aa:100::", NULL);
	/* Other addresses, other places, other scopes */
	finds("", NULL);
	finds("", "2001:db8::1", NULL);
	finds("", "2001:db8::c000:ac", NULL);
	finds("", "2001:db8::c0:0:aa00", NULL);
	finds("", "ff0e::c000:aa", NULL);
	finds("", "fe80::c000:aa", NULL);
	finds("", "::c000:aa", NULL);
	finds("", "::ffff:c000:aa", NULL);
}

static void test_ambiguous(void **state)
{
	/* The same bits twice: only the other well-known address decides. */
	finds("", "2001:db8:c000:aa::c000:aa", NULL);
	finds("", "2001:db8:c000:aa::c000:ab", NULL);
	finds("2001:db8:c000:aa::/96", "2001:db8:c000:aa::c000:aa",
	      "2001:db8:c000:aa::c000:ab", NULL);
	finds("2001:db8:c000:aa::/96", "2001:db8:c000:aa::c000:ab",
	      "2001:db8:c000:aa::c000:aa", NULL);
	/* An instance at a place that RFC 6052 does not have counts, too. */
	finds("", "2001:c000:aa::c000:aa", NULL);
	finds("2001:c000:aa::/96", "2001:c000:aa::c000:aa",
	      "2001:c000:aa::c000:ab", NULL);
	/* Both are prefixes if both well-known addresses are in both places. */
	finds("2001:db8:c000:aa::/96 2001:db8::/32", "2001:db8:c000:aa::c000:aa",
	      "2001:db8:c000:aa::c000:ab", "2001:db8:c000:ab::c000:aa", NULL);
}

static void test_embed(void **state)
{
	struct prefix6 one = prefix("2001:db8:122:300::", 56);
	struct in6_addr addr;
	char text[INET6_ADDRSTRLEN];

	pref64_embed(&one, 0xc0000221, &addr);
	inet_ntop(AF_INET6, &addr, text, sizeof(text));
	assert_string_equal(text, "2001:db8:122:3c0:0:221::");
}

#define HEAD(flags, answers) 0, 7, (flags) >> 8, (flags) & 0xff, 0, 1, 0, \
	answers, 0, 0, 0, 0
#define QUESTION 8, 'i', 'p', 'v', '4', 'o', 'n', 'l', 'y', 4, 'a', 'r', 'p', \
	'a', 0, 0, 28, 0, 1
#define RR(type, ttl, len) 0xc0, 12, 0, type, 0, 1, 0, 0, (ttl) >> 8, \
	(ttl) & 0xff, 0, len
#define ADDRESS(last) 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 0, \
	last

static int answer(const __u8 *data, size_t len, struct pref64_answer *answer)
{
	return pref64_answer(data, len, "ipv4only.arpa", ns_t_aaaa, answer);
}

static void test_answer(void **state)
{
	static __u8 whole[] = {
		HEAD(0x81a0, 2), QUESTION, RR(28, 3600, 16), ADDRESS(170),
		RR(28, 900, 16), ADDRESS(171),
	};
	struct pref64_answer got;
	size_t len;

	assert_int_equal(answer(whole, sizeof(whole), &got), 0);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.ttl, 900);
	assert_true(got.authentic);
	for (len = 0; len < sizeof(whole); len++) {
		__u8 *part = malloc(len + !len);

		memcpy(part, whole, len);
		assert_int_equal(answer(part, len, &got), -EBADMSG);
		free(part);
	}
	assert_int_equal(pref64_answer(whole, sizeof(whole), "ipv4only.arp",
				       ns_t_aaaa, &got), -EBADMSG);
	assert_int_equal(pref64_answer(whole, sizeof(whole), "IPV4only.ARPA.",
				       ns_t_aaaa, &got), 0);
	assert_int_equal(pref64_answer(whole, sizeof(whole), "ipv4only.arpa",
				       ns_t_ptr, &got), -EBADMSG);
	whole[2] = 0x83;
	assert_int_equal(answer(whole, sizeof(whole), &got), 0);
	assert_true(got.truncated);
	whole[2] = 0x01;		/* a query */
	assert_int_equal(answer(whole, sizeof(whole), &got), -EBADMSG);
}

/* An alias of itself, a record of a wrong length, a negative answer */
static void test_odd_answers(void **state)
{
	static const __u8 circle[] = {
		HEAD(0x8180, 1), QUESTION, RR(5, 60, 2), 0xc0, 12,
	}, brief[] = {
		HEAD(0x8180, 1), QUESTION, RR(28, 60, 4), 192, 0, 0, 170,
	}, negative[] = {
		0, 7, 0x81, 0x83, 0, 1, 0, 0, 0, 1, 0, 0, QUESTION,
		RR(6, 900, 22), 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
		0, 1, 0, 0, 2, 0,
	}, none[] = { HEAD(0x8183, 0), QUESTION }, beyond[] = {
		HEAD(0x8180, 2), QUESTION, RR(5, 60, 0), RR(28, 60, 16),
		ADDRESS(170),
	}, within[] = {
		HEAD(0x8180, 1), QUESTION, RR(5, 60, 4), 1, 'x', 0, 0,
	};
	struct pref64_answer got;

	assert_int_equal(answer(circle, sizeof(circle), &got), 0);
	assert_int_equal(got.n, 0);
	assert_int_equal(answer(brief, sizeof(brief), &got), 0);
	assert_int_equal(got.n, 0);
	/* A name that is not the whole of its record */
	assert_int_equal(answer(beyond, sizeof(beyond), &got), -EBADMSG);
	assert_int_equal(answer(within, sizeof(within), &got), -EBADMSG);
	assert_int_equal(answer(negative, sizeof(negative), &got), 0);
	assert_int_equal(got.rcode, ns_r_nxdomain);
	assert_int_equal(got.ttl, 512);
	assert_int_equal(answer(none, sizeof(none), &got), 0);
	assert_int_equal(got.ttl, 60);
}

static void test_names(void **state)
{
	struct prefix6 one = prefix("2001:db8:64::", 96);
	struct in6_addr addr;
	char name[80];

	pref64_embed(&one, 0xc00000aa, &addr);
	pref64_reverse(name, sizeof(name), &addr);
	assert_string_equal(name, "a.a.0.0.0.0.0.c.0.0.0.0.0.0.0.0.0.0.0.0.4.6.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
	assert_true(pref64_in_domain("nat64.Example.com", "example.COM."));
	assert_true(pref64_in_domain("example.com.", "example.com"));
	assert_true(pref64_in_domain("a.b.c", "c"));
	assert_false(pref64_in_domain("myexample.com", "example.com"));
	assert_false(pref64_in_domain("example.com", "nat64.example.com"));
	assert_false(pref64_in_domain("example.com.evil", "example.com"));
	assert_false(pref64_in_domain("", "com"));
	assert_false(pref64_in_domain("com", ""));
	assert_false(pref64_in_domain("com.", "."));
	/* A dot inside a label is no end of one. */
	assert_false(pref64_in_domain("evil\\.example.com", "example.com"));
	assert_false(pref64_in_domain("evil\\.com", "com"));
	assert_false(pref64_in_domain("a\\\\.example.com", "example.com"));
}

static void read_servers(struct resolve *resolve, const char *text)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");

	memset(resolve, 0, sizeof(*resolve));
	resolve_read(resolve, file);
	fclose(file);
}

static void test_servers(void **state)
{
	struct resolve resolve;

	read_servers(&resolve, "# nameserver 192.0.2.9\nsearch a b\n"
		     "nameserver 127.0.0.53\n nameserver 192.0.2.8\n"
		     "nameserver\t2001:db8::53 # ours\nnameserver name\n"
		     "options edns0 trust-ad\nnameserver\nnameserver ::1\n"
		     "nameserver 192.0.2.1");
	assert_int_equal(resolve.n, 3);
	assert_true(resolve.trust_ad);
	assert_string_equal(resolve.server[0].text, "127.0.0.53");
	assert_true(resolve.server[0].loopback);
	assert_string_equal(resolve.server[1].text, "2001:db8::53");
	assert_false(resolve.server[1].loopback);
	assert_string_equal(resolve.server[2].text, "::1");
	assert_true(resolve.server[2].loopback);
	read_servers(&resolve, "options");
	assert_int_equal(resolve.n, 0);
	assert_false(resolve.trust_ad);
}

/* Search domains are what a DHCP server says; they are one line. */
static void test_long_line(void **state)
{
	const char *const ends[] = {
		"options trust-ad", "nameserver 192.0.2.66",
	};
	struct resolve resolve;
	char text[1024];
	size_t i, pad;

	for (i = 0; i < ARRAY_SIZE(ends); i++)
		for (pad = 1; pad < 600; pad++) {
			snprintf(text, sizeof(text),
				 "search %0*d %s\nnameserver ::1\n", (int)pad,
				 0, ends[i]);
			read_servers(&resolve, text);
			assert_false(resolve.trust_ad);
			assert_int_equal(resolve.n, 1);
			assert_string_equal(resolve.server[0].text, "::1");
		}
}

static char changes[1024];

static void on_change(const struct found *found, enum found_end end, void *arg)
{
	size_t at = strlen(changes);

	snprintf(changes + at, sizeof(changes) - at, "%s%s:%d ",
		 words(&found->prefix, 1), found->source ? "dns" : found->from,
		 end);
}

static void changed(const char *expected)
{
	assert_string_equal(changes, expected);
	*changes = '\0';
}

static struct found announced(const char *addr, const char *router,
			      unsigned int ifindex, __u64 until)
{
	struct found found = {
		.prefix = prefix(addr, 96),
		.source = ifindex ? FOUND_RA : FOUND_DNS,
		.ifindex = ifindex,
		.until = until,
	};

	snprintf(found.from, sizeof(found.from), "%s", router);
	return found;
}

static void test_changes(void **state)
{
	struct found a = announced("2001:db8:a::", "r", 1, 100);
	struct found b = announced("2001:db8:b::", "r", 2, 200);
	struct found c = announced("2001:db8:a::", "s", 1, 300);
	struct found d = announced("2001:db8:d::", "x", 0, 400);
	static struct found_table table = { .changed = on_change };

	assert_true(found_next(&table) == FOUND_NEVER);
	found_withdraw(&table, &a);
	changed("");
	found_take(&table, &a, 0);
	found_take(&table, &b, 0);
	found_take(&table, &c, 0);
	found_take(&table, &d, 0);
	changed("2001:db8:a::/96r:0 2001:db8:b::/96r:0 2001:db8:a::/96s:0 2001:db8:d::/96dns:0 ");
	a.until = 150;
	found_take(&table, &a, 50);
	changed("");
	assert_int_equal(found_next(&table), 150);
	assert_int_equal(found_count(&table, FOUND_RA), 3);
	found_expire(&table, 149);
	changed("");
	found_expire(&table, 150);
	changed("2001:db8:a::/96r:1 ");
	found_link_down(&table, 2);
	changed("2001:db8:b::/96r:3 ");
	found_withdraw(&table, &a);
	changed("");
	found_withdraw(&table, &c);
	changed("2001:db8:a::/96s:2 ");
	found_keep(&table, &d.prefix, 1);
	changed("");
	found_keep(&table, &a.prefix, 1);
	changed("2001:db8:d::/96dns:2 ");
	found_take(&table, &d, 0);
	found_supersede(&table);
	changed("2001:db8:d::/96dns:0 2001:db8:d::/96dns:4 ");
	assert_int_equal(table.n, 0);
}

static void test_many(void **state)
{
	static struct found_table table;
	struct found one = announced("2001:db8::", "r", 1, 100);
	int i;

	for (i = 0; i < 1000; i++) {
		one.prefix.addr.s6_addr[7] = i;
		one.prefix.addr.s6_addr[6] = i >> 8;
		found_take(&table, &one, 0);
	}
	assert_int_equal(table.n, FOUND_DEVICE_MAX);
	/* Another device still has its share. */
	one.ifindex = 2;
	found_take(&table, &one, 0);
	assert_int_equal(table.n, FOUND_DEVICE_MAX + 1);
	for (i = 0; i < 1000; i++) {
		one.ifindex = i;
		found_take(&table, &one, 0);
	}
	assert_int_equal(table.n, FOUND_MAX);
	found_expire(&table, 100);
	assert_int_equal(table.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usable),
		cmocka_unit_test(test_option),
		cmocka_unit_test(test_advert),
		cmocka_unit_test(test_useropt),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_embed),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_odd_answers),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
