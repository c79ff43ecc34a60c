#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel.sh: every verb of nat64ctl against the module, as root, in a network
# namespace of its own. Prints TAP.
#
#   IPv6 host   --- v1 | v0 --- translator (this namespace) --- dummy0
#   2001:db8::5                2001:db8::1    198.51.100.1

# shellcheck source=test/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Python takes its time to start, so it starts once: it reads expressions, and
# answers whether they are true, where d is the JSON in the file named with it.
coproc judge {
	python3 -uc '
import json, sys
for line in sys.stdin:
    path, expression = line.rstrip("\n").split("\t")
    try:
        d = json.load(open(path))
        print(bool(eval(expression)))
    except Exception as e:
        print(type(e).__name__, *str(e).splitlines())
'
}

# shellcheck disable=SC2154 # bash sets it
children+=("$judge_PID")

state() {
	"$nat64ctl" -j instance
	"$nat64ctl" -j bib 2>&1
	"$nat64ctl" -j config 2>&1
}

# matches FILE REGEX: a line of FILE does, in whatever case
matches() {
	local line

	while IFS= read -r line; do
		[[ ! $line =~ $2 ]] || return 0
	done < "$1"
	return 1
}

# prints NAME REGEX ARGS...: a line of its output matches
prints() {
	local name=$1 regex=$2 why="" rc

	shift 2
	run "$@"
	rc=$?
	[ "$rc" = 0 ] || why="status $rc"
	matches out "$regex" || why="$why, does not print $regex"
	result "$name" "$why"
}

# json NAME EXPRESSION ARGS...: true in Python, where d is the JSON it prints
json() {
	local name=$1 expression=$2 why="" rc verdict

	shift 2
	run -j "$@"
	rc=$?
	[ "$rc" = 0 ] || why="status $rc"
	printf '%s\t%s\n' out "${expression//[$'\n\t']/ }" \
		>&"${judge[1]}"
	read -r verdict <&"${judge[0]}"
	[ "$verdict" = True ] || why="$why, $verdict: $expression"
	result "$name" "$why"
}

