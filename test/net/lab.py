# SPDX-License-Identifier: GPL-2.0
"""lab.py - the two wires of the router, and what the tests of packets share.

The scripts that use it run in the router's namespace and find in their
environment what `wires` of lib.sh has set up.
"""

import ctypes
import json
import os
import socket
import struct
import subprocess
import sys
import time
import traceback
from typing import Any, Callable

from wire import (ICMP, ICMP6, SYN, TCP, UDP, compare, echo4, echo6, embed,
                  icmp4, icmp6, ip4, ip6, tcp, text, udp)

WKP = "64:ff9b::/96"
C, CPORT = "2001:db8:c::5", 2000        # the host on the IPv6 side
P, PPORT = "203.0.113.1", 3000          # what it is on the IPv4 side
S, SPORT = "192.0.2.33", 4000           # the host on the IPv4 side
S6 = embed(WKP, S)                      # what it is on the IPv6 side
C2, P2 = "2001:db8:c::6", "203.0.113.2"  # a second host, with the same ports
OTHER = "192.0.2.77"                    # another host on the IPv4 side
ROUTER6, ROUTER4 = "2001:db8:1::1", "198.51.100.1"
DATA = bytes(range(33))                 # of odd length, for the checksum


# --- wires -----------------------------------------------------------------

def enter(namespace: str) -> None:
    """Move this process to a network namespace."""
    with open(f"/run/netns/{namespace}", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), namespace)


class Wire:
    """One end of a veth pair: sends to and receives from the other end."""

    def __init__(self, namespace: str, dev: str, peer: str):
        """PEER is the link-layer address of the other end."""
        enter(namespace)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)   # RCVBUFFORCE
        self.sock.bind((dev, 3))                                # ETH_P_ALL
        self.sock.setblocking(False)
        own = self.sock.getsockname()[4]
        self.head = bytes.fromhex(peer.replace(":", "")) + own

    def send(self, packet: bytes) -> None:
        six = packet[:1] and packet[0] >> 4 == 6
        self.sock.send(self.head + (b"\x86\xdd" if six else b"\x08\0") + packet)

    def receive(self) -> bytes | None:
        """The next packet, without link-layer header; not what the hosts say
        to find each other."""
        while True:
            try:
                frame, where = self.sock.recvfrom(70000)
            except BlockingIOError:
                return None
            if where[2] == 4 or frame[12:14] not in (b"\x86\xdd", b"\x08\0"):
                continue                                        # outgoing, ARP
            packet = frame[14:]
            if packet[0] >> 4 == 6 and (packet[6] == 0 or packet[6] == ICMP6
                                        and 130 <= packet[40] <= 143):
                continue                                        # MLD, ND
            return packet


class Lab:
    """The topology of lib.sh, seen from the two wires of the router.

    The hosts of the tests are not addresses of the namespaces: the router
    sends what is for them onto the wires, and nobody answers. After the packets
    of a test a last one crosses the router by ordinary forwarding of IPv4; when
    it has arrived, all that the others caused has arrived before it.
    """

    # IPv4 addresses that are routed to the IPv6 and to the IPv4 side
    LAN4, WAN4 = "192.0.2.94", "198.51.100.2"

    def __init__(self) -> None:
        os.sched_setaffinity(0, {0})
        names = os.environ
        self.wan = Wire(names["server"], "net", names["wan_mac"])
        self.lan = Wire(names["client"], "net", names["lan_mac"])
        enter(names["router"])
        self.count = 0

    def last(self, sender: Wire) -> bytes:
        self.count += 1
        src, dst = self.LAN4, self.WAN4
        if sender is self.wan:
            src, dst = dst, src
        return ip4(src, dst, UDP, udp(src, dst, 9, 9, b"%8d" % self.count))

    def exchange(self, sender: Wire, *packets: bytes
                 ) -> tuple[list[bytes], list[bytes]]:
        """Send; what then came to the IPv6 side and to the IPv4 side."""
        for packet in packets:
            sender.send(packet)
        last = self.last(sender)
        sender.send(last)
        receiver = self.wan if sender is self.lan else self.lan
        got: dict[Wire, list[bytes]] = {self.lan: [], self.wan: []}
        end = time.monotonic() + 20
        while True:
            packet = receiver.receive()
            if packet and packet[-16:] == last[-16:]:
                break
            if packet:
                got[receiver].append(packet)
            else:
                if time.monotonic() > end:
                    sys.exit("the router forwards no more")
                time.sleep(0.001)
        while packet := sender.receive():
            got[sender].append(packet)
        return got[self.lan], got[self.wan]

    def from6(self, *packets: bytes) -> tuple[list[bytes], list[bytes]]:
        return self.exchange(self.lan, *packets)

    def from4(self, *packets: bytes) -> tuple[list[bytes], list[bytes]]:
        return self.exchange(self.wan, *packets)


lab = Lab()


# --- commands and results --------------------------------------------------

def run(*command: str) -> str:
    print("+", *command)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
    return done.stdout


def nat64(*words: str) -> Any:
    """nat64ctl; what it prints, if it prints JSON."""
    out = run("nat64ctl", "-j", *words)
    return json.loads(out) if out.strip() else None


TESTS: list[tuple[str, Callable[[], None]]] = []


def test(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def add(function: Callable[[], None]) -> Callable[[], None]:
        TESTS.append((name, function))
        return function
    return add


def run_tests() -> None:
    """Each test prints "pass NAME" or "fail NAME - REASON"."""
    for name, function in TESTS:
        try:
            function()
            print("pass", name)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)
            lines = [str(f.lineno) for f in where if f.filename == sys.argv[0]]
            reason = " ".join(str(error).split()) or repr(error)
            print(f"fail {name} - lines {', '.join(lines)}: {reason}")
        sys.stdout.flush()


