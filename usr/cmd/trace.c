// SPDX-License-Identifier: GPL-2.0
/*
 * trace.c - nat64ctl trace: what would happen to a packet, and why
 *
 * The file is long because each step has its words and its members of JSON.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/counters.h"
#include "config/keys.h"
#include "nl/attr.h"
#include "nl/entry.h"
#include "nl/packet.h"

#define TRACE_OPTIONS (OPT_BIT(OPT_MARK) | OPT_BIT(OPT_IIF))
#define TUPLE_OPTIONS (TRACE_OPTIONS | OPT_BIT(OPT_TTL) | OPT_BIT(OPT_LENGTH))
#define TTL_DEFAULT 64
/* Both prefixes of a mapping */
#define EAM_TEXT (2 * PREFIX_TEXT)

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

static const char *const step_names[NAT64_STEP_MAX + 1] = {
	[NAT64_STEP_INPUT] = "input",
	[NAT64_STEP_INSTANCE] = "instance",
	[NAT64_STEP_TUPLE] = "tuple",
	[NAT64_STEP_BIB] = "bib",
	[NAT64_STEP_NO_BIB] = "no-bib",
	[NAT64_STEP_SESSION] = "session",
	[NAT64_STEP_NO_SESSION] = "no-session",
	[NAT64_STEP_KEY] = "key",
	[NAT64_STEP_MAPPING] = "mapping",
	[NAT64_STEP_NEW_SESSION] = "new-session",
	[NAT64_STEP_STATE] = "state",
	[NAT64_STEP_ROUTE] = "route",
	[NAT64_STEP_HAIRPIN] = "hairpin",
	[NAT64_STEP_TRANSLATED] = "translated",
	[NAT64_STEP_PASSED] = "passed",
	[NAT64_STEP_DROPPED] = "dropped",
	[NAT64_STEP_FRAGMENT] = "fragment",
	[NAT64_STEP_ADDRESS] = "address",
	[NAT64_STEP_NO_ADDRESS] = "no-address",
};

/* --- in words ------------------------------------------------------------ */

static const char *text_of(struct nlattr *attr)
{
	return attr ? nla_get_string(attr) : "?";
}

static __u32 number_of(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static __u8 byte_of(struct nlattr *attr)
{
	return attr ? nla_get_u8(attr) : 0;
}

/* A transport address; what is left to chance, or not there, is a '*'. */
static const char *side6(char *text, struct nlattr *addr, struct nlattr *port)
{
	attr_text6(text, addr, port);
	if (!port)
		strcpy(strrchr(text, ':') + 1, "*");
	return text;
}

static const char *side4(char *text, struct nlattr *addr, struct nlattr *port)
{
	attr_text4(text, addr, port);
	if (!port)
		strcpy(strrchr(text, ':') + 1, "*");
	return text;
}

static const char *address6(char *text, struct nlattr *addr)
{
	return addr ? inet_ntop(AF_INET6, nla_data(addr), text,
				INET6_ADDRSTRLEN) : "?";
}

static const char *address4(char *text, struct nlattr *addr)
{
	return addr ? inet_ntop(AF_INET, nla_data(addr), text,
				INET6_ADDRSTRLEN) : "?";
}

/* Without state, any protocol is translated, and ICMP is also that of IPv6. */
static const char *proto_of(struct nlattr **a)
{
	__u8 proto = byte_of(a[NAT64_STEP_A_PROTO]);

	if (proto == IPPROTO_ICMPV6)
		proto = IPPROTO_ICMP;
	return memchr(args_all_protos, proto, sizeof(args_all_protos)) ?
	       args_proto_name(proto) : NULL;
}

static bool has_ports(struct nlattr **a)
{
	return a[NAT64_STEP_A_SPORT6] || a[NAT64_STEP_A_DPORT6] ||
	       a[NAT64_STEP_A_SPORT4] || a[NAT64_STEP_A_DPORT4];
}

static void print_addresses(FILE *file, struct nlattr **a)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

	if (a[NAT64_STEP_A_DST6])
		fprintf(file, "%s -> %s", address6(src, a[NAT64_STEP_A_SRC6]),
			address6(dst, a[NAT64_STEP_A_DST6]));
	else
		fprintf(file, "%s -> %s", address4(src, a[NAT64_STEP_A_SRC4]),
			address4(dst, a[NAT64_STEP_A_DST4]));
}

