#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# clat.sh - nat64ctl clat gives a host of an IPv6-only network, and a LAN behind
# it, IPv4 by the NAT64 of that network (464XLAT), follows what changes, and undoes
# all of it:
#
#   lan host          client                   router             server4
#   (IPv4 only)       (CLAT)                   (PLAT)             (IPv4 only)
#   +-----+      +------------+           +-------------+        +-----+
#   | net |------| home   net |-----------| lan     wan |--------| net |
#   +-----+      +------------+           +-------------+        +-----+
#   192.168.7.2  192.168.7.1   RA of router: 198.51.100.1        198.51.100.2
#                              2001:db8:1::/64
#
# The tests are in clat.py, which sends the router's advertisements.

. "$(dirname "$0")/lib.sh"

begin
must modprobe tun
namespace "$client"
namespace "$router"
namespace "$server"
namespace "$hop6"
forwarding "$router"
cable "$client" net "$router" lan
cable "$router" wan "$server" net
cable "$client" home "$hop6" net
address "$router" lan 2001:db8:1::1/64 2001:db8:2::1/64
address "$router" wan 198.51.100.1/24
address "$server" net $server4/24
address "$client" home 192.168.7.1/24
address "$hop6" net 192.168.7.2/24
route "$hop6" default via 192.168.7.1
route "$server" 203.0.113.0/24 via 198.51.100.1
# A host: it takes the advertisements, and looks whether addresses are unique.
must c6 sysctl -qw net.ipv6.conf.net.accept_ra=1 \
	net.ipv6.conf.net.accept_dad=1 net.ipv6.conf.net.dad_transmits=1
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool6 2001:db8:64::/96 \
	--pool4 "$pool4"
head -c 3000000 /dev/urandom >"$tmp/file"
mkdir "$tmp/www"
mv "$tmp/file" "$tmp/www"
serve "$server" "$server4" 80 "$tmp/www"
# clat.py starts a DNS64 in front of it.
ipv4only_arpa "$router"
lanhost=$hop6
export client router server lanhost tmp
each python3 "$here/clat.py" "$@"
finish
