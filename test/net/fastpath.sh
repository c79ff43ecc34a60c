#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# fastpath.sh - the key fastpath: what is established goes from device to device
# and is what it would be without; everything else takes the normal way. Programs
# and devices are here, single packets in fastpath.py; fastpath-packets.sh shows
# byte by byte that packets are the same.

. "$(dirname "$0")/lib.sh"

topology
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
must r nat64ctl bib add --proto tcp "[$client6]:8080" "$pool4:8080"
must r nat64ctl bib add --proto udp "[$client6]:9000" "$pool4:9000"
must r nat64ctl config set fastpath lan,wan
head -c 200000 /dev/urandom >"$tmp/file"
serve "$server" $server4 80 "$tmp"
serve "$client" "[$client6]" 8080 "$tmp"
start echo4 "$server" python3 "$here/sock.py" echo "$server4" 7000-7009
start sink4 "$server" python3 "$here/offload.py" sink $server4 90
start sink6 "$client" python3 "$here/offload.py" sink $client6 9000
must listening "$server" udp 7009
must listening "$server" udp 90
must listening "$client" udp 9000

# --- programs --------------------------------------------------------------

tcp64() { fetch "$client" "http://[$server6]/file" "$tmp/file"; }
tcp46() { fetch "$server" "http://$pool4:8080/file" "$tmp/file"; }
flows() { c6 python3 "$here/sock.py" flows "$server6" 7000-7009 10; }
# So many datagrams by each system call.
udp64() { c6 python3 "$here/offload.py" source "$server6" 90 "$@"; }
udp46() { s4 python3 "$here/offload.py" source "$pool4" 9000 "$@"; }

# counters: of the fast path, and of all packets
counters() { r nat64ctl -j stats show --all >"$tmp/stats"; }
count() { jq ".[0].$1" "$tmp/stats"; }

# fast LEAST64 LEAST46 COMMAND...: so many packets go the fast way each way
fast() {
	local most64 most46
	counters
	most64=$(count fastpath64)
	most46=$(count fastpath46)
	"${@:3}" || return
	counters
	at_least "fast from IPv6" $(($(count fastpath64) - most64)) "$1" &&
		at_least "fast from IPv4" $(($(count fastpath46) - most46)) "$2"
}

# slow COMMAND...: no packet does
slow() {
	local before
	counters
	before=$(count fastpath64),$(count fastpath46)
	"$@" || return
	counters
	same "the counts" "$(count fastpath64),$(count fastpath46)" "$before"
}

adds_up() {
	counters
	same "packets whose fate is named" "$(jq '.[0] | to_entries | map(select(
		.key | test("^(translated|drop-|pass-)")).value) | add' \
		"$tmp/stats")" "$(($(count received6) + $(count received4)))"
}

# Segments come to the router as super-packets: there are few of them.
check "200 kB by TCP from the IPv4 side" fast 5 3 tcp64
check "200 kB by TCP to the IPv4 side" fast 3 5 tcp46
check "datagrams to the IPv4 side" fast 400 1 udp64 1
check "datagrams from the IPv4 side" fast 1 400 udp46 1
check "100 new flows" flows
check "ping" slow c6 ping -q -c 2 -i 0.2 -W 5 "$server6"
check "ping of 4000 bytes, in fragments both ways" \
	slow c6 ping -q -c 2 -i 0.2 -W 5 -s 4000 "$server6"

trace() {
	c6 traceroute -n -q 1 -w 5 -N 1 -m 8 "$@" "$server6" >"$tmp/trace"
	cat "$tmp/trace"
	same "the way" "$(awk '$1 ~ /^[0-9]+$/ { printf "%s ", $2 }' \
		"$tmp/trace")" "2001:db8:1::1 64:ff9b::c633:6402 "
}
check "traceroute by UDP" trace
check "traceroute by TCP" trace -T -p 80
check "traceroute by ICMP" trace -I
check "received packets are translated, dropped or passed" adds_up


# --- super-packets ---------------------------------------------------------

# tap NAME DEV in|out FILTER: note a packet that passes the device
tap() {
	start "$1" "$router" timeout 20 tcpdump -i "$2" -c 1 -nn -Q "$3" \
		--immediate-mode "$4"
	within 20 grep -q 'listening on' "$tmp/$1.log"
}
tapped() {
	wait "$1" || return
	grep -q '^1 packet captured' "$tmp/$2.log" || cat "$tmp/$2.log"
}

