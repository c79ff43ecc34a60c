#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The netlink interface, by a client that is not ours.

usage: ynl.py KERNEL SPEC

KERNEL is a folder with tools/net/ynl and Documentation/netlink of a kernel's
source. Its cli.py performs what SPEC, include/nat64.yaml, describes, on the
module and with values that matter, and shows what the module says of itself. As
root, in a network namespace of its own. Prints TAP.
"""

import ast
import contextlib
import io
import ipaddress
import json
import os
import pickle
import runpy
import socket
import struct
import subprocess
import sys
import time

import yaml

KERNEL, SPEC = sys.argv[1:3]
CLI = f"{KERNEL}/tools/net/ynl/cli.py"
DOCS = f"{KERNEL}/Documentation/netlink"
SCHEMA = f"{DOCS}/genetlink-legacy.yaml"
HOST = "ynl-host"

sys.path.insert(0, os.path.dirname(CLI))
from lib import YnlFamily  # pylint: disable=wrong-import-position,import-error

GENERIC = 16            # NETLINK_GENERIC
TESTS = []
PERFORMED = {}
REFUSED = set()
SEEN = {}


def test(name, problem):
    """Print the result of a test, which has passed if there is no problem."""
    TESTS.append(not problem)
    print(f"{'not ' if problem else ''}ok {len(TESTS)} {name}", flush=True)
    for line in str(problem or "").splitlines():
        print(f"# {line}")


def differ(actual, expected):
    """Say how the two differ, if they do."""
    if actual == expected:
        return None
    return f"it is        {actual!r}\nit should be {expected!r}"


def load(stream, known={}):  # pylint: disable=dangerous-default-value
    """What yaml.safe_load() does, once for each text: emulation is slow."""
    text = stream.read()
    if text not in known:
        known[text] = pickle.dumps(yaml.load(text, yaml.CSafeLoader))
    return pickle.loads(known[text])


def cli(*args, spec=SPEC, schema=("--no-schema",)):
    """Run the kernel's command line; return its exit status and its output."""
    out = io.StringIO()
    argv, sys.argv = sys.argv, [CLI, "--spec", spec, *schema, *args]
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path(CLI, run_name="__main__")
        status = 0
    except SystemExit as end:
        status = end.code
    finally:
        sys.argv = argv
    return status, out.getvalue()


def note(where, value):
    """Remember which attributes have been read, as a path of names."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            for name, inner in each.items():
                SEEN.setdefault(where, set()).add(name)
                note(name, inner)


def usual(answer):
    """An answer in one form, where there are two for the same.

    It has one BIB entry, though a request may have more, and when that began is
    not known in advance; absent ports are all of them.
    """
    for msg in answer if isinstance(answer, list) else [answer]:
        if isinstance((msg or {}).get("bib"), list):
            msg["bib"], = msg["bib"]
            msg["bib"].pop("began", None)
        for row in (msg or {}).get("pool4", []):
            row.setdefault("ports", ALL)
    return answer


def perform(mode, oper, request):
    """Perform an operation that succeeds; return the answer."""
    status, out = cli(f"--{mode}", oper, "--json", json.dumps(request),
                      "--output-json")
    if status:
        raise RuntimeError(out)
    lines = out.splitlines()
    answer = json.loads(lines[0])
    note((mode, oper), answer)
    PERFORMED.setdefault((mode, oper), set()).update(
        SEEN.pop((mode, oper), set()))
    return usual(answer)


def does(name, mode, oper, request, expected=None):
    """Test that an operation answers what is expected."""
    try:
        test(name, differ(perform(mode, oper, request), expected))
    except (RuntimeError, ValueError, KeyError) as why:
        test(name, why)


def refused(name, oper, request, errno, attr, words, mode="do"):
    """Test that it is refused, by which attribute, and in which words."""
    status, out = cli(f"--{mode}", oper, "--json", json.dumps(request))
    problem = None
    if status != 1 or os.strerror(errno) not in out or "extack: " not in out:
        problem = f"status {status}\n{out}"
    else:
        extack = ast.literal_eval(out.split("extack: ")[1])
        if words not in extack.get("msg", ""):
            problem = f"wrong words\n{extack}"
        elif extack.get("bad-attr") != attr:
            problem = f"blames another attribute than {attr}\n{extack}"
    REFUSED.add(oper)
    test(f"{oper} refuses {name}", problem)


def addr6(text):
    """An IPv6 address as the client wants it."""
    return ipaddress.IPv6Address(text).packed.hex()


def addr4(text):
    """An IPv4 address as the client wants it."""
    return int(ipaddress.IPv4Address(text))


def of(instance, **attrs):
    """Attributes of a request for, or an answer about, an instance."""
    return {"instance": instance, **attrs}


# --- what the module says of itself ----------------------------------------

TYPES = {"string": {"string", "nul-string"}, "nest": {"nested"},
         "pad": set()}

# Nests of answers, by their name, and what is in them
NESTS = {"pool6": "pool6", "pool4": "pool4", "ports": "ports", "bib": "bib",
         "session": "session", "config": "config", "stats": "stat",
         "rfc6791v4-prefix": "prefix4", "rfc6791v6-prefix": "prefix6",
         "fastpath": "fastpath", "usage": "usage", "eam": "eam",
         "denylist": "prefix4"}

# Attributes of these sets that are only in answers.
TOLD = {"bib": {"static", "sessions", "began"},
        "pool4": {"usage", "subscribers"}}


# Attributes of answers that there is no reason for in a test.
SELDOM = {"fault", "moving"}


def shown(attr):
    """Does the kernel tell the policy of an attribute? Not in network order."""
    return attr["type"] != "pad" and attr.get("byte-order") != "big-endian"


def inside(family, name):
    """The entries of an array, without their places in it."""
    return [entry for place in family.get(name, [])
            for entry in place.values()]


class Module:
    """Operations and policies, as the kernel's control family has them."""

    def __init__(self, spec):
        ask = ("--json", '{"family-name": "nat64"}', "--output-json")
        nlctrl = f"{DOCS}/specs/nlctrl.yaml"
        family = json.loads(cli("--do", "getfamily", *ask, spec=nlctrl)[1])
        self.version = family["version"]
        self.groups = {g["name"] for g in inside(family, "mcast-groups")}
        self.ops = {o["id"]: set(o["flags"]) for o in inside(family, "ops")}
        self.op_policy = {}
        self.policy = {}
        for msg in json.loads(cli("--dump", "getpolicy", *ask, spec=nlctrl)[1]):
            if "op-policy" in msg:
                part = msg["op-policy"]
                self.op_policy[part["op-id"]] = part
            if "policy" in msg:
                part = msg["policy"]
                attrs = self.policy.setdefault(part["policy-id"], {})
                attrs[part["attr-id"]] = part
        self.sets = {s["name"]: s["attributes"]
                     for s in spec["attribute-sets"]}

    def compare(self, where, policy, names, numbered):
        """Say how a policy differs from the attributes that the spec names."""
        problems = []
        accepted = self.policy[policy]
        known = {value: attr for attr, value in numbered}
        for number in sorted(set(accepted) - set(known)):
            problems.append(f"{where} takes an unknown attribute {number}")
        for number, attr in known.items():
            there = number in accepted
            if there != (attr["name"] in names) and shown(attr):
                problems.append(f"{where}.{attr['name']}: the module "
                                f"{'takes' if there else 'does not take'} it")
            elif there:
                problems += self.compare_one(f"{where}.{attr['name']}",
                                             accepted[number], attr)
        return problems

    def compare_one(self, where, policy, attr):
        """The same for one attribute, and what is in it."""
        kind = TYPES.get(attr["type"], {attr["type"]})
        if policy["type"] not in kind:
            return [f"{where} is {attr['type']} in the spec, "
                    f"{policy['type']} in the module"]
        if "policy-idx" not in policy:
            return []
        inner = attr["nested-attributes"]
        names = {a["name"] for a in self.sets[inner]} - TOLD.get(inner, set())
        return self.compare(where, policy["policy-idx"], names,
                            numbered(self.sets[inner]))


