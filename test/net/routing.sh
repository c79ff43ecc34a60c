#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 6.12
#
# routing.sh - a translated packet takes the way that the kernel would choose for
# it, had it come in by the device that it came in by: rules of policy routing,
# VRFs, IPsec policies, and netfilter's chains on that way.

. "$(dirname "$0")/lib.sh"

topology
must nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
must nat64 pool4 add 203.0.113.7 --mark 7
via=$pool4		# where the static entries are

# Addresses that only table 100 of the router knows the way to.
inside6=2001:db8:c::2
outside4=198.51.101.2
outside6=64:ff9b::198.51.101.2
address "$client" lo $inside6/128
address "$server" lo $outside4/32
must ip -n "$router" -6 route add 2001:db8:c::/48 via $client6 table 100
must ip -n "$router" route add 198.51.101.0/24 via $server4 table 100
must nat64 bib add --proto icmp "[$inside6]:77" "$pool4:77"
must nat64 bib add --proto icmp "[$client6]:66" "$pool4:66"
must nat64 bib add --proto tcp "[$inside6]:8080" "$pool4:80"
must nat64 bib add --proto tcp "[$client6]:8080" "$pool4:81"

head -c 200000 /dev/urandom >"$tmp/file"
serve "$server" $server4 80 "$tmp"
serve "$server" $outside4 80 "$tmp"
serve "$client" "[$client6]" 8080 "$tmp"
serve "$client" "[$inside6]" 8080 "$tmp"

ruleset() { nsenter --net="/run/netns/$router" nft "$1"; }

# seen NAME: packets that the rule with this comment has counted
seen() {
	r nft -j list ruleset | jq --arg name "$1" '.nftables[].rule |
		select(.comment? == $name).expr[].counter.packets? // empty'
}

# --- rules of policy routing -----------------------------------------------

ping4() { c6 ping -n -c 1 -W 2 "$@" "$outside6"; }
ping6() { s4 ping -n -c 1 -W 2 "$@" -e 77 "$pool4"; }
tcp4() { fetch "$client" "http://[$outside6]/file" "$tmp/file"; }
tcp6() { fetch "$server" "http://$pool4/file" "$tmp/file"; }

# with_rules RULE4 RULE6 COMMAND...: while these rules lead to table 100
with_rules() {
	local rule4 rule6 rc=0
	read -ra rule4 <<<"$1"
	read -ra rule6 <<<"$2"
	shift 2
	ip -n "$router" rule add "${rule4[@]}" lookup 100 &&
		ip -n "$router" -6 rule add "${rule6[@]}" lookup 100 || return
	"$@" || rc=$?
	ip -n "$router" rule del "${rule4[@]}" lookup 100
	ip -n "$router" -6 rule del "${rule6[@]}" lookup 100
	return "$rc"
}

# A way in both directions, or in neither; commands of several words.
# shellcheck disable=SC2086
there_is() { $1 && $2; }
# shellcheck disable=SC2086
there_is_no() { fails $1 && fails $2; }

# leads RULE4 RULE6 COMMAND4 COMMAND6: there is a way with these rules only
leads() {
	with_rules "$1" "$2" there_is "$3" "$4" && there_is_no "$3" "$4"
}

# astray RULE4 RULE6: these rules are not for what comes in by lan and by wan
astray() { with_rules "$1" "$2" there_is_no ping4 ping6; }

