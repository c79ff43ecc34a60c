#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What offload.sh needs beside ordinary programs.

offload.py sink ADDR PORT             receive what "source" sends
offload.py source ADDR PORT SEGMENTS...
                                      UDP datagrams that "sink" will know again,
                                      SEGMENTS of them by each call of send()
offload.py take ADDR PORT             receive what "give" gives
offload.py give ADDR PORT             a TCP stream by one call of send(), of which
                                      "take" tells the digest
offload.py big4 DEV SIZE              GSO and GRO of IPv4 by up to SIZE bytes
"""

import hashlib
import os
import random
import socket
import struct
import sys
import time

COUNT, LENGTH, LAST = 420, 1200, 77
STREAM, BUFFER = 16 << 20, 16 << 20
UDP_SEGMENT, SO_SNDBUFFORCE, SO_RCVBUFFORCE = 103, 32, 33
NLM_F_REQUEST, NLM_F_ACK, RTM_SETLINK, NLMSG_ERROR = 1, 4, 19, 2
IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE = 63, 64


def calls(segments: int) -> list[bytes]:
    """The data of each call: full datagrams, and a short one at the end."""
    rng = random.Random(segments)
    size = LENGTH * (segments - 1) + (LAST if segments > 1 else LENGTH)
    return [rng.randbytes(size) for _ in range(COUNT // segments)]


def datagrams(segments: int) -> list[bytes]:
    return [data[i:i + LENGTH] for data in calls(segments)
            for i in range(0, len(data), LENGTH)]


def family(addr: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def sink(addr: str, port: str) -> None:
    """The first datagram says how many segments a call has; a last one from here
    says what has been wrong."""
    sock = socket.socket(family(addr), socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    sock.bind((addr, int(port)))
    while True:
        sock.settimeout(None)
        start, peer = sock.recvfrom(100)
        expected = datagrams(int(start))
        sock.sendto(b"ready", peer)
        sock.settimeout(3)
        got = []
        try:
            while len(got) < len(expected):
                got.append(sock.recv(65535))
        except TimeoutError:
            pass
        sock.sendto(difference(got, expected), peer)


def difference(got: list[bytes], expected: list[bytes]) -> bytes:
    if got == expected:
        return b"equal"
    if sorted(got) == sorted(expected):
        return b"in another order"
    lengths = sorted({len(g) for g in got})
    return b"%d of %d datagrams, lengths %s" % (
        len(got), len(expected), repr(lengths[:10]).encode())


def source(addr: str, port: str, *segments: str) -> None:
    for each in segments:
        send(addr, port, each)


def send(addr: str, port: str, segments: str) -> None:
    # Packets from two processors may pass each other on the way to a router.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sock = socket.socket(family(addr), socket.SOCK_DGRAM)
    sock.settimeout(10)
    sock.connect((addr, int(port)))
    sock.send(segments.encode())
    assert sock.recv(100) == b"ready"
    if int(segments) > 1:
        sock.setsockopt(socket.SOL_UDP, UDP_SEGMENT, LENGTH)
    for i, data in enumerate(calls(int(segments))):
        sock.send(data)
        if i % 32 == 31:
            time.sleep(0.01)            # no queue shall overflow
    answer = sock.recv(1000)
    print(f"{COUNT} datagrams, {segments} a call: {answer.decode()}")
    if answer != b"equal":
        sys.exit(1)


def take(addr: str, port: str) -> None:
    listener = socket.socket(family(addr), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    listener.bind((addr, int(port)))
    listener.listen()
    while True:
        sock, _ = listener.accept()
        digest = hashlib.sha256()
        while data := sock.recv(1 << 20):
            digest.update(data)
        sock.sendall(digest.digest())
        sock.close()


def give(addr: str, port: str) -> None:
    data = random.Random(0).randbytes(STREAM)
    sock = socket.socket(family(addr), socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, BUFFER)
    sock.settimeout(30)
    sock.connect((addr, int(port)))
    sock.sendall(data)
    sock.shutdown(socket.SHUT_WR)
    if sock.recv(100) != hashlib.sha256(data).digest():
        sys.exit("what arrived is not what was sent")


def big4(dev: str, size: str) -> None:
    """As ip link does since 6.3 of iproute2."""
    attrs = b"".join(struct.pack("=HHI", 8, kind, int(size)) for kind in
                     (IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE))
    body = struct.pack("=BxHiII", socket.AF_UNSPEC, 0,
                       socket.if_nametoindex(dev), 0, 0) + attrs
    header = struct.pack("=IHHII", 16 + len(body), RTM_SETLINK,
                         NLM_F_REQUEST | NLM_F_ACK, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
        sock.send(header + body)
        answer = sock.recv(1000)
    kind, error = struct.unpack_from("=4xH10xi", answer)
    assert (kind, error) == (NLMSG_ERROR, 0), answer


COMMANDS = {"sink": sink, "source": source, "take": take, "give": give,
            "big4": big4}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
