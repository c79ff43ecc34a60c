// SPDX-License-Identifier: GPL-2.0
/*
 * test_plain.c - what names and messages that would do harm look like, and what
 * they do not do; those that the fuzzers have found are here as well
 */
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/plain.h"
#include "config/document.h"

#include "cmd/prometheus.c"
#include "cmd/trace.c"

#include "messages.h"

static FILE *real_stdout;

static void capture_stdout(void)
{
	real_stdout = stdout;
	stdout = open_memstream(&printed, &printed_size);
}

static void release_stdout(const char *expected)
{
	fclose(stdout);
	stdout = real_stdout;
	assert_string_equal(printed, expected);
	free(printed);
}

static void test_text(void **state)
{
	static const struct {
		const char *text;
		const char *plain;
	} rows[] = {
		{ "eth0", "eth0" },
		{ "", "" },
		{ "b\xc3\xbc" "cher \xe2\x82\xac \xf0\x9f\x90\xa7",
		  "b\xc3\xbc" "cher \xe2\x82\xac \xf0\x9f\x90\xa7" },
		{ "\033]0;title\007\033[2J", "?]0;title??[2J" },
		{ "one\ntwo\rthree\t\x7f", "one?two?three??" },
		/* CSI as a character of C1 and as the byte that it once was */
		{ "a\xc2\x9b" "31mb", "a?31mb" },
		{ "a\x9b" "31mb", "a?31mb" },
		/* a line separator; what turns the direction of writing */
		{ "a\xe2\x80\xa8" "b\xe2\x80\xae" "c\xe2\x81\xa6" "d", "a?b?c?d" },
		{ "a\342\200\216b\342\200\217c\330\234d", "a?b?c?d" },
		/* cut off, too long a form, a surrogate, beyond Unicode */
		{ "a\xe2\x82", "a??" },
		{ "\xc0\xaf\xe0\x80\xaf", "?????" },
		{ "\xed\xa0\x80", "???" },
		{ "\xf4\x90\x80\x80", "????" },
	};
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		strcpy(text, rows[i].text);
		assert_string_equal(plain_text(text), rows[i].plain);
	}
	assert_true(plain_is_utf8("b\xc3\xbc" "cher"));
	assert_true(plain_is_utf8(""));
	assert_false(plain_is_utf8("a\xff"));
	assert_false(plain_is_utf8("a\xe2\x82"));
}

/* A value stays what it is; json-c leaves DEL and C1 as they are. */
static void test_json(void **state)
{
	struct json_object *name =
		json_object_new_string("\033\x7f\xc2\x9b\xc3\xbc\nx\xff");

	capture_stdout();
	plain_json(stdout, json_object_to_json_string(name), "  ");
	plain_json(stdout, "\n{\n}", "  ");
	release_stdout("\"\\u001b\\u007f\\u009b\xc3\xbc\\nx\\ufffd\"\n  {\n  }");
	json_object_put(name);
}

static void test_table(void **state)
{
	static const struct out_column columns[] = {
		{ "name", "NAME", 0 }, { "n", "N", 0 },
	};
	struct out out;

	capture_stdout();
	out_begin(&out, stdout, 0, columns, ARRAY_SIZE(columns));
	out_string(&out, "name", "\033[2Jx\xc2\x9b\ny");
	out_text(&out, "n", "%s", "\r1");
	out_row(&out);
	out_end(&out);
	release_stdout("NAME     N\n?[2Jx?" "?y ?1\n");
}

static void test_sentence(void **state)
{
	args_fail("a\xc2\x9b\033", "is %s", "\xff");
	assert_string_equal(args_why(), "'a?" "?' is ?");
}

/* --- messages ------------------------------------------------------------ */

static struct nl_msg *step_message(__u32 step, const char *dev)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_TRACE, NULL);
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_STEP | NLA_F_NESTED);

	nla_put_u32(msg, NAT64_STEP_A_STEP, step);
	nla_put_string(msg, NAT64_STEP_A_DEV, dev);
	nla_nest_end(msg, nest);
	return msg;
}

static void test_trace(void **state)
{
	struct nl_msg *msg = step_message(NAT64_STEP_INPUT, "\033[2J\n");
	struct nl64_reply reply;

	parse(&reply, msg);
	capture_stdout();
	trace_reply(&reply, NULL);
	release_stdout("received on ?[2J?, mark 0\n");
	nlmsg_free(msg);
}

