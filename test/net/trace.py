#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""trace.py - a packet is traced; nothing has changed; then it comes, and what the
trace said becomes of it, and nothing else.

trace.sh runs this in the router's namespace.
"""

import json
import pathlib
import subprocess
from typing import Any

import jsonschema

from lab import (C, C2, CPORT, NAMES, OTHER, P, P2, PPORT, ROUTER4, S, S6,
                 SPORT, WKP, config, each_proto, instance, l4, lab, link,
                 mapped, nat64, run, run_tests, stat, statics, test, v4, v6,
                 word)
from wire import (ACK, FIN, ICMP, ICMP6, SYN, TCP, UDP, embed, icmp4, icmp6,
                  ip4, ip6, text)

WAY = {6: "lan", 4: "wan"}              # the device that a packet comes by
SCHEMA = jsonschema.Draft202012Validator(json.loads((
    pathlib.Path(__file__).parents[1] / "cli/schema/trace.json").read_text()))


# --- what a trace must not change, and what a packet must ------------------

def state() -> dict[str, Any]:
    """All that can be seen of the translator, but for time that passes."""
    sessions = nat64("session", "show")
    for one in sessions:
        del one["expires"]
    return {"instance": nat64("instance", "show"), "session": sessions,
            "bib": nat64("bib", "show"), "stats": nat64("stats", "show")}


def fresh(*args: str) -> None:
    """A new instance, of which nothing ends by itself while a slow machine
    looks."""
    instance(*args)
    config("udp-timeout", "7000", "icmp-timeout", "7000",
           "tcp-open-timeout", "7000", "tcp-trans-timeout", "7000")


def version(packet: bytes) -> int:
    return packet[0] >> 4


def trace(packet: bytes, *options: str) -> Any:
    """What nat64ctl says of a packet. That changes nothing, on no wire either.
    """
    if "--quick" in options:            # something is about to end by itself
        return nat64("trace", "packet", packet.hex())
    before = state()
    said = nat64("trace", "packet", packet.hex(), *options)
    after = state()
    SCHEMA.validate(said)
    assert before == after, f"tracing changed {before} to {after}"
    got6, got4 = lab.from6() if version(packet) == 6 else lab.from4()
    assert not got6 and not got4, "tracing sent a packet"
    return said


def send(packet: bytes) -> tuple[list[bytes], list[bytes]]:
    return (lab.from6 if version(packet) == 6 else lab.from4)(packet)


def steps(said: Any) -> list[str]:
    return [one["step"] for one in said["steps"]]


def step(said: Any, name: str) -> dict[str, Any]:
    found = [one for one in said["steps"] if one["step"] == name]
    assert found, f"no step {name} in {said}"
    return found[-1]


def has(got: dict[str, Any], **expected: Any) -> None:
    for key, value in expected.items():
        key = key.replace("_", "-")
        assert got.get(key) == value, f"{key} is {got.get(key)}, not {value}"


def ports(packet: bytes) -> tuple[int, int]:
    at = 40 if version(packet) == 6 else (packet[0] & 15) * 4
    return (int.from_bytes(packet[at:at + 2], "big"),
            int.from_bytes(packet[at + 2:at + 4], "big"))


def ident(packet: bytes) -> int:
    at = 44 if version(packet) == 6 else 24
    return int.from_bytes(packet[at:at + 2], "big")


def as_said(said: Any, packet: bytes) -> None:
    """The packet that left is the one of the verdict."""
    six = version(packet) == 6
    src, dst = (8, 24) if six else (12, 16)
    size = dst - src
    family = "6" if six else "4"
    has(said, length=len(packet), **{
        "src" + family: text(packet[src:src + size]),
        "dst" + family: text(packet[dst:dst + size])})
    assert ("src4" if six else "src6") not in said
    if said.get("icmp-error"):
        return
    real = (ident(packet),) * 2 if said["proto"] == "icmp" else ports(packet)
    for key, value in zip(("sport", "dport"), real):
        if key + family in said:
            has(said, **{key + family: value})


def translated(packet: bytes, *options: str, **expected: Any) -> Any:
    """The packet is said to leave like that, and does. Returns the trace."""
    said = trace(packet, *options)
    has(said, verdict="translated", **expected)
    got = send(packet)
    out = got[0] if "src6" in said else got[1]
    assert len(got[0]) + len(got[1]) == 1 and out, f"{said}, but {got}"
    as_said(said, out[0])
    assert said["dev"] == WAY[version(out[0])], said
    return said


def told(said: Any, packet: bytes, back: list[bytes]) -> None:
    """Its source gets the ICMP error of the verdict, or none."""
    if "icmp-type" not in said:
        assert not back, f"{said}, but {back}"
        return
    assert len(back) == 1, f"{said}, but {back}"
    at = 40 if version(packet) == 6 else 20
    proto = back[0][6] if version(packet) == 6 else back[0][9]
    assert proto == (ICMP6 if version(packet) == 6 else ICMP)
    has(said, icmp_type=back[0][at], icmp_code=back[0][at + 1])


def dropped(packet: bytes, reason: str, *options: str, icmp: Any = None,
            **expected: Any) -> Any:
    """The packet is said to be dropped for this reason, with this ICMP error or
    none, and is."""
    said = trace(packet, *options)
    has(said, verdict="dropped", reason=reason, **expected)
    assert said["meaning"].startswith("dropped: ")
    assert icmp == ((said["icmp-type"], said["icmp-code"])
                    if "icmp-type" in said else None), said
    before = stat(reason)
    got6, got4 = send(packet)
    assert stat(reason) == before + 1, f"{reason} does not count it"
    back, out = (got6, got4) if version(packet) == 6 else (got4, got6)
    assert not out, f"it was not dropped: {out}"
    told(said, packet, back)
    return said


def passed(packet: bytes, reason: str | None) -> Any:
    """The packet is said to be none of the translator's, and is not translated.
    """
    said = trace(packet)
    has(said, verdict="passed", reason=reason)
    before = nat64("stats", "show")[0]
    got6, got4 = send(packet)
    after = nat64("stats", "show")[0]
    if reason:
        assert after[reason] == before[reason] + 1
    else:
        assert after == before, "it was counted"
    assert not (got4 if version(packet) == 6 else got6)
    return said


def out(host: str = C, port: int = CPORT, dst: str = S6, dport: int = SPORT,
        **fields: Any) -> bytes:
    return v6(host, dst, port, dport, **fields)


def back(src: str = S, sport: int = SPORT, dst: str = P, dport: int = PPORT,
         **fields: Any) -> bytes:
    return v4(src, dst, sport, dport, back=True, **fields)


# --- from the IPv6 side ----------------------------------------------------

@test("an instance with one address")
def _() -> None:
    fresh("--pool6", WKP, "--pool4", P)


@each_proto("a new flow, and the same when it is known")
def _(proto: int) -> None:
    packet = out(port=5001, proto=proto)
    said = translated(packet, src4=P, dst4=S, instance="default")
    has(step(said, "input"), dev="lan", mark=0)
    has(step(said, "instance"), instance="default", pool6=WKP)
    has(step(said, "tuple"), src6=C, sport6=5001, dst6=S6, proto=NAMES[proto])
    has(step(said, "mapping"), src4=P, mark=0)
    has(step(said, "route"), dev="wan", mtu=1500)
    assert {"no-bib", "new-session"} <= set(steps(said)), said
    assert "sport4" not in said, "the port is left to chance"
    said = translated(packet, src4=P, dst4=S)
    bib = nat64("bib", "show", "--proto", NAMES[proto], "--port", "5001")[0]
    has(said, sport4=bib["port4"])
    has(step(said, "bib"), src6=C, sport6=5001, src4=P, sport4=bib["port4"],
        static=False)
    assert 0 < step(said, "session")["expires"] <= 7440
    assert not {"mapping", "new-session"} & set(steps(said)), said


@test("a known host, another destination")
def _() -> None:
    mapped(C, 5002)
    said = translated(out(port=5002, dst=embed(WKP, OTHER)), dst4=OTHER)
    assert steps(said)[-2:] == ["route", "new-session"], said
    assert {"bib", "no-session"} <= set(steps(said)), said


@test("the states of a TCP connection")
def _() -> None:
    host, peer = (C, 5003), {"dst4": S}
    syn = out(*host, proto=TCP)
    said = translated(syn, **peer)
    has(step(said, "new-session"), state="v6-init")
    port = nat64("bib", "show", "--port", "5003")[0]["port4"]
    said = translated(back(dport=port, proto=TCP, flags=SYN | ACK), dst6=C,
                      dport6=5003, src6=S6, sport6=SPORT)
    has(step(said, "session"), state="v6-init")
    has(step(said, "state"), state="established")
    said = translated(out(*host, proto=TCP, flags=ACK), **peer)
    has(step(said, "session"), state="established")
    assert "state" not in steps(said)
    said = translated(out(*host, proto=TCP, flags=FIN | ACK), **peer)
    has(step(said, "state"), state="v6-fin")


@test("TCP without a connection")
def _() -> None:
    dropped(out(port=5004, proto=TCP, flags=ACK), "drop-no-session")


@test("a destination that is in no pool6")
def _() -> None:
    said = passed(out(dst="2001:db8:dead::1"), None)
    assert steps(said) == ["input"], said


@test("a source inside pool6")
def _() -> None:
    dropped(v6(embed(WKP, OTHER), S6, 1, 2), "drop-source-in-pool6",
            "--iif", "lan")


@test("a private IPv4 address in the Well-Known Prefix")
def _() -> None:
    dropped(out(dst=embed(WKP, "10.0.0.1")), "drop-wkp-private")


@test("the hop limit is used up")
def _() -> None:
    dropped(out(port=5005, hops=1), "drop-hop-limit", icmp=(3, 0))


@test("no route")
def _() -> None:
    run("ip", "route", "add", "unreachable", "192.0.2.128/25")
    try:
        dropped(out(port=5006, dst=embed(WKP, "192.0.2.130")), "drop-no-route",
                icmp=(1, 0))
    finally:
        run("ip", "route", "del", "unreachable", "192.0.2.128/25")


@test("too big for the next link")
def _() -> None:
    link("wan", 1280)
    try:
        packet = out(port=5007, data=bytes(1300 - 48))
        said = translated(packet, length=1280)
        has(step(said, "route"), mtu=1280)
        said = dropped(out(port=5007, data=bytes(1301 - 48)), "drop-too-big",
                       icmp=(2, 0))
    finally:
        link("wan", 1500)


@test("neither TCP nor UDP nor ICMP")
def _() -> None:
    dropped(ip6(C, S6, 132, bytes(20)), "drop-protocol", icmp=(1, 4))


@test("drop-icmpv6-info")
def _() -> None:
    config("drop-icmpv6-info", "on")
    try:
        dropped(out(port=5008, proto=ICMP), "drop-icmp-info")
    finally:
        config("drop-icmpv6-info", "off")


@test("manually-enabled is off")
def _() -> None:
    config("manually-enabled", "off")
    try:
        said = trace(out(port=5009))
        has(said, verdict="passed", reason="pass-disabled", instance="default")
    finally:
        config("manually-enabled", "on")


@test("no pool4 for the mark")
def _() -> None:
    run("nft", "add table ip6 marks { chain c { type filter hook prerouting "
        f"priority mangle; ip6 saddr {C2} meta mark set 7; }}; }}")
    try:
        said = dropped(out(host=C2), "drop-no-pool4", "--mark", "7",
                       icmp=(1, 3))
        has(step(said, "input"), mark=7)
        nat64("pool4", "add", P2, "--mark", "7")
        said = translated(out(host=C2), "--mark", "7", src4=P2)
        has(step(said, "mapping"), src4=P2, mark=7)
    finally:
        run("nft", "delete table ip6 marks")
        nat64("pool4", "del", P2, "--mark", "7")


@test("another IPv6 host: hairpinning")
def _() -> None:
    address, port = mapped(C, 5010)
    said = translated(out(host=C2, port=5011, dst=embed(WKP, address),
                          dport=port), dst6=C, dport6=5010)
    assert "hairpin" in steps(said)
    assert len([one for one in said["steps"] if one["step"] == "bib"]) == 1
    # Only the host knows the identifier of its ping, which leads to the host.
    said = translated(out(host=C2, port=5011, dst=embed(WKP, address),
                          dport=port), dst6=C, dport6=5010)
    mapping = nat64("bib", "show", "--v6", C2, "--port", "5011")[0]["port4"]
    has(said, src6=embed(WKP, address), sport6=mapping)


@test("sessions have a limit")
def _() -> None:
    mapped(C, 5012)
    count = nat64("session", "count")["count"]
    config("maximum-sessions", str(count))
    try:
        dropped(out(port=5013), "drop-session-limit")
        dropped(out(port=5012, dport=99), "drop-session-limit")
        translated(out(port=5012), src4=P)
    finally:
        config("maximum-sessions", "1000000")
    config("maximum-sessions-per-bib", "1")
    try:
        dropped(out(port=5012, dport=99), "drop-session-limit")
    finally:
        config("maximum-sessions-per-bib", "65536")


# --- from the IPv4 side ----------------------------------------------------

@test("an instance with static BIB entries")
def _() -> None:
    fresh("--pool6", WKP, "--pool4", P, "--pool4", P2)
    statics()


@each_proto("to a static BIB entry")
def _(proto: int) -> None:
    said = translated(back(proto=proto), src6=S6, dst6=C, dport6=CPORT)
    has(step(said, "input"), dev="wan")
    has(step(said, "tuple"), src4=S, dst4=P)
    has(step(said, "bib"), static=True, src6=C, src4=P)
    if proto == TCP:
        has(step(said, "new-session"), state="v4-init")
    said = translated(back(proto=proto), src6=S6, dst6=C, dport6=CPORT)
    assert "session" in steps(said) and "new-session" not in steps(said)


@test("an ICMP error about a flow")
def _() -> None:
    mapped(C, CPORT)
    quoted = v4(P, S, PPORT, SPORT, ttl=1)
    error = ip4(OTHER, P, ICMP, icmp4(11, 0, word(0), quoted))
    said = translated(error, src6=embed(WKP, OTHER), dst6=C)
    assert step(said, "tuple")["icmp-error"]
    has(step(said, "tuple"), src4=S, sport4=SPORT, dst4=P, dport4=PPORT)
    said = translated(ip6(C, S6, ICMP6, error_of_c()), src4=P, dst4=S)
    assert said["icmp-error"]


def error_of_c() -> bytes:
    """Port unreachable from C, about what S sent it."""
    return icmp6(C, S6, 1, 4, word(0), v6(S6, C, SPORT, CPORT, back=True))


@test("no BIB entry: UDP and ICMP receive errors, a SYN is stored")
def _() -> None:
    config("maximum-simultaneous-opens", "1", "answer-unmapped", "on")
    dropped(back(dport=3999), "drop-no-bib", icmp=(3, 3))
    dropped(back(dport=3999, proto=ICMP), "drop-no-bib", icmp=(3, 1))
    dropped(back(dport=3999, proto=TCP, flags=ACK), "drop-no-bib")
    dropped(back(dport=3999, proto=TCP), "drop-syn-stored")
    dropped(back(dport=3998, proto=TCP), "drop-syn-limit", "--quick")
    # The IPv6 host opens the same connection from the port that the remote has
    # called: it gets that one.
    said = translated(out(port=3999, proto=TCP), "--quick", src4=P, sport4=3999)
    has(step(said, "mapping"), sport4=3999)
    has(step(said, "new-session"), state="established")
    config("maximum-simultaneous-opens", "10")


@test("the filtering keys are named")
def _() -> None:
    address, port = mapped(C, 5021)
    config("address-dependent-filtering", "on")
    try:
        said = dropped(back(src=OTHER, dport=port), "drop-filtered",
                       icmp=(3, 13))
        has(step(said, "key"), key="address-dependent-filtering")
        said = translated(back(sport=81, dport=port), dst6=C)
        assert "key" not in steps(said)
        config("port-dependent-filtering", "on")
        said = dropped(back(sport=82, dport=port), "drop-filtered",
                       icmp=(3, 13))
        has(step(said, "key"), key="port-dependent-filtering")
        assert address == P
    finally:
        config("address-dependent-filtering", "off",
               "port-dependent-filtering", "off")
    config("drop-externally-initiated-tcp", "on")
    try:
        said = dropped(back(sport=83, proto=TCP), "drop-filtered")
        has(step(said, "key"), key="drop-externally-initiated-tcp")
    finally:
        config("drop-externally-initiated-tcp", "off")


@test("no ICMP errors, no such promise")
def _() -> None:
    dropped(back(dport=3997), "drop-no-bib", icmp=(3, 3))
    config("send-icmp-errors", "off")
    try:
        dropped(back(dport=3997), "drop-no-bib")
    finally:
        config("send-icmp-errors", "on")


@test("a session that has ended begins again")
def _() -> None:
    packet = out(port=CPORT, proto=ICMP)
    translated(packet, src4=P, sport4=PPORT)
    nat64("session", "flush")
    said = translated(packet, src4=P, sport4=PPORT)
    assert {"no-session", "new-session"} <= set(steps(said)), said


@test("the router's own addresses")
def _() -> None:
    passed(back(dst=ROUTER4), None)


@test("the ports of pool4 are exhausted")
def _() -> None:
    fresh("--pool6", WKP)
    nat64("pool4", "add", P, "--ports", "1000-1001", "--proto", "udp")
    config("hold-down-time", "0")
    for port in 5030, 5032:
        translated(out(port=port), src4=P)
    dropped(out(port=5034), "drop-pool4-exhausted", icmp=(1, 3))
    dropped(out(port=5034, proto=TCP), "drop-no-pool4", icmp=(1, 3))
    nat64("session", "flush")
    translated(out(port=5034), src4=P)


@test("the router's own addresses as pool4")
def _() -> None:
    fresh("--pool6", WKP)
    said = translated(out(port=5040), src4=ROUTER4)
    has(step(said, "mapping"), src4=ROUTER4)
    port = nat64("bib", "show", "--port", "5040")[0]["port4"]
    translated(back(dst=ROUTER4, dport=port), dst6=C, dport6=5040)
    passed(back(dst=ROUTER4, dport=2), "pass-local")


@test("two instances share an address")
def _() -> None:
    fresh("--pool6", WKP)
    nat64("pool4", "add", P, "--ports", "1000-1999")
    nat64("instance", "add", "two", "--pool6", "2001:db8:64::/96",
          "--pool4", P2)
    nat64("pool4", "add", P, "--ports", "2000-2999", "-i", "two")
    nat64("bib", "add", "--proto", "udp", f"[{C}]:2500", f"{P}:2500",
          "-i", "two")
    said = trace(back(dport=2500))
    has(said, verdict="translated", instance="two", dst6=C,
        src6=embed("2001:db8:64::/96", S))
    names = [one["instance"] for one in said["steps"]
             if one["step"] == "instance"]
    assert names == ["default", "two"], names
    assert "passed" in steps(said)
    got6, got4 = send(back(dport=2500))
    assert len(got6) == 1 and not got4
    as_said(said, got6[0])
    nat64("instance", "del", "two")


# --- the command -----------------------------------------------------------

@test("a tuple is the packet that it describes")
def _() -> None:
    fresh("--pool6", WKP, "--pool4", P, "--pool4", P2)
    statics()
    config("answer-unmapped", "on")
    empty = {"data": b""}
    plain = [
        (["udp", f"[{C}]:7", f"[{S6}]:9"], v6(C, S6, 7, 9, **empty)),
        (["udp", f"{S}:9", f"{P}:{PPORT}"], v4(S, P, 9, PPORT, **empty)),
        (["icmp", f"[{C}]:7", S6], v6(C, S6, 7, 7, proto=ICMP, **empty)),
        (["icmp", S, f"{P}:{PPORT}"],
         v4(S, P, PPORT, PPORT, proto=ICMP, **empty)),
    ]
    for words, packet in plain:
        said, other = nat64("trace", *words), trace(packet)
        assert said == other, f"{said}, not {other}"
        has(said, verdict="translated")
    said = nat64("trace", "tcp", f"[{C}]:7", f"[{S6}]:9", "--length", "1000",
                 "--ttl", "7", "--iif", "wan", "--mark", "0")
    has(said, verdict="translated", length=980, dport4=9)
    has(step(said, "input"), dev="wan")
    has(step(said, "new-session"), state="v6-init")
    has(nat64("trace", "tcp", f"[{C}]:7", f"[{S6}]:9", "--flags", "ack,psh"),
        reason="drop-no-session")
    has(nat64("trace", "tcp", f"[{C}]:7", f"[{S6}]:9", "--ttl", "1"),
        reason="drop-hop-limit")


@test("in words")
def _() -> None:
    words = "trace", "tcp", f"[{C}]:7", f"[{S6}]:9"
    mapping = step(nat64(*words), "mapping")
    said = run("nat64ctl", *words)
    assert said.splitlines()[-1].startswith(
        f"translated to tcp {mapping['src4']}:* -> {S}:9 by wan, "), said
    assert "\033" not in said
    said = run("nat64ctl", "explain", "udp", f"{S}:9", f"{P}:9", "--color",
               "always")
    assert said.splitlines()[-1] == (
        "\033[31mdropped: no BIB entry (drop-no-bib), instance default; its "
        "source would get ICMP type 3 code 3\033[0m"), said


@test("what the network stack would not take is refused")
def _() -> None:
    good = v4(S, P, 9, 9)
    bad = {
        "45": "shorter than its IPv4",
        "60": "shorter than its IPv6", good[:-1].hex(): "the length in the IPv4",
        (good[:10] + b"\1\2" + good[12:]).hex(): "checksum",
        v6("ff02::1", S6, 1, 2).hex(): "drops a packet with",
        v6(C, S6, 1, 2)[:-1].hex(): "shorter than the length",
        "0" * 40: "neither with",
    }
    before = state()
    for packet, why in bad.items():
        done = subprocess.run(["nat64ctl", "trace", "packet", packet],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 2 and why in done.stderr, (packet, done)
    for words, why in (("--iif", "nowhere"), "no device of this name"), ((
            "--iif", "lo"), ""):
        done = subprocess.run(["nat64ctl", "trace", "packet", good.hex(),
                               *words], capture_output=True, text=True,
                              check=False)
        assert (done.returncode == 2 and why in done.stderr) if why else (
            done.returncode == 0), done
    done = subprocess.run(["nat64ctl", "trace", "udp", "198.51.100.1:9",
                           f"{P}:9"], capture_output=True, text=True,
                          check=False)
    assert "is the router itself" in done.stderr, done
    assert before == state()


@test("a fragment waits for the others")
def _() -> None:
    whole = l4(UDP, S, P, SPORT, PPORT, bytes(1000))[1]
    said = trace(ip4(S, P, UDP, whole[:504], mf=True))
    has(said, verdict="fragment", instance="default")


run_tests()
