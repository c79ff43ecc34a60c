#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""packets.py - crafted packets, and what has to come out, byte by byte.

packets.sh runs this in the router's namespace. The expected packets are
computed here from the RFCs; a number like 7915-20 is a point of the list of
requirements. Static BIB entries tell beforehand what becomes of an address.
"""

import itertools
import os
import struct
import time
from typing import Any

from lab import (C, CPORT, DATA, OTHER, P, P2, PPORT, S, S6, SPORT, WKP, Lab,
                 config, each_proto, error4, error6, in4, in6, instance, l4,
                 lab, link, nat64, out4, out6, quoted_ident, run, run_tests,
                 sessions, silent4, silent6, statics, test, translated4,
                 translated6, v4, v6, word)
from wire import (DEST_OPTIONS, FRAGMENT, HOP_BY_HOP, ICMP, ICMP6, ROUTING, TCP,
                  UDP, addr, checksum, compare, echo4, echo6, embed, extension,
                  fragment, icmp4, icmp6, ip4, ip6, udp, with_ident)


# --- IPv6 to IPv4, RFC 7915 s5.1 -------------------------------------------

@test("an instance with static BIB entries")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P, "--pool4", P2)
    statics()


@each_proto("header fields, IPv6 to IPv4 "
           "[7915-20 7915-26 6146-14 7915-64-128/0]")
def _(proto: int) -> None:
    translated6(out6(proto=proto, hops=57, tc=0xb9, flow=0x12345),
                out4(proto=proto, ttl=56, tos=0xb9))


@each_proto("1260 bytes of IPv4 may be fragmented, 1261 not [7915-20 const-df]")
def _(proto: int) -> None:
    room = 1260 - len(out4(proto=proto, data=b""))
    for size in room, room + 1:
        data = bytes(i * 7 & 255 for i in range(size))
        translated6(out6(proto=proto, data=data),
                    out4(proto=proto, data=data, ttl=63))


@test("packets that may be fragmented have identifications of their own "
      "[7915-20 7857-10]")
def _() -> None:
    _, got4 = lab.from6(*[out6() for _ in range(20)])
    assert len({packet[4:6] for packet in got4}) == 20, "they repeat"


@test("an echo reply, IPv6 to IPv4 [7915-64-129/0]")
def _() -> None:
    translated6(ip6(C, S6, ICMP6, echo6(C, S6, 129, CPORT, 9, DATA)),
                ip4(P, S, ICMP, echo4(0, PPORT, 9, DATA), ttl=63))


@test("a UDP checksum that becomes 0 is sent as 0xffff [7915-26]")
def _() -> None:
    bare = udp(P, S, PPORT, SPORT, b"\0\0")
    data = bare[6:8]            # adds up to the rest: the sum is 0xffff
    assert udp(P, S, PPORT, SPORT, data)[6:8] == b"\xff\xff"
    translated6(out6(data=data), out4(data=data, ttl=63))


@each_proto("hop limit 1: time exceeded [7915-20]")
def _(proto: int) -> None:
    error6(out6(proto=proto, hops=1), 3, 0)
    translated6(out6(proto=proto, hops=2), out4(proto=proto, ttl=1))


CHAINS = {
    "hop-by-hop options": [HOP_BY_HOP],
    "destination options": [DEST_OPTIONS],
    "a routing header": [ROUTING],
    "hop-by-hop, destination, routing and destination headers":
        [HOP_BY_HOP, DEST_OPTIONS, ROUTING, DEST_OPTIONS],
}


def chain(kinds: list[int], last: int, payload: bytes,
          left: int = 0) -> tuple[int, bytes]:
    """Extension headers in front of a payload; a routing header of type 4 with
    LEFT segments to go."""
    following = last
    for kind in reversed(kinds):
        if kind == ROUTING:
            payload = extension(following, bytes([4, left]) + bytes(20)) \
                + payload
        else:
            payload = extension(following) + payload
        following = kind
    return following, payload


def test_chain(kinds: list[int], proto: int) -> None:
    segment = l4(proto, C, S6, CPORT, SPORT)
    translated6(ip6(C, S6, *chain(kinds, *segment)),
                out4(proto=proto, ttl=63))


for _name, _kinds in CHAINS.items():
    each_proto(f"{_name} are left out [7915-21]")(
        lambda p, k=_kinds: test_chain(k, p))


@test("a routing header with segments left is refused [7915-21]")
def _() -> None:
    segment = l4(UDP, C, S6, CPORT, SPORT)
    error6(ip6(C, S6, *chain([ROUTING], *segment, left=1)), 4, 0, 43)
    error6(ip6(C, S6, *chain([DEST_OPTIONS, ROUTING], *segment, left=1)),
           4, 0, 51)


@test("a UDP checksum of 0 is not valid in IPv6 [7915-26]")
def _() -> None:
    packet = out6()
    silent6(packet[:46] + b"\0\0" + packet[48:])


@test("a source inside pool6: dropped [6146-4]")
def _() -> None:
    silent6(v6(embed(WKP, OTHER), S6, CPORT, SPORT))


@test("a source that may not be forwarded is dropped [7915-25]")
def _() -> None:
    for src in "fe80::5", "::ffff:192.0.2.1", "::1", "ff02::5", "::":
        silent6(v6(src, S6, CPORT, SPORT))


@test("a private address in the well-known prefix is dropped "
      "[6052-3 6052-4 D5]")
def _() -> None:
    for inner in ("10.0.0.1", "192.168.1.1", "172.31.255.1", "127.0.0.1",
                  "169.254.1.1", "100.64.0.1"):
        silent6(v6(C, embed(WKP, inner), CPORT, SPORT))


@test("other transport protocols: refused [6146-6 D10]")
def _() -> None:
    for proto in 47, 50, 132, 33:
        # code 4, port unreachable: RFC 6146 s3.4
        error6(ip6(C, S6, proto, DATA), 1, 4)


@test("ICMPv6 messages that have no equivalent are dropped "
      "[7915-64-130 7915-64-x 5508-11]")
def _() -> None:
    for kind in 139, 144, 200, 5, 100:
        silent6(ip6(C, S6, ICMP6, icmp6(C, S6, kind, 0, bytes(4), DATA)))
    for kind in range(130, 138):        # of one link: the router's own affair
        _, got4 = lab.from6(ip6(C, S6, ICMP6, icmp6(C, S6, kind, 0, bytes(4),
                                                    DATA)))
        compare(got4, [])


# --- size, IPv6 to IPv4 ----------------------------------------------------

@test("larger than the IPv4 link: packet too big [7915-24 4787-13]")
def _() -> None:
    link("wan", 1400)
    try:
        fits = bytes(1400 - 28)
        error6(out6(data=fits + b"\0"), 2, 0, 1420)
        translated6(out6(data=fits), out4(data=fits, ttl=63))
    finally:
        link("wan", 1500)


@test("never a path MTU below 1280; small packets are fragmented "
      "[7915-23 4787-13]")
def _() -> None:
    data = bytes(i & 255 for i in range(1280 - 48))
    link("wan", 1000)
    try:
        error6(out6(data=data + b"\0"), 2, 0, 1280)
        whole = udp(P, S, PPORT, SPORT, data)
        got6, got4 = lab.from6(out6(data=data))
        compare(got6, [])
        size = (1000 - 20) // 8 * 8
        assert len(got4) == 2, f"{len(got4)} packets came, expected 2 fragments"
        ident = int.from_bytes(got4[0][4:6], "big")
        compare(got4, [
            ip4(P, S, UDP, whole[:size], ttl=63, ident=ident, mf=True),
            ip4(P, S, UDP, whole[size:], ttl=63, ident=ident, offset=size)])
    finally:
        link("wan", 1500)


# --- fragments, RFC 7915 s5.1.1 --------------------------------------------

def cut6(whole: bytes, sizes: list[int], proto: int = UDP, src: str = C,
         dst: str = S6, ident: int = 0x12345678, **fields: int) -> list[bytes]:
    """The fragments of an IPv6 packet, the last as long as need be."""
    packets, start = [], 0
    for size in [*sizes, len(whole) - sum(sizes)]:
        end = start + size
        packets.append(ip6(src, dst, FRAGMENT, fragment(
            proto, start, end < len(whole), ident, whole[start:end]),
            **fields))
        start = end
    return packets


def cut4(whole: bytes, sizes: list[int], proto: int = UDP, src: str = P,
         dst: str = S, ident: int = 0x5678, ttl: int = 63) -> list[bytes]:
    packets, start = [], 0
    for size in [*sizes, len(whole) - sum(sizes)]:
        end = start + size
        packets.append(ip4(src, dst, proto, whole[start:end], ident=ident,
                           mf=end < len(whole), offset=start, ttl=ttl))
        start = end
    return packets


LONG = bytes(i * 13 & 255 for i in range(2000))


def fragments64(sent: list[bytes], expected: list[bytes]) -> None:
    """The identification of what has been reassembled on the way (6146-7) is
    new, one for all fragments."""
    got6, got4 = lab.from6(*sent)
    compare(got6, [])
    assert got4, "nothing came"
    compare(got4, [with_ident(packet, got4[0][4:6]) for packet in expected])


@each_proto("fragments, IPv6 to IPv4 [7915-22 6146-7 4787-13]")
def _(proto: int) -> None:
    number6, whole6 = l4(proto, C, S6, CPORT, SPORT, LONG)
    number4, whole4 = l4(proto, P, S, PPORT, SPORT, LONG)
    fragments64(cut6(whole6, [1240], number6), cut4(whole4, [1240], number4))


@test("fragments out of order, IPv6 to IPv4 [6146-7 4787-14]")
def _() -> None:
    whole6 = udp(C, S6, CPORT, SPORT, LONG)
    whole4 = udp(P, S, PPORT, SPORT, LONG)
    fragments64(cut6(whole6, [1240])[::-1], cut4(whole4, [1240]))


@test("a packet that is a single fragment may be fragmented on [7915-22]")
def _() -> None:
    data = LONG[:1300]
    translated6(ip6(C, S6, FRAGMENT, fragment(
        UDP, 0, False, 0x12345678, udp(C, S6, CPORT, SPORT, data))),
        ip4(P, S, UDP, udp(P, S, PPORT, SPORT, data), ttl=63))


@test("a fragment that starts with an extension header is dropped [7915-22]")
def _() -> None:
    segment = l4(UDP, C, S6, CPORT, SPORT)
    following, payload = chain([DEST_OPTIONS], *segment)
    got6, got4 = lab.from6(ip6(C, S6, FRAGMENT, fragment(
        following, 0, False, 1, payload)))
    compare(got4, [])
    assert len(got6) <= 1       # RFC 7915 s5.4 lets an error be sent


@test("fragments are waited for, 2 s at least [6146-7 const-fragment-min]")
def _() -> None:
    sent6 = cut6(udp(C, S6, CPORT, SPORT, LONG), [1240], ident=99)
    sent4 = cut4(udp(S, P, SPORT, PPORT, LONG), [1200], src=S, dst=P, ttl=64)
    silent6(sent6[0])
    silent4(sent4[0])
    time.sleep(2.1)
    fragments64([sent6[1]], cut4(udp(P, S, PPORT, SPORT, LONG), [1240]))
    translated4(sent4[1], *cut6(udp(S6, C, SPORT, CPORT, LONG), [1200],
                                src=S6, dst=C, ident=0x5678, hops=63))


@test("overlapping fragments are dropped (RFC 8200 s4.5)")
def _() -> None:
    whole = udp(C, S6, CPORT, SPORT, LONG)
    first, second = cut6(whole, [1240], ident=77)
    overlap = ip6(C, S6, FRAGMENT,
                  fragment(UDP, 1232, False, 77, whole[1232:]))
    silent6(first, overlap, second)


# --- IPv4 to IPv6, RFC 7915 s4.1 -------------------------------------------

@each_proto("header fields, IPv4 to IPv6 [7915-1 7915-5 7915-46-8/0]")
def _(proto: int) -> None:
    for df in False, True:
        translated4(in4(proto=proto, ttl=33, tos=0x2e, ident=0x4711, df=df),
                    in6(proto=proto, hops=32, tc=0x2e))


@test("an echo reply, IPv4 to IPv6 [7915-46-0/0]")
def _() -> None:
    translated4(ip4(S, P, ICMP, echo4(0, PPORT, 9, DATA)),
                ip6(S6, C, ICMP6, echo6(S6, C, 129, CPORT, 9, DATA), hops=63))


@test("an absent UDP checksum is computed [6146-8 7915-7 D4]")
def _() -> None:
    packet = in4()
    translated4(packet[:26] + b"\0\0" + packet[28:], in6(hops=63))


@test("an absent UDP checksum of a fragmented packet is computed [6146-8]")
def _() -> None:
    whole = udp(S, P, SPORT, PPORT, LONG)
    whole = whole[:6] + b"\0\0" + whole[8:]
    translated4(cut4(whole, [1200], src=S, dst=P, ttl=64),
                *cut6(udp(S6, C, SPORT, CPORT, LONG), [1200], src=S6, dst=C,
                      ident=0x5678, hops=63))


@each_proto("TTL 1 is used up [7915-1]")
def _(proto: int) -> None:
    error4(in4(proto=proto, ttl=1), 11, 0)
    translated4(in4(proto=proto, ttl=2), in6(proto=proto, hops=1))


@test("IPv4 options are left out [7915-2]")
def _() -> None:
    for options in b"\x01\x01\x01\0", b"\x07\x0b\x04" + bytes(8) + b"\0":
        translated4(in4(options=options), in6(hops=63))


@test("a source route that is not used up is refused [7915-2]")
def _() -> None:
    for kind in b"\x83", b"\x89":
        options = kind + b"\x07\x04" + addr(OTHER) + b"\0"
        error4(in4(options=options), 3, 5)


@test("a source route that is used up is left out [7915-2]")
def _() -> None:
    for kind in b"\x83", b"\x89":
        options = kind + b"\x07\x08" + addr(OTHER) + b"\0"
        translated4(in4(options=options), in6(hops=63))


@test("an IPv4 source that may not be forwarded is dropped [7915-3]")
def _() -> None:
    for src in "0.0.0.1", "127.0.0.1", "224.0.0.5", "240.0.0.1", \
            "255.255.255.255":
        silent4(v4(src, P, SPORT, PPORT))


@test("other transport protocols to pool4 do not get through [6146-6 D10]")
def _() -> None:
    for proto in 47, 50, 132, 33:
        got6, _ = lab.from4(ip4(S, P, proto, DATA))
        compare(got6, [])


# --- size and fragments, IPv4 to IPv6 --------------------------------------

@test("DF and larger than the IPv6 link: fragmentation needed "
      "[7915-4 4787-13]")
def _() -> None:
    link("lan", 1400)
    try:
        fits = bytes(1400 - 48)
        error4(in4(data=fits + b"\0", df=True), 3, 4, 1380)
        translated4(in4(data=fits, df=True), in6(data=fits, hops=63))
    finally:
        link("lan", 1500)


@each_proto("larger than 1280 without DF: fragmented "
           "[7915-4 const-lowest-ipv6-mtu]")
def _(proto: int) -> None:
    data = LONG[:1400]
    number, whole = l4(proto, S6, C, SPORT, CPORT, data, back=True)
    translated4(in4(proto=proto, data=data, ident=0x4711),
                *cut6(whole, [1232], number, src=S6, dst=C, ident=0x4711,
                      hops=63))


@test("as large as 1280 allows without DF: whole [7915-5]")
def _() -> None:
    data = bytes(1280 - 48)
    translated4(in4(data=data), in6(data=data, hops=63))


@test("lowest-ipv6-mtu is the limit of those without DF "
      "[7915-4 const-lowest-ipv6-mtu]")
def _() -> None:
    data = LONG[:1440]
    config("lowest-ipv6-mtu", "1400")
    try:
        whole = udp(S6, C, SPORT, CPORT, data)
        translated4(in4(data=data, ident=0x4711),
                    *cut6(whole, [1352], src=S6, dst=C, ident=0x4711, hops=63))
        translated4(in4(data=data[:1352]), in6(data=data[:1352], hops=63))
    finally:
        config("lowest-ipv6-mtu", "1280")


@each_proto("fragments, IPv4 to IPv6 [7915-5 7915-6 6146-7 4787-13]")
def _(proto: int) -> None:
    number6, whole6 = l4(proto, S6, C, SPORT, CPORT, LONG, back=True)
    number4, whole4 = l4(proto, S, P, SPORT, PPORT, LONG, back=True)
    translated4(cut4(whole4, [1200], number4, src=S, dst=P, ttl=64),
                *cut6(whole6, [1200], number6, src=S6, dst=C, ident=0x5678,
                      hops=63))


@test("fragments that come in disorder, IPv4 to IPv6 [6146-7 4787-14]")
def _() -> None:
    whole6 = udp(S6, C, SPORT, CPORT, LONG)
    whole4 = udp(S, P, SPORT, PPORT, LONG)
    translated4(cut4(whole4, [1200], src=S, dst=P, ttl=64)[::-1],
                *cut6(whole6, [1200], src=S6, dst=C, ident=0x5678, hops=63))


# --- ICMPv4 errors to IPv6, RFC 7915 s4.2 and s4.3 -------------------------

def error_pair46(kind4: tuple[int, int, int], kind6: tuple[int, int, int],
                 proto: int = UDP, src: str = OTHER, size: int | None = None,
                 length: int = 33) -> tuple[bytes, bytes]:
    """An ICMPv4 error of SRC about a packet of C, of which SIZE bytes of the
    segment are quoted, and what it has to become."""
    data = bytes(length)
    quoted4 = v4(P, S, PPORT, SPORT, proto=proto, ttl=11, tos=3, data=data,
                 ident=0x99)
    quoted6 = v6(C, S6, CPORT, SPORT, proto=proto, hops=11, tc=3, data=data)
    if size is not None:
        quoted4, quoted6 = quoted4[:20 + size], quoted6[:40 + size]
    src6 = embed(WKP, src)
    kind, code, field = kind4
    packet4 = ip4(src, P, ICMP, icmp4(kind, code, word(field), quoted4))
    kind, code, field = kind6
    return packet4, ip6(src6, C, ICMP6, icmp6(
        src6, C, kind, code, word(field), quoted6[:1280 - 48]), hops=63)


ICMP46: dict[tuple[int, int], tuple[int, int, int] | None] = {
    (3, 0): (1, 0, 0), (3, 1): (1, 0, 0), (3, 2): (4, 1, 6), (3, 3): (1, 4, 0),
    (3, 5): (1, 0, 0), (3, 6): (1, 0, 0), (3, 7): (1, 0, 0), (3, 8): (1, 0, 0),
    (3, 9): (1, 1, 0), (3, 10): (1, 1, 0), (3, 11): (1, 0, 0),
    (3, 12): (1, 0, 0), (3, 13): (1, 1, 0), (3, 14): None, (3, 15): (1, 1, 0),
    (3, 16): None, (4, 0): None, (5, 0): None, (5, 1): None, (6, 0): None,
    (9, 0): None, (10, 0): None, (11, 0): (3, 0, 0), (11, 1): (3, 1, 0),
    (12, 1): None, (12, 3): None, (13, 0): None, (14, 0): None, (15, 0): None,
    (16, 0): None, (17, 0): None, (18, 0): None, (40, 0): None,
}


def test_icmp46(kind4: tuple[int, int, int],
                kind6: tuple[int, int, int] | None) -> None:
    # A query would have the identifier of a mapping: only its type is at fault.
    if not kind6:
        kind4 = *kind4[:2], PPORT << 16 | 7
    packet, expected = error_pair46(kind4, kind6 or (0, 0, 0))
    translated4(packet, *([expected] if kind6 else []))


for _kind4, _kind6 in ICMP46.items():
    _becomes = f"becomes ICMPv6 {_kind6[0]}/{_kind6[1]}" if _kind6 \
        else "is dropped"
    test(f"ICMPv4 {_kind4[0]}/{_kind4[1]} {_becomes} "
         f"[7915-46-{_kind4[0]}/{_kind4[1]}]")(
        lambda a=(*_kind4, 0), b=_kind6: test_icmp46(a, b))


POINTER46 = {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6, 12: 8, 13: 8, 14: 8, 15: 8,
             16: 24, 17: 24, 18: 24, 19: 24}


@test("ICMPv4 parameter problems, every pointer "
      "[7915-46-12/0 7915-46-12/2 7915-46-p*]")
def _() -> None:
    for code, pointer in itertools.product((0, 2), range(24)):
        where = POINTER46.get(pointer)
        kind6 = None if where is None else (4, 0, where)
        test_icmp46((12, code, pointer << 24), kind6)


@test("fragmentation needed, every MTU [7915-46-3/4]")
def _() -> None:
    for mtu, becomes in ((1400, 1420), (1280, 1300), (1261, 1281), (1260, 1280),
                         (1000, 1280), (576, 1280), (68, 1280), (1480, 1500),
                         (1490, 1500), (1500, 1500), (9000, 1500),
                         (65535, 1500)):
        test_icmp46((3, 4, mtu), (2, 0, becomes))


@test("fragmentation needed without MTU: the plateaus "
      "[7915-46-3/4 const-plateaus]")
def _() -> None:
    for length, becomes in ((9000, 1500), (2002, 1500), (1500, 1500),
                            (1492, 1280), (1300, 1280), (600, 1280)):
        packet, expected = error_pair46((3, 4, 0), (2, 0, becomes),
                                        length=length - 28, size=500)
        translated4(packet, expected)


@test("fragmentation needed: the MTU of the IPv4 link counts [7915-46-3/4]")
def _() -> None:
    link("wan", 1400)
    try:
        test_icmp46((3, 4, 1500), (2, 0, 1420))
    finally:
        link("wan", 1500)


@each_proto("the quoted packet is translated, IPv4 to IPv6 "
           "[7915-9 6146-15 5382-9 5508-4]")
def _(proto: int) -> None:
    for size in None, 8, 12, 20:
        packet, expected = error_pair46((11, 0, 0), (3, 0, 0), proto, size=size)
        translated4(packet, expected)


@test("a long quoted packet: 1280 bytes of ICMPv6 at most "
      "[7915-9 4884-3]")
def _() -> None:
    packet, expected = error_pair46((11, 0, 0), (3, 0, 0), length=1400)
    assert len(expected) == 1280
    translated4(packet[:1500], expected)


@test("options of the quoted packet are left out [5508-3]")
def _() -> None:
    quoted4 = v4(P, S, PPORT, SPORT, options=b"\x01\x01\x01\0", ttl=11)
    quoted6 = v6(C, S6, CPORT, SPORT, hops=11)
    src = embed(WKP, OTHER)
    translated4(ip4(OTHER, P, ICMP, icmp4(11, 0, word(0), quoted4)),
                ip6(src, C, ICMP6, icmp6(src, C, 3, 0, word(0), quoted6),
                    hops=63))


@test("an error of an address that may not be a source gets through [7915-3]")
def _() -> None:
    packet, expected = error_pair46((11, 0, 0), (3, 0, 0), src="240.0.0.1")
    config("wkp-strict", "off")
    try:
        translated4(packet, expected)
    finally:
        config("wkp-strict", "on")


def from_peer() -> bytes:
    """The translated error, with the remote endpoint as source (RFC 6146 s3.7)."""
    quoted6 = v6(C, S6, CPORT, SPORT, hops=11, tc=3, data=bytes(33))
    return ip6(S6, C, ICMP6, icmp6(S6, C, 3, 0, word(0), quoted6), hops=63)


@test("64:ff9b::/96 does not show a private sender of an error: the peer does "
      "[6052-3]")
def _() -> None:
    for src in "240.0.0.1", "10.0.0.1":
        packet, _ = error_pair46((11, 0, 0), (3, 0, 0), src=src)
        translated4(packet, from_peer())


@test("source-icmpv6-errors-better off: the remote is the source [5508-4]")
def _() -> None:
    config("source-icmpv6-errors-better", "off")
    try:
        packet, _ = error_pair46((11, 0, 0), (3, 0, 0))
        translated4(packet, from_peer())
    finally:
        config("source-icmpv6-errors-better", "on")


@test("ICMPv4 errors that are dropped: checksum, error in error, no mapping "
      "[5508-3 5508-4 6146-5]")
def _() -> None:
    packet, _ = error_pair46((3, 3, 0), (1, 4, 0))
    silent4(packet[:22] + bytes([packet[22] ^ 1]) + packet[23:])
    silent4(ip4(OTHER, P, ICMP, icmp4(3, 3, word(0), packet)))
    silent4(ip4(OTHER, P, ICMP, icmp4(3, 3, word(0),
                                      v4(P, S, 3999, SPORT))))
    silent4(ip4(OTHER, P, ICMP, icmp4(3, 3, word(0), ip4(P, S, 47, DATA))))


EXTENSION4884 = b"\x20\0\0\0" + struct.pack("!HBB", 8, 2, 1) + b"\1\2\3\4"
EXTENSION4884 = EXTENSION4884[:2] + struct.pack(
    "!H", checksum(EXTENSION4884)) + EXTENSION4884[4:]


@test("an extension of an ICMPv4 error is kept [4884-1 4884-2 4884-3]")
def _() -> None:
    quoted4 = v4(P, S, PPORT, SPORT, ttl=11)
    quoted6 = v6(C, S6, CPORT, SPORT, hops=11)
    original = quoted4 + bytes(128 - len(quoted4))
    got6, got4 = lab.from4(ip4(OTHER, P, ICMP, icmp4(
        11, 0, bytes([0, 128 // 4, 0, 0]), original + EXTENSION4884)))
    compare(got4, [])
    assert len(got6) == 1, f"{len(got6)} packets came"
    size = got6[0][44] * 8
    assert size >= 128, f"{size} bytes are the original datagram"
    src = embed(WKP, OTHER)
    padded = quoted6 + bytes(size - len(quoted6))
    compare(got6, [ip6(src, C, ICMP6, icmp6(
        src, C, 3, 0, bytes([size // 8, 0, 0, 0]), padded + EXTENSION4884),
        hops=63)])


# --- ICMPv6 errors to IPv4, RFC 7915 s5.2 and s5.3 -------------------------

def error_pair64(kind6: tuple[int, int, int], kind4: tuple[int, int, int],
                 proto: int = UDP, size: int | None = None, length: int = 33
                 ) -> tuple[bytes, bytes]:
    """An ICMPv6 error of C about a packet of S, and what it has to become."""
    data = bytes(length)
    quoted6 = in6(proto=proto, hops=11, tc=3, data=data)
    quoted4 = in4(proto=proto, ttl=11, tos=3, data=data)
    if size is not None:
        quoted6, quoted4 = quoted6[:40 + size], quoted4[:20 + size]
    kind, code, field = kind6
    packet6 = ip6(C, S6, ICMP6, icmp6(C, S6, kind, code, word(field),
                                      quoted6[:1280 - 48]))
    kind, code, field = kind4
    return packet6, ip4(P, S, ICMP, icmp4(kind, code, word(field), quoted4),
                        ttl=63)


def expect_error4(sent: bytes, expected: bytes | None) -> None:
    got6, got4 = lab.from6(sent)
    compare(got6, [])
    if expected is None:
        compare(got4, [])
        return
    assert len(got4) == 1, f"{len(got4)} packets came, expected an error"
    assert not got4[0][34] & 0x3f and not got4[0][35], "the quote is a fragment"
    compare(got4, [quoted_ident(got4[0], expected)])


ICMP64: dict[tuple[int, int], tuple[int, int, int] | None] = {
    (1, 0): (3, 1, 0), (1, 1): (3, 10, 0), (1, 2): (3, 1, 0), (1, 3): (3, 1, 0),
    (1, 4): (3, 3, 0), (1, 5): None, (1, 6): None, (1, 7): None,
    (3, 0): (11, 0, 0), (3, 1): (11, 1, 0), (4, 1): (3, 2, 0), (4, 2): None,
    (127, 0): None, (0, 0): None,
}


def row64(kind: int, code: int) -> str:
    """The row of the RFC's table."""
    return f"{kind}/{min(code, 5)}" if kind in (1, 3, 4) else "x"


