// SPDX-License-Identifier: GPL-2.0
/*
 * test_siit.c - requests and answers about stateless instances, with no kernel
 *
 * The objects are included, not linked, as in test_show.c.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netlink/genl/genl.h>

#include "cmd/denylist.c"
#include "cmd/eam.c"
#include "cmd/instance.c"
#include "cmd/trace.c"
#include "config/document.h"

#include "messages.h"

static void eam_of(struct eam_entry *eam, const char *word6, const char *word4)
{
	memset(eam, 0, sizeof(*eam));
	assert_int_equal(args_prefix6(word6, false, &eam->prefix6), 0);
	assert_int_equal(args_prefix4(word4, &eam->prefix4), 0);
}

/* --- requests ------------------------------------------------------------ */

static struct nlattr *attr_of(struct nl_msg *msg, int type)
{
	return nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, type);
}

static void test_eam_put(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_EAM_ADD, "default");
	struct nlattr *a[NAT64_EAM_A_MAX + 1];
	struct eam_entry eam, seen;

	eam_of(&eam, "2001:db8::/120", "192.0.2.0/24");
	assert_int_equal(eam_put(msg, &eam.prefix6, &eam.prefix4), 0);
	memset(&seen, 0, sizeof(seen));
	assert_true(eam_read(&seen, attr_of(msg, NAT64_A_EAM)));
	assert_memory_equal(&seen, &eam, sizeof(eam));
	nlmsg_free(msg);

	msg = nl64_request(NAT64_CMD_EAM_DEL, "default");
	assert_int_equal(eam_put(msg, NULL, &eam.prefix4), 0);
	nla_parse_nested(a, NAT64_EAM_A_MAX, attr_of(msg, NAT64_A_EAM), NULL);
	assert_null(a[NAT64_EAM_A_ADDR6]);
	assert_null(a[NAT64_EAM_A_LEN6]);
	assert_int_equal(nla_get_u32(a[NAT64_EAM_A_ADDR4]),
			 inet_addr("192.0.2.0"));
	assert_int_equal(nla_get_u8(a[NAT64_EAM_A_LEN4]), 24);
	assert_false(eam_read(&seen, attr_of(msg, NAT64_A_EAM)));
	nlmsg_free(msg);
}

static int take_type(struct nl_msg *msg, const char *word, bool pool4)
{
	struct opt_value value = { OPT_TYPE, word };
	struct opts opts = {
		.given = OPT_BIT(OPT_TYPE) | (pool4 ? OPT_BIT(OPT_POOL4) : 0),
		.values = &value, .n_values = 1,
	};

	return put_type(msg, &opts);
}

/* A module that knows no types is not asked about them. */
static void test_type(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_INSTANCE_ADD, "default");

	assert_int_equal(take_type(msg, "nat64", true), 0);
	assert_null(attr_of(msg, NAT64_A_TYPE));
	assert_int_not_equal(take_type(msg, "siit", true), 0);
	assert_null(attr_of(msg, NAT64_A_TYPE));
	assert_int_equal(take_type(msg, "siit", false), 0);
	assert_int_equal(nla_get_u8(attr_of(msg, NAT64_A_TYPE)),
			 NAT64_TYPE_SIIT);
	nlmsg_free(msg);
}

static void document_of(struct document *doc, const char *text)
{
	struct json_object *json = json_tokener_parse(text);

	assert_int_equal(document_init(doc, "a file"), 0);
	assert_int_equal(document_parse(doc, json), 0);
	json_object_put(json);
}

