#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# behaviour.sh - what RFCs 4787, 5382, 5508 and 7857 ask of a NAT, by packets: who
# gets which port, and when another may have it (pooling.py); who may come in, what
# keeps a session alive and what is answered (filtering.py).

. "$(dirname "$0")/lib.sh"

topology
wires
each python3 "$here/pooling.py"
each python3 "$here/filtering.py"
finish