def test_icmp64(kind6: tuple[int, int, int],
                kind4: tuple[int, int, int] | None) -> None:
    packet, expected = error_pair64(kind6, kind4 or (0, 0, 0))
    expect_error4(packet, expected if kind4 else None)


for _kind6, _kind4 in ICMP64.items():
    _becomes = f"becomes ICMPv4 {_kind4[0]}/{_kind4[1]}" if _kind4 \
        else "is dropped"
    test(f"ICMPv6 {_kind6[0]}/{_kind6[1]} {_becomes} "
         f"[7915-64-{row64(*_kind6)}]")(
        lambda a=(*_kind6, 0), b=_kind4: test_icmp64(a, b))


POINTER64 = {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8} \
    | {i: 12 for i in range(8, 24)} | {i: 16 for i in range(24, 40)}


@test("ICMPv6 parameter problems, every pointer [7915-64-4/0 7915-64-p*]")
def _() -> None:
    for pointer in [*range(44), 256, 65536, 1 << 24]:
        where = POINTER64.get(pointer)
        test_icmp64((4, 0, pointer),
                    None if where is None else (12, 0, where << 24))


@test("packet too big, every MTU [7915-64-2/0]")
def _() -> None:
    for mtu, becomes in ((1280, 1260), (1400, 1380), (1500, 1480), (1520, 1480),
                         (9000, 1480), (1 << 20, 1480)):
        test_icmp64((2, 0, mtu), (3, 4, becomes))


