#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""filtering.py - inbound filtering, refreshing of sessions, answers.

behaviour.sh runs this in the router's namespace.
"""

from typing import Any, Callable

from lab import (C, CPORT, DATA, NAMES, OTHER, P, PPORT, S, S6, SPORT, WKP,
                 config, each_proto, error4, error6, force, instance, lab,
                 mapped, nat64, once, reaches, run, run_tests, sessions,
                 silent4, silent6, stat, test, until, v4, v6, word)
from wire import (ACK, FIN, ICMP, ICMP6, RST, SYN, TCP, UDP, compare, embed, icmp4,
                  icmp6, ip4, ip6)


@test("an instance with one address")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P)
    # A SYN that is kept would be answered while other tests run.
    config("maximum-simultaneous-opens", "0")


# --- filtering, RFC 4787 s5 ------------------------------------------------

def keys(address: str, port: str) -> None:
    config("address-dependent-filtering", address,
           "port-dependent-filtering", port)


@each_proto("port-dependent-filtering: the transport address counts "
            "[4787-8 5382-3 D8]", (UDP, TCP))
def _(proto: int) -> None:
    keys("off", "on")
    try:
        mapping = mapped(C, 5030, S, 81, proto)
        before = stat("drop-filtered") + stat("drop-syn-limit")
        assert not reaches(OTHER, 81, mapping, C, 5030, proto)
        assert not reaches(S, 82, mapping, C, 5030, proto)
        assert reaches(S, 81, mapping, C, 5030, proto)
        after = stat("drop-filtered") + stat("drop-syn-limit")
        assert after == before + 2, after - before
        mapped(C, 5030, S, 82, proto)
        assert reaches(S, 82, mapping, C, 5030, proto)
    finally:
        keys("off", "off")


@test("port-dependent-filtering: a ping has no port [4787-8 6146-13]")
def _() -> None:
    keys("off", "on")
    try:
        mapping = mapped(C, 5031, proto=ICMP)
        assert not reaches(OTHER, 0, mapping, C, 5031, ICMP)
        assert reaches(S, 0, mapping, C, 5031, ICMP)
    finally:
        keys("off", "off")


@test("what is filtered is told so: communication prohibited "
      "[6146-11 6146-13 5508-9 7915-8]")
def _() -> None:
    for address, port in ("on", "off"), ("off", "on"), ("on", "on"):
        keys(address, port)
        try:
            for proto in UDP, ICMP:
                mapping = mapped(C, 5032, S, 81, proto)
                error4(v4(OTHER, mapping[0], 81, mapping[1], proto=proto,
                          back=True), 3, 13)
        finally:
            keys("off", "off")


@test("a static entry is open to everybody, whatever the keys [D8 6146-3]")
def _() -> None:
    keys("on", "on")
    try:
        for proto in "udp", "icmp", "tcp":
            nat64("bib", "add", "--proto", proto, f"[{C}]:{CPORT}",
                  f"{P}:{PPORT}")
        for proto in UDP, ICMP, TCP:
            assert reaches(OTHER, 81, (P, PPORT), C, CPORT, proto), proto
    finally:
        keys("off", "off")


# --- limits: forged sources are as many as their sender likes ---------------

def forged(mapping: tuple[str, int], count: int) -> int:
    """How many of so many sources reach the mapping."""
    packets = [v4(f"192.0.2.{100 + i % 100}", mapping[0], 1000 + i // 100,
                  mapping[1], back=True) for i in range(count)]
    return sum(len(lab.from4(*packets[i:i + 100])[0])
               for i in range(0, count, 100))


@test("forged sources leave half the sessions of a port to its host [6146-17]")
def _() -> None:
    nat64("session", "flush")
    config("maximum-sessions-per-bib", "1000")
    try:
        mapping = mapped(C, 5035, S, 81)
        before = stat("drop-inbound-limit")
        # One of the first half is the host's own.
        assert forged(mapping, 700) == 499
        assert stat("drop-inbound-limit") == before + 201
        assert mapped(C, 5035, S, 82) == mapping
        assert reaches(S, 82, mapping, C, 5035)
        assert not reaches(S, 83, mapping, C, 5035)
    finally:
        config("maximum-sessions-per-bib", "65536")
        nat64("session", "flush")


@test("forged sources leave half the sessions to other hosts [6146-17]")
def _() -> None:
    config("maximum-sessions", "1000")
    try:
        assert forged(mapped(C, 5036, S, 81), 700) == 499
        for port in range(5037, 5040):
            mapping = mapped(C, port, S, 81)
            assert reaches(S, 81, mapping, C, port)
            assert not reaches(S, 82, mapping, C, port)
    finally:
        config("maximum-sessions", "1000000")
        nat64("session", "flush")


# --- what keeps a session alive --------------------------------------------

INBOUND, OUTBOUND, DROPPED, ERRORS, RESET = range(5040, 5045)
FIN4, FIN6 = 5045, 5046         # RFC 6146: V4 FIN RCV and V6 FIN RCV


def left(proto: int, port: int) -> int:
    """Seconds that the session of this port of C has left."""
    found = [one["expires"] for one in sessions("--proto", NAMES[proto])
             if one["sport6"] == port]
    assert len(found) == 1, found
    return found[0]


@once
def default_icmp_timeout() -> str:
    return str(nat64("config", "show")["icmp-timeout"])


@once
def aged() -> dict[tuple[int, int], tuple[str, int]]:
    """The mappings of sessions that are two seconds old, in all protocols."""
    nat64("session", "flush")
    # On a busy host the tests take longer than ICMP's minute.
    default_icmp_timeout()
    config("icmp-timeout", "600")
    mappings = {(proto, port): mapped(C, port, proto=proto)
                for proto in (UDP, TCP, ICMP) for port in range(5040, 5047)}
    for port in RESET, FIN4, FIN6:
        segment4(mappings[TCP, port], SYN | ACK)
    segment6(RESET, RST)
    segment6(RESET, RST)
    segment4(mappings[TCP, FIN4], FIN | ACK)
    segment6(FIN6, FIN | ACK)
    begin = {key: left(*key) for key in mappings}
    until(lambda: all(left(*key) <= begin[key] - 2 for key in mappings))
    return mappings


def longer(proto: int, port: int, action: Callable[[], Any]) -> float:
    """By how many seconds the action lengthens a session's life."""
    before = left(proto, port)
    action()
    return left(proto, port) - before


