// SPDX-License-Identifier: GPL-2.0
/*
 * books.c - check whether the tables of an instance agree
 *
 * A pass goes over the ports, and looks up each BIB entry and session by all
 * the ways that lead to it; over the table of the IPv6 side, the remotes and
 * the hosts; then the totals are compared. It takes no lock but that of one
 * entry, and sleeps between slices, so packets and expiry go on. What they
 * change in the meantime must not look like a fault: a pass is valid only if no
 * entry or session began or ended during it, and a fault is reported only if a
 * second pass finds it, too.
 */
#include "table/books.h"

#include <linux/delay.h>
#include <linux/rhashtable.h>
#include "table/bib.h"
#include "table/entry.h"
#include "table/host6.h"
#include "table/page.h"
#include "table/remote.h"
#include "table/session.h"
#include "table/session_walk.h"
#include "table/state.h"
#include "table/walk.h"

/* Passes before tables that keep changing or disagreeing are reported. */
#define NAT64_BOOKS_PASSES 8

/* Milliseconds between passes, and jiffies after which no new pass starts. */
#define NAT64_BOOKS_PAUSE 25
#define NAT64_BOOKS_TIME (2 * HZ)

/* Objects of a hash table that are visited without sleeping. */
#define NAT64_BOOKS_SLICE 64

/**
 * struct nat64_books_pass - a pass over all tables
 */
struct nat64_books_pass {
	/** @books: what it finds */
	struct nat64_books *books;
	/** @sure: report only faults that concurrent changes cannot explain */
	bool sure;
	/** @of_entry: sessions seen so far of the entry being visited */
	u32 of_entry;
	/** @statics: static BIB entries */
	u64 statics;
	/** @more: sessions that are not their entries' first */
	u64 more;
	/** @held: ports that are held down */
	u64 held;
	/** @by6: BIB entries in the table of the IPv6 side */
	u64 by6;
	/** @remote_sessions: sessions that remotes count */
	u64 remote_sessions;
	/** @host_bibs: BIB entries that hosts count */
	u64 host_bibs;
	/** @paired: hosts that have an IPv4 address */
	u64 paired;
	/** @addr_hosts: hosts that IPv4 addresses count */
	u64 addr_hosts;
};

static __printf(2, 3) void nat64_books_fault(const struct nat64_books_pass *pass,
					     const char *fmt, ...)
{
	struct nat64_books *books = pass->books;
	va_list args;

	if (books->n_faults < NAT64_BOOKS_FAULTS) {
		va_start(args, fmt);
		vsnprintf(books->fault[books->n_faults], NAT64_BOOKS_SENTENCE,
			  fmt, args);
		va_end(args);
	}
	books->n_faults++;
}

static const char *nat64_books_proto(u8 proto)
{
	return proto == NAT64_TCP ? "tcp" : proto == NAT64_UDP ? "udp" : "icmp";
}

/* Something is wrong with a BIB entry: what follows its name. */
static void nat64_books_bib_fault(const struct nat64_books_pass *pass,
				  const struct nat64_bib *bib, const char *what)
{
	nat64_books_fault(pass, "the BIB entry %s [%pI6c]:%u %pI4:%u %s",
			  nat64_books_proto(bib->key.proto), &bib->key.addr6,
			  ntohs(bib->key.port6), &bib->addr4,
			  ntohs(bib->port4), what);
}

/* Check the BIB entry of a port. RCU read lock. */
static bool nat64_books_bib(struct nat64_instance *inst,
			    const struct nat64_cursor *cursor,
			    unsigned int port, struct nat64_bib *bib,
			    const struct nat64_books_pass *pass)
{
	const char *what = NULL;
	bool lives;

	spin_lock(nat64_bib_lock(bib));
	lives = nat64_bib_lives(bib);
	if (!lives)
		what = "is on its port and does not live";
	else if (ntohl(bib->addr4) != cursor->addr ||
		 ntohs(bib->port4) != round_down(cursor->port, NAT64_PAGE_PORTS)
				      + port ||
		 bib->key.proto != cursor->proto)
		what = "is on the port of another";
	else if (nat64_bib_find6(inst, &bib->key) != bib)
		what = "is not found by its IPv6 side";
	spin_unlock(nat64_bib_lock(bib));
	/* An entry that has just ended is about to leave the tables. */
	if (what && (lives || !pass->sure))
		nat64_books_bib_fault(pass, bib, what);
	return !what;
}

