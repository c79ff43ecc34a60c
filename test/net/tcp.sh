#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# tcp.sh - the TCP state machine of RFC 6146 s3.5.2.2, by segments: every state and
# every event, lifetimes, simultaneous opens and probes; the tests are in tcp.py.

. "$(dirname "$0")/lib.sh"

topology
wires
each python3 "$here/tcp.py"
finish
