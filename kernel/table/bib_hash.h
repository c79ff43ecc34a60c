/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bib_hash.h - BIB entries by their IPv6 transport address (RFC 6146 s3.1)
 *
 * A hash table whose buckets are cache lines: six pointers, and of each entry a
 * tag, which is a part of its hash. A packet reads one line and one entry,
 * whether the table is full or nearly empty; what does not fit goes into
 * overflow lines. The table grows and shrinks while packets pass.
 */
#ifndef NAT64_BIB_HASH_H
#define NAT64_BIB_HASH_H

#include <linux/percpu_counter.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct nat64_bib;
struct nat64_bib_key;
struct nat64_bucket;
struct nat64_bucket_table;

/**
 * struct nat64_bib_hash - a hash table of BIB entries
 */
struct nat64_bib_hash {
	/** @table: the bibs; changed by @work alone */
	struct nat64_bucket_table __rcu *table;
	/**
	 * @lock: protect the bibs; a bucket has the same lock in tables of all
	 * sizes
	 */
	spinlock_t *lock;
	/** @n: number of entries */
	struct percpu_counter *n;
	/** @spare: lines of @work, allocated before, as it must not fail half-way */
	struct nat64_bucket *spare;
	/** @work: lets the table grow or shrink */
	struct work_struct work;
};

int nat64_bib_hash_init_cache(void);
void nat64_bib_hash_exit_cache(void);
int nat64_bib_hash_init(struct nat64_bib_hash *bibs, struct percpu_counter *n);
void nat64_bib_hash_exit(struct nat64_bib_hash *bibs);
struct nat64_bib *nat64_bib_hash_find(const struct nat64_bib_hash *bibs,
				      const struct nat64_bib_key *key);
struct nat64_bib *nat64_bib_hash_insert(struct nat64_bib_hash *bibs,
					struct nat64_bib *bib);
void nat64_bib_hash_remove(struct nat64_bib_hash *bibs,
			   const struct nat64_bib *bib);
void nat64_bib_hash_replace(struct nat64_bib_hash *bibs,
			    const struct nat64_bib *bib,
			    struct nat64_bib *replacement);
bool nat64_bib_hash_each(struct nat64_bib_hash *bibs,
			 void (*visit)(struct nat64_bib *bib, void *arg),
			 void *arg);
void nat64_bib_hash_trim(struct nat64_bib_hash *bibs);

#endif /* NAT64_BIB_HASH_H */
