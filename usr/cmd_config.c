// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_config.c - nat64ctl config: how an instance behaves
 *
 * It is long because of its table, which has all there is to know of the keys.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "cmd.h"

/**
 * enum kind - what a key holds
 * @KIND_BOOL: on or off, u8
 * @KIND_BYTE: 0 to 255, u8
 * @KIND_NUMBER: u32
 * @KIND_SECONDS: u32
 * @KIND_PLATEAUS: array of u16
 * @KIND_MSS: u32, of which 0 and NAT64_MSS_CLAMP_PMTU are words
 * @KIND_PREFIX: nest of enum nat64_prefix4_attr
 * @KIND_DEVICES: nest of enum nat64_fastpath_attr
 */
enum kind {
	KIND_BOOL,
	KIND_BYTE,
	KIND_NUMBER,
	KIND_SECONDS,
	KIND_PLATEAUS,
	KIND_MSS,
	KIND_PREFIX,
	KIND_DEVICES
};

static const char *const kind_words[] = {
	[KIND_BOOL] = "on|off",
	[KIND_BYTE] = "0-255",
	[KIND_NUMBER] = "NUMBER",
	[KIND_SECONDS] = "SECONDS",
	[KIND_PLATEAUS] = "MTU[,MTU...]",
	[KIND_MSS] = "off|pmtu|BYTES",
	[KIND_PREFIX] = "none|ADDR[/LEN]",
	[KIND_DEVICES] = "none|DEV[,DEV...]",
};

