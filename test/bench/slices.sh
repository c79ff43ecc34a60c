#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# slices.sh [FLOWS]: how long softirqs are off, at most, while a table of so many
# sessions (4,000,000) grows, is flushed in part, expires and is deleted with its
# instance, in a User-mode Linux of 2 GiB; and what memory it takes.
set -eu

# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

flows=${1:-4000000}
cd "$top"
test/deps.sh bench
make -s -C usr
uml=$(test/vm/uml-build.sh base)
test/vm/module.sh um-base > /dev/null
dir=$build/bench/slices
mkdir -p "$dir/gen" "$dir/nat64"

# kbuild DIR ARGS...: the modules in DIR
kbuild() {
	local log=$1.log

	make -s -C "$uml/tree" ARCH=um M="$1" -j"$(nproc)" "${@:2}" modules \
		> "$log" 2>&1 || {
		cat "$log" >&2
		vm_die "$1 does not build"
	}
}

cp -u test/bench/{gen.c,off.c,off.h} "$dir/gen"
echo 'obj-m += gen.o off.o' > "$dir/gen/Kbuild"
kbuild "$dir/gen"
vm_sources "$dir/nat64"
kbuild "$dir/nat64" KCFLAGS="-include $dir/gen/off.h" \
	KBUILD_EXTRA_SYMBOLS="$dir/gen/Module.symvers"
softirqs=$(awk '$3 == "softirq_vec" { print $1 }' "$uml/tree/System.map")
exec test/vm/uml.sh -v base -m 2G -t 900 -n slices test/bench/slices.py \
	--modules "$dir" --softirqs "0x$softirqs" --flows "$flows"
