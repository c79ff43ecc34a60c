#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# traffic.sh - ordinary programs on both sides of the NAT64: what a user does
# all day has to work, at the sizes and with the offloads of every day.

. "$(dirname "$0")/lib.sh"

topology
must r nat64ctl instance add --pool6 64:ff9b::/96 --pool4 "$pool4"

# --- ping, RFC 6146 s3.5.3 (6146-13) ---------------------------------------

check "ping" c6 ping -c 3 -i 0.2 -W 5 "$server6"
# Fragments made by the kernels of both ends (6146-7).
check "ping of 4000 bytes, in fragments both ways" \
	c6 ping -c 3 -i 0.2 -W 5 -s 4000 "$server6"

# --- TCP -------------------------------------------------------------------

mkdir "$tmp/www"
head -c 20000000 /dev/urandom >"$tmp/www/large"
head -c 50000 /dev/urandom >"$tmp/www/small"
serve "$server" $server4 80 "$tmp/www"

# parallel: 20 connections at a time, each a session of its own
parallel() {
	local before urls=() i
	before=$(r nat64ctl session count --proto tcp)
	for i in {1..20}; do
		urls+=("http://[$server6]/small" -o "$tmp/small.$i")
	done
	c6 curl -sS --max-time 60 --parallel --parallel-immediate \
		--parallel-max 20 "${urls[@]}" || return
	for i in {1..20}; do
		cmp "$tmp/small.$i" "$tmp/www/small" || return
	done
	at_least "the number of new sessions" \
		$(($(r nat64ctl session count --proto tcp) - before)) 20
}

check "20 MB by HTTP arrive unchanged" \
	fetch "$client" "http://[$server6]/large" "$tmp/www/large"
check "20 connections at a time" parallel

start iperf "$server" iperf3 -s
must listening "$server" tcp 5201

# udp_rate: of 10 Mbit/s nearly everything arrives
udp_rate() {
	iperf -u -b 10M -t 2 -J >"$tmp/iperf.json" || return
	jq .end.sum "$tmp/iperf.json"
	jq -e '.end.sum | .packets > 500 and .lost_percent < 5' "$tmp/iperf.json"
}

check "iperf3, TCP to the server" iperf -n 20M
check "iperf3, TCP from the server" iperf -n 20M -R
check "iperf3, UDP" udp_rate

check "TCP super-packets stay whole, IPv6 to IPv4" kept_large wan
check "TCP super-packets stay whole, IPv4 to IPv6" kept_large lan -R

# --- a long-lived session --------------------------------------------------

# The same shell at the far end answers before and after other traffic.
ssh_session() {
	local dir=$tmp/ssh first second sshd rc=0 ask_shell
	mkdir -p "$dir" /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/user"
	cp "$dir/user.pub" "$dir/authorized_keys"
	start sshd "$server" /usr/sbin/sshd -D -e -f /dev/null -p 22 \
		-o HostKey="$dir/host" -o AuthorizedKeysFile="$dir/authorized_keys" \
		-o StrictModes=no -o UsePAM=no -o ListenAddress="$server4"
	sshd=$last
	listening "$server" tcp 22 || return
	# shellcheck disable=SC2016 # the shell at the far end expands it
	ask_shell='echo "$$ $SSH_CONNECTION"'
	coproc SSH { exec nsenter --net="/run/netns/$client" -- ssh -T \
		-F /dev/null -i "$dir/user" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o BatchMode=yes "root@$server6" \
		bash 2>"$dir/log"; }
	echo "$ask_shell" >&"${SSH[1]}"
	read -r -t 60 first <&"${SSH[0]}" || { cat "$dir/log"; return 1; }
	echo "the shell at the far end: $first"
	c6 ping -c 5 -i 0.2 -q "$server6" || return
	fetch "$client" "http://[$server6]/small" "$tmp/www/small" || return
	echo "$ask_shell" >&"${SSH[1]}"
	read -r -t 60 second <&"${SSH[0]}" || { cat "$dir/log"; return 1; }
	same "the shell at the far end" "$second" "$first" || rc=1
	same "the client there" "$(echo "$first" | cut -d' ' -f2)" "$pool4" || rc=1
	kill "$SSH_PID"
	stop "$sshd"
	return "$rc"
}

check "an ssh session goes on after other traffic" ssh_session

# --- UDP -------------------------------------------------------------------

start echo4 "$server" python3 "$here/sock.py" echo "$server4" 7000-7009
must listening "$server" udp 7009

# 1000 client ports, 10 destinations each: endpoint-independent mapping makes
# 1000 BIB entries of 10 sessions each (6146-10, 6146-17).
ten_thousand_flows() {
	r nat64ctl session flush || return
	c6 timeout 120 python3 "$here/sock.py" flows "$server6" 7000-7009 1000 ||
		return
	same "the number of UDP sessions" \
		"$(r nat64ctl session count --proto udp)" 10000 ||
		return
	same "the number of UDP BIB entries" "$(entries bib udp)" 1000
}

# The instance's own account of the same: sums over all protocols.
totals() {
	r nat64ctl -j instance show
	at_least "its sessions" "$(r nat64ctl -j instance show |
		jq '.[0].sessions')" 10000
}

check "10,000 UDP flows" ten_thousand_flows
check "the instance counts them" totals
check "UDP segmentation offload" \
	c6 python3 "$here/sock.py" segments "$server6" 7000

# --- the same with receive offloads on the router --------------------------

gro_on() {
	r ethtool -K lan gro on rx-gro-list on &&
		r ethtool -K wan gro on rx-gro-list on
}

check "generic receive offload can be on" gro_on
check "with it: 20 MB by HTTP arrive unchanged" \
	fetch "$client" "http://[$server6]/large" "$tmp/www/large"
check "with it: UDP datagrams stay as they were" \
	c6 python3 "$here/sock.py" segments "$server6" 7000

# --- from the IPv4 side: static BIB entries (6146-3, 6146-11) --------------

serve "$client" "[$client6]" 8080 "$tmp/www"
start echo6 "$client" python3 "$here/sock.py" echo "$client6" 9000
must listening "$client" udp 9000

check "no way in without a BIB entry" \
	fails s4 curl -sS --max-time 2 "http://$pool4:80/small"
must r nat64ctl bib add --proto tcp "[$client6]:8080" $pool4:80
must r nat64ctl bib add --proto udp "[$client6]:9000" $pool4:90
must r nat64ctl bib add --proto icmp "[$client6]:77" $pool4:99
check "HTTP by a static entry" \
	fetch "$server" "http://$pool4:80/small" "$tmp/www/small"
check "UDP by a static entry" s4 python3 "$here/sock.py" ask "$pool4" 90
check "ping by a static entry" s4 ping -e 99 -c 3 -i 0.2 -W 5 "$pool4"

finish