static const struct key {
	const char *name;
	enum kind kind;
	const char *meaning;
} keys[] = {
	[NAT64_CONFIG_A_MANUALLY_ENABLED] = {
		"manually-enabled", KIND_BOOL,
		"translate; off: packets pass untranslated" },
	[NAT64_CONFIG_A_LOWEST_IPV6_MTU] = {
		"lowest-ipv6-mtu", KIND_NUMBER,
		"IPv4 that may be fragmented becomes IPv6 of at most this" },
	[NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS] = {
		"zeroize-traffic-class", KIND_BOOL,
		"to IPv6: traffic class 0 instead of the TOS" },
	[NAT64_CONFIG_A_OVERRIDE_TOS] = {
		"override-tos", KIND_BOOL,
		"to IPv4: the key tos instead of the traffic class" },
	[NAT64_CONFIG_A_TOS] = {
		"tos", KIND_BYTE, "TOS for override-tos" },
	[NAT64_CONFIG_A_MTU_PLATEAUS] = {
		"mtu-plateaus", KIND_PLATEAUS,
		"guesses for routers that do not tell their MTU" },
	[NAT64_CONFIG_A_ADDRESS_DEPENDENT_FILTERING] = {
		"address-dependent-filtering", KIND_BOOL,
		"refuse IPv4 hosts that the inside host has not addressed" },
	[NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP] = {
		"drop-externally-initiated-tcp", KIND_BOOL,
		"open TCP connections from the IPv6 side only" },
	[NAT64_CONFIG_A_DROP_ICMPV6_INFO] = {
		"drop-icmpv6-info", KIND_BOOL,
		"no pings from the IPv6 side" },
	[NAT64_CONFIG_A_SOURCE_ICMPV6_ERRORS_BETTER] = {
		"source-icmpv6-errors-better", KIND_BOOL,
		"ICMP errors from IPv4 show their real sender" },
	[NAT64_CONFIG_A_HANDLE_RST_DURING_FIN_RCV] = {
		"handle-rst-during-fin-rcv", KIND_BOOL,
		"a RST after a FIN shortens the session's life" },
	[NAT64_CONFIG_A_TCP_EST_TIMEOUT] = {
		"tcp-est-timeout", KIND_SECONDS,
		"life of an idle TCP connection that is established" },
	[NAT64_CONFIG_A_TCP_TRANS_TIMEOUT] = {
		"tcp-trans-timeout", KIND_SECONDS,
		"life of an idle TCP connection that is being closed" },
	[NAT64_CONFIG_A_UDP_TIMEOUT] = {
		"udp-timeout", KIND_SECONDS, "life of an idle UDP session" },
	[NAT64_CONFIG_A_ICMP_TIMEOUT] = {
		"icmp-timeout", KIND_SECONDS, "life of an idle ICMP session" },
	[NAT64_CONFIG_A_FORWARD_CHAIN] = {
		"forward-chain", KIND_BOOL,
		"translated packets pass the netfilter chain FORWARD" },
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS] = {
		"maximum-sessions", KIND_NUMBER, "sessions of the instance" },
	[NAT64_CONFIG_A_MAXIMUM_SESSIONS_PER_BIB] = {
		"maximum-sessions-per-bib", KIND_NUMBER,
		"sessions of one BIB entry" },
	[NAT64_CONFIG_A_TCP_OPEN_TIMEOUT] = {
		"tcp-open-timeout", KIND_SECONDS,
		"life of an idle TCP connection that one side has opened" },
	[NAT64_CONFIG_A_TCP_PROBE] = {
		"tcp-probe", KIND_BOOL,
		"ask the hosts before an idle TCP connection is forgotten" },
	[NAT64_CONFIG_A_MAXIMUM_SIMULTANEOUS_OPENS] = {
		"maximum-simultaneous-opens", KIND_NUMBER,
		"IPv4 SYNs kept until the inside host opens, too" },
	[NAT64_CONFIG_A_HOLD_DOWN_TIME] = {
		"hold-down-time", KIND_SECONDS,
		"rest of a freed UDP port or ICMP identifier" },
	[NAT64_CONFIG_A_HOLD_DOWN_PORTS] = {
		"hold-down-ports", KIND_NUMBER,
		"ports and identifiers that rest at the same time" },
	[NAT64_CONFIG_A_INBOUND_REFRESH] = {
		"inbound-refresh", KIND_BOOL,
		"packets from IPv4 keep UDP and ICMP sessions alive" },
	[NAT64_CONFIG_A_PORT_DEPENDENT_FILTERING] = {
		"port-dependent-filtering", KIND_BOOL,
		"refuse IPv4 ports that the inside host has not addressed" },
	[NAT64_CONFIG_A_PRESERVE_PORT_PARITY] = {
		"preserve-port-parity", KIND_BOOL,
		"an even UDP port gets an even one, an odd an odd one" },
	[NAT64_CONFIG_A_WKP_STRICT] = {
		"wkp-strict", KIND_BOOL,
		"no private IPv4 addresses behind 64:ff9b::/96" },
	[NAT64_CONFIG_A_UDP6_ZERO_CHECKSUM] = {
		"udp6-zero-checksum", KIND_BOOL,
		"translate IPv6 UDP without a checksum; off: drop it" },
	[NAT64_CONFIG_A_DROP_UDP4_ZERO_CHECKSUM] = {
		"drop-udp4-zero-checksum", KIND_BOOL,
		"drop IPv4 UDP without a checksum; off: compute it" },
	[NAT64_CONFIG_A_MSS_CLAMP] = {
		"mss-clamp", KIND_MSS,
		"largest MSS of TCP connections; pmtu: what the links take" },
	[NAT64_CONFIG_A_RFC6791V4_PREFIX] = {
		"rfc6791v4-prefix", KIND_PREFIX,
		"source of ICMP errors from IPv6 routers without an IPv4 address" },
	[NAT64_CONFIG_A_SEND_ICMP_ERRORS] = {
		"send-icmp-errors", KIND_BOOL,
		"answer what is refused with ICMP errors" },
	[NAT64_CONFIG_A_ANSWER_UNMAPPED] = {
		"answer-unmapped", KIND_BOOL,
		"answer IPv4 packets without a BIB entry with ICMP errors" },
	[NAT64_CONFIG_A_FASTPATH] = {
		"fastpath", KIND_DEVICES,
		"translate established flows where these devices receive" },
};

