#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""siit.py - a stateless translator: crafted packets, and what has to come out.

siit.sh runs this in the router's namespace. The expected packets are computed
here from RFC 7915, RFC 7757 and RFC 6052. "last" packets of plain IPv4 cross
the router because their destinations are on the denylist.
"""

import os
import socket
import struct

from lab import (DATA, ROUTER4, ROUTER6, WKP, Lab, config, cross4, cross6,
                 error4, error6, lab, nat64, quoted_ident, run, run_tests,
                 silent4, silent6, stat, test, v4, v6, word)
from node import (A4, A6, B4, B6, DPORT, POOL6, S, S6, SPORT, STRANGER6, in4, in6,
                  out4, out6)
from wire import (FRAGMENT, ICMP, ICMP6, TCP, UDP, addr, checksum, compare,
                  echo4, echo6, embed, fragment, icmp4, icmp6, ip4, ip6,
                  pseudo, tcp, udp)

HEADERS6 = 0, 43, 44, 60
UDPLITE, DCCP, SCTP, ESP, GRE, IPIP6 = 136, 33, 132, 50, 47, 41


def eam(*pairs: str) -> None:
    for one, other in zip(pairs[::2], pairs[1::2]):
        nat64("eam", "add", one, other)


def stateless(*options: str) -> None:
    """The one instance, with these options."""
    for old in nat64("instance", "show"):
        nat64("instance", "del", old["instance"])
    nat64("instance", "add", "default", "--type", "siit", *options)
    for address in Lab.LAN4, Lab.WAN4:
        nat64("denylist", "add", address)


def usual() -> None:
    stateless("--pool6", POOL6)
    eam(A6, A4, B6, B4)


# --- headers, RFC 7915 s4 and s5 -------------------------------------------

@test("instance show says that it is stateless")
def _() -> None:
    usual()
    shown = nat64("instance", "show")[0]
    assert shown["type"] == "siit", shown


for _proto, _label in (UDP, "UDP"), (TCP, "TCP"), (ICMP, "ICMP echo"):
    @test(f"{_label}: every header field, both ways, without a session "
          "[7915-1 7915-20 7915-26]")
    def _(proto: int = _proto) -> None:
        cross6([out6(proto=proto, hops=57, tc=0xb9, flow=0x12345)],
               [out4(proto=proto, ttl=56, tos=0xb9)])
        cross4([in4(proto=proto, ttl=57, tos=0xb9, ident=77)],
               [in6(proto=proto, hops=56, tc=0xb9)])


def with_check(src: str, dst: str, proto: int, head: bytes, at: int) -> bytes:
    """A segment with the checksum over its pseudo header at octet AT."""
    csum = checksum(pseudo(src, dst, proto, len(head)) + head)
    return head[:at] + struct.pack("!H", csum) + head[at + 2:]


for _proto, _label in (UDPLITE, "UDP-Lite"), (DCCP, "DCCP"):
    @test(f"{_label}: the checksum is that of the new addresses")
    def _(proto: int = _proto) -> None:
        head = struct.pack("!HHHH", SPORT, DPORT, 0, 0) + DATA
        six = with_check(A6, S6, proto, head, 6)
        four = with_check(A4, S, proto, head, 6)
        cross6([ip6(A6, S6, proto, six)], [ip4(A4, S, proto, four, ttl=63)])
        six = with_check(S6, A6, proto, head, 6)
        four = with_check(S, A4, proto, head, 6)
        cross4([ip4(S, A4, proto, four)], [ip6(S6, A6, proto, six, hops=63)])


for _proto, _label in ((SCTP, "SCTP"), (ESP, "ESP"), (GRE, "GRE"),
                       (IPIP6, "IPv6 in IP"), (253, "protocol 253")):
    @test(f"{_label} is translated, its payload unchanged [D10]")
    def _(proto: int = _proto) -> None:
        for data in DATA, b"":
            cross6([ip6(A6, S6, proto, data)],
                   [ip4(A4, S, proto, data, ttl=63)])
            cross4([ip4(S, A4, proto, data)],
                   [ip6(S6, A6, proto, data, hops=63)])


@test("ICMPv6 in IPv4 and ICMPv4 in IPv6 are dropped")
def _() -> None:
    usual()
    got6, got4 = lab.from4(ip4(S, A4, ICMP6, echo4(8, 1, 1, DATA)))
    assert not got6, got6
    got6, got4 = lab.from6(ip6(A6, S6, ICMP, echo4(8, 1, 1, DATA)))
    assert not got4, got4


@test("an IPv4 protocol that would be an IPv6 extension header is refused, "
      "in fragments, too")
def _() -> None:
    error4(ip4(S, A4, HEADERS6[0], bytes(64)), 3, 2)
    for proto in *HEADERS6, ICMP6:
        got6, _ = lab.from4(ip4(S, A4, proto, bytes(1300)),
                            ip4(S, A4, proto, bytes(64), ident=5, mf=True),
                            ip4(S, A4, proto, bytes(64), ident=5, offset=64))
        compare(got6, [])


@test("hop limit and TTL 1: time exceeded [7915-1 7915-20]")
def _() -> None:
    error6(out6(hops=1), 3, 0)
    error4(in4(ttl=1), 11, 0)


@test("a packet to IPv4 without route is answered [7915-25]")
def _() -> None:
    sent = v6(A6, embed(POOL6, "198.18.0.1"), SPORT, DPORT)
    error6(sent, 1, 0)


@test("a UDP checksum of 0 in IPv4: dropped and counted, or computed with "
      "amend-udp-checksum-zero [7915-7]")
def _() -> None:
    head = struct.pack("!HHHH", DPORT, SPORT, 8 + len(DATA), 0) + DATA
    before = stat("drop-checksum")
    silent4(ip4(S, A4, UDP, head))
    after = stat("drop-checksum")
    assert after == before + 1, (before, after)
    config("amend-udp-checksum-zero", "on")
    cross4([ip4(S, A4, UDP, head)], [in6(hops=63)])
    # of a fragment it cannot be computed
    silent4(ip4(S, A4, UDP, head[:24], mf=True, ident=5))
    config("amend-udp-checksum-zero", "off")


# --- sizes and fragments ---------------------------------------------------

@test("an IPv4 packet with DF that does not fit: fragmentation needed "
      "[7915-4]")
def _() -> None:
    data = bytes(1480 - 8 - 19)
    error4(in4(data=data, df=True), 3, 4, 1480)
    fits = bytes(1480 - 28)
    cross4([in4(data=fits, df=True)], [in6(data=fits, hops=63)])


def split(src: str, dst: str, payload: bytes, ident: int, room: int,
          proto: int = UDP, base: int = 0, more: bool = False) -> list[bytes]:
    """Fragments of IPv6 with ROOM octets of payload each."""
    parts = []
    for at in range(0, len(payload), room):
        part = payload[at:at + room]
        last = at + room >= len(payload)
        parts.append(ip6(src, dst, FRAGMENT,
                         fragment(proto, base + at, more or not last, ident,
                                  part), hops=63))
    return parts


@test("an IPv4 packet without DF is sent in fragments of 1280 bytes [7915-4]")
def _() -> None:
    data = bytes(i & 255 for i in range(1400))
    cross4([in4(data=data, ident=0x1234)],
           split(S6, A6, udp(S6, A6, DPORT, SPORT, data), 0x1234, 1232))


WHOLE = bytes(i * 7 & 255 for i in range(2000))


@test("IPv4 fragments are translated one by one, in any order [7915-5]")
def _() -> None:
    four = udp(S, A4, DPORT, SPORT, WHOLE)
    six = udp(S6, A6, DPORT, SPORT, WHOLE)
    for at, end in (1600, 2008), (800, 1600), (0, 800):
        more = end < len(four)
        cross4([ip4(S, A4, UDP, four[at:end], ident=0xbeef, mf=more,
                    offset=at)],
               [ip6(S6, A6, FRAGMENT,
                    fragment(UDP, at, more, 0xbeef, six[at:end]), hops=63)])


@test("IPv4 fragments to a program of the router are reassembled [7915-5]")
def _() -> None:
    eam(ROUTER6, "203.0.113.9")
    four = udp(S, "203.0.113.9", DPORT, SPORT, WHOLE)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind((ROUTER6, SPORT))
        sock.settimeout(20)
        got6, got4 = lab.from4(*(ip4(S, "203.0.113.9", UDP, four[at:at + 800],
                                     ident=8, mf=at < 1600, offset=at)
                                 for at in (0, 800, 1600)))
        compare(got6 + got4, [])
        data, peer = sock.recvfrom(4000)
    assert data == WHOLE, len(data)
    assert peer[:2] == (S6, DPORT), peer
    nat64("eam", "del", "203.0.113.9")


@test("an IPv4 fragment that is too large is fragmented again [7915-4]")
def _() -> None:
    four = udp(S, A4, DPORT, SPORT, WHOLE)
    six = udp(S6, A6, DPORT, SPORT, WHOLE)
    cross4([ip4(S, A4, UDP, four[:1480], ident=7, mf=True)],
           split(S6, A6, six[:1480], 7, 1232, more=True))
    cross4([ip4(S, A4, UDP, four[528:2008], ident=7, offset=528)],
           split(S6, A6, six[528:2008], 7, 1232, base=528))


@test("an IPv4 fragment with DF that does not fit: fragmentation needed")
def _() -> None:
    four = udp(S, A4, DPORT, SPORT, WHOLE)
    # A fragment grows by 28 octets, and what the error says has to fit.
    error4(ip4(S, A4, UDP, four[:1456], ident=7, mf=True, df=True), 3, 4, 1472)
    fits = (1472 - 20) & ~7
    cross4([ip4(S, A4, UDP, four[:fits], ident=7, mf=True, df=True)],
           [ip6(S6, A6, FRAGMENT,
                fragment(UDP, 0, True, 7,
                         udp(S6, A6, DPORT, SPORT, WHOLE)[:fits]), hops=63)])


@test("IPv6 fragments are translated one by one, in any order [7915-22]")
def _() -> None:
    four = udp(A4, S, SPORT, DPORT, WHOLE)
    six = udp(A6, S6, SPORT, DPORT, WHOLE)
    for at, end in (1600, 2008), (800, 1600), (0, 800):
        more = end < len(four)
        cross6([ip6(A6, S6, FRAGMENT,
                    fragment(UDP, at, more, 0x9876beef, six[at:end]))],
               [ip4(A4, S, UDP, four[at:end], ident=0xbeef, mf=more,
                    offset=at, ttl=63)])


@test("a TCP fragment has its checksum updated; later ones are left alone "
      "[7915-22 7915-26]")
def _() -> None:
    six = tcp(A6, S6, SPORT, DPORT, 2, WHOLE)
    four = tcp(A4, S, SPORT, DPORT, 2, WHOLE)
    cross6([ip6(A6, S6, FRAGMENT, fragment(TCP, 0, True, 9, six[:800]))],
           [ip4(A4, S, TCP, four[:800], ident=9, mf=True, ttl=63)])
    cross6([ip6(A6, S6, FRAGMENT, fragment(TCP, 800, True, 9, six[800:1600]))],
           [ip4(A4, S, TCP, four[800:1600], ident=9, mf=True, offset=800,
                ttl=63)])


@test("an atomic fragment becomes a whole packet with its identification [7915-22]")
def _() -> None:
    cross6([ip6(A6, S6, FRAGMENT,
                fragment(UDP, 0, False, 0x1beef,
                         udp(A6, S6, SPORT, DPORT, DATA)))],
           [ip4(A4, S, UDP, udp(A4, S, SPORT, DPORT, DATA), ident=0xbeef,
                ttl=63)])


@test("fragments of other protocols are translated, too")
def _() -> None:
    cross6([ip6(A6, S6, FRAGMENT, fragment(ESP, 8, True, 3, bytes(16)))],
           [ip4(A4, S, ESP, bytes(16), ident=3, mf=True, offset=8, ttl=63)])
    cross4([ip4(S, A4, ESP, bytes(16), ident=3, offset=8)],
           [ip6(S6, A6, FRAGMENT, fragment(ESP, 8, False, 3, bytes(16)),
                hops=63)])


@test("fragments of ICMP are dropped [7915-6]")
def _() -> None:
    four, six = echo4(8, 1, 1, bytes(64)), echo6(A6, S6, 128, 1, 1, bytes(64))
    for at in 0, 32:
        silent4(ip4(S, A4, ICMP, four[at:at + 32], mf=True, ident=4,
                    offset=at))
        silent6(ip6(A6, S6, FRAGMENT,
                    fragment(ICMP6, at, True, 4, six[at:at + 32])))


@test("odd fragments are dropped: beyond 65535 octets, of a broken size")
def _() -> None:
    silent4(ip4(S, A4, UDP, bytes(64), offset=65528, ident=4))
    silent6(ip6(A6, S6, FRAGMENT, fragment(UDP, 65528, False, 4, bytes(64))))
    silent4(ip4(S, A4, UDP, bytes(63), mf=True, ident=4))
    silent6(ip6(A6, S6, FRAGMENT, fragment(UDP, 0, True, 4, bytes(63))))
    silent6(ip6(A6, S6, FRAGMENT, fragment(TCP, 0, True, 4, bytes(16))))


# --- addresses, RFC 7757 and RFC 6052 --------------------------------------

FIGURE1 = ("192.0.2.1", "2001:db8:aaaa::",
           "192.0.2.2/32", "2001:db8:bbbb::b/128",
           "192.0.2.16/28", "2001:db8:cccc::/124",
           "192.0.2.128/26", "2001:db8:dddd::/64",
           "192.0.2.192/29", "2001:db8:eeee:8::/62",
           "192.0.2.224/31", "64:ff9b::/127")
FIGURE7 = (("192.0.2.1", "2001:db8:aaaa::"),
           ("192.0.2.2", "2001:db8:bbbb::b"),
           ("192.0.2.16", "2001:db8:cccc::"),
           ("192.0.2.24", "2001:db8:cccc::8"),
           ("192.0.2.31", "2001:db8:cccc::f"),
           ("192.0.2.128", "2001:db8:dddd::"),
           ("192.0.2.152", "2001:db8:dddd:0:6000::"),
           ("192.0.2.183", "2001:db8:dddd:0:dc00::"),
           ("192.0.2.191", "2001:db8:dddd:0:fc00::"),
           ("192.0.2.195", "2001:db8:eeee:9:8000::"),
           ("192.0.2.225", "64:ff9b::1"),
           ("192.0.2.248", "64:ff9b::c000:2f8"))
PEER = "198.51.100.9"                       # a host that pool6 translates


def server_mac() -> str:
    return os.environ["server_mac"]


def pair(six: str, four: str, peer: str, peer6: str) -> None:
    """The two addresses become each other, as sources and destinations."""
    cross6([v6(six, peer6, 1, 2)], [v4(four, peer, 1, 2, ttl=63)])
    cross4([v4(peer, four, 2, 1)], [v6(peer6, six, 2, 1, hops=63)])


@test("the addresses of RFC 7757 appendix B [7757-1 7757-3]")
def _() -> None:
    stateless("--pool6", WKP)
    eam(*FIGURE1)
    run("ip", "neigh", "replace", PEER, "dev", "wan", "lladdr",
        server_mac())
    for four, six in FIGURE7:
        pair(six, four, PEER, embed(WKP, PEER))


@test("the longest of overlapping prefixes translates an address, both ways "
      "[7757-3 7757-5]")
def _() -> None:
    stateless("--pool6", POOL6)
    eam("2001:db8:c::/96", "203.0.0.0/8", "2001:db8:c:1::/112",
        "203.0.112.0/24", "2001:db8:c:1:2::3", "203.0.112.7")
    pair("2001:db8:c::708:900", "203.7.8.9", S, S6)
    pair("2001:db8:c:1::900", "203.0.112.9", S, S6)
    pair("2001:db8:c:1:2::3", "203.0.112.7", S, S6)


@test("the IPv6 suffix after the IPv4 suffix is ignored [7757-3]")
def _() -> None:
    stateless("--pool6", POOL6)
    eam("2001:db8:c:1::/64", "203.0.113.0/24")
    cross6([v6("2001:db8:c:1:1234:5678:9abc:def0", S6, 1, 2)],
           [v4("203.0.113.18", S, 1, 2, ttl=63)])


@test("without pool6, only what EAM entries map [7757-3]")
def _() -> None:
    stateless()
    eam(A6, A4, "2001:db8:5::/120", "192.0.2.0/24")
    pair(A6, A4, S, "2001:db8:5::21")


@test("prefixes of other lengths [6052-1 6052-2]")
def _() -> None:
    for length in 32, 40, 48, 56, 64:
        prefix = f"2001:db8:64::/{length}" if length >= 48 else \
            f"{'2001:db8::' if length == 32 else '2001:db8:6400::'}/{length}"
        stateless("--pool6", prefix)
        eam("fd00::5", A4)
        run("ip", "-6", "route", "replace", "fd00::/16", "via",
            "2001:db8:1::2")
        cross6([v6("fd00::5", embed(prefix, S), 1, 2)],
               [v4(A4, S, 1, 2, ttl=63)])
        cross4([v4(S, A4, 2, 1)],
               [v6(embed(prefix, S), "fd00::5", 2, 1, hops=63)])


# --- what is not translated ------------------------------------------------

@test("a denylisted address passes untouched")
def _() -> None:
    usual()
    nat64("denylist", "add", "192.0.2.88/29")
    packet = v4(S, Lab.LAN4, 1, 2)
    cross4([packet], [v4(S, Lab.LAN4, 1, 2, ttl=63)])


@test("an EAM entry goes before the denylist")
def _() -> None:
    nat64("denylist", "add", A4)
    cross4([in4()], [in6(hops=63)])
    nat64("denylist", "flush")
    for address in Lab.LAN4, Lab.WAN4:
        nat64("denylist", "add", address)


@test("an address of the router itself is the router's")
def _() -> None:
    got6, got4 = lab.from4(ip4(S, ROUTER4, ICMP, echo4(8, 5, 6, DATA)))
    compare(got6, [])
    compare(got4, [ip4(ROUTER4, S, ICMP, echo4(0, 5, 6, DATA), ttl=64)])
    got6, got4 = lab.from6(ip6(A6, ROUTER6, ICMP6,
                               echo6(A6, ROUTER6, 128, 5, 6, DATA)))
    compare(got4, [])
    answer = ip6(ROUTER6, A6, ICMP6, echo6(ROUTER6, A6, 129, 5, 6, DATA))
    # The flow label is the router's own affair.
    compare(got6, [got6[0][:4] + answer[4:]])


@test("from IPv6, no packet has an IPv4 address of the router as its source")
def _() -> None:
    for source in ROUTER4, "198.51.100.255":
        silent6(v6(embed(POOL6, source), S6, 1, 2))
    cross6([v6(embed(POOL6, PEER), S6, 1, 2)], [v4(PEER, S, 1, 2, ttl=63)])


@test("neighbor discovery is not translated, whatever an entry covers")
def _() -> None:
    eam("2001:db8:1::/120", "203.0.113.0/24")
    before = stat("drop-icmp-type")
    host = "2001:db8:1::77"
    silent6(ip6(host, ROUTER6, ICMP6,
                icmp6(host, ROUTER6, 135, 0, word(0),
                      addr(ROUTER6) + b"\x01\x01\x02\0\0\0\0\x77"), hops=255))
    assert stat("drop-icmp-type") == before
    assert "2001:db8:1::77" in run("ip", "-6", "neigh", "show", "dev", "lan")
    nat64("eam", "del", "203.0.113.0/24")


@test("if only the destination translates, the packet passes untouched, "
      "however odd it is")
def _() -> None:
    odd = v6(STRANGER6, S6, SPORT, DPORT)
    got6, got4 = lab.from6(odd)
    compare(got4, [])
    compare(got6, [v6(STRANGER6, S6, SPORT, DPORT, hops=63)])
    broken = ip6(STRANGER6, S6, FRAGMENT, fragment(UDP, 8, True, 1, bytes(9)))
    got6, got4 = lab.from6(broken)
    compare(got4, [])
    compare(got6, [broken[:7] + b"\x3f" + broken[8:]])


@test("an IPv4 packet whose source does not translate follows the IPv4 route, "
      "unless a rule drops it")
def _() -> None:
    run("ip", "route", "replace", A4, "via", "198.51.100.2")
    packet = v4("240.0.0.1", A4, 1, 2)
    got6, got4 = lab.from4(packet)
    compare(got6, [])
    compare(got4, [v4("240.0.0.1", A4, 1, 2, ttl=63)])
    rule = "iif", "wan", "to", A4, "blackhole"
    run("ip", "rule", "add", *rule)
    silent4(packet)
    cross4([in4()], [in6(hops=63)])
    run("ip", "rule", "del", *rule)
    run("ip", "route", "del", A4)


@test("a private address outside 64:ff9b::/96 translates; inside it, it "
      "passes untouched, or is dropped on its way to IPv4 [6052-3]")
def _() -> None:
    private = "10.1.2.3"
    cross4([v4(private, A4, 1, 2)],
           [v6(embed(POOL6, private), A6, 1, 2, hops=63)])
    stateless("--pool6", WKP)
    eam(A6, A4)
    run("ip", "route", "replace", A4, "via", "198.51.100.2")
    cross6([v6(A6, embed(WKP, private), 1, 2)], [])
    got6, got4 = lab.from4(v4(private, A4, 1, 2))
    compare(got6, [])
    compare(got4, [v4(private, A4, 1, 2, ttl=63)])
    config("wkp-strict", "off")
    cross6([v6(A6, embed(WKP, private), 1, 2)],
           [v4(A4, private, 1, 2, ttl=63)])
    run("ip", "route", "del", A4)


@test("an embedded address that cannot be sent is dropped [6052-4 7915-25]")
def _() -> None:
    usual()
    for bad in "127.0.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1":
        silent6(v6(A6, embed(POOL6, bad), 1, 2))


@test("manually-enabled off: packets pass untouched, and are counted as such")
def _() -> None:
    config("manually-enabled", "off")
    got6, got4 = lab.from6(out6())
    compare(got4, [])
    compare(got6, [out6(hops=63)])
    before = stat("pass-disabled"), stat("pass-not-translatable")
    lab.from6(v6(STRANGER6, S6, 1, 2))
    assert (stat("pass-disabled"), stat("pass-not-translatable")) == \
        (before[0] + 1, before[1])
    config("manually-enabled", "on")
    cross6([out6()], [out4(ttl=63)])


# --- ICMP errors -----------------------------------------------------------

def quote4(inner: bytes, kind: int, code: int, field: int = 0,
           src: str = S, dst: str = A4) -> bytes:
    return ip4(src, dst, ICMP, icmp4(kind, code, word(field), inner))


def quote6(inner: bytes, kind: int, code: int, field: int = 0,
           src: str = S6, dst: str = A6, hops: int = 63) -> bytes:
    return ip6(src, dst, ICMP6, icmp6(src, dst, kind, code, word(field),
                                      inner), hops=hops)


@test("an ICMPv4 error and the packet that it quotes [7915-9]")
def _() -> None:
    cross4([quote4(out4(ttl=9), 3, 3)], [quote6(out6(hops=9), 1, 4)])
    cross4([quote4(out4(proto=TCP, ttl=9), 3, 1)],
           [quote6(out6(proto=TCP, hops=9), 1, 0)])
    cross4([quote4(out4(proto=ICMP, ttl=9), 11, 0)],
           [quote6(out6(proto=ICMP, hops=9), 3, 0)])


@test("an ICMPv4 error of a router that pool6 translates")
def _() -> None:
    router = "192.0.2.200"
    cross4([quote4(out4(ttl=1), 11, 0, src=router)],
           [quote6(out6(hops=1), 3, 0, src=embed(POOL6, router))])


@test("an ICMPv4 error quotes any protocol, a fragment, or very little "
      "[7915-9]")
def _() -> None:
    for proto in ESP, SCTP:
        cross4([quote4(ip4(A4, S, proto, DATA), 3, 1)],
               [quote6(ip6(A6, S6, proto, DATA), 1, 0)])
    cross4([quote4(ip4(A4, S, UDP, DATA, ident=5, mf=True, offset=80), 11, 1)],
           [quote6(ip6(A6, S6, FRAGMENT, fragment(UDP, 80, True, 5, DATA)),
                   3, 1)])
    short = ip4(A4, S, UDP, b"\x07\xd0\x0f\xa0", length=100)
    cross4([quote4(short, 3, 1)],
           [quote6(ip6(A6, S6, UDP, b"\x07\xd0\x0f\xa0", length=80), 1, 0)])


@test("an ICMPv4 error of a router that does not translate has the address "
      "of the translator, or one of rfc6791v6-prefix [6791-1]")
def _() -> None:
    stateless()
    eam(A6, A4, "2001:db8:5::21", S)
    error = quote4(out4(ttl=1), 11, 0, src="192.0.2.200")
    inner = v6(A6, "2001:db8:5::21", SPORT, DPORT, hops=1)
    cross4([error], [quote6(inner, 3, 0, src=ROUTER6, hops=63)])
    config("rfc6791v6-prefix", "2001:db8:6791::7/128")
    cross4([error], [quote6(inner, 3, 0, src="2001:db8:6791::7")])
    config("rfc6791v6-prefix", "2001:db8:6791::/64")
    got6, _ = lab.from4(error)
    src = got6[0][8:24]
    assert src[:8] == addr("2001:db8:6791::")[:8], src.hex()
    config("rfc6791v6-prefix", "none")


def of_router(src: str, ours: str, inner: bytes, dst: str = S6) -> None:
    """An ICMPv6 error from SRC has the address OURS, and names SRC."""
    sent = quote6(inner, 3, 0, src=src, dst=dst, hops=64)
    got6, got4 = lab.from6(sent)
    compare(got6, [])
    assert len(got4) == 1, got4
    assert got4[0][12:16] == addr(ours), got4[0].hex()
    assert got4[0][20:22] == b"\x0b\0", got4[0].hex()
    assert addr(src) in got4[0], "the router's address is missing"
    assert checksum(got4[0][20:]) == 0, "the checksum is wrong"


@test("an ICMPv6 error and the packet that it quotes [7915-64-1/4]")
def _() -> None:
    usual()
    for proto in UDP, TCP, ICMP:
        sent = quote6(in6(proto=proto, hops=9), 1, 4, src=A6, dst=S6, hops=64)
        want = ip4(A4, S, ICMP, icmp4(3, 3, word(0), in4(proto=proto, ttl=9)),
                   ttl=63)
        got6, got4 = lab.from6(sent)
        compare(got6, [])
        assert len(got4) == 1, got4
        compare(got4, [quoted_ident(got4[0], want)])


@test("an ICMPv6 error of a router that does not translate has the address "
      "of the translator, or of rfc6791v4-prefix, and tells the router's own "
      "[6791-1 6791-2]")
def _() -> None:
    for prefix, ours in ("none", ROUTER4), ("198.51.100.77/32",
                                            "198.51.100.77"):
        config("rfc6791v4-prefix", prefix)
        of_router(STRANGER6, ours, in6(hops=1))
    config("rfc6791v4-prefix", "none")


@test("an ICMPv6 error quotes any protocol")
def _() -> None:
    sent = quote6(ip6(S6, A6, ESP, DATA, hops=9), 1, 3, src=A6, dst=S6,
                  hops=64)
    want = ip4(A4, S, ICMP, icmp4(3, 1, word(0), ip4(S, A4, ESP, DATA,
                                                     ttl=9)), ttl=63)
    got6, got4 = lab.from6(sent)
    compare(got6, [])
    compare(got4, [quoted_ident(got4[0], want)])


@test("packet too big becomes fragmentation needed, less 20 [7915-64-2/0]")
def _() -> None:
    sent = quote6(in6(hops=9), 2, 0, 1400, src=A6, dst=S6, hops=64)
    got6, got4 = lab.from6(sent)
    assert got4[0][20:22] == b"\x03\x04" and \
        got4[0][24:28] == struct.pack("!HH", 0, 1380), got4[0].hex()


@test("an ICMP error is dropped if its destination is not the source of the "
      "packet that it quotes")
def _() -> None:
    silent6(quote6(v6(embed(POOL6, "192.0.2.1"), A6, 1, 2), 1, 4, src=A6,
                   dst=S6))
    silent4(quote4(v4(B4, S, 1, 2), 3, 1))


@test("an ICMPv4 error about a packet to an address that is never forwarded "
      "is dropped")
def _() -> None:
    before = stat("drop-icmp-inner")
    for dst in "127.0.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1":
        silent4(quote4(v4(A4, dst, 1, 2), 3, 1, src=PEER))
    assert stat("drop-icmp-inner") == before + 4


def native6(src: str, dst: str, inner: bytes) -> None:
    """A Packet Too Big passes untouched."""
    error = [quote6(inner, 2, 0, 1400, src=src, dst=dst, hops=hops)
             for hops in (64, 63)]
    got6, got4 = lab.from6(error[0])
    compare(got4, [])
    compare(got6, error[1:])


def native4(src: str, dst: str, inner: bytes) -> None:
    """A Fragmentation Needed passes untouched."""
    error = [ip4(src, dst, ICMP, icmp4(3, 4, word(1400), inner), ttl=ttl)
             for ttl in (64, 63)]
    got6, got4 = lab.from4(error[0])
    compare(got6, [])
    compare(got4, error[1:])


@test("an ICMPv6 error about a packet that did not translate passes untouched")
def _() -> None:
    for src in STRANGER6, B6:
        native6(src, A6, v6(A6, "2001:db8:c:ffff::9", 1, 2, hops=9))
        # DNS64 and a NAT64 elsewhere serve nodes without an entry.
        native6(src, S6, v6(S6, STRANGER6, 1, 2, hops=9))
    # Its hop limit is for the kernel to look at.
    before = stat("pass-not-translatable")
    silent6(quote6(v6(A6, STRANGER6, 1, 2), 2, 0, 1400, src=B6, dst=A6, hops=1))
    assert stat("pass-not-translatable") == before + 1


@test("an ICMPv4 error about a packet that did not translate passes untouched")
def _() -> None:
    nat64("denylist", "add", "10.0.0.0/8")
    run("ip", "route", "replace", A4, "via", "198.51.100.2")
    for src in "10.9.9.9", PEER:
        for dst in S, A4:
            native4(src, dst, v4(dst, "10.1.2.3", 1, 2, ttl=9))
    run("ip", "route", "del", A4)
    nat64("denylist", "del", "10.0.0.0/8")


@test("an ICMPv6 error has a source of rfc6791v4-prefix if its own in pool6 is "
      "an address of this router, one of broadcast, or a private one in "
      "64:ff9b::/96 [6791-1]")
def _() -> None:
    config("rfc6791v4-prefix", "198.51.100.77/32")
    for source in ROUTER4, "198.51.100.255":
        of_router(embed(POOL6, source), "198.51.100.77", in6(hops=1))
    stateless("--pool6", WKP, "--pool6", POOL6)
    eam(A6, A4)
    config("rfc6791v4-prefix", "198.51.100.77/32")
    of_router(embed(WKP, "10.1.2.3"), "198.51.100.77", in6(hops=1))
    usual()


def udp_socket(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, SPORT))
    sock.settimeout(20)
    return sock


def to_itself(sock: socket.socket, address: str) -> None:
    sock.sendto(DATA, (address, SPORT))
    assert sock.recvfrom(4000) == (DATA, (address, SPORT))


@test("an ICMPv6 error whose source becomes an IPv4 address that is never "
      "forwarded is dropped")
def _() -> None:
    for source in "127.0.0.1", "0.0.0.0":
        silent6(quote6(in6(hops=1), 3, 0, src=embed(POOL6, source), dst=S6))
    eam("2001:db8:9::/99", "96.0.0.0/3", "2001:db8:a::/103", "0.0.0.0/7")
    for source in "2001:db8:9::1f00:1", "2001:db8:a::":
        silent6(quote6(in6(hops=1), 3, 0, src=source, dst=S6))


@test("programs of the router reach each other by 127.0.0.1, although an EAM "
      "entry covers it")
def _() -> None:
    with udp_socket("127.0.0.1") as sock:
        to_itself(sock, "127.0.0.1")
    usual()


@test("Time Exceeded for an IPv4 packet is sent by IPv4, even if its source "
      "has an EAM entry")
def _() -> None:
    run("ip", "route", "replace", A4, "via", "198.51.100.2")
    error4(v4(A4, PEER, 1, 2, ttl=1), 11, 0)
    run("ip", "route", "del", A4)


@test("an ICMPv4 error is dropped if the router has only a link-local IPv6 "
      "address to send it from")
def _() -> None:
    stateless()
    eam(A6, A4, "2001:db8:5::21", S)
    error = quote4(out4(ttl=1), 11, 0, src="192.0.2.200")
    before = stat("drop-address4")
    run("ip", "addr", "del", ROUTER6 + "/64", "dev", "lan")
    try:
        silent4(error)
    finally:
        run("ip", "addr", "add", ROUTER6 + "/64", "dev", "lan", "nodad")
    assert stat("drop-address4") == before + 1
    usual()


@test("a CLAT: programs of the router send and receive with 192.0.0.1, also "
      "among themselves; no other host can use it (RFC 7335)")
def _() -> None:
    clat6, clat4 = "2001:db8:c::c1a7", "192.0.0.1"
    eam(clat6, clat4)
    run("ip", "addr", "add", clat4, "dev", "wan")
    with udp_socket(clat4) as sock:
        to_itself(sock, clat4)
        # No other host may pass for it.
        silent6(v6(clat6, embed(POOL6, clat4), SPORT, SPORT))
        sock.sendto(DATA, (S, DPORT))
        got6, got4 = lab.from6(v6(S6, clat6, DPORT, SPORT))
        compare(got4, [])
        sent = v6(clat6, S6, SPORT, DPORT)
        assert len(got6) == 1, got6
        # Hop limit and flow label are the router's own affair.
        compare([got6[0][4:7] + got6[0][8:]], [sent[4:7] + sent[8:]])
        data, peer = sock.recvfrom(4000)
    assert (data, peer) == (DATA, (S, DPORT)), (data, peer)
    run("ip", "addr", "del", clat4 + "/32", "dev", "wan")
    nat64("eam", "del", clat4)


# --- hairpinning, RFC 7757 s4 ----------------------------------------------

def figures() -> None:
    stateless("--pool6", WKP)
    eam(*FIGURE1)


AAAA, BBBB = "2001:db8:aaaa::", "2001:db8:bbbb::b"


@test("intrinsic hairpinning of a packet, RFC 7757 figures 8 and 11 [7757-4]")
def _() -> None:
    figures()
    for proto in UDP, TCP, ICMP:
        sent = v6(AAAA, embed(WKP, "192.0.2.2"), 1, 2, proto=proto)
        got6, got4 = lab.from6(sent)
        compare(got4, [])
        compare(got6, [v6(embed(WKP, "192.0.2.1"), BBBB, 1, 2, proto=proto,
                          hops=63)])
    got6, got4 = lab.from6(v6(BBBB, embed(WKP, "192.0.2.1"), 2, 1))
    compare(got4, [])
    compare(got6, [v6(embed(WKP, "192.0.2.2"), AAAA, 2, 1, hops=63)])


@test("intrinsic hairpinning of fragments [7757-4]")
def _() -> None:
    part = bytes(800)
    sent = ip6(AAAA, embed(WKP, "192.0.2.2"), FRAGMENT,
               fragment(UDP, 800, True, 0x1234, part))
    got6, got4 = lab.from6(sent)
    compare(got4, [])
    compare(got6, [ip6(embed(WKP, "192.0.2.1"), BBBB, FRAGMENT,
                       fragment(UDP, 800, True, 0x1234, part), hops=63)])


def seen_by_bbbb(hops: int = 9) -> bytes:
    return v6(embed(WKP, "192.0.2.1"), BBBB, 1, 2, hops=hops)


@test("intrinsic hairpinning of errors, RFC 7757 figures 9 and 10 [7757-4]")
def _() -> None:
    config("rfc6791v4-prefix", "198.51.100.66/32")
    back = v6(AAAA, embed(WKP, "192.0.2.2"), 1, 2, hops=9)
    to = embed(WKP, "192.0.2.1")
    got6, got4 = lab.from6(quote6(seen_by_bbbb(), 1, 4, src=BBBB, dst=to,
                                  hops=64))
    compare(got4, [])
    compare(got6, [quote6(back, 1, 4, src=embed(WKP, "192.0.2.2"), dst=AAAA)])
    got6, got4 = lab.from6(quote6(seen_by_bbbb(), 1, 0, src="2001:db8:c::1234",
                                  dst=to, hops=64))
    compare(got4, [])
    assert len(got6) == 1, got6
    assert got6[0][8:24] == addr(embed(WKP, "198.51.100.66")), got6[0].hex()
    assert got6[0][24:40] == addr(AAAA), got6[0].hex()
    assert got6[0][48:48 + len(back)] == back, got6[0].hex()
    config("rfc6791v4-prefix", "none")
    # An IPv4 network on the denylist has sent it by another translator.
    nat64("denylist", "add", "192.0.2.200")
    router = embed(WKP, "192.0.2.200")
    got6, got4 = lab.from6(quote6(seen_by_bbbb(), 1, 0, src=router, dst=to,
                                  hops=64))
    compare(got4, [])
    compare(got6, [quote6(back, 1, 0, src=router, dst=AAAA)])
    nat64("denylist", "del", "192.0.2.200")


@test("simple hairpinning: the IPv4 network returns packets, and the source "
      "is not translated by EAM [7757-4]")
def _() -> None:
    config("eam-hairpin-mode", "simple")
    cross6([v6(AAAA, embed(WKP, "192.0.2.2"), 1, 2)],
           [v4("192.0.2.1", "192.0.2.2", 1, 2, ttl=63)])
    for proto in UDP, ICMP:
        cross4([v4("192.0.2.1", "192.0.2.2", 1, 2, proto=proto)],
               [v6(embed(WKP, "192.0.2.1"), BBBB, 1, 2, proto=proto, hops=63)])
    cross4([quote4(v4("192.0.2.1", "192.0.2.2", 1, 2), 3, 3, src="192.0.2.2",
                   dst="192.0.2.1")],
           [quote6(v6(AAAA, embed(WKP, "192.0.2.2"), 1, 2), 1, 4,
                   src=embed(WKP, "192.0.2.2"), dst=AAAA)])
    # A refused error goes no further, whatever it quotes.
    silent4(quote4(ip4("192.0.2.1", "127.0.0.1", ICMP, icmp4(13, 0, word(0),
                                                             bytes(12))),
                   3, 1, src=PEER, dst="192.0.2.1"))


@test("no hairpinning: EAM entries translate both addresses")
def _() -> None:
    config("eam-hairpin-mode", "off")
    cross4([v4("192.0.2.1", "192.0.2.2", 1, 2)],
           [v6(AAAA, BBBB, 1, 2, hops=63)])
    cross6([v6(AAAA, embed(WKP, "192.0.2.2"), 1, 2)],
           [v4("192.0.2.1", "192.0.2.2", 1, 2, ttl=63)])


# --- beside a NAT64, and commands ------------------------------------------

@test("a NAT64 and a stateless translator in one namespace")
def _() -> None:
    usual()
    nat64("instance", "add", "plat", "--pool6", "2001:db8:99::/96", "--pool4",
          "203.0.113.64")
    cross6([out6()], [out4(ttl=63)])
    got6, got4 = lab.from6(v6(A6, embed("2001:db8:99::/96", S), 1, 2))
    assert len(got4) == 1 and got4[0][12:16] == addr("203.0.113.64"), got4
    port = int.from_bytes(got4[0][20:22], "big")
    cross4([v4(S, "203.0.113.64", 2, port)],
           [v6(embed("2001:db8:99::/96", S), A6, 2, 1, hops=63)])
    nat64("instance", "del", "plat")


@test("a removed entry translates no more, and the table is as it was")
def _() -> None:
    nat64("eam", "add", "2001:db8:c::7", "203.0.113.7")
    packet = v6("2001:db8:c::7", S6, 1, 2)
    cross6([packet], [v4("203.0.113.7", S, 1, 2, ttl=63)])
    nat64("eam", "del", "203.0.113.7")
    got6, got4 = lab.from6(packet)
    compare(got4, [])
    assert len(nat64("eam", "show")) == 2


if __name__ == "__main__":
    run_tests()
