// SPDX-License-Identifier: GPL-2.0
/*
 * pref64.c - nat64ctl pref64: the NAT64 prefix of the network, seen by a host
 *
 * Routers are heard first (RFC 8781); only if none announces a prefix, DNS is
 * asked (RFC 7050): a host is to use one source (RFC 8781 s5.1). The module is
 * not needed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "cli/plain.h"
#include "cmd/cmd.h"
#include "pref64/listen.h"
#include "pref64/resolve.h"

#define TIMEOUT 4
#define TIMEOUT_MAX 60
/* When every device has had an advertisement, another router may still answer:
 * it waits up to half a second (RFC 4861 s10).
 */
#define SETTLE_MS 500
/* DNS is asked again ten seconds before its answer ends (RFC 7050 s3). */
#define REFRESH_MS 10000
/* A shorter TTL counts as this many seconds, which bounds the queries. */
#define TTL_MIN 20
#define TRUST_MAX 16

/**
 * struct search - a search for prefixes
 * @listen: where routers are heard
 * @resolve: where DNS is asked
 * @table: what has been found
 * @timeout: how long to wait, in milliseconds
 * @netns: the network namespace, or NULL
 * @flags: enum out_flag of the changes
 * @trust: domains in which names of NAT64s are believed, and NULL
 * @dns_at: when DNS may be asked again
 * @reported: the last reason that was reported for finding nothing
 */
struct search {
	struct listen listen;
	struct resolve resolve;
	struct found_table table;
	unsigned int timeout;
	const char *netns;
	unsigned int flags;
	const char *trust[TRUST_MAX + 1];
	__u64 dns_at;
	char reported[RESOLVE_WHY];
};

static const struct out_column pref64_columns[] = {
	{ "prefix", "PREFIX", 0 },
	{ "source", "SOURCE", 0 },
	{ "from", "FROM", 0 },
	{ "device", "DEVICE", 0 },
	{ "lifetime", "LIFETIME", 0 },
};

static const char *const ends[] = {
	[FOUND_EXPIRED] = "expired",
	[FOUND_WITHDRAWN] = "withdrawn",
	[FOUND_LINK_DOWN] = "link-down",
	[FOUND_SUPERSEDED] = "superseded",
};

static volatile sig_atomic_t ended;

static void on_signal(int signal)
{
	ended = 1;
}

/* --- what is printed --- */

static __u32 seconds_left(const struct found *found, __u64 now)
{
	return found->until > now ? (found->until - now + 999) / 1000 : 0;
}

/* All of a prefix but its lifetime */
static void put_found(struct out *out, const struct found *found)
{
	bool ra = found->source == FOUND_RA;
	char text[INET6_ADDRSTRLEN + 4];

	out_string(out, "prefix",
		   pref64_text(text, sizeof(text), &found->prefix));
	out_string(out, "source", ra ? "ra" : "dns");
	out_text(out, "from", "%s", found->from);
	if (out_is_json(out))
		out_string(out, ra ? "router" : "resolver", found->from);
	if (ra)
		out_string(out, "device", found->device);
	else if (out_is_json(out))
		out_bool(out, "validated", found->validated);
}

static void print_found(struct cmd *cmd, const struct found_table *table)
{
	char text[32];
	struct out out;
	size_t i;

	cmd_begin(cmd, &out, 0, pref64_columns, ARRAY_SIZE(pref64_columns));
	for (i = 0; i < table->n; i++) {
		__u32 left = seconds_left(&table->entry[i], found_now());

		put_found(&out, &table->entry[i]);
		if (out_is_json(&out))
			out_number(&out, "lifetime", left);
		out_text(&out, "lifetime", "%s",
			 out_duration(text, sizeof(text), left));
		out_row(&out);
	}
	out_end(&out);
}

static void print_change(const struct search *search, const struct found *found,
			 enum found_end end)
{
	const char *event = end == FOUND_STAYS ? "new" : "end";
	char time[40], text[64], lifetime[32];
	struct timespec now;
	struct out out;
	__u32 left;

