#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""bench.py - what is measured by `make bench`: boots a machine for each case,
keeps the samples as JSON, prints them as a table and draws them."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import report

TOP = Path(__file__).resolve().parents[2]
ALL = "plain,nat44,flowtable,jool,ours,ours-fast"
NAT64 = "plain,jool,ours,ours-fast"
SIIT = "plain,jool-siit,siit,siit-dev"

# name: protocol, flows, their order, routers, memory of the machine in MiB
CASES = {
    "udp-1": ("udp", 1, "turn", ALL, 512),
    "udp-50k": ("udp", 50_000, "random", ALL, 768),
    "tcp-1": ("tcp", 1, "turn", ALL, 512),
    "tcp-50k": ("tcp", 50_000, "random", ALL, 768),
    "udp-1M": ("udp", 1_000_000, "turn", ALL, 3072),
    "udp-1M-random": ("udp", 1_000_000, "random", NAT64, 2048),
    "tcp-1M": ("tcp", 1_000_000, "turn", ALL, 3072),
    "udp-4M": ("udp", 4_000_000, "turn", NAT64, 5120),
    "siit-prefix": ("udp", 1, "turn", SIIT, 512),
    "siit-eam-1": ("udp", 1, "turn", SIIT, 512),
    "siit-eam-100k": ("udp", 100_000, "random", SIIT, 1024),
}
# What guest.py is told beside: where clients have their addresses.
CLIENTS = {"siit-prefix": ["--embedded"], "siit-eam-100k": ["--host-flows", "1"]}
# name: cases, routers
SETS = {
    "quick": (["udp-1", "udp-50k"], NAT64),
    "siit": ([name for name in CASES if name.startswith("siit")], SIIT),
    "full": (list(CASES), ""),
    "throughput": ([], ""),
}
# What is counted is the same each time: few packets and rounds do.
COUNTED = {"kernel": "6.1", "slice": 2000, "rounds": 5}


def output(*command: str) -> str:
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True,
                          check=False).stdout.strip()


def machine() -> dict:
    with open("/proc/cpuinfo", encoding="ascii") as file:
        models = [line.split(":", 1)[1].strip() for line in file
                  if line.startswith("model name")]
    return {"processor": models[0] if models else platform.machine(),
            "processors": os.cpu_count(), "memory-mib": available("MemTotal"),
            "kernel": platform.release(), "load": os.getloadavg()[0]}


def available(what: str) -> int:
    with open("/proc/meminfo", encoding="ascii") as file:
        return int(file.read().split(what + ":")[1].split()[0]) // 1024


def hurry() -> None:
    """Before others, where that is allowed."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    except PermissionError:
        pass


def boot(name: str, routers: str, args: argparse.Namespace) -> dict:
    """Run guest.py for a case; the last line is the result."""
    proto, flows, order, wanted, memory = CASES[name]
    names = dict.fromkeys(["plain", *(routers or wanted).split(",")])
    command = ["-m", f"{memory}M", "-n", f"bench-{name}"]
    if args.instructions:
        command = ["test/vm/run.sh", "-i", "-t", "3600", *command,
                   COUNTED["kernel"]]
    else:
        command = ["test/vm/uml.sh", "-v", "base", "-t", "900", *command]
    command += ["test/bench/guest.py", "--gen", args.gen, "--jool", args.jool,
                "--proto", proto, "--flows", str(flows), "--order", order,
                "--rounds", str(args.rounds), "--routers", ",".join(names),
                *CLIENTS.get(name, [])]
    if args.instructions:
        command += ["--instructions", "--slice", str(COUNTED["slice"])]
    if available("MemAvailable") < memory * 5 // 4:
        return {"skipped": f"wants {memory} MiB of memory"}
    done = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, text=True,
                          preexec_fn=hurry, check=False)
    lines = done.stdout.splitlines()
    if done.returncode or not lines or not lines[-1].startswith("{"):
        sys.exit(f"bench: {name} fails ({done.returncode}):\n{done.stdout}")
    return json.loads(lines[-1])


def throughput() -> list[str]:
    """What throughput.sh says, a measurement of its own."""
    script = TOP / "test/bench/throughput.sh"
    if not os.access(script, os.X_OK):
        return []
    print("# throughput", file=sys.stderr, flush=True)
    done = subprocess.run(["test/vm/uml.sh", "-v", "base", "-n",
                           "bench-throughput", str(script)], cwd=TOP,
                          stdout=subprocess.PIPE, text=True,
                          preexec_fn=hurry, check=False)
    if done.returncode:
        print(f"bench: {script.name} fails", file=sys.stderr)
    return done.stdout.splitlines()


def chosen(words: str) -> list[tuple[str, str]]:
    """Cases and their routers, from the names of cases and of sets."""
    found = []
    for word in words.replace(",", " ").split():
        names, routers = SETS.get(word, ([word], ""))
        found += [(name, routers) for name in names]
    unknown = [name for name, _ in found if name not in CASES]
    if unknown:
        sys.exit(f"bench: no case {unknown[0]}; there are: "
                 + " ".join([*SETS, *CASES]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gen", required=True, help="gen.ko")
    parser.add_argument("--jool", required=True, help="where build.sh put it")
    parser.add_argument("-c", "--cases", default="full",
                        help="of: " + " ".join([*SETS, *CASES]))
    parser.add_argument("-r", "--rounds", type=int, default=7)
    parser.add_argument("-i", "--instructions", action="store_true",
                        help="count them, on a stock kernel, whatever else the "
                        "host does; no times")
    parser.add_argument("-R", "--routers", default="",
                        help="of: " + ALL.replace(",", " "))
    args = parser.parse_args()
    if args.instructions:
        args.rounds = COUNTED["rounds"]
    out = {"date": time.strftime("%Y-%m-%d %H:%M"), "machine": machine(),
           "counted": args.instructions,
           "version": output("git", "describe", "--always", "--dirty"),
           "jool": Path(args.jool).name.removeprefix("jool-"),
           "nftables": output("nft", "--version"), "rounds": args.rounds,
           "cases": {}}
    begin = time.monotonic()
    for name, routers in chosen(args.cases):
        print(f"# {name}", file=sys.stderr, flush=True)
        out["cases"][name] = boot(
            name, args.routers.replace(" ", ",") or routers, args)
    if "full" in args.cases or "throughput" in args.cases:
        out["throughput"] = throughput()
    out["seconds"] = round(time.monotonic() - begin)
    folder = Path(os.environ.get("NAT64_BUILD", TOP / "build")) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / time.strftime("%Y-%m-%d-%H%M%S.json")
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="ascii")
    report.show(out)
    report.draw(out, path)


main()
