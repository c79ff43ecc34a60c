// SPDX-License-Identifier: GPL-2.0
/*
 * test_monitor.c - what nat64ctl monitor makes of messages, with no kernel
 *
 * How an object is shown is its own; here each is but a word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/monitor.c"

/* 2026-11-22T09:10:11.123456789Z */
#define MOMENT 1795338611123456789ull

static void show(struct out *out)
{
	if (out_is_json(out))
		out_bool(out, "shown", true);
	else
		fputs(" shown", out->file);
}

void instance_event(struct out *out, const struct nl64_reply *reply)
{
	show(out);
}

void pool6_event(struct out *out, struct nlattr *nest)
{
	show(out);
}

void pool4_event(struct out *out, struct nlattr *nest)
{
	show(out);
}

void config_event(struct out *out, struct nlattr *nest)
{
	show(out);
}

void bib_event(struct out *out, struct nlattr *nest)
{
	show(out);
}

void eam_event(struct out *out, struct nlattr *nest)
{
	show(out);
}

void denylist_event(struct out *out, struct nlattr *nest)
{
	show(out);
}

void session_event(struct out *out, struct nlattr *nest)
{
	show(out);
}

static struct nl_msg *message(int cmd, const char *instance, __u64 seq)
{
	struct nl_msg *msg = nl64_request(cmd, instance);

	nla_put_u64(msg, NAT64_A_TIME, MOMENT);
	if (seq)
		nla_put_u64(msg, NAT64_A_SEQ, seq);
	return msg;
}

/* What is printed for @msg, which is freed, is @expected. */
static void tells(struct monitor *mon, struct nl_msg *msg, int cmd,
		  const char *expected)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct nl64_reply reply = { .cmd = cmd };
	FILE *real = stdout;
	char *printed;
	size_t size;

	reply.first = (void *)((char *)nlmsg_data(hdr) + 4);
	reply.len = nlmsg_datalen(hdr) - 4;
	assert_int_equal(nla_parse(reply.attrs, NAT64_A_MAX, reply.first,
				   reply.len, NULL), 0);
	stdout = open_memstream(&printed, &size);
	monitor_reply(&reply, mon);
	fclose(stdout);
	stdout = real;
	assert_string_equal(printed, expected);
	free(printed);
	nlmsg_free(msg);
}

static void event(struct monitor *mon, int cmd, const char *instance,
		  __u64 seq, const char *expected)
{
	tells(mon, message(cmd, instance, seq), cmd, expected);
}

#define LINE(rest) "2026-11-22T09:10:11.123456Z " rest "\n"
#define A_LINE(rest) LINE("a        " rest)

static void test_lines(void **state)
{
	struct monitor mon = { 0 };

	event(&mon, NAT64_CMD_INSTANCE_ADD_NTF, "a", 0,
	      A_LINE("instance add   shown"));
	event(&mon, NAT64_CMD_INSTANCE_DEL_NTF, "a", 0,
	      A_LINE("instance del  "));
	event(&mon, NAT64_CMD_CONFIG_NTF, "fifteen-letters", 0,
	      LINE("fifteen-letters config   set   shown"));
	event(&mon, NAT64_CMD_STATS_GET, "a", 0, "");
	mon.only = "b";
	event(&mon, NAT64_CMD_CONFIG_NTF, "a", 0, "");
	mon.only = NULL;
	mon.flags = OUT_JSON | OUT_ONE;
	event(&mon, NAT64_CMD_BIB_END_NTF, "a", 0,
	      "{ \"time\": \"2026-11-22T09:10:11.123456Z\", \"instance\": \"a\", \"object\": \"bib\", \"event\": \"end\", \"shown\": true }\n");
}

/* What a name holds does not begin another line, nor reach the terminal. */
static void test_hostile_name(void **state)
{
	static const char name[] = "\033]0;x\007\nNov";
	struct monitor mon = { 0 };

	event(&mon, NAT64_CMD_CONFIG_NTF, name, 0,
	      LINE("?]0;x??Nov config   set   shown"));
	mon.flags = OUT_JSON | OUT_ONE;
	event(&mon, NAT64_CMD_CONFIG_NTF, name, 0,
	      "{ \"time\": \"2026-11-22T09:10:11.123456Z\", \"instance\": \"\\u001b]0;x\\u0007\\nNov\", \"object\": \"config\", \"event\": \"set\", \"shown\": true }\n");
}

