// SPDX-License-Identifier: GPL-2.0
/*
 * test_show.c - what answers of the kernel look like, with no kernel
 *
 * The objects are included, not linked: what prints a message is theirs alone.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/config.c"
#include "cmd/counters.c"
#include "cmd/prometheus.c"
#include "cmd/session.c"
#include "cmd/stats.c"

#include "messages.h"

static struct nl_msg *session_message(int proto, int state, __u32 expires)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_SESSION_GET, "default");
	struct nlattr *nest;
	struct in6_addr addr;

	nest = nla_nest_start(msg, NAT64_A_SESSION | NLA_F_NESTED);
	nla_put_u8(msg, NAT64_SESSION_A_PROTO, proto);
	inet_pton(AF_INET6, "2001:db8::5", &addr);
	nla_put(msg, NAT64_SESSION_A_SRC6, 16, &addr);
	nla_put_u16(msg, NAT64_SESSION_A_SPORT6, htons(2000));
	inet_pton(AF_INET6, "64:ff9b::c633:6407", &addr);
	nla_put(msg, NAT64_SESSION_A_DST6, 16, &addr);
	nla_put_u16(msg, NAT64_SESSION_A_DPORT6, htons(80));
	nla_put_u32(msg, NAT64_SESSION_A_SRC4, inet_addr("192.0.2.1"));
	nla_put_u16(msg, NAT64_SESSION_A_SPORT4, htons(1024));
	nla_put_u32(msg, NAT64_SESSION_A_DST4, inet_addr("198.51.100.7"));
	nla_put_u16(msg, NAT64_SESSION_A_DPORT4, htons(80));
	nla_put_u8(msg, NAT64_SESSION_A_STATE, state);
	nla_put_u32(msg, NAT64_SESSION_A_EXPIRES, expires);
	nla_nest_end(msg, nest);
	return msg;
}

static void show_session(struct out *out, int proto, int state, __u32 expires)
{
	struct nl_msg *msg = session_message(proto, state, expires);
	struct nl64_reply reply;

	parse(&reply, msg);
	session_reply(&reply, out);
	nlmsg_free(msg);
}

static void test_session(void **state)
{
	FILE *file = capture();
	struct out out;

	out_begin(&out, file, OUT_JSON, session_columns,
		  COLUMNS_USUAL);
	show_session(&out, IPPROTO_TCP, NAT64_STATE_V6_FIN, 7198500);
	show_session(&out, IPPROTO_UDP, NAT64_STATE_ESTABLISHED, 1);
	out_end(&out);
	release(file,
		"[{ \"instance\": \"default\", \"proto\": \"tcp\", \"src6\": \"2001:db8::5\", \"sport6\": 2000, \"dst6\": \"64:ff9b::c633:6407\", \"dport6\": 80, \"src4\": \"192.0.2.1\", \"sport4\": 1024, \"dst4\": \"198.51.100.7\", \"dport4\": 80, \"expires\": 7198.500, \"state\": \"v6-fin\" },\n"
		"{ \"instance\": \"default\", \"proto\": \"udp\", \"src6\": \"2001:db8::5\", \"sport6\": 2000, \"dst6\": \"64:ff9b::c633:6407\", \"dport6\": 80, \"src4\": \"192.0.2.1\", \"sport4\": 1024, \"dst4\": \"198.51.100.7\", \"dport4\": 80, \"expires\": 0.001 }]\n");
	file = capture();
	out_begin(&out, file, 0, session_columns, COLUMNS_USUAL);
	assert_true(out.streaming);
	show_session(&out, IPPROTO_TCP, NAT64_STATE_V6_FIN, 7198500);
	show_session(&out, IPPROTO_ICMP, NAT64_STATE_ESTABLISHED, 5250);
	out_end(&out);
	release(file,
		"PROTO HOST                                      MAPPED                PEER                  STATE       EXPIRES\n"
		"tcp   [2001:db8::5]:2000                        192.0.2.1:1024        198.51.100.7:80       v6-fin      1h59m58s\n"
		"icmp  [2001:db8::5]:2000                        192.0.2.1:1024        198.51.100.7:80       -           5.2s\n");
}

/* Attributes that are too short are refused, not read past their end. */
static void test_short_attribute(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_SESSION_GET, "default");
	FILE *file = capture();
	struct nl64_reply reply;
	struct nlattr *nest;
	struct out out;

	nest = nla_nest_start(msg, NAT64_A_SESSION | NLA_F_NESTED);
	nla_put_u8(msg, NAT64_SESSION_A_PROTO, IPPROTO_TCP);
	nla_put(msg, NAT64_SESSION_A_SRC6, 4, "abc");
	nla_nest_end(msg, nest);
	parse(&reply, msg);
	out_begin(&out, file, OUT_JSON, session_columns,
		  ARRAY_SIZE(session_columns));
	session_reply(&reply, &out);
	out_end(&out);
	release(file, "[]\n");
	nlmsg_free(msg);
}

