#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""races.py [SECONDS] - see races.sh. Prints a line "pass NAME" or "fail NAME -
REASON" for each test, which lasts SECONDS and what it takes to be quiet again.
"""

import ctypes
import json
import multiprocessing
import os
import re
import socket
import struct
import subprocess
import sys
import time
from typing import Any, Callable

from wire import SYN, TCP, UDP, embed, ip4, ip6, tcp, udp

SECONDS = float(sys.argv[1]) if sys.argv[1:] else 8.0
QUIET = 60.0            # seconds, for what must end by itself
CPUS = sorted(os.sched_getaffinity(0))
HEADER = os.path.join(os.environ["here"], "../../include/uapi/linux/nat64.h")
WKP = "64:ff9b::/96"
POOL = "203.0.113.1"
DATA = b"races"

libc = ctypes.CDLL(None, use_errno=True)


# --- packets ---------------------------------------------------------------

class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class Message(ctypes.Structure):
    """struct mmsghdr"""
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint),
                ("iov", ctypes.POINTER(Iovec)), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("sent", ctypes.c_uint)]


class Volley:
    """Packets onto a wire, which are sent by as few system calls as possible.
    A process that makes one is in the namespace of its end afterwards."""

    def __init__(self, end: str, packets: list[bytes]) -> None:
        with open(f"/run/netns/{os.environ[end]}", "rb") as file:
            assert libc.setns(file.fileno(), 0x40000000) == 0
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.bind(("net", 0))
        mac = os.environ["lan_mac" if end == "client" else "wan_mac"]
        head = (bytes.fromhex(mac.replace(":", ""))
                + self.sock.getsockname()[4]
                + (b"\x86\xdd" if end == "client" else b"\x08\0"))
        self.frames = [ctypes.create_string_buffer(head + p, 14 + len(p))
                       for p in packets]
        self.iov = (Iovec * len(packets))(*[
            Iovec(ctypes.addressof(f), len(f)) for f in self.frames])
        self.messages = (Message * len(packets))()
        for i, message in enumerate(self.messages):
            message.iov = ctypes.pointer(self.iov[i])
            message.iovlen = 1

    def send(self, first: int, number: int) -> None:
        size = ctypes.sizeof(Message)
        end = min(first + number, len(self.frames))
        while first < end:
            sent = libc.sendmmsg(self.sock.fileno(), ctypes.byref(
                self.messages, first * size), min(end - first, 1024), 0)
            first += max(sent, 1)


Flow = tuple[str, int, str, int]        # host and port, peer and port


def flows(hosts: range, ports: range, peers: range,
          dports: range = range(80, 81)) -> list[Flow]:
    """Those of an entry are apart from each other."""
    return [(f"2001:db8:c::{host:x}", port, f"192.0.2.{peer}", dport)
            for dport in dports for peer in peers
            for host in hosts for port in ports]


def out(flow: Flow, flags: int = 0) -> bytes:
    host, port, peer, dport = flow
    dst = embed(WKP, peer)
    if flags:
        return ip6(host, dst, TCP, tcp(host, dst, port, dport, flags))
    return ip6(host, dst, UDP, udp(host, dst, port, dport, DATA))


def into(flow: Flow, mapped: tuple[str, int], flags: int = 0) -> bytes:
    _, _, peer, dport = flow
    dst, port = mapped
    if flags:
        return ip4(peer, dst, TCP, tcp(peer, dst, dport, port, flags))
    return ip4(peer, dst, UDP, udp(peer, dst, dport, port, DATA))


def sender(cpu: int, end: str, packets: list[bytes], until: float,
           period: float) -> None:
    """All packets again and again; in PERIOD seconds each of them once, or, if
    it is 0, as fast as possible."""
    os.sched_setaffinity(0, {cpu})
    volley = Volley(end, packets)
    step = 64
    while time.monotonic() < until:
        since = time.monotonic()
        for first in range(0, len(packets), step):
            volley.send(first, step)
            due = since + period * (first + step) / len(packets)
            while period and (left := due - time.monotonic()) > 0:
                time.sleep(min(left, 0.01))


# --- netlink ---------------------------------------------------------------

def constants() -> dict[str, int]:
    """The enums of the interface."""
    found = {}
    with open(HEADER, encoding="ascii") as file:
        source = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for body in re.findall(r"enum \w+ \{(.*?)\}", source, re.S):
        value = 0
        for name, number in re.findall(r"(\w+)(?:\s*=\s*(\w+))?\s*(?:,|$)",
                                       body.strip()):
            value = int(number, 0) if number and number[0].isdigit() else value
            found[name] = value
            value += 1
    return found


N = constants()


def attribute(kind: int, *values: bytes) -> bytes:
    value = b"".join(values)
    return (struct.pack("=HH", 4 + len(value), kind) + value
            + b"\0" * (-len(value) % 4))


class Netlink:
    """Requests that are made once and sent often: nat64ctl takes its time."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        answer = self.ask(16, 3, attribute(2, b"nat64\0"))   # GETFAMILY
        at = 20
        while at < len(answer):
            size, kind = struct.unpack_from("=HH", answer, at)
            if kind == 1:
                self.family = struct.unpack_from("=H", answer, at + 4)[0]
            at += (size + 3) & ~3

    def ask(self, family: int, command: int, body: bytes) -> bytes:
        self.sock.send(struct.pack("=LHHLLBBH", 20 + len(body), family, 5, 1,
                                   0, command, 1, 0) + body)
        answer = b""
        while True:
            got = self.sock.recv(65536)
            if struct.unpack_from("=H", got, 4)[0] == 2:     # NLMSG_ERROR
                return answer
            answer = got

    def nat64(self, command: str, *body: bytes) -> None:
        self.ask(self.family, N["NAT64_CMD_" + command],
                 attribute(N["NAT64_A_INSTANCE"], b"default\0")
                 + b"".join(body))


