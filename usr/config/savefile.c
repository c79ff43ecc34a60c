// SPDX-License-Identifier: GPL-2.0
/*
 * savefile.c - a file that is written as a whole or not at all
 *
 * The text goes into a new file beside the old one, is forced to the disk, and
 * takes its name: readers, and a power failure, see one of the two.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/args.h"
#include "config/savefile.h"

static int fail(const char *path, const char *what)
{
	return args_fail(NULL, "%.160s: %s: %s", path, what, strerror(errno));
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= n;
	}
	return 0;
}

/* A new file gets what the umask allows, another keeps what it has. */
static int set_mode(int fd, const struct stat *old)
{
	mode_t mask = umask(0);
	struct stat now;

	umask(mask);
	if (!old)
		return fchmod(fd, 0644 & ~mask);
	if (fstat(fd, &now))
		return -1;
	/* Not if the owner is right already: the filter of our services
	 * forbids fchown(). Only root can change the owner, so only root has
	 * to succeed.
	 */
	if ((old->st_uid != now.st_uid || old->st_gid != now.st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) && !geteuid())
		return -1;
	return fchmod(fd, old->st_mode & 0777);
}

static void sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* Some file systems cannot; the name is as good as it gets there. */
	if (fsync(fd))
		errno = 0;
	close(fd);
}

static int replace(const char *path, const char *text, const struct stat *old)
{
	char temp[PATH_MAX];
	int fd, err = 0;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return fail(path, "it cannot be written");
	}
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return fail(path, "a file beside it cannot be made");
	if (write_all(fd, text) || set_mode(fd, old) || fsync(fd))
		err = fail(path, "it cannot be written");
	if (close(fd) && !err)
		err = fail(path, "it cannot be written");
	if (!err && rename(temp, path))
		err = fail(path, "it cannot be replaced");
	if (err)
		unlink(temp);
	else
		sync_folder(path);
	return err;
}

/* A pipe or a device has no place for another file beside it. */
static int write_into(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return fail(path, "it cannot be opened");
	if (write_all(fd, text))
		err = fail(path, "it cannot be written");
	if (close(fd) && !err)
		err = fail(path, "it cannot be written");
	return err;
}

/*
 * A link in a folder that all may write to can be anybody's, and be changed while
 * it is followed: it has to be ours or root's, and to lead to what was looked at.
 */
static int replace_existing(const char *path, const char *text,
			    const struct stat *st)
{
	char *real = realpath(path, NULL);
	struct stat link, now;
	int err;

	if (!real || lstat(path, &link) || lstat(real, &now))
		err = fail(path, "it cannot be found");
	else if (S_ISLNK(link.st_mode) && link.st_uid &&
		 link.st_uid != geteuid())
		err = args_fail(NULL,
				"%.160s: it is a link of another user: name the file that is meant",
				path);
	else if (now.st_dev != st->st_dev || now.st_ino != st->st_ino)
		err = args_fail(NULL,
				"%.160s: it is another file than a moment ago: see what changes it",
				path);
	else
		err = replace(real, text, st);
	free(real);
	return err;
}

/* There is nothing; a link that leads nowhere is something. */
static int make_new(const char *path, const char *text)
{
	struct stat st;

	if (!lstat(path, &st))
		return args_fail(NULL,
				 "%.160s: it is a link that leads nowhere: remove it, or make what it names",
				 path);
	return replace(path, text, NULL);
}

/**
 * savefile_write() - write a file
 * @path: the file; a symbolic link stays, and what it leads to is written; so
 *	does a pipe or a device
 * @text: what it is to hold
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int savefile_write(const char *path, const char *text)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT ? make_new(path, text) :
					 fail(path, "it cannot be found");
	if (!S_ISREG(st.st_mode))
		return write_into(path, text);
	return replace_existing(path, text, &st);
}

/**
 * savefile_clean() - remove what a command that was killed was just writing
 * @path: the file, which nobody writes now
 */
void savefile_clean(const char *path)
{
	char pattern[PATH_MAX];
	glob_t left;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s.??????", path);
	if (glob(pattern, 0, NULL, &left))
		return;
	for (i = 0; i < left.gl_pathc; i++)
		unlink(left.gl_pathv[i]);
	globfree(&left);
}
