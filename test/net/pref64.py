#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What nat64ctl pref64 finds: see pref64.sh, which makes the network and names it
in the environment. This program is the router of the host and its resolver.

Prints a line "pass NAME" or "fail NAME - REASON" for each test.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Iterator

import jsonschema

from wire import ICMP6, addr, embed, icmp6, ip6

LIMIT = 30.0            # seconds, for anything that is waited for
CLIENT, ROUTER = os.environ["client"], os.environ["router"]
TMP = os.environ["tmp"]
SCHEMAS = pathlib.Path(os.environ["here"]).parent / "cli/schema"
RESOLVER = "2001:db8:1::1"              # an address of the router
ALL_NODES, ALL_ROUTERS = "ff02::1", "ff02::2"
WKP = "64:ff9b::/96"
NSP = "2001:db8:64::/96"
WKA = "192.0.0.170", "192.0.0.171"
LENGTHS = {"96": 0, "64": 1, "56": 2, "48": 3, "40": 4, "32": 5}
PREFIXES = ["2001:db8:122:344::/96", "2001:db8:122:344::/64",
            "2001:db8:122:300::/56", "2001:db8:122::/48",
            "2001:db8:100::/40", "2001:db8::/32"]
HOSTILE = ["ff0e:64::/96", "fe80::/64", "fec0:1::/48", "::/96", "::1:0:0/96",
           "::ffff:0:0/96", "64:ff9b:2::/48", "64:ff9b::/64", "8000::/32",
           "2001:db8:64:0:ff00::/96"]


def schema(name: str) -> jsonschema.Draft202012Validator:
    text = (SCHEMAS / f"{name}.json").read_text()
    return jsonschema.Draft202012Validator(json.loads(text))


# --- the router ------------------------------------------------------------

def enter(namespace: str) -> None:
    """Move this thread to a network namespace."""
    with open(f"/run/netns/{namespace}", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), namespace)


def pref64(prefix: str, lifetime: int = 1800, *, code: int | None = None,
           units: int = 2) -> bytes:
    """The option of RFC 8781, field by field."""
    base, length = prefix.split("/")
    plc = LENGTHS[length] if code is None else code
    return struct.pack("!BBH", 38, units, lifetime // 8 << 3 | plc) \
        + addr(base)[:12]


def advert(*options: bytes, code: int = 0) -> bytes:
    """A router advertisement, without checksum: hops, flags, lifetimes."""
    return struct.pack("!BBHBBHLL", 134, code, 0, 64, 0, 1800, 0, 0) \
        + b"".join(options)


class Router:
    """Answers router solicitations, and advertises when it is told to."""

    def __init__(self) -> None:
        enter(ROUTER)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.bind(("lan", 0x86dd))
        self.mac = self.sock.getsockname()[4]
        self.answer: list[bytes] = []           # packets for who asks
        self.asked: list[bytes] = []            # who has
        self.more = threading.Condition()
        with open("/proc/net/if_inet6", encoding="ascii") as file:
            own = [line.split() for line in file if line.startswith("fe80")]
        self.address = next(socket.inet_ntop(socket.AF_INET6,
                                             bytes.fromhex(words[0]))
                            for words in own if words[5] == "lan")
        threading.Thread(target=self.listen, daemon=True).start()

    def packet(self, message: bytes, *, src: str | None = None,
               hops: int = 255, damage: int = 0) -> bytes:
        src = src or self.address
        body = icmp6(src, ALL_NODES, message[0], message[1], message[4:8],
                     message[8:])
        body = body[:2] + struct.pack(
            "!H", struct.unpack("!H", body[2:4])[0] ^ damage) + body[4:]
        return ip6(src, ALL_NODES, ICMP6, body, hops=hops)

    def send(self, *packets: bytes) -> None:
        for packet in packets:
            self.sock.send(b"\x33\x33\0\0\0\1" + self.mac + b"\x86\xdd"
                           + packet)

    def advertise(self, *options: bytes) -> None:
        self.send(self.packet(advert(*options)))

    def listen(self) -> None:
        while True:
            try:
                frame, where = self.sock.recvfrom(2048)
            except OSError:                     # the device went down
                continue
            packet = frame[14:]
            if where[2] == 4 or len(packet) < 48 or packet[6] != ICMP6 or \
                    packet[40] != 133:
                continue
            with self.more:
                self.asked.append(packet)
                self.more.notify_all()
                self.send(*self.answer)

    def wait_asked(self, times: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.asked) >= times, LIMIT), \
                f"asked {len(self.asked)} times"

    def reset(self, *packets: bytes) -> None:
        with self.more:
            self.asked, self.answer = [], list(packets)


