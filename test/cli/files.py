#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Files for config check, right and wrong, without a kernel.

usage: files.py NAT64CTL [load]

Every mistake has its exact sentence. Then every beginning of a right file, and
the file with every byte replaced, must end in a status of nat64ctl's own, not
in a crash: it is built with the sanitizers. Prints TAP.

With "load", the wrong ones are loaded where there is the module: nothing may
come of that. transaction.sh does this.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

NAT64CTL = sys.argv[1]
TESTS = 0
FAILED = 0
NOTE = ("nat64ctl: note: the file was checked without the module: "
        "the nat64 module is not loaded: run 'modprobe nat64'\n")

# What is wrong with a text, behind "nat64ctl: FILE"
SYNTAX = [
    (b"", ":1:1: the file ends where a value is missing"),
    (b" \n ", ":2:2: the file ends where a value is missing"),
    (b"{", ":1:2: the file ends where the name of a member, such as "
     "\"pool6\", is missing"),
    (b'{"pool6": ["64:ff9b::/96"}', ":1:26: '}' stands where a ',' or ']' "
     "is missing"),
    (b'{"pool6": ["64:ff9b::/96",]}', ":1:27: ']' stands where a value is "
     "missing"),
    (b'{"force": true,}', ":1:16: '}' stands where the name of a member, "
     "such as \"pool6\", is missing"),
    (b"{'force': true}", ":1:2: ''' stands where the name of a member, such "
     "as \"pool6\", is missing"),
    (b'{"force" true}', ":1:10: 't' stands where a ':' is missing"),
    (b'{\n  "force": yes\n}', ":2:12: 'y' stands where a value is missing"),
    (b'{"force": trueish}', ":1:11: 't' stands where a value is missing"),
    (b'{"config": {"tos": 07}}', ":1:20: the number starts with a zero: "
     "leave it out"),
    (b'{"config": {"tos": 0x7}}', ":1:21: 'x' stands where a ',' or '}' is "
     "missing"),
    (b'{"config": {"tos": 1.}}', ":1:22: '}' stands where a digit is "
     "missing"),
    (b'{"config": {"tos": -}}', ":1:21: '}' stands where a digit is missing"),
    (b'{"instance": "a', ":1:14: the string has no end"),
    (b'{"instance": "a\nb"}', ":1:16: byte 0x0a stands in a string: is its "
     "closing '\"' missing?"),
    (b'{"instance": "a\\q"}', ":1:16: not an escape of JSON: write "
     "\\\\ for a backslash"),
    (b'{"instance": "a\\u12"}', ":1:16: not an escape of JSON: write "
     "\\\\ for a backslash"),
    (b'{"instance": "a\\u0000"}', ":1:16: the escape is a zero, which no "
     "string here has"),
    (b'{"instance": "\xff"}', ":1:15: byte 0xff is not UTF-8"),
    (b'{"instance": "\xc0\xaf"}', ":1:15: byte 0xc0 is not UTF-8"),
    (b'{"comment": "\xc3\xa4\xc3\xb6", x}', ":1:19: 'x' stands where the name "
     "of a member, such as \"pool6\", is missing"),
    (b'{"force": true} x', ":1:17: text after the end of the document: "
     "remove it"),
    (b'{"force": true}\0', ":1:16: text after the end of the document: "
     "remove it"),
    (b'\0{}', ":1:1: byte 0x00 stands where a value is missing"),
    (b'\xef\xbb\xbf{}', ":1:1: byte 0xef stands where a value is missing"),
    (b'{} // no comment', ":1:4: text after the end of the document: remove "
     "it"),
    (b"[" * 33 + b"]" * 33, ":1:33: it is nested too deep: 32 levels are "
     "enough"),
    (b"[" + b"{}," * 1300000 + b"{}]", ":1:3599999: it has more than 1200000 "
     "objects and arrays: is it the right file?"),
    (b"[" + b"1," * 4500000 + b"1]", ":1:8000000: it has more than 4000000 "
     "values: is it the right file?"),
    (b'{"a":' * 100000, ":1:161: it is nested too deep: 32 levels are "
     "enough"),
    (b'{"force": true,\n "force": false}', ":2:2: the object has \"force\" "
     "already, in line 1: leave one out"),
    (b'{"config": {"tos": 1, "\\u0074os": 2}}', ":1:23: the object has "
     "\"tos\" already, in line 1: leave one out"),
    (b"# of Debian\ntun-device nat64\nprefix 64:ff9b::/96\n", ": it is a "
     "configuration of TAYGA, not JSON: write 'nat64ctl import-tayga FILE', "
     "which makes a file for this of it"),
    (b"null", ": it is not a document, but null"),
    (b" " * (128 << 20) + b"{}", ": the file is larger than 128 MiB: is it the "
     "right one?"),
]

