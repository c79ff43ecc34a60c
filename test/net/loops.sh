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
outside6=2001:db8:c::2		# inside hosts that are not on a link of ours
must ip -n "$router" -6 route add default dev wan
must nat64 instance add --pool6 64:ff9b::/96 \
	--pool6 2001:db8:64::/96 --pool4 203.0.113.2
must nat64 pool4 add $pool4 --proto udp --ports 40000-40063
must nat64 pool4 del 203.0.113.2
via=64:ff9b::$pool4

# --- programs without privilege --------------------------------------------

# nobody COMMAND...: as a user without any privilege, on the router
nobody() { r setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

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

permute() { nobody python3 "$here/loops.py" permute "$1" "$2" "$server6"; }
check "sources in pool6 do not make the mappings of a permutation [6146-5.4]" \
	rises drop-source-in-pool6 128 sends 0 permute "$via" 40000-40063
check "no BIB entry is made for them [6146-5.4]" same entries "$(entries bib)" 0

send() { nobody python3 "$here/loops.py" send "$@"; }
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

# From one instance to an inside host of the other: twice translated, and no more.
route "$router" 203.0.113.3 via $server4
must nat64 -i two bib add --proto udp "[$client6]:7000" 203.0.113.3:7000
through_two() {
	local before
	before=$(counted_by_two translated46)
	sends 1 send 64:ff9b::203.0.113.3 7000 || return
	same "translated46 of two" \
		$(($(counted_by_two translated46) - before)) 1
}
check "a program on the router reaches an inside host of the other instance" \
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

# redirected STATEMENT...: what is translated for an inside host is changed
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

# It has another source, too: nothing tells it from what a program sends.
redirected ip6 saddr set 2001:db8:1::1 ip6 daddr set $hairpin \
	udp dport set 50000
check "a rule that makes it look like a program's: it is not nested for ever" \
	rises drop-loop 1 sends 1 send $hairpin 50000
must r nft flush ruleset

finish