# refused NAME REGEX ARGS...: the kernel refuses, in one sentence that matches,
# and nothing has changed
refused() {
	local name=$1 regex=$2 why="" rc before lines

	shift 2
	look
	before=$known
	run "$@"
	rc=$?
	known=
	look
	[ "$rc" = 2 ] || why="status $rc"
	[ ! -s out ] || why="$why, prints to stdout"
	mapfile -t lines < err
	[ ${#lines[@]} = 1 ] || why="$why, not one line"
	matches err "^nat64ctl: .*($regex)" ||
		why="$why, does not say $regex"
	[ "$before" = "$known" ] || why="$why, has changed something"
	result "$name" "$why"
}

#
# Without the module
#
if [ ! -e /sys/module/nat64 ]; then
	run instance show
	rc=$?
	if [ -e /sys/module/nat64 ]; then
		result "asking for the module loads it" "${rc#0}"
	elif [ $rc = 2 ] &&
	     grep -q "^nat64ctl: the nat64 module is not loaded: run 'modprobe nat64'$" err; then
		result "module is not loaded" ""
	else
		result "module is not loaded" "status $rc"
	fi
	if ! modprobe nat64; then
		result "modprobe nat64" "cannot load the module"
		finish
	fi
fi

#
# instance
#
prints "no instance" \
	"^INSTANCE +POOL6 +POOL4 +BIB-ENTRIES +SESSIONS +TYPE +EAM-ENTRIES +DEVICE$" instance
json "no instance in JSON" "d == []" instance show
json "no instance has no statistics" "d == []" stats
refused "show of no instance" "no instance" instance show nosuch
refused "pool6 of no instance" "no instance" pool6
refused "pool4 of no instance" "no instance" pool4
refused "bib of no instance" "no instance" bib
refused "session of no instance" "no instance" session
refused "session count of no instance" "no instance" session count
refused "session flush of no instance" "no instance" session flush
refused "config of no instance" "no instance" config
refused "config get of no instance" "no instance" config get tos
refused "config set of no instance" "no instance" config set tos 1
refused "stats of no instance" "no instance" -i nosuch stats
refused "instance del of no instance" "no instance" instance del nosuch
refused "instance check of no instance" "no instance" instance check nosuch
refused "instance flush of no instance" "no instance" instance flush nosuch
refused "pool6 add to no instance" "no instance" pool6 add 64:ff9b::/96
refused "pool4 add to no instance" "no instance" pool4 add 192.0.2.1
refused "bib add to no instance" "no instance" \
	bib add --proto tcp '[2001:db8::5]:80' 192.0.2.1:80
refused "bib del of no instance" "no instance" bib del 192.0.2.1:80

silently "instance add without a name" instance add
json "the default instance" "len(d) == 1 and
	d[0]['instance'] == 'default' and d[0]['pool6'] == ['64:ff9b::/96'] and
	d[0]['pool4'] == [] and d[0]['bib-entries'] == 0 and
	d[0]['sessions'] == 0" instance
prints "the default instance in a table" \
	"^default +64:ff9b::/96 +- +0 +0 +nat64 +- +-$" \
	instance show
refused "instance exists" "exist" instance add
refused "instance exists, with other pools" "exist" \
	instance add default --pool6 2001:db8:64::/96 --pool4 192.0.2.1
run pool4 show --usage
grep -q "^nat64ctl: note: pool4 is empty, .* 'nat64ctl bib count --v4 ADDR --proto P'" err
result "usage of the router's own addresses" "${?#0}"
silently "instance flush" instance flush
silently "it is switched off" config set manually-enabled off
for object in instance stats; do
	run "$object" && grep -q "^INSTANCE " out && [ "$(cat err)" = \
		"nat64ctl: note: instance default translates nothing: manually-enabled is off" ]
	result "$object says so" "${?#0}"
done
silently "instance del" instance del
json "instance is gone" "d == []" instance

silently "instance add with pools" instance add --pool6 64:ff9b::/96 \
	--pool6 2001:db8:64::/48 --pool4 192.0.2.1 --pool4 192.0.2.128/25
json "its pools" "d[0]['pool6'] == ['64:ff9b::/96', '2001:db8:64::/48'] and
	{p['prefix'] for p in d[0]['pool4']} ==
	{'192.0.2.1/32', '192.0.2.128/25'}" instance show default
silently "another instance" -i lab instance add --pool6 2001:db8:1::/64 \
	--pool4 203.0.113.1
json "both are shown" "[i['instance'] for i in d] == ['default', 'lab']" \
	instance show
json "one of them by name" "[i['instance'] for i in d] == ['lab']" \
	instance show lab
json "one of them by option" "[i['instance'] for i in d] == ['lab']" \
	-i lab instance
silently "name and option agree" instance flush lab -i lab
refused "a bad pool6 leaves no instance" "length|prefix" \
	instance add third --pool6 2001:db8:3::/97
refused "a bad pool4 leaves no instance" "pool4" \
	instance add third --pool6 2001:db8:3::/96 --pool4 192.0.2.3 \
	--pool4 127.0.0.0/8

#
# pool6
#
silently "pool6 add" pool6 add 2001:db8:2::/56
json "pool6 show" "[p['prefix'] for p in d] ==
	['64:ff9b::/96', '2001:db8:64::/48', '2001:db8:2::/56'] and
	all(p['instance'] == 'default' for p in d)" pool6 show
prints "pool6 in a table" "^default +2001:db8:2::/56$" pool6
json "pool6 of the other instance" \
	"[p['prefix'] for p in d] == ['2001:db8:1::/64']" -i lab pool6
for len in 0 1 31 33 48 63 80 95 97 128; do
	[ $len != 48 ] || continue
	refused "pool6 of length $len" "length|32, 40, 48, 56, 64 or 96" \
		pool6 add ::/$len
done
for len in 32 40 48 56 64; do
	prefix=2001:db8:${len}00::/$len
	[ $len -gt 40 ] || prefix=2002:$len::/$len
	silently "pool6 of length $len" pool6 add "$prefix"
	silently "pool6 del of length $len" pool6 del "$prefix"
done
refused "pool6 with bits 64 to 71" "64 (to|-) ?71|u octet|zero" \
	pool6 add 2001:db8:3:0:ff00::/96
silently "pool6 add of what is there" pool6 add 64:ff9b::/96
refused "pool6 inside another" "overlaps .*: 2001:db8:64::/48$" \
	pool6 add 2001:db8:64:1::/64
refused "pool6 of another instance" "overlaps .*: 2001:db8:1::/64 of instance lab$" \
	pool6 add 2001:db8:1::/48
silently "pool6 del" pool6 del 2001:db8:2::/56
refused "pool6 del of what is not there" "no such|not|there is no" \
	pool6 del 2001:db8:2::/56
refused "pool6 del with another length" "no such|not|there is no" \
	pool6 del 64:ff9b::/64

#
# pool4
#
silently "pool4 add with ports and protocol" \
	pool4 add 192.0.2.2 --ports 1024-2047,5000,6000-6001 --proto tcp
json "pool4 show" "[p for p in d if p['prefix'] == '192.0.2.2/32'] ==
	[{'instance': 'default', 'prefix': '192.0.2.2/32', 'proto': 'tcp',
	'mark': 0, 'ports': ['1024-2047', '5000', '6000-6001']}]" pool4
prints "pool4 in a table" \
	"^default +192.0.2.2/32 +tcp +0 +1024-2047,5000,6000-6001$" pool4 show
silently "pool4 add of another protocol" pool4 add 192.0.2.2 --proto udp
silently "pool4 add with a mark" pool4 add 192.0.2.3 --mark 0x10
json "its mark" "[p['mark'] for p in d if p['prefix'] == '192.0.2.3/32'] and
	all(p['mark'] == 16 for p in d if p['prefix'] == '192.0.2.3/32')" pool4
silently "pool4 add of many ranges" pool4 add 192.0.2.4 --proto icmp \
	--ports "$(seq -s, 100 2 162)"
json "all of them" "[len(p['ports']) for p in d
	if p['prefix'] == '192.0.2.4/32'] == [32]" pool4
pool4=$("$nat64ctl" -j pool4)
silently "pool4 add of what is there" pool4 add 192.0.2.1
silently "pool4 add of a part of what is there" \
	pool4 add 192.0.2.2 --ports 1024-1030,5000 --proto TCP
[ "$("$nat64ctl" -j pool4)" = "$pool4" ]
result "which changes nothing" "${?#0}"
refused "pool4 that overlaps in its ports" \
	"overlaps .*: tcp 192.0.2.2/32 ports 1024-2047,5000,6000-6001 mark 0$" \
	pool4 add 192.0.2.2 --proto tcp --ports 2000-3000
refused "pool4 that exists with another mark" \
	"overlaps .*: all 192.0.2.1/32 ports 1-65535 mark 0$" \
	pool4 add 192.0.2.1 --mark 5
refused "pool4 around another" "overlaps .*: all 192.0.2.1/32 ports" \
	pool4 add 192.0.2.0/24
refused "pool4 of another instance" \
	"overlaps .*: all 203.0.113.1/32 ports 1-65535 mark 0 of instance lab$" \
	pool4 add 203.0.113.1
refused "pool4 that is too large" "length|12" pool4 add 10.0.0.0/11
refused "pool4 of a loopback" "address|forward" pool4 add 127.0.0.1
refused "pool4 of a multicast address" "address|forward" pool4 add 224.0.0.1
silently "pool4 del of some ports" pool4 del 192.0.2.2 --proto tcp --ports 5000
json "the others stay" "[p['ports'] for p in d if p['proto'] == 'tcp' and
	p['prefix'] == '192.0.2.2/32'] == [['1024-2047', '6000-6001']]" pool4
