#!/bin/bash
# net.sh [SCRIPT...]: the scripts of test/net on the stock kernels; all of them if
# none is named
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
[ $# -gt 0 ] || mapfile -t scripts < <(net_scripts)
[ $# = 0 ] || scripts=("$@")
for series in 6.1 6.12; do
	for script in "${scripts[@]}"; do
		nested "$series $(basename "$script" .sh)" \
			test/vm/run.sh "$series" "$script"
	done
done
finish
