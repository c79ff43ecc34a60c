#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# 6.12
#
# firewall.sh - the NAT64 beside netfilter and routing: translated packets are
# seen by FORWARD and POSTROUTING with the devices they come from and go to, and
# what is not for the NAT64 passes as if it were not there.

. "$(dirname "$0")/lib.sh"

topology
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
must r nat64ctl bib add --proto tcp "[$client6]:8080" "$pool4:8080"
mkdir "$tmp/www"
head -c 100000 /dev/urandom >"$tmp/www/file"
serve "$server" $server4 80 "$tmp/www"
serve "$client" "[$client6]" 8080 "$tmp/www"

# ruleset RULES: these and no others
ruleset() {
	r nft flush ruleset &&
		nsenter --net="/run/netns/$router" nft "$1"
}

# seen NAME: packets that the rule with this comment has counted
seen() {
	r nft -j list ruleset | jq --arg name "$1" '.nftables[].rule |
		select(.comment? == $name).expr[].counter.packets? // empty'
}

# traffic: TCP both ways, and pings in fragments
traffic() {
	fetch "$client" "http://[$server6]/file" "$tmp/www/file" &&
		fetch "$server" "http://$pool4:8080/file" "$tmp/www/file" &&
		c6 ping -q -c 2 -i 0.2 -W 5 -s 3000 "$server6"
}

check "traffic without a firewall" traffic

# --- FORWARD and POSTROUTING see what leaves -------------------------------

# The counters that have to count, and those that must not: an IPv6 packet for
# pool6 is never seen as one that is forwarded, and likewise for IPv4.
counted() {
	local name
	traffic || return
	for name in "$@"; do
		case $name in
		not-*) same "counter $name" "$(seen "$name")" 0 ;;
		*) at_least "counter $name" "$(seen "$name")" 8 ;;
		esac || return
	done
}

to4="iifname lan oifname wan ip saddr $pool4 ip daddr $server4"
to6="iifname wan oifname lan ip6 saddr 64:ff9b::c633:6402 ip6 daddr $client6"

for hook in forward postrouting; do
	# POSTROUTING has no input device in its rules.
	[ $hook = forward ] || to4=${to4#iifname lan } to6=${to6#iifname wan }
	chain="type filter hook $hook priority 0"
	must ruleset "
		table ip fw { chain c { $chain;
			$to4 counter comment \"to4\";
			ip daddr $pool4 counter comment \"not-to4\"; }; };
		table ip6 fw { chain c { $chain;
			$to6 counter comment \"to6\";
			ip6 daddr 64:ff9b::/96 counter comment \"not-to6\"; }; };"
	check "$hook sees translated packets, tables ip and ip6" \
		counted to4 to6 not-to4 not-to6
	must ruleset "
		table inet fw { chain c { $chain;
			$to4 counter comment \"to4\";
			$to6 counter comment \"to6\"; }; }"
	check "$hook sees translated packets, table inet" counted to4 to6
done

# --- rules that drop -------------------------------------------------------

dropped() {
	fails c6 ping -q -c 2 -i 0.2 -W 1 "$server6"
}

to4="iifname lan oifname wan ip daddr $server4"
to6="iifname wan oifname lan ip6 daddr $client6"
must ruleset "table ip fw { chain c { type filter hook forward priority 0;
	$to4 drop; }; }"
check "a rule for IPv4 stops what goes out" dropped
must ruleset "table ip6 fw { chain c { type filter hook forward priority 0;
	$to6 drop; }; }"
check "a rule for IPv6 stops what comes in" dropped
must ruleset "table inet fw { chain c { type filter hook postrouting priority 0;
	oifname wan ip daddr $server4 drop; }; }"
check "a rule in POSTROUTING stops what goes out" dropped

must ruleset "table inet fw { chain c { type filter hook forward priority 0;
	policy drop; }; }"
check "a policy of dropping all stops it" dropped
must r nat64ctl config set forward-chain off
check "forward-chain off: FORWARD does not see it" traffic
must r nat64ctl config set forward-chain on
check "forward-chain on: it does again" dropped
must r nft flush ruleset
check "traffic after the rules are gone" traffic

# --- connection tracking ---------------------------------------------------