/* Instances and objects count each for itself. */
static void test_lost(void **state)
{
	struct monitor mon = { 0 };

	event(&mon, NAT64_CMD_BIB_NEW_NTF, "a", 7, A_LINE("bib      new   shown"));
	event(&mon, NAT64_CMD_BIB_NEW_NTF, "a", 8, A_LINE("bib      new   shown"));
	event(&mon, NAT64_CMD_SESSION_NEW_NTF, "a", 90,
	      A_LINE("session  new   shown"));
	event(&mon, NAT64_CMD_BIB_NEW_NTF, "b", 1,
	      LINE("b        bib      new   shown"));
	event(&mon, NAT64_CMD_BIB_END_NTF, "a", 12,
	      A_LINE("bib      lost  3 events")
	      A_LINE("bib      end   shown"));
	/* What was lost last: its number comes alone. */
	event(&mon, NAT64_CMD_BIB_LOST_NTF, "a", 20,
	      A_LINE("bib      lost  8 events"));
	event(&mon, NAT64_CMD_BIB_LOST_NTF, "a", 20, "");
	event(&mon, NAT64_CMD_SESSION_LOST_NTF, "a", 90, "");
	event(&mon, NAT64_CMD_BIB_NEW_NTF, "a", 21,
	      A_LINE("bib      new   shown"));
	/* The instance was made anew. */
	event(&mon, NAT64_CMD_BIB_NEW_NTF, "a", 1, A_LINE("bib      new   shown"));
	mon.flags = OUT_JSON | OUT_ONE;
	event(&mon, NAT64_CMD_BIB_LOST_NTF, "a", 4,
	      "{ \"time\": \"2026-11-22T09:10:11.123456Z\", \"instance\": \"a\", \"object\": \"bib\", \"event\": \"lost\", \"lost\": 3 }\n");
	/* Nothing is kept of an instance that is gone. */
	mon.flags = 0;
	event(&mon, NAT64_CMD_INSTANCE_DEL_NTF, "a", 0, A_LINE("instance del  "));
	assert_non_null(mon.counted);
	assert_null(mon.counted->next);
	assert_string_equal(mon.counted->instance, "b");
	forget_counted(&mon, NULL);
	assert_null(mon.counted);
}

static struct nl_msg *alarm_message(int kind)
{
	struct nl_msg *msg = message(NAT64_CMD_ALARM_NTF, "a", 0);
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_ALARM | NLA_F_NESTED);

	nla_put_u8(msg, NAT64_ALARM_A_KIND, kind);
	nla_put_u64(msg, NAT64_ALARM_A_COUNT, 5);
	if (kind == NAT64_ALARM_POOL4_EXHAUSTED) {
		nla_put_u8(msg, NAT64_ALARM_A_PROTO, IPPROTO_UDP);
		nla_put_u32(msg, NAT64_ALARM_A_MARK, 9);
	}
	nla_nest_end(msg, nest);
	return msg;
}

static void test_alarm(void **state)
{
	struct monitor mon = { 0 };

	tells(&mon, alarm_message(NAT64_ALARM_POOL4_EXHAUSTED),
	      NAT64_CMD_ALARM_NTF,
	      A_LINE("alarm    pool4-exhausted 5 packets dropped, the last udp mark 9"));
	tells(&mon, alarm_message(NAT64_ALARM_TABLE_FULL), NAT64_CMD_ALARM_NTF,
	      A_LINE("alarm    table-full 5 packets dropped"));
	tells(&mon, alarm_message(200), NAT64_CMD_ALARM_NTF,
	      A_LINE("alarm    unknown 5 packets dropped"));
	mon.flags = OUT_JSON | OUT_ONE;
	tells(&mon, alarm_message(NAT64_ALARM_POOL4_EXHAUSTED),
	      NAT64_CMD_ALARM_NTF,
	      "{ \"time\": \"2026-11-22T09:10:11.123456Z\", \"instance\": \"a\", \"object\": \"alarm\", \"event\": \"pool4-exhausted\", \"count\": 5, \"proto\": \"udp\", \"mark\": 9 }\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_hostile_name),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_alarm),
	};

	return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}