static void test_document(void **state)
{
	struct nl64 nl = { .bad_outer = NAT64_A_EAM, .bad_index = 1 };
	struct prefix4 prefix;
	struct document doc;
	struct nl_msg *msg;
	struct eam_entry eam;

	document_of(&doc,
		    "{\"type\": \"siit\", \"denylist\": [\"10.0.0.0/8\"],"
		    " \"eam\": [{\"ipv6\": \"2001:db8::/120\", \"ipv4\": \"192.0.2.0/24\"}]}");
	msg = document_request(&doc, "default", false);
	assert_int_equal(nla_get_u8(attr_of(msg, NAT64_A_TYPE)),
			 NAT64_TYPE_SIIT);
	assert_null(attr_of(msg, NAT64_A_POOL6));
	assert_true(eam_read(&eam, attr_of(msg, NAT64_A_EAM)));
	assert_int_equal(eam.prefix6.len, 120);
	assert_true(prefix4_read(&prefix, attr_of(msg, NAT64_A_DENYLIST)));
	assert_int_equal(prefix.len, 8);
	nlmsg_free(msg);
	snprintf(nl.text, sizeof(nl.text), "no");
	assert_true(document_refused(&doc, &nl));
	assert_string_equal(args_why(), "a file: /eam/1: no");
	nl.bad_outer = NAT64_A_TYPE;
	assert_true(document_refused(&doc, &nl));
	assert_string_equal(args_why(), "a file: /type: no");
	document_free(&doc);

	document_of(&doc, "{\"type\": \"nat64\"}");
	msg = document_request(&doc, "default", false);
	assert_null(attr_of(msg, NAT64_A_TYPE));
	assert_non_null(attr_of(msg, NAT64_A_POOL6));
	nlmsg_free(msg);
	document_free(&doc);
}

/* As many as there can be are one request. */
static void test_large_document(void **state)
{
	struct nl_msg *msg;
	struct document doc;
	struct nlattr *attr;
	size_t i, n = 0;
	int rest;

	document_of(&doc, "{\"type\": \"siit\"}");
	doc.eam = calloc(NAT64_EAM_MAX, sizeof(*doc.eam));
	assert_non_null(doc.eam);
	for (i = 0; i < NAT64_EAM_MAX; i++) {
		doc.eam[i].prefix6.addr.s6_addr32[0] = htonl(0x20010db8);
		doc.eam[i].prefix6.addr.s6_addr32[3] = htonl(i);
		doc.eam[i].prefix6.len = 128;
		doc.eam[i].prefix4.addr.s_addr = htonl(0x0a000000 + i);
		doc.eam[i].prefix4.len = 32;
	}
	doc.n_eam = NAT64_EAM_MAX;
	doc.denylist = calloc(NAT64_DENYLIST_MAX, sizeof(*doc.denylist));
	assert_non_null(doc.denylist);
	doc.n_denylist = NAT64_DENYLIST_MAX;
	assert_int_equal(document_check(&doc), 0);
	msg = document_request(&doc, "default", true);
	assert_non_null(msg);
	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rest)
		n += nla_type(attr) == NAT64_A_EAM;
	assert_int_equal(n, NAT64_EAM_MAX);
	nlmsg_free(msg);
	document_free(&doc);
}

/* --- answers ------------------------------------------------------------- */

static struct nl_msg *eam_message(const char *word6, const char *word4)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_EAM_GET, "a");
	struct eam_entry eam;

	eam_of(&eam, word6, word4);
	eam_put(msg, &eam.prefix6, &eam.prefix4);
	return msg;
}

static void show_eam(struct out *out, struct nl_msg *msg)
{
	struct nl64_reply reply;

	parse(&reply, msg);
	eam_reply(&reply, out);
	nlmsg_free(msg);
}

/* An entry without lengths is of two addresses. */
static struct nl_msg *bare_message(size_t size)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_EAM_GET, "a");
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_EAM | NLA_F_NESTED);
	struct in6_addr addr;

	inet_pton(AF_INET6, "2001:db8::5", &addr);
	nla_put(msg, NAT64_EAM_A_ADDR6, size, &addr);
	nla_put_u32(msg, NAT64_EAM_A_ADDR4, inet_addr("192.0.2.5"));
	nla_nest_end(msg, nest);
	return msg;
}

