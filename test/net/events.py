#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What nat64ctl monitor tells, and when: see events.sh, which makes the network
and names it in the environment.

Prints a line "pass NAME" or "fail NAME - REASON" for each test.
"""

import datetime
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import jsonschema

LIMIT = 30.0            # seconds, for anything that is waited for
HERE = os.environ["here"]
CLIENT, ROUTER, SERVER = (os.environ[name]
                          for name in ("client", "router", "server"))
CLIENT6, SERVER6 = os.environ["client6"], os.environ["server6"]
POOL4, SERVER4 = os.environ["pool4"], os.environ["server4"]
FIELDS = ("proto", "src6", "sport6", "dst6", "dport6", "src4", "sport4", "dst4",
          "dport4", "began")
ACCOUNT = ("packets64", "bytes64", "packets46", "bytes46")
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((pathlib.Path(HERE).parent / "cli/schema/event.json"
                ).read_text()), format_checker=jsonschema.FormatChecker())
LOGGING = ("logging-bib", "on", "logging-session", "on", "accounting", "on")


def inside(netns: str, *words: str) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{netns}", "--", *words]


def run(netns: str, *words: str) -> str:
    """What a command prints; it has to succeed."""
    print(f"# [{netns}] {' '.join(words)}", flush=True)
    done = subprocess.run(inside(netns, *words), capture_output=True, text=True,
                          timeout=4 * LIMIT, check=False)
    assert done.returncode == 0, \
        f"{' '.join(words)}: exit {done.returncode}: {done.stderr.strip()}"
    return done.stdout


def nat64(*words: str) -> str:
    return run(ROUTER, "nat64ctl", *words)


def counters(name: str = "default") -> dict:
    return {i["instance"]: i for i in json.loads(
        nat64("-j", "stats", "show"))}[name]


def sock(command: str, *words: str) -> str:
    return run(CLIENT, "python3", f"{HERE}/sock.py", command, *words)


def datagrams(number: int, size: int, to: str = SERVER6) -> None:
    sock("datagrams", to, "7000", str(number), str(size))


def sessions(*filters: str) -> list[dict]:
    return json.loads(nat64("-j", "session", "show", *filters))


def account(packets: int, size: int) -> dict:
    """UDP of so many bytes, there and back."""
    return dict(zip(ACCOUNT, (packets, packets * (size + 48),
                              packets, packets * (size + 28))))


started: list[subprocess.Popen] = []


def begin(netns: str, *words: str, **how) -> subprocess.Popen:
    """A process that ends with the tests, however they end."""
    started.append(subprocess.Popen(inside(netns, *words), **how))
    return started[-1]


def flood() -> subprocess.Popen:
    return begin(CLIENT, "python3", f"{HERE}/sock.py", "flood", SERVER6, "7002")


class Monitor:
    """nat64ctl monitor, and what it has told."""

    def __init__(self, *words: str) -> None:
        self.lines: list[str] = []
        self.more = threading.Condition()
        self.run = begin(ROUTER, "nat64ctl", "monitor", *words,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True)
        threading.Thread(target=self.read, daemon=True).start()
        tos = 0
        end = time.monotonic() + LIMIT
        while not self.lines:           # it listens once it has told something
            assert time.monotonic() < end, "the monitor tells nothing"
            tos = 1 - tos
            nat64("config", "set", "tos", str(tos))
            with self.more:
                self.more.wait_for(lambda: self.lines, 0.2)

    def read(self) -> None:
        for line in self.run.stdout:
            with self.more:
                self.lines.append(line)
                self.more.notify_all()

    def find(self, since: int, **wanted) -> list[dict]:
        found = []
        for line in self.lines[since:]:
            event = json.loads(line)
            if all(key in event and event[key] == value
                   for key, value in wanted.items()):
                found.append(event)
        return found

    def wait(self, since: int = 0, **wanted) -> dict:
        """The one event like this since then."""
        with self.more:
            self.more.wait_for(lambda: self.find(since, **wanted), LIMIT)
            found = self.find(since, **wanted)
            assert len(found) == 1, \
                f"{len(found)} events {wanted} in {self.lines[since:]}"
        return found[0]

    def fits(self) -> None:
        """The lines so far, one of a kind, are what the schema says."""
        with self.more:
            events = [json.loads(line) for line in self.lines]
        for event in {(event["object"], event["event"], *event): event
                      for event in events}.values():
            assert SCHEMA.is_valid(event), event

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.run.send_signal(number)
        assert self.run.wait(LIMIT) == 0, self.run.returncode


def once(monitor: Monitor, command: list[str], **wanted) -> dict:
    since = len(monitor.lines)
    nat64(*command)
    return monitor.wait(since, **wanted)


def operators(mon: Monitor, _: Monitor) -> None:
    """what an operator changes is told, once"""
    event = once(mon, ["instance", "add", "two", "--pool6", "2001:db8:64::/96",
                       "--pool4", "192.0.2.77"], object="instance", event="add",
                 instance="two", pool6=["2001:db8:64::/96"])
    assert event["pool4"][0]["prefix"] == "192.0.2.77/32", event
    once(mon, ["instance", "flush", "two"], object="instance", event="flush",
         instance="two")
    once(mon, ["instance", "del", "two"], object="instance", event="del",
         instance="two")
    once(mon, ["pool6", "add", "64:ff9b:1::/48"], object="pool6", event="add",
         instance="default", prefix="64:ff9b:1::/48")
    once(mon, ["pool6", "del", "64:ff9b:1::/48"], object="pool6", event="del",
         prefix="64:ff9b:1::/48")
    row = {"object": "pool4", "prefix": "203.0.113.8/30", "proto": "udp",
           "mark": 7, "instance": "default"}
    what = ["203.0.113.8/30", "--proto", "udp", "--mark", "7", "--ports"]
    once(mon, ["pool4", "add", *what, "1000-1999"], **row, event="add",
         ports=["1000-1999"])
    since = len(mon.lines)
    once(mon, ["pool4", "del", *what, "1500-1999"], **row, event="add",
         ports=["1000-1499"])
    mon.wait(since, **row, event="del", ports=["1000-1999"])
    once(mon, ["pool4", "del", *what, "1000-1499"], **row, event="del",
         ports=["1000-1499"])
    once(mon, ["config", "set", "udp-timeout", "400", "wkp-strict", "off"],
         object="config", event="set",
         config={"udp-timeout": 400, "wkp-strict": False})
    since = len(mon.lines)
    nat64("config", "set", "udp-timeout", "400")        # as it is
    once(mon, ["config", "set", "wkp-strict", "on"], object="config",
         config={"wkp-strict": True})
    assert len(mon.lines) == since + 1, mon.lines[since:]


def unasked(mon: Monitor, _: Monitor) -> None:
    """without their keys nothing is told of BIB entries and sessions"""
    since = len(mon.lines)
    datagrams(1, 10)
    once(mon, ["instance", "flush"], object="instance", event="flush")
    assert len(mon.lines) == since + 1, mon.lines[since:]
    assert "packets64" not in json.dumps(sessions())
    nat64("config", "set", *LOGGING)


def static(mon: Monitor, _: Monitor) -> None:
    """static BIB entries"""
    entry = {"object": "bib", "proto": "tcp", "addr6": CLIENT6, "port6": 8080,
             "addr4": POOL4, "port4": 80, "static": True}
    name = ["--proto", "tcp", f"[{CLIENT6}]:8080", f"{POOL4}:80"]
    once(mon, ["bib", "add", *name], **entry, event="new")
    once(mon, ["bib", "del", *name], **entry, event="end")


def now() -> str:
    utc = datetime.datetime.now(datetime.timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def begun(mon: Monitor, since: int, session: dict) -> tuple[dict, dict]:
    """The events of a session's beginning, and what its end is like."""
    flow = {key: session[key] for key in FIELDS} | {"object": "session",
                                                    "instance": "default"}
    bib = {"object": "bib", "proto": flow["proto"], "addr6": flow["src6"],
           "port6": flow["sport6"], "addr4": flow["src4"],
           "port4": flow["sport4"], "static": False, "instance": "default"}
    first = mon.wait(since, **flow, event="new")
    assert first["time"] == first["began"], first
    mon.wait(since, **bib, event="new")
    return flow, bib


