# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# apps.sh: the applications, sourced by guest.sh. offer_ID starts the services of one
# at the server, app_ID uses it at the client. Both are in one order in
# $applications, as ID|NAME.
# shellcheck disable=SC2154 # guest.sh has set them

applications='http|HTTP (curl)
literal|HTTP to an IPv4 literal (curl)
https|HTTPS (curl)
http3|HTTP/3 (gtlsclient of ngtcp2)
ssh|SSH (OpenSSH)
ftp|FTP, passive (lftp)
ftpactive|FTP, active, forwarded port (lftp)
git|git (git daemon)
hg|Mercurial (hg serve)
smtp|SMTP (curl)
pop3|POP3 (curl)
imap|IMAP (curl)
dns|DNS, by UDP and TCP (dig)
ntp|NTP (chrony)
irc|IRC, DCC to the client (weechat)
ircsend|IRC, DCC from a forwarded port (weechat)
xmpp|XMPP, HTTP upload (go-sendxmpp)
openvpn|OpenVPN, UDP
openvpntcp|OpenVPN, TCP
openvpnliteral|OpenVPN to an IPv4 literal
bittorrent|BitTorrent (aria2)
stun|STUN (turnutils_stunclient)
ice|ICE (aioice)
sip|SIP and RTP, with ICE (baresip)'

# background NAME COMMAND...: at the server
background() { start "$1" "$server" "${@:2}"; }