must ruleset "table inet fw {
	chain p { type filter hook prerouting priority 0;
		ct state established,related counter; };
	chain f { type filter hook forward priority 0; ct state new counter; };
	chain i { type filter hook input priority 0;
		ct state established,related accept; }; }"
check "traffic with connection tracking" traffic

must ruleset "table inet fw {
	chain f { type filter hook forward priority 0; ct state invalid drop; }; }"
check "traffic where invalid connections are dropped" traffic

must ruleset "table ip nat {
	chain p { type nat hook postrouting priority srcnat;
		oifname wan ip saddr 192.0.2.0/24 masquerade; }; }"
check "traffic beside masquerading of other addresses" traffic
must r nft flush ruleset

strict_rp_filter() {
	r sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.lan.rp_filter=1 \
		net.ipv4.conf.wan.rp_filter=1 || return
	traffic
}
check "traffic with the strict reverse path filter" strict_rp_filter

# --- a rule for the source that a packet gets ------------------------------

# Each address has one identifier, so the second query gets the address that the
# host does not have. The route for that is known only once there is a mapping.
must nat64 pool4 add 203.0.113.8/31 --mark 9 --proto icmp --ports 5000
must ruleset "table inet mangle {
	chain p { type filter hook prerouting priority mangle;
		iifname lan meta mark set 9; }; }"
query() { c6 ping -n -c 1 -W 5 -e "$1" "$server6"; }
source_of() {
	r nat64ctl -j bib show --proto icmp |
		jq -r ".[] | select(.port6 == $1).addr4"
}
prohibited() {
	local other
	query 1 || return
	case $(source_of 1) in
	203.0.113.8) other=203.0.113.9 ;;
	203.0.113.9) other=203.0.113.8 ;;
	*) return 1 ;;
	esac
	ip -n "$router" rule add from "$other" to "$server4" prohibit || return
	fails query 2 >"$tmp/ping"
	cat "$tmp/ping"
	grep -q "Administratively prohibited" "$tmp/ping" || return
	same "the address of the second query" "$(source_of 2)" "$other"
}
check "a rule prohibits the source that a packet gets, not the likely one" \
	prohibited
must ip -n "$router" rule del prohibit
check "without the rule, the packet is sent" query 2
must r nft flush ruleset
must nat64 pool4 del 203.0.113.8/31 --mark 9

# --- not ours (6146-4) -----------------------------------------------------

# The ends speak the other family as well for this.
address "$client" net 192.0.2.2/24
address "$router" lan 192.0.2.1/24
address "$router" wan 2001:db8:2::1/64
address "$server" net 2001:db8:2::2/64
route "$client" 198.51.100.0/24 via 192.0.2.1
route "$server" 192.0.2.0/24 via 198.51.100.1
route "$server" 2001:db8:1::/64 via 2001:db8:2::1

untouched() {
	local before after
	before=$(counter received6),$(counter received4)
	c6 ping -q -c 2 -i 0.2 -W 5 -s "$1" 2001:db8:2::2 || return
	c6 ping -q -c 2 -i 0.2 -W 5 -s "$1" "$server4" || return
	after=$(counter received6),$(counter received4)
	same "the count of packets received" "$after" "$before"
}
check "plain forwarding of IPv6 and IPv4" untouched 56
check "plain forwarding of fragments" untouched 4000

# --- the router's own addresses --------------------------------------------

address "$router" lo "$pool4/32"
mkdir "$tmp/own"
echo "the router's own" >"$tmp/own/file"
serve "$router" $pool4 2222 "$tmp/own"
start echor "$router" python3 "$here/sock.py" echo "$pool4" 2223
must listening "$router" udp 2223

check "ping of the router, IPv6" c6 ping -q -c 1 -W 5 2001:db8:1::1
check "ping of the router, IPv4" s4 ping -q -c 1 -W 5 198.51.100.1
check "ping of its pool4 address" s4 ping -q -c 1 -W 5 "$pool4"
check "a TCP server of the router at a pool4 address" \
	fetch "$server" "http://$pool4:2222/file" "$tmp/own/file"
check "a UDP server of the router at a pool4 address" \
	s4 python3 "$here/sock.py" ask "$pool4" 2223
check "a connection of the router from a pool4 address" \
	r curl -sS --max-time 10 --interface "$pool4" -o /dev/null \
	"http://$server4/file"
check "traffic while the router has the pool4 address" traffic

finish