def flow(mon: Monitor, _: Monitor) -> None:
    """a flow: what is sent is what is counted and told"""
    since, before = len(mon.lines), now()
    datagrams(7, 100)
    session, = sessions("--proto", "udp")
    assert {key: session[key] for key in ACCOUNT} == account(7, 100), session
    assert (session["src6"], session["dst4"], session["src4"]) == \
        (CLIENT6, SERVER4, POOL4), session
    assert before <= session["began"] <= now(), (before, session)
    table = nat64("session", "show", "--proto", "udp")
    assert re.search(r" OUT +IN\n.* 7/1036 +7/896\n$", table), table
    like, bib = begun(mon, since, session)
    before = now()
    nat64("instance", "flush")
    last = mon.wait(since, **like, event="end", **account(7, 100))
    assert before <= last["time"] <= now(), last
    last = mon.wait(since, **bib, event="end")
    assert session["began"] < last["time"], last


def ping(mon: Monitor, _: Monitor) -> None:
    """pings are counted, and told"""
    since = len(mon.lines)
    run(CLIENT, "ping", "-q", "-c", "5", "-i", "0.2", "-W", "5", "-s", "200",
        SERVER6)
    session, = sessions("--proto", "icmp")
    assert {key: session[key] for key in ACCOUNT} == account(5, 200), session
    like, _ = begun(mon, since, session)
    nat64("session", "flush")
    mon.wait(since, **like, event="end", **account(5, 200))


