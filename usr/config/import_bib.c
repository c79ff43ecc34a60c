// SPDX-License-Identifier: GPL-2.0
/* import_bib.c - from the BIB of a file of Jool to ours */
#include <errno.h>
#include <string.h>

#include "config/import.h"

/* "ADDR#PORT" of @name is a transport address. */
static int take_side(const struct import *in, const char *path,
		     struct json_object *from, const char *name, bool is6,
		     struct endpoint *side)
{
	const char *word = import_text(from, name);
	const char *hash = word ? strrchr(word, '#') : NULL;
	char text[ENDPOINT_TEXT + 16];

	if (hash && hash - word < INET6_ADDRSTRLEN && strlen(hash) <= 8) {
		snprintf(text, sizeof(text), is6 ? "[%.*s]:%s" : "%.*s:%s",
			 (int)(hash - word), word, hash + 1);
		if (!args_endpoint(text, side) && side->is6 == is6)
			return 0;
	}
	return import_fail(in, path, "its \"%s\" is not a transport address: write %s", name,
			   is6 ? "2001:db8::5#80" : "192.0.2.1#80");
}

/**
 * import_bib() - read a BIB entry
 * @in: the file
 * @path: JSON pointer of the entry
 * @from: the entry
 * @place: its place in the file
 *
 * One outside of pool4 is left out, for no packet reaches it: Jool 4.1.9 refuses
 * a file that has one, and those before keep it.
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_bib(struct import *in, const char *path, struct json_object *from,
	       size_t place)
{
	static const char *const known[] = {
		"protocol", "ipv6 address", "ipv4 address", "comment", NULL
	};
	struct bib_entry *bib = &in->doc.bib[in->doc.n_bib];

	memset(bib, 0, sizeof(*bib));
	if (import_proto(in, path, from, &bib->proto) ||
	    take_side(in, path, from, "ipv6 address", true, &bib->side6) ||
	    take_side(in, path, from, "ipv4 address", false, &bib->side4))
		return -EINVAL;
	import_rest(in, path, from, known);
	if (!doc_serves(&in->doc, bib)) {
		import_note(in, path,
			    "left out: %s is not in pool4, so no packet could reach it",
			    import_text(from, "ipv4 address"));
		return 0;
	}
	in->doc.bib_place[in->doc.n_bib++] = place;
	return 0;
}

/**
 * import_settle_bib() - remove repeated entries after all are read
 * @in: the file
 *
 * Jool takes an entry again that it has.
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_settle_bib(struct import *in)
{
	struct document *doc = &in->doc;

	if (import_unique(doc->bib, &doc->n_bib, sizeof(*doc->bib),
			  doc->bib_place))
		return -EINVAL;
	if (doc->n_bib > NAT64_BIB_STATIC_MAX)
		return import_fail(in, "/bib",
				   "an instance has %u static BIB entries at most",
				   NAT64_BIB_STATIC_MAX);
	return 0;
}
