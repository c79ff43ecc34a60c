// SPDX-License-Identifier: GPL-2.0
/* tracepoint.c - the code generated from path/tracepoint.h */
#include <linux/if_ether.h>

#define CREATE_TRACE_POINTS
#include "path/tracepoint.h"
