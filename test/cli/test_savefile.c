// SPDX-License-Identifier: GPL-2.0
/* test_savefile.c - what 'config save' replaces, writes into and refuses */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/args.h"
#include "config/savefile.h"

static char folder[] = "/tmp/nat64-save.XXXXXX";

static int enter(void **state)
{
	return mkdtemp(folder) ? chdir(folder) : -1;
}

static int leave(void **state)
{
	static const char *const names[] = { "file", "link", "fd", "loop" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		unlink(names[i]);
	/* Nothing is left that the tests do not know of. */
	return chdir("/") ?: rmdir(folder);
}

static void holds(const char *path, const char *expected)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);

	assert_int_not_equal(fd, -1);
	assert_int_not_equal(read(fd, text, sizeof(text) - 1), -1);
	close(fd);
	assert_string_equal(text, expected);
}

static void refuses(const char *path, const char *why)
{
	assert_int_equal(savefile_write(path, "new"), -EINVAL);
	assert_string_equal(args_why(), why);
}

static bool is_link(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISLNK(st.st_mode);
}

static void test_file(void **state)
{
	struct stat st;

	umask(022);
	assert_int_equal(savefile_write("file", "one"), 0);
	assert_int_equal(stat("file", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(chmod("file", 0600), 0);
	assert_int_equal(savefile_write("file", "two"), 0);
	holds("file", "two");
	assert_int_equal(stat("file", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(savefile_write("no/such/folder", "x"), -EINVAL);
}

static void test_link(void **state)
{
	assert_int_equal(savefile_write("file", "old"), 0);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(savefile_write("link", "new"), 0);
	assert_true(is_link("link"));
	holds("file", "new");
	unlink("link");
}

/* As /dev/stdout is one to a pipe: realpath() finds nothing there. */
static void test_pipe(void **state)
{
	char name[32], text[8] = "";
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[1]);
	assert_int_equal(symlink(name, "fd"), 0);
	assert_int_equal(savefile_write("fd", "piped"), 0);
	assert_true(is_link("fd"));
	close(ends[1]);
	assert_int_equal(read(ends[0], text, sizeof(text)), 5);
	assert_string_equal(text, "piped");
	close(ends[0]);
	/* The end is closed: the link leads nowhere now. */
	refuses("fd", "fd: it is a link that leads nowhere: remove it, or make what it names");
	assert_true(is_link("fd"));
	unlink("fd");
	assert_int_equal(savefile_write("/dev/null", "gone"), 0);
	assert_int_equal(access("/dev/null", W_OK), 0);
}

static void test_loop(void **state)
{
	assert_int_equal(symlink("loop", "loop"), 0);
	refuses("loop", "loop: it cannot be found: Too many levels of symbolic links");
	assert_true(is_link("loop"));
	refuses(".", ".: it cannot be opened: Is a directory");
	unlink("loop");
}

/* Only root can have a link of another user here. */
static void test_link_of_another(void **state)
{
	if (geteuid())
		skip();
	assert_int_equal(savefile_write("file", "old"), 0);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(lchown("link", 65534, 65534), 0);
	refuses("link", "link: it is a link of another user: name the file that is meant");
	assert_true(is_link("link"));
	holds("file", "old");
	unlink("link");
}

static void test_clean(void **state)
{
	assert_int_equal(savefile_write("file", "old"), 0);
	assert_int_equal(savefile_write("file.aB3dE6", "half"), 0);
	assert_int_equal(savefile_write("fd", "another"), 0);
	savefile_clean("file");
	assert_int_equal(access("file.aB3dE6", F_OK), -1);
	holds("file", "old");
	holds("fd", "another");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_link_of_another),
		cmocka_unit_test(test_clean),
	};

	return cmocka_run_group_tests_name("savefile", tests, enter, leave);
}
