#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 6.12
#
# offload.sh - whatever shape packets have inside the kernel, by segmentation and
# receive offloads, checksum offloads, large MTUs or as copies that are shared:
# what arrives is what was sent, and super-packets stay whole where they can.

. "$(dirname "$0")/lib.sh"

topology
must nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
must nat64 bib add --proto tcp "[$client6]:8080" "$pool4:80"
must nat64 bib add --proto udp "[$client6]:9000" "$pool4:90"

head -c 1000000 /dev/urandom >"$tmp/file"
serve "$server" $server4 80 "$tmp"
serve "$client" "[$client6]" 8080 "$tmp"
start sink4 "$server" python3 "$here/offload.py" sink $server4 90
start sink6 "$client" python3 "$here/offload.py" sink $client6 9000
must listening "$server" udp 90
must listening "$client" udp 9000

# --- contents --------------------------------------------------------------

# From the IPv6 client to the IPv4 server, and back; so many segments a call.
tcp64() { fetch "$server" "http://$pool4/file" "$tmp/file"; }
tcp46() { fetch "$client" "http://[$server6]/file" "$tmp/file"; }
udp64() { c6 python3 "$here/offload.py" source "$server6" 90 "$@"; }
udp46() { s4 python3 "$here/offload.py" source "$pool4" 90 "$@"; }