from4="from $pool4 to 198.51.101.0/24"
from6="from 64:ff9b::/96 to 2001:db8:c::/48"
policy_routing() {
	check "$1: ip rule iif" leads "iif lan" "iif wan" ping4 ping6
	check "$1: ip rule iif, of another device" astray "iif wan" "iif lan"
	check "$1: ip rule iif lo is for the router's own packets" \
		astray "iif lo" "iif lo"
	check "$1: ip rule from and to, of the translated addresses" \
		leads "$from4" "$from6" ping4 ping6
	check "$1: ip rule from, not of the addresses before" \
		astray "from $server4" "from $client6"
	check "$1: ip rule tos" \
		leads "tos 0x10" "tos 0x10" "ping4 -Q 0x10" "ping6 -Q 0x10"
	check "$1: ip rule ipproto" \
		leads "ipproto icmp" "ipproto ipv6-icmp" ping4 ping6
	check "$1: ip rule dport" leads "ipproto tcp dport 80" \
		"ipproto tcp dport 8080" tcp4 tcp6
	# A mark chooses the pool4 entry, too.
	must ruleset "table inet mangle {
		chain p { type filter hook prerouting priority mangle;
			iifname lan meta mark set 7;
			iifname wan meta mark set 8; }; }"
	check "$1: ip rule fwmark, set in PREROUTING" \
		leads "fwmark 7" "fwmark 8" ping4 ping6
	check "$1: ip rule fwmark, TCP" leads "fwmark 7" "fwmark 8" tcp4 tcp6
	check "$1: ip rule fwmark, another mark" astray "fwmark 8" "fwmark 7"
	must r nft delete table inet mangle
}

policy_routing "without conntrack"
must ruleset "table inet fw {
	chain f { type filter hook forward priority 0; ct state invalid drop; }; }"
policy_routing "with conntrack"
must r nft flush ruleset

# told COMMAND... -- PATTERN: the ping is told why there is no way
told() {
	local command=()
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	"${command[@]}" >"$tmp/ping"
	cat "$tmp/ping"
	grep -q "$2" "$tmp/ping"
}
check "no route is told to IPv6" told ping4 -- "Destination unreachable: No route"
check "no route is told to IPv4" told ping6 -- "Destination Host Unreachable"
must ip -n "$router" rule add iif lan to 198.51.101.0/24 prohibit
must ip -n "$router" -6 rule add iif wan to 2001:db8:c::/48 prohibit
check "a prohibiting rule of IPv4 is told to IPv6" \
	told ping4 -- "Administratively prohibited"
check "a prohibiting rule of IPv6 is told to IPv4" \
	told ping6 -- "Packet filtered\|Destination Host Prohibited"
must ip -n "$router" rule del iif lan to 198.51.101.0/24 prohibit
must ip -n "$router" -6 rule del iif wan to 2001:db8:c::/48 prohibit

# --- netfilter's chains ----------------------------------------------------

# One ping: each packet is seen in PREROUTING as it came, behind that as it goes.
chains() {
	local hook rules='' name
	for hook in prerouting input forward output postrouting; do
		rules+="chain $hook { type filter hook $hook priority raw;
		ip6 daddr 64:ff9b::/96 counter comment \"$hook-1-ip6\"
		ip saddr $pool4 counter comment \"$hook-2-ip\"
		ip daddr $pool4 counter comment \"$hook-3-ip\"
		ip6 saddr 64:ff9b::/96 counter comment \"$hook-4-ip6\"
		}; "
	done
	must ruleset "table inet seen { $rules }"
	c6 ping -c 1 -W 5 "$server6" || return
	for hook in prerouting input forward output postrouting; do
		for name in 1-ip6 2-ip 3-ip 4-ip6; do
			case $hook-$name in
			prerouting-[13]* | forward-[24]* | postrouting-[24]*)
				same "$hook-$name" "$(seen "$hook-$name")" 1
				;;
			*) same "$hook-$name" "$(seen "$hook-$name")" 0 ;;
			esac || return
		done
	done
}
check "one ping, once in each chain that is on its way" chains
must r nft flush ruleset

# --- a source in pool6 -----------------------------------------------------

address "$client" lo 64:ff9b::192.0.2.33/128
loop() {
	local before
	before=$(counter drop-source-in-pool6)
	fails c6 ping -c 1 -W 1 -I 64:ff9b::192.0.2.33 "$1" || return
	same "drop-source-in-pool6" "$(counter drop-source-in-pool6)" \
		$((before + 1))
}
must ip -n "$router" -6 route add 64:ff9b::192.0.2.33 via $client6
check "a source in pool6 does not get to the router [6146-4]" \
	loop 2001:db8:1::1
