/* SPDX-License-Identifier: GPL-2.0 */
/*
 * books.h - check whether the tables of an instance agree
 *
 * A BIB entry stands in two tables, its sessions in two others, and five kinds
 * of counters follow them. All of it is written down more than once, so it can
 * be compared: each disagreement is reported as a sentence, to operators and
 * tests.
 */
#ifndef NAT64_BOOKS_H
#define NAT64_BOOKS_H

#include <linux/types.h>

struct nat64_instance;

/* Faults of a check that are kept, and the size of each sentence. */
#define NAT64_BOOKS_FAULTS	16
#define NAT64_BOOKS_SENTENCE	160

/**
 * struct nat64_books - what a check has found
 */
struct nat64_books {
	/** @bibs: BIB entries on their ports */
	u64 bibs;
	/** @sessions: their sessions */
	u64 sessions;
	/** @n_faults: number of disagreements */
	u32 n_faults;
	/** @moving: the tables kept changing, so totals were not compared */
	bool moving;
	/** @fault: the first of the faults, in words */
	char fault[NAT64_BOOKS_FAULTS][NAT64_BOOKS_SENTENCE];
};

void nat64_books_check(struct nat64_instance *inst, struct nat64_books *books);

#endif /* NAT64_BOOKS_H */
