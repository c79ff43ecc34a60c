# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# lib.sh - what the scripts in this folder share. A script sources it, calls
# topology (or topology_hops), runs `check NAME COMMAND...` for each test and
# ends with finish. Every command is echoed before it runs, as a "#" line, so
# that the log tells how to repeat by hand what was done.
#
# topology:
#
#   client6                  router                   server4
#   (IPv6 only)              (nat64)                  (IPv4 only)
#   +-----------+      +-----------------+      +-----------+
#   |       net |------| lan         wan |------| net       |
#   +-----------+      +-----------------+      +-----------+
#   2001:db8:1::2/64   2001:db8:1::1/64
#   default via        198.51.100.1/24          198.51.100.2/24
#   2001:db8:1::1                               203.0.113.0/24 via 198.51.100.1
#
# topology_hops, the same with one more router on each side of the NAT64:
#
#   client6         hop6             router            hop4          server4
#   +-----+      +-----------+     +-----------+     +-----------+     +-----+
#   | net |------| in    out |-----| lan   wan |-----| in    out |-----| net |
#   +-----+      +-----------+     +-----------+     +-----------+     +-----+
#   2001:db8:1::2/64               2001:db8:6::1/64
#         2001:db8:1::1/64         192.0.2.1/24                  198.51.100.2/24
#                  2001:db8:6::2/64             192.0.2.2/24
#                                                    198.51.100.1/24
#
# In both, the servers' IPv4 addresses are reached by way of 64:ff9b::/96, and
# 203.0.113.0/24 is routed to the router, which takes its pool4 from it.

set -u

# shellcheck source=../vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
script=$(basename "$0")
tmp=$(mktemp -d "/tmp/$script.XXXXXX")
marker="nat64 test $script $$ begins"

client=nat64-client-$$
hop6=nat64-hop6-$$
router=nat64-router-$$
hop4=nat64-hop4-$$
server=nat64-server-$$

# The addresses of the topology, as the tests name them.
client6=2001:db8:1::2
server4=198.51.100.2
server6=64:ff9b::198.51.100.2
pool4=203.0.113.1
export here client6 server4 server6 pool4

exec {stdout}>&1
tests=0
failed=0
finished=
reason=
namespaces=()
jobs=()

# A first and a last netfilter hook make the kernel rewrite its own code, which
# the processors of an emulator do not always see in time: they run into a
# breakpoint that is gone. Hooks that stay keep the code as it is.
nft -f - <<-'NFT'
	table inet nat64_test_hooks {
		chain prerouting { type filter hook prerouting priority 0; }
		chain input { type filter hook input priority 0; }
		chain forward { type filter hook forward priority 0; }
		chain output { type filter hook output priority 0; }
		chain postrouting { type filter hook postrouting priority 0; }
	}
NFT

# --- output ----------------------------------------------------------------

say() { printf '# %s\n' "${*//$'\n'/$'\n# '}"; }

# passed NAME, not_passed NAME REASON: one KTAP line
passed() { printf 'ok %d %s\n' $((++tests)) "$1"; }

not_passed() {
	printf 'not ok %d %s - %s\n' $((++tests)) "$1" "${2//$'\n'/ }"
	failed=$((failed + 1))
}

# check NAME COMMAND...: the test NAME passes if COMMAND succeeds. What the
# command prints goes to the log; its last line is the reason of a failure.
check() {
	local name=$1 rc=0 since=$SECONDS
	shift
	say "--- $name: $*"
	"$@" >"$tmp/out" 2>&1 </dev/null || rc=$?
	sed 's/^# //; s/^/# /' "$tmp/out"
	say "took $((SECONDS - since)) s"
	if ((rc == 0)); then
		passed "$name"
	else
		not_passed "$name" "exit $rc: $(grep . "$tmp/out" | tail -n 1)"
	fi
}

# each COMMAND...: COMMAND prints a line "pass NAME" or "fail NAME - REASON" for
# each of its tests, and must end with exit status 0 and at least one test.
each() {
	local line last_line='' rc=0 before=$tests
	say "$*"
	rm -f "$tmp/each"
	mkfifo "$tmp/each"
	"$@" >"$tmp/each" 2>&1 </dev/null &
	while IFS= read -r line; do
		case $line in
		'pass '*) passed "${line#pass }" ;;
		'fail '*)
			line=${line#fail }
			not_passed "${line%% - *}" "${line#* - }"
			;;
		*) say "$line" ;;
		esac
		last_line=$line
	done <"$tmp/each"
	wait $! || rc=$?
	if ((rc != 0 || tests == before)); then
		not_passed "$* to its end" "exit $rc: $last_line"
	fi
}

