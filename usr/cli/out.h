/* SPDX-License-Identifier: GPL-2.0 */
/* out.h - one call prints a value, in a table or as JSON */
#ifndef NAT64CTL_OUT_H
#define NAT64CTL_OUT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "cli/args.h"

#define OUT_COLUMNS 8

/**
 * struct out_column - a column of a table
 * @key: the key of the values that go into it
 * @title: its head line
 * @width: its width, or 0: as wide as its widest cell. A table of which every
 *	column but the last has a width is printed row by row, as it comes, and
 *	so is its JSON.
 */
struct out_column {
	const char *key;
	const char *title;
	int width;
};

/**
 * enum out_flag - how to print
 * @OUT_JSON: JSON, not a table
 * @OUT_PRETTY: indented JSON
 * @OUT_ONE: JSON: an object, not an array of one object a row
 */
enum out_flag {
	OUT_JSON = 1,
	OUT_PRETTY = 2,
	OUT_ONE = 4,
};

/**
 * struct out - a table or a JSON text that is being printed
 * @file: where it goes
 * @flags: enum out_flag
 * @columns: the columns
 * @n_columns: how many
 * @streaming: are rows printed as they come?
 * @titled: has the head line been printed?
 * @row: the cells of the row that is being made
 * @object: the same in JSON
 * @kept: rows that wait for the end
 * @n_kept: how many
 * @kept_objects: the same in JSON, an array
 * @n_rows: how many rows have been printed
 */
struct out {
	FILE *file;
	unsigned int flags;
	const struct out_column *columns;
	size_t n_columns;
	bool streaming;
	bool titled;
	char *row[OUT_COLUMNS];
	struct json_object *object;
	struct out_cells {
		char *cell[OUT_COLUMNS];
	} *kept;
	size_t n_kept;
	struct json_object *kept_objects;
	size_t n_rows;
};

/**
 * enum out_colour - what a colour says
 * @OUT_BOLD: a head line
 * @OUT_GREEN: well
 * @OUT_YELLOW: look here
 * @OUT_RED: not well
 */
enum out_colour {
	OUT_BOLD,
	OUT_GREEN,
	OUT_YELLOW,
	OUT_RED,
};

int out_colours(const char *word);
const char *out_colour(FILE *file, enum out_colour colour, const char **off);

void out_begin(struct out *out, FILE *file, unsigned int flags,
	       const struct out_column *columns, size_t n_columns);
void out_string(struct out *out, const char *key, const char *text);
void out_number(struct out *out, const char *key, __u64 number);
void out_bool(struct out *out, const char *key, bool on);
__printf(3, 4) void out_text(struct out *out, const char *key,
			     const char *fmt, ...);
void out_json(struct out *out, const char *key, struct json_object *value);
void out_pair(struct out *out, const char *lead, const char *key,
	      struct json_object *value, const char *text, const char *meaning);
void out_row(struct out *out);
void out_forget(struct out *out);
void out_end(struct out *out);

const char *out_document(struct json_object *json);
const char *out_time(char *text, size_t size, __u64 ns);
const char *out_duration(char *text, size_t size, __u32 seconds);
const char *out_expires(char *text, size_t size, __u32 ms);
struct json_object *out_expires_json(__u32 ms);

/**
 * out_is_json() - check whether it prints JSON
 * @out: the output
 *
 * Return: true if it does.
 */
static inline bool out_is_json(const struct out *out)
{
	return out->flags & OUT_JSON;
}

#endif /* NAT64CTL_OUT_H */
