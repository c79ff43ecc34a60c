// SPDX-License-Identifier: GPL-2.0
/* static_set.c - static BIB entries that an instance gets, all or none */
#include "control/static_set.h"

#include <linux/delay.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include "table/bib_static.h"
#include "table/state.h"

/*
 * A packet may be allocating or freeing the port, or memory be short: try again
 * so many times, 1 ms apart.
 */
#define NAT64_STATIC_SET_TRIES 100
#define NAT64_STATIC_SET_MEMORY_TRIES 5

/**
 * nat64_static_set_alloc - allocate an empty set
 * @n: number of entries that it has room for
 *
 * Context: process; may sleep.
 *
 * Return: the set, or NULL if there is no memory.
 */
struct nat64_static_set *nat64_static_set_alloc(unsigned int n)
{
	unsigned int bits = ilog2(n | 1) + 1;
	struct nat64_static_set *set;

	set = kvzalloc(struct_size(set, row, n), GFP_KERNEL_ACCOUNT);
	if (!set)
		return NULL;
	set->hash6 = kvcalloc(2UL << bits, sizeof(*set->hash6),
			      GFP_KERNEL_ACCOUNT);
	if (!set->hash6) {
		kvfree(set);
		return NULL;
	}
	set->hash4 = set->hash6 + BIT(bits);
	set->bits = bits;
	set->seed = get_random_u32();
	set->displaces = true;
	return set;
}

/**
 * nat64_static_set_free - undo nat64_static_set_alloc()
 * @set: the set, committed or not prepared; or NULL
 *
 * Context: process; may sleep.
 */
void nat64_static_set_free(struct nat64_static_set *set)
{
	if (!set)
		return;
	kvfree(set->hash6);
	kvfree(set);
}

static struct hlist_head *nat64_static_head6(const struct nat64_static_set *set,
					     const struct nat64_bib_key *key)
{
	u32 hash = jhash(key, sizeof(*key), set->seed);

	return &set->hash6[hash >> (32 - set->bits)];
}

static struct hlist_head *nat64_static_head4(const struct nat64_static_set *set,
					     u8 proto, __be32 addr,
					     __be16 port)
{
	return &set->hash4[jhash_3words((__force u32)addr, (__force u16)port,
				     proto, set->seed) >> (32 - set->bits)];
}

static struct nat64_static *
nat64_static_find6(const struct nat64_static_set *set,
		   const struct nat64_bib_key *key)
{
	struct nat64_static *row;

	hlist_for_each_entry(row, nat64_static_head6(set, key), hash6)
		if (ipv6_addr_equal(&row->key.addr6, &key->addr6) &&
		    row->key.port6 == key->port6 &&
		    row->key.proto == key->proto)
			return row;
	return NULL;
}

static struct nat64_static *
nat64_static_find4(const struct nat64_static_set *set, u8 proto, __be32 addr,
		   __be16 port)
{
	struct nat64_static *row;

	hlist_for_each_entry(row, nat64_static_head4(set, proto, addr, port),
			     hash4)
		if (row->addr4 == addr && row->port4 == port &&
		    row->key.proto == proto)
			return row;
	return NULL;
}

/**
 * nat64_static_set_add - add an entry to a set
 * @set: the set, with room for it
 * @row: its sides and its attribute
 *
 * Context: any; nothing changes @set at the same time.
 *
 * Return: NULL, or a sentence that says why it is refused.
 */
const char *nat64_static_set_add(struct nat64_static_set *set,
				 const struct nat64_static *row)
{
	struct nat64_static *new = &set->row[set->n];

	if (nat64_static_find6(set, &row->key))
		return "the IPv6 transport address is that of an earlier static BIB entry";
	if (nat64_static_find4(set, row->key.proto, row->addr4, row->port4))
		return "the IPv4 transport address is that of an earlier static BIB entry";
	*new = *row;
	hlist_add_head(&new->hash6, nat64_static_head6(set, &new->key));
	hlist_add_head(&new->hash4,
		       nat64_static_head4(set, new->key.proto, new->addr4,
					  new->port4));
	set->n++;
	return NULL;
}

/**
 * nat64_static_set_has - check whether a BIB entry belongs to a set
 * @set: the set, committed
 * @bib: the entry
 *
 * Context: any; nothing changes @set at the same time.
 *
 * Return: true if it is.
 */
bool nat64_static_set_has(const struct nat64_static_set *set,
			  const struct nat64_bib *bib)
{
	const struct nat64_static *row = nat64_static_find6(set, &bib->key);

	return row && row->bib == bib;
}

/*
 * Pin the entry of the IPv6 side: it has the right IPv4 side as well, or it is
 * in the way. -EAGAIN: it has just ended.
 */
static int nat64_static_pin6(struct nat64_static *row, struct nat64_bib *bib)
{
	if (!nat64_bib_pin(bib, &row->pinned6))
		return -EAGAIN;
	row->rival6 = bib;
	if (bib->addr4 == row->addr4 && bib->port4 == row->port4)
		row->bib = bib;
	return 0;
}

/* Allocate the port, or pin the entry that has it. */
static int nat64_static_alloc_port(struct nat64_instance *inst,
				   struct nat64_static *row)
{
	struct nat64_bib *bib;
	int err;

	err = nat64_port_alloc_fixed(inst, row->key.proto, row->addr4,
				     row->port4, &row->alloc);
	row->allocated = !err;
	if (err != -EBUSY)
		return err;
	bib = nat64_pool4_find(inst, row->key.proto, row->addr4, row->port4);
	if (!bib || !nat64_bib_pin(bib, &row->pinned4))
		return -EAGAIN;
	row->rival4 = bib;
	return 0;
}

