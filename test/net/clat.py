#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What nat64ctl clat does: see clat.sh, which makes the network and names it in the
environment. This program is the router of the host.

Prints a line "pass NAME" or "fail NAME - REASON" for each test.
"""

import contextlib
import ctypes
import datetime
import errno
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
from typing import Any, Callable, Iterator

import jsonschema

from wire import ICMP6, addr, icmp6, ip6, text

LIMIT = 60.0            # seconds, for anything that is waited for
CLIENT, ROUTER, SERVER, LAN = (os.environ[name] for name in (
    "client", "router", "server", "lanhost"))
TMP = os.environ["tmp"]
HERE = pathlib.Path(os.environ["here"])
SCHEMA = HERE.parent / "cli/schema/clat.json"
SERVER4 = "198.51.100.2"
CLAT4 = "192.0.0.1"
WKP, NSP = "64:ff9b::/96", "2001:db8:64::/96"
ONE, TWO = "2001:db8:1::/64", "2001:db8:2::/64"
ALL_NODES = "ff02::1"
DEVICE = "clat0"


# --- the network -----------------------------------------------------------

def enter(namespace: str) -> None:
    """Move this thread to a network namespace."""
    with open(f"/run/netns/{namespace}", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), namespace)


def within(namespace: str, what: Callable[[], Any]) -> Any:
    """What a function returns in a network namespace."""
    result: list[Any] = []

    def run() -> None:
        enter(namespace)
        try:
            result.append(what())
        except Exception as error:              # pylint: disable=broad-except
            result.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(result[0], Exception):
        raise result[0]
    return result[0]


def inside(netns: str, *words: str) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{netns}", "--", *words]


def command(*words: str) -> str:
    print("#", *words, flush=True)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, \
        f"{' '.join(words)}: exit {done.returncode} {done.stderr.strip()}"
    return done.stdout


def c(*words: str) -> str:
    return command(*inside(CLIENT, *words))


def ip(*words: str) -> Any:
    said = subprocess.run(["ip", "-n", CLIENT, "-j", *words], check=True,
                          capture_output=True, text=True).stdout
    return json.loads(said or "[]")


def ips(commands: list[str], *options: str) -> list[Any]:
    """What each of the commands says, of one start of ip."""
    said = subprocess.run(
        ["ip", "-n", CLIENT, "-j", *options, "-batch", "-"], check=True,
        input="\n".join(commands), capture_output=True, text=True).stdout
    results = [json.loads(line) for line in said.splitlines()]
    assert len(results) == len(commands), said
    return results


def wait_for(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + LIMIT
    while not (got := what()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)
    return got


def prefix_option(prefix: str, valid: int, preferred: int) -> bytes:
    base, length = prefix.split("/")
    return struct.pack("!BBBBLLL", 3, 4, int(length), 0xc0, valid, preferred,
                       0) + addr(base)


def pref64_option(prefix: str, lifetime: int) -> bytes:
    base, length = prefix.split("/")
    code = {"96": 0, "64": 1, "56": 2, "48": 3, "40": 4, "32": 5}[length]
    return struct.pack("!BBH", 38, 2, lifetime // 8 << 3 | code) \
        + addr(base)[:12]


class Router:
    """Advertises what it has: when a host asks, and when that changes."""

    def __init__(self) -> None:
        enter(ROUTER)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.bind(("lan", 0x86dd))
        self.mac = self.sock.getsockname()[4]
        with open("/proc/net/if_inet6", encoding="ascii") as file:
            own = [line.split() for line in file if line.startswith("fe80")]
        self.address = next(text(bytes.fromhex(words[0])) for words in own
                            if words[5] == "lan")
        self.lock = threading.Lock()
        self.options = b""
        self.claims = False
        self.silent = True
        threading.Thread(target=self.listen, daemon=True).start()

    def frame(self, dst: str, message: bytes) -> bytes:
        body = icmp6(self.address, dst, message[0], message[1], message[4:8],
                     message[8:])
        return b"\x33\x33\0\0\0\1" + self.mac + b"\x86\xdd" \
            + ip6(self.address, dst, ICMP6, body, hops=255)

    def advertise(self) -> None:
        head = struct.pack("!BBHBBHLL", 134, 0, 0, 64, 0, 1800, 0, 0)
        with self.lock, contextlib.suppress(OSError):   # the device is down
            self.sock.send(self.frame(ALL_NODES, head + self.options))

    def has(self, prefixes: dict[str, int], pref64: dict[str, int],
            mtu: int = 0) -> None:
        """From now on: prefixes with preferred and PREF64s with their lifetime."""
        options = [prefix_option(prefix, 7200, life)
                   for prefix, life in prefixes.items()]
        options += [pref64_option(prefix, life)
                    for prefix, life in pref64.items()]
        if mtu:
            options.append(struct.pack("!BBHL", 5, 1, 0, mtu))
        with self.lock:
            self.options = b"".join(options)
        self.silent = False
        self.advertise()

    def listen(self) -> None:
        while True:
            try:
                frame, where = self.sock.recvfrom(2048)
            except OSError:                     # the device went down
                continue
            packet = frame[14:]
            if where[2] == 4 or len(packet) < 48 or packet[6] != ICMP6:
                continue
            if packet[40] == 133 and not self.silent:
                self.advertise()
            if packet[40] == 135 and self.claims and not any(packet[8:24]):
                # The host looks whether an address is unique.
                message = bytes([136, 0, 0, 0, 0x20, 0, 0, 0]) \
                    + packet[48:64] + b"\2\1" + self.mac
                with self.lock:
                    self.sock.send(self.frame(ALL_NODES, message))


router = Router()


@contextlib.contextmanager
def lan_advertises(pref64: str) -> Iterator[None]:
    """A host of the LAN goes on to announce a NAT64 there."""
    source = "fe80::bad"
    body = icmp6(source, ALL_NODES, 134, 0, struct.pack("!BBH", 64, 0, 0),
                 bytes(8) + pref64_option(pref64, 1800))
    ends = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as sock:
            while not ends.wait(0.2):
                sock.sendto(ip6(source, ALL_NODES, ICMP6, body, hops=255),
                            ("net", 0x86dd, 0, 0, b"\x33\x33\0\0\0\1"))
    thread = threading.Thread(target=within, args=(LAN, send))
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def renew() -> None:
    """What the tests begin with: one prefix, one NAT64."""
    router.has({ONE: 3600}, {WKP: 1800})
    wait_for(lambda: own_addresses(ONE))


def own_addresses(prefix: str) -> list[str]:
    """Global addresses of the host's uplink that it uses."""
    start = addr(prefix.split("/")[0])[:8]
    return [one["local"] for one in ip("-6", "addr", "show", "dev", "net")[0]
            ["addr_info"] if addr(one["local"])[:8] == start and not
            {"tentative", "deprecated", "dadfailed"} & set(one)]