@each_proto("inbound-refresh on: what comes in keeps a session "
            "[4787-6 6146-11 D9]", (UDP, ICMP))
def _(proto: int) -> None:
    mapping = aged()[proto, INBOUND]
    assert longer(proto, INBOUND, lambda: reaches(
        S, SPORT, mapping, C, INBOUND, proto)) > 1


@each_proto("inbound-refresh off: only what goes out keeps a session "
            "[4787-6 6146-10 6146-11 D9]", (UDP, ICMP))
def _(proto: int) -> None:
    mapping = aged()[proto, OUTBOUND]
    config("inbound-refresh", "off")
    try:
        def inwards() -> None:
            assert reaches(S, SPORT, mapping, C, OUTBOUND, proto)
        assert longer(proto, OUTBOUND, inwards) <= 0
        assert longer(proto, OUTBOUND,
                      lambda: mapped(C, OUTBOUND, proto=proto)) > 1
    finally:
        config("inbound-refresh", "on")


@each_proto("what is dropped keeps no session [7857-7 D9]")
def _(proto: int) -> None:
    mapping = aged()[proto, DROPPED]
    keys("on", "off")
    try:
        def by_other() -> None:
            assert not reaches(OTHER, SPORT, mapping, C, DROPPED, proto)
        assert longer(proto, DROPPED, by_other) <= 0
    finally:
        keys("off", "off")


@each_proto("ICMP errors refresh and end no session, either way "
            "[6146-9 5508-6 7857-7.1 4787-12 5382-10 D9]")
