#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# 6.12
#
# loops.sh - packets that could come back to the NAT64 for ever (RFC 6146 s5.4):
# what has been translated to IPv6 is never translated to IPv4 again, by whatever
# way it comes, and a program on the router cannot make it look otherwise.

. "$(dirname "$0")/lib.sh"

topology
outside6=2001:db8:c::2		# IPv6 hosts that are not on-link
must ip -n "$router" -6 route add default dev wan
must nat64 instance add --pool6 64:ff9b::/96 \
	--pool6 2001:db8:64::/96 --pool4 203.0.113.2
must nat64 pool4 add $pool4 --proto udp --ports 40000-40063
must nat64 pool4 del 203.0.113.2
via=64:ff9b::$pool4

# --- programs without privilege --------------------------------------------

# unprivileged COMMAND...: run it without privilege on the router
unprivileged() { r setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

# rises KEY N COMMAND...: COMMAND makes the counter rise by N
rises() {
	local key=$1 n=$2 before
	before=$(counter "$key")
	shift 2
	"$@" || return
	same "$key" $(($(counter "$key") - before)) "$n"
}

# sends N COMMAND...: COMMAND prints that N datagrams could be sent
sends() {
	local sent
	sent=$("${@:2}") || return
	same "the number of datagrams sent" "$sent" "$1"
}

permute() { unprivileged python3 "$here/loops.py" permute "$1" "$2" "$server6"; }
check "sources in pool6 do not make the mappings of a permutation [6146-5.4]" \
	rises drop-source-in-pool6 128 sends 0 permute "$via" 40000-40063
check "no BIB entry is made for them [6146-5.4]" same entries "$(entries bib)" 0

send() { unprivileged python3 "$here/loops.py" send "$@"; }
check "a source in another prefix of pool6 is dropped as well [6146-5.4]" \
	rises drop-source-in-pool6 1 sends 0 \
	send "$via" 40000 2001:db8:64::c000:201
check "a program on the router reaches IPv4 from its own address" \
	rises translated64 1 sends 1 send "$server6" 9
check "what goes elsewhere from a source in pool6 is none of ours" \
	rises drop-source-in-pool6 0 sends 1 send $client6 9 "$via"

# --- two instances ---------------------------------------------------------

must nat64 instance add two --pool6 64:ff9b:1::/96 --pool4 203.0.113.3
counted_by_two() {
	[[ $(r nat64ctl -i two -j stats show --all) =~ \"$1\":\ *([0-9]+) ]] &&
		echo "${BASH_REMATCH[1]}"
}
check "a source in the pool6 of one instance, to that of another [6146-5.4]" \
	rises drop-source-in-pool6 1 sends 0 send 64:ff9b:1::203.0.113.3 80 "$via"
foreign() {
	local before
	before=$(counted_by_two drop-source-in-pool6)
	sends 0 send "$via" 40000 64:ff9b:1::c000:201 || return
	same "drop-source-in-pool6 of two" \
		$(($(counted_by_two drop-source-in-pool6) - before)) 1
}
check "and the other way round [6146-5.4]" foreign

# From one instance to an IPv6 host of the other: translated exactly twice.
route "$router" 203.0.113.3 via $server4
must nat64 -i two bib add --proto udp "[$client6]:7000" 203.0.113.3:7000
through_two() {
	local before
	before=$(counted_by_two translated46)
	sends 1 send 64:ff9b::203.0.113.3 7000 || return
	same "translated46 of two" \
		$(($(counted_by_two translated46) - before)) 1
}
check "a local program reaches an IPv6 host of the other instance" \
	rises translated64 1 through_two

# --- a veth that leads back ------------------------------------------------

must nat64 pool4 add 203.0.113.2
must nat64 bib add --proto udp "[$outside6]:7000" 203.0.113.2:50000
must ip -n "$router" link add back0 type veth peer name back1
must ip -n "$router" link set back0 up
must ip -n "$router" link set back1 up
must ip -n "$router" neigh add fe80::1 dev back0 lladdr "$(mac "$router" back1)"
must ip -n "$router" -6 route add 2001:db8:c::/48 via fe80::1 dev back0
to_outside() { s4 bash -c 'echo loop >/dev/udp/203.0.113.2/50000'; }
check "a translated packet that comes back by a veth is dropped [6146-5.4]" \
	rises drop-source-in-pool6 1 to_outside
must ip -n "$router" link del back0

# --- rules that change addresses -------------------------------------------

# redirected STATEMENT...: packets translated for an IPv6 host are changed
redirected() {
	must r nft "table ip6 loop { chain output {
		type filter hook output priority 0;
		ip6 saddr 64:ff9b::/96 ip6 daddr $outside6 $*; }; }"
}
hairpin=64:ff9b::cb00:7102	# 203.0.113.2
must ip -n "$router" -6 route add 2001:db8:c::/48 dev lan
redirected ip6 daddr set $hairpin udp dport set 50000
check "a rule that sends what is translated to pool6 [6146-5.4]" \
	rises drop-source-in-pool6 1 sends 1 send $hairpin 50000
must r nft flush ruleset

# It has another source, too: it looks like a packet of a local program.
redirected ip6 saddr set 2001:db8:1::1 ip6 daddr set $hairpin \
	udp dport set 50000
check "a rule that makes it look like a program's: it is not nested for ever" \
	rises drop-loop 1 sends 1 send $hairpin 50000
must r nft flush ruleset

# --- IPv6 hosts in pool6 ---------------------------------------------------

said() { nsenter --net="/run/netns/$router" -- nat64ctl "$@" 2>&1; }
# refused SENTENCE COMMAND...: it is, in these words
refused() {
	local rc=0 said
	said=$(said "${@:2}") || rc=$?
	same "the exit status" "$rc" 2 || return
	same "what it says" "$said" "nat64ctl: $1"
}
covers="the pool6 prefix covers the host of a static BIB entry: delete it first"
within="the IPv6 address of the BIB entry is inside pool6"
check "a static BIB entry for a host in pool6 [6146-5.4]" \
	refused "$within" \
	bib add --proto udp '[2001:db8:64::c000:201]:80' 203.0.113.2:80
must nat64 bib add --proto udp '[2001:db8:65::c000:201]:80' 203.0.113.2:80
check "a pool6 prefix that covers the host of one [6146-5.4]" \
	refused "$covers ([2001:db8:65::c000:201]:80)" \
	pool6 add 2001:db8:65::/96
check "a static BIB entry in the pool6 of another instance [6146-5.4]" \
	refused "the IPv6 address of the BIB entry is inside pool6 (64:ff9b:1::/96)" \
	bib add --proto udp "[64:ff9b:1::c000:201]:81" 203.0.113.2:81
check "a pool6 prefix of another instance that does [6146-5.4]" \
	refused "$covers ([2001:db8:65::c000:201]:80)" \
	-i two pool6 add 2001:db8:65::/96
check "an instance with such a prefix [6146-5.4]" \
	refused "$covers ([2001:db8:65::c000:201]:80)" \
	instance add three --pool6 2001:db8:65::/96 --pool4 203.0.113.4
load() {
	local rc=0
	printf '%s' "$1" >"$tmp/three.json"
	r nat64ctl config load "$tmp/three.json" >"$tmp/said" 2>&1 || rc=$?
	cat "$tmp/said"
	same "the exit status" "$rc" 2 && grep -qF "$2" "$tmp/said"
}
check "a file with such a prefix [6146-5.4]" load '{ "instance": "three",
	"pool6": [ "2001:db8:65::/96" ], "pool4": [ { "prefix": "203.0.113.4" } ] }' \
	"$covers ([2001:db8:65::c000:201]:80)"