silently "pool4 del of all its ports" pool4 del 192.0.2.2 --proto tcp
json "the other protocol stays" "[p['proto'] for p in d
	if p['prefix'] == '192.0.2.2/32'] == ['udp']" pool4
refused "pool4 del of what is not there" "no such|not|there is no" \
	pool4 del 192.0.2.77
silently "pool4 del with a mark" pool4 del 192.0.2.3 --mark 16
silently "pool4 flush" -i lab pool4 flush
json "it is empty" "d == []" -i lab pool4
json "those of others stay" "len(d) > 0" pool4
silently "pool4 add after that" -i lab pool4 add 203.0.113.0/28

#
# bib
#
silently "bib add" bib add --proto tcp '[2001:db8::5]:2000' 192.0.2.1:2000
silently "bib add of several protocols" \
	bib add --proto udp,icmp '[2001:db8::5]:2000' 192.0.2.1:2000
json "bib show" "len(d) == 3 and all(b.pop('began') for b in d) and
	{'instance': 'default', 'proto': 'tcp',
	'addr6': '2001:db8::5', 'port6': 2000, 'addr4': '192.0.2.1',
	'port4': 2000, 'static': True, 'sessions': 0} in d" bib
prints "bib in a table" \
	"^tcp +\[2001:db8::5\]:2000 +192.0.2.1:2000 +yes +0$" bib show
json "bib with --proto" "[b['proto'] for b in d] == ['udp']" \
	bib show --proto udp
json "bib with --v6" "len(d) == 3" bib show --v6 2001:db8::/64
json "bib with another --v6" "d == []" bib show --v6 2001:db8:1::/64
json "bib with --v4" "len(d) == 3" bib show --v4 192.0.2.0/30
json "bib with another --v4" "d == []" bib show --v4 192.0.2.4/30
json "bib with --port" "len(d) == 3" bib show --port 2000
json "bib with another --port" "d == []" bib show --port 2001
json "it is counted" "d[0]['bib-entries'] == 3" instance show default
bib=$("$nat64ctl" -j bib)
silently "bib add of what exists" \
	bib add --proto tcp '[2001:db8::5]:2000' 192.0.2.1:2000
refused "bib add with a transport address in use" \
	"in use by another.*: tcp \[2001:db8::5\]:2000 192.0.2.1:2000 static$" \
	bib add --proto tcp '[2001:db8::6]:2000' 192.0.2.1:2000
refused "bib add of a host that has one" \
	"has another.*: udp \[2001:db8::5\]:2000 192.0.2.1:2000 static$" \
	bib add --proto udp '[2001:db8::5]:2000' 192.0.2.1:2001
silently "pool4 for two protocols of the three" \
	pool4 add 192.0.2.5 --ports 7 --proto tcp
silently "bib add of one" bib add --proto tcp '[2001:db8::7]:7' 192.0.2.5:7
refused "bib add that is refused keeps what was there before" "udp: .*pool4" \
	bib add --proto tcp,udp '[2001:db8::7]:7' 192.0.2.5:7
json "it is there" "len(d) == 1" bib show --v6 2001:db8::7
silently "bib del" bib del '[2001:db8::7]:7'
silently "pool4 del" pool4 del 192.0.2.5 --ports 7 --proto tcp
[ "$("$nat64ctl" -j bib)" = "$bib" ]
result "bib is what it was" "${?#0}"
refused "bib add outside pool4" "pool4" \
	bib add --proto tcp '[2001:db8::5]:2001' 192.0.2.99:2001
refused "bib add outside the protocols of pool4" "pool4" \
	bib add --proto tcp '[2001:db8::5]:2001' 192.0.2.2:2001
refused "bib add of an address inside pool6" "pool6" \
	bib add --proto tcp '[64:ff9b::1]:2001' 192.0.2.1:2001
refused "bib add of two protocols, one outside pool4" "tcp: .*pool4" \
	bib add --proto udp --proto tcp '[2001:db8::5]:2001' 192.0.2.2:2001
silently "bib add of one protocol more" \
	bib add --proto icmp '[2001:db8::7]:2002' 192.0.2.1:2002
refused "bib add of three protocols, the port of one taken, adds none" \
	"icmp: the .*in use by another.*: icmp \[2001:db8::7\]:2002 " \
	bib add --proto tcp,udp,icmp '[2001:db8::8]:2002' 192.0.2.1:2002
silently "bib del of the one that was taken" bib del '[2001:db8::7]:2002'
silently "bib add of the three now" \
	bib add --proto tcp,udp,icmp '[2001:db8::8]:2002' 192.0.2.1:2002
json "all were added" "len(d) == 3" bib show --v6 2001:db8::8
silently "bib add of all that exist" \
	bib add --proto tcp,udp,icmp '[2001:db8::8]:2002' 192.0.2.1:2002
silently "bib del of all" bib del '[2001:db8::8]:2002'
silently "bib del by its IPv4 side, one protocol" \
	bib del 192.0.2.1:2000 --proto tcp
json "the others stay" "sorted(b['proto'] for b in d) == ['icmp', 'udp']" bib
silently "bib del by its IPv6 side, all that there are" \
	bib del '[2001:db8::5]:2000'
json "they are gone" "d == []" bib
refused "bib del of what is not there" "no such|there is no|not" \
	bib del 192.0.2.1:2000
