// SPDX-License-Identifier: GPL-2.0
/* trace.c - nat64ctl trace: what would happen to a packet, and why */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/cmd.h"
#include "cmd/trace_step.h"
#include "nl/packet.h"

#define TRACE_OPTIONS (OPT_BIT(OPT_MARK) | OPT_BIT(OPT_IIF))
#define TUPLE_OPTIONS (TRACE_OPTIONS | OPT_BIT(OPT_TTL) | OPT_BIT(OPT_LENGTH))
#define TTL_DEFAULT 64

static const struct nla_policy step_policy[NAT64_STEP_A_MAX + 1] = {
	[NAT64_STEP_A_STEP] = { .type = NLA_U32 },
	[NAT64_STEP_A_INSTANCE] = { .type = NLA_STRING, .minlen = 1 },
	[NAT64_STEP_A_DEV] = { .type = NLA_STRING, .minlen = 1 },
	[NAT64_STEP_A_MARK] = { .type = NLA_U32 },
	[NAT64_STEP_A_POOL6] = { .type = NLA_NESTED },
	[NAT64_STEP_A_PROTO] = { .type = NLA_U8 },
	[NAT64_STEP_A_SRC6] = { .minlen = 16 },
	[NAT64_STEP_A_SPORT6] = { .type = NLA_U16 },
	[NAT64_STEP_A_DST6] = { .minlen = 16 },
	[NAT64_STEP_A_DPORT6] = { .type = NLA_U16 },
	[NAT64_STEP_A_SRC4] = { .type = NLA_U32 },
	[NAT64_STEP_A_SPORT4] = { .type = NLA_U16 },
	[NAT64_STEP_A_DST4] = { .type = NLA_U32 },
	[NAT64_STEP_A_DPORT4] = { .type = NLA_U16 },
	[NAT64_STEP_A_STATE] = { .type = NLA_U8 },
	[NAT64_STEP_A_EXPIRES] = { .type = NLA_U32 },
	[NAT64_STEP_A_KEY] = { .type = NLA_U32 },
	[NAT64_STEP_A_MTU] = { .type = NLA_U32 },
	[NAT64_STEP_A_LEN] = { .type = NLA_U32 },
	[NAT64_STEP_A_STAT] = { .type = NLA_U32 },
	[NAT64_STEP_A_ICMP_TYPE] = { .type = NLA_U8 },
	[NAT64_STEP_A_ICMP_CODE] = { .type = NLA_U8 },
	[NAT64_STEP_A_EAM] = { .type = NLA_NESTED },
};

static void print_step(__u32 step, struct nlattr **a)
{
	const char *on = "", *off = "";
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return;
	step_text(file, step, a);
	fclose(file);
	if (step_is_verdict(step))
		on = out_colour(stdout, step == NAT64_STEP_TRANSLATED ?
				OUT_GREEN : step == NAT64_STEP_DROPPED ?
				OUT_RED : OUT_YELLOW, &off);
	printf("%s%s%s\n", on, plain_text(text), off);
	free(text);
}

/* The verdict is the object itself, what led to it an array inside. */
static void add_json(struct json_object *trace, __u32 step, struct nlattr **a,
		     bool last)
{
	struct json_object *made = step_json(step, a, last);
	struct json_object *steps;

	if (!last && json_object_object_get_ex(trace, "steps", &steps)) {
		json_object_array_add(steps, made);
		return;
	}
	json_object_object_foreach(made, key, value)
		json_object_object_add(trace, key, json_object_get(value));
	json_object_put(made);
}

/* What one instance passes another may translate. */
static bool is_last(struct nlattr *attr, int rest)
{
	struct nlattr *next = nla_next(attr, &rest);

	return !nla_ok(next, rest);
}

