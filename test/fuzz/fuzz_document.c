// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_document.c - files: ours, and those of Jool and TAYGA
 *
 * What is taken is written again, and has to be taken again, and to be the same
 * then; a file of Jool or TAYGA has to become one of ours.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "config/document.h"
#include "fuzz.h"

static char *text_of(const struct document *doc)
{
	struct json_object *json = document_json(doc);
	char *text = strdup(out_document(json));

	json_object_put(json);
	return text;
}

static void read_again(const char *text, size_t len)
{
	const char *path = fuzz_file((const uint8_t *)text, len);
	struct document doc;
	char *again;

	FUZZ_MUST(!document_read(&doc, path, false));
	again = text_of(&doc);
	FUZZ_MUST(!strcmp(again, text));
	free(again);
	document_free(&doc);
}

static void ours(const char *path)
{
	struct document doc;
	char *text = NULL;

	if (!document_read(&doc, path, false))
		text = text_of(&doc);
	else
		fuzz_plain(args_why());
	document_free(&doc);
	if (text)
		read_again(text, strlen(text));
	free(text);
}

static void theirs(const struct object *object, const char *path)
{
	char *words[] = { (char *)path, NULL }, *text;
	const struct opts opts = { 0 };
	struct cmd cmd = {
		.object = object, .opts = &opts,
		.words = words, .n_words = 1, .instance = "default",
	};
	struct document doc;
	int rc;

	fuzz_capture();
	rc = object->verbs[0].run(&cmd);
	text = fuzz_release();
	if (rc == EXIT_DONE) {
		path = fuzz_file((const uint8_t *)text, strlen(text));
		FUZZ_MUST(!document_read(&doc, path, false));
		document_free(&doc);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ours(fuzz_file(data, size));
	theirs(&object_import_jool, fuzz_file(data, size));
	theirs(&object_import_tayga, fuzz_file(data, size));
	return 0;
}
