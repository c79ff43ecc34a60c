#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# device.sh - an instance with a network device: crafted packets (device.py),
# ordinary programs, offloads, VRFs, and how devices and instances end.

. "$(dirname "$0")/lib.sh"

topology
wires
must r sysctl -qw net.ipv4.conf.all.send_redirects=0 \
	net.ipv4.conf.lan.send_redirects=0 net.ipv4.conf.wan.send_redirects=0
each python3 "$here/device.py"

# --- programs --------------------------------------------------------------

must r ethtool -K lan tx on
must r ethtool -K wan tx on
pool6=2001:db8:64::
host4=203.0.113.9
server6=$pool6$server4
stateless() {
	r nat64ctl instance add siit --type siit --pool6 "$pool6/96" --device dev0 &&
		r nat64ctl -i siit eam add "$client6" "$host4" &&
		r ip link set dev0 up &&
		r ip route replace "$pool6/96" via fe80::1 dev dev0 &&
		r ip route replace "$host4" dev dev0
}
must stateless
both_sides "$server6" $host4
datagrams() { c6 python3 "$here/sock.py" datagrams "$server6" 7000 5 4000; }
check "datagrams of 4000 bytes in fragments, both ways" datagrams

# Connection tracking reassembles fragments before and behind the device.
must r nft "add table inet t;
	add chain inet t f { type filter hook forward priority 0; };
	add rule inet t f ct state established counter"
check "datagrams of 4000 bytes with connection tracking, both ways" datagrams
must r nft delete table inet t

start iperf "$server" iperf3 -s
must listening "$server" tcp 5201

check "TCP super-packets go into it whole, IPv6 to IPv4" kept_large dev0
check "TCP super-packets leave by wan whole, IPv6 to IPv4" kept_large wan
check "TCP super-packets go into it whole, IPv4 to IPv6" kept_large dev0 -R
check "TCP super-packets leave by lan whole, IPv4 to IPv6" kept_large lan -R

small_link() {
	must ip -n "$router" link set wan mtu 1300
	must ip -n "$server" link set net mtu 1300
	fetch "$client" "http://[$server6]/large" "$tmp/www/large"
	local rc=$?
	must ip -n "$router" link set wan mtu 1500
	must ip -n "$server" link set net mtu 1500
	return "$rc"
}
check "a link with a smaller MTU behind it" small_link

# The link to the client is smaller than what it offers: Packet Too Big of the
# router, which has no IPv4 address that translates.
related() {
	local rc
	must r nft "add table inet t;
		add chain inet t f { type filter hook forward priority 0; policy drop; };
		add rule inet t f ct state new,established,related accept"
	must ip -n "$router" link set lan mtu 1400
	fetch "$client" "http://[$server6]/large" "$tmp/www/large"
	rc=$?
	must ip -n "$router" link set lan mtu 1500
	must r nft delete table inet t
	return "$rc"
}
check "an ICMP error of the router is related to its flow" related

tx() { ip -n "$router" -s -j link show dev dev0 | jq '.[0].stats64.tx.packets'; }
tx_since() { (($(tx) >= $1)); }
neighbours() {
	local before
	before=$(tx)
	# shellcheck disable=SC2016 # the inner shell expands it
	c6 bash -c 'for i in {1..40}; do echo > "/dev/udp/$0192.0.2.$i/9"; done' \
		"$pool6" || return
	within 20 tx_since $((before + 40)) || return
	r ip -6 neigh show nud all dev dev0 | tee "$tmp/neighbours"
	[ "$(wc -l < "$tmp/neighbours")" = 1 ]
}
check "a route with a gateway takes one neighbour for all destinations" neighbours

# --- programs of the router itself: 464XLAT --------------------------------