offer_all() {
	local id
	while IFS='|' read -r id _; do
		if (($# == 0)) || [[ " $* " = *" $id "* ]]; then
			[ "$(type -t "offer_$id")" != function ] || "offer_$id"
		fi
	done <<<"$applications"
}

# got: what came is what was sent
got() { cmp "$tmp/got" "$tmp/file"; }

# --- the web ---------------------------------------------------------------

certificate() {
	[ ! -e "$tmp/cert" ] || return 0
	must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -keyout "$tmp/key" -out "$tmp/cert" -days 2 \
		-subj /CN=www.example -addext "subjectAltName=DNS:www.example,DNS:chat.example,DNS:*.chat.example"
	chmod 644 "$tmp/key"
}

offer_http() {
	[ ! -e "$tmp/nginx.conf" ] || return 0
	certificate
	mkdir -p "$tmp/nginx" "$tmp/www" /var/log/nginx
	cp "$tmp/file" "$tmp/www"
	cat >"$tmp/nginx.conf" <<-CONF
		daemon off;
		user root;
		worker_processes 1;
		pid $tmp/nginx/pid;
		error_log stderr;
		events { }
		http {
			access_log off;
			client_body_temp_path $tmp/nginx/body;
			proxy_temp_path $tmp/nginx/proxy;
			fastcgi_temp_path $tmp/nginx/fastcgi;
			uwsgi_temp_path $tmp/nginx/uwsgi;
			scgi_temp_path $tmp/nginx/scgi;
			server {
				listen $server4:80;
				listen $server4:443 ssl;
				ssl_certificate $tmp/cert;
				ssl_certificate_key $tmp/key;
				root $tmp/www;
			}
		}
	CONF
	background nginx nginx -c "$tmp/nginx.conf"
	must listening "$server" tcp 443
}
offer_literal() { offer_http; }
offer_https() { offer_http; }

curl_it() { c6 curl -sS --max-time 60 "$@"; }
app_http() {
	step "fetch a file" curl_it -o "$tmp/got" http://www.example/file && got
}
app_literal() {
	step "fetch a file" curl_it -o "$tmp/got" "http://$server4/file" && got
}
app_https() {
	step "fetch a file" curl_it --cacert "$tmp/cert" -o "$tmp/got" \
		https://www.example/file && got
}

offer_http3() {
	certificate
	mkdir -p "$tmp/h3" "$tmp/h3got"
	cp "$tmp/file" "$tmp/h3"
	background http3 gtlsserver -q -d "$tmp/h3" "$server4" 8443 \
		"$tmp/key" "$tmp/cert"
	must listening "$server" udp 8443
}
app_http3() {
	step "fetch a file" c6 timeout 90 gtlsclient -q --download "$tmp/h3got" \
		--exit-on-all-streams-close --timeout=60s www.example 8443 \
		https://www.example:8443/file &&
		cmp "$tmp/h3got/file" "$tmp/file"
}

# --- files and shells ------------------------------------------------------

offer_ssh() {
	mkdir -p /run/sshd
	must ssh-keygen -q -t ed25519 -N '' -f "$tmp/host"
	must ssh-keygen -q -t ed25519 -N '' -f "$tmp/user"
	background sshd /usr/sbin/sshd -D -e -f /dev/null -p 22 \
		-o HostKey="$tmp/host" -o AuthorizedKeysFile="$tmp/user.pub" \
		-o StrictModes=no -o UsePAM=no -o ListenAddress="$server4"
	must listening "$server" tcp 22
}
app_ssh() {
	step "run a command" c6 timeout 90 ssh -F /dev/null -i "$tmp/user" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o BatchMode=yes -o LogLevel=ERROR root@ssh.example \
		cat "$tmp/file" >"$tmp/got" || { cat "$tmp/got"; return 1; }
	got
}

offer_ftp() {
	[ ! -e "$tmp/ftpd.log" ] || return 0
	mkdir -p "$tmp/ftp"
	cp "$tmp/file" "$tmp/ftp"
	background ftpd /usr/bin/python3 -m pyftpdlib -i "$server4" -p 21 -w \
		-d "$tmp/ftp"
	must within 300 has_socket "$server" tcp 21
}
offer_ftpactive() { offer_ftp; }

# lftp_it SETTINGS: there and back again
lftp_it() {
	rm -f "$tmp/ftp/new" "$tmp/got"
	c6 timeout 90 lftp -c "set net:max-retries 1; set net:timeout 20;
		set net:persist-retries 0; set cmd:fail-exit yes; $1
		open ftp.example; get file -o $tmp/got; put $tmp/file -o new" &&
		got && cmp "$tmp/ftp/new" "$tmp/file"
}
app_ftp() { step "fetch and store a file" lftp_it ""; }
app_ftpactive() {
	step "fetch and store a file" lftp_it "set ftp:passive-mode no;
		set ftp:port-ipv4 $pool4;
		set ftp:port-range ${ports[0]}-${ports[-1]};"
}

offer_git() {
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.net
	export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.net
	must git init -q -b main "$tmp/work"
	cp "$tmp/file" "$tmp/work"
	must git -C "$tmp/work" add file
	must git -C "$tmp/work" commit -q -m first
	must git clone -q --bare "$tmp/work" "$tmp/git/repo"
	background git git daemon --reuseaddr --export-all \
		--enable=receive-pack --base-path="$tmp/git" --listen="$server4"
	must listening "$server" tcp 9418
}
app_git() {
	step clone c6 timeout 90 git clone -q git://git.example/repo \
		"$tmp/clone" && cmp "$tmp/clone/file" "$tmp/file" || return
	date >"$tmp/clone/file"
	git -C "$tmp/clone" commit -q -a -m second &&
		step push c6 timeout 90 git -C "$tmp/clone" push -q
}

offer_hg() {
	must hg init "$tmp/hg"
	cp "$tmp/file" "$tmp/hg"
	must hg --cwd "$tmp/hg" commit -q -A -m first -u a
	background hg hg --cwd "$tmp/hg" serve -a "$server4" -p 8000
	must within 300 has_socket "$server" tcp 8000
}
app_hg() {
	step clone c6 timeout 90 hg clone -q http://hg.example:8000/ \
		"$tmp/hgclone" && cmp "$tmp/hgclone/file" "$tmp/file"
}

# --- mail ------------------------------------------------------------------

offer_smtp() {
	[ ! -e "$tmp/smtp.log" ] || return 0
	background smtp aiosmtpd -n -l "$server4:25" \
		-c aiosmtpd.handlers.Mailbox "$tmp/mail"
	must within 300 has_socket "$server" tcp 25
	cat >"$tmp/dovecot.conf" <<-CONF
		base_dir = /run/dovecot
		protocols = imap pop3
		listen = $server4
		ssl = no
		disable_plaintext_auth = no
		mail_location = maildir:$tmp/mail
		log_path = /dev/stderr
		passdb {
			driver = static
			args = password=secret
		}
		userdb {
			driver = static
			args = uid=nobody gid=nogroup home=$tmp
		}
	CONF
	background dovecot dovecot -F -c "$tmp/dovecot.conf"
	must listening "$server" tcp 143
	{
		printf 'Subject: a letter\r\n\r\n'
		base64 "$tmp/file" | sed 's/$/\r/'
	} >"$tmp/letter"
	# A letter for those who only fetch
	must s4 curl -sS --mail-from a@example.net --mail-rcpt b@example.net \
		-T "$tmp/letter" "smtp://$server4"
	chown -R nobody "$tmp/mail"
}
offer_pop3() { offer_smtp; }
offer_imap() { offer_smtp; }

letter() {
	sed '1,/^\r*$/d' "$tmp/got" | tr -d '\r' | base64 -d |
		cmp - "$tmp/file"
}
app_smtp() {
	step "send a letter" curl_it --mail-from a@example.net \
		--mail-rcpt b@example.net -T "$tmp/letter" smtp://mail.example
}
app_pop3() {
	step "fetch a letter" curl_it -u b:secret -o "$tmp/got" \
		pop3://mail.example/1 && letter
}
app_imap() {
	step "fetch a letter" curl_it -u b:secret -o "$tmp/got" \
		"imap://mail.example/INBOX;MAILINDEX=1" && letter
}

# --- names and time --------------------------------------------------------

dig_it() {
	c6 dig +short +tries=2 +time=10 @ns.example www.example A "$@" \
		>"$tmp/got"
	cat "$tmp/got"
	same "the answer" "$(cat "$tmp/got")" "$server4"
}
app_dns() { step "ask by UDP" dig_it +notcp && step "ask by TCP" dig_it +tcp; }

offer_ntp() {
	cat >"$tmp/chrony.conf" <<-CONF
		local stratum 5
		allow all
		bindaddress $server4
		port 123
		cmdport 0
		bindcmdaddress /
		pidfile $tmp/chrony.pid
	CONF
	background chrony chronyd -x -d -u root -f "$tmp/chrony.conf"
	must listening "$server" udp 123
}
app_ntp() {
	step "ask for the time" c6 chronyd -Q -u root -t 30 \
		"server ntp.example iburst maxsamples 1" "cmdport 0" \
		"bindcmdaddress /" "pidfile $tmp/chronyc.pid"
}

# --- chat ------------------------------------------------------------------

# weechat NICK NAMESPACE SERVER: somebody who takes files; $tmp/NICK/fifo takes commands
weechat() {
	local home=$tmp/$1
	start "$1" "$2" weechat-headless -d "$home" \
		-r "/set fifo.file.path $home/fifo" \
		-r "/set xfer.file.auto_accept_files on" \
		-r "/set xfer.file.download_path $home" \
		-r "/set xfer.network.own_ip ${4:-}" \
		-r "/set xfer.network.port_range ${5:-}" \
		-r "/server add irc $3 -nicks=$1 -username=$1" -r "/connect irc"
	within 60 grep "User \"$1!.* registered" "$tmp/ircd.log" &&
		within 20 test -p "$home/fifo"
}

offer_irc() {
	[ ! -e "$tmp/ngircd.conf" ] || return 0
	cat >"$tmp/ngircd.conf" <<-CONF
		[Global]
		    Name = irc.example
		    Info = a server
		    Listen = $server4
		[Options]
		    DNS = no
		    Ident = no
		    PAM = no
	CONF
	background ircd ngircd -n -f "$tmp/ngircd.conf"
	must listening "$server" tcp 6667
	must weechat bob "$server" "$server4"
}
offer_ircsend() { offer_irc; }

# dcc FROM TO: a file
dcc() {
	echo "irc.server.irc */dcc send $2 $tmp/file" 1<>"$tmp/$1/fifo"
	within 60 cmp "$tmp/$2/$1.file" "$tmp/file"
}
alice() {
	[ -e "$tmp/alice" ] || step "join" weechat alice "$client" irc.example \
		"$pool4" "${ports[0]}-${ports[-1]}"
}
app_irc() { alice && step "fetch a file" dcc bob alice; }
app_ircsend() { alice && step "send a file" dcc alice bob; }

offer_xmpp() {
	certificate
	mkdir "$tmp/prosody"
	cat >"$tmp/prosody.lua" <<-CONF
		run_as_root = true
		pidfile = "$tmp/prosody/pid"
		data_path = "$tmp/prosody"
		log = { info = "*console" }
		interfaces = { "$server4" }
		modules_enabled = { "disco", "offline", "roster", "saslauth", "tls" }
		authentication = "insecure"
		insecure_open_authentication = "Yes please, I know what I'm doing!"
		ssl = { key = "$tmp/key", certificate = "$tmp/cert" }
		https_ssl = ssl
		VirtualHost "chat.example"
		Component "upload.chat.example" "http_file_share"
	CONF
	background prosody prosody -F --config "$tmp/prosody.lua"
	must listening "$server" tcp 5222
	must listening "$server" tcp 5281
}
app_xmpp() {
	local url
	export SSL_CERT_FILE=$tmp/cert
	step "send a file" c6 timeout 90 go-sendxmpp -u alice@chat.example -p secret \
		-h "$tmp/file" bob@chat.example || return
	start reader "$server" go-sendxmpp -u bob@chat.example -p secret \
		-j "$server4:5222" -l
	step "read the link" within 60 grep 'https://' "$tmp/reader.log" || return
	url=$(grep -o 'https://[^ ]*' "$tmp/reader.log")
	stop "$last"
	step "fetch a file" curl_it --cacert "$tmp/cert" -o "$tmp/got" "$url" && got
}

# --- tunnels and peers -----------------------------------------------------

offer_openvpn() {
	[ ! -e "$tmp/httpd-0.0.0.0-8080.log" ] || return 0
	certificate
	must modprobe tun
	serve "$server" 0.0.0.0 8080 "$tmp"
}
offer_openvpntcp() { offer_openvpn; }
offer_openvpnliteral() { offer_openvpn; }

# vpn NAME NAMESPACE OPTION...: one end of a tunnel
vpn() {
	start "$1" "$2" openvpn --dev tun --ca "$tmp/cert" --cert "$tmp/cert" \
		--key "$tmp/key" "${@:3}"
	ends+=("$last")
	within 60 grep 'Initialization Sequence Completed' "$tmp/$1.log" ||
		{ cat "$tmp/$1.log"; return 1; }
}

# tunnel PROTOCOL SERVER: both ends are there for this only, as ICE would try their
# addresses, too
tunnel() {
	local rc=0 end ends=()
	step "start the server" vpn vpnd "$server" --proto "$1" --local "$server4" \
		--server 10.8.0.0 255.255.255.0 --topology subnet --dh none &&
		step "connect" vpn vpn "$client" --client --nobind --proto "$1" \
			--remote "$2" &&
		step "ping" c6 ping -c 3 -i 0.2 -W 5 10.8.0.1 &&
		step "fetch a file" curl_it -o "$tmp/got" http://10.8.0.1:8080/file &&
		got || rc=1
	for end in "${ends[@]}"; do stop "$end"; done
	return $rc
}
app_openvpn() { tunnel udp vpn.example; }
app_openvpntcp() { tunnel tcp vpn.example; }
app_openvpnliteral() { tunnel udp "$server4"; }

offer_bittorrent() {
	mkdir "$tmp/seed"
	cp "$tmp/file" "$tmp/seed"
	must mktorrent -a http://tracker.example:6969/announce \
		-o "$tmp/torrent" "$tmp/file"
	# The tracker serves only what it knows
	aria2c -S "$tmp/torrent" | sed -n 's/^Info Hash: //p' >"$tmp/hashes"
	background tracker opentracker -i "$server4" -p 6969 -d "$tmp" -w hashes
	must listening "$server" tcp 6969
	background seeder aria2c -d "$tmp/seed" --check-integrity=true \
		--seed-ratio=0 --enable-dht=false --bt-enable-lpd=false \
		--bt-exclude-tracker='*' \
		--bt-tracker="http://$server4:6969/announce" "$tmp/torrent"
}
app_bittorrent() {
	step "fetch a file" c6 timeout 90 aria2c -d "$tmp/leech" --seed-time=0 \
		--enable-dht=false --bt-enable-lpd=false --bt-stop-timeout=60 \
		--bt-tracker-interval=5 "$tmp/torrent" &&
		cmp "$tmp/leech/file" "$tmp/file"
}

# --- calls -----------------------------------------------------------------

offer_stun() {
	[ ! -e "$tmp/stund.log" ] || return 0
	background stund turnserver -n -S -L "$server4" --no-tls --no-dtls --no-cli \
		--log-file stdout --pidfile "$tmp/stund.pid"
	must listening "$server" udp 3478
}
app_stun() {
	step "ask for the address" c6 timeout 60 turnutils_stunclient stun.example \
		>"$tmp/got" || { cat "$tmp/got"; return 1; }
	cat "$tmp/got"
	grep -q "reflexive addr: $pool4" "$tmp/got"
}

offer_ice() {
	offer_stun
	background answerer /usr/bin/python3 "$here/ice.py" answer "$server4" "$tmp/ice"
	must within 60 test -S "$tmp/ice"
}
app_ice() {
	step "exchange a datagram" c6 timeout 90 /usr/bin/python3 "$here/ice.py" \
		call stun.example "$tmp/ice"
}

# phone NAME ADDRESS STUN-SERVER [OPTION...]: make the folder of a baresip; it says what
# it hears
phone() {
	mkdir "$tmp/$1"
	echo "<sip:$2>;regint=0;answermode=auto;medianat=ice;stunserver=stun:$3" \
		>"$tmp/$1/accounts"
	cat >"$tmp/$1/config" <<-CONF
		module_path /usr/lib/baresip/modules
		module g711.so
		module aubridge.so
		module ice.so
		module_tmp uuid.so
		module_tmp account.so
		module_app menu.so
		audio_player aubridge,sink
		audio_source aubridge,sink
		audio_alert aubridge,alert
		dns_server [2001:db8:1::1]:53
	CONF
	printf '%s\n' "${@:4}" >>"$tmp/$1/config"
	echo >"$tmp/$1/contacts"
}

offer_sip() {
	offer_stun
	phone callee "bob@$server4" "$server4" "sip_listen $server4:5060" "net_interface net"
	background callee baresip -v -f "$tmp/callee"
	must within 60 has_socket "$server" udp 5060
}
media() { within 60 grep "incoming rtp for 'audio' established" "$tmp/$1.log"; }
app_sip() {
	local rc=0
	phone caller alice@sip.example stun.example
	start caller "$client" baresip -v -f "$tmp/caller" \
		-e "/dial sip:bob@sip.example"
	step "receive media" media caller && step "send media" media callee || rc=1
	if ((rc != 0)); then
		grep -hv 'bit/s' "$tmp/callee.log" "$tmp/caller.log"
		grep 'session closed' "$tmp/caller.log"
	fi
	stop "$last"
	return $rc
}
