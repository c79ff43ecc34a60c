/* SPDX-License-Identifier: GPL-2.0 */
/* journal.h - the file that says what a CLAT has changed, and how to undo it */
#ifndef NAT64CTL_JOURNAL_H
#define NAT64CTL_JOURNAL_H

#include <json-c/json.h>
#include <sys/types.h>

#include "clat/rt.h"
#include "nl/nl.h"

/* Not that of the services that load instances: they delete what they do not know. */
#ifndef CLAT_FOLDER
#define CLAT_FOLDER "/run/nat64-clat"
#endif
#define JOURNAL_VALUE 32
#define SYSCTL_PATH 128
#define CLAT_FORWARDING "net/ipv6/conf/all/forwarding"

/**
 * struct journal - the state of the CLAT of a network namespace
 * @path: its file
 * @lock: descriptor of the file that is locked, or -1
 * @root: what the file has
 */
struct journal {
	char path[64];
	int lock;
	struct json_object *root;
};

int journal_find(struct journal *journal);
pid_t journal_owner(const struct journal *journal);
int journal_lock(struct journal *journal);
int journal_lock_wait(struct journal *journal, unsigned int seconds);
int journal_read(struct journal *journal);
int journal_write(struct journal *journal);
int journal_remove(struct journal *journal);
void journal_close(struct journal *journal);

struct json_object *journal_steps(const struct journal *journal);
const char *journal_word(struct json_object *step, const char *key);
void journal_add(struct journal *journal, const char *kind, ...)
	attribute_is(sentinel);
int journal_step(struct journal *journal, const char *kind, ...)
	attribute_is(sentinel);
int journal_forget(struct journal *journal);

/* setting.c */
int setting_change(struct journal *journal, const char *path, const char *value);
int setting_restore(struct journal *journal, struct json_object *step);
int moment_keep_routes(struct journal *journal);
int moment_keep_forwarding(struct journal *journal, const char *set);
void moment_begin(struct journal *journal);
int moment_end(struct journal *journal);

/* undo.c */
int journal_undo(struct journal *journal, struct rt *rt, struct nl64 *nl);

/* sysctl.c */
bool sysctl_read(const char *path, char *value);
int sysctl_write(const char *path, const char *value);
bool sysctl_is(const char *path, const char *value);
void sysctl_each_device(void (*each)(const char *device, void *arg), void *arg);
__printf(2, 3) void sysctl_path(char *path, const char *fmt, ...);

/* nft.c */
int nft_run(const char *rules);

#endif /* NAT64CTL_JOURNAL_H */
