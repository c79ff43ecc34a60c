/* SPDX-License-Identifier: GPL-2.0 */
/* nat64.h - what every part of the module shares */
#ifndef NAT64_H
#define NAT64_H

#define NAT64_VERSION "0.2.0"

#endif /* NAT64_H */