/* Step 0 is none of ours, and has no name. */
static void test_trace_of_no_step(void **state)
{
	static const __u32 steps[] = { 0, NAT64_STEP_MAX + 1, 0xffffffff };
	struct json_object *trace, *name;
	struct nl64_reply reply;
	struct nl_msg *msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		msg = step_message(steps[i], "lo");
		trace = json_object_new_object();
		parse(&reply, msg);
		trace_reply(&reply, trace);
		assert_true(json_object_object_get_ex(trace, "step", &name));
		assert_string_equal(json_object_get_string(name), "unknown");
		json_object_put(trace);
		nlmsg_free(msg);
	}
}

/* A name that is longer than any instance's, before the labels of an entry */
static void test_prometheus_of_long_name(void **state)
{
	struct nl_msg *msg = nl64_request(NAT64_CMD_POOL4_GET, NULL);
	struct uses uses = { NULL, 0, "" };
	struct nlattr *nest, *usage;
	struct nl64_reply reply;
	char name[1000];

	memset(name, '\033', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	nla_put_string(msg, NAT64_A_INSTANCE, name);
	nest = nla_nest_start(msg, NAT64_A_POOL4 | NLA_F_NESTED);
	nla_put_u32(msg, NAT64_POOL4_A_ADDR, htonl(0xc0000201));
	nla_put_u8(msg, NAT64_POOL4_A_LEN, 32);
	usage = nla_nest_start(msg, NAT64_POOL4_A_USAGE | NLA_F_NESTED);
	nla_put_u8(msg, NAT64_USAGE_A_PROTO, IPPROTO_TCP);
	nla_put_u64(msg, NAT64_USAGE_A_PORTS, 10);
	nla_put_u64(msg, NAT64_USAGE_A_USED, 1);
	nla_nest_end(msg, usage);
	nla_nest_end(msg, nest);
	parse(&reply, msg);
	take_pool4(&reply, &uses);
	assert_int_equal(uses.n, 1);
	assert_memory_equal(uses.use[0].labels,
			    "instance=\"???????????????\",prefix=\"192.0.2.1/32\"",
			    47);
	forget_uses(&uses);
	nlmsg_free(msg);
}

/* --- names of devices in a document -------------------------------------- */

/* The last attribute of a message that is full has no zero at its end. */
static void test_device_without_end(void **state)
{
	struct document doc;
	struct nlattr *attr;
	size_t room;
	char *nest;

	assert_int_equal(document_init(&doc, "the kernel"), 0);
	room = nlmsg_get_max_size(doc.keys) - nlmsg_hdr(doc.keys)->nlmsg_len;
	nest = malloc(room);
	attr = (void *)nest;
	attr->nla_type = NAT64_FASTPATH_A_DEV;
	attr->nla_len = room - NLA_HDRLEN;
	memset(nest + NLA_HDRLEN, 'A', room - 2 * NLA_HDRLEN);
	assert_int_equal(nla_put(doc.keys,
				 NAT64_CONFIG_A_FASTPATH | NLA_F_NESTED,
				 room - NLA_HDRLEN, nest), 0);
	doc.given[NAT64_CONFIG_A_FASTPATH] = true;
	json_object_put(document_json(&doc));
	assert_int_not_equal(key_check(NAT64_CONFIG_A_FASTPATH,
				       document_key(&doc,
						    NAT64_CONFIG_A_FASTPATH),
				       true), 0);
	free(nest);
	document_free(&doc);
}

static void refused_device(const char *name, const char *why)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest;

	nest = nla_nest_start(msg, NAT64_CONFIG_A_FASTPATH | NLA_F_NESTED);
	nla_put_string(msg, NAT64_FASTPATH_A_DEV, name);
	nla_nest_end(msg, nest);
	assert_int_not_equal(key_check(NAT64_CONFIG_A_FASTPATH, nest, true), 0);
	assert_string_equal(args_why(), why);
	nlmsg_free(msg);
}

static void test_device_that_no_file_can_hold(void **state)
{
	struct nl_msg *msg = nlmsg_alloc();

	assert_int_not_equal(key_put(msg, NAT64_CONFIG_A_FASTPATH, "a\xff"), 0);
	assert_string_equal(args_why(),
			    "fastpath has a device whose name is not UTF-8, which no file can hold: rename it");
	nlmsg_free(msg);
	refused_device("a\xff",
		       "fastpath has a device whose name is not UTF-8, which no file can hold: rename it");
	refused_device("none",
		       "fastpath must be names of network devices, of 1 to 15 characters");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_trace_of_no_step),
		cmocka_unit_test(test_prometheus_of_long_name),
		cmocka_unit_test(test_device_without_end),
		cmocka_unit_test(test_device_that_no_file_can_hold),
	};

	return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
