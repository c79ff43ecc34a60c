// SPDX-License-Identifier: GPL-2.0
/*
 * pref64.c - nat64ctl pref64: the NAT64 prefix of the network, seen by a host
 *
 * The module is not needed.
 */
#include <string.h>
#include <time.h>

#include "cli/plain.h"
#include "cli/signals.h"
#include "cmd/cmd.h"
#include "pref64/search.h"

/**
 * struct watch - a search, and what is printed of it
 * @search: the search
 * @flags: enum out_flag of the changes
 * @reported: the last reason that was reported for finding nothing
 */
struct watch {
	struct search search;
	unsigned int flags;
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

static void print_change(const struct watch *watch, const struct found *found,
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
	out_begin(&out, stdout, watch->flags, NULL, 0);
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

/* --- once --- */

static int refused(struct search *search)
{
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", search->listen.why);
	return EXIT_REFUSED;
}

static void report_none(const struct search *search)
{
	char why[SEARCH_WHY];

	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", search_none(search, why));
}

static int find_once(struct cmd *cmd, struct search *search)
{
	if (search_hear(search))
		return refused(search);
	if (!search->table.n)
		search_ask(search);
	if (search->table.n || opts_has(cmd->opts, OPT_JSON))
		print_found(cmd, &search->table);
	if (search->table.n)
		return EXIT_DONE;
	report_none(search);
	return EXIT_REFUSED;
}

/* --- until a signal comes --- */

/* That there is no prefix is reported once, and again for another reason. */
static void report_reason(struct watch *watch)
{
	const struct search *search = &watch->search;

	if (search->table.n) {
		*watch->reported = '\0';
	} else if (strcmp(watch->reported, search->resolve.why)) {
		memcpy(watch->reported, search->resolve.why,
		       sizeof(watch->reported));
		report_none(search);
	}
}

static int watch_changes(struct watch *watch)
{
	struct search *search = &watch->search;
	int err = search_hear(search);

	search->dns_at = 0;
	while (!err && !signals_ended && !ferror(stdout)) {
		bool ra = found_count(&search->table, FOUND_RA);

		if (!ra && search->dns_at <= found_now()) {
			if (!search_ask(search))
				report_reason(watch);
			continue;
		}
		err = search_step(search, ra ? FOUND_NEVER : search->dns_at);
	}
	return err ? refused(search) : EXIT_DONE;
}

static void prepare_watch(struct cmd *cmd, struct watch *watch)
{
	watch->search.table.changed = on_change;
	watch->search.table.arg = watch;
	/* Never in the midst of a line. */
	watch->search.signals = signals_catch();
	watch->search.ended = &signals_ended;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (opts_has(cmd->opts, OPT_JSON))
		watch->flags = OUT_JSON | OUT_ONE;
	if (opts_has(cmd->opts, OPT_PRETTY))
		watch->flags |= OUT_PRETTY;
}

static int run_search(struct cmd *cmd, struct watch *watch, const char *uplink)
{
	bool watching = opts_has(cmd->opts, OPT_WATCH);
	struct search *search = &watch->search;
	int rc;

	if (watching)
		prepare_watch(cmd, watch);
	search_begin(search, uplink);
	if (listen_open(&search->listen))
		return refused(search);
	rc = watching ? watch_changes(watch) : find_once(cmd, search);
	listen_close(&search->listen);
	return rc;
}

static int pref64_run(struct cmd *cmd)
{
	const char *uplink = opts_value(cmd->opts, OPT_UPLINK);
	static struct watch watch;

	if (search_take(cmd->opts, &watch.search) ||
	    (uplink && args_uplink(uplink)))
		return cmd_wrong();
	if (cmd_enter(cmd))
		return cmd_refused(cmd);
	return run_search(cmd, &watch, uplink);
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