check "a file with such an entry [6146-5.4]" load '{ "instance": "three",
	"pool6": [ "2001:db8:66::/96" ], "pool4": [ { "prefix": "203.0.113.4" } ],
	"bib": [ { "proto": "udp", "ipv6": "[64:ff9b:1::c000:201]:80",
		"ipv4": "203.0.113.4:80" } ] }' "$within (64:ff9b:1::/96)"
check "nothing has come of them" same instances \
	"$(r nat64ctl -j instance show | jq -r '[.[].instance] | join(" ")')" \
	"default two"

# A dynamic entry ends when its host is in pool6.
must r nat64ctl bib del --proto udp '[2001:db8:65::c000:201]:80'
dynamic() { r nat64ctl -j bib show --proto udp | jq '[.[] | select(.static | not)] | length'; }
ends() {
	address "$client" lo 2001:db8:65::1/128
	must ip -n "$router" -6 route add 2001:db8:65::1 via "$client6"
	c6 python3 "$here/loops.py" send "$server6" 9 2001:db8:65::1 || return
	same "the number of entries" "$(dynamic)" 1 || return
	must nat64 "$@" 2001:db8:65::/96
	same "the number of entries with the prefix" "$(dynamic)" 0
	must nat64 -i "$2" pool6 del 2001:db8:65::/96
	must ip -n "$client" address del 2001:db8:65::1/128 dev lo
	must ip -n "$router" -6 route del 2001:db8:65::1 via "$client6"
}
must nat64 instance flush
check "a dynamic BIB entry ends when pool6 covers its host [6146-5.4]" \
	ends -i default pool6 add
check "and when that of another instance does [6146-5.4]" ends -i two pool6 add

# --- addresses of the router in pool6 --------------------------------------

must nat64 instance del two
must nat64 instance del
own=2001:db8:1::1
serve "$router" "[$own]" 8006 "$here"
pings() { inside "$1" ping -c 2 -i 0.2 -W 5 "${@:2}"; }
page() { fetch "$client" "http://[$1]:8006/loops.py" "$here/loops.py"; }

# warned ADDRESS COMMAND...: it is done, but the address is named
warned() {
	local said
	said=$(said "${@:2}") || return
	echo "$said"
	same "the warning" "$said" "nat64ctl: warning: pool6 covers an address of\
 the router: it stays reachable, but other hosts in the prefix cannot use the NAT64 ($1)"
}
must nat64 instance add --pool6 2001:db8:7::/96 --pool4 $pool4
address "$router" lo 2001:db8:7::1/128
check "an address that comes later is the router's" \
	pings "$client" 2001:db8:7::1
must nat64 instance del
must ip -n "$router" address del 2001:db8:7::1/128 dev lo

check "an instance whose pool6 covers an address of the router says so" \
	warned $own instance add --pool6 2001:db8:1::/96 --pool4 $pool4
check "the address answers a ping of a host beside it" pings "$client" $own
must ip -n "$client" neigh flush all
must ip -n "$router" neigh flush all
check "and after its neighbours were forgotten" pings "$client" $own
check "and by TCP" page $own
check "it counts as the router's" rises drop-source-in-pool6 0 page $own
route "$client" 2001:db8:1::c633:6402 via $own
check "another host of the prefix is not reached from there [6146-4]" \
	rises drop-source-in-pool6 1 fails c6 ping -c 1 -W 1 2001:db8:1::c633:6402
check "the router reaches its own address" pings "$router" $own
silent() { same "what it says" "$(said "$@")" ""; }
check "another prefix is added without a word" silent pool6 add 64:ff9b::/96
address "$router" lo 2001:db8:7::1/128
check "a prefix that is added says so" \
	warned 2001:db8:7::1 pool6 add 2001:db8:7::/96

finish
