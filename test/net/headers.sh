#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# headers.sh - the keys that change headers (headers.py); ICMP errors: whose
# address they come from, how long they are and what they carry (errors.py); and
# what is left to devices, and packets of many sizes (shapes.py).

. "$(dirname "$0")/lib.sh"

topology
wires
each python3 "$here/headers.py"
each python3 "$here/errors.py"
must modprobe tun
each python3 "$here/shapes.py"
finish
