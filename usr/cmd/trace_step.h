/* SPDX-License-Identifier: GPL-2.0 */
/* trace_step.h - a step of a trace, in words and in JSON */
#ifndef NAT64CTL_TRACE_STEP_H
#define NAT64CTL_TRACE_STEP_H

#include <json-c/json.h>
#include <netlink/attr.h>
#include <stdbool.h>
#include <stdio.h>

#include <linux/nat64.h>

/* trace_step.c */
__u8 step_byte(struct nlattr **a, int type);
__u32 step_number(struct nlattr **a, int type);
bool step_is_tcp(struct nlattr **a);
bool step_is_verdict(__u32 step);
const char *step_proto(struct nlattr **a);
const char *step_state(struct nlattr **a);
const char *step_key(struct nlattr **a);

/* trace_text.c */
void step_text(FILE *file, __u32 step, struct nlattr **a);

/* trace_json.c */
struct json_object *step_json(__u32 step, struct nlattr **a, bool last);

#endif /* NAT64CTL_TRACE_STEP_H */