silently "bib add again" bib add --proto tcp '[2001:db8::5]:2000' 192.0.2.1:2000
refused "bib del with the wrong other side" "no such|there is no|not" \
	bib del '[2001:db8::6]:2000' 192.0.2.1:2000
silently "bib del by both sides" bib del '[2001:db8::5]:2000' 192.0.2.1:2000
silently "bib add of ICMP identifier 0" \
	bib add --proto icmp '[2001:db8::5]:0' 192.0.2.1:0
silently "pool4 del removes it" pool4 del 192.0.2.1
json "its BIB entry is gone" "d == []" bib
silently "pool4 add again" pool4 add 192.0.2.1

#
# config
#
keys=$("$nat64ctl" config help |
	sed -nE '/ Keys:$/,$s/^  ([a-z0-9-]+) .*/\1/p' |
	grep -vE '^(amend-udp-checksum-zero|eam-hairpin-mode|rfc6791v6-prefix)$')
json "config show has every key" "sorted(d) == sorted('''$keys'''.split())" config
defaults=$("$nat64ctl" -j config)
values=()
for key in $keys; do
	values+=("$key" "$("$nat64ctl" config get "$key")")
	json "config get $key" "list(d) == ['$key']" config get "$key"
done
silently "config set takes what config get prints" config set "${values[@]}"
[ "$("$nat64ctl" -j config)" = "$defaults" ]
result "which is what it was" "${?#0}"
json "config defaults" "d['manually-enabled'] is True and
	d['tcp-est-timeout'] == 7200 and d['tcp-trans-timeout'] == 240 and
	d['udp-timeout'] == 300 and d['icmp-timeout'] == 60 and
	d['mtu-plateaus'][0] == 65535 and d['lowest-ipv6-mtu'] == 1280 and
	d['fastpath'] == []" config

# word_of JSON: how the command line has it
word_of() {
	case $1 in
	True) echo on ;;
	False) echo off ;;
	*) echo "${1//\'/}" ;;
	esac
}

# KEY DEFAULT LEAST MOST BAD...: values as JSON has them, BAD as they are written
standard="" least="" most="" set_least=() set_most=() set_bad=()
while read -r key default low high bad; do
	standard+="'$key': $default, "
	least+="'$key': $low, "
	most+="'$key': $high, "
	set_least+=("$key" "$(word_of "$low")")
	set_most+=("$key" "$(word_of "$high")")
	for word in $bad; do
		set_bad+=("$key" "$word")
	done