def tcp(mon: Monitor, _: Monitor) -> None:
    """a TCP connection: its bytes are those of all packets"""
    since, before = len(mon.lines), counters()
    sock("tcp-ask", SERVER6, "7010")
    session, = sessions("--proto", "tcp")
    after = counters()
    for key, stat in zip(ACCOUNT, ("translated64", "bytes64", "translated46",
                                   "bytes46")):
        assert session[key] == after[stat] - before[stat], (key, session)
    like, _ = begun(mon, since, session)
    mon.wait(since, **like, event="new", state="v6-init")
    nat64("session", "flush")
    last = mon.wait(since, **like, event="end")
    assert last["state"] == session["state"], last


def ends(mon: Monitor, *commands: list[str]) -> None:
    """A flow is told to end by the commands."""
    since = len(mon.lines)
    datagrams(1, 10)
    session, = sessions("--proto", "udp")
    like, bib = begun(mon, since, session)
    nat64(*commands[0])
    for command in commands[1:]:
        nat64(*command)
    mon.wait(since, **like, event="end", **account(1, 10))
    mon.wait(since, **bib, event="end")


def timeout(mon: Monitor, _: Monitor) -> None:
    """a flow ends by itself"""
    ends(mon, ["config", "set", "udp-timeout", "1", "--force"])
    nat64("config", "set", "udp-timeout", "300")


def flushed(mon: Monitor, _: Monitor) -> None:
    """a flow is flushed"""
    ends(mon, ["session", "flush", "--proto", "udp"])


def pool4(mon: Monitor, _: Monitor) -> None:
    """a flow ends with its pool4 address"""
    ends(mon, ["pool4", "add", "203.0.113.2"], ["pool4", "del", POOL4])
    nat64("pool4", "add", POOL4)
    nat64("pool4", "del", "203.0.113.2")


def pool6(mon: Monitor, _: Monitor) -> None:
    """a flow ends with its prefix, by which it is told"""
    ends(mon, ["pool6", "add", "64:ff9b:1::/48"],
         ["pool6", "del", "64:ff9b::/96"])
    nat64("pool6", "add", "64:ff9b::/96")
    nat64("pool6", "del", "64:ff9b:1::/48")


