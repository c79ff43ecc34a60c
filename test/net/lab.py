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

from wire import (ACK, FIN, ICMP, ICMP6, RST, SYN, TCP, UDP, checksum, compare,
                  echo4, echo6, embed, icmp4, icmp6, ip4, ip6, tcp, text, udp)

WKP = "64:ff9b::/96"
C, CPORT = "2001:db8:c::5", 2000        # the host on the IPv6 side
P, PPORT = "203.0.113.1", 3000          # what it is on the IPv4 side
S, SPORT = "192.0.2.33", 4000           # the host on the IPv4 side
S6 = embed(WKP, S)                      # what it is on the IPv6 side
C2, P2 = "2001:db8:c::6", "203.0.113.2"  # a second host, with the same ports
OTHER = "192.0.2.77"                    # another host on the IPv4 side
ROUTER6, ROUTER4 = "2001:db8:1::1", "198.51.100.1"
NAMES = {UDP: "udp", TCP: "tcp", ICMP: "icmp"}
DATA = bytes(range(33))                 # of odd length, for the checksum
FAST = os.environ.get("fastpath")       # the key of that name, if it is tested


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
    sends packets for them onto the wires, where no host answers. After the packets
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
    if FAST and words[:2] == ("instance", "add"):
        run("nat64ctl", "-i", words[2], "config", "set", "fastpath", FAST)
    return json.loads(out) if out.strip() else None


def agree() -> None:
    """The tables of all instances agree with each other, as soon as nothing
    begins or ends for a moment."""
    for shown in nat64("instance", "show"):
        end = time.monotonic() + 30
        while True:
            done = subprocess.run(
                ["nat64ctl", "-j", "instance", "check", shown["instance"]],
                capture_output=True, text=True, check=False)
            assert done.stdout, done.stderr
            books = json.loads(done.stdout)
            assert not books["disagreements"], "; ".join(books["faults"])
            assert time.monotonic() < end, "the tables do not keep still"
            if not books["moving"]:
                break


TESTS: list[tuple[str, Callable[[], None]]] = []


def once(function: Callable[[], Any]) -> Callable[[], Any]:
    """What several tests look at is done for the first of them; if it fails,
    for all."""
    done: list[tuple[Any, Exception | None]] = []

    def wrapper() -> Any:
        if not done:
            try:
                done.append((function(), None))
            except Exception as error:
                done.append((None, error))
        if done[0][1]:
            raise done[0][1]
        return done[0][0]
    return wrapper


