// SPDX-License-Identifier: GPL-2.0
/* bib.c - the Binding Information Bases: look up and insert (RFC 6146 s3.1) */
#include "table/bib.h"

#include "table/acct.h"
#include "table/event.h"
#include "table/host6.h"
#include "table/lifetime.h"
#include "table/state.h"

/**
 * nat64_bib_init - initialise what all instances share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_bib_init(void)
{
	int err = nat64_entry_init();

	if (err)
		return err;
	err = nat64_bib_hash_init_cache();
	if (err)
		nat64_entry_exit();
	return err;
}

/**
 * nat64_bib_exit - undo nat64_bib_init(); no entry is in a table
 */
void nat64_bib_exit(void)
{
	nat64_bib_hash_exit_cache();
	nat64_entry_exit();
}

/**
 * nat64_bib_table_init - initialise the table of an instance
 * @inst: the instance
 *
 * Return: 0 or a negative errno.
 */
int nat64_bib_table_init(struct nat64_instance *inst)
{
	return nat64_bib_hash_init(&inst->bibs, &inst->n_bibs);
}

/**
 * nat64_bib_table_exit - free the table of an instance
 * @inst: the instance; its table is empty
 */
void nat64_bib_table_exit(struct nat64_instance *inst)
{
	nat64_bib_hash_exit(&inst->bibs);
}

/**
 * nat64_bib_find6 - look up the BIB entry of an IPv6 transport address
 * @inst: the instance
 * @key: the IPv6 side
 *
 * Context: RCU read lock.
 *
 * Return: the entry, or NULL.
 */
struct nat64_bib *nat64_bib_find6(struct nat64_instance *inst,
				  const struct nat64_bib_key *key)
{
	return nat64_bib_hash_find(&inst->bibs, key);
}

/**
 * nat64_bib_create - create an entry that is in no table, and count it
 * @inst: the instance
 * @key: the IPv6 side
 * @alloc: the IPv4 side
 * @has_acct: with accounting
 *
 * The entry counts for its host, which gets the IPv4 address of @alloc if it
 * has none yet.
 *
 * Context: softirqs off, RCU read lock.
 *
 * Return: the entry, in state NEW, or NULL if there is no memory.
 */
struct nat64_bib *nat64_bib_create(struct nat64_instance *inst,
				   const struct nat64_bib_key *key,
				   const struct nat64_port_alloc *alloc,
				   bool has_acct)
{
	struct nat64_bib *bib = nat64_bib_zalloc(has_acct);
	struct nat64_host6 *host6;

	if (!bib)
		return NULL;
	host6 = nat64_host6_get(inst, &key->addr6);
	if (!host6) {
		nat64_bib_free(bib);
		return NULL;
	}
	if (alloc->pairs || !READ_ONCE(host6->addr4))
		nat64_host6_pair(inst, host6, alloc->addr);
	bib->key = *key;
	bib->addr4 = alloc->addr;
	bib->port4 = alloc->port;
	INIT_HLIST_HEAD(&bib->more);
	return bib;
}

/**
 * nat64_bib_start - make an entry LIVE
 * @inst: the instance
 * @bib: the entry, locked, with its session, in the table of the IPv6 side
 * @alloc: the IPv4 side, where this inserts it
 *
 * Context: softirqs off, RCU read lock. Notifies of entry and session.
 */
void nat64_bib_start(struct nat64_instance *inst, struct nat64_bib *bib,
		     const struct nat64_port_alloc *alloc)
{
	WARN_ON_ONCE(!nat64_bib_set_state(bib, NAT64_BIB_LIVE));
	nat64_pool4_publish(alloc, bib);
	nat64_page_due(alloc->page,
		       nat64_session_expires(inst, bib, &bib->first));
	percpu_counter_inc(&inst->n_bibs);
	nat64_event_bib(inst, bib, NAT64_EVENT_BIB_NEW);
	if (!bib->n_sessions)
		return;
	percpu_counter_inc(&inst->n_sessions);
	nat64_stats_inc(inst->stats, NAT64_STAT_BIB_CREATED);
	nat64_stats_inc(inst->stats, NAT64_STAT_SESSION_CREATED);
	nat64_event_session(inst, bib, &bib->first, NAT64_EVENT_SESSION_NEW);
}

/*
 * Put an entry into both tables, or free it and its port, and return the entry
 * that is there already, or an ERR_PTR. A CPU that finds the entry in one table
 * waits for the lock until it is in both.
 */
static struct nat64_bib *nat64_bib_publish(struct nat64_instance *inst,
					   struct nat64_bib *bib,
					   const struct nat64_port_alloc *alloc)
{
	struct nat64_bib *old;

	spin_lock(nat64_bib_lock(bib));
	old = nat64_bib_hash_insert(&inst->bibs, bib);
	if (!old)
		nat64_bib_start(inst, bib, alloc);
	spin_unlock(nat64_bib_lock(bib));
	if (!old)
		return NULL;
	nat64_host6_put(inst, &bib->key.addr6);
	nat64_port_alloc_cancel(inst, bib->key.proto, alloc);
	nat64_bib_free(bib);
	return old;
}

/**
 * nat64_bib_insert - add a dynamic entry with its first session
 * @inst: the instance
 * @key: the IPv6 side
 * @alloc: the IPv4 side; cancelled if the entry is not added
 * @first: the session
 *
 * Context: softirqs off, RCU read lock. One allocation, two for a host's first
 * entry; locks the entry and one bucket.
 *
 * Return: the entry; the one that another CPU has added for @key; or an
 * ERR_PTR.
 */
struct nat64_bib *nat64_bib_insert(struct nat64_instance *inst,
				   const struct nat64_bib_key *key,
				   const struct nat64_port_alloc *alloc,
				   const struct nat64_session *first)
{
	const struct nat64_config *cfg = rcu_dereference(inst->config);
	struct nat64_bib *bib, *old;
	u8 flags;

	bib = nat64_bib_create(inst, key, alloc, nat64_acct_bib(cfg));
	if (!bib) {
		nat64_port_alloc_cancel(inst, key->proto, alloc);
		return ERR_PTR(-ENOMEM);
	}
	flags = bib->first.flags;
	bib->first = *first;
	bib->first.flags = flags;
	nat64_acct_begin(cfg, bib, &bib->first);
	bib->n_sessions = 1;
	old = nat64_bib_publish(inst, bib, alloc);
	return old ?: bib;
}
