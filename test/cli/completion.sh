#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2016 # names that a shell would run
# completion.sh FILE: what bash offers behind a beginning of a command line
set -u

nat64ctl=$PWD/usr/build/san/nat64ctl
# The cases look for leaks; to look again at each of a thousand starts takes minutes.
export ASAN_OPTIONS=detect_leaks=0
name=nat64ctl
n=0
failed=0

# The completion asks the kernel for what there is; here it does not. The command
# has its real name, which stands in the examples of its own help.
nat64ctl() {
	case $* in
	"instance show")
		printf '%s\n' "INSTANCE POOL6" "default  64:ff9b::/96" "lab -"
		;;
	"pool4 show")
		printf '%s\n' "INSTANCE PREFIX PROTO" \
			"default 192.0.2.1/32 tcp" "default 192.0.2.1/32 udp" \
			'default $(touch/INSTANCE) udp'
		;;
	"eam show")
		printf '%s\n' "IPV6 IPV4" "2001:db8::/120 192.0.2.0/24"
		;;
	"denylist show")
		printf '%s\n' "INSTANCE PREFIX" "lab 192.0.2.0/24"
		;;
	*) "$nat64ctl" "$@" ;;
	esac
}

# shellcheck source=usr/completion/nat64ctl.bash
. "$1"
# what parts of it run when they are called alone
# shellcheck disable=SC2034
_nat64ctl_command=nat64ctl

# result NAME WHY: the test has passed if there is nothing to say
result() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - completion: $1"
	else
		echo "not ok $n - completion: $1"
		echo "# $2"
		failed=1
	fi
}

# complete_words WORD...: the last word is the one that is being written
complete_words() {
	COMP_WORDS=("$name" "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_nat64ctl
}

# offers EXPECTED WORD...: that is offered, and nothing else
offers() {
	local expected=$1 why=

	shift
	complete_words "$@"
	[ "${COMPREPLY[*]}" = "$expected" ] ||
		why="offers '${COMPREPLY[*]}' instead of '$expected'"
	result "$*" "$why"
}

# has EXPECTED WORD...: every word of EXPECTED is among what is offered
has() {
	local expected=$1 word why=

	shift
	complete_words "$@"
	for word in $expected; do
		[[ " ${COMPREPLY[*]} " = *" $word "* ]] || why+=" $word"
	done
	result "all that the help has: $*" "${why:+does not offer$why}"
}

# help_of REGEX [OBJECT]: group 1 of the lines of the help that match
help_of() {
	"$nat64ctl" ${2:+"$2"} help | sed -nE "s/^  $1.*/\\1/p" | sort -u | xargs
}

# words_of ALTERNATIVES: those that are written as they are: on|off, not NUMBER
words_of() {
	tr '|' '\n' <<< "$1" | grep -xE '[a-z0-9]+' | xargs
}

# options OBJECT VERB: each option of the object, and what can stand behind it
options() {
	local option value takes

	has "$("$nat64ctl" "$1" help |
	       sed -nE 's/^  (-., )?(--[a-z0-9-]+).*/\2/p' | xargs)" "$@" --
	while read -r option value; do
		takes=no
		! _nat64ctl_value "$option" "$1" > /dev/null || takes=yes
		if [ -z "$value" ]; then
			result "$1 $option has no value" "${takes#no}"
			continue
		fi
		result "$1 $option has a value" "${takes#yes}"
		[[ $value != *"|"* ]] ||
			has "$(words_of "$value")" "$@" "$option" ""
	done < <("$nat64ctl" "$1" help |
		 sed -nE 's/^  (-., )?(--[a-z0-9-]+)( ([^ ]+))? .*/\2 \4/p')
}

everything="instance pool6 pool4 bib eam denylist session config stats monitor trace pref64 clat import-jool import-tayga help version"
has "$everything" ""
offers "session" se
offers "pool6 pool4 pref64" p
offers "pool6 pool4" po
offers "pool6" -j pool6
offers "show add del flush check help" instance ""
offers "show flush count help" -n ns -j session ""
offers "--proto --port --pretty" session show --p
offers "--v6 --v4 --version" session --v
offers "--pool6 --pool4" instance add --pool
offers "--json" --js
offers "default lab" instance del ""
offers "lab" -i l
offers "lab" pool6 show --instance l
offers "show add del count help" bib ""
offers "--usage" pool4 show --u
offers "show add del flush help" eam ""
offers "2001:db8::/120" eam del ""
offers "192.0.2.0/24" denylist del ""
offers "nat64 siit" instance add --type ""
offers "tcp" pool4 add 192.0.2.1 --proto t
offers "v4-init v4-fin v4-v6-fin" session --state v4
offers "udp-timeout" config get udp-
offers "tcp-est-timeout tcp-trans-timeout tcp-open-timeout tcp-probe" \
	config set udp-timeout 300 tcp