static void sample_of(struct samples *samples, const char *instance)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_STATS_GET, instance);
	struct nl64_reply reply;
	struct nlattr *nest;
	int i;

	nla_put_u64(msg, NAT64_A_BIB_COUNT, 3);
	nla_put_u64(msg, NAT64_A_SESSION_COUNT, 4);
	nest = nla_nest_start(msg, NAT64_A_STATS | NLA_F_NESTED);
	for (i = 1; i <= NAT64_STAT_MAX; i++)
		nla_put_u64(msg, i, i == NAT64_STAT_DROP_NO_BIB ? 7 : 0);
	nla_put_u64(msg, 200, 9);
	nla_put_u64(msg, COUNTERS_TAKEN, 9);
	nla_nest_end(msg, nest);
	parse(&reply, msg);
	take_sample(&reply, samples);
	nlmsg_free(msg);
}

static void test_stats_table(void **state)
{
	struct samples samples = { NULL, 0 };
	FILE *file = capture();
	struct out out;

	sample_of(&samples, "default");
	out_begin(&out, file, 0, stats_columns, ARRAY_SIZE(stats_columns));
	show_sample(&out, &samples.sample[0], false);
	out_end(&out);
	release(file,
		"INSTANCE COUNTER     VALUE MEANING\n"
		"default  bib-entries 3     BIB entries that exist\n"
		"default  sessions    4     sessions that exist\n"
		"default  drop-no-bib 7     dropped: no BIB entry\n"
		"default  counter-200 9     unknown: the kernel module is newer than nat64ctl\n");
	samples_free(&samples);
}

static void test_stats_json(void **state)
{
	struct samples samples = { NULL, 0 };
	struct json_object *array, *object;
	FILE *file = capture();
	struct out out;

	sample_of(&samples, "default");
	sample_of(&samples, "b");
	out_begin(&out, file, OUT_JSON, stats_columns,
		  ARRAY_SIZE(stats_columns));
	show_sample(&out, &samples.sample[0], false);
	show_sample(&out, &samples.sample[1], false);
	out_end(&out);
	fclose(file);
	array = json_tokener_parse(printed);
	assert_int_equal(json_object_array_length(array), 2);
	object = json_object_array_get_idx(array, 1);
	/* instance, two gauges, every counter, and the one unknown to us */
	assert_int_equal(json_object_object_length(object),
			 4 + NAT64_STAT_MAX);
	assert_int_equal(json_object_get_int(json_object_object_get(object,
								    "drop-no-bib")),
			 7);
	json_object_put(array);
	free(printed);
	samples_free(&samples);
}