# must COMMAND...: a step of the set-up; the script ends if it fails
must() {
	say "$*"
	if ! "$@" >"$tmp/must" 2>&1 </dev/null; then
		cat "$tmp/must"
		reason="$1 ${2:-} failed: $(tail -n 1 "$tmp/must")"
		exit 1
	fi
}

# --- commands in the namespaces --------------------------------------------

# enter NAMESPACE COMMAND...: the nsenter of busybox loads no library, which takes
# longer here than most commands do. It would run its own instead of a command, were it
# not told where that is.
enter() {
	local ns=$1
	shift
	hash -- "$1" 2>/dev/null
	busybox nsenter --net="/run/netns/$ns" -- "${BASH_CMDS[$1]:-$1}" "${@:2}"
}

inside() {
	local ns=$1
	shift
	say "[${ns#nat64-}] $*" >&2
	enter "$ns" "$@"
}

c6() { inside "$client" "$@"; }
h6() { inside "$hop6" "$@"; }
r() { inside "$router" "$@"; }
h4() { inside "$hop4" "$@"; }
s4() { inside "$server" "$@"; }

# start NAME NAMESPACE COMMAND...: in the background; what it prints goes to
# $tmp/NAME.log; its process id is $last
start() {
	local name=$1 ns=$2
	shift 2
	say "[${ns#nat64-}] $* &"
	(exec nsenter --net="/run/netns/$ns" -- "$@") \
		>"$tmp/$name.log" 2>&1 </dev/null {stdout}>&- &
	last=$!
	jobs+=("$last")
}

# stop PID: end a process of start and wait for it
stop() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

# within SECONDS COMMAND...: repeat COMMAND until it succeeds
within() {
	local end=$((SECONDS + $1))
	say "until it succeeds, $1 s at most: ${*:2}" >&2
	shift
	until "$@" >"$tmp/within" 2>&1; do
		if ((SECONDS >= end)); then
			cat "$tmp/within"
			echo "not within its time: $*"
			return 1
		fi
		sleep 0.1
	done
}

# fails COMMAND...: succeeds if COMMAND does not
fails() {
	if "$@"; then
		echo "succeeded, but should not: $*"
		return 1
	fi
}

# same WHAT ACTUAL EXPECTED
same() {
	if [ "$2" != "$3" ]; then
		echo "$1 is '$2', expected '$3'"
		return 1
	fi
}

# at_least WHAT ACTUAL EXPECTED
at_least() {
	if (($2 < $3)); then
		echo "$1 is $2, expected $3 or more"
		return 1
	fi
}

has_socket() {
	local port
	printf -v port %04X "$3"
	enter "$1" grep -Eq \
		"^ *[0-9]+: [0-9A-F]+:$port [0-9A-F]+:0000 " "/proc/net/$2"{,6}
}

# listening NAMESPACE tcp|udp PORT: wait until a socket is bound to PORT
listening() { within 20 has_socket "$@"; }

# serve NAMESPACE ADDRESS PORT DIRECTORY: its files by HTTP
serve() {
	start "httpd-$2-$3" "$1" busybox httpd -f -p "$2:$3" -h "$4"
	must listening "$1" tcp "$3"
}

# fetch NAMESPACE URL FILE: what comes by HTTP is the content of FILE
fetch() {
	inside "$1" timeout 30 busybox wget -q -O "$tmp/got" "$2" &&
		cmp "$tmp/got" "$3"
}

# name_server NAME NAMESPACE ADDRESS PORT [MODULES]: unbound, with its modules
# (iterator) and the settings of standard input, which go on with the part "server"
name_server() {
	{
		cat <<-CONF
			server:
			    interface: $3@$4
			    access-control: 0.0.0.0/0 allow
			    access-control: ::/0 allow
			    username: ""
			    chroot: ""
			    directory: "$tmp"
			    pidfile: ""
			    use-syslog: no
			    module-config: "${5:-iterator}"
		CONF
		cat
	} >"$tmp/$1.conf"
	start "$1" "$2" unbound -d -c "$tmp/$1.conf"
	must listening "$2" udp "$4"
}

# ipv4only_arpa NAMESPACE: a name server on port 5300 that knows ipv4only.arpa
# (RFC 7050), for a DNS64 in front of it
ipv4only_arpa() {
	name_server authority "$1" 127.0.0.1 5300 <<-CONF
		local-zone: "ipv4only.arpa." static
		local-data: "ipv4only.arpa. A 192.0.0.170"
		local-data: "ipv4only.arpa. A 192.0.0.171"
	CONF
}

# iperf ARGUMENT...: a transfer between the client and iperf3 on the server
iperf() { c6 timeout 60 iperf3 -c "$server6" "$@"; }

