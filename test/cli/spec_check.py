#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare the netlink spec with the uapi header: names, values, references.

usage: spec_check.py SPEC HEADER SOURCE...

The SOURCEs are C files with tables from enumerators to names, and the manual
page, which names every configuration key.

Prints TAP. Names are made from the spec as the kernel's generator makes them.
"""

import functools
import glob
import os
import re
import subprocess
import sys

import yaml

TOP = os.path.join(os.path.dirname(__file__), "..", "..")
sys.path.insert(0, os.path.join(TOP, "usr", "config"))
sys.dont_write_bytecode = True
import keys as spec_keys  # noqa: E402 pylint: disable=wrong-import-position
FAILED = 0
TESTS = 0


def test(name, problems):
    """Print the result of one test, which has passed if nothing is wrong."""
    global FAILED, TESTS
    TESTS += 1
    FAILED += bool(problems)
    print(f"{'not ' if problems else ''}ok {TESTS} spec: {name}")
    for problem in problems:
        print(f"# {problem}")


def read_header(path):
    """Return the enums (name: members in order) and the numeric defines."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    enums = {}
    for name, body in re.findall(r"enum (\w+) \{(.*?)\};", text, re.S):
        members = [m.strip() for m in body.split(",") if m.strip()]
        enums[name] = members
    defines = dict(re.findall(r"#define (NAT64_\w+)\s+(\d+)$", text, re.M))
    return enums, {name: int(value) for name, value in defines.items()}


def c_name(prefix, name):
    """Return the C name of something in the spec."""
    return (prefix + name).replace("-", "_").upper()


def values(entries, start):
    """Yield name and value of a list in which 'value' restarts counting."""
    value = start
    for entry in entries:
        if isinstance(entry, str):
            entry = {"name": entry}
        value = entry.get("value", value)
        yield entry["name"], value
        value += 1


def compare(expected, members):
    """Compare {C name: value} with the members of an enum."""
    problems = []
    actual = {}
    for value, member in enumerate(members):
        if "=" in member:
            problems.append(f"{member} sets its value itself")
        if member.startswith("__") or member.endswith("_UNSPEC"):
            continue
        actual[member] = value
    for name in sorted(set(expected) | set(actual)):
        if expected.get(name) != actual.get(name):
            problems.append(f"{name} is {expected.get(name)} in the spec, "
                            f"{actual.get(name)} in the header")
    if not members[-1].startswith("__"):
        problems.append(f"{members[-1]} is last: no room for a maximum")
    return problems


def enum_tests(spec, enums):
    """Compare every enum of the spec with that of the header."""
    seen = set()
    for entry in spec["definitions"]:
        if entry["type"] != "enum":
            continue
        enum = c_name("nat64-", entry["name"]).lower()
        seen.add(enum)
        expected = {c_name(f"nat64-{entry['name']}-", name): value
                    for name, value in values(entry["entries"], 0)}
        test(f"enum {enum}", compare(expected, enums.get(enum, ["missing"])))
    for attrs in spec["attribute-sets"]:
        enum = attrs["enum-name"].replace("-", "_")
        seen.add(enum)
        prefix = attrs.get("name-prefix", "nat64-a-")
        expected = {c_name(prefix, name): value
                    for name, value in values(attrs["attributes"], 1)}
        test(f"enum {enum}", compare(expected, enums.get(enum, ["missing"])))
    ops = spec["operations"]
    enum = ops["enum-name"].replace("-", "_")
    seen.add(enum)
    expected = {c_name(ops["name-prefix"], name): value
                for name, value in values(ops["list"], 1)}
    test(f"enum {enum}", compare(expected, enums.get(enum, ["missing"])))
    test("every enum of the header is described",
         [f"enum {name} is not in the spec" for name in set(enums) - seen])


