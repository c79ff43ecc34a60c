#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh BUILD: the tests of nat64ctl that need no kernel, on what was built in
# BUILD. Prints TAP, and at last the count.
set -u

build=$(realpath "$1")
top=$(realpath "$(dirname "$0")/../..")
cd "$top" || exit 1

export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=detect_leaks=1 LC_ALL=C.UTF-8
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# A program that dies does not print the results that its plan promises.
run() {
	local name=$1 rc plan results

	shift
	"$@" > "$log.one" 2>&1
	rc=$?
	cat "$log.one"
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log.one" | tail -n 1)
	results=$(grep -cE '^(not )?ok ' "$log.one")
	if [ "$results" != "${plan:-none}" ]; then
		echo "not ok - $name: $results results, status $rc"
	elif [ "$rc" != 0 ] && ! grep -q '^not ok ' "$log.one"; then
		echo "not ok - $name: ended with status $rc"
	fi
	rm -f "$log.one"
}

{
	for unit in args out nl show siit monitor plain savefile signals \
		pref64 clat; do
		run "$unit" "$build/test_$unit"
	done
	run files test/cli/files.py "$build/nat64ctl"
	run jool test/cli/jool.py "$build/nat64ctl"
	run cases test/cli/cases.sh "$build/nat64ctl" test/cli/cases.txt
	run completion test/cli/completion.sh usr/completion/nat64ctl.bash
	if python3 -c 'import yaml' 2> /dev/null; then
		run spec test/cli/spec_check.py include/nat64.yaml \
			include/uapi/linux/nat64.h usr/cmd/counters.c \
			usr/config/keys_table.h usr/man/nat64ctl.8
	else
		echo "ok - spec # SKIP there is no python3-yaml"
	fi
} | tee "$log"

skipped=$(grep -ciE '^ok .*# *skip' "$log")
passed=$(($(grep -cE '^ok ' "$log") - skipped))
failed=$(grep -cE '^not ok ' "$log")
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