static const struct out_column config_columns[] = {
	{ "key", "KEY", 0 },
	{ "value", "VALUE", 0 },
	{ "meaning", "MEANING", 0 },
};

static int find_key(const char *word)
{
	const char *names[ARRAY_SIZE(keys)];
	const char *nearest;
	size_t i;

	for (i = 1; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(keys[i].name, word))
			return i;
		names[i] = keys[i].name;
	}
	nearest = args_nearest(word, names + 1, ARRAY_SIZE(keys) - 1);
	if (nearest)
		return args_fail(word, "is not a key: did you mean '%s'?",
				 nearest);
	return args_fail(word,
			 "is not a key: 'nat64ctl config help' lists them");
}

static int put_plateaus(struct nl_msg *msg, int key, const char *word)
{
	struct plateau_list list;

	if (args_plateaus(word, &list))
		return -1;
	return nla_put(msg, key, list.n * sizeof(list.mtu[0]), list.mtu);
}

static int put_number(struct nl_msg *msg, int key, const char *word)
{
	__u32 number;

	if (args_number(word, "a number", 0, UINT32_MAX, &number))
		return -1;
	return nla_put_u32(msg, key, number);
}

static int put_mss(struct nl_msg *msg, int key, const char *word)
{
	__u32 mss = 0;

	if (!strcmp(word, "pmtu"))
		mss = NAT64_MSS_CLAMP_PMTU;
	else if (strcmp(word, "off") &&
		 args_number(word, "a number", NAT64_MSS_CLAMP_PMTU + 1,
			     UINT32_MAX, &mss))
		return args_fail(word,
				 "is not an MSS: write off, pmtu or a number of bytes, such as 1220");
	return nla_put_u32(msg, key, mss);
}

/* nla_nest_end() takes back a nest that is empty, but empty means none. */
static int put_none(struct nl_msg *msg, int key)
{
	return nla_put(msg, key | NLA_F_NESTED, 0, NULL);
}

static int put_prefix(struct nl_msg *msg, int key, const char *word)
{
	struct prefix4 prefix;
	struct nlattr *nest;

	if (!strcmp(word, "none"))
		return put_none(msg, key);
	if (args_prefix4(word, &prefix))
		return -1;
	nest = nla_nest_start(msg, key | NLA_F_NESTED);
	if (!nest ||
	    nla_put_u32(msg, NAT64_PREFIX4_A_ADDR, prefix.addr.s_addr) ||
	    nla_put_u8(msg, NAT64_PREFIX4_A_LEN, prefix.len))
		return -1;
	return nla_nest_end(msg, nest);
}

/* The list may be long, so that only the wrong item of it is shown. */
static int bad_device(const char *item)
{
	char name[2 * IFNAMSIZ];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(item, ","), item);
	return args_fail(name,
			 "is not the name of a network device: write none, or names of up to %d characters with commas between them",
			 IFNAMSIZ - 1);
}

static int put_devices(struct nl_msg *msg, int key, const char *word)
{
	const char *at = word;
	struct nlattr *nest;
	char name[IFNAMSIZ];

	if (!strcmp(word, "none"))
		return put_none(msg, key);
	nest = nla_nest_start(msg, key | NLA_F_NESTED);
	do {
		const char *item = at;

		if (!args_item(&at, name, sizeof(name)) || !name[0])
			return bad_device(item);
		if (!nest || nla_put_string(msg, NAT64_FASTPATH_A_DEV, name))
			return args_fail(NULL,
					 "too many devices: use %d at most",
					 NAT64_FASTPATH_MAX);
	} while (args_more(word, at));
	return nla_nest_end(msg, nest);
}

