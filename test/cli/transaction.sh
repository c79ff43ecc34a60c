#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# transaction.sh: config save, check and load against the module, as root, in a
# network namespace of its own. Prints TAP.
#
#   IPv6 host   --- v1 | v0 --- translator (this namespace) --- w0 | w1 --- server
#   2001:db8::5                 2001:db8::1          198.51.100.1  198.51.100.7
#
# Instances are compared by what config save prints of them; the other objects
# show first that it prints everything.

# shellcheck source=test/cli/lib.sh
. "$(dirname "$0")/lib.sh"

server=nat64out$$
spaces+=("$server")

# prints NAME TEXT ARGS...: it prints TEXT and nothing else
prints() {
	local name=$1 text=$2 why="" rc

	shift 2
	run "$@"
	rc=$?
	[ "$rc" = 0 ] || why="status $rc"
	[ "$(cat out)" = "$text" ] || why="$why, does not print: $text"
	[ ! -s err ] || why="$why, complains"
	result "$name" "$why"
}

# state: all that there is to know of every instance
state() {
	local name

	"$nat64ctl" -j instance
	for name in $("$nat64ctl" instance | sed '1d; s/ .*//'); do
		"$nat64ctl" -i "$name" config save
		"$nat64ctl" -i "$name" -j bib
	done
}

# file TEXT: into the file "bad"
file() {
	printf '%s\n' "$1" > bad
}

# refused NAME SENTENCE: the load of "bad" is, in these words, and nothing has
# changed; so is a check, which does not change anything either
refused() {
	local name=$1 before why="" verb rc

	look
	before=$known
	for verb in check load; do
		run config $verb bad
		rc=$?
		[ $rc = 2 ] || why="$why $verb: status $rc"
		[ ! -s out ] || why="$why, $verb prints to stdout"
		[ "$(cat err)" = "nat64ctl: bad$2" ] ||
			why="$why, $verb says $(cat err)"
	done
	known=
	look
	[ "$known" = "$before" ] || why="$why, something has changed"
	result "refused: $name" "$why"
}

# is_now NAME FILE: the file is what save says of the instance
is_now() {
	run config save
	cmp -s out "$2"
	result "$1" "${?#0}"
}

[ -e /sys/module/nat64 ] || modprobe nat64 || exit 1