# --- what is there ---------------------------------------------------------

PASSING = {"valid_life_time", "preferred_life_time", "expires", "used", "probes",
           "confirmed", "updated", "cache"}


def lasting(value: Any) -> Any:
    """A value without what time changes."""
    if isinstance(value, dict):
        return {key: lasting(one) for key, one in value.items()
                if key not in PASSING}
    if isinstance(value, list):
        return [lasting(one) for one in value]
    return value


def settings() -> list[str]:
    lines = subprocess.run(inside(CLIENT, "sysctl", "-a"), text=True,
                           capture_output=True, check=True).stdout.splitlines()
    return [line for line in lines if line.startswith((
        "net.ipv4.conf.", "net.ipv6.conf.", "net.ipv4.ip_forward",
        "net.ipv6.neigh.", "net.ipv4.neigh.")) and "stable_secret" not in line]


def snapshot() -> dict[str, Any]:
    """All of the host's network that a CLAT could have changed."""
    rules = subprocess.run(inside(CLIENT, "nft", "-s", "list", "ruleset"),
                           capture_output=True, text=True, check=True).stdout
    instances = command("nat64ctl", "-j", "-n", CLIENT, "instance")
    addresses, links, groups, routes4, rules4 = ips(
        ["addr", "link", "maddr show", "route show table all", "rule"])
    routes6, rules6, proxies = ips(
        ["route show table all", "rule", "neigh show proxy"], "-6")
    return {"addresses": lasting(addresses), "links": lasting(links),
            "routes4": lasting(routes4), "routes6": lasting(routes6),
            "rules": rules4 + rules6, "proxies": proxies, "groups": groups,
            "settings": settings(), "nft": rules,
            "instances": json.loads(instances), "files": state_files()}


def state_files() -> list[str]:
    return sorted(path.name for path in pathlib.Path("/run/nat64-clat").glob("*.json"))


def differences(before: Any, after: Any) -> list[str]:
    return [f"{key}: {one} became {after[key]}" if key != "settings" else
            f"{key}: {sorted(set(one) ^ set(after[key]))}"
            for key, one in before.items() if one != after[key]]


@contextlib.contextmanager
def leaves_nothing() -> Iterator[None]:
    """All is as before at the end."""
    before = snapshot()
    yield
    last: list[str] = []

    def same() -> bool:
        last[:] = differences(before, snapshot())
        return not last
    try:
        wait_for(same)
    except AssertionError:
        raise AssertionError("; ".join(last)) from None


# --- the command -----------------------------------------------------------

def clat(*words: str, expect: int = 0) -> str:
    """What it prints to standard output, or to standard error if it fails."""
    line = ["nat64ctl", "-n", CLIENT, "clat", *words]
    print("#", *line, flush=True)
    done = subprocess.run(line, capture_output=True, text=True, check=False,
                          timeout=4 * LIMIT)
    assert done.returncode == expect, \
        f"exit {done.returncode}: {done.stdout} {done.stderr.strip()}"
    return done.stderr if expect else done.stdout


def validate(status: dict) -> dict:
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())
                                    ).validate(status)
    return status


def status() -> dict:
    return validate(json.loads(command("nat64ctl", "-j", "-n", CLIENT, "clat")))


class Follower:
    """nat64ctl clat up --watch, and what it reports."""

    def __init__(self, *words: str) -> None:
        self.lines: list[dict] = []
        self.more = threading.Condition()
        self.notify = f"{TMP}/notify"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.notify)
        self.systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.systemd.bind(self.notify)
        self.systemd.settimeout(LIMIT)
        self.run = subprocess.Popen(
            ["nat64ctl", "-j", "-n", CLIENT, "clat", "up", "--watch", *words],
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "NOTIFY_SOCKET": self.notify})
        threading.Thread(target=self.read, daemon=True).start()

    def __enter__(self) -> "Follower":
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        self.run.terminate()
        rc = self.run.wait(LIMIT)
        self.systemd.close()
        if kind is None:
            assert rc == 0, f"exit {rc}"

    def read(self) -> None:
        for line in self.run.stdout:
            print("#", line.strip(), flush=True)
            with self.more:
                self.lines.append(json.loads(line))
                self.more.notify_all()

    def ready(self) -> None:
        said = self.systemd.recv(100)
        assert said == b"READY=1", said

    def until(self, state: str, **what: Any) -> dict:
        """Wait until it reports a state with these members, after all before."""
        def reported() -> bool:
            return bool(self.lines) and self.lines[-1]["state"] == state and \
                all(self.lines[-1].get(key) == value
                    for key, value in what.items())
        with self.more:
            assert self.more.wait_for(reported, LIMIT), \
                f"no {state} {what}: {self.lines[-2:]}"
            return validate(self.lines[-1])


# --- does it work? ---------------------------------------------------------

def ping(netns: str = CLIENT) -> None:
    command(*inside(netns, "ping", "-c", "1", "-W", "10", SERVER4))


def fetch(netns: str = CLIENT) -> None:
    command(*inside(netns, "timeout", "60", "busybox", "wget", "-q", "-O",
                    f"{TMP}/got", f"http://{SERVER4}/file"))
    got = pathlib.Path(f"{TMP}/got").read_bytes()
    assert got == pathlib.Path(f"{TMP}/www/file").read_bytes(), "changed"