def instance(mon: Monitor, _: Monitor) -> None:
    """a flow ends with its instance"""
    since = len(mon.lines)
    ends(mon, ["instance", "del"])
    mon.wait(since, object="instance", event="del")
    nat64("instance", "add", "--pool6", "64:ff9b::/96", "--pool4", POOL4)
    nat64("config", "set", *LOGGING)


def load(document: dict, verb: str = "load") -> subprocess.CompletedProcess:
    """What comes of config load, or check, which may be refused."""
    return subprocess.run(
        inside(ROUTER, "nat64ctl", "config", verb, "-"), check=False, text=True,
        input=json.dumps(document), capture_output=True, timeout=LIMIT)


def loaded(document: dict) -> None:
    done = load(document)
    assert done.returncode == 0, done.stderr


def silent(mon: Monitor, since: int) -> None:
    """Nothing has been told since then, and nothing waits to be told: what is
    done now comes behind it."""
    name = ["--proto", "tcp", "[2001:db8::99]:99", f"{POOL4}:99"]
    nat64("bib", "add", *name)
    nat64("bib", "del", *name)
    mon.wait(since, object="bib", event="end", port4=99)
    once(mon, ["config", "set", "hold-down-time", "121"],
         config={"hold-down-time": 121})
    once(mon, ["config", "set", "hold-down-time", "120"],
         config={"hold-down-time": 120})
    assert len(mon.lines) == since + 4, mon.lines[since:]


def loads(mon: Monitor, _: Monitor) -> None:
    """a load tells what it changes, a check and a refusal tell nothing"""
    was = json.loads(nat64("config", "save"))
    entry = {"proto": "tcp", "ipv6": f"[{CLIENT6}]:8081", "ipv4": f"{POOL4}:81"}
    will = was | {"bib": [entry], "config": was["config"] | {"tos": 7},
                  "pool4": was["pool4"] + [{"prefix": "203.0.113.9"}]}
    bib = {"object": "bib", "proto": "tcp", "addr6": CLIENT6, "port6": 8081,
           "addr4": POOL4, "port4": 81, "static": True}
    since = len(mon.lines)
    assert load(will, "check").returncode == 0
    assert load(will | {"bib": [entry, entry]}).returncode != 0
    other = {"instance": "two", "bib": [entry], "pool4": [POOL4],
             "pool6": ["2001:db8:64::/96"], "config": {"logging-bib": True}}
    assert load(other).returncode != 0      # its pool4 is that of the first
    silent(mon, since)

    loaded(will)
    mon.wait(since, **bib, event="new", instance="default")
    mon.wait(since, object="config", config={"tos": 7})
    mon.wait(since, object="pool4", event="add", prefix="203.0.113.9/32")
    since = len(mon.lines)
    loaded(will)                            # as it is
    silent(mon, since)
    loaded(was)
    mon.wait(since, **bib, event="end", instance="default")
    mon.wait(since, object="pool4", event="del", prefix="203.0.113.9/32")

    bib |= {"addr4": "192.0.2.77", "instance": "two"}
    entry |= {"ipv4": "192.0.2.77:81"}
    since = len(mon.lines)
    loaded(other | {"pool4": ["192.0.2.77"], "bib": [entry]})
    mon.wait(since, object="instance", event="add", instance="two")
    mon.wait(since, object="config", instance="two",
             config={"logging-bib": True})
    assert mon.wait(since, **bib, event="new")["began"]
    nat64("instance", "del", "two")
    mon.wait(since, **bib, event="end")
    mon.wait(since, object="instance", event="del", instance="two")