def comment_type(attr):
    """How the header's comment has to begin, as a regular expression."""
    kind = attr["type"]
    if kind == "nest":
        return f"nest of enum nat64_{attr['nested-attributes']}(_attr)?\\b"
    if kind == "binary":
        if "sub-type" in attr:
            return f"array of {attr['sub-type']}"
        size = attr.get("checks", {}).get("exact-len")
        return f"{size} bytes" if size else "binary"
    if kind == "string":
        return "(NUL-terminated )?string"
    if attr.get("byte-order") == "big-endian":
        return kind.replace("u", "be")
    if kind == "u8" and attr.get("checks") == {"max": 1}:
        return "bool;"
    return f"{kind}\\b"


def comment_test(spec, path):
    """Compare the types that the header's comments tell with the spec's."""
    with open(path, encoding="utf-8") as file:
        comments = dict(re.findall(r"^ \* @(NAT64_\w+): (.*)$", file.read(),
                                   re.M))
    problems = []
    for attrs in spec["attribute-sets"]:
        for attr in attrs["attributes"]:
            name = c_name(attrs.get("name-prefix", "nat64-a-"), attr["name"])
            # Counters are all alike: their nest says so.
            if attr["type"] == "pad" or attrs["name"] == "stat":
                continue
            if not re.match(comment_type(attr), comments.get(name, "")):
                problems.append(f"{name} is {attr['type']}: "
                                f"{comments.get(name)}")
    test("types in the header's comments", problems)


def define_test(spec, defines):
    """Compare the constants."""
    problems = []
    expected = {c_name("nat64-", entry["name"]): entry["value"]
                for entry in spec["definitions"] if entry["type"] == "const"}
    expected["NAT64_GENL_VERSION"] = spec.get("version", 1)
    for name in sorted(set(expected) | set(defines)):
        if expected.get(name) != defines.get(name):
            problems.append(f"{name} is {expected.get(name)} in the spec, "
                            f"{defines.get(name)} in the header")
    test("constants", problems)


def group_test(spec, path):
    """Compare the names of the multicast groups."""
    with open(path, encoding="utf-8") as file:
        header = dict(re.findall(r'#define NAT64_MCGRP_(\w+)\s+"(\w+)"',
                                 file.read()))
    names = {group["name"] for group in spec["mcast-groups"]["list"]}
    problems = [f"{name} is not in both"
                for name in names ^ set(header.values())]
    problems += [f"NAT64_MCGRP_{macro} is called {name}"
                 for macro, name in header.items() if macro.lower() != name]
    test("multicast groups", problems)


def attribute_problems(attrs, sets, names):
    """Tell what is wrong with the attributes of a set."""
    problems = []
    for attr in attrs["attributes"]:
        where = f"{attrs['name']}.{attr['name']}"
        if attr["type"] != "pad" and not attr.get("doc"):
            problems.append(f"{where} has no doc")
        if attr["type"] == "nest" and \
                attr.get("nested-attributes") not in sets:
            problems.append(f"{where} nests nothing that is known")
        if "enum" in attr and attr["enum"] not in names:
            problems.append(f"{where} has an unknown enum")
        for limit in attr.get("checks", {}).values():
            if isinstance(limit, str) and limit not in names:
                problems.append(f"{where} has an unknown limit {limit}")
        if re.search(r"addr\d?$|(src|dst)\d$", attr["name"]) and \
                "display-hint" not in attr:
            problems.append(f"{where} has no display-hint")
        if attr.get("display-hint") == "ipv4" and \
                attr.get("byte-order") != "big-endian":
            problems.append(f"{where} is not in network byte order")
    return problems


def guarded_operations():
    """The operations for which the module asks CAP_NET_ADMIN."""
    with open(os.path.join(TOP, "kernel/control/netlink.c"),
              encoding="utf-8") as file:
        names = re.findall(r"NAT64_OP_(?:DO|DUMP_ADMIN)\(([A-Z0-9_]+),",
                           file.read())
    return {name.lower().replace("_", "-") for name in names}


