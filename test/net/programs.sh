#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 6.12
#
# programs.sh - programs of every day, by name, through the NAT64: from the IPv6
# client to the IPv4 server, and by static BIB entries the other way. Both ends
# offer the same services.

. "$(dirname "$0")/lib.sh"

topology_hops
# Several addresses: a program that uses two connections must get one for both.
must nat64 instance add --pool6 64:ff9b::/96 --pool4 203.0.113.0/29
far=server.example
near=client.example
printf '%s\t%s\n' "$server6" $far "$pool4" $near >>/etc/hosts

# --- what both ends offer --------------------------------------------------

# The ways in to the client's ports (6146-3), before flows get some at random
for port in 21 25 53 80 143 5000 5201 6667 9418 {50000..50007}; do
	must nat64 bib add --proto tcp "[$client6]:$port" "$pool4:$port"
done
for port in 53 5201 33434; do
	must nat64 bib add --proto udp "[$client6]:$port" "$pool4:$port"
done

# offer NAME PORT COMMAND...: both ends run COMMAND, which listens at PORT of the
# address that stands for @; what it keeps is in the directory that stands for %
offer() {
	local name=$1 port=$2 command=("${@:3}")
	command=("${command[@]//@/$server4}")
	start "${name}4" "$server" "${command[@]//%/$tmp/4}"
	command=("${@:3}")
	command=("${command[@]//@/$client6}")
	start "${name}6" "$client" "${command[@]//%/$tmp/6}"
	within 60 has_socket "$server" tcp "$port" || cat "$tmp/${name}4.log"
	within 60 has_socket "$client" tcp "$port" || cat "$tmp/${name}6.log"
}

# both NAME FUNCTION: FUNCTION NAMESPACE HOST END for each end, whose servers
# are those of END
both() {
	check "$1, IPv6 to IPv4" "$2" "$client" $far 4
	check "$1, IPv4 to IPv6" "$2" "$server" $near 6
}

file=$tmp/file
head -c 500000 /dev/urandom >"$file"
for end in 4 6; do
	mkdir -p "$tmp/$end/www" "$tmp/$end/git"
	cp "$file" "$tmp/$end/www/file"
done

# --- the web ---------------------------------------------------------------

serve "$server" $server4 80 "$tmp/4/www"
serve "$client" "[$client6]" 80 "$tmp/6/www"

by_curl() {
	inside "$1" curl -sS --max-time 30 -o "$tmp/got" "http://$2/file" &&
		cmp "$tmp/got" "$file"
}
by_wget() {
	inside "$1" wget -nv -T 10 -t 1 -O "$tmp/got" "http://$2/file" &&
		cmp "$tmp/got" "$file"
}
both "curl" by_curl
both "wget" by_wget

# --- git -------------------------------------------------------------------

export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.net
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.net
git init -q -b main "$tmp/work"
cp "$file" "$tmp/work"
git -C "$tmp/work" add file
git -C "$tmp/work" commit -q -m first
git clone -q --bare "$tmp/work" "$tmp/4/git/repo"
git clone -q --bare "$tmp/work" "$tmp/6/git/repo"
offer git 9418 git daemon --reuseaddr --export-all --enable=receive-pack \
	--base-path=%/git --listen=@

# What is pushed in one clone is what another one has.
clone_and_push() {
	local dir=$tmp/clone$3 again=$tmp/again$3
	inside "$1" timeout 60 git clone -q "git://$2/repo" "$dir" &&
		cmp "$dir/file" "$file" || return
	head -c 100000 /dev/urandom >"$dir/file"
	git -C "$dir" commit -q -a -m second &&
		inside "$1" timeout 60 git -C "$dir" push -q &&
		inside "$1" timeout 60 git clone -q "git://$2/repo" "$again" &&
		cmp "$again/file" "$dir/file"
}
both "git clone and push" clone_and_push

# --- mail ------------------------------------------------------------------

chmod 711 "$tmp"		# the mail is nobody's
for end in 4 6; do
	cat >"$tmp/$end/dovecot.conf" <<-CONF
		base_dir = /run/dovecot$end
		protocols = imap
		listen = $([ $end = 4 ] && echo $server4 || echo $client6)
		ssl = no
		disable_plaintext_auth = no
		mail_location = maildir:$tmp/$end/mail
		log_path = /dev/stderr
		passdb {
			driver = static
			args = password=secret
		}
		userdb {
			driver = static
			args = uid=nobody gid=nogroup home=$tmp/$end
		}
	CONF
done
offer smtp 25 aiosmtpd -n -l @:25 -c aiosmtpd.handlers.Mailbox %/mail
offer imap 143 dovecot -F -c %/dovecot.conf

