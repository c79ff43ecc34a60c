#!/bin/bash
# guest.sh FOLDER suites LIST | FOLDER script NUMBER SCRIPT: what run.py runs in a
# test machine, with the mutated suites in FOLDER. LIST has lines "NUMBER
# SUITE...". The file results in $NAT64_OUT says of each mutant that it begins,
# and then that it lived or which test killed it.
set -u

# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

say() { echo "$*" >> "$NAT64_OUT/results"; }

# suite NUMBER SUITE: print what fails of it, if anything does
suite() {
	local module=nat64_$2_kunit line

	dmesg -C
	echo "$1" > /sys/module/nat64_mutant/parameters/number
	if ! insmod "$folder/$module.ko"; then
		echo "$2 cannot be loaded"
		return
	fi
	rmmod "$module"
	line=$(dmesg | sed -E 's/^ +/ /' | vm_known |
	       sed -E 's/^\[ *[0-9.]+\] ?//' |
	       awk -v module="$module" -f "$top/test/kunit/flat.awk" |
	       grep -m1 -E "^not ok |$vm_bad")
	[ -z "$line" ] || echo "$2: ${line#not ok }"
}

suites() {
	local number names name failure

	modprobe nat64
	while read -r number names; do
		say "$number begins $names"
		failure=
		for name in $names; do
			failure=$(suite "$number" "$name")
			[ -z "$failure" ] || break
		done
		if [ -n "$failure" ]; then
			say "$number killed $failure"
		else
			say "$number lived"
		fi
	done < "$1"
	rmmod nat64
}

# script NUMBER SCRIPT: until its first failed test
script() {
	local line name

	name=$(basename "$2" .sh)
	echo "$1" > /sys/module/nat64_mutant/parameters/number
	say "$1 begins net/$name"
	while read -r line; do
		echo "$line"
		case $line in
		"not ok "*)
			say "$1 killed net/$name: ${line#not ok }"
			/bin/busybox poweroff -f
			;;
		"rc=0")
			say "$1 lived"
			;;
		"rc="*)
			say "$1 killed net/$name: ends with status ${line#rc=}"
			;;
		esac
	done < <(timeout -k 10 600 "$2" 2>&1 < /dev/null; echo "rc=$?")
}

folder=$1
shift
insmod "$folder/nat64_mutant.ko" || exit 1
case $1 in
suites) suites "$2" ;;
script) script "$2" "$3" ;;
esac
