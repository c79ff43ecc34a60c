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
	for d in run tmp srv lib/modules; do
		mount -t tmpfs -o mode=755 tmpfs $root/$d
	done
	cp -a "$dir/root/lib/modules/$kver" $root/lib/modules
	mkdir -p $root/srv/packages $root/srv/tests $root/usr/share/nat64-dkms
	cp "$@" $root/srv/packages
	cp usr/packaging/debian/tests/router $root/srv/tests
	cp "$dir"/nat64-*.dkms.tar.gz $root/usr/share/nat64-dkms
	cp "$dir"/nat64-tools-next.deb $root/srv
	rm -f $root/usr/sbin/policy-rc.d $root/var/lib/man-db/auto-update
	# systemd opens it to write, which is a copy for the overlay.
	echo 0123456789abcdef0123456789abcdef > $root/etc/machine-id
}

# files: all that differs from the machine's root, and its modules; .pwd.lock is
# systemd's own, when it reads its units again
files() {
	(
		cd $upper && find . \( -path ./var/lib/dpkg -o \
			-path ./var/cache -o -path ./var/log -o \
			-path ./etc/.pwd.lock \) -prune -o \
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

# within SECONDS COMMAND...: the command succeeds, at last
within() {
	local end=$(($(date +%s) + $1))

	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return
		sleep 0.5
	done
}

# Without headers DKMS builds nothing, says so, and dpkg is content.
without_headers() {
	local tarballs=$root/usr/share/nat64-dkms rc

	mv "$root/lib/modules/$kver/build" /tmp/headers &&
		mv "$tarballs" /tmp/tarballs || return
	inside sh -c 'dpkg -i /srv/packages/nat64-dkms*' > /tmp/said 2>&1 &&
		grep headers /tmp/said && fails inside modinfo nat64 &&
		inside dpkg -P nat64-dkms
	rc=$?
	cat /tmp/said
	mv /tmp/headers "$root/lib/modules/$kver/build" &&
		mv /tmp/tarballs "$tarballs" && return "$rc"
}

log_is_up() {
	inside systemctl is-active nat64-monitor
}

# added: how often the log tells of the instance
added() {
	inside journalctl -qt nat64 -o cat | grep -c 'Z default  instance add '
}

# told_again NUMBER: it has told so once more than NUMBER times
told_again() {
	[ "$(added)" -gt "$1" ]
}

# The restart of a log whose module is gone waits for the module.
log_waits() {
	[ "$(inside systemctl show -P ConditionResult nat64-monitor)" = no ]
}

# What a CLAT needs: an uplink with a route to the PLAT, and here a LAN as well.
network() {
	ip link add up0 type veth peer name lan0 &&
		ip link set up0 up && ip link set lan0 up &&
		ip address add 2001:db8:77::1/64 dev up0 nodad &&
		ip address add 192.168.77.1/24 dev lan0 &&
		ip route add 2001:db8:64::/96 via 2001:db8:77::2 dev up0 &&
		echo 'CLAT_OPTIONS="--pref64 2001:db8:64::/96 --lan 192.168.77.0/24"' \
			> "$root/etc/default/nat64-clat"
}

# clat_is STATE: what the command says, and whether there are device and rules
clat_is() {
	local rules

	rules=$(nft list tables)
	inside nat64ctl clat status | grep -q "^state *$1\$" || return
	if [ "$1" = up ]; then
		ip route show default dev clat0 | grep -q 192.0.0.1 &&
			[[ $rules == *nat64_clat* ]]
	else
		[ ! -e /sys/class/net/clat0 ] && [[ $rules != *nat64_clat* ]]
	fi
}

# clat_is_back: systemd has started it again, and it is up
clat_is_back() {
	[ "$(inside systemctl show -P NRestarts nat64-clat)" -ge 1 ] && clat_is up
}

copy "$@"
files > /tmp/before
ok "without headers, nat64-dkms is installed and removed again" without_headers
ok "dpkg installs both" inside sh -c 'dpkg -i /srv/packages/*'
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
inside /srv/tests/router booted || rc=1

before=$(added)
ok "dpkg installs the next version" inside dpkg -i /srv/nat64-tools-next.deb
ok "the instance stays" inside nat64ctl instance show default
ok "the log is on after it" within 30 log_is_up
ok "the module can be removed under it" inside sh -c \
	'systemctl stop nat64 && modprobe -r nat64'
ok "the log waits for it" within 60 log_waits
ok "and does not load it" [ ! -e /sys/module/nat64 ]
ok "nat64.service loads it, and its instances" inside systemctl start nat64
ok "the instance is back" inside nat64ctl instance show default
ok "the log has come with it" log_is_up
ok "and tells of it" within 60 told_again "$before"

ok "without a network, nat64-clat waits for one" inside sh -c \
	'systemctl start nat64-clat && systemctl is-active nat64-clat'
ok "and says so" clat_is waiting
ok "it is stopped" inside systemctl stop nat64-clat
ok "it has a network" network
ok "it is started" inside systemctl start nat64-clat
ok "there is IPv4, for a LAN, too" within 60 clat_is up
ok "it is killed" inside systemctl kill -s KILL nat64-clat
ok "it is started again" within 90 clat_is_back
ok "it is stopped again" inside systemctl stop nat64-clat
ok "nothing of it is left" clat_is down
ok "it is on when the package is removed" inside systemctl start nat64-clat

before=$(added)
ok "dpkg removes the command" inside dpkg -r nat64-tools
ok "the CLAT has ended" [ ! -e /sys/class/net/clat0 ]
ok "the log has ended" fails log_is_up
ok "dpkg installs it again" inside sh -c 'dpkg -i /srv/packages/nat64-tools*'
ok "the instance is back, from its file" inside nat64ctl instance show default
ok "the log is on, as it is still enabled" log_is_up
ok "and tells of it from its beginning" within 60 told_again "$before"

echo mine > $root/etc/nat64/notes
printf '[Service]\nExecStart=/bin/sleep infinity\n' \
	> $root/run/systemd/system/nat64-other.service
ok "a service of others, with a name like ours" inside systemctl start nat64-other
ok "dpkg removes and purges both, while an instance runs" inside \
	dpkg -P nat64-tools nat64-dkms
ok "the service of others runs" inside systemctl is-active nat64-other
ok "a file of others stays" rm $root/etc/nat64/notes
rmdir $root/etc/nat64
ok "no monitor is left" fails pgrep -f "nat64ctl monitor"
ok "the instance is gone" fails nat64ctl instance show default
ok "the module, without instances, can be unloaded" rmmod nat64
ok "its settings stay, as any administrator's" rm $root/etc/default/nat64-clat
ip link del up0
files > /tmp/after
ok "nothing is left of them" diff /tmp/before /tmp/after
exit $rc
