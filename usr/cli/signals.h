/* SPDX-License-Identifier: GPL-2.0 */
/* signals.h - signals that end a command which goes on */
#ifndef NAT64CTL_SIGNALS_H
#define NAT64CTL_SIGNALS_H

#include <signal.h>

extern volatile sig_atomic_t signals_ended;

const sigset_t *signals_catch(void);

#endif /* NAT64CTL_SIGNALS_H */
