# shellcheck shell=bash
# lib.sh: what the two kinds of test machine (run.sh: QEMU, uml.sh: User-mode
# Linux) share. Both run guest.sh as their first process; it runs the command
# and writes its exit status to a file in a folder that machine and host share,
# which no crash can do. Everything else here decides whether that status may
# be believed.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${NAT64_BUILD:-$top/build}
export NAT64_CACHE=${NAT64_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/nat64}
# shellcheck disable=SC2034 # used by run.sh
cache=$NAT64_CACHE

# What a kernel prints when something is wrong with it, as one extended regular
# expression.
vm_bad='cut here|WARNING:|BUG:|kernel BUG|invalid opcode|Oops|Kernel panic'
vm_bad+='|KASAN|KFENCE|UBSAN|Call Trace:'
vm_bad+='|possible circular locking|possible recursive locking'
vm_bad+='|inconsistent lock state|suspicious RCU|bad unlock balance'
vm_bad+='|INFO: task .* (hung|blocked)|rcu: INFO: .* (stall|expedited)'
vm_bad+='|soft lockup|hard LOCKUP|ODEBUG:'
vm_bad+='|refcount_t:|unregister_netdevice: waiting|general protection'
vm_bad+='|scheduling while atomic|list_(add|del) corruption|Objects remaining'
vm_bad+='|deprecated workqueue'

vm_die() {
	echo "${0##*/}: $*" >&2
	exit 99
}

# vm_kernel SERIES|VERSION: print the newest installed kernel that has an image,
# modules and headers.
vm_kernel() {
	local v

	while read -r v; do
		case $v in
		"$1" | "$1".*) ;;
		*) continue ;;
		esac
		if [ -e "/boot/vmlinuz-$v" ] && [ -e "/lib/modules/$v/build" ]; then
			echo "$v"
			return 0
		fi
	done < <(find /lib/modules -mindepth 1 -maxdepth 1 -printf '%f\n' |
		 sort -rV)
	return 1
}

# vm_find WHICH: find a kernel with its headers: a version or a series that the
# host has (vm_kernel), or the newest of a suite of Debian (trixie, sid), in a tree of
# the cache. Set kver, vm_tree (empty: the host), vm_modules, vm_image, and vm_id, the
# name of the folder where this kernel's builds are.
# shellcheck disable=SC2034 # used by those who call
vm_find() {
	local modules

	case $1 in
	[0-9]*)
		kver=$(vm_kernel "$1") || {
			echo "no kernel $1 with headers is installed" >&2
			return 1
		}
		vm_tree='' vm_id=$kver vm_image=/boot/vmlinuz-$kver
		vm_modules=/lib/modules/$kver
		;;
	*)
		vm_tree=$(vm_suite "$1") || return
		modules=$(find "$vm_tree"/lib/modules/*/ -maxdepth 0 | sort -V |
			  tail -n 1)
		vm_modules=${modules%/}
		kver=${vm_modules##*/}
		vm_id=$1-$kver
		vm_image=$vm_tree/boot/vmlinuz-$kver
		[ -e "$vm_image" ] || vm_image=$vm_modules/vmlinuz
		;;
	esac
}

# vm_make DIR ARGS...: run make for the module whose sources are in DIR with the
# headers and the compiler of the kernel that vm_find has found.
vm_make() {
	local src=$1

	shift
	if [ -z "$vm_tree" ]; then
		make -C "$vm_modules/build" M="$src" "$@"
		return
	fi
	mkdir -p "$vm_tree"/{dev,proc,tmp,mnt}
	# The mounts are gone when this process is.
	# shellcheck disable=SC2016
	unshare -m sh -c 'tree=$1 src=$2; shift 2
		mount --rbind /dev "$tree/dev" &&
		mount --rbind /proc "$tree/proc" &&
		mount --bind "$src" "$tree/mnt" &&
		exec chroot "$tree" env PATH=/usr/sbin:/usr/bin make "$@"' \
		sh "$vm_tree" "$src" -C "/lib/modules/$kver/build" M=/mnt "$@"
}

