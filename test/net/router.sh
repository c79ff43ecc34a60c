#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# router.sh - programs on the router itself: they reach IPv4 by way of pool6 and
# IPv6 hosts by way of pool4, and are reached by both sides, as if they ran on
# a host next to it.

. "$(dirname "$0")/lib.sh"

topology_hops
own4=192.0.2.1			# the router's addresses
own4in6=64:ff9b::192.0.2.1
own6=2001:db8:6::1
# A router has somewhere to send IPv6 to; pool6 is not special to it.
must ip -n "$router" -6 route add default dev wan

head -c 200000 /dev/urandom >"$tmp/large"
echo small >"$tmp/small"
serve "$server" $server4 80 "$tmp"
serve "$client" "[$client6]" 8080 "$tmp"
serve "$router" "$own4" 8000 "$tmp"
serve "$router" "[$own6]" 8006 "$tmp"
start echo4 "$server" python3 "$here/sock.py" echo "$server4" 7000
start echo6 "$client" python3 "$here/sock.py" echo "$client6" 9000
start own4 "$router" python3 "$here/sock.py" echo "$own4" 7001
start own6 "$router" python3 "$here/sock.py" echo "$own6" 7006
must listening "$server" udp 7000
must listening "$client" udp 9000
must listening "$router" udp 7001
must listening "$router" udp 7006

udp() { inside "$1" python3 "$here/sock.py" ask "$2" "$3"; }
refused() { inside "$1" python3 "$here/sock.py" refused "$2" "$3"; }
pmtu() { inside "$1" python3 "$here/sock.py" pmtu "$2" "$3" "$4"; }
get() { fetch "$1" "http://$2/$3" "$tmp/$3"; }
pings() { inside "$1" ping -c 2 -i 0.2 -W 5 "${@:2}"; }

# translated KEY COMMAND...: it is the NAT64 that COMMAND's packets go through
translated() {
	local key=$1 before
	before=$(counter "$key")
	shift
	"$@" && at_least "$key" "$(counter "$key")" $((before + 1))
}

# hops NAMESPACE EXPECTED TRACEROUTE-ARGUMENTS...: a regular expression
hops() {
	local ns=$1 expected=$2
	shift 2
	inside "$ns" traceroute -n -q 1 -w 5 -N 1 -m 8 "$@" >"$tmp/trace" || return
	cat "$tmp/trace"
	[[ $(awk '$1 ~ /^[0-9]+$/ { printf "%s ", $2 }' "$tmp/trace") =~ \
		^$expected\ $ ]]
}

# --- the router as a client of the IPv4 side -------------------------------

to_ipv4() {
	check "$1: ping from the router" \
		translated translated64 pings "$router" "$server6"
	check "$1: ping of 4000 bytes [6146-7]" \
		pings "$router" -s 4000 "$server6"
	check "$1: a small file" get "$router" "[$server6]" small
	check "$1: 200 kB" get "$router" "[$server6]" large
	check "$1: UDP" udp "$router" "$server6" 7000
	check "$1: a closed UDP port is refused [6146-15]" \
		refused "$router" "$server6" 7999
	check "$1: a closed TCP port is refused" refuses_tcp "$server6"
	check "$1: traceroute by UDP" hops "$router" "$way" "$server6"
	check "$1: traceroute by ICMP" hops "$router" "$way" -I "$server6"
	check "$1: traceroute by TCP" hops "$router" "$way" -T -p 80 "$server6"
}

refuses_tcp() {
	local rc=0
	r curl -sS --max-time 5 "http://[$1]:81/" || rc=$?
	same "curl's exit status, 7 is a failed connection" "$rc" 7
}

# Whether the router is on the way of its own packets is not asked for here.
way="($own6 )?64:ff9b::c000:202 64:ff9b::c633:6402"

# --- the router as a server of both sides ----------------------------------

