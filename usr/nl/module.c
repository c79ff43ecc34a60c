// SPDX-License-Identifier: GPL-2.0
/* module.c - whether the module has been removed */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "nl/module.h"

#define MODULES "/sys/module"
#define MODULE MODULES "/nat64"

/**
 * module_is_removed() - check whether the module is not loaded, or about to go
 *
 * While it is being removed, its devices and its family go first: who then asks for
 * the family waits for its end, and loads it again.
 *
 * Return: true if it is; false also if that cannot be found out.
 */
bool module_is_removed(void)
{
	char state[8] = "";
	int fd;

	if (access(MODULES, F_OK))
		return false;
	if (access(MODULE, F_OK))
		return true;
	fd = open(MODULE "/initstate", O_RDONLY | O_CLOEXEC);
	/* It is built into the kernel. */
	if (fd < 0)
		return false;
	if (read(fd, state, sizeof(state) - 1) < 0)
		*state = '\0';
	close(fd);
	return !strncmp(state, "going", strlen("going"));
}
