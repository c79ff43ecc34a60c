/* SPDX-License-Identifier: GPL-2.0 */
/* ready.h - what systemd is told of a command that goes on */
#ifndef NAT64CTL_READY_H
#define NAT64CTL_READY_H

void ready_tell(const char *text);

#endif /* NAT64CTL_READY_H */
