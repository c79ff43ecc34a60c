#!/bin/bash
# dkms.sh: `make dkms-install` makes a module, in folders of its own instead of
# the host's, that modprobe loads on the stock 6.12. What DKMS makes for the 6.1 is
# in deb.sh.
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
if kver=$(vm_kernel 6.12); then
	succeeds "6.12: make dkms-install" install "$kver"
	root=$dir/root
	mkdir -p "$root/lib/modules"
	mv "$dir/lib/$kver" "$root/lib/modules"
	vm_modroot "$root" "/lib/modules/$kver" "$kver"
	succeeds "6.12: modprobe loads what DKMS installed" \
		test/vm/run.sh -n dkms-6.12 -r "$root" "$kver" \
		test/check/dkms-guest.sh
else
	not_ok "no kernel 6.12 with headers is installed"
fi
finish