def udp_socket(whole: bool) -> socket.socket:
    """A socket; @whole: what it sends is not fragmented."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(LIMIT)
    if whole:                       # IP_MTU_DISCOVER, IP_PMTUDISC_DO
        sock.setsockopt(socket.IPPROTO_IP, 10, 2)
    return sock


def exchange(size: int, netns: str = CLIENT, *, whole: bool = False) -> str:
    """A UDP datagram there and back; the source that the server sees."""
    def listen() -> socket.socket:
        sock = udp_socket(whole)
        sock.bind((SERVER4, 7000))
        return sock

    def send() -> socket.socket:
        sock = udp_socket(whole)
        try:
            sock.sendto(bytes(size), (SERVER4, 7000))
        except OSError:
            sock.close()
            raise
        return sock
    with within(SERVER, listen) as server, within(netns, send) as client:
        data, source = server.recvfrom(65536)
        assert len(data) == size, len(data)
        server.sendto(data[::-1], source)
        back = client.recv(65536)
        assert len(back) == size, len(back)
    return source[0]


def works(netns: str = CLIENT) -> None:
    ping(netns)
    fetch(netns)
    assert exchange(100, netns) == "203.0.113.1"


# --- tests -----------------------------------------------------------------

TESTS: list[tuple[str, Callable[[], None]]] = []
RARE: set[Callable[[], None]] = set()


def test(name: str, rare: bool = False) -> Callable[[Callable], Callable]:
    """A rare one runs if FULL is set, or if it is named: each takes long, and all of
    them tell what becomes of a CLAT that somebody or something disturbs."""
    def add(function: Callable[[], None]) -> Callable[[], None]:
        TESTS.append((name, function))
        if rare:
            RARE.add(function)
        return function
    return add


def down() -> None:
    clat("down")
    assert status() == {"state": "down"}, status()


@test("a router announces a NAT64, up returns when IPv4 works; down leaves nothing [6877-1 7335-1]")
def once() -> None:
    renew()
    with leaves_nothing():
        clat("up")
        works()
        got = status()
        assert (got["state"], got["uplink"], got["pref64"], got["source"],
                got["from"], got["address4"], got["mtu"], got["lan"]) == \
            ("up", "net", WKP, "ra", router.address, CLAT4, 1472, []), got
        assert addr(got["address6"])[:8] == addr(ONE.split("/")[0])[:8], got
        assert "process" not in got
        own, = ip("-4", "addr", "show", "dev", DEVICE)[0]["addr_info"]
        assert (own["local"], own["prefixlen"]) == (CLAT4, 32), own
        route, = ip("-4", "route", "show", "default")
        assert (route["dev"], route["metric"], route["prefsrc"]) == \
            (DEVICE, 2048, CLAT4), route
        assert len(ip("-6", "neigh", "show", "proxy")) == 1
        assert got["address6"] not in own_addresses(ONE)
        down()


@test("the uplink has an MTU of 1500, 1472 bytes of IPv4 pass and 1473 do not", rare=True)
def mtu() -> None:
    renew()
    clat("up", "--lan", "192.168.7.0/24")
    for netns in CLIENT, LAN:
        exchange(1444, netns, whole=True)
    try:
        exchange(1445, whole=True)
        raise AssertionError("1473 bytes pass")
    except OSError as error:
        assert error.errno == errno.EMSGSIZE, error
    exchange(4000)                              # in fragments
    clat("down")


@test("up again, or after the device was deleted, it is made anew and works", rare=True)
def again() -> None:
    renew()
    with leaves_nothing():
        clat("up")
        clat("up")
        works()
        command("nat64ctl", "-n", CLIENT, "instance", "del", "clat")
        got = status()
        assert got["state"] == "unfinished" and "clat0 is gone" in got["reason"]
        clat("up")
        works()
        down()
        clat("down")


@test("forwarding is on already, or for one device, it stays as it was", rare=True)
def forwarding() -> None:
    renew()
    for setting in "net.ipv6.conf.all", "net.ipv6.conf.home":
        c("sysctl", "-qw", "net.ipv6.conf.net.accept_ra=2",
          f"{setting}.forwarding=1")
        with leaves_nothing():
            clat("up")
            works()
            down()
        c("sysctl", "-qw", f"{setting}.forwarding=0",
          "net.ipv6.conf.net.accept_ra=1")


@test("a router whose routes to the PLAT are for some sources only has a CLAT", rare=True)
def sources() -> None:
    renew()
    way = ip("-6", "route", "show", "default")[0]["gateway"]
    c("sysctl", "-qw", "net.ipv6.conf.net.accept_ra=0",
      "net.ipv6.conf.all.forwarding=1")
    c("ip", "-6", "route", "add", "default", "via", way, "dev", "net", "table",
      "100")
    for source, words in (ONE, ()), ("2001:db8:1:f::/64", (
            "--prefix", "2001:db8:1:f::/64", "--uplink", "net")):
        c("ip", "-6", "rule", "add", "from", source, "lookup", "100")
        with leaves_nothing():
            clat("up", *words)
            if source == ONE:
                works()
            down()
        c("ip", "-6", "rule", "del", "from", source, "lookup", "100")
    c("ip", "-6", "route", "flush", "table", "100")
    c("sysctl", "-qw", "net.ipv6.conf.all.forwarding=0",
      "net.ipv6.conf.net.accept_ra=1")


@test("a rule leads packets from the PLAT elsewhere, up says so and leaves nothing", rare=True)
def own_rules() -> None:
    renew()
    c("ip", "-6", "route", "add", "unreachable", "default", "table", "100")
    c("ip", "-6", "rule", "add", "from", WKP, "lookup", "100")
    with leaves_nothing():
        said = clat("up", expect=2)
        assert "rules lead packets from the PLAT past clat0" in said, said
    c("ip", "-6", "rule", "del", "from", WKP, "lookup", "100")
    c("ip", "-6", "route", "flush", "table", "100")


@test("while it is up, other devices go on as hosts and new ones are hosts")
def hosts() -> None:
    renew()
    c("sysctl", "-qw", "net.ipv6.conf.home.accept_ra=1")
    with leaves_nothing():
        clat("up")
        got = settings()
        for line in ("net.ipv6.conf.home.forwarding = 0",
                     "net.ipv6.conf.home.accept_ra = 1",
                     "net.ipv6.conf.default.forwarding = 0",
                     "net.ipv6.conf.net.accept_ra = 2"):
            assert line in got, line
        assert ip("-6", "route", "show", "default"), "no route of RA"
        down()
    c("sysctl", "-qw", "net.ipv6.conf.home.accept_ra=0")


@test("a LAN shares the address by NAT44; down leaves nothing [6877-2]")
def shared() -> None:
    renew()
    with leaves_nothing():
        clat("up", "--lan", "192.168.7.0/24")
        assert status()["lan"] == ["192.168.7.0/24"]
        works(LAN)
        works()
        exchange(4000, LAN)
        down()


@test("the parent of nft is killed, down waits for nft and leaves nothing", rare=True)
def orphan() -> None:
    renew()
    folder = pathlib.Path(f"{TMP}/slow")
    folder.mkdir()
    (folder / "nft").write_text(f"""#!/bin/sh
