/* SPDX-License-Identifier: GPL-2.0 */
/* keys_table.h - made by config/keys.py from include/nat64.yaml: do not edit */
[NAT64_CONFIG_A_MANUALLY_ENABLED] = {
	"manually-enabled", KIND_BOOL,
	"translate; off: packets pass untranslated",
	"on" },
[NAT64_CONFIG_A_LOWEST_IPV6_MTU] = {
	"lowest-ipv6-mtu", KIND_NUMBER,
	"largest IPv6 packet, in bytes, made of an IPv4 packet without DF",
	"1280", 1280, 65535 },
[NAT64_CONFIG_A_ZEROIZE_TRAFFIC_CLASS] = {
	"zeroize-traffic-class", KIND_BOOL,
	"to IPv6: set the traffic class to 0, not to the TOS",
	"off" },
[NAT64_CONFIG_A_OVERRIDE_TOS] = {
	"override-tos", KIND_BOOL,
	"to IPv4: set the TOS to the key tos, not to the traffic class",
	"off" },
[NAT64_CONFIG_A_TOS] = {
	"tos", KIND_BYTE,
	"TOS for override-tos",
	"0", 0, 255 },
[NAT64_CONFIG_A_MTU_PLATEAUS] = {
	"mtu-plateaus", KIND_PLATEAUS,
	"packet sizes to try when an ICMPv4 error names no MTU",
	"65535,32000,17914,8166,4352,2002,1492,1006,508,296,68" },
[NAT64_CONFIG_A_ADDRESS_DEPENDENT_FILTERING] = {
	"address-dependent-filtering", KIND_BOOL,
	"refuse IPv4 addresses that the IPv6 host has not sent to",
	"off" },
[NAT64_CONFIG_A_DROP_EXTERNALLY_INITIATED_TCP] = {
	"drop-externally-initiated-tcp", KIND_BOOL,
	"let only the IPv6 side open TCP connections",
	"off" },
[NAT64_CONFIG_A_DROP_ICMPV6_INFO] = {
	"drop-icmpv6-info", KIND_BOOL,
	"drop pings from the IPv6 side",
	"off" },
[NAT64_CONFIG_A_SOURCE_ICMPV6_ERRORS_BETTER] = {
	"source-icmpv6-errors-better", KIND_BOOL,
	"let ICMP errors from IPv4 show their real sender",
	"on" },
[NAT64_CONFIG_A_HANDLE_RST_DURING_FIN_RCV] = {
	"handle-rst-during-fin-rcv", KIND_BOOL,
	"shorten a session's lifetime when a RST follows a FIN",
	"off" },
[NAT64_CONFIG_A_TCP_EST_TIMEOUT] = {
	"tcp-est-timeout", KIND_SECONDS,
	"lifetime of an idle established TCP session",
	"7200", 7200, 1000000, "RFC 6146 s4" },
[NAT64_CONFIG_A_TCP_TRANS_TIMEOUT] = {
	"tcp-trans-timeout", KIND_SECONDS,
	"lifetime of an idle TCP session that is being closed",
	"240", 240, 1000000, "RFC 5382 REQ-5" },
[NAT64_CONFIG_A_UDP_TIMEOUT] = {
	"udp-timeout", KIND_SECONDS,
	"lifetime of an idle UDP session",
	"300", 120, 1000000, "RFC 4787 REQ-5" },
[NAT64_CONFIG_A_ICMP_TIMEOUT] = {
	"icmp-timeout", KIND_SECONDS,
	"lifetime of an idle ICMP session",
	"60", 60, 1000000, "RFC 5508 REQ-2" },
[NAT64_CONFIG_A_FORWARD_CHAIN] = {
	"forward-chain", KIND_BOOL,
	"pass translated packets through the netfilter chain FORWARD",
	"on" },
[NAT64_CONFIG_A_MAXIMUM_SESSIONS] = {
	"maximum-sessions", KIND_NUMBER,
	"limit on the sessions of the instance",
	NULL, 1, 2147483647 },
[NAT64_CONFIG_A_MAXIMUM_SESSIONS_PER_BIB] = {
	"maximum-sessions-per-bib", KIND_NUMBER,
	"limit on the sessions of one BIB entry",
	"65536", 1, 2147483647 },
[NAT64_CONFIG_A_TCP_OPEN_TIMEOUT] = {
	"tcp-open-timeout", KIND_SECONDS,
	"lifetime of an idle TCP session that only one side has opened",
	"240", 1, 1000000 },
