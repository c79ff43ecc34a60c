#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""run.py [-j N] [WORD...]: break the code on purpose, and see which test notices.

A mutation is one small change of kernel/: a condition turned, an increment
dropped, a row of a table swapped. The lists beside this file name them. All are
compiled into one build, where a number chooses one while it runs,
and each meets the tests that its list names, until one fails: its KUnit suites, then
its packet tests, in the base kernel, which is fast, then the same in the debug
kernel. With WORDs only those whose place or text has one of
them. The report names the test that killed each; the exit status is 1 if one lives.

A list:

    = kernel/rfc/csum.h : csum xlat64 net/packets
    nat64_csum_diff: csum_sub(to, from) => csum_sub(from, to)
    nat64_csum_diff: x++; =>

"=" names a file and the tests: KUnit suites, then scripts of test/net. Below it,
a line is a mutation: the function it is in, the text as it stands there once
(white space counts as one blank), and what it becomes. A text that ends in ";"
is a statement, which may become nothing; any other is an expression that can
stand in parentheses. A line that begins with blanks goes on with the one before.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
OUT = TOP / "build" / "mutants"
SRC = OUT / "src"
HEADER = "extern int nat64_mutant;\n"
# KUnit runs a suite before it has its module's parameters: the number is that
# of a module of its own.
CHOOSER = """// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

int nat64_mutant;
EXPORT_SYMBOL_GPL(nat64_mutant);
module_param_named(number, nat64_mutant, int, 0644);
MODULE_LICENSE("GPL");
"""
# Suites that force interleavings by what lockdep calls; the base kernel has none.
LOCKDEP = ["life"]
# Seconds of processor time without a line: the machine hangs. A hanging one may go
# on to complain, so there is a limit without a result and one of bytes as well; and
# one that waits uses no time, so there is one in seconds.
SILENCE = {"base": 40, "debug": 150}
NO_RESULT = 600
IDLE = 600
LOG = 1 << 26


@dataclasses.dataclass
class Mutant:
    """One mutation, and what became of it."""

    number: int
    file: str
    function: str
    old: str
    new: str
    tests: list[str]
    killer: str = ""

    def suites(self, variant: str) -> list[str]:
        """Its KUnit suites that run in a kernel."""
        return [t for t in self.tests if not t.startswith("net/") and
                (variant == "debug" or t not in LOCKDEP)]

    @property
    def scripts(self) -> list[str]:
        return [t for t in self.tests if t.startswith("net/")]

    def __str__(self) -> str:
        return (f"{self.number:3} {self.file}:{self.function}: {self.old} => "
                f"{self.new or '(nothing)'}")


def die(text: str) -> None:
    sys.exit(f"mutants: {text}")


# --- lists -----------------------------------------------------------------

def logical_lines(path: pathlib.Path):
    """The lines of a list, those that go on joined, comments left out."""
    line = ""
    for raw in path.read_text().splitlines() + [""]:
        if raw[:1].isspace() and raw.strip():
            line += " " + raw.strip()
            continue
        if line and not line.startswith("#"):
            yield line
        line = raw


def read_lists() -> list[Mutant]:
    mutants: list[Mutant] = []
    for path in sorted(HERE.glob("*.txt")):
        file, tests = "", []
        for line in logical_lines(path):
            if line.startswith("="):
                file, _, names = line[1:].partition(" : ")
                file, tests = file.strip(), names.split()
                continue
            match = re.fullmatch(r"(\w+): (.+?) =>(?: (.*))?", line)
            if not match or not file:
                die(f"{path.name}: cannot read {line!r}")
            function, old, new = match.groups()
            mutants.append(Mutant(len(mutants) + 1, file, function, old,
                                  new or "", tests))
    return mutants


# --- sources ---------------------------------------------------------------

def body_of(source: str, function: str) -> tuple[int, int]:
    """Where the body of a function begins and ends."""
    for match in re.finditer(rf"^(?![\s#/*]).*\b{function}\(", source, re.M):
        start = source.find("\n{", match.start())
        semicolon = source.find(";", match.start())
        if start != -1 and (semicolon == -1 or start < semicolon):
            return start, source.index("\n}", start)
    raise LookupError(function)


def pattern(text: str) -> str:
    return r"\s+".join(re.escape(word) for word in text.split())


def place(source: str, mutant: Mutant) -> tuple[int, int]:
    """Where the text of a mutation stands."""
    try:
        start, end = body_of(source, mutant.function)
    except LookupError:
        die(f"{mutant}: there is no such function")
    found = [(m.start() + start, m.end() + start) for m in
             re.finditer(pattern(mutant.old), source[start:end])]
    if len(found) != 1:
        die(f"{mutant}: the text stands there {len(found)} times")
    return found[0]


