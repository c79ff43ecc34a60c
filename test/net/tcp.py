#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tcp.py - the TCP state machine of RFC 6146 s3.5.2.2, by segments.

tcp.sh runs this in the router's namespace. Each connection has a port of its
own, so that many go through their states at a time and the clock is waited for
once.
"""

import time
from dataclasses import dataclass
from typing import Any

from lab import (C, OTHER, P, P2, ROUTER4, S, SPORT, WKP, come, config, force,
                 instance, lab, nat64, once, run, run_tests, sessions, stat,
                 test, until)
from wire import (ACK, FIN, ICMP, RST, SYN, TCP, compare, embed, icmp4, ip4,
                  ip6, tcp, text)

MSS = b"\x02\x04\x05\xa0"
OPEN, TRANS, EST = 300, 400, 7500           # distinguished by the remaining time


@dataclass(frozen=True)
class Nat:
    """An instance: its prefix and its address."""
    name: str
    prefix: str
    pool4: str


# Where it is of importance: the address of HOME is the router's own.
AWAY, HOME = Nat("default", WKP, P), Nat("home", "2001:db8:64::/96", P2)
BOTH = {"": AWAY, ", an address of the router": HOME}


@dataclass
class Connection:
    """Of an IPv6 host, at PORT, with a remote endpoint."""
    port: int
    mapped: int = 0
    peer: str = S
    peer_port: int = SPORT
    nat: Nat = AWAY

    def segment6(self, flags: int, back: bool, hops: int = 64) -> bytes:
        """From the host, or BACK from the remote, on the IPv6 side."""
        ends = (C, embed(self.nat.prefix, self.peer), self.port,
                self.peer_port)
        if back:
            ends = ends[1], ends[0], ends[3], ends[2]
        return ip6(ends[0], ends[1], TCP, tcp(*ends, flags, b"", MSS),
                   hops=hops)

    def segment4(self, flags: int, back: bool, ttl: int = 64) -> bytes:
        ends = (self.nat.pool4, self.peer, self.mapped, self.peer_port)
        if back:
            ends = ends[1], ends[0], ends[3], ends[2]
        return ip4(ends[0], ends[1], TCP, tcp(*ends, flags, b"", MSS), ttl=ttl)

    def open6(self) -> None:
        """Its first SYN, which tells what it is mapped to."""
        got6, got4 = lab.from6(self.segment6(SYN, False))
        compare(got6, [])
        assert len(got4) == 1, f"{len(got4)} packets came, expected the SYN"
        assert text(got4[0][12:16]) == self.nat.pool4, got4[0].hex()
        self.mapped = int.from_bytes(got4[0][20:22], "big")
        compare(got4, [self.segment4(SYN, False, 63)])

    def send(self, event: str) -> None:
        """An event like "V6 FIN": the segment goes through, translated."""
        flags = {"SYN": SYN, "FIN": FIN | ACK, "RST": RST, "other": ACK,
                 "SYN ACK": SYN | ACK, "FIN SYN": FIN | SYN,
                 "RST SYN": RST | SYN, "RST FIN": RST | FIN}[event[3:]]
        if event[:2] == "V6":
            got = lab.from6(self.segment6(flags, False))
            compare(got[1], [self.segment4(flags, False, 63)])
        else:
            got = lab.from4(self.segment4(flags, True))
            compare(got[0], [self.segment6(flags, True, 63)])

    def session(self) -> dict | None:
        found = [one for one in nat64("-i", self.nat.name, "session", "show",
                                      "--proto", "tcp")
                 if one["sport6"] == self.port and one["dst4"] == self.peer
                 and one["dport4"] == self.peer_port]
        assert len(found) < 2, found
        return found[0] if found else None


# --- every state and every event -------------------------------------------

# How a session gets into a state, and what its lifetime is there.
STATES = {
    "V4 INIT": (["V4 SYN"], "v4-init", OPEN),
    "V6 INIT": ([], "v6-init", OPEN),
    "ESTABLISHED": (["V4 SYN ACK"], "established", EST),
    "V4 FIN RCV": (["V4 SYN ACK", "V4 FIN"], "v4-fin", EST),
    "V6 FIN RCV": (["V4 SYN ACK", "V6 FIN"], "v6-fin", EST),
    "V4 FIN + V6 FIN RCV":
        (["V4 SYN ACK", "V6 FIN", "V4 FIN"], "v4-v6-fin", TRANS),
    "TRANS": (["V4 SYN ACK", "V4 RST"], "trans", TRANS),
}
EVENTS = [f"{side} {kind}" for kind in ("SYN", "FIN", "RST", "other")
          for side in ("V4", "V6")] + ["V4 SYN ACK", "V6 SYN ACK"]
MIXED = {"RST SYN": "RST", "RST FIN": "RST", "FIN SYN": "FIN"}
KEEP = None                                 # the lifetime goes on

# State, events, and the paragraph: next state and lifetime. Where several
# lines fit, the first one holds.
RULES = [
    ("V4 INIT", "V6 SYN", 8, "established", EST),
    ("V4 INIT", "", 9, "v4-init", KEEP),
    ("V6 INIT", "V4 SYN", 11, "established", EST),
    ("V6 INIT", "V6 SYN", 12, "v6-init", OPEN),
    ("V6 INIT", "", 13, "v6-init", KEEP),
    # Its lifetime stays TCP_EST; the text says nothing of it.
    ("ESTABLISHED", "V4 FIN", 15, "v4-fin", KEEP),
    ("ESTABLISHED", "V6 FIN", 16, "v6-fin", KEEP),
    ("ESTABLISHED", "V4 RST", 17, "trans", TRANS),
    ("ESTABLISHED", "V6 RST", 17, "trans", TRANS),
    ("ESTABLISHED", "", 18, "established", EST),
    ("V4 FIN RCV", "V6 FIN", 20, "v4-v6-fin", TRANS),
    # RFC 7857 s7.1: a RST from inside refreshes nothing.
    ("V4 FIN RCV", "V6 RST", 21, "v4-fin", KEEP),
    ("V4 FIN RCV", "", 21, "v4-fin", EST),
    ("V6 FIN RCV", "V4 FIN", 22, "v4-v6-fin", TRANS),
    ("V6 FIN RCV", "V6 RST", 23, "v6-fin", KEEP),
    ("V6 FIN RCV", "", 23, "v6-fin", EST),
    ("V4 FIN + V6 FIN RCV", "", 25, "v4-v6-fin", KEEP),
    ("TRANS", "V4 RST", 28, "trans", KEEP),
    ("TRANS", "V6 RST", 28, "trans", KEEP),
    ("TRANS", "", 27, "established", EST),
]


def rule(state: str, event: str) -> tuple[str, str, int, str, int | None]:
    kind = MIXED.get(event[3:], event[3:])
    return next(one for one in RULES if one[0] == state
                and f"{event[:2]} {kind}".startswith(one[1]))


STEPS = [(state, event) for state in STATES
         for event in EVENTS + [f"V4 {kind}" for kind in MIXED]
         + [f"V6 {kind}" for kind in MIXED]]


@once
def steps() -> tuple[float, dict[tuple[str, str], tuple[dict | None, str]]]:
    """Each state, two seconds and a half, each event: for how long events came,
    the sessions after that, and what was wrong with the way of the segments."""
    instance("--pool6", WKP, "--pool4", P)
    config("tcp-open-timeout", str(OPEN), "tcp-trans-timeout", str(TRANS),
           "tcp-est-timeout", str(EST))
    found, wrong = {}, {}
    for number, (state, event) in enumerate(STEPS):
        one = found[state, event] = Connection(10000 + number)
        one.open6()
        if state == "V4 INIT":              # with the mapping of another remote
            one.peer = OTHER
        for before in STATES[state][0]:
            one.send(before)
    states = {(one["sport6"], one["dst4"]): one["state"] for one in sessions()}
    for (state, event), one in found.items():
        assert states[one.port, one.peer] == STATES[state][1], (state, states)
    time.sleep(2.5)
    since = time.monotonic()
    for step, one in found.items():
        try:
            one.send(step[1])
            wrong[step] = ""
        except AssertionError as error:
            wrong[step] = str(error)
    now = {(one["sport6"], one["dst4"]): one for one in sessions()}
    return time.monotonic() - since, {
        step: (now.get((one.port, one.peer)), wrong[step])
        for step, one in found.items()}


def test_step(state: str, event: str) -> None:
    span, ends = steps()
    session, wrong = ends[state, event]
    assert not wrong, wrong
    assert session, "there is no session"
    _, _, _, becomes, lifetime = rule(state, event)
    assert session["state"] == becomes, session
    if lifetime is KEEP:
        assert session["expires"] <= STATES[state][2] - 2, session
    else:                       # a session notes the time by the second
        assert lifetime - span - 1.5 < session["expires"] <= lifetime, session


for _state, _event in STEPS:
    _row = rule(_state, _event)[2]
    _more = " 6146-T30" if _event[3:] in MIXED else ""
    test(f"{_state}, {_event} [6146-T{_row}{_more}]")(
        lambda s=_state, e=_event: test_step(s, e))


# --- no session ------------------------------------------------------------

def closed() -> Connection:
    """A mapping, and a remote without a session with it."""
    nat64("instance", "flush")
    one = Connection(2000)
    one.open6()
    one.peer = OTHER
    return one


@test("CLOSED, V6 SYN: a session opens [6146-T1 const-tcp-trans 7857-2.1]")
def _() -> None:
    for trans in 240, TRANS:
        config("tcp-open-timeout", "240" if trans == 240 else str(OPEN),
               "tcp-trans-timeout", str(trans))
        nat64("instance", "flush")
        one = Connection(2000)
        one.open6()
        session = one.session()
        assert session and session["state"] == "v6-init", session
        lifetime = 240 if trans == 240 else OPEN
        assert lifetime - 30 < session["expires"] <= lifetime, session


@test("CLOSED, V4 SYN to a mapping: a session opens [6146-T5]")
def _() -> None:
    one = closed()
    one.send("V4 SYN")
    session = one.session()
    assert session and session["state"] == "v4-init", session
    assert OPEN - 30 < session["expires"] <= OPEN, session


@test("CLOSED, any other segment with a mapping goes through [6146-T6]")
def _() -> None:
    one = closed()
    for event in EVENTS + [f"V6 {kind}" for kind in MIXED]:
        if "SYN" not in event or event[3:] in MIXED:
            one.send(event)
            assert not one.session(), (event, one.session())


@test("CLOSED, any other segment without mapping is dropped [6146-T7]")
def _() -> None:
    nat64("instance", "flush")
    one = Connection(2000, 5000)
    for flags in ACK, FIN | ACK, RST, RST | SYN, FIN | SYN, 0:
        got = lab.from6(one.segment6(flags, False))
        assert got == ([], []), (flags, got)
        got = lab.from4(one.segment4(flags, True))
        assert got == ([], []), (flags, got)
    assert not sessions() and not nat64("bib", "show")


# --- times -----------------------------------------------------------------

def probe(one: Connection) -> bytes:
    """RFC 6146 s3.5.2.2: no data, sequence number 0, ACK of 0."""
    src = embed(WKP, one.peer)
    return ip6(src, C, TCP, tcp(src, C, one.peer_port, one.port, ACK, seq=0,
                                ack=0))


def is_probe(packet: bytes, one: Connection) -> bool:
    """Hop limit, traffic class, flow label and window are free."""
    want = probe(one)
    if packet[4:7] + packet[8:40] != want[4:7] + want[8:40] \
            or packet[40:54] != want[40:54]:
        return False
    segment = tcp(text(packet[8:24]), text(packet[24:40]), one.peer_port,
                  one.port, ACK, seq=0, ack=0)
    total = int.from_bytes(packet[54:56], "big") \
        - int.from_bytes(segment[14:16], "big")
    checksum = (int.from_bytes(segment[16:18], "big") - total) % 0xffff
    return int.from_bytes(packet[56:58], "big") % 0xffff == checksum


def lifetimes(seconds: int = 0) -> None:
    force("tcp-open-timeout", str(seconds or 240),
          "tcp-trans-timeout", str(seconds or 240),
          "tcp-est-timeout", str(seconds or 7200))


def ended(one: Connection) -> None:
    until(lambda: not one.session())


def established(port: int) -> Connection:
    one = Connection(port)
    one.open6()
    one.send("V4 SYN ACK")
    return one


@test("an idle established session is probed, and answered lives on "
      "[6146-T19 6146-T27]")
def _() -> None:
    instance("--pool6", WKP, "--pool4", P)
    one = established(2000)
    try:
        force("tcp-est-timeout", "2")
        got = come(lab.lan, 15, lambda packet: is_probe(packet, one))
        assert len(got) == 1 and is_probe(got[0], one), \
            f"expected a probe, got {[packet.hex() for packet in got]}"
        assert one.session()["state"] == "trans", one.session()
        assert stat("probe-sent") == 1
        config("tcp-est-timeout", "7200")
        one.send("V6 other")
        session = one.session()
        assert session["state"] == "established", session
        assert 7100 < session["expires"] <= 7200, session
    finally:
        lifetimes()


@test("a probe without answer: the session ends after TRANS "
      "[6146-T19 6146-T29 5382-5 D1]")
def _() -> None:
    nat64("instance", "flush")
    one = established(2001)
    try:
        force("tcp-est-timeout", "2")
        got = come(lab.lan, 15, lambda packet: is_probe(packet, one))
        assert got and is_probe(got[-1], one), "there was no probe"
        left = one.session()["expires"]
        assert one.session()["state"] == "trans" and 230 < left <= 240, left
        force("tcp-trans-timeout", "1")
        ended(one)
        assert not nat64("bib", "show", "--proto", "tcp")
    finally:
        lifetimes()


@test("tcp-probe off: no probe, the same time [6146-T19 D1]")
def _() -> None:
    nat64("instance", "flush")
    config("tcp-probe", "off")
    one = established(2002)
    before = stat("probe-sent")
    try:
        force("tcp-est-timeout", "1")
        until(lambda: one.session()["state"] == "trans")
        assert 230 < one.session()["expires"] <= 240, one.session()
        assert not come(lab.lan, 0.2, lambda packet: True)
        assert stat("probe-sent") == before
    finally:
        lifetimes()
        config("tcp-probe", "on")


@test("every other state ends with its time "
      "[6146-T10 6146-T14 6146-T24 6146-T26 6146-T29]")
def _() -> None:
    nat64("instance", "flush")
    ones = []
    for number, (state, (before, _, _)) in enumerate(STATES.items()):
        if state == "ESTABLISHED":
            continue
        one = Connection(2010 + number)
        one.open6()
        if state == "V4 INIT":
            one.peer = OTHER
        for event in before:
            one.send(event)
        ones.append(one)
    assert len(sessions()) == len(ones) + 1
    try:
        lifetimes(1)
        for one in ones:
            ended(one)
        assert not nat64("bib", "show", "--proto", "tcp")
    finally:
        lifetimes()


# --- simultaneous open, RFC 6146 s3.5.2.2 and RFC 5382 REQ-4 ---------------

class Opens:
    """Connections that only the remote has opened, to unmapped ports: MET
    is opened by the IPv6 host, too, from the port that was called, and
    MISSED from another; LONELY is not, AGAIN comes twice, and SILENT while it
    is not wanted."""

    def __init__(self, nat: Nat):
        self.met, self.missed, self.lonely, self.again, self.silent = (
            Connection(5001 + 2 * i, 5001 + 2 * i, S, 4001 + i, nat)
            for i in range(5))
        self.missed.port += 100


OPENS = {nat.name: Opens(nat) for nat in (AWAY, HOME)}


def configs(*words: str) -> None:
    for nat in AWAY, HOME:
        nat64("-i", nat.name, "config", "set", *words)


def instances() -> None:
    """AWAY and HOME."""
    instance("--pool6", AWAY.prefix, "--pool4", AWAY.pool4)
    nat64("instance", "add", HOME.name, "--pool6", HOME.prefix, "--pool4",
          HOME.pool4)
    run("ip", "addr", "replace", f"{HOME.pool4}/32", "dev", "lo")


def answers(seconds: float, count: int) -> list[tuple[float, bytes]]:
    """What the remote receives unasked: COUNT packets, and none in the half
    second after them."""
    got: list[tuple[float, bytes]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        packet = lab.wan.receive()
        if packet:
            got.append((time.monotonic(), packet))
            if len(got) == count:
                end = min(end, time.monotonic() + 0.5)
        else:
            time.sleep(0.01)
    return got


def refuses(packet: bytes, one: Connection) -> bool:
    """Check for port unreachable, from the NAT64 to the remote, about its SYN."""
    syn = one.segment4(SYN, True)
    quoted = packet[28:]
    # The quote may have lost a hop.
    same = quoted[:8] + quoted[9:10] + quoted[12:] == \
        syn[:8] + syn[9:10] + syn[12:len(quoted)]
    return (text(packet[16:20]) == one.peer and packet[9] == ICMP
            and text(packet[12:16]) in (one.nat.pool4, ROUTER4)
            and len(quoted) >= 28
            and packet[20:28] == icmp4(3, 3, bytes(4), quoted)[:8] and same)


def quiet(one: Connection) -> None:
    """The SYN of the remote is not answered."""
    got = lab.from4(one.segment4(SYN, True))
    assert got == ([], []), f"the SYN is answered: {got}"


@once
def opens() -> dict[str, list[tuple[float, bytes]]]:
    """Six to eight seconds of the SYNs."""
    instances()
    configs("drop-externally-initiated-tcp", "on")
    for these in OPENS.values():
        quiet(these.silent)
    configs("drop-externally-initiated-tcp", "off")
    since = time.monotonic()
    for these in OPENS.values():
        for one in these.met, these.missed, these.lonely, these.again:
            quiet(one)
        assert not nat64("-i", these.met.nat.name, "bib", "show"), \
            "a SYN from outside has made a mapping"
    for these in OPENS.values():
        these.got = lab.from6(these.met.segment6(SYN, False))
        these.session = these.met.session()
        called = these.missed.mapped
        these.missed.open6()
        these.took, these.missed.mapped = these.missed.mapped, called
        quiet(these.again)
    return {"since": [(since, b"")], "got": answers(12, 6)}


def refused(one: Connection) -> list[float]:
    """After how many seconds the SYN was refused."""
    since = opens()["since"][0][0]
    return [at - since for at, packet in opens()["got"] if refuses(packet, one)]


def both(name: str) -> Any:
    """The test with AWAY and with HOME."""
    def add(function: Any) -> Any:
        for label, nat in BOTH.items():
            test(f"{name}{label}")(lambda n=nat: function(n))
        return function
    return add


@both("V4 SYN and V6 SYN from the port that was called: established "
      "[6146-T3 6146-T8 6146-T32 5382-2]")
def _(nat: Nat) -> None:
    opens()
    these = OPENS[nat.name]
    got6, got4 = these.got
    compare(got6, [])
    compare(got4, [these.met.segment4(SYN, False, 63)])
    session = these.session
    assert session and session["state"] == "established", session
    assert session["expires"] > 7100, session
    assert not refused(these.met), refused(these.met)
    these.met.send("V4 SYN ACK")
    these.met.send("V6 other")


@both("a V4 SYN does not choose the port of a host [6146-T32]")
def _(nat: Nat) -> None:
    opens()
    these = OPENS[nat.name]
    assert these.took != these.missed.mapped, these.took
    assert len(refused(these.missed)) == 1, refused(these.missed)


@both("a V4 SYN without V6 SYN: refused, not before 6 s, by 8 s "
      "[6146-T3 6146-T10 5382-4 const-tcp-incoming-syn]")
def _(nat: Nat) -> None:
    times = refused(OPENS[nat.name].lonely)
    # A second more for the machine.
    assert len(times) == 1 and 6 <= times[0] < 9, (times, opens()["got"])


@both("a V4 SYN that is sent again is refused once [6146-T10]")
def _(nat: Nat) -> None:
    times = refused(OPENS[nat.name].again)
    assert len(times) == 1 and 6 <= times[0] < 9, (times, opens()["got"])


@both("drop-externally-initiated-tcp: a V4 SYN is never answered "
      "[6146-T2 5382-4]")
def _(nat: Nat) -> None:
    got = opens()["got"]
    assert len(got) == 6, got
    silent = OPENS[nat.name].silent
    assert not refused(silent), refused(silent)


@once
def filtered() -> list[tuple[float, bytes]]:
    """Address-dependent filtering, mappings whose hosts have not called the
    peers, and room for three SYNs."""
    instances()
    configs("address-dependent-filtering", "on",
            "maximum-simultaneous-opens", "3")
    filtered.ones = {nat.name: [Connection(4000 + i, nat=nat)
                                for i in range(5)] for nat in (AWAY, HOME)}
    for ones in filtered.ones.values():
        for one in ones:
            one.open6()
            one.peer = OTHER
    filtered.since = time.monotonic()
    filtered.session, filtered.counted = {}, {}
    for name, ones in filtered.ones.items():
        for one in ones[:4]:
            quiet(one)
        ones[0].send("V6 SYN")
        filtered.session[name] = ones[0].session()
        filtered.counted[name] = nat64("-i", name, "stats", "show", "--all")[0]
    return answers(12, 4)


@both("filtering by address: a V4 SYN to a mapping waits for the V6 SYN "
      "[6146-T4 6146-T8 5382-2]")
def _(nat: Nat) -> None:
    filtered()
    session = filtered.session[nat.name]
    assert session and session["state"] == "established", session
    one = filtered.ones[nat.name][0]
    assert not any(refuses(packet, one) for _, packet in filtered())
    one.send("V4 SYN ACK")


@both("filtering by address: a V4 SYN without V6 SYN is refused "
      "[6146-T4 6146-T10 5382-4]")
def _(nat: Nat) -> None:
    filtered()
    for one in filtered.ones[nat.name][1:3]:
        times = [at - filtered.since for at, packet in filtered()
                 if refuses(packet, one)]
        assert len(times) == 1 and 6 <= times[0] < 9, times


@both("maximum-simultaneous-opens is a bound: no more SYNs are kept "
      "[6146-T31 6146-17]")
def _(nat: Nat) -> None:
    assert len(filtered()) == 4, filtered()
    counted = filtered.counted[nat.name]
    assert counted["drop-syn-limit"] == 1, counted["drop-syn-limit"]
    assert counted["drop-syn-stored"] == 3, counted["drop-syn-stored"]
    nat64("-i", nat.name, "config", "set", "maximum-simultaneous-opens", "0")
    quiet(filtered.ones[nat.name][4])
    stats = nat64("-i", nat.name, "stats", "show", "--all")[0]
    assert stats["drop-syn-limit"] == 2, stats


@both("forged SYNs choose no port of the flows of others [6146-T32]")
def _(nat: Nat) -> None:
    instances()
    # In less time than the SYNs are kept.
    forged = [Connection(0, port, nat=nat) for port in range(20000, 20008)]
    for one in forged:
        quiet(one)
    flows = [Connection(30000 + i, nat=nat) for i in range(50)]
    for one in flows:
        one.open6()
    # Chance may give a flow one of these ports, but not several of fifty.
    named = [one.port for one in flows
             if one.mapped in [syn.mapped for syn in forged]]
    assert len(named) < 3, f"the flows from {named} got ports that were named"
    found = nat64("-i", nat.name, "session", "show")
    assert {one["state"] for one in found} == {"v6-init"}, found
    nat64("-i", nat.name, "instance", "flush")


@both("a flood of SYNs leaves room for other remotes [6146-17]")
def _(nat: Nat) -> None:
    instances()
    for i in range(1000):
        lab.wan.send(Connection(0, 20000 + i, "203.0.114.5", 1024 + i,
                                nat).segment4(SYN, True))
    one = Connection(6000, 6000, S, SPORT, nat)
    quiet(one)
    got6, got4 = lab.from6(one.segment6(SYN, False))
    compare(got6, [])
    compare(got4, [one.segment4(SYN, False, 63)])
    session = one.session()
    assert session and session["state"] == "established", session
    stats = nat64("-i", nat.name, "stats", "show", "--all")[0]
    # 256 of the flood, and one that made another way.
    assert stats["drop-syn-stored"] == 257, stats["drop-syn-stored"]
    assert stats["drop-syn-limit"] == 744, stats["drop-syn-limit"]
    nat64("-i", nat.name, "instance", "flush")


if __name__ == "__main__":
    run_tests()
    run("ip", "addr", "del", f"{HOME.pool4}/32", "dev", "lo")