def numbered(attributes):
    """Pairs of an attribute and its number."""
    value = 0
    for attr in attributes:
        value = attr.get("value", value + 1)
        yield attr, value


def takes(spec, oper, attr):
    """Does the spec have the operation, with an attribute in its requests?"""
    return any(attr in o[mode].get("request", {}).get("attributes", [])
               for o in spec["operations"]["list"] if o["name"] == oper
               for mode in {"do", "dump"} & set(o))


def module_tests(spec):
    """Compare the spec with the kernel's schema and with the module."""
    status, out = cli("--list-ops", schema=("--schema", SCHEMA))
    test("the kernel's schema of specs", out if status else None)
    module = Module(spec)
    test("version of the family",
         differ(module.version, spec.get("version", 1)))
    test("multicast groups", differ(module.groups, {
        g["name"] for g in spec.get("mcast-groups", {}).get("list", [])}))
    ops = {value: oper for oper, value in numbered(spec["operations"]["list"])
           if set(oper) & {"do", "dump"}}
    test("operations, with their permissions", differ(module.ops, {
        value: {f"cmd-cap-{mode}" for mode in ("do", "dump") if mode in oper} |
               set(oper.get("flags", [])) | {"cmd-cap-haspol"}
        for value, oper in ops.items()}))
    problems = []
    for value, oper in ops.items():
        for mode in {"do", "dump"} & set(oper):
            problems += module.compare(
                oper["name"], module.op_policy[value][mode],
                set(oper[mode]["request"]["attributes"]),
                numbered(module.sets[oper["attribute-set"]]))
    test("attributes of requests, as the module takes them",
         "\n".join(problems))


# --- instances and pools ---------------------------------------------------

POOL6 = [{"addr": addr6("64:ff9b::"), "len": 96},
         {"addr": addr6("2001:db8:64::"), "len": 96}]
READ6 = [{"addr": "64:ff9b::", "len": 96}, {"addr": "2001:db8:64::", "len": 96}]
ALL = [{"min": 1, "max": 65535}]
TCP, UDP, ICMP = socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMP


