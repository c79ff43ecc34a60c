#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
#
# icmp.sh - errors from along the path: traceroute, refused ports and
# path MTUs, with a router on each side of the NAT64 and the kernels' own ICMP.

. "$(dirname "$0")/lib.sh"

topology_hops
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
must r nat64ctl bib add --proto udp "[$client6]:33434" "$pool4:33434"
must r nat64ctl bib add --proto udp "[$client6]:9000" "$pool4:9000"
must r nat64ctl bib add --proto tcp "[$client6]:8080" "$pool4:8080"
must r nat64ctl bib add --proto icmp "[$client6]:77" "$pool4:77"
start echo4 "$server" python3 "$here/sock.py" echo "$server4" 7000
start echo6 "$client" python3 "$here/sock.py" echo "$client6" 9000
head -c 300000 /dev/urandom >"$tmp/file"
serve "$server" $server4 80 "$tmp"
serve "$client" "[$client6]" 8080 "$tmp"
must listening "$server" udp 7000
must listening "$client" udp 9000

# --- traceroute (RFC 7915 s4.2 and s5.2) -----------------------------------

# hops NAMESPACE EXPECTED TRACEROUTE-ARGUMENTS...: the addresses in their order
hops() {
	local ns=$1 expected=$2
	shift 2
	inside "$ns" traceroute -n -q 1 -w 5 -N 1 -m 8 "$@" >"$tmp/trace" || return
	cat "$tmp/trace"
	same "the way" "$(awk '$1 ~ /^[0-9]+$/ { printf "%s%s", s, $2; s = " " }' \
		"$tmp/trace")" "$expected"
}

out="2001:db8:1::1 2001:db8:6::1 64:ff9b::c000:202 64:ff9b::c633:6402"
check "traceroute to IPv4 by UDP [7915-46-11/0 5508-10]" \
	hops "$client" "$out" "$server6"
check "traceroute to IPv4 by ICMP" hops "$client" "$out" -I "$server6"
check "traceroute to IPv4 by TCP" hops "$client" "$out" -T -p 80 "$server6"

# The router on the IPv6 side has no IPv4 address: an address of the NAT64's
# stands for it (6791-1). Which one is seen is not asked for here.
back() {
	inside "$server" traceroute -n -q 1 -w 5 -N 1 -m 8 "$@" >"$tmp/trace"
	cat "$tmp/trace"
	same "the way" "$(awk '$1 == 1 || $1 == 2 || $1 == 4 { printf "%s ", $2 }' \
		"$tmp/trace")" "198.51.100.1 192.0.2.1 $pool4 " || return
	grep -Eq "^ 3  (192\.0\.2\.1|${pool4//./\\.}) " "$tmp/trace"
}

check "traceroute from IPv4 to a static entry, by UDP" \
	back -U -p 33434 "$pool4"
check "traceroute from IPv4 to a static entry, by TCP" \
	back -T -p 8080 "$pool4"

# --- hop limit and TTL (7915-1, 7915-20) -----------------------------------

# exceeded NAMESPACE SOURCE PING-ARGUMENTS...: SOURCE says time exceeded
exceeded() {
	local ns=$1 source=$2
	shift 2
	inside "$ns" ping -n -c 1 -W 5 "$@" >"$tmp/ping"
	cat "$tmp/ping"
	grep -Eq "^From ${source//./\\.}:? icmp_seq=1 Time (to live )?exceeded" \
		"$tmp/ping"
}

check "hop limit used up at the NAT64 [7915-20]" \
	exceeded "$client" 2001:db8:6::1 -t 2 "$server6"
check "hop limit exceeded beyond the NAT64" \
	exceeded "$client" 64:ff9b::c000:202 -t 3 "$server6"
check "TTL used up at the NAT64 [7915-1]" \
	exceeded "$server" 192.0.2.1 -t 2 -e 77 "$pool4"
check "TTL exceeded beyond the NAT64" \
	exceeded "$server" "(192.0.2.1|$pool4)" -t 3 -e 77 "$pool4"
check "TTL that just suffices" s4 ping -c 1 -W 5 -t 4 -e 77 "$pool4"

# --- refused ports ---------------------------------------------------------

check "UDP to a closed port of IPv4 is refused [7915-46-3/3 5508-10]" \
	c6 python3 "$here/sock.py" refused "$server6" 7999
check "UDP to a closed port of IPv6 is refused [7915-64-1/4 5508-10]" \
	s4 python3 "$here/sock.py" refused "$pool4" 33434

must h4 ip route add prohibit 198.51.100.77/32
prohibited() {
	c6 ping -n -c 1 -W 5 64:ff9b::198.51.100.77 >"$tmp/ping"
	cat "$tmp/ping"
	grep -q "^From 64:ff9b::c000:202 .*Administratively prohibited" "$tmp/ping"
}
check "prohibited on the IPv4 side: reported so [7915-46-3/13]" prohibited

# --- path MTU (7915-4, 7915-24) --------------------------------------------

# known NAMESPACE ADDRESS MTU: what the namespace has learned about the way
known() {
	inside "$1" ip route get "$2" >"$tmp/route" || return
	cat "$tmp/route"
	grep -q "\bmtu $3\b" "$tmp/route"
}

# What the client learns when the IPv4 side is narrow: an IPv6 packet is 20 bytes
# longer than the IPv4 packet that it becomes.
client_learns() {
	c6 ip -6 route flush cache
	check "$1: UDP from IPv6 learns $2 [7915-24]" \
		c6 python3 "$here/sock.py" pmtu "$server6" 7000 "$2"
	c6 ip -6 route flush cache
	check "$1: TCP from IPv6 arrives" \
		fetch "$server" "http://$pool4:8080/file" "$tmp/file"
	check "$1: its sender knows $2" known "$client" "$server6" "$2"
}

server_learns() {
	s4 ip route flush cache
	check "$1: UDP from IPv4 learns $2 [7915-4]" \
		s4 python3 "$here/sock.py" pmtu "$pool4" 9000 "$2"
	s4 ip route flush cache
	check "$1: TCP from IPv4 arrives" \
		fetch "$client" "http://[$server6]/file" "$tmp/file"
	check "$1: its sender knows $2" known "$server" "$pool4" "$2"
}

must ip -n "$hop4" link set out mtu 1400
client_learns "a distant IPv4 link of 1400" 1420
must ip -n "$hop4" link set out mtu 1500
must ip -n "$router" link set wan mtu 1400
client_learns "an IPv4 link of 1400 at the NAT64" 1420
must ip -n "$router" link set wan mtu 1500

must ip -n "$hop6" link set in mtu 1400
server_learns "a distant IPv6 link of 1400" 1380
must ip -n "$hop6" link set in mtu 1500
must ip -n "$router" link set lan mtu 1400
server_learns "an IPv6 link of 1400 at the NAT64" 1380
must ip -n "$router" link set lan mtu 1500

finish
