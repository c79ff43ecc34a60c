// SPDX-License-Identifier: GPL-2.0
/*
 * out.c - one call prints a value, in a table or as JSON
 *
 * The tables of BIB entries and sessions may have millions of rows, so nothing
 * is kept that need not be: JSON is written object by object, and a table
 * whose columns have fixed widths row by row.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/out.h"
#include "cli/plain.h"

/* Without memory there is nothing sensible left to print. */
static void *must(void *memory)
{
	if (!memory) {
		fputs("nat64ctl: out of memory\n", stderr);
		exit(EXIT_REFUSED);
	}
	return memory;
}

/* What --color says; auto if it says nothing. */
static enum { COLOURS_AUTO, COLOURS_ALWAYS, COLOURS_NEVER } colours;

/**
 * out_colours() - when to print in colours
 * @word: auto, always, never, or NULL for auto
 *
 * Return: 0, or -EINVAL with the mistake in args_why().
 */
int out_colours(const char *word)
{
	static const char *const names[] = {
		[COLOURS_AUTO] = "auto",
		[COLOURS_ALWAYS] = "always",
		[COLOURS_NEVER] = "never",
	};
	size_t i;

	for (i = 0; word && i < ARRAY_SIZE(names); i++) {
		if (strcmp(word, names[i]))
			continue;
		colours = i;
		return 0;
	}
	return word ? args_fail(word,
				"does not say when to use colours: write auto, always or never") :
		      0;
}

/* NO_COLOR: see no-color.org; a dumb terminal has none. */
static bool has_colours(FILE *file)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (colours != COLOURS_AUTO)
		return colours == COLOURS_ALWAYS;
	return (!no || !*no) && term && strcmp(term, "dumb") &&
	       isatty(fileno(file));
}

/**
 * out_colour() - begin and end a colour
 * @file: where it goes
 * @colour: what it says
 * @off: where to put what ends it
 *
 * Return: what begins it; both are empty if there are to be no colours.
 */
const char *out_colour(FILE *file, enum out_colour colour, const char **off)
{
	static const char *const codes[] = {
		[OUT_BOLD] = "\033[1m",
		[OUT_GREEN] = "\033[32m",
		[OUT_YELLOW] = "\033[33m",
		[OUT_RED] = "\033[31m",
	};

	*off = has_colours(file) ? "\033[0m" : "";
	return **off ? codes[colour] : "";
}

static bool has_fixed_widths(const struct out *out)
{
	size_t i;

	for (i = 0; i + 1 < out->n_columns; i++) {
		if (!out->columns[i].width)
			return false;
	}
	return true;
}

static void print_cells(struct out *out, const char *const *cells,
			const int *widths)
{
	size_t i;

	for (i = 0; i + 1 < out->n_columns; i++)
		fprintf(out->file, "%-*s ", widths[i],
			cells[i] ? cells[i] : "-");
	fprintf(out->file, "%s\n", cells[i] ? cells[i] : "-");
}

static void print_titles(struct out *out, const int *widths)
{
	const char *titles[OUT_COLUMNS], *off;
	size_t i;

	if (out->titled)
		return;
	out->titled = true;
	for (i = 0; i < out->n_columns; i++)
		titles[i] = out->columns[i].title;
	fputs(out_colour(out->file, OUT_BOLD, &off), out->file);
	print_cells(out, titles, widths);
	fputs(off, out->file);
}

/* The head line waits for the first row, which a refusal may prevent. */
static void stream_row(struct out *out, const char *const *cells)
{
	int widths[OUT_COLUMNS];
	size_t i;

	for (i = 0; i < out->n_columns; i++)
		widths[i] = out->columns[i].width;
	print_titles(out, widths);
	if (cells)
		print_cells(out, cells, widths);
}

/**
 * out_begin() - start a table or a JSON text
 * @out: what it fills
 * @file: where it goes
 * @flags: enum out_flag
 * @columns: the columns of the table
 * @n_columns: how many; OUT_COLUMNS at most
 */
void out_begin(struct out *out, FILE *file, unsigned int flags,
	       const struct out_column *columns, size_t n_columns)
{
	memset(out, 0, sizeof(*out));
	out->file = file;
	out->flags = flags;
	out->columns = columns;
	out->n_columns = n_columns;
	out->streaming = has_fixed_widths(out);
}