def instance_tests():
    """Instances come, are listed and go."""
    counts = {"type": "nat64", "bib-count": 0, "session-count": 0}
    two = of("two", pool6=READ6[:1]) | counts
    one = of("one", pool6=READ6[1:], pool4=[
        {"addr": "192.0.2.0", "len": 28, "mark": 0, "ports": ALL},
        {"addr": "198.51.100.1", "len": 32, "mark": 0, "ports": ALL}]) | counts
    does("instance-add with no pool", "do", "instance-add", of("two"))
    does("instance-add with both pools", "do", "instance-add",
         of("one", pool6=POOL6[1:],
            pool4=[{"addr": addr4("192.0.2.0"), "len": 28},
                   {"addr": addr4("198.51.100.1")}]))
    does("instance-get has them", "dump", "instance-get", {}, [two, one])
    does("instance-get of one", "dump", "instance-get", of("two"), [two])
    refused("one that exists", "instance-add",
            of("one", pool6=[{"addr": addr6("2001:db8::"), "len": 48}]), 17,
            ".instance", "an instance of this name")
    refused("a prefix of 33 bits", "instance-add",
            of("three", pool6=[{"addr": addr6("2001:db8::"), "len": 33}]),
            22, ".pool6", "32, 40, 48, 56, 64 or 96")
    for oper, mode in (("instance-flush", "do"), ("instance-del", "do"),
                       ("instance-get", "dump"), ("stats-get", "dump"),
                       ("config-get", "do"), ("pool6-get", "dump"),
                       ("pool4-get", "dump"), ("pool4-flush", "do"),
                       ("bib-count", "do"), ("instance-check", "do")):
        refused("an unknown instance", oper, of("x"), 2, ".instance",
                "no instance of this name", mode=mode)
    does("instance-check", "do", "instance-check", of("two"),
         of("two") | {key: n for key, n in counts.items() if key != "type"} |
         {"fault-count": 0})
    does("instance-del", "do", "instance-del", of("two"))
    does("it is gone", "dump", "instance-get", {}, [one])
    attempt(narrow_tests, one)


def narrow_dump(command):
    """The messages of a dump, to a client that reads 4 KiB at a time."""
    def ask(sock, family, flags, command, attrs=b""):
        sock.send(struct.pack("=IHHIIBBH", 20 + len(attrs), family, 1 | flags,
                              1, 0, command, 1, 0) + attrs)

    def read(sock):
        data = sock.recv(4096)
        while data:
            size, kind = struct.unpack_from("=IH", data)
            yield kind, data[20:size]
            data = data[(size + 3) & ~3:]

    def attributes(data):
        while data:
            size, kind = struct.unpack_from("=HH", data)
            yield kind & 0x3fff, data[4:size]
            data = data[(size + 3) & ~3:]

    answers = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC) as sock:
        ask(sock, 16, 0, 3, struct.pack("=HH", 10, 2) + b"nat64\0\0\0")
        family, = struct.unpack("=H", dict(attributes(next(read(sock))[1]))[1])
        ask(sock, family, 0x300, command)
        while True:
            for kind, data in read(sock):
                if kind in (2, 3):      # an error, or the end
                    return answers
                answers.append(list(attributes(data)))


def narrow_tests(before):
    """An instance with more pool4 entries and ranges than a message holds."""
    ear = YnlFamily(SPEC, "")
    ear.ntf_subscribe("instance")
    ranges = [{"min": port, "max": port} for port in range(1000, 1064, 2)]
    wide = of("wide", pool6=[{"addr": addr6("2001:db8:77::"), "len": 96}],
              pool4=[{"addr": addr4(f"198.18.0.{i}"), "ports": ranges}
                     for i in range(1, 9)])
    does("instance-add with 8 entries of 32 ranges", "do", "instance-add", wide)
    heard, end = [], time.monotonic() + 20
    while not heard and time.monotonic() < end:
        time.sleep(0.1)
        ear.check_ntf()
        heard = [msg["msg"]["instance"] for msg in ear.async_msg_queue]
    test("it is announced", differ(heard, ["wide"]))
    answers = narrow_dump(4)
    test("it is listed to a client that reads little",
         differ([dict(a)[2] for a in answers],
                [before["instance"].encode() + b"\0", b"wide\0"]))
    kinds = [[kind for kind, _ in a] for a in answers]
    test("with counts, and as many entries as there is room for", differ(
        [(k.count(3), k.count(4) in range(3, 8), k.count(10), k.count(11))
         for k in kinds[1:]], [(1, True, 1, 1)]))
    does("instance-del of it", "do", "instance-del", of("wide"))


