#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# deb.sh DIR: build nat64-dkms and nat64-tools from this tree in DIR. The sources
# are copied to DIR/deb-src first, with debian/ where Debian wants it.
set -eu

cd "$(dirname "$0")/../.."
mkdir -p "$1"
dir=$(realpath "$1")
version=$(sed -n 's/^#define NAT64_VERSION[^"]*"\(.*\)"/\1/p' kernel/nat64.h)

if ! command -v dh_dkms > /dev/null; then
	echo "The packages are built by debhelper; install it:" >&2
	echo "apt-get install dpkg-dev debhelper dh-dkms" >&2
	exit 1
fi
src=$dir/deb-src
rm -rf "$src" "$dir"/nat64[-_]*.deb "$dir"/nat64_*.changes \
	"$dir"/nat64_*.buildinfo
mkdir "$src"
tar -c --exclude=build --exclude='*.o' --exclude='*.ko' --exclude='*.cmd' \
	--exclude='*.mod' --exclude='*.mod.c' --exclude='*.order' \
	--exclude=usr/nat64ctl --exclude=usr/packaging \
	Kbuild Makefile COPYING ./*.md docs dkms.conf kernel include usr |
	tar -xC "$src"
cp -r usr/packaging/debian "$src"
sed -i "1s/([^)]*)/($version)/" "$src/debian/changelog"
cd "$src"
dpkg-buildpackage -us -uc -b
rm -rf "$src"
