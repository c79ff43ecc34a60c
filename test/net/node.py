# SPDX-License-Identifier: GPL-2.0
"""node.py - a node with an EAM entry, and its packets on both sides of a
stateless translator; for siit.py and device.py."""

from typing import Any

from lab import v4, v6
from wire import embed

POOL6 = "2001:db8:64::/96"
A6, A4 = "2001:db8:c::5", "203.0.113.1"     # a node with an EAM entry
B6, B4 = "2001:db8:c::6", "203.0.113.2"     # another
S = "192.0.2.33"                            # a host on the IPv4 side
S6 = embed(POOL6, S)
STRANGER6 = "2001:db8:c:ffff::1"            # has no IPv4 address
SPORT, DPORT = 2000, 4000


def out6(**fields: Any) -> bytes:
    return v6(A6, S6, SPORT, DPORT, **fields)


def out4(**fields: Any) -> bytes:
    packet = v4(A4, S, SPORT, DPORT, **fields)
    return v4(A4, S, SPORT, DPORT, df=len(packet) > 1260, **fields)


def in4(**fields: Any) -> bytes:
    return v4(S, A4, DPORT, SPORT, **fields)


def in6(**fields: Any) -> bytes:
    return v6(S6, A6, DPORT, SPORT, **fields)