@test("packet too big: the MTU of the IPv4 link counts [7915-64-2/0]")
def _() -> None:
    link("wan", 1300)
    try:
        test_icmp64((2, 0, 1500), (3, 4, 1300))
    finally:
        link("wan", 1500)


@test("packet too big about a fragment: room for its header [7915-64-2/0]")
def _() -> None:
    whole = udp(S6, C, SPORT, CPORT, LONG)
    quoted6 = cut6(whole, [1352], src=S6, dst=C, ident=0x4711)[0][:200]
    quoted4 = cut4(udp(S, P, SPORT, PPORT, LONG), [1352], src=S, dst=P,
                   ident=0x4711, ttl=64)[0][:172]
    translated6(ip6(C, S6, ICMP6, icmp6(C, S6, 2, 0, word(1400), quoted6)),
                ip4(P, S, ICMP, icmp4(3, 4, word(1372), quoted4), ttl=63))


@each_proto("the quoted packet is translated, IPv6 to IPv4 "
           "[7915-9 6146-15 5382-9 5508-5]")
def _(proto: int) -> None:
    for size in None, 8, 12, 20:
        expect_error4(*error_pair64((3, 0, 0), (11, 0, 0), proto, size=size))


@test("extension headers of the quoted packet are left out [7915-21]")
def _() -> None:
    segment = l4(UDP, S6, C, SPORT, CPORT)
    quoted6 = ip6(S6, C, *chain([DEST_OPTIONS], *segment), hops=11)
    quoted4 = v4(S, P, SPORT, PPORT, ttl=11)
    expect_error4(
        ip6(C, S6, ICMP6, icmp6(C, S6, 3, 0, word(0), quoted6)),
        ip4(P, S, ICMP, icmp4(11, 0, word(0), quoted4), ttl=63))


