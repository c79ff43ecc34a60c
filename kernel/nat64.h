/* SPDX-License-Identifier: GPL-2.0 */
/* nat64.h - definitions common to all files of the module */
#ifndef NAT64_H
#define NAT64_H

#define NAT64_VERSION "0.3.0"

#endif /* NAT64_H */