	clock_gettime(CLOCK_REALTIME, &now);
	out_time(time, sizeof(time), now.tv_sec * 1000000000ull + now.tv_nsec);
	left = seconds_left(found, found_now());
	out_begin(&out, stdout, search->flags, NULL, 0);
	if (!out_is_json(&out)) {
		plain_line(stdout, "%s %s %s %s %s%s%s %s", time, event,
			   pref64_text(text, sizeof(text), &found->prefix),
			   found->source == FOUND_RA ? "ra" : "dns", found->from,
			   *found->device ? "%" : "", found->device,
			   end == FOUND_STAYS ?
			   out_duration(lifetime, sizeof(lifetime), left) :
			   ends[end]);
		return;
	}
	out_string(&out, "time", time);
	out_string(&out, "event", event);
	put_found(&out, found);
	if (end == FOUND_STAYS)
		out_number(&out, "lifetime", left);
	else
		out_string(&out, "reason", ends[end]);
	out_end(&out);
}

/* --- what comes --- */

static void on_change(const struct found *found, enum found_end end, void *arg)
{
	print_change(arg, found, end);
}

static void on_advert(const struct listen_device *device,
		      const struct in6_addr *router,
		      const struct pref64_option *options, size_t n, void *arg)
{
	struct search *search = arg;
	struct found found = { .source = FOUND_RA, .ifindex = device->ifindex };
	__u64 now = found_now();
	size_t i;

	inet_ntop(AF_INET6, router, found.from, sizeof(found.from));
	memcpy(found.device, device->name, sizeof(found.device));
	for (i = 0; i < n; i++) {
		found.prefix = options[i].prefix;
		found.until = now + options[i].lifetime * 1000ull;
		if (options[i].lifetime)
			found_take(&search->table, &found, now);
		else
			found_withdraw(&search->table, &found);
	}
	if (found_count(&search->table, FOUND_RA) &&
	    found_count(&search->table, FOUND_DNS)) {
		found_supersede(&search->table);
		/* A router that comes and goes does not set the rate of DNS. */
		search->dns_at = now + REFRESH_MS;
	}
}

