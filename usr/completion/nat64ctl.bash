# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of nat64ctl for bash. What the help says is what can be written:
# objects, verbs, options and keys come from it, instances from the kernel.

# Of the lines of "nat64ctl $1 help" that match $2, its group $3 (or 1)
_nat64ctl_help() {
	"${_nat64ctl_command:-nat64ctl}" ${1:+"$1"} help 2> /dev/null |
		sed -nE "s/$2/\\${3:-1}/p"
}

_nat64ctl_objects() {
	"${_nat64ctl_command:-nat64ctl}" help 2> /dev/null |
		sed -nE '/^Objects:/,/^$/s/^  ([a-z0-9-]+) .*/\1/p'
}

_nat64ctl_instances() {
	"${_nat64ctl_command:-nat64ctl}" instance show 2> /dev/null |
		sed -n '1!s/ .*//p'
}

# What can stand behind option $1 of object $2; fails if it takes no value
_nat64ctl_value() {
	local value

	case $1 in
	-i | --instance) _nat64ctl_instances ;;
	-n | --netns) ls /run/netns 2> /dev/null ;;
	--proto) echo tcp udp icmp ;;
	--state)
		echo v4-init v6-init established v4-fin v6-fin v4-v6-fin trans
		;;
	--format) echo table json prometheus ;;
	--pool6) echo 64:ff9b::/96 ;;
	--color) echo auto always never ;;
	--iif) ls /sys/class/net ;;
	--flags) echo syn ack fin rst psh urg ;;
	--pool4 | --ports | --mark | --v6 | --v4 | --port) ;;
	*)
		value=$(_nat64ctl_help "$2" "^  (-., )?$1 ([^ ]+) .*" 2)
		[ -n "$value" ] || return 1
		[[ $value != *[a-z]"|"[a-z]* ]] || echo "${value//|/ }"
		;;
	esac
	return 0
}

# Devices, behind those that the word being written has already
_nat64ctl_devices() {
	local before=${cur%"${cur##*,}"} dev

	for dev in /sys/class/net/*/; do
		echo "$before$(basename "$dev")"
	done
}

# What key $1 can be set to
_nat64ctl_key() {
	case $1 in
	mss-clamp) echo off pmtu ;;
	rfc6791v4-prefix) echo none ;;
	fastpath)
		echo none
		_nat64ctl_devices
		;;
	*) echo on off ;;
	esac
}

_nat64ctl_keys() {
	"${_nat64ctl_command:-nat64ctl}" config help 2> /dev/null |
		sed -nE '/Keys:$/,$s/^  ([a-z0-9-]+) .*/\1/p'
}

# Does a file stand behind the words $1 (object) and $2 (verb, if it has any)?
_nat64ctl_takes_file() {
	[ -n "$1" ] && _nat64ctl_help "$1" \
		"^  (nat64ctl $1${2:+ $2} \\[?FILE\\]?).*" | grep -q .
}

# What can stand behind the words $1 (object) and $2 (verb), $3 words later, of
# which $4 is the last
_nat64ctl_words() {
	case "$1 $2" in
	" ")
		_nat64ctl_objects
		echo help version
		;;
	"help ") _nat64ctl_objects ;;
	"version "*) ;;
	monitor\ *)
		echo instance pool6 pool4 config bib session alarm
		[ -n "$2" ] || echo help
		;;
	*" ")
		_nat64ctl_help "$1" "^  nat64ctl $1 ([a-z]+).*"
		echo help
		;;
	"instance show" | "instance del" | "instance flush")
		_nat64ctl_instances
		;;
	"config get" | "config set")
		if [ $(($3 % 2)) = 0 ]; then
			_nat64ctl_keys
		else
			_nat64ctl_key "$4"
		fi
		;;
	"pool6 add") echo 64:ff9b::/96 ;;
	esac
}

_nat64ctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local object="" verb="" behind=0 last="" i word choice
	local _nat64ctl_command=${COMP_WORDS[0]}

	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == -* ]]; then
			! _nat64ctl_value "$word" "$object" > /dev/null ||
				i=$((i + 1))
		elif [ -z "$object" ]; then
			object=$word
		elif [ -z "$verb" ]; then
			verb=$word
		else
			behind=$((behind + 1))
			last=$word
		fi
	done
	[ "$object" != explain ] || object=trace
	if choice=$(_nat64ctl_value "$prev" "$object"); then
		:
	elif [[ $cur == -* ]]; then
		choice=$(_nat64ctl_help "$object" \
			'^  (-[a-zA-Z], )?(--[a-z0-9-]+) .*' 2)
	else
		choice=$(_nat64ctl_words "$object" "$verb" "$behind" \
			"$last")
	fi
	if [[ $cur != -* ]] && _nat64ctl_takes_file "$object" "$verb"; then
		compopt -o filenames 2> /dev/null
		choice+=" $(compgen -f -- "$cur")"
	fi
	mapfile -t COMPREPLY < <(compgen -W "$choice" -- "$cur")
}

complete -F _nat64ctl nat64ctl
