#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""docs.py: check what the documents (README.md, docs/ and their kind) say, as far
as that needs no machine. Needs usr/nat64ctl. Prints TAP.

walk.py runs the indented blocks that have a prompt, # or $. Above any other block
stands a comment that says what it is:

    <!-- file PATH -->          what to write into that file; walk.py does so
    <!-- not run: REASON -->    commands or text; REASON names what checks it

Commands that are not run have to be right as far as can be seen: bash parses
them, make has the targets, the tree has the files.
"""

import glob
import os
import re
import subprocess
import sys

WIDTH = 100
TESTS = []
# What stands in a path but is no file of the tree: a place that a reader fills in.
PLACES = re.compile(r"^(usr|test|kernel|include|docs|\.ci)/[\w./*{},-]+$")


def test(name, problems):
    """Print the result of a test, which has passed without problems."""
    TESTS.append(not problems)
    print(f"{'not ' if problems else ''}ok {len(TESTS)} - {name}")
    for problem in problems:
        print(f"# {problem}")


def documents():
    """Paths of all documents, with their lines."""
    paths = sorted(glob.glob("*.md") + glob.glob("docs/**/*.md", recursive=True))
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield path, file.read().splitlines()


class Block:
    """An indented block: where it is, the comment above it or "", its lines."""

    def __init__(self, where, mark):
        self.where = where
        self.mark = mark
        self.lines = []

    def runs(self):
        """Check whether walk.py runs commands of it."""
        return any(line.startswith(("# ", "$ ")) for line in self.lines)


def blocks(path, lines):
    """The indented blocks of a document that are no part of a list."""
    mark, block, in_list = "", None, False
    for number, line in enumerate([*lines, "end"], 1):
        if line.startswith("    ") and not in_list:
            if not block:
                block = Block(f"{path}:{number}", mark)
            block.lines.append(line[4:])
        elif line:
            if block:
                yield block
            block, mark = None, ""
            in_list = bool(re.match(r"([-*]|\d+\.) ", line)) or \
                in_list and line.startswith(" ")
            found = re.match(r"<!-- (file \S+|not run: .+) -->$", line)
            mark = found[1] if found else ""


def spans(lines):
    """Number and text of each code span outside of blocks."""
    text = "\n".join("" if line.startswith("    ") else line for line in lines)
    for found in re.finditer(r"`([^`]+)`", text):
        yield text.count("\n", 0, found.start()) + 1, \
            " ".join(found[1].split())


def anchor(heading):
    """The anchor that GitHub makes of a heading."""
    heading = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return heading.replace(" ", "-")


def targets():
    """What make can make."""
    with open("Makefile", encoding="utf-8") as file:
        text = file.read()
    return set(re.findall(r"^([a-z][a-z_-]*):", text, re.M)) | {"-C"}


def missing(word):
    """Check whether a word looks like a file of the tree that is not there."""
    if not PLACES.match(word):
        return False
    options = re.match(r"(.*)\{(.*)\}(.*)", word)
    words = [options[1] + part + options[3] for part in options[2].split(",")] \
        if options else [word]
    return not all(glob.glob(each) for each in words)


def command_problems(where, text, made):
    """Say what cannot be right of a command."""
    for word in re.split(r"[\s=;|&'\"()]+", text):
        word = re.sub(r"[:,.]*$", "", word)
        if missing(word):
            yield f"{where}: there is no {word}"
    for target in re.findall(r"(?:^|&& |; )make ([a-z][a-z_/-]*)", text):
        if target not in made and not target.startswith("package/"):    # OpenWrt
            yield f"{where}: make has no target {target}"


def link_problems(path, lines):
    """Say which links of a document lead nowhere."""
    text = "\n".join(lines)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + \
        re.findall(r"^\[[^\]]+\]: (\S+)", text, re.M) + \
        re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    for link in links:
        if re.match(r"https?:", link):
            continue
        target, _, part = link.partition("#")
        file = os.path.join(os.path.dirname(path), target) if target else path
        if not os.path.exists(file):
            yield f"{path}: {link} leads nowhere"
        elif part:
            with open(file, encoding="utf-8") as other:
                heads = [anchor(line.lstrip("#")) for line in other
                         if line.startswith("#")]
            if part not in heads:
                yield f"{path}: {link}: there is no such heading"
    for name in re.findall(r"\]\[([^\]]+)\]", text):
        if f"\n[{name}]: " not in text:
            yield f"{path}: [{name}] is not defined"


def nat64ctl_problems(where, text):
    """Say which object or verb of a nat64ctl command its help does not have."""
    found = re.match(r"nat64ctl (?:(?:-i \S+|-\S+) )*"
                     r"([a-z][a-z0-9-]*)(?: ([a-z]+))?\b", text)
    if not found or found[1] in ("help", "version"):
        return
    done = subprocess.run(["usr/nat64ctl", found[1], "help"], check=False,
                          capture_output=True, text=True)
    if done.returncode:
        yield f"{where}: nat64ctl has no {found[1]}"
    elif found[2] and not re.search(rf"\b{found[2]}\b", done.stdout):
        yield f"{where}: nat64ctl {found[1]} has no {found[2]}"


def shell_problems(block, made):
    """Say what cannot be right of a block of commands that is not run."""
    script = "\n".join(block.lines)
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        yield f"{block.where}: {done.stderr.strip()}"
    for line in block.lines:
        command = line.split(" #")[0].strip()
        yield from command_problems(block.where, command, made)
        yield from nat64ctl_problems(block.where, command)


def manual_problems(path, lines):
    """Say which counters and sections nat64.7 does not have."""
    with open("usr/man/nat64.7", encoding="utf-8") as file:
        manual = file.read()
    known = set(re.findall(r"(?:drop|pass)-[a-z0-9-]+", manual))
    for number, span in spans(lines):
        if re.fullmatch(r"(drop|pass)-[a-z0-9-]+", span) and span not in known:
            yield f"{path}:{number}: nat64.7 has no {span}"
    for head in re.findall(r"\b([A-Z][A-Z ]+) in nat64\(7\)", " ".join(lines)):
        if f".Sh {head}\n" not in manual:
            yield f"{path}: nat64.7 has no section {head}"


def release_problems(pages):
    """Report documents that name another version than the module's."""
    with open("kernel/nat64.h", encoding="utf-8") as file:
        version = re.search(r'#define NAT64_VERSION\s+"(.*)"', file.read())[1]
    for path, lines in pages:
        text = "\n".join(lines)
        named = re.findall(r"\bVersion (\d[\d.]*\d)|\bnat64/(\d[\d.]*\d)", text)
        named = [one or other for one, other in named]
        if path == "CHANGELOG.md":
            named = re.findall(r"^## (\S+)", text, re.M)[:1]
        yield from (f"{path} names {other}, the module is {version}"
                    for other in named if other != version)