/* Check a session that is not the first of its entry. RCU read lock. */
static void nat64_books_more(struct nat64_instance *inst, struct nat64_bib *bib,
			     const struct nat64_session *ses,
			     struct nat64_books_pass *pass)
{
	pass->more++;
	if (READ_ONCE(ses->state) == NAT64_STATE_CLOSED)
		nat64_books_bib_fault(pass, bib,
				      "has a session that has ended");
	if (nat64_session_find(inst, bib, ses->dst4, ses->dport) != ses)
		nat64_books_bib_fault(pass, bib,
				      "has a session that is not found");
	if (!nat64_remote_known(inst, bib, ses->dst4))
		nat64_books_bib_fault(pass, bib,
				      "has a session with an unknown remote");
}

/* Check sessions of an entry until the slice ends. RCU read lock. */
static void nat64_books_sessions(struct nat64_instance *inst,
				 struct nat64_bib *bib,
				 struct nat64_walk_budget *budget,
				 struct nat64_books_pass *pass)
{
	struct nat64_session *ses = nat64_session_first(inst, bib, budget);

	if (ses == &bib->first) {
		pass->of_entry = READ_ONCE(ses->state) != NAT64_STATE_CLOSED;
		ses = nat64_session_next(bib, budget, ses);
	}
	for (; ses; ses = nat64_session_next(bib, budget, ses)) {
		nat64_books_more(inst, bib, ses, pass);
		pass->of_entry++;
	}
	if (budget->within)
		return;
	if (READ_ONCE(bib->n_sessions) != pass->of_entry)
		nat64_books_bib_fault(pass, bib,
				      "does not have as many sessions as it counts");
	if (!pass->of_entry && !nat64_bib_is_static(bib))
		nat64_books_bib_fault(pass, bib,
				      "is dynamic and has no session");
	pass->books->bibs++;
	pass->books->sessions += pass->of_entry;
	pass->statics += nat64_bib_is_static(bib);
}

/* Check a port of a page. RCU read lock. */
static void nat64_books_port(struct nat64_instance *inst,
			     const struct nat64_cursor *cursor,
			     struct nat64_port_page *page, unsigned int port,
			     struct nat64_walk_budget *budget,
			     struct nat64_books_pass *pass)
{
	u16 nr = round_down(cursor->port, NAT64_PAGE_PORTS) + port;
	struct nat64_bib *bib = nat64_page_bib(page, port);
	bool held = xa_is_value(rcu_access_pointer(page->bib[port]));
	__be32 addr = htonl(cursor->addr);
	const char *what = NULL;

	pass->held += held;
	if (pass->sure)
		what = NULL;
	else if ((bib || held) && !test_bit(port, page->used))
		what = "has an owner and is free";
	else if (!bib && !held && (nr || cursor->proto == NAT64_ICMP))
		what = "is taken and has no owner";
	if (what)
		nat64_books_fault(pass, "the port %s %pI4:%u %s",
				  nat64_books_proto(cursor->proto), &addr, nr,
				  what);
	if (bib &&
	    (budget->within ||
	     nat64_books_bib(inst, cursor, port, bib, pass)) &&
	    !pass->sure)
		nat64_books_sessions(inst, bib, budget, pass);
	else
		budget->within = false;
}

static unsigned int nat64_books_page(struct nat64_instance *inst,
				     const struct nat64_cursor *cursor,
				     struct nat64_port_page *page,
				     struct nat64_walk_budget *budget,
				     void *arg)
{
	unsigned int i = cursor->port % NAT64_PAGE_PORTS;

	for (; i < NAT64_PAGE_PORTS; i++) {
		if (!test_bit(i, page->used) &&
		    !rcu_access_pointer(page->bib[i])) {
			budget->within = false;
			continue;
		}
		if (!nat64_walk_budget_take(budget))
			break;
		nat64_books_port(inst, cursor, page, i, budget, arg);
		if (budget->within)
			break;
	}
	return i;
}

/* Check an entry of the table of the IPv6 side. RCU read lock. */
static void nat64_books_by6(struct nat64_bib *bib, void *arg)
{
	struct nat64_books_pass *pass = arg;

	pass->by6++;
}