offers "on off" config set override-tos o
offers "off pmtu" config set tos 1 mss-clamp ""
offers "none" config set --force rfc6791v4-prefix ""
offers "rfc6791v4-prefix rfc6791v6-prefix" config get rfc
offers "none" config set rfc6791v6-prefix ""
offers "off simple intrinsic" config set eam-hairpin-mode ""
offers "fastpath" config set tos 1 fa
offers "none" config set fastpath non
offers "lo" config set fastpath lo
offers "eth0,lo" config set tos 1 fastpath eth0,lo
offers "import-jool import-tayga" im
offers "usr/cli/opts.c" config load usr/cli/opts.c
offers "usr/cli/opts.h" import-jool usr/cli/opts.h
offers "--force" config load x --f
offers "--force" config set udp-timeout 1 --f
offers "table json prometheus" stats --format ""
offers "instance pool6 pool4 config bib session alarm eam denylist help" monitor ""
offers "eam" monitor bib e
offers "session" monitor bib s
offers "--syslog" monitor --sy
offers "" monitor --buffer-size ""
offers "tcp udp icmp packet help" trace ""
offers "lo" trace tcp --iif lo
offers "tcp udp icmp packet help" explain ""
offers "--flags" explain tcp --fl
offers "lo" pref64 --uplink lo
offers "--uplink" pref64 --up
offers "help" pref64 ""
offers "status up down help" clat ""
offers "--pref64 --prefix --pretty" clat up --pr
offers "auto" clat up --pref64 ""
offers "lo" clat up --uplink lo
offers "auto always never" --color ""
offers "" version ""
offers "" pool4 add --ports ""
offers "192.0.2.1/32" pool4 del ""
offers "" config set udp-timeout ""
offers "on off" config set tcp-probe ""

# By a path, from another folder
name=$nat64ctl
cd /
has "$everything" ""
offers "session" se
cd "$OLDPWD" || exit 1
name=nat64ctl

# A name is never run and never expanded, whatever it is; a word is no pattern.
hostile=$(mktemp -d)
touch "$hostile/a\$(touch INSIDE).json" "$hostile/my file.json" \
	"$hostile/b\`touch INSIDE\`" "$hostile/c;touch INSIDE"
before=$(ls "$hostile")
cd "$hostile" || exit 1
offers 'a$(touch INSIDE).json' config load a
offers 'my file.json' config load m
offers 'b`touch INSIDE`' import-jool b
offers 'c;touch INSIDE' config load c
_nat64ctl_names . > names
[ ! -s names ] || [ "$(cat names)" = names ]
result "names that need quotes are offered as files only" "${?#0}"
rm -f names
for word in '$(touch INSIDE)' '`touch INSIDE`' 's/x/touch INSIDE/e' /etc/passwd \
	'x/e;s/^/touch INSIDE/e;#'; do
	for words in "$word" "config $word" "import-jool $word" \
		"config set $word" "-i $word" "--$word" "help $word"; do
		# shellcheck disable=SC2086 # several words
		complete_words $words "" 2> noise
		result "no noise: $words" "$(cat noise)"
	done
done
rm -f noise
[ "$before" = "$(ls)" ]
result "nothing has been run" "${?#0}"
cd "$OLDPWD" || exit 1
rm -rf "$hostile"

# Whatever the help has can be completed.
objects=$("$nat64ctl" help |
	  sed -nE '/^Objects:/,/^$/s/^  ([a-z0-9-]+) .*/\1/p' | xargs)
has "$objects" ""
for object in $objects; do
	verbs=$(help_of "nat64ctl $object ([a-z]+)" "$object")
	[ -z "$verbs" ] || has "$verbs help" "$object" ""
	options "$object" ${verbs:+"${verbs%% *}"}
done
keys=$("$nat64ctl" config help |
       sed -nE '/Keys:$/,$s/^  ([a-z0-9-]+ +[^ ]+) .*/\1/p')
[ "$(wc -l <<< "$keys")" -gt 30 ]
result "the help has keys" "${?#0}"
has "$(cut -d' ' -f1 <<< "$keys" | xargs)" config set ""
has "$(cut -d' ' -f1 <<< "$keys" | xargs)" config get ""
while read -r key values; do
	values=$(words_of "$values")
	[ -z "$values" ] || has "$values" config set "$key" ""
done <<< "$keys"
file=$(mktemp)
while read -r words; do
	# shellcheck disable=SC2086 # object and verb
	has "$file" $words "${file%??}"
done < <(for object in $objects; do
		"$nat64ctl" "$object" help |
			sed -nE 's/^  nat64ctl ([^[]*) \[?FILE.*/\1/p'
	 done)
rm -f "$file"
echo "1..$n"
exit "$failed"