/* Make the entry; it rests on its IPv6 side unless another is there. */
static int nat64_static_make(struct nat64_instance *inst,
			     struct nat64_static *row)
{
	struct nat64_bib *old;

	row->bib = nat64_bib_create_static(inst, &row->key, &row->alloc);
	if (!row->bib)
		return -ENOMEM;
	row->made = true;
	if (row->rival6)
		return 0;
	old = nat64_bib_reserve(inst, row->bib);
	row->reserved = !old;
	if (IS_ERR(old) && PTR_ERR(old) == -ENOMEM)
		return -ENOMEM;
	/* A packet has been faster, or the table is being resized. */
	return old ? -EAGAIN : 0;
}

/* The reversible part of one entry. */
static int nat64_static_prepare(struct nat64_instance *inst,
				struct nat64_static *row, bool displaces)
{
	struct nat64_bib *bib = nat64_bib_find6(inst, &row->key);
	int err = bib ? nat64_static_pin6(row, bib) : 0;

	if (err || row->bib)
		return err;
	if (row->rival6 && !displaces)
		return -EEXIST;
	err = nat64_static_alloc_port(inst, row);
	if (err)
		return err;
	if (row->rival4 && !displaces)
		return -EBUSY;
	return nat64_static_make(inst, row);
}

static void nat64_static_undo(struct nat64_instance *inst,
			      struct nat64_static *row)
{
	if (row->made)
		nat64_bib_discard(inst, row->bib, row->reserved);
	if (row->allocated)
		nat64_port_alloc_cancel(inst, row->key.proto, &row->alloc);
	if (row->pinned4)
		nat64_bib_unpin(inst, row->rival4);
	if (row->pinned6)
		nat64_bib_unpin(inst, row->rival6);
	row->made = false;
	row->reserved = false;
	row->allocated = false;
	row->pinned4 = false;
	row->pinned6 = false;
	row->bib = NULL;
	row->rival6 = NULL;
	row->rival4 = NULL;
}

static int nat64_static_try(struct nat64_instance *inst,
			    struct nat64_static *row, bool displaces)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = nat64_static_prepare(inst, row, displaces);
	if (err)
		nat64_static_undo(inst, row);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

static void nat64_static_set_undo(struct nat64_instance *inst,
				  struct nat64_static_set *set, unsigned int n)
{
	while (n--) {
		local_bh_disable();
		rcu_read_lock();
		nat64_static_undo(inst, &set->row[n]);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	}
}

/* The page limit of the instance, too, shows as -ENOMEM, and it stays. */
static bool nat64_static_may_retry(int err, unsigned int tries)
{
	return tries < (err == -EAGAIN ? NAT64_STATIC_SET_TRIES :
			err == -ENOMEM ? NAT64_STATIC_SET_MEMORY_TRIES : 0);
}

/**
 * nat64_static_set_prepare - do all that may fail
 * @inst: the instance; its nat64_net is locked
 * @set: the entries, for nat64_static_set_commit()
 * @bad: set to the attribute of the entry that cannot be had
 *
 * Context: process; may sleep.
 *
 * Return: 0, or a negative errno, and nothing has changed: -EEXIST if the IPv6
 * side has another entry, -EBUSY if the IPv4 side has one (neither if @set
 * displaces entries); -ENOMEM; or -EAGAIN if packets were faster each time.
 */
int nat64_static_set_prepare(struct nat64_instance *inst,
			     struct nat64_static_set *set, const void **bad)
{
	unsigned int i, tries = 0;
	int err;

	for (i = 0; i < set->n; i++, cond_resched()) {
		while ((err = nat64_static_try(inst, &set->row[i],
					       set->displaces)) &&
		       nat64_static_may_retry(err, ++tries))
			usleep_range(1000, 2000);
		if (!err)
			continue;
		nat64_static_set_undo(inst, set, i);
		*bad = set->row[i].attr;
		return err;
	}
	return 0;
}

/* End an entry that is in the way of one row, perhaps of two. */
static void nat64_static_displace(struct nat64_instance *inst,
				  const struct nat64_static_set *set,
				  struct nat64_bib *old)
{
	struct nat64_static *next6 = nat64_static_find6(set, &old->key);
	struct nat64_static *next4 = nat64_static_find4(set, old->key.proto,
							 old->addr4,
							 old->port4);

	nat64_bib_displace(inst, old, next6 ? next6->bib : NULL,
			   next4 ? &next4->alloc : NULL);
	/* It may have been freed when the other row is cleared. */
	if (next6)
		next6->rival6 = NULL;
	if (next4)
		next4->rival4 = NULL;
}

static void nat64_static_clear(struct nat64_instance *inst,
			       const struct nat64_static_set *set,
			       struct nat64_static *row)
{
	if (row->rival6)
		nat64_static_displace(inst, set, row->rival6);
	if (row->rival4)
		nat64_static_displace(inst, set, row->rival4);
}

static void nat64_static_start(struct nat64_instance *inst,
			       struct nat64_static *row)
{
	local_bh_disable();
	rcu_read_lock();
	if (row->made)
		nat64_bib_activate(inst, row->bib, &row->alloc);
	else
		nat64_bib_make_static(inst, row->bib);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * nat64_static_set_commit - let packets use the entries of a set
 * @inst: the instance; its nat64_net is locked
 * @set: the entries, prepared
 *
 * This cannot fail. Other static entries stay, unless they are in the way: see
 * nat64_static_set_has().
 *
 * Context: process.
 */
void nat64_static_set_commit(struct nat64_instance *inst,
			     struct nat64_static_set *set)
{
	unsigned int i;

	for (i = 0; i < set->n; i++, cond_resched())
		if (set->row[i].made)
			nat64_static_clear(inst, set, &set->row[i]);
	for (i = 0; i < set->n; i++, cond_resched())
		nat64_static_start(inst, &set->row[i]);
}
