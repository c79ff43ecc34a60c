// SPDX-License-Identifier: GPL-2.0
/*
 * bib_hash.c - BIB entries by their IPv6 transport address (RFC 6146 s3.1)
 *
 * The file is long because lookup, insertion and resizing rely on the same
 * rules for the tags and slots of a bucket.
 */
#include "table/bib_hash.h"

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include "compat.h"
#include "table/entry.h"

/* Entries of a line. */
#define NAT64_LINE_SLOTS 6

/* Buckets of the smallest table, each of which has a lock of its own. */
#define NAT64_BUCKETS_MIN 256

/* Entries a bucket, on average, above which the table grows. */
#define NAT64_BUCKET_FULL 4

/* Buckets that are visited without sleeping. */
#define NAT64_BUCKETS_SLICE 64

/* How many buckets ahead of the move entries are prefetched. */
#define NAT64_MOVE_AHEAD 4

/* A byte for each slot: those that are set, and the highest bit of each. */
#define NAT64_TAG_ONES	0x0000010101010101ULL
#define NAT64_TAG_HIGHS	0x0000808080808080ULL

/* In @tags of a bucket: its entries are in the next table. */
#define NAT64_TAGS_MOVED BIT_ULL(63)

/**
 * struct nat64_bucket - a line: a bucket, or what did not fit into the one
 * before
 *
 * An entry keeps its slot as long as it is in the table, so a reader who goes
 * over the slots misses none.
 */
struct nat64_bucket {
	/** @tags: a byte for each slot, 0 if it is free; NAT64_TAGS_MOVED */
	u64 tags;
	/** @bib: the entries */
	struct nat64_bib __rcu *bib[NAT64_LINE_SLOTS];
	/** @next: the next line; once there, it stays as long as the table */
	struct nat64_bucket __rcu *next;
};

/**
 * struct nat64_bucket_table - the buckets
 */
struct nat64_bucket_table {
	/** @bucket: the first lines */
	struct nat64_bucket *bucket;
	/** @mask: how many there are, a power of 2, less 1 */
	u32 mask;
	/** @next: the table that takes its place, bucket by bucket */
	struct nat64_bucket_table __rcu *next;
};

static struct kmem_cache *line_cache;
static hsiphash_key_t bucket_key __read_mostly;

/**
 * nat64_bib_hash_init_cache - create the slab cache that all tables share
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_bib_hash_init_cache(void)
{
	get_random_bytes(&bucket_key, sizeof(bucket_key));
	line_cache = kmem_cache_create("nat64_bucket",
				       sizeof(struct nat64_bucket),
				       sizeof(struct nat64_bucket) == 64 ? 64 : 0,
				       0, NULL);
	return line_cache ? 0 : -ENOMEM;
}

/**
 * nat64_bib_hash_exit_cache - undo nat64_bib_hash_init_cache(); no table is
 * left
 */
void nat64_bib_hash_exit_cache(void)
{
	kmem_cache_destroy(line_cache);
}

static u32 nat64_bucket_hash(const struct nat64_bib_key *key)
{
	return hsiphash(key, sizeof(*key), &bucket_key);
}

/* These bits do not select the bucket, unless there are more than 16 million. */
static u8 nat64_bucket_tag(u32 hash)
{
	return hash >> 24 ?: 1;
}

/*
 * Find the slots whose tag is @tag; each sets the highest bit of its byte. The
 * lowest match is exact, those above it may be false.
 */
static u64 nat64_tags_find(u64 tags, u8 tag)
{
	u64 x = tags ^ (tag * NAT64_TAG_ONES);

	return (x - NAT64_TAG_ONES) & ~x & NAT64_TAG_HIGHS;
}

static unsigned int nat64_tags_slot(u64 found)
{
	return __ffs64(found) / BITS_PER_BYTE;
}

static struct nat64_bucket_table *nat64_bucket_table_alloc(u32 size)
{
	struct nat64_bucket_table *table = kzalloc(sizeof(*table),
						   GFP_KERNEL_ACCOUNT);

	if (!table)
		return NULL;
	table->bucket = kvcalloc(size, sizeof(*table->bucket),
				 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!table->bucket) {
		kfree(table);
		return NULL;
	}
	table->mask = size - 1;
	return table;
}

