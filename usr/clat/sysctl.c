// SPDX-License-Identifier: GPL-2.0
/* sysctl.c - settings of the kernel, of this network namespace */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clat/journal.h"

#define FOLDER "/proc/sys/"
#define DEVICES FOLDER "net/ipv6/conf"

static int open_setting(const char *path, int flags)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), FOLDER "%s", path);
	return open(full, flags | O_CLOEXEC);
}

/**
 * sysctl_path() - the path of a setting
 * @path: where to write it, SYSCTL_PATH bytes
 * @fmt: its format, such as "net/ipv6/conf/%s/mtu"
 */
void sysctl_path(char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, SYSCTL_PATH, fmt, ap);
	va_end(ap);
}

/**
 * sysctl_read() - read a setting
 * @path: its path
 * @value: where to store it, JOURNAL_VALUE bytes
 *
 * Return: false if there is none.
 */
bool sysctl_read(const char *path, char *value)
{
	int fd = open_setting(path, O_RDONLY);
	ssize_t len;

	*value = '\0';
	if (fd < 0)
		return false;
	len = read(fd, value, JOURNAL_VALUE - 1);
	close(fd);
	if (len <= 0)
		return false;
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return true;
}

/**
 * sysctl_is() - check whether a setting has a value
 * @path: its path
 * @value: the value
 *
 * Return: true if it has.
 */
bool sysctl_is(const char *path, const char *value)
{
	char now[JOURNAL_VALUE];

	return sysctl_read(path, now) && !strcmp(now, value);
}

/**
 * sysctl_write() - change a setting
 * @path: its path
 * @value: its new value
 *
 * Return: 0 or a negative errno.
 */
int sysctl_write(const char *path, const char *value)
{
	int fd = open_setting(path, O_WRONLY), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/**
 * sysctl_each_device() - visit all devices that IPv6 knows
 * @each: is called with the name of each
 * @arg: its second argument
 */
void sysctl_each_device(void (*each)(const char *device, void *arg), void *arg)
{
	DIR *dir = opendir(DEVICES);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (*entry->d_name != '.' && strcmp(entry->d_name, "all") &&
		    strcmp(entry->d_name, "default"))
			each(entry->d_name, arg);
	}
	closedir(dir);
}
