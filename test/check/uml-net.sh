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
nested debug test/vm/uml.sh -t 7200 -n net-debug test/check/each.sh debug "${scripts[@]}"
finish