/* The line after @line; it never changes. */
static struct nat64_bucket *nat64_bucket_next(const struct nat64_bucket *line)
{
	return rcu_dereference_protected(line->next, true);
}

/* Free a table that is no longer in use. */
static void nat64_bucket_table_free(struct nat64_bucket_table *table)
{
	struct nat64_bucket *line, *next;
	u32 i;

	for (i = 0; i <= table->mask; i++) {
		for (line = nat64_bucket_next(&table->bucket[i]); line;
		     line = next) {
			next = nat64_bucket_next(line);
			kmem_cache_free(line_cache, line);
		}
		cond_resched();
	}
	kvfree(table->bucket);
	kfree(table);
}

static spinlock_t *nat64_bucket_lock(const struct nat64_bib_hash *bibs,
				     u32 hash)
{
	return &bibs->lock[hash % NAT64_BUCKETS_MIN];
}

/* The bucket of a hash: in the table that has its entries. RCU read lock. */
static struct nat64_bucket *nat64_bucket_of(const struct nat64_bib_hash *bibs,
					    u32 hash)
{
	struct nat64_bucket_table *table = rcu_dereference(bibs->table);
	struct nat64_bucket *line;

	for (;;) {
		line = &table->bucket[hash & table->mask];
		if (likely(!(READ_ONCE(line->tags) & NAT64_TAGS_MOVED)))
			return line;
		/* Pairs with nat64_bucket_move(). */
		smp_rmb();
		table = rcu_dereference(table->next);
	}
}

static bool nat64_bib_key_equal(const struct nat64_bib_key *a,
				const struct nat64_bib_key *b)
{
	return ipv6_addr_equal(&a->addr6, &b->addr6) && a->port6 == b->port6 &&
	       a->proto == b->proto;
}

/* The entry of a bucket with @key, or NULL. RCU read lock. */
static struct nat64_bib *nat64_bucket_find(const struct nat64_bucket *line,
					   const struct nat64_bib_key *key,
					   u8 tag)
{
	struct nat64_bib *bib;
	u64 found;

	do {
		found = nat64_tags_find(READ_ONCE(line->tags), tag);
		for (; found; found &= found - 1) {
			bib = rcu_dereference(line->bib[nat64_tags_slot(found)]);
			if (likely(bib && nat64_bib_key_equal(&bib->key, key)))
				return bib;
		}
		line = rcu_dereference(line->next);
	} while (unlikely(line));
	return NULL;
}

/**
 * nat64_bib_hash_find - the BIB entry of an IPv6 transport address
 * @bibs: the table
 * @key: the address
 *
 * Context: RCU read lock.
 *
 * Return: the entry, or NULL.
 */
struct nat64_bib *nat64_bib_hash_find(const struct nat64_bib_hash *bibs,
				      const struct nat64_bib_key *key)
{
	u32 hash = nat64_bucket_hash(key);

	return nat64_bucket_find(nat64_bucket_of(bibs, hash), key,
				 nat64_bucket_tag(hash));
}

static void nat64_line_set(struct nat64_bucket *line, unsigned int slot,
			   struct nat64_bib *bib, u8 tag)
{
	rcu_assign_pointer(line->bib[slot], bib);
	WRITE_ONCE(line->tags, line->tags | (u64)tag << slot * BITS_PER_BYTE);
}

/*
 * Put an entry into a free slot of a bucket, which is locked. Returns NULL, or
 * the last of its lines if all are full.
 */
static struct nat64_bucket *nat64_bucket_put(struct nat64_bucket *line,
					     struct nat64_bib *bib, u8 tag)
{
	struct nat64_bucket *last;
	u64 free;

	do {
		free = nat64_tags_find(line->tags, 0);
		if (free) {
			nat64_line_set(line, nat64_tags_slot(free), bib, tag);
			return NULL;
		}
		last = line;
		line = nat64_bucket_next(line);
	} while (line);
	return last;
}

static void nat64_bucket_append(struct nat64_bucket *last,
				struct nat64_bucket *line,
				struct nat64_bib *bib, u8 tag)
{
	nat64_line_set(line, 0, bib, tag);
	rcu_assign_pointer(last->next, line);
}

