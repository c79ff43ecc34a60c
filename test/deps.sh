#!/bin/bash
# deps.sh GROUP...: install what the groups need and this machine lacks, on
# Debian 12 as root. Quiet, and without touching the network, when nothing is
# missing. No service is started by it.
set -eu

group() {
	case $1 in
	build)
		echo build-essential kmod pkg-config linux-headers-amd64 \
			libnl-3-dev libnl-genl-3-dev libjson-c-dev
		;;
	vm)
		echo linux-image-amd64 linux-headers-amd64 qemu-system-x86 \
			busybox-static cpio kmod xz-utils rsync iproute2 procps
		;;
	vm-6.12)
		echo linux-image-6.12-amd64 linux-headers-6.12-amd64
		;;
	uml)
		echo build-essential linux-source-6.1 flex bison bc xz-utils \
			busybox-static kmod rsync iproute2 procps libelf-dev \
			libssl-dev
		;;
	demo)
		group build
		group vm
		echo iputils-ping curl unbound iperf3 python3
		;;
	net)
		echo nftables tcpdump iperf3 traceroute iputils-ping unbound \
			curl python3-scapy python3-yaml openssh-server \
			openssh-client conntrack ethtool socat jq \
			wget git mtr-tiny bind9-dnsutils netcat-openbsd \
			ngircd dovecot-imapd python3-aiosmtpd \
			python3-pyftpdlib python3-jsonschema \
			python3-prometheus-client radvd strace
		;;
	applications)
		group build
		group vm
		group vm-6.12
		echo nftables unbound curl conntrack jq openssh-server \
			openssh-client git python3-pyftpdlib lftp \
			bind9-dnsutils nginx-light ngtcp2-client \
			ngtcp2-server mercurial python3-aiosmtpd \
			dovecot-imapd dovecot-pop3d chrony openssl ngircd \
			weechat-headless weechat-plugins prosody go-sendxmpp \
			openvpn opentracker aria2 mktorrent coturn \
			python3-aioice baresip-core
		;;
	style)
		echo linux-source-6.1 codespell shellcheck mandoc groff-base \
			bsdextrautils perl xz-utils
		;;
	usr)
		echo libcmocka-dev python3-yaml python3-jsonschema
		;;
	docs)
		echo linux-source-6.12 python3-yaml python3-jsonschema xz-utils \
			unbound bind9 bind9-dnsutils dns-root-data curl jq \
			nftables tcpdump
		;;
	bench)
		group build
		group uml
		echo nftables python3 gnuplot-nox iperf3 jq tayga
		;;
	fuzz)
		group build
		echo clang libclang-rt-14-dev
		;;
	deb)
		echo dkms debhelper dh-dkms dpkg-dev lintian systemd \
			iproute2 iputils-ping
		;;
	openwrt)
		echo busybox-static musl-tools nftables python3 \
			python3-jsonschema rsync
		;;
	sparse | dkms)
		echo "$1"
		;;
	check)
		for g in build vm vm-6.12 uml net style usr docs sparse \
			dkms deb openwrt
		do
			group $g
		done
		;;
	*)
		echo "deps.sh: no group '$1'" >&2
		exit 2
		;;
	esac
}

die() {
	echo "deps.sh: $*" >&2
	exit 1
}

# Headers and image of a series are of use only together: both are asked for
# where one is missing or older than the other.
pair() {
	local image headers

	image=$(state "${1/headers/image}")
	headers=$(state "$1")
	[ "${headers#* }" = "${image#* }" ]
}

state() {
	dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null ||
		echo missing
}

[ $# -gt 0 ] || die "usage: deps.sh GROUP..."
command -v dpkg-query > /dev/null ||
	die "this is not Debian; the packages wanted are:" \
	    "$(for g in "$@"; do group "$g"; done | xargs)"

wanted=$(for g in "$@"; do group "$g"; done | tr ' ' '\n' | sort -u)
missing=()
for p in $wanted; do
	case $(state "$p") in
	installed*) ;;
	*) missing+=("$p") ;;
	esac
	case $p in
	linux-headers-*)
		if grep -q "^${p/headers/image}$" <<< "$wanted" && ! pair "$p"
		then
			missing+=("$p" "${p/headers/image}")
		fi
		;;
	esac
done
[ ${#missing[@]} -gt 0 ] || exit 0

[ "$(id -u)" = 0 ] || die "only root can install: ${missing[*]}"
echo "deps.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' > $policy
	chmod +x $policy
	trap 'rm -f $policy' EXIT
	trap 'exit 130' INT TERM HUP
fi
log=$(mktemp)
if ! apt-get -q update > "$log" 2>&1 ||
   ! apt-get -qy install --no-install-recommends "${missing[@]}" > "$log" 2>&1
then
	tail -n 20 "$log" >&2
	rm -f "$log"
	die "apt-get cannot install: ${missing[*]}"
fi
rm -f "$log"