# The letter comes back as it was sent; its server has added who sent it.
mail() {
	local sender=203.0.113
	[ "$3" = 4 ] || sender=64:ff9b::c633:6402
	{
		printf 'Subject: a letter\r\n\r\n'
		base64 "$file" | sed 's/$/\r/'
	} >"$tmp/letter"
	inside "$1" curl -sS --max-time 30 --mail-from a@example.net \
		--mail-rcpt b@example.net -T "$tmp/letter" "smtp://$2" || return
	chown -R nobody "$tmp/$3/mail"
	inside "$1" curl -sS --max-time 30 -u b:secret -o "$tmp/got" \
		"imap://$2/INBOX;MAILINDEX=1" ||
		{ cat "$tmp/imap$3.log"; return 1; }
	sed -n '1,/^\r*$/p' "$tmp/got"
	sed '1,/^\r*$/d' "$tmp/got" | tr -d '\r' | base64 -d |
		cmp - "$file" || return
	grep -F "X-Peer: ('$sender" "$tmp/got"
}
both "SMTP and IMAP" mail

# --- file transfer ---------------------------------------------------------

offer ftp 21 /usr/bin/python3 -m pyftpdlib -i @ -p 21 -w -d %/www -r 50000-50007

# The server takes a data connection from the control connection's address only.
# No wget here: it insists on IPv6 ("EPSV 2"), which takes an ALG (RFC 6384).
ftp() {
	inside "$1" curl -sS --max-time 20 -o "$tmp/got" "ftp://$2/file" &&
		cmp "$tmp/got" "$file" &&
		inside "$1" curl -sS --max-time 20 -T "$file" "ftp://$2/new" &&
		cmp "$tmp/$3/www/new" "$file" &&
		inside "$1" curl -sS --max-time 20 "ftp://$2/" | grep ' new'
}
ftp_busybox() {
	c6 timeout 20 busybox ftpget "$far" "$tmp/got" file &&
		cmp "$tmp/got" "$file"
}
both "passive FTP, one address for both connections [6146-12]" ftp
check "passive FTP by ftpget" ftp_busybox

# --- names -----------------------------------------------------------------

long=$(printf ' "%0200d"' {1..15})
for end in 4 6; do
	cat >"$tmp/$end/unbound.conf" <<-CONF
		server:
		    interface: $([ $end = 4 ] && echo $server4 || echo $client6)
		    access-control: 0.0.0.0/0 allow
		    access-control: ::/0 allow
		    max-udp-size: 4096
		    local-zone: "example." static
		    local-data: "www.example. A 198.51.100.80"
		    local-data: 'long.example. TXT$long'
		    username: ""
		    chroot: ""
		    directory: "/tmp"
		    pidfile: ""
		    use-syslog: no
	CONF
done
offer dns 53 unbound -d -c %/unbound.conf

# answer NAMESPACE HOST EXPECTED DIG-ARGUMENTS...
answer() {
	local ns=$1 host=$2 expected=$3
	shift 3
	inside "$ns" dig +short +tries=2 +time=5 "@$host" "$@" >"$tmp/dig"
	cat "$tmp/dig"
	same "the answer" "$(cat "$tmp/dig")" "$expected"
}
short_answer() {
	answer "$1" "$2" 198.51.100.80 +notcp www.example &&
		answer "$1" "$2" 198.51.100.80 +tcp www.example
}
# Cut short by UDP, asked for again by TCP.
long_answer() { answer "$1" "$2" "${long# }" long.example TXT; }
fragmented_answer() {
	answer "$1" "$2" "${long# }" +notcp +ignore +bufsize=4096 \
		long.example TXT
}
both "dig by UDP and by TCP" short_answer
both "dig of what needs TCP" long_answer
both "dig of 3000 bytes by UDP, in fragments [6146-7]" fragmented_answer

# --- a chat ----------------------------------------------------------------

for end in 4 6; do
	cat >"$tmp/$end/irc.conf" <<-CONF
		[Global]
		Name = irc.example
		Info = a server
		Listen = $([ $end = 4 ] && echo $server4 || echo $client6)
		MotdPhrase = hello
		[Options]
		DNS = no
		Ident = no
		PAM = no
	CONF
done
offer irc 6667 ngircd -n -f %/irc.conf

# chatter NAME NAMESPACE HOST: somebody who says what is written to $tmp/NAME.in
chatter() {
	: >"$tmp/$1.in"
	# shellcheck disable=SC2016 # the inner shell expands it
	start "$1" "$2" bash -c \
		'exec nc "$0" 6667 < <(exec timeout 60 tail -n +1 -f "$1")' \
		"$3" "$tmp/$1.in"
	printf 'NICK %s\r\nUSER %s 0 * :%s\r\nJOIN #room\r\n' "$1" "$1" "$1" \
		>>"$tmp/$1.in"
	hears "$1" " JOIN :#room"
}
says() { printf 'PRIVMSG #room :%s\r\n' "$2" >>"$tmp/$1.in"; }
hears() {
	within 20 grep -F "$2" "$tmp/$1.log" && return
	cat "$tmp/$1.log"
	return 1
}

