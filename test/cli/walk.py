#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A newcomer's walk: run what the manuals and documents print, in their order.

usage: walk.py NEWER NAT64CTL.8 NAT64.7 DOCUMENT...

NEWER is the tree of a Debian that has programs which this one's are too old for.

In the indented blocks of the documents (*.md) and in the displays (.Bd -literal)
of the manual pages, of nat64ctl.8 those of its EXAMPLES,

    # COMMAND    is run on the router, and must succeed,
    $ COMMAND    likewise on a client,

and the lines below are what it prints: of a table, the first has to be the
header; of anything else, each has to begin as a line of the output does. A
command that ends with \\ goes on in the next line. Comments (.\\" or <!-- -->)
above a block say more: after "file PATH" it is what to write into that file,
"not run: REASON" (in *.md) skips the block, and "setup COMMAND" runs a
command that an earlier document prints.

    2001:db8:1::2                 this machine                203.0.113.10
    client ------------------ lan router wan ---------------------- server

The tables of keys and counters are compared with the module's. Needs a machine
that may be thrown away. Prints TAP.
"""

import json
import os
import re
import subprocess
import sys
import time

LIMIT = 60
TESTS = []
BACKGROUND = []
STUBS = "/tmp/walk-bin"

WORLD = """
ip netns add client
ip netns add server
ip link add lan type veth peer name net netns client
ip link add wan type veth peer name net netns server
sysctl -qw net.ipv6.conf.lan.accept_dad=0 net.ipv6.conf.wan.accept_dad=0
ip netns exec client sysctl -qw net.ipv6.conf.net.accept_dad=0
ip link set lan up
ip link set wan up
ip addr add 2001:db8:1::1/64 dev lan nodad
ip addr add 203.0.113.1/24 dev wan
ip -n client addr add 2001:db8:1::2/64 dev net nodad
ip -n client link set net up
ip -n client route add default via 2001:db8:1::1
ip -n server addr add 203.0.113.10/24 dev net
ip -n server link set net up
ip -n server link set lo up
ip -n server route add 192.0.2.0/24 via 203.0.113.1
mkdir -p /etc/netns/client /tmp/www
install -o unbound /usr/share/dns/root.key /var/lib/unbound/root.key
echo "nameserver 2001:db8:1::1" > /etc/netns/client/resolv.conf
echo "a page" > /tmp/www/index.html
"""

AUTHORITY = """
server:
    interface: 203.0.113.10
    access-control: 0.0.0.0/0 allow
    local-zone: "example.com." static
    local-data: "www.example.com. A 203.0.113.10"
    local-zone: "ipv4only.arpa." static
    local-data: "ipv4only.arpa. A 192.0.0.170"
    username: ""
    chroot: ""
    directory: "/tmp"
    pidfile: ""
    use-syslog: no
    module-config: "iterator"
"""

# This world has no root servers, and no signed zones.
UPSTREAM = """
server:
    val-permissive-mode: yes
forward-zone:
    name: "."
    forward-addr: 203.0.113.10
"""

# The commands of systemd that the manuals print. A server is up once it answers.
SYSTEMCTL = """#!/bin/bash
if [ -e "/tmp/$2.pid" ]; then
    kill "$(cat "/tmp/$2.pid")"
    while [ -e "/proc/$(cat "/tmp/$2.pid")" ]; do sleep 0.1; done
    rm "/tmp/$2.pid"
fi
[ "$1" = restart ] || exit 0
case $2 in
unbound) unbound -d ;;
named) mkdir -p /run/named && chown bind /run/named && named -f -u bind ;;
radvd)
    cp /etc/radvd.conf "$NEWER/etc"
    exec chroot "$NEWER" radvd -n -m stderr
    ;;