def reference_tests(spec):
    """Check that names inside the spec lead somewhere."""
    names = {entry["name"] for entry in spec["definitions"]}
    sets = {attrs["name"]: {a["name"] for a in attrs["attributes"]}
            for attrs in spec["attribute-sets"]}
    problems = []
    for attrs in spec["attribute-sets"]:
        problems += attribute_problems(attrs, sets, names)
    test("attributes are complete", problems)
    test("values of enums are explained",
         [f"{entry['name']}.{value}" for entry in spec["definitions"]
          if entry["type"] == "enum" for value in entry["entries"]
          if not isinstance(value, dict) or not value.get("doc")])
    problems = []
    guarded = guarded_operations()
    groups = {group["name"] for group in spec["mcast-groups"]["list"]}
    for oper in spec["operations"]["list"]:
        if "event" in oper:
            unknown = set(oper["event"]["attributes"]) - \
                sets[oper["attribute-set"]]
            problems += [f"{oper['name']} has an unknown {name}"
                         for name in unknown]
            if oper.get("mcgrp") not in groups:
                problems.append(f"{oper['name']} has no group")
            continue
        if not set(oper) & {"do", "dump"}:
            problems.append(f"{oper['name']} does nothing")
        asks = oper["name"] in guarded
        if asks != ("uns-admin-perm" in oper.get("flags", [])):
            problems.append(f"{oper['name']} has the wrong permission")
        for way in ("do", "dump"):
            for part in ("request", "reply"):
                used = oper.get(way, {}).get(part, {}).get("attributes", [])
                unknown = set(used) - sets[oper["attribute-set"]]
                problems += [f"{oper['name']} has an unknown {name}"
                             for name in unknown]
    test("operations are complete", problems)


def source_test(path, enums):
    """Check that a table of names has all of its enum, under its own names."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    rows = re.findall(r'\[(NAT64_[A-Z]+_)(\w+)\] = \{\s*"([^"]+)"', text)
    rows = [(prefix + ("A_" if name.startswith("A_") else ""),
             name.removeprefix("A_"), word) for prefix, name, word in rows]
    problems = [f"{prefix}{name} is called {word}"
                for prefix, name, word in rows
                if word != name.lower().replace("_", "-")]
    prefix = rows[0][0] if rows else "NAT64_"
    named = {prefix + name for _, name, _ in rows}
    for members in enums.values():
        if members[-1].startswith("__" + prefix):
            problems += [f"{member} has no name" for member in members[:-1]
                         if member not in named and
                         not member.endswith(("_UNSPEC", "_PAD"))]
    if not rows:
        problems.append("no names found")
    test(f"names in {path.rsplit('/', 1)[-1]}", problems)


def default_of_8(text):
    """The default that nat64ctl.8 has for a key: the last in its brackets."""
    found = re.match(r"\((.*?)\)|\.Po (.*?)\n\.Pc", text, re.S)
    words = (found[1] or found[2]).replace("\n", " ")
    word = re.split("; |, | ,|,(?=[^0-9])", words)[-1].strip()
    return "by memory" if word == "number" else word


def manual_test(path):
    """Check that the manual page explains every key, its default and limits."""
    with open(path, encoding="utf-8") as file:
        items = dict(re.findall(r"^\.It Cm ([a-z0-9-]+)\n(.*?)(?=^\.It|^\.El)",
                                file.read(), re.S | re.M))
    problems = []
    for key in spec_keys.keys():
        name, text = key["name"], items.get(key["name"])
        if not text:
            problems.append(f"{name} is not explained")
            continue
        if default_of_8(text) != spec_keys.in_words(key):
            problems.append(f"{name} is {default_of_8(text)} by default, not "
                            f"{spec_keys.in_words(key)}")
        problems += [f"{name} is {low} to {high}, not {key['min']} to "
                     f"{key['max']}"
                     for low, high in re.findall(r"(\d+) to (\d+)[,)]", text)
                     if (int(low), int(high)) != (key["min"], key["max"])]
    test("keys in the manual page", problems)


def kernel_text(start, end):
    """The part of a source of the module from a pattern to a text."""
    for path in glob.glob(os.path.join(TOP, "kernel", "*", "*.[ch]")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        found = re.search(start, text)
        if found:
            return text[found.start():].split(end)[0] + "\n"
    raise ValueError(f"no source of the module has '{start}'")


@functools.cache
def enumerators():
    """The values of the header's enums, and of the names of their greatest."""
    found = {}
    for members in read_header(sys.argv[2])[0].values():
        found.update((name, value) for value, name in enumerate(members))
        if members[-1].startswith("__"):
            found[members[-1].removeprefix("__")] = len(members) - 2
    return found