#
# save, load, save
#
cat > all.json <<'END'
{
  "comment": "everything that can be said",
  "instance": "default",
  "pool6": ["2001:db8:64::/48", "64:ff9b::/96"],
  "pool4": [
    "203.0.113.77",
    {"prefix": "192.0.2.0/28", "proto": "tcp", "ports": "1024-2047,5000"},
    {"prefix": "192.0.2.0/28", "proto": "udp", "ports": [6000, "7000-7001"]},
    {"prefix": "192.0.2.128/25", "mark": "0x10"},
    {"prefix": "198.18.0.1", "ports": ["1-65535"], "proto": "icmp"}
  ],
  "bib": [
    {"proto": "tcp", "ipv6": "[2001:db8::5]:80", "ipv4": "192.0.2.1:1024"},
    {"proto": "icmp", "ipv6": "[2001:db8::5]:0", "ipv4": "203.0.113.77:0"},
    {"proto": "udp", "ipv6": "[2001:db8::6]:53", "ipv4": "192.0.2.2:7001"}
  ],
  "config": {
    "manually-enabled": true,
    "udp-timeout": "6m",
    "tcp-probe": "off",
    "mtu-plateaus": [1492, 1280],
    "mss-clamp": "pmtu",
    "rfc6791v4-prefix": "192.0.2.9",
    "fastpath": ["eth0", "eth1"],
    "override-tos": true,
    "tos": 28
  }
}
END
silently "load makes an instance" config load all.json
run config save all.saved
! grep -q '"maximum-sessions"' all.saved
result "what is made of the memory is not saved" "${?#0}"
run config set maximum-sessions 70001
run config save
grep -q '"maximum-sessions": 70001' out
result "what was set is" "${?#0}"
silently "load makes it what it was" config load all.saved
run config save all.saved
[ ! -s out ] && [ ! -s err ]
result "save to a file prints nothing" "${?#0}"
[ "$(stat -c %a all.saved)" = "$(printf '%o' $((0644 & ~$(umask))))" ]
result "the file can be read by others" "${?#0}"
python3 - all.saved <<'END' > out 2> err
import json, sys
d = json.load(open(sys.argv[1]))
assert list(d) == ["instance", "pool6", "pool4", "bib", "config"], list(d)
assert d["instance"] == "default"
assert d["pool6"] == ["2001:db8:64::/48", "64:ff9b::/96"], d["pool6"]
assert d["pool4"] == [
    {"prefix": "192.0.2.0/28", "proto": "tcp", "mark": 0,
     "ports": ["1024-2047", "5000"]},
    {"prefix": "192.0.2.0/28", "proto": "udp", "mark": 0,
     "ports": ["6000", "7000-7001"]},
    {"prefix": "192.0.2.128/25", "proto": "all", "mark": 16},
    {"prefix": "198.18.0.1/32", "proto": "icmp", "mark": 0,
     "ports": ["1-65535"]},
    {"prefix": "203.0.113.77/32", "proto": "all", "mark": 0},
], d["pool4"]
assert sorted(d["bib"], key=lambda b: b["ipv4"]) == [
    {"proto": "tcp", "ipv6": "[2001:db8::5]:80", "ipv4": "192.0.2.1:1024"},
    {"proto": "udp", "ipv6": "[2001:db8::6]:53", "ipv4": "192.0.2.2:7001"},
    {"proto": "icmp", "ipv6": "[2001:db8::5]:0", "ipv4": "203.0.113.77:0"},
], d["bib"]
said = {"udp-timeout": 360, "tcp-probe": False, "mtu-plateaus": [1492, 1280],
        "mss-clamp": "pmtu", "rfc6791v4-prefix": "192.0.2.9/32", "tos": 28,
        "fastpath": ["eth0", "eth1"], "override-tos": True}
assert d["config"].items() >= said.items(), d["config"]
END
result "save prints what load has set" "${?#0}"
"$nat64ctl" -j config > keys.json
python3 -c '
import json
keys = json.load(open("keys.json"))
del keys["maximum-sessions"]
assert keys == json.load(open("all.saved"))["config"]
' 2> err
result "every key is saved as config shows it" "${?#0}"
prints "check of it finds nothing to change" "nothing would change" \
	config check all.saved
prints "nor of what it was made from" "nothing would change" \
	config check all.json
silently "instance del" instance del
silently "load of what was saved" config load all.saved
is_now "it is the same to the byte" all.saved
silently "load of what is there" config load all.saved
is_now "it is the same again" all.saved
run config load - < /dev/null
[ $? = 2 ] && grep -q "^nat64ctl: standard input:1:1: the file ends" err
result "an empty standard input is no document" "${?#0}"
"$nat64ctl" config load - < all.json > out 2> err
result "load from standard input" "${?#0}"
is_now "it is the same" all.saved
chmod 600 all.saved
ln -s all.saved link
silently "save to a symbolic link" config save link
[ -L link ] && [ "$(stat -c %a all.saved)" = 600 ]
result "the link stays, and the mode of the file" "${?#0}"
mkdir -m 755 folder
silently "save beside nothing else" config save folder/new
[ "$(ls folder)" = new ]
result "no other file is left over" "${?#0}"
run config save nosuch/file
[ $? = 2 ] && grep -q "^nat64ctl: nosuch/file: .*No such file" err
result "save into a folder that is not there" "${?#0}"
run config save /dev/full
[ $? = 2 ] && grep -q "No space left" err
result "save to a full disk" "${?#0}"

# Every key that is left out has its default, whatever it was.
echo '{"pool4": ["192.0.2.1"]}' > small.json
silently "load of little" config load small.json
"$nat64ctl" -j config > keys.json
silently "instance add" -i fresh instance add --pool6 2001:db8:1::/96 \
	--pool4 203.0.113.1
