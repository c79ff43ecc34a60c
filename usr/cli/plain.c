// SPDX-License-Identifier: GPL-2.0
/*
 * plain.c - the one filter between foreign text and a terminal
 *
 * Names of devices, instances and files, words of a command line and of the
 * kernel may hold anything but a zero: sequences that retitle or clear a
 * terminal, or a line break before a line that looks like ours. Everything that
 * is printed passes here: a line or a cell by plain_text(), JSON by plain_json().
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/exit.h"
#include "cli/plain.h"

/**
 * plain_char() - decode a character of UTF-8 (RFC 3629)
 * @at: its first byte
 * @code: where its number goes, or NULL
 *
 * Return: its length in bytes, or 0 if there is none.
 */
size_t plain_char(const char *at, __u32 *code)
{
	const unsigned char *c = (const unsigned char *)at;
	size_t n = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 :
		   c[0] < 0xf0 ? 3 : c[0] < 0xf5 ? 4 : 0;
	__u32 number = n > 1 ? c[0] & (0x7f >> n) : c[0];
	size_t i;

	for (i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		number = number << 6 | (c[i] & 0x3f);
	}
	/* Too long a form, a surrogate, or beyond Unicode */
	if ((n == 3 && number < 0x800) || (n == 4 && number < 0x10000) ||
	    (number >= 0xd800 && number < 0xe000) || number > 0x10ffff)
		return 0;
	if (code)
		*code = number;
	return n;
}

/**
 * plain_is_utf8() - check whether a text can stand in a JSON file
 * @text: the text
 *
 * Return: true if it is UTF-8.
 */
bool plain_is_utf8(const char *text)
{
	size_t n = 1;

	while (n && *text) {
		n = plain_char(text, NULL);
		text += n;
	}
	return n;
}

/*
 * The controls of C0 and C1, and those of Unicode that break lines or turn the
 * direction of writing, so that a text is not read as it stands.
 */
static bool is_control(__u32 code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/**
 * plain_text() - make a text one that a terminal only shows
 * @text: the text, a line or a part of one; each control character, and each
 *	byte that is not UTF-8, becomes '?'
 *
 * Return: @text.
 */
char *plain_text(char *text)
{
	const char *from = text;
	char *to = text;
	__u32 code;

	while (*from) {
		size_t n = plain_char(from, &code);

		if (!n || is_control(code)) {
			*to++ = '?';
			from += n ?: 1;
			continue;
		}
		memmove(to, from, n);
		to += n;
		from += n;
	}
	*to = '\0';
	return text;
}

/**
 * plain_line() - print a line
 * @file: where it goes
 * @fmt: format of its text, without its end
 */
void plain_line(FILE *file, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		fputs("nat64ctl: out of memory\n", stderr);
		exit(EXIT_REFUSED);
	}
	fprintf(file, "%s\n", plain_text(text));
	free(text);
}

/**
 * plain_json() - print JSON
 * @file: where it goes
 * @json: what json-c has made; it escapes the controls of C0, and here those
 *	that it leaves are escaped, so that every value stays what it is
 * @indent: what to put before each line but the first
 */
void plain_json(FILE *file, const char *json, const char *indent)
{
	const char *from = json;
	__u32 code;

	while (*json) {
		size_t n = plain_char(json, &code);

		if (n && !is_control(code)) {
			json += n;
			continue;
		}
		fwrite(from, 1, json - from, file);
		if (*json == '\n')
			fprintf(file, "\n%s", indent);
		else
			fprintf(file, "\\u%04x", n ? code : 0xfffd);
		json += n ?: 1;
		from = json;
	}
	fwrite(from, 1, json - from, file);
}
