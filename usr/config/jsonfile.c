// SPDX-License-Identifier: GPL-2.0
/*
 * jsonfile.c - JSON from a file, with the place of every mistake
 *
 * Even where it is strict, json-c 0.16 takes the last of two members of one
 * name, single quotes, NaN and control characters. So a walk over the text finds
 * mistakes, with line and column, before json-c makes values of what is right.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/plain.h"
#include "config/jsonfile.h"

#define SIZE_MAX_FILE ((size_t)JSONFILE_MIB << 20)
/* How much of a file's name a sentence has room for. */
#define NAME_SHOWN 160

/**
 * struct scan - a text that is being walked through
 * @name: where it comes from
 * @text: the text, terminated by a zero
 * @len: its length
 * @at: how far the walk has come
 * @depth: how many objects and arrays are open
 * @nests: how many there have been
 * @values: how many values there have been
 */
struct scan {
	const char *name;
	const char *text;
	size_t len;
	size_t at;
	int depth;
	int nests;
	int values;
};

static int scan_value(struct scan *s);

/* Line and column, in characters, both from 1. */
static void place(const struct scan *s, size_t at, size_t *line, size_t *column)
{
	size_t i;

	*line = 1;
	*column = 1;
	for (i = 0; i < at; i++) {
		if (s->text[i] == '\n') {
			(*line)++;
			*column = 1;
		} else if ((s->text[i] & 0xc0) != 0x80) {
			(*column)++;
		}
	}
}

__printf(3, 4) static int fail(const struct scan *s, size_t at,
			       const char *fmt, ...)
{
	size_t line, column;
	char rest[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	place(s, at, &line, &column);
	return args_fail(NULL, "%.*s:%zu:%zu: %s", NAME_SHOWN, s->name, line,
			 column, rest);
}

/* Something else stands there than @expected. */
static int unexpected(const struct scan *s, const char *expected)
{
	unsigned char c = s->text[s->at];

	if (s->at == s->len)
		return fail(s, s->at, "the file ends where %s is missing",
			    expected);
	if (isprint(c))
		return fail(s, s->at, "'%c' stands where %s is missing", c,
			    expected);
	return fail(s, s->at, "byte 0x%02x stands where %s is missing", c,
		    expected);
}

static void skip_space(struct scan *s)
{
	s->at += strspn(s->text + s->at, " \t\r\n");
}

static int scan_escape(struct scan *s)
{
	const char *c = s->text + s->at + 1;
	int i;

	if (*c && strchr("\"\\/bfnrt", *c)) {
		s->at += 2;
		return 0;
	}
	for (i = 1; *c == 'u' && i <= 4 && isxdigit((unsigned char)c[i]); i++)
		continue;
	if (*c != 'u' || i <= 4)
		return fail(s, s->at,
			    "not an escape of JSON: write \\\\ for a backslash");
	if (!strncmp(c + 1, "0000", 4))
		return fail(s, s->at, "the escape is a zero, which no string here has");
	s->at += 6;
	return 0;
}

static int scan_string(struct scan *s)
{
	size_t start = s->at++, n;

	while (s->text[s->at] != '"') {
		unsigned char c = s->text[s->at];

		if (s->at == s->len)
			return fail(s, start, "the string has no end");
		if (c < 0x20)
			return fail(s, s->at,
				    "byte 0x%02x stands in a string: is its closing '\"' missing?",
				    c);
		if (c == '\\') {
			if (scan_escape(s))
				return -EINVAL;
			continue;
		}
		n = plain_char(s->text + s->at, NULL);
		if (!n)
			return fail(s, s->at, "byte 0x%02x is not UTF-8", c);
		s->at += n;
	}
	s->at++;
	return 0;
}

static size_t digits(const struct scan *s)
{
	return strspn(s->text + s->at, "0123456789");
}

static int scan_digits(struct scan *s)
{
	size_t n = digits(s);

	if (!n)
		return unexpected(s, "a digit");
	s->at += n;
	return 0;
}

static int scan_number(struct scan *s)
{
	const char *text = s->text;

	s->at += text[s->at] == '-';
	if (text[s->at] == '0' && digits(s) > 1)
		return fail(s, s->at, "the number starts with a zero: leave it out");
	if (scan_digits(s))
		return -EINVAL;
	if (text[s->at] == '.') {
		s->at++;
		if (scan_digits(s))
			return -EINVAL;
	}
	if (text[s->at] == 'e' || text[s->at] == 'E') {
		s->at++;
		s->at += text[s->at] == '+' || text[s->at] == '-';
		return scan_digits(s);
	}
	return 0;
}

static int scan_word(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i]);

		if (!strncmp(s->text + s->at, words[i], n) &&
		    !isalnum((unsigned char)s->text[s->at + n])) {
			s->at += n;
			return 0;
		}
	}
	return unexpected(s, "a value");
}

