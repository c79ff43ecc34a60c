#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Small socket programs for the scripts in this folder.

sock.py echo ADDR PORT[-PORT]         answer every UDP datagram with itself
sock.py tcp-echo ADDR PORT            the same for TCP connections
sock.py ask ADDR PORT                 one UDP datagram and its echo
sock.py tcp-ask ADDR PORT             the same for TCP
sock.py flows ADDR PORT-PORT SOURCES  a UDP flow from each of SOURCES sockets to
                                      each port, all answered by "echo"
sock.py refused ADDR PORT             UDP that has to end with ECONNREFUSED
sock.py pmtu ADDR PORT MTU            UDP that has to learn this path MTU
sock.py segments ADDR PORT            UDP datagrams by one UDP_SEGMENT call
sock.py flood ADDR PORT               UDP without end, from many sockets
sock.py datagrams ADDR PORT N SIZE    N datagrams of one socket, each answered by
                                      "echo" before the next is sent
sock.py unanswered ADDR PORT SOURCES  one datagram of each of SOURCES sockets
"""

import errno
import os
import resource
import select
import socket
import sys
import time

LIMIT = 30.0            # seconds, for anything that waits
IP_MTU, IP_MTU_DISCOVER = 14, 10
IPV6_MTU, IPV6_MTU_DISCOVER = 24, 23
PMTUDISC_DO = 2         # set DF, never fragment
SOL_UDP, UDP_SEGMENT = 17, 103
SO_RCVBUFFORCE = 33


def family(addr: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def ports(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def udp(addr: str) -> socket.socket:
    sock = socket.socket(family(addr), socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    return sock


def echo(addr: str, which: str) -> None:
    poll = select.epoll()
    socks = {}
    for port in ports(which):
        sock = udp(addr)
        sock.setblocking(False)
        sock.bind((addr, port))
        socks[sock.fileno()] = sock
        poll.register(sock, select.EPOLLIN)
    while True:
        for fd, _ in poll.poll():
            while True:
                try:
                    data, peer = socks[fd].recvfrom(65535)
                    socks[fd].sendto(data, peer)
                except OSError:         # empty, or the error of an old answer
                    break


def tcp_echo(addr: str, port: str) -> None:
    server = socket.create_server((addr, int(port)), family=family(addr))
    while True:
        sock, _ = server.accept()
        with sock:
            while data := sock.recv(65536):
                sock.sendall(data)


def ask(addr: str, port: str) -> None:
    sock = udp(addr)
    sock.settimeout(1)
    sock.connect((addr, int(port)))
    end = time.monotonic() + 10
    while True:
        sock.send(b"question")
        try:
            assert sock.recv(100) == b"question"
            return
        except TimeoutError:
            if time.monotonic() > end:
                sys.exit("no answer")


def tcp_ask(addr: str, port: str) -> None:
    with socket.create_connection((addr, int(port)), timeout=10) as sock:
        sock.sendall(b"question")
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while data := sock.recv(100):
            answer += data
    assert answer == b"question", answer


def flows(addr: str, which: str, sources: str) -> None:
    """A datagram may be lost at a full queue, so what is not answered is sent
    again; the number of flows stays the same."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    socks = [udp(addr) for _ in range(int(sources))]
    for sock in socks:
        sock.setblocking(False)
    end = time.monotonic() + 4 * LIMIT
    missing = {(s, p) for s in range(len(socks)) for p in ports(which)}
    total = len(missing)
    while missing and time.monotonic() < end:
        todo = sorted(missing, key=lambda flow: (flow[1], flow[0]))
        for start in range(0, len(todo), 200):
            batch = todo[start:start + 200]
            for s, port in batch:
                socks[s].sendto(b"%d %d" % (s, port), (addr, port))
            batch_end = time.monotonic() + 1
            while missing.intersection(batch) and time.monotonic() < batch_end:
                for s, _ in batch:
                    try:
                        data, peer = socks[s].recvfrom(100)
                    except BlockingIOError:
                        continue
                    assert data == b"%d %d" % (s, peer[1]), (data, s, peer)
                    missing.discard((s, peer[1]))
    print(f"{total - len(missing)} of {total} flows answered")
    if missing:
        sys.exit(1)


def refused(addr: str, port: str) -> None:
    sock = udp(addr)
    sock.settimeout(5)
    sock.connect((addr, int(port)))
    sock.send(b"question")
    try:
        sock.recv(100)
    except ConnectionRefusedError:
        print("refused")
        return
    except TimeoutError:
        pass
    sys.exit("not refused")


def pmtu(addr: str, port: str, mtu: str) -> None:
    """Datagrams of what the kernel believes to fit, until one is answered."""
    six = ":" in addr
    level = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
    headers = (40 if six else 20) + 8
    sock = udp(addr)
    sock.settimeout(1)
    sock.setsockopt(level, IPV6_MTU_DISCOVER if six else IP_MTU_DISCOVER,
                    PMTUDISC_DO)
    sock.connect((addr, int(port)))
    end = time.monotonic() + 15
    size = 1500
    while time.monotonic() < end:
        data = os.urandom(size - headers)
        try:
            sock.send(data)
            if sock.recv(65535) == data:
                break
        except TimeoutError:
            pass
        except OSError as error:
            if error.errno != errno.EMSGSIZE:
                raise
            size = sock.getsockopt(level, IPV6_MTU if six else IP_MTU)
            print(f"path MTU {size}")
    else:
        sys.exit(f"no answer to {size} bytes")
    if size != int(mtu):
        sys.exit(f"{size} bytes come through, expected {mtu}")


def segments(addr: str, port: str) -> None:
    sock = udp(addr)
    sock.settimeout(5)
    sock.setsockopt(SOL_UDP, UDP_SEGMENT, 1200)
    sock.connect((addr, int(port)))
    data = os.urandom(1200 * 20 + 77)
    sock.send(data)
    expected = [data[i:i + 1200] for i in range(0, len(data), 1200)]
    sock.setsockopt(SOL_UDP, UDP_SEGMENT, 0)
    got = [sock.recv(65535) for _ in expected]
    assert sorted(got) == sorted(expected), [len(g) for g in got]
    print(f"{len(got)} datagrams came back")


def flood(addr: str, port: str) -> None:
    socks = [udp(addr) for _ in range(200)]
    while True:
        for sock in socks:
            try:
                sock.sendto(b"flood", (addr, int(port)))
            except OSError:             # the road is being taken away
                time.sleep(0.01)
        time.sleep(0.005)               # let others have the processor, too


def datagrams(addr: str, port: str, number: str, size: str) -> None:
    sock = udp(addr)
    sock.settimeout(LIMIT)
    sock.connect((addr, int(port)))
    for _ in range(int(number)):
        data = os.urandom(int(size))
        sock.send(data)
        assert sock.recv(65535) == data


def unanswered(addr: str, port: str, sources: str) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    socks = [udp(addr) for _ in range(int(sources))]
    for sock in socks:
        sock.sendto(b"question", (addr, int(port)))


COMMANDS = {"echo": echo, "tcp-echo": tcp_echo, "ask": ask, "tcp-ask": tcp_ask,
            "flows": flows, "refused": refused, "pmtu": pmtu,
            "segments": segments, "flood": flood, "datagrams": datagrams,
            "unanswered": unanswered}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