# whole IN OUT COMMAND...: more than 3000 bytes in one piece come in and go out
whole() {
	local in out
	tap in "$1" in 'greater 3000' && in=$last || return
	tap out "$2" out 'greater 3000' && out=$last || return
	fast 5 1 "${@:3}" || fast 1 5 "${@:3}" || return
	tapped "$in" in && tapped "$out" out
}
check "TCP super-packets stay whole, IPv6 to IPv4" whole lan wan tcp46
check "TCP super-packets stay whole, IPv4 to IPv6" whole wan lan tcp64
check "UDP super-packets stay whole, IPv6 to IPv4" whole lan wan udp64 30
check "UDP super-packets stay whole, IPv4 to IPv6" whole wan lan udp46 30
check "lists of packets" r ethtool -K lan gro on rx-gro-list on
must r ethtool -K wan gro on rx-gro-list on
check "lists of packets: TCP" tcp64
check "lists of packets: UDP" udp46 1 30
must r ethtool -K wan gro off rx-gro-list off
must r ethtool -K lan gro off rx-gro-list off

# --- who sees them ---------------------------------------------------------

must r nft 'table inet fw { chain c { type filter hook forward priority 0;
	udp dport { 90, 9000 } counter comment "seen"; }; }'
forward_sees() {
	r nft -j list ruleset | jq '.nftables[].rule |
		select(.comment? == "seen").expr[].counter.packets? // empty'
}

# Of each flow a few packets come before its route is known.
through_forward() {
	local before
	before=$(forward_sees) && [ -n "$before" ] || return
	udp64 1 && udp46 1 || return
	before=$(($(forward_sees) - before))
	echo "FORWARD has seen $before packets"
	test "$before" "$@"
}
check "FORWARD does not see them" through_forward -lt 20
must r nat64ctl config set fastpath none
check "FORWARD sees them if there is no fast path" through_forward -gt 800
must r nat64ctl config set fastpath lan,wan
must r nft delete table inet fw

seen_by_tap() {
	tap ingress lan in "udp port 90" && in=$last || return
	tap egress wan out "udp port 90" && out=$last || return
	fast 400 1 udp64 1 && tapped "$in" ingress && tapped "$out" egress
}
check "captures on the devices see them" seen_by_tap

# --- devices come and go ---------------------------------------------------

# wan is there, whatever it was before
wan_up() {
	must ip -n "$router" link set wan up
	ip -n "$router" address replace 198.51.100.1/24 dev wan
	ip -n "$server" route replace 203.0.113.0/24 via 198.51.100.1
}
renamed() {
	ip -n "$router" link set wan down &&
		ip -n "$router" link set wan name other &&
		ip -n "$router" link set other up || return
	echo "by another name: only lan is on the fast path"
	fast 3 0 tcp46 || return
	slow_from_wan udp46 1 || return
	ip -n "$router" link set other down &&
		ip -n "$router" link set other name wan && wan_up || return
	fast 1 400 udp46 1
}
slow_from_wan() {
	local before
	counters
	before=$(count fastpath46)
	"$@" || return
	counters
	same "fast from IPv4" "$(count fastpath46)" "$before"
}
check "a device of another name has no fast path" renamed

gone() {
	ip -n "$router" link del wan || return
	fails c6 ping -q -c 1 -W 1 "$server6" || return
	cable "$router" wan "$server" net
	address "$server" net "$server4/24"
	wan_up
	fast 1 400 udp46 1
}
check "a device that goes and comes back has its fast path" gone
moved() {
	ip -n "$router" link set wan netns "$client" name away || return
	fails c6 ping -q -c 1 -W 1 "$server6" || return
	ip -n "$client" link set away netns "$router" name wan || return
	wan_up
	fast 1 400 udp46 1
}
check "a device that goes to another namespace and comes back" moved

unborn() {
	nat64 config set fastpath lan,late,wan || return
	nat64 config get fastpath
	ip -n "$router" link add late type dummy &&
		ip -n "$router" link del late || return
	fast 1 400 udp46 1
}
check "the key names a device that is not there yet" unborn
check "received packets are translated, dropped or passed, still" adds_up

# --- packets ---------------------------------------------------------------

must ip -n "$router" neigh flush all
wires
export fastpath=lan,wan
each python3 "$here/fastpath.py"
# What is left of the instance has the key: namespaces and module go with it.
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
must r nat64ctl config set fastpath lan,wan
finish