static void test_eam_show(void **state)
{
	FILE *file = capture();
	struct out out;

	out_begin(&out, file, OUT_JSON, eam_columns, ARRAY_SIZE(eam_columns));
	assert_true(out.streaming);
	show_eam(&out, eam_message("2001:db8::/120", "192.0.2.0/24"));
	show_eam(&out, bare_message(16));
	show_eam(&out, bare_message(15));
	out_end(&out);
	release(file,
		"[{ \"instance\": \"a\", \"ipv6\": \"2001:db8::/120\", \"ipv4\": \"192.0.2.0/24\" },\n"
		"{ \"instance\": \"a\", \"ipv6\": \"2001:db8::5/128\", \"ipv4\": \"192.0.2.5/32\" }]\n");
	file = capture();
	out_begin(&out, file, 0, eam_columns, ARRAY_SIZE(eam_columns));
	show_eam(&out, eam_message("2001:db8::/120", "192.0.2.0/24"));
	out_end(&out);
	release(file,
		"IPV6                                        IPV4\n"
		"2001:db8::/120                              192.0.2.0/24\n");
}

static void test_denylist_show(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_DENYLIST_GET, "a");
	const struct prefix4 prefix = { { inet_addr("10.0.0.0") }, 8 };
	FILE *file = capture();
	struct nl64_reply reply;
	struct out out;

	prefix4_put(msg, NAT64_A_DENYLIST, &prefix);
	parse(&reply, msg);
	out_begin(&out, file, OUT_JSON, denylist_columns,
		  ARRAY_SIZE(denylist_columns));
	denylist_reply(&reply, &out);
	out_end(&out);
	release(file, "[{ \"instance\": \"a\", \"prefix\": \"10.0.0.0/8\" }]\n");
	nlmsg_free(msg);
}

static void test_events(void **state)
{
	struct nl_msg *msg = eam_message("2001:db8::/120", "192.0.2.0/24");
	const struct prefix4 prefix = { { inet_addr("10.0.0.0") }, 8 };
	FILE *file = capture();
	struct out out;

	prefix4_put(msg, NAT64_A_DENYLIST, &prefix);
	out_begin(&out, file, 0, NULL, 0);
	eam_event(&out, attr_of(msg, NAT64_A_EAM));
	denylist_event(&out, attr_of(msg, NAT64_A_DENYLIST));
	release(file, " 2001:db8::/120 192.0.2.0/24 10.0.0.0/8");
	nlmsg_free(msg);
}

static struct nl_msg *instance_message(__u8 type)
{
	const struct prefix6 prefix = { .addr.s6_addr = { 0, 0x64, 0xff, 0x9b },
					.len = 96 };
	struct nl_msg *msg = nl64_request(NAT64_CMD_INSTANCE_GET, "a");

	nla_put_u8(msg, NAT64_A_TYPE, type);
	pool6_put(msg, &prefix);
	if (type == NAT64_TYPE_SIIT) {
		nla_put_string(msg, NAT64_A_DEVICE, "clat0");
		nla_put_u64(msg, NAT64_A_EAM_COUNT, 7);
		return msg;
	}
	nla_put_u64(msg, NAT64_A_BIB_COUNT, 3);
	nla_put_u64(msg, NAT64_A_SESSION_COUNT, 4);
	return msg;
}

static void show_instance(struct out *out, struct nl_msg *msg)
{
	struct nl64_reply reply;

	parse(&reply, msg);
	instance_reply(&reply, out);
	nlmsg_free(msg);
}

