// SPDX-License-Identifier: GPL-2.0
/* test_args.c - words that are right, and the sentences for those that are not */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/args.h"
#include "cli/opts.h"

/**
 * struct word - a word and what becomes of it
 * @word: the word
 * @text: the value in words, or NULL if @word is wrong
 * @why: the sentence if it is wrong
 */
struct word {
	const char *word;
	const char *text;
	const char *why;
};

/* Parses every word by one of the functions below, which print the value. */
static void check(const struct word *words, size_t n,
		  int (*parse)(const char *word, char *text, size_t size))
{
	char text[512];
	size_t i;
	int err;

	for (i = 0; i < n; i++) {
		text[0] = '\0';
		err = parse(words[i].word, text, sizeof(text));
		if (words[i].text) {
			if (err)
				fail_msg("%s", args_why());
			assert_string_equal(text, words[i].text);
		} else {
			if (!err)
				fail_msg("'%s' is taken", words[i].word);
			assert_string_equal(args_why(), words[i].why);
		}
	}
}

static int name(const char *word, char *text, size_t size)
{
	snprintf(text, size, "%s", word);
	return args_name(word);
}

static void test_name(void **state)
{
	static const struct word words[] = {
		{ "default", "default", NULL },
		{ "a", "a", NULL },
		{ "A-b_c.9", "A-b_c.9", NULL },
		{ "fifteen-letters", "fifteen-letters", NULL },
		{ "sixteen-letters-", NULL,
		  "'sixteen-letters-' is too long for the name of an instance: use 15 characters at most" },
		{ "", NULL,
		  "'' cannot be the name of an instance: write a name such as \"default\"" },
		{ "a b", NULL,
		  "'a b' cannot be the name of an instance: use letters, digits, '-', '_' and '.'" },
		{ "\xc3\xa4", NULL,
		  "'\xc3\xa4' cannot be the name of an instance: use letters, digits, '-', '_' and '.'" },
	};

	check(words, ARRAY_SIZE(words), name);
}

static int number(const char *word, char *text, size_t size)
{
	__u32 n = 0;
	int err = args_number(word, "a mark", 1, UINT32_MAX, &n);

	snprintf(text, size, "%u", n);
	return err;
}

#define NO_MARK " is not a mark: write a number from 1 to 4294967295"

static void test_number(void **state)
{
	static const struct word words[] = {
		{ "1", "1", NULL },
		{ "4294967295", "4294967295", NULL },
		{ "0xff", "255", NULL },
		{ "0XffffFFFF", "4294967295", NULL },
		{ "010", "10", NULL },
		{ "0", NULL, "'0'" NO_MARK },
		{ "4294967296", NULL, "'4294967296'" NO_MARK },
		{ "99999999999999999999999999", NULL,
		  "'99999999999999999999999999'" NO_MARK },
		{ "0x", NULL, "'0x'" NO_MARK },
		{ "0x1g", NULL, "'0x1g'" NO_MARK },
		{ "", NULL, "''" NO_MARK },
		{ "-1", NULL, "'-1'" NO_MARK },
		{ "+1", NULL, "'+1'" NO_MARK },
		{ " 1", NULL, "' 1'" NO_MARK },
		{ "1 ", NULL, "'1 '" NO_MARK },
		{ "1e3", NULL, "'1e3'" NO_MARK },
	};

	check(words, ARRAY_SIZE(words), number);
}

static int truth(const char *word, char *text, size_t size)
{
	bool on = false;
	int err = args_bool(word, &on);

	snprintf(text, size, on ? "on" : "off");
	return err;
}

static void test_bool(void **state)
{
	static const struct word words[] = {
		{ "on", "on", NULL }, { "off", "off", NULL },
		{ "true", "on", NULL }, { "false", "off", NULL },
		{ "yes", "on", NULL }, { "no", "off", NULL },
		{ "1", "on", NULL }, { "0", "off", NULL },
		{ "2", NULL,
		  "'2' is neither on nor off: write one of the two" },
		{ "ON", NULL,
		  "'ON' is neither on nor off: write one of the two" },
		{ "", NULL, "'' is neither on nor off: write one of the two" },
	};

	check(words, ARRAY_SIZE(words), truth);
}

static int seconds(const char *word, char *text, size_t size)
{
	__u32 n = 0;
	int err = args_seconds(word, &n);

	snprintf(text, size, "%u", n);
	return err;
}

#define NO_TIME " is not a time: write seconds, such as 300, or units, such as 300s, 5m or 1h30m"

