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

# vm_stage DIR MODROOT COMMAND...: leave for guest.sh what it shall do.
vm_stage() {
	local dir=$1 modroot=$2

	shift 2
	mkdir "$dir/out"
	# shellcheck disable=SC2016 # $PATH is the machine's
	{
		printf 'cd %q\n' "$top"
		printf 'export NAT64_OUT=%q\n' "$dir/out"
		printf 'PATH=%q:$PATH\n' "$top/usr"
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
