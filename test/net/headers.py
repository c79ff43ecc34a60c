#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""headers.py - keys that change headers: addresses, UDP checksums, MSS of TCP.

headers.sh runs this in the router's namespace.
"""

import struct
from typing import Callable

from lab import (C, CPORT, P, P2, PPORT, S, S6, SPORT, WKP, config, in4, in6,
                 instance, lab, link, nat64, out4, out6, run, run_tests,
                 silent4, silent6, stat, statics, test, translated4, translated6, v4, v6)
from wire import ACK, RST, SYN, TCP, compare, embed, ip4, ip6, tcp


@test("an instance with static BIB entries")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P, "--pool4", P2)
    statics()


# --- private addresses in 64:ff9b::/96, RFC 6052 s3.1 ----------------------

PRIVATE = "10.0.0.1", "172.16.5.6", "192.168.1.1", "100.64.0.1"


@test("wkp-strict off: private addresses in 64:ff9b::/96, both ways "
      "[6052-3 D5 const-wkp]")
def _() -> None:
    for address in PRIVATE:
        run("ip", "route", "replace", address, "via", "198.51.100.2")
    config("wkp-strict", "off")
    try:
        for address in PRIVATE:
            inner = embed(WKP, address)
            translated6(v6(C, inner, CPORT, SPORT),
                        v4(P, address, PPORT, SPORT, ttl=63))
            translated4(v4(address, P, SPORT, PPORT),
                        v6(inner, C, SPORT, CPORT, hops=63))
    finally:
        config("wkp-strict", "on")
    before = stat("drop-wkp-private")
    for address in PRIVATE:
        silent6(v6(C, embed(WKP, address), CPORT, SPORT))
        silent4(v4(address, P, SPORT, PPORT))
    assert stat("drop-wkp-private") >= before + len(PRIVATE)


@test("wkp-strict off: what is no host's address is dropped all the same "
      "[6052-4]")
def _() -> None:
    config("wkp-strict", "off")
    try:
        for address in "127.0.0.1", "0.0.0.1", "224.0.0.1", "240.0.0.1", \
                "255.255.255.255":
            silent6(v6(C, embed(WKP, address), CPORT, SPORT))
    finally:
        config("wkp-strict", "on")


@test("addresses of documentation and benchmarks are let through [D5]")
def _() -> None:
    run("ip", "route", "replace", "198.18.0.1", "via", "198.51.100.2")
    for address in "198.18.0.1", "192.0.2.200":
        translated6(v6(C, embed(WKP, address), CPORT, SPORT),
                    v4(P, address, PPORT, SPORT, ttl=63))


# --- UDP checksums ---------------------------------------------------------

def bare4(packet: bytes) -> bytes:
    return packet[:26] + b"\0\0" + packet[28:]


def bare6(packet: bytes) -> bytes:
    return packet[:46] + b"\0\0" + packet[48:]


@test("udp6-zero-checksum on: an IPv6 packet without goes on without "
      "[7915-26]")
def _() -> None:
    config("udp6-zero-checksum", "on")
    try:
        translated6(bare6(out6()), bare4(out4(ttl=63)))
        translated6(out6(), out4(ttl=63))
    finally:
        config("udp6-zero-checksum", "off")
    before = stat("drop-checksum")
    silent6(bare6(out6()))
    assert stat("drop-checksum") == before + 1


@test("drop-udp4-zero-checksum on: an IPv4 packet without is dropped "
      "[7915-7 D4]")
def _() -> None:
    config("drop-udp4-zero-checksum", "on")
    try:
        before = stat("drop-checksum")
        silent4(bare4(in4()))
        assert stat("drop-checksum") == before + 1
        translated4(in4(), in6(hops=63))
    finally:
        config("drop-udp4-zero-checksum", "off")
    translated4(bare4(in4()), in6(hops=63))


# --- the MSS of TCP (RFC 9293 s3.7.1) --------------------------------------

NOP, END, SACK, TIMES = b"\x01", b"\0", b"\x04\x02", b"\x08\x0a" + bytes(8)


def mss(value: int) -> bytes:
    return b"\x02\x04" + struct.pack("!H", value)


# What may be before the option and after it; in the odd ones its value
# lies across two words of the checksum.
AROUND = {
    "alone": (b"", b""),
    "after others": (SACK + TIMES, b""),
    "between others": (NOP + NOP + TIMES, SACK + NOP + NOP),
    "at an odd place": (NOP, NOP + NOP + END),
    "after a window scale": (b"\x03\x03\x07", NOP),
}


def segment6(options: bytes, flags: int, data: bytes = b"") -> tuple:
    """What the host sends, and the same with other options on the IPv4 side."""
    def expected(other: bytes) -> bytes:
        return ip4(P, S, TCP, tcp(P, S, PPORT, SPORT, flags, data, other),
                   ttl=63)
    return lab.from6, 1, ip6(C, S6, TCP, tcp(C, S6, CPORT, SPORT, flags, data,
                                             options)), expected


def segment4(options: bytes, flags: int, data: bytes = b"") -> tuple:
    def expected(other: bytes) -> bytes:
        return ip6(S6, C, TCP, tcp(S6, C, SPORT, CPORT, flags, data, other),
                   hops=63)
    return lab.from4, 0, ip4(S, P, TCP, tcp(S, P, SPORT, PPORT, flags, data,
                                            options)), expected


def becomes(options: bytes, other: bytes, flags: int = SYN,
            data: bytes = b"") -> None:
    """These options become those, in both directions."""
    for make in segment6, segment4:
        send, side, sent, expected = make(options, flags, data)
        got = send(sent)
        compare(got[side], [expected(other)])


def clamped(value: int, to: int, flags: int = SYN) -> None:
    for before, after in AROUND.values():
        becomes(before + mss(value) + after, before + mss(to) + after, flags)


def with_key(value: str, action: Callable[[], None]) -> None:
    config("mss-clamp", value)
    try:
        action()
    finally:
        config("mss-clamp", "off")


@test("mss-clamp off: an MSS stays as it is")
def _() -> None:
    for value in 1, 536, 1460, 9000, 65535:
        clamped(value, value)


@test("mss-clamp with a number: a larger MSS is lowered to it")
def _() -> None:
    def action() -> None:
        for flags in SYN, SYN | ACK:
            clamped(1460, 1200, flags)
            clamped(1201, 1200, flags)
            clamped(1200, 1200, flags)
            clamped(536, 536, flags)
            clamped(65535, 1200, flags)
    with_key("1200", action)


@test("mss-clamp pmtu: what fits both links, either way")
def _() -> None:
    # A segment is IPv4 and TCP header, 40 bytes, longer than its data on the
    # one side, and 60 bytes on the other.
    def action() -> None:
        for lan, wan, most in ((1500, 1500, 1440), (1400, 1500, 1340),
                               (1500, 1300, 1260), (1500, 1480, 1440),
                               (1500, 1479, 1439), (1280, 1500, 1220)):
            link("lan", lan)
            link("wan", wan)
            clamped(1460, most)
            clamped(1460, most, SYN | ACK)
            clamped(1000, 1000)
    try:
        with_key("pmtu", action)
    finally:
        link("lan", 1500)
        link("wan", 1500)


@test("mss-clamp: a SYN without MSS, and what is no SYN, stay as they are")
def _() -> None:
    def action() -> None:
        for options in b"", SACK + TIMES, NOP * 4, END + bytes(3):
            becomes(options, options)
        for flags in ACK, RST, RST | ACK:
            becomes(mss(1460), mss(1460), flags)
        # What looks like the option, after the end of the options and in
        # the data.
        becomes(END + bytes(3) + mss(1460), END + bytes(3) + mss(1460))
        becomes(b"", b"", SYN, mss(1460))
        # Inside another option.
        other = b"\xfd\x08" + mss(1460) + NOP + NOP
        becomes(other, other)
    with_key("1200", action)


@test("mss-clamp: options that are not what they say do no harm")
def _() -> None:
    def action() -> None:
        for options in (b"\x02\x03\x05\xb4", b"\x02\x00\x05\xb4",
                        b"\x02\x01\x05\xb4", b"\x02\x05\x05\xb4",
                        NOP + NOP + b"\x02\x04", NOP * 3 + b"\x02",
                        b"\x08\x00" + bytes(10), b"\x08\xff" + bytes(10)):
            becomes(options, options)
        assert nat64("instance", "show")
    with_key("1200", action)


@test("mss-clamp: a checksum that was wrong stays wrong")
def _() -> None:
    def action() -> None:
        for make, at in (segment6, 40 + 16), (segment4, 20 + 16):
            send, side, sent, expected = make(mss(1460), SYN)
            wrong = sent[:at] + bytes([sent[at] ^ 0x10]) + sent[at + 1:]
            got = send(wrong)[side]
            right = expected(mss(1200))
            assert len(got) == 1 and got[0] != right, got
    with_key("1200", action)


if __name__ == "__main__":
    run_tests()
