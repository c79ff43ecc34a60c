#!/bin/bash
# uml-build.sh base|debug: build the User-mode Linux kernel of that variant from
# Debian's kernel source, once, and print the folder that holds it: `linux`
# (the program) and `tree` (to build modules against). A build is kept under a
# name made of the source's version and the configuration.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
variant=${1:?usage: uml-build.sh base|debug}
cache=${NAT64_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nat64}
source=/usr/src/linux-source-6.1.tar.xz

fragments=("$here/um-base.config")
[ "$variant" = debug ] && fragments+=("$here/um-debug.config")
version=$(dpkg-query -W -f '${Version}' linux-source-6.1)
hash=$(cat "${fragments[@]}" "$0" | sha256sum | cut -c1-12)
out=$cache/uml-$version-$variant-$hash
if [ -x "$out/linux" ]; then
	echo "$out"
	exit 0
fi

rm -rf "$out" "$out.new"
mkdir -p "$out.new"
{
	echo "uml-build: building the $variant kernel $version in $out (once)"
	tar -C "$out.new" -xf "$source" --strip-components=1 --one-top-level=tree
	cd "$out.new/tree"
	make -s ARCH=um defconfig
	scripts/kconfig/merge_config.sh -m .config "${fragments[@]}"
	make -s ARCH=um olddefconfig
	make -s ARCH=um -j"$(nproc)" vmlinux modules
	ln vmlinux ../linux
	find . -name '*.o' ! -path './scripts/*' ! -path './tools/*' \
		! -name '*.lds.o' ! -name 'module.lds*' -delete
	mv "$out.new" "$out"
} >&2
echo "$out"
