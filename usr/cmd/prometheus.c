// SPDX-License-Identifier: GPL-2.0
/* prometheus.c - the counters and the use of pool4 in the format of Prometheus */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/prometheus.h"

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

static void print_samples(const struct samples *samples)
{
	size_t i;

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
 * The counters were printed first: a module that does not know NAT64_A_USAGE refuses
 * this request, and so does any module if the user lacks CAP_NET_ADMIN.
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

/* The module refuses to list the pool4 of stateless instances. */
static bool any_stateful(const struct samples *samples)
{
	size_t i;

	for (i = 0; i < samples->n; i++) {
		if (samples->sample[i].has_gauge[0])
			return true;
	}
	return false;
}

/**
 * prometheus_print() - print all metrics
 * @cmd: the command
 * @samples: the counters
 *
 * Return: enum cmd_exit.
 */
int prometheus_print(struct cmd *cmd, const struct samples *samples)
{
	print_samples(samples);
	return any_stateful(samples) ? print_pool4(cmd) : EXIT_DONE;
}