router = Router()


# --- the resolver ----------------------------------------------------------

def dns_name(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode()
                    for part in name.split(".") if part) + b"\0"


def record(data: bytes, *, kind: int = 28, ttl: int = 3600,
           owner: bytes = b"\xc0\x0c") -> bytes:
    return owner + struct.pack("!HHLH", kind, 1, ttl, len(data)) + data


def aaaa(*prefixes: str, ttl: int = 3600, wka: tuple[str, ...] = WKA
         ) -> list[bytes]:
    return [record(addr(embed(prefix, one)), ttl=ttl)
            for prefix in prefixes for one in wka]


def soa(ttl: int, minimum: int) -> bytes:
    return record(b"\0\0" + struct.pack("!5L", 1, 1, 1, 1, minimum), kind=6,
                  ttl=ttl)


def reply(query: bytes, answers: list[bytes], *, authority: list[bytes] = (),
          flags: int = 0x8180, count: int | None = None,
          question: bytes | None = None) -> bytes:
    number = len(answers) if count is None else count
    return query[:2] + struct.pack("!HHHHH", flags, 1, number, len(authority),
                                   0) \
        + (query[12:] if question is None else question) \
        + b"".join([*answers, *authority])


class Stub:
    """A resolver that says what a test wants; bytes or a function of the query,
    or None for silence. By TCP the same, or what "tcp" is."""

    def __init__(self, answer: Any, tcp: Any = None) -> None:
        self.answer, self.tcp = answer, tcp
        self.times: list[float] = []
        self.queries: list[bytes] = []
        self.more = threading.Condition()
        enter(ROUTER)
        self.udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.udp.bind((RESOLVER, 53))
        self.listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((RESOLVER, 53))
        self.listener.listen()
        self.done = False
        self.threads = [threading.Thread(target=loop, daemon=True)
                        for loop in (self.datagrams, self.streams)]
        for sock in self.udp, self.listener:
            sock.settimeout(0.1)
        for thread in self.threads:
            thread.start()

    def __enter__(self) -> "Stub":
        return self

    def __exit__(self, *_: Any) -> None:
        self.done = True
        for thread in self.threads:
            thread.join()
        self.udp.close()
        self.listener.close()

    def say(self, what: Any, query: bytes) -> list[bytes]:
        said = what(query) if callable(what) else what
        return [said] if isinstance(said, bytes) else said or []

    def datagrams(self) -> None:
        while not self.done:
            try:
                query, sender = self.udp.recvfrom(4096)
            except TimeoutError:
                continue
            with self.more:
                self.times.append(time.monotonic())
                self.queries.append(query)
                self.more.notify_all()
            for one in self.say(self.answer, query):
                self.udp.sendto(one, sender)

    def streams(self) -> None:
        while not self.done:
            try:
                sock, _ = self.listener.accept()
            except TimeoutError:
                continue
            with sock:
                query = sock.recv(4096)[2:]
                for one in self.say(self.tcp or self.answer, query):
                    sock.sendall(struct.pack("!H", len(one)) + one)

    def wait(self, times: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.times) >= times, LIMIT), \
                f"{len(self.times)} queries"

    def around(self, when: float) -> tuple[float, float]:
        """The last query before, and the first after. On a busy machine there
        are several before: a query is sent again."""
        return max(time for time in self.times if time < when), \
            min(time for time in self.times if time > when)


def resolvers(*addresses: str, options: str = "") -> None:
    """What the host asks: the file that ip-netns(8) has for a namespace."""
    folder = pathlib.Path(f"/etc/netns/{CLIENT}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "resolv.conf").write_text(
        "".join(f"nameserver {one}\n" for one in addresses) + options)


