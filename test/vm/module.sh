#!/bin/bash
# module.sh KVER|SUITE|um-base|um-debug: build the module of this tree for a kernel (see
# vm_find), in build/*/src, where the builds for other kernels cannot be disturbed, and
# print a folder with /lib/modules/VERSION as modprobe wants it: the kernel's own
# modules, and ours.
set -eu

# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

which=${1:?usage: module.sh KVER|SUITE|um-base|um-debug}
case $which in
um-*) ;;
*)
	vm_find "$which" || exit 99
	which=$vm_id
	;;
esac
mkdir -p "$build/$which"
exec 9> "$build/$which/lock"
flock 9

args=()
case $which in
um-*)
	uml=$("$top/test/vm/uml-build.sh" "${which#um-}")
	kdir=$uml/tree
	args=(ARCH=um)
	kver=$(cat "$kdir/include/config/kernel.release")
	if [ ! -d "$uml/root" ]; then
		rm -rf "$uml/root.new"
		make -s -C "$kdir" ARCH=um INSTALL_MOD_PATH="$uml/root.new" \
			modules_install >&2
		mv "$uml/root.new" "$uml/root"
	fi
	stock=$uml/root/lib/modules/$kver
	# It has no compiler of its own, as the kernels of other suites do.
	vm_make() {
		local src=$1

		shift
		make -C "$kdir" M="$src" "$@"
	}
	;;
*)
	stock=$vm_modules
	;;
esac

src=$build/$which/src
vm_sources "$src"
[ "${NAT64_KUNIT:-}" != m ] || args+=(NAT64_KUNIT=m)
vm_make "$src" -s "${args[@]}" -j"$(nproc)" modules \
	> "$build/$which/make.log" 2>&1 9>&- || {
	cat "$build/$which/make.log" >&2
	vm_die "the module does not build for $which"
}

root=$build/$which/root
dir=$root/lib/modules/$kver
# depmod takes seconds; only what it looks at in our module makes it run again.
seen=$(readlink -f "$stock/kernel"; stat -c %Y "$stock/modules.order"
       modinfo -F depends "$src/kernel/nat64.ko"
       modinfo -F alias "$src/kernel/nat64.ko"
       nm "$src/kernel/nat64.ko" | grep -E '__ksymtab|__crc' || :)
if [ "$seen" != "$(cat "$root/seen" 2>/dev/null)" ]; then
	rm -rf "$root"
	mkdir -p "$dir/updates"
	cp "$src/kernel/nat64.ko" "$dir/updates"
	vm_modroot "$root" "$stock" "$kver"
	echo "$seen" > "$root/seen"
else
	cmp -s "$src/kernel/nat64.ko" "$dir/updates/nat64.ko" ||
		cp "$src/kernel/nat64.ko" "$dir/updates"
fi
echo "$root"
