#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# 6.12
#
# lifecycle.sh - instances, namespaces and the module itself come and go, idle
# and while packets pour in.

. "$(dirname "$0")/lib.sh"

topology
mkdir "$tmp/www"
echo here >"$tmp/www/file"
serve "$server" $server4 80 "$tmp/www"

# --- the module without an instance ----------------------------------------

# 64:ff9b::/96 may be routed somewhere else: the server has such an address here.
address "$router" wan 2001:db8:2::1/64
address "$server" net 2001:db8:2::2/64
address "$server" lo "$server6/128"
route "$server" 2001:db8:1::/64 via 2001:db8:2::1
route "$router" 64:ff9b::/96 via 2001:db8:2::2

# way TTL: what arrives at the client has this hop limit. The server sends 64 in
# IPv4, and 77 in IPv6 here; the router takes one.
must s4 sysctl -qw net.ipv6.conf.net.hop_limit=77 \
	net.ipv6.conf.lo.hop_limit=77
way() {
	c6 ping -n -c 1 -W 5 "$server6" >"$tmp/ping" || return
	cat "$tmp/ping"
	grep -q " ttl=$1 " "$tmp/ping"
}

check "without an instance, pool6 is forwarded like any prefix" way 76
check "and in fragments" c6 ping -c 1 -W 5 -s 4000 "$server6"
must nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
check "with an instance it is translated" way 63
must nat64 instance del
check "without it again, it is forwarded" way 76

