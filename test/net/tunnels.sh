#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 6.12
#
# tunnels.sh - UDP tunnels between the IPv6-only and the IPv4-only host. The packets
# inside have checksums that are left to the device, and some are super-packets:
# what the other end receives is right inside and outside.

. "$(dirname "$0")/lib.sh"

topology
must modprobe -a vxlan geneve fou fou6 ip6_tunnel ipip l2tp_eth l2tp_netlink
must nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
for port in 4789 6081 5555 1701; do
	must nat64 bib add --proto udp "[$client6]:$port" "$pool4:$port"
done
head -c 500000 /dev/urandom >"$tmp/short"
for ns in "$client" "$server"; do serve "$ns" "[::]" 80 "$tmp"; done

# --- tunnels ---------------------------------------------------------------

# KIND NAMESPACE LOCAL REMOTE PORT: one end
vxlan() {
	must ip -n "$1" link add tun type vxlan id 7 local "$2" remote "$3" \
		dstport "$4" ttl 64 udpcsum
}
geneve() {
	must ip -n "$1" link add tun type geneve id 7 remote "$3" \
		dstport "$4" ttl 64 udpcsum
}
fou() {
	local type=ipip version=4 more=()
	if [[ $2 = *:* ]]; then
		type=ip6tnl version=6 more=(mode ipip6 encaplimit none)
	fi
	must inside "$1" ip "-$version" fou add port "$4" ipproto 4
	must ip -n "$1" link add tun type "$type" "${more[@]}" local "$2" \
		remote "$3" encap fou encap-sport "$4" encap-dport "$4" \
		"encap-${more:+udp6-}csum"
}
l2tp() {
	must inside "$1" ip l2tp add tunnel tunnel_id 1 peer_tunnel_id 1 \
		encap udp local "$2" remote "$3" udp_sport "$4" udp_dport "$4" \
		udp_csum on
	must inside "$1" ip l2tp add session name tun tunnel_id 1 \
		peer_tunnel_id 1 session_id 1 peer_session_id 1
}

# inner NAMESPACE HOST: the addresses in the tunnel
inner() {
	must ip -n "$1" link set tun mtu 1340
	must ip -n "$1" link set tun up
	address "$1" tun "192.0.2.$2/24" "fd00::$2/64"
}

# tunnel KIND PORT: between the client and the server
tunnel() {
	"$1" "$client" "$client6" "$server6" "$2"
	"$1" "$server" "$server4" "$pool4" "$2"
	inner "$client" 1
	inner "$server" 2
}

# gone NAMESPACE...: the tunnel's ends
gone() {
	local ns
	for ns; do must ip -n "$ns" link del tun; done
}

# --- what goes through -----------------------------------------------------

wrong() {
	inside "$1" nstat -asz UdpInCsumErrors Udp6InCsumErrors \
		TcpInCsumErrors | awk '$2 ~ /^[0-9]/ { n += $2 } END { print n }'
}

# through FILE NAMESPACE NAMESPACE HOST...: the inner addresses of the second
through() {
	local file=$1 from=$2 to=$3 host
	for host in "${@:4}"; do
		inside "$from" ping -c 2 -i 0.2 -W 5 "${host//[][]/}" &&
			fetch "$from" "http://$host/$file" "$tmp/$file" ||
			return
	done
	same "bad checksums at one end" "$(wrong "$from")" 0 &&
		same "bad checksums at the other" "$(wrong "$to")" 0
}

# both NAME FILE [IPV6]: either end sends the file
both() {
	local far=(192.0.2.2 "[fd00::2]") near=(192.0.2.1 "[fd00::1]")
	[ $# = 2 ] || far=(192.0.2.2) near=(192.0.2.1)
	check "$1: from IPv4 to IPv6" \
		through "$2" "$client" "$server" "${far[@]}"
	check "$1: from IPv6 to IPv4" \
		through "$2" "$server" "$client" "${near[@]}"
}

# --- a tunnel of the router itself -----------------------------------------

# Its packets may be fragmented, and are larger than lowest-ipv6-mtu allows.
route "$router" "$pool4" dev wan
vxlan "$router" 198.51.100.1 "$pool4" 4789
vxlan "$client" "$client6" 64:ff9b::198.51.100.1 4789
inner "$client" 1
inner "$router" 2
serve "$router" "[::]" 80 "$tmp"
from_router() { through short "$client" "$router" 192.0.2.2 "[fd00::2]"; }
check "VXLAN of the router: from IPv4 to IPv6" from_router
must r nft add table ip6 hold
must r nft add chain ip6 hold output "{ type filter hook output priority 0; }"
must r nft add rule ip6 hold output udp dport 4789 queue num 7
start verdicts "$router" python3 "$here/nfqueue.py" 7
within 20 grep -q queue "$tmp/verdicts.log"
check "and with a program that decides on each packet" from_router
gone "$client" "$router"
must r nft flush ruleset

# --- tunnels through the router --------------------------------------------

tunnel vxlan 4789
both "VXLAN" short
gone "$client" "$server"
tunnel geneve 6081
both "GENEVE" short
gone "$client" "$server"
tunnel fou 5555
both "FOU" short "IPv4 inside only"
gone "$client" "$server"
tunnel l2tp 1701
both "L2TP" short

finish