# Of a document, the JSON pointer and what is wrong there
POOL4 = {"pool4": ["192.0.2.1"]}


def bib(**changes):
    """Return a document with a BIB entry that is changed."""
    entry = {"proto": "tcp", "ipv6": "[2001:db8::5]:80",
             "ipv4": "192.0.2.1:80"}
    entry.update(changes)
    return dict(POOL4, bib=[{k: v for k, v in entry.items() if v is not None}])


EAM = {"ipv6": "2001:db8::/120", "ipv4": "192.0.2.0/24"}


def siit(**members):
    """Return a document of a stateless instance."""
    return dict(members, type="siit")


MEANING = [
    ([], "/: it is an array: write an object with pool6, pool4, bib and "
     "config"),
    (7, "/: it is a number: write an object with pool6, pool4, bib and "
     "config"),
    ({"pol4": []}, "/: unknown member \"pol4\": did you mean "
     "\"pool4\"?"),
    ({"\x1b[2J": []}, "/: unknown member \"?[2J\": see nat64ctl(8), or leave "
     "it out"),
    ({"framework": "netfilter"}, "/: \"framework\" is Jool's: 'nat64ctl "
     "import-jool FILE' makes a file for this of one of Jool"),
    ({"global": {}}, "/: \"global\" is Jool's: 'nat64ctl import-jool FILE' "
     "makes a file for this of one of Jool"),
    ({"instance": 3}, "/instance: it is a number: write the name of an "
     "instance, such as \"default\""),
    ({"instance": ""}, "/instance: '' cannot be the name of an instance: "
     "write a name such as \"default\""),
    ({"instance": "a/b"}, "/instance: 'a/b' cannot be the name of an "
     "instance: use letters, digits, '-', '_' and '.'"),
    ({"instance": "sixteen-letters-"}, "/instance: 'sixteen-letters-' is too "
     "long for the name of an instance: use 15 characters at most"),
    ({"force": 1}, "/force: it is a number: write true or false"),
    ({"pool6": "64:ff9b::/96"}, "/pool6: it is a string: write an array of "
     "prefixes, such as [\"64:ff9b::/96\"]"),
    ({"pool6": []}, "/pool6: it is empty: name a prefix, or leave it out for "
     "64:ff9b::/96"),
    ({"pool6": [None]}, "/pool6/0: it is null: write a prefix, such as "
     "\"64:ff9b::/96\""),
    ({"pool6": ["64:ff9b::"]}, "/pool6/0: '64:ff9b::' has no prefix length: "
     "write it like 64:ff9b::/96"),
    ({"pool6": ["2001:db8::/97"]}, "/pool6/0: a pool6 prefix has a length of "
     "32, 40, 48, 56, 64 or 96 (RFC 6052)"),
    ({"pool6": ["2001:db8:0:0:100::/96"]}, "/pool6/0: bits 64 to 71 of the "
     "pool6 prefix must be zero (RFC 6052 s2.2)"),
    ({"pool6": ["ff02::/96"]}, "/pool6/0: the pool6 prefix is multicast or "
     "link-local: choose a unicast prefix"),
    ({"pool6": ["::/96"]}, "/pool6/0: the pool6 prefix is all zero: choose a "
     "unicast prefix"),
    ({"pool6": ["64:ff9b::/96", "64:ff9b::/32"]}, "/pool6/1: the prefix "
     "overlaps that of /pool6/0"),
    ({"pool6": [f"2001:db8:{i:x}::/96" for i in range(17)]}, "/pool6/16: an "
     "instance has 16 pool6 prefixes at most"),
    ({"pool4": {}}, "/pool4: it is an object: write an array of addresses, "
     "such as [\"192.0.2.1\"]"),
    ({"pool4": [1]}, "/pool4/0: it is a number: write an address, or an "
     "object with the member \"prefix\""),
    ({"pool4": [{}]}, "/pool4/0: \"prefix\" is missing: name an address or a "
     "prefix"),
    ({"pool4": [{"prefix": 1}]}, "/pool4/0/prefix: it is a number: write an "
     "address or a prefix, such as \"192.0.2.0/24\""),
    ({"pool4": ["x"]}, "/pool4/0: 'x' is not an IPv4 address or prefix: "
     "write it like 192.0.2.1 or 192.0.2.0/24"),
    ({"pool4": ["10.0.0.0/11"]}, "/pool4/0: the length of a pool4 prefix "
     "must be 12 to 32"),
    ({"pool4": ["192.0.2.1/24"]}, "/pool4/0: '192.0.2.1/24' has bits set "
     "after its length: did you mean 192.0.2.0/24?"),
    ({"pool4": ["127.0.0.1"]}, "/pool4/0: the pool4 address is not a unicast "
     "address that can be forwarded"),
    ({"pool4": ["192.0.2.1", {"prefix": "192.0.2.0/24", "proto": "udp"}]},
     "/pool4/1: the pool4 entry overlaps that of /pool4/0"),
    ({"pool4": [{"prefix": "192.0.2.1", "port": 3}]}, "/pool4/0: unknown "
     "member \"port\": did you mean \"ports\"?"),
    ({"pool4": [{"prefix": "192.0.2.1", "ports": True}]}, "/pool4/0/ports: "
     "it is a truth value: write ports, such as \"1024-65535\" or [80, "
     "\"1024-2047\"]"),
    ({"pool4": [{"prefix": "192.0.2.1", "ports": 1.5}]}, "/pool4/0/ports: "
     "it is not a whole number: write one"),
    ({"pool4": [{"prefix": "192.0.2.1", "ports": "0-9"}]}, "/pool4/0/ports: "
     "'0-9' is not a list of ports: write ranges from 1 to 65535 with commas "
     "between them, such as 1024-2047,5000"),
    ({"pool4": [{"prefix": "192.0.2.1", "ports": ["9-3"]}]},
     "/pool4/0/ports: '9-3' has a range that ends before it starts: did you "
     "mean 3-9?"),
    ({"pool4": [{"prefix": "192.0.2.1", "ports": [5, "1-9"]}]},
     "/pool4/0/ports: port ranges of the pool4 entry overlap"),
    ({"pool4": [{"prefix": "192.0.2.1", "ports": list(range(2, 68, 2))}]},
     "/pool4/0/ports: '" + ",".join(str(i) for i in range(2, 68, 2)) +
     "' has too many ranges: use 32 at most for one pool4 entry"),
    ({"pool4": [{"prefix": "192.0.2.1", "proto": "sctp"}]},
     "/pool4/0/proto: 'sctp' is not a protocol: write tcp, udp or icmp"),
    ({"pool4": [{"prefix": "192.0.2.1", "proto": 6}]}, "/pool4/0/proto: it "
     "is a number: write \"tcp\", \"udp\" or \"icmp\""),
    ({"pool4": [{"prefix": "192.0.2.1", "mark": -1}]}, "/pool4/0/mark: '-1' "
     "is not a mark: write a number from 0 to 4294967295"),
    ({"pool4": [{"prefix": "192.0.2.1", "mark": 1 << 32}]}, "/pool4/0/mark: "
     "'4294967296' is not a mark: write a number from 0 to 4294967295"),
    ({"pool4": [f"198.18.{i >> 8}.{i & 255}" for i in range(1025)]},
     "/pool4: an instance has 1024 pool4 entries at most"),
    ({"bib": {}}, "/bib: it is an object: write an array of objects with "
     "\"proto\", \"ipv6\" and \"ipv4\""),
    ({"bib": ["x"]}, "/bib/0: it is a string: write an object with "
     "\"proto\", \"ipv6\" and \"ipv4\""),
    (bib(proto=None), "/bib/0: \"proto\" is missing: add it"),
    (bib(ipv6=None), "/bib/0: \"ipv6\" is missing: add it"),
    (bib(ipv4=None), "/bib/0: \"ipv4\" is missing: add it"),
    (bib(proto="all"), "/bib/0/proto: 'all' is not a protocol: write tcp, "
     "udp or icmp"),
    (bib(ipv6=5), "/bib/0/ipv6: it is a number: write a transport address, "
     "such as \"[2001:db8::5]:80\""),
    (bib(ipv6="192.0.2.1:80"), "/bib/0/ipv6: it is the other side's "
     "address: write one such as \"[2001:db8::5]:80\""),
    (bib(ipv4="[2001:db8::5]:80"), "/bib/0/ipv4: it is the other side's "
     "address: write one such as \"192.0.2.1:80\""),
    (bib(ipv4="192.0.2.1:65536"), "/bib/0/ipv4: '192.0.2.1:65536' has a "
     "wrong port: write a number from 0 to 65535 after the last ':'"),
    (bib(ipv4="192.0.2.2:80"), "/bib/0: the IPv4 side of the BIB entry is "
     "not in pool4: add it there first"),
    (bib(ipv6="[64:ff9b::1]:80"), "/bib/0: the IPv6 address of the BIB entry "
     "is inside pool6"),
    (bib(ipv6="[fe80::1]:80"), "/bib/0: the IPv6 address of the BIB entry is "
     "not a unicast address"),
    (bib(ipv6="[2001:db8::5]:0"), "/bib/0: port 0 is reserved: ports of a "
     "BIB entry are 1 to 65535"),
    (bib(static=True), "/bib/0: unknown member \"static\": see nat64ctl(8), "
     "or leave it out"),
    (dict(POOL4, bib=bib()["bib"] + bib(ipv4="192.0.2.1:81")["bib"]),
     "/bib/1: the IPv6 transport address is that of /bib/0"),
    (dict(POOL4, bib=bib()["bib"] + bib(ipv6="[2001:db8::5]:81")["bib"]),
     "/bib/1: the IPv4 transport address is that of /bib/0"),
    ({"type": 5}, "/type: it is a number: write \"nat64\" or \"siit\""),
    ({"type": "jool"}, "/type: 'jool' is not a type of instance: write nat64 "
     "or siit"),
    ({"eam": []}, "/eam: an instance of type \"nat64\" has no eam: leave it "
     "out, or write \"type\": \"siit\""),
    ({"type": "nat64", "denylist": ["192.0.2.0/24"]}, "/denylist: an "
     "instance of type \"nat64\" has no denylist: leave it out, or write "
     "\"type\": \"siit\""),
    ({"pool4": ["192.0.2.1"], "type": "siit"}, "/pool4: an instance of type "
     "\"siit\" has no pool4: leave it out, or write \"type\": \"nat64\""),
    (siit(bib=[]), "/bib: an instance of type \"siit\" has no bib: leave it "
     "out, or write \"type\": \"nat64\""),
    (siit(eam={}), "/eam: it is an object: write an array of objects with "
     "\"ipv6\" and \"ipv4\""),
    (siit(eam=["x"]), "/eam/0: it is a string: write an object with "
     "\"ipv6\" and \"ipv4\""),
    (siit(eam=[EAM, {"ipv6": "2001:db8::5"}]), "/eam/1: \"ipv4\" is missing: "
     "add it"),
    (siit(eam=[{"ipv4": "192.0.2.1"}]), "/eam/0: \"ipv6\" is missing: add "
     "it"),
    (siit(eam=[dict(EAM, proto="tcp")]), "/eam/0: unknown member \"proto\": "
     "see nat64ctl(8), or leave it out"),
    (siit(eam=[dict(EAM, ipv6=5)]), "/eam/0/ipv6: it is a number: write an "
     "IPv6 address or prefix, such as \"2001:db8::/120\""),
    (siit(eam=[dict(EAM, ipv6="192.0.2.0/24")]), "/eam/0/ipv6: "
     "'192.0.2.0/24' is not an IPv6 prefix: write it like 2001:db8::/32"),
    (siit(eam=[dict(EAM, ipv4="2001:db8::5")]), "/eam/0/ipv4: '2001:db8::5' "
     "is not an IPv4 address or prefix: write it like 192.0.2.1 or "
     "192.0.2.0/24"),
    (siit(eam=[dict(EAM, ipv6="2001:db8::1/120")]), "/eam/0/ipv6: "
     "'2001:db8::1/120' has bits set after its length: did you mean "
     "2001:db8::/120?"),
    (siit(eam=[EAM, dict(EAM, ipv6="2001:db8:1::/121")]), "/eam/1: the "
     "suffix of 192.0.2.0/24 has 8 bits, more than the 7 of "
     "2001:db8:1::/121: an IPv6 prefix of /120 or shorter has room for it"),
    (siit(eam=[EAM, dict(EAM, ipv4="192.0.3.0/24")]), "/eam/1: the IPv6 "
     "prefix is that of /eam/0"),
    (siit(eam=[EAM, dict(EAM, ipv6="2001:db8:1::/64")]), "/eam/1: the IPv4 "
     "prefix is that of /eam/0"),
    (siit(denylist="192.0.2.0/24"), "/denylist: it is a string: write an "
     "array of addresses, such as [\"192.0.2.0/24\"]"),
    (siit(denylist=["192.0.2.0/24", 5]), "/denylist/1: it is a number: write "
     "an address or a prefix, such as \"192.0.2.0/24\""),
    (siit(denylist=["192.0.2.1/24"]), "/denylist/0: '192.0.2.1/24' has bits "
     "set after its length: did you mean 192.0.2.0/24?"),
    (siit(denylist=["192.0.2.1", "192.0.2.0/24", "192.0.2.1/32"]),
     "/denylist/2: the prefix is that of /denylist/0"),
    (siit(denylist=[f"198.18.{i >> 8}.{i & 255}" for i in range(4097)]),
     "/denylist: an instance has 4096 prefixes on its denylist at most"),
    (siit(config={"eam-hairpin-mode": False}), "/config/eam-hairpin-mode: it "
     "is a truth value: write \"off\", \"simple\" or \"intrinsic\""),
    (siit(config={"eam-hairpin-mode": "on"}), "/config/eam-hairpin-mode: "
     "'on' is not a mode of hairpinning: write off, simple or intrinsic"),
    (siit(config={"rfc6791v6-prefix": ["2001:db8::"]}),
     "/config/rfc6791v6-prefix: it is an array: write \"none\" or a prefix, "
     "such as \"2001:db8::/64\""),
    (siit(config={"rfc6791v6-prefix": "ff02::/16"}),
     "/config/rfc6791v6-prefix: rfc6791v6-prefix must be of unicast "
     "addresses that can be forwarded"),
    (siit(config={"rfc6791v6-prefix": "::/0"}), "/config/rfc6791v6-prefix: "
     "the length of rfc6791v6-prefix must be 1 to 128"),
    ({"config": []}, "/config: it is an array: write an object of keys, such "
     "as {\"udp-timeout\": 300}"),
    ({"config": {"udp-timeuot": 300}}, "/config: 'udp-timeuot' is not a key: "
     "did you mean 'udp-timeout'?"),
    ({"config": {"frobnicate": 300}}, "/config: 'frobnicate' is not a key: "
     "'nat64ctl config help' lists them"),
    ({"config": {"udp-timeout": True}}, "/config/udp-timeout: it is a truth "
     "value: write a number of seconds, or a time such as \"5m\""),
    ({"config": {"udp-timeout": None}}, "/config/udp-timeout: it is null: "
     "write a number of seconds, or a time such as \"5m\""),
    ({"config": {"udp-timeout": 300.5}}, "/config/udp-timeout: it is not a "
     "whole number: write one"),
    ({"config": {"udp-timeout": -1}}, "/config/udp-timeout: '-1' is not a "
     "time: write seconds, such as 300, or units, such as 300s, 5m or 1h30m"),
    ({"config": {"udp-timeout": 119}}, "/config/udp-timeout: udp-timeout "
     "must be 120 (RFC 4787 REQ-5) to 1000000 seconds; --force allows 1 and "
     "more"),
    ({"config": {"udp-timeout": 0}, "force": True}, "/config/udp-timeout: "
     "udp-timeout must be 120 (RFC 4787 REQ-5) to 1000000 seconds; --force "
     "allows 1 and more"),
    ({"config": {"hold-down-time": 86401}}, "/config/hold-down-time: "
     "hold-down-time must be 0 to 86400 seconds"),
    ({"config": {"lowest-ipv6-mtu": 1279}}, "/config/lowest-ipv6-mtu: "
     "lowest-ipv6-mtu must be 1280 to 65535"),
    ({"config": {"tos": 256}}, "/config/tos: '256' is not a byte: write a "
     "number from 0 to 255"),
    ({"config": {"tcp-probe": 1}}, "/config/tcp-probe: it is a number: write "
     "true or false"),
    ({"config": {"tcp-probe": "maybe"}}, "/config/tcp-probe: 'maybe' is "
     "neither on nor off: write one of the two"),
    ({"config": {"mtu-plateaus": 1500}}, "/config/mtu-plateaus: it is a "
     "number: write an array of numbers"),
    ({"config": {"mtu-plateaus": []}}, "/config/mtu-plateaus: '' is not a "
     "list of packet sizes: write numbers up to 65535 with commas between "
     "them, such as 1492,1280"),
    ({"config": {"mtu-plateaus": [1280, 1492]}}, "/config/mtu-plateaus: "
     "mtu-plateaus must be falling numbers of 68 to 65535"),
    ({"config": {"mtu-plateaus": [[1280]]}}, "/config/mtu-plateaus/0: it is "
     "an array: write an array of numbers"),
    ({"config": {"mss-clamp": 87}}, "/config/mss-clamp: mss-clamp must be "
     "off, pmtu or 88 to 65495 bytes"),
    ({"config": {"rfc6791v4-prefix": "127.0.0.1"}},
     "/config/rfc6791v4-prefix: rfc6791v4-prefix must be of unicast "
     "addresses that can be forwarded"),
    ({"config": {"fastpath": ["a", "a"]}}, "/config/fastpath: fastpath has a "
     "device twice: leave one out"),
    ({"config": {"fastpath": ["none"]}}, "/config/fastpath: \"none\" is not "
     "the name of a device: write [] for none"),
    ({"config": {"fastpath": ["a,b"]}}, "/config/fastpath/0: it has a comma: "
     "write it as several items"),
    ({"config": {"fastpath": ["a/b"]}}, "/config/fastpath: fastpath must be "
     "names of network devices, of 1 to 15 characters"),
    ({"config": {"fastpath": list("abcdefghi")}}, "/config/fastpath: "
     "fastpath must be 8 devices at most"),
]

