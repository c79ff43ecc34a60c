#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""dumps.py [SESSIONS] - long tables in a bounded memory: see dumps.sh.

Each flow is a BIB entry and a session of its own. Prints a line "pass NAME" or
"fail NAME - REASON" for each test.
"""

import json
import os
import re
import subprocess
import sys
import time
from typing import Iterator

MANY = int(sys.argv[1]) if sys.argv[1:] else 300_000
FEW = 10_000
PORTS = 50_000          # flows of a host, from port 1024 on
SLACK = 512             # KiB: kernels count the pages of a process in batches
LIMIT = 60.0            # seconds, for what the network has not forwarded yet
SOURCE = re.compile(rb'2001:db8:1::([0-9a-f]+)(?:\]:|", "s?port6": )(\d+)')
PEER = re.compile(rb'198\.51\.100\.2(?::|", "dport4": )7 ?')


def inside(netns: str, *words: str) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{os.environ[netns]}", "--", *words]


def nat64(*words: str) -> list[str]:
    return inside("router", "nat64ctl", *words)


def count(table: str) -> int:
    return int(subprocess.run(nat64(table, "count"), check=True, text=True,
                              capture_output=True).stdout)


def pktgen(file: str, *lines: str) -> None:
    for line in lines:
        subprocess.run(inside("client", "tee", f"/proc/net/pktgen/{file}"),
                       input=line + "\n", text=True, check=True, capture_output=True)


def make(sessions: int) -> None:
    """So many in all: one after the other, PORTS of each host."""
    pktgen("kpktgend_0", "rem_device_all", "add_device net")
    pktgen("net", "clone_skb 0", "pkt_size 100", "delay 0", "flag UDPCSUM",
           f"dst_mac {os.environ['lan_mac']}", "dst6 64:ff9b::198.51.100.2",
           "udp_dst_min 7", "udp_dst_max 7", "udp_src_min 1024")
    for first in range(0, sessions, PORTS):
        number = min(PORTS, sessions - first)
        pktgen("net", f"src6 2001:db8:1::{256 + first // PORTS:x}",
               f"udp_src_max {1024 + number}", f"count {number}")
        pktgen("pgctrl", "start")
    end = time.monotonic() + LIMIT
    while count("session") < sessions:
        assert time.monotonic() < end, f"{count('session')} of {sessions}"


class Listing:
    """A command that lists a table, and what it needs for it."""

    def __init__(self, *words: str) -> None:
        self.words, self.lines, self.peak = words, 0, 0
        self.seen: dict[bytes, bytearray] = {}
        since = time.monotonic()
        with subprocess.Popen(nat64(*words), bufsize=0,
                              stdout=subprocess.PIPE) as run:
            for line in self.read(run):
                self.take(line)
        assert run.returncode == 0, run.returncode
        self.seconds = time.monotonic() - since

    def read(self, run: subprocess.Popen) -> Iterator[bytes]:
        """Its lines; it waits with the next while its memory is looked at."""
        rest = b""
        while chunk := run.stdout.read(1 << 16):
            self.look(run.pid)
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
        assert not rest, rest

    def look(self, pid: int) -> None:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            peak = re.search(r"VmHWM:\s*(\d+) kB", file.read())
        if peak:                # not once it has ended
            self.peak = max(self.peak, int(peak[1]))

    def take(self, line: bytes) -> None:
        source = SOURCE.search(line)
        if not source:
            assert line.startswith(b"PROTO "), line
            return
        if "session" in self.words:
            assert PEER.search(line), line
        if "-j" in self.words and self.lines % 1000 == 0:
            json.loads(line.strip(b"[],"))
        self.lines += 1
        self.seen.setdefault(source[1], bytearray(65536))[int(source[2])] = 1

    def check(self, rows: int) -> None:
        flows = sum(sum(ports) for ports in self.seen.values())
        assert self.lines == flows == rows, (self.words, self.lines, flows)
        print(f"# {' '.join(self.words)}: {rows} rows, {self.seconds:.1f} s, "
              f"{self.peak} KiB at most", flush=True)


COMMANDS = [options + (table, "show")
            for table in ("session", "bib") for options in ((), ("-j",))]


def main() -> None:
    peaks = {}
    for rows in FEW, MANY:
        make(rows)
        for words in COMMANDS:
            name = f"{' '.join(words)} lists {rows}"
            try:
                listing = Listing(*words)
                listing.check(rows)
                if rows == MANY:
                    assert listing.peak <= peaks[words] + SLACK, \
                        f"{listing.peak} KiB, and {peaks[words]} KiB for {FEW}"
                    name += f" in the memory of {FEW}"
                peaks[words] = listing.peak
                print(f"pass {name}", flush=True)
            except (AssertionError, KeyError, ValueError) as error:
                print(f"fail {name} - {error}", flush=True)


main()