class Dns64:
    """unbound, as the DNS64 of these prefixes would be."""

    def __init__(self, prefix: str) -> None:
        path = f"{TMP}/dns64.conf"
        pathlib.Path(path).write_text(f"""
server:
    interface: {RESOLVER}
    access-control: ::/0 allow
    do-not-query-localhost: no
    module-config: "dns64 iterator"
    dns64-prefix: {prefix}
    username: ""
    chroot: ""
    directory: "{TMP}"
    pidfile: ""
    use-syslog: no
stub-zone:
    name: "ipv4only.arpa"
    stub-addr: 127.0.0.1@5300
""", encoding="ascii")
        self.run = subprocess.Popen(inside(ROUTER, "unbound", "-d", "-c", path),
                                    stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        listens = f"sport = :53 and src [{RESOLVER}]"
        wait_for(lambda: command(*inside(ROUTER, "ss", "-Hlnu", listens)))

    def __enter__(self) -> "Dns64":
        return self

    def __exit__(self, *_: Any) -> None:
        self.run.terminate()
        self.run.wait()


# --- the command -----------------------------------------------------------

def inside(netns: str, *words: str) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{netns}", "--", *words]


def command(*words: str | bytes) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True
                          ).stdout


def wait_for(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + LIMIT
    while not (got := what()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)
    return got


def search(*words: str, timeout: str = "2", expect: int = 0,
           before: tuple[str, ...] = ()) -> tuple[list[dict], str]:
    """What nat64ctl pref64 finds, and what it says to standard error."""
    line = [*before, "nat64ctl", "-j", "-n", CLIENT, "pref64", "--timeout",
            timeout, *words]
    print("#", *line, flush=True)
    done = subprocess.run(line, capture_output=True, text=True, check=False,
                          timeout=4 * LIMIT)
    assert done.returncode == expect, \
        f"exit {done.returncode}: {done.stdout} {done.stderr.strip()}"
    found = json.loads(done.stdout)
    schema("pref64").validate(found)
    assert all(one["lifetime"] > 0 for one in found), found
    return found, done.stderr


def finds(*prefixes: str, **how: Any) -> list[dict]:
    found, _ = search(**how)
    got = [one["prefix"] for one in found]
    assert got == list(prefixes), got
    return found


def finds_none(*reasons: str, **how: Any) -> None:
    found, said = search(expect=2, **how)
    assert found == [], found
    for reason in reasons:
        assert re.search(reason, said), said
    assert said.count("\n") == 1 and said.startswith("nat64ctl: no NAT64"), said


class Watch:
    """nat64ctl pref64 --watch, and what it reports: in JSON, or as plain text."""

    def __init__(self, *words: str, timeout: str = "1", plain: bool = False
                 ) -> None:
        self.lines: list[Any] = []
        self.plain = plain
        self.more = threading.Condition()
        self.run = subprocess.Popen(
            ["nat64ctl", *([] if plain else ["-j"]), "-n", CLIENT, "pref64",
             "--watch", "--timeout", timeout, *words], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        self.run.terminate()
        rc = self.run.wait(LIMIT)
        if kind is None:
            assert rc == 0, f"exit {rc}: {self.run.stderr.read()}"
            for line in self.lines if not self.plain else []:
                schema("pref64-change").validate(line)

    def read(self) -> None:
        for line in self.run.stdout:
            print("#", line.strip(), flush=True)
            with self.more:
                self.lines.append(line if self.plain else json.loads(line))
                self.more.notify_all()

    def wait(self, number: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.lines) >= number,
                                      LIMIT), self.lines

    def tells(self, number: int) -> list[tuple[str, ...]]:
        """The first lines: event, prefix, source and reason."""
        with self.more:
            self.more.wait_for(lambda: len(self.lines) >= number, LIMIT)
            return [tuple(line[key] for key in ("event", "prefix", "source",
                                                "reason") if key in line)
                    for line in self.lines]

    def expects(self, *lines: tuple[str, ...]) -> None:
        got = self.tells(len(lines))
        assert got == list(lines), got


def new(prefix: str, source: str = "ra") -> tuple[str, ...]:
    return "new", prefix, source


def end(prefix: str, reason: str, source: str = "ra") -> tuple[str, ...]:
    return "end", prefix, source, reason


# --- tests -----------------------------------------------------------------

TESTS: list[tuple[str, str, Callable[[], None]]] = []


def test(name: str) -> Callable[[Callable], Callable]:
    def add(function: Callable[[], None]) -> Callable[[], None]:
        TESTS.append((name, function.__name__, function))
        return function
    return add


def each(name: str, values: list[str]) -> Callable[[Callable], Callable]:
    def add(function: Callable[[str], None]) -> Callable[[str], None]:
        for value in values:
            TESTS.append((f"{value}: {name}", function.__name__,
                          lambda v=value: function(v)))
        return function
    return add


@each("a router that is asked announces it, it is found [8781-1]", PREFIXES)
def announced(prefix: str) -> None:
    router.reset(router.packet(advert(pref64(prefix))))
    found, = finds(prefix)
    assert (found["source"], found["router"], found["device"]) == \
        ("ra", router.address, "net"), found
    assert 1780 < found["lifetime"] <= 1800, found
    asked = router.asked[0]
    assert asked[7] == 255 and asked[24:40] == addr(ALL_ROUTERS), asked.hex()


@test("the longest and the shortest lifetime, both are taken times 8 [8781-1]")
def lifetimes() -> None:
    router.reset(router.packet(advert(pref64(NSP, 65528), pref64(WKP, 8))))
    long, short = finds(NSP, WKP)
    assert 65500 < long["lifetime"] <= 65528, long
    assert short["lifetime"] <= 8, short


@test("several options, all are found in their order [8781-1]")
def several() -> None:
    router.reset(router.packet(advert(*map(pref64, PREFIXES))))
    finds(*PREFIXES)


@test("an option to ignore, the one after it is found [8781-1]")
def ignored() -> None:
    router.reset(router.packet(advert(
        pref64(WKP, code=6), pref64(WKP, code=7), pref64(WKP, units=1)[:8],
        pref64(WKP, units=3) + bytes(8), pref64(WKP, 0), pref64(NSP))))
    finds(NSP)


@each("a router announces it but no NAT64 can have it, it is ignored [8781-1]", HOSTILE)
def hostile(prefix: str) -> None:
    router.reset(router.packet(advert(pref64(prefix), pref64(NSP))))
    finds(NSP)


BAD = {
    "an option of length 0": lambda: router.packet(advert(
        pref64(WKP), b"\x26\0" + bytes(14))),
    "an option that is longer than the message": lambda: router.packet(advert(
        pref64(WKP), pref64(WKP, units=3))),
    "half an option": lambda: router.packet(advert(pref64(WKP), b"\x26")),
    "a message that ends too soon": lambda: router.packet(advert()[:12]),
    "a code": lambda: router.packet(advert(pref64(WKP), code=1)),
    "a wrong checksum": lambda: router.packet(advert(pref64(WKP)), damage=1),
    "a hop limit of 254": lambda: router.packet(advert(pref64(WKP)), hops=254),
    "a global source": lambda: router.packet(advert(pref64(WKP)),
                                             src=RESOLVER),
}


@each("the router advertisement that has it is discarded [8781-1]", list(BAD))
def discarded(what: str) -> None:
    router.reset(BAD[what](), router.packet(advert(pref64(NSP))))
    finds(NSP)


@test("no router answers, routers are asked again after 4 s and the error says so")
def no_router() -> None:
    router.reset()
    resolvers()
    finds_none("no router advertised one within 5 s, and there is no resolver",
               timeout="5")
    assert len(router.asked) == 2, len(router.asked)


@test("a router and a DNS64 have a prefix, that of the router is found [8781-1]")
def one_source() -> None:
    router.reset(router.packet(advert(pref64(WKP))))
    with Stub(lambda query: reply(query, aaaa(NSP))) as stub:
        resolvers(RESOLVER)
        finds(WKP)
        assert not stub.queries, stub.queries


@test("without CAP_NET_RAW, the prefix of an unsolicited advertisement is found")
def unprivileged() -> None:
    router.reset()
    resolvers()
    command(*inside(CLIENT, "sysctl", "-qw", "net.ipv6.conf.net.accept_ra=1"))
    drop = ("setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw")
    done = threading.Event()

    def advertise() -> None:
        while not done.wait(0.2):
            router.advertise(pref64(WKP, code=7), pref64(NSP))
    thread = threading.Thread(target=advertise)
    thread.start()
    try:
        found, = finds(NSP, before=drop)
    finally:
        done.set()
        thread.join()
        command(*inside(CLIENT, "sysctl", "-qw",
                        "net.ipv6.conf.net.accept_ra=0"))
    assert found["router"] == router.address, found
    assert not router.asked
    finds_none("could not be asked, which needs CAP_NET_RAW", before=drop)


# --- DNS -------------------------------------------------------------------

def from_dns(*prefixes: str) -> list[dict]:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER)
    found = finds(*prefixes, timeout="30")      # a busy machine takes long
    assert all((one["source"], one["resolver"]) == ("dns", RESOLVER)
               for one in found), found
    return found


