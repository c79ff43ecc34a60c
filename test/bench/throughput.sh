#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# throughput.sh [PAIRS [SECONDS]]: what one TCP connection gets through the NAT64,
# and through a CLAT at the client, as a ratio to plain IPv6 between the same
# namespaces by the same router. To be run as test/vm/uml.sh -v base
# test/bench/throughput.sh, or by test/vm/run.sh 6.12.
#
#	client (net) ---- (lan) router (wan) ---- (net) server
#	tayga (net) ---- (lan2)
#
# With a CLAT, ours at "client" or TAYGA at "tayga", the server has the address of
# the PLAT's prefix itself, so that there is nothing else that translates.
#
# Rates drift, so the two ways take turns, and each pair gives a ratio; the median
# of the pairs is what counts. 0.95 is the goal.
set -eu

pairs=${1:-7} seconds=${2:-2}
plain=2001:db8:2::2 nat64=64:ff9b::198.51.100.2 clat=192.0.2.2
pref64=2001:db8:464::/96
results=$(mktemp)

# cable NS1 DEV1 NS2 DEV2
cable() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# TAYGA as a CLAT, with an address of its own that the router sends to it.
start_tayga() {
	local run=(ip netns exec tayga)

	cat > "$results.conf" <<-CONF
		tun-device clat
		ipv4-addr 192.0.0.2
		ipv6-addr 2001:db8:3:1::2
		prefix $pref64
		map 192.0.0.1 2001:db8:3:1::1
		data-dir /run
	CONF
	modprobe tun
	"${run[@]}" sysctl -qw net.ipv6.conf.all.forwarding=1
	"${run[@]}" tayga -c "$results.conf" --mktun
	ip -n tayga link set clat up
	ip -n tayga addr add 192.0.0.1/32 dev clat
	ip -n tayga route add default dev clat src 192.0.0.1
	ip -n tayga route add 2001:db8:3:1::/64 dev clat
	ip -n router route add 2001:db8:3:1::/64 via 2001:db8:3::2
	"${run[@]}" tayga -c "$results.conf"
}

set_up() {
	local ns

	modprobe nat64
	for ns in client tayga router server; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
	done
	cable client net router lan
	cable tayga net router lan2
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
	ip -n router addr add 2001:db8:3::1/64 dev lan2 nodad
	ip -n tayga addr add 2001:db8:3::2/64 dev net nodad
	ip -n tayga route add default via 2001:db8:3::1
	ip -n router route add $pref64 via 2001:db8:2::2
	ip -n server addr add 2001:db8:464::$clat/128 dev net nodad
	ip netns exec router nat64ctl instance add --pool6 64:ff9b::/96 \
		--pool4 203.0.113.0/27
	ip netns exec client nat64ctl clat up --pref64 $pref64
	start_tayga
	ip netns exec server iperf3 -s -D --logfile /dev/null
	until ip netns exec server ss -Hltn "sport = 5201" | grep -q .; do
		sleep 0.1
	done
}

# rate NAMESPACE ADDRESS IPERF-ARGUMENTS...: Mbit/s that arrived
rate() {
	ip netns exec "$1" iperf3 -J -t "$seconds" -c "${@:2}" |
		jq '.end.sum_received.bits_per_second / 1e6 | floor'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare NAME NAMESPACE ADDRESS IPERF-ARGUMENTS...: a line of the table. The
# first pair warms up.
compare() {
	local name=$1 from=$2 to=$3 pair a b

	shift 3
	: > "$results"
	for pair in $(seq 0 "$pairs"); do
		if [ $((pair % 2)) = 0 ]; then
			a=$(rate "$from" $plain "$@")
			b=$(rate "$from" "$to" "$@")
		else
			b=$(rate "$from" "$to" "$@")
			a=$(rate "$from" $plain "$@")
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

# both_ways NAME [NAMESPACE ADDRESS]
both_ways() {
	compare "$1, up" "${2:-client}" "${3:-$nat64}"
	compare "$1, down" "${2:-client}" "${3:-$nat64}" -R
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
printf '%-34s %9s %9s %7s   %s\n' "Mbit/s, medians of $pairs" plain through \
	ratio "least and largest ratio"
both_ways "NAT64, offloads on"
both_ways "CLAT, offloads on" client $clat
both_ways "TAYGA, offloads on" tayga $clat
lists off
both_ways "NAT64, GRO at the router"
lists on
both_ways "NAT64, fraglist GRO at the router"
ip netns exec router nat64ctl -j stats show --all |
	jq -c '.. | objects | select(has("translated64")) |
	       {translated64, translated46}'
rm -f "$results" "$results.conf"
ip netns exec router nat64ctl instance del
