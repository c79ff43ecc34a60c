// SPDX-License-Identifier: GPL-2.0
/* cmd_stats.c - nat64ctl stats: what has been counted */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define N_COUNTERS (NAT64_STAT_MAX + 1)

/* A kernel that is newer than this command may have more counters. */
#define COUNTERS_TAKEN 256

enum format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_PROMETHEUS
};

static const struct {
	const char *name;
	const char *meaning;
} counters[N_COUNTERS] = {
	[NAT64_STAT_RECEIVED6] = { "received6",
		"IPv6 packets that came for a pool6 prefix" },
	[NAT64_STAT_RECEIVED4] = { "received4",
		"IPv4 packets that came for pool4" },
	[NAT64_STAT_TRANSLATED64] = { "translated64",
		"packets translated from IPv6 to IPv4" },
	[NAT64_STAT_TRANSLATED46] = { "translated46",
		"packets translated from IPv4 to IPv6" },
	[NAT64_STAT_BYTES64] = { "bytes64",
		"bytes of the IPv6 packets translated to IPv4" },
	[NAT64_STAT_BYTES46] = { "bytes46",
		"bytes of the IPv4 packets translated to IPv6" },
	[NAT64_STAT_HAIRPINNED] = { "hairpinned",
		"packets from one inside host to another" },
	[NAT64_STAT_BIB_CREATED] = { "bib-created",
		"dynamic BIB entries made" },
	[NAT64_STAT_BIB_EXPIRED] = { "bib-expired",
		"dynamic BIB entries that ended" },
	[NAT64_STAT_SESSION_CREATED] = { "session-created",
		"sessions made" },
	[NAT64_STAT_SESSION_EXPIRED] = { "session-expired",
		"sessions that ended" },
	[NAT64_STAT_ICMP6_SENT] = { "icmp6-sent",
		"ICMPv6 errors sent by the translator itself" },
	[NAT64_STAT_ICMP4_SENT] = { "icmp4-sent",
		"ICMPv4 errors sent by the translator itself" },
	[NAT64_STAT_PASS_DISABLED] = { "pass-disabled",
		"passed untranslated: manually-enabled is off" },
	[NAT64_STAT_PASS_LOCAL] = { "pass-local",
		"passed untranslated: for this machine itself" },
	[NAT64_STAT_PASS_NOT_TRANSLATABLE] = { "pass-not-translatable",
		"passed untranslated: neighbour discovery and the like" },
	[NAT64_STAT_DROP_SOURCE_IN_POOL6] = { "drop-source-in-pool6",
		"dropped: IPv6 source inside pool6" },
	[NAT64_STAT_DROP_ADDRESS6] = { "drop-address6",
		"dropped: IPv6 source that may not be forwarded" },
	[NAT64_STAT_DROP_ADDRESS4] = { "drop-address4",
		"dropped: IPv4 address that may not be forwarded" },
	[NAT64_STAT_DROP_WKP_PRIVATE] = { "drop-wkp-private",
		"dropped: private IPv4 address inside 64:ff9b::/96" },
	[NAT64_STAT_DROP_TRUNCATED] = { "drop-truncated",
		"dropped: shorter than its headers say" },
	[NAT64_STAT_DROP_HEADER] = { "drop-header",
		"dropped: a header is not valid" },
	[NAT64_STAT_DROP_EXTENSION] = { "drop-extension",
		"dropped: IPv6 extension headers that have no translation" },
	[NAT64_STAT_DROP_SOURCE_ROUTE] = { "drop-source-route",
		"dropped: source route that has not been used up" },
	[NAT64_STAT_DROP_FRAGMENT] = { "drop-fragment",
		"dropped: fragments that overlap or do not make a packet" },
	[NAT64_STAT_DROP_PROTOCOL] = { "drop-protocol",
		"dropped: neither TCP nor UDP nor ICMP" },
	[NAT64_STAT_DROP_ICMP_TYPE] = { "drop-icmp-type",
		"dropped: ICMP type or code that has no translation" },
	[NAT64_STAT_DROP_ICMP_CHECKSUM] = { "drop-icmp-checksum",
		"dropped: ICMP error with a wrong checksum" },
	[NAT64_STAT_DROP_ICMP_INNER] = { "drop-icmp-inner",
		"dropped: ICMP error about a packet that has no translation" },
	[NAT64_STAT_DROP_ICMP_INFO] = { "drop-icmp-info",
		"dropped: ping while drop-icmpv6-info is on" },
	[NAT64_STAT_DROP_CHECKSUM] = { "drop-checksum",
		"dropped: wrong or missing checksum" },
	[NAT64_STAT_DROP_HOP_LIMIT] = { "drop-hop-limit",
		"dropped: hop limit or TTL used up" },
	[NAT64_STAT_DROP_NO_ROUTE] = { "drop-no-route",
		"dropped: no route to the translated destination" },
	[NAT64_STAT_DROP_TOO_BIG] = { "drop-too-big",
		"dropped: too big for the next link, not to be fragmented" },
	[NAT64_STAT_DROP_NO_BIB] = { "drop-no-bib",
		"dropped: no BIB entry" },
	[NAT64_STAT_DROP_NO_SESSION] = { "drop-no-session",
		"dropped: no session, and none may be made for it" },
	[NAT64_STAT_DROP_FILTERED] = { "drop-filtered",
		"dropped: refused by a filtering key" },
	[NAT64_STAT_DROP_NO_POOL4] = { "drop-no-pool4",
		"dropped: no pool4 entry for its mark and protocol" },
	[NAT64_STAT_DROP_POOL4_EXHAUSTED] = { "drop-pool4-exhausted",
		"dropped: every port of pool4 is in use" },
	[NAT64_STAT_DROP_SESSION_LIMIT] = { "drop-session-limit",
		"dropped: maximum-sessions or maximum-sessions-per-bib reached" },
	[NAT64_STAT_DROP_NO_MEMORY] = { "drop-no-memory",
		"dropped: no memory" },
	[NAT64_STAT_DROP_LRO] = { "drop-lro",
		"dropped: merged by large receive offload" },
	[NAT64_STAT_DROP_POLICY] = { "drop-policy",
		"dropped: refused by an IPsec policy" },
	[NAT64_STAT_PROBE_SENT] = { "probe-sent",
		"probes of idle TCP sessions" },
	[NAT64_STAT_PORT_HELD] = { "port-held",
		"freed ports and identifiers that were held down" },
	[NAT64_STAT_DROP_SYN_STORED] = { "drop-syn-stored",
		"dropped: IPv4 SYN, kept for a simultaneous open" },
	[NAT64_STAT_DROP_SYN_LIMIT] = { "drop-syn-limit",
		"dropped: maximum-simultaneous-opens reached" },
	[NAT64_STAT_FASTPATH64] = { "fastpath64",
		"of translated64: at the ingress of a device" },
	[NAT64_STAT_FASTPATH46] = { "fastpath46",
		"of translated46: at the ingress of a device" },
	[NAT64_STAT_EVENTS_SENT] = { "events-sent",
		"events of BIB entries and sessions told to who listens" },
	[NAT64_STAT_EVENTS_LOST] = { "events-lost",
		"such events that not everybody who listens has got" },
};