@each("unbound is the DNS64 of it, it is found [7050-1]", [*PREFIXES, WKP])
def unbound(prefix: str) -> None:
    with Dns64(prefix):
        from_dns(prefix)


@test("an answer has several prefixes, all are found in their order [7050-1]")
def several_by_dns() -> None:
    mixed = [PREFIXES[3], WKP, *PREFIXES[:3]]
    with Stub(lambda query: reply(query, aaaa(*mixed, ttl=900))) as stub:
        found = from_dns(*mixed)
        assert all(880 < one["lifetime"] <= 900 for one in found), found
    name = dns_name("ipv4only.arpa")
    query, = stub.queries
    assert query[12:] == name + b"\0\x1c\0\1", query.hex()
    flags, = struct.unpack("!H", query[2:4])
    assert flags == 0x0120, hex(flags)      # RD and AD; CD is zero


@test("the prefix has a well-known address in it, the other one decides [7050-1]")
def ambiguous() -> None:
    prefix = "2001:db8:c000:aa::/96"
    with Stub(lambda query: reply(query, aaaa(prefix))):
        from_dns(prefix)


@test("the answer has one of the well-known addresses, that is enough [7050-1]")
def only_one() -> None:
    with Stub(lambda query: reply(query, aaaa(NSP, wka=WKA[1:]))):
        from_dns(NSP)


