#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# 6.12
#
# island.sh - IPv4-only devices behind a small router in an IPv6-only network: they
# reach the IPv4 internet through the small router's CLAT and the network's PLAT
# (464XLAT), and are reached from the IPv6-only network through a NAT64 that the
# small router has for them, beside its CLAT:
#
#   device          small router              PLAT                   server4
#   (IPv4 only)     (CLAT, NAT64)             (NAT64)                (IPv4 only)
#   +-----+      +--------------+      +------------------+         +-----+
#   | net |------| home     net |------| lan          wan |---------| net |
#   +-----+      +--------------+      | hosts            |         +-----+
#   192.168.7.2  192.168.7.1           +--|---------------+     198.51.100.2
#                2001:db8:1::2            |   2001:db8:1::1
#                                      +-----+
#                                      | net |  neighbour (IPv6 only), 2001:db8:3::2
#                                      +-----+
#
# 2001:db8:f::/64 is routed to the small router: with it, each device has an IPv6
# address of its own. The device 192.168.7.2 is 2001:db8:e::192.168.7.2 to hosts of
# the IPv6-only network.

. "$(dirname "$0")/lib.sh"

device=$hop6
neighbour=$hop4
device4=192.168.7.2
device6=2001:db8:f::c0a8:702
inward6=2001:db8:e::$device4

begin
for one in "$client" "$router" "$server" "$device" "$neighbour"; do
	namespace "$one"
done
forwarding "$client"
forwarding "$router"
cable "$device" net "$client" home
cable "$client" net "$router" lan
cable "$router" hosts "$neighbour" net
cable "$router" wan "$server" net
address "$device" net $device4/24
address "$client" home 192.168.7.1/24
address "$client" net 2001:db8:1::2/64
address "$router" lan 2001:db8:1::1/64
address "$router" hosts 2001:db8:3::1/64
address "$router" wan 198.51.100.1/24
address "$neighbour" net 2001:db8:3::2/64
address "$server" net $server4/24
route "$device" default via 192.168.7.1
route "$client" default via 2001:db8:1::1
route "$neighbour" default via 2001:db8:3::1
route "$router" 2001:db8:f::/64 via 2001:db8:1::2
route "$router" 2001:db8:e::/96 via 2001:db8:1::2
route "$server" 203.0.113.0/24 via 198.51.100.1
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"

mkdir "$tmp/www"
head -c 3000000 /dev/urandom >"$tmp/www/file"
serve "$server" "$server4" 80 "$tmp/www"
serve "$device" "$device4" 80 "$tmp/www"

clat_up() {
	c6 nat64ctl clat up --pref64 64:ff9b::/96 --lan 192.168.7.0/24 \
		--prefix 2001:db8:f::/64
}

# The PLAT knows the device by its own IPv6 address.
plat_sees() {
	local seen
	seen=$(r nat64ctl -j session show --proto tcp --v4 "$server4" |
		jq -r '[.[].src6] | unique | join(" ")')
	[ -n "$seen" ] || seen=$(r nat64ctl -j session show --proto tcp)
	same "the source that the PLAT sees" "$seen" "$device6"
}

check "the small router becomes a CLAT for the devices" clat_up
check "and a NAT64 for those who want to reach them" c6 nat64ctl instance add \
	island --pool6 2001:db8:e::/96 --pool4 192.168.7.1
check "a device pings an IPv4 literal" \
	inside "$device" ping -c 3 -i 0.2 -W 5 "$server4"
check "a device fetches from an IPv4 literal" \
	fetch "$device" "http://$server4/file" "$tmp/www/file"
check "the PLAT knows the device by an address of its own [6877-3]" plat_sees
check "an IPv6-only host pings the device" \
	inside "$neighbour" ping -c 3 -i 0.2 -W 5 "$inward6"
check "an IPv6-only host fetches from the device" \
	fetch "$neighbour" "http://[$inward6]/file" "$tmp/www/file"
check "the small router itself reaches IPv4" \
	fetch "$client" "http://$server4/file" "$tmp/www/file"
start echo "$server" python3 "$here/sock.py" echo "$server4" 7000
must listening "$server" udp 7000
check "the device learns the MTU of the path to the internet" \
	inside "$device" python3 "$here/sock.py" pmtu "$server4" 7000 1472
check "large datagrams go there and back in fragments" \
	inside "$device" python3 "$here/sock.py" datagrams "$server4" 7000 5 4000

# Both ways pass a firewall with the devices that they really take.
guard() {
	c6 nft -f - <<-'NFT'
	table inet guard {
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state established,related accept
			iifname "home" oifname "clat0" accept
			iifname "clat0" oifname "net" accept
			iifname "net" oifname "home" accept
			ip6 saddr 2001:db8:e::/96 ct state untracked accept
		}
	}
	NFT
}
check "the small router has a firewall that drops by default" guard
check "a device goes on to fetch" \
	fetch "$device" "http://$server4/file" "$tmp/www/file"
check "an IPv6-only host goes on to fetch" \
	fetch "$neighbour" "http://[$inward6]/file" "$tmp/www/file"

check "the CLAT is taken down" c6 nat64ctl clat down
check "the device no longer reaches the internet" \
	fails inside "$device" ping -c 1 -W 1 "$server4"
check "it is still reached from the IPv6-only network" \
	fetch "$neighbour" "http://[$inward6]/file" "$tmp/www/file"
check "the inward NAT64 can be deleted" c6 nat64ctl instance del island

finish