static const struct out_column stats_columns[] = {
	{ "instance", "INSTANCE", 0 },
	{ "counter", "COUNTER", 0 },
	{ "value", "VALUE", 0 },
	{ "meaning", "MEANING", 0 },
};

/**
 * struct sample - the counters of one instance
 * @instance: its name
 * @bib_entries: BIB entries that exist
 * @sessions: sessions that exist
 * @has: was the counter in the answer?
 * @value: its value
 */
struct sample {
	char instance[NAT64_NAME_MAX + 1];
	__u64 bib_entries;
	__u64 sessions;
	bool has[COUNTERS_TAKEN];
	__u64 value[COUNTERS_TAKEN];
};

/**
 * struct samples - the counters of the instances
 * @sample: one for each instance
 * @n: how many
 */
struct samples {
	struct sample *sample;
	size_t n;
};

/**
 * stats_name() - the name of a counter
 * @text: where to write it
 * @size: size of @text
 * @counter: enum nat64_stat, or one that this command does not know
 *
 * Return: @text.
 */
const char *stats_name(char *text, size_t size, size_t counter)
{
	if (counter < N_COUNTERS && counters[counter].name)
		snprintf(text, size, "%s", counters[counter].name);
	else
		snprintf(text, size, "counter-%zu", counter);
	return text;
}

