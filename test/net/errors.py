#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""errors.py - ICMP errors: whose address they come from, how long they are, and
what is appended to them.

headers.sh runs this in the router's namespace.
"""

import struct

from lab import (C, C2, CPORT, OTHER, P, P2, PPORT, ROUTER4, S, S6, SPORT, WKP,
                 config, error6, in4, in6, instance, lab, out4, out6,
                 quoted_ident, run, run_tests, statics, test, v4, v6, word)
from wire import (ICMP, ICMP6, addr, checksum, compare, embed, icmp4, icmp6,
                  ip4, ip6, text)

HOP = "2001:db8:c::99"                      # a router that has no IPv4 address


@test("an instance with static BIB entries")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P, "--pool4", P2)
    statics()


# --- what is built and taken apart -----------------------------------------

def extension(*objects: bytes) -> bytes:
    """RFC 4884 s7: version 2 and a checksum, then objects."""
    body = b"\x20\0\0\0" + b"".join(objects)
    return body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def item(class_num: int, kind: int, data: bytes) -> bytes:
    return struct.pack("!HBB", 4 + len(data), class_num, kind) + data


def interface(address: str) -> bytes:
    """RFC 5837 s4: what arrived at an interface of this IPv6 address: role 0,
    an address sub-object, whose family is 2."""
    return item(2, 4, struct.pack("!HH", 2, 0) + addr(address))


LABELS = item(1, 1, b"\0\x10\x01\x3f")      # RFC 4950


def padded(packet: bytes, size: int) -> bytes:
    return packet + bytes(size - len(packet))


def from_inside(src: str, kind: int, code: int, field: bytes, quoted: bytes
                ) -> bytes:
    """The one packet that the error becomes on the IPv4 side."""
    got6, got4 = lab.from6(ip6(src, S6, ICMP6,
                               icmp6(src, S6, kind, code, field, quoted)))
    compare(got6, [])
    assert len(got4) == 1, f"{len(got4)} packets came, expected an error"
    assert got4[0][16:20] == addr(S), got4[0].hex()
    assert len(got4[0]) <= 576, f"{len(got4[0])} bytes"
    return got4[0]


def from_outside(kind: int, code: int, field: bytes, quoted: bytes) -> bytes:
    got6, got4 = lab.from4(ip4(OTHER, P, ICMP, icmp4(kind, code, field,
                                                     quoted)))
    compare(got4, [])
    assert len(got6) == 1, f"{len(got6)} packets came, expected an error"
    assert len(got6[0]) <= 1280, f"{len(got6[0])} bytes"
    return got6[0]


def expect4(got: bytes, src: str, kind: int, code: int, quoted: bytes,
            appended: bytes, pointer: int = 0) -> None:
    """A valid RFC 4884 structure: of the quoted packet 128 octets or more, as
    the length attribute says, and the extension."""
    size = got[25] * 4
    assert size >= 128, f"{size} bytes are the original datagram"
    field = bytes([pointer, size // 4, 0, 0])
    body = padded(quoted[:size], size) + appended
    df = len(got) > 1260
    expected = ip4(src, S, ICMP, icmp4(kind, code, field, body), ttl=63, df=df)
    compare([got], [quoted_ident(got, expected)])


# --- routers that have no IPv4 address, RFC 6791 ---------------------------

ABOUT6 = in6(hops=11)                       # a packet of S, and what S sent
ABOUT4 = in4(ttl=11)

KINDS = {(1, 0, 0): (3, 1, 0), (1, 1, 0): (3, 10, 0), (3, 0, 0): (11, 0, 0),
         (3, 1, 0): (11, 1, 0), (4, 0, 6): (12, 0, 9)}


def test_hop(kind6: tuple[int, int, int], kind4: tuple[int, int, int]) -> None:
    got = from_inside(HOP, *kind6[:2], word(kind6[2]), ABOUT6)
    expect4(got, ROUTER4, *kind4[:2], ABOUT4, extension(interface(HOP)),
            kind4[2])


for _kind6, _kind4 in KINDS.items():
    test(f"ICMPv4 {_kind4[0]}/{_kind4[1]} of a router on the IPv6 side says "
         "its address [6791-1 6791-2 5508-5]")(
             lambda a=_kind6, b=_kind4: test_hop(a, b))


@test("an error of the IPv6 host itself: from its own address "
      "[6791-1 6791-2 5508-5]")
def _() -> None:
    got = from_inside(C, 3, 0, word(0), ABOUT6)
    expected = ip4(P, S, ICMP, icmp4(11, 0, word(0), ABOUT4), ttl=63)
    compare([got], [quoted_ident(got, expected)])


@test("rfc6791v4-prefix: errors of routers come from there [6791-1]")
def _() -> None:
    try:
        config("rfc6791v4-prefix", "198.51.100.200/32")
        got = from_inside(HOP, 3, 0, word(0), ABOUT6)
        expect4(got, "198.51.100.200", 11, 0, ABOUT4, extension(interface(HOP)))
        config("rfc6791v4-prefix", "198.51.100.192/28")
        sources = {from_inside(HOP, 3, 0, word(0), ABOUT6)[12:16]
                   for _ in range(60)}
        inside = {addr(f"198.51.100.{i}") for i in range(192, 208)}
        assert sources <= inside, [text(src) for src in sources]
        # RFC 6791 s5: at random
        assert len(sources) > 1, [text(src) for src in sources]
        got = from_inside(C, 3, 0, word(0), ABOUT6)
        assert got[12:16] == addr(P), got.hex()
    finally:
        config("rfc6791v4-prefix", "none")
    assert from_inside(HOP, 3, 0, word(0), ABOUT6)[12:16] == addr(ROUTER4)


@test("a router's own extension is kept beside its address [6791-2 4884-2]")
def _() -> None:
    quoted = padded(ABOUT6, 128) + extension(LABELS)
    got = from_inside(HOP, 3, 0, bytes([16, 0, 0, 0]), quoted)
    expect4(got, ROUTER4, 11, 0, ABOUT4, extension(LABELS, interface(HOP)))


@test("a router's address has room beside a long quote [6791-2 4884-3]")
def _() -> None:
    data = bytes(i & 255 for i in range(1100))
    got = from_inside(HOP, 3, 0, word(0), in6(data=data, hops=11))
    expect4(got, ROUTER4, 11, 0, in4(data=data, ttl=11),
            extension(interface(HOP)))


# --- extensions without a length attribute, RFC 4884 s5.5 ------------------

@test("ICMPv6: an extension at 128 bytes without length attribute is kept "
      "[4884-4 4884-2]")
def _() -> None:
    quoted = padded(ABOUT6, 128) + extension(LABELS)
    for kind, code, becomes in ((3, 0, (11, 0)), (1, 4, (3, 3))):
        got = from_inside(C, kind, code, word(0), quoted)
        expect4(got, P, *becomes, ABOUT4, extension(LABELS))


@test("ICMPv4: an extension at 128 bytes without length attribute is kept "
      "[4884-4 4884-2]")
def _() -> None:
    about4 = v4(P, S, PPORT, SPORT, ttl=11)
    about6 = v6(C, S6, CPORT, SPORT, hops=11)
    src = embed(WKP, OTHER)
    for kind, code, becomes in ((11, 0, (3, 0)), (3, 3, (1, 4))):
        got = from_outside(kind, code, word(0),
                           padded(about4, 128) + extension(LABELS))
        size = got[44] * 8
        assert size >= 128, f"{size} bytes are the original datagram"
        expected = ip6(src, C, ICMP6, icmp6(
            src, C, *becomes, bytes([size // 8, 0, 0, 0]),
            padded(about6, size) + extension(LABELS)), hops=63)
        compare([got], [expected])


def not_extensions() -> list[bytes]:
    """What is at 128 bytes, but no extension: another version, a wrong
    checksum, only data."""
    good = extension(LABELS)
    wrong = good[:3] + bytes([good[3] ^ 1]) + good[4:]
    return [b"\x10" + good[1:], wrong, bytes(range(12))]


@test("ICMPv6: what is at 128 bytes need not be an extension [4884-4]")
def _() -> None:
    for tail in not_extensions():
        data = bytes(128 - 48) + tail + bytes(60)
        got = from_inside(C, 3, 0, word(0), in6(data=data, hops=11))
        expected = ip4(P, S, ICMP, icmp4(11, 0, word(0),
                                         in4(data=data, ttl=11)), ttl=63)
        compare([got], [quoted_ident(got, expected)])


@test("ICMPv4: what is at 128 bytes need not be an extension [4884-4]")
def _() -> None:
    src = embed(WKP, OTHER)
    for tail in not_extensions():
        data = bytes(128 - 28) + tail + bytes(60)
        got = from_outside(11, 0, word(0), out4(data=data, ttl=11))
        compare([got], [ip6(src, C, ICMP6, icmp6(
            src, C, 3, 0, word(0), out6(data=data, hops=11)), hops=63)])


# --- length ----------------------------------------------------------------

@test("ICMPv4 errors have 576 bytes at most: the quote is cut [4884-3]")
def _() -> None:
    for size in 490, 540, 541, 600, 1184:
        data = bytes(i & 255 for i in range(size))
        got = from_inside(C, 1, 4, word(0), in6(data=data, hops=11))
        quoted = in4(data=data, ttl=11)[:len(got) - 28]
        # RFC 1812 s4.3.2.3: as much as fits
        assert len(got) >= min(576, 56 + size) - 8, f"{len(got)} bytes"
        expected = ip4(P, S, ICMP, icmp4(3, 3, word(0), quoted), ttl=63)
        compare([got], [quoted_ident(got, expected)])


@test("ICMPv4: a long quote is cut, its extension is not [4884-3]")
def _() -> None:
    data = bytes(i & 255 for i in range(1024 - 48))
    quoted = in6(data=data, hops=11) + extension(LABELS)
    got = from_inside(C, 3, 0, bytes([128, 0, 0, 0]), quoted)
    expect4(got, P, 11, 0, in4(data=data, ttl=11), extension(LABELS))


@test("ICMPv6: a long quote is cut to 1280 bytes, its extension is not "
      "[4884-3 7915-9]")
def _() -> None:
    large = extension(item(247, 1, bytes(i & 255 for i in range(300))))
    data = bytes(i * 3 & 255 for i in range(1020 - 28))
    got = from_outside(11, 0, bytes([0, 255, 0, 0]),
                       out4(data=data, ttl=11) + large)
    size = got[44] * 8
    src = embed(WKP, OTHER)
    assert 1280 - 48 - len(large) - 8 < size, f"{size} bytes are quoted"
    compare([got], [ip6(src, C, ICMP6, icmp6(
        src, C, 3, 0, bytes([size // 8, 0, 0, 0]),
        out6(data=data, hops=11)[:size] + large), hops=63)])


# --- hairpinning -----------------------------------------------------------

@test("between two hosts inside: too big for the second leg "
      "[6146-16 7915-24 4787-13]")
def _() -> None:
    target = embed(WKP, P)
    run("ip", "route", "add", C, "via", "2001:db8:1::2", "dev", "lan",
        "mtu", "lock", "1400")
    try:
        fits = bytes(1400 - 48)
        error6(v6(C2, target, CPORT, PPORT, data=fits + b"\0"), 2, 0, 1400)
        got6, got4 = lab.from6(v6(C2, target, CPORT, PPORT, data=fits))
        compare(got4, [])
        compare(got6, [v6(embed(WKP, P2), C, PPORT, CPORT, data=fits,
                          hops=63)])
    finally:
        run("ip", "route", "del", C)


@test("between two hosts inside: the hop limit is used up once [6146-16 D11]")
def _() -> None:
    target = embed(WKP, P)
    error6(v6(C2, target, CPORT, PPORT, hops=1), 3, 0)
    got6, _ = lab.from6(v6(C2, target, CPORT, PPORT, hops=2))
    compare(got6, [v6(embed(WKP, P2), C, PPORT, CPORT, hops=1)])


@test("between two hosts inside: a router's MTU arrives as it was "
      "[5508-7 6146-16 7915-64-2/0 7915-46-3/4]")
def _() -> None:
    """It is translated twice: 20 octets less as IPv4, and 20 more again."""
    src, dst = embed(WKP, P), embed(WKP, P2)
    for mtu, arrives in ((1280, 1280), (1281, 1281), (1400, 1400),
                         (1500, 1500), (9000, 1500)):
        got6, got4 = lab.from6(ip6(C, dst, ICMP6, icmp6(
            C, dst, 2, 0, word(mtu), v6(dst, C, PPORT, CPORT))))
        compare(got4, [])
        compare(got6, [ip6(src, C2, ICMP6, icmp6(
            src, C2, 2, 0, word(arrives), v6(C2, src, CPORT, PPORT)),
            hops=63)])


@test("an error between two hosts inside keeps its extension [5508-7 4884-3]")
def _() -> None:
    seen = v6(embed(WKP, P2), C, PPORT, CPORT, hops=11)
    meant = v6(C2, embed(WKP, P), CPORT, PPORT, hops=11)
    src, dst = embed(WKP, P), embed(WKP, P2)
    got6, _ = lab.from6(ip6(C, dst, ICMP6, icmp6(
        C, dst, 3, 0, bytes([16, 0, 0, 0]),
        padded(seen, 128) + extension(LABELS))))
    assert len(got6) == 1, got6
    size = got6[0][44] * 8
    compare(got6, [ip6(src, C2, ICMP6, icmp6(
        src, C2, 3, 0, bytes([size // 8, 0, 0, 0]),
        padded(meant, size) + extension(LABELS)), hops=63)])


if __name__ == "__main__":
    run_tests()
