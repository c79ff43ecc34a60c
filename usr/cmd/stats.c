// SPDX-License-Identifier: GPL-2.0
/*
 * stats.c - nat64ctl stats: counters of instances
 *
 * The file is long because it has the table of all counters, which test_show.c
 * prints in its three forms: table, prometheus and rates.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/plain.h"
#include "cmd/cmd.h"

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
		"packets from one IPv6 host to another" },
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
		"passed untranslated: stateless, and its source does not translate" },
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
		"dropped: source route with segments left" },
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
		"dropped: refused by an IPsec policy or a cgroup's filter" },
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
		"events of BIB entries and sessions sent to listeners" },
	[NAT64_STAT_EVENTS_LOST] = { "events-lost",
		"such events that a listener has missed" },
	[NAT64_STAT_DROP_LOOP] = { "drop-loop",
		"dropped: came back to the NAT64 too often" },
	[NAT64_STAT_DROP_INBOUND_LIMIT] = { "drop-inbound-limit",
		"dropped: half of a session limit in use, the rest for IPv6" },
	[NAT64_STAT_DROP_ADDRESS_GONE] = { "drop-address-gone",
		"dropped: the router has lost the address of its mapping" },
};

static const struct out_column stats_columns[] = {
	{ "instance", "INSTANCE", 0 },
	{ "counter", "COUNTER", 0 },
	{ "value", "VALUE", 0 },
	{ "meaning", "MEANING", 0 },
};

#define N_GAUGES 4

/* What an instance of each type has. */
static const struct {
	int attr;
	const char *name;
	const char *meaning;
} gauges[N_GAUGES] = {
	{ NAT64_A_BIB_COUNT, "bib-entries", "BIB entries that exist" },
	{ NAT64_A_SESSION_COUNT, "sessions", "sessions that exist" },
	{ NAT64_A_SUBSCRIBER_COUNT, "subscribers",
	  "IPv6 hosts that have BIB entries" },
	{ NAT64_A_EAM_COUNT, "eam-entries",
	  "explicit address mappings that exist" },
};

/**
 * struct sample - the counters of one instance
 * @instance: its name
 * @has_gauge: does the instance have it?
 * @gauge: what exists now, in the order of gauges[]
 * @has: was the counter in the answer?
 * @value: its value
 */
struct sample {
	char instance[NAT64_NAME_MAX + 1];
	bool has_gauge[N_GAUGES];
	__u64 gauge[N_GAUGES];
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
	return "unknown: the kernel module is newer than nat64ctl";
}

static void take_gauges(struct sample *sample, struct nlattr *const *attrs)
{
	size_t i;

	for (i = 0; i < N_GAUGES; i++) {
		struct nlattr *attr = attrs[gauges[i].attr];

		sample->has_gauge[i] = attr;
		sample->gauge[i] = attr ? nla_get_u64(attr) : 0;
	}
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
	plain_text(sample->instance);
	take_gauges(sample, reply->attrs);
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
	for (i = 0; i < N_GAUGES; i++) {
		if (sample->has_gauge[i])
			show_value(out, sample, gauges[i].name,
				   sample->gauge[i], gauges[i].meaning);
	}
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
static void print_metric(const char *name, const char *suffix)
{
	const char *c;

	fputs("nat64_", stdout);
	for (c = name; *c; c++)
		putchar(*c == '-' ? '_' : *c);
	fputs(suffix, stdout);
}

static void print_head(const char *name, const char *suffix, const char *type,
		       const char *meaning)
{
	fputs("# HELP ", stdout);
	print_metric(name, suffix);
	printf(" %s\n# TYPE ", meaning);
	print_metric(name, suffix);
	printf(" %s\n", type);
}

/**
 * struct family - counters that are one metric, with the rest of their names
 *	as the label "reason"
 * @prefix: how their names begin
 * @metric: name of the metric
 * @meaning: what it counts
 */
static const struct family {
	const char *prefix;
	const char *metric;
	const char *meaning;
} families[] = {
	{ "drop-", "dropped-packets",
	  "dropped packets, by counter" },
	{ "pass-", "passed-packets",
	  "packets passed untranslated, by counter" },
};

static const struct family *family_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		if (!strncmp(name, families[i].prefix,
			     strlen(families[i].prefix)))
			return &families[i];
	}
	return NULL;
}

