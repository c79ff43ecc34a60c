#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""show.py - what nat64ctl shows: use of pool4, rates, metrics, long tables, the
schemas of its JSON, and which attribute a refusal blames.

show.sh runs this in the router's namespace.
"""

import json
import os
import pathlib
import re
import resource
import socket
import struct
import subprocess
import tempfile
from typing import Any

import jsonschema
from prometheus_client.parser import text_string_to_metric_families

from lab import (C, C2, CPORT, P, P2, PPORT, S, S6, SPORT, WKP, config,
                 instance, lab, mapped, nat64, run, run_tests, statics, test,
                 v6)
from wire import ICMP, TCP, UDP, addr, embed

TOP = pathlib.Path(__file__).resolve().parents[2]


# --- schemas ---------------------------------------------------------------

def schema(name: str) -> Any:
    text = (TOP / f"test/cli/schema/{name}.json").read_text()
    made = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(
        made, format_checker=jsonschema.FormatChecker())


def fits(name: str, *words: str) -> Any:
    said = nat64(*words)
    schema(name).validate(said)
    return said


def names(enum: str) -> set[str]:
    """The names of an enum of the header, as the command writes them."""
    text = (TOP / "include/uapi/linux/nat64.h").read_text()
    return {word.lower().replace("_", "-")
            for word in re.findall(rf"^\tNAT64_{enum}_(\w+),", text, re.M)
            } - {"unspec", "pad"}


@test("output about a stateless instance fits its schema; with a NAT64, it "
      "has every key")
def _() -> None:
    instance("--type", "siit", "--pool6", WKP)
    nat64("eam", "add", C, P)
    nat64("denylist", "add", S)
    assert [one["type"] for one in fits("instance", "instance", "show")] == \
        ["siit"]
    assert len(fits("eam", "eam", "show")) == 1
    assert len(fits("denylist", "denylist", "show")) == 1
    fits("stats", "stats", "show")
    fits("document", "config", "save")
    keys = set(fits("config", "config", "show"))
    config("eam-hairpin-mode", "simple", "rfc6791v6-prefix", "2001:db8::/64")
    fits("config", "config", "show")
    instance("--pool6", WKP, "--pool4", P)
    assert keys | set(fits("config", "config", "show")) == names("CONFIG_A")


@test("every output fits its schema")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P, "--pool4", P2)
    nat64("pool4", "add", "203.0.113.8/30", "--ports", "5-7,9", "--proto",
          "udp", "--mark", "7")
    statics()
    for proto in UDP, TCP, ICMP:
        mapped(C, CPORT, proto=proto)
    assert len(fits("instance", "instance", "show")) == 1
    assert len(fits("pool6", "pool6", "show")) == 1
    assert len(fits("pool4", "pool4", "show")) == 3
    assert len(fits("pool4", "pool4", "show", "--usage")) == 3
    assert len(fits("bib", "bib", "show")) == 6
    assert len(fits("session", "session", "show")) == 3
    config("accounting", "on")
    mapped(C, CPORT + 1)
    assert len([one for one in fits("session", "session", "show")
                if one.get("packets64") == 1]) == 1
    fits("count", "session", "count")
    fits("count", "bib", "count")
    for by in "host", "peer":
        tally = fits("tally", "session", "count", "--by", by)
        assert sum(one["sessions"] for one in tally) == 4, tally
    fits("stats", "stats", "show")
    fits("config", "config", "show")
    for words in (["mss-clamp", "1400"], ["mss-clamp", "pmtu"],
                  ["rfc6791v4-prefix", "192.0.2.0/28"], ["fastpath", "lan"]):
        config(*words)
        fits("config", "config", "get", words[0])
        fits("config", "config", "show")
    config("mss-clamp", "off", "rfc6791v4-prefix", "none", "fastpath", "none")
    saved = fits("document", "config", "save")
    schema("file").validate(saved)
    fits("version", "version")
    assert (len(saved["pool4"]), len(saved["bib"])) == (3, 6)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(saved | {"bib": saved["bib"][:2], "config": {"tos": 9}}, file)
        file.flush()
        changes = fits("check", "config", "check", file.name)
    assert sorted(map(str, changes["remove"]["bib"])) == \
        sorted(map(str, saved["bib"][2:]))
    assert changes["change"]["tos"] == {"from": 0, "to": 9}
    for words in (["tcp", f"[{C}]:1", f"[{S6}]:2"],
                  ["tcp", f"[{C}]:{CPORT}", f"[{S6}]:{SPORT}"],
                  ["udp", f"{S}:1", f"{P}:1"], ["icmp", C, S6],
                  ["udp", f"[{C}]:1", "[2001:db8::]:1"]):
        fits("trace", "trace", *words)
    fits("flushed", "session", "flush", "--proto", "icmp")
    lines = subprocess.run(["nat64ctl", "-j", "stats", "--watch", "1",
                            "--count", "2"], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    assert len(lines) == 2, lines
    for line in lines:
        schema("watch").validate(json.loads(line))


@test("the schemas know every key and every counter")
def _() -> None:
    keys = names("CONFIG_A")
    assert set(schema("config").schema["properties"]) == keys
    for name, member in (("document", "config"), ("file", "config"),
                         ("check", "change")):
        properties = schema(name).schema["properties"]
        assert set(properties[member]["properties"]) - {"comment"} == keys, name
    told = next(one["properties"]["config"]["properties"]
                for one in schema("event").schema["oneOf"]
                if "config" in one["properties"])
    assert set(told) == keys
    stats = set(schema("stats").schema["items"]["properties"])
    assert stats - {"instance", "bib-entries", "sessions", "subscribers",
                    "eam-entries"} == names("STAT")
    rates = set(schema("watch").schema["properties"])
    assert rates - {"instance", "seconds"} == names("STAT")


@test("a schema refuses what is not in it")
def _() -> None:
    for change in ({"more": 1}, {"static": "yes"}, {"port4": 65536},
                   {"addr6": "nowhere"}):
        said = nat64("bib", "show")
        said[0].update(change)
        assert not schema("bib").is_valid(said), change
    said = nat64("bib", "show")
    del said[0]["port6"]
    assert not schema("bib").is_valid(said)


# --- how much of pool4 is used ---------------------------------------------

def usage(prefix: str) -> dict[str, Any]:
    return next(one for one in nat64("pool4", "show", "--usage")
                if one["prefix"] == prefix)


def used(prefix: str) -> list[tuple[str, int, int, int]]:
    return [(one["proto"], one["total"], one["used"], one["free"])
            for one in usage(prefix)["usage"]]


@test("ports there, used and free, and subscribers")
def _() -> None:
    instance("--pool6", WKP)
    nat64("pool4", "add", P, "--ports", "1020-1029,40000-40511", "--proto",
          "udp")
    nat64("pool4", "add", "203.0.113.4/30", "--proto", "tcp")
    nat64("pool4", "add", "203.0.113.4/30", "--proto", "icmp")
    config("hold-down-time", "100")
    assert used(f"{P}/32") == [("udp", 522, 0, 522)]
    assert usage(f"{P}/32")["subscribers"] == 0
    assert used("203.0.113.4/30") == [("tcp", 4 * 65535, 0, 4 * 65535)]
    for port in 6000, 6001, 6002:
        mapped(C, port)
    mapped(C2, 6000)
    assert used(f"{P}/32") == [("udp", 522, 4, 518)]
    assert usage(f"{P}/32")["subscribers"] == 2
    # Inside ports from 1024 on do not get it.
    nat64("bib", "add", "--proto", "udp", "[2001:db8:c::7]:1", f"{P}:1020")
    assert used(f"{P}/32") == [("udp", 522, 5, 517)]
    assert usage(f"{P}/32")["subscribers"] == 3
    assert nat64("stats")[0]["subscribers"] == 3
    nat64("bib", "del", "--proto", "udp", f"{P}:1020")
    assert used(f"{P}/32") == [("udp", 522, 4, 518)]
    assert usage(f"{P}/32")["subscribers"] == 2
    # What is held down is not free yet.
    nat64("session", "flush")
    assert used(f"{P}/32") == [("udp", 522, 4, 518)]
    assert usage(f"{P}/32")["subscribers"] == 0
    assert nat64("stats")[0]["subscribers"] == 0
    mapped(C, 6003, proto=ICMP)
    icmp = [one for one in nat64("pool4", "show", "--usage")
            if one["proto"] == "icmp"][0]
    # Identifier 0 is one, too.
    assert icmp["usage"] == [{"proto": "icmp", "total": 4 * 65536, "used": 1,
                              "free": 4 * 65536 - 1}], icmp
    assert icmp["subscribers"] == 1
    table = run("nat64ctl", "pool4", "show", "--usage").splitlines()
    assert table[0].split() == ["PREFIX", "PROTO", "MARK", "PORTS", "TOTAL",
                                "USED", "FREE", "SUBSCRIBERS"]
    assert [f"{P}/32", "udp", "0", "1020-1029,40000-40511", "522", "4", "518",
            "0"] in [line.split() for line in table]


@test("bib count counts what bib show shows")
def _() -> None:
    mapped(C, 6010)
    for words in ([], ["--proto", "udp"], ["--v6", C], ["--v6", C2],
                  ["--v4", P], ["--port", "6010"], ["--port", "1"]):
        assert nat64("bib", "count", *words)["count"] == len(
            nat64("bib", "show", *words)), words


# --- metrics and rates -----------------------------------------------------

LINE = re.compile(r'(nat64_[a-z0-9_]+)\{((?:[a-z0-9]+="[^"]*",?)+)\} (\d+)')


def metrics() -> tuple[dict[tuple[str, str], int], dict[str, str]]:
    """By the text format of Prometheus: each metric has HELP and TYPE once,
    before its samples, which stand together."""
    values, types = {}, {}
    seen: list[str] = []
    lines = run("nat64ctl", "stats", "--format", "prometheus").splitlines()
    for line in lines:
        if line.startswith("# "):
            kind, name, rest = line[2:].split(" ", 2)
            assert kind in ("HELP", "TYPE") and rest, line
            if kind == "HELP":
                assert name not in seen, f"{name} comes twice"
                seen.append(name)
            else:
                types[name] = rest
            assert seen[-1] == name
            continue
        name, labels, value = LINE.fullmatch(line).groups()
        assert name == seen[-1] and name in types, line
        assert (name, labels) not in values, line
        assert name.endswith("_total") == (types[name] == "counter"), line
        values[name, labels] = int(value)
    return values, types


@test("prometheus")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P)
    lab.from6(v6(C, embed(WKP, "10.0.0.1"), 1, 2))
    mapped(C, 6020)
    values, types = metrics()
    one = 'instance="default"'
    assert values["nat64_dropped_packets_total",
                  one + ',reason="wkp-private"'] == 1
    assert values["nat64_passed_packets_total",
                  one + ',reason="disabled"'] == 0
    assert values["nat64_translated64_total", one] == 1
    for gauge in "bib_entries", "sessions", "subscribers":
        assert values["nat64_" + gauge, one] == 1
        assert types["nat64_" + gauge] == "gauge"
    entry = f'{one},prefix="{P}/32",ports="1-65535",mark="0"'
    assert values["nat64_pool4_ports", entry + ',proto="udp"'] == 65535
    assert values["nat64_pool4_ports", entry + ',proto="icmp"'] == 65536
    assert values["nat64_pool4_ports_used", entry + ',proto="udp"'] == 1
    assert values["nat64_pool4_subscribers", entry] == 1
    stats = nat64("stats")[0]
    reasons = {label for name, label in values
               if name == "nat64_dropped_packets_total"}
    assert len(reasons) == len([key for key in stats
                                if key.startswith("drop-")])


@test("the parser of Prometheus' own client reads the metrics")
def _() -> None:
    values, types = metrics()
    said = run("nat64ctl", "stats", "--format", "prometheus")
    families = list(text_string_to_metric_families(said))
    samples = {(sample.name, tuple(sorted(sample.labels.items())))
               for family in families for sample in family.samples}
    assert len(samples) == len(values) == sum(
        len(family.samples) for family in families)
    assert {family.type for family in families} == {"counter", "gauge"}
    assert len(families) == len(types)
    assert all(family.documentation for family in families)


@test("rates")
def _() -> None:
    with subprocess.Popen(["nat64ctl", "-j", "stats", "--watch", "1",
                           "--count", "3"], stdout=subprocess.PIPE,
                          text=True) as watch:
        first = json.loads(watch.stdout.readline())
        for port in range(20):
            mapped(C, 6100 + port)
        rest = [json.loads(line) for line in watch.stdout]
    assert watch.returncode == 0 and len(rest) == 2
    assert first["translated64"] == 0
    # They are rounded to a tenth.
    total = sum(one["translated64"] * one["seconds"] for one in rest)
    slack = sum(0.06 * one["seconds"] for one in rest)
    assert abs(total - 20) <= slack, (total, rest)
    table = subprocess.run(["nat64ctl", "stats", "--watch=1", "--count", "1"],
                           capture_output=True, text=True, check=True).stdout
    assert table.split()[:4] == ["INSTANCE", "COUNTER", "PER-SECOND", "MEANING"]


# --- colours ---------------------------------------------------------------

def on_terminal(**env: str) -> bytes:
    master, slave = os.openpty()
    subprocess.run(["nat64ctl", "pool6"], stdout=slave, check=True,
                   env={**os.environ, "TERM": "xterm", **env})
    os.close(slave)
    got = os.read(master, 10000)
    os.close(master)
    return got


@test("colours on a terminal only, and not with NO_COLOR")
def _() -> None:
    os.environ.pop("NO_COLOR", None)
    assert b"\033[" in on_terminal()
    assert b"\033[" not in on_terminal(NO_COLOR="1")
    assert b"\033[" not in on_terminal(TERM="dumb")
    assert b"\033[" in on_terminal(NO_COLOR="")
    assert "\033[" not in run("nat64ctl", "pool6")
    assert "\033[" in run("nat64ctl", "pool6", "--color", "always")
    assert "\033[" not in run("nat64ctl", "-j", "pool6", "--color", "always")


# --- the interface ---------------------------------------------------------

class Netlink:
    """A generic netlink socket, with words and attributes of refusals."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.setsockopt(270, 11, 1)        # NETLINK_EXT_ACK
        self.sock.bind((0, 0))
        answer = self.ask(16, 3, nla(2, b"nat64\0"))
        attrs = attributes(answer[20:])
        self.family = struct.unpack("=H", attrs[1])[0]

    def ask(self, family: int, cmd: int, attrs: bytes, version: int = 1,
            flags: int = 1) -> bytes:
        body = struct.pack("=BBH", cmd, version, 0) + attrs
        self.sock.send(struct.pack("=LHHLL", 16 + len(body), family, flags, 1,
                                   0) + body)
        return self.sock.recv(65536)

    def refusal(self, cmd: int, attrs: bytes) -> dict[int, bytes]:
        """NLMSGERR_ATTR_*: 1 words, 2 offset, 5 and 6 what is missing."""
        got = self.ask(self.family, cmd, attrs)
        assert struct.unpack_from("=H", got, 4)[0] == 2, "not refused"
        error, length = struct.unpack_from("=iL", got, 16)
        assert error < 0, "not refused"
        flags = struct.unpack_from("=H", got, 6)[0]
        capped = flags & 0x100
        return attributes(got[36 + (0 if capped else length - 16):])