/* The string from @start on is the name of a member; @seen has those before. */
static int scan_name(struct scan *s, struct json_object *seen, size_t start)
{
	struct json_object *name, *before;
	char *text = strndup(s->text + start, s->at - start);
	size_t line, column;
	const char *word;
	int err = 0;

	name = text ? json_tokener_parse(text) : NULL;
	free(text);
	if (!name)
		return fail(s, start, "out of memory");
	word = json_object_get_string(name);
	if (json_object_object_get_ex(seen, word, &before) &&
	    strcmp(word, "comment")) {
		place(s, json_object_get_int64(before), &line, &column);
		err = fail(s, start,
			   "the object has \"%.60s\" already, in line %zu: leave one out",
			   word, line);
	} else {
		json_object_object_add(seen, word,
				       json_object_new_int64(start));
	}
	json_object_put(name);
	return err;
}

static int scan_member(struct scan *s, struct json_object *seen)
{
	size_t start;

	skip_space(s);
	start = s->at;
	if (s->text[s->at] != '"')
		return unexpected(s, "the name of a member, such as \"pool6\",");
	if (scan_string(s) || scan_name(s, seen, start))
		return -EINVAL;
	skip_space(s);
	if (s->text[s->at] != ':')
		return unexpected(s, "a ':'");
	s->at++;
	return scan_value(s);
}

/* What stands between brackets: members if @seen, else values. */
static int scan_items(struct scan *s, char end, struct json_object *seen)
{
	s->at++;
	skip_space(s);
	if (s->text[s->at] == end) {
		s->at++;
		return 0;
	}
	for (;;) {
		if (seen ? scan_member(s, seen) : scan_value(s))
			return -EINVAL;
		skip_space(s);
		if (s->text[s->at] == end)
			break;
		if (s->text[s->at] != ',')
			return unexpected(s, end == '}' ? "a ',' or '}'" :
							  "a ',' or ']'");
		s->at++;
	}
	s->at++;
	return 0;
}

static int scan_nest(struct scan *s)
{
	bool is_object = s->text[s->at] == '{';
	struct json_object *seen = NULL;
	int err;

	if (s->depth == JSONFILE_DEPTH)
		return fail(s, s->at,
			    "it is nested too deep: %d levels are enough",
			    JSONFILE_DEPTH);
	/* json-c takes most of a KiB for each, be it empty. */
	if (s->nests++ == JSONFILE_NESTS)
		return fail(s, s->at,
			    "it has more than %d objects and arrays: is it the right file?",
			    JSONFILE_NESTS);
	if (is_object) {
		seen = json_object_new_object();
		if (!seen)
			return fail(s, s->at, "out of memory");
	}
	s->depth++;
	err = scan_items(s, is_object ? '}' : ']', seen);
	s->depth--;
	json_object_put(seen);
	return err;
}

static int scan_value(struct scan *s)
{
	char c;

	skip_space(s);
	/* json-c takes many times the room of a short one. */
	if (s->values++ == JSONFILE_VALUES)
		return fail(s, s->at,
			    "it has more than %d values: is it the right file?",
			    JSONFILE_VALUES);
	c = s->text[s->at];
	if (c == '{' || c == '[')
		return scan_nest(s);
	if (c == '"')
		return scan_string(s);
	if (c == '-' || isdigit((unsigned char)c))
		return scan_number(s);
	return scan_word(s);
}

static int scan_text(struct scan *s)
{
	if (scan_value(s))
		return -EINVAL;
	skip_space(s);
	if (s->at < s->len)
		return fail(s, s->at,
			    "text after the end of the document: remove it");
	return 0;
}

/*
 * Checks whether a text is a configuration of TAYGA: a line begins with a word
 * that no other file has, after comments at most.
 */
