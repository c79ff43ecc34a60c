#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# openwrt-rc.sh SCRIPT start|stop|reload|triggers: a stand-in for rc.common, with
# as much of OpenWrt's shell functions as the init script wants. UCI is the file
# $UCI; the processes that procd is to run are in $PROCD, what else goes to it is
# printed.

script=$1
action=$2
here=$(dirname "$0")

# shellcheck source=test/check/openwrt-jshn.sh
. "$here/openwrt-jshn.sh"

logger() {
	:
}

config_load() {
	[ "$1" = nat64 ]
}

config_foreach() {
	local function=$1 section

	for section in $("$here/openwrt-uci.py" sections "$UCI" "$2"); do
		# What follows the type goes on to the function.
		"$function" "$section" "${3-}"
	done
}

config_get() {
	local _value

	_value=$("$here/openwrt-uci.py" get "$UCI" "$2" "$3")
	eval "$1=\${_value:-\${4-}}"
}

uci_load_validate() {
	local _type=$2 _name=$3 _function=$4 _option _values _result=0

	shift 4
	if [ -z "$_function" ]; then
		echo "validate $_type $*"
		return
	fi
	for _option; do
		eval "local ${_option%%:*}"
	done
	_values=$("$here/openwrt-uci.py" validate "$UCI" "$_type" "$_name" \
		"$@") || _result=1
	eval "$_values"
	"$_function" "$_name" "$_result"
}

procd_open_instance() {
	echo "process $1" >> "$PROCD"
}

procd_set_param() {
	echo "  $*" >> "$PROCD"
}

procd_close_instance() {
	echo end >> "$PROCD"
}

procd_add_reload_trigger() {
	echo "reload trigger: $*"
}

procd_add_validation() {
	"$@"
}

# shellcheck source=usr/packaging/openwrt/nat64/files/nat64.init
. "$script"

# procd ends the processes that the last start was for and this one is not.
: > "$PROCD"
# rc.common has a reload start what has no way of its own to do it.
case $action in
start | reload) start_service ;;
stop) stop_service ;;
triggers) service_triggers ;;
esac