@test("an address that is none of RFC 6052 adds no prefix [7050-1]")
def not_embedded() -> None:
    wrong = [record(addr(one)) for one in (
        "2001:db8::1", "2001:db8:1:2:1c0:0:aa00:0", "2001:db8:c000:aa::c000:aa",
        "::ffff:192.0.0.170", "ff0e::192.0.0.170", "fe80::192.0.0.171")]
    with Stub(lambda query: reply(query, [*wrong, *aaaa(NSP)])) as stub:
        from_dns(NSP)
        stub.answer = lambda query: reply(query, wrong)
        finds_none("has IPv6 addresses for ipv4only.arpa, but none has a "
                   "well-known address")


@test("an answer is truncated, the whole is read by TCP [7050-1]")
def truncated() -> None:
    with Stub(lambda query: reply(query, [], flags=0x8380),
              lambda query: reply(query, aaaa(*PREFIXES))):
        from_dns(*PREFIXES)


@test("the name is an alias, the addresses of its target count [7050-1]")
def alias() -> None:
    target = dns_name("wka.example")
    records = [record(target, kind=5),
               *(record(one[12:], owner=target) for one in aaaa(NSP)),
               record(addr(embed(WKP, WKA[0])), owner=dns_name("else.example"))]
    with Stub(lambda query: reply(query, records)):
        from_dns(NSP)


def lies(query: bytes) -> Iterator[bytes]:
    """What must be as if it had not come."""
    right = aaaa(WKP)
    whole = reply(query, right)
    yield b""
    yield query[:2]
    yield query                                         # a query
    yield bytes([query[0] ^ 1]) + whole[1:]             # another number
    yield reply(query, right, question=dns_name("example.com") + query[-4:])
    yield reply(query, right, question=query[12:-4] + b"\0\1\0\1")
    yield reply(query, right, question=b"")
    yield reply(query, right, count=3)
    yield reply(query, right, flags=0x8980 | 0x2000)    # another operation
    yield from (whole[:size] for size in range(12, len(whole), 7))
    yield reply(query, [record(b"\xc0\x0c", owner=b"\xc0\x1f", kind=5)])


@test("malformed answers come first, the valid one after them is read [7050-1]")
def nonsense() -> None:
    with Stub(lambda query: [*lies(query), reply(query, aaaa(NSP))]):
        from_dns(NSP)


@test("a resolver is silent or cannot answer, the next one is asked [7050-1]")
def next_resolver() -> None:
    router.reset(router.packet(advert()))
    answers = {"flags": 0x8182}                         # SERVFAIL
    with Stub(lambda query: reply(query, [], **answers)) as stub:
        resolvers(RESOLVER)
        finds_none(r"could not answer \(code 2\)")
        stub.answer = lambda query: None
        finds_none("did not answer within 2000 ms")
        assert len(stub.queries) == 3, stub.queries     # asked again once
        stub.answer = lambda query: reply(query, aaaa(NSP))
        resolvers("2001:db8:1::dead", RESOLVER)
        finds(NSP)


@test("the resolver is no DNS64, the error says so [7050-1]")
def no_dns64() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER)
    for flags in 0x8180, 0x8183:                        # NODATA, NXDOMAIN
        with Stub(lambda query, f=flags: reply(query, [], flags=f)):
            finds_none(f"{RESOLVER} has no IPv6 address for ipv4only.arpa")


