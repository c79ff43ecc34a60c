/* SPDX-License-Identifier: GPL-2.0 */
/* fuzz.h - what the fuzzers of the command share */
#ifndef NAT64_FUZZ_H
#define NAT64_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_capture(void);
char *fuzz_release(void);
void fuzz_plain(const char *text);
const char *fuzz_file(const uint8_t *data, size_t size);

#define FUZZ_MUST(what) \
	do { \
		if (!(what)) \
			fuzz_fail(__FILE__, __LINE__, #what); \
	} while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *what);

#endif /* NAT64_FUZZ_H */