def main():
    """Check all documents."""
    made = targets()
    wide, marks, shell, links, manual = [], [], [], [], []
    pages = list(documents())
    for path, lines in pages:
        wide += [f"{path}:{number}: {len(line)} columns"
                 for number, line in enumerate(lines, 1) if len(line) > WIDTH]
        for block in blocks(path, lines):
            if block.mark.startswith("not run: text"):
                continue
            if block.mark.startswith("not run: "):
                shell += shell_problems(block, made)
            elif not block.mark and not block.runs():
                marks.append(f"{block.where}: neither a prompt nor a mark")
        for number, span in spans(lines):
            shell += command_problems(f"{path}:{number}", span, made)
            shell += nat64ctl_problems(f"{path}:{number}", span)
        links += link_problems(path, lines)
        manual += manual_problems(path, lines)
    test(f"documents have at most {WIDTH} columns", wide)
    test("blocks of documents are run, or say why not", marks)
    test("commands of documents that are not run name what there is", shell)
    test("links of documents lead somewhere", links)
    test("counters and sections that documents name are in nat64.7", manual)
    test("documents name this version", list(release_problems(pages)))
    drawn = subprocess.run(["docs/figures/draw.py", "--check"], check=False,
                           capture_output=True, text=True)
    test("pictures and tables of figures are those of the data",
         (drawn.stdout + drawn.stderr).splitlines() if drawn.returncode else [])
    print(f"1..{len(TESTS)}")
    return 0 if all(TESTS) else 1


sys.exit(main())
