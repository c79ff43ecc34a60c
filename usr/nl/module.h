/* SPDX-License-Identifier: GPL-2.0 */
/* module.h - whether the module has been removed */
#ifndef NAT64CTL_MODULE_H
#define NAT64CTL_MODULE_H

#include <stdbool.h>

bool module_is_removed(void);

#endif /* NAT64CTL_MODULE_H */