systemd-networkd)
    mkdir -p "$NEWER/etc/systemd/network"
    cp /etc/systemd/network/* "$NEWER/etc/systemd/network"
    exec chroot "$NEWER" /usr/lib/systemd/systemd-networkd
    ;;
*) exit 5 ;;
esac > "/tmp/$2.log" 2>&1 &
echo $! > "/tmp/$2.pid"
case $2 in
radvd | systemd-networkd) exit 0 ;;
esac
for ((i = 0; i < 600; i++)); do
    ! ip netns exec client dig +time=1 +tries=1 www.example.com AAAA |
        grep -q 'status: NOERROR' || exit 0
    kill -0 $! || break
    sleep 0.1
done
cat "/tmp/$2.log"
exit 1
"""


def test(name, problem=None):
    """Print the result of a test, which has passed without a problem."""
    TESTS.append(not problem)
    print(f"{'not ' if problem else ''}ok {len(TESTS)} {name}", flush=True)
    for line in str(problem or "").splitlines():
        print(f"# {line}")


def write(path, text):
    """Write a file, and create its folders."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def background(*words):
    """Start a command that runs until the end."""
    with open("/tmp/walk.log", "a", encoding="utf-8") as log:
        subprocess.Popen(words, stdout=log, stderr=log,
                         stdin=subprocess.DEVNULL, start_new_session=True)


def world():
    """Create the neighbours of the router, and a server with a name."""
    subprocess.run(["bash", "-e", "-c", WORLD], check=True)
    write("/tmp/authority.conf", AUTHORITY)
    write("/etc/unbound/unbound.conf.d/upstream.conf", UPSTREAM)
    write(f"{STUBS}/systemctl", SYSTEMCTL)
    os.chmod(f"{STUBS}/systemctl", 0o755)
    os.environ["PATH"] = f"{STUBS}:{os.environ['PATH']}"
    server = ("ip", "netns", "exec", "server")
    background(*server, "unbound", "-d", "-c", "/tmp/authority.conf")
    background(*server, "busybox", "httpd", "-f", "-p", "80", "-h", "/tmp/www")


def newer_world(tree):
    """Prepare the tree of a newer Debian, so that its programs run there."""
    os.environ["NEWER"] = tree
    write(f"{tree}/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
          "radvd:x:997:997::/:/bin/sh\nsystemd-network:x:998:998::/:/bin/sh\n")
    write(f"{tree}/etc/group", "radvd:x:997:\nsystemd-network:x:998:\n")
    # A read-only sysfs means that there is no udev to wait for.
    for kind, name, flags in (("proc", "proc", "rw"), ("sysfs", "sys", "ro"),
                              ("tmpfs", "run", "rw")):
        os.makedirs(f"{tree}/{name}", exist_ok=True)
        subprocess.run(["mount", "-t", kind, "-o", flags, kind,
                        f"{tree}/{name}"], check=True)
    os.makedirs(f"{tree}/run/systemd")
    os.makedirs(f"{tree}/dev", exist_ok=True)
    subprocess.run(["mount", "--bind", "/dev", f"{tree}/dev"], check=True)


# Asks for a router advertisement, and prints its option PREF64 (RFC 8781)
SOLICIT = """
import select, socket, time
sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
link = socket.if_nametoindex("net")
end = time.monotonic() + 50
while time.monotonic() < end:
    try:
        sock.sendto(bytes([133]) + bytes(7), ("ff02::2", 0, 0, link))
    except OSError:
        time.sleep(0.2)     # it has no address of the link yet
    while select.select([sock], [], [], 1)[0]:
        data, at = sock.recv(2000), 16
        while data[0] == 134 and at < len(data):
            if data[at] == 38:
                print(int.from_bytes(data[at + 2:at + 4], "big"),
                      data[at + 4:at + 16].hex())
                raise SystemExit
            at += 8 * data[at + 1] or 2000
"""


def advertised():
    """Report what is wrong with the advertised prefix."""
    found = subprocess.run(["ip", "netns", "exec", "client", "python3", "-c",
                            SOLICIT], stdin=subprocess.DEVNULL, timeout=LIMIT,
                           capture_output=True, text=True, check=False)
    words = found.stdout.split()
    # The low three bits, 0, say that it is a /96; the others are its lifetime.
    if len(words) == 2 and int(words[0]) & 7 == 0 < int(words[0]) and \
       words[1] == "0064ff9b" + 16 * "0":
        return None
    return f"advertised: {found.stdout}{found.stderr}"


def fresh():
    """Remove what one manual has created, before the next."""
    for command in ("nft flush ruleset", "systemctl stop unbound",
                    "systemctl stop named", "ip netns del router",
                    "modprobe -r nat64"):
        subprocess.run(command.split(), check=False, capture_output=True)


# --- displays --------------------------------------------------------------

class Display:
    """A display of a manual: its place, its file or None, its lines."""

    def __init__(self, where, path):
        self.where = where
        self.path = path
        self.lines = []


def marked(line, mark="file"):
    """The rest of a comment that begins with a mark, or None."""
    found = re.match(rf'(?:\.\\"|<!--) {mark} (.*?)(?: -->)?$', line)
    return found and found[1]


def of_mdoc(path, section):
    """The displays of a manual page, or of a section of it."""
    inside = section is None
    name, display = None, None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith(".Sh ") and section:
                inside = line == f".Sh {section}"
            name = marked(line) or name
            if line.startswith(".Bd -literal") and inside:
                display = Display(f"{os.path.basename(path)}:{number}", name)
                name = None
            elif line == ".Ed" and display:
                yield display
                display = None
            elif display:
                display.lines.append(line.replace(r"\&", "")
                                     .replace(r"\-", "-").replace(r"\e", "\\"))


def of_markdown(path):
    """The indented blocks of a document, and what has to be set up for it."""
    label = os.path.relpath(path)
    name, display, skipped = None, None, False
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for number, line in enumerate([*lines, "end"], 1):
        name = marked(line) or name
        skipped = line.startswith("<!-- not run: ") or \
            skipped and (not line or line.startswith("    "))
        if skipped:
            pass
        elif line.startswith("    "):
            if not display:
                display = Display(f"{label}:{number}", name)
                name = None
            display.lines.append(line[4:])
        elif line and display:
            yield display
            display = None
        if marked(line, "setup"):
            setup = Display(f"{label}:{number}", None)
            setup.lines.append(f"# {marked(line, 'setup')}")
            yield setup


def displays(path):
    """All displays to walk of a manual or document."""
    if path.endswith(".md"):
        return of_markdown(path)
    return of_mdoc(path, "EXAMPLES" if path.endswith("nat64ctl.8") else None)


# --- the walk --------------------------------------------------------------

def run(prompt, command):
    """Run a command on the router or on the client."""
    words = ["bash", "-c", command]
    if prompt == "$":
        words = ["ip", "netns", "exec", "client", *words]
    if command.endswith("&"):
        words[-1] = f"exec {command[:-1]}"
        BACKGROUND.append((command, subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)))
        return 0, ""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, timeout=LIMIT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    return done.returncode, done.stdout


def wrong(expected, output):
    """Report how the output differs from the printed one."""
    lines = [line.split() for line in output.splitlines()]
    if expected and re.fullmatch(r"[A-Z0-9 -]+", expected[0]):
        if not lines or lines[0] != expected[0].split():
            return f"the header is not {expected[0]}"
        expected = expected[1:]
    begins = {line[0] for line in lines if line}
    return "\n".join(f"no line begins like {line}" for line in expected
                     if line.strip() not in ("", "...") and
                     line.split()[0] not in begins)


def commands(lines):
    """Each command of a display, with its prompt and its expected output."""
    found = []
    for line in lines:
        if line[:2] in ("# ", "$ "):
            found.append((line[0], line[2:], []))
        elif found and found[-1][1].endswith("\\"):
            prompt, command, _ = found.pop()
            found.append((prompt, f"{command[:-1]}{line.strip()}", []))
        elif found:
            found[-1][2].append(line)
    return found


def walk(path):
    """Run the commands of a manual; return their number."""
    count = 0
    for display in displays(path):
        if display.path:
            write(display.path, "\n".join(display.lines) + "\n")
            continue
        for prompt, command, expected in commands(display.lines):
            count += 1
            name = f"{display.where} {prompt} {command}"
            try:
                status, output = run(prompt, command)
            except subprocess.TimeoutExpired:
                test(name, f"no end within {LIMIT} s")
                continue
            problem = f"status {status}\n" if status else ""
            problem += wrong(expected, output)
            test(name.replace("#", r"\#"), problem and problem + "\n" + output)
            if re.fullmatch("systemctl restart (radvd|systemd-networkd)",
                            command):
                test(f"{command}: clients learn pool6", advertised())
    for command, process in BACKGROUND:
        try:
            output = process.communicate(timeout=LIMIT)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            output = process.communicate()[0] + "no end"
        test(f"{command} ends", process.returncode and output)
    BACKGROUND.clear()
    return count


# --- the tables ------------------------------------------------------------

def nat64ctl(*words):
    """Run the command; return its status and its output, of JSON as data."""
    done = subprocess.run(["nat64ctl", *words], capture_output=True, text=True,
                          check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, done.stdout


def value(word):
    """A value of a manual, as one of JSON; switches and none are words."""
    found = re.fullmatch(r"(\d+)([hm]?)", word)
    if found:
        return int(found[1]) * {"h": 3600, "m": 60, "": 1}[found[2]]
    return [int(part) for part in word.split(",")] if "," in word else word


def by_memory(word):
    """Replace a number that is right by the words of the manuals."""
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 3 / 128
    return "by memory" if 0.9 * size < word < 1.1 * size else word


def plain(word):
    """Replace a value of JSON by the word of the manual."""
    return {"True": "on", "False": "off", "[]": "none"}.get(str(word), word)


def keys_of_7(lines):
    """Key, default and values of the list of nat64.7."""
    at = lines.index('.\\" keys')
    rows = "\n".join(lines[at + 2:lines.index(".El", at)])
    rows = rows.replace("\\\n", "").splitlines()
    for item, text in zip(rows[::2], rows[1::2]):
        words = text.replace(r"\:", "").split("; ")
        yield [item.removeprefix(".It "), *words[:2]]


def keys_of_8(lines):
    """Key and default of the list of nat64ctl.8, which stands in brackets."""
    text = "\n".join(lines)
    text = text[text.index(".Sh CONFIGURATION"):text.index(".Sh STATISTICS")]
    for item in text.split("\n.It Cm ")[1:]:
        key, _, rest = item.partition("\n")
        found = re.match(r"\((.*?)\)|\.Po (.*?)\n\.Pc", rest, re.S)
        if found and " " not in key:
            words = (found[1] or found[2]).replace("\n", " ")
            word = re.split("; |, | ,|,(?=[^0-9])", words)[-1].strip()
            yield key, "by memory" if word == "number" else word


def differ(name, actual, expected):
    """Test that two values are equal, and report both if not."""
    test(name, None if actual == expected else
         f"it is        {actual}\nit should be {expected}")


def range_problems(key, values):
    """Report where the module accepts other values than the manual says."""
    found = re.fullmatch(r"(\d+) to (\d+)( or .*)?", values)
    if not found:
        return []
    low, high = int(found[1]), int(found[2])
    wanted = [(low, 0), (high, 0), (high + 1, 2)]
    if low > 0:
        wanted.append((low - 1, 2))
    return [f"{key} {number} ends with {status}" for number, status in wanted
            if bool(nat64ctl("config", "set", key, str(number))[0]) !=
            bool(status)]


def table_tests(manual7, manual8):
    """Compare the tables of the manuals with a new instance."""
    with open(manual7, encoding="utf-8") as file:
        seven = file.read().splitlines()
    with open(manual8, encoding="utf-8") as file:
        eight = file.read().splitlines()
    nat64ctl("instance", "add")
    nat64ctl("instance", "add", "stateless", "--type", "siit")
    config = nat64ctl("-j", "-i", "stateless", "config", "show")[1] | \
        nat64ctl("-j", "-i", "default", "config", "show")[1]
    nat64ctl("instance", "del", "stateless")
    config = {key: plain(word) for key, word in config.items()}
    config["maximum-sessions"] = by_memory(config["maximum-sessions"])
    rows = list(keys_of_7(seven))
    differ("nat64.7 has the defaults of all keys",
           {row[0]: value(row[1]) for row in rows}, config)
    differ("nat64ctl.8 has the defaults of all keys",
           {key: value(word) for key, word in keys_of_8(eight)}, config)
    test("nat64.7 has the values that keys take", "\n".join(
        problem for row in rows for problem in range_problems(row[0], row[2])))
    stats = nat64ctl("-j", "stats", "show", "--all")[1][0]
    at = seven.index('.\\" counters')
    items = {word for line in seven[at:] if line.startswith(".It Cm ")
             for word in line.split()[2:] if word != ","}
    differ("nat64.7 explains why packets are dropped", sorted(items),
           sorted(k for k in stats if k.startswith(("drop-", "pass-"))))
    names = {word.replace("*", "all") for line in seven
             if line.startswith(".It net.") for word in line.split()[1:]
             if word != ","}
    test("sysctls of nat64.7 exist", "\n".join(sorted(
        name for name in names | (set() if len(names) > 10 else {"too few"})
        if not os.path.exists("/proc/sys/" + name.replace(".", "/")))))
    text = "\n".join(seven)
    same = text[text.index("Same name, same meaning"):]
    same = re.findall("[a-z0-9]+-[a-z0-9-]+|tos",
                      same[:same.index("The others")])
    test("keys that Jool has too", "\n".join(
        key for key in same if key not in config))
    nat64ctl("instance", "del")


def main():
    """Walk through all of them."""
    world()
    newer_world(sys.argv[1])
    for path in sys.argv[2:]:
        start = time.monotonic()
        count = walk(path)
        name = os.path.basename(path)
        if not path.endswith(".md"):
            test(f"{name} has commands to run",
                 None if count else "there are none")
        print(f"# {name}: {count} commands, {time.monotonic() - start:.0f} s")
        fresh()
    subprocess.run(["modprobe", "nat64"], check=True)
    table_tests(sys.argv[3], sys.argv[2])
    print(f"1..{len(TESTS)}")
    return 0 if all(TESTS) else 1


if __name__ == "__main__":
    sys.exit(main())