static int put_value(struct nl_msg *msg, int key, const char *word)
{
	__u32 number;
	bool on;

	switch (keys[key].kind) {
	case KIND_BOOL:
		return args_bool(word, &on) ?: nla_put_u8(msg, key, on);
	case KIND_BYTE:
		return args_number(word, "a byte", 0, UINT8_MAX, &number) ?:
		       nla_put_u8(msg, key, number);
	case KIND_NUMBER:
		return put_number(msg, key, word);
	case KIND_SECONDS:
		return args_seconds(word, &number) ?:
		       nla_put_u32(msg, key, number);
	case KIND_PLATEAUS:
		return put_plateaus(msg, key, word);
	case KIND_MSS:
		return put_mss(msg, key, word);
	case KIND_PREFIX:
		return put_prefix(msg, key, word);
	case KIND_DEVICES:
		return put_devices(msg, key, word);
	}
	return -1;
}

static int put_pairs(struct nl_msg *msg, const struct cmd *cmd)
{
	bool seen[ARRAY_SIZE(keys)] = { false };
	struct nlattr *nest;
	int i;

	nest = nla_nest_start(msg, NAT64_A_CONFIG | NLA_F_NESTED);
	for (i = 0; i < cmd->n_words; i += 2) {
		int key = find_key(cmd->words[i]);

		if (key < 0)
			return -1;
		if (i + 1 == cmd->n_words)
			return args_fail(cmd->words[i],
					 "has no value: write %s behind it",
					 kind_words[keys[key].kind]);
		if (seen[key])
			return args_fail(cmd->words[i],
					 "is given twice: leave one out");
		seen[key] = true;
		if (put_value(msg, key, cmd->words[i + 1])) {
			char why[200];

			snprintf(why, sizeof(why), "%s", args_why());
			return args_fail(NULL, "%s: %s", cmd->words[i], why);
		}
	}
	nla_nest_end(msg, nest);
	return 0;
}

/* Of several keys, the kernel points at the one it refuses. */
static void name_bad_key(struct nl64 *nl)
{
	char text[sizeof(nl->text)];
	const char *name;

	if (nl->bad_outer != NAT64_A_CONFIG || !nl->bad_inner ||
	    nl->bad_inner >= ARRAY_SIZE(keys))
		return;
	name = keys[nl->bad_inner].name;
	if (strstr(nl->text, name))
		return;
	snprintf(text, sizeof(text), "%s", nl->text);
	snprintf(nl->text, sizeof(nl->text), "%s: %.200s", name, text);
}

static int config_set(struct cmd *cmd)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_CONFIG_SET);
	int err;

	if (!msg || put_pairs(msg, cmd) ||
	    (opts_has(cmd->opts, OPT_FORCE) &&
	     nla_put_flag(msg, NAT64_A_FORCE))) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	err = cmd_open(cmd) ?: nl64_do(&cmd->nl, msg, NULL);
	nlmsg_free(msg);
	if (!err)
		return EXIT_DONE;
	name_bad_key(&cmd->nl);
	return cmd_refused(cmd);
}

/**
 * struct config - what has to be shown of a configuration
 * @out: where
 * @key: the only key to show, or 0
 */
struct config {
	struct out out;
	int key;
};

static size_t plateaus_of(struct nlattr *attr, __u16 *mtu, size_t max)
{
	size_t n = nla_len(attr) / sizeof(*mtu);

	n = n < max ? n : max;
	memcpy(mtu, nla_data(attr), n * sizeof(*mtu));
	return n;
}

static void plateaus_text(char *text, size_t size, struct nlattr *attr)
{
	__u16 mtu[NAT64_PLATEAUS_MAX];
	size_t n = plateaus_of(attr, mtu, ARRAY_SIZE(mtu)), at = 0, i;

	text[0] = '\0';
	for (i = 0; i < n && at < size; i++)
		at += snprintf(text + at, size - at, "%s%u", i ? "," : "",
			       mtu[i]);
}

static struct json_object *plateaus_json(struct nlattr *attr)
{
	struct json_object *array = json_object_new_array();
	__u16 mtu[NAT64_PLATEAUS_MAX];
	size_t n = plateaus_of(attr, mtu, ARRAY_SIZE(mtu)), i;