# Its IPv4 programs for the inside, its IPv6 programs by static entries for the
# outside: what is sent to pool4 need not be for an address of the router.
from_both() {
	local pool4=$2
	check "$1: ping of the router's IPv4 address" \
		translated translated46 pings "$client" "$own4in6"
	check "$1: an IPv4 program of the router, TCP" \
		get "$client" "[$own4in6]:8000" large
	check "$1: an IPv4 program of the router, UDP" \
		udp "$client" "$own4in6" 7001
	# An unused port of pool4 does not answer.
	[ "$pool4" = $own4 ] ||
		check "$1: a closed UDP port of the router is refused [6146-15]" \
			refused "$client" "$own4in6" 7999
	check "$1: an IPv6 program of the router, TCP [6146-3]" \
		get "$server" "$pool4:8006" large
	check "$1: an IPv6 program of the router, UDP [6146-11]" \
		udp "$server" "$pool4" 7006
	check "$1: the router's IPv6 program asks its IPv4 program" \
		get "$router" "[$own4in6]:8000" large
	check "$1: a program of the router asks an IPv6 host, TCP" \
		translated translated46 get "$router" "$pool4:8080" large
	check "$1: a program of the router asks an IPv6 host, UDP" \
		udp "$router" "$pool4" 9000
	# From that address to itself with one identifier, no answer can be told
	# from a query for the IPv6 host.
	[ "$pool4" = $own4 ] || check "$1: its ping of an IPv6 host" \
		pings "$router" -e 77 "$pool4"
	check "$1: a closed port of an IPv6 host is refused" \
		refused "$router" "$pool4" 20434
}

# --- links that are narrower further on (7915-4, 7915-24) ------------------

narrow() {
	local pool4=$2
	must ip -n "$hop4" link set out mtu 1400
	check "$1: UDP learns that IPv4 is narrow" \
		pmtu "$router" "$server6" 7000 1420
	r ip -6 route flush cache
	check "$1: TCP learns that IPv4 is narrow" \
		get "$server" "$pool4:8006" large
	must ip -n "$hop4" link set out mtu 1500
	must ip -n "$hop6" link set in mtu 1400
	# The way to an address of the router's own is as wide as its loopback,
	# whatever it is told.
	r ip route get "$pool4" | grep -q ^local ||
		check "$1: UDP learns that IPv6 is narrow" \
			pmtu "$router" "$pool4" 9000 1380
	r ip route flush cache
	check "$1: TCP learns that IPv6 is narrow" \
		get "$client" "[$own4in6]:8000" large
	must ip -n "$hop6" link set in mtu 1500
	r ip route flush cache
	r ip -6 route flush cache
}

# suite NAME POOL4-ADDRESS INSTANCE-ARGUMENTS...
suite() {
	local name=$1 pool4=$2
	shift 2
	must nat64 instance add --pool6 64:ff9b::/96 "$@"
	must nat64 bib add --proto tcp "[$client6]:8080" "$pool4:8080"
	must nat64 bib add --proto udp "[$client6]:9000" "$pool4:9000"
	must nat64 bib add --proto udp "[$client6]:20434" "$pool4:20434"
	must nat64 bib add --proto icmp "[$client6]:77" "$pool4:77"
	must nat64 bib add --proto tcp "[$own6]:8006" "$pool4:8006"
	must nat64 bib add --proto udp "[$own6]:7006" "$pool4:7006"
	to_ipv4 "$name"
	from_both "$name" "$pool4"
	narrow "$name" "$pool4"
}

suite "a pool4 of its own" "$pool4" --pool4 "$pool4"

# --- what netfilter sees ---------------------------------------------------

# ruleset RULES: these and no others
ruleset() {
	r nft flush ruleset &&
		nsenter --net="/run/netns/$router" nft "$1"
}

# seen FAMILY CHAIN MATCH...: packets counted
seen() {
	r nft -j list chain "$1" seen "$2" | jq --arg name "$3" \
		'.nftables[].rule | select(.comment? == $name).expr[].counter.packets? // empty'
}