def pinned(mon: Monitor, _: Monitor) -> None:
    """a dynamic BIB entry that a load makes static ends, its session not"""
    was = json.loads(nat64("config", "save"))
    since, before = len(mon.lines), counters()
    datagrams(1, 10)
    session, = sessions("--proto", "udp")
    like, bib = begun(mon, since, session)
    loaded(was | {"bib": [{
        "proto": "udp", "ipv6": f"[{CLIENT6}]:{session['sport6']}",
        "ipv4": f"{POOL4}:{session['sport4']}"}]})
    mon.wait(since, **bib, event="end")
    bib["static"] = True
    mon.wait(since, **bib, event="new")
    after = counters()
    assert after["bib-created"] - before["bib-created"] == \
        after["bib-expired"] - before["bib-expired"] == 1, (before, after)
    assert sessions("--proto", "udp")[0]["began"] == session["began"]
    loaded(was)
    mon.wait(since, **like, event="end", **account(1, 10))
    mon.wait(since, **bib, event="end")


def fastpath(mon: Monitor, _: Monitor) -> None:
    """the fast path counts, too"""
    nat64("config", "set", "fastpath", "lan,wan")
    before, since = counters(), len(mon.lines)
    datagrams(50, 1000)
    after = counters()
    for stat in ("fastpath64", "fastpath46"):
        assert after[stat] - before[stat] >= 30, (stat, before, after)
    nat64("config", "set", "fastpath", "none")
    nat64("instance", "flush")
    mon.wait(since, object="session", event="end", dport4=7000,
             **account(50, 1000))


def hairpin(_: Monitor, __: Monitor) -> None:
    """both sessions between two IPv6 hosts are counted"""
    name = [f"[{CLIENT6}]:7000", f"{POOL4}:7000"]
    nat64("bib", "add", "--proto", "udp", *name)
    datagrams(3, 100, f"64:ff9b::{POOL4}")
    both = sessions("--proto", "udp")
    assert len(both) == 2, both
    for session in both:
        assert {key: session[key] for key in ACCOUNT} == account(3, 100), both
    nat64("bib", "del", *name)
    nat64("instance", "flush")


def exhausted(mon: Monitor, _: Monitor) -> None:
    """an exhausted pool4 is an alarm, with the number of packets"""
    since = len(mon.lines)
    ports = ["--proto", "udp", "--ports", "5000-5001"]
    nat64("pool4", "del", POOL4, "--proto", "udp")
    nat64("pool4", "add", POOL4, *ports)
    sock("unanswered", SERVER6, "7000", "5")
    seen = 0
    while seen < 3:                     # a tick may have come between them
        event = mon.wait(since, object="alarm", event="pool4-exhausted",
                         proto="udp", mark=0)
        since = len(mon.lines)
        seen += event["count"]
    assert seen == 3, seen
    nat64("pool4", "del", POOL4, *ports)
    nat64("pool4", "add", POOL4, "--proto", "udp")


def full(mon: Monitor, _: Monitor) -> None:
    """a full table is an alarm"""
    nat64("instance", "flush")
    nat64("config", "set", "maximum-sessions", "4")
    since = len(mon.lines)
    sock("unanswered", SERVER6, "7000", "6")
    seen = 0
    while seen < 2:
        event = mon.wait(since, object="alarm", event="table-full")
        since = len(mon.lines)
        seen += event["count"]
    assert seen == 2, seen
    nat64("config", "set", "maximum-sessions", "1000000")
    nat64("instance", "flush")


def complete(mon: Monitor, words: Monitor) -> None:
    """every event is a line of text, too, and nothing was lost"""
    nat64("config", "set", "tcp-trans-timeout", "300")
    mon.wait(0, config={"tcp-trans-timeout": 300})
    words.stop(signal.SIGINT)
    last = " config   set   tcp-trans-timeout 300\n"
    with words.more:
        words.more.wait_for(lambda: words.lines[-1].endswith(last), LIMIT)
    for line in words.lines:
        assert re.match(r"\d{4}(-\d\d){2}T[0-9:]{8}\.\d{6}Z (default|two) +"
                        r"(instance|pool6|pool4|config|bib|session|alarm) +"
                        r"[a-z0-9-]+( |\n)", line), line
    text = "".join(words.lines)
    for line in (
            r" session  end   udp +\[2001:db8:1::2\]:\d+ +203\.0\.113\.1:\d+ +"
            r"198\.51\.100\.2:7000 +- out 7/1036 in 7/896\n",
            r" config   set   udp-timeout 400 wkp-strict off\n",
            r" pool4    del   udp   203\.0\.113\.8/30 ports 1000-1999 mark 7\n",
            r" alarm    pool4-exhausted \d packets dropped, the last udp mark 0",
            r" two      instance add   pool6 2001:db8:64::/96 pool4 192"):
        assert re.search(line, text), line
    assert counters()["events-lost"] == 0