# One of them is at the server's own end. There the other one's address is known
# as that of the NAT64.
chat() {
	local there=$server at=$server4 seen=203.0.113.
	[ "$3" = 4 ] || there=$client at=$client6 seen=64:ff9b::c633:6402
	chatter "eve$3" "$there" "$at" && chatter "bob$3" "$1" "$2" || return
	says "eve$3" "who are you" && hears "bob$3" "who are you" || return
	by_curl "$1" "$2" && inside "$1" sleep 3 || return
	says "bob$3" "it is me" && hears "eve$3" "it is me" || return
	printf 'WHOIS bob%s\r\n' "$3" >>"$tmp/eve$3.in"
	hears "eve$3" " 318 " || return
	cat "$tmp/eve$3.log"
	grep " 311 .* \[\?$seen" "$tmp/eve$3.log"
}
both "an IRC session with pauses" chat

# --- netcat ----------------------------------------------------------------

# A file by nc each way at a time, over one connection that is half closed first:
# by the listener, for nc -l quits as soon as its peer does that.
all_sent() {
	cat "$file"
	within 20 cmp -s "$tmp/got" "$file" >/dev/null
}
nc_both_ways() {
	local ns=$server at=$server4 nc
	[ "$3" = 4 ] || ns=$client at=$client6
	(exec nsenter --net="/run/netns/$ns" -- nc -N -l "$at" 5000) \
		<"$file" >"$tmp/received" &
	nc=$!
	listening "$ns" tcp 5000 || return
	inside "$1" timeout 20 nc -N "$2" 5000 < <(all_sent) >"$tmp/got" ||
		return
	wait "$nc"
	cmp "$tmp/got" "$file" && cmp "$tmp/received" "$file"
}
both "nc with a file each way" nc_both_ways

# --- measuring -------------------------------------------------------------

# The other direction is tested in traffic.sh.
start iperf "$client" iperf3 -s -B "$client6"
must listening "$client" tcp 5201
check "iperf3 by TCP to a static entry" \
	s4 timeout 30 iperf3 -c "$near" -n 5M
check "iperf3 by TCP from a static entry" \
	s4 timeout 30 iperf3 -c "$near" -n 5M -R
# The receiver has room for all of it: a busy host that is slow to read loses
# nothing, so that what is lost was lost on the way.
sysctl -qw net.core.rmem_max=4194304 net.core.wmem_max=4194304
udp_rate() {
	s4 timeout 30 iperf3 -c "$near" -u -b 5M -t 1 -w 2M -J >"$tmp/iperf.json"
	jq -c .end.sum "$tmp/iperf.json"
	jq -e '.end.sum | .packets > 200 and .lost_percent < 5' \
		"$tmp/iperf.json"
}
check "iperf3 by UDP to a static entry" udp_rate

# --- the way ---------------------------------------------------------------

# mtr_hops NAMESPACE EXPECTED MTR-ARGUMENTS...: an extended regular expression
mtr_hops() {
	local ns=$1 expected=$2 way
	shift 2
	inside "$ns" timeout 60 mtr -n --json -c 1 -G 1 "$@" >"$tmp/mtr" ||
		return
	way=$(jq -r '.report.hubs | map(.host) | join(" ")' "$tmp/mtr")
	echo "the way: $way"
	[[ $way =~ ^$expected$ ]]
}
out="2001:db8:1::1 2001:db8:6::1 64:ff9b::c000:202 64:ff9b::c633:6402"
check "mtr to IPv4 by ICMP" mtr_hops "$client" "$out" $far
check "mtr to IPv4 by UDP" mtr_hops "$client" "$out" -u $far
check "mtr to IPv4 by TCP" mtr_hops "$client" "$out" -T -P 80 $far

# The router on the IPv6 side has no IPv4 address: one of the NAT64's stands for
# it (6791-1). It is not that of the destination, which mtr would take for the end.
back="198\.51\.100\.1 192\.0\.2\.1 (192\.0\.2\.1|203\.0\.113\.[0-7]) $pool4"
check "mtr from IPv4 by UDP [6791-1]" \
	mtr_hops "$server" "$back" -u -P 33434 $near
check "mtr from IPv4 by TCP [6791-1]" mtr_hops "$server" "$back" -T -P 80 $near

finish
