// SPDX-License-Identifier: GPL-2.0
/* test_signals.c - signals that end a command that keeps running */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/signals.h"

static void test_a_ready_file_keeps_no_signal_out(void **state)
{
	const sigset_t *signals = signals_catch();
	struct pollfd poll = { .events = POLLIN };
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	poll.fd = ends[0];
	assert_int_equal(signals_poll(&poll, 1, NULL, signals), 1);
	raise(SIGTERM);
	assert_false(signals_ended);
	assert_int_equal(signals_poll(&poll, 1, NULL, signals), -1);
	assert_int_equal(errno, EINTR);
	assert_true(signals_ended);
	close(ends[0]);
	close(ends[1]);
}

static void test_children_are_not_ignored(void **state)
{
	signal(SIGCHLD, SIG_IGN);
	signals_catch();
	assert_ptr_equal(signal(SIGCHLD, SIG_DFL), SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_ready_file_keeps_no_signal_out),
		cmocka_unit_test(test_children_are_not_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