static void test_prometheus(void **state)
{
	struct samples samples = { NULL, 0 };
	FILE *file, *before = stdout;

	sample_of(&samples, "a");
	sample_of(&samples, "b");
	file = capture();
	stdout = file;
	print_samples(&samples);
	stdout = before;
	fclose(file);
	assert_non_null(strstr(printed,
		"# HELP nat64_bib_entries BIB entries that exist\n"
		"# TYPE nat64_bib_entries gauge\n"
		"nat64_bib_entries{instance=\"a\"} 3\n"
		"nat64_bib_entries{instance=\"b\"} 3\n"
		"# HELP nat64_sessions sessions that exist\n"
		"# TYPE nat64_sessions gauge\n"
		"nat64_sessions{instance=\"a\"} 4\n"));
	assert_non_null(strstr(printed,
		"# TYPE nat64_dropped_packets_total counter\n"));
	assert_non_null(strstr(printed,
		"nat64_dropped_packets_total{instance=\"a\",reason=\"no-bib\"} 7\n"
		"nat64_dropped_packets_total{instance=\"b\",reason=\"no-bib\"} 7\n"));
	assert_non_null(strstr(printed,
			       "nat64_counter_200_total{instance=\"b\"} 9\n"));
	free(printed);
	samples_free(&samples);
}

static struct nl_msg *config_message(__u32 mss, const void *prefix,
				     int prefix_len)
{
	static const __u16 plateaus[] = { 1492, 68 };
	struct nl_msg *msg = nl64_request(NAT64_CMD_CONFIG_GET, "default");
	struct nlattr *nest;

	nest = nla_nest_start(msg, NAT64_A_CONFIG | NLA_F_NESTED);
	nla_put_u8(msg, NAT64_CONFIG_A_MANUALLY_ENABLED, 1);
	nla_put_u8(msg, NAT64_CONFIG_A_TOS, 200);
	nla_put(msg, NAT64_CONFIG_A_MTU_PLATEAUS, sizeof(plateaus), plateaus);
	nla_put_u32(msg, NAT64_CONFIG_A_UDP_TIMEOUT, 330);
	nla_put_u8(msg, NAT64_CONFIG_A_ICMP_TIMEOUT, 1);
	nla_put_u32(msg, NAT64_CONFIG_A_MAXIMUM_SESSIONS, 4294967295U);
	nla_put_u32(msg, NAT64_CONFIG_A_MSS_CLAMP, mss);
	nla_put(msg, NAT64_CONFIG_A_RFC6791V4_PREFIX | NLA_F_NESTED,
		prefix_len, prefix);
	nla_put_u32(msg, NAT64_CONFIG_A_MAX + 1, 5);
	nla_nest_end(msg, nest);
	return msg;
}

static void test_config(void **state)
{
	struct nl_msg *msg = config_message(0, NULL, 0);
	struct config config = { .key = 0 };
	FILE *file = capture();
	struct nl64_reply reply;

	parse(&reply, msg);
	out_begin(&config.out, file, OUT_JSON | OUT_ONE, config_columns,
		  ARRAY_SIZE(config_columns));
	config_reply(&reply, &config);
	out_end(&config.out);
	release(file,
		"{ \"manually-enabled\": true, \"tos\": 200, \"mtu-plateaus\": [ 1492, 68 ], \"udp-timeout\": 330, \"maximum-sessions\": 4294967295, \"mss-clamp\": \"off\", \"rfc6791v4-prefix\": \"none\" }\n");
	file = capture();
	out_begin(&config.out, file, 0, config_columns,
		  ARRAY_SIZE(config_columns));
	config_reply(&reply, &config);
	out_end(&config.out);
	release(file,
		"KEY              VALUE        MEANING\n"
		"manually-enabled on           translate; off: packets pass untranslated\n"
		"tos              200          TOS for override-tos\n"
		"mtu-plateaus     1492,68      packet sizes to try when an ICMPv4 error names no MTU\n"
		"udp-timeout      330s (5m30s) lifetime of an idle UDP session\n"
		"maximum-sessions 4294967295   limit on the sessions of the instance\n"
		"mss-clamp        off          largest MSS of TCP connections; pmtu: what fits both links\n"
		"rfc6791v4-prefix none         source of ICMP errors from IPv6 routers without an IPv4 address\n");
	nlmsg_free(msg);
}

/* What is printed of one key of a message, which is freed. */
static void expect_printed(struct nl_msg *msg, int key, const char *json,
			   const char *word)
{
	struct config config = { .key = key };
	FILE *file = capture(), *before = stdout;
	struct nl64_reply reply;

	parse(&reply, msg);
	out_begin(&config.out, file, OUT_JSON | OUT_ONE, config_columns,
		  ARRAY_SIZE(config_columns));
	config_reply(&reply, &config);
	out_end(&config.out);
	release(file, json);
	file = capture();
	stdout = file;
	config.out.flags = 0;
	config_reply(&reply, &config);
	stdout = before;
	release(file, word);
	nlmsg_free(msg);
}