def mutated(text: str, mutants: list[Mutant]) -> str:
    """TEXT, and each of MUTANTS where its number is chosen."""
    if text.endswith(";"):
        cases = "".join(f"if (nat64_mutant == {m.number}) {{ {m.new} }} else "
                        for m in mutants)
        return f"{{ {cases}{{ {text} }} }}"
    cases = "".join(f"nat64_mutant == {m.number} ? ({m.new}) : "
                    for m in mutants)
    return f"({cases}({text}))"


def mutated_file(file: str, mutants: list[Mutant]) -> str:
    """The text of a file with all its mutants."""
    source = (TOP / file).read_text()
    places: dict[tuple[int, int], list[Mutant]] = {}
    for mutant in mutants:
        places.setdefault(place(source, mutant), []).append(mutant)
    last = len(source)
    for (start, end), those in sorted(places.items(), reverse=True):
        if end > last:
            die(f"{those[0]}: its text overlaps that of another one")
        source = source[:start] + mutated(source[start:end], those) + \
            source[end:]
        last = start
    return source


def mutated_files(mutants: list[Mutant]) -> dict[str, str]:
    return {file: mutated_file(file, [m for m in mutants if m.file == file])
            for file in sorted({m.file for m in mutants})}


def write_sources(files: dict[str, str]) -> None:
    shutil.rmtree(SRC, ignore_errors=True)
    SRC.mkdir(parents=True)
    tracked = subprocess.run(
        ["git", "ls-files", "Kbuild", "kernel", "include", "test/kunit"],
        cwd=TOP, check=True, capture_output=True, text=True).stdout.split()
    for name in tracked:
        (SRC / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, SRC / name)
    for file, text in files.items():
        (SRC / file).write_text(text)
    (SRC / "mutant.h").write_text(HEADER)
    suites = SRC / "test/kunit"
    (suites / "nat64_mutant.c").write_text(CHOOSER)


def choose_suites(names: set[str]) -> None:
    """Have only these suites built, and the module that has the number."""
    text = (TOP / "test/kunit/Kbuild").read_text()
    text = re.sub(r"^suites .*\n", "", text, flags=re.M)
    (SRC / "test/kunit/Kbuild").write_text(
        f"suites := {' '.join(sorted(names))}\n{text}"
        "obj-m += nat64_mutant.o\n")


def build(mutants: list[Mutant], variant: str) -> None:
    """Build the mutated module, and the suites of MUTANTS, for a kernel."""
    choose_suites({s for m in mutants for s in m.suites(variant)})
    env = dict(os.environ, NAT64_SOURCES=str(SRC), NAT64_KUNIT="m",
               NAT64_BUILD=str(OUT),
               KCFLAGS=f"-include {SRC}/mutant.h -Wno-error")
    run = subprocess.run([TOP / "test/vm/module.sh", f"um-{variant}"],
                         env=env, capture_output=True, text=True)
    if run.returncode:
        die("the mutated sources do not build:\n" + run.stderr[-4000:])


def built(variant: str) -> str:
    """Where the suites for a kernel are."""
    return str(OUT / f"um-{variant}/src/test/kunit")


# --- machines --------------------------------------------------------------

def machine(name: str, variant: str, limit: int,
            *command: str) -> tuple[pathlib.Path, int]:
    """Run COMMAND in a machine with the mutated module; the machine's folder
    and the exit status."""
    env = dict(os.environ, NAT64_SOURCES=str(SRC), NAT64_BUILD=str(OUT),
               NAT64_KUNIT="m",
               KCFLAGS=f"-include {SRC}/mutant.h -Wno-error")
    vm = OUT / "vm"
    before = set(vm.glob(f"{name}.*")) if vm.exists() else set()
    with subprocess.Popen(
            [TOP / "test/vm/uml.sh", "-v", variant, "-n", name, "-t",
             str(limit), *command], env=env, stdout=(OUT / f"{name}.out").open("w"),
            stderr=subprocess.STDOUT) as process:
        watch(process, vm, name, before, SILENCE[variant])
    folders = set(vm.glob(f"{name}.*")) - before
    return folders.pop(), process.returncode


