/* SPDX-License-Identifier: GPL-2.0 */
/* hints.h - words of other commands, and what stands for them here */
#ifndef NAT64CTL_HINTS_H
#define NAT64CTL_HINTS_H

#include <stddef.h>

const char *hint_find(const char *object, const char *word);
const char *hint_verb(const char *word);
size_t hint_prefix(const char *word, const char *const *names, size_t n,
		   size_t *found);
int hint_ambiguous(const char *word, const char *const *names, size_t n);

#endif /* NAT64CTL_HINTS_H */