cd {folder} && touch begun
until [ -e go ]; do sleep 0.05; done
{shutil.which("nft")} "$@"
touch ended
""")
    (folder / "nft").chmod(0o755)
    with leaves_nothing():
        with subprocess.Popen(
                ["nat64ctl", "-n", CLIENT, "clat", "up", "--lan",
                 "192.168.7.0/24"], env={
                     **os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}) as up:
            wait_for((folder / "begun").exists)
            up.kill()
        with subprocess.Popen(["nat64ctl", "-n", CLIENT, "clat", "down"]) as ends:
            # As long as down takes if it does not wait
            time.sleep(2)
            (folder / "go").touch()
            wait_for((folder / "ended").exists)
        assert ends.returncode == 0, ends.returncode


@test("there is no nft, --lan is refused with what to install and nothing is left", rare=True)
def without_nft() -> None:
    renew()
    with leaves_nothing():
        done = subprocess.run(
            ["/usr/bin/unshare", "-m", "/bin/sh", "-c",
             "/bin/mount -t tmpfs none /usr/sbin && exec \"$@\"", "sh",
             shutil.which("nat64ctl"), "-n", CLIENT, "clat", "up", "--lan",
             "192.168.7.0/24"], env={"PATH": TMP}, text=True,
            capture_output=True, check=False)
        assert done.returncode == 2, done
        assert "cannot run nft" in done.stderr and \
            "install nftables" in done.stderr, done.stderr
        down()


@test("nft refuses all, --lan is refused with its words and nothing is left", rare=True)
def failing_nft() -> None:
    renew()
    folder = pathlib.Path(f"{TMP}/failing")
    folder.mkdir()
    (folder / "nft").write_text("#!/bin/sh\necho 'no such protocol'\nexit 1\n")
    (folder / "nft").chmod(0o755)
    with leaves_nothing():
        done = subprocess.run(
            [shutil.which("nat64ctl"), "-n", CLIENT, "clat", "up", "--lan",
             "192.168.7.0/24"], env={"PATH": str(folder)}, text=True,
            capture_output=True, check=False)
        assert done.returncode == 2, done
        assert "nft refuses" in done.stderr and \
            "no such protocol" in done.stderr, done.stderr
        assert status() == {"state": "down"}, status()


@test("another program flushes all rules, the follower makes those of the LAN again", rare=True)
def flushed() -> None:
    renew()
    with leaves_nothing(), Follower("--lan", "192.168.7.0/24") as follower:
        follower.until("up")
        seen = len(follower.lines)
        c("nft", "flush", "ruleset")
        wait_for(lambda: len(follower.lines) > seen)
        follower.until("up")
        assert "nat64_clat" in c("nft", "list", "tables")
        works(LAN)


@test("an administrator changes a setting of another device, it stays at the end", rare=True)
def foreign() -> None:
    renew()
    c("sysctl", "-qw", "net.ipv6.conf.home.accept_ra=1")
    clat("up")
    assert "net.ipv6.conf.home.accept_ra = 1" in settings()
    c("sysctl", "-qw", "net.ipv6.conf.home.accept_ra=2")
    down()
    assert "net.ipv6.conf.home.accept_ra = 2" in settings()
    c("sysctl", "-qw", "net.ipv6.conf.home.accept_ra=0")


@test("another program turns forwarding on meanwhile, down leaves it on", rare=True)
def still_forwards() -> None:
    renew()
    device("spare")
    with leaves_nothing():
        clat("up")
        for name in "spare", "default":
            c("sysctl", "-qw", f"net.ipv6.conf.{name}.forwarding=1")
        down()
        for name in "spare", "default":
            assert f"net.ipv6.conf.{name}.forwarding = 1" in settings()
            c("sysctl", "-qw", f"net.ipv6.conf.{name}.forwarding=0")
    c("ip", "link", "del", "spare")


@test("nft is not in the PATH and children are ignored, up and down do their work", rare=True)
def environment() -> None:
    renew()
    with leaves_nothing():
        for verb in ["up", "--lan", "192.168.7.0/24"], ["down"]:
            done = subprocess.run(
                ["/bin/bash", "-c", "trap '' CHLD; exec \"$@\"", "bash",
                 shutil.which("nat64ctl"), "-n", CLIENT, "clat", *verb],
                env={"PATH": TMP}, text=True, capture_output=True, check=False)
            assert done.returncode == 0, done
            if verb != ["down"]:
                works(LAN)


@test("the uplink has another name at the end, its settings are restored", rare=True)
def renamed() -> None:
    renew()
    before = settings()
    clat("up")
    for old, new in ("net", "uplink0"), ("uplink0", "net"):
        c("ip", "link", "set", old, "down")
        c("ip", "link", "set", old, "name", new)
        if new == "uplink0":
            down()
    assert settings() == before, differences({"settings": before},
                                             {"settings": settings()})
    c("ip", "link", "set", "net", "up")
    renew()


def device(name: str, *forwarding: str) -> None:
    """A device of the host that is not in use; it forwards these families."""
    c("ip", "link", "add", name, "type", "dummy")
    for family in forwarding:
        c("sysctl", "-qw", f"net.{family}.conf.{name}.forwarding=1")


@test("a device is gone and another has its name, the settings of that one stay", rare=True)
def replaced() -> None:
    renew()
    device("spare", "ipv6")
    c("ip", "addr", "add", "10.9.0.1/16", "dev", "spare")
    clat("up", "--lan", "10.9.0.0/16")
    assert "net.ipv4.conf.spare.forwarding = 1" in settings()
    c("ip", "link", "del", "spare")
    device("spare", "ipv4")
    before = [line for line in settings() if ".spare." in line]
    down()
    after = [line for line in settings() if ".spare." in line]
    c("ip", "link", "del", "spare")
    assert after == before, sorted(set(before) ^ set(after))


@test("a device that forwards has another name at the end, it forwards again", rare=True)
def moved() -> None:
    renew()
    with leaves_nothing():
        device("spare", "ipv6")
        clat("up")
        c("ip", "link", "set", "spare", "name", "moved")
        down()
        assert "net.ipv6.conf.moved.forwarding = 1" in settings()
        c("ip", "link", "del", "moved")


@test("down is killed as it turns forwarding on again, the next one leaves nothing", rare=True)
def killed_down() -> None:
    renew()
    device("spare", "ipv6")
    c("sysctl", "-qw", "net.ipv6.conf.home.accept_ra=1")
    with leaves_nothing():
        clat("up")
        killed = subprocess.run(
            ["strace", "-qq", "-o", f"{TMP}/strace", "-e", "trace=write",
             "-P", "/proc/sys/net/ipv6/conf/spare/forwarding",
             "-e", "inject=write:signal=SIGKILL",
             "nat64ctl", "-n", CLIENT, "clat", "down"], check=False)
        assert killed.returncode == -signal.SIGKILL, killed
        assert "net.ipv6.conf.home.accept_ra = 2" in settings()
        down()
    c("sysctl", "-qw", "net.ipv6.conf.home.accept_ra=0")
    c("ip", "link", "del", "spare")


# Where it begins to restore what forwarding of all devices changes for a moment
MOMENT = ["strace", "-qq", "-o", f"{TMP}/strace", "-e", "trace=write", "-P",
          "/proc/sys/net/ipv6/conf/default/forwarding", "-e"]


def add_late(value: int, inject: str, verb: str) -> int:
    """A device appears in that moment, in which "all" has VALUE.
    Return: the status of the command."""
    with subprocess.Popen([*MOMENT, f"inject=write:{inject}", "nat64ctl", "-n",
                           CLIENT, "clat", verb]) as run:
        wait_for(lambda: f"net.ipv6.conf.all.forwarding = {value}" in settings())
        device("late")
    return run.returncode


@test("a device appears while all forward for a moment, it is what it would be else", rare=True)
def late() -> None:
    renew()

    def forwards() -> bool:
        return "net.ipv6.conf.late.forwarding = 1" in settings()
    with leaves_nothing():
        assert add_late(1, "delay_enter=5000000", "up") == 0
        assert not forwards()
        c("ip", "link", "del", "late")
        c("sysctl", "-qw", "net.ipv6.conf.default.forwarding=1")
        assert add_late(0, "delay_enter=5000000", "down") == 0
        assert forwards()
        c("sysctl", "-qw", "net.ipv6.conf.default.forwarding=0")
        c("ip", "link", "del", "late")
    with leaves_nothing():
        assert add_late(1, "signal=SIGKILL", "up") == -signal.SIGKILL
        assert forwards()
        down()
        assert not forwards()
        c("ip", "link", "del", "late")


def limited(size: int, *words: str) -> int:
    """Run the command where no file gets longer than SIZE, as on a disk that becomes
    full. Return: its status."""
    done = subprocess.run(
        ["bash", "-c", "trap '' XFSZ; exec \"$@\"", "bash", "prlimit",
         f"--fsize={size}", "nat64ctl", "-n", CLIENT, "clat", *words],
        capture_output=True, text=True, check=False)
    print(f"# {size} bytes: exit {done.returncode} {done.stderr.strip()}", flush=True)
    return done.returncode


@test("the disk becomes full, what up cannot write down is not left; down does its work", rare=True)
def full() -> None:
    renew()
    rest = "unreachable", "2001:db8:f::/64", "metric", "2048"
    c("ip", "-6", "route", "add", *rest)
    for words in ("--prefix", "2001:db8:f::/64"), ():
        with leaves_nothing():
            sizes = iter(range(0, 9000, 100))
            while limited(next(sizes), "up", *words):
                pass
            assert next(sizes) > 1000
            assert limited(0, "down") == 0
    c("ip", "-6", "route", "del", *rest)


@test("the rest of a prefix gets another route meanwhile, down leaves that", rare=True)
def rerouted() -> None:
    renew()
    rest = "unreachable", "2001:db8:f::/64", "metric", "2048"
    clat("up", "--prefix", "2001:db8:f::/64")
    c("ip", "-6", "route", "del", *rest)
    c("ip", "-6", "route", "add", *rest, "proto", "static")
    down()
    assert ip("-6", "route", "show", "2001:db8:f::/64")
    c("ip", "-6", "route", "del", *rest)


@test("a prefix is routed to the host, LAN hosts are mapped one to one [6877-3]")
def routed() -> None:
    renew()
    own = own_addresses(ONE)[0]
    command("ip", "-n", ROUTER, "route", "add", "2001:db8:f::/64", "via", own)
    with leaves_nothing():
        clat("up", "--prefix", "2001:db8:f::/64", "--lan", "192.168.7.0/24")
        got = status()
        assert got["address6"] == "2001:db8:f::c000:1", got
        works(LAN)
        works()
        hosts6 = json.loads(command("nat64ctl", "-j", "-n", ROUTER, "session"))
        assert "2001:db8:f::c0a8:702" in json.dumps(hosts6), hosts6
        assert not ip("-6", "neigh", "show", "proxy")
        # What is not translated is not sent back to the router.
        ping = subprocess.run(
            inside(ROUTER, "ping", "-c", "1", "-W", "10", "2001:db8:f::dead"),
            capture_output=True, text=True, check=False)
        assert "nreachable" in ping.stdout, ping.stdout
        down()
    command("ip", "-n", ROUTER, "route", "del", "2001:db8:f::/64")


def restore_plat(saved: str) -> None:
    """Load the module, and the PLAT that was saved."""
    command("modprobe", "nat64")
    command("nat64ctl", "-n", ROUTER, "instance", "add", "--pool6", WKP)
    subprocess.run(["nat64ctl", "-n", ROUTER, "config", "load", "-"],
                   input=saved, text=True, check=True)


@test("the module is loaded again, the follower makes the CLAT again")
def reloaded() -> None:
    renew()
    saved = command("nat64ctl", "-n", ROUTER, "config", "save")
    with leaves_nothing(), Follower() as follower:
        follower.until("up")
        command("rmmod", "nat64")
        follower.until("waiting")
        restore_plat(saved)
        follower.until("up")
        works()


@test("the module is removed, down undoes the rest and does not load it again", rare=True)
def removed() -> None:
    renew()
    saved = command("nat64ctl", "-n", ROUTER, "config", "save")
    with leaves_nothing():
        clat("up")
        command("rmmod", "nat64")
        try:
            down()
            assert not pathlib.Path("/sys/module/nat64").exists(), "it is loaded"
        finally:
            restore_plat(saved)


@test("another process floods its sockets, the follower goes on", rare=True)
def flooded() -> None:
    renew()
    with leaves_nothing(), Follower() as follower:
        follower.until("up")
        seen = len(follower.lines)
        follower.run.send_signal(signal.SIGSTOP)
        c("ip", "route", "del", "default")
        with subprocess.Popen(
                inside(CLIENT, "python3", f"{HERE}/flood.py",
                       str(follower.run.pid)), stdout=subprocess.PIPE) as flood:
            try:
                flood.stdout.readline()
                follower.run.send_signal(signal.SIGCONT)
                wait_for(lambda: len(follower.lines) > seen)
                follower.until("up")
            finally:
                follower.run.send_signal(signal.SIGCONT)
                flood.kill()
        works()


@test("the follower is killed, down and up leave nothing of it")
def killed() -> None:
    renew()
    with leaves_nothing():
        for command_after in "down", "up":
            with contextlib.ExitStack() as stack:
                follower = Follower("--lan", "192.168.7.0/24")
                stack.callback(follower.systemd.close)
                follower.until("up")
                follower.ready()
                assert status()["process"] == follower.run.pid
                follower.run.kill()
                follower.run.wait()
            got = status()
            assert got["state"] == "up" and "process" not in got, got
            works(LAN)
            clat(command_after)
        works()
        down()


@test("a follower runs, up is refused and down ends it", rare=True)
def ended() -> None:
    renew()
    with leaves_nothing():
        follower = Follower()
        follower.until("up")
        said = clat("up", expect=2)
        assert f"is at work here, process {follower.run.pid}" in said, said
        # As the end of a service does: it leaves alone what is not its own.
        clat("down", "--timeout", "0")
        assert status()["process"] == follower.run.pid and \
            status()["state"] == "up"
        clat("down")
        assert follower.run.wait(LIMIT) == 0
        follower.systemd.close()


@test("its terminal is closed, the follower ends and leaves nothing", rare=True)
def hung_up() -> None:
    renew()
    with leaves_nothing():
        follower = Follower()
        follower.until("up")
        follower.run.send_signal(signal.SIGHUP)
        assert follower.run.wait(LIMIT) == 0
        follower.systemd.close()


@test("other users see the state and its process, but cannot hold its lock", rare=True)
def users() -> None:
    renew()
    old = os.umask(0o077)
    try:
        with leaves_nothing(), Follower() as follower:
            follower.until("up")
            got = validate(json.loads(c(
                "setpriv", "--reuid", "65534", "--regid", "65534",
                "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
                shutil.which("nat64ctl"), "-j", "clat")))
            assert (got["state"], got["process"]) == \
                ("up", follower.run.pid), got
            for lock in pathlib.Path("/run/nat64-clat").glob("clat*.lock"):
                assert lock.stat().st_mode & 0o777 == 0o600, lock
    finally:
        os.umask(old)


@test("no address can be made, systemd is told after the time for routers and DNS", rare=True)
def told() -> None:
    router.has({ONE: 3600}, {WKP: 1800})
    wait_for(lambda: own_addresses(ONE))
    router.has({}, {WKP: 1800})
    for one in own_addresses(ONE):
        c("ip", "addr", "del", f"{one}/64", "dev", "net")
    with Follower("--timeout", "1") as follower:
        wait_for(lambda: follower.lines and "has no global IPv6 address" in
                 follower.lines[-1].get("reason", ""))
        follower.ready()
        router.has({ONE: 3600}, {WKP: 1800})
        follower.until("up")
        works()


@test("the network gets another prefix, the CLAT follows; so with another NAT64")
def renumbered() -> None:
    renew()
    with leaves_nothing(), Follower() as follower:
        first = follower.until("up", pref64=WKP)
        follower.ready()
        works()
        router.has({ONE: 0, TWO: 3600}, {WKP: 1800})
        wait_for(lambda: own_addresses(TWO))

        def moved() -> bool:
            return addr(status().get("address6", "::"))[:8] == addr("2001:db8:2::")[:8]
        wait_for(moved)
        works()
        router.has({TWO: 3600}, {WKP: 0, NSP: 1800})
        second = follower.until("up", pref64=NSP)
        assert first["address6"] != second["address6"]
        works()
        router.has({TWO: 3600}, {NSP: 0})
        got = follower.until("waiting")
        assert "no NAT64 prefix" in got["reason"], got
        router.has({TWO: 3600}, {WKP: 1800})
        third = follower.until("up", pref64=WKP)
        assert third["address6"] == second["address6"]
        works()
        router.has({TWO: 0, ONE: 3600}, {WKP: 1800})
        wait_for(lambda: not moved())
        # Back to what was: the old prefix goes.
        for one in ip("-6", "addr", "show", "dev", "net")[0]["addr_info"]:
            if addr(one["local"])[:8] == addr("2001:db8:2::")[:8]:
                c("ip", "addr", "del", f"{one['local']}/64", "dev", "net")
        c("ip", "-6", "route", "del", TWO, "dev", "net")


@test("the uplink is lost and returns, the CLAT goes and returns with its address")
def lost() -> None:
    renew()
    with Follower() as follower:
        first = follower.until("up")
        command("ip", "-n", ROUTER, "link", "set", "lan", "down")
        follower.until("waiting")
        assert not ip("-4", "route", "show", "default")
        command("ip", "-n", ROUTER, "link", "set", "lan", "up")
        second = follower.until("up")
        assert first["address6"] == second["address6"]
        restore_router()
        works()
        c("ip", "link", "set", "net", "down")
        follower.until("waiting")
        c("ip", "link", "set", "net", "up")
        follower.until("up")
        works()


def restore_router() -> None:
    """Addresses of IPv6 do not survive that a device is down."""
    for one in "2001:db8:1::1/64", "2001:db8:2::1/64":
        subprocess.run(["ip", "-n", ROUTER, "address", "add", one, "dev", "lan",
                        "nodad"], check=False, capture_output=True)


@test("another program turns forwarding off, the follower turns it on again", rare=True)
def repaired() -> None:
    renew()
    with leaves_nothing(), Follower() as follower:
        follower.until("up")
        seen = len(follower.lines)
        c("sysctl", "-qw", "net.ipv6.conf.all.forwarding=0")
        wait_for(lambda: len(follower.lines) > seen)
        follower.until("up")
        assert "net.ipv6.conf.all.forwarding = 1" in settings()
        works()


@test("another program ends the answers to neighbours, the follower renews them", rare=True)
def proxied() -> None:
    renew()
    with leaves_nothing(), Follower() as follower:
        own = follower.until("up")["address6"]
        seen = len(follower.lines)
        c("ip", "-6", "neigh", "del", "proxy", own, "dev", "net")
        wait_for(lambda: len(follower.lines) > seen)
        follower.until("up")
        assert ip("-6", "neigh", "show", "proxy")
        works()


@test("another program deletes the route again and again, every two seconds it returns", rare=True)
def contested() -> None:
    renew()

    def ups() -> list[datetime.datetime]:
        return [datetime.datetime.fromisoformat(line["since"])
                for line in follower.lines if line["state"] == "up"]
    # Without DAD, nothing but its pause takes time.
    c("sysctl", "-qw", "net.ipv6.conf.net.dad_transmits=0")
    with leaves_nothing(), Follower() as follower:
        follower.until("up")
        while len(ups()) < 4:
            subprocess.run(inside(CLIENT, "ip", "route", "del", "default"),
                           check=False, capture_output=True)
            said = len(follower.lines)
            wait_for(lambda: len(follower.lines) > said or
                     ip("-4", "route", "show", "default"))
        made = ups()
        # Three times two seconds, from the end of one to the beginning of the next
        assert (made[3] - made[0]).total_seconds() >= 5.9, made
        wait_for(lambda: ip("-4", "route", "show", "default") and
                 follower.lines[-1]["state"] == "up")
        works()
    c("sysctl", "-qw", "net.ipv6.conf.net.dad_transmits=1")


@test("it cannot be made, then the uplink is lost: it waits without work", rare=True)
def idle() -> None:
    renew()

    def used() -> float:
        words = pathlib.Path(f"/proc/{follower.run.pid}/stat").read_text()
        user, system = words.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    with Follower() as follower:
        follower.until("up")
        follower.ready()
        c("ip", "route", "add", "default", "dev", "home")
        follower.until("native")
        command("nat64ctl", "-n", CLIENT, "instance", "add", "clat", "--type",
                "siit", "--pool6", NSP)
        c("ip", "route", "del", "default", "dev", "home")
        # Before it is tried, it says that it pauses.
        wait_for(lambda: "there is an instance 'clat'" in
                 follower.lines[-1].get("reason", ""))
        c("ip", "link", "set", "net", "down")
        wait_for(lambda: "clat'" not in follower.lines[-1]["reason"])
        before, end = used(), time.monotonic() + 15
        wait_for(lambda: time.monotonic() > end)
        assert used() - before < 2, used() - before
        command("nat64ctl", "-n", CLIENT, "instance", "del", "clat")
        c("ip", "link", "set", "net", "up")
        follower.until("up")
        works()


@test("native IPv4 comes and goes, the CLAT goes and comes")
def native() -> None:
    renew()
    with leaves_nothing(), Follower() as follower:
        follower.until("up")
        c("ip", "addr", "add", "198.18.0.2/24", "dev", "net")
        c("ip", "route", "add", "default", "via", "198.18.0.1", "dev", "net")
        got = follower.until("native")
        assert "a default route by net" in got["reason"], got
        assert ip("-4", "route", "show", "default")[0]["dev"] == "net"
        assert not ip("-6", "neigh", "show", "proxy")
        said = status()
        assert said["state"] == "native", said
        c("ip", "addr", "del", "198.18.0.2/24", "dev", "net")
        follower.until("up")
        works()
    c("ip", "route", "add", "default", "via", "192.168.7.2", "dev", "home")
    said = clat("up", expect=2)
    assert "this machine has native IPv4: a default route by home" in said, said
    with Follower() as follower:
        follower.until("native")
        follower.ready()
    c("ip", "route", "del", "default", "via", "192.168.7.2", "dev", "home")


@test("the default route of a VPN is not native IPv4: the CLAT stays", rare=True)
def vpn() -> None:
    renew()
    c("ip", "tuntap", "add", "vpn0", "mode", "tun")
    c("ip", "link", "set", "vpn0", "up")
    try:
        with Follower() as follower:
            follower.until("up")
            c("ip", "route", "add", "default", "dev", "vpn0", "metric", "50")
            # What comes next is what it says next.
            c("ip", "route", "add", "default", "dev", "home")
            got = follower.until("native")
            assert "a default route by home" in got["reason"], got
            states = [one["state"] for one in follower.lines]
            assert states[states.index("up"):] == ["up", "native"], \
                follower.lines
            c("ip", "route", "del", "default", "dev", "home")
            follower.until("up")
    finally:
        subprocess.run(inside(CLIENT, "ip", "route", "flush", "default"),
                       check=False)
        c("ip", "link", "del", "vpn0")


@test("an advertisement makes the MTU smaller, the route of IPv4 follows", rare=True)
def smaller() -> None:
    renew()
    with Follower("--lan", "192.168.7.0/24") as follower:
        first = follower.until("up", mtu=1472)
        router.has({ONE: 3600}, {WKP: 1800}, mtu=1400)
        second = follower.until("up", mtu=1372)
        assert first["address6"] == second["address6"]
        exchange(1344, LAN, whole=True)
        works(LAN)
        router.has({ONE: 3600}, {WKP: 1800}, mtu=1500)
        follower.until("up", mtu=1472)


@test("another host claims every address, up says so and leaves nothing [7136-1]")
def claimed() -> None:
    renew()
    with leaves_nothing():
        router.claims = True
        try:
            said = clat("up", expect=2)
        finally:
            router.claims = False
        assert "have claimed each of 3 random addresses" in said, said


@test("what is wrong is said in words, and nothing is left")
def wrong() -> None:
    renew()
    with leaves_nothing():
        for words, reason in (
                (("--uplink", "none"), "no network device 'none'"),
                (("--pref64", "2001:db8:77::/96", "--uplink", "home"),
                 "there is no IPv6 route to the PLAT"),
                (("--lan", "10.9.0.0/16"),
                 "no device has an address in 10.9.0.0/16")):
            said = clat("up", *words, expect=2)
            assert reason in said and said.count("\n") == 1, said
        c("ip", "route", "add", "unreachable", "default", "metric", "2048")
        said = clat("up", expect=2)
        assert "another IPv4 default route has the metric 2048" in said, said
        c("ip", "route", "del", "unreachable", "default", "metric", "2048")
        c("ip", "link", "add", DEVICE, "type", "dummy")
        said = clat("up", expect=2)
        assert f"there is a network device '{DEVICE}'" in said, said
        c("ip", "link", "del", DEVICE)
        command("nat64ctl", "-n", CLIENT, "instance", "add", "clat", "--type",
                "siit", "--pool6", NSP)
        said = clat("up", expect=2)
        assert "there is an instance 'clat'" in said, said
        command("nat64ctl", "-n", CLIENT, "instance", "del", "clat")
        router.has({ONE: 3600}, {WKP: 0, ONE: 1800})
        said = clat("up", "--timeout", "1", expect=2)
        assert "it has an address of this machine" in said, said
        router.has({ONE: 3600}, {ONE: 0})
        said = clat("up", "--timeout", "1", expect=2)
        assert "no router advertised one within 1 s" in said, said


@test("radvd and unbound, the NAT64 is found by DNS and IPv4 works, whatever a host "
      "of the LAN announces [6877-5]")
def real() -> None:
    router.silent = True
    router.has({ONE: 3600}, {WKP: 0})
    router.silent = True
    config = pathlib.Path(f"{TMP}/radvd.conf")
    config.write_text("interface lan { AdvSendAdvert on; prefix "
                      f"{ONE} {{ }}; }};\n", encoding="ascii")
    dns64 = pathlib.Path(f"{TMP}/dns64.conf")
    dns64.write_text(f"""
