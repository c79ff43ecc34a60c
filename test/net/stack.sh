#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# stack.sh - beside what else the kernel does with packets: bridges that show
# their frames to netfilter, egress filters of cgroups, and routes with several
# next hops.

. "$(dirname "$0")/lib.sh"

topology
namespace "$hop6"		# a host on the link of the client
must nat64 instance add --pool6 64:ff9b::/96 --pool4 $pool4
route "$router" default via $server4
must ip -n "$router" -6 route add default dev wan

pings() { inside "$1" ping -c 2 -i 0.2 -W 5 "${@:2}"; }

# rises KEY N COMMAND...: COMMAND makes the counter rise by N
rises() {
	local key=$1 n=$2 before
	before=$(counter "$key")
	shift 2
	"$@" || return
	same "$key" $(($(counter "$key") - before)) "$n"
}

# --- egress filters of cgroups ---------------------------------------------

cgroups=$tmp/cgroups
must mkdir "$cgroups"
must mount -t cgroup2 none "$cgroups"
# filtered ETHERTYPE COMMAND...: a program on the router whose cgroup drops these
filtered() {
	r python3 "$here/egress.py" "$cgroups/test-$1" "$@"
}
ping_out() { r ping -c 1 -W 2 "$server6"; }
check "a program whose cgroup has a filter reaches IPv4" \
	filtered 88b5 ping -c 1 -W 5 "$server6"
check "its filter sees what it sends to pool6" \
	rises drop-policy 1 fails filtered 86dd ping -c 1 -W 2 "$server6"
check "its filter sees what becomes of it" \
	rises translated64 1 fails filtered 0800 ping -c 1 -W 2 "$server6"
check "other programs are not filtered" ping_out
for cgroup in "$cgroups"/test-*; do must rmdir "$cgroup"; done
must umount "$cgroups"

# --- several next hops -----------------------------------------------------

# hops NAMESPACE ROUTE-ARGUMENTS...: count frames to two next hops by the link
macs=(02:00:00:00:00:0a 02:00:00:00:00:0b)
count_frames() {
	inside "$1" nft "table netdev hops {
		chain c { type filter hook ingress device net priority 0;
			ether daddr ${macs[0]} $2 counter;
			ether daddr ${macs[1]} $2 counter; }; }"
}
# frames NAMESPACE: how many each has got
frames() {
	inside "$1" nft -j list table netdev hops |
		jq -r '[.. | .counter? | .packets? // empty] | join(" ")'
}
# used NAMESPACE N: next hops that have got a frame
used() {
	local got n=0 one
	got=$(frames "$1") || return
	echo "frames by next hop: $got"
	for one in $got; do ((one == 0)) || n=$((n + 1)); done
	same "the number of next hops used" "$n" "$2"
}

for i in 0 1; do
	must ip -n "$router" neigh add fe80::$((i + 1)) dev lan \
		lladdr "${macs[i]}"
	must ip -n "$router" neigh add 198.51.100.$((i + 10)) dev wan \
		lladdr "${macs[i]}"
done
must ip -n "$router" -6 route add 2001:db8:e::/64 \
	nexthop via fe80::1 dev lan nexthop via fe80::2 dev lan
must ip -n "$router" route add 198.51.101.0/24 nexthop via 198.51.100.10 \
	nexthop via 198.51.100.11
for i in {1..24}; do
	must nat64 bib add --proto tcp "[2001:db8:e::$i]:80" "$pool4:$((8000 + i))"
done

# No session is made for a segment without SYN: each is routed by itself.
segments() {
	must count_frames "$client" "tcp flags ack"
	s4 python3 - "$@" <<-'PYTHON'
		import socket, struct, sys
		sys.path.insert(0, sys.argv[1])
		from wire import ACK, TCP, ip4, tcp
		sock = socket.socket(socket.AF_INET, socket.SOCK_RAW,
		                     socket.IPPROTO_RAW)
		src, dst = "198.51.100.2", sys.argv[2]
		first, last = map(int, sys.argv[3].split("-"))
		for port in range(first, last + 1):
		    for ttl in range(64, 80):
		        sock.sendto(ip4(src, dst, TCP,
		                        tcp(src, dst, 1234, port, seq=ttl << 20,
		                            flags=ACK), ttl=ttl), (dst, 0))
	PYTHON
}
to_one() {
	segments "$here" "$pool4" 8001-8001 || return
	used "$client" 1
}
to_many() {
	segments "$here" "$pool4" 8001-8024 || return
	used "$client" 2
}
check "the segments of a flow to IPv6 leave by one of two next hops" to_one
c6 nft flush ruleset
check "flows to several hosts leave by both" to_many
c6 nft flush ruleset

# By ports: the translated ones, which are known only once there is a mapping.
must r sysctl -qw net.ipv4.fib_multipath_hash_policy=1
flows() {
	must count_frames "$server" "udp dport 9"
	c6 python3 "$here/sock.py" unanswered 64:ff9b::198.51.101.7 9 32 ||
		return
	used "$server" 2
}
check "flows of one host to IPv4 leave by both of two next hops" flows
s4 nft flush ruleset
must nat64 instance flush
must ip -n "$router" rule add iif lan lookup main
check "and by both if rules choose the table" flows
s4 nft flush ruleset
must ip -n "$router" rule del iif lan lookup main

# --- a bridge, with br_netfilter -------------------------------------------

must modprobe -a bridge br_netfilter
must ip -n "$router" link add br0 type bridge
must ip -n "$router" link set br0 up
must ip -n "$router" address flush dev lan
must ip -n "$router" link set lan master br0
cable "$hop6" net "$router" lan2
must ip -n "$router" link set lan2 master br0
address "$router" br0 2001:db8:1::1/64
address "$hop6" net 2001:db8:1::3/64 192.0.2.3/24
address "$hop6" lo 64:ff9b::198.51.100.2/128 $pool4/32
address "$client" net 192.0.2.2/24
must r sysctl -qw net.bridge.bridge-nf-call-ip6tables=1 \
	net.bridge.bridge-nf-call-iptables=1

check "a bridged frame for the router is translated" \
	rises translated64 2 pings "$client" "$server6"
route "$client" 64:ff9b::/96 via 2001:db8:1::3
route "$client" $pool4 via 192.0.2.3
check "a frame for another router passes the bridge, and so does its answer" \
	rises received6 0 pings "$client" "$server6"
check "and so does one for an address of pool4" \
	rises received4 0 pings "$client" "$pool4"

finish