check "a source in pool6 does not get to IPv4 [6146-4]" loop "$server6"
must ip -n "$router" -6 route del 64:ff9b::192.0.2.33 via $client6

# --- a VRF around both sides -----------------------------------------------

# An interface loses its IPv6 addresses when it is put into one.
must ip -n "$router" link add blue type vrf table 10
must ip -n "$router" link set blue up
must ip -n "$router" link set lan master blue
must ip -n "$router" link set wan master blue
must ip -n "$router" address replace 2001:db8:1::1/64 dev lan nodad
must ip -n "$router" -6 route replace 2001:db8:c::/48 via $client6 vrf blue
must ip -n "$router" route replace 198.51.101.0/24 via $server4 vrf blue

check "VRF: ping" within 10 c6 ping -n -c 1 -W 5 "$server6"
check "VRF: ping of a host behind" ping4
check "VRF: ping from IPv4 to a host behind" ping6
check "VRF: TCP to a host behind" tcp4
check "VRF: TCP from IPv4 to a host behind" tcp6
check "VRF: in fragments" c6 ping -c 1 -W 5 -s 4000 "$outside6"
check "VRF: the hop limit is told of by the router [7915-20]" \
	told ping4 -t 1 -- "From 2001:db8:1::1:\? .*Time exceeded"
check "VRF: the TTL is told of by the router [7915-1]" \
	told ping6 -t 1 -- "From 198.51.100.1:\? .*Time to live exceeded"
must ip -n "$router" link del blue
must ip -n "$router" address replace 2001:db8:1::1/64 dev lan nodad

# --- IPsec -----------------------------------------------------------------

# policy NAMESPACE DIRECTION SOURCE DESTINATION ARGUMENTS...
policy() {
	must ip -n "$1" xfrm policy add dir "$2" src "$3" dst "$4" "${@:5}"
}

# blocked COMMAND...: a policy stops it, and it is counted
blocked() {
	local before
	before=$(counter drop-policy)
	fails "$@" || return
	same "drop-policy" "$(counter drop-policy)" $((before + 1))
}
ping_out() { c6 ping -n -c 1 -W "${1:-5}" "$server6"; }
ping_in() { s4 ping -n -c 1 -W "${1:-5}" -e 66 "$via"; }

# Checked as it came in, and looked up for where it goes, as in any forwarding.
policy "$router" fwd $client6 64:ff9b::/96 action block
check "a policy blocks what IPv6 sends" blocked ping_out 1
must ip -n "$router" xfrm policy flush
policy "$router" out $pool4 $server4 action block
check "a policy blocks what goes to IPv4" blocked ping_out 1
must ip -n "$router" xfrm policy flush
policy "$router" fwd $server4 $pool4 action block
check "a policy blocks what IPv4 sends" blocked ping_in 1
must ip -n "$router" xfrm policy flush
policy "$router" out 64:ff9b::/96 $client6 action block
check "a policy blocks what goes to IPv6" blocked ping_in 1
must ip -n "$router" xfrm policy flush
check "without a policy all is well" ping_out

# esp MODE HERE THERE PEER: ESP both ways between two addresses, the router's and
# the peer's
key=0x000102030405060708090a0b0c0d0e0f10111213
esp() {
	local ns
	for ns in "$router" "$4"; do
		must ip -n "$ns" xfrm state add src "$2" dst "$3" proto esp \
			spi 0x1001 reqid 1 mode "$1" \
			aead 'rfc4106(gcm(aes))' "$key" 128
		must ip -n "$ns" xfrm state add src "$3" dst "$2" proto esp \
			spi 0x1002 reqid 1 mode "$1" \
			aead 'rfc4106(gcm(aes))' "$key" 128
	done
	there=(tmpl src "$2" dst "$3" proto esp reqid 1 mode "$1")
	back=(tmpl src "$3" dst "$2" proto esp reqid 1 mode "$1")
}