def delete(flow: Flow, proto: int) -> bytes:
    return attribute(
        N["NAT64_A_BIB"] | 0x8000,
        attribute(N["NAT64_BIB_A_PROTO"], bytes([proto])),
        attribute(N["NAT64_BIB_A_ADDR6"],
                  socket.inet_pton(socket.AF_INET6, flow[0])),
        attribute(N["NAT64_BIB_A_PORT6"], struct.pack("!H", flow[1])))


def of_peer(peer: str) -> bytes:
    return attribute(N["NAT64_A_FILTER"] | 0x8000,
                     attribute(N["NAT64_FILTER_A_ADDR4"],
                               socket.inet_aton(peer)))


def asker(cpu: int, command: str, bodies: list[bytes], until: float) -> None:
    os.sched_setaffinity(0, {cpu})
    netlink = Netlink()
    while time.monotonic() < until:
        for body in bodies:
            netlink.nat64(command, body)


# --- commands and results --------------------------------------------------

def run(*words: str, given: str | None = None) -> Any:
    done = subprocess.run(["nat64ctl", "-j", *words], input=given, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr.strip()}"
    return json.loads(done.stdout) if done.stdout.strip() else None


def timeouts(seconds: int) -> None:
    run("config", "set", "--force", *[
        word for key in ("udp-timeout", "tcp-est-timeout", "tcp-trans-timeout",
                         "tcp-open-timeout")
        for word in (key, str(seconds))], "hold-down-time", "0",
        "maximum-sessions-per-bib", "1000")


def together(*work: tuple[Callable[..., None], tuple[Any, ...]]) -> None:
    """Each in a process of its own, at the same time."""
    processes = [multiprocessing.Process(target=function, args=arguments)
                 for function, arguments in work]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    bad = [p.exitcode for p in processes if p.exitcode]
    assert not bad, f"a process ended with {bad}"


def left() -> dict[str, int]:
    """What there is, by each of the ways to count it."""
    instance = run("instance", "show")[0]
    rows = run("pool4", "show", "--usage")
    return {
        "BIB entries": instance["bib-entries"],
        "sessions": instance["sessions"],
        "entries shown": len(run("bib", "show")),
        "sessions shown": len(run("session", "show")),
        "subscribers": max(row["subscribers"] for row in rows),
        "ports": sum(u["used"] for row in rows for u in row["usage"]),
    }


def settle() -> None:
    """All comes to an end, and everybody says so."""
    print({k: v for k, v in run("stats", "show", "--all")[0].items() if v})
    end = time.monotonic() + QUIET
    while any((got := left()).values()):
        assert time.monotonic() < end, f"{got} are left, expected nothing"
        time.sleep(0.2)
    books = run("instance", "check")
    assert not books["moving"] and not books["faults"], books