def nla(kind: int, data: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(
        -len(data) % 4)


def nest(kind: int, *attrs: bytes) -> bytes:
    return nla(kind | 0x8000, b"".join(attrs))


def attributes(data: bytes) -> dict[int, bytes]:
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3fff] = data[4:size]
        data = data[size + 3 & ~3:]
    return found


def number(name: str) -> int:
    """The value of an enumerator, by counting in the header."""
    text = (TOP / "include/uapi/linux/nat64.h").read_text()
    for body in re.findall(r"^enum \w+ \{(.*?)^\}", text, re.M | re.S):
        members = [word.strip() for word in body.split(",")]
        if name in members:
            return members.index(name)
    raise KeyError(name)


def n(name: str) -> int:
    return number("NAT64_" + name)


NAME = nla(n("A_INSTANCE"), b"default\0")
ADDR6 = addr(C)
POOL6 = nest(n("A_POOL6"), nla(n("POOL6_A_ADDR"), addr("64:ff9b::")),
             nla(n("POOL6_A_LEN"), b"\x60"))


@test("a refusal tells what is missing")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P)
    link = Netlink()
    cases = [
        ("INSTANCE_DEL", b"", "A_INSTANCE", None),
        ("INSTANCE_ADD", b"", "A_INSTANCE", None),
        ("POOL6_ADD", NAME, "A_POOL6", None),
        ("POOL4_DEL", NAME, "A_POOL4", None),
        ("BIB_ADD", NAME, "A_BIB", None),
        ("CONFIG_SET", NAME, "A_CONFIG", None),
        ("SESSION_COUNT", b"", "A_INSTANCE", None),
        ("BIB_COUNT", b"", "A_INSTANCE", None),
        ("TRACE", b"", "A_TRACE", None),
        ("TRACE", nest(n("A_TRACE"), nla(n("TRACE_A_MARK"), bytes(4))),
         "TRACE_A_PACKET", 0),
        ("POOL6_ADD", NAME + nest(n("A_POOL6"),
                                  nla(n("POOL6_A_LEN"), b"\x60")),
         "POOL6_A_ADDR", len(NAME)),
        ("POOL6_ADD", NAME + nest(n("A_POOL6"), nla(n("POOL6_A_ADDR"),
                                                    ADDR6)),
         "POOL6_A_LEN", len(NAME)),
        ("POOL4_ADD", NAME + nest(n("A_POOL4"), nla(n("POOL4_A_LEN"),
                                                    b"\x20")),
         "POOL4_A_ADDR", len(NAME)),
        ("BIB_ADD", NAME + nest(n("A_BIB"), nla(n("BIB_A_PORT6"), bytes(2))),
         "BIB_A_PROTO", len(NAME)),
        ("BIB_ADD", NAME + nest(n("A_BIB"), nla(n("BIB_A_PROTO"), b"\6"),
                                nla(n("BIB_A_ADDR6"), ADDR6)),
         "BIB_A_PORT6", len(NAME)),
        ("BIB_ADD", NAME + nest(n("A_BIB"), nla(n("BIB_A_PROTO"), b"\6"),
                                nla(n("BIB_A_PORT4"), bytes(2))),
         "BIB_A_ADDR4", len(NAME)),
    ]
    for cmd, attrs, missing, where in cases:
        got = link.refusal(n("CMD_" + cmd), attrs)
        assert got.get(1), f"{cmd} without {missing}: no words"
        assert struct.unpack("=L", got[5])[0] == n(missing), (cmd, missing, got)
        if where is not None:
            assert struct.unpack("=L", got[6])[0] == 20 + where, (cmd, got)


