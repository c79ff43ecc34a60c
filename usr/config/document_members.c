// SPDX-License-Identifier: GPL-2.0
/* document_members.c - objects, arrays and words of a document in JSON */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/document.h"

/**
 * doc_type_name() - name the type of a value
 * @value: the value
 *
 * Return: the name, with its article.
 */
const char *doc_type_name(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "a truth value";
	case json_type_double:
	case json_type_int:
		return "a number";
	case json_type_object:
		return "an object";
	case json_type_array:
		return "an array";
	default:
		return "a string";
	}
}

/**
 * doc_need() - check the type of a value
 * @doc: the document
 * @path: JSON pointer of the value
 * @value: the value
 * @type: the type that it must have
 * @instead: what to write instead
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int doc_need(const struct document *doc, const char *path,
	     struct json_object *value, enum json_type type,
	     const char *instead)
{
	if (json_object_is_type(value, type))
		return 0;
	return doc_fail(doc, path, "it is %s: write %s", doc_type_name(value),
			instead);
}

static int unknown_member(const struct document *doc, const char *path,
			  const struct doc_member *members, size_t n,
			  const char *name)
{
	const char *names[16], *nearest;
	char word[80];
	size_t i;

	snprintf(word, sizeof(word), "%s", name);
	if (!*path && (!strcmp(name, "framework") || !strcmp(name, "global")))
		return doc_fail(doc, path,
				"\"%s\" is Jool's: 'nat64ctl import-jool FILE' makes a file for this of one of Jool",
				word);
	for (i = 0; i < n; i++)
		names[i] = members[i].name;
	nearest = args_nearest(word, names, n);
	if (nearest)
		return doc_fail(doc, path,
				"unknown member \"%s\": did you mean \"%s\"?",
				word, nearest);
	return doc_fail(doc, path,
			"unknown member \"%s\": see nat64ctl(8), or leave it out",
			word);
}

static int take_member(struct document *doc, const char *path,
		       const struct doc_member *members, size_t n,
		       const char *name, struct json_object *value, void *arg)
{
	char inner[PATH_TEXT];
	size_t i;

	if (!strcmp(name, "comment"))
		return 0;
	for (i = 0; i < n; i++) {
		if (strcmp(name, members[i].name))
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, name);
		return members[i].take(doc, inner, value, arg);
	}
	return unknown_member(doc, path, members, n, name);
}

/**
 * doc_take_object() - read the members of an object
 * @doc: the document
 * @path: JSON pointer of the object
 * @members: the members that it may have; each may also have a comment
 * @n: how many
 * @object: the object
 * @arg: argument of their readers
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int doc_take_object(struct document *doc, const char *path,
		    const struct doc_member *members, size_t n,
		    struct json_object *object, void *arg)
{
	json_object_object_foreach(object, name, value) {
		if (take_member(doc, path, members, n, name, value, arg))
			return -EINVAL;
	}
	return 0;
}

/**
 * doc_need_members() - check that an object has all members
 * @doc: the document
 * @path: JSON pointer of the object
 * @members: the members
 * @n: how many
 * @object: the object
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int doc_need_members(const struct document *doc, const char *path,
		     const struct doc_member *members, size_t n,
		     struct json_object *object)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!json_object_object_get_ex(object, members[i].name, NULL))
			return doc_fail(doc, path, "\"%s\" is missing: add it",
					members[i].name);
	}
	return 0;
}

/**
 * doc_take_array() - read the items of an array
 * @doc: the document
 * @path: JSON pointer of the array
 * @array: the array
 * @take: reads an item
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int doc_take_array(struct document *doc, const char *path,
		   struct json_object *array,
		   int (*take)(struct document *doc, const char *path,
			       struct json_object *value))
{
	size_t n = json_object_array_length(array), i;
	char inner[PATH_TEXT];

	for (i = 0; i < n; i++) {
		snprintf(inner, sizeof(inner), "%s/%zu", path, i);
		if (take(doc, inner, json_object_array_get_idx(array, i)))
			return -EINVAL;
	}
	return 0;
}

/* A number as a word: it is read by what reads the command line. */
static int take_integer(const struct document *doc, const char *path,
			struct json_object *value, char *word, size_t size)
{
	if (!json_object_is_type(value, json_type_int))
		return doc_fail(doc, path,
				"it is not a whole number: write one");
	snprintf(word, size, "%s", json_object_to_json_string(value));
	return 0;
}

/**
 * doc_take_word() - read an integer or a string as the command line has it
 * @doc: the document
 * @path: JSON pointer of the value
 * @value: the value
 * @instead: what to write instead of another type
 * @word: where to write it
 * @size: size of @word
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int doc_take_word(const struct document *doc, const char *path,
		  struct json_object *value, const char *instead,
		  char *word, size_t size)
{
	if (json_object_is_type(value, json_type_int) ||
	    json_object_is_type(value, json_type_double))
		return take_integer(doc, path, value, word, size);
	if (doc_need(doc, path, value, json_type_string, instead))
		return -EINVAL;
	if ((size_t)json_object_get_string_len(value) >= size)
		return doc_fail(doc, path, "it is too long: write %s", instead);
	snprintf(word, size, "%s", json_object_get_string(value));
	return 0;
}

/**
 * doc_take_list() - likewise an array, as a comma list
 * @doc: the document
 * @path: JSON pointer of the array
 * @array: the array
 * @instead: what to write instead of an item of another type
 * @word: where to write it
 * @size: size of @word
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int doc_take_list(const struct document *doc, const char *path,
		  struct json_object *array, const char *instead,
		  char *word, size_t size)
{
	size_t n = json_object_array_length(array), at = 0, i;
	char item[64], inner[PATH_TEXT];

	word[0] = '\0';
	for (i = 0; i < n; i++) {
		snprintf(inner, sizeof(inner), "%s/%zu", path, i);
		if (doc_take_word(doc, inner,
				  json_object_array_get_idx(array, i), instead,
				  item, sizeof(item)))
			return -EINVAL;
		if (strchr(item, ','))
			return doc_fail(doc, inner,
					"it has a comma: write it as several items");
		if (at + strlen(item) + 2 > size)
			return doc_fail(doc, path,
					"it has too many items: write fewer");
		at += snprintf(word + at, size - at, "%s%s", i ? "," : "",
			       item);
	}
	return 0;
}
