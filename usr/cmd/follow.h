/* SPDX-License-Identifier: GPL-2.0 */
/* follow.h - a CLAT that follows what changes, and what is said of it */
#ifndef NAT64CTL_FOLLOW_H
#define NAT64CTL_FOLLOW_H

#include "clat/clat.h"
#include "cmd/cmd.h"
#include "pref64/search.h"

/**
 * struct follow - a CLAT and what it follows
 * @clat: the CLAT
 * @search: the search for the prefix of the PLAT
 * @watch: devices, addresses and routes
 * @watching: it goes on until a signal comes
 * @flags: enum out_flag of what is printed
 * @by_router: the prefix that was chosen is of a router advertisement
 * @asked: DNS has been asked
 * @ready: systemd has been told
 * @end: when routers have had their time; without --watch, it gives up then
 * @retry: when to make it next, after a failure or a pause; or FOUND_NEVER
 * @tried: when it was last made or resized, or an attempt failed; 0: never
 * @recheck: when to look at what the kernel does not tell
 * @reported: the last reason that was reported
 */
struct follow {
	struct clat clat;
	struct search search;
	struct rt_watch watch;
	bool watching;
	unsigned int flags;
	bool by_router;
	bool asked;
	bool ready;
	__u64 end;
	__u64 retry;
	__u64 tried;
	__u64 recheck;
	char reported[CLAT_WHY];
};

int follow_changes(struct follow *follow);
void clat_print(struct json_object *root, unsigned int flags);
int clat_status(struct cmd *cmd);

#endif /* NAT64CTL_FOLLOW_H */