static void trace_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *a[NAT64_STEP_A_MAX + 1];
	struct json_object *trace = arg;
	int rest = reply->len;
	struct nlattr *attr;

	nla_for_each_attr(attr, reply->first, reply->len, rest) {
		__u32 step;

		if (nla_type(attr) != NAT64_A_STEP ||
		    !nl64_nested(a, NAT64_STEP_A_MAX, attr, step_policy) ||
		    !a[NAT64_STEP_A_STEP])
			continue;
		step = nla_get_u32(a[NAT64_STEP_A_STEP]);
		if (!trace)
			print_step(step, a);
		else
			add_json(trace, step, a, is_last(attr, rest));
	}
}

static int put_options(struct nl_msg *msg, const struct opts *opts)
{
	const char *dev = opts_value(opts, OPT_IIF);
	const char *word = opts_value(opts, OPT_MARK);
	__u32 mark;

	if (dev && (!*dev || strlen(dev) > 15))
		return args_fail(dev,
				 "is not the name of a device: see 'ip link'");
	if (dev && nla_put_string(msg, NAT64_TRACE_A_DEV, dev))
		return args_fail(NULL, "out of memory");
	if (word && (args_number(word, "a mark", 0, UINT32_MAX, &mark) ||
		     nla_put_u32(msg, NAT64_TRACE_A_MARK, mark)))
		return -1;
	return 0;
}

static int put_packet(struct nl_msg *msg, const struct cmd *cmd,
		      const __u8 *bytes, size_t len)
{
	struct nlattr *nest = nla_nest_start(msg, NAT64_A_TRACE | NLA_F_NESTED);

	if (!nest || nla_put(msg, NAT64_TRACE_A_PACKET, len, bytes))
		return args_fail(NULL,
				 "the packet is too long for a request");
	if (put_options(msg, cmd->opts))
		return -1;
	nla_nest_end(msg, nest);
	return 0;
}

static void print_json(const struct cmd *cmd, struct json_object *trace)
{
	int how = JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_SPACED;

	if (opts_has(cmd->opts, OPT_PRETTY))
		how |= JSON_C_TO_STRING_PRETTY;
	plain_json(stdout, json_object_to_json_string_ext(trace, how), "");
	putchar('\n');
}

/* A packet is looked up in all instances, and so is a trace. */
static int refuse_instance(const struct cmd *cmd)
{
	return opts_has(cmd->opts, OPT_INSTANCE) ?
	       args_fail(NULL,
			 "a packet chooses its instance itself: leave --instance out") :
	       0;
}

static int trace_bytes(struct cmd *cmd, const __u8 *bytes, size_t len)
{
	bool json = opts_has(cmd->opts, OPT_JSON);
	struct json_object *trace = json ? json_object_new_object() : NULL;
	const struct nl64_handler handler = {
		.reply = trace_reply, .arg = trace,
	};
	struct nl_msg *msg;
	int rc;

	cmd->instance = NULL;
	msg = nl64_request_sized(NAT64_CMD_TRACE, NULL, PACKET_MAX + 256);
	if (!msg)
		args_fail(NULL, "out of memory");
	if (!msg || refuse_instance(cmd) || put_packet(msg, cmd, bytes, len)) {
		nlmsg_free(msg);
		json_object_put(trace);
		return cmd_wrong();
	}
	if (json)
		json_object_object_add(trace, "steps", json_object_new_array());
	rc = cmd_do(cmd, msg, &handler);
	if (rc == EXIT_DONE && json)
		print_json(cmd, trace);
	json_object_put(trace);
	return rc;
}

/* A ping has an identifier, not ports: it may stand with either address. */
static int take_address(const char *word, struct endpoint *endpoint, bool *has)
{
	memset(endpoint, 0, sizeof(*endpoint));
	*has = false;
	endpoint->is6 = true;
	if (inet_pton(AF_INET6, word, &endpoint->addr6) == 1)
		return 0;
	endpoint->is6 = false;
	if (inet_pton(AF_INET, word, &endpoint->addr4) == 1)
		return 0;
	*has = true;
	return args_endpoint(word, endpoint);
}

