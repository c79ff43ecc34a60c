#!/bin/bash
# openwrt.sh: what can be said of the OpenWrt packages without OpenWrt: the init
# script turns UCI files into documents that nat64ctl takes, netifd's protocol runs
# nat64ctl clat and tells netifd what comes of it, and the command compiles with musl
set -u

# shellcheck source=test/check/lib.sh
. "$(dirname "$0")/lib.sh"

feed=usr/packaging/openwrt/nat64
work=$build/openwrt
loaded=$work/loaded
rm -rf "$work"
mkdir -p "$loaded" "$work/bin" "$work/run"
export NAT64CTL=$top/usr/nat64ctl LOADED=$loaded WORK=$work
export PROCD=$work/procd UCI=$work/uci JSON=$work/json NAT64_RUN=$work/run
export NETIFD=$work/netifd CONFIG=$work/interface NAT64CLAT_RUN=$work
monitor="/usr/sbin/nat64ctl monitor"
export NAT64_FIREWALL=$work/bin/firewall NAT64_FIREWALL_RUNS=$work/fw4.state

# Instances are files; a document is refused if the real command refuses it.
cat > "$work/bin/nat64ctl" <<-'END'
	#!/bin/sh
	echo "$*" >> "$WORK/calls"
	case $* in
	"instance show "*) [ -e "$LOADED/$3" ] ;;
	"instance del "*) rm "$LOADED/$3" ;;
	"-j clat up --watch"*)
		cat "$WORK/clat"
		cat "$WORK/clat.words" >&2
		exit "$(cat "$WORK/clat.status")"
		;;
	*" config load "*)
		for file; do :; done
		"$NAT64CTL" -i "$2" config check "$file" ${6+--force} \
			> "$WORK/check" 2>&1 ||
			{ cat "$WORK/check"; exit 2; }
		cp "$file" "$LOADED/$2"
		;;
	esac
END
cat > "$work/bin/firewall" <<-'END'
	#!/bin/sh
	echo "$1" >> "$WORK/firewall"