server:
    interface: 2001:db8:1::1
    access-control: ::/0 allow
    do-not-query-localhost: no
    module-config: "dns64 iterator"
    dns64-prefix: {NSP}
    username: ""
    chroot: ""
    directory: "{TMP}"
    pidfile: ""
    use-syslog: no
stub-zone:
    name: "ipv4only.arpa"
    stub-addr: 127.0.0.1@5300
""", encoding="ascii")
    folder = pathlib.Path(f"/etc/netns/{CLIENT}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "resolv.conf").write_text("nameserver 2001:db8:1::1\n")
    programs = [subprocess.Popen(inside(ROUTER, *words)) for words in (
        ("radvd", "-n", "-C", str(config), "-p", f"{TMP}/radvd.pid", "-m",
         "stderr"), ("unbound", "-d", "-c", str(dns64)))]
    try:
        listens = "sport = :53 and src [2001:db8:1::1]"
        wait_for(lambda: command(*inside(ROUTER, "ss", "-Hlnu", listens)))
        with leaves_nothing():
            clat("up", "--timeout", "10")
            got = status()
            assert (got["pref64"], got["source"], got["from"]) == \
                (NSP, "dns", "2001:db8:1::1"), got
            works()
            down()
        with leaves_nothing(), lan_advertises("2001:db8:bad::/96"), \
                Follower("--timeout", "2") as follower:
            follower.until("up", source="dns")
            works()
            states = [one["state"] for one in follower.lines]
            assert states[states.index("up"):] == ["up"], follower.lines
    finally:
        for one in programs:
            one.terminate()
            one.wait()


def main() -> None:
    chosen = sys.argv[1:]
    for name, function in TESTS:
        if function.__name__ not in chosen if chosen else \
                function in RARE and not os.environ.get("FULL"):
            continue
        print(f"# --- {name}", flush=True)
        try:
            function()
            print(f"pass {name}", flush=True)
        except Exception as error:              # pylint: disable=broad-except
            traceback.print_exc(file=sys.stdout)
            reason = str(error).replace("\n", " ") or type(error).__name__
            subprocess.run(["nat64ctl", "-n", CLIENT, "clat", "down"],
                           check=False)
            print(f"fail {name} - {reason}", flush=True)


if __name__ == "__main__":
    main()
