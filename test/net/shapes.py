#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""shapes.py - packets as virtual machines hand them over: with checksums and the
cutting of large ones left to somebody else; and packets too large for IPv4.

headers.sh runs this in the router's namespace. A tap is the machine's device:
what is written to it has a header (struct virtio_net_hdr of the kernel) that says
what is left to do. It is done when the packet leaves by a wire, so that octets
can be compared there.
"""

import fcntl
import os
import struct

from lab import (C, CPORT, P, PPORT, S, S6, SPORT, WKP, instance, in4, in6, lab,
                 nat64, out4, out6, run, run_tests, stat, test, word)
from wire import (ACK, FRAGMENT, ICMP6, TCP, UDP, checksum, compare, echo6,
                  fragment, icmp6, ip4, ip6, pseudo, tcp, udp, with_ident)

TCPV4, UFO, TCPV6 = 1, 3, 4             # VIRTIO_NET_HDR_GSO_*
PREFIX = "3fff:96:9696:9696:0:9696::/96"


class Tap:
    """A device of the router that packets of a virtual machine come by."""

    def __init__(self) -> None:
        self.fd = os.open("/dev/net/tun", os.O_RDWR)
        flags = 0x0002 | 0x1000 | 0x4000    # IFF_TAP, _NO_PI, _VNET_HDR
        fcntl.ioctl(self.fd, 0x400454ca, struct.pack("16sH22x", b"vm", flags))
        run("ip", "link", "set", "vm", "up")
        said = run("ip", "-br", "link", "show", "dev", "vm").split()
        self.mac = bytes.fromhex(said[2].replace(":", ""))

    def send(self, packet: bytes, start: int | None = None, offset: int = 0,
             gso: int = 0, size: int = 0, headers: int = 0) -> None:
        """START of what the checksum covers, and the OFFSET of its field there;
        GSO to segments of SIZE behind the HEADERS."""
        six = packet[0] >> 4 == 6
        vnet = struct.pack("=BBHHHH", start is not None, gso,
                           14 + headers if gso else 0, size,
                           0 if start is None else 14 + start, offset)
        os.write(self.fd, vnet + self.mac + b"\2\0\0\0\0\1"
                 + (b"\x86\xdd" if six else b"\x08\0") + packet)

    def to4(self, *args: int | bytes, **fields: int) -> list[bytes]:
        """What comes to the IPv4 side of a packet."""
        self.send(*args, **fields)          # type: ignore
        got6, got4 = lab.from6()
        compare(got6, [])
        return got4

    def to6(self, *args: int | bytes, **fields: int) -> list[bytes]:
        self.send(*args, **fields)          # type: ignore
        got6, got4 = lab.from4()
        compare(got4, [])
        return got6


tap = Tap()


def one_instance() -> None:
    instance("--pool6", WKP, "--pool4", P)
    for proto in "tcp", "udp":
        nat64("bib", "add", "--proto", proto, f"[{C}]:{CPORT}", f"{P}:{PPORT}")


test("an instance with static BIB entries")(one_instance)


# --- checksums -------------------------------------------------------------

def unsummed(packet: bytes, at: int, field: int) -> bytes:
    """The packet, of whose transport header AT only the pseudo header is summed
    up in the FIELD."""
    six = packet[0] >> 4 == 6
    ends = (packet[8:24], packet[24:40]) if six else \
        (packet[12:16], packet[16:20])
    proto = packet[6] if six else packet[9]
    total = checksum(ends[0] + ends[1]
                     + struct.pack("!LL", len(packet) - at, proto))
    return (packet[:at + field] + struct.pack("!H", total ^ 0xffff)
            + packet[at + field + 2:])


@test("a checksum that is left to the device, either way [7915-26]")
def _() -> None:
    for proto, field in (UDP, 6), (TCP, 16):
        compare(tap.to4(unsummed(out6(proto=proto), 40, field), 40, field),
                [out4(proto=proto, ttl=63)])
        compare(tap.to6(unsummed(in4(proto=proto), 20, field), 20, field),
                [in6(proto=proto, hops=63)])


def inside() -> tuple[bytes, bytes, int]:
    """The data of a tunnel: with a checksum inside that is not there yet, and as
    it arrives; and where what it covers begins."""
    inner = bytearray(i * 5 & 255 for i in range(77))
    before = b"\x08\0\0\0\0\0\7\0" + bytes(inner)
    inner[6:8] = struct.pack("!H", checksum(bytes(inner)))
    return before, before[:8] + bytes(inner), 8


@test("a tunnel: the checksum inside is left to the device, the outer one is "
      "there [7915-26]")
def _() -> None:
    before, after, start = inside()
    outer = out6(data=after)[46:48], in4(data=after)[26:28]
    sent = out6(data=before)
    sent = sent[:46] + outer[0] + sent[48:]
    compare(tap.to4(sent, 48 + start, 6), [out4(data=after, ttl=63)])
    sent = in4(data=before)
    sent = sent[:26] + outer[1] + sent[28:]
    compare(tap.to6(sent, 28 + start, 6), [in6(data=after, hops=63)])


@test("a tunnel over IPv4 without a checksum of its own gets one [6146-8 7915-7]")
def _() -> None:
    before, after, start = inside()
    sent = in4(data=before)
    compare(tap.to6(sent[:26] + b"\0\0" + sent[28:], 28 + start, 6),
            [in6(data=after, hops=63)])


@test("a tunnel without a checksum, and octets behind its datagram [6146-8]")
def _() -> None:
    before, after, start = inside()
    # RFC 768: they are not in the outer checksum; the inner one takes them in.
    sent = in4(data=before)
    sent = ip4(S, P, UDP, sent[20:26] + b"\0\0" + sent[28:] + b"more")
    tail = bytes([*after[start:], *b"more"])
    full = bytearray(before + b"more")
    full[start + 6:start + 8] = struct.pack(
        "!H", checksum(before[start:] + b"more"))
    assert len(tail) == len(full) - start
    datagram = udp(S6, C, SPORT, CPORT, bytes(full[:-4]))
    compare(tap.to6(sent, 28 + start, 6),
            [ip6(S6, C, UDP, datagram + b"more", hops=63)])


def dropped(packet: bytes, start: int | None, field: int, **gso: int) -> bool:
    """A packet that is not as it says is dropped; some kernels do not even take
    it from the machine."""
    before = stat("drop-header")
    try:
        tap.send(packet, start, field, **gso)
    except OSError:
        return False
    assert lab.from6() == ([], []) and lab.from4() == ([], [])
    assert stat("drop-header") == before + 1
    return True


@test("a checksum that begins before the transport header is dropped")
def _() -> None:
    taken = [dropped(unsummed(out6(), 40, 6), start, 6) for start in (0, 2, 39)]
    assert any(taken), "the kernel has taken none of them"
    taken = [dropped(unsummed(in4(), 20, 6), start, 6) for start in (0, 2, 19)]
    assert any(taken), "the kernel has taken none of them"


@test("a checksum that would go to a port or an identifier is dropped")
def _() -> None:
    ping = ip6(C, S6, ICMP6, echo6(C, S6, 128, CPORT, 7, bytes(32)))
    taken = [dropped(packet, 40, field)
             for packet in (out6(), out6(proto=TCP), ping)
             for field in (0, 4)]
    taken += [dropped(in4(), 20, 2), dropped(out6(proto=TCP), 42, 14),
              dropped(in4(proto=TCP), 38, 2)]
    assert any(taken), "the kernel has taken none of them"


@test("a datagram to leave in fragments that says a wrong length is dropped")
def _() -> None:
    taken = []
    for length in 0xffff, 3009, 7:
        said = struct.pack("!H", length)
        sent = in4(data=bytes(3000))
        sent = sent[:24] + said + b"\0\0" + sent[28:]
        taken.append(dropped(sent, None, 0, gso=UFO, size=1480, headers=28))
        sent = out6(data=bytes(3000))
        sent = sent[:44] + said + sent[46:]
        taken.append(dropped(sent, None, 0, gso=UFO, size=1448, headers=48))
    assert any(taken), "the kernel has taken none of them"


@test("a super-packet of another protocol than it says is dropped")
def _() -> None:
    data = bytes(3000)
    ping = ip6(C, S6, ICMP6, echo6(C, S6, 128, CPORT, 7, data))
    taken = [dropped(unsummed(packet, 40, field), 40, field, gso=gso,
                     size=1200, headers=60)
             for packet, field, gso in ((ping, 2, TCPV6),
                                        (out6(data=data), 6, TCPV6),
                                        (out6(proto=TCP, data=data), 16, UFO))]
    assert any(taken), "the kernel has taken none of them"


# --- super-packets ---------------------------------------------------------

def stream(src: str, dst: str, ports: tuple[int, int], data: bytes,
           seq: int = 5) -> bytes:
    return tcp(src, dst, *ports, ACK, data, seq=seq)


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[i:i + size] for i in range(0, len(data), size)]


def super4(data: bytes, df: bool) -> bytes:
    return unsummed(ip4(S, P, TCP, stream(S, P, (SPORT, PPORT), data), df=df,
                        ident=0xffff), 20, 16)


def segments6(data: bytes, size: int, src: str = S6) -> list[bytes]:
    """The segments of super4() on the IPv6 side, from their TCP header on."""
    return [stream(src, C, (SPORT, CPORT), part, 5 + i * size)
            for i, part in enumerate(cut(data, size))]


LARGE = bytes(i * 13 & 255 for i in range(3 * 1400 + 100))


@test("a super-packet with DF is not fragmented [7915-4]")
def _() -> None:
    compare(tap.to6(super4(LARGE, True), 20, 16, TCPV4, 1400, 40),
            [ip6(S6, C, TCP, part, hops=63)
             for part in segments6(LARGE, 1400)])


def fragments6(whole: bytes, proto: int, ident: int) -> list[bytes]:
    """What lowest-ipv6-mtu, 1280, makes of a packet to C."""
    if len(whole) <= 1240:
        return [ip6(S6, C, proto, whole, hops=63)]
    return [ip6(S6, C, FRAGMENT, fragment(proto, at, at + 1232 < len(whole),
                                          ident, whole[at:at + 1232]), hops=63)
            for at in range(0, len(whole), 1232)]


@test("a super-packet without DF: fragments of lowest-ipv6-mtu, as of single "
      "packets [7915-4 7915-6 const-lowest-ipv6-mtu]")
def _() -> None:
    expected = []
    for i, part in enumerate(segments6(LARGE, 1400)):
        expected += fragments6(part, TCP, (0xffff + i) & 0xffff)
    compare(tap.to6(super4(LARGE, False), 20, 16, TCPV4, 1400, 40), expected)


@test("a datagram that is to leave in fragments, IPv6 to IPv4 [7915-20 7915-22]")
def _() -> None:
    sent = unsummed(out6(data=LARGE), 40, 6)
    whole = udp(P, S, PPORT, SPORT, LARGE)
    idents = set()
    for _ in range(3):
        got = tap.to4(sent, 40, 6, UFO, 1432, 48)
        expected = [ip4(P, S, UDP, whole[at:at + 1432], offset=at, ttl=63,
                        mf=at + 1432 < len(whole))
                    for at in range(0, len(whole), 1432)]
        assert got, "nothing came"
        compare(got, [with_ident(one, got[0][4:6]) for one in expected])
        idents.add(got[0][4:6])
    assert len(idents) == 3, idents


@test("a datagram that is to leave in fragments, IPv4 to IPv6 [7915-5 7915-6]")
def _() -> None:
    sent = unsummed(in4(data=LARGE, ident=0x5678), 20, 6)
    compare(tap.to6(sent, 20, 6, UFO, 1480, 28),
            fragments6(udp(S6, C, SPORT, CPORT, LARGE), UDP, 0x5678))


@test("a super-packet too large to stay one finds another instance's port")
def _() -> None:
    data = bytes(i * 7 & 255 for i in range(65470))
    instance("--pool6", WKP)
    nat64("pool4", "add", P, "--ports", "1024-2999")
    nat64("instance", "add", "second", "--pool6", PREFIX)
    nat64("-i", "second", "pool4", "add", P, "--ports", "3000-3999")
    nat64("-i", "second", "bib", "add", "--proto", "tcp", f"[{C}]:{CPORT}",
          f"{P}:{PPORT}")
    src = "3fff:96:9696:9696:0:9696:c000:221"
    compare(tap.to6(super4(data, True), 20, 16, TCPV4, 1400, 40),
            [ip6(src, C, TCP, part, hops=63)
             for part in segments6(data, 1400, src)])
    nat64("instance", "del", "second")


# --- more than IPv4 has room for -------------------------------------------

def in_fragments(length: int) -> tuple[list[bytes], bytes]:
    """A datagram of so many octets from its UDP header on, and its data."""
    data = bytes(i * 11 & 255 for i in range(length - 8))
    whole = udp(C, S6, CPORT, SPORT, data)
    return [ip6(C, S6, FRAGMENT, fragment(UDP, at, at + 1232 < length, 77,
                                          whole[at:at + 1232]))
            for at in range(0, length, 1232)], data


@test("the largest datagram that IPv4 has room for [7915-20 7915-22]")
def _() -> None:
    one_instance()
    sent, data = in_fragments(65515)
    whole = udp(P, S, PPORT, SPORT, data)
    got6, got4 = lab.from6(*sent)
    compare(got6, [])
    assert got4, "nothing came"
    compare(got4, [with_ident(ip4(
        P, S, UDP, whole[at:at + 1232], offset=at, ttl=63,
        mf=at + 1232 < len(whole)), got4[0][4:6])
        for at in range(0, len(whole), 1232)])


@test("a larger datagram is too big, and nothing of it leaves [7915-20 7915-22]")
def _() -> None:
    for length in 65516, 65517, 65535:
        sent, data = in_fragments(length)
        before = stat("drop-too-big")
        got6, got4 = lab.from6(*sent)
        compare(got4, [])
        assert stat("drop-too-big") == before + 1
        # The largest IPv6 packet that becomes an IPv4 packet of 65535 octets.
        assert len(got6) == 1, got6
        whole = ip6(C, S6, UDP, udp(C, S6, CPORT, SPORT, data))
        router = "2001:db8:1::1"
        error = icmp6(router, C, 2, 0, word(65555), whole[:1280 - 48])
        assert got6[0][6:7] == bytes([ICMP6]), got6[0].hex()
        assert got6[0][40:48] == error[:8] or got6[0][44:48] == error[4:8], \
            got6[0][40:48].hex()
        assert got6[0][88:] == error[48:], "it quotes something else"


if __name__ == "__main__":
    run_tests()
