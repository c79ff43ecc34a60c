#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""slices.py - what slices.sh runs in User-mode Linux: makes and ends sessions by
the million and prints how long softirqs were off meanwhile."""

import argparse
import subprocess
import sys
import time

import guest

MAC = "02:00:00:00:00:01"
CROWD = 65535
OVER = 11               # buckets from here on are for 1024 us and more
NAMES = {"section": "nat64, sections", "NET_RX": "softirq, packets",
         "RCU": "softirq, RCU"}


# Sections of nat64, and of the loop beside them: how many, how many too long.
whole: dict = {}


def tool(command: str) -> str:
    done = subprocess.run(["ip", "netns", "exec", "ours", "nat64ctl",
                           *command.split()], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout


def sessions() -> int:
    return int(tool("session count").split()[-1])


def meminfo() -> dict:
    guest.memory()          # waits until it is at rest
    with open("/proc/meminfo", encoding="ascii") as file:
        return {line.split(":")[0]: int(line.split()[1]) for line in file}


def report(what: str, seconds: float) -> None:
    """The times since the last one, in microseconds."""
    print(f"{what} ({seconds:.1f} s)")
    with open("/proc/off", encoding="ascii") as file:
        rows = [line.split() for line in file]
    for kind, number, longest, *buckets in rows:
        of = whole.setdefault("section" if seconds else "loop", [0, 0])
        if kind == "section":
            of[0] += int(number)
            of[1] += sum(map(int, buckets[OVER:]))
        times = [f"<{1 << i}: {n}" for i, n in enumerate(buckets) if n != "0"]
        print(f"  {NAMES.get(kind, 'softirq, ' + kind.lower()):18}"
              f"{int(number):>9} longest {int(longest) / 1000:>7.1f} us   "
              + "  ".join(times))
    sys.stdout.flush()


def phase(what: str, action, *arguments) -> None:
    """Do it, and wait until what it leaves to others is done as well."""
    guest.write("/proc/off", "0")
    start = time.monotonic()
    action(*arguments)
    done = time.monotonic() - start
    guest.memory()
    report(what, done)


def open_all() -> None:
    for first in range(0, args.flows, guest.SLICE):
        guest.send("open", "ours", first, min(guest.SLICE, args.flows - first))
    if sessions() < args.flows:
        sys.exit(f"{sessions()} sessions of {args.flows}")


def expire() -> None:
    tool("config set tcp-open-timeout 1")
    while sessions():
        time.sleep(0.1)
    tool("config set tcp-open-timeout 3600")


def pktgen(file: str, *lines: str) -> None:
    for line in lines:
        guest.write(f"/proc/net/pktgen/{file}", line + "\n")


def crowd() -> None:
    """One inside port with 65,535 peers."""
    before = sessions()
    pktgen("kpktgend_0", "rem_device_all", "add_device ours.c")
    pktgen("ours.c", f"count {CROWD}", "clone_skb 0", "pkt_size 114", "delay 0",
           "flag UDPCSUM", f"dst_mac {MAC}", "src6 2001:db8:8000::2",
           "dst6 2001:db8:64::198.18.0.1", "udp_src_min 5000",
           "udp_src_max 5000", "udp_dst_min 1", f"udp_dst_max {CROWD}")
    pktgen("pgctrl", "start")
    made = sessions() - before
    if made < CROWD * 9 // 10:
        sys.exit(f"{made} sessions of one port")


def memory() -> tuple[int, int]:
    info = meminfo()
    return info["MemAvailable"], info["Slab"]


def main() -> None:
    guest.run("insmod " + args.modules + f"/gen/off.ko softirqs={args.softirqs}")
    guest.run("modprobe -a nf_defrag_ipv4 nf_defrag_ipv6 nf_socket_ipv4 "
              "nf_socket_ipv6 pktgen")
    guest.run(f"insmod {args.modules}/nat64/kernel/nat64.ko")
    guest.prepare(["ours"])
    tool("config set tcp-open-timeout 3600")
    guest.touch_memory(9)
    guest.write("/proc/off", "500000")
    report("the machine itself: 256 cache misses, over and over again", 0)
    before = memory()
    phase(f"{args.flows} sessions are made", open_all)
    after = memory()
    print("  MemAvailable {} -> {} MiB, slab {} -> {} MiB: {:.0f} octets a flow"
          .format(before[0] >> 10, after[0] >> 10, before[1] >> 10,
                  after[1] >> 10, (before[0] - after[0]) * 1024 / args.flows))
    phase("a quarter is flushed", tool, "session flush --v6 2001:db8:8000::/52")
    print(f"  {sessions()} sessions are left")
    phase("they are counted", sessions)
    phase("all expire", expire)
    phase("65,535 sessions of one port are made", crowd)
    phase("they are flushed", tool, "session flush --proto udp")
    phase(f"{args.flows} sessions are made again", open_all)
    phase("65,535 of one port as well", crowd)
    phase("the instance is deleted", tool, "instance del")
    for name, (number, over) in whole.items():
        print(f"{NAMES.get(name, name)}: {over} of {number} took 1.024 ms or "
              "more")
    left = memory()
    print(f"MemAvailable {left[0] >> 10} MiB, slab {left[1] >> 10} MiB")


parser = argparse.ArgumentParser()
parser.add_argument("--modules", required=True)
parser.add_argument("--softirqs", required=True)
parser.add_argument("--flows", type=int, required=True)
args = parser.parse_args()
guest.args = argparse.Namespace(gen=args.modules + "/gen/gen.ko", jool="",
                                proto="tcp", flows=args.flows,
                                host_flows=256, embedded=False)
main()