def pool_tests():
    """Prefixes and transport addresses, with ranges of ports inside."""
    more6 = {"addr": addr6("2001:db8:7::"), "len": 48}
    does("pool6-add", "do", "pool6-add", of("one", pool6=more6))
    does("pool6-get has all", "dump", "pool6-get", of("one"),
         [of("one", pool6=[p]) for p in
          READ6[1:] + [{"addr": "2001:db8:7::", "len": 48}]])
    does("pool6-add of a prefix that exists", "do", "pool6-add",
         of("one", pool6=more6))
    refused("a prefix that exists, with excl", "pool6-add",
            of("one", pool6=more6, excl=True), 17, ".pool6", "already")
    refused("an overlap", "pool6-add", of("one", pool6=more6 | {"len": 40,
            "addr": addr6("2001:db8::")}), 17, ".pool6", "overlaps")
    does("pool6-del", "do", "pool6-del", of("one", pool6=more6))
    refused("an unknown prefix", "pool6-del", of("one", pool6=more6), 22,
            ".pool6", "no such pool6")
    ports = [{"min": 1024, "max": 2047}, {"min": 5000, "max": 5000},
             {"min": 32768, "max": 65535}]
    more4 = {"addr": addr4("203.0.113.64"), "len": 26, "proto": UDP,
             "mark": 0xcafe, "ports": ports}
    does("pool4-add with three ranges of ports", "do", "pool4-add",
         of("one", pool4=more4))
    read4 = [of("one", pool4=[{"addr": addr, "len": length, "mark": 0,
                               "ports": ALL}])
             for addr, length in (("192.0.2.0", 28), ("198.51.100.1", 32))]
    last = of("one", pool4=[{"addr": "203.0.113.64", "len": 26, "proto": UDP,
                             "mark": 0xcafe, "ports": ports}])
    does("pool4-get has them, in their order", "dump", "pool4-get", of("one"),
         read4 + [last])
    part4 = more4 | {"ports": [{"min": 1024, "max": 1030}]}
    does("pool4-add of an entry that exists", "do", "pool4-add",
         of("one", pool4=part4))
    does("pool4-get has nothing more", "dump", "pool4-get", of("one"),
         read4 + [last])
    refused("an entry that exists, with excl", "pool4-add",
            of("one", pool4=part4, excl=True), 17, ".pool4", "already")
    refused("an overlap", "pool4-add", of("one", pool4=part4 | {"mark": 0}),
            17, ".pool4", "overlaps")
    refused("a range that ends before it begins", "pool4-add",
            of("one", pool4={"addr": addr4("203.0.113.1"), "ports": [
                {"min": 1, "max": 2}, {"min": 9, "max": 8}]}),
            22, ".pool4.ports", "greater than its last")
    refused("an unknown entry", "pool4-del",
            of("one", pool4={"addr": addr4("203.0.113.1")}), 22, ".pool4",
            "no such pool4")
    does("pool4-del of a range", "do", "pool4-del",
         of("one", pool4=more4 | {"ports": ports[:1]}))
    last = of("one", pool4=[last["pool4"][0] | {"ports": ports[1:]}])
    does("the others stay", "dump", "pool4-get", of("one"), read4 + [last])
    does("pool4-flush", "do", "pool4-flush", of("one"))
    does("no pool4 entry is left", "dump", "pool4-get", of("one"), [])
    does("pool4-add of an address", "do", "pool4-add",
         of("one", pool4={"addr": addr4("192.0.2.1"), "len": 32}))


def bib_tests():
    """Static entries, and filters."""
    entries = [{"proto": proto, "addr6": "2001:db8::5", "port6": 6000 + proto,
                "addr4": "192.0.2.1", "port4": 4000 + proto}
               for proto in (TCP, UDP, ICMP)]
    asked = [e | {"addr6": addr6(e["addr6"]), "addr4": addr4(e["addr4"])}
             for e in entries]
    for entry in asked:
        does(f"bib-add of protocol {entry['proto']}", "do", "bib-add",
             of("one", bib=entry))
    does("bib-add of an entry that exists", "do", "bib-add",
         of("one", bib=asked[0]))
    refused("an entry that exists, with excl", "bib-add",
            of("one", bib=asked[0], excl=True), 17, ".bib", "already")
    refused("its IPv4 side for another", "bib-add",
            of("one", bib=asked[0] | {"port6": 7}), 16, ".bib", "in use")
    refused("its IPv6 side for another", "bib-add",
            of("one", bib=asked[0] | {"port4": 7}), 16, ".bib", "another")
    refused("two entries, as the port of one is taken", "bib-add",
            of("one", bib=[asked[0] | {"port6": 8, "port4": 8},
                           asked[1] | {"port6": 8}]), 16, ".bib", "in use")
    read = [of("one", bib=e | {"static": True, "sessions": 0})
            for e in entries]
    for name, wanted, found in (
            ("proto", {"proto": UDP}, read[1:2]),
            ("addr6", {"addr6": addr6("2001:db8::"), "len6": 64, "proto": TCP},
             read[:1]),
            ("addr4", {"addr4": addr4("192.0.2.0"), "len4": 24, "port": 4017},
             read[1:2]),
            ("port", {"port": 6000 + ICMP}, read[2:]),
            ("a port without entry", {"port": 1}, [])):
        does(f"bib-get filtered by {name}", "dump", "bib-get",
             of("one", filter=wanted), found)
    answer = perform("dump", "bib-get", of("one"))
    test("bib-get has all", differ(
        sorted(answer, key=lambda a: a["bib"]["proto"]),
        sorted(read, key=lambda a: a["bib"]["proto"])))
    for wanted, count in ({}, 3), ({"filter": {"proto": UDP}}, 1):
        does(f"bib-count is {count}", "do", "bib-count", of("one", **wanted),
             of("one", **{"bib-count": count}))
    refused("an address outside pool4", "bib-add",
            of("one", bib=asked[0] | {"addr4": addr4("192.0.2.2")}), 22,
            ".bib", "not in pool4")
    refused("half a transport address", "bib-del",
            of("one", bib={"proto": TCP, "port4": 4006}), 22, ".bib",
            "an address of a BIB entry needs a port")
    refused("an unknown protocol", "bib-get", of("one", filter={"proto": 132}),
            22, ".filter.proto", "tcp, udp or icmp", mode="dump")
    for oper, mode in ("bib-get", "dump"), ("bib-count", "do"):
        refused("a state", oper, of("one", filter={"state": "trans"}), 22,
                ".filter.state", "BIB entries have no state", mode=mode)
    for entry in asked:
        side = {k: v for k, v in entry.items() if k[-1] != "6"}
        does(f"bib-del of protocol {entry['proto']} by its IPv4 side", "do",
             "bib-del", of("one", bib=side))
    does("no BIB entry is left", "dump", "bib-get", of("one"), [])


# --- configuration ---------------------------------------------------------

