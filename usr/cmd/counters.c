// SPDX-License-Identifier: GPL-2.0
/*
 * counters.c - the counters of instances: their names, and how they are read
 *
 * test/cli/spec_check.py compares their table with include/nat64.yaml.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "cmd/counters.h"

#define N_COUNTERS (NAT64_STAT_MAX + 1)

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
		"passed untranslated: stateless, source or quoted packet does not translate" },
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
		"dropped: ICMP error that quotes a malformed or unexpected packet" },
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
	[NAT64_STAT_DROP_NOT_TRANSLATABLE] = { "drop-not-translatable",
		"dropped: sent into its device, which does not translate it" },
};

const struct gauge gauges[N_GAUGES] = {
	{ NAT64_A_BIB_COUNT, "bib-entries", "BIB entries that exist" },
	{ NAT64_A_SESSION_COUNT, "sessions", "sessions that exist" },
	{ NAT64_A_SUBSCRIBER_COUNT, "subscribers",
	  "IPv6 hosts that have BIB entries" },
	{ NAT64_A_EAM_COUNT, "eam-entries",
	  "explicit address mappings that exist" },
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

/**
 * samples_free() - forget the counters
 * @arg: struct samples, of which all is freed
 */
void samples_free(void *arg)
{
	struct samples *samples = arg;

	free(samples->sample);
	memset(samples, 0, sizeof(*samples));
}

/**
 * samples_read() - read the counters of the instances of a command
 * @cmd: the command
 * @samples: empty; samples_free() frees what they get
 *
 * Return: enum cmd_exit.
 */
int samples_read(struct cmd *cmd, struct samples *samples)
{
	const struct nl64_handler handler = {
		.reply = take_sample, .restart = samples_free, .arg = samples,
	};
	struct nl_msg *msg = cmd_request(cmd, NAT64_CMD_STATS_GET);

	return msg ? cmd_dump(cmd, msg, &handler) : cmd_wrong();
}
