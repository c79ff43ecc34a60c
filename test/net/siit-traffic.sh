#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# siit-traffic.sh - ordinary programs through a stateless translator, and what an
# operator does with one: save, load, watch and trace.

. "$(dirname "$0")/lib.sh"

topology
pool6=2001:db8:64::
host4=203.0.113.9
server6=$pool6$server4
must r nat64ctl instance add siit --type siit --pool6 $pool6/96
must r nat64ctl -i siit eam add $client6 $host4

# --- programs --------------------------------------------------------------

both_sides "$server6" $host4
check "datagrams of 4000 bytes in fragments, both ways [7915-5 7915-22]" \
	c6 python3 "$here/sock.py" datagrams "$server6" 7000 5 4000

start iperf "$server" iperf3 -s
must listening "$server" tcp 5201
check "TCP super-packets stay whole, IPv6 to IPv4" kept_large wan
check "TCP super-packets stay whole, IPv4 to IPv6" kept_large lan -R

# --- the router itself -----------------------------------------------------

must r nat64ctl -i siit eam add 2001:db8:1::1 203.0.113.10
route "$router" $pool6/96 dev lan
check "a program of the router reaches the IPv4 side through it" \
	fetch "$router" "http://[$server6]/large" "$tmp/www/large"

no_input_device() {
	local seen

	r nft "add table ip t;
		add chain ip t p { type filter hook postrouting priority 0; };
		add rule ip t p iifname wan counter" &&
		r ping -c 1 -W 5 "$server4" || return
	seen=$(r nft -j list table ip t | jq '.. | .counter? | objects | .packets')
	r nft delete table ip t
	same "packets of the router that seem to come from wan" "$seen" 0
}
check "other IPv4 packets of the router have no input device" no_input_device

# --- commands --------------------------------------------------------------

saved() {
	r nat64ctl -i siit config save "$tmp/saved" &&
		r nat64ctl -i siit denylist add 192.0.2.0/24 &&
		r nat64ctl -i siit eam flush &&
		r nat64ctl -i siit config load "$tmp/saved" &&
		r nat64ctl -i siit config save "$tmp/again" &&
		cmp "$tmp/saved" "$tmp/again" &&
		[ "$(r nat64ctl -j -i siit eam show | jq length)" = 2 ]
}
check "what config save writes, config load restores" saved
check "the restored translator translates" c6 ping -c 1 -W 5 "$server6"

many() {
	python3 - "$tmp/many" <<-'PYTHON'
	import ipaddress
	import json
	import sys

	six, four = 0x20010db8000900000000000000000000, 0x0b000000
	json.dump({
	    "instance": "siit", "type": "siit", "pool6": ["2001:db8:64::/96"],
	    "eam": [{"ipv6": str(ipaddress.IPv6Address(six + i)),
	             "ipv4": str(ipaddress.IPv4Address(four + i))}
	            for i in range(100000)]}, open(sys.argv[1], "w"))
	PYTHON
	r nat64ctl -i siit config load "$tmp/many" &&
		r nat64ctl -j -i siit eam show >"$tmp/rows" &&
		[ "$(jq length "$tmp/rows")" = 100000 ]
}
check "100,000 entries load in one request" many
must r nat64ctl -i siit config load "$tmp/saved"

start monitor "$router" nat64ctl -j monitor eam denylist
listens() {
	r nat64ctl -i siit denylist add 192.0.2.2
	r nat64ctl -i siit denylist del 192.0.2.2
	grep -q . "$tmp/monitor.log"
}
must within 20 listens
events() {
	r nat64ctl -i siit eam add 2001:db8:7::/120 192.0.2.0/24 &&
		r nat64ctl -i siit eam del 192.0.2.0/24 &&
		r nat64ctl -i siit denylist add 192.0.2.1 || return
	within 20 grep -q denylist "$tmp/monitor.log"
	cat "$tmp/monitor.log"
	[ "$(grep -c '"192.0.2.0/24"' "$tmp/monitor.log")" = 2 ]
}
check "monitor tells of changed entries" events

trace() {
	r nat64ctl trace udp "[$client6]:2000" "[$server6]:4000" \
		>"$tmp/trace" || return
	cat "$tmp/trace"
	grep -q "$host4" "$tmp/trace" && grep -q "wan" "$tmp/trace"
}
check "trace tells what becomes of the addresses" trace

refused() {
	local why
	why=$(r nat64ctl -i siit "$@" 2>&1) && return 1
	echo "$why"
	[[ $why == *stateless* || $why == *another\ EAM\ entry* ]]
}
check "a stateless translator has no sessions" refused session flush
check "a stateless translator has no pool4" refused pool4 add 192.0.2.1
check "a key of the NAT64 is refused" refused config set udp-timeout 300
check "a prefix that has an entry is refused" \
	refused eam add $client6 203.0.113.77

finish
