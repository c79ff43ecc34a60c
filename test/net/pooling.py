#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""pooling.py - which transport address a host gets, and when another may.

behaviour.sh runs this in the router's namespace.
"""

from lab import (C, OTHER, P, P2, S, SPORT, WKP, config, each_proto, force,
                 instance, mapped, nat64, reaches, refused, run_tests, sessions,
                 stat, test, until)
from wire import ICMP, TCP, UDP

POOL = "203.0.113.0/28"
PROTOS = UDP, TCP, ICMP


def host(number: int) -> str:
    return f"2001:db8:c::4:{number:x}"


def pool(*rows: tuple[str, ...]) -> None:
    """An instance with these pool4 rows and no others."""
    instance("--pool6", WKP, "--pool4", "203.0.113.240")
    nat64("pool4", "flush")
    for row in rows:
        nat64("pool4", "add", *row)


# --- paired pooling, 4787 REQ-2 --------------------------------------------

@test("a host keeps its address when the pool grows [6146-12 4787-2 6888-2]")
def _() -> None:
    pool((P,))
    for number in range(20):
        assert mapped(host(number), 5000)[0] == P
    nat64("pool4", "add", "203.0.113.2")
    nat64("pool4", "add", "203.0.113.4/30")
    for number in range(20):
        used = {mapped(host(number), 5001 + i, proto=proto)[0]
                for i in range(3) for proto in PROTOS}
        assert used == {P}, (number, used)
    fresh = {mapped(host(100 + number), 5000)[0] for number in range(40)}
    assert len(fresh) > 1, f"new hosts use {fresh} only"


@test("a host keeps its address where rows serve different protocols "
      "[6146-12 4787-2 6888-2]")
def _() -> None:
    # For UDP there is only the one, which TCP and ICMP have among others.
    pool((P, "--proto", "udp"), (POOL, "--proto", "tcp"),
         (POOL, "--proto", "icmp"))
    for number in range(20):
        used = [mapped(host(number), 5000, proto=proto)[0]
                for proto in (UDP, TCP, ICMP, TCP)]
        assert set(used) == {P}, (number, used)


@test("a host keeps its address where rows have different ports "
      "[6146-12 4787-2 6888-2]")
def _() -> None:
    pool((POOL, "--ports", "1024-2047"), (POOL, "--ports", "4096-65535"))
    for number in range(20):
        used = {mapped(host(number), 1000 + 3000 * i, proto=proto)[0]
                for i in range(3) for proto in PROTOS}
        assert len(used) == 1, (number, used)


# --- ports, 4787 REQ-3 and REQ-4, 7857 s8 and s9 ---------------------------

@test("preserve-port-parity off: parity is free, the range is kept "
      "[7857-8 4787-3]")
def _() -> None:
    pool((P,))
    config("preserve-port-parity", "off")
    ports = [mapped(host(number), 5000)[1] for number in range(40)]
    assert {port % 2 for port in ports} == {0, 1}, ports
    assert min(ports) >= 1024, ports
    config("preserve-port-parity", "on")
    ports = [mapped(host(100 + number), 5000)[1] for number in range(40)]
    assert {port % 2 for port in ports} == {0}, ports


def steps(ports: list[int]) -> int:
    """How many different steps there are from each port to the next."""
    return len({after - before for before, after in zip(ports, ports[1:])})


@each_proto("ports cannot be foretold [7857-9]")
def _(proto: int) -> None:
    pool((P,))
    count = 200
    series = [
        # of many hosts, and of one host
        [mapped(host(i), 5000, proto=proto)[1] for i in range(count)],
        [mapped(C, 6000 + 2 * i, proto=proto)[1] for i in range(count)]]
    for ports in series:
        # Of some 30,000 steps, 199 at random repeat each other hardly ever.
        assert steps(ports) > count * 9 // 10, ports
        assert max(ports) - min(ports) > 30000, (min(ports), max(ports))
    pool((P,))
    again = [mapped(host(i), 5000, proto=proto)[1] for i in range(count)]
    same = sum(a == b for a, b in zip(series[0], again))
    assert same < count // 2, f"{same} ports are those of an earlier instance"


# --- hold-down, RFC 6888 REQ-8 ---------------------------------------------

def two_ports(proto: str, lifetime: str) -> None:
    """A pool of two ports of the same range and parity."""
    pool((P, "--ports", "4000,4002", "--proto", proto))
    force(lifetime, "1")


@each_proto("a freed port rests for hold-down-time [6888-8 const-hold-down]",
            (UDP, ICMP))
def _(proto: int) -> None:
    name = "udp" if proto == UDP else "icmp"
    two_ports(name, f"{name}-timeout")
    assert nat64("config", "get", "hold-down-time") == {"hold-down-time": 120}
    config("hold-down-time", "9")
    first = mapped(host(1), 5000, proto=proto)
    until(lambda: not sessions())
    assert stat("port-held") == 1, stat("port-held")
    force(f"{name}-timeout", "300")
    other = mapped(host(2), 5000, proto=proto)
    assert other != first, "the freed port is given out at once"
    assert refused(host(3), 5000, proto)
    until(lambda: not refused(host(3), 5000, proto), 60)
    assert mapped(host(3), 5000, proto=proto) == first


@test("hold-down-time 0: a freed port is free [6888-8 const-hold-down]")
def _() -> None:
    two_ports("udp", "udp-timeout")
    config("hold-down-time", "0")
    mapped(host(1), 5000)
    mapped(host(2), 5000)
    assert refused(host(3), 5000)
    until(lambda: not sessions())
    force("udp-timeout", "300")
    assert mapped(host(3), 5000) != mapped(host(4), 5000)


@test("a TCP port does not rest: its state machine has ended "
      "[6888-8 const-hold-down]")
def _() -> None:
    two_ports("tcp", "tcp-open-timeout")
    mapped(host(1), 5000, proto=TCP)
    mapped(host(2), 5000, proto=TCP)
    until(lambda: not sessions())
    force("tcp-open-timeout", "240")
    assert mapped(host(3), 5000, proto=TCP) != \
        mapped(host(4), 5000, proto=TCP)
    assert stat("port-held") == 0, stat("port-held")


@test("hold-down-ports is a bound: no more ports rest [6888-8 const-hold-down]")
def _() -> None:
    two_ports("udp", "udp-timeout")
    config("hold-down-ports", "1")
    mapped(host(1), 5000)
    mapped(host(2), 5000)
    until(lambda: not sessions())
    force("udp-timeout", "300")
    assert stat("port-held") == 1, stat("port-held")
    mapped(host(3), 5000)
    assert refused(host(4), 5000)


# --- exhaustion, 6146-12 f, RFC 6888 REQ-11 --------------------------------

@each_proto("without a free port: address unreachable, and no host loses its "
            "[6146-12 6888-11 5508-8 7857-4 4787-11 D3]")
def _(proto: int) -> None:
    pool((P, "--ports", "4000-4015"))
    owners = {number: mapped(host(number), 5000 + number % 2, proto=proto)
              for number in range(16)}
    assert len(set(owners.values())) == 16, owners
    before = stat("drop-pool4-exhausted")
    for number in range(16, 32):
        assert refused(host(number), 5000, proto), f"host {number}"
    assert stat("drop-pool4-exhausted") == before + 16
    for number, mapping in owners.items():
        port = 5000 + number % 2
        assert mapped(host(number), port, proto=proto) == mapping
        assert reaches(S, SPORT, mapping, host(number), port, proto)


@test("a row that is full: another address serves [7857-4 6146-12]")
def _() -> None:
    pool((P, "--ports", "4000-4003"), (P2, "--ports", "4000-4003"))
    used = [mapped(C, port)[0] for port in range(5000, 5008)]
    # One address first, as long as it has a port.
    assert len(set(used[:4])) == 1 and len(set(used[4:])) == 1, used
    assert set(used) == {P, P2}, used


@each_proto("up to the last port, nothing changes in how hosts are mapped and "
            "who reaches them [4787-11]")
def _(proto: int) -> None:
    # Of well-known ports there are four, so that each kind becomes scarce.
    pool((P, "--ports", "1000-1003,4000-4015"))
    owners: dict[tuple[str, int], tuple[str, int]] = {}
    for number in range(20):
        port = (500 if number % 5 == 4 else 5000) + number // 5 % 2
        mapping = mapped(host(number), port, proto=proto)
        assert mapping not in owners.values(), mapping
        owners[host(number), port] = mapping
        # By the port alone, for any remote.
        assert mapped(host(number), port, OTHER, 99, proto) == mapping
        assert reaches("192.0.2.78", 77, mapping, host(number), port, proto)
        if proto != ICMP:
            assert (mapping[1] < 1024) == (port < 1024), (number, mapping)
    for (owner, port), mapping in owners.items():
        assert mapped(owner, port, S, 81, proto) == mapping
    assert refused(host(20), 5000, proto)


@test("up to the last port of a parity, a host gets one of its own [4787-11]")
def _() -> None:
    pool((P, "--ports", "4000-4015"))
    for number in range(16):
        port = 5000 + number // 8
        assert mapped(host(number), port)[1] % 2 == port % 2, number


if __name__ == "__main__":
    run_tests()
