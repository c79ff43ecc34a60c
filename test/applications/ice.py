#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ice.py call|answer STUN-SERVER SOCKET: one side of an ICE session (RFC 8445) that sends
a datagram and receives one. What else would go by way of a signalling server goes by the
UNIX socket SOCKET, at which "answer" waits."""

import asyncio
import json
import sys

import aioice


async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Exchange the candidates, then the datagrams."""
    ice = aioice.Connection(ice_controlling=sys.argv[1] == "call",
                            stun_server=(sys.argv[2], 3478))
    await ice.gather_candidates()
    ours = [str(c.to_sdp()) for c in ice.local_candidates]
    writer.write(json.dumps([ice.local_username, ice.local_password, ours]).encode() + b"\n")
    ice.remote_username, ice.remote_password, theirs = json.loads(await reader.readline())
    for candidate in [*map(aioice.Candidate.from_sdp, theirs), None]:
        await ice.add_remote_candidate(candidate)
    print("candidates here:", *ours, "there:", *theirs, sep="\n")
    await ice.connect()
    await ice.send(sys.argv[1].encode())
    print("received:", (await ice.recv()).decode(), flush=True)
    # The other side has its datagram, too, before this one goes
    writer.write(b"done\n")
    await reader.readline()
    await ice.close()
    writer.close()


async def main() -> None:
    """Find the other side."""
    if sys.argv[1] == "call":
        await session(*await asyncio.open_unix_connection(sys.argv[3]))
    else:
        server = await asyncio.start_unix_server(session, sys.argv[3])
        await server.serve_forever()


asyncio.run(main())