END
chmod +x "$work/bin"/*

# init ACTION: run the init script; $work/said has what it printed
init() {
	PATH=$work/bin:$PATH busybox ash test/check/openwrt-rc.sh \
		"$feed/files/nat64.init" "$1" > "$work/said" 2>&1 || {
		cat "$work/said"
		return 1
	}
}

# becomes NAME JSON: the file makes this document of instance NAME, without a word
becomes() {
	init start || return
	diff /dev/null "$work/said" &&
		diff <(python3 -m json.tool --sort-keys <<< "$2") \
			<(python3 -m json.tool --sort-keys "$loaded/$1")
}

# refused WORD...: the file leaves instance default as it was, with these words
refused() {
	local word before

	before=$(cat "$loaded/default")
	init start || return
	for word; do
		grep -qF -- "$word" "$work/said" || {
			echo "'$word' is not in:"
			cat "$work/said"
			return 1
		}
	done
	[ "$before" = "$(cat "$loaded/default")" ]
}

# uci: the file is standard input
uci() {
	cat > "$UCI"
}

none() {
	init "$1" && [ -z "$(ls "$loaded")" ]
}

# logged COMMAND...: procd is to run this and nothing else
logged() {
	init start && diff /dev/null "$work/said" &&
		diff <(printf '  %s\n' "${@/#/command }") \
			<(grep '^  command' "$work/procd")
}
silent_start() {
	init start && [ ! -s "$work/procd" ]
}

# firewall RELOADS RULE: the firewall was told so often, and has this rule
firewall() {
	diff <(yes reload | head -n "$1") "$work/firewall" &&
		diff <(printf '%s' "${2:+$2$'\n'}") \
			<(cat "$work"/run/*.nft 2> /dev/null)
}

# nft takes the rule where fw4 includes it.
nft_takes() {
	{
		echo 'table inet fw4 {'
		echo 'chain forward { type filter hook forward priority 0;'
		sed "s,/var/run/nat64,$work/run," "$feed/files/nat64.nft"
		printf '}\n}\n'
	} > "$work/fw4.nft"
	unshare -n nft -c -f "$work/fw4.nft"
}

# netifd ACTION [ARG...]: run the protocol's handler, or what it has netifd run;
# $work/said has what it printed, $NETIFD what netifd was told
netifd() {
	local script=nat64clat.sh

	[ "$1" != run ] || script=nat64clat.run
	: > "$NETIFD"
	: > "$work/calls"
	# The command reports to a process that may outlive it for a moment.
	PATH=$work/bin:$PATH busybox ash test/check/openwrt-netifd.sh \
		"$feed/files/$script" "$@" 2>&1 | cat > "$work/said"
	return "${PIPESTATUS[0]}"
}

# told JSON...: netifd was told this, and nothing else
told() {
	diff <(printf '%s\n' "$@" | test/check/openwrt-uci.py documents) \
		<(test/check/openwrt-uci.py documents < "$NETIFD")
}

# runs UP ARG...: with these interfaces up, netifd is to run this
runs() {
	local up=$1

	shift
	UP=$up netifd setup && diff /dev/null "$work/said" &&
		told '{ "action": "run", "interface": "clat", "command":' \
			"$(test/check/openwrt-uci.py list \
				/lib/netifd/nat64clat clat "$@") }"
}

# waits NAME: this interface is not up, netifd is told so and runs nothing
waits() {
	UP=lan=br-lan netifd setup && diff /dev/null "$work/said" && told \
		'{ "action": "error", "interface": "clat", "error": [
			"NO_TUNLINK", "the interface '"'$1'"' of option tunlink is not up: this one waits for it" ] }' \
		'{ "action": "depend", "interface": "clat", "host": "",
		   "on": "'"$1"'" }'
}

# What the handler gives to the command are options that it has.
has_options() {
	comm -23 <(sed -nE 's/^\toption ([a-z0-9]+) .*/--\1/p' \
			"$feed/files/nat64clat.sh" | sort) \
		<("$NAT64CTL" clat help | grep -oE -e '--[a-z0-9]+' | sort -u)
}

# reports STATUS WORDS LINE...: what nat64ctl clat up prints, and how it ends
reports() {
	echo "$1" > "$work/clat.status"
	printf '%s' "${2:+nat64ctl: $2$'\n'}" > "$work/clat.words"
	shift 2
	printf '%s' "${@/%/$'\n'}" > "$work/clat"
	test/check/openwrt-uci.py obeys test/cli/schema/clat.json "$@"
}

# ends STATUS [LINE...]: the command has ended so; what is said and told then
ends() {
	local status=$1

	shift
	ERROR=$status netifd teardown &&
		grep -qx "clat down --timeout 0" "$work/calls" &&
		diff <(printf '%s\n' "$@") <(cat "$work/said"
			sed -nE 's/.*"action": "([a-z]+)".*/\1/p' "$NETIFD")
}

# same_keys: the script knows the keys that the command has
same_keys() {
	diff <("$NAT64CTL" config help | sed -n '/ Keys:$/,$p' |
	       sed -nE 's/^  ([a-z0-9-]+) .*/\1/p' | tr - _ |
	       sort) \
		<(busybox ash test/check/openwrt-rc.sh \
			"$feed/files/nat64.init" triggers |
		  sed -n 's/^validate instance //p' | tr ' ' '\n' |
		  sed -nE 's/^([a-z0-9_]+):.*/\1/p' |
		  grep -vxE 'enabled|firewall|force|type|device|pool[46]|denylist' |
		  sort)
}

triggers() {
	init triggers && grep -qx "reload trigger: nat64" "$work/said" &&
		[ "$(grep -c ^validate "$work/said")" = 5 ]
}