# At the end, a hook that is registered from the beginning makes netfilter drop what
# it has queued for user space.
no_room() {
	local i why rc

	{
		echo "add table ip t"
		for i in {1..1024}; do
			echo "add chain ip t c$i { type filter hook input priority 0; }"
		done
	} | r nft -f - || return
	why=$(nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4" 2>&1)
	rc=$?
	echo "$why"
	same "instances" "$(nat64 -j instance show | jq length)" 0 || return
	r nft delete table ip t
	same "the exit status" "$rc" 2 && [[ $why = *"no room"* ]]
}
check "netfilter has no room for a hook, no instance is added" no_room
must ip -n "$router" route del 64:ff9b::/96
must ip -n "$server" addr del "$server6/128" dev lo

# --- the router's own addresses instead of a pool4 -------------------------

mkdir "$tmp/own"
echo "the router's own" >"$tmp/own/file"
serve "$router" 198.51.100.1 2222 "$tmp/own"
start echo4 "$server" python3 "$here/sock.py" echo "$server4" 7000
must listening "$server" udp 7000
must nat64 instance add --pool6 64:ff9b::/96

own_address() {
	fetch "$client" "http://[$server6]/file" "$tmp/www/file" || return
	c6 ping -q -c 1 -W 5 "$server6" || return
	c6 python3 "$here/sock.py" flows "$server6" 7000 300 || return
	nat64 -j session show >"$tmp/sessions"
	at_least "the number of sessions" "$(jq length "$tmp/sessions")" 302 ||
		return
	same "the addresses used" \
		"$(jq -c 'map(.src4) | unique' "$tmp/sessions")" '["198.51.100.1"]'
}

# Ports that the router takes for itself are left alone.
own_ports() {
	local first last
	read -r first last <<<"$(r sysctl -n net.ipv4.ip_local_port_range)"
	same "sessions with a port of ip_local_port_range" "$(jq "map(select(
		.proto != \"icmp\" and .sport4 >= $first and .sport4 <= $last)) |
		length" "$tmp/sessions")" 0
}

own_connections() {
	local round
	for round in {1..5}; do
		echo "round $round"
		fetch "$router" "http://$server4/file" "$tmp/www/file" || return
	done
	r python3 "$here/sock.py" ask "$server4" 7000 &&
		r ping -q -c 1 -W 5 "$server4"
}

own_server() {
	# A client with the same port must not take it away.
	inside "$client" curl -sS --max-time 10 --local-port 2222 -o /dev/null \
		"http://[$server6]/file" || return
	fetch "$server" http://198.51.100.1:2222/file "$tmp/own/file"
}

check "without pool4, the router's address is used" own_address
check "and only ports that the router does not use by itself" own_ports
check "connections of the router go on working" own_connections
check "a server on the router goes on working" own_server
must nat64 instance del

# --- two namespaces --------------------------------------------------------

# The same topology once more, with the same addresses.
second() {
	local c=nat64-client2-$$ r=nat64-router2-$$ s=nat64-server2-$$
	namespace "$c"
	namespace "$r"
	namespace "$s"
	forwarding "$r"
	cable "$c" net "$r" lan
	cable "$r" wan "$s" net
	address "$c" net $client6/64
	address "$r" lan 2001:db8:1::1/64
	address "$r" wan 198.51.100.1/24
	address "$s" net $server4/24
	route "$c" default via 2001:db8:1::1
	route "$s" 203.0.113.0/24 via 198.51.100.1
	must inside "$r" nat64ctl instance add --pool6 64:ff9b::/96 \
		--pool4 203.0.113.2
}

# drop NAMESPACE...: delete them in this order
drop() {
	local ns keep=()
	for ns; do ip netns del "$ns" || return; done
	for ns in "${namespaces[@]}"; do
		[[ " $* " == *" $ns "* ]] || keep+=("$ns")
	done
	namespaces=("${keep[@]}")
}

sessions_of() { inside "$1" nat64ctl session count; }

both() {
	inside "nat64-client2-$$" ping -q -c 2 -i 0.2 -W 5 "$server6" || return
	same "sessions of the second" "$(sessions_of "nat64-router2-$$")" 1 ||
		return
	same "sessions of the first" "$(sessions_of "$router")" 0 || return
	c6 ping -q -c 2 -i 0.2 -W 5 "$server6" || return
	same "sessions of the first" "$(sessions_of "$router")" 1
}

must nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
second
check "an instance in each of two namespaces" both
check "a namespace is deleted with its instance" \
	drop "nat64-router2-$$" "nat64-client2-$$" "nat64-server2-$$"
check "the other instance does not mind" c6 ping -q -c 1 -W 5 "$server6"

# --- devices of the fast path ----------------------------------------------

# What RTNL is held for must not wait for a visit to all BIB entries: lockdep
# reports a wrong order of the locks in any case.
links_and_walks() {
	local round pids
	nat64 config set fastpath lan,wan,later || return
	for round in {1..3}; do
		echo "round $round"
		nat64 session count --port 1 >/dev/null &
		pids=$!
		r ip link add later type veth peer name still-later || return
		r ip link set later name sooner || return
		nat64 instance flush &
		pids+=" $!"
		r ip link del sooner || return
		# shellcheck disable=SC2086 # several
		wait $pids || return
	done
	nat64 config set fastpath none
}
check "devices come and go while all entries are visited" links_and_walks

# The peers of a namespace's devices take them away while it ends.
ends_with_peers() {
	local round i names=a1,a2,a3,a4,a5,a6,a7,a8
	local inner=nat64-inner-$$ outer=nat64-outer-$$
	for round in {1..3}; do
		echo "round $round"
		ip netns add "$inner" && ip netns add "$outer" || return
		for i in {1..8}; do
			ip -n "$inner" link add "a$i" type veth \
				peer name "b$i" netns "$outer" || return
			ip -n "$outer" link set "b$i" group 7 || return
		done
		inside "$inner" nat64ctl instance add --pool4 192.0.2.1 &&
			inside "$inner" nat64ctl config set fastpath "$names" ||
			return
		ip netns del "$inner" &
		ip -n "$outer" link del group 7
		wait $! && ip netns del "$outer" || return
	done
}
check "a namespace and its devices go at once" ends_with_peers

# --- under load ------------------------------------------------------------

translated() { counter translated64; }

more_translated() { (($(translated) > $1)); }

# pouring: packets are being translated now
pouring() { within 20 more_translated "$(translated)"; }

start flood "$client" python3 "$here/sock.py" flood "$server6" 7000
flood=$last
check "a flood of UDP is translated" pouring

again() {
	local round
	for round in {1..2}; do
		echo "round $round"
		nat64 instance del || return
		nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4" || return
		pouring || return
	done
}
check "instances come and go under load" again

flushes() {
	local round
	for round in {1..2}; do
		echo "round $round"
		nat64 session flush && nat64 pool4 flush &&
			nat64 pool4 add "$pool4" && nat64 instance flush &&
			pouring || return
	done
}
check "tables are flushed under load" flushes

# Removing the module under load is refused, and nothing changes, or it is done.
reload() {
	local round
	for round in {1..3}; do
		echo "round $round"
		if rmmod nat64; then
			modprobe nat64 || return
			nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4" ||
				return
		fi
		pouring || return
	done
}
check "the module is removed under load, or stays whole" reload

# The owner of a user namespace may hold packets of the module in queues of his
# programs: they end with his network namespace.
pinned() {
	start owner "$router" unshare --user --map-root-user --net sh -c \
		"nat64ctl instance add pin --pool6 2001:db8:7::/96 \
			--pool4 198.18.0.1 && nat64ctl instance del pin &&
			echo ready && exec sleep infinity"
	within 30 grep -qx ready "$tmp/owner.log" || return
	fails rmmod nat64 || return
	stop "$last"
	within 30 rmmod nat64 && modprobe nat64 &&
		nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4" &&
		pouring
}
check "the module stays as long as a user's namespace that has used it" pinned

# One more topology at a time is flooded and taken away, router first.
namespaces_under_load() {
	local round
	for round in {1..3}; do
		echo "round $round"
		second
		start flood2 "nat64-client2-$$" python3 "$here/sock.py" flood \
			"$server6" 7000
		flood=$last
		within 20 has_sessions "nat64-router2-$$" || return
		drop "nat64-router2-$$" || return
		stop "$flood"
		drop "nat64-client2-$$" "nat64-server2-$$" || return
	done
}

has_sessions() { (($(sessions_of "$1") > 0)); }

last_ones() {
	nat64 instance del && within 10 rmmod nat64 && modprobe nat64
}
check "the last instance and the module go under load" last_ones
stop "$flood"
check "namespaces are deleted under load" namespaces_under_load

finish
