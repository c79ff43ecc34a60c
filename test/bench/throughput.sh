#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# throughput.sh [PAIRS [SECONDS]]: what one TCP connection gets through the NAT64,
# as a ratio to plain IPv6 forwarding between the same namespaces by the same
# router. To be run as test/vm/uml.sh -v base test/bench/throughput.sh, or by
# test/vm/run.sh 6.12.
#
#	client (net) ---- (lan) router (wan) ---- (net) server
#
# Rates drift, so the two ways take turns, and each pair gives a ratio; the median
# of the pairs is what counts. 0.95 is the goal.
set -eu

pairs=${1:-7} seconds=${2:-2}
plain=2001:db8:2::2 nat64=64:ff9b::198.51.100.2
results=$(mktemp)

# cable NS1 DEV1 NS2 DEV2
cable() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

set_up() {
	local ns

	modprobe nat64
	for ns in client router server; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
	done
	cable client net router lan
	cable router wan server net
	ip netns exec router sysctl -qw net.ipv6.conf.all.forwarding=1 \
		net.ipv4.ip_forward=1
	ip -n client addr add 2001:db8:1::2/64 dev net nodad
	ip -n router addr add 2001:db8:1::1/64 dev lan nodad
	ip -n router addr add 2001:db8:2::1/64 dev wan nodad
	ip -n router addr add 198.51.100.1/24 dev wan
	ip -n server addr add 2001:db8:2::2/64 dev net nodad
	ip -n server addr add 198.51.100.2/24 dev net
	ip -n client route add default via 2001:db8:1::1
	ip -n server -6 route add default via 2001:db8:2::1
	ip -n server route add 203.0.113.0/24 via 198.51.100.1
	ip netns exec router nat64ctl instance add --pool6 64:ff9b::/96 \
		--pool4 203.0.113.0/27
	ip netns exec server iperf3 -s -D --logfile /dev/null
	until ip netns exec server ss -Hltn "sport = 5201" | grep -q .; do
		sleep 0.1
	done
}

# rate ADDRESS IPERF-ARGUMENTS...: Mbit/s that arrived
rate() {
	ip netns exec client iperf3 -J -t "$seconds" -c "$@" |
		jq '.end.sum_received.bits_per_second / 1e6 | floor'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare NAME IPERF-ARGUMENTS...: a line of the table. The first pair warms up.
compare() {
	local name=$1 pair a b

	shift
	: > "$results"
	for pair in $(seq 0 "$pairs"); do
		if [ $((pair % 2)) = 0 ]; then
			a=$(rate $plain "$@")
			b=$(rate $nat64 "$@")
		else
			b=$(rate $nat64 "$@")
			a=$(rate $plain "$@")
		fi
		[ "$pair" = 0 ] || awk -v a="$a" -v b="$b" \
			'BEGIN { print a, b, b / a }' >> "$results"
	done
	printf '%-34s %9s %9s %7.3f   %s\n' "$name" \
		"$(cut -d' ' -f1 "$results" | median)" \
		"$(cut -d' ' -f2 "$results" | median)" \
		"$(cut -d' ' -f3 "$results" | median)" \
		"$(cut -d' ' -f3 "$results" | sort -n | sed -n '1p;$p' | xargs)"
}

both_ways() {
	compare "$1, IPv6 to IPv4"
	compare "$1, IPv4 to IPv6" -R
}

# Lists are made of single packets only, so the ends must not make large ones.
lists() {
	local ns dev

	for ns in client server; do
		ip netns exec "$ns" ethtool -K net tso off gso off
	done
	for dev in lan wan; do
		ip netns exec router ethtool -K "$dev" gro on rx-gro-list "$1"
	done
}

set_up
uname -r
printf '%-34s %9s %9s %7s   %s\n' "Mbit/s, medians of $pairs" plain NAT64 \
	ratio "least and largest ratio"
both_ways "offloads on"
lists off
both_ways "GRO at the router"
lists on
both_ways "fraglist GRO at the router"
ip netns exec router nat64ctl -j stats show --all |
	jq -c '.. | objects | select(has("translated64")) |
	       {translated64, translated46}'
rm -f "$results"
ip netns exec router nat64ctl instance del
