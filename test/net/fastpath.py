#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""fastpath.py - which packets take the fast path, and which changes they obey.

fastpath.sh runs this in the router's namespace, with the devices of the key
"fastpath" in the environment. What the packets become, byte by byte, is
packets.py's affair, which fastpath.sh runs likewise.
"""

import contextlib
import os
import struct
import time
from typing import Any, Callable, Iterator

from lab import (C, CPORT, DATA, FAST, P, P2, PPORT, S, S6, SPORT, WKP, Wire,
                 config, cross4, cross6, enter, error4, error6, force, go_fast,
                 in4, in6, instance, lab, link, mapped, nat64, out4, out6,
                 reaches, run, run_tests, sessions, stat, statics, taken, test,
                 translated6, until, v4, v6)
from wire import (ACK, DEST_OPTIONS, FIN, FRAGMENT, HOP_BY_HOP, ICMP, ICMP6,
                  RST, SYN, TCP, UDP, compare, embed, extension, fragment,
                  icmp4, icmp6, ip4, ip6, udp, with_ident)

SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 263, 8, 4
TP_STATUS_VLAN_VALID = 16
PUSH = 8
IPV4, IPV6 = b"\x08\0", b"\x86\xdd"
OUT, BACK = out4(ttl=63), in6(hops=63)  # what out6() and in4() become


class Watch(Wire):
    """Another look at a wire: at what Wire leaves out of a frame."""

    def __init__(self, namespace: str, peer: str) -> None:
        super().__init__(os.environ[namespace], "net", os.environ[peer])
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        enter(os.environ["router"])

    def frames(self) -> Iterator[tuple[str, bool, bytes]]:
        """Destination, whether there is a VLAN tag, and packet of the frames
        that have come since the last look."""
        while True:
            try:
                got, ancillary, _, where = self.sock.recvmsg(70000, 100)
            except BlockingIOError:
                return
            aux = next(data for level, kind, data in ancillary
                       if (level, kind) == (SOL_PACKET, PACKET_AUXDATA))
            if where[2] != PACKET_OUTGOING:
                yield (got[:6].hex(":"),
                       bool(aux[0] & TP_STATUS_VLAN_VALID), got[14:])


watches = {lab.lan: Watch("client", "lan_mac"),
           lab.wan: Watch("server", "wan_mac")}


def frame_of(wire: Wire, action: Callable[[], Any], expected: bytes
             ) -> tuple[str, bool]:
    """Destination and tag of the frame that brings this packet."""
    list(watches[wire].frames())
    action()
    found = [(to, tag) for to, tag, packet in watches[wire].frames()
             if len(packet) == len(expected) and packet[12:] == expected[12:]]
    assert len(found) == 1, found
    return found[0]


def fast6() -> None:
    """The UDP flow takes the fast path from IPv6."""
    go_fast(cross_out)


def fast4() -> None:
    go_fast(cross_back)


def cross_out() -> None:
    cross6([out6()], [OUT])


def cross_back() -> None:
    cross4([in4()], [BACK])


def slow(action: Callable[[], Any]) -> None:
    before = taken()
    action()
    assert taken() == before, "it went by the fast path"


def open_tcp() -> None:
    cross6([out6(proto=TCP)], [out4(proto=TCP, ttl=63)])
    cross4([in4(proto=TCP, flags=SYN | ACK)],
           [in6(proto=TCP, flags=SYN | ACK, hops=63)])


def fast_tcp(flags: int = ACK) -> None:
    go_fast(lambda: cross6([out6(proto=TCP, flags=flags)],
                           [out4(proto=TCP, flags=flags, ttl=63)]))
    go_fast(lambda: cross4([in4(proto=TCP, flags=flags)],
                           [in6(proto=TCP, flags=flags, hops=63)]))


@test("an instance with static BIB entries and a fast path")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P, "--pool4", P2)
    statics()


# --- which packets go that way ---------------------------------------------

@test("the third UDP packet of a flow at the latest goes the fast way")
def _() -> None:
    translated6(out6(), OUT)
    fast6()
    fast4()


@test("a TCP connection goes the fast way; SYN, FIN and RST do not "
      "[7857-2 5382-2]")
def _() -> None:
    slow(open_tcp)
    for flags in ACK, ACK | PUSH, ACK | 0x20, ACK | 0xc0, 0:
        fast_tcp(flags)
    for flags in FIN | ACK, RST, SYN, SYN | ACK, RST | ACK:
        slow(lambda f=flags: cross6([out6(proto=TCP, flags=f)],
                                    [out4(proto=TCP, flags=f, ttl=63)]))
        slow(lambda f=flags: cross4([in4(proto=TCP, flags=f)],
                                    [in6(proto=TCP, flags=f, hops=63)]))


@test("state of TCP is kept: a connection that was reset lives on by a "
      "segment [7857-2.2]")
def _() -> None:
    nat64("session", "flush")
    open_tcp()
    fast_tcp()
    cross4([in4(proto=TCP, flags=RST)], [in6(proto=TCP, flags=RST, hops=63)])
    assert sessions("--proto", "tcp")[0]["state"] == "trans"
    fast_tcp()
    assert sessions("--proto", "tcp")[0]["state"] == "established"


@test("a session lives on by packets of the fast path "
      "[6146-10 6146-11 const-udp-default]")
def _() -> None:
    for action in fast6, fast4:
        action()
        until(lambda: sessions("--proto", "udp")[0]["expires"] <= 298)
        action()
        assert sessions("--proto", "udp")[0]["expires"] > 298.5


def ordinary() -> Iterator[tuple[str, bytes, bytes]]:
    """Packets of the flow that are translated, but not that way."""
    for proto in TCP, ICMP:             # a SYN; an echo
        yield "SYN or echo", out6(proto=proto), out4(proto=proto, ttl=63)
        yield "SYN or echo", in4(proto=proto), in6(proto=proto, hops=63)
    datagram = udp(C, S6, CPORT, SPORT, DATA)
    for kind in HOP_BY_HOP, DEST_OPTIONS:
        yield f"header {kind}", ip6(C, S6, kind, extension(UDP) + datagram), OUT
    yield "a fragment", ip6(C, S6, FRAGMENT, fragment(
        UDP, 0, False, 7, datagram)), OUT
    for options in b"\x01\x01\x01\0", b"\x01" * 40:
        yield "options", in4(options=options), BACK
    bare = in4()
    yield "no checksum", bare[:26] + b"\0\0" + bare[28:], BACK
    quoted = v6(S6, C, SPORT, CPORT)
    inner = v4(S, P, SPORT, PPORT)
    yield "an error", ip6(C, S6, ICMP6, icmp6(C, S6, 1, 4, bytes(4), quoted)), \
        ip4(P, S, ICMP, icmp4(3, 3, bytes(4), inner), ttl=63)


@test("ICMP, options, extension headers and no checksum: not the fast way "
      "[7915-2 7915-21 7915-22 6146-8]")
def _() -> None:
    fast6()
    fast4()
    for name, sent, expected in ordinary():
        print(name)
        slow(lambda a=sent, b=expected: (
            cross6 if a[0] >> 4 == 6 else cross4)([a], [b]))


def accounts() -> tuple[int, int]:
    stats = nat64("stats", "show", "--all")[0]
    return stats["received6"] + stats["received4"], sum(
        value for name, value in stats.items()
        if name.startswith(("translated", "drop-", "pass-")))


@test("packets and bytes of the fast path are counted once, as all others")
def _() -> None:
    fast6()
    fast4()
    before = nat64("stats", "show", "--all")[0]
    cross6([out6()] * 5, [OUT] * 5)
    cross4([in4()] * 3, [BACK] * 3)
    after = nat64("stats", "show", "--all")[0]
    delta = {name: after[name] - before[name] for name in after
             if after[name] != before[name]}
    assert delta == {
        "received6": 5, "translated64": 5, "fastpath64": 5,
        "bytes64": 5 * len(out6()), "received4": 3, "translated46": 3,
        "fastpath46": 3, "bytes46": 3 * len(in4())}, delta
    received, fates = accounts()
    assert received == fates, (received, fates)


# --- packets that are not what they say ------------------------------------

def changed(packet: bytes, at: int, value: bytes) -> bytes:
    """With a correct IPv4 header checksum."""
    packet = packet[:at] + value + packet[at + len(value):]
    return with_ident(packet, packet[4:6]) if len(packet) >= 20 else packet


GOOD6, GOOD4 = out6(), in4()
BAD = {
    "a wrong IPv4 header checksum": (
        IPV4, GOOD4[:10] + bytes([GOOD4[10] ^ 1]) + GOOD4[11:]),
    "a total length beyond the packet": (
        IPV4, changed(GOOD4, 2, struct.pack("!H", len(GOOD4) + 1))),
    "a total length within the UDP header": (
        IPV4, changed(GOOD4, 2, struct.pack("!H", 27))),
    "a total length within the UDP data": (
        IPV4, changed(GOOD4, 2, struct.pack("!H", len(GOOD4) - 1))),
    "a total length of 0": (IPV4, changed(GOOD4, 2, b"\0\0")),
    "TTL 1": (IPV4, in4(ttl=1)),
    "TTL 0": (IPV4, in4(ttl=0)),
    "IPv4 version 5": (IPV4, changed(GOOD4, 0, b"\x55")),
    "IPv4 version 6": (IPV4, changed(GOOD4, 0, b"\x65")),
    "IPv4 in an IPv6 frame": (IPV6, GOOD4),
    "an IPv4 header of 16 bytes": (IPV4, changed(GOOD4, 0, b"\x44")),
    "an IPv4 header beyond the packet": (IPV4, in4(data=b"")[:20] + b"1234"),
    "27 bytes of IPv4": (IPV4, changed(GOOD4[:27], 2, b"\0\x1b")),
    "19 bytes of IPv4": (IPV4, GOOD4[:19]),
    "a source that is no host's": (IPV4, v4("240.0.0.1", P, SPORT, PPORT)),
    "hop limit 1": (IPV6, out6(hops=1)),
    "hop limit 0": (IPV6, out6(hops=0)),
    "IPv6 version 4": (IPV6, b"\x40" + GOOD6[1:]),
    "IPv6 version 7": (IPV6, b"\x70" + GOOD6[1:]),
    "IPv6 in an IPv4 frame": (IPV4, GOOD6),
    "an IPv6 payload length of 0": (IPV6, GOOD6[:4] + b"\0\0" + GOOD6[6:]),
    "a payload length beyond the packet": (
        IPV6, GOOD6[:4] + struct.pack("!H", len(GOOD6) - 39) + GOOD6[6:]),
    "a payload length within the UDP data": (
        IPV6, GOOD6[:4] + struct.pack("!H", len(GOOD6) - 41) + GOOD6[6:]),
    "47 bytes of IPv6": (IPV6, GOOD6[:4] + b"\0\x07" + GOOD6[6:47]),
    "39 bytes of IPv6": (IPV6, GOOD6[:39]),
    "a source inside pool6": (IPV6, v6(embed(WKP, S), S6, CPORT, SPORT)),
    "no IPv6 checksum": (IPV6, GOOD6[:46] + b"\0\0" + GOOD6[48:]),
    "a UDP length beyond the packet": (
        IPV6, GOOD6[:44] + struct.pack("!H", len(GOOD6) - 39) + GOOD6[46:]),
    "a TCP header of 16 bytes": (
        IPV6, (lambda p: p[:52] + b"\x40" + p[53:])(
            out6(proto=TCP, flags=ACK))),
}


def outcome(wire: Wire, kind: bytes, packet: bytes
            ) -> tuple[list[bytes], list[bytes], dict[str, int]]:
    """The outcome of a packet: on either side, and in the counters; that a
    session of another test ends meanwhile is not of it."""
    before = nat64("stats", "show", "--all")[0]
    wire.sock.send(wire.head + kind + packet)
    got6, got4 = lab.exchange(wire)
    after = nat64("stats", "show", "--all")[0]
    return got6, got4, {name: after[name] - before[name] for name in after
                        if after[name] != before[name] and not
                        name.startswith(("session", "bib"))}


def refused(name: str) -> None:
    """The packet is not translated, and all is as without a fast path."""
    kind, packet = BAD[name]
    wire = lab.lan if kind == IPV6 else lab.wan
    config("fastpath", "none")
    without = outcome(wire, kind, packet)
    config("fastpath", FAST)
    got6, got4, counted = outcome(wire, kind, packet)
    print(counted)
    assert counted == without[2], (counted, without[2])
    assert not any(key.startswith(("translated", "fast")) for key in counted)
    compare(got6, without[0])
    compare(got4, without[1])


for _name in BAD:
    test(f"{_name}: as without a fast path")(lambda n=_name: refused(n))


@test("octets after a packet: cut off [7915-1 7915-20]")
def _() -> None:
    for padding in b"\0", bytes(18):
        cross6([GOOD6 + padding], [OUT])
        cross4([GOOD4 + padding], [BACK])
    config("fastpath", "none")
    cross6([GOOD6 + bytes(18)], [OUT])
    cross4([GOOD4 + bytes(18)], [BACK])
    config("fastpath", FAST)
    fast6()
    fast4()


def tagged(wire: Wire, vlan: int, packet: bytes) -> tuple[list, list]:
    kind = IPV6 if packet[0] >> 4 == 6 else IPV4
    wire.sock.send(wire.head + b"\x81\0" + struct.pack("!H", vlan) + kind
                   + packet)
    return lab.exchange(wire)


@test("a packet of a VLAN is none of the device below")
def _() -> None:
    fast6()
    fast4()
    for wire, packet in (lab.lan, GOOD6), (lab.wan, GOOD4):
        before = taken()
        got6, got4 = tagged(wire, 5, packet)
        assert taken() == before, "it went by the fast path"
        compare(got6 + got4, [])


@test("a priority tag does not go on to the other device")
def _() -> None:
    fast6()
    fast4()
    for wire, other, packet, expected in (
            (lab.lan, lab.wan, GOOD6, OUT), (lab.wan, lab.lan, GOOD4, BACK)):
        _, tag = frame_of(other, lambda w=wire, p=packet: tagged(
            w, 5 << 13, p), expected)
        assert not tag, "the packet that left has a tag"


# --- what changes ----------------------------------------------------------

def mac(wire: Wire) -> str:
    return wire.sock.getsockname()[4].hex(":")


@contextlib.contextmanager
def commands(*pairs: tuple[str, str]) -> Iterator[None]:
    """Run the first of each pair now, the second at the end."""
    undo = []
    try:
        for do, later in pairs:
            run(*do.split())
            undo.append(later)
        yield
    finally:
        for later in reversed(undo):
            run(*later.split())


@test("sessions are flushed: the next packets create new ones")
def _() -> None:
    for action in fast6, fast4:
        action()
        nat64("session", "flush")
        slow(cross_out if action is fast6 else cross_back)
        assert len(sessions()) == 1
        action()


@test("sessions of a dynamic mapping are flushed: it is not reachable")
def _() -> None:
    mapping = mapped(C, 5000)
    assert reaches(S, SPORT, mapping, C, 5000)
    nat64("session", "flush")
    assert not reaches(S, SPORT, mapping, C, 5000)


@test("a session expires: it is no longer used [6146-3]")
def _() -> None:
    mapping = mapped(C, 5001)
    assert reaches(S, SPORT, mapping, C, 5001)
    force("udp-timeout", "1")
    time.sleep(1.1)                     # as long as expiry takes
    assert not reaches(S, SPORT, mapping, C, 5001) or \
        len(sessions("--port", "5001")) == 1
    until(lambda: not sessions())
    assert not reaches(S, SPORT, mapping, C, 5001)
    config("udp-timeout", "300")


@test("a pool4 entry is removed: it is no longer used")
def _() -> None:
    mapping = mapped(C, 5002)
    assert reaches(S, SPORT, mapping, C, 5002)
    other = P2 if mapping[0] == P else P
    nat64("pool4", "del", mapping[0])
    try:
        assert not reaches(S, SPORT, mapping, C, 5002)
        assert mapped(C, 5002)[0] == other
    finally:
        nat64("instance", "del", "default")
        instance("--pool6", WKP, "--pool4", P, "--pool4", P2)
        statics()


@test("pool6: another prefix, and none")
def _() -> None:
    own = "3fff:96:9696:9696:0:9696::/96"
    fast6()
    nat64("pool6", "add", own)
    try:
        sent, other = v6(C, embed(own, S), CPORT, SPORT), embed(own, S)
        go_fast(lambda: cross6([sent], [OUT]))
        go_fast(lambda: cross4([in4()], [v6(other, C, SPORT, CPORT, hops=63)]))
        fast6()
        fast4()
    finally:
        nat64("pool6", "del", own)
    _, got4 = lab.from6(sent)
    compare(got4, [])
    fast6()
    fast4()


@test("the route goes to another device: the next packet follows")
def _() -> None:
    fast6()
    fast4()
    with commands(
            (f"ip route add {S} via 192.0.2.94 dev lan onlink",
             f"ip route del {S} via 192.0.2.94 dev lan"),
            (f"ip neigh add fe80::94 dev wan lladdr {mac(lab.wan)}",
             "ip neigh del fe80::94 dev wan"),
            (f"ip route add {C} via fe80::94 dev wan",
             f"ip route del {C} via fe80::94 dev wan")):
        for _ in range(4):
            got6, got4 = lab.from6(out6())
            compare(got6, [OUT])
            compare(got4, [])
            got6, got4 = lab.from4(in4())
            compare(got6, [])
            compare(got4, [BACK])
    cross_out()
    cross_back()
    fast6()
    fast4()


@test("the route is gone: the next packet is told [7915-64-1/0]")
def _() -> None:
    fast6()
    with commands((f"ip route add unreachable {S}",
                   f"ip route del unreachable {S}")):
        error6(out6(), 1, 0)
    fast6()
    fast4()
    with commands((f"ip route add unreachable {C}",
                   f"ip route del unreachable {C}")):
        error4(in4(), 3, 1)
    fast4()


@test("a neighbour changes its link-layer address: the next packet follows")
def _() -> None:
    new = "02:00:00:00:00:99"
    for wire, dev, host, action, packet in (
            (lab.wan, "wan", "198.51.100.2", cross_out, OUT),
            (lab.lan, "lan", "2001:db8:1::2", cross_back, BACK)):
        go_fast(action)
        old = mac(wire)
        with commands((f"ip neigh replace {host} dev {dev} lladdr {new}",
                       f"ip neigh replace {host} dev {dev} lladdr {old}")):
            before = taken()
            assert frame_of(wire, action, packet) == (new, False)
            assert taken() > before, "it did not go by the fast path"
        assert frame_of(wire, action, packet) == (old, False)


@test("a smaller MTU: packet too big, and what fits goes on "
      "[7915-24 7915-4 4787-13]")
def _() -> None:
    data = bytes(1372)
    go_fast(lambda: cross6([out6(data=data)], [out4(data=data, ttl=63)]))
    link("wan", 1399)
    try:
        error6(out6(data=data), 2, 0, 1419)
        fast6()
    finally:
        link("wan", 1500)
    go_fast(lambda: cross4([in4(data=data, df=True)],
                           [in6(data=data, hops=63)]))
    link("lan", 1419)
    try:
        error4(in4(data=data, df=True), 3, 4, 1399)
        fast4()
    finally:
        link("lan", 1500)
    fast6()
    fast4()


@test("a route of a smaller MTU: packet too big [7915-24 7915-4]")
def _() -> None:
    data = bytes(1372)
    fast6()
    fast4()
    with commands((f"ip route add {S} via 198.51.100.2 mtu lock 1399",
                   f"ip route del {S}"),
                  (f"ip route add {C} via 2001:db8:1::2 mtu lock 1419",
                   f"ip route del {C}")):
        error6(out6(data=data), 2, 0, 1419)
        error4(in4(data=data, df=True), 3, 4, 1399)
        fast6()
        fast4()


@test("without DF a packet is fragmented still [7915-4 const-lowest-ipv6-mtu]")
def _() -> None:
    data = bytes(1280 - 48)
    go_fast(lambda: cross4([in4(data=data)], [in6(data=data, hops=63)]))
    data += b"\0"
    before = taken()
    got6, _ = lab.from4(in4(data=data))
    assert len(got6) == 2 and got6[0][6] == FRAGMENT, got6
    assert taken() == before


@test("IPsec policy stops what it does not allow")
def _() -> None:
    fast6()
    fast4()
    policies = [("dir out dst 192.0.2.0/24", out6),
                ("dir fwd src 192.0.2.0/24", in4)]
    for policy, packet in policies:
        with commands((f"ip xfrm policy add {policy} action block",
                       "ip xfrm policy flush")):
            got6, got4 = (lab.from6 if packet is out6 else lab.from4)(packet())
            compare([p for p in got6 + got4 if p in (OUT, BACK)], [])
    fast6()
    fast4()


@test("an IPsec policy that blocks by default stops all")
def _() -> None:
    fast4()
    before = stat("drop-policy")
    with commands(("ip xfrm policy setdefault fwd block",
                   "ip xfrm policy setdefault fwd accept")):
        lab.wan.send(in4())             # nothing else is forwarded, either
        until(lambda: stat("drop-policy") > before, 2)
    fast4()


@test("IPv6 is switched off on the device: nothing goes on by it")
def _() -> None:
    fast6()
    with commands(("true", f"ip route replace {C} via 2001:db8:1::2"),
                  ("true", f"ip neigh replace 2001:db8:1::2 dev lan lladdr "
                   f"{mac(lab.lan)}"),
                  ("true", "ip address add 2001:db8:1::1/64 dev lan nodad"),
                  ("sysctl -qw net.ipv6.conf.lan.disable_ipv6=1",
                   "sysctl -qw net.ipv6.conf.lan.disable_ipv6=0")):
        _, got4 = lab.from6(out6())
        compare(got4, [])


@test("manually-enabled off: nothing is translated")
def _() -> None:
    fast6()
    config("manually-enabled", "off")
    try:
        before = stat("pass-disabled")
        _, got4 = lab.from6(out6())
        compare(got4, [])
        got6, _ = lab.from4(in4())
        compare(got6, [])
        assert stat("pass-disabled") == before + 2
    finally:
        config("manually-enabled", "on")
    fast6()
    fast4()


@test("a key that changes headers is followed by the next packet [7915-20]")
def _() -> None:
    fast6()
    config("override-tos", "on", "tos", "184")
    try:
        before = taken()
        cross6([out6()], [out4(ttl=63, tos=184)])
        assert taken() == before + 1
    finally:
        config("override-tos", "off", "tos", "0")


@test("the key is none: all go the normal way, and one device only")
def _() -> None:
    config("fastpath", "none")
    slow(lambda: [(cross_out(), cross_back()) for _ in range(3)])
    config("fastpath", "lan")
    fast6()
    slow(lambda: [cross_back() for _ in range(3)])
    config("fastpath", "wan")
    fast4()
    slow(lambda: [cross_out() for _ in range(3)])
    config("fastpath", FAST)


@test("a rule of IPv6 prohibits: the next packet is told")
def _() -> None:
    fast4()
    with commands((f"ip -6 rule add to {C} prohibit",
                   f"ip -6 rule del to {C} prohibit")):
        error4(in4(), 3, 13)
    fast4()


# The kernel does not forget that there has been a rule: no route is kept for a
# session any more, so this is near the end.
@test("a rule prohibits: the next packet is told")
def _() -> None:
    fast6()
    with commands((f"ip rule add to {S} prohibit",
                   f"ip rule del to {S} prohibit")):
        error6(out6(), 1, 1)
    cross_out()


@test("the instance is deleted: nothing is translated")
def _() -> None:
    cross_out()
    fast4()
    nat64("instance", "del", "default")
    _, got4 = lab.from6(out6())
    compare(got4, [])
    got6, _ = lab.from4(in4())
    compare(got6, [])


if __name__ == "__main__":
    run_tests()