static void set_cell(struct out *out, const char *key, const char *text)
{
	size_t i;

	for (i = 0; i < out->n_columns; i++) {
		if (strcmp(out->columns[i].key, key))
			continue;
		free(out->row[i]);
		out->row[i] = plain_text(must(strdup(text)));
	}
}

/**
 * out_json() - a value of the row that only JSON shows
 * @out: the output
 * @key: its key
 * @value: the value, which the output owns from now on
 */
void out_json(struct out *out, const char *key, struct json_object *value)
{
	if (!out_is_json(out)) {
		json_object_put(value);
		return;
	}
	if (!out->object)
		out->object = must(json_object_new_object());
	json_object_object_add(out->object, key, value);
}

/**
 * out_text() - a value of the row that only the table shows
 * @out: the output
 * @key: the key of its column
 * @fmt: format of its text
 */
void out_text(struct out *out, const char *key, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (out_is_json(out))
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	set_cell(out, key, must(text));
	free(text);
}

/**
 * out_string() - a text of the row
 * @out: the output
 * @key: its key
 * @text: the text
 */
void out_string(struct out *out, const char *key, const char *text)
{
	if (out_is_json(out))
		out_json(out, key, must(json_object_new_string(text)));
	else
		set_cell(out, key, text);
}

/**
 * out_number() - a number of the row
 * @out: the output
 * @key: its key
 * @number: the number
 */
void out_number(struct out *out, const char *key, __u64 number)
{
	if (out_is_json(out))
		out_json(out, key, must(json_object_new_uint64(number)));
	else
		out_text(out, key, "%llu", (unsigned long long)number);
}

/**
 * out_bool() - yes or no in the row
 * @out: the output
 * @key: its key
 * @on: which of the two
 */
void out_bool(struct out *out, const char *key, bool on)
{
	if (out_is_json(out))
		out_json(out, key, must(json_object_new_boolean(on)));
	else
		set_cell(out, key, on ? "yes" : "no");
}

/**
 * out_pair() - a key and its value: a row of the table, a member in JSON
 * @out: the output, whose last three columns are key, value and meaning
 * @lead: the cell before them if there are four columns
 * @key: the key
 * @value: the value in JSON, which the output owns from now on
 * @text: the value in the table
 * @meaning: what the key means
 */
void out_pair(struct out *out, const char *lead, const char *key,
	      struct json_object *value, const char *text, const char *meaning)
{
	if (out_is_json(out)) {
		out_json(out, key, value);
		return;
	}
	json_object_put(value);
	if (lead)
		set_cell(out, out->columns[0].key, lead);
	set_cell(out, out->columns[out->n_columns - 3].key, key);
	set_cell(out, out->columns[out->n_columns - 2].key, text);
	set_cell(out, out->columns[out->n_columns - 1].key, meaning);
	out_row(out);
}

static void free_cells(char **cells, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(cells[i]);
		cells[i] = NULL;
	}
}

static void print_object(struct out *out, struct json_object *object)
{
	int how = JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_SPACED;
	bool pretty = out->flags & OUT_PRETTY;
	bool one = out->flags & OUT_ONE;
	const char *text;

	how |= pretty ? JSON_C_TO_STRING_PRETTY : 0;
	text = json_object_to_json_string_ext(object, how);
	must((void *)text);
	if (!one)
		fputs(out->n_rows ? ",\n" : pretty ? "[\n" : "[", out->file);
	/* json-c indents from the margin; members of our array stand inside it. */
	if (pretty && !one)
		fputs("  ", out->file);
	plain_json(out->file, text, one ? "" : "  ");
	out->n_rows++;
}

static void object_row(struct out *out)
{
	struct json_object *object = out->object;

	out->object = NULL;
	if (!object)
		object = must(json_object_new_object());
	if (out->streaming) {
		print_object(out, object);
		json_object_put(object);
		return;
	}
	if (!out->kept_objects)
		out->kept_objects = must(json_object_new_array());
	json_object_array_add(out->kept_objects, object);
}

static void keep_row(struct out *out)
{
	out->kept = must(realloc(out->kept,
				 (out->n_kept + 1) * sizeof(*out->kept)));
	memcpy(out->kept[out->n_kept++].cell, out->row, sizeof(out->row));
	memset(out->row, 0, sizeof(out->row));
}

/**
 * out_row() - the row is complete
 * @out: the output
 */
void out_row(struct out *out)
{
	if (out_is_json(out)) {
		object_row(out);
	} else if (out->streaming) {
		stream_row(out, (const char *const *)out->row);
		free_cells(out->row, OUT_COLUMNS);
	} else {
		keep_row(out);
	}
}