static bool is_tayga(const char *text)
{
	static const char *const words[] = {
		"tun-device", "ipv4-addr", "dynamic-pool", "data-dir"
	};
	size_t i;

	for (; text; text = strchr(text, '\n')) {
		text += strspn(text, " \t\r\n");
		for (i = 0; i < ARRAY_SIZE(words); i++) {
			size_t n = strlen(words[i]);

			if (!strncmp(text, words[i], n) &&
			    (text[n] == ' ' || text[n] == '\t'))
				return true;
		}
	}
	return false;
}

static struct json_object *parse(const char *name, const char *text, size_t len)
{
	struct scan scan = { .name = name, .text = text, .len = len };
	struct json_tokener *tok;
	struct json_object *value = NULL;

	if (scan_text(&scan)) {
		if (is_tayga(text))
			args_fail(NULL,
				  "%.*s: it is a configuration of TAYGA, not JSON: write 'nat64ctl import-tayga FILE', which makes a file for this of it",
				  NAME_SHOWN, name);
		return NULL;
	}
	tok = json_tokener_new_ex(JSONFILE_DEPTH + 1);
	if (tok)
		value = json_tokener_parse_ex(tok, text, len + 1);
	/* null is a value, too, but no document. */
	if (!value)
		args_fail(NULL, "%.*s: it is not a document, but %s",
			  NAME_SHOWN, name,
			  !tok ? "out of memory" :
			  json_tokener_get_error(tok) == json_tokener_success ?
			  "null" :
			  json_tokener_error_desc(json_tokener_get_error(tok)));
	if (tok)
		json_tokener_free(tok);
	return value;
}

/* Reads one byte more than is allowed, to notice a larger file. */
static int read_all(int fd, char **text, size_t *len)
{
	size_t room = 0;
	ssize_t n = 1;

	for (*len = 0; n && *len <= SIZE_MAX_FILE; *len += n > 0 ? n : 0) {
		if (*len == room) {
			char *larger;

			room = room ? 2 * room : 4096;
			larger = realloc(*text, room + 1);
			if (!larger)
				return -ENOMEM;
			*text = larger;
		}
		n = read(fd, *text + *len, room - *len);
		if (n < 0 && errno != EINTR)
			return -errno;
	}
	(*text)[*len] = '\0';
	return 0;
}

static char *read_open(const char *name, int fd, size_t *len)
{
	char *text = NULL;
	struct stat st;
	int err = 0;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    (unsigned long long)st.st_size > SIZE_MAX_FILE)
		*len = SIZE_MAX_FILE + 1;
	else
		err = read_all(fd, &text, len);
	if (err)
		args_fail(NULL, "%.*s: it cannot be read: %s", NAME_SHOWN, name,
			  strerror(-err));
	else if (*len > SIZE_MAX_FILE)
		args_fail(NULL, "%.*s: the file is larger than %d MiB: is it the right one?",
			  NAME_SHOWN, name, JSONFILE_MIB);
	else
		return text;
	free(text);
	return NULL;
}

/**
 * jsonfile_name() - what a file is called in a sentence
 * @path: its path; "-" is the standard input
 *
 * Return: the name.
 */
const char *jsonfile_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

/**
 * jsonfile_text() - read a file of any form
 * @path: its path; "-" is the standard input
 * @len: where to store its length
 *
 * Return: its text, terminated by a zero, for free(); or NULL with the mistake in
 * args_why().
 */
char *jsonfile_text(const char *path, size_t *len)
{
	char *text;
	int fd;

	if (!strcmp(path, "-"))
		return read_open(jsonfile_name(path), STDIN_FILENO, len);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		args_fail(NULL, "%.*s: it cannot be opened: %s", NAME_SHOWN,
			  path, strerror(errno));
		return NULL;
	}
	text = read_open(path, fd, len);
	close(fd);
	return text;
}

/**
 * jsonfile_read() - read a file
 * @path: its path; "-" is the standard input
 *
 * Return: its value, or NULL with the mistake in args_why().
 */
struct json_object *jsonfile_read(const char *path)
{
	struct json_object *value;
	size_t len;
	char *text = jsonfile_text(path, &len);

	if (!text)
		return NULL;
	value = parse(jsonfile_name(path), text, len);
	free(text);
	return value;
}