/* Where an entry is, in a bucket that is locked. */
static struct nat64_bucket *nat64_bucket_seek(struct nat64_bucket *line,
					      const struct nat64_bib *bib,
					      unsigned int *slot)
{
	for (; line; line = nat64_bucket_next(line))
		for (*slot = 0; *slot < NAT64_LINE_SLOTS; (*slot)++)
			if (rcu_access_pointer(line->bib[*slot]) == bib)
				return line;
	return NULL;
}

/* Compute the number of buckets for the present number of entries. */
static u32 nat64_bib_hash_want(const struct nat64_bib_hash *bibs, u32 size)
{
	u64 n = percpu_counter_sum_positive(bibs->n);

	if (n > (u64)size * NAT64_BUCKET_FULL)
		return roundup_pow_of_two(n / NAT64_BUCKET_FULL + 1);
	if (n < size / 2)
		return max_t(u32, roundup_pow_of_two(n / 2 + 1),
			     NAT64_BUCKETS_MIN);
	return size;
}

/* Check whether there are enough spare lines to move a bucket. */
static bool nat64_bib_hash_can_move(const struct nat64_bib_hash *bibs,
				    const struct nat64_bucket *line)
{
	const struct nat64_bucket *spare = bibs->spare;

	for (; line && spare; line = nat64_bucket_next(line))
		spare = nat64_bucket_next(spare);
	return !line;
}

static void nat64_bib_hash_spare(struct nat64_bib_hash *bibs,
				 struct nat64_bucket *line)
{
	RCU_INIT_POINTER(line->next, bibs->spare);
	bibs->spare = line;
}

static struct nat64_bucket *nat64_bib_hash_unspare(struct nat64_bib_hash *bibs)
{
	struct nat64_bucket *line = bibs->spare;

	bibs->spare = nat64_bucket_next(line);
	RCU_INIT_POINTER(line->next, NULL);
	return line;
}

static void nat64_bucket_move_one(struct nat64_bib_hash *bibs,
				  struct nat64_bucket_table *to,
				  struct nat64_bib *bib)
{
	u32 hash = nat64_bucket_hash(&bib->key);
	u8 tag = nat64_bucket_tag(hash);
	struct nat64_bucket *last;

	last = nat64_bucket_put(&to->bucket[hash & to->mask], bib, tag);
	if (last)
		nat64_bucket_append(last, nat64_bib_hash_unspare(bibs), bib,
				    tag);
}

/*
 * Put the entries of a bucket into the next table as well, and redirect lookups
 * to it. A lookup that is already in the old table still finds its entries.
 */
static void nat64_bucket_move(struct nat64_bib_hash *bibs,
			      struct nat64_bucket *bucket,
			      struct nat64_bucket_table *to)
{
	struct nat64_bucket *line;
	struct nat64_bib *bib;
	unsigned int i;

	for (line = bucket; line; line = nat64_bucket_next(line)) {
		for (i = 0; i < NAT64_LINE_SLOTS; i++) {
			bib = rcu_dereference_protected(line->bib[i], true);
			if (bib)
				nat64_bucket_move_one(bibs, to, bib);
		}
	}
	/* First the entries, then the mark: pairs with nat64_bucket_of(). */
	smp_wmb();
	WRITE_ONCE(bucket->tags, bucket->tags | NAT64_TAGS_MOVED);
}

/* Prefetch: a move would spend most of its time waiting for the keys. */
static void nat64_bucket_fetch(const struct nat64_bucket *line)
{
	unsigned int i;

	for (i = 0; i < NAT64_LINE_SLOTS; i++)
		prefetch(rcu_access_pointer(line->bib[i]));
}

/* Move bucket @i, which may grow while spare lines for it are allocated. */
static void nat64_bib_hash_move(struct nat64_bib_hash *bibs,
				struct nat64_bucket_table *from,
				struct nat64_bucket_table *to, u32 i)
{
	spinlock_t *lock = nat64_bucket_lock(bibs, i);
	struct nat64_bucket *bucket = &from->bucket[i];

	if (i + NAT64_MOVE_AHEAD <= from->mask)
		nat64_bucket_fetch(bucket + NAT64_MOVE_AHEAD);
	spin_lock_bh(lock);
	while (!nat64_bib_hash_can_move(bibs, bucket)) {
		spin_unlock_bh(lock);
		nat64_bib_hash_spare(bibs,
				     kmem_cache_zalloc(line_cache,
						       GFP_KERNEL |
							       __GFP_NOFAIL));
		spin_lock_bh(lock);
	}
	nat64_bucket_move(bibs, bucket, to);
	spin_unlock_bh(lock);
}