static void print_gauge(const struct samples *samples, size_t gauge)
{
	bool head = true;
	size_t i;

	for (i = 0; i < samples->n; i++) {
		const struct sample *sample = &samples->sample[i];

		if (!sample->has_gauge[gauge])
			continue;
		if (head)
			print_head(gauges[gauge].name, "", "gauge",
				   gauges[gauge].meaning);
		head = false;
		print_metric(gauges[gauge].name, "");
		printf("{instance=\"%s\"} %llu\n", sample->instance,
		       (unsigned long long)sample->gauge[gauge]);
	}
}

/* A counter of all instances; its metric may be one of several counters. */
static void print_counter(const struct samples *samples, size_t counter,
			  const struct family *family, bool head)
{
	char name[32];
	size_t i;

	stats_name(name, sizeof(name), counter);
	for (i = 0; i < samples->n; i++) {
		const struct sample *sample = &samples->sample[i];

		if (!sample->has[counter])
			continue;
		if (head)
			print_head(family ? family->metric : name, "_total",
				   "counter", family ? family->meaning :
				   stats_meaning(counter));
		head = false;
		print_metric(family ? family->metric : name, "_total");
		printf("{instance=\"%s\"", sample->instance);
		if (family)
			printf(",reason=\"%s\"",
			       name + strlen(family->prefix));
		printf("} %llu\n",
		       (unsigned long long)sample->value[counter]);
	}
}

/* All counters of one metric stand together. */
static void print_counters(const struct samples *samples,
			   const struct family *family)
{
	bool head = true;
	char name[32];
	size_t i, j;

	for (i = 0; i < COUNTERS_TAKEN; i++) {
		if (family_of(stats_name(name, sizeof(name), i)) != family)
			continue;
		print_counter(samples, i, family, head || !family);
		for (j = 0; j < samples->n; j++)
			head &= !samples->sample[j].has[i];
	}
}

static void print_prometheus(const struct samples *samples)
{
	size_t i;

	if (!samples->n)
		return;
	for (i = 0; i < N_GAUGES; i++)
		print_gauge(samples, i);
	print_counters(samples, NULL);
	for (i = 0; i < ARRAY_SIZE(families); i++)
		print_counters(samples, &families[i]);
}

/**
 * struct use - how much of a pool4 entry a protocol uses, with its labels
 * @labels: the labels, without that of the protocol
 * @usage: how much
 */
struct use {
	char labels[NAT64_PORTS_MAX * 12 + 160];
	struct pool4_usage usage;
};

/**
 * struct uses - all of them
 * @use: one for each entry and protocol
 * @n: how many
 * @labels: the labels of the entry that is being read
 */
struct uses {
	struct use *use;
	size_t n;
	char labels[NAT64_PORTS_MAX * 12 + 160];
};

static void take_usage(const struct pool4_usage *usage, void *arg)
{
	struct uses *uses = arg;
	struct use *use;

	use = realloc(uses->use, (uses->n + 1) * sizeof(*use));
	if (!use)
		return;
	uses->use = use;
	use += uses->n++;
	memcpy(use->labels, uses->labels, sizeof(use->labels));
	use->usage = *usage;
}

static void take_pool4(const struct nl64_reply *reply, void *arg)
{
	struct nlattr *instance = reply->attrs[NAT64_A_INSTANCE];
	struct nlattr *pool4 = reply->attrs[NAT64_A_POOL4];
	struct uses *uses = arg;
	size_t n;

	if (!instance || !pool4)
		return;
	snprintf(uses->labels, sizeof(uses->labels), "instance=\"%.*s\",",
		 NAT64_NAME_MAX, nla_get_string(instance));
	n = strlen(plain_text(uses->labels));
	pool4_labels(uses->labels + n, sizeof(uses->labels) - n, pool4);
	pool4_usage(pool4, take_usage, uses);
}

static void forget_uses(void *arg)
{
	struct uses *uses = arg;

	free(uses->use);
	uses->use = NULL;
	uses->n = 0;
}

static void print_use(const struct uses *uses, const char *name,
		      bool used, const char *meaning)
{
	size_t i;

	print_head(name, "", "gauge", meaning);
	for (i = 0; i < uses->n; i++) {
		const struct pool4_usage *usage = &uses->use[i].usage;

		print_metric(name, "");
		printf("{%s,proto=\"%s\"} %llu\n", uses->use[i].labels,
		       args_proto_name(usage->proto),
		       (unsigned long long)(used ? usage->used : usage->total));
	}
}