def lost(mon: Monitor, _: Monitor) -> None:
    """a reader that sleeps is told how many it has lost, to one"""
    slow = Monitor("-j", "session", "config", "--buffer-size", "20000")
    before, since = counters(), len(mon.lines)
    slow.run.send_signal(signal.SIGSTOP)
    sock("unanswered", SERVER6, "7001", "3000")
    nat64("instance", "flush")
    slow.run.send_signal(signal.SIGCONT)
    mon.wait(since, object="instance", event="flush")
    after = counters()
    made = after["session-created"] - before["session-created"]
    assert made >= 1000, made           # queues may have dropped packets

    def told() -> int:
        return sum(len(slow.find(0, object="session", event=event))
                   for event in ("new", "end")) + \
            sum(event["lost"] for event in slow.find(0, event="lost"))
    with slow.more:
        slow.more.wait_for(lambda: told() >= 2 * made, LIMIT)
        assert told() == 2 * made, (told(), made)
        missed = slow.find(0, event="lost", object="session")
        assert missed and slow.find(0, object="monitor", event="overrun")
    slow.fits()
    number = counters()["events-lost"] - before["events-lost"]
    assert number == sum(event["lost"] for event in missed), (number, missed)
    # The other has lost nothing.
    with mon.more:
        mon.more.wait_for(lambda: len(mon.find(
            since, object="session", event="end")) >= made, LIMIT)
    fast = [len(mon.find(since, object="session", event=event))
            for event in ("new", "end", "lost")]
    assert fast == [made, made, 0], fast
    slow.stop()


def logged(log: socket.socket, wanted: list[str]) -> None:
    """The log is sent these lines, each once and in whatever order, behind the
    time of it and of the event."""
    head = r"(<\d+>).{15} nat64: \d{4}(?:-\d\d){2}T[0-9:]{8}\.\d{6}Z (.*)"
    while wanted:
        got = log.recv(4096).decode()
        told = re.fullmatch(head, got)
        fits = [line for line in wanted
                if told and re.fullmatch(line, "".join(told.groups()))]
        assert fits, (got, wanted)
        wanted.remove(fits[0])


def syslog(_: Monitor, __: Monitor) -> None:
    """--syslog writes the lines to the system's log, once it says it is ready"""
    log, ready = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                  for _ in range(2))
    for sock_, path in (log, "/dev/log"), (ready, "/run/nat64-ready"):
        if os.path.lexists(path):
            os.unlink(path)
        sock_.settimeout(LIMIT)
        sock_.bind(path)
    nat64("config", "set", *LOGGING)
    monitor = begin(ROUTER, "nat64ctl", "monitor", "--syslog", env={
        **os.environ, "NOTIFY_SOCKET": "/run/nat64-ready"})
    assert ready.recv(100) == b"READY=1"
    datagrams(2, 10)
    nat64("session", "flush", "--proto", "udp")
    nat64("config", "set", "tos", "9", "maximum-sessions", "1")
    sock("unanswered", SERVER6, "7000", "2")
    # Facility daemon is 3, priority info 6 and warning 4.
    bib = rf"udp   \[{CLIENT6}\]:\d+ +{POOL4}:\d+ *"
    session = bib + rf" {SERVER4}:7000 +-"
    logged(log, [
        rf"<30>default  bib      new   {bib}",
        rf"<30>default  session  new   {session}",
        rf"<30>default  session  end   {session} out 2/116 in 2/76",
        rf"<30>default  bib      end   {bib}",
        r"<30>default  config   set   tos 9 maximum-sessions 1",
        rf"<30>default  bib      new   {bib}",
        rf"<30>default  session  new   {session}",
        r"<28>default  alarm    table-full 1 packets dropped"])
    monitor.send_signal(signal.SIGTERM)
    assert monitor.wait(LIMIT) == 0, monitor.returncode
    os.unlink("/dev/log")
    nat64("config", "set", "tos", "0", "maximum-sessions", "1000000")
    nat64("instance", "flush")