# vm_suite SUITE: print the tree with the newest kernel of a suite of Debian, its
# headers and compiler. Once a week it is asked whether there is a newer one; with
# NAT64_NEWEST set, now. Without an answer the tree that is there has to do.
vm_suite() {
	local dir=$cache/debian-$1-kernel

	(
		mkdir -p "$cache"
		exec 9> "$dir.lock"
		flock 9
		if [ -z "${NAT64_NEWEST:-}" ] &&
		   [ -n "$(find "$dir/asked" -mtime -7 2> /dev/null)" ]; then
			echo "$dir"
		elif debian_tree -n "$1-kernel" linux-image-amd64 \
			linux-headers-amd64 kmod make bash dash coreutils \
			findutils sed grep mawk diffutils gzip xz-utils
		then
			touch "$dir/asked"
		elif [ -d "$dir" ] && [ -z "${NAT64_NEWEST:-}" ]; then
			echo "# no answer from deb.debian.org: maybe there is" \
				"a newer kernel in $1" >&2
			echo "$dir"
		else
			echo "cannot fetch the kernel of Debian's $1 from" \
				"deb.debian.org: see to the network" >&2
			return 1
		fi
	)
}

# debian_tree [-n] SUITE[-NAME] PACKAGE...: print the folder of the cache with a tree
# of another Debian that has the packages and what they depend on, unpacked and not
# set up, fetched once; with -n again if there is a newer version of the first
# package. Nothing of it is installed.
debian_tree() {
	local newer='' suite dir deb folder version
	local key=/usr/share/keyrings/debian-archive-keyring.gpg
	local options=()

	if [ "$1" = -n ]; then
		newer=1
		shift
	fi
	suite=${1%%-*} dir=$cache/debian-$1
	shift
	if [ -d "$dir" ] && [ -z "$newer" ]; then
		echo "$dir"
		return
	fi
	rm -rf "$dir.new"
	mkdir -p "$dir.new"/{lists,archives}/partial
	: > "$dir.new/status"
	echo "deb [signed-by=$key] http://deb.debian.org/debian $suite main" \
		> "$dir.new/sources"
	for folder in Etc::SourceList=sources State::Lists=lists \
		State::status=status Cache= Cache::archives=archives
	do
		options+=(-o "Dir::${folder/=/=$dir.new/}")
	done
	options+=(-o Dir::Etc::SourceParts=/dev/null
		  -o Dir::Etc::Preferences=/dev/null
		  -o Dir::Etc::PreferencesParts=/dev/null
		  -o APT::Sandbox::User=root)
	apt-get -qq "${options[@]}" update >&2 || return
	version=$(apt-cache "${options[@]}" show --no-all-versions "$1" |
		  sed -n 's/^Version: //p')
	[ -n "$version" ] || return
	if [ "$version" = "$(cat "$dir/version" 2> /dev/null)" ]; then
		rm -r "$dir.new"
		echo "$dir"
		return
	fi
	apt-get -qqy "${options[@]}" --no-install-recommends --download-only \
		install "$@" >&2 || return
	for folder in bin lib lib64 sbin; do
		mkdir -p "$dir.new/usr/$folder"
		ln -s "usr/$folder" "$dir.new"
	done
	for deb in "$dir.new"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -xC "$dir.new" --keep-directory-symlink || return
	done
	[ ! -e "$dir.new/usr/bin/mawk" ] ||
		ln -sf mawk "$dir.new/usr/bin/awk"
	rm -r "$dir".new/{lists,archives,status,sources}
	echo "$version" > "$dir.new/version"
	rm -rf "$dir"
	mv "$dir.new" "$dir"
	echo "$dir"
}

# vm_sources DIR: bring DIR, where a module is built, up to date with this tree,
# or with the one in NAT64_SOURCES; with NAT64_KUNIT=m the KUnit suites too. What
# was built there stays.
vm_sources() {
	local dir=$1 d dirs=(kernel include) from=${NAT64_SOURCES:-$top}

	[ "${NAT64_KUNIT:-}" != m ] || dirs+=(test/kunit)
	for d in "${dirs[@]}"; do
		mkdir -p "$dir/$d"
		rsync -rlpt --delete --exclude='*.o' --exclude='*.ko' \
			--exclude='*.mod' --exclude='*.mod.c' --exclude='.*.cmd' \
			--exclude='*.order' --exclude='*.gcno' \
			--exclude=Module.symvers "$from/$d/" "$dir/$d/"
	done
	cp -u "$from/Kbuild" "$dir"
}

# vm_modroot ROOT STOCK KVER: lay out ROOT/lib/modules/KVER as modprobe wants it,
# from the kernel's own modules in STOCK and what is in its updates folder.
vm_modroot() {
	local dir=$1/lib/modules/$3

	mkdir -p "$dir"
	ln -sT "$2/kernel" "$dir/kernel"
	cp "$2"/modules.{order,builtin,builtin.modinfo} "$dir"
	depmod -b "$1" "$3"
}