static void test_seconds(void **state)
{
	static const struct word words[] = {
		{ "0", "0", NULL },
		{ "300", "300", NULL },
		{ "300s", "300", NULL },
		{ "5m", "300", NULL },
		{ "2h", "7200", NULL },
		{ "1d", "86400", NULL },
		{ "1h30m", "5400", NULL },
		{ "1h5s", "3605", NULL },
		{ "1d2h3m4s", "93784", NULL },
		{ "4294967295", "4294967295", NULL },
		{ "4294967295s", "4294967295", NULL },
		{ "4294967296", NULL, "'4294967296'" NO_TIME },
		{ "71582789m", NULL, "'71582789m'" NO_TIME },
		{ "4294967295s1s", NULL, "'4294967295s1s'" NO_TIME },
		{ "1:30:00", "5400", NULL },
		{ "0:05:00.000", "300", NULL },
		{ "5:00", "300", NULL },
		{ "5:00.5", NULL, "'5:00.5'" NO_TIME },
		{ "5:", NULL, "'5:'" NO_TIME },
		{ "1:2:3:4", NULL, "'1:2:3:4'" NO_TIME },
		{ "71582788:16", NULL, "'71582788:16'" NO_TIME },
		{ "30m1h", NULL, "'30m1h'" NO_TIME },
		{ "1h1h", NULL, "'1h1h'" NO_TIME },
		{ "1h30", NULL, "'1h30'" NO_TIME },
		{ "h", NULL, "'h'" NO_TIME },
		{ "5x", NULL, "'5x'" NO_TIME },
		{ "5 m", NULL, "'5 m'" NO_TIME },
		{ "-5", NULL, "'-5'" NO_TIME },
		{ "1.5h", NULL, "'1.5h'" NO_TIME },
		{ "", NULL, "''" NO_TIME },
		{ "11111111111111111111s", NULL,
		  "'11111111111111111111s'" NO_TIME },
	};

	check(words, ARRAY_SIZE(words), seconds);
}

static int plateaus(const char *word, char *text, size_t size)
{
	struct plateau_list list;
	int err = args_plateaus(word, &list);
	size_t i, at = 0;

	for (i = 0; !err && i < list.n; i++)
		at += snprintf(text + at, size - at, "%u ", list.mtu[i]);
	return err;
}

#define NO_PLATEAUS " is not a list of packet sizes: write numbers up to 65535 with commas between them, such as 1492,1280"
#define TEN "1,1,1,1,1,1,1,1,1,1,"

static void test_plateaus(void **state)
{
	static const struct word words[] = {
		{ "1492", "1492 ", NULL },
		{ "65535,32000,68", "65535 32000 68 ", NULL },
		{ TEN TEN TEN "1,1",
		  "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 ",
		  NULL },
		{ TEN TEN TEN "1,1,1", NULL,
		  "'" TEN TEN TEN "1,1,1' has too many sizes: use 32 at most" },
		{ "65536", NULL, "'65536'" NO_PLATEAUS },
		{ "", NULL, "''" NO_PLATEAUS },
		{ ",", NULL, "','" NO_PLATEAUS },
		{ "68,", NULL, "'68,'" NO_PLATEAUS },
		{ "68,,70", NULL, "'68,,70'" NO_PLATEAUS },
		{ "68 70", NULL, "'68 70'" NO_PLATEAUS },
		{ "123456789", NULL, "'123456789'" NO_PLATEAUS },
	};

	check(words, ARRAY_SIZE(words), plateaus);
}

static int prefix6(const char *word, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];
	struct prefix6 prefix;
	int err = args_prefix6(word, true, &prefix);

	if (!err)
		snprintf(text, size, "%s/%u",
			 inet_ntop(AF_INET6, &prefix.addr, addr, sizeof(addr)),
			 prefix.len);
	return err;
}

static int filter6(const char *word, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];
	struct prefix6 prefix;
	int err = args_prefix6(word, false, &prefix);

	if (!err)
		snprintf(text, size, "%s/%u",
			 inet_ntop(AF_INET6, &prefix.addr, addr, sizeof(addr)),
			 prefix.len);
	return err;
}

#define NO_PREFIX6 " is not an IPv6 prefix: write it like 64:ff9b::/96"
#define NO_LENGTH6 " has a wrong length: write a number from 0 to 128 after the '/'"

