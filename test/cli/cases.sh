#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cases.sh NAT64CTL FILE: run the command lines of FILE, which need no kernel.
#
# A line is ARGUMENTS ; STATUS ; REGEX. Wrong usage (1) prints one line to
# stderr that matches REGEX, and nothing to stdout; help (0) prints to stdout
# only. Arguments are quoted as in a shell.
set -u

nat64ctl=$1
file=$2
n=0
failed=0
out=$(mktemp)
err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT

result() {
	local why=$1

	n=$((n + 1))
	if [ -z "$why" ]; then
		echo "ok $n - nat64ctl $args"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $n - nat64ctl $args: $why"
	sed 's/^/# /' "$out" "$err"
}

# judge STATUS EXPECTED REGEX: print what is wrong with the outputs
judge() {
	local text=$err silent=$out

	[ "$2" != 0 ] || { text=$out; silent=$err; }
	if [ "$1" != "$2" ]; then
		echo "status $1 instead of $2"
	elif [ -s "$silent" ]; then
		echo "prints to the wrong place"
	elif ! grep -qE -e "$3" "$text"; then
		echo "does not print $3"
	elif [ "$2" = 1 ] && [ "$(wc -l < "$err")" != 1 ]; then
		echo "prints more than one sentence"
	elif [ "$2" = 1 ] && ! grep -q '^nat64ctl: .*: .' "$err"; then
		echo "does not say what to do"
	fi
}

while IFS= read -r line; do
	case $line in
	"" | "#"*) continue ;;
	esac
	args=${line%% ; *}
	regex=${line##* ; }
	rc=${line#* ; }
	rc=${rc%% ; *}
	eval "set -- $args"
	"$nat64ctl" "$@" > "$out" 2> "$err" < /dev/null
	result "$(judge $? "$rc" "$regex")"
done < "$file"
echo "1..$n"
[ "$failed" = 0 ] && [ "$n" -gt 0 ]