# What is printed of a file that is right
RIGHT = [
    ({}, ["+ instance default", "+ pool6 64:ff9b::/96"]),
    ({"comment": [1, {"x": None}], "instance": "lab",
      "pool6": ["2001:db8::/32"]},
     ["+ instance lab", "+ pool6 2001:db8::/32"]),
    ({"pool4": ["192.0.2.0/24", {"prefix": "198.51.100.1", "proto": "tcp",
                                 "ports": ["7-8", 9, "20"], "mark": "0x10",
                                 "comment": "joined"}]},
     ["+ instance default", "+ pool6 64:ff9b::/96", "+ pool4 192.0.2.0/24",
      "+ pool4 198.51.100.1/32 --ports 7-9,20 --proto tcp --mark 16"]),
    (bib(), ["+ instance default", "+ pool6 64:ff9b::/96",
             "+ pool4 192.0.2.1/32",
             "+ bib --proto tcp [2001:db8::5]:80 192.0.2.1:80"]),
    ({"config": {"udp-timeout": "10m", "tcp-probe": False, "fastpath": [],
                 "icmp-timeout": 60, "mss-clamp": "pmtu",
                 "rfc6791v4-prefix": "192.0.2.1"}},
     ["+ instance default", "+ pool6 64:ff9b::/96",
      "~ config udp-timeout 600, was 300", "~ config tcp-probe off, was on",
      "~ config mss-clamp pmtu, was off",
      "~ config rfc6791v4-prefix 192.0.2.1/32, was none"]),
    ({"type": "siit", "instance": "s"}, ["+ instance s --type siit"]),
    ({"eam": [{"ipv4": "192.0.2.1", "ipv6": "2001:db8::5"},
              {"ipv6": "2001:db8:1::/64", "ipv4": "198.51.100.0/24",
               "comment": "a longer suffix"},
              {"ipv6": "2001:db8:1::/120", "ipv4": "198.51.100.0/25"}],
      "denylist": ["203.0.113.0/24", "203.0.113.0"], "type": "siit",
      "pool6": [], "config": {"eam-hairpin-mode": "simple",
                              "amend-udp-checksum-zero": True,
                              "rfc6791v6-prefix": "2001:db8:2::/64"}},
     ["+ instance default --type siit",
      "+ eam 2001:db8::5/128 192.0.2.1/32",
      "+ eam 2001:db8:1::/64 198.51.100.0/24",
      "+ eam 2001:db8:1::/120 198.51.100.0/25",
      "+ denylist 203.0.113.0/24", "+ denylist 203.0.113.0/32",
      "~ config amend-udp-checksum-zero on, was off",
      "~ config eam-hairpin-mode simple, was intrinsic",
      "~ config rfc6791v6-prefix 2001:db8:2::/64, was none"]),
    ({"type": "nat64", "config": {"rfc6791v6-prefix": "none"}},
     ["+ instance default", "+ pool6 64:ff9b::/96"]),
    ({"force": True, "config": {"udp-timeout": 5}},
     ["+ instance default", "+ pool6 64:ff9b::/96",
      "~ config udp-timeout 5, was 300"]),
    ({"pool4": [{"prefix": "192.0.2.1", "proto": "all", "ports": 80}],
      "bib": [{"proto": "icmp", "ipv6": "[2001:db8::5]:0",
               "ipv4": "192.0.2.1:80"}]},
     ["+ instance default", "+ pool6 64:ff9b::/96",
      "+ pool4 192.0.2.1/32 --ports 80",
      "+ bib --proto icmp [2001:db8::5]:0 192.0.2.1:80"]),
]

