#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""structure.py ROOT check RULE | ROOT draw FILE.svg: the structure of kernel or usr

A file is a .c file with the header of its name; a folder is a layer. One file
needs another if it includes its header, or calls a function that it defines.
Calls through a table of operations are no calls in this sense: that is what
such tables are for.

RULE is what `check` looks for, one line for each violation:
layers	 a layer needs only itself and those below it
circles	 no two files need each other, whether by calls or by headers
headers	 no two headers have the same name
`draw` writes the graph as a picture; an arrow that others imply is left out. It
needs graphviz.
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
# From the bottom up. Files of the root itself put all together.
LAYERS = {"kernel": ["rfc", "packet", "table", "path", "control", "."],
          "usr": ["cli", "nl", "config", "pref64", "clat", "cmd", "."]}
# These belong to no file in particular: the kernel's versions, and the one unit
# of compilation that the path of a packet is.
APART = {"compat.h", "build_path.c"}

NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
INCLUDE = re.compile(r'^#\s*include\s*"([^"]+)"', re.M)
# At the start of a line, as the kernel's style has it, and not static.
DEFINED = re.compile(r"^(?!static|extern|typedef|#)[a-z][^;={}()]*?"
                     r"\b(\w+)\([^;{]*\)\s*\{", re.M)
PROTOTYPE = re.compile(r"^[a-z][^;{}]*\)\s*(?:__\w+[^;{}]*)?;", re.M)
INLINE = re.compile(r"^static (?:__always_)?inline[^;={}()]*?\b(\w+)\(",
                    re.M)
STATIC = re.compile(r"^static [^;={}()]*?\b(\w+)\(", re.M)


@dataclass
class File:
    """A .c file and its header."""
    name: str                               # "table/bib"
    text: dict[str, str] = field(default_factory=dict)      # by suffix
    includes: dict[str, set[str]] = field(default_factory=dict)
    calls: dict[str, set[str]] = field(default_factory=dict)    # file: functions

    @property
    def layer(self) -> str:
        return self.name.rpartition("/")[0] or "."

    @property
    def lines(self) -> int:
        return sum(text.count("\n") for text in self.text.values())


def read(root: Path) -> dict[str, File]:
    files: dict[str, File] = {}
    for path in sorted(root.rglob("*.[ch]")):
        if path.name in APART or path.name.endswith(".mod.c"):
            continue
        name = str(path.relative_to(root).with_suffix(""))
        one = files.setdefault(name, File(name))
        one.text[path.suffix] = path.read_text()
    owner = {function: one.name for one in files.values()
             for suffix, text in one.text.items()
             for function in (DEFINED if suffix == ".c" else INLINE)
             .findall(NOISE.sub("", text))}
    for one in files.values():
        for suffix, text in one.text.items():
            one.includes[suffix] = {
                found for name in INCLUDE.findall(text)
                if (found := included(root, one, name)) in files
                and found != one.name}
            text = NOISE.sub("", text)
            words = set(re.findall(r"\b\w+(?=\()", PROTOTYPE.sub("", text)))
            words -= set(STATIC.findall(text))
            for function in words:
                to = owner.get(function, one.name)
                if to != one.name:
                    one.calls.setdefault(to, set()).add(function)
    return files


def included(root: Path, one: File, name: str) -> str:
    """The file whose header has that name, as ONE writes it."""
    stem = name.removesuffix(".h")
    beside = f"{one.layer}/{stem}".removeprefix("./")
    return beside if (root / f"{beside}.h").exists() else stem


