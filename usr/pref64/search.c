// SPDX-License-Identifier: GPL-2.0
/*
 * search.c - the search for NAT64 prefixes
 *
 * Routers are heard first (RFC 8781); only if none announces a prefix, DNS is
 * asked (RFC 7050): a host is to use one source (RFC 8781 s5.1).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/signals.h"
#include "pref64/search.h"

/* When every device has had an advertisement, another router may still answer:
 * it waits up to half a second (RFC 4861 s10).
 */
#define SETTLE_MS 500
/* DNS is asked again ten seconds before its answer ends (RFC 7050 s3). */
#define REFRESH_MS 10000
/* A shorter TTL counts as this many seconds, which bounds the queries. */
#define TTL_MIN 20
/* How long to wait for router advertisements, in seconds */
#define TIMEOUT 4
#define TIMEOUT_MAX 60

static bool has_ended(const struct search *search)
{
	return search->ended && *search->ended;
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
	if (!search->both && found_count(&search->table, FOUND_RA) &&
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

/**
 * search_step() - wait until something comes or is due
 * @search: the search
 * @until: the time until which to wait, or FOUND_NEVER
 *
 * Return: 0, or a negative errno with its words in @search->listen.
 */
int search_step(struct search *search, __u64 until)
{
	struct pollfd polls[] = {
		{ .fd = nl_socket_get_fd(search->listen.sock), .events = POLLIN },
		{ .fd = search->listen.raw, .events = POLLIN },
		{ .fd = search->wake, .events = POLLIN },
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
	if (signals_poll(polls, ARRAY_SIZE(polls),
			 until == FOUND_NEVER ? NULL : &left,
			 search->signals) < 0)
		return errno == EINTR ? 0 : -errno;
	err = listen_read(&search->listen);
	found_expire(&search->table, found_now());
	return err;
}

/**
 * search_hear() - hear the routers until every device has had an advertisement
 * @search: the search
 *
 * It ends after the timeout at the latest, and by a signal.
 *
 * Return: 0, or a negative errno with its words in @search->listen.
 */
int search_hear(struct search *search)
{
	__u64 end = found_now() + search->timeout;
	bool settling = false;
	int err = 0;

	while (!err && !has_ended(search) && found_now() < end) {
		if (!settling && listen_answered(&search->listen)) {
			settling = true;
			end = earlier(end, found_now() + SETTLE_MS);
		}
		err = search_step(search, end);
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

/**
 * search_ask() - ask DNS
 * @search: the search
 *
 * Return: 0, also if nothing is found, with the reason in @search->resolve; or
 * -EINTR if a signal came.
 */
int search_ask(struct search *search)
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

static int take_trust(const struct opts *opts, struct search *search)
{
	size_t i, n = 0;

	for (i = 0; i < opts->n_values; i++) {
		const char *domain = opts->values[i].value;

		if (opts->values[i].opt != OPT_TRUST)
			continue;
		if (n == SEARCH_TRUST)
			return args_fail(domain,
					 "is one domain too many: at most %u are allowed",
					 SEARCH_TRUST);
		if (!*domain || *domain == '.')
			return args_fail(domain,
					 "is not a domain to trust: write one like example.com");
		search->trust[n++] = domain;
	}
	search->resolve.trust = search->trust;
	return 0;
}

/**
 * search_take() - take the options of a search: --timeout, --trust, --netns, --watch
 * @opts: the options
 * @search: the search, which is zero
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int search_take(const struct opts *opts, struct search *search)
{
	const char *timeout = opts_value(opts, OPT_TIMEOUT);
	const char *watch = opts_value(opts, OPT_WATCH);
	__u32 wait = TIMEOUT;

	if (watch)
		return args_fail(watch,
				 "is not expected: --watch takes no value");
	if (timeout && args_number(timeout, "a number of seconds", 1,
				   TIMEOUT_MAX, &wait))
		return -EINVAL;
	search->netns = opts_value(opts, OPT_NETNS);
	search->timeout = wait * 1000;
	return take_trust(opts, search);
}

/**
 * search_begin() - prepare a search
 * @search: the search, after search_take(); the signals may be set
 * @device: the only device by which to search, or NULL
 */
void search_begin(struct search *search, const char *device)
{
	search->listen.raw = -1;
	search->listen.only = device;
	search->listen.advert = on_advert;
	search->listen.link = on_link;
	search->listen.arg = search;
	search->resolve.device = device;
	search->resolve.wait = search->timeout;
	search->resolve.signals = search->signals;
	search->wake = -1;
}

/**
 * search_none() - why no prefix was found, after DNS was asked
 * @search: the search
 * @why: where to write it, SEARCH_WHY bytes
 *
 * Return: @why.
 */
const char *search_none(const struct search *search, char *why)
{
	bool can_ask = search->listen.raw >= 0;

	snprintf(why, SEARCH_WHY,
		 "no NAT64 prefix was found: no router advertised one%s%s within %u s%s, and %s",
		 search->listen.only ? " on " : "", search->listen.only ?: "",
		 search->timeout / 1000, can_ask ? "" :
		 " (they could not be asked, which needs CAP_NET_RAW: try as root)",
		 search->resolve.why);
	return why;
}
