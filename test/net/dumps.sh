#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# only uml
#
# dumps.sh - long tables: all of 300,000 BIB entries and sessions is listed, and
# nat64ctl needs no more memory for that than for 10,000 (dumps.py). By hand, with
# 4,000,000 of them: test/vm/uml.sh -v base -m 3G -t 1800 test/net/dumps.sh 4000000

. "$(dirname "$0")/lib.sh"

topology
# The kernel makes the packets; what leaves the router is not looked at.
must modprobe pktgen
must ip -n "$router" neigh add $server4 dev wan lladdr "$(mac "$server" net)"
must s4 nft add table ip sink
must s4 nft add chain ip sink input \
	'{ type filter hook prerouting priority raw; policy drop; }'
must sysctl -qw net.core.netdev_max_backlog=100000
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 203.0.113.0/24
must r nat64ctl config set udp-timeout 1d maximum-sessions 10000000
lan_mac=$(mac "$router" lan)
export client router lan_mac
each python3 "$here/dumps.py" "$@"
check "the flows' maker can be removed" rmmod pktgen
finish
