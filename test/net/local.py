#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""local.py - a pool4 address that is the router's own.

local.sh runs this in the router's namespace. A port of pool4 is the NAT64's, as
if the address were not the router's, unless the router has a socket there.
"""

import socket
import struct
from typing import Any, Callable

from lab import (C, CPORT, OTHER, P, PPORT, ROUTER4, S, SPORT, WKP, config,
                 in4, in6, instance, lab, nat64, run, run_tests, silent4, stat,
                 test, translated4, v4)
from wire import (ACK, FIN, ICMP, RST, SYN, TCP, UDP, addr, compare, echo4,
                  icmp4, ip4, tcp, text, udp)

FREE = 3999                     # a port that nobody has
SOURCES = "0.1.2.3", "127.0.0.1", "240.0.0.1", "255.255.255.255"
ROUTE = b"\x83\x07\x04" + addr(OTHER) + b"\0"


def at_home(home: bool) -> None:
    """Is P an address of the router?"""
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
            test(f"{name}, {'an address of the router' if home else 'not so'}"
                 )(both)
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
    """Nothing comes of the packet, and KEY counts it."""
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

@where("a port of pool4 that nobody has is silent: pool4 is")
def _() -> None:
    counted("drop-no-bib", to(FREE))
    for flags in ACK, RST, FIN | ACK, SYN | FIN:
        counted("drop-no-bib", to(FREE, TCP, flags=flags))
    counted("drop-syn-stored", to(FREE, TCP))


@where("answer-unmapped: UDP is refused, a port that nobody has; pool4 is")
def _() -> None:
    config("answer-unmapped", "on")
    error(to(FREE), 3, 3)


@where("a source that no host has is dropped [7915-3]: pool4 is")
def _() -> None:
    for src in SOURCES:
        for port in PPORT, FREE:
            for proto in UDP, TCP, ICMP:
                counted("drop-address4", to(port, proto, src))


@where("a source route is refused [7915-2]: pool4 is")
def _() -> None:
    for port in PPORT, FREE:
        for proto in UDP, TCP, ICMP:
            error(to(port, proto, options=ROUTE), 3, 5)
    counted("drop-header", to(FREE, options=b"\x83\x02\x04\0"))


@where("a mapping is reached: pool4 is")
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
    # Nobody listens any more; the connection is there.
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


@home("the router answers a ping that is for no inside host")
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


if __name__ == "__main__":
    run_tests()
    at_home(False)
