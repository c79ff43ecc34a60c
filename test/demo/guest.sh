#!/bin/bash
# guest.sh: the demonstration itself, run in a virtual machine. It prints every
# command that matters before it runs it.
#
#   client6 (IPv6 only)         router (nat64, DNS64)        server4 (IPv4 only)
#   +---------------------+     +-----------------------+    +------------------+
#   | 2001:db8:1::2    net |----| lan 2001:db8:1::1     |    |                  |
#   |                      |    |     203.0.113.1   wan |----| net 203.0.113.10 |
#   +---------------------+     | pool4 192.0.2.1       |    | www.example.com  |
#                               +-----------------------+    +------------------+
set -eu

# Say what comes; show a command and run it, here or in one of the namespaces.
title() { printf '\n# %s\n' "$*"; }
sh_() { printf '$ %s\n' "$*"; "$@"; }
client() { sh_ ip netns exec client6 "$@"; }
router() { sh_ ip netns exec router "$@"; }
server() { sh_ ip netns exec server4 "$@"; }
die() { echo "demo: $*"; exit 1; }

# background LOG NAMESPACE COMMAND...
background() {
	local log=$1 ns=$2

	shift 2
	printf '$ ip netns exec %s %s &\n' "$ns" "$*"
	ip netns exec "$ns" "$@" > "/tmp/$log.log" 2>&1 &
}

# listening NAMESPACE tcp|udp PORT: wait until a socket listens there
listening() {
	local end=$((SECONDS + 60))

	while [ -z "$(ip netns exec "$1" ss -Hln "--$2" "sport = :$3")" ]; do
		if [ $SECONDS -ge $end ]; then
			cat /tmp/*.log
			die "nothing listens on port $3 of $1"
		fi
		sleep 0.1
	done
}

title "Three hosts: a client without IPv4, a router, a server without IPv6"
for ns in client6 router server4; do
	sh_ ip netns add $ns
	ip netns exec $ns sysctl -qw net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.accept_dad=0
done
ip -n router link set lo up
ip -n server4 link set lo up
sh_ ip link add lan netns router type veth peer name net netns client6
sh_ ip link add wan netns router type veth peer name net netns server4
sh_ ip -n client6 addr add 2001:db8:1::2/64 dev net
sh_ ip -n client6 link set net up
sh_ ip -n router addr add 2001:db8:1::1/64 dev lan
sh_ ip -n router link set lan up
sh_ ip -n router addr add 203.0.113.1/24 dev wan
sh_ ip -n router link set wan up
server sysctl -qw net.ipv6.conf.all.disable_ipv6=1
sh_ ip -n server4 addr add 203.0.113.10/24 dev net
sh_ ip -n server4 link set net up
sh_ ip -n client6 route add default via 2001:db8:1::1
sh_ ip -n server4 route add 192.0.2.0/24 via 203.0.113.1
router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
client ip -4 addr
[ -z "$(ip -n client6 -4 addr)" ] || die "the client has an IPv4 address"

title "The router becomes a NAT64"
sh_ modprobe nat64
router nat64ctl instance add --pool6 64:ff9b::/96 --pool4 192.0.2.1
router nat64ctl instance show

title "The server has a page, and a name with only an IPv4 address"
mkdir /tmp/www
echo "Hello from a server that only knows IPv4" > /tmp/www/index.html
cat > /tmp/authority.conf <<-'CONF'
	server:
	    interface: 203.0.113.10
	    access-control: 0.0.0.0/0 allow
	    local-zone: "example.com." static
	    local-data: "www.example.com. A 203.0.113.10"
	    local-zone: "ipv4only.arpa." static
	    local-data: "ipv4only.arpa. A 192.0.0.170"
	    username: ""
	    chroot: ""
	    directory: "/tmp"
	    pidfile: ""
	    use-syslog: no
	    module-config: "iterator"
CONF
sh_ cat /tmp/authority.conf
background authority server4 unbound -d -c /tmp/authority.conf
background web server4 python3 -m http.server --directory /tmp/www 80
background iperf server4 iperf3 -s
listening server4 udp 53
listening server4 tcp 80
listening server4 tcp 5201

title "The router's resolver returns IPv6 addresses for IPv4-only names (DNS64)"
cat > /tmp/dns64.conf <<-'CONF'
	server:
	    interface: 2001:db8:1::1
	    access-control: 2001:db8:1::/64 allow
	    module-config: "dns64 iterator"
	    dns64-prefix: 64:ff9b::/96
	    username: ""
	    chroot: ""
	    directory: "/tmp"
	    pidfile: ""
	    use-syslog: no
	forward-zone:
	    name: "."
	    forward-addr: 203.0.113.10
CONF
sh_ cat /tmp/dns64.conf
background dns64 router unbound -d -c /tmp/dns64.conf
listening router udp 53
mkdir -p /etc/netns/client6
echo "nameserver 2001:db8:1::1" > /etc/netns/client6/resolv.conf
client cat /etc/resolv.conf
client getent ahosts www.example.com

title "The page, by name"
client curl -sS --fail --max-time 30 -w 'from %{remote_ip}\n' \
	http://www.example.com/ | tee /tmp/page
grep -q "only knows IPv4" /tmp/page || die "not the page that was expected"

title "A ping"
client ping -c 3 -i 0.3 -W 10 www.example.com

title "20 MB by TCP, there and back"
client iperf3 -c www.example.com -n 20M
client iperf3 -c www.example.com -n 20M -R

title "5 Mbit/s by UDP"
client iperf3 -c www.example.com -u -b 5M -t 2

title "An IPv4 address in place of a name: the client needs a CLAT (464XLAT)"
client curl -sS --max-time 30 http://203.0.113.10/ &&
	die "the client reaches IPv4 without a CLAT"
client nat64ctl clat up
client nat64ctl clat status
client curl -sS --fail --max-time 30 -w 'from %{remote_ip}\n' \
	http://203.0.113.10/ | tee /tmp/page
grep -q "only knows IPv4" /tmp/page || die "not the page that was expected"
client nat64ctl clat down
[ -z "$(ip -n client6 -4 addr)" ] || die "the CLAT has left an IPv4 address"

title "The tables of the NAT64 after this traffic"
router nat64ctl bib show | tee /tmp/bib
router nat64ctl session show
router nat64ctl stats show
grep -q 2001:db8:1::2 /tmp/bib || die "the client is not in the BIB"