/* Count the objects of a hash table and their users; false if it is resized. */
static bool nat64_books_hash(struct rhashtable *table,
			     u64 (*count)(const void *object, void *arg),
			     void *arg, u64 *sum)
{
	unsigned int left = NAT64_BOOKS_SLICE;
	struct rhashtable_iter iter;
	bool still = true;
	void *object;

	*sum = 0;
	rhashtable_walk_enter(table, &iter);
	rhashtable_walk_start(&iter);
	while ((object = rhashtable_walk_next(&iter))) {
		if (IS_ERR(object)) {
			still = false;
			break;
		}
		*sum += count(object, arg);
		if (--left)
			continue;
		left = NAT64_BOOKS_SLICE;
		rhashtable_walk_stop(&iter);
		cond_resched();
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return still;
}

static u64 nat64_books_remote(const void *object, void *arg)
{
	const struct nat64_remote *remote = object;

	return READ_ONCE(remote->n_sessions);
}

static u64 nat64_books_host(const void *object, void *arg)
{
	const struct nat64_host6 *host6 = object;
	struct nat64_books_pass *pass = arg;

	pass->paired += READ_ONCE(host6->addr4) != 0;
	return refcount_read(&host6->n_bibs);
}

static void nat64_books_addrs(struct nat64_instance *inst,
			      struct nat64_books_pass *pass)
{
	struct nat64_addr4 *addr4;
	unsigned long host;

	rcu_read_lock();
	xa_for_each(&inst->addrs, host, addr4) {
		pass->addr_hosts += atomic_read(&addr4->hosts6);
		rcu_read_unlock();
		cond_resched();
		rcu_read_lock();
	}
	rcu_read_unlock();
}

/* Count all starts and ends: if the sum is unchanged, so are the tables. */
static u64 nat64_books_time(struct nat64_instance *inst)
{
	u64 sum[__NAT64_STAT_MAX];

	nat64_stats_sum(inst->stats, sum);
	return sum[NAT64_STAT_BIB_CREATED] + sum[NAT64_STAT_BIB_EXPIRED] +
	       sum[NAT64_STAT_SESSION_CREATED] +
	       sum[NAT64_STAT_SESSION_EXPIRED] + sum[NAT64_STAT_PORT_HELD];
}

static void nat64_books_same(const struct nat64_books_pass *pass, const char *a,
			     u64 n, const char *b, u64 m)
{
	if (n != m)
		nat64_books_fault(pass, "%s %llu, but %s %llu", a, n, b, m);
}

static void nat64_books_totals(struct nat64_instance *inst,
			       const struct nat64_books_pass *pass)
{
	const struct nat64_books *books = pass->books;

	nat64_books_same(pass, "BIB entries on ports:", books->bibs,
			 "counted:", percpu_counter_sum(&inst->n_bibs));
	nat64_books_same(pass, "BIB entries on ports:", books->bibs,
			 "by their IPv6 side:", pass->by6);
	nat64_books_same(pass, "BIB entries on ports:", books->bibs,
			 "counted by their hosts:", pass->host_bibs);
	nat64_books_same(pass, "static BIB entries:", pass->statics,
			 "counted:", inst->n_static);
	nat64_books_same(pass, "sessions of BIB entries:", books->sessions,
			 "counted:", percpu_counter_sum(&inst->n_sessions));
	nat64_books_same(pass, "sessions besides the first:", pass->more,
			 "in their table:",
			 atomic_read(&inst->sessions.nelems));
	nat64_books_same(pass, "sessions besides the first:", pass->more,
			 "counted by their remotes:", pass->remote_sessions);
	nat64_books_same(pass, "hosts with an IPv4 address:", pass->paired,
			 "counted by the addresses:", pass->addr_hosts);
	nat64_books_same(pass, "ports held down:", pass->held,
			 "counted:", atomic_read(&inst->n_held));
}

/* Make one pass; false if an entry or session has begun or ended meanwhile. */
static bool nat64_books_pass(struct nat64_instance *inst,
			     struct nat64_books *books)
{
	struct nat64_books_pass pass = { .books = books };
	bool still;
	u64 time;

	memset(books, 0, sizeof(*books));
	time = nat64_books_time(inst);
	nat64_walk_pages(inst, nat64_books_page, &pass);
	still = nat64_bib_hash_each(&inst->bibs, nat64_books_by6, &pass);
	still &= nat64_books_hash(&inst->remotes, nat64_books_remote, NULL,
				  &pass.remote_sessions);
	still &= nat64_books_hash(&inst->hosts6, nat64_books_host, &pass,
				  &pass.host_bibs);
	nat64_books_addrs(inst, &pass);
	nat64_books_totals(inst, &pass);
	return still && time == nat64_books_time(inst);
}

/**
 * nat64_books_check - compare the tables of an instance
 * @inst: the instance; no static BIB entry is being made
 * @books: set to the result
 *
 * Context: process; sleeps. Takes as long as a few walks over all sessions, of
 * which the last begins after two seconds.
 */
void nat64_books_check(struct nat64_instance *inst, struct nat64_books *books)
{
	unsigned long until = jiffies + NAT64_BOOKS_TIME;
	unsigned int left = NAT64_BOOKS_PASSES;
	bool still;

	while (true) {
		still = nat64_books_pass(inst, books);
		if (still && !books->n_faults)
			return;
		if (!--left || time_after(jiffies, until))
			break;
		msleep(NAT64_BOOKS_PAUSE);
	}
	if (still)
		return;
	/* The tables kept changing: report only faults that hold regardless. */
	memset(books, 0, sizeof(*books));
	books->moving = true;
	nat64_walk_pages(inst, nat64_books_page,
			 &(struct nat64_books_pass){ .books = books,
						     .sure = true });
}
