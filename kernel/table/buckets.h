/* SPDX-License-Identifier: GPL-2.0 */
/*
 * buckets.h - BIB entries by their IPv6 transport address (RFC 6146 s3.1)
 *
 * A hash table whose buckets are cache lines: six pointers, and of each entry a
 * tag, which is a part of its hash. A packet reads one line and one entry,
 * whether the table is full or nearly empty; what does not fit goes into lines
 * behind it. The table grows and shrinks while packets pass.
 */
#ifndef NAT64_BUCKETS_H
#define NAT64_BUCKETS_H

#include <linux/percpu_counter.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct nat64_bib;
struct nat64_bib_key;
struct nat64_bucket;
struct nat64_bucket_table;

/**
 * struct nat64_buckets - a hash table of BIB entries
 */
struct nat64_buckets {
	/** @table: the buckets; changed by @work alone */
	struct nat64_bucket_table __rcu *table;
	/**
	 * @lock: protect the buckets; a bucket has the same lock in tables of all
	 * sizes
	 */
	spinlock_t *lock;
	/** @n: how many entries there are */
	struct percpu_counter *n;
	/** @spare: lines for @work, which must not fail half-way; its alone */
	struct nat64_bucket *spare;
	/** @work: lets the table grow or shrink */
	struct work_struct work;
};

int nat64_buckets_init(void);
void nat64_buckets_exit(void);
int nat64_buckets_make(struct nat64_buckets *buckets, struct percpu_counter *n);
void nat64_buckets_free(struct nat64_buckets *buckets);
struct nat64_bib *nat64_buckets_find(const struct nat64_buckets *buckets,
				     const struct nat64_bib_key *key);
struct nat64_bib *nat64_buckets_insert(struct nat64_buckets *buckets,
				       struct nat64_bib *bib);
void nat64_buckets_remove(struct nat64_buckets *buckets,
			  const struct nat64_bib *bib);
void nat64_buckets_replace(struct nat64_buckets *buckets,
			   const struct nat64_bib *bib, struct nat64_bib *heir);
bool nat64_buckets_each(struct nat64_buckets *buckets,
			void (*visit)(struct nat64_bib *bib, void *arg),
			void *arg);
void nat64_buckets_trim(struct nat64_buckets *buckets);

#endif /* NAT64_BUCKETS_H */
