#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# only uml
#
# fastpath-packets.sh - the packets of packets.sh and headers.sh where there is a
# fast path: what goes that way becomes the same, byte by byte, and what does not
# is not changed by it. lab.py sends a packet that has come through again until
# it goes the fast way.

. "$(dirname "$0")/lib.sh"

topology
wires
export fastpath=lan,wan
each python3 "$here/packets.py"
each python3 "$here/mappings.py"
each python3 "$here/headers.py"
finish
