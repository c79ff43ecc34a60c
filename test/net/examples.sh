#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 6.12
#
# examples.sh - the two examples that come with the command, run as their READMEs
# print them: IPv4-only devices behind a router of an IPv6-only network, and an
# IPv6-only network on one machine, which leaves nothing when it is removed. Not in
# User-mode Linux: KASAN there reports a module that is loaded again.

. "$(dirname "$0")/lib.sh"

examples=$top/usr/examples
PATH=$examples/lab:$examples/island:$PATH

# printed EXAMPLE BEGINNING: print the commands of its README that begin like that
printed() { sed -n "s/^ *# \($2\)/\1/p" "$examples/$1/README.md"; }

# --- island: devices without IPv6 ------------------------------------------

device4=192.168.1.20
device6=2001:db8:64::192.168.1.20
ours4=192.168.1.1

begin
namespace "$client"
namespace "$router"
namespace "$server"
cable "$client" net "$router" lan
cable "$router" devices "$server" net
address "$client" net $client6/64
address "$router" lan 2001:db8:1::1/64
address "$router" devices $ours4/24
address "$server" net $device4/24 192.168.1.21/24
head -c 100000 /dev/urandom >"$tmp/picture"
serve "$server" $device4 80 "$tmp"
serve "$client" "[$client6]" 8883 "$tmp"

# on NAMESPACE COMMANDS: run all of them there; each has to succeed
on() {
	local ns=$1 command
	[ -n "$2" ] || return
	while read -r command; do
		inside "$ns" bash -c "$command" || return
	done <<<"$2"
}
picture() { fetch "$client" "http://[$device6]/picture" "$tmp/picture"; }
mapped() { nat64 -j -i island session show --proto "$1" | jq -r ".[0].$2"; }
counted() { nat64 -j -i island stats show | jq ".[0].\"$1\""; }

check "island: up, as printed" on "$router" "$(printed island 'island up')"
check "island: up again" r island up
is_called() { same "its name" "$(r island name "$device4")" "$device6"; }
check "island: the name of a device" is_called
check "island: the route, as printed" on "$client" "$(printed island 'ip route')"
check "island: ping of a device" c6 ping -c 1 -W 5 "$device6"
check "island: a picture of its camera" picture

seen_as() {
	same "the address that devices see" "$(mapped tcp src4)" "$ours4" || return
	[[ $(mapped tcp sport4) =~ ^[0-9]+$ ]] || return
	local port=${BASH_REMATCH[0]}
	echo "port $port"
	((port >= 1024 && port <= 32767 || port >= 61000))
}
check "island: devices see the router, at a port that it does not use itself" seen_as

# The client sends to one device; the other device sends to the same port.
start echo "$server" python3 "$here/sock.py" echo $device4 7000
must listening "$server" udp 7000
check "island: a device answers UDP" c6 python3 "$here/sock.py" ask "$device6" 7000
unsolicited() {
	local before
	before=$(counted drop-filtered)
	s4 python3 -c "import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('192.168.1.21', 7000))
s.sendto(b'x', ('$ours4', $(mapped udp sport4)))" || return
	within 10 more drop-filtered "$before"
}
more() { (($(counted "$1") > $2)); }
check "island: a device that was not contacted is filtered" unsolicited
knock() { s4 timeout 2 busybox wget -q -O "$tmp/got" "http://$ours4:8883/picture"; }
check "island: a connection of a device is refused" fails knock
check "island: a static entry, as printed" \
	on "$router" "$(printed island nat64ctl)"
check "island: with the entry, a device connects" \
	fetch "$server" "http://$ours4:8883/picture" "$tmp/picture"
check "island: forwarding stays off" same "forwarding" \
	"$(r sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding | xargs)" \
	"0 0"
check "island: down" r island down
gone() { same "the list of instances" "$(nat64 -j instance show)" "[]"; }
check "island: after down, no instance exists" gone
check "island: down again" r island down
check "island: after down, devices are unreachable" fails c6 ping -c 1 -W 1 "$device6"

# --- lab: an IPv6-only network on this machine -----------------------------