def number(text):
    """A number of the module's sources: also a product, or a name of one."""
    text = {"true": "1", "false": "0"}.get(text, text).strip("() \n")
    text = str(enumerators().get(text, text))
    if re.fullmatch("[A-Z]\\w*", text):
        text = kernel_text(rf"#define {text}\s", "\n").split(maxsplit=2)[2]
        return number(text.split("/*")[0])
    product = 1
    for factor in text.split("*"):
        product *= int(factor, 0)
    return product


def module_limits():
    """Name, least and greatest value, and RFC, of the keys in the module."""
    text = kernel_text(r"struct nat64_nl_key keys\[", "\n};")
    for name, macro, args in re.findall(
            r"\[NAT64_CONFIG_A_(\w+)\] =\s+NAT64_(\w+)\((.*?)\),\n", text,
            re.S):
        args = [arg.strip().strip('"') for arg in args.split(",")]
        limits = {"SWITCH": lambda a: (0, 1, None),
                  "KEY": lambda a: (number(a[2]), number(a[3]), None),
                  "LIFETIME": lambda a: (number(a[2]),
                                         number("NAT64_SECONDS_MAX"), a[3])}
        yield name.lower().replace("_", "-"), limits[macro](args)


def module_test():
    """Compare limits and defaults of the module with the spec's."""
    known = {key["name"]: key for key in spec_keys.keys()}
    there = dict(module_limits())
    test("limits in the module",
         [f"{name} is {there.get(name)} in the module"
          for name, key in known.items()
          if key["kind"] not in ("PLATEAUS", "PREFIX", "PREFIX6", "DEVICES")
          and there.get(name) != (key["min"], 1 if key["kind"] == "BOOL"
                                  else key["max"], key["rfc"])])
    text = kernel_text("struct nat64_keys defaults", "\n};")
    there = {name.replace("_", "-"): number(value) for name, value in
             re.findall(r"\.(?:\w+\.)?(\w+) = ([^,]+),", text)}
    words = {"on": 1, "off": 0, "none": 0, None: 0, "intrinsic": 2}
    problems = []
    for name, key in known.items():
        default = key["default"]
        if key["kind"] != "PLATEAUS":
            default = words.get(default) if default in words else int(default)
            if there.pop(name, 0) != default:
                problems.append(f"{name} is another in the module")
            continue
        sizes = kernel_text(r"plateaus\[\] = {", "}").split("{")[1]
        if default != re.sub(r"\s", "", sizes).strip(","):
            problems.append(f"{name} is another in the module")
    test("defaults in the module",
         problems + [f"{name} is no key" for name in there])


def made_test():
    """Check that what is made of the spec is fresh."""
    run = subprocess.run([os.path.join(TOP, "usr/config/keys.py"), "--check"],
                         stdout=subprocess.PIPE, text=True, check=False)
    test("what usr/config/keys.py makes is fresh", run.stdout.splitlines() or
         ["it fails"] * bool(run.returncode))


def main():
    """Run every test."""
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    enums, defines = read_header(sys.argv[2])
    test("name of the family", [] if spec["name"] == "nat64" else ["wrong"])
    enum_tests(spec, enums)
    define_test(spec, defines)
    comment_test(spec, sys.argv[2])
    group_test(spec, sys.argv[2])
    reference_tests(spec)
    for path in sys.argv[3:]:
        if path.endswith((".c", ".h")):
            source_test(path, enums)
        else:
            manual_test(path)
    made_test()
    module_test()
    print(f"1..{TESTS}")
    return 1 if FAILED else 0


sys.exit(main())
