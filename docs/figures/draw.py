#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""draw.py [--check]: make the pictures of this folder that are not drawn by hand,
and the tables of figures in performance.md.

topology-light.svg is drawn by hand; topology-dark.svg is the same with colours
exchanged. benchmark-*.svg and the tables are made of benchmark.json. With
--check nothing is written; the status is 1 if a file is not what this makes.
"""

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "performance.md"

# Colours of the light pictures, and what the dark ones have instead.
DARK = {"#1f2328": "#f0f6fc", "#59636e": "#9198a1", "#0969da": "#4493f8",
        "#bc4c00": "#f0883e", "#f6f8fa": "#151b23", "#d1d9e0": "#3d444d",
        "#ffffff": "#0d1117", "#2da44e": "#3fb950", "#9be9a8": "#1a7f37",
        "#fd8d3c": "#bd561d", "#8c959f": "#6e7681"}
COLOURS = {"nat64": "#2da44e", "nat64, fast path": "#9be9a8",
           "Jool 4.1.9": "#fd8d3c", "nftables NAT44": "#8c959f"}
STYLE = """  <style>
    text { font: 13px -apple-system, "Segoe UI", "Noto Sans", Lato, sans-serif;
           fill: #1f2328; }
    .head { font-size: 15px; font-weight: 600; }
    .small { font-size: 12px; fill: #59636e; }
    .end { text-anchor: end; }
    .axis { stroke: #8c959f; stroke-width: 1; }
    .unit { stroke: #59636e; stroke-width: 1; stroke-dasharray: 3 3; }
  </style>"""
BAR, GAP = 15, 12               # height of a bar; space between groups


def text(x, y, words, style=""):
    """A line of text."""
    mark = f' class="{style}"' if style else ""
    return f'  <text{mark} x="{x:.0f}" y="{y:.0f}">{words}</text>'


def bars(x, y, width, most, groups, clear=0.0, form="g"):
    """Groups of bars from (x, y) down: [(label, [(name, value), ...]), ...].
    No figure stands left of a value of CLEAR."""
    out = []
    for label, values in groups:
        if label:
            out.append(text(x - 8, y + BAR * len(values) / 2 + 4, label, "end"))
        for name, value in values:
            length = width * value / most
            out.append(f'  <rect x="{x}" y="{y}" width="{length:.1f}" '
                       f'height="{BAR - 2}" fill="{COLOURS[name]}"/>')
            out.append(text(x + max(length, width * clear / most) + 5,
                            y + BAR - 4, f"{value:{form}}", "small"))
            y += BAR
        y += GAP
    return out, y - GAP


def legend(x, y, names):
    """A coloured square and a name for each router."""
    out = []
    for name in names:
        out.append(f'  <rect x="{x}" y="{y - 10}" width="12" height="12" '
                   f'fill="{COLOURS[name]}"/>')
        out.append(text(x + 18, y, name))
        x += 40 + 7 * len(name)
    return out


def benchmark(data):
    """The picture of the figures: UDP, both directions; new flows; memory."""
    routers = data["routers"]
    cases = [row for row in data["established"] if row["protocol"] == "UDP"]
    out = [text(20, 28, "Cost of a packet of an established UDP flow; plain IPv6 "
                "forwarding = 1", "head")]
    out += legend(20, 54, [*routers, "nftables NAT44"])
    bottom = 0
    for x, way, head in ((110, "up", "IPv6 to IPv4"),
                         (510, "down", "IPv4 to IPv6")):
        groups = [(row["flows"] + (" flow" if row["flows"] == "1" else "")
                   if way == "up" else "", list(zip(routers, row[way])))
                  for row in cases]
        out.append(text(x, 84, head, "head"))
        drawn, bottom = bars(x, 94, 300, 14, groups, 1.0, ".2f")
        out += drawn
        one = x + 300 / 14
        out.append(f'  <path class="unit" d="M{one:.1f} 92 V{bottom}"/>')
        out.append(f'  <path class="axis" d="M{x} 92 V{bottom}"/>')
    top = bottom + 40
    for x, what, head in ((110, "new", "First packet of a new UDP flow"),
                          (510, "memory", "Memory of a flow, bytes")):
        out.append(text(x, top, head, "head"))
        values = list(data[what].items())
        most = max(value for _, value in values) * 14 / 12
        drawn, bottom = bars(x, top + 10, 300, most, [("", values)])
        out += drawn
        out.append(f'  <path class="axis" d="M{x} {top + 8} V{bottom}"/>')
    out.append(text(20, bottom + 34, f"Measured {data['date']} at commit "
                    f"{data['commit']}, in {data['machine']}. "
                    f"Less is better everywhere.", "small"))
    height = bottom + 48
    title = (f"Benchmark of {data['date']}: nat64 beside Jool and nftables; "
             "performance.md has the figures")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 {height}" '
        'role="img">', f"  <title>{title}</title>", STYLE, *out, "</svg>", ""])


def dark(picture):
    """The same picture in colours for a dark page."""
    return re.sub("|".join(DARK), lambda found: DARK[found[0]], picture)


def tables(data):
    """The tables of performance.md."""
    routers = data["routers"]
    rows = ["| flows | " + " | ".join(f"{name} 6→4 | 4→6" for name in routers) +
            " |", "|---|" + "---:|" * 2 * len(routers)]
    for row in data["established"]:
        pairs = [f"{up:.2f} | {down:.2f}"
                 for up, down in zip(row["up"], row["down"])]
        rows.append(f"| {row['flows']} {row['protocol']} | " +
                    " | ".join(pairs) + " |")
    rows += ["", "| | " + " | ".join(data["new"]) + " |",
             "|---|" + "---:|" * len(data["new"])]
    for label, key in (("first packet of a new UDP flow", "new"),
                       ("first packet of a new TCP flow", "new-tcp"),
                       ("memory of a flow, bytes", "memory")):
        cells = [f"{data[key][name]:g}" if name in data[key] else "–"
                 for name in data["new"]]
        rows.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def page(data):
    """performance.md, with the tables in their place."""
    before, rest = PAGE.read_text("utf-8").split("<!-- figures -->\n")
    _, after = rest.split("<!-- end of figures -->\n")
    return (f"{before}<!-- figures -->\n\n{tables(data)}\n\n"
            f"<!-- end of figures -->\n{after}")


def main():
    """Write what has changed, or report it."""
    data = json.loads((HERE / "benchmark.json").read_text("utf-8"))
    topology = (HERE / "topology-light.svg").read_text("utf-8")
    chart = benchmark(data)
    made = {HERE / "topology-dark.svg": dark(topology),
            HERE / "benchmark-light.svg": chart,
            HERE / "benchmark-dark.svg": dark(chart), PAGE: page(data)}
    stale = [path for path, content in made.items()
             if not path.exists() or path.read_text("utf-8") != content]
    for path in stale:
        if "--check" in sys.argv[1:]:
            print(f"{path.name} is not what docs/figures/draw.py makes: run it")
        else:
            path.write_text(made[path], "utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