"$nat64ctl" -i fresh -j config > fresh.json
cmp -s keys.json fresh.json
result "keys that are left out have their defaults" "${?#0}"
prints "prefixes that are left out are the well-known one" \
	"INSTANCE PREFIX
default  64:ff9b::/96" pool6
silently "instance del" instance del fresh
# What nat64ctl takes for the default is the module's.
"$nat64ctl" config save saved.json
sed 's/"instance": "default"/"instance": "nosuch"/' saved.json > defaults.json
"$nat64ctl" config check defaults.json > out 2> err
! grep -q "~ config" out
result "defaults are those that check compares with" "${?#0}"

#
# check shows what load does
#
cat > next.json <<'END'
{"pool6": ["64:ff9b::/96", "2001:db8:6::/64"],
 "pool4": ["192.0.2.1", {"prefix": "192.0.2.4", "ports": "80,443", "proto": "tcp", "mark": 7}],
 "bib": [{"proto": "tcp", "ipv6": "[2001:db8::5]:80", "ipv4": "192.0.2.1:80"}],
 "config": {"udp-timeout": 360, "mss-clamp": 1220}}
END
before=$(state)
prints "check shows what is added" \
	"+ pool6 2001:db8:6::/64
+ pool4 192.0.2.4/32 --ports 80,443 --proto tcp --mark 7
+ bib --proto tcp [2001:db8::5]:80 192.0.2.1:80
~ config udp-timeout 360, was 300
~ config mss-clamp 1220, was off" config check next.json
[ "$(state)" = "$before" ]
result "check changes nothing" "${?#0}"
silently "load of it" config load next.json
prints "check shows what is removed" \
	"- pool6 2001:db8:6::/64
- pool4 192.0.2.4/32 --ports 80,443 --proto tcp --mark 7
- bib --proto tcp [2001:db8::5]:80 192.0.2.1:80
~ config udp-timeout 300, was 360
~ config mss-clamp off, was 1220" config check small.json
run -j config check small.json
python3 -c '
import json
d = json.load(open("out"))
assert d == {
    "instance": "default", "type": "nat64", "exists": True,
    "add": {"pool6": [], "pool4": [], "bib": []},
    "remove": {"pool6": ["2001:db8:6::/64"],
               "pool4": [{"prefix": "192.0.2.4/32", "proto": "tcp",
                          "mark": 7, "ports": ["80", "443"]}],
               "bib": [{"proto": "tcp", "ipv6": "[2001:db8::5]:80",
                        "ipv4": "192.0.2.1:80"}]},
    "change": {"udp-timeout": {"from": 360, "to": 300},
               "mss-clamp": {"from": 1220, "to": "off"}}}, d
' 2> err
result "check in JSON" "${?#0}"
echo '{"instance": "other", "pool6": ["2001:db8:7::/96"], "pool4": ["192.0.2.200"]}' > other.json
prints "check of an instance that is not there" \
	"+ instance other
+ pool6 2001:db8:7::/96
+ pool4 192.0.2.200/32" config check other.json
silently "load of a second instance" config load other.json
run -i default config load other.json
[ $? = 2 ] &&
	[ "$(cat err)" = "nat64ctl: other.json: /instance: 'other' is not the instance of --instance default: name one; a file of /etc/nat64 is called as its instance, other.json" ]
result "the file and the option are of one mind" "${?#0}"

#
# all or nothing
#
own=(' "pool6": ["64:ff9b::/96"]' ' "pool4": ["192.0.2.1"]')
good="${own[0]}, ${own[1]}, \"config\": {\"tos\": 9}"
file "{ \"pool6\": [\"2001:db8:7::/64\"], ${own[1]} }"
refused "pool6 of another instance" \
	": /pool6/0: the pool6 prefix overlaps one of another instance: 2001:db8:7::/96 of instance other"
