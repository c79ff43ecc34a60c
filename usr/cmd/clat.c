// SPDX-License-Identifier: GPL-2.0
/*
 * clat.c - nat64ctl clat: IPv4 for a host or a LAN whose network has only IPv6
 *
 * What there is to do follows from what the kernel and the network say now, and
 * is found out again after each change: see choose.c.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clat/clat.h"
#include "cli/plain.h"
#include "cli/ready.h"
#include "cli/signals.h"
#include "cmd/cmd.h"
#include "pref64/search.h"

#define TIMEOUT 4
#define TIMEOUT_MAX 60
#define TRUST_MAX 16
/* What has failed is tried again after so long. */
#define RETRY_MS 10000
/* It is not made more often: who undoes it at once must not keep both busy. */
#define PAUSE_MS 2000
/* The kernel does not tell everything, such as a smaller MTU by an advertisement,
 * or that routes have gone with their address.
 */
#define RECHECK_MS 5000

/**
 * struct follow - a CLAT and what it follows
 * @clat: the CLAT
 * @search: the search for the prefix of the PLAT
 * @watch: devices, addresses and routes
 * @trust: domains in which names of NAT64s are believed, and NULL
 * @watching: it goes on until a signal comes
 * @flags: enum out_flag of what is printed
 * @by_router: the prefix that was chosen is of a router advertisement
 * @asked: DNS has been asked
 * @ready: systemd has been told
 * @end: when it ends, unless it goes on
 * @retry: when to try again what has failed, or FOUND_NEVER
 * @tried: when it was made or changed the last time, or 0
 * @recheck: when to look at what the kernel does not tell
 * @reported: the last reason that was reported
 */
struct follow {
	struct clat clat;
	struct search search;
	struct rt_watch watch;
	const char *trust[TRUST_MAX + 1];
	bool watching;
	unsigned int flags;
	bool by_router;
	bool asked;
	bool ready;
	__u64 end;
	__u64 retry;
	__u64 tried;
	__u64 recheck;
	char reported[CLAT_WHY];
};

/* --- what is printed --- */

static const char *member(struct json_object *root, const char *key)
{
	struct json_object *value = json_object_object_get(root, key);

	return value ? json_object_get_string(value) : "";
}

static void print_line(struct json_object *root)
{
	const char *state = member(root, "state");

	if (strcmp(state, "up"))
		plain_line(stdout, "%s %s: %s", member(root, "since"), state,
			   member(root, "reason"));
	else
		plain_line(stdout, "%s up %s %s pref64 %s %s%s%s mtu %s",
			   member(root, "since"), member(root, "uplink"),
			   member(root, "address6"), member(root, "pref64"),
			   member(root, "source"),
			   *member(root, "from") ? " " : "",
			   member(root, "from"), member(root, "mtu"));
}

/* All of the journal but how it is undone */
static void put_members(struct out *out, struct json_object *root)
{
	json_object_object_foreach(root, key, value)
		if (strcmp(key, "undo"))
			out_json(out, key, json_object_get(value));
}

static void print_change(struct follow *follow)
{
	struct json_object *root = follow->clat.journal.root;
	struct out out;

	if (!follow->watching)
		return;
	if (!(follow->flags & OUT_JSON)) {
		print_line(root);
		return;
	}
	out_begin(&out, stdout, follow->flags, NULL, 0);
	put_members(&out, root);
	out_end(&out);
}

static int refused(const struct clat *clat)
{
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", clat->why);
	return EXIT_REFUSED;
}

static int not_done(void)
{
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", args_why());
	return EXIT_REFUSED;
}

/* --- following --- */

