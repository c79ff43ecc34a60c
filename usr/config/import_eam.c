// SPDX-License-Identifier: GPL-2.0
/* import_eam.c - from the tables of a file of jool_siit to ours */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/import.h"

static const char *take_text(const struct import *in, const char *path,
			     struct json_object *from, const char *name)
{
	const char *word = import_text(from, name);

	if (!word)
		import_fail(in, path,
			    "\"%s\" is missing: write an address or prefix",
			    name);
	return word;
}

/**
 * import_eam() - read an entry of the EAMT
 * @in: the file
 * @path: JSON pointer of the entry
 * @from: the entry
 * @place: its place in the file
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_eam(struct import *in, const char *path, struct json_object *from,
	       size_t place)
{
	static const char *const known[] = {
		"ipv6 prefix", "ipv4 prefix", "comment", NULL
	};
	struct eam_entry *eam = &in->doc.eam[in->doc.n_eam];
	const char *word6 = take_text(in, path, from, known[0]);
	const char *word4 = word6 ? take_text(in, path, from, known[1]) : NULL;

	if (!word4)
		return -EINVAL;
	if (args_prefix6(word6, false, &eam->prefix6) ||
	    args_prefix4(word4, &eam->prefix4) ||
	    args_eam(&eam->prefix6, &eam->prefix4))
		return import_word(in, path);
	import_rest(in, path, from, known);
	in->doc.eam_place[in->doc.n_eam++] = place;
	return 0;
}

/**
 * import_settle_eam() - remove repeated entries after all are read
 * @in: the file
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_settle_eam(struct import *in)
{
	struct document *doc = &in->doc;

	if (import_unique(doc->eam, &doc->n_eam, sizeof(*doc->eam),
			  doc->eam_place))
		return -EINVAL;
	if (doc->n_eam > NAT64_EAM_MAX)
		return import_fail(in, "/eamt",
				   "an instance has %u EAM entries at most",
				   NAT64_EAM_MAX);
	return 0;
}

/* Calls of @take would need an object; these are words. */
static int take_prefixes(struct import *in, const char *path,
			 struct json_object *array)
{
	size_t n = json_object_array_length(array), i;
	struct document *doc = &in->doc;
	const char *word;
	char where[96];

	for (i = 0; i < n; i++) {
		word = json_object_get_string(json_object_array_get_idx(array,
									i));
		snprintf(where, sizeof(where), "%s/%zu", path, i);
		if (args_prefix4(word ?: "null", &doc->denylist[i]))
			return import_word(in, where);
	}
	doc->n_denylist = n;
	return import_unique(doc->denylist, &doc->n_denylist,
			     sizeof(*doc->denylist), NULL);
}

/**
 * import_denylist() - read the denylist
 * @in: the file
 * @path: JSON pointer of the list
 * @value: the list
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_denylist(struct import *in, const char *path,
		    struct json_object *value)
{
	struct document *doc = &in->doc;

	if (!json_object_is_type(value, json_type_array))
		return import_fail(in, path,
				   "it is not what Jool takes: write an array of prefixes");
	free(doc->denylist);
	doc->denylist = calloc(json_object_array_length(value) + 1,
			       sizeof(*doc->denylist));
	if (!doc->denylist)
		return args_fail(NULL, "out of memory");
	if (take_prefixes(in, path, value))
		return -EINVAL;
	if (doc->n_denylist > NAT64_DENYLIST_MAX)
		return import_fail(in, path,
				   "an instance has %u prefixes on its denylist at most",
				   NAT64_DENYLIST_MAX);
	return 0;
}