def plateaus(*sizes):
    """Octets of a list of sizes, as the client wants them."""
    return b"".join(n.to_bytes(2, sys.byteorder) for n in sizes).hex()


# For each key another value than its default, as it is written; as it is read
# if that differs.
VALUES = {
    "manually-enabled": 0, "lowest-ipv6-mtu": 1400,
    "zeroize-traffic-class": 1, "override-tos": 1, "tos": 0xb8,
    "mtu-plateaus": plateaus(9000, 1492, 1280),
    "address-dependent-filtering": 1, "drop-externally-initiated-tcp": 1,
    "drop-icmpv6-info": 1, "source-icmpv6-errors-better": 0,
    "handle-rst-during-fin-rcv": 1, "tcp-est-timeout": 8000,
    "tcp-trans-timeout": 300, "udp-timeout": 400, "icmp-timeout": 90,
    "forward-chain": 0, "maximum-sessions": 1000000,
    "maximum-sessions-per-bib": 1000, "tcp-open-timeout": 250, "tcp-probe": 0,
    "maximum-simultaneous-opens": 17, "hold-down-time": 200,
    "hold-down-ports": 1000, "inbound-refresh": 0,
    "port-dependent-filtering": 1, "preserve-port-parity": 0, "wkp-strict": 0,
    "udp6-zero-checksum": 1, "drop-udp4-zero-checksum": 1, "mss-clamp": 1360,
    "rfc6791v4-prefix": {"addr": addr4("192.0.2.128"), "len": 25},
    "send-icmp-errors": 0, "answer-unmapped": 1,
    "fastpath": {"dev": ["eth0", "eth1.5"]},
}
READ = {
    "mtu-plateaus": [9000, 1492, 1280],
    "rfc6791v4-prefix": {"addr": "192.0.2.128", "len": 25},
}


def config_tests(spec):
    """Every key is set to another value, read, and set back."""
    keys = next(s for s in spec["attribute-sets"] if s["name"] == "config")
    keys = {a["name"]: a for a in keys["attributes"]
            if not a["doc"].startswith("Stateless:")}
    before = perform("do", "config-get", of("one"))["config"]
    for key, attr in keys.items():
        if key not in VALUES and attr.get("checks") == {"max": 1}:
            VALUES[key] = 1 - before[key]
    keys = set(keys)
    test("config-get has every key", differ(set(before), keys))
    test("the test has a value for every key", differ(set(VALUES), keys))
    now = dict(before)
    for key, value in VALUES.items():
        now[key] = READ.get(key, value)
        try:
            perform("do", "config-set", of("one", config={key: value}))
            after = perform("do", "config-get", of("one"))["config"]
        except RuntimeError as why:
            test(f"config-set of {key}", why)
            continue
        test(f"config-set of {key}", differ(after, now) or
             (now[key] == before[key] and "this is the default"))
    back = before | {"mtu-plateaus": plateaus(*before["mtu-plateaus"])}
    does("config-set of all at once", "do", "config-set",
         of("one", config=back))
    does("config-get has them", "do", "config-get", of("one"),
         of("one", config=before))
    for key, value, words in (
            ("udp-timeout", 119, "RFC 4787 REQ-5"),
            ("lowest-ipv6-mtu", 1279, "1280 to 65535"),
            ("mtu-plateaus", plateaus(68, 1492), "falling numbers"),
            ("rfc6791v4-prefix", {"len": 8}, "needs an address"),
            ("fastpath", {"dev": ["a", "a"]}, "has a device twice")):
        attr = f".config.{key}" + (".dev" if key == "fastpath" else "")
        refused(key, "config-set", of("one", config={"tos": 1, key: value}),
                22, attr, words)
    does("a refused request changes nothing", "do", "config-get", of("one"),
         of("one", config=before))
    does("config-set with force", "do", "config-set",
         of("one", config={"udp-timeout": 1}, force=True))
    does("instance-add of another", "do", "instance-add",
         of("two", pool4=[{"addr": addr4("192.0.2.2")}]))


# --- stateless instances ---------------------------------------------------

# RFC 7757 figure 7: an EAM entry of two prefixes, and one of two addresses
EAM = [{"addr6": "2001:db8:bbbb::", "len6": 125, "addr4": "192.0.2.8",
        "len4": 29},
       {"addr6": "2001:db8:aaaa::", "len6": 128, "addr4": "192.0.2.1",
        "len4": 32}]
KEYS = {"amend-udp-checksum-zero": 1, "eam-hairpin-mode": "simple",
        "rfc6791v6-prefix": {"addr": "2001:db8:f::", "len": 64}}


def written(eam):
    """An EAM entry as the client wants it."""
    return eam | {"addr6": addr6(eam["addr6"]), "addr4": addr4(eam["addr4"])}