/**
 * out_forget() - drop what has not been printed yet
 * @out: the output
 */
void out_forget(struct out *out)
{
	size_t i;

	free_cells(out->row, OUT_COLUMNS);
	for (i = 0; i < out->n_kept; i++)
		free_cells(out->kept[i].cell, OUT_COLUMNS);
	free(out->kept);
	out->kept = NULL;
	out->n_kept = 0;
	json_object_put(out->object);
	out->object = NULL;
	json_object_put(out->kept_objects);
	out->kept_objects = NULL;
}

static void widest(const struct out *out, int *widths)
{
	size_t i, j;

	for (j = 0; j < out->n_columns; j++) {
		widths[j] = strlen(out->columns[j].title);
		for (i = 0; i < out->n_kept; i++) {
			const char *cell = out->kept[i].cell[j];

			if (cell && (int)strlen(cell) > widths[j])
				widths[j] = strlen(cell);
		}
	}
}

static void print_kept(struct out *out)
{
	int widths[OUT_COLUMNS];
	size_t i;

	widest(out, widths);
	print_titles(out, widths);
	for (i = 0; i < out->n_kept; i++)
		print_cells(out, (const char *const *)out->kept[i].cell,
			    widths);
}

static void end_json(struct out *out)
{
	size_t i, n = 0;

	/* The members of a single object need no end of their row. */
	if (out->flags & OUT_ONE && !out->n_rows && !out->kept_objects)
		object_row(out);
	if (out->kept_objects)
		n = json_object_array_length(out->kept_objects);
	for (i = 0; i < n; i++)
		print_object(out, json_object_array_get_idx(out->kept_objects,
							    i));
	if (out->flags & OUT_ONE)
		fputc('\n', out->file);
	else if (!out->n_rows)
		fputs("[]\n", out->file);
	else
		fputs(out->flags & OUT_PRETTY ? "\n]\n" : "]\n", out->file);
}

/**
 * out_end() - the table or the JSON text is complete
 * @out: the output
 */
void out_end(struct out *out)
{
	if (out_is_json(out))
		end_json(out);
	else if (out->streaming)
		stream_row(out, NULL);
	else
		print_kept(out);
	out_forget(out);
}

/**
 * out_document() - JSON as it stands in a file
 * @json: the value
 *
 * Return: the text, which lives as long as @json.
 */
const char *out_document(struct json_object *json)
{
	int how = JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_SPACED |
		  JSON_C_TO_STRING_PRETTY;

	return must((void *)json_object_to_json_string_ext(json, how));
}

/**
 * out_time() - a point in time (RFC 3339)
 * @text: where to write it
 * @size: size of @text
 * @ns: nanoseconds since 1970
 *
 * Return: @text.
 */
const char *out_time(char *text, size_t size, __u64 ns)
{
	time_t seconds = ns / 1000000000;
	char date[32] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, size, "%s.%06lluZ", date,
		 (unsigned long long)(ns % 1000000000 / 1000));
	return text;
}

/**
 * out_duration() - a time in words that args_seconds() understands
 * @text: where to write it
 * @size: size of @text
 * @seconds: the time
 *
 * Return: @text.
 */
const char *out_duration(char *text, size_t size, __u32 seconds)
{
	static const struct {
		char name;
		__u32 size;
	} units[] = { { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	size_t at = 0, i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		__u32 n = seconds / units[i].size;

		seconds %= units[i].size;
		if ((n || (i == 2 && !at)) && at < size)
			at += snprintf(text + at, size - at, "%u%c", n,
				       units[i].name);
	}
	return text;
}

/**
 * out_expires() - the time a session has left
 * @text: where to write it
 * @size: size of @text
 * @ms: the time in milliseconds
 *
 * Return: @text.
 */
const char *out_expires(char *text, size_t size, __u32 ms)
{
	if (ms >= 60000)
		return out_duration(text, size, ms / 1000);
	snprintf(text, size, "%u.%us", ms / 1000, ms % 1000 / 100);
	return text;
}

/**
 * out_expires_json() - the same as a number of seconds
 * @ms: the time in milliseconds
 *
 * Return: the value.
 */
struct json_object *out_expires_json(__u32 ms)
{
	char text[24];

	snprintf(text, sizeof(text), "%u.%03u", ms / 1000, ms % 1000);
	return json_object_new_double_s(ms / 1000.0, text);
}
