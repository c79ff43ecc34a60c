#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""nfqueue.py NUMBER: accept every packet of a queue of nftables, one by one.

It prints a line when the queue is there. The kernel segments super-packets for it,
since it does not say that it takes them whole.
"""

import socket
import struct
import sys

QUEUE = 3 << 8                  # NFNL_SUBSYS_QUEUE
PACKET, VERDICT, CONFIG = range(3)
ACCEPT = 1


def attribute(kind: int, data: bytes) -> bytes:
    length = 4 + len(data)
    return struct.pack("=HH", length, kind) + data + bytes(-length % 4)


def main() -> None:
    number = int(sys.argv[1])
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    sock.bind((0, 0))

    def send(kind: int, body: bytes, *, ack: bool = False) -> None:
        body = struct.pack("!BBH", 0, 0, number) + body
        sock.send(struct.pack("=LHHLL", 16 + len(body), QUEUE | kind,
                              5 if ack else 1, 0, 0) + body)
        if ack:
            said = sock.recv(65536)
            assert not struct.unpack_from("=i", said, 16)[0], said

    send(CONFIG, attribute(1, struct.pack("!BxH", 1, 0)), ack=True)    # bind
    send(CONFIG, attribute(2, struct.pack("!LB", 64, 2)), ack=True)    # copy
    print("queue", number, flush=True)
    while True:
        try:
            data = sock.recv(1 << 18)
        except OSError:                         # packets were lost
            continue
        while data:
            size, kind = struct.unpack_from("=LH", data)
            if kind == QUEUE | PACKET:
                # The first attribute is the packet's header, with its number.
                packet, = struct.unpack_from("!L", data, 24)
                send(VERDICT, attribute(2, struct.pack("!LL", ACCEPT, packet)))
            data = data[(size + 3) & ~3:]


if __name__ == "__main__":
    main()