def privilege(_: Monitor, __: Monitor) -> None:
    """sessions are told to CAP_NET_ADMIN only"""
    words = ["setpriv", "--reuid=65534", "--clear-groups", "nat64ctl",
             "monitor"]
    done = subprocess.run(inside(ROUTER, *words, "session"), text=True,
                          capture_output=True, timeout=LIMIT, check=False)
    assert done.returncode == 2 and "CAP_NET_ADMIN" in done.stderr, done


def instances(mon: Monitor, _: Monitor) -> None:
    """instances go while events flow, and every session has its end"""
    since = len(mon.lines)
    source = flood()
    for _ in range(3):
        start = len(mon.lines)
        nat64("instance", "flush")
        with mon.more:
            assert mon.more.wait_for(
                lambda: mon.find(start, object="session", event="new"), LIMIT)
        nat64("instance", "del")
        nat64("instance", "add", "--pool6", "64:ff9b::/96", "--pool4", POOL4)
        nat64("config", "set", *LOGGING)
    source.kill()
    source.wait()
    nat64("instance", "del")
    with mon.more:
        mon.more.wait_for(lambda: len(mon.find(
            since, object="instance", event="del")) == 4, LIMIT)
    # The key is set in the midst of the flood: what began before has no record.
    new = {(e["sport6"], e["began"])
           for e in mon.find(since, object="session", event="new")}
    end = {(e["sport6"], e["began"])
           for e in mon.find(since, object="session", event="end")
           if "began" in e}
    assert new == end and len(new) >= 3, (len(new), len(end), new ^ end)
    nat64("instance", "add", "--pool6", "64:ff9b::/96", "--pool4", POOL4)
    nat64("config", "set", *LOGGING)


def module(mon: Monitor, _: Monitor) -> None:
    """the module goes while events flow; that is told, too"""
    since = len(mon.lines)
    source = flood()
    with mon.more:
        assert mon.more.wait_for(
            lambda: mon.find(since, object="session", event="new"), LIMIT)
    subprocess.run(["rmmod", "nat64"], check=True, timeout=LIMIT)
    mon.wait(since, object="instance", event="del", instance="default")
    source.kill()
    source.wait()
    assert mon.find(since, object="session", event="end")
    # Who listened is deaf now, also to a module that is loaded later.
    assert mon.run.wait(LIMIT) == 2, mon.run.returncode
    assert mon.run.stderr.read() == "nat64ctl: the nat64 module was " \
        "removed: start again when it is loaded\n"
    mon.fits()
    subprocess.run(["modprobe", "nat64"], check=True, timeout=LIMIT)
    nat64("instance", "add", "--pool6", "64:ff9b::/96", "--pool4", POOL4)
    nat64("config", "set", *LOGGING)


TESTS = (operators, unasked, static, flow, ping, tcp, timeout, flushed, pool4,
         pool6, instance, loads, pinned, fastpath, hairpin, exhausted, full, complete, lost,
         syslog, privilege, instances, module)


def main() -> int:
    monitors = Monitor("-j"), Monitor()
    for test in TESTS:
        if sys.argv[1:] and test.__name__ not in sys.argv[1:]:
            continue
        since = time.monotonic()
        try:
            test(*monitors)
            print(f"pass {test.__doc__}")
        except (AssertionError, OSError, ValueError, KeyError,
                subprocess.SubprocessError) as error:
            why = re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")
            print(f"fail {test.__doc__} - {why[:2000]}")
        print(f"# took {time.monotonic() - since:.1f} s", flush=True)
    for process in started:
        process.kill()
    return 0


sys.exit(main())