# musl: all objects compile against its headers; they are not linked, as the
# libraries of this machine are those of another C library
musl() {
	local src=$work/src

	mkdir -p "$work/include" "$src"
	ln -s /usr/include/{linux,asm-generic,json-c} \
		/usr/include/"$(uname -m)"-linux-gnu/asm "$work/include"
	rsync -rlptR --exclude=build --exclude=nat64ctl usr include \
		kernel/nat64.h "$src"
	make -s -C "$src/usr" CC=musl-gcc CPPFLAGS="-isystem $work/include \
		$(sed -n 's/^CLAT_FOLDER:=//p' "$feed/Makefile" | tr -d '\134')" \
		objects
}

# What a CLAT has changed is not in a folder where others delete files.
folders() {
	local file

	for file in "$feed/files/nat64.init" "$feed/files/nat64.nft" \
		    usr/systemd/nat64-load; do
		grep -q /run/nat64 "$file" && ! grep "/run/nat64-clat" "$file" ||
			return
	done
	grep -q /var/run/nat64-clat/ "$work/src/usr/build/clat/journal.o" &&
		! grep -q '[^r]/run/nat64' "$work/src/usr/build/clat/journal.o"
}

build_command || exit 1

# --- instances, as /etc/config/nat64 has them

uci < $feed/files/nat64.config
succeeds "the example does nothing until it is enabled" none start
# What docs/openwrt.md prints, in the file's own form
{
	cat $feed/files/nat64.config
	sed -nE 's/^    uci (set|add_list) nat64\.default\.(\w+)=(.*)/\1 \2 \3/p' \
		docs/openwrt.md |
		sed -E "s/^set (\S+) (.*)/\toption \1 '\2'/
			s/^add_list (\S+) (.*)/\tlist \1 '\2'/"
} > "$work/documented"
uci < "$work/documented"
succeeds "the settings that docs/openwrt.md prints" becomes default \
	'{ "instance": "default", "type": "nat64", "pool6": ["64:ff9b::/96"],
	   "pool4": [ { "prefix": "192.0.2.1" } ], "bib": [],
	   "config": { "udp-timeout": 300, "mss-clamp": "pmtu" } }'
rm -rf "$loaded"
mkdir "$loaded"
uci < $feed/files/nat64.config
sed -i "s/enabled '0'/enabled '1'/" "$UCI"
succeeds "the example, enabled" becomes default \
	'{ "instance": "default", "type": "nat64", "pool6": ["64:ff9b::/96"], "pool4": [],
	   "bib": [], "config": {} }'
sed -i 's/^#\([a-z\t]\)/\1/; s/^\t#\([lo]\)/\t\1/' "$UCI"
succeeds "the example, with all its options" becomes default \
	'{ "instance": "default", "type": "nat64", "pool6": ["64:ff9b::/96"],
	   "pool4": [ { "prefix": "192.0.2.1" },
		{ "prefix": "192.0.2.8/29", "ports": ["1024-65535"],
		  "proto": "tcp", "mark": 1 } ],
	   "bib": [ { "proto": "tcp", "ipv6": "[2001:db8::80]:80",
		      "ipv4": "192.0.2.1:80" } ],
	   "config": { "udp-timeout": 300 } }'
succeeds "the stateless one" becomes dc \
	'{ "instance": "dc", "type": "siit", "device": "siit0",
	   "pool6": ["2001:db8:64::/96"], "denylist": ["10.0.0.0/8"],
	   "eam": [ { "ipv6": "2001:db8:1::80", "ipv4": "192.0.2.80" } ],
	   "config": {} }'
succeeds "no rule lets pass what is stateless" [ ! -e "$work/run/dc.nft" ]
succeeds "and a log" logged "$monitor bib alarm --syslog"