# --- packets of C and S ----------------------------------------------------

def instance(*options: str, name: str = "default") -> None:
    """The one instance, with these options instead of any earlier one."""
    for old in nat64("instance", "show"):
        nat64("instance", "del", old["instance"])
    nat64("instance", "add", name, *options)


def statics() -> None:
    """C:CPORT is P:PPORT and C2:CPORT is P2:PPORT, in every protocol."""
    for host, address in (C, P), (C2, P2):
        for proto in "tcp", "udp", "icmp":
            nat64("bib", "add", "--proto", proto, f"[{host}]:{CPORT}",
                  f"{address}:{PPORT}")


def config(*words: str) -> None:
    nat64("config", "set", *words)


def sessions(*filters: str) -> list[dict[str, Any]]:
    return nat64("session", "show", *filters)


def word(value: int) -> bytes:
    return struct.pack("!L", value)


def link(dev: str, mtu: int) -> None:
    run("ip", "link", "set", dev, "mtu", str(mtu))


def l4(proto: int, src: str, dst: str, sport: int, dport: int,
       data: bytes = DATA, flags: int = SYN, back: bool = False
       ) -> tuple[int, bytes]:
    """Protocol number and segment. An echo has one identifier, that of the
    inside host: the source port, or the destination port of what comes BACK."""
    if proto == UDP:
        return UDP, udp(src, dst, sport, dport, data)
    if proto == TCP:
        return TCP, tcp(src, dst, sport, dport, flags, data,
                        b"\x02\x04\x05\xa0")
    ident = dport if back else sport
    if ":" in src:
        return ICMP6, echo6(src, dst, 128, ident, 7, data)
    return ICMP, echo4(8, ident, 7, data)


def v6(src: str, dst: str, sport: int, dport: int, *, proto: int = UDP,
       data: bytes = DATA, flags: int = SYN, back: bool = False,
       **fields: int) -> bytes:
    return ip6(src, dst, *l4(proto, src, dst, sport, dport, data, flags, back),
               **fields)


def v4(src: str, dst: str, sport: int, dport: int, *, proto: int = UDP,
       data: bytes = DATA, flags: int = SYN, back: bool = False,
       **fields: Any) -> bytes:
    return ip4(src, dst, *l4(proto, src, dst, sport, dport, data, flags, back),
               **fields)


def out6(**fields: Any) -> bytes:
    """From C to S, on the IPv6 side."""
    return v6(C, S6, CPORT, SPORT, **fields)


def out4(**fields: Any) -> bytes:
    """The same on the IPv4 side. DF is 7915-20's: above 1260 bytes."""
    packet = v4(P, S, PPORT, SPORT, **fields)
    return v4(P, S, PPORT, SPORT, df=len(packet) > 1260, **fields)


def in4(**fields: Any) -> bytes:
    """From S to C, on the IPv4 side."""
    return v4(S, P, SPORT, PPORT, back=True, **fields)


def in6(**fields: Any) -> bytes:
    """The same on the IPv6 side."""
    return v6(S6, C, SPORT, CPORT, back=True, **fields)


def translated6(sent: bytes | list[bytes], *expected: bytes) -> None:
    """What C sends comes to the IPv4 side as expected; nothing comes back."""
    got6, got4 = lab.from6(*([sent] if isinstance(sent, bytes) else sent))
    compare(got6, [])
    compare(got4, list(expected))


def translated4(sent: bytes | list[bytes], *expected: bytes) -> None:
    got6, got4 = lab.from4(*([sent] if isinstance(sent, bytes) else sent))
    compare(got4, [])
    compare(got6, list(expected))


def error6(sent: bytes, kind: int, code: int, field: int = 0) -> None:
    """The packet is answered by an ICMPv6 error of the router that quotes it as
    it was sent, and goes no further."""
    got6, got4 = lab.from6(sent)
    compare(got4, [])
    assert len(got6) == 1, f"{len(got6)} packets came back, expected an error"
    packet, dst = got6[0], text(sent[8:24])
    # Hop limit, traffic class and flow label are the router's own affair.
    expected = ip6(ROUTER6, dst, ICMP6, icmp6(
        ROUTER6, dst, kind, code, word(field), sent[:1280 - 48]))
    compare([packet], [packet[:4] + expected[4:7] + packet[7:8] + expected[8:]])


def error4(sent: bytes, kind: int, code: int, field: int = 0) -> None:
    got6, got4 = lab.from4(sent)
    compare(got6, [])
    assert len(got4) == 1, f"{len(got4)} packets came back, expected an error"
    packet = got4[0]
    quoted = packet[28:]
    assert 28 <= len(quoted) <= 576 - 28, f"{len(quoted)} bytes are quoted"
    compare([packet], [ip4(
        ROUTER4, text(sent[12:16]), ICMP,
        icmp4(kind, code, word(field), sent[:len(quoted)]),
        ttl=packet[8], tos=packet[1], df=bool(packet[6] & 0x40))])


def silent6(*sent: bytes) -> None:
    translated6(list(sent))


def silent4(*sent: bytes) -> None:
    translated4(list(sent))


def each_proto(name: str, protos: tuple[int, ...] = (UDP, TCP, ICMP)) -> Any:
    """The test once for each protocol."""
    label = {UDP: "UDP", TCP: "TCP", ICMP: "ICMP echo"}

    def add(function: Any) -> Any:
        for proto in protos:
            test(f"{label[proto]}: {name}")(lambda p=proto: function(p))
        return function
    return add
