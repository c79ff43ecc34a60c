/* SPDX-License-Identifier: GPL-2.0 */
/* signals.h - signals that end a command that keeps running */
#ifndef NAT64CTL_SIGNALS_H
#define NAT64CTL_SIGNALS_H

#include <poll.h>
#include <signal.h>

extern volatile sig_atomic_t signals_ended;

const sigset_t *signals_catch(void);
int signals_poll(struct pollfd *polls, nfds_t n, const struct timespec *left,
		 const sigset_t *signals);

#endif /* NAT64CTL_SIGNALS_H */