done <<'END'
tcp-open-timeout 240 1 1000000 0 1000001
tcp-probe True False True
maximum-simultaneous-opens 256 0 65535 65536
hold-down-time 120 0 86400 86401
hold-down-ports 65536 0 2147483647 2147483648
inbound-refresh True False True
port-dependent-filtering False False True
preserve-port-parity True False True
wkp-strict True False True
udp6-zero-checksum False False True
drop-udp4-zero-checksum False False True
mss-clamp 'off' 88 65495 2 87 65496
rfc6791v4-prefix 'none' '128.0.0.0/2' '192.0.2.9/32' 0.0.0.0/0 0.0.0.0/8 127.0.0.1 128.0.0.0/1 64.0.0.0/2 224.0.0.0/4
send-icmp-errors True False True
answer-unmapped False False True
logging-bib False True False
logging-session False True False
accounting False True False
END
json "defaults of the later keys" "d.items() >= {$standard}.items()" config
silently "config set of the least" config set "${set_least[@]}"
json "they are set" "d.items() >= {$least}.items()" config
silently "config set of the most" config set "${set_most[@]}"
json "they are set" "d.items() >= {$most}.items()" config
for ((i = 0; i < ${#set_bad[@]}; i += 2)); do
	refused "config set, a good key before ${set_bad[*]:i:2}" \
		"${set_bad[i]}( |:)" config set tos 7 "${set_bad[@]:i:2}"
done
silently "config set of words" config set mss-clamp pmtu rfc6791v4-prefix none
json "they are set" "d['mss-clamp'] == 'pmtu' and
	d['rfc6791v4-prefix'] == 'none'" config
silently "config set of an address" config set rfc6791v4-prefix 192.0.2.9
prints "an address is a prefix of 32 bits" "^192.0.2.9/32$" \
	config get rfc6791v4-prefix

# Devices need not exist; their names are what a device could have.
devices=eth0,eth0.100,a,b,c,d,e0,abcdefghijklmno
silently "config set of devices among other keys" \
	config set tos 3 fastpath $devices udp-timeout 6m
json "they are set" "d['fastpath'] == '$devices'.split(',') and
	d['tos'] == 3 and d['udp-timeout'] == 360" config
prints "as set takes them" "^$devices\$" config get fastpath
refused "more devices" "fastpath must be 8 devices at most" \
	config set tos 7 fastpath $devices,e
refused "a device twice" "fastpath has a device twice" \
	config set tos 7 fastpath e,f,e
refused "a device called a/b" "fastpath must be names of network" \
	config set tos 7 fastpath e,a/b
silently "config set of fewer devices" config set fastpath b
json "they replace the others" "d == {'fastpath': ['b']}" config get fastpath
silently "config set of no device" config set fastpath none
prints "there is none" "^none$" config get fastpath

# KEY LEAST RFC: what the RFC demands is not undercut by mistake
while read -r key low rfc; do
	silently "config set $key $low" config set "$key" "$low"
	refused "config set $key below $rfc" \
		"$key must be $low \($rfc\) to 1000000 seconds; --force allows 1 and more$" \
		config set tos 7 "$key" $((low - 1))
	silently "config set $key 1 --force" config set "$key" 1 --force
	json "$key is 1" "d == {'$key': 1}" config get "$key"
	refused "config set $key 0 --force" "$key must" \
		config set tos 7 "$key" 0 --force
	refused "config set $key beyond its limit" "$key must" \
		config set --force "$key" 1000001
done <<'END'
tcp-est-timeout 7200 RFC 6146 s4
tcp-trans-timeout 240 RFC 5382 REQ-5
udp-timeout 120 RFC 4787 REQ-5
icmp-timeout 60 RFC 5508 REQ-2
END
silently "what was forced does not disturb other keys" config set tos 9
refused "force is for lifetimes" "lowest-ipv6-mtu" \
	config set lowest-ipv6-mtu 1279 --force
silently "config set of all keys" config set "${values[@]}"
[ "$("$nat64ctl" -j config)" = "$defaults" ]
result "all are as they were" "${?#0}"
silently "config set" config set udp-timeout 10m
prints "config get" "^600$" config get udp-timeout
prints "config show in a table" "^udp-timeout +600s \(10m\) +life" config
silently "config set of several" config set tos 0x1c override-tos on \
	mtu-plateaus 1492,1280,68 tcp-est-timeout 2h30m
json "they are set" "d['tos'] == 28 and d['override-tos'] is True and
	d['mtu-plateaus'] == [1492, 1280, 68] and
	d['tcp-est-timeout'] == 9000 and d['udp-timeout'] == 600" config show
json "the other instance is as before" "d['udp-timeout'] == 300" -i lab config
refused "config set out of range" "udp-timeout" config set udp-timeout 119
refused "config set of a connection" "tcp-est-timeout" \
	config set tcp-est-timeout 7199
refused "config set of the smallest MTU" "lowest-ipv6-mtu" \
	config set lowest-ipv6-mtu 1279
refused "config set of the largest MTU" "lowest-ipv6-mtu" \
	config set lowest-ipv6-mtu 65536
refused "config set of nothing" "icmp-timeout" config set icmp-timeout 0
refused "config set of rising plateaus" "plateaus" \
	config set mtu-plateaus 68,1492
refused "config set of a small plateau" "plateaus" config set mtu-plateaus 67
refused "config set, a bad key after a good one" "tcp-trans-timeout" \
	config set tos 5 tcp-trans-timeout 239
refused "config set, a bad key before a good one" "tcp-trans-timeout" \
	config set tcp-trans-timeout 239 tos 5

#
# stats
#
prints "stats of an idle instance" "^lab +sessions +0 +sessions that exist$" \
	-i lab stats
prints "stats with --all" "^lab +received6 +0 +IPv6 packets" -i lab stats --all
json "stats of all instances" "[s['instance'] for s in d] == ['default', 'lab']
	and all('drop-no-bib' in s and 'sessions' in s for s in d)" stats
json "stats knows every counter" \
	"not [k for s in d for k in s if k.startswith('counter-')]" stats
run stats
before=$(cat out)
run stats --all
[ "$(wc -l < out)" -gt "$(wc -l <<< "$before")" ]
result "stats hides what is zero" "${?#0}"
prints "stats in JSON by its format" '"instance": "lab"' stats --format json
prints "stats for prometheus" '^nat64_received6_total\{instance="lab"\} 0$' \
	stats --format prometheus
prints "gauges for prometheus" '^# TYPE nat64_sessions gauge$' \
	stats --format prometheus

#
# sessions, made by packets
#
network() {
	inside_host &&
	ip link add dummy0 type dummy &&
	ip addr add 198.51.100.1/24 dev dummy0 &&
	ip link set dummy0 up
}

# send PROTO COUNT: so many flows from the IPv6 host to 198.51.100.7
send() {
	# shellcheck disable=SC2016 # Python's
	ip netns exec "$host" python3 -c '
import socket, sys
kind = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}[sys.argv[1]]
for i in range(int(sys.argv[2])):
    s = socket.socket(socket.AF_INET6, kind)
    s.setblocking(False)
    try:
        s.connect(("64:ff9b::c633:6407", 8000))
        s.send(b"x")
    except OSError:
        pass' "$1" "$2"
}

# until_count N FILTER...: wait, 5 seconds at most, until there are N sessions
until_count() {
	local want=$1 i

	shift
	for ((i = 0; i < 50; i++)); do
		[ "$("$nat64ctl" session count "$@")" != "$want" ] || return 0
		sleep 0.1
	done
	return 1
}

network
result "network" "${?#0}"
json "no session" "d == []" session
json "session count of none" "d == {'count': 0}" session count
send udp 3
send tcp 1
until_count 4
result "packets make sessions" "${?#0}"
prints "session count" "^4$" session count
json "session count with a filter" "d == {'count': 3}" \
	session count --proto udp
json "sessions by host" "d == [{'sessions': 4, 'host': '2001:db8::5'}]" \
	session count --by host
json "sessions by remote host, with a filter" \
	"d == [{'sessions': 3, 'peer': '198.51.100.7'}]" \
	session count --by peer --proto UDP
prints "the same in a table" "^ *4 +2001:db8::5$" session count --by host
json "sessions by host of none" "d == []" session count --by host --port 9
json "session show" "len(d) == 1 and d[0]['src6'] == '2001:db8::5' and
	d[0]['dst6'] == '64:ff9b::c633:6407' and d[0]['dport6'] == 8000 and
	d[0]['dst4'] == '198.51.100.7' and d[0]['dport4'] == 8000 and
	d[0]['src4'].startswith('192.0.2.') and d[0]['proto'] == 'tcp' and
	d[0]['state'] == 'v6-init' and 0 < d[0]['expires'] <= 240 and
	d[0]['instance'] == 'default'" session show --proto tcp
json "UDP sessions have no state" \
	"len(d) == 3 and not [s for s in d if 'state' in s]" session --proto udp
prints "session in a table" \
	"^udp +\[2001:db8::5\]:[0-9]+ +192.0.2.[0-9]+:[0-9]+ +198.51.100.7:8000 +- +9m[0-9]+s$" \
	session
prints "TCP session in a table" "^tcp .* v6-init +[0-9ms.]+$" session show
json "session with --v6" "len(d) == 4" session --v6 2001:db8::/32
json "session with another --v6" "d == []" session --v6 2001:db8::6
json "session with --v4 of the remote host" "len(d) == 4" session --v4 198.51.100.7
json "session with --v4 of pool4" "len(d) == 4" session --v4 192.0.2.0/24
json "session with another --v4" "d == []" session --v4 198.51.100.8
json "session with --port" "len(d) == 4" session --port 8000
json "session with another --port" "d == []" session --port 7
json "session with --state" "len(d) == 1" session --state v6-init
json "session with another --state" "d == []" session --state trans
json "their BIB entries" "len(d) == 4 and
	all(b['static'] is False and b['sessions'] == 1 for b in d)" bib
json "they are counted" "d[0]['sessions'] == 4 and d[0]['translated64'] >= 4 and
	d[0]['session-created'] == 4" -i default stats
read -r side6 side4 < <("$nat64ctl" -j bib --proto tcp | python3 -c "
import json, sys
bib = json.load(sys.stdin)[0]
print('[%(addr6)s]:%(port6)d %(addr4)s:%(port4)d' % bib)")
silently "bib add of what a packet has made" \
	bib add --proto tcp "$side6" "$side4"
json "it is static, and has its session" \
	"[(b['static'], b['sessions']) for b in d] == [(True, 1)]" \
	bib --proto tcp
prints "session flush with a filter" "^1$" session flush --proto tcp
silently "bib del of what is static now" bib del "$side4" --proto tcp
prints "the others stay" "^3$" session count
for object in instance pool6 pool4 bib session config stats; do
	json "$object -p is JSON, too" "len(d) > 0" -p $object
done
json "the tables agree with each other" "d == {'instance': 'default',
	'bib-entries': 3, 'sessions': 3, 'moving': False, 'disagreements': 0,
	'faults': []}" instance check
prints "the tables agree, in words" \
	"^default: 3 BIB entries and 3 sessions, and all tables agree$" \
	instance check default
json "session flush of all" "d == {'flushed': 3}" session flush
prints "they are gone" "^0$" session count
send udp 2
until_count 2
silently "instance flush forgets sessions" instance flush
prints "none is left" "^0$" session count

#
# who may do what
#
known=
look
before=$known
for words in "instance add x" "instance del" "instance flush" \
	"instance check" \
	"pool6 add 2001:db8:9::/96" "pool6 del 64:ff9b::/96" \
	"pool4 add 192.0.2.9" "pool4 del 192.0.2.1" "pool4 flush" \
	"bib add --proto tcp [2001:db8::5]:1 192.0.2.1:1" \
	"bib del 192.0.2.1:1" "session flush" "config set tos 1" \
	bib "bib --proto tcp" session "session --port 1" "session count" \
	"trace udp [2001:db8::5]:1 [64:ff9b::198.51.100.7]:2"; do
	# shellcheck disable=SC2086 # several words
	unprivileged $words
	rc=$?
	why=
	[ $rc = 2 ] || why="status $rc"
	grep -q "^nat64ctl: you need CAP_NET_ADMIN in this network namespace (try as root)$" \
		err || why="$why, wrong words"
	result "without privilege, refused: $words" "$why"
done
known=
look
[ "$before" = "$known" ]
result "nothing has changed" "${?#0}"
unprivileged pool4 --usage
[ $? = 2 ] && grep -q "^nat64ctl: the usage of pool4 takes CAP_NET_ADMIN " err
result "without privilege, refused: pool4 --usage" "${?#0}"
unprivileged stats --format prometheus &&
	grep -q "^nat64ctl: note: the usage of pool4 takes CAP_NET_ADMIN " err &&
	grep -q '^nat64_received6_total{' out && ! grep -q pool4_ports out
result "without privilege, prometheus gets statistics without the use of pool4" "${?#0}"
for words in instance pool6 pool4 config "config get tos" stats; do
	# shellcheck disable=SC2086 # several words
	unprivileged $words
	rc=$?
	why=
	[ $rc = 0 ] && [ -s out ] || why="status $rc"
	result "without privilege, allowed: $words" "$why"
done

#
# messages that are not the kernel's
#
exec {events}< <(exec "$nat64ctl" monitor instance)
monitor=$!
"$top/test/cli/spoof.py" "$top/include/uapi/linux/nat64.h" $monitor
result "false messages are sent to a monitor" "${?#0}"
silently "instance add under it" instance add real --pool6 2001:db8:77::/96
line=
read -r -t 60 line <&"$events"
[[ $line = *" real     instance add "* ]]
result "it reports this, and nothing before" "${?#0}"
silently "instance del under it" instance del real
read -r -t 60 line <&"$events"
[[ $line = *" real     instance del"* ]] && kill $monitor
result "and goes on" "${?#0}"
exec {events}<&-

#
# user namespaces: their root has no privilege here
#
cat > guest <<'END'
set -e
refused() {
	! "${@:2}" > /dev/null 2> err && grep -q "^nat64ctl: .*$1" err ||
		{ cat err; return 1; }
}
for i in 1 2 3 4; do
	"$1" instance add i$i --pool6 2001:db8:$i::/96 --pool4 198.18.$i.0/24
done
refused "as many instances as it can hold" \
	"$1" instance add i5 --pool6 2001:db8:5::/96 --pool4 198.18.5.0/24
"$1" instance del i4
"$1" instance add i4 --pool6 2001:db8:5::/96 --pool4 198.19.0.0/20
refused "in a user namespace, pool4 holds 4096 addresses" \
	"$1" -i i4 pool4 add 198.18.4.0/32
[ "$("$1" -i i1 config get maximum-sessions)" = 65536 ]
refused "in a user namespace, maximum-sessions must be 1 to 65536" \
	"$1" -i i1 config set maximum-sessions 65537
refused "in a user namespace, maximum-simultaneous-opens must be 0 to 256" \
	"$1" -i i1 config set maximum-simultaneous-opens 257
"$1" -i i1 config set maximum-sessions 60000 maximum-simultaneous-opens 255
python3 - <<'PY'
import json
for n in 1024, 1025:
    json.dump({"pool6": ["2001:db8:1::/96"], "pool4": ["198.18.1.0/24"],
               "bib": [{"proto": "udp", "ipv6": f"[2001:db8::1]:{i + 1}",
                        "ipv4": f"198.18.1.1:{i + 1}"} for i in range(n)]},
              open(f"bib{n}.json", "w"))
PY
refused "in a user namespace, an instance holds 1024 static BIB entries" \
	"$1" -i i1 config load bib1025.json
"$1" -i i1 config load bib1024.json
refused "in a user namespace, an instance holds 1024 static BIB entries" \
	"$1" -i i1 bib add --proto udp '[2001:db8::1]:1025' 198.18.1.1:1025
[ "$("$1" -i i1 bib count)" = 1024 ]
END
unshare --user --map-root-user --net bash -x guest "$nat64ctl" > guest.log 2>&1
why=${?#0}
[ -z "$why" ] || sed 's/^/# /' guest.log
result "in a user namespace, less can be had" "$why"

#
# network namespaces
#
json "another namespace has no instance" "d == []" -n "$host" instance
silently "instance add in another namespace" instance add -n "$host" there
json "it is there" "[i['instance'] for i in d] == ['there']" \
	-n "/run/netns/$host" instance
json "it is not here" "'there' not in [i['instance'] for i in d]" instance

#
# the end
#
silently "instance del of one" instance del lab
prints "a trace of the longest packet" "^(translated|dropped|passed)" trace udp \
	"[2001:db8::5]:4000" "[64:ff9b::198.51.100.2]:80" --length 65496 --mark 1 \
	--iif v0
json "the other stays" "[i['instance'] for i in d] == ['default']" instance
silently "instance del of the other" instance del
json "none is left" "d == []" instance show

#
# which instance is meant
#
silently "an instance of another name" \
	instance add office --pool6 64:ff9b::/96 --pool4 192.0.2.1
json "the only one is meant" "[p['instance'] for p in d] == ['office']" pool4
silently "pool4 add to it" pool4 add 192.0.2.2
silently "bib add to it" bib add --proto tcp '[2001:db8::5]:80' 192.0.2.2:80
silently "bib del of it" bib del 192.0.2.2:80
silently "config set of it" config set tos 3
prints "config get of it" "^3$" config get tos
json "config save of it" "d['instance'] == 'office'" config save
prints "session count of it" "^0$" session count
refused "one that is not there" \
	"there is no instance 'nosuch': name one with -i, there is office$" \
	-i nosuch pool4
refused "instance del means the default" \
	"there is no instance 'default': name one with -i, there is office$" \
	instance del
silently "a second one" -i lab instance add --pool6 2001:db8:1::/64 \
	--pool4 203.0.113.1
run pool4
[ $? = 1 ] && [ ! -s out ] && [ "$(cat err)" = \
	"nat64ctl: there is no instance 'default': name one with -i, there are office, lab" ]
result "of two, one has to be named" "${?#0}"
prints "or the other" "^0$" -i lab session count
silently "a third one" instance add --pool6 2001:db8:2::/64 --pool4 203.0.113.2
json "the default is meant then" "[p['instance'] for p in d] == ['default']" \
	pool6
silently "instance del" instance del office
silently "instance del" instance del lab

#
# stateless instances
#
silently "instance add of type siit" instance add s --type siit
json "its type" "[i for i in d if i['instance'] == 's'] == [{'instance': 's',
	'type': 'siit', 'pool6': [], 'eam-entries': 0}]" instance show
prints "its type in a table" "^s +- +- +- +- +siit +0 +-$" instance show s
silently "instance add with a device" instance add d --type siit --device dev0
json "its device" "[i for i in d if i['instance'] == 'd'] == [{'instance': 'd',
	'type': 'siit', 'pool6': [], 'device': 'dev0', 'device-gone': False,
	'eam-entries': 0}]" instance show
