#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""device.py - a network device: crafted packets, and what has to come out.

device.sh runs this in the router's namespace. A packet that crosses the router is
routed into the device and out of it, so its hop limit is lowered twice.
"""

import json
import os
import random
import socket
import struct
import subprocess
import time
from typing import Any, Callable

from lab import (DATA, OTHER, ROUTER4, ROUTER6, WKP, Lab, Wire, cross4, cross6,
                 lab, link, nat64, run, run_tests, stat, statics, test, until, v4,
                 v6, word)
from lab import in4 as nat_in4, in6 as nat_in6
from lab import out4 as nat_out4, out6 as nat_out6
from node import (A4, A6, B4, B6, DPORT, POOL6, S, S6, SPORT, STRANGER6, in4, in6,
                  out4, out6)
from wire import (FRAGMENT, ICMP, ICMP6, SYN, TCP, UDP, compare, embed, fragment,
                  icmp4, icmp6, ip4, ip6, text, udp)

DEV = "dev0"
GRE = 47


def patiently(exchange: Callable[..., tuple[list[bytes], list[bytes]]]
              ) -> Callable[..., tuple[list[bytes], list[bytes]]]:
    """Packets wait once more in the device, where others overtake them."""
    def again(sender: Wire, *packets: bytes
              ) -> tuple[list[bytes], list[bytes]]:
        got6, got4 = exchange(sender, *packets)
        for _ in range(4):
            more6, more4 = exchange(sender)
            got6 += more6
            got4 += more4
        return got6, got4
    return again


lab.exchange = patiently(lab.exchange)      # type: ignore[method-assign]


def shown(dev: str = DEV) -> Any:
    done = subprocess.run(["ip", "-s", "-d", "-j", "link", "show", "dev", dev],
                          capture_output=True, text=True, check=False)
    rows = json.loads(done.stdout or "[]")
    return next((row for row in rows if row), None)


def carrier(wanted: bool) -> None:
    """The device has a carrier, or none: the kernel says so a little later."""
    end = time.monotonic() + 20
    while ("NO-CARRIER" in shown()["flags"]) == wanted:
        assert time.monotonic() < end, shown()
        time.sleep(0.05)


def routed(*prefixes: str) -> None:
    run("ip", "link", "set", DEV, "up")
    for prefix in prefixes:
        run("ip", "-6" if ":" in prefix else "-4", "route", "replace", prefix,
            "dev", DEV)


def clean() -> None:
    for old in nat64("instance", "show"):
        nat64("instance", "del", old["instance"])
    if shown():
        run("ip", "link", "del", DEV)


def stateless(*options: str) -> None:
    clean()
    nat64("instance", "add", "default", "--type", "siit", "--pool6", POOL6,
          "--device", DEV, *options)
    for one, other in (A6, A4), (B6, B4):
        nat64("eam", "add", one, other)
    routed(POOL6, "203.0.113.0/24")


def stateful() -> None:
    clean()
    nat64("instance", "add", "default", "--pool6", WKP, "--pool4",
          "203.0.113.0/30", "--device", DEV)
    routed(WKP, "203.0.113.0/30")
    statics()


def refuses(*words: str) -> str:
    done = subprocess.run(["nat64ctl", *words], capture_output=True, text=True,
                          check=False)
    print("+", "nat64ctl", *words, ":", done.stderr)
    assert done.returncode == 2, done.returncode
    return done.stderr


# --- the device ------------------------------------------------------------

@test("instance add creates the device, and instance del deletes it")
def _() -> None:
    nat64("instance", "add", "default", "--type", "siit", "--pool6", POOL6,
          "--device", DEV)
    row = nat64("instance", "show")[0]
    assert row["device"] == DEV and not row["device-gone"], row
    made = shown()
    assert made["linkinfo"]["info_kind"] == "nat64", made
    assert made["mtu"] == 1500 and made["min_mtu"] == 1280, made
    assert {"POINTOPOINT", "NOARP"} <= set(made["flags"]), made
    nat64("instance", "del", "default")
    assert not shown()


@test("a device that ip link has created is taken, and stays")
def _() -> None:
    run("ip", "link", "add", DEV, "mtu", "1400", "type", "nat64")
    run("ip", "link", "set", DEV, "up")
    carrier(False)
    nat64("instance", "add", "default", "--type", "siit", "--pool6", POOL6,
          "--device", DEV)
    carrier(True)
    assert shown()["mtu"] == 1400, shown()
    why = refuses("instance", "add", "other", "--type", "siit", "--device", DEV)
    assert "another instance" in why, why
    nat64("instance", "del", "default")
    carrier(False)
    clean()


@test("names that cannot be are refused with a sentence")
def _() -> None:
    why = refuses("instance", "add", "x", "--type", "siit", "--device", "lan")
    assert "not of type nat64" in why, why
    for name in "a/b", "a b", "x" * 16, "nat%d", ".", "":
        done = subprocess.run(
            ["nat64ctl", "instance", "add", "x", "--type", "siit", "--device",
             name], capture_output=True, text=True, check=False)
        assert done.returncode == 1 and "device" in done.stderr, done
    why = refuses("instance", "add", "x", "--device", DEV)
    assert "pool4" in why, why
    assert not nat64("instance", "show") and not shown()


@test("the device accepts MTUs of 1280 to 65535, and cannot move to another namespace")
def _() -> None:
    stateless()
    for words in (["mtu", "1279"], ["mtu", "65536"], ["netns", "1"]):
        done = subprocess.run(["ip", "link", "set", DEV, *words],
                              capture_output=True, text=True, check=False)
        assert done.returncode, words
    link(DEV, 65535)
    link(DEV, 1500)
    assert "inet6" not in run("ip", "-6", "address", "show", "dev", DEV)


# --- stateless -------------------------------------------------------------

for _proto, _label in (UDP, "UDP"), (TCP, "TCP"), (ICMP, "ICMP echo"):
    @test(f"stateless {_label}: every header field, both ways")
    def _(proto: int = _proto) -> None:
        cross6([out6(proto=proto, hops=57, tc=0xb9, flow=0x12345)],
               [out4(proto=proto, ttl=55, tos=0xb9)])
        cross4([in4(proto=proto, ttl=57, tos=0xb9, ident=77)],
               [in6(proto=proto, hops=55, tc=0xb9)])


@test("GRE is translated, both ways")
def _() -> None:
    for data in DATA, b"":
        cross6([ip6(A6, S6, GRE, data)], [ip4(A4, S, GRE, data, ttl=62)])
        cross4([ip4(S, A4, GRE, data)], [ip6(S6, A6, GRE, data, hops=62)])


@test("fragments are translated one by one")
def _() -> None:
    data = udp(A6, S6, SPORT, DPORT, bytes(range(200)) * 2)
    first, second = data[:208], data[208:]
    got6, got4 = lab.from6(
        ip6(A6, S6, FRAGMENT, fragment(UDP, 0, True, 0x10005, first)),
        ip6(A6, S6, FRAGMENT, fragment(UDP, 208, False, 0x10005, second)))
    compare(got6, [])
    assert [(p[6:8], len(p)) for p in got4] == [
        (b"\x20\0", 228), (b"\0\x1a", 20 + len(second))], got4
    got6, got4 = lab.from4(
        ip4(S, A4, GRE, bytes(400), ident=9, mf=True),
        ip4(S, A4, GRE, bytes(64), ident=9, offset=400))
    compare(got4, [])
    compare(got6, [
        ip6(S6, A6, FRAGMENT, fragment(GRE, 0, True, 9, bytes(400)), hops=62),
        ip6(S6, A6, FRAGMENT, fragment(GRE, 400, False, 9, bytes(64)),
            hops=62)])


@test("an IPv4 packet without DF comes out in fragments of 1280 octets")
def _() -> None:
    got6, got4 = lab.from4(in4(data=bytes(1400), ident=7))
    compare(got4, [])
    assert [len(p) for p in got6] == [1280, 40 + 8 + 1408 - 1232], got6
    assert all(p[6] == FRAGMENT and p[7] == 62 for p in got6)


@test("statistics count packets and octets as they went in and came out")
def _() -> None:
    stateless()
    cross6([out6()] * 3, [out4(ttl=62)] * 3)
    cross4([in4()] * 2, [in6(hops=62)] * 2)
    stats = shown()["stats64"]
    size = len(out6())
    assert stats["tx"]["packets"] == 5, stats
    assert stats["tx"]["bytes"] == 3 * size + 2 * (size - 20), stats
    assert stats["rx"]["packets"] == 5, stats
    assert stats["rx"]["bytes"] == 3 * (size - 20) + 2 * size, stats
    assert not stats["tx"]["dropped"] and not stats["rx"]["dropped"], stats
    assert stat("translated64") == 3 and stat("translated46") == 2


@test("one node with an EAM entry reaches another by the device")
def _() -> None:
    cross6([], [])
    got6, got4 = lab.from6(v6(A6, embed(POOL6, B4), 1, 2))
    compare(got4, [])
    compare(got6, [v6(embed(POOL6, A4), B6, 1, 2, hops=62)])


def only_error6(sent: bytes, kind: int, code: int) -> bytes:
    """The one ICMPv6 error that comes back; it quotes what was sent."""
    got6, got4 = lab.from6(sent)
    compare(got4, [])
    assert len(got6) == 1, f"{len(got6)} packets came back"
    packet = got6[0]
    assert text(packet[24:40]) == text(sent[8:24])
    assert (packet[6], packet[40], packet[41]) == (ICMP6, kind, code), packet
    rest = icmp6(text(packet[8:24]), text(packet[24:40]), kind, code,
                 packet[44:48], packet[48:])
    assert packet[40:] == rest, "wrong checksum"
    assert packet[48 + 8:88] == sent[8:40], packet.hex()
    return packet


def only_error4(sent: bytes, kind: int, code: int) -> bytes:
    got6, got4 = lab.from4(sent)
    compare(got6, [])
    assert len(got4) == 1, f"{len(got4)} packets came back"
    packet = got4[0]
    assert packet[16:20] == sent[12:16]
    assert (packet[9], packet[20], packet[21]) == (ICMP, kind, code), packet
    assert packet[20:] == icmp4(kind, code, packet[24:28], packet[28:])
    assert packet[28 + 12:48] == sent[12:20], packet.hex()
    return packet


@test("time exceeded: before the device by the router, behind it through the "
      "device, both families [7915-1 7915-20]")
def _() -> None:
    for hops in 1, 2:
        packet = only_error6(out6(hops=hops), 3, 0)
        assert text(packet[8:24]) == ROUTER6, packet.hex()
        packet = only_error4(in4(ttl=hops), 11, 0)
        assert text(packet[12:16]) == ROUTER4, packet.hex()
    cross6([out6(hops=3)], [out4(ttl=1)])
    cross4([in4(ttl=3)], [in6(hops=1)])


@test("path MTU: of the next link, of the device, both families")
def _() -> None:
    link("wan", 1300)
    packet = only_error6(out6(data=bytes(1340)), 2, 0)
    assert packet[44:48] == word(1320), packet.hex()
    link("wan", 1500)
    link("lan", 1300)
    packet = only_error4(in4(data=bytes(1262), df=True), 3, 4)
    assert packet[26:28] == word(1280)[2:], packet.hex()
    link("lan", 1500)
    link(DEV, 1300)
    packet = only_error6(out6(data=bytes(1300)), 2, 0)
    assert packet[44:48] == word(1300) and text(packet[8:24]) == ROUTER6
    packet = only_error4(in4(data=bytes(1300), df=True), 3, 4)
    assert packet[26:28] == word(1300)[2:], packet.hex()
    link(DEV, 1500)


@test("an error of a router without IPv4 address has one of this router")
def _() -> None:
    hop = "2001:db8:c:9::1"
    quote = in6(hops=62)
    got6, got4 = lab.from6(ip6(hop, S6, ICMP6, icmp6(
        hop, S6, 3, 0, word(0), quote)))
    compare(got6, [])
    assert len(got4) == 1 and text(got4[0][12:16]) == ROUTER4, got4
    assert got4[0][20:22] == b"\x0b\0", got4[0].hex()


@test("what does not translate is answered, counted and dropped")
def _() -> None:
    before = stat("drop-not-translatable")
    only_error6(v6(STRANGER6, S6, 1, 2), 1, 0)
    assert stat("drop-not-translatable") == before + 1
    run("ip", "-4", "route", "add", "240.0.0.1", "dev", DEV)
    assert shown()["stats64"]["tx"]["dropped"] >= 1
    nat64("denylist", "add", "192.0.2.32/29")
    only_error4(in4(), 3, 1)
    assert stat("drop-not-translatable") == before + 2
    nat64("denylist", "flush")


@test("what comes out of the device does not go into it again")
def _() -> None:
    before = stat("drop-loop")
    nowhere = "203.0.113.99"
    only_error6(v6(A6, embed(POOL6, nowhere), 1, 2), 1, 0)
    assert stat("drop-loop") == before + 1
    run("ip", "-6", "route", "add", "2001:db8:c::6/128", "dev", DEV)
    only_error4(v4(S, B4, 1, 2), 3, 1)
    assert stat("drop-loop") == before + 2
    run("ip", "-6", "route", "del", "2001:db8:c::6/128", "dev", DEV)


@test("the hooks do not translate for it, and the key manually-enabled stops it")
def _() -> None:
    run("ip", "-6", "route", "del", POOL6, "dev", DEV)
    run("ip", "-6", "route", "add", POOL6, "via", "2001:db8:1::2")
    got6, got4 = lab.from6(out6())
    compare(got4, [])
    compare(got6, [out6(hops=63)])
    run("ip", "-6", "route", "del", POOL6, "via", "2001:db8:1::2")
    run("ip", "-6", "route", "add", POOL6, "dev", DEV)
    nat64("config", "set", "manually-enabled", "off")
    only_error6(out6(), 1, 0)
    nat64("config", "set", "manually-enabled", "on")
    cross6([out6()], [out4(ttl=62)])


@test("filters see it as input and output device; reverse paths are strict")
def _() -> None:
    run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1",
        f"net.ipv4.conf.{DEV}.rp_filter=1")
    run("nft", "add table inet t; "
        "add chain inet t f { type filter hook forward priority 0; }; "
        "add chain inet t p { type filter hook prerouting priority -300; }; "
        "add rule inet t p fib saddr . iif oif missing counter drop; "
        f"add rule inet t f iifname {DEV} oifname wan ip saddr {A4} counter; "
        f"add rule inet t f iifname lan oifname {DEV} ip6 saddr {A6} counter; "
        f"add rule inet t f iifname {DEV} ct state new counter; "
        f"add rule inet t f iifname {DEV} ct state established counter")
    cross6([out6()], [out4(ttl=62)])
    cross4([in4()], [in6(hops=62)])
    assert counters() == [1, 1, 1, 1, 0], counters()
    run("nft", "delete table inet t")
    run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0",
        f"net.ipv4.conf.{DEV}.rp_filter=0")


def counters() -> list[int]:
    return [expr["counter"]["packets"] for rule in
            json.loads(run("nft", "-j", "list", "table", "inet", "t"))["nftables"]
            for expr in rule.get("rule", {}).get("expr", []) if "counter" in expr]


@test("with strict reverse path filtering, errors of the router arrive")
def _() -> None:
    run("nft", "add table inet t; "
        "add chain inet t p { type filter hook prerouting priority -300; }; "
        "add chain inet t o { type filter hook postrouting priority 0; }; "
        "add rule inet t p fib saddr . iif oif missing counter drop; "
        f"add rule inet t o ip6 saddr {ROUTER6} iifname {DEV} counter; "
        f"add rule inet t o ip saddr {ROUTER4} iifname {DEV} counter")
    only_error6(out6(hops=2), 3, 0)
    only_error4(in4(ttl=2), 11, 0)
    link("wan", 1300)
    only_error6(out6(data=bytes(1340)), 2, 0)
    link("wan", 1500)
    assert counters() == [0, 0, 0], counters()
    run("nft", "delete table inet t")


@test("trace follows a packet into the device")
def _() -> None:
    out = run("nat64ctl", "trace", "udp", f"[{A6}]:2000", f"[{S6}]:4000")
    print(out)
    assert f"route through {DEV}, MTU 1500" in out and A4 in out, out
    out = run("nat64ctl", "trace", "udp", f"{S}:2000", f"{A4}:4000")
    assert f"route through {DEV}" in out and A6 in out, out


# --- hostile ---------------------------------------------------------------

def packet_socket(vnet: bool = False) -> socket.socket:
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW if vnet else
                         socket.SOCK_DGRAM, 0)
    if vnet:
        sock.setsockopt(263, 15, 1)             # PACKET_VNET_HDR
    return sock


@test("whatever a packet socket sends into it, the kernel and the device live")
def _() -> None:
    rand = random.Random(64)
    whole = [out6(), in4(), out6(proto=TCP), in4(proto=TCP), out6(proto=ICMP),
             in4(proto=ICMP), out6(data=bytes(1400)), in4(data=bytes(1400)),
             ip6(A6, S6, FRAGMENT, fragment(UDP, 0, True, 5, bytes(64))),
             ip4(S, A4, UDP, bytes(64), mf=True)]
    protocols = 0x0800, 0x86dd, 0x8100, 0x0806, 3, 0
    plain, vnet = packet_socket(), packet_socket(True)
    for packet in whole:
        for cut in (0, 1, 7, 19, 20, 21, 27, 28, 39, 40, 41, 47, 48, 60,
                    len(packet), len(packet) + 9):
            data = packet[:cut] + bytes(max(0, cut - len(packet)))
            for proto in protocols:
                send(plain, data, proto)
                head = struct.pack("=BBHHHH", rand.choice((0, 1)),
                                   rand.choice((0, 0, 1, 3, 4, 5)),
                                   rand.choice((0, 14, 20, 40, 60)),
                                   rand.choice((0, 1, 8, 100, 1300)),
                                   rand.choice((0, 20, 40, 33)),
                                   rand.choice((6, 16, 2)))
                send(vnet, head + data, proto)
    for _ in range(3000):
        packet = bytearray(rand.choice(whole))
        for _ in range(rand.randrange(1, 4)):
            packet[rand.randrange(min(64, len(packet)))] = rand.randrange(256)
        send(plain, bytes(packet), 0x86dd if packet[0] >> 4 == 6 else 0x0800)
    lab.from6()
    lab.from4()
    cross6([out6()], [out4(ttl=62)])


def send(sock: socket.socket, data: bytes, proto: int) -> None:
    try:
        sock.sendto(data, (DEV, proto))
    except OSError:
        pass


@test("a wrong IPv4 header checksum is refused, padding is removed")
def _() -> None:
    sock = packet_socket()
    packet = in4(ttl=62)
    send(sock, packet[:10] + b"\1\1" + packet[12:], 0x0800)
    send(sock, packet + b"padding", 0x0800)
    packet = out6(hops=62)
    send(sock, packet + b"padding", 0x86dd)
    got6, got4 = lab.from6()
    compare(got6, [in6(hops=61)])
    compare(got4, [out4(ttl=61)])


@test("VLANs on it carry nothing")
def _() -> None:
    before = stat("received6") + stat("received4")
    done = subprocess.run(["ip", "link", "add", "link", DEV, "name", "vlan5",
                           "type", "vlan", "id", "5"], capture_output=True,
                          check=False)
    if done.returncode:
        return
    run("ip", "link", "set", "vlan5", "up")
    sock = packet_socket()
    for packet, proto in (out6(), 0x86dd), (in4(), 0x0800):
        try:
            sock.sendto(packet, ("vlan5", proto))
        except OSError:
            pass
    run("ip", "link", "del", "vlan5")
    assert stat("received6") + stat("received4") == before


# --- stateful --------------------------------------------------------------

for _proto, _label in (UDP, "UDP"), (TCP, "TCP"), (ICMP, "ICMP echo"):
    @test(f"NAT64 {_label}: every header field, both ways")
    def _(proto: int = _proto) -> None:
        stateful()
        cross6([nat_out6(proto=proto, hops=57, tc=0xb9)],
               [nat_out4(proto=proto, ttl=55, tos=0xb9)])
        cross4([nat_in4(proto=proto, ttl=57, tos=0xb9)],
               [nat_in6(proto=proto, hops=55, tc=0xb9)])


@test("NAT64: fragments are reassembled, and come out in fragments")
def _() -> None:
    data = udp("2001:db8:c::5", embed(WKP, S), 2000, 4000, bytes(1600))
    cut = 1232
    got6, got4 = lab.from6(
        ip6("2001:db8:c::5", embed(WKP, S), FRAGMENT,
            fragment(UDP, 0, True, 5, data[:cut])),
        ip6("2001:db8:c::5", embed(WKP, S), FRAGMENT,
            fragment(UDP, cut, False, 5, data[cut:])))
    compare(got6, [])
    assert len(got4) == 2, got4
    assert sum(len(p) - 20 for p in got4) == len(data), got4
    head, tail = got4
    assert head[12:16] == tail[12:16] == nat_out4()[12:16], got4
    data = udp(S, "203.0.113.1", 4000, 3000, bytes(1600))
    got6, got4 = lab.from4(
        ip4(S, "203.0.113.1", UDP, data[:1480], ident=6, mf=True),
        ip4(S, "203.0.113.1", UDP, data[1480:], ident=6, offset=1480))
    compare(got4, [])
    assert len(got6) == 2 and all(p[6] == FRAGMENT for p in got6), got6


@test("NAT64: a packet that no entry has, and a source in pool6, are dropped")
def _() -> None:
    cross4([v4(S, "203.0.113.2", 9, 9)], [])
    assert stat("drop-no-bib") == 1
    before = stat("drop-source-in-pool6")
    cross6([v6(embed(WKP, OTHER), embed(WKP, S), 1, 2)], [])
    now = stat("drop-source-in-pool6")
    assert now == before + 1, (before, now, shown(), nat64("stats", "show"))


@test("NAT64: a SYN to no mapping is refused after 6 s, with strict reverse paths")
def _() -> None:
    run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1",
        f"net.ipv4.conf.{DEV}.rp_filter=1")
    syn = v4(S, "203.0.113.2", 9, 9, proto=TCP)
    cross4([syn], [])
    got: list[bytes] = []
    until(lambda: got.extend(lab.from4()[1]) or got)
    assert len(got) == 1 and text(got[0][16:20]) == S, got
    assert (got[0][9], got[0][20], got[0][21]) == (ICMP, 3, 3), got[0].hex()
    assert got[0][28 + 12:48] == syn[12:20], got[0].hex()
    run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0",
        f"net.ipv4.conf.{DEV}.rp_filter=0")


@test("NAT64: one IPv6 host reaches another by the device")
def _() -> None:
    got6, got4 = lab.from6(v6("2001:db8:c::5", embed(WKP, "203.0.113.2"), 2000,
                              3000))
    compare(got4, [])
    compare(got6, [v6(embed(WKP, "203.0.113.1"), "2001:db8:c::6", 3000, 2000,
                      hops=62)])


@test("NAT64: pool4 keeps its last entry, as its file could not be loaded without")
def _() -> None:
    for words in ("flush",), ("del", "203.0.113.0/30"):
        why = refuses("pool4", *words)
        assert "needs pool4" in why, why
    assert len(nat64("pool4", "show")) == 1


# --- deleted and restored --------------------------------------------------

@test("after ip link del, the instance says so and translates nothing; config "
      "load creates the device again")
def _() -> None:
    stateless()
    saved = f"/tmp/device.{os.getpid()}.json"
    run("nat64ctl", "config", "save", saved)
    with open(saved, encoding="ascii") as file:
        assert json.load(file)["device"] == DEV
    run("ip", "link", "del", DEV)
    row = nat64("instance", "show")[0]
    assert row["device"] == DEV and row["device-gone"], row
    assert f"{DEV}(deleted)" in run("nat64ctl", "instance", "show")
    run("ip", "-6", "route", "add", POOL6, "via", "2001:db8:1::2")
    got6, got4 = lab.from6(out6())
    compare(got4, [])
    compare(got6, [out6(hops=63)])
    run("ip", "-6", "route", "del", POOL6)
    run("nat64ctl", "config", "load", saved)
    assert not nat64("instance", "show")[0]["device-gone"]
    routed(POOL6, "203.0.113.0/24")
    cross6([out6()], [out4(ttl=62)])
    run("nat64ctl", "config", "load", saved)
    cross6([out6()], [out4(ttl=62)])
    run("ip", "link", "set", DEV, "down")
    run("ip", "link", "set", DEV, "name", "other0")
    assert nat64("instance", "show")[0]["device"] == "other0"
    why = refuses("config", "load", saved)
    assert "device" in why, why
    nat64("instance", "del", "default")
    assert not shown("other0")
    run("nat64ctl", "config", "load", saved)
    nat64("instance", "del", "default")
    nat64("instance", "add", "default", "--type", "siit")
    why = refuses("config", "load", saved)
    assert "device" in why, why
    clean()
    os.unlink(saved)


assert Lab and SYN and word
run_tests()
