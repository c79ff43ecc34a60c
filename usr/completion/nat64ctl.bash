# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of nat64ctl for bash. What the help says is what can be written:
# objects, verbs, options and keys come from it, instances from the kernel.
#
# A candidate is a line, and is never expanded: the shell would run what a file
# or a namespace is called. For the same reason, only words of letters, digits
# and '-' get into a pattern of sed, and of names that are not files, which bash
# quotes itself, only those are offered that need no quotes.

# Of the lines of "nat64ctl $1 help" that match $2, its group $3 (or 1)
_nat64ctl_help() {
	[[ $1 =~ ^[a-z0-9-]*$ ]] || return
	"${_nat64ctl_command:-nat64ctl}" ${1:+"$1"} help 2> /dev/null |
		sed -nE "s/$2/\\${3:-1}/p"
}

_nat64ctl_objects() {
	"${_nat64ctl_command:-nat64ctl}" help 2> /dev/null |
		sed -nE '/^Objects:/,/^$/s/^  ([a-z0-9-]+) .*/\1/p'
}

# What the column $1 of the other words' table has
_nat64ctl_column() {
	local column=$1

	shift
	"${_nat64ctl_command:-nat64ctl}" "$@" show 2> /dev/null |
		awk -v n="$column" 'NR > 1 && !seen[$n]++ { print $n }' |
		grep -x '[][A-Za-z0-9_.:/-]*'
}

# The names in folder $1 that need no quotes
_nat64ctl_names() {
	local path

	for path in "$1"/*; do
		path=${path##*/}
		[[ ! $path =~ ^[A-Za-z0-9_.@-]+$ ]] || printf '%s\n' "$path"
	done
}

# The words of a pattern such as off|pmtu|BYTES that are written as they are
_nat64ctl_alternatives() {
	tr '|' '\n' | grep -xE '[a-z0-9]+'
}

# What can stand behind option $1 of object $2; fails if it takes no value
_nat64ctl_value() {
	local value

	[[ $1 =~ ^--?[a-zA-Z0-9-]+$ ]] || return 1
	case $1 in
	-i | --instance) _nat64ctl_column 1 instance ;;
	-n | --netns) _nat64ctl_names /run/netns ;;
	--proto) printf '%s\n' tcp udp icmp ;;
	--state)
		printf '%s\n' v4-init v6-init established v4-fin v6-fin \
			v4-v6-fin trans
		;;
	--format) printf '%s\n' table json prometheus ;;
	--pool6) echo 64:ff9b::/96 ;;
	--pref64) echo auto ;;
	--color) printf '%s\n' auto always never ;;
	--iif | --uplink | --device) _nat64ctl_names /sys/class/net ;;
	--flags) printf '%s\n' syn ack fin rst psh urg ;;
	--pool4 | --ports | --mark | --v6 | --v4 | --port) ;;
	*)
		value=$(_nat64ctl_help "$2" "^  (-., )?$1 ([^ ]+) .*" 2)
		[ -n "$value" ] || return 1
		[[ $value != *[a-z0-9]"|"[a-z]* ]] ||
			_nat64ctl_alternatives <<< "$value"
		;;
	esac
	return 0
}

# What key $1 can be set to; devices come after those that the word has already
_nat64ctl_key() {
	local before=${cur%"${cur##*,}"}

	[[ $1 =~ ^[a-z0-9][a-z0-9-]*$ ]] || return
	_nat64ctl_help config "^  $1 +([^ ]+) .*" | _nat64ctl_alternatives
	[ "$1" != fastpath ] || _nat64ctl_names /sys/class/net |
		sed "s/^/${before//[^A-Za-z0-9_.@,-]/}/"
}

_nat64ctl_keys() {
	"${_nat64ctl_command:-nat64ctl}" config help 2> /dev/null |
		sed -nE '/Keys:$/,$s/^  ([a-z0-9-]+) .*/\1/p'
}

# Does a file stand behind the words $1 (object) and $2 (verb, if it has any)?
_nat64ctl_takes_file() {
	[[ "$1 $2" =~ ^[a-z0-9-]+\ [a-z0-9-]*$ ]] && _nat64ctl_help "$1" \
		"^  (nat64ctl $1${2:+ $2} \\[?FILE\\]?).*" | grep -q .
}

# What can stand behind the words $1 (object) and $2 (verb), $3 words later, of
# which $4 is the last
_nat64ctl_words() {
	case "$1 $2" in
	" ")
		_nat64ctl_objects
		printf '%s\n' help version
		;;
	"help ") _nat64ctl_objects ;;
	"version "*) ;;
	monitor\ *)
		printf '%s\n' instance pool6 pool4 config bib session alarm \
			eam denylist
		[ -n "$2" ] || echo help
		;;
	*" ")
		[[ ! $1 =~ ^[a-z0-9-]+$ ]] ||
			_nat64ctl_help "$1" "^  nat64ctl $1 ([a-z]+).*"
		echo help
		;;
	"instance show" | "instance del" | "instance flush" | "instance check")
		_nat64ctl_column 1 instance
		;;
	"config get" | "config set")
		if [ $(($3 % 2)) = 0 ]; then
			_nat64ctl_keys
		else
			_nat64ctl_key "$4"
		fi
		;;
	"pool6 add") echo 64:ff9b::/96 ;;
	"pool6 del") _nat64ctl_column 2 pool6 ;;
	"pool4 del") _nat64ctl_column 2 pool4 ;;
	"bib del") _nat64ctl_column 3 bib ;;
	"eam del") _nat64ctl_column 1 eam ;;
	"denylist del") _nat64ctl_column 2 denylist ;;
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
	COMPREPLY=()
	while IFS= read -r word; do
		[[ -z $word || $word != "$cur"* ]] || COMPREPLY+=("$word")
	done <<< "$choice"
	if [[ $cur != -* ]] && _nat64ctl_takes_file "$object" "$verb"; then
		compopt -o filenames 2> /dev/null
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < \
			<(compgen -f -- "$cur")
	fi
}

complete -F _nat64ctl nat64ctl
