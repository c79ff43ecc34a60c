#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flood.py PID: messages for the netlink sockets of a process, until it is killed

Each socket gets as many as it has room for, always. A line tells when all are full.
"""

import collections
import socket
import struct
import sys

PROTOCOLS = 0, 16                               # rtnetlink, generic netlink
# NLMSG_NOOP, which libnl ignores
MESSAGE = struct.pack("=IHHII", 16, 1, 0, 0, 0)


def sockets(pid: int) -> dict[int, set[int]]:
    """Ports by protocol; libnl makes them of the process and a number."""
    found = collections.defaultdict(set)
    with open("/proc/net/netlink", encoding="ascii") as file:
        for row in map(str.split, file):
            if row[2].isdigit() and int(row[2]) & 0x3fffff == pid and \
                    int(row[1]) in PROTOCOLS:
                found[int(row[1])].add(int(row[2]))
    return found


def main() -> None:
    full = False
    sock = {number: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK,
                                  number) for number in PROTOCOLS}
    ports = [(sock[number], port) for number, found in sockets(int(sys.argv[1])).items()
             for port in found]
    assert ports
    while True:
        refused = 0
        for one, port in ports:
            try:
                one.sendto(MESSAGE, (port, 0))
            except OSError:                     # it is full, or closed
                refused += 1
        if refused == len(ports) and not full:
            full = True
            print("full", flush=True)


main()
