#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
#
# pref64.sh - nat64ctl pref64 finds the NAT64 prefix of a network as a host does:
# by router advertisements, good and hostile; by a DNS64 (unbound) and by answers
# that none would give; and what changes, as it changes. The tests are in
# pref64.py, which is the router of the host "client".

. "$(dirname "$0")/lib.sh"

topology
# pref64.py starts a DNS64 in front of it.
ipv4only_arpa "$router"
export client router tmp
each python3 "$here/pref64.py" "$@"
finish