/**
 * stats_meaning() - what a counter counts, in words
 * @counter: enum nat64_stat, or one that this command does not know
 *
 * Return: the words.
 */
const char *stats_meaning(size_t counter)
{
	if (counter < N_COUNTERS && counters[counter].meaning)
		return counters[counter].meaning;
	return "counted by a kernel module newer than nat64ctl";
}

static __u64 count_of(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static void take_sample(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	struct nlattr *stats = reply->attrs[NAT64_A_STATS];
	struct samples *samples = arg;
	struct sample *sample;
	struct nlattr *attr;
	int rest;

	if (!instance || !stats)
		return;
	sample = realloc(samples->sample, (samples->n + 1) * sizeof(*sample));
	if (!sample)
		return;
	samples->sample = sample;
	sample += samples->n++;
	memset(sample, 0, sizeof(*sample));
	snprintf(sample->instance, sizeof(sample->instance), "%s",
		 nla_get_string(instance));
	sample->bib_entries = count_of(reply->attrs[NAT64_A_BIB_COUNT]);
	sample->sessions = count_of(reply->attrs[NAT64_A_SESSION_COUNT]);
	nla_for_each_nested(attr, stats, rest) {
		int type = nla_type(attr);

		if (type == NAT64_STAT_PAD || type >= COUNTERS_TAKEN ||
		    nla_len(attr) < (int)sizeof(__u64))
			continue;
		sample->has[type] = true;
		sample->value[type] = nla_get_u64(attr);
	}
}

static void forget_samples(void *arg)
{
	struct samples *samples = arg;

	free(samples->sample);
	memset(samples, 0, sizeof(*samples));
}

static void show_value(struct out *out, const struct sample *sample,
		       const char *key, __u64 value, const char *meaning)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	out_pair(out, sample->instance, key,
		 out_is_json(out) ? json_object_new_uint64(value) : NULL, text,
		 meaning);
}

/* Keys that come and go are of no use to a program, so JSON has all. */
static void show_sample(struct out *out, const struct sample *sample, bool all)
{
	char name[32];
	size_t i;

	all |= out_is_json(out);
	if (out_is_json(out))
		out_string(out, "instance", sample->instance);
	show_value(out, sample, "bib-entries", sample->bib_entries,
		   "BIB entries that exist");
	show_value(out, sample, "sessions", sample->sessions,
		   "sessions that exist");
	for (i = 0; i < COUNTERS_TAKEN; i++) {
		if (sample->has[i] && (all || sample->value[i]))
			show_value(out, sample,
				   stats_name(name, sizeof(name), i),
				   sample->value[i], stats_meaning(i));
	}
	if (out_is_json(out))
		out_row(out);
}

static void show_samples(struct cmd *cmd, const struct samples *samples,
			 enum format format)
{
	bool all = opts_has(cmd->opts, OPT_ALL);
	struct out out;
	size_t i;

	cmd_begin(cmd, &out, format == FORMAT_JSON ? OUT_JSON : 0, stats_columns,
		  ARRAY_SIZE(stats_columns));
	for (i = 0; i < samples->n; i++)
		show_sample(&out, &samples->sample[i], all);
	out_end(&out);
}

/* Names of metrics have '_' where ours have '-'. */
static void print_metric(const char *name, const char *suffix,
			 const char *type, const char *meaning)
{
	char metric[64];
	char *c;

	snprintf(metric, sizeof(metric), "nat64_%s%s", name, suffix);
	for (c = metric; *c; c++) {
		if (*c == '-')
			*c = '_';
	}
	if (meaning)
		printf("# HELP %s %s\n# TYPE %s %s\n", metric, meaning, metric,
		       type);
	else
		fputs(metric, stdout);
}

