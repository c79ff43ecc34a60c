/* SPDX-License-Identifier: GPL-2.0 */
/* rates.h - how fast the counters of instances rise */
#ifndef NAT64CTL_RATES_H
#define NAT64CTL_RATES_H

#include "cmd/counters.h"

int rates_show(struct cmd *cmd, bool json);

#endif /* NAT64CTL_RATES_H */