def test(name, why):
    """Print the result of one test, which has passed if nothing is wrong."""
    global TESTS, FAILED
    TESTS += 1
    FAILED += bool(why)
    print(f"{'not ' if why else ''}ok {TESTS} files: {name}")
    if why:
        print("# " + str(why).replace("\n", "\n# "))


def run(*args, text=b""):
    """Run nat64ctl in a folder of its own; return status and outputs."""
    done = subprocess.run([NAT64CTL, *args], input=text, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return (done.returncode, done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"))


def write(name, content):
    """Write a file: bytes as they are, anything else as JSON."""
    with open(name, "wb") as file:
        file.write(content if isinstance(content, bytes)
                   else json.dumps(content).encode())


def wrong(verb, content, sentence):
    """Return what is wrong with how a wrong file is refused."""
    write("bad.json", content)
    seen = run(*verb, "bad.json")
    expected = (2, "", f"nat64ctl: bad.json{sentence}\n")
    return None if seen == expected else f"{seen}\n{expected}"


def check_tests():
    """Test config check and load on whole files."""
    for text, sentence in SYNTAX:
        test(f"{text[:40]!r}", wrong(("config", "check"), text, sentence))
    for content, sentence in MEANING:
        test(sentence[:60],
             wrong(("config", "check"), content, ": " + sentence) or
             wrong(("config", "load"), content, ": " + sentence))
    for content, lines in RIGHT:
        write("good.json", content)
        seen = run("config", "check", "good.json")
        expected = (0, "\n".join(lines) + "\n", NOTE)
        test(lines[-1], None if seen == expected else f"{seen}\n{expected}")
    with open("huge.json", "wb") as file:
        file.truncate(200 << 20)
    seen = run("config", "check", "huge.json")
    test("200 MB", None if seen == (2, "", "nat64ctl: huge.json: the file is "
                                    "larger than 128 MiB: is it the right "
                                    "one?\n") else seen)
    os.unlink("huge.json")
    seen = run("config", "check", "-", text=b"[" + b" " * (130 << 20) + b"]")
    test("130 MB from a pipe",
         None if seen == (2, "", "nat64ctl: standard input: the file is "
                          "larger than 128 MiB: is it the right one?\n")
         else seen)
    seen = run("config", "check", "nosuch.json")
    test("no file", None if seen == (2, "", "nat64ctl: nosuch.json: it cannot "
                                     "be opened: No such file or directory\n")
         else seen)
    seen = run("config", "check", ".")
    test("a folder", None if seen == (2, "", "nat64ctl: .: it cannot be read: "
                                      "Is a directory\n") else seen)
    seen = run("config", "check", "-", text=b"{")
    test("standard input", None if seen[0] == 2 and seen[2].startswith(
        "nat64ctl: standard input:1:2: ") else seen)


def large_tests():
    """Test that a file may have very many mappings."""
    count = 100000
    entry = ('{{"ipv6": "2001:db8:ffff:ffff:ffff:ffff:{:x}:{:x}/128", '
             '"ipv4": "10.{}.{}.{}"}}')
    text = ",\n".join(entry.format(i >> 16, i & 65535, i >> 16,
                                   i >> 8 & 255, i & 255)
                      for i in range(count))
    text = f'{{"type": "siit", "eam": [{text}]}}'.encode()
    seen = run("config", "check", "-", text=text)
    test(f"{count} mappings", None if seen[0] == 0 and
         seen[1].count("\n+ eam ") == count and seen[2] == NOTE else
         (seen[0], len(seen[1]), seen[2]))


def schema_tests():
    """Test that the schema of files takes what is right, and what import-jool
    prints, and not what has members or types that there are not."""
    folder = pathlib.Path(__file__).resolve().parents[2]
    text = (folder / "test/cli/schema/file.json").read_text("ascii")
    schema = jsonschema.Draft202012Validator(json.loads(text))
    example = folder / "usr/systemd/default.json.example"
    right = [content for content, _ in RIGHT] + [
        json.loads(example.read_text("ascii"))]
    right += [case["ours"] for case in (
        json.loads(path.read_text("ascii"))
        for path in (folder / "test/cli/jool").glob("*.json"))
              if "ours" in case]
    wrong_ = [content for content, sentence in MEANING if any(
        part in sentence for part in (": it is a", "nothing that it has",
                                      "is missing", "is not a key",
                                      "is Jool's"))]
    bad = [content for content in right if not schema.is_valid(content)]
    test(f"the schema takes {len(right)} right files", bad)
    bad = [content for content in wrong_ if schema.is_valid(content)]
    test(f"the schema refuses {len(wrong_)} wrong files", bad)


def load_tests():
    """Test that a load of a wrong file is refused and leaves all as it was."""
    rest = [("-j", "instance", "show"), ("-j", "bib", "show")]
    was, others = run("config", "save"), [run(*words) for words in rest]
    for content, sentence in SYNTAX + [(what, ": " + sentence)
                                       for what, sentence in MEANING]:
        why = wrong(("config", "load"), content, sentence)
        now = run("config", "save")
        test(f"load: {sentence[:60]}",
             why or (None if now == was else f"{was} is now {now}"))
    test("load: nothing else has changed, either",
         None if others == [run(*words) for words in rest] else others)


def spoil(text):
    """Yield the text cut at every place, and with every byte changed."""
    others = b'\0\x1b"\\{}[],:0-9\xff'
    for i in range(len(text)):
        yield text[:i]
        byte = others[5 * i % len(others)]
        yield text[:i] + bytes([byte]) + text[i + 1:]
    for i in range(0, len(text), 7):
        yield text[:i] + text[i + 3:]
        yield text[:i] + text[i:i + 9] + text[i:]


def survives(verb, text):
    """Return what is wrong with the end of nat64ctl, if it is."""
    status, _, err = run(*verb, text=text)
    if status not in (0, 1, 2) or "Sanitizer" in err or \
            "runtime error" in err or (status and not err):
        return f"{text!r}: status {status}: {err}"
    return None


def fuzz_tests():
    """Test files that are cut and changed byte by byte."""
    ours = {"instance": "a", "pool6": ["64:ff9b::/96"], "force": True,
            "pool4": ["192.0.2.1", {"prefix": "192.0.2.8/29",
                                    "ports": [1, "3-4"], "mark": 1}],
            "bib": [{"proto": "tcp", "ipv6": "[2001:db8::5]:80",
                     "ipv4": "192.0.2.1:80"}],
            "config": {"tos": 7, "fastpath": ["a"], "mtu-plateaus": [99]}}
    jool = {"global": {"pool6": "64:ff9b::/96", "udp-timeout": "5:00"},
            "pool4": [{"prefix": "192.0.2.1", "protocol": "TCP",
                       "port range": "0-9"}],
            "bib": [{"protocol": "TCP", "ipv6 address": "2001:db8::5#80",
                     "ipv4 address": "192.0.2.1#8"}]}
    siit = {"type": "siit", "pool6": [], "denylist": ["192.0.2.0/24"],
            "eam": [{"ipv6": "2001:db8::/120", "ipv4": "192.0.2.0/24"}],
            "config": {"eam-hairpin-mode": "off",
                       "rfc6791v6-prefix": "2001:db8::/64"}}
    jool_siit = {"global": {"pool6": None, "eam-hairpin-mode": "off"},
                 "eamt": [{"ipv6 prefix": "2001:db8::/120",
                           "ipv4 prefix": "192.0.2.0/24"}],
                 "denylist4": ["192.0.2.0/24"]}
    tayga = (b"tun-device nat64\nipv4-addr 192.0.2.1 # own\n"
             b"prefix 64:ff9b::/96\nmap 192.0.2.0/24 2001:db8::/120\n"
             b"offlink-mtu 1280\nudp-cksum-mode fwd\nwkpf-strict no\n")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for verb, text in ((("config", "check", "-"), json.dumps(ours)),
                           (("config", "check", "-"), json.dumps(siit)),
                           (("import-jool", "-"), json.dumps(jool)),
                           (("import-jool", "-"), json.dumps(jool_siit)),
                           (("import-tayga", "-"), tayga)):
            text = text.encode() if isinstance(text, str) else text
            texts = list(spoil(text))
            bad = [why for why in pool.map(lambda text, verb=verb:
                                           survives(verb, text), texts)
                   if why]
            test(f"{len(texts)} spoiled files for {verb[0]}",
                 "\n".join(bad[:5]))


def main():
    """Run every test."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        if sys.argv[2:] == ["load"]:
            load_tests()
        else:
            check_tests()
            large_tests()
            schema_tests()
            fuzz_tests()
        os.chdir("/")
    print(f"1..{TESTS}")
    return 1 if FAILED else 0


NAT64CTL = os.path.realpath(NAT64CTL)
sys.exit(main())