/* Return: another try can succeed, without a change by the administrator. */
static bool is_passing(int err)
{
	switch (-err) {
	case EADDRINUSE:
	case EADDRNOTAVAIL:
	case EAGAIN:
	case EINTR:
	case EIO:
	case ENETDOWN:
	case ENETUNREACH:
	case ENOBUFS:
	case ENODEV:
	case ENOMEM:
	case ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

/* Note and print a state that is not up, unless it has been already. */
static int note_state(struct follow *follow, enum clat_state state)
{
	struct clat *clat = &follow->clat;

	if (clat->state == state && !strcmp(clat->why, follow->reported))
		return 0;
	clat->state = state;
	memcpy(follow->reported, clat->why, sizeof(follow->reported));
	if (clat_note(clat))
		return -EINVAL;
	print_change(follow);
	return 0;
}

static int make(struct follow *follow, const struct clat_plan *plan)
{
	struct clat *clat = &follow->clat;
	int err = clat_make(clat, plan);

	follow->retry = FOUND_NEVER;
	follow->tried = found_now();
	if (err && (!follow->watching || !(follow->ready || is_passing(err))))
		return err;
	if (err) {
		follow->retry = follow->tried + RETRY_MS;
		return note_state(follow, CLAT_WAITING);
	}
	/* What has been told of the device until now is how it was made. */
	follow->watch.own = 0;
	follow->watch.uplink = 0;
	rt_watch_read(&follow->watch);
	follow->watch.own = clat->ifindex;
	follow->watch.uplink = plan->uplink.ifindex;
	*follow->reported = '\0';
	print_change(follow);
	return 0;
}

/* The reason why DNS knows no prefix is better than that there is none. */
static void explain(struct follow *follow, enum clat_state state)
{
	char why[SEARCH_WHY];

	if (state == CLAT_WAITING && !follow->clat.wish.fixed &&
	    follow->asked && !follow->search.table.n)
		clat_fail(&follow->clat, 0, "%s",
			  search_none(&follow->search, why));
}

/* Return: the CLAT is up and as it is to be, perhaps with another MTU. */
static bool is_right(struct follow *follow, const struct clat_plan *plan)
{
	struct clat *clat = &follow->clat;
	bool thorough = found_now() >= follow->recheck;

	if (thorough)
		follow->recheck = found_now() + RECHECK_MS;
	if (!clat_intact(clat, thorough) || !clat_same(plan, &clat->plan))
		return false;
	/* Who announces one MTU after the other is followed no faster than that. */
	if (plan->mtu6 == clat->plan.mtu6 ||
	    found_now() < follow->tried + PAUSE_MS)
		return true;
	follow->tried = found_now();
	if (clat_resize(clat, plan))
		return false;
	print_change(follow);
	return true;
}

/* Messages come about what has failed, too: they are no reason to try it again. */
static bool is_due(struct follow *follow)
{
	__u64 soonest = follow->tried ? follow->tried + PAUSE_MS : 0;

	if (follow->retry == FOUND_NEVER || follow->retry < soonest)
		follow->retry = soonest;
	return found_now() >= follow->retry;
}

/* What is no longer up says so until then. */
static int pause_making(struct follow *follow)
{
	if (follow->clat.state == CLAT_WAITING)
		return 0;
	clat_fail(&follow->clat, 0,
		  "something has changed again within %u s: it is made again in a moment",
		  PAUSE_MS / 1000);
	return note_state(follow, CLAT_WAITING);
}

static int reconcile(struct follow *follow)
{
	struct clat *clat = &follow->clat;
	bool broken = follow->watch.broken;
	enum clat_state state;
	struct clat_plan plan;
	char why[CLAT_WHY];

	follow->watch.broken = false;
	state = clat_choose(clat, &follow->search.table, &plan);
	follow->by_router = state == CLAT_UP && !strcmp(plan.source, "ra");
	explain(follow, state);
	if (clat->state == CLAT_UP) {
		if (state == CLAT_UP && !broken && is_right(follow, &plan))
			return 0;
		memcpy(why, clat->why, sizeof(why));
		if (clat_undo(clat))
			return -EINVAL;
		memcpy(clat->why, why, sizeof(why));
	}
	if (state == CLAT_UP)
		return is_due(follow) ? make(follow, &plan) : pause_making(follow);
	follow->retry = FOUND_NEVER;
	return note_state(follow, state);
}

static bool needs_dns(const struct follow *follow)
{
	return !follow->clat.wish.fixed &&
	       follow->clat.state != CLAT_NATIVE && !follow->by_router;
}

/*
 * What is known then is told; systemd goes on with what waits for the CLAT. Where it
 * cannot be made, nothing else waits longer than routers and DNS are given.
 */
static void tell_ready(struct follow *follow)
{
	const struct clat *clat = &follow->clat;
	bool searching = clat->state == CLAT_WAITING && !clat->wish.fixed &&
			 !follow->asked &&
			 (needs_dns(follow) || found_now() < follow->end);

	if (follow->ready || !follow->watching || searching)
		return;
	ready_tell("READY=1");
	follow->ready = true;
}

static bool is_over(const struct follow *follow)
{
	const struct clat *clat = &follow->clat;

	if (signals_ended || ferror(stdout))
		return true;
	if (follow->watching)
		return false;
	return clat->state == CLAT_UP || clat->state == CLAT_NATIVE ||
	       clat->wish.fixed || follow->asked ||
	       (!needs_dns(follow) && found_now() >= follow->end);
}

static int step(struct follow *follow)
{
	struct search *search = &follow->search;
	__u64 until = follow->retry, now = found_now();

	if (!follow->watching && follow->end < until)
		until = follow->end;
	if (follow->watching && follow->clat.state == CLAT_UP &&
	    follow->recheck < until)
		until = follow->recheck;
	if (follow->watching && now + RECHECK_MS < until)
		until = now + RECHECK_MS;
	if (needs_dns(follow) && search->dns_at <= now) {
		if (search_ask(search))
			return 0;
		follow->asked = true;
		return 0;
	}
	if (needs_dns(follow) && search->dns_at < until)
		until = search->dns_at;
	if (search_step(search, until))
		return clat_fail(&follow->clat, -EIO, "%s",
				 search->listen.why);
	rt_watch_read(&follow->watch);
	return 0;
}

/* Return: 0 at the end, or a negative errno with the reason in the CLAT. */
static int follow_changes(struct follow *follow)
{
	struct search *search = &follow->search;
	int err;

	/* A router that answers comes first. */
	search->dns_at = found_now() + search->timeout;
	follow->end = search->dns_at;
	follow->retry = FOUND_NEVER;
	do {
		err = reconcile(follow);
		if (err)
			return err;
		tell_ready(follow);
		if (is_over(follow))
			return 0;
		err = step(follow);
	} while (!err);
	return err;
}

/* --- up --- */

/* An error is reported already; what there is has been undone. */
static int end_up(struct follow *follow, int err)
{
	struct clat *clat = &follow->clat;
	bool stays = !err && !follow->watching && clat->state == CLAT_UP;
	int rc = EXIT_DONE;

	if (stays)
		return EXIT_DONE;
	if (err || !follow->watching)
		rc = refused(clat);
	else
		ready_tell("STOPPING=1");
	if (clat_undo(clat))
		return refused(clat);
	if (journal_remove(&clat->journal))
		return not_done();
	return rc;
}

static int run_up(struct cmd *cmd, struct follow *follow)
{
	struct search *search = &follow->search;
	struct clat *clat = &follow->clat;
	int err;

	if (cmd_open(cmd))
		return cmd_refused(cmd);
	if (clat_begin(clat))
		return refused(clat);
	if (rt_watch_open(&follow->watch)) {
		clat_fail(clat, 0, "cannot open a netlink socket");
		return refused(clat);
	}
	search_begin(search, clat->wish.uplink);
	search->both = true;
	search->listen.later = follow->watching;
	search->wake = nl_socket_get_fd(follow->watch.sock);
	if (listen_open(&search->listen)) {
		clat_fail(clat, 0, "%s", search->listen.why);
		err = -ENODEV;
	} else {
		err = follow_changes(follow);
		if (!err && signals_ended && clat->state != CLAT_UP)
			clat_fail(clat, 0, "it was interrupted");
	}
	err = end_up(follow, err);
	listen_close(&search->listen);
	rt_watch_close(&follow->watch);
	rt_close(&clat->rt);
	return err;
}

static int take_trust(const struct opts *opts, struct follow *follow)
{
	size_t i, n = 0;

	for (i = 0; i < opts->n_values; i++) {
		const char *domain = opts->values[i].value;

		if (opts->values[i].opt != OPT_TRUST)
			continue;
		if (n == TRUST_MAX || !*domain || *domain == '.')
			return args_fail(domain,
					 "is not a domain to trust: write %u at most, like example.com",
					 TRUST_MAX);
		follow->trust[n++] = domain;
	}
	follow->search.resolve.trust = follow->trust;
	return 0;
}

static int take_pref64(const char *word, struct clat_wish *wish)
{
	if (!word || !strcmp(word, "auto"))
		return 0;
	if (args_prefix6(word, true, &wish->pref64))
		return -EINVAL;
	if (!pref64_usable(&wish->pref64))
		return args_fail(word,
				 "cannot be the prefix of a PLAT: write a unicast prefix of 32, 40, 48, 56, 64 or 96 bits (RFC 6052), or auto");
	wish->fixed = true;
	return 0;
}

static int take_own(const char *word, struct clat_wish *wish)
{
	if (!word)
		return 0;
	if (args_prefix6(word, true, &wish->own))
		return -EINVAL;
	if (wish->own.len > 96 || !args_unicast6(&wish->own.addr))
		return args_fail(word,
				 "cannot represent IPv4: write a unicast prefix of 96 bits at most that is routed to this machine");
	wish->routed = true;
	return 0;
}

static int take_lan(const char *word, struct clat_wish *wish)
{
	struct clat_lans *lans = &wish->lans;
	struct prefix4 *prefix = &lans->prefix[lans->n];

	if (lans->n == CLAT_LANS)
		return args_fail(word, "is one --lan too many: write %u at most",
				 CLAT_LANS);
	if (args_prefix4(word, prefix))
		return -EINVAL;
	if (prefix->len < 8 || !args_forwardable4(ntohl(prefix->addr.s_addr)))
		return args_fail(word,
				 "cannot be the prefix of a LAN: write one like 192.168.1.0/24");
	lans->n++;
	return 0;
}

static int take_wish(const struct opts *opts, struct clat_wish *wish)
{
	size_t i;

	wish->uplink = opts_value(opts, OPT_UPLINK);
	if (wish->uplink && args_uplink(wish->uplink))
		return -EINVAL;
	if (take_pref64(opts_value(opts, OPT_PREF64), wish) ||
	    take_own(opts_value(opts, OPT_PREFIX), wish))
		return -EINVAL;
	for (i = 0; i < opts->n_values; i++)
		if (opts->values[i].opt == OPT_LAN &&
		    take_lan(opts->values[i].value, wish))
			return -EINVAL;
	return 0;
}

static int take_follow(struct cmd *cmd, struct follow *follow)
{
	const char *timeout = opts_value(cmd->opts, OPT_TIMEOUT);
	const char *seconds = opts_value(cmd->opts, OPT_WATCH);
	__u32 wait = TIMEOUT;

	if (seconds)
		return args_fail(seconds,
				 "is a value too many: write --watch without one");
	if (timeout && args_number(timeout, "a number of seconds", 1,
				   TIMEOUT_MAX, &wait))
		return -EINVAL;
	if (take_trust(cmd->opts, follow) ||
	    take_wish(cmd->opts, &follow->clat.wish))
		return -EINVAL;
	follow->search.netns = opts_value(cmd->opts, OPT_NETNS);
	follow->search.timeout = wait * 1000;
	follow->watching = opts_has(cmd->opts, OPT_WATCH);
	follow->clat.process = follow->watching ? getpid() : 0;
	if (opts_has(cmd->opts, OPT_JSON))
		follow->flags = OUT_JSON | OUT_ONE;
	if (opts_has(cmd->opts, OPT_PRETTY))
		follow->flags |= OUT_PRETTY;
	return 0;
}

static int enter(struct cmd *cmd)
{
	const char *netns = opts_value(cmd->opts, OPT_NETNS);

	return netns ? nl64_enter(&cmd->nl, netns) : 0;
}

static int clat_up(struct cmd *cmd)
{
	static struct follow follow;
	struct clat *clat = &follow.clat;
	int rc;

	if (take_follow(cmd, &follow))
		return cmd_wrong();
	if (cmd_open(cmd))
		return cmd_refused(cmd);
	journal_find(&clat->journal);
	if (journal_lock(&clat->journal))
		return not_done();
	clat->nl = &cmd->nl;
	clat->signals = signals_catch();
	follow.search.signals = clat->signals;
	follow.search.ended = &signals_ended;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = run_up(cmd, &follow);
	journal_close(&clat->journal);
	return rc;
}

/* --- down --- */

static int clat_down(struct cmd *cmd)
{
	const char *timeout = opts_value(cmd->opts, OPT_TIMEOUT);
	static struct clat clat;
	__u32 wait = TIMEOUT_MAX;
	int rc = EXIT_DONE;
	pid_t owner;

	if (timeout && args_number(timeout, "a number of seconds", 0,
				   TIMEOUT_MAX, &wait))
		return cmd_wrong();
	if (enter(cmd))
		return cmd_refused(cmd);
	journal_find(&clat.journal);
	owner = journal_owner(&clat.journal);
	if (access(clat.journal.path, F_OK) && !owner)
		return EXIT_DONE;
	/* Another process is at work, which is not to be ended. */
	if (owner && !wait)
		return EXIT_DONE;
	/* It is not to be ended half-way by another one. */
	signals_catch();
	if (journal_lock_wait(&clat.journal, wait))
		return not_done();
	clat.nl = &cmd->nl;
	if (clat_begin(&clat))
		rc = refused(&clat);
	else if (journal_remove(&clat.journal))
		rc = not_done();
	rt_close(&clat.rt);
	journal_close(&clat.journal);
	return rc;
}

/* --- status --- */

static void set_state(struct json_object *root, const char *state,
		      const char *reason)
{
	json_object_object_add(root, "state", json_object_new_string(state));
	json_object_object_add(root, "reason", json_object_new_string(reason));
}

/* Who was killed has left more than the file says, or less. */
static void correct(struct json_object *root, pid_t owner)
{
	struct json_object *steps = json_object_object_get(root, "undo");
	bool up = !strcmp(member(root, "state"), "up");
	struct rt_link link;
	struct rt rt;

	if (!up && !owner && json_object_array_length(steps)) {
		set_state(root, "unfinished",
			  "'nat64ctl clat up' was killed in the midst of its work: 'nat64ctl clat down' undoes what it has done");
		return;
	}
	if (!up && !owner) {
		json_object_object_add(root, "state",
				       json_object_new_string("down"));
		json_object_object_del(root, "since");
		json_object_object_del(root, "reason");
	}
	if (!up || rt_open(&rt))
		return;
	if (rt_link(&rt, CLAT_DEVICE, 0, &link) == -ENODEV)
		set_state(root, "unfinished",
			  "the device " CLAT_DEVICE " is gone: 'nat64ctl clat up' makes it again");
	rt_close(&rt);
}

static void print_status(struct json_object *root)
{
	static const char *const keys[] = {
		"state", "since", "reason", "uplink", "pref64", "source",
		"from", "device", "address4", "address6", "mtu", "process",
	};
	struct json_object *lans = json_object_object_get(root, "lan");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (*member(root, keys[i]))
			plain_line(stdout, "%-9s %s", keys[i],
				   member(root, keys[i]));
	for (i = 0; lans && i < json_object_array_length(lans); i++)
		plain_line(stdout, "%-9s %s", "lan",
			   json_object_get_string(json_object_array_get_idx(lans,
									    i)));
}

static int clat_status(struct cmd *cmd)
{
	struct json_object *root;
	struct journal journal;
	struct out out;
	pid_t owner;

	if (enter(cmd))
		return cmd_refused(cmd);
	journal_find(&journal);
	if (journal_read(&journal))
		return not_done();
	root = journal.root;
	owner = journal_owner(&journal);
	correct(root, owner);
	json_object_object_del(root, "process");
	if (owner)
		json_object_object_add(root, "process",
				       json_object_new_int(owner));
	cmd_begin(cmd, &out, OUT_ONE, NULL, 0);
	if (out_is_json(&out)) {
		put_members(&out, root);
		out_row(&out);
		out_end(&out);
	} else {
		print_status(root);
	}
	journal_close(&journal);
	return EXIT_DONE;
}

static const struct verb clat_verbs[] = {
	{ "status", "", "show what it is doing, and why", 0, 0, 0, 0, NULL,
	  clat_status, 0 },
	{ "up",
	  "[--uplink DEV] [--pref64 PREFIX|auto] [--lan PREFIX4 ...] [--prefix PREFIX6] [--timeout SECONDS] [--trust DOMAIN ...] [--watch]",
	  "give this machine, and the hosts of --lan, IPv4 by the PLAT of the network;\n"
	  "--watch goes on and follows what changes, until it is interrupted",
	  OPT_BIT(OPT_UPLINK) | OPT_BIT(OPT_PREF64) | OPT_BIT(OPT_LAN) |
	  OPT_BIT(OPT_PREFIX) | OPT_BIT(OPT_TIMEOUT) | OPT_BIT(OPT_TRUST) |
	  OPT_BIT(OPT_WATCH), OPT_BIT(OPT_LAN) | OPT_BIT(OPT_TRUST), 0, 0,
	  NULL, clat_up, 0 },
	{ "down", "[--timeout SECONDS]",
	  "undo all that, also after a crash; with a timeout of 0, not what\n"
	  "another process is at work on", OPT_BIT(OPT_TIMEOUT), 0, 0, 0,
	  NULL, clat_down, 0 },
};

static void clat_more(FILE *file)
{
	fprintf(file,
		"\nIt makes the device %s and a route of IPv4 into it that any native one\n"
		"comes before. Where there is native IPv4, it is not up.\n",
		CLAT_DEVICE);
}

const struct object object_clat = {
	.name = "clat",
	.what = "IPv4 on a network that has only IPv6 (464XLAT)",
	.verbs = clat_verbs,
	.n_verbs = ARRAY_SIZE(clat_verbs),
	.more = clat_more,
};
