// SPDX-License-Identifier: GPL-2.0
/* trace_json.c - the steps of a trace in JSON */
#include <arpa/inet.h>

#include "cli/out.h"
#include "cmd/counters.h"
#include "cmd/trace_step.h"
#include "nl/attr.h"
#include "nl/entry.h"

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

enum form {
	FORM_BYTE,
	FORM_NUMBER,
	FORM_PORT,
	FORM_FLAG,
	FORM_TEXT,
	FORM_ADDRESS,
	FORM_PREFIX,
	FORM_EAM,
	FORM_PROTO,
	FORM_STATE,
	FORM_EXPIRES,
	FORM_KEY,
	FORM_REASON,
	FORM_MEANING
};

/* The members of a step in their order, with the attributes that they are of. */
static const struct {
	const char *name;
	int attr;
	enum form form;
} members[] = {
	{ "instance", NAT64_STEP_A_INSTANCE, FORM_TEXT },
	{ "reason", NAT64_STEP_A_STAT, FORM_REASON },
	{ "meaning", NAT64_STEP_A_STAT, FORM_MEANING },
	{ "pool6", NAT64_STEP_A_POOL6, FORM_PREFIX },
	{ "eam", NAT64_STEP_A_EAM, FORM_EAM },
	{ "dev", NAT64_STEP_A_DEV, FORM_TEXT },
	{ "mark", NAT64_STEP_A_MARK, FORM_NUMBER },
	{ "proto", NAT64_STEP_A_PROTO, FORM_PROTO },
	{ "src6", NAT64_STEP_A_SRC6, FORM_ADDRESS },
	{ "sport6", NAT64_STEP_A_SPORT6, FORM_PORT },
	{ "dst6", NAT64_STEP_A_DST6, FORM_ADDRESS },
	{ "dport6", NAT64_STEP_A_DPORT6, FORM_PORT },
	{ "src4", NAT64_STEP_A_SRC4, FORM_ADDRESS },
	{ "sport4", NAT64_STEP_A_SPORT4, FORM_PORT },
	{ "dst4", NAT64_STEP_A_DST4, FORM_ADDRESS },
	{ "dport4", NAT64_STEP_A_DPORT4, FORM_PORT },
	{ "static", NAT64_STEP_A_STATIC, FORM_FLAG },
	{ "icmp-error", NAT64_STEP_A_IS_ERROR, FORM_FLAG },
	{ "state", NAT64_STEP_A_STATE, FORM_STATE },
	{ "expires", NAT64_STEP_A_EXPIRES, FORM_EXPIRES },
	{ "key", NAT64_STEP_A_KEY, FORM_KEY },
	{ "mtu", NAT64_STEP_A_MTU, FORM_NUMBER },
	{ "length", NAT64_STEP_A_LEN, FORM_NUMBER },
	{ "icmp-type", NAT64_STEP_A_ICMP_TYPE, FORM_BYTE },
	{ "icmp-code", NAT64_STEP_A_ICMP_CODE, FORM_BYTE },
};

static struct json_object *eam_json(struct nlattr *nest)
{
	struct json_object *object;
	char text[PREFIX_TEXT];
	struct eam_entry eam;

	if (!eam_read(&eam, nest))
		return NULL;
	object = json_object_new_object();
	text_prefix6(text, &eam.prefix6);
	json_object_object_add(object, "ipv6", json_object_new_string(text));
	text_prefix4(text, &eam.prefix4);
	json_object_object_add(object, "ipv4", json_object_new_string(text));
	return object;
}

/* The value of a member, or NULL if the step shall not have it. */
static struct json_object *value_of(enum form form, struct nlattr *attr,
				    struct nlattr **a)
{
	char text[PREFIX_TEXT];
	struct prefix6 prefix;

	switch (form) {
	case FORM_BYTE:
		return json_object_new_int64(nla_get_u8(attr));
	case FORM_NUMBER:
		return json_object_new_int64(nla_get_u32(attr));
	case FORM_PORT:
		return json_object_new_int64(ntohs(nla_get_u16(attr)));
	case FORM_FLAG:
		return json_object_new_boolean(true);
	case FORM_TEXT:
		return json_object_new_string(nla_get_string(attr));
	case FORM_ADDRESS:
		return json_object_new_string(attr_address(text, attr));
	case FORM_PREFIX:
		return pool6_read(&prefix, attr) ?
		       json_object_new_string(text_prefix6(text, &prefix)) :
		       NULL;
	case FORM_EAM:
		return eam_json(attr);
	case FORM_PROTO:
		return step_proto(a) ? json_object_new_string(step_proto(a)) :
				       json_object_new_int64(nla_get_u8(attr));
	case FORM_STATE:
		return step_is_tcp(a) ? json_object_new_string(step_state(a)) :
					NULL;
	case FORM_EXPIRES:
		return out_expires_json(nla_get_u32(attr));
	case FORM_KEY:
		return json_object_new_string(step_key(a));
	case FORM_REASON:
		return json_object_new_string(stats_name(text, sizeof(text),
							 nla_get_u32(attr)));
	case FORM_MEANING:
		return json_object_new_string(stats_meaning(nla_get_u32(attr)));
	}
	return NULL;
}

/**
 * step_json() - a step in JSON
 * @step: enum nat64_step, or one that this command does not know
 * @a: its attributes
 * @last: it is the last one
 *
 * Return: the object.
 */
struct json_object *step_json(__u32 step, struct nlattr **a, bool last)
{
	struct json_object *to = json_object_new_object(), *value;
	const char *name = step <= NAT64_STEP_MAX ? step_names[step] : NULL;
	size_t i;

	json_object_object_add(to, step_is_verdict(step) && last ? "verdict" :
			       "step", json_object_new_string(name ?: "unknown"));
	for (i = 0; i < ARRAY_SIZE(members); i++) {
		struct nlattr *attr = a[members[i].attr];

		if (step == NAT64_STEP_BIB &&
		    members[i].attr == NAT64_STEP_A_STATIC)
			value = json_object_new_boolean(!!attr);
		else
			value = attr ? value_of(members[i].form, attr, a) :
				       NULL;
		if (value)
			json_object_object_add(to, members[i].name, value);
	}
	return to;
}