@test("a long quoted packet, IPv6 to IPv4: a prefix of it is quoted")
def _() -> None:
    packet, whole = error_pair64((1, 4, 0), (3, 3, 0), length=1100)
    _, got4 = lab.from6(packet)
    assert len(got4) == 1 and len(got4[0]) >= 20 + 8 + 28
    got = got4[0]
    cut = ip4(P, S, ICMP, whole[20:len(got)], ttl=63, df=len(got) > 1260)
    cut = cut[:20] + icmp4(3, 3, word(0), cut[28:])
    compare(got4, [quoted_ident(got, cut)])


@test("ICMPv6 errors that are dropped: checksum, error in error, no mapping "
      "[5508-3 5508-5 6146-5]")
def _() -> None:
    packet, _ = error_pair64((1, 4, 0), (3, 3, 0))
    silent6(packet[:42] + bytes([packet[42] ^ 1]) + packet[43:])
    silent6(ip6(C, S6, ICMP6, icmp6(C, S6, 1, 4, word(0), packet)))
    silent6(ip6(C, S6, ICMP6, icmp6(C, S6, 1, 4, word(0),
                                    v6(S6, C, SPORT, 1999))))
    silent6(ip6(C, S6, ICMP6, icmp6(C, S6, 1, 4, word(0),
                                    ip6(S6, C, 47, DATA))))


