#!/bin/bash
# net.sh [SCRIPT...]: the scripts of test/net on the stock kernels; all of them if
# none is named. One with a line "# 6.12" is not run on 6.1: emulation takes long,
# and most of these run in User-mode Linux, which is a 6.1, too; one with a line
# "# only uml" is not run here at all; one with a line "# one processor" is not
# given two.
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
[ $# -gt 0 ] || mapfile -t scripts < <(net_scripts)
[ $# -gt 0 ] || mapfile -t scripts < <(grep -Lx '# only uml' "${scripts[@]}")
[ $# = 0 ] || scripts=("$@")
for series in 6.1 6.12; do
	for script in "${scripts[@]}"; do
		if [ $series = 6.1 ] && grep -qx '# 6.12' "$script"; then
			continue
		fi
		cpus=2
		! grep -qx '# one processor' "$script" || cpus=1
		nested "$series $(basename "$script" .sh)" \
			test/vm/run.sh -c $cpus "$series" "$script"
	done
done
finish
