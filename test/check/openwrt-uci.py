#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""openwrt-uci.py VERB ...: what OpenWrt's uci, validate_data and jshn do, as far
as the feed's scripts want it, and what their test wants.

sections FILE TYPE                 names of the sections of a type
get FILE SECTION OPTION            an option; a list with blanks between
validate FILE TYPE NAME SPEC...    shell assignments of the options; fails if one
                                   is not of its type
json                               operations, one a line, become a document
documents                          documents, each on a line with its members sorted
list WORD...                       a list of strings
obeys SCHEMA JSON...               fails if one does not
vars JSON NAME...                  shell assignments of members of an object; a list
                                   with blanks between, nothing for what is missing
"""
import ipaddress
import json
import re
import shlex
import sys


def read(path):
    """The sections of a UCI file: name -> (type, {option: [value, ...]})."""
    sections = {}
    options = None
    for line in open(path, encoding="utf-8"):
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "config":
            name = words[2] if len(words) > 2 else f"cfg{len(sections):02}"
            options = {}
            sections[name] = (words[1], options)
        elif words[0] == "option":
            options[words[1]] = [words[2]]
        else:
            options.setdefault(words[1], []).append(words[2])
    return sections


def is_cidr(kind, text):
    try:
        return kind(text, strict=False) is not None
    except ValueError:
        return False


def is_address(kind, text):
    try:
        return kind(text) is not None
    except ValueError:
        return False


def is_port(text):
    return text.isdigit() and int(text) <= 65535


def is_range(text):
    ends = text.split("-")
    return (len(ends) == 2 and all(map(is_port, ends)) and
            int(ends[0]) <= int(ends[1]))


TYPES = {
    "bool": lambda v: v.lower() in ("0", "off", "false", "no", "disabled",
                                    "1", "on", "true", "yes", "enabled"),
    "uinteger": lambda v: re.fullmatch(r"0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*",
                                       v),
    "string": lambda v: True,
    "uciname": lambda v: re.fullmatch(r"\w+", v, re.ASCII),
    "cidr4": lambda v: is_cidr(ipaddress.IPv4Network, v),
    "cidr6": lambda v: is_cidr(ipaddress.IPv6Network, v),
    "ip4addr": lambda v: is_address(ipaddress.IPv4Address, v),
    "ip6addr": lambda v: is_address(ipaddress.IPv6Address, v),
    "port": is_port,
    "portrange": is_range,
}


def split(text):
    """The arguments of a type, which may be types with arguments."""
    depth, parts = 0, [""]
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def matches(kind, value):
    if kind.startswith('"'):
        return value == kind.strip('"')
    if kind.startswith("or("):
        return any(matches(k, value) for k in split(kind[3:-1]))
    if kind.startswith("list("):
        return all(matches(kind[5:-1], v) for v in value.split())
    return bool(TYPES[kind](value))


def validate(path, kind, name, specs):
    section = read(path)[name]
    assert section[0] == kind
    good = True
    for spec in specs:
        option, rest = spec.split(":", 1)
        wanted, _, default = rest.partition(":")
        value = " ".join(section[1].get(option, [default]))
        if value and not matches(wanted, value):
            print(f"validation failed: {name}.{option}={value} is no {wanted}",
                  file=sys.stderr)
            good = False
        if value and wanted == "bool":
            value = str(int(value.lower() in ("1", "on", "true", "yes",
                                              "enabled")))
        print(f"{option}={shlex.quote(value)};")
    return 0 if good else 1


def document(lines):
    top = {}
    stack = [top]
    for line in lines:
        verb, _, rest = line.rstrip("\n").partition(" ")
        name, _, text = rest.partition("=")
        if verb == "close":
            stack.pop()
            continue
        value = {"object": dict, "array": list, "string": lambda: text,
                 "int": lambda: int(text),
                 "boolean": lambda: text == "1"}[verb]()
        if isinstance(stack[-1], list):
            stack[-1].append(value)
        else:
            assert name and name not in stack[-1], line
            stack[-1][name] = value
        if verb in ("object", "array"):
            stack.append(value)
    assert len(stack) == 1, "something is not closed"
    print(json.dumps(top))


def documents(text):
    """Several of them, one behind the other."""
    while text := text.lstrip():
        one, end = json.JSONDecoder().raw_decode(text)
        print(json.dumps(one, sort_keys=True))
        text = text[end:]


def obeys(schema, *texts):
    # It takes long to import.
    import jsonschema               # pylint: disable=import-outside-toplevel
    with open(schema, encoding="utf-8") as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    for text in texts:
        validator.validate(json.loads(text))


def main(verb, *args):
    if verb == "sections":
        for name, section in read(args[0]).items():
            if section[0] == args[1]:
                print(name)
    elif verb == "get":
        print(" ".join(read(args[0])[args[1]][1].get(args[2], [])))
    elif verb == "validate":
        return validate(*args[:3], args[3:])
    elif verb == "json":
        document(sys.stdin)
    elif verb == "documents":
        documents(sys.stdin.read())
    elif verb == "list":
        print(json.dumps(args))
    elif verb == "obeys":
        obeys(*args)
    elif verb == "vars":
        members = json.loads(args[0])
        for name in args[1:]:
            value = members.get(name, "")
            text = " ".join(value) if isinstance(value, list) else str(value)
            print(f"{name}={shlex.quote(text)};")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
