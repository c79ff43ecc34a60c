#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# local.sh - a pool4 address that is the router's own: which packets are for the
# NAT64 and which for the router's programs, packet by packet; the tests are in
# local.py.

. "$(dirname "$0")/lib.sh"

topology
wires
route "$router" 240.0.0.0/4 via $server4
must r sysctl -qw net.ipv4.ping_group_range="0 0"
each python3 "$here/local.py"
finish