@test("a refusal blames the attribute")
def _() -> None:
    link = Netlink()
    other = nla(n("A_INSTANCE"), b"other\0")
    good4 = nest(n("A_POOL4"), nla(n("POOL4_A_ADDR"), addr(P2)))
    bad4 = nest(n("A_POOL4"), nla(n("POOL4_A_ADDR"), addr(P)))
    new6 = nest(n("A_POOL6"), nla(n("POOL6_A_ADDR"), addr("2001:db8:64::")),
                nla(n("POOL6_A_LEN"), b"\x60"))
    key = nla(n("CONFIG_A_TOS"), b"\0")
    bad = nla(n("CONFIG_A_TCP_PROBE"), b"\7")
    cases = [
        ("INSTANCE_DEL", other, 0),                     # there is none
        ("INSTANCE_ADD", NAME + new6 + good4, 0),       # it exists
        ("INSTANCE_ADD", other + new6 + good4 + bad4,
         len(other + new6 + good4)),
        ("INSTANCE_ADD", other + new6 + POOL6 + good4, len(other + new6)),
        ("INSTANCE_ADD", other + good4, 0),             # 64:ff9b::/96 is taken
        ("CONFIG_SET", NAME + nest(n("A_CONFIG"), key, bad),
         len(NAME) + 4 + len(key)),
        ("BIB_ADD", NAME + nest(n("A_BIB"), nla(n("BIB_A_PROTO"), b"\7"),
                                nla(n("BIB_A_PORT6"), bytes(2))),
         len(NAME) + 4),
        ("SESSION_COUNT", NAME + nest(n("A_FILTER"),
                                      nla(n("FILTER_A_PROTO"), b"\7")),
         len(NAME) + 4),
        ("TRACE", nest(n("A_TRACE"), nla(n("TRACE_A_PACKET"), b"\x45")), 4),
    ]
    for cmd, attrs, where in cases:
        got = link.refusal(n("CMD_" + cmd), attrs)
        assert got.get(1), f"{cmd}: no words"
        assert struct.unpack("=L", got[2])[0] == 20 + where, (cmd, got)


