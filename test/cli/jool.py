#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Files of Jool and TAYGA for import-jool and import-tayga, without a kernel.

usage: jool.py NAT64CTL [load]

Each file of the folder jool is one that people have, in its form: what Jool
does with it ("jool" becomes "ours", or is "refused"), and what is "said". Then
every mistake has its exact sentence. Prints TAP.

With "load", what comes of the files is loaded where there is the module, and
saved: nothing may have changed. transaction.sh does this.
"""

import json
import os
import pathlib
import subprocess
import sys

NAT64CTL = os.path.realpath(sys.argv[1])
FOLDER = pathlib.Path(__file__).resolve().parent / "jool"
TESTS = 0
FAILED = 0
FORWARD = ("/: translated packets pass the chain forward of the firewall, "
           "which Jool's do not: see FIREWALL in nat64(7), and let them "
           "through")
POOL6 = {"pool6": "2001:db8:64::/96"}
ROW = {"prefix": "192.0.2.1", "protocol": "TCP"}


def jool(**members):
    """Return a file of Jool with a prefix."""
    return {"global": POOL6, **members}


def keys(**members):
    """Return a file of Jool with keys, whose names have '-' for '_'."""
    return {"global": {**POOL6, **{name.replace("_", "-"): value
                                   for name, value in members.items()}}}


WRONG = [
    ([], "/: it is not a file of Jool: that is an object"),
    ({}, "/global/pool6: it is missing: write the prefix of the NAT64, such "
     "as \"64:ff9b::/96\""),
    ({"global": []}, "/global: it is not what Jool takes: write an object of "
     "keys"),
    (keys(tos="x"), "/global/tos: it is not what Jool takes: write a number"),
    (keys(tos=256), "/global/tos: '256' is not a byte: write a number from 0 "
     "to 255"),
    (keys(lowest_ipv6_mtu=1279), "/global/lowest-ipv6-mtu: lowest-ipv6-mtu "
     "must be 1280 to 65535"),
    (keys(mtu_plateaus=["1280", -1]), "/global/mtu-plateaus: it is not what "
     "Jool takes: write an array of up to 64 numbers"),
    (keys(mtu_plateaus=list(range(100, 165))), "/global/mtu-plateaus: it is "
     "not what Jool takes: write an array of up to 64 numbers"),
    (keys(mtu_plateaus=list(range(100, 133))), "/global/mtu-plateaus: it has "
     "more than 32 sizes: write fewer"),
    (keys(udp_timeout=300), "/global/udp-timeout: it is a number, which Jool "
     "4.1 does not take and Jool 3 took as milliseconds: write a time such "
     "as \"0:05:00\""),
    (keys(udp_timeout="0:00"), "/global/udp-timeout: udp-timeout must be 120 "
     "(RFC 4787 REQ-5) to 1000000 seconds; --force allows 1 and more"),
    (keys(manually_enabled=None), "/global/manually-enabled: it is not what "
     "Jool takes: write true or false"),
    (keys(pool6="::/96"), "/global/pool6: the pool6 prefix is all zero: "
     "choose a unicast prefix"),
    (keys(pool6=["64:ff9b::/96"]), "/global/pool6: it is not what Jool "
     "takes: write a prefix, such as \"64:ff9b::/96\""),
    (jool(pool4={}), "/pool4: it is not what Jool takes: write an array of "
     "objects"),
    (jool(pool4=[1]), "/pool4/0: it is not what Jool takes: write an object"),
    (jool(pool4=[{"protocol": "TCP"}]), "/pool4/0: \"prefix\" is missing: "
     "write an IPv4 address or prefix"),
    (jool(pool4=[{"prefix": "192.0.2.1"}]), "/pool4/0: \"protocol\" is "
     "missing: write TCP, UDP or ICMP"),
    (jool(pool4=[dict(ROW, protocol="x")]), "/pool4/0: unknown protocol: "
     "write TCP, UDP or ICMP"),
    (jool(pool4=[dict(ROW, prefix="192.0.2")]), "/pool4/0/prefix: '192.0.2' "
     "is not an IPv4 address or prefix: write it like 192.0.2.1 or "
     "192.0.2.0/24"),
    (jool(pool4=[ROW, dict(ROW, prefix="10.0.0.0/8")]), "/pool4/1/prefix: "
     "the length of a pool4 prefix must be 12 to 32"),
    (jool(pool4=[dict(ROW, mark=-1)]), "/pool4/0/mark: '-1' is not a mark: "
     "write a number from 0 to 4294967295"),
    (jool(pool4=[{**ROW, "port range": "0"}]), "/pool4/0: port 0 is "
     "reserved: its \"port range\" has no other"),
    (jool(pool4=[dict(ROW, prefix=f"198.18.{i >> 8}.{i & 255}")
                 for i in range(1025)]), "/pool4: an instance has 1024 pool4 "
     "entries at most"),
    (jool(bib=[{"protocol": "TCP", "ipv6 address": "2001:db8::5",
                "ipv4 address": "192.0.2.1#2000"}]), "/bib/0: its \"ipv6 "
     "address\" is not a transport address: write 2001:db8::5#80"),
    (jool(bib=[{"protocol": "TCP", "ipv6 address": "2001:db8::5#1",
                "ipv4 address": 5}]), "/bib/0: its \"ipv4 address\" is not a "
                "transport address: write 192.0.2.1#80"),
    (jool(bib=[{"protocol": "TCP", "ipv6 address": "2001:db8::5#0",
                "ipv4 address": "192.0.2.1#2000"}]), "/bib/0: port 0 is "
     "reserved: ports of a BIB entry are 1 to 65535"),
]
SIIT = {"eamt": [{"ipv6 prefix": "2001:db8::/120",
                  "ipv4 prefix": "192.0.2.0/24"}]}
WRONG += [
    (jool(eamt={}), "/eamt: it is not what Jool takes: write an array of "
     "objects"),
    (jool(eamt=["x"]), "/eamt/0: it is not what Jool takes: write an object"),
    (jool(eamt=[{"ipv4 prefix": "192.0.2.1"}]), "/eamt/0: \"ipv6 prefix\" "
     "is missing: write an address or prefix"),
    (jool(eamt=[{"ipv6 prefix": "2001:db8::1"}]), "/eamt/0: \"ipv4 prefix\" "
     "is missing: write an address or prefix"),
    (jool(eamt=[{"ipv6 prefix": "2001:db8::/121",
                 "ipv4 prefix": "192.0.2.0/24"}]), "/eamt/0: the suffix of "
     "192.0.2.0/24 has 8 bits, more than the 7 of 2001:db8::/121: an IPv6 "
     "prefix of /120 or shorter has room for it"),
    (jool(eamt=[{"ipv6 prefix": "2001:db8::1/64",
                 "ipv4 prefix": "192.0.2.0"}]), "/eamt/0: '2001:db8::1/64' "
     "has bits set after its length: did you mean 2001:db8::/64?"),
    (jool(eamt=SIIT["eamt"] * 2 + [{"ipv6 prefix": "2001:db8::/120",
                                    "ipv4 prefix": "192.0.3.0/24"}]),
     "/eamt/2: the IPv6 prefix is that of /eamt/0"),
    (jool(denylist4={}), "/denylist4: it is not what Jool takes: write an "
     "array of prefixes"),
    (jool(denylist4=["192.0.2.0/24", 5]), "/denylist4/1: '5' is not an IPv4 "
     "address or prefix: write it like 192.0.2.1 or 192.0.2.0/24"),
    (jool(**SIIT, pool4=[]), "/pool4: jool_siit has no pool4: leave it out, "
     "or what only jool_siit has"),
    (jool(**SIIT, bib=[]), "/bib: jool_siit has no bib: leave it out, or "
     "what only jool_siit has"),
    (keys(eam_hairpin_mode="x"), "/global/eam-hairpin-mode: 'x' is not a "
     "mode of hairpinning: write off, simple or intrinsic"),
    (keys(amend_udp_checksum_zero="x"), "/global/amend-udp-checksum-zero: it "
     "is not what Jool takes: write true or false"),
    (keys(rfc6791v6_prefix="192.0.2.0/24"), "/global/rfc6791v6-prefix: "
     "'192.0.2.0/24' is not an IPv6 prefix: write it like 2001:db8::/32"),
    (keys(rfc6791v6_prefix="fe80::/64"), "/global/rfc6791v6-prefix: "
     "rfc6791v6-prefix must be of unicast addresses that can be forwarded"),
]
# What is no range: Jool takes one, of which 30 octets must not be the half
for ports in ("1-100,2000-3000,5000-6000,7000-8000", "1-", "-5", "1-2-3",
              "1-65536", "", "x", "0x10", "1 - 5", "111111111-5"):
    WRONG.append((jool(pool4=[{**ROW, "port range": ports}]), "/pool4/0: its "
                  "\"port range\" is not one: write one such as "
                  "\"1024-65535\", "
                  "and a row for each"))
for time in ("300:", ":30", "1:2:3:4", "5m", "", "-1", "1:30.", "4294967296",
             "4294967295.5", "1.5:00"):
    WRONG.append((keys(udp_timeout=time), "/global/udp-timeout: it is not "
                  "what Jool takes: write a time such as \"1:30:00\", "
                  "\"5:00\" or \"300\""))
TIMES = {"2:30:00": 9000, "04:00": 240, "7201": 7201, "2:30:00.000": 9000,
         "0:08:20.0": 500, "0:00:499.001": 500, "90:00": 5400}


# What is said of a tayga.conf, and what becomes of it
OWN = (" becomes {}: translated ICMP errors come from it; pings to it are not "
       "answered, and errors of the translator itself come from the router's "
       "addresses")
TUN = ("packets are translated where the router forwards them; remove the "
       "routes of the device, and firewall rules that name it")
TAYGA = [
    ("""# of Debian
