#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""guest.py - one case of `make bench`, in User-mode Linux or, where instructions
are counted, in QEMU; the last line it prints is what it has measured, as JSON.

    clients ----- in  ROUTER  out ----- servers

Every router is a namespace with a veth pair to either side. gen.c sends on the
outer ends, NAME.c and NAME.s, and looks there at what arrives while flows are
made; then tc drops it. The routers take turns in slices of packets, for times
drift; every packet has to arrive. The router "drop" is not one of them: each
slice has packets to it strewn in.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from ipaddress import IPv4Address, IPv6Address

POOL6, SERVERS = "2001:db8:64::/96", "198.18.0.0/20"
PORTS = "1024-65535"
SLICE = 100_000
HOUR = "3600"


class Refused(Exception):
    """A router cannot be set up here."""


def run(command: str) -> None:
    done = subprocess.run(command.split(), capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"{command}: {(done.stderr or done.stdout).strip()}")


def write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def pool4() -> tuple[str, str]:
    """As a prefix and as a range. From a million flows on, half of its ports
    are in use: a larger pool costs some routers memory."""
    if args.flows <= 1_000_000:
        return "203.0.113.0/27", "203.0.113.0-203.0.113.31"
    return "203.0.113.0/25", "203.0.113.0-203.0.113.127"


# --- routers ---------------------------------------------------------------

def drop_at(dev: str, *where: str) -> None:
    run(f"tc {' '.join(where)} qdisc add dev {dev} ingress")
    run(f"tc {' '.join(where)} filter add dev {dev} parent ffff: "
        "matchall action drop")


def drop(ns: str) -> None:
    """What it costs to make a packet and to receive it."""
    drop_at("in", "-n", ns)
    drop_at("out", "-n", ns)


def plain(ns: str) -> None:
    run(f"ip -n {ns} route add {POOL6} via 2001:db8:2::2 dev out")


def nft(ns: str, rules: str) -> None:
    done = subprocess.run(["ip", "netns", "exec", ns, "nft", "-f", "-"],
                          input=rules, capture_output=True, text=True)
    if done.returncode:
        raise Refused(done.stderr)


def nat44(ns: str) -> None:
    """With as many buckets as flows, as who has so many would set it."""
    run("modprobe nf_conntrack")
    write("/proc/sys/net/netfilter/nf_conntrack_max", "8000000")
    with open("/sys/module/nf_conntrack/parameters/hashsize", "r+",
              encoding="ascii") as file:
        if int(file.read()) < args.flows:
            file.write(str(args.flows))
    nft(ns, f"""
        table ip nat {{
            chain post {{
                type nat hook postrouting priority srcnat
                oifname "out" snat to {pool4()[1]}
            }}
        }}""")
    for key in ("conntrack_udp_timeout", "conntrack_udp_timeout_stream"):
        sysctl(ns, f"net/netfilter/nf_{key}", HOUR)


def flowtable(ns: str) -> None:
    nat44(ns)
    nft(ns, """
        table ip filter {
            flowtable fast {
                hook ingress priority 0
                devices = { in, out }
            }
            chain forward {
                type filter hook forward priority 0
                ip protocol { tcp, udp } flow add @fast
            }
        }""")
    for proto in "udp", "tcp":
        sysctl(ns, f"net/netfilter/nf_flowtable_{proto}_timeout", HOUR)


def jool(ns: str) -> None:
    tool = f"ip netns exec {ns} {args.jool}/bin/jool"

    insmod_jool("jool")
    run(f"{tool} instance add --netfilter --pool6 {POOL6}")
    run(f"{tool} pool4 add --{args.proto} {pool4()[0]} {PORTS}")
    run(f"{tool} global update udp-timeout 01:00:00")


