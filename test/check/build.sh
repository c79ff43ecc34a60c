#!/bin/bash
# build.sh: the module builds for each stock kernel without a warning of gcc W=1
# or of sparse, and its global names are its own; the command builds
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

# Only what is ours may be seen by the rest of the kernel. The macros of
# tracepoints put words of their own before our names.
names() {
	nm -g --defined-only "$build/$1/strict/kernel/nat64.ko" |
		awk '$3 !~ /^(__pfx_)?nat64_/ &&
		     $3 !~ /^(__pfx_)?__(SC[KT]__tp_func|traceiter|tracepoint|probestub)_nat64_/ &&
		     $3 !~ /^(init_module|cleanup_module|__this_module)$/ &&
		     $3 !~ /^__(pfx_(init|cleanup)_module|crc_|ksymtab|(start|stop)_)/ {
			     print "a global name: " $3
		     }'
}

# Where the copies that others use are not touched.
command() {
	local dir=$build/usr-strict

	rm -rf "$dir"
	mkdir -p "$dir"
	rsync -rlptR --exclude=build --exclude=nat64ctl usr include dkms.conf \
		kernel/nat64.h "$dir"
	make -s -C "$dir/usr"
}

for series in 6.1 6.12; do
	if ! kver=$(vm_kernel $series); then
		not_ok "no kernel $series with headers is installed"
		continue
	fi
	silent "$series: builds without a warning (W=1, sparse)" strict "$kver"
	silent "$series: global names begin with nat64_" names "$kver"
done
silent "nat64ctl builds without a warning" command
finish