	for (i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_int(mtu[i]));
	return array;
}

static void prefix_text(char *text, size_t size, struct nlattr *nest)
{
	static const struct nla_policy policy[NAT64_PREFIX4_A_MAX + 1] = {
		[NAT64_PREFIX4_A_ADDR] = { .type = NLA_U32 },
		[NAT64_PREFIX4_A_LEN] = { .type = NLA_U8 },
	};
	struct nlattr *attrs[NAT64_PREFIX4_A_MAX + 1];
	struct nlattr *addr, *len;
	char word[INET_ADDRSTRLEN];

	if (!nl64_nested(attrs, NAT64_PREFIX4_A_MAX, nest, policy) ||
	    !attrs[NAT64_PREFIX4_A_ADDR]) {
		snprintf(text, size, "none");
		return;
	}
	addr = attrs[NAT64_PREFIX4_A_ADDR];
	len = attrs[NAT64_PREFIX4_A_LEN];
	inet_ntop(AF_INET, nla_data(addr), word, sizeof(word));
	snprintf(text, size, "%s/%u", word, len ? nla_get_u8(len) : 32);
}

static void devices_text(char *text, size_t size, struct nlattr *nest)
{
	struct nlattr *attr;
	char name[IFNAMSIZ];
	size_t at = 0;
	int rest;

	snprintf(text, size, "none");
	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) != NAT64_FASTPATH_A_DEV || at >= size)
			continue;
		nla_strlcpy(name, attr, sizeof(name));
		at += snprintf(text + at, size - at, "%s%s", at ? "," : "",
			       name);
	}
}

static struct json_object *devices_json(struct nlattr *nest)
{
	struct json_object *array = json_object_new_array();
	struct nlattr *attr;
	char name[IFNAMSIZ];
	int rest;

	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) != NAT64_FASTPATH_A_DEV)
			continue;
		nla_strlcpy(name, attr, sizeof(name));
		json_object_array_add(array, json_object_new_string(name));
	}
	return array;
}

static void mss_text(char *text, size_t size, __u32 mss)
{
	if (!mss)
		snprintf(text, size, "off");
	else if (mss == NAT64_MSS_CLAMP_PMTU)
		snprintf(text, size, "pmtu");
	else
		snprintf(text, size, "%u", mss);
}

static struct json_object *mss_json(__u32 mss, const char *text)
{
	return mss > NAT64_MSS_CLAMP_PMTU ? json_object_new_int64(mss) :
					    json_object_new_string(text);
}

/* Shorter than its kind needs: a module that does not fit to this command. */
static bool too_short(enum kind kind, struct nlattr *attr)
{
	static const int need[] = {
		[KIND_BOOL] = 1, [KIND_BYTE] = 1, [KIND_NUMBER] = 4,
		[KIND_SECONDS] = 4, [KIND_PLATEAUS] = 2, [KIND_MSS] = 4,
		[KIND_PREFIX] = 0, [KIND_DEVICES] = 0,
	};

	return nla_len(attr) < need[kind];
}

/* What is a word in @text is the same word in JSON. */
static struct json_object *value_json(enum kind kind, struct nlattr *attr,
				      const char *text)
{
	switch (kind) {
	case KIND_BOOL:
		return json_object_new_boolean(nla_get_u8(attr));
	case KIND_BYTE:
		return json_object_new_int(nla_get_u8(attr));
	case KIND_PLATEAUS:
		return plateaus_json(attr);
	case KIND_PREFIX:
		return json_object_new_string(text);
	case KIND_DEVICES:
		return devices_json(attr);
	case KIND_MSS:
		return mss_json(nla_get_u32(attr), text);
	default:
		return json_object_new_int64(nla_get_u32(attr));
	}
}

static void seconds_text(char *text, size_t size, __u32 seconds, bool words)
{
	char time[32];

	if (words)
		snprintf(text, size, "%us (%s)", seconds,
			 out_duration(time, sizeof(time), seconds));
	else
		snprintf(text, size, "%u", seconds);
}