# The router is the CLAT of itself, and the server its PLAT.
clat() {
	inside "$server" nat64ctl instance add plat --pool6 64:ff9b::/96 \
		--pool4 203.0.113.1 &&
		r nat64ctl instance add clat --type siit --pool6 64:ff9b::/96 \
			--device clat0 &&
		r nat64ctl -i clat eam add 2001:db8:5::c1a7 192.0.0.1 &&
		r ip address add 192.0.0.1/32 dev clat0 &&
		r ip link set clat0 up &&
		r ip route add 2001:db8:5::c1a7 dev clat0 &&
		r ip route add 192.0.2.128/25 dev clat0 src 192.0.0.1
}
must clat
address "$router" wan 2001:db8:4::1/64
address "$server" net 2001:db8:4::2/64
must ip -n "$server" address add 192.0.2.200/32 dev lo
route "$router" 64:ff9b::/96 via 2001:db8:4::2
route "$server" 2001:db8:5::/64 via 2001:db8:4::1
serve "$server" 192.0.2.200 81 "$tmp/www"
check "an IPv4 program of the router, by its CLAT and a PLAT" \
	fetch "$router" "http://192.0.2.200:81/large" "$tmp/www/large"
check "an IPv4 program at the CLAT learns that a port is closed" \
	r python3 "$here/sock.py" refused 192.0.2.200 82
must r nat64ctl instance del clat
must inside "$server" nat64ctl instance del plat

# --- VRF -------------------------------------------------------------------

vrf() {
	r ip link add red type vrf table 10 || return 77
	r ip link set red up && r ip link set dev0 master red &&
		r ip link set lan master red && r ip link set wan master red &&
		address "$router" lan 2001:db8:1::1/64 &&
		r ip route replace "$pool6/96" dev dev0 vrf red &&
		r ip route replace 203.0.113.9 dev dev0 vrf red || return
	c6 ping -c 3 -i 0.2 -W 5 "$server6" &&
		inside "$server" ping -c 3 -i 0.2 -W 5 203.0.113.9 && return
	r ip route show vrf red
	r ip -6 route show vrf red
	r nat64ctl stats show
	r ip -s link show dev dev0
	return 1
}
if modprobe vrf 2>/dev/null || r ip link add probe type vrf table 9; then
	r ip link del probe 2>/dev/null
	check "in a VRF, like any device" vrf
	for dev in lan wan dev0; do r ip link set "$dev" nomaster; done
	r ip link del red
	r ip -6 address replace 2001:db8:1::1/64 dev lan nodad
	r ip route replace "$pool6/96" dev dev0
	r ip route replace "$host4" dev dev0
fi

# --- the end, under traffic ------------------------------------------------

start flood6 "$client" ping -q -i 0.01 "$server6"
flood6=$last
start flood4 "$server" ping -q -i 0.01 $host4
flood4=$last

received() {
	ip -n "$router" -s -j link show dev dev0 | jq '.[0].stats64.rx.packets'
}
more() { (($(received) > $1 + 100)); }
flows() { within 20 more "$(received)"; }
check "packets flow" flows

ends() {
	for _ in 1 2; do
		r ip link del dev0 || return
		r nat64ctl instance del siit || return
		stateless && flows || return
		r nat64ctl instance del siit || return
		fails r ip link show dev dev0 || return
		r ip link add dev0 type nat64 || return
		stateless && flows || return
		r ip link set dev0 down && r ip link set dev0 up || return
		r nat64ctl instance del siit && r ip link del dev0 || return
		stateless && flows || return
	done
}
check "devices and instances come and go while packets flow" ends

reload() {
	r ip link add other0 type nat64 && r ip link set other0 up || return
	rmmod nat64 || return
	fails r ip link show dev dev0 || return
	fails r ip link show dev other0 || return
	modprobe nat64 && stateless && flows
}
check "the module is removed with its devices, while packets flow" reload

vanishes() {
	ip netns add "$router-2" || return
	inside "$router-2" nat64ctl instance add siit --type siit --device dev0 &&
		inside "$router-2" ip link set dev0 up &&
		inside "$router-2" ip link add dev1 type nat64 &&
		ip netns del "$router-2"
}
check "a namespace ends with its devices" vanishes
stop "$flood6"
stop "$flood4"
finish
