#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Programs that need no privilege, for loops.sh.

loops.py permute ADDR FIRST-LAST DST  bind all these ports of ADDR, which is no
                                      address of the machine; send a datagram
                                      from each to DST, then one to each
loops.py send ADDR PORT [SOURCE]      one datagram, from SOURCE

Each prints how many datagrams could be sent, and ends with exit status 0.
"""

import socket
import sys

IPV6_FREEBIND = 78      # linux/in6.h


def bound(addr: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    sock.bind((addr, port))
    return sock


def send_to(sock: socket.socket, addr: str, port: int) -> int:
    try:
        sock.sendto(b"loop", (addr, port))
    except PermissionError:
        return 0
    return 1


def permute(addr: str, which: str, dst: str) -> int:
    first, last = map(int, which.split("-"))
    ports = range(first, last + 1)
    socks = [bound(addr, port) for port in ports]
    sent = sum(send_to(sock, dst, 9) for sock in socks)
    return sent + sum(send_to(socks[0], addr, port) for port in ports)


def send(addr: str, port: str, source: str = "::") -> int:
    return send_to(bound(source, 0), addr, int(port))


if __name__ == "__main__":
    print({"permute": permute, "send": send}[sys.argv[1]](*sys.argv[2:]))