TESTS: list[tuple[str, Callable[[], None]]] = []


def test(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def add(function: Callable[[], None]) -> Callable[[], None]:
        TESTS.append((name, function))
        return function
    return add


# --- tests -----------------------------------------------------------------

@test("keepalives that come when their sessions expire")
def keepalives() -> None:
    """A lifetime is over when the next packet comes, and expiry has not always
    been there before it. An entry has many sessions: while expiry ends some of
    them, it holds the entry, and packets of the others wait for that."""
    many = flows(range(16, 24), range(4000, 4001), range(10, 250),
                 range(80, 83))
    until = time.monotonic() + SECONDS
    packets = [out(flow) for flow in many]
    together(*[(sender, (cpu, "client", packets[i::len(CPUS)], until, 1.3))
               for i, cpu in enumerate(CPUS)])
    settle()


@test("BIB entries that are deleted while they are made")
def deletes() -> None:
    few = flows(range(16, 17), range(4000, 4001), range(10, 11))
    packets = [out(flow) for flow in few] * 256
    until = time.monotonic() + SECONDS
    bodies = [delete(flow, UDP) for flow in few]
    together(*[(sender, (cpu, "client", packets, until, 0))
               for cpu in CPUS[2:]],
             *[(asker, (cpu, "BIB_DEL", bodies, until))
               for cpu in CPUS[:2]])
    settle()


@test("SYNs of sessions that are flushed")
def syns() -> None:
    many = flows(range(16, 20), range(4000, 4002), range(10, 20))
    packets = [out(flow, SYN) for flow in many] * 4
    until = time.monotonic() + SECONDS
    bodies = [of_peer(f"192.0.2.{peer}") for peer in range(10, 20, 3)]
    together(*[(sender, (cpu, "client", packets, until, 0))
               for cpu in CPUS[1:]],
             *[(asker, (CPUS[0], "SESSION_FLUSH", bodies, until))] * 2)
    settle()


def loader(cpu: int, files: list[str], until: float) -> None:
    os.sched_setaffinity(0, {cpu})
    i = 0
    while time.monotonic() < until:
        run("config", "load", "-", "--force", given=files[i % len(files)])
        i += 1


def configurations() -> list[str]:
    """As it is; with static entries in the way of the flows, and of each other;
    with some of the ports; and with another prefix beside the first or in its
    place."""
    base = run("config", "save")
    files = [dict(base)]
    for shift in range(3):
        files.append(base | {"bib": [
            {"proto": proto, "ipv6": f"[2001:db8:c::{16 + host:x}]:4000",
             "ipv4": f"{POOL}:{2000 + host + shift}"}
            for proto in ("udp", "tcp") for host in range(3)]})
    files.append(base | {"pool4": [{"prefix": POOL, "ports": ["1-32767"]}]})
    files.append(base | {"pool6": [WKP, "2001:db8:64::/96"]})
    files.append(base | {"pool6": ["2001:db8:64::/96"]})
    return [json.dumps(file) for file in files]


@test("configurations that are loaded while packets pass")
def loads() -> None:
    many = flows(range(16, 20), range(4000, 4002), range(10, 20))
    until = time.monotonic() + SECONDS
    files = configurations()
    packets = [out(flow) for flow in many] + [out(f, SYN) for f in many]
    back = [into(flow, (POOL, 2000 + i % 8), flags)
            for i, flow in enumerate(many) for flags in (0, SYN)]
    together(*[(sender, (cpu, "client", packets * 4, until, 0))
               for cpu in CPUS[2:]],
             (sender, (CPUS[1], "server", back * 4, until, 0)),
             (loader, (CPUS[0], files, until)))
    run("config", "load", "-", "--force", given=files[0])
    settle()


def main() -> None:
    only = sys.argv[2:]
    for name, function in TESTS:
        if only and function.__name__ not in only:
            continue
        since = time.monotonic()
        run("instance", "add", "--pool6", WKP, "--pool4", POOL)
        try:
            timeouts(1)
            function()
            print(f"took {time.monotonic() - since:.1f} s")
            print("pass", name)
        except Exception as error:
            print(f"fail {name} - {' '.join(str(error).split()) or repr(error)}")
        run("instance", "del")
        sys.stdout.flush()


main()