tun-device nat64
ipv4-addr 192.168.255.1   # TAYGA's own
\tprefix 64:ff9b::/96\r
dynamic-pool 192.168.255.0/24
data-dir /var/spool/tayga
""", {"pool6": ["64:ff9b::/96"],
      "config": {"rfc6791v4-prefix": "192.168.255.1/32"}},
     [f"line 2: tun-device is left out: {TUN}",
      "line 3: 192.168.255.1" + OWN.format("rfc6791v4-prefix"),
      "line 5: dynamic-pool is left out: a stateless instance gives no "
      "addresses to hosts: 'nat64ctl instance add --pool6 PREFIX' lets those "
      "without a map share one",
      "line 6: data-dir is left out: without dynamic addresses, there is "
      "nothing to store"]),
    ("""
Map 192.0.2.1 2001:db8::1
map 198.51.100.0/24 2001:db8:1::/120#
ipv6-addr 2001:db8:2::1
wkpf-strict no
udp-cksum-mode calc
offlink-mtu 1400
tun-up yes
log drop reject
strict-frag-hdr on
worker-threads 4
mystery 1 2 3
""".replace("#", " # a subnet"),
     {"eam": [{"ipv6": "2001:db8::1/128", "ipv4": "192.0.2.1/32"},
              {"ipv6": "2001:db8:1::/120", "ipv4": "198.51.100.0/24"}],
      "config": {"lowest-ipv6-mtu": 1400, "wkp-strict": False,
                 "amend-udp-checksum-zero": True,
                 "rfc6791v6-prefix": "2001:db8:2::1/128"}},
     ["line 4: 2001:db8:2::1" + OWN.format("rfc6791v6-prefix"),
      f"line 8: tun-up is left out: {TUN}",
      "line 9: log is left out: counters say why packets are dropped, and "
      "tracepoints which",
      "line 10: strict-frag-hdr is left out: only packets that are fragments "
      "get a fragment header (RFC 7915 s4)",
      "line 11: worker-threads is left out: every processor translates what "
      "it receives",
      "line 12: mystery is left out: TAYGA 0.9 has no such directive"]),
    ("prefix 2001:db8:64::/96\nudp-cksum-mode fwd",
     {"pool6": ["2001:db8:64::/96"],
      "config": {"amend-udp-checksum-zero": True}},
     ["line 2: fwd becomes calc: a UDP packet over IPv6 needs a checksum"]),
]
WRONG_TAYGA = [
    ("", "it has neither prefix nor map: is it a tayga.conf?"),
    ("tun-device", "line 1: tun-device has 0 words after it: write 1"),
    ("\nmap 192.0.2.1", "line 2: map has 1 words after it: write 2"),
    ("map 192.0.2.1 2001:db8::1 x", "line 1: map has 3 words after it: write "
     "2"),
    ("map 2001:db8::1 192.0.2.1", "line 1: '2001:db8::1' is not an IPv4 "
     "address or prefix: write it like 192.0.2.1 or 192.0.2.0/24"),
    ("map 192.0.2.0/24 2001:db8::1", "line 1: the suffix of 192.0.2.0/24 has "
     "8 bits, more than the 0 of 2001:db8::1/128: an IPv6 prefix of /120 or "
     "shorter has room for it"),
    ("map 192.0.2.1 2001:db8::1\n\nmap 192.0.2.1 2001:db8::2", "line 3: the "
     "IPv4 prefix is that of line 1"),
    ("prefix 64:ff9b::", "line 1: '64:ff9b::' has no prefix length: write it "
     "like 64:ff9b::/96"),
    ("prefix 64:ff9b::/97", "line 1: a pool6 prefix has a length of 32, 40, "
     "48, 56, 64 or 96 (RFC 6052)"),
    ("prefix 64:ff9b::/96\nprefix 2001:db8::/96", "line 2: prefix is in line "
     "1 already: leave one out"),
    ("ipv4-addr 192.0.2.0/24", "line 1: '192.0.2.0/24' is not an IPv4 "
     "address: write it like 192.0.2.1"),
    ("ipv4-addr 127.0.0.1", "line 1: rfc6791v4-prefix must be of unicast "
     "addresses that can be forwarded"),
    ("ipv6-addr 192.0.2.1", "line 1: '192.0.2.1' is not an IPv6 address: "
     "write it like 2001:db8::1"),
    ("ipv6-addr fe80::1", "line 1: rfc6791v6-prefix must be of unicast "
     "addresses that can be forwarded"),
    ("wkpf-strict maybe", "line 1: 'maybe' is neither on nor off: write one "
     "of the two"),
    ("udp-cksum-mode no", "line 1: 'no' is not what TAYGA does with a UDP "
     "packet: write drop, calc or fwd"),
    ("offlink-mtu 1279", "line 1: lowest-ipv6-mtu must be 1280 to 65535"),
    ("map-file /etc/tayga.map", "line 1: the maps of /etc/tayga.map are not "
     "here: put its lines in the place of this one"),
    ("log" + " drop" * 11, "line 1: it has more than 10 words: TAYGA takes "
     "none such"),
    ("map 192.0.2.1 2001:db8::1\0", "it has a byte 0x00: is it a "
     "tayga.conf?"),
]


def test(name, why):
    """Print the result of one test, which has passed if nothing is wrong."""
    global TESTS, FAILED
    TESTS += 1
    FAILED += bool(why)
    print(f"{'not ' if why else ''}ok {TESTS} jool: {name}")
    if why:
        print("# " + str(why).replace("\n", "\n# "))


def run(*args, text=""):
    """Run nat64ctl; return status and outputs."""
    done = subprocess.run([NAT64CTL, *args], input=text, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", errors="replace")
    return done.returncode, done.stdout, done.stderr


def said(lines):
    """Return what is printed of a file from standard input."""
    return "".join(f"nat64ctl: standard input: {line}\n" for line in lines)


def cases():
    """Yield the name and the content of every file of the folder."""
    for path in sorted(FOLDER.glob("*.json")):
        yield path.stem, json.loads(path.read_text("ascii"))


def one(case):
    """Return what is wrong with what becomes of a file."""
    status, out, err = run("import-jool", "-", text=json.dumps(case["jool"]))
    if "refused" in case:
        expected = (2, None, said(case.get("said", []) + [case["refused"]]))
    else:
        expected = (0, case["ours"], said(case["said"] + [FORWARD]))
    seen = (status, json.loads(out or "null"), err)
    return None if seen == expected else f"{seen}\n{expected}"


def import_tests():
    """Test what becomes of files without a kernel."""
    for name, case in cases():
        test(f"{name}: {case['what']}", one(case))
        if "ours" in case:
            seen = run("config", "check", "-", text=json.dumps(case["ours"]))
            test(f"{name}: config check takes it", seen[0] and seen)
    for content, sentence in WRONG:
        seen = run("import-jool", "-", text=json.dumps(content))
        expected = (2, "", said([sentence]))
        test(sentence[:60], None if seen == expected else
             f"{seen}\n{expected}")
    for word, seconds in TIMES.items():
        text = json.dumps(keys(tcp_est_timeout=word))
        status, out, err = run("import-jool", "-", text=text)
        value = json.loads(out)["config"]["tcp-est-timeout"] if out else err
        test(f"{word} is {seconds} seconds",
             None if (status, value) == (0, seconds) else (status, value))


def normal(document):
    """Return a document without the order of its tables."""
    return dict(document, **{name: sorted(document[name], key=json.dumps)
                             for name in ("pool4", "eam", "denylist")
                             if name in document})


def type_tests():
    """Test what --type says of a file that may be of either."""
    status, out, err = run("import-jool", "-", "--type", "siit",
                           text=json.dumps(jool()))
    expected = {"type": "siit", "pool6": [POOL6["pool6"]], "eam": [],
                "denylist": [], "config": {}}
    seen = (status, json.loads(out or "null"), err)
    test("--type siit makes it a file of jool_siit",
         None if seen == (0, expected, said([FORWARD])) else seen)
    seen = run("import-jool", "-", "--type", "siit", text="{}")
    test("--type siit needs no prefix", seen[0] and seen)
    seen = run("import-jool", "-", "--type", "nat64",
               text=json.dumps(dict(jool(), **SIIT)))
    expected = (2, "", said(["/: it has members that only jool_siit has: "
                             "write --type siit, or leave --type out"]))
    test("--type nat64 is not of a file of jool_siit",
         None if seen == expected else seen)


def tayga_files():
    """Yield the content of every tayga.conf, and the whole that it becomes."""
    for text, ours, lines in TAYGA:
        yield text, {"type": "siit", "pool6": [], "eam": [], "denylist": [],
                     **ours}, lines


def tayga_tests():
    """Test what becomes of files of TAYGA without a kernel."""
    for text, ours, lines in tayga_files():
        status, out, err = run("import-tayga", "-", text=text)
        seen = (status, json.loads(out or "null"), err)
        expected = (0, ours, said(lines))
        test(f"tayga.conf: {lines[0][:60]}",
             None if seen == expected else f"{seen}\n{expected}")
        seen = run("config", "check", "-", text=json.dumps(ours))
        test("tayga.conf: config check takes it", seen[0] and seen)
    for text, sentence in WRONG_TAYGA:
        seen = run("import-tayga", "-", text=text)
        expected = (2, "", said([sentence]))
        test(f"tayga.conf: {sentence[:60]}",
             None if seen == expected else f"{seen}\n{expected}")


def documents():
    """Yield the name of every file that has become one for config load."""
    for name, case in cases():
        if "ours" in case:
            yield name, case["ours"]
    for i, (_, ours, _) in enumerate(tayga_files()):
        yield f"tayga.conf {i}", ours


def load_tests():
    """Test that the module has what is loaded."""
    for name, ours in documents():
        instance = ours.get("instance", "default")
        seen = run("config", "load", "-", text=json.dumps(ours))
        why = seen[0] and seen
        status, out, err = run("config", "save", "-i", instance)
        if not why and not status:
            saved = json.loads(out)
            wrong = {key: saved["config"].pop(key) for key, value
                     in ours["config"].items()
                     if saved["config"][key] != value}
            saved["config"] = ours["config"]
            expected = dict(normal(ours), instance=instance)
            why = wrong or (None if normal(saved) == expected else
                            f"{saved}\n{expected}")
        test(f"{name}: the module takes it", why or (status and err))
        run("instance", "del", instance)


def main():
    """Run every test."""
    if sys.argv[2:] == ["load"]:
        load_tests()
    else:
        import_tests()
        type_tests()
        tayga_tests()
    print(f"1..{TESTS}")
    return 1 if FAILED else 0


sys.exit(main())