NAT64_NAME = "nat64.example.com"


def named(prefix: str) -> dict[str, list[bytes]]:
    """The records by which a prefix is validated, of each name."""
    address = addr(embed(prefix, WKA[0]))
    pointer = dns_name(".".join(reversed(address.hex())) + ".ip6.arpa")
    name = dns_name(NAT64_NAME)
    return {pointer.hex(): [record(name, kind=12)],
            name.hex(): [record(address)]}


def proves(names: dict[str, list[bytes]], ad: bool = True, *,
           prefixes: tuple[str, ...] = (NSP, WKP), ttl: int = 3600,
           silent: bool = False) -> Callable[[bytes], bytes | None]:
    """A resolver that says so of DNSSEC, and has these prefixes and names; of
    all other names it says that they have no records, or nothing."""
    def answer(query: bytes) -> bytes | None:
        wanted = query[12:-4]
        found = names.get(wanted.hex(), [])
        if wanted == dns_name("ipv4only.arpa"):
            found = aaaa(*prefixes, ttl=ttl)
        if silent and not found:
            return None
        return reply(query, found, flags=0x81a0 if ad else 0x8180)
    return answer


@test("a domain is trusted, only prefixes that DNSSEC proves in it are found [7050-4]")
def validated() -> None:
    router.reset(router.packet(advert()))
    right = named(NSP)
    pointer, name = right
    trust = "--trust", "example.net", "--trust", "Example.com."

    def say(*words: str) -> list[tuple[str, bool]]:
        found, _ = search(*words)
        return [(one["prefix"], one["validated"]) for one in found]

    def refuses(reason: str, *words: str) -> None:
        found, said = search(*words, expect=2)
        assert not found and reason in said, said
    with Stub(proves(right)) as stub:
        resolvers(RESOLVER, options="options trust-ad\n")
        assert say(*trust) == [(NSP, True)]
        assert say() == [(NSP, False), (WKP, False)]
        refuses("nat64.example.com, which is in no domain of --trust",
                "--trust", "ample.com")
        stub.answer = proves({pointer: right[pointer],
                              name: [record(addr("2001:db8::1"))]})
        refuses("nat64.example.com does not have the address", *trust)
        stub.answer = proves({name: right[name]})
        refuses("has no name, which is in no domain", *trust)
        stub.answer = proves(right, ad=False)
        refuses("does not prove the addresses of nat64.example.com", *trust)
        stub.answer = proves(right)
        resolvers(RESOLVER)                             # without trust-ad
        refuses("does not prove the addresses of nat64.example.com", *trust)
        stub.answer = lambda query: reply(query, aaaa(WKP), flags=0x81a0)
        refuses("64:ff9b::/96 belongs to no domain", *trust)


@test("every query of the validation is lost, the time for all is bounded [7050-4]")
def many_lost() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER, options="options trust-ad\n")
    many = tuple(f"2001:db8:64:{i:x}::/96" for i in range(16))
    with Stub(proves({}, prefixes=many, silent=True)) as stub:
        found, said = search("--trust", "example.com", expect=2)
        assert not found and "did not answer within" in said, said
        assert len(stub.queries) < 20, len(stub.queries)


# --- changes ---------------------------------------------------------------

@test("a prefix that is new or withdrawn is reported, a renewal is not [8781-1]")
def watched() -> None:
    router.reset(router.packet(advert(pref64(NSP))))
    with Watch() as watch:
        watch.expects(new(NSP))
        router.advertise(pref64(NSP, 3600))             # no change
        router.advertise(pref64(NSP), pref64(WKP))
        watch.expects(new(NSP), new(WKP))
        router.advertise(pref64(NSP, 0))
        router.advertise(pref64(NSP, 0))
        router.advertise(pref64(PREFIXES[1]))
        watch.expects(new(NSP), new(WKP), end(NSP, "withdrawn"),
                      new(PREFIXES[1]))


@test("without --json, each line ends in the lifetime or in the reason")
def plain_lines() -> None:
    router.reset(router.packet(advert(pref64(NSP))))
    with Watch(plain=True) as watch:
        watch.wait(1)
        router.advertise(pref64(NSP, 0))
        watch.wait(2)
    begun, ended = watch.lines
    source = f"{NSP} ra {router.address}%net"
    assert re.search(rf" new {source} \d+[ms]\S*\n$", begun), begun
    assert ended.endswith(f" end {source} withdrawn\n"), ended


