#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""malformed.py - packets that are not what they say.

malformed.sh runs this in the router's namespace, on an instance with
64:ff9b::/96 and 203.0.113.1. Every packet is accounted for: what the instance
has received is what it has translated, dropped or passed, each for a reason
that it names. And whatever comes out is what it says.
"""

import itertools
import random
import struct
from typing import Callable, Iterable, Iterator

from lab import C, P, ROUTER4, ROUTER6, S, S6, lab, nat64, run_tests, test
from wire import (ACK, DEST_OPTIONS, FRAGMENT, HOP_BY_HOP, ICMP, ICMP6, ROUTING,
                  TCP, UDP, addr, checksum, compare, echo4, echo6, extension,
                  fragment, icmp4, icmp6, ip4, ip6, pseudo, tcp, text, udp)

SEED, MUTATIONS = 6146, 3000
DATA = bytes(range(24))
EXTENSION = b"\x20\0\0\0\0\x08\x01\x01abcd"       # RFC 4884 s7


def accounts() -> tuple[int, int]:
    """Packets received, and packets whose fate is named."""
    stats = nat64("stats", "show", "--all")[0]
    fates = sum(value for name, value in stats.items()
                if name.startswith(("translated", "drop-", "pass-")))
    return stats["received6"] + stats["received4"], fates


def attribute(octets: int, body: int) -> None:
    """RFC 4884 s4: the length attribute is absent, or of 128 octets at least
    and no more than there are."""
    assert not octets or 128 <= octets <= body, f"{octets} of {body} octets"


def sound4(packet: bytes) -> None:
    size, body = len(packet), packet[20:]
    assert packet[0] == 0x45 and checksum(packet[:20]) == 0, "header"
    assert size == int.from_bytes(packet[2:4], "big"), "total length"
    assert text(packet[12:16]) in (P, ROUTER4), text(packet[12:16])
    if packet[9] == ICMP and body[0] in (3, 11, 12):
        assert checksum(body) == 0, "ICMP checksum"
        assert size <= 576, f"an error of {size} bytes"
        attribute(body[5] * 4, len(body) - 8)


def sound6(packet: bytes) -> None:
    size, body, src = len(packet), packet[40:], text(packet[8:24])
    assert size - 40 == int.from_bytes(packet[4:6], "big"), "payload length"
    assert packet[8:20] == addr(S6)[:12] or src == ROUTER6, src
    if packet[6] == ICMP6 and body[0] < 128:
        dst = text(packet[24:40])
        assert checksum(pseudo(src, dst, ICMP6, len(body)) + body) == 0, \
            "ICMPv6 checksum"
        assert size <= 1280, f"an error of {size} bytes"
        if body[0] in (1, 3):
            attribute(body[4] * 8, len(body) - 8)


def sound(packet: bytes) -> None:
    try:
        (sound4 if packet[0] >> 4 == 4 else sound6)(packet)
    except AssertionError as error:
        raise AssertionError(f"{error}: {packet.hex()}") from None


def survives(sender: Callable, packets: Iterable[bytes], least: int
             ) -> list[bytes]:
    """Packets go in, of which at least LEAST are for the instance; what comes
    out at the other side."""
    before = accounts()
    count = 0
    came: list[bytes] = []
    burst: list[bytes] = []
    for packet in itertools.chain(packets, [b""]):
        if packet:
            burst.append(packet)
            count += 1
        if len(burst) == 50 or not packet:
            got = sender(*burst)
            for one in itertools.chain(*got):
                sound(one)
            came += got[sender == lab.from6]
            burst = []
    after = accounts()
    received = after[0] - before[0]
    fates = after[1] - before[1]
    print(f"{count} packets sent, {received} received, {fates} accounted for")
    assert fates == received, f"{received} received, {fates} accounted for"
    assert received >= least, f"only {received} received"
    return came


# --- what is malformed: packets of each kind -------------------------------

def chain(last: int, payload: bytes) -> tuple[int, bytes]:
    payload = extension(last) + payload
    payload = extension(DEST_OPTIONS, bytes([4, 0]) + bytes(20)) + payload
    return HOP_BY_HOP, extension(ROUTING) + payload


def good6() -> dict[str, bytes]:
    """What C sends; it has mappings for port and identifier 2000."""
    quoted = ip6(S6, C, UDP, udp(S6, C, 4000, 2000, DATA))
    long_udp = udp(C, S6, 2000, 4000, bytes(1400))
    return {
        "UDP": ip6(C, S6, UDP, udp(C, S6, 2000, 4000, DATA)),
        "TCP": ip6(C, S6, TCP, tcp(C, S6, 2000, 4000, ACK, DATA,
                                   b"\x02\x04\x05\xa0")),
        "an echo": ip6(C, S6, ICMP6, echo6(C, S6, 128, 2000, 1, DATA)),
        "an ICMPv6 error": ip6(C, S6, ICMP6, icmp6(C, S6, 1, 4, bytes(4),
                                                   quoted)),
        "an ICMPv6 error with extension": ip6(C, S6, ICMP6, icmp6(
            C, S6, 3, 0, bytes([16, 0, 0, 0]),
            quoted + bytes(128 - len(quoted)) + EXTENSION)),
        "extension headers": ip6(C, S6, *chain(
            UDP, udp(C, S6, 2000, 4000, DATA))),
        "a fragment": ip6(C, S6, FRAGMENT, fragment(UDP, 0, True, 7,
                                                    long_udp[:64])),
        "a packet in one fragment": ip6(C, S6, FRAGMENT, fragment(
            UDP, 0, False, 8, udp(C, S6, 2000, 4000, DATA))),
    }


def good4() -> dict[str, bytes]:
    """What S sends to the mappings of C, port and identifier 3000."""
    quoted = ip4(P, S, UDP, udp(P, S, 3000, 4000, DATA))
    long_udp = udp(S, P, 4000, 3000, bytes(1400))
    return {
        "UDP": ip4(S, P, UDP, udp(S, P, 4000, 3000, DATA)),
        "TCP": ip4(S, P, TCP, tcp(S, P, 4000, 3000, ACK, DATA,
                                  b"\x02\x04\x05\xa0")),
        "an echo": ip4(S, P, ICMP, echo4(8, 3000, 1, DATA)),
        "an ICMPv4 error": ip4(S, P, ICMP, icmp4(3, 3, bytes(4), quoted)),
        "an ICMPv4 error with extension": ip4(S, P, ICMP, icmp4(
            11, 0, bytes([0, 32, 0, 0]),
            quoted + bytes(128 - len(quoted)) + EXTENSION)),
        "options": ip4(S, P, UDP, udp(S, P, 4000, 3000, DATA),
                       options=b"\x07\x07\x04\0\0\0\0\x83\x07\x08\0\0\0\0\0\0"),
        "a fragment": ip4(S, P, UDP, long_udp[:64], mf=True, ident=7),
        "an echo with options": ip4(S, P, ICMP, echo4(8, 3000, 1, DATA),
                                    options=b"\x01\x01\x01\0"),
    }


@test("static BIB entries for the packets to come")
def _() -> None:
    for proto in "tcp", "udp", "icmp":
        nat64("bib", "add", "--proto", proto, f"[{C}]:2000", f"{P}:3000")


# --- cut -------------------------------------------------------------------

def fix4(packet: bytes) -> bytes:
    """The same with a correct IPv4 header checksum, if there is a header."""
    size = (packet[0] & 15) * 4
    if len(packet) < size or size < 20:
        return packet
    total = 0
    for at in range(0, size, 2):
        if at != 10:
            total += packet[at] << 8 | packet[at + 1]
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return packet[:10] + struct.pack("!H", total ^ 0xffff) + packet[12:]


def cuts6(packet: bytes) -> Iterator[bytes]:
    """Cut at every byte: with the length it had, and with the length it has."""
    for size in range(1, len(packet)):
        cut = packet[:size]
        yield cut
        if size >= 40:
            yield cut[:4] + struct.pack("!H", size - 40) + cut[6:]


def cuts4(packet: bytes) -> Iterator[bytes]:
    for size in range(1, len(packet)):
        cut = packet[:size]
        yield cut
        if size >= 20:
            yield fix4(cut[:2] + struct.pack("!H", size) + cut[4:])


def cut_inside(packet: bytes, head: int) -> Iterator[bytes]:
    """ICMP errors whose checksum is right, with less and less of the quote."""
    src, dst = (C, S6) if head == 40 else (S, P)
    kind, code = packet[head:head + 2]
    field = packet[head + 4:head + 8]
    quoted = packet[head + 8:]
    for size in range(len(quoted)):
        if head == 40:
            yield ip6(src, dst, ICMP6, icmp6(src, dst, kind, code, field,
                                             quoted[:size]))
        else:
            yield ip4(src, dst, ICMP, icmp4(kind, code, field, quoted[:size]))


for _name, _packet in good6().items():
    test(f"IPv6: {_name}, cut at every byte")(
        lambda p=_packet: survives(lab.from6, cuts6(p), 5))
for _name, _packet in good4().items():
    # Of a fragment nothing comes to the instance before the packet is whole.
    test(f"IPv4: {_name}, cut at every byte")(
        lambda p=_packet, n=5 * (_name != "a fragment"):
        survives(lab.from4, cuts4(p), n))
for _name in "an ICMPv6 error", "an ICMPv6 error with extension":
    test(f"{_name}: the quoted packet cut at every byte")(
        lambda p=good6()[_name]: survives(lab.from6, cut_inside(p, 40), 40))
for _name in "an ICMPv4 error", "an ICMPv4 error with extension":
    test(f"{_name}: the quoted packet cut at every byte")(
        lambda p=good4()[_name]: survives(lab.from4, cut_inside(p, 20), 40))


# --- lengths that lie ------------------------------------------------------

def near(value: int, limit: int) -> list[int]:
    return sorted({0, 1, max(value - 8, 0), max(value - 1, 0), value + 1,
                   value + 8, limit // 2, limit - 1, limit})


def put(packet: bytes, at: int, size: int, value: int) -> bytes:
    return packet[:at] + value.to_bytes(size, "big") + packet[at + size:]


def again6(packet: bytes) -> bytes:
    """The same ICMPv6 error with a correct checksum."""
    return ip6(C, S6, ICMP6, icmp6(C, S6, packet[40], packet[41],
                                   packet[44:48], packet[48:]))


def again4(packet: bytes) -> bytes:
    return ip4(S, P, ICMP, icmp4(packet[20], packet[21], packet[24:28],
                                 packet[28:]))


def extensions(packet: bytes, at: int) -> Iterator[bytes]:
    """What is wrong with the RFC 4884 extension at AT: version, checksum, the
    length of its object; all values with a correct checksum of its own."""
    for version in range(16):
        yield put(packet, at, 1, version << 4)
    yield put(packet, at + 2, 2, 0xffff)
    for value in near(8, 65535):
        wrong = put(packet, at + 4, 2, value)
        yield wrong
        yield put(wrong, at + 2, 2, checksum(put(wrong, at + 2, 2, 0)[at:]))


def lengths6() -> Iterator[bytes]:
    packets = good6()
    for packet in packets.values():
        for value in near(len(packet) - 40, 65535):
            yield put(packet, 4, 2, value)
    for value in near(8 + len(DATA), 65535):
        yield put(packets["UDP"], 44, 2, value)
    for value in range(16):                             # TCP data offset
        yield put(packets["TCP"], 52, 1, value << 4)
    for value in range(256):
        yield again6(put(packets["an ICMPv6 error with extension"], 44, 1,
                         value))
        for at in 41, 49, 73:                           # extension headers
            yield put(packets["extension headers"], at, 1, value)
    for at in 43, 51, 75:           # option lengths, and segments left
        for value in range(256):
            yield put(packets["extension headers"], at, 1, value)
    error = packets["an ICMPv6 error"]
    for value in near(8 + len(DATA), 65535):            # of the quoted packet
        for at in 52, 92:
            wrong = put(error, at, 2, value)
            yield again6(wrong)
    for value in range(16):                             # quoted TCP
        yield again6(error[:54] + bytes([TCP]) + error[55:88]
                     + put(packets["TCP"], 52, 1, value << 4)[40:])
    for value in range(256):                            # quoted extension
        yield again6(error[:48] + put(packets["extension headers"], 41, 1,
                                      value))
    for packet in extensions(packets["an ICMPv6 error with extension"], 176):
        yield again6(packet)
    for kind in "a fragment", "a packet in one fragment":
        for value in (*near(0, 65535), 7, 8, 9, 0xfff8, 0xfff9):
            yield put(packets[kind], 42, 2, value)      # offset, more to come


def lengths4() -> Iterator[bytes]:
    packets = good4()
    for packet in packets.values():
        for value in near(len(packet), 65535):
            yield fix4(put(packet, 2, 2, value))
        for value in range(16):                         # header length
            yield fix4(put(packet, 0, 1, 0x40 | value))
    for value in near(8 + len(DATA), 65535):
        yield put(packets["UDP"], 24, 2, value)
    for value in range(16):
        yield put(packets["TCP"], 32, 1, value << 4)
    for value in range(256):
        yield again4(put(packets["an ICMPv4 error with extension"], 25, 1,
                         value))
        for at in 21, 22, 28, 29:                       # options
            yield fix4(put(packets["options"], at, 1, value))
    error = packets["an ICMPv4 error"]
    for value in near(28 + len(DATA), 65535):
        for at in 30, 52:
            wrong = put(error, at, 2, value)
            yield again4(wrong)
    for value in range(256):                            # version, header length
        yield again4(put(error, 28, 1, value))
    for value in range(16):                             # quoted TCP
        yield again4(error[:37] + bytes([TCP]) + error[38:48]
                     + put(packets["TCP"], 32, 1, value << 4)[20:])
    for packet in extensions(packets["an ICMPv4 error with extension"], 156):
        yield again4(packet)
    for value in (*near(0, 0x3fff), 0x1fff, 0x2000, 0x3ffe, 0x4000, 0x8000):
        yield fix4(put(packets["a fragment"], 6, 2, value))


@test("IPv6: lengths that are not true")
def _() -> None:
    survives(lab.from6, lengths6(), 500)


@test("IPv4: lengths that are not true")
def _() -> None:
    survives(lab.from4, lengths4(), 500)


# --- extension headers in every order (7915-21, 7915-22) -------------------

LEFT, AUTH = 1000 + ROUTING, 51             # a routing header on its way


def header(kind: int, following: int) -> bytes:
    if kind == FRAGMENT:
        return fragment(following, 0, False, 6146, b"")
    if kind in (ROUTING, LEFT):
        return extension(following, bytes([4, kind == LEFT]) + bytes(20))
    if kind == AUTH:                        # RFC 4302: length in 4-byte units
        return bytes([following, 2]) + bytes(14)
    return extension(following)


def translatable(kinds: tuple[int, ...]) -> bool:
    """RFC 7915 s5.1: options and used up routing headers are left out, and a
    Fragment Header with nothing but the segment behind it; hop-by-hop options
    come first (RFC 8200 s4.1)."""
    return not (LEFT in kinds or AUTH in kinds or HOP_BY_HOP in kinds[1:]
                or FRAGMENT in kinds[:-1])


@test("IPv6: up to four extension headers in every order [7915-21 7915-22]")
def _() -> None:
    sent, expected = [], []
    kinds = HOP_BY_HOP, DEST_OPTIONS, ROUTING, LEFT, FRAGMENT, AUTH
    for count in range(5):
        for chosen in itertools.product(kinds, repeat=count):
            data = b"%8d" % len(sent)
            following, payload = UDP, udp(C, S6, 2000, 4000, data)
            for kind in reversed(chosen):
                payload = header(kind, following) + payload
                following = kind % 1000
            sent.append(ip6(C, S6, following, payload))
            if translatable(chosen):
                expected.append(ip4(P, S, UDP, udp(P, S, 3000, 4000, data),
                                    ttl=63))
    compare(survives(lab.from6, sent, len(sent) // 2), expected)


# --- checksums of ICMP errors (5508 REQ-3) ---------------------------------

@test("ICMP errors with a wrong checksum are dropped and counted [5508-3]")
def _() -> None:
    before = nat64("stats", "show", "--all")[0]["drop-icmp-checksum"]
    for bit in range(16):
        packet6 = good6()["an ICMPv6 error"]
        packet4 = good4()["an ICMPv4 error"]
        value6 = int.from_bytes(packet6[42:44], "big") ^ 1 << bit
        value4 = int.from_bytes(packet4[22:24], "big") ^ 1 << bit
        for sender, packet in ((lab.from6, put(packet6, 42, 2, value6)),
                               (lab.from4, put(packet4, 22, 2, value4))):
            got = sender(packet)
            assert got == ([], []), f"bit {bit}: {got}"
    after = nat64("stats", "show", "--all")[0]["drop-icmp-checksum"]
    assert after - before == 32, f"{after - before} counted"


# --- at random -------------------------------------------------------------

def mutations(packets: dict[str, bytes], head: int) -> Iterator[bytes]:
    """One to four changes to a good packet. The destination stays, so that the
    packet is for us, and mostly the length is kept true, so that it gets past
    the checks of the kernel; half of the ICMP errors get a correct checksum."""
    dice = random.Random(SEED)
    keep = range(24, 40) if head == 40 else range(16, 20)
    kinds = list(packets.values())
    for _ in range(MUTATIONS):
        packet = bytearray(dice.choice(kinds))
        for _ in range(dice.randint(1, 4)):
            at = dice.choice(sorted(set(range(1, len(packet))) - set(keep)))
            packet[at] = dice.choice((0, 1, 0x7f, 0x80, 0xff,
                                      dice.randrange(256)))
        if dice.random() < 0.3:
            del packet[dice.randrange(head, len(packet) + 1):]
        if dice.random() < 0.2:
            packet += dice.randbytes(dice.randrange(200))
        true = dice.random() < 0.8
        icmp = dice.random() < 0.5 and len(packet) >= head + 8
        if head == 40:
            if true:
                packet[4:6] = struct.pack("!H", len(packet) - 40)
            if icmp and packet[6] == ICMP6:
                body = packet[40:]
                packet[40:] = icmp6(C, S6, body[0], body[1], bytes(body[4:8]),
                                    bytes(body[8:]))
            yield bytes(packet)
        else:
            if true:
                packet[2:4] = struct.pack("!H", len(packet))
            if icmp and packet[9] == ICMP and packet[0] == 0x45:
                body = packet[20:]
                packet[20:] = icmp4(body[0], body[1], bytes(body[4:8]),
                                    bytes(body[8:]))
            yield fix4(bytes(packet))


@test(f"IPv6: {MUTATIONS} packets changed at random")
def _() -> None:
    print(f"seed {SEED}")
    survives(lab.from6, mutations(good6(), 40), MUTATIONS // 4)


@test(f"IPv4: {MUTATIONS} packets changed at random")
def _() -> None:
    print(f"seed {SEED}")
    survives(lab.from4, mutations(good4(), 20), MUTATIONS // 4)


@test("good packets still come through, byte by byte")
def _() -> None:
    got6, got4 = lab.from6(good6()["UDP"])
    assert not got6 and len(got4) == 1 and got4[0][20:] == udp(
        P, S, 3000, 4000, DATA), (got6, got4)
    got6, got4 = lab.from4(good4()["UDP"])
    assert got6 == [ip6(S6, C, UDP, udp(S6, C, 4000, 2000, DATA), hops=63)]


if __name__ == "__main__":
    run_tests()
