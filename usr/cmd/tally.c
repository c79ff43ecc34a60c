// SPDX-License-Identifier: GPL-2.0
/*
 * tally.c - how many sessions an address has
 *
 * Remote hosts choose the addresses, so the hash is keyed: they cannot make all
 * of them collide.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cmd/tally.h"

#define ROOM_AT_FIRST 1024

static __u64 secret[3];

/**
 * tally_init() - start to count
 * @tally: what it fills; tally_free() frees it
 * @size: length of an address
 */
void tally_init(struct tally *tally, int size)
{
	memset(tally, 0, sizeof(*tally));
	tally->size = size;
	if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) < 0)
		secret[0] = 1;
}

static size_t hash(const __u8 *addr)
{
	__u64 half[2], h;

	memcpy(half, addr, sizeof(half));
	h = (half[0] ^ secret[0]) * (secret[1] | 1);
	h = ((h >> 32 | h << 32) ^ half[1]) * (secret[2] | 1);
	return h ^ h >> 32;
}

/* The row of an address, or the free one that it would get. */
static struct tally_row *find_row(struct tally_row *rows, size_t room,
				  const __u8 *addr)
{
	size_t i = hash(addr) & (room - 1);

	while (rows[i].count && memcmp(rows[i].addr, addr, 16))
		i = (i + 1) & (room - 1);
	return &rows[i];
}

static bool grow(struct tally *tally)
{
	size_t room = tally->room ? 2 * tally->room : ROOM_AT_FIRST, i;
	struct tally_row *rows = calloc(room, sizeof(*rows));

	if (!rows)
		return false;
	for (i = 0; i < tally->room; i++) {
		if (tally->rows[i].count)
			*find_row(rows, room, tally->rows[i].addr) =
				tally->rows[i];
	}
	free(tally->rows);
	tally->rows = rows;
	tally->room = room;
	return true;
}

/**
 * tally_add() - count one more
 * @tally: the tally
 * @addr: its address
 */
void tally_add(struct tally *tally, const void *addr)
{
	__u8 padded[16] = { 0 };
	struct tally_row *row;

	if (2 * tally->n >= tally->room && !grow(tally)) {
		tally->failed = true;
		return;
	}
	memcpy(padded, addr, tally->size);
	row = find_row(tally->rows, tally->room, padded);
	if (!row->count++) {
		memcpy(row->addr, padded, sizeof(padded));
		tally->n++;
	}
}

/**
 * tally_restart() - discard all counts
 * @arg: the tally
 */
void tally_restart(void *arg)
{
	struct tally *tally = arg;

	if (tally->rows)
		memset(tally->rows, 0, tally->room * sizeof(*tally->rows));
	tally->n = 0;
}

/* Most first; of those that have as many, in the order of addresses. */
static int compare(const void *a, const void *b)
{
	const struct tally_row *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return memcmp(x->addr, y->addr, sizeof(x->addr));
}

/**
 * tally_show() - print who has how many
 * @tally: the tally, which is sorted
 * @cmd: the command
 * @key: what the address is called in JSON
 *
 * Return: enum cmd_exit.
 */
int tally_show(struct tally *tally, struct cmd *cmd, const char *key)
{
	const struct out_column columns[] = {
		{ "sessions", "SESSIONS", 8 },
		{ key, tally->size == 4 ? "PEER" : "HOST", 15 },
	};
	char text[INET6_ADDRSTRLEN];
	struct out out;
	size_t i;

	if (tally->failed) {
		snprintf(cmd->nl.text, sizeof(cmd->nl.text),
			 "out of memory");
		return cmd_refused(cmd);
	}
	if (tally->n)
		qsort(tally->rows, tally->room, sizeof(*tally->rows),
		      compare);
	cmd_begin(cmd, &out, 0, columns, ARRAY_SIZE(columns));
	for (i = 0; i < tally->n; i++) {
		out_number(&out, "sessions", tally->rows[i].count);
		out_string(&out, key,
			   inet_ntop(tally->size == 4 ? AF_INET : AF_INET6,
				     tally->rows[i].addr, text, sizeof(text)));
		out_row(&out);
	}
	out_end(&out);
	return EXIT_DONE;
}

/**
 * tally_free() - free what a tally holds
 * @tally: the tally
 */
void tally_free(struct tally *tally)
{
	free(tally->rows);
}