file "{ ${own[0]}, \"pool4\": [\"192.0.2.9\", {\"prefix\": \"192.0.2.192/28\", \"proto\": \"udp\"}] }"
refused "pool4 of another instance" \
	": /pool4/1: the pool4 entry overlaps one of another instance: all 192.0.2.200/32 ports 1-65535 mark 0 of instance other"
file "{ $good, \"bib\": [{\"proto\": \"tcp\", \"ipv6\": \"[2001:db8::9]:1\", \"ipv4\": \"192.0.2.1:9\"}, {\"proto\": \"tcp\", \"ipv6\": \"[2001:db8::9]:2\", \"ipv4\": \"192.0.2.2:9\"}] }"
refused "a BIB entry outside pool4" \
	": /bib/1: the IPv4 side of the BIB entry is not in pool4: add it there first"
file "{ ${own[0]}, ${own[1]}, \"config\": {\"tos\": 3, \"udp-timeout\": 119} }"
refused "a lifetime below its RFC" \
	": /config/udp-timeout: udp-timeout must be 120 (RFC 4787 REQ-5) to 1000000 seconds; --force allows 1 and more"
file "{ ${own[0]}, ${own[1]}, \"config\": {\"tos\": 3, \"fastpath\": [\"a\", \"b\", \"a\"]} }"
refused "a device twice" \
	": /config/fastpath: fastpath has a device twice: leave one out"
file "{ ${own[0]}, \"pool4\": [\"192.0.2.1\", \"192.0.2.0/30\"] }"
refused "pool4 that overlaps itself" \
	": /pool4/1: the pool4 entry overlaps that of /pool4/0"
file "{ \"pool6\": [\"64:ff9b::/96\", \"64:ff9b::/64\"], ${own[1]} }"
refused "pool6 that overlaps itself" \
	": /pool6/1: the prefix overlaps that of /pool6/0"
file "{ $good, \"bib\": [{\"proto\": \"tcp\", \"ipv6\": \"[2001:db8::9]:1\", \"ipv4\": \"192.0.2.1:9\"}, {\"proto\": \"tcp\", \"ipv6\": \"[2001:db8::a]:1\", \"ipv4\": \"192.0.2.1:9\"}] }"
refused "one transport address for two hosts" \
	": /bib/1: the IPv4 transport address is that of /bib/0"
file "{ $good"
refused "a file without an end" \
	":2:1: the file ends where a ',' or '}' is missing"
truncate -s 100M huge
before=$(state)
for name in huge all.json/x nosuch; do
	run config load $name
	[ $? = 2 ] && [ "$(state)" = "$before" ]
	result "a load of $name changes nothing" "${?#0}"
done
echo '{"pool4": ["192.0.2.1"], "config": {"udp-timeout": 5}}' > short.json
silently "force in the command" config load short.json --force
run config save saved.json
grep -q '"force": true' saved.json && grep -q '"udp-timeout": 5' saved.json
result "save says force where a load needs it" "${?#0}"
silently "so that it can be loaded" config load saved.json

# others NAME COMMAND...: the results of another program
others() {
	local line name=$1

	shift
	"$@" > raw 2>&1
	while read -r line; do
		case $line in
		"ok "*) result "${line#ok }" "" ;;
		"not ok "*) result "${line#not ok }" "see below" ;;
		*) echo "# $line" ;;
		esac
	done < raw
	grep -q "^ok " raw
	result "$name" "${?#0}"
}

# Every mistake that there is a sentence for leaves the instances as they were.
# The module refuses by itself what nat64ctl would have refused before it.
others "loads of wrong files" python3 "$top/test/cli/files.py" \
	"$(command -v "$nat64ctl")" load
# What import-jool makes of real files is what the module has then, in a
# namespace that has no other instance.
others "loads of Jool's files" unshare -n python3 "$top/test/cli/jool.py" \
	"$(command -v "$nat64ctl")" load
others "requests made by hand" python3 "$top/test/cli/replace.py"

#
# traffic
#
network() {
	inside_host &&
	ip netns add "$server" &&
	ip link add w0 type veth peer name w1 netns "$server" &&
	ip addr add 198.51.100.1/24 dev w0 &&
	ip link set w0 up &&
	ip -n "$server" link set lo up && ip -n "$server" link set w1 up &&
	ip -n "$server" addr add 198.51.100.7/24 dev w1 &&
	ip -n "$server" route add default via 198.51.100.1
}

