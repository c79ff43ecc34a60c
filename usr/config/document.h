/* SPDX-License-Identifier: GPL-2.0 */
/*
 * document.h - an instance, as config load and save have it
 *
 * A document has its values as the command has them: parsed, in the form in
 * which 'show' prints them, so that two documents can be compared.
 */
#ifndef NAT64CTL_DOCUMENT_H
#define NAT64CTL_DOCUMENT_H

#include <net/if.h>

#include "config/keys.h"
#include "nl/entry.h"

/**
 * struct document - an instance
 * @file: where it comes from, for sentences
 * @instance: its name, or "" if the document does not say
 * @type: its type, enum nat64_type
 * @device: name of its network device, or "" if it has none
 * @force: lifetimes may be shorter than RFCs demand
 * @pool6: its prefixes
 * @n_pool6: how many
 * @pool4: its pool4 entries
 * @n_pool4: how many
 * @bib: its static BIB entries
 * @n_bib: how many
 * @eam: its explicit address mappings
 * @n_eam: how many
 * @denylist: its denylist
 * @n_denylist: how many
 * @keys: a message with the values of all keys, as attributes
 * @given: keys that the document names
 * @keys_at: JSON pointer of the keys in the file
 * @eam_at: what stands before the index of a mapping when errors name its place
 * @bib_place: index in the file of each BIB entry; NULL: the same as in @bib
 * @eam_place: likewise of each mapping
 */
struct document {
	const char *file;
	char instance[NAT64_NAME_MAX + 1];
	__u8 type;
	char device[IFNAMSIZ];
	bool force;
	struct prefix6 pool6[NAT64_POOL6_MAX];
	size_t n_pool6;
	struct pool4_entry *pool4;
	size_t n_pool4;
	struct bib_entry *bib;
	size_t n_bib;
	struct eam_entry *eam;
	size_t n_eam;
	struct prefix4 *denylist;
	size_t n_denylist;
	struct nl_msg *keys;
	bool given[KEY_COUNT];
	const char *keys_at;
	const char *eam_at;
	size_t *bib_place;
	size_t *eam_place;
};

/**
 * struct doc_member - a member of an object
 * @name: its name
 * @take: reads it
 */
struct doc_member {
	const char *name;
	int (*take)(struct document *doc, const char *path,
		    struct json_object *value, void *arg);
};

/* Room for a JSON pointer. */
#define PATH_TEXT 96

/* document.c */
int document_init(struct document *doc, const char *file);
void document_free(struct document *doc);
struct nlattr *document_key(const struct document *doc, int key);
int document_defaults(struct document *doc);
__printf(3, 4) int doc_fail(const struct document *doc, const char *path,
			    const char *fmt, ...);
int doc_fail_word(const struct document *doc, const char *path);

/* document_members.c */
const char *doc_type_name(struct json_object *value);
int doc_need(const struct document *doc, const char *path,
	     struct json_object *value, enum json_type type,
	     const char *instead);
int doc_take_object(struct document *doc, const char *path,
		    const struct doc_member *members, size_t n,
		    struct json_object *object, void *arg);
int doc_need_members(const struct document *doc, const char *path,
		     const struct doc_member *members, size_t n,
		     struct json_object *object);
int doc_take_array(struct document *doc, const char *path,
		   struct json_object *array,
		   int (*take)(struct document *doc, const char *path,
			       struct json_object *value));
int doc_take_word(const struct document *doc, const char *path,
		  struct json_object *value, const char *instead,
		  char *word, size_t size);
int doc_take_list(const struct document *doc, const char *path,
		  struct json_object *array, const char *instead,
		  char *word, size_t size);

/* document_check.c */
int document_check(struct document *doc);
const char *doc_check_pool6(const struct prefix6 *prefix);
const char *doc_check_pool4(const struct prefix4 *prefix);
bool doc_serves(const struct document *doc, const struct bib_entry *bib);

/* document_parse.c */
int document_parse(struct document *doc, struct json_object *json);
int document_read(struct document *doc, const char *path, bool force);

/* document_nl.c */
struct nl_msg *document_request(const struct document *doc,
				const char *instance, bool check);
bool document_refused(const struct document *doc, const struct nl64 *nl);
int document_fetch(struct document *doc, struct nl64 *nl, const char *instance);
struct json_object *document_json(const struct document *doc);
struct json_object *doc_pool6_json(const struct document *doc, size_t i);
struct json_object *doc_pool4_json(const struct document *doc, size_t i);
struct json_object *doc_bib_json(const struct document *doc, size_t i);
struct json_object *doc_eam_json(const struct document *doc, size_t i);
struct json_object *doc_denylist_json(const struct document *doc, size_t i);

/* document_diff.c */
int document_diff(struct out *out, const char *instance,
		  const struct document *is, const struct document *will,
		  bool exists);

#endif /* NAT64CTL_DOCUMENT_H */
