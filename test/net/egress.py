#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""egress.py CGROUP ETHERTYPE COMMAND...

Run COMMAND in a cgroup (v2) whose egress filter, as those that systemd has for
IPAddressDeny=, drops packets of an ethertype. Its exit status is the command's.
"""

import ctypes
import os
import socket
import struct
import subprocess
import sys

BPF_PROG_LOAD, BPF_PROG_ATTACH = 5, 8
BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS = 8, 1
PROTOCOL = 16           # offset in struct __sk_buff
SYSCALL = {"x86_64": 321, "aarch64": 280, "s390x": 351}


def insn(code: int, dst: int = 0, src: int = 0, off: int = 0, imm: int = 0
         ) -> bytes:
    regs = src << 4 | dst if sys.byteorder == "little" else dst << 4 | src
    return struct.pack("=BBhi", code, regs, off, imm)


def bpf(cmd: int, attr: bytes) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(attr, len(attr))
    fd = libc.syscall(SYSCALL[os.uname().machine], cmd, buffer, len(attr))
    if fd < 0:
        raise OSError(ctypes.get_errno(), f"bpf({cmd})")
    return fd


def load(ethertype: int) -> int:
    program = (insn(0x61, dst=2, src=1, off=PROTOCOL)   # r2 = skb->protocol
               + insn(0xb7, dst=0, imm=1)               # r0 = 1
               + insn(0x55, dst=2, off=1, imm=socket.htons(ethertype))
               + insn(0xb7, dst=0, imm=0)               # r0 = 0: drop
               + insn(0x95))                            # return r0
    code = ctypes.create_string_buffer(program, len(program))
    gpl = ctypes.create_string_buffer(b"GPL")
    return bpf(BPF_PROG_LOAD, struct.pack(
        "=IIQQIIQII16sII", BPF_PROG_TYPE_CGROUP_SKB, len(program) // 8,
        ctypes.addressof(code), ctypes.addressof(gpl), 0, 0, 0, 0, 0, b"",
        0, BPF_CGROUP_INET_EGRESS))


def main(cgroup: str, ethertype: str, *command: str) -> int:
    os.makedirs(cgroup, exist_ok=True)
    where = os.open(cgroup, os.O_RDONLY | os.O_DIRECTORY)
    bpf(BPF_PROG_ATTACH, struct.pack("=IIII", where, load(int(ethertype, 16)),
                                     BPF_CGROUP_INET_EGRESS, 0))
    with open(f"{cgroup}/cgroup.procs", "w") as procs:
        procs.write(str(os.getpid()))
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