silently "instance del" instance del other
network 2> err
result "network" "${?#0}"
cat > pools.json <<'END'
{"pool6": ["64:ff9b::/96", "2001:db8:64::/96"], "pool4": ["192.0.2.1", "192.0.2.2"],
 "bib": [{"proto": "tcp", "ipv6": "[2001:db8::5]:8001", "ipv4": "192.0.2.1:8001"}]}
END
silently "load of pools" config load pools.json

# The server answers every line by itself; the clients hold one connection each
# and say what came back.
cat > server.py <<'END'
import selectors, socket
ready = selectors.DefaultSelector()
listener = socket.create_server(("198.51.100.7", 7777))
ready.register(listener, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in ready.select():
        if key.fileobj is listener:
            ready.register(listener.accept()[0], selectors.EVENT_READ)
            continue
        try:
            word = key.fileobj.recv(100)
            addr, port = key.fileobj.getpeername()
        except OSError:
            word = b""
        if word:
            key.fileobj.sendall(f"{addr} {port} ".encode() + word)
        else:
            ready.unregister(key.fileobj)
            key.fileobj.close()
END
cat > client.py <<'END'
import socket, sys
s = socket.socket(socket.AF_INET6)
s.settimeout(3)
if sys.argv[2] != "0":
    s.bind(("2001:db8::5", int(sys.argv[2])))
s.connect((sys.argv[1], 7777))
lines = s.makefile()
for word in sys.stdin:
    try:
        s.sendall(word.encode())
        print(lines.readline().strip(), flush=True)
    except OSError as e:
        print(type(e).__name__, flush=True)
END
ip netns exec "$server" python3 server.py > server.out &
children+=($!)
for ((i = 0; i < 300; i++)); do
	! grep -q ready server.out || break
	sleep 0.1
done
# say CLIENT WORD: what the server has heard, in $answer
say() {
	answer=
	echo "$2" >&"${to[$1]}"
	read -r -t 60 answer <&"${from[$1]}"
}

# client NAME ADDRESS PORT: a connection from a port of the IPv6 host, 0 for any
declare -A to from heard
client() {
	local in out

	mkfifo "$1.to" "$1.from"
	ip netns exec "$host" python3 client.py "$2" "$3" < "$1.to" > "$1.from" &
	children+=($!)
	exec {in}> "$1.to" {out}< "$1.from"
	to[$1]=$in
	from[$1]=$out
}

# ask NAME CLIENT: its connection works, and the server sees it from
# heard[CLIENT]; still: it does as before; gone: it works no more
ask() {
	say "$2" word
	heard[$2]=$answer
	case $answer in
	"192.0.2."*" word") result "$1" "" ;;
	*) result "$1" "the answer is '$answer'" ;;
	esac
}

still() {
	say "$2" word
	[ "$answer" = "${heard[$2]}" ]
	result "$1" "${?#0}"
}

gone() {
	say "$2" word
	case $answer in
	TimeoutError | ConnectionResetError | timeout | BrokenPipeError)
		result "$1" "" ;;
	*) result "$1" "the answer is '$answer'" ;;
	esac
}

client a 64:ff9b::c633:6407 0
client b 2001:db8:64::c633:6407 0
client c 64:ff9b::c633:6407 8001
ask "a connection" a
ask "a connection by the other prefix" b
ask "a connection of a static BIB entry" c
[[ ${heard[c]} == "192.0.2.1 8001 word" ]]
result "from its transport address" "${?#0}"
paired=${heard[a]%% *}
silently "load of the same" config load pools.json
still "the connection survives" a
still "so does that by the other prefix" b
still "and that of the static BIB entry" c
echo "{\"pool6\": [\"2001:db8:65::/96\", \"64:ff9b::/96\"],
 \"pool4\": [\"192.0.2.9\", {\"prefix\": \"$paired\", \"proto\": \"tcp\"}, {\"prefix\": \"192.0.2.1\", \"proto\": \"udp\"}],
 \"config\": {\"tos\": 1}}" > other.json
