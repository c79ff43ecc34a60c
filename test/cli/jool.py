#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Files of Jool for import-jool, without a kernel.

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
    """Return a document without the order of its pool4 entries."""
    return dict(document, pool4=sorted(document["pool4"], key=json.dumps))


def load_tests():
    """Test that the module has what is loaded."""
    for name, case in cases():
        ours = case.get("ours")
        if not ours:
            continue
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
    print(f"1..{TESTS}")
    return 1 if FAILED else 0


sys.exit(main())