def stateless_tests():
    """A stateless instance, its EAM entries, its denylist and its keys."""
    does("instance-add of a stateless instance", "do", "instance-add",
         of("siit", type="siit"))
    does("instance-add with a device", "do", "instance-add",
         of("dev", type="siit", device="dev0"))
    does("instance-get tells its device", "dump", "instance-get", of("dev"),
         [of("dev", type="siit", device="dev0", **{"eam-count": 0})])
    refused("its device for another", "instance-add",
            of("dev2", type="siit", device="dev0"), 17, ".device", "another")
    refused("a device of another type", "instance-add",
            of("dev2", type="siit", device="lo"), 17, ".device", "type nat64")
    refused("a device without pool4", "instance-add",
            of("dev2", device="dev1"), 22, ".device", "pool4")
    run("ip", "link", "del", "dev0")
    does("instance-get tells that it is deleted", "dump", "instance-get",
         of("dev"), [of("dev", type="siit", device="dev0",
                        **{"device-gone": True, "eam-count": 0})])
    does("instance-replace makes it again", "do", "instance-replace",
         of("dev", type="siit", device="dev0"))
    refused("another device", "instance-replace",
            of("dev", type="siit", device="dev1"), 17, ".device", "another")
    does("instance-del with a device", "do", "instance-del", of("dev"))
    does("eam-add", "do", "eam-add", of("siit", eam=written(EAM[0])))
    does("instance-get counts the EAM entries", "dump",
         "instance-get", of("siit"),
         [of("siit", type="siit", **{"eam-count": 1})])
    does("eam-add of a second entry", "do", "eam-add",
         of("siit", eam=written(EAM[1])))
    does("eam-add of an entry that exists", "do", "eam-add",
         of("siit", eam=written(EAM[1])))
    refused("an entry that exists, with excl", "eam-add",
            of("siit", eam=written(EAM[1]), excl=True), 17, ".eam", "already")
    refused("an IPv4 suffix longer than the IPv6 suffix", "eam-add",
            of("siit", eam=written(EAM[0]) | {"len6": 128,
               "addr6": addr6("2001:db8::")}), 22, ".eam", "more bits")
    refused("a NAT64", "eam-add", of("one", eam=written(EAM[1])), 95,
            ".instance", "stateful NAT64")
    does("eam-get has both", "dump", "eam-get", of("siit"),
         [of("siit", eam=[eam]) for eam in EAM])
    does("eam-del by one side", "do", "eam-del",
         of("siit", eam={"addr4": addr4("192.0.2.1")}))
    refused("an unknown entry", "eam-del",
            of("siit", eam={"addr4": addr4("192.0.2.1")}), 2, ".eam",
            "no such EAM entry")
    does("eam-flush", "do", "eam-flush", of("siit"))
    does("no EAM entry is left", "dump", "eam-get", of("siit"), [])

    denied = {"addr": "10.0.0.0", "len": 8}
    asked = denied | {"addr": addr4(denied["addr"])}
    for name in "denylist-add", "denylist-add of a prefix that exists":
        does(name, "do", "denylist-add", of("siit", denylist=asked))
    refused("a prefix that exists, with excl", "denylist-add",
            of("siit", denylist=asked, excl=True), 17, ".denylist", "already")
    does("denylist-get has it", "dump", "denylist-get", of("siit"),
         [of("siit", denylist=[denied])])
    does("denylist-del", "do", "denylist-del", of("siit", denylist=asked))
    refused("an unknown prefix", "denylist-del", of("siit", denylist=asked),
            2, ".denylist", "no such prefix")
    perform("do", "denylist-add", of("siit", denylist=asked))
    does("denylist-flush", "do", "denylist-flush", of("siit"))
    does("the denylist is empty", "dump", "denylist-get", of("siit"), [])
    for oper, mode in (("eam-flush", "do"), ("denylist-flush", "do"),
                       ("eam-get", "dump"), ("denylist-get", "dump")):
        refused("an unknown instance", oper, of("x"), 2, ".instance",
                "no instance of this name", mode=mode)

    does("config-set of the keys of stateless instances", "do", "config-set",
         of("siit", config=KEYS | {"rfc6791v6-prefix": KEYS["rfc6791v6-prefix"]
                                   | {"addr": addr6("2001:db8:f::")}}))
    config = perform("do", "config-get", of("siit"))["config"]
    test("config-get has them", differ({k: config.get(k) for k in KEYS}, KEYS))
    refused("a key of stateless instances to a NAT64", "config-set",
            of("one", config={"amend-udp-checksum-zero": 1}), 22,
            ".config.amend-udp-checksum-zero", "")
    attempt(perform, "dump", "stats-get", of("siit"))
    does("instance-del of it", "do", "instance-del", of("siit"))


# --- sessions --------------------------------------------------------------

def run(*words):
    """Run a program that has to succeed."""
    subprocess.run(words, check=True)


def network():
    """An IPv6 host, and a route to the remote that leads nowhere."""
    run("ip", "netns", "add", HOST)
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1",
        "netns", HOST)
    run("ip", "link", "add", "dummy0", "type", "dummy")
    run("ip", "addr", "add", "2001:db8::1/64", "dev", "v0", "nodad")
    run("ip", "addr", "add", "198.51.100.1/24", "dev", "dummy0")
    for dev in "lo", "v0", "dummy0":
        run("ip", "link", "set", dev, "up")
    run("ip", "-n", HOST, "link", "set", "v1", "up")
    run("ip", "-n", HOST, "addr", "add", "2001:db8::5/64", "dev", "v1",
        "nodad")
    run("ip", "-n", HOST, "route", "add", "default", "via", "2001:db8::1")
    run("sysctl", "-qw", "net.ipv4.ip_forward=1",
        "net.ipv6.conf.all.forwarding=1")


SESSION = ("proto", "src6", "sport6", "dst6", "dport6", "src4", "dst4",
           "dport4", "state")