@test("the version rule: what is not known is refused and not ignored")
def _() -> None:
    link = Netlink()
    unknown = nla(200, b"\0\0\0\0")
    for cmd in "SESSION_COUNT", "CONFIG_GET", "INSTANCE_FLUSH", "TRACE":
        got = link.refusal(n("CMD_" + cmd), NAME + unknown)
        assert 1 in got or 2 in got, (cmd, got)
    inner = nest(n("A_FILTER"), nla(200, b"\0\0\0\0"))
    link.refusal(n("CMD_SESSION_COUNT"), NAME + inner)
    # An attribute that only answers have is none of a request.
    link.refusal(n("CMD_SESSION_COUNT"),
                 NAME + nla(n("A_SESSION_COUNT"), bytes(8)))
    link.refusal(n("CMD_POOL4_ADD"), NAME + nest(
        n("A_POOL4"), nla(n("POOL4_A_ADDR"), addr(P2)),
        nla(n("POOL4_A_SUBSCRIBERS"), bytes(8))))
    # A command that is not known, as an old module sees a new one's.
    got = link.ask(link.family, 100, NAME)
    assert struct.unpack_from("=i", got, 16)[0] == -95
    # The version of the header is for people: it says nothing.
    got = link.ask(link.family, n("CMD_SESSION_COUNT"), NAME, version=9)
    assert struct.unpack_from("=H", got, 4)[0] == link.family