/* The hosts of an entry are the same in all its protocols. */
static void print_hosts(const struct uses *uses)
{
	size_t i;

	print_head("pool4-subscribers", "", "gauge",
		   "IPv6 hosts whose IPv4 address is in the pool4 entry");
	for (i = 0; i < uses->n; i++) {
		if (i && !strcmp(uses->use[i].labels, uses->use[i - 1].labels))
			continue;
		printf("nat64_pool4_subscribers{%s} %llu\n",
		       uses->use[i].labels,
		       (unsigned long long)uses->use[i].usage.subscribers);
	}
}

/*
 * The counters have been printed before, so that they are there even if a module
 * that does not know the flag refuses. Users that may read only the counters get
 * these.
 */
static int print_pool4(struct cmd *cmd)
{
	struct uses uses = { NULL, 0, "" };
	const struct nl64_handler handler = {
		.reply = take_pool4, .restart = forget_uses, .arg = &uses,
	};
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_POOL4_GET);
	int err, rc = EXIT_DONE;

	if (!msg || nla_put_flag(msg, NAT64_A_USAGE)) {
		nlmsg_free(msg);
		return cmd_wrong();
	}
	err = nl64_dump(&cmd->nl, msg, &handler);
	nlmsg_free(msg);
	if (err == -EPERM) {
		fprintf(stderr, "nat64ctl: note: %s\n", cmd->nl.text);
	} else if (err) {
		rc = cmd_refused(cmd);
	} else if (uses.n) {
		print_use(&uses, "pool4-ports", false,
			  "ports and ICMP identifiers of the pool4 entry");
		print_use(&uses, "pool4-ports-used", true,
			  "ports and ICMP identifiers that are taken or held down");
		print_hosts(&uses);
	}
	forget_uses(&uses);
	return rc;
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

static int read_samples(struct cmd *cmd, struct samples *samples)
{
	const struct nl64_handler handler = {
		.reply = take_sample,
		.restart = forget_samples,
		.arg = samples,
	};
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_STATS_GET);

	return msg ? cmd_dump(cmd, msg, &handler) : cmd_wrong();
}

/* --- rates --------------------------------------------------------------- */

static const struct out_column rate_columns[] = {
	{ "instance", "INSTANCE", 15 },
	{ "counter", "COUNTER", 22 },
	{ "rate", "PER-SECOND", 12 },
	{ "meaning", "MEANING", 0 },
};

/**
 * struct watch - rates that are shown again and again
 * @seconds: how long one lasts
 * @times: how often; 0: without end
 * @flags: enum out_flag, of what is printed
 * @last: the counters before
 * @since: when they were read, in seconds
 */
struct watch {
	__u32 seconds;
	__u32 times;
	unsigned int flags;
	struct samples last;
	double since;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static const struct sample *find_sample(const struct samples *samples,
					const char *instance)
{
	size_t i;

	for (i = 0; i < samples->n; i++) {
		if (!strcmp(samples->sample[i].instance, instance))
			return &samples->sample[i];
	}
	return NULL;
}

static void show_rate(struct out *out, const struct sample *sample,
		      size_t counter, double rate)
{
	char name[32], text[32];

	stats_name(name, sizeof(name), counter);
	snprintf(text, sizeof(text), "%.1f", rate);
	out_pair(out, sample->instance, name,
		 out_is_json(out) ? json_object_new_double_s(rate, text) : NULL,
		 text, stats_meaning(counter));
}

/* Counters of an instance that was created again start at 0. */
static void show_rates(struct out *out, const struct sample *sample,
		       const struct sample *before, double seconds)
{
	size_t i;

	for (i = 0; i < COUNTERS_TAKEN; i++) {
		__u64 was = before && before->value[i] <= sample->value[i] ?
			    before->value[i] : 0;
		double rate = (sample->value[i] - was) / seconds;

		if (sample->has[i] && (rate > 0 || out_is_json(out)))
			show_rate(out, sample, i, rate);
	}
}

/* JSON: an object a line for each instance, so that a program can follow. */
static void show_tick(struct cmd *cmd, const struct watch *watch,
		      const struct samples *samples, double seconds)
{
	struct out out;
	size_t i;

	for (i = 0; i < samples->n; i++) {
		const struct sample *sample = &samples->sample[i], *before;
		char text[32];

		before = find_sample(&watch->last, sample->instance);
		if (i && !out_is_json(&out)) {
			show_rates(&out, sample, before, seconds);
			continue;
		}
		cmd_begin(cmd, &out, watch->flags, rate_columns,
			  ARRAY_SIZE(rate_columns));
		if (out_is_json(&out)) {
			snprintf(text, sizeof(text), "%.3f", seconds);
			out_string(&out, "instance", sample->instance);
			out_json(&out, "seconds",
				 json_object_new_double_s(seconds, text));
		}
		show_rates(&out, sample, before, seconds);
		if (out_is_json(&out))
			out_end(&out);
	}
	if (samples->n && !out_is_json(&out))
		out_end(&out);
}

static int watch_once(struct cmd *cmd, struct watch *watch, bool show)
{
	struct samples samples = { NULL, 0 };
	double at = now();
	int rc = read_samples(cmd, &samples);

	if (rc == EXIT_DONE && show)
		show_tick(cmd, watch, &samples, at - watch->since);
	forget_samples(&watch->last);
	watch->last = samples;
	watch->since = at;
	return rc;
}

static void wait_until(double when)
{
	struct timespec ts = { .tv_sec = (time_t)when };

	ts.tv_nsec = (when - ts.tv_sec) * 1e9;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	       EINTR)
		continue;
}