static void print_tuple(FILE *file, struct nlattr **a)
{
	char src[ENDPOINT_TEXT], dst[ENDPOINT_TEXT];

	if (proto_of(a))
		fprintf(file, "%s ", proto_of(a));
	else
		fprintf(file, "protocol %u ", byte_of(a[NAT64_STEP_A_PROTO]));
	if (!has_ports(a)) {
		print_addresses(file, a);
		return;
	}
	if (a[NAT64_STEP_A_DST6])
		fprintf(file, "%s -> %s",
			side6(src, a[NAT64_STEP_A_SRC6], a[NAT64_STEP_A_SPORT6]),
			side6(dst, a[NAT64_STEP_A_DST6], a[NAT64_STEP_A_DPORT6]));
	else
		fprintf(file, "%s -> %s",
			side4(src, a[NAT64_STEP_A_SRC4], a[NAT64_STEP_A_SPORT4]),
			side4(dst, a[NAT64_STEP_A_DST4], a[NAT64_STEP_A_DPORT4]));
}

static const char *state_of(struct nlattr **a)
{
	/* Only TCP has states. */
	return byte_of(a[NAT64_STEP_A_PROTO]) == IPPROTO_TCP ?
	       args_state_name(byte_of(a[NAT64_STEP_A_STATE])) : "idle timer";
}

static void print_input(FILE *file, struct nlattr **a)
{
	fprintf(file, "received on %s, mark %u", text_of(a[NAT64_STEP_A_DEV]),
		number_of(a[NAT64_STEP_A_MARK]));
}

static const char *eam_text(char *text, const struct eam_entry *eam)
{
	char text6[PREFIX_TEXT], text4[PREFIX_TEXT];

	snprintf(text, EAM_TEXT, "%s %s", text_prefix6(text6, &eam->prefix6),
		 text_prefix4(text4, &eam->prefix4));
	return text;
}

static void print_instance(FILE *file, struct nlattr **a)
{
	struct eam_entry eam;
	struct prefix6 prefix;
	char text[EAM_TEXT];

	fprintf(file, "instance %s: ", text_of(a[NAT64_STEP_A_INSTANCE]));
	if (pool6_read(&prefix, a[NAT64_STEP_A_POOL6]))
		fprintf(file, "the destination is in its pool6 %s",
			text_prefix6(text, &prefix));
	else if (eam_read(&eam, a[NAT64_STEP_A_EAM]))
		fprintf(file, "its EAM entry %s has the destination",
			eam_text(text, &eam));
	else
		fprintf(file, "the destination is in its pool4");
}

static void print_looked_up(FILE *file, struct nlattr **a)
{
	fprintf(file, "looked up as ");
	print_tuple(file, a);
	if (a[NAT64_STEP_A_IS_ERROR])
		fprintf(file, ", what the ICMP error quotes, turned round");
}

static void print_bib(FILE *file, struct nlattr **a)
{
	char v6[ENDPOINT_TEXT], v4[ENDPOINT_TEXT];

	fprintf(file, "has a %sBIB entry: %s %s is %s",
		a[NAT64_STEP_A_STATIC] ? "static " : "",
		args_proto_name(byte_of(a[NAT64_STEP_A_PROTO])),
		side6(v6, a[NAT64_STEP_A_SRC6], a[NAT64_STEP_A_SPORT6]),
		side4(v4, a[NAT64_STEP_A_SRC4], a[NAT64_STEP_A_SPORT4]));
}

static void print_session(FILE *file, struct nlattr **a)
{
	__u32 ms = number_of(a[NAT64_STEP_A_EXPIRES]);
	char left[32];

	fprintf(file, "has a session");
	if (byte_of(a[NAT64_STEP_A_PROTO]) == IPPROTO_TCP)
		fprintf(file, " in state %s", state_of(a));
	if (ms)
		fprintf(file, ", which ends in %s if it stays idle",
			out_expires(left, sizeof(left), ms));
	else
		fprintf(file, ", whose time is up");
}

/* A kernel that is newer may have keys that we do not know. */
static const char *key_of(struct nlattr **a)
{
	__u32 key = number_of(a[NAT64_STEP_A_KEY]);

	return key && key < KEY_COUNT ? key_name(key) : "unknown";
}

static void print_key(FILE *file, struct nlattr **a)
{
	fprintf(file, "the key %s decides", key_of(a));
}

