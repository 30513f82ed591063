#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""json-lines.py FILE: say what is wrong with FILE, one object of JSON or one in each line, each of version 1; nothing if all is well."""
import json
import sys


def objects(text):
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    if not text.strip():
        print("it is empty")
        return
    try:
        for one in objects(text):
            if not isinstance(one, dict) or one.get("version") != 1 or "error" in one:
                print(f"not an answer of version 1: {one}")
    except ValueError as why:
        print(why)


main()