/* A type has what it has, and nothing that is always empty. */
static void test_instance_show(void **state)
{
	FILE *file = capture();
	struct nl64_reply reply;
	struct nl_msg *msg;
	struct out out;

	out_begin(&out, file, OUT_JSON, instance_columns,
		  ARRAY_SIZE(instance_columns));
	show_instance(&out, instance_message(NAT64_TYPE_SIIT));
	show_instance(&out, instance_message(NAT64_TYPE_NAT64));
	out_end(&out);
	release(file,
		"[{ \"instance\": \"a\", \"type\": \"siit\", \"pool6\": [ \"64:ff9b::/96\" ], \"device\": \"clat0\", \"device-gone\": false, \"eam-entries\": 7 },\n"
		"{ \"instance\": \"a\", \"type\": \"nat64\", \"pool6\": [ \"64:ff9b::/96\" ], \"pool4\": [ ], \"bib-entries\": 3, \"sessions\": 4 }]\n");
	file = capture();
	out_begin(&out, file, 0, instance_columns,
		  ARRAY_SIZE(instance_columns));
	show_instance(&out, instance_message(NAT64_TYPE_SIIT));
	show_instance(&out, instance_message(NAT64_TYPE_NAT64));
	out_end(&out);
	release(file,
		"INSTANCE POOL6        POOL4 BIB-ENTRIES SESSIONS TYPE  EAM-ENTRIES DEVICE\n"
		"a        64:ff9b::/96 -     -           -        siit  7           clat0\n"
		"a        64:ff9b::/96 -     3           4        nat64 -           -\n");
	file = capture();
	out_begin(&out, file, 0, NULL, 0);
	msg = instance_message(NAT64_TYPE_SIIT);
	parse(&reply, msg);
	instance_event(&out, &reply);
	nlmsg_free(msg);
	release(file, " type siit device clat0 pool6 64:ff9b::/96");
}

/* --- steps of a trace ---------------------------------------------------- */

static void put_addr6(struct nl_msg *msg, int type, const char *word)
{
	struct in6_addr addr;

	inet_pton(AF_INET6, word, &addr);
	nla_put(msg, type, 16, &addr);
}

/* What a step is in words and in JSON; the message is freed. */
static void expect_step(struct nl_msg *msg, __u32 step, const char *words,
			const char *json)
{
	struct nlattr *a[NAT64_STEP_A_MAX + 1];
	struct json_object *object;
	FILE *file = capture();

	assert_int_equal(nlmsg_parse(nlmsg_hdr(msg), GENL_HDRLEN, a,
				     NAT64_STEP_A_MAX, step_policy), 0);
	step_text(file, step, a);
	release(file, words);
	object = step_json(step, a, false);
	assert_string_equal(json_object_to_json_string_ext(object,
							   JSON_C_TO_STRING_NOSLASHESCAPE),
			    json);
	json_object_put(object);
	nlmsg_free(msg);
}

static void test_trace_address(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_TRACE, NULL);
	struct nlattr *nest;

	put_addr6(msg, NAT64_STEP_A_DST6, "2001:db8::5");
	nla_put_u32(msg, NAT64_STEP_A_DST4, inet_addr("192.0.2.5"));
	nest = nla_nest_start(msg, NAT64_STEP_A_EAM | NLA_F_NESTED);
	put_addr6(msg, NAT64_EAM_A_ADDR6, "2001:db8::");
	nla_put_u8(msg, NAT64_EAM_A_LEN6, 120);
	nla_put_u32(msg, NAT64_EAM_A_ADDR4, inet_addr("192.0.2.0"));
	nla_put_u8(msg, NAT64_EAM_A_LEN4, 24);
	nla_nest_end(msg, nest);
	expect_step(msg, NAT64_STEP_ADDRESS,
		    "the destination translates: 2001:db8::5 is 192.0.2.5 by the EAM entry 2001:db8::/120 192.0.2.0/24",
		    "{\"step\":\"address\",\"eam\":{\"ipv6\":\"2001:db8::/120\",\"ipv4\":\"192.0.2.0/24\"},\"dst6\":\"2001:db8::5\",\"dst4\":\"192.0.2.5\"}");

	msg = nl64_request(NAT64_CMD_TRACE, NULL);
	put_addr6(msg, NAT64_STEP_A_SRC6, "64:ff9b::c000:205");
	nla_put_u32(msg, NAT64_STEP_A_SRC4, inet_addr("192.0.2.5"));
	nest = nla_nest_start(msg, NAT64_STEP_A_POOL6 | NLA_F_NESTED);
	put_addr6(msg, NAT64_POOL6_A_ADDR, "64:ff9b::");
	nla_put_u8(msg, NAT64_POOL6_A_LEN, 96);
	nla_nest_end(msg, nest);
	expect_step(msg, NAT64_STEP_ADDRESS,
		    "the source translates: 64:ff9b::c000:205 is 192.0.2.5 by pool6 64:ff9b::/96",
		    "{\"step\":\"address\",\"pool6\":\"64:ff9b::/96\",\"src6\":\"64:ff9b::c000:205\",\"src4\":\"192.0.2.5\"}");

	msg = nl64_request(NAT64_CMD_TRACE, NULL);
	nla_put_u32(msg, NAT64_STEP_A_SRC4, inet_addr("10.1.1.1"));
	expect_step(msg, NAT64_STEP_NO_ADDRESS,
		    "the source 10.1.1.1 does not translate: no EAM entry and no pool6 has it",
		    "{\"step\":\"no-address\",\"src4\":\"10.1.1.1\"}");
}

