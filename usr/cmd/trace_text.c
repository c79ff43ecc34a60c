// SPDX-License-Identifier: GPL-2.0
/* trace_text.c - the steps of a trace in words */
#include <arpa/inet.h>
#include <string.h>

#include "cmd/counters.h"
#include "cmd/trace_step.h"
#include "nl/attr.h"
#include "nl/entry.h"

/* Both prefixes of a mapping */
#define EAM_TEXT (2 * PREFIX_TEXT)

static const char *text_of(struct nlattr *attr)
{
	return attr ? nla_get_string(attr) : "?";
}

/* A transport address; what is left to chance, or not there, is a '*'. */
static const char *side(char *text, bool is6, struct nlattr *addr,
			struct nlattr *port)
{
	attr_text(text, is6, addr, port);
	if (!port)
		strcpy(strrchr(text, ':') + 1, "*");
	return text;
}

static void print_tuple(FILE *file, struct nlattr **a)
{
	char src[ENDPOINT_TEXT], dst[ENDPOINT_TEXT];
	bool is6 = a[NAT64_STEP_A_DST6];
	struct nlattr *saddr = a[is6 ? NAT64_STEP_A_SRC6 : NAT64_STEP_A_SRC4];
	struct nlattr *daddr = a[is6 ? NAT64_STEP_A_DST6 : NAT64_STEP_A_DST4];
	struct nlattr *sport = a[is6 ? NAT64_STEP_A_SPORT6 :
				       NAT64_STEP_A_SPORT4];
	struct nlattr *dport = a[is6 ? NAT64_STEP_A_DPORT6 :
				       NAT64_STEP_A_DPORT4];

	if (step_proto(a))
		fprintf(file, "%s ", step_proto(a));
	else
		fprintf(file, "protocol %u ", step_byte(a, NAT64_STEP_A_PROTO));
	if (sport || dport)
		fprintf(file, "%s -> %s", side(src, is6, saddr, sport),
			side(dst, is6, daddr, dport));
	else
		fprintf(file, "%s -> %s", attr_address(src, saddr),
			attr_address(dst, daddr));
}

static void print_input(FILE *file, struct nlattr **a)
{
	fprintf(file, "received on %s, mark %u", text_of(a[NAT64_STEP_A_DEV]),
		step_number(a, NAT64_STEP_A_MARK));
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
		args_proto_name(step_byte(a, NAT64_STEP_A_PROTO)),
		side(v6, true, a[NAT64_STEP_A_SRC6], a[NAT64_STEP_A_SPORT6]),
		side(v4, false, a[NAT64_STEP_A_SRC4], a[NAT64_STEP_A_SPORT4]));
}

static void print_session(FILE *file, struct nlattr **a)
{
	__u32 ms = step_number(a, NAT64_STEP_A_EXPIRES);
	char left[32];

	fprintf(file, "has a session");
	if (step_is_tcp(a))
		fprintf(file, " in state %s", step_state(a));
	if (ms)
		fprintf(file, ", which ends in %s if it stays idle",
			out_expires(left, sizeof(left), ms));
	else
		fprintf(file, ", whose time is up");
}

static void print_key(FILE *file, struct nlattr **a)
{
	fprintf(file, "the key %s decides", step_key(a));
}

static void print_mapping(FILE *file, struct nlattr **a)
{
	char v4[ENDPOINT_TEXT];

	fprintf(file, "would get a BIB entry with %s",
		side(v4, false, a[NAT64_STEP_A_SRC4], a[NAT64_STEP_A_SPORT4]));
	if (!a[NAT64_STEP_A_SPORT4])
		fprintf(file, ", any port that is free");
	fprintf(file, ", by the pool4 of mark %u", step_number(a, NAT64_STEP_A_MARK));
}

static void print_new_session(FILE *file, struct nlattr **a)
{
	fprintf(file, "would create a session");
	if (step_is_tcp(a))
		fprintf(file, " in state %s", step_state(a));
}

static void print_state(FILE *file, struct nlattr **a)
{
	fprintf(file, "would move its session to state %s", step_state(a));
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
		attr_address(text6, addr6), attr_address(text4, addr4));
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
		which_side(a), attr_address(text, addr6 ?: addr4));
}

static void print_route(FILE *file, struct nlattr **a)
{
	fprintf(file, "route through %s, MTU %u", text_of(a[NAT64_STEP_A_DEV]),
		step_number(a, NAT64_STEP_A_MTU));
}

static void print_translated(FILE *file, struct nlattr **a)
{
	fprintf(file, "translated to %s", a[NAT64_STEP_A_IS_ERROR] ? "ICMP error, " :
		"");
	print_tuple(file, a);
	fprintf(file, " by %s, %u bytes, instance %s", text_of(a[NAT64_STEP_A_DEV]),
		step_number(a, NAT64_STEP_A_LEN),
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
			stats_meaning(step_number(a, NAT64_STEP_A_STAT)),
			stats_name(name, sizeof(name),
				   step_number(a, NAT64_STEP_A_STAT)),
			text_of(a[NAT64_STEP_A_INSTANCE]));
}

static void print_dropped(FILE *file, struct nlattr **a)
{
	print_passed(file, a);
	if (a[NAT64_STEP_A_ICMP_TYPE])
		fprintf(file, "; its source would get ICMP type %u code %u",
			step_byte(a, NAT64_STEP_A_ICMP_TYPE),
			step_byte(a, NAT64_STEP_A_ICMP_CODE));
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

/**
 * step_text() - write a step in words
 * @file: where to write it
 * @step: enum nat64_step, or one that this command does not know
 * @a: its attributes
 */
void step_text(FILE *file, __u32 step, struct nlattr **a)
{
	if (step <= NAT64_STEP_MAX && printers[step])
		printers[step](file, a);
	else if (step <= NAT64_STEP_MAX && plain_words[step])
		fputs(plain_words[step], file);
	else
		fprintf(file, "step %u of a kernel module newer than nat64ctl",
			step);
}
