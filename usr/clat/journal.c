// SPDX-License-Identifier: GPL-2.0
/*
 * journal.c - the file that says what a CLAT has changed, and how to undo it
 *
 * A change is written down before it is made. So whatever ends the command in
 * between, the next one finds all that is to be undone, and perhaps more: what is
 * undone twice, or was never done, is no mistake.
 *
 * A file serves one network namespace. Its lock says who is at work, and outlives
 * nobody.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clat/journal.h"
#include "clat/plan.h"
#include "config/savefile.h"

/* Not that of the services that load instances: they delete what they do not know. */
#ifndef CLAT_FOLDER
#define CLAT_FOLDER "/run/nat64-clat"
#endif
#define STEPS "undo"
/* The namespace in which the machine starts has the first number. */
#define FIRST_NETNS 1

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* --- the file --- */

static __u64 netns_cookie(void)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	__u64 cookie = FIRST_NETNS;
	socklen_t len = sizeof(cookie);

	if (sock < 0)
		return FIRST_NETNS;
	if (getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		cookie = FIRST_NETNS;
	close(sock);
	return cookie;
}

/**
 * journal_find() - find the file of this network namespace
 * @journal: the journal
 *
 * It is clat.json, or in another namespace than the first, clat-NUMBER.json with
 * a number that no other gets until the machine is started again.
 *
 * Return: 0.
 */
