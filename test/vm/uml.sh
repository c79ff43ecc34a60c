#!/bin/bash
# uml.sh [-v base|debug] [-m MEM] [-t SECONDS] [-n NAME] COMMAND [ARGS]
#
# What run.sh does, in a User-mode Linux kernel that uml-build.sh builds. The debug
# kernel (the default) has KASAN, lockdep, kmemleak and more, and what nat64 leaks
# once it is removed is a failure too; the base kernel is the one to take times
# with, for it runs kernel code at the machine's own speed, and has its memory in
# large pages, as a kernel on a machine of its own has. One CPU. The root is
# read-only; /tmp, /run, /etc and /var/log can be written. The debug kernel skips idle
# time: when all wait, its clock goes on to the next timer at once. SECONDS are real.
set -eu

# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

variant=debug mem=1G limit=600 name=''
while getopts v:m:t:n: opt; do
	case $opt in
	v) variant=$OPTARG ;;
	m) mem=$OPTARG ;;
	t) limit=$OPTARG ;;
	n) name=$OPTARG ;;
	*) vm_die "see the head of this file for the options" ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || vm_die "a command, please"

modroot=$("$top/test/vm/module.sh" "um-$variant")
uml=$("$top/test/vm/uml-build.sh" "$variant")
dir=$(vm_folder "${name:-$(basename "$1" .sh)-um-$variant}")
vm_stage "$dir" "$modroot" "$@"

# A host that does not have large pages refuses to mount them.
linux=("$uml/linux")
if [ "$variant" = base ]; then
	mkdir -p "$dir/memory"
	# shellcheck disable=SC2016 # the inner shell expands it
	linux=(env "TMPDIR=$dir/memory" unshare -m sh -c '
		mount -t tmpfs -o huge=always memory "$TMPDIR" 2>/dev/null ||
			mount -t tmpfs memory "$TMPDIR" && exec "$@"' sh "${linux[@]}")
fi

# The output is a file, which never keeps a writer waiting: to wait for a reader of a
# pipe would be idle time.
time=()
[ "$variant" = base ] || time=(time-travel)
: > "$dir/output"
sleep $((limit + 60)) &
running=$!
tail -n +1 -f --pid=$running "$dir/output" &
follower=$!

# The kernel's console is con0; con1 carries the command's output.
vm_wait "$limit" "${linux[@]}" "mem=$mem" root=/dev/root rootfstype=hostfs \
	rootflags=/ ro oops=panic panic=-1 quiet loglevel=5 printk.time=1 log_buf_len=4M \
	con=null con0=null,fd:3 con1=null,fd:1 init="$top/test/vm/guest.sh" \
	"${time[@]}" "NAT64_TOP=$top" "NAT64_DIR=$dir" NAT64_TTY=/dev/tty1 \
	"NAT64_MOUNT=-t,,hostfs,,-o$dir,,none" 3> "$dir/kernel.log" >> "$dir/output"
# A kernel that was killed leaves its helpers behind.
[ -z "${vm_timed_out:-}" ] || pkill -KILL -f "NAT64_DIR=$dir " || :
kill $running
wait $follower || :
vm_verdict "$dir"
