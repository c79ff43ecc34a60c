/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fault.h - the Nth allocation from here on fails (failslab)
 *
 * The allocations that debugging makes count as well and need not be noticed:
 * a function may succeed although fault_end() says that one has failed.
 */
#ifndef NAT64_KUNIT_FAULT_H
#define NAT64_KUNIT_FAULT_H

#include <linux/sched.h>
#include <kunit/test.h>

static inline void fault_init(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_FAILSLAB))
		kunit_skip(test, "this kernel has no CONFIG_FAILSLAB");
}

static inline void fault_begin(unsigned int n)
{
#ifdef CONFIG_FAULT_INJECTION
	WRITE_ONCE(current->fail_nth, n);
#endif
}

/* Has it failed? */
static inline bool fault_end(void)
{
#ifdef CONFIG_FAULT_INJECTION
	bool fired = !READ_ONCE(current->fail_nth);

	WRITE_ONCE(current->fail_nth, 0);
	return fired;
#else
	return false;
#endif
}

#endif /* NAT64_KUNIT_FAULT_H */