prints "its device in a table" "^d +- +- +- +- +siit +0 +dev0$" instance show d
refused "a device that another instance has" "another instance has this device" \
	instance add e --type siit --device dev0
refused "a device of another type" "is not of type nat64: choose another" \
	instance add e --type siit --device lo
refused "a NAT64 with a device but no pool4" "needs pool4" \
	instance add e --pool6 2001:db8:e::/96 --device dev1
silently "config save" -i d config save device.json
ip link del dev0
prints "a device that was deleted" " dev0.deleted.$" instance show d
silently "config load makes it again" -i d config load device.json
prints "it is there" " dev0$" instance show d
silently "instance del with a device" instance del d
silently "pool6 add" -i s pool6 add 2001:db8:64::/96
silently "eam add" -i s eam add 2001:db8:a::/120 198.51.100.0/24
silently "eam add, the other way round" -i s eam add 192.0.2.5 2001:db8:a::5
silently "eam add of what is there" -i s eam add 2001:db8:a::5 192.0.2.5/32
json "eam show" "sorted((e['instance'], e['ipv6'], e['ipv4']) for e in d) ==
	[('s', '2001:db8:a::/120', '198.51.100.0/24'),
	('s', '2001:db8:a::5/128', '192.0.2.5/32')]" -i s eam