def eam() -> list[tuple[str, str]]:
    """The two addresses of each client, as gen.c chooses them, unless the one
    embeds the other."""
    if args.embedded:
        return []
    return [(str(IPv6Address((0x20010db8 << 96) + (0x80000000 + host << 64)
                             + (host + 1) * 0x9e3779b97f4a7c15 % (1 << 64))),
             str(IPv4Address(0x0a000000 + host)))
            for host in range(-(-args.flows // args.host_flows))]


def insmod_jool(name: str) -> None:
    if not os.path.exists("/sys/module/jool_common"):
        run("modprobe -a x_tables nf_defrag_ipv4 nf_defrag_ipv6")
        run(f"insmod {args.jool}/jool_common.ko")
    if not os.path.exists(f"/sys/module/{name}"):
        run(f"insmod {args.jool}/{name}.ko")


def as_file(content: dict) -> str:
    """The name of a file with CONTENT as JSON."""
    write("/run/content.json", json.dumps(content))
    return "/run/content.json"


def jool_siit(ns: str) -> None:
    tool = f"ip netns exec {ns} {args.jool}/bin/jool_siit"

    insmod_jool("jool_siit")
    run(f"{tool} file handle " + as_file({
        "instance": "default", "framework": "netfilter",
        "global": {"pool6": POOL6},
        "eamt": [{"ipv6 prefix": six, "ipv4 prefix": four}
                 for six, four in eam()]}))


def siit(ns: str, device: str = "") -> None:
    tool = f"ip netns exec {ns} nat64ctl"

    run("modprobe nat64")
    run(f"{tool} instance add --type siit --pool6 {POOL6}"
        + (device and f" --device {device}"))
    run(f"{tool} config load " + as_file({
        **({"device": device} if device else {}),
        "type": "siit", "pool6": [POOL6], "eam": [{"ipv6": six, "ipv4": four}
                                          for six, four in eam()]}))
    if device:
        run(f"ip -n {ns} link set {device} up")
        run(f"ip -n {ns} route add {POOL6} via fe80::1 dev {device}")
        run(f"ip -n {ns} route replace 10.0.0.0/8 dev {device}")


def ours(ns: str, *config: str) -> None:
    """CONFIG: what differs from the default, "KEY VALUE" each."""
    tool = f"ip netns exec {ns} nat64ctl"

    run("modprobe nat64")
    run(f"{tool} instance add --pool6 {POOL6}")
    run(f"{tool} pool4 add {pool4()[0]} --ports {PORTS}")
    for setting in "udp-timeout " + HOUR, *config:
        run(f"{tool} config set {setting}")


# How to set it up, and the family on its two sides.
ROUTERS = {
    "drop": (drop, 6, 4),
    "plain": (plain, 6, 6),
    "nat44": (nat44, 4, 4),
    "flowtable": (flowtable, 4, 4),
    "jool": (jool, 6, 4),
    "ours": (ours, 6, 4),
    "ours-fast": (lambda ns: ours(ns, "fastpath in,out"), 6, 4),
    "jool-siit": (jool_siit, 6, 4),
    "siit": (siit, 6, 4),
    "siit-dev": (lambda ns: siit(ns, "siit0"), 6, 4),
}


def sysctl(ns: str, key: str, value: str) -> None:
    run(f"ip netns exec {ns} sysctl -qw {key}={value}")


def wire(ns: str, inner: str, outer: str, number: int) -> None:
    run(f"ip link add {outer} type veth peer name {inner} "
        f"address 02:00:00:00:00:0{number} netns {ns}")
    run(f"ip -n {ns} addr add 2001:db8:{number}::1/64 dev {inner} nodad")
    run(f"ip -n {ns} addr add 192.0.{number}.1/24 dev {inner}")
    run(f"ip link set {outer} up")
    run(f"ip -n {ns} link set {inner} up")
    for neighbour in f"2001:db8:{number}::2", f"192.0.{number}.2":
        run(f"ip -n {ns} neigh add {neighbour} dev {inner} "
            "lladdr 02:00:00:00:00:03")


def set_up(name: str) -> None:
    special, *families = ROUTERS[name]
    run(f"ip netns add {name}")
    run(f"ip -n {name} link set lo up")
    sysctl(name, "net/ipv6/conf/all/forwarding", "1")
    sysctl(name, "net/ipv4/ip_forward", "1")
    wire(name, "in", f"{name}.c", 1)
    wire(name, "out", f"{name}.s", 2)
    for clients in "2001:db8:8000::/33", "2001:db8:64::10.0.0.0/104":
        run(f"ip -n {name} route add {clients} via 2001:db8:1::2 dev in")
    run(f"ip -n {name} route add 10.0.0.0/8 via 192.0.1.2 dev in")
    run(f"ip -n {name} route add {SERVERS} via 192.0.2.2 dev out")
    special(name)
    write("/proc/gen", f"add {name} {families[0]} {families[1]}")


# --- measuring -------------------------------------------------------------

def send(verb: str, name: str, first: int, count: int,
         order: str = "turn") -> dict:
    """Nanoseconds (and instructions) of a packet, and of one that is dropped
    at once, "drop-"; every packet has to arrive."""
    write("/proc/gen", f"{verb} {name} {first} {count} {order}")
    with open("/proc/gen", encoding="ascii") as file:
        seen = {what: int(number) for what, number in map(str.split, file)}
    if seen["received"] < count or seen["wrong"]:
        sys.exit(f"{name}, {verb} of {count} from {first}: {seen}")
    return {whose + what: round(seen[whose + what] / seen[whose + "packets"], 2)
            for what in ("ns", "instructions")
            if what in seen and not (args.instructions and what == "ns")
            for whose in ("", "drop-")}


def in_use() -> dict:
    """Octets of memory that are not free, and what of them is slab."""
    with open("/proc/meminfo", encoding="ascii") as file:
        info = {line.split(":")[0]: int(line.split()[1]) for line in file}
    # The page allocator keeps free pages in lists of each processor, too.
    with open("/proc/zoneinfo", encoding="ascii") as file:
        listed = sum(int(line.split()[1]) for line in file
                     if line.split()[0] == "count:")
    free = info["MemFree"] * 1024 + listed * os.sysconf("SC_PAGE_SIZE")
    return {"total": -free, "slab": info["Slab"] * 1024}


def memory() -> dict:
    """The same once it is at rest: hash tables grow behind the packets, and
    the old ones are kept until a grace period is over."""
    write("/proc/sys/vm/drop_caches", "3")
    readings = [in_use()]
    while len(readings) < 40:
        time.sleep(0.05)
        readings.append(in_use())
        lately = [reading["total"] for reading in readings[-5:]]
        if len(lately) == 5 and max(lately) - min(lately) < 1 << 16:
            break
    return readings[-1]


class Case:
    """What is measured, a list of samples a router and kind of packet."""

    def __init__(self, routers: list[str]):
        self.routers = routers
        self.samples: dict = {}
        self.grown = {name: {"total": 0, "slab": 0} for name in routers}
        self.used = memory()

    def keep(self, kind: str, name: str, seen: dict) -> None:
        self.samples.setdefault(kind, {}).setdefault(name, []).append(seen)

    def slice(self, kind: str, verb: str, number: int, *what) -> None:
        """All the routers in turn, a different one first each time."""
        turn = number % len(self.routers)
        for name in self.routers[turn:] + self.routers[:turn]:
            seen = send(verb, name, *what)
            if kind:
                self.keep(kind, name, seen)

    def open_flows(self) -> None:
        """First packets of flows."""
        for first in range(0, args.flows, args.slice):
            count = min(args.slice, args.flows - first)
            for name in self.routers:
                seen = send("open", name, first, count)
                self.grow(name)
                if count == args.slice:
                    self.keep("new", name, seen)

    def establish(self) -> None:
        """The answers and the packets after them, looked at octet by octet."""
        for name in self.routers:
            send("answer", name, 0, args.flows)
            send("confirm", name, 0, args.flows)
            self.grow(name)

    def grow(self, name: str) -> None:
        """What is used now and was not before is what NAME has taken."""
        if args.flows <= SLICE:
            return
        now = memory()
        for what, size in now.items():
            self.grown[name][what] += size - self.used[what]
        self.used = now

    def rounds(self) -> None:
        for name in self.routers:
            drop_at(name + ".c")
            drop_at(name + ".s")
        # The first round warms the caches; both directions have flows of their
        # own in a round, where there are enough.
        for number in range(args.rounds + 1):
            for verb, start in ("up", 0), ("down", args.flows // 2):
                self.slice(verb if number else "", verb, number,
                           start + number * args.slice, args.slice,
                           args.order)


def touch_memory(tenths: int = 8) -> None:
    """The host gives memory when it is first touched; not while we measure."""
    os.mkdir("/run/warm")
    run("mount -t tmpfs -o size=95% tmpfs /run/warm")
    with open("/proc/meminfo", encoding="ascii") as file:
        free = int(file.read().split("MemFree:")[1].split()[0])
    with open("/run/warm/file", "wb") as file:
        for _ in range(free * tenths // 10 // 1024):
            file.write(bytes(1 << 20))
    run("umount /run/warm")


def prepare(names: list[str]) -> tuple[list[str], dict]:
    """The routers that can be had, and why others cannot."""
    missing = {}
    for dev in "all", "default":
        run(f"sysctl -qw net.ipv6.conf.{dev}.disable_ipv6=1")
    run(f"insmod {args.gen} flows={args.flows} tcp={args.proto == 'tcp':d} "
        f"host_flows={args.host_flows} embedded={args.embedded:d}")
    set_up("drop")
    for name in names:
        try:
            set_up(name)
        except Refused as why:
            missing[name] = str(why)
    return [name for name in names if name not in missing], missing


def main() -> None:
    routers, missing = prepare(args.routers.split(","))
    if args.flows > SLICE:
        touch_memory()
    case = Case(routers)
    case.open_flows()
    case.establish()
    case.rounds()
    out = {"proto": args.proto, "flows": args.flows, "order": args.order,
           "kernel": os.uname().release, "missing": missing,
           "samples": case.samples}
    if args.flows > SLICE:
        out["memory"] = {name: {what: round(size / args.flows, 1)
                                for what, size in grown.items()}
                         for name, grown in case.grown.items()}
    print(json.dumps(out))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gen", required=True)
    parser.add_argument("--jool", required=True)
    parser.add_argument("--routers", required=True)
    parser.add_argument("--proto", choices=("udp", "tcp"), default="udp")
    parser.add_argument("--flows", type=int, default=1)
    parser.add_argument("--order", choices=("turn", "random"), default="turn")
    parser.add_argument("--host-flows", type=int, default=256)
    parser.add_argument("--embedded", action="store_true",
                        help="clients have addresses in pool6")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--instructions", action="store_true",
                        help="there is no time here but what they take")
    parser.add_argument("--slice", type=int, default=SLICE,
                        help="packets of a router at a time")
    return parser.parse_args()


if __name__ == "__main__":
    args = arguments()
    main()
