#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""mappings.py - who gets which transport address, and for how long.

packets.sh runs this in the router's namespace. It tests what RFC 6146 keeps, by
packets that are compared byte by byte: sessions, mappings, pool4 and pool6, and
several instances.
"""

import itertools
import time

from lab import (C, C2, CPORT, NAMES, OTHER, P, P2, PPORT, S, S6, SPORT, WKP,
                 config, each_proto, error6, in4, in6, instance, lab, link,
                 mapped, nat64, out4, out6, reaches, run, run_tests, sessions,
                 silent4, statics, test, translated4, translated6, v4, v6,
                 word)
from wire import (ACK, FIN, ICMP, ICMP6, RST, SYN, TCP, UDP, addr, compare,
                  embed, icmp6, ip6, text)


@test("an instance with static BIB entries")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P, "--pool4", P2)
    statics()


# --- the state of TCP, RFC 6146 s3.5.2.2 -----------------------------------

def flags64(flags: int) -> None:
    translated6(out6(proto=TCP, flags=flags),
                out4(proto=TCP, flags=flags, ttl=63))


def flags46(flags: int) -> None:
    translated4(in4(proto=TCP, flags=flags), in6(proto=TCP, flags=flags,
                                                 hops=63))


def tcp_state(state: str, timeout: int) -> None:
    """The one TCP session has this state and is not older than 100 s."""
    found = sessions("--proto", "tcp")
    assert len(found) == 1, found
    assert found[0]["state"] == state, found
    assert timeout - 100 < found[0]["expires"] <= timeout, found


TRANS, EST = 240, 7200


@test("TCP opened from the IPv6 side, closed by both [7857-2 5382-2]")
def _() -> None:
    nat64("session", "flush")
    flags64(SYN)
    tcp_state("v6-init", TRANS)
    flags64(SYN)                                # once more
    flags46(SYN | ACK)
    tcp_state("established", EST)
    flags64(ACK)
    flags64(FIN | ACK)
    tcp_state("v6-fin", EST)
    flags46(ACK)
    flags46(FIN | ACK)
    tcp_state("v4-v6-fin", TRANS)
    flags64(ACK)
    tcp_state("v4-v6-fin", TRANS)


@test("TCP opened from the IPv4 side, reset [7857-2 7857-2.2 5382-2]")
def _() -> None:
    nat64("session", "flush")
    flags46(SYN)
    tcp_state("v4-init", TRANS)
    flags64(SYN | ACK)
    tcp_state("established", EST)
    flags46(RST)
    tcp_state("trans", TRANS)
    flags64(RST)                                # 7857 s2.2: translated
    tcp_state("trans", TRANS)
    flags64(ACK)                                # it lived on
    tcp_state("established", EST)
    flags46(FIN | ACK)
    tcp_state("v4-fin", EST)


@test("handle-rst-during-fin-rcv shortens a session [7857-2.2 D2]")
def _() -> None:
    for value, state, timeout in (("off", "v6-fin", EST),
                                  ("on", "trans", TRANS)):
        config("handle-rst-during-fin-rcv", value)
        nat64("session", "flush")
        flags64(SYN)
        flags46(SYN | ACK)
        flags64(FIN | ACK)
        flags46(RST)
        tcp_state(state, timeout)
    config("handle-rst-during-fin-rcv", "off")


@test("TCP without SYN passes a static entry and makes no session [6146-T6]")
def _() -> None:
    nat64("session", "flush")
    flags64(ACK)
    flags46(ACK)
    assert not sessions(), sessions()


@test("drop-externally-initiated-tcp [6146-T2 5382-4]")
def _() -> None:
    config("drop-externally-initiated-tcp", "on")
    nat64("session", "flush")
    silent4(in4(proto=TCP))
    flags64(SYN)
    flags46(SYN | ACK)
    config("drop-externally-initiated-tcp", "off")


# --- hairpinning, RFC 6146 s3.8 --------------------------------------------

P6, P26 = embed(WKP, P), embed(WKP, P2)


@each_proto("between two hosts of the IPv6 side "
           "[6146-16 4787-9 5382-8 7857-12 D11]")
def _(proto: int) -> None:
    sent = v6(C2, P6, CPORT, PPORT, proto=proto)
    came = v6(P26, C, PPORT, CPORT, proto=proto, hops=63, back=True)
    got6, got4 = lab.from6(sent)
    compare(got4, [])
    compare(got6, [came])


@test("an ICMP error between two hosts of the IPv6 side [6146-16 5508-7]")
def _() -> None:
    seen = v6(P26, C, PPORT, CPORT, hops=60)
    meant = v6(C2, P6, CPORT, PPORT, hops=60)
    got6, got4 = lab.from6(ip6(C, P26, ICMP6, icmp6(C, P26, 1, 4, word(0),
                                                    seen)))
    compare(got4, [])
    compare(got6, [ip6(P6, C2, ICMP6, icmp6(P6, C2, 1, 4, word(0), meant),
                       hops=63)])


@test("to an unmapped address of pool4: dropped without an answer "
      "[D7]")
def _() -> None:
    got6, got4 = lab.from6(v6(C2, P6, CPORT, 3999))
    compare(got4, [])
    compare(got6, [])


# --- mappings, RFC 6146 s3.5.1.1 -------------------------------------------

@test("an instance with 16 addresses")
def _() -> None:
    instance("--pool6", WKP, "--pool4", "203.0.113.0/28")


@each_proto("one mapping for every destination "
           "[6146-17 6146-10 4787-1 5382-1 5508-1]")
def _(proto: int) -> None:
    first = mapped(C, 5000, S, 81, proto)
    assert mapped(C, 5000, OTHER, 82, proto) == first
    bib = nat64("bib", "show", "--proto", NAMES[proto])
    assert len(bib) == 1 and bib[0]["sessions"] == 2, bib
    assert len(sessions("--proto", NAMES[proto])) == 2
    assert reaches(S, 81, first, C, 5000, proto)
    assert reaches(OTHER, 82, first, C, 5000, proto)


@each_proto("everybody may answer a mapping [6146-17 4787-8 5382-3 D8]")
def _(proto: int) -> None:
    mapping = mapped(C, 5010, S, 81, proto)
    assert reaches("192.0.2.200", 9, mapping, C, 5010, proto)


@test("a host keeps its IPv4 address, in all protocols [6146-12 4787-2]")
def _() -> None:
    for host in (f"2001:db8:c::1:{i}" for i in range(1, 5)):
        used = {mapped(host, port, proto=proto)[0]
                for proto in (UDP, TCP, ICMP) for port in range(6000, 6010)}
        assert len(used) == 1, used


@each_proto("well-known ports stay well-known, others not [6146-12 4787-3 D6]",
            (UDP, TCP))
def _(proto: int) -> None:
    for port in 80, 700, 1023:
        assert 0 < mapped("2001:db8:c::2:1", port, proto=proto)[1] < 1024
    for port in 1024, 5000, 65535:
        assert mapped("2001:db8:c::2:1", port, proto=proto)[1] >= 1024


@test("UDP ports keep their parity [6146-12 4787-4 D6]")
def _() -> None:
    for port in range(7000, 7040):
        assert mapped(C, port)[1] % 2 == port % 2


@each_proto("no mapping is given out twice [6146-12 4787-3 5382-7]")
def _(proto: int) -> None:
    given = {mapped(f"2001:db8:c::3:{i:x}", 5000, proto=proto)
             for i in range(300)}
    assert len(given) == 300, f"{len(given)} mappings for 300 hosts"


@test("a flush forgets what is not static")
def _() -> None:
    nat64("bib", "add", "--proto", "udp", f"[{C}]:{CPORT}", f"{P}:{PPORT}")
    mapping = mapped(C, 5000)
    nat64("instance", "flush")
    assert not sessions() and len(nat64("bib", "show")) == 1
    assert not reaches(S, SPORT, mapping, C, 5000)
    translated4(in4(), in6(hops=63))


@test("a session flush ends sessions, and mappings that have no other")
def _() -> None:
    mapping = mapped(C, 5000)
    nat64("session", "flush", "--proto", "udp")
    assert not sessions() and len(nat64("bib", "show")) == 1
    assert not reaches(S, SPORT, mapping, C, 5000)


@test("address-dependent-filtering "
      "[6146-11 6146-13 6146-17 4787-8 5382-3 D8]")
def _() -> None:
    # A SYN that is kept would be answered while other tests run.
    config("address-dependent-filtering", "on",
           "maximum-simultaneous-opens", "0")
    for proto in UDP, TCP, ICMP:
        mapping = mapped(C, 5020, S, 81, proto)
        assert not reaches(OTHER, 81, mapping, C, 5020, proto), proto
        assert reaches(S, 81, mapping, C, 5020, proto), proto
    mapping = mapped(C, 5020, S, 81)
    assert reaches(S, 82, mapping, C, 5020)     # another port of the same host
    config("address-dependent-filtering", "off",
           "maximum-simultaneous-opens", "256")
    assert reaches(OTHER, 81, mapping, C, 5020)


@test("a session ends after its time, and its mapping with it "
      "[6146-3 7857-11]")
def _() -> None:
    nat64("session", "flush")
    nat64("bib", "add", "--proto", "icmp", f"[{C}]:{CPORT}", f"{P}:{PPORT}")
    config("icmp-timeout", "1", "--force")
    mapping = mapped(C, 5000, proto=ICMP)
    mapped(C, CPORT, proto=ICMP)
    end = time.monotonic() + 20
    while sessions("--proto", "icmp"):
        assert time.monotonic() < end, "the session does not end"
        time.sleep(0.1)
    bib = nat64("bib", "show", "--proto", "icmp")
    assert len(bib) == 1 and bib[0]["static"], bib
    assert not reaches(S, SPORT, mapping, C, 5000, ICMP)
    config("icmp-timeout", "60")


@test("a packet in either direction refreshes a UDP session "
      "[6146-10 6146-11 4787-6 D9 const-udp-default]")
def _() -> None:
    nat64("session", "flush")
    mapping = mapped(C, 5000)
    for _ in range(2):
        end = time.monotonic() + 20
        while (left := sessions()[0]["expires"]) > 298:
            assert time.monotonic() < end, "time stands still"
            time.sleep(0.1)
        since = time.monotonic()
        assert reaches(S, SPORT, mapping, C, 5000)
        now = sessions()[0]["expires"]
        # However slow the machine is, it is later than it would be.
        assert now > left - (time.monotonic() - since) + 1, (left, now)


@test("maximum-sessions and maximum-sessions-per-bib are limits [6146-17]")
def _() -> None:
    nat64("session", "flush")
    config("maximum-sessions", "3", "maximum-sessions-per-bib", "2")
    mapped(C, 5000, S, 81)
    mapped(C, 5000, S, 82)
    _, got4 = lab.from6(v6(C, S6, 5000, 83))
    compare(got4, [])
    mapped(C, 5001, S, 81)
    _, got4 = lab.from6(v6(C, S6, 5002, 81))
    compare(got4, [])
    assert len(sessions()) == 3
    mapped(C, 5000, S, 81)                      # those that live go on
    config("maximum-sessions", "1000000", "maximum-sessions-per-bib", "65536")
    mapped(C, 5002, S, 81)


@test("a refused packet creates no state")
def _() -> None:
    nat64("instance", "flush")
    lab.from6(v6(C, S6, 5000, 80, hops=1),
              v6(C, S6, 5001, 80, data=bytes(1440)),
              v6(C, embed(WKP, "10.0.0.1"), 5002, 80))
    link("wan", 1300)
    try:
        error6(v6(C, S6, 5003, 80, data=bytes(1440)), 2, 0, 1320)
    finally:
        link("wan", 1500)
    found = {one["sport6"] for one in sessions()}
    assert found == {5001}, found


# --- pool4 -----------------------------------------------------------------

@test("pool4: ports and protocols are kept to, to the last "
      "[6146-2 6146-12 6888-3 6888-13 D3]")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P2)
    nat64("pool4", "del", P2)
    nat64("pool4", "add", P, "--ports", "4000-4003,5000", "--proto", "udp")
    given = {mapped(C, port) for port in range(7000, 7005)}
    assert given == {(P, port) for port in (*range(4000, 4004), 5000)}, given
    # 6146-12 f, 6888-11: address unreachable
    error6(v6(C, S6, 7005, SPORT), 1, 3)
    _, got4 = lab.from6(v6(C, S6, 7005, SPORT, proto=TCP))
    compare(got4, [])


@test("a pool4 entry is removed: it is no longer used")
def _() -> None:
    mapping = mapped(C, 7000)
    nat64("pool4", "add", P2, "--proto", "udp")
    nat64("pool4", "del", P, "--proto", "udp")
    assert not reaches(S, SPORT, mapping, C, 7000)
    assert mapped(C, 7000)[0] == P2


@test("pool4: the mark of a packet selects (pool4 --mark)")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P)
    nat64("pool4", "add", P2, "--mark", "7")
    run("nft", "add table ip6 marks { chain c { type filter hook prerouting "
        f"priority mangle; ip6 saddr {C2} meta mark set 7; "
        "ip6 saddr 2001:db8:c::7 meta mark set 8; }; }")
    for proto in UDP, TCP, ICMP:
        assert mapped(C, 5000, proto=proto)[0] == P
        assert mapped(C2, 5000, proto=proto)[0] == P2
        _, got4 = lab.from6(v6("2001:db8:c::7", S6, 5000, SPORT, proto=proto))
        compare(got4, [])
    run("nft", "delete table ip6 marks")


# --- pool6, RFC 6052 s2.2 --------------------------------------------------

PREFIXES = {32: "3fff:32::/32", 40: "3fff:40:4000::/40",
            48: "3fff:48:4848::/48", 56: "3fff:56:5656:5600::/56",
            64: "3fff:64:6464:6464::/64",
            96: "3fff:96:9696:9696:0:9696::/96"}


@test("an instance with six pool6 prefixes")
def _() -> None:
    instance(*itertools.chain(*(("--pool6", p) for p in PREFIXES.values())),
             "--pool4", P)


def test_prefix(length: int, proto: int) -> None:
    prefix = PREFIXES[length]
    mapping = mapped(C, 5000 + length, S, 1000 + length, proto, prefix)
    assert reaches(S, 1000 + length, mapping, C, 5000 + length, proto, prefix)


for _length in PREFIXES:
    each_proto(f"a prefix of {_length} bits, both ways "
              f"[6052-1 6052-L{_length} 6146-1]")(
        lambda p, n=_length: test_prefix(n, p))


def suffixed(length: int) -> str:
    """S with bits set wherever RFC 6052 s2.2 has a suffix."""
    first = {32: 9, 40: 10, 48: 11, 56: 12, 64: 13}[length]
    dst = addr(embed(PREFIXES[length], S))
    return text(dst[:first] + bytes(range(0x91, 0x91 + 16 - first)))


def test_suffix(length: int, proto: int) -> None:
    """One session has all of them, whichever is the first: what arrives is the
    same, checksums too, and the answer comes from the address with no suffix."""
    port, prefix = 6000 + length, PREFIXES[length]
    plain, odd = embed(prefix, S), suffixed(length)
    for first, second in (odd, plain), (plain, odd):
        nat64("session", "flush")
        mapping = None
        for dst in first, second, first:
            got6, got4 = lab.from6(v6(C, dst, port, 1064, proto=proto))
            compare(got6, [])
            assert len(got4) == 1, f"{len(got4)} packets came"
            at = 24 if proto == ICMP else 20
            source = text(got4[0][12:16]), int.from_bytes(
                got4[0][at:at + 2], "big")
            assert mapping in (None, source), (mapping, source)
            mapping = source
            compare(got4, [v4(mapping[0], S, mapping[1], 1064, proto=proto,
                              ttl=63)])
            assert reaches(S, 1064, mapping, C, port, proto, prefix)
        assert len(sessions()) == 1, sessions()


for _length in (32, 40, 48, 56, 64):
    each_proto(f"a prefix of {_length} bits: the suffix is sent as zero and "
              "ignored [6052-2]")(lambda p, n=_length: test_suffix(n, p))


@test("what is in none of the prefixes is not translated")
def _() -> None:
    _, got4 = lab.from6(v6(C, S6, 5000, SPORT))
    compare(got4, [])


@test("a private address is allowed in a prefix of one's own [6052-3 D5]")
def _() -> None:
    run("ip", "route", "add", "10.0.0.1", "via", "198.51.100.2")
    mapped(C, 5000, "10.0.0.1", 80, UDP, PREFIXES[96])


# --- several instances -----------------------------------------------------

@test("two instances in one namespace keep to themselves")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P)
    own = "3fff:96:9696:9696:0:9696::/96"
    nat64("instance", "add", "second", "--pool6", own, "--pool4", P2)
    first = mapped(C, 5000)
    second = mapped(C, 5000, prefix=own)
    assert first[0] == P and second[0] == P2, (first, second)
    assert reaches(S, SPORT, first, C, 5000)
    assert reaches(S, SPORT, second, C, 5000, prefix=own)
    assert len(sessions()) == 1 and len(sessions("-i", "second")) == 1
    nat64("instance", "del", "second")
    assert not reaches(S, SPORT, second, C, 5000, prefix=own)
    assert reaches(S, SPORT, first, C, 5000)


if __name__ == "__main__":
    run_tests()