# contents NAME [one]: a kernel makes UDP segments of one call only if it leaves
# their checksums to the device
contents() {
	local segments=(1 30)
	[ $# = 1 ] || segments=(1)
	check "$1: TCP from IPv6 to IPv4" tcp64
	check "$1: TCP from IPv4 to IPv6" tcp46
	check "$1: UDP from IPv6 to IPv4" udp64 "${segments[@]}"
	check "$1: UDP from IPv4 to IPv6" udp46 "${segments[@]}"
}

# dump NAME NAMESPACE DEV in|out SIZE: a packet of more than SIZE bytes is noted
dump() {
	start "$1" "$2" timeout 20 tcpdump -i "$3" -c 1 -nn -Q "$4" \
		--immediate-mode "greater $5 and not arp"
	within 20 grep -q 'listening on' "$tmp/$1.log"
}
dumped() {
	wait "$2"
	echo "packets of more than $3 bytes, $1:"
	cat "$tmp/$1.log"
	grep '^1 packet captured' "$tmp/$1.log"
}

# attempts COMMAND...: packets join or not as time goes by: one of three must show
attempts() {
	local i
	for i in 1 2 3; do
		say "attempt $i"
		"$@" && return
	done
	return 1
}

# large NAMESPACE DEV SIZE COMMAND...: COMMAND sends packets of more than SIZE
large() {
	local sent
	dump sent "$1" "$2" out "$3" || return
	sent=$last
	"${@:4}" && dumped sent "$sent" "$3"
}

# whole IN OUT COMMAND...: super-packets that come by IN leave as such by OUT
whole() {
	local in out
	dump in "$router" "$1" in 3000 && in=$last || return
	dump out "$router" "$2" out 3000 && out=$last || return
	"${@:3}" && dumped in "$in" 3000 && dumped out "$out" 3000
}
all_whole() {
	check "$1: TCP super-packets stay whole, IPv6 to IPv4" \
		attempts whole lan wan tcp64
	check "$1: TCP super-packets stay whole, IPv4 to IPv6" \
		attempts whole wan lan tcp46
	check "$1: UDP super-packets stay whole, IPv6 to IPv4" \
		attempts whole lan wan udp64 30
	check "$1: UDP super-packets stay whole, IPv4 to IPv6" \
		attempts whole wan lan udp46 30
}

on_ends() { must c6 ethtool -K net "$@" && must s4 ethtool -K net "$@"; }
on_router() { must r ethtool -K lan "$@" && must r ethtool -K wan "$@"; }

contents "segmentation offload"
all_whole "segmentation offload"

# --- packets that share their data -----------------------------------------

# Every packet is held back in a mirror until the router is long done with it.
must ip -n "$router" link add mirror type dummy
must ip -n "$router" link set mirror up
must r tc qdisc add dev mirror root netem delay 50ms limit 100000
for dev in lan wan; do
	must r tc qdisc add dev $dev clsact
	for way in ingress egress; do
		must r tc filter add dev $dev $way matchall \
			action mirred egress mirror dev mirror
	done
done

# What comes by lan and leaves by wan was IPv6 and is IPv4, and so are the copies;
# whatever the router had written to them later would be seen in their checksums.
mirrored() {
	local dump bad
	start dump "$router" tcpdump -i mirror --immediate-mode -w "$tmp/dump"
	dump=$last
	within 20 grep -q 'listening on' "$tmp/dump.log" || return
	"$@" || return
	within 5 drained || return
	stop "$dump"
	at_least "IPv6 packets seen" "$(seen ip6)" 20 || return
	at_least "IPv4 packets seen" "$(seen ip)" 20 || return
	bad=$(tcpdump -nnvr "$tmp/dump" 2>/dev/null |
		grep -c 'incorrect\|bad .*cksum\|truncated')
	same "packets with a bad checksum" "$bad" 0
}
seen() { tcpdump -nr "$tmp/dump" "$1" 2>/dev/null | wc -l; }
drained() { r tc -s qdisc show dev mirror | grep -q 'backlog 0b 0p'; }

contents "mirrored"
on_ends tx off
on_router tx off
check "mirrored copies stay as they were" mirrored udp64 1
check "mirrored copies stay as they were, from IPv4" mirrored udp46 1
on_router tx on
for dev in lan wan; do must r tc qdisc del dev $dev clsact; done
must ip -n "$router" link del mirror

# --- checksum offload ------------------------------------------------------

contents "no checksum offload at the ends" one
on_router tx off
contents "no checksum offload at all" one
on_ends tx on
contents "no checksum offload at the router"
on_router tx on

# --- receive offload -------------------------------------------------------

# The ends send single packets, so that the router has something to put together.
on_ends tso off gso off tx-udp-segmentation off
contents "no segmentation offload"
on_router gro on rx-udp-gro-forwarding on
contents "receive offload"
all_whole "receive offload"
on_router rx-udp-gro-forwarding off rx-gro-list on
contents "lists of packets"
all_whole "lists of packets"
on_ends tx off
contents "lists of packets with checksums" one
on_ends tx on
on_router rx-gro-list off gro off
on_ends tso on gso on tx-udp-segmentation on

# --- VLANs -----------------------------------------------------------------

# vlan NAMESPACE DEV ADDRESS
vlan() {
	must ip -n "$1" link add link "$2" name "$2.5" type vlan id 5
	must ip -n "$1" link set "$2.5" up
	address "$1" "$2.5" "$3"
}
vlan "$client" net 2001:db8:5::2/64
vlan "$router" lan 2001:db8:5::1/64
must ip -n "$client" -6 route add 64:ff9b::/96 via 2001:db8:5::1 src $client6
must ip -n "$router" -6 route add $client6 via 2001:db8:5::2
contents "a VLAN on the IPv6 side"
vlan "$server" net 192.0.2.2/24
vlan "$router" wan 192.0.2.1/24
must ip -n "$server" route replace 203.0.113.0/24 via 192.0.2.1 src $server4
must ip -n "$router" route add $server4 via 192.0.2.2
contents "a VLAN on either side"
must ip -n "$client" link del net.5
must ip -n "$router" link del lan.5
must ip -n "$server" link del net.5
must ip -n "$router" link del wan.5
route "$server" 203.0.113.0/24 via 198.51.100.1

# --- large MTUs ------------------------------------------------------------

# mtu MTU: of all links
mtu() {
	must ip -n "$client" link set net mtu "$1"
	must ip -n "$router" link set lan mtu "$1"
	must ip -n "$router" link set wan mtu "$1"
	must ip -n "$server" link set net mtu "$1"
}
for size in 9000 65535; do
	mtu $size
	contents "an MTU of $size"
	check "an MTU of $size: ping that fills it" \
		c6 ping -c 1 -W 5 -M 'do' -s $((size - 48)) "$server6"
done
mtu 1500

# --- super-packets of more than 64 kB --------------------------------------

# Such packets form if a program has much to send at once, and a window as large.
give64() { c6 python3 "$here/offload.py" give "$server6" 91; }
give46() { s4 python3 "$here/offload.py" give "$pool4" 91; }
start take4 "$server" python3 "$here/offload.py" take $server4 91
start take6 "$client" python3 "$here/offload.py" take $client6 9100
must listening "$server" tcp 91
must listening "$client" tcp 9100
must nat64 bib add --proto tcp "[$client6]:9100" "$pool4:91"
must inside "$client" sysctl -qw net.ipv4.tcp_min_tso_segs=60
must s4 sysctl -qw net.ipv4.tcp_min_tso_segs=60
must ip -n "$client" -6 route change default via 2001:db8:1::1 initcwnd 1000
must ip -n "$server" route change 203.0.113.0/24 via 198.51.100.1 initcwnd 1000

big_tcp() { must ip -n "$1" link set "$2" gso_max_size 150000 gro_max_size 150000; }
big_tcp "$client" net
big_tcp "$router" lan
big_tcp "$router" wan
check "BIG TCP comes from IPv6" attempts large "$client" net 66000 give64
contents "BIG TCP of IPv6"
# The IPv4 kind came with Linux 6.3.
if printf '6.3\n%s\n' "$(uname -r)" | sort -CV; then
	must r python3 "$here/offload.py" big4 lan 150000
	must r python3 "$here/offload.py" big4 wan 150000
	must s4 python3 "$here/offload.py" big4 net 150000
	check "BIG TCP comes from IPv4" attempts large "$server" net 66000 give46
	contents "BIG TCP of both"
fi

finish
