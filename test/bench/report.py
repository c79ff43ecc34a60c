#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""report.py FILE... - what `make bench` has written, as a table and a picture"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

KINDS = {"up": "6->4", "down": "4->6", "new": "new flows"}
NAMES = {"plain": "plain IPv6", "nat44": "nft NAT44", "flowtable": "flowtable",
         "jool": "Jool", "ours": "nat64", "ours-fast": "nat64 fast",
         "jool-siit": "jool_siit", "siit": "nat64 SIIT",
         "siit-dev": "SIIT, device"}


def net(samples: dict, name: str, what: str) -> list[float]:
    """What a packet costs the router beyond being made and received."""
    return [sample[what] - sample["drop-" + what] for sample in samples[name]]


def ratio(samples: dict, name: str, what: str = "ns") -> tuple[float, float]:
    """The net cost against plain forwarding's: the median of the rounds, and
    half of the range in which their middle half is. Times are in units of what
    a dropped packet cost meanwhile, which takes the machine's speed out."""
    units = {router: [cost / (sample["drop-" + what] if what == "ns" else 1)
                      for cost, sample in zip(net(samples, router, what),
                                              samples[router])]
             for router in ("plain", name)}
    each = [mine / plain for mine, plain in zip(units[name], units["plain"])]
    if len(each) < 2:
        return each[0], 0.0
    low, _, high = statistics.quantiles(each, n=4, method="inclusive")
    return statistics.median(each), (high - low) / 2


def rows(run: dict, what: str = "ns"):
    """(case, kind, samples of each router) of everything measured."""
    for case, result in run["cases"].items():
        for kind in KINDS:
            samples = result.get("samples", {}).get(kind)
            if samples and what in samples["plain"][0]:
                yield case, kind, samples


def routers(run: dict) -> list[str]:
    return [name for name in NAMES
            if any(name in samples for what in ("ns", "instructions")
                   for _, _, samples in rows(run, what))]


def title(run: dict) -> str:
    machine = run["machine"]
    kernel = next((result["kernel"] for result in run["cases"].values()
                   if "kernel" in result), "?")
    where = f"{machine['processors']} {machine['processor']}"
    where = (f"Linux {kernel} in QEMU, instructions counted"
             if run.get("counted") else
             f"User-mode Linux {kernel} on {where}, {machine['kernel']}")
    return (f"{run['date']}, nat64 {run['version']}, Jool {run['jool']}, "
            f"{where}")


# --- the table -------------------------------------------------------------

def table(run: dict, what: str, head: str) -> None:
    names = routers(run)
    print(f"\n{head}")
    print(f"{'':24}{'plain':>9}" +
          "".join(f"{NAMES[name]:>15}" for name in names if name != "plain"))
    for case, kind, samples in rows(run, what):
        plain = statistics.median(net(samples, "plain", what))
        line = f"{case:14}{KINDS[kind]:10}{plain:9.0f}"
        for name in names[1:]:
            cell = "-"
            if name in samples:
                cell = "{:.2f} ±{:.2f}".format(*ratio(samples, name, what))
            line += f"{cell:>15}"
        print(line)


def memory(run: dict) -> None:
    found = {case: result["memory"] for case, result in run["cases"].items()
             if "memory" in result}
    if not found:
        return
    names = routers(run)[1:]
    print("\nmemory, bytes a flow (of it slab)")
    print(f"{'':33}" + "".join(f"{NAMES[name]:>15}" for name in names))
    for case, grown in found.items():
        print(f"{case:33}" + "".join(
            f"{grown[name]['total']:8.0f} ({grown[name]['slab']:4.0f})"
            if name in grown else f"{'-':>15}" for name in names))


def show(run: dict) -> None:
    print(title(run))
    if any(rows(run)):
        table(run, "ns", "time of a packet, net, against plain IPv6 "
              f"forwarding: median of {run['rounds']} rounds\n"
              "± half of the range of their middle half")
    if any(rows(run, "instructions")):
        table(run, "instructions",
              "instructions of a packet, net, against plain IPv6 forwarding")
    else:
        print("\ninstructions: not counted by this machine")
    memory(run)
    for case, result in run["cases"].items():
        if "skipped" in result:
            print(f"\n{case} was not run: {result['skipped']}")
    missing = {name: why for result in run["cases"].values()
               for name, why in result.get("missing", {}).items()}
    for name, why in missing.items():
        print(f"\nwithout {NAMES[name]}: {why}")
    if run.get("throughput"):
        print("", *run["throughput"], sep="\n")


# --- the picture -----------------------------------------------------------

COLOURS = {"nat44": "#9ecae1", "flowtable": "#3182bd", "jool": "#fd8d3c",
           "ours": "#31a354", "ours-fast": "#006d2c", "jool-siit": "#fdae6b",
           "siit": "#31a354", "siit-dev": "#006d2c"}


def panel(head: str, unit: str, names: list[str], bars: dict) -> str:
    """Commands for one histogram; BARS: {label: {router: value}}"""
    lines = [f'"{label}" ' + " ".join(f"{values[name]:.3f}" if name in values
                                      else "?" for name in names)
             for label, values in bars.items()]
    plots = ", ".join(f'$bars using {n}:xtic(1) title "{NAMES[name]}" '
                      f'linecolor rgb "{COLOURS[name]}"'
                      for n, name in enumerate(names, 2))
    return "\n".join(["$bars << END", *lines, "END",
                      f'set title "{head}"', f'set ylabel "{unit}"',
                      f"plot [] [0:*] {plots}", "undefine $bars", ""])


def medians(run: dict, kinds: tuple, what: str) -> dict:
    return {f"{case}\\n{KINDS[kind]}":
            {name: ratio(samples, name, what)[0] for name in samples
             if name in COLOURS}
            for case, kind, samples in rows(run, what) if kind in kinds}


def panels(run: dict) -> list[str]:
    names = [name for name in routers(run) if name in COLOURS]
    found = []
    for what in "ns", "instructions":
        unit = f"{'time' if what == 'ns' else what}, plain IPv6 forwarding = 1"
        for kinds, head in ((("up", "down"), "a packet of a known flow"),
                            (("new",), "the first packet of a flow")):
            found.append((head, unit, medians(run, kinds, what)))
    found.append(("memory", "bytes a flow",
                  {case: {name: result["memory"][name]["total"]
                          for name in names if name in result["memory"]}
                   for case, result in run["cases"].items()
                   if "memory" in result}))
    return [panel(head, unit, names, bars)
            for head, unit, bars in found if bars]


def draw(run: dict, path: Path) -> None:
    """PATH with .svg and .png"""
    parts = panels(run)
    for suffix, terminal in (".svg", "svg"), (".png", "pngcairo"):
        script = (f"set terminal {terminal} size 1400,{60 + 380 * len(parts)} "
                  f"background 'white'\nset output '{path.with_suffix(suffix)}'\n"
                  "set style data histogram\nset style fill solid 0.9\n"
                  "set boxwidth 0.9\nset grid ytics\nset key top left\n"
                  "set datafile missing '?'\n"
                  f"set multiplot layout {len(parts)},1 title \"{title(run)}\"\n"
                  + "".join(parts) + "unset multiplot\n")
        subprocess.run(["gnuplot"], input=script, text=True, check=True)
        print(f"picture: {path.with_suffix(suffix)}")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        file = Path(argument)
        measured = json.loads(file.read_text(encoding="ascii"))
        show(measured)
        draw(measured, file)