static int take_ping(struct packet *packet, char **words)
{
	bool has_src, has_dst;

	if (take_address(words[0], &packet->src, &has_src) ||
	    take_address(words[1], &packet->dst, &has_dst))
		return -1;
	if (has_src && has_dst && packet->src.port != packet->dst.port)
		return args_fail(words[1],
				 "has another ICMP identifier than '%s': a ping has one",
				 words[0]);
	packet->src.port = has_src ? packet->src.port :
			   has_dst ? packet->dst.port : 1;
	return 0;
}

static int take_numbers(struct packet *packet, const struct opts *opts)
{
	const char *ttl = opts_value(opts, OPT_TTL);
	const char *length = opts_value(opts, OPT_LENGTH);
	const char *flags = opts_value(opts, OPT_FLAGS);
	__u32 number = TTL_DEFAULT;

	if (ttl && args_number(ttl, "a TTL", 0, 255, &number))
		return -1;
	packet->ttl = number;
	if (length && args_number(length, "a length", 1, PACKET_MAX,
				  &packet->length))
		return -1;
	return flags ? packet_flags(flags, &packet->flags) : 0;
}

static int trace_tuple(struct cmd *cmd)
{
	struct packet packet = { .proto = cmd->verb->arg, .flags = 2 /* SYN */ };
	static __u8 bytes[PACKET_MAX];
	char **words = cmd->words;
	int err;

	err = packet.proto == IPPROTO_ICMP ? take_ping(&packet, words) :
	      args_endpoint(words[0], &packet.src) ?:
	      args_endpoint(words[1], &packet.dst);
	if (!err && packet.src.is6 != packet.dst.is6)
		err = args_fail(words[1],
				"is not of the same family as '%s': a packet has two IPv6 or two IPv4 addresses",
				words[0]);
	if (err || take_numbers(&packet, cmd->opts))
		return cmd_wrong();
	return trace_bytes(cmd, bytes, packet_make(&packet, bytes));
}

static int trace_packet(struct cmd *cmd)
{
	static __u8 bytes[PACKET_MAX];
	size_t len;

	if (packet_hex(cmd->words[0], bytes, &len))
		return cmd_wrong();
	return trace_bytes(cmd, bytes, len);
}

static const struct verb trace_verbs[] = {
	{ "tcp", "SRC DST [--flags LIST] [--mark M] [--iif DEV]",
	  "a TCP segment, a SYN if --flags says nothing else",
	  TUPLE_OPTIONS | OPT_BIT(OPT_FLAGS), 0, 2, 2,
	  "name source and destination, such as '[2001:db8::5]:4000 [64:ff9b::192.0.2.1]:80'",
	  trace_tuple, IPPROTO_TCP },
	{ "udp", "SRC DST [--mark M] [--iif DEV]", "a UDP datagram",
	  TUPLE_OPTIONS, 0, 2, 2,
	  "name source and destination, such as '192.0.2.1:53 203.0.113.1:4000'",
	  trace_tuple, IPPROTO_UDP },
	{ "icmp", "SRC DST [--mark M] [--iif DEV]",
	  "an ICMP echo request; the identifier follows either address",
	  TUPLE_OPTIONS, 0, 2, 2,
	  "name source and destination, such as '2001:db8::5 64:ff9b::192.0.2.1'",
	  trace_tuple, IPPROTO_ICMP },
	{ "packet", "HEX [--mark M] [--iif DEV]",
	  "any packet, in hexadecimal digits from its IP header on",
	  TRACE_OPTIONS, 0, 1, 1, "write the packet in hexadecimal digits",
	  trace_packet, 0 },
};

static void trace_more(FILE *file)
{
	fputs("\nA dry run: nothing is sent, no table and no counter changes.\n"
	      "The last line is the verdict. SRC and DST are [V6]:PORT or V4:PORT.\n"
	      "Firewall chains (prerouting before, forward after translation) and\n"
	      "outbound IPsec policies are left out.\n",
	      file);
}

const struct object object_trace = {
	.name = "trace",
	.what = "what would happen to a packet, and why",
	.verbs = trace_verbs,
	.n_verbs = ARRAY_SIZE(trace_verbs),
	.more = trace_more,
};