# --- long tables -----------------------------------------------------------

@test("sessions of one BIB entry come through whole, in a bounded memory")
def _() -> None:
    count = int(os.environ.get("show_sessions", "10000"))
    instance("--pool6", WKP, "--pool4", P)
    config("maximum-sessions-per-bib", "1000000")
    base = bytearray(v6(C, S6, 7000, 53, data=b""))
    # The translator does not look at the checksum, but wants one.
    base[46:48] = b"\1\1"
    batch = []
    for i in range(count):
        base[39] = 40 + i // 60000
        base[42:44] = struct.pack("!H", 1 + i % 60000)
        batch.append(bytes(base))
        if len(batch) == 100 or i == count - 1:
            lab.from6(*batch)
            batch = []
    assert nat64("session", "count")["count"] == count
    kib = 24 << 10
    out = subprocess.run(
        ["nat64ctl", "session", "show"], capture_output=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS,
                                              (kib << 10, kib << 10))).stdout
    peers = {line.split()[3] for line in out.decode().splitlines()[1:]}
    assert len(peers) == out.count(b"\n") - 1 == count, len(peers)
    out = subprocess.run(
        ["nat64ctl", "-j", "session", "show"], capture_output=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS,
                                              (kib << 10, kib << 10))).stdout
    assert len({(one["dst4"], one["dport4"]) for one in json.loads(out)}) == count


run_tests()
