#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# 6.12
#
# headers.sh - the keys that change headers (headers.py), and ICMP errors: whose
# address they come from, how long they are and what they carry (errors.py).

. "$(dirname "$0")/lib.sh"

topology
wires
each python3 "$here/headers.py"
each python3 "$here/errors.py"
finish
