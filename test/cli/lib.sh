# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# lib.sh: what the tests of nat64ctl against the module share. A script that
# sources it goes on as root, in a network namespace and an empty folder of its
# own, which are gone when it ends, with what it has put into $spaces and
# $children. It prints TAP: a result for each test, and finish at the end.
set -u

self=$(realpath "$0")
# shellcheck disable=SC2034 # used by those who source it
top=$(dirname "$(dirname "$(dirname "$self")")")
nat64ctl=$(command -v nat64ctl) || exit

if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 4
fi
if [ -z "${NAT64_CLI_NETNS:-}" ]; then
	NAT64_CLI_NETNS=1 exec unshare -n "$self" "$@"
fi

host=nat64in$$
spaces=("$host")
children=()
work=$(mktemp -d)
known=
tests=0
failed=0
cleanup() {
	local name

	[ ${#children[@]} = 0 ] || kill "${children[@]}" 2> /dev/null
	for name in "${spaces[@]}"; do
		ip netns del "$name" 2> /dev/null
	done
	rm -rf "$work"
}
trap cleanup EXIT
cd "$work" || exit 1

# result NAME WHY: the test has passed if there is nothing to say
result() {
	tests=$((tests + 1))
	if [ -z "$2" ]; then
		echo "ok $tests $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $tests $1"
	{
		echo "$2"
		cat out err
	} 2> /dev/null | sed 's/^/# /'
}

finish() {
	echo "1..$tests"
	[ "$failed" = 0 ]
	exit
}

run() {
	"$nat64ctl" "$@" > out 2> err < /dev/null
}

# unprivileged ARGUMENT...: run nat64ctl without privilege, from a copy, as the
# tree may be out of reach
unprivileged() {
	[ -x nat64ctl ] || cp "$nat64ctl" nat64ctl
	chmod 755 "$work" nat64ctl
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		./nat64ctl "$@" > out 2> err < /dev/null
}

# look: into $known, all that a command could change, which the script's state
# prints; asked for again only if something was to, for machines without KVM take
# their time to start a program
look() {
	[ -n "$known" ] || known=$(state)
}

# silently NAME ARGS...: it succeeds and prints nothing
silently() {
	local name=$1 why="" rc

	shift
	known=
	run "$@"
	rc=$?
	[ "$rc" = 0 ] || why="status $rc"
	[ ! -s err ] && [ ! -s out ] || why="$why, prints something"
	result "$name" "$why"
}

# inside_host: the namespace of one, behind this one
#
#   IPv6 host --- v1 | v0 --- translator (this namespace)
#   2001:db8::5                 2001:db8::1
inside_host() {
	ip netns add "$host" &&
	ip link add v0 type veth peer name v1 netns "$host" &&
	ip addr add 2001:db8::1/64 dev v0 nodad &&
	ip link set lo up && ip link set v0 up &&
	ip -n "$host" link set lo up && ip -n "$host" link set v1 up &&
	ip -n "$host" addr add 2001:db8::5/64 dev v1 nodad &&
	ip -n "$host" route add default via 2001:db8::1 &&
	echo 1 > /proc/sys/net/ipv4/ip_forward &&
	echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
}