no_esp() {
	local ns
	for ns in "$router" "$1"; do
		must ip -n "$ns" xfrm policy flush
		must ip -n "$ns" xfrm state flush
	done
}

# encrypted NAMESPACE DEV CLEAR COMMAND...: while COMMAND runs, there is ESP on
# its way out of DEV, and nothing that the filter CLEAR finds
encrypted() {
	local ns=$1 dev=$2 clear=$3 dump
	shift 3
	start dump "$ns" tcpdump -i "$dev" -Q out --immediate-mode \
		-U -w "$tmp/dump"
	dump=$last
	within 20 grep -q 'listening on' "$tmp/dump.log" || return
	"$@" || return
	stop "$dump"
	at_least "the number of ESP packets" \
		"$(tcpdump -nr "$tmp/dump" esp 2>/dev/null | wc -l)" 1 &&
		same "what is seen of $clear" \
			"$(tcpdump -nr "$tmp/dump" "$clear" 2>/dev/null)" ""
}

# through_esp NAME PEER DEV CLEAR: both ways, both directions, all sizes
through_esp() {
	local name=$1 peer=$2 dev=$3 clear=$4
	check "$name: the router encrypts" \
		encrypted "$router" "$dev" "$clear" ping_out
	check "$name: and reads what is encrypted" \
		encrypted "$peer" net "$clear" ping_in
	check "$name: in fragments" c6 ping -c 1 -W 5 -s 4000 "$server6"
	check "$name: TCP from IPv4 to IPv6" \
		fetch "$client" "http://[$server6]/file" "$tmp/file"
	check "$name: TCP from IPv6 to IPv4" \
		fetch "$server" "http://$via:81/file" "$tmp/file"
}

# What must be encrypted is not taken in clear.
clear_is_refused() {
	ip -n "$1" xfrm policy flush
	shift
	blocked "$@"
}

esp tunnel 198.51.100.1 $server4 "$server"
policy "$router" out $pool4 $server4 "${there[@]}"
policy "$server" in $pool4 $server4 "${there[@]}"
policy "$server" out $server4 $pool4 "${back[@]}"
policy "$router" fwd $server4 $pool4 "${back[@]}"
through_esp "IPv4 tunnel" "$server" wan "icmp or tcp"
check "IPv4 tunnel: nothing in clear" clear_is_refused "$server" ping_in 1
no_esp "$server"

esp tunnel 2001:db8:1::1 $client6 "$client"
policy "$router" out 64:ff9b::/96 $client6 "${there[@]}"
policy "$client" in 64:ff9b::/96 $client6 "${there[@]}"
policy "$client" out $client6 64:ff9b::/96 "${back[@]}"
policy "$router" fwd $client6 64:ff9b::/96 "${back[@]}"
through_esp "IPv6 tunnel" "$client" lan "net 64:ff9b::/96"
check "IPv6 tunnel: nothing in clear" clear_is_refused "$client" ping_out 1
no_esp "$client"

# Between addresses of the two ends themselves: pool4 is the router's own address.
must nat64 instance del
must nat64 instance add --pool6 64:ff9b::/96
via=198.51.100.1
must nat64 bib add --proto icmp "[$client6]:66" "$via:66"
must nat64 bib add --proto tcp "[$client6]:8080" "$via:81"
esp transport $via $server4 "$server"
policy "$router" out $via $server4 "${there[@]}"
policy "$server" in $via $server4 "${there[@]}"
policy "$server" out $server4 $via "${back[@]}"
policy "$router" fwd $server4 $via "${back[@]}"
through_esp "IPv4 transport" "$server" wan "icmp or tcp"
check "IPv4 transport: nothing in clear" clear_is_refused "$server" ping_in 1
no_esp "$server"

finish