static __u64 earlier(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

/*
 * In another network another resolver may know; routers are heard first. A
 * device that comes and goes does not put off what is due.
 */
static void on_link(unsigned int ifindex, bool up, void *arg)
{
	struct search *search = arg;

	if (up)
		search->dns_at = earlier(search->dns_at,
					 found_now() + search->timeout);
	else
		found_link_down(&search->table, ifindex);
}

/*
 * Wait until something comes, @until has come, or something else is due.
 * Return: 0, or a negative errno with its words in @search->listen.
 */
static int step(struct search *search, __u64 until, const sigset_t *signals)
{
	struct pollfd polls[] = {
		{ .fd = nl_socket_get_fd(search->listen.sock), .events = POLLIN },
		{ .fd = search->listen.raw, .events = POLLIN },
	};
	struct timespec left = {};
	__u64 now = found_now();
	int err;

	listen_ask(&search->listen, now);
	until = earlier(until, found_next(&search->table));
	until = earlier(until, listen_next(&search->listen));
	if (until > now) {
		left.tv_sec = (until - now) / 1000;
		left.tv_nsec = (until - now) % 1000 * 1000000;
	}
	if (ppoll(polls, ARRAY_SIZE(polls),
		  until == FOUND_NEVER ? NULL : &left, signals) < 0)
		return errno == EINTR ? 0 : -errno;
	err = listen_read(&search->listen);
	found_expire(&search->table, found_now());
	return err;
}

/* Until every device has had its advertisements, or the time is over */
static int hear_routers(struct search *search, const sigset_t *signals)
{
	__u64 end = found_now() + search->timeout;
	bool settling = false;
	int err = 0;

	while (!err && !ended && found_now() < end) {
		if (!settling && listen_answered(&search->listen)) {
			settling = true;
			end = earlier(end, found_now() + SETTLE_MS);
		}
		err = step(search, end, signals);
	}
	return err;
}

static void take_answer(struct search *search, const struct prefix6 *prefixes,
			size_t n)
{
	struct found found = {
		.source = FOUND_DNS,
		.validated = *search->resolve.trust,
	};
	__u32 ttl = search->resolve.answer.ttl;
	__u64 now = found_now();
	size_t i;

	if (ttl < TTL_MIN)
		ttl = TTL_MIN;
	snprintf(found.from, sizeof(found.from), "%s",
		 search->resolve.from->text);
	found.until = now + ttl * 1000ull;
	if (!search->resolve.lost)
		found_keep(&search->table, prefixes, n);
	for (i = 0; i < n; i++) {
		found.prefix = prefixes[i];
		found_take(&search->table, &found, now);
	}
	/* An answer that says no is good until its TTL ends, too. */
	search->dns_at = found.until - (n ? REFRESH_MS : 0);
	if (search->resolve.lost)
		search->dns_at = now + REFRESH_MS;
}

/* Return: 0, also if nothing is found, with the reason in @search->resolve. */
static int ask_dns(struct search *search)
{
	struct prefix6 prefixes[PREF64_ADDRESSES];
	int n = resolve_open(&search->resolve, search->netns);

	if (!n)
		n = resolve_prefixes(&search->resolve, prefixes,
				     ARRAY_SIZE(prefixes));
	if (n >= 0)
		take_answer(search, prefixes, n);
	else
		search->dns_at = found_now() + REFRESH_MS;
	return n == -EINTR ? n : 0;
}

/* --- once --- */

static int refused(struct search *search)
{
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", search->listen.why);
	return EXIT_REFUSED;
}

static void report_none(const struct search *search)
{
	bool can_ask = search->listen.raw >= 0;

	fflush(stdout);
	plain_line(stderr,
		   "nat64ctl: no NAT64 prefix was found: no router advertised one%s%s within %u s%s, and %s",
		   search->listen.only ? " on " : "", search->listen.only ?: "",
		   search->timeout / 1000, can_ask ? "" :
		   " (they could not be asked, which needs CAP_NET_RAW: try as root)",
		   search->resolve.why);
}

static int find_once(struct cmd *cmd, struct search *search)
{
	if (hear_routers(search, NULL))
		return refused(search);
	if (!search->table.n)
		ask_dns(search);
	if (search->table.n || opts_has(cmd->opts, OPT_JSON))
		print_found(cmd, &search->table);
	if (search->table.n)
		return EXIT_DONE;
	report_none(search);
	return EXIT_REFUSED;
}

/* --- until a signal comes --- */

/* That there is no prefix is reported once, and again for another reason. */
static void report_reason(struct search *search)
{
	if (search->table.n) {
		*search->reported = '\0';
	} else if (strcmp(search->reported, search->resolve.why)) {
		memcpy(search->reported, search->resolve.why,
		       sizeof(search->reported));
		report_none(search);
	}
}

static int watch(struct search *search, const sigset_t *signals)
{
	int err = hear_routers(search, signals);

	search->dns_at = 0;
	while (!err && !ended && !ferror(stdout)) {
		bool ra = found_count(&search->table, FOUND_RA);

		if (!ra && search->dns_at <= found_now()) {
			if (!ask_dns(search))
				report_reason(search);
			continue;
		}
		err = step(search, ra ? FOUND_NEVER : search->dns_at, signals);
	}
	return err ? refused(search) : EXIT_DONE;
}

/* SIGINT and SIGTERM end it while it waits, never in the midst of a line. */
static int watch_until_signal(struct cmd *cmd, struct search *search)
{
	const struct sigaction action = { .sa_handler = on_signal };
	sigset_t block, signals;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &signals);
	sigdelset(&signals, SIGINT);
	sigdelset(&signals, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (opts_has(cmd->opts, OPT_JSON))
		search->flags = OUT_JSON | OUT_ONE;
	if (opts_has(cmd->opts, OPT_PRETTY))
		search->flags |= OUT_PRETTY;
	search->resolve.signals = &signals;
	return watch(search, &signals);
}

static int run_search(struct cmd *cmd, struct search *search)
{
	bool watching = opts_has(cmd->opts, OPT_WATCH);
	int rc;

	if (watching) {
		search->table.changed = on_change;
		search->table.arg = search;
	}
	if (listen_open(&search->listen))
		return refused(search);
	rc = watching ? watch_until_signal(cmd, search) :
			find_once(cmd, search);
	listen_close(&search->listen);
	return rc;
}

static int take_trust(const struct opts *opts, struct search *search)
{
	size_t i, n = 0;

	for (i = 0; i < opts->n_values; i++) {
		const char *domain = opts->values[i].value;

		if (opts->values[i].opt != OPT_TRUST)
			continue;
		if (n == TRUST_MAX)
			return args_fail(domain,
					 "is one domain too many: write %u at most",
					 TRUST_MAX);
		if (!*domain || *domain == '.')
			return args_fail(domain,
					 "is not a domain to trust: write one like example.com");
		search->trust[n++] = domain;
	}
	search->resolve.trust = search->trust;
	return 0;
}

static int pref64_run(struct cmd *cmd)
{
	const char *timeout = opts_value(cmd->opts, OPT_TIMEOUT);
	const char *uplink = opts_value(cmd->opts, OPT_UPLINK);
	const char *seconds = opts_value(cmd->opts, OPT_WATCH);
	static struct search search;
	__u32 wait = TIMEOUT;

	if (seconds) {
		args_fail(seconds,
			  "is a value too many: write --watch without one");
		return cmd_wrong();
	}
	if (timeout && args_number(timeout, "a number of seconds", 1,
				   TIMEOUT_MAX, &wait))
		return cmd_wrong();
	if (take_trust(cmd->opts, &search))
		return cmd_wrong();
	if (uplink && (!*uplink || strlen(uplink) >= IF_NAMESIZE)) {
		args_fail(uplink,
			  "is not the name of a device: 'ip link' lists those that exist");
		return cmd_wrong();
	}
	search.netns = opts_value(cmd->opts, OPT_NETNS);
	search.timeout = wait * 1000;
	search.listen.only = uplink;
	search.listen.advert = on_advert;
	search.listen.link = on_link;
	search.listen.arg = &search;
	search.resolve.device = uplink;
	search.resolve.wait = search.timeout;
	if (search.netns && nl64_enter(&cmd->nl, search.netns))
		return cmd_refused(cmd);
	return run_search(cmd, &search);
}

static const struct verb pref64_verbs[] = {
	{ "", "[--uplink DEV] [--timeout SECONDS] [--trust DOMAIN ...] [--watch]",
	  "find the NAT64 prefix of the network: ask its routers, then its resolver\n"
	  "for ipv4only.arpa; --watch goes on and reports each that comes or goes",
	  OPT_BIT(OPT_UPLINK) | OPT_BIT(OPT_TIMEOUT) | OPT_BIT(OPT_TRUST) |
	  OPT_BIT(OPT_WATCH), OPT_BIT(OPT_TRUST), 0, 0, NULL, pref64_run, 0 },
};

static void pref64_more(FILE *file)
{
	fputs("\nThe module is not needed. Routers can be asked with CAP_NET_RAW only; without,\n"
	      "an advertisement must come by itself, and the kernel must accept it. The exit\n"
	      "status is 2 if there is no prefix.\n",
	      file);
}

const struct object object_pref64 = {
	.name = "pref64",
	.what = "the NAT64 prefix of the network",
	.verbs = pref64_verbs,
	.n_verbs = ARRAY_SIZE(pref64_verbs),
	.more = pref64_more,
};