static void print_value(const char *name, const char *suffix,
			const struct sample *sample, __u64 value)
{
	print_metric(name, suffix, NULL, NULL);
	printf("{instance=\"%s\"} %llu\n", sample->instance,
	       (unsigned long long)value);
}

static void print_counter(const struct samples *samples, size_t counter)
{
	const char *help = stats_meaning(counter);
	char name[32];
	size_t i;

	stats_name(name, sizeof(name), counter);
	for (i = 0; i < samples->n; i++) {
		const struct sample *sample = &samples->sample[i];

		if (!sample->has[counter])
			continue;
		if (help)
			print_metric(name, "_total", "counter", help);
		help = NULL;
		print_value(name, "_total", sample, sample->value[counter]);
	}
}

static void print_prometheus(const struct samples *samples)
{
	size_t i;

	if (!samples->n)
		return;
	print_metric("bib_entries", "", "gauge", "BIB entries that exist");
	for (i = 0; i < samples->n; i++)
		print_value("bib_entries", "", &samples->sample[i],
			    samples->sample[i].bib_entries);
	print_metric("sessions", "", "gauge", "sessions that exist");
	for (i = 0; i < samples->n; i++)
		print_value("sessions", "", &samples->sample[i],
			    samples->sample[i].sessions);
	for (i = 0; i < COUNTERS_TAKEN; i++)
		print_counter(samples, i);
}

static int take_format(const struct opts *opts, enum format *format)
{
	static const char *const names[] = {
		[FORMAT_TABLE] = "table",
		[FORMAT_JSON] = "json",
		[FORMAT_PROMETHEUS] = "prometheus",
	};
	const char *word = opts_value(opts, OPT_FORMAT);
	bool json = opts_has(opts, OPT_JSON);
	size_t i;

	*format = json ? FORMAT_JSON : FORMAT_TABLE;
	if (!word)
		return 0;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(word, names[i]))
			break;
	}
	if (i == ARRAY_SIZE(names))
		return args_fail(word,
				 "is not a format: write table, json or prometheus");
	if (json && i != FORMAT_JSON)
		return args_fail(word,
				 "is not the format of --json: leave --format or --json out");
	*format = i;
	return 0;
}

static int stats_show(struct cmd *cmd)
{
	struct samples samples = { NULL, 0 };
	const struct nl64_handler handler = {
		.reply = take_sample,
		.restart = forget_samples,
		.arg = &samples,
	};
	enum format format;
	struct nl_msg *msg;
	int rc;

	if (take_format(cmd->opts, &format))
		return cmd_wrong();
	if (!opts_has(cmd->opts, OPT_INSTANCE))
		cmd->instance = NULL;
	msg = cmd_request(cmd, NAT64_CMD_STATS_GET);
	if (!msg)
		return cmd_wrong();
	rc = cmd_dump(cmd, msg, &handler);
	if (rc == EXIT_DONE) {
		if (format == FORMAT_PROMETHEUS)
			print_prometheus(&samples);
		else
			show_samples(cmd, &samples, format);
	}
	forget_samples(&samples);
	return rc;
}

static const struct verb stats_verbs[] = {
	{ "show", "[--all] [--format table|json|prometheus]",
	  "show the counters of all instances, or of one (-i)",
	  OPT_BIT(OPT_ALL) | OPT_BIT(OPT_FORMAT), 0, 0, 0, NULL, stats_show },
};

static void stats_more(FILE *file)
{
	fputs("\nA table shows counters that are not zero; JSON and prometheus show all.\n",
	      file);
}

const struct object object_stats = {
	.name = "stats",
	.what = "what has been counted",
	.verbs = stats_verbs,
	.n_verbs = ARRAY_SIZE(stats_verbs),
	.more = stats_more,
};
