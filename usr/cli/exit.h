/* SPDX-License-Identifier: GPL-2.0 */
/* exit.h - exit statuses of nat64ctl */
#ifndef NAT64CTL_EXIT_H
#define NAT64CTL_EXIT_H

/**
 * enum cmd_exit - exit status of nat64ctl
 * @EXIT_DONE: done
 * @EXIT_USAGE: the command line is wrong
 * @EXIT_REFUSED: the kernel or the system refused
 */
enum cmd_exit {
	EXIT_DONE,
	EXIT_USAGE,
	EXIT_REFUSED
};

#endif /* NAT64CTL_EXIT_H */
