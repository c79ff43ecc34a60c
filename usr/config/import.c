// SPDX-License-Identifier: GPL-2.0
/* import.c - what the importers of files of other programs share */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plain.h"
#include "config/import.h"

/**
 * import_note() - report what a file becomes
 * @in: the file
 * @path: JSON pointer of what it is about
 * @fmt: format of a sentence
 */
void import_note(const struct import *in, const char *path, const char *fmt,
		 ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	plain_line(stderr, "nat64ctl: %.160s: %s: %s", in->name, path, text);
}

/**
 * import_fail() - remember what is wrong with a file
 * @in: the file
 * @path: JSON pointer of what is wrong
 * @fmt: format of a sentence
 *
 * Return: -EINVAL.
 */
int import_fail(const struct import *in, const char *path, const char *fmt, ...)
{
	char rest[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	return args_fail(NULL, "%.160s: %s: %s", in->name, path, rest);
}

/**
 * import_word() - a word was wrong: say where it stands
 * @in: the file
 * @path: JSON pointer of the word
 *
 * Return: -EINVAL.
 */
int import_word(const struct import *in, const char *path)
{
	char why[400];

	snprintf(why, sizeof(why), "%s", args_why());
	return import_fail(in, path, "%s", why);
}

/**
 * import_small() - a value in lower case: True and TCP are what they mean
 * @word: where to write it
 * @size: size of @word
 * @value: the value
 */
void import_small(char *word, size_t size, struct json_object *value)
{
	size_t i;

	snprintf(word, size, "%s", json_object_get_string(value) ?: "");
	for (i = 0; word[i]; i++)
		word[i] = tolower((unsigned char)word[i]);
}

/**
 * import_text() - a string of an object
 * @object: the object
 * @name: name of its member
 *
 * Return: the string, or NULL if it has none.
 */
const char *import_text(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

/**
 * import_proto() - the protocol of an entry
 * @in: the file
 * @path: JSON pointer of the entry
 * @from: the entry
 * @proto: where to store it
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_proto(const struct import *in, const char *path,
		 struct json_object *from, __u8 *proto)
{
	struct json_object *value;
	char word[16];

	if (!json_object_object_get_ex(from, "protocol", &value))
		return import_fail(in, path,
				   "\"protocol\" is missing: write TCP, UDP or ICMP");
	import_small(word, sizeof(word), value);
	if (args_proto(word, proto))
		return import_fail(in, path,
				   "unknown protocol: write TCP, UDP or ICMP");
	return 0;
}

/**
 * import_rest() - report what an entry has besides what is read of it
 * @in: the file
 * @path: JSON pointer of the entry
 * @object: the entry
 * @known: names of what is read, a NULL pointer after the last
 */
void import_rest(struct import *in, const char *path,
		 struct json_object *object, const char *const *known)
{
	json_object_object_foreach(object, name, value) {
		size_t i;

		(void)value;
		for (i = 0; known[i] && strcmp(known[i], name); i++)
			continue;
		if (known[i])
			continue;
		if (strcmp(name, "max-iterations")) {
			import_note(in, path,
				    "%.60s is left out: Jool 4.1 has no such thing",
				    name);
		} else if (!in->iterations) {
			in->iterations = true;
			import_note(in, path,
				    "max-iterations is left out: a free port is always found if there is one");
		}
	}
}

/* They were all zero before, so that there is nothing in the gaps. */
static int compare(const void *a, const void *b, void *size)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	return memcmp(x, y, *(size_t *)size) ?: (x > y) - (x < y);
}

/* Marks in @again what is like an item before it; @sorted has room for all. */
static void find_repeated(const char *array, size_t n, size_t size,
			  const char **sorted, bool *again)
{
	size_t i;

	for (i = 0; i < n; i++)
		sorted[i] = array + i * size;
	qsort_r(sorted, n, sizeof(*sorted), compare, &size);
	for (i = 1; i < n; i++) {
		if (!memcmp(sorted[i - 1], sorted[i], size))
			again[(sorted[i] - array) / size] = true;
	}
}

/**
 * import_unique() - remove repeated entries
 * @array: the entries, all of whose bytes count
 * @n: how many there are, and are left
 * @size: size of an entry
 * @place: places of the entries, which move with them; NULL: there are none
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_unique(void *array, size_t *n, size_t size, size_t *place)
{
	const char **sorted = calloc(*n + 1, sizeof(*sorted));
	bool *again = calloc(*n + 1, sizeof(*again));
	char *base = array;
	size_t i, left = 0;

	if (!sorted || !again) {
		free(sorted);
		free(again);
		return args_fail(NULL, "out of memory");
	}
	find_repeated(base, *n, size, sorted, again);
	for (i = 0; i < *n; i++) {
		if (again[i])
			continue;
		memmove(base + left * size, base + i * size, size);
		if (place)
			place[left] = place[i];
		left++;
	}
	*n = left;
	free(sorted);
	free(again);
	return 0;
}

/**
 * import_put_key() - give a key a value
 * @in: the file
 * @path: where the value stands in it
 * @key: the key; negative: the mistake is in args_why()
 * @word: the value
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int import_put_key(struct import *in, const char *path, int key,
		   const char *word)
{
	if (key < 0 || key_put(in->doc.keys, key, word))
		return import_word(in, path);
	in->doc.given[key] = true;
	return 0;
}

/**
 * import_print() - print what a file has become, for 'config load'
 * @in: the file
 */
void import_print(const struct import *in)
{
	struct json_object *to = document_json(&in->doc);

	plain_json(stdout, out_document(to), "");
	putchar('\n');
	json_object_put(to);
}
