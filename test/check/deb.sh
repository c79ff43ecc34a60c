#!/bin/bash
# deb.sh: `make deb` makes two packages that lintian has nothing to say of, and
# that a machine with the stock 6.1 installs, boots with, uses and removes
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

dir=$build/deb
rm -rf "$dir"
mkdir -p "$dir/root" "$dir/pkg"
version=$(sed -n 's/^#define NAT64_VERSION[^"]*"\(.*\)"/\1/p' kernel/nat64.h)

packages() {
	make -s deb && ls "$build/nat64-dkms_${version}_all.deb" \
		"$build"/nat64-tools_"${version}"_*.deb
}

lint() {
	lintian --allow-root --fail-on error,warning \
		"$build"/nat64_"$version"_*.changes
}

# What make install brings, make uninstall takes away, but for the module: that
# is for one kernel, and this is for any.
uninstalled() {
	local dest=$dir/dest

	make -s usr_install DESTDIR="$dest" &&
		[ -x "$dest/usr/local/sbin/nat64ctl" ] &&
		grep -q "/usr/local/sbin/nat64ctl" \
			"$dest/usr/local/lib/systemd/system/nat64@.service" &&
		make -s -C usr uninstall DESTDIR="$dest" &&
		diff /dev/null <(find "$dest" ! -type d -o -name nat64)
}

# Folders that are others', too: nothing in them is touched but what is ours.
uninstalled_shared() {
	local shared="LIBDIR=/usr/lib DOCDIR=/usr/share/doc" dest=$dir/shared

	mkdir -p "$dest/usr/lib/other" "$dest/usr/share/doc/examples/lab"
	touch "$dest/usr/lib/other/file" "$dest/usr/share/doc/examples/lab/notes"
	# shellcheck disable=SC2086 # several words
	make -s usr_install DESTDIR="$dest" PREFIX=/usr $shared &&
		[ -x "$dest/usr/lib/nat64-load" ] &&
		make -s -C usr uninstall DESTDIR="$dest" PREFIX=/usr $shared &&
		diff <(printf '%s\n' "$dest"/usr/{lib/other/file,share/doc/examples/lab/notes}) \
			<(find "$dest" -type f | sort)
}

# next: the command's package again, as a later version
next() {
	rm -rf "$dir/next"
	dpkg-deb -R "$build"/nat64-tools_"$version"_*.deb "$dir/next" &&
		sed -i "s/^Version: .*/Version: $version+next/" \
			"$dir/next/DEBIAN/control" &&
		dpkg-deb --root-owner-group -b "$dir/next" "$dir/nat64-tools-next.deb"
}

# documents: the package has README.md and docs/ side by side, as its links need
documents() {
	local doc=$dir/tools/usr/share/doc/nat64-tools

	dpkg-deb -x "$build"/nat64-tools_"$version"_*.deb "$dir/tools" &&
		diff -r docs "$doc/docs" && diff README.md "$doc/README.md"
}

# hardened UNIT: systemd rates its exposure at 20 of 100 at most
hardened() {
	systemd-analyze security --offline=true --threshold="${2:-20}" \
		--no-pager "$1"
}

# DKMS takes a quarter of an hour to build where the machine is emulated. So it
# builds here, from what is in the package, and a tarball, as DKMS makes it for
# such machines, is what the package's script finds there. It shall sign nothing:
# it would make a key in this machine's folders.
dkms_build() {
	local flags=(-m nat64 -v "$version" -k "$1" --sourcetree
		     "$dir/pkg/usr/src" --dkmstree "$dir/tree"
		     --archive "$dir/nat64-$version.dkms.tar.gz")

	dpkg-deb -x "$build/nat64-dkms_${version}_all.deb" "$dir/pkg"
	mkdir -p "$dir/tree"
	sign_file=/nonexistent dkms build "${flags[@]}" > "$dir/dkms.log" 2>&1
	# It goes on when it cannot clean.
	cat "$dir/dkms.log"
	! grep -i 'bad exit status' "$dir/dkms.log" &&
		dkms mktarball --binaries-only "${flags[@]}"
}

# modules KVER: the machine's /lib/modules, with what it needs and no more:
# depmod, which would take minutes there, looks at all that it finds
modules() {
	local to=$dir/root/lib/modules/$1 m file needs

	needs=$(modinfo -F depends "$dir/tree/nat64/$version/$1"/*/module/nat64.ko*)
	mkdir -p "$to"
	cp "/lib/modules/$1"/modules.{order,builtin,builtin.modinfo} "$to"
	# The last three are for the rules of a CLAT.
	for m in veth ${needs//,/ } nf_tables nft_chain_nat nft_nat; do
		modprobe -S "$1" --show-depends "$m"
	done | sed -n 's/^insmod //p' | sort -u | while read -r file _; do
		mkdir -p "$dir/root${file%/*}"
		cp "$file" "$dir/root$file"
	done
	ln -s "$(readlink -f "/lib/modules/$1/build")" "$to/build"
	depmod -b "$dir/root" "$1"
}

build_command || exit 1
succeeds "make deb" packages
succeeds "lintian" lint
succeeds "nat64-tools has the documents" documents
succeeds "make uninstall removes what make install has brought" uninstalled
succeeds "and nothing of others, where the folders are shared" uninstalled_shared
succeeds "the next version is made" next
for unit in nat64 nat64@ nat64-monitor; do
	succeeds "$unit.service is hardened" hardened "$top/usr/systemd/$unit.service"
done
# It changes settings of the kernel, and asks routers and DNS.
succeeds "nat64-clat.service is hardened" hardened \
	"$top/usr/systemd/nat64-clat.service" 21
kver=$(vm_kernel 6.1) || not_ok "no kernel 6.1 with headers is installed"
succeeds "DKMS builds what is in the package" dkms_build "$kver"
succeeds "the machine's modules are there" modules "$kver"
nested "6.1" test/vm/run.sh -t 1800 -n deb -m 2G -r "$dir/root" "$kver" \
	test/check/deb-guest.sh "$dir" "$build/nat64-dkms_${version}_all.deb" \
	"$build"/nat64-tools_"${version}"_*.deb
finish
