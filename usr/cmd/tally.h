/* SPDX-License-Identifier: GPL-2.0 */
/* tally.h - how many sessions an address has */
#ifndef NAT64CTL_TALLY_H
#define NAT64CTL_TALLY_H

#include "cmd/cmd.h"

/**
 * struct tally - addresses and how often each was seen
 * @size: length of an address: 4 or 16
 * @n: how many there are
 * @room: places of @rows, a power of two
 * @rows: an open hash table; a row of count 0 is free
 * @failed: there was no memory left
 */
struct tally {
	int size;
	size_t n;
	size_t room;
	struct tally_row {
		__u8 addr[16];
		__u64 count;
	} *rows;
	bool failed;
};

void tally_init(struct tally *tally, int size);
void tally_add(struct tally *tally, const void *addr);
void tally_restart(void *arg);
int tally_show(struct tally *tally, struct cmd *cmd, const char *key);
void tally_free(struct tally *tally);

#endif /* NAT64CTL_TALLY_H */
