#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# trace.sh - nat64ctl trace says what becomes of a packet (trace.py): a packet is
# traced, nothing has changed, the packet comes, and what was said becomes of it.

. "$(dirname "$0")/lib.sh"

topology
wires
each python3 "$here/trace.py"
finish