: > "$work/fw4.state"
rm -f "$work/firewall"
uci <<-'END'
	config instance 'default'
		list pool6 '2001:db8:64::/96'
		list pool6 '2001:db8:65::/64'
		option wkp_strict 'off'
		option tcp_probe 'true'
		option forward_chain '0'
		option tos '0x08'
		list mtu_plateaus '65535'
		list mtu_plateaus '1492'
		option mss_clamp 'pmtu'
		option rfc6791v4_prefix '198.51.100.0/24'
		option fastpath 'us? br-lan'
	config instance 'lab'
		option firewall '0'
		option force '1'
		option udp_timeout '10'
		option mss_clamp '1400'
	config pool4
		option instance 'lab'
		option prefix '203.0.113.0/28'
		option ports '80 1024-2047'
	config bib
		option instance 'lab'
		option proto 'icmp'
		option ipv6 '2001:db8::7'
		option port6 '7'
		option ipv4 '203.0.113.1'
		option port4 '80'
END
succeeds "several prefixes, and keys of all types" becomes default \
	'{ "instance": "default", "type": "nat64",
	   "pool6": ["2001:db8:64::/96", "2001:db8:65::/64"],
	   "pool4": [], "bib": [],
	   "config": { "wkp-strict": false, "tcp-probe": true,
		"forward-chain": false, "tos": 8, "mtu-plateaus": [65535, 1492],
		"mss-clamp": "pmtu", "rfc6791v4-prefix": "198.51.100.0/24",
		"fastpath": ["us?", "br-lan"] } }'
succeeds "the firewall lets its answers pass, and is told once" firewall 1 \
	'ip6 saddr { 2001:db8:64::/96, 2001:db8:65::/64 } ct state untracked accept comment "!nat64: default"'
succeeds "nft takes the rule" nft_takes
succeeds "a second instance, with ports and an ICMP entry" becomes lab \
	'{ "instance": "lab", "type": "nat64",
	   "pool4": [ { "prefix": "203.0.113.0/28",
			"ports": ["80", "1024-2047"] } ],
	   "bib": [ { "proto": "icmp", "ipv6": "[2001:db8::7]:7",
		      "ipv4": "203.0.113.1:80" } ],
	   "config": { "udp-timeout": 10, "mss-clamp": 1400 } }'
succeeds "what has not changed does not concern the firewall" firewall 1 \
	'ip6 saddr { 2001:db8:64::/96, 2001:db8:65::/64 } ct state untracked accept comment "!nat64: default"'
sed -i '/lab/,$d; s/^config instance$//' "$UCI"
succeeds "a reload takes the instance away that has no section" init reload
succeeds "and only that" [ "$(ls "$loaded")" = default ]

# Bad input: the instance stays, and a sentence says why.
good=$(cat "$UCI")
bad() {
	local name=$1

	shift
	{ echo "$good"; cat; } > "$UCI"
	succeeds "refused: $name" refused "$@" \
		"nat64: instance 'default' stays as it was"
}

bad "a prefix that is none" "list(cidr6)" "section 'default' has an option" \
	<<< "list pool6 'fe80'"
bad "a word for a number" "udp_timeout" <<< "option udp_timeout 'long'"
bad "text that would end a string" "pool4" \
	<<< "list pool4 '192.0.2.1\", \"x\": \"'"
bad "what only the command knows" "/config/udp-timeout" \
	<<< "option udp_timeout '5'"
bad "a prefix of a length that there is not" "/pool6/2" \
	<<< "list pool6 '2001:db8:66::/95'"
bad "pool4 without a prefix" "has no option 'prefix'" <<-'END'
	config pool4 'p'
		option proto 'tcp'
END
bad "pool4 with a port that is none" "section 'p' has an option" <<-'END'
	config pool4 'p'
		option prefix '192.0.2.1'
		option ports '70000'
END
bad "bib without a port" "section 'b' has no option 'port6'" <<-'END'
	config bib 'b'
		option proto 'tcp'
		option ipv6 '2001:db8::1'
		option ipv4 '192.0.2.1'
		option port4 '80'
