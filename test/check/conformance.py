#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""conformance.py - which requirement is shown by which test, and its result.

The requirements are in test/conformance.txt. A test names the ids that it shows
where it is written, once, and "*" is any end of an id:
- test/net: in brackets in the test's name, "hairpin of TCP [6146-16 5382-8]"
- test/kunit: KUNIT_CASE(name), /* 6146-16 5382-8 */ in the same or the next line
What became of the tests is in the logs that test/run keeps, of the layers named
in NAT64_LAYERS (or of all that there are). The table goes to
build/test/conformance.md; the TAP lines say what is wrong with it.
"""

import ast
import os
import re
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Iterator

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("NAT64_BUILD", TOP / "build"))
LOGS = BUILD / "check"
TAG = re.compile(r"\[((?:(?:\d{4}-|const-|D\d)[^\s\]]*[ ]?)+)\]")
CASE = re.compile(r"KUNIT_CASE(?:_PARAM)?\(\s*(\w+)[^)]*\),\s*/\*(.*?)\*/")
HOLE = "\0"                                 # what a name gets only when it runs


@dataclass
class Test:
    """One place in the sources; it may have many results."""
    where: str                              # the name of its script or suite
    name: str                               # as it is written, HOLEs in it
    ids: list[str]                          # patterns
    layers: list[str]                       # where it has to run
    stock: set[str] = field(default_factory=set)    # kernels of the layer net
    passed: int = 0
    failed: int = 0
    seen: dict[str, list[str]] = field(default_factory=dict)    # id: names
    bad: set[str] = field(default_factory=set)          # ids of failed ones
    runs: set[tuple[str, str]] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)    # where it did not run

    def __post_init__(self) -> None:
        parts = map(re.escape, self.name.split(HOLE))
        self.pattern = re.compile(f"(^|: ){'.*'.join(parts)}( - .*)?$")
        self.literal = len(self.name.replace(HOLE, ""))

    def shows(self, ident: str) -> bool:
        return ident in self.seen or any(
            fnmatchcase(ident, one.replace(HOLE, "*"))
            for one in self.ids if HOLE not in one or not self.seen)

    def add(self, layer: str, kernel: str, name: str, good: bool) -> None:
        self.runs.add((layer, kernel))
        self.passed += good
        self.failed += not good
        for ident in " ".join(TAG.findall(name)).split():
            if not good:
                self.bad.add(ident)
            names = self.seen.setdefault(ident, [])
            words = TAG.sub("", name).split(": ", 1)[-1].strip()
            if words not in names:
                names.append(words)

    def result(self, ident: str = "") -> str:
        if ident in self.bad if ident and self.seen else self.failed:
            return "failed"
        if self.missing:
            return "not run"
        return "passed" if self.passed else "not asked for"


# --- what there is ---------------------------------------------------------

def requirements() -> dict[str, tuple[str, str]]:
    found = {}
    for line in (TOP / "test/conformance.txt").read_text().splitlines():
        if not line or line[0] == "#":
            continue
        ident, words, state = (part.strip() for part in line.split("|"))
        if ident in found or not (state == "-" or state[:5] == "n/a: "):
            sys.exit(f"conformance.txt: {line}")
        found[ident] = words, state.removeprefix("n/a: ")
    return found


def names_in_python(source: str) -> Iterator[str]:
    """Every string, with HOLEs for what an f-string puts in."""
    inside = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            inside.update(map(id, node.values))
            yield "".join(part.value if isinstance(part, ast.Constant)
                          else HOLE for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) \
                and id(node) not in inside:
            yield node.value


def names_in_shell(source: str) -> Iterator[str]:
    for name in re.findall(r'^\s*check "([^"]*)"', source, re.M):
        yield re.sub(r"\$\{?\w+\}?", HOLE, name)


def stock_kernels(script: str) -> set[str]:
    """Where check/net.sh runs it."""
    if "\n# only uml\n" in script or \
            "\n# full\n" in script and not os.environ.get("FULL"):
        return set()
    return {"6.12"} if "\n# 6.12\n" in script else {"6.1", "6.12"}


def net_tests() -> Iterator[Test]:
    scripts = {path: path.read_text() for path in
               sorted((TOP / "test/net").glob("*.sh"))}
    for path in sorted((TOP / "test/net").glob("*.[ps][yh]")):
        text = path.read_text()
        names = names_in_python if path.suffix == ".py" else names_in_shell
        # It runs where the scripts do that use it.
        users = [text] if path.suffix == ".sh" else [
            other for other in scripts.values() if f"/{path.name}" in other]
        stock = set().union(*map(stock_kernels, users))
        layers = ["net"] if stock else []
        if any("\n# uml\n" in other for other in users):
            layers.append("uml-net")
        for name in dict.fromkeys(names(text)):
            ids = " ".join(TAG.findall(name)).split()
            if ids:
                yield Test(path.stem, name, ids, layers, stock)


def kunit_tests() -> Iterator[Test]:
    for path in sorted((TOP / "test/kunit").glob("*_kunit.c")):
        text = path.read_text()
        suite = re.search(r'\.name = "(\w+)"', text)
        for case, ids in CASE.findall(text):
            yield Test(path.stem, f"{suite[1]} {case}" if suite else case,
                       ids.split(), ["kunit"])


# --- what became of it -----------------------------------------------------

def results(layer: str) -> Iterator[tuple[str, str, bool]]:
    """Kernel, test and success; what was skipped did not run."""
    log = LOGS / f"{layer}.log"
    for line in log.read_text(errors="replace").splitlines() \
            if log.exists() else ():
        found = re.match(r"(not )?ok \d+ (?:- )?(.*)", line)
        if found and not re.search(r"# *skip", line, re.I):
            kernel = "" if layer == "kunit" else found[2].split(" ")[0]
            yield kernel, found[2], not found[1]


def judge(tests: list[Test], layers: list[str]) -> None:
    for layer in layers:
        mine = [test for test in tests if layer in test.layers]
        kernels = {""} if layer == "kunit" else set()
        for kernel, name, good in results(layer):
            kernels.add(kernel)
            # A parameter's result begins with its case's name.
            case = " ".join(name.split(" ")[:2]) if layer == "kunit" else name
            found = [test for test in mine if test.pattern.search(case)]
            # A name with more of its own is meant rather than one with less.
            most = max((test.literal for test in found), default=0)
            for test in found:
                if test.literal == most:
                    test.add(layer, kernel, name, good)
        for test in mine:
            test.missing += [f"{layer} {kernel}".strip() for kernel in
                             sorted(kernels or {""})
                             if (layer, kernel) not in test.runs and
                             (layer != "net" or kernel in test.stock)]


def cell(test: Test, ident: str = "") -> str:
    """The test, or of what has many names those that show this id."""
    names = [TAG.sub("", test.name).replace(HOLE, "...").strip()]
    if HOLE in test.name:
        names = test.seen.get(ident, names)
    if len(names) > 4:
        names = [*names[:3], f"{len(names) - 3} more"]
    where = "" if "kunit" in test.layers else f"{test.where}: "
    return f"{where}{'; '.join(names)}".replace("|", "\\|")


def verdict(shown: list[Test], ident: str) -> str:
    """Of several tests, the worst."""
    said = {test.result(ident) for test in shown}
    return next(word for word in ("failed", "not run", "passed",
                                  "not asked for") if word in said)


def rows(wanted: dict[str, tuple[str, str]], tests: list[Test]
         ) -> Iterator[tuple[str, str, str, str]]:
    for ident, (words, why) in wanted.items():
        shown = [test for test in tests if test.shows(ident)]
        if why != "-":
            yield ident, words, why, "does not apply"
        elif shown:
            yield (ident, words, "; ".join(
                cell(test, ident) for test in shown), verdict(shown, ident))
        else:
            yield ident, words, "", "no test"


# --- what is said ----------------------------------------------------------

def say(number: int, name: str, wrong: list[str]) -> bool:
    for line in wrong:
        print("#", line)
    print("not ok" if wrong else "ok", number, "-", name)
    return not wrong


def write(table: list[tuple[str, str, str, str]], layers: list[str]) -> None:
    path = BUILD / "test/conformance.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    count = {word: sum(row[3] == word for row in table)
             for word in dict.fromkeys(row[3] for row in table)}
    text = "# Which requirement is shown by which test\n\n"
    text += f"Written by `make check`; layers: {', '.join(layers)}. " \
        + ", ".join(f"{n} {word}" for word, n in count.items()) + ".\n\n"
    text += "| id | requirement | tests | result |\n|---|---|---|---|\n"
    text += "".join(f"| {' | '.join(row)} |\n" for row in table)
    path.write_text(text)
    (BUILD / "conformance.md").write_text(text)
    print(f"# {len(table)} requirements:",
          ", ".join(f"{n} {word}" for word, n in count.items()))


def main() -> int:
    wanted = requirements()
    tests = [*kunit_tests(), *net_tests()]
    layers = os.environ.get("NAT64_LAYERS", "").split() or [
        log.stem for log in sorted(LOGS.glob("*.log"))]
    used = {layer for test in tests for layer in test.layers}
    asked = sorted(used & set(layers))
    for layer in sorted(used - set(asked)):
        print(f"# {layer} was not asked for: what it shows is not judged")
    judge(tests, asked)
    table = list(rows(wanted, tests))
    write(table, asked)

    unknown = [f"{test.where}: {ident}" for test in tests for ident in
               [*test.ids, *test.seen] if not any(
                   fnmatchcase(one, ident.replace(HOLE, "*"))
                   for one in wanted)]
    good = [
        say(1, "every requirement has a test or a reason to have none",
            [f"{row[0]}: {row[1]}" for row in table if row[3] == "no test"]),
        say(2, "every test that shows one passed where it has to run",
            [f"{cell(test)}: {test.result()} {', '.join(test.missing)}"
             for test in tests if test.failed or test.missing]),
        say(3, "the ids that tests name are requirements", unknown),
    ]
    print(f"1..{len(good)}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