@test("the end of a lifetime is reported when it comes [8781-1]")
def expires() -> None:
    router.reset(router.packet(advert(pref64(NSP, 8), pref64(WKP))))
    since = time.monotonic()
    with Watch() as watch:
        watch.expects(new(NSP), new(WKP), end(NSP, "expired"))
        assert time.monotonic() - since >= 7.9


@test("the device goes down and comes back, its prefixes do as well")
def link() -> None:
    router.reset(router.packet(advert(pref64(NSP))))
    with Watch("--uplink", "net") as watch:
        watch.expects(new(NSP))
        command("ip", "-n", ROUTER, "link", "set", "lan", "down")
        watch.expects(new(NSP), end(NSP, "link-down"))
        command("ip", "-n", ROUTER, "link", "set", "lan", "up")
        wait_for(lambda: router.address in command(
            "ip", "-n", ROUTER, "address", "show", "dev", "lan"))
        command("ip", "-n", ROUTER, "address", "replace", f"{RESOLVER}/64",
                "dev", "lan", "nodad")
        watch.expects(new(NSP), end(NSP, "link-down"), new(NSP))


@test("a router starts and stops announcing, DNS counts before and after [8781-1]")
def superseded() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER)
    with Stub(lambda query: reply(query, aaaa(NSP))) as stub, \
            Watch() as watch:
        told = [new(NSP, "dns")]
        watch.expects(*told)
        since = time.monotonic()
        router.advertise(pref64(WKP))
        told += [new(WKP), end(NSP, "superseded", "dns")]
        watch.expects(*told)
        router.advertise(pref64(WKP, 0))
        watch.expects(*told, end(WKP, "withdrawn"), new(NSP, "dns"))
        _, after = stub.around(since)
        assert after - since >= 9.9, after - since


@test("an answer is good for its TTL, DNS is asked again 10 s before [7050-2]")
def refreshed() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER)
    with Stub(lambda query: reply(query, aaaa(NSP, ttl=22))) as stub, \
            Watch() as watch:
        watch.expects(new(NSP, "dns"))
        since = time.monotonic()
        stub.answer = lambda query: reply(query, aaaa(WKP, ttl=22))
        watch.expects(new(NSP, "dns"), end(NSP, "withdrawn", "dns"),
                      new(WKP, "dns"))
        before, after = stub.around(since)
        assert 11.9 <= after - before < 22, after - before


@test("a query of the validation is lost, the prefix stays until its TTL ends [7050-4]")
def lost_validation() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER, options="options trust-ad\n")
    proven = {"prefixes": (NSP,), "ttl": 22}
    with Stub(proves(named(NSP), **proven)) as stub, \
            Watch("--trust", "example.com", timeout="4") as watch:
        told = [new(NSP, "dns")]
        watch.expects(*told)
        stub.answer = proves({}, silent=True, **proven)
        told += [end(NSP, "expired", "dns")]
        watch.expects(*told)
        stub.answer = proves(named(NSP), **proven)
        watch.expects(*told, new(NSP, "dns"))


@test("queries for one of two prefixes are lost, it stays until its TTL ends [7050-4]")
def partly_lost() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER, options="options trust-ad\n")
    one, two = named(NSP), named(PREFIXES[0])
    name = dns_name(NAT64_NAME).hex()
    one[name] += two.pop(name)              # one name has both addresses
    both = {"prefixes": (NSP, PREFIXES[0]), "ttl": 22, "silent": True}
    with Stub(proves(one | two, **both)) as stub, \
            Watch("--trust", "example.com", timeout="4") as watch:
        told = [new(NSP, "dns"), new(PREFIXES[0], "dns")]
        watch.expects(*told)
        stub.answer = proves(one, **both)
        told += [end(PREFIXES[0], "expired", "dns")]
        watch.expects(*told)
        stub.answer = proves(one | two, **both)
        watch.expects(*told, new(PREFIXES[0], "dns"))


