/* SPDX-License-Identifier: GPL-2.0 */
/* import.h - a file of another program that becomes a document */
#ifndef NAT64CTL_IMPORT_H
#define NAT64CTL_IMPORT_H

#include "config/document.h"

/**
 * struct import - a file of Jool or TAYGA that is being read
 * @name: what it is called in sentences
 * @doc: what becomes of it
 * @iterations: has it been said that max-iterations is left out?
 */
struct import {
	const char *name;
	struct document doc;
	bool iterations;
};

/* import.c */
__printf(3, 4) void import_note(const struct import *in, const char *path,
				const char *fmt, ...);
__printf(3, 4) int import_fail(const struct import *in, const char *path,
			       const char *fmt, ...);
int import_word(const struct import *in, const char *path);
void import_small(char *word, size_t size, struct json_object *value);
const char *import_text(struct json_object *object, const char *name);
int import_proto(const struct import *in, const char *path,
		 struct json_object *from, __u8 *proto);
void import_rest(struct import *in, const char *path,
		 struct json_object *object, const char *const *known);
int import_unique(void *array, size_t *n, size_t size, size_t *place);
int import_put_key(struct import *in, const char *path, int key,
		   const char *word);
void import_print(const struct import *in);

/* import_keys.c */
int import_global(struct import *in, struct json_object *value);
bool import_is_siit_key(const char *name);
void import_settle_keys(struct import *in);

/* import_pool4.c */
int import_pool4(struct import *in, const char *path,
		 struct json_object *from, size_t place);
void import_settle_pool4(struct import *in);

/* import_bib.c */
int import_bib(struct import *in, const char *path, struct json_object *from,
	       size_t place);
int import_settle_bib(struct import *in);

/* import_eam.c */
int import_eam(struct import *in, const char *path, struct json_object *from,
	       size_t place);
int import_settle_eam(struct import *in);
int import_denylist(struct import *in, const char *path,
		    struct json_object *value);

#endif /* NAT64CTL_IMPORT_H */
