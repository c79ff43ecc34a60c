// SPDX-License-Identifier: GPL-2.0
/*
 * follow.c - a CLAT follows what changes
 *
 * After each change it is decided anew what to do, from what the kernel and the
 * network say at that moment: see choose.c.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "cli/ready.h"
#include "cli/signals.h"
#include "cmd/follow.h"

/* Retry a failed attempt after this long. */
#define RETRY_MS 10000
/* Minimum time between attempts, lest we fight a program that undoes our
 * changes.
 */
#define PAUSE_MS 2000
/* Poll as well: the kernel does not notify a smaller MTU from an
 * advertisement, or routes that vanish with their address.
 */
#define RECHECK_MS 5000

static void print_change(struct follow *follow)
{
	if (follow->watching)
		clat_print(follow->clat.journal.root, follow->flags);
}

/* Return: true if the error may go away by itself. */
static bool is_transient(int err)
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
	/* Before systemd is told READY, retry only transient errors; then, all. */
	if (err && (!follow->watching || !(follow->ready || is_transient(err))))
		return err;
	if (err) {
		follow->retry = follow->tried + RETRY_MS;
		return note_state(follow, CLAT_WAITING);
	}
	/* Skip the notifications of our own changes. */
	follow->watch.own = 0;
	follow->watch.uplink = 0;
	rt_watch_read(&follow->watch);
	follow->watch.own = clat->ifindex;
	follow->watch.uplink = plan->uplink.ifindex;
	*follow->reported = '\0';
	print_change(follow);
	return 0;
}

/* Prefer the reason why DNS gave no prefix to "no prefix is known". */
static void explain(struct follow *follow, enum clat_state state)
{
	char why[SEARCH_WHY];

	if (state == CLAT_WAITING && !follow->clat.wish.fixed &&
	    follow->asked && !follow->search.table.n)
		clat_fail(&follow->clat, 0, "%s",
			  search_none(&follow->search, why));
}

/* Keep a CLAT that is intact and has the right plan; follow the plan's MTU.
 * Return: false if it has to be made again.
 */
static bool keep(struct follow *follow, const struct clat_plan *plan)
{
	struct clat *clat = &follow->clat;
	bool thorough = found_now() >= follow->recheck;

	if (thorough)
		follow->recheck = found_now() + RECHECK_MS;
	if (!clat_intact(clat, thorough) || !clat_same(plan, &clat->plan))
		return false;
	/* Rate-limit MTU changes: a router can announce one after another. */
	if (plan->mtu6 == clat->plan.mtu6 ||
	    found_now() < follow->tried + PAUSE_MS)
		return true;
	follow->tried = found_now();
	if (clat_resize(clat, plan))
		return false;
	print_change(follow);
	return true;
}

/* Set the time of the next attempt, and check whether it has come. Failed
 * attempts cause notifications, too: these must not trigger the next one.
 */
static bool attempt_due(struct follow *follow)
{
	__u64 soonest = follow->tried ? follow->tried + PAUSE_MS : 0;

	if (follow->retry == FOUND_NEVER || follow->retry < soonest)
		follow->retry = soonest;
	return found_now() >= follow->retry;
}

/* Until the next attempt, report that the CLAT is not up. */
static int pause_making(struct follow *follow)
{
	if (follow->clat.state == CLAT_WAITING)
		return 0;
	clat_fail(&follow->clat, 0,
		  "something changed again within %u s: the CLAT will be restored shortly",
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
	clat->rt.unsure = false;
	state = clat_choose(clat, &follow->search.table, &plan);
	follow->by_router = state == CLAT_UP && !strcmp(plan.source, "ra");
	explain(follow, state);
	if (clat->state == CLAT_UP) {
		if (state == CLAT_UP && !broken && keep(follow, &plan))
			return 0;
		/* Keep it until its state can be found out. */
		if (clat->rt.unsure && !broken) {
			follow->recheck = found_now() + RECHECK_MS;
			return 0;
		}
		memcpy(why, clat->why, sizeof(why));
		if (clat_undo(clat))
			return -EINVAL;
		memcpy(clat->why, why, sizeof(why));
	}
	if (state != CLAT_NATIVE && clat->rt.unsure)
		state = clat_fail(clat, CLAT_WAITING,
				  "cannot list routes or addresses: the kernel is too busy");
	if (state == CLAT_UP)
		return attempt_due(follow) ? make(follow, &plan) : pause_making(follow);
	follow->retry = FOUND_NEVER;
	return note_state(follow, state);
}

static bool needs_dns(const struct follow *follow)
{
	return !follow->clat.wish.fixed &&
	       follow->clat.state != CLAT_NATIVE && !follow->by_router;
}

/* Tell systemd READY=1 once the CLAT is up or native IPv4 is found, or when routers
 * and DNS have had their time: units ordered after this one must not wait longer.
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

/* When to look again at the latest */
static __u64 deadline(const struct follow *follow)
{
	__u64 until = follow->retry, poll = found_now() + RECHECK_MS;

	if (!follow->watching && follow->end < until)
		until = follow->end;
	if (follow->watching && follow->clat.state == CLAT_UP &&
	    follow->recheck < until)
		until = follow->recheck;
	if (follow->watching && poll < until)
		until = poll;
	if (needs_dns(follow) && follow->search.dns_at < until)
		until = follow->search.dns_at;
	return until;
}

static int step(struct follow *follow)
{
	struct search *search = &follow->search;

	if (needs_dns(follow) && search->dns_at <= found_now()) {
		if (!search_ask(search))
			follow->asked = true;
		return 0;
	}
	if (search_step(search, deadline(follow)))
		return clat_fail(&follow->clat, -EIO, "%s",
				 search->listen.why);
	rt_watch_read(&follow->watch);
	return 0;
}

/**
 * follow_changes() - make the CLAT and undo it as what it depends on changes
 * @follow: the CLAT and what it follows; all is open
 *
 * Return: 0 at the end, or a negative errno with the reason in the CLAT.
 */
int follow_changes(struct follow *follow)
{
	struct search *search = &follow->search;
	int err;

	/* Before DNS is asked, routers get the time to answer. */
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
