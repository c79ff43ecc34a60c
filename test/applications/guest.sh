#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh WAY|all [APPLICATION...] - in a test machine: real programs of a client use the
# services of the IPv4 internet over one of four ways. The client shares the address
# 203.0.113.1 in all of them, and has the TCP ports 50000 to 50007 of it for itself:
#
#   dual     IPv6, and a private IPv4 address behind the router's NAT44 (nftables)
#   nat64    IPv6 only; the router is NAT64 and DNS64
#   464xlat  IPv6 only, with a CLAT on the client; the router is the PLAT, without DNS64
#   dslite   IPv6 only, with a B4 on the client (ip6tnl); the router is the AFTR
#            (ip6tnl, NAT44 by nftables)
#
# The network is that of "topology" in test/net/lib.sh. For each application a line
# "result JSON" is printed: whether it works and, if not, the step, the message and the
# flow records of that time.

if [ "$1" = all ]; then
	rc=0
	for way in dual 464xlat nat64 dslite; do
		"$0" "$way" "${@:2}" || rc=1
	done
	exit $rc
fi

# shellcheck source=test/net/lib.sh
. "$(dirname "$0")/../net/lib.sh"
# shellcheck source=test/applications/apps.sh
. "$here/apps.sh"

way=$1
shift
ports=({50000..50007})

# --- the four ways ---------------------------------------------------------

nat44() {
	r nft -f - <<-NFT
		table ip nat44 {
			chain in {
				type nat hook prerouting priority dstnat;
				iifname "wan" ip daddr $pool4 tcp dport ${ports[0]}-${ports[-1]} dnat to $1
			}
			chain out {
				type nat hook postrouting priority srcnat;
				oifname "wan" snat to $pool4
			}
		}
	NFT
}

# inward ADDRESS6: the client's ports, as static BIB entries
inward() {
	local port
	for port in "${ports[@]}"; do
		must nat64 bib add --proto tcp "[$1]:$port" "$pool4:$port"
	done
}

nat64_way() {
	must nat64 instance add --pool6 64:ff9b::/96 --pool4 "$pool4"
	must nat64 config set logging-session on
}

set_up_dual() {
	address "$client" net 192.168.1.2/24
	address "$router" lan 192.168.1.1/24
	route "$client" default via 192.168.1.1
	must nat44 192.168.1.2
}

set_up_nat64() {
	nat64_way
	inward "$client6"
}

set_up_464xlat() {
	nat64_way
	must c6 nat64ctl clat up --pref64 64:ff9b::/96
	inward "$(c6 nat64ctl -j clat status | jq -r .address6)"
}

set_up_dslite() {
	must modprobe ip6_tunnel
	must ip -n "$client" link add b4 type ip6tnl mode ipip6 \
		local "$client6" remote 2001:db8:1::1 encaplimit none
	must ip -n "$router" link add aftr type ip6tnl mode ipip6 \
		local 2001:db8:1::1 remote "$client6" encaplimit none
	must ip -n "$client" link set b4 up
	must ip -n "$router" link set aftr up
	address "$client" b4 192.0.0.2/29
	address "$router" aftr 192.0.0.1/29
	route "$client" default dev b4
	must nat44 192.0.0.2
}

# The resolver of the client is the router; it asks the name server of the IPv4
# internet, where every name below "example" is the server.
resolver() {
	local modules=iterator
	[ "$way" != nat64 ] || modules="dns64 iterator"
	cat >"$tmp/authority.conf" <<-CONF
		server:
		    interface: $server4
		    access-control: 0.0.0.0/0 allow
		    local-zone: "example." redirect
		    local-data: "example. A $server4"
		    local-zone: "." refuse
		    username: ""
		    chroot: ""
		    directory: "$tmp"
		    pidfile: ""
		    use-syslog: no
		    module-config: "iterator"
	CONF
	cat >"$tmp/resolver.conf" <<-CONF
		server:
		    interface: 2001:db8:1::1
		    access-control: ::/0 allow
		    dns64-prefix: 64:ff9b::/96
		    username: ""
		    chroot: ""
		    directory: "$tmp"
		    pidfile: ""
		    use-syslog: no
		    module-config: "$modules"
		forward-zone:
		    name: "."
		    forward-addr: $server4
	CONF
	start authority "$server" unbound -d -c "$tmp/authority.conf"
	must listening "$server" udp 53
	start resolver "$router" unbound -d -c "$tmp/resolver.conf"
	must listening "$router" udp 53
	echo "nameserver 2001:db8:1::1" >/etc/resolv.conf
}

# --- flow records ----------------------------------------------------------

# The recorder is known to have written all that was before a ping as soon as that
# ping is there.
record() {
	case $way in
	nat64 | 464xlat) start flows "$router" nat64ctl monitor session ;;
	*) start flows "$router" stdbuf -oL conntrack -E -o timestamp ;;
	esac
	within 60 recorded
}

pings() { grep -ci ' icmp ' "$tmp/flows.log"; }

# recorded: by a ping of one more flow
recorded() {
	local before to=$server4
	before=$(pings)
	[ "$way" != nat64 ] || to=$server6
	c6 ping -c 1 -W 5 "$to" || return
	within 5 more_pings "$before"
}

more_pings() { (($(pings) > $1)); }

# --- one application -------------------------------------------------------

# step NAME COMMAND...: what an application is doing
step() {
	echo "$1" >"$tmp/step"
	say "step: $1" >&2
	shift
	"$@"
}

# message: the last that was printed, but for our own lines
message() {
	grep -v '^#' "$tmp/out" | grep '[[:alnum:]]' | tail -n 1 | cut -c-200 |
		tr -d '\r\033'
}

# try ID NAME: run the function app_ID
try() {
	local from rc=0 since=$SECONDS works=true
	echo "start" >"$tmp/step"
	within 60 recorded 2>"$tmp/err" || works=false
	from=$(wc -l <"$tmp/flows.log")
	: >"$tmp/flows"
	rm -f "$tmp/got"
	"app_$1" >"$tmp/out" 2>&1 </dev/null || rc=$?
	sed 's/^# //; s/^/# /' "$tmp/out" | tail -n 60
	if ((rc != 0)); then
		works=false
		within 60 recorded 2>"$tmp/err"
		tail -n "+$((from + 1))" "$tmp/flows.log" | grep -vi ' icmp ' |
			head -n 12 >"$tmp/flows"
		sed 's/^/# flow: /' "$tmp/flows"
	fi
	printf 'result '
	jq -nMc --arg way "$way" --arg id "$1" --arg name "$2" \
		--argjson works "$works" --arg step "$(cat "$tmp/step")" \
		--arg message "exit status $rc: $(message)" \
		--rawfile flows "$tmp/flows" \
		'{$way, $id, $name, $works} + if $works then {} else
			{$step, $message, $flows} end'
	say "$way, $2: works: $works, took $((SECONDS - since)) s"
}

topology
"set_up_$way"
resolver
head -c 300000 /dev/urandom >"$tmp/file"
chmod 755 "$tmp"
must record
offer_all "$@"
while IFS='|' read -r id name; do
	if (($# == 0)) || [[ " $* " = *" $id "* ]]; then
		try "$id" "$name"
	fi
done <<<"$applications"
[ "$way" != 464xlat ] || must c6 nat64ctl clat down
finish
