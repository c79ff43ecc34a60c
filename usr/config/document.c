// SPDX-License-Identifier: GPL-2.0
/* document.c - documents: an instance in JSON */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"

/* How much of a file's name a sentence has room for. */
#define NAME_SHOWN 160

/**
 * doc_fail() - remember what is wrong with a document
 * @doc: the document
 * @path: JSON pointer of the value that is wrong
 * @fmt: format of a sentence
 *
 * Return: -EINVAL.
 */
int doc_fail(const struct document *doc, const char *path, const char *fmt, ...)
{
	char rest[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	return args_fail(NULL, "%.*s: %s: %s", NAME_SHOWN, doc->file,
			 *path ? path : "/", rest);
}

/**
 * doc_fail_word() - add its place to the mistake of a word
 * @doc: the document
 * @path: JSON pointer of the word
 *
 * Return: -EINVAL.
 */
int doc_fail_word(const struct document *doc, const char *path)
{
	char why[400];

	snprintf(why, sizeof(why), "%s", args_why());
	return doc_fail(doc, path, "%s", why);
}

/**
 * document_key() - the value of a key
 * @doc: the document
 * @key: the key
 *
 * Return: the value, or NULL if the document has none.
 */
struct nlattr *document_key(const struct document *doc, int key)
{
	struct nlmsghdr *hdr = nlmsg_hdr(doc->keys);

	return nla_find(nlmsg_attrdata(hdr, 0), nlmsg_attrlen(hdr, 0), key);
}

/**
 * document_defaults() - set the keys that a document lacks to their defaults
 * @doc: the document
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_defaults(struct document *doc)
{
	int key;

	for (key = 1; key < KEY_COUNT; key++) {
		if (!document_key(doc, key) &&
		    key_put(doc->keys, key, key_default(key)))
			return doc_fail(doc, "/config", "out of memory");
	}
	return 0;
}

/**
 * document_init() - start an empty document
 * @doc: what it fills; document_free() frees it
 * @file: where it comes from, for sentences
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int document_init(struct document *doc, const char *file)
{
	memset(doc, 0, sizeof(*doc));
	doc->file = file;
	doc->keys_at = "/config";
	doc->eam_at = "/eam/";
	doc->keys = nlmsg_alloc();
	if (doc->keys && nlmsg_put(doc->keys, 0, 0, 0, 0, 0))
		return 0;
	return args_fail(NULL, "out of memory");
}

/**
 * document_free() - free what a document holds
 * @doc: the document
 */
void document_free(struct document *doc)
{
	free(doc->pool4);
	free(doc->bib);
	free(doc->eam);
	free(doc->denylist);
	free(doc->bib_place);
	free(doc->eam_place);
	nlmsg_free(doc->keys);
}
