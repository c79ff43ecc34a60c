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
# Who answers for ipv4only.arpa: pref64.py starts a DNS64 in front of it.
cat >"$tmp/authority.conf" <<-CONF
	server:
	    interface: 127.0.0.1@5300
	    local-zone: "ipv4only.arpa." static
	    local-data: "ipv4only.arpa. A 192.0.0.170"
	    local-data: "ipv4only.arpa. A 192.0.0.171"
	    username: ""
	    chroot: ""
	    directory: "$tmp"
	    pidfile: ""
	    use-syslog: no
	    module-config: "iterator"
CONF
start authority "$router" unbound -d -c "$tmp/authority.conf"
must listening "$router" udp 5300
export client router tmp
each python3 "$here/pref64.py" "$@"
finish