def test(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def add(function: Callable[[], None]) -> Callable[[], None]:
        TESTS.append((name, function))
        return function
    return add


def run_tests() -> None:
    """Each test prints "pass NAME" or "fail NAME - REASON"."""
    test("the tables agree with each other")(agree)
    for name, function in TESTS:
        since = time.monotonic()
        try:
            function()
            print(f"took {time.monotonic() - since:.1f} s")
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
    agree()
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
    IPv6 host: the source port, or the destination port of what comes BACK."""
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


def cross6(sent: list[bytes], expected: list[bytes]) -> None:
    got6, got4 = lab.from6(*sent)
    compare(got6, [])
    compare(got4, expected)


def cross4(sent: list[bytes], expected: list[bytes]) -> None:
    got6, got4 = lab.from4(*sent)
    compare(got4, [])
    compare(got6, expected)


def translated6(sent: bytes | list[bytes], *expected: bytes) -> None:
    """What C sends comes to the IPv4 side as expected; nothing comes back."""
    packets = [sent] if isinstance(sent, bytes) else sent
    cross6(packets, list(expected))
    if FAST:
        again(cross6, packets, list(expected))


def translated4(sent: bytes | list[bytes], *expected: bytes) -> None:
    packets = [sent] if isinstance(sent, bytes) else sent
    cross4(packets, list(expected))
    if FAST:
        again(cross4, packets, list(expected))


# --- the fast path ---------------------------------------------------------

def behind(packet: bytes) -> tuple[int, int]:
    """What follows the first header: its protocol, and where it begins."""
    if packet[0] >> 4 == 6:
        return packet[6], 40
    return packet[9], (packet[0] & 15) * 4


def is_fast(packet: bytes) -> bool:
    """Would the fast path take it, if its flow is established? By the manual:
    TCP and UDP, no options, no extension headers, no fragments."""
    proto, at = behind(packet)
    if packet[0] != 0x45 and packet[0] >> 4 != 6 or (
            packet[0] == 0x45 and packet[6] & 0x3f | packet[7]):
        return False
    if proto == UDP:                    # there is a checksum to adjust
        return packet[at + 6:at + 8] != b"\0\0"
    return proto == TCP and not packet[at + 13] & (SYN | FIN | RST)


def established(packet: bytes) -> bytes:
    """The same; a SYN becomes what follows one."""
    proto, at = behind(packet)
    if proto != TCP or not packet[at + 13] & SYN:
        return packet
    csum = int.from_bytes(packet[at + 16:at + 18], "big") ^ 0xffff
    csum += ACK + 0xffff - packet[at + 13]
    csum = (csum & 0xffff) + (csum >> 16) ^ 0xffff
    return (packet[:at + 13] + bytes([ACK]) + packet[at + 14:at + 16]
            + csum.to_bytes(2, "big") + packet[at + 18:])


def taken() -> int:
    """Packets that went by the fast path."""
    stats = nat64("stats", "show", "--all")
    return sum(one["fastpath64"] + one["fastpath46"] for one in stats)


def go_fast(action: Callable[[], Any]) -> None:
    """Repeat what sends a packet until it goes by the fast path: when session
    and route are known. Two routes may want the same place for a second."""
    end = time.monotonic() + 5
    before = taken()
    while True:
        action()
        now = taken()
        if now > before:
            return
        assert time.monotonic() < end, "it does not go by the fast path"


def again(cross: Callable[[list[bytes], list[bytes]], None],
          sent: list[bytes], expected: list[bytes]) -> None:
    """A packet that has crossed the router once does so on the fast path, just
    the same; or not on the fast path, if it is none for it."""
    if len(sent) != 1 or len(expected) != 1:
        return
    if behind(sent[0])[0] == behind(expected[0])[0]:
        sent, expected = [established(sent[0])], [established(expected[0])]
    if is_fast(sent[0]) and sessions():
        go_fast(lambda: cross(sent, expected))
    elif not is_fast(sent[0]):
        before = taken()
        cross(sent, expected)
        assert taken() == before, "it went by the fast path"


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


def quoted_ident(packet: bytes, expected: bytes) -> bytes:
    """The expected ICMPv4 error with the identification and DF that the packet
    quotes: what they were cannot be known any more."""
    quoted = expected[28:48]
    head = quoted[:4] + packet[32:36] + quoted[8:10] + b"\0\0" + quoted[12:]
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return expected[:20] + icmp4(expected[20], expected[21], expected[24:28],
                                 head + expected[48:])


# --- mappings and sessions -------------------------------------------------

def mapped(host: str, port: int, peer: str = S, peer_port: int = SPORT,
           proto: int = UDP, prefix: str = WKP) -> tuple[str, int]:
    """The IPv4 transport address of HOST and PORT towards the peer."""
    dst = embed(prefix, peer)
    got6, got4 = lab.from6(v6(host, dst, port, peer_port, proto=proto))
    compare(got6, [])
    assert len(got4) == 1, f"{len(got4)} packets came"
    packet = got4[0]
    src = text(packet[12:16])
    at = 24 if proto == ICMP else 20
    is_port = int.from_bytes(packet[at:at + 2], "big")
    compare([packet], [v4(src, peer, is_port, peer_port, proto=proto, ttl=63)])
    return src, is_port


def reaches(peer: str, peer_port: int, mapping: tuple[str, int], host: str,
            port: int, proto: int = UDP, prefix: str = WKP) -> bool:
    """Does a packet of the peer to the mapping reach the host?"""
    src = embed(prefix, peer)
    sent = v4(peer, mapping[0], peer_port, mapping[1], proto=proto, back=True)
    got6, _ = lab.from4(sent)
    if got6:
        expected = v6(src, host, peer_port, port, proto=proto, hops=63,
                      back=True)
        compare(got6, [expected])
        if FAST:
            again(cross4, [sent], [expected])
    return bool(got6)


def refused(host: str, port: int, proto: int = UDP, peer: str = S,
            peer_port: int = SPORT) -> bool:
    """Is there no mapping to be had? Then the host is told so, by address
    unreachable (6146-12 f), and nothing goes out."""
    sent = v6(host, embed(WKP, peer), port, peer_port, proto=proto)
    got6, got4 = lab.from6(sent)
    assert len(got6) + len(got4) == 1, (got6, got4)
    if got6:
        quoted = sent[:1280 - 48]
        expected = ip6(ROUTER6, host, ICMP6,
                       icmp6(ROUTER6, host, 1, 3, word(0), quoted))
        assert got6[0][40:] == expected[40:], got6[0].hex()
    return bool(got6)


def come(wire: Wire, seconds: float, until: Callable[[bytes], bool]
         ) -> list[bytes]:
    """What comes by itself, until the condition holds for a packet."""
    got: list[bytes] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        packet = wire.receive()
        if not packet:
            time.sleep(0.01)
            continue
        got.append(packet)
        if until(packet):
            break
    return got


def stat(counter: str) -> int:
    return nat64("stats", "show", "--all")[0][counter]


def until(condition: Callable[[], Any], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.1)


def force(*words: str) -> None:
    """Lifetimes that are shorter than an RFC allows."""
    run("nat64ctl", "config", "set", *words, "--force")
