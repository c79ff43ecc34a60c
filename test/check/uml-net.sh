#!/bin/bash
# uml-net.sh [SCRIPT...]: the scripts of test/net that have a line "# uml", in the
# User-mode Linux kernel with KASAN, lockdep and kmemleak
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

build_command || exit 1
mapfile -t scripts < <(net_scripts)
[ ${#scripts[@]} = 0 ] ||
	mapfile -t scripts < <(grep -lx '# uml' "${scripts[@]}")
[ $# = 0 ] || scripts=("$@")
for script in "${scripts[@]}"; do
	SECONDS=0
	nested "debug $(basename "$script" .sh)" test/vm/uml.sh -t 1800 "$script"
	echo "# $script: $SECONDS s"
done
finish