@test("an extension of an ICMPv6 error is kept [4884-1 4884-2 4884-3]")
def _() -> None:
    quoted6 = v6(S6, C, SPORT, CPORT, hops=11)
    quoted4 = v4(S, P, SPORT, PPORT, ttl=11)
    original = quoted6 + bytes(128 - len(quoted6))
    got6, got4 = lab.from6(ip6(C, S6, ICMP6, icmp6(
        C, S6, 3, 0, bytes([128 // 8, 0, 0, 0]), original + EXTENSION4884)))
    compare(got6, [])
    assert len(got4) == 1, f"{len(got4)} packets came"
    size = got4[0][25] * 4
    assert size >= 128, f"{size} bytes are the original datagram"
    padded = quoted4 + bytes(size - len(quoted4))
    expected = ip4(P, S, ICMP, icmp4(
        11, 0, bytes([0, size // 4, 0, 0]), padded + EXTENSION4884), ttl=63)
    compare(got4, [quoted_ident(got4[0], expected)])


@test("ICMP errors make no session [6146-9 5508-6]")
def _() -> None:
    nat64("session", "flush")
    lab.from6(error_pair64((1, 4, 0), (3, 3, 0))[0])
    lab.from4(error_pair46((3, 3, 0), (1, 4, 0))[0])
    assert not sessions(), sessions()


# --- configuration keys that change packets --------------------------------

@test("override-tos and tos [7915-20]")
def _() -> None:
    config("override-tos", "on", "tos", "40")
    translated6(out6(tc=3), out4(tos=40, ttl=63))
    config("override-tos", "off", "tos", "0")
    translated6(out6(tc=3), out4(tos=3, ttl=63))


@test("zeroize-traffic-class [7915-1]")
def _() -> None:
    config("zeroize-traffic-class", "on")
    translated4(in4(tos=3), in6(hops=63))
    config("zeroize-traffic-class", "off")
    translated4(in4(tos=3), in6(tc=3, hops=63))


@test("drop-icmpv6-info drops pings and nothing else")
def _() -> None:
    config("drop-icmpv6-info", "on")
    silent6(out6(proto=ICMP))
    translated6(out6(), out4(ttl=63))
    config("drop-icmpv6-info", "off")
    translated6(out6(proto=ICMP), out4(proto=ICMP, ttl=63))


@test("mtu-plateaus [const-plateaus]")
def _() -> None:
    config("mtu-plateaus", "1450,1350,68")
    packet, expected = error_pair46((3, 4, 0), (2, 0, 1370), length=1372,
                                    size=500)
    translated4(packet, expected)
    config("mtu-plateaus", "65535,32000,17914,8166,4352,2002,1492,1006,508,"
           "296,68")


@test("manually-enabled off: packets are not translated")
def _() -> None:
    config("manually-enabled", "off")
    for packet in out6(), out6(proto=TCP), out6(proto=ICMP):
        _, got4 = lab.from6(packet)
        compare(got4, [])
    got6, _ = lab.from4(in4())
    compare(got6, [])
    config("manually-enabled", "on")
    translated6(out6(), out4(ttl=63))


# --- what is not for us ----------------------------------------------------

def forwarded(sender: Any, *packets: bytes) -> None:
    """They come out as they went in, but for hop limit or TTL."""
    def hop(packet: bytes) -> bytes:
        if packet[0] >> 4 == 6:
            return packet[:7] + bytes([packet[7] - 1]) + packet[8:]
        packet = packet[:8] + bytes([packet[8] - 1]) + packet[9:]
        return with_ident(packet, packet[4:6])      # and the checksum
    before = nat64("stats", "show")[0]
    got = sender(*packets)[sender == lab.from6]
    after = nat64("stats", "show")[0]
    assert got == [hop(packet) for packet in packets], \
        [packet[:160].hex() for packet in got]
    assert before == after, "they are counted"


@test("IPv6 packets that are not for pool6 are forwarded as they are [6146-4]")
def _() -> None:
    dst = "2001:db8:5e::1"
    run("ip", "route", "add", dst, "dev", "wan")
    run("ip", "neigh", "add", dst, "dev", "wan", "lladdr",
        os.environ["server_mac"])
    segment = l4(UDP, C, dst, CPORT, SPORT)
    bare = udp(C, dst, CPORT, SPORT, DATA)
    forwarded(lab.from6, v6(C, dst, CPORT, SPORT, tc=0xb9, flow=0x54321),
              v6(C, dst, CPORT, SPORT, proto=TCP),
              v6(C, dst, CPORT, SPORT, proto=ICMP),
              ip6(C, dst, *chain([DEST_OPTIONS], *segment)),
              ip6(C, dst, UDP, bare[:6] + b"\0\0" + bare[8:]),
              ip6(C, dst, 47, DATA))
    forwarded(lab.from6, *cut6(udp(C, dst, CPORT, SPORT, LONG), [1240],
                               dst=dst))


@test("IPv4 packets that are not for pool4 are forwarded as they are [6146-4]")
def _() -> None:
    dst = Lab.LAN4
    forwarded(lab.from4, v4(S, dst, SPORT, CPORT, tos=3, ident=0x4711, df=True),
              v4(S, dst, SPORT, CPORT, proto=TCP, ident=0x4712),
              v4(S, dst, SPORT, CPORT, proto=ICMP, ident=0x4713),
              v4(S, dst, SPORT, CPORT, options=b"\x01\x01\x01\0", ident=5),
              ip4(S, dst, 47, DATA, ident=6))
    forwarded(lab.from4, *cut4(udp(S, dst, SPORT, CPORT, LONG), [1200], src=S,
                               dst=dst, ttl=64))


if __name__ == "__main__":
    run_tests()
