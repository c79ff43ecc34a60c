// SPDX-License-Identifier: GPL-2.0
/* tracepoint.c - the code that path/tracepoint.h makes */
#include <linux/if_ether.h>

#define CREATE_TRACE_POINTS
#include "path/tracepoint.h"
