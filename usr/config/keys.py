#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make the tables of configuration keys from include/nat64.yaml.

usage: keys.py [--check]

Writes config/keys_table.h and the list of keys in man/nat64.7; --check only
says which of them is not what it would write. Run it when a key has changed:
its first sentence, its default, its limits or its RFCs.
"""

import os
import re
import sys
import textwrap

import yaml

USR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
SPEC = os.path.join(USR, "..", "include", "nat64.yaml")
TABLE = os.path.join(USR, "config", "keys_table.h")
MANUAL = os.path.join(USR, "man", "nat64.7")
HEAD = """\
/* SPDX-License-Identifier: GPL-2.0 */
/* keys_table.h - made by config/keys.py from include/nat64.yaml: do not edit */
"""
# Keys whose type alone does not say what they hold.
SPECIAL = {"mss-clamp": "MSS", "mtu-plateaus": "PLATEAUS",
           "rfc6791v4-prefix": "PREFIX", "rfc6791v6-prefix": "PREFIX6",
           "fastpath": "DEVICES", "eam-hairpin-mode": "HAIRPIN"}
VALUES = {"BOOL": "on, off", "MSS": "{} to {} or off, pmtu",
          "PLATEAUS": "1 to 32 sizes", "PREFIX": "none, prefix",
          "PREFIX6": "none, prefix", "DEVICES": "none, devices",
          "HAIRPIN": "off, simple, intrinsic"}


def kind_of(attr):
    """What a key holds: enum kind of kinds.h without its prefix."""
    if attr["name"] in SPECIAL:
        return SPECIAL[attr["name"]]
    if attr["type"] == "u8":
        return "BOOL" if attr.get("checks") == {"max": 1} else "BYTE"
    return "SECONDS" if re.search("-time(out)?$", attr["name"]) else "NUMBER"


def meaning_of(doc):
    """The first sentence, without RFCs and in small letters."""
    text = re.sub(r" \(RFC [^)]*\)", "", re.split(r"\.( |$)", doc)[0])
    return text[0].lower() + text[1:] if text[1].islower() or \
        text[1] == " " else text


def keys(path=SPEC):
    """Everything that the spec says of each key, in its order."""
    with open(path, encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    sets = {attrs["name"]: attrs for attrs in spec["attribute-sets"]}
    for attr in sets["config"]["attributes"]:
        doc = attr["doc"]
        limits = attr.get("checks", {})
        least = re.search(r"(\d+) or more(?: \((.*?)\) without force)?", doc)
        default = re.search(r"Default: (.*)\.$", doc)[1]
        kind = kind_of(attr)
        number = kind in ("BYTE", "NUMBER", "SECONDS", "MSS")
        yield {
            "name": attr["name"], "kind": kind, "meaning": meaning_of(doc),
            "default": None if " " in default else default,
            "min": int(least[1]) if least and number else limits.get("min", 0),
            "max": limits.get("max", 255),
            "number": number,
            "rfc": least[2] if least else None,
            "rfcs": ", ".join(re.findall(r"\((RFC [^)]*)\)", doc)),
        }


def c_row(key):
    """A row of the table of keys.c."""
    enum = key["name"].replace("-", "_").upper()
    rows = [f"[NAT64_CONFIG_A_{enum}] = {{",
            f"\t\"{key['name']}\", KIND_{key['kind']},",
            f"\t\"{key['meaning']}\","]
    last = f"\"{key['default']}\"" if key["default"] else "NULL"
    if key["number"]:
        last += f", {key['min']}, {key['max']}"
    if key["rfc"]:
        last += f", \"{key['rfc']}\""
    return "\n".join(rows + [f"\t{last} }},\n"])


def in_words(key):
    """A default as the manual has it."""
    if key["default"] is None:
        return "by memory"
    if key["kind"] != "SECONDS":
        return key["default"]
    seconds = int(key["default"])
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}h" if hours and not minutes else f"{seconds // 60}m"


def manual_row(key):
    """An item of the manual's list."""
    values = VALUES.get(key["kind"], "{} to {}").format(key["min"], key["max"])
    default = in_words(key)
    if key["kind"] == "PLATEAUS":
        lines = textwrap.wrap(default.replace(",", r",\: "), 60)
        default = "\\\n".join(line.replace(r"\: ", r"\:") for line in lines)
    parts = [default, values, key["rfcs"]]
    return f".It {key['name']}\n{'; '.join(part for part in parts if part)}\n"


def made_manual(text):
    """The manual with a new list of keys, in the order that it has."""
    start = text.index("-compact\n", text.index('.\\" keys\n')) + 9
    end = text.index(".El\n", start)
    order = re.findall(r"^\.It (.*)$", text[start:end], re.M)
    rows = sorted(keys(), key=lambda key: order.index(key["name"])
                  if key["name"] in order else len(order))
    return text[:start] + "".join(map(manual_row, rows)) + text[end:]


def main():
    """Write the tables, or compare them."""
    check = sys.argv[1:] == ["--check"]
    stale = 0
    with open(MANUAL, encoding="utf-8") as file:
        manual = file.read()
    made = {TABLE: HEAD + "".join(map(c_row, keys())),
            MANUAL: made_manual(manual)}
    for path, text in made.items():
        try:
            with open(path, encoding="utf-8") as file:
                same = file.read() == text
        except FileNotFoundError:
            same = False
        if same:
            continue
        stale += 1
        name = os.path.relpath(path, USR)
        print(f"usr/{name} is {'not' if check else 'now'} "
              "what usr/config/keys.py makes of include/nat64.yaml")
        if not check:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
