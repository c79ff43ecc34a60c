// SPDX-License-Identifier: GPL-2.0
/* signals.c - signals that end a command which goes on */
#include <errno.h>
#include <stddef.h>

#include "cli/signals.h"

/* SIGINT, SIGTERM or SIGHUP has come. */
volatile sig_atomic_t signals_ended;

static void on_signal(int signal)
{
	signals_ended = 1;
}

/**
 * signals_catch() - let SIGINT, SIGTERM and SIGHUP end the command only while it waits
 *
 * Nor does a reader that has gone end it: it finds that out when it writes.
 *
 * Return: the signals to be blocked while it waits.
 */
const sigset_t *signals_catch(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct sigaction hangup;
	static sigset_t waiting;
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGHUP);
	sigprocmask(SIG_BLOCK, &block, &waiting);
	sigdelset(&waiting, SIGINT);
	sigdelset(&waiting, SIGTERM);
	sigdelset(&waiting, SIGHUP);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, NULL, &hangup);
	/* nohup has it ignored. */
	if (hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* Whoever ignores this never hears how a program that he has started ended. */
	signal(SIGCHLD, SIG_DFL);
	return &waiting;
}

/**
 * signals_poll() - wait for files, and let signals in
 * @polls: the files
 * @n: their number
 * @left: the longest time to wait, or NULL
 * @signals: the signals to be blocked in the meantime, or NULL: those that are now
 *
 * ppoll() alone does not look at signals as long as a file is ready: whoever keeps it
 * ready, by a flood of messages, would keep the command from ending.
 *
 * Return: as ppoll(), with its errno; EINTR if a signal has come.
 */
int signals_poll(struct pollfd *polls, nfds_t n, const struct timespec *left,
		 const sigset_t *signals)
{
	int ready = ppoll(polls, n, left, signals);
	sigset_t blocked;

	if (ready < 0 || !signals)
		return ready;
	sigprocmask(SIG_SETMASK, signals, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	if (!signals_ended)
		return ready;
	errno = EINTR;
	return -1;
}
