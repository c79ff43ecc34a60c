# SPDX-License-Identifier: GPL-2.0
"""wire.py - packets as bytes, built field by field as the RFCs write them.

Nothing here knows the module: a test computes with it what has to come out.
"""

import socket
import struct

TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS = 0, 43, 44, 60
FIN, SYN, RST, ACK = 1, 2, 4, 16


# --- headers ---------------------------------------------------------------

def addr(text: str) -> bytes:
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return socket.inet_pton(family, text)


def text(binary: bytes) -> str:
    family = socket.AF_INET6 if len(binary) == 16 else socket.AF_INET
    return socket.inet_ntop(family, binary)


def embed(prefix: str, address: str) -> str:
    """RFC 6052 s2.2, octet by octet as in its table."""
    base, length = prefix.split("/")
    where = {"32": (4, 5, 6, 7), "40": (5, 6, 7, 9), "48": (6, 7, 9, 10),
             "56": (7, 9, 10, 11), "64": (9, 10, 11, 12),
             "96": (12, 13, 14, 15)}[length]
    octets = bytearray(addr(base))
    for position, octet in zip(where, addr(address)):
        octets[position] = octet
    return text(bytes(octets))


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def pseudo(src: str, dst: str, proto: int, length: int) -> bytes:
    if ":" in src:
        return addr(src) + addr(dst) + struct.pack("!LL", length, proto)
    return addr(src) + addr(dst) + struct.pack("!BBH", 0, proto, length)


def ip6(src: str, dst: str, proto: int, payload: bytes, *, hops: int = 64,
        tc: int = 0, flow: int = 0, length: int | None = None) -> bytes:
    word = 6 << 28 | tc << 20 | flow
    size = len(payload) if length is None else length
    return (struct.pack("!LHBB", word, size, proto, hops) + addr(src)
            + addr(dst) + payload)


def ip4(src: str, dst: str, proto: int, payload: bytes, *, ttl: int = 64,
        tos: int = 0, ident: int = 0, df: bool = False, mf: bool = False,
        offset: int = 0, options: bytes = b"", length: int | None = None
        ) -> bytes:
    size = 20 + len(options) + len(payload) if length is None else length
    flags = df << 14 | mf << 13 | offset // 8
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, tos, size, ident,
                       flags, ttl, proto, 0) + addr(src) + addr(dst) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def extension(proto: int, body: bytes = b"\x01\x04\0\0\0\0") -> bytes:
    """An IPv6 extension header; its body is a PadN option if not given."""
    assert (2 + len(body)) % 8 == 0
    return struct.pack("!BB", proto, (2 + len(body)) // 8 - 1) + body


def fragment(proto: int, offset: int, more: bool, ident: int,
             payload: bytes) -> bytes:
    return struct.pack("!BBHL", proto, 0, offset | more, ident) + payload


def udp(src: str, dst: str, sport: int, dport: int, data: bytes) -> bytes:
    size = 8 + len(data)
    head = struct.pack("!HHHH", sport, dport, size, 0)
    csum = checksum(pseudo(src, dst, UDP, size) + head + data) or 0xffff
    return head[:6] + struct.pack("!H", csum) + data


def tcp(src: str, dst: str, sport: int, dport: int, flags: int,
        data: bytes = b"", options: bytes = b"", seq: int = 0x01020304,
        ack: int = 0) -> bytes:
    head = struct.pack("!HHLLBBHHH", sport, dport, seq, ack,
                       (20 + len(options)) // 4 << 4, flags, 1000, 0,
                       0) + options
    size = len(head) + len(data)
    csum = checksum(pseudo(src, dst, TCP, size) + head + data)
    return head[:16] + struct.pack("!H", csum) + head[18:] + data


def icmp4(kind: int, code: int, field: bytes, rest: bytes) -> bytes:
    """FIELD is the second 32-bit word of the header."""
    body = struct.pack("!BBH", kind, code, 0) + field + rest
    return body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def icmp6(src: str, dst: str, kind: int, code: int, field: bytes,
          rest: bytes) -> bytes:
    body = struct.pack("!BBH", kind, code, 0) + field + rest
    csum = checksum(pseudo(src, dst, ICMP6, len(body)) + body)
    return body[:2] + struct.pack("!H", csum) + body[4:]


def echo4(kind: int, ident: int, seq: int, data: bytes) -> bytes:
    return icmp4(kind, 0, struct.pack("!HH", ident, seq), data)


def echo6(src: str, dst: str, kind: int, ident: int, seq: int,
          data: bytes) -> bytes:
    return icmp6(src, dst, kind, 0, struct.pack("!HH", ident, seq), data)


# --- comparison ------------------------------------------------------------

def with_ident(packet: bytes, ident: bytes) -> bytes:
    """The IPv4 packet with another identification."""
    size = (packet[0] & 15) * 4
    head = packet[:4] + ident + packet[6:10] + b"\0\0" + packet[12:size]
    return (head[:10] + struct.pack("!H", checksum(head)) + head[12:]
            + packet[size:])


def difference(got: bytes, expected: bytes) -> str:
    at = next((i for i, (a, b) in enumerate(zip(got, expected)) if a != b),
              min(len(got), len(expected)))
    return (f"differs at byte {at} ({len(got)} bytes, expected "
            f"{len(expected)}): got {got[:160].hex()}, expected "
            f"{expected[:160].hex()}")


def compare(got: list[bytes], expected: list[bytes]) -> None:
    """The packets that came are those expected, in this order. The IPv4
    identification of an unfragmented packet is free (RFC 6864 s4.1)."""
    assert len(got) == len(expected), (
        f"{len(got)} packets came, expected {len(expected)}: "
        f"{[packet[:160].hex() for packet in got]}")
    for one, other in zip(got, expected):
        if other[0] >> 4 == 4 and not (other[6] & 0x3f or other[7]):
            other = with_ident(other, one[4:6])
        assert one == other, difference(one, other)
