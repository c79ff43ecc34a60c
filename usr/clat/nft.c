// SPDX-License-Identifier: GPL-2.0
/*
 * nft.c - rules of nftables
 *
 * The program nft sets them: few routers lack it, and only a CLAT with a LAN needs it,
 * so nat64ctl is not linked against its library.
 *
 * nft can outlive a command that is killed, and would then set rules that the next
 * command has just deleted. So it inherits a lock, for which the next command waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clat/journal.h"
#include "clat/plan.h"
#include "pref64/found.h"

#define LOCK CLAT_FOLDER "/nft.lock"
#define LOCK_SECONDS 30
/* Where nft has the lock */
#define LOCK_FD 3

/* Return: a descriptor, or a negative errno; -ETIMEDOUT: an nft does not end. */
static int lock_nft(void)
{
	const struct timespec pause = { 0, 50000000 };
	const __u64 end = found_now() + LOCK_SECONDS * 1000;
	int fd, err = 0;

	fd = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	while (!err && flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			err = -errno;
		else if (found_now() >= end)
			err = -ETIMEDOUT;
		else
			nanosleep(&pause, NULL);
	}
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int start(int in, int out, int lock, pid_t *pid)
{
	char *const argv[] = { "nft", "-f", "-", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, pipe;
	int err;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_adddup2(&files, out, 2);
	posix_spawn_file_actions_adddup2(&files, lock, LOCK_FD);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &pipe);
	/* In a group of its own, an interrupt at the terminal does not reach it. */
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	err = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	/* Debian's su keeps the user's PATH, which lacks /usr/sbin. */
	if (err == ENOENT)
		err = posix_spawn(pid, "/usr/sbin/nft", &files, &attr, argv,
				  environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

/* @err: why, an errno that is not EINVAL */
static int not_run(int err)
{
	args_fail(NULL,
		  "cannot run nft, by which the hosts of --lan share the CLAT's address: %s%s",
		  strerror(err), err == ENOENT ?
		  " (install nftables, or use --prefix)" : "");
	return -err;
}

/* Return: the status of nft, or -1; the first line that it printed is in @line. */
static int finish(pid_t pid, int out, char *line, size_t size)
{
	FILE *file = fdopen(out, "r");
	char more[256];
	int status;

	*line = '\0';
	if (file && fgets(line, size, file))
		while (fgets(more, sizeof(more), file))
			;
	if (file)
		fclose(file);
	else
		close(out);
	line[strcspn(line, "\n")] = '\0';
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Return: 0 or an errno */
static int open_pipes(int in[2], int out[2])
{
	int err = 0;

	if (pipe2(in, O_CLOEXEC))
		return errno;
	if (pipe2(out, O_CLOEXEC)) {
		err = errno;
		close(in[0]);
		close(in[1]);
	}
	return err;
}

/* As nft_run(), with the lock */
static int run(const char *rules, int lock)
{
	int in[2], out[2], err;
	char line[128];
	ssize_t n;
	pid_t pid;

	err = open_pipes(in, out);
	if (err)
		return not_run(err);
	n = write(in[1], rules, strlen(rules));
	close(in[1]);
	err = n < 0 ? EIO : start(in[0], out[1], lock, &pid);
	close(in[0]);
	close(out[1]);
	if (err) {
		close(out[0]);
		return not_run(err);
	}
	err = finish(pid, out[0], line, sizeof(line));
	/* 127: the loader did not find a library, perhaps during an upgrade. */
	if (err < 0 || err == 127)
		return not_run(EIO);
	if (err)
		return args_fail(NULL,
				 "nft refuses the CLAT's table " CLAT_TABLE ": %s",
				 line);
	return 0;
}

/**
 * nft_run() - run nft with a script, as one transaction
 * @rules: the script, shorter than the buffer of a pipe
 *
 * SIGCHLD must not be ignored: see signals_catch().
 *
 * Return: 0, or a negative errno with the reason in args_why(); -ENOENT: nft is not
 * installed; -EINVAL: nft reported an error.
 */
int nft_run(const char *rules)
{
	int lock = lock_nft(), err;

	if (lock == -ETIMEDOUT) {
		args_fail(NULL,
			  "the nft of a 'nat64ctl clat' that was killed does not end: 'kill' it ('fuser -v %s' names it), then try again",
			  LOCK);
		return lock;
	}
	if (lock < 0) {
		args_fail(NULL, "cannot lock " LOCK ": %s", strerror(-lock));
		return lock == -ENOENT ? -EIO : lock;
	}
	err = run(rules, lock);
	close(lock);
	return err;
}
