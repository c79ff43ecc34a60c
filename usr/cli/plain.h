/* SPDX-License-Identifier: GPL-2.0 */
/* plain.h - text of the kernel, of files and of peers, for a terminal */
#ifndef NAT64CTL_PLAIN_H
#define NAT64CTL_PLAIN_H

#include <stdio.h>

#include "cli/args.h"

size_t plain_char(const char *at, __u32 *code);
bool plain_is_utf8(const char *text);
char *plain_text(char *text);
__printf(2, 3) void plain_line(FILE *file, const char *fmt, ...);
void plain_json(FILE *file, const char *json, const char *indent);

#endif /* NAT64CTL_PLAIN_H */
