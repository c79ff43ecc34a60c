#!/bin/bash
# guest.sh: the first process of a test machine. The kernel's command line gives
# NAT64_TOP (this tree), NAT64_DIR (the folder shared with the host), NAT64_MOUNT
# (how to mount it) and NAT64_TTY (where the command's output goes). Never
# started by hand.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/tmp LANG=C.UTF-8 TERM=dumb
kmemleak=/sys/kernel/debug/kmemleak
# Set by the job file.
modroot=
command=()

# Where /etc cannot be written, a tmpfs with links to all that is in it.
writable_etc() {
	[ ! -w /etc ] || return 0
	mkdir /run/etc
	mount --bind /etc /run/etc
	mount -t tmpfs -o mode=755 tmpfs /etc
	ln -s /run/etc/* /etc
	rm -f /etc/resolv.conf
}

set_up() {
	local t

	# Some of these the kernel or the first stage has mounted.
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs devtmpfs /dev
	ln -sfT /proc/self/fd /dev/fd
	mkdir -p /dev/pts /dev/shm
	mount -t devpts devpts /dev/pts
	mount -t tmpfs tmpfs /dev/shm
	mkdir /dev/shm/top
	mount --bind "$NAT64_TOP" /dev/shm/top
	for t in /tmp /run /var/tmp /var/log; do
		mount -t tmpfs tmpfs "$t"
	done
	# A tree below /tmp has just been hidden.
	mkdir -p "$NAT64_TOP"
	mountpoint -q "$NAT64_TOP" || mount --bind /dev/shm/top "$NAT64_TOP"
	umount /dev/shm/top
	mkdir -p /run/netns /run/lock /run/sshd
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
	# shellcheck disable=SC2086 # type and options, several words
	mount ${NAT64_MOUNT//,,/ } "$NAT64_DIR" || return
	writable_etc
	: > /etc/resolv.conf
	ip link set lo up
	# shellcheck source=/dev/null
	. "$NAT64_DIR/job"
	modules
	echo 8 > /proc/sys/kernel/printk
}

# The kernel's own modules, and ours, for modprobe.
modules() {
	local dir

	dir=/lib/modules/$(uname -r)
	if [ -d "$dir" ]; then
		cp -r "$modroot$dir"/modules.* "$modroot$dir/updates" "$dir"
	elif [ -d "$modroot$dir" ]; then
		mount -t tmpfs -o mode=755 tmpfs /lib/modules
		mkdir "$dir"
		mount --bind "$modroot$dir" "$dir"
	fi
}

# The addresses of the module's code, one "FIRST LAST" a section.
ranges() {
	local name size base

	while read -r name size _; do
		base=/sys/module/nat64/sections/$name
		[ -r "$base" ] || continue
		base=$(cat "$base")
		printf '%016x %016x\n' $((base)) $((base + size))
	done < <(size -A "$(modinfo -n nat64)" | grep text)
}

# Remove the module, then write down what it has allocated and nothing points to
# any more. Its symbols are gone by then: a caller without a name is ours, but
# for what other modules have allocated when they were loaded.
remove() {
	if [ -d /sys/module/nat64 ]; then
		ranges > /run/nat64-ranges
		# A user's namespace holds it until the kernel has ended that.
		for _ in {1..300}; do
			rmmod nat64 2> /run/nat64-rmmod && break
			sleep 0.1
		done
		[ ! -d /sys/module/nat64 ] ||
			echo "nat64-test: BUG: rmmod fails" > /dev/kmsg
	fi
	[ -w "$kmemleak" ] || return 0
	: >> /run/nat64-ranges
	# kmemleak reports nothing that is younger than five seconds.
	sleep 5.1
	echo scan > "$kmemleak"
	echo scan > "$kmemleak"
	awk 'function ours(hex,   i) {
		     if (comm !~ /^"(modprobe|insmod)"/)
			     return 1
		     hex = substr("0000000000000000", length(hex) - 1) \
			     substr(hex, 3)
		     for (i in first)
			     if (hex >= first[i] && hex <= last[i])
				     return 1
	     }
	     function end() {
		     if (found)
			     printf "%s", text
		     text = ""
		     found = 0
	     }
	     FILENAME == ARGV[1] { first[NR] = $1; last[NR] = $2; next }
	     /^unreferenced/ { end() }
	     /^  comm/ { comm = $2 }
	     / 0x[0-9a-f]+$/ && ours($NF) { found = 1 }
	     /\[[a-z0-9_]*nat64[a-z0-9_]*\]/ { found = 1 }
	     { text = text $0 "\n" }
	     END { end() }' /run/nat64-ranges "$kmemleak" > "$NAT64_DIR/leaks"
}

run() {
	local rc

	stty -F "$NAT64_TTY" -opost 2>/dev/null
	echo "nat64-test: begin" > /dev/kmsg
	setsid "${command[@]}" > "$NAT64_TTY" 2>&1 < /dev/null
	rc=$?
	remove > "$NAT64_TTY" 2>&1
	echo "nat64-test: end" > /dev/kmsg
	echo "$rc" > "$NAT64_DIR/status"
}

set_up 2> /dev/kmsg && run
sync
/bin/busybox poweroff -f