# counts COMMAND... -- [FAMILY CHAIN NAME PACKETS]...: so many has the rule NAME of
# that chain counted after COMMAND
counts() {
	local command=() n
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	ruleset "$rules" && "${command[@]}" || return
	while (($# >= 4)); do
		n=$(seen "$1" "$2" "$3")
		echo "$1 $2 $3: $n"
		same "what $1 $2 has counted of $3" "$n" "$4" || return
		shift 4
	done
}

# One chain a hook and family, at the priority of a firewall.
rules=
for family in ip ip6; do
	rules+="table $family seen {"
	for hook in input forward output; do
		rules+="chain $hook { type filter hook $hook priority 0;"
		if [ $family = ip ]; then
			rules+="ip daddr $server4 counter comment \"out\";
				ip daddr $pool4 counter comment \"back\";
				ip saddr $pool4 counter comment \"translated\";"
		else
			rules+="ip6 daddr 64:ff9b::/96 counter comment \"out\";
				ip6 saddr 64:ff9b::/96 counter comment \"back\";"
		fi
		rules+="};"
	done
	rules+="};"
done

check "a ping from the router passes OUTPUT twice and INPUT once" counts \
	r ping -c 1 -W 5 "$server6" -- \
	ip6 output out 1 ip output out 1 ip6 input back 1 \
	ip input back 0 ip forward out 0 ip6 forward back 0
check "a ping from the router to an IPv6 host likewise" counts \
	r ping -c 1 -W 5 -e 77 "$pool4" -- \
	ip output back 1 ip6 output back 1 ip input translated 1 \
	ip6 input out 0 ip forward translated 0 ip6 forward back 0
check "a ping from inside to the router passes INPUT and OUTPUT" counts \
	c6 ping -c 1 -W 5 "$own4in6" -- \
	ip input translated 1 ip output back 1 ip6 output back 1 \
	ip6 input out 0 ip forward translated 0 ip6 forward back 0

# blocked FAMILY CHAIN MATCH COMMAND...: a rule stops COMMAND
blocked() {
	ruleset "table $1 fw { chain c { type filter hook $2 priority 0;
		$3 drop; }; }" || return
	shift 3
	fails "$@"
}
once() { inside "$1" ping -c 1 -W 1 "${@:2}"; }

check "a rule in IPv6 OUTPUT stops it" \
	blocked ip6 output "ip6 daddr 64:ff9b::/96" once "$router" "$server6"
check "a rule in IPv4 OUTPUT stops it" \
	blocked ip output "ip daddr $server4" once "$router" "$server6"
check "a rule in IPv6 INPUT stops the answer" \
	blocked ip6 input "ip6 saddr 64:ff9b::/96" once "$router" "$server6"
check "a rule in IPv4 INPUT stops what comes from inside" \
	blocked ip input "ip saddr $pool4" once "$client" "$own4in6"
must r nft flush ruleset

# --- connection tracking ---------------------------------------------------

tracked() {
	get "$router" "[$server6]" large &&
		udp "$router" "$server6" 7000 &&
		get "$client" "[$own4in6]:8000" large &&
		get "$server" "$pool4:8006" large &&
		get "$router" "$pool4:8080" large &&
		pings "$router" -s 4000 "$server6"
}
check "all of it without connection tracking" tracked
must ruleset "table inet fw {
	chain i { type filter hook input priority 0;
		ct state invalid counter drop; };
	chain o { type filter hook output priority 0;
		ct state new,established,related counter; }; }"
check "all of it with connection tracking" tracked
must r nft flush ruleset

# --- hop limit -------------------------------------------------------------

exceeded() {
	r ping -n -c 1 -W 5 -t "$1" "$server6" >"$tmp/ping"
	cat "$tmp/ping"
	grep -Eq "^From $2:? icmp_seq=1 Time exceeded" "$tmp/ping"
}
check "a hop limit used up at the router behind [7915-20]" \
	exceeded 1 "($own6|64:ff9b::c000:202)"
check "a hop limit that suffices" r ping -c 1 -W 5 -t 3 "$server6"

# --- its own address as pool4 ----------------------------------------------

must nat64 instance del
check "without an instance the router does not reach IPv4" \
	fails once "$router" "$server6"
suite "the router's address as pool4" $own4

finish