END
bad "bib of a protocol that there is not" "section 'b' has an option" <<-'END'
	config bib 'b'
		option proto 'sctp'
		option ipv6 '2001:db8::1'
		option port6 '80'
		option ipv4 '192.0.2.1'
		option port4 '80'
END
bad "eam of a NAT64" "section 'e' belongs to instance 'default'" \
	"of type 'nat64' has no eam entries" <<-'END'
	config eam 'e'
		option ipv6 '2001:db8::1'
		option ipv4 '192.0.2.9'
END
bad "a type that cannot be, with what it has no place for" \
	"which needs the type 'nat64'" "of type 'siit' has no bib entries" <<-'END'
	option type 'siit'
	option pool4 '192.0.2.1'
	config bib 'b'
		option proto 'tcp'
		option ipv6 '2001:db8::1'
		option port6 '80'
		option ipv4 '192.0.2.1'
		option port4 '80'
END
{
	echo "$good"
	printf "config pool4 'p'\n\toption instance 'none'\n"
	printf "\toption prefix '192.0.2.1'\n"
} > "$UCI"
succeeds "a section of an instance that there is not is told" init start
succeeds "with its name" grep -qF \
	"section 'p' is for instance 'none', which there is not" "$work/said"

log() {
	echo "$good"
	echo "config monitor 'm'"
	printf '\t%s\n' "$@"
}
log "list objects 'bib'" "list objects 'alarm'" > "$UCI"
succeeds "what happens is logged" logged "$monitor bib alarm --syslog"
succeeds "by a process that is kept alive" grep -qx '  respawn' "$work/procd"
log "option enabled '1'" > "$UCI"
succeeds "all of it, if it is not said what" logged "$monitor --syslog"
log "option enabled '0'" > "$UCI"
succeeds "or nothing" silent_start
log "list objects 'everything'" > "$UCI"
succeeds "an object that there is not is told, and nothing is logged" \
	silent_start
succeeds "with the section's name" grep -qF \
	"section 'm' has an option with a value that it cannot have" "$work/said"

echo "$good" > "$UCI"
sed -i "s/'default'/&\n\toption enabled '0'/" "$UCI"
succeeds "an instance that is disabled goes" none reload
succeeds "with its rule" firewall 2 ''
echo "$good" > "$UCI"
succeeds "it comes back" init start
succeeds "a stop takes all away" none stop
succeeds "with their rules" firewall 4 ''
succeeds "procd reloads it when its file changes, and knows the types" triggers
silent "every key of the command is an option" same_keys

# --- netifd's protocol nat64clat

silent "what the protocol gives to nat64ctl are options that it has" has_options
echo '{ "proto": "nat64clat" }' > "$CONFIG"
succeeds "an interface without options runs nat64ctl clat" \
	runs "" wan "" ""
cat > "$CONFIG" <<-'END'
	{ "proto": "nat64clat", "tunlink": "wan6", "pref64": "64:ff9b::/96",
	  "prefix6": "2001:db8:f::/64", "zone": "clat",
	  "lan": [ "192.168.1.0/24", "192.168.2.0/24" ],
	  "trust": [ "example.com", "*" ] }
END
succeeds "its options become those of the command, tunlink its device" \
	runs "lan=br-lan wan6=pppoe-wan" clat 2001:db8:f::/64 \
	"192.168.1.0/24 192.168.2.0/24" \
	--uplink pppoe-wan --pref64 64:ff9b::/96 --prefix 2001:db8:f::/64 \
	--lan 192.168.1.0/24 --lan 192.168.2.0/24 \
	--trust example.com --trust '*'
succeeds "the interface of tunlink is not up, it waits and says so" waits wan6

up='{ "state": "up", "since": "2026-11-28T10:00:00Z", "uplink": "wan",
	"pref64": "64:ff9b::/96", "source": "dns", "from": "2001:db8::53",
	"device": "clat0", "address4": "192.0.0.1",
	"address6": "2001:db8:1::9a5c", "mtu": 1472, "lan": [] }'
