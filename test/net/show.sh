#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# show.sh - what nat64ctl shows: use of pool4, rates, metrics, long tables; its JSON
# keeps to the schemas in test/cli/schema; refusals name the attribute (show.py).

. "$(dirname "$0")/lib.sh"

topology
wires
each python3 "$here/show.py"
finish