# The IPv6 host sends from known ports, so that all but MAPPED is known.
PEER4, PEER6 = "198.51.100.7", "64:ff9b::c633:6407"
SEND = f"""
import socket
for kind, port in (socket.SOCK_DGRAM, 3001), (socket.SOCK_DGRAM, 3003), \\
                  (socket.SOCK_STREAM, 3005):
    s = socket.socket(socket.AF_INET6, kind)
    s.bind(("2001:db8::5", port))
    s.setblocking(False)
    try:
        s.connect(("{PEER6}", 8000))
        s.send(b"x")
    except OSError:
        pass
"""


def session_count():
    """How many sessions there are."""
    return perform("do", "session-count", of("two"))["session-count"]


def sessions():
    """All sessions, in order of the inside port."""
    return sorted((a["session"] for a in
                   perform("dump", "session-get", of("two"))),
                  key=lambda s: s["sport6"])


def session_tests(accounting):
    """Sessions that packets have made."""
    network()
    if accounting:
        perform("do", "config-set", of("two", config={
            "accounting": 1, "logging-bib": 1, "logging-session": 1}))
    run("ip", "netns", "exec", HOST, sys.executable, "-c", SEND)
    subprocess.run(["ip", "netns", "exec", HOST, "ping", "-qc1", "-W1", "-e",
                    "77", PEER6], check=False, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while session_count() != 4 and time.monotonic() < end:
        time.sleep(0.1)
    there = sessions()
    problems = []
    for session, (proto, port, state) in zip(there, (
            (ICMP, 77, "established"), (UDP, 3001, "established"),
            (UDP, 3003, "established"), (TCP, 3005, "v6-init"))):
        expires = session.pop("expires")
        mapped = session.pop("sport4")
        peer = 0 if proto == ICMP else 8000
        session = {k: v for k, v in session.items() if k in SESSION}
        problems.append(differ(session, {
            "proto": proto, "src6": "2001:db8::5", "sport6": port,
            "dst6": PEER6, "dport6": peer, "src4": "192.0.2.2",
            "dst4": PEER4, "dport4": peer, "state": state}))
        if not (0 < expires <= 300000 and 0 < mapped <= 65535):
            problems.append(f"expires {expires} ms, mapped port {mapped}")
    test("session-get has what packets have made", "\n".join(
        filter(None, problems + [differ(len(there), 4)])))
    for name, wanted, ports in (
            ("proto", {"proto": UDP}, [3001, 3003]),
            ("addr6", {"addr6": addr6("2001:db8::5")}, [77, 3001, 3003, 3005]),
            ("len6", {"addr6": addr6("2001:db9::"), "len6": 31},
             [77, 3001, 3003, 3005]),
            ("addr4 of another", {"addr4": addr4("198.51.100.8")}, []),
            ("len4", {"addr4": addr4("198.51.100.0"), "len4": 24, "port": 3001},
             [3001]),
            ("state", {"state": "v6-init"}, [3005])):
        try:
            found = perform("dump", "session-get", of("two", filter=wanted))
            count = perform("do", "session-count", of("two", filter=wanted))
        except RuntimeError as why:
            test(f"sessions filtered by {name}", why)
            continue
        test(f"sessions filtered by {name}", differ(
            (sorted(a["session"]["sport6"] for a in found),
             count), (ports, of("two", **{"session-count": len(ports)}))))
    refused("a length of 129", "session-get",
            of("two", filter={"len6": 129}), 34, ".filter.len6", "",
            mode="dump")
    refused("an unknown protocol", "session-count",
            of("two", filter={"proto": 0}), 22, ".filter.proto",
            "tcp, udp or icmp")
    refused("an unknown protocol", "session-flush",
            of("two", filter={"proto": 0}), 22, ".filter.proto",
            "tcp, udp or icmp")
    for oper, mode in (("session-get", "dump"), ("session-count", "do"),
                       ("session-flush", "do")):
        refused("a filter by static entries", oper,
                of("two", filter={"static": True}), 22, ".filter.static",
                "sessions are not static", mode=mode)
    stats_tests()
    does("session-flush of one protocol", "do", "session-flush",
         of("two", filter={"proto": UDP}), of("two", **{"session-count": 2}))
    test("the others stay", differ([s["sport6"] for s in sessions()],
                                   [77, 3005]))
    does("instance-flush", "do", "instance-flush", of("two"))
    test("no session is left", differ(session_count(), 0))
    if accounting:
        alarm()


def alarm():
    """Packets that there is no room for."""
    limit = "maximum-sessions"
    perform("do", "config-set", of("two", config={limit: 1}))
    run("ip", "netns", "exec", HOST, sys.executable, "-c", SEND)
    perform("do", "instance-flush", of("two"))
    perform("do", "config-set", of("two", config={limit: 1000}))


def stats_tests():
    """Counters of four packets, at least, that were translated."""
    answer = perform("dump", "stats-get", of("two"))[0]
    wrong = {name: value for name, value in answer["stats"].items()
             if name.startswith("drop-") and value}
    test("stats-get counts no drop", wrong)
    test("stats-get counts packets and sessions", None if
         answer["stats"]["translated64"] >= 4 and
         answer["stats"]["session-created"] == 4 and
         answer["session-count"] == 4 and answer["bib-count"] == 4
         else answer)


# --- what has come later ---------------------------------------------------

# A UDP datagram of eight octets from the IPv6 host, with its checksum.
PACKET = ("6000000000101140" + addr6("2001:db8::5") + addr6(PEER6) +
          "0bb91f4000107cdc" + "00" * 8)


def replace_tests():
    """An instance is what a request says, all or nothing."""
    lab6 = {"addr": "2001:db8:3::", "len": 96}
    three = of("three", force=True,
               pool6=[lab6 | {"addr": addr6(lab6["addr"])}],
               pool4=[{"addr": addr4("203.0.113.1")}],
               config={"udp-timeout": 7, "tos": 3},
               bib=[{"proto": TCP, "addr6": addr6("2001:db8::7"), "port6": port,
                     "addr4": addr4("203.0.113.1"), "port4": port}
                    for port in (80, 443)])
    does("instance-replace that only checks", "do", "instance-replace",
         three | {"check": True})
    test("it has made none", differ(
        [a["instance"] for a in perform("dump", "instance-get", {})],
        ["one", "two"]))
    does("instance-replace", "do", "instance-replace", three)
    test("its BIB", differ(sorted(
        a["bib"]["port4"] for a in perform("dump", "bib-get", of("three"))),
                           [80, 443]))
    config = perform("do", "config-get", of("three"))["config"]
    test("its keys", differ((config["udp-timeout"], config["tos"]), (7, 3)))
    refused("a prefix of 33 bits", "instance-replace",
            three | {"pool6": [{"addr": addr6("2001:db8::"), "len": 33}]},
            22, ".pool6", "32, 40, 48, 56, 64 or 96")
    does("its prefix has stayed", "dump", "pool6-get", of("three"),
         [of("three", pool6=[lab6])])
    does("instance-del", "do", "instance-del", of("three"))


def trace_tests():
    """Trace a packet of the IPv6 host."""
    steps = perform("do", "trace", {"trace": {"packet": PACKET,
                                              "dev": "v0"}})["step"]
    last = steps[-1]
    test("trace says how it would leave", differ(
        (last["step"], last.get("src4"), last.get("dst4")),
        ("translated", "192.0.2.2", PEER4)))
    refused("a packet of neither IP version", "trace",
            {"trace": {"packet": "00"}}, 22, ".trace.packet", "IPv4")


# --- all of it -------------------------------------------------------------

def answered(oper, mode):
    """The attributes of the spec that an answer has."""
    return set(oper[mode].get("reply", {}).get("attributes", [])) - SELDOM


def complete_tests(spec):
    """Nothing of the spec has been left out."""
    wanted = {(mode, oper["name"]): answered(oper, mode)
              for oper in spec["operations"]["list"]
              for mode in {"do", "dump"} & set(oper)}
    test("every operation has been performed, its answers are as described",
         "\n".join(f"{oper}: {differ(PERFORMED.get(oper), attrs)}"
                   for oper, attrs in wanted.items()
                   if PERFORMED.get(oper) != attrs))
    test("every operation has been refused",
         differ(REFUSED, {name for _, name in wanted}))
    sets = {s["name"]: s["attributes"] for s in spec["attribute-sets"]}
    test("every attribute of an answer has been seen", "\n".join(
        f"{where}.{attr['name']}" for where, inner in NESTS.items()
        for attr in sets.get(inner, []) if attr["type"] != "pad" and
        attr["name"] not in SEEN.get(where, set())))


def listen(spec):
    """Sockets of the client's own that hear every group of the spec: it binds
    one for each group."""
    ears = []
    for group in spec.get("mcast-groups", {}).get("list", []):
        status, out = cli("--subscribe", group["name"])
        test(f"the group {group['name']}", out if status else None)
        ears.append(YnlFamily(SPEC, ""))
        ears[-1].ntf_subscribe(group["name"])
    return ears


def notification_tests(spec, ears):
    """Every event has been notified; none was lost."""
    wanted = {oper["name"] for oper in spec["operations"]["list"]
              if set(oper) & {"notify", "event"} and
              not oper["name"].endswith("-lost-ntf")}
    heard = set()
    end = time.monotonic() + 20
    while not wanted <= heard and time.monotonic() < end:
        time.sleep(0.1)
        for ear in ears:
            ear.check_ntf()
            heard |= {msg["name"] for msg in ear.async_msg_queue}
    test("every notification has been heard",
         "\n".join(sorted(wanted - heard)))


def attempt(function, *args):
    """Run tests; an exception that ends them is a failure, too."""
    try:
        function(*args)
    except (LookupError, RuntimeError, TypeError, ValueError,
            struct.error, subprocess.CalledProcessError) as why:
        test(f"{function.__name__} to its end", f"{type(why).__name__} {why}")


def main():
    """Run every test."""
    if "NAT64_YNL" not in os.environ:
        os.environ["NAT64_YNL"] = "own"
        os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])
    run("modprobe", "nat64")
    yaml.safe_load = load
    with open(SPEC, encoding="utf-8") as file:
        spec = load(file)
    ears = listen(spec)
    attempt(module_tests, spec)
    attempt(instance_tests)
    attempt(pool_tests)
    attempt(bib_tests)
    attempt(config_tests, spec)
    attempt(stateless_tests)
    attempt(session_tests, "accounting" in VALUES)
    if takes(spec, "instance-replace", "instance"):
        attempt(replace_tests)
    if takes(spec, "trace", "trace"):
        attempt(trace_tests)
    if takes(spec, "pool4-get", "usage"):
        attempt(perform, "dump", "pool4-get", of("two", usage=True))
    attempt(notification_tests, spec, ears)
    attempt(complete_tests, spec)
    run("ip", "netns", "del", HOST)
    print(f"1..{len(TESTS)}")
    return 0 if all(TESTS) else 1


sys.exit(main())