static int stats_watch(struct cmd *cmd, struct watch *watch)
{
	double next = now();
	__u32 n = 0;
	int rc = watch_once(cmd, watch, false);

	while (rc == EXIT_DONE && (!watch->times || n < watch->times)) {
		next += watch->seconds;
		wait_until(next);
		rc = watch_once(cmd, watch, true);
		n++;
		/* The reader is gone: main() reports that. */
		if (fflush(stdout) || ferror(stdout))
			break;
	}
	forget_samples(&watch->last);
	return rc;
}

static int take_watch(const struct opts *opts, enum format format,
		      struct watch *watch)
{
	const char *seconds = opts_value(opts, OPT_WATCH);
	const char *times = opts_value(opts, OPT_TIMES);

	if (times && !opts_has(opts, OPT_WATCH))
		return args_fail(NULL, "'--count' is for '--watch': add that");
	if (opts_has(opts, OPT_WATCH) && format == FORMAT_PROMETHEUS)
		return args_fail(NULL,
				 "prometheus makes rates itself: leave --watch out");
	watch->seconds = 1;
	watch->flags = OUT_ONE | (format == FORMAT_JSON ? OUT_JSON : 0);
	if (seconds && args_number(seconds, "a number of seconds", 1, 86400,
				   &watch->seconds))
		return -1;
	return times ? args_number(times, "a count", 1, UINT32_MAX,
				   &watch->times) : 0;
}

/* Others have no pool4, and the module refuses to list it. */
static bool any_stateful(const struct samples *samples)
{
	size_t i;

	for (i = 0; i < samples->n; i++) {
		if (samples->sample[i].has_gauge[0])
			return true;
	}
	return false;
}

static int stats_show(struct cmd *cmd)
{
	struct samples samples = { NULL, 0 };
	struct watch watch = {};
	enum format format;
	int rc;

	if (take_format(cmd->opts, &format) ||
	    take_watch(cmd->opts, format, &watch))
		return cmd_wrong();
	if (!opts_has(cmd->opts, OPT_INSTANCE))
		cmd->instance = NULL;
	cmd->chosen = true;
	if (opts_has(cmd->opts, OPT_WATCH))
		return stats_watch(cmd, &watch);
	rc = read_samples(cmd, &samples);
	if (rc == EXIT_DONE && format == FORMAT_PROMETHEUS) {
		print_prometheus(&samples);
		rc = any_stateful(&samples) ? print_pool4(cmd) : EXIT_DONE;
	} else if (rc == EXIT_DONE) {
		show_samples(cmd, &samples, format);
		if (format == FORMAT_TABLE)
			cmd_note_off(cmd);
	}
	forget_samples(&samples);
	return rc;
}

static const struct verb stats_verbs[] = {
	{ "show", "[--all] [--format table|json|prometheus]",
	  "show the counters of all instances, or of one (-i)\nstats --watch [SECONDS] [--count N]: how fast they rise",
	  OPT_BIT(OPT_ALL) | OPT_BIT(OPT_FORMAT) | OPT_BIT(OPT_WATCH) |
	  OPT_BIT(OPT_TIMES), 0, 0, 0, NULL, stats_show },
};

static void stats_more(FILE *file)
{
	fputs("\nA table shows counters that are not zero; JSON and prometheus show all.\n",
	      file);
}

const struct object object_stats = {
	.name = "stats",
	.what = "counters of instances",
	.verbs = stats_verbs,
	.n_verbs = ARRAY_SIZE(stats_verbs),
	.more = stats_more,
};