static void print_mapping(FILE *file, struct nlattr **a)
{
	char v4[ENDPOINT_TEXT];

	fprintf(file, "would get a BIB entry with %s",
		side4(v4, a[NAT64_STEP_A_SRC4], a[NAT64_STEP_A_SPORT4]));
	if (!a[NAT64_STEP_A_SPORT4])
		fprintf(file, ", any port that is free");
	fprintf(file, ", by the pool4 of mark %u", number_of(a[NAT64_STEP_A_MARK]));
}

static void print_new_session(FILE *file, struct nlattr **a)
{
	fprintf(file, "would create a session");
	if (byte_of(a[NAT64_STEP_A_PROTO]) == IPPROTO_TCP)
		fprintf(file, " in state %s", state_of(a));
}

static void print_state(FILE *file, struct nlattr **a)
{
	fprintf(file, "would move its session to state %s", state_of(a));
}

static const char *which_side(struct nlattr **a)
{
	return a[NAT64_STEP_A_SRC6] || a[NAT64_STEP_A_SRC4] ? "source" :
							      "destination";
}

static void print_address(FILE *file, struct nlattr **a)
{
	char text6[INET6_ADDRSTRLEN], text4[INET6_ADDRSTRLEN], by[EAM_TEXT];
	struct nlattr *addr6 = a[NAT64_STEP_A_SRC6] ?: a[NAT64_STEP_A_DST6];
	struct nlattr *addr4 = a[NAT64_STEP_A_SRC4] ?: a[NAT64_STEP_A_DST4];
	struct eam_entry eam;
	struct prefix6 prefix;

	fprintf(file, "the %s translates: %s is %s", which_side(a),
		address6(text6, addr6), address4(text4, addr4));
	if (eam_read(&eam, a[NAT64_STEP_A_EAM]))
		fprintf(file, " by the EAM entry %s", eam_text(by, &eam));
	else if (pool6_read(&prefix, a[NAT64_STEP_A_POOL6]))
		fprintf(file, " by pool6 %s", text_prefix6(by, &prefix));
}

static void print_no_address(FILE *file, struct nlattr **a)
{
	struct nlattr *addr6 = a[NAT64_STEP_A_SRC6] ?: a[NAT64_STEP_A_DST6];
	struct nlattr *addr4 = a[NAT64_STEP_A_SRC4] ?: a[NAT64_STEP_A_DST4];
	char text[INET6_ADDRSTRLEN];

	fprintf(file, "the %s %s does not translate: no EAM entry and no pool6 has it",
		which_side(a), addr6 ? address6(text, addr6) :
				       address4(text, addr4));
}

static void print_route(FILE *file, struct nlattr **a)
{
	fprintf(file, "route through %s, MTU %u", text_of(a[NAT64_STEP_A_DEV]),
		number_of(a[NAT64_STEP_A_MTU]));
}

static void print_translated(FILE *file, struct nlattr **a)
{
	fprintf(file, "translated to %s", a[NAT64_STEP_A_IS_ERROR] ? "ICMP error, " :
		"");
	print_tuple(file, a);
	fprintf(file, " by %s, %u bytes, instance %s", text_of(a[NAT64_STEP_A_DEV]),
		number_of(a[NAT64_STEP_A_LEN]),
		text_of(a[NAT64_STEP_A_INSTANCE]));
}

static void print_passed(FILE *file, struct nlattr **a)
{
	char name[32];

	if (!a[NAT64_STEP_A_STAT])
		fputs("passed untranslated: its destination is in no pool6, pool4 or EAM entry",
		      file);
	else
		fprintf(file, "%s (%s), instance %s",
			stats_meaning(number_of(a[NAT64_STEP_A_STAT])),
			stats_name(name, sizeof(name),
				   number_of(a[NAT64_STEP_A_STAT])),
			text_of(a[NAT64_STEP_A_INSTANCE]));
}

static void print_dropped(FILE *file, struct nlattr **a)
{
	print_passed(file, a);
	if (a[NAT64_STEP_A_ICMP_TYPE])
		fprintf(file, "; its source would get ICMP type %u code %u",
			byte_of(a[NAT64_STEP_A_ICMP_TYPE]),
			byte_of(a[NAT64_STEP_A_ICMP_CODE]));
}

