#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# only uml
#
# malformed.sh - packets that are cut, lie about their length or are mutated at
# random; the tests are in malformed.py. The kernel survives (finish looks),
# every packet is accounted for, and ordinary traffic goes on.

. "$(dirname "$0")/lib.sh"

topology
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
wires
check "ping before" c6 ping -c 1 -W 5 "$server6"
each python3 "$here/malformed.py"
check "ping after" c6 ping -c 1 -W 5 "$server6"
finish