prints "eam show in a table" "^2001:db8:a::/120 +198.51.100.0/24$" -i s eam show
json "they are counted" "d[0]['eam-entries'] == 2" instance show s
refused "eam add of an IPv6 prefix that is there" \
	"2001:db8:a::/120 198.51.100.0/24$" -i s eam add 2001:db8:a::/120 10.0.0.0/24
refused "eam add of an IPv4 prefix that is there" \
	"2001:db8:a::5/128 192.0.2.5/32$" -i s eam add 2001:db8:b::5 192.0.2.5
refused "eam add of multicast" "global unicast" -i s eam add ff02::1 192.0.2.6
refused "eam del of what is not there" "there is no such EAM entry" \
	-i s eam del 192.0.2.6
refused "eam del of two halves" "there is no such EAM entry" \
	-i s eam del 2001:db8:a::5 198.51.100.0/24
refused "eam of a NAT64" "stateful" eam add 2001:db8:a::9 192.0.2.9
silently "denylist add" -i s denylist add 10.0.0.0/8
silently "denylist add of an address in it" -i s denylist add 10.1.2.3
json "denylist show" "{e['prefix'] for e in d} ==
	{'10.0.0.0/8', '10.1.2.3/32'} and d[0]['instance'] == 's'" -i s denylist