# vm_folder NAME: make an empty folder for one run below build/vm and print it.
vm_folder() {
	local n=0 dir

	mkdir -p "$build/vm"
	while :; do
		n=$((n + 1))
		dir=$build/vm/$1.$n
		mkdir "$dir" 2>/dev/null && break
		[ -d "$dir" ] || vm_die "cannot make $dir"
	done
	echo "$dir"
}

# vm_stage DIR MODROOT COMMAND...: leave for guest.sh what it shall do. In such a machine
# nat64ctl takes most of its time to load shared libraries: this one has none.
vm_stage() {
	local dir=$1 modroot=$2 command=usr/build/static

	shift 2
	flock "$build/usr.lock" make -s -C "$top/usr" "${command#usr/}/nat64ctl" >&2
	mkdir "$dir/out"
	# shellcheck disable=SC2016 # $PATH is the machine's
	{
		printf 'cd %q\n' "$top"
		printf 'export NAT64_OUT=%q\n' "$dir/out"
		printf 'export FULL=%q\n' "${FULL:-}"
		printf 'PATH=%q:$PATH\n' "$top/$command"
		printf 'modroot=%q\n' "$modroot"
		printf 'command=('
		printf '%q ' "$@"
		printf ')\n'
	} > "$dir/job"
	: > "$dir/kernel.log"
}

# vm_wait LIMIT COMMAND...: run the machine for LIMIT seconds at most; it ends
# with us, whatever ends us.
vm_wait() {
	local limit=$1 rc=0

	shift
	timeout -k 10 "$limit" "$@" < /dev/null &
	vm_pid=$!
	trap 'kill $vm_pid 2>/dev/null || :' EXIT
	trap 'exit 130' INT TERM HUP
	wait "$vm_pid" 2>/dev/null || rc=$?
	trap - EXIT INT TERM HUP
	vm_status=$rc
	case $rc in
	124 | 137) vm_timed_out=$limit ;;
	esac
}

# vm_known: leave out a report that every load of any module makes: with KASAN,
# User-mode Linux does not tell kmemleak of the memory modules are loaded to
# (kasan_alloc_module_shadow() of 6.1 returns too early there).
vm_known() {
	awk '/kmemleak: (Trying to color|Adding scan area to) unknown object/ {
		     skip = 1
		     next
	     }
	     skip && /^(\[[ 0-9.]*\] )?(CPU:|Stack:|Call Trace:)/ { next }
	     skip && /^(\[[ 0-9.]*\] )? ([0-9a-f]+ [0-9a-f]+ |\[<)/ { next }
	     { skip = 0; print }'
}

# vm_verdict DIR: the exit status of the run: that of the command, unless the
# machine died, hung or complained, which is 99.
vm_verdict() {
	local dir=$1 rc=99 line ours=$1/kernel.ours

	sed 's/\r$//; 1,/nat64-test: begin/d' "$dir/kernel.log" | vm_known \
		> "$ours"
	[ ! -s "$dir/status" ] || rc=$(cat "$dir/status")
	line=$(grep -nE -m1 "$vm_bad" "$ours" | cut -d: -f1) || :
	if [ -n "$line" ]; then
		tail -n "+$line" "$ours" | head -n 60 > "$dir/bad"
		vm_report "$dir" "the kernel complains: $(head -n 1 "$dir/bad" |
			tr -d '\r')" "$dir/bad"
	elif [ -n "${vm_timed_out:-}" ]; then
		vm_report "$dir" "no end within $vm_timed_out s" "$ours"
	elif [ ! -s "$dir/status" ]; then
		vm_report "$dir" "the machine died with status $vm_status" \
			"$dir/kernel.log"
	elif [ -s "$dir/leaks" ]; then
		vm_report "$dir" "memory is leaked" "$dir/leaks"
	else
		return "$rc"
	fi
	return 99
}

# vm_report DIR SENTENCE FILE: say why a run fails, in a line "# why: SENTENCE",
# with the end of the log.
vm_report() {
	{
		echo "# why: $2"
		echo "# log: ${1#"$top"/}/kernel.log"
		tail -n 60 "$3" | sed 's/\r$//; s/^/# /'
	} >&2
}
