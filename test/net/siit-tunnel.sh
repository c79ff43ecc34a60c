#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 6.12
#
# siit-tunnel.sh - a GRE tunnel from an IPv6 to an IPv4 host through a stateless
# translator, with the super-packets that the tunnel makes.

. "$(dirname "$0")/lib.sh"

topology
pool6=2001:db8:64::
host4=203.0.113.9
server6=$pool6"$server4"
must r nat64ctl instance add siit --type siit --pool6 $pool6/96
must r nat64ctl -i siit eam add "$client6" "$host4"

tunnel() {
	modprobe -a ip_gre ip6_gre || return
	inside "$client" ip link add gre6 type ip6gre local "$client6" \
		remote "$server6" encaplimit none &&
		inside "$server" ip link add gre4 type gre local "$server4" \
			remote "$host4" &&
		inside "$client" ip addr add 10.9.9.1/30 dev gre6 &&
		inside "$server" ip addr add 10.9.9.2/30 dev gre4 &&
		inside "$client" ip link set gre6 up mtu 1300 &&
		inside "$server" ip link set gre4 up mtu 1300
}
must tunnel
check "a ping through a GRE tunnel" c6 ping -c 3 -i 0.2 -W 5 10.9.9.2
mkdir "$tmp/www"
head -c 20000000 /dev/urandom >"$tmp/www/large"
serve "$server" 10.9.9.2 81 "$tmp/www"
check "20 MB through a GRE tunnel arrive unchanged" \
	fetch "$client" "http://10.9.9.2:81/large" "$tmp/www/large"

finish
