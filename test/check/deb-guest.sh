#!/bin/bash
# deb-guest.sh DIR DEB...: in a test machine, on a copy of its root, install the
# packages, boot with them, use them and remove them. DIR has the machine's
# modules (root/) and the one that DKMS has built (nat64-VERSION.dkms.tar.gz).
set -u

dir=$1
shift
root=/tmp/root
upper=/tmp/upper
kver=$(uname -r)
rc=0
pid1=

# ok NAME COMMAND...: as in the tests of the packages
ok() {
	local name=$1

	shift
	if "$@" > /tmp/log 2>&1; then
		echo "ok - $name"
	else
		rc=1
		tail -n 60 /tmp/log | sed 's/^/# /'
		echo "not ok - $name"
	fi
}

fails() {
	! "$@"
}

# inside COMMAND...: in the copy, with nothing of this tree in the path; once
# systemd runs there, in its process namespace, as it wants to know who calls
inside() {
	nsenter ${pid1:+--target "$pid1" --pid} env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
		DEBIAN_FRONTEND=noninteractive sign_file=/nonexistent \
		chroot $root "$@"
}

# What is written goes to $upper: there it is seen what a removal has left.
copy() {
	local d

	mkdir -p $root $upper /tmp/work
	mount -t overlay -o lowerdir=/,upperdir=$upper,workdir=/tmp/work \
		overlay $root
	for d in proc sys dev; do
		mount --rbind /$d $root/$d
	done
	for d in run tmp lib/modules; do
		mount -t tmpfs -o mode=755 tmpfs $root/$d
	done
	cp -a "$dir/root/lib/modules/$kver" $root/lib/modules
	mkdir -p $root/tmp/packages $root/tmp/tests $root/usr/share/nat64-dkms
	cp "$@" $root/tmp/packages
	cp usr/packaging/debian/tests/router $root/tmp/tests
	cp "$dir"/nat64-*.dkms.tar.gz $root/usr/share/nat64-dkms
	rm -f $root/usr/sbin/policy-rc.d $root/var/lib/man-db/auto-update
	# systemd opens it to write, which is a copy for the overlay.
	echo 0123456789abcdef0123456789abcdef > $root/etc/machine-id
}

# files: all that differs from the machine's root, and its modules
files() {
	(
		cd $upper && find . \( -path ./var/lib/dpkg -o \
			-path ./var/cache -o -path ./var/log \) -prune -o \
			! -type d -print
		cd $root/lib/modules && find . -type f ! -name 'modules.*'
		ls $root/var/lib/dpkg/info/nat64*
	) 2> /dev/null | sort
}

# boot: systemd, as the first process of a container, starts what belongs to a
# network; another service looks at what is there when the first interface may
# come up
boot() {
	local units=$root/run/systemd/system

	mkdir -p $units $root/run/systemd/{system,journald}.conf.d
	# What the journal takes of a service that does not ask for more.
	printf '[Journal]\nRateLimitIntervalSec=1h\nRateLimitBurst=1000\n' \
		> $root/run/systemd/journald.conf.d/few.conf
	printf '[Manager]\nDefaultStandardOutput=kmsg\n' \
		> $root/run/systemd/system.conf.d/kmsg.conf
	cat > $units/interfaces.service <<-'END'
		[Unit]
		DefaultDependencies=no
		After=network-pre.target
		Before=network.target
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c 'nat64ctl -j instance show > /run/at-network'
	END
	cat > $units/test.target <<-'END'
		[Unit]
		Wants=nat64.service systemd-modules-load.service
		Wants=interfaces.service network.target nat64-monitor.service
		After=nat64.service network.target
		AllowIsolate=yes
	END
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	mkdir /sys/fs/cgroup/copy
	echo 0 > /sys/fs/cgroup/copy/cgroup.procs
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=nat64 \
		unshare --fork --pid --cgroup --kill-child \
		chroot $root sh -c 'mount -t proc proc /proc &&
			mount -t cgroup2 cgroup2 /sys/fs/cgroup &&
			exec /lib/systemd/systemd --unit=test.target \
			--log-target=console --show-status=no' \
		> /tmp/systemd.log 2>&1 < /dev/null &
	until pid1=$(pgrep -P $!); do
		sleep 0.1
	done
}

# booted: wait until systemd has started it all
booted() {
	for _ in {1..120}; do
		! inside systemctl is-active test.target || return 0
		sleep 1
	done
	inside systemctl list-jobs
	cat /tmp/systemd.log
	return 1
}

# wanted UNIT...: what is started with the machine
wanted() {
	local unit

	for unit; do
		[ -L "$root/etc/systemd/system/multi-user.target.wants/$unit" ] ||
			return
	done
}

copy "$@"
files > /tmp/before
ok "dpkg installs both" inside sh -c 'dpkg -i /tmp/packages/*'
ok "DKMS has made the module" inside sh -c \
	'modinfo -n nat64 | grep /updates/dkms/nat64.ko'
ok "nat64.service starts with the machine" wanted nat64.service
ok "nat64-monitor.service does not, by itself" fails wanted nat64-monitor.service
ok "but if it is enabled" inside systemctl enable nat64-monitor
ok "it does" wanted nat64-monitor.service
cat > $root/etc/nat64/default.json <<-'END'
	{ "instance": "default", "pool6": [ "64:ff9b::/96" ],
	  "pool4": [ { "prefix": "192.0.2.1/32", "proto": "icmp" } ] }
END
boot
ok "systemd boots" booted
ok "there is an instance before the first interface is up" \
	grep '"192.0.2.1/32"' $root/run/at-network
ok "the log tells of it, from its beginning" inside sh -c \
	'journalctl -qt nat64 -o cat | grep "Z default  instance add "'
inside /tmp/tests/router booted || rc=1
ok "dpkg removes and purges both, while an instance runs" inside \
	dpkg -P nat64-tools nat64-dkms
ok "nobody listens any more" fails pgrep -f "nat64ctl monitor"
ok "the instance is gone" fails nat64ctl instance show default
ok "the module, without instances, can be unloaded" rmmod nat64
files > /tmp/after
ok "nothing is left of them" diff /tmp/before /tmp/after
exit $rc
