#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scale.sh [ROUNDS [PACKETS]]: what a second processor brings: packets a second of
# two flows on two processors against those of one flow on one, for plain IPv6
# forwarding and for the NAT64; and who waits for a lock meanwhile. To be run as
# test/vm/run.sh 6.12 test/bench/scale.sh: User-mode Linux has one processor. The
# machine must have two that are idle.
#
#	pktgen on CPU 0: c0 ---- (in0) router (out0) ---- s0: dropped
#	pktgen on CPU 1: c1 ---- (in1) router (out1) ---- s1: dropped
#
# A veth hands packets to the processor that sent them, so each flow has its own.
set -eu

rounds=${1:-7} packets=${2:-100000}
tracing=/sys/kernel/tracing

# host I: both sides of flow I
host() {
	local side dev

	for side in c:in s:out; do
		dev=${side%:*}$1
		ip link add "$dev" type veth peer name "${side#*:}$1" netns router
		ip link set "$dev" address "02:00:00:00:00:1$1" up
		ip -n router link set "${side#*:}$1" up
	done
	ip -n router addr add "2001:db8:1$1::1/64" dev "in$1" nodad
	ip -n router addr add "2001:db8:2$1::1/64" dev "out$1" nodad
	ip -n router addr add "10.0.2$1.1/24" dev "out$1"
	ip -n router neigh add "2001:db8:2$1::2" dev "out$1" \
		lladdr "02:00:00:00:00:1$1"
	ip -n router neigh add "10.0.2$1.2" dev "out$1" \
		lladdr "02:00:00:00:00:1$1"
	tc qdisc add dev "s$1" clsact
	tc filter add dev "s$1" ingress matchall action drop
}

set_up() {
	modprobe nat64
	modprobe pktgen
	ip netns add router
	ip -n router link set lo up
	ip netns exec router sysctl -qw net.ipv6.conf.all.forwarding=1 \
		net.ipv4.ip_forward=1
	host 0
	host 1
	ip netns exec router nat64ctl instance add --pool6 64:ff9b::/96 \
		--pool4 192.0.2.0/28
	ip netns exec router nat64ctl config set wkp-strict off
}

pg() { echo "$2" > "/proc/net/pktgen/$1"; }

# flow CPU TO: what that processor is to send
flow() {
	local mac

	mac=$(ip netns exec router cat "/sys/class/net/in$1/address")
	pg "kpktgend_$1" "add_device c$1"
	pg "c$1" "count $packets"
	pg "c$1" "clone_skb 0"
	pg "c$1" "pkt_size 114"
	pg "c$1" "delay 0"
	pg "c$1" "flag UDPCSUM"
	pg "c$1" "dst_mac $mac"
	pg "c$1" "src6 2001:db8:1$1::2"
	pg "c$1" "dst6 $2"
	pg "c$1" "udp_src_min 5000"
	pg "c$1" "udp_src_max 5000"
	pg "c$1" "udp_dst_min 443"
	pg "c$1" "udp_dst_max 443"
}

arrived() {
	ip netns exec router cat /sys/class/net/out{0,1}/statistics/tx_packets |
		paste -sd+ | bc
}

# rate TO0 [TO1]: packets a second, of which none is lost
rate() {
	local i=0 to before sum=0

	for i in 0 1; do pg "kpktgend_$i" rem_device_all; done
	i=0
	for to; do
		flow $i "$to"
		i=$((i + 1))
	done
	before=$(arrived)
	pg pgctrl start
	if [ $(($(arrived) - before)) -lt $((i * packets)) ]; then
		echo "packets were lost" >&2
		exit 1
	fi
	while [ $i -gt 0 ]; do
		i=$((i - 1))
		sum=$((sum + $(sed -n 's/.* \([0-9]*\)pps.*/\1/p' \
				   "/proc/net/pktgen/c$i")))
	done
	echo $sum
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare NAME TO0 TO1: a line of the table
compare() {
	local name=$1 one two results=''

	rate "$2" "$3" > /dev/null
	for _ in $(seq "$rounds"); do
		one=$(rate "$2")
		two=$(rate "$2" "$3")
		results+="$one $two $(echo "scale=3; $two / $one" | bc)"$'\n'
	done
	printf '%-24s %9s %9s %7s\n' "$name" \
		"$(cut -d' ' -f1 <<< "${results%?}" | median)" \
		"$(cut -d' ' -f2 <<< "${results%?}" | median)" \
		"$(cut -d' ' -f3 <<< "${results%?}" | median)"
}

# Everybody who had to wait for a lock, with who called.
watch_locks() {
	echo 0 > $tracing/tracing_on
	echo 1 > $tracing/options/stacktrace
	echo 1 > $tracing/events/lock/contention_begin/enable
	: > $tracing/trace
	echo 1 > $tracing/tracing_on
}
locks() {
	echo 0 > $tracing/tracing_on
	echo "waits for locks:" \
		"$(grep -c 'contention_begin:' $tracing/trace) in all," \
		"$(awk '/contention_begin:/ { in_one = 1; ours = 0 }
			in_one && /nat64/ && !ours { ours = 1; n++ }
			END { print n + 0 }' $tracing/trace) in the NAT64"
}

set_up
uname -r
printf '%-24s %9s %9s %7s\n' "packets/s, $rounds rounds" "one CPU" "two CPUs" ratio
compare "plain IPv6" 2001:db8:20::2 2001:db8:21::2
watch_locks
compare "NAT64, 6->4" 64:ff9b::10.0.20.2 64:ff9b::10.0.21.2
locks
ip netns exec router nat64ctl config set fastpath in0,in1
compare "NAT64, 6->4, fast path" 64:ff9b::10.0.20.2 64:ff9b::10.0.21.2
ip netns exec router nat64ctl instance del