/* As 'config set' takes it, and in a table with the time in words. */
static void value_text(char *text, size_t size, enum kind kind,
		       struct nlattr *attr, bool words)
{
	switch (kind) {
	case KIND_BOOL:
		snprintf(text, size, nla_get_u8(attr) ? "on" : "off");
		break;
	case KIND_BYTE:
		snprintf(text, size, "%u", nla_get_u8(attr));
		break;
	case KIND_PLATEAUS:
		plateaus_text(text, size, attr);
		break;
	case KIND_MSS:
		mss_text(text, size, nla_get_u32(attr));
		break;
	case KIND_PREFIX:
		prefix_text(text, size, attr);
		break;
	case KIND_DEVICES:
		devices_text(text, size, attr);
		break;
	default:
		seconds_text(text, size, nla_get_u32(attr),
			     words && kind == KIND_SECONDS);
	}
}

static void show_key(struct config *config, int key, struct nlattr *attr)
{
	char text[NAT64_PLATEAUS_MAX * 6 + 1];
	struct out *out = &config->out;

	if (!attr || too_short(keys[key].kind, attr))
		return;
	value_text(text, sizeof(text), keys[key].kind, attr, !config->key);
	if (config->key && !out_is_json(out))
		printf("%s\n", text);
	else
		out_pair(out, NULL, keys[key].name,
			 value_json(keys[key].kind, attr, text), text,
			 keys[key].meaning);
}

static void config_reply(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *attrs[ARRAY_SIZE(keys)];
	struct config *config = arg;
	size_t i;

	if (!nl64_nested(attrs, ARRAY_SIZE(keys) - 1,
			 reply->attrs[NAT64_A_CONFIG], NULL))
		return;
	for (i = 1; i < ARRAY_SIZE(keys); i++) {
		if (!config->key || config->key == (int)i)
			show_key(config, i, attrs[i]);
	}
}

static int config_print(struct cmd *cmd, int key)
{
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_CONFIG_GET);
	struct config config = { .key = key };
	const struct nl64_handler handler = {
		.reply = config_reply,
		.arg = &config,
	};
	int rc;

	if (!msg)
		return cmd_wrong();
	cmd_begin(cmd, &config.out, OUT_ONE, config_columns,
		  ARRAY_SIZE(config_columns));
	rc = cmd_do(cmd, msg, &handler);
	if (rc == EXIT_DONE && (out_is_json(&config.out) || !key))
		out_end(&config.out);
	out_forget(&config.out);
	return rc;
}

static int config_show(struct cmd *cmd)
{
	return config_print(cmd, 0);
}

static int config_get(struct cmd *cmd)
{
	int key = find_key(cmd->words[0]);

	return key < 0 ? cmd_wrong() : config_print(cmd, key);
}

static void config_more(FILE *file)
{
	size_t i;

	fputs("\nSECONDS are a number or a time such as 2h, 4m or 1h30m. Keys:\n",
	      file);
	for (i = 1; i < ARRAY_SIZE(keys); i++)
		fprintf(file, "  %-29s %-17s  %s\n", keys[i].name,
			kind_words[keys[i].kind], keys[i].meaning);
}

static const struct verb config_verbs[] = {
	{ "show", "", "show all keys of an instance", 0, 0, 0, 0, NULL,
	  config_show },
	{ "get", "KEY", "print the value of a key, as set takes it", 0, 0, 1,
	  1, "name a key, such as udp-timeout", config_get },
	{ "set", "KEY VALUE [KEY VALUE ...] [--force]",
	  "change keys, all or none", OPT_BIT(OPT_FORCE), 0, 1, -1,
	  "name a key and its value, such as udp-timeout 5m", config_set },
};

const struct object object_config = {
	.name = "config",
	.what = "how an instance behaves",
	.verbs = config_verbs,
	.n_verbs = ARRAY_SIZE(config_verbs),
	.more = config_more,
};