[ "$paired" != 192.0.2.1 ] || sed -i 's/"192.0.2.1", "proto": "udp"/"192.0.2.2", "proto": "udp"/' other.json
silently "load of other pools and no static BIB entry" config load other.json
still "what is still served survives" a
gone "what came by a prefix that is gone does not" b
gone "nor a static BIB entry's" c
echo "{\"pool4\": [\"192.0.2.9\"]}" > none.json
silently "load of a pool4 without its address" config load none.json
gone "what is not served any more ends" a
prints "and is forgotten" 0 session count

# A dynamic BIB entry becomes the static one that is asked for, or gives way.
silently "load of pools" config load pools.json
client d 64:ff9b::c633:6407 9001
ask "a connection of a known port" d
read -r addr port _ <<< "${heard[d]}"
echo "{\"pool6\": [\"64:ff9b::/96\"], \"pool4\": [\"192.0.2.1\", \"192.0.2.2\"],
 \"bib\": [{\"proto\": \"tcp\", \"ipv6\": \"[2001:db8::5]:9001\", \"ipv4\": \"$addr:$port\"}]}" > same.json
silently "load that makes its BIB entry static" config load same.json
still "the connection survives" d
"$nat64ctl" bib > out
grep -qE "^tcp +\[2001:db8::5\]:9001 +$addr:$port +yes +1$" out
result "its BIB entry is static" "${?#0}"
sed 's/\[2001:db8::5\]:9001/[2001:db8::66]:9/' same.json > taken.json
silently "load that gives its port to another host" config load taken.json
gone "the connection ends" d
"$nat64ctl" bib --v6 2001:db8::66 > out
grep -qE "^tcp +\[2001:db8::66\]:9 +$addr:$port +yes +0$" out
result "the other host has the port" "${?#0}"
echo "{\"pool6\": [\"64:ff9b::/96\"], \"pool4\": [\"192.0.2.1\"],
 \"bib\": [{\"proto\": \"tcp\", \"ipv6\": \"[2001:db8::5]:1\", \"ipv4\": \"192.0.2.1:1\"},
           {\"proto\": \"tcp\", \"ipv6\": \"[2001:db8::5]:2\", \"ipv4\": \"192.0.2.1:2\"}]}" > one.json
sed 's/]:1"/]:x"/; s/]:2"/]:1"/; s/]:x"/]:2"/' one.json > swap.json
silently "load of two static BIB entries" config load one.json
silently "load that swaps their ports" config load swap.json
run config save
grep -A2 ']:2"' out | grep -q '"192.0.2.1:1"' &&
	grep -A2 ']:1"' out | grep -q '"192.0.2.1:2"' &&
	[ "$(grep -c '"proto": "tcp"' out)" = 2 ]
result "they are swapped" "${?#0}"
# 16 prefixes in place of 16 others: places of the old ones are taken.
python3 - <<'END'
import json
for name, base in ("full", 0), ("filled", 16):
    json.dump({"pool6": [f"2001:db8:{base + i + 256:x}::/96" for i in range(16)],
               "pool4": ["192.0.2.1"]}, open(name + ".json", "w"))
END
for name in full filled; do
	silently "load of as many prefixes as there can be" config load $name.json
done
run pool6
[ "$(grep -c "2001:db8:11[0-9a-f]::/96" out)" = 16 ] && [ "$(wc -l < out)" = 17 ]
result "they are the new ones" "${?#0}"

#
# large, killed, at once
#
# documents NAME N: NAME1.json and NAME2.json of N static BIB entries each, which
# have the same IPv4 sides, and NAME1.saved and NAME2.saved as save prints them
documents() {
	local i

	python3 - "$1" "$2" <<'END'
import json, sys
for doc in 1, 2:
    json.dump({"pool6": ["64:ff9b::/96"], "pool4": ["198.18.0.0/28"],
               "bib": [{"proto": "tcp",
                        "ipv6": f"[2001:db8:{doc}::{i >> 15}]:{(i & 32767) + 1}",
                        "ipv4": f"198.18.0.{i >> 15}:{(i & 32767) + 1}"}
                       for i in range(int(sys.argv[2]))],
               "config": {"tos": doc}}, open(f"{sys.argv[1]}{doc}.json", "w"))
END
	for i in 1 2; do
		silently "load of $2 static BIB entries" \
			config load "$1$i.json"
		prints "they are there" "nothing would change" \
			config check "$1$i.json"
		"$nat64ctl" config save "$1$i.saved"
	done
}

documents large 65536
sed 's/"bib": \[/&{"proto": "udp", "ipv6": "[2001:db8::1]:1", "ipv4": "198.18.0.1:1"}, /' \
	large2.json > bad
run config load bad
[ $? = 2 ] &&
	[ "$(cat err)" = "nat64ctl: bad: /bib: an instance has 65536 static BIB entries at most" ]
result "one more is refused" "${?#0}"
run bib add --proto udp '[2001:db8::1]:1' 198.18.0.1:1
[ $? = 2 ] && grep -q "an instance holds 65536 static BIB entries at most" err
result "bib add of one more is refused" "${?#0}"
documents small 4096

# kill -9 somewhere: the instance is the old one or the new one. The first loads
# have not got all of the document, the last ones have had time enough.
begin=$(date +%s%N)
"$nat64ctl" config load small1.json
whole=$(($(date +%s%N) - begin))
mkfifo half
exec 9<> half
old=0 new=0 torn=0
for ((i = 0; i < 24; i++)); do
	was=$((i % 2 + 1)) next=$((2 - i % 2))
	"$nat64ctl" config load small$was.json
	if [ $i -lt 4 ]; then
		head -c $((i * 10000)) small$next.json >&9
		"$nat64ctl" config load - <&9 2> /dev/null &
	else
		"$nat64ctl" config load small$next.json 2> /dev/null &
	fi
	pid=$!
	pause=$(printf '%010d' $((i * i * whole / 128)))
	sleep "${pause%?????????}.${pause: -9}"
	{ kill -9 $pid && wait $pid; } 2> /dev/null
	"$nat64ctl" config save now.json
	if cmp -s now.json small$was.saved; then
		old=$((old + 1))
	elif cmp -s now.json small$next.saved; then
		new=$((new + 1))
	else
		torn=$((torn + 1))
	fi
done
exec 9>&-
echo "# killed loads: $old left the old one, $new the new one"
[ $torn = 0 ] && [ $old -gt 0 ] && [ $new -gt 0 ]
result "a load that is killed has done all or nothing" "${?#0}"

# Loads at the same time: one of them is the last, none is torn.
for ((i = 0; i < 8; i++)); do
	"$nat64ctl" config load small$((i % 2 + 1)).json &
	loads[i]=$!
done
why=
for pid in "${loads[@]}"; do
	wait "$pid" || why="one failed"
done
"$nat64ctl" config save now.json
cmp -s now.json small1.saved || cmp -s now.json small2.saved ||
	why="$why, torn"
result "loads at the same time" "$why"

#
# who may do what
#
chmod 644 ./*.json
unprivileged config load small.json
[ $? = 2 ] &&
	[ "$(cat err)" = "nat64ctl: you need CAP_NET_ADMIN in this network namespace (try as root)" ]
result "loading takes privilege" "${?#0}"
unprivileged config save
[ $? = 2 ] && [ ! -s out ] &&
	[ "$(cat err)" = "nat64ctl: you need CAP_NET_ADMIN in this network namespace (try as root)" ]
result "saving takes privilege: static BIB entries are private" "${?#0}"
unprivileged config check small.json &&
	grep -q "^nat64ctl: note: the file was checked without the module: you need CAP_NET_ADMIN" err &&
	[ ! -s out ]
result "checking without privilege does not ask the module" "${?#0}"
silently "the end" instance del

finish