@test("another device goes down and up again and again, DNS is asked nevertheless [7050-2]")
def other_device() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER)
    command("ip", "-n", CLIENT, "link", "add", "other", "up", "type", "veth",
            "peer", "name", "another")
    done = threading.Event()

    def toggle() -> None:
        while not done.wait(0.2):
            for state in "up", "down":
                command("ip", "-n", CLIENT, "link", "set", "another", state)
    thread = threading.Thread(target=toggle)
    try:
        with Stub(lambda query: reply(query, [], flags=0x8183)) as stub, \
                Watch(timeout="4") as watch:
            stub.wait(1)
            stub.answer = lambda query: reply(query, aaaa(NSP))
            thread.start()
            watch.expects(new(NSP, "dns"))
    finally:
        done.set()
        if thread.ident:
            thread.join()
        command("ip", "-n", CLIENT, "link", "del", "other")


@contextlib.contextmanager
def second_link(name: str | bytes) -> Iterator[Callable[[], int]]:
    """Another device of the host, and what sends an advertisement to it."""
    command("ip", "-n", CLIENT, "link", "add", name, "up", "type", "veth",
            "peer", "name", "away", "netns", ROUTER)
    command("ip", "-n", ROUTER, "link", "set", "away", "up")
    try:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
            sock.bind(("away", 0x86dd))
            frame = b"\x33\x33\0\0\0\1" + sock.getsockname()[4] \
                + b"\x86\xdd" \
                + router.packet(advert(pref64(NSP)), src="fe80::99")
            yield lambda: sock.send(frame)
    finally:
        subprocess.run(["ip", "-n", CLIENT, "link", "del", name], check=False,
                       stderr=subprocess.DEVNULL)


@test("a device has control characters in its name, they are shown only")
def hostile_device() -> None:
    router.reset()
    resolvers()
    name = b'\x1b[2J"\\\x9b\xe2\x80\xae\x07'
    shown = f'new {NSP} ra fe80::99%?[2J"\\???'
    with second_link(name) as advertise:
        with Watch(plain=True) as watch:
            wait_for(lambda: advertise() and watch.lines)
        assert watch.lines[0].split(" ", 1)[1].startswith(shown), watch.lines
        with Watch() as watch:
            wait_for(lambda: advertise() and watch.lines)
        assert watch.lines[0]["device"] == '\x1b[2J"\\\ufffd\u202e\x07'


@test("messages of the kernel are lost, a device that has gone is forgotten")
def overrun() -> None:
    router.reset()
    resolvers()
    with second_link("other") as advertise, Watch() as watch:
        wait_for(lambda: advertise() and watch.lines)
        watch.expects(new(NSP))
        watch.run.send_signal(signal.SIGSTOP)
        lines = [f"link set net alias {i}\n" for i in range(500)]
        subprocess.run(["ip", "-n", CLIENT, "-batch", "-"], check=True,
                       input="".join(lines) + "link del other\n", text=True)
        watch.run.send_signal(signal.SIGCONT)
        watch.expects(new(NSP), end(NSP, "link-down"))


@test("an address is removed before it is known to be unique, routers are asked on")
def tentative() -> None:
    router.reset()
    resolvers()
    with Watch():
        router.wait_asked(1)
        keys = "accept_dad=1", "dad_transmits=20"
        command(*inside(CLIENT, "sysctl", "-qw",
                        *(f"net.ipv6.conf.net.{key}" for key in keys)))
        address = "address", "fe80::99/64", "dev", "net"
        command("ip", "-n", CLIENT, address[0], "add", *address[1:])
        command("ip", "-n", CLIENT, address[0], "del", *address[1:])
        command(*inside(CLIENT, "sysctl", "-qw", "net.ipv6.conf.net.accept_dad=0"))
        router.wait_asked(3)


@test("a negative answer is good for its TTL, DNS is asked again after it [7050-2]")
def negative() -> None:
    router.reset(router.packet(advert()))
    resolvers(RESOLVER)
    with Stub(lambda query: reply(query, [], authority=[soa(90, 21)],
                                  flags=0x8183)) as stub, Watch() as watch:
        next(line for line in watch.run.stderr if "no IPv6 address" in line)
        since = time.monotonic()
        stub.answer = lambda query: reply(query, aaaa(NSP))
        watch.expects(new(NSP, "dns"))
        before, after = stub.around(since)
        assert after - before >= 20.9, after - before


def main() -> int:
    for name, short, function in TESTS:
        if sys.argv[1:] and short not in sys.argv[1:]:
            continue
        since = time.monotonic()
        try:
            function()
            print(f"pass {name}")
        except (AssertionError, OSError, ValueError, KeyError,
                jsonschema.ValidationError, subprocess.SubprocessError) as error:
            why = re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")
            print(f"fail {name} - {why[:2000]}")
        print(f"# took {time.monotonic() - since:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
