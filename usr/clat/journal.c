// SPDX-License-Identifier: GPL-2.0
/*
 * journal.c - the file that says what a CLAT has changed, for undo.c
 *
 * A change is written down before it is made. So whatever ends the command in
 * between, the next one finds every change to undo. Undoing a change that was never
 * made does no harm; a change that was undone is struck from the file.
 *
 * A file serves one network namespace. Its lock names the process at work, and ends
 * with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clat/journal.h"
#include "config/savefile.h"

#define STEPS "undo"
/* The namespace in which the machine starts has the first number. */
#define FIRST_NETNS 1

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* --- the file --- */

/* Return: 0, or an errno, with which nothing is known of the namespace. */
static int netns_cookie(__u64 *cookie)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	socklen_t len = sizeof(*cookie);

	if (sock < 0)
		return errno;
	if (getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &len))
		err = errno;
	close(sock);
	if (err != ENOPROTOOPT)
		return err;
	/* A kernel without the number, as some of Android and of containers */
	*cookie = FIRST_NETNS;
	return 0;
}

/**
 * journal_find() - find the file of this network namespace
 * @journal: the journal
 *
 * It is clat.json, or in another namespace than the first, clat-NUMBER.json with
 * a number that no other gets until the machine is started again.
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_find(struct journal *journal)
{
	__u64 cookie;
	int err = netns_cookie(&cookie);

	memset(journal, 0, sizeof(*journal));
	journal->lock = -1;
	if (err)
		return args_fail(NULL, "cannot tell the network namespace: %s",
				 strerror(err));
	if (cookie == FIRST_NETNS)
		snprintf(journal->path, sizeof(journal->path),
			 CLAT_FOLDER "/clat.json");
	else
		snprintf(journal->path, sizeof(journal->path),
			 CLAT_FOLDER "/clat-%llu.json", (unsigned long long)cookie);
	return 0;
}

static void lock_path(const struct journal *journal, char *path, size_t size)
{
	snprintf(path, size, "%.*slock",
		 (int)(strlen(journal->path) - strlen("json")), journal->path);
}

static struct flock whole_file(short type)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET };
}

/* For users who may not see the lock: what the file says, if it is true. */
static pid_t noted_owner(const struct journal *journal)
{
	struct json_object *process = NULL;
	pid_t owner;

	json_object_object_get_ex(journal->root, "process", &process);
	owner = json_object_get_int(process);
	return owner > 0 && (!kill(owner, 0) || errno == EPERM) ? owner : 0;
}

/**
 * journal_owner() - the process that works on the CLAT
 * @journal: the journal, which has been read if this user may not see the lock
 *
 * Return: its number, or 0: there is none, or it is in another PID namespace.
 */
pid_t journal_owner(const struct journal *journal)
{
	struct flock lock = whole_file(F_RDLCK);
	pid_t owner = 0;
	char path[80];
	int fd;

	lock_path(journal, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? noted_owner(journal) : 0;
	if (!fcntl(fd, F_GETLK, &lock) && lock.l_type != F_UNLCK)
		owner = lock.l_pid;
	close(fd);
	/* 0 or -1: not visible here; as arguments of kill() they mean whole groups. */
	return owner > 0 ? owner : 0;
}

static int open_lock(struct journal *journal)
{
	char path[80];
	mode_t mask;
	int err;

	mask = umask(022);
	err = mkdir(CLAT_FOLDER, 0755) && errno != EEXIST ? errno : 0;
	umask(mask);
	if (err)
		return args_fail(NULL, "cannot make " CLAT_FOLDER ": %s (try as root)",
				 strerror(err));
	lock_path(journal, path, sizeof(path));
	/* Who may open it can hold a lock, too. */
	journal->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			     0600);
	if (journal->lock < 0)
		return args_fail(NULL, "cannot write %s: %s (try as root)", path,
				 strerror(errno));
	return 0;
}

/**
 * journal_lock() - begin to work on the CLAT
 * @journal: the journal
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_lock(struct journal *journal)
{
	struct flock lock = whole_file(F_WRLCK);

	if (open_lock(journal))
		return -EINVAL;
	if (!fcntl(journal->lock, F_SETLK, &lock))
		return 0;
	close(journal->lock);
	journal->lock = -1;
	return args_fail(NULL,
			 "another 'nat64ctl clat' is at work here, process %d: 'nat64ctl clat down' ends it",
			 (int)journal_owner(journal));
}

static int fail_locked(pid_t owner)
{
	if (!owner)
		return args_fail(NULL,
				 "another 'nat64ctl clat' is running, perhaps in a container: stop it there, then try again");
	return args_fail(NULL,
			 "the other 'nat64ctl clat', process %d, does not terminate: 'kill -9 %d', then try again",
			 (int)owner, (int)owner);
}

/**
 * journal_lock_wait() - stop the process that runs the CLAT, then take the lock
 * @journal: the journal
 * @seconds: how long it may take to undo what it has made
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_lock_wait(struct journal *journal, unsigned int seconds)
{
	const struct timespec pause = { 0, 50000000 };
	struct flock lock = whole_file(F_WRLCK);
	struct timespec now, end;
	pid_t owner = 0, next;

	if (open_lock(journal))
		return -EINVAL;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	while (fcntl(journal->lock, F_SETLK, &lock)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if ((errno != EAGAIN && errno != EACCES) ||
		    now.tv_sec >= end.tv_sec)
			return fail_locked(owner);
		/* After one that ends, another can come first. */
		next = journal_owner(journal);
		if (next && next != owner)
			kill(next, SIGTERM);
		owner = next ?: owner;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/**
 * journal_read() - read the file
 * @journal: the journal
 *
 * Return: 0, also if there is none, or -EINVAL with the reason in args_why().
 */
