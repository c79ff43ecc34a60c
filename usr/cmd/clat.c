// SPDX-License-Identifier: GPL-2.0
/* clat.c - nat64ctl clat: IPv4 for a host or a LAN whose network has only IPv6 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/plain.h"
#include "cli/ready.h"
#include "cli/signals.h"
#include "cmd/follow.h"

/* How long down waits for a running 'clat up' to undo its changes, in seconds;
 * default and maximum
 */
#define DOWN_TIMEOUT 60

static int refused(const struct clat *clat)
{
	fflush(stdout);
	plain_line(stderr, "nat64ctl: %s", clat->why);
	return EXIT_REFUSED;
}

/* --- up --- */

/* Report why it is not up, then undo what is left; without --watch, a CLAT
 * that is up stays.
 */
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
		return cmd_failed();
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
	if (search_take(cmd->opts, &follow->search) ||
	    take_wish(cmd->opts, &follow->clat.wish))
		return -EINVAL;
	follow->watching = opts_has(cmd->opts, OPT_WATCH);
	follow->clat.process = follow->watching ? getpid() : 0;
	if (opts_has(cmd->opts, OPT_JSON))
		follow->flags = OUT_JSON | OUT_ONE;
	if (opts_has(cmd->opts, OPT_PRETTY))
		follow->flags |= OUT_PRETTY;
	return 0;
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
	if (journal_find(&clat->journal) || journal_lock(&clat->journal))
		return cmd_failed();
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
	__u32 wait = DOWN_TIMEOUT;
	int rc = EXIT_DONE;
	pid_t owner;

	if (timeout && args_number(timeout, "a number of seconds", 0,
				   DOWN_TIMEOUT, &wait))
		return cmd_wrong();
	if (cmd_enter(cmd))
		return cmd_refused(cmd);
	if (journal_find(&clat.journal))
		return cmd_failed();
	owner = journal_owner(&clat.journal);
	if (access(clat.journal.path, F_OK) && !owner)
		return EXIT_DONE;
	/* With --timeout 0, leave the other process alone. */
	if (owner && !wait)
		return EXIT_DONE;
	/* A signal must not stop us halfway. */
	signals_catch();
	if (journal_lock_wait(&clat.journal, wait))
		return cmd_failed();
	clat.nl = &cmd->nl;
	if (clat_begin(&clat))
		rc = refused(&clat);
	else if (journal_remove(&clat.journal))
		rc = cmd_failed();
	rt_close(&clat.rt);
	journal_close(&clat.journal);
	return rc;
}

static const struct verb clat_verbs[] = {
	{ "status", "", "show what it is doing, and why", 0, 0, 0, 0, NULL,
	  clat_status, 0 },
	{ "up",
	  "[--uplink DEV] [--pref64 PREFIX|auto] [--lan PREFIX4 ...] [--prefix PREFIX6] [--timeout SECONDS] [--trust DOMAIN ...] [--watch]",
	  "give this machine and the hosts of --lan IPv4 through the network's PLAT;\n"
	  "--watch keeps running and follows changes until interrupted",
	  OPT_BIT(OPT_UPLINK) | OPT_BIT(OPT_PREF64) | OPT_BIT(OPT_LAN) |
	  OPT_BIT(OPT_PREFIX) | OPT_BIT(OPT_TIMEOUT) | OPT_BIT(OPT_TRUST) |
	  OPT_BIT(OPT_WATCH), OPT_BIT(OPT_LAN) | OPT_BIT(OPT_TRUST), 0, 0,
	  NULL, clat_up, 0 },
	{ "down", "[--timeout SECONDS]",
	  "undo what up has done, also after a crash; with --timeout 0, leave a CLAT\n"
	  "alone that another process runs", OPT_BIT(OPT_TIMEOUT), 0, 0, 0,
	  NULL, clat_down, 0 },
};

static void clat_more(FILE *file)
{
	fprintf(file,
		"\nIt creates the device %s and an IPv4 default route into it; native routes\n"
		"are preferred. Where there is native IPv4, the CLAT is not up.\n",
		CLAT_DEVICE);
}

const struct object object_clat = {
	.name = "clat",
	.what = "IPv4 on a network that has only IPv6 (464XLAT)",
	.verbs = clat_verbs,
	.n_verbs = ARRAY_SIZE(clat_verbs),
	.more = clat_more,
};
