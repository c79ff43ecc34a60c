#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""compare.py A B - two runs of `make bench`, side by side; each is a JSON file,
or the name of one in build/bench. A change is called better or worse where the
intervals of the medians (as of a notched box plot) do not meet."""

import json
import math
import os
import sys
from pathlib import Path

import report

FOLDER = Path(os.environ.get("NAT64_BUILD", Path(__file__).parents[2] / "build"))


def load(name: str) -> dict:
    for path in Path(name), FOLDER / "bench" / name, \
            FOLDER / "bench" / f"{name}.json":
        if path.is_file():
            return json.loads(path.read_text(encoding="ascii"))
    sys.exit(f"compare: there is no run {name}")


def line(label: str, name: str, a: float, b: float, slack: float) -> None:
    word = ""
    if abs(b - a) > slack:
        word = "better" if b < a else "worse"
    change = f"{(b / a - 1) * 100:+7.1f}%" if a else f"{'':8}"
    print(f"{label:40}{report.NAMES[name]:12}{a:10.2f}{b:10.2f}{change}  {word}")


def slack(samples: dict, name: str, what: str) -> float:
    """Half of a notch: 1.57 times the middle half's range over the root of n."""
    half = report.ratio(samples, name, what)[1]
    return 3.14 * half / math.sqrt(len(samples[name]))


def costs(a: dict, b: dict, what: str) -> None:
    old = {(case, kind): samples for case, kind, samples in report.rows(a, what)}
    for case, kind, new in report.rows(b, what):
        samples = old.get((case, kind), {})
        for name in report.routers(b)[1:]:
            if name in samples and name in new:
                line(f"{case}, {report.KINDS[kind]}, {what}", name,
                     report.ratio(samples, name, what)[0],
                     report.ratio(new, name, what)[0],
                     slack(samples, name, what) + slack(new, name, what))


def memory(a: dict, b: dict) -> None:
    """What differs there by more than a hundredth is no accident."""
    for case, result in b["cases"].items():
        old = a["cases"].get(case, {}).get("memory", {})
        for name, grown in result.get("memory", {}).items():
            if name in old and grown["total"] > 1:
                line(f"{case}, bytes a flow", name, old[name]["total"],
                     grown["total"], old[name]["total"] / 100)


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: compare.py A B")
    a, b = load(sys.argv[1]), load(sys.argv[2])
    print(f"A: {report.title(a)}\nB: {report.title(b)}")
    if a["machine"]["processor"] != b["machine"]["processor"]:
        print("These were different machines: only ratios compare.")
    print(f"\n{'cost against plain IPv6 forwarding':52}{'A':>10}{'B':>10}")
    for what in "ns", "instructions":
        costs(a, b, what)
    memory(a, b)


main()