up=$(tr -d '\n' <<< "$up")
waiting='{ "state": "waiting", "since": "2026-11-28T10:00:00Z", "reason": "no NAT64 prefix of the network is known" }'
native='{ "state": "native", "since": "2026-11-28T10:00:00Z", "reason": "this machine has native IPv4" }'
is_down='{ "action": "update", "interface": "clat", "up": false }'
# is_up ADDRESS6: what netifd is told then
is_up() {
	cat <<-END
		{ "action": "update", "interface": "clat", "device": "clat0",
		  "up": true, "external": true,
		  "addresses": [ "192.0.0.1/32" ], "routes": [ "0.0.0.0/0:2049" ],
		  "data": { "pref64": "64:ff9b::/96", "address6": "$1",
			"zone": "wan", "firewall": [ {
			"type": "rule", "family": "ipv6", "proto": "all",
			"device": "clat0", "direction": "in",
			"src": "wan", "dest": "*",
			"src_ip": "$1", "dest_ip": "64:ff9b::/96",
			"target": "ACCEPT" } ] } }
	END
}
reports 0 "" "$waiting" "$up"
succeeds "it waits, then it is up: netifd gets the device and its zone" \
	netifd run clat wan "" "" --uplink wan
succeeds "and nothing before" told "$(is_up 2001:db8:1::9a5c)"
succeeds "the log has why it waited" diff "$work/said" \
	- <<< "waiting: no NAT64 prefix of the network is known"
succeeds "the command gets its options" grep -qx -e \
	"-j clat up --watch --uplink wan" "$work/calls"
reports 0 "" "$up" "$native" "$up"
succeeds "native IPv4 comes and goes" netifd run clat wan "" ""
succeeds "the interface goes and comes" told "$(is_up 2001:db8:1::9a5c)" \
	"$is_down" "$(is_up 2001:db8:1::9a5c)"
reports 0 "" "$up" "${up/1472/1372}" "${up/9a5c/77}" "${up/9a5c/77}"
succeeds "another MTU, another address, and the device anew" \
	netifd run clat wan "" ""
succeeds "netifd looks again at each device, and does not mind the MTU" \
	told "$(is_up 2001:db8:1::9a5c)" "$is_down" "$(is_up 2001:db8:1::77)" \
	"$is_down" "$(is_up 2001:db8:1::77)"
reports 0 "" "$up"
succeeds "a prefix for the hosts of a LAN" netifd run clat wan \
	2001:db8:f::/64 "192.168.1.0/24" --prefix 2001:db8:f::/64
succeeds "all of it may go to the PLAT, and the firewall hides no host" \
	grep -q 'src_ip": "2001:db8:f::/64".*"nat".*"src_ip": "192.168.1.0/24"' \
	"$NETIFD"
succeeds "without a zone" netifd run clat - "" ""
succeeds "there are no rules" diff /dev/null \
	<(grep -o 'zone\|firewall' "$NETIFD")
reports 2 "there is an instance 'clat' that 'nat64ctl clat' has not made"
fails_with() {
	local status=$1 rc=0

	shift
	netifd run clat wan "" "" || rc=$?
	[ "$rc" = "$status" ] && told "$@"
}
succeeds "the command refuses: netifd gets its words and its status" \
	fails_with 2 '{ "action": "error", "interface": "clat", "error": [
		"CLAT_REFUSED", "there is an instance '"'clat' that 'nat64ctl clat'"' has not made" ] }'
succeeds "what failed is undone, and tried again after a while" \
	ends 2 "sleep 3" kill
succeeds "a mistake in the options is not tried again" ends 1 block kill
succeeds "an interface that is taken down is undone at once" ends "" kill

silent "nat64ctl compiles with musl" musl
succeeds "the CLAT notes what it has changed below /var/run, apart from the service" \
	folders
finish
