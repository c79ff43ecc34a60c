#!/bin/bash
# run.sh [SUITE...]: the KUnit suites of this folder, in the User-mode Linux kernel
# with KASAN, lockdep and kmemleak: nat64.ko first, then each suite's module,
# which runs it. A suite is a module of its own, NAME_kunit.ko or test_NAME.ko:
# whatever *.ko the folder's Kbuild makes.
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/../check/lib.sh"

# results LOG MODULE...: the suites' test lines, from the kernel's log, one flat
# line a test (KTAP nests parameters in cases in suites), for each module
results() {
	local log=$1 module

	shift
	for module; do
		sed -nE "/nat64-kunit: begin $module\$/,/nat64-kunit: end $module\$/p" \
			"$log" | sed -E 's/^\[ *[0-9.]+\] ?//' |
			awk -v module="$module" -f test/kunit/flat.awk
	done
}

export NAT64_KUNIT=m
test/vm/module.sh um-debug > /dev/null || exit 1
src=$build/um-debug/src/test/kunit
mapfile -t modules < <(find "$src" -name '*.ko' -printf '%f\n' | sort)
modules=("${modules[@]%.ko}")
[ $# = 0 ] || modules=("$@")

log=$build/check/kunit.out
mkdir -p "$build/check"
test/vm/uml.sh -n kunit test/kunit/guest.sh "$src" "${modules[@]}" \
	> "$log" 2>&1
rc=$?
sed 's/^/# /' "$log"
dir=$(find "$build/vm" -maxdepth 1 -name 'kunit.*' -printf '%T@ %p\n' |
      sort -n | tail -n 1 | cut -d' ' -f2)
while read -r line; do
	case $line in
	"not ok "*) not_ok "${line#not ok }" ;;
	"ok "*SKIP*)
		line=${line#ok }
		skip "${line%% # SKIP*}" "${line##*# SKIP }"
		;;
	"ok "*) ok "${line#ok }" ;;
	*) echo "$line" ;;
	esac
done < <(results "$dir/kernel.ours" "${modules[@]}")
[ $rc = 0 ] || not_ok "the kernel the suites run in is well (status $rc)"
finish
