#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# completion.sh FILE: what bash offers behind a beginning of a command line
set -u

nat64ctl=usr/build/san/nat64ctl
n=0
failed=0

# The completion asks the kernel for the names of instances; here it does not.
fake() {
	if [ "$*" = "instance show" ]; then
		printf '%s\n' "INSTANCE POOL6" "default  64:ff9b::/96" "lab -"
	else
		"$nat64ctl" "$@"
	fi
}

# shellcheck source=usr/completion/nat64ctl.bash
. "$1"

# offers EXPECTED WORD...: the last word is the one that is being written
offers() {
	local expected=$1

	shift
	COMP_WORDS=(fake "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_nat64ctl
	n=$((n + 1))
	if [ "${COMPREPLY[*]}" = "$expected" ]; then
		echo "ok $n - completion: $*"
	else
		echo "not ok $n - completion: $*"
		echo "# offers '${COMPREPLY[*]}' instead of '$expected'"
		failed=1
	fi
}

offers "instance pool6 pool4 bib session config stats import-jool help version" ""
offers "pool6 pool4" p
offers "pool6" -j pool6
offers "show add del flush help" instance ""
offers "show flush count help" -n ns -j session ""
offers "--proto --port --pretty" session show --p
offers "--v6 --v4 --version" session --v
offers "--pool6 --pool4" instance add --pool
offers "--json" --js
offers "default lab" instance del ""
offers "lab" -i l
offers "lab" pool6 show --instance l
offers "tcp" pool4 add 192.0.2.1 --proto t
offers "v4-init v4-fin v4-v6-fin" session --state v4
offers "udp-timeout" config get udp-
offers "tcp-est-timeout tcp-trans-timeout tcp-open-timeout tcp-probe" \
	config set udp-timeout 300 tcp
offers "on off" config set override-tos o
offers "off pmtu" config set tos 1 mss-clamp ""
offers "none" config set --force rfc6791v4-prefix ""
offers "rfc6791v4-prefix" config get rfc
offers "fastpath" config set tos 1 fa
offers "none" config set fastpath non
offers "lo" config set fastpath lo
offers "eth0,lo" config set tos 1 fastpath eth0,lo
offers "import-jool" im
offers "usr/keys.c" config load usr/keys.c
offers "usr/keys.h" import-jool usr/keys.h
offers "--force" config load x --f
offers "--force" config set udp-timeout 1 --f
offers "table json prometheus" stats --format ""
offers "" version ""
offers "" pool4 add --ports ""
echo "1..$n"
exit "$failed"