/* Resize the table; false if that is not needed, or not possible. */
static bool nat64_bib_hash_resize(struct nat64_bib_hash *bibs)
{
	struct nat64_bucket_table *from, *to;
	u32 want, i;

	from = rcu_dereference_protected(bibs->table, true);
	want = nat64_bib_hash_want(bibs, from->mask + 1);
	if (want == from->mask + 1)
		return false;
	to = nat64_bucket_table_alloc(want);
	if (!to)
		return false;
	rcu_assign_pointer(from->next, to);
	for (i = 0; i <= from->mask; i++) {
		nat64_bib_hash_move(bibs, from, to, i);
		cond_resched();
	}
	rcu_assign_pointer(bibs->table, to);
	synchronize_rcu();
	nat64_bucket_table_free(from);
	return true;
}

static void nat64_bib_hash_work(struct work_struct *work)
{
	struct nat64_bib_hash *bibs;

	bibs = container_of(work, struct nat64_bib_hash, work);
	while (nat64_bib_hash_resize(bibs))
		;
}

/**
 * nat64_bib_hash_init - initialise a table
 * @bibs: the table
 * @n: how many entries it will have, counted by the caller
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int nat64_bib_hash_init(struct nat64_bib_hash *bibs, struct percpu_counter *n)
{
	struct nat64_bucket_table *table;
	int i;

	bibs->lock = kvmalloc_array(NAT64_BUCKETS_MIN, sizeof(*bibs->lock),
				    GFP_KERNEL_ACCOUNT);
	if (!bibs->lock)
		return -ENOMEM;
	table = nat64_bucket_table_alloc(NAT64_BUCKETS_MIN);
	if (!table) {
		kvfree(bibs->lock);
		return -ENOMEM;
	}
	for (i = 0; i < NAT64_BUCKETS_MIN; i++)
		spin_lock_init(&bibs->lock[i]);
	RCU_INIT_POINTER(bibs->table, table);
	INIT_WORK(&bibs->work, nat64_bib_hash_work);
	bibs->n = n;
	bibs->spare = NULL;
	return 0;
}

/**
 * nat64_bib_hash_exit - undo nat64_bib_hash_init()
 * @bibs: the table, empty and no longer in use
 *
 * Context: process; sleeps.
 */
void nat64_bib_hash_exit(struct nat64_bib_hash *bibs)
{
	cancel_work_sync(&bibs->work);
	nat64_bucket_table_free(rcu_dereference_protected(bibs->table, true));
	while (bibs->spare)
		kmem_cache_free(line_cache, nat64_bib_hash_unspare(bibs));
	kvfree(bibs->lock);
}

/* Queue a resize if entries outnumber buckets; the caller found a full one. */
static void nat64_bib_hash_grow(struct nat64_bib_hash *bibs)
{
	struct nat64_bucket_table *table = rcu_dereference(bibs->table);

	if (percpu_counter_read_positive(bibs->n) > table->mask)
		queue_work(NAT64_UNBOUND_WQ, &bibs->work);
}

/**
 * nat64_bib_hash_insert - add an entry
 * @bibs: the table
 * @bib: the entry
 *
 * Context: softirqs off, RCU read lock. Locks the bucket.
 *
 * Return: NULL; the entry that has its IPv6 transport address already; or an
 * ERR_PTR: -ENOMEM, if the bucket is full and no line is to be had.
 */
struct nat64_bib *nat64_bib_hash_insert(struct nat64_bib_hash *bibs,
					struct nat64_bib *bib)
{
	u32 hash = nat64_bucket_hash(&bib->key);
	u8 tag = nat64_bucket_tag(hash);
	struct nat64_bucket *bucket, *last = NULL, *line = NULL;
	spinlock_t *lock = nat64_bucket_lock(bibs, hash);
	struct nat64_bib *old;

