/* SPDX-License-Identifier: GPL-2.0 */
/* events.h - the multicast groups of the module */
#ifndef NAT64CTL_EVENTS_H
#define NAT64CTL_EVENTS_H

#include <signal.h>

#include "nl/nl.h"

int nl64_listen(struct nl64 *nl, const char *const *groups, size_t n,
		int buffer);
int nl64_hear(struct nl64 *nl, const struct nl64_handler *handler,
	      const sigset_t *signals);

#endif /* NAT64CTL_EVENTS_H */