# kept_large DEV ARGUMENT...: GSO super-packets leave the router as they came:
# packets larger than the MTU go out of DEV while iperf ARGUMENT... runs.
kept_large() {
	local dev=$1 dump
	shift
	start tcpdump "$router" timeout 30 tcpdump -i "$dev" -c 5 -nn -Q out \
		--immediate-mode 'greater 3000'
	dump=$last
	within 20 grep -q 'listening on' "$tmp/tcpdump.log" || return
	iperf -n 10M "$@" || return
	wait "$dump"
	cat "$tmp/tcpdump.log"
	at_least "the number of packets of more than 3000 bytes" \
		"$(grep -c ' length [0-9]' "$tmp/tcpdump.log")" 5
}

# both_sides SERVER6 HOST4: the client, with an EAM entry for HOST4, and the server, its
# SERVER6, are reached by each other; leaves $tmp/www/large, 20 MB, on both, and an
# echo server for datagrams on the server's port 7000.
both_sides() {
	check "ping" c6 ping -c 3 -i 0.2 -W 5 "$1"
	check "ping from the IPv4 side" inside "$server" ping -c 3 -i 0.2 -W 5 "$2"
	mkdir "$tmp/www"
	head -c 20000000 /dev/urandom >"$tmp/www/large"
	serve "$server" "$server4" 80 "$tmp/www"
	check "20 MB by HTTP arrive unchanged" \
		fetch "$client" "http://[$1]/large" "$tmp/www/large"
	serve "$client" "[$client6]" 8080 "$tmp/www"
	check "20 MB by HTTP from the node with an EAM entry" \
		fetch "$server" "http://$2:8080/large" "$tmp/www/large"
	start echo "$server" python3 "$here/sock.py" echo "$server4" 7000
	must listening "$server" udp 7000
}

# --- nat64ctl --------------------------------------------------------------

nat64() { r nat64ctl "$@"; }

