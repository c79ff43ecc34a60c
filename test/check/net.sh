#!/bin/bash
# net.sh [SCRIPT...]: the scripts of test/net on the stock kernels; all of them if
# none is named. Emulation is slow, and most of them run in User-mode Linux, which is
# a 6.1, too. So a line in a script limits where it runs:
#
#	# 6.12			not on 6.1
#	# full			only if FULL is set (make check FULL=1): what it
#				tests does not depend on the kernel
#	# only uml		not here at all
#	# one processor, # four processors
#				on that many; the others on two
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
[ $# -gt 0 ] || mapfile -t scripts < <(net_scripts)
[ $# -gt 0 ] || mapfile -t scripts < <(grep -Lx '# only uml' "${scripts[@]}")
[ $# -gt 0 ] || [ -n "${FULL:-}" ] ||
	mapfile -t scripts < <(grep -Lx '# full' "${scripts[@]}")
[ $# = 0 ] || scripts=("$@")

# machine CPUS SERIES SCRIPT...: to boot one takes longer than most scripts do
machine() {
	local cpus=$1 series=$2

	shift 2
	[ $# = 0 ] || nested "$series" test/vm/run.sh -t 7200 -c "$cpus" \
		-n "net-$series-$cpus" "$series" test/check/each.sh "$series" "$@"
}

for series in 6.1 6.12; do
	one=() two=() four=()
	for script in "${scripts[@]}"; do
		if [ $series = 6.1 ] && grep -qx '# 6.12' "$script"; then
			continue
		elif grep -qx '# one processor' "$script"; then
			one+=("$script")
		elif grep -qx '# four processors' "$script"; then
			four+=("$script")
		else
			two+=("$script")
		fi
	done
	machine 2 $series "${two[@]}"
	machine 1 $series "${one[@]}"
	machine 4 $series "${four[@]}"
done
finish