static void test_prefix6(void **state)
{
	static const struct word words[] = {
		{ "64:ff9b::/96", "64:ff9b::/96", NULL },
		{ "64:FF9B:0:0::/96", "64:ff9b::/96", NULL },
		{ "::/0", "::/0", NULL },
		{ "2001:db8::/33", "2001:db8::/33", NULL },
		{ "2001:db8:8000::/33", "2001:db8:8000::/33", NULL },
		{ "2001:db8::1/128", "2001:db8::1/128", NULL },
		{ "2001:db8:ff:ffff:ffff:ffff:ffff:ffff/128",
		  "2001:db8:ff:ffff:ffff:ffff:ffff:ffff/128", NULL },
		{ "2001:db8::1/96", NULL,
		  "'2001:db8::1/96' has bits set after its length: did you mean 2001:db8::/96?" },
		{ "2001:db8:4000::/33", NULL,
		  "'2001:db8:4000::/33' has bits set after its length: did you mean 2001:db8::/33?" },
		{ "ffff::/0", NULL,
		  "'ffff::/0' has bits set after its length: did you mean ::/0?" },
		{ "64:ff9b::", NULL,
		  "'64:ff9b::' has no prefix length: write it like 64:ff9b::/96" },
		{ "64:ff9b::/", NULL, "'64:ff9b::/'" NO_LENGTH6 },
		{ "64:ff9b::/129", NULL, "'64:ff9b::/129'" NO_LENGTH6 },
		{ "64:ff9b::/-1", NULL, "'64:ff9b::/-1'" NO_LENGTH6 },
		{ "64:ff9b::/96/", NULL, "'64:ff9b::/96/'" NO_LENGTH6 },
		{ "64:ff9b::/9x", NULL, "'64:ff9b::/9x'" NO_LENGTH6 },
		{ "192.0.2.0/24", NULL, "'192.0.2.0/24'" NO_PREFIX6 },
		{ "64:ff9b/96", NULL, "'64:ff9b/96'" NO_PREFIX6 },
		{ "[64:ff9b::]/96", NULL, "'[64:ff9b::]/96'" NO_PREFIX6 },
		{ "", NULL, "''" NO_PREFIX6 },
		{ "/96", NULL, "'/96'" NO_PREFIX6 },
		{ "2001:0db8:0000:0000:0000:0000:0000:0000:0000:0001/128",
		  NULL, "'2001:0db8:0000:0000:0000:0000:0000:0000:0000:0001/128'"
		  NO_PREFIX6 },
	};

	check(words, ARRAY_SIZE(words), prefix6);
}

static void test_filter6(void **state)
{
	static const struct word words[] = {
		{ "2001:db8::1", "2001:db8::1/128", NULL },
		{ "2001:db8::/32", "2001:db8::/32", NULL },
		{ "x", NULL,
		  "'x' is not an IPv6 prefix: write it like 2001:db8::/32" },
	};

	check(words, ARRAY_SIZE(words), filter6);
}

static int prefix4(const char *word, char *text, size_t size)
{
	char addr[INET_ADDRSTRLEN];
	struct prefix4 prefix;
	int err = args_prefix4(word, &prefix);

	if (!err)
		snprintf(text, size, "%s/%u",
			 inet_ntop(AF_INET, &prefix.addr, addr, sizeof(addr)),
			 prefix.len);
	return err;
}

#define NO_PREFIX4 " is not an IPv4 address or prefix: write it like 192.0.2.1 or 192.0.2.0/24"
#define NO_LENGTH4 " has a wrong length: write a number from 0 to 32 after the '/'"

static void test_prefix4(void **state)
{
	static const struct word words[] = {
		{ "192.0.2.1", "192.0.2.1/32", NULL },
		{ "192.0.2.0/24", "192.0.2.0/24", NULL },
		{ "192.0.2.128/25", "192.0.2.128/25", NULL },
		{ "0.0.0.0/0", "0.0.0.0/0", NULL },
		{ "192.0.2.1/24", NULL,
		  "'192.0.2.1/24' has bits set after its length: did you mean 192.0.2.0/24?" },
		{ "192.0.2.64/25", NULL,
		  "'192.0.2.64/25' has bits set after its length: did you mean 192.0.2.0/25?" },
		{ "192.0.2.0/33", NULL, "'192.0.2.0/33'" NO_LENGTH4 },
		{ "192.0.2.0/", NULL, "'192.0.2.0/'" NO_LENGTH4 },
		{ "192.0.2.0/255.255.255.0", NULL,
		  "'192.0.2.0/255.255.255.0'" NO_LENGTH4 },
		{ "192.0.2", NULL, "'192.0.2'" NO_PREFIX4 },
		{ "192.0.2.256", NULL, "'192.0.2.256'" NO_PREFIX4 },
		{ "192.0.2.1:80", NULL, "'192.0.2.1:80'" NO_PREFIX4 },
		{ "example.org", NULL, "'example.org'" NO_PREFIX4 },
		{ "2001:db8::1", NULL, "'2001:db8::1'" NO_PREFIX4 },
		{ "", NULL, "''" NO_PREFIX4 },
	};

	check(words, ARRAY_SIZE(words), prefix4);
}