static void (*const printers[NAT64_STEP_MAX + 1])(FILE *file, struct nlattr **a) = {
	[NAT64_STEP_INPUT] = print_input,
	[NAT64_STEP_INSTANCE] = print_instance,
	[NAT64_STEP_TUPLE] = print_looked_up,
	[NAT64_STEP_BIB] = print_bib,
	[NAT64_STEP_SESSION] = print_session,
	[NAT64_STEP_KEY] = print_key,
	[NAT64_STEP_MAPPING] = print_mapping,
	[NAT64_STEP_NEW_SESSION] = print_new_session,
	[NAT64_STEP_STATE] = print_state,
	[NAT64_STEP_ROUTE] = print_route,
	[NAT64_STEP_TRANSLATED] = print_translated,
	[NAT64_STEP_PASSED] = print_passed,
	[NAT64_STEP_DROPPED] = print_dropped,
	[NAT64_STEP_ADDRESS] = print_address,
	[NAT64_STEP_NO_ADDRESS] = print_no_address,
};

static const char *const plain_words[NAT64_STEP_MAX + 1] = {
	[NAT64_STEP_NO_BIB] = "has no BIB entry",
	[NAT64_STEP_NO_SESSION] = "has no session",
	[NAT64_STEP_HAIRPIN] =
		"hairpinning: is for another IPv6 host, goes on as if received from IPv4",
	[NAT64_STEP_FRAGMENT] =
		"a fragment: waits for the others, and is then handled with them",
};

static bool is_verdict(__u32 step)
{
	return step >= NAT64_STEP_TRANSLATED && step <= NAT64_STEP_FRAGMENT;
}

static void write_step(FILE *file, __u32 step, struct nlattr **a)
{
	if (step <= NAT64_STEP_MAX && printers[step])
		printers[step](file, a);
	else if (step <= NAT64_STEP_MAX && plain_words[step])
		fputs(plain_words[step], file);
	else
		fprintf(file, "step %u of a kernel module newer than nat64ctl",
			step);
}

static void print_step(__u32 step, struct nlattr **a)
{
	const char *on = "", *off = "";
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return;
	write_step(file, step, a);
	fclose(file);
	if (is_verdict(step))
		on = out_colour(stdout, step == NAT64_STEP_TRANSLATED ?
				OUT_GREEN : step == NAT64_STEP_DROPPED ?
				OUT_RED : OUT_YELLOW, &off);
	printf("%s%s%s\n", on, plain_text(text), off);
	free(text);
}

/* --- in JSON ------------------------------------------------------------- */

static void json_string(struct json_object *to, const char *key,
			const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text));
}

static void json_number(struct json_object *to, const char *key, __u32 number)
{
	json_object_object_add(to, key, json_object_new_int64(number));
}

static void json_flag(struct json_object *to, const char *key, bool on)
{
	json_object_object_add(to, key, json_object_new_boolean(on));
}

static void json_u32(struct json_object *to, const char *key,
		     struct nlattr *attr)
{
	if (attr)
		json_number(to, key, nla_get_u32(attr));
}

static void json_u8(struct json_object *to, const char *key,
		    struct nlattr *attr)
{
	if (attr)
		json_number(to, key, nla_get_u8(attr));
}

static void json_port(struct json_object *to, const char *key,
		      struct nlattr *attr)
{
	if (attr)
		json_number(to, key, ntohs(nla_get_u16(attr)));
}

static void json_addr(struct json_object *to, const char *key, int family,
		      struct nlattr *attr)
{
	char text[INET6_ADDRSTRLEN];

	if (attr)
		json_string(to, key, inet_ntop(family, nla_data(attr), text,
					       sizeof(text)));
}

static void json_tuple(struct json_object *to, struct nlattr **a)
{
	if (proto_of(a))
		json_string(to, "proto", proto_of(a));
	else
		json_u8(to, "proto", a[NAT64_STEP_A_PROTO]);
	json_addr(to, "src6", AF_INET6, a[NAT64_STEP_A_SRC6]);
	json_port(to, "sport6", a[NAT64_STEP_A_SPORT6]);
	json_addr(to, "dst6", AF_INET6, a[NAT64_STEP_A_DST6]);
	json_port(to, "dport6", a[NAT64_STEP_A_DPORT6]);
	json_addr(to, "src4", AF_INET, a[NAT64_STEP_A_SRC4]);
	json_port(to, "sport4", a[NAT64_STEP_A_SPORT4]);
	json_addr(to, "dst4", AF_INET, a[NAT64_STEP_A_DST4]);
	json_port(to, "dport4", a[NAT64_STEP_A_DPORT4]);
}