int journal_read(struct journal *journal)
{
	struct json_object *steps;

	json_object_put(journal->root);
	journal->root = NULL;
	if (!access(journal->path, F_OK)) {
		journal->root = json_object_from_file(journal->path);
		if (!json_object_is_type(journal->root, json_type_object) &&
		    !access(journal->path, F_OK))
			return args_fail(NULL,
					 "%s cannot be read or is damaged: remove it, and undo by hand what 'ip' and 'sysctl' show",
					 journal->path);
	} else if (errno != ENOENT) {
		return args_fail(NULL, "cannot read %s: %s", journal->path,
				 strerror(errno));
	}
	if (!journal->root)
		journal->root = json_object_new_object();
	if (!json_object_object_get_ex(journal->root, STEPS, &steps) ||
	    !json_object_is_type(steps, json_type_array))
		json_object_object_add(journal->root, STEPS,
				       json_object_new_array());
	return 0;
}

/**
 * journal_write() - write the file
 * @journal: the journal
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_write(struct journal *journal)
{
	const char *text = json_object_to_json_string_ext(journal->root,
							  JSON_C_TO_STRING_PRETTY);
	mode_t mask;
	int err;

	if (!text)
		return args_fail(NULL, "out of memory");
	/* The status is for all users. */
	mask = umask(022);
	err = savefile_write(journal->path, text);
	umask(mask);
	return err;
}

/**
 * journal_remove() - remove the file
 * @journal: the journal
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_remove(struct journal *journal)
{
	if (unlink(journal->path) && errno != ENOENT)
		return args_fail(NULL, "cannot remove %s: %s", journal->path,
				 strerror(errno));
	savefile_clean(journal->path);
	return 0;
}

/**
 * journal_close() - end to work on the CLAT
 * @journal: the journal
 */
void journal_close(struct journal *journal)
{
	json_object_put(journal->root);
	journal->root = NULL;
	if (journal->lock >= 0)
		close(journal->lock);
	journal->lock = -1;
}

/* --- changes --- */

/**
 * journal_steps() - list the changes
 * @journal: the journal, which has been read
 *
 * Return: an array of objects, the last change at its end. It is the journal's.
 */
struct json_object *journal_steps(const struct journal *journal)
{
	return json_object_object_get(journal->root, STEPS);
}

/**
 * journal_word() - a string of a step
 * @step: the step
 * @key: its key
 *
 * Return: the string, or "" if there is none.
 */
const char *journal_word(struct json_object *step, const char *key)
{
	struct json_object *value = json_object_object_get(step, key);

	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : "";
}

static void add(struct journal *journal, const char *kind, va_list ap)
{
	struct json_object *step = json_object_new_object();
	const char *key, *value;

	json_object_object_add(step, "kind", json_object_new_string(kind));
	while ((key = va_arg(ap, const char *))) {
		value = va_arg(ap, const char *);
		json_object_object_add(step, key, json_object_new_string(value));
	}
	json_object_array_add(journal_steps(journal), step);
}

/**
 * journal_add() - add a step, which journal_write() will write down with others
 * @journal: the journal
 * @kind: the kind of the change; pairs of a key and a string, then NULL
 */
void journal_add(struct journal *journal, const char *kind, ...)
{
	va_list ap;

	va_start(ap, kind);
	add(journal, kind, ap);
	va_end(ap);
}

static void drop_last(struct journal *journal)
{
	struct json_object *steps = journal_steps(journal);

	json_object_array_del_idx(steps, json_object_array_length(steps) - 1, 1);
}

/**
 * journal_step() - write down how to undo the change that follows
 * @journal: the journal
 * @kind: the kind of the change; pairs of a key and a string, then NULL
 *
 * Return: 0, or -EINVAL with the reason in args_why(): the change is not to be made,
 * and will not be undone, for what is there may be another program's.
 */
int journal_step(struct journal *journal, const char *kind, ...)
{
	va_list ap;
	int err;

	va_start(ap, kind);
	add(journal, kind, ap);
	va_end(ap);
	err = journal_write(journal);
	if (err)
		drop_last(journal);
	return err;
}

/**
 * journal_forget() - take back the last step: its change was not made
 * @journal: the journal
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_forget(struct journal *journal)
{
	drop_last(journal);
	return journal_write(journal);
}