static int endpoint(const char *word, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];
	struct endpoint e;
	int err = args_endpoint(word, &e);

	if (!err)
		snprintf(text, size, "%d %s %u", e.is6 ? 6 : 4,
			 inet_ntop(e.is6 ? AF_INET6 : AF_INET,
				   e.is6 ? (void *)&e.addr6 : (void *)&e.addr4,
				   addr, sizeof(addr)), e.port);
	return err;
}

#define NO_ADDR6 " has no IPv6 address between its brackets: write it like [2001:db8::5]:2000"
#define NO_PORT " has a wrong port: write a number from 0 to 65535 after the last ':'"
#define NO_ADDR4 " does not start with an IPv4 address: write it like 192.0.2.2:2000"

static void test_endpoint(void **state)
{
	static const struct word words[] = {
		{ "[2001:db8::5]:2000", "6 2001:db8::5 2000", NULL },
		{ "[::]:0", "6 :: 0", NULL },
		{ "[::ffff:192.0.2.1]:1", "6 ::ffff:192.0.2.1 1", NULL },
		{ "192.0.2.2:2000", "4 192.0.2.2 2000", NULL },
		{ "192.0.2.2:65535", "4 192.0.2.2 65535", NULL },
		{ "[2001:db8::5:2000", NULL,
		  "'[2001:db8::5:2000' has no ']': write it like [2001:db8::5]:2000" },
		{ "[2001:db8::5]", NULL,
		  "'[2001:db8::5]' has no port: write it like [2001:db8::5]:2000" },
		{ "[2001:db8::5]2000", NULL,
		  "'[2001:db8::5]2000' has no port: write it like [2001:db8::5]:2000" },
		{ "[2001:db8::5]:", NULL, "'[2001:db8::5]:'" NO_PORT },
		{ "[2001:db8::5]:65536", NULL,
		  "'[2001:db8::5]:65536'" NO_PORT },
		{ "[2001:db8::5]:http", NULL, "'[2001:db8::5]:http'" NO_PORT },
		{ "[192.0.2.2]:2000", NULL, "'[192.0.2.2]:2000'" NO_ADDR6 },
		{ "[]:2000", NULL, "'[]:2000'" NO_ADDR6 },
		{ "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:1",
		  NULL, "'[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:1'"
		  NO_ADDR6 },
		{ "192.0.2.2", NULL,
		  "'192.0.2.2' has no port: write it like 192.0.2.2:2000" },
		{ "2001:db8::5:2000", NULL,
		  "'2001:db8::5:2000' has no brackets around its IPv6 address: write it like [2001:db8::5]:2000" },
		{ "192.0.2.2:", NULL, "'192.0.2.2:'" NO_PORT },
		{ "192.0.2.2:-1", NULL, "'192.0.2.2:-1'" NO_PORT },
		{ ":2000", NULL, "':2000'" NO_ADDR4 },
		{ "192.0.2.300:2000", NULL, "'192.0.2.300:2000'" NO_ADDR4 },
		{ "host.example.org.in.a.zone:1", NULL,
		  "'host.example.org.in.a.zone:1'" NO_ADDR4 },
		{ "", NULL, "'' has no port: write it like 192.0.2.2:2000" },
	};

	check(words, ARRAY_SIZE(words), endpoint);
}

static int ports(const char *word, char *text, size_t size)
{
	struct port_list list;
	int err = args_ports(word, &list);
	size_t i, at = 0;

	for (i = 0; !err && i < list.n; i++)
		at += snprintf(text + at, size - at, "%u-%u ",
			       list.range[i].min, list.range[i].max);
	return err;
}

#define NO_PORTS " is not a list of ports: write ranges from 1 to 65535 with commas between them, such as 1024-2047,5000"

