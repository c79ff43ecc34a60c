#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# 6.12
#
# packets.sh - crafted packets sent into one side of the router, and what has to
# come out at the other, byte by byte; the tests are in packets.py (headers,
# sizes, fragments, ICMP errors) and mappings.py (sessions, BIB entries, pools).

. "$(dirname "$0")/lib.sh"

topology
wires
each python3 "$here/packets.py"
each python3 "$here/mappings.py"
finish
