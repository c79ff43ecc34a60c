#!/bin/bash
# cost.sh [ROUNDS [FLOWS]]: what a packet of an established flow costs, net of a
# router that drops it at its ingress, as a ratio to plain IPv6 forwarding. To be
# run as test/vm/uml.sh -v base test/bench/cost.sh
#
#	gen (pktgen) ---- drop  (dropped at the router's ingress)
#	             ---- plain (IPv6 forwarding) ---- sink
#	             ---- nat64 (IPv6 to IPv4)    ---- sink
#
# Times drift, so the routers take turns in slices of packets, and each round gives
# a ratio of its own; the median of the rounds is what counts. Instructions are
# not counted here: run it under perf for that.
set -eu

rounds=${1:-7} flows=${2:-1}
slice=100000
pg=/proc/net/pktgen

# pgset FILE COMMAND: give pktgen a command
pgset() {
	echo "$2" > "$pg/$1"
}

# router NAME: a namespace between gen and a sink that drops what arrives
router() {
	local r=$1

	ip netns add "$r"
	ip link add "g-$r" type veth peer name in netns "$r"
	ip -n "$r" link add out type veth peer name "s-$r" netns sink
	ip link set "g-$r" up
	ip -n "$r" link set lo up
	ip -n "$r" link set in up
	ip -n "$r" link set out up
	ip -n sink link set "s-$r" up
	ip netns exec "$r" sysctl -qw net.ipv6.conf.all.forwarding=1 \
		net.ipv4.ip_forward=1
	ip -n "$r" addr add 2001:db8:1::1/64 dev in nodad
	ip -n "$r" addr add 2001:db8:2::1/64 dev out nodad
	ip -n "$r" addr add 198.51.100.1/24 dev out
	ip -n "$r" neigh add 2001:db8:2::2 lladdr 02:00:00:00:00:02 dev out
	ip -n "$r" neigh add 198.51.100.2 lladdr 02:00:00:00:00:02 dev out
	tc -n sink qdisc add dev "s-$r" ingress
	tc -n sink filter add dev "s-$r" parent ffff: matchall action drop
}

# source ROUTER DESTINATION: packets of 100 bytes from gen to that router
source_to() {
	local dev=g-$1 mac

	mac=$(ip -n "$1" -j link show in | sed 's/.*"address":"\([^"]*\)".*/\1/')
	pgset kpktgend_0 "add_device $dev"
	pgset "$dev" "pkt_size 100"
	pgset "$dev" "count $slice"
	pgset "$dev" "dst_mac $mac"
	pgset "$dev" "src6 2001:db8:1::2"
	pgset "$dev" "dst6 $2"
	pgset "$dev" "udp_dst_min 9"
	pgset "$dev" "udp_dst_max 9"
	pgset "$dev" "udp_src_min 10000"
	pgset "$dev" "udp_src_max $((10000 + flows))"
	[ "$flows" = 1 ] || pgset "$dev" "flag UDPSRC_RND"
	pgset "$dev" "flag UDPCSUM"
}

# cost ROUTER DESTINATION: nanoseconds a packet took in one slice
cost() {
	pgset kpktgend_0 rem_device_all
	source_to "$1" "$2"
	pgset pgctrl start
	sed -n 's/.*Result: OK: \([0-9]*\)(.*/\1/p' "$pg/g-$1" |
		awk -v n="$slice" '{ printf "%d\n", $1 * 1000 / n }'
}

modprobe pktgen
modprobe nat64
ip netns add sink
router drop
router plain
router nat64
tc -n drop qdisc add dev in ingress
tc -n drop filter add dev in parent ffff: matchall action drop
ip netns exec nat64 nat64ctl instance add --pool6 64:ff9b::/96 \
	--pool4 203.0.113.0/27

for round in $(seq 0 "$rounds"); do
	drop=$(cost drop 2001:db8:2::2)
	plain=$(cost plain 2001:db8:2::2)
	nat64=$(cost nat64 64:ff9b::c633:6402)
	# The first round makes the flows and warms the caches.
	[ "$round" != 0 ] || continue
	echo "round $round: drop $drop ns, plain $plain ns, nat64 $nat64 ns"
	awk -v d="$drop" -v p="$plain" -v n="$nat64" \
		'BEGIN { printf "%.3f\n", (n - d) / (p - d) }' >> /tmp/ratios
done
sent=$(ip netns exec nat64 nat64ctl -j stats show --all |
	sed 's/.*"translated64": *\([0-9]*\).*/\1/')
echo "translated: $sent of $(((rounds + 1) * slice))"
sort -n /tmp/ratios | awk '{ r[NR] = $1 } END {
	printf "nat64 costs %.2f of plain IPv6 forwarding (median of %d)\n",
		r[int((NR + 1) / 2)], NR }'
ip netns exec nat64 nat64ctl instance del