static void test_ports(void **state)
{
	static const struct word words[] = {
		{ "1-65535", "1-65535 ", NULL },
		{ "80", "80-80 ", NULL },
		{ "80-80", "80-80 ", NULL },
		{ "1024-2047,5000,6000-6001", "1024-2047 5000-5000 6000-6001 ",
		  NULL },
		{ TEN TEN TEN "1,1,1", NULL,
		  "'" TEN TEN TEN "1,1,1' has too many ranges: use 32 at most for one pool4 entry" },
		{ "5-3", NULL,
		  "'5-3' has a range that ends before it starts: did you mean 3-5?" },
		{ "1-2,2047-1024", NULL,
		  "'1-2,2047-1024' has a range that ends before it starts: did you mean 1024-2047?" },
		{ "0", NULL, "'0'" NO_PORTS },
		{ "0-100", NULL, "'0-100'" NO_PORTS },
		{ "5-0", NULL, "'5-0'" NO_PORTS },
		{ "1-65536", NULL, "'1-65536'" NO_PORTS },
		{ "65536", NULL, "'65536'" NO_PORTS },
		{ "", NULL, "''" NO_PORTS },
		{ "-", NULL, "'-'" NO_PORTS },
		{ "5-", NULL, "'5-'" NO_PORTS },
		{ "-5", NULL, "'-5'" NO_PORTS },
		{ "1-2-3", NULL, "'1-2-3'" NO_PORTS },
		{ "1-2,", NULL, "'1-2,'" NO_PORTS },
		{ ",1-2", NULL, "',1-2'" NO_PORTS },
		{ "1 - 2", NULL, "'1 - 2'" NO_PORTS },
		{ "http", NULL, "'http'" NO_PORTS },
		{ "000000000000000001-5", NULL,
		  "'000000000000000001-5'" NO_PORTS },
	};

	check(words, ARRAY_SIZE(words), ports);
}

static int protos(const char *word, char *text, size_t size)
{
	__u8 list[ARRAY_SIZE(args_all_protos)];
	size_t n = 0, i, at = 0;
	int err = args_protos(word, list, &n);

	for (i = 0; !err && i < n; i++)
		at += snprintf(text + at, size - at, "%u ", list[i]);
	return err;
}

#define NO_PROTO " is not a protocol: write tcp, udp or icmp"

static void test_protos(void **state)
{
	static const struct word words[] = {
		{ "tcp", "6 ", NULL },
		{ "udp", "17 ", NULL },
		{ "icmp", "1 ", NULL },
		{ "icmp,tcp,udp", "1 6 17 ", NULL },
		{ "tcp,tcp", NULL, "'tcp' is given twice: leave one out" },
		{ "tcp,udp,icmp,tcp", NULL,
		  "'tcp' is given twice: leave one out" },
		{ "TCP,Udp", "6 17 ", NULL },
		{ "tcpudp", NULL, "'tcpudp'" NO_PROTO },
		{ "tcp,", NULL, "''" NO_PROTO },
		{ "", NULL, "''" NO_PROTO },
		{ "6", NULL, "'6'" NO_PROTO },
		{ "a-very-long-protocol", NULL,
		  "'a-very-long-protocol' is not a list of protocols: write tcp, udp or icmp, or several with commas between them" },
	};

	check(words, ARRAY_SIZE(words), protos);
}

static int state_of(const char *word, char *text, size_t size)
{
	__u8 state = 0;
	int err = args_state(word, &state);

	snprintf(text, size, "%u %s", state, args_state_name(state));
	return err;
}

#define NO_STATE " is not a state of a session: write v4-init, v6-init, established, v4-fin, v6-fin, v4-v6-fin or trans"

static void test_state(void **state)
{
	static const struct word words[] = {
		{ "v4-init", "1 v4-init", NULL },
		{ "v6-init", "2 v6-init", NULL },
		{ "established", "3 established", NULL },
		{ "v4-fin", "4 v4-fin", NULL },
		{ "v6-fin", "5 v6-fin", NULL },
		{ "v4-v6-fin", "6 v4-v6-fin", NULL },
		{ "trans", "7 trans", NULL },
		{ "closed", NULL, "'closed'" NO_STATE },
		{ "ESTABLISHED", NULL, "'ESTABLISHED'" NO_STATE },
		{ "est", NULL, "'est'" NO_STATE },
		{ "", NULL, "''" NO_STATE },
	};

	check(words, ARRAY_SIZE(words), state_of);
}

