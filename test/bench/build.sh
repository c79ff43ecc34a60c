#!/bin/bash
# build.sh [KVER]: build what `make bench` loads beside the module, into User-mode
# Linux or into the stock kernel KVER: gen.c, and Debian's Jool, which is unpacked
# and not installed, and kept in the cache. Prints the folders of the two.
set -eu

# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

if [ $# -gt 0 ]; then
	kver=$(vm_kernel "$1") || vm_die "no kernel $1 with headers is installed"
	kernel=(-C "/lib/modules/$kver/build")
	jool=$cache/bench-$kver/jool
	mkdir -p "${jool%/*}"
	gen=$build/bench/gen-$kver
else
	uml=$("$top/test/vm/uml-build.sh" base)
	kernel=(-C "$uml/tree" ARCH=um)
	jool=$uml/jool
	gen=$build/bench/gen
fi

# kbuild DIR: the modules in DIR
kbuild() {
	make -s "${kernel[@]}" M="$1" -j"$(nproc)" modules \
		> "$1.log" 2>&1 || {
		cat "$1.log" >&2
		vm_die "$1 does not build"
	}
}

# version PACKAGE: the one that apt would get
version() {
	apt-cache policy "$1" | awk '/Candidate:/ { print $2 }'
}

# fetch DIR: Jool's two packages, unpacked
fetch() {
	(
		cd "$1"
		get=(apt-get -qq -o APT::Sandbox::User=root
		     download jool-dkms jool-tools)
		"${get[@]}" || { apt-get -qq update && "${get[@]}"; }
		for deb in ./*.deb; do
			dpkg -x "$deb" .
		done
	) >&2
}

build_jool() {
	local new=$1.new

	echo "bench: building Jool in $1 (once)" >&2
	rm -rf "$new"
	mkdir -p "$new/unpacked" "$new/bin"
	fetch "$new/unpacked"
	cp -r "$new"/unpacked/usr/src/jool-dkms-*/src "$new/src"
	echo 'obj-m += mod/common/ mod/nat64/ mod/siit/' > "$new/src/Kbuild"
	kbuild "$new/src"
	cp "$new"/src/mod/{common,nat64,siit}/*.ko "$new"
	cp "$new"/unpacked/usr/bin/jool{,_siit} "$new/bin"
	rm -rf "$new/unpacked" "$new/src"
	rm -rf "$1"
	mv "$new" "$1"
}

version=$(version jool-dkms)
if [ -z "$version" ]; then
	apt-get -qq update >&2
	version=$(version jool-dkms)
fi
[ -n "$version" ] || vm_die "Debian's jool-dkms is not to be had"
jool+=-$version
[ -e "$jool/jool_siit.ko" ] || build_jool "$jool"

mkdir -p "$gen"
cp -u "$top"/test/bench/{gen.c,Kbuild} "$gen"
kbuild "$gen"
echo "$gen/gen.ko $jool"
