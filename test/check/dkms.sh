#!/bin/bash
# dkms.sh: `make dkms-install` makes a module, in folders of its own instead of
# the host's, that modprobe loads on each stock kernel
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

dir=$build/dkms
rm -rf "$dir"

# DKMS signs what it builds if it finds the program to do so, and for that makes
# a key in the host's folders: it shall not find it.
install() {
	local flags="--no-depmod --sourcetree $dir/src --dkmstree $dir/tree"

	flags+=" --installtree $dir/lib"
	mkdir -p "$dir/src" "$dir/tree" "$dir/lib/$1"
	sign_file=/nonexistent make -s dkms-install KVER="$1" \
		DKMS_SRC="$dir/src/nat64-$version" DKMSFLAGS="$flags"
}

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
for series in 6.1 6.12; do
	if ! kver=$(vm_kernel $series); then
		not_ok "no kernel $series with headers is installed"
		continue
	fi
	succeeds "$series: make dkms-install" install "$kver"
	root=$dir/root-$series
	mkdir -p "$root/lib/modules"
	mv "$dir/lib/$kver" "$root/lib/modules"
	vm_modroot "$root" "/lib/modules/$kver" "$kver"
	succeeds "$series: modprobe loads what DKMS installed" \
		test/vm/run.sh -n "dkms-$series" -r "$root" "$kver" \
		test/check/dkms-guest.sh
done
finish
