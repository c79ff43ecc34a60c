#!/bin/bash
# run.sh [-i] [-c CPUS] [-m MEM] [-t SECONDS] [-n NAME] [-r ROOT] KVER COMMAND
#        [ARGS]
#
# Boot a stock Debian kernel in QEMU and run COMMAND in it as root. KVER is a
# version, a series (6.1, 6.12: the newest one installed) or a suite of Debian
# (trixie, sid: its newest kernel, fetched once a week). The machine sees the
# host's root and may write to it, but into its own memory: the host is not
# changed. `modprobe nat64` loads the module, built for that kernel from this tree
# (or what is in ROOT/lib/modules/KVER), and nat64ctl is in the path. Files put
# into $NAT64_OUT are found afterwards in build/vm/NAME.N/out. The exit status is
# the command's; 99 if the machine died, hung, or its kernel complained. With -i
# the machine has one processor, whose clock and time stamp counter advance by one
# nanosecond an instruction, whatever else the host does.
set -eu

# shellcheck source=test/vm/lib.sh
. "$(dirname "$0")/lib.sh"

cpus=2 mem=1536M limit=600 name='' modroot='' counted=''
while getopts ic:m:t:n:r: opt; do
	case $opt in
	i) counted=1 ;;
	c) cpus=$OPTARG ;;
	m) mem=$OPTARG ;;
	t) limit=$OPTARG ;;
	n) name=$OPTARG ;;
	r) modroot=$OPTARG ;;
	*) vm_die "see the head of this file for the options" ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || vm_die "a kernel version and a command, please"

# initramfs KVER FILE ROOT: just enough to reach the host's root: its file system's
# modules, from ROOT/lib/modules, and a busybox that loads them and puts an overlay
# on top.
initramfs() {
	local kver=$1 file=$2 root=$3 dir op path n=0

	[ ! -e "$file" ] || return 0
	[ -x /bin/busybox ] || vm_die "no /bin/busybox: install busybox-static"
	dir=$(mktemp -d)
	mkdir -p "$dir/bin" "$dir/m" "$dir/host" "$dir/rw" "$dir/new" \
		"$dir/proc"
	cp /bin/busybox "$dir/bin"
	while read -r op path _; do
		[ "$op" = insmod ] || continue
		n=$((n + 1))
		case $path in
		*.xz) xz -dc "$path" > "$dir/m/$(printf %02d.ko $n)" ;;
		*) cp "$path" "$dir/m/$(printf %02d.ko $n)" ;;
		esac
	done < <(for m in virtio_pci 9pnet_virtio 9p overlay; do
			modprobe ${root:+-d "$root"} -S "$kver" \
				--show-depends "$m"
		 done | awk '!seen[$0]++')
	cat > "$dir/init" <<-'INIT'
		#!/bin/busybox sh
		b=/bin/busybox
		for m in /m/*; do $b insmod "$m"; done
		$b mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose host /host &&
		$b mount -t tmpfs tmpfs /rw &&
		$b mkdir /rw/upper /rw/work &&
		$b mount -t overlay -o lowerdir=/host,upperdir=/rw/upper,workdir=/rw/work overlay /new &&
		exec $b switch_root /new /bin/bash "$NAT64_TOP/test/vm/guest.sh"
		$b poweroff -f
	INIT
	chmod +x "$dir/init"
	mkdir -p "${file%/*}"
	(cd "$dir" && find . | cpio -o -H newc --quiet) | gzip -1 > "$file.$$"
	mv "$file.$$" "$file"
	rm -rf "$dir"
}

# accel KERNEL: print how QEMU shall run: by KVM where that really boots a
# kernel (a device that only hangs has been seen), or by emulation. Probed once
# a machine.
accel() {
	local kernel=$1 id answer dir

	id=$( (uname -r; grep -m1 'model name' /proc/cpuinfo) | sha256sum)
	answer=$cache/accel-${id%% *}
	if [ ! -e "$answer" ]; then
		mkdir -p "$cache"
		echo "-accel tcg,thread=multi -cpu max" > "$answer.$$"
		if [ -w /dev/kvm ]; then
			dir=$(mktemp -d)
			mkdir "$dir/bin"
			cp /bin/busybox "$dir/bin"
			printf '#!%s\n%s\n%s\n' "/bin/busybox sh" \
				"echo boots-with-kvm" \
				"/bin/busybox poweroff -f" > "$dir/init"
			chmod +x "$dir/init"
			(cd "$dir" && find . | cpio -o -H newc --quiet) |
				gzip -1 > "$dir.gz"
			timeout -k 1 10 qemu-system-x86_64 -accel kvm \
				-cpu host -m 256M -nic none -display none \
				-serial stdio -monitor none -no-reboot \
				-kernel "$kernel" -initrd "$dir.gz" \
				-append "console=ttyS0 quiet panic=-1" \
				< /dev/null > "$dir.out" 2>&1 || :
			if grep -q boots-with-kvm "$dir.out"; then
				echo "-accel kvm -cpu host" > "$answer.$$"
			fi
			rm -rf "$dir" "$dir.gz" "$dir.out"
		fi
		mv "$answer.$$" "$answer"
	fi
	cat "$answer"
}

vm_find "$1" || exit 99
[ -n "$modroot" ] || modroot=$("$top/test/vm/module.sh" "$1")
shift
kernel=$vm_image
initrd=$cache/initramfs-$kver-$(sha256sum "$0" | cut -c1-12).gz
initramfs "$kver" "$initrd" "${vm_tree:+$modroot}"
read -ra accel < <(accel "$kernel")
if [ -n "$counted" ]; then
	accel=(-accel "tcg,thread=single" -icount "shift=0,sleep=off" -cpu max)
	cpus=1
fi
dir=$(vm_folder "${name:-$(basename "$1" .sh)-${kver%%-*}}")
vm_stage "$dir" "$modroot" "$@"

# In caches that are merged with others, leaks are not reported.
append="console=ttyS0 panic=-1 oops=panic loglevel=5 net.ifnames=0 slab_nomerge"
append+=" NAT64_TOP=$top NAT64_DIR=$dir NAT64_TTY=/dev/ttyS1"
append+=" NAT64_MOUNT=-t,,9p,,-otrans=virtio,version=9p2000.L,,run"
# Emulation is known to stumble over code that the kernel changes while it boots.
# That is no matter of ours: nothing of the test has begun, and it boots again.
boots=0
until grep -q 'nat64-test: begin' "$dir/kernel.log" || [ $boots = 3 ] ||
	[ -n "${vm_timed_out:-}" ]; do
	[ $boots = 0 ] ||
		echo "# the kernel died while it booted; once more:" \
			"$(grep -m1 -E "$vm_bad" "$dir/kernel.log")" >&2
	boots=$((boots + 1))
	vm_wait "$limit" qemu-system-x86_64 "${accel[@]}" -m "$mem" -smp "$cpus" \
		-nic none -no-reboot -display none -monitor none \
		-serial "file:$dir/kernel.log" -serial stdio \
		-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
		-virtfs "local,path=$dir,mount_tag=run,security_model=none" \
		-object rng-random,filename=/dev/urandom,id=rng \
		-device virtio-rng-pci,rng=rng \
		-kernel "$kernel" -initrd "$initrd" \
		-append "$append"
done
vm_verdict "$dir"
