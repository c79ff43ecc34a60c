#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml
# full
# 6.12
#
# siit.sh - a stateless translator: addresses, any protocol, fragments, ICMP
# errors, hairpinning, and what it lets pass (siit.py).

. "$(dirname "$0")/lib.sh"

topology
wires
# What is not translated is forwarded: back to where it came from.
must r sysctl -qw net.ipv4.conf.all.send_redirects=0 \
	net.ipv4.conf.lan.send_redirects=0 net.ipv4.conf.wan.send_redirects=0
route "$router" 2001:db8:64::/48 via $client6
route "$router" 64:ff9b::/96 via $client6
route "$router" 2001:db8:8000::/33 via $client6
route "$router" 10.0.0.0/8 via $server4
each python3 "$here/siit.py"
finish
