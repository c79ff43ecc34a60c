// SPDX-License-Identifier: GPL-2.0
/* test_out.c - tables, JSON, times */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/out.h"

static const struct out_column aligned[] = {
	{ "name", "NAME", 0 },
	{ "count", "COUNT", 0 },
	{ "on", "ON", 0 },
};

static const struct out_column fixed[] = {
	{ "name", "NAME", 6 },
	{ "count", "COUNT", 5 },
	{ "on", "ON", 0 },
};

static char *printed;
static size_t printed_size;

static void begin(struct out *out, unsigned int flags,
		  const struct out_column *columns)
{
	FILE *file = open_memstream(&printed, &printed_size);

	assert_non_null(file);
	out_begin(out, file, flags, columns, 3);
}

static void finish(struct out *out, const char *expected)
{
	out_end(out);
	fclose(out->file);
	assert_string_equal(printed, expected);
	free(printed);
}

static void two_rows(struct out *out)
{
	out_string(out, "name", "a");
	out_number(out, "count", 18446744073709551615ULL);
	out_bool(out, "on", true);
	out_row(out);
	out_string(out, "name", "longer/name");
	out_bool(out, "on", false);
	out_row(out);
}

static void test_aligned(void **state)
{
	struct out out;

	begin(&out, 0, aligned);
	assert_false(out.streaming);
	two_rows(&out);
	assert_int_equal(printed_size, 0);
	finish(&out, "NAME        COUNT                ON\n"
		     "a           18446744073709551615 yes\n"
		     "longer/name -                    no\n");
}

static void test_streamed(void **state)
{
	struct out out;

	begin(&out, 0, fixed);
	assert_true(out.streaming);
	out_string(&out, "name", "a");
	out_text(&out, "count", "%d", 5);
	out_bool(&out, "on", true);
	out_row(&out);
	fflush(out.file);
	assert_string_equal(printed, "NAME   COUNT ON\n"
				     "a      5     yes\n");
	out_string(&out, "name", "longer/name");
	out_row(&out);
	finish(&out, "NAME   COUNT ON\n"
		     "a      5     yes\n"
		     "longer/name -     -\n");
}

static void test_empty(void **state)
{
	struct out out;

	begin(&out, 0, aligned);
	finish(&out, "NAME COUNT ON\n");
	begin(&out, 0, fixed);
	finish(&out, "NAME   COUNT ON\n");
	begin(&out, OUT_JSON, aligned);
	finish(&out, "[]\n");
	begin(&out, OUT_JSON | OUT_PRETTY, aligned);
	finish(&out, "[]\n");
	begin(&out, OUT_JSON | OUT_ONE, aligned);
	finish(&out, "{ }\n");
}

static void test_json(void **state)
{
	struct out out;

	begin(&out, OUT_JSON, aligned);
	two_rows(&out);
	finish(&out,
	       "[{ \"name\": \"a\", \"count\": 18446744073709551615, \"on\": true },\n"
	       "{ \"name\": \"longer/name\", \"on\": false }]\n");
}

static void test_json_streams(void **state)
{
	struct out out;

	begin(&out, OUT_JSON, fixed);
	out_string(&out, "name", "a\"\\");
	out_row(&out);
	fflush(out.file);
	assert_string_equal(printed, "[{ \"name\": \"a\\\"\\\\\" }");
	finish(&out, "[{ \"name\": \"a\\\"\\\\\" }]\n");
}

static void test_json_pretty(void **state)
{
	struct out out;

	begin(&out, OUT_JSON | OUT_PRETTY, aligned);
	two_rows(&out);
	finish(&out, "[\n"
		     "  {\n"
		     "    \"name\": \"a\",\n"
		     "    \"count\": 18446744073709551615,\n"
		     "    \"on\": true\n"
		     "  },\n"
		     "  {\n"
		     "    \"name\": \"longer/name\",\n"
		     "    \"on\": false\n"
		     "  }\n"
		     "]\n");
}

static void test_one_kind_only(void **state)
{
	struct out out;

	begin(&out, OUT_JSON | OUT_ONE, aligned);
	out_text(&out, "name", "in tables");
	out_json(&out, "extra", json_object_new_int(5));
	out_row(&out);
	finish(&out, "{ \"extra\": 5 }\n");
	begin(&out, 0, aligned);
	out_text(&out, "name", "in tables");
	out_json(&out, "count", json_object_new_int(5));
	out_number(&out, "no-such-column", 5);
	out_row(&out);
	finish(&out, "NAME      COUNT ON\n"
		     "in tables -     -\n");
}

static void test_pair(void **state)
{
	struct out out;

	begin(&out, 0, aligned);
	out_pair(&out, NULL, "key", json_object_new_int(5), "5s", "a time");
	finish(&out, "NAME COUNT ON\n"
		     "key  5s    a time\n");
	begin(&out, OUT_JSON | OUT_ONE, aligned);
	out_pair(&out, NULL, "key", json_object_new_int(5), "5s", "a time");
	out_pair(&out, NULL, "off", json_object_new_boolean(0), "off", "");
	finish(&out, "{ \"key\": 5, \"off\": false }\n");
}

static void test_forget(void **state)
{
	struct out out;

	begin(&out, OUT_JSON, aligned);
	two_rows(&out);
	out_string(&out, "name", "half");
	out_forget(&out);
	out_string(&out, "name", "again");
	out_row(&out);
	finish(&out, "[{ \"name\": \"again\" }]\n");
	begin(&out, 0, aligned);
	two_rows(&out);
	out_string(&out, "name", "half");
	out_forget(&out);
	out_string(&out, "name", "again");
	out_row(&out);
	finish(&out, "NAME  COUNT ON\n"
		     "again -     -\n");
}

static void test_duration(void **state)
{
	static const struct {
		__u32 seconds;
		const char *text;
	} rows[] = {
		{ 0, "0s" }, { 59, "59s" }, { 60, "1m" }, { 240, "4m" },
		{ 3600, "1h" }, { 3605, "1h5s" }, { 5400, "1h30m" },
		{ 7199, "1h59m59s" }, { 4294967295U, "1193046h28m15s" },
	};
	char text[32];
	__u32 back;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		out_duration(text, sizeof(text), rows[i].seconds);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(args_seconds(text, &back), 0);
		assert_int_equal(back, rows[i].seconds);
	}
}

static void test_expires(void **state)
{
	static const struct {
		__u32 ms;
		const char *text;
		const char *json;
	} rows[] = {
		{ 0, "0.0s", "0.000" },
		{ 1, "0.0s", "0.001" },
		{ 5250, "5.2s", "5.250" },
		{ 59999, "59.9s", "59.999" },
		{ 60000, "1m", "60.000" },
		{ 243999, "4m3s", "243.999" },
		{ 7198001, "1h59m58s", "7198.001" },
		{ 4294967295U, "1193h2m47s", "4294967.295" },
	};
	struct json_object *json;
	char text[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		out_expires(text, sizeof(text), rows[i].ms);
		assert_string_equal(text, rows[i].text);
		json = out_expires_json(rows[i].ms);
		assert_string_equal(json_object_to_json_string(json),
				    rows[i].json);
		json_object_put(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_streamed),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_streams),
		cmocka_unit_test(test_json_pretty),
		cmocka_unit_test(test_one_kind_only),
		cmocka_unit_test(test_pair),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_expires),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