/* Other protocols have a number, and no ports; a fragment has none either. */
static void test_trace_protocols(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_TRACE, NULL);

	nla_put_u8(msg, NAT64_STEP_A_PROTO, 47);
	nla_put_u32(msg, NAT64_STEP_A_SRC4, inet_addr("192.0.2.5"));
	nla_put_u32(msg, NAT64_STEP_A_DST4, inet_addr("192.0.2.6"));
	expect_step(msg, NAT64_STEP_TUPLE,
		    "looked up as protocol 47 192.0.2.5 -> 192.0.2.6",
		    "{\"step\":\"tuple\",\"proto\":47,\"src4\":\"192.0.2.5\",\"dst4\":\"192.0.2.6\"}");
	msg = nl64_request(NAT64_CMD_TRACE, NULL);
	nla_put_u8(msg, NAT64_STEP_A_PROTO, IPPROTO_ICMPV6);
	put_addr6(msg, NAT64_STEP_A_SRC6, "2001:db8::5");
	put_addr6(msg, NAT64_STEP_A_DST6, "2001:db8::6");
	expect_step(msg, NAT64_STEP_TUPLE,
		    "looked up as icmp 2001:db8::5 -> 2001:db8::6",
		    "{\"step\":\"tuple\",\"proto\":\"icmp\",\"src6\":\"2001:db8::5\",\"dst6\":\"2001:db8::6\"}");
	msg = nl64_request(NAT64_CMD_TRACE, NULL);
	nla_put_u8(msg, NAT64_STEP_A_PROTO, IPPROTO_UDP);
	nla_put_u32(msg, NAT64_STEP_A_SRC4, inet_addr("192.0.2.5"));
	nla_put_u32(msg, NAT64_STEP_A_DST4, inet_addr("192.0.2.6"));
	nla_put_u16(msg, NAT64_STEP_A_DPORT4, htons(53));
	expect_step(msg, NAT64_STEP_TUPLE,
		    "looked up as udp 192.0.2.5:* -> 192.0.2.6:53",
		    "{\"step\":\"tuple\",\"proto\":\"udp\",\"src4\":\"192.0.2.5\",\"dst4\":\"192.0.2.6\",\"dport4\":53}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_eam_put),
		cmocka_unit_test(test_type),
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_large_document),
		cmocka_unit_test(test_eam_show),
		cmocka_unit_test(test_denylist_show),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_instance_show),
		cmocka_unit_test(test_trace_address),
		cmocka_unit_test(test_trace_protocols),
	};

	return cmocka_run_group_tests_name("siit", tests, NULL, NULL);
}
