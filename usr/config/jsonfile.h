/* SPDX-License-Identifier: GPL-2.0 */
/* jsonfile.h - JSON from a file, with the place of every mistake */
#ifndef NAT64CTL_JSONFILE_H
#define NAT64CTL_JSONFILE_H

#include <json-c/json.h>
#include <stddef.h>

/* What is larger is not a configuration, and is not read. */
#define JSONFILE_MIB 128
/* What is nested deeper is not one either. */
#define JSONFILE_DEPTH 32
/* Objects and arrays: a BIB or EAM entry is one, a pool4 entry two. */
#define JSONFILE_NESTS 1200000
/* All values: an EAM entry is three. */
#define JSONFILE_VALUES 4000000

struct json_object *jsonfile_read(const char *path);
const char *jsonfile_name(const char *path);
char *jsonfile_text(const char *path, size_t *len);

#endif /* NAT64CTL_JSONFILE_H */