static void json_session(struct json_object *to, struct nlattr **a)
{
	if (a[NAT64_STEP_A_STATE] &&
	    byte_of(a[NAT64_STEP_A_PROTO]) == IPPROTO_TCP)
		json_string(to, "state", state_of(a));
	if (a[NAT64_STEP_A_EXPIRES]) {
		__u32 ms = number_of(a[NAT64_STEP_A_EXPIRES]);

		json_object_object_add(to, "expires", out_expires_json(ms));
	}
	if (a[NAT64_STEP_A_KEY])
		json_string(to, "key", key_of(a));
}

static void json_eam(struct json_object *to, struct nlattr *nest)
{
	struct json_object *object;
	struct eam_entry eam;
	char text[PREFIX_TEXT];

	if (!eam_read(&eam, nest))
		return;
	object = json_object_new_object();
	json_string(object, "ipv6", text_prefix6(text, &eam.prefix6));
	json_string(object, "ipv4", text_prefix4(text, &eam.prefix4));
	json_object_object_add(to, "eam", object);
}

static struct json_object *step_json(__u32 step, struct nlattr **a,
				     bool last)
{
	struct json_object *to = json_object_new_object();
	char text[PREFIX_TEXT];
	struct prefix6 prefix;

	json_string(to, is_verdict(step) && last ? "verdict" : "step",
		    step <= NAT64_STEP_MAX && step_names[step] ?
		    step_names[step] : "unknown");
	if (a[NAT64_STEP_A_INSTANCE])
		json_string(to, "instance", text_of(a[NAT64_STEP_A_INSTANCE]));
	if (a[NAT64_STEP_A_STAT]) {
		__u32 stat = number_of(a[NAT64_STEP_A_STAT]);

		json_string(to, "reason",
			    stats_name(text, sizeof(text), stat));
		json_string(to, "meaning", stats_meaning(stat));
	}
	if (pool6_read(&prefix, a[NAT64_STEP_A_POOL6]))
		json_string(to, "pool6", text_prefix6(text, &prefix));
	json_eam(to, a[NAT64_STEP_A_EAM]);
	if (a[NAT64_STEP_A_DEV])
		json_string(to, "dev", text_of(a[NAT64_STEP_A_DEV]));
	json_u32(to, "mark", a[NAT64_STEP_A_MARK]);
	json_tuple(to, a);
	if (step == NAT64_STEP_BIB)
		json_flag(to, "static", a[NAT64_STEP_A_STATIC]);
	if (a[NAT64_STEP_A_IS_ERROR])
		json_flag(to, "icmp-error", true);
	json_session(to, a);
	json_u32(to, "mtu", a[NAT64_STEP_A_MTU]);
	json_u32(to, "length", a[NAT64_STEP_A_LEN]);
	json_u8(to, "icmp-type", a[NAT64_STEP_A_ICMP_TYPE]);
	json_u8(to, "icmp-code", a[NAT64_STEP_A_ICMP_CODE]);
	return to;
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

/* --- the request --------------------------------------------------------- */

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

static int trace_tuple(struct cmd *cmd, __u8 proto)
{
	struct packet packet = { .proto = proto, .flags = 2 /* SYN */ };
	static __u8 bytes[PACKET_MAX];
	char **words = cmd->words;
	int err;

	err = proto == IPPROTO_ICMP ? take_ping(&packet, words) :
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

static int trace_tcp(struct cmd *cmd)
{
	return trace_tuple(cmd, IPPROTO_TCP);
}

static int trace_udp(struct cmd *cmd)
{
	return trace_tuple(cmd, IPPROTO_UDP);
}

static int trace_icmp(struct cmd *cmd)
{
	return trace_tuple(cmd, IPPROTO_ICMP);
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
	  trace_tcp },
	{ "udp", "SRC DST [--mark M] [--iif DEV]", "a UDP datagram",
	  TUPLE_OPTIONS, 0, 2, 2,
	  "name source and destination, such as '192.0.2.1:53 203.0.113.1:4000'",
	  trace_udp },
	{ "icmp", "SRC DST [--mark M] [--iif DEV]",
	  "an ICMP echo request; the identifier follows either address",
	  TUPLE_OPTIONS, 0, 2, 2,
	  "name source and destination, such as '2001:db8::5 64:ff9b::192.0.2.1'",
	  trace_icmp },
	{ "packet", "HEX [--mark M] [--iif DEV]",
	  "any packet, in hexadecimal digits from its IP header on",
	  TRACE_OPTIONS, 0, 1, 1, "write the packet in hexadecimal digits",
	  trace_packet },
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
