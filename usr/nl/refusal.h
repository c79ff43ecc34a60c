/* SPDX-License-Identifier: GPL-2.0 */
/* refusal.h - what a refusal is about */
#ifndef NAT64CTL_REFUSAL_H
#define NAT64CTL_REFUSAL_H

#include "nl/nl.h"

void refusal_explain(struct nl64 *nl, const char *instance,
		     struct nl_msg *msg);

#endif /* NAT64CTL_REFUSAL_H */
