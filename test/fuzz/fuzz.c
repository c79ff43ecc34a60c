// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz.c - what the command prints, taken and judged; and files for it to read
 *
 * Standard output and standard error are files in memory while it runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/plain.h"
#include "fuzz.h"

static FILE *real_out, *real_err;

_Noreturn void fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(real_err ?: stderr, "%s:%d: it does not hold: %s\n", file, line,
		what);
	abort();
}

static FILE *memory(const char *name)
{
	FILE *file = fdopen(memfd_create(name, 0), "w+");

	FUZZ_MUST(file);
	return file;
}

/**
 * fuzz_capture() - take what is printed from now on
 */
void fuzz_capture(void)
{
	real_out = stdout;
	real_err = stderr;
	stdout = memory("output");
	stderr = memory("errors");
}

static char *take(FILE *file)
{
	size_t len;
	char *text;

	fflush(file);
	len = lseek(fileno(file), 0, SEEK_END);
	text = calloc(1, len + 1);
	FUZZ_MUST(pread(fileno(file), text, len, 0) == (ssize_t)len);
	FUZZ_MUST(strlen(text) == len);
	fuzz_plain(text);
	fclose(file);
	return text;
}

/**
 * fuzz_release() - end that; all has to be lines that a terminal only shows
 *
 * Return: what went to standard output, the caller's to free.
 */
char *fuzz_release(void)
{
	FILE *out = stdout, *err = stderr;
	char *text;

	stdout = real_out;
	stderr = real_err;
	text = take(out);
	free(take(err));
	return text;
}

/**
 * fuzz_plain() - lines that a terminal only shows
 * @text: what was printed
 */
void fuzz_plain(const char *text)
{
	char *copy = strdup(text), *line, *rest = copy;

	while ((line = strsep(&rest, "\n"))) {
		char *plain = strdup(line);

		FUZZ_MUST(!strcmp(plain_text(plain), line));
		free(plain);
	}
	free(copy);
}

/**
 * fuzz_file() - a file that holds the input
 * @data: the input
 * @size: its length
 *
 * Return: its name, which is good until the next call.
 */
const char *fuzz_file(const uint8_t *data, size_t size)
{
	static char name[32];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("input", 0);
	FUZZ_MUST(!ftruncate(fd, 0) &&
		  pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return name;
}
