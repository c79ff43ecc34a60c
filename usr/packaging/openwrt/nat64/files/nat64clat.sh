#!/bin/sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0
# The protocol nat64clat of netifd: IPv4 by the NAT64 of a network that has only
# IPv6 (464XLAT). 'nat64ctl clat' makes it and follows the network; netifd is told
# what comes of that, by nat64clat.run.

# shellcheck disable=SC1091
[ -n "$INCLUDE_ONLY" ] || {
	. /lib/functions.sh
	. /lib/functions/network.sh
	. ../netifd-proto.sh
	init_proto "$@"
}

NAT64CLAT_RUN=/lib/netifd/nat64clat

# shellcheck disable=SC2034 # for add_protocol
proto_nat64clat_init_config() {
	no_device=1
	available=1
	lasterror=1

	proto_config_add_string tunlink
	proto_config_add_string pref64
	proto_config_add_string 'prefix6:cidr6'
	proto_config_add_array 'lan:list(cidr4)'
	proto_config_add_array 'trust:list(host)'
	proto_config_add_string zone
}

# option NAME VALUE...: the command takes one option for each value
option() {
	local name=$1 value

	shift
	for value; do
		options="$options --$name $value"
	done
}

# shellcheck disable=SC2154,SC2086
proto_nat64clat_setup() {
	local cfg=$1 options="" device=""
	local tunlink pref64 prefix6 zone lan trust

	json_get_vars tunlink pref64 prefix6 zone
	json_get_values lan lan
	json_get_values trust trust
	if [ -n "$tunlink" ] && ! { network_is_up "$tunlink" &&
	   network_get_device device "$tunlink"; }; then
		proto_notify_error "$cfg" NO_TUNLINK \
			"the interface '$tunlink' of option tunlink is not up: this one waits for it"
		# netifd may end this script at once, and starts it again then.
		proto_add_host_dependency "$cfg" "" "$tunlink"
		return
	fi
	# Words are split at blanks, and stand for no names of files.
	set -f
	option uplink $device
	option pref64 $pref64
	option prefix $prefix6
	option lan $lan
	option trust $trust
	proto_run_command "$cfg" "$NAT64CLAT_RUN" "$cfg" "${zone:-wan}" \
		"$prefix6" "$lan" $options
	set +f
}

# $ERROR is the exit status of the command, if nobody has ended it. netifd starts it
# again, as soon as this has returned.
proto_nat64clat_teardown() {
	local cfg=$1

	case ${ERROR:-0} in
	0) ;;
	1) proto_block_restart "$cfg" ;;
	*) sleep 3 ;;
	esac
	proto_kill_command "$cfg"
	# If it was killed; but the CLAT of another interface goes on.
	nat64ctl clat down --timeout 0
}

[ -n "$INCLUDE_ONLY" ] || add_protocol nat64clat