int journal_find(struct journal *journal)
{
	__u64 cookie = netns_cookie();

	memset(journal, 0, sizeof(*journal));
	journal->lock = -1;
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
 * Return: its number, or 0: there is none.
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
	/* 0 and -1 stand for one that is not seen from here; kill() takes them for many. */
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

static int stays_locked(pid_t owner)
{
	if (!owner)
		return args_fail(NULL,
				 "another 'nat64ctl clat' is at work here, in a container perhaps: end it where it runs, then try again");
	return args_fail(NULL,
			 "the other 'nat64ctl clat', process %d, does not end: 'kill -9 %d', then try again",
			 (int)owner, (int)owner);
}

/**
 * journal_lock_wait() - end who works on the CLAT, then begin
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
			return stays_locked(owner);
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

static struct json_object *steps_of(const struct journal *journal)
{
	return json_object_object_get(journal->root, STEPS);
}

static const char *word(struct json_object *step, const char *key)
{
	struct json_object *value = json_object_object_get(step, key);

	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : "";
}

/**
 * journal_step() - write down how to undo the change that follows
 * @journal: the journal
 * @kind: the kind of the change; pairs of a key and a string, then NULL
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_step(struct journal *journal, const char *kind, ...)
{
	struct json_object *step = json_object_new_object();
	const char *key, *value;
	va_list ap;

	json_object_object_add(step, "kind", json_object_new_string(kind));
	va_start(ap, kind);
	while ((key = va_arg(ap, const char *))) {
		value = va_arg(ap, const char *);
		json_object_object_add(step, key, json_object_new_string(value));
	}
	va_end(ap);
	json_object_array_add(steps_of(journal), step);
	return journal_write(journal);
}

/**
 * journal_forget() - take back the last step: its change was not made
 * @journal: the journal
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_forget(struct journal *journal)
{
	struct json_object *steps = steps_of(journal);

	json_object_array_del_idx(steps, json_object_array_length(steps) - 1, 1);
	return journal_write(journal);
}

/* The index of the device of a setting, or "0" */
static const char *ifindex_of(const char *path)
{
	static char text[16];
	char name[IF_NAMESIZE];
	unsigned int ifindex = 0;

	if (sscanf(path, "net/%*[^/]/%*[^/]/%15[^/]/", name) == 1)
		ifindex = if_nametoindex(name);
	snprintf(text, sizeof(text), "%u", ifindex);
	return text;
}

/**
 * journal_set() - change a setting of the kernel, unless it has the value already
 * @journal: the journal
 * @path: its path
 * @value: its new value
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_set(struct journal *journal, const char *path, const char *value)
{
	char was[JOURNAL_VALUE];
	int err;

	if (!sysctl_read(path, was))
		return args_fail(NULL,
				 "cannot read /proc/sys/%s: is /proc mounted, and IPv6 enabled?",
				 path);
	if (!strcmp(was, value))
		return 0;
	err = journal_step(journal, "sysctl", "path", path, "was", was, "set",
			   value, "ifindex", ifindex_of(path), NULL);
	if (err)
		return err;
	err = sysctl_write(path, value);
	return err ? args_fail(NULL, "cannot write /proc/sys/%s: %s", path,
			       strerror(-err)) : 0;
}

/* --- and back --- */

/**
 * journal_reset() - end a change that was for a moment only
 * @journal: the journal; it is written with what comes next
 * @path: the setting, which journal_set() has changed
 */
void journal_reset(struct journal *journal, const char *path)
{
	struct json_object *steps = steps_of(journal);
	size_t i = json_object_array_length(steps);

	while (i--) {
		struct json_object *step = json_object_array_get_idx(steps, i);

		if (strcmp(word(step, "path"), path))
			continue;
		/* A device that has another name by now is found at the end. */
		if (!sysctl_write(path, word(step, "was")))
			json_object_array_del_idx(steps, i, 1);
		return;
	}
}

static void accept_2(const char *device, void *arg)
{
	struct json_object *list = arg;
	char path[SYSCTL_PATH];

	sysctl_path(path, "net/ipv6/conf/%s/accept_ra", device);
	if (sysctl_is(path, "1") && !sysctl_write(path, "2"))
		json_object_array_add(list, json_object_new_string(path));
}

/* To turn forwarding on anywhere deletes the routes of router advertisements. */
static int write_back(const char *path, const char *value)
{
	struct json_object *list = json_object_new_array();
	size_t i;
	int err;

	if (strstr(path, "ipv6") && strstr(path, "/forwarding") &&
	    strcmp(value, "0"))
		sysctl_each_device(accept_2, list);
	err = sysctl_write(path, value);
	for (i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		sysctl_write(json_object_get_string(one), "1");
	}
	json_object_put(list);
	return err;
}

/* net/ipv6/conf/DEVICE/setting: the device may have another name now. */
static void path_now(struct json_object *step, char *path)
{
	unsigned int ifindex = atoi(word(step, "ifindex"));
	char family[8], kind[8], setting[32], name[IF_NAMESIZE];

	snprintf(path, SYSCTL_PATH, "%s", word(step, "path"));
	if (ifindex && if_indextoname(ifindex, name) &&
	    sscanf(path, "net/%7[^/]/%7[^/]/%*[^/]/%31s", family, kind,
		   setting) == 3)
		snprintf(path, SYSCTL_PATH, "net/%s/%s/%s/%s", family, kind,
			 name, setting);
}

/* A setting that somebody else has changed since is left alone. */
static int undo_sysctl(struct json_object *step)
{
	char path[SYSCTL_PATH];

	path_now(step, path);
	if (strncmp(path, "net/", 4) || strstr(path, "/../") ||
	    !sysctl_is(path, word(step, "set")))
		return 0;
	return write_back(path, word(step, "was"));
}

static int undo_address(struct json_object *step, struct rt *rt)
{
	unsigned int ifindex = atoi(word(step, "ifindex"));
	struct in6_addr addr;
	int err;

	if (inet_pton(AF_INET6, word(step, "address"), &addr) != 1)
		return 0;
	err = strcmp(word(step, "kind"), "proxy") ?
	      rt_addr6(rt, false, ifindex, &addr) :
	      rt_proxy(rt, false, ifindex, &addr);
	return err == -EADDRNOTAVAIL || err == -ENODEV || err == -ENOENT ||
	       err == -ESRCH || err == -ENXIO ? 0 : err;
}

static int undo_unreachable(struct json_object *step, struct rt *rt)
{
	struct rt_route route = {
		.family = AF_INET6, .metric = CLAT_METRIC, .unreachable = true,
	};
	struct prefix6 prefix;
	int err;

	if (args_prefix6(word(step, "prefix"), true, &prefix))
		return 0;
	route.dst = prefix.addr;
	route.len = prefix.len;
	err = rt_del_route(rt, &route);
	return err == -ESRCH ? 0 : err;
}

/* With the instance go its device, and its addresses and routes. */
static int undo_instance(struct json_object *step, struct nl64 *nl)
{
	struct nl_msg *msg;
	int err = nl->sock ? 0 : nl64_open(nl);

	/* The module is gone, and all that it had. */
	if (err == -ENOENT || err == -ENODEV)
		return 0;
	if (err)
		return err;
	msg = nl64_request(NAT64_CMD_INSTANCE_DEL, word(step, "name"));
	err = msg ? nl64_do(nl, msg, NULL) : -ENOMEM;
	nlmsg_free(msg);
	if (err == -ENODEV)
		nl64_shut(nl);
	return err == -ENOENT || err == -ENODEV ? 0 : err;
}

/*
 * Without nft, or in a kernel that refuses whatever it says, none were made; or they
 * stay, and no packet meets them.
 */
static int undo_nft(void)
{
	int err = nft_run("table ip " CLAT_TABLE " {}\ndelete table ip "
			  CLAT_TABLE "\n");

	if (err == -EINVAL && nft_run("list table ip " CLAT_TABLE "\n") == -EINVAL)
		return 0;
	return err == -ENOENT ? 0 : err;
}

static int undo_step(struct json_object *step, struct rt *rt, struct nl64 *nl)
{
	const char *kind = word(step, "kind");

	if (!strcmp(kind, "sysctl"))
		return undo_sysctl(step);
	if (!strcmp(kind, "address") || !strcmp(kind, "proxy"))
		return undo_address(step, rt);
	if (!strcmp(kind, "unreachable"))
		return undo_unreachable(step, rt);
	if (!strcmp(kind, "instance"))
		return undo_instance(step, nl);
	if (!strcmp(kind, "nft"))
		return undo_nft();
	return 0;
}

/**
 * journal_undo() - undo all changes, the last one first
 * @journal: the journal
 * @rt: rtnetlink, open
 * @nl: the module, open or not
 *
 * What cannot be undone stays in the file.
 *
 * Return: 0, or -EINVAL with the reason in args_why().
 */
int journal_undo(struct journal *journal, struct rt *rt, struct nl64 *nl)
{
	struct json_object *steps = steps_of(journal);
	size_t i = json_object_array_length(steps);
	bool changed = i;
	char why[256] = "";

	while (i--) {
		struct json_object *step = json_object_array_get_idx(steps, i);
		int err = undo_step(step, rt, nl);

		if (!err)
			json_object_array_del_idx(steps, i, 1);
		else if (!*why)
			snprintf(why, sizeof(why), "%s %s%s%s: %s",
				 word(step, "kind"), word(step, "path"),
				 word(step, "address"), word(step, "name"),
				 strcmp(word(step, "kind"), "nft") ?
				 strerror(-err) : args_why());
	}
	/* What is undone once is not undone again: it may be somebody else's then. */
	if (changed) {
		json_object_object_add(journal->root, "state",
				       json_object_new_string("down"));
		if (journal_write(journal))
			return -EINVAL;
	}
	return *why ? args_fail(NULL,
				"cannot undo all of 'nat64ctl clat up': %s (see %s)",
				why, journal->path) : 0;
}
