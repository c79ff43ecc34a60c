#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 6.12
# four processors
#
# races.sh - packets of one flow on several processors, while its BIB entry and
# its sessions end: by their lifetime, by an operator, and by a new configuration.
# What counts is the end: tables, counters, hosts and ports agree, and come to
# nothing.

. "$(dirname "$0")/lib.sh"

topology
wires
# Drop translated packets on arrival: only the router is tested.
for end in "$client" "$server"; do
	must inside "$end" nft -f - <<-'NFT'
		table netdev sink {
			chain ingress {
				type filter hook ingress device "net" priority 0
				drop
			}
		}
	NFT
done
each r python3 "$here/races.py"
finish
