#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py LOG COMMIT: print the table of `make applications`, application by way, from
the lines "result JSON" in LOG, and below it each failure with its flow records.
The exit status is 1 if one does not work on dual stack or with 464XLAT, or was not run."""

import datetime
import json
import pathlib
import sys

WAYS = {"dual": "dual stack", "nat64": "NAT64 and DNS64", "464xlat": "464XLAT",
        "dslite": "DS-Lite"}
MUST = ("dual", "464xlat")


def results(log: pathlib.Path) -> dict:
    """What the machine says, by application and way."""
    found: dict = {}
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("result {"):
            one = json.loads(line[len("result "):])
            found.setdefault(one["name"], {})[one["way"]] = one
    return found


def cell(one: dict | None) -> str:
    """One result in the table."""
    if one is None:
        return "not run"
    return "works" if one["works"] else f"**fails**: {one['step']}"


def main() -> int:
    """Print it all."""
    found = results(pathlib.Path(sys.argv[1]))
    print(f"Applications on {datetime.date.today()}, nat64 {sys.argv[2]}\n")
    print(f"| application | {' | '.join(WAYS.values())} |")
    print("|---" * (len(WAYS) + 1) + "|")
    for name, ways in found.items():
        print(f"| {name} | {' | '.join(cell(ways.get(way)) for way in WAYS)} |")
    for name, ways in found.items():
        for way, one in ways.items():
            if not one["works"]:
                flows = one["flows"].rstrip() or "(no flow)"
                print(f"\n{name}, {WAYS[way]}: {one['step']}: {one['message']}\n")
                print("\n".join("    " + line for line in flows.splitlines()))
    bad = [f"{name}, {WAYS[way]}" for name, ways in found.items() for way in MUST
           if not ways.get(way, {"works": False})["works"]]
    if bad or not found:
        print("\nFailed, but must work: " + ("; ".join(bad) or "the log has no results"))
    return int(bool(bad or not found))


if __name__ == "__main__":
    sys.exit(main())