# counter KEY: one of the statistics of the instance "default"
counter() {
	[[ $(r nat64ctl -j stats show --all) =~ \"$1\":\ *([0-9]+) ]] &&
		echo "${BASH_REMATCH[1]}"
}

# entries bib|session [PROTOCOL]: how many there are
entries() { r nat64ctl -j "$1" show ${2:+--proto "$2"} | jq length; }

# --- set-up ----------------------------------------------------------------

# ICMP errors are not limited in rate, so that none is missed. Some of these
# limits are the machine's, some the namespace's; it depends on the kernel.
icmp_limits=(net.ipv4.icmp_msgs_per_sec=1000000
	net.ipv4.icmp_msgs_burst=1000000)

namespace() {
	must ip netns add "$1"
	namespaces+=("$1")
	inside "$1" sysctl -qew net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.dad_transmits=0 \
		net.ipv6.conf.default.accept_ra=0 \
		net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		"${icmp_limits[@]}"
	must ip -n "$1" link set lo up
}

# cable NS1 DEV1 NS2 DEV2: a veth pair
cable() {
	must ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	must ip -n "$1" link set "$2" up
	must ip -n "$3" link set "$4" up
}

# address NS DEV ADDRESS...
address() {
	local ns=$1 dev=$2 a
	shift 2
	for a; do must ip -n "$ns" address add "$a" dev "$dev" nodad; done
}

# route NS ARGUMENTS...
route() {
	local ns=$1
	shift
	must ip -n "$ns" route add "$@"
}

forwarding() {
	inside "$1" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
}

# begin: what precedes every test. A module left over by an earlier script would
# make this one lie.
begin() {
	trap abandon EXIT
	must test ! -d /sys/module/nat64
	echo "$marker" >/dev/kmsg
	must modprobe nat64
	must sysctl -qew "${icmp_limits[@]}"
}

topology() {
	begin
	namespace "$client"
	namespace "$router"
	namespace "$server"
	forwarding "$router"
	cable "$client" net "$router" lan
	cable "$router" wan "$server" net
	address "$client" net $client6/64
	address "$router" lan 2001:db8:1::1/64
	address "$router" wan 198.51.100.1/24
	address "$server" net $server4/24
	route "$client" default via 2001:db8:1::1
	route "$server" 203.0.113.0/24 via 198.51.100.1
}

topology_hops() {
	begin
	namespace "$client"
	namespace "$hop6"
	namespace "$router"
	namespace "$hop4"
	namespace "$server"
	forwarding "$hop6"
	forwarding "$router"
	forwarding "$hop4"
	cable "$client" net "$hop6" in
	cable "$hop6" out "$router" lan
	cable "$router" wan "$hop4" in
	cable "$hop4" out "$server" net
	address "$client" net $client6/64
	address "$hop6" in 2001:db8:1::1/64
	address "$hop6" out 2001:db8:6::2/64
	address "$router" lan 2001:db8:6::1/64
	address "$router" wan 192.0.2.1/24
	address "$hop4" in 192.0.2.2/24
	address "$hop4" out 198.51.100.1/24
	address "$server" net $server4/24
	route "$client" default via 2001:db8:1::1
	route "$hop6" default via 2001:db8:6::1
	route "$router" 2001:db8:1::/64 via 2001:db8:6::2
	route "$router" default via 192.0.2.2
	route "$hop4" 203.0.113.0/24 via 192.0.2.1
	route "$server" default via 198.51.100.1
}

# mac NS DEV: its link-layer address
mac() {
	local address
	read -r _ _ address _ <<<"$(ip -n "$1" -br link show dev "$2")"
	echo "$address"
}

# wires: for tests that send and see raw packets at the ends of the topology.
# Hosts that are only in those packets are reached through the ends, whose own
# addresses need no neighbour discovery. Plain IPv4 crosses the router, too.
wires() {
	local client_mac
	client_mac=$(mac "$client" net)
	server_mac=$(mac "$server" net)
	must ip -n "$router" neigh add $client6 dev lan lladdr "$client_mac"
	must ip -n "$router" neigh add $server4 dev wan lladdr "$server_mac"
	must ip -n "$router" neigh add 192.0.2.94 dev lan lladdr "$client_mac"
	route "$router" 2001:db8:c::/48 via $client6
	route "$router" 192.0.2.0/24 via $server4
	route "$router" 192.0.2.94/32 dev lan
	# What is seen on a wire is complete only if no checksum is left to it.
	must r ethtool -K lan tx off
	must r ethtool -K wan tx off
	lan_mac=$(mac "$router" lan)
	wan_mac=$(mac "$router" wan)
	export client router server lan_mac wan_mac server_mac
}

# --- the end ---------------------------------------------------------------

stop_jobs() {
	local pid
	for pid in "${jobs[@]}"; do stop "$pid"; done
	jobs=()
}

# agrees NAME: the tables of an instance agree with each other, as soon as nothing
# begins or ends for a moment
agrees() {
	local moving=true end=$((SECONDS + 30))
	while [ "$moving" = true ]; do
		r nat64ctl -j instance check "$1" >"$tmp/check" || break
		moving=$(jq .moving "$tmp/check")
		((SECONDS < end)) || break
	done
	jq -r '.faults[]' "$tmp/check"
	jq -e '(.moving or .disagreements > 0) | not' "$tmp/check" >"$tmp/jq"
}

tables_agree() {
	local name
	for name in $(r nat64ctl -j instance show | jq -r '.[].instance'); do
		agrees "$name" || return
	done
}

delete_instances() {
	local name
	for name in $(r nat64ctl -j instance show | jq -r '.[].instance'); do
		nat64 instance del "$name" || return
	done
	same "the list of instances" "$(r nat64ctl -j instance show)" "[]"
}

delete_namespaces() {
	local ns
	for ns in "${namespaces[@]}"; do
		ip netns del "$ns" || return
	done
	namespaces=()
}

# kernel_is_content: nothing in the kernel's log since begin looks like a fault.
# If the log has lost its beginning, all that is left is since begin.
kernel_is_content() {
	dmesg >"$tmp/log"
	if grep -qF "$marker" "$tmp/log"; then
		sed -i "1,/$marker/d" "$tmp/log"
	fi
	# A trace has a head line, which is looked for; kmemleak prints traces
	# of no meaning when a module is loaded.
	if grep -E "${vm_bad/|Call Trace:/}" "$tmp/log" >"$tmp/bad"; then
		tail -n 200 "$tmp/log"
		cat "$tmp/bad"
		return 1
	fi
}

# abandon: the script has ended in the midst of its tests, perhaps of a check
abandon() {
	[ -n "$finished" ] && return
	trap - EXIT
	exec >&"$stdout"
	[ -e "$tmp/out" ] && sed 's/^# //; s/^/# /' "$tmp/out"
	not_passed "ran to its end" "${reason:-the script broke off}"
	finish
}

# finish: everything made is taken away again, which is tested too
finish() {
	finished=yes
	stop_jobs
	if ip netns list | grep -qw "$router"; then
		check "the tables agree with each other" tables_agree
		check "instances can be deleted" delete_instances
	fi
	check "namespaces can be deleted" delete_namespaces
	check "the module can be removed" within 10 rmmod nat64
	check "the kernel has nothing to complain of" kernel_is_content
	rm -rf "$tmp"
	echo "1..$tests"
	exit $((failed > 0))
}
