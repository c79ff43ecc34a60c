// SPDX-License-Identifier: GPL-2.0
/* import.c - what the importers of a file of Jool share */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
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
