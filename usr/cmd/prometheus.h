/* SPDX-License-Identifier: GPL-2.0 */
/* prometheus.h - the counters and the use of pool4 in the format of Prometheus */
#ifndef NAT64CTL_PROMETHEUS_H
#define NAT64CTL_PROMETHEUS_H

#include "cmd/counters.h"

int prometheus_print(struct cmd *cmd, const struct samples *samples);

#endif /* NAT64CTL_PROMETHEUS_H */
