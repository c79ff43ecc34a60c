/* SPDX-License-Identifier: GPL-2.0 */
/* savefile.h - a file that is written as a whole or not at all */
#ifndef NAT64CTL_SAVEFILE_H
#define NAT64CTL_SAVEFILE_H

int savefile_write(const char *path, const char *text);
void savefile_clean(const char *path);

#endif /* NAT64CTL_SAVEFILE_H */