static void test_names_of_numbers(void **state)
{
	assert_string_equal(args_proto_name(IPPROTO_TCP), "tcp");
	assert_string_equal(args_proto_name(47), "unknown");
	assert_string_equal(args_state_name(NAT64_STATE_MAX + 1), "unknown");
	assert_string_equal(args_state_name(255), "unknown");
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "udp-timeout", "icmp-timeout",
					     "tos", "override-tos" };
	char long_word[200];

	assert_string_equal(args_nearest("upd-timeout", names, 4),
			    "udp-timeout");
	assert_string_equal(args_nearest("icmp-timeuot", names, 4),
			    "icmp-timeout");
	assert_string_equal(args_nearest("tso", names, 3) ?: "none", "none");
	assert_string_equal(args_nearest("overide-tos", names, 4),
			    "override-tos");
	assert_null(args_nearest("", names, 4));
	assert_null(args_nearest("something-else", names, 4));
	memset(long_word, 'x', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_null(args_nearest(long_word, names, 4));
}

/* However long the word is, what to do about it is still told. */
static void test_long_word(void **state)
{
	char word[2000];

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	args_fail(word, "is wrong");
	assert_non_null(strstr(args_why(), "xxx' is wrong"));
}

/* The words and options of a command line as "w1 w2 | --opt=value ...". */
static int options(const char *line, char *text, size_t size)
{
	char copy[256], *argv[32], *next;
	struct opts opts;
	size_t at = 0, i;
	int argc = 0, err;

	snprintf(copy, sizeof(copy), "%s", line);
	for (next = strtok(copy, " "); next; next = strtok(NULL, " "))
		argv[argc++] = next;
	argv[argc] = NULL;
	err = opts_parse(&opts, argc, argv);
	if (!err)
		err = opts_once(&opts, OPT_BIT(OPT_POOL6));
	for (i = 0; !err && i < (size_t)opts.n_words; i++)
		at += snprintf(text + at, size - at, "%s ", opts.words[i]);
	for (i = 0; !err && i < opts.n_values; i++) {
		const struct opt_value *v = &opts.values[i];

		at += snprintf(text + at, size - at, "--%s=%s ",
			       opt_rows[v->opt].name, v->value ?: "");
	}
	opts_free(&opts);
	return err;
}

static void test_options(void **state)
{
	static const struct word words[] = {
		{ "", "", NULL },
		{ "bib show", "bib show ", NULL },
		{ "-j bib --pretty show -i x",
		  "bib show --json= --pretty= --instance=x ", NULL },
		{ "-jp bib", "bib --json= --pretty= ", NULL },
		{ "-jix bib", "bib --json= --instance=x ", NULL },
		{ "--instance=x bib", "bib --instance=x ", NULL },
		{ "--instance= bib", "bib --instance= ", NULL },
		{ "--instance=-x bib", "bib --instance=-x ", NULL },
		{ "-n - bib", "bib --netns=- ", NULL },
		{ "-- -j bib", "-j bib ", NULL },
		{ "a - b", "a - b ", NULL },
		{ "-j -j a", "a --json= --json= ", NULL },
		{ "--pool6 a --pool6 b", "--pool6=a --pool6=b ", NULL },
		{ "--mark 1 --mark 2", NULL,
		  "'2' is a second --mark: leave one out" },
		{ "-i a --instance b", NULL,
		  "'b' is a second --instance: leave one out" },
		{ "--prot tcp", NULL,
		  "'--prot' is not an option: did you mean --proto?" },
		{ "--js", NULL,
		  "'--js' is not an option: see 'nat64ctl help'" },
		{ "--frobnicate", NULL,
		  "'--frobnicate' is not an option: see 'nat64ctl help'" },
		{ "--=x", NULL, "'--=x' is not an option: see 'nat64ctl help'" },
		{ "-x", NULL,
		  "'-x' has a letter that is not an option, x: see 'nat64ctl help'" },
		{ "-jx", NULL,
		  "'-jx' has a letter that is not an option, x: see 'nat64ctl help'" },
		{ "--json=yes", NULL,
		  "'--json=yes' has a value too many: write --json" },
		{ "--mark", NULL, "'--mark' needs a value: write --mark M" },
		{ "-i", NULL, "'-i' needs a value: write --instance NAME" },
		{ "-ji", NULL, "'-ji' needs a value: write --instance NAME" },
		{ "--proto --port 5", NULL,
		  "'--proto' needs a value: write --proto tcp|udp|icmp" },
	};

	check(words, ARRAY_SIZE(words), options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_plateaus),
		cmocka_unit_test(test_prefix6),
		cmocka_unit_test(test_filter6),
		cmocka_unit_test(test_prefix4),
		cmocka_unit_test(test_endpoint),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_protos),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_names_of_numbers),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_long_word),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}