def _(proto: int) -> None:
    mapping = aged()[proto, ERRORS]
    quoted4 = v4(mapping[0], S, mapping[1], SPORT, proto=proto)
    quoted6 = v6(S6, C, SPORT, ERRORS, proto=proto, back=True)

    def errors() -> None:
        got6, _ = lab.from4(ip4(S, mapping[0], ICMP,
                                icmp4(3, 3, word(0), quoted4)))
        assert len(got6) == 1, got6
        _, got4 = lab.from6(ip6(C, S6, ICMP6,
                                icmp6(C, S6, 1, 4, word(0), quoted6)))
        assert len(got4) == 1, got4
    assert longer(proto, ERRORS, errors) <= 0
    assert mapped(C, ERRORS, proto=proto) == mapping
    assert reaches(S, SPORT, mapping, C, ERRORS, proto)


def segment6(port: int, flags: int) -> None:
    got6, got4 = lab.from6(v6(C, S6, port, SPORT, proto=TCP, flags=flags))
    assert (len(got6), len(got4)) == (0, 1), "the segment is not translated"


def segment4(mapping: tuple[str, int], flags: int) -> None:
    got6, got4 = lab.from4(v4(S, mapping[0], SPORT, mapping[1], proto=TCP,
                              flags=flags))
    assert (len(got6), len(got4)) == (1, 0), "the segment is not translated"


for _port, _state, _lifetime in ((RESET, "trans", 240), (FIN4, "v4-fin", 7200),
                                 (FIN6, "v6-fin", 7200)):
    @test(f"a RST from inside does not lengthen a session: {_state} "
          "[7857-7.1 7857-2.2 D9]")
    def _(port: int = _port, state: str = _state,
          lifetime: int = _lifetime) -> None:
        aged()
        for _ in range(2):
            found = sessions("--state", state)
            assert [one["sport6"] for one in found] == [port], found
            assert found[0]["expires"] <= lifetime - 2, found
            assert longer(TCP, port, lambda: segment6(port, RST)) <= 0


@test("a RST from outside keeps a session that has seen a FIN, and its state "
      "[6146-T21 6146-T23 7857-2.2 D2]")
def _() -> None:
    for port, state in (FIN4, "v4-fin"), (FIN6, "v6-fin"):
        mapping = aged()[TCP, port]
        assert longer(TCP, port, lambda m=mapping: segment4(m, RST)) > 1
        assert [one["sport6"] for one in sessions("--state", state)] == [port]


# --- lifetimes, RFC 6146 s4 ------------------------------------------------

@test("lifetimes are those of the RFCs unless told else [const-udp-default "
      "const-icmp-default const-tcp-trans const-tcp-est 4787-5 5382-5 5508-2]")
def _() -> None:
    nat64("session", "flush")
    config("icmp-timeout", default_icmp_timeout())
    for proto, name, seconds in ((UDP, "udp", 300), (ICMP, "icmp", 60),
                                 (TCP, "tcp", 240)):
        mapped(C, 5050, proto=proto)
        session = sessions("--proto", name)[0]
        assert seconds - 20 < session["expires"] <= seconds, session
    port = sessions("--proto", "tcp")[0]["sport4"]
    lab.from4(v4(S, P, SPORT, port, proto=TCP, flags=SYN | ACK))
    session = sessions("--proto", "tcp")[0]
    assert 7180 < session["expires"] <= 7200, session


@test("lifetimes below the RFCs' are refused, unless forced "
      "[const-udp-min const-tcp-trans const-tcp-est 4787-5 5382-5 5508-2]")
def _() -> None:
    before = nat64("config", "show")
    for key, least in (("udp-timeout", 120), ("icmp-timeout", 60),
                       ("tcp-trans-timeout", 240), ("tcp-est-timeout", 7200)):
        config(key, str(least))
        try:
            config(key, str(least - 1))
            assert False, f"{key} {least - 1} is taken"
        except AssertionError as error:
            assert "is taken" not in str(error), error
        force(key, str(least - 1))
    words = [f"{key}={value}" for key, value in before.items()
             if key.endswith("-timeout")]
    force(*" ".join(words).replace("=", " ").split())