static void expect_key(int key, __u32 mss, const void *prefix, int prefix_len,
		       const char *json, const char *word)
{
	expect_printed(config_message(mss, prefix, prefix_len), key, json,
		       word);
}

/* What is neither a switch nor a number nor a list is a word. */
static void test_config_words(void **state)
{
	/* Attributes as the kernel writes them: length and type, then value. */
	static const struct {
		__u16 addr_len, addr_type;
		__u8 addr[4];
		__u16 len_len, len_type;
		__u8 len[4];
	} prefix = {
		8, NAT64_PREFIX4_A_ADDR, { 192, 0, 2, 0 },
		5, NAT64_PREFIX4_A_LEN, { 24 },
	};

	expect_key(NAT64_CONFIG_A_MSS_CLAMP, NAT64_MSS_CLAMP_PMTU, NULL, 0,
		   "{ \"mss-clamp\": \"pmtu\" }\n", "pmtu\n");
	expect_key(NAT64_CONFIG_A_MSS_CLAMP, 1220, NULL, 0,
		   "{ \"mss-clamp\": 1220 }\n", "1220\n");
	expect_key(NAT64_CONFIG_A_RFC6791V4_PREFIX, 0, &prefix, sizeof(prefix),
		   "{ \"rfc6791v4-prefix\": \"192.0.2.0/24\" }\n",
		   "192.0.2.0/24\n");
	expect_key(NAT64_CONFIG_A_RFC6791V4_PREFIX, 0, &prefix,
		   prefix.addr_len, "{ \"rfc6791v4-prefix\": \"192.0.2.0/32\" }\n",
		   "192.0.2.0/32\n");
}

/* As many names as there can be, all as long as they can be. */
#define DEVICE(n) "abcdefghijklmn" #n
#define DEVICES(between) DEVICE(0) between DEVICE(1) between DEVICE(2) between \
	DEVICE(3) between DEVICE(4) between DEVICE(5) between DEVICE(6) \
	between DEVICE(7)

static void test_config_devices(void **state)
{
	static const struct {
		const char *names[NAT64_FASTPATH_MAX];
		size_t n;
		const char *json, *word;
	} cases[] = {
		{ { NULL }, 0, "{ \"fastpath\": [ ] }\n", "none\n" },
		{ { "eth0" }, 1, "{ \"fastpath\": [ \"eth0\" ] }\n",
		  "eth0\n" },
		{ { DEVICE(0), DEVICE(1), DEVICE(2), DEVICE(3), DEVICE(4),
		    DEVICE(5), DEVICE(6), DEVICE(7) }, 8,
		  "{ \"fastpath\": [ \"" DEVICES("\", \"") "\" ] }\n",
		  DEVICES(",") "\n" },
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nl_msg *msg = nl64_request(NAT64_CMD_CONFIG_GET, "a");
		struct nlattr *nest, *list;

		nest = nla_nest_start(msg, NAT64_A_CONFIG | NLA_F_NESTED);
		list = nla_nest_start(msg, NAT64_CONFIG_A_FASTPATH |
				      NLA_F_NESTED);
		nla_put_u8(msg, NAT64_FASTPATH_A_DEV + 1, 1);
		for (j = 0; j < cases[i].n; j++)
			nla_put_string(msg, NAT64_FASTPATH_A_DEV,
				       cases[i].names[j]);
		nla_nest_end(msg, list);
		nla_nest_end(msg, nest);
		expect_printed(msg, NAT64_CONFIG_A_FASTPATH, cases[i].json,
			       cases[i].word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_short_attribute),
		cmocka_unit_test(test_stats_table),
		cmocka_unit_test(test_stats_json),
		cmocka_unit_test(test_prometheus),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_config_words),
		cmocka_unit_test(test_config_devices),
	};

	return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