def processor_time(root: int) -> float:
    """Seconds that a process and its descendants have used."""
    ticks, children = {}, {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        ticks[pid] = sum(map(int, fields[11:15]))
        children.setdefault(int(fields[1]), []).append(pid)
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        total += ticks.get(pid, 0)
        todo += children.get(pid, [])
    return total / os.sysconf("SC_CLK_TCK")


def watch(process, vm, name, before, silence) -> None:
    """Wait for a machine; end it if its kernel falls silent, however busy the
    host is."""
    last: dict[str, tuple[int, float]] = {}
    since = time.monotonic()
    while True:
        try:
            process.wait(1)
            return
        except subprocess.TimeoutExpired:
            pass
        used = processor_time(process.pid)
        said = [OUT / f"{name}.out"]
        results = []
        for folder in set(vm.glob(f"{name}.*")) - before:
            said.append(folder / "kernel.log")
            results.append(folder / "out/results")
        for what, logs in ("any", said + results), ("result", results):
            size = sum(log.stat().st_size for log in logs if log.exists())
            if what not in last or last[what][0] != size:
                last[what] = size, used
                since = time.monotonic()
        if used - last["any"][1] > silence or last["any"][0] > LOG or \
                used - last["result"][1] > NO_RESULT or \
                time.monotonic() - since > IDLE:
            process.terminate()


def verdicts(folder: pathlib.Path) -> dict[int, str]:
    """What guest.sh wrote: NUMBER lived, NUMBER killed TEST; a mutant that
    was begun and has no verdict took the machine with it."""
    result, begun = {}, None
    path = folder / "out" / "results"
    for line in path.read_text().splitlines() if path.exists() else []:
        number, what, *rest = line.split(maxsplit=2)
        if what == "begins":
            begun = (int(number), rest[0])
        else:
            result[int(number)] = rest[0] if what == "killed" else ""
            begun = None
    if begun:
        result[begun[0]] = f"{begun[1]}: the kernel dies or hangs"
    return result


def run_suites(mutants: list[Mutant], variant: str) -> None:
    """All KUnit suites of those mutants that live, many to a machine."""
    left = [m for m in mutants if m.suites(variant) and not m.killer]
    while left:
        todo = OUT / "todo"
        todo.write_text("".join(f"{m.number} {' '.join(m.suites(variant))}\n"
                                for m in left))
        folder, _ = machine(f"suites-{variant}", variant, 3600,
                            str(HERE / "guest.sh"), built(variant), "suites",
                            str(todo))
        result = verdicts(folder)
        if not result:
            die(f"no suite ran: {folder}/kernel.log")
        for mutant in left:
            mutant.killer = result.get(mutant.number, "")
            if mutant.number in result:
                print(f"{mutant}: {variant}: "
                      f"{mutant.killer or 'no suite fails'}", flush=True)
        left = [m for m in left if m.number not in result]


def run_scripts(mutant: Mutant, variant: str) -> None:
    """The packet tests of one mutant, each in a machine of its own."""
    for script in mutant.scripts:
        name = f"net-{variant}-{mutant.number}-{os.path.basename(script)}"
        folder, status = machine(name, variant, 900,
                                 str(HERE / "guest.sh"), built(variant),
                                 "script", str(mutant.number),
                                 str(TOP / "test" / f"{script}.sh"))
        mutant.killer = verdicts(folder).get(mutant.number, "")
        if not mutant.killer and status:
            mutant.killer = f"{script}: the kernel complains or leaks"
        if mutant.killer:
            break
    print(f"{mutant}: {variant}: {mutant.killer or 'no packet test fails'}",
          flush=True)


def original(tests: set[str]) -> Mutant:
    """Number 0, the code as it is."""
    return Mutant(0, "", "", "the code as it is", "", sorted(tests))


def must_pass(intact: Mutant) -> None:
    if intact.killer:
        die(f"without a mutation a test fails: {intact.killer}")


def run_all_scripts(mutants: list[Mutant], variant: str,
                    machines: int) -> None:
    """The packet tests of MUTANTS, after those of the code as it is."""
    scripts = sorted({s for m in mutants for s in m.scripts})
    with concurrent.futures.ThreadPoolExecutor(machines) as pool:
        intact = [original({script}) for script in scripts]
        for todo in intact, mutants:
            list(pool.map(lambda mutant: run_scripts(mutant, variant), todo))
            for each in intact:
                must_pass(each)


def report(mutants: list[Mutant]) -> int:
    live = [m for m in mutants if not m.killer]
    with (OUT / "report.txt").open("w") as out:
        for mutant in mutants:
            out.write(f"{mutant}\n    {mutant.killer or 'LIVES'}\n")
    for mutant in live:
        print(f"lives: {mutant}")
    print(f"{len(mutants)} mutants, {len(mutants) - len(live)} killed, "
          f"{len(live)} live; build/mutants/report.txt names the killers")
    return 1 if live else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-j", type=int, default=2, help="machines at a time")
    parser.add_argument("-n", action="store_true",
                        help="only check that the lists fit the sources")
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    every = read_lists()
    files = mutated_files(every)
    if args.n:
        print(f"{len(every)} mutants")
        return 0
    chosen = [m for m in every
              if not args.words or any(w in str(m) for w in args.words)]
    if not chosen:
        die("no mutant has one of these words")
    write_sources(files)
    subprocess.run(["make", "-s", "-C", TOP / "usr"], check=True)
    for variant in "base", "debug":
        left = [m for m in chosen if not m.killer]
        if not left:
            break
        build(left, variant)
        intact = original({t for m in left for t in m.tests})
        run_suites([intact], variant)
        must_pass(intact)
        run_suites(left, variant)
        run_all_scripts([m for m in left if not m.killer], variant, args.j)
    return report(chosen)


if __name__ == "__main__":
    sys.exit(main())