	spin_lock(lock);
	bucket = nat64_bucket_of(bibs, hash);
	old = nat64_bucket_find(bucket, &bib->key, tag);
	if (!old)
		last = nat64_bucket_put(bucket, bib, tag);
	if (last) {
		line = kmem_cache_zalloc(line_cache,
					 GFP_ATOMIC | __GFP_NOWARN);
		if (line)
			nat64_bucket_append(last, line, bib, tag);
		else
			old = ERR_PTR(-ENOMEM);
	}
	spin_unlock(lock);
	if (last)
		nat64_bib_hash_grow(bibs);
	return old;
}

/**
 * nat64_bib_hash_replace - replace an entry
 * @bibs: the table
 * @bib: the entry that is there
 * @replacement: an entry with the same IPv6 transport address, or NULL
 *
 * Context: softirqs off, RCU read lock. Locks the bucket.
 */
void nat64_bib_hash_replace(struct nat64_bib_hash *bibs,
			    const struct nat64_bib *bib,
			    struct nat64_bib *replacement)
{
	u32 hash = nat64_bucket_hash(&bib->key);
	spinlock_t *lock = nat64_bucket_lock(bibs, hash);
	struct nat64_bucket *line;
	unsigned int slot;

	spin_lock(lock);
	line = nat64_bucket_seek(nat64_bucket_of(bibs, hash), bib, &slot);
	if (!WARN_ON_ONCE(!line)) {
		rcu_assign_pointer(line->bib[slot], replacement);
		if (!replacement)
			WRITE_ONCE(line->tags, line->tags &
				   ~((u64)U8_MAX << slot * BITS_PER_BYTE));
	}
	spin_unlock(lock);
}

/**
 * nat64_bib_hash_remove - remove an entry
 * @bibs: the table
 * @bib: the entry, which is there
 *
 * Context: softirqs off, RCU read lock. Locks the bucket.
 */
void nat64_bib_hash_remove(struct nat64_bib_hash *bibs,
			   const struct nat64_bib *bib)
{
	nat64_bib_hash_replace(bibs, bib, NULL);
}

/* Visit the entries of some buckets from @i on; RCU read lock. */
static void
nat64_bib_hash_visit(const struct nat64_bucket_table *table, u32 i, u32 n,
		     void (*visit)(struct nat64_bib *bib, void *arg), void *arg)
{
	const struct nat64_bucket *line;
	struct nat64_bib *bib;
	unsigned int slot;

	for (; n-- && i <= table->mask; i++) {
		for (line = &table->bucket[i]; line;
		     line = rcu_dereference(line->next)) {
			for (slot = 0; slot < NAT64_LINE_SLOTS; slot++) {
				bib = rcu_dereference(line->bib[slot]);
				if (bib)
					visit(bib, arg);
			}
		}
	}
}

/**
 * nat64_bib_hash_each - visit all entries
 * @bibs: the table
 * @visit: what to do with each; called with the RCU read lock
 * @arg: for @visit
 *
 * Context: process; sleeps.
 *
 * Return: false if it stopped half-way, as the table is being resized.
 */
bool nat64_bib_hash_each(struct nat64_bib_hash *bibs,
			 void (*visit)(struct nat64_bib *bib, void *arg),
			 void *arg)
{
	const struct nat64_bucket_table *table, *before = NULL;
	bool still, more = true;
	u32 i;

	flush_work(&bibs->work);
	for (i = 0; more; i += NAT64_BUCKETS_SLICE) {
		rcu_read_lock();
		table = rcu_dereference(bibs->table);
		/* A new table may reuse the memory of @before. */
		still = (!i || table == before) && i <= table->mask &&
			!rcu_access_pointer(table->next);
		if (still)
			nat64_bib_hash_visit(table, i, NAT64_BUCKETS_SLICE,
					     visit, arg);
		more = still && table->mask - i >= NAT64_BUCKETS_SLICE;
		before = table;
		rcu_read_unlock();
		cond_resched();
	}
	return still;
}

/**
 * nat64_bib_hash_trim - shrink a table that has few entries left
 * @bibs: the table
 *
 * Context: process. Call it periodically.
 */
void nat64_bib_hash_trim(struct nat64_bib_hash *bibs)
{
	u32 size;

	rcu_read_lock();
	size = rcu_dereference(bibs->table)->mask + 1;
	rcu_read_unlock();
	if (size > NAT64_BUCKETS_MIN &&
	    percpu_counter_read_positive(bibs->n) < size / 2)
		queue_work(NAT64_UNBOUND_WQ, &bibs->work);
}
