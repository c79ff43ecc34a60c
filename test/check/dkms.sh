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

# exclusive KERNEL: does dkms.conf let DKMS build for it?
exclusive() {
	(
		# DKMS sets these.
		# shellcheck disable=SC2034
		kernel_source_dir='' dkms_tree=''
		# shellcheck source=dkms.conf disable=SC2154
		. ./dkms.conf && [[ $1 =~ $BUILD_EXCLUSIVE_KERNEL ]]
	)
}
exclusives() {
	local kernel

	for kernel in 6.1.0-52-amd64 6.10.3 6.12.107+deb13-amd64 6.18.2 7.2.13 10.0.1; do
		exclusive "$kernel" || echo "not for $kernel"
	done
	for kernel in 5.15.0-91-generic 4.19.0 5.4.61 6.0.19 3.16.1; do
		! exclusive "$kernel" || echo "for $kernel"
	done
}

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
silent "DKMS builds for kernels from 6.1 on, and for no other" exclusives
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
