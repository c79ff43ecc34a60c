#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Requests INSTANCE_REPLACE made by hand, as no nat64ctl would send them.

Every one is refused, in words and with the attribute that is to blame, and
changes nothing. Prints "ok NAME" or "not ok NAME" lines.
"""

import socket
import struct
import sys

INSTANCE, POOL6, POOL4, BIB, CONFIG, FORCE, CHECK = 2, 3, 4, 5, 8, 12, 13
REPLACE, INSTANCE_GET, POOL4_GET, BIB_GET, CONFIG_GET = 21, 4, 11, 14, 19
NETLINK_EXT_ACK, NETLINK_CAP_ACK, SOL_NETLINK = 11, 10, 270
NESTED = 0x8000


def attr(kind, data):
    """Return an attribute."""
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def nest(kind, *inner):
    """Return a nest."""
    return attr(kind | NESTED, b"".join(inner))


def pool6(text, length):
    """Return NAT64_A_POOL6."""
    return nest(POOL6, attr(1, socket.inet_pton(socket.AF_INET6, text)),
                attr(2, bytes([length])))


def pool4(text, *more):
    """Return NAT64_A_POOL4."""
    return nest(POOL4, attr(1, socket.inet_aton(text)), *more)


def bib(addr6, port6, addr4, port4, proto=6):
    """Return NAT64_A_BIB."""
    return nest(BIB, attr(1, bytes([proto])),
                attr(2, socket.inet_pton(socket.AF_INET6, addr6)),
                attr(3, struct.pack("!H", port6)),
                attr(4, socket.inet_aton(addr4)),
                attr(5, struct.pack("!H", port4)))


def attrs_of(data):
    """Yield offset, type and value of the attributes in a buffer."""
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        yield at, kind & 0x3fff, data[at + 4:at + length]
        at += (length + 3) & ~3


class Family:
    """The generic netlink family of the module."""

    def __init__(self):
        """Find its number."""
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, 32, 1 << 25)
        self.number = 16
        reply = self.ask(3, attr(2, b"nat64\0"), 1)[0]
        for _, kind, value in attrs_of(reply[20:]):
            if kind == 1:
                self.number = struct.unpack("=H", value)[0]

    def ask(self, cmd, payload, flags):
        """Send a request; return the messages of the answer."""
        message = struct.pack("=IHHIIBBH", 20 + len(payload), self.number,
                              flags, 1, 0, cmd, 1, 0) + payload
        self.sock.send(message)
        got = []
        while True:
            data = self.sock.recv(1 << 20)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                got.append(data[:length])
                data = data[(length + 3) & ~3:]
                if kind in (2, 3) or not flags & 0x304:
                    return got

    def state(self):
        """Return all that the instances are."""
        name = attr(INSTANCE, b"default\0")
        return [[m[16:] for m in self.ask(cmd, name, 0x301)]
                for cmd in (INSTANCE_GET, POOL4_GET, BIB_GET)] + \
               [m[16:] for m in self.ask(CONFIG_GET, name, 1)]

    def refusal(self, *parts, name=b"default\0"):
        """Send INSTANCE_REPLACE; return errno, words, blamed part."""
        head = [] if name is None else [attr(INSTANCE, name)]
        parts = head + list(parts)
        reply = self.ask(REPLACE, b"".join(parts), 5)[-1]
        error = -struct.unpack_from("=i", reply, 16)[0]
        words, offset = "", 0
        for _, kind, value in attrs_of(reply[36:]) if error else ():
            if kind == 1:
                words = value.rstrip(b"\0").decode()
            elif kind == 2:
                offset = struct.unpack("=I", value)[0]
        end = 20
        for i, part in enumerate(parts):
            if end <= offset < end + len(part):
                return error, words, i - len(head)
            end += len(part)
        return error, words, None


def port_range(low, high):
    """Return NAT64_POOL4_A_PORTS."""
    return nest(4, attr(1, struct.pack("=H", low)),
                attr(2, struct.pack("=H", high)))


WKP = pool6("64:ff9b::", 96)
ONE = pool4("192.0.2.1")
HOST = bib("2001:db8::5", 80, "192.0.2.1", 80)
# Name, parts, a word of the sentence, the part that is to blame
CASES = [
    ("pool6 of a wrong length", [pool6("64:ff9b::", 97), ONE], "length", 0),
    ("pool6 twice", [WKP, ONE, WKP], "overlaps", 2),
    ("17 prefixes",
     [pool6(f"2001:db8:{i + 1:x}::", 96) for i in range(17)], "as many", 16),
    ("pool4 twice", [ONE, WKP, ONE], "overlaps", 2),
    ("pool4 of a loopback", [pool4("127.0.0.1")], "forwarded", 0),
    ("pool4 with crossed ports", [pool4("192.0.2.1", port_range(9, 8))],
     "greater than", 0),
    ("1025 pool4 entries",
     [pool4(f"198.18.{i >> 8}.{i & 255}") for i in range(1025)], "as many",
     1024),
    ("a key out of range", [ONE, nest(CONFIG, attr(15, b"\5\0\0\0"))],
     "", 1),
    ("BIB entry outside pool4", [ONE, HOST,
                                 bib("2001:db8::5", 81, "192.0.2.2", 81)],
     "not in pool4", 2),
    ("BIB entry outside pool4 although pool4 comes later",
     [bib("2001:db8::5", 81, "192.0.2.2", 81), ONE], "not in pool4", 0),
    ("IPv6 side twice", [ONE, HOST, bib("2001:db8::5", 80, "192.0.2.1", 81)],
     "IPv6 transport address", 2),
    ("IPv4 side twice", [ONE, HOST, bib("2001:db8::6", 80, "192.0.2.1", 80)],
     "IPv4 transport address", 2),
    ("BIB entry inside pool6", [ONE, bib("64:ff9b::1", 80, "192.0.2.1", 80)],
     "inside pool6", 1),
    ("BIB entry with port 0", [ONE, bib("2001:db8::5", 0, "192.0.2.1", 80)],
     "port 0", 1),
    ("BIB entry without a protocol",
     [ONE, nest(BIB, attr(2, bytes(16)))], "protocol", 1),
    ("BIB entry of one side",
     [ONE, nest(BIB, attr(1, b"\6"), attr(4, b"\xc0\0\2\1"),
                attr(5, b"\0\5"))], "needs an IPv6 and an IPv4", 1),
    ("65537 BIB entries",
     [pool4("198.18.0.0", attr(2, b"\x1c"))] +
     [bib(f"2001:db8::{i >> 15:x}", (i & 32767) + 1, f"198.18.0.{i >> 15}",
          (i & 32767) + 1) for i in range(65537)], "65536", 65537),
    ("an attribute of another command", [ONE, nest(7)], "", 1),
    ("an attribute that does not exist", [ONE, attr(99, b"")], "", None),
]


def main():
    """Run every case."""
    family = Family()
    failed = False
    before = family.state()

    def verdict(name, good, seen):
        nonlocal failed
        failed |= not good
        print(f"{'ok' if good else 'not ok'} by hand: {name}"
              f"{'' if good else f' # {seen}'}")

    for name, parts, word, blamed in CASES:
        seen = family.refusal(*parts)
        verdict(name, seen[0] and word in seen[1] and
                (blamed is None or seen[2] == blamed) and
                family.state() == before, seen)
    for name, text in ("no name", None), ("an empty name", b"\0"), \
                      ("a name with a slash", b"a/b\0"):
        seen = family.refusal(ONE, name=text)
        verdict(name, seen[0] == 22 and "name" in seen[1] and
                family.state() == before, seen)
    seen = family.refusal(ONE, HOST, attr(CHECK, b""))
    verdict("what is only checked changes nothing",
            seen[0] == 0 and family.state() == before, seen)
    return failed


sys.exit(main())