def needs(one: File) -> set[str]:
    return set().union(*one.includes.values(), one.calls)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The groups of nodes that reach each other (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for to in sorted(graph[node]):
            if to not in index:
                visit(to)
                low[node] = min(low[node], low[to])
            elif to in stack:
                low[node] = min(low[node], index[to])
        if low[node] == index[node]:
            group = stack[stack.index(node):]
            del stack[len(stack) - len(group):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def check_layers(files: dict[str, File], layers: list[str]) -> None:
    strange = {one.layer for one in files.values()} - set(layers)
    if strange:
        sys.exit(f"which layer is {', '.join(strange)}? It is not in LAYERS.")
    for one in files.values():
        for to in sorted(needs(one)):
            if layers.index(files[to].layer) > layers.index(one.layer):
                why = ", ".join(sorted(one.calls.get(to, {"its header"})))
                print(f"{one.name} needs {to}: {why}")


def check_circles(files: dict[str, File]) -> None:
    calls = {one.name: set(one.calls) for one in files.values()}
    headers = {one.name: one.includes.get(".h", set()) for one in files.values()}
    for kind, graph in ("call", calls), ("include", headers):
        for group in circles(graph):
            print(f"these {kind} each other: {', '.join(group)}")
            for name in group:
                for to in sorted(graph[name] & set(group)):
                    ties = files[name].calls.get(to, set())
                    print(f"  {name} -> {to}: {', '.join(sorted(ties))}")


def check_headers(files: dict[str, File]) -> None:
    places: dict[str, list[str]] = {}
    for one in files.values():
        if ".h" in one.text:
            places.setdefault(Path(one.name).name, []).append(one.name)
    for name, those in places.items():
        if len(those) > 1:
            print(f"{name}.h: {', '.join(those)}")


def implied(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The graph without the arrows that a longer way replaces."""
    def reach(node: str, seen: set[str]) -> set[str]:
        for to in graph[node]:
            if to not in seen:
                seen.add(to)
                reach(to, seen)
        return seen

    return {node: {to for to in those if not any(
        to in reach(other, set()) for other in those if other != to)}
        for node, those in graph.items()}


def draw(files: dict[str, File], layers: list[str], picture: str) -> None:
    graph = implied({one.name: needs(one) for one in files.values()})
    turned = {name: {other for other in graph if name in graph[other]}
              for name in graph}
    out = ["digraph kernel {", "rankdir=TB; newrank=true; compound=true;",
           'node [shape=box, style="rounded,filled", fillcolor=white, '
           'fontname="sans-serif", fontsize=11];',
           'graph [fontname="sans-serif", fontsize=14, style=filled, '
           'color="#eef2f7", bgcolor=white]; edge [color="#5b6b7f"];']
    for layer in reversed(layers):
        label = "" if layer == "." else f"{layer}/"
        out.append(f'subgraph "cluster {layer}" {{ label="{label}";')
        for one in files.values():
            if one.layer == layer:
                out.append(f'"{one.name}" [label="{Path(one.name).name}\\n'
                           f'{one.lines}"];')
        out.append("}")
    out += [f'"{name}" -> "{to}";' for name, those in graph.items()
            for to in sorted(those)]
    # Layer above layer: whatever ends one stands above what begins the next.
    for above, below in zip(reversed(layers), list(reversed(layers))[1:]):
        ends, begins = ([one.name for one in files.values()
                         if one.layer == layer and not any(
                             one.layer == files[to].layer for to in near[one.name])]
                        for layer, near in ((above, graph), (below, turned)))
        out += [f'"{end}" -> "{begin}" [style=invis];'
                for end in ends for begin in begins]
    out.append("}")
    subprocess.run(["dot", "-Tsvg", "-o", picture], input="\n".join(out),
                   text=True, check=True)


def main() -> None:
    match sys.argv[1:]:
        case [root, *rest] if root in LAYERS:
            files, layers = read(TOP / root), LAYERS[root]
        case _:
            sys.exit(__doc__)
    match rest:
        case ["check", "layers"]:
            check_layers(files, layers)
        case ["check", "circles"]:
            check_circles(files)
        case ["check", "headers"]:
            check_headers(files)
        case ["draw", picture]:
            draw(files, layers, picture)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
