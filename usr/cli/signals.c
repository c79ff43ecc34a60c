// SPDX-License-Identifier: GPL-2.0
/* signals.c - signals that end a command that keeps running */
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
 * A reader that has gone away does not end it either: the next write fails.
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
	/* Started by nohup, it goes on ignoring this. */
	if (hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* As long as it is ignored, waitpid() does not tell how a child ended. */
	signal(SIGCHLD, SIG_DFL);
	return &waiting;
}

/**
 * signals_poll() - wait for files, and let signals in
 * @polls: the files
 * @n: their number
 * @left: the longest time to wait, or NULL
 * @signals: the signals to block in the meantime, or NULL for those blocked now
 *
 * ppoll() alone delivers no signal while a file is ready, so a flood of messages would
 * keep the command from ending.
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
