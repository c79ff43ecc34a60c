#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# openwrt-netifd.sh SCRIPT options|setup|teardown|run [ARG...]: a stand-in for netifd,
# with as much of its shell functions as the handler of nat64clat wants. The options
# of the interface are the JSON in the file $CONFIG; $UP has the interfaces that are
# up, as NAME=DEVICE. What netifd is told goes to the file $NETIFD, JSON by line.

script=$1
action=$2
shift 2

# shellcheck source=test/check/openwrt-jshn.sh
. "$(dirname "$0")/openwrt-jshn.sh"

# What the script includes itself, elsewhere
export INCLUDE_ONLY=1

network_get_device() {
	local one

	for one in $UP; do
		if [ "${one%%=*}" = "$2" ]; then
			eval "$1=\${one#*=}"
			return 0
		fi
	done
	return 1
}

network_is_up() {
	network_get_device _device "$1"
}

# begin ACTION INTERFACE; end
begin() {
	json_init
	json_add_string action "$1"
	json_add_string interface "$2"
}

end() {
	json_dump >> "$NETIFD"
}

# strings NAME VALUE...
strings() {
	local value

	json_add_array "$1"
	shift
	for value; do
		json_add_string "" "$value"
	done
	json_close_array
}

proto_config_add_string() {
	echo "string $1"
}

proto_config_add_array() {
	echo "array $1"
}

proto_init_update() {
	json_init
	json_add_string action update
	[ "$1" = "*" ] || json_add_string device "$1"
	json_add_boolean up "$2"
	[ -z "${3-}" ] || json_add_boolean external "$3"
	addresses=""
	routes=""
}

proto_add_ipv4_address() {
	addresses="$addresses $1/$2"
}

proto_add_ipv4_route() {
	routes="$routes $1/$2:$5"
}

proto_add_data() {
	json_add_object data
}

proto_close_data() {
	json_close_object
}

# shellcheck disable=SC2086
proto_send_update() {
	[ -z "$addresses" ] || strings addresses $addresses
	[ -z "$routes" ] || strings routes $routes
	json_add_string interface "$1"
	end
}

proto_notify_error() {
	begin error "$1"
	shift
	strings error "$@"
	end
}

proto_run_command() {
	begin run "$1"
	shift
	strings command "$@"
	end
}

proto_kill_command() {
	begin kill "$1"
	end
}

proto_block_restart() {
	begin block "$1"
	end
}

proto_add_host_dependency() {
	begin depend "$1"
	json_add_string host "$2"
	json_add_string on "$3"
	end
}

sleep() {
	echo "sleep $1"
}

# shellcheck source=usr/packaging/openwrt/nat64/files/nat64clat.sh
. "$script"

case $action in
options) proto_nat64clat_init_config ;;
setup)
	json_load "$(cat "$CONFIG")"
	proto_nat64clat_setup clat
	;;
teardown) proto_nat64clat_teardown clat ;;
esac
