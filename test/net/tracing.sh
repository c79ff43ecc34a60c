#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# one processor
#
# tracing.sh - tracepoints and drop reasons, as the kernel's tracers show them. To
# switch a tracepoint on changes code; an emulated processor that runs it at that
# moment may see but half of it.

. "$(dirname "$0")/lib.sh"

topology
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
start echo4 "$server" python3 "$here/sock.py" echo "$server4" 7000
must listening "$server" udp 7000

tracing=/sys/kernel/tracing
must test -d "$tracing/events/nat64"

# traced EVENT... -- COMMAND...: what the tracer notes meanwhile
traced() {
	local event events=()
	while [ "$1" != -- ]; do
		events+=("$1")
		shift
	done
	shift
	: >"$tracing/trace"
	for event in "${events[@]}"; do
		echo 1 >"$tracing/events/$event/enable" || return
	done
	"$@"
	for event in "${events[@]}"; do
		echo 0 >"$tracing/events/$event/enable"
	done
	grep -v '^#' "$tracing/trace" >"$tmp/trace"
	cat "$tmp/trace"
}

# shows REGEX [N]: so many lines of it match, one if not given
shows() {
	same "lines with $1" "$(grep -Ec -- "$1" "$tmp/trace")" "${2:-1}"
}

translated() {
	traced nat64/nat64_translate -- \
		c6 python3 "$here/sock.py" datagrams "$server6" 7000 1 100
	local c=2001:db8:1::2 s=64:ff9b::c633:6402 p='[0-9]+'
	shows "nat64_translate: instance=default 6to4 protocol=17 \[$c\]:$p > \[$s\]:7000 -> $pool4:$p > $server4:7000 len=148 skbaddr=" &&
		shows "nat64_translate: instance=default 4to6 protocol=17 \[$s\]:7000 > \[$c\]:$p <- $server4:7000 > $pool4:$p len=128 skbaddr="
}
check "what is translated, both ways" translated

# The reason of nat64_drop; what kfree_skb says of the same packet.
reason() {
	local addr
	shows "nat64_drop: instance=default protocol=0x$2 reason=$1 skbaddr=" || return
	addr=$(sed -n "s/.*nat64_drop: .*reason=$1 skbaddr=//p" "$tmp/trace")
	shows "kfree_skb: skbaddr=$addr .*reason: $3\$"
}
drops() { traced nat64/nat64_drop skb/kfree_skb -- "${@:4}"; reason "$@"; }
ping_once() { c6 ping -c 1 -W 1 "$@"; }
check "a hop limit that is used up" drops hop-limit 86dd IP_INHDR \
	ping_once -t 1 "$server6"
check "an address that cannot be reached" drops no-route 86dd IP_OUTNOROUTES \
	ping_once 64:ff9b::192.0.2.200
check "an address that is not forwarded" drops address4 86dd IP_INADDRERRORS \
	ping_once 64:ff9b::127.0.0.1
must r nat64ctl config set drop-icmpv6-info on
check "a ping that is not wanted" drops icmp-info 86dd NETFILTER_DROP \
	ping_once "$server6"
must r nat64ctl config set drop-icmpv6-info off
check "a datagram to an unused port" drops no-bib 0800 NETFILTER_DROP \
	s4 python3 "$here/sock.py" unanswered "$pool4" 9 1
must ip -n "$client" address add 64:ff9b::1/128 dev net nodad
check "a source inside pool6" drops source-in-pool6 86dd IP_RPFILTER \
	ping_once -I 64:ff9b::1 2001:db8:1::1

# A program on the router is told why its packet is dropped.
refused() {
	fails r python3 "$here/sock.py" unanswered "$1" 7000 1 &&
		grep -q "$2" "$tmp/out"
}
must ip -n "$router" route add 64:ff9b::/96 dev lan
check "a program on the router is refused" refused 64:ff9b::127.0.0.1 \
	"Operation not permitted"
check "a program on the router has no route" refused 64:ff9b::192.0.2.200 \
	"Network is unreachable"
finish