[NAT64_CONFIG_A_TCP_PROBE] = {
	"tcp-probe", KIND_BOOL,
	"probe the hosts before an idle established TCP session expires",
	"on" },
[NAT64_CONFIG_A_MAXIMUM_SIMULTANEOUS_OPENS] = {
	"maximum-simultaneous-opens", KIND_NUMBER,
	"limit on stored IPv4 SYNs that wait for the IPv6 host's SYN",
	"256", 0, 65535 },
[NAT64_CONFIG_A_HOLD_DOWN_TIME] = {
	"hold-down-time", KIND_SECONDS,
	"hold-down time of a released UDP port or ICMP identifier",
	"120", 0, 86400 },
[NAT64_CONFIG_A_HOLD_DOWN_PORTS] = {
	"hold-down-ports", KIND_NUMBER,
	"limit on ports and identifiers that are held down",
	"65536", 0, 2147483647 },
[NAT64_CONFIG_A_INBOUND_REFRESH] = {
	"inbound-refresh", KIND_BOOL,
	"let packets from IPv4 refresh UDP and ICMP sessions",
	"on" },
[NAT64_CONFIG_A_PORT_DEPENDENT_FILTERING] = {
	"port-dependent-filtering", KIND_BOOL,
	"refuse IPv4 ports that the IPv6 host has not sent to",
	"off" },
[NAT64_CONFIG_A_PRESERVE_PORT_PARITY] = {
	"preserve-port-parity", KIND_BOOL,
	"map even UDP ports to even ones, odd ports to odd ones",
	"on" },
[NAT64_CONFIG_A_WKP_STRICT] = {
	"wkp-strict", KIND_BOOL,
	"refuse private IPv4 addresses inside 64:ff9b::/96",
	"on" },
[NAT64_CONFIG_A_UDP6_ZERO_CHECKSUM] = {
	"udp6-zero-checksum", KIND_BOOL,
	"translate IPv6 UDP without a checksum; off: drop it",
	"off" },
[NAT64_CONFIG_A_DROP_UDP4_ZERO_CHECKSUM] = {
	"drop-udp4-zero-checksum", KIND_BOOL,
	"drop IPv4 UDP without a checksum; off: compute it",
	"off" },
[NAT64_CONFIG_A_MSS_CLAMP] = {
	"mss-clamp", KIND_MSS,
	"largest MSS of TCP connections; pmtu: what fits both links",
	"off", 88, 65495 },
[NAT64_CONFIG_A_RFC6791V4_PREFIX] = {
	"rfc6791v4-prefix", KIND_PREFIX,
	"source of ICMP errors from IPv6 routers without an IPv4 address",
	"none" },
[NAT64_CONFIG_A_SEND_ICMP_ERRORS] = {
	"send-icmp-errors", KIND_BOOL,
	"answer refused packets with ICMP errors",
	"on" },
[NAT64_CONFIG_A_ANSWER_UNMAPPED] = {
	"answer-unmapped", KIND_BOOL,
	"answer IPv4 packets that have no BIB entry with ICMP errors",
	"off" },
[NAT64_CONFIG_A_FASTPATH] = {
	"fastpath", KIND_DEVICES,
	"translate established flows at the ingress of these devices",
	"none" },
[NAT64_CONFIG_A_LOGGING_BIB] = {
	"logging-bib", KIND_BOOL,
	"notify 'nat64ctl monitor' of new and expired BIB entries",
	"off" },
[NAT64_CONFIG_A_LOGGING_SESSION] = {
	"logging-session", KIND_BOOL,
	"notify 'nat64ctl monitor' of new and expired sessions",
	"off" },
[NAT64_CONFIG_A_ACCOUNTING] = {
	"accounting", KIND_BOOL,
	"count packets and bytes of each new session",
	"off" },
[NAT64_CONFIG_A_AMEND_UDP_CHECKSUM_ZERO] = {
	"amend-udp-checksum-zero", KIND_BOOL,
	"stateless: compute the checksum that an IPv4 UDP packet lacks; off: drop the packet",
	"off" },
[NAT64_CONFIG_A_EAM_HAIRPIN_MODE] = {
	"eam-hairpin-mode", KIND_HAIRPIN,
	"stateless: how packets between nodes with EAM entries are hairpinned",
	"intrinsic" },
[NAT64_CONFIG_A_RFC6791V6_PREFIX] = {
	"rfc6791v6-prefix", KIND_PREFIX6,
	"stateless: sources of ICMPv4 errors from routers whose address does not translate; none: the router's own",
	"none" },