@test("TCP that opens and TCP that closes have times of their own [7857-2.1]")
def _() -> None:
    nat64("session", "flush")
    config("tcp-open-timeout", "100", "tcp-trans-timeout", "500")
    try:
        mapping = mapped(C, 5051, proto=TCP)
        assert 90 < sessions()[0]["expires"] <= 100, sessions()
        lab.from4(v4(S, P, SPORT, mapping[1], proto=TCP, flags=SYN | ACK),
                  v4(S, P, SPORT, mapping[1], proto=TCP, flags=RST))
        assert 490 < sessions()[0]["expires"] <= 500, sessions()
    finally:
        config("tcp-open-timeout", "240", "tcp-trans-timeout", "240")
        nat64("session", "flush")


# --- what is answered ------------------------------------------------------

@test("answer-unmapped off: a packet to an unmapped port is not answered [D7]")
def _() -> None:
    nat64("session", "flush")
    for proto in UDP, TCP, ICMP:
        flags = ACK if proto == TCP else SYN
        silent4(v4(S, P, SPORT, 3999, proto=proto, flags=flags, back=True))


@test("answer-unmapped on: port and host unreachable [6146-11 6146-13 D7]")
def _() -> None:
    config("answer-unmapped", "on")
    try:
        error4(v4(S, P, SPORT, 3999), 3, 3)
        error4(v4(S, P, SPORT, 3999, proto=ICMP, back=True), 3, 1)
        # RFC 6146 s3.5.2.2: silently
        silent4(v4(S, P, SPORT, 3999, proto=TCP, flags=ACK))
    finally:
        config("answer-unmapped", "off")


@test("send-icmp-errors off: what is refused is dropped silently "
      "[7915-8 7915-25 5508-9]")
def _() -> None:
    mapping = mapped(C, 5060)
    refused6 = ip6(C, S6, 47, DATA)
    refused4 = v4(OTHER, P, 81, mapping[1])
    keys("on", "off")
    config("send-icmp-errors", "off")
    try:
        before = stat("icmp6-sent") + stat("icmp4-sent")
        silent6(refused6)
        silent4(refused4)
        assert stat("icmp6-sent") + stat("icmp4-sent") == before
        config("send-icmp-errors", "on")
        error6(refused6, 1, 4)
        error4(refused4, 3, 13)
        assert stat("icmp6-sent") + stat("icmp4-sent") == before + 2
    finally:
        config("send-icmp-errors", "on")
        keys("off", "off")


@test("nothing looks into what is carried: addresses in FTP and SIP stay "
      "[4787-10 5382-6]")
def _() -> None:
    for proto, port, text in (
            (TCP, 21, f"EPRT |2|{C}|5061|\r\n"),
            (UDP, 5060, f"INVITE sip:a@{S6} SIP/2.0\r\nVia: [{C}]:5061\r\n")):
        sent = v6(C, S6, 5061, port, proto=proto, data=text.encode())
        _, got4 = lab.from6(sent)
        assert len(got4) == 1 and got4[0].endswith(text.encode()), got4


# --- addresses -------------------------------------------------------------

@test("64:ff9b:1::/48 is one's own: any length, private addresses [8215-1]")
def _() -> None:
    run("ip", "route", "replace", "10.0.0.1", "via", "198.51.100.2")
    for prefix in "64:ff9b:1::/48", "64:ff9b:1:7700::/56", \
            "64:ff9b:1:fffe::/96":
        instance("--pool6", prefix, "--pool4", P)
        for proto in UDP, TCP, ICMP:
            mapping = mapped(C, 5080, "10.0.0.1", 80, proto, prefix)
            assert reaches("10.0.0.1", 80, mapping, C, 5080, proto, prefix)
        got = lab.from6(v6(C, S6, 5081, SPORT))
        compare(got[1], [])


@test("a prefix that leaves checksums as they are [8215-2]")
def _() -> None:
    # RFC 6052 s4.1: 64:ff9b::/96 adds up to the sum of the IPv4 address.
    for prefix in "64:ff9b::/96", "64:ff9b:1:fffe::/96":
        instance("--pool6", prefix, "--pool4", P)
        sent = v6(C, embed(prefix, S), 5082, SPORT)
        mapping = mapped(C, 5082, prefix=prefix)
        got6, got4 = lab.from6(sent)
        compare(got6, [])
        compare(got4, [v4(mapping[0], S, mapping[1], SPORT, ttl=63)])


if __name__ == "__main__":
    run_tests()
