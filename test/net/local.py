#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""local.py - a pool4 address that is the router's own.

local.sh runs this in the router's namespace. A port of pool4 is the NAT64's, as
if the address were not the router's, unless the router has a socket there.
"""

import os
import socket
import struct
import time
from typing import Any, Callable

from lab import (C, CPORT, OTHER, P, PPORT, ROUTER4, S, S6, SPORT, WKP, config,
                 error6, in4, in6, instance, lab, nat64, out6, run, run_tests,
                 sessions, silent4, stat, test, translated4, until, v4, v6)
from wire import (ACK, FIN, ICMP, RST, SYN, TCP, UDP, addr, compare, echo4,
                  icmp4, ip4, tcp, text, udp)

FREE = 3999                     # a port that is not in use
SOURCES = "0.1.2.3", "127.0.0.1", "240.0.0.1", "255.255.255.255"
ROUTE = b"\x83\x07\x04" + addr(OTHER) + b"\0"


def at_home(home: bool) -> None:
    """Make P an address of the router, or not."""
    run("sh", "-c", f"ip addr del {P}/32 dev lo 2>&-; :")
    if home:
        run("ip", "addr", "add", f"{P}/32", "dev", "lo")


def served() -> None:
    """C:CPORT is P:PPORT, in every protocol."""
    instance("--pool6", WKP, "--pool4", P)
    for proto in "tcp", "udp", "icmp":
        nat64("bib", "add", "--proto", proto, f"[{C}]:{CPORT}", f"{P}:{PPORT}")


def where(name: str) -> Callable[[Any], Any]:
    """The test with the address elsewhere and at the router."""
    def add(function: Any) -> Any:
        for home in False, True:
            def both(home: bool = home) -> None:
                at_home(home)
                served()
                function()
            address = "the router's" if home else "elsewhere"
            test(f"pool4 is {address}: {name}")(both)
        return function
    return add


def home(name: str) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        def prepared() -> None:
            at_home(True)
            served()
            function()
        test(name)(prepared)
        return function
    return add


def to(port: int, proto: int = UDP, src: str = S, **fields: Any) -> bytes:
    return v4(src, P, SPORT, port, proto=proto, back=True, **fields)


def answer4(sent: bytes) -> bytes:
    """The one packet that comes back."""
    got6, got4 = lab.from4(sent)
    compare(got6, [])
    assert len(got4) == 1, f"{len(got4)} packets came back: {got4}"
    return got4[0]


def counted(key: str, sent: bytes) -> None:
    """The packet is dropped, and KEY counts it."""
    before = stat(key)
    silent4(sent)
    assert stat(key) == before + 1, f"{key} does not count"


def error(sent: bytes, kind: int, code: int) -> None:
    packet = answer4(sent)
    quoted = packet[28:]
    assert len(quoted) >= 28 and text(packet[12:16]) in (P, ROUTER4), packet
    assert packet[20:28] == icmp4(kind, code, bytes(4), quoted)[:8], packet
    assert text(packet[16:20]) == text(sent[12:16]) and packet[9] == ICMP
    assert quoted == sent[:len(quoted)], quoted.hex()


# --- what is the NAT64's ---------------------------------------------------

@where("packets to an unused port of pool4 are dropped silently")
def _() -> None:
    counted("drop-no-bib", to(FREE))
    for flags in ACK, RST, FIN | ACK, SYN | FIN:
        counted("drop-no-bib", to(FREE, TCP, flags=flags))
    counted("drop-syn-stored", to(FREE, TCP))


@where("answer-unmapped: UDP to an unused port is refused")
def _() -> None:
    config("answer-unmapped", "on")
    error(to(FREE), 3, 3)


@where("a source that no host has is dropped [7915-3]")
def _() -> None:
    for src in SOURCES:
        for port in PPORT, FREE:
            for proto in UDP, TCP, ICMP:
                counted("drop-address4", to(port, proto, src))


@where("a source route is refused [7915-2]")
def _() -> None:
    for port in PPORT, FREE:
        for proto in UDP, TCP, ICMP:
            error(to(port, proto, options=ROUTE), 3, 5)
    counted("drop-header", to(FREE, options=b"\x83\x02\x04\0"))


@where("a mapping is reached")
def _() -> None:
    for proto in UDP, TCP, ICMP:
        translated4(in4(proto=proto), in6(proto=proto, hops=63))


# --- what is the router's --------------------------------------------------

def listener(port: int, family: int = socket.AF_INET) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((P if family == socket.AF_INET else "::", port))
    sock.listen()
    return sock


def segment(port: int, flags: int, seq: int, ack: int = 0) -> bytes:
    return ip4(S, P, TCP, tcp(S, P, SPORT, port, flags, seq=seq, ack=ack))


def flags_of(packet: bytes) -> int:
    assert packet[9] == TCP, packet.hex()
    return packet[33]


def connect(port: int, sock: socket.socket) -> tuple[socket.socket, int]:
    """A connection from S; the sequence number that the router goes on with."""
    reply = answer4(segment(port, SYN, 100))
    assert flags_of(reply) == SYN | ACK, reply.hex()
    seq = struct.unpack("!L", reply[24:28])[0] + 1
    silent4(segment(port, ACK, 101, seq))
    sock.settimeout(10)
    return sock.accept()[0], seq


@home("a listening socket keeps its port, of IPv4 and of both families")
def _() -> None:
    for port, family in (2221, socket.AF_INET), (2222, socket.AF_INET6):
        with listener(port, family) as sock:
            before = stat("pass-local")
            conn, _ = connect(port, sock)
            assert stat("pass-local") == before + 2
            # It ends at once, by a RST.
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
            conn.close()
            _, got4 = lab.from4()
            assert len(got4) == 1 and flags_of(got4[0]) & RST, got4


@home("a connection and its TIME_WAIT keep their port")
def _() -> None:
    with listener(2223) as sock:
        conn, seq = connect(2223, sock)
    # The listener is closed; the connection remains.
    with conn:
        silent4(segment(2223, ACK, 101, seq))
        conn.shutdown(socket.SHUT_WR)
    fin = answer4(segment(2223, ACK, 101, seq + 1))
    assert flags_of(fin) == FIN | ACK, fin.hex()
    reply = answer4(segment(2223, FIN | ACK, 101, seq + 1))
    assert flags_of(reply) == ACK, reply.hex()
    # A segment out of its window is answered by an ACK (RFC 9293 s3.10.7.4).
    reply = answer4(segment(2223, ACK, 90, seq + 1))
    assert flags_of(reply) == ACK, reply.hex()
    # Another peer finds no socket there, but the NAT64.
    counted("drop-no-bib", v4(OTHER, P, SPORT, 2223, proto=TCP, flags=ACK))


@home("a bound and a connected UDP socket keep their port")
def _() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((P, 2224))
        sock.settimeout(10)
        silent4(to(2224))
        sock.recv(100)
        # Of an odd source, too: it is the router's affair.
        sock.connect((S, SPORT))
        silent4(to(2224))
        sock.recv(100)
        counted("drop-no-bib", v4(S, P, SPORT + 1, 2224))
        # The error about what it has sent comes to it.
        sent = ip4(P, S, UDP, udp(P, S, 2224, SPORT, b"x"))
        silent4(ip4(OTHER, P, ICMP, icmp4(3, 3, bytes(4), sent)))
        try:
            sock.send(b"x")
            sock.recv(100)
            raise AssertionError("the socket knows of no error")
        except ConnectionRefusedError:
            pass
    counted("drop-no-bib", to(2224))


@home("a UDP datagram without checksum to a socket of the router passes "
      "drop-udp4-zero-checksum")
def _() -> None:
    config("drop-udp4-zero-checksum", "on")
    bare = udp(S, P, SPORT, 2225, b"x")
    bare = ip4(S, P, UDP, bare[:6] + bytes(2) + bare[8:])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((P, 2225))
        sock.settimeout(10)
        silent4(bare)
        sock.recv(100)
    counted("drop-checksum", bare)


@home("pings of the router are answered, by ping and by raw sockets")
def _() -> None:
    for kind in socket.SOCK_DGRAM, socket.SOCK_RAW:
        # With an identifier that a mapping has, too.
        for ident in FREE, PPORT:
            with socket.socket(socket.AF_INET, kind, ICMP) as sock:
                sock.settimeout(10)
                sock.bind((P, ident))
                sock.connect((S, 0))
                sock.send(echo4(8, ident, 1, b"x"))
                lab.from4(ip4(S, P, ICMP, echo4(0, ident, 1, b"hello")))
                data = sock.recv(100)
                assert data.endswith(b"hello"), data


@home("the router answers a ping that is for no IPv6 host")
def _() -> None:
    packet = answer4(to(FREE, ICMP))
    assert packet[20] == 0 and packet[24:] == to(FREE, ICMP)[24:], packet


@home("ports outside pool4 are the router's, whatever the packet")
def _() -> None:
    instance("--pool6", WKP)
    nat64("pool4", "add", P, "--ports", "1024-4999")
    error(to(5000), 3, 3)
    assert flags_of(answer4(to(5000, TCP))) & RST
    error(to(4999, options=ROUTE), 3, 5)
    for src in "240.0.0.1", "0.1.2.3":
        before = stat("drop-address4")
        lab.from4(to(5000, src=src))
        assert stat("drop-address4") == before


@home("without pool4 the ports that no mapping has are the router's")
def _() -> None:
    instance("--pool6", WKP)
    nat64("bib", "add", "--proto", "udp", f"[{C}]:{CPORT}", f"{P}:{PPORT}")
    error(to(FREE), 3, 3)
    assert flags_of(answer4(to(FREE, TCP))) & RST
    counted("drop-address4", to(PPORT, src="240.0.0.1"))


@home("what the router sends to itself is refused at once")
def _() -> None:
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
        with socket.socket(socket.AF_INET, kind) as sock:
            sock.settimeout(4)
            try:
                sock.connect((P, FREE))
                sock.send(b"x")
                sock.recv(1)
                raise AssertionError("it is not refused")
            except ConnectionRefusedError:
                pass


# --- without pool4: addresses come and go ----------------------------------

WAN, NEW = f"{ROUTER4}/24", "198.51.100.77/24"
HOP = "198.51.100.2"


def sh(*commands: str) -> None:
    for command in commands:
        run(*command.split())


def ways() -> None:
    """Those of `wires` of lib.sh, which go with the last address."""
    sh(f"ip neigh replace {HOP} dev wan lladdr {os.environ['server_mac']}",
       f"ip route replace {HOP} dev wan",
       f"ip route replace 192.0.2.0/24 via {HOP}")


def fresh() -> tuple[str, int]:
    """An instance without pool4, and what C:CPORT is mapped to."""
    sh("ip addr flush dev wan scope global", f"ip addr add {WAN} dev wan")
    ways()
    at_home(False)
    instance("--pool6", WKP)
    return mapped()


def mapped() -> tuple[str, int]:
    """What the IPv4 side sees a datagram of C:CPORT come from."""
    got6, got4 = lab.from6(out6())
    compare(got6, [])
    assert len(got4) == 1, f"{len(got4)} packets came: {got4}"
    source = text(got4[0][12:16]), int.from_bytes(got4[0][20:22], "big")
    compare(got4, [v4(source[0], S, source[1], SPORT, ttl=63)])
    return source


def lost() -> None:
    """A datagram is refused: the client learns that its address is gone."""
    error6(out6(), 1, 3)


@test("without pool4: a session goes on at the router's new address")
def _() -> None:
    for order in (f"ip addr del {WAN} dev wan", f"ip addr add {NEW} dev wan"), \
            (f"ip addr add {NEW} dev wan", f"ip addr del {WAN} dev wan"):
        assert fresh()[0] == ROUTER4
        # Neighbours in one subnet: the second does not go with the first.
        sh("sysctl -qw net.ipv4.conf.all.promote_secondaries=1", *order)
        ways()
        lost()
        assert stat("drop-address-gone") == 1
        until(lambda: not nat64("bib", "show"), 30)
        assert mapped()[0] == NEW[:-3]
        new = sessions()
        assert [one["src4"] for one in new] == [NEW[:-3]], new


@test("without pool4: a mapping waits some seconds for an address that has gone, "
      "and no packet leaves from it")
def _() -> None:
    for _ in range(5):
        before = fresh()
        since = time.monotonic()
        sh(f"ip addr del {WAN} dev wan")
        ways()
        lost()
        # A new flow finds no address either.
        error6(v6(C, S6, CPORT + 1, SPORT), 1, 3)
        sh(f"ip addr add {WAN} dev wan")
        ways()
        after = mapped()
        # On a busy machine this may have taken longer than mappings wait.
        if time.monotonic() - since < 9:
            assert after == before, (before, after)
            return
    raise AssertionError("the machine is too slow: it took 9 s, five times")


@test("without pool4: a device that goes down and up loses no mapping")
def _() -> None:
    before = fresh()
    sh("ip link set wan down", "ip link set wan up")
    ways()
    until(lambda: lab.from4() == ([], []))
    assert mapped() == before


@test("without pool4: the mappings of an address that does not come back end, "
      "static ones stay")
def _() -> None:
    source = fresh()
    nat64("bib", "add", "--proto", "udp", f"[{C}]:{CPORT + 1}",
          f"{ROUTER4}:{PPORT}")
    sh(f"ip addr del {WAN} dev wan")
    ways()
    until(lambda: len(nat64("bib", "show")) == 1, 60)
    left = nat64("bib", "show")[0]
    assert left["port4"] == PPORT and left["static"], (left, source)
    error6(v6(C, S6, CPORT + 1, SPORT), 1, 3)
    sh(f"ip addr add {WAN} dev wan")
    ways()
    got6, got4 = lab.from6(v6(C, S6, CPORT + 1, SPORT))
    compare(got6, [])
    compare(got4, [v4(ROUTER4, S, PPORT, SPORT, ttl=63)])


@test("with pool4 the router need not have the address")
def _() -> None:
    at_home(True)
    instance("--pool6", WKP, "--pool4", P)
    source = mapped()
    at_home(False)
    assert mapped() == source


if __name__ == "__main__":
    run_tests()
    at_home(False)