prints "denylist show in a table" "^s +10.0.0.0/8$" -i s denylist show
refused "denylist del of what is not there" "no such" -i s denylist del 10.1.2.4
refused "denylist of a NAT64" "stateful" denylist add 10.0.0.0/8
silently "config set of its keys" -i s config set eam-hairpin-mode simple \
	amend-udp-checksum-zero on rfc6791v6-prefix 2001:db8:c::/64
prints "config get" "^simple$" -i s config get eam-hairpin-mode
prints "config get of a prefix" "^2001:db8:c::/64$" \
	-i s config get rfc6791v6-prefix
refused "config set of a key of the other type" "udp-timeout: .*does not have this key" \
	-i s config set udp-timeout 300
refused "config get of a key of the other type" \
	"udp-timeout is no key of the instance s: 'config show' lists" \
	-i s config get udp-timeout
refused "config set of its keys in a NAT64" "eam-hairpin-mode: .*does not have this key" \
	config set eam-hairpin-mode off
json "it has not the keys of the other type" "'udp-timeout' not in d and
	d['amend-udp-checksum-zero'] is True" -i s config
refused "pool4 add to it" "stateless|siit" -i s pool4 add 192.0.2.1
refused "bib add to it" "stateless|siit" -i s bib add --proto tcp \
	'[2001:db8::5]:80' 192.0.2.1:80
json "its statistics" "'eam-entries' in d[0] or d[0]['instance'] == 's'" -i s stats
prints "trace by both tables" \
	"^the source translates: 2001:db8:a::5 is 192.0.2.5 by the EAM entry 2001:db8:a::5/128 192.0.2.5/32$" \
	trace udp '[2001:db8:a::5]:1' '[2001:db8:64::198.51.100.7]:2' --iif v0
prints "trace of the destination" \
	"^the destination translates: 2001:db8:64::c633:6407 is 198.51.100.7 by pool6 2001:db8:64::/96$" \
	trace udp '[2001:db8:a::5]:1' '[2001:db8:64::198.51.100.7]:2' --iif v0
prints "trace of a source that does not translate" \
	"^the source 2001:db8::5 does not translate: no EAM entry and no pool6 has it$" \
	trace udp '[2001:db8::5]:1' '[2001:db8:64::198.51.100.7]:2' --iif v0
json "trace in JSON" "[s.get('eam') for s in d['steps']
	if s['step'] == 'address'][1] == {'ipv6': '2001:db8:a::5/128',
	'ipv4': '192.0.2.5/32'}" \
	trace udp '[2001:db8:a::5]:1' '[2001:db8:64::198.51.100.7]:2' --iif v0
"$nat64ctl" -i s config save saved.json
silently "it is loaded as it was saved" config load saved.json
"$nat64ctl" -i s config save again.json
cmp -s saved.json again.json
result "nothing has changed" "${?#0}"
prints "config check says so" "^nothing would change$" config check saved.json
echo '{"instance": "s", "pool6": ["2001:db8:64::/96"]}' > other.json
refused "a load does not change the type" "type" config load other.json
sed 's/"eam-hairpin-mode": "simple"/"udp-timeout": 300/' saved.json > other.json
refused "a load has no keys of the other type" \
	"other.json: /config/udp-timeout: .*does not have this key" \
	config load other.json
refused "nor does a check" \
	"other.json: /config/udp-timeout: .*does not have this key" \
	config check other.json
python3 -c '
import json
print(json.dumps({"instance": "s", "type": "siit", "eam": [
    {"ipv6": f"2001:db8:d::{i:x}", "ipv4": f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"}
    for i in range(1, 20001)]}))' > many.json
silently "config load of many entries" config load many.json
json "they are there" "d[0]['eam-entries'] == 20000" instance show s
silently "eam flush" -i s eam flush
silently "denylist flush" -i s denylist flush
json "none is left" "d == []" -i s eam
json "nor there" "d == []" -i s denylist
silently "instance del" instance del s

"$nat64ctl" config show > /dev/full 2> err
[ $? = 2 ] && grep -q "cannot write the output" err
result "a full disk is noticed" "${?#0}"
"$nat64ctl" instance del

finish