# The machine is the one that runs the tests; its internet is one server with two
# names. The second name has an IPv6 address, too, which has no route.
must ip link add nat64-wan type veth peer name wan netns "$server"
must ip link set nat64-wan up
must ip -n "$server" link set wan up
must ip addr add 198.51.100.1/24 dev nat64-wan
address "$server" wan $server4/24
name_server authority "$server" $server4 53 <<-CONF
	local-zone: "example.com." static
	local-data: "www.example.com. A $server4"
	local-data: "both.example.com. A $server4"
	local-data: "both.example.com. AAAA 2001:db8:ffff::1"
CONF
serve "$server" $server4 80 "$tmp"
echo "a page" >"$tmp/index.html"
echo "nameserver $server4" >/etc/resolv.conf

# Print everything on the machine that a lab could leave or change.
machine() {
	ip netns list | sort
	ip -br link | cut -d' ' -f1
	ip -br address
	ip -6 route
	ls -d /sys/module/nat64 /etc/netns /etc/netns/* /run/nat64*
	[ ! -e /sys/module/nat64 ] || nat64ctl instance show
	find /proc -mindepth 2 -maxdepth 2 -lname '/*' -name exe -printf '%l\n' |
		grep -Ev '/(bash|find|sort|diff|grep)$' | sort
	nft list ruleset
	sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding \
		net.ipv4.conf.all.forwarding net.ipv4.ip_local_port_range
} 2>/dev/null
untouched() { diff <(echo "$before") <(machine); }
before=$(machine)

in_order() {
	local command
	while read -r command; do
		say "$command"
		bash -c "$command" || return
	done < <(printed lab lab)
}
check "lab: all commands of its README, in their order" in_order
check "lab: after them, the machine is unchanged" untouched
check "lab: down succeeds without a lab" lab down
not_there() { lab run true; }
check "lab: run fails without a lab" fails not_there

page() {
	lab run curl -sS --max-time 20 -o "$tmp/got" "http://$1/" &&
		cmp "$tmp/got" "$tmp/index.html"
}
named() {
	same "the address of $1" \
		"$(lab run getent ahosts "$1" | awk '{ print $1; exit }')" \
		"fd64:64:64:64::c633:6402"
}
check "lab: up" lab up
unbound_pid=$(cat /run/nat64-lab/unbound.pid)
check "lab: up succeeds while it is up" lab up
check "lab: up while it is up keeps the resolver" same "unbound" \
	"$(cat /run/nat64-lab/unbound.pid)" "$unbound_pid"
no_ipv4() { same "IPv4 addresses" "$(lab run ip -4 -br addr show dev eth0)" ""; }
check "lab: the program has no IPv4 address" no_ipv4
check "lab: an IPv4-only name gets an address in pool6" named www.example.com
check "lab: a name with an IPv6 address gets one in pool6, too" named both.example.com
check "lab: a page" page www.example.com
check "lab: a page of the second name" page both.example.com
check "lab: ping" lab run ping -c 1 -W 5 www.example.com
start own "$router" true
busybox httpd -f -p 198.51.100.1:8080 -h "$tmp" {stdout}>&- &
jobs+=($!)
must within 20 curl -sS -o /dev/null http://198.51.100.1:8080/
check "lab: a service of the machine" \
	page "[fd64:64:64:64::198.51.100.1]:8080"
check "lab: status" lab status
exits() { lab run bash -c 'exit 7'; }
status_of() { local rc=0; "$@" || rc=$?; same "the status" "$rc" 7; }
check "lab: run returns the exit status of the program" status_of exits
stop "$last"
stop "${jobs[-1]}"
lab run sleep 1000 {stdout}>&- &
sleeper=$!
must within 10 eval 'ip netns pids nat64-lab | grep -q .'
check "lab: down succeeds while a program runs" lab down
ended() { wait "$sleeper"; (($? > 128)); }
check "lab: down ends that program" ended
check "lab: down with a program leaves the machine unchanged" untouched

# An unbound that does not start ends `up` half-way.
mkdir "$tmp/bin"
printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/unbound"
chmod +x "$tmp/bin/unbound"
broken() { PATH=$tmp/bin:$PATH lab up; }
check "lab: up fails if unbound does" fails broken
check "lab: a failed up leaves the machine unchanged" untouched

must rmmod nat64
before=$(machine)
check "lab: up without the module loads it" lab up
check "lab: a page by the loaded module" page www.example.com
check "lab: down" lab down
check "lab: down removes the loaded module" untouched
must modprobe nat64
must ip link del nat64-wan
namespaces=("$client" "$router" "$server")
finish
